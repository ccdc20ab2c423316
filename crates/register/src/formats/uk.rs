//! The sanctions list of the United Kingdom, as far as its forms (`uk-csv`, `uk-xml`, the older `ofsi-csv`) have it in common: one designation with its parts, and
//! the listing that it makes.
//!
//! The id is the Unique ID; its letters name the regime, and are the programme. They do not tell the mandate: the UN reference does (kept as it is written, slips
//! included), and where there is none, the designation source. `Name 6` is the surname, or the whole name of a body or ship; names 1 to 5 come before it.

use std::collections::{BTreeMap, BTreeSet};

use comity_model::DateValue;
use comity_model::listing::{
    Address, DetailKind, Identifier, IdentifierKind, ListedName, Listing, ListingId, NameKind, NameQuality,
    PartyKind, Programme, SourceValue, StateRelation, same_party_key,
};

use super::eu_fsf::push_state;
use super::text::{self, collapsed, legible, looks_damaged};
use super::{Context, Reading, dates, identifiers};
use crate::error::Refusal;

/// A kind of part of a designation: its columns in the comma-separated form, and where the XML form has it.
pub(super) struct Kind {
    /// What it is called here.
    pub(super) name: &'static str,
    /// Its columns.
    pub(super) columns: &'static [&'static str],
    /// The path of the elements that each are one part.
    pub(super) path: &'static [&'static str],
    /// The elements below, in the order of the columns; none: the text of the element itself.
    pub(super) below: &'static [&'static str],
}

const fn one(
    name: &'static str,
    columns: &'static [&'static str],
    path: &'static [&'static str],
    below: &'static [&'static str],
) -> Kind {
    Kind { name, columns, path, below }
}

