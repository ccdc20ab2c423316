//! The reader of the XML list, on invented files.

use super::*;
use crate::formats::StateOf;
use comity_model::listing::StateText;

const EXAMPLE: &str = include_str!("../../../../examples/lists/un/2026-01-15/consolidated.xml");

fn parse_with(text: &str, state_of: StateOf<'_>) -> Result<(Vec<Listing>, Reading), Refusal> {
    let list = "own/test".parse().unwrap();
    let context = Context { list: &list, bundle: &[], today: "2026-01-20".parse().unwrap(), state_of };
    let mut listings = Vec::new();
    let mut sink = |listing| {
        listings.push(listing);
        Ok(())
    };
    let reading = read_one(text.as_bytes(), "consolidated.xml", context, &mut sink)?;
    Ok((listings, reading))
}

fn parse(text: &str) -> Result<(Vec<Listing>, Reading), Refusal> {
    parse_with(text, &|_| None)
}

fn example(native: &str) -> Listing {
    let (listings, _) = parse(EXAMPLE).unwrap();
    listings.into_iter().find(|l| l.id.native == native).unwrap()
}

fn texts(listing: &Listing) -> Vec<(&str, &str, &str)> {
    listing.names.iter().map(|n| (n.text.as_str(), n.kind.word(), n.quality.word())).collect()
}

#[test]
fn the_example_is_read_whole() {
    let (listings, reading) = parse(EXAMPLE).unwrap();
    assert_eq!((reading.entries, listings.len()), (8, 8));
    assert_eq!(reading.date.unwrap().to_string(), "2026-01-15");
    assert!(reading.notices.is_empty(), "{:?}", reading.notices);
    assert_eq!(listings.iter().filter(|l| l.kind == PartyKind::Person).count(), 4);
}

#[test]
fn one_entity_field_by_field() {
    let ridge = example("KPe.901");
    assert_eq!(
        texts(&ridge),
        [
            ("EXAMPLE RIDGE TRADING CORPORATION", "primary", "good"),
            ("예시능선무역회사", "original-script", "good"),
            ("ERTC", "alias", "good"),
            ("EXAMPLE RIDGE GENERAL TRADING", "alias", "good"),
            ("RIDGE EXPORT OFFICE OF EXAMPLE", "alias", "good"),
            ("EXAMPLE KORYO RIDGE COMPANY", "alias", "good"),
        ]
    );
    assert_eq!(ridge.names[1].script.as_deref(), Some("Hang"));
    assert_eq!(ridge.names[2].verbatim.as_deref(), Some("\"ERTC\""));
    assert_eq!(ridge.programmes, [Programme::new("KP", "DPRK")]);
    assert_eq!(ridge.listed_on, Some("2009-04-24".parse().unwrap()));
    assert_eq!(ridge.addresses[0].text, "Sample District, Pyongyang");
    assert_eq!(
        ridge.remarks,
        "Invented trading firm of an invented list, for trying out Comity without a network."
    );
    assert!(ridge.source.iter().any(|v| v.key == "COMMENTS1" && v.value.contains("out\nComity")));
    assert!(ridge.source.iter().any(|v| v.key == "ENTITY_ALIAS/ALIAS_NAME" && v.value.contains(';')));
}

#[test]
fn blanks_around_ids_and_names_go_and_stay_in_the_source() {
    let harbour = example("KPe.902");
    assert!(harbour.source.iter().any(|v| v.value == "KPe.902 "));
    assert_eq!(
        harbour.names[2],
        text::name("Nowhere Lines Limited", NameKind::Former, NameQuality::Good).unwrap()
    );
    assert_eq!(harbour.identifiers[0].value, "0009901");
    assert_eq!(example("IRe.901").names[0].text, "SAMPLE VALLEY PRECISION WORKS");
    assert_eq!(example("IRe.901").names[0].verbatim.as_deref(), Some("SAMPLE VALLEY PRECISION WORKS "));
}

