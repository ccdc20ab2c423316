//! `comity register`: what is on disk (`status`, `verify`), when a party was listed (`history`), what changed between editions (`diff`), which lists carry out
//! the measures of another (`links`), the register for other programs (`export`), and a list of
//! the user's own taken in (`import`).

mod diff;
mod export;
mod history;
mod links;

use std::path::Path;

use comity_engine::screen::edition_text;
use comity_model::lawbook::Lawbook;
use comity_pack::Fault;
use comity_register::{ImportOptions, Register, RegisterError, Silent, import_file};
use serde_json::json;

use super::read_text;
use crate::cli::{Global, Import, Output, RegisterCommand};
use crate::fail::{BAD_DATA, Failure};
use crate::world;

pub fn run(global: &Global, command: &RegisterCommand) -> Result<Output, Failure> {
    let book = world::embedded()?;
    let data = world::data_dir(global.data.as_deref())?;
    if let RegisterCommand::Import(options) = command {
        return import(global, &book, &data, options);
    }
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
        RegisterCommand::Import(options) => import(global, &book, &data, options),
    }
}

/// Takes in a list of the user's own. A bad file is the user's to correct: exit status 2, and nothing is taken.
fn import(global: &Global, book: &Lawbook, data: &Path, options: &Import) -> Result<Output, Failure> {
    let id = if options.list.contains('/') { options.list.clone() } else { format!("own/{}", options.list) };
    let list = id.parse().map_err(|e| {
        Failure::input("LIST", format!("{e}"), "", "name it in small letters, digits and hyphens: watch-list")
    })?;
    // A pair has its sign of equality; else it is the name of a file.
    let map = match options.map.as_deref() {
        Some(map) if !map.contains('=') => Some(read_text(Path::new(map))?),
        Some(map) => Some(map.to_owned()),
        None => None,
    };
    let state_of = |text: &str| world::state_of(book, text);
    let asked = ImportOptions {
        today: world::today(),
        date: options.date,
        format: options.format.as_deref(),
        map: map.as_deref(),
        state_of: &state_of,
    };
    let result = match import_file(data, &list, &options.file, asked, &mut Silent) {
        Ok(result) => result,
        Err(RegisterError::Refused(refusal)) => {
            let line = usize::try_from(refusal.line).unwrap_or(0);
            return Err(Failure::Faults(vec![Fault::new(
                refusal.file,
                line,
                refusal.finding,
                "",
                refusal.remedy,
            )]));
        }
        Err(other) => return Err(other.into()),
    };
    let notices: Vec<String> = result
        .notices
        .iter()
        .map(|n| if n.line == 0 { n.finding.clone() } else { format!("line {}: {}", n.line, n.finding) })
        .collect();
    if global.json {
        let value = json!({
            "as_of": world::today().to_string(),
            "list": result.list,
            "edition": result.edition.map(|d| d.to_string()),
            "entries": result.entries,
            "result": result.result.word(),
            "message": result.message,
            "notices": notices,
        });
        return Ok(Output::text(format!("{value:#}\n")));
    }
    let edition = result.edition.map_or("-".to_owned(), |d| d.to_string());
    let entries = result.entries.unwrap_or(0);
    let mut text = format!(
        "{}  edition {edition}  {entries} entries  {}  {}\n",
        result.list,
        result.result.word(),
        result.message
    );
    for notice in notices {
        text.push_str(&format!("  noticed: {notice}\n"));
    }
    Ok(Output::text(text))
}

fn status(global: &Global, book: &Lawbook, register: &Register) -> Output {
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
            "rows": meta.and_then(|m| register.rows(m)),
            "reduced": meta.and_then(|m| m.reduced.clone()),
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
        if let Some(reduced) = row.get("reduced").and_then(|r| r.as_str()) {
            text.push_str(&format!("  reduced: {reduced}\n"));
        }
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
