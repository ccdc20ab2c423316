//! Control lists: entries, provisions, notes and reasons for control, with the classes of item that they speak of.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::date::{Day, Period};
use crate::expr::Expr;
use crate::mandate::{AgreedInSet, Evidence};

/// Goods, software or technology.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// A thing.
    Goods,
    /// Programs.
    Software,
    /// Knowledge needed to develop, produce or use.
    Technology,
}

/// One class of item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Class {
    /// Its name, as an item states it.
    pub name: String,
    /// What a user reads.
    pub title: String,
    /// Goods, software or technology.
    pub kind: ItemKind,
    /// The classes directly above it.
    pub parents: Vec<u32>,
    /// All classes above it and itself, sorted.
    pub above: Vec<u32>,
}

/// The tree (in truth a directed graph) of classes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassTree {
    /// All classes.
    pub classes: Vec<Class>,
    /// Index by name.
    pub by_name: BTreeMap<String, u32>,
}

impl ClassTree {
    /// The class of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<(u32, &Class)> {
        let index = *self.by_name.get(name)?;
        Some((index, self.classes.get(index as usize)?))
    }

    /// Whether `lower` is `upper` or lies below it.
    #[must_use]
    pub fn is_a(&self, lower: u32, upper: u32) -> bool {
        self.classes.get(lower as usize).is_some_and(|c| c.above.binary_search(&upper).is_ok())
    }
}

/// How much of an entry is executable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoded {
    /// Nothing: it answers `not_encoded` where its gate does not rule the item out.
    None,
    /// Some provisions; the rest answers `not_encoded`.
    Part,
    /// Every provision and note.
    Whole,
}

/// One published control list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlList {
    /// Its id, the one of the law it belongs to.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Who publishes it.
    pub publisher: String,
    /// The day of the consolidated text.
    pub edition: Day,
    /// Citation of the text.
    pub source: String,
    /// All entries, in list order.
    pub entries: Vec<Entry>,
    /// Index by code.
    pub by_code: BTreeMap<String, u32>,
}

impl ControlList {
    /// The entry of that code (without a path).
    #[must_use]
    pub fn entry(&self, code: &str) -> Option<&Entry> {
        self.entries.get(*self.by_code.get(code)? as usize)
    }
}

/// The head of a code: `3A001` of `3A001.a.5`.
#[must_use]
pub fn head(code: &str) -> &str {
    code.split('.').next().unwrap_or(code)
}

/// Whether `code` is `above` or lies below it in the numbering.
#[must_use]
pub fn is_under(code: &str, above: &str) -> bool {
    code.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its code: `3A225`.
    pub code: String,
    /// A short title in our own words.
    pub title: String,
    /// Goods, software or technology.
    pub kind: ItemKind,
    /// The classes that it can name.
    pub gate: Vec<u32>,
    /// The classes whose specially designed parts, software or technology it names.
    pub parts: Vec<u32>,
    /// Where its content was agreed, unless a provision says its own.
    pub agreed_in: AgreedInSet,
    /// Its executable forms by date; empty: none.
    pub versions: Vec<EntryVersion>,
}

impl Entry {
    /// The form in force on a day.
    #[must_use]
    pub fn version_on(&self, day: Day) -> Option<&EntryVersion> {
        self.versions.iter().find(|v| v.period.contains(day))
    }
}

/// The executable form of an entry in a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryVersion {
    /// When it stands.
    pub period: Period,
    /// How much of the entry it holds.
    pub encoded: Encoded,
    /// Citation of the text that was read.
    pub source: String,
    /// How well it is known.
    pub evidence: Evidence,
    /// "Other than those specified in": provisions of the same list.
    pub other_than: Vec<String>,
    /// What it controls.
    pub provisions: Vec<Provision>,
    /// What takes an item out again.
    pub notes: Vec<Note>,
    /// The reasons for control that it states.
    pub reasons: Vec<Reason>,
}

/// One provision that decides on its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provision {
    /// Its path below the entry; empty: the entry itself.
    pub path: String,
    /// Distinguishes lines that share a path in the text.
    pub ordinal: u16,
    /// Our own title; may be empty.
    pub title: String,
    /// When it stands, inside of the entry's version.
    pub period: Period,
    /// It names specially designed parts, software or technology of the entry's `parts` classes, not the item's own class.
    pub parts: bool,
    /// All of these must hold.
    pub limbs: Vec<Limb>,
    /// Where it was agreed, if not as the entry.
    pub agreed_in: Option<AgreedInSet>,
    /// Where the text stands, if not at the code itself.
    pub cite: String,
    /// Digest of the normalised text that was read; none: not pinned.
    pub text_hash: Option<String>,
}

/// One limb of a provision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limb {
    /// The list's own letter; may be empty.
    pub label: String,
    /// The condition.
    pub when: Expr,
    /// The condition as written in the data.
    pub text: String,
}

/// A note that takes control away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Its number or letter.
    pub id: String,
    /// Paths that it releases, each with all below it.
    pub scope: Vec<String>,
    /// When it does.
    pub when: Expr,
    /// The condition as written in the data.
    pub text: String,
    /// To which other code it leads; none: out of the list.
    pub to: Option<String>,
    /// In our own words.
    pub says: String,
    /// When it stands.
    pub period: Period,
}

/// A reason for control, as lists with a country chart state it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The chart column.
    pub column: String,
    /// Paths that it covers, each with all below it.
    pub scope: Vec<String>,
    /// A further condition.
    pub when: Option<Expr>,
    /// Where it stands.
    pub cite: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbering_is_compared_by_whole_parts() {
        assert!(is_under("3A001.a.5.a", "3A001.a"));
        assert!(is_under("3A001", "3A001"));
        assert!(!is_under("3A001.a.50", "3A001.a.5"));
        assert_eq!(head("3A001.a.5"), "3A001");
    }
}
