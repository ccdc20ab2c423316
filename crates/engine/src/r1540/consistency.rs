//! Rows that speak of a treaty beside the status of the State in that treaty on the date of the matrix. A difference is a note; neither side is
//! corrected. The main type is [`TreatyNote`].

use comity_model::r1540::{CellValue, Edition, R1540};
use comity_model::standing::{States, StatusWord, TreatyRef};

use super::cells::{Shown, cells};
use crate::standing::{StatusAnswer, status};

/// The word of the catalogue for the zone treaty of a State.
const ZONE: &str = "zone";

/// What two sources show of one commitment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreatyNote<'s> {
    /// The id of the field.
    pub field: String,
    /// What the matrix shows.
    pub shown: Shown,
    /// The status in the treaty, of several the one that says most.
    pub status: StatusAnswer<'s>,
    /// How they stand to each other.
    pub kind: NoteKind,
}

/// How the matrix and the treaty data stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteKind {
    /// The matrix has the mark, and the treaty data do not have the State in.
    MarkedAndOutside,
    /// The matrix has no mark, and the treaty data have the State in.
    UnmarkedAndIn,
    /// The treaty data do not settle it: unknown, contested, signed only, or from memory alone.
    NotSettled,
}

impl NoteKind {
    /// The word for JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::MarkedAndOutside => "marked_and_outside",
            Self::UnmarkedAndIn => "unmarked_and_in",
            Self::NotSettled => "not_settled",
        }
    }

    /// For a reader.
    #[must_use]
    pub fn says(self) -> &'static str {
        match self {
            Self::MarkedAndOutside => {
                "the matrix shows the mark; the treaty data do not have the State in on that day"
            }
            Self::UnmarkedAndIn => "the matrix shows no mark; the treaty data have the State in on that day",
            Self::NotSettled => "the treaty data do not settle whether the State was in on that day",
        }
    }
}

/// The notes on an edition, in the order of the catalogue. A part of a matrix says nothing by what is not in it.
#[must_use]
pub fn notes<'s>(catalogue: &R1540, states: &'s States, edition: &Edition) -> Vec<TreatyNote<'s>> {
    let Some(day) = edition.date.latest() else { return Vec::new() };
    let cells = cells(edition);
    let mut notes = Vec::new();
    for field in &catalogue.fields {
        let Some(treaty) = catalogue.row_of(field).and_then(|r| r.treaty.as_deref()) else { continue };
        let cell = cells.get(field.id.as_str());
        if cell.is_none() && edition.is_part {
            continue;
        }
        let shown = cell.map_or(Shown::One(CellValue::Blank), |c| c.shown);
        let answers = treaties(states, treaty).into_iter().map(|t| status(states, edition.state, t, day));
        // Of a row that speaks of several treaties the one that says most decides.
        let Some(status) = answers.min_by_key(|a| rank(a.word())) else { continue };
        let marked = match shown {
            Shown::One(CellValue::X) => true,
            Shown::One(CellValue::Blank | CellValue::Na) => false,
            Shown::One(CellValue::Open) | Shown::Conflicting => continue,
        };
        let word = status.word();
        let kind = if status.memory == comity_model::standing::Memory::Only {
            marked.then_some(NoteKind::NotSettled).or((word.is_in()).then_some(NoteKind::NotSettled))
        } else if word.is_in() {
            (!marked).then_some(NoteKind::UnmarkedAndIn)
        } else if word.is_negative() {
            marked.then_some(NoteKind::MarkedAndOutside)
        } else {
            // Signed, unknown or contested: the mark may mean the signature.
            marked.then_some(NoteKind::NotSettled)
        };
        if let Some(kind) = kind {
            notes.push(TreatyNote { field: field.id.clone(), shown, status, kind });
        }
    }
    notes
}

/// The treaties that a row speaks of: one, or all of zones with their protocols.
fn treaties(states: &States, treaty: &str) -> Vec<TreatyRef> {
    if treaty != ZONE {
        return states.treaty_ref(treaty).into_iter().collect();
    }
    let zone = |id: &str| states.treaties.iter().any(|t| t.zone && t.id == id);
    states
        .treaties
        .iter()
        .zip(0..)
        .filter(|(t, _)| t.zone || t.of.as_deref().is_some_and(zone))
        .map(|(_, at)| TreatyRef(at))
        .collect()
}

fn rank(word: StatusWord) -> u8 {
    match word {
        word if word.is_in() => 0,
        StatusWord::Signatory => 1,
        StatusWord::Contested => 2,
        StatusWord::Unknown => 3,
        _ => 4,
    }
}
