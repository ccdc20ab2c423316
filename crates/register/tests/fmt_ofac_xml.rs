//! `ofac-xml`: an invented list field by field, the official files counted and compared with the form of comma-separated files, damage.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests; a fault ends the test"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use comity_model::listing::{Listing, NameKind, NameQuality, PartyKind};
use comity_register::Refusal;
use comity_register::formats::Reading;
use common::damage::{self, Outcome};
use common::{read, shared_file};

const LIST: &str = include_str!("fixtures/ofac/sdn.xml");

fn parse(bytes: &[u8]) -> Result<(Vec<Listing>, Reading), Refusal> {
    read("ofac-xml", &[("sdn.xml", bytes)])
}

fn listings(bytes: &[u8]) -> Result<Vec<Listing>, Refusal> {
    parse(bytes).map(|(listings, _)| listings)
}

#[test]
fn one_entity_field_by_field() {
    let (found, reading) = parse(LIST.as_bytes()).unwrap();
    assert_eq!((reading.date.unwrap().to_string().as_str(), reading.entries), ("2026-01-15", 4));
    assert_eq!(reading.notices, []);
    let ridge = &found[0];
    assert_eq!((ridge.id.native.as_str(), ridge.kind), ("990001", PartyKind::Organization));
    let names: Vec<_> =
        ridge.names.iter().map(|n| (n.text.as_str(), n.kind.word(), n.quality.word())).collect();
    assert_eq!(
        names,
        [
            ("EXAMPLE RIDGE TRADING & SONS, LTD.", "primary", "good"),
            ("ERTS", "alias", "low"),
            ("EXAMPLE HILL TRADING", "former", "good"),
        ]
    );
    let [alpha, beta] = ridge.programmes.as_slice() else { panic!("{:?}", ridge.programmes) };
    assert_eq!((alpha.code.as_str(), beta.code.as_str()), ("ALPHA-EO99901", "BETA-EO99902"));
    assert_eq!(alpha.effects, ["Executive Order 99901 Directive Determination: Subject to Directive 1"]);
    assert_eq!(alpha.from.as_ref().unwrap().to_string(), "2022-03-26");
    assert_eq!((alpha.reach.len(), &beta.effects, &beta.from), (0, &vec![], &None));
    assert_eq!(
        beta.reach,
        [
            "Secondary sanctions risk: section 1(b) of Executive Order 99902, as amended by Executive Order 99903"
        ]
    );
    assert_eq!(ridge.listed_on.as_ref().unwrap().to_string(), "2022-02-24");
    let identifiers: Vec<_> =
        ridge.identifiers.iter().map(|i| (i.kind.word(), i.value.as_str(), i.label.as_str())).collect();
    assert_eq!(
        identifiers,
        [
            ("tax-id", "99-0001", "Tax ID No."),
            ("website", "http://ridge.example", "Website"),
            ("wallet", "1Invented99", "Digital Currency Address - XBT"),
        ]
    );
    assert_eq!(ridge.identifiers[0].state.as_ref().unwrap().text, "Exampleland");
    assert_eq!(ridge.addresses[0].text, "1 Nowhere Street, Bldg. 2, Sampletown, Middle Province 00901");
    assert_eq!(
        (ridge.addresses[1].text.as_str(), ridge.addresses[1].state.as_ref().unwrap().text.as_str()),
        ("", "Otherland")
    );
    let states: Vec<_> = ridge.states.iter().map(|s| (s.relation.word(), s.state.text.as_str())).collect();
    assert_eq!(states, [("address", "Exampleland"), ("address", "Otherland")]);
    assert_eq!(ridge.related, ["INVENTED CORPS (IC)-HILL FORCE"]);
    let details: Vec<_> = ridge.details.iter().map(|d| (d.kind.word(), d.text.as_str())).collect();
    assert_eq!(
        details,
        [
            ("title", "Invented title"),
            ("note", "Listing Date (EO 99901 Directive 2): 24 Feb 2022"),
            ("founded", "31 Jul 1990"),
            ("note", "Target Type: Public Company"),
        ]
    );
    assert!(ridge.remarks.starts_with("An invented remark."));
    let source: Vec<_> = ridge.source.iter().map(|v| (v.key.as_str(), v.value.as_str())).collect();
    assert_eq!(source[0], ("uid", "990001"));
    for value in [
        ("lastName", "EXAMPLE RIDGE TRADING & SONS, LTD."),
        ("idList/id/issueDate", "01 Oct 2001"),
        ("idList/id/expirationDate", "23 Jan 2011"),
        ("akaList/aka/category", "weak"),
        ("addressList/address/stateOrProvince", "Middle Province"),
    ] {
        assert!(source.contains(&value), "{value:?}");
    }
}

