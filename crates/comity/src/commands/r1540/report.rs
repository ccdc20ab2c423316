//! `comity r1540 report new | check | export`: one form over all fields, filled from the last edition; what it still lacks; and what follows from it:
//! cells of the matrix, the report as text, legal references, the action plan, drafts of requests for assistance. An empty answer is no information,
//! never *no*. Nothing is public unless the State says so.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use comity_engine::r1540::cells::{Shown, cells};
use comity_engine::r1540::place::{Cells, Places};
use comity_model::assistance::{Covers, Help, Region};
use comity_model::lawbook::Lawbook;
use comity_model::r1540::{CellValue, Edition, Entry, Field, Life, R1540};
use comity_model::{DateValue, StateCode};
use comity_pack::Fault;
use comity_pack::language::nearest;
use comity_pack::source::{NodeKind, Source};
use serde_json::{Value, json};

use super::import::{by_row, read_bytes, utf8};
use super::store::{self, Store, write_whole};
use super::{FormKind, ReportCommand, day, disclaimer, file, json_output, state_named};
use crate::cli::{self, Global, Output};
use crate::fail::Failure;
use crate::text::page::{Ink, Page};
use crate::world;

/// What the form is called; the number rises when it changes.
const FORM: &str = "comity-report-1";

/// What a field is asked, in the order of the columns. The first four and the last are told, not asked.
const COLUMNS: [&str; 22] = [
    "field_id",
    "label",
    "weapon",
    "dimension",
    "value",
    "detail",
    "law",
    "article",
    "law_date",
    "source",
    "source_date",
    "authority",
    "remark",
    "step",
    "step_owner",
    "step_date",
    "step_done_when",
    "help",
    "public",
    "owner",
    "answered_by",
    "last",
];

/// What the columns mean, as the form says it to whoever fills it.
const GUIDE: [&str; 8] = [
    "Fill value with X, ?, NA, or nothing for no information. Nothing is never read as no.",
    "law, article, law_date: the national law cited. source, source_date: the document. authority: who is in charge. remark: anything else.",
    "step, step_owner, step_date, step_done_when: what is planned, by whom, by when, and how one sees that it is done.",
    "help: the assistance that is wanted; nothing where none is. Nothing is sent by filling it.",
    "public: yes where the State makes the answer public; anything else keeps it to the State.",
    "owner: the ministry or agency that answers the field. answered_by: who answered. A field counts as answered with a value, a text, or this.",
    "label, weapon, dimension, last are told, not asked. last: what the last edition shows, with its source.",
    "Save it as UTF-8. Lines may be in any order.",
];

/// A form, read.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Form {
    state: StateCode,
    date: String,
    language: String,
    contact: String,
    /// The answers by field, in the order of the catalogue.
    answers: Vec<Cells>,
}

/// Runs the command.
///
/// # Errors
/// When a form cannot be read or a file not written.
pub fn run(global: &Global, book: &Lawbook, command: &ReportCommand) -> Result<Output, Failure> {
    match command {
        ReportCommand::New { state, form, edition, out } => {
            new(global, book, state, *form, edition.as_deref(), out.as_deref())
        }
        ReportCommand::Check { file } => check(global, book, file),
        ReportCommand::Export { file, out } => export(global, book, file, out),
    }
}

fn get<'c>(cells: &'c Cells, column: &str) -> &'c str {
    cells.get(column).map_or("", |c| c.trim())
}

