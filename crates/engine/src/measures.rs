//! What a listing orders on a day, and on whose mandate.
//!
//! A list names a programme, a committee, an order or the prefix of an id; dated rows of the lawbook tell the mandate that it stands for on the day. What the
//! list itself tells of terms, suspensions and ends is applied after that. Nothing that is only inferred is decided here: see [`crate::link`].

use comity_model::answer::{MeasureAnswer, PositionAnswer};
use comity_model::date::{DateValue, Day, Period};
use comity_model::lawbook::{Lawbook, ListMandate, MandateField, RowStatus};
use comity_model::list_source::ListSource;
use comity_model::listing::{
    ChangeKind, EditionMeta, Listing, MandateEvidence, MeasureLink, MeasureStatus, Programme,
};
use comity_model::mandate::{Evidence, ImposedBy, Mandate};
use comity_model::rule::Dispute;

use crate::screen::OWN;

/// The row of a list in the table of sources.
pub(crate) fn source<'b>(book: &'b Lawbook, list: &str) -> Option<&'b ListSource> {
    book.basics().sources.list(list)
}

/// A listing as the editions around a day hold it.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    /// The listing.
    pub listing: &'a Listing,
    /// The edition that answers on the day.
    pub edition: &'a EditionMeta,
    /// The first edition after the day.
    pub next: Option<&'a EditionMeta>,
    /// The editions around the day differ on it: it stands only in the later one (true) or only in the earlier one (false).
    pub changed: Option<bool>,
    /// The same listing in the last edition before that leaves nothing out, where the one that answers does.
    pub whole: Option<(&'a Listing, &'a EditionMeta)>,
}

impl<'a> Seen<'a> {
    /// A listing of one edition, of which no others are known.
    #[must_use]
    pub fn of(listing: &'a Listing, edition: &'a EditionMeta) -> Self {
        Self { listing, edition, next: None, changed: None, whole: None }
    }

    /// Whether a change on a day falls between the two editions. An edition dated after the day asked is the first one there: whatever is dated before it is.
    fn between(&self, day: Day, change: Day) -> bool {
        self.edition.date > day || (change > self.edition.date && self.next.is_none_or(|n| change <= n.date))
    }

    /// The term that the whole edition gives to a programme of which this one tells none, and the date of that edition.
    fn term_left_out(&self, programme: &Programme) -> Option<(&'a DateValue, Day)> {
        let (older, meta) = self.whole.filter(|_| self.edition.reduced.is_some())?;
        if programme.from.is_some() || programme.until.is_some() || !programme.changes.is_empty() {
            return None;
        }
        let coded: Vec<&Programme> = older.programmes.iter().filter(|p| p.code == programme.code).collect();
        let coded = if coded.is_empty() { older.programmes.iter().collect() } else { coded };
        // Of several orders the last to run out; one without a term does not.
        let terms: Option<Vec<&DateValue>> =
            coded.iter().map(|p| p.until.as_ref().filter(|u| u.latest().is_some())).collect();
        terms?.into_iter().max_by_key(|u| u.latest()).map(|until| (until, meta.date))
    }
}

