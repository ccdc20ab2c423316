//! `comity register links`: which listings of other lists carry out the measures of a list, on a day.

use std::collections::BTreeSet;

use comity_engine::link::{ListSurvey, Survey, survey};
use comity_engine::screen::edition_text;
use comity_model::lawbook::Lawbook;
use comity_model::listing::MeasureLink;
use comity_register::Register;
use serde_json::{Value, json};

use crate::cli::{Global, Output};
use crate::fail::Failure;
use crate::world::{self, Editions};

pub fn run(
    global: &Global,
    book: &Lawbook,
    register: &Register,
    to: Option<&str>,
    programme: Option<&str>,
) -> Result<Output, Failure> {
    let day = global.as_of.unwrap_or_else(world::today);
    let origins: BTreeSet<&str> =
        book.basics().sources.lists.iter().filter_map(|s| s.refers_to.as_ref()).map(|l| l.as_str()).collect();
    let chosen: Vec<&str> = match to {
        Some(list) => match origins.get(list) {
            Some(known) => vec![known],
            None => {
                let known: Vec<&str> = origins.into_iter().collect();
                return Err(Failure::input(
                    "--to",
                    format!("no list refers to `{list}`"),
                    format!("one of: {}", known.join(", ")),
                    "leave it out to see all",
                ));
            }
        },
        None => origins.into_iter().collect(),
    };
    if chosen.is_empty() {
        return Ok(Output::text("no list of the table of sources refers to another\n"));
    }
    let editions = Editions::open(register, book, day)?;
    let shelf = editions.shelf()?;
    let mut surveys = Vec::new();
    for origin in chosen {
        let found = survey(book, &shelf, day, origin, programme)
            .map_err(|f| Failure::data(origin.to_owned(), f.to_string(), "run `comity register verify`"))?;
        let found = found.ok_or_else(|| {
            Failure::data(
                origin.to_owned(),
                format!("no edition dated on or before {day} is on this machine"),
                "read it with `comity update`",
            )
        })?;
        if let Some(code) = programme.filter(|_| found.entries.is_empty()) {
            return Err(Failure::input(
                "--programme",
                format!("no entry of {origin} stands under `{code}` on {day}"),
                "",
                "a code as the list writes it; see an answer of `screen`",
            ));
        }
        surveys.push(found);
    }
    if global.json {
        let origins: Vec<Value> = surveys.iter().map(|s| as_json(s, programme)).collect();
        return Ok(Output::text(format!("{:#}\n", json!({ "as_of": day.to_string(), "origins": origins }))));
    }
    let mut text = String::new();
    for found in &surveys {
        text.push_str(&as_text(found, programme));
    }
    Ok(Output::text(text))
}

/// How many links are stated, how many inferred, and how many entries of the origin they reach.
fn counts(list: &ListSurvey) -> (usize, usize, usize) {
    let of = |kind: MeasureLink| list.links.iter().filter(|(_, link)| link.link == kind).count();
    let reached: BTreeSet<_> = list.links.iter().map(|(_, link)| &link.origin.id).collect();
    (of(MeasureLink::Reference), of(MeasureLink::Inferred), reached.len())
}

fn as_json(found: &Survey, programme: Option<&str>) -> Value {
    let lists: Vec<Value> = found
        .lists
        .iter()
        .map(|list| {
            let (reference, inferred, entries) = counts(list);
            json!({
                "list": list.edition.list.to_string(),
                "edition": edition_text(&list.edition),
                "listings": list.links.len() + list.open.len(),
                "reference": reference,
                "inferred": inferred,
                "entries": entries,
                "links": list.links.iter().map(|(id, link)| json!({
                    "id": id.to_string(),
                    "origin": link.origin.id.to_string(),
                    "link": link.link.word(),
                    "score": link.score.map(|s| (s * 10_000.0).round() / 10_000.0),
                    "evidence": link.evidence,
                    "slip": link.slip,
                })).collect::<Vec<_>>(),
                "open": list.open.iter().map(|(id, why)| json!({ "id": id.to_string(), "why": why })).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "list": found.edition.list.to_string(),
        "edition": edition_text(&found.edition),
        "programme": programme,
        "entries": found.entries.len(),
        "lists": lists,
    })
}

fn as_text(found: &Survey, programme: Option<&str>) -> String {
    let under = programme.map_or(String::new(), |code| format!(" under {code}"));
    let mut text = format!(
        "{} entries{under} in {} of {}, carried out by\n\n{:<14} {:<11} {:>8} {:>9} {:>8} {:>7} {:>5}\n",
        found.entries.len(),
        found.edition.list,
        edition_text(&found.edition),
        "LIST",
        "EDITION",
        "LISTINGS",
        "REFERENCE",
        "INFERRED",
        "ENTRIES",
        "OPEN"
    );
    for list in &found.lists {
        let (reference, inferred, entries) = counts(list);
        text.push_str(&format!(
            "{:<14} {:<11} {:>8} {reference:>9} {inferred:>8} {entries:>7} {:>5}\n",
            list.edition.list,
            edition_text(&list.edition),
            list.links.len() + list.open.len(),
            list.open.len()
        ));
    }
    if found.lists.is_empty() {
        text.push_str("no list on this machine refers to it\n");
    }
    for list in &found.lists {
        for (id, link) in &list.links {
            if let Some(slip) = &link.slip {
                text.push_str(&format!("slip  {id}: {slip}\n"));
            }
        }
        for (id, why) in &list.open {
            text.push_str(&format!("open  {id}: {why}\n"));
        }
    }
    text.push_str("\nReference: the list names the entry. Inferred: names, dates and identifiers agree; nobody has reviewed it.\n");
    text
}
