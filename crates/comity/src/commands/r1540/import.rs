//! `comity r1540 import`: a file of the user's becomes an edition. Either the whole file is taken in, with every row that has no place kept
//! whole and listed, or nothing of it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;

use comity_engine::r1540::place::{Cells, Places, Step};
use comity_model::lawbook::Lawbook;
use comity_model::r1540::{Edition, Entry, Fact, Life, R1540, Unplaced, WhyUnplaced};
use comity_model::{DateValue, StateCode};
use comity_pack::Fault;
use serde_json::{Value, json};

use super::file::{self, Kind, Rows};
use super::store::Store;
use super::{Import, day, disclaimer, drawn, json_output, state_named, table};
use crate::cli::{self, Global, Output};
use crate::deal_file::BYTES_MAX;
use crate::fail::Failure;
use crate::text::page::{Ink, Page};
use crate::world;

/// A row without a place, as the report of an import lists it.
struct Listed {
    line: u32,
    found: String,
    near: Vec<String>,
}

/// What became of the rows.
#[derive(Default)]
struct Sorted {
    facts: Vec<Fact>,
    unplaced: Vec<Unplaced>,
    by_step: BTreeMap<Step, usize>,
    unmapped: Vec<Listed>,
    illegal: Vec<Listed>,
    duplicates: Vec<(String, Vec<u32>)>,
}

/// Runs the import.
///
/// # Errors
/// When the file cannot be taken in; then nothing of it is.
pub fn run(global: &Global, book: &Lawbook, options: &Import) -> Result<Output, Failure> {
    let catalogue = book.r1540();
    let name = options.file.display().to_string();
    let bytes = read_bytes(&options.file)?;
    let kind = Kind::of(&options.file, &bytes);
    let (rows, passed) = read(book, &name, kind, bytes, options.sheet.as_deref())?;
    let store = Store::open(&world::data_dir(global.data.as_deref())?, catalogue)?;
    let places = store.places();

    let mut faults = Vec::new();
    let lacking = |what: &str, flag: &str| {
        Fault::new(
            &name,
            0,
            format!("no {what}"),
            format!("the {what} of the matrix"),
            format!("name it with {flag}"),
        )
    };
    let (state, date, life) = agreed(book, &name, options, &rows, &mut faults)?;
    if state.is_none() && options.state.is_none() && rows.head.state.is_none() {
        faults.push(lacking("State", "--state"));
    }
    if date.is_none() && options.date.is_none() && rows.head.date.is_none() {
        faults.push(lacking("date", "--date"));
    }
    check_dates(&name, kind, &rows.rows, &mut faults);
    let (Some(state), Some(date)) = (state, date) else { return Err(faults.into()) };
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let edition_name =
        options.edition.clone().or_else(|| rows.head.edition.clone()).unwrap_or_else(|| "own".to_owned());
    let is_part = options.part || rows.head.is_part.unwrap_or(false);

    let on = day(global);
    let whole_file = rows.head.edition.is_some() && rows.head.date.is_some();
    let missing = missing(catalogue, &places, &rows.rows, &rows.kept);
    let mut sorted = sort(&places, rows.rows, rows.kept, |row, has_entry| {
        // An export says all of this itself; filling in would change it.
        if whole_file && has_entry {
            return;
        }
        let mut fill = |key: &str, value: String| {
            let cell = row.entry(key.to_owned()).or_default();
            if cell.is_empty() {
                *cell = value;
            }
        };
        fill("source", options.source.clone().unwrap_or_else(|| file_name(&options.file)));
        fill("on", on.to_string());
        if let Some(by) = &options.by {
            fill("by", by.clone());
            fill("entry", Entry::Entered.word().to_owned());
        }
    });
    if sorted.facts.is_empty() && sorted.unplaced.is_empty() {
        return Err(Failure::input(&name, "no row that could be read", "rows of a matrix", "check the file"));
    }

    let mut edition =
        Edition { state, date, name: edition_name, life, is_part, facts: Vec::new(), unplaced: Vec::new() };
    let before = store.editions(state, false)?;
    let earlier = before
        .iter()
        .find(|k| k.revision > 0 && (&k.edition.date, &k.edition.name) == (&edition.date, &edition.name));
    let mut carried = 0;
    if let Some(earlier) = earlier {
        // Drawn text never takes the place of what a person entered.
        let keeps = |f: &&Fact| !options.replace || (kind == Kind::Text && f.entry == Entry::Entered);
        edition.facts.extend(earlier.edition.facts.iter().filter(keeps).cloned());
        if !options.replace {
            edition.unplaced.extend(earlier.edition.unplaced.iter().cloned());
        }
        carried = edition.facts.len();
        if options.life.is_none() && rows.head.life.is_none() {
            edition.life = earlier.edition.life;
        }
    }
    edition.facts.append(&mut sorted.facts);
    edition.unplaced.append(&mut sorted.unplaced);
    places.order(&mut edition);
    let cells = comity_engine::r1540::cells::cells(&edition);
    let conflicting: Vec<&str> = cells.values().filter(|c| c.is_conflicting()).map(|c| c.field).collect();

    let unchanged = earlier.is_some_and(|k| k.edition == edition);
    let written = match (options.dry_run || unchanged, earlier) {
        (false, _) => Some(store.add(&edition)?),
        (true, Some(k)) if unchanged => Some((k.digest.clone(), k.revision)),
        (true, _) => None,
    };
    let report = json!({
        "file": name,
        "kind": match kind { Kind::Csv => "csv", Kind::Json => "json", Kind::Xlsx => "xlsx", Kind::Pdf => "pdf", Kind::Text => "text" },
        "state": edition.state.as_str(),
        "date": edition.date.to_string(),
        "edition": edition.name,
        "life": edition.life.word(),
        "part": edition.is_part,
        "revision": written.as_ref().map(|(_, r)| r),
        "digest": written.as_ref().map(|(d, _)| d),
        "written": !options.dry_run && !unchanged,
        "equal": unchanged,
        "only_tried": options.dry_run,
        "fields": catalogue.fields.len(),
        "missing": missing,
        "mapped": sorted.by_step.values().sum::<usize>(),
        "by_step": Step::ALL.iter().map(|s| (s.word().to_owned(), json!(sorted.by_step.get(s).copied().unwrap_or(0)))).collect::<serde_json::Map<_, _>>(),
        "carried_over": carried,
        "unmapped": sorted.unmapped.iter().map(|row| listed(row, kind)).collect::<Vec<_>>(),
        "illegal": sorted.illegal.iter().map(|row| listed(row, kind)).collect::<Vec<_>>(),
        "duplicates": sorted.duplicates.iter().map(|(f, lines)| json!({ "field": f, (if kind == Kind::Json { "records" } else { "lines" }): lines })).collect::<Vec<_>>(),
        "conflicting": conflicting,
        "columns_not_read": rows.unread,
        "lines_without_mark": passed,
    });
    if global.json {
        return Ok(json_output(book, report));
    }
    Ok(Output::text(told(book, &report)))
}

