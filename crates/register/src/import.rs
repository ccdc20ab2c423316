//! A list of the user's own, taken in from a file: one edition an import, kept, judged and searched like any official list.

use std::fs::File;
use std::io::{BufReader, Cursor, Read};
use std::path::Path;

use comity_model::Day;
use comity_model::list_source::ListSource;
use comity_model::listing::{DateFrom, ListId, Precision};
use comity_model::mandate::ImposedBy;

use crate::error::{Refusal, RegisterError};
use crate::formats::{self, Context, SourceInput, StateOf, own, own_csv};
use crate::intake::{self, Arrival, OuterDate, Route};
use crate::progress::Progress;
use crate::shelf::Shelf;
use crate::update::{Offer, UpdateOptions, UpdateResult};

/// The publisher of the user's own lists.
pub const OWN: &str = "own";

/// The name under which a mapping of columns is kept.
const MAPPING: &str = "mapping.toml";

/// How a file of the user's own is to be read.
#[derive(Clone, Copy)]
pub struct ImportOptions<'a> {
    /// The day of the import.
    pub today: Day,
    /// The day of the edition; none: the day of the import.
    pub date: Option<Day>,
    /// `jsonl`, `ftm` or `csv`; none: told by the file itself.
    pub format: Option<&'a str>,
    /// The mapping of the columns of a table: `name=Column,alias=Other`, or the text of a mapping file.
    pub map: Option<&'a str>,
    /// Finds the codes of States.
    pub state_of: StateOf<'a>,
}

/// Reads `file` as an edition of the user's own list `list` and adds it to the register below `data`. The file is read to its end before anything is written: a bad line
/// refuses it whole.
///
/// # Errors
/// [`RegisterError::Refused`] with line and remedy for a bad file, a list that is not the user's own, or a format that is not known; else when the register
/// cannot be written.
pub fn import_file(
    data: &Path,
    list: &ListId,
    file: &Path,
    options: ImportOptions<'_>,
    progress: &mut dyn Progress,
) -> Result<UpdateResult, RegisterError> {
    let name =
        file.file_name().map_or_else(|| file.display().to_string(), |n| n.to_string_lossy().into_owned());
    if list.publisher() != OWN {
        let finding = format!("`{list}` is not a list of the user's own");
        return Err(
            Refusal::new(&name, 0, finding, "name it own/NAME; official lists come by `update`").into()
        );
    }
    let format = format_of(file, &name, options.format)?;
    let mapping = match (format, options.map) {
        ("own-csv", Some(map)) if map.contains('\n') || map.contains('"') => Some(map.to_owned()),
        ("own-csv", map) => Some(own_csv::mapping_of_pairs(map.unwrap_or_default())?),
        (_, None) => None,
        (_, Some(_)) => {
            return Err(Refusal::new(
                &name,
                0,
                "a mapping of columns for a file that is no table",
                "leave it out, or say the format csv",
            )
            .into());
        }
    };
    let source = source_of(list);
    read_through(file, &name, list, format, mapping.as_deref(), options)?;
    let offer = Offer::list(&source, true);
    let bytes = open(file, &name)?;
    let total = bytes.metadata().ok().map(|m| m.len());
    let mut files: Vec<(String, Box<dyn Read>)> = vec![(name.clone(), Box::new(BufReader::new(bytes)))];
    if let Some(mapping) = mapping {
        files.push((MAPPING.to_owned(), Box::new(Cursor::new(mapping.into_bytes()))));
    }
    let from = if options.date.is_some() { DateFrom::User } else { DateFrom::Fetch };
    let outer = OuterDate { date: options.date.unwrap_or(options.today), precision: Precision::Day, from };
    let update = UpdateOptions { today: options.today, only: &[], accept: None, state_of: options.state_of };
    let shelf = Shelf::open(data)?;
    progress.begin(list.as_str(), &name, total);
    let arrival = Arrival { offer: &offer, format, files, origin: name.clone(), outer };
    let intake = intake::prepare(&shelf, arrival, &update, progress)?;
    progress.end();
    if let Some(prepared) = intake.prepared.into_iter().next() {
        return intake::decide(&shelf, prepared, Route::Folder, &update);
    }
    intake.results.into_iter().next().ok_or_else(|| {
        Refusal::new(&name, 0, "nothing came of the file", "see that it was not changed while it was read")
            .into()
    })
}

/// The format by the user's word, else by the name and the first bytes of the file.
fn format_of(file: &Path, name: &str, word: Option<&str>) -> Result<&'static str, RegisterError> {
    match word {
        Some("jsonl" | "own-jsonl") => Ok("own-jsonl"),
        Some("ftm" | "own-ftm") => Ok("own-ftm"),
        Some("csv" | "own-csv") => Ok("own-csv"),
        Some(other) => {
            Err(Refusal::new(name, 0, format!("the format `{other}`"), "use jsonl, ftm or csv").into())
        }
        None if own_csv::looks_like_csv(name) => Ok("own-csv"),
        None => {
            let mut start = Vec::new();
            let read = open(file, name)?.take(64 << 10).read_to_end(&mut start);
            read.map_err(RegisterError::disk("read", file))?;
            Ok(if own::looks_like_ftm(&start) { "own-ftm" } else { "own-jsonl" })
        }
    }
}

fn open(file: &Path, name: &str) -> Result<File, RegisterError> {
    File::open(file).map_err(|error| {
        Refusal::new(name, 0, format!("it cannot be read: {error}"), "check the name and the rights on it")
            .into()
    })
}

/// Reads the whole file and keeps nothing, so that a refusal comes before anything is written.
fn read_through(
    file: &Path,
    name: &str,
    list: &ListId,
    format: &str,
    mapping: Option<&str>,
    options: ImportOptions<'_>,
) -> Result<(), RegisterError> {
    let mut inputs =
        vec![SourceInput { name: name.to_owned(), bytes: Box::new(BufReader::new(open(file, name)?)) }];
    if let Some(mapping) = mapping {
        let bytes = Box::new(Cursor::new(mapping.as_bytes().to_vec()));
        inputs.push(SourceInput { name: MAPPING.to_owned(), bytes });
    }
    let context = Context { list, bundle: &[], today: options.today, state_of: options.state_of };
    formats::read(format, inputs, context, &mut |_| Ok(()))?;
    Ok(())
}

/// The row that a list of the user's own has in no table. It is never held back for having fewer entries: what is on it is the user's decision.
fn source_of(list: &ListId) -> ListSource {
    ListSource {
        id: list.clone(),
        title: format!("the user's own list {list}"),
        publisher: OWN.to_owned(),
        authority: ImposedBy::Own,
        refers_to: None,
        stale_after_days: 365,
        shrink_limit_percent: 100,
        needs_registration: false,
        forms: Vec::new(),
        source: String::new(),
    }
}
