//! A folder of data → a checked, stored lawbook.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use comity_model::date::Day;
use comity_model::lawbook::{Basics, Lawbook, Parts};
use sha2::{Digest, Sha256};

use crate::fault::Fault;
use crate::source::{Reader, Source};
use crate::{assistance, controls, facts, lists, packs, r1540, states, units};

/// The largest file that is read, in bytes.
const FILE_BYTES_MAX: u64 = 64 << 20;

/// What came out of a folder.
#[derive(Debug)]
pub struct Compiled {
    /// The stored lawbook; none if there were faults.
    pub bytes: Option<Vec<u8>>,
    /// The files it was made from, below the folder, sorted.
    pub files: Vec<String>,
    /// Counts for people.
    pub counts: Vec<(&'static str, usize)>,
}

/// Compiles the folder `data`, with further folders of packs beside its own. All faults are reported together.
pub fn compile(data: &Path, more_packs: &[PathBuf], faults: &mut Vec<Fault>) -> Compiled {
    let mut folder = Folder { root: data.to_owned(), read: BTreeMap::new() };
    let mut basics = Basics::default();
    if let Some(source) = folder.file("units.toml", faults) {
        basics.units = units::load(&source, faults);
    }
    if let Some(source) = folder.file("controls/classes.csv", faults) {
        basics.classes = controls::classes(&source.file, source.text(), faults);
    }
    if let Some(source) = folder.file("controls/facts.toml", faults) {
        basics.item_facts = facts::load(&source, &basics.units, &basics.classes, faults);
    }
    if let Some(source) = folder.file("disputes.toml", faults) {
        basics.disputes = packs::disputes(&source, faults);
    }
    folder.note_all("states", faults);
    let states = states::load(&data.join("states"), faults);
    let treaties: BTreeSet<String> = states.treaties.iter().map(|t| t.id.clone()).collect();
    if let Some(source) = folder.file("lists/sources.toml", faults) {
        basics.sources = lists::sources(&source, faults);
    }
    let mandate_files: Vec<Source> =
        folder.names("lists/mandates", "csv").iter().filter_map(|name| folder.file(name, faults)).collect();
    folder.note_all("r1540", faults);
    let r1540 =
        r1540::load(&mut |name, faults| folder.file(&format!("r1540/{name}"), faults), &states, faults);
    basics.mandates = lists::mandates(&mandate_files, &basics.sources.lists, &basics.disputes, faults);

    let mut control_lists = Vec::new();
    for name in folder.folders("controls") {
        let context = controls::Context {
            units: &basics.units,
            facts: &basics.item_facts,
            classes: &basics.classes,
            treaties: &treaties,
        };
        let head = folder.file(&format!("controls/{name}/list.toml"), faults);
        let entries = folder.file(&format!("controls/{name}/entries.csv"), faults);
        let files: Vec<Source> = folder
            .names(&format!("controls/{name}"), "toml")
            .iter()
            .filter(|file| !file.ends_with("/list.toml"))
            .filter_map(|file| folder.file(file, faults))
            .collect();
        if let (Some(head), Some(entries)) = (head, entries) {
            control_lists.extend(controls::list(
                &head,
                (&entries.file, entries.text()),
                &files,
                &context,
                faults,
            ));
        }
    }
    let list_ids: BTreeSet<String> = control_lists.iter().map(|l| l.id.clone()).collect();

    let mut all_packs = Vec::new();
    let mut places: Vec<(PathBuf, bool)> =
        folder.folders("packs").into_iter().map(|name| (data.join("packs").join(name), true)).collect();
    places.extend(more_packs.iter().flat_map(|dir| pack_folders(dir)).map(|dir| (dir, false)));
    let mut loaded = Vec::new();
    for (dir, own) in places {
        let mut pack_folder = Folder { root: dir.clone(), read: BTreeMap::new() };
        let files = pack_files(&mut pack_folder, faults);
        let prefix = if own { "packs" } else { "more" };
        let leaf = dir.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        for (name, bytes) in pack_folder.read {
            folder.read.insert(format!("{prefix}/{leaf}/{name}"), bytes);
        }
        loaded.extend(files.map(|files| (dir, files)));
    }
    let mut deal_facts = BTreeMap::new();
    let context = packs::Context {
        units: &basics.units,
        item_facts: &basics.item_facts,
        classes: &basics.classes,
        disputes: &basics.disputes,
        lists: &list_ids,
        treaties: &treaties,
    };
    for (_, files) in &loaded {
        packs::declared_facts(files, &context, &mut deal_facts, faults);
    }
    for (dir, files) in &loaded {
        if let Some(pack) = packs::load(files, &context, &deal_facts, faults) {
            if all_packs.iter().any(|p: &comity_model::rule::Pack| p.id == pack.id) {
                faults.push(Fault::new(
                    dir.display().to_string(),
                    0,
                    format!("pack `{}` a second time", pack.id),
                    "each pack once",
                    "rename or remove one",
                ));
            }
            all_packs.push(pack);
        }
    }
    basics.deal_facts = deal_facts;
    all_packs.sort_by(|a, b| (a.authority, &a.id).cmp(&(b.authority, &b.id)));

    let against =
        assistance::Against { states: &states, r1540: &r1540, controls: &control_lists, packs: &all_packs };
    let assistance =
        assistance::load(&mut |name, faults| folder.file(&format!("r1540/{name}"), faults), &against, faults);

    let date = folder.file("lawbook.toml", faults).and_then(|source| lawbook_date(&source, faults));
    let counts = vec![
        ("States", states.states.len()),
        ("treaties and regimes", states.treaties.len()),
        ("dated events", states.events.len()),
        ("units", basics.units.units().len()),
        ("classes", basics.classes.classes.len()),
        ("facts", basics.item_facts.len() + basics.deal_facts.len()),
        ("control-list entries", control_lists.iter().map(|l| l.entries.len()).sum()),
        (
            "executable entries",
            control_lists.iter().flat_map(|l| &l.entries).filter(|e| !e.versions.is_empty()).count(),
        ),
        (
            "executable provisions",
            control_lists
                .iter()
                .flat_map(|l| &l.entries)
                .flat_map(|e| &e.versions)
                .map(|v| v.provisions.len())
                .sum(),
        ),
        ("packs", all_packs.len()),
        ("rules", all_packs.iter().map(|p| p.rules.len()).sum()),
        ("gaps", all_packs.iter().map(|p| p.gaps.len()).sum()),
        ("party lists", basics.sources.lists.len()),
        ("matrix fields", r1540.fields.len()),
        ("topics of assistance", assistance.topics.len()),
        ("links of emerging technologies", assistance.links.len()),
    ];
    let digest = digest(&folder.read);
    let parts = Parts { basics, controls: control_lists, packs: all_packs, states, r1540, assistance };
    let mut bytes = None;
    if faults.is_empty()
        && let Some(date) = date
    {
        match parts.store(digest, date) {
            Ok(stored) => bytes = Some(stored),
            Err(error) => {
                faults.push(Fault::new(data.display().to_string(), 0, error.to_string(), "", "report this"))
            }
        }
    }
    faults.sort();
    faults.dedup();
    Compiled { bytes, files: folder.read.into_keys().collect(), counts }
}

/// Compiles a folder and opens the result: for tests and for users' own packs.
///
/// # Errors
/// All faults of the folder.
pub fn lawbook(data: &Path, more_packs: &[PathBuf]) -> Result<Lawbook, Vec<Fault>> {
    let mut faults = Vec::new();
    let compiled = compile(data, more_packs, &mut faults);
    match compiled.bytes {
        Some(bytes) => Lawbook::open(bytes)
            .map_err(|e| vec![Fault::new(data.display().to_string(), 0, e.to_string(), "", "report this")]),
        None => Err(faults),
    }
}

/// A lawbook with further packs beside its own.
///
/// # Errors
/// All faults of the further packs.
pub fn with_packs(book: &Lawbook, dirs: &[PathBuf]) -> Result<Lawbook, Vec<Fault>> {
    let mut faults = Vec::new();
    let base = book.basics();
    let treaties: BTreeSet<String> = book.states().treaties.iter().map(|t| t.id.clone()).collect();
    let lists: BTreeSet<String> = book.controls().iter().map(|l| l.id.clone()).collect();
    let context = packs::Context {
        units: &base.units,
        item_facts: &base.item_facts,
        classes: &base.classes,
        disputes: &base.disputes,
        lists: &lists,
        treaties: &treaties,
    };
    let mut read: BTreeMap<String, Vec<u8>> =
        BTreeMap::from([("lawbook".to_owned(), book.digest().as_bytes().to_vec())]);
    let mut loaded = Vec::new();
    for dir in dirs {
        let folders = pack_folders(dir);
        if folders.is_empty() {
            faults.push(Fault::new(
                dir.display().to_string(),
                0,
                "no pack in this folder",
                "a folder with pack.toml, or a folder of such folders",
                "name the folder of the pack",
            ));
        }
        for folder in folders {
            let mut reader = Folder { root: folder.clone(), read: BTreeMap::new() };
            let files = pack_files(&mut reader, &mut faults);
            let leaf = folder.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
            read.extend(reader.read.into_iter().map(|(name, bytes)| (format!("{leaf}/{name}"), bytes)));
            loaded.extend(files.map(|files| (folder, files)));
        }
    }
    let mut deal_facts = base.deal_facts.clone();
    for (_, files) in &loaded {
        packs::declared_facts(files, &context, &mut deal_facts, &mut faults);
    }
    let mut all: Vec<comity_model::rule::Pack> = book.packs().to_vec();
    for (folder, files) in &loaded {
        if let Some(pack) = packs::load(files, &context, &deal_facts, &mut faults) {
            if all.iter().any(|p| p.id == pack.id) {
                faults.push(Fault::new(
                    folder.display().to_string(),
                    0,
                    format!("pack `{}` is in the lawbook already", pack.id),
                    "another id",
                    "rename the pack",
                ));
            }
            all.push(pack);
        }
    }
    all.sort_by(|a, b| (a.authority, &a.id).cmp(&(b.authority, &b.id)));
    faults.sort();
    faults.dedup();
    if !faults.is_empty() {
        return Err(faults);
    }
    let parts = Parts {
        basics: Basics { deal_facts, ..base.clone() },
        controls: book.controls().to_vec(),
        packs: all,
        states: book.states().clone(),
        r1540: book.r1540().clone(),
        assistance: book.assistance().clone(),
    };
    let whole = |error: comity_model::lawbook::LawbookFault| {
        vec![Fault::new("lawbook", 0, error.to_string(), "", "report this")]
    };
    Lawbook::open(parts.store(digest(&read), book.date()).map_err(whole)?).map_err(whole)
}

/// Packs below a folder: the folder itself if it holds a `pack.toml`, else each folder in it that does.
#[must_use]
pub fn pack_folders(dir: &Path) -> Vec<PathBuf> {
    if dir.join("pack.toml").is_file() {
        return vec![dir.to_owned()];
    }
    let mut found: Vec<PathBuf> = fs::read_dir(dir)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().map(|e| e.path()))
        .filter(|path| path.join("pack.toml").is_file())
        .collect();
    found.sort();
    found
}