fn new(
    global: &Global,
    book: &Lawbook,
    state: &str,
    kind: FormKind,
    edition: Option<&str>,
    out: Option<&Path>,
) -> Result<Output, Failure> {
    let catalogue = book.r1540();
    let state = state_named(book, state)?;
    let store = Store::open(&world::data_dir(global.data.as_deref())?, catalogue)?;
    let editions = store.editions(state.code, false)?;
    let last = store::one(&editions, state.code, edition, day(global))?;
    if last.is_none()
        && let Some(text) = edition
    {
        return Err(Failure::input(
            format!("{} {text}", state.code),
            "no such matrix on this machine",
            "an edition that was imported",
            "see `comity r1540 editions`",
        ));
    }
    let by_field = last.map(|k| cells(&k.edition)).unwrap_or_default();
    let answers = catalogue
        .fields
        .iter()
        .map(|field| {
            let mut answer = told(catalogue, field);
            let mut put = |key: &str, value: &str| {
                if !value.is_empty() {
                    answer.insert(key.to_owned(), value.to_owned());
                }
            };
            if let Some((cell, kept)) = by_field.get(field.id.as_str()).zip(last) {
                // Where sources differ none is carried over; all stand in `last`.
                if let Shown::One(value) = cell.shown
                    && let Some(fact) = cell.facts.iter().find(|f| f.value == value)
                {
                    put("value", value.shown());
                    put("detail", &fact.detail);
                    put("law", &fact.law.title);
                    put("article", &fact.law.article);
                    put("law_date", &fact.law.date);
                    put("source", &fact.source);
                    put("source_date", &fact.source_date);
                }
                let facts: Vec<String> = cell
                    .facts
                    .iter()
                    .map(|f| {
                        let age = super::show::age(&f.source_date, day(global))
                            .map(|a| format!(", {a}"))
                            .unwrap_or_default();
                        format!("{} ({} {}{age})", f.value, f.source, f.source_date)
                    })
                    .collect();
                put("last", &format!("{} {}: {}", kept.edition.date, kept.edition.name, facts.join("; ")));
            }
            answer
        })
        .collect();
    let form = Form {
        state: state.code,
        date: day(global).to_string(),
        language: String::new(),
        contact: String::new(),
        answers,
    };
    let text = match kind {
        FormKind::Csv => {
            write_csv(catalogue, &form).map_err(|e| Failure::data("report", e, "report this"))?
        }
        FormKind::Toml => write_toml(catalogue, &form),
    };
    if global.json {
        return Ok(json_output(
            book,
            json!({ "form": FORM, "state": form.state.as_str(), "date": form.date, "note": catalogue.reconstructed, "guide": GUIDE, "fields": form.answers }),
        ));
    }
    match out {
        None => Ok(Output::text(text)),
        Some(path) => {
            super::edition::write(path, text.as_bytes())?;
            let from = last.map_or_else(
                || "no edition is known: the form is empty".to_owned(),
                |k| format!("filled from {}", k.label()),
            );
            Ok(Output::text(format!(
                "{}: {} fields, {from}\n{}\n",
                path.display(),
                form.answers.len(),
                catalogue.disclaimer
            )))
        }
    }
}

/// What the form tells of a field.
fn told(catalogue: &R1540, field: &Field) -> Cells {
    let label = catalogue.row_of(field).map_or("", |r| r.label.as_str());
    [
        ("field_id", field.id.as_str()),
        ("label", label),
        ("weapon", field.weapon.word()),
        ("dimension", field.dimension.word()),
    ]
    .map(|(k, v)| (k.to_owned(), v.to_owned()))
    .into()
}

fn head(catalogue: &R1540) -> String {
    let mut out = String::new();
    for line in [catalogue.disclaimer.as_str(), catalogue.reconstructed.as_str()].into_iter().chain(GUIDE) {
        let _ = writeln!(out, "# {line}");
    }
    out
}

