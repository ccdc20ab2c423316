//! Taking an edition in: kept, read, judged, shelved.

use std::io::Read;

use comity_model::Day;
use comity_model::edition::EditionBuilder;
use comity_model::list_source::ListSource;
use comity_model::listing::{DateFrom, EditionMeta, ListId, Listing, Precision};
use sha2::{Digest, Sha256};

use crate::error::{Notice, Refusal, RegisterError};
use crate::formats::{self, Context, SourceInput};
use crate::import::OWN;
use crate::progress::Progress;
use crate::shelf::{HELD, Kept, Shelf, Staging, digest_of_set, index_is_whole, inputs, totals, write_synced};
use crate::store::{Account, Attempt, PARTIES, Shelved, Totals, hex};
use crate::update::{Given, Offer, UpdateOptions, UpdateResult, UpdateWord};

/// The date of an edition whose files have none inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OuterDate {
    pub(crate) date: Day,
    pub(crate) precision: Precision,
    pub(crate) from: DateFrom,
}

/// Source files that have come, in the order of the format.
pub(crate) struct Arrival<'a> {
    pub(crate) offer: &'a Offer<'a>,
    /// The format, by the name of its reader.
    pub(crate) format: &'a str,
    pub(crate) files: Vec<(String, Box<dyn Read + 'a>)>,
    /// Where they came from.
    pub(crate) origin: String,
    pub(crate) outer: OuterDate,
}

/// An edition that was kept and read, and waits to be judged.
pub(crate) struct Prepared<'a> {
    source: &'a ListSource,
    meta: EditionMeta,
    staging: Staging,
    index_digest: String,
    files: Vec<String>,
    key: &'a str,
    notices: Vec<Notice>,
    notices_total: u64,
    totals: Totals,
}

impl Prepared<'_> {
    /// The edition's date.
    pub(crate) fn date(&self) -> Day {
        self.meta.date
    }
}

/// What became of an arrival: the editions that wait to be judged, results known at once, and the digest of the source.
#[derive(Default)]
pub(crate) struct Intake<'a> {
    pub(crate) prepared: Vec<Prepared<'a>>,
    pub(crate) results: Vec<UpdateResult>,
    pub(crate) digest: String,
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
) -> Result<Intake<'a>, RegisterError> {
    let Arrival { offer, format, files, origin, outer } = arrival;
    let mut intake = Intake::default();
    let mut wanted = Vec::new();
    for given in &offer.gives {
        if !(given.fallback && has_own_edition(shelf, given.source)?) {
            wanted.push(*given);
        }
    }
    let Some(first) = wanted.first() else { return Ok(intake) };
    let staging = shelf.stage(&first.source.id)?;
    let mut digests = Vec::new();
    for (index, (name, input)) in files.into_iter().enumerate() {
        match staging.keep(index, &name, input, |n| progress.advance(n))? {
            Kept::Digest(digest) => digests.push((name, digest)),
            Kept::TooLarge => {
                let message = format!(
                    "{name}: more than {} MB; a list of this size is not known, fetch it again from its publisher",
                    crate::input::FILE_LIMIT >> 20
                );
                intake.results = refused(shelf, &wanted, "", &origin, &message, options)?;
                return Ok(intake);
            }
            Kept::Unreadable(error) => {
                let message =
                    format!("{name}: it cannot be read ({error}); see that the file is there and whole");
                intake.results.push(UpdateResult::new(offer.id, UpdateWord::Failed, message));
                return Ok(intake);
            }
        }
    }
    let digest = digest_of_set(&digests);
    let text = hex(&digest);
    intake.digest.clone_from(&text);
    let names: Vec<String> = digests.into_iter().map(|(name, _)| name).collect();
    let mut open = Vec::new();
    for given in wanted {
        let account = shelf.account(&given.source.id)?;
        match account.known(&text, outer.date) {
            Some(known) => {
                intake.results.push(unchanged(shelf, known, outer.from == DateFrom::Fetch, options)?);
            }
            None => open.push(given),
        }
    }
    if open.is_empty() {
        return Ok(intake);
    }
    let (builders, reading) = match build(format, offer, &open, staging.inputs(&names)?, options) {
        Ok(built) => built,
        Err(refusal) => {
            intake.results.extend(refused(shelf, &open, &text, &origin, &refusal.to_string(), options)?);
            return Ok(intake);
        }
    };
    if builders.iter().all(|b| b.builder.is_empty()) && intake.results.is_empty() {
        let mut given = false;
        for list in &open {
            given |= given_before(shelf, offer, list, None)?;
        }
        if !offer.whole && !given {
            for given in open {
                let message = format!("{origin}: {} holds no entry of it", offer.id);
                intake.results.push(UpdateResult::new(&given.source.id, UpdateWord::NotRead, message));
            }
            return Ok(intake);
        }
        let message = format!("no entry of any of its lists; fetch {} again from its publisher", offer.id);
        intake.results.extend(refused(shelf, &open, &text, &origin, &message, options)?);
        return Ok(intake);
    }
    let inside =
        reading.date.map(|date| OuterDate { date, precision: Precision::Day, from: DateFrom::Inside });
    // A folder that is dated to the month or year only stands for its first day; an entry of a later day of it shows that the edition is not so old.
    let newer = |date: Day| match outer.precision {
        _ if outer.from == DateFrom::Fetch => true,
        Precision::Day => false,
        Precision::Month => {
            date > outer.date && (date.year(), date.month()) == (outer.date.year(), outer.date.month())
        }
        Precision::Year => date > outer.date && date.year() == outer.date.year(),
    };
    let newest = reading.newest_entry.filter(|date| newer(*date)).map(|date| OuterDate {
        date,
        precision: Precision::Day,
        from: DateFrom::NewestEntry,
    });
    let dated = inside.or(newest).unwrap_or(outer);
    let (mut notices, mut notices_total) = (reading.notices, reading.notices_total);
    for (given, Counted { builder, mut totals }) in open.into_iter().zip(builders) {
        let list = &given.source.id;
        if builder.is_empty() {
            // A bundle without entries of a list that it never gave says nothing; of one that it gave up to this day, it is a fall to nothing.
            if given_before(shelf, offer, &given, Some(dated.date))? {
                let message = format!(
                    "{} holds no entry of it any more; see whether its publisher has ended the list",
                    offer.id
                );
                intake.results.extend(refused(shelf, &[given], &text, &origin, &message, options)?);
            }
            continue;
        }
        totals.rows = reading.rows.get(list).copied();
        let meta = EditionMeta {
            list: list.clone(),
            date: dated.date,
            precision: dated.precision,
            date_from: dated.from,
            digest: text.clone(),
            entries: u32::try_from(builder.len()).unwrap_or(u32::MAX),
            fetched: options.today,
            source: origin.clone(),
            format: format.to_owned(),
            accepted: None,
            reduced: reading.reduced.clone(),
        };
        let bytes = builder
            .finish(meta.clone(), digest, comity_names::VERSION)
            .map_err(|fault| crate::store::edition_fault(&meta, fault))?;
        let own = shelf.stage(list)?;
        own.share(&staging, &names)?;
        own.write_index(&bytes)?;
        intake.prepared.push(Prepared {
            source: given.source,
            meta,
            staging: own,
            index_digest: hex(&Sha256::digest(&bytes)),
            files: names.clone(),
            key: given.key,
            notices: std::mem::take(&mut notices),
            notices_total: std::mem::take(&mut notices_total),
            totals,
        });
    }
    Ok(intake)
}

