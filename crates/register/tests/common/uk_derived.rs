//! The tables that somebody derived from the sanctions list of the United Kingdom of 2026-04-29: content for counts and for linking, never a form of the list.
//! They have no regime, address or reason. [`listings`] makes of them what the reader of the official form would make, as far as they go.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests; a fault ends the test"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::path::Path;

use comity_model::listing::{
    Identifier, IdentifierKind, ListedName, Listing, ListingId, NameKind, NameQuality, PartyKind, Programme,
    StateLink, StateRelation, StateText,
};
use comity_model::{DateValue, Day};

/// Below the folder of official lists.
pub const FOLDER: &str = "uk/derived-2026-05";

/// A row by the names of its columns.
pub type Row = BTreeMap<String, String>;

/// The rows of a table; none, with a printed line, where it is absent.
pub fn table(lists: &Path, name: &str) -> Option<Vec<Row>> {
    let path = lists.join(FOLDER).join(format!("{name}.csv.gz"));
    let Ok(file) = File::open(&path) else {
        println!("skipped: {FOLDER}/{name}.csv.gz is not on this machine");
        return None;
    };
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    let mut rows = cells(&text).into_iter();
    let header = rows.next().unwrap();
    Some(
        rows.map(|row| {
            assert_eq!(row.len(), header.len(), "{row:?}");
            header.iter().cloned().zip(row).collect()
        })
        .collect(),
    )
}

/// The cells of a comma-separated text.
fn cells(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut inside) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if inside && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' => inside = !inside,
            ',' if !inside => row.push(std::mem::take(&mut cell)),
            '\r' if !inside => {}
            '\n' if !inside => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            c => cell.push(c),
        }
    }
    if !row.is_empty() || !cell.is_empty() {
        row.push(cell);
        rows.push(row);
    }
    rows
}

fn day_first(text: &str) -> Option<DateValue> {
    let mut parts = text.split('/').map(|p| p.parse::<i16>().ok());
    let (day, month, year) = (parts.next()??, parts.next()??, parts.next()??);
    Day::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).map(DateValue::Day)
}

/// The letters in front of a Unique ID.
pub fn regime(id: &str) -> &str {
    id.trim_end_matches(|c: char| c.is_ascii_digit())
}

