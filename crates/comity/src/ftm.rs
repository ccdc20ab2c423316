//! Listings in the words of FollowTheMoney (schema, properties, datasets, referents), so that tools made for it can read the register. The only place that
//! knows that vocabulary; see <https://followthemoney.tech/explorer/>.

use std::collections::BTreeMap;

use comity_model::date::DateValue;
use comity_model::list_source::ListSource;
use comity_model::listing::{
    DetailKind, EditionMeta, IdentifierKind, Listing, NameKind, NameQuality, PartyKind, StateRelation,
    StateText,
};
use serde_json::{Value, json};

/// The properties of an entity, each with its values in the order of the list, none twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Properties(BTreeMap<&'static str, Vec<String>>);

impl Properties {
    fn add(&mut self, property: &'static str, value: impl Into<String>) {
        let value = value.into();
        if value.is_empty() {
            return;
        }
        let values = self.0.entry(property).or_default();
        if !values.contains(&value) {
            values.push(value);
        }
    }

    /// The values of a property.
    #[must_use]
    pub fn get(&self, property: &str) -> &[String] {
        self.0.get(property).map_or(&[], Vec::as_slice)
    }
}

/// The schema of a kind of party.
#[must_use]
pub fn schema(kind: PartyKind) -> &'static str {
    match kind {
        PartyKind::Person => "Person",
        PartyKind::Organization => "Organization",
        PartyKind::Vessel => "Vessel",
        PartyKind::Aircraft => "Airplane",
        PartyKind::Unknown => "LegalEntity",
    }
}

