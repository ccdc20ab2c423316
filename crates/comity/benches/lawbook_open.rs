//! What the embedded lawbook costs at every start: its head, then each section on the first question that needs it.
#![allow(clippy::unwrap_used, reason = "a benchmark that fails is to end")]

use comity_model::lawbook::Lawbook;
use divan::Bencher;

/// The lawbook that the program embeds.
static LAWBOOK: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/lawbook.bin"));

fn main() {
    divan::main();
}

fn open() -> Lawbook {
    Lawbook::open(LAWBOOK).unwrap()
}

#[divan::bench]
fn head(bencher: Bencher) {
    bencher.bench(open);
}

#[divan::bench]
fn basics(bencher: Bencher) {
    bencher.with_inputs(open).bench_refs(|book| book.basics().units.units().len());
}

#[divan::bench]
fn controls(bencher: Bencher) {
    bencher.with_inputs(open).bench_refs(|book| book.controls().len());
}

#[divan::bench]
fn packs(bencher: Bencher) {
    bencher.with_inputs(open).bench_refs(|book| book.packs().len());
}

#[divan::bench]
fn states(bencher: Bencher) {
    bencher.with_inputs(open).bench_refs(|book| book.states().states.len());
}

#[divan::bench]
fn every_section(bencher: Bencher) {
    bencher.bench(|| open().verify().unwrap());
}
