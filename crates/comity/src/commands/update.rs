//! `comity update`: fetches the official party lists, or reads them from a folder; each list apart.

use std::io::{IsTerminal, Write};
use std::path::Path;

use comity_model::lawbook::Lawbook;
use comity_register::{
    Accept, Progress, UpdateOptions, UpdateResult, UpdateWord, accept_held, update_from_dir, update_over_http,
};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::cli::{Global, Output, Update};
use crate::fail::{BAD_DATA, Failure};
use crate::world;

pub fn run(global: &Global, options: &Update) -> Result<Output, Failure> {
    let book = world::embedded()?;
    let data = world::data_dir(global.data.as_deref())?;
    let accept = match (&options.accept, &options.reason) {
        (Some(id), Some(reason)) => {
            let list = id.parse().map_err(|e| {
                Failure::input("--accept", format!("{e}"), "", "name the list, such as un/sc")
            })?;
            Some(Accept { list, reason: reason.clone() })
        }
        _ => None,
    };
    // With a decision alone, only what was held back of its list is taken; nothing is fetched.
    let only_accept = accept.is_some() && options.from.is_none() && options.only.is_empty();
    if options.from.is_none() && global.is_offline() && !only_accept {
        return Err(Failure::data(
            "update",
            "no network: --offline or COMITY_OFFLINE is set",
            "use --from DIR to read lists from a folder",
        ));
    }
    let state_of = |text: &str| world::state_of(&book, text);
    let asked = UpdateOptions {
        today: world::today(),
        only: &options.only,
        accept: accept.as_ref(),
        state_of: &state_of,
    };
    let sources = &book.basics().sources;
    let mut bars = Bars::new();
    let results = match &options.from {
        None if only_accept => accept_held(&data, sources, asked)?,
        Some(dir) => update_from_dir(&data, dir, sources, asked, &mut bars)?,
        None => update_over_http(&data, sources, asked, &mut bars)?,
    };
    bars.done();
    let failed = |r: &&UpdateResult| {
        matches!(r.result, UpdateWord::Refused | UpdateWord::HeldBack | UpdateWord::Failed)
    };
    let status = if results.iter().any(|r| failed(&r)) { BAD_DATA } else { 0 };
    let text = if global.json { as_json(&results) } else { as_text(&results) };
    Ok(Output { text, status })
}

/// The first fetch, before the first question: lists that need no registration. Without a network the question goes on unscreened.
pub fn first(book: &Lawbook, data: &Path) -> Result<(), Failure> {
    let _ = writeln!(
        std::io::stderr(),
        "the register is empty: fetching the lists that need no registration (--offline to go without)"
    );
    let state_of = |text: &str| world::state_of(book, text);
    let asked = UpdateOptions { today: world::today(), only: &[], accept: None, state_of: &state_of };
    let mut bars = Bars::new();
    let result = update_over_http(data, &book.basics().sources, asked, &mut bars);
    bars.done();
    if let Err(error) = result {
        let _ = writeln!(std::io::stderr(), "{error}");
    }
    Ok(())
}

fn as_json(results: &[UpdateResult]) -> String {
    let lists: Vec<_> = results
        .iter()
        .map(|r| {
            json!({
                "list": r.list,
                "edition": r.edition.map(|d| d.to_string()),
                "entries": r.entries,
                "result": r.result.word(),
                "message": r.message,
            })
        })
        .collect();
    format!("{:#}\n", json!({ "as_of": world::today().to_string(), "lists": lists }))
}

fn as_text(results: &[UpdateResult]) -> String {
    let mut text = format!("{:<14} {:<11} {:>8}  {:<10} {}\n", "LIST", "EDITION", "ENTRIES", "RESULT", "");
    for r in results {
        let edition = r.edition.map_or("-".to_owned(), |d| d.to_string());
        let entries = r.entries.map_or("-".to_owned(), |n| n.to_string());
        let head = format!("{:<14} {:<11} {:>8}  {:<10}", r.list, edition, entries, r.result.word());
        text.push_str(format!("{head} {}", r.message.lines().next().unwrap_or("")).trim_end());
        text.push('\n');
    }
    if results.is_empty() {
        text.push_str("nothing to do\n");
    }
    text
}

/// Draws a bar for each file on a terminal, and nothing elsewhere.
struct Bars {
    shown: bool,
    bar: ProgressBar,
}

impl Bars {
    fn new() -> Self {
        Self { shown: std::io::stderr().is_terminal(), bar: ProgressBar::hidden() }
    }

    fn done(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Bars {
    fn begin(&mut self, list: &str, file: &str, total: Option<u64>) {
        if !self.shown {
            return;
        }
        self.bar.finish_and_clear();
        self.bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
        let template = if total.is_some() {
            "{msg:32} {bar:30} {bytes}/{total_bytes}"
        } else {
            "{msg:32} {spinner} {bytes}"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
        self.bar.set_message(format!("{list} {file}"));
    }

    fn advance(&mut self, bytes: u64) {
        self.bar.inc(bytes);
    }

    fn end(&mut self) {
        self.bar.finish_and_clear();
    }

    fn note(&mut self, list: &str, text: &str) {
        let line = format!("{list}: {text}");
        if self.shown {
            self.bar.println(line);
        } else {
            let _ = writeln!(std::io::stderr(), "{line}");
        }
    }
}
