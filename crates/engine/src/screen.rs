//! Screening: which listed parties the parties of a deal are, or may be, and what their listings order on the day.
//!
//! The editions come as bytes that the caller has opened; nothing is read here. A name is looked up by its candidates and scored; an
//! identifier that agrees is decisive. What a listing orders is told by dated rows of the lawbook, so that the same entry can be one measure
//! in one year and another in the next.

use std::collections::BTreeMap;

use comity_model::answer::{EditionStamp, Hit, MeasureAnswer, PartyAnswer, PartyStatus, Score};
use comity_model::date::{DateValue, Day};
use comity_model::deal::{Deal, Party};
use comity_model::edition::{EditionFault, EditionView};
use comity_model::lawbook::Lawbook;
use comity_model::listing::{EditionMeta, Listing, MeasureStatus, NameQuality, Precision};

use crate::link;
use crate::measures::{Seen, measures};

/// The thresholds by which a score is read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Profile {
    /// From here on a name counts as the listed party.
    pub threshold: f64,
    /// From here on a name may be the listed party.
    pub lower: f64,
    /// At most so many hits a party.
    pub limit: usize,
}

impl Default for Profile {
    fn default() -> Self {
        Self { threshold: 0.88, lower: 0.76, limit: 20 }
    }
}

/// The editions that answer on a day.
#[derive(Default)]
pub struct Shelf<'a> {
    /// One a list, sorted by list.
    pub editions: Vec<Edition<'a>>,
}

/// The edition of a list that answers on a day.
pub struct Edition<'a> {
    /// What it is.
    pub meta: EditionMeta,
    /// Its content.
    pub view: EditionView<'a>,
    /// The first edition after that day: where the two differ, the day of the change is open.
    pub next: Option<(EditionMeta, EditionView<'a>)>,
    /// Where this one leaves parts out ([`EditionMeta::reduced`]): the last edition before it that leaves out none.
    pub whole: Option<(EditionMeta, EditionView<'a>)>,
    /// It is dated after the day, and no older one is there: only what the list itself dates on or before the day is told of it, and on that day the list does
    /// not count as screened.
    pub later: bool,
    /// Whether it is older than the list's limit on that day, and was not confirmed by its publisher since.
    pub stale: bool,
    /// Why a later file was refused or held back.
    pub refused: Option<String>,
}

impl Edition<'_> {
    /// What a listing of this edition, or of the next one, orders on a day for which this one answers.
    ///
    /// # Errors
    /// When an edition is damaged.
    pub fn measures(
        &self,
        book: &Lawbook,
        listing: &Listing,
        day: Day,
    ) -> Result<Vec<MeasureAnswer>, EditionFault> {
        let native = &listing.id.native;
        let here = self.view.by_native_id(native)?.is_some();
        let changed = match &self.next {
            _ if self.later || !here => Some(true),
            Some((_, next)) if next.by_native_id(native)?.is_none() => Some(false),
            _ => None,
        };
        let whole = match &self.whole {
            Some((meta, view)) if here => match view.by_native_id(native)? {
                Some(index) => Some((view.listing(index)?, meta)),
                None => None,
            },
            _ => None,
        };
        let seen = Seen {
            listing,
            edition: &self.meta,
            next: self.next.as_ref().map(|(meta, _)| meta),
            changed,
            whole: whole.as_ref().map(|(listing, meta)| (listing, *meta)),
        };
        let mut found = measures(book, &seen, day);
        if self.later {
            // Of an edition dated after the day, only what the list itself dates.
            found.retain(|m| m.from.is_some() && m.status != MeasureStatus::Unconfirmed.word());
        }
        Ok(found)
    }
}

impl<'a> Shelf<'a> {
    /// Whether a list is there.
    #[must_use]
    pub fn has(&self, list: &str) -> bool {
        self.covering()
            .any(|e| e.meta.list.as_str() == list || (list == OWN && e.meta.list.publisher() == OWN))
    }

    /// The editions that cover the day: all but those dated after it.
    pub fn covering(&self) -> impl Iterator<Item = &Edition<'a>> {
        self.editions.iter().filter(|e| !e.later)
    }

    /// The editions as an answer names them: those that cover the day, and of those dated after it the ones that told something of these parties.
    #[must_use]
    pub fn stamps(&self, day: Day, parties: &[PartyAnswer]) -> Vec<EditionStamp> {
        let told = |list: &str| {
            parties.iter().flat_map(|p| &p.hits).flat_map(|h| &h.measures).any(|m| m.list == list)
        };
        let stamp = |edition: &Edition<'_>| {
            let meta = &edition.meta;
            let age_days = day.days_since(meta.date);
            EditionStamp {
                list: meta.list.to_string(),
                edition: edition_text(meta),
                digest: meta.digest.clone(),
                stale: edition.stale,
                age_days,
                refused: edition.refused.clone(),
            }
        };
        self.editions.iter().filter(|e| !e.later || told(e.meta.list.as_str())).map(stamp).collect()
    }
}

/// The publisher of the user's own lists.
pub const OWN: &str = "own";

