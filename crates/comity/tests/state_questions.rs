//! `comity state universality` and `safeguards`, groups, life, unverified facts, renaming: what is printed, the JSON beside it, and bad input.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

mod common;

use std::path::Path;

use comity::state::{
    SafeguardsOptions, TreatyOptions, UniversalityOptions, checkpoints, curve_csv, curve_svg, read_facts,
    safeguards, show, standing, treaty, universality,
};
use comity_model::standing::{GroupKind, States};
use comity_model::{Day, StateCode};
use comity_pack::states::with_unverified;
use common::{comity, empty, file};
use serde_json::Value;

fn states() -> States {
    let mut faults = Vec::new();
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/states");
    let states = comity_pack::states::load(&dir, &mut faults);
    assert!(faults.is_empty(), "{faults:#?}");
    states
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn of(treaties: &[&str]) -> UniversalityOptions {
    UniversalityOptions { treaties: treaties.iter().map(|t| (*t).to_owned()).collect(), ..Default::default() }
}

fn supply(material: &str, purpose: &str) -> SafeguardsOptions {
    SafeguardsOptions { material: material.to_owned(), purpose: purpose.to_owned(), ..Default::default() }
}

fn naval() -> SafeguardsOptions {
    SafeguardsOptions { enrichment: Some("93 %".to_owned()), ..supply("uranium", "naval-propulsion") }
}

/// Columns on a screen: wide scripts take two.
fn width(line: &str) -> usize {
    line.chars().map(|c| if c >= '\u{2e80}' { 2 } else { 1 }).sum()
}

const LOADED: [&str; 6] = ["holdout", "failing", "rogue", "refuses", "violat", "delinquent"];

#[test]
fn texts_are_80_columns_wide_and_neutral() {
    let states = states();
    let mut texts = Vec::new();
    for on in ["1960-01-01", "2011-06-30", "2026-08-22", "2026-11-21"].map(day) {
        texts.push(universality(&states, on, &of(&[])).unwrap().0);
        for t in &states.treaties {
            for by in [None, Some(GroupKind::Regional), Some(GroupKind::Category)] {
                let options = UniversalityOptions {
                    between: Some((day("1990-01-01"), on.max(day("1990-01-01")))),
                    joining: vec!["IN".into(), "Israel".into()],
                    by,
                    curve: true,
                    ..of(&[&t.id])
                };
                texts.push(universality(&states, on, &options).unwrap().0);
            }
        }
        for (a, b) in [("US", "AU"), ("IN", "KP"), ("FR", "GN"), ("KR", "CN")] {
            texts.push(safeguards(&states, a, b, on, &naval()).unwrap().0);
        }
        texts.push(treaty(&states, "1540", on, TreatyOptions::default()).unwrap().0);
    }
    for text in &texts {
        for line in text.lines() {
            assert!(width(line) <= 80, "{line}");
            assert_eq!(line, line.trim_end());
        }
        let lower = text.to_lowercase();
        assert!(LOADED.iter().all(|word| !lower.contains(word)), "{text}");
    }
}

#[test]
fn universality_tells_who_is_outside_what_changed_and_what_would() {
    let states = states();
    let options = UniversalityOptions {
        between: Some((day("2023-11-02"), day("2026-08-22"))),
        joining: vec!["India".into(), "USA".into()],
        curve: true,
        ..of(&["ctbt", "CTBT"])
    };
    let (text, json) = universality(&states, day("2026-08-22"), &options).unwrap();
    assert_eq!(json["treaties"].as_array().unwrap().len(), 1, "a treaty named twice stands once");
    let t = &json["treaties"][0];
    assert_eq!(
        (t["parties"].as_u64(), t["signatories"].as_u64(), t["none"].as_u64()),
        (Some(179), Some(9), Some(9))
    );
    assert_eq!(t["changes"]["joined"], serde_json::json!(["PG", "TO"]));
    assert_eq!(t["changes"]["left"], serde_json::json!(["RU"]));
    assert_eq!(t["if_joined"]["after"], 181);
    assert_eq!(t["if_joined"]["all_of_default_standing"], serde_json::json!({"before": 173, "after": 174}));
    assert_eq!(t["milestones"][0]["missing"].as_array().unwrap().len(), 9);
    assert!(t["milestones"][0]["source"].as_str().unwrap().contains("test-ban"));
    assert_eq!(t["curve"].as_array().unwrap().last().unwrap()["parties"], 179);
    // By the alphabet of names, not of codes.
    let bhutan = text.find("Bhutan (BT)").unwrap();
    let dprk = text.find("Democratic People's Republic of Korea (KP)").unwrap();
    assert!(bhutan < dprk && dprk < text.find("India (IN)").unwrap(), "{text}");
    assert!(
        text.contains("RU  Russian Federation: party to signatory (withdrawal of ratification"),
        "{text}"
    );

    let options = UniversalityOptions { by: Some(GroupKind::Regional), ..of(&["BWC"]) };
    let (text, json) = universality(&states, day("2026-08-22"), &options).unwrap();
    assert!(text.contains("    African States: 54 States, 49 in\n"), "{text}");
    let groups = json["treaties"][0]["outside"].as_array().unwrap();
    assert_eq!(groups.len(), 6, "five groups and those in none");
    assert_eq!(groups[0]["outside"]["none"], serde_json::json!(["DJ", "ER", "TD"]));
    let outside: usize = groups
        .iter()
        .flat_map(|g| g["outside"].as_object().unwrap().values())
        .map(|list| list.as_array().unwrap().len())
        .sum();
    assert_eq!(outside, 8);

    let (text, json) = universality(&states, day("2026-08-22"), &of(&[])).unwrap();
    let npt = text.lines().find(|l| l.trim_start().starts_with("NPT ")).unwrap();
    let cells: Vec<&str> = npt.split_whitespace().collect();
    assert_eq!(cells[..7], ["NPT", "191", "0", "6", "0", "1", "2026-08-22"], "{text}");
    assert_eq!(
        json["table"].as_array().unwrap().len(),
        states.treaties.iter().filter(|t| t.kind.word() != "annex").count()
    );
}

#[test]
fn a_day_before_the_treaty_is_said_plainly() {
    let states = states();
    let on = day("1960-01-01");
    let said = "On 1960-01-01 there was nothing to join yet";
    let (text, json) = treaty(&states, "NPT", on, TreatyOptions::default()).unwrap();
    assert!(text.contains(said), "{text}");
    assert_eq!(json["before_treaty"], "1968-07-01");
    let (text, json) = universality(&states, on, &of(&["NPT"])).unwrap();
    assert!(text.contains(said), "{text}");
    assert_eq!(json["treaties"][0]["before_treaty"], "1968-07-01");
    let (text, _) = show(&states, "FR", on).unwrap();
    assert!(text.contains("nothing to join yet: first signature 1968-07-01"), "{text}");
    let (text, json) = treaty(&states, "NPT", day("1968-07-01"), TreatyOptions::default()).unwrap();
    assert!(!text.contains("nothing to join yet") && json["before_treaty"].is_null());
}

#[test]
fn the_curve_as_csv_and_as_a_picture_has_the_same_numbers() {
    let states = states();
    let (ids, on) = (vec!["CTBT".to_owned()], day("2026-08-22"));
    let csv = curve_csv(&states, &ids, on).unwrap();
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some("treaty,from,parties,signatories,none,unknown,contested"));
    assert!(
        csv.contains("CTBT,2023-11-03,177,")
            && csv.lines().last().unwrap().starts_with("CTBT,2026-07-07,179,9,9,0,0"),
        "{csv}"
    );
    for line in lines {
        let n: usize = line.split(',').skip(2).map(|c| c.parse::<usize>().unwrap()).sum();
        assert_eq!(n, 197, "{line}");
    }
    let svg = curve_svg(&states, &ids, on).unwrap();
    assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox="), "{svg}");
    for part in [
        "<title id=\"title\">CTBT: States over time, to 2026-08-22</title>",
        ">year</text>",
        ">number of States</text>",
        ">parties 179</text>",
        ">signatories 9</text>",
        "stroke-dasharray",
        "CTBT: data to 2026-08-22, complete",
    ] {
        assert!(svg.contains(part), "{part}");
    }
    // Alone and grey: nothing from elsewhere, no colour.
    assert!(!svg.contains("href") && !svg.contains("<style") && !svg.contains("<script"));
    for colour in svg
        .split('#')
        .skip(1)
        .map(|rest| rest.chars().take_while(char::is_ascii_hexdigit).collect::<String>())
    {
        assert!(colour.len() == 3 && colour.chars().all(|c| colour.starts_with(c)), "#{colour}");
    }
    // Balanced, and every coordinate within the frame.
    assert_eq!(svg.matches("<text").count(), svg.matches("</text>").count());
    assert_eq!(svg.matches("<g ").count(), svg.matches("</g>").count());
    for at in svg.split("x=\"").skip(1).filter_map(|rest| rest.split('"').next()?.parse::<i64>().ok()) {
        assert!((0..=800).contains(&at), "{at}");
    }
    let many = curve_svg(&states, &["NPT", "CWC", "BWC", "CTBT"].map(str::to_owned), on).unwrap();
    assert!(many.contains(">NPT 191</text>") && many.contains(">CTBT 179</text>"));
    let problem = curve_svg(&states, &ids, day("1900-01-01")).unwrap_err();
    assert_eq!(problem.message, "CTBT has no dated event up to 1900-01-01");
    assert_eq!(curve_svg(&states, &ids, on).unwrap(), svg, "the same bytes again");
}

