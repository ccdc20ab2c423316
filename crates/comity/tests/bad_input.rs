//! Bad input of every kind: a message with place and remedy, exit status 2 (the user's) or 3 (data), nothing lost, no panic.
//! (Every run of `common` makes sure that nothing panicked.)
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

mod common;

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use comity::{deal_file, world};
use comity_model::lawbook::Lawbook;
use common::{comity, empty, file, listed, repo, words};
use proptest::prelude::*;
use serde_json::{Value, json};

fn drive() -> String {
    fs::read_to_string(repo("examples/pump-drive.toml")).unwrap()
}

/// The good deal with one part replaced, what is wrong with it, and what to do: parts of the message.
const FAULTS: &[(&str, &str, &[&str])] = &[
    // unknown keys, roles, facts, classes, entries: with a suggestion
    ("activity = \"export\"", "activty = \"export\"", &["`activty`", "activity"]),
    ("activity = \"export\"", "activity = \"exprot\"", &["exprot", "export"]),
    ("role = \"end-user\"", "role = \"enduser\"", &["enduser", "end-user"]),
    ("quantity = 12", "quantitty = 12", &["`item[0].quantitty`", "quantity"]),
    ("frequency_max = ", "frequency_maxx = ", &["frequency_maxx", "did you mean `frequency_max`"]),
    (
        "informed_by_authority = false",
        "informed_by_autority = false",
        &["informed_by_autority", "informed_by_authority"],
    ),
    (
        "class = \"frequency_changer\"",
        "class = \"frequency_chnager\"",
        &["frequency_chnager", "frequency_changer"],
    ),
    ("claimed = [\"eu:3A225\"]", "claimed = [\"eu:3A2255\"]", &["eu:3A2255", "3A225"]),
    ("claimed = [\"eu:3A225\"]", "claimed = [\"xx:3A225\"]", &["xx:3A225", "LIST:CODE", "eu"]),
    ("purpose = \"civil\"", "purpose = \"civl\"", &["civl", "civil"]),
    ("knowledge = \"none\"", "knowledge = \"nothing\"", &["nothing", "none"]),
    // quantities
    ("power = \"45 VA\"", "power = \"45 kg\"", &["45 kg", "mass", "VA"]),
    ("power = \"45 VA\"", "power = \"45 va\"", &["`va` is no known unit", "did you mean `VA`"]),
    ("power = \"45 VA\"", "power = \"45\"", &["45", "VA"]),
    ("power = \"45 VA\"", "power = \"VA\"", &["power", "VA"]),
    ("power = \"45 VA\"", "power = \"50..40 VA\"", &["50..40 VA"]),
    ("power = \"45 VA\"", "power = true", &["power", "VA"]),
    ("output_phases = 3", "output_phases = \"three\"", &["output_phases", "three"]),
    ("performance_locked = false", "performance_locked = \"no\"", &["performance_locked", "true or false"]),
    (
        "power = \"45 VA\"",
        "power = { value = \"45 VA\", basis = \"ISO 230-2:1988\" }",
        &["ISO 230-2:1988", "none"],
    ),
    // days
    ("date = 2026-11-21", "date = 2026-02-30", &["invalid date", "01 and 28"]),
    ("date = 2026-11-21", "date = \"21.11.2026\"", &["21.11.2026"]),
    ("on = 2026-11-18", "on = \"2026-13-01\"", &["2026-13-01"]),
    // places
    ("to = \"PK\"", "to = \"Pakistn\"", &["`Pakistn`", "did you mean", "PK"]),
    ("to = \"PK\"", "to = \"XQ\"", &["`XQ` is no known State"]),
    ("origin = \"DE\"", "origin = 49", &["origin"]),
    // shares and money
    ("percent = 12.0", "percent = 112.0", &["112", "0 to 100"]),
    ("percent = 12.0", "percent = -1", &["-1", "0 to 100"]),
    (
        "content = [{ state = \"US\", percent = 12.0 }]",
        "content = [{ state = \"US\", percent = 60 }, { state = \"DE\", percent = 41 }]",
        &["101", "at most 100"],
    ),
    ("content = [{ state = \"US\", percent = 12.0 }]", "content = [{ state = \"US\" }]", &["percent"]),
    ("currency = \"EUR\"", "currency = \"euro\"", &["euro", "ISO 4217"]),
    ("hs = \"8504.40\"", "hs = \"8\"", &["tariff", "8504.40"]),
    // contradictions
    (
        "class = \"frequency_changer\"",
        "class = \"frequency_changer\"\ncas = \"7664-39-4\"",
        &["7664-39-4", "check digit"],
    ),
    (
        "name = \"Example Water Board\"",
        "name = \"Example Water Board\"\nsame_as = [\"un/sc/KPe.901\"]\nnot_same_as = [\"un/sc/KPe.901\"]",
        &["same_as", "not_same_as", "un/sc/KPe.901"],
    ),
    (
        "informed_by_authority = false",
        "informed_by_authority = false\ninformed_by_authority = true",
        &["duplicate key"],
    ),
    // broken TOML
    ("[item.facts]", "[item.facts", &["not TOML", "expected `]`"]),
    ("name = \"Example Water Board\"", "name = \"Example Water Board", &["not TOML"]),
];

