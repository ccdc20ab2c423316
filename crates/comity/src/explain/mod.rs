//! `--explain`: the seven steps, read → open → reach → screen → classify → decide → answer, with what each of them found. Every step is made
//! once, as JSON and as lines of text from the same findings.

mod law;
mod read;
mod things;

use comity_engine::classify::{Classified, Frame};
use comity_engine::screen::Shelf;
use comity_engine::{answer, laws};
use comity_model::answer::Answer;
use comity_model::date::Day;
use comity_model::deal::Deal;
use comity_model::lawbook::Lawbook;
use serde_json::{Map, Value, json};

use crate::text::{Ink, Page};

/// One step: its name, its findings as JSON, and the same as lines.
struct Step {
    name: &'static str,
    does: &'static str,
    found: Value,
    lines: Vec<Line>,
}

/// A line of a step: indent, lead, text and ink of the lead.
struct Line {
    indent: usize,
    lead: String,
    text: String,
    ink: Ink,
}

impl Line {
    fn new(indent: usize, lead: impl Into<String>, text: impl Into<String>) -> Self {
        Self { indent, lead: lead.into(), text: text.into(), ink: Ink::Plain }
    }

    fn with(self, ink: Ink) -> Self {
        Self { ink, ..self }
    }
}

/// The deal with what was found of its items and parties, from which the steps are told.
struct Case<'a> {
    book: &'a Lawbook,
    deal: &'a Deal,
    day: Day,
    answer: &'a Answer,
    classified: Vec<Classified>,
    lists: std::collections::BTreeSet<String>,
}

impl<'a> Case<'a> {
    fn new(book: &'a Lawbook, deal: &'a Deal, day: Day, answer: &'a Answer) -> Self {
        let classified = answer::classify_all(Frame { book, deal, day });
        let lists = answer.register.iter().map(|e| e.list.clone()).collect();
        Self { book, deal, day, answer, classified, lists }
    }

    fn frame(&self) -> Frame<'_> {
        Frame { book: self.book, deal: self.deal, day: self.day }
    }

    /// Items that get the same answer by every law, by the first of them; one empty place where the deal names no item.
    fn kinds(&self) -> Vec<(Option<usize>, Vec<usize>)> {
        let mut kinds: Vec<(Option<usize>, Vec<usize>)> = Vec::new();
        for (place, item) in self.deal.items.iter().enumerate() {
            let same = |kind: &&mut (Option<usize>, Vec<usize>)| {
                kind.0
                    .and_then(|first| self.deal.items.get(first))
                    .is_some_and(|other| laws::alike(other, item))
            };
            match kinds.iter_mut().find(same) {
                Some((_, places)) => places.push(place),
                None => kinds.push((Some(place), vec![place])),
            }
        }
        if kinds.is_empty() {
            kinds.push((None, Vec::new()));
        }
        kinds
    }

    fn steps(&self) -> Vec<Step> {
        vec![
            read::read(self),
            read::open(self),
            law::reach(self),
            things::screen(self),
            things::classify(self),
            law::decide(self),
            law::answer(self),
        ]
    }
}

/// The steps as JSON, the answer being the last.
#[must_use]
pub fn json(book: &Lawbook, deal: &Deal, _: &Shelf<'_>, day: Day, answer: &Answer) -> Value {
    let steps = Case::new(book, deal, day, answer).steps();
    let mut map: Map<String, Value> = Map::new();
    map.insert("as_of".to_owned(), json!(day.to_string()));
    map.extend(steps.into_iter().map(|step| (step.name.to_owned(), step.found)));
    Value::Object(map)
}

/// The steps as text, after the answer.
#[must_use]
pub fn text(book: &Lawbook, deal: &Deal, answer: &Answer, colour: bool) -> String {
    let mut page = Page::new(colour);
    page.gap();
    page.title("EXPLAIN", "how it was found, step by step");
    for (number, step) in Case::new(book, deal, answer.as_of, answer).steps().iter().enumerate() {
        page.heading(&format!("{} {}", number + 1, step.name.to_uppercase()), step.does);
        for line in &step.lines {
            let width = if line.lead.is_empty() { 0 } else { line.lead.chars().count() + 2 };
            if width > 30 {
                page.text(line.indent, &line.lead, line.ink);
                page.text(line.indent + 4, &line.text, Ink::Plain);
            } else {
                page.under(line.indent, (&line.lead, width, line.ink), &line.text, Ink::Plain);
            }
        }
    }
    page.finish()
}
