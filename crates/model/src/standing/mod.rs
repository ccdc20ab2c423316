//! What States have joined: States and territories with their names and groups, treaties and regimes, the dated events between them, the life of
//! treaties beyond joining, and what is asked when nuclear material moves.
//!
//! The main type is [`States`], the compiled collection. A status is a history of events, never a flag; what follows from it on a day is
//! computed by the engine and told as a [`Status`]. Which States and treaties there are is data.

mod groups;
mod life;
mod safeguards;

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::date::{DateValue, Day};
use crate::mandate::{Evidence, words};
use crate::place::StateCode;

pub use groups::{Group, GroupKind};
pub use life::{DueRule, Instrument, LifeEvent, LifeKind, LifeOutcome, Milestone, Return, Returned};
pub use safeguards::{
    Condition, EnrichmentLimit, Material, MaterialKind, MaterialUse, Peaceful, Reading, SafeguardsRules,
    Side, Undertaking, WeaponClass,
};

words! {
    /// Standing of a State in the United Nations.
    UnStatus, "standing in the United Nations" {
        /// A member State.
        Member = "member",
        /// An observer State.
        Observer = "observer",
        /// A State that makes treaties and is no member.
        NonMember = "non_member",
    }
}

words! {
    /// What a thing to join is. Only the first three bind; taking part in the others is participation and never counts as a treaty.
    TreatyKind, "kind of treaty" {
        /// A treaty between States, or a protocol to one.
        Treaty = "treaty",
        /// An agreement of one State with an organisation.
        Agreement = "agreement",
        /// Membership of an organisation.
        Organisation = "organisation",
        /// An export-control regime.
        Regime = "regime",
        /// A code of conduct or an initiative.
        Arrangement = "arrangement",
        /// A list of States in the annex of a treaty.
        Annex = "annex",
    }
}

words! {
    /// What the absence of a row means.
    Coverage, "coverage" {
        /// A State without a row is outside, up to the day of the coverage.
        Complete = "complete",
        /// A State without a row is unknown.
        Partial = "partial",
    }
}

words! {
    /// What a State did, or what a source says of it. Within one day events stand in this order.
    EventKind, "event" {
        /// Signature.
        Signature = "signature",
        /// Ratification.
        Ratification = "ratification",
        /// Accession.
        Accession = "accession",
        /// Acceptance or approval.
        Acceptance = "acceptance",
        /// Succession to another State.
        Succession = "succession",
        /// Party; how and when it became one is not known.
        Party = "party",
        /// Withdrawal that took effect.
        Withdrawal = "withdrawal",
        /// The ratification was taken back; the signature stands.
        WithdrawalOfRatification = "withdrawal_of_ratification",
        /// A withdrawal whose effect is in dispute.
        AnnouncedWithdrawal = "announced_withdrawal",
        /// The agreement is in force for the State.
        InForce = "in_force",
        /// A source says that it is not.
        NotInForce = "not_in_force",
        /// Member of an organisation.
        Member = "member",
        /// A source says that it is not.
        NotMember = "not_member",
        /// Takes part in a regime.
        Participant = "participant",
        /// Subscribes to a code.
        Subscriber = "subscriber",
        /// A source says that it does not.
        NotSubscriber = "not_subscriber",
        /// Endorses an initiative.
        Endorser = "endorser",
        /// Named in an annex.
        Listed = "listed",
        /// A source says something that no other word holds; it changes no status.
        Remark = "remark",
    }
}

impl EventKind {
    /// Whether the event makes the State bound by a treaty.
    #[must_use]
    pub fn binds(self) -> bool {
        matches!(
            self,
            Self::Ratification | Self::Accession | Self::Acceptance | Self::Succession | Self::Party
        )
    }

    /// Whether the event takes back an earlier one, or is meant to.
    #[must_use]
    pub fn takes_back(self) -> bool {
        matches!(self, Self::Withdrawal | Self::WithdrawalOfRatification | Self::AnnouncedWithdrawal)
    }
}

