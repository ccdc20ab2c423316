//! Exact numbers. A limit of 0.2 % and a value of 0.2 % must meet exactly at the limit, so no binary fraction is ever used:
//! a [`Number`] is a ratio of integers, read from decimal text.

use std::fmt;
use std::ops;
use std::str::FromStr;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Pow, Signed, ToPrimitive, Zero};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An exact rational number.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(BigRational);

/// A text that is no number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NumberFault {
    /// Not a decimal number.
    #[error("`{0}` is no number (write decimals with a point: 0.2, 1500, 14.65e6)")]
    Form(String),
    /// Written with a decimal comma or thousands separators.
    #[error(
        "`{0}` has a comma or blank inside the number (write decimals with a point and no thousands separators: 0.2, 84000)"
    )]
    Comma(String),
    /// Far outside of what any list measures.
    #[error("`{0}` is out of range (at most 40 digits and exponents from -60 to 60)")]
    Range(String),
}

impl Number {
    /// Zero.
    #[must_use]
    pub fn zero() -> Self {
        Self(BigRational::zero())
    }

    /// One.
    #[must_use]
    pub fn one() -> Self {
        Self(BigRational::one())
    }

    /// Whether it is zero.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    /// Whether it is below zero.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.0.is_negative()
    }

    /// The quotient; none when dividing by zero.
    #[must_use]
    pub fn checked_div(&self, other: &Self) -> Option<Self> {
        (!other.is_zero()).then(|| Self(&self.0 / &other.0))
    }

    /// A whole power; none for zero to a negative power or exponents beyond ±1000.
    #[must_use]
    pub fn powi(&self, exponent: i32) -> Option<Self> {
        if exponent.unsigned_abs() > 1000 || (exponent < 0 && self.is_zero()) {
            return None;
        }
        Some(Self(Pow::pow(&self.0, exponent)))
    }

    /// The numerator and denominator as small integers, where they fit: exponents of formulas such as 2.65 = 53/20.
    #[must_use]
    pub fn small_ratio(&self) -> Option<(i32, i32)> {
        Some((self.0.numer().to_i32()?, self.0.denom().to_i32()?))
    }

    /// The value as a whole number, where it is one that fits.
    #[must_use]
    pub fn to_i64(&self) -> Option<i64> {
        self.0.is_integer().then(|| self.0.to_integer().to_i64()).flatten()
    }

    /// A near binary fraction, for drawing and ordering only, never for a decision.
    #[must_use]
    pub fn approximate(&self) -> f64 {
        self.0.to_f64().unwrap_or(f64::NAN)
    }

    /// The `n`-th root enclosed: two numbers not more than `10^-places` (relative) apart, the root between them. None for negative numbers.
    #[must_use]
    pub fn root_between(&self, n: u32, places: u32) -> Option<(Self, Self)> {
        if self.is_negative() || n == 0 {
            return None;
        }
        if self.is_zero() {
            return Some((Self::zero(), Self::zero()));
        }
        // Scale by 10^(n*k) so that the integer root has at least `places` digits beyond the leading one.
        let magnitude = self.0.denom().bits().saturating_sub(self.0.numer().bits()) as u32 / n.max(1);
        let k = places + magnitude / 3 + 2;
        let scale = BigInt::from(10u8).pow(k);
        let scaled = (&self.0 * BigRational::from_integer(scale.clone().pow(n))).floor().to_integer();
        let low = scaled.nth_root(n);
        let high = &low + 1u8;
        Some((Self(BigRational::new(low, scale.clone())), Self(BigRational::new(high, scale))))
    }

    /// Decimal text; numbers without a finite decimal form are rounded to 12 significant digits and marked `~`.
    fn decimal(&self) -> String {
        let (mut den, two, five) = (self.0.denom().clone(), BigInt::from(2u8), BigInt::from(5u8));
        let (mut twos, mut fives) = (0u32, 0u32);
        while (&den % &two).is_zero() {
            den /= &two;
            twos += 1;
        }
        while (&den % &five).is_zero() {
            den /= &five;
            fives += 1;
        }
        if !den.is_one() {
            return format!("~{}", trim_float(self.approximate()));
        }
        let places = twos.max(fives);
        let scaled = (&self.0 * BigRational::from_integer(BigInt::from(10u8).pow(places))).to_integer();
        let digits = scaled.abs().to_string();
        let sign = if scaled.is_negative() { "-" } else { "" };
        let places = places as usize;
        let trailing = digits.len() - digits.trim_end_matches('0').len();
        if places == 0 && trailing >= 7 {
            let mantissa = digits.trim_end_matches('0');
            let (head, tail) = mantissa.split_at(1.min(mantissa.len()));
            let point = if tail.is_empty() { "" } else { "." };
            return format!("{sign}{head}{point}{tail}e{}", digits.len() - 1);
        }
        if places == 0 {
            return format!("{sign}{digits}");
        }
        if digits.len() + 6 < places {
            let (head, tail) = digits.split_at(1);
            let point = if tail.is_empty() { "" } else { "." };
            return format!("{sign}{head}{point}{tail}e-{}", places - digits.len() + 1);
        }
        let padded = format!("{digits:0>width$}", width = places + 1);
        let (whole, fraction) = padded.split_at(padded.len() - places);
        format!("{sign}{whole}.{fraction}")
    }
}

