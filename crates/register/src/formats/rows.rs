//! Rows of comma- or tab-separated files from strangers, read strictly: a file that was cut inside of a field is seen.
//!
//! The usual readers of such files accept a quoted field that never ends, and so take half a list for a whole one. This one refuses it, counts
//! lines, limits lengths and demands ASCII, or where the format has it, UTF-8.

use std::io::{BufRead, ErrorKind};

use crate::error::Refusal;
use crate::input::{Counted, LIMIT_MARK};

/// One field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Field {
    /// Its text, without the quotation marks around it.
    pub(crate) text: String,
    /// Whether it stood in quotation marks.
    pub(crate) quoted: bool,
}

/// One row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Row {
    /// The line where it begins, from 1.
    pub(crate) line: u64,
    /// Its fields.
    pub(crate) fields: Vec<Field>,
    /// Whether the file ends with it, without a line end.
    pub(crate) unended: bool,
}

/// The mark of UTF-8 that some publishers put in front.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Where in a row a byte ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// At the beginning of a field.
    Start,
    /// Inside of an unquoted field.
    Plain,
    /// Inside of a quoted field.
    Quoted,
    /// Behind a quotation mark inside of a quoted field: its end, or the first of two.
    Mark,
}

impl Place {
    fn after(self, byte: u8, separator: char) -> Self {
        let parts = char::from(byte) == separator;
        match (self, byte) {
            (Self::Start | Self::Mark, b'"') | (Self::Quoted, 0..=b'!' | b'#'..) => Self::Quoted,
            (Self::Quoted, b'"') => Self::Mark,
            (Self::Start | Self::Plain | Self::Mark, _) if parts => Self::Start,
            // End marks and line ends in front of a row change nothing.
            (Self::Start, b'\n' | b'\r' | END_MARK) => Self::Start,
            (Self::Start | Self::Plain | Self::Mark, _) => Self::Plain,
        }
    }
}

/// A stream of rows.
pub(crate) struct Rows<'f, R> {
    input: Counted<R>,
    file: &'f str,
    raw: Vec<u8>,
    marked: bool,
    separator: char,
    utf8: bool,
    plain_marks: bool,
}

const AGAIN: &str = "fetch the file again from its publisher";
/// The end mark that some publishers put behind the last row (Ctrl-Z).
const END_MARK: u8 = 0x1a;

impl<'f, R: BufRead> Rows<'f, R> {
    pub(crate) fn new(input: R, file: &'f str) -> Self {
        Self {
            input: Counted::new(input),
            file,
            raw: Vec::new(),
            marked: false,
            separator: ',',
            utf8: false,
            plain_marks: false,
        }
    }

    /// Rows of UTF-8 text, parted by any sign; a byte-order mark in front is passed over.
    pub(crate) fn text(input: R, file: &'f str, separator: char) -> Self {
        Self { separator, utf8: true, ..Self::new(input, file) }
    }

    /// A quotation mark inside of an unquoted field is a letter like any other; else it is refused.
    pub(crate) fn with_plain_marks(self) -> Self {
        Self { plain_marks: true, ..self }
    }

    pub(crate) fn refuse(&self, line: u64, finding: impl Into<String>) -> Refusal {
        Refusal::new(self.file, line, finding, AGAIN)
    }

    /// Whether the file ended with its end mark. Without one, it may have been cut between two rows.
    pub(crate) fn marked(&self) -> bool {
        self.marked
    }

    /// The line reached.
    pub(crate) fn line(&self) -> u64 {
        self.input.line()
    }

    /// The next row that is not empty; end marks are passed over.
    pub(crate) fn next(&mut self) -> Result<Option<Row>, Refusal> {
        loop {
            self.raw.clear();
            self.input.begin_piece();
            let line = self.input.count_to_piece();
            let mut place = Place::Start;
            if !self.read_line(&mut place)? {
                return Ok(None);
            }
            while place == Place::Quoted {
                if !self.read_line(&mut place)? {
                    return Err(self.refuse(line, "the file ends inside of a quoted field (cut short)"));
                }
            }
            self.marked = self.raw.trim_ascii_end().last() == Some(&END_MARK);
            let unended = self.raw.last() != Some(&b'\n');
            let mut bytes = self.raw.as_slice();
            if self.utf8 && line == 1 {
                bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            }
            while let Some((b'\n' | b'\r' | &END_MARK, rest)) = bytes.split_last() {
                bytes = rest;
            }
            while let Some((&END_MARK, rest)) = bytes.split_first() {
                bytes = rest;
            }
            if self.utf8 && line == 1 {
                bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
            }
            if bytes.is_empty() {
                continue;
            }
            let fields = self.fields(bytes, line)?;
            return Ok(Some(Row { line, fields, unended }));
        }
    }

