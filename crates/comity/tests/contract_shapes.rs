//! More of the outside contract (design, section 4) than the names alone: of which kind each value is, over all examples; the order of the
//! laws and the word on top; what each exit status stands for; flags, environment, streams.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

mod common;

use common::{bare, comity, empty, file, listed};
use serde_json::{Value, json};

/// Every name of `shape` is in `value`, with a value of the same kind. In a shape `null` stands for "there, of any kind", a list for "a list
/// of such", where it may be empty unless the name of the list stands in `filled`.
#[track_caller]
fn has_shape(value: &Value, shape: &Value, path: &str, filled: &[&str]) {
    match (value, shape) {
        (_, Value::Null) => {}
        (Value::Object(has), Value::Object(wants)) => {
            for (key, inner) in wants {
                let Some(found) = has.get(key) else { panic!("{path}: no `{key}` in {value}") };
                has_shape(found, inner, &format!("{path}.{key}"), filled);
            }
        }
        (Value::Array(has), Value::Array(wants)) => {
            let name = path.rsplit('.').next().unwrap();
            assert!(!has.is_empty() || !filled.contains(&name), "{path} is empty");
            if let Some(inner) = wants.first() {
                has.iter().for_each(|v| has_shape(v, inner, &format!("{path}[]"), filled));
            }
        }
        (Value::String(_), Value::String(_))
        | (Value::Number(_), Value::Number(_))
        | (Value::Bool(_), Value::Bool(_)) => {}
        _ => panic!("{path}: {value} where {shape} is of another kind"),
    }
}

/// `ground` is a word where the author states one, a list where there are several, null where none is known.
fn mandate() -> Value {
    json!({ "imposed_by": "", "agreed_in": [""], "ground": null, "instrument": "" })
}

fn measure() -> Value {
    json!({ "list": "", "mandate": mandate(), "status": "", "link": "", "from": null, "until": null })
}

fn on_list() -> Value {
    json!({
        "matched": [{ "entry": "", "agreed_in": [""], "because": [""] }],
        "excluded": [{ "entry": "", "by": "", "to": null }],
        "undetermined": [{ "entry": "", "missing": [""], "settle": [[""]] }],
        "not_encoded": [""],
    })
}

fn answer() -> Value {
    let requirement = json!({ "id": "", "rule": "", "item": 0, "mandate": mandate(), "cancelled_by": null });
    let hit = json!({ "id": "", "name": "", "score": 0.5, "evidence": [""], "measures": [measure()] });
    json!({
        "as_of": "",
        "lawbook": { "digest": "", "date": "" },
        "register": [{ "list": "", "edition": "", "digest": "", "stale": false }],
        "outcome": "", "best": null, "worst": null,
        "parties": [{ "role": "", "name": "", "status": "", "hits": [hit] }],
        "items": [{ "lists": { "eu": on_list(), "us": on_list() } }],
        "laws": [{
            "law": "", "hook": [""], "outcome": "", "best": null, "worst": null,
            "by_item": [{ "item": 0, "outcome": "" }],
            "requirements": [requirement.clone()],
            "authorisations": [{ "id": "", "item": 0, "status": "", "by": [""] }],
            "prohibitions": [requirement], "duties": [], "missing": [""], "checked": [""],
            "contested": [{ "position": "", "holders": [""], "outcome": "" }],
        }],
        "next": [""],
    })
}

/// From the first that decides the word on top to the last; two stand side by side.
const ORDER: [&[&str]; 10] = [
    &["prohibited"],
    &["licence_presumption_of_denial"],
    &["licence_required"],
    &["notify_and_wait"],
    &["undetermined", "not_judged"],
    &["contested"],
    &["authorised_generally"],
    &["duty_only"],
    &["no_requirement_found"],
    &["out_of_scope"],
];

