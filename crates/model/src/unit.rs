//! Units and quantities. A quantity may be a value, a bound or a range; whatever its unit, it is held exactly in the base unit of its
//! dimension, so that a comparison at a limit is decided by what was written and not by rounding.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::number::{Number, NumberFault};
use crate::truth::Truth;

/// Index of a dimension in the [`UnitTable`].
pub type DimensionId = u16;

/// A kind of quantity with its base unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dimension {
    /// Its name: `length`, `apparent_power`.
    pub name: String,
    /// Symbol of the base unit; values are held in it.
    pub base: String,
}

/// A unit: `base value = written value * factor + offset`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// The symbol as it is printed.
    pub symbol: String,
    /// The dimension.
    pub dimension: DimensionId,
    /// Base units in one of these.
    pub factor: Number,
    /// Added after scaling; only temperatures have one.
    pub offset: Number,
}

/// All units of the lawbook (`data/units.toml`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitTable {
    dimensions: Vec<Dimension>,
    units: Vec<Unit>,
    /// Every spelling of every symbol.
    spellings: BTreeMap<String, u32>,
}

/// Why a text is no quantity. The messages are read by users.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuantityFault {
    /// No number in it.
    #[error("`{0}` has no number")]
    NoNumber(String),
    /// A number that cannot be read.
    #[error(transparent)]
    Number(#[from] NumberFault),
    /// A unit that is not in the table.
    #[error("`{seen}` is no known unit{hint}")]
    UnknownUnit {
        /// The unit as written.
        seen: String,
        /// A suggestion with its own leading punctuation; may be empty.
        hint: String,
    },
    /// A unit of another dimension.
    #[error("`{seen}` measures {is}; {wanted} is wanted (units: {units})")]
    WrongDimension {
        /// The quantity as written.
        seen: String,
        /// The dimension of its unit.
        is: String,
        /// The dimension that was expected.
        wanted: String,
        /// Units of that dimension.
        units: String,
    },
    /// A number without a unit where one is needed.
    #[error("`{seen}` has no unit; {wanted} is wanted (units: {units})")]
    NoUnit {
        /// The quantity as written.
        seen: String,
        /// The dimension that was expected.
        wanted: String,
        /// Units of that dimension.
        units: String,
    },
    /// The lower end of a range above its upper end.
    #[error("`{0}` runs from a larger to a smaller value")]
    Reversed(String),
}

impl UnitTable {
    /// Adds a dimension and gives its index.
    pub fn add_dimension(&mut self, dimension: Dimension) -> DimensionId {
        self.dimensions.push(dimension);
        DimensionId::try_from(self.dimensions.len() - 1).unwrap_or(DimensionId::MAX)
    }

    /// Adds a unit with all its spellings; gives the spellings that were taken already.
    pub fn add_unit(&mut self, unit: Unit, also: &[String]) -> Vec<String> {
        let index = u32::try_from(self.units.len()).unwrap_or(u32::MAX);
        let mut taken = Vec::new();
        for spelling in std::iter::once(&unit.symbol).chain(also) {
            let key = normal_unit(spelling);
            match self.spellings.get(&key) {
                Some(other) if *other != index => taken.push(spelling.clone()),
                _ => {
                    self.spellings.insert(key, index);
                }
            }
        }
        self.units.push(unit);
        taken
    }

    /// The dimension of that name.
    #[must_use]
    pub fn dimension_named(&self, name: &str) -> Option<DimensionId> {
        self.dimensions.iter().position(|d| d.name == name).and_then(|i| DimensionId::try_from(i).ok())
    }

    /// A dimension.
    #[must_use]
    pub fn dimension(&self, id: DimensionId) -> Option<&Dimension> {
        self.dimensions.get(usize::from(id))
    }

    /// All dimensions, in the order of the table.
    #[must_use]
    pub fn dimensions(&self) -> &[Dimension] {
        &self.dimensions
    }

    /// All units.
    #[must_use]
    pub fn units(&self) -> &[Unit] {
        &self.units
    }

    /// The unit with that spelling.
    #[must_use]
    pub fn unit(&self, spelling: &str) -> Option<&Unit> {
        self.spellings.get(&normal_unit(spelling)).and_then(|i| self.units.get(*i as usize))
    }

