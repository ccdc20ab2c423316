//! The data on States against the tables they were made from (`../shared/states`, or the folder that `COMITY_SHARED` names): no fact was lost,
//! none was added. Without that folder each test prints a line and passes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use comity_engine::standing::{Count, Named, count, resolve};
use comity_model::standing::{EventKind, States, StatusEvent, StatusWord};
use comity_model::{DateValue, Day, Evidence, StateCode};

type Row = BTreeMap<String, String>;

fn shared() -> Option<PathBuf> {
    let dir = std::env::var_os("COMITY_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    if dir.join("states").is_dir() {
        return Some(dir);
    }
    println!("skipped: there is no folder `states` in {}; name the folder in COMITY_SHARED", dir.display());
    None
}

fn rows(file: &Path) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(file).unwrap();
    let head: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    reader
        .records()
        .map(|r| head.iter().cloned().zip(r.unwrap().iter().map(str::to_owned)).collect())
        .collect()
}

fn states() -> States {
    let mut faults = Vec::new();
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/states");
    let states = comity_pack::states::load(&dir, &mut faults);
    assert!(faults.is_empty(), "{faults:#?}");
    states
}

fn text(date: &DateValue) -> String {
    if *date == DateValue::Unknown { String::new() } else { date.to_string() }
}

/// One row of the table, as our events give it: the deciding event and the signature before it.
fn regenerated(states: &States, events: &[StatusEvent]) -> Row {
    let signature = events.iter().find(|e| e.kind == EventKind::Signature);
    // The announcement stands in the table of events only.
    let last = events.iter().rfind(|e| e.kind != EventKind::AnnouncedWithdrawal).unwrap();
    let status = match last.kind {
        EventKind::Signature | EventKind::WithdrawalOfRatification => "signatory".to_owned(),
        kind if kind.binds() => "party".to_owned(),
        kind => kind.word().replace('_', " "),
    };
    let mode = match last.kind {
        kind if kind.binds() && kind != EventKind::Party => kind.word(),
        EventKind::Signature if last.date != DateValue::Unknown => "signature",
        EventKind::WithdrawalOfRatification => "withdrawal of ratification",
        _ => "",
    };
    let source = states.source(last.source).unwrap();
    [
        ("iso3", states.state(last.state).unwrap().iso3.clone()),
        ("treaty", states.treaty(last.treaty).unwrap().id.clone()),
        ("status", status),
        ("date", text(&last.date)),
        ("mode", mode.to_owned()),
        ("signature_date", signature.map(|e| text(&e.date)).unwrap_or_default()),
        ("as_of", text(&last.as_of)),
        ("evidence", if source.evidence == Evidence::Memory { "M" } else { "" }.to_owned()),
    ]
    .map(|(k, v)| (k.to_owned(), v))
    .into()
}

#[test]
fn all_3622_rows_come_back_from_our_events() {
    let Some(shared) = shared() else { return };
    let states = states();
    let mut theirs = BTreeSet::new();
    let mut memory = 0;
    for mut row in rows(&shared.join("states/treaties.csv")) {
        let only_memory = row["source"].contains("memory") && !row["source"].contains("confirmed by");
        memory += usize::from(only_memory);
        row.insert("evidence".into(), if only_memory { "M" } else { "" }.into());
        // An undated signature has no mode of its own in our events.
        if row["date"].is_empty() && row["status"] == "signatory" {
            row.insert("mode".into(), String::new());
        }
        row.remove("source");
        row.remove("note");
        theirs.insert(row);
    }
    let ours: BTreeSet<Row> = states
        .events
        .chunk_by(|a, b| (a.treaty, a.state) == (b.treaty, b.state))
        .map(|events| regenerated(&states, events))
        .collect();
    assert_eq!((theirs.len(), memory), (3622, 101));
    assert_eq!(theirs.difference(&ours).next(), None, "a row of theirs that we lost");
    assert_eq!(ours.difference(&theirs).next(), None, "a row of ours that they have not");
}

