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
use comity_sheet::sample;
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

/// The words by which the readers of bundles tell their lists apart.
const ANNOUNCED: [&str; 4] = ["control", "watch", "uel", "counter"];
const CSL: [&str; 12] =
    ["SDN", "SSI", "CMIC", "NS-MBS", "PLC", "CAP", "EL", "DPL", "UVL", "MEU", "DTC", "ISN"];

const CORPORA: &[Corpus] = &[
    Corpus {
        folder: "announcements",
        format: "cn-announcements",
        keys: &ANNOUNCED,
        files: &["a.yml", "a.md", "b.json"],
        whole: &["own_form", "published"],
    },
    Corpus {
        folder: "au_dfat_xlsx",
        format: "au-dfat-xlsx",
        keys: &[],
        files: &["list.xlsx"],
        whole: &["example", "odd_values"],
    },
    Corpus {
        folder: "ca_sema_xml",
        format: "ca-sema-xml",
        keys: &[],
        files: &["list.xml"],
        whole: &["example", "one_body"],
    },
    Corpus {
        folder: "ch_seco_xml",
        format: "ch-seco-xml",
        keys: &[],
        files: &["seco.xml"],
        whole: &["amendment", "example", "one", "order_is_no_number"],
    },
    Corpus {
        folder: "eu_fsf_csv",
        format: "eu-fsf-csv",
        keys: &[],
        files: &["list.csv"],
        whole: &["example", "plain_marks"],
    },
    Corpus {
        folder: "eu_fsf_xml",
        format: "eu-fsf-xml",
        keys: &[],
        files: &["list.xml"],
        whole: &["example", "one_person"],
    },
    Corpus {
        folder: "jp_meti_eul_xlsx",
        format: "jp-meti-eul-xlsx",
        keys: &[],
        files: &["list.xlsx"],
        whole: &["example", "other_concern"],
    },
    Corpus {
        folder: "jp_mof_xlsx",
        format: "jp-mof-xlsx",
        keys: &[],
        files: &["list.xlsx"],
        whole: &["circle", "crossed_to_nothing", "example"],
    },
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
        whole: &["example", "no_marks", "one_row"],
    },
    Corpus {
        folder: "ofac_xml",
        format: "ofac-xml",
        keys: &[],
        files: &["sdn.xml"],
        whole: &["crlf", "example", "no_count", "old_namespace"],
    },
    Corpus {
        folder: "ofsi_csv",
        format: "ofsi-csv",
        keys: &[],
        files: &["list.csv"],
        whole: &["example", "labels"],
    },
    Corpus {
        folder: "own_csv",
        format: "own-csv",
        keys: &[],
        files: &["list.csv", "mapping.toml"],
        whole: &["example", "plain"],
    },
    Corpus {
        folder: "own_ftm",
        format: "own-ftm",
        keys: &[],
        files: &["list.json"],
        whole: &["array", "example"],
    },
    Corpus {
        folder: "own_jsonl",
        format: "own-jsonl",
        keys: &[],
        files: &["list.jsonl"],
        whole: &["example", "one"],
    },
    Corpus {
        folder: "uk_csv",
        format: "uk-csv",
        keys: &[],
        files: &["list.csv"],
        whole: &["crlf", "end_mark", "example"],
    },
    Corpus {
        folder: "uk_xml",
        format: "uk-xml",
        keys: &[],
        files: &["list.xml"],
        whole: &["example", "one"],
    },
    Corpus {
        folder: "un_xml",
        format: "un-xml",
        keys: &[],
        files: &["consolidated.xml"],
        whole: &["crlf", "example", "one_person", "references"],
    },
    Corpus {
        folder: "us_csl_csv",
        format: "us-csl-csv",
        keys: &CSL,
        files: &["consolidated.csv"],
        whole: &["example", "older"],
    },
    Corpus {
        folder: "us_csl_json",
        format: "us-csl-json",
        keys: &CSL,
        files: &["consolidated.json"],
        whole: &["example"],
    },
    Corpus {
        folder: "us_csl_reduced",
        format: "us-csl-reduced",
        keys: &CSL,
        files: &["list.json.gz"],
        whole: &["example", "plain"],
    },
    Corpus {
        folder: "us_ddtc_csv",
        format: "us-ddtc-csv",
        keys: &[],
        files: &["list.csv"],
        whole: &["brackets", "example"],
    },
    Corpus {
        folder: "us_dpl_txt",
        format: "us-dpl-txt",
        keys: &[],
        files: &["dpl.txt"],
        whole: &["example"],
    },
    Corpus {
        folder: "us_isn_csv",
        format: "us-isn-csv",
        keys: &[],
        files: &["isn.csv"],
        whole: &["example", "one_row"],
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
    let mut other = Vec::new();
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
            // Seeds of workbooks are lines of cells: the archive around them is the part of the crate for spreadsheets.
            let bytes = if corpus.format.ends_with("-xlsx") {
                sample::from_lines(&String::from_utf8_lossy(&bytes))
            } else {
                bytes
            };
            let mut parts = bytes.splitn(corpus.files.len(), |b| *b == 0x1c);
            let files: Vec<_> = corpus.files.iter().map(|f| (*f, parts.next().unwrap_or_default())).collect();
            match read_bundle(corpus.format, corpus.keys, &files) {
                Ok((listings, _)) => {
                    if !corpus.whole.contains(&seed.as_str()) {
                        other.push(format!("{folder}/{seed} is taken"));
                    }
                    assert!(!listings.is_empty());
                }
                Err(refusal) => {
                    if corpus.whole.contains(&seed.as_str()) {
                        other.push(format!("{folder}/{seed}: {refusal}"));
                    }
                    assert!(!refusal.finding.is_empty() && !refusal.remedy.is_empty());
                }
            }
        }
    }
    assert!(other.is_empty(), "{other:#?}");
}

#[test]
fn every_format_has_a_target_and_seeds() {
    let rows: BTreeSet<String> = CORPORA.iter().map(|c| c.folder.to_owned()).collect();
    // The seeds of workbooks as such are replayed by the crate for spreadsheets.
    let with_workbooks: BTreeSet<String> = rows.iter().cloned().chain(["xlsx".to_owned()]).collect();
    assert_eq!(names("fuzz/corpus"), with_workbooks);
    let targets: BTreeSet<String> =
        names("fuzz/fuzz_targets").iter().map(|f| f.trim_end_matches(".rs").to_owned()).collect();
    assert_eq!(targets, with_workbooks);
    let manifest = std::fs::read_to_string(project().join("fuzz/Cargo.toml")).unwrap();
    for row in &rows {
        assert!(manifest.contains(&format!("path = \"fuzz_targets/{row}.rs\"")), "{row}");
    }
    // The published form of announcements is read beside our own.
    let read: BTreeSet<&str> = CORPORA.iter().map(|c| c.format).chain(["announcements"]).collect();
    assert_eq!(read, formats::names().collect());
}
