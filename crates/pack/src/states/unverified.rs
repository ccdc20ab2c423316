//! A user's own file of unverified facts, put beside the data. Each answer that it touches is marked; it settles none.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use comity_model::standing::{EventKind, Memory, Source, SourceRef, States, StatusEvent};
use comity_model::{DateValue, Evidence};

use super::Load;
use crate::fault::Fault;

/// The columns of such a file.
const COLUMNS: [&str; 5] = ["iso3", "treaty", "status", "date", "source"];

/// The words for a status, each with its event.
const WORDS: [(&str, EventKind); 11] = [
    ("party", EventKind::Party),
    ("signatory", EventKind::Signature),
    ("in force", EventKind::InForce),
    ("not in force", EventKind::NotInForce),
    ("member", EventKind::Member),
    ("not a member", EventKind::NotMember),
    ("participant", EventKind::Participant),
    ("subscriber", EventKind::Subscriber),
    ("not subscriber", EventKind::NotSubscriber),
    ("endorser", EventKind::Endorser),
    ("listed", EventKind::Listed),
];

/// The States with a user's unverified facts besides.
#[derive(Clone, Debug)]
pub struct Beside {
    /// The data with the facts of the file.
    pub states: States,
    /// The rows that were not taken, since no status word holds what they say.
    pub not_taken: Vec<Fault>,
}

/// The States with the facts of `file` besides: `iso3,treaty,status,date,source`, one a line. The words for a status are a closed set; a row
/// whose status begins as the data foresee for what no word holds ([`States::unheld`]) is named in [`Beside::not_taken`].
///
/// # Errors
/// Every fault of the file, under the path as given, with its line; then nothing of it is taken.
pub fn with_unverified(states: &States, file: &Path) -> Result<Beside, Vec<Fault>> {
    let given = file.display().to_string();
    let readable = fs::File::open(file)
        .and_then(|f| f.metadata())
        .and_then(|m| if m.is_dir() { Err(std::io::Error::other("it is a folder")) } else { Ok(()) });
    if let Err(error) = readable {
        let found = format!("cannot be read ({error})");
        let expected = format!("a table with the columns {}", COLUMNS.join(","));
        return Err(vec![Fault::new(given, 0, found, expected, "check the path")]);
    }
    let mut faults = Vec::new();
    let dir = file.parent().filter(|d| !d.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let mut load =
        Load { dir, faults: &mut faults, states: states.clone(), lines: BTreeMap::new(), events: Vec::new() };
    let mut not_taken = load.read_unverified(&name);
    let mut states = std::mem::take(&mut load.states);
    let events = std::mem::take(&mut load.events);
    for fault in faults.iter_mut().chain(&mut not_taken) {
        fault.file.clone_from(&given);
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    states.events.extend(events.into_iter().map(|(event, _)| event));
    states.events.sort_by(|a, b| {
        (a.treaty, a.state, a.date.latest(), a.kind).cmp(&(b.treaty, b.state, b.date.latest(), b.kind))
    });
    Ok(Beside { states, not_taken })
}

/// Whether a status begins with these words, and goes on with a new one or not at all.
fn begins(status: &str, words: &str) -> bool {
    status.strip_prefix(words).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

impl Load<'_> {
    /// Reads the rows; those not taken are given back.
    fn read_unverified(&mut self, file: &str) -> Vec<Fault> {
        let words = WORDS.map(|(word, _)| format!("`{word}`")).join(", ");
        let mut not_taken = Vec::new();
        let mut sources: BTreeMap<String, SourceRef> = BTreeMap::new();
        let mut seen: BTreeMap<(String, String, String), usize> = BTreeMap::new();
        for row in self.table(file, &COLUMNS) {
            let line = row.line;
            let state = self.states.states.iter().find(|s| s.iso3 == row.get(0)).map(|s| s.code);
            if state.is_none() {
                let found = format!("`{}` as iso3", row.get(0));
                self.fault(file, line, found, "the alpha-3 code of a State of the data", "correct the code");
            }
            let treaty = self.states.treaty_ref(row.get(1)).filter(|_| !row.get(1).is_empty());
            if treaty.is_none() {
                let found = format!("treaty `{}`", row.get(1));
                let remedy = "correct the id; `comity state universality` shows the ids";
                self.fault(file, line, found, "the id of a treaty or regime of the data", remedy);
            }
            let status = row.get(2).trim();
            if status.is_empty() || row.get(4).trim().is_empty() {
                self.fault(file, line, "an empty status or source", "both", "complete the line");
                continue;
            }
            let kind = WORDS.iter().find(|(word, _)| *word == status).map(|(_, kind)| *kind);
            let unheld = kind.is_none() && self.states.unheld.iter().any(|begin| begins(status, begin));
            if kind.is_none() && !unheld {
                let expected = format!("one of the words {words}");
                self.fault(
                    file,
                    line,
                    format!("`{status}` as status"),
                    expected,
                    "correct the word; what else is to be said belongs to the source",
                );
            }
            let date = if row.get(3).is_empty() {
                Some(DateValue::Unknown)
            } else {
                self.date(file, line, "date", row.get(3))
            };
            let key = (row.get(0).to_owned(), row.get(1).to_owned(), status.to_owned());
            if let Some(first) = seen.insert(key, line) {
                let found = format!("{} {} {status} as on line {first}", row.get(0), row.get(1));
                self.fault(file, line, found, "each fact once", "remove one of the two lines");
                continue;
            }
            if unheld {
                not_taken.push(Fault::new(
                    file,
                    line,
                    format!("{} {} `{status}`", row.get(0), row.get(1)),
                    "a word for a status; none holds this",
                    "the row is not taken",
                ));
            }
            let (Some(state), Some(treaty), Some(date), Some(kind)) = (state, treaty, date, kind) else {
                continue;
            };
            let text = row.get(4).trim().to_owned();
            let source = *sources.entry(text.clone()).or_insert_with(|| {
                self.states.sources.push(Source {
                    id: format!("unverified-{}", self.states.sources.len()),
                    title: format!("{text} ({file})"),
                    terms: "the user's own file".to_owned(),
                    evidence: Evidence::Memory,
                    memory: Memory::Unverified,
                });
                SourceRef(u16::try_from(self.states.sources.len() - 1).unwrap_or(u16::MAX))
            });
            let note = self.note("");
            let as_of = date.clone();
            self.events.push((StatusEvent { treaty, state, kind, date, source, as_of, note }, line));
        }
        not_taken
    }
}
