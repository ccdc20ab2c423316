//! `ofac-csv`: the set of four comma-separated files (entries, aliases, addresses, remarks continued).
//!
//! No header and no date inside. `-0-` is nothing. Remarks are cut at 1000 characters and go on in the fourth file, in the middle of a word.

use std::collections::{HashMap, HashSet};
use std::io::BufRead;

use comity_model::listing::{
    Address, DetailKind, Identifier, IdentifierKind, ListedName, Listing, ListingId, NameKind, NameQuality,
    PartyKind, Programme, SourceValue, StateLink, StateRelation,
};

use super::ofac_remarks::{self, Facts};
use super::ofac_terms::name;
use super::rows::{Field, Row, Rows};
use super::text::{collapsed, looks_damaged, says_no_state};
use super::{Context, Reading, Sink, SourceInput, dates};
use crate::error::Refusal;

const COLUMNS: [&str; 12] = [
    "ent_num",
    "SDN_Name",
    "SDN_Type",
    "Program",
    "Title",
    "Call_Sign",
    "Vess_type",
    "Tonnage",
    "GRT",
    "Vess_flag",
    "Vess_owner",
    "Remarks",
];
const ALT_COLUMNS: [&str; 5] = ["ent_num", "alt_num", "alt_type", "alt_name", "alt_remarks"];
const ADD_COLUMNS: [&str; 6] = ["ent_num", "add_num", "address", "city", "country", "add_remarks"];
const COMMENT_COLUMNS: [&str; 2] = ["ent_num", "comment"];

/// A row of one of the files: its values, `-0-` taken for nothing.
struct Record<const N: usize> {
    line: u64,
    values: [Option<String>; N],
}

impl<const N: usize> Record<N> {
    fn get(&self, column: usize) -> Option<&str> {
        self.values.get(column).and_then(Option::as_deref)
    }

    fn source(&self, columns: &[&str; N], from: usize, out: &mut Vec<SourceValue>) {
        for (column, value) in columns.iter().zip(&self.values).skip(from) {
            if let Some(value) = value {
                out.push(SourceValue { key: (*column).to_owned(), value: value.clone() });
            }
        }
    }
}

type ById<const N: usize> = HashMap<String, Vec<Record<N>>>;

/// Reads a set: entries, aliases, addresses, remarks continued, in this order; see [`super::read`].
///
/// # Errors
/// The first fault found.
pub fn read(files: Vec<SourceInput<'_>>, context: Context<'_>, sink: Sink<'_>) -> Result<Reading, Refusal> {
    let mut files = files.into_iter();
    let (Some(entries), Some(aliases), Some(addresses), Some(comments)) =
        (files.next(), files.next(), files.next(), files.next())
    else {
        return Err(Refusal::new(
            context.list.as_str(),
            0,
            "fewer than four files",
            "give the whole set of four",
        ));
    };
    let mut reading = Reading::default();
    let mut aliases = Side::new(aliases, true, &mut reading)?;
    let mut addresses = Side::new(addresses, true, &mut reading)?;
    let mut comments = Side::new(comments, false, &mut reading)?;
    let mut rows = Rows::new(entries.bytes, &entries.name);
    let mut seen = HashSet::new();
    while let Some(row) = rows.next()? {
        let record = record::<12>(&entries.name, row)?;
        let id = id(&entries.name, &record)?;
        let parts = Parts {
            aliases: aliases.by_id.remove(&id).unwrap_or_default(),
            addresses: addresses.by_id.remove(&id).unwrap_or_default(),
            comments: comments.by_id.remove(&id).unwrap_or_default(),
            file: &entries.name,
            alias_file: &aliases.file,
        };
        let line = record.line;
        let listing = parts.listing(&id, &record, context, &mut reading)?;
        if !seen.insert(id) {
            let finding = format!("the number `{}` a second time", listing.id.native);
            return Err(Refusal::new(
                &entries.name,
                line,
                finding,
                "fetch the file again from its publisher",
            ));
        }
        sink(listing)?;
        reading.entries += 1;
    }
    ended(&rows, &entries.name, &mut reading);
    aliases.not_emptied(&entries.name, reading.entries)?;
    addresses.not_emptied(&entries.name, reading.entries)?;
    aliases.no_orphans(&entries.name)?;
    addresses.no_orphans(&entries.name)?;
    // Remarks of entries that have left the list stay in the fourth file for a while.
    let mut left: Vec<_> = comments.by_id.iter().collect();
    left.sort_by_key(|(_, orphans)| orphans.first().map(|r| r.line));
    for (id, orphans) in left {
        let line = orphans.first().map_or(0, |r| r.line);
        reading.notice(&comments.file, line, id, "a remark continued for an entry that is not in the list");
    }
    Ok(reading)
}

