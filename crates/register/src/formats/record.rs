//! One party as our own forms write it: `{"id", "schema"?, "names": [...], "states"?, "birth_dates"?, "identifiers"?, "addresses"?, "functions"?, "remarks"?}`.
//!
//! A name is a text or `{"text", "kind"?, "quality"?, "language"?}`; an identifier is `"TYPE:value"` or `{"type", "value", "state"?}`.

use comity_model::DateValue;
use comity_model::listing::{
    Address, DetailKind, Identifier, IdentifierKind, ListId, ListedName, Listing, ListingId, NameKind,
    NameQuality, PartyKind, StateLink, StateRelation,
};

use super::text::{self, collapsed};
use super::tree::{Node, Value};
use super::{Context, dates};
use crate::error::Refusal;

/// The keys that are understood.
pub(crate) const KEYS: &[&str] = &[
    "id",
    "schema",
    "type",
    "names",
    "states",
    "birth_dates",
    "identifiers",
    "addresses",
    "functions",
    "remarks",
];

/// The longest id.
const ID_MAX: usize = 200;

/// Where a record stands, for refusals and codes of States.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a, 'c> {
    pub(crate) file: &'a str,
    pub(crate) context: Context<'c>,
}

impl Place<'_, '_> {
    pub(crate) fn refuse(&self, node: &Node, finding: impl Into<String>, remedy: &str) -> Refusal {
        Refusal::new(self.file, node.line, finding, remedy)
    }

    /// The text of a value; refused if it is a list, a table or nothing.
    pub(crate) fn text<'n>(&self, node: &'n Node, what: &str) -> Result<&'n str, Refusal> {
        node.text().map(str::trim).ok_or_else(|| {
            let seen = if matches!(node.value, Value::Text(_)) { "an empty text" } else { node.kind() };
            self.refuse(
                node,
                format!("{what} is {seen}, a text expected"),
                "write it as a text in quotation marks",
            )
        })
    }

    /// A date as `2026-02-24`, `2026-02`, `2026`, `1955..1958` or `about 1951`.
    pub(crate) fn date(&self, node: &Node, what: &str) -> Result<DateValue, Refusal> {
        let text = self.text(node, what)?;
        dates::iso(text).or_else(|| text.parse().ok()).ok_or_else(|| {
            self.refuse(
                node,
                format!("{what} `{text}` is no date"),
                "write 2026-02-24, 2026-02, 2026, 1955..1958 or `about 1951`",
            )
        })
    }

    /// The texts of a list, or a text by itself.
    pub(crate) fn texts(&self, node: Option<&Node>, what: &str) -> Result<Vec<String>, Refusal> {
        let items = node.map_or(&[][..], Node::items);
        items.iter().map(|item| self.text(item, what).map(str::to_owned)).collect()
    }
}

/// The kind of party that a word names: our own words, or the schemas of FollowTheMoney.
pub(crate) fn party_kind(word: &str) -> Option<PartyKind> {
    match word {
        "Person" => Some(PartyKind::Person),
        "Company" | "Organization" | "LegalEntity" | "PublicBody" => Some(PartyKind::Organization),
        "Vessel" => Some(PartyKind::Vessel),
        "Airplane" => Some(PartyKind::Aircraft),
        other => other.to_lowercase().parse().ok(),
    }
}

/// Reads one record. Without an `id`, `fallback` makes one of the first name.
pub(crate) fn read(
    node: &Node,
    list: &ListId,
    place: Place<'_, '_>,
    fallback: Option<fn(&str) -> String>,
) -> Result<Listing, Refusal> {
    if !matches!(node.value, Value::Table(_)) {
        return Err(place.refuse(
            node,
            format!("{} where a party is expected", node.kind()),
            "write a party as {\"id\": \"1\", \"names\": [\"...\"]}",
        ));
    }
    let kind = match node.get("schema").or_else(|| node.get("type")) {
        None => PartyKind::Unknown,
        Some(word) => {
            let text = place.text(word, "schema")?;
            party_kind(text).ok_or_else(|| {
                place.refuse(
                    word,
                    format!("schema `{text}` is no kind of party"),
                    "use person, organization, vessel, aircraft or unknown",
                )
            })?
        }
    };
    let names = names(node, place)?;
    let native = match (node.get("id"), fallback, names.first()) {
        (Some(id), _, _) => native_id(id, place)?,
        (None, Some(fallback), Some(first)) => fallback(&first.text),
        (None, _, _) => {
            return Err(place.refuse(
                node,
                "a party without `id`",
                "give each party an id that stays the same",
            ));
        }
    };
    let mut listing = Listing { names, ..Listing::new(ListingId { list: list.clone(), native }, kind) };
    let relation = match kind {
        PartyKind::Person => StateRelation::Nationality,
        PartyKind::Vessel => StateRelation::Flag,
        PartyKind::Organization | PartyKind::Aircraft | PartyKind::Unknown => StateRelation::Address,
    };
    for text in place.texts(node.get("states"), "a State")? {
        listing.states.push(StateLink { relation, state: place.context.state(&text) });
    }
    for date in node.get("birth_dates").map_or(&[][..], Node::items) {
        listing.birth_dates.push(place.date(date, "a date of birth")?);
    }
    for item in node.get("identifiers").map_or(&[][..], Node::items) {
        listing.identifiers.push(identifier(item, place)?);
    }
    for text in place.texts(node.get("addresses"), "an address")? {
        listing.addresses.push(Address { text: collapsed(&text), state: None, note: None });
    }
    for text in place.texts(node.get("functions"), "a function")? {
        listing.detail(DetailKind::Function, collapsed(&text));
    }
    if let Some(remarks) = node.get("remarks") {
        listing.remarks = collapsed(place.text(remarks, "remarks")?);
    }
    node.leaves("", &mut listing.source);
    Ok(listing)
}

