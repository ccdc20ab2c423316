//! Reads `data/states`: States and territories with their names, treaties and regimes, the dated events between them, disputed positions.
//!
//! [`load`] reads a whole folder and reports every fault it finds, with file and line. Whatever is at fault is left out of the result, so
//! that reading goes on; a collection with faults is for further checking only and is never to be used for an answer.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;
use std::path::Path;
use std::str::FromStr;

use comity_model::standing::{
    Basis, Coverage, EventKind, LocalName, Memory, NameKey, NoteRef, Position, Slot, Source, SourceRef,
    State, States, StatusEvent, StatusWord, Territory, Treaty, TreatyKind, TreatyRef, UnStatus, fold,
};
use comity_model::{DateValue, Day, Evidence, StateCode};
use serde::Deserialize;
use toml::Spanned;

use crate::fault::Fault;

/// The largest file that is read, in bytes; the data have under one tenth of it.
const FILE_BYTES_MAX: u64 = 8 << 20;

/// Reads the folder `dir` (`data/states`). All faults go to `faults`; without any, the collection is whole.
pub fn load(dir: &Path, faults: &mut Vec<Fault>) -> States {
    let states = States { notes: vec![String::new()], ..States::default() };
    let mut load = Load { dir, faults, states, lines: BTreeMap::new(), events: Vec::new() };
    load.read_sources();
    load.read_states();
    load.read_territories();
    load.read_names();
    let files = load.read_treaties();
    load.read_positions();
    load.check_histories(&files);
    load.states.events = load.events.into_iter().map(|(event, _)| event).collect();
    load.states
}

/// A treaty and its file, for messages.
struct TreatyFile {
    treaty: TreatyRef,
    file: String,
}

/// One line of a table: fields by the order of the header.
struct Row {
    line: usize,
    fields: Vec<String>,
}

impl Row {
    fn get(&self, at: usize) -> &str {
        self.fields.get(at).map_or("", String::as_str)
    }
}

