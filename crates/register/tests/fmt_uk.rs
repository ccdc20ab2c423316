//! The sanctions list of the United Kingdom in its three forms: invented parties field by field, the same from every form, the official row, damage.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests; a fault ends the test"
)]

mod common;

use comity_model::StateCode;
use comity_model::listing::{Listing, NameKind, PartyKind};
use comity_register::Refusal;
use common::{damage, details, identifiers, names, plain, read, read_with_states, shared_file, states};

const CSV: &[u8] = include_bytes!("fixtures/uk-list.csv");
const XML: &[u8] = include_bytes!("fixtures/uk-list.xml");
const OFSI: &[u8] = include_bytes!("fixtures/ofsi-conlist.csv");

fn csv(bytes: &[u8]) -> Result<Vec<Listing>, Refusal> {
    read("uk-csv", &[("list.csv", bytes)]).map(|(listings, _)| listings)
}

fn xml(bytes: &[u8]) -> Result<Vec<Listing>, Refusal> {
    read("uk-xml", &[("list.xml", bytes)]).map(|(listings, _)| listings)
}

fn ofsi(bytes: &[u8]) -> Result<Vec<Listing>, Refusal> {
    read("ofsi-csv", &[("ConList.csv", bytes)]).map(|(listings, _)| listings)
}

fn state_of(name: &str) -> Option<StateCode> {
    let code = match name {
        "Iran" => "IR",
        "Comoros" => "KM",
        "India" => "IN",
        "Russia" => "RU",
        _ => return None,
    };
    code.parse().ok()
}

#[test]
fn one_person_field_by_field() {
    let (listings, reading) = read_with_states("uk-csv", &[("list.csv", CSV)], &state_of).unwrap();
    assert_eq!(reading.date.unwrap().to_string(), "2026-10-08");
    assert_eq!((reading.entries, listings.len()), (4, 4));
    let findings: Vec<&str> = reading.notices.iter().map(|n| n.finding.as_str()).collect();
    assert_eq!(findings, ["the UN Reference Number `QDE.901` is not of the form KPe.001"]);
    let sam = &listings[0];
    assert_eq!((sam.id.to_string().as_str(), sam.kind), ("own/test/INU9001", PartyKind::Person));
    assert_eq!(
        names(sam),
        [
            ("Sam Ibn EXAMPLE", "primary", "good", ""),
            ("Sam EXAMPEL", "alias", "good", ""),
            ("Sammy Example", "alias", "good", ""),
            ("The Example", "alias", "low", ""),
            ("سام إكزامبل", "original-script", "good", "Farsi"),
        ]
    );
    assert_eq!(sam.names[4].script.as_deref(), Some("Arab"));
    assert_eq!(plain(&sam.birth_dates), ["1958", "1960", "1961-05", "1959-04-09"]);
    assert_eq!(sam.birth_places.len(), 1);
    assert_eq!(sam.birth_places[0].text, "Exampleville");
    assert_eq!(states(sam), ["nationality IR", "nationality Exampleland", "birth IR", "address IR"]);
    assert_eq!(sam.addresses.len(), 2);
    assert_eq!(sam.addresses[0].text, "1 Example Street, Exampleville, 00000");
    assert_eq!(sam.addresses[1].text, "");
    assert_eq!(
        identifiers(sam),
        [
            ("passport", "Z9000001", "Passport number, Issued 1 Jan 2001"),
            ("passport", "Z9000002", "Passport number"),
            ("national-id", "9000-1", "National Identifier number, identity card"),
            ("phone", "+98 00 000", "Phone number"),
            ("website", "www.example.org", "Website"),
            ("email", "sam@example.org", "Email address"),
        ]
    );
    let programme = &sam.programmes[0];
    assert_eq!(programme.code, "INU");
    assert_eq!(programme.text, "The Iran (Sanctions) (Nuclear) (EU Exit) Regulations 2019");
    assert_eq!(programme.basis, [programme.text.as_str()]);
    assert_eq!(programme.effects, ["Asset freeze", "Travel Ban"], "doubled ones once");
    assert_eq!(programme.from.as_ref().unwrap().to_string(), "2006-12-24");
    assert_eq!(sam.references, ["IRi.901"]);
    assert_eq!(sam.listed_on.as_ref().unwrap().to_string(), "2006-12-24");
    assert_eq!(plain(&sam.updated), ["2026-04-14"]);
    assert_eq!(
        details(sam),
        [
            ("title", "Dr"),
            ("function", "Head of the Example Office"),
            ("gender", "Male"),
            ("reason", "An invented reason."),
            ("note", "Designation source: UN"),
            ("note", "OFSI Group ID: 90001"),
        ]
    );
    assert_eq!(sam.remarks, "Held two posts, at once.");
    let other = sam.source.iter().find(|v| v.key == "Other Information").unwrap();
    assert_eq!(other.value, " Held two posts,\nat once. ", "word for word");
}

