//! The loader of `data/states`: the data of the project are whole, and broken files are refused with file, line and what was expected.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

use std::fs;
use std::path::{Path, PathBuf};

use comity_model::standing::States;
use comity_pack::states::load;

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/states")
}

/// A copy of the data in a folder of its own.
fn copy(name: &str) -> PathBuf {
    let to = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("states-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&to);
    fs::create_dir_all(to.join("treaties")).unwrap();
    for folder in ["", "treaties"] {
        for entry in fs::read_dir(data().join(folder)).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_file() {
                fs::copy(entry.path(), to.join(folder).join(entry.file_name())).unwrap();
            }
        }
    }
    to
}

/// The messages after `change` was done to a file.
fn faults(name: &str, file: &str, change: impl FnOnce(String) -> Vec<u8>) -> Vec<String> {
    let dir = copy(name);
    let text = fs::read_to_string(dir.join(file)).unwrap();
    fs::write(dir.join(file), change(text)).unwrap();
    let mut faults = Vec::new();
    load(&dir, &mut faults);
    fs::remove_dir_all(&dir).unwrap();
    faults.iter().map(ToString::to_string).collect()
}

/// The same for a text put in place of another.
fn replaced(name: &str, file: &str, from: &str, to: &str) -> Vec<String> {
    faults(name, file, |text| {
        assert!(text.contains(from), "{file} has no `{from}`");
        text.replacen(from, to, 1).into_bytes()
    })
}

fn whole() -> States {
    let mut faults = Vec::new();
    let states = load(&data(), &mut faults);
    assert!(faults.is_empty(), "{faults:#?}");
    states
}

#[test]
fn the_data_are_whole_and_sorted() {
    let states = whole();
    assert_eq!((states.states.len(), states.territories.len()), (197, 52));
    assert!(states.states.is_sorted_by_key(|s| s.code));
    assert!(states.territories.is_sorted_by_key(|t| t.code));
    assert!(states.treaties.is_sorted_by_key(|t| t.id.clone()));
    assert!(states.names.is_sorted_by_key(|n| n.key.clone()));
    assert!(states.events.is_sorted_by_key(|e| (e.treaty, e.state)));
    for (at, treaty) in (0..).zip(&states.treaties) {
        assert_eq!(states.treaty_ref(&treaty.id).unwrap().0, at);
    }
}

#[test]
fn every_file_is_sorted_so_that_a_change_reads_like_an_amendment() {
    let mut files: Vec<PathBuf> =
        fs::read_dir(data().join("treaties")).unwrap().map(|e| e.unwrap().path()).collect();
    files.extend(["states.csv", "territories.csv", "sources.csv", "positions.csv"].map(|f| data().join(f)));
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        assert!(!text.contains('\r'), "{}", file.display());
        let by_date = file.parent().unwrap().ends_with("treaties");
        let keys: Vec<(&str, &str)> = text
            .lines()
            .filter(|l| !l.starts_with('#'))
            .skip(1)
            .map(|l| {
                let mut fields = l.split(',');
                (fields.next().unwrap(), if by_date { fields.nth(1).unwrap() } else { "" })
            })
            .collect();
        assert!(keys.is_sorted(), "{}", file.display());
    }
}

#[test]
fn the_stored_form_gives_the_same_back_and_is_small() {
    let states = whole();
    let bytes = postcard::to_allocvec(&states).unwrap();
    assert!(bytes.len() < 300_000, "{}", bytes.len());
    assert_eq!(postcard::from_bytes::<States>(&bytes).unwrap(), states);
}

#[test]
fn carriage_returns_and_a_byte_order_mark_are_taken() {
    for file in ["states.csv", "treaties/NPT.csv", "treaties.toml", "positions.csv"] {
        let seen =
            faults("crlf", file, |text| format!("\u{feff}{}", text.replace('\n', "\r\n")).into_bytes());
        assert_eq!(seen, Vec::<String>::new(), "{file}");
    }
}