/// A row by its line; one of a JSON file, which may stand on one line, by its number among the records.
fn listed(row: &Listed, kind: Kind) -> Value {
    let place = if kind == Kind::Json { "record" } else { "line" };
    json!({ place: row.line, "found": row.found, "near": row.near })
}

/// State, date and life on which the file's head and the flags agree. A head that cannot be read, or says otherwise than a flag, is a fault.
///
/// # Errors
/// When the flag names no State.
fn agreed(
    book: &Lawbook,
    name: &str,
    options: &Import,
    rows: &Rows,
    faults: &mut Vec<Fault>,
) -> Result<(Option<StateCode>, Option<DateValue>, Life), Failure> {
    let head = &rows.head;
    let line = |key: &str| head.lines.get(key).copied().unwrap_or(0);
    let wrong = |key: &str, text: &str, expected: &str| {
        Fault::new(
            name,
            line(key),
            format!("`{key} = {text}`"),
            expected,
            "correct the head of the file, also where a flag says it",
        )
    };
    let conflict = |key: &str, text: &str, flag: &str| {
        Fault::new(
            name,
            line(key),
            format!("`{key} = {text}` in the head of the file, and `--{key} {flag}` in the command"),
            "the same in both",
            format!("leave --{key} away, or correct the head of the file; nothing was taken in"),
        )
    };

    let flag = options.state.as_ref().map(|text| state_named(book, text)).transpose()?;
    let mut state = flag.map(|s| s.code);
    if let Some(text) = &head.state {
        match (state_named(book, text), &options.state) {
            (Err(_), _) => faults.push(wrong("state", text, "the code, name or alias of a State")),
            (Ok(said), None) => state = Some(said.code),
            (Ok(said), Some(given)) if Some(said.code) != state => {
                faults.push(conflict("state", text, given));
            }
            (Ok(_), Some(_)) => {}
        }
    }
    let mut date = options.date.clone();
    if let Some(text) = &head.date {
        match (text.parse::<DateValue>(), &options.date) {
            (Err(_), _) => {
                faults.push(wrong("date", text, "a day, month or year such as 2026-11-21, 2026-11, 2026"))
            }
            (Ok(said), None) => date = Some(said),
            (Ok(said), Some(given)) if said != *given => {
                faults.push(conflict("date", text, &given.to_string()));
            }
            (Ok(_), Some(_)) => {}
        }
    }
    if date.as_ref().is_some_and(|d| d.latest().is_none()) {
        faults.push(Fault::new(
            name,
            line("date"),
            "a date that is only about or unknown",
            "a day, month or year",
            "give it with --date, or in the head of the file",
        ));
    }
    let mut life = options.life;
    if let Some(text) = &head.life {
        match (text.parse::<Life>(), options.life) {
            (Err(error), _) => faults.push(wrong("life", text, &error.to_string())),
            (Ok(said), None) => life = Some(said),
            (Ok(said), Some(given)) if said != given => faults.push(conflict("life", text, given.word())),
            (Ok(_), Some(_)) => {}
        }
    }
    if let (Some(said), Some(given)) = (&head.edition, &options.edition)
        && said != given
    {
        faults.push(conflict("edition", said, given));
    }
    if head.is_part == Some(false) && options.part {
        faults.push(conflict("part", "no", ""));
    }
    Ok((state, date, life.unwrap_or(Life::Drafted)))
}