/// What a listing orders on a day, told by the dated rows of the lawbook and by the terms that the list gives. A measure that has not begun is left out.
///
/// Where the editions around the day differ on the listing, its measure is unconfirmed unless a source dates the change: the list itself, or a row of the lawbook,
/// known better than by memory, that begins or ends a mandate between the two.
#[must_use]
pub fn measures(book: &Lawbook, seen: &Seen<'_>, day: Day) -> Vec<MeasureAnswer> {
    let Seen { listing, edition, next, changed, .. } = *seen;
    let list = listing.id.list.as_str();
    let source = source(book, list);
    // A list of the user's own stands in no table: what it orders is the user's measure and no law.
    let unknown = if listing.id.list.publisher() == OWN { ImposedBy::Own } else { ImposedBy::National };
    let mandates = Mandates {
        book,
        list,
        title: source.map_or(list, |s| s.title.as_str()),
        imposed_by: source.map_or(unknown, |s| s.authority),
        rows: book.basics().mandates.get(list).map_or(&[][..], Vec::as_slice),
        listing,
        day,
    };
    let mut found: Vec<MeasureAnswer> = Vec::new();
    let unnamed = [Programme::default()];
    let programmes = if listing.programmes.is_empty() { &unnamed[..] } else { &listing.programmes };
    for programme in programmes {
        let left_out = seen.term_left_out(programme);
        let ran_out = left_out.filter(|(until, _)| until.latest().is_some_and(|d| d < edition.date));
        let carried = left_out
            .filter(|_| ran_out.is_none())
            .map(|(until, _)| Programme { until: Some(until.clone()), ..programme.clone() });
        let programme = carried.as_ref().unwrap_or(programme);
        let Some(standing) = standing(programme, day) else { continue };
        let turn = mandates.turn(programme, changed, |change| seen.between(day, change));
        if changed == Some(true) && programme.from.is_none() && turn.is_some_and(|begins| begins > day) {
            continue;
        }
        for mut measure in mandates.of(programme) {
            standing.apply(&mut measure, programme);
            let stands = [MeasureStatus::InForce, MeasureStatus::Contested];
            let stands = stands.iter().any(|s| s.word() == measure.status);
            if let Some((until, date)) = left_out {
                let note = match ran_out {
                    Some(_) if stands => {
                        measure.status = MeasureStatus::Unconfirmed.word().to_owned();
                        format!(
                            "the edition of {date} says that it ran out on {until}; that of {}, which leaves out terms, still holds it",
                            edition.date
                        )
                    }
                    _ => format!(
                        "its term stands in the edition of {date}; that of {} leaves out terms",
                        edition.date
                    ),
                };
                measure.note.get_or_insert(note);
            }
            if let Some(only_later) = changed.filter(|_| stands)
                && !seen.dated(&measure, programme, turn, day)
            {
                measure.status = MeasureStatus::Unconfirmed.word().to_owned();
                measure.note = Some(match next {
                    Some(next) if only_later => {
                        format!("not in the edition of {}, in that of {}", edition.date, next.date)
                    }
                    Some(next) => format!("in the edition of {}, not in that of {}", edition.date, next.date),
                    None => format!("in the edition of {} only", edition.date),
                });
            }
            match found.iter_mut().find(|known| one_measure(known, &measure)) {
                Some(known) => {
                    join(&mut known.programmes, measure.programmes);
                    join(&mut known.basis, measure.basis);
                    join(&mut known.effects, measure.effects);
                    join(&mut known.reach, measure.reach);
                }
                None => found.push(measure),
            }
        }
    }
    for measure in &mut found {
        // Without an instrument of its own, a row means the acts on which the listing rests; the programme's own word stands where it names none.
        let instrument = &measure.mandate.instrument;
        let unnamed = instrument.is_empty() || measure.programmes.contains(instrument);
        if unnamed && !measure.basis.is_empty() {
            measure.mandate.instrument = measure.basis.join(", ");
        } else if instrument.is_empty() {
            let codes = measure.programmes.join(", ");
            let title = mandates.title;
            measure.mandate.instrument =
                if codes.is_empty() { title.to_owned() } else { format!("{title}: {codes}") };
        }
    }
    found
}

/// Programmes that order the same under one mandate are one measure. Where the listing names the entry that it carries out, that is one measure, whatever the
/// acts and headings under which the list tells it.
fn one_measure(known: &MeasureAnswer, new: &MeasureAnswer) -> bool {
    let mut alike = MeasureAnswer { programmes: known.programmes.clone(), ..new.clone() };
    if new.link == MeasureLink::Reference.word() {
        alike.basis.clone_from(&known.basis);
        alike.effects.clone_from(&known.effects);
        alike.reach.clone_from(&known.reach);
        alike.from.clone_from(&known.from);
    }
    *known == alike
}

/// Adds what is not there yet.
fn join(all: &mut Vec<String>, more: Vec<String>) {
    for one in more {
        if !all.contains(&one) {
            all.push(one);
        }
    }
}

impl Seen<'_> {
    /// Whether a source dates the change of the listing so that a measure stands on the day. `turn`: the day told by the rows of the lawbook.
    fn dated(&self, measure: &MeasureAnswer, programme: &Programme, turn: Option<Day>, day: Day) -> bool {
        if self.changed == Some(false) {
            return turn.is_some_and(|last| day <= last);
        }
        let begins = match &programme.from {
            Some(DateValue::Day(from)) => Some(*from),
            Some(_) => None,
            // The only edition there is dated after the day: what its rows date stands.
            None if self.edition.date > day => measure.from.as_deref().and_then(|f| f.parse().ok()),
            None => turn,
        };
        begins.is_some_and(|begins| begins <= day && self.between(day, begins))
    }
}

