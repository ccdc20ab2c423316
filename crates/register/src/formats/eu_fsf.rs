//! The consolidated list of financial sanctions of the European Union, as far as its two forms (`eu-fsf-xml`, `eu-fsf-csv`) have it in common: one entity with
//! its parts, and the listing that it makes.
//!
//! The id is the logical id of the entity. No name is marked as the primary one: the first strong one is it. The programme does not tell measures of the Security
//! Council from the Union's own; the UN id does, and it becomes a reference. Dates in other calendars are told, never read as if they were of this one.

use std::collections::BTreeSet;

use comity_model::listing::{
    Address, Change, ChangeKind, DetailKind, Identifier, IdentifierKind, ListedName, Listing, ListingId,
    NameKind, NameQuality, PartyKind, Programme, SourceValue, StateLink, StateRelation, StateText,
};
use comity_model::{DateValue, Day};

use super::text::{self, collapsed, legible, looks_damaged};
use super::{Context, Reading, dates, identifiers};
use crate::error::Refusal;

/// A part of an entity (a name, an address ...): its values by the names that the XML form gives them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Part {
    /// Name and value, word for word.
    pub(super) values: Vec<(String, String)>,
    /// Remarks on the part.
    pub(super) remarks: Vec<String>,
    /// Ways to reach an address: what it is, and the value.
    pub(super) contacts: Vec<(String, String)>,
}

impl Part {
    /// A value, blanks collapsed; empty if there is none.
    fn get(&self, name: &str) -> String {
        let value = self.values.iter().find(|(known, _)| known == name);
        value.map(|(_, value)| collapsed(value)).unwrap_or_default()
    }

    /// Whether a flag is set.
    fn is(&self, name: &str) -> bool {
        matches!(self.get(name).as_str(), "true" | "1")
    }

    /// The State or territory of the part: `00` is none.
    fn state(&self, context: Context<'_>) -> Option<StateText> {
        let (code, text) = (self.get("countryIso2Code"), self.get("countryDescription"));
        if code == "00" || (code.is_empty() && text.is_empty()) {
            return None;
        }
        match code.parse() {
            Ok(code) => Some(StateText {
                code: Some(code),
                text: if text.is_empty() { code.to_string() } else { text },
            }),
            Err(_) => Some(context.state(if text.is_empty() { &code } else { &text })),
        }
    }

    /// The place that the part tells, without the State.
    fn place(&self, parts: &[&str]) -> String {
        let mut found: Vec<String> = Vec::new();
        for name in parts {
            let text = self.get(name);
            if legible(&text) && !found.contains(&text) {
                found.push(text);
            }
        }
        found.join(", ")
    }
}

/// An entity as a file gives it.
#[derive(Clone, Debug, Default)]
pub(super) struct Entity {
    /// The line where it begins.
    pub(super) line: u64,
    /// Its own values: `logicalId`, `unitedNationId`, `designationDate` ...
    pub(super) own: Part,
    /// Its subject type: `code` and `classificationCode`.
    pub(super) subject: Part,
    /// The acts on which it stands.
    pub(super) regulations: Vec<Part>,
    /// Its names.
    pub(super) names: Vec<Part>,
    /// Its citizenships.
    pub(super) citizenships: Vec<Part>,
    /// Its dates and places of birth.
    pub(super) births: Vec<Part>,
    /// Its addresses.
    pub(super) addresses: Vec<Part>,
    /// Its documents and numbers.
    pub(super) identifications: Vec<Part>,
    /// Every value, word for word.
    pub(super) source: Vec<SourceValue>,
}

/// The day on which a file was made: `2026-11-20T14:39:54.511+01:00` or `20/11/2026`.
pub(super) fn generated(text: &str) -> Option<Day> {
    dates::iso_day(text).or_else(|| dates::day_first(text))
}

/// Makes listings of entities.
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

/// An entity on its way to a listing.
struct Making<'e, 'm, 'a, 'c> {
    entity: &'e Entity,
    native: String,
    maker: &'m mut Maker<'a, 'c>,
}

