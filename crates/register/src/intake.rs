//! Taking an edition in: kept, read, judged, shelved.

use std::io::Read;

use comity_model::Day;
use comity_model::edition::EditionBuilder;
use comity_model::listing::{DateFrom, EditionMeta, ListId, ListSource, Precision};
use sha2::{Digest, Sha256};

use crate::error::{Notice, RegisterError};
use crate::formats::{self, Context, SourceInput};
use crate::progress::Progress;
use crate::shelf::{
    HELD, Kept, Shelf, Staging, digest_of_set, index_is_current, reopen, safe_name, write_synced,
};
use crate::store::{Account, Attempt, PARTIES, Shelved, hex};
use crate::update::{UpdateOptions, UpdateResult, UpdateWord};

/// The date of an edition whose files have none inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OuterDate {
    pub(crate) date: Day,
    pub(crate) precision: Precision,
    pub(crate) from: DateFrom,
}

/// Source files that have come, in the order of the format.
pub(crate) struct Arrival<'a> {
    pub(crate) source: &'a ListSource,
    pub(crate) files: Vec<(String, Box<dyn Read + 'a>)>,
    /// Where they came from.
    pub(crate) origin: String,
    pub(crate) outer: OuterDate,
}

/// An edition that was kept and read, and waits to be judged.
pub(crate) struct Prepared<'a> {
    pub(crate) source: &'a ListSource,
    pub(crate) meta: EditionMeta,
    staging: Staging,
    index_digest: String,
    files: Vec<String>,
    notices: Vec<Notice>,
    notices_total: u64,
}

/// How an edition came; what is older than the newest is history when read from a folder, and refused when fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    Folder,
    Fetch,
}

/// Keeps and reads an arrival. An edition already there, or a fault, is a result at once.
pub(crate) fn prepare<'a>(
    shelf: &Shelf,
    arrival: Arrival<'a>,
    options: &UpdateOptions<'_>,
    progress: &mut dyn Progress,
) -> Result<Result<Prepared<'a>, UpdateResult>, RegisterError> {
    let Arrival { source, files, origin, outer } = arrival;
    let list = &source.id;
    let staging = shelf.stage(list)?;
    let mut digests = Vec::new();
    for (name, input) in files {
        let name = safe_name(&name);
        match staging.keep(&name, input, |n| progress.advance(n))? {
            Kept::Digest(digest) => digests.push((name, digest)),
            Kept::TooLarge => {
                let message = format!(
                    "{name}: more than {} MB; a list of this size is not known, fetch it again from its publisher",
                    crate::input::FILE_LIMIT >> 20
                );
                return refused(shelf, source, None, String::new(), origin, message, options).map(Err);
            }
            Kept::Unreadable(error) => {
                let message =
                    format!("{name}: it cannot be read ({error}); see that the file is there and whole");
                return Ok(Err(UpdateResult::new(list, UpdateWord::Failed, message)));
            }
        }
    }
    let digest = digest_of_set(&digests);
    let text = hex(&digest);
    let account = shelf.account(list)?;
    if let Some(known) = account.editions.iter().find(|e| e.meta.digest == text) {
        return unchanged(shelf, known, outer.from == DateFrom::Fetch, options).map(Err);
    }
    let names: Vec<String> = digests.into_iter().map(|(name, _)| name).collect();
    let mut inputs = Vec::new();
    for name in &names {
        inputs.push(SourceInput { name: name.clone(), bytes: Box::new(staging.reopen(name)?) });
    }
    let (builder, reading) = match build(&source.format, list, inputs, options) {
        Ok(built) => built,
        Err(refusal) => {
            let message = refusal.to_string();
            return refused(shelf, source, None, text, origin, message, options).map(Err);
        }
    };
    let inside =
        reading.date.map(|date| OuterDate { date, precision: Precision::Day, from: DateFrom::Inside });
    let dated = inside.unwrap_or(outer);
    let meta = EditionMeta {
        list: list.clone(),
        date: dated.date,
        precision: dated.precision,
        date_from: dated.from,
        digest: text,
        entries: u32::try_from(builder.len()).unwrap_or(u32::MAX),
        fetched: options.today,
        source: origin,
        format: source.format.clone(),
        accepted: None,
    };
    let bytes = builder
        .finish(meta.clone(), digest, comity_names::VERSION)
        .map_err(|fault| crate::store::edition_fault(&meta, fault))?;
    staging.write_index(&bytes)?;
    let index_digest = hex(&Sha256::digest(&bytes));
    let (notices, notices_total) = (reading.notices, reading.notices_total);
    Ok(Ok(Prepared { source, meta, staging, index_digest, files: names, notices, notices_total }))
}