#[test]
fn each_fault_in_a_deal_is_told_with_its_line_and_a_remedy() {
    let good = drive();
    for (from, to, parts) in FAULTS {
        assert!(good.contains(from), "`{from}` is not in the example any more");
        let text = good.replacen(from, to, 1);
        let (_dir, path) = file("deal.toml", &text);
        let run = comity(empty()).arg("check").arg(&path).run().with_status(2);
        assert_eq!(run.stdout, "", "{to}");
        for part in *parts {
            assert!(
                run.stderr.to_lowercase().contains(&part.to_lowercase()),
                "{to}: no `{part}` in\n{}",
                run.stderr
            );
        }
        // Any line of what was put in will do.
        let lines = text.lines().enumerate().filter(|(_, l)| to.lines().any(|new| l.contains(new)));
        let places: Vec<String> = lines.map(|(n, _)| format!("deal.toml:{}:", n + 1)).collect();
        let broken = to.starts_with("[item.facts") || !to.matches('"').count().is_multiple_of(2);
        let placed =
            places.iter().any(|p| run.stderr.contains(p)) || (broken && run.stderr.contains("deal.toml:"));
        assert!(placed, "{to}: none of {places:?} in\n{}", run.stderr);
        // The same as JSON: place, message, remedy.
        let run = comity(empty()).args(["check", "--json"]).arg(&path).run().with_status(2);
        assert_eq!(run.stdout, "");
        let error: Value =
            serde_json::from_str(&run.stderr).unwrap_or_else(|e| panic!("{to}: {e}\n{}", run.stderr));
        for key in ["place", "message", "remedy"] {
            assert!(error["error"][key].is_string(), "{to}: no `{key}` in {error}");
        }
        assert!(error["error"]["place"].as_str().unwrap().contains("deal.toml"), "{error}");
        assert!(
            !error["error"]["remedy"].as_str().unwrap().is_empty() || *parts == ["-1", "0 to 100"],
            "{to}: no remedy in {error}"
        );
    }
}

#[test]
fn all_faults_of_a_deal_are_told_at_once() {
    let text = drive()
        .replace("\"45 VA\"", "\"45 kg\"")
        .replace("to = \"PK\"", "to = \"XQ\"")
        .replace("quantity", "quantitty");
    let (_dir, path) = file("deal.toml", &text);
    let run = comity(empty()).arg("check").arg(&path).run().with_status(2);
    for part in ["45 kg", "`XQ`", "quantitty", "3 faults"] {
        assert!(run.stderr.contains(part), "{}", run.stderr);
    }
    let error: Value =
        serde_json::from_str(&comity(empty()).args(["--json", "check"]).arg(&path).run().stderr).unwrap();
    assert_eq!(error["errors"].as_array().unwrap().len(), 3);
    assert_eq!(error["errors"][0], error["error"]);
}