#[test]
fn an_unknown_state_is_named_with_its_line() {
    let seen = replaced("state", "treaties/NPT.csv", "AD,accession", "XX,accession");
    assert_eq!(
        seen,
        ["treaties/NPT.csv:3: XX, which is in no table; expected a State of states.csv; correct the code"]
    );
    let seen = replaced("territory", "treaties/NPT.csv", "AD,accession", "HK,accession");
    assert_eq!(
        seen,
        [
            "treaties/NPT.csv:3: HK (Hong Kong), which is in territories.csv; expected a State of states.csv; correct the code"
        ]
    );
    let seen = replaced("code", "treaties/NPT.csv", "AD,accession", "AND,accession");
    assert_eq!(
        seen,
        [
            "treaties/NPT.csv:3: `AND` is no code of a State (two capital letters, ISO 3166-1 alpha-2); give the ISO 3166-1 alpha-2 code"
        ]
    );
}

#[test]
fn an_unknown_event_word_is_refused_with_the_closed_set() {
    let seen = replaced("event", "treaties/NPT.csv", "AD,accession", "AD,adhesion");
    assert_eq!(seen.len(), 1);
    assert!(
        seen[0].starts_with("treaties/NPT.csv:3: `adhesion` is no event (one of: signature, ratification, "),
        "{}",
        seen[0]
    );
}

#[test]
fn bad_dates_are_refused() {
    for bad in ["1996-02-30", "1996-13", "25.06.1996", "1996-6-25", "about 1996", "unknown", "1996..1995"] {
        let seen =
            replaced("date", "treaties/NPT.csv", "AD,accession,1996-06-25", &format!("AD,accession,{bad}"));
        let expected = format!(
            "treaties/NPT.csv:3: `{bad}` as date; expected a date of the calendar of the form 2026-11-21, 2026-11, 2026 or 2025..2026; give the date as exactly as the source does, and no more exactly"
        );
        assert_eq!(seen, [expected]);
    }
}

#[test]
fn duplicates_are_refused() {
    let line = "AD,accession,1996-06-25,unoda-2026-08,2026-08-22,\n";
    let seen = faults("double", "treaties/NPT.csv", |text| {
        text.replacen(line, &format!("{line}{line}"), 1).into_bytes()
    });
    assert_eq!(
        seen[0],
        "treaties/NPT.csv:4: accession of AD as on line 3; expected each fact once; remove one of the two lines"
    );
    assert!(seen[1].starts_with("treaties.toml:"), "{}", seen[1]);
    let seen = faults("double-state", "states.csv", |text| {
        let line = text.lines().find(|l| l.starts_with("AD,")).unwrap().to_owned();
        format!("{text}{line}\n").into_bytes()
    });
    assert_eq!(
        seen,
        ["states.csv:203: State AD a second time; expected one line a State; remove one of the two lines"]
    );
}

#[test]
fn a_missing_source_is_refused() {
    let seen = replaced("source", "treaties/NPT.csv", "1996-06-25,unoda-2026-08", "1996-06-25,");
    assert_eq!(
        seen,
        [
            "treaties/NPT.csv:3: no source; expected an id of sources.csv; add the source to sources.csv, or correct the id"
        ]
    );
    let seen = replaced("source2", "treaties/NPT.csv", "1996-06-25,unoda-2026-08", "1996-06-25,somewhere");
    assert_eq!(
        seen,
        [
            "treaties/NPT.csv:3: source `somewhere`; expected an id of sources.csv; add the source to sources.csv, or correct the id"
        ]
    );
}

