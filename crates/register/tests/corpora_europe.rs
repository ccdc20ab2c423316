//! The seeds of the fuzz targets for the European lists are replayed: each is read or refused, as its name says.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests; a fault ends the test"
)]

mod common;

use common::{project, read};

/// The folder of seeds, the format, and the seeds that are read; all others are refused.
const CORPORA: [(&str, &str, &[&str]); 6] = [
    ("eu_fsf_xml", "eu-fsf-xml", &["example", "one_person"]),
    ("eu_fsf_csv", "eu-fsf-csv", &["example", "plain_marks"]),
    ("uk_csv", "uk-csv", &["example", "crlf", "end_mark"]),
    ("uk_xml", "uk-xml", &["example", "one"]),
    ("ofsi_csv", "ofsi-csv", &["example", "labels"]),
    ("ch_seco_xml", "ch-seco-xml", &["example", "one", "order_is_no_number", "amendment"]),
];

#[test]
fn seeds_are_read_or_refused_as_their_names_say() {
    for (folder, format, good) in CORPORA {
        let mut seen = 0;
        for entry in std::fs::read_dir(project().join("fuzz/corpus").join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let result = read(format, &[("seed", &std::fs::read(&path).unwrap())]);
            assert_eq!(result.is_ok(), good.contains(&name.as_str()), "{folder}/{name}: {:?}", result.err());
            seen += 1;
        }
        assert!(seen > good.len(), "{folder}: {seen} seeds");
    }
}
