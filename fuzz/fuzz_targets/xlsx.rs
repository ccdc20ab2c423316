//! Any bytes as a workbook: all cells of all sheets, within small limits.
#![no_main]

use comity_sheet::{Book, Limits};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let limits = Limits { member_bytes_max: 1 << 20, total_bytes_max: 4 << 20, ..Limits::default() };
    let Ok(book) = Book::open(data.to_vec(), limits) else { return };
    for sheet in book.sheets() {
        let _ = book.each_row(sheet, &mut |_| Ok(()));
    }
});