#[test]
fn persons_ships_and_aircraft() {
    let found = listings(LIST.as_bytes()).unwrap();
    let [_, person, ship, aircraft] = found.as_slice() else { panic!() };
    assert_eq!(person.kind, PartyKind::Person);
    let names: Vec<_> = person.names.iter().map(|n| n.text.as_str()).collect();
    assert_eq!(names, ["Placeholder Sample MÜSTERPERSON", "Sample MUSTER", "Sample MUSTERFRAU"]);
    assert_eq!(person.names[0].verbatim.as_deref(), Some("Placeholder  Sample MÜSTERPERSON"));
    assert_eq!(person.names[1].verbatim.as_deref(), Some("MUSTER, Sample"));
    assert_eq!((person.names[2].kind, person.names[2].verbatim.as_ref()), (NameKind::Alias, None));
    let dates: Vec<_> = person.birth_dates.iter().map(ToString::to_string).collect();
    assert_eq!(dates, ["1948-12-10", "about 1951", "1955..1958"]);
    assert_eq!(person.birth_places[0].text, "Sampletown, Exampleland");
    let states: Vec<_> = person.states.iter().map(|s| (s.relation.word(), s.state.text.as_str())).collect();
    assert_eq!(states, [("nationality", "Exampleland"), ("citizenship", "Otherland")]);
    let details: Vec<_> = person.details.iter().map(|d| (d.kind.word(), d.text.as_str())).collect();
    assert_eq!(details, [("function", "Head of Nothing"), ("gender", "Female")]);
    assert_eq!(person.programmes[0].reach, ["Secondary sanctions risk: invented"]);
    let identifiers = |l: &Listing| -> Vec<(&str, String)> {
        l.identifiers.iter().map(|i| (i.kind.word(), i.value.clone())).collect()
    };
    assert_eq!(
        identifiers(ship),
        [("call-sign", "XAEX1".into()), ("imo", "9990011".into()), ("mmsi", "999000011".into())]
    );
    let states: Vec<_> = ship.states.iter().map(|s| (s.relation.word(), s.state.text.as_str())).collect();
    assert_eq!(states, [("flag", "Exampleland"), ("former-flag", "Otherland")]);
    let details: Vec<_> = ship.details.iter().map(|d| (d.kind.word(), d.text.as_str())).collect();
    assert_eq!(
        details,
        [
            ("craft-type", "General Cargo"),
            ("tonnage", "24065"),
            ("gross-tonnage", "16621"),
            ("craft-owner", "INVENTED SHIPPING"),
        ]
    );
    assert_eq!(ship.related, ["INVENTED SHIPPING"]);
    assert_eq!(
        (aircraft.kind, identifiers(aircraft)),
        (PartyKind::Aircraft, vec![("serial-number", "102".into())])
    );
    assert_eq!(aircraft.details[0].text, "EX-300");
}

#[test]
fn the_old_namespace_is_the_same_list() {
    let new = "https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/XML";
    let old = LIST.replace(new, "http://tempuri.org/sdnList.xsd");
    assert_ne!(old, LIST);
    assert_eq!(listings(old.as_bytes()).unwrap(), listings(LIST.as_bytes()).unwrap());
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    for (from, to, line, finding) in [
        ("<Record_Count>4<", "<Record_Count>5<", 3, "Record_Count says 5 entries, 4 are there"),
        ("<Record_Count>4<", "<Record_Count>four<", 3, "Record_Count is `four`"),
        ("01/15/2026", "15/01/2026", 3, "Publish_Date is `15/01/2026`"),
        ("<uid>990002<", "<uid>990001<", 97, "the uid `990001` a second time"),
        ("<uid>990002<", "<uid>99 0002<", 97, "the uid `99 0002`, a number expected"),
        ("<lastName>INVENTED STAR<", "<lastName> <", 178, "entry `990003` without a name"),
        ("<sdnList ", "<other ", 2, "`sdnList` expected"),
        ("</publshInformation>", "</publshInformation><more/>", 6, "element `more`"),
    ] {
        let text = LIST.replacen(from, to, 1);
        let text = if to == "<other " { text.replace("</sdnList>", "</other>") } else { text };
        let refusal = listings(text.as_bytes()).unwrap_err();
        assert_eq!((refusal.line, refusal.finding.contains(finding)), (line, true), "{refusal}");
    }
}

