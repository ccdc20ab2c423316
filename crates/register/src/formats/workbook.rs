//! Lists that come as workbooks: opening one, finding its columns by their heads, and texts as people type them into cells.

use std::io::Read;

use comity_model::listing::SourceValue;
use comity_sheet::{Book, Limits, Row, SheetFault, Value};
use sha2::{Digest, Sha256};

use super::SourceInput;
use super::text::collapsed;
use crate::error::Refusal;

/// The largest workbook, bytes as packed.
const WORKBOOK_LIMIT: u64 = 64 << 20;

/// The name and the sheets of a workbook.
pub(crate) fn open(input: SourceInput<'_>) -> Result<(String, Book), Refusal> {
    let name = input.name;
    let mut bytes = Vec::new();
    let read = input.bytes.take(WORKBOOK_LIMIT + 1).read_to_end(&mut bytes);
    read.map_err(|e| Refusal::new(&name, 0, format!("cannot be read: {e}"), "try again"))?;
    if bytes.len() as u64 > WORKBOOK_LIMIT {
        let finding = format!("a workbook of more than {} MB", WORKBOOK_LIMIT >> 20);
        return Err(Refusal::new(&name, 0, finding, AGAIN));
    }
    let book = Book::open(bytes, Limits::default()).map_err(|fault| refusal(&name, fault))?;
    Ok((name, book))
}

pub(crate) const AGAIN: &str = "fetch the file again from its publisher";

/// The refusal that a fault of a workbook means.
pub(crate) fn refusal(file: &str, fault: SheetFault) -> Refusal {
    let line = fault.cell.trim_start_matches(|c: char| c.is_ascii_alphabetic()).parse().unwrap_or(0);
    let place = match (fault.sheet.as_str(), fault.cell.as_str()) {
        ("", _) => String::new(),
        (sheet, "") => format!("`{sheet}`: "),
        (sheet, cell) => format!("sheet `{sheet}`, cell {cell}: "),
    };
    Refusal::new(file, line, format!("{place}{}", fault.finding), fault.remedy)
}

/// All rows of a sheet in which something stands.
pub(crate) fn rows(file: &str, book: &Book, sheet: &str) -> Result<Vec<Row>, Refusal> {
    book.rows(sheet).map_err(|fault| refusal(file, fault))
}

/// The one sheet of a workbook that has no other.
pub(crate) fn only_sheet<'b>(file: &str, book: &'b Book) -> Result<&'b str, Refusal> {
    match book.sheets() {
        [only] => Ok(only),
        several => {
            let finding = format!("{} sheets ({}), one expected", several.len(), several.join(", "));
            Err(Refusal::new(file, 0, finding, "the publisher has changed the form, or this is another file"))
        }
    }
}

/// The columns of these heads. A head counts if one of the lines of its cell is it, whatever its blanks, capitals and width.
pub(crate) fn columns<const N: usize>(file: &str, head: &Row, names: [&str; N]) -> Result<[u32; N], Refusal> {
    let mut found = [u32::MAX; N];
    for (slot, name) in found.iter_mut().zip(names) {
        let wanted = key(name);
        let mut of_name = head.cells.iter().filter(|(_, value)| {
            let text = value.text();
            text.lines().chain([text.as_ref()]).any(|line| key(line) == wanted)
        });
        match (of_name.next(), of_name.next()) {
            (Some((column, _)), None) => *slot = *column,
            (first, _) => {
                let how = if first.is_some() { "two columns" } else { "no column" };
                let finding = format!("{how} with the head `{name}`");
                return Err(Refusal::new(file, head.number.into(), finding, AGAIN));
            }
        }
    }
    Ok(found)
}

/// The cells of a row as they stand, by the heads of their columns. A date has its day and the number that is stored.
pub(crate) fn source(row: &Row, head: impl Fn(u32) -> String, out: &mut Vec<SourceValue>) {
    for (column, value) in &row.cells {
        let value = match value {
            Value::Date { day, serial } => format!("{day} (serial {})", serial.as_str()),
            value => value.to_string(),
        };
        out.push(SourceValue { key: head(*column), value });
    }
}

