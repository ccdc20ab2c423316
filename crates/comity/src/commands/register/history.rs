//! `comity register history ID`: the editions in which a listing stood, and what it ordered then.

use comity_engine::measures::{Seen, measures};
use comity_engine::screen::edition_text;
use comity_model::answer::MeasureAnswer;
use comity_model::lawbook::Lawbook;
use comity_model::listing::{EditionMeta, Listing, ListingId, MeasureStatus};
use comity_register::Register;
use serde_json::{Value, json};

use crate::cli::{Global, Output};
use crate::fail::Failure;
use crate::text::page::{Ink, Page};
use crate::text::parties;
use crate::world;

/// The days between two editions of which one holds the listing, where nothing dates the change: the same as `screen` answers on them.
struct Open {
    /// The last edition before the days.
    after: EditionMeta,
    /// The first edition after them.
    before: EditionMeta,
    measures: Vec<MeasureAnswer>,
}

impl Open {
    /// None if a source dates the change.
    fn of(
        book: &Lawbook,
        after: &EditionMeta,
        before: &EditionMeta,
        listing: &Listing,
        only_later: bool,
    ) -> Option<Self> {
        let changed = Some(only_later);
        let seen = Seen { next: Some(before), changed, ..Seen::of(listing, after) };
        let day = if only_later { before.date.previous() } else { after.date.next() };
        let measures = measures(book, &seen, day);
        let open = |m: &MeasureAnswer| m.status == MeasureStatus::Unconfirmed.word();
        measures.iter().any(open).then(|| Self { after: after.clone(), before: before.clone(), measures })
    }
}

/// A run of editions that hold the listing with the same measures.
struct Interval {
    first: EditionMeta,
    last: EditionMeta,
    listing: Listing,
    measures: Vec<MeasureAnswer>,
    /// The first edition after the run; none: the run reaches to the newest.
    next: Option<EditionMeta>,
}

pub fn run(global: &Global, book: &Lawbook, register: &Register, id: &str) -> Result<Output, Failure> {
    let day = global.as_of.unwrap_or_else(world::today);
    let id: ListingId = id.parse().map_err(|fault| {
        Failure::input("LISTING", format!("{fault}"), "", "take the id from an answer of `screen` or `check`")
    })?;
    let editions: Vec<EditionMeta> = register.editions(&id.list).filter(|m| m.date <= day).cloned().collect();
    if editions.is_empty() {
        let known: Vec<_> = register.lists().map(ToString::to_string).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        return Err(Failure::input(
            "LISTING",
            format!("no edition of `{}` dated on or before {day} is on this machine", id.list),
            format!("one of the lists there: {known}"),
            "read it with `comity update`",
        ));
    }
    let mut intervals: Vec<Interval> = Vec::new();
    let (mut absent, mut open) = (Vec::new(), Vec::new());
    let mut running = false;
    let mut previous: Option<EditionMeta> = None;
    let mut whole: Option<(Listing, EditionMeta)> = None;
    // The edition after the day tells whether the listing still stands there.
    let after = register.next_edition_after(&id.list, day).cloned();
    for meta in editions.into_iter().chain(after) {
        let is_after = meta.date > day;
        let edition = register.load(&meta)?;
        let view = edition
            .view()
            .map_err(|f| Failure::data(meta.list.to_string(), f.to_string(), "run `comity update` again"))?;
        let read = |f: comity_model::edition::EditionFault| {
            Failure::data(meta.list.to_string(), f.to_string(), "run `comity register verify`")
        };
        let found = view.by_native_id(&id.native).map_err(read)?;
        let found = found.map(|index| view.listing(index)).transpose().map_err(read)?;
        let before = previous.replace(meta.clone());
        let Some(listing) = found else {
            if let Some(last) = intervals.last_mut().filter(|_| running) {
                open.extend(Open::of(book, &last.last, &meta, &last.listing, false));
                last.next = Some(meta.clone());
            }
            running = false;
            if !is_after {
                absent.push(meta);
            }
            continue;
        };
        if let Some(before) = before.filter(|_| !running) {
            open.extend(Open::of(book, &before, &meta, &listing, true));
        }
        if is_after {
            continue;
        }
        let whole_then = whole.as_ref().map(|(listing, meta)| (listing, meta));
        let ordered = measures(book, &Seen { whole: whole_then, ..Seen::of(&listing, &meta) }, meta.date);
        if meta.reduced.is_none() {
            whole = Some((listing.clone(), meta.clone()));
        }
        match intervals.last_mut().filter(|i| running && i.measures == ordered) {
            Some(interval) => (interval.last, interval.listing) = (meta, listing),
            None => {
                if let Some(last) = intervals.last_mut().filter(|_| running) {
                    last.next = Some(meta.clone());
                }
                intervals.push(Interval {
                    first: meta.clone(),
                    last: meta,
                    listing,
                    measures: ordered,
                    next: None,
                });
            }
        }
        running = true;
    }
    if intervals.is_empty() {
        let seen: Vec<_> = absent.iter().map(edition_text).collect();
        return Err(Failure::input(
            "LISTING",
            format!("no edition holds `{id}`; editions read: {}", seen.join(", ")),
            "",
            "take the id from an answer of `screen` or `check`",
        ));
    }
    if global.json {
        let value = json!({
            "as_of": day.to_string(),
            "id": intervals.last().map(|i| i.listing.id.to_string()),
            "name": intervals.last().map(|i| i.listing.primary_name()),
            "open": open.iter().map(open_json).collect::<Vec<_>>(),
            "intervals": intervals.iter().map(as_json).collect::<Vec<_>>(),
            "absent_from": absent.iter().map(edition_text).collect::<Vec<_>>(),
        });
        return Ok(Output::text(format!("{value:#}\n")));
    }
    Ok(Output::text(as_text(&id, &intervals, &open, &absent)))
}

