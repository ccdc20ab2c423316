//! Reading CSV with its places: a head line names the columns, `#` lines are comments, every row knows its line.

use std::borrow::Cow;

use crate::fault::Fault;
use crate::language::nearest;

/// A CSV file, read.
#[derive(Debug)]
pub struct Csv {
    file: String,
    columns: Vec<String>,
    rows: Vec<(usize, Vec<String>)>,
}

/// One row.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    csv: &'a Csv,
    /// Its line in the file, from 1.
    pub line: usize,
    cells: &'a [String],
}

/// The text with lines that end in LF alone: the reader of rows counts CR LF one line late.
pub(crate) fn one_line_end(text: &str) -> Cow<'_, str> {
    if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n")) } else { Cow::Borrowed(text) }
}

impl Csv {
    /// Reads `text`; columns that are `required` and missing are faults, and none is returned then.
    pub fn read(file: &str, text: &str, required: &[&str], faults: &mut Vec<Fault>) -> Option<Self> {
        let text = &*one_line_end(text);
        let mut reader = csv::ReaderBuilder::new()
            .comment(Some(b'#'))
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let columns: Vec<String> = match reader.headers() {
            Ok(head) => head.iter().map(str::to_owned).collect(),
            Err(error) => {
                faults.push(Fault::new(
                    file,
                    1,
                    format!("no head line can be read: {error}"),
                    "the names of the columns",
                    "write the file as CSV in UTF-8",
                ));
                return None;
            }
        };
        let missing: Vec<_> = required.iter().filter(|c| !columns.iter().any(|k| k == *c)).collect();
        if !missing.is_empty() {
            let names = missing.iter().map(|c| format!("`{c}`")).collect::<Vec<_>>().join(", ");
            let hint = missing
                .iter()
                .map(|c| nearest(c, columns.iter().map(String::as_str)))
                .find(|h| h.starts_with("did"));
            faults.push(Fault::new(
                file,
                1,
                format!("the head line lacks {names}"),
                required.join(","),
                hint.unwrap_or_else(|| "add the columns".to_owned()),
            ));
            return None;
        }
        let mut rows = Vec::new();
        let lines: Vec<&str> = text.lines().collect();
        // The reader counts comments and blank lines to the row behind them.
        let row_line = |position: Option<&csv::Position>| {
            let mut line = position.map_or(0, |p| usize::try_from(p.line()).unwrap_or(0));
            while line > 0 && lines.get(line - 1).is_some_and(|l| l.starts_with('#') || l.trim().is_empty()) {
                line += 1;
            }
            line
        };
        for record in reader.records() {
            match record {
                Ok(record) => {
                    let line = row_line(record.position());
                    if record.len() != columns.len() {
                        faults.push(Fault::new(
                            file,
                            line,
                            format!("{} cells", record.len()),
                            format!("{} as in the head line", columns.len()),
                            "put cells with a comma inside into double quotes, and fill empty cells by commas",
                        ));
                        continue;
                    }
                    rows.push((line, record.iter().map(str::to_owned).collect()));
                }
                Err(error) => {
                    let line = row_line(error.position());
                    faults.push(Fault::new(
                        file,
                        line,
                        format!("a row that cannot be read: {error}"),
                        "CSV in UTF-8",
                        "correct the row",
                    ));
                }
            }
        }
        Some(Self { file: file.to_owned(), columns, rows })
    }

    /// The columns.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The rows.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|(line, cells)| Row { csv: self, line: *line, cells })
    }
}

impl<'a> Row<'a> {
    /// The cell of a column; empty if there is no such column.
    #[must_use]
    pub fn get(&self, column: &str) -> &'a str {
        let index = self.csv.columns.iter().position(|c| c == column);
        index.and_then(|i| self.cells.get(i)).map_or("", String::as_str)
    }

    /// The parts of a cell that holds a set.
    pub fn set(&self, column: &str) -> impl Iterator<Item = &'a str> {
        self.get(column).split('|').map(str::trim).filter(|part| !part.is_empty())
    }

    /// A fault in this row.
    pub fn fault(
        &self,
        found: impl Into<String>,
        expected: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Fault {
        Fault::new(&self.csv.file, self.line, found, expected, remedy)
    }

    /// A cell parsed into a type; none if it is empty or wrong, and a fault if it is wrong.
    pub fn parsed<T: std::str::FromStr>(&self, column: &str, faults: &mut Vec<Fault>) -> Option<T>
    where
        T::Err: std::fmt::Display,
    {
        let text = self.get(column);
        if text.is_empty() {
            return None;
        }
        match text.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                faults.push(self.fault(format!("column `{column}`: {error}"), "", "correct the cell"));
                None
            }
        }
    }

    /// A set of parsed words.
    pub fn parsed_set<T: std::str::FromStr>(&self, column: &str, faults: &mut Vec<Fault>) -> Vec<T>
    where
        T::Err: std::fmt::Display,
    {
        let mut values = Vec::new();
        for text in self.set(column) {
            match text.parse() {
                Ok(value) => values.push(value),
                Err(error) => {
                    faults.push(self.fault(format!("column `{column}`: {error}"), "", "correct the cell"))
                }
            }
        }
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_know_their_lines_and_short_rows_are_faults() {
        let mut faults = Vec::new();
        let csv =
            Csv::read("t.csv", "# head\ncode,title\nA1,\"one, two\"\n# more\nB2\n", &["code"], &mut faults)
                .unwrap();
        let rows: Vec<_> = csv.rows().map(|r| (r.line, r.get("code"), r.get("title"))).collect();
        assert_eq!(rows, [(3, "A1", "one, two")]);
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].line, 5);
    }

    #[test]
    fn a_missing_column_names_the_near_one() {
        let mut faults = Vec::new();
        assert!(Csv::read("t.csv", "cod,title\n", &["code"], &mut faults).is_none());
        assert!(faults[0].to_string().contains("did you mean `cod`"));
    }
}
