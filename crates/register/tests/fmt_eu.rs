//! The consolidated list of financial sanctions of the European Union in both forms: invented parties field by field, the public excerpt, the damaged copy, damage.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests; a fault ends the test"
)]

mod common;

use comity_model::listing::{
    DetailKind, Identifier, IdentifierKind, Listing, NameKind, NameQuality, PartyKind,
};
use comity_register::Refusal;
use common::{damage, details, identifiers, names, plain, read, read_with_states, shared_file, states};

const XML: &[u8] = include_bytes!("fixtures/eu-fsf.xml");
const CSV: &[u8] = include_bytes!("fixtures/eu-fsf.csv");

fn xml(bytes: &[u8]) -> Result<Vec<Listing>, Refusal> {
    read("eu-fsf-xml", &[("fsf.xml", bytes)]).map(|(listings, _)| listings)
}

fn csv(bytes: &[u8]) -> Result<Vec<Listing>, Refusal> {
    read("eu-fsf-csv", &[("fsf.csv", bytes)]).map(|(listings, _)| listings)
}

#[test]
fn one_person_field_by_field() {
    let (listings, reading) = read("eu-fsf-xml", &[("fsf.xml", XML)]).unwrap();
    assert_eq!(reading.date.unwrap().to_string(), "2026-10-01");
    assert_eq!((reading.entries, reading.notices.len()), (3, 0), "{:?}", reading.notices);
    let ri = &listings[0];
    assert_eq!((ri.id.to_string().as_str(), ri.kind), ("own/test/900001", PartyKind::Person));
    assert_eq!(
        names(ri),
        [
            ("Ri Test Sample", "primary", "good", ""),
            ("The Sample", "alias", "low", ""),
            ("Ri Beispiel", "alias", "good", "DE"),
            ("리견본", "alias", "good", "KO"),
        ]
    );
    assert_eq!(ri.names[3].script.as_deref(), Some("Hang"));
    assert_eq!(plain(&ri.birth_dates), ["1961-04-09", "about 1962", "1958..1963", "1960-07"]);
    assert_eq!(
        details(ri),
        [
            ("notice", "2026/9001 (OJ L901) http://example.org/act?a=1&b=2"),
            ("title", "Mr"),
            ("function", "Head of the “Example Bureau”"),
            ("gender", "M"),
            ("note", "date of birth in the calendar ISLAMIC: year 1341"),
            ("note", "(Date of UN designation: 2017-06-02)"),
        ]
    );
    assert_eq!(ri.birth_places.len(), 1);
    assert_eq!(ri.birth_places[0].text, "Sampleton, North Province");
    assert_eq!(ri.birth_places[0].state.as_ref().unwrap().code.unwrap().to_string(), "KP");
    assert_eq!(
        identifiers(ri),
        [
            ("email", "office@example.org", "EMAIL"),
            ("phone", "+850 0 000 000", "PHONE"),
            ("passport", "X9000001", "National passport, known to be false"),
            ("national-id", "９００１", "National identification card"),
            ("national-id", "9001", "National identification card"),
        ]
    );
    assert_eq!(ri.addresses.len(), 1);
    assert_eq!(ri.addresses[0].text, "1 Example Street, 00000, Sampleton");
    assert_eq!(ri.addresses[0].note.as_deref(), Some("as at the time of listing"));
    assert_eq!(states(ri), ["citizenship KP", "birth KP", "address KP"]);
    let programme = &ri.programmes[0];
    assert_eq!(
        (programme.code.as_str(), programme.basis.as_slice()),
        ("PRK", &["2026/9001 (OJ L901)".to_owned()][..])
    );
    assert_eq!(programme.from.as_ref().unwrap().to_string(), "2017-06-05");
    assert!(programme.changes.is_empty() && programme.effects.is_empty() && programme.until.is_none());
    assert_eq!(ri.references, ["KPi.901"]);
    assert_eq!(ri.listed_on.as_ref().unwrap().to_string(), "2017-06-05");
    assert_eq!(plain(&ri.updated), ["2026-02-16"]);
    assert_eq!(ri.remarks, "(Date of UN designation: 2017-06-02) Known to travel.");
    let value = |key: &str| ri.source.iter().find(|v| v.key == key).map(|v| v.value.as_str());
    assert_eq!(value("@unitedNationId"), Some("KPi.901"));
    assert_eq!(value("nameAlias@wholeName"), Some("The Sample"));
    assert_eq!(value("birthdate@yearRangeTo"), Some("1963"));
    assert_eq!(value("nameAlias/regulationSummary@numberTitle"), Some("2026/9001 (OJ L901)"));
}

