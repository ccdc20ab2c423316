//! Any bytes as a table and its mapping, parted at 0x1C.
#![no_main]

use comity_register::formats::{self, Context, SourceInput};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (Ok(list), Ok(today)) = ("own/fuzz".parse(), "2026-01-15".parse()) else { return };
    let context = Context { list: &list, bundle: &[], today, state_of: &|_| None };
    let mut parts = data.splitn(2, |b| *b == 0x1c);
    let files = ["list.csv", "mapping.toml"]
        .map(|name| SourceInput { name: name.into(), bytes: Box::new(parts.next().unwrap_or_default()) });
    let _ = formats::read("own-csv", files.into(), context, &mut |_| Ok(()));
});
