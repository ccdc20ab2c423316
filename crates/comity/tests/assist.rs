//! `comity r1540 assist` and `topics` as a user meets them: a request goes through its procedure, what is refused says why, what is kept is kept
//! whole, and every answer carries the disclaimer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

mod common;

use std::path::Path;

use common::{Run, comity, empty, file};
use serde_json::Value;
use tempfile::TempDir;

const REQUEST: &str = r#"
[[request]]
id = "test-1"
requester = "Albania"
date = "2024-03-19"
topics = ["border-detection", "moon dust"]
fields = ["OP3CD.BORDER-TECH.N.L"]
kinds = ["equipment", "training"]
languages = ["en"]
region = "Europe and Central Asia"
contact = "desk of the ministry"
done_when = "two crossings have working portals"

[[offer]]
id = "portals"
provider = "org:EXAMPLE"
topics = ["border-detection"]
kinds = ["equipment"]
languages = ["en", "fr"]
regions = ["europe-central-asia"]
weapons = ["N"]
from = "2024-01-01"
to = "2024-12-31"
contact = "help desk"
"#;

fn run(data: &Path, as_of: &str, args: &[&str]) -> Run {
    comity(data).args(["--as-of", as_of, "r1540"]).args(args).run()
}

fn json(data: &Path, as_of: &str, args: &[&str]) -> Value {
    let value =
        comity(data).args(["--json", "--as-of", as_of, "r1540"]).args(args).run().with_status(0).json();
    let disclaimer = value["disclaimer"].as_str().expect("a disclaimer");
    assert!(disclaimer.contains("no measure of compliance"), "{disclaimer}");
    value
}

/// A folder in which the request and the offer above are kept.
fn kept() -> TempDir {
    let dir = TempDir::new().unwrap();
    let (_keep, path) = file("requests.toml", REQUEST);
    let path = path.to_string_lossy().into_owned();
    let added = run(
        dir.path(),
        "2024-03-19",
        &["assist", "add", &path, "--actor", "test", "--reason", "from the ministry"],
    )
    .with_status(0);
    assert!(added.stdout.contains("`moon-dust` is no topic"), "{}", added.stdout);
    dir
}

fn step(data: &Path, as_of: &str, id: &str, more: &[&str]) -> Run {
    let args =
        [&["assist", "step", "test-1", id, "--actor", "desk", "--reason", "note of the day"], more].concat();
    run(data, as_of, &args)
}

#[test]
fn a_request_goes_through_its_procedure() {
    let dir = kept();
    let data = dir.path();
    step(data, "2024-03-20", "authenticate", &[]).with_status(0);
    step(data, "2024-03-28", "acknowledge", &[]).with_status(0);
    // Five working days over a holiday and a weekend end on 5 April.
    let early = step(data, "2024-04-05", "circulate", &[]).with_status(2);
    assert!(early.stderr.contains("runs until the end of 2024-04-05"), "{}", early.stderr);
    step(data, "2024-04-06", "circulate", &[]).with_status(0);
    let due = json(data, "2024-04-08", &["assist", "due"]);
    let on: Vec<(&str, &str)> = due["due"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| (d["ends"].as_str().unwrap(), d["timer"].as_str().unwrap()))
        .collect();
    assert_eq!(
        on,
        [("2024-04-15", "requester-objection"), ("2024-05-19", "briefing"), ("2025-04-06", "follow-up")]
    );
    let silent = step(data, "2024-05-02", "offer", &[]).with_status(2);
    assert!(silent.stderr.contains("provider is not stated"), "{}", silent.stderr);
    step(data, "2024-05-02", "offer", &["--say", "provider=org:EXAMPLE"]).with_status(0);
    let other = step(data, "2024-05-03", "accept", &["--say", "provider=org:OTHER"]).with_status(2);
    assert!(
        other.stderr.contains("provider `org:OTHER`") && other.stderr.contains("org:EXAMPLE"),
        "{}",
        other.stderr
    );
    step(data, "2024-05-03", "accept", &["--say", "provider=org:EXAMPLE"]).with_status(0);
    step(data, "2024-06-03", "start", &[]).with_status(0);
    step(data, "2024-07-03", "feedback-provider", &[]).with_status(0);
    let half = step(data, "2024-07-04", "close", &[]).with_status(2);
    assert!(half.stderr.contains("feedback of the requester is missing"), "{}", half.stderr);
    step(data, "2024-07-04", "feedback-requester", &[]).with_status(0);
    step(data, "2024-07-04", "close", &[]).with_status(0);
    let shown = json(data, "2024-07-05", &["assist", "show", "test-1"]);
    assert_eq!(shown["state"], "closed");
    let log = shown["log"].as_array().unwrap();
    assert_eq!(log.len(), 9);
    assert!(log.iter().all(|s| s["actor"] == "desk"
        && s["reason"] == "note of the day"
        && s["recorded"].as_str().unwrap().ends_with('Z')));
    // As of an earlier day the later steps are not there.
    assert_eq!(json(data, "2024-05-02", &["assist", "show", "test-1"])["state"], "offers");
    let figures = json(data, "2024-07-05", &["assist", "figures"]);
    assert_eq!(figures["log"]["completed"], serde_json::json!({ "n": 1, "of": 1 }));
    assert_eq!(figures["log"]["days_from_receipt_to_first_offer"]["median"], 44);
    assert!(
        figures["published"]
            .as_array()
            .unwrap()
            .iter()
            .any(|f| f["figure"] == "R06" && f["published"] == 39 && f["ours"] == 20)
    );
}

