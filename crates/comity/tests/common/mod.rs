//! What the tests of the whole program share: a run of the real binary in a closed world, folders of their own, the expectations that an
//! example states in its comments.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "each test file uses its part of this; a test stops where it fails"
)]

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// A file of the repository.
pub fn repo(path: &str) -> PathBuf {
    root().join(path)
}

/// What a run gave.
#[derive(Debug)]
pub struct Run {
    pub stdout: String,
    pub stderr: String,
    pub status: i32,
}

impl Run {
    /// The JSON on standard output.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|e| panic!("no JSON on standard output: {e}\n{}\n{}", self.stdout, self.stderr))
    }

    /// One JSON value a line.
    pub fn lines(&self) -> Vec<Value> {
        self.stdout.lines().map(|l| serde_json::from_str(l).unwrap_or_else(|e| panic!("{e}: {l}"))).collect()
    }

    /// The same, after making sure of the exit status.
    #[track_caller]
    pub fn with_status(self, status: i32) -> Self {
        assert_eq!(self.status, status, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// No panic anywhere, whatever else happened.
    #[track_caller]
    pub fn calm(self) -> Self {
        let both = format!("{}{}", self.stdout, self.stderr);
        assert!(!both.contains("panicked") && !both.contains("RUST_BACKTRACE"), "{both}");
        assert!((0..=100).contains(&self.status), "exit status {}\n{both}", self.status);
        self
    }
}

/// The program in a world of its own: no network, no register but the one named, no colour, no settings of the caller.
pub struct Comity {
    command: Command,
    input: Option<Vec<u8>>,
}

/// A run in the repository's root with that register.
pub fn comity(data: &Path) -> Comity {
    let mut command = Command::new(env!("CARGO_BIN_EXE_comity"));
    command.current_dir(root()).arg("--data").arg(data).arg("--offline");
    for name in ["COMITY_DATA", "COMITY_OFFLINE", "NO_COLOR", "XDG_DATA_HOME", "RUST_BACKTRACE"] {
        command.env_remove(name);
    }
    command.env("HOME", data);
    Comity { command, input: None }
}

/// A run without any flag set beforehand.
pub fn bare(home: &Path) -> Comity {
    let mut command = Command::new(env!("CARGO_BIN_EXE_comity"));
    command.current_dir(root()).env_clear().env("HOME", home).env("COMITY_OFFLINE", "1");
    Comity { command, input: None }
}

impl Comity {
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.command.arg(arg);
        self
    }

    pub fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.command.args(args);
        self
    }

    pub fn env(mut self, key: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(key, value);
        self
    }

    /// Standard input.
    pub fn input(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = Some(bytes.into());
        self
    }

    pub fn run(mut self) -> Run {
        self.command.stdin(if self.input.is_some() { Stdio::piped() } else { Stdio::null() });
        let mut child = self.command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let writer = self.input.map(|bytes| {
            let mut stdin = child.stdin.take().unwrap();
            // A program that stops reading early is its own answer.
            std::thread::spawn(move || drop(stdin.write_all(&bytes)))
        });
        let output = child.wait_with_output().unwrap();
        if let Some(writer) = writer {
            writer.join().unwrap();
        }
        Run {
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
            status: output.status.code().unwrap_or(-1),
        }
        .calm()
    }
}

/// A folder with a register made of `examples/lists`, one for all tests of a file.
pub fn listed() -> &'static Path {
    static REGISTER: OnceLock<TempDir> = OnceLock::new();
    REGISTER
        .get_or_init(|| {
            let dir = TempDir::new().unwrap();
            comity(dir.path()).args(["update", "--from", "examples/lists"]).run().with_status(0);
            dir
        })
        .path()
}

/// A folder in which no list lies.
pub fn empty() -> &'static Path {
    static REGISTER: OnceLock<TempDir> = OnceLock::new();
    REGISTER.get_or_init(|| TempDir::new().unwrap()).path()
}

/// A file with that text in a folder of its own.
pub fn file(name: &str, text: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join(name);
    std::fs::write(&path, text).unwrap();
    (dir, path)
}

/// The example deals, by name.
pub fn examples() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(repo("examples"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "toml" || e == "json"))
        .collect();
    found.sort();
    found
}

/// The words at `path` below a value; `/` between keys, `*` for every element of a list.
pub fn words(value: &Value, path: &str) -> Vec<String> {
    let mut found = vec![value];
    for key in path.split('/') {
        found = found
            .into_iter()
            .flat_map(|v| match key {
                "*" => v.as_array().map(|a| a.iter().collect()).unwrap_or_default(),
                key => v.get(key).into_iter().collect::<Vec<_>>(),
            })
            .collect();
    }
    found
        .into_iter()
        .map(|v| match v {
            Value::String(s) => s.clone(),
            other => other.to_string(),
        })
        .collect()
}

