//! Any bytes as a list in the Canadian XML form.
#![no_main]

use comity_register::formats::{self, Context, SourceInput};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (Ok(list), Ok(today)) = ("own/fuzz".parse(), "2026-01-15".parse()) else { return };
    let context = Context { list: &list, bundle: &[], today, state_of: &|_| None };
    let input = SourceInput { name: "list.xml".into(), bytes: Box::new(data) };
    let _ = formats::read("ca-sema-xml", vec![input], context, &mut |_| Ok(()));
});
