//! The rules of the house, chiefly what is absent: arrows between crates go one way, the engine knows no file, clock or parser, no State, list,
//! regime or treaty is named where the law is judged, no word promises what an answer does not say.
//!
//! Every finding is reported at once, with file and line. An exception stands in a list here, exactly as it is written.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

#[path = "house/source.rs"]
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use comity_model::mandate::{Forum, ImposedBy};
use comity_model::rule::Outcome;
use source::{SourceFile, word_places};

/// Which of our crates a crate may use, for building and besides for its tests.
const ARROWS: [(&str, &[&str], &[&str]); 9] = [
    ("map", &[], &[]),
    ("names", &[], &[]),
    ("model", &[], &[]),
    ("pack", &["model", "names"], &[]),
    // Its tests use workbooks that it makes itself.
    ("sheet", &[], &["sheet"]),
    ("register", &["map", "model", "names", "sheet"], &["engine", "pack"]),
    ("engine", &["model", "names"], &["pack"]),
    ("comity", &["engine", "map", "model", "names", "pack", "register", "sheet"], &[]),
    ("xtask", &["model", "pack"], &[]),
];

/// The crates that may use a crate of others that reads files, formats or the network, draws, or maps.
const KEEPERS: [(&str, &[&str]); 15] = [
    ("clap", &["comity"]),
    ("indicatif", &["comity"]),
    ("csv", &["comity", "pack"]),
    ("flate2", &["register"]),
    ("granit-parser", &["register"]),
    ("memmap2", &["map"]),
    ("postcard", &["model"]),
    ("quick-xml", &["register", "sheet"]),
    ("rayon", &["comity"]),
    ("serde_json", &["comity", "pack", "register", "xtask"]),
    ("sha2", &["pack", "register"]),
    ("tempfile", &[]),
    ("toml", &["pack"]),
    ("ureq", &["register"]),
    ("zip", &["sheet"]),
];

/// Where nothing of the world is known: no file, network, environment, process, clock.
const PURE: [&str; 3] = ["model", "names", "engine"];

/// What they would reach the world by.
const WORLD: [&str; 15] = [
    "std::fs",
    "std::io",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::path",
    "SystemTime",
    "Instant",
    "include_bytes!",
    "include_str!",
    "env!",
    "option_env!",
    "println!",
    "eprintln!",
];

/// Files of the pure crates that may hold binary fractions: scores of likeness, and the rounding of a number for the eye.
const FRACTIONS: [&str; 6] = [
    "crates/engine/src/link.rs",
    "crates/engine/src/screen.rs",
    "crates/engine/src/standing/names.rs",
    "crates/model/src/answer.rs",
    "crates/model/src/number.rs",
    "crates/names/src/similarity.rs",
];

/// Literals that spell a name in another sense, or as an example of a form: the file, the literal, why.
const OTHER_SENSE: [(&str, &str, &str); 6] = [
    ("crates/model/src/r1540.rs", "NA", "a mark of the matrix: does not apply"),
    ("crates/model/src/mandate.rs", "un", "a word of two closed sets: imposed_by and the forum of agreed_in"),
    ("crates/model/src/answer.rs", "DO", "a first word"),
    ("crates/comity/src/cli.rs", "ID", "the place of an id in the help"),
    ("crates/comity/src/commands/update.rs", "name the list, such as un/sc", "an example of the form"),
    ("crates/comity/src/deal_file.rs", "write \\\"eu:3A225\\\"", "an example of the form"),
];

/// Words that an answer never says.
const PERMISSIVE: [&str; 17] = [
    "allow",
    "allowed",
    "allows",
    "permit",
    "permits",
    "permitted",
    "permissible",
    "free",
    "freely",
    "safe",
    "safely",
    "clear",
    "cleared",
    "lawful",
    "lawfully",
    "legally",
    "harmless",
];

