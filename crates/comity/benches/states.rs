//! Questions on States after start: a State, a treaty, the counts over time, standing, a supply, and a name. Each is to take 10 ms at most.
#![allow(clippy::unwrap_used, reason = "a benchmark that fails is to end")]

use comity::state::{
    SafeguardsOptions, TreatyOptions, UniversalityOptions, curve_svg, safeguards, show, standing, treaty,
    universality,
};
use comity_model::Day;
use comity_model::lawbook::Lawbook;
use comity_model::standing::States;
use divan::Bencher;

/// The lawbook that the program embeds.
static LAWBOOK: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/lawbook.bin"));

fn main() {
    divan::main();
}

fn states() -> States {
    Lawbook::open(LAWBOOK).unwrap().states().clone()
}

fn day() -> Day {
    "2026-08-22".parse().unwrap()
}

#[divan::bench]
fn show_one(bencher: Bencher) {
    let states = states();
    bencher.bench(|| show(&states, "France", day()).unwrap());
}

#[divan::bench]
fn treaty_with_life(bencher: Bencher) {
    let states = states();
    bencher.bench(|| treaty(&states, "NPT", day(), TreatyOptions::default()).unwrap());
}

#[divan::bench]
fn standing_of_three(bencher: Bencher) {
    let states = states();
    let names = ["FR", "IN", "KP"].map(str::to_owned);
    bencher.bench(|| standing(&states, &names, day(), Some("wide")).unwrap());
}

#[divan::bench]
fn universality_of_all(bencher: Bencher) {
    let states = states();
    let options = UniversalityOptions::default();
    bencher.bench(|| universality(&states, day(), &options).unwrap());
}

#[divan::bench]
fn universality_of_one_with_everything(bencher: Bencher) {
    let states = states();
    let options = UniversalityOptions {
        treaties: vec!["CTBT".to_owned()],
        between: Some(("2001-01-01".parse().unwrap(), day())),
        joining: vec!["IN".to_owned(), "US".to_owned()],
        by: None,
        curve: true,
    };
    bencher.bench(|| universality(&states, day(), &options).unwrap());
}

#[divan::bench]
fn picture(bencher: Bencher) {
    let states = states();
    let ids = ["NPT".to_owned()];
    bencher.bench(|| curve_svg(&states, &ids, day()).unwrap());
}

#[divan::bench]
fn supply(bencher: Bencher) {
    let states = states();
    let options = SafeguardsOptions {
        material: "uranium".to_owned(),
        enrichment: Some("93 %".to_owned()),
        purpose: "naval-propulsion".to_owned(),
        ..SafeguardsOptions::default()
    };
    bencher.bench(|| safeguards(&states, "US", "AU", day(), &options).unwrap());
}

#[divan::bench]
fn misspelt_name(bencher: Bencher) {
    let states = states();
    bencher.bench(|| show(&states, "Germny", day()).unwrap_err());
}