#[test]
fn every_value_of_an_answer_is_of_its_kind() {
    let mut seen: Vec<String> = Vec::new();
    for path in common::examples() {
        let value = comity(listed()).arg("--json").arg("check").arg(&path).run().with_status(0).json();
        has_shape(
            &value,
            &answer(),
            &path.display().to_string(),
            &["register", "parties", "items", "laws", "next"],
        );
        for law in value["laws"].as_array().unwrap() {
            let outcome = law["outcome"].as_str().unwrap();
            assert!(ORDER.iter().any(|group| group.contains(&outcome)), "{outcome}");
            seen.push(outcome.to_owned());
        }
        for party in value["parties"].as_array().unwrap() {
            assert!(
                ["hit", "possible", "no_hit", "not_screened"].contains(&party["status"].as_str().unwrap())
            );
        }
    }
    // No row of the shape held for want of an example.
    for outcome in [
        "out_of_scope",
        "no_requirement_found",
        "authorised_generally",
        "licence_required",
        "prohibited",
        "undetermined",
        "contested",
        "not_judged",
    ] {
        assert!(seen.iter().any(|s| s == outcome), "no example has a law that is {outcome}");
    }
    let of = |name: &str| {
        comity(listed()).args(["--json", "check"]).arg(format!("examples/{name}.toml")).run().json()
    };
    let filled = |value: &Value| value.as_array().is_some_and(|a| !a.is_empty());
    let drive = of("pump-drive");
    assert!(filled(&drive["items"][0]["lists"]["eu"]["matched"][0]["because"]));
    assert!(
        filled(&drive["laws"][1]["requirements"])
            && filled(&drive["laws"][1]["authorisations"])
            && filled(&drive["laws"][1]["by_item"])
    );
    assert!(filled(&of("listed-trader")["laws"][0]["prohibitions"]));
    assert!(filled(&of("listed-trader")["parties"][1]["hits"][0]["measures"]));
    assert!(filled(&of("contested-party")["laws"][0]["contested"][0]["holders"]));
    assert!(filled(&of("cleaner-30-percent")["items"][0]["lists"]["eu"]["excluded"]));
    assert!(filled(&of("pump-drive-missing")["items"][0]["lists"]["eu"]["undetermined"][0]["settle"][0]));
}

#[test]
fn laws_stand_in_one_order_and_the_top_is_the_first_of_the_fixed_order() {
    for path in common::examples() {
        let value = comity(listed()).arg("--json").arg("check").arg(&path).run().json();
        let laws = value["laws"].as_array().unwrap();
        assert_eq!((laws[0]["law"].as_str(), laws[1]["law"].as_str()), (Some("un"), Some("eu")));
        let national: Vec<&str> = laws[2..].iter().map(|l| l["law"].as_str().unwrap()).collect();
        assert!(national.is_sorted(), "national laws by code: {national:?}");
        let outcomes: Vec<&str> = laws.iter().map(|l| l["outcome"].as_str().unwrap()).collect();
        let top = ORDER.iter().flat_map(|group| *group).find(|o| outcomes.contains(o)).unwrap();
        assert_eq!(value["outcome"], *top, "{}: {outcomes:?}", path.display());
        assert!(value["next"].as_array().unwrap().len() <= 7);
        for law in laws {
            let open = ["undetermined", "contested"].contains(&law["outcome"].as_str().unwrap());
            assert_eq!(
                law["best"].is_string() && law["worst"].is_string(),
                open,
                "{}: {} {}",
                path.display(),
                law["law"],
                law["outcome"]
            );
        }
    }
}

