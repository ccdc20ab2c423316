//! What stands in a cell.

use std::borrow::Cow;
use std::fmt;

/// A number as the file writes it. A whole number has no point and no exponent, however the file writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number(String);

impl Number {
    /// Reads a decimal number, with or without fraction and exponent; none if the text is no such number.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (sign, digits) = match mantissa.strip_prefix('-') {
            Some(rest) => ("-", rest),
            None => ("", mantissa),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let is_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if whole.len() + fraction.len() == 0 || !is_digits(whole) || !is_digits(fraction) {
            return None;
        }
        Some(Self(integral(sign, whole, fraction, exponent).unwrap_or_else(|| text.to_owned())))
    }

    /// The number as decimal text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number, if it is whole and not too large.
    #[must_use]
    pub fn integer(&self) -> Option<i64> {
        self.0.parse().ok()
    }

    /// The number without its fraction, if it is not negative and not too large.
    #[must_use]
    pub fn floor(&self) -> Option<i64> {
        let whole = self.0.split_once('.').map_or(self.0.as_str(), |(whole, _)| whole);
        (!self.0.contains(['e', 'E', '-'])).then(|| whole.parse().ok())?
    }
}

/// The digits of a number that is whole and has at most 18 of them.
fn integral(sign: &str, whole: &str, fraction: &str, exponent: i32) -> Option<String> {
    let fraction = fraction.trim_end_matches('0');
    let point = usize::try_from(exponent).ok();
    let digits = match point {
        Some(shift) if shift >= fraction.len() && shift <= 18 => {
            format!("{whole}{fraction}{}", "0".repeat(shift - fraction.len()))
        }
        _ => return None,
    };
    let digits = digits.trim_start_matches('0');
    match digits.len() {
        0 => Some("0".to_owned()),
        1..=18 => Some(format!("{sign}{digits}")),
        _ => None,
    }
}

/// The day from which a workbook counts its dates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DateSystem {
    /// Day 1 is 1900-01-01, and 1900 is taken for a leap year.
    #[default]
    From1900,
    /// Day 0 is 1904-01-01.
    From1904,
}

impl DateSystem {
    /// The day of a serial number, `YYYY-MM-DD`; none if there is no such day, or if it lies after 9999.
    #[must_use]
    pub fn day(self, serial: i64) -> Option<String> {
        // Days from 1970-01-01.
        let days = match self {
            Self::From1900 => match serial {
                1..=59 => serial - 25_568,
                // 60 is 1900-02-29, a day that never was.
                61..=2_958_465 => serial - 25_569,
                _ => return None,
            },
            Self::From1904 if (0..=2_957_003).contains(&serial) => serial - 24_107,
            Self::From1904 => return None,
        };
        // Years of 400 years, counted from 1 March (the usual way from days to a civil date).
        let z = days + 719_468;
        let (era, of_era) = (z.div_euclid(146_097), z.rem_euclid(146_097));
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * of_year + 2) / 153;
        let day = of_year - (153 * from_march + 2) / 5 + 1;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Some(format!("{year:04}-{month:02}-{day:02}"))
    }
}

/// What stands in a cell, as the author's program stored it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A text, blanks and line breaks included, without readings (furigana).
    Text(String),
    /// A number.
    Number(Number),
    /// A truth value.
    Bool(bool),
    /// A number that the workbook shows as a date.
    Date {
        /// The day, `YYYY-MM-DD`.
        day: String,
        /// The number that is stored.
        serial: Number,
    },
    /// The result of a calculation that failed, like `#REF!`.
    Fault(String),
}

impl Value {
    /// The value as text: a date as its day, a truth value as `TRUE` or `FALSE`.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) | Self::Fault(text) => Cow::Borrowed(text),
            Self::Number(number) => Cow::Borrowed(number.as_str()),
            Self::Bool(true) => Cow::Borrowed("TRUE"),
            Self::Bool(false) => Cow::Borrowed("FALSE"),
            Self::Date { day, .. } => Cow::Borrowed(day),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text())
    }
}