pub fn set(words: impl IntoIterator<Item = String>) -> BTreeSet<String> {
    words.into_iter().collect()
}

/// Under which circumstances an expectation holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// With `examples/lists` in the register.
    Listed,
    /// With an empty register.
    Empty,
}

/// One expectation of an example.
#[derive(Clone, Debug)]
pub struct Expectation {
    pub when: When,
    pub key: String,
    /// The whole set must be right; else these must be in it.
    pub whole: bool,
    pub words: BTreeSet<String>,
}

/// The expectations in the comments of a deal.
pub fn expectations(text: &str) -> Result<Vec<Expectation>, String> {
    let mut found = Vec::new();
    for line in text.lines().filter_map(|l| l.strip_prefix("# expect")) {
        let (when, rest) = match line.strip_prefix(" (empty register):") {
            Some(rest) => (When::Empty, rest),
            None => (
                When::Listed,
                line.strip_prefix(':')
                    .ok_or_else(|| format!("`# expect{line}`: `:` or ` (empty register):` is missing"))?,
            ),
        };
        for part in rest.split(';') {
            let (key, whole, value) = match (part.split_once(" = "), part.split_once(" has ")) {
                (Some((key, value)), _) => (key, true, value),
                (None, Some((key, value))) => (key, false, value),
                (None, None) => return Err(format!("`{part}` is no `key = value` and no `key has value`")),
            };
            let words = value.split(',').map(|w| w.trim().to_owned()).filter(|w| w != "none").collect();
            found.push(Expectation { when, key: key.trim().to_owned(), whole, words });
        }
    }
    Ok(found)
}

/// What an answer says under a key of an expectation; none: the key is not understood.
pub fn said(answer: &Value, key: &str) -> Option<BTreeSet<String>> {
    let named = |list: &'static str, by: &'static str, name: &str| {
        answer[list].as_array().unwrap().iter().find(|v| v[by] == name).cloned()
    };
    let not_null = |v: &Value| set(v.as_str().map(str::to_owned));
    let parts: Vec<&str> = key.split('.').collect();
    match parts.as_slice() {
        [top @ ("outcome" | "best" | "worst" | "first_word")] => Some(not_null(&answer[*top])),
        [name] => named("laws", "law", name)
            .map(|law| not_null(&law["outcome"]))
            .or_else(|| party(answer, name).map(|p| party_words(&p))),
        [number, list, what] if number.parse::<usize>().is_ok() => {
            let item = answer["items"].get(number.parse::<usize>().unwrap().checked_sub(1)?)?;
            item_words(item["lists"].get(*list)?, what)
        }
        [role, "mandates"] => party(answer, role).map(|p| mandates(&p)),
        [law, what] => law_words(&named("laws", "law", law)?, what),
        _ => None,
    }
}

fn party(answer: &Value, role: &str) -> Option<Value> {
    answer["parties"].as_array().unwrap().iter().find(|p| p["role"] == role).cloned()
}

/// `hit un/sc/KPe.901`: the status, and with the first id of those found.
fn party_words(party: &Value) -> BTreeSet<String> {
    let status = party["status"].as_str().unwrap();
    let ids = words(party, "hits/*/id");
    match ids.split_first() {
        None => set([status.to_owned()]),
        Some((first, more)) => set(std::iter::once(format!("{status} {first}")).chain(more.iter().cloned())),
    }
}

/// `un/sc un un:1718 contested`: list, whose act, where agreed, and the status where it is not in force.
fn mandates(party: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for measure in party["hits"].as_array().unwrap().iter().flat_map(|h| h["measures"].as_array().unwrap()) {
        let mut text = vec![
            measure["list"].as_str().unwrap().to_owned(),
            measure["mandate"]["imposed_by"].as_str().unwrap().to_owned(),
        ];
        text.extend(words(measure, "mandate/agreed_in/*"));
        text.extend(measure["status"].as_str().filter(|s| *s != "in_force").map(str::to_owned));
        found.insert(text.join(" "));
    }
    found
}

