//! Any bytes as an announcement, its text and a notice on it, parted at 0x1C.
#![no_main]

use comity_register::formats::{self, Context, SourceInput};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (Ok(list), Ok(today)) = ("own/fuzz".parse(), "2026-01-15".parse()) else { return };
    let bundle = ["control", "watch", "uel", "counter"].map(|key| (key, &list));
    let context = Context { list: &list, bundle: &bundle, today, state_of: &|_| None };
    let mut parts = data.splitn(3, |b| *b == 0x1c);
    let files = ["a.yml", "a.md", "b.json"]
        .map(|name| SourceInput { name: name.into(), bytes: Box::new(parts.next().unwrap_or_default()) });
    let _ = formats::read("cn-announcements", files.into_iter().collect(), context, &mut |_| Ok(()));
});
