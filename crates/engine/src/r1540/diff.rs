//! Two editions of one State side by side. The main type is [`Diff`].
//!
//! A label that only one edition has is a change of the template and stands apart from what the State changed.

use std::collections::{BTreeMap, BTreeSet};

use comity_model::r1540::{Edition, Fact, LawCited, R1540};

use super::cells::{Cell, cells};

/// A cell in both editions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change<'e> {
    /// The id of the field.
    pub field: &'e str,
    /// Before; none where the edition has no such cell.
    pub from: Option<Cell<'e>>,
    /// After.
    pub to: Option<Cell<'e>>,
    /// Only one edition has any cell of this row: a change of the template.
    pub is_template: bool,
}

/// The differences of two editions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff<'e> {
    /// Cells that only the later one has.
    pub added: Vec<Change<'e>>,
    /// Cells that only the earlier one has.
    pub removed: Vec<Change<'e>>,
    /// Cells with another value.
    pub value: Vec<Change<'e>>,
    /// Cells with the same value and another law.
    pub law: Vec<Change<'e>>,
    /// Cells with the same value and law and another text.
    pub text: Vec<Change<'e>>,
    /// Cells with the same value, law and text that rest on another source, or one of another date.
    pub source: Vec<Change<'e>>,
    /// Cells that are equal.
    pub unchanged: usize,
    /// Labels without a place that only the earlier edition has.
    pub labels_removed: Vec<String>,
    /// Labels without a place that only the later edition has.
    pub labels_added: Vec<String>,
}

/// Compares two editions.
#[must_use]
pub fn diff<'e>(catalogue: &R1540, from: &'e Edition, to: &'e Edition) -> Diff<'e> {
    let (mut before, mut after) = (cells(from), cells(to));
    let row = |field: &str| catalogue.field(field).map(|f| f.row);
    let rows =
        |cells: &BTreeMap<&str, Cell<'_>>| cells.keys().filter_map(|f| row(f)).collect::<BTreeSet<u16>>();
    let (rows_before, rows_after) = (rows(&before), rows(&after));
    let mut found = Diff::default();
    // The order of the catalogue, not of the alphabet.
    let mut fields: Vec<&'e str> = before.keys().chain(after.keys()).copied().collect();
    fields.sort_by_key(|f| (catalogue.by_id.get(*f).copied().unwrap_or(u16::MAX), *f));
    fields.dedup();
    for field in fields {
        let of = |rows: &BTreeSet<u16>| row(field).is_some_and(|r| rows.contains(&r));
        let is_template = of(&rows_before) != of(&rows_after);
        let change = Change { field, from: before.remove(field), to: after.remove(field), is_template };
        let list = match (&change.from, &change.to) {
            (None, _) => &mut found.added,
            (_, None) => &mut found.removed,
            (Some(a), Some(b)) if a.shown != b.shown || set(a, |f| f.value) != set(b, |f| f.value) => {
                &mut found.value
            }
            (Some(a), Some(b)) if laws(a) != laws(b) => &mut found.law,
            (Some(a), Some(b)) if set(a, |f| &f.detail) != set(b, |f| &f.detail) => &mut found.text,
            (Some(a), Some(b)) if sources(a) != sources(b) => &mut found.source,
            _ => {
                found.unchanged += 1;
                continue;
            }
        };
        list.push(change);
    }
    let labels = |edition: &Edition| -> BTreeSet<String> {
        edition
            .unplaced
            .iter()
            .filter_map(|u| u.cells.get("label").or(u.cells.get("field_id")).cloned())
            .collect()
    };
    let (a, b) = (labels(from), labels(to));
    found.labels_removed = a.difference(&b).cloned().collect();
    found.labels_added = b.difference(&a).cloned().collect();
    found
}

fn set<'e, T: Ord>(cell: &Cell<'e>, of: impl Fn(&'e Fact) -> T) -> BTreeSet<T> {
    cell.facts.iter().map(|f| of(f)).collect()
}

fn sources<'e>(cell: &Cell<'e>) -> BTreeSet<(&'e str, &'e str)> {
    set(cell, |f| (f.source.as_str(), f.source_date.as_str()))
}

fn laws<'e>(cell: &Cell<'e>) -> BTreeSet<&'e LawCited> {
    set(cell, |f| &f.law).into_iter().filter(|l| !l.is_empty()).collect()
}
