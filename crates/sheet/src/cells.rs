//! The cells of a sheet, row by row, in the order of the file.

use std::borrow::Cow;

use crate::archive::Limits;
use crate::fault::SheetFault;
use crate::value::{DateSystem, Number, Value};
use crate::xml::{Element, Step, Xml};

/// The last row that the format knows, from 1.
const ROWS_MAX: u32 = 1_048_576;
/// How many columns the format knows.
const COLUMNS_MAX: u32 = 16_384;

/// A row with what stands in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its number, from 1.
    pub number: u32,
    /// Columns, from 0, and values of the cells that are not empty, from left to right.
    pub cells: Vec<(u32, Value)>,
}

impl Row {
    /// The value in a column, from 0.
    #[must_use]
    pub fn get(&self, column: u32) -> Option<&Value> {
        let at = self.cells.binary_search_by_key(&column, |(column, _)| *column).ok()?;
        self.cells.get(at).map(|(_, value)| value)
    }

    /// The text of the value in a column, from 0; empty if nothing stands there.
    #[must_use]
    pub fn text(&self, column: u32) -> Cow<'_, str> {
        self.get(column).map_or(Cow::Borrowed(""), Value::text)
    }
}

/// The letters of a column, from 0: `A`, `Z`, `AA`.
#[must_use]
pub fn column_name(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or_default()));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

/// The name of a cell by its row, from 1, and column, from 0: `B7`.
#[must_use]
pub fn cell_name(row: u32, column: u32) -> String {
    format!("{}{row}", column_name(column))
}

/// Row, from 1, and column, from 0, of a cell's name.
fn place(name: &str) -> Option<(u32, u32)> {
    let digits = name.find(|c: char| c.is_ascii_digit())?;
    let (letters, digits) = name.split_at_checked(digits)?;
    if letters.is_empty() || letters.len() > 3 || digits.len() > 7 || digits.starts_with('0') {
        return None;
    }
    let mut column = 0_u32;
    for letter in letters.bytes() {
        let digit = letter.checked_sub(b'A').filter(|d| *d < 26)?;
        column = column * 26 + u32::from(digit) + 1;
    }
    let row = digits.parse().ok().filter(|row| (1..=ROWS_MAX).contains(row))?;
    (column <= COLUMNS_MAX).then_some((row, column - 1))
}

/// What the sheets of a workbook share.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shared {
    /// Texts.
    pub(crate) strings: Vec<String>,
    /// For each style of cells whether it shows numbers as days.
    pub(crate) day_styles: Vec<bool>,
    /// How dates are counted.
    pub(crate) system: DateSystem,
}

/// Gives the rows of a sheet in which something stands.
pub(crate) fn rows(
    text: &str,
    sheet: &str,
    shared: &Shared,
    limits: Limits,
    each: &mut dyn FnMut(Row) -> Result<(), SheetFault>,
) -> Result<(), SheetFault> {
    let mut sheet = Sheet { xml: Xml::new(text, sheet), shared, limits, cells: 0, text_bytes: 0 };
    let (mut last_row, mut found) = (0, false);
    loop {
        match sheet.xml.step()? {
            Step::Open(root) if sheet.xml.depth() == 1 && !root.is("worksheet") => {
                return Err(sheet.xml.fault(format!("`{}` where a worksheet is expected", root.name())));
            }
            Step::Open(data) if sheet.xml.depth() == 2 && data.is("sheetData") => {
                if found {
                    return Err(sheet.xml.fault("its cells a second time"));
                }
                found = true;
            }
            Step::Open(row) if sheet.xml.depth() == 3 && found && row.is("row") => {
                let row = sheet.row(&row, last_row)?;
                last_row = row.number;
                if !row.cells.is_empty() {
                    each(row)?;
                }
            }
            Step::Open(_) if sheet.xml.depth() > 1 => sheet.xml.skip()?,
            Step::End if found => return Ok(()),
            Step::End => return Err(sheet.xml.fault("a sheet without `sheetData`")),
            _ => {}
        }
    }
}

