//! `ofac-advanced-xml`: an invented list of the size of some parties, field by field; what contradicts itself; damage. No whole official file is at hand: the fixture is
//! written from the published schema.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests; a fault ends the test"
)]

mod common;

use std::sync::LazyLock;

use comity_model::listing::{Listing, PartyKind};
use comity_register::Refusal;
use comity_register::formats::Reading;
use common::{advanced, damage, read, shared_file};

static LIST: LazyLock<String> = LazyLock::new(|| {
    let mut bytes = Vec::new();
    advanced::write(&mut bytes, 6, false).unwrap();
    String::from_utf8(bytes).unwrap()
});

fn parse(text: &str) -> Result<(Vec<Listing>, Reading), Refusal> {
    read("ofac-advanced-xml", &[("sdn_advanced.xml", text.as_bytes())])
}

fn listings(bytes: &[u8]) -> Result<Vec<Listing>, Refusal> {
    read("ofac-advanced-xml", &[("sdn_advanced.xml", bytes)]).map(|(listings, _)| listings)
}

fn pairs<'a, T>(
    items: &'a [T],
    of: impl Fn(&'a T) -> (&'static str, &'a str),
) -> Vec<(&'static str, &'a str)> {
    items.iter().map(of).collect()
}

#[test]
fn one_person_field_by_field() {
    assert!(LIST.len() < 64 << 10, "{}", LIST.len());
    let (found, reading) = parse(&LIST).unwrap();
    assert_eq!((reading.date.unwrap().to_string().as_str(), reading.entries), ("2026-01-15", 6));
    assert_eq!(reading.notices, []);
    let person = &found[3];
    assert_eq!((person.id.native.as_str(), person.kind), ("990004", PartyKind::Person));
    let names: Vec<_> = person
        .names
        .iter()
        .map(|n| (n.text.as_str(), n.kind.word(), n.quality.word(), n.script.as_deref().unwrap()))
        .collect();
    // Family's name last, but first where the script wants it so; the file writes it first always, but for the last one.
    assert_eq!(names.len(), 5);
    let words: Vec<&str> = names[0].0.split(' ').collect();
    assert_eq!(words.len(), 3);
    assert!(words[2].chars().all(char::is_uppercase) && !words[0].chars().all(char::is_uppercase));
    assert_eq!((names[0].1, names[0].2, names[0].3), ("primary", "good", "Latn"));
    assert_eq!((names[1].1, names[1].2), ("alias", "low"));
    assert_eq!(names[2], ("Пример Примерович ПРИМЕРОВ", "original-script", "good", "Cyrl"));
    assert_eq!(names[3], ("某例子", "original-script", "good", "Hans"));
    assert_eq!((names[4].1, names[4].2), ("former", "good"));
    assert_eq!(person.names[2].verbatim.as_deref(), Some("ПРИМЕРОВ Пример Примерович"));
    assert_eq!(person.names[3].verbatim.as_deref(), Some("例子 某"));
    let dates: Vec<_> = person.birth_dates.iter().map(ToString::to_string).collect();
    assert_eq!(dates, ["1948-12-10", "about 1951", "1955..1958"]);
    assert_eq!(person.birth_places[0].text, "Sampletown, Exampleland");
    assert_eq!(pairs(&person.identifiers, |i| (i.kind.word(), &i.value)), [("passport", "X0990004")]);
    assert_eq!(person.identifiers[0].state.as_ref().unwrap().text, "Exampleland");
    assert_eq!(
        pairs(&person.states, |s| (s.relation.word(), &s.state.text)),
        [("address", "Exampleland"), ("nationality", "Exampleland"), ("citizenship", "Otherland")]
    );
    assert!(person.addresses[0].text.ends_with(" Street, Sampletown 00003"), "{:?}", person.addresses);
    let [alpha, gamma] = person.programmes.as_slice() else { panic!("{:?}", person.programmes) };
    assert_eq!((alpha.code.as_str(), gamma.code.as_str()), ("ALPHA-EO99901", "GAMMA"));
    assert_eq!(alpha.basis, ["Executive Order 99901 (Invented)"]);
    assert_eq!(alpha.reach, ["Secondary sanctions risk: Section 9 of Executive Order 99901"]);
    assert_eq!((alpha.effects.as_slice(), &gamma.effects), (["Block".to_owned()].as_slice(), &alpha.effects));
    assert!(gamma.basis.is_empty() && gamma.reach.is_empty() && gamma.from.is_none());
    assert_eq!(person.listed_on.as_ref().unwrap().to_string(), "2022-02-24");
    assert_eq!(person.updated, []);
    assert_eq!(person.related, [found[2].primary_name()]);
    let controlled = format!("Owned or Controlled By: {}", found[2].primary_name());
    assert_eq!(
        pairs(&person.details, |d| (d.kind.word(), &d.text)),
        [
            ("function", "Head of Nothing"),
            ("note", controlled.as_str()),
            ("note", "List: SDN List"),
            ("gender", "Female"),
        ]
    );
    let source = pairs(&person.source, |v| ("", &v.value));
    assert_eq!(person.source.iter().filter(|v| v.key.starts_with("Birthdate/")).count(), 36 + 2);
    for value in [
        "ПРИМЕРОВ",
        "例子",
        "X0990004",
        "Sampletown, Exampleland",
        "Female",
        "ALPHA-EO99901",
        "Executive Order 99901 (Invented)",
    ] {
        assert!(source.contains(&("", value)), "{value}");
    }
    assert!(person.source.iter().any(|v| v.key == "Alias@LowQuality" && v.value == "true"));
}

