//! Listings in the words of FollowTheMoney (schema, properties, datasets, referents), so that tools made for it can read the register. The only place that
//! knows that vocabulary; see <https://followthemoney.tech/explorer/>.

use std::collections::BTreeMap;

use comity_model::date::DateValue;
use comity_model::list_source::ListSource;
use comity_model::listing::{
    DetailKind, EditionMeta, IdentifierKind, Listing, NameKind, NameQuality, PartyKind, Programme,
    StateRelation,
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

/// An id as the vocabulary has them: letters, digits, `-` and `.`, the last one a letter or digit. A character that it does not know stands by its number.
#[must_use]
pub fn entity_id(id: &str) -> String {
    let mut text = String::with_capacity(id.len());
    let last = id.chars().count().saturating_sub(1);
    for (at, c) in id.chars().enumerate() {
        match c {
            '/' if at < last => text.push('-'),
            '-' | '.' if at < last => text.push(c),
            c if c.is_ascii_alphanumeric() => text.push(c),
            c => text.push_str(&format!("-u{:x}", u32::from(c))),
        }
    }
    text
}

/// What others than the list tell of a listing.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// The listings of its origin that it is surely of one party with.
    pub referents: Vec<String>,
    /// How each of its programmes stands on the day, in their order.
    pub statuses: Vec<Option<String>>,
}

/// The entities of a listing: itself, one for each of its programmes, and one for each address of a digital currency. `source` is the row of its list, `first` and
/// `last` the oldest and newest editions on this machine that hold it, as far as they were looked at.
#[must_use]
pub fn entities(
    listing: &Listing,
    source: Option<&ListSource>,
    told: &Told,
    first: &EditionMeta,
    last: &EditionMeta,
) -> Vec<Value> {
    let origin_id = listing.id.to_string();
    let id = entity_id(&origin_id);
    let referents: Vec<String> = told.referents.iter().map(|id| entity_id(id)).collect();
    let none = Vec::new();
    let change = listing
        .updated
        .iter()
        .filter_map(DateValue::latest)
        .max()
        .or(listing.listed_on.as_ref().and_then(DateValue::latest));
    let party = schema(listing.kind);
    let stamp = |schema: &str, id: &str, caption: &str, properties: &Properties| {
        json!({
            "id": id,
            "origin_id": origin_id,
            "caption": caption,
            "schema": schema,
            "properties": properties.0,
            "datasets": [dataset(listing.id.list.as_str())],
            "referents": if schema == party { &referents } else { &none },
            "target": schema == party,
            "first_seen": first.date.to_string(),
            "last_seen": last.date.to_string(),
            "last_change": change.map(|d| d.to_string()),
        })
    };
    let mut entities = vec![stamp(party, &id, listing.primary_name(), &properties(listing))];
    for (n, programme) in listing.programmes.iter().enumerate() {
        let mut properties = Properties::default();
        properties.add("entity", &id);
        properties.add("authority", source.map_or("", |s| s.publisher.as_str()));
        properties.add("program", program(programme));
        properties.add("programId", &programme.code);
        for (property, date) in [("startDate", &programme.from), ("endDate", &programme.until)] {
            date.iter().flat_map(dates).for_each(|date| properties.add(property, date));
        }
        programme.basis.iter().for_each(|basis| properties.add("reason", basis));
        if let Some(Some(status)) = told.statuses.get(n) {
            properties.add("status", status);
        }
        entities.push(stamp(
            "Sanction",
            &format!("{id}-sanction-{}", n + 1),
            program(programme),
            &properties,
        ));
    }
    for wallet in listing.identifiers.iter().filter(|i| i.kind == IdentifierKind::Wallet) {
        let mut properties = Properties::default();
        properties.add("publicKey", &wallet.value);
        properties.add("holder", &id);
        let key = entity_id(&format!("{origin_id}/wallet/{}", wallet.value));
        entities.push(stamp("CryptoWallet", &key, &wallet.value, &properties));
    }
    entities
}

/// A programme in the list's words, else by its code.
fn program(programme: &Programme) -> &str {
    if programme.text.is_empty() { &programme.code } else { &programme.text }
}