struct Load<'a> {
    dir: &'a Path,
    faults: &'a mut Vec<Fault>,
    states: States,
    /// Where each State and territory stands in its table.
    lines: BTreeMap<StateCode, usize>,
    /// Events with their lines.
    events: Vec<(StatusEvent, usize)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TreatiesToml {
    #[serde(default)]
    basis: Vec<BasisToml>,
    #[serde(default)]
    treaty: Vec<TreatyToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BasisToml {
    id: Spanned<String>,
    title: String,
    treaties: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TreatyToml {
    id: Spanned<String>,
    title: String,
    kind: Spanned<String>,
    of: Option<Spanned<String>>,
    #[serde(default)]
    zone: bool,
    coverage: Spanned<String>,
    as_of: Spanned<String>,
    opened: Option<Spanned<String>>,
    source: Vec<Spanned<String>>,
    facts: Spanned<usize>,
    #[serde(default)]
    note: String,
}

const STATES: &str = "states.csv";
const TERRITORIES: &str = "territories.csv";
const SOURCES: &str = "sources.csv";
const TREATIES: &str = "treaties.toml";
const POSITIONS: &str = "positions.csv";

/// Languages of the name columns, in the order of the columns.
const LANGUAGES: [&str; 6] = ["zh", "zh-Hant", "fr", "es", "ru", "ar"];

impl Load<'_> {
    fn fault(
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
    fn text(&mut self, file: &str) -> Option<String> {
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
    fn table(&mut self, file: &str, columns: &[&str]) -> Vec<Row> {
        let Some(text) = self.text(file) else { return Vec::new() };
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
    fn parse<T>(&mut self, file: &str, line: usize, text: &str, remedy: &str) -> Option<T>
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
    fn date(&mut self, file: &str, line: usize, column: &str, text: &str) -> Option<DateValue> {
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

    fn source(&mut self, file: &str, line: usize, id: &str) -> Option<SourceRef> {
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

    fn read_sources(&mut self) {
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

    /// The codes that open a line of a table of States or territories.
    fn codes(&mut self, file: &str, row: &Row) -> Option<(StateCode, String, String)> {
        let code = self.parse(file, row.line, row.get(0), "give the ISO 3166-1 alpha-2 code");
        let iso3 = row.get(1);
        let iso3_good = iso3.len() == 3 && iso3.bytes().all(|b| b.is_ascii_uppercase());
        if !iso3_good {
            self.fault(
                file,
                row.line,
                format!("`{iso3}` as iso3"),
                "three capital letters",
                "give the ISO 3166-1 alpha-3 code",
            );
        }
        let m49 = row.get(2);
        let m49_good = m49.len() == 3 && m49.bytes().all(|b| b.is_ascii_digit());
        if !m49_good {
            self.fault(
                file,
                row.line,
                format!("`{m49}` as m49"),
                "three digits",
                "give the M49 number with its leading zeros",
            );
        }
        let name_good = !row.get(if file == STATES { 6 } else { 3 }).is_empty();
        if !name_good {
            self.fault(file, row.line, "no name_en", "a name in English", "complete the line");
        }
        code.filter(|_| iso3_good && m49_good && name_good)
            .map(|code| (code, iso3.to_owned(), m49.to_owned()))
    }

    fn read_states(&mut self) {
        let columns = [
            "iso2",
            "iso3",
            "m49",
            "un_status",
            "admission_year",
            "group",
            "name_en",
            "formal_name",
            "name_zh",
            "name_zh_hant",
            "name_fr",
            "name_es",
            "name_ru",
            "name_ar",
            "aliases",
            "note",
        ];
        let mut states = BTreeMap::new();
        for row in self.table(STATES, &columns) {
            let codes = self.codes(STATES, &row);
            let un_status = self.parse::<UnStatus>(STATES, row.line, row.get(3), "correct the word");
            let year = row.get(4);
            let admission_year = if year.is_empty() {
                None
            } else {
                year.parse::<i16>().ok().filter(|y| (1945..=9999).contains(y))
            };
            if admission_year.is_none() && !year.is_empty() {
                self.fault(
                    STATES,
                    row.line,
                    format!("`{year}` as admission_year"),
                    "a year from 1945 on, or nothing",
                    "correct the year",
                );
                continue;
            }
            let (Some((code, iso3, m49)), Some(un_status)) = (codes, un_status) else { continue };
            let state = State {
                code,
                iso3,
                m49,
                un_status,
                admission_year,
                group: row.get(5).into(),
                name: row.get(6).into(),
                formal_name: row.get(7).into(),
                names: local_names(LANGUAGES.iter().zip(8..).map(|(l, at)| (*l, row.get(at)))),
                aliases: set(row.get(14)),
                note: row.get(15).into(),
            };
            self.lines.insert(code, row.line);
            if states.insert(code, state).is_some() {
                self.fault(
                    STATES,
                    row.line,
                    format!("State {code} a second time"),
                    "one line a State",
                    "remove one of the two lines",
                );
            }
        }
        self.states.states = states.into_values().collect();
    }

    fn read_territories(&mut self) {
        let columns = [
            "iso2", "iso3", "m49", "name_en", "name_zh", "name_fr", "name_es", "name_ru", "name_ar",
            "aliases",
        ];
        let mut territories = BTreeMap::new();
        for row in self.table(TERRITORIES, &columns) {
            let Some((code, iso3, m49)) = self.codes(TERRITORIES, &row) else { continue };
            if self.states.state(code).is_some() {
                self.fault(
                    TERRITORIES,
                    row.line,
                    format!("{code}, which is in states.csv"),
                    "a code that is no State's",
                    "remove one of the two lines",
                );
                continue;
            }
            let languages = LANGUAGES.iter().filter(|l| **l != "zh-Hant");
            let territory = Territory {
                code,
                iso3,
                m49,
                name: row.get(3).into(),
                names: local_names(languages.zip(4..).map(|(l, at)| (*l, row.get(at)))),
                aliases: set(row.get(9)),
            };
            self.lines.insert(code, row.line);
            if territories.insert(code, territory).is_some() {
                self.fault(
                    TERRITORIES,
                    row.line,
                    format!("territory {code} a second time"),
                    "one line a territory",
                    "remove one of the two lines",
                );
            }
        }
        self.states.territories = territories.into_values().collect();
    }

    /// The table of folded names and codes; a name that points to two places is a fault.
    fn read_names(&mut self) {
        let mut keys: BTreeMap<String, (StateCode, String)> = BTreeMap::new();
        let mut clashes = Vec::new();
        let mut add = |code: StateCode, text: &str| {
            let key = fold(text);
            if key.is_empty() {
                return;
            }
            match keys.get(&key) {
                Some((other, as_text)) if *other != code => {
                    clashes.push((code, text.to_owned(), *other, as_text.clone()))
                }
                Some(_) => {}
                None => {
                    keys.insert(key, (code, text.to_owned()));
                }
            }
        };
        for s in &self.states.states {
            let own = [s.code.as_str(), &s.iso3, &s.name, &s.formal_name];
            own.into_iter()
                .chain(s.names.iter().map(|n| n.text.as_str()))
                .chain(s.aliases.iter().map(String::as_str))
                .for_each(|text| add(s.code, text));
        }
        for t in &self.states.territories {
            let own = [t.code.as_str(), &t.iso3, &t.name];
            own.into_iter()
                .chain(t.names.iter().map(|n| n.text.as_str()))
                .chain(t.aliases.iter().map(String::as_str))
                .for_each(|text| add(t.code, text));
        }
        self.states.names = keys.into_iter().map(|(key, (code, _))| NameKey { key, code }).collect();
        for (code, text, other, as_text) in clashes {
            let file = if self.states.state(code).is_some() { STATES } else { TERRITORIES };
            let line = self.lines.get(&code).copied().unwrap_or(0);
            self.fault(
                file,
                line,
                format!("`{text}` of {code}, which reads as `{as_text}` of {other}"),
                "a name, alias or code that points to one place",
                "remove it from one of the two, or make it longer",
            );
        }
    }

    fn read_treaties(&mut self) -> Vec<TreatyFile> {
        let Some(text) = self.text(TREATIES) else { return Vec::new() };
        let line = |span: Range<usize>| line_at(&text, span.start);
        let read: TreatiesToml = match toml::from_str(&text) {
            Ok(read) => read,
            Err(error) => {
                let at = error.span().map_or(0, line);
                self.fault(
                    TREATIES,
                    at,
                    error.message().trim(),
                    "",
                    "correct the line; the head of the file names the keys",
                );
                return Vec::new();
            }
        };
        let mut treaties: BTreeMap<String, (Treaty, usize, usize)> = BTreeMap::new();
        let mut parents = Vec::new();
        for t in read.treaty {
            let at = line(t.id.span());
            let id = t.id.into_inner();
            if id.is_empty() || !id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-')
            {
                self.fault(
                    TREATIES,
                    at,
                    format!("id `{id}`"),
                    "capital letters, digits and hyphens",
                    "correct the id and the name of its file",
                );
                continue;
            }
            let kind =
                self.parse::<TreatyKind>(TREATIES, line(t.kind.span()), t.kind.get_ref(), "correct the word");
            let coverage = self.parse::<Coverage>(
                TREATIES,
                line(t.coverage.span()),
                t.coverage.get_ref(),
                "correct the word",
            );
            let facts = *t.facts.get_ref();
            let as_of = match t.as_of.get_ref().as_str() {
                "unknown" if facts == 0 => Some(DateValue::Unknown),
                text => self.date(TREATIES, line(t.as_of.span()), "as_of", text),
            };
            let opened = t.opened.as_ref().map(|o| {
                self.parse::<Day>(
                    TREATIES,
                    line(o.span()),
                    o.get_ref(),
                    "give the day of the first signature, or leave `opened` out",
                )
            });
            let mut sources = Vec::new();
            for s in &t.source {
                sources.extend(self.source(TREATIES, line(s.span()), s.get_ref()));
            }
            let (Some(kind), Some(coverage), Some(as_of)) = (kind, coverage, as_of) else { continue };
            if coverage == Coverage::Complete && t.source.is_empty() {
                self.fault(
                    TREATIES,
                    at,
                    format!("`{id}` complete without a source"),
                    "a source",
                    "say what the coverage rests on",
                );
                continue;
            }
            if let Some(of) = &t.of {
                parents.push((line(of.span()), of.get_ref().clone()));
            }
            let treaty = Treaty {
                id: id.clone(),
                title: t.title,
                kind,
                of: t.of.map(Spanned::into_inner),
                zone: t.zone,
                coverage,
                as_of,
                opened: opened.flatten(),
                sources,
                note: t.note,
            };
            if treaties.insert(id.clone(), (treaty, facts, line(t.facts.span()))).is_some() {
                self.fault(
                    TREATIES,
                    at,
                    format!("`{id}` a second time"),
                    "one entry a treaty",
                    "remove one of the two",
                );
            }
        }
        for (at, of) in parents {
            if !treaties.contains_key(&of) {
                self.fault(TREATIES, at, format!("of = `{of}`"), "an id of this file", "correct the id");
            }
        }
        let mut files = Vec::new();
        let mut expected = BTreeMap::new();
        for ((id, (treaty, facts, facts_line)), at) in treaties.into_iter().zip(0..) {
            self.states.treaties.push(treaty);
            if facts > 0 {
                files.push(TreatyFile { treaty: TreatyRef(at), file: format!("treaties/{id}.csv") });
            }
            expected.insert(at, (facts, facts_line));
        }
        self.read_bases(read.basis, &text);
        self.check_folder(&files);
        for file in &files {
            let (facts, facts_line) = expected.get(&file.treaty.0).copied().unwrap_or_default();
            let seen = self.read_file(file);
            if seen != facts {
                self.fault(
                    TREATIES,
                    facts_line,
                    format!("facts = {facts}, where {} has {seen} lines", file.file),
                    "the same number",
                    "if the file was cut short, restore it; if a fact came or went, change the number",
                );
            }
        }
        files
    }

    fn read_bases(&mut self, bases: Vec<BasisToml>, text: &str) {
        let mut seen = BTreeSet::new();
        for b in bases {
            let at = line_at(text, b.id.span().start);
            let id = b.id.into_inner();
            let mut slots = Vec::new();
            for t in b.treaties {
                match (t.get_ref().as_str(), self.states.treaty_ref(t.get_ref())) {
                    ("zone", _) => slots.push(Slot::Zone),
                    (_, Some(treaty)) => slots.push(Slot::Treaty(treaty)),
                    (other, None) => {
                        let found = format!("`{other}` in basis `{id}`");
                        self.fault(
                            TREATIES,
                            line_at(text, t.span().start),
                            found,
                            "an id of this file, or `zone`",
                            "correct the id",
                        );
                    }
                }
            }
            if !seen.insert(id.clone()) {
                self.fault(
                    TREATIES,
                    at,
                    format!("basis `{id}` a second time"),
                    "one entry a basis",
                    "remove one of the two",
                );
            } else {
                self.states.bases.push(Basis { id, title: b.title, slots });
            }
        }
    }

    /// Every file of `treaties/` belongs to a treaty.
    fn check_folder(&mut self, files: &[TreatyFile]) {
        let Ok(folder) = fs::read_dir(self.dir.join("treaties")) else { return };
        let mut names: Vec<String> =
            folder.flatten().map(|e| format!("treaties/{}", e.file_name().to_string_lossy())).collect();
        names.sort();
        for name in names {
            if !files.iter().any(|f| f.file == name) {
                self.fault(
                    &name,
                    0,
                    "a file that no treaty of treaties.toml names",
                    "one file for each treaty with facts above 0",
                    "add the treaty to treaties.toml, or remove the file",
                );
            }
        }
    }

    /// Reads one file of events; the number of its lines.
    fn read_file(&mut self, file: &TreatyFile) -> usize {
        let rows = self.table(&file.file, &["state", "event", "date", "source", "as_of", "note"]);
        let opened = self.states.treaty(file.treaty).and_then(|t| t.opened);
        let mut seen: BTreeMap<(StateCode, EventKind, DateValue), usize> = BTreeMap::new();
        let count = rows.len();
        for row in rows {
            let line = row.line;
            let state =
                self.parse::<StateCode>(&file.file, line, row.get(0), "give the ISO 3166-1 alpha-2 code");
            let kind = self.parse::<EventKind>(
                &file.file,
                line,
                row.get(1),
                "use one of the words in the head of treaties.toml",
            );
            let date = if row.get(2).is_empty() {
                Some(DateValue::Unknown)
            } else {
                self.date(&file.file, line, "date", row.get(2))
            };
            let source = self.source(&file.file, line, row.get(3));
            let as_of = self.date(&file.file, line, "as_of", row.get(4));
            let (Some(state), Some(kind), Some(date), Some(source), Some(as_of)) =
                (state, kind, date, source, as_of)
            else {
                continue;
            };
            if self.states.state(state).is_none() {
                let found = match self.states.territory(state) {
                    Some(t) => format!("{state} ({}), which is in territories.csv", t.name),
                    None => format!("{state}, which is in no table"),
                };
                self.fault(&file.file, line, found, "a State of states.csv", "correct the code");
                continue;
            }
            if let Some(first) = seen.insert((state, kind, date.clone()), line) {
                let found = format!("{kind} of {state} as on line {first}");
                self.fault(&file.file, line, found, "each fact once", "remove one of the two lines");
                continue;
            }
            if let (Some(opened), Some(latest)) = (opened, date.latest())
                && latest < opened
            {
                let found = format!("{kind} of {state} on {date}");
                self.fault(
                    &file.file,
                    line,
                    found,
                    format!("a date from {opened} on, when the treaty was opened"),
                    "correct the date, or `opened` in treaties.toml",
                );
                continue;
            }
            if let (Some(earliest), Some(latest)) = (date.earliest(), as_of.latest())
                && latest < earliest
            {
                let found = format!("{kind} of {state} on {date}, known as of {as_of}");
                self.fault(
                    &file.file,
                    line,
                    found,
                    "an as_of that is not before the event",
                    "correct one of the two dates",
                );
                continue;
            }
            let note = self.note(row.get(5));
            let event = StatusEvent { treaty: file.treaty, state, kind, date, source, as_of, note };
            self.events.push((event, line));
        }
        count
    }

    fn note(&mut self, text: &str) -> NoteRef {
        let at = self.states.notes.iter().position(|n| n == text).unwrap_or_else(|| {
            self.states.notes.push(text.to_owned());
            self.states.notes.len() - 1
        });
        NoteRef(u16::try_from(at).unwrap_or(0))
    }

    fn read_positions(&mut self) {
        let columns = [
            "treaty", "state", "from", "position", "status", "counted", "holders", "says", "source", "as_of",
        ];
        let mut positions = BTreeMap::new();
        for row in self.table(POSITIONS, &columns) {
            let line = row.line;
            let treaty = self.states.treaty_ref(row.get(0)).filter(|_| !row.get(0).is_empty());
            if treaty.is_none() {
                self.fault(
                    POSITIONS,
                    line,
                    format!("treaty `{}`", row.get(0)),
                    "an id of treaties.toml",
                    "correct the id",
                );
            }
            let state =
                self.parse::<StateCode>(POSITIONS, line, row.get(1), "give the ISO 3166-1 alpha-2 code");
            let from = self.parse::<Day>(
                POSITIONS,
                line,
                row.get(2),
                "give the day from which the status is in dispute",
            );
            let status = self.parse::<StatusWord>(POSITIONS, line, row.get(4), "correct the word");
            let counted = match row.get(5) {
                "" => Some(false),
                "yes" => Some(true),
                other => {
                    self.fault(
                        POSITIONS,
                        line,
                        format!("`{other}` as counted"),
                        "`yes` or nothing",
                        "correct the word",
                    );
                    None
                }
            };
            let source = self.source(POSITIONS, line, row.get(8));
            let as_of = self.date(POSITIONS, line, "as_of", row.get(9));
            if matches!(status, Some(StatusWord::Unknown | StatusWord::Contested)) {
                self.fault(
                    POSITIONS,
                    line,
                    format!("`{}` as the status of a position", row.get(4)),
                    "a settled status",
                    "say what the position holds",
                );
                continue;
            }
            let (
                Some(treaty),
                Some(state),
                Some(from),
                Some(status),
                Some(counted),
                Some(source),
                Some(as_of),
            ) = (treaty, state, from, status, counted, source, as_of)
            else {
                continue;
            };
            let holders = set(row.get(6));
            if holders.is_empty() || row.get(3).is_empty() || row.get(7).is_empty() {
                self.fault(POSITIONS, line, "no position, holders or says", "all three", "complete the line");
                continue;
            }
            if !holders.is_sorted() {
                self.fault(
                    POSITIONS,
                    line,
                    format!("holders `{}`", row.get(6)),
                    "alphabetical order",
                    "sort the holders",
                );
                continue;
            }
            let id = row.get(3).to_owned();
            let says = row.get(7).into();
            let key = (treaty, state, id.clone());
            let position =
                Position { treaty, state, from, id, status, counted, holders, says, source, as_of };
            if positions.insert(key, position).is_some() {
                self.fault(
                    POSITIONS,
                    line,
                    format!("position `{}` a second time", row.get(3)),
                    "one line a position",
                    "remove one of the two lines",
                );
            }
        }
        self.states.positions = positions.into_values().collect();
    }

    /// Puts the events into their order (undated ones first, then by the last day they can mean), and reports what cannot have happened in
    /// that order, and disputes without positions.
    fn check_histories(&mut self, files: &[TreatyFile]) {
        self.events.sort_by(|(a, _), (b, _)| {
            (a.treaty, a.state, a.date.latest(), a.kind).cmp(&(b.treaty, b.state, b.date.latest(), b.kind))
        });
        for events in self.events.chunk_by(|(a, _), (b, _)| (a.treaty, a.state) == (b.treaty, b.state)) {
            let Some((first, _)) = events.first() else { continue };
            let Some(file) = files.iter().find(|f| f.treaty == first.treaty) else { continue };
            let disputed = !self.states.positions_of(first.treaty, first.state).is_empty();
            for (line, found, expected) in impossible(events, disputed) {
                self.faults.push(Fault::new(
                    &file.file,
                    line,
                    format!("{}: {found}", first.state),
                    expected,
                    "correct the event or its date, or add the event that is missing",
                ));
            }
        }
        for p in &self.states.positions {
            let announced = |e: &StatusEvent| {
                (e.treaty, e.state, e.kind) == (p.treaty, p.state, EventKind::AnnouncedWithdrawal)
                    && e.date == DateValue::Day(p.from)
            };
            if !self.events.iter().any(|(e, _)| announced(e)) {
                self.faults.push(Fault::new(
                    POSITIONS,
                    0,
                    format!("position `{}` on {} from {}", p.id, p.state, p.from),
                    "an event `announced_withdrawal` of that day in the file of the treaty",
                    "add the event, or remove the position",
                ));
            }
        }
    }
}

/// Walks one history and names every step that cannot follow on the one before.
fn impossible(events: &[(StatusEvent, usize)], disputed: bool) -> Vec<(usize, String, &'static str)> {
    let mut out = Vec::new();
    let (mut bound, mut signed, mut ratified) = (false, false, false);
    for (event, line) in events {
        let line = *line;
        let said = format!("{} ({})", event.kind, event.date);
        match event.kind {
            EventKind::Signature if bound => {
                out.push((line, format!("{said} after becoming a party"), "a signature before it"))
            }
            EventKind::Signature => signed = true,
            kind if kind.binds() => {
                if bound {
                    out.push((
                        line,
                        format!("{said} of a State that is a party already"),
                        "one such event, or a withdrawal between",
                    ));
                }
                bound = true;
                ratified = kind == EventKind::Ratification;
            }
            EventKind::Withdrawal => {
                if !bound {
                    out.push((
                        line,
                        format!("{said} of a State that is no party"),
                        "an event before it that makes the State a party",
                    ));
                }
                (bound, signed, ratified) = (false, false, false);
            }
            EventKind::WithdrawalOfRatification => {
                if !ratified || !signed {
                    out.push((line, format!("{said} without signature and ratification"), "both before it"));
                }
                (bound, ratified) = (false, false);
            }
            EventKind::AnnouncedWithdrawal => {
                if !bound {
                    out.push((
                        line,
                        format!("{said} of a State that is no party"),
                        "an event before it that makes the State a party",
                    ));
                }
                if !disputed {
                    out.push((line, format!("{said} without positions"), "the positions in positions.csv"));
                }
            }
            EventKind::Ratification
            | EventKind::Accession
            | EventKind::Acceptance
            | EventKind::Succession
            | EventKind::Party
            | EventKind::InForce
            | EventKind::NotInForce
            | EventKind::Member
            | EventKind::Participant
            | EventKind::Subscriber
            | EventKind::NotSubscriber
            | EventKind::Endorser
            | EventKind::Listed => {}
        }
    }
    out
}

fn set(cell: &str) -> Vec<String> {
    cell.split('|').filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn local_names<'a>(cells: impl Iterator<Item = (&'static str, &'a str)>) -> Vec<LocalName> {
    cells
        .filter(|(_, text)| !text.is_empty())
        .map(|(language, text)| LocalName { language: language.into(), text: text.into() })
        .collect()
}

/// The line of a place in a text, from 1.
fn line_at(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|b| *b == b'\n').count() + 1
}

/// How many comment or empty lines stand from `line` on.
fn comments_from(lines: &[&str], line: usize) -> usize {
    let rest = lines.get(line.saturating_sub(1)..).unwrap_or_default();
    rest.iter().take_while(|l| l.starts_with('#') || l.trim().is_empty()).count()
}