#[test]
fn broken_json_is_told_with_its_line() {
    for (text, line) in [
        ("{\"activity\": \"export\",\n \"to\": }", 2),
        ("{\"activity\": \"export\"", 1),
        ("{\"activity\": \"export\"} {}", 1),
    ] {
        let (_dir, path) = file("deal.json", text);
        let run = comity(empty()).arg("check").arg(&path).run().with_status(2);
        assert!(run.stderr.contains(&format!("deal.json:{line}")), "{text}: {}", run.stderr);
    }
}

/// A reader that takes the last of two would answer for another deal than the one that was read.
#[test]
fn a_key_that_stands_twice_is_refused() {
    let (_dir, path) = file("deal.toml", "activity = \"export\"\nto = \"PK\"\nto = \"CH\"\n");
    let run = comity(empty()).arg("check").arg(&path).run().with_status(2);
    assert!(run.stderr.contains("deal.toml:3"), "{}", run.stderr);
    let (_dir, path) = file("deal.json", "{\"activity\": \"export\", \"to\": \"PK\", \"to\": \"CH\"}");
    let run = comity(empty()).arg("check").arg(&path).run().with_status(2);
    assert!(run.stderr.contains("deal.json:1") && run.stderr.contains("`to` stands twice"), "{}", run.stderr);
}

#[test]
fn a_file_that_is_no_text_of_a_deal_is_refused() {
    let (_dir, nothing) = file("empty.toml", "");
    let (_dir2, blank) = file("blank.toml", " \n\t\n");
    for path in [&nothing, &blank] {
        let run = comity(empty()).arg("check").arg(path).run().with_status(2);
        assert!(run.stderr.contains("empty") && run.stderr.contains("examples/"), "{}", run.stderr);
    }
    let (_dir, path) = file("latin.toml", b"date = 2026-11-21\nactivity = \"export\"\n# Stra\xdfe\n");
    let run = comity(empty()).arg("check").arg(&path).run().with_status(2);
    assert!(run.stderr.contains("latin.toml:3") && run.stderr.contains("UTF-8"), "{}", run.stderr);
    let run = comity(empty()).arg("check").arg("no/such/deal.toml").run().with_status(2);
    assert!(
        run.stderr.contains("no/such/deal.toml") && run.stderr.contains("cannot be read"),
        "{}",
        run.stderr
    );
    let run = comity(empty()).arg("check").arg("examples").run().with_status(2);
    assert!(run.stderr.contains("examples: cannot be read"), "{}", run.stderr);
    for flag in ["check", "classify", "screen"] {
        let run = comity(listed()).args([flag, "--batch", "no/such/file.jsonl"]).run().with_status(2);
        assert!(run.stderr.contains("no/such/file.jsonl"), "{}", run.stderr);
        let run = comity(listed()).args([flag, "--batch", "examples"]).run().with_status(2);
        assert!(run.stderr.contains("examples"), "{}", run.stderr);
    }
}

#[test]
fn a_file_of_200_mb_is_refused_at_once() {
    let dir = tempfile::TempDir::new().unwrap();
    let path = dir.path().join("huge.toml");
    fs::File::create(&path).unwrap().set_len(200 << 20).unwrap();
    let start = std::time::Instant::now();
    for command in ["check", "classify"] {
        let run = comity(empty()).arg(command).arg(&path).run().with_status(2);
        assert!(run.stderr.contains("huge.toml") && run.stderr.contains("16 MB"), "{}", run.stderr);
    }
    // As a batch it is one line of two hundred million bytes: an error line, and the end of it.
    for command in ["check", "classify", "screen"] {
        let run = comity(listed()).args([command, "--batch"]).arg(&path).run().with_status(2);
        let lines = run.lines();
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0]["error"]["place"], "line 1");
    }
    assert!(start.elapsed().as_secs() < 120, "{:?}", start.elapsed());
}

