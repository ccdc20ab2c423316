//! The consolidated list with several rows a party: names, dates in every form, committees.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use comity_model::listing::{IdentifierKind, Listing, NameKind, PartyKind, StateRelation};
use comity_register::Refusal;
use comity_register::formats::Reading;
use comity_sheet::sample::{self, Cell};
use comity_sheet::{Book, Limits, Value};
use common::damage;

const NAME: &str = "list.xlsx";
const REAL: &str = "au-dfat/2024-12/regulation8_consolidated.xlsx";

fn read(bytes: &[u8]) -> Result<(Vec<Listing>, Reading), Refusal> {
    common::read("au-dfat-xlsx", &[(NAME, bytes)])
}

fn rows() -> Vec<Vec<Cell>> {
    let head = [
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
    let row = |cells: [Cell; 12]| -> Vec<Cell> { cells.into() };
    let text = Cell::from;
    vec![
        head.map(Cell::from).into(),
        row([
            Cell::from(2),
            text("AREI  REI"),
            text("Individual "),
            text("Primary Name "),
            Cell::Date(13633),
            text("a) Town, Exampleland b) Other Town"),
            text("a) Exampleland b) Otherland"),
            text("NA"),
            text("Title: Dr. Passport no.: D 000763; Website: example.org"),
            text("Listed by the Example Committee on 25 Jan. 2001"),
            text("1718 (Example) "),
            Cell::Date(36916),
        ]),
        row([
            text("2a"),
            text("Arei"),
            text("individual"),
            text("Aka "),
            Cell::from(1938),
            text(""),
            text(""),
            text(""),
            text(""),
            text("Listed by the Example Committee on 25 Jan. 2001"),
            text("1718 (Example)"),
            Cell::Date(36916),
        ]),
        row([
            text("2b1 "),
            text("مثال"),
            text("Individual"),
            text("original Script"),
            text("a) approximately 1939; b) 5/06/1940"),
            text(""),
            text(""),
            text("a) 1 Example Road b) 2 Example Road"),
            text(""),
            text("Amended"),
            text("1718 (Example)"),
            Cell::Date(40000),
        ]),
        row([
            text("17"),
            text("Example Works"),
            text("Entity "),
            text("Primary name"),
            text(""),
            text(""),
            text(""),
            text("1 Works Road, Town"),
            text("Ship EXAMPLE STAR (IMO number: 9990011)"),
            Cell::Number("41340".into()),
            text("Autonomous (Example)"),
            Cell::Date(41340),
        ]),
        row([
            text("17a"),
            text("Old Works"),
            text("Entity"),
            text("Formerly known as"),
            text(""),
            text(""),
            text(""),
            text(""),
            text(""),
            Cell::Number("41340".into()),
            text("Autonomous (Example)"),
            Cell::Date(41340),
        ]),
    ]
}

fn fixture(rows: &[Vec<Cell>]) -> Vec<u8> {
    sample::workbook(&[("Sheet1", rows.to_vec())])
}

#[test]
fn a_full_party_is_read_field_by_field() {
    let (listings, reading) = read(&fixture(&rows())).unwrap();
    assert_eq!(listings.iter().map(|l| l.id.native.as_str()).collect::<Vec<_>>(), ["2", "17"]);
    let party = &listings[0];
    assert_eq!(party.kind, PartyKind::Person);
    let names: Vec<String> = party.names.iter().map(|n| format!("{} {}", n.kind, n.text)).collect();
    assert_eq!(names, ["primary AREI REI", "alias Arei", "original-script مثال"]);
    assert_eq!(party.names[0].verbatim.as_deref(), Some("AREI  REI"));
    let born: Vec<String> = party.birth_dates.iter().map(ToString::to_string).collect();
    assert_eq!(born, ["1937-04-28", "1938", "about 1939", "1940-06-05"]);
    let places: Vec<_> = party.birth_places.iter().map(|p| p.text.as_str()).collect();
    assert_eq!(places, ["Town, Exampleland", "Other Town"]);
    let states: Vec<_> = party.states.iter().map(|s| (s.relation, s.state.text.as_str())).collect();
    assert_eq!(
        states,
        [(StateRelation::Citizenship, "Exampleland"), (StateRelation::Citizenship, "Otherland")]
    );
    assert_eq!(
        party.addresses.iter().map(|a| a.text.as_str()).collect::<Vec<_>>(),
        ["1 Example Road", "2 Example Road"]
    );
    let identifiers: Vec<_> =
        party.identifiers.iter().map(|i| (i.kind, i.value.as_str(), i.label.as_str())).collect();
    assert_eq!(
        identifiers,
        [
            (IdentifierKind::Passport, "D 000763", "Passport no."),
            (IdentifierKind::Website, "example.org", "Website")
        ]
    );
    let programme = &party.programmes[0];
    assert_eq!((party.programmes.len(), programme.code.as_str()), (1, "1718 (Example)"));
    assert_eq!(programme.basis, ["Listed by the Example Committee on 25 Jan. 2001", "Amended"]);
    assert_eq!(programme.from.as_ref().unwrap().to_string(), "2001-01-25");
    assert_eq!(party.listed_on.as_ref().unwrap().to_string(), "2001-01-25");
    assert_eq!(
        party.updated.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["2001-01-25", "2009-07-06"]
    );
    assert_eq!(party.remarks, "Title: Dr. Passport no.: D 000763; Website: example.org");
    assert!(party.references.is_empty());
    let source = |key: &str| {
        party.source.iter().filter(|v| v.key == key).map(|v| v.value.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(source("Reference"), ["2", "2a", "2b1 "]);
    assert_eq!(
        source("Date of Birth"),
        ["1937-04-28 (serial 13633)", "1938", "a) approximately 1939; b) 5/06/1940"]
    );
    assert_eq!(source("Committees"), ["1718 (Example) ", "1718 (Example)", "1718 (Example)"]);
    let works = &listings[1];
    assert_eq!((works.kind, works.names[1].kind), (PartyKind::Organization, NameKind::Former));
    assert_eq!(works.identifiers[0].value, "9990011");
    assert_eq!(works.programmes[0].basis, ["2013-03-07"]);
    assert_eq!(
        (reading.notices_total, reading.newest_entry.unwrap().to_string().as_str()),
        (0, "2013-03-07")
    );
}

#[test]
fn what_contradicts_the_form_is_refused_or_reported() {
    let refused = |change: &dyn Fn(&mut Vec<Vec<Cell>>), line: u64, finding: &str| {
        let mut rows = rows();
        change(&mut rows);
        let refusal = read(&fixture(&rows)).map(|(l, _)| l.len()).unwrap_err();
        assert!(refusal.line == line && refusal.finding.contains(finding), "{refusal}");
    };
    refused(&|r| r[2][1] = "  ".into(), 3, "a row without a name");
    refused(&|r| r[2][0] = "2".into(), 3, "Reference `2` a second time");
    refused(&|r| r[2][0] = "a2".into(), 3, "Reference `a2` is no number");
    refused(&|r| r[2][0] = Cell::Blank, 3, "is no number");
    refused(&|r| r[0][10] = "Committee".into(), 1, "no column with the head `Committees`");
    refused(&|r| r[0][10] = "Address".into(), 1, "two columns with the head `Address`");
    refused(&|r| r.truncate(1), 0, "no entries");
    let mut odd = rows();
    odd[1][4] = "spring".into();
    odd[2][3] = "nickname".into();
    odd[3][2] = "robot".into();
    odd[4][3] = "aka".into();
    odd[5][11] = "later".into();
    odd[5][4] = Cell::from(2150);
    let (listings, reading) = read(&fixture(&odd)).unwrap();
    assert_eq!(listings.len(), 2);
    let notices: Vec<&str> = reading.notices.iter().map(|n| n.finding.as_str()).collect();
    for finding in [
        "`spring` holds no date",
        "Name Type `nickname`",
        "Type `robot`",
        "0 primary names",
        "`later` is no day",
        "2150 lies after",
    ] {
        assert!(notices.iter().any(|n| n.contains(finding)), "{finding}: {notices:?}");
    }
}

#[test]
fn damage_gives_a_whole_list_or_a_refusal() {
    let bytes = fixture(&rows());
    let whole = read(&bytes).unwrap().0;
    let list = |bytes: &[u8]| read(bytes).map(|(listings, _)| listings);
    assert_eq!(damage::truncated(&bytes, 2000, list, |at, _| panic!("cut at {at} is read")).read, 0);
    let turned = damage::flipped(&bytes, 10_000, |bytes| {
        let read = list(bytes);
        if let Ok(listings) = &read {
            assert_eq!(*listings, whole);
        }
        read
    });
    assert!(turned.refused > 5000, "{turned:?}");
    for bytes in [
        damage::doubled(&bytes),
        damage::utf16(&bytes),
        damage::latin1(&bytes),
        [&bytes[..], &[0x1a]].concat(),
    ] {
        assert!(list(&bytes).is_err());
    }
}

#[test]
fn the_real_workbook_is_read_whole() {
    let Some(bytes) = common::shared_lists().and_then(|lists| std::fs::read(lists.join(REAL)).ok()) else {
        println!("skipped: {REAL} is not on this machine");
        return;
    };
    let (listings, reading) = read(&bytes).unwrap();
    assert_eq!(listings.len(), 3062);
    // Each row stands in its party, word for word: by plain reading of the cells.
    let book = Book::open(bytes.clone(), Limits::default()).unwrap();
    let rows = book.rows(&book.sheets()[0]).unwrap();
    assert_eq!(rows.len(), 9554);
    let mut plain: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let (mut texts, mut days, mut years) = (0, 0, 0);
    for row in &rows[1..] {
        let number: String = row.text(0).chars().take_while(char::is_ascii_digit).collect();
        plain.entry(number).or_default().insert(row.text(1).into_owned());
        match row.get(4) {
            Some(Value::Text(_)) => texts += 1,
            Some(Value::Date { .. }) => days += 1,
            Some(_) => years += 1,
            None => {}
        }
    }
    assert_eq!((texts, days, years), (2902, 2772, 667));
    for listing in &listings {
        let told: BTreeSet<String> = listing
            .source
            .iter()
            .filter(|v| v.key == "Name of Individual or Entity")
            .map(|v| v.value.clone())
            .collect();
        assert_eq!(plain[&listing.id.native], told, "{}", listing.id);
    }
    let committee =
        |code: &str| listings.iter().filter(|l| l.programmes.iter().any(|p| p.code == code)).count();
    for (code, count) in
        [("1988 (Taliban)", 141), ("1373 (2001)", 108), ("1718 (DPRK)", 155), ("Autonomous (Iran)", 206)]
    {
        assert_eq!(committee(code), count, "{code}");
    }
    let codes: BTreeSet<&str> =
        listings.iter().flat_map(|l| &l.programmes).map(|p| p.code.as_str()).collect();
    assert!(codes.iter().all(|code| code.trim() == *code) && codes.len() == 28, "{codes:?}");
    assert!(listings.iter().all(|l| l.kind != PartyKind::Unknown && l.names[0].kind == NameKind::Primary));
    assert_eq!(reading.newest_entry.unwrap().to_string(), "2024-11-11");
    let count = |kind| listings.iter().flat_map(|l| &l.identifiers).filter(|i| i.kind == kind).count();
    println!(
        "{} notices; {} passports, {} IMO numbers, {} websites",
        reading.notices_total,
        count(IdentifierKind::Passport),
        count(IdentifierKind::Imo),
        count(IdentifierKind::Website)
    );
    if std::env::var_os("COMITY_SHOW").is_some() {
        for notice in &reading.notices {
            println!("{} {} {}", notice.line, notice.entry, notice.finding);
        }
        for listing in listings.iter().step_by(150) {
            println!(
                "{} {} {:?} {:?} {:?}",
                listing.id,
                listing.kind,
                listing.primary_name(),
                listing.birth_dates,
                listing.identifiers
            );
        }
    }
    assert!(count(IdentifierKind::Passport) > 150 && count(IdentifierKind::Imo) > 10);
    let turned = damage::flipped(&bytes, 200, |bytes| read(bytes).map(|(listings, _)| listings));
    assert!(turned.refused > 150, "{turned:?}");
}
