//! Points and periods of the advanced form, which writes every date as the days at which it may begin and end.

use comity_model::{DateValue, Day};

use super::xml::Element;

/// Year, Month and Day as far as they are told.
pub(crate) fn point(element: &Element) -> Option<DateValue> {
    let number = |name: &str| -> Option<i16> {
        match element.value(name).as_str() {
            "" => Some(0),
            text => text.parse().ok().filter(|n| *n >= 0),
        }
    };
    let (year, month, day) =
        (number("Year")?, i8::try_from(number("Month")?).ok()?, i8::try_from(number("Day")?).ok()?);
    match (year, month, day) {
        (0, _, _) => None,
        (year, 0, 0) => Some(DateValue::Year(year)),
        (year, month, 0) if (1..=12).contains(&month) => Some(DateValue::Month { year, month }),
        (year, month, day) => Day::new(year, month, day).map(DateValue::Day),
    }
}

/// A period with its precision: equal ends are a day, a whole month or year is that month or year, all else a range.
pub(crate) fn dated(period: &Element) -> Option<DateValue> {
    let (start, end) = (period.all("Start").next(), period.all("End").next());
    let approximate = [start, end].into_iter().flatten().any(|b| b.attribute("Approximate") == Some("true"));
    let points = |b: Option<&Element>| -> Option<Vec<DateValue>> {
        let children = b.into_iter().flat_map(|b| &b.children);
        children.filter(|c| c.name == "From" || c.name == "To").map(point).collect()
    };
    let (starts, ends) = (points(start)?, points(end)?);
    let first = starts.first().or(ends.first())?;
    let last = ends.last().or(starts.last())?;
    // One end alone tells a day near which it was, no more.
    let one_sided = starts.is_empty() || (ends.is_empty() && starts.len() < 2);
    let date = between(first, last);
    Some(if approximate || one_sided { DateValue::About(Box::new(date)) } else { date })
}

fn between(first: &DateValue, last: &DateValue) -> DateValue {
    if let (DateValue::Day(a), DateValue::Day(b)) = (first, last)
        && a != b
        && a.day() == 1
        && b.next().day() == 1
    {
        let (whole_first, whole_last) = (a.month() == 1, b.month() == 12);
        if whole_first && whole_last {
            let (a, b) = (DateValue::Year(a.year()), DateValue::Year(b.year()));
            return if a == b { a } else { DateValue::Between(Box::new(a), Box::new(b)) };
        }
        if (a.year(), a.month()) == (b.year(), b.month()) {
            return DateValue::Month { year: a.year(), month: a.month() };
        }
    }
    if first == last {
        first.clone()
    } else {
        DateValue::Between(Box::new(first.clone()), Box::new(last.clone()))
    }
}

/// A date as the other forms of the list write it: `02 Aug 2021`.
pub(crate) fn english(date: &DateValue) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let name =
        |month: i8| usize::try_from(month - 1).ok().and_then(|m| MONTHS.get(m)).copied().unwrap_or_default();
    match date {
        DateValue::Day(day) => format!("{:02} {} {}", day.day(), name(day.month()), day.year()),
        DateValue::Month { year, month } => format!("{} {year}", name(*month)),
        DateValue::Year(year) => year.to_string(),
        DateValue::About(date) => format!("circa {}", english(date)),
        DateValue::Between(first, last) => format!("{} to {}", english(first), english(last)),
        DateValue::Unknown => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_the_other_forms_write_them() {
        for (date, expected) in [
            ("2021-08-02", "02 Aug 2021"),
            ("1948-12", "Dec 1948"),
            ("1951", "1951"),
            ("about 1951", "circa 1951"),
            ("1955..1958", "1955 to 1958"),
        ] {
            let date: DateValue = date.parse().unwrap();
            assert_eq!(english(&date), expected);
            assert_eq!(super::super::dates::english(expected), Some(date));
        }
    }

    #[test]
    fn whole_months_and_years_are_no_days() {
        let day = |text: &str| text.parse::<DateValue>().unwrap();
        for (first, last, expected) in [
            ("1950-01-01", "1950-12-31", "1950"),
            ("1950-01-01", "1951-12-31", "1950..1951"),
            ("1952-02-01", "1952-02-29", "1952-02"),
            ("1950-01-01", "1950-01-01", "1950-01-01"),
            ("1950-01-01", "1950-01-31", "1950-01"),
            ("1950-01-02", "1950-12-31", "1950-01-02..1950-12-31"),
            ("1950", "1952", "1950..1952"),
        ] {
            assert_eq!(between(&day(first), &day(last)).to_string(), expected);
        }
    }
}