#[test]
fn groups_and_returns_stand_with_a_state() {
    let states = states();
    let (text, json) = show(&states, "Nepal", day("2026-11-21")).unwrap();
    assert!(
        text.contains("Statistics: region Asia; part Southern Asia; among the least developed"),
        "{text}"
    );
    let groups: Vec<&str> =
        json["groups"].as_array().unwrap().iter().map(|g| g["group"].as_str().unwrap()).collect();
    assert_eq!(groups, ["ASIA-PACIFIC", "M49-142", "M49-034", "LDC", "LLDC"]);
    assert!(
        json["groups"].as_array().unwrap().iter().all(|g| g["source"].is_string() && g["as_of"].is_string())
    );
    assert!(text.contains("2026-04-15 for 2025, whether made is not known"), "{text}");
    assert_eq!(json["returns"][0]["submitted"], "unknown");
    // No party, no return.
    let (text, json) = show(&states, "Israel", day("2026-11-21")).unwrap();
    assert!(!text.contains("Returns due every year") && json["returns"] == serde_json::json!([]));
    let (text, _) = show(&states, "Greenland", day("2026-11-21")).unwrap();
    assert!(text.contains("Statistics: region Americas; part Northern America"), "{text}");
}

#[test]
fn the_life_of_a_treaty_has_outcomes_documents_and_sources() {
    let states = states();
    let (text, json) =
        treaty(&states, "BWC", day("2026-11-21"), TreatyOptions { outside: true, since: None }).unwrap();
    let life = &json["life"];
    let conferences: Vec<&Value> =
        life["happened"].as_array().unwrap().iter().filter(|e| e["kind"] == "review_conference").collect();
    assert_eq!(conferences.len(), 9);
    assert!(conferences.iter().all(|c| c["outcome"].is_string() && c["source"].is_string()));
    assert_eq!(life["returns"][0]["next"], serde_json::json!({"day": "2027-04-15", "covers": 2026}));
    assert_eq!(life["returns"][0]["submitted"], "unknown");
    assert_eq!(life["received"][0]["count"], 78);
    assert!(text.contains("2006-11-20..2006-12-08"), "{text}");
    // What rests on memory says so.
    let eighth = conferences.iter().find(|c| c["from"] == "2016").unwrap();
    assert_eq!(eighth["memory"], "from memory, not checked");
    // Nothing of a later day is told as having happened.
    let (_, json) = treaty(&states, "BWC", day("1986-09-07"), TreatyOptions::default()).unwrap();
    assert_eq!(json["life"]["happened"].as_array().unwrap().len(), 3);
    for text in ["1540", "UNSCR-1540", "resolution 1540"] {
        let (text, json) = treaty(&states, text, day("2026-11-21"), TreatyOptions::default()).unwrap();
        assert_eq!(json["instrument"], "UNSCR-1540");
        assert!(
            text.contains("has no parties") && text.contains("to come, as far as the data know"),
            "{text}"
        );
    }
    for id in ["NPT", "CWC"] {
        let (_, json) = treaty(&states, id, day("2026-11-21"), TreatyOptions::default()).unwrap();
        let n = json["life"]["happened"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|e| e["kind"] == "review_conference")
            .count();
        assert!(n >= 5, "{id}");
    }
}

