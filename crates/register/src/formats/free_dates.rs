//! Dates within texts that people typed: `a) 21 May 1975; b) approximately 1976`, `1955年-1958年頃`. Every date found is told, with the precision it has.

use comity_model::{DateValue, Day};

use super::workbook::narrow;

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Number(String),
    Word(String),
    Sign(char),
}

fn tokens(text: &str) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::new();
    let mut joined = false;
    for c in narrow(text).chars() {
        if c.is_whitespace() {
            joined = false;
            continue;
        }
        match (c, found.last_mut()) {
            ('0'..='9', Some(Token::Number(digits))) if joined => digits.push(c),
            ('0'..='9', _) => found.push(Token::Number(c.to_string())),
            (c, Some(Token::Word(word))) if joined && c.is_ascii_alphabetic() => {
                word.push(c.to_ascii_lowercase())
            }
            (c, _) if c.is_ascii_alphabetic() => found.push(Token::Word(c.to_ascii_lowercase().to_string())),
            (c, _) => found.push(Token::Sign(c)),
        }
        joined = true;
    }
    found
}

/// Tokens from a place on.
struct Reader<'t> {
    tokens: &'t [Token],
    at: usize,
}

impl Reader<'_> {
    fn number(&mut self, digits: std::ops::RangeInclusive<usize>) -> Option<i16> {
        let Some(Token::Number(text)) = self.tokens.get(self.at) else { return None };
        let number = digits.contains(&text.len()).then(|| text.parse().ok())??;
        self.at += 1;
        Some(number)
    }

    fn year(&mut self) -> Option<i16> {
        let from = self.at;
        let year = self.number(4..=4).filter(|year| (1800..=2199).contains(year));
        if year.is_none() {
            self.at = from;
        }
        year
    }

    fn sign(&mut self, signs: &str) -> Option<()> {
        let Some(Token::Sign(c)) = self.tokens.get(self.at) else { return None };
        let fits = signs.contains(*c).then_some(());
        self.at += usize::from(fits.is_some());
        fits
    }

    fn word(&mut self, words: &[&str]) -> Option<()> {
        let Some(Token::Word(word)) = self.tokens.get(self.at) else { return None };
        let fits = words.contains(&word.as_str()).then_some(());
        self.at += usize::from(fits.is_some());
        fits
    }

    fn month(&mut self) -> Option<i8> {
        const MONTHS: [&str; 12] = [
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ];
        let Some(Token::Word(word)) = self.tokens.get(self.at) else { return None };
        let index = MONTHS.iter().position(|month| word.len() >= 3 && month.starts_with(word.as_str()));
        // `Sept`, and the one abbreviation that is no beginning.
        let index = index.or((word == "sept").then_some(8))?;
        self.at += 1;
        i8::try_from(index + 1).ok()
    }

    /// Tries one form; on failure nothing is read.
    fn form<T>(&mut self, form: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let from = self.at;
        let found = form(self);
        if found.is_none() {
            self.at = from;
        }
        found
    }

    fn english(&mut self) -> Option<DateValue> {
        let day = |year: i16, month: i16, day: i16| {
            Some(DateValue::Day(Day::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?)?))
        };
        self.form(|r| {
            let d = r.number(1..=2)?;
            _ = r.word(&["st", "nd", "rd", "th"]);
            _ = r.sign("-.");
            let month = r.month()?;
            _ = r.sign("-.,");
            day(r.year()?, month.into(), d)
        })
        .or_else(|| {
            self.form(|r| {
                let d = r.number(1..=2)?;
                r.sign("/.")?;
                let month = r.number(1..=2)?;
                r.sign("/.")?;
                day(r.year()?, month, d)
            })
        })
        .or_else(|| {
            self.form(|r| {
                let year = r.year()?;
                r.sign("-")?;
                let month = r.number(2..=2)?;
                r.sign("-")?;
                day(year, month, r.number(2..=2)?)
            })
        })
        .or_else(|| {
            self.form(|r| {
                let month = r.month()?;
                _ = r.sign("-.");
                let d = r.number(1..=2)?;
                _ = r.sign(",");
                day(r.year()?, month.into(), d)
            })
        })
        .or_else(|| {
            self.form(|r| {
                let month = r.month()?;
                _ = r.sign("-.,");
                Some(DateValue::Month { year: r.year()?, month })
            })
        })
        .or_else(|| self.year().map(DateValue::Year))
    }

    fn japanese(&mut self) -> Option<DateValue> {
        self.form(|r| {
            let year = r.year()?;
            if r.form(|r| r.sign("/.")).is_some() {
                let month = r.number(1..=2)?;
                r.sign("/.")?;
                let day = r.number(1..=2)?;
                return Some(DateValue::Day(Day::new(
                    year,
                    i8::try_from(month).ok()?,
                    i8::try_from(day).ok()?,
                )?));
            }
            let of_year = r.sign("年").is_some();
            let month = r.form(|r| {
                let month = i8::try_from(r.number(1..=2)?).ok().filter(|m| (1..=12).contains(m))?;
                r.sign("月").map(|()| month)
            });
            let Some(month) = month.filter(|_| of_year) else { return Some(DateValue::Year(year)) };
            let day = r.form(|r| {
                let day = i8::try_from(r.number(1..=2)?).ok()?;
                r.sign("日")?;
                Day::new(year, month, day)
            });
            Some(day.map_or(DateValue::Month { year, month }, DateValue::Day))
        })
    }
}

fn push(date: DateValue, into: &mut Vec<DateValue>) {
    if !into.contains(&date) {
        into.push(date);
    }
}

