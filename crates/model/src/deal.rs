//! A deal: one transfer to judge. What the act *is* (export, reexport, transit) is derived by each law; the deal tells what is done.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::date::{DateValue, Day};
use crate::fact::Facts;
use crate::mandate::words;
use crate::number::Number;
use crate::place::{Place, StateCode};

words! {
    /// What is done.
    Activity, "activity" {
        /// Sending out of a territory.
        Export = "export",
        /// Sending on from a second territory.
        Reexport = "reexport",
        /// A change of hands inside of one State.
        InCountryTransfer = "in-country-transfer",
        /// Passing through a territory.
        Transit = "transit",
        /// Passing through with a change of carrier.
        Transshipment = "transshipment",
        /// Arranging a transfer between others.
        Brokering = "brokering",
        /// Instruction, training, consulting, repair.
        TechnicalAssistance = "technical-assistance",
        /// Sending software or technology by electronic means.
        ElectronicTransmission = "electronic-transmission",
        /// Release to a foreign person inside of the State.
        DeemedExport = "deemed-export",
    }
}

words! {
    /// The role in which a party takes part.
    Role, "role" {
        /// Who sends.
        Exporter = "exporter",
        /// Who receives.
        Consignee = "consignee",
        /// Who uses.
        EndUser = "end-user",
        /// Who stands between.
        Intermediary = "intermediary",
        /// Who carries.
        Carrier = "carrier",
        /// Who arranges.
        Broker = "broker",
        /// Who pays or finances.
        Bank = "bank",
    }
}

words! {
    /// The twelve classes of end use.
    UseClass, "end use" {
        /// Civil.
        Civil = "civil",
        /// Civil nuclear.
        CivilNuclear = "civil_nuclear",
        /// Medical.
        Medical = "medical",
        /// Civil space.
        CivilSpace = "civil_space",
        /// Military.
        Military = "military",
        /// Military intelligence.
        MilitaryIntelligence = "military_intelligence",
        /// Nuclear explosive, or unsafeguarded nuclear activity.
        NuclearExplosive = "nuclear_explosive",
        /// Chemical or biological weapons.
        ChemicalBiological = "chemical_biological",
        /// Missiles able to deliver such weapons.
        Missile = "missile",
        /// Internal repression or surveillance.
        InternalSecurity = "internal_security",
        /// Advanced computing.
        AdvancedComputing = "advanced_computing",
        /// Stated to be unknown.
        Unknown = "unknown",
    }
}

words! {
    /// What the exporter knows of a use, from nothing to certainty; being told by the authority is apart.
    KnowledgeLevel, "level of knowledge" {
        /// Nothing points to it.
        None = "none",
        /// Grounds to suspect.
        Suspect = "suspect",
        /// Should have known.
        ShouldKnow = "should_know",
        /// Knows.
        Know = "know",
    }
}

words! {
    /// What kind of party.
    PartyKind, "type of party" {
        /// A natural person.
        Person = "person",
        /// A company, authority or other body.
        Organization = "organization",
        /// A ship.
        Vessel = "vessel",
        /// An aircraft.
        Aircraft = "aircraft",
    }
}

/// One transfer to judge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Deal {
    /// The caller's own mark, given back in a batch.
    pub id: Option<String>,
    /// The day of the deal, if it states one.
    pub date: Option<Day>,
    /// What is done.
    pub activity: Activity,
    /// Where it leaves; none: not stated.
    pub from: Option<Place>,
    /// Its ultimate destination; none: not stated.
    pub to: Option<Place>,
    /// The route between.
    pub legs: Vec<Leg>,
    /// Who takes part.
    pub parties: Vec<Party>,
    /// What moves.
    pub items: Vec<Item>,
    /// What for.
    pub end_use: EndUse,
    /// Licences already held.
    pub licences: Vec<Licence>,
    /// Anything else that a rule may ask for.
    pub facts: Facts,
}

/// One leg of the route.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Leg {
    /// Where.
    pub place: Place,
    /// Port, airport, warehouse.
    pub site: Option<String>,
    /// What happens there: transit, transshipment, free_zone, storage.
    pub stop: Option<Stop>,
    /// Who carries from here.
    pub carrier: Option<String>,
    /// On which vessel.
    pub vessel: Option<String>,
}

words! {
    /// What happens on a leg of the route.
    Stop, "kind of stop" {
        /// Passing through.
        Transit = "transit",
        /// Change of carrier.
        Transshipment = "transshipment",
        /// A stay in a customs-free zone.
        FreeZone = "free_zone",
        /// Storage.
        Storage = "storage",
    }
}

