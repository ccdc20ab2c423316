//! `comity state`: what the engine answers on States and treaties, as text of 80 columns and as JSON.
//!
//! Each function is pure and gives both forms of the same facts. Every fact stands beside its source; what comes from memory says so.

mod find;
mod page;
mod rows;
mod show;
mod standing;
mod treaty;

use serde_json::Value;

pub use find::Problem;
pub use show::show;
pub use standing::standing;
pub use treaty::{TreatyOptions, treaty};

/// The text and the JSON of one answer.
pub type Rendered = (String, Value);
