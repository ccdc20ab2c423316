//! A matrix as a file: CSV and JSON, written in one way only, so that an export read back gives equal bytes. The JSON is also the form in which
//! editions lie in the data folder. What a file says is kept apart from what it means: rows become cells here, facts in the engine.

use std::collections::BTreeMap;
use std::path::Path;

use comity_engine::r1540::place::{Cells, column};
use comity_model::date::Day;
use comity_model::r1540::{
    CellValue, Confidence, Edition, Entry, Fact, LawCited, Life, R1540, Unplaced, WhyUnplaced,
};
use comity_model::{DateValue, StateCode};
use comity_pack::Fault;
use comity_pack::source::{Node, NodeKind, Source};
use serde::{Deserialize, Serialize};

/// What the JSON form is called; the number rises when it changes.
pub const FORM: &str = "comity-matrix-1";

/// The columns of an export, in their order.
const COLUMNS: [&str; 13] = [
    "field_id",
    "value",
    "detail",
    "law",
    "article",
    "law_date",
    "source",
    "source_date",
    "entry",
    "confidence",
    "by",
    "on",
    "kept",
];

/// What a file says of the edition itself; a flag of the command goes before it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The State, as written.
    pub state: Option<String>,
    /// The date of the matrix, as written.
    pub date: Option<String>,
    /// The name of the edition.
    pub edition: Option<String>,
    /// Its life, as written.
    pub life: Option<String>,
    /// Only a part of the matrix.
    pub is_part: Option<bool>,
    /// The lines on which it says so, by key.
    pub lines: BTreeMap<String, usize>,
}

/// A file, read into rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// What it says of the edition.
    pub head: Head,
    /// The rows with their lines.
    pub rows: Vec<(u32, Cells)>,
    /// Rows of an earlier import that had no place, as they were kept.
    pub kept: Vec<Unplaced>,
    /// Columns that are not read.
    pub unread: Vec<String>,
}

/// Spaces at the ends go, and the ends of lines are one character.
pub fn tidy(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned()
}

/// A CSV file as a spreadsheet may leave it, made plain.
pub struct PlainCsv {
    /// What stands above the table: line, key and value.
    pub head: Vec<(usize, String, String)>,
    /// The table, with commas between cells and one character at the ends of lines. Every line stands where it stood; those above are empty.
    pub text: String,
}

/// Makes CSV plain: ends of lines, semicolons between cells, head lines in quotation marks or filled up with empty cells.
pub fn plain_csv(text: &str) -> PlainCsv {
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
    // Only what stands above the table speaks of the edition; a cell may hold such a line too.
    let is_above = |l: &str| {
        l.trim_start_matches('"').starts_with('#')
            || l.chars().all(|c| c.is_whitespace() || c == ',' || c == ';')
    };
    let above: Vec<&str> = text.lines().take_while(|l| is_above(l)).collect();
    let heads = text.lines().nth(above.len()).unwrap_or_default();
    let named = |by: char| heads.split(by).map(|h| column(h.trim().trim_matches('"'))).collect::<Vec<_>>();
    let has_value = |by: char| named(by).iter().any(|h| h == "value");
    let by = if has_value(';') && !has_value(',') { ';' } else { ',' };
    let columns = named(by).len();
    let mut head = Vec::new();
    for (line, at) in above.iter().zip(1..) {
        let mut cells = split_line(line, by);
        // A spreadsheet fills the line up to the columns of the table.
        let text = if columns > 1 && cells.len() == columns {
            while cells.last().is_some_and(String::is_empty) {
                cells.pop();
            }
            cells.join(&by.to_string())
        } else if line.starts_with('"') {
            cells.join(&by.to_string())
        } else {
            (*line).to_owned()
        };
        if let Some((key, value)) = text.strip_prefix("#:").and_then(|rest| rest.split_once('=')) {
            head.push((at, key.trim().to_owned(), value.trim().to_owned()));
        }
    }
    let mut table = "\n".repeat(above.len());
    let rest = text.split_inclusive('\n').skip(above.len());
    if by == ',' {
        table.extend(rest);
    } else {
        let rest: String = rest.collect();
        let (mut cell, mut is_quoted) = (String::new(), false);
        let put = |cell: &mut String, table: &mut String| {
            if !cell.starts_with('"') && cell.contains(',') {
                table.push_str(&format!("\"{}\"", cell.replace('"', "\"\"")));
            } else {
                table.push_str(cell);
            }
            cell.clear();
        };
        for c in rest.chars() {
            match c {
                '"' => {
                    is_quoted = !is_quoted;
                    cell.push(c);
                }
                ';' if !is_quoted => {
                    put(&mut cell, &mut table);
                    table.push(',');
                }
                '\n' if !is_quoted => {
                    put(&mut cell, &mut table);
                    table.push('\n');
                }
                c => cell.push(c),
            }
        }
        put(&mut cell, &mut table);
    }
    PlainCsv { head, text: table }
}

