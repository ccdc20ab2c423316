//! `ofsi-csv`: the older list of asset freeze targets in the United Kingdom (withdrawn on 2026-01-28). Line 1 has the date of the last update, line 2 the columns.
//!
//! A row is one name of a group; other cells are the same in all rows of the group and may number several values (`(1) .. (2) ..`). What later has columns of its own
//! stands with labels in one free text, among it the Unique ID of the newer list and the UN reference: so a party keeps its id. A group with two Unique IDs is two
//! designations; one without has its Group ID behind `OFSI-`.

use std::collections::{BTreeMap, BTreeSet};

use comity_model::Day;
use comity_model::listing::SourceValue;

use super::columns::Header;
use super::rows::{Row, Rows};
use super::text::collapsed;
use super::uk::{Maker, Record, regime};
use super::{Context, Reading, Sink, SourceInput, dates};
use crate::error::Refusal;

/// Columns that every file of this form has.
const REQUIRED: [&str; 12] = [
    "Name 6",
    "Name 1",
    "Name 2",
    "Name 3",
    "Name 4",
    "Name 5",
    "Country",
    "Other Information",
    "Group Type",
    "Alias Type",
    "Regime",
    "Group ID",
];

/// Columns of one value or several numbered ones, and the kind of part that they are.
const SIMPLE: &[(&str, &str)] = &[
    ("title", "Title"),
    ("born", "DOB"),
    ("nationality", "Nationality"),
    ("position", "Position"),
    ("regime", "Regime"),
    ("type", "Group Type"),
    ("updated", "Last Updated"),
    ("group", "Group ID"),
];

