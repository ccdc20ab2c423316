//! Workbooks: the sheet that has the columns of a matrix, as rows of text.

use comity_pack::Fault;

use super::file::Rows;

/// Reads a sheet as a matrix; without a name the first that has the columns.
pub fn read(name: &str, bytes: Vec<u8>, wanted: Option<&str>, faults: &mut Vec<Fault>) -> Rows {
    let table = sheet(name, bytes, wanted, faults);
    if faults.is_empty() { super::file::read_table(name, table, faults) } else { Rows::default() }
}

/// The rows of a sheet, as text.
pub fn sheet(
    name: &str,
    _bytes: Vec<u8>,
    _wanted: Option<&str>,
    faults: &mut Vec<Fault>,
) -> Vec<(u32, Vec<String>)> {
    faults.push(Fault::new(name, 0, "a workbook", "CSV, JSON or text", "save the sheet as CSV"));
    Vec::new()
}
