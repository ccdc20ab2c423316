//! `au-dfat-xlsx`: a consolidated list in one sheet, one row a name.
//!
//! The rows `2`, `2a`, `2b1` are one party, whose id is the number. Dates of birth are days, years or free text with several of them. The committee or regime of
//! a row is its programme.

use std::collections::BTreeMap;

use comity_model::listing::{
    Address, Identifier, IdentifierKind, Listing, ListingId, NameKind, NameQuality, PartyKind, Programme,
    StateLink, StateRelation,
};
use comity_model::{DateValue, Day};
use comity_sheet::{DateSystem, Row, Value};

use super::text::{self, collapsed, looks_damaged};
use super::workbook::{self, AGAIN, lettered};
use super::{Context, Reading, Sink, SourceInput, dates, free_dates, identifiers};
use crate::error::Refusal;

const HEADS: [&str; 12] = [
    "Reference",
    "Name of Individual or Entity",
    "Type",
    "Name Type",
    "Date of Birth",
    "Place of Birth",
    "Citizenship",
    "Address",
    "Additional Information",
    "Listing Information",
    "Committees",
    "Control Date",
];

/// Texts that say that nothing is known.
const NOTHING: [&str; 7] = ["", "na", "n/a", "nil", "-", "unknown", "not known"];

/// Reads the workbook, see [`super::read`].
///
/// # Errors
/// The first fault found.
pub fn read(files: Vec<SourceInput<'_>>, context: Context<'_>, sink: Sink<'_>) -> Result<Reading, Refusal> {
    let Some(input) = files.into_iter().next() else {
        return Err(Refusal::new(context.list.as_str(), 0, "no file", "give the workbook"));
    };
    let (file, book) = workbook::open(input)?;
    let sheet = workbook::only_sheet(&file, &book)?;
    let rows = workbook::rows(&file, &book, sheet)?;
    let Some((head, rows)) = rows.split_first() else {
        return Err(Refusal::new(&file, 0, "an empty sheet", AGAIN));
    };
    let columns = workbook::columns(&file, head, HEADS)?;
    // Rows of one party stand together but for a few.
    let mut parties: BTreeMap<u64, Vec<(&Row, String)>> = BTreeMap::new();
    for row in rows {
        let reference = row.text(columns[0]);
        let reference = reference.trim();
        let end = reference.find(|c: char| !c.is_ascii_digit()).unwrap_or(reference.len());
        let (number, letters) = reference.split_at_checked(end).unwrap_or_default();
        let letters_fit = letters.is_empty()
            || letters.starts_with(|c: char| c.is_ascii_lowercase())
                && letters.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        let (Ok(number), true) = (number.parse(), letters_fit && letters.len() <= 5) else {
            let seen: String = reference.chars().take(40).collect();
            let finding = format!("Reference `{seen}` is no number with letters behind it");
            return Err(Refusal::new(&file, row.number.into(), finding, AGAIN));
        };
        let party = parties.entry(number).or_default();
        if party.iter().any(|(_, known)| known == reference) {
            let finding = format!("Reference `{reference}` a second time");
            return Err(Refusal::new(&file, row.number.into(), finding, AGAIN));
        }
        party.push((row, reference.to_owned()));
    }
    let mut reading = Reading::default();
    let count = parties.values().map(|rows| rows.len() as u64).sum();
    reading.rows.insert(context.list.clone(), count);
    for (number, rows) in &parties {
        let party = Party { file: &file, columns: &columns, system: book.date_system(), rows };
        let listing = party.listing(*number, context, &mut reading)?;
        for day in listing.listed_on.iter().chain(&listing.updated).filter_map(DateValue::latest) {
            if day <= context.today {
                reading.newest_entry = reading.newest_entry.max(Some(day));
            }
        }
        sink(listing)?;
        reading.entries += 1;
    }
    Ok(reading)
}

/// The rows of one party.
struct Party<'a> {
    file: &'a str,
    columns: &'a [u32; 12],
    system: DateSystem,
    rows: &'a [(&'a Row, String)],
}

