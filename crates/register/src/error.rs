//! What can go wrong: a file refused, a value noticed, a register that cannot be read or written.

use std::fmt;
use std::path::PathBuf;

use comity_model::edition::EditionFault;
use serde::{Deserialize, Serialize};

/// Why a file was refused whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The file's name.
    pub file: String,
    /// The line, from 1; 0 where the whole file is meant.
    pub line: u64,
    /// What was seen there, and what was expected.
    pub finding: String,
    /// What to do.
    pub remedy: String,
}

impl Refusal {
    /// A refusal of a file at a line.
    pub(crate) fn new(file: &str, line: u64, finding: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, finding: finding.into(), remedy: remedy.into() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}; {}", self.file, self.finding, self.remedy),
            line => write!(f, "{}, line {line}: {}; {}", self.file, self.finding, self.remedy),
        }
    }
}

impl std::error::Error for Refusal {}

/// A value that was kept as it stood but looks wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The file's name.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
    /// The entry's id, as far as it is known.
    pub entry: String,
    /// Column or element, and what was seen there.
    pub finding: String,
}

/// What can go wrong with the register on disk or with an update.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// A file or folder of the register cannot be read or written.
    #[error("cannot {doing} {path}: {source}", path = path.display())]
    Disk {
        /// What was tried: `read`, `write`, `lock` ...
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// The account of a list on disk is not what it should be.
    #[error("{path} is damaged ({finding}); move the folder {folder} away and run `update` again", path = path.display(), folder = path.parent().unwrap_or(path).display())]
    Account {
        /// The file.
        path: PathBuf,
        /// What was found.
        finding: String,
    },
    /// A stored edition cannot be read.
    #[error("{list}, edition of {date}: {fault}")]
    Edition {
        /// The list.
        list: String,
        /// The edition's date.
        date: String,
        /// What is wrong with it.
        fault: EditionFault,
    },
    /// A source file was refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The folder to read from is not there.
    #[error("no folder {path} to read lists from; expected folders such as {expected} in it", path = path.display())]
    NoFolder {
        /// The folder.
        path: PathBuf,
        /// Folders that the table of sources names.
        expected: String,
    },
    /// None of the publishers can be reached.
    #[error(
        "no network: none of the publishers' computers can be reached ({hosts}); use `--from DIR` to read lists from a folder"
    )]
    NoNetwork {
        /// Those tried.
        hosts: String,
    },
    /// A list or source that the table of sources does not hold.
    #[error("no list `{seen}` in the table of sources (known: {known})")]
    UnknownList {
        /// The id given.
        seen: String,
        /// Ids that it holds.
        known: String,
    },
}

impl RegisterError {
    pub(crate) fn disk(doing: &'static str, path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Disk { doing, path, source }
    }
}