#[test]
fn bodies_keep_a_name_in_each_language_and_no_state_00() {
    let listings = xml(XML).unwrap();
    let ridge = &listings[1];
    assert_eq!((ridge.kind, ridge.names.len()), (PartyKind::Organization, 24));
    assert_eq!(ridge.names[0].text, "OOO «Северный хребет»");
    let languages: Vec<&str> = ridge.names.iter().filter_map(|n| n.language.as_deref()).collect();
    assert_eq!(languages.len(), 24);
    assert!(languages.contains(&"MT") && languages.contains(&"EL"));
    assert!(ridge.references.is_empty() && ridge.listed_on.is_none());
    assert_eq!(ridge.addresses.len(), 1, "the address of 00 and nothing else is none");
    assert_eq!(ridge.addresses[0].text, "Example prospekt; 7, PO Box 9, Example City");
    assert_eq!(states(ridge), ["address RU"]);
    assert_eq!(
        identifiers(ridge),
        [("bic", "EXMPRU00", "SWIFT/BIC"), ("registration", "900000000002", "Registration Number")]
    );
    let star = &listings[2];
    let imo = Identifier {
        kind: IdentifierKind::Imo,
        value: "9990011".into(),
        label: "IMO number".into(),
        state: None,
    };
    assert_eq!(star.identifiers, [imo]);
    assert!(star.details.iter().any(|d| d.kind == DetailKind::Note && d.text.starts_with("UNSC")));
}

#[test]
fn rows_give_the_same_entities_as_elements() {
    let (rows, reading) = read("eu-fsf-csv", &[("fsf.csv", CSV)]).unwrap();
    assert_eq!(reading.date.unwrap().to_string(), "2026-10-01");
    assert!(reading.notices.is_empty(), "{:?}", reading.notices);
    let elements = xml(XML).unwrap();
    assert_eq!(rows.len(), 3);
    for (row, element) in rows.iter().zip(&elements) {
        assert_eq!((&row.id, row.kind), (&element.id, element.kind));
        assert_eq!(row.programmes, element.programmes);
        assert_eq!(row.references, element.references);
        assert_eq!(row.birth_dates, element.birth_dates);
        assert_eq!(row.birth_places, element.birth_places);
        assert_eq!((&row.listed_on, &row.updated), (&element.listed_on, &element.updated));
        assert_eq!((&row.remarks, states(row)), (&element.remarks, states(element)));
        // This form does not tell weak names from strong ones, so the first name leads.
        let texts = |l: &Listing| {
            let mut texts: Vec<_> = l.names.iter().map(|n| (n.text.clone(), n.language.clone())).collect();
            texts.sort();
            texts
        };
        assert_eq!(texts(row), texts(element));
        assert!(row.names.iter().all(|n| n.quality == NameQuality::Good));
        let documents = |l: &Listing| -> Vec<Identifier> {
            l.identifiers
                .iter()
                .filter(|i| !matches!(i.kind, IdentifierKind::Email | IdentifierKind::Phone))
                .cloned()
                .collect()
        };
        assert_eq!(documents(row), documents(element));
    }
    assert_eq!(
        rows[0].addresses[0].note.as_deref(),
        Some("as at the time of listing; EMAILoffice@example.orgPHONE+850 0 000 000")
    );
    assert_eq!(
        rows[0].source.iter().filter(|v| v.key == "NameAlias_WholeName").count(),
        3,
        "one has parts only"
    );
}

#[test]
fn columns_are_found_by_name_and_asked_for() {
    let text = std::str::from_utf8(CSV).unwrap();
    let swapped = text
        .replace("Entity_UnitedNationId", "@")
        .replace("Entity_EU_ReferenceNumber", "Entity_UnitedNationId")
        .replace('@', "Entity_EU_ReferenceNumber");
    assert_eq!(
        csv(swapped.as_bytes()).unwrap()[0].references,
        ["EU.9001.1"],
        "a cell means what its column is called"
    );
    let refusal = csv(text.replace("NameAlias_WholeName", "NameAlias_Whole").as_bytes()).unwrap_err();
    assert!(refusal.finding.contains("NameAlias_WholeName are missing"), "{refusal}");
    let (_, reading) =
        read("eu-fsf-csv", &[("f", text.replace("BirthDate_Circa", "BirthDate_About").as_bytes())]).unwrap();
    assert!(reading.notices[0].finding.contains("no column `BirthDate_Circa`"));
    let refusal = csv(text.replace("Entity_Remark;", "Entity_LogicalId;").as_bytes()).unwrap_err();
    assert!(refusal.finding.contains("two columns `Entity_LogicalId`"), "{refusal}");
    let refusal = csv(text.replacen("01/10/2026;900002", "02/10/2026;900002", 1).as_bytes()).unwrap_err();
    assert!(refusal.finding.contains("two files in one"), "{refusal}");
    let refusal = csv(text.replacen("01/10/2026;900002;", "01/10/2026;900002", 1).as_bytes()).unwrap_err();
    assert!(refusal.finding.contains("117 fields, 118 expected"), "{refusal}");
}

