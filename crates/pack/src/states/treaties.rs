//! Treaties and regimes: their table, the bases of standing, and the file of events of each.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;

use comity_model::standing::{
    Basis, Coverage, EventKind, NoteRef, Slot, StatusEvent, Treaty, TreatyKind, TreatyRef,
};
use comity_model::{DateValue, Day, StateCode};
use serde::Deserialize;
use toml::Spanned;

use super::read::line_at;
use super::{Load, TREATIES, TreatyFile};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TreatiesToml {
    #[serde(default)]
    unheld: Vec<String>,
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
    #[serde(default)]
    closed: bool,
    #[serde(default)]
    left_out: Vec<Spanned<String>>,
    opened: Option<Spanned<String>>,
    source: Vec<Spanned<String>>,
    facts: Spanned<usize>,
    #[serde(default)]
    note: String,
}

impl Load<'_> {
    pub(super) fn read_treaties(&mut self) -> Vec<TreatyFile> {
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
        self.states.unheld = read.unheld;
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
            if coverage != Coverage::Complete && (t.closed || !t.left_out.is_empty()) {
                self.fault(
                    TREATIES,
                    at,
                    format!("`{id}` partial, with `closed` or `left_out`"),
                    "either only where the coverage is complete",
                    "remove it: without a row a State is unknown already",
                );
                continue;
            }
            let mut left_out = Vec::new();
            for code in &t.left_out {
                left_out.extend(self.state(TREATIES, line(code.span()), code.get_ref()));
            }
            if !left_out.is_sorted_by(|a, b| a < b) {
                self.fault(
                    TREATIES,
                    at,
                    format!("left_out of `{id}` out of order"),
                    "codes in alphabetical order, each once",
                    "sort the codes",
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
                closed: t.closed,
                left_out,
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
            if self.states.treaty(file.treaty).is_some_and(|t| t.left_out.binary_search(&state).is_ok()) {
                self.fault(
                    &file.file,
                    line,
                    format!("{state}, which `left_out` of the treaty names"),
                    "no row of a State that the source leaves out",
                    "remove the line, or take the State out of `left_out`",
                );
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

    pub(super) fn note(&mut self, text: &str) -> NoteRef {
        let at = self.states.notes.iter().position(|n| n == text).unwrap_or_else(|| {
            self.states.notes.push(text.to_owned());
            self.states.notes.len() - 1
        });
        NoteRef(u16::try_from(at).unwrap_or(0))
    }
}
