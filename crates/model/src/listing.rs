//! Party lists: listings, editions, sources and measures.
//!
//! A [`Listing`] is what one list says of one party, in one edition. What it orders is a [`Measure`], with a mandate of its own: a party has
//! many measures, and the mandate never belongs to the party. Which list there is, and where it comes from, is data: a
//! [`crate::list_source::ListSource`].
//! No list is named here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::date::{DateValue, Day};
use crate::mandate::{Mandate, words};
use crate::place::StateCode;

/// A text that has not the form of an id of a list or listing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{seen}` is no id of a {what} (expected {expected})")]
pub struct ListIdFault {
    /// The text as it stood.
    pub seen: String,
    /// `list` or `listing`.
    pub what: &'static str,
    /// The form, with an example.
    pub expected: &'static str,
}

/// The id of a party list: `publisher/list`, in small letters, digits and hyphens. It also names the list's folder on disk.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ListId(String);

impl ListId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the slash.
    #[must_use]
    pub fn publisher(&self) -> &str {
        self.0.split_once('/').map_or("", |(publisher, _)| publisher)
    }
}

impl FromStr for ListId {
    type Err = ListIdFault;
    fn from_str(text: &str) -> Result<Self, ListIdFault> {
        let word = |w: &str| {
            !w.is_empty()
                && w.len() <= 64
                && !w.starts_with('-')
                && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        match text.split_once('/') {
            Some((publisher, list)) if word(publisher) && word(list) => Ok(Self(text.to_owned())),
            _ => Err(ListIdFault {
                seen: text.to_owned(),
                what: "list",
                expected: "publisher/list in small letters, digits and hyphens, like own/watch-list",
            }),
        }
    }
}

impl fmt::Display for ListId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for ListId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for ListId {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ListId {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(de::Error::custom)
    }
}

/// The id of a listing: list and the publisher's own id, `publisher/list/native-id`.
///
/// The native id does not depend on the file format: every format that a publisher offers of one list carries it, so one party keeps one id.
/// Where a list has none, it is a digest of the entry's key fields.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ListingId {
    /// The list.
    pub list: ListId,
    /// The publisher's id, blanks around it removed.
    pub native: String,
}

impl ListingId {
    /// The key by which two editions of a list speak of the same party: small and capital letters and blanks do not count.
    #[must_use]
    pub fn same_party_key(&self) -> String {
        same_party_key(&self.native)
    }
}

/// The key of a native id, see [`ListingId::same_party_key`].
#[must_use]
pub fn same_party_key(native: &str) -> String {
    native.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

impl FromStr for ListingId {
    type Err = ListIdFault;
    fn from_str(text: &str) -> Result<Self, ListIdFault> {
        let fault = || ListIdFault {
            seen: text.to_owned(),
            what: "listing",
            expected: "publisher/list/native-id, like own/watch-list/17",
        };
        let (publisher, rest) = text.split_once('/').ok_or_else(fault)?;
        let (list, native) = rest.split_once('/').ok_or_else(fault)?;
        if native.trim() != native || native.is_empty() {
            return Err(fault());
        }
        let list = format!("{publisher}/{list}").parse().map_err(|_| fault())?;
        Ok(Self { list, native: native.to_owned() })
    }
}

impl fmt::Display for ListingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.list, self.native)
    }
}

impl fmt::Debug for ListingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for ListingId {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ListingId {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(de::Error::custom)
    }
}

words! {
    /// What kind of party a listing speaks of.
    PartyKind, "kind of party" {
        /// A natural person.
        Person = "person",
        /// A firm, authority, group or other body.
        Organization = "organization",
        /// A ship.
        Vessel = "vessel",
        /// An aircraft.
        Aircraft = "aircraft",
        /// The list does not say.
        Unknown = "unknown",
    }
}

words! {
    /// What a name is to its party.
    NameKind, "kind of name" {
        /// The name under which the list leads the party.
        Primary = "primary",
        /// Another name.
        Alias = "alias",
        /// A name of the past.
        Former = "former",
        /// The name in its own script.
        OriginalScript = "original-script",
    }
}

words! {
    /// How far the list itself trusts a name.
    NameQuality, "quality of a name" {
        /// Good enough to identify.
        Good = "good",
        /// Weak: common or doubtful; never a hit by itself.
        Low = "low",
    }
}