/// Dates of sources and laws that are none are faults of the file: no age may rest on them.
fn check_dates(name: &str, kind: Kind, rows: &[(u32, Cells)], faults: &mut Vec<Fault>) {
    for (at, cells) in rows {
        for key in ["source_date", "law_date", "on"] {
            let Some(text) = cells.get(key).map(|c| c.trim()).filter(|c| !c.is_empty()) else { continue };
            if text.parse::<DateValue>().is_ok() {
                continue;
            }
            let (line, record) = match kind {
                Kind::Json => (0, format!("record {at}: ")),
                _ => (*at as usize, String::new()),
            };
            faults.push(Fault::new(
                name,
                line,
                format!("{record}{key} `{text}`"),
                "a date of the calendar such as 2026-11-21, 2026-11, 2026, or nothing",
                "correct the date; nothing was taken in",
            ));
        }
    }
}

/// The fields of the catalogue that no row of the file is about, also none with an illegal value.
fn missing(catalogue: &R1540, places: &Places<'_>, rows: &[(u32, Cells)], kept: &[Unplaced]) -> Vec<String> {
    let named: BTreeSet<&str> = rows
        .iter()
        .map(|(_, cells)| cells)
        .chain(kept.iter().map(|row| &row.cells))
        .filter_map(|cells| Some(places.locate(cells).ok()?.0.id.as_str()))
        .collect();
    catalogue.fields.iter().filter(|f| !named.contains(f.id.as_str())).map(|f| f.id.clone()).collect()
}

/// Fields folded to their rows, in the order of the catalogue; without numbers where they would be of a State's marks.
pub fn by_row(catalogue: &R1540, fields: &[String], is_counted: bool) -> String {
    let mut rows: Vec<(&str, usize, usize)> = Vec::new();
    for field in fields.iter().filter_map(|id| catalogue.field(id)) {
        let Some(row) = catalogue.row_of(field) else { continue };
        match rows.last_mut() {
            Some((id, n, _)) if *id == row.id => *n += 1,
            _ => rows.push((&row.id, 1, catalogue.fields.iter().filter(|f| f.row == field.row).count())),
        }
    }
    let told = |(id, n, of): &(&str, usize, usize)| match (n == of, is_counted) {
        (true, _) => (*id).to_owned(),
        (false, true) => format!("{id} ({n} of {of})"),
        (false, false) => format!("{id} (in part)"),
    };
    rows.iter().map(told).collect::<Vec<_>>().join(", ")
}

