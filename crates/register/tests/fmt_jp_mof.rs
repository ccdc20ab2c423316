//! The list of frozen assets: sheets with columns of their own, one party under two measures, rows of parties taken off.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test stops where it fails, and says what it skips"
)]

mod common;

use std::collections::BTreeMap;

use comity_model::listing::{
    DetailKind, IdentifierKind, Listing, NameKind, NameQuality, PartyKind, StateRelation,
};
use comity_register::Refusal;
use comity_register::formats::Reading;
use comity_sheet::sample::{self, Cell};
use comity_sheet::{Book, Limits};
use common::damage;

const NAME: &str = "list.xlsx";
const REAL: &str = "jp-mof/asset-freeze-2026-03-05/shisantouketsu20260305.xlsx";

fn read(bytes: &[u8]) -> Result<(Vec<Listing>, Reading), Refusal> {
    common::read("jp-mof-xlsx", &[(NAME, bytes)])
}

fn row(cells: &[&str]) -> Vec<Cell> {
    cells.iter().map(|text| Cell::from(*text)).collect()
}

type Sheets = Vec<(&'static str, Vec<Vec<Cell>>)>;

fn sheets() -> Sheets {
    let persons = [
        "告示日付",
        "告示番号",
        "日本語表記",
        "英語表記",
        "国連参照番号",
        "別名",
        "確定に十分でない別名",
        "旧称",
        "称号",
        "役職",
        "生年月日",
        "出生地",
        "国籍",
        "旅券番号",
        "ID番号",
        "住所",
        "リスト掲載日",
        "その他の情報",
        "指定の根拠",
    ];
    let bodies = [
        "告示日付",
        "告示番号",
        "日本語表記",
        "英語表記",
        "別称・旧称",
        "所在地・住所\n登録された事務所の住所",
        "電話",
        "その他の情報",
    ];
    let mut full = row(&[
        "2009.7.24\n2022.8.3改訂",
        "*1",
        "アレイ・レイ",
        "AREI REI\n(original script: مثال)",
        "XXi.001 ",
        "(a)アレイ（Arei）、\n(b)アレイ・エイ（Arei A）",
        "アール（R）",
        "不明",
        "(a)Dr",
        "部長",
        "(a)1960年1月2日\n(b)1961年頃",
        "不明",
        "見本国 Exampleland",
        "見本旅券 D 000763 （1997年1月9日発行）",
        "（a）M4800（注）",
    ]);
    full.extend(row(&["不明"]));
    full.push(Cell::Number("40016".into()));
    full.extend(row(&["ある団体の長。SWIFT/BIC:EXAMXX2A", "報告による。"]));
    let mut second = row(&["2010.1.1", "2", "レイ・アレイ", "REI AREI", "", "", "", "", "", ""]);
    second.push(Cell::Number("13633".into()));
    vec![
        ("一覧", vec![row(&["このファイルは、資産凍結等の措置の情報です。"]), row(&["1", "見本"])]),
        (
            "1.見本（個人）",
            vec![
                row(&["見本に関与する者（個人）"]),
                row(&["（注）注記"]),
                row(&persons),
                full,
                second,
                row(&["2011.11.18削除", "3"]),
            ],
        ),
        ("2.【解除】旧見本", vec![row(&["旧見本"]), row(&["【2015年12月18日告示廃止】"])]),
        (
            "3.見本(協調；個人) ",
            vec![
                row(&["協調"]),
                row(&bodies),
                row(&[
                    "2008.1.1",
                    "１(*1)",
                    "アレイ・レイ",
                    "Arei Rei",
                    "（別称）アレイ・ビー\nArei B",
                    "1 Example Road, Town",
                    "+00－11",
                    "続き",
                ]),
                row(&["", "", "", "", "", "", "", "さらに続く。"]),
                row(&["2012.9.28削除\n（１．と同一人物）", "2"]),
            ],
        ),
    ]
}

fn fixture(sheets: &Sheets) -> Vec<u8> {
    sample::workbook(sheets)
}

#[test]
fn a_full_row_is_read_field_by_field() {
    let (listings, reading) = read(&fixture(&sheets())).unwrap();
    assert_eq!(listings.iter().map(|l| l.id.native.as_str()).collect::<Vec<_>>(), ["1-1", "1-2"]);
    let party = &listings[0];
    assert_eq!(party.kind, PartyKind::Person);
    let names: Vec<String> =
        party.names.iter().map(|n| format!("{} {} {}", n.kind, n.quality, n.text)).collect();
    assert_eq!(
        names,
        [
            "primary good AREI REI",
            "original-script good مثال",
            "primary good アレイ・レイ",
            "alias good アレイ",
            "alias good Arei",
            "alias good アレイ・エイ",
            "alias good Arei A",
            "alias low アール",
            "alias low R",
            "alias good Arei Rei",
            "alias good アレイ・ビー",
            "alias good Arei B",
        ]
    );
    assert_eq!(party.names[2].language.as_deref(), Some("日本語"));
    assert_eq!(
        party.birth_dates.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["1960-01-02", "about 1961"]
    );
    assert!(party.birth_places.is_empty());
    assert_eq!(
        (party.states[0].relation, party.states[0].state.text.as_str()),
        (StateRelation::Nationality, "見本国 Exampleland")
    );
    let identifiers: Vec<_> =
        party.identifiers.iter().map(|i| (i.kind, i.value.as_str(), i.label.as_str())).collect();
    assert_eq!(
        identifiers,
        [
            (IdentifierKind::Passport, "D 000763", "旅券番号"),
            (IdentifierKind::NationalId, "M4800", "ID番号"),
            (IdentifierKind::Bic, "EXAMXX2A", "SWIFT/BIC"),
            (IdentifierKind::Phone, "+00-11", "電話"),
        ]
    );
    assert_eq!(party.addresses.iter().map(|a| a.text.as_str()).collect::<Vec<_>>(), ["1 Example Road, Town"]);
    assert_eq!(party.references, ["XXi.001"]);
    let programmes: Vec<_> = party
        .programmes
        .iter()
        .map(|p| {
            (p.code.as_str(), p.text.as_str(), p.from.as_ref().unwrap().to_string(), p.effects.join("|"))
        })
        .collect();
    assert_eq!(
        programmes,
        [
            (
                "見本(個人)",
                "見本に関与する者（個人） （注）注記",
                "2009-07-24".to_owned(),
                "資産凍結等の措置".to_owned()
            ),
            ("見本(協調;個人)", "協調", "2008-01-01".to_owned(), "資産凍結等の措置".to_owned()),
        ]
    );
    assert_eq!(party.listed_on.as_ref().unwrap().to_string(), "2008-01-01");
    assert_eq!(party.updated.iter().map(ToString::to_string).collect::<Vec<_>>(), ["2022-08-03"]);
    let details: Vec<_> = party.details.iter().map(|d| (d.kind, d.text.as_str())).collect();
    assert_eq!(
        details,
        [
            (DetailKind::Title, "Dr"),
            (DetailKind::Function, "部長"),
            (DetailKind::Note, "リスト掲載日: 2009-07-22"),
            (DetailKind::Reason, "報告による。"),
            (DetailKind::Note, "also 3-1 of this list"),
        ]
    );
    assert_eq!(party.remarks, "ある団体の長。SWIFT/BIC:EXAMXX2A 続き さらに続く。");
    let source = |key: &str| {
        party.source.iter().filter(|v| v.key == key).map(|v| v.value.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(source("告示日付"), ["2009.7.24\n2022.8.3改訂", "2008.1.1"]);
    assert_eq!(source("告示番号"), ["*1", "１(*1)"]);
    assert_eq!(source("国連参照番号"), ["XXi.001 "]);
    assert_eq!(listings[1].birth_dates[0].to_string(), "1937-04-28");
    let notices: Vec<&str> = reading.notices.iter().map(|n| n.finding.as_str()).collect();
    assert_eq!(
        notices,
        [
            "sheet `1.見本（個人）`: 1 rows of parties that were taken off, without names",
            "sheet `2.【解除】旧見本`: a repealed measure, without parties",
            "sheet `3.見本(協調；個人) `: 1 rows of parties that were taken off, without names",
        ]
    );
    assert_eq!(reading.newest_entry.unwrap().to_string(), "2022-08-03");
}

#[test]
fn what_contradicts_the_form_is_refused_with_its_place() {
    let refused = |change: &dyn Fn(&mut Sheets)| {
        let mut sheets = sheets();
        change(&mut sheets);
        read(&fixture(&sheets)).map(|(l, _)| l.len()).unwrap_err()
    };
    let at = |line: u64, finding: &str, refusal: &Refusal| {
        assert!(refusal.line == line && refusal.finding.contains(finding), "{refusal}");
    };
    at(
        5,
        "number 2 without a name",
        &refused(&|s| (s[1].1[4][2], s[1].1[4][3]) = (Cell::Blank, Cell::Blank)),
    );
    at(6, "marked as deleted, but has a name", &refused(&|s| s[1].1[5].push("アレイ".into())));
    at(5, "where the number of a notice is expected", &refused(&|s| s[1].1[4][1] = "two".into()));
    at(5, "the number 1 a second time", &refused(&|s| s[1].1[4][1] = "1".into()));
    at(3, "not one column `英語表記`", &refused(&|s| s[1].1[2][3] = "名".into()));
    at(0, "no row with the heads", &refused(&|s| s[1].1[2][0] = "日付".into()));
    at(3, "no number in its name", &refused(&|s| s[1].0 = "見本"));
    at(4, "no text alone", &refused(&|s| s[3].1[3][2] = "アレイ".into()));
    at(0, "no entries", &refused(&|s| s.truncate(1)));
}

#[test]
fn doubtful_values_are_kept_and_reported() {
    let mut sheets = sheets();
    sheets[1].1[4][10] = "2199年1月1日".into();
    sheets[1].1[2][8] = "新しい欄".into();
    sheets[3].1[2][1] = "1(*7)".into();
    sheets[3].1[2][0] = "200812.19".into();
    let (listings, reading) = read(&fixture(&sheets)).unwrap();
    assert_eq!(listings.len(), 3);
    assert!(listings[0].remarks.contains("新しい欄: (a)Dr"), "{}", listings[0].remarks);
    for finding in ["after the day of reading", "新しい欄", "`*7` names no row", "`200812.19` where the day"]
    {
        assert!(
            reading.notices.iter().any(|n| n.finding.contains(finding)),
            "{finding}: {:?}",
            reading.notices
        );
    }
}

#[test]
fn damage_gives_a_whole_list_or_a_refusal() {
    let bytes = fixture(&sheets());
    let whole = read(&bytes).unwrap().0;
    let list = |bytes: &[u8]| read(bytes).map(|(listings, _)| listings);
    let cut = damage::truncated(&bytes, 2000, list, |at, _| panic!("cut at {at} is read"));
    assert_eq!(cut.read, 0);
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

fn real() -> Option<Vec<u8>> {
    let found = common::shared_lists().and_then(|lists| std::fs::read(lists.join(REAL)).ok());
    if found.is_none() {
        println!("skipped: {REAL} is not on this machine");
    }
    found
}

/// Counts of the file, and each row found by plain reading of its cells.
#[test]
fn the_real_workbook_is_read_whole() {
    let Some(bytes) = real() else { return };
    let (listings, reading) = read(&bytes).unwrap();
    let book = Book::open(bytes, Limits::default()).unwrap();
    assert_eq!(book.sheets().len(), 45);
    let (mut live, mut deleted, mut crossed) = (0, 0, 0);
    let mut english: BTreeMap<String, usize> = BTreeMap::new();
    for sheet in book.sheets() {
        let rows = book.rows(sheet).unwrap();
        let Some(head) = rows.iter().position(|r| r.text(0) == "告示日付") else { continue };
        for row in &rows[head + 1..] {
            if row.text(0).contains("削除") {
                deleted += 1;
            } else if !row.text(0).is_empty() {
                live += 1;
                crossed += usize::from(row.text(1).contains('('));
                *english.entry(row.text(3).into_owned()).or_default() += 1;
            }
        }
    }
    assert_eq!((live, deleted, crossed), (2863, 598, 67));
    let told = listings.iter().flat_map(|l| &l.source).filter(|v| v.key == "英語表記").fold(
        BTreeMap::<String, usize>::new(),
        |mut all, value| {
            *all.entry(value.value.clone()).or_default() += 1;
            all
        },
    );
    english.remove("");
    assert_eq!(told, english, "every row is in a listing, word for word");
    let programmes: usize = listings.iter().map(|l| l.programmes.len()).sum();
    // One row has a date and a number, but neither a party nor the word that says that it was taken off.
    assert_eq!(programmes, live - 1);
    assert!(reading.notices.iter().any(|n| n.entry == "2-274" && n.finding.contains("no party")));
    for notice in reading.notices.iter().filter(|n| n.finding.contains("names no row")) {
        println!("{notice:?}");
    }
    let of = |sheets: [&str; 2]| {
        sheets.map(|s| {
            listings.iter().filter(|l| l.id.native.starts_with(&format!("{s}-"))).collect::<Vec<_>>()
        })
    };
    let [persons, bodies] = of(["19", "20"]);
    assert_eq!((persons.len(), bodies.len()), (43, 78));
    for listing in persons.iter().chain(&bodies) {
        assert_eq!(listing.listed_on.as_ref().unwrap().to_string(), "2025-09-28", "{}", listing.id);
    }
    assert!(
        persons.iter().all(|l| l.kind == PartyKind::Person)
            && bodies.iter().all(|l| l.kind == PartyKind::Organization)
    );
    let [persons, bodies] = of(["15", "14"]);
    assert_eq!((persons.len(), bodies.len()), (80, 75));
    let both = |listings: &[&Listing]| listings.iter().filter(|l| l.programmes.len() > 1).count();
    println!("under two measures: {} persons, {} bodies", both(&persons), both(&bodies));
    assert_eq!(listings.iter().map(|l| l.references.len()).sum::<usize>(), 10);
    println!("{} listings, {} notices", listings.len(), reading.notices_total);
    assert_eq!(listings.len(), 2795);
    if std::env::var_os("COMITY_SHOW").is_some() {
        for notice in &reading.notices {
            println!("{} {} {}", notice.line, notice.entry, notice.finding);
        }
        for listing in listings.iter().step_by(90) {
            println!(
                "{} {} {:?} {:?}",
                listing.id,
                listing.kind,
                listing.names.iter().map(|n| (&n.text, n.kind)).collect::<Vec<_>>(),
                listing.birth_dates
            );
        }
    }
    let weak = listings.iter().flat_map(|l| &l.names).filter(|n| n.quality == NameQuality::Low).count();
    let own = listings.iter().flat_map(|l| &l.names).filter(|n| n.kind == NameKind::OriginalScript).count();
    println!("{weak} weak names, {own} in their own script");
    assert!(weak > 100 && own > 100);
    assert!(listings.iter().flat_map(|l| &l.names).all(|n| !n.text.contains(['\u{1}', '\u{2}'])));
}

#[test]
fn the_real_workbook_survives_damage() {
    let Some(bytes) = real() else { return };
    let turned = damage::flipped(&bytes, 200, |bytes| read(bytes).map(|(listings, _)| listings));
    assert!(turned.refused > 150, "{turned:?}");
}