/// The cells of one line, without their quotation marks.
fn split_line(line: &str, by: char) -> Vec<String> {
    let (mut cells, mut cell, mut is_quoted) = (Vec::new(), String::new(), false);
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if is_quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' => is_quoted = !is_quoted,
            c if c == by && !is_quoted => cells.push(std::mem::take(&mut cell)),
            c => cell.push(c),
        }
    }
    cells.push(cell);
    cells
}

/// Reads CSV. All faults of the file are reported; with any, nothing of it counts.
pub fn read_csv(name: &str, text: &str, faults: &mut Vec<Fault>) -> Rows {
    let mut out = Rows::default();
    let PlainCsv { head, text } = plain_csv(text);
    for (line, key, value) in head {
        note_head(&mut out.head, line, &key, &value);
    }
    if text.matches('"').count() % 2 == 1 {
        let line = text.lines().count();
        faults.push(Fault::new(
            name,
            line,
            "a quotation mark that is not closed",
            "quotation marks in pairs",
            "the file may be cut short: take it from its source again, or close the mark",
        ));
        return out;
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .from_reader(text.as_bytes());
    let mut heads: Vec<String> = Vec::new();
    let lines: Vec<&str> = text.lines().collect();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, |p| usize::try_from(p.line()).unwrap_or(0));
                faults.push(Fault::new(
                    name,
                    line,
                    format!("a row that cannot be read: {error}"),
                    "CSV in UTF-8",
                    "correct the row",
                ));
                continue;
            }
        };
        let mut line = record.position().map_or(0, |p| usize::try_from(p.line()).unwrap_or(0));
        // The reader counts comments and blank lines to the row behind them.
        while line > 0 && lines.get(line - 1).is_some_and(|l| l.starts_with('#') || l.trim().is_empty()) {
            line += 1;
        }
        if heads.is_empty() {
            heads = record.iter().map(column).collect();
            check_heads(name, line, &heads, &mut out.unread, faults);
            continue;
        }
        if record.len() != heads.len() {
            faults.push(Fault::new(
                name,
                line,
                format!("{} cells", record.len()),
                format!("{} as in the head line", heads.len()),
                "put cells with a comma inside into double quotes; if it is the last line, the file may be cut short",
            ));
            continue;
        }
        let cells: Cells = heads.iter().cloned().zip(record.iter().map(tidy)).collect();
        take_row(name, line, cells, &mut out, faults);
    }
    if heads.is_empty() {
        faults.push(Fault::new(
            name,
            0,
            "no head line",
            "field_id,value,detail,source,date or op,label,weapon,dimension,value,...",
            "name the columns in the first line",
        ));
    }
    out
}

/// Reads rows of a table whose first row names the columns.
pub fn read_table(name: &str, table: Vec<(u32, Vec<String>)>, faults: &mut Vec<Fault>) -> Rows {
    let mut out = Rows::default();
    let mut heads: Vec<String> = Vec::new();
    for (line, cells) in table {
        let line = line as usize;
        if cells.iter().all(|c| c.trim().is_empty()) {
            continue;
        }
        if let Some(first) = cells.first().and_then(|c| c.strip_prefix("#:"))
            && heads.is_empty()
        {
            if let Some((key, value)) = first.split_once('=') {
                note_head(&mut out.head, line, key.trim(), value.trim());
            }
            continue;
        }
        if heads.is_empty() {
            // Titles may stand above the table: its head is the first row that names a field and a value.
            let named: Vec<String> = cells.iter().map(|c| column(c)).collect();
            let has = |n: &str| named.iter().any(|h| h == n);
            if has("value") && (has("field_id") || has("label")) {
                check_heads(name, line, &named, &mut out.unread, faults);
                heads = named;
            }
            continue;
        }
        let cells: Cells = heads
            .iter()
            .zip(cells.iter().map(|c| tidy(c)).chain(std::iter::repeat(String::new())))
            .filter(|(head, _)| !head.is_empty())
            .map(|(head, cell)| (head.clone(), cell))
            .collect();
        take_row(name, line, cells, &mut out, faults);
    }
    if heads.is_empty() {
        faults.push(Fault::new(
            name,
            0,
            "no row that names the columns",
            "a row with `field_id` or `label`, and `value`",
            "name the columns above the rows",
        ));
    }
    out
}

