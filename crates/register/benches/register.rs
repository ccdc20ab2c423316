//! How fast a list is read, and how fast a stored edition is opened and searched. The list is synthetic: invented names in the form of the official file.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a benchmark that fails is to end"
)]

use std::fmt::Write;
use std::sync::LazyLock;

use comity_map::Mapped;
use comity_model::StateCode;
use comity_model::edition::{EditionBuilder, EditionView};
use comity_model::listing::{DateFrom, EditionMeta, Listing, Precision};
use comity_register::formats::{self, Context, SourceInput};
use divan::Bencher;
use divan::counter::BytesCount;

fn main() {
    divan::main();
}

/// About as many entries as the largest lists have.
const ENTRIES: usize = 10_000;

/// An invented list of two kinds of entries, some with long texts and other scripts.
static LIST: LazyLock<String> = LazyLock::new(|| {
    let syllables = [
        "ra", "mo", "ti", "ken", "sul", "vor", "na", "pel", "dri", "gos", "lam", "ux", "bei", "fan", "hol",
        "zet",
    ];
    let word = |mut n: usize| -> String {
        let mut word = String::new();
        for _ in 0..3 {
            word.push_str(syllables[n % syllables.len()]);
            n = n / syllables.len() + n * 7;
        }
        word
    };
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CONSOLIDATED_LIST dateGenerated=\"2026-01-15T00:00:00Z\">\n",
    );
    for (section, entry, letter) in [("INDIVIDUALS", "INDIVIDUAL", 'i'), ("ENTITIES", "ENTITY", 'e')] {
        writeln!(out, "  <{section}>").unwrap();
        for n in 0..ENTRIES / 2 {
            let (a, b, c) = (word(n), word(n * 31 + 7), word(n * 17 + 3));
            writeln!(
                out,
                "    <{entry}>\n      <DATAID>{n}</DATAID>\n      <FIRST_NAME>{a} {b}</FIRST_NAME>\n      <UN_LIST_TYPE>Invented</UN_LIST_TYPE>\n      \
                 <REFERENCE_NUMBER>XX{letter}.{n:05}</REFERENCE_NUMBER>\n      <LISTED_ON>2009-04-24</LISTED_ON>\n      \
                 <NAME_ORIGINAL_SCRIPT>مثال {n}</NAME_ORIGINAL_SCRIPT>\n      <COMMENTS1>{}</COMMENTS1>\n      \
                 <{entry}_ALIAS>\n        <QUALITY>Good</QUALITY>\n        <ALIAS_NAME>{c} {a}</ALIAS_NAME>\n      </{entry}_ALIAS>\n      \
                 <{entry}_ALIAS>\n        <QUALITY>Low</QUALITY>\n        <ALIAS_NAME>{b}; {c} {b}</ALIAS_NAME>\n      </{entry}_ALIAS>\n      \
                 <{entry}_ADDRESS>\n        <CITY>{c}</CITY>\n        <COUNTRY>Exampleland</COUNTRY>\n      </{entry}_ADDRESS>\n    </{entry}>",
                "Invented text about nothing in particular. ".repeat(n % 12),
            )
            .unwrap();
        }
        writeln!(out, "  </{section}>").unwrap();
    }
    out.push_str("</CONSOLIDATED_LIST>\n");
    out
});

fn no_state(_: &str) -> Option<StateCode> {
    None
}

fn each(mut take: impl FnMut(&Listing)) {
    let list = "own/bench".parse().unwrap();
    let context =
        Context { list: &list, bundle: &[], today: "2026-01-15".parse().unwrap(), state_of: &no_state };
    let input = SourceInput { name: "list.xml".into(), bytes: Box::new(LIST.as_bytes()) };
    let mut sink = |listing| {
        take(&listing);
        Ok(())
    };
    formats::read("un-xml", vec![input], context, &mut sink).unwrap();
}

fn stored() -> Vec<u8> {
    let mut builder = EditionBuilder::new();
    each(|listing| builder.add(listing, comity_names::fold).unwrap());
    let meta = EditionMeta {
        list: "own/bench".parse().unwrap(),
        date: "2026-01-15".parse().unwrap(),
        precision: Precision::Day,
        date_from: DateFrom::Inside,
        digest: "00".repeat(32),
        entries: 0,
        fetched: "2026-01-15".parse().unwrap(),
        source: "a benchmark".into(),
        format: "un-xml".into(),
        accepted: None,
        reduced: None,
    };
    builder.finish(meta, [0; 32], comity_names::VERSION).unwrap()
}

static STORED: LazyLock<Vec<u8>> = LazyLock::new(stored);

#[divan::bench(sample_count = 10)]
fn read_to_full_listings(bencher: Bencher) {
    bencher.counter(BytesCount::new(LIST.len())).bench(|| {
        let mut count = 0;
        each(|listing| count += listing.names.len());
        count
    });
}

#[divan::bench(sample_count = 5)]
fn read_fold_and_index(bencher: Bencher) {
    bencher.counter(BytesCount::new(LIST.len())).bench(stored);
}

#[divan::bench]
fn open_an_edition(bencher: Bencher) {
    let path = std::env::temp_dir().join(format!("comity-bench-{}.bin", std::process::id()));
    std::fs::write(&path, &*STORED).unwrap();
    bencher.bench(|| {
        let bytes = Mapped::open(&path).unwrap();
        EditionView::open(&bytes, comity_names::VERSION).unwrap().len()
    });
    std::fs::remove_file(&path).unwrap();
}

#[divan::bench(args = ["ramoti sulvorna", "kensul mora voux", "wholly unknown name of nobody"])]
fn candidates_and_scores(bencher: Bencher, question: &str) {
    let view = EditionView::open(&STORED, comity_names::VERSION).unwrap();
    let question = comity_names::fold(question);
    bencher.bench(|| {
        let mut best = 0.0_f64;
        for index in view.candidates(&question).unwrap() {
            for name in view.names(index).unwrap() {
                best = best.max(comity_names::similarity(&question, name.folded));
            }
        }
        best
    });
}

#[divan::bench]
fn decode_one_listing(bencher: Bencher) {
    let view = EditionView::open(&STORED, comity_names::VERSION).unwrap();
    bencher.bench(|| view.listing(4711).unwrap());
}
