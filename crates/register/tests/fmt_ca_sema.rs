//! `ca-sema-xml`: one record field by field, figures of the official list, damage.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test stops where it fails"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use comity_model::listing::{
    DetailKind, IdentifierKind, Listing, NameKind, NameQuality, PartyKind, Programme,
};
use comity_register::{Reading, Refusal, Register, update_from_dir};
use common::damage::{doubled, flipped, latin1, other_line_ends, truncated, utf16};

const FIXTURE: &[u8] = include_bytes!("fixtures/sema.xml");

fn whole(bytes: &[u8]) -> Result<(Vec<Listing>, Reading), Refusal> {
    common::read("ca-sema-xml", &[("sema.xml", bytes)])
}

fn read(bytes: &[u8]) -> Result<Vec<Listing>, Refusal> {
    whole(bytes).map(|(listings, _)| listings)
}

#[test]
fn a_person_field_by_field() {
    let (listings, reading) = whole(FIXTURE).unwrap();
    assert_eq!((listings.len(), reading.entries, reading.date), (6, 6, None));
    assert_eq!(reading.newest_entry.unwrap().to_string(), "2025-03-20");
    let one = &listings[0];
    assert_eq!((one.id.native.len(), one.kind), (16, PartyKind::Person));
    let names: Vec<_> = one
        .names
        .iter()
        .map(|n| (n.text.as_str(), n.kind, n.quality, n.language.as_deref(), n.script.as_deref()))
        .collect();
    let good = NameQuality::Good;
    assert_eq!(
        names,
        [
            ("Anna Maria Sampleton", NameKind::Primary, good, None, Some("Latn")),
            ("Hanna Sampletan", NameKind::Alias, good, None, Some("Latn")),
            ("Ганна Прыклад", NameKind::OriginalScript, good, Some("Belarusian"), Some("Cyrl")),
            ("Анна Пример", NameKind::OriginalScript, good, Some("Russian"), Some("Cyrl")),
            ("Анна Образец", NameKind::OriginalScript, good, Some("Russian"), Some("Cyrl")),
        ]
    );
    assert_eq!(one.birth_dates[0].to_string(), "1965-04-29");
    assert!(one.states.is_empty(), "Country is a programme, not a nationality");
    let programme = Programme {
        basis: vec!["Schedule 1, Part 1, item 1".to_owned()],
        ..Programme::new("Exampland", "Exampland / Exemplie")
    };
    assert_eq!(one.programmes, [programme]);
    assert_eq!(one.listed_on.as_ref().unwrap().to_string(), "2020-09-28");
    assert_eq!(one.details.len(), 1);
    assert_eq!(
        (one.details[0].kind, one.details[0].text.as_str()),
        (DetailKind::Title, "Major General/major-général")
    );
    let source: Vec<_> = one.source.iter().map(|v| (v.key.as_str(), v.value.as_str())).collect();
    assert_eq!(source.len(), 9);
    assert_eq!(source[2], ("GivenName", "Anna  Maria"));
}

#[test]
fn bodies_ships_and_odd_values() {
    let (listings, reading) = whole(FIXTURE).unwrap();
    let two: Vec<_> = listings[1].birth_dates.iter().map(ToString::to_string).collect();
    assert_eq!(two, ["1956", "1957"]);
    let names: Vec<_> = listings[2].names.iter().map(|n| n.text.as_str()).collect();
    assert_eq!(names, ["Sample Works JSC", "Завод образцов, АО", "Акционерное Общество \"Завод образцов\""]);
    let ship = &listings[3];
    assert_eq!((ship.kind, ship.birth_dates.len()), (PartyKind::Vessel, 0));
    assert_eq!(
        (ship.identifiers[0].kind, ship.identifiers[0].value.as_str()),
        (IdentifierKind::Imo, "9990011")
    );
    let details: Vec<_> = ship.details.iter().map(|d| (d.kind, d.text.as_str())).collect();
    assert_eq!(details, [(DetailKind::Built, "2004"), (DetailKind::CraftType, "Oil Tanker")]);
    assert_eq!(listings[4].programmes[0].code, "Act on Sample Officials (ASO)");
    assert_eq!(listings[4].programmes[0].basis, ["item 7"]);
    assert_eq!((listings[4].primary_name(), listings[4].birth_dates.len()), ("Beispiel", 0));
    assert_eq!(
        (listings[5].programmes[0].code.as_str(), listings[5].kind),
        ("Otherland", PartyKind::Organization)
    );
    let found: Vec<_> = reading.notices.iter().map(|n| n.finding.as_str()).collect();
    assert_eq!(
        found,
        [
            "DateOfBirthOrShipBuildDate `born in the early 1970s` is no date; kept as a note",
            "element `Novelty` is not known here; kept as it stands",
        ]
    );
}