#[test]
fn strange_values_are_kept_and_reported() {
    for (from, to, finding) in [
        ("<sdnType>Vessel<", "<sdnType>Balloon<", "sdnType `Balloon`"),
        ("<type>n.k.a.<", "<type>y.k.a.<", "type `y.k.a.`"),
        ("<category>strong<", "<category>mild<", "category `mild`"),
        ("10 Dec 1948", "10 Dec 2948", "lies after the day of reading"),
        ("10 Dec 1948", "Tuesday", "dateOfBirth `Tuesday` cannot be read"),
        ("26 Mar 2022", "soon", "cannot be read"),
        ("<remarks/>", "<remarks/><mood>odd</mood>", "element `mood` is not known"),
        ("General Cargo", "??? Cargo", "run of `?`"),
        ("    <Record_Count>4</Record_Count>\n", "", "no Record_Count"),
    ] {
        let (found, reading) = parse(LIST.replacen(from, to, 1).as_bytes()).unwrap();
        assert_eq!(found.len(), 4);
        assert_eq!(reading.notices_total, 1, "{finding}: {:?}", reading.notices);
        assert!(reading.notices[0].finding.contains(finding), "{:?}", reading.notices);
    }
}

#[test]
fn damaged_copies_are_refused_or_whole() {
    let whole = listings(LIST.as_bytes()).unwrap();
    let end = LIST.trim_end().len();
    let cut = damage::truncated(LIST.as_bytes(), 2_000, listings, |at, found| {
        assert!(at >= end && found == whole, "cut at {at}");
    });
    assert!(cut.refused >= 1_900, "{cut:?}");
    let turned = damage::flipped(LIST.as_bytes(), damage::cases(10_000), listings);
    assert!(turned.refused > 0 && turned.read > 0, "{turned:?}");
    assert_eq!(listings(&damage::other_line_ends(LIST.as_bytes())).unwrap(), whole);
    for bytes in [
        damage::doubled(LIST.as_bytes()),
        damage::utf16(LIST.as_bytes()),
        damage::latin1(LIST.as_bytes()),
        [LIST.as_bytes(), b"\x1a"].concat(),
        LIST.replacen("<sdnList", "<!DOCTYPE x [<!ENTITY a 'b'>]><sdnList", 1).into_bytes(),
        LIST.replacen("Nowhere", "&a;", 1).into_bytes(),
    ] {
        assert!(listings(&bytes).is_err());
    }
}

/// The texts between `<tag>` and `</tag>`, found without a parser.
fn between<'a>(text: &'a str, tag: &str) -> Vec<&'a str> {
    let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(&open) {
        let Some((inner, next)) = after.split_once(&close) else { break };
        found.push(inner);
        rest = next;
    }
    found
}

fn plain(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'");
    text.replace("&amp;", "&")
}

const CONS: &str = "ofac/cons-2025-03-28/consolidated.xml";

