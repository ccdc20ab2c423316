//! The linker on the tables derived from the sanctions list of the United Kingdom, against the list of the Security Council to which it refers (party-lists, 4.2): every
//! copy is put under its entry, and the slips of its references are reported, not inherited. Skipped, with a printed line, where the files are absent.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests; a fault ends the test"
)]

mod common;

use std::collections::BTreeSet;

use comity_engine::link::{ListSurvey, survey};
use comity_engine::screen::{Edition, Shelf};
use comity_model::edition::{EditionBuilder, EditionView};
use comity_model::lawbook::Lawbook;
use comity_model::listing::{DateFrom, EditionMeta, Listing, MeasureLink, Precision};
use common::{day, project, read, shared_file, shared_lists, uk_derived};

fn stored(list: &str, date: &str, listings: &[Listing]) -> Vec<u8> {
    let mut builder = EditionBuilder::new();
    for listing in listings {
        let mut listing = listing.clone();
        listing.id.list = list.parse().unwrap();
        builder.add(&listing, comity_names::fold).unwrap();
    }
    let meta = EditionMeta {
        list: list.parse().unwrap(),
        date: day(date),
        precision: Precision::Day,
        date_from: DateFrom::Inside,
        digest: "00".repeat(32),
        entries: 0,
        fetched: day(date),
        source: "a test".into(),
        format: "test".into(),
        accepted: None,
        reduced: None,
    };
    builder.finish(meta, [0; 32], comity_names::VERSION).unwrap()
}

#[test]
fn every_copy_finds_its_entry_and_slips_are_told() {
    let Some(lists) = shared_lists() else {
        println!("skipped: the folder of official lists is not on this machine");
        return;
    };
    let (Some(copies), Some(council)) =
        (uk_derived::listings(&lists), shared_file("un/2026-02-27/consolidated.xml"))
    else {
        return;
    };
    let (council, _) = read("un-xml", &[("consolidated.xml", &council)]).unwrap();
    let mut faults = Vec::new();
    let compiled = comity_pack::compile::compile(&project().join("data"), &[], &mut faults);
    assert!(faults.is_empty(), "{faults:?}");
    let book = Lawbook::open(compiled.bytes.unwrap()).unwrap();
    let editions = [stored("un/sc", "2026-02-27", &council), stored("gb/sanctions", "2026-04-29", &copies)];
    let open = |bytes| {
        let view = EditionView::open(bytes, comity_names::VERSION).unwrap();
        Edition {
            meta: view.meta().unwrap(),
            view,
            next: None,
            whole: None,
            later: false,
            stale: false,
            refused: None,
        }
    };
    let shelf = Shelf { editions: editions.iter().map(|bytes| open(bytes)).collect() };
    let of = |programme: Option<&str>| -> (usize, ListSurvey) {
        let found = survey(&book, &shelf, day("2026-05-01"), "un/sc", programme).unwrap().unwrap();
        (found.entries.len(), found.lists.into_iter().next().unwrap())
    };
    for (programme, entries) in [("IR", 121), ("KP", 155)] {
        let (all, list) = of(Some(programme));
        let reached: BTreeSet<&str> =
            list.links.iter().map(|(_, link)| link.origin.id.native.as_str()).collect();
        assert_eq!((all, list.links.len(), reached.len()), (entries, entries, entries), "{programme}");
        let open: Vec<_> =
            list.open.iter().filter(|(_, why)| !why.contains("no entry of the origin fits")).collect();
        assert!(open.is_empty(), "{open:?}");
    }
    let (_, list) = of(None);
    let slip = |native: &str| {
        let (_, link) = list.links.iter().find(|(id, _)| id.native == native).unwrap();
        (link.origin.id.native.clone(), link.link, link.slip.clone().unwrap_or_default())
    };
    let (entry, link, told) = slip("INU0279");
    assert_eq!((entry.as_str(), link), ("IRi.003", MeasureLink::Inferred));
    assert_eq!(told, "it names IRi.012, whose names differ; names and dates are those of IRi.003");
    let in_another_case: BTreeSet<&str> = list
        .links
        .iter()
        .filter(|(_, link)| link.slip.as_ref().is_some_and(|s| s.contains(", the entry is ")))
        .map(|(_, link)| link.origin.id.native.as_str())
        .collect();
    assert_eq!(in_another_case, ["IRi.038", "QDe.131", "QDe.145"].into());
    // A number that the Council's edition does not hold, of a party that it holds under another.
    let renumbered: Vec<&str> = list
        .links
        .iter()
        .filter(|(_, link)| link.slip.as_ref().is_some_and(|s| s.contains("HTi.010, which is no entry")))
        .map(|(_, link)| link.origin.id.native.as_str())
        .collect();
    assert_eq!(renumbered, ["HTi.009"]);
    assert_eq!(slip("HAI0012").0, "HTi.008", "the numbers of two copies are one too high");
    // Named by the copy, and no entry of the Council's edition at hand.
    let missing: BTreeSet<&str> =
        list.open.iter().filter_map(|(_, why)| why.strip_prefix("it names ")?.split(',').next()).collect();
    assert_eq!(missing, ["QDi.437", "QDi.438", "SDi.011", "SDi.012", "SDi.013", "SDi.014"].into());
}
