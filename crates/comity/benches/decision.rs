//! How long the engine thinks: one law on one item, the classification of an item on all lists, what would change the answer, and the whole
//! answer as a value, without text. The lawbook is open before the clock starts.
#![allow(clippy::unwrap_used, reason = "a benchmark that fails is to end")]

use std::collections::BTreeSet;
use std::sync::LazyLock;

use comity::{deal_file, world};
use comity_engine::answer::{answer, classify_all};
use comity_engine::classify::{Classified, Frame, classify};
use comity_engine::decide::{Chosen, Court, Evidenced};
use comity_engine::flip::flips;
use comity_engine::screen::{Profile, Shelf, screen};
use comity_model::answer::PartyAnswer;
use comity_model::date::Day;
use comity_model::deal::Deal;
use comity_model::lawbook::Lawbook;
use divan::Bencher;

fn main() {
    divan::main();
}

/// What is asked, with all that comes before the decision done.
struct Question {
    book: Lawbook,
    deal: Deal,
    day: Day,
    items: Vec<Classified>,
    parties: Vec<PartyAnswer>,
    lists: BTreeSet<String>,
}

static QUESTION: LazyLock<Question> = LazyLock::new(|| {
    let book = world::embedded().unwrap();
    book.verify().unwrap();
    let text = include_str!("../../../examples/pump-drive.toml");
    let deal = deal_file::read("pump-drive.toml", text, &book).unwrap();
    let day = deal.date.unwrap();
    let items = classify_all(Frame { book: &book, deal: &deal, day });
    let parties = screen(&book, &deal, &Shelf::default(), day, &Profile::default()).unwrap();
    Question { book, deal, day, items, parties, lists: BTreeSet::new() }
});

impl Question {
    fn frame(&self) -> Frame<'_> {
        Frame { book: &self.book, deal: &self.deal, day: self.day }
    }

    fn evidence(&self) -> Evidenced<'_> {
        Evidenced { items: &self.items, parties: &self.parties, lists: &self.lists }
    }
}

fn laws() -> impl Iterator<Item = &'static str> {
    QUESTION.book.packs().iter().map(|pack| pack.id.as_str())
}

#[divan::bench(args = laws())]
fn one_decision(bencher: Bencher, law: &str) {
    let question = &*QUESTION;
    let pack = question.book.pack(law).unwrap();
    bencher
        .bench(|| Court::new(question.frame(), question.evidence(), pack, Some(0), Chosen::new()).decide());
}

#[divan::bench]
fn classify_one_item(bencher: Bencher) {
    let question = &*QUESTION;
    let item = question.deal.items.first().unwrap();
    bencher.bench(|| classify(question.frame(), item));
}

#[divan::bench(sample_count = 20)]
fn what_would_change_it(bencher: Bencher) {
    let question = &*QUESTION;
    bencher.bench(|| flips(question.frame(), question.evidence()));
}

#[divan::bench(sample_count = 20)]
fn whole_answer(bencher: Bencher) {
    let question = &*QUESTION;
    let shelf = Shelf::default();
    bencher
        .bench(|| answer(&question.book, &question.deal, &shelf, question.day, &Profile::default()).unwrap());
}

#[divan::bench]
fn read_the_deal(bencher: Bencher) {
    let question = &*QUESTION;
    let text = include_str!("../../../examples/pump-drive.toml");
    bencher.bench(|| deal_file::read("pump-drive.toml", text, &question.book).unwrap());
}
