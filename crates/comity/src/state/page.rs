//! A page of 80 columns: its title, broken lines, words of a status, and the sources that it cites.

use std::fmt::Write as _;

use comity_model::standing::{SourceRef, States, StatusWord};
use comity_model::{DateValue, Day, Evidence, StateCode};
use serde_json::{Value, json};

/// Width of the text.
const WIDTH: usize = 80;

/// The sources that an answer cites, numbered as they come.
#[derive(Default)]
pub(super) struct Sources(Vec<SourceRef>);

impl Sources {
    /// `[1] [3]` for these sources.
    pub(super) fn refs(&mut self, sources: &[SourceRef]) -> String {
        let mut refs = Vec::new();
        for source in sources {
            let at = self.0.iter().position(|s| s == source).unwrap_or_else(|| {
                self.0.push(*source);
                self.0.len() - 1
            });
            refs.push(format!("[{}]", at + 1));
        }
        refs.join(" ")
    }

    pub(super) fn print(&self, out: &mut String, states: &States) {
        if self.0.is_empty() {
            return;
        }
        out.push_str("\nSources\n");
        for (at, source) in self.0.iter().enumerate() {
            let Some(source) = states.source(*source) else { continue };
            let evidence = match source.evidence {
                Evidence::Read => "read",
                Evidence::Secondary => "secondary",
                Evidence::Memory => "memory",
            };
            line(
                out,
                &format!("  {:4} ", format!("[{}]", at + 1)),
                &format!("{}; {evidence}; {}", source.title, source.terms),
            );
        }
    }

    pub(super) fn json(&self, states: &States) -> Vec<Value> {
        self.0
            .iter()
            .filter_map(|s| states.source(*s))
            .map(|s| json!({"id": s.id, "title": s.title, "terms": s.terms, "evidence": s.evidence.word(), "memory": s.memory.mark()}))
            .collect()
    }
}

pub(super) fn title(text: &str, day: Day) -> String {
    let right = format!("as of {day}");
    let mut out = String::new();
    if text.chars().count() + 2 + right.len() <= WIDTH {
        let pad = WIDTH - right.len();
        let _ = writeln!(out, "{text:pad$}{right}");
    } else {
        line(&mut out, "", text);
        let _ = writeln!(out, "{right}");
    }
    out
}

/// A line of column heads.
pub(super) fn head_line(text: &str) -> String {
    format!("{}\n", text.trim_end())
}

pub(super) fn head(first: &str, width: usize) -> String {
    format!("  {first:width$}{:15} {:10} {:11} {}\n", "status", "since", "as known on", "source")
}

pub(super) fn plural(word: StatusWord) -> &'static str {
    match word {
        StatusWord::Party => "parties",
        StatusWord::Signatory => "signatories",
        StatusWord::InForce => "in force",
        StatusWord::NotInForce => "not in force",
        StatusWord::Participant => "participants",
        StatusWord::Member => "members",
        StatusWord::NotMember => "not members",
        StatusWord::Subscriber => "subscribers",
        StatusWord::NotSubscriber => "not subscribers",
        StatusWord::Endorser => "endorsers",
        StatusWord::Listed => "listed",
        StatusWord::None => "none",
        StatusWord::Unknown => "unknown",
        StatusWord::Contested => "contested",
    }
}

pub(super) fn codes(codes: impl Iterator<Item = StateCode>) -> String {
    codes.map(|c| c.to_string()).collect::<Vec<_>>().join(" ")
}

/// Writes words after a lead, broken at the width; further lines are indented as far as the lead.
pub(super) fn line(out: &mut String, lead: &str, text: &str) {
    if text.is_empty() {
        if !lead.trim().is_empty() {
            out.push_str(lead.trim_end());
            out.push('\n');
        }
        return;
    }
    let indent = lead.chars().count();
    let mut at = indent;
    out.push_str(lead);
    let mut first = true;
    for word in text.split(' ') {
        let width = word.chars().map(|c| if c >= '\u{2e80}' { 2 } else { 1 }).sum::<usize>();
        if !first && at + 1 + width > WIDTH {
            while out.ends_with(' ') {
                out.pop();
            }
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent));
            at = indent;
        } else if !first {
            out.push(' ');
            at += 1;
        }
        out.push_str(word);
        at += width;
        first = false;
    }
    out.push('\n');
}

pub(super) fn or_null(text: &str) -> Option<&str> {
    Some(text).filter(|t| !t.is_empty())
}

pub(super) fn date(value: &DateValue) -> Option<String> {
    Some(value).filter(|v| **v != DateValue::Unknown).map(ToString::to_string)
}

pub(super) fn titles(states: &States, sources: &[SourceRef]) -> Option<String> {
    let all: Vec<&str> = sources.iter().filter_map(|s| states.source(*s)).map(|s| s.title.as_str()).collect();
    Some(all.join("; ")).filter(|t| !t.is_empty())
}