fn check_heads(name: &str, line: usize, heads: &[String], unread: &mut Vec<String>, faults: &mut Vec<Fault>) {
    for (at, head) in heads.iter().enumerate() {
        if !head.is_empty() && heads.iter().take(at).any(|h| h == head) {
            faults.push(Fault::new(
                name,
                line,
                format!("the column `{head}` a second time"),
                "each column once",
                "remove or rename one of the two",
            ));
        }
    }
    let has = |n: &str| heads.iter().any(|h| h == n);
    if !has("value") || !(has("field_id") || has("label")) {
        faults.push(Fault::new(
            name,
            line,
            format!("the columns {}", heads.join(",")),
            "`value`, and `field_id` or `label` (with op, weapon, dimension)",
            "name the columns so",
        ));
    }
    let known = |h: &&String| comity_engine::r1540::place::COLUMNS.contains(&h.as_str());
    *unread = heads.iter().filter(|h| !h.is_empty() && !known(h)).cloned().collect();
}

fn take_row(name: &str, line: usize, mut cells: Cells, out: &mut Rows, faults: &mut Vec<Fault>) {
    if let Some(kept) = cells.remove("kept").filter(|k| !k.is_empty()) {
        match serde_json::from_str::<KeptFile>(&kept) {
            Ok(kept) => out.kept.push(kept.into()),
            Err(error) => faults.push(Fault::new(
                name,
                line,
                format!("column `kept`: {error}"),
                "a row as an export wrote it",
                "leave this column as it was exported",
            )),
        }
        return;
    }
    if cells.values().any(|c| !c.is_empty()) {
        out.rows.push((u32::try_from(line).unwrap_or(u32::MAX), cells));
    }
}

fn note_head(head: &mut Head, line: usize, key: &str, value: &str) {
    head.lines.insert(key.to_owned(), line);
    let text = || Some(value.to_owned()).filter(|v| !v.is_empty());
    match key {
        "state" => head.state = text(),
        "date" => head.date = text(),
        "edition" => head.edition = text(),
        "life" => head.life = text(),
        "part" => head.is_part = Some(value == "yes" || value == "true"),
        _ => {}
    }
}

/// Reads JSON: the form of an export, or an object of fields, or a list of rows. A key that stands twice in an object is a fault.
pub fn read_json(name: &str, text: &str, faults: &mut Vec<Fault>) -> Rows {
    let mut out = Rows::default();
    let source = Source::new(name, text.trim_start_matches('\u{feff}'));
    let Some(root) = source.json(faults) else { return out };
    let wrong = |found: String, expected: &str| Fault::new(name, 0, found, expected, "correct the file");
    match &root.kind {
        NodeKind::List(rows) => {
            for (at, row) in rows.iter().enumerate() {
                json_row(name, at + 1, None, row, &mut out, faults);
            }
        }
        NodeKind::Table(keys) => {
            let find = |key: &str| keys.iter().find(|(k, _, _)| k == key).map(|(_, _, node)| node);
            for key in ["state", "date", "edition", "life", "part"] {
                match find(key).map(|n| &n.kind) {
                    Some(NodeKind::Text(text)) => note_head(&mut out.head, 0, key, text),
                    Some(NodeKind::Truth(truth)) => {
                        note_head(&mut out.head, 0, key, if *truth { "yes" } else { "no" })
                    }
                    None | Some(NodeKind::Null) => {}
                    Some(other) => faults.push(wrong(format!("`{key}` is {}", other.what()), "a text")),
                }
            }
            if let Some(form) = find("form")
                && form.kind != NodeKind::Text(FORM.to_owned())
            {
                faults.push(wrong("a matrix of another form".to_owned(), FORM));
            }
            let fields = match find("fields").map(|n| &n.kind) {
                Some(NodeKind::Table(fields)) => fields.iter().collect::<Vec<_>>(),
                Some(other) => {
                    faults.push(wrong(format!("`fields` is {}", other.what()), "an object of fields"));
                    return out;
                }
                None => {
                    let of_head = ["state", "date", "edition", "life", "part", "form", "disclaimer", "kept"];
                    keys.iter().filter(|(k, _, _)| !of_head.contains(&k.as_str())).collect()
                }
            };
            let mut at = 0;
            for (field, _, node) in fields {
                let rows = match &node.kind {
                    NodeKind::List(rows) => rows.iter().collect(),
                    _ => vec![node],
                };
                for row in rows {
                    at += 1;
                    json_row(name, at, Some(field), row, &mut out, faults);
                }
            }
            match find("kept").map(|n| &n.kind) {
                None => {}
                Some(NodeKind::List(rows)) => {
                    for row in rows {
                        match kept_of(row) {
                            Some(kept) => out.kept.push(kept),
                            None => faults.push(wrong(
                                "a row of `kept` of another form".to_owned(),
                                "line, why, cells",
                            )),
                        }
                    }
                }
                Some(other) => faults.push(wrong(format!("`kept` is {}", other.what()), "a list")),
            }
        }
        other => faults
            .push(wrong(format!("the file is {}", other.what()), "an object of fields, or a list of rows")),
    }
    out
}