#[test]
fn wrong_use_is_told_with_status_2() {
    for args in [
        &["check"][..],
        &["chekc", "x"],
        &["check", "a", "b"],
        &["check", "--as-of", "2026-02-30", "examples/pump-drive.toml"],
        &["check", "--batch", "a", "b"],
        &["screen"],
        &["screen", ""],
        &["screen", "--threshold", "2", "x"],
        &["update", "--accept", "un/sc"],
        &["update", "--only", "un/nothing", "--from", "examples/lists"],
        &["update", "--from", "no/such/folder"],
        &["controls", "show", "eu", "9Z999"],
        &["controls", "show", "zz", "3A225"],
        &["controls", "facts", "no_such_class"],
        &["law", "show", "EU-0.0"],
        &["law", "list", "zz"],
        &["law", "check", "no/such/folder"],
        &["state", "show", "Atlantis"],
        &["state", "treaty", "no-such-treaty"],
    ] {
        let dir = tempfile::TempDir::new().unwrap();
        comity(dir.path()).args(["update", "--from", "examples/lists"]).run().with_status(0);
        let run = comity(dir.path()).args(args).run();
        assert_eq!(run.status, 2, "{args:?}: {}{}", run.stdout, run.stderr);
        assert_eq!(run.stdout, "", "{args:?}");
        assert!(run.stderr.starts_with("error: "), "{args:?}: {}", run.stderr);
        let run = comity(dir.path()).arg("--json").args(args).run();
        let error: Result<Value, _> = serde_json::from_str(&run.stderr);
        assert!(
            error.is_ok_and(|e| e["error"]["message"].is_string()) || run.stderr.starts_with("error: "),
            "{args:?}: {}",
            run.stderr
        );
    }
}

#[test]
fn missing_data_has_status_3() {
    let run = comity(empty()).args(["screen", "Example Ridge Trading Corporation"]).run().with_status(3);
    assert!(
        run.stderr.contains("the register is empty") && run.stderr.contains("comity update"),
        "{}",
        run.stderr
    );
    let run = comity(empty()).args(["--json", "screen", "x"]).run().with_status(3);
    let error: Value = serde_json::from_str(&run.stderr).unwrap();
    assert!(error["error"]["remedy"].as_str().unwrap().contains("comity update"), "{error}");
    let run = comity(empty()).args(["update"]).run().with_status(3);
    assert!(run.stderr.contains("--from"), "{}", run.stderr);
}

/// A folder laid out like `examples/lists`, with that as its UN list.
fn lists_with(un: &[u8]) -> tempfile::TempDir {
    let dir = tempfile::TempDir::new().unwrap();
    let folder = dir.path().join("un/2026-02-01");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("consolidated.xml"), un).unwrap();
    dir
}

fn un_list() -> String {
    fs::read_to_string(repo("examples/lists/un/2026-01-15/consolidated.xml"))
        .unwrap()
        .replace("2026-01-15", "2026-02-01")
}

const TRADER: &str = "Example Ridge Trading Corporation";

fn finds_the_trader(data: &Path) -> Value {
    let found =
        comity(data).args(["--json", "--as-of", "2026-03-01", "screen", TRADER]).run().with_status(0).json();
    assert!(words(&found, "queries/*/hits/*/id").contains(&"un/sc/KPe.901".to_owned()), "{found}");
    found["queries"].clone()
}

