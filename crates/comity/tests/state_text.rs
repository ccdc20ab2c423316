//! What `comity state` prints and the JSON beside it, over the States of the lawbook.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

use std::path::Path;

use comity::state::{TreatyOptions, show, standing, treaty};
use comity_model::Day;
use comity_model::standing::States;

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

/// Columns on a screen: wide scripts take two.
fn width(line: &str) -> usize {
    line.chars().map(|c| if c >= '\u{2e80}' { 2 } else { 1 }).sum()
}

#[test]
fn no_line_is_wider_than_80_columns() {
    let states = states();
    let mut texts = Vec::new();
    for on in ["1965-01-01", "2011-06-30", "2024-06-30", "2026-11-21"].map(day) {
        for t in &states.treaties {
            texts.push(
                treaty(&states, &t.id, on, TreatyOptions { outside: false, since: Some(day("1960-01-01")) })
                    .unwrap()
                    .0,
            );
        }
    }
    for code in states.states.iter().map(|s| s.code).chain(states.territories.iter().map(|t| t.code)) {
        texts.push(show(&states, code.as_str(), day("2024-06-30")).unwrap().0);
    }
    texts.push(
        standing(&states, &["KP".into(), "FR".into(), "RU".into()], day("2026-08-22"), Some("wide"))
            .unwrap()
            .0,
    );
    for text in &texts {
        for line in text.lines() {
            assert!(width(line) <= 80, "{line}");
            assert_eq!(line, line.trim_end());
        }
    }
}

#[test]
fn a_treaty_gives_its_numbers_first() {
    let states = states();
    let (text, json) = treaty(
        &states,
        "ctbt",
        day("2023-11-03"),
        TreatyOptions { outside: true, since: Some(day("2023-11-02")) },
    )
    .unwrap();
    let head: String = text.lines().take(19).map(|l| format!("{l}\n")).collect();
    assert_eq!(
        head,
        "\
CTBT                                                            as of 2023-11-03
Comprehensive Nuclear-Test-Ban Treaty
Data complete to 2026-08-22. Note: not in force; needs the States of its Annex
2.
Sources of the table: [1]

  parties          177
  signatories      10
  none             10
  signed by then   187, whatever they did after
  CTBT-ANNEX2 [2]: 35 parties of 44; not: CN EG IL IN IR KP PK RU US (the list
  is from memory, not checked)

Changed since 2023-11-02: 1
  RU  party to signatory  Russian Federation

States that are not fully in
      status          since      as known on source
  BT  none            -          2026-08-22 [1]      Bhutan
"
    );
    assert_eq!(json["treaty"], "CTBT");
    assert_eq!(json["as_of"], "2023-11-03");
    assert_eq!(json["data_as_of"], "2026-08-22");
    assert_eq!(
        (json["parties"].as_u64(), json["signatories"].as_u64(), json["none"].as_u64()),
        (Some(177), Some(10), Some(10))
    );
    assert_eq!(
        (json["unknown"].as_u64(), json["contested"].as_u64(), json["signed"].as_u64()),
        (Some(0), Some(0), Some(187))
    );
    assert_eq!(json["annexes"][0]["parties"], 35);
    assert_eq!(json["changes"][0]["state"], "RU");
    assert_eq!(json["states"].as_array().unwrap().len(), 20);
    let ru = json["states"].as_array().unwrap().iter().find(|s| s["state"] == "RU").unwrap();
    assert_eq!((ru["status"].as_str(), ru["since"].as_str()), (Some("signatory"), Some("2023-11-03")));
    assert!(ru["source"].as_str().unwrap().starts_with("UNODA treaties database"));
}

#[test]
fn a_contested_status_shows_both_positions_and_how_it_is_counted() {
    let states = states();
    let (text, json) = treaty(&states, "NPT", day("2026-08-22"), TreatyOptions::default()).unwrap();
    assert!(text.contains("  parties          191\n                   (KP is contested; counted here as published totals do)\n"), "{text}");
    assert!(
        text.contains("position `party` (party), held by")
            && text.contains("position `withdrawn` (none), held by KP")
    );
    assert_eq!((json["parties"].as_u64(), json["contested"].as_u64()), (Some(191), Some(1)));
    let kp = json["states"].as_array().unwrap().iter().find(|s| s["state"] == "KP").unwrap();
    assert_eq!(kp["status"], "contested");
    assert_eq!(kp["positions"].as_array().unwrap().len(), 2);
}

#[test]
fn memory_is_marked_in_text_and_json() {
    let states = states();
    let (text, json) = treaty(&states, "MTCR", day("2024-12-31"), TreatyOptions::default()).unwrap();
    assert_eq!(text.matches("from memory, not checked\n").count(), 197);
    assert!(
        json["states"]
            .as_array()
            .unwrap()
            .iter()
            .all(|s| s["memory"] == "from memory, not checked" && s["evidence"] == "M")
    );
    assert_eq!((json["parties"].as_u64(), json["counted_as"].as_str()), (Some(35), Some("participant")));
}