/// The dated rows that tell the mandates of one list.
struct Mandates<'a> {
    book: &'a Lawbook,
    list: &'a str,
    title: &'a str,
    imposed_by: ImposedBy,
    rows: &'a [ListMandate],
    listing: &'a Listing,
    day: Day,
}

impl Mandates<'_> {
    /// The measures of a programme: those of its own rows; else of the rows for the prefix or reference of the listing; else of the row for any listing; else
    /// one in the list's own words.
    fn of(&self, programme: &Programme) -> Vec<MeasureAnswer> {
        let keyed = |row: &&ListMandate| self.keyed(row, programme);
        let on_the_day = |field: MandateField| -> Vec<MeasureAnswer> {
            let rows = self.rows.iter().filter(|row| row.field == field && row.period.contains(self.day));
            let rows = rows.filter(|row| field == MandateField::Any || keyed(row));
            rows.map(|row| self.by_row(row, programme)).collect()
        };
        // An entry that names the measure which it carries out is that measure: its programme is a heading then.
        for field in [MandateField::Reference, MandateField::Programme, MandateField::Prefix] {
            let found = on_the_day(field);
            if !found.is_empty() {
                return found;
            }
        }
        // A code that is known on other days only is not told by the row for any listing.
        let known = self.rows.iter().any(|row| keyed(&row));
        let found = if known { Vec::new() } else { on_the_day(MandateField::Any) };
        if found.is_empty() { vec![self.unmapped(programme, known)] } else { found }
    }

    /// Whether a row is for a programme of the listing, or for its id or references.
    fn keyed(&self, row: &ListMandate, programme: &Programme) -> bool {
        match row.field {
            MandateField::Programme => row.key == programme.code,
            MandateField::Reference => {
                let named = |r: &String| row.key.is_empty() || prefix(r).eq_ignore_ascii_case(&row.key);
                self.listing.references.iter().any(named)
            }
            MandateField::Prefix => row.key == prefix(&self.listing.id.native),
            MandateField::Any => false,
        }
    }

    /// The day told by the rows on which the mandate of a programme begins (`changed` true: its first day) or ends (false: its last day) between two editions.
    /// A row that takes the place of another begins and ends nothing, and memory dates nothing.
    fn turn(
        &self,
        programme: &Programme,
        changed: Option<bool>,
        between: impl Fn(Day) -> bool,
    ) -> Option<Day> {
        let begins = changed?;
        let rows: Vec<&ListMandate> = self
            .rows
            .iter()
            .filter(|row| self.keyed(row, programme))
            .filter(|row| match row.status {
                RowStatus::InForce | RowStatus::Contested => true,
                RowStatus::Removed => false,
            })
            .collect();
        let known = rows.iter().filter(|row| row.evidence != Evidence::Memory);
        let stands = |day: Day| rows.iter().any(|row| row.period.contains(day));
        if begins {
            let first = known.filter_map(|row| row.period.from);
            first.filter(|day| between(*day) && !stands(day.previous())).min()
        } else {
            let last = known.filter(|row| row.period.contains(self.day)).filter_map(|row| row.period.to);
            last.filter(|day| between(day.next()) && !stands(day.next())).max()
        }
    }

    /// Nothing is known of the mandate but the list's own words; `known`: the rows know the code on other days.
    fn unmapped(&self, programme: &Programme, known: bool) -> MeasureAnswer {
        let status = if known { MeasureStatus::Unconfirmed } else { MeasureStatus::InForce };
        MeasureAnswer {
            programmes: codes(programme),
            ..MeasureAnswer::new(
                self.list,
                Mandate {
                    imposed_by: self.imposed_by,
                    agreed_in: Default::default(),
                    ground: Vec::new(),
                    instrument: String::new(),
                },
                status,
                Evidence::Secondary,
            )
        }
    }

    fn by_row(&self, row: &ListMandate, programme: &Programme) -> MeasureAnswer {
        let status = match row.status {
            RowStatus::InForce => MeasureStatus::InForce,
            // An end that rests on memory alone is not taken for sure.
            RowStatus::Removed if row.evidence == Evidence::Memory => MeasureStatus::Unconfirmed,
            RowStatus::Removed => MeasureStatus::Removed,
            RowStatus::Contested => MeasureStatus::Contested,
        };
        let dispute = row.dispute.as_ref().and_then(|(id, _)| self.book.dispute(id));
        let shown_by = match row.field {
            MandateField::Prefix => Some(MandateEvidence::Prefix),
            MandateField::Programme | MandateField::Reference => Some(MandateEvidence::Field),
            MandateField::Any => None,
        };
        let mandate = Mandate {
            imposed_by: row.imposed_by.unwrap_or(self.imposed_by),
            agreed_in: row.agreed_in.clone(),
            ground: row.ground.clone(),
            instrument: row.instrument.clone(),
        };
        // The days of a row that says `removed` are those on which nothing stands.
        let remembered = row.status == RowStatus::Removed && row.evidence == Evidence::Memory;
        let period = if remembered { Period::default() } else { row.period };
        let ended = row.period.from.filter(|_| remembered);
        MeasureAnswer {
            from: period.from.map(|d| d.to_string()),
            until: period.to.map(|d| d.to_string()),
            note: ended.map(|d| format!("said to have ended before {d}, which is not confirmed")),
            positions: dispute.map_or_else(Vec::new, positions),
            programmes: if row.field == MandateField::Prefix {
                vec![row.key.clone()]
            } else {
                codes(programme)
            },
            shown_by: shown_by.map(|e| e.word().to_owned()),
            link: if row.field == MandateField::Reference {
                MeasureLink::Reference
            } else {
                MeasureLink::Own
            }
            .word()
            .to_owned(),
            ..MeasureAnswer::new(self.list, mandate, status, row.evidence)
        }
    }
}