fn as_json(interval: &Interval) -> Value {
    let first = interval.measures.first();
    json!({
        "from_edition": edition_text(&interval.first),
        "to_edition": edition_text(&interval.last),
        "status": first.map(|m| m.status.clone()),
        "mandate": first.map(|m| &m.mandate),
        "measures": interval.measures,
        "listed_on": interval.listing.listed_on.as_ref().map(ToString::to_string),
        "updated": interval.listing.updated.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "next_edition": interval.next.as_ref().map(edition_text),
    })
}

fn open_json(open: &Open) -> Value {
    json!({
        "from_edition": edition_text(&open.after),
        "to_edition": edition_text(&open.before),
        "status": MeasureStatus::Unconfirmed.word(),
        "measures": open.measures,
    })
}

fn as_text(id: &ListingId, intervals: &[Interval], open: &[Open], absent: &[EditionMeta]) -> String {
    let mut page = Page::new(crate::cli::colour());
    let name = intervals.last().map_or("", |i| i.listing.primary_name());
    page.heading(&id.to_string(), name);
    for interval in intervals {
        let (first, last) = (edition_text(&interval.first), edition_text(&interval.last));
        let lead = if first == last { first } else { format!("{first} to {last}") };
        let listed = interval.listing.listed_on.as_ref().map(|d| format!("listed on {d}"));
        let updated = interval.listing.updated.last().map(|d| format!("changed last on {d}"));
        let told: Vec<String> = listed.into_iter().chain(updated).collect();
        let told =
            if told.is_empty() { "the list gives no dates of its own".to_owned() } else { told.join(", ") };
        page.under(2, (&lead, 26, Ink::Strong), &format!("by the list: {told}"), Ink::Plain);
        for measure in &interval.measures {
            parties::measure(&mut page, measure, &[]);
        }
        if let Some(next) = &interval.next {
            page.under(
                4,
                ("", 24, Ink::Plain),
                &format!("the edition of {} differs", edition_text(next)),
                Ink::Dim,
            );
        }
    }
    for days in open {
        let lead = format!("{} to {}", edition_text(&days.after), edition_text(&days.before));
        let told = "unconfirmed on the days between: nothing but these editions dates the change";
        page.under(2, (&lead, 26, Ink::Ask), told, Ink::Plain);
    }
    if !absent.is_empty() {
        let absent: Vec<_> = absent.iter().map(edition_text).collect();
        page.under(2, ("not in", 26, Ink::Plain), &absent.join(", "), Ink::Plain);
    }
    page.finish()
}