#[test]
fn firms_ships_and_aircraft() {
    let (found, _) = parse(&LIST).unwrap();
    let kinds: Vec<_> = found.iter().map(|l| l.kind.word()).collect();
    assert_eq!(kinds, ["person", "organization", "vessel", "person", "organization", "aircraft"]);
    let firm = &found[1];
    assert_eq!(
        pairs(&firm.identifiers, |i| (i.kind.word(), &i.value)),
        [("tax-id", "99-990002"), ("website", "http://example.org")]
    );
    assert_eq!(firm.programmes[0].from.as_ref().unwrap().to_string(), "2022-03-26");
    assert!(firm.programmes[1].from.is_none());
    let details = pairs(&firm.details, |d| (d.kind.word(), &d.text));
    assert!(
        details.contains(&("founded", "31 Jul 1990"))
            && details.contains(&("note", "Political leaning: leaning nowhere"))
    );
    let ship = &found[2];
    assert_eq!(
        pairs(&ship.identifiers, |i| (i.kind.word(), &i.value)),
        [("imo", "9000002"), ("call-sign", "XAEX2")]
    );
    assert_eq!(
        pairs(&ship.states, |s| (s.relation.word(), &s.state.text)),
        [("address", "Exampleland"), ("flag", "Exampleland")]
    );
    let details = pairs(&ship.details, |d| (d.kind.word(), &d.text));
    for detail in [
        ("craft-type", "General Cargo"),
        ("craft-owner", "INVENTED SHIPPING"),
        ("tonnage", "24065"),
        ("gross-tonnage", "16621"),
    ] {
        assert!(details.contains(&detail), "{detail:?}");
    }
    assert!(ship.related.contains(&"INVENTED SHIPPING".to_owned()));
    assert_eq!(ship.updated[0].to_string(), "2024-02-07");
    assert!(found[5].related == [found[4].primary_name()]);
    assert!(found[5].details.iter().any(|d| d.text.starts_with("Owned or Controlled By (former): ")));
}

#[test]
fn the_old_namespace_is_the_same_list() {
    let new = "https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/ADVANCED_XML";
    let old = LIST.replace(new, "http://www.un.org/sanctions/1.0");
    assert_ne!(old, *LIST);
    assert_eq!(parse(&old).unwrap(), parse(&LIST).unwrap());
}

#[test]
fn dates_keep_their_precision() {
    let day = "<Year>1948</Year>\n                  <Month>12</Month>\n                  <Day>10</Day>";
    let four = |points: [&str; 4]| {
        let mut text = LIST.clone();
        for point in points {
            let point: Vec<&str> = point.split('-').collect();
            let point =
                format!("<Year>{}</Year><Month>{}</Month><Day>{}</Day>", point[0], point[1], point[2]);
            text = text.replacen(day, &point, 1);
        }
        let (found, reading) = parse(&text).unwrap();
        (found[0].birth_dates.first().map(ToString::to_string), reading.notices_total)
    };
    for (points, date) in [
        (["1950-1-1", "1950-1-1", "1950-12-31", "1950-12-31"], "1950"),
        (["1950-2-1", "1950-2-1", "1950-2-28", "1950-2-28"], "1950-02"),
        (["1950-2-1", "1950-2-1", "1950-3-31", "1950-3-31"], "1950-02-01..1950-03-31"),
        (["1950-2-3", "1950-2-3", "1950-2-3", "1950-2-3"], "1950-02-03"),
        (["1950-0-0", "1950-0-0", "1950-0-0", "1950-0-0"], "1950"),
        (["1950-1-1", "1950-12-31", "1955-1-1", "1955-12-31"], "1950..1955"),
    ] {
        assert_eq!(four(points), (Some(date.to_owned()), 0), "{points:?}");
    }
    let (date, notices) = four(["1950-2-30", "1950-2-3", "1950-2-3", "1950-2-3"]);
    assert_eq!((date.as_deref(), notices), (Some("about 1951"), 1), "no day of the calendar, so no date");
}