#[test]
fn suspicious_values_are_kept_and_told() {
    let text = std::str::from_utf8(XML).unwrap();
    for (from, to, finding) in [
        ("calendarType=\"ISLAMIC\"", "calendarType=\"MARTIAN\"", "calendar `MARTIAN`"),
        ("year=\"1962\"", "year=\"3017\"", "lies after the day of reading"),
        ("year=\"1962\"", "year=\"MCM\"", "`MCM` is no date"),
        (
            "identificationTypeCode=\"swiftbic\"",
            "identificationTypeCode=\"horoscope\"",
            "`horoscope` is not known",
        ),
        ("code=\"enterprise\"", "code=\"ghost\"", "`ghost` is none of"),
        (
            "code=\"enterprise\" classificationCode=\"E\"",
            "code=\"enterprise\" classificationCode=\"P\"",
            "both a person and",
        ),
        ("wholeName=\"The Sample\"", "wholeName=\"????? ????\"", "has no letter"),
        ("wholeName=\"The Sample\"", "wholeName=\"The ????\"", "a run of `?`"),
        ("<citizenship region", "<pedigree/><citizenship region", "`pedigree` is not known"),
        ("programme=\"RUS\"", "programme=\"\"", "no programme"),
        ("strong=\"false\"", "strong=\"rather\"", "strong is `rather`"),
    ] {
        assert!(text.contains(from), "{from}");
        let (listings, reading) =
            read("eu-fsf-xml", &[("f", text.replacen(from, to, 1).as_bytes())]).unwrap();
        assert!(reading.notices.iter().any(|n| n.finding.contains(finding)), "{to}: {:?}", reading.notices);
        assert!(listings.iter().flat_map(|l| &l.names).all(|n| n.text.chars().any(char::is_alphanumeric)));
    }
}

#[test]
fn what_contradicts_a_list_refuses_it_whole() {
    let text = std::str::from_utf8(XML).unwrap();
    for (from, to, finding) in [
        ("logicalId=\"900002\"", "logicalId=\"900001\"", "a second time"),
        ("logicalId=\"900002\"", "logicalId=\"x\"", "logical id of an entity is expected"),
        ("generationDate=\"2026-10-01T", "generationDate=\"2026-13-01T", "generationDate is"),
        ("<export ", "<exports ", ""),
        ("<sanctionEntity ", "<sanctionsEntity ", ""),
        ("wholeName=\"EXAMPLE STAR\"", "wholeName=\"\"", "without a name"),
        ("wholeName=\"EXAMPLE STAR\"", "wholeName=\"????\"", "without a name"),
        ("EXAMPLE STAR", "&star;", "the entity `&star;`"),
        ("<export ", "<!DOCTYPE export [<!ENTITY star 'x'>]><export ", "DOCTYPE"),
    ] {
        let refusal = xml(text.replacen(from, to, 1).as_bytes()).unwrap_err();
        assert!(refusal.finding.contains(finding) && refusal.line > 0, "{to}: {refusal}");
    }
    let none = "<export generationDate='2026-10-01T00:00:00Z' globalFileId='1'></export>";
    assert!(xml(none.as_bytes()).unwrap_err().finding.contains("no entries"));
}

#[test]
fn the_public_excerpt_says_what_a_plain_scan_of_it_says() {
    let Some(bytes) = shared_file("eu/fsf-xml-sample/excerpt-2018-12-21.xml") else { return };
    let (listings, reading) = read("eu-fsf-xml", &[("excerpt.xml", &bytes)]).unwrap();
    assert_eq!(reading.date.unwrap().to_string(), "2018-12-21");
    assert_eq!((listings.len(), reading.notices_total), (2, 0), "{:?}", reading.notices);
    let text = String::from_utf8(bytes).unwrap().replace("&amp;", "&");
    for (listing, block) in listings.iter().zip(text.split("<sanctionEntity ").skip(1)) {
        let all = |attribute: &str| -> Vec<&str> {
            block
                .match_indices(&format!(" {attribute}=\""))
                .map(|(at, m)| block[at + m.len()..].split('"').next().unwrap())
                .collect()
        };
        assert_eq!(listing.id.native, all("logicalId")[0]);
        let mut whole = all("wholeName");
        let mut read: Vec<&str> = listing.names.iter().map(|n| n.text.as_str()).collect();
        assert_eq!(whole[0], read[0], "the first strong name leads");
        whole.sort_unstable();
        read.sort_unstable();
        assert_eq!(whole, read);
        assert_eq!(listing.names.iter().filter(|n| n.kind == NameKind::Primary).count(), 1);
        let languages: Vec<&str> = all("nameLanguage").into_iter().filter(|l| !l.is_empty()).collect();
        assert_eq!(listing.names.iter().filter_map(|n| n.language.as_deref()).collect::<Vec<_>>(), languages);
        assert_eq!(listing.programmes[0].code, all("programme")[0]);
        assert_eq!(listing.programmes[0].basis, [all("numberTitle")[0]]);
        assert_eq!(plain(&listing.updated), [all("publicationDate")[0]]);
        assert_eq!(plain(&listing.birth_dates), all("birthdate"));
        assert_eq!(identifiers(listing).iter().map(|i| i.1).collect::<Vec<_>>(), all("number"));
        let person = all("classificationCode") == ["P"];
        assert_eq!(listing.kind == PartyKind::Person, person);
        assert!(listing.references.is_empty() && listing.states.is_empty() && listing.listed_on.is_none());
        // Every attribute that says something is kept, word for word.
        let quoted = block.split("</sanctionEntity>").next().unwrap();
        let said = quoted.match_indices("=\"").filter(|(at, _)| !quoted[at + 2..].starts_with('"')).count();
        let kept = listing.source.iter().filter(|v| v.key.contains('@')).count();
        assert_eq!(kept, said);
    }
    assert_eq!(identifiers(&listings[0])[0].0, "passport");
}