fn pack_files(folder: &mut Folder, faults: &mut Vec<Fault>) -> Option<packs::Files> {
    let head = folder.file("pack.toml", faults)?;
    let rules = folder.names("rules", "toml").iter().filter_map(|name| folder.file(name, faults)).collect();
    let tables = folder
        .names("tables", "csv")
        .into_iter()
        .filter_map(|name| folder.file(&name, faults).map(|source| (name, source)))
        .collect();
    folder.note_all("cases", faults);
    Some(packs::Files { head, rules, tables })
}

fn lawbook_date(source: &Source, faults: &mut Vec<Fault>) -> Option<Day> {
    let root = source.toml(faults)?;
    let mut reader = Reader::new(source, "", &root, faults)?;
    let date = reader.parsed::<Day>("date", faults);
    if date.is_none() {
        faults.push(reader.fault(
            "date",
            "no date",
            "the day to which the lawbook is kept",
            "add date = 2026-11-21",
        ));
    }
    reader.finish(faults);
    date
}

fn digest(files: &BTreeMap<String, Vec<u8>>) -> [u8; 32] {
    let mut sum = Sha256::new();
    for (name, bytes) in files {
        sum.update((name.len() as u64).to_le_bytes());
        sum.update(name.as_bytes());
        sum.update((bytes.len() as u64).to_le_bytes());
        sum.update(bytes);
    }
    sum.finalize().into()
}

