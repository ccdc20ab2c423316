//! Facts of an item, a party or a deal: values with their source. A fact may be a table of further facts, so that axes, channels,
//! components of a mixture and parts of an assembly are told one by one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::date::DateValue;
use crate::number::Number;
use crate::unit::{DimensionId, Quantity};

/// Facts by name.
pub type Facts = BTreeMap<String, Fact>;

/// One fact: what it says, who says it, and on which measuring basis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// What it says.
    pub value: FactValue,
    /// Who says it.
    pub source: FactSource,
    /// The measuring standard or condition it was taken on; none: not stated.
    pub basis: Option<String>,
}

impl Fact {
    /// A fact that the deal states.
    #[must_use]
    pub fn stated(value: FactValue) -> Self {
        Self { value, source: FactSource::Stated, basis: None }
    }
}

/// The value of a fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FactValue {
    /// A value, bound or range with a unit.
    Quantity(Quantity),
    /// It holds or not.
    Truth(bool),
    /// One or several words of a vocabulary.
    Words(Vec<String>),
    /// Rows of further facts.
    Rows(Vec<Facts>),
    /// Free text; no condition rests on it.
    Text(String),
}

impl FactValue {
    /// As a person would write it.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Quantity(q) => q.text.clone(),
            Self::Truth(true) => "yes".into(),
            Self::Truth(false) => "no".into(),
            Self::Words(words) => words.join(", "),
            Self::Rows(rows) if rows.len() == 1 => "1 row".to_owned(),
            Self::Rows(rows) => format!("{} rows", rows.len()),
            Self::Text(text) => text.clone(),
        }
    }
}

/// Where a fact comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FactSource {
    /// The deal states it.
    Stated,
    /// Computed from these facts.
    Derived(Vec<String>),
    /// A person judged it.
    Judged {
        /// Who.
        by: Option<String>,
        /// When.
        on: Option<DateValue>,
        /// Why.
        why: Option<String>,
    },
}

impl FactSource {
    /// In a few words, from the reader's side.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Stated => "from you".into(),
            Self::Derived(from) => format!("derived from {}", from.join(", ")),
            Self::Judged { by: Some(by), on: Some(on), .. } => format!("judged by {by}, {on}"),
            Self::Judged { by: Some(by), .. } => format!("judged by {by}, undated"),
            Self::Judged { .. } => "judged, unsigned".into(),
        }
    }
}

/// What kind of value a fact has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactKind {
    /// A quantity with a unit, or a count.
    Quantity,
    /// Yes or no.
    Truth,
    /// One word.
    Word,
    /// Several words.
    Words,
    /// Rows of facts.
    List,
    /// Free text.
    Text,
}

/// The definition of a fact (`data/controls/facts.toml`, or a pack's own).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactDef {
    /// Its name, as a deal writes it.
    pub name: String,
    /// What kind of value it has.
    pub kind: FactKind,
    /// For a quantity: the unit it is asked in.
    pub unit: Option<String>,
    /// For a quantity: its dimension.
    pub dimension: Option<DimensionId>,
    /// For a quantity: factor and offset of that unit, so that a computed value can be told in it.
    pub scale: Option<(Number, Number)>,
    /// A short title for tables.
    pub title: String,
    /// The question that asks for it.
    pub ask: String,
    /// The classes of item for which it is asked.
    pub classes: Vec<String>,
    /// It cannot be computed or read off a data sheet: a person judges it.
    pub judged: bool,
    /// The closed set of words, if there is one.
    pub values: Vec<String>,
    /// The measuring bases that limits rest on. With two or more, a value without one is not comparable.
    pub basis: Vec<String>,
    /// How it follows from other facts.
    pub derived: Option<Formula>,
    /// For a list: the one row that it stands for when it is not given itself, by key.
    pub row: Vec<(String, RowValue)>,
    /// Where the definition stands.
    pub source: String,
}

/// A value of the row that a list fact stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowValue {
    /// The fact of that name, if it is there.
    Fact(String),
    /// A fixed quantity.
    Quantity(Quantity),
}

/// A formula over facts, computed exactly in base units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Formula {
    /// A constant, in base units.
    Constant(Number),
    /// A fact.
    Fact(String),
    /// Sum.
    Add(Box<Formula>, Box<Formula>),
    /// Difference.
    Sub(Box<Formula>, Box<Formula>),
    /// Product.
    Mul(Box<Formula>, Box<Formula>),
    /// Quotient.
    Div(Box<Formula>, Box<Formula>),
    /// A power with a rational exponent, numerator and denominator: 2.65 is 53/20.
    Pow(Box<Formula>, i32, i32),
}

impl Formula {
    /// The facts it needs, each once, in the order of the formula.
    #[must_use]
    pub fn facts(&self) -> Vec<&str> {
        fn walk<'a>(formula: &'a Formula, into: &mut Vec<&'a str>) {
            match formula {
                Formula::Constant(_) => {}
                Formula::Fact(name) => {
                    if !into.contains(&name.as_str()) {
                        into.push(name);
                    }
                }
                Formula::Add(a, b) | Formula::Sub(a, b) | Formula::Mul(a, b) | Formula::Div(a, b) => {
                    walk(a, into);
                    walk(b, into);
                }
                Formula::Pow(a, _, _) => walk(a, into),
            }
        }
        let mut names = Vec::new();
        walk(self, &mut names);
        names
    }
}