/// Labels of the free text, by words that stand in them, and the kind of part that follows; the first that fits counts.
const LABELS: &[(&str, &str)] = &[
    ("uk sanctions list ref", "id"),
    ("un ref", "un"),
    ("statement of reasons", "reasons"),
    ("gender", "gender"),
    ("phone", "phone"),
    ("website", "website"),
    ("email", "email"),
    ("type of entity", "entity"),
    ("subsidiar", "subsidiary"),
    ("parent compan", "parent"),
    ("business reg", "registration"),
    ("imo", "imo"),
    ("previous flag", "previous flag"),
    ("flag", "flag"),
    ("previous owner", "previous owner"),
    ("owner", "owner"),
    ("type of ship", "ship"),
    ("tonnage", "tonnage"),
    ("length", "length"),
    ("built", "built"),
    ("hull", "hull"),
];

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
    reading.date = Some(updated_day(&first).ok_or_else(|| {
        let seen: String =
            first.fields.first().map(|f| f.text.chars().take(40).collect()).unwrap_or_default();
        rows.refuse(1, format!("line 1 begins with `{seen}`, `Last Updated,03/06/2026` expected"))
    })?);
    let Some(head) = rows.next()? else {
        return Err(rows.refuse(2, "no row with the names of the columns"));
    };
    let header = Header::new(&head, file, &REQUIRED)?;
    let mut gathered: BTreeMap<String, usize> = BTreeMap::new();
    let mut groups: Vec<(String, Group)> = Vec::new();
    let mut unended = false;
    while let Some(row) = rows.next()? {
        header.fits(&row, file)?;
        unended = row.unended;
        let id = collapsed(header.cell(&row, "Group ID"));
        if id.is_empty() || id.len() > 32 || id.eq_ignore_ascii_case("Group ID") {
            let finding = "a row without Group ID (or the names of the columns a second time: doubled file?)";
            return Err(rows.refuse(row.line, finding));
        }
        let at = *gathered.entry(id.clone()).or_insert(groups.len());
        if at == groups.len() {
            groups.push((id, Group { record: Record::at(row.line), ids: Vec::new() }));
        }
        if let Some((_, group)) = groups.get_mut(at) {
            group.add(&header, &row);
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
    for (id, group) in groups {
        let ids = if group.ids.is_empty() { vec![format!("OFSI-{id}")] } else { group.ids };
        for id in ids {
            let mut listing = maker.listing(&group.record, &id)?;
            if id.starts_with("OFSI-") {
                // Without a Unique ID the regime is told in words only.
                listing.programmes.iter_mut().for_each(|p| p.code.clone_from(&p.text));
            }
            sink(listing)?;
            entries += 1;
        }
    }
    reading.entries = entries;
    Ok(reading)
}

/// `Last Updated,03/06/2026`, the label with or without a colon.
fn updated_day(row: &Row) -> Option<Day> {
    let label = collapsed(&row.fields.first()?.text);
    if !label.trim_end_matches(':').eq_ignore_ascii_case("Last Updated") {
        return None;
    }
    dates::day_first(&row.fields.get(1)?.text)
}

/// A group on its way through the rows.
struct Group {
    record: Record,
    /// Unique IDs of the newer list.
    ids: Vec<String>,
}

impl Group {
    fn add(&mut self, header: &Header, row: &Row) {
        let cell = |name: &str| header.cell(row, name).to_owned();
        let names =
            ["Name 6", "Name 1", "Name 2", "Name 3", "Name 4", "Name 5", "Alias Type", "Alias Quality"];
        self.record.add("name", names.map(cell).into());
        let original = ["Name Non-Latin Script", "Non-Latin Script Type", "Non-Latin Script Language"];
        self.record.add("original", original.map(cell).into());
        for (kind, column) in SIMPLE {
            for text in numbered(&cell(column)) {
                self.record.add(kind, vec![text]);
            }
        }
        let designated = [cell("UK Sanctions List Date Designated"), cell("Listed On")];
        if let Some(text) = designated.into_iter().find(|t| !t.trim().is_empty()) {
            self.record.add("designated", vec![text]);
        }
        for (kind, [number, details]) in [
            ("passport", ["Passport Number", "Passport Details"]),
            ("national", ["National Identification Number", "National Identification Details"]),
            ("birthplace", ["Town of Birth", "Country of Birth"]),
        ] {
            let (number, details) = (numbered(&cell(number)), numbered(&cell(details)));
            for at in 0..number.len().max(details.len()) {
                // One value beside several belongs to each of them.
                let text = |of: &[String]| of.get(at).or(of.first().filter(|_| of.len() == 1)).cloned();
                let pair = [text(&number), text(&details)].map(Option::unwrap_or_default);
                self.record.add(kind, pair.into());
            }
        }
        let lines = [
            "Address 1",
            "Address 2",
            "Address 3",
            "Address 4",
            "Address 5",
            "Address 6",
            "Post/Zip Code",
            "Country",
        ];
        self.record.add("address", lines.map(cell).into());
        self.other(&cell("Other Information"));
        for (name, field) in header.names().iter().zip(&row.fields) {
            let value = SourceValue { key: name.clone(), value: field.text.clone() };
            if !value.value.trim().is_empty() && !self.record.source.contains(&value) {
                self.record.source.push(value);
            }
        }
    }

    /// The free text: what stands behind a label goes where the newer list has it.
    fn other(&mut self, text: &str) {
        for (label, value) in labelled(text) {
            let small = label.to_lowercase();
            let kind = LABELS.iter().find(|(words, _)| small.contains(words)).map(|(_, kind)| *kind);
            match kind {
                Some("id") => {
                    let (ids, rest) = unique_ids(&value);
                    for id in ids.into_iter().filter(|id| !self.ids.contains(id)).collect::<Vec<_>>() {
                        self.ids.push(id);
                    }
                    self.record.add("other", vec![rest]);
                }
                Some("un") => {
                    // The reference is the first word; free text may follow it.
                    let (reference, rest) = value.split_once(' ').unwrap_or((&value, ""));
                    self.record.add("un", vec![reference.trim_end_matches(['.', ',']).to_owned()]);
                    self.record.add("other", vec![rest.to_owned()]);
                }
                Some("reasons") => drop(self.record.add("reasons", vec![value])),
                Some(kind) => {
                    for text in numbered(&value) {
                        self.record.add(kind, vec![text.trim_end_matches('.').to_owned()]);
                    }
                }
                None if label.is_empty() => drop(self.record.add("other", vec![value])),
                None => drop(self.record.add("other", vec![format!("({label}):{value}")])),
            }
        }
    }
}

/// The values of a cell: `(1) .. (2) ..` are several.
fn numbered(text: &str) -> Vec<String> {
    let Some(mut rest) = text.trim_start().strip_prefix("(1)") else { return vec![text.to_owned()] };
    let mut found = Vec::new();
    for number in 2..1000 {
        let (value, after) = match rest.split_once(&format!("({number})")) {
            Some((value, after)) => (value, Some(after)),
            None => (rest, None),
        };
        let value = value.trim().trim_end_matches('.').trim();
        if !value.is_empty() {
            found.push(value.to_owned());
        }
        match after {
            Some(after) => rest = after,
            None => break,
        }
    }
    found
}

/// The pieces of a text between labels `(Label):`; what stands before the first one has none.
fn labelled(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let (mut label, mut begin) = (String::new(), 0);
    for (close, _) in text.match_indices("):") {
        let Some(before) = text.get(begin..close) else { continue };
        let Some(open) = before.rfind('(') else { continue };
        let Some(name) = before.get(open + 1..) else { continue };
        if name.is_empty() || name.len() > 60 || name.contains([')', '.']) {
            continue;
        }
        let value = before.get(..open).unwrap_or_default().trim();
        if !value.is_empty() {
            found.push((label, value.to_owned()));
        }
        label = name.trim().to_owned();
        begin = close + 2;
    }
    let value = text.get(begin..).unwrap_or_default().trim();
    if !value.is_empty() {
        found.push((label, value.to_owned()));
    }
    found
}

/// The Unique IDs in front of a text (`GHR0050 and BEL0045 Listed under ..`), and what follows them.
fn unique_ids(text: &str) -> (Vec<String>, String) {
    let mut ids = Vec::new();
    let mut rest = text.trim();
    loop {
        let (word, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let bare = word.trim_end_matches(['.', ',', ';']);
        let letters = regime(bare);
        let digits = bare.get(letters.len()..).unwrap_or_default();
        if letters.len() == 3 && digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit()) {
            ids.push(bare.to_owned());
        } else if ids.is_empty() || !matches!(bare, "and" | "&") {
            return (ids, rest.to_owned());
        }
        rest = after.trim_start();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbered_values_are_parted() {
        assert_eq!(numbered("(1) 01/02/1960. (2) 1961."), ["01/02/1960", "1961"]);
        assert_eq!(numbered("A (1) B"), ["A (1) B"]);
        assert_eq!(numbered(""), [""]);
    }

    #[test]
    fn labels_part_the_free_text() {
        let text = "(UK Sanctions List Ref):GHR9050 and BEL9045 Listed twice. (UN Ref): TAi.902. Some (odd) words. (Gender):Male";
        let found = labelled(text);
        let labels: Vec<&str> = found.iter().map(|(label, _)| label.as_str()).collect();
        assert_eq!(labels, ["UK Sanctions List Ref", "UN Ref", "Gender"]);
        let (ids, rest) = unique_ids(&found[0].1);
        assert_eq!((ids, rest.as_str()), (vec!["GHR9050".to_owned(), "BEL9045".to_owned()], "Listed twice."));
        assert_eq!(
            labelled("No label (at all): é"),
            [(String::new(), "No label".to_owned()), ("at all".to_owned(), "é".to_owned())]
        );
        assert_eq!(unique_ids("RUS9001."), (vec!["RUS9001".to_owned()], String::new()));
        assert_eq!(unique_ids("").0.len(), 0);
    }
}