#[test]
fn bodies_and_ships_have_what_they_have() {
    let (listings, _) = read_with_states("uk-csv", &[("list.csv", CSV)], &state_of).unwrap();
    let (plant, star, front) = (&listings[1], &listings[2], &listings[3]);
    assert_eq!(
        names(plant),
        [
            ("NORTHERN EXAMPLE PLANT", "primary", "good", ""),
            ("Northern Plant LLC", "alias", "good", ""),
            ("Северный завод", "original-script", "good", "Russian"),
        ],
        "a body wrongly filled in names 1 to 5 reads the same"
    );
    assert_eq!(
        identifiers(plant),
        [
            ("tax-id", "9900000002", "Business registration number (s), INN"),
            ("registration", "9900000000002", "Business registration number (s), OGRN"),
            ("registration", "BR-99-XY", "Business registration number (s)"),
        ]
    );
    assert_eq!(plant.related, ["Example Holding JSC", "Example Subsidiary LLC"]);
    assert_eq!((plant.programmes[0].code.as_str(), plant.references.len()), ("RUS", 0));
    assert_eq!(star.kind, PartyKind::Vessel);
    assert_eq!(star.programmes[0].code, "DPR:UN", "the Council's, and no entry of its list");
    assert_eq!(
        identifiers(star),
        [("other", "HIN-99", "Hull identification number (HIN)"), ("imo", "9990011", "IMO number")]
    );
    assert_eq!(states(star), ["flag KM", "former-flag IN"]);
    assert_eq!(
        details(star),
        [
            ("craft-type", "Bulk Carrier"),
            ("tonnage", "7078"),
            ("craft-owner", "Example Shipping Ltd"),
            ("built", "2011"),
            ("note", "Previous owner/operator: Sample Shipping Ltd"),
            ("note", "Designation source: UN"),
            ("note", "Length of ship: 120"),
        ]
    );
    assert_eq!(star.related, ["Example Shipping Ltd", "Sample Shipping Ltd"]);
    assert_eq!(front.references, ["QDE.901"], "a slip is kept as the list writes it");
    assert_eq!(front.names[0].kind, NameKind::Primary, "`Primary name` and `Primary Name` are one");
}

#[test]
fn rows_and_elements_give_the_same_designations() {
    let (rows, _) = read("uk-csv", &[("list.csv", CSV)]).unwrap();
    let (elements, reading) = read("uk-xml", &[("list.xml", XML)]).unwrap();
    assert_eq!(reading.date.unwrap().to_string(), "2026-10-08");
    let without_source = |mut listings: Vec<Listing>| {
        listings.iter_mut().for_each(|l| l.source.clear());
        listings
    };
    assert_eq!(without_source(rows), without_source(elements));
}

#[test]
fn the_older_form_gives_the_same_ids() {
    let (listings, reading) = read_with_states("ofsi-csv", &[("ConList.csv", OFSI)], &state_of).unwrap();
    assert_eq!(reading.date.unwrap().to_string(), "2025-06-03");
    assert!(reading.notices.is_empty(), "{:?}", reading.notices);
    let ids: Vec<&str> = listings.iter().map(|l| l.id.native.as_str()).collect();
    assert_eq!(ids, ["INU9001", "GHR9050", "BEL9045", "OFSI-90006"]);
    let codes: Vec<&str> = listings.iter().map(|l| l.programmes[0].code.as_str()).collect();
    assert_eq!(codes, ["INU", "GHR", "BEL", "Democratic People's Republic of Korea"]);
    let sam = &listings[0];
    assert_eq!(
        names(sam),
        [
            ("Sam Ibn EXAMPLE", "primary", "good", ""),
            ("Sammy Example", "alias", "good", ""),
            ("The Example", "alias", "low", ""),
            ("Sam EXAMPEL", "former", "good", ""),
            ("سام إكزامبل", "original-script", "good", "Farsi"),
        ]
    );
    assert_eq!(plain(&sam.birth_dates), ["1958", "1959-04-09"]);
    assert_eq!(sam.references, ["IRi.901"]);
    assert_eq!(sam.remarks, "Held two posts (at once).");
    assert_eq!(states(sam), ["nationality IR", "nationality Exampleland", "birth IR", "address IR"]);
    assert_eq!(
        identifiers(sam),
        [
            ("passport", "Z9000001", "Passport number, Issued 1 Jan 2001"),
            ("passport", "Z9000002", "Passport number, Expired"),
            ("national-id", "9000-1", "National Identifier number"),
            ("phone", "+98 00 000", "Phone number"),
            ("phone", "+98 00 001", "Phone number"),
        ]
    );
    assert!(
        details(sam).contains(&("reason", "An invented reason."))
            && details(sam).contains(&("gender", "Male"))
    );
    assert_eq!(sam.listed_on.as_ref().unwrap().to_string(), "2006-12-24");
    assert_eq!(listings[1].names, listings[2].names, "one group, two designations");
    assert_eq!(listings[1].related, ["Example Holding JSC"]);
    assert_eq!(identifiers(&listings[1])[0].0, "tax-id");
    assert_eq!((listings[3].kind, states(&listings[3])), (PartyKind::Vessel, vec!["flag KM".to_owned()]));
}