fn write_csv(catalogue: &R1540, form: &Form) -> Result<String, String> {
    let mut out = head(catalogue);
    for (key, value) in [
        ("form", FORM),
        ("state", form.state.as_str()),
        ("date", &form.date),
        ("language", &form.language),
        ("contact", &form.contact),
    ] {
        let _ = writeln!(out, "{}", format!("#: {key} = {value}").trim_end());
    }
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    writer.write_record(COLUMNS).map_err(|e| e.to_string())?;
    for answer in &form.answers {
        writer.write_record(COLUMNS.iter().map(|c| get(answer, c))).map_err(|e| e.to_string())?;
    }
    out.push_str(
        &String::from_utf8(writer.into_inner().map_err(|e| e.to_string())?).map_err(|e| e.to_string())?,
    );
    Ok(out)
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn write_toml(catalogue: &R1540, form: &Form) -> String {
    let mut out = head(catalogue);
    for (key, value) in [
        ("form", FORM),
        ("state", form.state.as_str()),
        ("date", &form.date),
        ("language", &form.language),
        ("contact", &form.contact),
    ] {
        let _ = writeln!(out, "{key} = {}", quoted(value));
    }
    for answer in &form.answers {
        out.push_str("\n[[field]]\n");
        for column in COLUMNS {
            let value = get(answer, column);
            // What is asked stands there to be filled, empty or not.
            let told = ["field_id", "label", "weapon", "dimension", "last"].contains(&column);
            if !told || !value.is_empty() {
                let _ = writeln!(out, "{column} = {}", quoted(value));
            }
        }
    }
    out
}

/// Reads a form, CSV or TOML. All its faults are reported; with any, nothing of it counts.
fn read(book: &Lawbook, path: &Path) -> Result<Form, Failure> {
    let catalogue = book.r1540();
    let name = path.display().to_string();
    let text = utf8(&name, read_bytes(path)?)?;
    let mut faults = Vec::new();
    let is_toml = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("toml"));
    let (head, rows) =
        if is_toml { toml_rows(&name, &text, &mut faults) } else { csv_rows(&name, &text, &mut faults) };
    let said = |key: &str| head.get(key).cloned().unwrap_or_default();
    if faults.is_empty() && said("form") != FORM {
        faults.push(Fault::new(
            &name,
            0,
            format!("form `{}`", said("form")),
            FORM,
            "begin with `comity r1540 report new`",
        ));
    }
    let mut answers: BTreeMap<u16, (usize, Cells)> = BTreeMap::new();
    for (line, mut cells) in rows {
        let id = get(&cells, "field_id").to_owned();
        let Some(at) = catalogue.by_id.get(&id) else {
            let near = nearest(&id, catalogue.fields.iter().map(|f| f.id.as_str()));
            faults.push(Fault::new(&name, line, format!("field `{id}`"), "the id of a field", near));
            continue;
        };
        let value = get(&cells, "value");
        let row = catalogue.field(&id).and_then(|f| catalogue.row_of(f));
        let fits = match CellValue::read(value) {
            Some(value) => row.is_some_and(|r| r.values.contains(&value)),
            None => row.is_some_and(|r| r.takes_text),
        };
        if !fits {
            let values: Vec<&str> =
                row.map(|r| r.values.iter().map(|v| v.word()).collect()).unwrap_or_default();
            faults.push(Fault::new(
                &name,
                line,
                format!("value `{value}` in {id}"),
                values.join(", "),
                "correct the value",
            ));
        }
        for key in ["law_date", "source_date"] {
            let date = get(&cells, key);
            if !date.is_empty() && date.parse::<DateValue>().is_err() {
                faults.push(Fault::new(
                    &name,
                    line,
                    format!("{key} `{date}` in {id}"),
                    "a date of the calendar such as 2026-11-21, 2026-11, 2026, or nothing",
                    "correct the date",
                ));
            }
        }
        let public = get(&cells, "public");
        if !["", "yes", "no"].contains(&public) {
            faults.push(Fault::new(
                &name,
                line,
                format!("public `{public}` in {id}"),
                "yes, no, or nothing",
                "correct the word",
            ));
        }
        for (key, value) in
            catalogue.fields.get(usize::from(*at)).map(|f| told(catalogue, f)).into_iter().flatten()
        {
            cells.insert(key, value);
        }
        cells.retain(|_, cell| !cell.is_empty());
        if let Some((first, _)) = answers.insert(*at, (line, cells)) {
            faults.push(Fault::new(
                &name,
                line,
                format!("field `{id}` a second time (first in line {first})"),
                "each field once",
                "remove one of the two",
            ));
        }
    }
    let missing: Vec<&str> = catalogue
        .fields
        .iter()
        .zip(0u16..)
        .filter(|(_, at)| !answers.contains_key(at))
        .map(|(f, _)| f.id.as_str())
        .collect();
    if faults.is_empty() && !missing.is_empty() {
        faults.push(Fault::new(
            &name,
            0,
            format!(
                "{} fields are not in the form, the first {}",
                missing.len(),
                missing.first().unwrap_or(&"")
            ),
            "a line for every field, also for those without information",
            "the file may be cut short: put the lines back",
        ));
    }
    let date = said("date");
    if faults.is_empty() && date.parse::<DateValue>().ok().and_then(|d| d.latest()).is_none() {
        faults.push(Fault::new(
            &name,
            0,
            format!("date `{date}`"),
            "a day such as 2026-11-21",
            "correct the date in the head",
        ));
    }
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let state = state_named(book, &said("state"))?.code;
    Ok(Form {
        state,
        date,
        language: said("language"),
        contact: said("contact"),
        answers: answers.into_values().map(|(_, cells)| cells).collect(),
    })
}