#[test]
fn what_contradicts_itself_is_refused() {
    for (from, to, finding) in [
        ("<Sanctions ", "<Other ", "`Sanctions` expected"),
        (" Version=\"1\"", " Version=\"2\" DeltaBaseVersion=\"1\"", "a file of changes"),
        ("<Month>1</Month>", "<Month>13</Month>", "DateOfIssue is no day"),
        ("<Location ID=\"2\"", "<Location ID=\"1\"", "the Location `1` a second time"),
        ("<AliasType ID=\"1401\"", "<AliasType ID=\"1400\"", "the AliasType `1400` a second time"),
        (
            "<DistinctParty FixedRef=\"990002\"",
            "<DistinctParty FixedRef=\"990001\"",
            "the DistinctParty `990001` a second time",
        ),
        ("<DistinctParty FixedRef=\"990002\"", "<DistinctParty", "a DistinctParty without its FixedRef"),
        ("<Profile ID=\"990002\"", "<Profile ID=\"990001\"", "the Profile `990001` a second time"),
        ("ProfileID=\"990002\" ListID", "ProfileID=\"123\" ListID", "an entry for the profile `123`"),
        (
            "<DistinctParty FixedRef=\"990002\"",
            "<DistinctParty DeltaAction=\"delete\" FixedRef=\"990002\"",
            "a change of a party",
        ),
        ("  <ProfileRelationships>", "  <Strange>", "`ProfileRelationships` expected"),
        (
            "    <IDRegDocument ID=\"990001\"",
            "    <Odd/><IDRegDocument ID=\"990001\"",
            "`IDRegDocument` expected",
        ),
    ] {
        let text = LIST.replacen(from, to, 1);
        let text = text.replace(if to == "<Other " { "</Sanctions>" } else { "\u{0}" }, "</Other>");
        assert_ne!(text, *LIST, "{from}");
        let refusal = parse(&text).unwrap_err();
        assert!(refusal.line > 0 && refusal.finding.contains(finding), "{refusal}");
    }
    let at = LIST.find("  <SanctionsEntries>").unwrap();
    let end = LIST.find("  <SanctionsEntryLinks/>").unwrap();
    let without = format!("{}</Sanctions>", &LIST[..at]);
    assert!(parse(&without).unwrap_err().finding.contains("no element `SanctionsEntries`"));
    let without_links = format!("{}</Sanctions>", &LIST[..end]);
    assert_eq!(parse(&without_links).unwrap().0, parse(&LIST).unwrap().0);
    let nameless =
        LIST.replacen("<DocumentedNamePart>", "<Odd>", usize::MAX).replace("</DocumentedNamePart>", "</Odd>");
    assert!(parse(&nameless).unwrap_err().finding.contains("party `990001` without a name"));
}

#[test]
fn strange_values_are_kept_and_reported() {
    for (from, to, finding) in [
        (
            "AliasTypeID=\"1401\" Primary",
            "AliasTypeID=\"99\" Primary",
            "AliasTypeID `99` stands for no AliasType",
        ),
        ("ScriptID=\"500\"", "ScriptID=\"99\"", "ScriptID `99` stands for no Script"),
        (
            "<VersionLocation LocationID=\"990001\"",
            "<VersionLocation LocationID=\"9\"",
            "LocationID `9` stands for no Location",
        ),
        ("PartySubTypeID=\"3\"", "PartySubTypeID=\"99\"", "none that is known"),
        ("SanctionsTypeID=\"1705\"", "SanctionsTypeID=\"99\"", "SanctionsTypeID `99`"),
        ("<Comment>GAMMA<", "<Comment><", "without its code"),
        ("LegalBasisID=\"2\"", "LegalBasisID=\"99\"", "LegalBasisID `99`"),
        ("<Year>1948<", "<Year>2948<", "is no date"),
        ("To-ProfileID=\"990001\"", "To-ProfileID=\"1\"", "not both of which are there"),
        ("Head of Nothing", "Head of ???", "run of `?`"),
        (
            "<SanctionsEntryLinks/>",
            "<SanctionsEntryLinks><SanctionsEntryLink ID=\"1\"/></SanctionsEntryLinks>",
            "SanctionsEntryLink",
        ),
        ("IdentityID=\"990001\" IssuedBy", "IdentityID=\"1\" IssuedBy", "documents of the identity `1`"),
        ("<CalendarType ID=\"1\">Gregorian", "<CalendarType ID=\"1\">Lunar", "calendar `Lunar`"),
    ] {
        let text = LIST.replacen(from, to, 1);
        assert_ne!(text, *LIST, "{from}");
        let text = if to.contains("2948") { text.replacen("<Year>1948<", "<Year>2949<", 3) } else { text };
        let (found, reading) = match parse(&text) {
            Ok(read) => read,
            Err(refusal) => panic!("{refusal}"),
        };
        assert_eq!(found.len(), 6);
        let told = reading.notices.iter().any(|n| n.finding.contains(finding))
            || (to.contains("2948")
                && reading.notices.iter().any(|n| n.finding.contains("after the day of reading")));
        assert!(told, "{finding}: {:?}", reading.notices);
    }
    let start = LIST.find("    <SanctionsEntry ID=\"990006\"").unwrap();
    let end = LIST.find("  </SanctionsEntries>").unwrap();
    let (found, reading) = parse(&format!("{}{}", &LIST[..start], &LIST[end..])).unwrap();
    assert!(found[5].programmes.is_empty());
    assert!(reading.notices[0].finding.contains("a party without a SanctionsEntry"));
}