fn told(book: &Lawbook, report: &Value) -> String {
    let text = |key: &str| report.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let number = |key: &str| report.get(key).and_then(Value::as_u64).unwrap_or(0);
    let list = |key: &str| report.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    let mut page = Page::new(cli::colour());
    page.title(&format!("{} into the matrix of {}", text("file"), text("state")), &text("date"));
    disclaimer(&mut page, book);
    page.gap();
    let line = |page: &mut Page, head: &str, told: &str| {
        page.row(2, &[(head, 20, Ink::Plain), (told, 58, Ink::Plain)]);
    };
    line(&mut page, "edition", &format!("{}, {}", text("edition"), text("life")));
    if report.get("written").and_then(Value::as_bool) == Some(true) {
        line(
            &mut page,
            "written",
            &format!("revision {}, digest {}", number("revision"), shortened(&text("digest"))),
        );
    } else {
        let is = |key: &str| report.get(key).and_then(Value::as_bool) == Some(true);
        let equal = format!("equal to revision {}, which is there", number("revision"));
        let why = match (is("equal"), is("only_tried")) {
            (true, true) => format!("{equal}; and only tried (--dry-run)"),
            (true, false) => equal,
            (false, _) => "only tried (--dry-run)".to_owned(),
        };
        line(&mut page, "written", &format!("nothing: {why}"));
    }
    let steps: Vec<String> = report
        .get("by_step")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter(|(_, n)| n.as_u64() != Some(0))
        .map(|(step, n)| format!("{n} by {step}"))
        .collect();
    line(&mut page, "rows with a place", &format!("{} ({})", number("mapped"), steps.join(", ")));
    line(&mut page, "unmapped, kept", &list("unmapped").len().to_string());
    line(&mut page, "illegal, kept", &list("illegal").len().to_string());
    let missing: Vec<String> = list("missing").iter().filter_map(|m| m.as_str().map(str::to_owned)).collect();
    line(&mut page, "fields without row", &format!("{} of {}", missing.len(), number("fields")));
    line(&mut page, "conflicting cells", &list("conflicting").len().to_string());
    if number("lines_without_mark") > 0 {
        line(&mut page, "lines without mark", &number("lines_without_mark").to_string());
    }
    let words = |v: &Value| {
        v.as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
    };
    if !list("columns_not_read").is_empty() {
        line(&mut page, "columns not read", &words(&Value::from(list("columns_not_read"))));
    }
    if !missing.is_empty() {
        if report.get("part").and_then(Value::as_bool) == Some(true) {
            page.heading("Fields without a row in the file", "a part only: they say nothing");
        } else {
            page.heading("Fields without a row in the file", "of a whole matrix: they count as blank");
            page.text(2, "Is it only a part of the matrix? Then import it with --part.", Ink::Ask);
        }
        page.text(2, &by_row(book.r1540(), &missing, true), Ink::Plain);
    }
    for (key, heading) in [("unmapped", "Unmapped rows"), ("illegal", "Rows with an illegal value")] {
        let rows = list(key);
        if rows.is_empty() {
            continue;
        }
        page.heading(
            heading,
            "kept whole; add a line to r1540/aliases.csv in the data folder, or correct the file",
        );
        for row in rows {
            let (place, at) = match row.get("record") {
                Some(at) => ("record", at),
                None => ("line", row.get("line").unwrap_or(&Value::Null)),
            };
            let near = row.get("near").map(words).unwrap_or_default();
            let found = row.get("found").and_then(Value::as_str).unwrap_or_default();
            let told = if near.is_empty() { found.to_owned() } else { format!("{found}; nearest: {near}") };
            page.under(2, (&format!("{place} {at}"), 12, Ink::Plain), &told, Ink::Plain);
        }
    }
    if !list("duplicates").is_empty() {
        page.heading("Cells with several rows", "all are kept side by side");
        for row in list("duplicates") {
            let word = if row.get("records").is_some() { "records" } else { "lines" };
            let lines: Vec<String> = row
                .get(word)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .map(ToString::to_string)
                .collect();
            let field = row.get("field").and_then(Value::as_str).unwrap_or_default();
            page.row(
                2,
                &[(field, 30, Ink::Plain), (&format!("{word} {}", lines.join(", ")), 48, Ink::Plain)],
            );
        }
    }
    if text("life") != Life::Published.word() {
        page.gap();
        page.text(
            0,
            "Only published editions enter tables of review; `comity r1540 life` notes the steps.",
            Ink::Dim,
        );
    }
    page.finish()
}

