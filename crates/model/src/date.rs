//! Days, dates that keep their precision, and periods of force.
//!
//! A question is asked *as of* a [`Day`]. Facts carry a [`DateValue`], which never pretends to know more than its source:
//! a year stays a year. Acts are in force during a [`Period`].

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// One calendar day (proleptic Gregorian), written `2026-11-21`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

/// A text that is no date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{seen}` is no {expected}")]
pub struct DateFault {
    /// The text as it stood.
    pub seen: String,
    /// What was expected, with an example.
    pub expected: &'static str,
}

impl Day {
    /// The day of a year, month (1 to 12) and day of month; none if there is no such day.
    #[must_use]
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        Date::new(year, month, day).ok().map(Self)
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// The month, 1 to 12.
    #[must_use]
    pub fn month(self) -> i8 {
        self.0.month()
    }

    /// The day of the month, 1 to 31.
    #[must_use]
    pub fn day(self) -> i8 {
        self.0.day()
    }

    /// Whole days from `earlier` to `self`; negative if `self` comes first.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i64 {
        i64::from(self.number()) - i64::from(earlier.number())
    }

    /// The next day, or the same one at the end of the calendar.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.tomorrow().unwrap_or(self.0))
    }

    /// The day before, or the same one at the beginning of the calendar.
    #[must_use]
    pub fn previous(self) -> Self {
        Self(self.0.yesterday().unwrap_or(self.0))
    }

    /// Days since 1970-01-01, the form in which indexes store a day.
    #[must_use]
    pub fn number(self) -> i32 {
        Date::constant(1970, 1, 1).until(self.0).map_or(0, |span| span.get_days())
    }

    /// The inverse of [`Day::number`].
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        let span = jiff::Span::new().try_days(number).ok()?;
        Date::constant(1970, 1, 1).checked_add(span).ok().map(Self)
    }
}

/// 1970-01-01, day number zero.
impl Default for Day {
    fn default() -> Self {
        Self(Date::constant(1970, 1, 1))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), self.0.month(), self.0.day())
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Day {
    type Err = DateFault;
    fn from_str(text: &str) -> Result<Self, DateFault> {
        let fault = || DateFault { seen: text.to_owned(), expected: "day of the form 2026-11-21" };
        let mut parts = text.splitn(3, '-');
        let (Some(y), Some(m), Some(d)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(fault());
        };
        if y.len() != 4
            || m.len() != 2
            || d.len() != 2
            || !text.bytes().all(|b| b.is_ascii_digit() || b == b'-')
        {
            return Err(fault());
        }
        let (Ok(y), Ok(m), Ok(d)) = (y.parse(), m.parse(), d.parse()) else { return Err(fault()) };
        Self::new(y, m, d).ok_or_else(|| DateFault {
            seen: text.to_owned(),
            expected: "day of the calendar (this month has no such day, or the year no such month)",
        })
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() { s.collect_str(self) } else { s.serialize_i32(self.number()) }
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        if d.is_human_readable() {
            String::deserialize(d)?.parse().map_err(de::Error::custom)
        } else {
            Self::from_number(i32::deserialize(d)?).ok_or_else(|| de::Error::custom("no such day"))
        }
    }
}

/// A date as exact as its source gives it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateValue {
    /// A day.
    Day(Day),
    /// A month of a year.
    Month {
        /// The year.
        year: i16,
        /// The month, 1 to 12.
        month: i8,
    },
    /// A year.
    Year(i16),
    /// Somewhere from the first to the second, both included.
    Between(Box<DateValue>, Box<DateValue>),
    /// Near this date ("circa", "approximately").
    About(Box<DateValue>),
    /// Said to be unknown.
    Unknown,
}

impl DateValue {
    /// The first day it can mean; none when unknown or only approximate.
    #[must_use]
    pub fn earliest(&self) -> Option<Day> {
        match self {
            Self::Day(day) => Some(*day),
            Self::Month { year, month } => Day::new(*year, *month, 1),
            Self::Year(year) => Day::new(*year, 1, 1),
            Self::Between(first, _) => first.earliest(),
            Self::About(_) | Self::Unknown => None,
        }
    }

    /// The last day it can mean; none when unknown or only approximate.
    #[must_use]
    pub fn latest(&self) -> Option<Day> {
        match self {
            Self::Day(day) => Some(*day),
            Self::Month { year, month } => {
                let (y, m) = if *month == 12 { (year + 1, 1) } else { (*year, month + 1) };
                Day::new(y, m, 1).map(Day::previous)
            }
            Self::Year(year) => Day::new(*year, 12, 31),
            Self::Between(_, last) => last.latest(),
            Self::About(_) | Self::Unknown => None,
        }
    }
}

impl fmt::Display for DateValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => day.fmt(f),
            Self::Month { year, month } => write!(f, "{year:04}-{month:02}"),
            Self::Year(year) => write!(f, "{year:04}"),
            Self::Between(first, last) => write!(f, "{first}..{last}"),
            Self::About(date) => write!(f, "about {date}"),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

