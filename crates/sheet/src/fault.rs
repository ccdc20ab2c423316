//! Why a workbook is refused.

use std::fmt;

/// What was found, where, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct SheetFault {
    /// The sheet by its name, or the part of the archive by its path; empty where the whole file is meant.
    pub sheet: String,
    /// The cell, like `B7`; empty where no cell is meant.
    pub cell: String,
    /// What was seen there, and what was expected.
    pub finding: String,
    /// What to do.
    pub remedy: String,
}

impl SheetFault {
    /// A fault of the file as it was received, at a sheet or part.
    pub(crate) fn new(sheet: &str, finding: impl Into<String>) -> Self {
        Self {
            sheet: sheet.to_owned(),
            cell: String::new(),
            finding: finding.into(),
            remedy: "fetch the file again from its publisher".to_owned(),
        }
    }

    /// The same fault, of a cell.
    pub(crate) fn at(mut self, cell: String) -> Self {
        self.cell = cell;
        self
    }

    /// The same fault, with another remedy.
    pub(crate) fn but(mut self, remedy: &str) -> Self {
        remedy.clone_into(&mut self.remedy);
        self
    }
}

impl fmt::Display for SheetFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.sheet.is_empty(), self.cell.is_empty()) {
            (true, _) => {}
            (false, true) => write!(f, "sheet or part `{}`: ", self.sheet)?,
            (false, false) => write!(f, "sheet `{}`, cell {}: ", self.sheet, self.cell)?,
        }
        write!(f, "{}; {}", self.finding, self.remedy)
    }
}