#[test]
fn safeguards_tells_facts_and_chooses_no_reading() {
    let states = states();
    let options = SafeguardsOptions {
        quantity: Some("12 kg".into()),
        facts: vec!["state_notice=yes:a letter of 2023".into(), "arrangement_agreed=no".into()],
        ..naval()
    };
    let (text, json) =
        safeguards(&states, "United States", "Australia", day("2026-08-22"), &options).unwrap();
    assert_eq!(json["supplier"]["class"], "nuclear_weapon");
    assert_eq!(json["recipient"]["class"], "non_nuclear_weapon");
    assert_eq!(json["agreement"]["kind"], "comprehensive");
    assert_eq!(json["material"]["called"], "high-enriched uranium");
    assert_eq!(json["undertakings"][0]["engaged"], "disputed");
    assert_eq!(json["conditions"][0]["answer"], "met");
    assert_eq!(json["conditions"][5]["answer"], "unknown", "told without a source");
    assert!(text.contains("unknown: told as not met without a source"), "{text}");
    let readings = json["readings"].as_array().unwrap();
    let mut by_question: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    for r in readings {
        *by_question.entry(r["question"].as_str().unwrap()).or_default() += 1;
        assert!(r["source"].is_string());
        let holders = r["holders"].as_array().unwrap();
        assert_eq!(r["holders_established"], !holders.is_empty());
        assert!(holders.iter().map(|h| h.as_str().unwrap()).is_sorted());
    }
    assert!(by_question.values().all(|n| *n >= 2), "no reading stands alone: {by_question:?}");
    assert!(
        text.contains("holders not established in the data") && text.contains("held by AU, GB, US"),
        "{text}"
    );
    assert!(text.contains("Quantity: 12 kg") && text.contains("Nothing here says whether"), "{text}");
    let (text, json) =
        safeguards(&states, "US", "AU", day("2026-08-22"), &supply("plutonium", "power")).unwrap();
    assert!(json["readings"] == serde_json::json!([]) && !text.contains("Readings in dispute"), "{text}");
}

#[test]
fn a_file_of_facts_has_sources_and_its_faults_have_lines() {
    let good = "[facts.state_notice]\nholds = true\nsource = \"GOV/1\"\n\n[[report]]\ntitle = \"GOV/2\"\ndate = \"2023-05\"\nsays = \"It reports.\"\nsource = \"a page\"\n";
    let (told, reports) = read_facts("f.toml", good).unwrap();
    assert_eq!((told.len(), reports.len(), reports[0].date.to_string()), (1, 1, "2023-05".into()));
    let states = states();
    let options = SafeguardsOptions { file: (told, reports), ..naval() };
    let (text, json) = safeguards(&states, "US", "AU", day("2026-08-22"), &options).unwrap();
    assert!(
        text.contains("met; source told: GOV/1") && text.contains("GOV/2 (2023-05): It reports."),
        "{text}"
    );
    assert_eq!(json["agency_reports"][0]["title"], "GOV/2");
    for (bad, said) in [
        ("[facts.state_notice]\nholds = \"yes\"\nsource = \"x\"\n", "f.toml:2"),
        ("[facts.state_notice]\nholds = true\n", "`facts.state_notice.source` is missing"),
        ("[facts.state_notice]\nsource = \"x\"\n", "no `holds`"),
        ("[fact.state_notice]\nholds = true\n", "unknown key `fact`"),
        ("[[report]]\ntitle = \"x\"\ndate = \"2023-13\"\nsays = \"x\"\nsource = \"x\"\n", "2023-13"),
        ("[facts", "this is not TOML"),
    ] {
        let faults = read_facts("f.toml", bad).unwrap_err();
        assert!(faults.iter().any(|f| f.to_string().contains(said)), "{bad}: {faults:?}");
    }
}