/// Who takes part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Party {
    /// In which role.
    pub role: Role,
    /// Its name as the deal gives it.
    pub name: String,
    /// Its State.
    pub state: Option<StateCode>,
    /// What kind of party.
    pub kind: Option<PartyKind>,
    /// Birth date of a person.
    pub birth_date: Option<DateValue>,
    /// Identifiers, typed.
    pub identifiers: Vec<PartyIdentifier>,
    /// Address as text.
    pub address: Option<String>,
    /// Nationality or State of registration.
    pub nationality: Option<StateCode>,
    /// Owners with their shares.
    pub owners: Vec<Owner>,
    /// Listings that this party is said to be.
    pub same_as: Vec<Judgement>,
    /// Listings that this party is said not to be.
    pub not_same_as: Vec<Judgement>,
    /// Facts that rules ask of a party.
    pub facts: Facts,
}

impl Party {
    /// A party of which only role and name are known.
    pub fn named(role: Role, name: impl Into<String>) -> Self {
        Self {
            role,
            name: name.into(),
            state: None,
            kind: None,
            birth_date: None,
            identifiers: Vec::new(),
            address: None,
            nationality: None,
            owners: Vec::new(),
            same_as: Vec::new(),
            not_same_as: Vec::new(),
            facts: Facts::new(),
        }
    }
}

/// A listing, and why the party is or is not the listed one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Judgement {
    /// Id of the listing: `publisher/list/native`.
    pub listing: String,
    /// Why.
    pub why: Option<String>,
}

/// An identifier of a party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PartyIdentifier {
    /// What kind: passport, imo, tax, registration ...
    pub kind: String,
    /// The value as written.
    pub value: String,
    /// The State that issued it.
    pub state: Option<StateCode>,
}

/// An owner of a party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Owner {
    /// Its name.
    pub name: String,
    /// Its State.
    pub state: Option<StateCode>,
    /// Its share in per cent; none: not known.
    pub percent: Option<Number>,
    /// Whether it holds the share directly; none: not known.
    pub direct: Option<bool>,
}

/// An amount of money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Money {
    /// How much.
    pub amount: Number,
    /// ISO 4217.
    pub currency: String,
}

/// A part of an item by origin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContentPart {
    /// Origin of the part.
    pub state: StateCode,
    /// Share of the item's value in per cent.
    pub percent: Number,
    /// The entry that the part falls under, `list:code`.
    pub entry: Option<String>,
    /// Its class.
    pub class: Option<String>,
    /// What it is: commodity, software, technology.
    pub kind: Option<String>,
    /// Its value.
    pub value: Option<Money>,
}

/// What moves: goods, software or technology.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Item {
    /// In words.
    pub description: String,
    /// Its classes; empty: not stated.
    pub classes: Vec<String>,
    /// Tariff code, digits only.
    pub hs: Option<String>,
    /// How many or how much.
    pub quantity: Option<Number>,
    /// Its value.
    pub value: Option<Money>,
    /// Its origin.
    pub origin: Option<StateCode>,
    /// Content by origin; none: not stated.
    pub content: Option<Vec<ContentPart>>,
    /// Entries the exporter claims, as (list, code).
    pub claimed: Vec<(String, String)>,
    /// Technical facts.
    pub facts: Facts,
    /// What it contains; none: not stated.
    pub contains: Option<Vec<Item>>,
}

/// What it is for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct EndUse {
    /// In words.
    pub text: Option<String>,
    /// Stated purposes; none: not stated.
    pub purpose: Option<BTreeSet<UseClass>>,
    /// What the exporter knows of uses of concern; none: not stated.
    pub knowledge: Option<Knowledge>,
    /// Uses of which the authority has informed the exporter; none: not stated.
    pub informed: Option<BTreeSet<UseClass>>,
}

/// The exporter's knowledge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Knowledge {
    /// The same for every use.
    Every(KnowledgeLevel),
    /// By use; a use that is not named is unknown.
    ByUse(BTreeMap<UseClass, KnowledgeLevel>),
}

impl Knowledge {
    /// The level for a use; none: not stated.
    #[must_use]
    pub fn of(&self, class: UseClass) -> Option<KnowledgeLevel> {
        match self {
            Self::Every(level) => Some(*level),
            Self::ByUse(levels) => levels.get(&class).copied(),
        }
    }
}

/// A licence already held, with what is left of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Licence {
    /// Its number.
    pub id: String,
    /// The law under which it was given.
    pub law: Option<String>,
    /// Requirements that it meets, by name.
    pub meets: Vec<String>,
    /// Last day of validity.
    pub until: Option<Day>,
    /// What is left of it, as text.
    pub balance: Option<String>,
}