#[test]
fn the_damaged_copy_of_the_older_form_is_refused() {
    let Some(bytes) = shared_file("eu/fsf-csv-1.0-sample/EUSanctionsShort.csv") else { return };
    let refusal = csv(&bytes).unwrap_err();
    assert!(refusal.line == 1 && refusal.finding.contains("are missing"), "{refusal}");
    println!("{refusal}");
    // Unwrapping its lines does not make it one of the newer form either.
    let text = String::from_utf8_lossy(&bytes).replace(['"', '\t'], "");
    let refusal = csv(text.as_bytes()).unwrap_err();
    assert!(
        refusal.finding.contains("Entity_UnitedNationId") || refusal.finding.contains("two columns"),
        "{refusal}"
    );
}

#[test]
fn damage_gives_a_whole_list_or_a_refusal() {
    let (whole_xml, whole_csv) = (xml(XML).unwrap(), csv(CSV).unwrap());
    let end = XML.iter().rposition(|b| *b == b'>').unwrap();
    let outcome = damage::truncated(XML, 2000, xml, |at, listings| {
        assert!(at > end && listings == whole_xml, "cut at {at}");
    });
    assert!(outcome.refused > 1900, "{outcome:?}");
    // Rows cut between two of them cannot be told from a shorter file, but no entity is made up.
    let outcome = damage::truncated(CSV, 2000, csv, |at, listings| {
        let left = CSV[..at].trim_ascii_end();
        let row_ends = CSV[left.len()..].starts_with(b"\r\n") || CSV[at..].is_empty();
        let last = CSV[at..].split(|b| *b == b'\r').next().unwrap();
        assert!(row_ends || !last.contains(&b';'), "cut at {at}");
        assert!(listings.iter().all(|l| whole_csv.iter().any(|w| w.id == l.id)));
    });
    assert!(outcome.refused > 1000, "{outcome:?}");
    let outcomes = [damage::flipped(XML, 10_000, xml), damage::flipped(CSV, 10_000, csv)];
    println!("{outcomes:?}");
    assert!(outcomes.iter().all(|o| o.refused > 0 && o.read > 0));
    for bytes in [damage::utf16(XML), damage::latin1(XML), damage::doubled(XML)] {
        assert!(xml(&bytes).is_err());
    }
    for bytes in [damage::utf16(CSV), damage::latin1(CSV), damage::doubled(CSV)] {
        assert!(csv(&bytes).is_err());
    }
    assert_eq!(csv(&damage::other_line_ends(CSV)).unwrap().len(), 3);
    assert_eq!(xml(&damage::other_line_ends(XML)).unwrap(), whole_xml);
    assert_eq!(csv(&[CSV, b"\x1a"].concat()).unwrap(), whole_csv);
    assert!(xml(&[XML, b"\x1a"].concat()).is_err());
    if let Some(bytes) = shared_file("eu/fsf-xml-sample/excerpt-2018-12-21.xml") {
        println!("{:?}", damage::flipped(&bytes, 200, xml));
    }
}

#[test]
fn states_are_found_by_code_then_by_name() {
    let text = std::str::from_utf8(XML).unwrap().replace("countryIso2Code=\"RU\"", "countryIso2Code=\"\"");
    let listings = read_with_states("eu-fsf-xml", &[("f", text.as_bytes())], &|name| {
        (name == "RUSSIAN FEDERATION").then(|| "RU".parse().unwrap())
    });
    assert_eq!(states(&listings.unwrap().0[1]), ["address RU"]);
}