#[test]
fn each_exit_status_stands_for_its_outcomes() {
    for (example, status) in [
        ("pump-drive", 10),
        ("listed-trader", 20),
        ("pump-drive-missing", 30),
        ("machine-tool", 30),
        ("contested-party", 30),
    ] {
        let path = format!("examples/{example}.toml");
        comity(listed()).args(["check", &path]).run().with_status(0);
        comity(listed()).args(["check", "--exit-status", &path]).run().with_status(status);
        comity(listed()).args(["--json", "check", &path, "--exit-status"]).run().with_status(status);
    }
    // Nothing found by any law: 0. Inside of a State whose law is in a pack, so that no other law is a row.
    let nothing = json!({
        "date": "2026-11-21", "activity": "export", "from": "US", "to": "US",
        "party": [{ "role": "end-user", "name": "Example Nobody", "state": "US" }],
        "item": [{ "class": "furniture", "origin": "US", "content": [], "facts": { "specially_designed_for": "none" } }],
        "end_use": { "purpose": "civil", "knowledge": "none" },
        "facts": { "informed_by_authority": false, "us_circumstances": [], "direct_product_us": false, "us_person": false, "military_item": false },
    });
    let run =
        comity(listed()).args(["--json", "check", "--exit-status", "-"]).input(nothing.to_string()).run();
    assert_eq!(
        (run.status, run.json()["outcome"].as_str().unwrap()),
        (0, "no_requirement_found"),
        "{}",
        run.stdout
    );

    let nobody = "Nobody Of That Name At All";
    let trader = "Example Ridge Trading Corporation";
    comity(listed()).args(["screen", trader]).run().with_status(0);
    comity(listed()).args(["screen", "--exit-status", nobody, trader]).run().with_status(10);
    // Before the first edition on this machine, and before any day that a list dates itself, nobody is screened.
    comity(listed()).args(["--as-of", "2001-01-01", "screen", "--exit-status", trader]).run().with_status(30);
}

fn line(id: &str, party: &str) -> Value {
    json!({
        "id": id, "date": "2026-11-21", "activity": "export", "from": "BR", "to": "AE",
        "party": [{ "role": "consignee", "name": party }],
        "item": [{ "class": "furniture", "origin": "BR", "content": [], "facts": { "specially_designed_for": "none" } }],
        "end_use": { "purpose": "civil", "knowledge": "none" },
        "facts": { "informed_by_authority": false, "us_circumstances": [], "direct_product_us": false },
    })
}

#[test]
fn a_batch_signals_the_first_of_20_30_10_0_and_a_line_says_what_the_deal_says() {
    let (open, hit) = (line("a", "Example Nobody"), line("b", "Example Ridge Trading Corporation"));
    let (_dir, path) = file("deals.jsonl", format!("{open}\n{hit}\n"));
    let lines =
        comity(listed()).args(["check", "--exit-status", "--batch"]).arg(&path).run().with_status(20).lines();
    let mut with_id = answer();
    with_id["id"] = json!("");
    lines.iter().for_each(|l| has_shape(l, &with_id, "line", &["laws", "items"]));
    assert_eq!(
        (&lines[0]["id"], &lines[1]["id"], &lines[1]["outcome"]),
        (&json!("a"), &json!("b"), &json!("prohibited"))
    );
    let alone =
        comity(listed()).args(["--json", "check", "-"]).input(hit.to_string()).run().with_status(0).json();
    assert_eq!(alone, lines[1]);
    let from_pipe = comity(listed())
        .args(["check", "--exit-status", "--batch", "-"])
        .input(format!("{open}\n"))
        .run()
        .with_status(30)
        .lines();
    assert_eq!(from_pipe[0], lines[0]);

    let parties = "{\"id\":\"1\",\"name\":\"Example Ridge Trading Corporation\",\"type\":\"organization\",\"state\":\"KP\"}\n{\"id\":\"2\",\"name\":\"Nobody At All\",\"type\":\"Person\",\"birth_date\":\"1960\",\"identifiers\":[{\"type\":\"passport\",\"value\":\"X1\",\"state\":\"BR\"},\"imo:1234567\"]}\n";
    let (_dir, path) = file("parties.jsonl", parties);
    let lines = comity(listed())
        .args(["--as-of", "2026-03-01", "screen", "--exit-status", "--batch"])
        .arg(&path)
        .run()
        .with_status(10)
        .lines();
    let listed_hit =
        json!({ "id": "", "name": "", "score": 0.5, "list": "", "measures": [measure()], "evidence": [""] });
    lines.iter().for_each(|l| has_shape(l, &json!({ "id": "", "hits": [listed_hit] }), "line", &[]));
    let scores: Vec<f64> =
        lines[0]["hits"].as_array().unwrap().iter().map(|h| h["score"].as_f64().unwrap()).collect();
    assert!(!scores.is_empty() && scores.is_sorted_by(|a, b| a >= b), "best first: {scores:?}");

    let items = "{\"id\":\"x\",\"description\":\"converter\",\"class\":\"adc\",\"hs\":\"8542.39\",\"claimed\":\"eu:3A001.a.5.a.3\",\"to\":\"IN\",\"date\":\"2026-11-21\",\"facts\":{\"resolution\":\"12 bit\",\"sample_rate\":\"400.1 MSa/s\"}}\n{\"id\":\"y\",\"class\":\"chemical\",\"cas\":\"102-71-6\"}\n";
    let (_dir, path) = file("items.jsonl", items);
    let lines = comity(empty()).args(["classify", "--batch"]).arg(&path).run().with_status(0).lines();
    let short = json!({ "matched": [""], "excluded": [""], "undetermined": [{ "entry": "", "missing": [""] }], "not_encoded": [""] });
    lines
        .iter()
        .for_each(|l| has_shape(l, &json!({ "id": "", "lists": { "eu": short, "us": short } }), "line", &[]));
    assert_eq!(lines[0]["lists"]["eu"]["matched"], json!(["3A001.a.5.a.3"]));
}

