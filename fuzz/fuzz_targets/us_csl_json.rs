//! Any bytes as a file of the format `us-csl-json`.
#![no_main]

use comity_register::formats::{self, Context, SourceInput};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (Ok(list), Ok(today)) = ("own/fuzz".parse(), "2026-01-15".parse()) else { return };
    let keys = ["SDN", "SSI", "CMIC", "NS-MBS", "EL", "DPL", "UVL", "MEU", "DTC", "ISN"];
    let bundle = keys.map(|key| (key, &list));
    let context = Context { list: &list, bundle: &bundle, today, state_of: &|_| None };
    let input = SourceInput { name: "consolidated.json".into(), bytes: Box::new(data) };
    let _ = formats::read("us-csl-json", vec![input], context, &mut |_| Ok(()));
});
