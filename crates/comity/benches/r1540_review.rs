//! Tables of review over matrices of all member States: reading the editions, and counting them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark stops where it fails")]

use std::path::Path;

use comity_engine::r1540::review::{Group, Read, Small, table};
use comity_model::lawbook::Lawbook;
use comity_model::r1540::{Edition, Entry, Fact, LawCited, Life};
use comity_model::standing::UnStatus;

fn main() {
    divan::main();
}

fn book() -> Lawbook {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
    comity_pack::compile::lawbook(&data, &[]).unwrap()
}

/// A filled matrix of every member in each of three years.
fn world(book: &Lawbook) -> (Vec<Edition>, Group) {
    let all = book.r1540();
    let members: Vec<_> = book.states().states.iter().filter(|s| s.un_status == UnStatus::Member).collect();
    let mut seed = 1540u64;
    let mut editions = Vec::new();
    for state in &members {
        for year in [2011, 2014, 2016] {
            let facts = all
                .fields
                .iter()
                .map(|field| {
                    seed =
                        seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    let values = &all.row_of(field).unwrap().values;
                    Fact {
                        field: field.id.clone(),
                        value: values[(seed >> 33) as usize % values.len()],
                        detail: "made".into(),
                        law: LawCited::default(),
                        source: "made".into(),
                        source_date: String::new(),
                        entry: Entry::Table,
                        confidence: None,
                        by: String::new(),
                        on: None,
                    }
                })
                .collect();
            editions.push(Edition {
                state: state.code,
                date: format!("{year}-06-01").parse().unwrap(),
                name: "made".into(),
                life: Life::Published,
                is_part: false,
                facts,
                unplaced: Vec::new(),
            });
        }
    }
    (editions, Group { name: "all".into(), states: members.iter().map(|s| s.code).collect() })
}

/// 193 States, three years, 370 fields: all of it, from editions in memory to the table of a year.
#[divan::bench(sample_count = 20)]
fn whole_table(bencher: divan::Bencher<'_, '_>) {
    let book = book();
    let (editions, group) = world(&book);
    let fields: Vec<usize> = (0..book.r1540().fields.len()).collect();
    bencher.bench(|| {
        let read: Vec<Read> = editions.iter().filter_map(|e| Read::new(book.r1540(), e, "", &[])).collect();
        table(&read, &group, 2016, &fields, Small::Withhold)
    });
}

/// One field of one year, the editions read before.
#[divan::bench]
fn one_field(bencher: divan::Bencher<'_, '_>) {
    let book = book();
    let (editions, group) = world(&book);
    let read: Vec<Read> = editions.iter().filter_map(|e| Read::new(book.r1540(), e, "", &[])).collect();
    bencher.bench(|| table(&read, &group, 2016, &[100], Small::Withhold));
}