#[test]
fn suspicious_values_are_kept_and_told() {
    let text = std::str::from_utf8(CSV).unwrap();
    for (from, to, finding) in [
        ("dd/mm/1958", "15/08/19yy", "D.O.B `15/08/19yy` is no date"),
        ("dd/mm/1958", "dd/mm/3017", "lies after the day of reading"),
        ("IMO9990011", "IMO99900", "has not seven digits"),
        (",Ship,UN,", ",Balloon,UN,", "Designation Type `balloon`"),
        (",Ship,UN,", ",Ship,EU,", "Designation source `EU`"),
        ("Primary Name Variation", "Nickname", "Name type `nickname`"),
        ("Low quality a.k.a", "So-so", "Alias strength `so-so`"),
        ("The Example", "?????", "has no letter"),
        ("Primary name,", "Alias,", "no Primary Name"),
        ("INU9001,90001,IRi.901", "INU9001,90001,IRx901", "`IRx901` is not of the form"),
        ("29/06/2022", "29/06/2922", "lies after the day of reading"),
    ] {
        let (_, reading) = read("uk-csv", &[("f", text.replace(from, to).as_bytes())]).unwrap();
        assert!(reading.notices.iter().any(|n| n.finding.contains(finding)), "{to}: {:?}", reading.notices);
    }
    let wider =
        text.replacen("Last Updated,", "Last Updated,Shoe size,", 1).replace("/2026,INU", "/2026,44,INU");
    let refusal = csv(wider.as_bytes()).unwrap_err();
    assert!(refusal.finding.contains("58 fields, 59 expected"), "{refusal}");
}

#[test]
fn what_contradicts_a_list_refuses_it_whole() {
    let text = std::str::from_utf8(CSV).unwrap();
    for (from, to, finding) in [
        ("Report Date: 08-Oct-2026", "Report Date: 38-Oct-2026", "Report Date: 08-Oct-2026` expected"),
        ("Report Date: 08-Oct-2026\n", "", "expected"),
        ("UN Reference Number", "UN Ref", "UN Reference Number are missing"),
        ("D.O.B", "IMO number", "two columns `IMO number`"),
        (",RUS9002,", ",,", "without Unique ID"),
        ("EXAMPLE FRONT", "", "without a name"),
    ] {
        let refusal = csv(text.replacen(from, to, 1).as_bytes()).unwrap_err();
        assert!(refusal.finding.contains(finding), "{to}: {refusal}");
    }
    let text = std::str::from_utf8(XML).unwrap();
    for (from, to, finding) in [
        ("<UniqueID>RUS9002", "<UniqueID>INU9001", "a second time"),
        ("<UniqueID>RUS9002</UniqueID>", "", "without Unique ID"),
        ("<DateGenerated>08/10/2026", "<DateGenerated>yesterday", "DateGenerated is `yesterday`"),
        ("<Name6>EXAMPLE FRONT</Name6>", "", "without a name"),
        ("EXAMPLE FRONT", "&front;", "the entity `&front;`"),
    ] {
        let refusal = xml(text.replacen(from, to, 1).as_bytes()).unwrap_err();
        assert!(refusal.finding.contains(finding), "{to}: {refusal}");
    }
    assert!(ofsi(CSV).is_err() && csv(OFSI).is_err(), "one form is not taken for the other");
    assert!(xml(b"<CONSOLIDATED_LIST/>").unwrap_err().finding.contains("`Designations` expected"));
}

