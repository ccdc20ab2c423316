//! The outside contract: names in JSON, exit statuses, flags before and after the command, streams. Scripts depend on it.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it should be")]

mod common;

use common::{bare, comity, empty, file, listed, repo};
use serde_json::Value;
use tempfile::TempDir;

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[track_caller]
fn has(value: &Value, names: &[&str]) {
    for name in names {
        assert!(value.get(name).is_some(), "no `{name}` among {:?}", keys(value));
    }
}

#[test]
fn check_gives_the_names_of_the_contract() {
    let run =
        comity(listed()).args(["check", "examples/listed-trader.toml", "--json"]).run().calm().with_status(0);
    let answer = run.json();
    has(
        &answer,
        &["as_of", "lawbook", "register", "outcome", "best", "worst", "parties", "items", "laws", "next"],
    );
    has(&answer["lawbook"], &["digest", "date"]);
    has(&answer["register"][0], &["list", "edition", "digest", "stale"]);
    let party = answer["parties"].as_array().unwrap().iter().find(|p| p["status"] == "hit").unwrap();
    has(party, &["role", "name", "status", "hits"]);
    has(&party["hits"][0], &["id", "name", "score", "evidence", "measures"]);
    has(&party["hits"][0]["measures"][0], &["list", "mandate", "status", "link", "from", "until"]);
    has(&party["hits"][0]["measures"][0]["mandate"], &["imposed_by", "agreed_in", "ground", "instrument"]);
    for law in answer["laws"].as_array().unwrap() {
        has(
            law,
            &[
                "law",
                "hook",
                "outcome",
                "best",
                "worst",
                "by_item",
                "requirements",
                "authorisations",
                "prohibitions",
                "duties",
                "missing",
                "checked",
                "contested",
            ],
        );
        has(&law["by_item"][0], &["item", "outcome"]);
    }
    let run =
        comity(listed()).args(["check", "examples/pump-drive.toml", "--json"]).run().calm().with_status(0);
    let answer = run.json();
    let eu = &answer["items"][0]["lists"]["eu"];
    has(eu, &["matched", "excluded", "undetermined", "not_encoded"]);
    has(&eu["matched"][0], &["entry", "agreed_in", "because"]);
    let law = answer["laws"].as_array().unwrap().iter().find(|l| l["law"] == "eu").unwrap();
    has(&law["requirements"][0], &["id", "rule", "item", "mandate", "cancelled_by"]);
    has(&law["authorisations"][0], &["id", "item", "status", "by"]);
    let run = comity(listed())
        .args(["check", "examples/pump-drive-open.toml", "--json"])
        .run()
        .calm()
        .with_status(0);
    has(&run.json()["items"][0]["lists"]["eu"]["undetermined"][0], &["entry", "missing", "settle"]);
}

#[test]
fn exit_statuses_follow_the_outcome_only_when_asked() {
    for (deal, status) in [("pump-drive", 10), ("listed-trader", 20), ("pump-drive-open", 30)] {
        let path = format!("examples/{deal}.toml");
        comity(listed()).args(["check", &path]).run().calm().with_status(0);
        comity(listed()).args(["check", &path, "--exit-status"]).run().calm().with_status(status);
    }
    comity(listed())
        .args(["screen", "Example Ridge Trading Corporation", "--exit-status"])
        .run()
        .calm()
        .with_status(10);
    comity(listed()).args(["screen", "Quite Another Bakery", "--exit-status"]).run().calm().with_status(0);
}