fn json_row(
    name: &str,
    at: usize,
    field: Option<&str>,
    node: &Node,
    out: &mut Rows,
    faults: &mut Vec<Fault>,
) {
    let mut cells = Cells::new();
    let fault = |found: String| {
        let place = field.map_or_else(|| format!("row {at}"), |f| format!("field {f}"));
        Fault::new(name, 0, format!("{place}: {found}"), "texts", "correct the value")
    };
    match &node.kind {
        NodeKind::Table(keys) => {
            for (key, _, value) in keys {
                let text = match &value.kind {
                    NodeKind::Text(text) | NodeKind::Number(text) | NodeKind::Date(text) => tidy(text),
                    NodeKind::Null => String::new(),
                    other => {
                        faults.push(fault(format!("`{key}` is {}", other.what())));
                        continue;
                    }
                };
                let head = column(key);
                if !comity_engine::r1540::place::COLUMNS.contains(&head.as_str())
                    && !out.unread.contains(&head)
                {
                    out.unread.push(head.clone());
                }
                if cells.insert(head.clone(), text).is_some() {
                    faults.push(fault(format!("`{head}` a second time")));
                }
            }
        }
        NodeKind::Text(text) if field.is_some() => {
            cells.insert("value".to_owned(), tidy(text));
        }
        other => {
            faults.push(fault(format!("this is {}", other.what())));
            return;
        }
    }
    if let Some(field) = field {
        cells.entry("field_id".to_owned()).or_insert_with(|| field.to_owned());
    }
    take_row(name, at, cells, out, faults);
}

fn kept_of(node: &Node) -> Option<Unplaced> {
    let NodeKind::Table(keys) = &node.kind else { return None };
    let find = |key: &str| keys.iter().find(|(k, _, _)| k == key).map(|(_, _, node)| &node.kind);
    let (Some(NodeKind::Number(line)), Some(NodeKind::Text(why)), Some(NodeKind::Table(cells))) =
        (find("line"), find("why"), find("cells"))
    else {
        return None;
    };
    let cells = cells
        .iter()
        .map(|(key, _, value)| match &value.kind {
            NodeKind::Text(text) => Some((key.clone(), text.clone())),
            _ => None,
        })
        .collect::<Option<_>>()?;
    Some(Unplaced { line: line.parse().ok()?, why: why.parse().ok()?, cells })
}

/// The JSON form of an edition.
#[derive(Serialize, Deserialize)]
struct MatrixFile {
    disclaimer: String,
    form: String,
    state: StateCode,
    date: String,
    edition: String,
    life: Life,
    part: bool,
    fields: BTreeMap<String, Vec<FactFile>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    kept: Vec<KeptFile>,
}

#[derive(Serialize, Deserialize)]
struct FactFile {
    value: CellValue,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    detail: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    law: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    article: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    law_date: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    source: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    source_date: String,
    entry: Entry,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    confidence: Option<Confidence>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    by: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    on: Option<Day>,
}

#[derive(Serialize, Deserialize)]
struct KeptFile {
    line: u32,
    why: WhyUnplaced,
    cells: BTreeMap<String, String>,
}

impl From<KeptFile> for Unplaced {
    fn from(kept: KeptFile) -> Self {
        Self { line: kept.line, why: kept.why, cells: kept.cells }
    }
}

impl From<&Unplaced> for KeptFile {
    fn from(row: &Unplaced) -> Self {
        Self { line: row.line, why: row.why, cells: row.cells.clone() }
    }
}

