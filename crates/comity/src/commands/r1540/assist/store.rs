//! The user's own requests and offers with their logs, in the data folder: `r1540/assist/requests/ID.json`, `r1540/assist/offers/ID.json`.
//!
//! A file is written beside its place, synced and renamed, so that it is there whole or as it was. One program writes at a time. The state of
//! a request is not stored; it follows from the log.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use comity_model::assistance::{Course, Offer, Request, Step};
use comity_model::date::Day;
use comity_pack::Fault;
use comity_pack::assistance::{Names, is_id, offer, request};
use comity_pack::source::{Node, Reader, Source};
use serde_json::{Value, json};

use crate::fail::Failure;

/// The largest file that is read, in bytes.
const FILE_BYTES_MAX: u64 = 4 << 20;

/// Who added something, when, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Added {
    /// Who.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// When, by the clock of the computer.
    pub recorded: String,
}

/// A request with its log.
#[derive(Clone, Debug)]
pub struct KeptRequest {
    /// The request.
    pub request: Request,
    /// Its log.
    pub course: Course,
    /// Who added it.
    pub added: Added,
}

/// An offer.
#[derive(Clone, Debug)]
pub struct KeptOffer {
    /// The offer.
    pub offer: Offer,
    /// Who added it.
    pub added: Added,
}

/// What is kept, by id.
#[derive(Debug, Default)]
pub struct Kept {
    /// Requests.
    pub requests: Vec<KeptRequest>,
    /// Offers.
    pub offers: Vec<KeptOffer>,
}

impl Kept {
    /// The request of that id.
    pub fn request(&self, id: &str) -> Option<&KeptRequest> {
        self.requests.iter().find(|k| k.request.id == id)
    }

    /// The ids of all that is kept.
    pub fn ids(&self) -> BTreeSet<String> {
        let offers = self.offers.iter().map(|k| k.offer.id.clone());
        self.requests.iter().map(|k| k.request.id.clone()).chain(offers).collect()
    }
}

/// The folder.
pub struct Store {
    dir: PathBuf,
}

/// Held while one program writes.
pub struct Held {
    _lock: File,
}

impl Store {
    /// The folder below a data folder; nothing is made yet.
    pub fn below(data: &Path) -> Self {
        Self { dir: data.join("r1540").join("assist") }
    }

    /// Waits until no other program writes.
    ///
    /// # Errors
    /// When the folder cannot be made or locked.
    pub fn hold(&self) -> Result<Held, Failure> {
        let fail = |error: std::io::Error| unwritable(&self.dir, &error);
        fs::create_dir_all(&self.dir).map_err(fail)?;
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.dir.join(".lock"))
            .map_err(fail)?;
        lock.lock().map_err(fail)?;
        Ok(Held { _lock: lock })
    }

    /// Reads all that is kept.
    ///
    /// # Errors
    /// When a file is damaged: nothing is answered from half of it.
    pub fn load(&self, names: &Names<'_>) -> Result<Kept, Failure> {
        let mut kept = Kept::default();
        for path in files(&self.dir.join("requests"))? {
            kept.requests.push(read(&path, |root, faults| kept_request(root, names, faults))?);
        }
        for path in files(&self.dir.join("offers"))? {
            kept.offers.push(read(&path, |root, faults| kept_offer(root, names, faults))?);
        }
        Ok(kept)
    }

    /// Writes requests and offers: all are staged before the first takes its place.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, _held: &Held, requests: &[KeptRequest], offers: &[KeptOffer]) -> Result<(), Failure> {
        let mut staged = Vec::new();
        for kept in requests {
            staged.push(self.stage("requests", &kept.request.id, &request_file(kept))?);
        }
        for kept in offers {
            let value = json!({ "offer": offer_json(&kept.offer), "added": added_json(&kept.added) });
            staged.push(self.stage("offers", &kept.offer.id, &value)?);
        }
        for (from, to) in &staged {
            fs::rename(from, to).map_err(|error| unwritable(to, &error))?;
        }
        // The names are on disk only when their folder is.
        for folder in ["requests", "offers"] {
            if let Ok(dir) = File::open(self.dir.join(folder)) {
                dir.sync_all().map_err(|error| unwritable(&self.dir, &error))?;
            }
        }
        Ok(())
    }

    fn stage(&self, folder: &str, id: &str, value: &Value) -> Result<(PathBuf, PathBuf), Failure> {
        let dir = self.dir.join(folder);
        let staged = dir.join(format!(".{id}.new"));
        let write = || -> std::io::Result<()> {
            fs::create_dir_all(&dir)?;
            let mut file = File::create(&staged)?;
            file.write_all(format!("{value:#}\n").as_bytes())?;
            file.sync_all()
        };
        write().map_err(|error| unwritable(&staged, &error))?;
        Ok((staged, dir.join(format!("{id}.json"))))
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::data(
        path.display().to_string(),
        format!("cannot be written: {error}"),
        "check the rights on the data folder",
    )
}