impl Party<'_> {
    fn listing(&self, number: u64, context: Context<'_>, reading: &mut Reading) -> Result<Listing, Refusal> {
        let &[
            _,
            name,
            kind,
            name_kind,
            born,
            birth_place,
            citizenship,
            address,
            more,
            information,
            committee,
            day,
        ] = self.columns;
        let native = number.to_string();
        let mut listing = Listing::new(
            ListingId { list: context.list.clone(), native: native.clone() },
            PartyKind::Unknown,
        );
        let mut days: Vec<Day> = Vec::new();
        let mut remarks: Vec<String> = Vec::new();
        let mut primaries = 0;
        for (index, (row, _)) in self.rows.iter().enumerate() {
            let line = u64::from(row.number);
            let mut note = |finding: String| reading.notice(self.file, line, &native, finding);
            let of_row = match row.text(kind).trim().to_lowercase().as_str() {
                "individual" => PartyKind::Person,
                "entity" => PartyKind::Organization,
                "vessel" | "ship" => PartyKind::Vessel,
                "aircraft" => PartyKind::Aircraft,
                other => {
                    note(format!("Type `{other}` is none of individual, entity, vessel, aircraft"));
                    PartyKind::Unknown
                }
            };
            if index > 0 && of_row != listing.kind {
                note(format!("Type differs from that of the row {}", self.rows.first().map_or("", |r| &r.1)));
            } else {
                listing.kind = of_row;
            }
            let kind_of_name = match collapsed(&row.text(name_kind)).to_lowercase().as_str() {
                "primary name" => NameKind::Primary,
                "aka" => NameKind::Alias,
                "original script" => NameKind::OriginalScript,
                "formerly known as" | "previously listed as" => NameKind::Former,
                other => {
                    note(format!(
                        "Name Type `{other}` is none of primary name, aka, original script, formerly known as"
                    ));
                    NameKind::Alias
                }
            };
            let Some(found) = text::name(&row.text(name), kind_of_name, NameQuality::Good) else {
                return Err(Refusal::new(self.file, line, "a row without a name", AGAIN));
            };
            if kind_of_name == NameKind::Primary {
                listing.names.insert(primaries, found);
                primaries += 1;
            } else {
                listing.names.push(found);
            }
            for date in self.dates(row, born, &mut note) {
                if !listing.birth_dates.contains(&date) {
                    if dates::last_year(&date).is_some_and(|year| year > context.today.year()) {
                        note(format!("Date of Birth of {date} lies after the day of reading"));
                    }
                    listing.birth_dates.push(date);
                }
            }
            for text in items(&row.text(birth_place)) {
                let place = place(&text, context);
                link(StateRelation::Birth, &place, &mut listing.states);
                push(place, &mut listing.birth_places);
            }
            for text in items(&row.text(citizenship)).iter().flat_map(|text| text.split([';', ','])) {
                if !NOTHING.contains(&text.trim().to_lowercase().as_str()) {
                    let link = StateLink { relation: StateRelation::Citizenship, state: context.state(text) };
                    push(link, &mut listing.states);
                }
            }
            for text in items(&row.text(address))
                .iter()
                .flat_map(|text| text.split("\n\n").map(str::to_owned).collect::<Vec<_>>())
            {
                if !text.trim().is_empty() {
                    let place = place(text.trim().trim_end_matches(';'), context);
                    link(StateRelation::Address, &place, &mut listing.states);
                    push(place, &mut listing.addresses);
                }
            }
            let more = row.text(more);
            for identifier in labelled(&more, context) {
                push(identifier, &mut listing.identifiers);
            }
            push(collapsed(&more), &mut remarks);
            days.extend(self.day(row, day, &mut note));
            self.programme(row, committee, information, &mut listing.programmes, &mut note);
            for value in [name, more_column(self.columns)].iter().map(|column| row.text(*column)) {
                if looks_damaged(&value) {
                    note("a run of `?` or a replacement character".to_owned());
                }
            }
            workbook::source(row, |column| self.head(column), &mut listing.source);
        }
        let line = self.rows.first().map_or(0, |(row, _)| row.number.into());
        if primaries != 1 {
            reading.notice(self.file, line, &native, format!("{primaries} primary names"));
        }
        days.sort_unstable();
        days.dedup();
        listing.updated = days.into_iter().map(DateValue::Day).collect();
        let from = listing.programmes.iter().filter_map(|p| p.from.as_ref().and_then(DateValue::earliest));
        listing.listed_on = from.min().map(DateValue::Day);
        remarks.retain(|text| !text.is_empty());
        listing.remarks = remarks.join(" ");
        Ok(listing)
    }

    fn head(&self, column: u32) -> String {
        let at = self.columns.iter().position(|known| *known == column);
        at.and_then(|at| HEADS.get(at)).map_or_else(|| comity_sheet::column_name(column), |h| (*h).to_owned())
    }

    /// Days, years, and whatever dates a text holds.
    fn dates(&self, row: &Row, column: u32, note: &mut impl FnMut(String)) -> Vec<DateValue> {
        match row.get(column) {
            None => Vec::new(),
            Some(Value::Number(number)) if number.integer().is_some_and(|n| (1800..=2199).contains(&n)) => {
                number
                    .integer()
                    .and_then(|n| i16::try_from(n).ok())
                    .map(DateValue::Year)
                    .into_iter()
                    .collect()
            }
            Some(Value::Number(_) | Value::Date { .. }) => {
                self.day(row, column, note).map(DateValue::Day).into_iter().collect()
            }
            Some(value) => {
                let text = value.text();
                let found = free_dates::english(&text);
                if found.is_empty()
                    && !NOTHING.contains(&workbook::narrow(&text).trim().to_lowercase().as_str())
                {
                    note(format!(
                        "{} `{}` holds no date that can be read",
                        self.head(column),
                        collapsed(&text)
                    ));
                }
                found
            }
        }
    }

    /// The day that a cell holds: a date, or a number that is not shown as one.
    fn day(&self, row: &Row, column: u32, note: &mut impl FnMut(String)) -> Option<Day> {
        let day = match row.get(column)? {
            Value::Date { day, .. } => day.parse().ok(),
            Value::Number(number) => {
                number.floor().and_then(|serial| self.system.day(serial)).and_then(|day| day.parse().ok())
            }
            value => match free_dates::english(&value.text()).as_slice() {
                [DateValue::Day(day)] => Some(*day),
                _ => None,
            },
        };
        if day.is_none() {
            note(format!("{} `{}` is no day", self.head(column), row.text(column)));
        }
        day
    }

    fn programme(
        &self,
        row: &Row,
        committee: u32,
        information: u32,
        programmes: &mut Vec<Programme>,
        note: &mut impl FnMut(String),
    ) {
        let code = collapsed(&row.text(committee));
        if code.is_empty() {
            note("no Committees".to_owned());
            return;
        }
        let basis = match row.get(information) {
            // A day alone, typed as a date or not.
            Some(Value::Number(number)) => {
                number.floor().and_then(|n| self.system.day(n)).unwrap_or_default()
            }
            value => value.map(|v| collapsed(&v.text())).unwrap_or_default(),
        };
        let from = listed_on(&basis);
        let at = programmes.iter().position(|known| known.code == code).unwrap_or(programmes.len());
        if at == programmes.len() {
            programmes.push(Programme::new(code, ""));
        }
        if let Some(programme) = programmes.get_mut(at)
            && let Some(day) = from
            && programme.from.as_ref().and_then(DateValue::earliest).is_none_or(|known| day < known)
        {
            programme.from = Some(DateValue::Day(day));
        }
        if let Some(programme) = programmes.get_mut(at)
            && !basis.is_empty()
            && !programme.basis.contains(&basis)
        {
            programme.basis.push(basis);
        }
    }
}

