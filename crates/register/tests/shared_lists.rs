//! The figures of the specification (party-lists, sections 2 and 4), counted again on the official files. Files that are not on this machine are skipped,
//! with a printed line.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests; a fault ends the test"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use comity_model::listing::{Listing, NameKind, NameQuality, PartyKind};
use comity_register::{Register, Silent, update_from_dir};
use common::{lines, options, read, shared_lists, sources};

fn file(path: &str) -> Option<Vec<u8>> {
    let found = shared_lists().and_then(|lists| std::fs::read(lists.join(path)).ok());
    if found.is_none() {
        println!("skipped: {path} is not on this machine");
    }
    found
}

fn un(date: &str) -> Option<Vec<Listing>> {
    let bytes = file(&format!("un/{date}/consolidated.xml"))?;
    let (listings, reading) = read("un-xml", &[("consolidated.xml", &bytes)]).unwrap();
    assert_eq!(reading.date.unwrap().to_string(), date);
    assert_eq!(reading.entries as usize, listings.len());
    Some(listings)
}

fn ofac(folder: &str, names: [&str; 4]) -> Option<(Vec<Listing>, u64)> {
    let mut files = Vec::new();
    for name in names {
        files.push(file(&format!("ofac/{folder}/{name}"))?);
    }
    let files: Vec<_> = names.into_iter().zip(files.iter().map(Vec::as_slice)).collect();
    let (listings, reading) = read("ofac-csv", &files).unwrap();
    Some((listings, reading.notices_total))
}

const SDN: [&str; 4] = ["sdn.csv", "alt.csv", "add.csv", "sdn_comments.csv"];
const CONS: [&str; 4] = ["cons_prim.csv", "cons_alt.csv", "cons_add.csv", "cons_comments.csv"];

fn of_kind(listings: &[Listing], kind: PartyKind) -> usize {
    listings.iter().filter(|l| l.kind == kind).count()
}

fn of_programme(listings: &[Listing], code: &str) -> (usize, usize) {
    let of = |kind| {
        listings.iter().filter(|l| l.kind == kind && l.programmes.iter().any(|p| p.code == code)).count()
    };
    (of(PartyKind::Person), of(PartyKind::Organization))
}

fn rows(listings: &[Listing], key: &str) -> usize {
    listings.iter().flat_map(|l| &l.source).filter(|v| v.key == key).count()
}

#[test]
fn counts_of_the_security_council_list() {
    for (date, persons, entities) in [
        ("2018-10-29", 703, 390),
        ("2024-11-30", 686, 193),
        ("2025-04-19", 684, 193),
        ("2026-02-27", 730, 273),
    ] {
        let Some(listings) = un(date) else { continue };
        let counts = (of_kind(&listings, PartyKind::Person), of_kind(&listings, PartyKind::Organization));
        assert_eq!(counts, (persons, entities), "{date}");
    }
}

#[test]
fn counts_by_regime_on_the_newest_date() {
    let Some(listings) = un("2026-02-27") else { return };
    let mut counts = BTreeMap::new();
    for listing in &listings {
        *counts.entry(listing.programmes[0].code.as_str()).or_insert(0) += 1;
    }
    let expected = [
        ("QD", 341),
        ("KP", 155),
        ("TA", 140),
        ("IR", 121),
        ("IQ", 75),
        ("CD", 53),
        ("LY", 30),
        ("SO", 24),
        ("CF", 15),
        ("HT", 11),
        ("YE", 11),
        ("GB", 10),
        ("SD", 9),
        ("SS", 8),
    ];
    assert_eq!(counts, BTreeMap::from(expected));
    assert_eq!(of_programme(&listings, "KP"), (80, 75));
}

#[test]
fn one_regime_lapses_and_returns() {
    let dates = ["2018-10-29", "2024-11-30", "2025-04-19", "2026-02-27"];
    for (date, expected) in dates.into_iter().zip([(23, 61), (0, 0), (0, 0), (43, 78)]) {
        let Some(listings) = un(date) else { continue };
        assert_eq!(of_programme(&listings, "IR"), expected, "{date}");
    }
    let (Some(before), Some(after)) = (un("2018-10-29"), un("2026-02-27")) else { return };
    let facts = |l: &Listing| {
        let data_id = l.source.iter().find(|v| v.key == "DATAID").unwrap().value.clone();
        (l.id.native.clone(), data_id, l.listed_on.clone())
    };
    let of = |listings: &[Listing]| -> BTreeSet<_> {
        listings.iter().filter(|l| l.programmes[0].code == "IR").map(facts).collect()
    };
    let (before, after) = (of(&before), of(&after));
    assert!(before.is_subset(&after), "the same reference number, DATAID and LISTED_ON");
    assert_eq!(after.difference(&before).count(), 37);
}