/// The files of a folder whose names are ids, sorted.
fn files(dir: &Path) -> Result<Vec<PathBuf>, Failure> {
    let unreadable = |error: std::io::Error| {
        Failure::data(dir.display().to_string(), format!("cannot be read: {error}"), "check the rights on it")
    };
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(unreadable)?.path();
        let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        if path.extension().is_some_and(|e| e == "json") && is_id(&stem) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn read<T>(
    path: &Path,
    take: impl FnOnce(&mut Reader<'_>, &mut Vec<Fault>) -> Option<T>,
) -> Result<T, Failure> {
    let name = path.display().to_string();
    let damaged =
        |message: String| Failure::data(name.clone(), message, "restore the file from a copy, or remove it");
    let length = fs::metadata(path).map_err(|e| damaged(format!("cannot be read: {e}")))?.len();
    if length > FILE_BYTES_MAX {
        return Err(damaged(format!("a file of {length} bytes")));
    }
    let text = fs::read_to_string(path).map_err(|e| damaged(format!("cannot be read: {e}")))?;
    let source = Source::new(&name, text);
    let mut faults = Vec::new();
    let found = source.json(&mut faults).and_then(|root: Node| {
        let mut reader = Reader::new(&source, "", &root, &mut faults)?;
        let found = take(&mut reader, &mut faults);
        reader.finish(&mut faults);
        found
    });
    match (found, faults.first()) {
        (Some(found), None) => Ok(found),
        (_, fault) => Err(damaged(fault.map_or_else(|| "it is not whole".to_owned(), ToString::to_string))),
    }
}

fn kept_request(root: &mut Reader<'_>, names: &Names<'_>, faults: &mut Vec<Fault>) -> Option<KeptRequest> {
    let request = request(root.tables("request", faults).into_iter().next()?, names, false, faults)?;
    let added = added(root, faults);
    let mut log = root.tables("log", faults).into_iter().next()?;
    let procedure = log.required("procedure", faults)?.to_owned();
    let opened: Day = log.parsed("opened", faults)?;
    let mut steps = Vec::new();
    for mut step in log.tables("steps", faults) {
        let mut details = BTreeMap::new();
        for mut table in step.tables("details", faults) {
            for (key, _, node) in table.all() {
                if let comity_pack::source::NodeKind::Text(text) = &node.kind {
                    details.insert(key.clone(), text.clone());
                }
            }
        }
        steps.push(Step {
            transition: step.required("step", faults)?.to_owned(),
            on: step.parsed("on", faults)?,
            actor: step.required("actor", faults)?.to_owned(),
            reason: step.required("reason", faults)?.to_owned(),
            details,
            recorded: step.required("recorded", faults)?.to_owned(),
        });
        step.finish(faults);
    }
    log.finish(faults);
    let course = Course { request: request.id.clone(), procedure, opened, steps };
    Some(KeptRequest { request, course, added })
}

fn kept_offer(root: &mut Reader<'_>, names: &Names<'_>, faults: &mut Vec<Fault>) -> Option<KeptOffer> {
    let offer = offer(root.tables("offer", faults).into_iter().next()?, names, faults)?;
    Some(KeptOffer { offer, added: added(root, faults) })
}

fn added(root: &mut Reader<'_>, faults: &mut Vec<Fault>) -> Added {
    let mut added = Added::default();
    for mut table in root.tables("added", faults) {
        added = Added {
            actor: table.required("actor", faults).unwrap_or_default().to_owned(),
            reason: table.required("reason", faults).unwrap_or_default().to_owned(),
            recorded: table.required("recorded", faults).unwrap_or_default().to_owned(),
        };
        table.finish(faults);
    }
    added
}

fn added_json(added: &Added) -> Value {
    json!({ "actor": added.actor, "reason": added.reason, "recorded": added.recorded })
}

fn request_file(kept: &KeptRequest) -> Value {
    json!({
        "request": request_json(&kept.request),
        "added": added_json(&kept.added),
        "log": {
            "procedure": kept.course.procedure,
            "opened": kept.course.opened.to_string(),
            "steps": kept.course.steps.iter().map(step_json).collect::<Vec<_>>(),
        },
    })
}

/// A step as it is kept and shown.
pub fn step_json(step: &Step) -> Value {
    json!({
        "step": step.transition,
        "on": step.on.to_string(),
        "actor": step.actor,
        "reason": step.reason,
        "details": step.details,
        "recorded": step.recorded,
    })
}

/// A request as it is kept and shown: the keys of the file that a user writes.
pub fn request_json(request: &Request) -> Value {
    json!({
        "id": request.id,
        "requester": request.requester.to_string(),
        "date": request.date.to_string(),
        "topics": request.topics,
        "fields": request.fields,
        "kinds": request.kinds,
        "languages": request.languages,
        "region": request.region,
        "weapons": request.weapons,
        "contact": request.contact,
        "done_when": request.done_when,
        "summary": request.summary,
        "old": request.is_old,
        "evidence": request.evidence,
        "source": request.source,
    })
}

/// An offer as it is kept and shown.
pub fn offer_json(offer: &Offer) -> Value {
    json!({
        "id": offer.id,
        "provider": offer.provider.to_string(),
        "topics": offer.topics,
        "kinds": offer.kinds,
        "languages": offer.languages,
        "regions": offer.regions,
        "weapons": offer.weapons,
        "from": offer.period.from.map(|d| d.to_string()),
        "to": offer.period.to.map(|d| d.to_string()),
        "conditions": offer.conditions,
        "contact": offer.contact,
        "evidence": offer.evidence,
        "source": offer.source,
    })
}

/// The time by the clock of this computer (UTC), to the second.
pub fn now() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
    let day = i32::try_from(seconds / 86_400).ok().and_then(Day::from_number).unwrap_or_default();
    let left = seconds % 86_400;
    format!("{day}T{:02}:{:02}:{:02}Z", left / 3600, left / 60 % 60, left % 60)
}