/// The properties of a listing. What the schema of its kind has no property for stands in the notes.
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
    let craft = matches!(listing.kind, PartyKind::Vessel | PartyKind::Aircraft);
    let vessel = listing.kind == PartyKind::Vessel;
    let born = match listing.kind {
        PartyKind::Person => "birthDate",
        PartyKind::Vessel | PartyKind::Aircraft => "buildDate",
        PartyKind::Organization | PartyKind::Unknown => "incorporationDate",
    };
    listing.birth_dates.iter().flat_map(dates).for_each(|date| found.add(born, date));
    for place in &listing.birth_places {
        let text = if person { place.text.clone() } else { noted("place of birth", &place.text) };
        found.add(if person { "birthPlace" } else { "notes" }, text);
    }
    for link in &listing.states {
        let property = match link.relation {
            StateRelation::Nationality if person => "nationality",
            StateRelation::Citizenship if person => "citizenship",
            StateRelation::Birth if person => "birthCountry",
            StateRelation::Flag if vessel => "flag",
            StateRelation::FormerFlag if vessel => "pastFlags",
            StateRelation::Nationality
            | StateRelation::Citizenship
            | StateRelation::Birth
            | StateRelation::Address
            | StateRelation::Flag
            | StateRelation::FormerFlag => "country",
        };
        match link.state.code {
            Some(code) => found.add(property, code.as_str().to_lowercase()),
            // No code is known for these words.
            None => found.add("notes", noted(link.relation.word(), &link.state.text)),
        }
    }
    for address in &listing.addresses {
        let parts = [address.text.as_str(), address.state.as_ref().map_or("", |s| s.text.as_str())];
        let parts: Vec<&str> = parts.into_iter().filter(|p| !p.is_empty()).collect();
        found.add("address", parts.join(", "));
    }
    for identifier in listing.identifiers.iter().filter(|i| i.kind != IdentifierKind::Wallet) {
        match identifier_property(identifier.kind, listing.kind) {
            Some(property) => found.add(property, &identifier.value),
            None => found.add("notes", noted(identifier.kind.word(), &identifier.value)),
        }
    }
    for programme in &listing.programmes {
        found.add("program", program(programme));
        found.add("programId", &programme.code);
    }
    for detail in &listing.details {
        let property = match detail.kind {
            DetailKind::Title if person => "title",
            DetailKind::Function if person => "position",
            DetailKind::Function => "description",
            DetailKind::Gender if person => {
                let gender = detail.text.trim().to_lowercase();
                if matches!(gender.as_str(), "male" | "female") {
                    found.add("gender", gender);
                    continue;
                }
                "notes"
            }
            DetailKind::CraftType if craft => "type",
            DetailKind::Tonnage if vessel => "tonnage",
            DetailKind::GrossTonnage if vessel => "grossRegisteredTonnage",
            DetailKind::Built | DetailKind::Founded => {
                let property = match (detail.kind, craft) {
                    (DetailKind::Built, true) => Some("buildDate"),
                    (DetailKind::Founded, false) if !person => Some("incorporationDate"),
                    _ => None,
                };
                if let (Some(property), Ok(date)) = (property, detail.text.trim().parse::<DateValue>()) {
                    dates(&date).into_iter().for_each(|date| found.add(property, date));
                    continue;
                }
                "notes"
            }
            DetailKind::Reason => "summary",
            DetailKind::Title
            | DetailKind::Gender
            | DetailKind::CraftType
            | DetailKind::Tonnage
            | DetailKind::GrossTonnage
            // The vocabulary has an entity for an owner, of which the list tells a name only.
            | DetailKind::CraftOwner
            | DetailKind::Concern
            | DetailKind::LicenceRequirement
            | DetailKind::LicencePolicy
            | DetailKind::Notice
            | DetailKind::Note => "notes",
        };
        let text = match detail.kind {
            DetailKind::Concern
            | DetailKind::LicenceRequirement
            | DetailKind::LicencePolicy
            | DetailKind::Notice
            | DetailKind::Note => detail.text.clone(),
            kind if property == "notes" => noted(kind.word(), &detail.text),
            _ => detail.text.clone(),
        };
        found.add(property, text);
    }
    found.add("notes", &listing.remarks);
    listing.updated.iter().flat_map(dates).for_each(|date| found.add("modifiedAt", date));
    listing.listed_on.iter().flat_map(dates).for_each(|date| found.add("createdAt", date));
    found
}

/// A note of something that the schema has no property for.
fn noted(what: &str, text: &str) -> String {
    format!("{}: {text}", what.replace(['-', '_'], " "))
}