fn item_words(on: &Value, what: &str) -> Option<BTreeSet<String>> {
    let all = |list: &str| on[list].as_array().unwrap().clone();
    match what {
        "matched" | "excluded" => Some(set(words(on, &format!("{what}/*/entry")))),
        "open" => Some(set(words(on, "undetermined/*/entry"))),
        "not_encoded" => Some(set(words(on, "not_encoded/*"))),
        "agreed_in" => Some(set(words(on, "matched/*/agreed_in/*"))),
        "released" => Some(
            all("excluded")
                .iter()
                .map(|e| format!("{} by {}", e["entry"].as_str().unwrap(), e["by"].as_str().unwrap()))
                .collect(),
        ),
        "settle" => {
            Some(
                all("undetermined")
                    .iter()
                    .flat_map(|u| {
                        u["settle"].as_array().unwrap().iter().map(|s| {
                            format!("{} by {}", u["entry"].as_str().unwrap(), words(s, "*").join("+"))
                        })
                    })
                    .collect(),
            )
        }
        "claims" => {
            let claims = on.get("claims").and_then(Value::as_array).cloned().unwrap_or_default();
            Some(
                claims
                    .iter()
                    .map(|c| format!("{} {}", c["entry"].as_str().unwrap(), c["result"].as_str().unwrap()))
                    .collect(),
            )
        }
        _ => None,
    }
}

fn law_words(law: &Value, what: &str) -> Option<BTreeSet<String>> {
    let fired = |list: &str, cancelled: bool| -> Vec<Value> {
        let of = law[list].as_array().unwrap().iter();
        of.filter(|r| r["fires"] == "true" && r["cancelled_by"].is_null() != cancelled).cloned().collect()
    };
    let ids = |of: Vec<Value>| set(of.iter().map(|r| r["id"].as_str().unwrap().to_owned()));
    match what {
        "best" | "worst" => Some(set(law[what].as_str().map(str::to_owned))),
        "missing" | "hook" => Some(set(words(law, &format!("{what}/*")))),
        "requirements" => Some(ids(fired("requirements", false))),
        "prohibitions" => Some(ids(fired("prohibitions", false))),
        "agreed_in" => {
            Some(set(fired("requirements", false).iter().flat_map(|r| words(r, "mandate/agreed_in/*"))))
        }
        "cancelled" => Some(set(fired("requirements", true)
            .iter()
            .map(|r| format!("{} by {}", r["id"].as_str().unwrap(), r["cancelled_by"].as_str().unwrap())))),
        "authorised" => {
            let applies =
                law["authorisations"].as_array().unwrap().iter().filter(|a| a["status"] == "applies");
            Some(set(applies.map(|a| a["id"].as_str().unwrap().to_owned())))
        }
        "duties" => Some(set(words(law, "duties/*/duty"))),
        "gaps" => Some(set(words(law, "gaps/*/id"))),
        "contested" => {
            let positions = law["contested"].as_array().unwrap().iter();
            Some(set(positions
                .map(|c| format!("{} {}", c["position"].as_str().unwrap(), c["outcome"].as_str().unwrap()))))
        }
        "items" => {
            let outcomes = words(law, "by_item/*/outcome");
            let kinds: BTreeSet<&String> = outcomes.iter().collect();
            Some(set(kinds
                .into_iter()
                .map(|k| format!("{k} {}", outcomes.iter().filter(|o| *o == k).count()))))
        }
        _ => None,
    }
}

/// Everything in which an answer differs from the expectations; and what they should have spoken of and did not.
pub fn differences(answer: &Value, expected: &[Expectation]) -> Vec<String> {
    let mut faults = Vec::new();
    for e in expected {
        match said(answer, &e.key) {
            None => {
                faults.push(format!("`{}` is no key, or the answer has no such law, party or item", e.key))
            }
            Some(found) if e.whole && found != e.words => {
                faults.push(format!("{}: expected {:?}, found {found:?}", e.key, e.words))
            }
            Some(found) if !found.is_superset(&e.words) => {
                faults.push(format!("{}: expected at least {:?}, found {found:?}", e.key, e.words))
            }
            Some(_) => {}
        }
    }
    let mut must = vec!["outcome".to_owned()];
    must.extend(words(answer, "laws/*/law"));
    must.extend(words(answer, "parties/*/role"));
    for (i, item) in answer["items"].as_array().unwrap().iter().enumerate() {
        for (list, on) in item["lists"].as_object().unwrap() {
            if on["matched"].as_array().is_some_and(|m| !m.is_empty()) {
                must.push(format!("{}.{list}.matched", i + 1));
            }
        }
    }
    let keys: BTreeSet<&str> = expected.iter().map(|e| e.key.as_str()).collect();
    faults.extend(
        must.into_iter()
            .filter(|key| !keys.contains(key.as_str()))
            .map(|key| format!("the example says nothing of {key}")),
    );
    faults
}
