//! Linking: which listings of one list carry out the measure of a listing of another, and which are likely of the same party.
//!
//! A list whose row in the table of sources says `refers_to` carries out measures of another list, its origin. Where an entry names the entry of the
//! origin, the link is a *reference*; where it does not, but its measure was agreed where the measures of an entry of the origin were, the link is *inferred* from
//! identifiers, names and dates, with a score, and is always told as inferred. A stated reference that its own names contradict is reported, not followed
//! blindly. An own decision of a national author is never put under the origin's measure, however alike the parties are: it is told as likely of the
//! same party, and stays a measure of its own.

use comity_model::answer::{Hit, MeasureAnswer, PartyLink, PartyStatus, Score};
use comity_model::date::{DateValue, Day};
use comity_model::deal::Party;
use comity_model::edition::{EditionFault, EditionView};
use comity_model::lawbook::Lawbook;
use comity_model::listing::{
    EditionMeta, IdentifierKind, Listing, ListingId, MandateEvidence, MeasureLink, MeasureStatus, NameKind,
    NameQuality, PartyKind, identifier_key, same_party_key,
};
use comity_model::mandate::AgreedInSet;

use crate::measures::{Seen, measures, source};
use crate::screen::{Edition, Shelf, may_be_same, split_listing};

/// From here on two listings count as of one party.
pub const SAME_PARTY: f64 = 0.86;
/// From here on, where both say that they were agreed in the same place.
pub const SAME_PLACE: f64 = 0.80;
/// Below this the names of a listing contradict the entry that it names.
const CONTRADICTED: f64 = 0.60;
/// A second candidate this near to the first leaves the link open.
const AMBIGUOUS: f64 = 0.02;

/// How two listings were found to be of one party.
#[derive(Clone, Debug, PartialEq)]
pub struct Likeness {
    /// From 0 to 1.
    pub score: f64,
    /// Why.
    pub evidence: Vec<String>,
}

/// A listing with the folded forms of its names, so that it can be compared with many.
pub struct Folded<'l> {
    listing: &'l Listing,
    names: Vec<(String, bool)>,
    identifiers: Vec<(IdentifierKind, String)>,
}

impl<'l> Folded<'l> {
    /// Folds the names of a listing.
    #[must_use]
    pub fn new(listing: &'l Listing) -> Self {
        let names =
            listing.names.iter().map(|n| (comity_names::fold(&n.text), n.quality == NameQuality::Low));
        let identifiers = listing.identifiers.iter().filter(|i| identifies(i.kind));
        let identifiers =
            identifiers.map(|i| (i.kind, identifier_key(&i.value))).filter(|(_, k)| k.len() >= 5);
        Self { listing, names: names.collect(), identifiers: identifiers.collect() }
    }
}

/// Whether an identifier of this kind belongs to one party alone.
fn identifies(kind: IdentifierKind) -> bool {
    match kind {
        IdentifierKind::Passport
        | IdentifierKind::NationalId
        | IdentifierKind::TaxId
        | IdentifierKind::Registration
        | IdentifierKind::Imo
        | IdentifierKind::Mmsi
        | IdentifierKind::Bic
        | IdentifierKind::Lei
        | IdentifierKind::TailNumber
        | IdentifierKind::SerialNumber
        | IdentifierKind::Duns
        | IdentifierKind::Wallet => true,
        IdentifierKind::CallSign
        | IdentifierKind::Isin
        | IdentifierKind::Email
        | IdentifierKind::Website
        | IdentifierKind::Phone
        | IdentifierKind::Other => false,
    }
}

