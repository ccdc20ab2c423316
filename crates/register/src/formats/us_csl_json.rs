//! `us-csl-json`: the Consolidated Screening List as its publisher offers it in JSON, an object with a list `results`, streamed.
//!
//! Fields are those of the CSV form; several values are lists, an address is an object (`address`, `city`, `state`, `postal_code`, `country`), an identifier too
//! (`type`, `number`, `country`, `issue_date`, `expiration_date`). The file may tell when it was made (`search_performed_at`) and how many results it holds
//! (`total`).

use std::collections::BTreeSet;

use comity_model::listing::{NameKind, SourceValue};

use super::json::{self, Hearer, Json};
use super::us_csl::{AGAIN, Parties, PlainAddress, PlainId, Row, short};
use super::{Context, Reading, Sink, SourceInput, dates};
use crate::error::Refusal;
use crate::input::{FILE_LIMIT, PIECE_LIMIT};

/// The fields of a result.
const FIELDS: [&str; 31] = [
    "id",
    "_id",
    "source",
    "entity_number",
    "type",
    "programs",
    "name",
    "title",
    "addresses",
    "federal_register_notice",
    "start_date",
    "end_date",
    "standard_order",
    "license_requirement",
    "license_policy",
    "call_sign",
    "vessel_type",
    "gross_tonnage",
    "gross_registered_tonnage",
    "vessel_flag",
    "vessel_owner",
    "remarks",
    "source_list_url",
    "alt_names",
    "citizenships",
    "dates_of_birth",
    "nationalities",
    "places_of_birth",
    "source_information_url",
    "ids",
    "country",
];

/// Reads the file; see [`super::read`].
///
/// # Errors
/// The first fault found.
pub fn read(files: Vec<SourceInput<'_>>, context: Context<'_>, sink: Sink<'_>) -> Result<Reading, Refusal> {
    let Some(file) = files.into_iter().next() else {
        return Err(Refusal::new(context.list.as_str(), 0, "no file", "give the file"));
    };
    let mut results = Results {
        file: &file.name,
        parties: Parties::all(&file.name, context).counting("result"),
        sink,
        strange: BTreeSet::new(),
        results: 0,
        total: None,
    };
    json::stream(file.bytes, &file.name, "results", (FILE_LIMIT, PIECE_LIMIT), &mut results)?;
    let Results { parties, sink, results, total, .. } = results;
    if let Some(total) = total.filter(|total| *total != results) {
        let finding = format!("{results} results, {total} by the file's own count");
        return Err(Refusal::new(&file.name, 0, finding, AGAIN));
    }
    parties.finish(sink)
}

struct Results<'a, 's, 'f> {
    file: &'f str,
    parties: Parties<'a>,
    sink: Sink<'s>,
    strange: BTreeSet<String>,
    results: u64,
    total: Option<u64>,
}

