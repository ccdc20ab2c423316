//! `comity r1540` as a user meets it: import in every form, pages, differences, gaps, exports, reviews, the national report, broken input. Every
//! output carries the disclaimer, and none a number computed of one State's marks.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

mod common;

use std::fmt::Write as _;
use std::path::Path;

use comity_sheet::sample;
use common::{Run, comity, file, repo};
use serde_json::Value;
use tempfile::TempDir;

/// What stands in every output: the first words of the disclaimer, on one line.
const DISCLAIMER: &str = "an aid to carrying out the resolution";

fn run(data: &Path, args: &[&str]) -> Run {
    comity(data).arg("r1540").args(args).run()
}

/// A run that answers, with the disclaimer in text and JSON.
#[track_caller]
fn told(data: &Path, args: &[&str]) -> (String, Value) {
    let text = run(data, args).with_status(0).stdout;
    assert!(text.split_whitespace().collect::<Vec<_>>().join(" ").contains(DISCLAIMER), "{args:?}\n{text}");
    let json = run(data, &[args, &["--json"]].concat()).with_status(0).json();
    assert!(json["disclaimer"].as_str().unwrap().contains(DISCLAIMER), "{args:?}");
    (text, json)
}

#[track_caller]
fn fits(text: &str) {
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{} characters: {line}", line.chars().count());
    }
}

/// Row labels of the catalogue with part, weapon and dimension, by field.
fn fields(data: &Path) -> Vec<Value> {
    run(data, &["fields", "--json"]).with_status(0).json()["fields"].as_array().unwrap().clone()
}

/// A filled matrix: `marks` gives the value of the field with that number.
fn matrix(data: &Path, marks: impl Fn(usize) -> &'static str) -> String {
    let mut text = "field_id,value,detail,source,date\n".to_owned();
    for (at, field) in fields(data).iter().enumerate() {
        let can = field["values"].as_array().unwrap();
        let mark = Some(marks(at)).filter(|m| m.is_empty() || can.iter().any(|c| c == m)).unwrap_or("");
        writeln!(text, "{},{mark},,report,2014", field["field"].as_str().unwrap()).unwrap();
    }
    text
}

fn import(data: &Path, name: &str, text: &str, args: &[&str]) -> Run {
    let (_dir, path) = file(name, text);
    run(data, &[&["import", path.to_str().unwrap(), "--json"], args].concat())
}

#[test]
fn rows_are_placed_by_label_and_never_by_number() {
    let rows = [
        "1,NPT,,,X,deposit,rep,2014",
        "2,Prohibition: Manufacture,N,L,X,,rep,2014",
        "2,prohibitions: finances the above,nuclear,legal framework,?,,rep,2014",
        "3(a),account for use,C,E,NA,,rep,2014",
        "\"3(c),(d) (with 6, 10)\",catch-all clause,B,enforcement,X,\"s. 4, as amended\",rep,2014",
        "2,Prohibition to invent,N,L,X,,rep,2014",
    ];
    let head = "row,op,label,weapon,dimension,value,detail,source,date";
    let mut exports = Vec::new();
    for order in [[0, 1, 2, 3, 4, 5], [5, 3, 1, 0, 4, 2]] {
        let dir = TempDir::new().unwrap();
        let mut text = format!("{head}\n");
        for (number, at) in order.iter().enumerate() {
            writeln!(text, "{},{}", (number * 7) % 5, rows[*at]).unwrap();
        }
        let report = import(dir.path(), "a.csv", &text, &["--state", "Kenya", "--date", "2014-05-01"])
            .with_status(0)
            .json();
        assert_eq!(report["mapped"], 5, "{report:#}");
        assert_eq!(report["by_step"]["label"], 2);
        assert_eq!(report["by_step"]["folded label"], 2);
        assert_eq!(report["by_step"]["alias"], 1);
        let unmapped = &report["unmapped"][0];
        assert!(unmapped["found"].as_str().unwrap().contains("Prohibition to invent"));
        assert!(!unmapped["near"].as_array().unwrap().is_empty());
        assert_eq!(unmapped["line"], order.iter().position(|at| *at == 5).unwrap() + 2);
        let json = run(dir.path(), &["export", "KE", "--format", "json"]).with_status(0).json();
        assert_eq!(json["kept"][0]["cells"]["label"], "Prohibition to invent");
        assert_eq!(json["fields"]["OP3CD.CATCH-ALL.B.E"][0]["detail"], "s. 4, as amended");
        exports.push(json["fields"].clone());

        // The user's table of aliases gives the row its place, in the edition that is there.
        std::fs::write(
            dir.path().join("r1540/aliases.csv"),
            "part,alias,row,source\nP2,prohibition to INVENT,OP2.DEVELOP,our desk\n",
        )
        .unwrap();
        let (text, json) = told(dir.path(), &["show", "KE"]);
        assert_eq!(json["retried"], serde_json::json!(["OP2.DEVELOP.N.L"]));
        assert!(json["unmapped"].as_array().unwrap().is_empty() && text.contains("Found their place since"));
        fits(&text);
    }
    assert_eq!(exports[0], exports[1]);
}

#[test]
fn an_export_read_back_gives_equal_bytes_and_a_second_import_adds_nothing() {
    let dir = TempDir::new().unwrap();
    let text = "field_id,value,detail,law,article,law_date,source,date\nOP2.USE.N.L,X,\"a, \"\"b\"\"\n#: state = XX\",Act,4,2004,r,2014\nOP9.NONE,X,,,,,r,\nOP1.CWC,?,,,,,r,\n";
    let report = import(
        dir.path(),
        "a.csv",
        text,
        &["--state", "KE", "--date", "2014-05", "--edition", "S/2014/1", "--by", "desk"],
    )
    .with_status(0)
    .json();
    assert_eq!(
        (report["unmapped"].as_array().unwrap().len(), report["illegal"].as_array().unwrap().len()),
        (1, 1)
    );
    for ending in ["csv", "json"] {
        let first = run(dir.path(), &["export", "KE", "--format", ending]).with_status(0).stdout;
        let other = TempDir::new().unwrap();
        import(other.path(), &format!("x.{ending}"), &first, &[]).with_status(0);
        let again = run(other.path(), &["export", "KE", "--format", ending]).with_status(0).stdout;
        assert_eq!(first, again);
        assert!(first.contains(DISCLAIMER));
        let report = import(dir.path(), &format!("x.{ending}"), &first, &[]).with_status(0).json();
        assert_eq!((&report["written"], &report["revision"]), (&Value::from(false), &Value::from(1)));
    }
    assert_eq!(
        std::fs::read_dir(dir.path().join("r1540/KE"))
            .unwrap()
            .filter(|e| e.as_ref().unwrap().path().extension().is_some_and(|e| e == "json"))
            .count(),
        1
    );
}

#[test]
fn facts_that_differ_stand_side_by_side_and_drawn_text_has_no_voice_beside_a_person() {
    let dir = TempDir::new().unwrap();
    let flags = ["--state", "KE", "--date", "2014-05-01"];
    import(
        dir.path(),
        "a.csv",
        "field_id,value,source\nOP2.USE.N.L,X,first\nOP2.USE.N.E,X,first\n",
        &[&flags[..], &["--by", "desk"]].concat(),
    )
    .with_status(0);
    import(dir.path(), "b.csv", "field_id,value,source\nOP2.USE.N.L,?,second\n", &flags).with_status(0);
    let text = "Operative paragraph 2\n 7. Prohibition: use\nOP2.USE.N.E NA Act of 1999\n";
    let report = import(dir.path(), "c.txt", text, &flags).with_status(0).json();
    assert_eq!((&report["mapped"], &report["kind"]), (&Value::from(1), &Value::from("text")));
    let (page, json) = told(dir.path(), &["show", "KE", "--fields", "OP2.USE"]);
    let cell =
        |id: &str| json["cells"].as_array().unwrap().iter().find(|c| c["field"] == id).unwrap().clone();
    assert_eq!(
        (&cell("OP2.USE.N.L")["value"], &cell("OP2.USE.N.L")["conflicting"]),
        (&Value::from("conflicting"), &Value::from(true))
    );
    assert_eq!(cell("OP2.USE.N.L")["facts"].as_array().unwrap().len(), 2);
    let held = cell("OP2.USE.N.E");
    assert_eq!(
        (&held["value"], &held["conflicting"], &held["drawn_differs"]),
        (&Value::from("X"), &Value::from(false), &Value::from(true))
    );
    assert_eq!(held["facts"][1]["confidence"], "high");
    assert!(page.contains("conflicting") && page.contains("reads otherwise"));
    // Even put in its place, drawn text leaves what the person entered.
    let report =
        import(dir.path(), "c.txt", text, &[&flags[..], &["--replace"]].concat()).with_status(0).json();
    assert_eq!(report["carried_over"], 2);
    // The three revisions before are still there.
    let all = run(dir.path(), &["editions", "KE", "--json"]).with_status(0).json();
    assert_eq!(all["editions"].as_array().unwrap().len(), 4);
}

