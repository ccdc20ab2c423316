//! The readers of official formats, one module each, found by the name that the table of sources uses.
//!
//! A reader streams its files, gives each listing to the caller as it goes, and is total: any bytes give a [`Reading`] or a [`Refusal`].
//! The caller keeps nothing of a list whose reader refuses. Adding a format means a module here and a line in the table of readers.

pub mod announcements;
mod announcements_cn;
pub mod au_dfat_xlsx;
mod ca_sema_aliases;
pub mod ca_sema_xml;
mod columns;
mod dates;
mod eu_fsf;
pub mod eu_fsf_csv;
pub mod eu_fsf_xml;
mod free_dates;
mod headed;
mod identifiers;
pub mod jp_meti_eul_xlsx;
mod jp_mof_cells;
pub mod jp_mof_xlsx;
mod json;
pub mod ofac_advanced;
pub mod ofac_csv;
mod ofac_periods;
mod ofac_remarks;
mod ofac_terms;
pub mod ofac_xml;
pub mod ofsi_csv;
pub mod own;
pub mod own_csv;
mod record;
mod rows;
pub mod seco_xml;
mod text;
mod tree;
mod uk;
pub mod uk_csv;
pub mod uk_xml;
pub mod un_xml;
mod us_csl;
pub mod us_csl_csv;
pub mod us_csl_json;
mod us_csl_names;
pub mod us_csl_reduced;
mod us_csl_terms;
pub mod us_dpl_txt;
pub mod us_state;
mod workbook;
mod xml;

use std::collections::BTreeMap;
use std::io::BufRead;

use comity_model::listing::{ListId, Listing, StateText};
use comity_model::{Day, StateCode};

pub(crate) use text::collapsed;

use crate::error::{Notice, Refusal};

/// Finds the code of a State by its name, as lists write it.
pub type StateOf<'a> = &'a dyn Fn(&str) -> Option<StateCode>;

/// What a reader needs to know beside the bytes.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The list that is read; of a bundle its id.
    pub list: &'a ListId,
    /// The lists that are wanted of a bundle, with the words by which its reader tells them apart; empty for a list by itself.
    pub bundle: &'a [(&'a str, &'a ListId)],
    /// The day of the reading; later years in a file are suspicious.
    pub today: Day,
    /// Finds the codes of States.
    pub state_of: StateOf<'a>,
}

impl<'a> Context<'a> {
    /// The list of a bundle that a word stands for; none if it is not wanted.
    fn list_for(&self, key: &str) -> Option<&'a ListId> {
        self.bundle.iter().find(|(known, _)| *known == key).map(|(_, list)| *list)
    }

    /// A State as the list names it, with its code where it is known.
    fn state(&self, text: &str) -> StateText {
        let text = collapsed(text);
        StateText { code: (self.state_of)(&text), text }
    }
}

/// What a reader says of a list that it accepts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The publisher's date inside of the files, if they have one.
    pub date: Option<Day>,
    /// The newest date of an entry, for files that have no date and lie in a folder without one.
    pub newest_entry: Option<Day>,
    /// What this form of the list leaves out, where it is not the publisher's whole list.
    pub reduced: Option<String>,
    /// How many listings were given.
    pub entries: u64,
    /// How many rows of the files speak of each list, where a party may have several rows.
    pub rows: BTreeMap<ListId, u64>,
    /// Suspicious values, the first [`Reading::NOTICES_MAX`] of them.
    pub notices: Vec<Notice>,
    /// How many suspicious values there were.
    pub notices_total: u64,
}

impl Reading {
    /// So many notices are kept.
    pub const NOTICES_MAX: usize = 1000;

    fn notice(&mut self, file: &str, line: u64, entry: &str, finding: impl Into<String>) {
        self.notices_total += 1;
        if self.notices.len() < Self::NOTICES_MAX {
            let (file, entry) = (file.to_owned(), entry.to_owned());
            self.notices.push(Notice { file, line, entry, finding: finding.into() });
        }
    }
}

/// One source file: its name for messages, and its bytes.
pub struct SourceInput<'a> {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: Box<dyn BufRead + 'a>,
}

/// Takes the listings that a reader gives.
pub type Sink<'a> = &'a mut dyn FnMut(Listing) -> Result<(), Refusal>;

