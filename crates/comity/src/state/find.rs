//! Finding what a question names: States, treaties, bases; and what is said when it names none or several.

use comity_engine::standing::resolve_treaty;
use comity_model::StateCode;
use comity_model::standing::{Basis, Slot, States, TreatyRef};

use super::rows::treaty_id;

/// A question that cannot be answered as put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The argument at fault.
    pub place: String,
    /// What was seen and what was expected.
    pub message: String,
    /// What to do.
    pub remedy: String,
}

pub(super) fn find_treaty(states: &States, id: &str) -> Result<TreatyRef, Problem> {
    resolve_treaty(states, id).map_err(|near| no_treaty(id, &near))
}

pub(super) fn no_treaty(id: &str, near: &[&str]) -> Problem {
    Problem {
        place: id.to_owned(),
        message: format!("`{id}` is the id of no treaty or regime of the data"),
        remedy: if near.is_empty() {
            "`comity state universality` shows the ids".to_owned()
        } else {
            format!("did you mean {}?", near.join(", "))
        },
    }
}

pub(super) fn find_basis(states: &States, text: &str) -> Result<Basis, Problem> {
    if let Some(basis) = states.basis(text) {
        return Ok(basis.clone());
    }
    let ids: Vec<&str> = text.split(',').map(str::trim).filter(|id| !id.is_empty()).collect();
    if ids.is_empty() {
        return Err(Problem {
            place: "--basis".to_owned(),
            message: "the basis is empty".to_owned(),
            remedy: format!("give ids of treaties joined by commas, or one of: {}", basis_ids(states)),
        });
    }
    let mut slots = Vec::new();
    for id in &ids {
        slots.push(if *id == "zone" {
            Slot::Zone
        } else {
            let mut problem =
                |p: Problem| Problem { remedy: format!("{}; bases: {}", p.remedy, basis_ids(states)), ..p };
            Slot::Treaty(find_treaty(states, id).map_err(&mut problem)?)
        });
    }
    let title = slots.iter().map(|s| slot_name(states, *s)).collect::<Vec<_>>().join(", ");
    Ok(Basis { id: text.to_owned(), title, slots })
}

pub(super) fn basis_ids(states: &States) -> String {
    states.bases.iter().map(|b| b.id.as_str()).collect::<Vec<_>>().join(", ")
}

pub(super) fn slot_name(states: &States, slot: Slot) -> &str {
    match slot {
        Slot::Treaty(treaty) => treaty_id(states, treaty),
        Slot::Zone => "zone",
    }
}

pub(super) fn ambiguous(states: &States, text: &str, codes: &[StateCode]) -> Problem {
    Problem {
        place: text.to_owned(),
        message: format!("`{text}` may mean {}", named(states, codes)),
        remedy: "give the code of the one that is meant".to_owned(),
    }
}

pub(super) fn unknown(states: &States, text: &str, near: &[StateCode]) -> Problem {
    Problem {
        place: text.to_owned(),
        message: format!("`{text}` is no code, name or alias of a State"),
        remedy: if near.is_empty() {
            "give a code (two or three letters of ISO 3166-1, or three digits of M49), or the name in a language of the United Nations".to_owned()
        } else {
            format!("did you mean {}?", named(states, near))
        },
    }
}

pub(super) fn named(states: &States, codes: &[StateCode]) -> String {
    let each = codes.iter().map(|code| format!("{} ({code})", states.name(*code).unwrap_or("?")));
    each.collect::<Vec<_>>().join(", ")
}