/// Where such a word means something else, or is taken back in the same breath.
const OTHER_MEANING: [&str; 8] = [
    "free zone",
    "free_zone",
    "free warehouse",
    "free text",
    "free of",
    "free space",
    "free port",
    "spurious free",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// All files below a folder of the project, sorted; what builds and what version control keeps is left out.
fn files(dir: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !["target", ".git", "artifacts", "corpus"].contains(&name.as_str()) {
                found.extend(files(&path, extensions));
            }
        } else if extensions.contains(&path.extension().unwrap_or_default().to_string_lossy().as_ref()) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn sources(below: &str) -> Vec<SourceFile> {
    let root = root();
    files(&root.join(below), &["rs"]).iter().map(|path| SourceFile::read(&root, path)).collect()
}

/// The sources of crates that go into the program.
fn shipped(crates: &[&str]) -> Vec<SourceFile> {
    crates
        .iter()
        .flat_map(|name| sources(&format!("crates/{name}/src")))
        .map(SourceFile::without_tests)
        .collect()
}

fn every_crate() -> Vec<&'static str> {
    ARROWS.iter().map(|(name, _, _)| *name).filter(|name| *name != "xtask").collect()
}

#[track_caller]
fn none(findings: &[String], rule: &str) {
    assert!(findings.is_empty(), "{rule}\n  {}\n{} findings", findings.join("\n  "), findings.len());
}