#[test]
fn damaged_copies_are_refused_or_whole() {
    let whole = listings(LIST.as_bytes()).unwrap();
    let end = LIST.trim_end().len();
    let cut = damage::truncated(LIST.as_bytes(), damage::cases(2_000), listings, |at, found| {
        assert!(at >= end && found == whole, "cut at {at}");
    });
    assert!(cut.refused > cut.read, "{cut:?}");
    let turned = damage::flipped(LIST.as_bytes(), damage::cases(10_000), listings);
    assert!(turned.refused > 0 && turned.read > 0, "{turned:?}");
    assert_eq!(listings(&damage::other_line_ends(LIST.as_bytes())).unwrap(), whole);
    for bytes in [
        damage::doubled(LIST.as_bytes()),
        damage::utf16(LIST.as_bytes()),
        damage::latin1(LIST.replacen("Sampletown", "Sämpletown", 1).as_bytes()),
        [LIST.as_bytes(), b"\x1a"].concat(),
        LIST.replacen("<Sanctions", "<!DOCTYPE x [<!ENTITY a 'b'>]><Sanctions", 1).into_bytes(),
        LIST.replacen("Head of", "&a;", 1).into_bytes(),
    ] {
        assert!(listings(&bytes).is_err());
    }
}

/// The generator keeps to the published schema as far as names of elements and attributes go.
#[test]
fn the_fixture_uses_only_what_the_schema_declares() {
    let Some(schema) = shared_file("ofac/schema/sdn_advanced.xsd") else { return };
    let schema = String::from_utf8(schema).unwrap();
    let declared = |kind: &str, name: &str| schema.contains(&format!("<xsd:{kind} name=\"{name}\""));
    for tag in LIST.split('<').skip(1).filter(|t| !t.starts_with(['/', '?'])) {
        let mut words = tag.split(['>', '/']).next().unwrap().split_ascii_whitespace();
        let name = words.next().unwrap();
        assert!(declared("element", name), "element {name}");
        for attribute in
            tag.split('>').next().unwrap().split(' ').filter_map(|w| w.split_once("=\"")).map(|(n, _)| n)
        {
            assert!(
                declared("attribute", attribute) || attribute.starts_with("xmlns"),
                "attribute {attribute}"
            );
        }
    }
}

/// The seeds of the fuzz target are what the generator writes; `COMITY_BLESS=1` writes them anew.
#[test]
fn the_seeds_are_what_the_generator_writes() {
    let mut bytes = Vec::new();
    advanced::write(&mut bytes, 2, false).unwrap();
    let two = String::from_utf8(bytes).unwrap();
    let one_line: String = two.lines().map(str::trim).collect();
    let entries = two.find("  <SanctionsEntries>").unwrap();
    let seeds = [
        ("example", two.clone()),
        ("one_line", one_line),
        ("cut_short", two[..entries].to_owned()),
        ("doubled", two.repeat(2)),
        ("same_party", two.replace("FixedRef=\"990002\"", "FixedRef=\"990001\"")),
        ("no_entries", format!("{}</Sanctions>", &two[..entries])),
        ("other_profile", two.replace("ProfileID=\"990002\" ListID", "ProfileID=\"9\" ListID")),
        ("delta", two.replacen(" Version=", " DeltaBaseVersion=\"1\" Version=", 1)),
        ("doctype", two.replacen("<Sanctions", "<!DOCTYPE a [<!ENTITY b \"c\">]><Sanctions", 1)),
        ("null", two.replacen("ПРИМЕРОВ", "M\u{0}STER", 1)),
    ];
    let folder = common::project().join("fuzz/corpus/ofac_advanced_xml");
    for (name, text) in seeds {
        let path = folder.join(name);
        if std::env::var_os("COMITY_BLESS").is_some() {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text, "{name}");
    }
}
