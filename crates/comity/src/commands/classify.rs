//! `comity classify`: an item, or the items of a deal, on every control list at once.

use comity_engine::classify::{Frame, classify};
use comity_engine::items;
use comity_model::answer::{ItemAnswer, ListAnswer};
use comity_model::date::Day;
use comity_model::deal::{Activity, Deal, EndUse};
use comity_model::fact::Facts;
use comity_model::lawbook::Lawbook;
use comity_model::place::Place;
use comity_pack::Fault;
use comity_pack::source::{Node, NodeKind, Reader, Source};
use serde_json::{Value, json};

use super::{lines, read_text};
use crate::cli::{Classify, Global, Output, colour};
use crate::fail::Failure;
use crate::{deal_file, text, world};

pub fn run(global: &Global, options: &Classify) -> Result<Output, Failure> {
    let book = world::lawbook(&global.packs)?;
    if let Some(file) = &options.batch {
        let name = file.display().to_string();
        return lines::run(file, options.out.as_ref(), false, |number, line| {
            let at_line = |mut faults: Vec<Fault>| {
                faults.iter_mut().for_each(|f| f.line = number);
                faults
            };
            let (deal, day) = read(&name, line, &book, global.as_of).map_err(at_line)?;
            let answers = answers(&book, &deal, day);
            let Some(first) = answers.first() else {
                return Err(vec![Fault::new(
                    &name,
                    number,
                    "no item in this line",
                    "an item",
                    "see README.md",
                )]);
            };
            let lists: serde_json::Map<String, Value> =
                first.lists.iter().map(|(id, on)| (id.clone(), short(on))).collect();
            Ok(Some((json!({ "id": deal.id, "lists": lists }), 0)))
        });
    }
    let Some(path) = &options.file else {
        return Err(Failure::input(
            "classify",
            "no item",
            "a file, or - for standard input",
            "see examples/",
        ));
    };
    let source = read_text(path)?;
    let (deal, day) = read(&path.display().to_string(), &source, &book, global.as_of)?;
    let found = answers(&book, &deal, day);
    if global.json {
        return Ok(Output::text(format!("{:#}\n", json!({ "as_of": day.to_string(), "items": found }))));
    }
    Ok(Output::text(text::items(&found, day, colour())))
}

fn answers(book: &Lawbook, deal: &Deal, day: Day) -> Vec<ItemAnswer> {
    let frame = Frame { book, deal, day };
    deal.items
        .iter()
        .enumerate()
        .map(|(i, item)| items::item(frame, i, item, &classify(frame, item)))
        .collect()
}

/// The short form of a batch line.
fn short(on: &ListAnswer) -> Value {
    json!({
        "matched": on.matched.iter().map(|m| &m.entry).collect::<Vec<_>>(),
        "excluded": on.excluded.iter().map(|e| &e.entry).collect::<Vec<_>>(),
        "undetermined": on.undetermined.iter().map(|u| json!({ "entry": u.entry, "missing": u.missing })).collect::<Vec<_>>(),
        "not_encoded": on.not_encoded,
    })
}

/// Reads a deal, or a single item with `to` and `date` beside its own keys.
fn read(name: &str, text: &str, book: &Lawbook, as_of: Option<Day>) -> Result<(Deal, Day), Vec<Fault>> {
    let source = Source::new(name, text);
    let mut faults = Vec::new();
    if text.trim().is_empty() {
        return Err(vec![Fault::new(
            name,
            0,
            "the file is empty",
            "an item or a deal",
            "see examples/ for one",
        )]);
    }
    let root =
        if text.trim_start().starts_with('{') { source.json(&mut faults) } else { source.toml(&mut faults) };
    let deal = root.and_then(|root| match &root.kind {
        NodeKind::Table(rows) if rows.iter().any(|(key, _, _)| key == "item" || key == "activity") => {
            deal_file::from_node(&source, &root, book, &mut faults)
        }
        NodeKind::Table(rows) => single(&source, &root, rows, book, &mut faults),
        _ => {
            faults.push(source.fault(root.at, "no table", "an item or a deal", "see examples/ for one"));
            None
        }
    });
    match deal {
        Some(deal) if faults.is_empty() => {
            let day = as_of.or(deal.date).unwrap_or_else(world::today);
            Ok((deal, day))
        }
        _ => Err(faults),
    }
}

fn single(
    source: &Source,
    root: &Node,
    rows: &[(String, Option<usize>, Node)],
    book: &Lawbook,
    faults: &mut Vec<Fault>,
) -> Option<Deal> {
    const OWN: [&str; 3] = ["id", "to", "date"];
    let mut around = Reader::new(source, "", root, faults)?;
    let id = around.scalar("id", faults).map(str::to_owned);
    let date = around.parsed::<Day>("date", faults);
    let to = around.text("to", faults).and_then(|text| deal_file::state(&around, "to", text, book, faults));
    let item_rows: Vec<_> = rows.iter().filter(|(key, _, _)| !OWN.contains(&key.as_str())).cloned().collect();
    let node = Node { at: root.at, kind: NodeKind::Table(item_rows) };
    let item = deal_file::item(Reader::new(source, "", &node, faults)?, book, faults)?;
    Some(Deal {
        id,
        date,
        activity: Activity::Export,
        from: None,
        to: to.map(Place::from),
        legs: Vec::new(),
        parties: Vec::new(),
        items: vec![item],
        end_use: EndUse::default(),
        licences: Vec::new(),
        facts: Facts::new(),
    })
}
