//! Arbitrary text to every reader of ours: it may refuse, it may not panic, and it comes to an end.

#![expect(clippy::panic, reason = "a test stops at the first thing that is not as it should be")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use comity_model::expr::Owner;
use comity_model::lawbook::Lawbook;
use comity_pack::formula::parse_formula;
use comity_pack::language::{Vocabulary, parse};
use comity_pack::source::Source;
use comity_pack::table::Csv;
use proptest::prelude::*;

fn book() -> &'static Lawbook {
    static BOOK: OnceLock<Lawbook> = OnceLock::new();
    BOOK.get_or_init(|| {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
        comity_pack::compile::lawbook(&data, &[])
            .unwrap_or_else(|faults| panic!("{} faults in data/", faults.len()))
    })
}

fn read(text: &str, bare: Owner) -> bool {
    let (groups, tables, keys) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let basics = book().basics();
    let vocabulary = Vocabulary {
        units: &basics.units,
        item_facts: &basics.item_facts,
        deal_facts: &basics.deal_facts,
        classes: &basics.classes,
        groups: &groups,
        tables: &tables,
        table_keys: &keys,
        bare,
        list: Some("eu"),
    };
    parse(text, &vocabulary).is_ok()
}

/// Pieces of the language, so that many texts come close to conditions.
fn pieces() -> impl Strategy<Value = String> {
    let words = [
        "power",
        ">=",
        "40 VA",
        "and",
        "or",
        "not",
        "(",
        ")",
        "some",
        "axes",
        "class",
        "valve",
        "entry",
        "3A001",
        "[",
        "]",
        ",",
        "in",
        "to",
        "from",
        "==",
        "area",
        "item under",
        "list",
        "eu",
        "party on",
        "un/sc",
        "use",
        "military",
        "hs",
        "72..76",
        "content(US)",
        "%",
        "date",
        "2026-11-21",
        "\"",
        "@",
        "standing(to, CWC)",
        "contains",
        "count",
        "informed",
        "é",
        "\u{202e}",
        "0",
        "e9",
        ".",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..24).prop_map(|w| w.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn conditions(text in prop_oneof![any::<String>(), pieces()]) {
        read(&text, Owner::Item);
        read(&text, Owner::Deal);
    }

    #[test]
    fn formulas_and_quantities(text in prop_oneof![any::<String>(), "[0-9a-z+*/^(). µ%<>=-]{0,40}"]) {
        let _ = parse_formula(&text, &book().basics().units);
        let _ = book().basics().units.parse(&text, None);
        let _ = text.parse::<comity_model::Number>();
        let _ = text.parse::<comity_model::DateValue>();
        let _ = text.parse::<comity_model::Period>();
    }

    #[test]
    fn files(text in any::<String>()) {
        let mut faults = Vec::new();
        let source = Source::new("x", text.clone());
        source.toml(&mut faults);
        source.json(&mut faults);
        Csv::read("x", &text, &["a"], &mut faults);
    }
}

#[test]
fn depth_and_length_are_bounded() {
    assert!(!read(&"(".repeat(100_000), Owner::Item));
    assert!(
        !read(&format!("{}power >= 40 VA", "not ".repeat(100_000)), Owner::Item)
            || read("power >= 40 VA", Owner::Item)
    );
    assert!(!read(&"contains (".repeat(10_000), Owner::Item));
    assert!(parse_formula(&"(".repeat(100_000), &book().basics().units).is_err());
    let mut faults = Vec::new();
    Source::new("x", "[".repeat(200_000)).json(&mut faults);
    Source::new("x", format!("a = {}", "[".repeat(200_000))).toml(&mut faults);
    assert!(faults.len() >= 2);
}
