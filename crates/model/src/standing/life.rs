//! The life of a treaty beyond joining: conferences and what came of them, decisions, returns that fall due, and what its text ties to a
//! number of parties.

use serde::{Deserialize, Serialize};

use super::{SourceRef, States, TreatyRef};
use crate::date::{DateValue, Day};
use crate::mandate::words;
use crate::place::StateCode;

words! {
    /// What happened in the life of an instrument.
    LifeKind, "kind of happening" {
        /// Adopted by a conference or an organ.
        Adopted = "adopted",
        /// Opened for signature.
        Opened = "opened",
        /// Entered into force.
        EntryIntoForce = "entry_into_force",
        /// A conference that reviews its operation.
        ReviewConference = "review_conference",
        /// A review of its implementation by an organ.
        Review = "review",
        /// A decision that changes or prolongs something of it.
        Decision = "decision",
        /// A single return or report falls due.
        Due = "due",
    }
}

words! {
    /// What came of a conference or review.
    LifeOutcome, "outcome" {
        /// A final document or decision was adopted.
        Adopted = "adopted",
        /// It ended without an agreed final document.
        NotAgreed = "not_agreed",
        /// The data do not say.
        Unknown = "unknown",
    }
}

impl LifeOutcome {
    /// For a reader.
    #[must_use]
    pub fn says(self) -> &'static str {
        match self {
            Self::Adopted => "final document adopted",
            Self::NotAgreed => "no agreed final document",
            Self::Unknown => "outcome not known",
        }
    }
}

/// An instrument that has a life and no parties: a decision that binds by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instrument {
    /// Its id.
    pub id: String,
    /// Other words for it.
    pub names: Vec<String>,
    /// Its title, in our words.
    pub title: String,
    /// What it is, in our words.
    pub says: String,
    /// The source.
    pub source: SourceRef,
}

/// One dated happening.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LifeEvent {
    /// The id of the treaty or [`Instrument`].
    pub of: String,
    /// What happened.
    pub kind: LifeKind,
    /// The first day, as exactly as the source says.
    pub from: DateValue,
    /// The last day; unknown if there was one only or the source does not say.
    pub to: DateValue,
    /// What it was, in our words.
    pub title: String,
    /// Where; empty: not in the data.
    pub place: String,
    /// What came of it; none where there is nothing to come of.
    pub outcome: Option<LifeOutcome>,
    /// Symbol of the document; empty: not in the data.
    pub document: String,
    /// The sources.
    pub sources: Vec<SourceRef>,
    /// A remark.
    pub note: String,
}

/// When a yearly return is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DueRule {
    /// On this day of the year after the one that it covers.
    On {
        /// The month, 1 to 12.
        month: i8,
        /// The day of the month.
        day: i8,
    },
    /// So many days after the end of the year that it covers.
    After(u16),
    /// So many days before the beginning of the year that it covers.
    Before(u16),
}

impl DueRule {
    /// The day on which the return for `year` is due; none where the calendar has no such day.
    #[must_use]
    pub fn day(self, year: i16) -> Option<Day> {
        match self {
            Self::On { month, day } => Day::new(year.checked_add(1)?, month, day),
            Self::After(days) => Day::from_number(Day::new(year, 12, 31)?.number() + i32::from(days)),
            Self::Before(days) => Day::from_number(Day::new(year, 1, 1)?.number() - i32::from(days)),
        }
    }
}

/// A return that the parties owe every year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Return {
    /// The id of the treaty or [`Instrument`].
    pub of: String,
    /// Its id.
    pub id: String,
    /// What is returned, in our words.
    pub title: String,
    /// When it is due.
    pub due: DueRule,
    /// The first year that it covers.
    pub first: i16,
    /// Who owes it, in our words.
    pub who: String,
    /// Where it stands.
    pub cite: String,
    /// The sources.
    pub sources: Vec<SourceRef>,
}

/// What is known of returns that were made: one State's, or a number of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returned {
    /// The id of the treaty or [`Instrument`].
    pub of: String,
    /// The id of the [`Return`], or what was received.
    pub what: String,
    /// When they were received, or the date up to which they were counted.
    pub date: DateValue,
    /// The State; none for a number.
    pub state: Option<StateCode>,
    /// How many; none for one State.
    pub count: Option<u32>,
    /// The sources.
    pub sources: Vec<SourceRef>,
    /// A remark.
    pub note: String,
}

/// Something that the text ties to a number of parties, or to named ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Milestone {
    /// The treaty.
    pub treaty: TreatyRef,
    /// Its id.
    pub id: String,
    /// What it leads to, in our words.
    pub title: String,
    /// How many States must be parties; none where the annex alone decides.
    pub parties: Option<u16>,
    /// All States that this annex names must be parties.
    pub annex: Option<TreatyRef>,
    /// These States must be among them.
    pub with: Vec<StateCode>,
    /// Where it stands.
    pub cite: String,
    /// The sources.
    pub sources: Vec<SourceRef>,
}

impl States {
    /// The instrument without parties that a text names, by id or other word; case does not matter.
    #[must_use]
    pub fn instrument(&self, text: &str) -> Option<&Instrument> {
        let text = text.trim();
        self.instruments.iter().find(|i| {
            i.id.eq_ignore_ascii_case(text) || i.names.iter().any(|name| name.eq_ignore_ascii_case(text))
        })
    }

    /// The happenings of a treaty or instrument, in their order.
    pub fn life_of(&self, id: &str) -> impl Iterator<Item = &LifeEvent> {
        self.life.iter().filter(move |e| e.of == id)
    }

    /// The yearly returns of a treaty or instrument.
    pub fn returns_of(&self, id: &str) -> impl Iterator<Item = &Return> {
        self.returns.iter().filter(move |r| r.of == id)
    }

    /// What is known of returns that were made.
    pub fn returned_of(&self, id: &str) -> impl Iterator<Item = &Returned> {
        self.returned.iter().filter(move |r| r.of == id)
    }

    /// The milestones of a treaty.
    pub fn milestones_of(&self, treaty: TreatyRef) -> impl Iterator<Item = &Milestone> {
        self.milestones.iter().filter(move |m| m.treaty == treaty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn due_days_follow_the_calendar_of_the_year() {
        let day = |text: &str| Some(text.parse().unwrap());
        assert_eq!(DueRule::On { month: 4, day: 15 }.day(2025), day("2026-04-15"));
        assert_eq!(DueRule::After(90).day(2025), day("2026-03-31"));
        // A leap year has a day more before the end of March.
        assert_eq!(DueRule::After(90).day(2023), day("2024-03-30"));
        assert_eq!(DueRule::Before(60).day(2027), day("2026-11-02"));
        assert_eq!(DueRule::On { month: 2, day: 29 }.day(2025), None);
        assert_eq!(DueRule::On { month: 4, day: 15 }.day(i16::MAX), None);
    }
}