/// One name of a listing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedName {
    /// The name for display: NFC, blanks collapsed, in natural order as far as the list gives it.
    pub text: String,
    /// What it is to the party.
    pub kind: NameKind,
    /// How far the list trusts it.
    pub quality: NameQuality,
    /// The script, ISO 15924 (`Latn`, `Arab`), as far as it can be seen.
    pub script: Option<String>,
    /// The language, where the list names it, in its words.
    pub language: Option<String>,
    /// The name as the list writes it, where that differs from `text`.
    pub verbatim: Option<String>,
}

words! {
    /// What kind of identifier a value is.
    IdentifierKind, "kind of identifier" {
        /// A passport number.
        Passport = "passport",
        /// A national identity number or card.
        NationalId = "national-id",
        /// A tax number.
        TaxId = "tax-id",
        /// A number in a register of firms.
        Registration = "registration",
        /// The IMO number of a ship, or of a company that manages ships.
        Imo = "imo",
        /// The radio identity of a ship.
        Mmsi = "mmsi",
        /// A radio call sign.
        CallSign = "call-sign",
        /// A bank code (BIC).
        Bic = "bic",
        /// A legal entity identifier.
        Lei = "lei",
        /// A number of a security.
        Isin = "isin",
        /// The tail number of an aircraft.
        TailNumber = "tail-number",
        /// The maker's serial number of an aircraft.
        SerialNumber = "serial-number",
        /// A D-U-N-S number.
        Duns = "duns",
        /// An electronic mail address.
        Email = "email",
        /// A page on the web.
        Website = "website",
        /// A telephone or telefax number.
        Phone = "phone",
        /// An address of a digital currency.
        Wallet = "wallet",
        /// Something else; its label says what.
        Other = "other",
    }
}

/// A State or territory as a list names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateText {
    /// The code, where the name was recognised.
    pub code: Option<StateCode>,
    /// The name as the list writes it, blanks collapsed.
    pub text: String,
}

/// One typed identifier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identifier {
    /// Its kind.
    pub kind: IdentifierKind,
    /// The value as the list writes it, blanks collapsed.
    pub value: String,
    /// What the list calls it.
    pub label: String,
    /// The State that gave it.
    pub state: Option<StateText>,
}

/// The form in which identifiers are compared: letters and digits only, capital letters, scripts kept.
#[must_use]
pub fn identifier_key(value: &str) -> String {
    value.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

words! {
    /// What a State is to a party.
    StateRelation, "relation to a State" {
        /// Nationality.
        Nationality = "nationality",
        /// Citizenship, where the list tells it from nationality.
        Citizenship = "citizenship",
        /// The place of birth lies there.
        Birth = "birth",
        /// An address lies there.
        Address = "address",
        /// The flag of a ship.
        Flag = "flag",
        /// A flag of the past.
        FormerFlag = "former-flag",
    }
}

/// A State and what it is to the party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateLink {
    /// What it is to the party.
    pub relation: StateRelation,
    /// The State.
    pub state: StateText,
}

/// An address, or a place of birth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Everything but the State, joined by commas.
    pub text: String,
    /// The State.
    pub state: Option<StateText>,
    /// What the list adds to it.
    pub note: Option<String>,
}

words! {
    /// What the author of a measure did to it after it was ordered.
    ChangeKind, "change of a measure" {
        /// It was suspended.
        Suspended = "suspended",
        /// A suspension was lifted.
        Resumed = "resumed",
        /// It was ended.
        Stopped = "stopped",
        /// The party was taken off the list, but the entry stays in the file.
        Removed = "removed",
    }
}

/// A change of a measure that the list tells, with its own date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What was done.
    pub kind: ChangeKind,
    /// The first day on which it holds; unknown where the list gives none.
    pub on: DateValue,
    /// The last day of a suspension; none: open.
    pub until: Option<DateValue>,
    /// The act that did it, in the list's words; empty if it names none.
    pub by: String,
}

/// A programme, regime, committee, order or announcement under which a party is listed, with what the list tells of it: each is one measure.
/// Dated data map its code to a mandate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Programme {
    /// The code, as the mandate tables know it.
    pub code: String,
    /// The list's words for it; empty if it has none.
    pub text: String,
    /// The acts on which it rests, in the list's words (regulation, order, notice), with annex or article where the list names it.
    pub basis: Vec<String>,
    /// Since when the list says that it binds this party; none where it says nothing.
    pub from: Option<DateValue>,
    /// The last day of its term, where it has one.
    pub until: Option<DateValue>,
    /// What its author did to it later.
    pub changes: Vec<Change>,
    /// What it orders, in the list's words (asset freeze, licence requirement).
    pub effects: Vec<String>,
    /// Clauses by which it reaches acts outside of its author's territory, or persons who are not the author's, in the list's words.
    pub reach: Vec<String>,
}