/// How likely two listings are of one party: the best pair of names, shared identifiers, dates of birth and kinds.
#[must_use]
pub fn likeness(a: &Folded<'_>, b: &Folded<'_>) -> Likeness {
    let (mut score, mut evidence) = names(a, b);
    let known = |k: PartyKind| k != PartyKind::Unknown;
    if known(a.listing.kind) && known(b.listing.kind) && a.listing.kind != b.listing.kind {
        score -= 0.20;
        evidence.push(format!("one is a {}, the other a {}", a.listing.kind, b.listing.kind));
    }
    let (left, right) = (&a.listing.birth_dates, &b.listing.birth_dates);
    if !left.is_empty() && !right.is_empty() {
        let any = |fits: &dyn Fn(&DateValue, &DateValue) -> bool| {
            left.iter().any(|l| right.iter().any(|r| fits(l, r)))
        };
        if any(&|l, r| l == r) {
            score += 0.03;
            evidence.push("date of birth agrees".to_owned());
        } else if any(&may_be_same) {
            evidence.push("dates of birth may agree".to_owned());
        } else if any(&within_a_year) {
            score -= 0.05;
            evidence.push("dates of birth differ by no more than a year".to_owned());
        } else {
            score -= 0.20;
            evidence.push("dates of birth differ".to_owned());
        }
    }
    if let Some((kind, value)) = a.identifiers.iter().find(|i| b.identifiers.contains(i)) {
        // Lists are known to give one number to two parties: a number alone, under another name, is not beyond doubt.
        score = if score >= 0.80 { score + 0.08 } else { score.max(0.87) };
        evidence.push(format!("{kind} {value} agrees"));
    }
    Likeness { score: score.clamp(0.0, 0.99), evidence }
}

/// The best pair of names, and how many are equal.
fn names(a: &Folded<'_>, b: &Folded<'_>) -> (f64, Vec<String>) {
    let mut best = (0.0_f64, "", "");
    let mut exact = 0_usize;
    for ((left, left_weak), left_name) in a.names.iter().zip(&a.listing.names) {
        let mut equal = false;
        for ((right, right_weak), right_name) in b.names.iter().zip(&b.listing.names) {
            let mut score = if left == right { 1.0 } else { comity_names::similarity(left, right) };
            equal |= score >= 1.0 && left.contains(' ');
            if score < CONTAINED && (within(left, right) || within(right, left)) {
                score = CONTAINED;
            }
            if *left_weak || *right_weak {
                score -= 0.10;
            }
            let score = score * 0.94
                + if left_name.kind == NameKind::Primary && right_name.kind == NameKind::Primary {
                    0.03
                } else {
                    0.0
                };
            if score > best.0 {
                best = (score, &left_name.text, &right_name.text);
            }
        }
        exact += usize::from(equal);
    }
    let mut evidence = Vec::new();
    if !best.1.is_empty() {
        evidence.push(format!("name \"{}\" beside \"{}\"", best.1, best.2));
    }
    if exact > 1 {
        evidence.push(format!("{exact} equal names"));
    }
    // Equal names of many parties are common; each further equal name of the two makes chance less likely.
    (best.0 + 0.01 * (exact.min(4) as f64), evidence)
}

/// The likeness of a name that stands whole within a longer one: a rank in front of it, a short form behind it.
const CONTAINED: f64 = 0.88;

/// Whether all words of a name of two or more stand in another, in their order and without a break.
fn within(short: &str, long: &str) -> bool {
    short.len() >= 8
        && short.contains(' ')
        && short.len() < long.len()
        && format!(" {long} ").contains(&format!(" {short} "))
}

/// Whether two dates lie no more than a year apart: slips of a day, a month or a year.
fn within_a_year(a: &DateValue, b: &DateValue) -> bool {
    match (a.earliest().zip(a.latest()), b.earliest().zip(b.latest())) {
        (Some((a1, a2)), Some((b1, b2))) => b1.days_since(a2) <= 366 && a1.days_since(b2) <= 366,
        _ => false,
    }
}

/// The link of a listing to the listing of the origin whose measure it carries out.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// The listing of the origin.
    pub origin: Listing,
    /// Reference or inferred.
    pub link: MeasureLink,
    /// For an inferred link how likely it is; none for a reference.
    pub score: Option<f64>,
    /// Why, and what was found odd.
    pub evidence: Vec<String>,
    /// A reference was stated that is no id of the origin as it stands: another case, another entry, or none.
    pub slip: Option<String>,
    /// The entry is the one that the reference names, and its names speak against it.
    pub contradicted: bool,
}

impl Link {
    /// Whether the two listings are of one party beyond a slip of writing: by a reference that nothing contradicts.
    #[must_use]
    pub fn is_sure(&self) -> bool {
        self.link == MeasureLink::Reference && !self.contradicted
    }
}

/// What became of the search for the origin of a listing.
#[derive(Clone, Debug, PartialEq)]
pub enum Linked {
    /// It was found.
    To(Box<Link>),
    /// The listing names an entry that the origin does not hold on the day, and no other entry fits.
    Missing(String),
    /// Several entries of the origin fit alike.
    Ambiguous(Vec<String>),
    /// Nothing of the origin fits, or the listing carries nothing out.
    No,
}

