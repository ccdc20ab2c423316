//! Lines of cells parted by tabs as a workbook of the format `jp-meti-eul-xlsx`: a line that begins with `=` names a new sheet. The archive itself is the part of `xlsx`.
#![no_main]

use comity_register::formats::{self, Context, SourceInput};
use comity_sheet::sample;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (Ok(list), Ok(today)) = ("own/fuzz".parse(), "2026-01-15".parse()) else { return };
    let context = Context { list: &list, bundle: &[], today, state_of: &|_| None };
    let bytes = sample::from_lines(&String::from_utf8_lossy(data));
    let input = SourceInput { name: "list.xlsx".into(), bytes: Box::new(bytes.as_slice()) };
    let _ = formats::read("jp-meti-eul-xlsx", vec![input], context, &mut |_| Ok(()));
});