/// The texts below an entry with their tags, sorted, blanks collapsed: what must differ for an entry to count as changed.
fn leaves(listing: &Listing) -> Vec<(String, String)> {
    let tag = |key: &str| key.rsplit('/').next().unwrap_or_default().to_owned();
    let text = |value: &str| value.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut leaves: Vec<_> = listing.source.iter().map(|v| (tag(&v.key), text(&v.value))).collect();
    leaves.sort();
    leaves
}

fn delta(
    from: &[Listing],
    to: &[Listing],
    of: impl Fn(&Listing) -> Vec<(String, String)>,
) -> (Vec<String>, Vec<String>, usize) {
    let by_id = |listings: &[Listing]| -> BTreeMap<String, Vec<(String, String)>> {
        listings.iter().map(|l| (l.id.native.clone(), of(l))).collect()
    };
    let (from, to) = (by_id(from), by_id(to));
    let added = to.keys().filter(|k| !from.contains_key(*k)).cloned().collect();
    let removed = from.keys().filter(|k| !to.contains_key(*k)).cloned().collect();
    let changed = from.iter().filter(|(k, v)| to.get(*k).is_some_and(|w| w != *v)).count();
    (added, removed, changed)
}

#[test]
fn deltas_between_editions_of_the_security_council_list() {
    let dates = ["2018-10-29", "2024-11-30", "2025-04-19", "2026-02-27"];
    let expected = [(65, 279, 662), (0, 2, 158), (130, 4, 17)];
    for (pair, expected) in dates.windows(2).zip(expected) {
        let (Some(from), Some(to)) = (un(pair[0]), un(pair[1])) else { continue };
        let (added, removed, changed) = delta(&from, &to, leaves);
        assert_eq!((added.len(), removed.len(), changed), expected, "{pair:?}");
        match pair[1] {
            "2025-04-19" => assert_eq!(removed, ["LYi.020", "QDi.095"]),
            "2026-02-27" => assert_eq!(removed, ["IQi.074", "QDi.317", "QDi.328", "QDi.336"]),
            _ => {}
        }
    }
}

#[test]
fn details_of_the_security_council_list() {
    let Some(listings) = un("2026-02-27") else { return };
    let names = |f: &dyn Fn(&comity_model::listing::ListedName) -> bool| -> usize {
        listings.iter().flat_map(|l| &l.names).filter(|n| f(n)).count()
    };
    assert_eq!(
        listings.iter().filter(|l| l.names.iter().any(|n| n.kind == NameKind::OriginalScript)).count(),
        378
    );
    assert_eq!(names(&|n| n.kind == NameKind::Former), 19);
    assert!(names(&|n| n.quality == NameQuality::Low) >= 615, "joined aliases may make more");
    let aliases = |quality: &str| {
        let of = |l: &Listing| {
            l.source.iter().filter(|v| v.key.ends_with("/QUALITY") && v.value.trim() == quality).count()
        };
        listings.iter().map(of).sum::<usize>()
    };
    assert_eq!((aliases("Good"), aliases("Low"), aliases("a.k.a."), aliases("f.k.a.")), (1524, 615, 594, 19));
    let trailing =
        |l: &&Listing| l.source.iter().any(|v| v.key == "REFERENCE_NUMBER" && v.value.trim() != v.value);
    assert_eq!(listings.iter().filter(trailing).count(), 12);
    let korea = listings.iter().find(|l| l.id.native == "KPe.001").unwrap();
    assert_eq!(korea.primary_name(), "KOREA MINING DEVELOPMENT TRADING CORPORATION");
    assert!(korea.names.iter().any(|n| n.text == "KOMID"));
    assert_eq!(korea.listed_on.as_ref().unwrap().to_string(), "2009-04-24");
}

#[test]
fn counts_of_the_comma_separated_sets() {
    for (folder, names, kinds, others) in [
        ("sdn-2019-01", SDN, [3845, 2994, 323, 217], [9682, 11696]),
        ("sdn-2021-07", SDN, [4620, 3673, 406, 277], [11910, 13837]),
        ("cons-2025-12", CONS, [79, 363, 0, 0], [1073, 574]),
    ] {
        let Some((listings, notices)) = ofac(folder, names) else { continue };
        let all = [PartyKind::Person, PartyKind::Organization, PartyKind::Vessel, PartyKind::Aircraft];
        assert_eq!(all.map(|kind| of_kind(&listings, kind)), kinds, "{folder}");
        assert_eq!(listings.len(), kinds.iter().sum::<usize>(), "{folder}");
        assert_eq!([rows(&listings, "alt_num"), rows(&listings, "add_num")], others, "{folder}");
        println!("{folder}: {notices} suspicious values");
        assert!(notices < 100, "{folder}: {notices}");
    }
    // Of the thirteen remarks continued in 2019, ten belong to entries that had left the list.
    let expected = [("sdn-2019-01", SDN, 3), ("sdn-2021-07", SDN, 5), ("cons-2025-12", CONS, 10)];
    for (folder, names, continued) in expected {
        let Some((listings, _)) = ofac(folder, names) else { continue };
        assert_eq!(rows(&listings, "comment"), continued, "{folder}");
    }
}

