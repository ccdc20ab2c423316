//! How fast a list is read, and how fast a stored edition is opened and searched. The list is synthetic: invented names in the form of the official file.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a benchmark that fails is to end"
)]

#[path = "../tests/common/advanced.rs"]
mod advanced;

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

/// An invented list in the advanced form, with as many names and features a party as the real one.
static ADVANCED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut out = Vec::new();
    advanced::write(&mut out, 1500, true).unwrap();
    out
});

/// An invented list in the form with one element an entry; the entries of the fixture again and again, under numbers of their own.
static ENTRIES_XML: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let fixture = include_str!("../tests/fixtures/ofac/sdn.xml");
    let (head, rest) = fixture.split_once("  <sdnEntry>").unwrap();
    let body = format!("  <sdnEntry>{}", rest.strip_suffix("</sdnList>\n").unwrap());
    let copies = 1500;
    let mut out = head.replace(">4<", &format!(">{}<", copies * 4));
    for copy in 0..copies {
        out.push_str(&body.replace("<uid>99000", &format!("<uid>{}", 1000 + copy)));
    }
    out.push_str("</sdnList>\n");
    out.into_bytes()
});

/// An invented set of comma-separated files.
static SET: LazyLock<[Vec<u8>; 4]> = LazyLock::new(|| {
    let mut out = [const { String::new() }; 4];
    for n in 1..20_000 {
        writeln!(
            out[0],
            "{n},\"EXAMPLE {n}, Placeholder Sample\",\"individual\",\"GAMMA] [ALPHA-EO99901\",\"Head of Nothing\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,\"DOB 10 Dec 1948; alt. DOB circa \
             1951; POB Sampletown, Exampleland; nationality Exampleland; Gender Male; Secondary sanctions risk: section 1(b) of Executive Order 99901; Passport X{n:07} (Exampleland); \
             National ID No. 00-{n} (Exampleland); a.k.a. 'Muster {n}'; Linked To: EXAMPLE RIDGE.\"\r"
        )
        .unwrap();
        for alias in 0..2 {
            writeln!(out[1], "{n},{},\"aka\",\"MUSTER {n}, Sample {alias}\",-0- \r", n * 2 + alias).unwrap();
        }
        writeln!(out[2], "{n},{n},\"{n} Nowhere Street\",\"Sampletown 00901\",\"Exampleland\",-0- \r")
            .unwrap();
    }
    out[3].push_str("1,\" continued\"\r\n");
    out.map(|text| (text + "\u{1a}").into_bytes())
});

fn full(format: &str, files: &[&[u8]]) -> u64 {
    let list = "own/bench".parse().unwrap();
    let context =
        Context { list: &list, bundle: &[], today: "2026-01-15".parse().unwrap(), state_of: &no_state };
    let inputs = files.iter().map(|bytes| SourceInput { name: "list".into(), bytes: Box::new(*bytes) });
    formats::read(format, inputs.collect(), context, &mut |_| Ok(())).unwrap().entries
}

fn input(bytes: &[u8]) -> SourceInput<'_> {
    SourceInput { name: "list".into(), bytes: Box::new(bytes) }
}

#[divan::bench(sample_count = 10)]
fn tokens_ofac_xml(bencher: Bencher) {
    bencher
        .counter(BytesCount::new(ENTRIES_XML.len()))
        .bench(|| formats::count_elements(input(&ENTRIES_XML)).unwrap());
}

#[divan::bench(sample_count = 10)]
fn tokens_ofac_advanced(bencher: Bencher) {
    bencher
        .counter(BytesCount::new(ADVANCED.len()))
        .bench(|| formats::count_elements(input(&ADVANCED)).unwrap());
}

#[divan::bench(sample_count = 10)]
fn tokens_ofac_csv(bencher: Bencher) {
    bencher.counter(BytesCount::new(SET[0].len())).bench(|| formats::count_fields(input(&SET[0])).unwrap());
}

#[divan::bench(sample_count = 10)]
fn listings_ofac_xml(bencher: Bencher) {
    bencher.counter(BytesCount::new(ENTRIES_XML.len())).bench(|| full("ofac-xml", &[&ENTRIES_XML]));
}

#[divan::bench(sample_count = 10)]
fn listings_ofac_advanced(bencher: Bencher) {
    bencher.counter(BytesCount::new(ADVANCED.len())).bench(|| full("ofac-advanced-xml", &[&ADVANCED]));
}

#[divan::bench(sample_count = 10)]
fn listings_ofac_csv(bencher: Bencher) {
    let bytes: usize = SET.iter().map(Vec::len).sum();
    bencher.counter(BytesCount::new(bytes)).bench(|| full("ofac-csv", &[&SET[0], &SET[1], &SET[2], &SET[3]]));
}

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