/// One listing a subject, of the list `gb/sanctions`, in the order of the table; none, with a printed line, where the tables are absent.
pub fn listings(lists: &Path) -> Option<Vec<Listing>> {
    let list: comity_model::listing::ListId = "gb/sanctions".parse().unwrap();
    let mut listings: Vec<Listing> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for row in table(lists, "subjects")? {
        let native = row["unique_id"].clone();
        let kind = match row["subject_type"].as_str() {
            "individual" => PartyKind::Person,
            "entity" => PartyKind::Organization,
            "ship" => PartyKind::Vessel,
            other => panic!("{other}"),
        };
        let mut listing = Listing::new(ListingId { list: list.clone(), native: native.clone() }, kind);
        listing.listed_on = day_first(&row["date_designated"]);
        listing.updated = day_first(&row["last_updated"]).into_iter().collect();
        listing.references =
            Some(row["un_reference_number"].clone()).filter(|r| !r.is_empty()).into_iter().collect();
        listing.programmes =
            vec![Programme { from: listing.listed_on.clone(), ..Programme::new(regime(&native), "") }];
        assert!(places.insert(native, listings.len()).is_none());
        listings.push(listing);
    }
    for row in table(lists, "subject_names")? {
        let kind = match row["name_type"].as_str() {
            "primary" => NameKind::Primary,
            "primary_variation" | "alias" => NameKind::Alias,
            other => panic!("{other}"),
        };
        let quality = match row["alias_strength"].as_str() {
            "" | "good_quality_aka" => NameQuality::Good,
            "low_quality_aka" => NameQuality::Low,
            other => panic!("{other}"),
        };
        let parts =
            ["name_1", "name_2", "name_3", "name_4", "name_5", "name_6"].map(|part| row[part].as_str());
        let text = parts.iter().flat_map(|p| p.split_whitespace()).collect::<Vec<_>>().join(" ");
        let script = comity_names::script(&text).map(str::to_owned);
        let name = ListedName { text, kind, quality, script, language: None, verbatim: None };
        let names = &mut listings[places[&row["unique_id"]]].names;
        if kind == NameKind::Primary && names.first().is_some_and(|n| n.kind != NameKind::Primary) {
            names.insert(0, name);
        } else {
            names.push(name);
        }
    }
    for row in table(lists, "subject_dobs")? {
        let number = |part: &str| row[part].parse::<i16>().ok();
        let Some(year) = number("year") else { continue };
        let month = number("month").and_then(|m| i8::try_from(m).ok());
        let day = number("day").and_then(|d| i8::try_from(d).ok());
        let date = match (month, day) {
            (Some(month), Some(day)) => Day::new(year, month, day).map(DateValue::Day).unwrap(),
            (Some(month), None) => DateValue::Month { year, month },
            (None, _) => DateValue::Year(year),
        };
        let births = &mut listings[places[&row["unique_id"]]].birth_dates;
        if !births.contains(&date) {
            births.push(date);
        }
    }
    // The tables repeat a number once for each name and address.
    let mut seen = BTreeSet::new();
    for row in table(lists, "subject_identifiers")? {
        let (kind, label) = match row["identifier_type"].as_str() {
            "passport" => (IdentifierKind::Passport, "Passport number"),
            "national" => (IdentifierKind::NationalId, "National Identifier number"),
            "business_registration_numbers" => {
                (IdentifierKind::Registration, "Business registration number (s)")
            }
            "imo" => (IdentifierKind::Imo, "IMO number"),
            other => panic!("{other}"),
        };
        let value = row["raw_value"].split_whitespace().collect::<Vec<_>>().join(" ");
        let value =
            value.strip_prefix("IMO").filter(|_| kind == IdentifierKind::Imo).unwrap_or(&value).to_owned();
        if seen.insert((row["unique_id"].clone(), kind.word(), value.clone())) {
            let identifier = Identifier { kind, value, label: label.to_owned(), state: None };
            listings[places[&row["unique_id"]]].identifiers.push(identifier);
        }
    }
    let mut seen = BTreeSet::new();
    for row in table(lists, "subject_countries")? {
        let relation = match row["country_type"].as_str() {
            "nationality" => StateRelation::Nationality,
            "birth" => StateRelation::Birth,
            "address" => StateRelation::Address,
            other => panic!("{other}"),
        };
        if seen.insert((row["unique_id"].clone(), relation.word(), row["raw_value"].clone())) {
            let state = StateText { code: row["iso"].parse().ok(), text: row["raw_value"].clone() };
            listings[places[&row["unique_id"]]].states.push(StateLink { relation, state });
        }
    }
    Some(listings)
}

/// A comparison of two lists by the references that one makes to the ids of the other, capital and small letters alike.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// How many listings make a reference.
    pub referring: usize,
    /// How many different ones they make.
    pub distinct: usize,
    /// Those that the other list has.
    pub shared: BTreeSet<String>,
    /// Those that it has not, in small letters.
    pub only_referred: BTreeSet<String>,
    /// Its ids to which none refers, in small letters.
    pub only_there: BTreeSet<String>,
}

/// Compares the references of listings with the ids of another list.
pub fn compare(listings: &[Listing], ids: &[&str]) -> Comparison {
    let referred: BTreeSet<String> =
        listings.iter().flat_map(|l| &l.references).map(|r| r.to_lowercase()).collect();
    let there: BTreeSet<String> = ids.iter().map(|id| id.to_lowercase()).collect();
    Comparison {
        referring: listings.iter().filter(|l| !l.references.is_empty()).count(),
        distinct: referred.len(),
        shared: referred.intersection(&there).cloned().collect(),
        only_referred: referred.difference(&there).cloned().collect(),
        only_there: there.difference(&referred).cloned().collect(),
    }
}
