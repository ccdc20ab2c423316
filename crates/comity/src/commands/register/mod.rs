//! `comity register`: what is on disk (`status`, `verify`), when a party was listed (`history`), what changed between editions (`diff`), which lists carry out
//! the measures of another (`links`), and the register for other programs (`export`).

mod diff;
mod export;
mod history;
mod links;

use comity_engine::screen::edition_text;
use comity_register::Register;
use serde_json::json;

use crate::cli::{Global, Output, RegisterCommand};
use crate::fail::{BAD_DATA, Failure};
use crate::world;

pub fn run(global: &Global, command: &RegisterCommand) -> Result<Output, Failure> {
    let book = world::embedded()?;
    let data = world::data_dir(global.data.as_deref())?;
    let register = Register::open(&data)?;
    match command {
        RegisterCommand::Status => Ok(status(global, &book, &register)),
        RegisterCommand::Verify => verify(global, &register),
        RegisterCommand::History { id } => history::run(global, &book, &register, id),
        RegisterCommand::Diff { list, from, to } => diff::run(global, &register, list, *from, *to),
        RegisterCommand::Export { lists, format, out } => {
            export::run(global, &book, &register, lists, *format, out.as_deref())
        }
        RegisterCommand::Links { to, programme } => {
            links::run(global, &book, &register, to.as_deref(), programme.as_deref())
        }
    }
}

fn status(global: &Global, book: &comity_model::lawbook::Lawbook, register: &Register) -> Output {
    let day = global.as_of.unwrap_or_else(world::today);
    let mut rows = Vec::new();
    for list in register.status() {
        let source = book.basics().sources.lists.iter().find(|s| s.id == list.list);
        let limit = source.map_or(365, |s| s.stale_after_days);
        let stale = register.stale(&list.list, day, limit);
        let meta = register.edition_on(&list.list, day);
        rows.push(json!({
            "list": list.list.to_string(),
            "edition": meta.map(edition_text),
            "entries": meta.map(|m| m.entries),
            "digest": meta.map(|m| m.digest.clone()),
            "fetched": meta.map(|m| m.fetched.to_string()),
            "stale": stale,
            "refused": list.refused.as_ref().map(|a| format!("{} on {}: {}", a.result, a.day, a.message)),
            "editions": list.editions,
            "age_days": meta.map(|m| day.days_since(m.date)),
        }));
    }
    let missing: Vec<String> = book
        .basics()
        .sources
        .lists
        .iter()
        .filter(|s| !register.lists().any(|l| *l == s.id))
        .map(|s| s.id.to_string())
        .collect();
    if global.json {
        let value = json!({ "as_of": day.to_string(), "lists": rows, "not_loaded": missing });
        return Output::text(format!("{value:#}\n"));
    }
    let mut text = format!(
        "register as of {day}\n\n{:<14} {:<11} {:>8} {:>9} {:>9}  {}\n",
        "LIST", "EDITION", "ENTRIES", "AGE DAYS", "EDITIONS", ""
    );
    for row in &rows {
        let cell = |key: &str| match row.get(key) {
            Some(serde_json::Value::String(s)) => s.clone(),
            Some(serde_json::Value::Null) | None => "-".to_owned(),
            Some(other) => other.to_string(),
        };
        let mark = if row.get("stale") == Some(&json!(true)) { "OLD" } else { "" };
        text.push_str(
            format!(
                "{:<14} {:<11} {:>8} {:>9} {:>9}  {mark}",
                cell("list"),
                cell("edition"),
                cell("entries"),
                cell("age_days"),
                cell("editions")
            )
            .trim_end(),
        );
        text.push('\n');
        if let Some(refused) = row.get("refused").and_then(|r| r.as_str()) {
            text.push_str(&format!("  not taken: {refused}\n"));
        }
    }
    if rows.is_empty() {
        text.push_str("no list is on this machine; `comity update` fetches them, `comity update --from DIR` reads them\n");
    }
    if !missing.is_empty() {
        text.push_str(&format!("\nnot loaded: {}\n", missing.join(", ")));
    }
    Output::text(text)
}

fn verify(global: &Global, register: &Register) -> Result<Output, Failure> {
    let (read, faults) = register.verify()?;
    let found: Vec<String> = faults.iter().map(ToString::to_string).collect();
    let status = if found.is_empty() { 0 } else { BAD_DATA };
    let text = if global.json {
        format!("{:#}\n", json!({ "as_of": world::today().to_string(), "editions": read, "damaged": found }))
    } else if found.is_empty() {
        format!("{read} editions read, none damaged\n")
    } else {
        format!("{read} editions read, {} damaged\n{}\n", found.len(), found.join("\n"))
    };
    Ok(Output { text, status })
}