#[test]
fn the_official_row_says_what_a_plain_scan_of_it_says() {
    let Some(bytes) = shared_file("uk/uk-csv-sample/UK-Sanctions-List.sample.csv") else { return };
    let (listings, reading) = read("uk-csv", &[("UK-Sanctions-List.csv", &bytes)]).unwrap();
    assert_eq!(reading.date.unwrap().to_string(), "2026-10-08");
    assert_eq!((listings.len(), reading.notices_total), (1, 0), "{:?}", reading.notices);
    let text = String::from_utf8(bytes).unwrap();
    let header: Vec<&str> = text.lines().nth(1).unwrap().split(',').collect();
    assert_eq!(header.len(), 58);
    // A plain scan: commas part, but not inside of quotation marks.
    let (mut cells, mut inside) = (vec![String::new()], false);
    for c in text.lines().nth(2).unwrap().chars() {
        match c {
            '"' => inside = !inside,
            ',' if !inside => cells.push(String::new()),
            c => cells.last_mut().unwrap().push(c),
        }
    }
    assert_eq!(cells.len(), 58);
    let cell = |name: &str| cells[header.iter().position(|h| *h == name).unwrap()].as_str();
    let ship = &listings[0];
    assert_eq!((ship.id.native.as_str(), ship.kind), (cell("Unique ID"), PartyKind::Vessel));
    assert_eq!(names(ship), [(cell("Name 6"), "primary", "good", "")]);
    assert_eq!(format!("IMO{}", ship.identifiers[0].value), cell("IMO number"));
    assert_eq!(ship.programmes[0].text, cell("Regime Name"));
    assert_eq!(ship.programmes[0].code, cell("Unique ID").trim_end_matches(char::is_numeric));
    assert_eq!(ship.programmes[0].effects, [cell("Sanctions Imposed").split('|').next().unwrap()]);
    assert_eq!(states(ship), [format!("flag {}", cell("Current believed flag of ship"))]);
    assert_eq!(ship.related, [cell("Current owner/operator (s)")]);
    assert!(details(ship).contains(&("craft-type", cell("Type of ship"))));
    assert!(details(ship).contains(&("built", cell("Year Built"))));
    assert!(details(ship).contains(&("reason", cell("UK Statement of Reasons").trim())));
    assert_eq!(ship.remarks, cell("Other Information").trim());
    let [day, month, year] = cell("Date Designated").split('/').collect::<Vec<_>>()[..] else { panic!() };
    assert_eq!(ship.listed_on.as_ref().unwrap().to_string(), format!("{year}-{month}-{day}"));
    for (name, value) in header.iter().zip(&cells).filter(|(_, v)| !v.trim().is_empty()) {
        assert!(ship.source.iter().any(|v| v.key == *name && v.value == *value), "{name}");
    }
}

#[test]
fn damage_gives_a_whole_list_or_a_refusal() {
    type Read = fn(&[u8]) -> Result<Vec<Listing>, Refusal>;
    for (bytes, read) in [(CSV, csv as Read), (OFSI, ofsi)] {
        let whole = read(bytes).unwrap();
        let outcome = damage::truncated(bytes, 2000, read, |at, listings| {
            // What is left are whole rows, but for the last cell of the last one.
            let last = bytes[at..].split(|b| *b == b'\n').next().unwrap();
            let row_ends = bytes[..at].ends_with(b"\n");
            assert!(row_ends || !last.contains(&b','), "cut at {at}");
            assert!(
                listings
                    .iter()
                    .all(|l| whole.iter().any(|w| w.id == l.id) || l.id.native.starts_with("OFSI-"))
            );
        });
        assert!(outcome.refused > 1000, "{outcome:?}");
        let outcome = damage::flipped(bytes, 10_000, read);
        println!("{outcome:?}");
        assert!(outcome.refused > 0 && outcome.read > 0);
        assert!(read(&damage::utf16(bytes)).is_err() && read(&damage::doubled(bytes)).is_err());
        // Other scripts turned into question marks leave ASCII: nothing of it is searched for.
        let lost = read(&damage::latin1(bytes)).unwrap();
        assert!(lost.iter().flat_map(|l| &l.names).all(|n| n.text.chars().any(char::is_alphanumeric)));
        assert!(lost.iter().flat_map(|l| &l.names).count() < whole.iter().flat_map(|l| &l.names).count());
        assert_eq!(read(&[bytes, b"\x1a"].concat()).unwrap(), whole);
        assert_eq!(read(&damage::other_line_ends(bytes)).unwrap().len(), whole.len());
    }
    let whole = xml(XML).unwrap();
    let end = XML.iter().rposition(|b| *b == b'>').unwrap();
    damage::truncated(XML, 2000, xml, |at, listings| assert!(at > end && listings == whole, "cut at {at}"));
    let outcome = damage::flipped(XML, 10_000, xml);
    println!("{outcome:?}");
    assert!(outcome.refused > 0 && outcome.read > 0);
    let bomb = XML.to_vec();
    let bomb = String::from_utf8(bomb).unwrap().replacen(
        "<Designations>",
        "<!DOCTYPE d [<!ENTITY a 'aaaa'>]><Designations>",
        1,
    );
    for bytes in [damage::utf16(XML), damage::doubled(XML), bomb.into_bytes(), [XML, b"\x1a"].concat()] {
        assert!(xml(&bytes).is_err());
    }
    if let Some(bytes) = shared_file("uk/uk-csv-sample/UK-Sanctions-List.sample.csv") {
        println!("{:?}", damage::flipped(&bytes, 200, csv));
    }
}