/// The day since when a text says that its party is listed: `Listed on: 9 Sep. 2003 (amended on ...)`, `Listed by the Committee on 25 Jan. 2001`,
/// `Designated under the Regulations 2011 on 29 Feb 2012`, or a day by itself. The days of later changes and of earlier lists are none.
fn listed_on(text: &str) -> Option<Day> {
    let low = text.to_ascii_lowercase();
    if let Ok(day) = low.trim().parse() {
        return Some(day);
    }
    for word in ["listed", "designated"] {
        for (at, _) in low.match_indices(word) {
            let before = low.get(..at).unwrap_or_default();
            let part_of_word = before.ends_with(|c: char| c.is_alphanumeric() || c == '-');
            let earlier = ["formerly", "previously", "re"].iter().any(|w| before.trim_end().ends_with(w));
            if part_of_word || earlier {
                continue;
            }
            let rest = low.get(at + word.len()..).unwrap_or_default();
            // Up to the next act that the text tells of.
            let end = ["amended", "listed", "designated", "formerly", "instrument of"].iter();
            let end = end.filter_map(|w| rest.find(w)).min().unwrap_or(rest.len());
            let rest = rest.get(..end).unwrap_or_default();
            for (on, _) in rest.match_indices("on") {
                let alone = !rest.get(..on).unwrap_or_default().ends_with(char::is_alphanumeric);
                let day = rest.get(on + 2..).unwrap_or_default().trim_start_matches([' ', ':']);
                if !alone || !day.starts_with(|c: char| c.is_ascii_digit()) {
                    continue;
                }
                if let Some(DateValue::Day(day)) = free_dates::english(day).first() {
                    return Some(*day);
                }
            }
        }
    }
    None
}

fn more_column(columns: &[u32; 12]) -> u32 {
    columns[8]
}

fn push<T: PartialEq>(item: T, into: &mut Vec<T>) {
    if !into.contains(&item) {
        into.push(item);
    }
}

/// The items of a cell that may hold a lettered list, without what says that nothing is known.
fn items(text: &str) -> Vec<String> {
    let mut items = lettered(text);
    items.retain(|item| {
        !NOTHING.contains(&item.trim().trim_end_matches([';', '.', ',']).to_lowercase().as_str())
    });
    items
}