struct Sheet<'a> {
    xml: Xml<'a>,
    shared: &'a Shared,
    limits: Limits,
    cells: usize,
    text_bytes: usize,
}

impl Sheet<'_> {
    /// The row just opened, up to its end.
    fn row(&mut self, row: &Element<'_>, last_row: u32) -> Result<Row, SheetFault> {
        let [number] = self.xml.attributes(row, ["r"])?;
        let number = match number {
            None => last_row.saturating_add(1),
            Some(text) => text.parse().unwrap_or_default(),
        };
        if number <= last_row || number > ROWS_MAX {
            let finding = format!("a row after row {last_row} with no number above it");
            return Err(self.xml.fault(finding));
        }
        let mut cells: Vec<(u32, Value)> = Vec::new();
        let mut next = 0_u32;
        loop {
            match self.xml.step()? {
                Step::Open(cell) if cell.is("c") => {
                    let (column, value) = self.cell(&cell, number, next)?;
                    next = column + 1;
                    cells.extend(value.map(|value| (column, value)));
                }
                Step::Open(_) => self.xml.skip()?,
                Step::Close => return Ok(Row { number, cells }),
                Step::Text(_) | Step::End => {}
            }
        }
    }

    /// The cell just opened, up to its end: its column and value; `next` is the first column that it may have.
    fn cell(&mut self, cell: &Element<'_>, row: u32, next: u32) -> Result<(u32, Option<Value>), SheetFault> {
        let [name, style, kind] = self.xml.attributes(cell, ["r", "s", "t"])?;
        let column = match name {
            None => Some(next),
            Some(name) => place(&name).filter(|(of, _)| *of == row).map(|(_, column)| column),
        };
        let Some(column) = column.filter(|column| (next..COLUMNS_MAX).contains(column)) else {
            let finding = format!("a cell in row {row} that is not in it, or not right of the one before");
            return Err(self.xml.fault(finding));
        };
        let (mut stored, mut inline) = (None, None);
        loop {
            match self.xml.step()? {
                Step::Open(child) if child.is("v") => stored = Some(self.xml.inner_text()?),
                Step::Open(child) if child.is("is") => inline = Some(rich_text(&mut self.xml)?),
                // Formulas (`f`) among them: what they gave is in `v`.
                Step::Open(_) => self.xml.skip()?,
                Step::Close => break,
                Step::Text(_) | Step::End => {}
            }
        }
        let value = self
            .value(kind.as_deref().unwrap_or("n"), style.as_deref(), stored, inline)
            .map_err(|finding| self.xml.fault(finding).at(cell_name(row, column)))?;
        if let Some(value) = &value {
            self.cells += 1;
            self.text_bytes += value.text().len();
            if self.cells > self.limits.cells_max || self.text_bytes > self.limits.text_bytes_max {
                let finding = format!(
                    "more than {} cells or {} MB of text",
                    self.limits.cells_max,
                    self.limits.text_bytes_max >> 20
                );
                return Err(self.xml.fault(finding).at(cell_name(row, column)));
            }
        }
        Ok((column, value))
    }

    fn value(
        &self,
        kind: &str,
        style: Option<&str>,
        stored: Option<String>,
        inline: Option<String>,
    ) -> Result<Option<Value>, String> {
        if kind == "inlineStr" {
            return Ok(inline.filter(|text| !text.is_empty()).map(Value::Text));
        }
        let Some(stored) = stored.filter(|stored| !stored.is_empty()) else { return Ok(None) };
        let brief = |text: &str| text.chars().take(40).collect::<String>();
        let value = match kind {
            "s" => {
                let text = stored.trim().parse().ok().and_then(|index: usize| self.shared.strings.get(index));
                let text = text.ok_or_else(|| {
                    format!(
                        "`{}` names none of the {} shared texts",
                        brief(&stored),
                        self.shared.strings.len()
                    )
                })?;
                return Ok((!text.is_empty()).then(|| Value::Text(text.clone())));
            }
            "str" => Value::Text(unescaped(&stored)),
            // A date in ISO form stays the text that it is.
            "d" => Value::Text(stored),
            "e" => Value::Fault(stored),
            "b" => match stored.trim() {
                "0" | "false" => Value::Bool(false),
                "1" | "true" => Value::Bool(true),
                seen => return Err(format!("`{}` is no truth value", brief(seen))),
            },
            "n" => {
                let Some(number) = Number::parse(stored.trim()) else {
                    return Err(format!("`{}` is no number", brief(&stored)));
                };
                let style: usize = match style {
                    None => 0,
                    Some(text) => text.parse().map_err(|_| format!("`{}` is no style", brief(text)))?,
                };
                let shows_a_day = self.shared.day_styles.get(style).copied().unwrap_or_default();
                let day = number.floor().filter(|_| shows_a_day).and_then(|n| self.shared.system.day(n));
                match day {
                    Some(day) => Value::Date { day, serial: number },
                    None => Value::Number(number),
                }
            }
            other => return Err(format!("`{}` is no type of cell", brief(other))),
        };
        Ok(Some(value))
    }
}

