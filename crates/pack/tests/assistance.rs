//! Every reference of the data on assistance resolves, and one that does not is a fault with file, line and remedy.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use comity_model::lawbook::Lawbook;
use comity_pack::Fault;
use comity_pack::assistance::{Against, load};
use comity_pack::compile::lawbook;
use comity_pack::source::Source;

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data")
}

fn book() -> &'static Lawbook {
    static BOOK: OnceLock<Lawbook> = OnceLock::new();
    BOOK.get_or_init(|| lawbook(&data(), &[]).unwrap_or_else(|f| panic!("{f:#?}")))
}

/// The faults of the data when `from` in `file` is replaced by `to`.
#[track_caller]
fn with(file: &str, from: &str, to: &str) -> Vec<Fault> {
    let book = book();
    let against = Against {
        states: book.states(),
        r1540: book.r1540(),
        controls: book.controls(),
        packs: book.packs(),
    };
    let mut faults = Vec::new();
    let mut changed = false;
    let mut files = |name: &str, _: &mut Vec<Fault>| {
        let mut text = std::fs::read_to_string(data().join("r1540").join(name)).unwrap();
        if name == file {
            changed = text.contains(from);
            text = text.replacen(from, to, 1);
        }
        Some(Source::new(name, text))
    };
    load(&mut files, &against, &mut faults);
    assert!(changed || from.is_empty(), "{file} has no `{from}`");
    faults
}

#[test]
fn the_data_have_no_fault() {
    assert_eq!(with("topics.csv", "", ""), []);
}

#[test]
fn a_reference_that_does_not_resolve_is_a_fault_with_its_line() {
    for (file, from, to, told) in [
        ("topics.csv", "border-detection,border,", "border-detection,boarder,", "parent `boarder`"),
        ("topics.csv", "border,,OP3CD.BORDER,", "border,,OP3CD.BOARDER,", "prefix `OP3CD.BOARDER`"),
        ("topics.csv", "border,,", "border,border-detection,", "its own wider topic"),
        ("assist-aliases.csv", "customs,offer,border,", "customs,offer,boarder,", "topic `boarder`"),
        ("assist-aliases.csv", "customs,offer,", "customs,nobody,", "side `nobody`"),
        ("assist-regions.csv", "group,global,AFRICAN", "group,global,AFRICA", "group `AFRICA`"),
        ("assist-regions.csv", "AG|BB|BS|CU", "AG|BB|BS|XX", "`XX` as a State"),
        ("assist-regions.csv", "states,americas,AG", "states,america,AG", "within `america`"),
        ("assist-requests.csv", ",AL,2004-10-28", ",QQ,2004-10-28", "`QQ` names nobody"),
        ("assist-requests.csv", "2004-10-28,export", "2004-13-28,export", "2004-13-28"),
        ("assist-requests.csv", ",,,caribbean,", ",,,caribean,", "region `caribean`"),
        ("assist-offers.csv", ",,en,caribbean,", ",,English,caribbean,", "language `English`"),
        ("assist-offers.csv", "global,N,", "global,Q,", "`Q` is no kind of weapon"),
        ("assist-figures.csv", "R03,", "R93,", "figure `R93`"),
        ("assist-calendars.toml", "years = [2017, ", "years = [2016, 2017, ", "no holidays for 2016"),
        ("assist-calendars.toml", "\"2020-01-01\"", "\"2021-01-01\"", "2021-01-01"),
        ("procedures.toml", "to = \"matched\"", "to = \"mated\"", "state `mated`"),
        ("procedures.toml", "after = [\"follow-up\"]", "after = [\"followup\"]", "timer `followup`"),
        ("procedures.toml", "needs = [\"objection\"]", "needs = [\"objections\"]", "mark `objections`"),
        ("procedures.toml", "length = \"P1Y\"", "length = \"1Y\"", "length `1Y`"),
        (
            "procedures.toml",
            "from = [\"in-delivery\"]\nto = \"closed\"",
            "from = [\"in-delivery\"]\nto = \"=\"",
            "no step leads to it",
        ),
        ("emerging.csv", "eu:9A012", "eu:9A999", "entry `eu:9A999`"),
        ("emerging.csv", "rule,EU-3.1,", "rule,EU-3.9,", "rule `EU-3.9`"),
        ("emerging.csv", "field,OP3CD.INTANGIBLE,", "field,OP3CD.INTANGIBEL,", "field `OP3CD.INTANGIBEL`"),
        ("emerging.csv", "emerging:ai,entry", "emerging:ia,entry", "topic `emerging:ia`"),
        ("emerging.csv", "none,eu@", "none,xx@", "list `xx`"),
        ("emerging.csv", "none,eu@2025-11-15", "none,eu@2020-01-01", "was looked at in edition 2020-01-01"),
        ("emerging.csv", "emerging:ai,none,fields,", "emerging:ai,none,rules,", "beside a link to"),
    ] {
        let faults = with(file, from, to);
        let fault = faults.iter().find(|f| f.found.contains(told));
        let Some(fault) = fault else { panic!("{file}: {to}: {faults:#?}") };
        assert!(fault.file == file && !fault.remedy.is_empty(), "{fault:?}");
        assert!(fault.line > 0 || told.contains("wider"), "{fault:?}");
        let line = std::fs::read_to_string(data().join("r1540").join(file)).unwrap();
        assert!(fault.line <= line.lines().count() + 1, "{fault:?}");
    }
}