words! {
    /// The closed set of words for a status.
    StatusWord, "status" {
        /// Bound by the treaty.
        Party = "party",
        /// Signed, not bound.
        Signatory = "signatory",
        /// The agreement is in force.
        InForce = "in_force",
        /// It is said not to be.
        NotInForce = "not_in_force",
        /// Takes part in a regime.
        Participant = "participant",
        /// Member of an organisation.
        Member = "member",
        /// Said not to be.
        NotMember = "not_member",
        /// Subscribes to a code.
        Subscriber = "subscriber",
        /// Said not to.
        NotSubscriber = "not_subscriber",
        /// Endorses an initiative.
        Endorser = "endorser",
        /// Named in an annex.
        Listed = "listed",
        /// Outside.
        None = "none",
        /// Not known.
        Unknown = "unknown",
        /// States differ.
        Contested = "contested",
    }
}

impl StatusWord {
    /// Whether the State is fully in: party, in force, participant, member, subscriber, endorser or listed.
    #[must_use]
    pub fn is_in(self) -> bool {
        match self {
            Self::Party
            | Self::InForce
            | Self::Participant
            | Self::Member
            | Self::Subscriber
            | Self::Endorser
            | Self::Listed => true,
            Self::Signatory
            | Self::NotInForce
            | Self::NotMember
            | Self::NotSubscriber
            | Self::None
            | Self::Unknown
            | Self::Contested => false,
        }
    }

    /// Whether it says that the State is outside. A negative holds only as far as its source vouches for it.
    #[must_use]
    pub fn is_negative(self) -> bool {
        matches!(self, Self::NotInForce | Self::NotMember | Self::NotSubscriber | Self::None)
    }

    /// The word for a reader: without underscores.
    #[must_use]
    pub fn plain(self) -> &'static str {
        match self {
            Self::InForce => "in force",
            Self::NotInForce => "not in force",
            Self::NotMember => "not member",
            Self::NotSubscriber => "not subscriber",
            word => word.word(),
        }
    }
}

words! {
    /// Why a status is unknown.
    WhyUnknown, "reason" {
        /// The code is no State; its treaties are those of the State responsible.
        NoState = "no_state",
        /// The table is complete but for some States that its source leaves out, this one among them.
        LeftOut = "left_out",
        /// The table is not complete, and has no row for the State.
        NoRecord = "no_record",
        /// The day lies after the last day for which the data vouch.
        AfterData = "after_data",
        /// The date of the event is not given; the day lies before the day on which the source saw it.
        Undated = "undated",
        /// The date is a month or a year in which the day lies.
        ImpreciseDate = "imprecise_date",
        /// The day lies before the day for which a source says "not".
        BeforeData = "before_data",
    }
}

impl WhyUnknown {
    /// For a reader.
    #[must_use]
    pub fn says(self) -> &'static str {
        match self {
            Self::NoState => {
                "the code is no State of the data; its treaties are those of the State responsible"
            }
            Self::LeftOut => "the source of the table leaves this State out",
            Self::NoRecord => "the data are partial and say nothing of it",
            Self::AfterData => "the data end before this day",
            Self::Undated => "the source gives no date, and saw it only later",
            Self::ImpreciseDate => "the date is known only as a month or a year that holds this day",
            Self::BeforeData => "the source speaks only of a later day",
        }
    }
}

/// What was known last, or what stood before the time that is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastKnown {
    /// The status then.
    pub status: StatusWord,
    /// When: the date to which the source vouches for it.
    pub as_of: DateValue,
}

/// The status of a State in a treaty or regime on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Bound by the treaty. Dates are days of deposit, not of entry into force for the State.
    Party {
        /// Since when; unknown if the source gives no date.
        since: DateValue,
    },
    /// Signed, not bound.
    Signatory {
        /// Since when; after a ratification was taken back, since that day.
        since: DateValue,
    },
    /// The agreement is in force.
    InForce,
    /// A source says that the agreement is not in force.
    NotInForce,
    /// Takes part in the regime.
    Participant,
    /// Member of the organisation.
    Member,
    /// A source says that it is not.
    NotMember,
    /// Subscribes to the code.
    Subscriber,
    /// A source says that it does not.
    NotSubscriber,
    /// Endorses the initiative.
    Endorser,
    /// Named in the annex.
    Listed,
    /// Outside, and the data are complete to this day.
    None,
    /// Not known.
    Unknown {
        /// Why.
        why: WhyUnknown,
        /// What was known last.
        last_known: Option<LastKnown>,
    },
    /// States differ: one status per position, none chosen.
    Contested {
        /// The positions, in the order of their ids.
        positions: Vec<Position>,
    },
}

