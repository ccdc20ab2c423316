//! `comity r1540 ...`: the matrix of the resolution, a module a command. Every answer carries the disclaimer of the data.

mod assist;
mod drawn;
mod edition;
mod file;
mod import;
mod report;
mod review;
mod show;
mod store;
mod table;
mod topics;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use comity_engine::standing::{Named, resolve};
use comity_model::lawbook::Lawbook;
use comity_model::r1540::Life;
use comity_model::standing::State;
use comity_model::{DateValue, Day};
use serde_json::{Value, json};

use crate::cli::{Global, Output};
use crate::fail::Failure;
use crate::text::page::{Ink, Page};
use crate::{cli, world};

/// The matrix, reports, review tables, assistance.
#[derive(Debug, Subcommand)]
pub enum R1540Command {
    /// Take in a State's matrix from CSV, JSON, a workbook, or text drawn from a PDF
    Import(Import),
    /// A State's matrix as a page: every cell with its facts, sources and their age
    Show(Show),
    /// Two editions of a State's matrix side by side
    Diff {
        /// Code, name or alias
        state: String,
        /// A date, the name of an edition, or the beginning of its digest
        from: String,
        /// The same, for the later one
        to: String,
    },
    /// Fields that are blank or open, with topics of assistance
    Gaps {
        /// Code, name or alias
        state: String,
        /// A date, the name of an edition, or the beginning of its digest
        #[arg(long, value_name = "EDITION")]
        edition: Option<String>,
    },
    /// A State's matrix as a file that reads back whole
    Export(Export),
    /// The editions on this machine, with their life
    Editions {
        /// Code, name or alias; without it all States
        state: Option<String>,
    },
    /// Note where an edition stands between drafting and publication
    Life(LifeStep),
    /// Tables of review over groups of States
    Review(Review),
    /// The national report: form, check, export
    #[command(subcommand)]
    Report(ReportCommand),
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

/// Flags of `r1540 import`.
#[derive(Args, Debug)]
pub struct Import {
    /// The file
    pub file: PathBuf,
    /// The State, where the file does not say it
    #[arg(long)]
    pub state: Option<String>,
    /// The date of the matrix
    #[arg(long)]
    pub date: Option<DateValue>,
    /// The name of the edition: a document symbol, or a word of yours
    #[arg(long, value_name = "NAME")]
    pub edition: Option<String>,
    /// Where it stands: drafted, committee-approved-draft, with-state, agreed, published, not-published
    #[arg(long)]
    pub life: Option<Life>,
    /// The file holds only a part of the matrix; what is not in it says nothing
    #[arg(long)]
    pub part: bool,
    /// The document the facts were taken from, where a row does not say it
    #[arg(long, value_name = "TEXT")]
    pub source: Option<String>,
    /// Who enters them; facts of a table then count as entered by that person
    #[arg(long, value_name = "WHO")]
    pub by: Option<String>,
    /// The sheet of a workbook (default: the first that has the columns)
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
    /// Put these facts in the place of those of the same edition, instead of beside them
    #[arg(long)]
    pub replace: bool,
    /// Tell what would be taken in, and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Flags of `r1540 show`.
#[derive(Args, Debug)]
pub struct Show {
    /// Code, name or alias
    pub state: String,
    /// A date, the name of an edition, or the beginning of its digest (default: the latest on the day asked for)
    #[arg(long, value_name = "EDITION")]
    pub edition: Option<String>,
    /// Only fields whose id begins so
    #[arg(long, value_name = "PREFIX")]
    pub fields: Option<String>,
    /// Only published editions
    #[arg(long)]
    pub published: bool,
}

/// The form of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Comma separated values
    Csv,
    /// JSON, nested by field
    Json,
}

/// Flags of `r1540 export`.
#[derive(Args, Debug)]
pub struct Export {
    /// Code, name or alias
    pub state: String,
    /// A date, the name of an edition, or the beginning of its digest
    #[arg(long, value_name = "EDITION")]
    pub edition: Option<String>,
    /// The form; with --json it is JSON
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    pub format: Format,
    /// Write it there (default: standard output)
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Flags of `r1540 life`.
#[derive(Args, Debug)]
pub struct LifeStep {
    /// Code, name or alias
    pub state: String,
    /// A date, the name of an edition, or the beginning of its digest
    pub edition: String,
    /// Where it goes
    pub to: Life,
    /// Who says so
    #[arg(long, value_name = "WHO")]
    pub by: String,
    /// Why, and on what ground
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
}

/// What is done with counts under five.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SmallCounts {
    /// Told with the names of the States
    Names,
    /// Withheld
    Withhold,
}

/// Flags of `r1540 review`.
#[derive(Args, Debug)]
pub struct Review {
    /// all, regions (each in turn), a regional group, none, or a file with one State a line
    #[arg(long, value_name = "GROUP", default_value = "all")]
    pub by: String,
    /// The year: the latest edition on or before its last day counts (default: the year asked for)
    #[arg(long)]
    pub year: Option<i16>,
    /// The change between two years in the States that have a matrix in both: 2014..2016
    #[arg(long, value_name = "A..B", conflicts_with = "year")]
    pub years: Option<String>,
    /// Only fields whose ids begin so, joined by commas
    #[arg(long, value_name = "PREFIX,...", value_delimiter = ',')]
    pub fields: Vec<String>,
    /// Counts under five: told with names, or withheld
    #[arg(long, value_enum, default_value_t = SmallCounts::Withhold)]
    pub small: SmallCounts,
    /// A row a label, a column a weapon and dimension, instead of a row a field
    #[arg(long)]
    pub cross: bool,
    /// First reports and action plans: published figures beside what the data here know
    #[arg(long, conflicts_with_all = ["years", "cross"])]
    pub ladder: bool,
    /// Compare with a published table (CSV or workbook: field_id or op,label,weapon,dimension; group, year, x, open, na, blank)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["years", "cross", "ladder"])]
    pub compare: Option<PathBuf>,
    /// Count the drafts of this State too: for its own eyes, never a public table
    #[arg(long, value_name = "STATE")]
    pub own: Option<String>,
    /// Write the table as CSV there
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,
    /// Draw it there as SVG
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,
}

/// The national report.
#[derive(Debug, Subcommand)]
pub enum ReportCommand {
    /// A form for the report, filled from the last edition
    New {
        /// Code, name or alias
        state: String,
        /// The form: csv, toml
        #[arg(long, value_enum, default_value_t = FormKind::Csv)]
        form: FormKind,
        /// Filled from this edition: a date, a name, or the beginning of its digest
        #[arg(long, value_name = "EDITION")]
        edition: Option<String>,
        /// Write it there (default: standard output)
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// What a form still lacks, and who has not answered
    Check {
        /// The form
        file: PathBuf,
    },
    /// From a form: cells of the matrix, the report as text, references, action plan, draft requests
    Export {
        /// The form
        file: PathBuf,
        /// The folder for them
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
}

/// The form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FormKind {
    /// A line a field, for a spreadsheet
    Csv,
    /// A table a field, for an editor
    Toml,
}

/// Runs a command.
///
/// # Errors
/// Why it could not answer.
pub fn run(global: &Global, command: &R1540Command) -> Result<Output, Failure> {
    let book = world::embedded()?;
    match command {
        R1540Command::Import(options) => import::run(global, &book, options),
        R1540Command::Show(options) => show::show(global, &book, options),
        R1540Command::Diff { state, from, to } => show::diff(global, &book, state, from, to),
        R1540Command::Gaps { state, edition } => show::gaps(global, &book, state, edition.as_deref()),
        R1540Command::Export(options) => edition::export(global, &book, options),
        R1540Command::Editions { state } => edition::list(global, &book, state.as_deref()),
        R1540Command::Life(options) => edition::life(global, &book, options),
        R1540Command::Review(options) => review::run(global, &book, options),
        R1540Command::Report(command) => report::run(global, &book, command),
        R1540Command::Fields { prefix } => Ok(fields(global, &book, prefix.as_deref().unwrap_or_default())),
        R1540Command::Assist(command) => assist::run(global, &book, command),
        R1540Command::Topics(options) => topics::run(global, &book, options),
    }
}

/// The day a question is asked for.
pub fn day(global: &Global) -> Day {
    global.as_of.unwrap_or_else(world::today)
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
