//! Rows below a header that names the columns.

use std::io::BufRead;

use comity_model::listing::SourceValue;

use super::rows::Rows;
use crate::error::Refusal;

/// A stream of rows below a header.
pub(crate) struct Headed<'f, R> {
    rows: Rows<'f, R>,
    columns: Vec<String>,
}

/// The cells of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cells {
    /// The line where it begins.
    pub(crate) line: u64,
    /// Whether the file ends with it, without a line end.
    pub(crate) unended: bool,
    values: Vec<String>,
}

impl<'f, R: BufRead> Headed<'f, R> {
    /// Reads the header: all required columns, each once, in any order.
    pub(crate) fn new(mut rows: Rows<'f, R>, required: &[&str]) -> Result<Self, Refusal> {
        let Some(header) = rows.next()? else { return Err(rows.refuse(1, "the file is empty")) };
        let columns: Vec<String> = header.fields.into_iter().map(|f| f.text.trim().to_owned()).collect();
        let missing: Vec<&str> =
            required.iter().filter(|name| !columns.iter().any(|c| c == *name)).copied().collect();
        if !missing.is_empty() {
            let finding = format!("no column {} in the header", missing.join(", "));
            return Err(rows.refuse(header.line, finding));
        }
        let twice = columns.iter().enumerate().find(|(at, c)| columns.iter().skip(at + 1).any(|d| d == *c));
        if let Some((_, column)) = twice {
            return Err(rows.refuse(header.line, format!("the column `{column}` twice in the header")));
        }
        Ok(Self { rows, columns })
    }

    /// Whether there is such a column.
    pub(crate) fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|c| c == column)
    }

    /// The columns beside those that are known.
    pub(crate) fn others<'s>(&'s self, known: &'s [&str]) -> impl Iterator<Item = &'s str> {
        self.columns.iter().map(String::as_str).filter(|c| !known.contains(c))
    }

    /// The next row, of as many fields as the header.
    pub(crate) fn next(&mut self) -> Result<Option<Cells>, Refusal> {
        let Some(row) = self.rows.next()? else { return Ok(None) };
        let (count, expected) = (row.fields.len(), self.columns.len());
        if count != expected {
            return Err(self.rows.refuse(row.line, format!("{count} fields, {expected} expected")));
        }
        let values: Vec<String> = row.fields.into_iter().map(|f| f.text).collect();
        if values.iter().zip(&self.columns).all(|(v, c)| v.trim() == c) {
            return Err(self.rows.refuse(row.line, "the header a second time (the file is doubled)"));
        }
        Ok(Some(Cells { line: row.line, unended: row.unended, values }))
    }

    /// The cell of a column; empty if there is no such column.
    pub(crate) fn cell<'c>(&self, cells: &'c Cells, column: &str) -> &'c str {
        let at = self.columns.iter().position(|c| c == column);
        at.and_then(|at| cells.values.get(at)).map_or("", String::as_str)
    }

    /// All cells that are not empty, with their columns.
    pub(crate) fn source(&self, cells: &Cells) -> Vec<SourceValue> {
        let pairs = self.columns.iter().zip(&cells.values).filter(|(_, value)| !value.is_empty());
        pairs.map(|(key, value)| SourceValue { key: key.clone(), value: value.clone() }).collect()
    }
}

/// What to say of a last row without a line end.
pub(crate) const UNENDED: &str = "no line end behind the last row: whole only if the publisher left it out";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_their_names() {
        let mut rows = Headed::new(Rows::text(&b"b,a\n1,2\n"[..], "t.csv", ','), &["a", "b"]).unwrap();
        let cells = rows.next().unwrap().unwrap();
        assert_eq!((rows.cell(&cells, "a"), rows.cell(&cells, "b"), rows.cell(&cells, "c")), ("2", "1", ""));
        assert!(rows.next().unwrap().is_none());
        for (bytes, finding) in [
            (&b"a\n"[..], "no column b"),
            (b"a,b,a\n", "twice in the header"),
            (b"", "empty"),
            (b"a,b\n1\n", "1 fields, 2 expected"),
            (b"a,b\na,b\n", "a second time"),
        ] {
            let all = Headed::new(Rows::text(bytes, "t.csv", ','), &["a", "b"]).and_then(|mut r| r.next());
            assert!(all.unwrap_err().finding.contains(finding), "{finding}");
        }
    }
}