    /// Reads `45 VA`, `>= 40 VA`, `40..45 VA`, `0.1 %`, `12`. With `wanted`, a quantity of another dimension is a fault.
    pub fn parse(&self, text: &str, wanted: Option<DimensionId>) -> Result<Quantity, QuantityFault> {
        let trimmed = text.trim();
        let (bound, rest) = split_bound(trimmed);
        let end = number_end(rest);
        let (numbers, unit_text) = rest.split_at(end);
        let (numbers, unit_text) = (numbers.trim(), unit_text.trim());
        if numbers.is_empty() {
            return Err(QuantityFault::NoNumber(text.to_owned()));
        }
        let unit = self.find_unit(unit_text, text, wanted)?;
        let base = |number: &str| -> Result<Number, QuantityFault> {
            let value: Number = number.trim().parse()?;
            Ok(&(&value * &unit.factor) + &unit.offset)
        };
        let extent = match (numbers.split_once(".."), bound) {
            (Some((low, high)), None) => {
                let (low, high) = (base(low)?, base(high)?);
                if high < low {
                    return Err(QuantityFault::Reversed(text.to_owned()));
                }
                Extent { low: Some(End::closed(low)), high: Some(End::closed(high)) }
            }
            (Some(_), Some(_)) => return Err(QuantityFault::Number(NumberFault::Form(numbers.to_owned()))),
            (None, bound) => Extent::bounded(base(numbers)?, bound),
        };
        Ok(Quantity { extent, dimension: unit.dimension, text: trimmed.to_owned() })
    }

    fn find_unit(
        &self,
        unit_text: &str,
        whole: &str,
        wanted: Option<DimensionId>,
    ) -> Result<&Unit, QuantityFault> {
        let names = |id: DimensionId| {
            let symbols: Vec<_> =
                self.units.iter().filter(|u| u.dimension == id).map(|u| u.symbol.as_str()).take(12).collect();
            (self.dimension(id).map_or_else(String::new, |d| d.name.replace('_', " ")), symbols.join(", "))
        };
        let Some(unit) = self.unit(if unit_text.is_empty() { "1" } else { unit_text }) else {
            let folded = unit_text.to_lowercase();
            let near: Vec<_> = self
                .units
                .iter()
                .filter(|u| u.symbol.to_lowercase() == folded)
                .map(|u| format!("`{}`", u.symbol))
                .collect();
            let hint = match (near.is_empty(), wanted) {
                (false, _) => {
                    format!("; did you mean {}? (capital and small letters differ)", near.join(" or "))
                }
                (true, Some(id)) => format!("; {} is given in {}", names(id).0, names(id).1),
                (true, None) => "; `data/units.toml` holds the units".to_owned(),
            };
            return Err(QuantityFault::UnknownUnit { seen: unit_text.to_owned(), hint });
        };
        match wanted {
            Some(id) if unit.dimension != id => {
                let (wanted, units) = names(id);
                Err(if unit_text.is_empty() {
                    QuantityFault::NoUnit { seen: whole.to_owned(), wanted, units }
                } else {
                    let is = names(unit.dimension).0;
                    QuantityFault::WrongDimension { seen: whole.to_owned(), is, wanted, units }
                })
            }
            _ => Ok(unit),
        }
    }
}

/// One spelling for signs that look alike: the two micro signs, the Kelvin sign, the ohm sign, minus, middle dots, blanks.
fn normal_unit(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '\u{3bc}' => '\u{b5}',
            '\u{2126}' => '\u{3a9}',
            '\u{212a}' => 'K',
            '\u{22c5}' | '\u{2219}' | '\u{2022}' | '*' => '\u{b7}',
            '\u{2212}' => '-',
            other => other,
        })
        .collect()
}

fn split_bound(text: &str) -> (Option<Op>, &str) {
    for (sign, op) in
        [(">=", Op::Ge), ("<=", Op::Le), ("≥", Op::Ge), ("≤", Op::Le), (">", Op::Gt), ("<", Op::Lt)]
    {
        if let Some(rest) = text.strip_prefix(sign) {
            return (Some(op), rest.trim_start());
        }
    }
    (None, text)
}