type Heads = BTreeMap<String, String>;

fn unknown(name: &str, line: usize, key: &str) -> Fault {
    Fault::new(
        name,
        line,
        format!("column `{key}`"),
        "a column of the form",
        nearest(key, COLUMNS.into_iter()),
    )
}

fn csv_rows(name: &str, text: &str, faults: &mut Vec<Fault>) -> (Heads, Vec<(usize, Cells)>) {
    // A spreadsheet may have put comments into quotes, filled up lines, or parted cells by semicolons.
    let file::PlainCsv { head, text } = file::plain_csv(text);
    let heads: Heads = head.into_iter().map(|(_, key, value)| (key, value)).collect();
    if text.matches('"').count() % 2 == 1 {
        faults.push(Fault::new(
            name,
            text.lines().count(),
            "a quotation mark that is not closed",
            "quotation marks in pairs",
            "the file may be cut short",
        ));
        return (heads, Vec::new());
    }
    let mut rows = Vec::new();
    if let Some(csv) = comity_pack::table::Csv::read(name, &text, &["field_id", "value"], faults) {
        for column in csv.columns().iter().filter(|c| !COLUMNS.contains(&c.as_str())) {
            faults.push(unknown(name, 1, column));
        }
        for row in csv.rows() {
            let cells = COLUMNS.iter().map(|c| ((*c).to_owned(), file::tidy(row.get(c)))).collect();
            rows.push((row.line, cells));
        }
    }
    (heads, rows)
}

fn toml_rows(name: &str, text: &str, faults: &mut Vec<Fault>) -> (Heads, Vec<(usize, Cells)>) {
    let source = Source::new(name, text);
    let (mut heads, mut rows) = (Heads::new(), Vec::new());
    let Some(root) = source.toml(faults) else { return (heads, rows) };
    let NodeKind::Table(keys) = root.kind else { return (heads, rows) };
    let line = |at: Option<usize>| at.map_or(0, |at| source.place(at).0);
    for (key, at, node) in keys {
        match node.kind {
            NodeKind::Text(value) | NodeKind::Date(value)
                if ["form", "state", "date", "language", "contact"].contains(&key.as_str()) =>
            {
                heads.insert(key, value.trim().to_owned());
            }
            NodeKind::List(fields) if key == "field" => {
                for field in fields {
                    let place = line(field.at);
                    let NodeKind::Table(cells) = field.kind else { continue };
                    let mut row = Cells::new();
                    for (key, at, value) in cells {
                        if !COLUMNS.contains(&key.as_str()) {
                            faults.push(unknown(name, line(at.or(value.at)), &key));
                            continue;
                        }
                        let text = match value.kind {
                            NodeKind::Text(text) | NodeKind::Number(text) | NodeKind::Date(text) => {
                                file::tidy(&text)
                            }
                            NodeKind::Truth(truth) => if truth { "yes" } else { "no" }.to_owned(),
                            other => {
                                faults.push(Fault::new(
                                    name,
                                    line(value.at),
                                    format!("`{key}` is {}", other.what()),
                                    "a text",
                                    "write it in double quotes",
                                ));
                                continue;
                            }
                        };
                        row.insert(key, text);
                    }
                    rows.push((place, row));
                }
            }
            other => faults.push(Fault::new(
                name,
                line(at.or(node.at)),
                format!("`{key}`, {}", other.what()),
                "form, state, date, language, contact, [[field]]",
                "remove it, or correct its name",
            )),
        }
    }
    (heads, rows)
}

