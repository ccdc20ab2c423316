//! The life of a treaty beyond joining, as a part of `state treaty`, and of an instrument without parties.

use std::fmt::Write as _;

use comity_engine::standing::{Reached, Received, due_returns, reached};
use comity_model::standing::{DueRule, LifeEvent, Memory, Return, Returned, SourceRef, States, TreatyRef};
use comity_model::{DateValue, Day, StateCode};
use serde_json::{Value, json};

use super::Rendered;
use super::page::{Sources, date, line, or_null, title, titles};
use super::unverified::MARK;

/// `comity state treaty ID` for an instrument that has no parties; none if the text names none.
#[must_use]
pub fn instrument(states: &States, text: &str, day: Day) -> Option<Rendered> {
    let found = states.instrument(text)?;
    let mut notes = Sources::default();
    let mut out = title(&found.id, day);
    line(&mut out, "", &found.title);
    line(&mut out, "", &format!("{} {}", found.says, notes.refs(&[found.source])));
    let life = life(&mut out, states, &found.id, day, &mut notes);
    notes.print(&mut out, states);
    let json = json!({
        "instrument": found.id,
        "names": found.names,
        "title": found.title,
        "says": found.says,
        "as_of": day.to_string(),
        "source": titles(states, &[found.source]),
        "life": life,
        "sources": notes.json(states),
    });
    Some((out, json))
}

/// The weakest mark of some sources, if it is one that a reader must see.
fn mark(states: &States, sources: &[SourceRef]) -> Option<&'static str> {
    sources.iter().filter_map(|s| states.source(*s)).map(|s| s.memory).max().and_then(|m| m.mark())
}

fn marked(states: &States, sources: &[SourceRef]) -> String {
    mark(states, sources).map_or_else(String::new, |m| format!(" ({m})"))
}

/// Writes the section and gives its JSON: happenings up to the day, what is known to come, returns, milestones.
pub(super) fn life(out: &mut String, states: &States, id: &str, day: Day, notes: &mut Sources) -> Value {
    let happened = |e: &&LifeEvent| e.from.earliest().is_some_and(|first| first <= day);
    let past: Vec<&LifeEvent> = states.life_of(id).filter(happened).collect();
    let to_come: Vec<&LifeEvent> = states.life_of(id).filter(|e| !happened(e)).collect();
    let returns = due_returns(states, id, None, day);
    let received: Vec<&Returned> = states
        .returned_of(id)
        .filter(|r| r.state.is_none() && r.date.earliest().is_some_and(|d| d <= day))
        .collect();
    let milestones: Vec<Reached<'_>> = states
        .treaty_ref(id)
        .into_iter()
        .flat_map(|treaty| states.milestones_of(treaty).collect::<Vec<_>>())
        .map(|m| reached(states, m, day, &[]))
        .collect();
    if past.is_empty() && to_come.is_empty() && returns.is_empty() && milestones.is_empty() {
        return Value::Null;
    }
    out.push_str("\nLife\n");
    for event in &past {
        happening(out, states, event, notes);
    }
    if !to_come.is_empty() {
        out.push_str("  to come, as far as the data know\n");
        for event in &to_come {
            happening(out, states, event, notes);
        }
    }
    for (rule, last, next, _) in &returns {
        let refs = notes.refs(&rule.sources);
        let text = format!(
            "{}; owed by {}; {} {refs}{}",
            rule.title,
            rule.who,
            rule.cite,
            marked(states, &rule.sources)
        );
        line(out, "  every year  ", &text);
        let told = |due: &Option<comity_engine::standing::Due>| {
            due.map_or_else(|| "none".to_owned(), |d| format!("{} (for {})", d.day, d.year))
        };
        let text = format!(
            "due last {}, next {}; which parties have made it is not in the data",
            told(last),
            told(next)
        );
        line(out, "              ", &text);
    }
    for known in &received {
        let note = if known.note.is_empty() { String::new() } else { format!("; {}", known.note) };
        let what =
            states.returns_of(id).find(|r| r.id == known.what).map_or(known.what.as_str(), |r| r.id.as_str());
        let text = format!(
            "{what}, {}: {} received{note} {}{}",
            known.date,
            known.count.unwrap_or(0),
            notes.refs(&known.sources),
            marked(states, &known.sources)
        );
        line(out, "  known       ", &text);
    }
    for milestone in &milestones {
        line(out, "  milestone   ", &milestone_text(states, milestone, notes));
    }
    json!({
        "happened": past.iter().map(|e| happening_json(states, e)).collect::<Vec<_>>(),
        "to_come": to_come.iter().map(|e| happening_json(states, e)).collect::<Vec<_>>(),
        "returns": returns.iter().map(|(rule, last, next, _)| return_json(states, rule, *last, *next)).collect::<Vec<_>>(),
        "received": received.iter().map(|r| json!({
            "what": r.what, "date": date(&r.date), "count": r.count, "note": or_null(&r.note),
            "source": titles(states, &r.sources), "memory": mark(states, &r.sources),
        })).collect::<Vec<_>>(),
        "milestones": milestones.iter().map(|m| milestone_json(states, m)).collect::<Vec<_>>(),
    })
}

fn happening(out: &mut String, states: &States, event: &LifeEvent, notes: &mut Sources) {
    let when = match &event.to {
        DateValue::Unknown => event.from.to_string(),
        to => format!("{}..{to}", event.from),
    };
    let mut text = event.title.clone();
    if !event.place.is_empty() {
        let _ = write!(text, ", {}", event.place);
    }
    if let Some(outcome) = event.outcome {
        let _ = write!(text, ": {}", outcome.says());
    }
    if !event.document.is_empty() {
        let _ = write!(text, "; {}", event.document);
    }
    if !event.note.is_empty() {
        let _ = write!(text, "; {}", event.note);
    }
    let _ = write!(text, " {}{}", notes.refs(&event.sources), marked(states, &event.sources));
    if when.chars().count() > 10 {
        line(out, "  ", &when);
        line(out, "              ", &text);
    } else {
        line(out, &format!("  {when:10}  "), &text);
    }
}

