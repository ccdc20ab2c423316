//! `comity r1540 show | diff | gaps`: a State's matrix as a page, two editions side by side, and what is blank or open. No number is computed of a
//! State's marks.

use std::collections::{BTreeMap, BTreeSet};

use comity_engine::r1540::cells::{Cell, Shown, cells};
use comity_engine::r1540::consistency::{TreatyNote, notes};
use comity_engine::r1540::diff::{Change, diff as compare};
use comity_model::lawbook::Lawbook;
use comity_model::r1540::{CellValue, Fact, Field, R1540, WhyUnplaced};
use comity_model::{DateValue, Day};
use serde_json::{Value, json};

use super::edition::{kept_json, pick};
use super::store::Kept;
use super::{Show, day, disclaimer, json_output};
use crate::cli::{self, Global, Output};
use crate::fail::Failure;
use crate::text::page::{Ink, Page};

/// `r1540 show`.
///
/// # Errors
/// When there is no such matrix.
pub fn show(global: &Global, book: &Lawbook, options: &Show) -> Result<Output, Failure> {
    let catalogue = book.r1540();
    let (state, kept, editions) =
        pick(global, book, &options.state, options.edition.as_deref(), options.published)?;
    let day = day(global);
    let prefix = options.fields.as_deref().unwrap_or_default();
    let by_field = cells(&kept.edition);
    let notes = notes(catalogue, book.states(), &kept.edition);
    let mut reports: Vec<_> = catalogue.reports.iter().filter(|r| r.state == state.code).collect();
    reports.sort_by_key(|r| (r.date.earliest(), r.date.latest()));
    let plans: Vec<_> = catalogue.plans.iter().filter(|p| p.state == state.code).collect();
    let fields = || catalogue.fields.iter().filter(|f| f.id.starts_with(prefix));
    if fields().next().is_none() {
        return Err(Failure::input(
            "--fields",
            prefix,
            "the beginning of the id of some field",
            "see `comity r1540 fields`",
        ));
    }

    if global.json {
        let blank = Cell::of("", Vec::new());
        let rows: Vec<Value> = fields()
            .filter(|f| by_field.contains_key(f.id.as_str()) || !kept.edition.is_part)
            .filter_map(|f| {
                let row = catalogue.row_of(f)?;
                let mut cell = cell_json(by_field.get(f.id.as_str()).unwrap_or(&blank), day);
                if let Value::Object(cell) = &mut cell {
                    cell.insert("field".to_owned(), json!(f.id));
                    cell.insert("label".to_owned(), json!(row.label));
                    cell.insert("weapon".to_owned(), json!(f.weapon.word()));
                    cell.insert("dimension".to_owned(), json!(f.dimension.word()));
                    cell.insert("evidence".to_owned(), json!(row.evidence));
                }
                Some(cell)
            })
            .collect();
        return Ok(json_output(
            book,
            json!({
                "as_of": day.to_string(),
                "state": state.code.as_str(),
                "name": state.name,
                "note": catalogue.reconstructed,
                "edition": kept_json(&kept),
                "cells": rows,
                "unmapped": kept.edition.unplaced.iter().map(|u| json!({ "line": u.line, "why": u.why.word(), "cells": u.cells })).collect::<Vec<_>>(),
                "retried": kept.retried,
                "treaty_notes": notes.iter().map(|n| note_json(book, n)).collect::<Vec<_>>(),
                "reports": reports.iter().map(|r| json!({ "kind": r.kind.word(), "date": r.date.to_string(), "evidence": r.evidence, "source": r.source })).collect::<Vec<_>>(),
                "plans": plans.iter().map(|p| json!({ "by": p.by.to_string(), "bound": p.is_bound, "evidence": p.evidence, "source": p.source })).collect::<Vec<_>>(),
                "other_editions": editions.iter().filter(|k| k.digest != kept.digest).map(kept_json).collect::<Vec<_>>(),
            }),
        ));
    }

    let mut page = Page::new(cli::colour());
    page.title(&format!("{} ({}): {}", state.name, state.code, catalogue.title), &day.to_string());
    disclaimer(&mut page, book);
    page.text(0, &catalogue.reconstructed, Ink::Dim);
    page.gap();
    head_of(&mut page, &kept);
    if !reports.is_empty() || !plans.is_empty() {
        page.heading("Reports known", "");
        for r in &reports {
            let told = format!("{}, {} ({})", r.kind, r.source, r.evidence);
            page.row(2, &[(&r.date.to_string(), 14, Ink::Plain), (&told, 64, Ink::Plain)]);
        }
        let first: Vec<&DateValue> = reports
            .iter()
            .filter(|r| r.kind == comity_model::r1540::ReportKind::First)
            .map(|r| &r.date)
            .collect();
        if first.windows(2).any(|pair| matches!(pair, [a, b] if a != b)) {
            page.text(
                2,
                "Sources give the first report more than one date; all are shown and none is chosen.",
                Ink::Ask,
            );
        }
        for p in &plans {
            let bound = if p.is_bound { "sent before or in " } else { "" };
            page.text(2, &format!("action plan, {bound}{}: {} ({})", p.by, p.source, p.evidence), Ink::Plain);
        }
    }
    let mut last_part = None;
    let mut last_row = None;
    for field in fields() {
        let Some(row) = catalogue.row_of(field) else { continue };
        let cell = by_field.get(field.id.as_str());
        if cell.is_none() && kept.edition.is_part {
            continue;
        }
        if last_part != Some(row.part) {
            last_part = Some(row.part);
            if let Some(part) = catalogue.part_of(row) {
                page.heading(&format!("Paragraph {}", part.paragraphs), &part.title);
            }
        }
        let is_single = row.weapons.len() == 1 && row.dimensions.len() == 1;
        // Cells that show nothing share one line.
        let is_empty = |f: &Field| {
            by_field.get(f.id.as_str()).is_none_or(|c| {
                c.shown == Shown::One(CellValue::Blank)
                    && c.facts.iter().all(|f| f.detail.is_empty() && f.law.is_empty())
            })
        };
        if last_row != Some(field.row) {
            last_row = Some(field.row);
            page.text(1, &row.label, Ink::Strong);
            let of_row: Vec<&Field> =
                fields().filter(|f| f.row == field.row && !kept.edition.is_part && is_empty(f)).collect();
            if !of_row.is_empty() && !is_single {
                let which = if of_row.len() == row.weapons.len() * row.dimensions.len() {
                    "in any column".to_owned()
                } else {
                    let name = |f: &&Field| format!("{} {}", f.weapon.plain(), f.dimension);
                    of_row.iter().map(name).collect::<Vec<_>>().join(", ")
                };
                let sources: BTreeSet<&str> = of_row
                    .iter()
                    .filter_map(|f| by_field.get(f.id.as_str()))
                    .flat_map(|c| c.facts.iter().map(|f| f.source.as_str()))
                    .filter(|s| !s.is_empty())
                    .collect();
                let from = if sources.is_empty() {
                    String::new()
                } else {
                    format!(" [{}]", sources.into_iter().collect::<Vec<_>>().join("; "))
                };
                let told = format!("{which}{from}");
                page.row(2, &[("no information", 28, Ink::Dim), (&told, 50, Ink::Dim)]);
            }
        }
        if !is_single && is_empty(field) {
            continue;
        }
        let which =
            if is_single { String::new() } else { format!("{} {}", field.weapon.plain(), field.dimension) };
        let mark = cell.map_or("", |c| match c.shown {
            Shown::One(value) => value.shown(),
            Shown::Conflicting => "!!",
        });
        let mut told = cell.map_or_else(|| "no information".to_owned(), |c| lines_of(c, day).join(" | "));
        if cell.is_some_and(Cell::is_conflicting) {
            told = format!("conflicting: {told}");
        }
        if cell.is_some_and(|c| c.drawn_differs) {
            told.push_str(" | text drawn from a page reads otherwise");
        }
        page.row(2, &[(&which, 28, Ink::Plain), (mark, 4, Ink::Strong), (&told, 46, Ink::Plain)]);
    }
    if !notes.is_empty() {
        page.heading("Beside the treaty data", "notes; neither side is corrected");
        for note in &notes {
            let treaty = book.states().treaty(note.status.treaty).map_or("", |t| t.id.as_str());
            let sources: Vec<&str> = note
                .status
                .sources
                .iter()
                .filter_map(|s| book.states().source(*s))
                .map(|s| s.title.as_str())
                .collect();
            let memory = note.status.memory.mark().map(|m| format!(", {m}")).unwrap_or_default();
            let told = format!(
                "{}; {treaty}: {} on {}{memory} ({})",
                note.kind.says(),
                note.status.status,
                note.status.day,
                sources.join("; ")
            );
            page.row(2, &[(&note.field, 18, Ink::Plain), (&told, 60, Ink::Plain)]);
        }
    }
    unplaced(&mut page, &kept);
    page.heading("Legend", "");
    for row in &catalogue.legend {
        page.under(2, (row.value.word(), 7, Ink::Plain), &row.says, Ink::Plain);
    }
    page.text(2, "!!     sources differ; all are shown and none is chosen", Ink::Plain);
    Ok(Output::text(page.finish()))
}

