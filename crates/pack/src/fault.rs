//! What is wrong in a file of ours or of a user's: seen where, what was expected, what to do. All faults of a folder are reported at once.

use std::fmt;

/// One fault in one file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The file, as the user named it or below the folder that was read.
    pub file: String,
    /// Line, from 1; 0 when the fault is of the whole file.
    pub line: usize,
    /// Column in characters, from 1; 0 when the fault is of the whole line.
    pub column: usize,
    /// What was seen.
    pub found: String,
    /// What was expected instead.
    pub expected: String,
    /// What to do.
    pub remedy: String,
}

impl Fault {
    /// A fault at the beginning of a line (0: of the whole file).
    pub fn new(
        file: impl Into<String>,
        line: usize,
        found: impl Into<String>,
        expected: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            file: file.into(),
            line,
            column: 0,
            found: found.into(),
            expected: expected.into(),
            remedy: remedy.into(),
        }
    }

    /// The same fault at a column.
    #[must_use]
    pub fn at_column(mut self, column: usize) -> Self {
        self.column = column;
        self
    }

    /// The place, `file:line:column` as far as known.
    #[must_use]
    pub fn place(&self) -> String {
        match (self.line, self.column) {
            (0, _) => self.file.clone(),
            (line, 0) => format!("{}:{line}", self.file),
            (line, column) => format!("{}:{line}:{column}", self.file),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place(), self.found)?;
        if !self.expected.is_empty() {
            write!(f, "; expected {}", self.expected)?;
        }
        if !self.remedy.is_empty() {
            write!(f, "; {}", self.remedy)?;
        }
        Ok(())
    }
}

impl std::error::Error for Fault {}
