//! What the tests share: where lists lie, and the table of sources.
#![allow(dead_code, clippy::print_stdout, reason = "each test file uses its part; what is skipped is told")]

pub mod advanced;
pub mod damage;
pub mod uk_derived;

use std::io::{BufReader, Cursor};
use std::path::{Path, PathBuf};

use comity_model::list_source::ListSources;
use comity_model::listing::{ListId, Listing};
use comity_model::{Day, StateCode};
use comity_register::formats::{self, Context, Reading, SourceInput};
use comity_register::{Accept, Refusal, UpdateOptions, UpdateResult};

/// The root of the project.
pub fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The folder of official lists, if it is on this machine.
pub fn shared_lists() -> Option<PathBuf> {
    let shared = std::env::var_os("COMITY_SHARED").map_or_else(|| project().join("../shared"), PathBuf::from);
    let lists = shared.join("lists");
    lists.is_dir().then_some(lists)
}

/// An official file, if it is on this machine; a line tells what is skipped.
pub fn shared_file(path: &str) -> Option<Vec<u8>> {
    let found = shared_lists().and_then(|lists| std::fs::read(lists.join(path)).ok());
    if found.is_none() {
        println!("skipped: {path} is not on this machine");
    }
    found
}

/// The table of sources.
pub fn sources() -> ListSources {
    let text = std::fs::read_to_string(project().join("data/lists/sources.toml")).unwrap();
    toml::from_str(&text).unwrap()
}

pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub fn no_state(_: &str) -> Option<StateCode> {
    None
}

pub fn options(today: &str) -> UpdateOptions<'static> {
    UpdateOptions { today: day(today), only: &[], accept: None, state_of: &no_state }
}

pub fn accepting<'a>(today: &str, accept: &'a Accept) -> UpdateOptions<'a> {
    UpdateOptions { today: day(today), only: &[], accept: Some(accept), state_of: &no_state }
}

/// Reads bytes with a reader.
pub fn read(format: &str, files: &[(&str, &[u8])]) -> Result<(Vec<Listing>, Reading), Refusal> {
    read_bundle(format, &[], files)
}

/// Reads bytes with a reader that finds States.
pub fn read_with_states(
    format: &str,
    files: &[(&str, &[u8])],
    state_of: &dyn Fn(&str) -> Option<StateCode>,
) -> Result<(Vec<Listing>, Reading), Refusal> {
    let list = "own/test".parse().unwrap();
    let context = Context { list: &list, bundle: &[], today: day("2026-11-21"), state_of };
    let inputs = files.iter().map(|(name, bytes)| SourceInput {
        name: (*name).to_owned(),
        bytes: Box::new(Cursor::new(bytes.to_vec())),
    });
    let mut listings = Vec::new();
    let mut sink = |listing| {
        listings.push(listing);
        Ok(())
    };
    let reading = formats::read(format, inputs.collect(), context, &mut sink)?;
    Ok((listings, reading))
}

/// Names of a listing: text, kind, quality, language.
pub fn names(listing: &Listing) -> Vec<(&str, &str, &str, &str)> {
    let name = |n: &'_ comity_model::listing::ListedName| (n.kind.word(), n.quality.word());
    let all = listing.names.iter();
    all.map(|n| (n.text.as_str(), name(n).0, name(n).1, n.language.as_deref().unwrap_or_default())).collect()
}

/// Details of a listing: kind, text.
pub fn details(listing: &Listing) -> Vec<(&str, &str)> {
    listing.details.iter().map(|d| (d.kind.word(), d.text.as_str())).collect()
}

/// Identifiers of a listing: kind, value, label.
pub fn identifiers(listing: &Listing) -> Vec<(&str, &str, &str)> {
    listing.identifiers.iter().map(|i| (i.kind.word(), i.value.as_str(), i.label.as_str())).collect()
}

/// States of a listing: `RELATION CODE`, or the list's words where the State was not recognised.
pub fn states(listing: &Listing) -> Vec<String> {
    let state = |s: &comity_model::listing::StateText| s.code.map_or(s.text.clone(), |c| c.to_string());
    listing.states.iter().map(|l| format!("{} {}", l.relation, state(&l.state))).collect()
}

/// Dates as texts.
pub fn plain(dates: &[comity_model::DateValue]) -> Vec<String> {
    dates.iter().map(ToString::to_string).collect()
}

/// Reads bytes with a reader of a bundle; the list of a key is `own/KEY` in small letters.
pub fn read_bundle(
    format: &str,
    keys: &[&str],
    files: &[(&str, &[u8])],
) -> Result<(Vec<Listing>, Reading), Refusal> {
    let list = "own/test".parse().unwrap();
    let lists: Vec<(&str, ListId)> =
        keys.iter().map(|key| (*key, format!("own/{}", key.to_lowercase()).parse().unwrap())).collect();
    let bundle: Vec<(&str, &ListId)> = lists.iter().map(|(key, list)| (*key, list)).collect();
    let inputs = files.iter().map(|(name, bytes)| SourceInput {
        name: (*name).to_owned(),
        bytes: Box::new(BufReader::new(Cursor::new(bytes.to_vec()))),
    });
    let mut listings = Vec::new();
    let mut sink = |listing| {
        listings.push(listing);
        Ok(())
    };
    let context = Context { list: &list, bundle: &bundle, today: day("2026-11-21"), state_of: &no_state };
    let reading = formats::read(format, inputs.collect(), context, &mut sink)?;
    Ok((listings, reading))
}

/// A line a result, for comparison: list, edition, entries, word.
pub fn lines(results: &[UpdateResult]) -> Vec<String> {
    let line = |r: &UpdateResult| {
        let edition = r.edition.map_or("-".to_owned(), |d| d.to_string());
        let entries = r.entries.map_or("-".to_owned(), |n| n.to_string());
        format!("{} {edition} {entries} {}", r.list, r.result)
    };
    results.iter().map(line).collect()
}
