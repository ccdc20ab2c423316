//! The reader of the CSV set, on invented files.

use super::*;

const SDN: &str = include_str!("../../../../examples/lists/ofac/sdn-2026-01/sdn.csv");
const ALT: &str = include_str!("../../../../examples/lists/ofac/sdn-2026-01/alt.csv");
const ADD: &str = include_str!("../../../../examples/lists/ofac/sdn-2026-01/add.csv");
const COMMENTS: &str = include_str!("../../../../examples/lists/ofac/sdn-2026-01/sdn_comments.csv");

fn parse(files: [&str; 4]) -> Result<(Vec<Listing>, Reading), Refusal> {
    let list = "own/test".parse().unwrap();
    let state_of = |name: &str| (name == "Exampleland").then(|| "XA".parse().unwrap());
    let context =
        Context { list: &list, bundle: &[], today: "2026-01-20".parse().unwrap(), state_of: &state_of };
    let names = ["sdn.csv", "alt.csv", "add.csv", "sdn_comments.csv"];
    let inputs = names.iter().zip(files);
    let inputs =
        inputs.map(|(name, text)| SourceInput { name: (*name).into(), bytes: Box::new(text.as_bytes()) });
    let mut listings = Vec::new();
    let mut sink = |listing| {
        listings.push(listing);
        Ok(())
    };
    let reading = read(inputs.collect(), context, &mut sink)?;
    Ok((listings, reading))
}

fn example() -> Vec<Listing> {
    parse([SDN, ALT, ADD, COMMENTS]).unwrap().0
}

#[test]
fn one_entity_field_by_field() {
    let listings = example();
    let ridge = &listings[0];
    assert_eq!((ridge.id.native.as_str(), ridge.kind), ("990001", PartyKind::Organization));
    let names: Vec<_> =
        ridge.names.iter().map(|n| (n.text.as_str(), n.kind.word(), n.quality.word())).collect();
    assert_eq!(
        names,
        [
            ("EXAMPLE RIDGE TRADING CORPORATION", "primary", "good"),
            ("ERTC", "alias", "good"),
            ("EXAMPLE HILL TRADING", "former", "good"),
            ("RIDGE RUNNER", "alias", "low"),
        ]
    );
    let codes: Vec<_> = ridge.programmes.iter().map(|p| p.code.as_str()).collect();
    assert_eq!(codes, ["DPRK2", "NPWMD"]);
    assert_eq!(ridge.addresses[0].text, "1 Nowhere Street, Sampletown 00901");
    assert_eq!(ridge.addresses[0].state.as_ref().unwrap().code.unwrap().as_str(), "XA");
    assert_eq!((ridge.listed_on.as_ref(), ridge.updated.len()), (None, 0));
    assert!(ridge.source.iter().any(|v| v.key == "Program" && v.value == "DPRK2] [NPWMD"));
    assert!(ridge.source.iter().any(|v| v.key == "alt_num" && v.value == "91"));
}

#[test]
fn persons_are_turned_round_and_nobody_else_is() {
    let listings = example();
    let person = &listings[1];
    assert_eq!(person.primary_name(), "Placeholder Sample MUSTERPERSON");
    assert_eq!(person.names[0].verbatim.as_deref(), Some("MUSTERPERSON, Placeholder Sample"));
    assert_eq!(person.names[1].text, "P. S. MUSTER");
    let dates: Vec<_> = person.birth_dates.iter().map(ToString::to_string).collect();
    assert_eq!(dates, ["1948-12-10", "about 1951"]);
    let kinds: Vec<_> = person.identifiers.iter().map(|i| (i.kind.word(), i.value.as_str())).collect();
    assert_eq!(kinds, [("passport", "X0000902"), ("national-id", "00-902")]);
    assert_eq!(person.related, ["EXAMPLE RIDGE TRADING CORPORATION"]);
    let states: Vec<_> = person.states.iter().map(|s| (s.relation.word(), s.state.text.as_str())).collect();
    assert_eq!(states, [("nationality", "Exampleland"), ("birth", "Exampleland"), ("address", "Otherland")]);
    let firm = SDN.replace("EXAMPLE RIDGE TRADING CORPORATION\",-0-", "EXAMPLE RIDGE CO., LTD.\",-0-");
    assert_eq!(parse([&firm, ALT, ADD, COMMENTS]).unwrap().0[0].primary_name(), "EXAMPLE RIDGE CO., LTD.");
}

