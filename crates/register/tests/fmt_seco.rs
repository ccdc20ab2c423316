//! The list of Switzerland: invented targets field by field, the official test file, damage.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests; a fault ends the test"
)]

mod common;

use comity_model::listing::{ChangeKind, Listing, PartyKind};
use comity_register::Refusal;
use common::{damage, details, identifiers, names, plain, read, shared_file, states};

const XML: &[u8] = include_bytes!("fixtures/seco.xml");

fn seco(bytes: &[u8]) -> Result<Vec<Listing>, Refusal> {
    read("ch-seco-xml", &[("seco.xml", bytes)]).map(|(listings, _)| listings)
}

#[test]
fn one_person_field_by_field() {
    let (listings, reading) = read("ch-seco-xml", &[("seco.xml", XML)]).unwrap();
    assert_eq!(reading.date.unwrap().to_string(), "2026-09-28");
    assert_eq!((reading.entries, reading.reduced.as_deref()), (3, None));
    assert!(reading.notices.is_empty(), "{:?}", reading.notices);
    let ri = &listings[0];
    assert_eq!((ri.id.to_string().as_str(), ri.kind), ("own/test/9100", PartyKind::Person));
    assert_eq!(
        names(ri),
        [
            ("Ri Sample Jr", "primary", "good", "eng"),
            ("Ри Образец", "original-script", "low", "RUS"),
            ("Ri Sampl Jr", "alias", "good", "RUS"),
            ("The Sample", "alias", "low", "eng"),
            ("Ri Muster", "former", "good", "ger"),
            ("Мустер", "original-script", "low", "RUS"),
            ("Other Identity", "alias", "good", "eng"),
        ],
        "parts by their order, the title apart, the history never"
    );
    assert_eq!(ri.names[1].script.as_deref(), Some("Cyrl"));
    assert_eq!(plain(&ri.birth_dates), ["1961-04-09", "about 1960", "1962-07"]);
    assert_eq!(ri.birth_places.len(), 1);
    assert_eq!(ri.birth_places[0].text, "Sampleton, North Province");
    assert_eq!(ri.addresses.len(), 1);
    assert_eq!(ri.addresses[0].text, "Example Bureau, 1 Example Street, 00000, Sampleton, North Province");
    assert_eq!(ri.addresses[0].note.as_deref(), Some("office"));
    assert_eq!(states(ri), ["nationality KP", "birth KP", "address KP"]);
    assert_eq!(identifiers(ri), [("passport", "X9000001", "passport")]);
    assert_eq!(ri.identifiers[0].state.as_ref().unwrap().code.unwrap().to_string(), "KP");
    assert_eq!(
        details(ri),
        [
            ("gender", "male"),
            ("title", "Dr"),
            ("note", "date in the calendar Hijri: day 3, month 2, year 1341"),
            ("reason", "An invented reason."),
        ]
    );
    let codes: Vec<&str> = ri.programmes.iter().map(|p| p.code.as_str()).collect();
    assert_eq!(codes, ["Northland: Financial measures, annex 1", "Northland: Travel ban, annex 2"]);
    let texts: Vec<bool> = ["(origin: UN)", "(origin: ONU, UE)"]
        .into_iter()
        .zip(&ri.programmes)
        .map(|(origin, p)| p.text.starts_with("Ordinance of 1 May 2016") && p.text.ends_with(origin))
        .collect();
    assert_eq!(texts, [true, true]);
    for programme in &ri.programmes {
        assert_eq!(programme.from.as_ref().unwrap().to_string(), "2016-05-19");
        assert!(programme.changes.is_empty());
        assert_eq!(programme.effects.len(), 1);
        assert!(programme.basis[0].ends_with(&programme.effects[0]));
    }
    assert_eq!(ri.references, ["KPi.901"]);
    assert_eq!(ri.related, ["related-to Example Trial Bank (9200) head of"]);
    assert_eq!(ri.listed_on.as_ref().unwrap().to_string(), "2016-05-19");
    assert_eq!(plain(&ri.updated), ["2020-02-03"]);
    assert_eq!(ri.remarks, "Held two posts.");
    let kept = |key: &str| ri.source.iter().any(|v| v.key == key);
    assert!(kept("individual/identity/name/name-part@order") && kept("modification@effective-date"));
}

