//! Workbooks made for tests: what a list's publisher would write, in the fewest parts.
#![allow(clippy::expect_used, reason = "a test stops where it fails")]

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::cells::cell_name;

/// What to write into a cell.
#[derive(Clone, Debug)]
pub enum Cell {
    /// Nothing, but the cell is there.
    Blank,
    /// A shared text.
    Text(String),
    /// A number, as it is to stand in the file.
    Number(String),
    /// A serial number with a format that shows a day.
    Date(u32),
    /// A formula with the number that it gave.
    Formula(String, String),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        if text.is_empty() { Self::Blank } else { Self::Text(text.to_owned()) }
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Number(number.to_string())
    }
}

/// A text with `&`, `<`, `>` and quotation marks written as references.
#[must_use]
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The XML parts of a workbook in which each sheet has rows of cells, from row 1 and column A on.
#[must_use]
pub fn parts(sheets: &[(&str, Vec<Vec<Cell>>)]) -> Vec<(String, String)> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let (mut listed, mut related, mut strings) = (String::new(), String::new(), Vec::<String>::new());
    let mut parts = Vec::new();
    for (index, (name, rows)) in sheets.iter().enumerate() {
        let number = index + 1;
        let mut data = String::new();
        for (index, cells) in rows.iter().enumerate() {
            let row = u32::try_from(index + 1).expect("few rows");
            _ = write!(data, r#"<row r="{row}">"#);
            for (column, cell) in cells.iter().enumerate() {
                let name = cell_name(row, u32::try_from(column).expect("few columns"));
                _ = match cell {
                    Cell::Blank => write!(data, r#"<c r="{name}" s="0"/>"#),
                    Cell::Text(text) => {
                        let at = strings.iter().position(|known| known == text).unwrap_or(strings.len());
                        if at == strings.len() {
                            strings.push(text.clone());
                        }
                        write!(data, r#"<c r="{name}" t="s"><v>{at}</v></c>"#)
                    }
                    Cell::Number(number) => write!(data, r#"<c r="{name}"><v>{number}</v></c>"#),
                    Cell::Date(serial) => write!(data, r#"<c r="{name}" s="1"><v>{serial}</v></c>"#),
                    Cell::Formula(formula, value) => {
                        write!(data, r#"<c r="{name}"><f>{}</f><v>{value}</v></c>"#, escaped(formula))
                    }
                };
            }
            data.push_str("</row>");
        }
        let sheet = format!(r#"<worksheet xmlns="{main}"><sheetData>{data}</sheetData></worksheet>"#);
        parts.push((format!("xl/worksheets/sheet{number}.xml"), sheet));
        let name = escaped(name);
        _ = write!(listed, r#"<sheet name="{name}" sheetId="{number}" r:id="rId{number}"/>"#);
        _ = write!(
            related,
            r#"<Relationship Id="rId{number}" Type="{office}/worksheet" Target="worksheets/sheet{number}.xml"/>"#
        );
    }
    for (id, kind, file) in [("rIdS", "sharedStrings", "sharedStrings.xml"), ("rIdF", "styles", "styles.xml")]
    {
        _ = write!(related, r#"<Relationship Id="{id}" Type="{office}/{kind}" Target="{file}"/>"#);
    }
    let strings: String = strings
        .iter()
        .map(|text| format!(r#"<si><t xml:space="preserve">{}</t></si>"#, escaped(text)))
        .collect();
    let workbook =
        format!(r#"<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{listed}</sheets></workbook>"#);
    let styles = format!(
        r#"<styleSheet xmlns="{main}"><numFmts count="1"><numFmt numFmtId="164" formatCode="d/mm/yyyy;@"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>"#
    );
    let top = format!(
        r#"<Relationships xmlns="{package}"><Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
    );
    let related = format!(r#"<Relationships xmlns="{package}">{related}</Relationships>"#);
    parts.extend([
        (
            "[Content_Types].xml".to_owned(),
            r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#.to_owned(),
        ),
        ("_rels/.rels".to_owned(), top),
        ("xl/_rels/workbook.xml.rels".to_owned(), related),
        ("xl/workbook.xml".to_owned(), workbook),
        ("xl/sharedStrings.xml".to_owned(), format!(r#"<sst xmlns="{main}">{strings}</sst>"#)),
        ("xl/styles.xml".to_owned(), styles),
    ]);
    parts
}

/// A workbook in which each sheet has rows of cells.
#[must_use]
pub fn workbook(sheets: &[(&str, Vec<Vec<Cell>>)]) -> Vec<u8> {
    archive(&parts(sheets))
}

/// An archive of members, packed.
///
/// # Panics
/// If a member cannot be written, which memory alone can cause.
#[must_use]
pub fn archive<B: AsRef<[u8]>>(parts: &[(String, B)]) -> Vec<u8> {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in parts {
        zip.start_file(path.as_str(), options).expect("a member begins");
        zip.write_all(bytes.as_ref()).expect("a member is written");
    }
    zip.finish().expect("the archive ends").into_inner()
}

/// A workbook of lines, for search by chance: cells parted by tabs; a line that begins with `=` names a new sheet; `\n` in a cell is a line break, `#17` a
/// number, `@17` the number of a day.
#[must_use]
pub fn from_lines(text: &str) -> Vec<u8> {
    let mut sheets: Vec<(&str, Vec<Vec<Cell>>)> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix('='), sheets.last_mut()) {
            (Some(name), _) => sheets.push((name, Vec::new())),
            (None, last) => {
                let cells = line.split('\t').map(cell_of).collect();
                match last {
                    Some((_, rows)) => rows.push(cells),
                    None => sheets.push(("Sheet1", vec![cells])),
                }
            }
        }
    }
    workbook(&sheets)
}

fn cell_of(text: &str) -> Cell {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match (text.strip_prefix('#'), text.strip_prefix('@')) {
        (Some(number), _) if digits(number) => Cell::Number(number.to_owned()),
        (_, Some(day)) if digits(day) => day.parse().map_or(Cell::Blank, Cell::Date),
        // A workbook cannot hold control characters.
        _ => text.replace("\\n", "\n").replace(|c: char| c.is_control() && c != '\n', "").as_str().into(),
    }
}
