//! Lists of the user's own: `own-jsonl` (a party a line, see [`super::record`]), `own-ftm` (entities of FollowTheMoney, a line each or one JSON array) and
//! `own-csv` (a table with a mapping of its columns, see [`super::own_csv`]).
//!
//! What is not understood is kept among the source values. A bad line refuses the whole file.

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead;

use comity_model::listing::{
    Address, DetailKind, Identifier, IdentifierKind, Listing, ListingId, NameKind, NameQuality, PartyKind,
    Programme, StateLink, StateRelation, same_party_key,
};

use super::record::{self, Place};
use super::text::{self, collapsed};
use super::tree::{self, Node, Value};
use super::{Context, Reading, Sink, SourceInput, dates};
use crate::error::Refusal;
use crate::input::{Counted, LIMIT_MARK};

/// The largest JSON array of entities.
const ARRAY_MAX: u64 = 256 << 20;
pub(crate) const REMEDY: &str = "correct the line and import the file again; nothing of it was taken";

/// Reads a party a line; see [`super::read`].
///
/// # Errors
/// The first fault found.
pub fn read_jsonl(
    files: Vec<SourceInput<'_>>,
    context: Context<'_>,
    sink: Sink<'_>,
) -> Result<Reading, Refusal> {
    let file = only(files, context)?;
    let mut taken = Taken::new(&file.name, sink);
    lines(file.bytes, &file.name, |number, line| {
        let node = tree::json(line, &taken.file, number).map_err(told)?;
        let place = Place { file: &taken.file.clone(), context };
        let listing = record::read(&node, context.list, place, None).map_err(told)?;
        taken.give(listing, number)
    })?;
    Ok(taken.reading)
}

/// Reads entities of FollowTheMoney; see [`super::read`].
///
/// # Errors
/// The first fault found.
pub fn read_ftm(
    files: Vec<SourceInput<'_>>,
    context: Context<'_>,
    sink: Sink<'_>,
) -> Result<Reading, Refusal> {
    let mut file = only(files, context)?;
    let mut taken = Taken::new(&file.name, sink);
    let mut others: BTreeMap<String, u64> = BTreeMap::new();
    let name = file.name.clone();
    let array = file.bytes.fill_buf().is_ok_and(|start| {
        let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
        start.trim_ascii_start().first() == Some(&b'[')
    });
    let mut one = |node: &Node, number: u64| {
        let place = Place { file: &name, context };
        match entity(node, place).map_err(told)? {
            Ok(listing) => taken.give(listing, number),
            Err(schema) => {
                *others.entry(schema).or_insert(0) += 1;
                Ok(())
            }
        }
    };
    if array {
        let text = tree::text_of(file.bytes, &name, ARRAY_MAX)?;
        let root = tree::json(&text, &name, 1).map_err(told)?;
        for (number, node) in root.items().iter().enumerate() {
            one(node, 1).map_err(|mut refusal| {
                refusal.finding = format!("entity {} of the array: {}", number + 1, refusal.finding);
                refusal
            })?;
        }
    } else {
        lines(file.bytes, &name, |number, line| {
            let node = tree::json(line, &name, number).map_err(told)?;
            one(&node, number)
        })?;
    }
    let mut reading = taken.reading;
    for (schema, count) in others {
        let finding = format!("{count} entities of the schema {schema}, which is no party; not taken");
        reading.notice(&name, 0, "", finding);
    }
    Ok(reading)
}

fn told(mut refusal: Refusal) -> Refusal {
    if !refusal.remedy.contains(REMEDY) {
        refusal.remedy = match refusal.remedy.as_str() {
            "correct the file, or fetch it again from where it came" => REMEDY.to_owned(),
            remedy => format!("{remedy}; nothing of the file was taken"),
        };
    }
    refusal
}

pub(crate) fn only<'f>(
    files: Vec<SourceInput<'f>>,
    context: Context<'_>,
) -> Result<SourceInput<'f>, Refusal> {
    files
        .into_iter()
        .next()
        .ok_or_else(|| Refusal::new(context.list.as_str(), 0, "no file given", "give the file of the list"))
}

/// What was taken of a file so far.
pub(crate) struct Taken<'s> {
    file: String,
    sink: Sink<'s>,
    seen: BTreeMap<String, u64>,
    pub(crate) reading: Reading,
}

impl<'s> Taken<'s> {
    pub(crate) fn new(file: &str, sink: Sink<'s>) -> Self {
        Self { file: file.to_owned(), sink, seen: BTreeMap::new(), reading: Reading::default() }
    }

