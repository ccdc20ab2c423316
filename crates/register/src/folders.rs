//! Reading editions from a folder of files that somebody was given: the layout is in the table of sources.

use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use comity_model::list_source::{ListForm, ListSources};
use comity_model::listing::{DateFrom, Precision};
use comity_model::{DateValue, Day};

use crate::error::RegisterError;
use crate::intake::{self, Arrival, OuterDate, Route};
use crate::progress::Progress;
use crate::shelf::Shelf;
use crate::store::folders;
use crate::update::{Offer, UpdateOptions, UpdateResult, UpdateWord};

/// A folder whose name holds one of these words is never an edition.
const NEVER: [&str; 3] = ["sample", "schema", "derived"];

/// Reads all editions below `from` that the table of sources knows, oldest first, and adds them to the register below `data`. What is there but not read is
/// reported with the reason. One list's fault does not stop the others.
///
/// # Errors
/// When the folder is not there, an id asked for is not in the table, or the register cannot be written. A damaged list is a result, not an error.
pub fn update_from_dir(
    data: &Path,
    from: &Path,
    sources: &ListSources,
    options: UpdateOptions<'_>,
    progress: &mut dyn Progress,
) -> Result<Vec<UpdateResult>, RegisterError> {
    let chosen = options.chosen(sources)?;
    let tops = if from.is_dir() { folders(from)? } else { Vec::new() };
    if tops.is_empty() {
        let mut expected: Vec<&str> = Vec::new();
        for pattern in patterns(sources) {
            if !expected.contains(&pattern) {
                expected.push(pattern);
            }
        }
        let expected = expected.join(", ");
        return Err(RegisterError::NoFolder { path: from.to_owned(), expected });
    }
    let shelf = Shelf::open(data)?;
    let mut results = intake::refresh(&shelf, &options, progress)?;
    results.extend(intake::release(&shelf, &options)?);
    for offer in &chosen {
        let mut prepared = Vec::new();
        for folder in matching(from, offer)? {
            match arrival(&folder, offer, options.today)? {
                Ok((arrival, bytes)) => {
                    progress.begin(offer.id.as_str(), &folder.label, Some(bytes));
                    let intake = intake::prepare(&shelf, arrival, &options, progress)?;
                    prepared.extend(intake.prepared);
                    results.extend(intake.results);
                    progress.end();
                }
                Err(reason) => {
                    let message = format!("{}: {reason}", folder.label);
                    results.push(UpdateResult::new(offer.id, UpdateWord::NotRead, message));
                }
            }
        }
        prepared.sort_by_key(intake::Prepared::date);
        for edition in prepared {
            results.push(intake::decide(&shelf, edition, Route::Folder, &options)?);
        }
    }
    if options.only.is_empty() {
        results.extend(unread(from, &tops, sources)?);
    }
    Ok(results)
}

/// The patterns of all folders that the table of sources names.
fn patterns(sources: &ListSources) -> impl Iterator<Item = &str> {
    let forms =
        sources.lists.iter().flat_map(|l| &l.forms).chain(sources.bundles.iter().flat_map(|b| &b.forms));
    forms.flat_map(|f| &f.folders).map(String::as_str)
}

/// A folder that may be an edition.
struct Found<'a> {
    /// Its path below the folder named, for messages.
    label: String,
    name: String,
    path: PathBuf,
    /// The forms whose pattern it fits.
    forms: Vec<&'a ListForm>,
}

fn matching<'a>(from: &Path, offer: &'a Offer<'a>) -> Result<Vec<Found<'a>>, RegisterError> {
    let mut found: Vec<Found<'a>> = Vec::new();
    for form in offer.forms {
        for (parent, glob) in form.folders.iter().filter_map(|p| p.split_once('/')) {
            for name in folders(&from.join(parent))? {
                let label = format!("{parent}/{name}");
                if !fits(glob, &name) || never(&name) {
                    continue;
                }
                match found.iter_mut().find(|f| f.label == label) {
                    Some(known) => known.forms.push(form),
                    None => {
                        let path = from.join(parent).join(&name);
                        found.push(Found { label, name, path, forms: vec![form] });
                    }
                }
            }
        }
    }
    Ok(found)
}

