//! `comity register export`: the editions that answer on a day, as entities of FollowTheMoney (JSON lines) or as a flat table (CSV).

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use comity_engine::link::{Linked, Origin};
use comity_engine::screen::Shelf;
use comity_model::Day;
use comity_model::edition::EditionFault;
use comity_model::lawbook::Lawbook;
use comity_model::listing::{EditionMeta, ListId, Listing, same_party_key};
use comity_model::mandate::AgreedInSet;
use comity_register::Register;

use crate::cli::{ExportFormat, Global, Output};
use crate::fail::Failure;
use crate::{ftm, world};

pub fn run(
    global: &Global,
    book: &Lawbook,
    register: &Register,
    lists: &[String],
    format: ExportFormat,
    out: Option<&Path>,
) -> Result<Output, Failure> {
    let day = global.as_of.unwrap_or_else(world::today);
    let chosen = chosen(register, lists)?;
    match out {
        Some(path) => {
            let failed = |e: io::Error| {
                Failure::input(
                    "--out",
                    format!("{} cannot be written: {e}", path.display()),
                    "",
                    "name another file",
                )
            };
            let mut file = BufWriter::new(File::create(path).map_err(failed)?);
            let written = write(book, register, &chosen, day, format, &mut file)?;
            file.flush().map_err(failed)?;
            Ok(Output::text(format!("{written} listings written to {}\n", path.display())))
        }
        None => {
            let mut pipe = Pipe { out: BufWriter::new(io::stdout().lock()), closed: false };
            let written = write(book, register, &chosen, day, format, &mut pipe);
            let flushed = pipe.flush();
            // Whoever reads has seen enough: that is an end like any other.
            if !pipe.closed {
                written?;
                flushed.map_err(|e| closed(e.into()))?;
            }
            Ok(Output::default())
        }
    }
}

/// An output that remembers whether its reader has gone.
struct Pipe<W: Write> {
    out: W,
    closed: bool,
}

impl<W: Write> Pipe<W> {
    fn heard<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        self.closed |= result.as_ref().is_err_and(|e| e.kind() == io::ErrorKind::BrokenPipe);
        result
    }
}

impl<W: Write> Write for Pipe<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let result = self.out.write(bytes);
        self.heard(result)
    }

    fn flush(&mut self) -> io::Result<()> {
        let result = self.out.flush();
        self.heard(result)
    }
}

/// The lists asked for by id; all if none is named.
fn chosen(register: &Register, lists: &[String]) -> Result<Vec<ListId>, Failure> {
    let there: Vec<ListId> = register.lists().cloned().collect();
    if lists.is_empty() {
        return Ok(there);
    }
    let mut chosen = Vec::new();
    for asked in lists {
        let known = there.iter().find(|l| l.as_str() == asked).ok_or_else(|| {
            let known: Vec<_> = there.iter().map(ListId::as_str).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            Failure::input(
                "LIST",
                format!("no list `{asked}` is on this machine"),
                format!("one of: {known}"),
                "",
            )
        })?;
        chosen.push(known.clone());
    }
    Ok(chosen)
}

fn write(
    book: &Lawbook,
    register: &Register,
    lists: &[ListId],
    day: Day,
    format: ExportFormat,
    out: &mut dyn Write,
) -> Result<usize, Failure> {
    match format {
        ExportFormat::Csv => {
            let mut rows = csv::Writer::from_writer(out);
            rows.write_record(ftm::COLUMNS).map_err(closed)?;
            let written = each(register, lists, day, &mut |listing, first, last| {
                rows.write_record(ftm::row(listing, first, last)).map_err(closed)
            })?;
            rows.flush().map_err(|e| closed(e.into()))?;
            Ok(written)
        }
        ExportFormat::Ftm => {
            let editions = world::Editions::open(register, book, day)?;
            let shelf = editions.shelf()?;
            each(register, lists, day, &mut |listing, first, last| {
                let source = book.basics().sources.list(listing.id.list.as_str());
                let told = told(book, &shelf, listing, day).map_err(damaged(&listing.id.list))?;
                for entity in ftm::entities(listing, source, &told, first, last) {
                    writeln!(out, "{entity}").map_err(|e| closed(e.into()))?;
                }
                Ok(())
            })
        }
    }
}

/// What the origin of its list and the lawbook tell of a listing. A reference that its names contradict, or that names nothing, gives no referent.
fn told(book: &Lawbook, shelf: &Shelf<'_>, listing: &Listing, day: Day) -> Result<ftm::Told, EditionFault> {
    let mut told = ftm::Told::default();
    let list = listing.id.list.as_str();
    if let Some(origin) = Origin::of(book, list, shelf, day).filter(|_| !listing.references.is_empty())
        && let Linked::To(link) = origin.find(listing, &AgreedInSet::new())?
        && link.is_sure()
    {
        told.referents.push(link.origin.id.to_string());
    }
    if let Some(edition) = shelf.covering().find(|e| e.meta.list == listing.id.list) {
        for programme in &listing.programmes {
            let alone = Listing { programmes: vec![programme.clone()], ..listing.clone() };
            let measures = edition.measures(book, &alone, day)?;
            told.statuses.push(measures.first().map(|m| m.status.clone()));
        }
    }
    Ok(told)
}

/// Takes a listing with the oldest and the newest edition that hold it.
type Take<'a> = &'a mut dyn FnMut(&Listing, &EditionMeta, &EditionMeta) -> Result<(), Failure>;

/// Gives every listing of the editions that answer on a day; returns how many there were.
fn each(register: &Register, lists: &[ListId], day: Day, take: Take<'_>) -> Result<usize, Failure> {
    let mut given = 0;
    for list in lists {
        let Some(last) = register.edition_on(list, day).cloned() else { continue };
        let first = first_seen(register, list, &last)?;
        let edition = register.load(&last)?;
        let damaged = damaged(list);
        let view = edition.view().map_err(&damaged)?;
        for index in view.indexes() {
            let listing = view.listing(index).map_err(&damaged)?;
            let first = first.get(&same_party_key(&listing.id.native)).unwrap_or(&last);
            take(&listing, first, &last)?;
            given += 1;
        }
    }
    Ok(given)
}

fn damaged(list: &ListId) -> impl Fn(EditionFault) -> Failure {
    move |fault| Failure::data(list.to_string(), fault.to_string(), "run `comity register verify`")
}

fn closed(error: csv::Error) -> Failure {
    Failure::data(
        "the export",
        format!("it cannot be written: {error}"),
        "see that there is room, and that the reader stays open",
    )
}

/// The oldest edition that holds each listing without a gap up to the edition given.
fn first_seen(
    register: &Register,
    list: &ListId,
    last: &EditionMeta,
) -> Result<BTreeMap<String, EditionMeta>, Failure> {
    let mut first: BTreeMap<String, EditionMeta> = BTreeMap::new();
    for meta in register.editions(list).filter(|m| m.date <= last.date) {
        let edition = register.load(meta)?;
        let damaged = damaged(list);
        let view = edition.view().map_err(&damaged)?;
        let mut kept = BTreeMap::new();
        for index in view.indexes() {
            let key = same_party_key(view.native_id(index).map_err(&damaged)?);
            let since = first.remove(&key).unwrap_or_else(|| meta.clone());
            kept.insert(key, since);
        }
        first = kept;
    }
    Ok(first)
}
