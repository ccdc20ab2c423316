//! One status: as a row of a text with what has to be said below it, and as JSON.

use std::fmt::Write as _;

use comity_engine::standing::{StandingEntry, StatusAnswer, before_treaty};
use comity_model::standing::{LastKnown, States, Status, StatusEvent, StatusWord, TreatyRef, WhyUnknown};
use comity_model::{DateValue, Evidence};
use serde_json::{Value, json};

use super::find::slot_name;
use super::page::{Sources, date, line, or_null, titles};

/// One status as a row, with what has to be said about it below.
pub(super) fn row(
    out: &mut String,
    states: &States,
    answer: &StatusAnswer<'_>,
    first: &str,
    width: usize,
    last: &str,
    notes: &mut Sources,
) {
    let since = match &answer.since {
        DateValue::Unknown if answer.word().is_in() => "not known".to_owned(),
        DateValue::Unknown => "-".to_owned(),
        since => since.to_string(),
    };
    let refs = notes.refs(&answer.sources);
    let word = answer.word().plain();
    let start = format!("  {first:width$}{word:15} {since:10} {:11} ", answer.as_of);
    let tail = if last.is_empty() { refs } else { format!("{refs:8} {last}") };
    line(out, &start, &tail);
    for remark in remarks(states, answer) {
        line(out, &format!("  {:width$}", ""), &remark);
    }
}

pub(super) fn remarks(states: &States, answer: &StatusAnswer<'_>) -> Vec<String> {
    let mut out = Vec::new();
    if let Status::Unknown { why, last_known } = &answer.status {
        out.push(why_text(*why, last_known.as_ref()));
    }
    if let Some(before) = before_treaty(states, answer.treaty, answer.day)
        && answer.word() == StatusWord::None
    {
        out.push(format!("nothing to join yet: first signature {}", before.opened));
    }
    if let Status::Contested { positions } = &answer.status {
        for p in positions {
            let holders = p.holders.join(", ");
            out.push(format!("position `{}` ({}), held by {holders}: {}", p.id, p.status.plain(), p.says));
        }
    }
    if answer.events.iter().any(|e| e.kind.takes_back()) {
        let history = answer.events.iter().map(|e| format!("{} {}", e.kind.word().replace('_', " "), e.date));
        out.push(format!("history: {}", history.collect::<Vec<_>>().join(", ")));
    }
    out.extend(answer.memory.mark().map(str::to_owned));
    if answer.word() == StatusWord::Contested {
        // The dispute stands; what the user's file says stands beside it.
        let said =
            answer.unverified(states).map(|e| format!("{} {}", e.kind.word().replace('_', " "), e.date));
        let said: Vec<String> = said.collect();
        if !said.is_empty() {
            out.push(format!("unverified fact beside the positions: {}", said.join(", ")));
        }
    }
    out.extend(
        answer.events.iter().map(|e| states.note(e.note)).filter(|n| !n.is_empty()).map(str::to_owned),
    );
    out
}

pub(super) fn why_text(why: WhyUnknown, last_known: Option<&LastKnown>) -> String {
    match last_known {
        Some(last) => format!("{}; known: {}, {}", why.says(), last.status.plain(), last.as_of),
        None => why.says().to_owned(),
    }
}

pub(super) fn entry_row(out: &mut String, states: &States, entry: &StandingEntry<'_>, notes: &mut Sources) {
    match &entry.answer {
        Some(answer) => row(out, states, answer, treaty_id(states, answer.treaty), 20, "", notes),
        None => {
            let _ = writeln!(
                out,
                "  {:20}{:15} no zone treaty of the data names it",
                slot_name(states, entry.slot),
                entry.word.plain()
            );
        }
    }
}

pub(super) fn answer_json(states: &States, answer: &StatusAnswer<'_>, history: bool) -> Value {
    let (why, last_known) = match &answer.status {
        Status::Unknown { why, last_known } => (Some(*why), last_known.as_ref()),
        _ => (None, None),
    };
    let mut json = json!({
        "state": answer.state.as_str(),
        "treaty": treaty_id(states, answer.treaty),
        "status": answer.word().word(),
        "since": date(&answer.since),
        "precision": answer.precision.word(),
        "data_as_of": date(&answer.as_of),
        "as_known_on": answer.as_known_on.as_ref().and_then(date),
        "why": why.map(WhyUnknown::word),
        "last_known": last_known.map(|l| json!({"status": l.status.word(), "as_of": date(&l.as_of)})),
        "source": titles(states, &answer.sources),
        "evidence": answer.evidence.map(Evidence::word),
        "memory": answer.memory.mark(),
        "before_treaty": before_treaty(states, answer.treaty, answer.day).map(|b| b.opened.to_string()),
    });
    if let Some(map) = json.as_object_mut() {
        if let Status::Contested { positions } = &answer.status {
            let positions: Vec<Value> = positions
                .iter()
                .map(|p| {
                    json!({
                        "position": p.id, "status": p.status.word(), "counted": p.counted, "holders": p.holders,
                        "says": p.says, "as_of": date(&p.as_of), "source": titles(states, &[p.source]),
                    })
                })
                .collect();
            map.insert("positions".to_owned(), json!(positions));
        }
        let unverified: Vec<Value> = answer.unverified(states).map(|e| event_json(states, e)).collect();
        if !unverified.is_empty() {
            map.insert("unverified".to_owned(), json!(unverified));
        }
        let noted: Vec<&str> =
            answer.events.iter().map(|e| states.note(e.note)).filter(|n| !n.is_empty()).collect();
        if !noted.is_empty() {
            map.insert("notes".to_owned(), json!(noted));
        }
        if history {
            map.insert(
                "events".to_owned(),
                json!(answer.events.iter().map(|e| event_json(states, e)).collect::<Vec<_>>()),
            );
        }
    }
    json
}

pub(super) fn event_json(states: &States, event: &StatusEvent) -> Value {
    json!({
        "event": event.kind.word(),
        "date": date(&event.date),
        "as_of": date(&event.as_of),
        "source": titles(states, &[event.source]),
        "note": or_null(states.note(event.note)),
    })
}

pub(super) fn entry_json(states: &States, entry: &StandingEntry<'_>) -> Value {
    let slot = slot_name(states, entry.slot);
    let Some(answer) = &entry.answer else {
        return json!({
            "slot": slot, "treaty": null, "status": entry.word.word(), "since": null, "source": null,
            "note": "no zone treaty of the data names it",
        });
    };
    let mut json = answer_json(states, answer, false);
    if let Some(map) = json.as_object_mut() {
        map.remove("state");
        map.insert("slot".to_owned(), json!(slot));
    }
    json
}

pub(super) fn treaty_id(states: &States, treaty: TreatyRef) -> &str {
    states.treaty(treaty).map_or("?", |t| t.id.as_str())
}