    /// Adds a line to the bytes at hand and moves on `place`, where in its row it ends; false at the end of the file. Only the new line is looked at: a
    /// field of many lines costs no more for that.
    fn read_line(&mut self, place: &mut Place) -> Result<bool, Refusal> {
        let old = self.raw.len();
        match self.input.read_until(b'\n', &mut self.raw) {
            Ok(0) => Ok(false),
            Ok(_) => {
                let new = self.raw.get(old..).unwrap_or_default();
                if self.plain_marks {
                    let first = self.utf8 && old == 0;
                    let text = new.strip_prefix(BYTE_ORDER_MARK).filter(|_| first).unwrap_or(new);
                    *place = text.iter().fold(*place, |place, byte| place.after(*byte, self.separator));
                } else if new.iter().filter(|b| **b == b'"').count() % 2 == 1 {
                    // Marks stand in pairs around fields and inside of them: an odd number ends or begins a quoted field.
                    *place = if *place == Place::Quoted { Place::Plain } else { Place::Quoted };
                }
                Ok(true)
            }
            Err(error) => {
                let text = error.to_string();
                let finding = match text.strip_prefix(LIMIT_MARK) {
                    Some(limit) => limit.to_owned(),
                    None if error.kind() == ErrorKind::UnexpectedEof => "the file is cut short".to_owned(),
                    None => format!("the file cannot be read: {text}"),
                };
                Err(self.refuse(self.input.piece_line(), finding))
            }
        }
    }