/// One of the files beside the entries.
struct Side<const N: usize> {
    file: String,
    rows: u64,
    by_id: ById<N>,
}

impl<const N: usize> Side<N> {
    fn new(input: SourceInput<'_>, numbered: bool, reading: &mut Reading) -> Result<Self, Refusal> {
        let file = input.name;
        let mut by_id = ById::<N>::new();
        let mut rows = Rows::new(input.bytes, &file);
        let mut numbers = HashSet::new();
        let mut count = 0;
        while let Some(row) = rows.next()? {
            let record = record::<N>(&file, row)?;
            let id = id(&file, &record)?;
            if numbered && !numbers.insert(format!("{id},{}", record.get(1).unwrap_or("-0-"))) {
                let finding =
                    format!("the numbers `{id},{}` a second time", record.get(1).unwrap_or_default());
                return Err(Refusal::new(
                    &file,
                    record.line,
                    finding,
                    "fetch the file again from its publisher",
                ));
            }
            by_id.entry(id).or_default().push(record);
            count += 1;
        }
        ended(&rows, &file, reading);
        Ok(Self { file, rows: count, by_id })
    }

    /// No list of this form is without aliases or addresses: a file without rows was lost or emptied on its way.
    fn not_emptied(&self, entries: &str, entry_rows: u64) -> Result<(), Refusal> {
        if self.rows > 0 || entry_rows == 0 {
            return Ok(());
        }
        Err(Refusal::new(
            &self.file,
            0,
            format!("no rows, where {entries} has {entry_rows}"),
            "the file was emptied on its way; fetch all four again",
        ))
    }

    fn no_orphans(&self, entries: &str) -> Result<(), Refusal> {
        match self.by_id.iter().min_by_key(|(_, records)| records.first().map(|r| r.line)) {
            None => Ok(()),
            Some((id, records)) => Err(Refusal::new(
                &self.file,
                records.first().map_or(0, |r| r.line),
                format!("a row for the entry `{id}`, which {entries} does not hold"),
                "the files are not of one set, or one is cut short; fetch all four again",
            )),
        }
    }
}

/// A file without its end mark may have been cut between two rows, which nothing else would show; old files lack it too, so it is only noticed.
fn ended<R: BufRead>(rows: &Rows<'_, R>, file: &str, reading: &mut Reading) {
    if !rows.marked() {
        reading.notice(
            file,
            rows.line(),
            "",
            "no end mark (0x1A) behind the last row: whole only if the publisher left it out",
        );
    }
}

fn record<const N: usize>(file: &str, row: Row) -> Result<Record<N>, Refusal> {
    let (line, unended, count) = (row.line, row.unended, row.fields.len());
    let again = "fetch the file again from its publisher";
    if count != N {
        return Err(Refusal::new(file, line, format!("{count} fields, {N} expected"), again));
    }
    let mut values = std::array::from_fn(|_| None);
    for (column, (slot, field)) in values.iter_mut().zip(row.fields).enumerate() {
        *slot = value(field, unended && column + 1 == N).map_err(|seen| {
            let finding =
                format!("field {} is `{seen}` without quotation marks; a number or -0- expected", column + 1);
            Refusal::new(file, line, finding, again)
        })?;
    }
    Ok(Record { line, values })
}

/// Nothing for `-0-`, which is never quoted; numbers stand without marks, all else within. The last field of a file may have lost its end (seen
/// in files of 2019): `-0` there is nothing too.
fn value(field: Field, last_of_file: bool) -> Result<Option<String>, String> {
    if field.quoted {
        return Ok(Some(field.text));
    }
    let text = field.text.trim_end_matches(' ');
    if text == "-0-" || (last_of_file && text == "-0") {
        Ok(None)
    } else if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        Ok(Some(text.to_owned()))
    } else {
        Err(field.text.chars().take(40).collect())
    }
}