/// Whether something stands there, of the last edition or of now.
fn is_answered(answer: &Cells) -> bool {
    let value = get(answer, "value");
    CellValue::read(value) != Some(CellValue::Blank)
        || ["detail", "law"].iter().any(|c| !get(answer, c).is_empty())
}

/// What an answer lacks, in words.
fn lacks(catalogue: &R1540, answer: &Cells) -> Vec<&'static str> {
    let mut found = Vec::new();
    let field = catalogue.field(get(answer, "field_id"));
    let asks_law = field.is_some_and(|f| f.dimension.letter().is_some());
    let is_x = CellValue::read(get(answer, "value")) == Some(CellValue::X);
    if is_x && asks_law && get(answer, "law").is_empty() && get(answer, "detail").is_empty() {
        found.push("X without a law or a text that it rests on");
    }
    if !get(answer, "article").is_empty() && get(answer, "law").is_empty() {
        found.push("an article without its law");
    }
    if is_x && asks_law && get(answer, "authority").is_empty() {
        found.push("no authority in charge");
    }
    let step = ["step_owner", "step_date", "step_done_when"].map(|c| get(answer, c).is_empty());
    if !get(answer, "step").is_empty() && step.contains(&true) {
        found.push("a planned step without its owner, date, or test of being done");
    }
    if get(answer, "step").is_empty() && step.contains(&false) {
        found.push("owner, date or test of a step that is not named");
    }
    let date = get(answer, "step_date");
    if !date.is_empty() && date.parse::<DateValue>().is_err() {
        found.push("the date of the step is no date");
    }
    found
}

/// Of one owner in one part: how many fields are answered, which wait, and which the last edition filled in.
type OwnersPart = (usize, Vec<String>, Vec<String>);