/// The date of an edition, as exact as it is known.
#[must_use]
pub fn edition_text(meta: &EditionMeta) -> String {
    match meta.precision {
        Precision::Day => meta.date.to_string(),
        Precision::Month => DateValue::Month { year: meta.date.year(), month: meta.date.month() }.to_string(),
        Precision::Year => DateValue::Year(meta.date.year()).to_string(),
    }
}

/// Screens every party of a deal.
///
/// # Errors
/// When an edition is damaged.
pub fn screen(
    book: &Lawbook,
    deal: &Deal,
    shelf: &Shelf<'_>,
    day: Day,
    profile: &Profile,
) -> Result<Vec<PartyAnswer>, EditionFault> {
    deal.parties.iter().map(|party| screen_party(book, party, shelf, day, profile)).collect()
}

/// Screens one party.
///
/// # Errors
/// When an edition is damaged.
pub fn screen_party(
    book: &Lawbook,
    party: &Party,
    shelf: &Shelf<'_>,
    day: Day,
    profile: &Profile,
) -> Result<PartyAnswer, EditionFault> {
    let mut hits: BTreeMap<String, (Hit, Listing)> = BTreeMap::new();
    let owners = party.owners.iter().map(|o| (o.name.as_str(), true));
    for edition in &shelf.editions {
        for (name, owner) in std::iter::once((party.name.as_str(), false)).chain(owners.clone()) {
            let subject = Subject { party, name, owner, book, day, profile };
            let mut current = Vec::new();
            subject.search(&edition.view, &mut current)?;
            for (listing, score, evidence) in current {
                subject.add(edition, &listing, score, evidence, &mut hits)?;
            }
            if let Some((_, next)) = &edition.next {
                let mut later = Vec::new();
                subject.search(next, &mut later)?;
                for (listing, score, evidence) in later {
                    if edition.view.by_native_id(&listing.id.native)?.is_none() {
                        subject.add(edition, &listing, score, evidence, &mut hits)?;
                    }
                }
            }
        }
    }
    let mut hits = link::gathered(book, party, shelf, day, hits.into_values().collect())?;
    hits.sort_by(|a, b| (b.status, b.score).cmp(&(a.status, a.score)).then_with(|| a.id.cmp(&b.id)));
    hits.truncate(profile.limit);
    let status = if shelf.covering().next().is_none() && hits.is_empty() {
        PartyStatus::NotScreened
    } else {
        hits.iter().map(|h| h.status).max().unwrap_or(PartyStatus::NoHit)
    };
    Ok(PartyAnswer { role: party.role.to_string(), name: party.name.clone(), status, hits })
}

/// A name to look up, and the party it stands for.
struct Subject<'s> {
    party: &'s Party,
    name: &'s str,
    /// The name is that of an owner of the party.
    owner: bool,
    book: &'s Lawbook,
    day: Day,
    profile: &'s Profile,
}

/// A listing found, its score, and why.
type Found = (Listing, f64, Vec<String>);