/// The name of a list as a dataset: letters, digits and underscores.
#[must_use]
pub fn dataset(list: &str) -> String {
    list.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// The entities of a listing: itself, and one for each address of a digital currency. `source` is the row of its list, `first` and `last` the oldest and newest
/// editions on this machine that hold it, as far as they were looked at.
#[must_use]
pub fn entities(
    listing: &Listing,
    source: Option<&ListSource>,
    first: &EditionMeta,
    last: &EditionMeta,
) -> Vec<Value> {
    let id = listing.id.to_string();
    let referents: Vec<String> = source
        .and_then(|s| s.refers_to.as_ref())
        .map(|list| listing.references.iter().map(|native| format!("{list}/{native}")).collect())
        .unwrap_or_default();
    let change = listing
        .updated
        .iter()
        .filter_map(DateValue::latest)
        .max()
        .or(listing.listed_on.as_ref().and_then(DateValue::latest));
    let stamp = |schema: &str, id: &str, caption: &str, properties: &Properties| {
        json!({
            "id": id,
            "caption": caption,
            "schema": schema,
            "properties": properties.0,
            "datasets": [dataset(listing.id.list.as_str())],
            "referents": referents,
            "target": schema != "CryptoWallet",
            "first_seen": first.date.to_string(),
            "last_seen": last.date.to_string(),
            "last_change": change.map(|d| d.to_string()),
        })
    };
    let mut entities = vec![stamp(schema(listing.kind), &id, listing.primary_name(), &properties(listing))];
    for wallet in listing.identifiers.iter().filter(|i| i.kind == IdentifierKind::Wallet) {
        let mut properties = Properties::default();
        properties.add("publicKey", &wallet.value);
        properties.add("holder", &id);
        let key = format!("{id}/wallet/{}", wallet.value);
        entities.push(stamp("CryptoWallet", &key, &wallet.value, &properties));
    }
    entities
}

/// The properties of a listing.
#[must_use]
pub fn properties(listing: &Listing) -> Properties {
    let mut found = Properties::default();
    for name in &listing.names {
        let property = match (name.kind, name.quality) {
            (_, NameQuality::Low) => "weakAlias",
            (NameKind::Primary, NameQuality::Good) => "name",
            (NameKind::Former, NameQuality::Good) => "previousName",
            (NameKind::Alias | NameKind::OriginalScript, NameQuality::Good) => "alias",
        };
        found.add(property, &name.text);
    }
    let person = listing.kind == PartyKind::Person;
    let born = match listing.kind {
        PartyKind::Person => "birthDate",
        PartyKind::Vessel | PartyKind::Aircraft => "buildDate",
        PartyKind::Organization | PartyKind::Unknown => "incorporationDate",
    };
    listing.birth_dates.iter().flat_map(dates).for_each(|date| found.add(born, date));
    for place in &listing.birth_places {
        found.add("birthPlace", &place.text);
    }
    for link in &listing.states {
        let property = match link.relation {
            StateRelation::Nationality => {
                if person {
                    "nationality"
                } else {
                    "country"
                }
            }
            StateRelation::Citizenship => {
                if person {
                    "citizenship"
                } else {
                    "country"
                }
            }
            StateRelation::Birth => {
                if person {
                    "birthCountry"
                } else {
                    "country"
                }
            }
            StateRelation::Address => "country",
            StateRelation::Flag => "flag",
            StateRelation::FormerFlag => "pastFlags",
        };
        found.add(property, state(&link.state));
    }
    for address in &listing.addresses {
        let parts = [address.text.as_str(), address.state.as_ref().map_or("", |s| s.text.as_str())];
        let parts: Vec<&str> = parts.into_iter().filter(|p| !p.is_empty()).collect();
        found.add("address", parts.join(", "));
    }
    for identifier in &listing.identifiers {
        if let Some(property) = identifier_property(identifier.kind, listing.kind) {
            found.add(property, &identifier.value);
        }
    }
    for programme in &listing.programmes {
        found.add("program", if programme.text.is_empty() { &programme.code } else { &programme.text });
        found.add("programId", &programme.code);
    }
    for detail in &listing.details {
        let property = match detail.kind {
            DetailKind::Title => "title",
            DetailKind::Function => {
                if person {
                    "position"
                } else {
                    "description"
                }
            }
            DetailKind::Gender => "gender",
            DetailKind::CraftType => "type",
            DetailKind::Tonnage => "tonnage",
            DetailKind::GrossTonnage => "grossRegisteredTonnage",
            DetailKind::CraftOwner => "owner",
            DetailKind::Built => "buildDate",
            DetailKind::Founded => "incorporationDate",
            DetailKind::Reason => "summary",
            DetailKind::Concern
            | DetailKind::LicenceRequirement
            | DetailKind::LicencePolicy
            | DetailKind::Notice
            | DetailKind::Note => "notes",
        };
        found.add(property, &detail.text);
    }
    found.add("notes", &listing.remarks);
    listing.updated.iter().flat_map(dates).for_each(|date| found.add("modifiedAt", date));
    listing.listed_on.iter().flat_map(dates).for_each(|date| found.add("createdAt", date));
    found
}

/// The property of an identifier; a wallet is an entity of its own.
fn identifier_property(kind: IdentifierKind, party: PartyKind) -> Option<&'static str> {
    Some(match kind {
        IdentifierKind::Passport => "passportNumber",
        IdentifierKind::NationalId | IdentifierKind::Other => "idNumber",
        IdentifierKind::TaxId => "taxNumber",
        IdentifierKind::Registration => "registrationNumber",
        IdentifierKind::Imo => "imoNumber",
        IdentifierKind::Mmsi => "mmsi",
        IdentifierKind::CallSign => "callSign",
        IdentifierKind::Bic => "swiftBic",
        IdentifierKind::Lei => "leiCode",
        IdentifierKind::Isin => "isinCode",
        IdentifierKind::TailNumber => "registrationNumber",
        IdentifierKind::SerialNumber => {
            if party == PartyKind::Aircraft {
                "serialNumber"
            } else {
                "idNumber"
            }
        }
        IdentifierKind::Duns => "dunsCode",
        IdentifierKind::Email => "email",
        IdentifierKind::Website => "website",
        IdentifierKind::Phone => "phone",
        IdentifierKind::Wallet => return None,
    })
}

/// A State as the vocabulary writes it: the code in small letters, else the list's words.
fn state(state: &StateText) -> String {
    state.code.map_or_else(|| state.text.clone(), |code| code.as_str().to_lowercase())
}

/// A date in the forms that the vocabulary has: year, month or day; of a range both ends.
fn dates(date: &DateValue) -> Vec<String> {
    match date {
        DateValue::About(inner) => dates(inner),
        DateValue::Between(from, to) => [dates(from), dates(to)].concat(),
        DateValue::Unknown => Vec::new(),
        exact => vec![exact.to_string()],
    }
}

/// The columns of the flat form, as the `targets.simple.csv` of OpenSanctions has them.
pub const COLUMNS: [&str; 16] = [
    "id",
    "schema",
    "name",
    "aliases",
    "birth_date",
    "countries",
    "addresses",
    "identifiers",
    "sanctions",
    "phones",
    "emails",
    "program_ids",
    "dataset",
    "first_seen",
    "last_seen",
    "last_change",
];

