//! Packs of users: a whole one joins the lawbook; a broken one is refused with every fault at once.

#![expect(clippy::panic, reason = "a test stops at the first thing that is not as it should be")]

use std::path::{Path, PathBuf};

use comity_model::lawbook::Lawbook;
use comity_pack::compile::{lawbook, with_packs};

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn book() -> Lawbook {
    lawbook(&here("../../data"), &[]).unwrap_or_else(|f| panic!("{} faults in data/", f.len()))
}

#[test]
fn a_pack_beside_the_lawbook_joins_it_in_the_one_order() {
    let book = book();
    let with = with_packs(&book, &[here("tests/packs/whole")]).unwrap_or_else(|f| panic!("{f:#?}"));
    let ids: Vec<&str> = with.packs().iter().map(|p| p.id.as_str()).collect();
    assert!(ids.is_sorted_by_key(|id| with.pack(id).map(|p| (p.authority, p.id.clone()))), "{ids:?}");
    assert!(ids.contains(&"aq") && book.pack("aq").is_none());
    assert_ne!(with.digest(), book.digest());
    assert!(with.basics().deal_facts.contains_key("penguin_tested"));
    // The same folder twice would give two packs of one id.
    let twice = with_packs(&book, &[here("tests/packs/whole"), here("tests/packs/whole")]).unwrap_err();
    assert!(twice[0].found.contains("in the lawbook already"), "{twice:?}");
}

#[test]
fn all_faults_of_a_broken_pack_come_at_once_with_their_lines() {
    let faults = with_packs(&book(), &[here("tests/packs/broken")]).unwrap_err();
    let told: Vec<String> = faults
        .iter()
        .map(|f| {
            let file = Path::new(&f.file).file_name().unwrap().to_string_lossy().into_owned();
            format!("{file}:{} {}", f.line, f.found)
        })
        .collect();
    let expected = include_str!("packs/broken.txt");
    assert_eq!(told.join("\n"), expected.trim_end(), "\n--- told:\n{}\n", told.join("\n"));
    assert!(faults.iter().all(|f| !f.remedy.is_empty()), "a fault without remedy");
}

#[test]
fn a_folder_without_a_pack_is_said_to_have_none() {
    let faults = with_packs(&book(), &[here("src")]).unwrap_err();
    assert_eq!(faults[0].found, "no pack in this folder");
}