#[test]
fn remarks_cut_inside_of_a_word_are_joined() {
    let listings = example();
    let ship = &listings[2];
    assert_eq!(ship.kind, PartyKind::Vessel);
    assert!(ship.remarks.ends_with("Secondary sanctions risk: invented."));
    assert!(
        !ship.related.is_empty()
            && ship
                .related
                .iter()
                .all(|r| r.starts_with("INVENTED SHIPPING NUMBER ") && r.ends_with(" LIMITED")
                    || r == "Invented Harbour Shipping Company"),
        "{:?}",
        ship.related
    );
    let kinds: Vec<_> = ship.identifiers.iter().map(|i| (i.kind.word(), i.value.as_str())).collect();
    assert_eq!(kinds, [("call-sign", "XAMP1"), ("imo", "0009902"), ("mmsi", "000009902")]);
    let flags: Vec<_> = ship.states.iter().map(|s| s.relation.word()).collect();
    assert_eq!(flags, ["flag", "former-flag", "former-flag"]);
    assert!(ship.addresses.is_empty());
    assert_eq!(listings[3].kind, PartyKind::Aircraft);
    assert_eq!(listings[3].identifiers[0].value, "0000904");
}

#[test]
fn line_ends_and_end_marks_do_not_matter() {
    let plain = example();
    let strip = |text: &str| text.replace(['\r', '\u{1a}'], "");
    let bare = [SDN, ALT, ADD, COMMENTS].map(strip);
    assert_eq!(parse([&bare[0], &bare[1], &bare[2], &bare[3]]).unwrap().0, plain);
    let unended = bare.clone().map(|t| t.trim_end().to_owned());
    assert_eq!(parse([&unended[0], &unended[1], &unended[2], &unended[3]]).unwrap().0, plain);
    // Seen in a file of 2019: the last null mark has lost its end.
    let clipped = unended[1].strip_suffix('-').unwrap();
    assert_eq!(parse([&unended[0], clipped, &unended[2], &unended[3]]).unwrap().0, plain);
    let marks = SDN.replace("\r\n990002", "\r\n\u{1a}990002");
    assert_eq!(parse([&marks, ALT, ADD, COMMENTS]).unwrap().0, plain);
}

#[test]
fn what_contradicts_a_set_refuses_it_whole() {
    let doubled = format!("{SDN}{SDN}");
    let twice = format!("{ALT}{ALT}");
    let short = SDN.replace(",\"CUBA\"", "").replace("\"XAMP1\",", "");
    let nameless = SDN.replace("\"EXAMPLE STAR\"", "\" \"");
    let cut = SDN.split("990004").next().unwrap();
    let without = SDN.replace("990001", "990009");
    let null = SDN.replacen("-0- ", "\"-0- \"", 1).replacen("-0- ,", "none,", 1);
    let accent = SDN.replace("Placeholder", "Plácéholder");
    let open = SDN.trim_end_matches(['\u{1a}', '\n', '\r', '"']);
    for (files, file, finding) in [
        ([doubled.as_str(), ALT, ADD, COMMENTS], "sdn.csv", "a second time"),
        ([SDN, &twice, ADD, COMMENTS], "alt.csv", "a second time"),
        ([&short, ALT, ADD, COMMENTS], "sdn.csv", "11 fields, 12 expected"),
        ([&nameless, ALT, ADD, COMMENTS], "sdn.csv", "without a name"),
        ([&without, ALT, ADD, COMMENTS], "alt.csv", "which sdn.csv does not hold"),
        ([&null, ALT, ADD, COMMENTS], "sdn.csv", "without quotation marks"),
        ([&accent, ALT, ADD, COMMENTS], "sdn.csv", "byte 0xC3"),
        ([open, ALT, ADD, COMMENTS], "sdn.csv", "cut short"),
        ([ALT, SDN, ADD, COMMENTS], "alt.csv", "12 fields, 5 expected"),
    ] {
        let refusal = parse(files).unwrap_err();
        assert!(refusal.file == file && refusal.finding.contains(finding), "{finding}: {refusal}");
    }
    // A cut between two rows shows where other files of the set speak of what is gone; here none does.
    assert_eq!(parse([cut, ALT, ADD, COMMENTS]).unwrap().0.len(), 3);
}

#[test]
fn suspicious_values_are_noticed_and_kept() {
    let sdn = SDN
        .replace("\"vessel\"", "\"submarine\"")
        .replace("DOB 10 Dec 1948", "DOB 10 Dec 3017; DOB long ago");
    let alt = ALT.replace("\"fka\"", "\"pka\"");
    let comments = format!("{COMMENTS}990099,\"left over\"\r\n");
    let (listings, reading) = parse([&sdn, &alt, ADD, &comments]).unwrap();
    assert_eq!(listings[2].kind, PartyKind::Unknown);
    for expected in [
        "SDN_Type `submarine`",
        "lies after",
        "`long ago` cannot be read",
        "alt_type `pka`",
        "not in the list",
    ] {
        assert!(
            reading.notices.iter().any(|n| n.finding.contains(expected)),
            "{expected}: {:?}",
            reading.notices
        );
    }
}
