//! Assistance: topics, requests and offers, the procedure that a request goes through, the calendars by which its time runs, and what tags of
//! emerging technologies touch.
//!
//! The main type is [`Assistance`], the catalogue as the lawbook holds it. Words of requests and offers are kept as given; what they are read
//! as stands beside them in a table of aliases. A [`Course`] is the log of one request: its state on a day is computed from it, never stored.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::date::{DateFault, DateValue, Day, Period};
use crate::mandate::{Evidence, words};
use crate::place::StateCode;
use crate::r1540::Weapon;

words! {
    /// A kind of help.
    Help, "kind of help" {
        /// Drafting of laws and rules.
        Drafting = "drafting",
        /// Training.
        Training = "training",
        /// Equipment.
        Equipment = "equipment",
        /// Experts, advice, the experience of others.
        Expertise = "expertise",
        /// Money.
        Funds = "funds",
        /// A study of what is needed.
        NeedsStudy = "needs_study",
    }
}

words! {
    /// What a request in this state is shown as in the list of ages.
    Ageing, "word of the list of ages" {
        /// Before providers, without an offer.
        Unanswered = "unanswered",
        /// The time for an offer is over.
        Stale = "stale",
    }
}

words! {
    /// What a step is for the figures.
    Counts, "word for what a step counts as" {
        /// An offer came in.
        Offer = "offer",
        /// Requester and provider found each other.
        Match = "match",
        /// Assistance was given and is reported on.
        Completion = "completion",
    }
}

words! {
    /// Which of our counts stands beside a published figure.
    Counted, "count" {
        /// Requests that are known.
        Requests = "requests",
        /// Offers in the log.
        OffersInReply = "offers_in_reply",
        /// States among the providers that are known.
        ProvidersStates = "providers_states",
        /// Organisations and others among them.
        ProvidersOrganisations = "providers_organisations",
    }
}

words! {
    /// What a tag of an emerging technology touches.
    LinkKind, "kind of link" {
        /// Fields of the matrix, by the beginning of their ids.
        Field = "field",
        /// An entry of a control list.
        Entry = "entry",
        /// A rule of a pack.
        Rule = "rule",
        /// Looked at, and nothing was found there.
        None = "none",
        /// A request.
        Request = "request",
        /// An offer.
        Offer = "offer",
        /// A fact: one State's cell of the matrix, `STATE:FIELD`.
        Fact = "fact",
    }
}

/// The topic of old requests whose source names none.
pub const UNSPECIFIED: &str = "unspecified";

/// A topic of assistance, or a tag of an emerging technology.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// Its id.
    pub id: String,
    /// The wider topic; none: it stands by itself.
    pub parent: Option<String>,
    /// Ids of matrix fields that begin with it belong to the topic; the longest prefix decides. Empty: no field of its own.
    pub prefix: String,
    /// Whether it is a tag of an emerging technology.
    pub is_emerging: bool,
    /// What it is.
    pub title: String,
    /// How well it is known.
    pub evidence: Evidence,
    /// Where it stands.
    pub source: String,
}

/// What a word that is no topic is read as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alias {
    /// The word.
    pub word: String,
    /// The topics; none and no kinds: it has no counterpart.
    pub topics: Vec<String>,
    /// The kinds of help.
    pub kinds: Vec<Help>,
    /// On what the reading rests.
    pub why: String,
    /// How well it is known.
    pub evidence: Evidence,
}

/// Whom a region covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Covers {
    /// Every State.
    Everyone,
    /// A regional group, by its name in the data on States.
    Group(String),
    /// These States.
    States(Vec<StateCode>),
    /// The source names no States.
    Unnamed,
}

/// A region as offers and requests name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    /// Its id.
    pub id: String,
    /// Whom it covers.
    pub covers: Covers,
    /// The wider region.
    pub within: Option<String>,
    /// What it is called.
    pub title: String,
    /// How well its composition is known.
    pub evidence: Evidence,
    /// Where the composition stands.
    pub source: String,
}

/// Who asks or offers: `AA` a State by its code, `org:NAME` an organisation, `other:NAME` anybody else.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Who {
    /// A State.
    State(StateCode),
    /// An organisation of States or of the United Nations.
    Organisation(String),
    /// Somebody else.
    Other(String),
}