/// Writes the JSON form.
pub fn write_json(catalogue: &R1540, edition: &Edition) -> Result<String, serde_json::Error> {
    let mut fields: BTreeMap<String, Vec<FactFile>> = BTreeMap::new();
    for fact in &edition.facts {
        fields.entry(fact.field.clone()).or_default().push(FactFile {
            value: fact.value,
            detail: fact.detail.clone(),
            law: fact.law.title.clone(),
            article: fact.law.article.clone(),
            law_date: fact.law.date.clone(),
            source: fact.source.clone(),
            source_date: fact.source_date.clone(),
            entry: fact.entry,
            confidence: fact.confidence,
            by: fact.by.clone(),
            on: fact.on,
        });
    }
    let file = MatrixFile {
        disclaimer: catalogue.disclaimer.clone(),
        form: FORM.to_owned(),
        state: edition.state,
        date: edition.date.to_string(),
        edition: edition.name.clone(),
        life: edition.life,
        part: edition.is_part,
        fields,
        kept: edition.unplaced.iter().map(KeptFile::from).collect(),
    };
    Ok(format!("{}\n", serde_json::to_string_pretty(&file)?))
}

/// Reads the JSON form as it lies in the data folder, whole and in order.
pub fn read_stored(bytes: &[u8]) -> Result<Edition, String> {
    let file: MatrixFile = serde_json::from_slice(bytes).map_err(|e| e.to_string())?;
    if file.form != FORM {
        return Err(format!("form `{}`; this program reads {FORM}", file.form));
    }
    let date: DateValue = file.date.parse().map_err(|e| format!("{e}"))?;
    let mut facts = Vec::new();
    for (field, rows) in file.fields {
        for row in rows {
            facts.push(Fact {
                field: field.clone(),
                value: row.value,
                detail: row.detail,
                law: LawCited { title: row.law, article: row.article, date: row.law_date },
                source: row.source,
                source_date: row.source_date,
                entry: row.entry,
                confidence: row.confidence,
                by: row.by,
                on: row.on,
            });
        }
    }
    Ok(Edition {
        state: file.state,
        date,
        name: file.edition,
        life: file.life,
        is_part: file.part,
        facts,
        unplaced: file.kept.into_iter().map(Unplaced::from).collect(),
    })
}

/// Writes the CSV form: comments with the disclaimer and the head, a line a fact, a line a row that is kept.
pub fn write_csv(catalogue: &R1540, edition: &Edition) -> Result<String, String> {
    let mut out = format!("# {}\n# {}\n", catalogue.disclaimer, catalogue.reconstructed);
    for (key, value) in [
        ("state", edition.state.to_string()),
        ("date", edition.date.to_string()),
        ("edition", edition.name.clone()),
        ("life", edition.life.to_string()),
        ("part", if edition.is_part { "yes" } else { "no" }.to_owned()),
    ] {
        out.push_str(&format!("#: {key} = {value}\n"));
    }
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    let put = |w: &mut csv::Writer<Vec<u8>>, row: &[&str]| w.write_record(row).map_err(|e| e.to_string());
    put(&mut writer, &COLUMNS)?;
    for f in &edition.facts {
        let on = f.on.map(|d| d.to_string()).unwrap_or_default();
        let confidence = f.confidence.map_or("", Confidence::word);
        put(
            &mut writer,
            &[
                &f.field,
                f.value.shown(),
                &f.detail,
                &f.law.title,
                &f.law.article,
                &f.law.date,
                &f.source,
                &f.source_date,
                f.entry.word(),
                confidence,
                &f.by,
                &on,
                "",
            ],
        )?;
    }
    for row in &edition.unplaced {
        let kept = serde_json::to_string(&KeptFile::from(row)).map_err(|e| e.to_string())?;
        let mut cells = [""; 13];
        if let Some(last) = cells.last_mut() {
            *last = &kept;
        }
        put(&mut writer, &cells)?;
    }
    let bytes = writer.into_inner().map_err(|e| e.to_string())?;
    out.push_str(&String::from_utf8(bytes).map_err(|e| e.to_string())?);
    Ok(out)
}

/// What kind of file the bytes are, by their beginning and the name's ending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Comma separated values.
    Csv,
    /// JSON.
    Json,
    /// A workbook.
    Xlsx,
    /// A PDF itself, whose text has to be drawn first.
    Pdf,
    /// Text drawn from a page.
    Text,
}

