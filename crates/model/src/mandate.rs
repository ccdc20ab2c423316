//! The mandate of a measure or rule: whose act imposes it, where its content was agreed, on which ground its author acts, and by which
//! instrument. The same four parts for every law and every list; nothing is ever imposed by a regime, which binds nobody.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A word outside of a closed set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{seen}` is no {what} (one of: {known})")]
pub struct UnknownWord {
    /// The word as it stood.
    pub seen: String,
    /// What kind of word was expected.
    pub what: &'static str,
    /// The closed set, joined by commas.
    pub known: String,
}

/// Declares a closed set of words: an enum with its spelling in data, JSON and text.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $what:literal { $($(#[$vdoc:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant),* }

        impl $name {
            /// All words of the set, in their order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word as data, JSON and text spell it.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.pad(self.word()) }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::mandate::UnknownWord;
            /// Reads the word; hyphens and underscores are the same.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let same = |a: &str, b: &str| a.len() == b.len() && a.bytes().zip(b.bytes()).all(|(x, y)| x == y || (matches!(x, b'-' | b'_') && matches!(y, b'-' | b'_')));
                Self::ALL.iter().copied().find(|w| same(w.word(), text)).ok_or_else(|| $crate::mandate::UnknownWord {
                    seen: text.to_owned(),
                    what: $what,
                    known: Self::ALL.iter().map(|w| w.word()).collect::<Vec<_>>().join(", "),
                })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                if s.is_human_readable() { s.serialize_str(self.word()) } else { s.serialize_u8(*self as u8) }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                if d.is_human_readable() {
                    <String as serde::Deserialize>::deserialize(d)?.parse().map_err(serde::de::Error::custom)
                } else {
                    let index = <u8 as serde::Deserialize>::deserialize(d)?;
                    Self::ALL.get(usize::from(index)).copied().ok_or_else(|| serde::de::Error::custom(concat!("no such ", $what)))
                }
            }
        }
    };
}
pub(crate) use words;

words! {
    /// Whose act binds. The order is the order in which laws are shown.
    ImposedBy, "authority (imposed_by)" {
        /// The Security Council.
        Un = "un",
        /// A treaty, for its parties.
        Treaty = "treaty",
        /// A union of States.
        Union = "union",
        /// A State.
        National = "national",
        /// Several States acting together by their own acts.
        Coordinated = "coordinated",
        /// The user, by a list of their own: a measure of the house, no law. Never the author of a pack or of an official list.
        Own = "own",
    }
}

words! {
    /// The ground that the author of an act states for it.
    Ground, "ground" {
        /// Stopping the spread of nuclear, biological and chemical weapons and of their means of delivery.
        WmdNonproliferation = "wmd_nonproliferation",
        /// Arms other than those.
        ConventionalArms = "conventional_arms",
        /// Terrorism.
        Terrorism = "terrorism",
        /// The author's own security.
        NationalSecurity = "national_security",
        /// The author's foreign policy.
        ForeignPolicy = "foreign_policy",
        /// Human rights.
        HumanRights = "human_rights",
        /// Stability of a region.
        RegionalStability = "regional_stability",
        /// An answer to acts of others.
        CounterMeasure = "counter_measure",
        /// Public order, crime.
        PublicOrder = "public_order",
        /// Security of supply, trade facilitation.
        Supply = "supply",
        /// Something else.
        Other = "other",
    }
}

words! {
    /// How well a fact of the data is known.
    Evidence, "evidence mark" {
        /// Memory; not checked against a text. Never settles an answer.
        Memory = "M",
        /// A secondary source.
        Secondary = "S",
        /// The text or a faithful mirror of it was read.
        Read = "R",
    }
}

words! {
    /// Where content was agreed.
    Forum, "forum (un, treaty or regime)" {
        /// The Security Council or one of its committees.
        Un = "un",
        /// A treaty.
        Treaty = "treaty",
        /// An export-control regime.
        Regime = "regime",
    }
}

/// Where the content of a rule or entry was agreed: `un:NUMBER`, `treaty:NAME`, `regime:NAME`; `un` alone for Council measures of several
/// committees.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AgreedIn {
    /// The kind of forum.
    pub forum: Forum,
    /// Its name; empty for the Council in general.
    pub name: String,
}

impl fmt::Display for AgreedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.forum.word())?;
        if self.name.is_empty() { Ok(()) } else { write!(f, ":{}", self.name) }
    }
}

impl FromStr for AgreedIn {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let (forum, name) = text.split_once(':').unwrap_or((text, ""));
        let forum: Forum = forum.parse()?;
        if name.is_empty() && forum != Forum::Un {
            return Err(UnknownWord {
                seen: text.to_owned(),
                what: "place of agreement",
                known: "un, un:RESOLUTION, treaty:NAME, regime:NAME".into(),
            });
        }
        Ok(Self { forum, name: name.to_owned() })
    }
}

impl Serialize for AgreedIn {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AgreedIn {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(de::Error::custom)
    }
}

/// A set of places of agreement; empty: the author's own decision.
pub type AgreedInSet = BTreeSet<AgreedIn>;

/// The mandate of one measure or rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Mandate {
    /// Whose act binds.
    pub imposed_by: ImposedBy,
    /// Where the content was agreed; empty: own decision.
    pub agreed_in: AgreedInSet,
    /// The grounds its author states, the main one first; empty: none was established.
    #[serde(serialize_with = "one_or_many", deserialize_with = "many")]
    pub ground: Vec<Ground>,
    /// The citation.
    pub instrument: String,
}

/// In JSON a single ground is a word, several are a list, none is null; stored lawbooks always hold the list.
fn one_or_many<S: Serializer>(grounds: &Vec<Ground>, s: S) -> Result<S::Ok, S::Error> {
    match grounds.as_slice() {
        _ if !s.is_human_readable() => grounds.serialize(s),
        [] => s.serialize_none(),
        [one] => one.serialize(s),
        _ => grounds.serialize(s),
    }
}

fn many<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<Ground>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form {
        One(Ground),
        Many(Vec<Ground>),
        Null(()),
    }
    if !d.is_human_readable() {
        return Vec::deserialize(d);
    }
    Ok(match Form::deserialize(d)? {
        Form::One(ground) => vec![ground],
        Form::Many(grounds) => grounds,
        Form::Null(()) => Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed_sets_name_themselves_when_a_word_is_outside() {
        let fault = "regime".parse::<ImposedBy>().unwrap_err().to_string();
        assert_eq!(
            fault,
            "`regime` is no authority (imposed_by) (one of: un, treaty, union, national, coordinated, own)"
        );
        assert_eq!("wmd-nonproliferation".parse::<Ground>().unwrap(), Ground::WmdNonproliferation);
    }

    #[test]
    fn a_regime_needs_its_name() {
        assert_eq!("regime:ABC".parse::<AgreedIn>().unwrap().to_string(), "regime:ABC");
        assert_eq!("un".parse::<AgreedIn>().unwrap().to_string(), "un");
        assert!("regime".parse::<AgreedIn>().is_err());
    }
}