/// Whether the register has an edition that was read in one of the list's own forms.
fn has_own_edition(shelf: &Shelf, source: &ListSource) -> Result<bool, RegisterError> {
    let own = |format: &str| source.forms.iter().any(|f| f.format == format);
    Ok(shelf.account(&source.id)?.editions.iter().any(|e| own(&e.meta.format)))
}

/// Whether an edition of a list, dated on or before a day, came of this publication.
fn given_before(
    shelf: &Shelf,
    offer: &Offer<'_>,
    given: &Given<'_>,
    day: Option<Day>,
) -> Result<bool, RegisterError> {
    let of_offer = |format: &str| offer.forms.iter().any(|f| f.format == format);
    Ok(shelf
        .account(&given.source.id)?
        .editions
        .iter()
        .any(|e| e.key == given.key && of_offer(&e.meta.format) && day.is_none_or(|day| e.meta.date <= day)))
}

/// The builder of a list, and what went into it.
#[derive(Default)]
struct Counted {
    builder: EditionBuilder,
    totals: Totals,
}

/// Reads the files into one builder a list.
fn build(
    format: &str,
    offer: &Offer<'_>,
    wanted: &[Given<'_>],
    inputs: Vec<SourceInput<'_>>,
    options: &UpdateOptions<'_>,
) -> Result<(Vec<Counted>, formats::Reading), Refusal> {
    let mut builders: Vec<Counted> = wanted.iter().map(|_| Counted::default()).collect();
    let bundle: Vec<(&str, &ListId)> = wanted.iter().map(|g| (g.key, &g.source.id)).collect();
    let bundle = if offer.single() { &[][..] } else { &bundle };
    let context = Context { list: offer.id, bundle, today: options.today, state_of: options.state_of };
    let mut sink = |listing: Listing| {
        let refusal = |finding: String| {
            Refusal::new(&listing.id.list.to_string(), 0, finding, "fetch the file again from its publisher")
        };
        let at = wanted.iter().position(|g| g.source.id == listing.id.list);
        let Some(Counted { builder, totals }) = at.and_then(|at| builders.get_mut(at)) else {
            return Err(refusal("an entry of a list that was not asked for".to_owned()));
        };
        totals.count(&listing);
        builder.add(&listing, comity_names::fold).map_err(|fault| refusal(fault.to_string()))
    };
    let reading = formats::read(format, inputs, context, &mut sink)?;
    Ok((builders, reading))
}

/// Judges a prepared edition by its date and size, and shelves it.
pub(crate) fn decide(
    shelf: &Shelf,
    prepared: Prepared<'_>,
    route: Route,
    options: &UpdateOptions<'_>,
) -> Result<UpdateResult, RegisterError> {
    let Prepared {
        source,
        mut meta,
        staging,
        index_digest,
        files,
        key,
        notices,
        notices_total,
        totals: counted,
    } = prepared;
    let key = key.to_owned();
    let list = meta.list.clone();
    let accepted = options.accept.filter(|a| a.list == list);
    shelf.change(&list, |account| {
        if let Some(known) = account.known(&meta.digest, meta.date) {
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
        let before = account.editions.iter().rev().find(|e| e.meta.date <= meta.date);
        let shrunk = before.and_then(|before| {
            let held = totals(&shelf.folder(&list).join(&before.folder), before);
            let fallen = fallen(before, held, &meta, counted, source.shrink_limit_percent);
            fallen.map(|fallen| (before.meta.date, fallen))
        });
        if let (Some((before, fallen)), None) = (&shrunk, accepted) {
            result.result = UpdateWord::HeldBack;
            result.message = format!(
                "{} {word}, {} in the edition of {before} before it: a fall of more than {} %. Has the publisher removed so many, or is the file cut short? \
                 To take it: `--accept {list} --reason TEXT`",
                fallen.after, fallen.before, source.shrink_limit_percent, word = fallen.word
            );
            let folder = format!("{HELD}/{}", folder_of(&meta));
            let held = Shelved {
                meta,
                folder,
                index_digest,
                files,
                key,
                notices: notices_total,
                totals: Some(counted),
            };
            account.record(&result, &held.meta, options.today);
            if !account.held.iter().any(|h| h.meta.digest == held.meta.digest) {
                shelf.place(staging, &list, &held.folder)?;
                account.held.push(held);
            }
            return Ok(result);
        }
        meta.accepted = shrunk.as_ref().and(accepted).map(|a| a.reason.clone());
        result.message = added_message(&meta, notices_total, counted.rows);
        let folder = folder_of(&meta);
        shelf.place(staging, &list, &folder)?;
        account.enter(Shelved {
            meta,
            folder,
            index_digest,
            files,
            key,
            notices: notices_total,
            totals: Some(counted),
        });
        if route == Route::Fetch {
            account.confirmed = Some(options.today);
        }
        Ok(result)
    })
}

fn added_message(meta: &EditionMeta, notices: u64, rows: Option<u64>) -> String {
    let dated = match meta.date_from {
        DateFrom::Inside => "dated by its publisher",
        DateFrom::Folder if meta.precision == Precision::Day => "dated by its folder",
        DateFrom::Folder => "dated by its folder, to the month or year only",
        DateFrom::NewestEntry => "no date inside, dated by its newest entry",
        DateFrom::Fetch if meta.list.publisher() == OWN => "dated by the day of the import",
        DateFrom::Fetch => "no date inside, dated by the day of the fetch",
        DateFrom::User => "dated by the user",
    };
    let notices = match notices {
        0 => String::new(),
        n => format!("; {n} suspicious values, kept as they stand"),
    };
    let rows = match rows {
        Some(rows) if rows != u64::from(meta.entries) => format!("; {} entries of {rows} rows", meta.entries),
        _ => String::new(),
    };
    let reduced = meta.reduced.as_ref().map_or(String::new(), |what| format!("; reduced: {what}"));
    format!("from {}, {dated}{rows}{notices}{reduced}", meta.source)
}

/// Whether so many entries are gone that a user must decide.
fn shrinks(before: u64, after: u64, limit_percent: u8) -> bool {
    let lost = before.saturating_sub(after);
    lost.saturating_mul(100) > before.saturating_mul(limit_percent.into())
}

/// What fell from one edition to the next.
struct Fallen {
    word: &'static str,
    before: u64,
    after: u64,
}

/// The first of entries, names and addresses that fell beyond the limit. Forms of one list do not all hold addresses: they are compared within a form only.
fn fallen(
    before: &Shelved,
    held: Option<Totals>,
    meta: &EditionMeta,
    counted: Totals,
    limit_percent: u8,
) -> Option<Fallen> {
    let mut pairs = vec![("entries", before.meta.entries.into(), meta.entries.into())];
    if let Some(held) = held {
        pairs.push(("names", held.names, counted.names));
        if before.meta.format == meta.format {
            pairs.push(("addresses", held.addresses, counted.addresses));
        }
    }
    let fell = |(_, before, after): &(_, u64, u64)| shrinks(*before, *after, limit_percent);
    pairs.into_iter().find(fell).map(|(word, before, after)| Fallen { word, before, after })
}

/// The folder of an edition: its date and the first digits of its digest.
fn folder_of(meta: &EditionMeta) -> String {
    format!("{}-{}", meta.date, meta.digest.get(..12).unwrap_or(&meta.digest))
}

impl Account {
    /// The edition with this digest, if it is there already. A list of the user's own may come back to what it was: there only the edition that answers on the
    /// day counts.
    fn known(&self, digest: &str, day: Day) -> Option<&Shelved> {
        if self.list.publisher() == OWN {
            return self
                .editions
                .iter()
                .rev()
                .find(|e| e.meta.date <= day)
                .filter(|e| e.meta.digest == digest);
        }
        self.editions.iter().find(|e| e.meta.digest == digest)
    }

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

/// A refusal, recorded with each list that it concerns.
fn refused(
    shelf: &Shelf,
    lists: &[Given<'_>],
    digest: &str,
    origin: &str,
    message: &str,
    options: &UpdateOptions<'_>,
) -> Result<Vec<UpdateResult>, RegisterError> {
    let mut results = Vec::new();
    for list in lists.iter().map(|g| &g.source.id) {
        let result = shelf.change(list, |account| {
            let kept = account.editions.last().map(|e| e.meta.date);
            let message = match kept {
                Some(date) => format!("{message}. The edition of {date} stays in use"),
                None => message.to_owned(),
            };
            let result = UpdateResult::new(list, UpdateWord::Refused, message.clone());
            account.note(Attempt {
                day: options.today,
                result: UpdateWord::Refused,
                edition: None,
                digest: digest.to_owned(),
                source: origin.to_owned(),
                message,
            });
            Ok(result)
        })?;
        results.push(result);
    }
    Ok(results)
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
            let mut result = UpdateResult::new(list, UpdateWord::Added, {
                let rows = shelved.totals.and_then(|t| t.rows);
                added_message(&shelved.meta, shelved.notices, rows)
            });
            (result.edition, result.entries) = (Some(shelved.meta.date), Some(shelved.meta.entries));
            account.open = None;
            account.enter(shelved);
            results.push(result);
        }
        Ok(results)
    })
}

/// Makes indexes anew that another version wrote, or that are gone or damaged, from the kept sources. Returns those that could not be made.
pub(crate) fn refresh(
    shelf: &Shelf,
    options: &UpdateOptions<'_>,
    progress: &mut dyn Progress,
) -> Result<Vec<UpdateResult>, RegisterError> {
    let mut failed = Vec::new();
    for list in shelf.lists()? {
        for shelved in shelf.account(&list)?.editions {
            let folder = shelf.folder(&list).join(&shelved.folder);
            if index_is_whole(&folder, &shelved) {
                continue;
            }
            progress.note(list.as_str(), &format!("making the index of {} anew", shelved.meta.date));
            let built = match inputs(&folder, &shelved.files) {
                Ok(inputs) => rebuild(&shelved, inputs, options).map_err(|refusal| refusal.to_string()),
                Err(error) => Err(error.to_string()),
            };
            let (builder, counted) = match built {
                Ok(built) => built,
                Err(fault) => {
                    let message = format!("the index cannot be made anew from the kept source: {fault}");
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
                    edition.totals = Some(counted);
                }
                Ok(())
            })?;
        }
    }
    Ok(failed)
}

/// Reads the kept source of an edition again.
fn rebuild(
    shelved: &Shelved,
    inputs: Vec<SourceInput<'_>>,
    options: &UpdateOptions<'_>,
) -> Result<(EditionBuilder, Totals), Refusal> {
    let list = &shelved.meta.list;
    let mut builder = EditionBuilder::new();
    let mut totals = Totals::default();
    let bundle = [(shelved.key.as_str(), list)];
    let bundle = if shelved.key.is_empty() { &[][..] } else { &bundle };
    let context = Context { list, bundle, today: shelved.meta.fetched, state_of: options.state_of };
    let mut sink = |listing: Listing| {
        totals.count(&listing);
        builder.add(&listing, comity_names::fold).map_err(|fault| {
            Refusal::new(list.as_str(), 0, fault.to_string(), "fetch the file again from its publisher")
        })
    };
    let reading = formats::read(&shelved.meta.format, inputs, context, &mut sink)?;
    totals.rows = reading.rows.get(list).copied();
    Ok((builder, totals))
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