impl Status {
    /// The word of the closed set.
    #[must_use]
    pub fn word(&self) -> StatusWord {
        match self {
            Self::Party { .. } => StatusWord::Party,
            Self::Signatory { .. } => StatusWord::Signatory,
            Self::InForce => StatusWord::InForce,
            Self::NotInForce => StatusWord::NotInForce,
            Self::Participant => StatusWord::Participant,
            Self::Member => StatusWord::Member,
            Self::NotMember => StatusWord::NotMember,
            Self::Subscriber => StatusWord::Subscriber,
            Self::NotSubscriber => StatusWord::NotSubscriber,
            Self::Endorser => StatusWord::Endorser,
            Self::Listed => StatusWord::Listed,
            Self::None => StatusWord::None,
            Self::Unknown { .. } => StatusWord::Unknown,
            Self::Contested { .. } => StatusWord::Contested,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word().plain())
    }
}

/// Number of a source in [`States::sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SourceRef(pub u16);

/// Number of a treaty in [`States::treaties`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TreatyRef(pub u16);

/// Number of a note in [`States::notes`]; 0 is the empty note.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NoteRef(pub u16);

/// Memory as a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Memory {
    /// Not from memory.
    No,
    /// From memory, and a second source bears it out.
    Confirmed,
    /// From memory, not checked. Never settles an answer.
    Only,
    /// From a file of unverified facts that the user named. Never settles an answer.
    Unverified,
}

impl Memory {
    /// Whether it may settle an answer.
    #[must_use]
    pub fn settles(self) -> bool {
        matches!(self, Self::No | Self::Confirmed)
    }

    /// The mark that is shown beside a fact; none where the fact is not from memory.
    #[must_use]
    pub fn mark(self) -> Option<&'static str> {
        match self {
            Self::No => None,
            Self::Confirmed => Some("from memory, confirmed by a second source"),
            Self::Only => Some("from memory, not checked"),
            Self::Unverified => Some("unverified: from the file that was named"),
        }
    }
}

/// Where facts come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Short id.
    pub id: String,
    /// What it is.
    pub title: String,
    /// On which terms its facts are used.
    pub terms: String,
    /// How well it was checked.
    pub evidence: Evidence,
    /// Whether it is memory.
    pub memory: Memory,
}

/// The name of a State or territory in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalName {
    /// BCP 47 tag: `zh`, `zh-Hant`, `fr`, `es`, `ru`, `ar`.
    pub language: String,
    /// The name.
    pub text: String,
}

/// A State.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// ISO 3166-1 alpha-2.
    pub code: StateCode,
    /// ISO 3166-1 alpha-3.
    pub iso3: String,
    /// United Nations M49 number, three digits.
    pub m49: String,
    /// Standing in the United Nations.
    pub un_status: UnStatus,
    /// Year of admission, for members.
    pub admission_year: Option<i16>,
    /// Regional group of the United Nations; empty: none.
    pub group: String,
    /// Short name in English.
    pub name: String,
    /// Formal name; empty: not given apart.
    pub formal_name: String,
    /// Names in other languages.
    pub names: Vec<LocalName>,
    /// Other names.
    pub aliases: Vec<String>,
    /// A remark.
    pub note: String,
}

/// A territory with a code of its own: a destination, never a State here, never a party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Territory {
    /// ISO 3166-1 alpha-2.
    pub code: StateCode,
    /// ISO 3166-1 alpha-3.
    pub iso3: String,
    /// United Nations M49 number, three digits.
    pub m49: String,
    /// Name in English, as ISO prints it.
    pub name: String,
    /// Names in other languages.
    pub names: Vec<LocalName>,
    /// Other names.
    pub aliases: Vec<String>,
}

/// A treaty, agreement, regime or list to which events belong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Treaty {
    /// Its id.
    pub id: String,
    /// Its title, in our words.
    pub title: String,
    /// What it is.
    pub kind: TreatyKind,
    /// The treaty that a protocol, an amendment or an annex belongs to.
    pub of: Option<String>,
    /// Whether it is the treaty of a zone.
    pub zone: bool,
    /// What the absence of a row means.
    pub coverage: Coverage,
    /// The date to which the coverage holds.
    pub as_of: DateValue,
    /// Whether the text itself fixes who is in: then the coverage has no end, and the absence of a row holds on every day.
    pub closed: bool,
    /// States that the source of a complete table leaves out, by code: without a row they are unknown, never outside.
    pub left_out: Vec<StateCode>,
    /// Day of the first signature in the data.
    pub opened: Option<Day>,
    /// What the coverage rests on.
    pub sources: Vec<SourceRef>,
    /// A remark.
    pub note: String,
}