/// A folder of data; every file read is kept for the digest.
struct Folder {
    root: PathBuf,
    read: BTreeMap<String, Vec<u8>>,
}

impl Folder {
    /// Reads a file as UTF-8 text.
    fn file(&mut self, name: &str, faults: &mut Vec<Fault>) -> Option<Source> {
        let path = self.root.join(name);
        let shown = path.display().to_string();
        match fs::metadata(&path) {
            Ok(meta) if meta.len() > FILE_BYTES_MAX => {
                faults.push(Fault::new(
                    &shown,
                    0,
                    format!("a file of {} bytes", meta.len()),
                    format!("at most {FILE_BYTES_MAX}"),
                    "split it",
                ));
                return None;
            }
            Ok(_) => {}
            Err(error) => {
                faults.push(Fault::new(
                    &shown,
                    0,
                    format!("the file cannot be read: {error}"),
                    "a file of the data",
                    "add it, or correct the folder",
                ));
                return None;
            }
        }
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) => {
                faults.push(Fault::new(
                    &shown,
                    0,
                    format!("the file cannot be read: {error}"),
                    "a readable file",
                    "check the rights on it",
                ));
                return None;
            }
        };
        let text = match String::from_utf8(bytes.clone()) {
            Ok(text) => text.replace("\r\n", "\n"),
            Err(error) => {
                let line = bytes
                    .get(..error.utf8_error().valid_up_to())
                    .map_or(0, |b| b.iter().filter(|c| **c == b'\n').count() + 1);
                faults.push(Fault::new(
                    &shown,
                    line,
                    "bytes that are not UTF-8",
                    "text in UTF-8",
                    "save the file as UTF-8",
                ));
                return None;
            }
        };
        self.read.insert(name.to_owned(), text.clone().into_bytes());
        Some(Source::new(shown, text))
    }

    /// Names, below the root, of the files with an ending in a folder, sorted.
    fn names(&self, below: &str, ending: &str) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.root.join(below))
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| Path::new(name).extension().is_some_and(|e| e == ending))
            .map(|name| format!("{below}/{name}"))
            .collect();
        names.sort();
        names
    }

    /// Names of the folders in a folder, sorted.
    fn folders(&self, below: &str) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.root.join(below))
            .into_iter()
            .flatten()
            .filter_map(|entry| {
                let entry = entry.ok()?;
                entry.file_type().ok()?.is_dir().then(|| entry.file_name().into_string().ok()).flatten()
            })
            .collect();
        names.sort();
        names
    }

    /// Takes all files of a folder, and of the folders in it, into the digest.
    fn note_all(&mut self, below: &str, faults: &mut Vec<Fault>) {
        for ending in ["csv", "toml", "jsonl"] {
            for name in self.names(below, ending) {
                self.file(&name, faults);
            }
        }
        for folder in self.folders(below) {
            self.note_all(&format!("{below}/{folder}"), faults);
        }
    }
}
