//! The matrix of the resolution in the engine: placing rows, and tables of review over a synthetic world beside a plain slow count.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;
use std::time::Instant;

use comity_engine::r1540::consistency::{NoteKind, notes};
use comity_engine::r1540::diff::diff;
use comity_engine::r1540::place::{Cells, Places, Step};
use comity_engine::r1540::review::{Count, Group, Read, Small, cohort, table};
use comity_model::lawbook::Lawbook;
use comity_model::r1540::{
    Alias, CellValue, Edition, Entry, Fact, LawCited, Life, R1540, Unplaced, WhyUnplaced,
};
use comity_model::standing::UnStatus;
use comity_model::{DateValue, StateCode};

fn book() -> &'static Lawbook {
    static BOOK: OnceLock<Lawbook> = OnceLock::new();
    BOOK.get_or_init(|| {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
        comity_pack::compile::lawbook(&data, &[]).unwrap_or_else(|f| panic!("{f:#?}"))
    })
}

fn catalogue() -> &'static R1540 {
    book().r1540()
}

fn cells(pairs: &[(&str, &str)]) -> Cells {
    pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
}

fn fact(field: &str, value: CellValue) -> Fact {
    Fact {
        field: field.into(),
        value,
        detail: String::new(),
        law: LawCited::default(),
        source: "made".into(),
        source_date: String::new(),
        entry: Entry::Table,
        confidence: None,
        by: String::new(),
        on: None,
    }
}

fn edition(state: StateCode, date: &str, facts: Vec<Fact>) -> Edition {
    Edition {
        state,
        date: date.parse().unwrap(),
        name: "made".into(),
        life: Life::Published,
        is_part: false,
        facts,
        unplaced: Vec::new(),
    }
}

#[test]
fn the_catalogue_has_370_fields_in_five_parts() {
    let all = catalogue();
    assert_eq!((all.fields.len(), all.by_id.len(), all.rows.len()), (370, 370, 94));
    let mut parts = BTreeMap::new();
    for field in &all.fields {
        *parts.entry(all.row_of(field).unwrap().part).or_insert(0) += 1;
    }
    assert_eq!(parts.into_values().collect::<Vec<_>>(), [17, 78, 104, 162, 9]);
    let seen =
        all.fields.iter().filter(|f| all.row_of(f).unwrap().evidence != comity_model::Evidence::Memory);
    assert_eq!(seen.count(), 10);
    assert_eq!(
        all.legend.iter().filter(|l| l.is_measure).map(|l| l.value).collect::<Vec<_>>(),
        [CellValue::X]
    );
}

#[test]
fn every_field_is_found_by_id_and_by_its_label_in_any_dress() {
    let all = catalogue();
    let places = Places::new(all, &[]);
    for field in &all.fields {
        let row = all.row_of(field).unwrap();
        let part = all.part_of(row).unwrap();
        let by_id = places.locate(&cells(&[("field_id", &field.id)])).unwrap();
        assert_eq!((by_id.0.id.as_str(), by_id.1), (field.id.as_str(), Step::Id));
        for op in [&part.id, &part.prefix, &part.paragraphs] {
            let mut named = cells(&[
                ("op", op),
                ("label", &row.label),
                ("weapon", field.weapon.word()),
                ("dimension", field.dimension.word()),
            ]);
            let (found, step) = places.locate(&named).unwrap();
            assert_eq!((found.id.as_str(), step), (field.id.as_str(), Step::Label));
            named.insert("label".into(), format!("  {}. ", row.label.to_uppercase().replace(", ", " - ")));
            let (found, step) = places.locate(&named).unwrap();
            assert_eq!(found.id, field.id);
            assert!(step <= Step::Folded);
        }
    }
}

#[test]
fn one_paragraph_of_several_names_the_part() {
    let places = Places::new(catalogue(), &[]);
    for (op, parts) in
        [("3(a)", vec![2]), ("OP 3 (d)", vec![3]), ("3", vec![2, 3]), ("8(d)", vec![4]), ("9", vec![])]
    {
        assert_eq!(places.parts(op), parts, "{op}");
    }
}