impl Maker<'_, '_> {
    /// The listing of an entity.
    pub(super) fn listing(&mut self, entity: &Entity) -> Result<Listing, Refusal> {
        let native = entity.own.get("logicalId");
        let again = "fetch the file again from its publisher";
        let refuse = |finding: String| Refusal::new(self.file, entity.line, finding, again);
        if native.is_empty() || native.len() > 18 || !native.bytes().all(|b| b.is_ascii_digit()) {
            let seen: String = native.chars().take(40).collect();
            return Err(refuse(format!("`{seen}` where the logical id of an entity is expected, a number")));
        }
        if !self.seen.insert(native.clone()) {
            return Err(refuse(format!("the logical id `{native}` a second time")));
        }
        Making { entity, native, maker: self }.listing()
    }
}

impl Making<'_, '_, '_, '_> {
    fn notice(&mut self, finding: String) {
        self.maker.reading.notice(self.maker.file, self.entity.line, &self.native, finding);
    }

    fn listing(mut self) -> Result<Listing, Refusal> {
        let (entity, context) = (self.entity, self.maker.context);
        let kind = self.kind();
        let names = self.names()?;
        for value in entity.source.iter().filter(|v| looks_damaged(&v.value)) {
            let key = value.key.clone();
            self.notice(format!("{key} holds replacement characters or a run of `?`"));
        }
        let mut listing = Listing {
            names,
            programmes: self.programmes(),
            listed_on: self.date("designationDate", &entity.own.get("designationDate")),
            source: entity.source.clone(),
            ..Listing::new(ListingId { list: context.list.clone(), native: self.native.clone() }, kind)
        };
        let references = entity.own.get("unitedNationId");
        let references = references.split([',', ';', ' ']).map(str::trim).filter(|r| !r.is_empty());
        listing.references = references.map(str::to_owned).collect();
        for regulation in &entity.regulations {
            let date = self.date("publicationDate", &regulation.get("publicationDate"));
            if let Some(date) = date.filter(|d| !listing.updated.contains(d)) {
                listing.updated.push(date);
            }
            let notice = [regulation.get("numberTitle"), regulation.get("publicationUrl")];
            listing.detail(DetailKind::Notice, notice.join(" ").trim());
        }
        self.people(&mut listing);
        self.places(&mut listing);
        for part in &entity.identifications {
            self.identification(part, &mut listing.identifiers);
        }
        self.remarks(&mut listing);
        Ok(listing)
    }

    /// The XML form writes `code` person and `classificationCode` P, the other one the reverse: each value is told by what it is.
    fn kind(&mut self) -> PartyKind {
        let subject = &self.entity.subject;
        let mut kinds = BTreeSet::new();
        for name in ["code", "classificationCode"] {
            match subject.get(name).as_str() {
                "person" | "P" => drop(kinds.insert("person")),
                "enterprise" | "E" => drop(kinds.insert("enterprise")),
                "" => {}
                other => self.notice(format!("subject type `{other}` is none of person, enterprise, P, E")),
            }
        }
        match (kinds.contains("person"), kinds.contains("enterprise")) {
            (true, false) => PartyKind::Person,
            (false, true) => PartyKind::Organization,
            (both, _) => {
                let finding = if both { "both a person and an enterprise" } else { "no subject type" };
                self.notice(finding.to_owned());
                PartyKind::Unknown
            }
        }
    }

