//! The project's own data: whole, without fault, and the same bytes each time.

use std::path::Path;

use comity_pack::compile::compile;

fn data() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data")
}

#[test]
fn our_own_data_have_no_fault() {
    let mut faults = Vec::new();
    let compiled = compile(&data(), &[], &mut faults);
    let list = faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    assert!(faults.is_empty(), "{} faults:\n{list}", faults.len());
    for (what, count) in &compiled.counts {
        assert!(*count > 0, "no {what}");
    }
    let again = compile(&data(), &[], &mut Vec::new());
    assert!(compiled.bytes == again.bytes, "the same data gave other bytes");
}