fn between(first: DateValue, last: DateValue, into: &mut Vec<DateValue>, about: bool) {
    let wrap = |date| if about { DateValue::About(Box::new(date)) } else { date };
    let in_order = first.earliest().zip(last.latest()).is_some_and(|(first, last)| first < last);
    if in_order {
        push(wrap(DateValue::Between(Box::new(first), Box::new(last))), into);
    } else {
        push(wrap(first), into);
        push(wrap(last), into);
    }
}

/// All dates in an English text; days stand before months.
pub(crate) fn english(text: &str) -> Vec<DateValue> {
    const ABOUT: [&str; 7] = ["approximately", "approx", "circa", "about", "around", "approximatively", "ca"];
    let tokens = tokens(text);
    let mut reader = Reader { tokens: &tokens, at: 0 };
    let mut found = Vec::new();
    let (mut about, mut pair) = (false, false);
    while reader.at < tokens.len() {
        if let Some(first) = reader.english() {
            let last = reader.form(|r| {
                r.sign("-–")
                    .or_else(|| r.word(&["to"]))
                    .or_else(|| if pair { r.word(&["and"]) } else { None })?;
                r.english()
            });
            match last {
                Some(last) => between(first, last, &mut found, about),
                None if about => push(DateValue::About(Box::new(first)), &mut found),
                None => push(first, &mut found),
            }
            (about, pair) = (false, false);
            continue;
        }
        match tokens.get(reader.at) {
            Some(Token::Word(word)) if ABOUT.contains(&word.as_str()) => about = true,
            Some(Token::Word(word)) if word == "between" => pair = true,
            Some(Token::Word(_)) => (about, pair) = (false, false),
            _ => {}
        }
        reader.at += 1;
    }
    found
}

/// All dates in a Japanese text. Days of another calendar are left out.
pub(crate) fn japanese(text: &str) -> Vec<DateValue> {
    let narrow = narrow(text);
    // The same in English below is no other date.
    let of_years: String = narrow.lines().filter(|line| line.contains('年')).collect::<Vec<_>>().join("\n");
    let tokens = tokens(if of_years.is_empty() { &narrow } else { &of_years });
    let signs = |from: usize, word: &str| -> bool {
        word.chars().enumerate().all(|(n, c)| tokens.get(from + n) == Some(&Token::Sign(c)))
    };
    let mut reader = Reader { tokens: &tokens, at: 0 };
    let mut found = Vec::new();
    let mut about = false;
    while reader.at < tokens.len() {
        let Some(first) = reader.japanese() else {
            about |= ["約", "およそ", "おおよそ"].iter().any(|word| signs(reader.at, word));
            reader.at += 1;
            continue;
        };
        let last = reader.form(|r| {
            let joint =
                ["から", "-", "–", "~", "〜", "～", "ないし"].iter().find(|word| signs(r.at, word))?;
            r.at += joint.chars().count();
            r.japanese()
        });
        if signs(reader.at, "(ヒジュラ暦") {
            continue;
        }
        about |= ["頃", "ごろ", "前後", "の頃"].iter().any(|word| signs(reader.at, word));
        match last {
            Some(last) => between(first, last, &mut found, about),
            None if about => push(DateValue::About(Box::new(first)), &mut found),
            None => push(first, &mut found),
        }
        about = false;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(dates: &[DateValue]) -> String {
        dates.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn english_texts_tell_all_their_dates() {
        for (text, dates) in [
            ("19 Dec. 1969", "1969-12-19"),
            ("5 Feb. 1970\u{a0}(this aka only, alt born 5 Feb. 1969\u{a0}", "1970-02-05 | 1969-02-05"),
            ("a) 1981 b) 1982", "1981 | 1982"),
            ("a) Approximately 1966 b) 1960 c) 1953", "about 1966 | 1960 | 1953"),
            ("a) 21/05/1975;                     b) 21/05/1976", "1975-05-21 | 1976-05-21"),
            ("Between 1962 and 1965", "1962..1965"),
            ("1962 or 1965 and 1967", "1962 | 1965 | 1967"),
            ("circa 1979-1982", "about 1979..1982"),
            ("Sept. 1970", "1970-09"),
            ("13 Jan 1967 to 3 Mar 1967", "1967-01-13..1967-03-03"),
            ("03-Jun-1966; June 4, 1966; 1966-06-05", "1966-06-03 | 1966-06-04 | 1966-06-05"),
            ("1970 1970", "1970"),
            ("unknown 12345 31/31/31", ""),
        ] {
            assert_eq!(told(&english(text)), dates, "{text}");
        }
    }

    #[test]
    fn japanese_texts_tell_all_their_dates() {
        for (text, dates) in [
            ("1941年8月20日ポジャレ生\nBorn on 20 August 1941", "1941-08-20"),
            ("(a)1955年-1958年頃\n(b)１945年-1950年頃", "about 1955..1958 | about 1945..1950"),
            ("（a）1966年頃（b）1960年 （c）1953年", "about 1966 | 1960 | 1953"),
            ("1965年4月14日又は1964年3月1日", "1965-04-14 | 1964-03-01"),
            ("1984年から1986年までの間", "1984..1986"),
            ("1966 年1月1日", "1966-01-01"),
            ("2015 年 7 月 1 日\n（2018年11月21日改訂）", "2015-07-01 | 2018-11-21"),
            ("2022/10/21\n", "2022-10-21"),
            ("1970年3月", "1970-03"),
            ("おおよそ1970年、1971年", "about 1970 | 1971"),
            ("1960、1961又は1962年生まれ", "1960 | 1961 | 1962"),
            ("1960-1962年頃", "about 1960..1962"),
            ("(a)1980年1月1日(b)1400年2月2日（ヒジュラ暦）", "1980-01-01"),
            ("不明", ""),
            ("9月9日（year unknown）", ""),
        ] {
            assert_eq!(told(&japanese(text)), dates, "{text}");
        }
    }
}
