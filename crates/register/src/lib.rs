//! The register: official party lists, read from their publishers' files, kept edition by edition, searched without parsing.
//!
//! Other people's files are untrusted input. A reader of a format ([`formats`]) accepts a file whole or refuses it whole, with file, line, finding and
//! remedy ([`Refusal`]); values that only look wrong are kept and reported ([`Notice`]). An accepted edition is stored with its source, and
//! with an index that is mapped into memory ([`Register`]). [`update_from_dir`] and [`update_over_http`] add editions. Which lists there are, and where they come from,
//! is data ([`comity_model::list_source::ListSources`]); only the readers know their formats.
//!
//! This crate takes no law from a list: what a listing orders is worked out by the engine, from dated tables.

mod difference;
mod error;
mod fetch;
mod folders;
pub mod formats;
mod import;
mod input;
mod intake;
mod progress;
mod shelf;
mod store;
mod update;

pub use difference::{ChangedEntry, Difference, FieldChange, difference};
pub use error::{Notice, Refusal, RegisterError};
pub use fetch::update_over_http;
pub use folders::update_from_dir;
pub use formats::{Context, Reading, StateOf};
pub use import::{ImportOptions, import_file};
pub use progress::{Progress, Silent};
pub use store::{Attempt, Edition, ListStatus, Register};
pub use update::{Accept, UpdateOptions, UpdateResult, UpdateWord, accept_held};