fn id<const N: usize>(file: &str, record: &Record<N>) -> Result<String, Refusal> {
    let id = record.get(0).unwrap_or_default().trim();
    if !id.is_empty() && id.len() <= 12 && id.bytes().all(|b| b.is_ascii_digit()) {
        Ok(id.to_owned())
    } else {
        let finding =
            format!("`{}` where the number of an entry is expected", id.chars().take(40).collect::<String>());
        Err(Refusal::new(file, record.line, finding, "fetch the file again from its publisher"))
    }
}

/// What belongs to one entry beside its own row.
struct Parts<'a> {
    aliases: Vec<Record<5>>,
    addresses: Vec<Record<6>>,
    comments: Vec<Record<2>>,
    file: &'a str,
    alias_file: &'a str,
}

impl Parts<'_> {
    fn listing(
        &self,
        id: &str,
        record: &Record<12>,
        context: Context<'_>,
        reading: &mut Reading,
    ) -> Result<Listing, Refusal> {
        let mut note = |finding: String| reading.notice(self.file, record.line, id, finding);
        let kind = match record.get(2).map(str::trim) {
            None => PartyKind::Organization,
            Some("individual") => PartyKind::Person,
            Some("vessel") => PartyKind::Vessel,
            Some("aircraft") => PartyKind::Aircraft,
            Some(other) => {
                note(format!("SDN_Type `{other}` is none of individual, vessel, aircraft, -0-"));
                PartyKind::Unknown
            }
        };
        // The cut may fall anywhere, inside of a word too: nothing goes between the pieces.
        let mut remarks = record.get(11).unwrap_or_default().to_owned();
        remarks.extend(self.comments.iter().filter_map(|c| c.get(1)));
        let facts = ofac_remarks::facts(&remarks, context);
        for date in &facts.unread_dates {
            note(format!("DOB `{date}` cannot be read"));
        }
        for date in
            facts.birth_dates.iter().filter_map(dates::last_year).filter(|y| *y > context.today.year())
        {
            note(format!("DOB of {date} lies after the day of reading"));
        }
        for term in &facts.terms.unread {
            note(format!("`{term}` cannot be read"));
        }
        let primary = record.get(1).and_then(|raw| name(raw, kind, NameKind::Primary, NameQuality::Good));
        let Some(primary) = primary else {
            let finding = format!("entry `{id}` without a name");
            return Err(Refusal::new(
                self.file,
                record.line,
                finding,
                "fetch the file again from its publisher",
            ));
        };
        let programmes: Vec<_> = record.get(3).map(programmes).unwrap_or_default();
        if programmes.is_empty() {
            note("no Program".into());
        }
        let mut source = Vec::with_capacity(16 + 4 * (self.aliases.len() + self.addresses.len()));
        record.source(&COLUMNS, 0, &mut source);
        self.aliases.iter().for_each(|r| r.source(&ALT_COLUMNS, 1, &mut source));
        self.addresses.iter().for_each(|r| r.source(&ADD_COLUMNS, 1, &mut source));
        self.comments.iter().for_each(|r| r.source(&COMMENT_COLUMNS, 1, &mut source));
        for value in source.iter().filter(|v| looks_damaged(&v.value)) {
            note(format!("{} holds a run of `?`", value.key));
        }
        let mut names = vec![primary];
        names.extend(self.names(id, kind, &facts, reading));
        let addresses = self.addresses(context);
        let mut listing = Listing {
            names,
            states: states(record, &facts, &addresses, context),
            birth_dates: facts.birth_dates,
            birth_places: facts.birth_places.into_iter().map(place).collect(),
            identifiers: identifiers(record, facts.identifiers),
            addresses,
            programmes,
            related: facts.related.into_iter().chain(record.get(10).map(collapsed)).collect(),
            remarks: collapsed(&remarks),
            source,
            ..Listing::new(ListingId { list: context.list.clone(), native: id.to_owned() }, kind)
        };
        for (column, kind) in [
            (4, if kind == PartyKind::Person { DetailKind::Function } else { DetailKind::Title }),
            (6, DetailKind::CraftType),
            (7, DetailKind::Tonnage),
            (8, DetailKind::GrossTonnage),
            (10, DetailKind::CraftOwner),
        ] {
            listing.detail(kind, record.get(column).map(collapsed).unwrap_or_default());
        }
        facts.terms.enter(&mut listing, context);
        Ok(listing)
    }

    fn names(&self, id: &str, kind: PartyKind, facts: &Facts, reading: &mut Reading) -> Vec<ListedName> {
        let mut names = Vec::new();
        for alias in &self.aliases {
            let name_kind = match alias.get(2).map(str::trim) {
                Some("aka" | "nka") => NameKind::Alias,
                Some("fka") => NameKind::Former,
                other => {
                    let seen = other.unwrap_or("-0-");
                    let finding = format!("alt_type `{seen}` is none of aka, fka, nka");
                    reading.notice(self.alias_file, alias.line, id, finding);
                    NameKind::Alias
                }
            };
            match alias.get(3).and_then(|raw| name(raw, kind, name_kind, NameQuality::Good)) {
                Some(name) => names.push(name),
                None => reading.notice(self.alias_file, alias.line, id, "an alias without a name"),
            }
        }
        // Names that stand only in the remarks are the weak ones.
        for (name_kind, raw) in &facts.names {
            names.extend(name(raw, kind, *name_kind, NameQuality::Low));
        }
        names
    }

    fn addresses(&self, context: Context<'_>) -> Vec<Address> {
        let mut found = Vec::new();
        for row in &self.addresses {
            let parts: Vec<String> = [2, 3].iter().filter_map(|c| row.get(*c)).map(collapsed).collect();
            let country = row.get(4).map(collapsed).filter(|c| !c.is_empty());
            let note = row.get(5).map(collapsed);
            if !parts.is_empty() || country.is_some() || note.is_some() {
                found.push(Address {
                    text: parts.join(", "),
                    state: country.map(|c| context.state(&c)),
                    note,
                });
            }
        }
        found
    }
}