/// The text of a shared or inline text just opened, up to its end: plain or in runs, without readings and their settings.
pub(crate) fn rich_text(xml: &mut Xml<'_>) -> Result<String, SheetFault> {
    let outside = xml.depth().saturating_sub(1);
    let mut all = String::new();
    while xml.depth() > outside {
        match xml.step()? {
            Step::Open(element) if element.is("t") => all.push_str(&unescaped(&xml.inner_text()?)),
            Step::Open(element) if element.is("r") => {}
            Step::Open(_) => xml.skip()?,
            Step::Close | Step::Text(_) | Step::End => {}
        }
    }
    Ok(all)
}

/// `_x000D_` stands for a character that XML cannot hold, or a line break; other control characters are left out.
fn unescaped(text: &str) -> String {
    if !text.contains("_x") {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        let code = from.get(2..6).filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
        let code =
            code.filter(|_| from.get(6..7) == Some("_")).and_then(|hex| u32::from_str_radix(hex, 16).ok());
        match code.and_then(char::from_u32) {
            Some(c) => {
                out.extend((!c.is_control() || matches!(c, '\t' | '\n' | '\r')).then_some(c));
                rest = from.get(7..).unwrap_or_default();
            }
            None => {
                out.push_str("_x");
                rest = from.get(2..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_cells() {
        for (name, at) in [
            ("A1", (1, 0)),
            ("B7", (7, 1)),
            ("Z1", (1, 25)),
            ("AA10", (10, 26)),
            ("IU9553", (9553, 254)),
            ("XFD1048576", (ROWS_MAX, COLUMNS_MAX - 1)),
        ] {
            assert_eq!(place(name), Some(at), "{name}");
            assert_eq!(cell_name(at.0, at.1), name);
        }
        for name in ["", "A", "1", "A0", "A01", "XFE1", "A1048577", "a1", "Ä1", "A1B", "A-1", "$A$1", "AAAA1"]
        {
            assert_eq!(place(name), None, "{name}");
        }
        assert_eq!(column_name(u32::MAX), "MWLQKWV");
    }

    #[test]
    fn escapes_are_taken_back() {
        assert_eq!(unescaped("a_x000D_\nb"), "a\r\nb");
        assert_eq!(unescaped("_x005F_x000D_"), "_x000D_");
        assert_eq!(unescaped("a_x0000_b"), "ab");
        for text in ["_x", "_xZZZZ_", "_x00", "_x000D", "_xD800_", "x_xé000_"] {
            assert_eq!(unescaped(text), text);
        }
    }
}
