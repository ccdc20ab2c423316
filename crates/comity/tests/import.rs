//! `register import`: a list of the user's own, taken in and screened, labelled as the user's own and as no law.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

mod common;

use std::fs;

use common::comity;

const LINE: &str =
    "{\"id\": \"7\", \"schema\": \"Company\", \"names\": [\"Beispiel Pumpen GmbH\"], \"states\": [\"DE\"]}\n";

#[test]
fn an_imported_list_is_screened_and_named_as_the_users_own() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("mine.jsonl");
    fs::write(&file, LINE).unwrap();
    let run = comity(data.path())
        .args(["register", "import", "watch"])
        .arg(&file)
        .args(["--date", "2026-03-01"])
        .run();
    let run = run.with_status(0);
    assert!(run.stdout.starts_with("own/watch  edition 2026-03-01  1 entries  added"), "{}", run.stdout);
    let again = comity(data.path())
        .args(["--json", "register", "import", "own/watch"])
        .arg(&file)
        .args(["--date", "2026-03-02"]);
    let again = again.run().with_status(0).json();
    assert_eq!((again["result"].as_str(), again["list"].as_str()), (Some("unchanged"), Some("own/watch")));

    let screened =
        comity(data.path()).args(["--json", "--as-of", "2026-03-05", "screen", "Beispiel Pumpen GmbH"]).run();
    let hit = &screened.with_status(0).json()["queries"][0]["hits"][0];
    assert_eq!(hit["id"], "own/watch/7");
    let measure = &hit["measures"][0];
    assert_eq!((&measure["mandate"]["imposed_by"], &measure["status"]), (&"own".into(), &"in_force".into()));
    assert!(measure["mandate"]["agreed_in"].as_array().unwrap().is_empty());
    let text =
        comity(data.path()).args(["--as-of", "2026-03-05", "screen", "Beispiel Pumpen GmbH"]).run().stdout;
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("imposed by: yourself, by a list of your own; no law"), "{text}");
    assert!(!flat.contains("National (OWN)"), "{text}");
    let before =
        comity(data.path()).args(["--json", "--as-of", "2026-02-28", "screen", "Beispiel Pumpen GmbH"]).run();
    assert!(
        before.json()["queries"][0]["hits"].as_array().is_none_or(Vec::is_empty),
        "not yet imported then"
    );
    let later =
        comity(data.path()).args(["--json", "--as-of", "2027-03-02", "register", "status"]).run().json();
    assert_eq!(later["lists"][0]["stale"], true, "an own list goes stale after a year");
}

#[test]
fn a_bad_line_is_told_with_place_and_remedy_and_nothing_is_taken() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("bad.jsonl");
    fs::write(&file, format!("{LINE}{{\"id\": \"8\"}}\n")).unwrap();
    let run = comity(data.path()).args(["register", "import", "watch"]).arg(&file).run().with_status(2);
    for part in ["bad.jsonl", "2", "without `names`", "nothing of the file was taken"] {
        assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
    }
    let run =
        comity(data.path()).args(["--json", "register", "import", "watch"]).arg(&file).run().with_status(2);
    let error: serde_json::Value = serde_json::from_str(&run.stderr).unwrap();
    assert!(error["error"]["place"].as_str().unwrap().contains("bad.jsonl"), "{error}");
    assert!(!error["error"]["remedy"].as_str().unwrap().is_empty());
    assert!(!data.path().join("register").exists(), "no register is begun for a bad file");
    for (list, file) in [("un/sc", "bad.jsonl"), ("Watch", "bad.jsonl"), ("watch", "none.jsonl")] {
        let run = comity(data.path()).args(["register", "import", list]).arg(data.path().join(file)).run();
        run.with_status(2);
    }
}

#[test]
fn tables_take_their_mapping_from_the_command_line_or_from_a_file() {
    let data = tempfile::tempdir().unwrap();
    let table = data.path().join("list.csv");
    fs::write(&table, "Firm,Aka\nBeispiel Pumpen GmbH,Beispiel\n").unwrap();
    let run = comity(data.path()).args(["register", "import", "table"]).arg(&table).run().with_status(2);
    assert!(
        run.stderr.contains("no column for `name`") && run.stderr.contains("--map name=Column"),
        "{}",
        run.stderr
    );
    let run = comity(data.path())
        .args(["register", "import", "table"])
        .arg(&table)
        .args(["--map", "name=Firm,alias=Aka"]);
    assert!(run.run().with_status(0).stdout.contains("1 entries"));
    let map = data.path().join("map.toml");
    fs::write(&map, "name = \"Firm\"\nweak_alias = \"Aka\"\n").unwrap();
    let run =
        comity(data.path()).args(["register", "import", "table2"]).arg(&table).arg("--map").arg(&map).run();
    assert!(run.with_status(0).stdout.contains("own/table2"));
    let help = comity(data.path()).args(["register", "import", "--help"]).run().with_status(0).stdout;
    assert!(help.contains("FollowTheMoney") && help.contains("--map"), "{help}");
}
