//! The nouns of Comity: deals, items, parties, quantities, mandates, control-list entries, rules, listings, answers.
//!
//! No I/O and no clock: a value of this crate means the same today and in ten years. No State, list, regime or treaty is named here; they are data.

pub mod answer;
pub mod assistance;
pub mod control;
pub mod date;
pub mod deal;
pub mod edition;
pub mod expr;
pub mod fact;
pub mod lawbook;
pub mod list_source;
pub mod listing;
pub mod mandate;
pub mod number;
pub mod place;
pub mod r1540;
pub mod rule;
pub mod standing;
pub mod truth;
pub mod unit;

pub use date::{DateValue, Day, Period};
pub use mandate::{AgreedIn, AgreedInSet, Evidence, Forum, Ground, ImposedBy, Mandate};
pub use number::Number;
pub use place::{Place, StateCode};
pub use truth::Truth;
