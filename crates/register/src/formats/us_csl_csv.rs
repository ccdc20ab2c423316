//! `us-csl-csv`: the Consolidated Screening List with 29 columns, or with 28 (before `_id` was added).
//!
//! Several values stand in one cell, parted by `; `, which texts hold too: an address goes on until a code of a State ends it. Identifiers are
//! `label, number, State` in the newer files, `State, number, label` in the older.

use super::headed::{Headed, UNENDED};
use super::rows::Rows;
use super::us_csl::{Parties, PlainAddress, PlainId, Row};
use super::{Context, Reading, Sink, SourceInput, dates};
use crate::error::Refusal;
use comity_model::listing::NameKind;

/// The columns of all editions, and the one of the newer.
const COLUMNS: [&str; 28] = [
    "source",
    "entity_number",
    "type",
    "programs",
    "name",
    "title",
    "addresses",
    "federal_register_notice",
    "start_date",
    "end_date",
    "standard_order",
    "license_requirement",
    "license_policy",
    "call_sign",
    "vessel_type",
    "gross_tonnage",
    "gross_registered_tonnage",
    "vessel_flag",
    "vessel_owner",
    "remarks",
    "source_list_url",
    "alt_names",
    "citizenships",
    "dates_of_birth",
    "nationalities",
    "places_of_birth",
    "source_information_url",
    "ids",
];
const ID: &str = "_id";

/// Reads the file; see [`super::read`].
///
/// # Errors
/// The first fault found.
pub fn read(files: Vec<SourceInput<'_>>, context: Context<'_>, sink: Sink<'_>) -> Result<Reading, Refusal> {
    let Some(file) = files.into_iter().next() else {
        return Err(Refusal::new(context.list.as_str(), 0, "no file", "give the file"));
    };
    let mut rows = Headed::new(Rows::text(file.bytes, &file.name, ','), &COLUMNS)?;
    let mut parties = Parties::all(&file.name, context);
    let newer = rows.has(ID);
    let others: Vec<&str> = rows.others(&COLUMNS).filter(|c| *c != ID).collect();
    if !others.is_empty() {
        parties.note(1, "", format!("columns that are not known: {}", others.join(", ")));
    }
    while let Some(cells) = rows.next()? {
        let line = cells.line;
        let cell = |column: &str| rows.cell(&cells, column);
        let text = |column: &str| cell(column).to_owned();
        let list = |column: &str| parts(cell(column));
        if cell("source").trim().is_empty() {
            return Err(parties.refuse(line, "a row without a source"));
        }
        let from = parties.past_date(line, "start_date", cell("start_date"), dates::iso);
        let row = Row {
            line,
            number: text("entity_number"),
            kind: text("type"),
            programmes: list("programs"),
            name: text("name"),
            title: text("title"),
            addresses: addresses(cell("addresses")),
            notice: text("federal_register_notice"),
            from,
            until: parties.date(line, "end_date", cell("end_date"), dates::iso),
            standard_order: text("standard_order"),
            requirement: text("license_requirement"),
            policy: text("license_policy"),
            call_sign: text("call_sign"),
            craft_type: text("vessel_type"),
            tonnage: text("gross_tonnage"),
            gross_tonnage: text("gross_registered_tonnage"),
            flag: text("vessel_flag"),
            owner: text("vessel_owner"),
            remarks: text("remarks"),
            aliases: list("alt_names").into_iter().map(|n| (NameKind::Alias, without_and(&n))).collect(),
            citizenships: list("citizenships"),
            nationalities: list("nationalities"),
            birth_dates: list("dates_of_birth"),
            birth_places: list("places_of_birth"),
            ids: parts(cell("ids")).iter().map(|id| identifier(id, newer)).collect(),
            source: rows.source(&cells),
            ..Row::default()
        };
        parties.take(cell("source"), row, sink)?;
        if cells.unended {
            parties.note(line, "", UNENDED);
        }
    }
    parties.finish(sink)
}

/// The values of a cell.
fn parts(cell: &str) -> Vec<String> {
    cell.split("; ")
        .map(|p| p.trim().trim_end_matches(';').trim_end())
        .filter(|p| !p.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The last name of a hand-typed row of names begins with `and`.
fn without_and(name: &str) -> String {
    name.strip_prefix("and ").unwrap_or(name).to_owned()
}

fn is_state(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase())
}

/// Addresses end in a code of a State; a `; ` before that belongs to the address.
fn addresses(cell: &str) -> Vec<PlainAddress> {
    let mut found = Vec::new();
    let mut open = String::new();
    for part in parts(cell) {
        if !open.is_empty() {
            open.push_str("; ");
        }
        open.push_str(&part);
        let (text, state) = open.rsplit_once(", ").unwrap_or(("", &open));
        if is_state(state) {
            found.push(PlainAddress { text: text.to_owned(), state: state.to_owned() });
            open.clear();
        }
    }
    if !open.is_empty() {
        found.push(PlainAddress { text: open, state: String::new() });
    }
    found
}

fn identifier(text: &str, newer: bool) -> PlainId {
    let mut pieces: Vec<&str> = text.split(", ").collect();
    let state_at = if newer { pieces.len() - 1 } else { 0 };
    let state = match pieces.get(state_at) {
        Some(state) if pieces.len() > 2 && is_state(state) => pieces.remove(state_at),
        _ => "",
    };
    let label = match pieces.len() {
        0 | 1 => "",
        _ if newer => pieces.remove(0),
        _ => pieces.pop().unwrap_or_default(),
    };
    PlainId { label: label.to_owned(), number: pieces.join(", "), state: state.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_end_in_a_state() {
        let address = |text: &str, state: &str| PlainAddress { text: text.into(), state: state.into() };
        assert_eq!(
            addresses("1 Hill, Ridge, XA; 2 Vale; and 3 Vale, Dale, XB; XC"),
            [address("1 Hill, Ridge", "XA"), address("2 Vale; and 3 Vale, Dale", "XB"), address("", "XC")]
        );
        assert_eq!(addresses("1 Hill, Ridge, 12345"), [address("1 Hill, Ridge, 12345", "")]);
        assert!(addresses("").is_empty());
    }

    #[test]
    fn identifiers_have_two_orders() {
        let id = |label: &str, number: &str, state: &str| PlainId {
            label: label.into(),
            number: number.into(),
            state: state.into(),
        };
        assert_eq!(identifier("Passport, X 1, XA", true), id("Passport", "X 1", "XA"));
        assert_eq!(identifier("XA, X 1, Passport", false), id("Passport", "X 1", "XA"));
        assert_eq!(identifier("Risk:, Rules, 1 and 2", true), id("Risk:", "Rules, 1 and 2", ""));
        assert_eq!(identifier("Rules, 1 and 2, Risk:", false), id("Risk:", "Rules, 1 and 2", ""));
        assert_eq!(identifier("X 1", true), id("", "X 1", ""));
    }
}
