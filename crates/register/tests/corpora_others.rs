//! The seeds of the fuzz targets of these formats are replayed: each gives a whole list or a refusal, as its name says.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test stops where it fails"
)]

mod common;

/// Folder, format, the names under which its parts come, and the seeds that are whole lists.
const CORPORA: [(&str, &str, &[&str], &[&str]); 5] = [
    ("ca_sema_xml", "ca-sema-xml", &["list.xml"], &["example", "one_body"]),
    ("announcements", "cn-announcements", &["a.yml", "a.md", "b.json"], &["own_form", "published"]),
    ("own_jsonl", "own-jsonl", &["list.jsonl"], &["example", "one"]),
    ("own_ftm", "own-ftm", &["list.json"], &["example", "array"]),
    ("own_csv", "own-csv", &["list.csv", "mapping.toml"], &["example", "plain"]),
];

#[test]
fn the_seeds_are_replayed() {
    for (folder, format, names, whole) in CORPORA {
        let mut seen = 0;
        for entry in std::fs::read_dir(common::project().join("fuzz/corpus").join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let seed = path.file_name().unwrap().to_string_lossy().into_owned();
            let bytes = std::fs::read(&path).unwrap();
            let mut parts = bytes.splitn(names.len(), |b| *b == 0x1c);
            let files: Vec<(&str, &[u8])> =
                names.iter().map(|name| (*name, parts.next().unwrap_or_default())).collect();
            let result = common::read_bundle(format, &["control", "watch", "uel", "counter"], &files);
            assert_eq!(result.is_ok(), whole.contains(&seed.as_str()), "{folder}/{seed}: {:?}", result.err());
            seen += 1;
        }
        assert!(seen > whole.len(), "{folder}");
    }
}