#[test]
fn unknown_says_why_and_what_was_known_last() {
    let states = states();
    let (_, json) = treaty(&states, "HCOC", day("2026-11-21"), TreatyOptions::default()).unwrap();
    let of = |code: &str| json["states"].as_array().unwrap().iter().find(|s| s["state"] == code).unwrap();
    assert_eq!((of("KE")["status"].as_str(), of("KE")["why"].as_str()), (Some("unknown"), Some("no_record")));
    assert_eq!(of("NA")["last_known"], serde_json::json!({"status": "not_subscriber", "as_of": "2008-12"}));
    assert_eq!(json["none"], 0);
}

#[test]
fn a_state_is_shown_with_the_source_of_each_status() {
    let states = states();
    let (text, json) = show(&states, "россия", day("2026-08-22")).unwrap();
    assert!(text.starts_with("Russian Federation (RU, RUS, 643)"), "{text}");
    assert!(text.contains("  CTBT                signatory       2023-11-03 2026-08-22 ["), "{text}");
    assert!(text.contains("history: signature 1996-09-24, ratification 2000-06-30,\n"), "{text}");
    assert_eq!(json["state"], "RU");
    let treaties = json["treaties"].as_array().unwrap();
    assert!(treaties.iter().filter(|t| t["treaty"] != "SQP").all(|t| t["source"].is_string()));
    assert_eq!(
        treaties.iter().find(|t| t["treaty"] == "CTBT").unwrap()["events"].as_array().unwrap().len(),
        3
    );
    assert!(treaties.iter().all(|t| t["treaty"] != "NSG"), "participation stands apart");
    assert_eq!(json["participation"].as_array().unwrap().len(), 7);
}

#[test]
fn a_territory_is_no_party() {
    let states = states();
    let (text, json) = show(&states, "Hong Kong", day("2026-08-22")).unwrap();
    assert!(text.contains("It is no State in the data"), "{text}");
    assert_eq!(
        (json["territory"].as_str(), json["state"].is_null(), json.get("treaties")),
        (Some("HK"), true, None)
    );
    let problem = standing(&states, &["HK".into()], day("2026-08-22"), None).unwrap_err();
    assert_eq!(problem.message, "Hong Kong (HK) is a territory with a code; only States have a standing");
}

#[test]
fn standing_holds_the_vector_and_participation_apart() {
    let states = states();
    let (text, json) =
        standing(&states, &["IN".into(), "Pakistan".into(), "IND".into()], day("2026-08-22"), None).unwrap();
    assert!(
        text.contains("Twins (equal in every status of the basis, not in dates)\n  IN PK  yes\n"),
        "{text}"
    );
    let rows = json["states"].as_array().unwrap();
    assert_eq!(rows.len(), 2, "a State named twice stands once");
    let vector: Vec<&str> =
        rows[0]["vector"].as_array().unwrap().iter().map(|e| e["status"].as_str().unwrap()).collect();
    assert_eq!(vector, ["none", "party", "party", "none"]);
    assert_eq!(json["basis"], serde_json::json!(["NPT", "CWC", "BWC", "CTBT"]));
    assert_eq!(rows[0]["participation"].as_array().unwrap().len(), 7);
    assert_eq!(json["twins"][0]["twins"], true);
    let (_, json) = standing(&states, &["IN".into()], day("2026-08-22"), Some("ATT,zone")).unwrap();
    assert_eq!(json["basis"], serde_json::json!(["ATT", "zone"]));
}

#[test]
fn problems_say_what_was_seen_and_what_to_do() {
    let states = states();
    let on = day("2026-08-22");
    let p = show(&states, "Frnace", on).unwrap_err();
    assert_eq!(
        (p.message.as_str(), p.remedy.as_str()),
        ("`Frnace` is no code, name or alias of a State", "did you mean France (FR)?")
    );
    let p = show(&states, "Virgin Islands", on).unwrap_err();
    assert_eq!(
        p.message,
        "`Virgin Islands` may mean Virgin Islands, British (VG), Virgin Islands, U.S. (VI)"
    );
    assert_eq!(p.remedy, "give the code of the one that is meant");
    let p = treaty(&states, "XYZ", on, TreatyOptions::default()).unwrap_err();
    assert_eq!(p.message, "`XYZ` is the id of no treaty or regime of the data");
    let p = standing(&states, &["FR".into()], on, Some("NPTT")).unwrap_err();
    assert_eq!(p.remedy, "did you mean NPT?; bases: default, wide, participation");
}

#[test]
fn the_same_question_gives_the_same_bytes() {
    let states = states();
    let ask = || treaty(&states, "NPT", day("2020-01-01"), TreatyOptions::default()).unwrap();
    let (a, b) = (ask(), ask());
    assert_eq!((a.0, a.1.to_string()), (b.0, b.1.to_string()));
}
