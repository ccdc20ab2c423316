//! `comity state`: what the engine answers on States and treaties, as text of 80 columns and as JSON.
//!
//! Each function is pure and gives both forms of the same facts. Every fact stands beside its source; what comes from memory says so.

mod checkpoints;
mod find;
mod life;
mod page;
mod plot;
mod rows;
mod safeguards;
mod show;
mod standing;
mod treaty;
mod universality;
mod unverified;

use serde_json::Value;

pub use checkpoints::checkpoints;
pub use find::Problem;
pub use safeguards::{SafeguardsOptions, TellReport, ToldFacts, read_facts, safeguards};
pub use show::show;
pub use standing::standing;
pub use treaty::{TreatyOptions, treaty};
pub use universality::{UniversalityOptions, curve_csv, curve_svg, universality};
pub use unverified::say_not_taken;

/// The text and the JSON of one answer.
pub type Rendered = (String, Value);