/// The property of an identifier, if the schema of the party has one; a wallet is an entity of its own.
fn identifier_property(kind: IdentifierKind, party: PartyKind) -> Option<&'static str> {
    use PartyKind::{Aircraft, Organization, Person, Unknown, Vessel};
    let legal = matches!(party, Person | Organization | Unknown);
    let id_number = legal.then_some("idNumber");
    match kind {
        IdentifierKind::Passport if party == Person => Some("passportNumber"),
        IdentifierKind::Passport
        | IdentifierKind::NationalId
        | IdentifierKind::Isin
        | IdentifierKind::Other => id_number,
        IdentifierKind::TaxId => legal.then_some("taxNumber"),
        IdentifierKind::Registration | IdentifierKind::TailNumber => Some("registrationNumber"),
        IdentifierKind::Imo if matches!(party, Vessel | Organization) => Some("imoNumber"),
        IdentifierKind::Mmsi if party == Vessel => Some("mmsi"),
        IdentifierKind::CallSign if party == Vessel => Some("callSign"),
        IdentifierKind::SerialNumber if party == Aircraft => Some("serialNumber"),
        IdentifierKind::Imo
        | IdentifierKind::Mmsi
        | IdentifierKind::CallSign
        | IdentifierKind::SerialNumber => id_number,
        IdentifierKind::Bic => legal.then_some("swiftBic"),
        IdentifierKind::Lei => legal.then_some("leiCode"),
        IdentifierKind::Duns => legal.then_some("dunsCode"),
        IdentifierKind::Email => legal.then_some("email"),
        IdentifierKind::Website => legal.then_some("website"),
        IdentifierKind::Phone => legal.then_some("phone"),
        IdentifierKind::Wallet => None,
    }
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
        listing.programmes = vec![Programme {
            from: Some("2020-02".parse().unwrap()),
            basis: vec!["Order 5".into()],
            ..Programme::new("X", "Programme X")
        }];
        let told =
            Told { referents: vec!["own/other/A b".into()], statuses: vec![Some("in_force".to_owned())] };
        let entities = entities(&listing, None, &told, &meta, &meta);
        assert_eq!(entities.len(), 3);
        assert_eq!(entities[0]["id"], "own-test-1");
        assert_eq!(entities[0]["origin_id"], "own/test/1");
        assert_eq!(entities[0]["referents"], json!(["own-other-A-u20b"]));
        let sanction = json!({
            "entity": ["own-test-1"], "program": ["Programme X"], "programId": ["X"], "startDate": ["2020-02"],
            "reason": ["Order 5"], "status": ["in_force"],
        });
        assert_eq!(entities[1]["schema"], "Sanction");
        assert_eq!(entities[1]["properties"], sanction);
        assert_eq!(entities[1]["referents"], json!([]));
        assert_eq!(entities[2]["schema"], "CryptoWallet");
        assert_eq!(entities[2]["properties"]["holder"][0], "own-test-1");
        assert_eq!(entities[2]["id"], "own-test-1-wallet-1Invented");
    }

    #[test]
    fn what_a_schema_has_no_property_for_stands_in_the_notes() {
        use comity_model::listing::{Address, Detail, StateLink, StateText};
        let mut ship = Listing::new("own/test/2".parse().unwrap(), PartyKind::Vessel);
        let detail = |kind, text: &str| Detail { kind, text: text.into() };
        ship.details = vec![
            detail(DetailKind::CraftOwner, "Example Ridge Shipping"),
            detail(DetailKind::Built, "1987"),
            detail(DetailKind::Built, "in the eighties"),
            detail(DetailKind::Gender, "none"),
        ];
        ship.states = vec![StateLink {
            state: StateText { code: None, text: "Examplia".into() },
            relation: StateRelation::Flag,
        }];
        ship.identifiers = vec![Identifier {
            kind: IdentifierKind::Isin,
            value: "XX0000000001".into(),
            label: "ISIN".into(),
            state: None,
        }];
        ship.birth_places = vec![Address { text: "Exampleton".into(), state: None, note: None }];
        let found = properties(&ship);
        assert_eq!(found.get("buildDate"), ["1987"]);
        assert!(
            ["owner", "flag", "isinCode", "birthPlace", "gender"].iter().all(|p| found.get(p).is_empty())
        );
        assert_eq!(
            found.get("notes"),
            [
                "place of birth: Exampleton",
                "flag: Examplia",
                "isin: XX0000000001",
                "craft owner: Example Ridge Shipping",
                "built: in the eighties",
                "gender: none"
            ]
        );
    }

    #[test]
    fn ids_have_no_other_characters() {
        assert_eq!(entity_id("un/sc/KPe.001"), "un-sc-KPe.001");
        assert_eq!(entity_id("own/a/x."), "own-a-x-u2e");
    }
}