fn head_of(page: &mut Page, kept: &Kept) {
    let e = &kept.edition;
    let part = if e.is_part { "; only a part of it is known, and what is not here says nothing" } else { "" };
    page.row(0, &[("Matrix of", 12, Ink::Plain), (&format!("{}, {}", e.date, e.name), 68, Ink::Plain)]);
    page.row(0, &[("Stands", 12, Ink::Plain), (&format!("{}{part}", e.life), 68, Ink::Plain)]);
    let digest: String = kept.digest.chars().take(12).collect();
    page.row(
        0,
        &[("Digest", 12, Ink::Plain), (&format!("{digest}, revision {}", kept.revision), 68, Ink::Dim)],
    );
}

fn unplaced(page: &mut Page, kept: &Kept) {
    if !kept.retried.is_empty() {
        page.heading("Found their place since the import", &kept.retried.join(", "));
    }
    if kept.edition.unplaced.is_empty() {
        return;
    }
    page.heading("Rows without a place", "kept whole");
    for row in &kept.edition.unplaced {
        let said: Vec<String> = row
            .cells
            .iter()
            .filter(|(key, cell)| !cell.is_empty() && !["on", "entry", "by"].contains(&key.as_str()))
            .map(|(key, cell)| format!("{key} {cell}"))
            .collect();
        let why = match row.why {
            WhyUnplaced::Unmapped => "unmapped",
            WhyUnplaced::IllegalValue => "illegal value",
        };
        page.under(2, (&format!("line {} {why}", row.line), 26, Ink::Plain), &said.join("; "), Ink::Plain);
    }
}