#[test]
fn flags_stand_before_or_after_the_command_and_streams_stay_apart() {
    let before = bare(empty())
        .arg("--json")
        .arg("--data")
        .arg(listed())
        .args(["check", "examples/pump-drive.toml"])
        .run()
        .calm()
        .with_status(0);
    let after = bare(empty())
        .args(["check", "examples/pump-drive.toml", "--json", "--data"])
        .arg(listed())
        .run()
        .calm()
        .with_status(0);
    assert_eq!(before.stdout, after.stdout);
    let text = std::fs::read_to_string(repo("examples/pump-drive.toml")).unwrap();
    let piped = comity(listed()).args(["check", "-", "--json"]).input(text).run().calm().with_status(0);
    assert_eq!(piped.json(), after.json());
    // Nothing but the answer on standard output, and no colour where it is no terminal.
    assert!(!before.stdout.contains('\u{1b}'));
    let unscreened =
        comity(empty()).args(["check", "examples/pump-drive.toml", "--json"]).run().calm().with_status(0);
    assert!(unscreened.stderr.contains("no party was screened"), "{}", unscreened.stderr);
    assert!(unscreened.json()["parties"].as_array().unwrap().iter().all(|p| p["status"] == "not_screened"));
}

#[test]
fn the_same_question_twice_gives_the_same_bytes() {
    for arguments in [
        &["check", "examples/forty-items.toml", "--json"][..],
        &["check", "examples/contested-party.toml"],
        &["screen", "Example Ridge", "--json", "--as-of", "2026-11-21"],
    ] {
        let one = comity(listed()).args(arguments).run().calm();
        let two = comity(listed()).args(arguments).run().calm();
        assert_eq!(one.stdout, two.stdout);
    }
}

#[test]
fn batches_answer_line_by_line_in_order() {
    let deal = |id: &str, to: &str| {
        serde_json::json!({ "id": id, "date": "2026-11-21", "activity": "export", "from": "DE", "to": to,
            "item": [{ "description": "drive", "class": "frequency_changer" }] })
        .to_string()
    };
    let (_dir, path) = file(
        "deals.jsonl",
        format!("{}\n{{\"id\": \"b\", \"activity\": \"exprot\"}}\n\n{}\n", deal("a", "PK"), deal("c", "CH")),
    );
    let run = comity(listed()).arg("check").arg("--batch").arg(&path).run().calm().with_status(2);
    let lines = run.lines();
    assert_eq!(lines.iter().map(|l| l["id"].as_str().unwrap()).collect::<Vec<_>>(), ["a", "b", "c"]);
    has(&lines[0], &["id", "outcome", "laws"]);
    has(&lines[1]["error"], &["place", "message"]);
    assert!(lines[1]["error"]["message"].as_str().unwrap().contains("exprot"), "{}", lines[1]);

    let (_dir, path) = file(
        "parties.jsonl",
        "{\"id\":\"1\",\"name\":\"Example Ridge Trading Corporation\",\"type\":\"Company\"}\n{\"id\":\"2\",\"name\":\"Quite Another Bakery\"}\n",
    );
    let run = comity(listed()).args(["screen", "--batch"]).arg(&path).run().calm().with_status(0);
    let lines = run.lines();
    assert_eq!(keys(&lines[0]), ["id", "hits"]);
    has(&lines[0]["hits"][0], &["id", "name", "score", "list", "measures", "evidence"]);
    assert_eq!(lines[1], serde_json::json!({ "id": "2", "hits": [] }));
    let (_dir, path) =
        file("parties.csv", "id,name\n1,Example Ridge Trading Corporation\n2,\"Bakery, Quite Another\"\n");
    let run = comity(listed()).args(["screen", "--batch"]).arg(&path).run().calm().with_status(0);
    assert_eq!(run.lines().len(), 2);

    let (_dir, path) = file(
        "items.jsonl",
        "{\"id\":\"x\",\"class\":\"frequency_changer\",\"to\":\"PK\",\"facts\":{\"power\":\"45 VA\"}}\n",
    );
    let run = comity(listed()).args(["classify", "--batch"]).arg(&path).run().calm().with_status(0);
    let line = &run.lines()[0];
    assert_eq!(keys(line), ["id", "lists"]);
    has(&line["lists"]["eu"], &["matched", "excluded", "undetermined", "not_encoded"]);
    has(&line["lists"]["eu"]["undetermined"][0], &["entry", "missing"]);

    let out = TempDir::new().unwrap();
    let target = out.path().join("answers.jsonl");
    let run = comity(listed())
        .args(["classify", "--batch"])
        .arg(&path)
        .arg("--out")
        .arg(&target)
        .run()
        .calm()
        .with_status(0);
    assert!(run.stdout.is_empty() && std::fs::read_to_string(target).unwrap().lines().count() == 1);
}