impl Hearer for Results<'_, '_, '_> {
    fn item(&mut self, number: u64, item: Json) -> Result<(), Refusal> {
        self.results = number;
        let refuse =
            |finding: String| Refusal::new(self.file, 0, format!("result {number}: {finding}"), AGAIN);
        let Json::Object(fields) = &item else { return Err(refuse("no object".to_owned())) };
        for (key, _) in fields {
            if !FIELDS.contains(&key.as_str()) && self.strange.insert(key.clone()) {
                self.parties.note(number, "", format!("the field `{}` is not known", short(key)));
            }
        }
        let text = |key: &str| match item.get(key) {
            None | Some(Json::Null) => Ok(String::new()),
            Some(Json::Text(text)) => Ok(text.clone()),
            Some(Json::List(_) | Json::Object(_)) => Err(refuse(format!("`{key}` is no text"))),
        };
        let list = |key: &str| -> Result<Vec<String>, Refusal> {
            let items = item.get(key).map_or(&[][..], Json::items).iter().filter(|i| **i != Json::Null);
            let texts = items.map(|i| i.text().map(str::to_owned));
            texts.collect::<Option<_>>().ok_or_else(|| refuse(format!("`{key}` is no list of texts")))
        };
        let objects = |key: &str| -> Result<&[Json], Refusal> {
            let items = item.get(key).map_or(&[][..], Json::items);
            let all = items.iter().all(|i| matches!(i, Json::Object(_)));
            if all { Ok(items) } else { Err(refuse(format!("`{key}` is no list of objects"))) }
        };
        let (source, from, until) = (text("source")?, text("start_date")?, text("end_date")?);
        if source.trim().is_empty() {
            return Err(refuse("no source".to_owned()));
        }
        let row = Row {
            line: number,
            number: text("entity_number")?,
            kind: text("type")?,
            programmes: list("programs")?,
            name: text("name")?,
            title: text("title")?,
            addresses: objects("addresses")?.iter().map(address).collect(),
            notice: text("federal_register_notice")?,
            standard_order: text("standard_order")?,
            requirement: text("license_requirement")?,
            policy: text("license_policy")?,
            call_sign: text("call_sign")?,
            craft_type: text("vessel_type")?,
            tonnage: text("gross_tonnage")?,
            gross_tonnage: text("gross_registered_tonnage")?,
            flag: text("vessel_flag")?,
            owner: text("vessel_owner")?,
            remarks: text("remarks")?,
            aliases: list("alt_names")?.into_iter().map(|n| (NameKind::Alias, n)).collect(),
            citizenships: list("citizenships")?,
            nationalities: list("nationalities")?,
            birth_dates: list("dates_of_birth")?,
            birth_places: list("places_of_birth")?,
            ids: objects("ids")?.iter().map(identifier).collect(),
            from: self.parties.past_date(number, "start_date", &from, dates::iso),
            until: self.parties.date(number, "end_date", &until, dates::iso),
            source: values(&item),
            ..Row::default()
        };
        self.parties.take(&source, row, self.sink)
    }

    fn beside(&mut self, key: &str, value: Json) -> Result<(), Refusal> {
        let text = value.text().unwrap_or_default();
        match key {
            "search_performed_at" => match dates::iso_day(text) {
                Some(day) => self.parties.reading.date = Some(day),
                None => {
                    self.parties.note(0, "", format!("search_performed_at `{}` cannot be read", short(text)))
                }
            },
            "total" => match text.parse() {
                Ok(total) => self.total = Some(total),
                Err(_) => {
                    let finding = format!("total `{}` is no number", short(text));
                    return Err(Refusal::new(self.file, 0, finding, AGAIN));
                }
            },
            "sources" | "offset" => {}
            other => self.parties.note(0, "", format!("the field `{}` is not known", short(other))),
        }
        Ok(())
    }
}

fn field(object: &Json, key: &str) -> String {
    object.get(key).and_then(Json::text).unwrap_or_default().to_owned()
}

fn address(object: &Json) -> PlainAddress {
    let parts = ["address", "city", "state", "postal_code"].map(|key| field(object, key));
    let parts: Vec<&str> = parts.iter().map(|p| p.trim()).filter(|p| !p.is_empty()).collect();
    PlainAddress { text: parts.join(", "), state: field(object, "country") }
}

fn identifier(object: &Json) -> PlainId {
    PlainId { label: field(object, "type"), number: field(object, "number"), state: field(object, "country") }
}

/// All texts below a result, with the path of each.
fn values(item: &Json) -> Vec<SourceValue> {
    fn walk(path: &str, value: &Json, out: &mut Vec<SourceValue>) {
        match value {
            Json::Null => {}
            Json::Text(text) if text.is_empty() => {}
            Json::Text(text) => out.push(SourceValue { key: path.to_owned(), value: text.clone() }),
            Json::List(items) => items.iter().for_each(|item| walk(path, item, out)),
            Json::Object(pairs) => {
                for (key, value) in pairs {
                    let path = if path.is_empty() { key.clone() } else { format!("{path}/{key}") };
                    walk(&path, value, out);
                }
            }
        }
    }
    let mut out = Vec::new();
    walk("", item, &mut out);
    out
}