/// Where the numbers (one, or two joined by `..`) end and the unit begins.
fn number_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut end = 0;
    let mut at = 0;
    while let Some(&b) = bytes.get(at) {
        let next = bytes.get(at + 1).copied();
        let digit_before = at > 0 && bytes.get(at - 1).is_some_and(u8::is_ascii_digit);
        let part = match b {
            b'0'..=b'9' | b'.' | b'_' => true,
            b'-' | b'+' => !digit_before,
            b',' | b'\'' => digit_before && next.is_some_and(|n| n.is_ascii_digit()),
            b'e' | b'E' => {
                digit_before
                    && (next.is_some_and(|n| n.is_ascii_digit())
                        || (matches!(next, Some(b'-' | b'+'))
                            && bytes.get(at + 2).is_some_and(u8::is_ascii_digit)))
            }
            b' ' => true,
            _ => false,
        };
        if !part {
            break;
        }
        at += 1;
        if b != b' ' {
            end = at;
        }
        // A sign of an exponent belongs to the number.
        if matches!(b, b'e' | b'E') && matches!(next, Some(b'-' | b'+')) {
            at += 1;
            end = at;
        }
    }
    end
}

/// A comparison as the lists make it: strict and inclusive bounds are kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Op {
    /// More than.
    Gt,
    /// As much or more.
    Ge,
    /// Less than.
    Lt,
    /// As much or less.
    Le,
    /// Exactly.
    Eq,
}

impl Op {
    /// The sign.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Eq => "==",
        }
    }

    /// The comparison of two exact numbers.
    #[must_use]
    pub fn holds(self, value: &Number, limit: &Number) -> bool {
        match self {
            Self::Gt => value > limit,
            Self::Ge => value >= limit,
            Self::Lt => value < limit,
            Self::Le => value <= limit,
            Self::Eq => value == limit,
        }
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.sign())
    }
}

/// One end of an extent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// The value, in base units.
    pub value: Number,
    /// Whether the value itself belongs to the extent.
    pub closed: bool,
}

impl End {
    fn closed(value: Number) -> Self {
        Self { value, closed: true }
    }
}

/// What is known of a value: exactly, from, to, or between; in base units. An absent end is open without limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extent {
    /// The lower end.
    pub low: Option<End>,
    /// The upper end.
    pub high: Option<End>,
}

impl Extent {
    /// Exactly this value.
    #[must_use]
    pub fn point(value: Number) -> Self {
        Self { low: Some(End::closed(value.clone())), high: Some(End::closed(value)) }
    }

    fn bounded(value: Number, bound: Option<Op>) -> Self {
        let end = |closed| Some(End { value: value.clone(), closed });
        match bound {
            None | Some(Op::Eq) => Self::point(value),
            Some(Op::Ge) => Self { low: end(true), high: None },
            Some(Op::Gt) => Self { low: end(false), high: None },
            Some(Op::Le) => Self { low: None, high: end(true) },
            Some(Op::Lt) => Self { low: None, high: end(false) },
        }
    }

    /// The value, if it is known exactly.
    #[must_use]
    pub fn exact(&self) -> Option<&Number> {
        match (&self.low, &self.high) {
            (Some(low), Some(high)) if low.value == high.value => Some(&low.value),
            _ => None,
        }
    }

    /// Whether the comparison holds: settled only when it comes out alike for every value of the extent.
    #[must_use]
    pub fn compare(&self, op: Op, limit: &Number) -> Truth {
        let all_above = |strict: bool| {
            self.low
                .as_ref()
                .is_some_and(|l| &l.value > limit || (&l.value == limit && !(strict && l.closed)))
        };
        let all_below = |strict: bool| {
            self.high
                .as_ref()
                .is_some_and(|h| &h.value < limit || (&h.value == limit && !(strict && h.closed)))
        };
        match op {
            Op::Gt if all_above(true) => Truth::True,
            Op::Gt if all_below(false) => Truth::False,
            Op::Ge if all_above(false) => Truth::True,
            Op::Ge if all_below(true) => Truth::False,
            Op::Lt if all_below(true) => Truth::True,
            Op::Lt if all_above(false) => Truth::False,
            Op::Le if all_below(false) => Truth::True,
            Op::Le if all_above(true) => Truth::False,
            Op::Eq if self.exact() == Some(limit) => Truth::True,
            Op::Eq if all_above(true) || all_below(true) => Truth::False,
            _ => Truth::Unknown,
        }
    }
}

