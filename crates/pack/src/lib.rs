//! Reads `data/` and users' packs, checks everything at once, and compiles a [`Lawbook`](comity_model::lawbook::Lawbook).
//!
//! All faults are reported together, each with file, line, what was seen, what was expected and what to do. What passes here the engine
//! relies on: names resolve, units fit, intervals are in order.

pub mod assistance;
pub mod compile;
pub mod controls;
pub mod facts;
pub mod fault;
pub mod formula;
pub mod language;
pub mod lists;
pub mod packs;
pub mod r1540;
mod rules;
pub mod source;
pub mod states;
pub mod table;
pub mod units;

pub use fault::Fault;

/// The SHA-256 digest of bytes, in hexadecimal digits.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
