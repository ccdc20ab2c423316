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

/// How the lists on the day carry out the entries of a programme: list, listings, reference, inferred, entries reached, open.
fn links(data: &TempDir, programme: &str, day: &str) -> (u64, Vec<(String, [u64; 4], usize)>) {
    let run = comity(data.path())
        .args(["register", "links", "--programme", programme, "--json", "--as-of", day])
        .run()
        .with_status(0);
    let found = run.json()["origins"][0].clone();
    let count = |list: &Value, key: &str| list[key].as_u64().unwrap();
    let lists = found["lists"].as_array().unwrap().iter().map(|list| {
        let counts = ["listings", "reference", "inferred", "entries"].map(|key| count(list, key));
        (list["list"].as_str().unwrap().to_owned(), counts, list["open"].as_array().unwrap().len())
    });
    (found["entries"].as_u64().unwrap(), lists.collect())
}

#[test]
fn the_lists_agree_on_two_programmes() {
    let Some(data) = register() else { return };
    let (entries, lists) = links(data, "IR", "2026-03-10");
    assert_eq!(entries, 121);
    // Australia's edition is older than the return.
    assert_eq!(
        lists,
        [("au/dfat".to_owned(), [0, 0, 0, 0], 0), ("jp/mof".to_owned(), [121, 0, 121, 121], 0)]
    );
    let (entries, lists) = links(data, "KP", "2026-03-10");
    assert_eq!(entries, 155);
    assert_eq!(
        lists,
        [("au/dfat".to_owned(), [155, 0, 155, 155], 0), ("jp/mof".to_owned(), [155, 0, 155, 155], 0)]
    );
}

#[test]
fn a_party_of_the_council_is_one_hit_with_what_carries_it_out() {
    let Some(data) = register() else { return };
    let hits = screen(data, "Korea Mining Development Trading Corporation", "2026-03-10");
    let council = on(&hits, "un/sc/");
    assert_eq!(council[0]["id"], "un/sc/KPe.001");
    let carried: Vec<&str> = council[0]["measures"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|m| m["link"] != "own")
        .map(|m| m["list"].as_str().unwrap())
        .collect();
    assert_eq!(carried, ["au/dfat", "jp/mof"]);
    let ids: Vec<&str> = hits.iter().map(|h| h["id"].as_str().unwrap()).collect();
    assert!(!ids.contains(&"au/dfat/1113"), "the copy is no second hit: {ids:?}");
    // Own decisions stay beside, each with its mandate, and are told as likely of the same party.
    for list in ["us/ofac-sdn/", "jp/meti-eul/"] {
        let own = on(&hits, list);
        assert_eq!(own[0]["measures"][0]["mandate"]["agreed_in"], serde_json::json!([]), "{list}");
        assert_eq!(own[0]["same_party"][0]["id"], "un/sc/KPe.001", "{list}");
    }
}