    fn names(&mut self) -> Result<Vec<ListedName>, Refusal> {
        let mut names: Vec<ListedName> = Vec::new();
        for part in &self.entity.names {
            let whole = part.values.iter().find(|(name, _)| name == "wholeName").map(|(_, v)| v.as_str());
            let whole = whole.filter(|w| !w.trim().is_empty()).map(str::to_owned);
            let joined = ["firstName", "middleName", "lastName"].map(|name| part.get(name));
            let whole = whole.unwrap_or_else(|| joined.join(" ").trim().to_owned());
            if whole.is_empty() {
                self.notice("a name without a name".to_owned());
                continue;
            }
            if !legible(&whole) {
                self.notice(format!("the name `{whole}` has no letter; it is not searched for"));
                continue;
            }
            let quality = match part.get("strong").as_str() {
                "true" | "1" | "" => NameQuality::Good,
                "false" | "0" => NameQuality::Low,
                other => {
                    self.notice(format!("strong is `{other}`, true or false expected"));
                    NameQuality::Good
                }
            };
            if let Some(mut name) = text::name(&whole, NameKind::Alias, quality) {
                name.language = Some(part.get("nameLanguage")).filter(|l| !l.is_empty());
                names.push(name);
            }
        }
        if names.is_empty() {
            let finding = format!("entity `{}` without a name", self.native);
            let again = "fetch the file again from its publisher";
            return Err(Refusal::new(self.maker.file, self.entity.line, finding, again));
        }
        let first = names.iter().position(|n| n.quality == NameQuality::Good).unwrap_or(0);
        let mut primary = names.remove(first);
        primary.kind = NameKind::Primary;
        names.insert(0, primary);
        Ok(names)
    }

    fn programmes(&mut self) -> Vec<Programme> {
        let mut found: Vec<Programme> = Vec::new();
        let from = self.date("designationDate", &self.entity.own.get("designationDate"));
        let gone = self.entity.own.get("delistingDate");
        let changes: Vec<Change> = match self.date("delistingDate", &gone) {
            None => Vec::new(),
            Some(on) => vec![Change { kind: ChangeKind::Removed, on, until: None, by: String::new() }],
        };
        for regulation in &self.entity.regulations {
            let (code, act) = (regulation.get("programme"), regulation.get("numberTitle"));
            let basis: Vec<String> = Some(act).into_iter().filter(|a| !a.is_empty()).collect();
            match found.iter_mut().find(|p| p.code == code) {
                Some(known) => known.basis.extend(basis),
                None => found.push(Programme {
                    basis,
                    from: from.clone(),
                    changes: changes.clone(),
                    ..Programme::new(code, "")
                }),
            }
        }
        if found.is_empty() || found.iter().any(|p| p.code.is_empty()) {
            self.notice("no programme".to_owned());
        }
        found.retain(|p| !p.code.is_empty() || !p.basis.is_empty());
        found
    }

    /// Titles, functions, genders, citizenships and births.
    fn people(&mut self, listing: &mut Listing) {
        let (entity, context) = (self.entity, self.maker.context);
        for (name, kind) in
            [("title", DetailKind::Title), ("function", DetailKind::Function), ("gender", DetailKind::Gender)]
        {
            let mut seen = BTreeSet::new();
            for text in entity.names.iter().map(|p| p.get(name)).filter(|t| legible(t)) {
                if seen.insert(text.clone()) {
                    listing.detail(kind, text);
                }
            }
        }
        for part in &entity.citizenships {
            if let Some(state) = part.state(context) {
                push_state(&mut listing.states, StateRelation::Citizenship, &state);
            }
        }
        for part in &entity.births {
            if let Some(date) = self.birth(part, listing)
                && !listing.birth_dates.contains(&date)
            {
                listing.birth_dates.push(date);
            }
            let text = part.place(&["place", "city", "zipCode", "region"]);
            let state = part.state(context);
            if !text.is_empty() || state.is_some() {
                let place = Address { text, state, note: remarks_of(part) };
                if let Some(state) = &place.state {
                    push_state(&mut listing.states, StateRelation::Birth, state);
                }
                if !listing.birth_places.contains(&place) {
                    listing.birth_places.push(place);
                }
            }
        }
    }