fn table(path: &Path) -> toml::Table {
    std::fs::read_to_string(path).unwrap().parse().unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The dependencies of a manifest, for building and for tests, those of platforms included.
fn dependencies(manifest: &toml::Table) -> (BTreeSet<String>, BTreeSet<String>) {
    let keys = |table: &toml::Table, kind: &str| -> BTreeSet<String> {
        table.get(kind).and_then(|t| t.as_table()).into_iter().flat_map(|t| t.keys().cloned()).collect()
    };
    let mut places = vec![manifest];
    if let Some(targets) = manifest.get("target").and_then(|t| t.as_table()) {
        places.extend(targets.values().filter_map(|t| t.as_table()));
    }
    let of = |kinds: &[&str]| {
        places.iter().flat_map(|place| kinds.iter().flat_map(|kind| keys(place, kind))).collect()
    };
    (of(&["dependencies", "build-dependencies"]), of(&["dev-dependencies"]))
}

fn manifests() -> BTreeMap<String, toml::Table> {
    let root = root();
    let mut found = BTreeMap::from([("xtask".to_owned(), table(&root.join("xtask/Cargo.toml")))]);
    for entry in std::fs::read_dir(root.join("crates")).unwrap() {
        let dir = entry.unwrap().path();
        let name = dir.file_name().unwrap().to_string_lossy().into_owned();
        found.insert(name, table(&dir.join("Cargo.toml")));
    }
    found
}

#[test]
fn arrows_between_crates_go_one_way() {
    let manifests = manifests();
    let known: BTreeSet<&str> = ARROWS.iter().map(|(name, _, _)| *name).collect();
    assert_eq!(
        manifests.keys().map(String::as_str).collect::<BTreeSet<_>>(),
        known,
        "every crate has its arrows in this test"
    );
    let mut findings = Vec::new();
    for (name, for_building, for_tests) in ARROWS {
        let (building, testing) = dependencies(&manifests[name]);
        let ours = |set: &BTreeSet<String>| -> Vec<String> {
            set.iter()
                .filter_map(|d| d.strip_prefix("comity-").or((d == "comity").then_some("comity")))
                .map(str::to_owned)
                .collect()
        };
        for used in ours(&building).iter().filter(|used| !for_building.contains(&used.as_str())) {
            findings.push(format!("{name} → {used}"));
        }
        for used in ours(&testing)
            .iter()
            .filter(|used| !for_building.contains(&used.as_str()) && !for_tests.contains(&used.as_str()))
        {
            findings.push(format!("{name} → {used}, in its tests"));
        }
    }
    none(&findings, "arrows that turn:");
}

#[test]
fn what_reads_the_world_is_used_where_it_belongs() {
    let mut findings = Vec::new();
    for (name, manifest) in manifests() {
        let (building, _) = dependencies(&manifest);
        for (keeper, users) in KEEPERS {
            if building.contains(keeper) && !users.contains(&name.as_str()) {
                findings.push(format!("{name} uses {keeper}, which belongs to {}", users.join(", ")));
            }
        }
        if manifest.get("lints").and_then(|l| l.get("workspace")).and_then(toml::Value::as_bool) != Some(true)
        {
            findings.push(format!("{name} does not take the lints of the workspace"));
        }
    }
    for file in shipped(&PURE) {
        for word in WORLD {
            findings.extend(
                word_places(&file.code, word).into_iter().map(|at| format!("{}: {word}", file.place(at))),
            );
        }
        for (at, _) in file.code.match_indices("::now(") {
            findings.push(format!("{}: a clock", file.place(at)));
        }
    }
    none(&findings, "model, names and engine know nothing of the world:");
}

#[test]
fn numbers_are_never_binary_fractions() {
    let (mut findings, mut used) = (Vec::new(), BTreeSet::new());
    for file in shipped(&PURE) {
        let path = file.path.to_string_lossy().replace('\\', "/");
        let places: Vec<usize> =
            ["f64", "f32"].iter().flat_map(|word| word_places(&file.code, word)).collect();
        if FRACTIONS.contains(&path.as_str()) {
            used.extend((!places.is_empty()).then_some(path));
        } else {
            findings.extend(places.into_iter().map(|at| format!("{}: a binary fraction", file.place(at))));
        }
    }
    none(&findings, "numbers of the law are exact:");
    assert_eq!(used.len(), FRACTIONS.len(), "an exception that is no longer used is to go; used: {used:?}");
}

#[test]
fn unsafe_stands_in_one_crate() {
    let mut findings = Vec::new();
    for file in ["crates", "xtask", "fuzz"]
        .iter()
        .flat_map(|below| sources(below))
        .filter(|f| !f.path.starts_with("crates/map"))
    {
        for word in ["unsafe", "unsafe_code"] {
            findings.extend(
                word_places(&file.code, word).into_iter().map(|at| format!("{}: {word}", file.place(at))),
            );
        }
    }
    none(&findings, "unsafe outside of crates/map:");
    let lints = &table(&root().join("Cargo.toml"))["workspace"]["lints"]["rust"]["unsafe_code"];
    assert!(["deny", "forbid"].contains(&lints.as_str().unwrap()), "unsafe code is a fault in the workspace");
}

/// Names of States, lists, regimes and treaties, as the data have them.
#[derive(Default)]
struct Named {
    /// Names that are looked for as whole words anywhere.
    words: BTreeSet<String>,
    /// Codes and ids that are looked for as whole literals.
    literals: BTreeSet<String>,
    /// Ids of party lists, looked for in any literal or comment.
    lists: BTreeSet<String>,
    /// Ids of packs and control lists, looked for before a colon.
    prefixes: BTreeSet<String>,
}

fn named() -> Named {
    let data = root().join("data");
    let mut named = Named::default();
    for (file, codes) in [("states.csv", ["iso2", "iso3"]), ("territories.csv", ["iso2", "iso3"])] {
        let mut reader =
            csv::ReaderBuilder::new().comment(Some(b'#')).from_path(data.join("states").join(file)).unwrap();
        let heads = reader.headers().unwrap().clone();
        for row in reader.records().map(Result::unwrap) {
            for (head, cell) in heads.iter().zip(row.iter()).filter(|(_, cell)| !cell.is_empty()) {
                if codes.contains(&head) {
                    named.literals.insert(cell.to_owned());
                } else if head.starts_with("name_") || ["formal_name", "aliases"].contains(&head) {
                    named.words.extend(cell.split('|').map(str::to_owned));
                }
            }
        }
    }
    let ids = |path: &Path, key: &str| -> Vec<String> {
        let rows = table(path);
        rows[key].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
    };
    named.words.extend(ids(&data.join("states/treaties.toml"), "treaty"));
    named.lists.extend(ids(&data.join("lists/sources.toml"), "list"));
    for (folder, file) in [("packs", "pack.toml"), ("controls", "list.toml")] {
        for path in files(&data.join(folder), &["toml"]).iter().filter(|path| path.ends_with(file)) {
            named.prefixes.insert(table(path)["id"].as_str().unwrap().to_owned());
        }
    }
    named.literals.extend(named.prefixes.iter().cloned());
    // Publishers and packs by their capitals; the United Nations are the forum of all, and a word of the closed sets; a State is a State.
    let capitals = named
        .lists
        .iter()
        .flat_map(|id| id.split(['/', '-']))
        .chain(named.prefixes.iter().map(String::as_str));
    let capitals: Vec<String> =
        capitals.filter(|part| !["un", "state"].contains(part)).map(str::to_uppercase).collect();
    named.words.extend(capitals);
    // Resolutions of the Council by number, but for those that read as a year.
    for path in files(&data, &["toml", "csv"]) {
        let text = std::fs::read_to_string(path).unwrap();
        let numbers = text.split("un:").skip(1).filter_map(|rest| rest.get(..4)?.parse::<u32>().ok());
        named.words.extend(numbers.filter(|n| !(1900..2100).contains(n)).map(|n| n.to_string()));
    }
    named.words.retain(|word| word.chars().count() > 1);
    assert!(
        named.words.len() > 1000
            && named.literals.len() > 400
            && named.lists.len() > 1
            && named.prefixes.len() > 1
    );
    named
}

impl Named {
    /// What of it may occur in a text: names of which the text has every word.
    fn within(&self, text: &str) -> Self {
        let parts = |text: &'_ str| {
            text.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect::<BTreeSet<_>>()
        };
        let all = parts(text);
        let keep = |set: &BTreeSet<String>| {
            set.iter()
                .filter(|name| parts(name).iter().all(|part| part.is_empty() || all.contains(part)))
                .cloned()
                .collect()
        };
        Self {
            words: keep(&self.words),
            literals: keep(&self.literals),
            lists: keep(&self.lists),
            prefixes: keep(&self.prefixes),
        }
    }
}