/// How old a date is on a day, in words; nothing where the date does not tell.
pub fn age(date: &str, day: Day) -> Option<String> {
    let earliest = date.parse::<DateValue>().ok()?.latest()?;
    let days = day.days_since(earliest);
    Some(match days {
        ..0 => return None,
        0..=59 => format!("{days} days old"),
        60..=729 => format!("{} months old", days / 30),
        _ => format!("{} years old", days / 365),
    })
}

/// The facts of a cell, a text each: detail, law, source with date and age, who and when.
fn lines_of(cell: &Cell<'_>, day: Day) -> Vec<String> {
    cell.facts
        .iter()
        .map(|f| {
            let mut said = Vec::new();
            if cell.is_conflicting() || cell.drawn_differs {
                said.push(f.value.word().to_owned());
            }
            if !f.detail.is_empty() {
                said.push(f.detail.clone());
            }
            if !f.law.is_empty() {
                let law = [&f.law.title, &f.law.article, &f.law.date];
                said.push(
                    law.iter().filter(|t| !t.is_empty()).map(|t| t.as_str()).collect::<Vec<_>>().join(", "),
                );
            }
            let mut source =
                if f.source.is_empty() { "no source named".to_owned() } else { f.source.clone() };
            if !f.source_date.is_empty() {
                source = format!("{source}, {}", f.source_date);
            }
            // The day of entry says nothing of the age of the document.
            if f.source_date.is_empty() {
                source.push_str(", no date");
            } else if let Some(age) = age(&f.source_date, day) {
                source = format!("{source}, {age}");
            }
            let mut entered = match f.confidence {
                Some(sure) => format!("{}, confidence {sure}", f.entry),
                None => f.entry.to_string(),
            };
            if !f.by.is_empty() {
                entered = format!("{entered} by {}", f.by);
            }
            if let Some(on) = f.on {
                entered = format!("{entered} on {on}");
            }
            said.push(format!("[{source}; {entered}]"));
            said.join("; ")
        })
        .collect()
}

/// A fact as JSON.
fn fact_json(f: &Fact, day: Day) -> Value {
    json!({
        "value": f.value.word(),
        "detail": f.detail,
        "law": { "title": f.law.title, "article": f.law.article, "date": f.law.date },
        "source": f.source,
        "source_date": f.source_date,
        "age": age(&f.source_date, day),
        "entry": f.entry.word(),
        "confidence": f.confidence.map(|c| c.word()),
        "by": f.by,
        "on": f.on.map(|d| d.to_string()),
    })
}

fn cell_json(cell: &Cell<'_>, day: Day) -> Value {
    json!({
        "field": cell.field,
        "value": cell.shown.word(),
        "conflicting": cell.is_conflicting(),
        "drawn_differs": cell.drawn_differs,
        "facts": cell.facts.iter().map(|f| fact_json(f, day)).collect::<Vec<_>>(),
    })
}