    /// Gives a listing on. An id stands once in a file.
    pub(crate) fn give(&mut self, listing: Listing, line: u64) -> Result<(), Refusal> {
        let odd = listing.names.iter().find_map(|n| text::hidden_sign(&n.text).map(|sign| (n, sign)));
        if let Some((name, sign)) = odd {
            let shown: String =
                name.text.chars().filter(|c| text::hidden_sign(&c.to_string()).is_none()).collect();
            return Err(Refusal::new(
                &self.file,
                line,
                format!(
                    "the name `{shown}` of `{}` holds the sign U+{:04X}, which shows nothing or turns the direction of writing",
                    listing.id.native.escape_debug(),
                    u32::from(sign)
                ),
                "remove it from the name; nothing of the file was taken",
            ));
        }
        if let Some(first) = self.seen.insert(same_party_key(&listing.id.native), line) {
            return Err(Refusal::new(
                &self.file,
                line,
                format!("the id `{}` a second time (first in line {first})", listing.id.native),
                "give each party an id of its own; nothing of the file was taken",
            ));
        }
        (self.sink)(listing)?;
        self.reading.entries += 1;
        Ok(())
    }
}

/// Hands over every line that is not blank, with its number.
pub(crate) fn lines(
    bytes: impl BufRead,
    file: &str,
    mut each: impl FnMut(u64, &str) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let mut input = Counted::new(bytes);
    let mut raw = Vec::new();
    loop {
        let number = input.line();
        raw.clear();
        input.begin_piece();
        let refuse = |finding: String| Refusal::new(file, number, finding, REMEDY);
        match input.read_until(b'\n', &mut raw) {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            Err(error) => {
                let text = error.to_string();
                let finding = match text.strip_prefix(LIMIT_MARK) {
                    Some(limit) => limit.to_owned(),
                    None => format!("it cannot be read: {text}"),
                };
                return Err(refuse(finding));
            }
        }
        let text = std::str::from_utf8(&raw)
            .map_err(|_| refuse("bytes that are no UTF-8 (another encoding, or damaged)".to_owned()))?;
        let text = if number == 1 { text.strip_prefix('\u{feff}').unwrap_or(text) } else { text };
        let text = text.trim_end_matches(['\n', '\r']);
        if !text.trim().is_empty() {
            each(number, text)?;
        }
    }
}

/// Where a property of FollowTheMoney goes.
enum Goes {
    Name(NameKind, NameQuality),
    State(StateRelation),
    Id(IdentifierKind),
    Detail(DetailKind),
    Birth,
    BirthPlace,
    Address,
    Programme,
    Remarks,
    Listed,
}

fn goes(property: &str, kind: PartyKind) -> Option<Goes> {
    use IdentifierKind as Id;
    let person = kind == PartyKind::Person;
    Some(match property {
        "name" => Goes::Name(NameKind::Alias, NameQuality::Good),
        "alias" | "abbreviation" => Goes::Name(NameKind::Alias, NameQuality::Good),
        "weakAlias" => Goes::Name(NameKind::Alias, NameQuality::Low),
        "previousName" => Goes::Name(NameKind::Former, NameQuality::Good),
        "birthDate" => Goes::Birth,
        "birthPlace" => Goes::BirthPlace,
        "birthCountry" => Goes::State(StateRelation::Birth),
        "nationality" => Goes::State(StateRelation::Nationality),
        "citizenship" => Goes::State(StateRelation::Citizenship),
        "country" | "jurisdiction" | "mainCountry" => Goes::State(StateRelation::Address),
        "flag" => Goes::State(StateRelation::Flag),
        "pastFlags" => Goes::State(StateRelation::FormerFlag),
        "idNumber" if person => Goes::Id(Id::NationalId),
        "idNumber" => Goes::Id(Id::Registration),
        "passportNumber" => Goes::Id(Id::Passport),
        "socialSecurityNumber" => Goes::Id(Id::NationalId),
        "taxNumber" | "innCode" | "vatCode" => Goes::Id(Id::TaxId),
        "registrationNumber" if kind == PartyKind::Aircraft => Goes::Id(Id::TailNumber),
        "registrationNumber" | "ogrnCode" | "uscCode" | "cikCode" | "npiCode" | "okpoCode" => {
            Goes::Id(Id::Registration)
        }
        "serialNumber" => Goes::Id(Id::SerialNumber),
        "imoNumber" => Goes::Id(Id::Imo),
        "mmsi" => Goes::Id(Id::Mmsi),
        "callSign" => Goes::Id(Id::CallSign),
        "swiftBic" => Goes::Id(Id::Bic),
        "leiCode" => Goes::Id(Id::Lei),
        "isin" | "isinCode" => Goes::Id(Id::Isin),
        "dunsCode" => Goes::Id(Id::Duns),
        "email" => Goes::Id(Id::Email),
        "website" => Goes::Id(Id::Website),
        "phone" => Goes::Id(Id::Phone),
        "address" => Goes::Address,
        "position" => Goes::Detail(DetailKind::Function),
        "title" => Goes::Detail(DetailKind::Title),
        "gender" => Goes::Detail(DetailKind::Gender),
        "type" => Goes::Detail(DetailKind::CraftType),
        "tonnage" => Goes::Detail(DetailKind::Tonnage),
        "grossRegisteredTonnage" => Goes::Detail(DetailKind::GrossTonnage),
        "owner" => Goes::Detail(DetailKind::CraftOwner),
        "buildDate" => Goes::Detail(DetailKind::Built),
        "incorporationDate" => Goes::Detail(DetailKind::Founded),
        "programId" | "program" => Goes::Programme,
        "notes" | "summary" => Goes::Remarks,
        "createdAt" => Goes::Listed,
        _ => return None,
    })
}