/// Whether a number format shows a day.
pub(crate) fn shows_a_day(code: &str) -> bool {
    let (mut days, mut months, mut times) = (false, false, false);
    let mut chars = code.chars();
    // Only the first section: the others are for negative numbers, nought and text.
    while let Some(c) = chars.next() {
        match c {
            '"' => while chars.next().is_some_and(|c| c != '"') {},
            '[' => {
                let inner: String = chars.by_ref().take_while(|c| *c != ']').collect();
                times |= !inner.is_empty() && inner.chars().all(|c| "hHmMsS".contains(c));
            }
            '\\' | '_' | '*' => _ = chars.next(),
            ';' => break,
            'y' | 'Y' | 'd' | 'D' => days = true,
            'm' | 'M' => months = true,
            'h' | 'H' | 's' | 'S' => times = true,
            _ => {}
        }
    }
    days || (months && !times)
}

/// Whether one of the formats that every program knows by number shows a day, Chinese, Japanese and Korean ones included.
pub(crate) fn built_in_shows_a_day(id: u32) -> bool {
    matches!(id, 14..=17 | 22 | 27..=31 | 34..=36 | 50..=58)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_print_as_such() {
        for (text, expected) in [
            ("667", "667"),
            ("42.0", "42"),
            ("1.5E3", "1500"),
            ("1.23E+2", "123"),
            ("-0", "0"),
            ("007", "7"),
            ("-12.00", "-12"),
            ("0.1", "0.1"),
            ("1.5E-3", "1.5E-3"),
            ("45123.500000000007", "45123.500000000007"),
            ("1e400", "1e400"),
            ("123456789012345678901", "123456789012345678901"),
            (".5", ".5"),
        ] {
            assert_eq!(Number::parse(text).unwrap().as_str(), expected, "{text}");
        }
        for text in
            ["", "-", ".", "1e", "NaN", "inf", "1,5", "0x10", "+1", "1 ", "--1", "1e99999999999", "１"]
        {
            assert_eq!(Number::parse(text), None, "{text}");
        }
        let number = |text| Number::parse(text).unwrap();
        assert_eq!((number("45123.9").floor(), number("-1.5").floor()), (Some(45123), None));
        assert_eq!((number("45123").integer(), number("4.5").integer()), (Some(45123), None));
    }

    #[test]
    fn serial_numbers_are_days() {
        for (serial, day) in [
            (1, "1900-01-01"),
            (59, "1900-02-28"),
            (61, "1900-03-01"),
            (13633, "1937-04-28"),
            (25569, "1970-01-01"),
            (45291, "2023-12-31"),
            (45350, "2024-02-28"),
            (45351, "2024-02-29"),
            (45352, "2024-03-01"),
            (2_958_465, "9999-12-31"),
        ] {
            assert_eq!(DateSystem::From1900.day(serial).as_deref(), Some(day), "{serial}");
        }
        for serial in [i64::MIN, -1, 0, 60, 2_958_466, i64::MAX] {
            assert_eq!(DateSystem::From1900.day(serial), None, "{serial}");
        }
        assert_eq!(DateSystem::From1904.day(0).as_deref(), Some("1904-01-01"));
        assert_eq!(DateSystem::From1904.day(45351 - 1462).as_deref(), Some("2024-02-29"));
        assert_eq!(DateSystem::From1904.day(2_957_003).as_deref(), Some("9999-12-31"));
        assert_eq!(DateSystem::From1904.day(2_957_004), None);
    }

    #[test]
    fn formats_show_days_or_not() {
        for code in [
            "d/mm/yyyy;@",
            "[$-C09]d\\ mmmm\\ yyyy;@",
            "yyyy\"年\"m\"月\"d\"日\"",
            "mmm-yy",
            "m/d/yy h:mm",
            "mmmm",
        ] {
            assert!(shows_a_day(code), "{code}");
        }
        for code in [
            "General",
            "0_ ",
            "0_);[Red]\\(0\\)",
            "@",
            "\"day\" 0",
            "h:mm:ss",
            "[h]:mm",
            "mm:ss",
            "0.00E+00",
            "0;\\d",
            "",
            "\"",
            "[",
            "\\",
        ] {
            assert!(!shows_a_day(code), "{code}");
        }
    }
}