#[test]
fn programmes_of_the_comma_separated_set() {
    let Some((listings, _)) = ofac("sdn-2021-07", SDN) else { return };
    let codes: BTreeSet<_> = listings.iter().flat_map(|l| &l.programmes).map(|p| p.code.as_str()).collect();
    assert_eq!(codes.len(), 67);
    assert!(codes.contains("CAATSA - RUSSIA") && codes.iter().all(|c| !c.contains(['[', ']'])));
}

#[test]
fn delta_of_the_comma_separated_set() {
    let (Some((from, _)), Some((to, _))) = (ofac("sdn-2019-01", SDN), ofac("sdn-2021-07", SDN)) else {
        return;
    };
    const COLUMNS: [&str; 12] = [
        "ent_num",
        "SDN_Name",
        "SDN_Type",
        "Program",
        "Title",
        "Call_Sign",
        "Vess_type",
        "Tonnage",
        "GRT",
        "Vess_flag",
        "Vess_owner",
        "Remarks",
    ];
    let row = |l: &Listing| -> Vec<_> {
        let own = l.source.iter().filter(|v| COLUMNS.contains(&v.key.as_str()));
        own.map(|v| (v.key.clone(), v.value.clone())).collect()
    };
    let (added, removed, changed) = delta(&from, &to, row);
    assert_eq!((added.len(), removed.len(), changed), (1858, 261, 836));
}

#[test]
fn the_whole_folder_is_read_and_what_is_not_is_named() {
    let Some(lists) = shared_lists() else {
        println!("skipped: the folder of official lists is not on this machine");
        return;
    };
    let data = tempfile::tempdir().unwrap();
    let results =
        update_from_dir(data.path(), &lists, &sources(), options("2026-11-21"), &mut Silent).unwrap();
    let lines = lines(&results);
    let of = |list: &str| -> Vec<&str> {
        lines
            .iter()
            .filter_map(|l| l.strip_prefix(list))
            .map(str::trim)
            .filter(|l| l.ends_with("added"))
            .collect()
    };
    assert_eq!(
        of("un/sc "),
        ["2018-10-29 1093 added", "2024-11-30 879 added", "2025-04-19 877 added", "2026-02-27 1003 added"]
    );
    assert_eq!(of("us/ofac-sdn "), ["2019-01-01 7379 added", "2021-07-01 8976 added"]);
    assert_eq!(of("us/ofac-cons "), ["2025-03-28 443 added", "2025-12-01 442 added"]);
    let why =
        |part: &str| results.iter().find(|r| r.message.contains(part) || r.list.contains(part)).unwrap();
    assert!(why("ofac/sdn-2025-02").message.contains("not whole: sdn.csv missing"));
    assert_eq!(of("au/dfat "), ["2024-12-01 3062 added"]);
    assert_eq!(of("jp/meti-eul "), ["2025-09-29 835 added"]);
    assert_eq!(of("jp/mof "), ["2026-03-05 2795 added"]);
    for folder in ["jp-meti/russia-2025-09-12", "ofac/schema", "ofac/sdn-xml-sample-2014-07-16"] {
        assert_eq!(why(folder).result.word(), "not_read", "{folder}");
    }
    assert!(results.iter().all(|r| matches!(r.result.word(), "added" | "not_read")));
    found_again(data.path());
}

/// Every name of every listing finds its listing again, and so do its identifiers.
fn found_again(data: &Path) {
    let register = Register::open(data).unwrap();
    let (mut names, mut candidates) = (0_usize, 0_usize);
    for list in register.lists() {
        let meta = register.editions(list).next_back().unwrap();
        let edition = register.load(meta).unwrap();
        let view = edition.view().unwrap();
        assert_eq!(view.len(), meta.entries as usize);
        for index in (0..u32::try_from(view.len()).unwrap()).step_by(7) {
            let listing = view.listing(index).unwrap();
            assert_eq!(view.by_native_id(&listing.id.native).unwrap(), Some(index));
            for name in view.names(index).unwrap().into_iter().filter(|n| !n.folded.is_empty()) {
                let found = view.candidates(name.folded).unwrap();
                assert!(found.contains(&index), "{} of {}", name.folded, listing.id);
                names += 1;
                candidates += found.len();
            }
            for identifier in
                listing.identifiers.iter().filter(|i| i.value.chars().any(char::is_alphanumeric))
            {
                assert!(view.by_identifier(&identifier.value).unwrap().contains(&index));
            }
        }
    }
    println!("{names} names found again, {} candidates each on average", candidates / names.max(1));
    let (editions, faults) = register.verify().unwrap();
    let known: usize = register.lists().map(|list| register.editions(list).count()).sum();
    assert!(known >= 7 && editions == known && faults.is_empty(), "{editions} of {known}: {faults:?}");
}