#[test]
fn bad_questions_say_what_was_seen_and_what_to_do() {
    let states = states();
    let on = day("2026-08-22");
    let p = universality(&states, on, &of(&["NTP"])).unwrap_err();
    assert_eq!(
        (p.place.as_str(), p.message.as_str()),
        ("NTP", "`NTP` is the id of no treaty or regime of the data")
    );
    let p = universality(&states, on, &UniversalityOptions { joining: vec!["Corea".into()], ..of(&["NPT"]) })
        .unwrap_err();
    assert_eq!(
        p.message,
        "`Corea` may mean Democratic People's Republic of Korea (KP), Republic of Korea (KR)"
    );
    let p =
        universality(&states, on, &UniversalityOptions { joining: vec!["Hong Kong".into()], ..of(&["NPT"]) })
            .unwrap_err();
    assert!(p.message.contains("only States join treaties"), "{p:?}");
    let p = universality(
        &states,
        on,
        &UniversalityOptions { between: Some((on, day("2020-01-01"))), ..of(&["NPT"]) },
    )
    .unwrap_err();
    assert_eq!(p.message, "2020-01-01 lies before 2026-08-22");
    let p = universality(&states, on, &UniversalityOptions { curve: true, ..of(&[]) }).unwrap_err();
    assert_eq!(p.message, "no treaty is named");
    let asked =
        |s: &str, r: &str, options: &SafeguardsOptions| safeguards(&states, s, r, on, options).unwrap_err();
    assert!(asked("Frnace", "JP", &naval()).remedy.contains("France (FR)"));
    assert_eq!(asked("FR", "France", &naval()).message, "supplier and recipient are the same State");
    assert!(
        asked("FR", "JP", &supply("gold", "power")).remedy.starts_with("one of: uranium, natural-uranium")
    );
    assert!(asked("FR", "JP", &supply("plutonium", "war")).remedy.starts_with("one of: power"));
    let p = asked(
        "FR",
        "JP",
        &SafeguardsOptions { enrichment: Some("lots".into()), ..supply("uranium", "power") },
    );
    assert_eq!((p.place.as_str(), p.message.as_str()), ("--enrichment", "`lots` is no share in per cent"));
    let p = asked("FR", "JP", &SafeguardsOptions { facts: vec!["state_notice".into()], ..naval() });
    assert!(p.remedy.contains("name=yes:SOURCE"), "{p:?}");
    let p = asked("FR", "JP", &SafeguardsOptions { facts: vec!["x=yes".into()], ..naval() });
    assert!(p.remedy.starts_with("one of: state_notice"), "{p:?}");
}

const UNVERIFIED: &str = "iso3,treaty,status,date,source\r\n\
AND,AP,in force,2011-12,a note; unverified\r\n\
CHN,ATT,party,2020,a note; unverified\r\n\
PRK,IAEA,not a member,2024,a note; unverified\r\n\
IND,CSA,item-specific agreement (free words),2024,a note; unverified\r\n";

#[test]
fn unverified_facts_mark_what_they_touch_and_nothing_else() {
    let plain = states();
    let (_dir, path) = file("own.csv", UNVERIFIED);
    let beside = with_unverified(&plain, &path).unwrap();
    let with = beside.states;
    let on = day("2024-01-01");
    let status = |states: &States, who: &str, id: &str, on: Day| -> Value {
        let (_, json) = show(states, who, on).unwrap();
        json["treaties"].as_array().unwrap().iter().find(|t| t["treaty"] == id).unwrap().clone()
    };
    assert_eq!(status(&plain, "AD", "AP", on)["status"], "unknown");
    let marked = status(&with, "AD", "AP", on);
    assert_eq!(
        (marked["status"].as_str(), marked["memory"].as_str()),
        (Some("in_force"), Some("unverified: from the file that was named"))
    );
    assert!(marked["source"].as_str().unwrap().contains("own.csv"));
    assert!(show(&with, "AD", on).unwrap().0.contains("unverified: from the file that was named"));
    // The day before it says anything is untouched, in bytes.
    let before = day("2011-11-30");
    assert_eq!(show(&with, "AD", before).unwrap(), show(&plain, "AD", before).unwrap());
    // It settles no condition.
    let treaty_ref = with.treaty_ref("AP").unwrap();
    let answer = comity_engine::standing::status(&with, "AD".parse().unwrap(), treaty_ref, on);
    assert_eq!(answer.is(comity_model::standing::StatusWord::InForce), comity_model::Truth::Unknown);
    // What no status word holds is not taken, and named with its line.
    let india = status(&with, "IN", "CSA", day("2024-12-31"));
    assert_eq!(india, status(&plain, "IN", "CSA", day("2024-12-31")));
    assert_eq!(beside.not_taken.len(), 1);
    assert!(
        beside.not_taken[0]
            .to_string()
            .starts_with(&format!("{}:5: IND CSA `item-specific agreement (free words)`", path.display()))
    );
    assert_eq!(status(&with, "KP", "IAEA", day("2024-12-31"))["status"], "not_member");
    assert_eq!(
        status(&with, "KP", "IAEA", day("2025-01-01"))["status"],
        "unknown",
        "a negative holds as far as its date"
    );
    assert_eq!(status(&with, "CN", "ATT", day("2021-01-01"))["status"], "party");
    for untouched in ["FR", "KE", "US"] {
        let on = day("2026-08-22");
        assert_eq!(show(&with, untouched, on).unwrap(), show(&plain, untouched, on).unwrap());
    }
    let pair =
        |s: &States| standing(s, &["AD".into(), "FR".into()], day("2024-01-01"), Some("wide")).unwrap();
    assert_ne!(pair(&with), pair(&plain));
    assert_eq!(pair(&plain), pair(&states()), "the default results are equal in bytes");
}