#[test]
fn what_breaks_a_record_refuses_the_list() {
    let text = std::str::from_utf8(FIXTURE).unwrap();
    for (from, to, finding) in [
        ("<Item>2</Item>", "<Item>1</Item>", "a second time"),
        ("<Item>2</Item>", "", "a record without Item"),
        ("<Item>2</Item>", "<Item>2</Item><Item>3</Item>", "a second element `Item`"),
        ("<Country>Otherland </Country>", "<Country> </Country>", "a record without Country"),
        ("<EntityOrShip>Sample Star</EntityOrShip>", "", "without a name"),
        (
            "<LastName>Beispiel</LastName>",
            "<LastName>Beispiel</LastName><EntityOrShip>B</EntityOrShip>",
            "a person and of a body",
        ),
        ("2022-03-04", "4 March 2022", "is no day"),
        ("<data-set", "<dataset", "`data-set` expected"),
        ("</data-set>", "</data-set><data-set/>", "doubled"),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        let refusal = read(changed.as_bytes()).unwrap_err();
        assert!(refusal.finding.contains(finding), "{from} -> {to}: {refusal}");
    }
}

#[test]
fn damage_never_gives_half_a_list() {
    let all = read(FIXTURE).unwrap();
    let end = FIXTURE.trim_ascii_end().len();
    let outcome =
        truncated(FIXTURE, 2000, read, |at, listings| assert!(at >= end && listings == all, "cut at {at}"));
    assert!(outcome.refused > 1900, "{outcome:?}");
    let outcome = flipped(FIXTURE, 10_000, read);
    assert_eq!(outcome.read + outcome.refused, 10_000);
    assert_eq!(read(&other_line_ends(FIXTURE)).unwrap().len(), 6);
    assert!(read(&[FIXTURE, b"\x1a"].concat()).is_err());
    for bytes in [doubled(FIXTURE), utf16(FIXTURE), latin1(FIXTURE), Vec::new()] {
        assert!(read(&bytes).is_err());
    }
    let bomb = "<!DOCTYPE d [<!ENTITY a \"aa\">]><data-set><record>&a;</record></data-set>";
    assert!(read(bomb.as_bytes()).unwrap_err().finding.contains("DOCTYPE"));
}

/// The texts between `<TAG>` and `</TAG>`, found without a reader of XML.
fn naive(text: &str, tag: &str) -> Vec<Option<String>> {
    text.split("<record>")
        .skip(1)
        .map(|record| {
            let inner = record.split(&format!("<{tag}>")).nth(1)?.split(&format!("</{tag}>")).next()?;
            Some(
                inner
                    .replace("&lt;", "<")
                    .replace("&gt;", ">")
                    .replace("&quot;", "\"")
                    .replace("&apos;", "'")
                    .replace("&amp;", "&"),
            )
        })
        .collect()
}