fn never(name: &str) -> bool {
    NEVER.iter().any(|word| name.to_lowercase().contains(word))
}

/// Whether a name fits a pattern with at most one `*`.
fn fits(glob: &str, name: &str) -> bool {
    match glob.split_once('*') {
        None => glob == name,
        Some((start, end)) => {
            name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
        }
    }
}

/// The names of the files in a folder, sorted.
fn files(folder: &Path) -> Result<Vec<String>, RegisterError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(RegisterError::disk("read", folder))? {
        let path = entry.map_err(RegisterError::disk("read", folder))?.path();
        if path.is_file() {
            found.extend(path.file_name().map(|n| n.to_string_lossy().into_owned()));
        }
    }
    found.sort();
    Ok(found)
}

/// The paths of all files below a folder, relative to `base`, sorted; none if it is not there.
fn files_below(base: &Path, below: &str, out: &mut Vec<String>) -> Result<(), RegisterError> {
    const MOST: usize = 10_000;
    let folder = base.join(below);
    if !folder.is_dir() {
        return Ok(());
    }
    out.extend(files(&folder)?.into_iter().map(|name| format!("{below}/{name}")));
    for name in folders(&folder)? {
        // A folder that holds more than any list does is not walked to its end.
        if out.len() < MOST {
            files_below(base, &format!("{below}/{name}"), out)?;
        }
    }
    out.sort();
    Ok(())
}

/// The files of a form in a folder, in the order of the table.
enum Whole {
    /// All are there.
    Yes(Vec<String>),
    /// None is there.
    Nothing,
    /// Some are missing, or a pattern fits more than one.
    No(String),
}

fn whole(folder: &Path, there: &[String], form: &ListForm) -> Result<Whole, RegisterError> {
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for wanted in &form.files {
        let pattern = wanted.name.to_lowercase();
        if let Some(below) = wanted.name.strip_suffix("/**") {
            files_below(folder, below, &mut found)?;
            continue;
        }
        let mut fitting = there.iter().filter(|name| fits(&pattern, &name.to_lowercase()));
        match (fitting.next(), fitting.next()) {
            (Some(name), None) => found.push(name.clone()),
            (Some(one), Some(two)) => {
                return Ok(Whole::No(format!("{one} and {two} both fit `{}`; leave one", wanted.name)));
            }
            (None, _) => missing.push(wanted.name.as_str()),
        }
    }
    Ok(if found.is_empty() {
        Whole::Nothing
    } else if missing.is_empty() {
        Whole::Yes(found)
    } else {
        Whole::No(format!("the set is not whole: {} missing", missing.join(", ")))
    })
}