/// What of the data a text names.
fn names_in(text: &str, named: &Named) -> Vec<String> {
    let mut found: Vec<String> =
        named.words.iter().filter(|word| !word_places(text, word).is_empty()).cloned().collect();
    found.extend(named.lists.iter().filter(|id| text.contains(id.as_str())).cloned());
    let prefixed = |id: &&String| {
        word_places(text, id).iter().any(|at| {
            let after = &text[at + id.len()..];
            after.starts_with(':') && after[1..].starts_with(|c: char| c.is_ascii_digit())
        })
    };
    found.extend(named.prefixes.iter().filter(prefixed).map(|id| format!("{id}:")));
    found
}

#[test]
fn no_state_list_regime_or_treaty_is_named_in_code() {
    let named = named();
    let (mut findings, mut used) = (Vec::new(), BTreeSet::new());
    for file in shipped(&every_crate()) {
        let path = file.path.to_string_lossy().replace('\\', "/");
        // A reader of a format is of that format. Where the law is judged, not even a comment names anybody.
        if path.starts_with("crates/register/src/formats/") {
            continue;
        }
        let judges = path.starts_with("crates/engine/") || path.starts_with("crates/model/");
        let named = named.within(&file.text);
        let comments = file.comments.iter().filter(|_| judges).map(|p| (p, false));
        for (piece, is_literal) in file.literals.iter().map(|p| (p, true)).chain(comments) {
            let mut found = names_in(&piece.text, &named);
            found.extend((is_literal && named.literals.contains(&piece.text)).then(|| piece.text.clone()));
            found.sort();
            found.dedup();
            for name in found {
                match OTHER_SENSE.iter().find(|(at, literal, _)| *at == path && *literal == piece.text) {
                    Some(exception) => _ = used.insert((exception.0, exception.1)),
                    None => findings.push(format!(
                        "{}: `{name}` in \"{}\"",
                        file.place_of(piece),
                        piece.text.trim()
                    )),
                }
            }
        }
        for name in names_in(&file.code, &named) {
            findings.push(format!("{}: `{name}` in code", file.path.display()));
        }
    }
    none(&findings, "the law is data:");
    let all: BTreeSet<(&str, &str)> = OTHER_SENSE.iter().map(|e| (e.0, e.1)).collect();
    assert_eq!(used, all, "an exception that is no longer used is to go");
    // The test can fail: each kind of name is seen where it stands.
    let first = |set: &BTreeSet<String>| set.first().unwrap().clone();
    for planted in [
        format!("a rule of {}.", first(&named.words)),
        format!("on {}", first(&named.lists)),
        format!("{}:3A001", first(&named.prefixes)),
    ] {
        assert!(!names_in(&planted, &named).is_empty(), "{planted}");
    }
    for word in ImposedBy::ALL.iter().map(|w| w.word()).chain(Forum::ALL.iter().map(|w| w.word())) {
        assert!(word == "un" || !named.literals.contains(word), "`{word}` names a State");
    }
}

/// Permissive words of a text that have no other meaning there.
fn permissive(text: &str) -> Vec<&'static str> {
    let mut text = text.to_lowercase();
    for phrase in OTHER_MEANING {
        text = text.replace(phrase, "");
    }
    PERMISSIVE.into_iter().filter(|word| !word_places(&text, word).is_empty()).collect()
}