#[test]
fn each_source_text_is_one_source_and_each_remark_is_kept() {
    let Some(shared) = shared() else { return };
    let states = states();
    let mut ids: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in rows(&shared.join("states/treaties.csv")) {
        let state = states.states.iter().find(|s| s.iso3 == row["iso3"]).unwrap();
        let treaty = states.treaty_ref(&row["treaty"]).unwrap();
        let events = states.events_of(treaty, state.code);
        for event in events {
            ids.entry(row["source"].clone())
                .or_default()
                .insert(states.source(event.source).unwrap().id.clone());
        }
        if !row["note"].is_empty() {
            let said = events.iter().any(|e| !states.note(e.note).is_empty());
            let said_for_all = !states.treaty(treaty).unwrap().note.is_empty();
            assert!(said || said_for_all, "{row:?}");
        }
    }
    assert_eq!(ids.len(), 27);
    assert!(ids.values().all(|set| set.len() == 1), "{ids:#?}");
    let all: BTreeSet<&String> = ids.values().flatten().collect();
    let used: BTreeSet<&String> =
        states.events.iter().map(|e| &states.source(e.source).unwrap().id).collect();
    assert_eq!(all, used, "no source without a fact, none for two texts");
}

#[test]
fn the_histories_that_one_row_cannot_hold_are_in() {
    let Some(shared) = shared() else { return };
    let states = states();
    let table = rows(&shared.join("states/treaty-events.csv"));
    assert_eq!(table.len(), 5);
    for row in table {
        let state = states.states.iter().find(|s| s.iso3 == row["iso3"]).unwrap();
        let kind: EventKind = row["event"].replace(' ', "_").parse().unwrap();
        let events = states.events_of(states.treaty_ref(&row["treaty"]).unwrap(), state.code);
        assert!(events.iter().any(|e| e.kind == kind && e.date.to_string() == row["date"]), "{row:?}");
    }
}

#[test]
fn the_unverified_table_is_no_part_of_the_data() {
    let Some(shared) = shared() else { return };
    let states = states();
    let table: BTreeSet<(String, String)> = rows(&shared.join("states/treaties.csv"))
        .iter()
        .map(|r| (r["iso3"].clone(), r["treaty"].clone()))
        .collect();
    let mut apart = 0;
    for row in rows(&shared.join("states/treaties-unverified.csv")) {
        let state = states.states.iter().find(|s| s.iso3 == row["iso3"]).unwrap();
        let events = states.treaty_ref(&row["treaty"]).map_or(&[][..], |t| states.events_of(t, state.code));
        if !table.contains(&(row["iso3"].clone(), row["treaty"].clone())) {
            assert!(events.is_empty(), "{row:?}");
            apart += 1;
        }
    }
    assert!(apart > 0);
    // Named, it loads: what no status word holds is named with its line and not taken.
    let file = shared.join("states/treaties-unverified.csv");
    let beside = comity_pack::states::with_unverified(&states, &file).unwrap();
    assert_eq!(beside.not_taken.len(), 5, "{:?}", beside.not_taken);
    let read = rows(&file).len();
    assert_eq!(beside.states.events.len(), states.events.len() + read - beside.not_taken.len());
}

#[test]
fn every_state_name_and_alias_resolves_to_its_own() {
    let Some(shared) = shared() else { return };
    let states = states();
    let skipped = ["m49", "un_status", "un_admission_year", "un_regional_group", "note"];
    let mut names = 0;
    for (file, territory) in [("states/states.csv", false), ("states/other-iso-codes.csv", true)] {
        for row in rows(&shared.join(file)) {
            let code: StateCode = row["iso2"].parse().unwrap();
            for (_, cell) in row.iter().filter(|(column, _)| !skipped.contains(&column.as_str())) {
                for name in cell.split('|').filter(|n| !n.is_empty()) {
                    for form in [name.to_owned(), name.to_lowercase(), name.to_uppercase()] {
                        let found = match resolve(&states, &form) {
                            Named::State(s) if !territory => s.code,
                            Named::Territory(t) if territory => t.code,
                            other => panic!("`{form}` of {code}: {other:?}"),
                        };
                        assert_eq!(found, code, "`{form}`");
                    }
                    names += 1;
                }
            }
        }
    }
    assert!(names > 3000, "{names}");
}