#[test]
fn figures_of_the_official_list() {
    let Some(bytes) = shared_file(CONS) else { return };
    let (found, reading) = parse(&bytes).unwrap();
    assert_eq!((reading.date.unwrap().to_string().as_str(), reading.entries), ("2025-03-28", 443));
    assert_eq!(reading.notices, []);
    let of = |kind| found.iter().filter(|l| l.kind == kind).count();
    assert_eq!((of(PartyKind::Organization), of(PartyKind::Person)), (363, 80));
    let names = |kind, quality| {
        found.iter().flat_map(|l| &l.names).filter(|n| n.kind == kind && n.quality == quality).count()
    };
    assert_eq!(names(NameKind::Primary, NameQuality::Good), 443);
    assert_eq!(
        (names(NameKind::Alias, NameQuality::Good), names(NameKind::Former, NameQuality::Good)),
        (925, 141)
    );
    assert_eq!(
        (names(NameKind::Alias, NameQuality::Low), names(NameKind::Former, NameQuality::Low)),
        (67, 3)
    );
    let sourced = |key: &str, start: &str| {
        found.iter().flat_map(|l| &l.source).filter(|v| v.key == key && v.value.starts_with(start)).count()
    };
    assert_eq!(sourced("idList/id/idType", "Secondary sanctions risk:"), 361);
    assert_eq!(sourced("idList/id/idType", "Executive Order 13662 Directive Determination -"), 306);
    // Nothing that stands in the list of ids is lost: an identifier, a term, a detail or a State.
    let reached = found.iter().filter(|l| l.programmes.iter().any(|p| !p.reach.is_empty())).count();
    let bound = found.iter().filter(|l| l.programmes.iter().any(|p| p.from.is_some())).count();
    println!("{reached} entries with a clause of reach, {bound} with a day since when they bind");
    assert!(reached > 250 && bound >= 68);
    let terms = ["Secondary", "Executive", "Listing", "Effective", "Target", "Gender", "CAATSA", "Issuer"];
    let labels: BTreeSet<&str> =
        found.iter().flat_map(|l| &l.identifiers).map(|i| i.label.as_str()).collect();
    assert!(labels.iter().all(|l| terms.iter().all(|t| !l.starts_with(t))), "{labels:?}");
}

#[test]
fn official_records_hold_what_the_file_says() {
    let Some(bytes) = shared_file(CONS) else { return };
    let found = listings(&bytes).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let entries = between(&text, "sdnEntry");
    assert_eq!(entries.len(), found.len());
    for (entry, listing) in entries.into_iter().zip(&found) {
        assert_eq!(between(entry, "uid")[0], listing.id.native);
        let sorted = |mut values: Vec<String>| {
            values.sort();
            values
        };
        let raw = |tag: &str| sorted(between(entry, tag).into_iter().map(plain).collect());
        let kept = |tag: &str| {
            let ends = |key: &str| key.rsplit('/').next() == Some(tag);
            sorted(listing.source.iter().filter(|v| ends(&v.key)).map(|v| v.value.clone()).collect())
        };
        for tag in
            ["uid", "lastName", "firstName", "idType", "idNumber", "idCountry", "category", "city", "remarks"]
        {
            assert_eq!(raw(tag), kept(tag), "{tag} of {}", listing.id.native);
        }
        let codes = sorted(listing.programmes.iter().map(|p| p.code.clone()).collect());
        assert_eq!(raw("program"), codes);
        assert_eq!(between(entry, "aka").len() + 1, listing.names.len());
        assert_eq!(between(entry, "address").len(), listing.addresses.len());
        assert_eq!(between(entry, "dateOfBirth").len(), listing.birth_dates.len());
        let first = between(entry, "firstName").first().map(|f| plain(f) + " ").unwrap_or_default();
        let head = entry.split("<akaList>").next().unwrap();
        let first = if between(head, "firstName").is_empty() { String::new() } else { first };
        assert_eq!(listing.primary_name(), first + &plain(between(head, "lastName")[0]));
    }
}

#[test]
fn the_excerpt_that_lacks_most_of_its_entries_is_refused() {
    let Some(bytes) = shared_file("ofac/sdn-xml-sample-2014-07-16/sdn.xml") else { return };
    let refusal = listings(&bytes).unwrap_err();
    assert!(refusal.finding.contains("Record_Count says 5704 entries, 4 are there"), "{refusal}");
    let text = String::from_utf8(bytes).unwrap().replace("5704", "4");
    let found = listings(text.as_bytes()).unwrap();
    let ids: Vec<_> = found.iter().map(|l| l.id.native.as_str()).collect();
    assert_eq!(ids, ["306", "6982", "11043", "521"]);
    assert_eq!(found[2].identifiers[0].value, "9051648");
}

fn comma_separated() -> Option<Vec<Listing>> {
    let names = ["cons_prim.csv", "cons_alt.csv", "cons_add.csv", "cons_comments.csv"];
    let mut files = Vec::new();
    for name in names {
        files.push(shared_file(&format!("ofac/cons-2025-12/{name}"))?);
    }
    let files: Vec<_> = names.into_iter().zip(files.iter().map(Vec::as_slice)).collect();
    Some(read("ofac-csv", &files).unwrap().0)
}