fn build(
    format: &str,
    list: &ListId,
    inputs: Vec<SourceInput<'_>>,
    options: &UpdateOptions<'_>,
) -> Result<(EditionBuilder, formats::Reading), crate::Refusal> {
    let mut builder = EditionBuilder::new();
    let context = Context { list, today: options.today, state_of: options.state_of };
    let mut sink = |listing| {
        builder.add(&listing, comity_names::fold).map_err(|fault| crate::Refusal {
            file: list.to_string(),
            line: 0,
            finding: fault.to_string(),
            remedy: "fetch the file again from its publisher".into(),
        })
    };
    let reading = formats::read(format, inputs, context, &mut sink)?;
    Ok((builder, reading))
}

/// Judges a prepared edition by its date and size, and shelves it.
pub(crate) fn decide(
    shelf: &Shelf,
    prepared: Prepared<'_>,
    route: Route,
    options: &UpdateOptions<'_>,
) -> Result<UpdateResult, RegisterError> {
    let Prepared { source, mut meta, staging, index_digest, files, notices, notices_total } = prepared;
    let list = meta.list.clone();
    let accepted = options.accept.filter(|a| a.list == list);
    shelf.change(&list, |account| {
        if let Some(known) = account.editions.iter().find(|e| e.meta.digest == meta.digest) {
            let mut result = UpdateResult::new(&list, UpdateWord::Unchanged, "already there");
            (result.edition, result.entries) = (Some(known.meta.date), Some(known.meta.entries));
            return Ok(result);
        }
        let mut result = UpdateResult::new(&list, UpdateWord::Added, String::new());
        (result.edition, result.entries, result.notices) = (Some(meta.date), Some(meta.entries), notices);
        if let Some(newest) = account.editions.last().filter(|n| route == Route::Fetch && n.meta.date > meta.date) {
            result.result = UpdateWord::Refused;
            result.message = format!(
                "the publisher's date {} is older than the newest edition on disk ({}); to store it as history, read it with `--from DIR`",
                meta.date, newest.meta.date
            );
            account.record(&result, &meta, options.today);
            return Ok(result);
        }
        let before = account.editions.iter().rev().find(|e| e.meta.date <= meta.date).map(|e| &e.meta);
        let shrunk = before.filter(|b| shrinks(b.entries, meta.entries, source.shrink_limit_percent));
        if let (Some(before), None) = (shrunk, accepted) {
            result.result = UpdateWord::HeldBack;
            result.message = format!(
                "{} entries, {} in the edition of {} before it: a fall of more than {} %. Has the publisher removed so many, or is the file cut short? \
                 To take it: `--accept {list} --reason TEXT`",
                meta.entries, before.entries, before.date, source.shrink_limit_percent
            );
            let folder = format!("{HELD}/{}", folder_of(&meta));
            let held = Shelved { meta, folder, index_digest, files, notices: notices_total };
            account.record(&result, &held.meta, options.today);
            if !account.held.iter().any(|h| h.meta.digest == held.meta.digest) {
                shelf.place(staging, &list, &held.folder)?;
                account.held.push(held);
            }
            return Ok(result);
        }
        meta.accepted = shrunk.and(accepted).map(|a| a.reason.clone());
        result.message = added_message(&meta, notices_total);
        let folder = folder_of(&meta);
        shelf.place(staging, &list, &folder)?;
        account.enter(Shelved { meta, folder, index_digest, files, notices: notices_total });
        if route == Route::Fetch {
            account.confirmed = Some(options.today);
        }
        Ok(result)
    })
}