fn trim_float(value: f64) -> String {
    let text = format!("{value:.11e}");
    let Some((mantissa, exponent)) = text.split_once('e') else { return text };
    let mantissa = mantissa.trim_end_matches('0').trim_end_matches('.');
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..12).contains(&exponent) {
        let places = usize::try_from((11 - exponent).max(0)).unwrap_or(0);
        let plain = format!("{value:.places$}");
        if plain.contains('.') { plain.trim_end_matches('0').trim_end_matches('.').to_owned() } else { plain }
    } else {
        format!("{mantissa}e{exponent}")
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.decimal())
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.decimal())
    }
}

impl FromStr for Number {
    type Err = NumberFault;
    /// Reads `12`, `-0.5`, `14.65e6`, `1e-3`, and the quotient of two of these, `101325/760`.
    fn from_str(text: &str) -> Result<Self, NumberFault> {
        if let Some((above, below)) = text.split_once('/') {
            let (above, below): (Self, Self) = (above.trim().parse()?, below.trim().parse()?);
            return above.checked_div(&below).ok_or_else(|| NumberFault::Form(text.to_owned()));
        }
        let form = || NumberFault::Form(text.to_owned());
        if text.len() > 120 {
            return Err(NumberFault::Range(text.chars().take(40).collect()));
        }
        if text.bytes().any(|b| b.is_ascii_digit()) && text.contains([',', ' ', '\u{a0}', '\u{202f}', '\'']) {
            return Err(NumberFault::Comma(text.to_owned()));
        }
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((m, e)) => (m, e.strip_prefix('+').unwrap_or(e).parse::<i32>().map_err(|_| form())?),
            None => (text, 0),
        };
        let (negative, digits) = match mantissa.as_bytes().first() {
            Some(b'-') => (true, &mantissa[1..]),
            Some(b'+') => (false, &mantissa[1..]),
            _ => (false, mantissa),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let joined = format!("{whole}{fraction}").replace('_', "");
        if joined.is_empty() || whole.is_empty() || !joined.bytes().all(|b| b.is_ascii_digit()) {
            return Err(form());
        }
        let places = i32::try_from(fraction.replace('_', "").len()).map_err(|_| form())?;
        if joined.trim_start_matches('0').len() > 40 || !(-60..=60).contains(&exponent) {
            return Err(NumberFault::Range(text.to_owned()));
        }
        let integer: BigInt = joined.parse().map_err(|_| form())?;
        let power = exponent - places;
        let ten = BigInt::from(10u8).pow(power.unsigned_abs());
        let value = if power >= 0 {
            BigRational::from_integer(integer * ten)
        } else {
            BigRational::new(integer, ten)
        };
        Ok(Self(if negative { -value } else { value }))
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(BigRational::from_integer(BigInt::from(value)))
    }
}

macro_rules! arithmetic {
    ($($name:ident $method:ident $op:tt),*) => { $(
        impl ops::$name<&Number> for &Number {
            type Output = Number;
            fn $method(self, other: &Number) -> Number { Number(&self.0 $op &other.0) }
        }
    )* };
}
arithmetic!(Add add +, Sub sub -, Mul mul *);

impl ops::Neg for &Number {
    type Output = Number;
    fn neg(self) -> Number {
        Number(-&self.0)
    }
}

/// In stored lawbooks small ratios are two integers; larger ones are text.
#[derive(Serialize, Deserialize)]
enum Stored {
    Small(i64, u64),
    Large(String, String),
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() {
            return s.collect_str(self);
        }
        match (self.0.numer().to_i64(), self.0.denom().to_u64()) {
            (Some(n), Some(d)) => Stored::Small(n, d),
            _ => Stored::Large(self.0.numer().to_string(), self.0.denom().to_string()),
        }
        .serialize(s)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        if d.is_human_readable() {
            return String::deserialize(d)?.parse().map_err(de::Error::custom);
        }
        let (n, d) = match Stored::deserialize(d)? {
            Stored::Small(n, d) => (BigInt::from(n), BigInt::from(d)),
            Stored::Large(n, d) => {
                (n.parse().map_err(de::Error::custom)?, d.parse().map_err(de::Error::custom)?)
            }
        };
        if d.is_zero() {
            return Err(de::Error::custom("a ratio with denominator zero"));
        }
        // Stored reduced; `new_raw` skips the greatest common divisor.
        Ok(Self(BigRational::new_raw(n, d)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn n(text: &str) -> Number {
        text.parse().unwrap()
    }

    #[test]
    fn decimals_are_exact() {
        assert_eq!(&n("0.1") + &n("0.2"), n("0.3"));
        assert_eq!(n("14.65e6"), n("14650000"));
        assert_eq!(n("1e-3"), n("0.001"));
        assert_eq!(n("101325/760").to_string(), "~133.322368421");
    }

    #[test]
    fn text_goes_there_and_back() {
        for text in ["0", "12", "-0.5", "0.024", "14650000", "3500", "1.5e9", "5e13", "1e-14", "46.3"] {
            assert_eq!(n(text).to_string(), text);
            assert_eq!(n(&n(text).to_string()), n(text));
        }
    }

    #[test]
    fn commas_and_blanks_are_refused_with_the_remedy() {
        assert!(n("0.2") == n("0.20"));
        for bad in ["0,2", "84 000", "1'000", "", "1e", "--2", ".5", "abc", "1e99", "0x10"] {
            assert!(bad.parse::<Number>().is_err(), "{bad}");
        }
        assert!("0,2".parse::<Number>().unwrap_err().to_string().contains("decimals with a point"));
    }

    #[test]
    fn roots_are_enclosed() {
        let (low, high) = n("2").root_between(2, 30).unwrap();
        assert!(&low * &low <= n("2") && n("2") < &high * &high);
        assert!((&high - &low) < n("1e-30"));
    }
}