#[test]
fn no_answer_promises_more_than_it_found() {
    let mut findings = Vec::new();
    for outcome in Outcome::ALL {
        findings.extend(permissive(&outcome.text()).iter().map(|word| format!("outcome {outcome}: {word}")));
    }
    for file in shipped(&every_crate()) {
        // The help is made of the doc comments of the command line.
        let help = file.comments.iter().filter(|p| p.is_doc && file.path.ends_with("comity/src/cli.rs"));
        for piece in file.literals.iter().chain(help) {
            for word in permissive(&piece.text) {
                findings.push(format!("{}: `{word}` in \"{}\"", file.place_of(piece), piece.text.trim()));
            }
        }
    }
    none(&findings, "no message says allowed, permitted, free, safe or clear:");
}

/// Texts of the data that reach a user: every text of these keys.
const SHOWN: [&str; 10] =
    ["says", "next", "policy", "exemption", "duties", "title", "ask", "claim", "remedy", "effect"];

fn shown(value: &toml::Value, is_shown: bool, into: &mut Vec<String>) {
    match value {
        toml::Value::String(text) if is_shown => into.push(text.clone()),
        toml::Value::Array(rows) => rows.iter().for_each(|row| shown(row, is_shown, into)),
        toml::Value::Table(table) => {
            table.iter().for_each(|(key, value)| shown(value, SHOWN.contains(&key.as_str()), into))
        }
        _ => {}
    }
}

#[test]
fn no_rule_promises_more_than_the_law_says() {
    let mut findings = Vec::new();
    for path in files(&root().join("data"), &["toml"]) {
        let mut texts = Vec::new();
        shown(&toml::Value::Table(table(&path)), false, &mut texts);
        for text in texts {
            for word in permissive(&text) {
                findings.push(format!(
                    "{}: `{word}` in \"{text}\"",
                    path.strip_prefix(root()).unwrap().display()
                ));
            }
        }
    }
    none(&findings, "no text of the data says allowed, permitted, free, safe or clear:");
}

#[test]
fn every_source_file_says_what_it_is_for() {
    let findings: Vec<String> = ["crates", "xtask", "fuzz"]
        .iter()
        .flat_map(|below| sources(below))
        .filter(|file| !file.text.starts_with("//!"))
        .map(|file| file.path.display().to_string())
        .collect();
    none(&findings, "files that do not open with //!:");
}

#[test]
fn nothing_is_left_undone_in_silence() {
    let mut findings = Vec::new();
    for file in ["crates", "xtask", "fuzz"].iter().flat_map(|below| sources(below)) {
        for mark in ["todo!", "unimplemented!", "dbg!", "#[ignore"] {
            findings
                .extend(file.code.match_indices(mark).map(|(at, _)| format!("{}: {mark}", file.place(at))));
        }
    }
    none(&findings, "no unfinished code, no ignored test:");
}

#[test]
fn no_path_of_a_machine_is_written_down() {
    let root = root();
    let paths = [
        concat!("/ho", "me/"),
        concat!("/ro", "ot/"),
        concat!("/wo", "rk/"),
        concat!("/Us", "ers/"),
        concat!("C:\\", "Users"),
    ];
    let mut findings = Vec::new();
    for path in files(&root, &["rs", "toml", "md", "csv", "jsonl", "json", "txt", "yml", "yaml", ""]) {
        let text = std::fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&text);
        for (number, line) in text.lines().enumerate() {
            if paths.iter().any(|p| line.contains(p)) {
                findings.push(format!(
                    "{}:{}: {}",
                    path.strip_prefix(&root).unwrap().display(),
                    number + 1,
                    line.trim()
                ));
            }
        }
    }
    none(&findings, "paths of a machine:");
}

#[test]
fn the_code_map_names_every_module() {
    let root = root();
    let map = std::fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    let mut findings = Vec::new();
    for name in every_crate() {
        for entry in std::fs::read_dir(root.join(format!("crates/{name}/src"))).unwrap() {
            let path = entry.unwrap().path();
            let module = path.file_stem().unwrap().to_string_lossy().into_owned();
            let told = [format!("`{module}`"), format!("`{module}/`")]
                .iter()
                .any(|word| map.contains(word.as_str()));
            if !told && !["lib", "main", "tests"].contains(&module.as_str()) {
                findings.push(format!("crates/{name}: {module}"));
            }
        }
    }
    findings.sort();
    none(&findings, "modules that ARCHITECTURE.md does not name:");
}
