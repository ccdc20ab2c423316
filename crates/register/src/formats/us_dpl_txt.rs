//! `us-dpl-txt`: the Denied Persons List as its publisher offers it, parted by tabs, a row an address.
//!
//! Orders stay in the file when they have expired: the last day of the term tells. Typing errors of the publisher are noticed and kept.

use super::headed::{Headed, UNENDED};
use super::rows::Rows;
use super::us_csl::{Parties, PlainAddress, Row, short};
use super::{Context, Reading, Sink, SourceInput, dates, us_csl_terms as terms};
use crate::error::Refusal;

const COLUMNS: [&str; 12] = [
    "Name",
    "Street_Address",
    "City",
    "State",
    "Country",
    "Postal_Code",
    "Effective_Date",
    "Expiration_Date",
    "Standard_Order",
    "Last_Update",
    "Action",
    "FR_Citation",
];

/// Reads the file; see [`super::read`].
///
/// # Errors
/// The first fault found.
pub fn read(files: Vec<SourceInput<'_>>, context: Context<'_>, sink: Sink<'_>) -> Result<Reading, Refusal> {
    let Some(file) = files.into_iter().next() else {
        return Err(Refusal::new(context.list.as_str(), 0, "no file", "give the file"));
    };
    let mut rows = Headed::new(Rows::text(file.bytes, &file.name, '\t'), &COLUMNS)?;
    let mut parties = Parties::only(&file.name, context, "DPL");
    let others: Vec<&str> = rows.others(&COLUMNS).collect();
    if !others.is_empty() {
        parties.note(1, "", format!("columns that are not known: {}", others.join(", ")));
    }
    let mut without_country: Option<(u64, u64)> = None;
    while let Some(cells) = rows.next()? {
        let line = cells.line;
        let cell = |column: &str| rows.cell(&cells, column);
        let parts = ["Street_Address", "City", "State", "Postal_Code"].map(|column| cell(column).trim());
        let parts: Vec<&str> = parts.into_iter().filter(|p| !p.is_empty()).collect();
        let (name, order) = (cell("Name"), cell("Standard_Order"));
        if name.trim() != name && !name.trim().is_empty() {
            parties.note(line, "", format!("Name `{}` with blanks around it", short(name)));
        }
        if !["Y", "N"].contains(&order) {
            parties.note(line, "", format!("Standard_Order `{}` is neither Y nor N", short(order)));
        }
        if cell("Country").trim().is_empty() {
            without_country.get_or_insert((line, 0)).1 += 1;
        }
        let from = parties.past_date(line, "Effective_Date", cell("Effective_Date"), terms::american);
        let until = parties.date(line, "Expiration_Date", cell("Expiration_Date"), terms::american);
        let (first, last) =
            (from.as_ref().and_then(|d| d.earliest()), until.as_ref().and_then(|d| d.earliest()));
        if first.zip(last).is_some_and(|(first, last)| last < first) {
            parties.note(line, "", "Expiration_Date lies before Effective_Date");
        }
        let row = Row {
            line,
            name: name.to_owned(),
            addresses: vec![PlainAddress { text: parts.join(", "), state: cell("Country").to_owned() }],
            notice: cell("FR_Citation").to_owned(),
            from,
            until,
            standard_order: order.to_owned(),
            updated: parties.past_date(line, "Last_Update", cell("Last_Update"), dates::iso),
            remarks: cell("Action").to_owned(),
            source: rows.source(&cells),
            ..Row::default()
        };
        parties.take("DPL", row, sink)?;
        if cells.unended {
            parties.note(line, "", UNENDED);
        }
    }
    if let Some((line, count)) = without_country {
        parties.note(line, "", format!("Country empty on {count} rows, this the first"));
    }
    parties.finish(sink)
}