fn codes(programme: &Programme) -> Vec<String> {
    if programme.code.is_empty() { Vec::new() } else { vec![programme.code.clone()] }
}

/// How the measure of a programme stands on a day by what the list tells of it.
#[derive(Debug, PartialEq, Eq)]
struct Standing {
    /// None: the list tells nothing that would change it.
    status: Option<MeasureStatus>,
    until: Option<DateValue>,
    note: Option<String>,
}

/// None: it has not begun.
fn standing(programme: &Programme, day: Day) -> Option<Standing> {
    let open =
        |note: String| Standing { status: Some(MeasureStatus::Unconfirmed), until: None, note: Some(note) };
    if let Some(from) = &programme.from {
        if from.earliest().is_some_and(|d| d > day) {
            return None;
        }
        if from.latest().is_some_and(|d| d > day) {
            return Some(open(format!("begins in {from}, the day is not given")));
        }
    }
    let mut changes: Vec<_> = programme.changes.iter().filter(|c| begun(&c.on, day)).collect();
    changes.sort_by_key(|c| c.on.earliest());
    if let Some(change) = changes.last() {
        let by = if change.by.is_empty() { String::new() } else { format!(" ({})", change.by) };
        if change.on.latest().is_some_and(|d| d > day) {
            return Some(open(format!("{} in {}, the day is not given{by}", change.kind, change.on)));
        }
        let status = match change.kind {
            ChangeKind::Resumed => None,
            ChangeKind::Stopped => Some(MeasureStatus::Stopped),
            ChangeKind::Removed => Some(MeasureStatus::Removed),
            ChangeKind::Suspended => {
                let ended = change.until.as_ref().filter(|u| u.earliest().is_some_and(|d| d < day));
                if let Some(until) = ended {
                    // Whether its author let it come back or suspended it anew, the list at hand does not say.
                    return Some(open(format!("suspension ended on {until}; confirm with its author{by}")));
                }
                Some(MeasureStatus::Suspended)
            }
        };
        if status.is_some() {
            let note = format!("{} since {}{by}", change.kind, change.on);
            return Some(Standing { status, until: change.until.clone(), note: Some(note) });
        }
    }
    match &programme.until {
        Some(until) if until.latest().is_some_and(|d| d < day) => {
            Some(Standing { status: Some(MeasureStatus::Expired), until: Some(until.clone()), note: None })
        }
        Some(until) if until.earliest().is_some_and(|d| d < day) => {
            Some(open(format!("its term ends in {until}, the day is not given")))
        }
        until => Some(Standing { status: None, until: until.clone(), note: None }),
    }
}

/// Whether a change may have begun on a day; one without a date has.
fn begun(on: &DateValue, day: Day) -> bool {
    on.earliest().is_none_or(|d| d <= day)
}

