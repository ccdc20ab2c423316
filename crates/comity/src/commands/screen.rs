//! `comity screen`: names against the party lists.

use std::path::Path;

use comity_engine::screen::{Profile, Shelf, screen_party};
use comity_model::answer::{PartyAnswer, PartyStatus};
use comity_model::date::Day;
use comity_model::deal::{Party, Role};
use comity_model::lawbook::Lawbook;
use comity_pack::Fault;
use comity_pack::source::{NodeKind, Reader, Source};
use comity_register::Register;
use serde_json::{Value, json};

use super::{lines, update};
use crate::cli::{Global, Output, Screen, colour};
use crate::fail::Failure;
use crate::world::{self, Editions};
use crate::{deal_file, text};

pub fn run(global: &Global, options: &Screen) -> Result<Output, Failure> {
    let book = world::embedded()?;
    let data = world::data_dir(global.data.as_deref())?;
    let mut profile = Profile { limit: options.limit, ..Profile::default() };
    if let Some(threshold) = options.threshold {
        if !(0.0..=1.0).contains(&threshold) {
            return Err(Failure::input(
                "--threshold",
                format!("{threshold}"),
                "a score from 0 to 1",
                "0.88 is the default",
            ));
        }
        profile.threshold = threshold;
        profile.lower = profile.lower.min(threshold);
    }
    let mut register = Register::open(&data)?;
    if register.is_empty() && !global.is_offline() {
        update::first(&book, &data)?;
        register = Register::open(&data)?;
    }
    if register.is_empty() {
        return Err(Failure::data(
            data.display().to_string(),
            "the register is empty: no name can be screened",
            "fetch the lists with `comity update`, or read them from a folder with `comity update --from DIR`",
        ));
    }
    let day = global.as_of.unwrap_or_else(world::today);
    let editions = Editions::open(&register, &book, day)?;
    let shelf = editions.shelf()?;
    if let Some(file) = &options.batch {
        return batch(options, &book, &shelf, day, &profile, file);
    }
    let mut found = Vec::new();
    for name in &options.names {
        if name.trim().is_empty() {
            return Err(Failure::input("screen", "an empty name", "a name", "give one argument a name"));
        }
        found.push(one(&book, &Party::named(Role::EndUser, name), &shelf, day, &profile)?);
    }
    let status = if options.exit_status { signal(found.iter().map(|p| p.status)) } else { 0 };
    let stamps = shelf.stamps(day, &found);
    let text = if global.json {
        let queries: Vec<Value> =
            found.iter().map(|p| json!({ "name": p.name, "status": p.status, "hits": p.hits })).collect();
        format!("{:#}\n", json!({ "as_of": day.to_string(), "register": stamps, "queries": queries }))
    } else {
        text::screened(&found, &stamps, day, colour())
    };
    Ok(Output { text, status })
}

fn signal(statuses: impl Iterator<Item = PartyStatus>) -> u8 {
    match statuses.max() {
        Some(PartyStatus::Hit) => 10,
        Some(PartyStatus::Possible | PartyStatus::NotScreened) => 30,
        Some(PartyStatus::NoHit) | None => 0,
    }
}

fn one(
    book: &Lawbook,
    party: &Party,
    shelf: &Shelf<'_>,
    day: Day,
    profile: &Profile,
) -> Result<PartyAnswer, Failure> {
    screen_party(book, party, shelf, day, profile).map_err(|e| {
        Failure::data("register", e.to_string(), "run `comity register verify`, then `comity update`")
    })
}

fn batch(
    options: &Screen,
    book: &Lawbook,
    shelf: &Shelf<'_>,
    day: Day,
    profile: &Profile,
    file: &Path,
) -> Result<Output, Failure> {
    let name = file.display().to_string();
    let is_csv = file.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv"));
    let mut columns: Option<Vec<String>> = None;
    lines::run(file, options.out.as_ref(), options.exit_status, |number, line| {
        let json = if is_csv {
            let cells = cells(line).ok_or_else(|| {
                vec![Fault::new(
                    &name,
                    number,
                    "a row that is no CSV",
                    "cells joined by commas",
                    "put cells with commas into double quotes",
                )]
            })?;
            match &columns {
                None => {
                    columns = Some(cells);
                    return Ok(None);
                }
                Some(columns) => {
                    let pairs = columns.iter().cloned().zip(cells.into_iter().map(Value::String));
                    Value::Object(pairs.filter(|(_, v)| v.as_str() != Some("")).collect()).to_string()
                }
            }
        } else {
            line.to_owned()
        };
        let (id, party) = read(&name, number, &json, book)?;
        let found = one(book, &party, shelf, day, profile)
            .map_err(|f| vec![Fault::new(&name, number, f.to_string().trim_end(), "", "")])?;
        let hits: Vec<Value> = found
            .hits
            .iter()
            .map(|h| {
                let list = comity_engine::screen::split_listing(&h.id).map_or("", |(list, _)| list);
                json!({ "id": h.id, "name": h.name, "score": h.score, "list": list, "measures": h.measures, "evidence": h.evidence })
            })
            .collect();
        Ok(Some((json!({ "id": id, "hits": hits }), signal(std::iter::once(found.status)))))
    })
}

fn cells(line: &str) -> Option<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
    let record = reader.records().next()?.ok()?;
    Some(record.iter().map(|c| c.trim().to_owned()).collect())
}

/// One line: `{"id","name","type"?,"state"?,"birth_date"?,"identifiers"?}`.
fn read(name: &str, number: usize, line: &str, book: &Lawbook) -> Result<(Value, Party), Vec<Fault>> {
    let source = Source::new(name, line);
    let mut faults = Vec::new();
    let parsed = source.json(&mut faults).and_then(|root| {
        let id = match &root.kind {
            NodeKind::Table(rows) => {
                rows.iter().find(|(key, _, _)| key == "id").map_or(Value::Null, |(_, _, node)| {
                    match &node.kind {
                        NodeKind::Text(text) | NodeKind::Number(text) => Value::String(text.clone()),
                        _ => Value::Null,
                    }
                })
            }
            _ => Value::Null,
        };
        let mut reader = Reader::new(&source, "", &root, &mut faults)?;
        reader.node("id");
        deal_file::party_line(reader, book, &mut faults).map(|party| (id, party))
    });
    match parsed {
        Some(found) if faults.is_empty() => Ok(found),
        _ => {
            faults.iter_mut().for_each(|f| f.line = number);
            Err(faults)
        }
    }
}
