//! Workbooks: the sheet that has the columns of a matrix, as rows of text.

use comity_pack::Fault;
use comity_sheet::{Book, Limits, column_name};

use super::file::{self, Rows};

/// A matrix is small; what goes far beyond it is no matrix.
const LIMITS: Limits = Limits {
    members_max: 1024,
    member_bytes_max: 32 << 20,
    total_bytes_max: 64 << 20,
    ratio_max: 200,
    ratio_from_bytes: 1 << 20,
    strings_max: 200_000,
    cells_max: 500_000,
    text_bytes_max: 64 << 20,
};

/// The most columns of a sheet.
const COLUMNS_MAX: u32 = 256;

/// Reads a sheet as a matrix; without a name the first that has the columns.
pub fn read(name: &str, bytes: Vec<u8>, wanted: Option<&str>, faults: &mut Vec<Fault>) -> Rows {
    let Some(book) = open(name, bytes, faults) else { return Rows::default() };
    if let Some(wanted) = wanted {
        let rows = rows(name, &book, wanted, faults);
        return if faults.is_empty() {
            file::read_table(&format!("{name}[{wanted}]"), rows, faults)
        } else {
            Rows::default()
        };
    }
    let mut tried = Vec::new();
    for sheet in book.sheets() {
        let mut of_sheet = Vec::new();
        let found = rows(name, &book, sheet, &mut of_sheet);
        if of_sheet.is_empty() {
            let read = file::read_table(&format!("{name}[{sheet}]"), found, &mut of_sheet);
            if of_sheet.is_empty() {
                return read;
            }
        }
        tried.extend(of_sheet);
    }
    if tried.is_empty() {
        tried.push(Fault::new(
            name,
            0,
            "a workbook without a sheet",
            "a sheet with the columns",
            "check the file",
        ));
    }
    faults.extend(tried);
    Rows::default()
}

/// The rows of a sheet, the first one without a name, as text.
pub fn sheet(
    name: &str,
    bytes: Vec<u8>,
    wanted: Option<&str>,
    faults: &mut Vec<Fault>,
) -> Vec<(u32, Vec<String>)> {
    let Some(book) = open(name, bytes, faults) else { return Vec::new() };
    match wanted.or(book.sheets().first().map(String::as_str)) {
        Some(sheet) => rows(name, &book, sheet, faults),
        None => {
            faults.push(Fault::new(name, 0, "a workbook without a sheet", "a sheet", "check the file"));
            Vec::new()
        }
    }
}

fn open(name: &str, bytes: Vec<u8>, faults: &mut Vec<Fault>) -> Option<Book> {
    match Book::open(bytes, LIMITS) {
        Ok(book) => Some(book),
        Err(fault) => {
            let remedy = "save it again as XLSX, or save the sheet as CSV";
            faults.push(Fault::new(name, 0, fault.to_string(), "an XLSX workbook", remedy));
            None
        }
    }
}

fn rows(name: &str, book: &Book, sheet: &str, faults: &mut Vec<Fault>) -> Vec<(u32, Vec<String>)> {
    let rows = match book.rows(sheet) {
        Ok(rows) => rows,
        Err(fault) => {
            let expected = format!("a sheet of {}", book.sheets().join(", "));
            faults.push(Fault::new(name, 0, fault.to_string(), expected, "correct the sheet"));
            return Vec::new();
        }
    };
    let mut out = Vec::with_capacity(rows.len());
    for row in rows {
        let mut cells = Vec::new();
        for (column, value) in row.cells {
            if column >= COLUMNS_MAX {
                let found = format!("sheet `{sheet}`: a cell in column {}", column_name(column));
                let expected = format!("at most {COLUMNS_MAX} columns");
                faults.push(Fault::new(name, row.number as usize, found, expected, "remove it"));
                return Vec::new();
            }
            cells.resize(column as usize, String::new());
            cells.push(value.text().into_owned());
        }
        out.push((row.number, cells));
    }
    out
}
