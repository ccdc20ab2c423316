//! `comity register diff LIST DAY DAY`: what changed between two editions, field by field.

use comity_engine::screen::edition_text;
use comity_model::Day;
use comity_model::listing::{EditionMeta, ListId};
use comity_register::{Difference, Register, difference};
use serde_json::{Value, json};

use crate::cli::{Global, Output};
use crate::fail::Failure;

/// So many changed entries are told field by field on a page; `--json` has all.
const CHANGED_MAX: usize = 40;

pub fn run(global: &Global, register: &Register, list: &str, from: Day, to: Day) -> Result<Output, Failure> {
    let id: ListId = list.parse().map_err(|fault| {
        Failure::input("LIST", format!("{fault}"), "", "`comity register status` names the lists")
    })?;
    if from > to {
        return Err(Failure::input(
            "DATE",
            format!("{from} is after {to}"),
            "the earlier day first",
            "turn them round",
        ));
    }
    let edition = |day: Day| -> Result<EditionMeta, Failure> {
        register.edition_on(&id, day).cloned().ok_or_else(|| {
            let there: Vec<_> = register.editions(&id).map(edition_text).collect();
            let there = if there.is_empty() { "none".to_owned() } else { there.join(", ") };
            Failure::input(
                "DATE",
                format!("no edition of `{id}` dated on or before {day} is on this machine"),
                format!("a day not before the first of: {there}"),
                "read more editions with `comity update --from DIR`",
            )
        })
    };
    let (before, after) = (edition(from)?, edition(to)?);
    let (old, new) = (register.load(&before)?, register.load(&after)?);
    let damaged = |f: comity_model::edition::EditionFault| {
        Failure::data(id.to_string(), f.to_string(), "run `comity register verify`")
    };
    let found = difference(&old.view().map_err(damaged)?, &new.view().map_err(damaged)?).map_err(damaged)?;
    if global.json {
        return Ok(Output::text(format!("{:#}\n", as_json(&id, &before, &after, &found))));
    }
    Ok(Output::text(as_text(&id, &before, &after, &found)))
}

fn as_json(id: &ListId, before: &EditionMeta, after: &EditionMeta, found: &Difference) -> Value {
    let fields = |e: &comity_register::ChangedEntry| -> Vec<Value> {
        e.fields.iter().map(|f| json!({ "field": f.field, "from": f.from, "to": f.to })).collect()
    };
    json!({
        "as_of": after.date.to_string(),
        "list": id.to_string(),
        "from": edition_text(before),
        "to": edition_text(after),
        "added": found.added.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "removed": found.removed.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "changed": found.changed.iter().map(|e| json!({ "id": e.id.to_string(), "fields": fields(e) })).collect::<Vec<_>>(),
        "unchanged": found.unchanged,
    })
}

fn as_text(id: &ListId, before: &EditionMeta, after: &EditionMeta, found: &Difference) -> String {
    let mut text = format!(
        "{id} from the edition of {} ({} entries) to that of {} ({} entries)\n{} added, {} removed, {} changed, {} the same\n",
        edition_text(before),
        before.entries,
        edition_text(after),
        after.entries,
        found.added.len(),
        found.removed.len(),
        found.changed.len(),
        found.unchanged
    );
    for (sign, ids) in [('+', &found.added), ('-', &found.removed)] {
        for id in ids {
            text.push_str(&format!("{sign} {id}\n"));
        }
    }
    for entry in found.changed.iter().take(CHANGED_MAX) {
        text.push_str(&format!("~ {}\n", entry.id));
        for field in &entry.fields {
            text.push_str(&format!(
                "    {}: {}\n",
                field.field,
                beside(field.from.as_deref(), field.to.as_deref())
            ));
        }
    }
    let more = found.changed.len().saturating_sub(CHANGED_MAX);
    if more > 0 {
        text.push_str(&format!("~ and {more} more; --json tells all\n"));
    }
    text
}

/// Two values, each cut to the part in which they differ.
fn beside(from: Option<&str>, to: Option<&str>) -> String {
    /// So many characters before the first difference are told.
    const BEFORE: usize = 30;
    let same = match (from, to) {
        (Some(from), Some(to)) => from.chars().zip(to.chars()).take_while(|(a, b)| a == b).count(),
        _ => 0,
    };
    let begin = same.saturating_sub(BEFORE);
    format!("{} -> {}", short(from, begin), short(to, begin))
}

fn short(value: Option<&str>, begin: usize) -> String {
    const LONG: usize = 100;
    let Some(text) = value else { return "nothing".to_owned() };
    let count = text.chars().count();
    if count <= LONG {
        return format!("\"{text}\"");
    }
    let begin = begin.min(count - LONG);
    let part: String = text.chars().skip(begin).take(LONG).collect();
    let before = if begin > 0 { "..." } else { "" };
    let after = if begin + LONG < count { "..." } else { "" };
    format!("\"{before}{part}{after}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_values_are_cut_to_where_they_differ() {
        let long = "same words ".repeat(30);
        let told = beside(Some(&format!("{long}DOB 1951.")), Some(&format!("{long}DOB 1952; POB Examplia.")));
        assert!(told.contains("DOB 1951.") && told.contains("DOB 1952; POB Examplia."), "{told}");
        assert!(told.starts_with("\"...") && told.chars().count() < 230, "{told}");
        let early = beside(Some(&format!("A {long}")), Some(&format!("B {long}")));
        assert!(early.starts_with("\"A same") && early.contains("-> \"B same") && early.ends_with("...\""));
        assert_eq!(beside(None, Some("x")), "nothing -> \"x\"");
    }
}