#[test]
fn stale_and_unanswered_requests_are_always_shown() {
    let dir = kept();
    let data = dir.path();
    for (id, on) in
        [("authenticate", "2024-03-20"), ("acknowledge", "2024-03-28"), ("circulate", "2024-04-06")]
    {
        step(data, on, id, &[]).with_status(0);
    }
    let of = |value: &Value, key: &str| {
        value[key]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| r["request"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let open = json(data, "2024-10-01", &["assist", "ageing"]);
    assert_eq!(
        (of(&open, "unanswered"), of(&open, "overdue")),
        (vec!["test-1".to_owned()], vec!["test-1".to_owned()])
    );
    let late = json(data, "2026-01-01", &["assist", "ageing"]);
    assert_eq!((of(&late, "stale"), of(&late, "unanswered")), (vec!["test-1".to_owned()], vec![]));
    assert_eq!(of(&late, "no_log").len(), 20);
    let text = run(data, "2026-01-01", &["assist", "ageing"]).with_status(0).stdout;
    for heading in ["OVERDUE   none", "UNANSWERED   none", "STALE   1", "NO LOG HERE"] {
        assert!(text.contains(heading), "{heading}\n{text}");
    }
}

#[test]
fn suggestions_hold_on_the_day_and_say_why() {
    let dir = kept();
    let on_the_day = json(dir.path(), "2024-06-01", &["assist", "match", "test-1"]);
    let first = &on_the_day["requests"][0]["suggestions"][0];
    assert_eq!((&first["offer"], &first["met"], &first["of"]), (&"portals".into(), &5.into(), &5.into()));
    assert_eq!(first["language"]["common"], serde_json::json!(["en"]));
    assert_eq!(on_the_day["requests"][0]["unmapped"], serde_json::json!(["moon-dust"]));
    let later = json(dir.path(), "2025-01-01", &["assist", "match", "test-1"]);
    let offers = common::words(&later, "requests/*/suggestions/*/offer");
    assert!(!offers.is_empty() && !offers.contains(&"portals".to_owned()), "{offers:?}");
    let none = run(dir.path(), "2025-01-01", &["assist", "match", "az-before-2011"]).with_status(0).stdout;
    assert!(none.contains("emptied by topic: the request names none"), "{none}");
}

#[test]
fn a_new_request_without_its_parts_is_refused_and_nothing_is_kept() {
    let dir = TempDir::new().unwrap();
    let add = |text: &str, name: &str| {
        let (_keep, path) = file(name, text);
        let path = path.to_string_lossy().into_owned();
        run(dir.path(), "2026-11-21", &["assist", "add", &path, "--actor", "a", "--reason", "b"])
    };
    let whole = REQUEST.replace("test-1", "whole");
    let lacking =
        format!("{whole}\n[[request]]\nrequester = \"AO\"\ndate = \"2026-11-20\"\ntopics = [\"border\"]\n");
    let refused = add(&lacking, "a.toml").with_status(2);
    assert!(
        refused.stderr.contains("lacks fields, kinds, languages, region, contact, done_when"),
        "{}",
        refused.stderr
    );
    assert!(refused.stderr.contains("a.toml:"), "{}", refused.stderr);
    assert!(!dir.path().join("r1540/assist/requests").exists(), "nothing is half-loaded");
    // The same as an old one is kept, in each form.
    add("requester,date,old\nAO,before 2011,yes\nAO,before 2011,yes\n", "a.csv").with_status(0);
    add("{\"request\":{\"requester\":\"Angola\",\"date\":\"2008\",\"old\":true}}", "a.json").with_status(0);
    let mut names: Vec<String> = std::fs::read_dir(dir.path().join("r1540/assist/requests"))
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["ao-2008.json", "ao-before-2011-2.json", "ao-before-2011.json"], "each id once");
    let shown = json(dir.path(), "2026-11-21", &["assist", "show", "ao-2008"]);
    assert_eq!(shown["request"]["topics"], serde_json::json!(["unspecified"]));
    for (text, told) in [
        ("[[request]]\nrequester = \"Atlantis\"\ndate = \"2008\"\nold = true\n", "`Atlantis` names nobody"),
        ("[[request]]\nrequester = \"AO\"\ndate = \"2008-13\"\nold = true\n", "`2008-13` is no date"),
        (
            "[[request]]\nrequester = \"AO\"\ndate = \"2008\"\nold = true\nfields = [\"OP2.USE\"]\n",
            "this is a row; name its fields: OP2.USE.N.L",
        ),
        ("[[request]]\nrequester = \"AO\"\ndate = \"2008\"\nold = true\nid = \"../x\"\n", "id `../x`"),
        ("[[offer]]\nprovider = \"AO\"\n", "the offer names no topic"),
        ("[[offer]]\nprovider = \"AO\"\ntopics = \"border\"\nregions = [\"narnia\"]\n", "region `narnia`"),
        ("nothing = 1\n", "unknown key"),
        ("", "neither a request nor an offer"),
    ] {
        let refused = add(text, "b.toml").with_status(2);
        assert!(refused.stderr.contains(told), "{told}\n{}", refused.stderr);
    }
}

#[test]
fn a_damaged_file_stops_the_answer() {
    let dir = kept();
    let path = dir.path().join("r1540/assist/requests/test-1.json");
    let whole = std::fs::read_to_string(&path).unwrap();
    for broken in [&whole[..whole.len() / 2], "", "[]", &whole.replace("\"log\"", "\"logg\"")] {
        std::fs::write(&path, broken).unwrap();
        let run = run(dir.path(), "2024-06-01", &["assist", "due"]).with_status(3);
        assert!(run.stderr.contains("test-1.json"), "{}", run.stderr);
    }
    // A log that skips a guard is told, not followed.
    let forged = whole.replace("\"steps\": []", r#""steps": [{"step":"close","on":"2024-03-20","actor":"a","reason":"b","details":{},"recorded":"c"}]"#);
    std::fs::write(&path, forged).unwrap();
    let shown = json(dir.path(), "2024-06-01", &["assist", "show", "test-1"]);
    assert!(shown["fault"].as_str().unwrap().contains("step 1 of the log"), "{shown}");
    assert_eq!(json(dir.path(), "2024-06-01", &["assist", "figures"])["log"]["unreadable"], 1);
}

#[test]
fn gaps_suggest_topics_and_nothing_is_sent() {
    let (_keep, path) = file(
        "cells.csv",
        "field,value\nOP3CD.BORDER-TECH.N.L,\nOP3CD.BORDER.N.L,?\nOP2.USE.N.L,X\nOP1.NPT,\n",
    );
    let path = path.to_string_lossy().into_owned();
    let found = json(empty(), "2026-11-21", &["assist", "propose", "Angola", "--cells", &path]);
    assert_eq!(common::words(&found, "proposals/*/topic"), ["border", "border-detection"]);
    assert_eq!(common::words(&found, "without_topic/*/field"), ["OP1.NPT"]);
    // An edition that was taken in serves as well: all that it does not show is blank.
    let dir = TempDir::new().unwrap();
    let (_also, path) = file("matrix.csv", "field_id,value\nOP3CD.BORDER-TECH.N.L,X\nOP3CD.BORDER.N.L,?\n");
    let path = path.to_string_lossy().into_owned();
    run(
        dir.path(),
        "2026-11-21",
        &[
            "import",
            &path,
            "--state",
            "Angola",
            "--date",
            "2026-01-01",
            "--edition",
            "own",
            "--source",
            "note",
            "--life",
            "drafted",
        ],
    )
    .with_status(0);
    let found = json(dir.path(), "2026-11-21", &["assist", "propose", "Angola"]);
    let tech =
        found["proposals"].as_array().unwrap().iter().find(|p| p["topic"] == "border-detection").unwrap();
    let cells = common::words(tech, "cells/*/field");
    assert!(cells.len() == 5 && !cells.contains(&"OP3CD.BORDER-TECH.N.L".to_owned()), "{cells:?}");
    let facts = json(dir.path(), "2026-11-21", &["topics", "border-detection"]);
    assert_eq!(common::words(&facts, "facts/*/state"), ["AO"]);
    let none = run(empty(), "2026-11-21", &["assist", "propose", "Angola"]).with_status(2);
    assert!(none.stderr.contains("no such matrix"), "{}", none.stderr);
}

#[test]
fn a_tag_of_ones_own_joins_the_view_and_a_wrong_one_is_refused() {
    let head = "topic,kind,ref,reason,evidence,source\n";
    let view = |rows: &str, topic: &str| {
        let (_keep, path) = file("tags.csv", format!("{head}{rows}"));
        let path = path.to_string_lossy().into_owned();
        run(empty(), "2026-11-21", &["topics", topic, "--tags", &path])
    };
    let own = view("own:portals,entry,eu:2B510,made of printed parts,S,note\nown:portals,request,am-2008-04-04,portals,S,note\n", "own:portals")
        .with_status(0)
        .stdout;
    assert!(
        own.contains("eu:2B510") && own.contains("am-2008-04-04") && own.contains("printed parts"),
        "{own}"
    );
    for (row, told) in [
        ("emerging:ai,entry,eu:9Z999,x,S,y\n", "entry `eu:9Z999`"),
        ("emerging:ai,rule,EU-99,x,S,y\n", "rule `EU-99`"),
        ("emerging:ai,field,OP9,x,S,y\n", "field `OP9`"),
        ("emerging:a,none,rules,x,S,y\n", "topic `emerging:a`"),
        ("emerging:ai,none,eu@1999-01-01,x,S,y\n", "looked at in edition 1999-01-01"),
        ("emerging:ai,fact,AO:OP9,x,S,y\n", "fact `AO:OP9`"),
        ("emerging:ai,none,rules,,S,y\n", "nothing in reason"),
    ] {
        let refused = view(row, "emerging:ai").with_status(2);
        assert!(
            refused.stderr.contains(told) && refused.stderr.contains("tags.csv:2"),
            "{told}\n{}",
            refused.stderr
        );
    }
}

#[test]
fn an_unknown_name_lists_what_is_near() {
    let dir = kept();
    let near = |args: &[&str]| run(dir.path(), "2024-06-01", args).with_status(2).stderr;
    for (asked, told) in
        [("quantum", "emerging:quantum"), ("quantums", "emerging:quantum"), ("borders", "border-detection")]
    {
        let stderr = near(&["topics", asked]);
        assert!(stderr.contains(told), "{asked}: {stderr}");
    }
    let stderr = near(&["assist", "show", "test"]);
    assert!(stderr.contains("test-1"), "{stderr}");
    let stderr = near(&["assist", "show", "am-2008"]);
    assert!(stderr.contains("am-2008-04-04"), "{stderr}");
}

#[test]
fn every_view_carries_the_disclaimer_on_80_columns() {
    let dir = kept();
    let views: [&[&str]; 12] = [
        &["assist", "match"],
        &["assist", "match", "test-1"],
        &["assist", "show", "test-1"],
        &["assist", "show", "portals"],
        &["assist", "due"],
        &["assist", "ageing"],
        &["assist", "figures"],
        &["assist", "words"],
        &["assist", "procedure"],
        &["assist", "procedure", "un.silence"],
        &["topics"],
        &["topics", "emerging:itt"],
    ];
    for args in views {
        let text = run(dir.path(), "2024-06-01", args).with_status(0).stdout;
        assert!(
            text.split_whitespace().collect::<Vec<_>>().join(" ").contains("no measure of compliance"),
            "{args:?}"
        );
        for line in text.lines() {
            assert!(line.chars().count() <= 80, "{args:?}: {line}");
        }
        json(dir.path(), "2024-06-01", args);
        assert_eq!(text, run(dir.path(), "2024-06-01", args).stdout, "the same again");
    }
}
