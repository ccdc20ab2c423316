//! `us-csl-reduced`: the Consolidated Screening List as a third party shortened it: names, kinds, programmes, States of addresses, terms of licences and notices.
//!
//! A gzip file of one JSON object: `tables` of texts, `countsBySource` as control totals, and `entries` with short keys. It lacks addresses, dates of birth,
//! identifiers, remarks and the dates of measures, so its editions are marked as reduced.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};

use comity_model::listing::{NameKind, SourceValue};
use flate2::bufread::MultiGzDecoder;

use super::json::{self, Hearer, Json};
use super::us_csl::{AGAIN, Parties, PlainAddress, Row, short};
use super::{Context, Reading, Sink, SourceInput, dates};
use crate::error::Refusal;
use crate::input::PIECE_LIMIT;

/// What the form leaves out.
pub const LEAVES_OUT: &str = "a third party's shortened copy: addresses (but for their States), dates and places of birth, nationalities, identifiers, remarks, titles, \
     particulars of ships, and since when and until when measures bind are not in it";

/// The most that is unpacked, bytes; the file of 2026 has 3.4 MB.
const UNPACKED_LIMIT: u64 = 64 << 20;

/// Reads the file; see [`super::read`].
///
/// # Errors
/// The first fault found, control totals that do not agree among them.
pub fn read(files: Vec<SourceInput<'_>>, context: Context<'_>, sink: Sink<'_>) -> Result<Reading, Refusal> {
    let Some(mut file) = files.into_iter().next() else {
        return Err(Refusal::new(context.list.as_str(), 0, "no file", "give the file"));
    };
    let packed = file.bytes.fill_buf().is_ok_and(|start| start.starts_with(&[0x1f, 0x8b]));
    let bytes: Box<dyn BufRead + '_> =
        if packed { Box::new(BufReader::new(MultiGzDecoder::new(file.bytes))) } else { file.bytes };
    let mut entries = Entries {
        file: &file.name,
        parties: Parties::all(&file.name, context).counting("entry"),
        sink,
        tables: BTreeMap::new(),
        counts: None,
        entry_count: None,
        strange: BTreeSet::new(),
        entries: 0,
    };
    entries.parties.reading.reduced = Some(LEAVES_OUT.to_owned());
    json::stream(bytes, &file.name, "entries", (UNPACKED_LIMIT, PIECE_LIMIT), &mut entries)?;
    entries.totals()?;
    let Entries { parties, sink, .. } = entries;
    parties.finish(sink)
}

struct Entries<'a, 's, 'f> {
    file: &'f str,
    parties: Parties<'a>,
    sink: Sink<'s>,
    tables: BTreeMap<String, Vec<String>>,
    counts: Option<BTreeMap<String, u64>>,
    entry_count: Option<u64>,
    strange: BTreeSet<String>,
    entries: u64,
}

impl Entries<'_, '_, '_> {
    fn refuse(&self, finding: impl Into<String>) -> Refusal {
        Refusal::new(self.file, 0, finding, AGAIN)
    }

    /// The file's own totals must be those that were read.
    fn totals(&self) -> Result<(), Refusal> {
        if let Some(count) = self.entry_count.filter(|count| *count != self.entries) {
            return Err(self.refuse(format!("{} entries, {count} by the file's entryCount", self.entries)));
        }
        let Some(counts) = &self.counts else { return Err(self.refuse("no countsBySource in the file")) };
        let sources = counts.keys().chain(self.parties.rows.keys()).collect::<BTreeSet<_>>();
        for source in sources {
            let count = |of: &BTreeMap<String, u64>| of.get(source).copied().unwrap_or_default();
            let (told, read) = (count(counts), count(&self.parties.rows));
            if told != read {
                let finding = format!("{read} entries of `{}`, {told} by countsBySource", short(source));
                return Err(self.refuse(finding));
            }
        }
        Ok(())
    }

    /// The text of a table that an entry points to; none if the entry has no such key.
    fn of_table(&self, entry: &Json, key: &str, table: &str, number: u64) -> Result<String, Refusal> {
        let Some(at) = entry.get(key) else { return Ok(String::new()) };
        let texts = self.tables.get(table).map_or(&[][..], Vec::as_slice);
        let text = at.text().and_then(|t| t.parse::<usize>().ok()).and_then(|at| texts.get(at));
        text.cloned().ok_or_else(|| {
            let seen = at.text().unwrap_or("a list");
            self.refuse(format!("entry {number}: {key} is `{}`, no place of the table {table}", short(seen)))
        })
    }
}