#[test]
fn an_invented_label_has_no_place_until_an_alias_gives_it_one() {
    let all = catalogue();
    let row = cells(&[
        ("op", "2"),
        ("label", "Ban on paying for it"),
        ("weapon", "N"),
        ("dimension", "L"),
        ("value", "X"),
    ]);
    let no = Places::new(all, &[]).fact(&row).unwrap_err();
    assert_eq!(no.why, WhyUnplaced::Unmapped);
    let finance = all.rows.iter().find(|r| r.id.ends_with(".FINANCE")).unwrap();
    let mut kept = edition(all.editions[0].state, "2014-05-01", Vec::new());
    kept.unplaced.push(Unplaced { line: 7, cells: row, why: WhyUnplaced::Unmapped });
    let alias = Alias {
        part: String::new(),
        alias: "ban on PAYING for it".into(),
        row: finance.id.clone(),
        source: "test".into(),
    };
    let (again, found) = Places::new(all, &[alias]).retried(&kept);
    assert_eq!(found, [format!("{}.N.L", finance.id)]);
    assert!(again.unplaced.is_empty() && again.facts.len() == 1);
}

#[test]
fn a_label_that_means_several_fields_is_not_guessed() {
    let places = Places::new(catalogue(), &[]);
    let other =
        places.locate(&cells(&[("label", "Other"), ("weapon", "N"), ("dimension", "L"), ("value", "X")]));
    assert!(other.unwrap_err().found.contains("fields"), "`other` stands in two parts");
    let open = places.locate(&cells(&[("op", "2"), ("label", "prohibition: use"), ("weapon", "N")]));
    assert!(open.is_err(), "two dimensions");
    let odd = places.locate(&cells(&[
        ("op", "2"),
        ("label", "prohibition: use"),
        ("weapon", "R"),
        ("dimension", "L"),
    ]));
    assert!(odd.unwrap_err().found.contains("weapon `R`"));
}

#[test]
fn differences_are_parted_by_kind_and_the_template_stands_apart() {
    let all = catalogue();
    let state = all.editions[0].state;
    let id = |at: usize| all.fields[at].id.as_str();
    let with = |f: Fact, detail: &str, law: &str| Fact {
        detail: detail.into(),
        law: LawCited { title: law.into(), ..LawCited::default() },
        ..f
    };
    // Fields 20 to 25 are of one row; 0 and 1 are rows of their own.
    let a = edition(
        state,
        "2014-01-01",
        vec![
            fact(id(20), CellValue::X),
            with(fact(id(21), CellValue::X), "old", ""),
            with(fact(id(22), CellValue::X), "", "Act 1"),
            fact(id(23), CellValue::Na),
            fact(id(0), CellValue::X),
        ],
    );
    let b = edition(
        state,
        "2015-01-01",
        vec![
            fact(id(20), CellValue::Open),
            with(fact(id(21), CellValue::X), "new", ""),
            with(fact(id(22), CellValue::X), "", "Act 2"),
            fact(id(23), CellValue::Na),
            fact(id(24), CellValue::X),
            fact(id(1), CellValue::X),
        ],
    );
    let found = diff(all, &a, &b);
    let ids = |list: &[comity_engine::r1540::diff::Change<'_>]| {
        list.iter().map(|c| (c.field.to_owned(), c.is_template)).collect::<Vec<_>>()
    };
    assert_eq!(ids(&found.value), [(id(20).to_owned(), false)]);
    assert_eq!(ids(&found.text), [(id(21).to_owned(), false)]);
    assert_eq!(ids(&found.law), [(id(22).to_owned(), false)]);
    assert_eq!(ids(&found.added), [(id(1).to_owned(), true), (id(24).to_owned(), false)]);
    assert_eq!(ids(&found.removed), [(id(0).to_owned(), true)]);
    assert_eq!(found.unchanged, 1);
    assert_eq!(diff(all, &a, &a).unchanged, 5);
    // What rests on another document, or on one of another date, is not unchanged.
    let mut c = b.clone();
    if let Some(fact) = c.facts.iter_mut().find(|f| f.field == id(20)) {
        fact.source = "another".to_owned();
    }
    if let Some(fact) = c.facts.iter_mut().find(|f| f.field == id(23)) {
        fact.source_date = "2015-06-01".to_owned();
    }
    let found = diff(all, &b, &c);
    assert_eq!(ids(&found.source), [(id(20).to_owned(), false), (id(23).to_owned(), false)]);
    assert_eq!((found.unchanged, found.text.len(), found.value.len()), (b.facts.len() - 2, 0, 0));
}

