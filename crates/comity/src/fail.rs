//! What stops a command: bad input of the user, or missing and damaged data; with place and remedy, and the exit status of each.

use std::fmt;

use comity_pack::Fault;
use comity_register::RegisterError;
use serde_json::{Value, json};

/// Exit status for bad input: wrong use, faults in a deal, file or pack.
pub const BAD_INPUT: u8 = 2;
/// Exit status for damaged or missing data.
pub const BAD_DATA: u8 = 3;

/// Why a command could not answer.
#[derive(Debug)]
pub enum Failure {
    /// Faults in what the user gave.
    Faults(Vec<Fault>),
    /// Damaged or missing data.
    Data {
        /// Where.
        place: String,
        /// What was found.
        message: String,
        /// What to do.
        remedy: String,
    },
}

impl Failure {
    /// A single fault in what the user gave.
    pub fn input(
        place: impl Into<String>,
        found: impl Into<String>,
        expected: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self::Faults(vec![Fault::new(place, 0, found, expected, remedy)])
    }

    /// Damaged or missing data.
    pub fn data(place: impl Into<String>, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Data { place: place.into(), message: message.into(), remedy: remedy.into() }
    }

    /// The exit status.
    #[must_use]
    pub fn status(&self) -> u8 {
        match self {
            Self::Faults(_) => BAD_INPUT,
            Self::Data { .. } => BAD_DATA,
        }
    }

    /// The contract's form of an error; of several faults the first, with all of them beside it.
    #[must_use]
    pub fn json(&self) -> Value {
        let of = |fault: &Fault| {
            let mut message = fault.found.clone();
            if !fault.expected.is_empty() {
                message = format!("{message}; expected {}", fault.expected);
            }
            json!({ "place": fault.place(), "message": message, "remedy": fault.remedy })
        };
        match self {
            Self::Faults(faults) => match faults.as_slice() {
                [] => json!({ "error": { "place": "", "message": "no answer", "remedy": "" } }),
                [one] => json!({ "error": of(one) }),
                [first, ..] => {
                    json!({ "error": of(first), "errors": faults.iter().map(of).collect::<Vec<_>>() })
                }
            },
            Self::Data { place, message, remedy } => {
                json!({ "error": { "place": place, "message": message, "remedy": remedy } })
            }
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Faults(faults) => {
                for fault in faults {
                    writeln!(f, "error: {fault}")?;
                }
                if faults.len() > 1 {
                    writeln!(f, "{} faults", faults.len())?;
                }
                Ok(())
            }
            Self::Data { place, message, remedy } => {
                write!(f, "error: {place}: {message}")?;
                if remedy.is_empty() { writeln!(f) } else { writeln!(f, "; {remedy}") }
            }
        }
    }
}

impl From<Vec<Fault>> for Failure {
    fn from(faults: Vec<Fault>) -> Self {
        Self::Faults(faults)
    }
}

impl From<RegisterError> for Failure {
    fn from(error: RegisterError) -> Self {
        match &error {
            RegisterError::UnknownList { .. } | RegisterError::NoFolder { .. } => {
                Self::input("update", error.to_string(), "", "")
            }
            _ => Self::data("register", error.to_string(), ""),
        }
    }
}

impl From<crate::state::Problem> for Failure {
    fn from(problem: crate::state::Problem) -> Self {
        Self::input(problem.place, problem.message, "", problem.remedy)
    }
}