#[test]
fn codes_and_standing_in_the_united_nations_are_the_same() {
    let Some(shared) = shared() else { return };
    let states = states();
    let table = rows(&shared.join("states/states.csv"));
    assert_eq!(table.len(), 197);
    for row in table {
        let state = states.state(row["iso2"].parse().unwrap()).unwrap();
        let status = row["un_status"].split(" (").next().unwrap().replace('-', "_");
        assert_eq!(
            (state.iso3.as_str(), state.m49.as_str(), state.un_status.word()),
            (row["iso3"].as_str(), row["m49"].as_str(), status.as_str())
        );
        assert_eq!(state.admission_year.map_or(String::new(), |y| y.to_string()), row["un_admission_year"]);
        assert_eq!(
            (&state.group, &state.name, &state.formal_name, &state.note),
            (&row["un_regional_group"], &row["un_short_name"], &row["formal_name"], &row["note"])
        );
        for (column, language) in [
            ("name_zh", "zh"),
            ("name_zh_hant", "zh-Hant"),
            ("name_fr", "fr"),
            ("name_es", "es"),
            ("name_ru", "ru"),
            ("name_ar", "ar"),
        ] {
            assert!(state.names.iter().any(|n| n.language == language && n.text == row[column]), "{row:?}");
        }
    }
}

/// The number that a row of the published totals speaks of.
fn ours(states: &States, row: &Row) -> usize {
    let date: DateValue = row["as_of"].parse().unwrap();
    let day: Day = date.latest().unwrap();
    let treaty = states.treaty_ref(&row["treaty"]).unwrap();
    let what = row["what"].as_str();
    let of = states.treaty(treaty).unwrap().of.clone().filter(|_| what.starts_with("Annex"));
    let counted: Count<'_> = match of {
        Some(of) => count(states, states.treaty_ref(&of).unwrap(), day, Some(treaty)),
        None => count(states, treaty, day, None),
    };
    match what {
        "signatories" => counted.signed,
        "no agreement in force" => counted.of(StatusWord::NotInForce),
        what if what.ends_with("not party") => counted.answers.len() - counted.full,
        _ => counted.full,
    }
}

#[test]
fn published_totals_agree_or_are_printed_with_their_reason() {
    let Some(shared) = shared() else { return };
    let states = states();
    let table = rows(&shared.join("unscr1540/treaty-count-checkpoints.csv"));
    let mut agree = 0;
    for row in &table {
        let n = ours(&states, row);
        let said = format!(
            "{} {} {}: published {}, ours {n}; {}",
            row["treaty"], row["as_of"], row["what"], row["published"], row["agree"]
        );
        if row["agree"].starts_with("yes") {
            assert_eq!(n.to_string(), row["published"], "{said}");
            agree += 1;
        } else {
            println!("{said}");
        }
        if let Ok(computed) = row["computed_from_treaties_csv"].parse::<usize>() {
            assert_eq!(n, computed, "{said}");
        }
    }
    println!("{agree} of {} published totals agree", table.len());
    // The command says the same, and gives the stated reason of each difference.
    let file = shared.join("unscr1540/treaty-count-checkpoints.csv");
    let text = std::fs::read_to_string(&file).unwrap();
    let (said, json) =
        comity::state::checkpoints(&states, &file, &text, "2026-11-21".parse().unwrap()).unwrap();
    let told = json["rows"].as_array().unwrap();
    assert_eq!(told.len(), table.len());
    for (row, told) in table.iter().zip(told) {
        assert_eq!(told["ours"].as_u64().unwrap() as usize, ours(&states, row));
        let same = told["agrees"] == true;
        assert_eq!(same, row["published"] == ours(&states, row).to_string(), "{row:?}");
        assert_eq!(told["reason"].is_null(), same);
        assert!(!row["agree"].starts_with("yes") || same, "{row:?}");
    }
    assert!(said.contains("differ; stated: no: data\n") && said.contains("not in data"), "{said}");
    assert_eq!(agree, 22);
}
