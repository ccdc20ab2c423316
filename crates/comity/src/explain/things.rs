//! Screening and classification as steps: every party with what was found, every item on every list with all its tests.

use comity_model::answer::{ItemAnswer, LimbAnswer, PartyAnswer, PartyStatus};
use serde_json::json;

use super::{Case, Line, Step};
use crate::text::{Ink, table, words};

/// So many open provisions of a list are told test by test; the rest by name and missing facts.
const OPEN_MAX: usize = 25;

/// Every party, whatever was found.
pub fn screen(case: &Case<'_>) -> Step {
    let mut lines = Vec::new();
    for party in &case.answer.parties {
        party_lines(party, &mut lines);
    }
    if case.answer.parties.is_empty() {
        lines.push(Line::new(2, "", "no party is named"));
    }
    Step { name: "screen", does: "every party against every list", found: json!(case.answer.parties), lines }
}

fn party_lines(party: &PartyAnswer, lines: &mut Vec<Line>) {
    let status = match party.status {
        PartyStatus::Hit => "hit",
        PartyStatus::Possible => "possible",
        PartyStatus::NoHit => "no hit",
        PartyStatus::NotScreened => "not screened: no list was there",
    };
    lines.push(Line::new(2, party.role.clone(), format!("\"{}\": {status}", party.name)));
    for hit in &party.hits {
        lines.push(
            Line::new(4, hit.id.clone(), format!("{}, score {:.4}", hit.name, hit.score.get()))
                .with(Ink::Strong),
        );
        lines.extend(hit.evidence.iter().map(|e| Line::new(6, "because", e)));
        for at in &hit.measures {
            let mandate = &at.mandate;
            let told = format!(
                "imposed by {}; agreed in {}; ground {}; {}; link {}; {}",
                mandate.imposed_by,
                words::agreed(&mandate.agreed_in),
                words::grounds(&mandate.ground),
                mandate.instrument,
                at.link,
                words::known(at.evidence),
            );
            lines.push(Line::new(6, at.status.replace('_', " "), told));
            for position in &at.positions {
                let told = format!("{}: {} [{}]", words::holders(position), position.claim, position.source);
                lines.push(Line::new(8, format!("position {}", position.position), told));
            }
        }
    }
}

/// Every item on every list, each test with its fact.
pub fn classify(case: &Case<'_>) -> Step {
    let answers = &case.answer.items;
    let mut lines = Vec::new();
    for group in table::groups(answers, &[]) {
        if let Some(item) = answers.get(group.first()) {
            lines.push(Line::new(2, words::items(&group.items), &item.description).with(Ink::Strong));
            item_lines(item, &mut lines);
        }
    }
    if answers.is_empty() {
        lines.push(Line::new(2, "", "no item is named"));
    }
    Step { name: "classify", does: "every item on every control list", found: json!(answers), lines }
}

fn item_lines(item: &ItemAnswer, lines: &mut Vec<Line>) {
    for (list, on) in &item.lists {
        let told = format!(
            "{} named, {} taken out by a note, {} open, {} without executable form",
            on.matched.len(),
            on.excluded.len(),
            on.undetermined.len(),
            on.not_encoded.len(),
        );
        lines.push(Line::new(4, format!("{list} {}", on.edition), told));
        for one in &on.matched {
            let mut told = format!(
                "{}; agreed in {}; {}; {}",
                one.title,
                words::agreed(&one.agreed_in),
                one.cite,
                words::known(one.evidence)
            );
            if !one.reasons.is_empty() {
                told.push_str(&format!("; reasons {}", one.reasons.join(", ")));
            }
            lines.push(Line::new(6, format!("named {}", one.entry), told).with(Ink::Strong));
            lines.extend(one.limbs.iter().map(limb));
            if one.limbs.is_empty() {
                lines.extend(one.because.iter().map(|b| Line::new(8, "", b)));
            }
        }
        for one in &on.excluded {
            let to =
                one.to.as_ref().map_or_else(|| "out of the list".to_owned(), |to| format!("look at {to}"));
            lines.push(Line::new(6, format!("out {}", one.entry), format!("by {}: {to}", one.by)));
        }
        for one in on.undetermined.iter().take(OPEN_MAX) {
            let settle: Vec<String> = one.settle.iter().map(|s| s.join(" with ")).collect();
            let told = format!(
                "{}; agreed in {}; settled by: {}",
                one.title,
                words::agreed(&one.agreed_in),
                settle.join(", or ")
            );
            lines.push(Line::new(6, format!("open {}", one.entry), told).with(Ink::Ask));
            lines.extend(one.limbs.iter().map(limb));
            lines.extend(one.remarks.iter().map(|r| Line::new(8, "basis", r)));
        }
        for one in on.undetermined.iter().skip(OPEN_MAX) {
            lines.push(Line::new(
                6,
                format!("open {}", one.entry),
                format!("missing {}", words::few(&one.missing, 6)),
            ));
        }
        if !on.not_encoded.is_empty() {
            lines.push(Line::new(6, "no executable form", on.not_encoded.join(", ")));
        }
        for claim in &on.claims {
            lines.push(Line::new(6, format!("claimed {}", claim.entry), claim.result.replace('_', " ")));
        }
    }
}

fn limb(limb: &LimbAnswer) -> Line {
    let fact = match (&limb.value, &limb.source) {
        (Some(value), Some(source)) => format!(": {value} ({source})"),
        (Some(value), None) => format!(": {value}"),
        (None, _) => String::new(),
    };
    Line::new(8, format!("{} {}", limb.label, limb.result), format!("{}{fact}", limb.condition))
}