fn added_message(meta: &EditionMeta, notices: u64) -> String {
    let dated = match meta.date_from {
        DateFrom::Inside => "dated by its publisher",
        DateFrom::Folder if meta.precision == Precision::Day => "dated by its folder",
        DateFrom::Folder => "dated by its folder, to the month or year only",
        DateFrom::Fetch => "no date inside, dated by the day of the fetch",
    };
    let notices = match notices {
        0 => String::new(),
        n => format!("; {n} suspicious values, kept as they stand"),
    };
    format!("from {}, {dated}{notices}", meta.source)
}

/// Whether so many entries are gone that a user must decide.
fn shrinks(before: u32, after: u32, limit_percent: u8) -> bool {
    let lost = u64::from(before.saturating_sub(after));
    lost * 100 > u64::from(before) * u64::from(limit_percent)
}

/// The folder of an edition: its date and the first digits of its digest.
fn folder_of(meta: &EditionMeta) -> String {
    format!("{}-{}", meta.date, meta.digest.get(..12).unwrap_or(&meta.digest))
}

impl Account {
    /// Enters an edition at its place by date.
    fn enter(&mut self, shelved: Shelved) {
        let at = self.editions.partition_point(|e| e.meta.date <= shelved.meta.date);
        let newest = at == self.editions.len();
        self.editions.insert(at, shelved);
        if newest {
            self.open = None;
        }
    }

    /// Records an attempt that was not taken.
    fn record(&mut self, result: &UpdateResult, meta: &EditionMeta, day: Day) {
        let attempt = Attempt {
            day,
            result: result.result,
            edition: result.edition,
            digest: meta.digest.clone(),
            source: meta.source.clone(),
            message: result.message.clone(),
        };
        self.note(attempt);
    }

    fn note(&mut self, attempt: Attempt) {
        const KEPT: usize = 50;
        self.attempts.retain(|a| *a != attempt);
        self.attempts.push(attempt.clone());
        let over = self.attempts.len().saturating_sub(KEPT);
        self.attempts.drain(..over);
        self.open = Some(attempt);
    }
}

/// A refusal, recorded.
fn refused(
    shelf: &Shelf,
    source: &ListSource,
    edition: Option<Day>,
    digest: String,
    origin: String,
    message: String,
    options: &UpdateOptions<'_>,
) -> Result<UpdateResult, RegisterError> {
    shelf.change(&source.id, |account| {
        let kept = account.editions.last().map(|e| e.meta.date);
        let message = match kept {
            Some(date) => format!("{message}. The edition of {date} stays in use"),
            None => message,
        };
        let mut result = UpdateResult::new(&source.id, UpdateWord::Refused, message.clone());
        result.edition = edition;
        account.note(Attempt {
            day: options.today,
            result: UpdateWord::Refused,
            edition,
            digest,
            source: origin,
            message,
        });
        Ok(result)
    })
}

/// An edition that is there already; if it was fetched and is the newest, it is confirmed.
fn unchanged(
    shelf: &Shelf,
    known: &Shelved,
    fetched: bool,
    options: &UpdateOptions<'_>,
) -> Result<UpdateResult, RegisterError> {
    confirm(shelf, &known.meta.list, &known.meta.digest, fetched, options)?;
    let mut result = UpdateResult::new(&known.meta.list, UpdateWord::Unchanged, "already there");
    (result.edition, result.entries) = (Some(known.meta.date), Some(known.meta.entries));
    Ok(result)
}

/// Notes that the publisher showed this edition today, if it is the newest.
pub(crate) fn confirm(
    shelf: &Shelf,
    list: &ListId,
    digest: &str,
    fetched: bool,
    options: &UpdateOptions<'_>,
) -> Result<(), RegisterError> {
    shelf.change(list, |account| {
        if account.editions.last().is_some_and(|e| e.meta.digest == digest) {
            account.open = None;
            if fetched {
                account.confirmed = Some(options.today);
            }
        }
        Ok(())
    })
}