/// What differs between the two forms of one entry, by a word a field.
fn differences(xml: &Listing, csv: &Listing) -> Vec<&'static str> {
    let names = |l: &Listing| -> BTreeSet<_> {
        l.names.iter().map(|n| (n.text.to_uppercase(), n.kind.word(), n.quality.word())).collect()
    };
    let ids = |l: &Listing| -> BTreeSet<_> {
        l.identifiers.iter().map(|i| (i.kind.word(), i.value.replace(' ', ""))).collect()
    };
    let details =
        |l: &Listing| -> BTreeSet<_> { l.details.iter().map(|d| (d.kind.word(), d.text.clone())).collect() };
    let addresses = |l: &Listing| -> BTreeSet<_> { l.addresses.iter().map(|a| a.text.clone()).collect() };
    let states = |l: &Listing| -> BTreeSet<_> {
        l.states.iter().map(|s| (s.relation.word(), s.state.text.clone())).collect()
    };
    let births = |l: &Listing| (l.birth_dates.clone(), l.birth_places.clone());
    let related = |l: &Listing| -> BTreeSet<_> { l.related.iter().cloned().collect() };
    [
        ("kind", xml.kind == csv.kind),
        ("names", names(xml) == names(csv)),
        ("identifiers", ids(xml) == ids(csv)),
        ("details", details(xml) == details(csv)),
        ("addresses", addresses(xml) == addresses(csv)),
        ("states", states(xml) == states(csv)),
        ("births", births(xml) == births(csv)),
        ("related", related(xml) == related(csv)),
        ("listed_on", xml.listed_on == csv.listed_on),
    ]
    .into_iter()
    .filter_map(|(word, same)| (!same).then_some(word))
    .collect()
}

#[test]
fn both_forms_tell_the_same_of_an_entry_that_did_not_change() {
    let (Some(bytes), Some(csv)) = (shared_file(CONS), comma_separated()) else { return };
    let xml = listings(&bytes).unwrap();
    let csv: BTreeMap<_, _> = csv.iter().map(|l| (l.id.native.as_str(), l)).collect();
    let common: Vec<_> = xml.iter().filter_map(|x| csv.get(x.id.native.as_str()).map(|c| (x, *c))).collect();
    assert_eq!((xml.len(), csv.len(), common.len()), (443, 442, 442));
    let codes = |l: &Listing| -> BTreeSet<String> { l.programmes.iter().map(|p| p.code.clone()).collect() };
    let (same, changed): (Vec<_>, Vec<_>) = common.into_iter().partition(|(x, c)| codes(x) == codes(c));
    // Twelve entries changed their programmes between March and December 2025: eleven gained one, one lost one.
    assert_eq!((same.len(), changed.len()), (430, 12));
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut equal, mut terms) = (0, Vec::new());
    for (x, c) in same {
        let sorted = |l: &Listing| {
            let of = |p: &comity_model::listing::Programme| {
                let set = |v: &[String]| v.iter().cloned().collect::<BTreeSet<_>>();
                (p.code.clone(), set(&p.reach), set(&p.effects), p.from.clone(), p.until.clone())
            };
            let mut all: Vec<_> = l.programmes.iter().map(of).collect();
            all.sort_by(|a, b| a.0.cmp(&b.0));
            all
        };
        if sorted(x) != sorted(c) {
            terms.push((sorted(x), sorted(c)));
        }
        let found = differences(x, c);
        equal += usize::from(found.is_empty());
        found.into_iter().for_each(|word| *counts.entry(word).or_default() += 1);
    }
    println!("{equal} equal in all, terms differ in {}, fields that differ: {counts:?}", terms.len());
    assert!(terms.is_empty(), "{terms:?}");
    // Of one, the XML holds the State inside of two numbers; of one, quotation marks within quotation marks are written otherwise; of five, the full stop
    // of the last word of a remark may be that of an abbreviation, which the remark does not tell.
    assert_eq!(counts, BTreeMap::from([("identifiers", 1), ("names", 1), ("related", 5)]));
    assert_eq!(equal, 423);
}

#[test]
fn official_files_damaged() {
    let Some(bytes) = shared_file(CONS) else { return };
    let turned: Outcome = damage::flipped(&bytes, damage::cases(200), listings);
    println!("{turned:?}");
    assert_eq!(turned.read + turned.refused, damage::cases(200));
}