    fn birth(&mut self, part: &Part, listing: &mut Listing) -> Option<DateValue> {
        let words = ["birthdate", "dayOfMonth", "monthOfYear", "year", "yearRangeFrom", "yearRangeTo"];
        let [whole, day, month, year, from, to] = words.map(|name| part.get(name));
        let calendar = part.get("calendarType");
        if !matches!(calendar.as_str(), "GREGORIAN" | "") {
            let told: Vec<String> = words
                .iter()
                .map(|name| (name, part.get(name)))
                .filter(|(_, value)| !value.is_empty())
                .map(|(name, value)| format!("{name} {value}"))
                .collect();
            if !matches!(calendar.as_str(), "ISLAMIC" | "BUDDHIST" | "COPTIC" | "ETHIOPIC") {
                self.notice(format!("the calendar `{calendar}` is not known here"));
            }
            if !told.is_empty() {
                let text = format!("date of birth in the calendar {calendar}: {}", told.join(", "));
                listing.detail(DetailKind::Note, text);
            }
            return None;
        }
        let number = |text: &str| -> Option<i16> { text.parse().ok().filter(|n| (1..=9999).contains(n)) };
        let date = if !whole.is_empty() {
            dates::iso(&whole).or_else(|| dates::day_first(&whole).map(DateValue::Day))
        } else if let Some(y) = number(&year) {
            let (m, d) = (number(&month), number(&day));
            let month = m.and_then(|m| i8::try_from(m).ok());
            match (month, d.and_then(|d| i8::try_from(d).ok())) {
                (Some(month), Some(day)) => Day::new(y, month, day).map(DateValue::Day),
                (Some(month), None) => Day::new(y, month, 1).map(|_| DateValue::Month { year: y, month }),
                (None, _) => Some(DateValue::Year(y)),
            }
        } else {
            match (number(&from).map(DateValue::Year), number(&to).map(DateValue::Year)) {
                (Some(from), Some(to)) => Some(DateValue::Between(Box::new(from), Box::new(to))),
                (Some(one), None) | (None, Some(one)) => Some(DateValue::About(Box::new(one))),
                (None, None) => None,
            }
        };
        let told = [&whole, &day, &month, &year, &from, &to];
        match &date {
            None if told.iter().any(|t| !t.is_empty()) => {
                let told: Vec<&str> = told.iter().map(|t| t.as_str()).filter(|t| !t.is_empty()).collect();
                self.notice(format!("date of birth `{}` is no date", told.join(" ")));
            }
            Some(date) if dates::last_year(date).is_some_and(|y| y > self.maker.context.today.year()) => {
                self.notice(format!("date of birth {date} lies after the day of reading"));
            }
            _ => {}
        }
        match date {
            Some(
                date @ (DateValue::Day(_)
                | DateValue::Month { .. }
                | DateValue::Year(_)
                | DateValue::Between(..)),
            ) if part.is("circa") => Some(DateValue::About(Box::new(date))),
            date => date,
        }
    }

    fn places(&mut self, listing: &mut Listing) {
        for part in &self.entity.addresses {
            for (key, value) in &part.contacts {
                let (label, value) = (collapsed(key), collapsed(value));
                let kind = match label.to_uppercase().as_str() {
                    "EMAIL" => IdentifierKind::Email,
                    "WEB" => IdentifierKind::Website,
                    "PHONE" | "FAX" => IdentifierKind::Phone,
                    _ => identifiers::kind_of(&label),
                };
                if legible(&value) {
                    listing.identifiers.push(Identifier { kind, value, label, state: None });
                }
            }
            let text = part.place(&["street", "poBox", "zipCode", "city", "place", "region"]);
            let state = part.state(self.maker.context);
            let mut notes: Vec<String> = remarks_of(part).into_iter().collect();
            if part.is("asAtListingTime") {
                notes.push("as at the time of listing".to_owned());
            }
            // The comma-separated form runs the ways to reach an address together; they are told as they stand.
            notes.extend(Some(part.get("contactInfo")).filter(|c| !c.is_empty()));
            let note = (!notes.is_empty()).then(|| notes.join("; "));
            if text.is_empty() && state.is_none() && note.is_none() {
                continue;
            }
            if let Some(state) = &state {
                push_state(&mut listing.states, StateRelation::Address, state);
            }
            let address = Address { text, state, note };
            if !listing.addresses.contains(&address) {
                listing.addresses.push(address);
            }
        }
    }