/// The native id of an entry whose list has none: the first 16 hexadecimal digits of the SHA-256 digest of its key fields, each as [`key`] has it, with a line
/// feed behind each.
pub(crate) fn digest(fields: &[&str]) -> String {
    let mut digest = Sha256::new();
    for field in fields {
        digest.update(key(field).as_bytes());
        digest.update(b"\n");
    }
    digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Letters and digits alone, of ordinary width and small.
pub(crate) fn key(text: &str) -> String {
    narrow(text).chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Latin letters, digits and signs of full width in ordinary width, blanks of any kind as plain ones; line breaks stay.
pub(crate) fn narrow(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{a0}' | '\u{3000}' | '\u{2000}'..='\u{200b}' | '\u{202f}' => ' ',
        c => c,
    };
    text.chars().map(narrow).collect()
}

/// The items of a list as people type it: `(a) one (b) two`, `a) one b) two`, in any width; one item where there are no letters. Letters count only in their
/// order from `a`, so that a bracket in a text is no item.
pub(crate) fn lettered(text: &str) -> Vec<String> {
    let text = narrow(text);
    let marks: Vec<(usize, usize)> = marks(&text);
    if marks.is_empty() {
        return vec![text];
    }
    let before = marks.first().and_then(|(start, _)| text.get(..*start)).unwrap_or_default();
    let mut items = vec![before.to_owned()];
    for (index, (_, from)) in marks.iter().enumerate() {
        let to = marks.get(index + 1).map_or(text.len(), |(start, _)| *start);
        items.push(text.get(*from..to).unwrap_or_default().to_owned());
    }
    items.retain(|item| !item.trim().is_empty());
    items
}

/// Where the marks `a)`, `(b)` ... begin and end.
fn marks(text: &str) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    let mut last = '\0';
    for (at, _) in text.match_indices(')') {
        let before = text.get(..at).unwrap_or_default();
        let mut back = before.char_indices().rev();
        let Some((letter_at, letter)) = back.next().filter(|(_, c)| c.is_ascii_lowercase()) else { continue };
        let (start, lead) = match back.next() {
            Some((open, '(')) => (open, None),
            other => (letter_at, other.map(|(_, c)| c)),
        };
        // A bare `a)` stands at a beginning, not in a word.
        if lead.is_some_and(char::is_alphanumeric) {
            continue;
        }
        let follows = letter == 'a' || u32::from(letter) == u32::from(last) + 1;
        if follows {
            found.push((start, at + 1));
            last = letter;
        }
    }
    found
}

/// A text and what stands in brackets at its end; none if no bracket ends it, or nothing stands before it.
pub(crate) fn bracket_at_end(text: &str) -> Option<(String, String)> {
    let text = narrow(text);
    let inner = text.trim_end().strip_suffix(')')?;
    let mut depth = 1;
    let mut open = None;
    for (at, c) in inner.char_indices().rev() {
        match c {
            ')' => depth += 1,
            '(' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            open = Some(at);
            break;
        }
    }
    let (outside, inside) = inner.split_at_checked(open?)?;
    let (outside, inside) = (collapsed(outside), collapsed(inside.strip_prefix('(')?));
    (!outside.is_empty() && !inside.is_empty()).then_some((outside, inside))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lettered_lists_are_parted() {
        for (text, items) in [
            ("(a) one (b) two", vec!["one", "two"]),
            ("（ａ）one　（ｂ）two（c）three", vec!["one", "two", "three"]),
            ("a) 1981 b) 1982", vec!["1981", "1982"]),
            ("a)1956 b)1957", vec!["1956", "1957"]),
            ("first a) one", vec!["first", "one"]),
            ("Example (Pvt) Ltd", vec!["Example (Pvt) Ltd"]),
            ("Example (b) Ltd", vec!["Example (b) Ltd"]),
            ("Panama) and", vec!["Panama) and"]),
            ("one", vec!["one"]),
        ] {
            let found: Vec<String> = lettered(text).iter().map(|item| collapsed(item)).collect();
            assert_eq!(found, items, "{text}");
        }
    }

    #[test]
    fn brackets_at_the_end_are_taken_off() {
        let found = |text| bracket_at_end(text).map(|(a, b)| format!("{a}|{b}"));
        assert_eq!(found("例（Example (New) Co）").as_deref(), Some("例|Example (New) Co"));
        assert_eq!(found("Example (DEC) ").as_deref(), Some("Example|DEC"));
        for text in ["Example (Pvt) Ltd", "(Example)", "Example)", "Example ()"] {
            assert_eq!(found(text), None, "{text}");
        }
    }

    #[test]
    fn digests_do_not_depend_on_blanks_width_or_capitals() {
        assert_eq!(
            digest(&["Example State", "Example Works （EX）"]),
            digest(&[" EXAMPLE STATE ", "example works(ex)"])
        );
        assert_ne!(digest(&["a", "bc"]), digest(&["ab", "c"]));
        assert_eq!(digest(&["a"]).len(), 16);
    }
}