#[test]
fn faults_of_an_unverified_file_have_lines_and_nothing_is_taken() {
    let plain = states();
    let said = |text: &str| -> Vec<String> {
        let (dir, path) = file("own.csv", text);
        let folder = format!("{}/", dir.path().display());
        let faults = with_unverified(&plain, &path).unwrap_err();
        // Each names the path as it was given.
        faults.iter().map(|f| f.to_string().strip_prefix(&folder).unwrap().to_owned()).collect()
    };
    let head = "iso3,treaty,status,date,source\n";
    for (bad, expected) in [
        ("XXX,AP,in force,2011,a\n", "own.csv:2: `XXX` as iso3; expected the alpha-3 code of a State"),
        (
            "FRA,XYZ,in force,2011,a\n",
            "own.csv:2: treaty `XYZ`; expected the id of a treaty or regime of the data",
        ),
        (
            "AND,AP,zombie,2011,a\n",
            "own.csv:2: `zombie` as status; expected one of the words `party`, `signatory`",
        ),
        ("AND,AP,item-specificity,2011,a\n", "own.csv:2: `item-specificity` as status"),
        ("FRA,AP,in force,2011-13,a\n", "own.csv:2: `2011-13` as date"),
        ("FRA,AP,,2011,a\n", "own.csv:2: an empty status or source"),
        ("FRA,AP,in force,2011\n", "own.csv:2: 4 fields; expected 5 fields"),
        ("AND,AP,in force,2011,a\nAND,AP,in force,2012,a\n", "own.csv:3: AND AP in force as on line 2"),
    ] {
        let seen = said(&format!("{head}{bad}"));
        assert!(seen.iter().any(|f| f.starts_with(expected)), "{bad}: {seen:?}");
    }
    assert!(said("a,b\n1,2\n")[0].contains("the columns `a,b`"));
    let missing = with_unverified(&plain, Path::new("nowhere/own.csv")).unwrap_err();
    let missing = missing[0].to_string();
    assert!(missing.starts_with("nowhere/own.csv: cannot be read"), "{missing}");
    assert!(missing.ends_with("; check the path"), "{missing}");
}

#[test]
fn unverified_facts_mark_the_counts_that_they_change() {
    let plain = states();
    let text =
        "iso3,treaty,status,date,source\nIND,NPT,party,2020-01-01,a note\nPRK,NPT,party,2024-01-01,a note\n";
    let (_dir, path) = file("own.csv", text);
    let with = with_unverified(&plain, &path).unwrap().states;
    let on = day("2026-08-22");
    let (text, json) = treaty(&with, "NPT", on, TreatyOptions::default()).unwrap();
    assert_eq!((json["parties"].as_u64(), json["contested"].as_u64()), (Some(192), Some(1)));
    assert_eq!(
        json["unverified"],
        serde_json::json!({
            "facts": 2, "count_without": 191, "states": ["IN", "KP"],
            "changes": [{"state": "IN", "from": "none", "to": "party"}],
        })
    );
    assert!(text.lines().nth(1).unwrap().starts_with("Unverified facts take part: 2"), "{text}");
    assert!(
        text.contains("parties          192  (unverified facts take part); 191 without them\n"),
        "{text}"
    );
    assert!(text.contains("changed by unverified facts: IN none to party\n"), "{text}");
    // The dispute stands with both positions, and the fact beside it.
    let korea = json["states"].as_array().unwrap().iter().find(|s| s["state"] == "KP").unwrap();
    assert_eq!(
        (korea["status"].as_str(), korea["positions"].as_array().unwrap().len()),
        (Some("contested"), 2)
    );
    assert_eq!(korea["unverified"][0]["event"], "party");
    assert!(text.contains("unverified fact beside the positions: party 2024-01-01"), "{text}");
    // So on every page that counts.
    let options = UniversalityOptions {
        joining: vec!["PK".into()],
        between: Some((day("2019-01-01"), on)),
        curve: true,
        ..of(&["NPT"])
    };
    let (text, json) = universality(&with, on, &options).unwrap();
    assert_eq!(json["unverified"]["facts"], 2);
    let npt = &json["treaties"][0];
    assert_eq!(npt["unverified"]["count_without"], 191);
    assert_eq!(npt["milestones"][0]["memory"], "unverified: from the file that was named");
    let india = npt["changes"]["all"].as_array().unwrap().iter().find(|c| c["state"] == "IN").unwrap();
    assert_eq!(india["unverified"], true);
    assert_eq!(npt["curve"].as_array().unwrap().last().unwrap()["unverified"], 2);
    assert!(text.contains("192  (unverified facts take part); 191 without them"), "{text}");
    assert!(text.lines().all(|l| width(l) <= 80), "{text}");
    assert!(curve_csv(&with, &["NPT".into()], on).unwrap().contains("contested,unverified\n"));
    assert!(curve_svg(&with, &["NPT".into()], on).unwrap().contains("unverified facts take part"));
    let (_, table) = universality(&with, on, &of(&[])).unwrap();
    assert_eq!(table["unverified"]["facts"], 2);
    let (text, json) = standing(&with, &["IN".into(), "FR".into()], on, None).unwrap();
    assert_eq!(json["unverified"]["facts"], 1);
    assert!(text.contains("Unverified facts take part: 1"), "{text}");
    assert_eq!(show(&with, "KP", on).unwrap().1["unverified"]["facts"], 1);
    let totals = "treaty,as_of,published,what,agree,source\nNPT,2026-08-22,191,parties,yes,a\n";
    let (text, json) = checkpoints(&with, Path::new("t.csv"), totals, on).unwrap();
    assert_eq!((json["rows"][0]["unverified"].as_u64(), json["findings"].as_u64()), (Some(2), Some(1)));
    assert!(text.contains("Unverified facts take part: 2"), "{text}");
    // A count that no fact touches carries no mark.
    assert_eq!(
        treaty(&with, "CWC", on, TreatyOptions::default()).unwrap(),
        treaty(&plain, "CWC", on, TreatyOptions::default()).unwrap()
    );
    // What a user's file calls a first State renames no count.
    let (_dir, path) = file("own.csv", "iso3,treaty,status,date,source\nAND,NPT,in force,1990,a note\n");
    let with = with_unverified(&plain, &path).unwrap().states;
    let (_, json) = treaty(&with, "NPT", on, TreatyOptions::default()).unwrap();
    assert_eq!(json["counted_as"], "party");
}

