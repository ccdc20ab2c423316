//! What an update is asked for, and what it answers, a line an edition.

use std::fmt;

use comity_model::Day;
use comity_model::listing::{ListId, ListSource};
use serde::{Deserialize, Serialize};

use crate::error::{Notice, RegisterError};
use crate::formats::StateOf;

/// What became of an edition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UpdateWord {
    /// It was added.
    Added,
    /// It was already there.
    Unchanged,
    /// It is damaged, or older than what is there, and was refused whole.
    Refused,
    /// It has so many entries fewer that a user must take it.
    HeldBack,
    /// It could not be fetched or stored.
    Failed,
    /// It is of a kind that is not read; no fault.
    NotRead,
}

impl UpdateWord {
    /// The word as the contract spells it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Unchanged => "unchanged",
            Self::Refused => "refused",
            Self::HeldBack => "held_back",
            Self::Failed => "failed",
            Self::NotRead => "not_read",
        }
    }
}

impl fmt::Display for UpdateWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// What became of one edition, or of a folder that is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateResult {
    /// The list; for what belongs to none, the folder.
    pub list: String,
    /// The edition's date, where it was read.
    pub edition: Option<Day>,
    /// Its entries, where they were counted.
    pub entries: Option<u32>,
    /// What became of it.
    pub result: UpdateWord,
    /// Why, and what to do; for what was added, where it came from and what was noticed.
    pub message: String,
    /// Suspicious values, the first thousand.
    #[serde(skip)]
    pub notices: Vec<Notice>,
}

impl UpdateResult {
    pub(crate) fn new(list: impl fmt::Display, result: UpdateWord, message: impl Into<String>) -> Self {
        Self {
            list: list.to_string(),
            edition: None,
            entries: None,
            result,
            message: message.into(),
            notices: Vec::new(),
        }
    }
}

/// A user's decision to take an edition that has many entries fewer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accept {
    /// The list.
    pub list: ListId,
    /// Why; kept with the edition.
    pub reason: String,
}

/// What an update is asked for.
#[derive(Clone, Copy)]
pub struct UpdateOptions<'a> {
    /// The day of the update.
    pub today: Day,
    /// Only these lists; empty: all. A publisher's source id takes all lists that begin with it.
    pub only: &'a [String],
    /// An edition held back that is to be taken.
    pub accept: Option<&'a Accept>,
    /// Finds the codes of States.
    pub state_of: StateOf<'a>,
}

impl UpdateOptions<'_> {
    /// The rows of the table of sources that are asked for.
    pub(crate) fn chosen<'s>(&self, sources: &'s [ListSource]) -> Result<Vec<&'s ListSource>, RegisterError> {
        let names = |source: &ListSource, id: &str| source.id.as_str() == id || source.id.publisher() == id;
        let asked = self.only.iter().map(String::as_str).chain(self.accept.map(|a| a.list.as_str()));
        for id in asked {
            if !sources.iter().any(|s| names(s, id)) {
                let known = sources.iter().map(|s| s.id.as_str()).collect::<Vec<_>>().join(", ");
                return Err(RegisterError::UnknownList { seen: id.to_owned(), known });
            }
        }
        let wanted = |s: &&ListSource| self.only.is_empty() || self.only.iter().any(|id| names(s, id));
        Ok(sources.iter().filter(wanted).collect())
    }
}