impl Standing {
    fn apply(&self, measure: &mut MeasureAnswer, programme: &Programme) {
        let removed = measure.status == MeasureStatus::Removed.word();
        if let Some(status) = self.status.filter(|_| !removed) {
            measure.status = status.word().to_owned();
        }
        if let Some(until) = &self.until {
            measure.until = Some(until.to_string());
        }
        if let Some(from) = &programme.from {
            measure.from = Some(from.to_string());
        }
        if self.note.is_some() {
            measure.note.clone_from(&self.note);
        }
        measure.basis.clone_from(&programme.basis);
        measure.effects.clone_from(&programme.effects);
        measure.reach.clone_from(&programme.reach);
    }
}

/// The positions of a dispute, as an answer names them.
#[must_use]
pub fn positions(dispute: &Dispute) -> Vec<PositionAnswer> {
    dispute
        .positions
        .iter()
        .map(|p| PositionAnswer {
            position: p.id.clone(),
            holders: p.holders.clone(),
            claim: p.claim.clone(),
            outcome: None,
            best: None,
            worst: None,
            source: p.source.clone(),
        })
        .collect()
}

/// The letters before the first character that is none, less the last one, which tells persons from bodies.
fn prefix(native: &str) -> &str {
    let end = native.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(native.len());
    native.get(..end.saturating_sub(1)).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use comity_model::listing::Change;

    use super::*;

    fn date(text: &str) -> DateValue {
        text.parse().unwrap()
    }

    fn on(programme: &Programme, day: &str) -> Option<(Option<MeasureStatus>, Option<String>)> {
        let standing = standing(programme, day.parse().unwrap())?;
        Some((standing.status, standing.until.map(|u| u.to_string())))
    }

    #[test]
    fn the_letters_before_an_id_are_its_prefix() {
        assert_eq!(prefix("ABe.001"), "AB");
        assert_eq!(prefix("17"), "");
    }

    #[test]
    fn a_term_has_a_first_and_a_last_day() {
        let term = Programme {
            from: Some(date("2020-02-01")),
            until: Some(date("2021-02-01")),
            ..Programme::new("X", "")
        };
        assert_eq!(on(&term, "2020-01-31"), None);
        assert_eq!(on(&term, "2020-02-01"), Some((None, Some("2021-02-01".into()))));
        assert_eq!(on(&term, "2021-02-01"), Some((None, Some("2021-02-01".into()))));
        assert_eq!(on(&term, "2021-02-02"), Some((Some(MeasureStatus::Expired), Some("2021-02-01".into()))));
        let vague = Programme { until: Some(date("2021")), ..Programme::new("X", "") };
        assert_eq!(on(&vague, "2021-06-01"), Some((Some(MeasureStatus::Unconfirmed), None)));
        assert_eq!(on(&vague, "2022-01-01").unwrap().0, Some(MeasureStatus::Expired));
        let begins = Programme { from: Some(date("2021")), ..Programme::new("X", "") };
        assert_eq!(on(&begins, "2020-12-31"), None);
        assert_eq!(on(&begins, "2021-06-01").unwrap().0, Some(MeasureStatus::Unconfirmed));
        assert_eq!(on(&begins, "2021-12-31").unwrap().0, None);
    }

    #[test]
    fn a_suspension_ends_without_deciding_what_follows() {
        let change = |kind, on: &str, until: Option<&str>| Change {
            kind,
            on: date(on),
            until: until.map(date),
            by: "notice 5".into(),
        };
        let mut programme = Programme::new("X", "");
        programme.changes.push(change(ChangeKind::Suspended, "2025-11-10", Some("2026-11-10")));
        assert_eq!(on(&programme, "2025-11-09"), Some((None, None)));
        for day in ["2025-11-10", "2026-11-10"] {
            assert_eq!(
                on(&programme, day),
                Some((Some(MeasureStatus::Suspended), Some("2026-11-10".into()))),
                "{day}"
            );
        }
        let after = standing(&programme, "2026-11-11".parse().unwrap()).unwrap();
        assert_eq!(after.status, Some(MeasureStatus::Unconfirmed));
        assert_eq!(
            after.note.as_deref(),
            Some("suspension ended on 2026-11-10; confirm with its author (notice 5)")
        );
        programme.changes.push(change(ChangeKind::Resumed, "2026-11-11", None));
        assert_eq!(on(&programme, "2026-11-11"), Some((None, None)));
        programme.changes.insert(0, change(ChangeKind::Stopped, "2027-01-01", None));
        assert_eq!(on(&programme, "2027-01-01").unwrap().0, Some(MeasureStatus::Stopped));
    }
}