/// A listing in the flat form; several values of a cell are parted by `;`.
#[must_use]
pub fn row(listing: &Listing, first: &EditionMeta, last: &EditionMeta) -> [String; 16] {
    let found = properties(listing);
    let joined = |properties: &[&str]| {
        let mut values: Vec<&str> = Vec::new();
        for value in properties.iter().flat_map(|p| found.get(p)) {
            if !values.contains(&value.as_str()) {
                values.push(value);
            }
        }
        values.join(";")
    };
    let change = listing
        .updated
        .iter()
        .filter_map(DateValue::latest)
        .max()
        .or(listing.listed_on.as_ref().and_then(DateValue::latest));
    [
        listing.id.to_string(),
        schema(listing.kind).to_owned(),
        listing.primary_name().to_owned(),
        joined(&["alias", "weakAlias", "previousName"]),
        joined(&["birthDate"]),
        joined(&["nationality", "citizenship", "country", "flag"]),
        joined(&["address"]),
        joined(&[
            "passportNumber",
            "idNumber",
            "taxNumber",
            "registrationNumber",
            "imoNumber",
            "mmsi",
            "callSign",
            "swiftBic",
            "leiCode",
            "isinCode",
            "serialNumber",
            "dunsCode",
        ]),
        joined(&["program"]),
        joined(&["phone"]),
        joined(&["email"]),
        joined(&["programId"]),
        dataset(listing.id.list.as_str()),
        first.date.to_string(),
        last.date.to_string(),
        change.map_or(String::new(), |d| d.to_string()),
    ]
    .map(no_formula)
}

/// A cell that a spreadsheet does not take for a formula.
fn no_formula(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use comity_model::listing::{Identifier, ListedName};

    use super::*;

    #[test]
    fn a_cell_never_begins_a_formula() {
        for cell in ["=1+1", "+1", "-1", "@x", "\tx"] {
            assert!(no_formula(cell.to_owned()).starts_with('\''), "{cell}");
        }
        assert_eq!(no_formula("Example - Ridge".to_owned()), "Example - Ridge");
    }

    #[test]
    fn names_dates_and_identifiers_find_their_properties() {
        let mut listing = Listing::new("own/test/1".parse().unwrap(), PartyKind::Person);
        let name = |text: &str, kind, quality| ListedName {
            text: text.into(),
            kind,
            quality,
            script: None,
            language: None,
            verbatim: None,
        };
        listing.names = vec![
            name("Ramo Tisulvo", NameKind::Primary, NameQuality::Good),
            name("Tisulvo", NameKind::Alias, NameQuality::Low),
            name("Ramo Old", NameKind::Former, NameQuality::Good),
        ];
        listing.birth_dates =
            vec!["about 1951".parse().unwrap(), "1955..1958".parse().unwrap(), "1960-02".parse().unwrap()];
        listing.identifiers = vec![
            Identifier {
                kind: IdentifierKind::Passport,
                value: "X1".into(),
                label: "Passport".into(),
                state: None,
            },
            Identifier {
                kind: IdentifierKind::Wallet,
                value: "1Invented".into(),
                label: "XBT".into(),
                state: None,
            },
        ];
        let found = properties(&listing);
        assert_eq!(found.get("name"), ["Ramo Tisulvo"]);
        assert_eq!(found.get("weakAlias"), ["Tisulvo"]);
        assert_eq!(found.get("previousName"), ["Ramo Old"]);
        assert_eq!(found.get("birthDate"), ["1951", "1955", "1958", "1960-02"]);
        assert_eq!(found.get("passportNumber"), ["X1"]);
        let meta = EditionMeta {
            list: "own/test".parse().unwrap(),
            date: "2026-01-15".parse().unwrap(),
            precision: comity_model::listing::Precision::Day,
            date_from: comity_model::listing::DateFrom::Inside,
            digest: String::new(),
            entries: 1,
            fetched: "2026-01-15".parse().unwrap(),
            source: String::new(),
            format: String::new(),
            accepted: None,
            reduced: None,
        };
        let entities = entities(&listing, None, &meta, &meta);
        assert_eq!(entities.len(), 2);
        assert_eq!(entities[1]["schema"], "CryptoWallet");
        assert_eq!(entities[1]["properties"]["holder"][0], "own/test/1");
    }
}