#[test]
fn marks_beside_the_treaty_data_are_noted_and_not_corrected() {
    let all = catalogue();
    let states = book().states();
    let row = |treaty: &str| all.rows.iter().find(|r| r.treaty.as_deref() == Some(treaty)).unwrap();
    let code = |text: &str| text.parse::<StateCode>().unwrap();
    // Outside of the treaty on the day, with the mark; in it, without the mark.
    let kenya = edition(
        code("IN"),
        "2014-05-01",
        vec![fact(&row("NPT").id, CellValue::X), fact(&row("BWC").id, CellValue::Blank)],
    );
    let found = notes(all, states, &kenya);
    let kind = |treaty: &str| found.iter().find(|n| n.field == row(treaty).id).map(|n| n.kind);
    assert_eq!(kind("NPT"), Some(NoteKind::MarkedAndOutside));
    assert_eq!(kind("BWC"), Some(NoteKind::UnmarkedAndIn));
    // The day counts: signed on the earlier day, party on the later one, signatory again at last.
    for (day, expected) in [
        ("1999-01-01", Some(NoteKind::NotSettled)),
        ("2001-01-01", None),
        ("2024-01-01", Some(NoteKind::NotSettled)),
    ] {
        let edition = edition(code("RU"), day, vec![fact(&row("CTBT").id, CellValue::X)]);
        let found = notes(all, states, &edition);
        assert_eq!(found.iter().find(|n| n.field == row("CTBT").id).map(|n| n.kind), expected, "{day}");
    }
}

/// A plain generator, the same in every run.
struct Dice(u64);

