//! States and territories: their codes, their names in all languages, and what a name points to.

use std::collections::BTreeMap;

use comity_model::StateCode;
use comity_model::standing::{LocalName, NameKey, State, Territory, UnStatus, fold};

use super::read::{Row, set};
use super::{Load, STATES, TERRITORIES};

/// Languages of the name columns, in the order of the columns.
const LANGUAGES: [&str; 6] = ["zh", "zh-Hant", "fr", "es", "ru", "ar"];

impl Load<'_> {
    /// The codes that open a line of a table of States or territories.
    pub(super) fn codes(&mut self, file: &str, row: &Row) -> Option<(StateCode, String, String)> {
        let code = self.parse(file, row.line, row.get(0), "give the ISO 3166-1 alpha-2 code");
        let iso3 = row.get(1);
        let iso3_good = iso3.len() == 3 && iso3.bytes().all(|b| b.is_ascii_uppercase());
        if !iso3_good {
            self.fault(
                file,
                row.line,
                format!("`{iso3}` as iso3"),
                "three capital letters",
                "give the ISO 3166-1 alpha-3 code",
            );
        }
        let m49 = row.get(2);
        let m49_good = m49.len() == 3 && m49.bytes().all(|b| b.is_ascii_digit());
        if !m49_good {
            self.fault(
                file,
                row.line,
                format!("`{m49}` as m49"),
                "three digits",
                "give the M49 number with its leading zeros",
            );
        }
        let name_good = !row.get(if file == STATES { 6 } else { 3 }).is_empty();
        if !name_good {
            self.fault(file, row.line, "no name_en", "a name in English", "complete the line");
        }
        code.filter(|_| iso3_good && m49_good && name_good)
            .map(|code| (code, iso3.to_owned(), m49.to_owned()))
    }

    pub(super) fn read_states(&mut self) {
        let columns = [
            "iso2",
            "iso3",
            "m49",
            "un_status",
            "admission_year",
            "group",
            "name_en",
            "formal_name",
            "name_zh",
            "name_zh_hant",
            "name_fr",
            "name_es",
            "name_ru",
            "name_ar",
            "aliases",
            "note",
        ];
        let mut states = BTreeMap::new();
        for row in self.table(STATES, &columns) {
            let codes = self.codes(STATES, &row);
            let un_status = self.parse::<UnStatus>(STATES, row.line, row.get(3), "correct the word");
            let year = row.get(4);
            let admission_year = if year.is_empty() {
                None
            } else {
                year.parse::<i16>().ok().filter(|y| (1945..=9999).contains(y))
            };
            if admission_year.is_none() && !year.is_empty() {
                self.fault(
                    STATES,
                    row.line,
                    format!("`{year}` as admission_year"),
                    "a year from 1945 on, or nothing",
                    "correct the year",
                );
                continue;
            }
            let (Some((code, iso3, m49)), Some(un_status)) = (codes, un_status) else { continue };
            let state = State {
                code,
                iso3,
                m49,
                un_status,
                admission_year,
                group: row.get(5).into(),
                name: row.get(6).into(),
                formal_name: row.get(7).into(),
                names: local_names(LANGUAGES.iter().zip(8..).map(|(l, at)| (*l, row.get(at)))),
                aliases: set(row.get(14)),
                note: row.get(15).into(),
            };
            self.lines.insert(code, row.line);
            if states.insert(code, state).is_some() {
                self.fault(
                    STATES,
                    row.line,
                    format!("State {code} a second time"),
                    "one line a State",
                    "remove one of the two lines",
                );
            }
        }
        self.states.states = states.into_values().collect();
    }

    pub(super) fn read_territories(&mut self) {
        let columns = [
            "iso2", "iso3", "m49", "name_en", "name_zh", "name_fr", "name_es", "name_ru", "name_ar",
            "aliases",
        ];
        let mut territories = BTreeMap::new();
        for row in self.table(TERRITORIES, &columns) {
            let Some((code, iso3, m49)) = self.codes(TERRITORIES, &row) else { continue };
            if self.states.state(code).is_some() {
                self.fault(
                    TERRITORIES,
                    row.line,
                    format!("{code}, which is in states.csv"),
                    "a code that is no State's",
                    "remove one of the two lines",
                );
                continue;
            }
            let languages = LANGUAGES.iter().filter(|l| **l != "zh-Hant");
            let territory = Territory {
                code,
                iso3,
                m49,
                name: row.get(3).into(),
                names: local_names(languages.zip(4..).map(|(l, at)| (*l, row.get(at)))),
                aliases: set(row.get(9)),
            };
            self.lines.insert(code, row.line);
            if territories.insert(code, territory).is_some() {
                self.fault(
                    TERRITORIES,
                    row.line,
                    format!("territory {code} a second time"),
                    "one line a territory",
                    "remove one of the two lines",
                );
            }
        }
        self.states.territories = territories.into_values().collect();
    }

    /// The table of folded names and codes; a name that points to two places is a fault.
    pub(super) fn read_names(&mut self) {
        let mut keys: BTreeMap<String, (StateCode, String)> = BTreeMap::new();
        let mut clashes = Vec::new();
        let mut add = |code: StateCode, text: &str| {
            let key = fold(text);
            if key.is_empty() {
                return;
            }
            match keys.get(&key) {
                Some((other, as_text)) if *other != code => {
                    clashes.push((code, text.to_owned(), *other, as_text.clone()))
                }
                Some(_) => {}
                None => {
                    keys.insert(key, (code, text.to_owned()));
                }
            }
        };
        for s in &self.states.states {
            let own = [s.code.as_str(), &s.iso3, &s.name, &s.formal_name];
            own.into_iter()
                .chain(s.names.iter().map(|n| n.text.as_str()))
                .chain(s.aliases.iter().map(String::as_str))
                .for_each(|text| add(s.code, text));
        }
        for t in &self.states.territories {
            let own = [t.code.as_str(), &t.iso3, &t.name];
            own.into_iter()
                .chain(t.names.iter().map(|n| n.text.as_str()))
                .chain(t.aliases.iter().map(String::as_str))
                .for_each(|text| add(t.code, text));
        }
        self.states.names = keys.into_iter().map(|(key, (code, _))| NameKey { key, code }).collect();
        for (code, text, other, as_text) in clashes {
            let file = if self.states.state(code).is_some() { STATES } else { TERRITORIES };
            let line = self.lines.get(&code).copied().unwrap_or(0);
            self.fault(
                file,
                line,
                format!("`{text}` of {code}, which reads as `{as_text}` of {other}"),
                "a name, alias or code that points to one place",
                "remove it from one of the two, or make it longer",
            );
        }
    }
}

fn local_names<'a>(cells: impl Iterator<Item = (&'static str, &'a str)>) -> Vec<LocalName> {
    cells
        .filter(|(_, text)| !text.is_empty())
        .map(|(language, text)| LocalName { language: language.into(), text: text.into() })
        .collect()
}
