//! A user's own file of unverified facts, put beside the data. Each answer that it touches is marked; it settles none.

use std::collections::BTreeMap;
use std::path::Path;

use comity_model::standing::{EventKind, Memory, Source, SourceRef, States, StatusEvent};
use comity_model::{DateValue, Evidence};

use super::Load;
use crate::fault::Fault;

/// The columns of such a file.
const COLUMNS: [&str; 5] = ["iso3", "treaty", "status", "date", "source"];

/// The States with the facts of `file` besides: `iso3,treaty,status,date,source`, one a line. A status that is no word of the data is carried as
/// a remark, which changes no status.
///
/// # Errors
/// Every fault of the file, with its line; then nothing of it is taken.
pub fn with_unverified(states: &States, file: &Path) -> Result<States, Vec<Fault>> {
    let mut faults = Vec::new();
    let dir = file.parent().filter(|d| !d.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let mut load =
        Load { dir, faults: &mut faults, states: states.clone(), lines: BTreeMap::new(), events: Vec::new() };
    load.read_unverified(&name);
    let mut states = std::mem::take(&mut load.states);
    let events = std::mem::take(&mut load.events);
    if !faults.is_empty() {
        return Err(faults);
    }
    states.events.extend(events.into_iter().map(|(event, _)| event));
    states.events.sort_by(|a, b| {
        (a.treaty, a.state, a.date.latest(), a.kind).cmp(&(b.treaty, b.state, b.date.latest(), b.kind))
    });
    Ok(states)
}

/// The event that a word of the file stands for.
fn kind(status: &str) -> EventKind {
    match status {
        "party" => EventKind::Party,
        "signatory" => EventKind::Signature,
        "in force" => EventKind::InForce,
        "not in force" => EventKind::NotInForce,
        "member" => EventKind::Member,
        "not a member" => EventKind::NotMember,
        "participant" => EventKind::Participant,
        "subscriber" => EventKind::Subscriber,
        "not subscriber" => EventKind::NotSubscriber,
        "endorser" => EventKind::Endorser,
        "listed" => EventKind::Listed,
        _ => EventKind::Remark,
    }
}

impl Load<'_> {
    fn read_unverified(&mut self, file: &str) {
        let mut sources: BTreeMap<String, SourceRef> = BTreeMap::new();
        let mut seen: BTreeMap<(String, String, String), usize> = BTreeMap::new();
        for row in self.table(file, &COLUMNS) {
            let line = row.line;
            let state = self.states.states.iter().find(|s| s.iso3 == row.get(0)).map(|s| s.code);
            if state.is_none() {
                let found = format!("`{}` as iso3", row.get(0));
                self.fault(file, line, found, "the alpha-3 code of a State of the data", "correct the code");
            }
            let treaty = self.treaty(file, line, row.get(1));
            let status = row.get(2).trim();
            if status.is_empty() || row.get(4).trim().is_empty() {
                self.fault(file, line, "an empty status or source", "both", "complete the line");
                continue;
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
            let (Some(state), Some(treaty), Some(date)) = (state, treaty, date) else { continue };
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
            let kind = kind(status);
            let note = if kind == EventKind::Remark { format!("said: {status}") } else { String::new() };
            let note = self.note(&note);
            let as_of = date.clone();
            self.events.push((StatusEvent { treaty, state, kind, date, source, as_of, note }, line));
        }
    }
}