    /// The text of a row, if its bytes are what the format has.
    fn decoded<'t>(&self, bytes: &'t [u8], line: u64) -> Result<&'t str, Refusal> {
        let expected = if self.utf8 { "UTF-8" } else { "ASCII" };
        // All at once, without a branch a byte; the byte itself is looked for only if there is one.
        let utf8 = self.utf8;
        let proper = |b: &u8| matches!(*b, b' '..=b'~' | b'\t' | b'\n' | b'\r') | (utf8 & !b.is_ascii());
        let whole = bytes.iter().fold(true, |whole, b| whole & proper(b));
        let refuse = |byte: u8| {
            let finding =
                format!("byte 0x{byte:02X}, {expected} text expected (another encoding, or damaged)");
            self.refuse(line, finding)
        };
        if let Some(byte) = bytes.iter().find(|b| !whole && !proper(b)) {
            return Err(refuse(*byte));
        }
        std::str::from_utf8(bytes)
            .map_err(|e| refuse(bytes.get(e.valid_up_to()).copied().unwrap_or_default()))
    }

    fn fields(&self, bytes: &[u8], line: u64) -> Result<Vec<Field>, Refusal> {
        let text = self.decoded(bytes, line)?;
        let mut fields = Vec::with_capacity(12);
        let mut rest = text;
        loop {
            let (field, after) = match rest.strip_prefix('"') {
                Some(inner) => self.quoted(inner, line)?,
                None => {
                    let end = rest.find(self.separator).unwrap_or(rest.len());
                    let (text, after) = rest.split_at(end);
                    if !self.plain_marks && text.bytes().any(|b| matches!(b, b'"' | b'\r' | b'\n')) {
                        return Err(
                            self.refuse(line, "a quotation mark or line break inside of an unquoted field")
                        );
                    }
                    (Field { text: text.to_owned(), quoted: false }, after)
                }
            };
            fields.push(field);
            match after.strip_prefix(self.separator) {
                Some(next) => rest = next,
                None if after.is_empty() => return Ok(fields),
                None => {
                    return Err(self.refuse(
                        line,
                        "text between the end of a quoted field and the next sign that parts fields",
                    ));
                }
            }
        }
    }

    /// The field whose opening mark was just passed, and what follows its closing mark.
    fn quoted<'t>(&self, inner: &'t str, line: u64) -> Result<(Field, &'t str), Refusal> {
        if let Some((text, after)) = inner.split_once('"')
            && !after.starts_with('"')
        {
            return Ok((Field { text: text.to_owned(), quoted: true }, after));
        }
        let mut text = String::new();
        let mut rest = inner;
        loop {
            let Some((before, after)) = rest.split_once('"') else {
                return Err(self.refuse(line, "a quoted field without its end"));
            };
            text.push_str(before);
            match after.strip_prefix('"') {
                Some(more) => {
                    text.push('"');
                    rest = more;
                }
                None => return Ok((Field { text, quoted: true }, after)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Result<Vec<Vec<String>>, Refusal> {
        let mut rows = Rows::new(bytes, "t.csv");
        let mut out = Vec::new();
        while let Some(row) = rows.next()? {
            out.push(row.fields.into_iter().map(|f| f.text).collect());
        }
        Ok(out)
    }

    #[test]
    fn quotes_line_ends_and_end_marks_are_understood() {
        let expected = vec![vec!["1", "a, \"b\"", "-0- "], vec!["2", "", "c"]];
        for text in [
            "1,\"a, \"\"b\"\"\",-0- \r\n2,\"\",c\r\n\x1a",
            "1,\"a, \"\"b\"\"\",-0- \n2,\"\",c",
            "\x1a1,\"a, \"\"b\"\"\",-0- \n\x1a2,\"\",c\n\n\x1a\x1a",
        ] {
            assert_eq!(all(text.as_bytes()).unwrap(), expected, "{text:?}");
        }
        assert!(all(b"").unwrap().is_empty());
    }

    #[test]
    fn text_may_hold_other_letters_and_other_separators() {
        let mut rows = Rows::text("\u{feff}a\t\"é, \"\"b\"\"\"\n1\t2\n".as_bytes(), "t.txt", '\t');
        let texts = |row: Row| row.fields.into_iter().map(|f| f.text).collect::<Vec<_>>();
        assert_eq!(texts(rows.next().unwrap().unwrap()), ["a", "é, \"b\""]);
        assert_eq!(texts(rows.next().unwrap().unwrap()), ["1", "2"]);
        assert!(rows.next().unwrap().is_none());
        for (bytes, finding) in [(&b"a,caf\xe9\n"[..], "byte 0xE9, UTF-8"), (b"a\0", "byte 0x00")] {
            let refusal = Rows::text(bytes, "t.txt", ',').next().unwrap_err();
            assert!(refusal.finding.contains(finding), "{refusal}");
        }
    }

    #[test]
    fn marks_inside_of_plain_fields_do_not_join_lines() {
        let text = "a;b \"c\" d;5\" x\n\"e\nf\";g;\"\"\n";
        let mut rows = Rows::text(text.as_bytes(), "t.csv", ';').with_plain_marks();
        let mut next =
            || rows.next().unwrap().map(|r| r.fields.into_iter().map(|f| f.text).collect::<Vec<_>>());
        assert_eq!(next().unwrap(), ["a", "b \"c\" d", "5\" x"]);
        assert_eq!(next().unwrap(), ["e\nf", "g", ""]);
        assert_eq!(next(), None);
        let refusal = Rows::text(text.as_bytes(), "t.csv", ';').next().unwrap_err();
        assert!(refusal.finding.contains("inside of an unquoted field"), "{refusal}");
    }

    #[test]
    fn damage_is_refused_with_its_line() {
        for (bytes, line, finding) in [
            (&b"1,\"a\"\n2,\"b"[..], 2, "inside of a quoted field"),
            (b"1,\"a\"b\n", 1, "between the end"),
            (b"1,a\"b\"\n", 1, "inside of an unquoted field"),
            (b"1,caf\xe9\n", 1, "byte 0xE9"),
            (b"1,a\0\n", 1, "byte 0x00"),
        ] {
            let refusal = all(bytes).unwrap_err();
            assert_eq!((refusal.line, refusal.finding.contains(finding)), (line, true), "{refusal}");
        }
    }
}