#[test]
fn a_list_that_its_text_fixes_has_no_unknown_and_no_parties() {
    let states = states();
    for on in ["1999-01-01", "2026-08-22", "2040-01-01"].map(day) {
        let (text, json) = treaty(&states, "CTBT-ANNEX2", on, TreatyOptions::default()).unwrap();
        assert_eq!((json["listed"].as_u64(), json["not_listed"].as_u64()), (Some(44), Some(153)), "{on}");
        assert_eq!(json["unknown"], 0, "{on}");
        assert!(json.get("parties").is_none());
        assert!(text.contains("  listed           44\n  not listed       153\n"), "{text}");
    }
}

#[test]
fn states_that_a_source_leaves_out_are_unknown_with_that_reason() {
    let states = states();
    for on in ["2024-12-31", "2020-01-01", "2026-08-22"].map(day) {
        let (_, json) = treaty(&states, "CSA", on, TreatyOptions::default()).unwrap();
        let left: Vec<&str> = json["states"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|s| s["why"] == "left_out")
            .map(|s| s["state"].as_str().unwrap())
            .collect();
        assert_eq!(left, ["CN", "FR", "GB", "IL", "IN", "KP", "PK", "RU", "US"], "{on}");
    }
    let (text, json) = treaty(&states, "CSA", day("2024-12-31"), TreatyOptions::default()).unwrap();
    assert_eq!((json["parties"].as_u64(), json["by_status"]["not_in_force"].as_u64()), (Some(184), Some(4)));
    assert_eq!((json["none"].as_u64(), json["unknown"].as_u64()), (Some(0), Some(9)));
    assert!(text.contains("the source of the table leaves this State out"), "{text}");
}

#[test]
fn many_states_are_shown_in_classes_of_twins() {
    let states = states();
    let on = day("2026-08-22");
    let all: Vec<String> = states.states.iter().map(|s| s.code.to_string()).collect();
    let (text, json) = standing(&states, &all, on, None).unwrap();
    let classes = json["twin_classes"].as_array().unwrap();
    assert_eq!(classes.len(), 13);
    assert_eq!(classes.iter().map(|c| c["states"].as_array().unwrap().len()).sum::<usize>(), 197);
    assert!(json["twins"].as_array().unwrap().is_empty(), "pairs up to 50 States only");
    assert!(text.contains("\n  173: AD AE"), "{text}");
    assert!(text.lines().all(|l| width(l) <= 80));
    let (text, json) = standing(&states, &["IN".into(), "PK".into(), "FR".into()], on, None).unwrap();
    assert!(text.contains("  2: IN PK\n  no twin here: FR\n"), "{text}");
    assert_eq!(json["twins"].as_array().unwrap().len(), 3);
    let (text, _) = standing(&states, &["IN".into(), "PK".into(), "AD".into()], on, Some("HCOC")).unwrap();
    assert!(text.contains("not known, since a status is unknown: "), "{text}");
}

#[test]
fn both_dates_of_a_conflict_are_on_screen() {
    let states = states();
    let (text, json) = show(&states, "CG", day("2026-08-22")).unwrap();
    let entry = json["treaties"].as_array().unwrap().iter().find(|t| t["treaty"] == "CPPNM").unwrap();
    assert_eq!(entry["since"], "2021-09-03");
    assert!(entry["notes"][0].as_str().unwrap().contains("2004-09-21"));
    assert!(
        entry["source"].is_string() && text.contains("2004-09-21") && text.contains("2021-09-03"),
        "{text}"
    );
}