/// Takes the editions of a list that were held back, oldest first.
pub(crate) fn release(
    shelf: &Shelf,
    options: &UpdateOptions<'_>,
) -> Result<Vec<UpdateResult>, RegisterError> {
    let Some(accept) = options.accept else { return Ok(Vec::new()) };
    let list = &accept.list;
    if shelf.account(list)?.held.is_empty() {
        return Ok(Vec::new());
    }
    shelf.change(list, |account| {
        let mut results = Vec::new();
        let mut held = std::mem::take(&mut account.held);
        held.sort_by_key(|h| h.meta.date);
        for mut shelved in held {
            let folder = folder_of(&shelved.meta);
            shelf.release(list, &shelved.folder, &folder)?;
            shelved.folder = folder;
            shelved.meta.accepted = Some(accept.reason.clone());
            let mut result =
                UpdateResult::new(list, UpdateWord::Added, added_message(&shelved.meta, shelved.notices));
            (result.edition, result.entries) = (Some(shelved.meta.date), Some(shelved.meta.entries));
            account.open = None;
            account.enter(shelved);
            results.push(result);
        }
        Ok(results)
    })
}

/// Makes indexes anew that another version wrote, or that are gone, from the kept sources. Returns those that could not be made.
pub(crate) fn refresh(
    shelf: &Shelf,
    options: &UpdateOptions<'_>,
    progress: &mut dyn Progress,
) -> Result<Vec<UpdateResult>, RegisterError> {
    let mut failed = Vec::new();
    for list in shelf.lists()? {
        for shelved in shelf.account(&list)?.editions {
            let folder = shelf.folder(&list).join(&shelved.folder);
            if index_is_current(&folder) {
                continue;
            }
            progress.note(list.as_str(), &format!("making the index of {} anew", shelved.meta.date));
            let mut inputs = Vec::new();
            for name in &shelved.files {
                inputs.push(SourceInput { name: name.clone(), bytes: Box::new(reopen(&folder, name)?) });
            }
            let builder = match build(&shelved.meta.format, &list, inputs, options) {
                Ok((builder, _)) => builder,
                Err(refusal) => {
                    let message = format!("the index cannot be made anew from the kept source: {refusal}");
                    let mut result = UpdateResult::new(&list, UpdateWord::Failed, message);
                    result.edition = Some(shelved.meta.date);
                    failed.push(result);
                    continue;
                }
            };
            let digest = digest_bytes(&shelved.meta.digest);
            let bytes = builder
                .finish(shelved.meta.clone(), digest, comity_names::VERSION)
                .map_err(|fault| crate::store::edition_fault(&shelved.meta, fault))?;
            let index_digest = hex(&Sha256::digest(&bytes));
            shelf.change(&list, |account| {
                write_synced(&folder.join(PARTIES), &bytes)?;
                for edition in account.editions.iter_mut().filter(|e| e.folder == shelved.folder) {
                    edition.index_digest.clone_from(&index_digest);
                }
                Ok(())
            })?;
        }
    }
    Ok(failed)
}

/// The bytes of a digest in hexadecimal digits.
fn digest_bytes(text: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (slot, at) in bytes.iter_mut().zip((0..).step_by(2)) {
        *slot = text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()).unwrap_or(0);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fall_beyond_the_limit_is_seen_at_the_edge() {
        assert!(!shrinks(100, 70, 30) && shrinks(100, 69, 30));
        assert!(!shrinks(0, 0, 30) && !shrinks(10, 20, 30));
        assert!(shrinks(84, 0, 30));
    }

    #[test]
    fn digests_go_there_and_back() {
        let bytes: [u8; 32] = std::array::from_fn(|i| i as u8 * 7);
        assert_eq!(digest_bytes(&hex(&bytes)), bytes);
    }
}
