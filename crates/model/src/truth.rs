//! Three-valued logic after Kleene: what is not known stays unknown, and never slides into false.

use serde::{Deserialize, Serialize};

/// A truth value. The order is `False < Unknown < True`, so that *and* is the minimum and *or* the maximum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Truth {
    /// Settled: it does not hold.
    False,
    /// Open: a fact is missing.
    Unknown,
    /// Settled: it holds.
    True,
}

impl Truth {
    /// The weaker of two values.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// The stronger of two values.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }

    /// Whether the value is settled, one way or the other.
    #[must_use]
    pub fn is_known(self) -> bool {
        self != Self::Unknown
    }

    /// Whether it surely holds.
    #[must_use]
    pub fn is_true(self) -> bool {
        self == Self::True
    }

    /// Whether it surely does not hold.
    #[must_use]
    pub fn is_false(self) -> bool {
        self == Self::False
    }

    /// The conjunction of many; true for none.
    pub fn all(values: impl IntoIterator<Item = Self>) -> Self {
        values.into_iter().fold(Self::True, Self::and)
    }

    /// The disjunction of many; false for none.
    pub fn any(values: impl IntoIterator<Item = Self>) -> Self {
        values.into_iter().fold(Self::False, Self::or)
    }

    /// At most unknown: for rules whose text was not read, and for acts whose status is not confirmed.
    #[must_use]
    pub fn at_most_unknown(self) -> Self {
        self.min(Self::Unknown)
    }
}

/// Negation; unknown stays unknown, so that "other than X" never turns ignorance into a release.
impl std::ops::Not for Truth {
    type Output = Self;
    fn not(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
            Self::True => Self::False,
        }
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

impl From<Option<bool>> for Truth {
    fn from(value: Option<bool>) -> Self {
        value.map_or(Self::Unknown, Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{self, *};

    #[test]
    fn unknown_survives_negation() {
        assert_eq!(!Unknown, Unknown);
        assert_eq!(!True, False);
    }

    #[test]
    fn conjunction_and_disjunction_are_minimum_and_maximum() {
        assert_eq!(Truth::all([True, Unknown]), Unknown);
        assert_eq!(Truth::all([Unknown, False]), False);
        assert_eq!(Truth::any([Unknown, False]), Unknown);
        assert_eq!(Truth::any([Unknown, True]), True);
        assert_eq!(Truth::all([]), True);
        assert_eq!(Truth::any([]), False);
    }
}