impl FromStr for DateValue {
    type Err = DateFault;
    /// Reads what [`fmt::Display`] writes: `2006`, `2006-05`, `2006-05-01`, `1955..1958`, `about 1951`, `unknown`.
    fn from_str(text: &str) -> Result<Self, DateFault> {
        let fault = || DateFault {
            seen: text.to_owned(),
            expected: "date of the form 2026-11-21, 2026-11, 2026, 2025..2026, `about 2026` or `unknown`",
        };
        if text == "unknown" {
            return Ok(Self::Unknown);
        }
        // One level only: nothing is about an about, and no text can exhaust the stack.
        let plain = |text: &str| -> Result<Box<Self>, DateFault> {
            if text.starts_with("about ") || text.contains("..") {
                Err(fault())
            } else {
                text.parse().map(Box::new)
            }
        };
        if let Some(rest) = text.strip_prefix("about ") {
            return plain(rest).map(Self::About);
        }
        if let Some((first, last)) = text.split_once("..") {
            return Ok(Self::Between(plain(first)?, plain(last)?));
        }
        if !text.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
            return Err(fault());
        }
        match text.len() {
            4 => text.parse().map(Self::Year).map_err(|_| fault()),
            7 => {
                let (year, month) = text.split_once('-').ok_or_else(fault)?;
                let (year, month) = (year.parse().map_err(|_| fault())?, month.parse().map_err(|_| fault())?);
                Day::new(year, month, 1).map(|_| Self::Month { year, month }).ok_or_else(fault)
            }
            10 => text.parse().map(Self::Day),
            _ => Err(fault()),
        }
    }
}

impl From<Day> for DateValue {
    fn from(day: Day) -> Self {
        Self::Day(day)
    }
}

/// A period from a first to a last day, both included; an open end is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Period {
    /// The first day; none: start not established, or always.
    pub from: Option<Day>,
    /// The last day; none: open.
    pub to: Option<Day>,
}

impl Period {
    /// Without a beginning and without an end.
    pub const ALWAYS: Self = Self { from: None, to: None };

    /// Whether the day lies in the period.
    #[must_use]
    pub fn contains(&self, day: Day) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }

    /// Whether two periods share a day.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let before =
            |to: Option<Day>, from: Option<Day>| matches!((to, from), (Some(to), Some(from)) if to < from);
        !before(self.to, other.from) && !before(other.to, self.from)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(from) = self.from {
            from.fmt(f)?;
        }
        f.write_str("..")?;
        if let Some(to) = self.to {
            to.fmt(f)?;
        }
        Ok(())
    }
}

impl FromStr for Period {
    type Err = DateFault;
    fn from_str(text: &str) -> Result<Self, DateFault> {
        let fault = || DateFault {
            seen: text.to_owned(),
            expected: "period of the form 2021-09-09..2026-11-10 (either end may be empty)",
        };
        let (from, to) = text.split_once("..").ok_or_else(fault)?;
        let end = |s: &str| if s.is_empty() { Ok(None) } else { s.parse().map(Some) };
        let period = Self { from: end(from)?, to: end(to)? };
        match (period.from, period.to) {
            (Some(from), Some(to)) if to < from => Err(DateFault {
                seen: text.to_owned(),
                expected: "period whose first day comes before its last",
            }),
            _ => Ok(period),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_is_never_its_first_of_january() {
        let year: DateValue = "1975".parse().unwrap();
        assert_eq!(year, DateValue::Year(1975));
        assert_eq!(year.earliest().unwrap().to_string(), "1975-01-01");
        assert_eq!(year.latest().unwrap().to_string(), "1975-12-31");
    }

    #[test]
    fn impossible_days_are_refused_by_name() {
        let fault = "2026-02-30".parse::<Day>().unwrap_err();
        assert_eq!(
            fault.to_string(),
            "`2026-02-30` is no day of the calendar (this month has no such day, or the year no such month)"
        );
        assert!("26-2-3".parse::<Day>().is_err());
        assert!("2026-11-21T00:00".parse::<Day>().is_err());
    }

    #[test]
    fn numbers_of_days_go_there_and_back() {
        for text in ["1969-12-31", "1970-01-01", "2000-02-29", "2026-11-21"] {
            let day: Day = text.parse().unwrap();
            assert_eq!(Day::from_number(day.number()), Some(day));
        }
        assert_eq!("1970-01-02".parse::<Day>().unwrap().number(), 1);
    }

    #[test]
    fn dates_print_as_they_read() {
        for text in ["2006", "2006-12", "2006-12-31", "1955..1958", "about 1951", "unknown"] {
            assert_eq!(text.parse::<DateValue>().unwrap().to_string(), text);
        }
        assert!("about ".repeat(100_000).parse::<DateValue>().is_err());
        assert!("1..2..3".parse::<DateValue>().is_err());
    }

    #[test]
    fn periods_include_both_days() {
        let p: Period = "2025-11-10..2026-11-09".parse().unwrap();
        assert!(p.contains("2025-11-10".parse().unwrap()) && p.contains("2026-11-09".parse().unwrap()));
        assert!(!p.contains("2026-11-10".parse().unwrap()));
        assert!("2026-01-02..2026-01-01".parse::<Period>().is_err());
    }
}