#[test]
fn the_editions_of_the_council_differ_as_counted() {
    let Some(data) = register() else { return };
    for (from, to, added, removed, changed) in [
        ("2018-10-29", "2024-11-30", 65, 279, 662),
        ("2024-11-30", "2025-04-19", 0, 2, 158),
        ("2025-04-19", "2026-02-27", 130, 4, 17),
    ] {
        let run =
            comity(data.path()).args(["register", "diff", "un/sc", from, to, "--json"]).run().with_status(0);
        let found = run.json();
        let count = |key: &str| found[key].as_array().unwrap().len();
        assert_eq!(
            (count("added"), count("removed"), count("changed")),
            (added, removed, changed),
            "{from} {to}"
        );
    }
    let run =
        comity(data.path()).args(["register", "history", "un/sc/IRe.001", "--json"]).run().with_status(0);
    let history = run.json();
    let intervals: Vec<(&str, &str)> = history["intervals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| (i["from_edition"].as_str().unwrap(), i["mandate"]["agreed_in"][0].as_str().unwrap()))
        .collect();
    assert_eq!(intervals, [("2018-10-29", "un:2231"), ("2026-02-27", "un:1737")]);
    assert_eq!(history["absent_from"], serde_json::json!(["2024-11-30", "2025-04-19"]));
}

/// The status of the first measure of the best hit on a list.
fn status(data: &TempDir, name: &str, list: &str, day: &str) -> Option<(String, Value)> {
    let hits = screen(data, name, day);
    let measure = on(&hits, list).first()?["measures"][0].clone();
    Some((measure["status"].as_str().unwrap().to_owned(), measure["until"].clone()))
}

#[test]
fn a_suspended_and_a_stopped_measure_have_their_status_of_the_day() {
    let Some(data) = register() else { return };
    let find = |number: &str| {
        let run = comity(data.path()).args(["register", "export", "cn/uel", "--format", "csv"]).run();
        let row = run.stdout.lines().find(|l| l.contains(&format!(",{number},"))).map(str::to_owned);
        row.and_then(|row| row.split(',').nth(2).map(|n| n.trim_matches('"').to_owned()))
    };
    for (number, during, until, after) in [
        ("2025-7", "suspended", Value::from("2026-11-10"), "unconfirmed"),
        ("2025-5", "stopped", Value::Null, "stopped"),
    ] {
        let Some(name) = find(number) else { panic!("no party of announcement {number}") };
        assert_eq!(status(data, &name, "cn/uel/", "2025-05-13").unwrap().0, "in_force", "{number}");
        for day in ["2025-11-10", "2025-12-01", "2026-11-10"] {
            let (word, end) = status(data, &name, "cn/uel/", day).unwrap();
            assert_eq!((word.as_str(), end), (during, until.clone()), "{number} on {day}");
        }
        assert_eq!(status(data, &name, "cn/uel/", "2026-11-11").unwrap().0, after, "{number}");
    }
}

#[test]
fn an_expired_denial_order_has_its_status_of_the_day() {
    let Some(data) = register() else { return };
    let text = std::fs::read_to_string(lists().unwrap().join("us-bis/dpl-2022-09/dpl.txt")).unwrap();
    let iso = |us: &str| {
        let parts: Vec<&str> = us.split('/').collect();
        (parts.len() == 3).then(|| format!("{}-{:0>2}-{:0>2}", parts[2], parts[0], parts[1]))
    };
    // The first order of a firm that stands once in the file and ran out soon after it was published.
    let rows: Vec<Vec<&str>> =
        text.lines().skip(1).map(|l| l.split('\t').map(|c| c.trim_matches('"').trim()).collect()).collect();
    let (name, from, until) = rows
        .iter()
        .filter(|r| rows.iter().filter(|other| other[0] == r[0]).count() == 1 && r[0].split(' ').count() >= 3)
        .find_map(|r| Some((r[0], iso(r[6])?, iso(r[7]).filter(|d| d.as_str() < "2023-01-01")?)))
        .unwrap();
    let before = {
        let day: comity_model::Day = from.parse().unwrap();
        day.previous().to_string()
    };
    let after: comity_model::Day = until.parse().unwrap();
    assert_eq!(status(data, name, "us/bis-dpl/", &before), None, "before {from}");
    assert_eq!(status(data, name, "us/bis-dpl/", &from).unwrap().0, "in_force");
    assert_eq!(
        status(data, name, "us/bis-dpl/", &until).unwrap(),
        ("in_force".into(), Value::from(until.as_str()))
    );
    assert_eq!(status(data, name, "us/bis-dpl/", &after.next().to_string()).unwrap().0, "expired");
}

#[test]
fn between_editions_the_list_and_its_history_say_the_same() {
    let Some(data) = register() else { return };
    let (reference, name) = first_with("IRe.").unwrap();
    let id = format!("un/sc/{reference}");
    let on_list = |day: &str| screen(data, &name, day).into_iter().find(|h| h["id"] == id);
    // No edition of the days holds it, and a row that was read dates its return.
    assert!(on_list("2025-05-01").is_none());
    assert_eq!(on_list("2025-09-28").unwrap()["measures"][0]["status"], "contested");
    // The end rests on memory: between the editions of 2018 and 2024 the day is open.
    assert_eq!(on_list("2018-12-01").unwrap()["measures"][0]["status"], "unconfirmed");
    for day in ["2018-12-01", "2026-03-01"] {
        let run = comity(data.path())
            .args(["register", "history", &id, "--json", "--as-of", day])
            .run()
            .calm()
            .with_status(0);
        let told = run.json();
        assert_eq!(told["intervals"][0]["status"], "in_force", "on the day of the edition");
        let open = told["open"].as_array().unwrap();
        assert_eq!(open.len(), 1, "{open:?}");
        assert_eq!(open[0]["from_edition"], "2018-10-29");
        assert_eq!(open[0]["to_edition"], "2024-11-30");
        assert_eq!(open[0]["status"], "unconfirmed");
    }
}

#[test]
fn an_order_that_had_run_out_is_not_in_force_by_a_list_without_terms() {
    let Some(data) = register() else { return };
    let editions =
        comity(data.path()).args(["register", "export", "us/bis-dpl", "--as-of", "2022-09-10"]).run();
    let ended: Vec<Value> = editions
        .calm()
        .with_status(0)
        .lines()
        .into_iter()
        .filter(|e| {
            e["schema"] == "Sanction"
                && e["properties"]["endDate"][0].as_str().is_some_and(|d| d < "2026-01-01")
        })
        .collect();
    assert!(ended.len() > 50, "{}", ended.len());
    let now = comity(data.path())
        .args(["register", "export", "us/bis-dpl", "--as-of", "2026-11-21"])
        .run()
        .calm()
        .with_status(0)
        .lines();
    let known: Vec<&Value> = now
        .iter()
        .filter(|n| n["schema"] == "Sanction" && ended.iter().any(|e| e["id"] == n["id"]))
        .collect();
    println!("{} orders had run out, {} still stand in the newer edition", ended.len(), known.len());
    assert!(!known.is_empty());
    for sanction in known {
        assert_eq!(sanction["properties"]["status"][0], "unconfirmed", "{sanction}");
    }
}

#[test]
fn a_copy_stands_under_an_entry_that_only_the_next_edition_holds() {
    let Some(data) = register() else { return };
    let (reference, name) = first_with("IRe.").unwrap();
    let hits = screen(data, &name, "2025-12-01");
    let council = hits.iter().find(|h| h["id"] == format!("un/sc/{reference}")).unwrap();
    let carried = council["measures"].as_array().unwrap().iter().filter(|m| m["listing"].is_string()).count();
    println!("{carried} carried out, beside: {:?}", hits.iter().map(|h| &h["id"]).collect::<Vec<_>>());
    assert!(carried > 0, "{council}");
    assert!(on(&hits, "jp/mof").is_empty());
}

#[test]
fn rows_of_the_main_table_that_changed_are_counted() {
    let Some(data) = register() else { return };
    let run = comity(data.path())
        .args(["register", "diff", "us/ofac-sdn", "2019-02-01", "2021-08-01", "--json"])
        .run()
        .calm()
        .with_status(0);
    let told = run.json();
    let count = |key: &str| told[key].as_array().unwrap().len();
    assert_eq!((count("added"), count("removed")), (1858, 261));
    const COLUMNS: [&str; 11] = [
        "SDN_Name",
        "SDN_Type",
        "Program",
        "Title",
        "Call_Sign",
        "Vess_type",
        "Tonnage",
        "GRT",
        "Vess_flag",
        "Vess_owner",
        "Remarks",
    ];
    let fields = |e: &Value| -> Vec<String> {
        let fields = e["fields"].as_array().unwrap().iter();
        fields.map(|f| f["field"].as_str().unwrap().to_owned()).collect()
    };
    let changed: Vec<Vec<String>> = told["changed"].as_array().unwrap().iter().map(fields).collect();
    assert!(changed.iter().flatten().all(|f| !f.ends_with("_num")));
    let main = changed.iter().filter(|e| e.iter().any(|f| COLUMNS.contains(&f.as_str()))).count();
    assert_eq!(main, 836);
}