/// A place: what stands behind its last comma is its State if it is one.
fn place(text: &str, context: Context<'_>) -> Address {
    let text = collapsed(text);
    let text = text.trim_end_matches([';', ',', '.']);
    let (before, last) = text.rsplit_once(',').unwrap_or(("", text));
    let state = context.state(last);
    match state.code {
        Some(_) => Address { text: before.trim_end().to_owned(), state: Some(state), note: None },
        None => Address { text: text.to_owned(), state: None, note: None },
    }
}

fn link(relation: StateRelation, place: &Address, states: &mut Vec<StateLink>) {
    if let Some(state) = &place.state {
        push(StateLink { relation, state: state.clone() }, states);
    }
}

/// Identifiers of a free text: `Passport no.: 123 (State); Website: ...`. A label of a kind that is known, a colon, one value or a lettered list of them.
fn labelled(text: &str, context: Context<'_>) -> Vec<Identifier> {
    let text = workbook::narrow(text);
    let mut found = Vec::new();
    let pieces = text.split(['\n', ';']).flat_map(|line| line.split(". "));
    for (label, values) in pieces.filter_map(|piece| piece.split_once(':')) {
        let label = collapsed(label);
        let kind = identifiers::kind_of(&label);
        if kind == IdentifierKind::Other || label.len() > 60 {
            continue;
        }
        for value in lettered(values) {
            let value = collapsed(&value);
            // What stands behind it in brackets or after a comma is where and when it was given; `State number 123` says the State before.
            let (value, bracket) = value.split_once(" (").unwrap_or((&value, ""));
            let value = value.split_once(", ").map_or(value, |(value, _)| value);
            let (before, value) = value.split_once("number ").unwrap_or(("", value));
            let open = value.matches('(').count();
            let value = value.trim().trim_end_matches(['.', ',']);
            let value = if open == 0 { value.trim_end_matches(')') } else { value };
            let states = [before, bracket.split([')', ',']).next().unwrap_or_default()];
            let state = states.map(|name| context.state(name)).into_iter().find(|state| state.code.is_some());
            let fits = match kind {
                IdentifierKind::Website => value.contains('.'),
                IdentifierKind::Email => value.contains('@'),
                _ => value.chars().any(|c| c.is_ascii_digit()),
            };
            if fits && value.len() <= 120 {
                push(Identifier { kind, value: value.to_owned(), label: label.clone(), state }, &mut found);
            }
        }
    }
    for number in identifiers::imo_numbers(&text) {
        if !found.iter().any(|known| known.kind == IdentifierKind::Imo && known.value.contains(&number)) {
            let label = "IMO".to_owned();
            found.push(Identifier { kind: IdentifierKind::Imo, value: number, label, state: None });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_of_listing_is_read_in_its_forms() {
        for (text, expected) in [
            ("Listed on: 9 Sep. 2003", "2003-09-09"),
            ("Listed on 9 Sept 2003 (amended on 1 Jan. 2010, 2 Feb. 2011)", "2003-09-09"),
            ("Listed by the Example Committee on 25 Jan. 2001", "2001-01-25"),
            (
                "The Minister listed this entity on 3 May 2010 under section 9(9) of the Act 1945",
                "2010-05-03",
            ),
            (
                "Designated under the Example Regulations 2011 on 29 Feb 2012. Formerly listed on 1 Jan 2008",
                "2012-02-29",
            ),
            ("2013-03-07", "2013-03-07"),
            ("Listed (amended on 3 May 2005)", ""),
            ("Relisted on 3 May 2005", ""),
            ("Re-listed on 3 May 2005; re listed on 4 May 2006", ""),
            ("Formerly listed on 1 Jan 2008", ""),
            ("Example Sanctions Amendment (No. 9) Instrument 2022", ""),
            ("Amended", ""),
            ("", ""),
        ] {
            let told = listed_on(text).map_or(String::new(), |day| day.to_string());
            assert_eq!(told, expected, "{text}");
        }
    }

    #[test]
    fn identifiers_stand_behind_their_labels() {
        let list = "own/test".parse().unwrap();
        let state_of = |text: &str| (text.trim() == "Exampleland").then(|| "XX".parse().ok()).flatten();
        let context = Context { list: &list, bundle: &[], today: Day::default(), state_of: &state_of };
        let told = |text| {
            let state = |i: &Identifier| i.state.as_ref().map_or("", |s| &s.text).to_owned();
            labelled(text, context)
                .iter()
                .map(|i| format!("{}={} {}", i.kind, i.value, state(i)))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            told(
                "Title: Mullah. Passport no.: D 000763; Website: example.org\nTel: none. Email: a@example.org. Ship (IMO: 9990011)"
            ),
            ["passport=D 000763 ", "website=example.org ", "email=a@example.org ", "imo=9990011 "]
        );
        assert_eq!(
            told("Passport no.: a) Exampleland number 12345, issued on 1 May 2001 b) 98765 (Exampleland)"),
            ["passport=12345 Exampleland", "passport=98765 Exampleland"]
        );
    }
}
