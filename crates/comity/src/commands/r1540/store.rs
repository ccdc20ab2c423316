//! Matrices of the user on disk: `DATA/r1540/STATE/`, one immutable file an edition, named by its date, revision and digest. The steps of their
//! life are lines of `life.csv`. Whatever is written is written beside, synced and renamed, under a lock of the State's folder.

use std::cell::OnceCell;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use comity_engine::r1540::place::Places;
use comity_model::date::Day;
use comity_model::r1540::{Alias, Edition, Life, R1540};
use comity_model::{DateValue, StateCode};
use comity_pack::Fault;
use comity_pack::source::Source;
use comity_pack::table::Csv;

use super::file;
use crate::fail::Failure;

/// Digits of the digest in the name of a file.
const DIGITS: usize = 16;
/// The largest file that is read, in bytes.
const BYTES_MAX: u64 = 64 << 20;
const LIFE: &str = "life.csv";
const LIFE_COLUMNS: [&str; 5] = ["edition", "life", "on", "by", "reason"];

/// An edition of the folder, or of the data of the program.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The edition, its unmapped rows tried again, its life as it stands now.
    pub edition: Edition,
    /// Its revision, from 1; 0 for one of the program's data.
    pub revision: u32,
    /// The digest of its file, or of its facts.
    pub digest: String,
    /// Fields that the unmapped rows found when they were tried again.
    pub retried: Vec<String>,
    /// The steps of its life.
    pub steps: Vec<Step>,
}

impl Kept {
    /// How it is named to a user: date, name and the beginning of its digest.
    pub fn label(&self) -> String {
        let digest: String = self.digest.chars().take(12).collect();
        let e = &self.edition;
        format!("{} {} ({digest})", e.date, e.name)
    }
}

/// A State whose editions cannot be read, all or some.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The State.
    pub state: StateCode,
    /// The file, what is wrong with it, and what to do.
    pub says: String,
}

/// A step of a life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The beginning of the digest of the edition.
    pub edition: String,
    /// Where it went.
    pub life: Life,
    /// When.
    pub on: Day,
    /// Who says so.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// The folder of matrices.
pub struct Store<'c> {
    dir: PathBuf,
    catalogue: &'c R1540,
    aliases: Vec<Alias>,
    /// The index by which rows find their fields, made once for all States.
    index: OnceCell<Places<'c>>,
}

impl<'c> Store<'c> {
    /// The folder below the data folder, with the user's table of aliases.
    ///
    /// # Errors
    /// Faults in that table.
    pub fn open(data: &Path, catalogue: &'c R1540) -> Result<Self, Failure> {
        let dir = data.join("r1540");
        let path = dir.join("aliases.csv");
        let mut aliases = Vec::new();
        if path.is_file() {
            let name = path.display().to_string();
            let text = fs::read_to_string(&path).map_err(|e| {
                Failure::input(
                    &name,
                    format!("cannot be read: {e}"),
                    "a table of aliases in UTF-8",
                    "correct or remove it",
                )
            })?;
            let mut faults = Vec::new();
            aliases = comity_pack::r1540::aliases(&Source::new(name, text), catalogue, &mut faults);
            if !faults.is_empty() {
                return Err(faults.into());
            }
        }
        Ok(Self { dir, catalogue, aliases, index: OnceCell::new() })
    }