impl Subject<'_> {
    /// Listings of one edition that this may be.
    fn search(&self, view: &EditionView<'_>, found: &mut Vec<Found>) -> Result<(), EditionFault> {
        let folded = comity_names::fold(self.name);
        let mut indexes = view.candidates(&folded)?;
        let mut by_identifier = Vec::new();
        if !self.owner {
            for identifier in &self.party.identifiers {
                for index in view.by_identifier(&identifier.value)? {
                    by_identifier.push((index, identifier));
                }
            }
            for judged in &self.party.same_as {
                if let Some((list, native)) = split_listing(&judged.listing)
                    && view.meta()?.list.as_str() == list
                {
                    indexes.extend(view.by_native_id(native)?);
                }
            }
        }
        indexes.extend(by_identifier.iter().map(|(index, _)| *index));
        indexes.sort_unstable();
        indexes.dedup();
        for index in indexes {
            let mut best: Option<(f64, usize)> = None;
            for (n, name) in view.names(index)?.iter().enumerate() {
                let mut score = comity_names::similarity(&folded, name.folded);
                if name.quality == NameQuality::Low {
                    // A weak alias alone never makes a hit.
                    score = score.min(self.profile.threshold - 0.01);
                }
                if best.is_none_or(|(b, _)| score > b) {
                    best = Some((score, n));
                }
            }
            let identified =
                by_identifier.iter().find(|(i, _)| *i == index).map(|(_, identifier)| *identifier);
            let (mut score, name) = best.unwrap_or((0.0, 0));
            if score < self.profile.lower && identified.is_none() {
                let native = view.native_id(index)?;
                if !self
                    .party
                    .same_as
                    .iter()
                    .any(|j| split_listing(&j.listing).is_some_and(|(_, n)| n == native))
                {
                    continue;
                }
            }
            let listing = view.listing(index)?;
            let mut evidence = Vec::new();
            if self.owner {
                evidence.push(format!("owner of the party: {}", self.name));
            }
            if let Some(listed) = listing.names.get(name)
                && score >= self.profile.lower
            {
                let weak = if listed.quality == NameQuality::Low { ", a weak alias" } else { "" };
                evidence.push(format!("name \"{}\" beside listed \"{}\"{weak}", self.name, listed.text));
            }
            if let Some(identifier) = identified {
                score = 1.0;
                evidence.push(format!("{} {} agrees", identifier.kind, identifier.value));
            }
            self.other_evidence(&listing, identified.is_some(), &mut score, &mut evidence);
            found.push((listing, score, evidence));
        }
        Ok(())
    }

    /// Birth date and type beside the name: a contradiction lowers the score, agreement is told.
    fn other_evidence(
        &self,
        listing: &Listing,
        identified: bool,
        score: &mut f64,
        evidence: &mut Vec<String>,
    ) {
        if self.owner {
            return;
        }
        if let Some(born) = &self.party.birth_date
            && !listing.birth_dates.is_empty()
        {
            if listing.birth_dates.iter().any(|listed| may_be_same(born, listed)) {
                evidence.push("birth date agrees".to_owned());
            } else if !identified {
                *score -= 0.15;
                evidence.push("birth date differs".to_owned());
            }
        }
        if let Some(kind) = self.party.kind
            && listing.kind.word() != "unknown"
            && listing.kind.word() != kind.word()
            && !identified
        {
            *score -= 0.10;
            evidence.push(format!("listed as {}, stated as {kind}", listing.kind));
        }
        if let Some(state) = self.party.state {
            let listed = listing
                .states
                .iter()
                .filter_map(|link| link.state.code)
                .chain(listing.addresses.iter().filter_map(|a| a.state.as_ref().and_then(|s| s.code)));
            let listed: Vec<_> = listed.collect();
            if listed.contains(&state) {
                evidence.push(format!("State {state} agrees"));
            } else if !listed.is_empty() {
                evidence.push(format!("State {state} is not among those listed"));
            }
        }
    }

    /// Adds a listing to the hits.
    fn add(
        &self,
        edition: &Edition<'_>,
        listing: &Listing,
        score: f64,
        mut evidence: Vec<String>,
        hits: &mut BTreeMap<String, (Hit, Listing)>,
    ) -> Result<(), EditionFault> {
        let id = listing.id.to_string();
        // Where the user says that it is another party, the finding is not repeated; the judgement is theirs.
        if self.party.not_same_as.iter().any(|j| j.listing == id) {
            return Ok(());
        }
        let same = self.party.same_as.iter().find(|j| j.listing == id);
        if let Some(judged) = same {
            evidence.push(format!(
                "stated to be this party{}",
                judged.why.as_ref().map_or(String::new(), |w| format!(": {w}"))
            ));
        }
        let status = match (same.is_some() && !self.owner, score >= self.profile.threshold) {
            (true, _) => PartyStatus::Hit,
            (false, true) => PartyStatus::Hit,
            (false, false) if score >= self.profile.lower => PartyStatus::Possible,
            _ => return Ok(()),
        };
        let measures = edition.measures(self.book, listing, self.day)?;
        if measures.iter().all(|m| m.status == MeasureStatus::Removed.word()) {
            return Ok(());
        }
        let hit = Hit {
            id: id.clone(),
            name: best_name(listing, self.name),
            score: Score::new(if same.is_some() { 1.0 } else { score }),
            status,
            evidence,
            measures,
            same_party: Vec::new(),
        };
        match hits.get(&id) {
            Some((other, _)) if (other.status, other.score) >= (hit.status, hit.score) => {}
            _ => {
                hits.insert(id, (hit, listing.clone()));
            }
        }
        Ok(())
    }
}

fn best_name(listing: &Listing, name: &str) -> String {
    let folded = comity_names::fold(name);
    let mut best: (f64, &str) = (-1.0, listing.primary_name());
    for listed in &listing.names {
        let score = comity_names::similarity(&folded, &comity_names::fold(&listed.text));
        if score > best.0 {
            best = (score, &listed.text);
        }
    }
    best.1.to_owned()
}

/// `publisher/list/native` as (`publisher/list`, `native`).
#[must_use]
pub fn split_listing(id: &str) -> Option<(&str, &str)> {
    let mut slashes = id.match_indices('/').map(|(at, _)| at);
    let second = slashes.nth(1)?;
    Some((id.get(..second)?, id.get(second + 1..)?))
}

pub(crate) fn may_be_same(a: &DateValue, b: &DateValue) -> bool {
    match (a.earliest().zip(a.latest()), b.earliest().zip(b.latest())) {
        (Some((a1, a2)), Some((b1, b2))) => a1 <= b2 && b1 <= a2,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_listings_split_after_the_list() {
        assert_eq!(split_listing("aa/bb/XY/1"), Some(("aa/bb", "XY/1")));
        assert_eq!(split_listing("aa/bb"), None);
    }

    #[test]
    fn dates_of_different_exactness_may_be_the_same() {
        let d = |t: &str| t.parse::<DateValue>().unwrap();
        assert!(may_be_same(&d("1975"), &d("1975-03-02")));
        assert!(!may_be_same(&d("1975"), &d("1976-01")));
        assert!(may_be_same(&d("about 1950"), &d("1976")));
    }
}