impl Who {
    /// The State, if it is one.
    #[must_use]
    pub fn state(&self) -> Option<StateCode> {
        match self {
            Self::State(code) => Some(*code),
            Self::Organisation(_) | Self::Other(_) => None,
        }
    }

    /// The name without what tells its kind.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::State(code) => code.as_str(),
            Self::Organisation(name) | Self::Other(name) => name,
        }
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::State(code) => f.pad(code.as_str()),
            Self::Organisation(name) => write!(f, "org:{name}"),
            Self::Other(name) => write!(f, "other:{name}"),
        }
    }
}

/// A text that names nobody.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names nobody (a State by its code of two capital letters, org:NAME or other:NAME)")]
pub struct WhoFault(pub String);

impl FromStr for Who {
    type Err = WhoFault;
    fn from_str(text: &str) -> Result<Self, WhoFault> {
        let fault = || WhoFault(text.to_owned());
        let named = |name: &str| Some(name.trim().to_owned()).filter(|n| !n.is_empty()).ok_or_else(fault);
        match text.split_once(':') {
            Some(("org", name)) => named(name).map(Self::Organisation),
            Some(("other", name)) => named(name).map(Self::Other),
            _ => text.parse().map(Self::State).map_err(|_| fault()),
        }
    }
}

/// The date of a request as its source has it: exact, or only a date before which it was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestDate {
    /// The date.
    pub date: DateValue,
    /// The request is older than that date, by how much is not known.
    pub is_bound: bool,
}

impl fmt::Display for RequestDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_bound { write!(f, "before {}", self.date) } else { self.date.fmt(f) }
    }
}

impl FromStr for RequestDate {
    type Err = DateFault;
    fn from_str(text: &str) -> Result<Self, DateFault> {
        match text.strip_prefix("before ") {
            Some(rest) => Ok(Self { date: rest.parse()?, is_bound: true }),
            None => Ok(Self { date: text.parse()?, is_bound: false }),
        }
    }
}

/// A request for assistance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Its id.
    pub id: String,
    /// Who asks.
    pub requester: Who,
    /// When it was made.
    pub date: RequestDate,
    /// Topics, or words that are read as topics, as given.
    pub topics: Vec<String>,
    /// Fields of the matrix that it is about.
    pub fields: Vec<String>,
    /// What kinds of help are wanted.
    pub kinds: Vec<Help>,
    /// Languages in which help can be taken.
    pub languages: Vec<String>,
    /// The region it is for; empty: not stated.
    pub region: String,
    /// The kinds of weapon it is about; empty: not stated.
    pub weapons: Vec<Weapon>,
    /// Whom to answer.
    pub contact: String,
    /// By what it will be seen that the help was given.
    pub done_when: String,
    /// What is asked, in a sentence.
    pub summary: String,
    /// It was made before requests were kept here; parts may be missing.
    pub is_old: bool,
    /// How well it is known.
    pub evidence: Evidence,
    /// Where it stands.
    pub source: String,
}

impl Request {
    /// The parts that a new request must have and this one lacks, by the names of their keys.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        let named = self.topics.iter().any(|t| t != UNSPECIFIED);
        [
            ("topics", !named),
            ("fields", self.fields.is_empty()),
            ("kinds", self.kinds.is_empty()),
            ("languages", self.languages.is_empty()),
            ("region", self.region.is_empty()),
            ("contact", self.contact.is_empty()),
            ("done_when", self.done_when.is_empty()),
        ]
        .into_iter()
        .filter_map(|(name, lacks)| lacks.then_some(name))
        .collect()
    }
}

/// An offer of assistance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Its id.
    pub id: String,
    /// Who offers.
    pub provider: Who,
    /// Topics, or words that are read as topics, as given.
    pub topics: Vec<String>,
    /// Kinds of help.
    pub kinds: Vec<Help>,
    /// Languages.
    pub languages: Vec<String>,
    /// Regions by their ids, or States by their codes; empty: not stated.
    pub regions: Vec<String>,
    /// Kinds of weapon; empty: not stated.
    pub weapons: Vec<Weapon>,
    /// When it stands; an open end: not stated.
    pub period: Period,
    /// Its conditions.
    pub conditions: String,
    /// Whom to ask.
    pub contact: String,
    /// How well it is known.
    pub evidence: Evidence,
    /// Where it stands.
    pub source: String,
}