    fn identification(&mut self, part: &Part, found: &mut Vec<Identifier>) {
        let code = part.get("identificationTypeCode");
        let described = part.get("identificationTypeDescription");
        let by_words = identifiers::kind_of(&described);
        let kind = match code.as_str() {
            "passport" => IdentifierKind::Passport,
            "swiftbic" => IdentifierKind::Bic,
            "imo" => IdentifierKind::Imo,
            "regnumber" | "tradelic" => IdentifierKind::Registration,
            "fiscalcode" => IdentifierKind::TaxId,
            "id" | "ssn" | "birthcert" | "nationcert" | "electionid" | "residentperm" | "drivinglicence"
            | "NRN" => IdentifierKind::NationalId,
            "travelcardid" => IdentifierKind::Passport,
            "other" | "" => by_words,
            other => {
                self.notice(format!("the kind of identification `{other}` is not known here"));
                by_words
            }
        };
        let mut label = if described.is_empty() { code } else { described };
        for (flag, words) in [
            ("diplomatic", "diplomatic"),
            ("knownExpired", "known to be expired"),
            ("knownFalse", "known to be false"),
            ("reportedLost", "reported lost"),
            ("revokedByIssuer", "revoked by its issuer"),
        ] {
            if part.is(flag) {
                label.push_str(", ");
                label.push_str(words);
            }
        }
        let state = part.state(self.maker.context);
        for number in [part.get("number"), part.get("latinNumber")] {
            let digits = number.strip_prefix("IMO").map(str::trim);
            let value = digits.filter(|_| kind == IdentifierKind::Imo).unwrap_or(&number).to_owned();
            if legible(&value)
                && !found.iter().any(|i| i.kind == kind && i.value == value && i.label == label)
            {
                found.push(Identifier { kind, value, label: label.clone(), state: state.clone() });
            }
        }
    }

    /// Remarks on the entity; those that speak of the Security Council are evidence for the mandate and told by themselves.
    fn remarks(&mut self, listing: &mut Listing) {
        let own = &self.entity.own;
        let mut texts: Vec<String> = own.remarks.iter().map(|r| collapsed(r)).collect();
        texts.push(own.get("designationDetails"));
        texts.retain(|t| !t.is_empty());
        let evidence = ["un designation", "unsc", "united nations", "security council"];
        for text in &texts {
            let small = text.to_lowercase();
            if evidence.iter().any(|words| small.contains(words)) {
                listing.detail(DetailKind::Note, text.as_str());
            }
        }
        listing.remarks = texts.join(" ");
        for value in identifiers::imo_numbers(&listing.remarks) {
            let known = listing.identifiers.iter().any(|i| i.kind == IdentifierKind::Imo && i.value == value);
            if !known {
                let label = "IMO in a remark".to_owned();
                listing.identifiers.push(Identifier { kind: IdentifierKind::Imo, value, label, state: None });
            }
        }
    }

    /// A date of the list; none, with a notice, where it is no date.
    fn date(&mut self, what: &str, text: &str) -> Option<DateValue> {
        if text.is_empty() {
            return None;
        }
        let date = dates::iso(text).or_else(|| dates::day_first(text).map(DateValue::Day));
        match date.as_ref().map(dates::last_year) {
            None => self.notice(format!("{what} `{text}` is no date")),
            Some(Some(year)) if year > self.maker.context.today.year() => {
                self.notice(format!("{what} `{text}` lies after the day of reading"));
            }
            Some(_) => {}
        }
        date
    }
}

fn remarks_of(part: &Part) -> Option<String> {
    let texts: Vec<String> = part.remarks.iter().map(|r| collapsed(r)).filter(|r| !r.is_empty()).collect();
    (!texts.is_empty()).then(|| texts.join("; "))
}

/// Adds a State once.
pub(super) fn push_state(states: &mut Vec<StateLink>, relation: StateRelation, state: &StateText) {
    let link = StateLink { relation, state: state.clone() };
    if !states.contains(&link) {
        states.push(link);
    }
}
