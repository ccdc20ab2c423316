//! The program on the publishers' own files, which are not part of the project: read from `COMITY_SHARED` (default `../shared`), skipped with a
//! printed line where they are absent.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod common;

use std::path::PathBuf;
use std::sync::OnceLock;

use common::{comity, root};
use serde_json::Value;
use tempfile::TempDir;

/// The folder of real lists, if it is there.
fn lists() -> Option<PathBuf> {
    let shared = std::env::var_os("COMITY_SHARED").map_or_else(|| root().join("../shared"), PathBuf::from);
    let lists = shared.join("lists");
    if lists.join("un").is_dir() {
        return Some(lists);
    }
    println!("skipped: no real lists below {}", shared.display());
    None
}

/// A register with all of them, made once.
fn register() -> Option<&'static TempDir> {
    static REGISTER: OnceLock<Option<TempDir>> = OnceLock::new();
    REGISTER
        .get_or_init(|| {
            let lists = lists()?;
            let data = TempDir::new().unwrap();
            let run = comity(data.path())
                .args(["update", "--json", "--from"])
                .arg(&lists)
                .run()
                .calm()
                .with_status(0);
            let results = run.json();
            let added: Vec<&str> = results["lists"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|r| r["result"] == "added")
                .map(|r| r["list"].as_str().unwrap())
                .collect();
            assert!(added.iter().filter(|l| **l == "un/sc").count() >= 4, "{added:?}");
            assert!(added.contains(&"us/ofac-sdn"), "{added:?}");
            Some(data)
        })
        .as_ref()
}

fn screen(data: &TempDir, name: &str, day: &str) -> Vec<Value> {
    let run =
        comity(data.path()).args(["screen", name, "--json", "--as-of", day]).run().calm().with_status(0);
    run.json()["queries"][0]["hits"].as_array().unwrap().clone()
}

fn on<'h>(hits: &'h [Value], list: &str) -> Vec<&'h Value> {
    hits.iter().filter(|h| h["id"].as_str().unwrap().starts_with(list)).collect()
}

#[test]
fn one_party_on_two_lists_keeps_two_mandates() {
    let Some(data) = register() else { return };
    let hits = screen(data, "Korea Mining Development Trading Corporation", "2026-11-21");
    let council = on(&hits, "un/sc/");
    assert_eq!(council[0]["status"], "hit");
    let measure = &council[0]["measures"][0];
    assert_eq!(measure["mandate"]["imposed_by"], "un");
    assert_eq!(measure["mandate"]["agreed_in"], serde_json::json!(["un:1718"]));
    assert_eq!(measure["mandate"]["ground"], "wmd_nonproliferation");
    assert_eq!(measure["status"], "in_force");
    let national = on(&hits, "us/ofac-sdn/");
    assert_eq!(national[0]["status"], "hit");
    for measure in national[0]["measures"].as_array().unwrap() {
        assert_eq!(measure["mandate"]["imposed_by"], "national", "{measure}");
        assert_eq!(measure["mandate"]["agreed_in"], serde_json::json!([]), "{measure}");
    }
}

/// The first body of a regime in the newest edition: its reference and name.
fn first_with(prefix: &str) -> Option<(String, String)> {
    let text = std::fs::read_to_string(lists()?.join("un/2026-02-27/consolidated.xml")).ok()?;
    for entity in text.split("<ENTITY>").skip(1) {
        let between = |tag: &str| {
            let start = entity.find(&format!("<{tag}>"))? + tag.len() + 2;
            Some(entity[start..start + entity[start..].find('<')?].trim().to_owned())
        };
        let reference = between("REFERENCE_NUMBER")?;
        if reference.starts_with(prefix) {
            return Some((reference, between("FIRST_NAME")?));
        }
    }
    None
}

#[test]
fn the_same_entry_is_no_listing_in_2024_and_a_contested_one_in_2026() {
    let Some(data) = register() else { return };
    let (reference, name) = first_with("IRe.").unwrap();
    let id = format!("un/sc/{reference}");
    let in_2024 = screen(data, &name, "2024-12-01");
    assert!(!in_2024.iter().any(|h| h["id"] == id), "{in_2024:?}");
    let in_2026 = screen(data, &name, "2026-03-01");
    let hit = in_2026.iter().find(|h| h["id"] == id).unwrap_or_else(|| panic!("{id} not found: {in_2026:?}"));
    let measure = &hit["measures"][0];
    assert_eq!(measure["status"], "contested");
    assert_eq!(measure["mandate"]["agreed_in"], serde_json::json!(["un:1737"]));
    let positions = measure["positions"].as_array().unwrap();
    assert_eq!(positions.len(), 2);
    assert!(positions.iter().all(|p| !p["holders"].as_array().unwrap().is_empty()));
    // Between two editions that differ, the dated row tells the day of the change.
    let between = screen(data, &name, "2025-12-01");
    let hit = between.iter().find(|h| h["id"] == id).unwrap();
    assert_eq!(hit["measures"][0]["status"], "contested", "{hit}");
    // In 2018 the same entry was a measure of another resolution.
    let in_2018 = screen(data, &name, "2018-11-15");
    let hit = in_2018.iter().find(|h| h["id"] == id).unwrap();
    assert_eq!(hit["measures"][0]["mandate"]["agreed_in"], serde_json::json!(["un:2231"]));
}

#[test]
fn a_deal_with_a_contested_party_answers_once_per_position() {
    let Some(data) = register() else { return };
    let (_, name) = first_with("IRe.").unwrap();
    let deal = serde_json::json!({
        "date": "2026-03-01", "activity": "export", "from": "BR", "to": "AE",
        "party": [{ "role": "consignee", "name": name }],
        "item": [{ "description": "desks", "class": "furniture", "origin": "BR", "content": [],
                   "facts": { "specially_designed_for": "none" } }],
        "end_use": { "purpose": "civil", "knowledge": "none" },
        "facts": { "informed_by_authority": false, "military_item": false },
    });
    let run = comity(data.path())
        .args(["check", "-", "--json"])
        .input(deal.to_string())
        .run()
        .calm()
        .with_status(0);
    let answer = run.json();
    let un = answer["laws"].as_array().unwrap().iter().find(|l| l["law"] == "un").unwrap().clone();
    assert_eq!(un["outcome"], "contested", "{un}");
    let outcomes: Vec<(&str, &str)> = un["contested"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (p["position"].as_str().unwrap(), p["outcome"].as_str().unwrap()))
        .collect();
    assert!(
        outcomes.iter().any(|(_, o)| *o == "prohibited") && outcomes.iter().any(|(_, o)| *o != "prohibited"),
        "{outcomes:?}"
    );
}