#[test]
fn published_totals_are_compared_and_faults_have_lines() {
    let states = states();
    let head = "treaty,as_of,published,what,agree,source\n";
    let text = format!(
        "{head}NPT,2024-01-01,191,parties,yes,a\nGP1925,2024-01-01,146,parties,no: data are of 2018,b\nCTBT-ANNEX2,2026-08-22,9,Annex 2 States not party,yes,c\n"
    );
    let (said, json) = checkpoints(&states, Path::new("t.csv"), &text, day("2026-11-21")).unwrap();
    assert_eq!((json["agree"].as_u64(), json["differ_with_reason"].as_u64()), (Some(2), Some(1)));
    assert_eq!(json["findings"], 0);
    assert_eq!(json["rows"][1]["ours"], 140);
    assert!(
        said.contains("differ; stated: no: data\n")
            && said.contains("differ without a stated reason: 0\n")
            && said.lines().all(|l| l.chars().count() <= 80),
        "{said}"
    );
    for marked in ["yes", "yes: named", "", "no"] {
        let text = format!("{head}NPT,2024-01-01,190,parties,{marked},a\n");
        let (said, json) = checkpoints(&states, Path::new("t.csv"), &text, day("2026-11-21")).unwrap();
        assert_eq!((json["findings"].as_u64(), json["rows"][0]["finding"].as_bool()), (Some(1), Some(true)));
        assert!(said.contains("differ without a stated reason: 1\n") && said.contains("FINDING"), "{said}");
    }
    let faults = checkpoints(
        &states,
        Path::new("t.csv"),
        &format!("{head}XXX,2024,a,parties,yes,a\n"),
        day("2026-11-21"),
    )
    .unwrap_err();
    assert_eq!(faults.len(), 2);
    assert!(faults[0].to_string().starts_with("t.csv:2: treaty `XXX`"), "{faults:?}");
}

#[test]
fn the_program_writes_the_picture_and_refuses_bad_days_and_places() {
    let dir = tempfile::TempDir::new().unwrap();
    let (svg, csv) = (dir.path().join("a.svg"), dir.path().join("a.csv"));
    let run = comity(empty())
        .args(["state", "universality", "CTBT", "--as-of", "2026-08-22", "--json", "--svg"])
        .arg(&svg)
        .arg("--csv")
        .arg(&csv)
        .run()
        .calm()
        .with_status(0);
    assert_eq!(run.json()["treaties"][0]["parties"], 179);
    assert!(std::fs::read_to_string(&svg).unwrap().ends_with("</svg>\n"));
    assert!(std::fs::read_to_string(&csv).unwrap().starts_with("treaty,from,"));
    let refused = |args: &[&str], said: &str| {
        let run = comity(empty()).args(args).run().calm().with_status(2);
        assert!(run.stderr.contains(said), "{}", run.stderr);
        assert_eq!(run.stdout, "");
    };
    refused(&["state", "universality", "--svg", "x.svg"], "no treaty is named");
    refused(&["state", "universality", "NPT", "--between", "2026-02-30", "2026-03-01"], "2026-02-30");
    refused(&["state", "universality", "NPT", "--by", "continent"], "continent");
    refused(&["state", "universality", "NPT", "--svg", "no/such/folder/x.svg"], "cannot be written");
    refused(&["state", "show", "Germny"], "did you mean Germany (DE)");
    refused(&["state", "show", "Конго"], "Democratic Republic of the Congo (CD), Congo (CG)");
    refused(
        &["state", "show", "FR", "--with-unverified", "/nope/own.csv"],
        "error: /nope/own.csv: cannot be",
    );
    refused(&["state", "universality", "NPT", "--if", ""], "--if: no State is named");
    refused(
        &["state", "treaty", "CTBT", "--since", "2024-01-01", "--as-of", "2023-01-01"],
        "--since: 2024-01-01 lies after 2023-01-01",
    );
    refused(&["state", "show", "999"], "three digits of M49");
    for code in ["180", "COD", "CD", "cod"] {
        let run = comity(empty()).args(["state", "show", code, "--json"]).run().calm().with_status(0);
        assert_eq!(run.json()["state"], "CD", "{code}");
    }
    assert_eq!(comity(empty()).args(["state", "show", "344", "--json"]).run().json()["territory"], "HK");
    for (args, place) in [
        (&["--json", "state", "showw", "FR"][..], "showw"),
        (&["state", "show", "FR", "--json", "--nope"], "--nope"),
        (&["state", "treaty", "NPT", "--since", "2026-02-30", "--json"], "--since <DATE>"),
        (&["--json", "state", "show"], "<STATE>"),
        (&["--json"], "arguments"),
    ] {
        let run = comity(empty()).args(args).run().calm().with_status(2);
        let said: Value = serde_json::from_str(&run.stderr).unwrap_or_else(|e| panic!("{e}: {}", run.stderr));
        assert_eq!(said["error"]["place"], place, "{args:?}: {said}");
        assert!(!said["error"]["message"].as_str().unwrap().is_empty(), "{said}");
        assert!(!said["error"]["remedy"].as_str().unwrap().is_empty(), "{said}");
        assert_eq!(run.stdout, "");
    }
    assert!(comity(empty()).args(["--json", "--help"]).run().with_status(0).stdout.contains("Usage"));
    let (_dir, own) = file("own.csv", UNVERIFIED);
    let run =
        comity(empty()).args(["state", "show", "AD", "--with-unverified"]).arg(&own).run().with_status(0);
    assert!(run.stdout.starts_with("NOT TAKEN from the file of unverified facts: 1\n"), "{}", run.stdout);
    let run =
        comity(empty()).args(["--json", "state", "show", "AD", "--with-unverified"]).arg(&own).run().json();
    assert!(run["unverified_not_taken"][0]["place"].as_str().unwrap().ends_with("own.csv:5"), "{run}");
    refused(
        &["state", "safeguards", "FR", "JP", "--material", "plutonium", "--quantity", "3 m"],
        "--quantity",
    );
    let run = comity(empty())
        .args([
            "state",
            "safeguards",
            "US",
            "AU",
            "--material",
            "uranium",
            "--enrichment",
            "93 %",
            "--use",
            "naval-propulsion",
        ])
        .args(["--quantity", "12 kg", "--fact", "state_notice=yes:a note", "--json", "--as-of", "2026-08-22"])
        .run()
        .calm()
        .with_status(0);
    assert_eq!(run.json()["conditions"][0]["told_source"], "a note");
}

