//! The Consolidated Screening List in its three forms, and the files of its parts: invented parties field by field, one party in every form, damage, and the
//! figures of the specification (party-lists 2.5, 2.6, 4.5) on the real files, counted again without the readers. Files that are not on this machine are
//! skipped, with a printed line.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests; a fault ends the test"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};

use comity_model::listing::{DetailKind, IdentifierKind, Listing, NameKind, PartyKind, StateRelation};
use comity_register::{Reading, Refusal, Register, Silent, update_from_dir};
use common::{damage, lines, options, read, read_bundle, shared_file, sources};

const JSON: &[u8] = include_bytes!("fixtures/us_csl/consolidated.json");
const CSV: &[u8] = include_bytes!("fixtures/us_csl/consolidated.csv");
const OLD: &[u8] = include_bytes!("fixtures/us_csl/csl.csv");
const SHORT: &[u8] = include_bytes!("fixtures/us_csl/screening-list.json");
const DPL: &[u8] = include_bytes!("fixtures/us_csl/dpl.txt");
const ISN: &[u8] = include_bytes!("fixtures/us_csl/isn.csv");
const DDTC: &[u8] = include_bytes!("fixtures/us_csl/itar_debarred_party_list.csv");

const KEYS: [&str; 12] =
    ["SDN", "SSI", "PLC", "CAP", "CMIC", "NS-MBS", "EL", "DPL", "UVL", "MEU", "DTC", "ISN"];

type Read1 = fn(&[u8]) -> Result<(Vec<Listing>, Reading), Refusal>;

/// Every format with its fixture.
const ALL: [(&str, &[u8], Read1); 7] = [
    ("us-csl-json", JSON, |b| read_bundle("us-csl-json", &KEYS, &[("consolidated.json", b)])),
    ("us-csl-csv", CSV, |b| read_bundle("us-csl-csv", &KEYS, &[("consolidated.csv", b)])),
    ("us-csl-csv", OLD, |b| read_bundle("us-csl-csv", &KEYS, &[("csl.csv", b)])),
    ("us-csl-reduced", SHORT, |b| read_bundle("us-csl-reduced", &KEYS, &[("screening-list.json.gz", b)])),
    ("us-dpl-txt", DPL, |b| read("us-dpl-txt", &[("dpl.txt", b)])),
    ("us-isn-csv", ISN, |b| read("us-isn-csv", &[("isn.csv", b)])),
    ("us-ddtc-csv", DDTC, |b| read("us-ddtc-csv", &[("list.csv", b)])),
];

fn json(bytes: &[u8]) -> Result<(Vec<Listing>, Reading), Refusal> {
    ALL[0].2(bytes)
}

fn csv(bytes: &[u8]) -> Result<(Vec<Listing>, Reading), Refusal> {
    ALL[1].2(bytes)
}

fn short(bytes: &[u8]) -> Result<(Vec<Listing>, Reading), Refusal> {
    ALL[3].2(bytes)
}

fn dpl(bytes: &[u8]) -> Result<(Vec<Listing>, Reading), Refusal> {
    ALL[4].2(bytes)
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn of<'l>(listings: &'l [Listing], list: &str) -> Vec<&'l Listing> {
    listings.iter().filter(|l| l.id.list.as_str() == format!("own/{list}")).collect()
}

