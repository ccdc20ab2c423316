//! The list of end users: concerns, names in brackets, ids without numbers.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use comity_model::listing::{DetailKind, Listing, NameKind, PartyKind, StateRelation};
use comity_register::Refusal;
use comity_register::formats::Reading;
use comity_sheet::sample::{self, Cell};
use comity_sheet::{Book, Limits};
use common::damage;

const NAME: &str = "list.xlsx";
const REAL: &str = "jp-meti/eul-2025-09-29/20250929_4.xlsx";

fn read(bytes: &[u8]) -> Result<(Vec<Listing>, Reading), Refusal> {
    common::read("jp-meti-eul-xlsx", &[(NAME, bytes)])
}

fn rows() -> Vec<Vec<Cell>> {
    let head = [
        "No.",
        "国名、地域名\nCountry or Region",
        "企業名､組織名\nCompany or Organization",
        "別名\nAlso Known As",
        "懸念区分\nType of WMD",
        "通常兵器\nConventional Weapons",
    ];
    let user = |number: usize, cells: [&str; 5]| {
        let formula = Cell::Formula("ROW()-1".into(), number.to_string());
        [formula].into_iter().chain(cells.map(Cell::from)).collect()
    };
    vec![
        head.map(Cell::from).into(),
        user(
            1,
            [
                "見本国\nExampleland",
                "Example Works FZE （EXW）\n(見本工廠)",
                "・Example Trading Co.\n(見本貿易会社)\n・Ex ",
                "生物、化学、ミサイル、核\nB,C,M,N",
                "通常兵器\nCW",
            ],
        ),
        user(2, ["見本国\nExampleland", "Other Works", "", "ミサイルM", ""]),
        user(3, ["他国\nOtherland", "Other Works", "", "", "通常兵器\nCW"]),
    ]
}

fn fixture(rows: &[Vec<Cell>]) -> Vec<u8> {
    sample::workbook(&[("ユーザーリスト", rows.to_vec())])
}

fn concerns(listing: &Listing) -> Vec<&str> {
    listing.details.iter().filter(|d| d.kind == DetailKind::Concern).map(|d| d.text.as_str()).collect()
}

#[test]
fn a_full_row_is_read_field_by_field() {
    let (listings, reading) = read(&fixture(&rows())).unwrap();
    assert_eq!((listings.len(), reading.notices_total), (3, 0));
    let user = &listings[0];
    assert_eq!((user.id.native.len(), user.kind), (16, PartyKind::Organization));
    let names: Vec<String> = user.names.iter().map(|n| format!("{} {}", n.kind, n.text)).collect();
    assert_eq!(
        names,
        [
            "primary Example Works FZE",
            "alias EXW",
            "original-script 見本工廠",
            "alias Example Trading Co.",
            "original-script 見本貿易会社",
            "alias Ex",
        ]
    );
    assert_eq!(user.names[0].verbatim.as_deref(), Some("Example Works FZE （EXW）\n(見本工廠)"));
    assert_eq!(user.names[2].kind, NameKind::OriginalScript);
    assert_eq!(
        (user.states[0].relation, user.states[0].state.text.as_str()),
        (StateRelation::Address, "見本国 Exampleland")
    );
    assert_eq!(concerns(user), ["nuclear", "biological", "chemical", "missile", "conventional"]);
    assert_eq!((concerns(&listings[1]), concerns(&listings[2])), (vec!["missile"], vec!["conventional"]));
    let source: Vec<_> = user.source.iter().map(|v| (v.key.as_str(), v.value.as_str())).collect();
    assert_eq!(
        source,
        [
            ("No.", "1"),
            ("Country or Region", "見本国\nExampleland"),
            ("Company or Organization", "Example Works FZE （EXW）\n(見本工廠)"),
            ("Also Known As", "・Example Trading Co.\n(見本貿易会社)\n・Ex "),
            ("Type of WMD", "生物、化学、ミサイル、核\nB,C,M,N"),
            ("Conventional Weapons", "通常兵器\nCW"),
        ]
    );
}

/// The running number, the order of rows, blanks and width do not touch an id; State and name do.
#[test]
fn ids_come_from_state_and_name() {
    let ids = |rows: &[Vec<Cell>]| -> BTreeSet<String> {
        read(&fixture(rows)).unwrap().0.iter().map(|l| l.id.native.clone()).collect()
    };
    let whole = ids(&rows());
    let mut turned = rows();
    turned.swap(1, 3);
    turned[2][2] = " OTHER Ｗorks ".into();
    assert_eq!(ids(&turned), whole);
    turned[2][2] = "Other Work".into();
    assert_ne!(ids(&turned), whole);
}