#[test]
fn text_with_columns_is_read_by_its_heads_and_without_them_is_kept() {
    let dir = TempDir::new().unwrap();
    let text = "\
Operative paragraph 2
                                     N    C    B    N    C    B
 1. Prohibition: manufacture         X         ?              NA
 2. Prohibition: acquire             X  X
 3. Ban of dreaming                  X
Operative paragraph 1
 8. Biological weapons convention  X  deposit 1975
";
    let report =
        import(dir.path(), "m.txt", text, &["--state", "KE", "--date", "2014"]).with_status(0).json();
    assert_eq!(report["mapped"], 4, "{report:#}");
    let json = run(dir.path(), &["export", "KE", "--json"]).with_status(0).json();
    for (field, value) in [
        ("OP2.MANUFACTURE.N.L", "X"),
        ("OP2.MANUFACTURE.B.L", "?"),
        ("OP2.MANUFACTURE.B.E", "NA"),
        ("OP1.BWC", "X"),
    ] {
        assert_eq!(json["fields"][field][0]["value"], value, "{field}");
        assert_eq!(json["fields"][field][0]["entry"], "drawn");
        assert_eq!(json["fields"][field][0]["confidence"], "medium");
    }
    let lines: Vec<u64> =
        report["unmapped"].as_array().unwrap().iter().map(|u| u["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, [4, 5]);
    assert!(json["kept"][0]["cells"]["text of the line"].as_str().unwrap().contains("acquire"));
}

#[test]
fn a_workbook_is_read_like_its_columns_in_csv() {
    let dir = TempDir::new().unwrap();
    let row = |cells: [&str; 6]| cells.map(sample::Cell::from).to_vec();
    let bytes = sample::workbook(&[
        ("Notes", vec![row(["Read this first", "", "", "", "", ""])]),
        (
            "Matrix",
            vec![
                row(["The matrix of a State", "", "", "", "", ""]),
                row(["Op", "Label", "Weapon", "Dimension", "Value", "Detail"]),
                row(["2", "Prohibition: use", "N", "legal framework", "X", "Act & rules"]),
                row(["", "", "", "", "", ""]),
                row(["2", "Prohibition: invent", "N", "legal framework", "X", ""]),
            ],
        ),
    ]);
    let (_dir, path) = file("m.xlsx", &bytes);
    let flags = ["--state", "KE", "--date", "2014", "--json"];
    let report =
        run(dir.path(), &[&["import", path.to_str().unwrap()], &flags[..]].concat()).with_status(0).json();
    assert_eq!((&report["kind"], &report["mapped"]), (&Value::from("xlsx"), &Value::from(1)));
    assert_eq!(report["unmapped"][0]["line"], 5);
    let json = run(dir.path(), &["export", "KE", "--json"]).with_status(0).json();
    assert_eq!(json["fields"]["OP2.USE.N.L"][0]["detail"], "Act & rules");
    // Cut short, it is refused whole.
    let (_dir, path) = file("cut.xlsx", &bytes[..bytes.len() / 2]);
    let other = TempDir::new().unwrap();
    let failed =
        run(other.path(), &[&["import", path.to_str().unwrap()], &flags[..]].concat()).with_status(2);
    assert!(failed.stderr.contains("cut.xlsx"), "{}", failed.stderr);
    assert!(!other.path().join("r1540/KE").exists());
}

#[test]
fn broken_input_is_refused_with_place_and_remedy_and_nothing_is_taken_in() {
    let dir = TempDir::new().unwrap();
    let flags = ["--state", "KE", "--date", "2014-05-01"];
    let cases: [(&str, Vec<u8>, &str); 13] = [
        ("wrong.csv", b"field_id,value\nOP1.NPT,X\xff\n".to_vec(), "wrong.csv:2"),
        ("cut.csv", b"field_id,value,detail\nOP1.NPT,X,\"deposit\nOP1.CWC".to_vec(), "not closed"),
        ("short.csv", b"field_id,value,detail\nOP1.NPT,X,d\nOP1.CWC".to_vec(), "short.csv:3"),
        ("twice.csv", b"field_id,value,value\nOP1.NPT,X,X\n".to_vec(), "a second time"),
        ("heads.csv", b"colour,size\nred,4\n".to_vec(), "`value`"),
        ("empty.csv", b"".to_vec(), "no head line"),
        ("bare.csv", b"field_id,value\n".to_vec(), "no row"),
        ("cut.json", b"{\"fields\": {\"OP1.NPT\": {\"value\": \"X\"".to_vec(), "not JSON"),
        ("twice.json", b"{\"OP1.NPT\": {\"value\": \"X\", \"value\": \"?\"}}".to_vec(), "stands twice"),
        ("keys.json", b"{\"OP1.NPT\": \"X\", \"OP1.NPT\": \"?\"}".to_vec(), "stands twice"),
        ("form.json", b"{\"form\": \"other\", \"OP1.NPT\": \"X\"}".to_vec(), "another form"),
        ("m.pdf", b"%PDF-1.4 ...".to_vec(), "draw the text"),
        ("m.xlsx", b"PK\x03\x04 and no more".to_vec(), "XLSX"),
    ];
    for (name, bytes, expected) in cases {
        let (_dir, path) = file(name, &bytes);
        let failed =
            run(dir.path(), &[&["import", path.to_str().unwrap()], &flags[..]].concat()).with_status(2);
        assert!(failed.stderr.contains(expected), "{name}: {}", failed.stderr);
        assert!(failed.stdout.is_empty());
    }
    let failed = import(dir.path(), "a.csv", "field_id,value\nOP1.NPT,X\n", &[]).with_status(2);
    assert!(failed.stderr.contains("--state") && failed.stderr.contains("--date"), "{}", failed.stderr);
    assert!(!dir.path().join("r1540/KE").exists());
    // Two hundred pages without a mark, and with marks that mean nothing.
    let page = "A page of a long text on many things, with ? and X in it.\n".repeat(50);
    let report = import(dir.path(), "long.txt", &page.repeat(200), &[&flags[..], &["--dry-run"]].concat())
        .with_status(0)
        .json();
    assert_eq!((&report["mapped"], &report["written"]), (&Value::from(0), &Value::from(false)));
    assert!(!dir.path().join("r1540/KE").exists());
}

#[test]
fn a_damaged_edition_is_told_and_not_shown() {
    let dir = TempDir::new().unwrap();
    import(dir.path(), "a.csv", "field_id,value\nOP1.NPT,X\n", &["--state", "KE", "--date", "2014"])
        .with_status(0);
    let path = std::fs::read_dir(dir.path().join("r1540/KE"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .find(|p| p.extension().is_some_and(|e| e == "json"))
        .unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("\"X\"", "\"NA\"")).unwrap();
    let failed = run(dir.path(), &["show", "KE"]).with_status(3);
    assert!(failed.stderr.contains("digest"), "{}", failed.stderr);
}

#[test]
fn differences_name_every_kind() {
    let dir = TempDir::new().unwrap();
    let head = "field_id,op,label,value,detail,law,source\n";
    let a = format!(
        "{head}OP2.USE.N.L,,,X,,Act 1,r\nOP2.USE.N.E,,,X,old,,r\nOP2.USE.C.L,,,NA,,,r\nOP2.USE.C.E,,,X,,,r\nOP2.USE.B.L,,,?,,,r\nOP1.NPT,,,X,,,r\n,2,Odd row,X,,,r\n"
    );
    let b = format!(
        "{head}OP2.USE.N.L,,,X,,Act 2,r\nOP2.USE.N.E,,,X,new,,r\nOP2.USE.C.L,,,X,,,r\nOP2.USE.C.E,,,X,,,r\nOP2.USE.B.E,,,?,,,r\n"
    );
    import(dir.path(), "a.csv", &a, &["--state", "KE", "--date", "2014-05-01"]).with_status(0);
    import(dir.path(), "b.csv", &b, &["--state", "KE", "--date", "2016-05-01"]).with_status(0);
    let (text, json) = told(dir.path(), &["diff", "KE", "2014-05-01", "2016-12-31"]);
    fits(&text);
    let ids = |key: &str| {
        json[key]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| c["field"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids("law"), ["OP2.USE.N.L"]);
    assert_eq!(ids("text"), ["OP2.USE.N.E"]);
    assert_eq!(ids("value"), ["OP2.USE.C.L"]);
    assert_eq!(ids("added"), ["OP2.USE.B.E"]);
    assert_eq!(ids("removed"), ["OP1.NPT", "OP2.USE.B.L"]);
    assert_eq!(json["removed"][0]["template"], true);
    assert_eq!(json["template"]["rows_removed"], serde_json::json!(["OP1.NPT"]));
    assert_eq!(json["template"]["labels_removed"], serde_json::json!(["Odd row"]));
    assert_eq!(json["unchanged"], 1);
    assert_eq!(json["unmapped"]["from"].as_array().unwrap().len(), 1);
    assert!(text.contains("Changes of the template"));
}

#[test]
fn gaps_come_with_the_topics_of_the_longest_prefix() {
    let dir = TempDir::new().unwrap();
    import(
        dir.path(),
        "a.csv",
        &matrix(dir.path(), |at| ["X", "?", "NA", ""][at % 4]),
        &["--state", "KE", "--date", "2014"],
    )
    .with_status(0);
    let (text, json) = told(dir.path(), &["gaps", "KE"]);
    fits(&text);
    assert_eq!(json["state"], "KE");
    let mut seen = 0;
    for cell in json["cells"].as_array().unwrap() {
        assert!(["blank", "?"].contains(&cell["value"].as_str().unwrap()));
        let topics: Vec<&str> =
            cell["topics"].as_array().unwrap().iter().map(|t| t.as_str().unwrap()).collect();
        let field = cell["field"].as_str().unwrap();
        if field.starts_with("OP3CD.BORDER-TECH") {
            assert_eq!(topics, ["border-detection"]);
            seen += 1;
        } else if field.starts_with("OP2.FINANCE") {
            assert_eq!(topics, ["finance"]);
            seen += 1;
        } else if field.starts_with("OP2.USE") {
            assert_eq!(topics, ["legislation"]);
            seen += 1;
        }
    }
    assert!(seen > 5);
}

#[test]
fn both_dates_of_a_first_report_are_shown_with_their_sources() {
    let dir = TempDir::new().unwrap();
    let (text, json) = told(dir.path(), &["show", "US"]);
    fits(&text);
    let first: Vec<(&str, bool)> = json["reports"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|r| r["kind"] == "first")
        .map(|r| (r["date"].as_str().unwrap(), r["source"].as_str().unwrap().is_empty()))
        .collect();
    assert_eq!(first, [("2004-10-12", false), ("2004-10-24", false)]);
    for words in ["2004-10-12", "2004-10-24", "more than one date", "head of the published matrix"] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    // A part of a matrix says nothing by what is not in it.
    assert_eq!(json["cells"].as_array().unwrap().len(), 2);
    assert!(run(dir.path(), &["gaps", "US", "--json"]).json()["cells"].as_array().unwrap().is_empty());
}

#[test]
fn no_output_holds_a_number_computed_of_one_states_marks() {
    let dir = TempDir::new().unwrap();
    // 230 of the 370 fields carry X, and in no part or paragraph is the number one that stands elsewhere.
    let text = matrix(dir.path(), |at| if at % 8 < 5 { "X" } else { "" });
    let marks: usize = text.lines().filter(|l| l.contains(",X,")).count();
    let mut numbers: Vec<usize> = vec![marks, 370 - marks];
    for part in ["OP1.", "OP2.", "OP3AB.", "OP3CD.", "OP678."] {
        let of = |x: bool| text.lines().filter(|l| l.starts_with(part) && l.contains(",X,") == x).count();
        numbers.extend([of(true), of(false)].into_iter().filter(|n| *n > 31));
    }
    import(dir.path(), "a.csv", &text, &["--state", "KE", "--date", "2014-05-01", "--life", "published"])
        .with_status(0);
    import(
        dir.path(),
        "b.csv",
        &matrix(dir.path(), |at| if at % 7 < 3 { "X" } else { "" }),
        &["--state", "KE", "--date", "2016-05-01", "--life", "published"],
    )
    .with_status(0);
    let out = dir.path().join("out");
    let form = dir.path().join("form.csv");
    let (out, form) = (out.to_str().unwrap(), form.to_str().unwrap());
    told(dir.path(), &["report", "new", "KE", "--out", form, "--as-of", "2015-01-01"]);
    let mut outputs = Vec::new();
    for args in [
        vec!["show", "KE", "--edition", "2014-05-01"],
        vec!["gaps", "KE", "--edition", "2014-05-01"],
        vec!["diff", "KE", "2014-05-01", "2016-05-01"],
        vec!["editions", "KE"],
        vec!["report", "check", form],
        vec!["report", "export", form, "--out", out],
        vec!["review", "--year", "2014", "--fields", "OP2.USE"],
    ] {
        let (text, json) = told(dir.path(), &args);
        outputs.extend([(args.join(" "), text), (format!("{} --json", args.join(" ")), json.to_string())]);
    }
    for ending in ["csv", "json"] {
        outputs.push((
            format!("export {ending}"),
            run(dir.path(), &["export", "KE", "--format", ending]).stdout,
        ));
    }
    for entry in std::fs::read_dir(out).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(DISCLAIMER), "{}", path.display());
        outputs.push((path.display().to_string(), text));
    }
    for (name, text) in &outputs {
        // Digests and dates are no counts.
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|w| w.len() < 12);
        for word in words {
            let bad = word.parse::<usize>().is_ok_and(|n| numbers.contains(&n));
            // A form tells how many of its 370 fields wait for an answer: that is no mark.
            let waits =
                name.contains("report check") && [17, 78, 104, 162].contains(&word.parse().unwrap_or(0));
            assert!(!bad || waits, "{name}: {word}");
        }
        let lower = text.to_lowercase();
        let words: Vec<&str> = lower.split(|c: char| !c.is_alphabetic()).collect();
        for word in ["percent", "percentage", "score", "ranking", "rank", "rate", "index"] {
            assert!(!words.contains(&word), "{name}: {word}");
        }
        assert!(!text.contains('%'), "{name}: a percentage");
    }
}

#[test]
fn tables_of_review_count_published_editions_and_are_equal_when_asked_again() {
    let dir = TempDir::new().unwrap();
    let flags =
        |state: &'static str, life: &'static str| ["--state", state, "--date", "2014-05-01", "--life", life];
    for (state, life) in [("KE", "published"), ("GH", "published"), ("FR", "published"), ("DE", "agreed")] {
        import(dir.path(), "a.csv", &matrix(dir.path(), |at| ["X", "NA"][at % 2]), &flags(state, life))
            .with_status(0);
    }
    let args = ["review", "--by", "regions", "--year", "2014", "--fields", "OP2.USE", "--small", "names"];
    let (text, json) = told(dir.path(), &args);
    fits(&text);
    assert_eq!(json["tables"].as_array().unwrap().len(), 5);
    let table = |json: &Value, group: &str| {
        json["tables"].as_array().unwrap().iter().find(|t| t["group"] == group).unwrap().clone()
    };
    let africa = table(&json, "AFRICAN");
    assert_eq!((&africa["n"], &africa["with_matrix"]), (&Value::from(54), &Value::from(2)));
    let line = &africa["fields"][0];
    assert_eq!(line["no_matrix"], 52);
    let marked = if line["x"] == 2 { "x" } else { "na" };
    assert_eq!(line["names"][marked], serde_json::json!(["GH", "KE"]));
    assert_eq!(line["denominator"], if marked == "x" { 2 } else { 0 });
    // What is only agreed counts for its own State's eyes alone.
    assert_eq!(table(&json, "WEOG")["with_matrix"], 1);
    let own = run(dir.path(), &[&args[..], &["--own", "DE", "--json"]].concat()).with_status(0).json();
    assert_eq!(table(&own, "WEOG")["with_matrix"], 2);
    assert!(own["remarks"].to_string().contains("no public table"));
    // Without names the small counts are withheld, and so is what would tell them.
    let hidden = ["review", "--by", "regions", "--year", "2014", "--fields", "OP2.USE", "--json"];
    let hidden = run(dir.path(), &hidden).with_status(0).json();
    let line = &table(&hidden, "AFRICAN")["fields"][1];
    // Two States with a matrix: the row is withheld whole, and who has a matrix is told.
    assert_eq!(line["withheld"], serde_json::json!(["x", "open", "blank", "conflicting", "na"]));
    assert!(line["denominator"].is_null() && line["x"].is_null() && line["no_matrix"] == 52, "{line}");
    // Where nobody has a matrix nothing is withheld.
    assert_eq!(table(&hidden, "EEG")["fields"][0]["withheld"], serde_json::json!([]));
    // Files, twice.
    let mut files = Vec::new();
    for name in ["1", "2"] {
        let (csv, svg) = (dir.path().join(format!("{name}.csv")), dir.path().join(format!("{name}.svg")));
        told(
            dir.path(),
            &[
                &args[..],
                &["--csv", csv.to_str().unwrap(), "--svg", svg.to_str().unwrap(), "--as-of", "2026-01-01"],
            ]
            .concat(),
        );
        files.push((std::fs::read_to_string(csv).unwrap(), std::fs::read_to_string(svg).unwrap()));
    }
    assert_eq!(files[0], files[1]);
    let (csv, svg) = &files[0];
    assert!(csv.contains(DISCLAIMER) && csv.contains("# Editions, AFRICAN 2014: GH 2014-05-01"));
    assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>") && svg.contains(DISCLAIMER));
    assert!(!svg.contains("href"), "the drawing fetches nothing");
    // A group of the user's own, by names in any language.
    let (_dir, list) = file("ours.txt", "Ghana\nKenia # name in another language\nFrance\n");
    let (_, ours) = told(
        dir.path(),
        &["review", "--by", list.to_str().unwrap(), "--year", "2014", "--fields", "OP2.USE", "--cross"],
    );
    assert_eq!(ours["tables"][0]["n"], 3);
    let failed = run(dir.path(), &["review", "--by", "nowhere"]).with_status(2);
    assert!(failed.stderr.contains("AFRICAN"), "{}", failed.stderr);
}

#[test]
fn a_cohort_a_ladder_and_a_published_table_are_compared() {
    let dir = TempDir::new().unwrap();
    for (state, first, second) in [("KE", "?", "X"), ("GH", "?", "X"), ("FR", "X", "X")] {
        for (date, mark) in [("2011-05-01", first), ("2014-05-01", second)] {
            import(
                dir.path(),
                "a.csv",
                &format!("field_id,value\nOP2.USE.N.L,{mark}\n"),
                &["--state", state, "--date", date, "--life", "published"],
            )
            .with_status(0);
        }
    }
    let (text, json) =
        told(dir.path(), &["review", "--years", "2011..2014", "--fields", "OP2.USE", "--small", "names"]);
    fits(&text);
    assert_eq!(json["cohorts"][0]["cohort"], 3);
    let moves = &json["cohorts"][0]["fields"][0]["moves"];
    assert_eq!(moves[0], serde_json::json!({ "from": "open", "to": "x", "n": 2, "states": ["GH", "KE"] }));

    let (text, json) = told(dir.path(), &["review", "--ladder"]);
    fits(&text);
    let figure =
        |id: &str| json["figures"].as_array().unwrap().iter().find(|f| f["figure"] == id).unwrap().clone();
    assert_eq!(figure("R01")["published"], 97);
    assert_eq!(figure("R01")["known_here"], serde_json::json!({ "surely": 1, "at_most": 1 }));
    assert!(figure("R30")["published"].is_null() && text.contains("missing"));
    // Unknown is not none: of most States no date is known here.
    for id in ["R04", "R14"] {
        assert!(figure(id)["known_here"].is_null(), "{id}");
        assert_eq!(figure(id)["unknown_here"], serde_json::json!({ "known_for": 1 }), "{id}");
    }
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("unknown here") && words.contains("State)") && !words.contains("192"), "{text}");
    for head in ["published", "known here", "as of"] {
        assert!(text.contains(head), "{head}: {text}");
    }

    let published = "field_id,op,label,weapon,dimension,group,year,x,open\nOP2.USE.N.L,,,,,all,2014,3,1\n,2,prohibition: use,N,L,AFRICAN,2011,0,2\n,2,Odd label,N,L,all,2014,1,\n";
    let (_dir, path) = file("published.csv", published);
    let (text, json) = told(dir.path(), &["review", "--compare", path.to_str().unwrap(), "--small", "names"]);
    fits(&text);
    let rows: Vec<(i64, i64)> = json["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| (r["published"].as_i64().unwrap(), r["difference"].as_i64().unwrap()))
        .collect();
    assert_eq!(rows, [(3, 0), (1, -1), (0, 0), (2, 0)]);
    assert_eq!(json["unmapped"][0]["line"], 4);
    for head in ["published", "count", "ours"] {
        assert!(text.lines().any(|l| l.starts_with("field ") && l.contains(head)), "{head}: {text}");
    }
    let (_dir, path) = file("bad.csv", "field_id,group,year,x\nOP2.USE.N.L,all,long ago,many\n");
    let failed = run(dir.path(), &["review", "--compare", path.to_str().unwrap()]).with_status(2);
    assert!(failed.stderr.contains("bad.csv:2"), "{}", failed.stderr);
}

/// Published matrices of so many States of one group, with the mark that each shows in `OP2.USE.N.L`.
fn shown_by(data: &Path, marks: &[(&str, &str)], date: &str) {
    for (state, mark) in marks {
        import(
            data,
            "a.csv",
            &format!("field_id,value\nOP2.USE.N.L,{mark}\n"),
            &["--state", state, "--date", date, "--life", "published"],
        )
        .with_status(0);
    }
}

#[test]
fn small_counts_are_withheld_alike_in_every_form_of_a_review() {
    let dir = TempDir::new().unwrap();
    let data = dir.path();
    let states = ["KE", "GH", "UG", "RW", "TZ", "ZM", "MW", "BW", "NA", "SN", "ML", "NE", "TG", "BJ"];
    // Two X, five ?, seven blank.
    let marks: Vec<(&str, &str)> = states
        .iter()
        .enumerate()
        .map(|(at, s)| (*s, ["X", "?", ""][usize::from(at > 1) + usize::from(at > 6)]))
        .collect();
    shown_by(data, &marks, "2014-05-01");
    let args = ["review", "--by", "AFRICAN", "--year", "2014", "--fields", "OP2.USE.N.L"];
    let (text, json) = told(data, &args);
    fits(&text);
    let line = &json["tables"][0]["fields"][0];
    assert_eq!(line["withheld"], serde_json::json!(["x", "open"]));
    assert_eq!(
        (&line["blank"], &line["no_matrix"], &line["denominator"]),
        (&7.into(), &40.into(), &14.into())
    );
    assert!(text.lines().any(|l| l.contains("differ") && l.contains("blank")), "no head is broken: {text}");
    let (csv, svg) = (data.join("t.csv"), data.join("t.svg"));
    told(data, &[&args[..], &["--csv", csv.to_str().unwrap(), "--svg", svg.to_str().unwrap()]].concat());
    let csv_text = std::fs::read_to_string(&csv).unwrap();
    assert!(csv_text.contains(",withheld,withheld,7,0,0,40,14,"), "{csv_text}");
    let svg = std::fs::read_to_string(&svg).unwrap();
    // Of 54 States on 420 units seven are drawn withheld, as one bar.
    assert_eq!(svg.matches("fill=\"url(#w)\"").count(), 2, "the legend, and one bar");
    assert!(svg.contains(&format!("width=\"{}\" height=\"10\" fill=\"url(#w)\"", 7 * 420 / 54)), "{svg}");
    let (cross, _) = told(data, &[&args[..], &["--cross"]].concat());
    assert!(cross.contains("\u{2026}/14"), "{cross}");
    let (cross, _) = told(data, &[&args[..], &["--cross", "--small", "names"]].concat());
    assert!(cross.contains("2/14") && cross.contains("N.L x: GH KE"), "{cross}");

    // Our own table is read back; what it withholds cannot be compared, and nothing differs.
    let (text, json) = told(data, &["review", "--compare", csv.to_str().unwrap()]);
    fits(&text);
    assert_eq!(json["rows"].as_array().unwrap().len(), 6);
    assert!(text.contains("0 of 6 numbers differ; 2 cannot be compared"), "{text}");
    let (named, _) = told(data, &["review", "--compare", csv.to_str().unwrap(), "--small", "names"]);
    assert!(named.contains("GH KE"), "{named}");
    for by in ["all", "none", "regions"] {
        let whole = data.join(format!("{by}.csv"));
        told(data, &["review", "--by", by, "--year", "2014", "--csv", whole.to_str().unwrap()]);
        let (text, json) = told(data, &["review", "--compare", whole.to_str().unwrap()]);
        let tables = if by == "regions" { 5 } else { 1 };
        assert_eq!(json["rows"].as_array().unwrap().len(), 370 * 6 * tables, "{by}");
        assert!(text.contains(&format!("0 of {} numbers differ", 370 * 6 * tables)), "{by}");
    }
    // A fault that comes again is told once.
    let (_dir, wrong) = file("wrong.csv", csv_text.replace("AFRICAN,", "NOWHERE,"));
    let failed = run(data, &["review", "--compare", wrong.to_str().unwrap()]).with_status(2);
    assert!(failed.stderr.contains("group `NOWHERE`"), "{}", failed.stderr);
    let all = std::fs::read_to_string(data.join("all.csv")).unwrap();
    let (_dir, wrong) = file("wrong.csv", all.replace("all members,2014", "NOWHERE,2014"));
    let failed = run(data, &["review", "--compare", wrong.to_str().unwrap()]).with_status(2);
    assert_eq!(failed.stderr.matches("NOWHERE").count(), 1, "{}", failed.stderr);
    assert!(failed.stderr.contains("in 370 cells"), "{}", failed.stderr);

    // Two years later one State has gone from ? to X: the move and the unchanged would tell each other.
    let later: Vec<(&str, &str)> =
        marks.iter().map(|(s, m)| (*s, if *s == "UG" { "X" } else { *m })).collect();
    shown_by(data, &later, "2016-05-01");
    let cohort = ["review", "--by", "AFRICAN", "--years", "2014..2016", "--fields", "OP2.USE.N.L"];
    let (csv, svg) = (data.join("c.csv"), data.join("c.svg"));
    let (text, json) = told(data, &cohort);
    let line = &json["cohorts"][0]["fields"][0];
    assert!(
        line["withheld"] == true && line["unchanged"].is_null() && line["moves"] == serde_json::json!([]),
        "{line}"
    );
    assert!(text.contains("withheld") && !text.contains("open to x"), "{text}");
    told(data, &[&cohort[..], &["--csv", csv.to_str().unwrap(), "--svg", svg.to_str().unwrap()]].concat());
    let csv = std::fs::read_to_string(csv).unwrap();
    assert!(csv.lines().last().unwrap().ends_with(",,,withheld"), "{csv}");
    assert!(std::fs::read_to_string(svg).unwrap().contains("width=\"420\" height=\"10\" fill=\"url(#w)\""));
    let (text, _) = told(data, &[&cohort[..], &["--small", "names"]].concat());
    assert!(text.contains("open to x: 1 (UG)"), "{text}");
}

#[test]
fn drafts_of_requests_are_taken_by_assist_add_and_a_foreign_language_is_told() {
    let dir = TempDir::new().unwrap();
    let data = dir.path();
    let form = data.join("form.toml");
    let name = form.to_str().unwrap().to_owned();
    run(data, &["report", "new", "KE", "--form", "toml", "--out", &name, "--as-of", "2026-01-01"])
        .with_status(0);
    let empty = std::fs::read_to_string(&form).unwrap();
    let fill = |text: &str, field: &str, cells: &[(&str, &str)]| {
        let at = text.find(&format!("field_id = \"{field}\"")).unwrap();
        let (before, after) = text.split_at(at);
        let mut after = after.to_owned();
        for (key, value) in cells {
            after = after.replacen(&format!("\n{key} = \"\""), &format!("\n{key} = \"{value}\""), 1);
        }
        format!("{before}{after}")
    };
    // Two wishes for one field's topic, one of them for two fields, in one word that is a kind of help.
    let mut text = fill(&empty, "OP2.FINANCE.N.L", &[("help", "a lawyer for the new act")]);
    for field in ["OP2.FINANCE.C.L", "OP2.FINANCE.B.L"] {
        text = fill(&text, field, &[("help", "drafting"), ("step_done_when", "the act is in force")]);
    }
    let export = |text: &str, out: &str| -> (Value, String) {
        std::fs::write(&form, text).unwrap();
        let out = data.join(out);
        told(data, &["report", "export", &name, "--out", out.to_str().unwrap()]);
        let drafts = std::fs::read_to_string(out.join("requests.json")).unwrap();
        (serde_json::from_str(&drafts).unwrap(), std::fs::read_to_string(out.join("report.md")).unwrap())
    };
    let add = |out: &str| {
        let path = data.join(out).join("requests.json").to_str().unwrap().to_owned();
        run(data, &["assist", "add", &path, "--actor", "desk", "--reason", "report", "--as-of", "2026-02-01"])
    };
    let (drafts, report) = export(&text, "bare");
    let requests = drafts["request"].as_array().unwrap();
    assert_eq!(requests.len(), 2, "{drafts:#}");
    let of = |summary: &str| requests.iter().find(|r| r["summary"] == summary).unwrap();
    assert_eq!(of("drafting")["fields"], serde_json::json!(["OP2.FINANCE.C.L", "OP2.FINANCE.B.L"]));
    assert_eq!(of("drafting")["kinds"], serde_json::json!(["drafting"]));
    assert_eq!(of("drafting")["region"], "africa");
    assert_eq!(of("drafting")["missing"], serde_json::json!(["languages", "contact"]));
    assert_eq!(
        of("a lawyer for the new act")["missing"],
        serde_json::json!(["kinds", "languages", "contact", "done_when"])
    );
    assert!(!report.contains("outline's own words"));
    // What the draft says it lacks is what the refusal says.
    let refused = add("bare").with_status(2).stderr;
    assert!(refused.contains("lacks languages, contact"), "{refused}");
    assert!(refused.contains("lacks kinds, languages, contact, done_when"), "{refused}");
    assert!(!refused.contains("unknown key"), "{refused}");
    // Filled in, in another language, both are taken.
    let whole = fill(&text, "OP2.FINANCE.N.L", &[("step_done_when", "the act is in force")])
        .replace("a lawyer for the new act", "expertise")
        .replacen("language = \"\"", "language = \"sw\"", 1)
        .replacen("contact = \"\"", "contact = \"desk of the ministry\"", 1);
    let (drafts, report) = export(&whole, "whole");
    assert!(drafts["request"].as_array().unwrap().iter().all(|r| r["missing"] == serde_json::json!([])));
    let head: Vec<&str> = report.lines().take_while(|l| !l.starts_with("## ")).collect();
    assert!(head.iter().any(|l| l.contains("language sw") && l.contains("are in English")), "{head:?}");
    add("whole").with_status(0);
    let shown = run(data, &["assist", "show", "ke-2026-01-01-2", "--json"]).with_status(0).json();
    assert_eq!(shown["request"]["languages"], serde_json::json!(["sw"]));
}

#[test]
fn a_life_goes_step_by_step_and_only_its_end_is_public() {
    let dir = TempDir::new().unwrap();
    import(
        dir.path(),
        "a.csv",
        "field_id,value\nOP2.USE.N.L,X\n",
        &["--state", "KE", "--date", "2014-05-01"],
    )
    .with_status(0);
    let step = |to: &str| {
        run(dir.path(), &["life", "KE", "2014-05-01", to, "--by", "desk", "--reason", "letter of 3 May"])
    };
    let failed = step("published").with_status(2);
    assert!(
        failed.stderr.contains("no step leads from drafted")
            && failed.stderr.contains("committee-approved-draft"),
        "{}",
        failed.stderr
    );
    let used = || {
        run(dir.path(), &["review", "--year", "2014", "--fields", "OP2.USE.N.L", "--json"]).json()["tables"]
            [0]["with_matrix"]
            .clone()
    };
    for to in ["committee-approved-draft", "with-state", "agreed"] {
        step(to).with_status(0);
        assert_eq!(used(), 0);
    }
    step("published").with_status(0);
    assert_eq!(used(), 1);
    let all = run(dir.path(), &["editions", "KE", "--json"]).json();
    assert_eq!(all["editions"][0]["steps"].as_array().unwrap().len(), 4);
    assert_eq!(all["editions"][0]["life"], "published");
}

#[test]
fn a_report_carries_the_last_edition_and_its_export_loses_nothing() {
    let dir = TempDir::new().unwrap();
    import(dir.path(), "a.csv", "field_id,value,detail,law,article,law_date,source,date\nOP2.USE.N.L,X,text,Act,4,2004,matrix,2014-05-01\nOP2.FINANCE.N.L,?,,,,,matrix,2014-05-01\n", &["--state", "KE", "--date", "2014-05-01"]).with_status(0);
    for kind in ["csv", "toml"] {
        let form = dir.path().join(format!("form.{kind}"));
        let name = form.to_str().unwrap().to_owned();
        run(dir.path(), &["report", "new", "KE", "--form", kind, "--out", &name]).with_status(0);
        let mut text = std::fs::read_to_string(&form).unwrap();
        assert!(
            text.contains("matrix 2014-05-01") && text.contains("years old"),
            "{kind}: source and age stand beside the answer"
        );
        if kind == "csv" {
            let line = text.lines().find(|l| l.starts_with("OP2.FINANCE.N.L")).unwrap().to_owned();
            let mut cells: Vec<String> = csv::ReaderBuilder::new()
                .has_headers(false)
                .from_reader(line.as_bytes())
                .records()
                .next()
                .unwrap()
                .unwrap()
                .iter()
                .map(str::to_owned)
                .collect();
            for (at, cell) in [
                (4, "X"),
                (6, "Finance Act, new"),
                (11, "Treasury"),
                (13, "issue \"rules\""),
                (14, "Treasury"),
                (15, "2027-06"),
                (16, "rules in force"),
                (17, "drafting"),
                (18, "yes"),
                (19, "Treasury"),
                (20, "A. Officer"),
            ] {
                cells[at] = cell.to_owned();
            }
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(&cells).unwrap();
            text = text.replace(&line, String::from_utf8(writer.into_inner().unwrap()).unwrap().trim_end());
        } else {
            let at = text.find("field_id = \"OP2.FINANCE.N.L\"").unwrap();
            let (before, after) = text.split_at(at);
            let mut after = after.to_owned();
            for (key, value) in [
                ("value", "X"),
                ("law", "Finance Act, new"),
                ("authority", "Treasury"),
                ("step", "issue \\\"rules\\\""),
                ("step_owner", "Treasury"),
                ("step_date", "2027-06"),
                ("step_done_when", "rules in force"),
                ("help", "drafting"),
                ("public", "yes"),
                ("owner", "Treasury"),
                ("answered_by", "A. Officer"),
            ] {
                let from = after.find(&format!("\n{key} = ")).unwrap();
                let to = from + 1 + after[from + 1..].find('\n').unwrap();
                after.replace_range(from..to, &format!("\n{key} = \"{value}\""));
            }
            text = format!("{before}{after}");
        }
        std::fs::write(&form, &text).unwrap();

        let (page, check) = told(dir.path(), &["report", "check", &name]);
        fits(&page);
        let treasury = check["owners"].as_array().unwrap().iter().find(|o| o["owner"] == "Treasury").unwrap();
        assert_eq!(
            (&treasury["answered"], treasury["waiting"].as_array().unwrap().len()),
            (&Value::from(1), 0)
        );
        assert!(
            check["lacking"]
                .as_array()
                .unwrap()
                .iter()
                .any(|l| l["field"] == "OP2.USE.N.L" && l["lacks"] == "no authority in charge")
        );

        let out = dir.path().join(format!("out-{kind}"));
        told(dir.path(), &["report", "export", &name, "--out", out.to_str().unwrap()]);
        let read = |file: &str| std::fs::read_to_string(out.join(file)).unwrap();
        assert!(
            read("plan.csv")
                .contains("2027-06,\"issue \"\"rules\"\"\",Treasury,rules in force,OP2.FINANCE.N.L")
        );
        assert!(read("laws.csv").contains("Act,2004,4,OP2.USE.N.L"));
        let drafts: Value = serde_json::from_str(&read("requests.json")).unwrap();
        assert_eq!(drafts["request"][0]["topics"], serde_json::json!(["finance"]));
        assert!(read("report.md").contains("no information"));
        // An empty answer is never told as a no.
        assert!(!read("report.md").lines().any(|l| l.starts_with("- ") && l.trim_end().ends_with(": no")));
        let public = read("public-report.md");
        assert!(
            public.contains("Finance Act") && !public.contains("OP2.USE") && !public.contains("drafting")
        );
        assert!(!read("public-matrix.csv").contains("OP2.USE"));
        // The form that comes out gives the same files again.
        let again = dir.path().join(format!("again-{kind}"));
        run(
            dir.path(),
            &["report", "export", out.join("form.csv").to_str().unwrap(), "--out", again.to_str().unwrap()],
        )
        .with_status(0);
        for entry in std::fs::read_dir(&out).unwrap() {
            let path = entry.unwrap().path();
            assert_eq!(
                std::fs::read(&path).unwrap(),
                std::fs::read(again.join(path.file_name().unwrap())).unwrap(),
                "{}",
                path.display()
            );
        }
        // And the cells are taken in as they are.
        let other = TempDir::new().unwrap();
        run(other.path(), &["import", out.join("matrix.csv").to_str().unwrap()]).with_status(0);
        assert_eq!(run(other.path(), &["export", "KE"]).stdout, read("matrix.csv"));
    }
    let form = dir.path().join("form.csv");
    let text = std::fs::read_to_string(&form).unwrap();
    for (broken, expected) in [
        (text.lines().take(200).collect::<Vec<_>>().join("\n"), "fields are not in the form"),
        (text.replacen(",done,", ",,", 1).replacen("field_id,", "field,", 1), "field_id"),
        (text.replace("OP1.NPT,", "OP1.NPS,"), "OP1.NPS"),
        (text.replace("OP1.CWC,", "OP1.NPT,"), "a second time"),
    ] {
        std::fs::write(&form, broken).unwrap();
        let failed = run(dir.path(), &["report", "check", form.to_str().unwrap()]).with_status(2);
        assert!(failed.stderr.contains(expected), "{expected}: {}", failed.stderr);
    }
}

#[test]
fn marks_beside_the_treaty_data_stand_on_the_page_as_notes() {
    let dir = TempDir::new().unwrap();
    import(
        dir.path(),
        "a.csv",
        "field_id,value\nOP1.NPT,X\nOP1.BWC,\n",
        &["--state", "India", "--date", "2014-05-01"],
    )
    .with_status(0);
    let (text, json) = told(dir.path(), &["show", "IN", "--fields", "OP1"]);
    fits(&text);
    let note = |field: &str| {
        json["treaty_notes"]
            .as_array()
            .unwrap()
            .iter()
            .find(|n| n["field"] == field)
            .map(|n| n["note"].as_str().unwrap().to_owned())
    };
    assert_eq!(note("OP1.NPT").as_deref(), Some("marked_and_outside"));
    assert_eq!(note("OP1.BWC").as_deref(), Some("unmarked_and_in"));
    assert!(text.contains("neither side is corrected"));
}

#[test]
fn the_data_say_which_fields_are_reconstructed() {
    let dir = TempDir::new().unwrap();
    let (text, json) = told(dir.path(), &["fields", "OP2.USE"]);
    fits(&text);
    assert!(json["note"].as_str().unwrap().contains("360 are reconstructed"));
    assert!(json["fields"].as_array().unwrap().iter().all(|f| f["evidence"] == "M"));
    assert_eq!(fields(dir.path()).iter().filter(|f| f["evidence"] != "M").count(), 10);
    assert!(std::fs::read_to_string(repo("data/r1540/rows.csv")).unwrap().contains("360 fields"));
}

#[test]
fn an_import_says_what_the_file_has_no_row_for() {
    let dir = TempDir::new().unwrap();
    let whole = matrix(dir.path(), |_| "X");
    let cut: Vec<&str> =
        whole.lines().filter(|l| !l.starts_with("OP2.USE.") && !l.starts_with("OP1.NPT,")).collect();
    let flags = ["--state", "KE", "--date", "2014-05-01", "--dry-run"];
    let report = import(dir.path(), "a.csv", &(cut.join("\n") + "\n"), &flags).with_status(0).json();
    let missing = |report: &Value| -> Vec<String> {
        report["missing"].as_array().unwrap().iter().map(|m| m.as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        missing(&report),
        ["OP1.NPT", "OP2.USE.N.L", "OP2.USE.N.E", "OP2.USE.C.L", "OP2.USE.C.E", "OP2.USE.B.L", "OP2.USE.B.E"]
    );
    assert!(missing(&import(dir.path(), "a.csv", &whole, &flags).with_status(0).json()).is_empty());
    // A row with an illegal value is a row.
    let report = import(dir.path(), "a.csv", "field_id,value\nOP1.NPT,X\nOP1.CWC,nope\n", &flags)
        .with_status(0)
        .json();
    assert_eq!(missing(&report).len(), 368);
    assert!(!missing(&report).contains(&"OP1.CWC".to_owned()));
    let (_dir, path) = file("few.csv", "field_id,value\nOP1.NPT,X\nOP2.USE.N.L,X\n");
    let args = |more: &[&'static str]| [&["import", path.to_str().unwrap()], &flags[..], more].concat();
    let text = run(dir.path(), &args(&[])).with_status(0).stdout;
    fits(&text);
    for words in ["368 of 370", "--part", "OP2.USE (5 of 6)", "of a whole matrix"] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    let text = run(dir.path(), &args(&["--part"])).with_status(0).stdout;
    assert!(text.contains("a part only") && !text.contains("of a whole matrix"), "{text}");
}

#[test]
fn lines_are_those_of_an_editor_whatever_ends_them() {
    let lf = "# a remark\n#: state = KE\n#: date = 2014\n\nfield_id,label,value,detail\nOP1.NPT,,X,\"two\nlines\"\n\nOP9.NONE,Odd row,X,\nOP1.CWC,,nope,\n# in between\nOP1.BWC,,X,a\nOP1.BWC,,X,b\n";
    for text in [lf.to_owned(), lf.replace('\n', "\r\n"), format!("\u{feff}{}", lf.replace('\n', "\r\n"))] {
        let dir = TempDir::new().unwrap();
        let report = import(dir.path(), "a.csv", &text, &[]).with_status(0).json();
        assert_eq!(report["unmapped"][0]["line"], 9, "{text:?}");
        assert_eq!(report["illegal"][0]["line"], 10);
        assert_eq!(report["duplicates"][0]["lines"], serde_json::json!([12, 13]));
        let kept = run(dir.path(), &["export", "KE", "--json"]).json()["kept"].clone();
        let mut lines: Vec<i64> =
            kept.as_array().unwrap().iter().map(|k| k["line"].as_i64().unwrap()).collect();
        lines.sort_unstable();
        assert_eq!(lines, [9, 10]);
    }
}

#[test]
fn dates_that_are_none_refuse_the_whole_file_and_no_date_gives_no_age() {
    let dir = TempDir::new().unwrap();
    let flags = ["--state", "KE", "--date", "2021"];
    for (bad, at) in [("2020-02-31", "source_date"), ("31.12.2020", "source_date"), ("2019-13", "law_date")] {
        let (date, law) = if at == "law_date" { ("", bad) } else { (bad, "") };
        for ending in ["\n", "\r\n"] {
            let text = format!("field_id,value,date,law_date\nOP1.NPT,X,2020,\nOP1.CWC,X,{date},{law}\n")
                .replace('\n', ending);
            let failed = import(dir.path(), "bad.csv", &text, &flags).with_status(2);
            for words in ["bad.csv:3", at, bad, "calendar"] {
                assert!(
                    failed.stderr.contains(words) || failed.stdout.contains(words),
                    "{words}: {}",
                    failed.stderr
                );
            }
        }
    }
    let failed = import(dir.path(), "bad.json", r#"[{"field_id":"OP1.NPT","value":"X","date":"2020"},{"field_id":"OP1.CWC","value":"X","date":"31.12.2020"}]"#, &flags).with_status(2);
    assert!(failed.stderr.contains("record 2") || failed.stdout.contains("record 2"), "{}", failed.stderr);
    assert!(!dir.path().join("r1540/KE").exists());

    import(dir.path(), "a.csv", "field_id,value,date\nOP1.NPT,X,\nOP1.CWC,X,2001\n", &flags).with_status(0);
    let (text, json) = told(dir.path(), &["show", "KE", "--fields", "OP1"]);
    fits(&text);
    assert!(!text.contains("days old") && text.contains("no date"), "{text}");
    let cell = |id: &str| {
        json["cells"].as_array().unwrap().iter().find(|c| c["field"] == id).unwrap()["facts"][0]["age"]
            .clone()
    };
    assert!(cell("OP1.NPT").is_null() && cell("OP1.CWC").as_str().unwrap().contains("years old"));
}

#[test]
fn the_head_of_a_file_and_the_flags_agree_or_nothing_is_taken_in() {
    let dir = TempDir::new().unwrap();
    let text = "#: state = KE\n#: date = 2014-05-01\n#: edition = S/1\n#: life = drafted\nfield_id,value\nOP1.NPT,X\n";
    for (flags, line, both) in [
        (["--state", "UG"], 1, ["state = KE", "--state UG"]),
        (["--date", "2015"], 2, ["date = 2014-05-01", "--date 2015"]),
        (["--edition", "S/2"], 3, ["edition = S/1", "--edition S/2"]),
        (["--life", "published"], 4, ["life = drafted", "--life published"]),
    ] {
        let (_dir, path) = file("a.csv", text);
        let failed =
            run(dir.path(), &[&["import", path.to_str().unwrap()], &flags[..]].concat()).with_status(2);
        assert!(failed.stderr.contains(&format!("a.csv:{line}")), "{}", failed.stderr);
        assert!(both.iter().all(|b| failed.stderr.contains(b)), "{}", failed.stderr);
    }
    for (from, to, flags) in [
        ("state = KE", "state = Narnia", ["--state", "KE"]),
        ("date = 2014-05-01", "date = 2014-02-30", ["--date", "2014-05-01"]),
        ("life = drafted", "life = done", ["--life", "drafted"]),
    ] {
        let (_dir, path) = file("a.csv", text.replace(from, to));
        let failed =
            run(dir.path(), &[&["import", path.to_str().unwrap()], &flags[..]].concat()).with_status(2);
        assert!(failed.stderr.contains(to), "{}", failed.stderr);
    }
    assert!(!dir.path().join("r1540/KE").exists() && !dir.path().join("r1540/UG").exists());
    // The same said twice is no conflict, in whatever words.
    import(
        dir.path(),
        "a.csv",
        text,
        &["--state", "Kenya", "--date", "2014-05-01", "--edition", "S/1", "--life", "drafted"],
    )
    .with_status(0);
}

#[test]
fn of_several_editions_of_a_day_all_are_named_and_none_is_chosen() {
    let dir = TempDir::new().unwrap();
    let rows = "field_id,value\nOP1.NPT,X\n";
    for (name, date, life) in
        [("A", "2014-05-01", "published"), ("B", "2014-05-01", "drafted"), ("C", "2010", "published")]
    {
        import(
            dir.path(),
            "a.csv",
            rows,
            &["--state", "KE", "--date", date, "--edition", name, "--life", life],
        )
        .with_status(0);
    }
    for args in [
        &["show", "KE"][..],
        &["gaps", "KE"],
        &["export", "KE"],
        &["diff", "KE", "C", "2014-05-01"],
        &["report", "new", "KE"],
    ] {
        let failed = run(dir.path(), args).with_status(2);
        assert!(failed.stdout.is_empty());
        for words in ["2014-05-01 A (", "2014-05-01 B (", "none is chosen", "--edition"] {
            assert!(failed.stderr.contains(words), "{args:?} {words}: {}", failed.stderr);
        }
        assert!(!failed.stderr.contains("2010 C"));
    }
    for args in [
        &["show", "KE", "--edition", "B"][..],
        &["diff", "KE", "C", "A"],
        &["show", "KE", "--published"],
        &["show", "KE", "--as-of", "2012-01-01"],
    ] {
        told(dir.path(), args);
    }
    let out = dir.path().join("form.csv");
    run(dir.path(), &["report", "new", "KE", "--edition", "B", "--out", out.to_str().unwrap()])
        .with_status(0);
}

#[test]
fn a_topic_shows_the_facts_of_the_newest_edition_with_its_name_and_life() {
    let dir = TempDir::new().unwrap();
    for (name, date, detail) in
        [("old", "2014-05-01", "as it was"), ("new", "2016-05-01", "as it is"), ("later", "2030", "to come")]
    {
        let text =
            format!("field_id,value,detail,source,date\nOP2.FINANCE.N.L,X,{detail},gazette,2003-02-01\n");
        import(dir.path(), "a.csv", &text, &["--state", "KE", "--date", date, "--edition", name])
            .with_status(0);
    }
    let (text, json) = told(dir.path(), &["topics", "finance", "--as-of", "2020-01-01"]);
    let facts: Vec<&Value> =
        json["facts"].as_array().unwrap().iter().filter(|f| f["state"] == "KE").collect();
    assert_eq!(facts.len(), 1, "{facts:?}");
    assert_eq!(
        ["detail", "edition", "edition_date", "life", "source_date"].map(|k| facts[0][k].as_str().unwrap()),
        ["as it is", "new", "2016-05-01", "drafted", "2003-02-01"]
    );
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("gazette, 2003-02-01; in edition new of 2016-05-01, drafted"), "{text}");
    assert!(!text.contains("as it was") && !text.contains("to come"));
}

#[test]
fn a_table_that_a_spreadsheet_saved_again_is_read() {
    let dir = TempDir::new().unwrap();
    let text = "field_id,value,detail,law,source,date\nOP2.USE.N.L,X,\"a, b; c\",\"Act, s. 4\",gazette,2014\nOP1.NPT,?,,,r,2013\n";
    import(
        dir.path(),
        "a.csv",
        text,
        &["--state", "KE", "--date", "2014-05-01", "--edition", "S/1, part 2", "--by", "desk"],
    )
    .with_status(0);
    let first = run(dir.path(), &["export", "KE"]).with_status(0).stdout;
    // A spreadsheet reads cells and writes every line with as many as the widest.
    let saved = |from: u8, to: u8| {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(from)
            .from_reader(first.as_bytes());
        let rows: Vec<Vec<String>> =
            reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect();
        let wide = rows.iter().map(Vec::len).max().unwrap();
        let mut writer =
            csv::WriterBuilder::new().delimiter(to).terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        for mut row in rows {
            row.resize(wide, String::new());
            writer.write_record(&row).unwrap();
        }
        String::from_utf8(writer.into_inner().unwrap()).unwrap()
    };
    for to in [b',', b';'] {
        let again = saved(b',', to);
        assert!(
            again.contains(if to == b';' { "#: date = 2014-05-01;;;;" } else { "#: date = 2014-05-01,,,," }),
            "{again}"
        );
        let other = TempDir::new().unwrap();
        import(other.path(), "b.csv", &again, &[]).with_status(0);
        let export = run(other.path(), &["export", "KE"]).with_status(0).stdout;
        if to == b',' {
            assert_eq!(export, first);
        }
        // Semicolons part a name with a comma otherwise; facts and the rest of the head stay.
        assert_eq!(export.lines().skip(5).collect::<Vec<_>>(), first.lines().skip(5).collect::<Vec<_>>());
        assert!(export.contains("#: state = KE\n#: date = 2014-05-01\n"));
    }
    // Cells with commas need no marks between semicolons; a fault has its line.
    let other = TempDir::new().unwrap();
    let report = import(
        other.path(),
        "s.csv",
        "#: state = KE;;\r\n#: date = 2014;;\r\nfield_id;value;detail\r\nOP1.NPT;X;a, b\r\nOP9.NONE;X;\r\n",
        &[],
    )
    .with_status(0)
    .json();
    assert_eq!((&report["mapped"], &report["unmapped"][0]["line"]), (&Value::from(1), &Value::from(5)));
    let json = run(other.path(), &["export", "KE", "--json"]).json();
    assert_eq!(json["fields"]["OP1.NPT"][0]["detail"], "a, b");

    // The form of a report too.
    let form = run(dir.path(), &["report", "new", "KE"]).with_status(0).stdout;
    let check = |text: &str| {
        let (_dir, path) = file("form.csv", text);
        run(dir.path(), &["report", "check", path.to_str().unwrap(), "--json"]).with_status(0).json()
    };
    let rows = form.lines().filter(|l| l.starts_with('#')).count();
    let head: Vec<String> = form.lines().take(rows).map(|l| format!("{l}{}", ";".repeat(21))).collect();
    let body = form.lines().skip(rows).collect::<Vec<_>>().join("\n");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(body.as_bytes());
    let mut writer =
        csv::WriterBuilder::new().delimiter(b';').terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for record in reader.records() {
        writer.write_record(&record.unwrap()).unwrap();
    }
    let semicolons =
        format!("{}\r\n{}", head.join("\r\n"), String::from_utf8(writer.into_inner().unwrap()).unwrap());
    assert_eq!(check(&semicolons), check(&form));
}

#[test]
fn another_source_is_a_difference_of_its_own() {
    let dir = TempDir::new().unwrap();
    for (date, source, of) in [("2014-05-01", "gazette", "2003"), ("2016-05-01", "register", "2003")] {
        let text = format!("field_id,value,source,date\nOP1.NPT,X,{source},{of}\nOP1.CWC,X,same,2001\n");
        import(dir.path(), "a.csv", &text, &["--state", "KE", "--date", date]).with_status(0);
    }
    let (text, json) = told(dir.path(), &["diff", "KE", "2014-05-01", "2016-05-01"]);
    fits(&text);
    assert_eq!((&json["source"][0]["field"], &json["unchanged"]), (&Value::from("OP1.NPT"), &Value::from(1)));
    assert_eq!(json["source"].as_array().unwrap().len(), 1);
    assert!(
        text.contains("Another source only") && text.contains("gazette") && text.contains("register"),
        "{text}"
    );
}

#[test]
fn what_was_not_written_says_why_and_what_is_not_there_is_refused() {
    let dir = TempDir::new().unwrap();
    let (_dir, path) = file("a.csv", "field_id,value\nOP1.NPT,X\n");
    let flags = ["import", path.to_str().unwrap(), "--state", "KE", "--date", "2014"];
    let text = |more: &[&str]| {
        let out = run(dir.path(), &[&flags[..], more].concat()).with_status(0).stdout;
        out.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let tried = text(&["--dry-run"]);
    assert!(tried.contains("nothing: only tried") && !tried.contains("equal to"), "{tried}");
    text(&[]);
    let equal = text(&[]);
    assert!(equal.contains("nothing: equal to revision 1") && !equal.contains("only tried"), "{equal}");
    let report = import(
        dir.path(),
        "a.json",
        r#"[{"field_id":"OP1.NPT","value":"X"},{"field_id":"OP9","value":"X"}]"#,
        &["--state", "KE", "--date", "2014"],
    )
    .with_status(0)
    .json();
    assert_eq!(report["unmapped"][0]["record"], 2);
    assert!(report["unmapped"][0].get("line").is_none());

    let failed = run(dir.path(), &["show", "KE", "--fields", "OP99"]).with_status(2);
    assert!(failed.stderr.contains("OP99") && failed.stderr.contains("r1540 fields"), "{}", failed.stderr);
    let json = run(dir.path(), &["show", "US", "--json"]).json();
    let dates: Vec<&str> =
        json["reports"].as_array().unwrap().iter().map(|r| r["date"].as_str().unwrap()).collect();
    assert!(dates.len() > 2 && dates.is_sorted(), "{dates:?}");
}

#[test]
fn a_damaged_edition_of_one_state_leaves_the_others() {
    let dir = TempDir::new().unwrap();
    for state in ["KE", "UG"] {
        import(
            dir.path(),
            "a.csv",
            "field_id,value\nOP1.NPT,X\n",
            &["--state", state, "--date", "2014", "--life", "published"],
        )
        .with_status(0);
    }
    let path = std::fs::read_dir(dir.path().join("r1540/KE"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .find(|p| p.extension().is_some_and(|e| e == "json"))
        .unwrap();
    std::fs::write(&path, "{}").unwrap();
    let name = path.file_name().unwrap().to_str().unwrap().to_owned();
    for args in [&["review", "--fields", "OP1.NPT"][..], &["editions"], &["topics", "legislation"]] {
        let out = run(dir.path(), args).with_status(3).stdout;
        let flat: String = out.split_whitespace().collect();
        assert!(out.contains("Damaged") && flat.contains(&name), "{args:?}\n{out}");
        let json = run(dir.path(), &[args, &["--json"]].concat()).with_status(3).json();
        assert_eq!(
            (&json["damaged"][0]["state"], json["damaged"].as_array().unwrap().len()),
            (&Value::from("KE"), 1)
        );
    }
    let json = run(dir.path(), &["review", "--fields", "OP1.NPT", "--json"]).json();
    assert_eq!(json["tables"][0]["with_matrix"], 1);
    assert!(json["remarks"].to_string().contains("cannot be read: KE"));
    assert!(
        run(dir.path(), &["editions", "--json"]).json()["editions"]
            .as_array()
            .unwrap()
            .iter()
            .any(|e| e["state"] == "UG")
    );
    told(dir.path(), &["show", "UG"]);
    run(dir.path(), &["show", "KE"]).with_status(3);
}

#[test]
fn what_the_last_edition_filled_in_counts_as_answered() {
    let dir = TempDir::new().unwrap();
    import(
        dir.path(),
        "a.csv",
        "field_id,value\nOP2.USE.N.L,X\nOP2.USE.N.E,\n",
        &["--state", "KE", "--date", "2014"],
    )
    .with_status(0);
    let form = dir.path().join("form.csv");
    run(dir.path(), &["report", "new", "KE", "--out", form.to_str().unwrap()]).with_status(0);
    let (page, check) = told(dir.path(), &["report", "check", form.to_str().unwrap()]);
    let of = |key: &str| -> Vec<Value> {
        check["owners"].as_array().unwrap().iter().flat_map(|o| o[key].as_array().unwrap().clone()).collect()
    };
    let waiting = of("waiting");
    assert_eq!((of("filled"), waiting.len()), (vec![Value::from("OP2.USE.N.L")], 369));
    assert!(page.contains("OP2.USE (in part)") && !page.contains("369"), "{page}");
    fits(&page);
    // What lacks something is an answer, and none of those that wait.
    for lacking in check["lacking"].as_array().unwrap() {
        assert!(!waiting.contains(&lacking["field"]), "{lacking}");
    }
    assert!(waiting.iter().any(|w| *w == "OP2.USE.N.E"));
    // A date that is none is refused here too, and not only when the cells are taken in.
    let text = std::fs::read_to_string(&form).unwrap();
    let line = text.lines().find(|l| l.starts_with("OP2.USE.N.L,")).unwrap().to_owned();
    std::fs::write(&form, text.replace(&line, &line.replacen(",a.csv,,", ",a.csv,2020-02-31,", 1))).unwrap();
    let failed = run(dir.path(), &["report", "check", form.to_str().unwrap()]).with_status(2);
    assert!(failed.stderr.contains("2020-02-31"), "{}", failed.stderr);
}