/// The origin of a list, on a day.
pub struct Origin<'s, 'a> {
    book: &'s Lawbook,
    edition: &'s Edition<'a>,
    day: Day,
}

impl<'s, 'a> Origin<'s, 'a> {
    /// The origin of a list, if it has one and it is on the shelf.
    #[must_use]
    pub fn of(book: &'s Lawbook, list: &str, shelf: &'s Shelf<'a>, day: Day) -> Option<Self> {
        let origin = source(book, list)?.refers_to.as_ref()?;
        let edition = shelf.covering().find(|e| e.meta.list == *origin)?;
        Some(Self { book, edition, day })
    }

    fn view(&self) -> &EditionView<'a> {
        &self.edition.view
    }

    /// What a listing of the origin orders on the day.
    ///
    /// # Errors
    /// When the edition of the origin is damaged.
    pub fn measures(&self, listing: &Listing) -> Result<Vec<MeasureAnswer>, EditionFault> {
        self.edition.measures(self.book, listing, self.day)
    }

    /// Whether a listing that only the next edition of the origin holds stands on the day already, by a source that dates it.
    fn stands(&self, listing: &Listing) -> Result<bool, EditionFault> {
        let stands = [MeasureStatus::InForce, MeasureStatus::Contested];
        Ok(self.measures(listing)?.iter().any(|m| stands.iter().any(|s| s.word() == m.status)))
    }

    /// The entry of an id: of the edition that answers, else of the next one if it stands on the day.
    fn entry(&self, native: &str) -> Result<Option<Listing>, EditionFault> {
        if let Some(index) = self.view().by_native_id(native)? {
            return self.view().listing(index).map(Some);
        }
        let Some((_, next)) = &self.edition.next else { return Ok(None) };
        let Some(index) = next.by_native_id(native)? else { return Ok(None) };
        let listing = next.listing(index)?;
        Ok(self.stands(&listing)?.then_some(listing))
    }

    /// The entries that have a name or an identifier near those of a listing: of the edition that answers, and of the next one those that stand on the day.
    fn candidates(&self, folded: &Folded<'_>) -> Result<Vec<Listing>, EditionFault> {
        let mut found = Vec::new();
        let next = self.edition.next.as_ref().map(|(_, view)| view);
        for (view, later) in std::iter::once((self.view(), false)).chain(next.map(|view| (view, true))) {
            let mut indexes = Vec::new();
            for (name, _) in &folded.names {
                indexes.extend(view.candidates(name)?);
            }
            for identifier in &folded.listing.identifiers {
                indexes.extend(view.by_identifier(&identifier.value)?);
            }
            indexes.sort_unstable();
            indexes.dedup();
            for index in indexes {
                if later && self.view().by_native_id(view.native_id(index)?)?.is_some() {
                    continue;
                }
                let listing = view.listing(index)?;
                if !later || self.stands(&listing)? {
                    found.push(listing);
                }
            }
        }
        Ok(found)
    }

    /// Finds the entry that a listing carries out. `agreed`: where its measures were agreed, by its own list's fields.
    ///
    /// # Errors
    /// When the edition of the origin is damaged.
    pub fn find(&self, listing: &Listing, agreed: &AgreedInSet) -> Result<Linked, EditionFault> {
        let folded = Folded::new(listing);
        let mut missing = None;
        for stated in &listing.references {
            let Some(origin) = self.entry(stated)? else {
                missing.get_or_insert_with(|| stated.clone());
                continue;
            };
            let found = likeness(&folded, &Folded::new(&origin));
            if found.score < CONTRADICTED
                && let Linked::To(better) = self.infer(&folded, None)?
                && better.origin.id != origin.id
            {
                let slip = format!(
                    "it names {}, whose names differ; names and dates are those of {}",
                    stated.trim(),
                    better.origin.id.native
                );
                return Ok(Linked::To(Box::new(Link { slip: Some(slip), ..*better })));
            }
            let mut evidence = vec![format!("it names {}", stated.trim())];
            evidence.extend(found.evidence);
            let contradicted = found.score < CONTRADICTED;
            let mut slip = None;
            if contradicted {
                slip = Some(format!("it names {stated}, whose names differ"));
            } else if origin.id.native != *stated {
                slip = Some(format!("it names {stated}, the entry is {}", origin.id.native));
            }
            let link =
                Link { origin, link: MeasureLink::Reference, score: None, evidence, slip, contradicted };
            return Ok(Linked::To(Box::new(link)));
        }
        let inferred = match (&missing, agreed.is_empty()) {
            (Some(_), _) => self.infer(&folded, None)?,
            (None, false) => self.infer(&folded, Some(agreed))?,
            (None, true) => Linked::No,
        };
        Ok(match (missing, inferred) {
            (Some(stated), Linked::To(mut link)) => {
                link.slip = Some(format!(
                    "it names {stated}, which is no entry; names and dates are those of {}",
                    link.origin.id.native
                ));
                Linked::To(link)
            }
            (Some(stated), _) => Linked::Missing(stated),
            (None, other) => other,
        })
    }

    /// The entry that is likely of the same party; of those agreed in the same place, if one is given.
    fn infer(&self, folded: &Folded<'_>, agreed: Option<&AgreedInSet>) -> Result<Linked, EditionFault> {
        let mut found: Vec<(Likeness, Listing)> = Vec::new();
        for origin in self.candidates(folded)? {
            let fits = match agreed {
                Some(agreed) => {
                    self.measures(&origin)?.iter().any(|m| !m.mandate.agreed_in.is_disjoint(agreed))
                }
                None => true,
            };
            if fits {
                let likeness = likeness(folded, &Folded::new(&origin));
                if likeness.score >= if agreed.is_some() { SAME_PLACE } else { SAME_PARTY } {
                    found.push((likeness, origin));
                }
            }
        }
        found.sort_by(|a, b| b.0.score.total_cmp(&a.0.score).then_with(|| a.1.id.native.cmp(&b.1.id.native)));
        if let [first, second, ..] = found.as_slice()
            && first.0.score - second.0.score < AMBIGUOUS
        {
            let near = found.iter().filter(|f| first.0.score - f.0.score < AMBIGUOUS);
            return Ok(Linked::Ambiguous(near.map(|f| f.1.id.to_string()).collect()));
        }
        Ok(match found.into_iter().next() {
            Some((likeness, origin)) => Linked::To(Box::new(Link {
                origin,
                link: MeasureLink::Inferred,
                score: Some(likeness.score),
                evidence: likeness.evidence,
                slip: None,
                contradicted: false,
            })),
            None => Linked::No,
        })
    }
}