/// The publisher's id of a record.
pub(crate) fn native_id(node: &Node, place: Place<'_, '_>) -> Result<String, Refusal> {
    let id = place.text(node, "id")?;
    if id.len() > ID_MAX || id.chars().any(char::is_control) {
        return Err(place.refuse(
            node,
            format!("an id of {} bytes, or with a line break in it", id.len()),
            "use at most 200 bytes on one line",
        ));
    }
    Ok(id.to_owned())
}

fn names(node: &Node, place: Place<'_, '_>) -> Result<Vec<ListedName>, Refusal> {
    let remedy = "write \"names\": [\"the leading name\", \"another\"]";
    let mut found: Vec<ListedName> = Vec::new();
    for item in node.get("names").map_or(&[][..], Node::items) {
        let default = if found.is_empty() { NameKind::Primary } else { NameKind::Alias };
        let (text, kind, quality, language) = match &item.value {
            Value::Table(rows) => {
                if let Some((key, _)) =
                    rows.iter().find(|(k, _)| !matches!(k.as_str(), "text" | "kind" | "quality" | "language"))
                {
                    return Err(place.refuse(
                        item,
                        format!("the key `{key}` of a name is not known"),
                        "use text, kind, quality, language",
                    ));
                }
                let word = |key: &str| item.word(key);
                let kind = match word("kind") {
                    "" => default,
                    text => {
                        text.parse().map_err(|e| place.refuse(item, format!("{e}"), "correct the kind"))?
                    }
                };
                let quality = match word("quality") {
                    "" => NameQuality::Good,
                    text => {
                        text.parse().map_err(|e| place.refuse(item, format!("{e}"), "correct the quality"))?
                    }
                };
                let text = item.get("text").unwrap_or(item);
                (place.text(text, "a name")?, kind, quality, word("language"))
            }
            Value::Null | Value::Text(_) | Value::List(_) => {
                (place.text(item, "a name")?, default, NameQuality::Good, "")
            }
        };
        let Some(mut name) = text::name(text, kind, quality) else {
            return Err(place.refuse(item, "an empty name", remedy));
        };
        name.language = (!language.is_empty()).then(|| language.to_owned());
        if !found.iter().any(|n| n.text == name.text) {
            found.push(name);
        }
    }
    if found.is_empty() {
        return Err(place.refuse(node, "a party without `names`", remedy));
    }
    Ok(found)
}

fn identifier(item: &Node, place: Place<'_, '_>) -> Result<Identifier, Refusal> {
    let remedy = "write \"imo:9999999\" or {\"type\": \"imo\", \"value\": \"9999999\"}";
    let (label, value, state) = match &item.value {
        Value::Text(text) => match text.split_once(':') {
            Some((kind, value)) => (kind.trim(), value.trim(), ""),
            None => return Err(place.refuse(item, format!("identifier `{text}` without its type"), remedy)),
        },
        Value::Table(_) => (item.word("type"), item.word("value"), item.word("state")),
        Value::Null | Value::List(_) => {
            return Err(place.refuse(
                item,
                format!("{} where an identifier is expected", item.kind()),
                remedy,
            ));
        }
    };
    if label.is_empty() || value.is_empty() {
        return Err(place.refuse(item, "an identifier without type or value", remedy));
    }
    let kind: IdentifierKind =
        label.parse().map_err(|e| place.refuse(item, format!("{e}"), "use one of these, or other"))?;
    let state = (!state.is_empty()).then(|| place.context.state(state));
    Ok(Identifier { kind, value: collapsed(value), label: label.to_owned(), state })
}