/// All kinds of parts.
pub(super) const KINDS: &[Kind] = &[
    one("updated", &["Last Updated"], &["LastUpdated"], &[]),
    one("id", &["Unique ID"], &["UniqueID"], &[]),
    one("group", &["OFSI Group ID"], &["OFSIGroupID"], &[]),
    one("un", &["UN Reference Number"], &["UNReferenceNumber"], &[]),
    one(
        "name",
        &["Name 6", "Name 1", "Name 2", "Name 3", "Name 4", "Name 5", "Name type", "Alias strength"],
        &["Names", "Name"],
        &["Name6", "Name1", "Name2", "Name3", "Name4", "Name5", "NameType", "AliasStrength"],
    ),
    one("title", &["Title"], &["Titles", "Title"], &[]),
    one(
        "original",
        &["Name non-latin script", "Non-latin script type", "Non-latin script language"],
        &["NonLatinNames", "NonLatinName"],
        &["NameNonLatinScript", "NonLatinScriptType", "NonLatinScriptLanguage"],
    ),
    one("regime", &["Regime Name"], &["RegimeName"], &[]),
    one("type", &["Designation Type"], &["IndividualEntityShip"], &[]),
    one("source", &["Designation source"], &["DesignationSource"], &[]),
    one("imposed", &["Sanctions Imposed"], &["SanctionsImposed"], &[]),
    one("other", &["Other Information"], &["OtherInformation"], &[]),
    one("reasons", &["UK Statement of Reasons"], &["UKStatementofReasons"], &[]),
    one(
        "address",
        &[
            "Address Line 1",
            "Address Line 2",
            "Address Line 3",
            "Address Line 4",
            "Address Line 5",
            "Address Line 6",
            "Address Postal Code",
            "Address Country",
        ],
        &["Addresses", "Address"],
        &[
            "AddressLine1",
            "AddressLine2",
            "AddressLine3",
            "AddressLine4",
            "AddressLine5",
            "AddressLine6",
            "AddressPostalCode",
            "AddressCountry",
        ],
    ),
    one("phone", &["Phone number"], &["PhoneNumbers", "PhoneNumber"], &[]),
    one("website", &["Website"], &["Websites", "Website"], &[]),
    one("email", &["Email address"], &["EmailAddresses", "EmailAddress"], &[]),
    one("designated", &["Date Designated"], &["DateDesignated"], &[]),
    one("born", &["D.O.B"], &["IndividualDetails", "Individual", "DOBs", "DOB"], &[]),
    one(
        "nationality",
        &["Nationality(/ies)"],
        &["IndividualDetails", "Individual", "Nationalities", "Nationality"],
        &[],
    ),
    one(
        "national",
        &["National Identifier number", "National Identifier additional information"],
        &["IndividualDetails", "Individual", "NationalIdentifierDetails", "NationalIdentifier"],
        &["NationalIdentifierNumber", "NationalIdentifierAdditionalInformation"],
    ),
    one(
        "passport",
        &["Passport number", "Passport additional information"],
        &["IndividualDetails", "Individual", "PassportDetails", "Passport"],
        &["PassportNumber", "PassportAdditionalInformation"],
    ),
    one("position", &["Position"], &["IndividualDetails", "Individual", "Positions", "Position"], &[]),
    one("gender", &["Gender"], &["IndividualDetails", "Individual", "Genders", "Gender"], &[]),
    one(
        "birthplace",
        &["Town of birth", "Country of birth"],
        &["IndividualDetails", "Individual", "BirthDetails", "Location"],
        &["TownOfBirth", "CountryOfBirth"],
    ),
    one("entity", &["Type of entity"], &["EntityDetails", "Entity", "TypeOfEntities", "TypeOfEntity"], &[]),
    one("subsidiary", &["Subsidiaries"], &["EntityDetails", "Entity", "Subsidiaries", "Subsidiary"], &[]),
    one("parent", &["Parent company"], &["EntityDetails", "Entity", "ParentCompanies", "ParentCompany"], &[]),
    one(
        "registration",
        &["Business registration number (s)"],
        &["EntityDetails", "Entity", "BusinessRegistrationNumbers", "BusinessRegistrationNumber"],
        &[],
    ),
    one("imo", &["IMO number"], &["ShipDetails", "Ship", "IMONumbers", "IMONumber"], &[]),
    one(
        "owner",
        &["Current owner/operator (s)"],
        &["ShipDetails", "Ship", "CurrentOwnerOperators", "CurrentOwnerOperator"],
        &[],
    ),
    one(
        "previous owner",
        &["Previous owner/operator (s)"],
        &["ShipDetails", "Ship", "PreviousOwnerOperators", "PreviousOwnerOperator"],
        &[],
    ),
    one(
        "flag",
        &["Current believed flag of ship"],
        &["ShipDetails", "Ship", "CurrentBelievedFlagOfShips", "CurrentBelievedFlagOfShip"],
        &[],
    ),
    one("previous flag", &["Previous flags"], &["ShipDetails", "Ship", "PreviousFlags", "PreviousFlag"], &[]),
    one("ship", &["Type of ship"], &["ShipDetails", "Ship", "TypeOfShipDetails", "TypeOfShip"], &[]),
    one(
        "tonnage",
        &["Tonnage of ship"],
        &["ShipDetails", "Ship", "TonnageOfShipDetails", "TonnageOfShip"],
        &[],
    ),
    one("length", &["Length of ship"], &["ShipDetails", "Ship", "LengthOfShipDetails", "LengthOfShip"], &[]),
    one("built", &["Year Built"], &["ShipDetails", "Ship", "YearsBuilt", "YearBuilt"], &[]),
    one(
        "hull",
        &["Hull identification number (HIN)"],
        &["ShipDetails", "Ship", "HullIdentificationNumbers", "HullIdentificationNumber"],
        &[],
    ),
];

/// A designation as a file gives it.
#[derive(Clone, Debug, Default)]
pub(super) struct Record {
    /// The line where it begins.
    pub(super) line: u64,
    /// Its parts by kind, each with the texts of its columns, word for word; what a file repeats stands once.
    parts: BTreeMap<&'static str, Vec<Vec<String>>>,
    /// Every value, word for word.
    pub(super) source: Vec<SourceValue>,
}

impl Record {
    /// A designation that begins at a line.
    pub(super) fn at(line: u64) -> Self {
        Self { line, ..Self::default() }
    }

    /// Adds a part, if it says anything and was not added before; tells whether it was.
    pub(super) fn add(&mut self, kind: &'static str, texts: Vec<String>) -> bool {
        if texts.iter().all(|t| t.trim().is_empty()) {
            return false;
        }
        let parts = self.parts.entry(kind).or_default();
        let new = !parts.contains(&texts);
        if new {
            parts.push(texts);
        }
        new
    }

