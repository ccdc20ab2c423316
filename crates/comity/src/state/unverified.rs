//! How a page says that unverified facts take part: in its head, at the counts, and in JSON.

use comity_engine::standing::{Count, Touched};
use comity_model::StateCode;
use comity_pack::Fault;
use serde_json::{Value, json};

use super::page::line;

/// What stands beside a number or a line in which unverified facts take part.
pub(super) const MARK: &str = "(unverified facts take part)";

/// Puts the mark below the first line of a page, if any fact takes part.
pub(super) fn head(out: &mut String, title_len: usize, facts: usize) {
    if facts == 0 {
        return;
    }
    let mut said = String::new();
    let text = format!(
        "Unverified facts take part: {facts}, from the file that was named. They settle nothing; each row and number that they touch says so."
    );
    line(&mut said, "", &text);
    out.insert_str(title_len.min(out.len()), &said);
}

/// How many unverified facts take part in a count.
pub(super) fn facts(counted: &Count<'_>) -> usize {
    counted.unverified.iter().map(|t| t.facts).sum()
}

/// What stands beside the number of a count; empty where only verified facts are in it.
pub(super) fn beside_count(counted: &Count<'_>) -> String {
    if counted.unverified.is_empty() {
        String::new()
    } else {
        format!("  {MARK}; {} without them", counted.full_verified)
    }
}

/// The lines below a count: which statuses the facts changed, and beside which they only stand.
pub(super) fn below_count(out: &mut String, lead: &str, counted: &Count<'_>) {
    let (changed, same): (Vec<&Touched>, Vec<&Touched>) =
        counted.unverified.iter().partition(|t| t.from != t.to);
    if !changed.is_empty() {
        let each = changed.iter().map(|t| format!("{} {} to {}", t.state, t.from.plain(), t.to.plain()));
        line(out, lead, &format!("changed by unverified facts: {}", each.collect::<Vec<_>>().join(", ")));
    }
    if !same.is_empty() {
        let each = same.iter().map(|t| format!("{} {}", t.state, t.to.plain()));
        line(out, lead, &format!("unverified facts beside: {}", each.collect::<Vec<_>>().join(", ")));
    }
}

/// The JSON of a count; null where only verified facts are in it.
pub(super) fn count_json(counted: &Count<'_>) -> Value {
    if counted.unverified.is_empty() {
        return Value::Null;
    }
    let all: Vec<StateCode> = counted.unverified.iter().map(|t| t.state).collect();
    json!({
        "facts": facts(counted),
        "count_without": counted.full_verified,
        "states": all.iter().map(StateCode::as_str).collect::<Vec<_>>(),
        "changes": counted.unverified.iter().filter(|t| t.from != t.to).map(|t| json!({
            "state": t.state.as_str(), "from": t.from.word(), "to": t.to.word(),
        })).collect::<Vec<_>>(),
    })
}

/// Adds a key to an object, unless its value is null.
pub(super) fn put(json: &mut Value, key: &str, value: Value) {
    if let Some(map) = json.as_object_mut().filter(|_| !value.is_null()) {
        map.insert(key.to_owned(), value);
    }
}

/// The mark of a whole page; null where no unverified fact takes part.
pub(super) fn page_json(facts: usize) -> Value {
    if facts == 0 { Value::Null } else { json!({ "facts": facts }) }
}

/// Says, before all else, which rows of the user's file were not taken.
pub fn say_not_taken(rows: &[Fault], text: &mut String, value: &mut Value) {
    let mut said = String::new();
    line(&mut said, "", &format!("NOT TAKEN from the file of unverified facts: {}", rows.len()));
    for row in rows {
        line(&mut said, "  ", &row.to_string());
    }
    said.push('\n');
    text.insert_str(0, &said);
    let rows: Vec<Value> = rows
        .iter()
        .map(|row| json!({ "place": row.place(), "message": format!("{}; expected {}", row.found, row.expected), "remedy": row.remedy }))
        .collect();
    put(value, "unverified_not_taken", json!(rows));
}
