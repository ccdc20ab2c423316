//! `uk-csv`: the sanctions list of the United Kingdom in rows. Line 1 has the date of the report, line 2 the names of 58 columns.
//!
//! A row is one name with one address, one number ...: rows are gathered by the Unique ID, wherever they stand.

use std::collections::{BTreeMap, BTreeSet};

use comity_model::Day;
use comity_model::listing::SourceValue;

use super::columns::Header;
use super::rows::{Row, Rows};
use super::text::collapsed;
use super::uk::{KINDS, Maker, Record};
use super::{Context, Reading, Sink, SourceInput, dates};
use crate::error::Refusal;

/// Reads a list; see [`super::read`].
///
/// # Errors
/// The first fault found.
pub fn read(files: Vec<SourceInput<'_>>, context: Context<'_>, sink: Sink<'_>) -> Result<Reading, Refusal> {
    let Some(input) = files.into_iter().next() else {
        return Err(Refusal::new(context.list.as_str(), 0, "no file given", "give the file of the list"));
    };
    let file = input.name.as_str();
    let mut rows = Rows::text(input.bytes, file, ',');
    let mut reading = Reading::default();
    let first = rows.next()?.unwrap_or_default();
    let stamp = first.fields.first().map(|f| collapsed(&f.text)).unwrap_or_default();
    reading.date = Some(report_day(&stamp).ok_or_else(|| {
        let seen: String = stamp.chars().take(40).collect();
        rows.refuse(1, format!("line 1 is `{seen}`, `Report Date: 08-Oct-2026` expected"))
    })?);
    let Some(head) = rows.next()? else {
        return Err(rows.refuse(2, "no row with the names of the columns"));
    };
    let required: Vec<&str> = KINDS.iter().flat_map(|k| k.columns).copied().collect();
    let header = Header::new(&head, file, &required)?;
    let strange: Vec<&String> = header.names().iter().filter(|n| !is_known(n)).collect();
    for name in strange {
        reading.notice(file, head.line, "", format!("column `{name}` is not known here; kept as it stands"));
    }
    let mut gathered: BTreeMap<String, usize> = BTreeMap::new();
    let mut records: Vec<(String, Record)> = Vec::new();
    let mut unended = false;
    while let Some(row) = rows.next()? {
        header.fits(&row, file)?;
        unended = row.unended;
        let id = collapsed(header.cell(&row, "Unique ID"));
        if id.is_empty() || id.eq_ignore_ascii_case("Unique ID") {
            let finding =
                "a row without Unique ID (or the names of the columns a second time: doubled file?)";
            return Err(rows.refuse(row.line, finding));
        }
        let at = *gathered.entry(id.clone()).or_insert(records.len());
        if at == records.len() {
            records.push((id, Record::at(row.line)));
        }
        if let Some((_, record)) = records.get_mut(at) {
            add(record, &header, &row);
        }
    }
    if unended {
        reading.notice(
            file,
            rows.line(),
            "",
            "the last row has no line end: whole only if the publisher left it out",
        );
    }
    let mut maker = Maker { file, context, reading: &mut reading, seen: BTreeSet::new() };
    let mut entries = 0;
    for (id, record) in records {
        sink(maker.listing(&record, &id)?)?;
        entries += 1;
    }
    reading.entries = entries;
    Ok(reading)
}

/// `Report Date: 08-Oct-2026`.
fn report_day(stamp: &str) -> Option<Day> {
    let date = stamp.strip_prefix("Report Date:")?.trim();
    dates::english(&date.replace('-', " "))?.earliest().or_else(|| dates::day_first(date))
}

fn is_known(name: &str) -> bool {
    name.is_empty() || KINDS.iter().flat_map(|k| k.columns).any(|c| c.eq_ignore_ascii_case(name))
}

fn add(record: &mut Record, header: &Header, row: &Row) {
    for kind in KINDS {
        let texts: Vec<String> = kind.columns.iter().map(|c| header.cell(row, c).to_owned()).collect();
        let values = kind.columns.iter().zip(texts.clone()).filter(|(_, text)| !text.trim().is_empty());
        let values: Vec<_> =
            values.map(|(column, value)| SourceValue { key: (*column).to_owned(), value }).collect();
        if record.add(kind.name, texts) {
            record.source.extend(values);
        }
    }
    for (name, field) in header.names().iter().zip(&row.fields).filter(|(name, _)| !is_known(name)) {
        let value = SourceValue { key: name.clone(), value: field.text.clone() };
        if !value.value.trim().is_empty() && !record.source.contains(&value) {
            record.source.push(value);
        }
    }
}