/// A reader: its name in the table of sources, how many files it asks for (none: any number), and its function.
struct Reader {
    name: &'static str,
    files: Option<usize>,
    read: fn(Vec<SourceInput<'_>>, Context<'_>, Sink<'_>) -> Result<Reading, Refusal>,
}

/// All readers.
const READERS: &[Reader] = &[
    Reader { name: "announcements", files: None, read: announcements::read },
    Reader { name: "au-dfat-xlsx", files: Some(1), read: au_dfat_xlsx::read },
    Reader { name: "ca-sema-xml", files: Some(1), read: ca_sema_xml::read },
    Reader { name: "ch-seco-xml", files: Some(1), read: seco_xml::read },
    Reader { name: "cn-announcements", files: None, read: announcements::read_cn },
    Reader { name: "eu-fsf-csv", files: Some(1), read: eu_fsf_csv::read },
    Reader { name: "eu-fsf-xml", files: Some(1), read: eu_fsf_xml::read },
    Reader { name: "jp-meti-eul-xlsx", files: Some(1), read: jp_meti_eul_xlsx::read },
    Reader { name: "jp-mof-xlsx", files: Some(1), read: jp_mof_xlsx::read },
    Reader { name: "ofac-advanced-xml", files: Some(1), read: ofac_advanced::read },
    Reader { name: "ofac-csv", files: Some(4), read: ofac_csv::read },
    Reader { name: "ofac-xml", files: Some(1), read: ofac_xml::read },
    Reader { name: "ofsi-csv", files: Some(1), read: ofsi_csv::read },
    Reader { name: "own-csv", files: Some(2), read: own_csv::read },
    Reader { name: "own-ftm", files: Some(1), read: own::read_ftm },
    Reader { name: "own-jsonl", files: Some(1), read: own::read_jsonl },
    Reader { name: "uk-csv", files: Some(1), read: uk_csv::read },
    Reader { name: "uk-xml", files: Some(1), read: uk_xml::read },
    Reader { name: "un-xml", files: Some(1), read: un_xml::read },
    Reader { name: "us-csl-csv", files: Some(1), read: us_csl_csv::read },
    Reader { name: "us-csl-json", files: Some(1), read: us_csl_json::read },
    Reader { name: "us-csl-reduced", files: Some(1), read: us_csl_reduced::read },
    Reader { name: "us-ddtc-csv", files: Some(1), read: us_state::read_ddtc },
    Reader { name: "us-dpl-txt", files: Some(1), read: us_dpl_txt::read },
    Reader { name: "us-isn-csv", files: Some(1), read: us_state::read_isn },
];

/// The names of all formats that can be read.
pub fn names() -> impl Iterator<Item = &'static str> {
    READERS.iter().map(|r| r.name)
}

/// How many elements an XML file has. It is read and checked as every reader of XML does it, and nothing is made of it: what the readers stand on, for measuring.
///
/// # Errors
/// The first fault found.
pub fn count_elements(file: SourceInput<'_>) -> Result<u64, Refusal> {
    xml::XmlStream::new(file.bytes, &file.name).count()
}

/// How many fields a file of comma-separated values has, see [`count_elements`].
///
/// # Errors
/// The first fault found.
pub fn count_fields(file: SourceInput<'_>) -> Result<u64, Refusal> {
    let mut rows = rows::Rows::new(file.bytes, &file.name);
    let mut fields = 0;
    while let Some(row) = rows.next()? {
        fields += row.fields.len() as u64;
    }
    Ok(fields)
}

/// Reads the files of one edition, given in the order of the table of sources.
///
/// # Errors
/// The first fault found, with file, line and remedy. Listings given before it are to be thrown away.
pub fn read(
    format: &str,
    files: Vec<SourceInput<'_>>,
    context: Context<'_>,
    sink: Sink<'_>,
) -> Result<Reading, Refusal> {
    let place = context.list.as_str();
    let Some(reader) = READERS.iter().find(|r| r.name == format) else {
        let known: Vec<_> = names().collect();
        return Err(Refusal::new(
            place,
            0,
            format!("no reader for the format `{format}`"),
            format!("use one of: {}", known.join(", ")),
        ));
    };
    if let Some(expected) = reader.files
        && files.len() != expected
    {
        return Err(Refusal::new(
            place,
            0,
            format!("{} files given, the format `{format}` has {expected}", files.len()),
            "give all files of the set, in the order of the table of sources",
        ));
    }
    let reading = (reader.read)(files, context, sink)?;
    // Of a bundle, the lists that are wanted may be those that it has no entry of.
    if reading.entries == 0 && context.bundle.is_empty() {
        return Err(Refusal::new(
            place,
            0,
            "no entries",
            "an empty list is never taken; fetch the file again",
        ));
    }
    Ok(reading)
}