#[test]
fn a_damaged_list_is_refused_whole_and_the_last_good_edition_stays() {
    let good = un_list();
    let bomb = good.replacen(
        "<CONSOLIDATED_LIST",
        "<!DOCTYPE lolz [<!ENTITY a \"aaaaaaaaaaaaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]>\n<CONSOLIDATED_LIST",
        1,
    );
    let bomb = bomb.replacen("EXAMPLE RIDGE TRADING CORPORATION", "&c;", 1);
    let outside = good
        .replacen(
            "<CONSOLIDATED_LIST",
            "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/hostname\">]>\n<CONSOLIDATED_LIST",
            1,
        )
        .replacen("NOONE", "&a;", 1);
    let cut = &good[..good.len() / 2];
    let page = "<html><body>The service is unavailable.</body></html>";
    let cases: [(&str, Vec<u8>); 7] = [
        ("entity expansion", bomb.into_bytes()),
        ("an entity from outside", outside.into_bytes()),
        ("cut short", cut.as_bytes().to_vec()),
        ("an error page", page.as_bytes().to_vec()),
        ("empty", Vec::new()),
        (
            "not UTF-8",
            good.replace("SAMPLE", "\u{fffd}").bytes().map(|b| if b == 0xbd { 0xff } else { b }).collect(),
        ),
        (
            "an entry without its reference",
            good.replacen("<REFERENCE_NUMBER>KPe.901</REFERENCE_NUMBER>", "", 1).into_bytes(),
        ),
    ];
    for (what, bytes) in cases {
        let data = tempfile::TempDir::new().unwrap();
        comity(data.path()).args(["update", "--from", "examples/lists"]).run().with_status(0);
        let before = finds_the_trader(data.path());
        let lists = lists_with(&bytes);
        let run =
            comity(data.path()).args(["--json", "update", "--from"]).arg(lists.path()).run().with_status(3);
        let un =
            run.json()["lists"].as_array().unwrap().iter().find(|l| l["list"] == "un/sc").unwrap().clone();
        assert!(["refused", "held_back"].contains(&un["result"].as_str().unwrap()), "{what}: {un}");
        let message = un["message"].as_str().unwrap();
        assert!(message.contains("consolidated.xml"), "{what}: {message}");
        assert_eq!(finds_the_trader(data.path()), before, "{what}: the last good edition answers as before");
        let status = comity(data.path())
            .args(["--json", "--as-of", "2026-03-01", "register", "status"])
            .run()
            .with_status(0)
            .json();
        let un = status["lists"].as_array().unwrap().iter().find(|l| l["list"] == "un/sc").unwrap().clone();
        assert_eq!(un["edition"], "2026-01-15", "{what}");
        assert!(un["refused"].as_str().is_some_and(|r| !r.is_empty()), "{what}: {un}");
        comity(data.path()).args(["register", "verify"]).run().with_status(0);
    }
    // The good one is taken.
    let data = tempfile::TempDir::new().unwrap();
    comity(data.path()).args(["update", "--from", "examples/lists"]).run().with_status(0);
    let run = comity(data.path())
        .args(["--json", "update", "--from"])
        .arg(lists_with(good.as_bytes()).path())
        .run();
    assert_eq!(run.json()["lists"][0]["result"], "added", "{}", run.stdout);
}

#[test]
fn a_register_damaged_on_disk_is_told_and_never_a_clean_result() {
    let data = tempfile::TempDir::new().unwrap();
    comity(data.path()).args(["update", "--from", "examples/lists"]).run().with_status(0);
    let mut spoilt = 0;
    let mut stack = vec![data.path().to_owned()];
    while let Some(dir) = stack.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                stack.push(path);
            } else if path.metadata().unwrap().len() > 400 {
                let mut bytes = fs::read(&path).unwrap();
                let at = bytes.len() / 2;
                for b in &mut bytes[at..at + 40] {
                    *b ^= 0xff;
                }
                fs::write(&path, bytes).unwrap();
                spoilt += 1;
            }
        }
    }
    assert!(spoilt >= 2);
    let run = comity(data.path()).args(["register", "verify"]).run();
    assert_eq!(run.status, 3, "{}{}", run.stdout, run.stderr);
    let run = comity(data.path()).args(["--json", "--as-of", "2026-03-01", "screen", TRADER]).run();
    let found =
        serde_json::from_str::<Value>(&run.stdout).is_ok_and(|v| words(&v, "queries/*/status") == ["no_hit"]);
    assert!(!found, "a damaged register gave a clean result: {}", run.stdout);
}