#[test]
fn a_register_updated_twice_is_unchanged_and_only_is_obeyed() {
    let data = tempfile::TempDir::new().unwrap();
    let update = |more: &[&str]| {
        comity(data.path())
            .args(["update", "--json", "--from", "examples/lists"])
            .args(more)
            .run()
            .with_status(0)
            .json()
    };
    let results = |v: &Value| common::words(v, "lists/*/result");
    let shape = json!({ "as_of": "", "lists": [{ "list": "", "edition": "", "entries": 0, "result": "", "message": "" }] });
    let only = update(&["--only", "us/ofac-sdn"]);
    has_shape(&only, &shape, "update", &["lists"]);
    assert_eq!(
        (common::words(&only, "lists/*/list"), results(&only)),
        (vec!["us/ofac-sdn".to_owned()], vec!["added".to_owned()])
    );
    let all = update(&[]);
    assert!(
        results(&all).contains(&"added".to_owned()) && results(&all).contains(&"unchanged".to_owned()),
        "{all}"
    );
    assert!(results(&update(&[])).iter().all(|r| r == "unchanged"));
}

#[test]
fn flags_anywhere_the_environment_where_none_is_given() {
    let path = "examples/pump-drive.toml";
    let data = listed().to_str().unwrap();
    let run = |args: &[&str]| bare(empty()).args(args).run().with_status(0).stdout;
    let before = run(&["--json", "--as-of", "2026-11-20", "--data", data, "--offline", "check", path]);
    assert_eq!(before, run(&["check", path, "--offline", "--data", data, "--as-of", "2026-11-20", "--json"]));
    assert_eq!(before, run(&["--json", "check", "--as-of", "2026-11-20", path, "--data", data]));
    assert!(before.contains("\"as_of\": \"2026-11-20\""));
    let by_environment = bare(empty())
        .env("COMITY_DATA", data)
        .args(["--json", "--as-of", "2026-11-20", "check", path])
        .run()
        .with_status(0);
    assert_eq!(before, by_environment.stdout);
    assert_eq!(bare(empty()).args(["--packs", "no/such/pack", "check", path]).run().status, 2);
}

#[test]
fn there_is_no_colour_in_a_pipe_nor_with_no_color_and_help_is_an_answer() {
    for env in [None, Some("1")] {
        for args in [
            &["check", "examples/pump-drive.toml"][..],
            &["state", "show", "PK"],
            &["register", "status"],
            &["screen", "x y"],
        ] {
            let mut run = comity(listed()).args(args);
            if let Some(value) = env {
                run = run.env("NO_COLOR", value);
            }
            let run = run.run().with_status(0);
            assert!(!run.stdout.contains('\u{1b}') && !run.stderr.contains('\u{1b}'), "{args:?}");
            assert!(!run.stdout.is_empty() && run.stderr.is_empty(), "{args:?}: {}", run.stderr);
        }
    }
    for args in [&["--help"][..], &["--version"], &["check", "--help"], &["register", "--help"]] {
        let run = comity(empty()).args(args).run().with_status(0);
        assert!(!run.stdout.is_empty() && run.stderr.is_empty());
    }
}