fn note_json(book: &Lawbook, note: &TreatyNote<'_>) -> Value {
    let states = book.states();
    json!({
        "field": note.field,
        "matrix": note.shown.word(),
        "treaty": states.treaty(note.status.treaty).map(|t| t.id.clone()),
        "status": note.status.word().word(),
        "on": note.status.day.to_string(),
        "since": note.status.since.to_string(),
        "memory": note.status.memory.mark(),
        "sources": note.status.sources.iter().filter_map(|s| states.source(*s)).map(|s| s.title.clone()).collect::<Vec<_>>(),
        "note": note.kind.word(),
    })
}

/// `r1540 diff`.
///
/// # Errors
/// When one of the editions is not there.
pub fn diff(global: &Global, book: &Lawbook, state: &str, from: &str, to: &str) -> Result<Output, Failure> {
    let catalogue = book.r1540();
    let (state, a, _) = pick(global, book, state, Some(from), false)?;
    let (_, b, _) = pick(global, book, state.code.as_str(), Some(to), false)?;
    let found = compare(catalogue, &a.edition, &b.edition);
    let day = day(global);
    if global.json {
        let list = |changes: &[Change<'_>]| -> Vec<Value> {
            changes
                .iter()
                .map(|c| {
                    json!({
                        "field": c.field,
                        "template": c.is_template,
                        "from": c.from.as_ref().map(|c| cell_json(c, day)),
                        "to": c.to.as_ref().map(|c| cell_json(c, day)),
                    })
                })
                .collect()
        };
        let kept = |k: &Kept| -> Vec<Value> {
            k.edition
                .unplaced
                .iter()
                .map(|u| json!({ "line": u.line, "why": u.why.word(), "cells": u.cells }))
                .collect()
        };
        return Ok(json_output(
            book,
            json!({
                "as_of": day.to_string(),
                "state": state.code.as_str(),
                "from": kept_json(&a),
                "to": kept_json(&b),
                "added": list(&found.added),
                "removed": list(&found.removed),
                "value": list(&found.value),
                "text": list(&found.text),
                "law": list(&found.law),
                "source": list(&found.source),
                "unchanged": found.unchanged,
                "unmapped": { "from": kept(&a), "to": kept(&b) },
                "template": {
                    "labels_added": found.labels_added,
                    "labels_removed": found.labels_removed,
                    "rows_added": rows(catalogue, &found.added),
                    "rows_removed": rows(catalogue, &found.removed),
                },
            }),
        ));
    }
    let mut page = Page::new(cli::colour());
    page.title(&format!("{} ({}): two editions of its matrix", state.name, state.code), &day.to_string());
    disclaimer(&mut page, book);
    page.gap();
    for (head, kept) in [("From", &a), ("To", &b)] {
        let e = &kept.edition;
        let part = if e.is_part { ", only a part of it known" } else { "" };
        page.row(
            0,
            &[(head, 6, Ink::Plain), (&format!("{}, {}{part}", kept.label(), e.life), 74, Ink::Plain)],
        );
    }
    for (heading, changes) in [
        ("Added", &found.added),
        ("Removed", &found.removed),
        ("Another value", &found.value),
        ("Another law", &found.law),
        ("Another text only", &found.text),
        ("Another source only", &found.source),
    ] {
        let own: Vec<&Change<'_>> = changes.iter().filter(|c| !c.is_template).collect();
        if own.is_empty() {
            continue;
        }
        page.heading(heading, "");
        for change in own {
            page.text(1, &title_of(catalogue, change.field), Ink::Strong);
            for (head, cell) in [("from", &change.from), ("to", &change.to)] {
                let Some(cell) = cell else { continue };
                let mark = match cell.shown {
                    Shown::One(CellValue::Blank) => "blank",
                    shown => shown.word(),
                };
                page.row(
                    3,
                    &[
                        (head, 6, Ink::Dim),
                        (mark, 13, Ink::Plain),
                        (&lines_of(cell, day).join(" | "), 58, Ink::Plain),
                    ],
                );
            }
        }
    }
    page.gap();
    page.text(0, &format!("Unchanged cells: {}", found.unchanged), Ink::Plain);
    let template: Vec<(&str, Vec<String>)> = vec![
        ("rows only in the later", rows(catalogue, &found.added)),
        ("rows only in the earlier", rows(catalogue, &found.removed)),
        ("labels only in the later", found.labels_added.clone()),
        ("labels only in the earlier", found.labels_removed.clone()),
    ];
    if template.iter().any(|(_, list)| !list.is_empty()) {
        page.heading(
            "Changes of the template",
            "a label that one edition only has; apart from what the State changed",
        );
        for (head, list) in template.iter().filter(|(_, list)| !list.is_empty()) {
            page.under(2, (head, 28, Ink::Plain), &list.join("; "), Ink::Plain);
        }
    }
    for (head, kept) in [("from", &a), ("to", &b)] {
        if !kept.edition.unplaced.is_empty() {
            page.text(
                0,
                &format!("Rows without a place, {head}: {}", kept.edition.unplaced.len()),
                Ink::Plain,
            );
        }
    }
    Ok(Output::text(page.finish()))
}

