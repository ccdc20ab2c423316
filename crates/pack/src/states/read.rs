//! Reading the files of `data/states`: texts, tables, dates and the sources they name, each fault with its place.

use std::collections::BTreeMap;
use std::fs;
use std::str::FromStr;

use comity_model::standing::{Memory, Source, SourceRef, TreatyRef};
use comity_model::{DateValue, Evidence, StateCode};

use super::{Load, SOURCES};
use crate::fault::Fault;

/// The largest file that is read, in bytes; the data have under one tenth of it.
const FILE_BYTES_MAX: u64 = 8 << 20;

/// One line of a table: fields by the order of the header.
pub(super) struct Row {
    pub(super) line: usize,
    fields: Vec<String>,
}

impl Row {
    pub(super) fn get(&self, at: usize) -> &str {
        self.fields.get(at).map_or("", String::as_str)
    }
}

impl Load<'_> {
    pub(super) fn fault(
        &mut self,
        file: &str,
        line: usize,
        found: impl Into<String>,
        expected: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.faults.push(Fault::new(file, line, found, expected, remedy));
    }

    /// The text of a file, checked to be whole and UTF-8.
    pub(super) fn text(&mut self, file: &str) -> Option<String> {
        let path = self.dir.join(file);
        let bytes = match fs::metadata(&path).and_then(|m| {
            if m.len() > FILE_BYTES_MAX {
                return Err(std::io::Error::other(format!("{} bytes", m.len())));
            }
            fs::read(&path)
        }) {
            Ok(bytes) => bytes,
            Err(error) => {
                self.fault(
                    file,
                    0,
                    format!("cannot be read ({error})"),
                    format!("a file of at most {FILE_BYTES_MAX} bytes"),
                    "restore it from the version history",
                );
                return None;
            }
        };
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let before = error.as_bytes().get(..at).unwrap_or_default();
                let line = before.iter().filter(|b| **b == b'\n').count() + 1;
                let byte = error.as_bytes().get(at).copied().unwrap_or_default();
                self.fault(
                    file,
                    line,
                    format!("byte 0x{byte:02X} that is no UTF-8"),
                    "text in UTF-8",
                    "save the file in UTF-8; if it was damaged, restore it from the version history",
                );
                return None;
            }
        };
        if !text.ends_with('\n') {
            self.fault(
                file,
                text.lines().count(),
                if text.is_empty() { "an empty file" } else { "a last line without an end" },
                "a file whose last line ends with a line feed",
                "the file may be cut short: compare it with its source, then end its last line",
            );
        }
        Some(text.trim_start_matches('\u{feff}').to_owned())
    }

    /// The rows of a table whose columns are `columns`, in that order.
    pub(super) fn table(&mut self, file: &str, columns: &[&str]) -> Vec<Row> {
        let Some(text) = self.text(file) else { return Vec::new() };
        let text = crate::table::one_line_end(&text);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .comment(Some(b'#'))
            .from_reader(text.as_bytes());
        let lines: Vec<&str> = text.lines().collect();
        let mut rows = Vec::new();
        let mut head_seen = false;
        let mut record = csv::StringRecord::new();
        loop {
            match reader.read_record(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    let line = error.position().map_or(0, |p| usize::try_from(p.line()).unwrap_or(0));
                    self.fault(file, line, format!("{error}"), "a line of a CSV table", "correct the line");
                    break;
                }
            }
            let line = record.position().map_or(0, |p| usize::try_from(p.line()).unwrap_or(0));
            // The reader counts from the first comment above a record; go on to the line of the record itself.
            let line = line + comments_from(&lines, line);
            let fields: Vec<String> = record.iter().map(str::to_owned).collect();
            if !head_seen {
                head_seen = true;
                if fields != columns {
                    self.fault(
                        file,
                        line,
                        format!("the columns `{}`", fields.join(",")),
                        format!("`{}`", columns.join(",")),
                        "restore the head of the table",
                    );
                    return Vec::new();
                }
                continue;
            }
            if fields.len() != columns.len() {
                self.fault(
                    file,
                    line,
                    format!("{} fields", fields.len()),
                    format!("{} fields ({})", columns.len(), columns.join(",")),
                    "complete the line; put a field that holds a comma between double quotes; if it is the last line, the file may be cut short",
                );
                continue;
            }
            rows.push(Row { line, fields });
        }
        if !head_seen {
            self.fault(
                file,
                0,
                "no line of columns",
                format!("`{}`", columns.join(",")),
                "restore the head of the table",
            );
        }
        rows
    }

    /// A word, date or number of a row; a fault if it is none.
    pub(super) fn parse<T>(&mut self, file: &str, line: usize, text: &str, remedy: &str) -> Option<T>
    where
        T: FromStr,
        T::Err: std::fmt::Display,
    {
        match text.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.fault(file, line, format!("{error}"), "", remedy);
                None
            }
        }
    }

    /// A date that is exact to the day, month or year.
    pub(super) fn date(&mut self, file: &str, line: usize, column: &str, text: &str) -> Option<DateValue> {
        let date =
            text.parse::<DateValue>().ok().filter(|d| d.earliest().is_some() && d.earliest() <= d.latest());
        if date.is_none() {
            self.fault(
                file,
                line,
                format!("`{text}` as {column}"),
                "a date of the calendar of the form 2026-11-21, 2026-11, 2026 or 2025..2026",
                "give the date as exactly as the source does, and no more exactly",
            );
        }
        date
    }

    pub(super) fn source(&mut self, file: &str, line: usize, id: &str) -> Option<SourceRef> {
        let at = self.states.sources.binary_search_by(|s| s.id.as_str().cmp(id)).ok();
        let at = at.and_then(|at| u16::try_from(at).ok());
        if at.is_none() {
            let found = if id.is_empty() { "no source".to_owned() } else { format!("source `{id}`") };
            self.fault(
                file,
                line,
                found,
                "an id of sources.csv",
                "add the source to sources.csv, or correct the id",
            );
        }
        at.map(SourceRef)
    }

    /// The sources that a cell names, joined by `|`; a fault where there is none.
    pub(super) fn sources(&mut self, file: &str, line: usize, cell: &str) -> Option<Vec<SourceRef>> {
        let ids: Vec<&str> = cell.split('|').collect();
        let found: Vec<SourceRef> = ids.iter().filter_map(|id| self.source(file, line, id)).collect();
        (found.len() == ids.len()).then_some(found)
    }

    /// The code of a State or territory of the data.
    pub(super) fn place(&mut self, file: &str, line: usize, text: &str) -> Option<StateCode> {
        let code = self.parse::<StateCode>(file, line, text, "give the ISO 3166-1 alpha-2 code")?;
        if self.states.name(code).is_none() {
            self.fault(
                file,
                line,
                format!("{code}, which is in no table"),
                "a code of states.csv or territories.csv",
                "correct the code",
            );
            return None;
        }
        Some(code)
    }

    /// The State that a code names; a fault if it is a territory's.
    pub(super) fn state(&mut self, file: &str, line: usize, text: &str) -> Option<StateCode> {
        let code = self.place(file, line, text)?;
        if self.states.state(code).is_none() {
            self.fault(
                file,
                line,
                format!("{code}, which is in territories.csv"),
                "a State of states.csv",
                "correct the code",
            );
            return None;
        }
        Some(code)
    }

    /// The treaty with this id.
    pub(super) fn treaty(&mut self, file: &str, line: usize, id: &str) -> Option<TreatyRef> {
        let treaty = self.states.treaty_ref(id).filter(|_| !id.is_empty());
        if treaty.is_none() {
            self.fault(file, line, format!("treaty `{id}`"), "an id of treaties.toml", "correct the id");
        }
        treaty
    }

    pub(super) fn read_sources(&mut self) {
        let mut sources = BTreeMap::new();
        for row in self.table(SOURCES, &["id", "title", "terms", "evidence", "from_memory"]) {
            let (line, id) = (row.line, row.get(0));
            if id.is_empty() || row.get(1).is_empty() || row.get(2).is_empty() {
                self.fault(SOURCES, line, "an empty id, title or terms", "all three", "complete the line");
                continue;
            }
            let Some(evidence) =
                self.parse::<Evidence>(SOURCES, line, row.get(3), "R read, S secondary, M memory")
            else {
                continue;
            };
            let memory = match row.get(4) {
                "" => Memory::No,
                "confirmed" => Memory::Confirmed,
                "only" => Memory::Only,
                other => {
                    let found = format!("`{other}` as from_memory");
                    self.fault(SOURCES, line, found, "empty, `confirmed` or `only`", "correct the word");
                    continue;
                }
            };
            if (memory == Memory::Only) != (evidence == Evidence::Memory) {
                let found = format!("evidence {evidence} with from_memory `{}`", row.get(4));
                self.fault(SOURCES, line, found, "M with `only`, and only then", "correct one of the two");
                continue;
            }
            let source = Source {
                id: id.into(),
                title: row.get(1).into(),
                terms: row.get(2).into(),
                evidence,
                memory,
            };
            if sources.insert(id.to_owned(), source).is_some() {
                self.fault(
                    SOURCES,
                    line,
                    format!("source `{id}` a second time"),
                    "one line a source",
                    "remove one of the two lines",
                );
            }
        }
        self.states.sources = sources.into_values().collect();
    }
}

pub(super) fn set(cell: &str) -> Vec<String> {
    cell.split('|').filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// The line of a place in a text, from 1.
pub(super) fn line_at(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|b| *b == b'\n').count() + 1
}

/// How many comment or empty lines stand from `line` on.
fn comments_from(lines: &[&str], line: usize) -> usize {
    let rest = lines.get(line.saturating_sub(1)..).unwrap_or_default();
    rest.iter().take_while(|l| l.starts_with('#') || l.trim().is_empty()).count()
}