/// One entity; of a schema that is no party, the schema.
fn entity(node: &Node, place: Place<'_, '_>) -> Result<Result<Listing, String>, Refusal> {
    if !matches!(node.value, Value::Table(_)) {
        return Err(place.refuse(
            node,
            format!("{} where an entity is expected", node.kind()),
            "write one entity a line",
        ));
    }
    let Some(schema) = node.get("schema") else {
        return Err(place.refuse(
            node,
            "an entity without `schema`",
            "give entities of FollowTheMoney, or use the format jsonl",
        ));
    };
    let schema = place.text(schema, "schema")?;
    let Some(id) = node.get("id") else {
        return Err(place.refuse(node, "an entity without `id`", "add it"));
    };
    let native = record::native_id(id, place)?;
    let Some(kind) = record::party_kind(schema) else { return Ok(Err(schema.to_owned())) };
    let mut listing = Listing::new(ListingId { list: place.context.list.clone(), native }, kind);
    let mut remarks = Vec::new();
    for (property, values) in node.get("properties").map_or(&[][..], Node::rows) {
        let Some(goes) = goes(property, kind) else { continue };
        for value in values.items() {
            // A value that is an entity of its own stays in the source values.
            let Some(value) = value.text().map(str::trim) else { continue };
            match &goes {
                Goes::Name(kind, quality) => {
                    if let Some(name) = text::name(value, *kind, *quality)
                        && !listing.names.iter().any(|n| n.text == name.text)
                    {
                        listing.names.push(name);
                    }
                }
                Goes::State(relation) => {
                    let link = StateLink { relation: *relation, state: state(value, place) };
                    if !listing.states.contains(&link) {
                        listing.states.push(link);
                    }
                }
                Goes::Id(kind) => listing.identifiers.push(Identifier {
                    kind: *kind,
                    value: collapsed(value),
                    label: property.clone(),
                    state: None,
                }),
                Goes::Detail(kind) => listing.detail(*kind, collapsed(value)),
                Goes::Birth => match dates::iso(value) {
                    Some(date) => listing.birth_dates.push(date),
                    None => {
                        return Err(place.refuse(
                            node,
                            format!("birthDate `{value}` is no date"),
                            "write 1971-03-02, 1971-03 or 1971",
                        ));
                    }
                },
                Goes::BirthPlace => {
                    listing.birth_places.push(Address { text: collapsed(value), state: None, note: None });
                }
                Goes::Address => {
                    listing.addresses.push(Address { text: collapsed(value), state: None, note: None });
                }
                Goes::Programme => listing.programmes.push(Programme::new(collapsed(value), "")),
                Goes::Remarks => remarks.push(collapsed(value)),
                Goes::Listed => listing.listed_on = listing.listed_on.or_else(|| dates::iso(value)),
            }
        }
    }
    // `name` leads, wherever it stands among the properties; else the caption does.
    let lead = node
        .get("properties")
        .and_then(|p| p.get("name"))
        .and_then(|n| n.items().first())
        .and_then(Node::text);
    let lead = lead.or_else(|| node.get("caption").and_then(Node::text)).map(collapsed);
    if let Some(lead) = lead.and_then(|lead| text::name(&lead, NameKind::Primary, NameQuality::Good)) {
        listing.names.retain(|n| n.text != lead.text);
        listing.names.insert(0, lead);
    }
    match listing.names.first_mut() {
        Some(first) => first.kind = NameKind::Primary,
        None => {
            return Err(place.refuse(
                node,
                format!("the entity `{}` has no name", listing.id.native),
                "add properties.name",
            ));
        }
    }
    listing.remarks = remarks.join("; ");
    node.leaves("", &mut listing.source);
    Ok(Ok(listing))
}

/// Codes of States are written in small letters there.
fn state(value: &str, place: Place<'_, '_>) -> comity_model::listing::StateText {
    if value.len() == 2 && value.bytes().all(|b| b.is_ascii_lowercase()) {
        let mut state = place.context.state(&value.to_uppercase());
        state.text = value.to_owned();
        return state;
    }
    place.context.state(value)
}

/// The schemas and keys seen in the first lines of a file tell its format, where the user does not.
pub(crate) fn looks_like_ftm(start: &[u8]) -> bool {
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
    if start.first() == Some(&b'[') {
        return true;
    }
    let line = start.split(|b| *b == b'\n').next().unwrap_or_default();
    let Ok(text) = std::str::from_utf8(line) else { return false };
    let keys: BTreeSet<String> = match tree::json(text, "", 1) {
        Ok(node) => node.rows().iter().map(|(key, _)| key.clone()).collect(),
        Err(_) => return text.contains("\"properties\""),
    };
    keys.contains("properties") && !keys.contains("names")
}
