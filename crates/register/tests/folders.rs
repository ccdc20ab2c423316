//! Reading editions from folders: history, damage, falls in size, two updates at once.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests; a fault ends the test"
)]

mod common;

use std::fs;
use std::path::Path;

use comity_model::listing::{DateFrom, ListId, Precision};
use comity_register::{
    Accept, Progress, Register, RegisterError, Silent, UpdateOptions, UpdateResult, accept_held,
    update_from_dir,
};
use common::{accepting, day, lines, no_state, options, project, sources};

const LIST: &str = include_str!("../../../examples/lists/un/2026-01-15/consolidated.xml");

/// The lists of `examples/lists`, as an update takes them.
const EXAMPLES: [(&str, &str, u32); 14] = [
    ("eu/fsf", "2026-01-15", 2),
    ("un/sc", "2026-01-15", 8),
    ("us/ofac-sdn", "2026-01-01", 4),
    ("us/bis-el", "2026-01-10", 1),
    ("us/bis-dpl", "2026-01-10", 1),
    ("us/bis-uvl", "2026-01-10", 1),
    ("us/bis-meu", "2026-01-10", 1),
    ("us/state-isn", "2026-01-10", 1),
    ("us/state-dtc", "2026-01-10", 1),
    ("us/ofac-ssi", "2026-01-10", 1),
    ("us/ofac-plc", "2026-01-10", 1),
    ("us/ofac-cap", "2026-01-10", 1),
    ("us/ofac-cmic", "2026-01-10", 1),
    ("us/ofac-ns-mbs", "2026-01-10", 1),
];

fn list() -> ListId {
    "un/sc".parse().unwrap()
}

/// Writes an edition of the invented list with a date of its own, and some entries fewer.
fn edition(from: &Path, date: &str, without: &[&str]) {
    let mut text = LIST.replace("2026-01-15T", &format!("{date}T"));
    for native in without {
        let at = text.find(native).unwrap();
        let kind = if native.contains('i') { "INDIVIDUAL" } else { "ENTITY" };
        let start = text[..at].rfind(&format!("<{kind}>")).unwrap();
        let end = at + text[at..].find(&format!("</{kind}>")).unwrap() + kind.len() + 3;
        text.replace_range(start..end, "");
    }
    write(from, date, &text);
}

fn write(from: &Path, folder: &str, text: &str) {
    let folder = from.join("un").join(folder);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("consolidated.xml"), text).unwrap();
}

fn update(data: &Path, from: &Path, options: UpdateOptions<'_>) -> Vec<UpdateResult> {
    update_from_dir(data, from, &sources(), options, &mut Silent).unwrap()
}

#[test]
fn the_invented_lists_are_taken_and_found() {
    let data = tempfile::tempdir().unwrap();
    let results = update(data.path(), &project().join("examples/lists"), options("2026-11-21"));
    assert_eq!(lines(&results), EXAMPLES.map(|(list, date, n)| format!("{list} {date} {n} added")));
    let register = Register::open(data.path()).unwrap();
    assert_eq!(
        register.lists().map(ToString::to_string).collect::<Vec<_>>(),
        EXAMPLES
            .map(|(list, _, _)| list.to_owned())
            .into_iter()
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect::<Vec<_>>()
    );
    let (un, sdn) = (list(), "us/ofac-sdn".parse::<ListId>().unwrap());
    let meta = register.edition_on(&un, day("2026-11-21")).unwrap();
    assert_eq!((meta.date_from, meta.precision, meta.entries), (DateFrom::Inside, Precision::Day, 8));
    let dated = register.edition_on(&sdn, day("2026-01-01")).unwrap();
    assert_eq!((dated.date_from, dated.precision), (DateFrom::Folder, Precision::Month));
    assert!(register.edition_on(&un, day("2026-01-14")).is_none());
    assert_eq!(register.next_edition_after(&un, day("2026-01-14")).unwrap().date, day("2026-01-15"));
    let edition = register.load(meta).unwrap();
    let view = edition.view().unwrap();
    let question = comity_names::fold("Example Rigde Trading Corp.");
    let found = view.candidates(&question).unwrap();
    let ridge = view.listing(found[0]).unwrap();
    assert_eq!(ridge.id.to_string(), "un/sc/KPe.901");
    let best = view
        .names(found[0])
        .unwrap()
        .iter()
        .map(|n| comity_names::similarity(&question, n.folded))
        .fold(0.0, f64::max);
    assert!(best > 0.7 && best < 1.0, "{best}");
    assert_eq!(view.by_identifier("000 9901").unwrap().len(), 1);
    let again = update(data.path(), &project().join("examples/lists"), options("2026-11-22"));
    assert_eq!(lines(&again), EXAMPLES.map(|(list, date, n)| format!("{list} {date} {n} unchanged")));
    assert_eq!(register.verify().unwrap().0, EXAMPLES.len());
}