#[test]
fn a_bad_line_of_a_batch_becomes_an_error_line_and_the_rest_goes_on() {
    let deal = |id: &str, to: &str| json!({ "id": id, "date": "2026-11-21", "activity": "export", "from": "BR", "to": to, "item": [{ "class": "furniture", "facts": { "specially_designed_for": "none" } }] });
    let text = format!(
        "{}\n{}\nno json at all\n\n{{\"id\":\"d\"}}\n{}\n",
        deal("a", "AE"),
        deal("b", "XQ"),
        deal("e", "AE")
    );
    let (dir, path) = file("deals.jsonl", &text);
    let run = comity(listed()).args(["check", "--batch"]).arg(&path).run().with_status(2);
    let lines = run.lines();
    assert_eq!(lines.len(), 5, "one answer a line that is not blank, in order");
    assert_eq!([&lines[0]["id"], &lines[1]["id"], &lines[3]["id"], &lines[4]["id"]], ["a", "b", "d", "e"]);
    for (line, place) in [(1, "line 2"), (2, "line 3"), (3, "line 5")] {
        assert_eq!(lines[line]["error"]["place"], place);
        assert!(lines[line]["error"]["message"].is_string() && lines[line]["outcome"].is_null());
    }
    assert!(lines[1]["error"]["message"].as_str().unwrap().contains("XQ"));
    assert!(lines[0]["outcome"].is_string() && lines[0]["error"].is_null());
    // The same answers, line by line, in a file.
    let out = dir.path().join("out.jsonl");
    let again =
        comity(listed()).args(["check", "--batch"]).arg(&path).arg("--out").arg(&out).run().with_status(2);
    assert_eq!((again.stdout.as_str(), fs::read_to_string(&out).unwrap()), ("", run.stdout));

    let parties = "{\"id\":1,\"name\":\"Example Ridge Trading Corporation\"}\n{\"id\":2}\n{\"id\":3,\"name\":\"x\",\"colour\":\"red\"}\n\u{ff}\n{\"id\":5,\"name\":\"Nobody At All\"}\n";
    let (_dir, path) = file("parties.jsonl", parties);
    let run =
        comity(listed()).args(["--as-of", "2026-03-01", "screen", "--batch"]).arg(&path).run().with_status(2);
    let lines = run.lines();
    assert_eq!(lines.len(), 5);
    assert_eq!(lines[0]["hits"][0]["id"], "un/sc/KPe.901");
    assert_eq!(lines.iter().filter(|l| l["error"].is_object()).count(), 3, "{}", run.stdout);
    assert_eq!(lines[4]["hits"], json!([]));

    let mut items: Vec<u8> =
        b"{\"id\":\"a\",\"class\":\"furniture\"}\n{\"id\":\"b\",\"class\":\"no_such\"}\n".to_vec();
    items.extend(b"{\"id\":\"c\",\"class\":\"\xff\"}\n{\"id\":\"d\",\"class\":\"adc\",\"facts\":{\"resolution\":\"12 kg\"}}\n{\"id\":\"e\",\"class\":\"furniture\"}\n");
    let (_dir, path) = file("items.jsonl", &items);
    let lines = comity(empty()).args(["classify", "--batch"]).arg(&path).run().with_status(2).lines();
    assert_eq!(lines.len(), 5);
    assert_eq!(
        lines.iter().map(|l| l["error"].is_object()).collect::<Vec<_>>(),
        [false, true, true, true, false]
    );
    assert!(lines[0]["lists"]["eu"]["matched"].is_array());
}

fn book() -> &'static Lawbook {
    static BOOK: OnceLock<Lawbook> = OnceLock::new();
    BOOK.get_or_init(|| world::embedded().unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Arbitrary text: a deal or faults, never a panic.
    #[test]
    fn arbitrary_bytes_are_a_deal_or_faults(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let text = String::from_utf8_lossy(&bytes);
        if let Err(faults) = deal_file::read("deal", &text, book()) {
            prop_assert!(!faults.is_empty());
        }
        let _ = deal_file::read("deal", &format!("{{{text}"), book());
    }

    /// The example with a few bytes changed, cut or doubled: closer to what goes wrong in life.
    #[test]
    fn a_spoilt_deal_is_a_deal_or_faults(cuts in proptest::collection::vec((any::<prop::sample::Index>(), any::<char>(), 0..3usize), 1..6)) {
        let mut text: Vec<char> = drive().chars().filter(|c| c.is_ascii()).collect();
        for (index, c, how) in cuts {
            let at = index.index(text.len());
            match how {
                0 => text[at] = c,
                1 => text.truncate(at.max(1)),
                _ => {
                    let more: Vec<char> = text[at..].iter().take(60).copied().collect();
                    text.splice(at..at, more);
                }
            }
        }
        let text: String = text.into_iter().collect();
        if let Err(faults) = deal_file::read("deal", &text, book()) {
            prop_assert!(!faults.is_empty());
            prop_assert!(faults.iter().all(|f| !f.found.is_empty()));
        }
    }
}