impl Programme {
    /// A programme of which the list tells no more than a code and words.
    pub fn new(code: impl Into<String>, text: impl Into<String>) -> Self {
        Self { code: code.into(), text: text.into(), ..Self::default() }
    }
}

words! {
    /// What a detail of a listing tells.
    DetailKind, "kind of detail" {
        /// A title of a person.
        Title = "title",
        /// A function, post or trade.
        Function = "function",
        /// The gender, as the list writes it.
        Gender = "gender",
        /// The type of a ship or aircraft.
        CraftType = "craft-type",
        /// The tonnage of a ship, as the list writes it.
        Tonnage = "tonnage",
        /// The gross tonnage of a ship.
        GrossTonnage = "gross-tonnage",
        /// The owner or operator of a ship or aircraft.
        CraftOwner = "craft-owner",
        /// When a ship or aircraft was built.
        Built = "built",
        /// When a body was founded.
        Founded = "founded",
        /// The end-use of concern that the list names for the party.
        Concern = "concern",
        /// For which items a licence is required.
        LicenceRequirement = "licence-requirement",
        /// How an application for a licence is looked at.
        LicencePolicy = "licence-policy",
        /// A citation of the official notice.
        Notice = "notice",
        /// Why the party is listed, in the list's words.
        Reason = "reason",
        /// Something else that the list adds.
        Note = "note",
    }
}

/// One more thing that a list tells of a party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// What it tells.
    pub kind: DetailKind,
    /// The list's words, blanks collapsed.
    pub text: String,
}

/// A value of the source, word for word.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SourceValue {
    /// The field (column, or element path below the entry).
    pub key: String,
    /// The value as it stood, blanks and line breaks included.
    pub value: String,
}

/// What one edition of one list says of one party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// List and the publisher's id.
    pub id: ListingId,
    /// What kind of party it is.
    pub kind: PartyKind,
    /// Its names, the primary one first.
    pub names: Vec<ListedName>,
    /// Dates of birth; several where the list gives alternatives or an alias has its own.
    pub birth_dates: Vec<DateValue>,
    /// Places of birth.
    pub birth_places: Vec<Address>,
    /// Typed identifiers.
    pub identifiers: Vec<Identifier>,
    /// States and what they are to the party.
    pub states: Vec<StateLink>,
    /// Addresses.
    pub addresses: Vec<Address>,
    /// Programmes under which it is listed.
    pub programmes: Vec<Programme>,
    /// Ids of entries of another list whose measure this entry carries out, as this list states them. Which list is meant stands in the table of
    /// sources ([`crate::list_source::ListSource::refers_to`]).
    pub references: Vec<String>,
    /// Parties that the list says it is linked to, in the list's words.
    pub related: Vec<String>,
    /// What else the list tells.
    pub details: Vec<Detail>,
    /// When the list says it listed the party. Not the same as "in force since".
    pub listed_on: Option<DateValue>,
    /// When the list says it changed the entry.
    pub updated: Vec<DateValue>,
    /// Free text of the list, blanks collapsed.
    pub remarks: String,
    /// Every value of the source, word for word, in its order.
    pub source: Vec<SourceValue>,
}

impl Listing {
    /// A listing of which only id and kind are known yet.
    #[must_use]
    pub fn new(id: ListingId, kind: PartyKind) -> Self {
        Self {
            id,
            kind,
            names: Vec::new(),
            birth_dates: Vec::new(),
            birth_places: Vec::new(),
            identifiers: Vec::new(),
            states: Vec::new(),
            addresses: Vec::new(),
            programmes: Vec::new(),
            references: Vec::new(),
            related: Vec::new(),
            details: Vec::new(),
            listed_on: None,
            updated: Vec::new(),
            remarks: String::new(),
            source: Vec::new(),
        }
    }

    /// Adds what else the list tells; an empty text adds nothing.
    pub fn detail(&mut self, kind: DetailKind, text: impl Into<String>) {
        let text = text.into();
        if !text.is_empty() {
            self.details.push(Detail { kind, text });
        }
    }

    /// The name under which the list leads the party; its id if it has none.
    #[must_use]
    pub fn primary_name(&self) -> &str {
        let primary = self.names.iter().find(|n| n.kind == NameKind::Primary).or(self.names.first());
        primary.map_or(self.id.native.as_str(), |n| n.text.as_str())
    }
}