    /// The index by which rows find their fields, with the user's aliases.
    pub fn places(&self) -> Places<'c> {
        Places::new(self.catalogue, &self.aliases)
    }

    /// The States that have a folder.
    pub fn states(&self) -> Vec<StateCode> {
        let mut found: Vec<StateCode> = fs::read_dir(&self.dir)
            .into_iter()
            .flatten()
            .filter_map(|e| e.ok()?.file_name().to_str()?.parse().ok())
            .chain(self.catalogue.editions.iter().map(|e| e.state))
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The editions of a State, the program's own and those of the folder, by date, then revision. Of one date and name the last revision
    /// answers; `all` gives the earlier ones too.
    ///
    /// # Errors
    /// When a file is damaged.
    pub fn editions(&self, state: StateCode, all: bool) -> Result<Vec<Kept>, Failure> {
        let places = self.index.get_or_init(|| self.places());
        let mut found: Vec<Kept> = Vec::new();
        for edition in self.catalogue.editions.iter().filter(|e| e.state == state) {
            let bytes = file::write_json(self.catalogue, edition)
                .map_err(|e| Failure::data("embedded lawbook", e.to_string(), "build the program again"))?;
            found.push(Kept {
                edition: edition.clone(),
                revision: 0,
                digest: comity_pack::digest(bytes.as_bytes()),
                retried: Vec::new(),
                steps: Vec::new(),
            });
        }
        let steps = self.steps(state)?;
        for path in self.files(state) {
            let mut kept = self.read(&path, places)?;
            kept.steps = steps.iter().filter(|s| kept.digest.starts_with(&s.edition)).cloned().collect();
            if let Some(last) = kept.steps.last() {
                kept.edition.life = last.life;
            }
            found.push(kept);
        }
        let key = |k: &Kept| (k.edition.date.latest(), k.edition.name.clone(), k.revision);
        found.sort_by_key(key);
        if !all {
            let mut at = 0;
            while at + 1 < found.len() {
                let same = match (found.get(at), found.get(at + 1)) {
                    (Some(a), Some(b)) => {
                        (&a.edition.date, &a.edition.name) == (&b.edition.date, &b.edition.name)
                    }
                    _ => false,
                };
                if same { _ = found.remove(at) } else { at += 1 }
            }
        }
        Ok(found)
    }

    /// The editions of every State whose files can be read, and what is wrong with those of the others.
    pub fn readable(&self, states: &[StateCode], all: bool) -> (Vec<Kept>, Vec<Damage>) {
        let (mut found, mut damaged) = (Vec::new(), Vec::new());
        for state in states {
            match self.editions(*state, all) {
                Ok(kept) => found.extend(kept),
                Err(failure) => damaged.push(Damage { state: *state, says: failure.to_string() }),
            }
        }
        (found, damaged)
    }

    fn files(&self, state: StateCode) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = fs::read_dir(self.dir.join(state.as_str()))
            .into_iter()
            .flatten()
            .filter_map(|e| e.ok().map(|e| e.path()))
            .filter(|p| p.extension().is_some_and(|e| e == "json"))
            .filter(|p| p.file_name().and_then(|n| n.to_str()).is_some_and(|n| !n.starts_with('.')))
            .collect();
        files.sort();
        files
    }

    fn read(&self, path: &Path, places: &Places<'_>) -> Result<Kept, Failure> {
        let shown = path.display().to_string();
        let damaged = |found: String| {
            Failure::data(&shown, found, "restore the file from a copy, or remove it and import again")
        };
        let size = fs::metadata(path).map_err(|e| damaged(e.to_string()))?.len();
        if size > BYTES_MAX {
            return Err(damaged(format!("{size} bytes; at most {BYTES_MAX}")));
        }
        let bytes = fs::read(path).map_err(|e| damaged(format!("it cannot be read: {e}")))?;
        let digest = comity_pack::digest(&bytes);
        let stem = path.file_stem().and_then(|s| s.to_str()).unwrap_or_default();
        let mut pieces = stem.rsplit('_');
        let named = pieces.next().unwrap_or_default();
        let revision = pieces.next().and_then(|r| r.strip_prefix('r')).and_then(|r| r.parse().ok());
        let Some(revision) = revision.filter(|_| named.len() == DIGITS && digest.starts_with(named)) else {
            return Err(damaged("the content is not what its name says (digest)".to_owned()));
        };
        let edition = file::read_stored(&bytes).map_err(|e| damaged(format!("it is no matrix: {e}")))?;
        if let Some(fact) = edition.facts.iter().find(|f| self.catalogue.field(&f.field).is_none()) {
            return Err(damaged(format!("no field `{}` in this program", fact.field)));
        }
        let (edition, retried) = if edition.unplaced.is_empty() {
            let mut edition = edition;
            places.order(&mut edition);
            (edition, Vec::new())
        } else {
            places.retried(&edition)
        };
        Ok(Kept { edition, revision, digest, retried, steps: Vec::new() })
    }

    /// The steps of the lives of a State's matrices, in their order.
    ///
    /// # Errors
    /// When the table is damaged.
    pub fn steps(&self, state: StateCode) -> Result<Vec<Step>, Failure> {
        let path = self.dir.join(state.as_str()).join(LIFE);
        if !path.is_file() {
            return Ok(Vec::new());
        }
        let name = path.display().to_string();
        let text = fs::read_to_string(&path)
            .map_err(|e| Failure::data(&name, format!("it cannot be read: {e}"), "restore it from a copy"))?;
        let mut faults: Vec<Fault> = Vec::new();
        let mut steps = Vec::new();
        if let Some(csv) = Csv::read(&name, &text, &LIFE_COLUMNS, &mut faults) {
            for line in csv.rows() {
                let (life, on) = (line.parsed("life", &mut faults), line.parsed("on", &mut faults));
                if let (Some(life), Some(on)) = (life, on) {
                    let get = |c: &str| line.get(c).to_owned();
                    steps.push(Step {
                        edition: get("edition"),
                        life,
                        on,
                        by: get("by"),
                        reason: get("reason"),
                    });
                }
            }
        }
        match faults.first() {
            None => Ok(steps),
            Some(fault) => Err(Failure::data(name, fault.to_string(), "restore it from a copy")),
        }
    }

    /// Adds an edition; gives its file's digest and its revision. Nothing is there before the whole file is.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add(&self, edition: &Edition) -> Result<(String, u32), Failure> {
        let dir = self.dir.join(edition.state.as_str());
        let _lock = lock(&dir)?;
        let shown = dir.display().to_string();
        let text = file::write_json(self.catalogue, edition)
            .map_err(|e| Failure::data(&shown, e.to_string(), "report this"))?;
        let digest = comity_pack::digest(text.as_bytes());
        let prefix =
            format!("{}_{}_r", edition.date.to_string().replace(['.', ' '], "-"), slug(&edition.name));
        let revision = self
            .files(edition.state)
            .iter()
            .filter_map(|p| {
                p.file_stem()?.to_str()?.strip_prefix(&prefix)?.split('_').next()?.parse::<u32>().ok()
            })
            .max()
            .unwrap_or(0)
            + 1;
        let short: String = digest.chars().take(DIGITS).collect();
        write_whole(&dir, &format!("{prefix}{revision}_{short}.json"), text.as_bytes())?;
        Ok((digest, revision))
    }

    /// Adds a step to the life of an edition.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn step(&self, state: StateCode, step: &Step) -> Result<(), Failure> {
        let dir = self.dir.join(state.as_str());
        let _lock = lock(&dir)?;
        let mut steps = self.steps(state)?;
        steps.push(step.clone());
        let shown = dir.display().to_string();
        let fault = |e: String| Failure::data(&shown, e, "report this");
        let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
        writer.write_record(LIFE_COLUMNS).map_err(|e| fault(e.to_string()))?;
        for s in &steps {
            let short: String = s.edition.chars().take(DIGITS).collect();
            let row = [&short, s.life.word(), &s.on.to_string(), &s.by, &s.reason];
            writer.write_record(row).map_err(|e| fault(e.to_string()))?;
        }
        let bytes = writer.into_inner().map_err(|e| fault(e.to_string()))?;
        write_whole(&dir, LIFE, &bytes)
    }
}

