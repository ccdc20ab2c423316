//! Compiles `data/` into the lawbook that the program embeds. Faults of the data stop the build, all at once, with their places.

use std::path::PathBuf;
use std::{env, fs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let data = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../data");
    println!("cargo:rerun-if-changed={}", data.display());
    let mut faults = Vec::new();
    let compiled = comity_pack::compile::compile(&data, &[], &mut faults);
    let Some(bytes) = compiled.bytes else {
        for fault in &faults {
            println!("cargo::error={fault}");
        }
        return Err(
            format!("{} faults in data/; `comity law check data` lists them too", faults.len()).into()
        );
    };
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("lawbook.bin"), bytes)?;
    Ok(())
}