#[test]
fn what_contradicts_the_form_is_refused_or_reported() {
    let refused = |change: &dyn Fn(&mut Vec<Vec<Cell>>), line: u64, finding: &str| {
        let mut rows = rows();
        change(&mut rows);
        let refusal = read(&fixture(&rows)).map(|(l, _)| l.len()).unwrap_err();
        assert!(refusal.line == line && refusal.finding.contains(finding), "{refusal}");
    };
    refused(&|r| r[2][2] = Cell::Blank, 3, "without a name");
    refused(&|r| r[2][1] = "  ".into(), 3, "without a State");
    refused(&|r| r[3] = r[2].clone(), 4, "a second time");
    refused(&|r| r[0][4] = "Type".into(), 1, "no column with the head `Type of WMD`");
    refused(
        &|r| r.iter_mut().for_each(|row| _ = row.remove(3)),
        1,
        "no column with the head `Also Known As`",
    );
    refused(&|r| r.truncate(1), 0, "no entries");
    let swapped: Vec<Vec<Cell>> = rows()
        .into_iter()
        .map(|mut row| {
            row.swap(1, 5);
            row
        })
        .collect();
    assert_eq!(
        concerns(&read(&fixture(&swapped)).unwrap().0[0]).len(),
        5,
        "columns are found by their heads"
    );
    let mut rows = rows();
    rows[1][4] = "核、放射\nN,R".into();
    rows[2][4] = Cell::Blank;
    let notices: Vec<_> = read(&fixture(&rows)).unwrap().1.notices.into_iter().map(|n| n.finding).collect();
    assert_eq!(notices, ["concern `核、放射 N,R`: Japanese and letters do not say the same", "no concern"]);
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
    assert_eq!(listings.len(), 835);
    let mut by_state: BTreeMap<&str, usize> = BTreeMap::new();
    let mut by_concern: BTreeMap<&str, usize> = BTreeMap::new();
    for listing in &listings {
        let state = &listing.states[0].state.text;
        *by_state.entry(state.split_once(' ').map_or(state.as_str(), |(_, english)| english)).or_default() +=
            1;
        for concern in concerns(listing) {
            *by_concern.entry(concern).or_default() += 1;
        }
    }
    for (state, count) in [
        ("Islamic Republic of Iran", 257),
        ("North Korea", 154),
        ("People's Republic of China", 127),
        ("Islamic Republic of Pakistan", 103),
        ("Russian Federation", 100),
        ("United Arab Emirates", 29),
        ("Hong Kong", 22),
        ("Syrian Arab Republic", 19),
        ("Republic of Lebanon", 9),
        ("Taiwan", 5),
        ("Arab Republic of Egypt", 3),
        ("Islamic Republic of Afghanistan", 2),
        ("Republic of Yemen", 2),
        ("India", 2),
        ("State of Israel", 1),
    ] {
        assert_eq!(by_state.remove(state), Some(count), "{state}");
    }
    assert!(by_state.is_empty(), "{by_state:?}");
    // By counting words in the cells themselves.
    let book = Book::open(bytes.clone(), Limits::default()).unwrap();
    let rows = book.rows(&book.sheets()[0]).unwrap();
    for (word, concern, column) in [
        ("核", "nuclear", 4),
        ("生物", "biological", 4),
        ("化学", "chemical", 4),
        ("ミサイル", "missile", 4),
        ("通常", "conventional", 5),
    ] {
        let counted = rows[1..].iter().filter(|row| row.text(column).contains(word)).count();
        assert_eq!(by_concern[concern], counted, "{concern}");
    }
    assert_eq!(by_concern["conventional"], 240);
    for (listing, row) in listings.iter().zip(&rows[1..]) {
        assert_eq!(listing.source[2].value, row.text(2));
        let dots = row.text(3).matches('・').count();
        assert!(listing.names.len() > dots.min(1), "{}", listing.id);
    }
    for notice in &reading.notices {
        println!("{} {}", notice.line, notice.finding);
    }
    assert_eq!(reading.notices_total, 0);
    let turned = damage::flipped(&bytes, 200, |bytes| read(bytes).map(|(listings, _)| listings));
    assert!(turned.refused > 150, "{turned:?}");
}