#[test]
fn persons_have_names_in_order_dates_and_documents() {
    let state = |name: &str| name.starts_with("Democratic").then(|| "KP".parse().unwrap());
    let (listings, _) = parse_with(EXAMPLE, &state).unwrap();
    let person = |native: &str| listings.iter().find(|l| l.id.native == native).unwrap();
    let noone = person("KPi.901");
    assert_eq!(noone.primary_name(), "SAMPLE NOONE");
    assert_eq!(noone.names.len(), 1, "the empty alias is a placeholder");
    let korea = StateText { code: "KP".parse().ok(), text: "Democratic People's Republic of Korea".into() };
    assert_eq!(noone.states, [StateLink { relation: StateRelation::Nationality, state: korea.clone() }]);
    assert_eq!(noone.birth_dates, ["1961-02-28".parse().unwrap()]);
    let passport = &noone.identifiers[0];
    assert_eq!(
        (passport.kind, passport.value.as_str(), &passport.state),
        (IdentifierKind::Passport, "X00000901", &Some(korea))
    );
    assert!(noone.updated.is_empty());
    assert_eq!(person("IRi.901").birth_dates, ["1955..1958".parse().unwrap()]);
    let ibn = person("QDi.901");
    assert_eq!(ibn.primary_name(), "IMAGINARY IBN EXAMPLE");
    let dates: Vec<_> = ibn.birth_dates.iter().map(ToString::to_string).collect();
    assert_eq!(dates, ["about 1970", "1971"], "an alias may have its own date of birth");
    assert_eq!(ibn.names[3].quality, NameQuality::Low);
    assert_eq!(ibn.listed_on, Some("2015-07-01".parse().unwrap()));
    assert_eq!(
        (ibn.identifiers[0].label.as_str(), ibn.identifiers[0].kind),
        ("National Identification Number", IdentifierKind::NationalId)
    );
}

#[test]
fn suspicious_values_are_noticed_and_kept() {
    let text = EXAMPLE
        .replace("<QUALITY>Low</QUALITY>", "<QUALITY>Poor</QUALITY>")
        .replace("2009-04-24", "3017-08-22")
        .replace("<GENDER>Female</GENDER>", "<GENDRE>Female</GENDRE>")
        .replace("1 Nowhere Street", "????? Street")
        .replace("IRe.901", "Iran 901");
    let (listings, reading) = parse(&text).unwrap();
    assert_eq!(listings.len(), 8);
    let findings: Vec<_> = reading.notices.iter().map(|n| n.finding.as_str()).collect();
    for expected in
        ["QUALITY `Poor`", "lies after the day", "`GENDRE` is not known", "run of `?`", "not of the form"]
    {
        assert!(findings.iter().any(|f| f.contains(expected)), "{expected}: {findings:?}");
    }
    assert!(reading.notices.iter().all(|n| n.line > 4 && !n.entry.is_empty()));
}

#[test]
fn what_contradicts_a_list_refuses_it_whole() {
    for (from, to, finding) in [
        (
            "<REFERENCE_NUMBER>KPe.901</REFERENCE_NUMBER>",
            "<REFERENCE_NUMBER> </REFERENCE_NUMBER>",
            "without REFERENCE_NUMBER",
        ),
        ("KPe.902 ", "kpe.901", "a second time"),
        ("<FIRST_NAME>FICTIONAL LANTERN FOUNDATION</FIRST_NAME>", "<FIRST_NAME/>", "without a name"),
        ("dateGenerated=\"2026-01-15T00:00:04.100Z\"", "", "dateGenerated is `nothing`"),
        ("dateGenerated=\"2026-01-15T", "dateGenerated=\"15.1.2026T", "dateGenerated is `15.1.2026T"),
        ("CONSOLIDATED_LIST", "HTML", "root element `HTML`"),
        ("ENTITIES>", "BODIES>", "`BODIES`"),
        ("INDIVIDUAL>", "PERSON>", "`PERSON`"),
        ("<ENTITIES>", "<ENTITIES>stray", "text `stray`"),
    ] {
        let refusal = parse(&EXAMPLE.replace(from, to)).unwrap_err();
        assert!(refusal.finding.contains(finding), "{finding}: {refusal}");
        assert!(refusal.line > 0 && !refusal.remedy.is_empty() && refusal.file == "consolidated.xml");
    }
    let half = EXAMPLE.split("<ENTITIES>").next().unwrap().to_owned() + "</CONSOLIDATED_LIST>";
    assert!(parse(&half).unwrap_err().finding.contains("no element `ENTITIES`"));
}

#[test]
fn line_ends_and_declarations_do_not_matter() {
    let (plain, _) = parse(EXAMPLE).unwrap();
    let dos = EXAMPLE.replace('\n', "\r\n");
    let (crlf, _) = parse(&dos).unwrap();
    assert_eq!(plain, crlf);
    let (bare, _) = parse(EXAMPLE.split_once('\n').unwrap().1).unwrap();
    assert_eq!(plain, bare);
}

#[test]
fn joined_aliases_are_parted_and_stray_brackets_go() {
    assert_eq!(pieces("A (B) C"), ["A (B) C"]);
    assert_eq!(pieces("A; B (C); D"), ["A", " B (C)", " D"]);
    let parted: Vec<_> =
        pieces("مثال (the Example; Al-Mithal)").iter().map(|p| p.trim().to_owned()).collect();
    assert_eq!(parted, ["مثال", "the Example", "Al-Mithal"]);
    assert_eq!(with_language("ምሳሌ (Tigrinya)"), ("ምሳሌ ", Some("Tigrinya".to_owned())));
    assert_eq!(with_language("Example (Ltd)"), ("Example (Ltd)", None));
}
