//! A cell with all its facts. The main type is [`Cell`].
//!
//! Facts that differ stand side by side and none is chosen: such a cell is conflicting. A blank says nothing, so it contradicts nothing. Text that
//! was drawn from a page has no voice where a person or a table spoke; where it reads otherwise, that is told.

use std::collections::BTreeMap;

use comity_model::r1540::{CellValue, Edition, Entry, Fact, R1540};

/// What a cell shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shown {
    /// All facts that have a voice agree.
    One(CellValue),
    /// They differ; none is chosen.
    Conflicting,
}

impl Shown {
    /// The word for text and JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::One(value) => value.word(),
            Self::Conflicting => "conflicting",
        }
    }
}

/// A cell of an edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell<'e> {
    /// The id of its field.
    pub field: &'e str,
    /// All facts, in their order.
    pub facts: Vec<&'e Fact>,
    /// What it shows.
    pub shown: Shown,
    /// The law is cited with two dates.
    pub laws_differ: bool,
    /// Drawn text reads otherwise than what a person or a table said.
    pub drawn_differs: bool,
}

impl<'e> Cell<'e> {
    /// The cell of these facts, which are of one field.
    #[must_use]
    pub fn of(field: &'e str, facts: Vec<&'e Fact>) -> Self {
        let heard = facts.iter().any(|f| f.entry != Entry::Drawn && f.value != CellValue::Blank);
        let voices: Vec<&Fact> =
            facts.iter().copied().filter(|f| !heard || f.entry != Entry::Drawn).collect();
        let mut values: Vec<CellValue> =
            voices.iter().map(|f| f.value).filter(|v| *v != CellValue::Blank).collect();
        values.sort();
        values.dedup();
        let shown = match values.as_slice() {
            [] => Shown::One(CellValue::Blank),
            [one] => Shown::One(*one),
            _ => Shown::Conflicting,
        };
        let mut dates: BTreeMap<(&str, &str), &str> = BTreeMap::new();
        let mut laws_differ = false;
        for law in voices.iter().map(|f| &f.law).filter(|l| !l.title.is_empty() && !l.date.is_empty()) {
            let first = dates.entry((&law.title, &law.article)).or_insert(&law.date);
            laws_differ |= *first != law.date;
        }
        let drawn_differs = heard
            && facts.iter().any(|f| {
                f.entry == Entry::Drawn && f.value != CellValue::Blank && !values.contains(&f.value)
            });
        Self { field, facts, shown, laws_differ, drawn_differs }
    }

    /// Whether sources differ in the value or in the date of a law.
    #[must_use]
    pub fn is_conflicting(&self) -> bool {
        self.shown == Shown::Conflicting || self.laws_differ
    }
}

/// The cells of an edition by field. A field without a fact has none.
#[must_use]
pub fn cells(edition: &Edition) -> BTreeMap<&str, Cell<'_>> {
    let mut facts: BTreeMap<&str, Vec<&Fact>> = BTreeMap::new();
    for fact in &edition.facts {
        facts.entry(&fact.field).or_default().push(fact);
    }
    facts.into_iter().map(|(field, facts)| (field, Cell::of(field, facts))).collect()
}

/// What every field of the catalogue shows in an edition, by the number of the field. A field without a fact is blank.
#[must_use]
pub fn shown(catalogue: &R1540, edition: &Edition) -> Vec<Shown> {
    let mut all = vec![Shown::One(CellValue::Blank); catalogue.fields.len()];
    // Most cells have one fact; only the others need to be weighed.
    let mut first: Vec<Option<&Fact>> = vec![None; all.len()];
    let mut several: BTreeMap<usize, Vec<&Fact>> = BTreeMap::new();
    for fact in &edition.facts {
        let Some(at) = catalogue.by_id.get(&fact.field).map(|at| usize::from(*at)) else { continue };
        let (Some(slot), Some(before)) = (all.get_mut(at), first.get_mut(at)) else { continue };
        match *before {
            None => (*slot, *before) = (Shown::One(fact.value), Some(fact)),
            Some(one) => several.entry(at).or_insert_with(|| vec![one]).push(fact),
        }
    }
    for (at, facts) in several {
        if let Some(slot) = all.get_mut(at) {
            *slot = Cell::of("", facts).shown;
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use comity_model::r1540::LawCited;

    fn fact(value: CellValue, entry: Entry, law_date: &str) -> Fact {
        Fact {
            field: "F".into(),
            value,
            detail: String::new(),
            law: LawCited { title: "Act".into(), article: "1".into(), date: law_date.into() },
            source: "s".into(),
            source_date: String::new(),
            entry,
            confidence: None,
            by: String::new(),
            on: None,
        }
    }

    fn cell(facts: &[Fact]) -> Cell<'_> {
        Cell::of("F", facts.iter().collect())
    }

    #[test]
    fn facts_that_differ_conflict_and_none_is_chosen() {
        let facts = [fact(CellValue::X, Entry::Table, ""), fact(CellValue::Open, Entry::Entered, "")];
        assert_eq!(cell(&facts).shown, Shown::Conflicting);
        assert_eq!(cell(&facts).facts.len(), 2);
        let facts = [fact(CellValue::X, Entry::Table, "2004"), fact(CellValue::X, Entry::Table, "2005")];
        assert!(cell(&facts).laws_differ && cell(&facts).shown == Shown::One(CellValue::X));
    }

    #[test]
    fn a_blank_contradicts_nothing() {
        let facts = [fact(CellValue::Blank, Entry::Table, ""), fact(CellValue::Na, Entry::Table, "")];
        assert_eq!(cell(&facts).shown, Shown::One(CellValue::Na));
        assert!(!cell(&facts).is_conflicting());
        assert_eq!(cell(&[]).shown, Shown::One(CellValue::Blank));
    }

    #[test]
    fn drawn_text_has_no_voice_where_a_person_spoke() {
        let facts = [fact(CellValue::X, Entry::Entered, ""), fact(CellValue::Na, Entry::Drawn, "")];
        assert_eq!(cell(&facts).shown, Shown::One(CellValue::X));
        assert!(cell(&facts).drawn_differs && !cell(&facts).is_conflicting());
        assert_eq!(cell(&facts[1..]).shown, Shown::One(CellValue::Na));
        // A blank of a person is no information: the drawn text is then all there is.
        let facts = [fact(CellValue::Blank, Entry::Entered, ""), fact(CellValue::Na, Entry::Drawn, "")];
        assert_eq!(cell(&facts).shown, Shown::One(CellValue::Na));
    }
}