fn check(global: &Global, book: &Lawbook, path: &Path) -> Result<Output, Failure> {
    let catalogue = book.r1540();
    let form = read(book, path)?;
    let mut lacking: Vec<(&str, &'static str)> = Vec::new();
    let mut owners: BTreeMap<(u16, String), OwnersPart> = BTreeMap::new();
    for answer in &form.answers {
        let id = get(answer, "field_id");
        lacking.extend(lacks(catalogue, answer).into_iter().map(|l| (id, l)));
        let Some(row) = catalogue.field(id).and_then(|f| catalogue.row_of(f)) else { continue };
        let slot = owners.entry((row.part, get(answer, "owner").to_owned())).or_default();
        // Answers that the last edition filled in are named, not counted: their number would be one of its marks.
        if !get(answer, "answered_by").is_empty() {
            slot.0 += 1;
        } else if is_answered(answer) {
            slot.2.push(id.to_owned());
        } else {
            slot.1.push(id.to_owned());
        }
    }
    let part = |at: u16| catalogue.parts.get(usize::from(at)).map_or("", |p| p.paragraphs.as_str());
    if global.json {
        let owners: Vec<Value> = owners
            .iter()
            .map(|((at, owner), (answered, waiting, filled))| json!({ "part": part(*at), "owner": owner, "answered": answered, "filled": filled, "waiting": waiting }))
            .collect();
        let lacking: Vec<Value> = lacking.iter().map(|(f, l)| json!({ "field": f, "lacks": l })).collect();
        return Ok(json_output(
            book,
            json!({ "state": form.state.as_str(), "date": form.date, "contact": form.contact, "lacking": lacking, "owners": owners }),
        ));
    }
    let mut page = Page::new(cli::colour());
    page.title(&format!("{}: report of {}", path.display(), form.state), &form.date);
    disclaimer(&mut page, book);
    page.heading("Who has not answered", "");
    let mut waits = false;
    for ((at, owner), (_, waiting, _)) in &owners {
        if waiting.is_empty() {
            continue;
        }
        waits = true;
        let owner = if owner.is_empty() { "no owner named" } else { owner };
        let told = format!("{owner}: {}", by_row(catalogue, waiting, false));
        page.under(1, (&format!("Paragraph {}", part(*at)), 30, Ink::Plain), &told, Ink::Ask);
    }
    if !waits {
        page.text(1, "All fields are answered.", Ink::Plain);
    }
    if form.contact.is_empty() {
        page.text(1, "No point of contact is named in the head.", Ink::Ask);
    }
    if !lacking.is_empty() {
        page.heading("What answers lack", "");
        for (field, lack) in &lacking {
            page.row(1, &[(field, 30, Ink::Plain), (lack, 49, Ink::Plain)]);
        }
    }
    page.gap();
    page.text(0, "A field without an answer is no information; it may be exported as such.", Ink::Dim);
    Ok(Output::text(page.finish()))
}

/// The cells of the matrix that the answers state.
fn edition(catalogue: &R1540, form: &Form, date: DateValue, public_only: bool) -> Result<Edition, String> {
    let places = Places::new(catalogue, &[]);
    let mut edition = Edition {
        state: form.state,
        date,
        name: "national report".to_owned(),
        life: Life::Drafted,
        is_part: public_only,
        facts: Vec::new(),
        unplaced: Vec::new(),
    };
    for answer in form.answers.iter().filter(|a| !public_only || get(a, "public") == "yes") {
        let mut cells: Cells =
            ["field_id", "value", "detail", "law", "article", "law_date", "source", "source_date"]
                .iter()
                .map(|c| ((*c).to_owned(), get(answer, c).to_owned()))
                .collect();
        cells.insert("entry".to_owned(), Entry::Entered.word().to_owned());
        cells.insert("by".to_owned(), get(answer, "answered_by").to_owned());
        if get(answer, "source").is_empty() {
            cells.insert("source".to_owned(), "national report".to_owned());
            cells.insert("source_date".to_owned(), form.date.clone());
        }
        let (fact, _) = places.fact(&cells).map_err(|no| no.found)?;
        edition.facts.push(fact);
    }
    places.order(&mut edition);
    Ok(edition)
}

fn export(global: &Global, book: &Lawbook, path: &Path, out: &Path) -> Result<Output, Failure> {
    let catalogue = book.r1540();
    let form = read(book, path)?;
    let fault = |e: String| Failure::data(path.display().to_string(), e, "report this");
    let date: DateValue = form.date.parse().map_err(|e| fault(format!("{e}")))?;
    let state = book.states().state(form.state).map_or("", |s| s.name.as_str());
    let whole = edition(catalogue, &form, date.clone(), false).map_err(fault)?;
    let public = edition(catalogue, &form, date, true).map_err(fault)?;
    // Everything is made before anything is written.
    let files: Vec<(&str, String)> = vec![
        ("form.csv", write_csv(catalogue, &form).map_err(fault)?),
        ("matrix.csv", file::write_csv(catalogue, &whole).map_err(fault)?),
        ("matrix.json", file::write_json(catalogue, &whole).map_err(|e| fault(e.to_string()))?),
        ("report.md", markdown(catalogue, &form, state, false)),
        ("laws.csv", laws(catalogue, &form).map_err(fault)?),
        ("plan.csv", plan(catalogue, &form).map_err(fault)?),
        ("requests.json", requests(book, &form).map_err(fault)?),
        ("public-report.md", markdown(catalogue, &form, state, true)),
        ("public-matrix.csv", file::write_csv(catalogue, &public).map_err(fault)?),
    ];
    std::fs::create_dir_all(out).map_err(|e| {
        Failure::input(
            out.display().to_string(),
            format!("cannot be made: {e}"),
            "a folder",
            "name another with --out",
        )
    })?;
    for (name, text) in &files {
        write_whole(out, name, text.as_bytes())?;
    }
    let told = |name: &str| match name {
        "form.csv" => "the form itself, whole: read back, it gives the same files",
        "matrix.csv" | "matrix.json" => "cells of the matrix; take them in with `comity r1540 import`",
        "report.md" => "the report as text; for the State, not for publication",
        "laws.csv" => "legal references with the fields that cite them",
        "plan.csv" => "the action plan: steps, owners, dates, tests",
        "requests.json" => "drafts of requests for `comity r1540 assist add`; nothing is sent",
        _ => "only what the State marked as public",
    };
    if global.json {
        let names: Vec<Value> = files.iter().map(|(n, _)| json!({ "file": n, "what": told(n) })).collect();
        return Ok(json_output(
            book,
            json!({ "state": form.state.as_str(), "date": form.date, "folder": out.display().to_string(), "files": names, "public_fields": public.facts.len() }),
        ));
    }
    let mut page = Page::new(cli::colour());
    page.title(&format!("{}: report of {state}", out.display()), &form.date);
    disclaimer(&mut page, book);
    page.gap();
    for (name, _) in &files {
        page.row(1, &[(name, 20, Ink::Strong), (told(name), 59, Ink::Plain)]);
    }
    page.text(0, &format!("Fields that the State makes public: {}", public.facts.len()), Ink::Plain);
    Ok(Output::text(page.finish()))
}

fn markdown(catalogue: &R1540, form: &Form, state: &str, public_only: bool) -> String {
    let mut out = format!(
        "# {state}: national report\n\n{}, as of {}\n\n> {}\n\n",
        catalogue.title, form.date, catalogue.disclaimer
    );
    out.push_str(if public_only {
        "Holds only the answers that the State makes public.\n"
    } else {
        "For the State; not for publication.\n"
    });
    let language = form.language.trim();
    if !language.is_empty() && !["en", "eng", "english"].contains(&language.to_lowercase().as_str()) {
        let told = &catalogue.own_words;
        let _ = writeln!(out, "\n{}", told.replace("{language}", &plain(language)));
    }
    if !form.contact.is_empty() && !public_only {
        let _ = writeln!(out, "\nPoint of contact: {}", plain(&form.contact));
    }
    let (mut part, mut row) = (None, None);
    for answer in form.answers.iter().filter(|a| !public_only || get(a, "public") == "yes") {
        let Some(field) = catalogue.field(get(answer, "field_id")) else { continue };
        let Some(of) = catalogue.row_of(field) else { continue };
        if part != Some(of.part) {
            part = Some(of.part);
            if let Some(p) = catalogue.part_of(of) {
                let _ = writeln!(out, "\n## Paragraph {}: {}", p.paragraphs, p.title);
            }
        }
        if row != Some(field.row) {
            row = Some(field.row);
            let _ = writeln!(out, "\n### {} ({})\n", of.label, of.id);
        }
        let which = format!("{} {}", field.weapon.plain(), field.dimension);
        let mut said = match CellValue::read(get(answer, "value")) {
            Some(CellValue::Blank) => "no information".to_owned(),
            Some(value) => value.word().to_owned(),
            None => plain(get(answer, "value")),
        };
        let mut add = |head: &str, text: String| {
            if !text.is_empty() {
                let _ = write!(said, "; {head}{}", plain(&text));
            }
        };
        add("", get(answer, "detail").to_owned());
        let law: Vec<&str> =
            ["law", "article", "law_date"].iter().map(|c| get(answer, c)).filter(|t| !t.is_empty()).collect();
        add("law: ", law.join(", "));
        add("authority: ", get(answer, "authority").to_owned());
        add("remark: ", get(answer, "remark").to_owned());
        if !public_only {
            add("planned: ", get(answer, "step").to_owned());
            add("help wanted: ", get(answer, "help").to_owned());
        }
        let source: Vec<&str> =
            ["source", "source_date"].iter().map(|c| get(answer, c)).filter(|t| !t.is_empty()).collect();
        add("source: ", source.join(", "));
        let _ = writeln!(out, "- {}: {said}", which.trim());
    }
    out
}

/// A text on one line, without what Markdown would read as its own.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for c in text.split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn table(catalogue: &R1540, heads: &[&str], rows: &[Vec<String>]) -> Result<String, String> {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    writer.write_record(heads).map_err(|e| e.to_string())?;
    for row in rows {
        writer.write_record(row).map_err(|e| e.to_string())?;
    }
    let text =
        String::from_utf8(writer.into_inner().map_err(|e| e.to_string())?).map_err(|e| e.to_string())?;
    Ok(format!("# {}\n{text}", catalogue.disclaimer))
}