#[test]
fn editions_are_taken_oldest_first_and_answer_by_day() {
    let (data, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    edition(from.path(), "2026-03-01", &[]);
    edition(from.path(), "2025-01-01", &["KPe.902"]);
    edition(from.path(), "2024-01-01", &[]);
    // The name of a folder says one thing, the file inside another: the file counts.
    fs::rename(from.path().join("un/2024-01-01"), from.path().join("un/zzz")).unwrap();
    let results = update(data.path(), from.path(), options("2026-11-21"));
    assert_eq!(
        lines(&results),
        ["un/sc 2024-01-01 8 added", "un/sc 2025-01-01 7 added", "un/sc 2026-03-01 8 added"]
    );
    edition(from.path(), "2023-01-01", &[]);
    let results = update(data.path(), from.path(), options("2026-11-21"));
    assert!(lines(&results).contains(&"un/sc 2023-01-01 8 added".into()), "older editions are history");
    let register = Register::open(data.path()).unwrap();
    let on = |text| register.edition_on(&list(), day(text)).map(|m| (m.date.to_string(), m.entries));
    assert_eq!(on("2022-12-31"), None);
    assert_eq!(on("2025-01-01"), Some(("2025-01-01".into(), 7)));
    assert_eq!(on("2026-02-28"), Some(("2025-01-01".into(), 7)));
    assert_eq!(on("2026-03-01"), Some(("2026-03-01".into(), 8)));
    assert_eq!(register.editions(&list()).count(), 4);
}

#[test]
fn stale_is_judged_on_the_day_asked() {
    let (data, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    edition(from.path(), "2026-03-01", &[]);
    update(data.path(), from.path(), options("2026-11-21"));
    let register = Register::open(data.path()).unwrap();
    assert_eq!(register.stale(&list(), day("2026-03-08"), 7), Some(false));
    assert_eq!(register.stale(&list(), day("2026-03-09"), 7), Some(true));
    assert_eq!(register.stale(&list(), day("2026-02-01"), 7), None);
}

#[test]
fn a_damaged_list_is_refused_whole_and_the_last_good_edition_stays() {
    let (data, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    edition(from.path(), "2026-03-01", &[]);
    update(data.path(), from.path(), options("2026-11-21"));
    let newer = LIST.replace("2026-01-15T", "2026-04-01T");
    let whole = newer.len();
    let bomb = "<?xml version=\"1.0\"?>\n<!DOCTYPE l [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]>\n<CONSOLIDATED_LIST>&b;</CONSOLIDATED_LIST>";
    for (text, place) in [
        (&newer[..whole / 2], "cut short"),
        ("", "no XML element"),
        (bomb, "DOCTYPE"),
        ("<html><body>Service unavailable</body></html>", "root element `html`"),
    ] {
        write(from.path(), "2026-04-01", text);
        let results = update(data.path(), from.path(), options("2026-11-21"));
        let refused = results.iter().find(|r| r.result.word() == "refused").unwrap();
        assert!(refused.message.contains(place), "{}", refused.message);
        assert!(
            refused.message.contains("consolidated.xml")
                && refused.message.contains("The edition of 2026-03-01 stays in use"),
            "{}",
            refused.message
        );
        let register = Register::open(data.path()).unwrap();
        let status = &register.status()[0];
        assert_eq!((status.editions, status.newest.as_ref().unwrap().date), (1, day("2026-03-01")));
        assert!(status.refused.as_ref().unwrap().message.contains(place));
    }
    fs::write(
        from.path().join("un/2026-04-01/consolidated.xml"),
        b"<CONSOLIDATED_LIST dateGenerated=\"2026-04-01\"><INDIVIDUALS>caf\xe9",
    )
    .unwrap();
    let results = update(data.path(), from.path(), options("2026-11-21"));
    assert!(results.iter().any(|r| r.message.contains("no UTF-8")), "{results:?}");
    write(from.path(), "2026-04-01", &newer);
    update(data.path(), from.path(), options("2026-11-21"));
    assert_eq!(Register::open(data.path()).unwrap().status()[0].refused, None, "a good edition settles it");
}

#[test]
fn a_large_fall_is_held_back_until_a_user_takes_it() {
    let (data, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    edition(from.path(), "2026-03-01", &[]);
    edition(from.path(), "2026-04-01", &["KPi.901", "IRi.901", "KPe.902"]);
    let results = update(data.path(), from.path(), options("2026-11-21"));
    assert_eq!(lines(&results), ["un/sc 2026-03-01 8 added", "un/sc 2026-04-01 5 held_back"]);
    assert!(
        results[1].message.contains("5 entries, 8 in the edition of 2026-03-01")
            && results[1].message.contains("--accept un/sc")
    );
    let register = Register::open(data.path()).unwrap();
    let status = &register.status()[0];
    assert_eq!((status.editions, status.held.len()), (1, 1));
    assert_eq!(status.refused.as_ref().unwrap().result.word(), "held_back");
    assert_eq!(register.edition_on(&list(), day("2026-11-21")).unwrap().entries, 8);
    // Asked again, it is held back again, once.
    assert_eq!(
        lines(&update(data.path(), from.path(), options("2026-11-21")))[1],
        "un/sc 2026-04-01 5 held_back"
    );
    let accept = Accept { list: list(), reason: "a committee closed".into() };
    let results = update(data.path(), from.path(), accepting("2026-11-22", &accept));
    assert_eq!(
        lines(&results),
        ["un/sc 2026-04-01 5 added", "un/sc 2026-03-01 8 unchanged", "un/sc 2026-04-01 5 unchanged"]
    );
    let register = Register::open(data.path()).unwrap();
    let meta = register.edition_on(&list(), day("2026-11-21")).unwrap();
    assert_eq!((meta.entries, meta.accepted.as_deref()), (5, Some("a committee closed")));
    assert!(register.status()[0].held.is_empty() && register.status()[0].refused.is_none());
    assert!(register.load(meta).unwrap().view().unwrap().by_native_id("KPe.902").unwrap().is_none());
    assert!(register.verify().unwrap().1.is_empty());
}

#[test]
fn fewer_names_or_addresses_are_held_back_and_a_decision_takes_them_alone() {
    let cut = |text: &str, element: &str| {
        let mut text = text.to_owned();
        let (open, close) = (format!("<{element}>"), format!("</{element}>"));
        while let (Some(start), Some(end)) = (text.find(&open), text.find(&close)) {
            text.replace_range(start..end + close.len(), "");
        }
        text
    };
    let (data, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    edition(from.path(), "2026-03-01", &[]);
    update(data.path(), from.path(), options("2026-11-21"));
    let whole = LIST.replace("2026-01-15T", "2026-03-01T");
    let bare = cut(&cut(&whole, "INDIVIDUAL_ADDRESS"), "ENTITY_ADDRESS");
    // Of the same date: the edition that is there is the one before.
    write(from.path(), "2026-03-01-b", &bare);
    let results = update(data.path(), from.path(), options("2026-11-21"));
    let held = results.iter().find(|r| r.result.word() == "held_back").unwrap();
    assert!(held.message.contains("0 addresses, 4 in the edition of 2026-03-01"), "{}", held.message);
    let accept = Accept { list: list(), reason: "addresses withdrawn".into() };
    let taken = accept_held(data.path(), &sources(), accepting("2026-11-22", &accept)).unwrap();
    assert_eq!(lines(&taken), ["un/sc 2026-03-01 8 added"]);
    let taken = accept_held(data.path(), &sources(), accepting("2026-11-22", &accept)).unwrap();
    assert!(
        taken[0].result.word() == "unchanged" && taken[0].message.contains("no edition of it is held back")
    );
}

#[test]
fn an_emptied_side_file_is_refused() {
    let (data, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let examples = project().join("examples/lists/ofac/sdn-2026-01");
    for emptied in ["alt.csv", "add.csv"] {
        let folder = from.path().join("ofac/sdn-2026-02");
        fs::create_dir_all(&folder).unwrap();
        for file in ["sdn.csv", "alt.csv", "add.csv", "sdn_comments.csv"] {
            let bytes = fs::read(examples.join(file)).unwrap();
            fs::write(folder.join(file), if file == emptied { &b"\x1a"[..] } else { &bytes }).unwrap();
        }
        let results = update(data.path(), from.path(), options("2026-11-21"));
        assert!(results[0].message.contains(&emptied.to_string()), "{results:?}");
        assert!(results[0].message.contains("no rows, where sdn.csv has 4"), "{results:?}");
        assert!(Register::open(data.path()).unwrap().is_empty());
    }
}

#[test]
fn a_list_that_a_bundle_never_gave_is_no_fault() {
    let (data, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let whole = include_str!("../../../examples/lists/us-csl/2026-01-10/consolidated.csv");
    let without: String =
        whole.lines().filter(|l| !l.contains("(UVL)")).map(|line| format!("{line}\n")).collect();
    let folder = from.path().join("us-csl/2026-01-10");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("consolidated.csv"), without).unwrap();
    let only = ["us/bis-uvl".to_owned()];
    let asked = UpdateOptions { only: &only, ..options("2026-11-21") };
    assert_eq!(lines(&update(data.path(), from.path(), asked)), ["us/bis-uvl - - not_read"]);
    for _ in 0..2 {
        let results = update(data.path(), from.path(), options("2026-11-21"));
        assert!(results.iter().all(|r| matches!(r.result.word(), "added" | "unchanged")), "{results:?}");
    }
}

#[test]
fn what_is_not_read_is_named_with_its_reason() {
    let (data, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    edition(from.path(), "2026-03-01", &[]);
    for folder in ["un/a-sample", "other/x", "ofac/sdn-2025-02", "ofac/sdn-2025-03", "ofac/strange"] {
        fs::create_dir_all(from.path().join(folder)).unwrap();
    }
    fs::write(from.path().join("ofac/sdn-2025-02/ALT.CSV"), "").unwrap();
    fs::write(from.path().join("ofac/sdn-2025-03/notes.txt"), "").unwrap();
    let results = update(data.path(), from.path(), options("2026-11-21"));
    let of = |part: &str| results.iter().find(|r| r.list == part || r.message.starts_with(part)).unwrap();
    assert!(of("un/a-sample").message.contains("never an edition"));
    assert!(of("other").message.contains("no list"));
    assert!(of("ofac/strange").message.contains("no list"));
    assert!(of("ofac/sdn-2025-02").message.contains("not whole: sdn.csv, add.csv, sdn_comments.csv missing"));
    assert!(of("ofac/sdn-2025-03").message.contains("holds notes.txt"));
    assert!(results.iter().skip(1).all(|r| r.result.word() == "not_read"));
    let only = ["us/ofac-sdn".to_owned()];
    let options = UpdateOptions { today: day("2026-11-21"), only: &only, accept: None, state_of: &no_state };
    assert_eq!(update(data.path(), from.path(), options).len(), 2);
}

#[test]
fn wrong_use_is_told_with_what_is_known() {
    let data = tempfile::tempdir().unwrap();
    let absent = data.path().join("absent");
    let error =
        update_from_dir(data.path(), &absent, &sources(), options("2026-11-21"), &mut Silent).unwrap_err();
    assert!(matches!(error, RegisterError::NoFolder { .. }) && error.to_string().contains("un/*"), "{error}");
    let only = ["xx/nothing".to_owned()];
    let asked = UpdateOptions { today: day("2026-11-21"), only: &only, accept: None, state_of: &no_state };
    let error = update_from_dir(data.path(), &absent, &sources(), asked, &mut Silent).unwrap_err();
    assert!(
        error.to_string().contains("no list `xx/nothing`") && error.to_string().contains("un/sc"),
        "{error}"
    );
    assert!(Register::open(data.path()).unwrap().is_empty());
}

#[test]
fn two_updates_at_once_make_one_register() {
    let (data, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for date in ["2024-01-01", "2025-01-01", "2026-01-01"] {
        edition(from.path(), date, &[]);
    }
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| lines(&update(data.path(), from.path(), options("2026-11-21")))))
            .collect();
        let lines: Vec<_> = all.into_iter().flat_map(|t| t.join().unwrap()).collect();
        assert_eq!(
            (lines.len(), lines.iter().filter(|l| l.ends_with(" added")).count()),
            (12, 3),
            "{lines:?}"
        );
    });
    let register = Register::open(data.path()).unwrap();
    let (editions, faults) = register.verify().unwrap();
    assert!(editions == 3 && faults.is_empty(), "{faults:?}");
    let left: Vec<_> =
        fs::read_dir(data.path().join("register/un/sc")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left.len(), 4, "three editions and the account: {left:?}");
}

#[test]
fn what_a_dead_process_left_does_no_harm() {
    let (data, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    edition(from.path(), "2026-03-01", &[]);
    update(data.path(), from.path(), options("2026-11-21"));
    let folder = data.path().join("register/un/sc");
    let placed = fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()).find(|p| p.is_dir()).unwrap();
    // Died while staging; died between renaming and entering.
    fs::create_dir_all(folder.join(".new-1-1/source")).unwrap();
    fs::write(folder.join(".new-1-1/alive"), "").unwrap();
    fs::remove_file(folder.join("editions.json")).unwrap();
    fs::write(placed.join("parties.bin"), "half").unwrap();
    assert!(Register::open(data.path()).unwrap().is_empty());
    assert_eq!(lines(&update(data.path(), from.path(), options("2026-11-21"))), ["un/sc 2026-03-01 8 added"]);
    assert!(!folder.join(".new-1-1").exists());
    assert!(Register::open(data.path()).unwrap().verify().unwrap().1.is_empty());
}

#[test]
fn damage_on_disk_is_found_and_mended_from_the_source() {
    struct Notes(Vec<String>);
    impl Progress for Notes {
        fn note(&mut self, list: &str, text: &str) {
            self.0.push(format!("{list}: {text}"));
        }
    }
    let (data, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    edition(from.path(), "2026-03-01", &[]);
    update(data.path(), from.path(), options("2026-11-21"));
    let folder = data.path().join("register/un/sc");
    let placed = fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()).find(|p| p.is_dir()).unwrap();
    let whole = fs::read(placed.join("parties.bin")).unwrap();
    // One byte of a name is another: opening does not see it, verifying does.
    let mut flipped = whole.clone();
    *flipped.last_mut().unwrap() ^= 1;
    fs::write(placed.join("parties.bin"), &flipped).unwrap();
    let register = Register::open(data.path()).unwrap();
    assert_eq!(register.verify().unwrap().1.len(), 1);
    update(data.path(), from.path(), options("2026-11-21"));
    assert!(Register::open(data.path()).unwrap().verify().unwrap().1.is_empty(), "an update mends it");
    // Another version's index: loading says so, an update makes it anew.
    let mut other = whole.clone();
    other[8] = 99;
    fs::write(placed.join("parties.bin"), &other).unwrap();
    let meta = register.edition_on(&list(), day("2026-11-21")).unwrap();
    let error = register.load(meta).unwrap_err().to_string();
    assert!(error.contains("un/sc, edition of 2026-03-01") && error.contains("form 99"), "{error}");
    let mut notes = Notes(Vec::new());
    update_from_dir(data.path(), from.path(), &sources(), options("2026-11-22"), &mut notes).unwrap();
    assert_eq!(notes.0, ["un/sc: making the index of 2026-03-01 anew"]);
    assert_eq!(fs::read(placed.join("parties.bin")).unwrap(), whole, "the same source gives the same bytes");
    let source = placed.join("source/consolidated.xml.gz");
    fs::write(&source, b"no gzip").unwrap();
    let faults = Register::open(data.path()).unwrap().verify().unwrap().1;
    assert!(faults[0].to_string().contains("its source"), "{faults:?}");
    fs::write(folder.join("editions.json"), "{").unwrap();
    let error = Register::open(data.path()).unwrap_err().to_string();
    assert!(error.contains("editions.json is damaged"), "{error}");
}
