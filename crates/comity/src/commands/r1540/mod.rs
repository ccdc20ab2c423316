//! `comity r1540 ...`: the matrix of the resolution, a module a command. Every answer carries the disclaimer of the data.

mod assist;
mod topics;

use clap::Subcommand;
use comity_engine::standing::{Named, resolve};
use comity_model::lawbook::Lawbook;
use comity_model::standing::State;
use serde_json::{Value, json};

use crate::cli::{Global, Output};
use crate::fail::Failure;
use crate::text::page::{Ink, Page};
use crate::{cli, world};

/// The matrix, reports, review tables, assistance.
#[derive(Debug, Subcommand)]
pub enum R1540Command {
    /// The fields of the matrix, with the legend
    Fields {
        /// Only fields whose id begins so
        prefix: Option<String>,
    },
    /// Requests for assistance and offers: what meets what, what is due, figures
    #[command(subcommand)]
    Assist(assist::AssistCommand),
    /// Topics and tags of emerging technologies, each from all sides
    Topics(topics::Topics),
}

/// Runs a command.
///
/// # Errors
/// Why it could not answer.
pub fn run(global: &Global, command: &R1540Command) -> Result<Output, Failure> {
    let book = world::embedded()?;
    match command {
        R1540Command::Fields { prefix } => Ok(fields(global, &book, prefix.as_deref().unwrap_or_default())),
        R1540Command::Assist(command) => assist::run(global, &book, command),
        R1540Command::Topics(options) => topics::run(global, &book, options),
    }
}

fn fields(global: &Global, book: &Lawbook, prefix: &str) -> Output {
    let all = book.r1540();
    let found = || all.fields.iter().filter(|f| f.id.starts_with(prefix));
    if global.json {
        let fields: Vec<Value> = found()
            .filter_map(|f| {
                let row = all.row_of(f)?;
                Some(json!({
                    "field": f.id,
                    "part": all.part_of(row).map(|p| &p.paragraphs),
                    "group": row.group,
                    "label": row.label,
                    "weapon": f.weapon.word(),
                    "dimension": f.dimension.word(),
                    "values": row.values.iter().map(|v| v.word()).collect::<Vec<_>>(),
                    "evidence": row.evidence,
                    "source": row.source,
                }))
            })
            .collect();
        let legend: Vec<Value> = all
            .legend
            .iter()
            .map(|l| json!({ "value": l.value.word(), "says": l.says, "evidence": l.evidence, "source": l.source }))
            .collect();
        return json_output(book, json!({ "note": all.reconstructed, "legend": legend, "fields": fields }));
    }
    let mut page = Page::new(cli::colour());
    page.title(&format!("{}: fields", all.title), &format!("{} of {}", found().count(), all.fields.len()));
    disclaimer(&mut page, book);
    page.text(0, &all.reconstructed, Ink::Plain);
    page.heading("Legend", "");
    for row in &all.legend {
        page.under(2, (row.value.word(), 7, Ink::Plain), &row.says, Ink::Plain);
    }
    let mut last = None;
    for field in found() {
        let Some(row) = all.row_of(field) else { continue };
        if last != Some(field.row) {
            last = Some(field.row);
            let part = all.part_of(row).map_or("", |p| p.paragraphs.as_str());
            page.gap();
            page.text(0, &format!("{part}: {}", row.label), Ink::Strong);
        }
        let told = format!("{} {}  {}", field.weapon.plain(), field.dimension, row.evidence);
        page.row(2, &[(&field.id, 30, Ink::Plain), (told.trim_start(), 48, Ink::Plain)]);
    }
    Output::text(page.finish())
}

/// The disclaimer, as text views carry it: right below the title.
pub fn disclaimer(page: &mut Page, book: &Lawbook) {
    page.text(0, &book.r1540().disclaimer, Ink::Dim);
}

/// A JSON answer with the disclaimer in front.
pub fn json_output(book: &Lawbook, value: Value) -> Output {
    let mut all = serde_json::Map::new();
    all.insert("disclaimer".to_owned(), json!(book.r1540().disclaimer));
    if let Value::Object(rest) = value {
        all.extend(rest);
    }
    Output::text(format!("{:#}\n", Value::Object(all)))
}

/// The State that a code, name or alias means.
///
/// # Errors
/// When it means none or several.
pub fn state_named<'b>(book: &'b Lawbook, text: &str) -> Result<&'b State, Failure> {
    match resolve(book.states(), text) {
        Named::State(state) => Ok(state),
        Named::Territory(territory) => Err(Failure::input(
            text,
            format!("{} is a territory with a code of its own", territory.name),
            "a State",
            "name the State responsible",
        )),
        Named::Ambiguous(codes) | Named::Unknown(codes) => {
            let near: Vec<&str> =
                codes.iter().filter_map(|c| book.states().state(*c)).map(|s| s.name.as_str()).collect();
            let remedy = if near.is_empty() {
                "give the code, name or alias of a State".to_owned()
            } else {
                format!("one of these may be meant: {}", near.join(", "))
            };
            Err(Failure::input(
                text,
                "this names no single State",
                "the code, name or alias of a State",
                remedy,
            ))
        }
    }
}
