//! Reading editions from a folder of files that somebody was given: the layout is in the table of sources.

use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use comity_model::listing::{DateFrom, ListSource, Precision};
use comity_model::{DateValue, Day};

use crate::error::RegisterError;
use crate::intake::{self, Arrival, OuterDate, Route};
use crate::progress::Progress;
use crate::shelf::Shelf;
use crate::store::folders;
use crate::update::{UpdateOptions, UpdateResult, UpdateWord};

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
    sources: &[ListSource],
    options: UpdateOptions<'_>,
    progress: &mut dyn Progress,
) -> Result<Vec<UpdateResult>, RegisterError> {
    let chosen = options.chosen(sources)?;
    let tops = if from.is_dir() { folders(from)? } else { Vec::new() };
    if tops.is_empty() {
        let expected =
            sources.iter().flat_map(|s| &s.folders).map(String::as_str).collect::<Vec<_>>().join(", ");
        return Err(RegisterError::NoFolder { path: from.to_owned(), expected });
    }
    let shelf = Shelf::open(data)?;
    let mut results = intake::refresh(&shelf, &options, progress)?;
    results.extend(intake::release(&shelf, &options)?);
    for source in chosen {
        let mut prepared = Vec::new();
        for folder in matching(from, source)? {
            match arrival(&folder, source, options.today)? {
                Ok(arrival) => {
                    let total =
                        folder.files.iter().filter_map(|f| fs::metadata(f).ok()).map(|m| m.len()).sum();
                    progress.begin(source.id.as_str(), &folder.label, Some(total));
                    match intake::prepare(&shelf, arrival, &options, progress)? {
                        Ok(edition) => prepared.push(edition),
                        Err(result) => results.push(result),
                    }
                    progress.end();
                }
                Err(reason) => {
                    let message = format!("{}: {reason}", folder.label);
                    results.push(UpdateResult::new(&source.id, UpdateWord::NotRead, message));
                }
            }
        }
        prepared.sort_by_key(|p| p.meta.date);
        for edition in prepared {
            results.push(intake::decide(&shelf, edition, Route::Folder, &options)?);
        }
    }
    if options.only.is_empty() {
        results.extend(unread(from, &tops, sources)?);
    }
    Ok(results)
}

/// A folder that may be an edition.
struct Found {
    path: PathBuf,
    /// Its path below the folder named, for messages.
    label: String,
    name: String,
    files: Vec<PathBuf>,
}

fn matching(from: &Path, source: &ListSource) -> Result<Vec<Found>, RegisterError> {
    let mut found: Vec<Found> = Vec::new();
    for pattern in &source.folders {
        let Some((parent, glob)) = pattern.split_once('/') else { continue };
        for name in folders(&from.join(parent))? {
            let label = format!("{parent}/{name}");
            if fits(glob, &name) && !never(&name) && !found.iter().any(|f| f.label == label) {
                let path = from.join(parent).join(&name);
                let files = files(&path)?;
                found.push(Found { path, label, name, files });
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

fn files(folder: &Path) -> Result<Vec<PathBuf>, RegisterError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(RegisterError::disk("read", folder))? {
        let path = entry.map_err(RegisterError::disk("read", folder))?.path();
        if path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The files of an edition in the order of the table, or why the folder is none.
fn arrival<'a>(
    folder: &Found,
    source: &'a ListSource,
    today: Day,
) -> Result<Result<Arrival<'a>, String>, RegisterError> {
    let mut found = Vec::new();
    let mut missing = Vec::new();
    for wanted in &source.files {
        match folder.files.iter().find(|path| file_name(path).eq_ignore_ascii_case(&wanted.name)) {
            Some(path) => found.push((wanted.name.clone(), path)),
            None => missing.push(wanted.name.as_str()),
        }
    }
    if found.is_empty() {
        let seen: Vec<_> = folder.files.iter().take(5).map(|p| file_name(p)).collect();
        let seen = if seen.is_empty() { "no file".to_owned() } else { seen.join(", ") };
        let expected = source.files.iter().map(|f| f.name.as_str()).collect::<Vec<_>>().join(", ");
        return Ok(Err(format!(
            "holds {seen}, which the reader `{}` does not read; expected {expected}",
            source.format
        )));
    }
    if !missing.is_empty() {
        return Ok(Err(format!("the set is not whole: {} missing", missing.join(", "))));
    }
    let mut files: Vec<(String, Box<dyn Read + 'a>)> = Vec::new();
    for (name, path) in found {
        let file = File::open(path).map_err(RegisterError::disk("read", path))?;
        files.push((name, Box::new(BufReader::new(file))));
    }
    let outer = folder_date(&folder.name).unwrap_or(OuterDate {
        date: today,
        precision: Precision::Day,
        from: DateFrom::Fetch,
    });
    let _ = &folder.path;
    Ok(Ok(Arrival { source, files, origin: folder.label.clone(), outer }))
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
fn unread(from: &Path, tops: &[String], sources: &[ListSource]) -> Result<Vec<UpdateResult>, RegisterError> {
    let patterns: Vec<_> =
        sources.iter().flat_map(|s| &s.folders).filter_map(|p| p.split_once('/')).collect();
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
