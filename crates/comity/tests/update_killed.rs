//! An update killed at any point, or run twice at once, leaves a register that is whole, and the next update ends the work.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests; a fault ends the test"
)]

mod common;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use common::comity;
use serde_json::Value;

const EDITIONS: [&str; 4] = ["2026-01-15", "2026-02-15", "2026-03-15", "2026-04-15"];
const ENTRIES: usize = 1500;

/// Four editions of an invented list, long enough that an update is met in the middle.
fn lists(below: &Path) {
    for (n, date) in EDITIONS.iter().enumerate() {
        let mut text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CONSOLIDATED_LIST dateGenerated=\"{date}T00:00:00Z\">\n<INDIVIDUALS>\n"
        );
        text.push_str("</INDIVIDUALS>\n<ENTITIES>\n");
        for entry in 0..ENTRIES {
            writeln!(
                text,
                "<ENTITY><DATAID>{entry}</DATAID><FIRST_NAME>Example Body {entry} of Edition {n}</FIRST_NAME><UN_LIST_TYPE>DPRK</UN_LIST_TYPE>\
                 <REFERENCE_NUMBER>KPe.{entry:04}</REFERENCE_NUMBER><LISTED_ON>2020-01-01</LISTED_ON><COMMENTS1>an invented body</COMMENTS1></ENTITY>"
            )
            .unwrap();
        }
        text.push_str("</ENTITIES>\n</CONSOLIDATED_LIST>\n");
        let folder = below.join("un").join(date);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("consolidated.xml"), text).unwrap();
    }
}

fn start(data: &Path, from: &Path) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_comity"));
    command.args(["--offline", "update", "--json", "--data"]).arg(data).arg("--from").arg(from);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn files_below(folder: &Path) -> usize {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let paths: Vec<_> = entries.flatten().map(|e| e.path()).collect();
    paths.iter().map(|path| if path.is_dir() { files_below(path) } else { 1 }).sum()
}

fn editions_below(list: &Path) -> usize {
    let Ok(entries) = fs::read_dir(list) else { return 0 };
    entries.flatten().filter(|e| e.file_name().to_string_lossy().starts_with("2026-")).count()
}

/// How many editions are in the register, each of them read again and found whole.
fn whole_editions(data: &Path) -> usize {
    let run = comity(data).args(["register", "verify", "--json"]).run().with_status(0);
    let found = run.json();
    assert_eq!(found["damaged"], serde_json::json!([]), "{found}");
    usize::try_from(found["editions"].as_u64().unwrap()).unwrap()
}

fn finished(data: &Path, from: &Path) {
    let run = comity(data).args(["update", "--json", "--from"]).arg(from).run().with_status(0);
    let results = run.json()["lists"].as_array().unwrap().clone();
    assert_eq!(results.len(), EDITIONS.len(), "{results:?}");
    for result in &results {
        assert!(["added", "unchanged"].contains(&result["result"].as_str().unwrap()), "{result}");
        assert_eq!(result["entries"], ENTRIES, "{result}");
    }
    assert_eq!(whole_editions(data), EDITIONS.len());
    let folder = data.join("register/un/sc");
    let left: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with('.'))
        .collect();
    assert_eq!(left, Vec::<String>::new(), "staging folders of dead processes are cleared");
}

#[test]
fn an_update_killed_at_any_point_leaves_a_whole_register() {
    let from = tempfile::tempdir().unwrap();
    lists(from.path());
    let (mut killed, mut seen) = (0, Vec::new());
    // Killed as soon as so many files are staged, and as soon as so many editions are in their place.
    for (files, placed) in (1..=12).map(|files| (files, 1)).chain((1..=4).map(|placed| (usize::MAX, placed)))
    {
        let data = tempfile::tempdir().unwrap();
        let list = data.path().join("register/un/sc");
        let mut child = start(data.path(), from.path());
        while files_below(data.path()) < files
            && editions_below(&list) < placed
            && child.try_wait().unwrap().is_none()
        {
            std::thread::sleep(Duration::from_micros(100));
        }
        killed += usize::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
        let kept = whole_editions(data.path());
        assert!(kept <= EDITIONS.len());
        seen.push(kept);
        finished(data.path(), from.path());
    }
    println!("killed {killed} of 16 updates under way; editions kept: {seen:?}");
    assert!(killed >= 3, "only {killed} of 16 updates were still running when they were killed");
}

#[test]
fn two_processes_at_once_make_one_register() {
    let from = tempfile::tempdir().unwrap();
    lists(from.path());
    let data = tempfile::tempdir().unwrap();
    let children = [start(data.path(), from.path()), start(data.path(), from.path())];
    let mut added = 0;
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let results: Value = serde_json::from_slice(&output.stdout).unwrap();
        let results = results["lists"].as_array().unwrap();
        assert_eq!(results.len(), EDITIONS.len());
        added += results.iter().filter(|r| r["result"] == "added").count();
    }
    assert_eq!(added, EDITIONS.len(), "each edition is added once, by one of the two");
    finished(data.path(), from.path());
}
