//! Dates as lists write them, with the precision that they have.

use comity_model::{DateValue, Day};

/// `2026-02-27`, with or without a time or zone behind it, or a year.
pub(crate) fn iso(text: &str) -> Option<DateValue> {
    let text = text.trim();
    if let Some(day) = iso_day(text) {
        return Some(DateValue::Day(day));
    }
    match text.len() {
        4 | 7 => text.parse().ok(),
        _ => None,
    }
}

/// `2026-02-27`, with or without a time (`T...`), `Z` or an offset (`-04:00`) behind it: the day as printed.
pub(crate) fn iso_day(text: &str) -> Option<Day> {
    let (day, rest) = text.trim().split_at_checked(10)?;
    let rest_is_time = rest.is_empty()
        || (rest.starts_with(['T', 'Z', '+', '-'])
            && rest.chars().all(|c| c.is_ascii_digit() || matches!(c, 'T' | 'Z' | ':' | '.' | '+' | '-')));
    if rest_is_time { day.parse().ok() } else { None }
}

/// `10 Dec 1948`, `Dec 1948`, `1948`, `circa 1951`, `1955 to 1958`, `circa 1979-1982`.
pub(crate) fn english(text: &str) -> Option<DateValue> {
    let text = text.trim();
    if let Some(rest) = text.strip_prefix("circa ") {
        return Some(DateValue::About(Box::new(english(rest)?)));
    }
    if let Some((first, last)) = text.split_once(" to ").or_else(|| years(text)) {
        let (first, last) = (plain_english(first.trim())?, plain_english(last.trim())?);
        return Some(DateValue::Between(Box::new(first), Box::new(last)));
    }
    plain_english(text)
}

/// `31/07/2024`, a day of the calendar.
pub(crate) fn day_first(text: &str) -> Option<Day> {
    let mut parts = text.trim().split('/');
    let (Some(day), Some(month), Some(year), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    let digits = |t: &str| matches!(t.len(), 1 | 2) && t.bytes().all(|b| b.is_ascii_digit());
    if !digits(day) || !digits(month) {
        return None;
    }
    Day::new(self::year(year)?, month.parse().ok()?, day.parse().ok()?)
}

/// `31/07/2024`, and with placeholders for what is not known: `dd/07/1960`, `00/00/1975`, `dd/mm/1958`, `--/--/1969`; or a year alone. A day without a month
/// says nothing; a month that there is not makes no date.
pub(crate) fn day_first_partial(text: &str) -> Option<DateValue> {
    let text = text.trim();
    if let Some(year) = year(text) {
        return Some(DateValue::Year(year));
    }
    let mut parts = text.split('/');
    let (Some(day), Some(month), Some(year), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    let year = self::year(year)?;
    let placeholder = |t: &str, letter: char| {
        matches!(t.len(), 1 | 2)
            && t.chars().all(|c| matches!(c, '0' | '-') || c.to_ascii_lowercase() == letter)
    };
    match (placeholder(day, 'd'), placeholder(month, 'm')) {
        (_, true) => Some(DateValue::Year(year)),
        (true, false) => {
            let month = month.parse().ok()?;
            Day::new(year, month, 1).map(|_| DateValue::Month { year, month })
        }
        (false, false) => day_first(text).map(DateValue::Day),
    }
}

fn years(text: &str) -> Option<(&str, &str)> {
    text.split_once('-').filter(|(a, b)| a.trim().len() == 4 && b.trim().len() == 4)
}

fn plain_english(text: &str) -> Option<DateValue> {
    let mut words = text.split_ascii_whitespace();
    let words = (words.next()?, words.next(), words.next(), words.next());
    match words {
        (year, None, None, None) => self::year(year).map(DateValue::Year),
        (month, Some(year), None, None) => {
            Some(DateValue::Month { year: self::year(year)?, month: self::month(month)? })
        }
        (day, Some(month), Some(year), None) => {
            let day = day.parse().ok()?;
            Day::new(self::year(year)?, self::month(month)?, day).map(DateValue::Day)
        }
        _ => None,
    }
}

fn year(text: &str) -> Option<i16> {
    (text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

fn month(text: &str) -> Option<i8> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let start = text.get(..3)?.to_ascii_lowercase();
    let index = MONTHS.iter().position(|m| *m == start)?;
    i8::try_from(index + 1).ok()
}

/// The last year that a date can mean, as far as it says one.
pub(crate) fn last_year(date: &DateValue) -> Option<i16> {
    match date {
        DateValue::Day(day) => Some(day.year()),
        DateValue::Month { year, .. } | DateValue::Year(year) => Some(*year),
        DateValue::Between(_, last) => last_year(last),
        DateValue::About(date) => last_year(date),
        DateValue::Unknown => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_keep_their_precision() {
        for (text, expected) in [
            ("10 Dec 1948", "1948-12-10"),
            ("Dec 1948", "1948-12"),
            ("1948", "1948"),
            ("circa 1951", "about 1951"),
            ("circa Mar 1951", "about 1951-03"),
            ("1955 to 1958", "1955..1958"),
            ("01 Jan 1955 to 31 Dec 1955", "1955-01-01..1955-12-31"),
            ("circa 1979-1982", "about 1979..1982"),
        ] {
            assert_eq!(english(text).map(|d| d.to_string()).as_deref(), Some(expected), "{text}");
        }
        for text in
            ["", "31 Feb 1950", "spring 1950", "1950s", "10 Dec 1948 or so", "12 13 1950", "é Dec 1950"]
        {
            assert_eq!(english(text), None, "{text}");
        }
    }

    #[test]
    fn days_come_first_and_placeholders_are_no_days() {
        for (text, expected) in [
            ("31/07/2024", "2024-07-31"),
            ("1/7/2024", "2024-07-01"),
            ("dd/mm/1958", "1958"),
            ("DD/MM/1958", "1958"),
            ("00/00/1975", "1975"),
            ("--/--/1969", "1969"),
            ("dd/05/1960", "1960-05"),
            ("00/12/1960", "1960-12"),
            ("15/mm/1958", "1958"),
            ("1961", "1961"),
        ] {
            assert_eq!(day_first_partial(text).map(|d| d.to_string()).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "15/08/19yy", "31/02/1950", "dd/13/1960", "1/2", "1/2/3/4", "a/b/1950", "é/mm/19é"]
        {
            assert_eq!(day_first_partial(text), None, "{text}");
        }
        assert_eq!(day_first("08/10/2026").unwrap().to_string(), "2026-10-08");
        assert_eq!(day_first("dd/10/2026"), None);
    }

    #[test]
    fn zones_and_times_are_cut_off_the_day() {
        for text in
            ["2015-07-01", "2015-07-01-04:00", "2015-07-01Z", "2015-07-01T19:09:49.856-04:00", " 2015-07-01 "]
        {
            assert_eq!(iso(text).unwrap().to_string(), "2015-07-01", "{text}");
        }
        assert_eq!(iso("1971").unwrap().to_string(), "1971");
        for text in ["", "2015-7-1", "2015-02-30", "2015-07-01 x", "éééééééééé"] {
            assert_eq!(iso(text), None, "{text}");
        }
    }
}