/// The same data with two States' names changed for each other: what one was, the other is.
fn renamed(states: &States, a: StateCode, b: StateCode) -> States {
    let swap = |code: StateCode| {
        if code == a {
            b
        } else if code == b {
            a
        } else {
            code
        }
    };
    let mut out = states.clone();
    for s in &mut out.states {
        let other = states.state(swap(s.code)).unwrap();
        // The place in the table keeps its names; everything else comes from the other.
        (s.un_status, s.admission_year) = (other.un_status, other.admission_year);
        (s.group, s.note) = (other.group.clone(), other.note.clone());
    }
    out.events.iter_mut().for_each(|e| e.state = swap(e.state));
    out.events.sort_by_key(|e| (e.treaty, e.state));
    out.positions.iter_mut().for_each(|p| p.state = swap(p.state));
    out.positions.sort_by(|x, y| (x.treaty, x.state, &x.id).cmp(&(y.treaty, y.state, &y.id)));
    for group in &mut out.groups {
        group.members.iter_mut().for_each(|c| *c = swap(*c));
        group.members.sort();
    }
    for t in &mut out.treaties {
        t.left_out.iter_mut().for_each(|c| *c = swap(*c));
        t.left_out.sort();
    }
    for m in &mut out.milestones {
        m.with.iter_mut().for_each(|c| *c = swap(*c));
    }
    let rules = out.safeguards.as_mut().unwrap();
    rules.weapon_states.iter_mut().for_each(|c| *c = swap(*c));
    rules.weapon_states.sort();
    let text = |h: &String| h.parse::<StateCode>().map_or_else(|_| h.clone(), |c| swap(c).to_string());
    for r in &mut rules.readings {
        r.holders = r.holders.iter().map(text).collect();
        r.holders.sort();
    }
    for p in &mut out.positions {
        p.holders = p.holders.iter().map(text).collect();
        p.holders.sort();
    }
    out
}

/// A JSON with the two States changed for each other, names left out, lists in one order.
fn canonical(value: &Value, swap: Option<(&str, &str)>) -> Value {
    match value {
        Value::String(text) => match swap {
            Some((a, b)) if text == a => b.into(),
            Some((a, b)) if text == b => a.into(),
            _ => text.clone().into(),
        },
        Value::Array(list) => {
            let mut list: Vec<Value> = list.iter().map(|v| canonical(v, swap)).collect();
            list.sort_by_key(Value::to_string);
            list.into()
        }
        Value::Object(map) => map
            .iter()
            .filter(|(key, _)| {
                !["iso3", "m49", "name", "formal_name", "names", "aliases"].contains(&key.as_str())
            })
            .map(|(key, v)| (key.clone(), canonical(v, swap)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}

#[test]
fn renaming_two_twins_changes_only_names() {
    let states = states();
    let on = day("2026-08-22");
    for (a, b) in [("FR", "KE"), ("IN", "PK"), ("JP", "BR"), ("DE", "CH")] {
        let other = renamed(&states, a.parse().unwrap(), b.parse().unwrap());
        let name = |code: &str| {
            if code == a {
                b
            } else if code == b {
                a
            } else {
                code
            }
            .to_owned()
        };
        let same = |was: Value, is: Value| {
            let (was, is) = (canonical(&was, Some((a, b))), canonical(&is, None));
            assert_eq!(was, is, "{a} and {b}");
        };
        for code in [a, b, "US"] {
            same(show(&states, code, on).unwrap().1, show(&other, &name(code), on).unwrap().1);
            for third in ["AU", "GN", a] {
                if third != code {
                    same(
                        safeguards(&states, code, third, on, &naval()).unwrap().1,
                        safeguards(&other, &name(code), &name(third), on, &naval()).unwrap().1,
                    );
                }
            }
        }
        let pair =
            |s: &States, x: &str, y: &str| standing(s, &[x.into(), y.into()], on, Some("wide")).unwrap().1;
        same(pair(&states, a, b), pair(&other, b, a));
        for t in ["NPT", "CTBT", "CSA", "NSG", "ATT"] {
            let ask = |s: &States| {
                treaty(s, t, on, TreatyOptions { outside: false, since: Some(day("2000-01-01")) }).unwrap().1
            };
            same(ask(&states), ask(&other));
            let ask = |s: &States, joins: &str| {
                let options = UniversalityOptions {
                    joining: vec![joins.to_owned()],
                    between: Some((day("1990-01-01"), on)),
                    by: Some(GroupKind::Region),
                    curve: true,
                    ..of(&[t])
                };
                universality(s, on, &options).unwrap().1
            };
            same(ask(&states, a), ask(&other, b));
        }
    }
}