fn laws(catalogue: &R1540, form: &Form) -> Result<String, String> {
    let mut cited: BTreeMap<[String; 3], Vec<&str>> = BTreeMap::new();
    for answer in form.answers.iter().filter(|a| !get(a, "law").is_empty()) {
        let law = ["law", "law_date", "article"].map(|c| get(answer, c).to_owned());
        cited.entry(law).or_default().push(get(answer, "field_id"));
    }
    let rows: Vec<Vec<String>> = cited
        .into_iter()
        .map(|([law, date, article], fields)| vec![law, date, article, fields.join("|")])
        .collect();
    table(catalogue, &["law", "law_date", "article", "fields"], &rows)
}

fn plan(catalogue: &R1540, form: &Form) -> Result<String, String> {
    let mut rows: Vec<Vec<String>> = form
        .answers
        .iter()
        .filter(|a| !get(a, "step").is_empty())
        .map(|a| {
            ["step_date", "step", "step_owner", "step_done_when", "field_id", "label"]
                .map(|c| get(a, c).to_owned())
                .to_vec()
        })
        .collect();
    rows.sort();
    table(catalogue, &["date", "step", "owner", "done_when", "field_id", "label"], &rows)
}

/// Drafts of requests in the form that `assist add` reads: one a wish and the topics of its fields, each with what it still lacks. What the form
/// does not say stays open and is named there; nothing is made up.
fn requests(book: &Lawbook, form: &Form) -> Result<String, String> {
    let catalogue = book.r1540();
    // By wish and topics: the fields, and how one sees that it is done.
    type Wish = (Vec<String>, BTreeSet<String>);
    let mut wishes: BTreeMap<(Vec<String>, String), Wish> = BTreeMap::new();
    for answer in form.answers.iter().filter(|a| !get(a, "help").is_empty()) {
        let id = get(answer, "field_id");
        let topics: Vec<String> = catalogue.topics_of(id).iter().map(|t| t.id.clone()).collect();
        let help = get(answer, "help").split_whitespace().collect::<Vec<_>>().join(" ");
        let slot = wishes.entry((topics, help)).or_default();
        slot.0.push(id.to_owned());
        let done = get(answer, "step_done_when");
        slot.1.extend((!done.is_empty()).then(|| done.to_owned()));
    }
    let group = book.states().state(form.state).map_or("", |s| s.group.as_str());
    let of_state = |r: &&Region| matches!(&r.covers, Covers::Group(g) if !group.is_empty() && g == group);
    let region = book.assistance().regions.iter().find(of_state).map_or("", |r| r.id.as_str());
    let language = Some(form.language.as_str())
        .filter(|l| (2..=3).contains(&l.len()) && l.bytes().all(|b| b.is_ascii_lowercase()));
    let drafts: Vec<Value> = wishes
        .into_iter()
        .map(|((topics, help), (fields, done))| {
            // Words that are kinds of help are taken as such; the wish itself stands in the summary.
            let words = help.split([',', ';', '|']).map(str::trim);
            let kinds: Vec<String> =
                words.filter_map(|w| w.to_lowercase().parse::<Help>().ok()).map(|k| k.word().to_owned()).collect();
            let done = done.into_iter().collect::<Vec<_>>().join("; ");
            let mut missing = Vec::new();
            for (key, lacks) in [
                ("topics", topics.is_empty()),
                ("kinds", kinds.is_empty()),
                ("languages", language.is_none()),
                ("region", region.is_empty()),
                ("contact", form.contact.is_empty()),
                ("done_when", done.is_empty()),
            ] {
                if lacks {
                    missing.push(key);
                }
            }
            json!({
                "requester": form.state.as_str(), "date": form.date, "topics": topics, "fields": fields, "summary": help, "kinds": kinds,
                "languages": language.into_iter().collect::<Vec<_>>(), "region": region, "contact": form.contact, "done_when": done,
                "source": "national report", "missing": missing,
            })
        })
        .collect();
    let note = "Drafts. The State chooses; nothing is sent. What each lacks stands under missing: fill it in here or in the form, then `comity r1540 assist add`.";
    let all = json!({ "disclaimer": catalogue.disclaimer, "note": note, "request": drafts });
    serde_json::to_string_pretty(&all).map(|t| format!("{t}\n")).map_err(|e| e.to_string())
}