    fn parts(&self, kind: &str) -> &[Vec<String>] {
        self.parts.get(kind).map_or(&[], Vec::as_slice)
    }

    /// The texts of a kind of one column, blanks collapsed, each once.
    fn texts(&self, kind: &str) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for text in self.parts(kind).iter().flatten().map(|t| collapsed(t)) {
            if !text.is_empty() && !found.contains(&text) {
                found.push(text);
            }
        }
        found
    }

    /// The first text of a kind; empty if there is none.
    pub(super) fn first(&self, kind: &str) -> String {
        self.texts(kind).into_iter().next().unwrap_or_default()
    }
}

/// The letters in front of the number of a Unique ID: the regime.
pub(super) fn regime(id: &str) -> &str {
    let end = id.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(id.len());
    id.get(..end).unwrap_or_default()
}

/// Makes listings of designations.
pub(super) struct Maker<'a, 'c> {
    /// The file, for messages.
    pub(super) file: &'a str,
    /// What the reader knows beside the bytes.
    pub(super) context: Context<'c>,
    /// What is said of the list.
    pub(super) reading: &'a mut Reading,
    /// Ids that were seen.
    pub(super) seen: BTreeSet<String>,
}

impl Maker<'_, '_> {
    /// The listing of a designation under its id.
    pub(super) fn listing(&mut self, record: &Record, id: &str) -> Result<Listing, Refusal> {
        let again = "fetch the file again from its publisher";
        if id.is_empty() || id.len() > 64 {
            return Err(Refusal::new(self.file, record.line, "a designation without Unique ID", again));
        }
        if !self.seen.insert(same_party_key(id)) {
            let finding = format!("the Unique ID `{id}` a second time");
            return Err(Refusal::new(self.file, record.line, finding, again));
        }
        Making { record, native: id.to_owned(), maker: self }.listing()
    }
}

/// A designation on its way to a listing.
struct Making<'r, 'm, 'a, 'c> {
    record: &'r Record,
    native: String,
    maker: &'m mut Maker<'a, 'c>,
}

impl Making<'_, '_, '_, '_> {
    fn notice(&mut self, finding: String) {
        self.maker.reading.notice(self.maker.file, self.record.line, &self.native, finding);
    }

    fn listing(mut self) -> Result<Listing, Refusal> {
        let (record, context) = (self.record, self.maker.context);
        let kind = match record.first("type").to_lowercase().as_str() {
            "individual" => PartyKind::Person,
            "entity" => PartyKind::Organization,
            "ship" => PartyKind::Vessel,
            other => {
                self.notice(format!("Designation Type `{other}` is none of Individual, Entity, Ship"));
                PartyKind::Unknown
            }
        };
        if record.texts("type").len() > 1 {
            self.notice(format!("more than one type: {}", record.texts("type").join(", ")));
        }
        for value in record.source.iter().filter(|v| looks_damaged(&v.value)) {
            let finding = format!("{} holds replacement characters or a run of `?`", value.key);
            self.notice(finding);
        }
        let names = self.names()?;
        let references = self.references();
        let designated = self.day("Date Designated", "designated");
        let mut listing = Listing {
            names,
            programmes: vec![self.programme(&references, designated.first().cloned())],
            references,
            listed_on: designated.into_iter().next(),
            updated: self.day("Last Updated", "updated"),
            remarks: record.texts("other").join(" "),
            source: record.source.clone(),
            ..Listing::new(ListingId { list: context.list.clone(), native: self.native.clone() }, kind)
        };
        self.birth(&mut listing);
        self.addresses(&mut listing);
        self.identifiers(&mut listing);
        self.ship(&mut listing);
        for (part, detail) in [
            ("title", DetailKind::Title),
            ("position", DetailKind::Function),
            ("gender", DetailKind::Gender),
            ("reasons", DetailKind::Reason),
        ] {
            record.texts(part).into_iter().for_each(|text| listing.detail(detail, text));
        }
        for (part, label) in [
            ("source", "Designation source"),
            ("group", "OFSI Group ID"),
            ("entity", "Type of entity"),
            ("length", "Length of ship"),
        ] {
            for text in record.texts(part) {
                listing.detail(DetailKind::Note, format!("{label}: {text}"));
            }
        }
        for part in ["parent", "subsidiary", "owner", "previous owner"] {
            for text in record.texts(part) {
                if !listing.related.contains(&text) {
                    listing.related.push(text);
                }
            }
        }
        Ok(listing)
    }

