//! The figures of the specification (party-lists, 4.2, 4.3 and 4.5) on the tables derived from the sanctions list of the United Kingdom, and against the list of the
//! Security Council to which it refers. Skipped, with a printed line, where they are absent.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests; a fault ends the test"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use comity_model::listing::{Listing, NameKind, NameQuality, PartyKind};
use common::uk_derived::{self, regime, table};
use common::{read, shared_file, shared_lists};

fn listings() -> Option<Vec<Listing>> {
    let Some(lists) = shared_lists() else {
        println!("skipped: the folder of official lists is not on this machine");
        return None;
    };
    uk_derived::listings(&lists)
}

fn council() -> Option<Vec<Listing>> {
    let bytes = shared_file("un/2026-02-27/consolidated.xml")?;
    Some(read("un-xml", &[("consolidated.xml", &bytes)]).unwrap().0)
}

#[test]
fn counts_of_subjects_and_names() {
    let Some(listings) = listings() else { return };
    let of = |kind| listings.iter().filter(|l| l.kind == kind).count();
    assert_eq!([PartyKind::Person, PartyKind::Organization, PartyKind::Vessel].map(of), [3883, 1531, 632]);
    assert_eq!(listings.iter().map(|l| l.names.len()).sum::<usize>(), 15050);
    assert!(listings.iter().all(|l| !l.names.is_empty()));
    let rows = table(&shared_lists().unwrap(), "subject_names").unwrap();
    let strength = |kind: &str, strength: &str| {
        rows.iter().filter(|r| r["name_type"] == kind && r["alias_strength"].starts_with(strength)).count()
    };
    assert_eq!(strength("alias", "low"), 599);
    assert_eq!(strength("primary_variation", "low") + strength("primary_variation", "good"), 16);
    let weak = listings.iter().flat_map(|l| &l.names).filter(|n| n.quality == NameQuality::Low).count();
    assert_eq!(weak, strength("", "low") + strength("alias", "low") + strength("primary_variation", "low"));
    let leading = listings.iter().filter(|l| l.names[0].kind == NameKind::Primary).count();
    println!("{leading} of {} subjects have a primary name", listings.len());
}

#[test]
fn counts_by_regime_and_reference() {
    let Some(listings) = listings() else { return };
    let mut counts: BTreeMap<&str, (usize, usize, BTreeSet<String>)> = BTreeMap::new();
    for listing in &listings {
        let count = counts.entry(regime(&listing.id.native)).or_default();
        count.0 += 1;
        count.1 += usize::from(!listing.references.is_empty());
        count.2.extend(listing.references.iter().map(|r| r.to_lowercase()));
    }
    let of = |regime: &str| (counts[regime].0, counts[regime].1, counts[regime].2.len());
    assert_eq!(of("INU"), (303, 121, 120));
    assert_eq!(of("IRN"), (254, 0, 0));
    assert_eq!((of("DPR").1, of("DPR").2), (155, 155));
    let autonomous = counts["INU"].0 - counts["INU"].1;
    assert_eq!(autonomous, 182, "designated by the United Kingdom itself under the same regime");
    // The same sums as in the list of the Security Council (4.2), one reference a subject.
    assert!(listings.iter().all(|l| l.references.len() <= 1));
}

#[test]
fn references_against_the_list_of_the_security_council() {
    let (Some(listings), Some(council)) = (listings(), council()) else { return };
    let ids: Vec<&str> = council.iter().map(|l| l.id.native.as_str()).collect();
    let found = uk_derived::compare(&listings, &ids);
    assert_eq!((found.referring, found.distinct, found.shared.len()), (1002, 1001, 994));
    let set = |ids: &[&str]| -> BTreeSet<String> { ids.iter().map(|id| id.to_lowercase()).collect() };
    assert_eq!(
        found.only_referred,
        set(&["HTi.010", "QDi.437", "QDi.438", "SDi.011", "SDi.012", "SDi.013", "SDi.014"])
    );
    assert_eq!(
        found.only_there,
        set(&[
            "HTi.008", "IRi.003", "QDe.137", "QDe.169", "QDi.436", "YEe.001", "YEi.010", "YEi.011", "YEi.012"
        ])
    );
}

#[test]
fn slips_are_kept_as_they_are_written() {
    let (Some(listings), Some(council)) = (listings(), council()) else { return };
    let by_id: BTreeMap<&str, &Listing> = listings.iter().map(|l| (l.id.native.as_str(), l)).collect();
    // One reference stands with two subjects: it belongs to one of them, and the entry of the other has none.
    assert_eq!(
        (&by_id["INU0279"].references, &by_id["INU0276"].references),
        (&vec!["IRi.012".to_owned()], &vec!["IRi.012".to_owned()])
    );
    let named = |reference: &str| council.iter().find(|l| l.id.native == reference).unwrap();
    let words = |listing: &Listing| -> BTreeSet<String> {
        let words = listing.names.iter().map(|n| comity_names::fold(&n.text));
        words.flat_map(|w| w.split(' ').map(str::to_owned).collect::<Vec<_>>()).collect()
    };
    let common_words = |a: &Listing, b: &Listing| words(a).intersection(&words(b)).count();
    assert!(common_words(by_id["INU0279"], named("IRi.003")) >= 2, "the names say whom it means");
    assert_eq!(common_words(by_id["INU0279"], named("IRi.012")), 0);
    assert!(common_words(by_id["INU0276"], named("IRi.012")) >= 2);
    let wrong_case: Vec<(&str, &str)> = listings
        .iter()
        .flat_map(|l| l.references.iter().map(|r| (l.id.native.as_str(), r.as_str())))
        .filter(|(_, r)| !matches!(r.as_bytes(), [b'A'..=b'Z', b'A'..=b'Z', b'i' | b'e', b'.', ..]))
        .collect();
    assert_eq!(wrong_case, [("AQD0031", "QDE.145"), ("AQD0042", "QDE.131"), ("INU0282", "IRI.038")]);
}