impl Kind {
    /// Tells the kind.
    pub fn of(path: &Path, bytes: &[u8]) -> Self {
        let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_lowercase();
        if bytes.starts_with(b"%PDF") {
            return Self::Pdf;
        }
        if bytes.starts_with(b"PK\x03\x04") || ["xlsx", "xlsm"].contains(&ending.as_str()) {
            return Self::Xlsx;
        }
        match ending.as_str() {
            "csv" => Self::Csv,
            "json" => Self::Json,
            "txt" | "text" => Self::Text,
            "pdf" => Self::Pdf,
            _ => match bytes.iter().find(|b| !b.is_ascii_whitespace()) {
                Some(b'{' | b'[') => Self::Json,
                _ => Self::Csv,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use comity_engine::r1540::place::Places;
    use proptest::prelude::*;

    fn edition_of(catalogue: &R1540, rows: Rows) -> Edition {
        let places = Places::new(catalogue, &[]);
        let mut edition = Edition {
            state: rows.head.state.unwrap().parse().unwrap(),
            date: rows.head.date.unwrap().parse().unwrap(),
            name: rows.head.edition.unwrap(),
            life: rows.head.life.unwrap().parse().unwrap(),
            is_part: rows.head.is_part.unwrap(),
            facts: rows.rows.iter().map(|(_, cells)| places.fact(cells).unwrap().0).collect(),
            unplaced: rows.kept,
        };
        places.order(&mut edition);
        edition
    }

    fn text() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("#: state = XX\n".to_owned()),
            Just("\n# note".to_owned()),
            Just("\"quoted, and more\"".to_owned()),
            Just("\r\nnext".to_owned()),
            "[ -~]{0,12}",
            "\\PC{0,8}",
        ];
        proptest::collection::vec(piece, 0..4).prop_map(|p| tidy(&p.concat()))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

        /// An edition written and read back is the same, and written again it has the same bytes; in both forms.
        #[test]
        fn an_export_read_back_gives_equal_bytes(
            facts in proptest::collection::vec((0usize..370, 0usize..4, text(), text(), text(), 0usize..3), 0..40),
            kept in proptest::collection::vec((1u32..5000, text(), text()), 0..4),
        ) {
            let book = crate::world::embedded().unwrap();
            let catalogue = book.r1540();
            let places = Places::new(catalogue, &[]);
            let mut edition = Edition {
                state: catalogue.editions[0].state,
                date: "2014-05".parse().unwrap(),
                name: "S/2014/1".into(),
                life: Life::WithState,
                is_part: false,
                facts: Vec::new(),
                unplaced: Vec::new(),
            };
            for (field, value, detail, law, source, entry) in facts {
                let field = &catalogue.fields[field];
                let row = catalogue.row_of(field).unwrap();
                let value = row.values[value % row.values.len()];
                // In rows that take text, text stands for the mark.
                let detail = if row.takes_text && value == CellValue::Blank { String::new() } else { detail };
                edition.facts.push(Fact {
                    field: field.id.clone(),
                    value,
                    detail,
                    law: LawCited { title: law, article: String::new(), date: "2004".into() },
                    source,
                    source_date: String::new(),
                    entry: Entry::ALL[entry],
                    confidence: (entry == 2).then_some(Confidence::Low),
                    by: "desk".into(),
                    on: Day::new(2026, 1, 1),
                });
            }
            for (line, label, value) in kept {
                let cells = [("label".to_owned(), label), ("value".to_owned(), value)].into();
                edition.unplaced.push(Unplaced { line, cells, why: WhyUnplaced::Unmapped });
            }
            places.order(&mut edition);

            let csv = write_csv(catalogue, &edition).unwrap();
            let mut faults = Vec::new();
            let read = read_csv("x.csv", &csv, &mut faults);
            prop_assert!(faults.is_empty(), "{faults:?}\n{csv}");
            let again = edition_of(catalogue, read);
            prop_assert_eq!(&again, &edition);
            prop_assert_eq!(write_csv(catalogue, &again).unwrap(), csv);

            let json = write_json(catalogue, &edition).unwrap();
            let read = read_json("x.json", &json, &mut faults);
            prop_assert!(faults.is_empty(), "{faults:?}");
            prop_assert_eq!(&edition_of(catalogue, read), &edition);
            let mut stored = read_stored(json.as_bytes()).unwrap();
            places.order(&mut stored);
            prop_assert_eq!(&stored, &edition);
        }

        /// No text makes a reader stop.
        #[test]
        fn readers_take_any_text(text in "\\PC{0,200}") {
            let book = crate::world::embedded().unwrap();
            read_csv("x", &text, &mut Vec::new());
            read_json("x", &text, &mut Vec::new());
            super::super::drawn::read(book.r1540(), &text);
        }
    }
}
