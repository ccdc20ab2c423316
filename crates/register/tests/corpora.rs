//! The seeds of the fuzz targets, replayed: `fuzz/corpus/FOLDER/SEED`. A folder is a row of [`CORPORA`].

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests; a fault ends the test"
)]

mod common;

use std::collections::BTreeSet;

use comity_register::formats;
use common::{project, read_bundle};

/// The seeds of one fuzz target, and how they are read.
struct Corpus {
    /// The folder, named as the target.
    folder: &'static str,
    /// The format that its seeds are read as.
    format: &'static str,
    /// The lists that are asked for, where the format holds several.
    keys: &'static [&'static str],
    /// The names of the files into which the bytes are parted; the target parts them alike, at 0x1C.
    files: &'static [&'static str],
    /// The seeds that are whole lists; all others are refused.
    whole: &'static [&'static str],
}

const CORPORA: &[Corpus] = &[
    Corpus {
        folder: "ofac_advanced_xml",
        format: "ofac-advanced-xml",
        keys: &[],
        files: &["sdn_advanced.xml"],
        whole: &["example", "one_line"],
    },
    Corpus {
        folder: "ofac_csv",
        format: "ofac-csv",
        keys: &[],
        files: &["sdn.csv", "alt.csv", "add.csv", "sdn_comments.csv"],
        whole: &["clipped_null", "example", "marks_between", "no_marks", "one_row"],
    },
    Corpus {
        folder: "ofac_xml",
        format: "ofac-xml",
        keys: &[],
        files: &["sdn.xml"],
        whole: &["crlf", "example", "no_count", "old_namespace"],
    },
    Corpus {
        folder: "un_xml",
        format: "un-xml",
        keys: &[],
        files: &["consolidated.xml"],
        whole: &["crlf", "example", "one_person", "references"],
    },
];

/// The names of what lies in a folder.
fn names(folder: &str) -> BTreeSet<String> {
    let entries = std::fs::read_dir(project().join(folder)).unwrap();
    let names = entries.map(|e| e.unwrap().file_name().to_string_lossy().into_owned());
    names.filter(|name| !name.starts_with('.')).collect()
}

#[test]
fn every_seed_is_whole_or_refused_as_it_should_be() {
    for corpus in CORPORA {
        let folder = format!("fuzz/corpus/{}", corpus.folder);
        let seeds = names(&folder);
        assert!(corpus.whole.iter().all(|w| seeds.contains(*w)), "{folder}: {:?}", corpus.whole);
        assert!(
            !corpus.whole.is_empty() && seeds.len() > corpus.whole.len(),
            "{folder}: both kinds of seeds"
        );
        for seed in seeds {
            let bytes = std::fs::read(project().join(&folder).join(&seed)).unwrap();
            let mut parts = bytes.splitn(corpus.files.len(), |b| *b == 0x1c);
            let files: Vec<_> = corpus.files.iter().map(|f| (*f, parts.next().unwrap_or_default())).collect();
            match read_bundle(corpus.format, corpus.keys, &files) {
                Ok((listings, _)) => {
                    assert!(corpus.whole.contains(&seed.as_str()), "{folder}/{seed} is taken");
                    assert!(!listings.is_empty());
                }
                Err(refusal) => {
                    assert!(!corpus.whole.contains(&seed.as_str()), "{folder}/{seed}: {refusal}");
                    assert!(!refusal.finding.is_empty() && !refusal.remedy.is_empty());
                }
            }
        }
    }
}

#[test]
fn every_format_has_a_target_and_seeds() {
    let rows: BTreeSet<String> = CORPORA.iter().map(|c| c.folder.to_owned()).collect();
    assert_eq!(names("fuzz/corpus"), rows);
    let targets: BTreeSet<String> =
        names("fuzz/fuzz_targets").iter().map(|f| f.trim_end_matches(".rs").to_owned()).collect();
    assert_eq!(targets, rows);
    let manifest = std::fs::read_to_string(project().join("fuzz/Cargo.toml")).unwrap();
    for row in &rows {
        assert!(manifest.contains(&format!("path = \"fuzz_targets/{row}.rs\"")), "{row}");
    }
    let read: BTreeSet<&str> = CORPORA.iter().map(|c| c.format).collect();
    assert_eq!(read, formats::names().collect());
}