/// A milestone in words: how far it is, who is missing, since when it is met.
pub(super) fn milestone_text(states: &States, reached: &Reached<'_>, notes: &mut Sources) -> String {
    let m = reached.milestone;
    let mut text =
        format!("{} ({}): {} of {}", m.title, m.cite, reached.inside.min(reached.needed), reached.needed);
    if reached.met {
        text.push_str(", met");
        if let Some(since) = reached.since {
            let _ = write!(text, " since the deposit of {since}");
        }
    } else {
        text.push_str(", not met");
    }
    let missing: Vec<&str> = reached.missing.iter().map(|c| states.name(*c).unwrap_or("?")).collect();
    if !missing.is_empty() {
        let mut missing = missing;
        missing.sort_unstable();
        let _ = write!(text, "; not party: {}", missing.join(", "));
    }
    if !reached.unknown.is_empty() {
        let _ = write!(text, "; {} of them not known", reached.unknown.len());
    }
    let sources = milestone_sources(states, reached);
    let _ = write!(text, " {}{}", notes.refs(&sources), marked(states, &sources));
    if reached.memory == Memory::Unverified {
        let _ = write!(text, " {MARK}");
    }
    text
}

fn milestone_sources(states: &States, reached: &Reached<'_>) -> Vec<SourceRef> {
    let m = reached.milestone;
    let annex = m.annex.and_then(|a: TreatyRef| states.treaty(a));
    m.sources.iter().chain(annex.into_iter().flat_map(|t| &t.sources)).copied().collect()
}

/// The same for machines.
pub(super) fn milestone_json(states: &States, reached: &Reached<'_>) -> Value {
    let m = reached.milestone;
    let codes = |codes: &[StateCode]| codes.iter().map(StateCode::to_string).collect::<Vec<_>>();
    let sources = milestone_sources(states, reached);
    json!({
        "milestone": m.id,
        "title": m.title,
        "inside": reached.inside,
        "needed": reached.needed,
        "met": reached.met,
        "since": reached.since.map(|d| d.to_string()),
        "missing": codes(&reached.missing),
        "unknown": codes(&reached.unknown),
        "cite": m.cite,
        "source": titles(states, &sources),
        "evidence": reached.evidence.map(comity_model::Evidence::word),
        "memory": reached.memory.mark(),
    })
}

fn happening_json(states: &States, event: &LifeEvent) -> Value {
    json!({
        "kind": event.kind.word(),
        "from": date(&event.from),
        "to": date(&event.to),
        "title": event.title,
        "place": or_null(&event.place),
        "outcome": event.outcome.map(|o| o.word()),
        "document": or_null(&event.document),
        "note": or_null(&event.note),
        "source": titles(states, &event.sources),
        "memory": mark(states, &event.sources),
    })
}

fn return_json(
    states: &States,
    rule: &Return,
    last: Option<comity_engine::standing::Due>,
    next: Option<comity_engine::standing::Due>,
) -> Value {
    let due = |due: Option<comity_engine::standing::Due>| {
        due.map(|d| json!({ "day": d.day.to_string(), "covers": d.year }))
    };
    let text = match rule.due {
        DueRule::On { month, day } => format!("{month:02}-{day:02} of the year after"),
        DueRule::After(days) => format!("{days} days after the end of the year"),
        DueRule::Before(days) => format!("{days} days before the beginning of the year"),
    };
    json!({
        "return": rule.id,
        "title": rule.title,
        "due": text,
        "who": rule.who,
        "cite": rule.cite,
        "last": due(last),
        "next": due(next),
        "submitted": "unknown",
        "source": titles(states, &rule.sources),
        "memory": mark(states, &rule.sources),
    })
}

/// The returns that a State owes as a party, for `state show`: due last, due next, made or not known.
pub(super) fn owed(
    out: &mut String,
    states: &States,
    state: StateCode,
    day: Day,
    party: impl Fn(TreatyRef) -> bool,
    notes: &mut Sources,
) -> Vec<Value> {
    let mut all = Vec::new();
    for (treaty, _) in states.treaties.iter().zip(0..).filter(|(_, at)| party(TreatyRef(*at))) {
        for (rule, last, next, received) in due_returns(states, &treaty.id, Some(state), day) {
            let Some(last) = last else { continue };
            if all.is_empty() {
                out.push_str("\nReturns due every year\n");
            }
            let made = match received {
                Received::Yes(r) => format!("made {} {}", r.date, notes.refs(&r.sources)),
                Received::Unknown => "whether made is not known".to_owned(),
            };
            let next = next.map_or_else(String::new, |n| format!("; next {}", n.day));
            let text = format!(
                "{}: due last {} for {}, {made}{next} {}{}",
                rule.title,
                last.day,
                last.year,
                notes.refs(&rule.sources),
                marked(states, &rule.sources)
            );
            line(out, &format!("  {:4} ", treaty.id), &text);
            all.push(json!({
                "treaty": treaty.id,
                "return": rule.id,
                "due": last.day.to_string(),
                "covers": last.year,
                "who": rule.who,
                "submitted": match received { Received::Yes(r) => json!(date(&r.date)), Received::Unknown => json!("unknown") },
                "source": titles(states, &rule.sources),
                "memory": mark(states, &rule.sources),
            }));
        }
    }
    all
}