#[test]
fn what_cannot_follow_is_refused() {
    let seen =
        replaced("order", "treaties/NPT.csv", "AF,ratification,1970-02-05", "AF,ratification,1968-07-01");
    assert_eq!(seen, Vec::<String>::new(), "signature and ratification on one day");
    let seen = replaced("order2", "treaties/CTBT.csv", "RU,ratification", "RU,withdrawal");
    assert_eq!(seen.len(), 2, "{seen:#?}");
    assert!(seen[0].contains("RU: withdrawal (2000-06-30) of a State that is no party"), "{}", seen[0]);
    assert!(
        seen[1].contains("RU: withdrawal_of_ratification (2023-11-03) without signature and ratification"),
        "{}",
        seen[1]
    );
    let seen = replaced("before", "treaties/NPT.csv", "AF,signature,1968-07-01", "AF,signature,1967-07-01");
    assert_eq!(seen.len(), 1);
    assert!(
        seen[0].contains("signature of AF on 1967-07-01; expected a date from 1968-07-01 on"),
        "{}",
        seen[0]
    );
    let seen = replaced("future", "treaties/NPT.csv", "AD,accession,1996-06-25", "AD,accession,2026-09-01");
    assert!(seen[0].contains("accession of AD on 2026-09-01, known as of 2026-08-22"), "{}", seen[0]);
    let seen = faults("twice", "treaties/NPT.csv", |text| {
        format!("{text}AD,ratification,2001-01-01,unoda-2026-08,2026-08-22,\n").into_bytes()
    });
    assert!(
        seen.iter().any(|f| f.contains("AD: ratification (2001-01-01) of a State that is a party already")),
        "{seen:#?}"
    );
}

#[test]
fn a_dispute_needs_its_positions_and_positions_their_dispute() {
    let seen = faults("no-positions", "positions.csv", |text| {
        text.lines().take(4).map(|l| format!("{l}\n")).collect::<String>().into_bytes()
    });
    assert_eq!(seen.len(), 1, "{seen:#?}");
    assert!(seen[0].contains("announced_withdrawal (2003-01-10) without positions"), "{}", seen[0]);
    let seen = replaced("no-event", "positions.csv", "NPT,KP,2003-01-10,party", "NPT,FR,2003-01-10,party");
    assert!(
        seen.iter().any(
            |f| f.starts_with("positions.csv: position `party` on FR from 2003-01-10; expected an event")
        ),
        "{seen:#?}"
    );
}

#[test]
fn an_alias_points_to_one_place() {
    let seen = replaced("alias", "states.csv", "Principality of Andorra", "Republic of Azerbaijan");
    assert_eq!(seen.len(), 1, "{seen:#?}");
    assert!(seen[0].contains("of AZ, which reads as `Republic of Azerbaijan` of AD"), "{}", seen[0]);
}

#[test]
fn cut_files_are_refused() {
    // In the middle of a line.
    let seen = faults("cut", "treaties/NPT.csv", |text| text.as_bytes()[..text.len() - 30].to_vec());
    assert!(seen.iter().any(|f| f.contains("a last line without an end")), "{seen:#?}");
    // At the end of a line.
    let seen = faults("cut-line", "treaties/NPT.csv", |text| {
        text.lines().take(200).map(|l| format!("{l}\n")).collect::<String>().into_bytes()
    });
    assert!(
        seen.iter().any(|f| f.contains("facts = 285, where treaties/NPT.csv has 198 lines")),
        "{seen:#?}"
    );
    let seen = faults("empty", "treaties/NPT.csv", |_| Vec::new());
    assert!(seen.iter().any(|f| f.contains("an empty file")), "{seen:#?}");
    let seen = faults("cut-toml", "treaties.toml", |text| text.as_bytes()[..text.len() - 20].to_vec());
    assert!(!seen.is_empty());
    let seen = faults("fields", "sources.csv", |text| text.replacen(",S,confirmed", ",S", 1).into_bytes());
    assert!(seen.iter().any(|f| f.contains("4 fields; expected 5 fields")), "{seen:#?}");
}

#[test]
fn text_that_is_no_utf_8_is_refused_with_its_line() {
    let seen = faults("latin1", "states.csv", |text| {
        text.chars().map(|c| if (c as u32) < 256 { c as u8 } else { b'?' }).collect()
    });
    assert!(seen[0].starts_with("states.csv:") && seen[0].contains("no UTF-8"), "{}", seen[0]);
}