/// The rows of the template that only one edition has.
fn rows(catalogue: &R1540, changes: &[Change<'_>]) -> Vec<String> {
    let mut found: Vec<String> = changes
        .iter()
        .filter(|c| c.is_template)
        .filter_map(|c| Some(catalogue.row_of(catalogue.field(c.field)?)?.id.clone()))
        .collect();
    found.dedup();
    found
}

/// A field for a reader: its id and its label.
pub fn title_of(catalogue: &R1540, field: &str) -> String {
    match catalogue.field(field).and_then(|f| catalogue.row_of(f)) {
        Some(row) => format!("{field}  {}", row.label),
        None => field.to_owned(),
    }
}

/// `r1540 gaps`.
///
/// # Errors
/// When there is no such matrix.
pub fn gaps(global: &Global, book: &Lawbook, state: &str, edition: Option<&str>) -> Result<Output, Failure> {
    let catalogue = book.r1540();
    let (state, kept, _) = pick(global, book, state, edition, false)?;
    let by_field = cells(&kept.edition);
    let mut found = Vec::new();
    for field in &catalogue.fields {
        let cell = by_field.get(field.id.as_str());
        // A part of a matrix says nothing of what is not in it.
        if cell.is_none() && kept.edition.is_part {
            continue;
        }
        let value = match cell.map_or(Shown::One(CellValue::Blank), |c| c.shown) {
            Shown::One(value @ (CellValue::Blank | CellValue::Open)) => value,
            Shown::One(CellValue::X | CellValue::Na) | Shown::Conflicting => continue,
        };
        found.push((field, value, catalogue.topics_of(&field.id)));
    }
    if global.json {
        let rows: Vec<Value> = found
            .iter()
            .map(|(f, value, topics)| {
                json!({
                    "field": f.id,
                    "value": value.word(),
                    "label": catalogue.row_of(f).map(|r| &r.label),
                    "topics": topics.iter().map(|t| &t.id).collect::<Vec<_>>(),
                })
            })
            .collect();
        return Ok(json_output(
            book,
            json!({ "as_of": day(global).to_string(), "state": state.code.as_str(), "edition": kept_json(&kept), "cells": rows }),
        ));
    }
    let mut page = Page::new(cli::colour());
    page.title(&format!("{} ({}): blank and open fields", state.name, state.code), &day(global).to_string());
    disclaimer(&mut page, book);
    page.gap();
    head_of(&mut page, &kept);
    page.text(
        0,
        "A blank is no information. Topics are suggestions; the State chooses, and nothing is sent.",
        Ink::Plain,
    );
    // Fields of one row are one line where value and topics are alike.
    let mut rows: BTreeMap<(u16, CellValue), (Vec<&str>, String)> = BTreeMap::new();
    for (field, value, topics) in &found {
        let ids: Vec<&str> = topics.iter().map(|t| t.id.as_str()).collect();
        let slot = rows.entry((field.row, *value)).or_insert((Vec::new(), ids.join(", ")));
        let row = catalogue.row_of(field).map_or("", |r| r.id.as_str());
        slot.0.push(field.id.strip_prefix(row).unwrap_or_default().trim_start_matches('.'));
    }
    let mut last_part = None;
    for ((at, value), (suffixes, topics)) in rows {
        let Some(row) = catalogue.rows.get(usize::from(at)) else { continue };
        if last_part != Some(row.part) {
            last_part = Some(row.part);
            if let Some(part) = catalogue.part_of(row) {
                page.heading(&format!("Paragraph {}", part.paragraphs), &part.title);
            }
        }
        let topics = if topics.is_empty() { "no topic".to_owned() } else { topics };
        let which = suffixes.join(" ");
        let told = format!("{} ({}){} {which}", row.label, row.id, if which.is_empty() { "" } else { ":" });
        page.row(
            1,
            &[(value.word(), 7, Ink::Plain), (told.trim_end(), 48, Ink::Plain), (&topics, 24, Ink::Do)],
        );
    }
    if found.is_empty() {
        page.gap();
        page.text(0, "None of its fields is blank or open.", Ink::Plain);
    }
    Ok(Output::text(page.finish()))
}
