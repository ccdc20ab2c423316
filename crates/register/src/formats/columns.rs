//! Tables whose first row names the columns: a cell is found by the name of its column, wherever that stands.

use std::collections::BTreeMap;

use super::rows::Row;
use super::text::collapsed;
use crate::error::Refusal;

/// The names of the columns.
pub(crate) struct Header {
    names: Vec<String>,
    places: BTreeMap<String, usize>,
}

fn key(name: &str) -> String {
    collapsed(name).to_lowercase()
}

impl Header {
    /// The header that a row is, if it has all the columns asked for and none twice.
    pub(crate) fn new(row: &Row, file: &str, required: &[&str]) -> Result<Self, Refusal> {
        let remedy = "fetch the file again from its publisher; if the publisher changed the form, a newer reader is needed";
        let refuse = |finding: String| Refusal::new(file, row.line, finding, remedy);
        let names: Vec<String> = row.fields.iter().map(|f| collapsed(&f.text)).collect();
        let mut places = BTreeMap::new();
        for (place, name) in names.iter().enumerate().filter(|(_, n)| !n.is_empty()) {
            if places.insert(key(name), place).is_some() {
                return Err(refuse(format!("two columns `{name}`")));
            }
        }
        let missing: Vec<&str> = required.iter().copied().filter(|n| !places.contains_key(&key(n))).collect();
        if missing.is_empty() {
            return Ok(Self { names, places });
        }
        let (some, more) = missing.split_at(missing.len().min(5));
        let more = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
        let seen: String = names.first().map(|n| n.chars().take(40).collect()).unwrap_or_default();
        Err(refuse(format!(
            "the columns {}{more} are missing; seen are {} columns, the first `{seen}`",
            some.join(", "),
            names.len()
        )))
    }

    /// How many columns there are.
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// The names of the columns, in their order.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// The place of a column.
    pub(crate) fn place(&self, name: &str) -> Option<usize> {
        self.places.get(&key(name)).copied()
    }

    /// The cell of a row in a column, word for word; empty if there is no such column.
    pub(crate) fn cell<'r>(&self, row: &'r Row, name: &str) -> &'r str {
        let field = self.place(name).and_then(|at| row.fields.get(at));
        field.map_or("", |f| f.text.as_str())
    }

    /// Refuses a row with another number of fields than there are columns.
    pub(crate) fn fits(&self, row: &Row, file: &str) -> Result<(), Refusal> {
        if row.fields.len() == self.len() {
            return Ok(());
        }
        let finding = format!("{} fields, {} expected as in the header", row.fields.len(), self.len());
        Err(Refusal::new(file, row.line, finding, "fetch the file again from its publisher"))
    }
}