fn texts<T: ToString>(values: &[T]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

fn details(listing: &Listing, kind: DetailKind) -> Vec<&str> {
    listing.details.iter().filter(|d| d.kind == kind).map(|d| d.text.as_str()).collect()
}

fn names(listing: &Listing) -> Vec<(NameKind, &str)> {
    listing.names.iter().map(|n| (n.kind, n.text.as_str())).collect()
}

fn states(listing: &Listing) -> Vec<(StateRelation, &str)> {
    listing.states.iter().map(|s| (s.relation, s.state.text.as_str())).collect()
}

fn identifiers(listing: &Listing) -> Vec<(IdentifierKind, &str, &str, Option<&str>)> {
    let of = |i: &'_ comity_model::listing::Identifier| i.state.as_ref().map(|s| s.text.clone());
    let states: Vec<_> = listing.identifiers.iter().map(of).collect();
    let pairs = listing.identifiers.iter().zip(states);
    pairs.map(|(i, s)| (i.kind, i.value.as_str(), i.label.as_str(), s.map(|s| &*s.leak()))).collect()
}

fn addresses(listing: &Listing) -> Vec<(&str, &str)> {
    let state =
        |a: &'_ comity_model::listing::Address| a.state.as_ref().map_or("", |s| &*s.text.clone().leak());
    listing.addresses.iter().map(|a| (a.text.as_str(), state(a))).collect()
}

fn notices(reading: &Reading) -> Vec<String> {
    reading.notices.iter().map(|n| format!("{} {}", n.line, n.finding)).collect()
}

#[test]
fn a_person_field_by_field() {
    let (listings, reading) = json(JSON).unwrap();
    assert_eq!(reading.date.unwrap().to_string(), "2026-01-15");
    assert_eq!(reading.newest_entry.unwrap().to_string(), "2024-02-02");
    assert_eq!(reading.reduced, None);
    assert_eq!(reading.entries as usize, listings.len());
    let person = &listings[0];
    assert_eq!((person.id.to_string().as_str(), person.kind), ("own/sdn/90001", PartyKind::Person));
    assert_eq!(names(person), [(NameKind::Primary, "Mira Ann VALE"), (NameKind::Alias, "Mira VAIL")]);
    assert_eq!(person.names[0].verbatim.as_deref(), Some("VALE, Mira Ann"));
    assert_eq!(texts(&person.birth_dates), ["1970-05-01", "about 1971"]);
    assert_eq!(person.birth_places[0].text, "Ridgetown, Exampleland");
    assert_eq!(
        identifiers(person),
        [
            (IdentifierKind::Passport, "X 123", "Passport", Some("XA")),
            (IdentifierKind::Email, "mira@ridge.example", "Email Address", None)
        ]
    );
    assert_eq!(addresses(person), [("1 Hill Road, Ridgetown, 1000", "XA"), ("", "XB")]);
    use StateRelation::{Address, Citizenship, Nationality};
    assert_eq!(states(person), [(Nationality, "XB"), (Citizenship, "XA"), (Address, "XA"), (Address, "XB")]);
    assert_eq!(details(person, DetailKind::Function), ["Director of Works"]);
    assert_eq!(details(person, DetailKind::Gender), ["Female"]);
    assert_eq!(person.related, ["EXAMPLE RIDGE"]);
    assert_eq!(person.remarks, "(Linked To: EXAMPLE RIDGE)");
    let codes: Vec<_> = person.programmes.iter().map(|p| p.code.as_str()).collect();
    assert_eq!(codes, ["NPWMD", "SDGT"]);
    for programme in &person.programmes {
        assert_eq!(programme.reach, ["Secondary sanctions risk: Example Rules, sections 1.1 and 1.2"]);
        assert!(programme.basis.is_empty() && programme.from.is_none() && programme.until.is_none());
    }
    let source: Vec<_> = person.source.iter().map(|v| (v.key.as_str(), v.value.as_str())).collect();
    assert!(
        source.contains(&("name", "VALE, Mira Ann")) && source.contains(&("addresses/postal_code", "1000"))
    );
    assert!(source.contains(&("ids/number", "X 123")) && source.contains(&("dates_of_birth", "circa 1971")));
    assert_eq!(source.len(), 31);
}

#[test]
fn ships_firms_and_their_facts() {
    let (listings, _) = json(JSON).unwrap();
    let ship = &listings[1];
    assert_eq!(ship.kind, PartyKind::Vessel);
    let found = identifiers(ship);
    assert_eq!(found[0], (IdentifierKind::CallSign, "RSTR", "call_sign", None));
    assert_eq!(found[1], (IdentifierKind::Imo, "9990011", "IMO Number", None));
    assert_eq!(found[2], (IdentifierKind::Mmsi, "999001122", "MMSI", None));
    assert_eq!(
        states(ship),
        [(StateRelation::Flag, "Exampleland"), (StateRelation::FormerFlag, "Otherland")]
    );
    for (kind, text) in [
        (DetailKind::CraftType, "Bulk Carrier"),
        (DetailKind::Tonnage, "20000"),
        (DetailKind::GrossTonnage, "30000"),
        (DetailKind::CraftOwner, "Ridge Lines"),
        (DetailKind::Built, "1999"),
    ] {
        assert_eq!(details(ship, kind), [text]);
    }
    let bank = of(&listings, "ssi")[0];
    let effects: Vec<_> = bank.programmes.iter().map(|p| (p.code.as_str(), p.effects.clone())).collect();
    let directive = "Executive Order 13662 Directive Determination - Subject to Directive 2".to_owned();
    assert_eq!(effects, [("UKRAINE-EO13662", vec![directive]), ("RUSSIA-EO14024", vec![])]);
    assert_eq!(identifiers(bank)[1], (IdentifierKind::Bic, "RIDGXAXX", "SWIFT/BIC", None));
    let firm = of(&listings, "cmic")[0];
    assert_eq!(firm.programmes[0].from.as_ref().unwrap().to_string(), "2021-08-02");
    assert_eq!(firm.listed_on.as_ref().unwrap().to_string(), "2021-06-03");
    assert_eq!(details(firm, DetailKind::Note).len(), 3);
}

/// Rows of one name whose States meet are one party with a measure for each different requirement; where they do not meet, another party.
#[test]
fn rows_of_one_name_are_merged_by_their_states() {
    let (listings, _) = json(JSON).unwrap();
    let el = of(&listings, "el");
    assert_eq!(el.len(), 2, "three rows, two parties");
    let (first, second) = (el[0], el[1]);
    let digest = first.id.native.strip_suffix("-xa-xb").unwrap();
    assert_eq!((digest.len(), second.id.native.clone()), (16, format!("{digest}-xc")));
    assert_eq!(first.kind, PartyKind::Organization);
    assert_eq!(
        names(first),
        [
            (NameKind::Primary, "Ridge Instruments Co., Ltd."),
            (NameKind::Alias, "Ridge Instr."),
            (NameKind::Alias, "RIC")
        ]
    );
    assert_eq!(first.addresses.len(), 3);
    let [one, two] = first.programmes.as_slice() else { panic!("two measures") };
    assert_eq!(
        (one.code.as_str(), one.basis.as_slice()),
        ("EL", &["80 FR 11111".to_owned(), "87 FR 22222".into()][..])
    );
    assert_eq!(one.from.as_ref().unwrap().to_string(), "2018-08-01");
    assert_eq!(
        one.effects,
        [
            "For all items subject to the EAR. (See §§ 734.9(e)(2) and 744.11 of the EAR)4",
            "Presumption of denial"
        ]
    );
    assert_eq!(
        one.reach,
        ["all items subject to the EAR", "(See §§ 734.9(e)(2) and 744.11 of the EAR)4", "footnote 4"]
    );
    assert_eq!((two.basis.len(), two.effects[1].as_str()), (1, "Case-by-case basis"));
    assert_eq!(details(first, DetailKind::LicencePolicy), ["Presumption of denial.", "Case-by-case basis"]);
    assert_eq!(details(first, DetailKind::LicenceRequirement).len(), 2);
    let requirements = first.source.iter().filter(|v| v.key == "license_requirement");
    assert_eq!(
        requirements.map(|v| v.value.as_str()).next().unwrap(),
        "For all items subject to the EAR.  (See §§ 734.9(e)(2) and 744.11 of the EAR)4",
        "word for word, two blanks"
    );

    let denied = of(&listings, "dpl");
    let [denied] = denied.as_slice() else { panic!("two rows, one person") };
    assert_eq!(addresses(denied)[1], ("8 HILL ROAD, RIDGETOWN, RT, 70001", "XA"));
    let [order] = denied.programmes.as_slice() else { panic!("one order") };
    assert_eq!(order.basis, ["67 F.R. 56530 9/4/02", "71 F.R. 38843 7/10/06", "72 F.R. 4236 1/30/07"]);
    assert_eq!(
        (order.from.as_ref().unwrap().to_string(), order.until.as_ref().unwrap().to_string()),
        ("2002-03-04".to_owned(), "2056-06-29".to_owned())
    );
    assert_eq!(details(denied, DetailKind::Note), ["standard order: Y"]);
    assert_eq!(denied.remarks, "50 YEAR DENIAL; FR NOTICE ADDED");
    assert_eq!(denied.names[0].verbatim.as_deref(), Some(" TOM VALE"));

    let sanctioned = of(&listings, "isn");
    let [sanctioned] = sanctioned.as_slice() else { panic!("two rows, one party") };
    assert_eq!(names(sanctioned), [(NameKind::Primary, "Example Ridge Works")]);
    let told: Vec<_> = sanctioned
        .programmes
        .iter()
        .map(|p| (p.code.as_str(), p.until.as_ref().map(ToString::to_string), p.reach.len()))
        .collect();
    assert_eq!(
        told,
        [
            ("INKSNA", Some("2025-07-19".to_owned()), 1),
            ("E.O. 13382", None, 0),
            ("Export-Import Bank Act", None, 0)
        ]
    );
    assert_eq!(sanctioned.programmes[0].reach, ["and any successor, sub-unit, or subsidiary thereof"]);
}

/// What a listing says but for where it stood.
fn said(listing: &Listing) -> Listing {
    Listing { source: Vec::new(), ..listing.clone() }
}

#[test]
fn the_forms_say_the_same() {
    let (whole, _) = json(JSON).unwrap();
    for (form, bytes, reader) in &ALL[1..3] {
        let (rows, reading) = reader(bytes).unwrap();
        assert_eq!(reading.date, None);
        let (a, b): (Vec<_>, Vec<_>) = (whole.iter().map(said).collect(), rows.iter().map(said).collect());
        assert_eq!(a, b, "{form}");
    }
    let (less, reading) = short(&packed(SHORT)).unwrap();
    assert!(reading.reduced.unwrap().contains("dates and places of birth"));
    assert_eq!(reading.date.unwrap().to_string(), "2026-01-15");
    let ids = |listings: &[Listing]| -> Vec<_> { listings.iter().map(|l| l.id.to_string()).collect() };
    assert_eq!(ids(&whole), ids(&less));
    for (whole, less) in whole.iter().zip(&less) {
        let bare = |l: &Listing| l.names.iter().map(|n| (n.kind, n.text.clone())).collect::<Vec<_>>();
        assert_eq!((bare(whole), whole.kind), (bare(less), less.kind));
        assert!(less.birth_dates.is_empty() && less.identifiers.is_empty() && less.remarks.is_empty());
        assert!(less.addresses.iter().all(|a| a.text.is_empty()));
        assert!(less.programmes.iter().all(|p| p.from.is_none() && p.until.is_none()));
    }
    // The parts' own files lead the same parties under the same ids.
    let native = |listings: &[Listing], at: usize| listings[at].id.native.clone();
    assert_eq!(native(&dpl(DPL).unwrap().0, 0), of(&whole, "dpl")[0].id.native);
    assert_eq!(native(&ALL[5].2(ISN).unwrap().0, 0), of(&whole, "isn")[0].id.native);
    assert_eq!(native(&ALL[6].2(DDTC).unwrap().0, 0), of(&whole, "dtc")[0].id.native);
}

#[test]
fn a_list_that_is_not_known_is_told_and_one_that_is_not_wanted_is_not() {
    let (listings, reading) = json(JSON).unwrap();
    assert_eq!(listings.len(), 12);
    assert!(notices(&reading).is_empty(), "{:?}", notices(&reading));
    let strange = String::from_utf8(JSON.to_vec()).unwrap().replace("(FSE)", "(NEW)");
    let (listings, reading) = json(strange.as_bytes()).unwrap();
    assert_eq!(listings.len(), 12);
    assert!(notices(&reading)[0].contains("1 rows of `Foreign Sanctions Evaders (NEW)"));
    let (listings, _) = read_bundle("us-csl-json", &["UVL"], &[("consolidated.json", JSON)]).unwrap();
    assert_eq!(listings.len(), 1);
}

#[test]
fn denied_persons_have_terms_and_their_slips_are_noticed() {
    let (listings, reading) = dpl(DPL).unwrap();
    assert_eq!(listings.len(), 2);
    let person = &listings[0];
    assert_eq!(person.kind, PartyKind::Person, "one of the addresses is a prison");
    let terms: Vec<_> = person
        .programmes
        .iter()
        .map(|p| (p.code.as_str(), texts(p.from.as_slice()), texts(p.until.as_slice()), p.basis.len()))
        .collect();
    assert_eq!(
        terms,
        [
            ("DPL", vec!["2002-03-04".to_owned()], vec!["2056-06-29".to_owned()], 3),
            ("DPL", vec!["2003-06-19".to_owned()], vec![], 1)
        ]
    );
    assert_eq!(texts(&person.updated), ["2006-07-11", "2007-01-31", "3017-08-22"]);
    assert_eq!(details(person, DetailKind::Note), ["standard order: Y", "standard order: y"]);
    assert_eq!(listings[1].primary_name(), "DALE \"THE RIDGE\" LTD");
    assert_eq!(listings[1].programmes[0].from, None);
    assert_eq!(
        notices(&reading),
        [
            "2 Name ` TOM VALE` with blanks around it",
            "4 Standard_Order `y` is neither Y nor N",
            "4 Last_Update `3017-08-22` lies after the day of reading",
            "5 Effective_Date `02/30/2020` cannot be read",
            "5 Last_Update `0222-05-18` lies long before lists of this kind",
            "4 Country empty on 1 rows, this the first"
        ]
    );
}

#[test]
fn files_of_the_department_of_state() {
    let (listings, reading) = ALL[5].2(ISN).unwrap();
    assert!(notices(&reading).is_empty());
    assert_eq!(listings.len(), 2, "three rows");
    assert_eq!(
        names(&listings[0]),
        [
            (NameKind::Primary, "Example Ridge Works"),
            (NameKind::Alias, "ERW"),
            (NameKind::Former, "Old Ridge Works"),
            (NameKind::Alias, "Ridge Works, Inc.")
        ]
    );
    let told: Vec<_> = listings[0]
        .programmes
        .iter()
        .map(|p| (p.code.as_str(), p.basis[0].as_str(), texts(p.from.as_slice())))
        .collect();
    assert_eq!(
        told,
        [
            ("INKSNA", "Vol. 88, No. 151, 08/08/2023", vec!["2023-07-19".to_owned()]),
            ("E.O. 13382", "Vol. 70, No. 126, 07/01/05", vec!["2005-06-28".to_owned()])
        ]
    );
    assert_eq!(states(&listings[1]), [(StateRelation::Address, "Otherland")]);
    let partly = "Procurement ban ended 02/03, all other sanctions remain";
    assert_eq!(
        (listings[1].programmes[0].effects[0].as_str(), listings[1].remarks.as_str()),
        (partly, partly)
    );

    let (listings, reading) = ALL[6].2(DDTC).unwrap();
    assert!(notices(&reading).is_empty());
    assert_eq!(listings.len(), 3, "four rows");
    let person = &listings[0];
    assert_eq!(person.kind, PartyKind::Person);
    assert_eq!(
        names(person),
        [
            (NameKind::Primary, "Tom J. III Vale"),
            (NameKind::Alias, "Thomas Vale"),
            (NameKind::Alias, "Tommy Vale")
        ]
    );
    assert_eq!(
        person.names[0].verbatim.as_deref(),
        Some("Vale, III, Tom J. (a.k.a. Thomas Vale; Tommy Vale)")
    );
    assert_eq!(texts(&person.birth_dates), ["1981-11"]);
    assert_eq!(person.listed_on.as_ref().unwrap().to_string(), "1994-08-26");
    assert_eq!(person.programmes[0].basis, ["59 FR 44451", "59 FR 50000"]);
    let firm = &listings[1];
    assert_eq!((firm.primary_name(), firm.kind), ("Ridge Systems, Inc.", PartyKind::Organization));
    assert_eq!(firm.programmes.len(), 1);
    assert_eq!(firm.programmes[0].basis, ["58 FR 50382", "59 FR 5664"]);
    assert_eq!(firm.listed_on.as_ref().unwrap().to_string(), "1993-09-27");
}

/// Each list of the bundle is shelved as one by itself; entries of the Treasury's main list only while it is not there in its own form.
#[test]
fn the_bundle_fills_its_lists() {
    let (from, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let put = |path: &str, bytes: &[u8]| {
        let path = from.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    put("us-csl/2026-01-15/consolidated.json", JSON);
    put(
        "us-csl/2025-12/screening-list.json.gz",
        &packed(
            &String::from_utf8(SHORT.to_vec()).unwrap().replace("2026-01-15T", "2025-12-15T").into_bytes(),
        ),
    );
    put("us-csl/samples/consolidated.csv", CSV);
    put("us-bis/dpl-2022-09/dpl.txt", DPL);
    put("us-state/isn-2016-12/isn.csv", ISN);
    put("us-state/ddtc-2018-01/itar_debarred_party_list_01242018.csv", DDTC);
    let update = || {
        let results =
            update_from_dir(data.path(), from.path(), &sources(), options("2026-11-21"), &mut Silent);
        let mut lines = lines(&results.unwrap());
        lines.retain(|l| !l.ends_with("unchanged"));
        lines.sort();
        lines
    };
    let expected = [
        "us-csl/samples - - not_read",
        "us/bis-dpl 2022-09-01 2 added",
        "us/bis-dpl 2025-12-15 1 held_back",
        "us/bis-dpl 2026-01-15 1 held_back",
        "us/bis-el 2025-12-15 2 added",
        "us/bis-el 2026-01-15 2 added",
        "us/bis-meu 2025-12-15 1 added",
        "us/bis-meu 2026-01-15 1 added",
        "us/bis-uvl 2025-12-15 1 added",
        "us/bis-uvl 2026-01-15 1 added",
        "us/ofac-cmic 2025-12-15 1 added",
        "us/ofac-cmic 2026-01-15 1 added",
        "us/ofac-ns-mbs 2025-12-15 1 added",
        "us/ofac-ns-mbs 2026-01-15 1 added",
        "us/ofac-sdn 2025-12-15 2 added",
        "us/ofac-sdn 2026-01-15 2 added",
        "us/ofac-ssi 2025-12-15 1 added",
        "us/ofac-ssi 2026-01-15 1 added",
        "us/state-dtc 2018-01-01 3 added",
        "us/state-dtc 2025-12-15 1 held_back",
        "us/state-dtc 2026-01-15 1 held_back",
        "us/state-isn 2016-12-01 2 added",
        "us/state-isn 2025-12-15 1 held_back",
        "us/state-isn 2026-01-15 1 held_back",
    ];
    assert_eq!(update(), expected);
    let register = Register::open(data.path()).unwrap();
    let reduced = |list: &str, on: &str| {
        register.edition_on(&list.parse().unwrap(), common::day(on)).unwrap().reduced.clone()
    };
    assert!(reduced("us/bis-el", "2025-12-20").unwrap().contains("shortened"));
    assert_eq!(reduced("us/bis-el", "2026-02-01"), None);

    let other = tempfile::tempdir().unwrap();
    let example = common::project().join("examples/lists");
    let chosen = |from: &std::path::Path| {
        lines(&update_from_dir(other.path(), from, &sources(), options("2026-11-21"), &mut Silent).unwrap())
    };
    assert!(chosen(&example).contains(&"us/ofac-sdn 2026-01-01 4 added".to_owned()));
    let later = chosen(from.path());
    assert!(later.contains(&"us/ofac-ssi 2026-01-15 1 added".to_owned()));
    assert!(!later.iter().any(|l| l.starts_with("us/ofac-sdn")), "its own form is there: {later:?}");
}

#[test]
fn what_contradicts_itself_is_refused_whole() {
    let replaced = |bytes: &[u8], from: &str, to: &str| {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1).into_bytes()
    };
    let shuffled = {
        let text = String::from_utf8(SHORT.to_vec()).unwrap();
        let (head, entries) = text.split_once("\"tables\"").unwrap();
        let (tables, entries) = entries.split_once(",\"entries\"").unwrap();
        let entries = entries.strip_suffix('}').unwrap();
        format!("{head}\"entries\"{entries},\"tables\"{tables}}}").into_bytes()
    };
    for (which, bytes, finding) in [
        (0, replaced(JSON, "\"total\": 16", "\"total\": 17"), "16 results, 17 by the file's own count"),
        (0, replaced(JSON, "\"90002\"", "\"90001\""), "result 2: the number `90001` a second time"),
        (0, replaced(JSON, "\"90002\"", "\"9-2\""), "the number of an entry"),
        (0, replaced(JSON, "\"RIDGE STAR\"", "\" \""), "without a name"),
        (0, replaced(JSON, "\"RIDGE STAR\"", "[]"), "`name` is no text"),
        (0, replaced(JSON, "\"results\"", "\"result\""), "no list `results`"),
        (1, replaced(CSV, "\"ids\"", "\"x\""), "no column ids"),
        (1, replaced(CSV, "\"title\"", "\"name\""), "no column title"),
        (1, replaced(CSV, "\"90002\",\"Vessel\"", "\"90002\""), "28 fields, 29 expected"),
        (3, replaced(SHORT, "\"entryCount\":16", "\"entryCount\":15"), "16 entries, 15 by"),
        (3, replaced(SHORT, "Security\":3", "Security\":2"), "3 entries of `Entity List"),
        (3, replaced(SHORT, "\"s\":0", "\"s\":77"), "no place of the table sources"),
        (3, replaced(SHORT, "countsBySource", "counts"), "no countsBySource"),
        (3, shuffled, "before the tables"),
        (4, replaced(DPL, "\"Expiration_Date\"\t", ""), "no column Expiration_Date"),
        (5, replaced(ISN, "Programs", "Program"), "no column Programs"),
        (6, replaced(DDTC, ",Notice,", ",Notices,"), "no column Notice"),
    ] {
        let (format, _, reader) = ALL[which];
        let refusal = reader(&bytes).unwrap_err();
        assert!(refusal.finding.contains(finding), "{format}: {refusal}");
        assert!(!refusal.remedy.is_empty());
    }
}

#[test]
fn other_encodings_line_ends_and_doubled_files() {
    for (format, bytes, reader) in ALL {
        let (whole, _) = reader(bytes).unwrap();
        assert!(reader(&damage::utf16(bytes)).is_err(), "{format}");
        assert!(reader(&damage::doubled(bytes)).is_err(), "{format}");
        assert!(reader(b"").is_err() && reader(b"\n\n").is_err(), "{format}");
        let latin1 = damage::latin1(bytes);
        assert!(latin1 == bytes || reader(&latin1).is_err(), "{format}");
        let (turned, _) = reader(&damage::other_line_ends(bytes)).unwrap();
        assert_eq!(turned, whole, "{format}");
        if !format.ends_with("json") && format != "us-csl-reduced" {
            assert_eq!(reader(&[bytes, b"\x1a"].concat()).unwrap().0, whole, "{format}: an end mark");
            assert_eq!(
                reader(&[b"\xef\xbb\xbf", bytes].concat()).unwrap().0,
                whole,
                "{format}: a byte-order mark"
            );
        }
    }
    // Columns in another order are found by their names.
    let text = String::from_utf8(DDTC.to_vec()).unwrap();
    let swapped = "Notice Date,Debarred Party Full Name and Alias,Date of Birth,Notice,Corrected Notice,Corrected Notice Date\n7/18/1988,Example Ridge Associates,,53 FR 27097,,\n";
    let (listings, _) = ALL[6].2(swapped.as_bytes()).unwrap();
    let (whole, _) = ALL[6].2(text.as_bytes()).unwrap();
    assert_eq!(said(&listings[0]), said(&whole[2]));
}

#[test]
fn cut_or_turned_bytes_never_give_half_a_list_without_a_word() {
    for (format, bytes, reader) in ALL {
        let (whole, _) = reader(bytes).unwrap();
        let only = |b: &[u8]| reader(b).map(|(listings, _)| listings);
        let cut = damage::truncated(bytes, 2000, only, |at, listings| {
            let rest = &bytes[at..];
            let complete = listings == whole.as_slice();
            let between_rows =
                bytes[..at].ends_with(b"\n") || rest.first().is_none_or(|b| matches!(b, b'\r' | b'\n'));
            let text = format.ends_with("txt") || format.ends_with("csv");
            // A table cut between rows is whole as far as it goes; cut inside of the last unquoted cell, it is noticed.
            let noticed = text
                && !reader(&bytes[..at])
                    .unwrap()
                    .1
                    .notices
                    .iter()
                    .all(|n| !n.finding.contains("no line end"));
            assert!(complete || (text && between_rows) || noticed, "{format} cut at {at}");
        });
        let turned = damage::flipped(bytes, 10_000, only);
        println!("{format}: cut {cut:?}, turned {turned:?}");
        assert!(cut.refused > cut.read && turned.refused > 0, "{format}");
    }
    let packed = packed(SHORT);
    let (whole, _) = short(&packed).unwrap();
    let only = |b: &[u8]| short(b).map(|(listings, _)| listings);
    let cut = damage::truncated(&packed, 2000, only, |at, listings| {
        assert!(listings == whole.as_slice() && at == packed.len(), "cut at {at}");
    });
    assert_eq!(cut.read, 0);
    println!("packed: turned {:?}", damage::flipped(&packed, 10_000, only));
    assert!(short(&damage::doubled(&packed)).is_err());
}

#[test]
fn bombs_are_refused() {
    let zeros = packed(&[b"{\"entries\":[\"", vec![b'0'; 20 << 20].as_slice()].concat());
    assert!(zeros.len() < 100_000);
    let finding = short(&zeros).unwrap_err().finding;
    assert!(finding.contains("in one tag, text or row"), "{finding}");
    let many = packed(
        &[
            b"{\"tables\":{\"sources\":[\"(EL)\"]},\"entries\":[",
            b"{\"n\":\"a\",\"s\":0},".repeat(210_000).as_slice(),
        ]
        .concat(),
    );
    let finding = short(&many).unwrap_err().finding;
    assert!(finding.contains("more than 200000 rows"), "{finding}");
    let nested = [b"{\"results\":", "[".repeat(1 << 20).as_bytes()].concat();
    assert!(json(&nested).unwrap_err().finding.contains("recursion"));
    let long = [CSV, "\"x\",".repeat(1 << 20).as_bytes()].concat();
    assert!(csv(&long).is_err());
}

// The real files.

const REAL: &str = "us-csl/2026-07-31/screening-list.json.gz";

fn unpacked(bytes: &[u8]) -> serde_json::Value {
    let mut text = String::new();
    flate2::read::GzDecoder::new(bytes).read_to_string(&mut text).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Rows of the specification, and parties after rows of one party are put together.
const COUNTS: [(&str, usize, usize); 12] = [
    ("sdn", 19181, 19181),
    ("el", 3420, 3343),
    ("dpl", 1596, 1506),
    ("dtc", 787, 783),
    ("ssi", 286, 286),
    ("uvl", 222, 222),
    ("isn", 161, 158),
    ("plc", 78, 78),
    ("meu", 70, 70),
    ("cmic", 68, 68),
    ("ns-mbs", 51, 51),
    ("cap", 1, 1),
];

#[test]
fn counts_of_the_shortened_list() {
    let Some(bytes) = shared_file(REAL) else { return };
    let (listings, reading) = short(&bytes).unwrap();
    assert_eq!(reading.date.unwrap().to_string(), "2026-07-31");
    assert!(reading.reduced.is_some());
    let mut total = 0;
    for (list, rows, parties) in COUNTS {
        let of = of(&listings, list);
        let read: usize = of.iter().map(|l| l.source.iter().filter(|v| v.key == "source").count()).sum();
        assert_eq!((read, of.len()), (rows, parties), "{list}");
        let ids: BTreeSet<_> = of.iter().map(|l| l.id.same_party_key()).collect();
        assert_eq!(ids.len(), of.len(), "{list}: ids are unique");
        total += rows;
    }
    assert_eq!(total, 25_921);
    println!("{} suspicious values: {:?}", reading.notices_total, notices(&reading));
}

/// The terms as hand-typed, and brought into one form.
#[test]
fn requirements_and_policies_of_the_shortened_list() {
    let Some(bytes) = shared_file(REAL) else { return };
    let (listings, _) = short(&bytes).unwrap();
    let values = |key: &str| {
        let of = |l: &'_ Listing| -> Vec<String> {
            l.source.iter().filter(|v| v.key == key).map(|v| v.value.clone()).collect()
        };
        listings.iter().flat_map(of).collect::<Vec<String>>()
    };
    let (requirements, policies) = (values("license_requirement"), values("license_policy"));
    let distinct = |values: &[String]| values.iter().collect::<BTreeSet<_>>().len();
    assert_eq!((distinct(&requirements), distinct(&policies)), (89, 78), "as they stand");
    let times = |text: &str| policies.iter().filter(|p| *p == text).count();
    assert_eq!((times("Presumption of denial"), times("Presumption of denial.")), (1169, 964));
    let el_and_meu = || listings.iter().filter(|l| ["own/el", "own/meu"].contains(&l.id.list.as_str()));
    let effects = |at: usize| -> BTreeSet<&str> {
        el_and_meu().flat_map(|l| &l.programmes).map(|p| p.effects[at].as_str()).collect()
    };
    let plain = |values: &[String]| -> BTreeSet<String> {
        values.iter().map(|v| v.trim().trim_end_matches('.').trim_end().to_owned()).collect()
    };
    let (one, other) = (effects(0), effects(1));
    assert_eq!(one, plain(&requirements).iter().map(String::as_str).collect());
    assert_eq!(other, plain(&policies).iter().map(String::as_str).collect());
    println!("in one form: {} requirements, {} policies", one.len(), other.len());
    assert_eq!((one.len(), other.len()), (82, 63));
    // Footnotes are those of items made abroad: 1, 2, 3, 4, 5.
    let mut footnotes: BTreeMap<&str, usize> = BTreeMap::new();
    for reach in el_and_meu().flat_map(|l| &l.programmes).flat_map(|p| &p.reach) {
        if let Some(digit) = reach.strip_prefix("footnote ") {
            *footnotes.entry(digit).or_default() += 1;
        }
    }
    println!("footnotes: {footnotes:?}");
    assert_eq!(footnotes.keys().copied().collect::<Vec<_>>(), ["1", "2", "3", "4", "5"]);
}

/// Names, aliases, States, programmes and notices of every entry, beside a plain walk through the file.
#[test]
fn the_shortened_list_against_a_plain_walk() {
    let Some(bytes) = shared_file(REAL) else { return };
    let (listings, _) = short(&bytes).unwrap();
    let file = unpacked(&bytes);
    let by_id: BTreeMap<String, &Listing> = listings.iter().map(|l| (l.id.to_string(), l)).collect();
    let (mut numbered, mut aliases) = (0, 0);
    for entry in file["entries"].as_array().unwrap() {
        let Some(number) = entry["e"].as_str() else { continue };
        let source = file["tables"]["sources"][entry["s"].as_u64().unwrap() as usize].as_str().unwrap();
        let key = source.split('(').nth(1).unwrap().split(')').next().unwrap().replace(" List", "");
        let listing = by_id[&format!("own/{}/{number}", key.to_lowercase())];
        numbered += 1;
        let words = |text: &str| {
            let text = text.replace([',', '"', '\'', '“', '”', '‘', '’'], " ");
            let mut words: Vec<_> = text.split_whitespace().map(str::to_owned).collect();
            words.sort();
            words
        };
        assert_eq!(words(&listing.names[0].text), words(entry["n"].as_str().unwrap()));
        let programmes: BTreeSet<_> = listing.programmes.iter().map(|p| p.code.clone()).collect();
        let told = file["tables"]["programmes"][entry["pg"].as_u64().unwrap() as usize].as_str().unwrap();
        assert_eq!(programmes, told.split("; ").map(str::to_owned).collect());
        let states: Vec<_> =
            listing.addresses.iter().map(|a| a.state.as_ref().unwrap().text.clone()).collect();
        let told = entry["c"].as_array().cloned().unwrap_or_default();
        assert_eq!(states, told.iter().map(|c| c.as_str().unwrap().to_owned()).collect::<Vec<_>>());
        for alias in entry["a"].as_array().cloned().unwrap_or_default() {
            let alias = words(alias.as_str().unwrap());
            aliases += 1;
            assert!(listing.names.iter().any(|n| words(&n.text) == alias), "{number}: {alias:?}");
        }
    }
    assert_eq!(numbered, 25_921 - 6256, "{aliases} aliases");

    // Word for word, row by row, merged or not.
    let mut told: Vec<[String; 5]> = Vec::new();
    for value in listings.iter().flat_map(|l| &l.source) {
        let columns = ["source", "name", "federal_register_notice", "license_requirement", "license_policy"];
        if value.key == "source" {
            told.push(Default::default());
        }
        if let Some(at) = columns.iter().position(|c| *c == value.key) {
            told.last_mut().unwrap()[at].clone_from(&value.value);
        }
    }
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let of_table = |entry: &serde_json::Value, key: &str, table: &str| {
        entry[key].as_u64().map_or(String::new(), |at| text(&file["tables"][table][at as usize]))
    };
    let row = |entry: &serde_json::Value| {
        [
            of_table(entry, "s", "sources"),
            text(&entry["n"]),
            text(&entry["fr"]),
            of_table(entry, "lr", "licenceRequirements"),
            of_table(entry, "lp", "licencePolicies"),
        ]
    };
    let mut expected: Vec<_> = file["entries"].as_array().unwrap().iter().map(row).collect();
    told.sort();
    expected.sort();
    assert!(told == expected, "{} rows told, {} in the file", told.len(), expected.len());
}

#[test]
fn samples_of_the_comma_separated_form() {
    for (path, rows, keys) in [("us-csl/samples/consolidated.csv", 13, 9), ("us-csl/samples/csl.csv", 115, 9)]
    {
        let Some(bytes) = shared_file(path) else { continue };
        let (listings, reading) = csv(&bytes).unwrap();
        let read: usize =
            listings.iter().map(|l| l.source.iter().filter(|v| v.key == "source").count()).sum();
        let lists: BTreeSet<_> = listings.iter().map(|l| l.id.list.clone()).collect();
        println!("{path}: {} parties, {lists:?}, {:?}", listings.len(), notices(&reading));
        // The evaders' list is no list of the table of sources.
        let evaders = String::from_utf8_lossy(&bytes).matches("Foreign Sanctions Evaders (FSE)").count();
        assert_eq!(read + evaders, rows, "{path}");
        assert_eq!(lists.len(), keys, "{path}");
        let persons = |l: &&Listing| l.kind == PartyKind::Person && l.names[0].text.contains(", ");
        assert_eq!(listings.iter().filter(persons).count(), 0, "{path}: turned round");
    }
}

/// The columns of a file without quotation marks inside of fields, by a plain split.
fn plain_rows(text: &str) -> Vec<Vec<String>> {
    let row = |line: &str| line.trim_matches('"').split("\"\t\"").map(|c| c.replace("\"\"", "\"")).collect();
    text.lines().skip(1).map(row).collect()
}

#[test]
fn denied_persons_of_2022() {
    let Some(bytes) = shared_file("us-bis/dpl-2022-09/dpl.txt") else { return };
    let (listings, reading) = dpl(&bytes).unwrap();
    assert_eq!(listings.len(), 459);
    let rows: usize = listings.iter().map(|l| l.source.iter().filter(|v| v.key == "Name").count()).sum();
    assert_eq!(rows, 581);
    let told = notices(&reading);
    println!("{told:#?}");
    let with = |text: &str| told.iter().filter(|n| n.contains(text)).count();
    assert_eq!(with("with blanks around it"), 7);
    assert_eq!(with("Last_Update `3017-08-22`") + with("Last_Update `2922-09-01`"), 2);
    assert_eq!(with("Country empty on 202 rows"), 1);
    // Every term of every row, by a plain split of the file.
    let plain = plain_rows(std::str::from_utf8(&bytes).unwrap());
    assert_eq!(plain.len(), 581);
    let iso = |text: &str| match text.split('/').collect::<Vec<_>>().as_slice() {
        [m, d, y] => format!("{y}-{m}-{d}"),
        _ => String::new(),
    };
    let mut expected: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
    for row in &plain {
        let name = row[0].split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        expected.entry(name).or_default().insert((iso(&row[6]), iso(&row[7])));
    }
    let text = |d: &Option<comity_model::DateValue>| d.as_ref().map_or(String::new(), ToString::to_string);
    let name = |l: &Listing| {
        let name = &l.source.iter().find(|v| v.key == "Name").unwrap().value;
        name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
    };
    for listing in &listings {
        let terms: BTreeSet<_> = listing.programmes.iter().map(|p| (text(&p.from), text(&p.until))).collect();
        assert_eq!(terms, expected[&name(listing)], "{}", listing.id);
    }
    // Ids go over to the edition of 2026 in another form.
    let Some(bytes) = shared_file(REAL) else { return };
    let (later, _) = short(&bytes).unwrap();
    let later: BTreeSet<_> = of(&later, "dpl").iter().map(|l| l.id.native.clone()).collect();
    let kept = listings.iter().filter(|l| later.contains(&l.id.native)).count();
    assert_eq!(kept, 457, "of 459 names, two are no longer led");
}

#[test]
fn files_of_the_department_of_state_of_2016_and_2018() {
    let later = shared_file(REAL).map(|bytes| short(&bytes).unwrap().0);
    let kept = |listings: &[Listing], list: &str| {
        let Some(later) = &later else { return 0 };
        let ids: BTreeSet<_> = of(later, list).iter().map(|l| l.id.native.clone()).collect();
        listings.iter().filter(|l| ids.contains(&l.id.native)).count()
    };
    if let Some(bytes) = shared_file("us-state/isn-2016-12/isn.csv") {
        let (listings, reading) = ALL[5].2(&bytes).unwrap();
        let rows: usize = listings.iter().map(|l| l.source.iter().filter(|v| v.key == "Name").count()).sum();
        println!(
            "2016: {rows} rows, {} parties, {} led in 2026; {:?}",
            listings.len(),
            kept(&listings, "isn"),
            notices(&reading)
        );
        assert_eq!((rows, listings.len()), (213, 177));
        assert!(later.is_none() || kept(&listings, "isn") >= 98);
        let measures: usize = listings.iter().map(|l| l.programmes.len()).sum();
        assert_eq!(measures, 213, "each row orders something else");
        let slips = listings.iter().flat_map(|l| &l.programmes).filter(|p| p.code == "INSKNA").count();
        assert_eq!(slips, 3);
    }
    if let Some(bytes) = shared_file("us-state/ddtc-2018-01/itar_debarred_party_list_01242018.csv") {
        let (listings, reading) = ALL[6].2(&bytes).unwrap();
        let key = "Debarred Party Full Name and Alias";
        let rows: usize = listings.iter().map(|l| l.source.iter().filter(|v| v.key == key).count()).sum();
        println!(
            "2018: {rows} rows, {} parties, {} led in 2026; {:?}",
            listings.len(),
            kept(&listings, "dtc"),
            notices(&reading)
        );
        assert_eq!((rows, listings.len()), (515, 511));
        assert!(later.is_none() || kept(&listings, "dtc") >= 500);
        let births = listings.iter().filter(|l| !l.birth_dates.is_empty()).count();
        let told = String::from_utf8_lossy(&bytes)
            .lines()
            .filter(|l| {
                [
                    "January,",
                    "February,",
                    "March,",
                    "April,",
                    "May,",
                    "June,",
                    "July,",
                    "August,",
                    "September,",
                    "October,",
                    "November,",
                    "December,",
                ]
                .iter()
                .any(|month| l.contains(month))
            })
            .count();
        println!("{births} dates of birth, {told} lines with a month");
        assert_eq!(births, told);
    }
}

#[test]
fn damaged_real_files_are_read_or_refused() {
    for (path, which) in [
        (REAL, 3),
        ("us-csl/samples/consolidated.csv", 1),
        ("us-csl/samples/csl.csv", 2),
        ("us-bis/dpl-2022-09/dpl.txt", 4),
        ("us-state/isn-2016-12/isn.csv", 5),
        ("us-state/ddtc-2018-01/itar_debarred_party_list_01242018.csv", 6),
    ] {
        let Some(bytes) = shared_file(path) else { continue };
        let only = |b: &[u8]| ALL[which].2(b).map(|(listings, _)| listings);
        // Of a packed file nearly every turned byte is seen by its checksum, after the whole was read: fewer cases are enough.
        let cases = if which == 3 { 40 } else { 200 };
        let turned = damage::flipped(&bytes, cases, only);
        let cut = damage::truncated(&bytes, 10, only, |_, _| {});
        println!("{path}: turned {turned:?}, cut {cut:?}");
        assert!(turned.refused > 0 || which > 3, "{path}");
    }
}