/// `A] [B`: codes may hold blanks, not brackets.
fn programmes(field: &str) -> Vec<Programme> {
    let codes = field.split("] [").map(|code| collapsed(code.trim_matches(['[', ']', ' '])));
    codes.filter(|code| !code.is_empty()).map(|code| Programme::new(code, "")).collect()
}

fn place(text: String) -> Address {
    Address { text, state: None, note: None }
}

fn states(record: &Record<12>, facts: &Facts, addresses: &[Address], context: Context<'_>) -> Vec<StateLink> {
    let named = |relation, name: &str| StateLink { relation, state: context.state(name) };
    let mut states: Vec<_> =
        facts.nationalities.iter().map(|n| named(StateRelation::Nationality, n)).collect();
    states.extend(facts.citizenships.iter().map(|n| named(StateRelation::Citizenship, n)));
    states.extend(record.get(9).filter(|n| !says_no_state(n)).map(|n| named(StateRelation::Flag, n)));
    for place in &facts.birth_places {
        // `Town, Province, State`: only a part that is a State is taken for one.
        let state = context.state(place.rsplit(", ").next().unwrap_or(place));
        if state.code.is_some() {
            states.push(StateLink { relation: StateRelation::Birth, state });
        }
    }
    for state in addresses.iter().filter_map(|a| a.state.clone()) {
        let link = StateLink { relation: StateRelation::Address, state };
        if !states.contains(&link) {
            states.push(link);
        }
    }
    states
}

fn identifiers(record: &Record<12>, mut from_remarks: Vec<Identifier>) -> Vec<Identifier> {
    if let Some(sign) = record.get(5).map(collapsed).filter(|s| !s.is_empty()) {
        let label = "Call_Sign".to_owned();
        from_remarks
            .insert(0, Identifier { kind: IdentifierKind::CallSign, value: sign, label, state: None });
    }
    from_remarks
}

#[cfg(test)]
#[path = "ofac_csv_tests.rs"]
mod tests;
