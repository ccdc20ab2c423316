//! Places: codes of States and territories, parts of territories, unions.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An ISO 3166-1 alpha-2 code, of a State or of another territory with a code. Being a code says nothing on statehood.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateCode([u8; 2]);

/// A text that has not the form of a code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no code of a State (two capital letters, ISO 3166-1 alpha-2)")]
pub struct StateCodeFault(pub String);

impl StateCode {
    /// The two letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("??")
    }

    /// The code in small letters, as laws are named.
    #[must_use]
    pub fn lower(&self) -> String {
        self.as_str().to_ascii_lowercase()
    }
}

impl fmt::Display for StateCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for StateCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for StateCode {
    type Err = StateCodeFault;
    fn from_str(text: &str) -> Result<Self, StateCodeFault> {
        match text.as_bytes() {
            [a @ b'A'..=b'Z', b @ b'A'..=b'Z'] => Ok(Self([*a, *b])),
            _ => Err(StateCodeFault(text.to_owned())),
        }
    }
}

impl Serialize for StateCode {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() { s.serialize_str(self.as_str()) } else { self.0.serialize(s) }
    }
}

impl<'de> Deserialize<'de> for StateCode {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        if d.is_human_readable() {
            String::deserialize(d)?.parse().map_err(de::Error::custom)
        } else {
            let [a, b] = <[u8; 2]>::deserialize(d)?;
            if a.is_ascii_uppercase() && b.is_ascii_uppercase() {
                Ok(Self([a, b]))
            } else {
                Err(de::Error::custom("no code of a State"))
            }
        }
    }
}

/// Where something is: a code, and where a measure binds only a part of a territory, that part.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The State or territory.
    pub state: StateCode,
    /// A part of it, in the words of the measures that know it; none: not stated.
    pub region: Option<String>,
}

impl From<StateCode> for Place {
    fn from(state: StateCode) -> Self {
        Self { state, region: None }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.region {
            Some(region) => write!(f, "{} ({region})", self.state),
            None => self.state.fmt(f),
        }
    }
}