/// A quantity as it was written and what it means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quantity {
    /// In base units.
    pub extent: Extent,
    /// What it measures.
    pub dimension: DimensionId,
    /// As it was written.
    pub text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> UnitTable {
        let mut t = UnitTable::default();
        for (dimension, base, units) in [
            ("count", "1", &[("1", "1", "0")][..]),
            ("apparent_power", "VA", &[("VA", "1", "0"), ("kVA", "1000", "0")]),
            ("frequency", "Hz", &[("Hz", "1", "0"), ("kHz", "1e3", "0")]),
            (
                "pressure",
                "Pa",
                &[("Pa", "1", "0"), ("mPa", "1e-3", "0"), ("MPa", "1e6", "0"), ("Torr", "101325/760", "0")],
            ),
            ("temperature", "K", &[("K", "1", "0"), ("°C", "1", "273.15")]),
            ("length", "m", &[("m", "1", "0"), ("µm", "1e-6", "0")]),
            ("ratio", "1 (ratio)", &[("%", "1/100", "0")]),
        ] {
            let id = t.add_dimension(Dimension { name: dimension.into(), base: base.into() });
            for (symbol, factor, offset) in units {
                let unit = Unit {
                    symbol: (*symbol).into(),
                    dimension: id,
                    factor: factor.parse().unwrap(),
                    offset: offset.parse().unwrap(),
                };
                assert!(t.add_unit(unit, &[]).is_empty());
            }
        }
        t
    }

    fn against(text: &str, op: Op, limit: &str) -> Truth {
        let t = table();
        let limit = t.parse(limit, None).unwrap();
        t.parse(text, Some(limit.dimension)).unwrap().extent.compare(op, limit.extent.exact().unwrap())
    }

    #[test]
    fn strict_and_inclusive_limits_differ_only_at_the_limit() {
        assert_eq!(against("0.2 %", Op::Lt, "0.2 %"), Truth::False);
        assert_eq!(against("0.2 %", Op::Le, "0.2 %"), Truth::True);
        assert_eq!(against("0.19999999999 %", Op::Lt, "0.2 %"), Truth::True);
        assert_eq!(against("1 kHz", Op::Ge, "1000 Hz"), Truth::True);
        assert_eq!(against("-55 °C", Op::Lt, "218.15 K"), Truth::False);
        assert_eq!(against("-55.01 °C", Op::Lt, "218.15 K"), Truth::True);
        assert_eq!(against("0.3 Torr", Op::Eq, "0.3 Torr"), Truth::True);
    }

    #[test]
    fn a_bound_settles_only_what_it_covers() {
        assert_eq!(against(">= 40 VA", Op::Ge, "40 VA"), Truth::True);
        assert_eq!(against("> 40 VA", Op::Gt, "40 VA"), Truth::True);
        assert_eq!(against(">= 40 VA", Op::Gt, "40 VA"), Truth::Unknown);
        assert_eq!(against("< 40 VA", Op::Ge, "40 VA"), Truth::False);
        assert_eq!(against("<= 40 VA", Op::Ge, "40 VA"), Truth::Unknown);
        assert_eq!(against("39..41 VA", Op::Ge, "40 VA"), Truth::Unknown);
        assert_eq!(against("40 .. 41 VA", Op::Ge, "40 VA"), Truth::True);
        assert_eq!(against("-60..-56 °C", Op::Lt, "-55 °C"), Truth::True);
    }

    #[test]
    fn wrong_and_unknown_units_say_what_is_wanted() {
        let t = table();
        let power = t.dimension_named("apparent_power");
        assert_eq!(
            t.parse("45 Hz", power).unwrap_err().to_string(),
            "`45 Hz` measures frequency; apparent power is wanted (units: VA, kVA)"
        );
        assert_eq!(
            t.parse("45", power).unwrap_err().to_string(),
            "`45` has no unit; apparent power is wanted (units: VA, kVA)"
        );
        assert!(t.parse("1 khz", None).unwrap_err().to_string().contains("did you mean `kHz`"));
        assert!(t.parse("0,2 %", None).unwrap_err().to_string().contains("decimals with a point"));
        assert!(matches!(t.parse("fast", None), Err(QuantityFault::NoNumber(_))));
        assert!(matches!(t.parse("9..1 m", None), Err(QuantityFault::Reversed(_))));
        assert_eq!(t.parse("3 μm", None).unwrap().extent, t.parse("3 µm", None).unwrap().extent);
        assert!(t.parse("1e-3 MPa", None).is_ok() && t.parse("1.5e6Hz", None).is_ok());
    }

    #[test]
    fn millipascal_is_not_megapascal() {
        assert_eq!(against("13 mPa", Op::Lt, "13 MPa"), Truth::True);
        assert_eq!(against("13 mPa", Op::Eq, "0.013 Pa"), Truth::True);
    }
}