/// The files of an edition in the first form that is whole, with the number of their bytes; or why the folder is none.
fn arrival<'a>(
    folder: &Found<'a>,
    offer: &'a Offer<'a>,
    today: Day,
) -> Result<Result<(Arrival<'a>, u64), String>, RegisterError> {
    let there = files(&folder.path)?;
    let mut reasons = Vec::new();
    for form in &folder.forms {
        let names = match whole(&folder.path, &there, form)? {
            Whole::Yes(names) => names,
            Whole::Nothing => continue,
            Whole::No(reason) => {
                reasons.push(reason);
                continue;
            }
        };
        let mut files: Vec<(String, Box<dyn Read + 'a>)> = Vec::new();
        let mut bytes = 0;
        for name in names {
            let path = folder.path.join(&name);
            let file = File::open(&path).map_err(RegisterError::disk("read", &path))?;
            bytes += file.metadata().map_or(0, |m| m.len());
            files.push((name, Box::new(BufReader::new(file))));
        }
        let outer = folder_date(&folder.name).unwrap_or(OuterDate {
            date: today,
            precision: Precision::Day,
            from: DateFrom::Fetch,
        });
        let origin = folder.label.clone();
        return Ok(Ok((Arrival { offer, format: &form.format, files, origin, outer }, bytes)));
    }
    if !reasons.is_empty() {
        return Ok(Err(reasons.join("; ")));
    }
    let seen: Vec<_> = there.iter().take(5).map(String::as_str).collect();
    let seen = if seen.is_empty() { "no file".to_owned() } else { seen.join(", ") };
    let expected = folder.forms.iter().map(|form| {
        let names: Vec<_> = form.files.iter().map(|f| f.name.as_str()).collect();
        format!("{} for the reader `{}`", names.join(", "), form.format)
    });
    Ok(Err(format!(
        "holds {seen}, which no reader reads; expected {}",
        expected.collect::<Vec<_>>().join(", or ")
    )))
}

/// The date in a folder's name: `2026-02-27`, else `2026-02` (its first day), else `2026`.
fn folder_date(name: &str) -> Option<OuterDate> {
    let dated = |date, precision| OuterDate { date, precision, from: DateFrom::Folder };
    for (len, precision) in [(10, Precision::Day), (7, Precision::Month), (4, Precision::Year)] {
        for at in 0..name.len() {
            let Some(text) = name.get(at..at + len) else { continue };
            let alone = |c: Option<char>| c.is_none_or(|c| !c.is_ascii_digit());
            let before = name.get(..at).and_then(|t| t.chars().next_back());
            let after = name.get(at + len..).and_then(|t| t.chars().next());
            let date = text.parse::<DateValue>().ok().and_then(|d| d.earliest());
            if let Some(date) = date.filter(|d| alone(before) && alone(after) && d.year() > 1900) {
                return Some(dated(date, precision));
            }
        }
    }
    None
}

/// What is there and belongs to no list.
fn unread(from: &Path, tops: &[String], sources: &ListSources) -> Result<Vec<UpdateResult>, RegisterError> {
    let patterns: Vec<_> = patterns(sources).filter_map(|p| p.split_once('/')).collect();
    let not_read = |label: &str, why: &str| UpdateResult::new(label, UpdateWord::NotRead, why.to_owned());
    let mut results = Vec::new();
    for top in tops {
        if !patterns.iter().any(|(parent, _)| parent == top) {
            results.push(not_read(top, "no list of the table of sources is read from this folder"));
            continue;
        }
        for name in folders(&from.join(top))? {
            let label = format!("{top}/{name}");
            if never(&name) {
                results.push(not_read(
                    &label,
                    "a folder of samples, schemas or derived tables is never an edition",
                ));
            } else if !patterns.iter().any(|(parent, glob)| parent == top && fits(glob, &name)) {
                results.push(not_read(&label, "no list of the table of sources is read from this folder"));
            }
        }
    }
    Ok(results)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_give_the_date_that_they_name() {
        for (name, date, precision) in [
            ("2026-02-27", "2026-02-27", Precision::Day),
            ("sdn-2021-07", "2021-07-01", Precision::Month),
            ("list-2016", "2016-01-01", Precision::Year),
            ("cons-2025-03-28-b", "2025-03-28", Precision::Day),
        ] {
            let found = folder_date(name).unwrap();
            assert_eq!((found.date.to_string().as_str(), found.precision), (date, precision), "{name}");
        }
        for name in ["latest", "v20260227", "é", "1234567"] {
            assert!(folder_date(name).is_none(), "{name}");
        }
    }

    #[test]
    fn patterns_have_one_star() {
        assert!(fits("*", "a") && fits("sdn-*", "sdn-2021") && fits("a*b", "ab") && fits("a", "a"));
        assert!(!fits("a*a", "a") && !fits("sdn-*", "cons-1") && !fits("a", "ab"));
    }
}