#[test]
fn missing_and_stray_files_are_named() {
    let dir = copy("files");
    fs::remove_file(dir.join("treaties/NPT.csv")).unwrap();
    fs::write(dir.join("treaties/OTHER.csv"), "state,event,date,source,as_of,note\n").unwrap();
    let mut faults = Vec::new();
    load(&dir, &mut faults);
    let seen: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert!(seen.iter().any(|f| f.starts_with("treaties/NPT.csv: cannot be read")), "{seen:#?}");
    assert!(seen.iter().any(|f| f.starts_with("treaties/OTHER.csv: a file that no treaty")), "{seen:#?}");
    fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn all_faults_come_at_once() {
    let seen = faults("many", "treaties/NPT.csv", |text| {
        text.replacen("AD,accession", "XX,accession", 1)
            .replacen("AE,accession", "AE,adhesion", 1)
            .replacen("AF,signature,1968-07-01", "AF,signature,1968-02-30", 1)
            .into_bytes()
    });
    assert_eq!(seen.len(), 3, "{seen:#?}");
}

#[test]
fn unknown_words_and_keys_of_the_table_of_treaties_are_named_with_their_line() {
    let seen = replaced("kind", "treaties.toml", "kind = \"treaty\"", "kind = \"club\"");
    assert!(
        seen[0].starts_with("treaties.toml:") && seen[0].contains("`club` is no kind of treaty"),
        "{}",
        seen[0]
    );
    let seen = replaced("key", "treaties.toml", "kind = \"treaty\"", "sort = \"treaty\"");
    assert!(seen[0].contains("unknown field `sort`"), "{}", seen[0]);
}

#[test]
fn arbitrary_bytes_never_stop_the_loader() {
    // A small generator, so that a failing case can be had again.
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed
    };
    let dir = copy("fuzz");
    for file in [
        "states.csv",
        "territories.csv",
        "sources.csv",
        "treaties.toml",
        "positions.csv",
        "treaties/AG.csv",
        "groups.csv",
        "group-members.csv",
        "shared-names.csv",
        "instruments.csv",
        "life.csv",
        "returns.csv",
        "returned.csv",
        "milestones.csv",
        "safeguards.toml",
    ] {
        let good = fs::read(dir.join(file)).unwrap();
        for round in 0..12 {
            let mut bad = good.clone();
            for _ in 0..=round {
                let at = usize::try_from(next() % good.len() as u64).unwrap();
                bad[at] = next() as u8;
            }
            if round % 3 == 0 {
                bad.truncate(usize::try_from(next() % good.len() as u64).unwrap());
            }
            fs::write(dir.join(file), &bad).unwrap();
            load(&dir, &mut Vec::new());
        }
        fs::write(dir.join(file), &good).unwrap();
    }
    fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn a_state_that_a_source_leaves_out_has_no_row() {
    let seen = replaced("left-out-row", "treaties.toml", "left_out = [\"CN\"", "left_out = [\"AD\", \"CN\"");
    assert!(
        seen.iter().any(|f| f.starts_with("treaties/CSA.csv:3: AD, which `left_out` of the treaty names")),
        "{seen:?}"
    );
    let seen = replaced(
        "left-out-order",
        "treaties.toml",
        "left_out = [\"CN\", \"FR\"",
        "left_out = [\"FR\", \"CN\"",
    );
    assert!(seen.iter().any(|f| f.contains("left_out of `CSA` out of order")), "{seen:?}");
    let seen = replaced(
        "closed-partial",
        "treaties.toml",
        "coverage = \"complete\"\nas_of = \"1996\"",
        "coverage = \"partial\"\nas_of = \"1996\"",
    );
    assert!(
        seen.iter().any(|f| f.contains("`CTBT-ANNEX2` partial, with `closed` or `left_out`")),
        "{seen:?}"
    );
}