#[test]
fn the_latest_modification_decides() {
    let listings = seco(XML).unwrap();
    let (bank, star) = (&listings[1], &listings[2]);
    let change = &bank.programmes[0].changes[0];
    assert_eq!((change.kind, change.on.to_string().as_str()), (ChangeKind::Removed, "2024-03-01"));
    assert_eq!(bank.listed_on.as_ref().unwrap().to_string(), "2016-05-18");
    assert_eq!(plain(&bank.updated), ["2020-06-03", "2024-03-01"]);
    assert_eq!(
        identifiers(bank),
        [("bic", "EXMPKP00", "SWIFT/BIC"), ("registration", "900 000", "Registration number")]
    );
    assert_eq!(details(bank), [("founded", "1999"), ("note", "foreign identifier: 140")]);
    assert!(bank.references.is_empty(), "a number of an annex is no reference");
    assert_eq!((star.kind, identifiers(star)[0].1), (PartyKind::Vessel, "9990011"));
    assert!(star.programmes[0].changes.is_empty(), "listed again");
    assert_eq!(star.programmes[0].from.as_ref().unwrap().to_string(), "2019-05-18");
    assert_eq!(star.listed_on.as_ref().unwrap().to_string(), "2016-05-18");
    // Of one day the later one in the file's order decides, whichever way the file is ordered.
    let text = std::str::from_utf8(XML).unwrap();
    let ascending = text.replace("effective-date=\"2019-05-18\"", "effective-date=\"2018-05-18\"");
    assert!(seco(ascending.as_bytes()).unwrap()[2].programmes[0].changes.is_empty());
    let descending = text.replace(
        "<modification modification-type=\"de-listed\" enactment-date=\"2024-02-29\" publication-date=\"2024-03-01\" effective-date=\"2024-03-01\"/>",
        "<modification modification-type=\"de-listed\" effective-date=\"2020-06-03\"/>",
    );
    assert_eq!(seco(descending.as_bytes()).unwrap()[1].programmes[0].changes.len(), 1);
}

#[test]
fn suspicious_values_are_kept_and_told() {
    let text = std::str::from_utf8(XML).unwrap();
    for (from, to, finding) in [
        ("month=\"7\" year=\"1962\"", "month=\"17\" year=\"1962\"", "date `1962 17` is no date"),
        (
            "day=\"9\" month=\"4\" year=\"1961\"",
            "day=\"9\" month=\"4\" year=\"3961\"",
            "after the day of reading",
        ),
        ("object-type=\"vessel\"", "object-type=\"balloon\"", "object-type `balloon`"),
        ("name-type=\"alias\"", "name-type=\"pen-name\"", "name-type `pen-name`"),
        ("quality=\"low\" lang", "quality=\"so-so\" lang", "quality `so-so`"),
        ("order=\"3\"", "order=\"third\"", "the order `third`"),
        ("place-id=\"9900\"", "place-id=\"9999\"", "the place `9999` is not in the file"),
        (
            "<sanctions-set-id>9001</sanctions-set-id><",
            "<sanctions-set-id>1</sanctions-set-id><",
            "set of measures `1`",
        ),
        ("modification-type=\"amended\"", "modification-type=\"touched\"", "modification-type `touched`"),
        ("<other-information ssid=\"9124\">", "<horoscope/><other-information ssid=\"9124\">", "`horoscope`"),
        ("The Sample", "?? ???", "without a name"),
    ] {
        assert!(text.contains(from), "{from}");
        let (_, reading) = read("ch-seco-xml", &[("f", text.replacen(from, to, 1).as_bytes())]).unwrap();
        assert!(reading.notices.iter().any(|n| n.finding.contains(finding)), "{to}: {:?}", reading.notices);
    }
}

#[test]
fn what_contradicts_a_list_refuses_it_whole() {
    let text = std::str::from_utf8(XML).unwrap();
    for (from, to, finding) in [
        ("<target ssid=\"9200\"", "<target ssid=\"9100\"", "a second time"),
        ("<target ssid=\"9200\"", "<target", "without its id"),
        ("date=\"2026-09-28\"", "date=\"yesterday\"", "date is `yesterday`"),
        ("<value>Example Star 8</value>", "", "without a name"),
        ("<place ssid", "<spot ssid", ""),
        ("Example Trial Bank", "&bank;", "the entity `&bank;`"),
        ("<swiss-sanctions-list ", "<!DOCTYPE s [<!ENTITY b 'x'>]><swiss-sanctions-list ", "DOCTYPE"),
    ] {
        let refusal = seco(text.replacen(from, to, 1).as_bytes()).unwrap_err();
        assert!(refusal.finding.contains(finding) && refusal.line > 0, "{to}: {refusal}");
    }
    let html = seco(b"<html><body>Error</body></html>").unwrap_err();
    assert!(html.finding.contains("`swiss-sanctions-list` expected"));
}