/// Puts the hits that carry out the measure of an origin under the hit of that origin, and tells which of the others are likely of the same party.
///
/// # Errors
/// When an edition is damaged.
pub(crate) fn gathered(
    book: &Lawbook,
    party: &Party,
    shelf: &Shelf<'_>,
    day: Day,
    hits: Vec<(Hit, Listing)>,
) -> Result<Vec<Hit>, EditionFault> {
    let (mut kept, mut carrying) = (Vec::new(), Vec::new());
    for (hit, listing) in hits {
        let origin = Origin::of(book, listing.id.list.as_str(), shelf, day);
        let agreed = agreed(&hit.measures);
        let link = match &origin {
            Some(origin) if !(listing.references.is_empty() && agreed.is_empty()) => {
                origin.find(&listing, &agreed)?
            }
            _ => Linked::No,
        };
        match (origin, link) {
            // The user says that the party is not the one of the origin: then the copy is told by itself.
            (Some(origin), Linked::To(link))
                if !party.not_same_as.iter().any(|j| j.listing == link.origin.id.to_string()) =>
            {
                carrying.push((hit, listing, origin, link));
            }
            _ => kept.push((hit, listing)),
        }
    }
    for (hit, listing, origin, link) in carrying {
        let under = link.origin.id.to_string();
        let ordered = origin.measures(&link.origin)?;
        if ordered.iter().all(|m| m.status == MeasureStatus::Removed.word()) {
            // Nothing is left to carry out: the copy stands by itself.
            kept.push((hit, listing));
            continue;
        }
        let at = match kept.iter().position(|(h, _)| h.id == under) {
            Some(at) => at,
            None => {
                let evidence = vec![format!("found by {}, which carries out its measure", hit.id)];
                let name = link.origin.primary_name().to_owned();
                let evidence = evidence.into_iter().chain(hit.evidence.iter().cloned()).collect();
                let origin_hit = Hit {
                    id: under,
                    name,
                    score: hit.score,
                    status: hit.status,
                    evidence,
                    measures: ordered.clone(),
                    same_party: Vec::new(),
                };
                kept.push((origin_hit, link.origin.clone()));
                kept.len() - 1
            }
        };
        let places = agreed(&ordered);
        let (own, carried): (Vec<_>, Vec<_>) =
            hit.measures.iter().cloned().partition(|m| is_own(m, &listing, &link, &places));
        if let Some((above, _)) = kept.get_mut(at) {
            if (hit.status, hit.score) > (above.status, above.score) {
                (above.status, above.score) = (hit.status, hit.score);
                above.evidence.extend(
                    hit.evidence.iter().filter(|e| !above.evidence.contains(e)).cloned().collect::<Vec<_>>(),
                );
            }
            above.measures.extend(carried.into_iter().map(|m| under_origin(m, &listing.id, &link, &ordered)));
        }
        if !own.is_empty() {
            kept.push((Hit { measures: own, ..hit }, listing));
        }
    }
    tell_same_parties(book, &mut kept);
    tell_same_numbers(book, &mut kept);
    Ok(kept.into_iter().map(|(hit, _)| hit).collect())
}