#[test]
fn the_official_list_gives_its_figures() {
    let Some(lists) = common::shared_lists() else { return println!("no official lists on this machine") };
    let path = lists.join("ca-gac/sema-2025/sema-lmes.xml");
    let bytes = std::fs::read(&path).unwrap();
    let text = std::str::from_utf8(&bytes).unwrap();
    let (listings, reading) = whole(&bytes).unwrap();
    assert_eq!((listings.len(), reading.newest_entry.unwrap().to_string().as_str()), (4759, "2025-03-20"));
    let ids: BTreeSet<_> = listings.iter().map(|l| &l.id.native).collect();
    assert_eq!(ids.len(), 4759);
    let mut kinds = BTreeMap::new();
    let mut programmes: BTreeMap<&str, usize> = BTreeMap::new();
    for listing in &listings {
        *kinds.entry(listing.kind).or_insert(0) += 1;
        *programmes.entry(listing.programmes[0].code.as_str()).or_insert(0) += 1;
    }
    assert_eq!(kinds[&PartyKind::Person], 3334);
    assert_eq!((kinds[&PartyKind::Organization], kinds[&PartyKind::Vessel]), (1316, 109));
    assert_eq!((programmes.len(), programmes["Iran"], programmes["Venezuela"]), (19, 460, 123));
    // Every field beside a naive reading of the file.
    let columns = [
        "Country",
        "LastName",
        "GivenName",
        "EntityOrShip",
        "Schedule",
        "Item",
        "DateOfListing",
        "Aliases",
        "ShipIMONumber",
    ]
    .map(|tag| naive(text, tag));
    let collapse = |t: &str| t.split_whitespace().collect::<Vec<_>>().join(" ");
    for (at, listing) in listings.iter().enumerate() {
        let cell = |column: usize| columns[column][at].as_deref().map(collapse).unwrap_or_default();
        let name = if cell(3).is_empty() { format!("{} {}", cell(2), cell(1)) } else { cell(3) };
        let shown = listing.primary_name();
        assert!(shown == name.trim() || name.contains(shown), "{shown} beside {name}");
        assert_eq!(listing.programmes[0].text, cell(0));
        assert_eq!(listing.listed_on.as_ref().unwrap().to_string(), cell(6));
        assert_eq!(listing.identifiers.first().map_or("", |i| i.value.as_str()), cell(8));
        // Nothing of the aliases is lost: every letter of them stands in a name.
        let joined: String = listing.names.iter().map(|n| n.text.as_str()).collect::<Vec<_>>().join(" ");
        for word in cell(7).split(|c: char| !c.is_alphanumeric()).filter(|w| w.chars().count() > 3) {
            let language = listing.names.iter().any(|n| n.language.as_deref() == Some(word));
            let mark = matches!(word, "also" | "formerly");
            assert!(joined.contains(word) || language || mark, "`{word}` of {} is lost", listing.id);
        }
    }
    let low = listings.iter().flat_map(|l| &l.names).filter(|n| n.quality == NameQuality::Low).count();
    let names: usize = listings.iter().map(|l| l.names.len()).sum();
    println!("{names} names, {low} of them weak; {} notices", reading.notices_total);
    for notice in &reading.notices {
        println!("  line {}: {}", notice.line, notice.finding);
    }
    let outcome = flipped(&bytes, 200, read);
    assert_eq!(outcome.read + outcome.refused, 200);
}

#[test]
fn a_folder_of_a_year_does_not_make_the_edition_older_than_its_entries() {
    let from = tempfile::tempdir().unwrap();
    let folder = from.path().join("ca-gac/sema-2025");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("sema-lmes.xml"), FIXTURE).unwrap();
    let data = tempfile::tempdir().unwrap();
    let only = ["ca/sema".to_owned()];
    let options = comity_register::UpdateOptions { only: &only, ..common::options("2026-11-21") };
    let results =
        update_from_dir(data.path(), from.path(), &common::sources(), options, &mut comity_register::Silent)
            .unwrap();
    assert_eq!(common::lines(&results), ["ca/sema 2025-03-20 6 added"]);
    assert!(results[0].message.contains("dated by its newest entry"), "{}", results[0].message);
    let register = Register::open(data.path()).unwrap();
    assert!(register.edition_on(&"ca/sema".parse().unwrap(), common::day("2025-03-19")).is_none());
}