#[test]
fn spellings_are_bounded() {
    let variants = "<spelling-variant lang=\"RUS\" script=\"LATN\">v</spelling-variant>".repeat(50);
    let parts: String = (1..=8)
        .map(|n| {
            format!(
                "<name-part order=\"{n}\" name-part-type=\"other\"><value>p{n}</value>{variants}</name-part>"
            )
        })
        .collect();
    let text = format!(
        "<swiss-sanctions-list list-type=\"full\" date=\"2026-09-28\"><target ssid=\"1\"><entity><identity main=\"true\"><name name-type=\"primary-name\">{parts}</name></identity></entity></target></swiss-sanctions-list>"
    );
    let (listings, _) = read("ch-seco-xml", &[("f", text.as_bytes())]).unwrap();
    assert!(listings[0].names.len() <= 17);
    assert_eq!(listings[0].names[0].text, "p1 p2 p3 p4 p5 p6 p7 p8");
}

#[test]
fn the_official_test_file_says_what_a_plain_scan_of_it_says() {
    let Some(bytes) = shared_file("ch-seco/sample-2024-01-17/seco.xml") else { return };
    let (listings, reading) = read("ch-seco-xml", &[("seco.xml", &bytes)]).unwrap();
    assert_eq!(reading.date.unwrap().to_string(), "2024-01-17");
    assert!(reading.reduced.unwrap().contains("amendment"), "changes only are never a whole list");
    assert_eq!((listings.len(), reading.notices_total), (3, 0), "{:?}", reading.notices);
    let text = String::from_utf8(bytes.clone()).unwrap();
    for (listing, block) in listings.iter().zip(text.split("<target ").skip(1)) {
        let all = |attribute: &str| -> Vec<&str> {
            let mark = format!("{attribute}=\"");
            block
                .match_indices(&mark)
                .map(|(at, m)| block[at + m.len()..].split('"').next().unwrap())
                .collect()
        };
        let between = |open: &str, close: &str| -> Vec<&str> {
            block
                .match_indices(open)
                .map(|(at, m)| block[at + m.len()..].split(close).next().unwrap())
                .collect()
        };
        assert_eq!(listing.id.native, all("ssid")[0]);
        assert_eq!(names(listing), [(between("<value>", "<")[0], "primary", "good", "eng")]);
        assert_eq!(states(listing), [format!("nationality {}", all("iso-code")[0])]);
        let day = |n: &str| all(n)[0].parse::<u16>().unwrap();
        let born = format!("{:04}-{:02}-{:02}", day(" year"), day(" month"), day(" day"));
        assert_eq!(plain(&listing.birth_dates), [born]);
        let sets = between("<sanctions-set-id>", "<");
        assert_eq!(listing.programmes.len(), sets.len());
        for (programme, set) in listing.programmes.iter().zip(sets) {
            let mark = format!("<sanctions-set ssid=\"{set}\" lang=\"eng\">");
            let name = text.split(&mark).nth(1).unwrap().split('<').next().unwrap();
            assert_eq!(programme.code, format!("PPDM: {name}"));
            assert!(programme.text.ends_with("(origin: ONU, UE)") && programme.changes.is_empty());
        }
        assert!(listing.listed_on.is_none() && listing.references.is_empty());
    }
    println!("{:?}", damage::flipped(&bytes, 200, seco));
}

#[test]
fn damage_gives_a_whole_list_or_a_refusal() {
    let whole = seco(XML).unwrap();
    let end = XML.iter().rposition(|b| *b == b'>').unwrap();
    let outcome = damage::truncated(XML, 2000, seco, |at, listings| {
        assert!(at > end && listings == whole, "cut at {at}");
    });
    assert!(outcome.refused > 1900, "{outcome:?}");
    let outcome = damage::flipped(XML, 10_000, seco);
    println!("{outcome:?}");
    assert!(outcome.refused > 0 && outcome.read > 0);
    for bytes in [damage::utf16(XML), damage::latin1(XML), damage::doubled(XML), [XML, b"\x1a"].concat()] {
        assert!(seco(&bytes).is_err());
    }
    assert_eq!(seco(&damage::other_line_ends(XML)).unwrap().len(), 3);
}