impl Dice {
    fn next(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// Filled matrices of all members in three years; some have none in the first, some an unpublished one in the last, some cells conflict.
fn world() -> Vec<Edition> {
    let all = catalogue();
    let mut dice = Dice(1540);
    let mut editions = Vec::new();
    for state in book().states().states.iter().filter(|s| s.un_status == UnStatus::Member) {
        for year in [2011, 2014, 2016] {
            if year == 2011 && dice.next(9) == 0 {
                continue;
            }
            let mut facts = Vec::new();
            for field in &all.fields {
                let values = &all.row_of(field).unwrap().values;
                for _ in 0..=u64::from(dice.next(40) == 0) {
                    facts.push(fact(
                        &field.id,
                        values[usize::try_from(dice.next(values.len() as u64)).unwrap()],
                    ));
                }
            }
            let day = format!("{year}-{:02}-{:02}", 1 + dice.next(12), 1 + dice.next(28));
            let mut edition = edition(state.code, &day, facts);
            if year == 2016 && dice.next(10) == 0 {
                edition.life = Life::Agreed;
            }
            editions.push(edition);
        }
    }
    editions
}

fn groups() -> Vec<Group> {
    let states = &book().states().states;
    let members = || states.iter().filter(|s| s.un_status == UnStatus::Member);
    let mut names: Vec<&str> = members().map(|s| s.group.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let mut groups = vec![Group { name: "all".into(), states: members().map(|s| s.code).collect() }];
    groups.extend(names.iter().map(|name| Group {
        name: (*name).to_owned(),
        states: members().filter(|s| s.group == *name).map(|s| s.code).collect(),
    }));
    groups
}

/// The value of a cell, told anew: the marks that are not blank; one is the value, several conflict.
fn plain(edition: &Edition, field: &str) -> Count {
    let mut marks: Vec<CellValue> = edition
        .facts
        .iter()
        .filter(|f| f.field == field && f.value != CellValue::Blank)
        .map(|f| f.value)
        .collect();
    marks.sort();
    marks.dedup();
    match marks.as_slice() {
        [] => Count::Blank,
        [CellValue::X] => Count::X,
        [CellValue::Na] => Count::Na,
        [CellValue::Open] => Count::Open,
        _ => Count::Conflicting,
    }
}

fn plain_edition(editions: &[Edition], state: StateCode, year: i16) -> Option<&Edition> {
    let mut found: Option<&Edition> = None;
    for edition in editions {
        let DateValue::Day(day) = edition.date else { panic!() };
        if edition.state == state
            && edition.life == Life::Published
            && day.year() <= year
            && found.is_none_or(|f| f.date.latest() < edition.date.latest())
        {
            found = Some(edition);
        }
    }
    found
}

#[test]
fn tables_over_a_made_world_equal_a_plain_count_and_take_less_than_a_second() {
    let all = catalogue();
    let editions = world();
    assert!(editions.len() > 193 * 2 + 150, "{}", editions.len());
    let groups = groups();
    let sizes: Vec<usize> = groups.iter().map(|g| g.states.len()).collect();
    assert_eq!(sizes, [193, 54, 54, 23, 33, 29]);
    let fields: Vec<usize> = (0..all.fields.len()).collect();

    let start = Instant::now();
    let read: Vec<Read> = editions.iter().filter_map(|e| Read::new(all, e, "", &[])).collect();
    let whole = table(&read, &groups[0], 2016, &fields, Small::Names);
    let took = start.elapsed();
    println!("a table of 370 fields over 193 States, {} editions read: {took:?}", editions.len());
    assert!(took.as_secs_f64() < 1.0, "{took:?}");
    assert_eq!(whole.lines.len(), 370);
    let tables: Vec<_> = groups
        .iter()
        .flat_map(|g| [2011, 2014, 2016].map(|year| table(&read, g, year, &fields, Small::Names)))
        .collect();

    // The plain count looks up every cell by itself; every tenth field, so that the test is short.
    let mut looked_at = 0;
    for table in &tables {
        for line in table.lines.iter().step_by(10) {
            let field = &all.fields[line.field].id;
            let mut counts: BTreeMap<Count, u32> = BTreeMap::new();
            for state in &table.group.states {
                let count =
                    plain_edition(&editions, *state, table.year).map_or(Count::NoMatrix, |e| plain(e, field));
                *counts.entry(count).or_default() += 1;
            }
            for count in Count::ALL {
                assert_eq!(
                    line.count(count),
                    Some(counts.get(&count).copied().unwrap_or(0)),
                    "{field} {count:?}"
                );
            }
            let get = |c| counts.get(&c).copied().unwrap_or(0);
            let size = u32::try_from(table.group.states.len()).unwrap();
            assert_eq!(line.denominator, size - get(Count::NoMatrix) - get(Count::Na));
            for (count, states) in &line.names {
                assert!((1..5).contains(&get(*count)) && states.len() == get(*count) as usize);
            }
            looked_at += 1;
        }
    }
    assert_eq!(looked_at, 18 * 37);
}

#[test]
fn a_cohort_holds_the_states_of_both_years_and_its_moves_add_up() {
    let all = catalogue();
    let editions = world();
    let read: Vec<Read> = editions.iter().filter_map(|e| Read::new(all, e, "", &[])).collect();
    let group = &groups()[0];
    let found = cohort(&read, group, (2011, 2016), &[0, 100, 369]);
    assert!(found.states.len() < 193 && found.states.len() > 150);
    for line in &found.lines {
        let moved: usize = line.moves.values().map(Vec::len).sum();
        assert_eq!(moved + line.unchanged as usize, found.states.len());
        let field = &all.fields[line.field].id;
        for ((from, to), states) in &line.moves {
            for state in states {
                assert_eq!(plain(plain_edition(&editions, *state, 2011).unwrap(), field), *from);
                assert_eq!(plain(plain_edition(&editions, *state, 2016).unwrap(), field), *to);
            }
        }
    }
}

#[test]
fn only_whole_published_editions_enter_and_drafts_only_their_own_states() {
    let all = catalogue();
    let state = all.editions[0].state;
    let mut draft = edition(state, "2014-01-01", vec![fact(&all.fields[0].id, CellValue::X)]);
    draft.life = Life::Drafted;
    assert!(Read::new(all, &draft, "", &[]).is_none());
    assert!(Read::new(all, &draft, "", &[state]).is_some());
    draft.life = Life::Published;
    assert!(Read::new(all, &draft, "", &[]).is_some());
    draft.is_part = true;
    assert!(Read::new(all, &draft, "", &[state]).is_none());
}

#[test]
fn the_catalogue_is_that_of_the_shared_table() {
    let shared = std::env::var_os("COMITY_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        std::path::PathBuf::from,
    );
    let Ok(text) = std::fs::read_to_string(shared.join("unscr1540/matrix-fields.csv")) else {
        println!("skipped: no table of fields in {}", shared.display());
        return;
    };
    let all = catalogue();
    let mut seen = 0;
    for line in text.lines().skip(1) {
        let id = line.split(',').next().unwrap();
        let field = all.field(id).unwrap_or_else(|| panic!("{id}"));
        assert!(line.contains(&all.row_of(field).unwrap().label), "{id}");
        seen += 1;
    }
    assert_eq!(seen, all.fields.len());
}