/// How one list carries out the measures of an origin, on a day.
#[derive(Clone, Debug, PartialEq)]
pub struct ListSurvey {
    /// The edition that was read.
    pub edition: EditionMeta,
    /// Its listings that carry out a measure of the origin, as far as one was found: their ids, the origin's ids and the links.
    pub links: Vec<(ListingId, Link)>,
    /// Those for which none was found, and why.
    pub open: Vec<(ListingId, String)>,
}

/// How all lists on the shelf carry out the measures of one origin.
#[derive(Clone, Debug, PartialEq)]
pub struct Survey {
    /// The edition of the origin.
    pub edition: EditionMeta,
    /// The ids of its entries.
    pub entries: Vec<ListingId>,
    /// One a list that refers to it, in the order of the shelf.
    pub lists: Vec<ListSurvey>,
}

/// Surveys how the lists on the shelf carry out the measures of an origin; `programme`: only of its entries under this programme. None if the origin is not on
/// the shelf.
///
/// # Errors
/// When an edition is damaged.
pub fn survey(
    book: &Lawbook,
    shelf: &Shelf<'_>,
    day: Day,
    origin: &str,
    programme: Option<&str>,
) -> Result<Option<Survey>, EditionFault> {
    let Some(edition) = shelf.covering().find(|e| e.meta.list.as_str() == origin) else {
        return Ok(None);
    };
    let wanted = |listing: &Listing| {
        programme.is_none_or(|code| listing.programmes.iter().any(|p| p.code.eq_ignore_ascii_case(code)))
    };
    let from = Origin { book, edition, day };
    let (mut entries, mut places) = (Vec::new(), AgreedInSet::new());
    for index in edition.view.indexes() {
        let listing = edition.view.listing(index)?;
        if wanted(&listing) {
            places.extend(agreed(&from.measures(&listing)?));
            entries.push(listing.id);
        }
    }
    if let Some((_, next)) = &edition.next {
        for index in next.indexes() {
            if edition.view.by_native_id(next.native_id(index)?)?.is_none() {
                let listing = next.listing(index)?;
                if wanted(&listing) && from.stands(&listing)? {
                    places.extend(agreed(&from.measures(&listing)?));
                    entries.push(listing.id);
                }
            }
        }
    }
    let mut lists = Vec::new();
    for other in shelf.covering() {
        let refers = source(book, other.meta.list.as_str()).and_then(|s| s.refers_to.as_ref());
        if refers.is_none_or(|list| list.as_str() != origin) {
            continue;
        }
        let mut found = ListSurvey { edition: other.meta.clone(), links: Vec::new(), open: Vec::new() };
        for index in other.view.indexes() {
            let listing = other.view.listing(index)?;
            let agreed = agreed(&measures(book, &Seen::of(&listing, &other.meta), day));
            if listing.references.is_empty() && agreed.is_disjoint(&places) {
                continue;
            }
            match from.find(&listing, &agreed)? {
                Linked::To(link) if wanted(&link.origin) => found.links.push((listing.id, *link)),
                Linked::Missing(stated) if programme.is_none() => {
                    found
                        .open
                        .push((listing.id, format!("it names {stated}, which the origin does not hold")));
                }
                Linked::Ambiguous(ids) => {
                    found.open.push((listing.id, format!("several fit alike: {}", ids.join(", "))));
                }
                Linked::No if !agreed.is_disjoint(&places) => {
                    found.open.push((listing.id, "no entry of the origin fits".to_owned()));
                }
                Linked::To(_) | Linked::Missing(_) | Linked::No => {}
            }
        }
        lists.push(found);
    }
    Ok(Some(Survey { edition: edition.meta.clone(), entries, lists }))
}