/// One dated fact on one State and one treaty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusEvent {
    /// The treaty.
    pub treaty: TreatyRef,
    /// The State.
    pub state: StateCode,
    /// What happened.
    pub kind: EventKind,
    /// When, as exactly as the source says; unknown if it does not.
    pub date: DateValue,
    /// The source.
    pub source: SourceRef,
    /// The date to which the source vouches for it.
    pub as_of: DateValue,
    /// A remark.
    pub note: NoteRef,
}

/// What one side holds on a disputed status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The treaty.
    pub treaty: TreatyRef,
    /// The State whose status it is.
    pub state: StateCode,
    /// From which day on.
    pub from: Day,
    /// Its id.
    pub id: String,
    /// The status that it gives the State.
    pub status: StatusWord,
    /// Whether published totals follow it.
    pub counted: bool,
    /// Who holds it, in alphabetical order.
    pub holders: Vec<String>,
    /// What it says, in our words.
    pub says: String,
    /// The source.
    pub source: SourceRef,
    /// As of when.
    pub as_of: DateValue,
}

/// A named list of treaties, whose statuses together are a standing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// Its id.
    pub id: String,
    /// For a reader.
    pub title: String,
    /// Its members, in order.
    pub slots: Vec<Slot>,
}

/// One member of a basis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Slot {
    /// A treaty.
    Treaty(TreatyRef),
    /// The zone treaty that names the State.
    Zone,
}

/// A folded name or a code, and whom it names. The table is sorted by `key`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NameKey {
    /// The name as [`fold`] gives it.
    pub key: String,
    /// The State or territory.
    pub code: StateCode,
}

/// A name in use for several places, of which none is picked. The table is sorted by `key`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SharedName {
    /// The name as [`fold`] gives it.
    pub key: String,
    /// The places that it may mean, by code.
    pub codes: Vec<StateCode>,
}

/// All States, territories, treaties and events, compiled: every table is sorted, so that looking up is a binary search.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct States {
    /// States, by code.
    pub states: Vec<State>,
    /// Territories, by code.
    pub territories: Vec<Territory>,
    /// Treaties, by id.
    pub treaties: Vec<Treaty>,
    /// Sources, by id.
    pub sources: Vec<Source>,
    /// Notes; the first is empty.
    pub notes: Vec<String>,
    /// How statuses begin that a file of unverified facts may give and that no status word holds; such rows are named and not taken.
    pub unheld: Vec<String>,
    /// Events, by treaty, State, and the order in which they happened.
    pub events: Vec<StatusEvent>,
    /// Positions, by treaty, State, id.
    pub positions: Vec<Position>,
    /// Bases, in the order of the data.
    pub bases: Vec<Basis>,
    /// Names and codes, folded, by key.
    pub names: Vec<NameKey>,
    /// Names in use for several places, by key.
    pub shared_names: Vec<SharedName>,
    /// Groups, in the order of the data.
    pub groups: Vec<Group>,
    /// Instruments that have a life and no parties.
    pub instruments: Vec<Instrument>,
    /// Happenings in the life of treaties and instruments, by id and date.
    pub life: Vec<LifeEvent>,
    /// Yearly returns.
    pub returns: Vec<Return>,
    /// What is known of returns that were made.
    pub returned: Vec<Returned>,
    /// Milestones of the texts.
    pub milestones: Vec<Milestone>,
    /// What is asked when nuclear material moves.
    pub safeguards: Option<SafeguardsRules>,
}

impl States {
    /// The State with this code; none for a territory.
    #[must_use]
    pub fn state(&self, code: StateCode) -> Option<&State> {
        let at = self.states.binary_search_by_key(&code, |s| s.code).ok()?;
        self.states.get(at)
    }

    /// The territory with this code.
    #[must_use]
    pub fn territory(&self, code: StateCode) -> Option<&Territory> {
        let at = self.territories.binary_search_by_key(&code, |t| t.code).ok()?;
        self.territories.get(at)
    }

    /// The English name of a State or territory.
    #[must_use]
    pub fn name(&self, code: StateCode) -> Option<&str> {
        self.state(code).map(|s| s.name.as_str()).or_else(|| self.territory(code).map(|t| t.name.as_str()))
    }