words! {
    /// How exact the date of an edition is.
    Precision, "precision of a date" {
        /// The day is meant.
        Day = "day",
        /// Only the month is known; the date is its first day.
        Month = "month",
        /// Only the year is known; the date is its first day.
        Year = "year",
    }
}

words! {
    /// Where the date of an edition comes from.
    DateFrom, "origin of an edition's date" {
        /// The publisher's date, inside the file.
        Inside = "inside",
        /// The name of the folder it was read from.
        Folder = "folder",
        /// The newest date of an entry, because neither file nor folder has a day.
        NewestEntry = "newest-entry",
        /// The day of the fetch, because the file has no date.
        Fetch = "fetch",
        /// The user named it when the file was imported.
        User = "user",
    }
}

/// One published version of a list, kept whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditionMeta {
    /// The list.
    pub list: ListId,
    /// Its date; the first day of the month or year where no more is known.
    pub date: Day,
    /// How exact the date is.
    pub precision: Precision,
    /// Where the date comes from.
    pub date_from: DateFrom,
    /// SHA-256 of the source, small hexadecimal digits: of the file, or where there are several, of their `sha256sum` lines.
    pub digest: String,
    /// How many listings it holds.
    pub entries: u32,
    /// The day on which it came to this machine.
    pub fetched: Day,
    /// Where it came from: an address or the name of a folder.
    pub source: String,
    /// The format it was read as, see [`crate::list_source::ListForm::format`].
    pub format: String,
    /// Why a user took it although it had been held back; none if it never was.
    pub accepted: Option<String>,
    /// What this form of the list leaves out, where it is not the publisher's whole list; none if it is whole.
    #[serde(default)]
    pub reduced: Option<String>,
}

words! {
    /// How a measure stands on a day.
    MeasureStatus, "status of a measure" {
        /// It binds.
        InForce = "in_force",
        /// Its author suspended it; `until` says how long.
        Suspended = "suspended",
        /// Its author ended it.
        Stopped = "stopped",
        /// Its own term has run out.
        Expired = "expired",
        /// Its author took the party off the list.
        Removed = "removed",
        /// Two editions differ and no source gives the day of the change.
        Unconfirmed = "unconfirmed",
        /// States differ on whether it stands.
        Contested = "contested",
    }
}

words! {
    /// How a measure was tied to a party.
    MeasureLink, "link of a measure" {
        /// The list orders it by itself.
        Own = "own",
        /// The list names the measure that it carries out.
        Reference = "reference",
        /// Comity inferred it, with a score.
        Inferred = "inferred",
    }
}

words! {
    /// What shows the mandate of a measure.
    MandateEvidence, "evidence for a mandate" {
        /// A field of the entry.
        Field = "field",
        /// The annex it stands in.
        Annex = "annex",
        /// The sheet it stands in.
        Sheet = "sheet",
        /// The prefix of its id, with the day.
        Prefix = "prefix",
        /// A link to another listing; always inferred.
        Linked = "linked",
    }
}

/// What a listing orders on a day, and on whose mandate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// The list that shows it.
    pub list: ListId,
    /// Whose act, where agreed, on which ground, by which instrument.
    pub mandate: Mandate,
    /// How it stands.
    pub status: MeasureStatus,
    /// How it was tied to the party.
    pub link: MeasureLink,
    /// What shows the mandate; none if nothing but the list itself.
    pub evidence: Option<MandateEvidence>,
    /// Its first day; none: unknown.
    pub from: Option<Day>,
    /// Its last day; none: open or unknown.
    pub until: Option<Day>,
    /// The dispute between States that concerns it, by id.
    pub dispute: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_lists_are_safe_names_of_folders() {
        assert!("own/watch-list".parse::<ListId>().is_ok());
        for bad in ["", "own", "own/", "/x", "own/../x", "Own/x", "own/a/b", "own/.x", "own/-x", "own/x y"] {
            assert!(bad.parse::<ListId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn ids_of_listings_print_as_they_read() {
        let id: ListingId = "own/watch-list/A/17 b".parse().unwrap();
        assert_eq!((id.list.as_str(), id.native.as_str()), ("own/watch-list", "A/17 b"));
        assert_eq!(id.to_string(), "own/watch-list/A/17 b");
        assert_eq!(id.same_party_key(), "a/17b");
        assert!("own/watch-list/ 17".parse::<ListingId>().is_err());
    }

    #[test]
    fn identifiers_are_compared_by_letters_and_digits() {
        assert_eq!(identifier_key(" ab-12 / 3.c"), "AB123C");
    }
}