#[test]
fn the_other_shapes() {
    let json = |arguments: &[&str]| {
        comity(listed()).args(arguments).arg("--json").run().calm().with_status(0).json()
    };
    let screened = json(&["screen", "Example Ridge Trading Corporation"]);
    has(&screened, &["as_of", "register", "queries"]);
    has(&screened["queries"][0], &["name", "status", "hits"]);
    has(&json(&["classify", "examples/pump-drive.toml"]), &["as_of", "items"]);
    let status = json(&["register", "status"]);
    has(&status, &["as_of", "lists"]);
    has(&status["lists"][0], &["list", "edition", "entries", "digest", "fetched", "stale", "refused"]);
    let shown = json(&["controls", "show", "eu", "3A225"]);
    has(&shown, &["as_of", "list", "entry", "edition", "title", "agreed_in", "encoded", "provisions"]);
    let treaty = json(&["state", "treaty", "CTBT", "--as-of", "2023-11-03"]);
    has(
        &treaty,
        &[
            "as_of",
            "treaty",
            "data_as_of",
            "parties",
            "signatories",
            "none",
            "unknown",
            "contested",
            "states",
        ],
    );
    has(&treaty["states"][0], &["state", "status", "since", "last_known", "source"]);
    let standing = json(&["state", "standing", "FR", "PK"]);
    has(&standing["states"][0], &["state", "vector", "participation"]);
    has(&standing["states"][0]["vector"][0], &["treaty", "status", "since", "source"]);
    has(&json(&["state", "show", "FR"]), &["as_of"]);
    has(&json(&["law", "show", "EU-3.1"]), &["as_of", "rule", "cite", "says", "effect", "evidence"]);
    has(&json(&["law", "list"]), &["as_of", "packs"]);
    has(&json(&["law", "check", "data"]), &["faults", "counts"]);
    has(&json(&["controls", "classes", "valve"]), &["as_of", "classes"]);
    has(&json(&["controls", "facts", "frequency_changer"]), &["as_of", "facts"]);
    let data = TempDir::new().unwrap();
    let updated = comity(data.path())
        .args(["update", "--from", "examples/lists", "--json"])
        .run()
        .calm()
        .with_status(0)
        .json();
    has(&updated["lists"][0], &["list", "edition", "entries", "result", "message"]);
}

#[test]
fn a_pack_of_the_user_is_one_more_law() {
    let run = comity(listed())
        .args(["check", "examples/pump-drive.toml", "--json", "--packs", "crates/pack/tests/packs/whole"])
        .run()
        .calm()
        .with_status(0);
    let plain = comity(listed())
        .args(["check", "examples/pump-drive.toml", "--json"])
        .run()
        .calm()
        .with_status(0)
        .json();
    let answer = run.json();
    let own = answer["laws"].as_array().unwrap().iter().find(|l| l["law"] == "aq").unwrap().clone();
    assert_eq!(own["outcome"], "out_of_scope");
    assert_ne!(answer["lawbook"]["digest"], plain["lawbook"]["digest"]);
    // The other laws answer as before: packs never cancel each other.
    let others = |a: &Value| {
        a["laws"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|l| l["law"] != "aq")
            .map(|l| (l["law"].clone(), l["outcome"].clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(others(&answer), others(&plain));
    comity(listed()).args(["law", "check", "crates/pack/tests/packs/whole"]).run().calm().with_status(0);
    let broken =
        comity(listed()).args(["law", "check", "crates/pack/tests/packs/broken"]).run().calm().with_status(2);
    assert!(broken.stderr.contains("20 faults"), "{}", broken.stderr);
}
