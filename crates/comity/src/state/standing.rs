//! `comity state standing`: States side by side over a basis, and which of them are twins.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use comity_engine::standing::{self, BASIS_DEFAULT, Named, participation, resolve};
use comity_model::standing::{State, States, StatusWord};
use comity_model::{Day, StateCode, Truth};
use serde_json::json;

use super::Rendered;
use super::find::{Problem, ambiguous, find_basis, slot_name, unknown};
use super::page::{Sources, codes, head, line, title};
use super::rows::{entry_json, entry_row};
use super::unverified;

/// Up to how many States JSON lists every pair; the classes say the same for more.
const PAIRS_STATES_MAX: usize = 50;

/// `comity state standing ISO...`: the standing of States side by side, and which are twins: of two, whether; of more, in classes. The basis is the id of one of the
/// data's bases, or ids of treaties joined by commas; none: the default.
///
/// # Errors
/// When a text names no State or several, or the basis names no treaty.
pub fn standing(
    states: &States,
    texts: &[String],
    day: Day,
    basis: Option<&str>,
) -> Result<Rendered, Problem> {
    let basis = find_basis(states, basis.unwrap_or(BASIS_DEFAULT))?;
    let mut chosen: Vec<&State> = Vec::new();
    for text in texts {
        match resolve(states, text) {
            Named::State(state) if chosen.iter().any(|s| s.code == state.code) => {}
            Named::State(state) => chosen.push(state),
            Named::Territory(territory) => {
                return Err(Problem {
                    place: text.clone(),
                    message: format!(
                        "{} ({}) is a territory with a code; only States have a standing",
                        territory.name, territory.code
                    ),
                    remedy: "ask for the State responsible".to_owned(),
                });
            }
            Named::Ambiguous(codes) => return Err(ambiguous(states, text, &codes)),
            Named::Unknown(codes) => return Err(unknown(states, text, &codes)),
        }
    }
    let mut notes = Sources::default();
    let mut out = title(&format!("Standing: {}", basis.title), day);
    let (top, mut facts) = (out.len(), 0);
    let mut rows = Vec::new();
    let mut classes: BTreeMap<Vec<StatusWord>, Vec<StateCode>> = BTreeMap::new();
    for state in &chosen {
        let _ = write!(out, "\n{} ({})\n", state.name, state.code);
        out.push_str(&head("treaty", 20));
        let vector = standing::standing(states, state.code, day, &basis);
        for entry in &vector {
            entry_row(&mut out, states, entry, &mut notes);
        }
        let parts = participation(states, state.code, day);
        out.push_str("  takes part in (no treaties)\n");
        for entry in &parts {
            entry_row(&mut out, states, entry, &mut notes);
        }
        facts += vector.iter().chain(&parts).map(|e| e.unverified(states)).sum::<usize>();
        classes.entry(vector.iter().map(|e| e.word).collect()).or_default().push(state.code);
        rows.push((
            state.code,
            json!({
                "state": state.code.as_str(),
                "name": state.name,
                "vector": vector.iter().map(|e| entry_json(states, e)).collect::<Vec<_>>(),
                "participation": parts.iter().map(|e| entry_json(states, e)).collect::<Vec<_>>(),
            }),
        ));
    }
    let mut pairs = Vec::new();
    let paired = if chosen.len() > PAIRS_STATES_MAX { &[] } else { chosen.as_slice() };
    for (at, a) in paired.iter().enumerate() {
        for b in chosen.iter().skip(at + 1) {
            pairs.push((a.code, b.code, standing::twins(states, a.code, b.code, day, &basis)));
        }
    }
    let unknown = |vector: &Vec<StatusWord>| vector.contains(&StatusWord::Unknown);
    if chosen.len() > 2 {
        out.push_str("\nTwins (equal in every status of the basis, not in dates)\n");
        let mut known: Vec<&Vec<StateCode>> =
            classes.iter().filter(|(vector, _)| !unknown(vector)).map(|(_, members)| members).collect();
        known.sort();
        for members in known.iter().filter(|m| m.len() > 1) {
            line(&mut out, "  ", &format!("{}: {}", members.len(), codes(members.iter().copied())));
        }
        let alone = codes(known.iter().filter(|m| m.len() == 1).flat_map(|m| m.iter().copied()));
        if !alone.is_empty() {
            line(&mut out, "  ", &format!("no twin here: {alone}"));
        }
        let mut open: Vec<StateCode> = classes
            .iter()
            .filter(|(vector, _)| unknown(vector))
            .flat_map(|(_, m)| m.iter().copied())
            .collect();
        open.sort();
        if !open.is_empty() {
            let open = codes(open.into_iter());
            line(&mut out, "  ", &format!("not known, since a status is unknown: {open}"));
        }
    } else if !pairs.is_empty() {
        out.push_str("\nTwins (equal in every status of the basis, not in dates)\n");
        for (a, b, twins) in &pairs {
            let word = match twins {
                Truth::True => "yes",
                Truth::False => "no",
                Truth::Unknown => "unknown: a status of one of them is",
            };
            let _ = writeln!(out, "  {a} {b}  {word}");
        }
    }
    notes.print(&mut out, states);
    unverified::head(&mut out, top, facts);
    let mut json = json!({
        "as_of": day.to_string(),
        "basis": basis.slots.iter().map(|s| slot_name(states, *s)).collect::<Vec<_>>(),
        "states": rows.into_iter().map(|(_, row)| row).collect::<Vec<_>>(),
        "twins": pairs.iter().map(|(a, b, twins)| json!({
            "states": [a.as_str(), b.as_str()],
            "twins": match twins { Truth::True => Some(true), Truth::False => Some(false), Truth::Unknown => None },
        })).collect::<Vec<_>>(),
        "twin_classes": classes.iter().map(|(vector, members)| json!({
            "vector": vector.iter().map(|w| w.word()).collect::<Vec<_>>(),
            "states": members.iter().map(StateCode::as_str).collect::<Vec<_>>(),
            "twins": if unknown(vector) { None } else { Some(members.len() > 1) },
        })).collect::<Vec<_>>(),
        "sources": notes.json(states),
    });
    unverified::put(&mut json, "unverified", unverified::page_json(facts));
    Ok((out, json))
}