/// Where the measures of a hit were agreed.
fn agreed(measures: &[MeasureAnswer]) -> AgreedInSet {
    measures.iter().flat_map(|m| m.mandate.agreed_in.iter().cloned()).collect()
}

/// Whether a measure stands beside the one that the listing carries out: its author's own decision, of which a dated row says so by an empty place of agreement,
/// or one that was agreed elsewhere. Where the list names the entry, a place of agreement is that of the entry, under whatever number.
fn is_own(measure: &MeasureAnswer, listing: &Listing, link: &Link, places: &AgreedInSet) -> bool {
    if measure.mandate.agreed_in.is_empty() {
        return measure.shown_by.is_some() || listing.references.is_empty();
    }
    link.link != MeasureLink::Reference && measure.mandate.agreed_in.is_disjoint(places)
}

/// A measure as it stands under the one that it carries out.
fn under_origin(
    mut measure: MeasureAnswer,
    id: &ListingId,
    link: &Link,
    ordered: &[MeasureAnswer],
) -> MeasureAnswer {
    measure.link = link.link.word().to_owned();
    measure.listing = Some(id.to_string());
    measure.link_score = link.score.map(Score::new);
    measure.link_evidence.clone_from(&link.evidence);
    measure.slip.clone_from(&link.slip);
    if measure.mandate.agreed_in.is_empty() {
        measure.mandate.agreed_in = agreed(ordered);
        measure.shown_by.get_or_insert_with(|| MandateEvidence::Linked.word().to_owned());
    }
    measure
}

/// Tells for each hit which others have the same number from the same publisher: lists of one publisher that count their parties in one row.
fn tell_same_numbers(book: &Lawbook, hits: &mut [(Hit, Listing)]) {
    let numbered = |(hit, listing): &(Hit, Listing)| {
        let native = same_party_key(&listing.id.native);
        let number = !native.is_empty() && native.chars().all(|c| c.is_ascii_digit());
        let publisher = source(book, listing.id.list.as_str())?.publisher.clone();
        number.then(|| (hit.id.clone(), listing.id.list.clone(), publisher, native))
    };
    let known: Vec<_> = hits.iter().filter_map(numbered).collect();
    for (hit, listing) in hits.iter_mut() {
        let Some((_, _, publisher, native)) = known.iter().find(|(id, ..)| *id == hit.id) else { continue };
        for (id, list, by, number) in &known {
            if *list != listing.id.list && (by, number) == (publisher, native) {
                hit.same_party.push(PartyLink {
                    id: id.clone(),
                    link: MeasureLink::Reference.word().to_owned(),
                    score: Score::new(1.0),
                    evidence: vec!["the same number of the same publisher".to_owned()],
                });
            }
        }
    }
}

/// Tells for each hit which hits of origins are likely of the same party.
fn tell_same_parties(book: &Lawbook, hits: &mut [(Hit, Listing)]) {
    let is_origin = |list: &str| {
        book.basics().sources.lists.iter().any(|s| s.refers_to.as_ref().is_some_and(|o| o.as_str() == list))
    };
    let origins: Vec<(String, Listing)> = hits
        .iter()
        .filter(|(h, _)| split_listing(&h.id).is_some_and(|(list, _)| is_origin(list)))
        .map(|(h, listing)| (h.id.clone(), listing.clone()))
        .collect();
    let origins: Vec<(&str, Folded<'_>)> =
        origins.iter().map(|(id, listing)| (id.as_str(), Folded::new(listing))).collect();
    for (hit, listing) in hits.iter_mut().filter(|(h, _)| h.status != PartyStatus::NotScreened) {
        let folded = Folded::new(listing);
        for (id, origin) in origins.iter().filter(|(_, o)| o.listing.id.list != listing.id.list) {
            let found = likeness(&folded, origin);
            if found.score >= SAME_PARTY {
                hit.same_party.push(PartyLink {
                    id: (*id).to_owned(),
                    link: MeasureLink::Inferred.word().to_owned(),
                    score: Score::new(found.score),
                    evidence: found.evidence,
                });
            }
        }
    }
}