/// The days on which time does not run for a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// Its id.
    pub id: String,
    /// What it is.
    pub title: String,
    /// The bodies that keep it.
    pub bodies: Vec<String>,
    /// Days of the week that are no working days; Monday is 1, Sunday 7.
    pub weekend: Vec<u8>,
    /// Years for which the holidays are known, sorted.
    pub years: Vec<i16>,
    /// Holidays, sorted.
    pub holidays: Vec<Day>,
    /// Where the holidays of each year stand.
    pub sources: BTreeMap<i16, String>,
    /// How well it is known.
    pub evidence: Evidence,
    /// Where it stands.
    pub source: String,
    /// A remark.
    pub note: String,
}

/// A length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Length {
    /// Working days of the body.
    WorkingDays(u32),
    /// Calendar days.
    Days(u32),
    /// Months.
    Months(u32),
    /// Years.
    Years(u32),
}

/// A text that is no length of time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no length of time (P5WD working days, P30D days, P2M months, P1Y years; up to 9999)")]
pub struct LengthFault(pub String);

impl FromStr for Length {
    type Err = LengthFault;
    fn from_str(text: &str) -> Result<Self, LengthFault> {
        let fault = || LengthFault(text.to_owned());
        let rest = text.strip_prefix('P').ok_or_else(fault)?;
        let at = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(fault)?;
        let (number, unit) = rest.split_at(at);
        if number.len() > 4 {
            return Err(fault());
        }
        let number: u32 = number.parse().ok().filter(|n| *n > 0).ok_or_else(fault)?;
        match unit {
            "WD" => Ok(Self::WorkingDays(number)),
            "D" => Ok(Self::Days(number)),
            "M" => Ok(Self::Months(number)),
            "Y" => Ok(Self::Years(number)),
            _ => Err(fault()),
        }
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, one, many) = match self {
            Self::WorkingDays(n) => (n, "working day", "working days"),
            Self::Days(n) => (n, "day", "days"),
            Self::Months(n) => (n, "month", "months"),
            Self::Years(n) => (n, "year", "years"),
        };
        write!(f, "{number} {}", if *number == 1 { one } else { many })
    }
}

/// A state of a procedure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcedureState {
    /// Its id.
    pub id: String,
    /// What it means.
    pub says: String,
    /// What it waits for; empty where nothing more is expected.
    pub waits: String,
    /// Nothing more is expected.
    pub ends: bool,
    /// What it is shown as in the list of ages.
    pub shows: Option<Ageing>,
}

/// A clock that runs beside a procedure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timer {
    /// Its id.
    pub id: String,
    /// The states in which it runs.
    pub runs_in: Vec<String>,
    /// It begins again at each of these states.
    pub anew: bool,
    /// How long it runs; none: somebody sets it, and it never runs out by itself.
    pub length: Option<Length>,
    /// It begins again when it has run out.
    pub every: bool,
    /// What falls due at its end.
    pub falls_due: String,
    /// A remark on the length.
    pub says: String,
    /// Where it stands.
    pub source: String,
    /// What the source does not state and why it stands here; empty: nothing.
    pub own: String,
}

/// A step from a state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    /// Its id.
    pub id: String,
    /// From which states.
    pub from: Vec<String>,
    /// To which; none: the state stays.
    pub to: Option<String>,
    /// What happens.
    pub event: String,
    /// Time takes it, nobody else.
    pub by_clock: bool,
    /// Timers that must have run out.
    pub after: Vec<String>,
    /// Timers that must still run.
    pub before: Vec<String>,
    /// Marks that must have been made.
    pub needs: Vec<String>,
    /// Marks that must not stand.
    pub unless: Vec<String>,
    /// Marks that it makes.
    pub marks: Vec<String>,
    /// Marks that it takes back.
    pub lifts: Vec<String>,
    /// What the actor must state.
    pub asks: Vec<String>,
    /// Steps of which an earlier one must have stated the same; empty: what is stated is not compared.
    pub among: Vec<String>,
    /// What it is for the figures.
    pub counts: Option<Counts>,
    /// What the source does not state and why it stands here; empty: nothing.
    pub own: String,
}

/// A procedure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Procedure {
    /// Its id.
    pub id: String,
    /// What it is.
    pub title: String,
    /// The body whose calendar counts.
    pub body: String,
    /// The first state.
    pub initial: String,
    /// States.
    pub states: Vec<ProcedureState>,
    /// Timers.
    pub timers: Vec<Timer>,
    /// Transitions.
    pub transitions: Vec<Transition>,
    /// How well it is known.
    pub evidence: Evidence,
    /// Where it stands.
    pub source: String,
    /// A remark.
    pub note: String,
}