    fn names(&mut self) -> Result<Vec<ListedName>, Refusal> {
        let mut names: Vec<ListedName> = Vec::new();
        for part in self.record.parts("name") {
            let text = |at: usize| part.get(at).map_or("", String::as_str);
            // Names 1 to 5, then name 6.
            let pieces = [text(1), text(2), text(3), text(4), text(5), text(0)];
            let whole = pieces.iter().filter(|p| !p.trim().is_empty()).copied().collect::<Vec<_>>().join(" ");
            if !legible(&whole) {
                let seen = whole.trim();
                self.notice(match seen {
                    "" => "a name without a name".to_owned(),
                    _ => format!("the name `{seen}` has no letter; it is not searched for"),
                });
                continue;
            }
            let kind = match collapsed(text(6)).to_lowercase().as_str() {
                "primary name" => NameKind::Primary,
                "primary name variation" | "alias" | "aka" => NameKind::Alias,
                "fka" => NameKind::Former,
                other => {
                    self.notice(format!(
                        "Name type `{other}` is none of Primary Name, Primary Name Variation, Alias, AKA, FKA"
                    ));
                    NameKind::Alias
                }
            };
            let quality = match collapsed(text(7)).to_lowercase().trim_end_matches('.') {
                "" | "good quality a.k.a" | "good quality" | "good" => NameQuality::Good,
                "low quality a.k.a" | "low quality" | "low" => NameQuality::Low,
                other => {
                    self.notice(format!(
                        "Alias strength `{other}` is none of Good quality a.k.a, Low quality a.k.a"
                    ));
                    NameQuality::Good
                }
            };
            let Some(mut name) = text::name(&whole, kind, quality) else { continue };
            if name.text == collapsed(&whole) && pieces.iter().all(|p| p.trim() == *p || p.trim().is_empty())
            {
                name.verbatim = None;
            }
            if !names.contains(&name) {
                names.push(name);
            }
        }
        if let Some(primary) = names.iter().position(|n| n.kind == NameKind::Primary) {
            let primary = names.remove(primary);
            names.insert(0, primary);
        } else if !names.is_empty() {
            self.notice("no Primary Name".to_owned());
        }
        for part in self.record.parts("original") {
            let text = |at: usize| part.get(at).map_or("", String::as_str);
            if text(0).trim().is_empty() {
                continue;
            }
            if !legible(text(0)) {
                self.notice(format!("the name `{}` has no letter; it is not searched for", text(0).trim()));
                continue;
            }
            if let Some(mut name) = text::name(text(0), NameKind::OriginalScript, NameQuality::Good) {
                name.language = Some(collapsed(text(2))).filter(|l| !l.is_empty());
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        if names.is_empty() {
            let finding = format!("designation `{}` without a name", self.native);
            let again = "fetch the file again from its publisher";
            return Err(Refusal::new(self.maker.file, self.record.line, finding, again));
        }
        Ok(names)
    }

    /// The UN references as the list writes them; slips of form are told, not repaired.
    fn references(&mut self) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for text in self.record.texts("un") {
            for reference in text.split([',', ';', ' ', '|']).filter(|r| !r.is_empty()) {
                if !is_reference(reference) {
                    self.notice(format!("the UN Reference Number `{reference}` is not of the form KPe.001"));
                }
                if !found.iter().any(|f| f == reference) {
                    found.push(reference.to_owned());
                }
            }
        }
        found
    }

    fn programme(&mut self, references: &[String], from: Option<DateValue>) -> Programme {
        let record = self.record;
        let regimes = record.texts("regime");
        let source = record.texts("source").join(", ");
        let by_council = match source.to_uppercase().as_str() {
            "UN" => true,
            "UK" | "" => false,
            _ => {
                self.notice(format!("Designation source `{source}` is none of UN, UK"));
                false
            }
        };
        if source.eq_ignore_ascii_case("UK") && !references.is_empty() {
            self.notice(format!("Designation source UK, and the UN reference {}", references.join(", ")));
        }
        let prefix = regime(&self.native).to_owned();
        if prefix.is_empty() || prefix.len() == self.native.len() {
            self.notice("a Unique ID not of the form RUS0001".to_owned());
        }
        let mut code = if prefix.is_empty() { regimes.first().cloned().unwrap_or_default() } else { prefix };
        // Ships stand under the Council without a reference number: the code tells, so that dated data can map it.
        if by_council && references.is_empty() {
            code.push_str(":UN");
        }
        let mut effects: Vec<String> = Vec::new();
        for text in record.texts("imposed") {
            for effect in text.split('|').map(collapsed).filter(|e| !e.is_empty()) {
                if !effects.contains(&effect) {
                    effects.push(effect);
                }
            }
        }
        Programme { basis: regimes.clone(), from, effects, ..Programme::new(code, regimes.join("; ")) }
    }

    fn birth(&mut self, listing: &mut Listing) {
        for text in self.record.texts("born") {
            let Some(date) = dates::day_first_partial(&text) else {
                self.notice(format!("D.O.B `{text}` is no date"));
                continue;
            };
            if dates::last_year(&date).is_some_and(|y| y > self.maker.context.today.year()) {
                self.notice(format!("D.O.B `{text}` lies after the day of reading"));
            }
            if !listing.birth_dates.contains(&date) {
                listing.birth_dates.push(date);
            }
        }
        for text in self.record.texts("nationality") {
            for state in self.states(&text) {
                push_state(&mut listing.states, StateRelation::Nationality, &state);
            }
        }
        for part in self.record.parts("birthplace") {
            let text = |at: usize| part.get(at).map(|t| collapsed(t)).unwrap_or_default();
            let state = Some(text(1)).filter(|t| !t.is_empty()).map(|t| self.maker.context.state(&t));
            if let Some(state) = &state {
                push_state(&mut listing.states, StateRelation::Birth, state);
            }
            let place = Address { text: text(0), state, note: None };
            if !listing.birth_places.contains(&place) {
                listing.birth_places.push(place);
            }
        }
    }

    fn addresses(&mut self, listing: &mut Listing) {
        for part in self.record.parts("address") {
            let mut lines: Vec<String> = part.iter().map(|t| collapsed(t)).collect();
            let state = lines.pop().filter(|t| !t.is_empty()).map(|t| self.maker.context.state(&t));
            lines.retain(|l| !l.is_empty());
            if let Some(state) = &state {
                push_state(&mut listing.states, StateRelation::Address, state);
            }
            let address = Address { text: lines.join(", "), state, note: None };
            if !listing.addresses.contains(&address) {
                listing.addresses.push(address);
            }
        }
    }

    /// The States that a text names: the whole, or where it is none, what stands between commas, semicolons and bars.
    fn states(&self, text: &str) -> Vec<comity_model::listing::StateText> {
        let whole = self.maker.context.state(text);
        if whole.code.is_some() || !text.contains([',', ';', '|']) {
            return vec![whole];
        }
        let pieces = text.split([',', ';', '|']).map(str::trim).filter(|p| !p.is_empty());
        let pieces: Vec<_> = pieces.map(|p| self.maker.context.state(p)).collect();
        if pieces.iter().all(|p| p.code.is_some()) { pieces } else { vec![whole] }
    }

    fn identifiers(&mut self, listing: &mut Listing) {
        let record = self.record;
        let mut push = |identifier: Identifier| {
            if legible(&identifier.value) && !listing.identifiers.contains(&identifier) {
                listing.identifiers.push(identifier);
            }
        };
        for (kind, of, label) in [
            ("passport", IdentifierKind::Passport, "Passport number"),
            ("national", IdentifierKind::NationalId, "National Identifier number"),
        ] {
            for part in record.parts(kind) {
                let text = |at: usize| part.get(at).map(|t| collapsed(t)).unwrap_or_default();
                let note = text(1);
                let label = if note.is_empty() { label.to_owned() } else { format!("{label}, {note}") };
                push(Identifier { kind: of, value: text(0), label, state: None });
            }
        }
        for text in record.parts("registration").iter().flatten() {
            for piece in text.split(['\n', ';']).map(collapsed).filter(|p| legible(p)) {
                let label = "Business registration number (s)";
                // `INN: 7710137066` says what it is.
                let told = piece.split_once(':').filter(|(name, value)| {
                    name.len() <= 60 && legible(name) && value.chars().any(|c| c.is_ascii_digit())
                });
                let (kind, value, label) = match told {
                    Some((name, value)) => {
                        let kind = match identifiers::kind_of(name) {
                            IdentifierKind::Other if name.trim() == "INN" => IdentifierKind::TaxId,
                            IdentifierKind::Other => IdentifierKind::Registration,
                            kind => kind,
                        };
                        (kind, value.trim().to_owned(), format!("{label}, {}", name.trim()))
                    }
                    None => (IdentifierKind::Registration, piece, label.to_owned()),
                };
                push(Identifier { kind, value, label, state: None });
            }
        }
        for (kind, of, label) in [
            ("phone", IdentifierKind::Phone, "Phone number"),
            ("website", IdentifierKind::Website, "Website"),
            ("email", IdentifierKind::Email, "Email address"),
            ("hull", IdentifierKind::Other, "Hull identification number (HIN)"),
        ] {
            for value in record.texts(kind) {
                push(Identifier { kind: of, value, label: label.to_owned(), state: None });
            }
        }
        let mut strange = Vec::new();
        for text in record.texts("imo") {
            let digits = text.strip_prefix("IMO").unwrap_or(&text).trim().to_owned();
            if digits.len() != 7 || !digits.bytes().all(|b| b.is_ascii_digit()) {
                strange.push(text);
            }
            push(Identifier {
                kind: IdentifierKind::Imo,
                value: digits,
                label: "IMO number".to_owned(),
                state: None,
            });
        }
        for text in strange {
            self.notice(format!("the IMO number `{text}` has not seven digits"));
        }
    }

    fn ship(&mut self, listing: &mut Listing) {
        for (kind, relation) in [("flag", StateRelation::Flag), ("previous flag", StateRelation::FormerFlag)]
        {
            for text in self.record.texts(kind) {
                for state in self.states(&text) {
                    push_state(&mut listing.states, relation, &state);
                }
            }
        }
        for (kind, detail) in [
            ("ship", DetailKind::CraftType),
            ("tonnage", DetailKind::Tonnage),
            ("owner", DetailKind::CraftOwner),
            ("built", DetailKind::Built),
        ] {
            self.record.texts(kind).into_iter().for_each(|text| listing.detail(detail, text));
        }
        for text in self.record.texts("previous owner") {
            listing.detail(DetailKind::Note, format!("Previous owner/operator: {text}"));
        }
    }

    /// Days of a column; with a notice where one is none, or lies after today.
    fn day(&mut self, what: &str, kind: &str) -> Vec<DateValue> {
        let mut found = Vec::new();
        for text in self.record.texts(kind) {
            let day = dates::day_first(&text).or_else(|| dates::iso_day(&text));
            match day {
                None => self.notice(format!("{what} `{text}` is no day")),
                Some(day) => {
                    if day > self.maker.context.today {
                        self.notice(format!("{what} `{text}` lies after the day of reading"));
                    }
                    found.push(DateValue::Day(day));
                }
            }
        }
        found
    }
}

/// Whether a text has the form of a reference of the Consolidated List, capital and small letters alike: `KPe.001`, `QDE.131`.
pub(super) fn names_a_reference(text: &str) -> bool {
    matches!(
        text.to_ascii_lowercase().as_bytes(),
        [b'a'..=b'z', b'a'..=b'z', b'i' | b'e', b'.', rest @ ..]
            if !rest.is_empty() && rest.iter().all(u8::is_ascii_digit)
    )
}

/// Whether a text has the form of a reference of the Consolidated List: `KPe.001`.
fn is_reference(text: &str) -> bool {
    matches!(
        text.as_bytes(),
        [b'A'..=b'Z', b'A'..=b'Z', b'i' | b'e', b'.', rest @ ..]
            if !rest.is_empty() && rest.iter().all(u8::is_ascii_digit)
    )
}