    /// The number of a treaty, by its id; case does not matter.
    #[must_use]
    pub fn treaty_ref(&self, id: &str) -> Option<TreatyRef> {
        let id = id.to_ascii_uppercase();
        let at = self.treaties.binary_search_by(|t| t.id.as_str().cmp(&id)).ok()?;
        u16::try_from(at).ok().map(TreatyRef)
    }

    /// A treaty.
    #[must_use]
    pub fn treaty(&self, at: TreatyRef) -> Option<&Treaty> {
        self.treaties.get(usize::from(at.0))
    }

    /// A source.
    #[must_use]
    pub fn source(&self, at: SourceRef) -> Option<&Source> {
        self.sources.get(usize::from(at.0))
    }

    /// A note; empty if there is none.
    #[must_use]
    pub fn note(&self, at: NoteRef) -> &str {
        self.notes.get(usize::from(at.0)).map_or("", String::as_str)
    }

    /// The events of a State in a treaty, in their order.
    #[must_use]
    pub fn events_of(&self, treaty: TreatyRef, state: StateCode) -> &[StatusEvent] {
        let from = self.events.partition_point(|e| (e.treaty, e.state) < (treaty, state));
        let rest = self.events.get(from..).unwrap_or_default();
        let len = rest.partition_point(|e| (e.treaty, e.state) == (treaty, state));
        rest.get(..len).unwrap_or_default()
    }

    /// Whether an event comes from a file of unverified facts that the user named.
    #[must_use]
    pub fn is_unverified(&self, event: &StatusEvent) -> bool {
        self.source(event.source).is_some_and(|s| s.memory == Memory::Unverified)
    }

    /// The positions on the status of a State in a treaty.
    #[must_use]
    pub fn positions_of(&self, treaty: TreatyRef, state: StateCode) -> &[Position] {
        let from = self.positions.partition_point(|p| (p.treaty, p.state) < (treaty, state));
        let rest = self.positions.get(from..).unwrap_or_default();
        let len = rest.partition_point(|p| (p.treaty, p.state) == (treaty, state));
        rest.get(..len).unwrap_or_default()
    }

    /// A basis by its id.
    #[must_use]
    pub fn basis(&self, id: &str) -> Option<&Basis> {
        self.bases.iter().find(|b| b.id == id)
    }

    /// The places that a name in use for several may mean; empty if it is none (`key` itself folded).
    #[must_use]
    pub fn sharing(&self, key: &str) -> &[StateCode] {
        let at = self.shared_names.binary_search_by(|n| n.key.as_str().cmp(key)).ok();
        at.and_then(|at| self.shared_names.get(at)).map_or(&[], |n| n.codes.as_slice())
    }

    /// All names and codes whose folded form is exactly `key` (itself folded).
    #[must_use]
    pub fn named(&self, key: &str) -> &[NameKey] {
        let from = self.names.partition_point(|n| n.key.as_str() < key);
        let rest = self.names.get(from..).unwrap_or_default();
        let len = rest.partition_point(|n| n.key == key);
        rest.get(..len).unwrap_or_default()
    }
}

/// Folds a name for comparison: case, accents, width and punctuation do not matter, `&` is *and*. Scripts are kept.
///
/// ```
/// use comity_model::standing::fold;
/// assert_eq!(fold("ÎLE D’ÉTÉ"), "ile d ete");
/// assert_eq!(fold("Salt & Pepper"), fold("salt and pepper"));
/// assert_eq!(fold("  Ångström -- Islands."), "angstrom islands");
/// ```
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    let mut put = |piece: &str| {
        if piece == " " {
            gap = true;
            return;
        }
        if gap && !out.is_empty() {
            out.push(' ');
        }
        gap = false;
        out.push_str(piece);
    };
    for c in text.nfkd().flat_map(char::to_lowercase).nfkd() {
        if unicode_normalization::char::is_combining_mark(c) {
            continue;
        }
        match c {
            '&' => [" ", "and", " "].into_iter().for_each(&mut put),
            'ı' => put("i"),
            'ø' => put("o"),
            'ł' => put("l"),
            'đ' | 'ð' => put("d"),
            'þ' => put("th"),
            'æ' => put("ae"),
            'œ' => put("oe"),
            'ß' => put("ss"),
            c if c.is_alphanumeric() => put(c.encode_utf8(&mut [0; 4])),
            _ => put(" "),
        }
    }
    out
}