impl Procedure {
    /// The state of that id.
    #[must_use]
    pub fn state(&self, id: &str) -> Option<&ProcedureState> {
        self.states.iter().find(|s| s.id == id)
    }

    /// The transition of that id.
    #[must_use]
    pub fn transition(&self, id: &str) -> Option<&Transition> {
        self.transitions.iter().find(|t| t.id == id)
    }
}

/// A step that somebody took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The transition.
    pub transition: String,
    /// The day on which it counts.
    pub on: Day,
    /// Who took it.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// What the transition asks for.
    pub details: BTreeMap<String, String>,
    /// When it was written down, by the clock of the computer.
    pub recorded: String,
}

/// The log of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    /// The request's id.
    pub request: String,
    /// The procedure's id.
    pub procedure: String,
    /// The day on which it began.
    pub opened: Day,
    /// The steps, in their order.
    pub steps: Vec<Step>,
}

/// Which of our counts stands beside a published figure, and why they are not the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// The figure's id.
    pub figure: String,
    /// Our count.
    pub counts: Counted,
    /// Why the two differ in kind.
    pub differs: String,
}

/// What a tag touches: a suggestion, no obligation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Link {
    /// The topic.
    pub topic: String,
    /// What it touches.
    pub kind: LinkKind,
    /// The reference.
    pub to: String,
    /// Why it is suggested.
    pub reason: String,
    /// How well it is known.
    pub evidence: Evidence,
    /// On what it rests.
    pub source: String,
}

/// What the lawbook holds on assistance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assistance {
    /// Topics, by id.
    pub topics: Vec<Topic>,
    /// Words that are no topics, by word.
    pub aliases: Vec<Alias>,
    /// Regions, by id.
    pub regions: Vec<Region>,
    /// Requests that are publicly known.
    pub requests: Vec<Request>,
    /// Offers that are publicly known.
    pub offers: Vec<Offer>,
    /// Calendars, by id.
    pub calendars: Vec<Calendar>,
    /// Procedures, by id.
    pub procedures: Vec<Procedure>,
    /// The id of the one that requests go through.
    pub request_procedure: String,
    /// Published figures that ours stand beside.
    pub comparisons: Vec<Comparison>,
    /// What tags touch, by topic.
    pub links: Vec<Link>,
}

impl Assistance {
    /// The topic of that id.
    #[must_use]
    pub fn topic(&self, id: &str) -> Option<&Topic> {
        self.topics.iter().find(|t| t.id == id)
    }

    /// The region of that id.
    #[must_use]
    pub fn region(&self, id: &str) -> Option<&Region> {
        self.regions.iter().find(|r| r.id == id)
    }

    /// The procedure of that id.
    #[must_use]
    pub fn procedure(&self, id: &str) -> Option<&Procedure> {
        self.procedures.iter().find(|p| p.id == id)
    }

    /// The calendar that a body keeps.
    #[must_use]
    pub fn calendar_of(&self, body: &str) -> Option<&Calendar> {
        self.calendars.iter().find(|c| c.bodies.iter().any(|b| b == body))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_dates_read_as_they_print() {
        for text in ["AA", "org:ABC", "other:A B"] {
            assert_eq!(text.parse::<Who>().unwrap().to_string(), text);
        }
        for text in ["", "org:", "a", "AAA", "person:x"] {
            assert!(text.parse::<Who>().is_err(), "{text}");
        }
        for text in ["before 2011", "2008-04-30", "before 2015-10"] {
            assert_eq!(text.parse::<RequestDate>().unwrap().to_string(), text);
        }
        assert!("before".parse::<RequestDate>().is_err());
    }

    #[test]
    fn lengths_name_their_unit() {
        assert_eq!("P5WD".parse(), Ok(Length::WorkingDays(5)));
        assert_eq!("P1Y".parse(), Ok(Length::Years(1)));
        assert_eq!(Length::Years(1).to_string(), "1 year");
        assert_eq!(Length::WorkingDays(5).to_string(), "5 working days");
        for text in ["", "P", "5D", "P5", "P0D", "P5W", "P-5D", "P99999D", "P5é"] {
            assert!(text.parse::<Length>().is_err(), "{text}");
        }
    }
}