impl Hearer for Entries<'_, '_, '_> {
    fn item(&mut self, number: u64, entry: Json) -> Result<(), Refusal> {
        self.entries = number;
        if self.tables.is_empty() {
            return Err(self.refuse("entries before the tables that they point to"));
        }
        let Json::Object(fields) = &entry else {
            return Err(self.refuse(format!("entry {number}: no object")));
        };
        for (key, _) in fields {
            let known = ["n", "a", "s", "t", "c", "e", "lr", "lp", "pg", "fr", "u"].contains(&key.as_str());
            if !known && self.strange.insert(key.clone()) {
                self.parties.note(number, "", format!("the key `{}` is not known", short(key)));
            }
        }
        let text = |key: &str| match entry.get(key) {
            None => Ok(String::new()),
            Some(Json::Text(text)) => Ok(text.clone()),
            Some(_) => Err(self.refuse(format!("entry {number}: `{key}` is no text"))),
        };
        let list = |key: &str| -> Result<Vec<String>, Refusal> {
            let items = entry.get(key).map_or(&[][..], Json::items).iter();
            let texts = items.map(|i| i.text().map(str::to_owned)).collect::<Option<_>>();
            texts.ok_or_else(|| self.refuse(format!("entry {number}: `{key}` is no list of texts")))
        };
        let source = self.of_table(&entry, "s", "sources", number)?;
        if source.is_empty() {
            return Err(self.refuse(format!("entry {number}: no source")));
        }
        let requirement = self.of_table(&entry, "lr", "licenceRequirements", number)?;
        let policy = self.of_table(&entry, "lp", "licencePolicies", number)?;
        let programmes = self.of_table(&entry, "pg", "programmes", number)?;
        let address = self.of_table(&entry, "u", "urls", number)?;
        let (name, kind, entity, notice) = (text("n")?, text("t")?, text("e")?, text("fr")?);
        let (aliases, states) = (list("a")?, list("c")?);
        let single = [
            ("source", &source),
            ("entity_number", &entity),
            ("type", &kind),
            ("programs", &programmes),
            ("name", &name),
            ("federal_register_notice", &notice),
            ("license_requirement", &requirement),
            ("license_policy", &policy),
            ("source_list_url", &address),
        ];
        let many = aliases.iter().map(|a| ("alt_names", a)).chain(states.iter().map(|c| ("countries", c)));
        let values = single.into_iter().chain(many).filter(|(_, value)| !value.is_empty());
        let row = Row {
            line: number,
            source: values
                .map(|(key, value)| SourceValue { key: key.into(), value: value.clone() })
                .collect(),
            number: entity,
            kind,
            programmes: programmes.split("; ").map(str::to_owned).collect(),
            name,
            notice,
            requirement,
            policy,
            addresses: states.into_iter().map(|state| PlainAddress { text: String::new(), state }).collect(),
            aliases: aliases.into_iter().map(|name| (NameKind::Alias, name)).collect(),
            ..Row::default()
        };
        self.parties.take(&source, row, self.sink)
    }

    fn beside(&mut self, key: &str, value: Json) -> Result<(), Refusal> {
        match key {
            "sourceGeneratedAt" => {
                let text = value.text().unwrap_or_default();
                let Some(day) = dates::iso_day(text) else {
                    return Err(self.refuse(format!("sourceGeneratedAt `{}` is no date", short(text))));
                };
                self.parties.reading.date = Some(day);
            }
            "entryCount" => self.entry_count = value.text().and_then(|t| t.parse().ok()),
            "countsBySource" => self.counts = Some(self.numbers(&value)?),
            "tables" => {
                let Json::Object(tables) = value else { return Err(self.refuse("tables is no object")) };
                for (name, table) in tables {
                    let texts =
                        table.items().iter().map(|i| i.text().map(str::to_owned)).collect::<Option<_>>();
                    let texts = texts.ok_or_else(|| {
                        self.refuse(format!("the table `{}` is no list of texts", short(&name)))
                    })?;
                    self.tables.insert(name, texts);
                }
            }
            _ => {}
        }
        Ok(())
    }
}

impl Entries<'_, '_, '_> {
    fn numbers(&self, value: &Json) -> Result<BTreeMap<String, u64>, Refusal> {
        let Json::Object(pairs) = value else { return Err(self.refuse("countsBySource is no object")) };
        let number = |(source, count): &(String, Json)| {
            count.text().and_then(|t| t.parse().ok()).map(|count: u64| (source.clone(), count))
        };
        let counts = pairs.iter().map(number).collect::<Option<_>>();
        counts.ok_or_else(|| self.refuse("countsBySource holds something that is no number"))
    }
}
