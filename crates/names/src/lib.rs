//! Name analysis: the form in which names are compared, their tokens and scripts, and a plain similarity.
//!
//! It lies below register and engine, so that a name is folded in one way when it is stored and when it is asked for. It knows no list, no State and
//! no language. Later work refines the inside (romanisation, name parts, frequencies); what is folded is then another
//! [`VERSION`], and stored editions are made anew.

mod fold;
mod script;
mod similarity;

pub use fold::{fold, tokens};
pub use script::script;
pub use similarity::similarity;

/// The version of the folding; stored with every edition.
pub const VERSION: u32 = 1;