fn shortened(digest: &str) -> String {
    digest.chars().take(12).collect()
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned())
}

/// Reads a file of the user's, whole and within its limit.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let name = path.display().to_string();
    let cannot = |e: std::io::Error| {
        Failure::input(&name, format!("cannot be read: {e}"), "a file", "check the name and the rights on it")
    };
    let file = std::fs::File::open(path).map_err(cannot)?;
    let mut bytes = Vec::new();
    file.take(BYTES_MAX + 1).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(Failure::input(
            &name,
            format!("more than {} MB", BYTES_MAX >> 20),
            format!("at most {} MB", BYTES_MAX >> 20),
            "split it",
        ));
    }
    Ok(bytes)
}

/// Bytes as text, or the line of the first that is none.
pub fn utf8(name: &str, bytes: Vec<u8>) -> Result<String, Failure> {
    String::from_utf8(bytes).map_err(|e| {
        let before = e.as_bytes().get(..e.utf8_error().valid_up_to()).unwrap_or_default();
        let line = before.iter().filter(|b| **b == b'\n').count() + 1;
        Failure::Faults(vec![Fault::new(
            name,
            line,
            "bytes that are not UTF-8",
            "text in UTF-8",
            "save the file as UTF-8",
        )])
    })
}

fn read(
    book: &Lawbook,
    name: &str,
    kind: Kind,
    bytes: Vec<u8>,
    sheet: Option<&str>,
) -> Result<(Rows, usize), Failure> {
    let mut faults = Vec::new();
    let mut passed = 0;
    let rows = match kind {
        Kind::Pdf => {
            return Err(Failure::input(
                name,
                "a PDF",
                "its text",
                "draw the text first, keeping the layout, and give the file as .txt",
            ));
        }
        Kind::Xlsx => table::read(name, bytes, sheet, &mut faults),
        Kind::Csv => file::read_csv(name, &utf8(name, bytes)?, &mut faults),
        Kind::Json => file::read_json(name, &utf8(name, bytes)?, &mut faults),
        Kind::Text => {
            let (rows, lines) = drawn::read(book.r1540(), &utf8(name, bytes)?);
            passed = lines;
            rows
        }
    };
    if faults.is_empty() { Ok((rows, passed)) } else { Err(faults.into()) }
}

/// Sorts rows into facts and rows without a place. `fill` completes a row with what the command knows.
fn sort(
    places: &Places<'_>,
    rows: Vec<(u32, Cells)>,
    kept: Vec<Unplaced>,
    fill: impl Fn(&mut Cells, bool),
) -> Sorted {
    let mut out = Sorted::default();
    let mut lines: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    let mut take = |line: u32, cells: Cells, lines: &mut BTreeMap<String, Vec<u32>>| match places.fact(&cells)
    {
        Ok((fact, step)) => {
            *out.by_step.entry(step).or_default() += 1;
            lines.entry(fact.field.clone()).or_default().push(line);
            out.facts.push(fact);
        }
        Err(no) => {
            let listed = Listed { line, found: no.found, near: no.near };
            match no.why {
                WhyUnplaced::Unmapped => out.unmapped.push(listed),
                WhyUnplaced::IllegalValue => out.illegal.push(listed),
            }
            out.unplaced.push(Unplaced { line, cells, why: no.why });
        }
    };
    for (line, mut cells) in rows {
        let has_entry = cells.get("entry").is_some_and(|e| !e.is_empty());
        fill(&mut cells, has_entry);
        take(line, cells, &mut lines);
    }
    for row in kept {
        take(row.line, row.cells, &mut lines);
    }
    out.duplicates = lines.into_iter().filter(|(_, lines)| lines.len() > 1).collect();
    out
}