/// The name of an edition in the name of a file.
fn slug(name: &str) -> String {
    let plain: String = name
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .take(40)
        .collect();
    // Names in other scripts keep apart by their digest.
    let tail: String = comity_pack::digest(name.as_bytes()).chars().take(6).collect();
    format!("{plain}-{tail}")
}

fn lock(dir: &Path) -> Result<File, Failure> {
    let fault = |e: std::io::Error| {
        Failure::data(
            dir.display().to_string(),
            format!("the folder cannot be written: {e}"),
            "check the rights on it, or name another with --data",
        )
    };
    fs::create_dir_all(dir).map_err(fault)?;
    let file = File::create(dir.join(".lock")).map_err(fault)?;
    file.lock().map_err(fault)?;
    Ok(file)
}

/// Writes a file beside its place, syncs it, and puts it there under its name.
///
/// # Errors
/// When it cannot be written.
pub fn write_whole(dir: &Path, name: &str, bytes: &[u8]) -> Result<(), Failure> {
    let fault = |e: std::io::Error| {
        Failure::data(
            dir.join(name).display().to_string(),
            format!("it cannot be written: {e}"),
            "check the folder and the rights on it",
        )
    };
    let staged = dir.join(format!(".{name}.{}", std::process::id()));
    let write = || -> std::io::Result<()> {
        let mut file = File::create(&staged)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&staged, dir.join(name))?;
        // A folder that cannot be synced (some systems have no such thing) still holds the whole file.
        if let Ok(dir) = File::open(dir) {
            let _ = dir.sync_all();
        }
        Ok(())
    };
    write().map_err(|e| {
        let _ = fs::remove_file(&staged);
        fault(e)
    })
}

/// The editions that answer on a day: those of the latest date; several where editions share it.
pub fn on(editions: &[Kept], day: Day) -> Vec<&Kept> {
    let before = |k: &&Kept| k.edition.date.earliest().is_some_and(|d| d <= day);
    let latest = editions.iter().rfind(before).and_then(|k| k.edition.date.latest());
    editions.iter().filter(before).filter(|k| k.edition.date.latest() == latest).collect()
}

/// The editions that a date, a name or the beginning of a digest means; else those that answer on the day that the text is.
pub fn named<'k>(editions: &'k [Kept], text: &str) -> Vec<&'k Kept> {
    let exact = |k: &&Kept| {
        k.edition.name == text
            || (text.len() >= 6 && k.digest.starts_with(text))
            || k.edition.date.to_string() == text
    };
    let found: Vec<&Kept> = editions.iter().filter(exact).collect();
    if !found.is_empty() {
        return found;
    }
    text.parse::<DateValue>().ok().and_then(|d| d.latest()).map_or_else(Vec::new, |day| on(editions, day))
}

/// The one edition that is meant; none where there is none.
///
/// # Errors
/// When several are meant: all are named and none is chosen.
pub fn one<'k>(
    editions: &'k [Kept],
    state: StateCode,
    text: Option<&str>,
    day: Day,
) -> Result<Option<&'k Kept>, Failure> {
    let found = match text {
        Some(text) => named(editions, text),
        None => on(editions, day),
    };
    match found.as_slice() {
        [] => Ok(None),
        [kept] => Ok(Some(kept)),
        several => {
            let labels: Vec<String> =
                several.iter().map(|k| format!("{}, {}", k.label(), k.edition.life)).collect();
            Err(Failure::input(
                format!("{state} {}", text.unwrap_or_default()).trim_end(),
                format!("{} editions are meant, and none is chosen: {}", several.len(), labels.join("; ")),
                "one edition",
                "name it by its digest, or by its name, where the command takes an edition (--edition)",
            ))
        }
    }
}
