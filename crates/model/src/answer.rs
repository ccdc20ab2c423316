//! The answer: per law an outcome with its reasons, never one merged verdict. These types are what `check --json` prints; scripts depend
//! on the names, so they are extended and not renamed.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::date::Day;
use crate::listing::{MeasureLink, MeasureStatus};
use crate::mandate::{AgreedInSet, Evidence, ImposedBy, Mandate};
use crate::rule::{HookKind, Outcome};

/// The result for one deal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The caller's own mark, if the deal has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The day for which it holds.
    pub as_of: Day,
    /// The lawbook that was used.
    pub lawbook: LawbookStamp,
    /// The editions of party lists that were used.
    pub register: Vec<EditionStamp>,
    /// Lists that rules ask for and that are not on this machine.
    pub lists_missing: Vec<String>,
    /// The signal for scripts: the first that any law gives in the fixed order.
    pub outcome: Outcome,
    /// The weakest that the open laws together could come to; null when nothing is open.
    pub best: Option<Outcome>,
    /// The strongest that the open laws together could come to; null when nothing is open.
    pub worst: Option<Outcome>,
    /// The first word for a busy person.
    pub first_word: FirstWord,
    /// The counts behind it, in words.
    pub summary: Vec<String>,
    /// The deal in a line.
    pub deal: String,
    /// Every party, screened.
    pub parties: Vec<PartyAnswer>,
    /// Every item, classified on every list.
    pub items: Vec<ItemAnswer>,
    /// Every law, side by side.
    pub laws: Vec<LawAnswer>,
    /// The missing facts as questions, the most decisive first.
    pub questions: Vec<Question>,
    /// What would change it: technical facts, content and legal facts only.
    pub would_change: Vec<Flip>,
    /// At most seven next steps.
    pub next: Vec<String>,
    /// What the reader should know of the data: marks of memory, unsigned judgements, stale lists.
    pub notices: Vec<String>,
}

/// The first word of an answer, by the strongest finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum FirstWord {
    /// Something is prohibited.
    Stop,
    /// A licence is needed, its denial presumed, or a decision must be awaited.
    Hold,
    /// Something is open, contested or not judged.
    Ask,
    /// Duties, or a general authorisation with its conditions.
    Do,
    /// Nothing was found by the laws and lists named.
    Noted,
}

impl FirstWord {
    /// The word for an outcome on top.
    #[must_use]
    pub fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Prohibited => Self::Stop,
            Outcome::LicencePresumptionOfDenial | Outcome::LicenceRequired | Outcome::NotifyAndWait => {
                Self::Hold
            }
            Outcome::Undetermined | Outcome::NotJudged | Outcome::Contested => Self::Ask,
            Outcome::AuthorisedGenerally | Outcome::DutyOnly => Self::Do,
            Outcome::NoRequirementFound | Outcome::OutOfScope => Self::Noted,
        }
    }

    /// In capitals.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Stop => "STOP",
            Self::Hold => "HOLD",
            Self::Ask => "ASK",
            Self::Do => "DO",
            Self::Noted => "NOTED",
        }
    }
}

/// Which lawbook was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LawbookStamp {
    /// Digest of the data it was made from.
    pub digest: String,
    /// The day to which its authors kept it.
    pub date: Day,
}

/// Which edition of a party list was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EditionStamp {
    /// The list.
    pub list: String,
    /// The edition's date, as exact as it is known.
    pub edition: String,
    /// Digest of its files.
    pub digest: String,
    /// Whether it is older than the list's limit on the day of the answer.
    pub stale: bool,
    /// Its age on that day.
    pub age_days: i64,
    /// A later file of this list was refused or held back: why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

/// How a party came out of screening.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PartyStatus {
    /// No list was there to screen it against.
    NotScreened,
    /// Nothing found.
    NoHit,
    /// Below the threshold, above the lower bound.
    Possible,
    /// Counts as the listed party until said otherwise.
    Hit,
}

/// One party, screened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PartyAnswer {
    /// Its role.
    pub role: String,
    /// Its name as the deal gives it.
    pub name: String,
    /// How it came out.
    pub status: PartyStatus,
    /// What was found.
    pub hits: Vec<Hit>,
}

/// One listed party found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hit {
    /// `publisher/list/native`.
    pub id: String,
    /// The listed name that fits best, verbatim.
    pub name: String,
    /// From 0 to 1.
    pub score: Score,
    /// Whether the threshold is reached.
    pub status: PartyStatus,
    /// Why.
    pub evidence: Vec<String>,
    /// What the listing orders; behind it what listings of other lists order that carry it out.
    pub measures: Vec<MeasureAnswer>,
    /// Listings of other lists that are likely of the same party.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub same_party: Vec<PartyLink>,
}

/// A score with four decimal places, so that answers are the same bytes everywhere.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Score(u32);

impl Score {
    /// From a score of 0 to 1.
    #[must_use]
    pub fn new(score: f64) -> Self {
        Self((score.clamp(0.0, 1.0) * 10_000.0).round() as u32)
    }

    /// As a number.
    #[must_use]
    pub fn get(self) -> f64 {
        f64::from(self.0) / 10_000.0
    }
}

impl std::fmt::Debug for Score {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.get())
    }
}

impl Serialize for Score {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_f64(self.get())
    }
}

/// One measure of a listing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MeasureAnswer {
    /// The list.
    pub list: String,
    /// On whose mandate.
    pub mandate: Mandate,
    /// Its status on the day: in_force, suspended, stopped, expired, removed, unconfirmed, contested.
    pub status: String,
    /// How the measure is tied to the listing: own, reference, inferred.
    pub link: String,
    /// Since when, if known.
    pub from: Option<String>,
    /// Until when, if known.
    pub until: Option<String>,
    /// The positions, where the status is contested.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub positions: Vec<PositionAnswer>,
    /// How well the mandate is known.
    pub evidence: Evidence,
    /// Programmes, as the list writes them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub programmes: Vec<String>,
    /// The acts on which it rests, in the list's words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub basis: Vec<String>,
    /// What it orders, in the list's words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<String>,
    /// Clauses by which it reaches beyond its author's territory or persons, in the list's words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reach: Vec<String>,
    /// What of the listing shows the mandate: field, annex, sheet, prefix, linked; none: nothing but the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shown_by: Option<String>,
    /// Why the status is what it is, where that needs a word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// For a measure that carries out the one of this hit: the listing of its own list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listing: Option<String>,
    /// For an inferred link: how likely the listings are of one party.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link_score: Option<Score>,
    /// What ties the listings.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub link_evidence: Vec<String>,
    /// What is odd about the reference that the list states: another case, another entry, none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slip: Option<String>,
}

impl MeasureAnswer {
    /// A measure that the list orders by itself, of which no more is known.
    #[must_use]
    pub fn new(list: &str, mandate: Mandate, status: MeasureStatus, evidence: Evidence) -> Self {
        Self {
            list: list.to_owned(),
            mandate,
            status: status.word().to_owned(),
            link: MeasureLink::Own.word().to_owned(),
            from: None,
            until: None,
            positions: Vec::new(),
            evidence,
            programmes: Vec::new(),
            basis: Vec::new(),
            effects: Vec::new(),
            reach: Vec::new(),
            shown_by: None,
            note: None,
            listing: None,
            link_score: None,
            link_evidence: Vec::new(),
            slip: None,
        }
    }
}

/// Another listing that is likely of the same party; each keeps its own measures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PartyLink {
    /// `publisher/list/native`.
    pub id: String,
    /// How the two were tied: inferred, or by reference where one publisher gives both the same number.
    pub link: String,
    /// How likely they are of one party.
    pub score: Score,
    /// Why.
    pub evidence: Vec<String>,
}

/// One position in a dispute, with what follows from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PositionAnswer {
    /// The position.
    pub position: String,
    /// Who holds it, in alphabetical order.
    pub holders: Vec<String>,
    /// What they hold.
    pub claim: String,
    /// The outcome that follows; null where it is about a single measure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// The weaker end, where even that is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub best: Option<Outcome>,
    /// The stronger end, where even that is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worst: Option<Outcome>,
    /// Where that is to be read.
    pub source: String,
}

/// One item, classified on every list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ItemAnswer {
    /// Its place in the deal, from 0.
    pub item: usize,
    /// In words.
    pub description: String,
    /// Per list.
    pub lists: BTreeMap<String, ListAnswer>,
}

/// One item on one list: three disjoint sets, and what has no executable form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ListAnswer {
    /// The edition of the list.
    pub edition: String,
    /// Provisions that name it.
    pub matched: Vec<Matched>,
    /// Provisions that would, and the note that takes it out.
    pub excluded: Vec<Excluded>,
    /// Provisions that are open.
    pub undetermined: Vec<Open>,
    /// Entries without executable form that do not rule it out.
    pub not_encoded: Vec<String>,
    /// What was claimed, and whether the facts bear it out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<Claim>,
}

/// A provision that names the item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Matched {
    /// The deepest provision met.
    pub entry: String,
    /// Its title in our own words.
    pub title: String,
    /// Where it was agreed.
    pub agreed_in: AgreedInSet,
    /// The deciding facts, each with its limit.
    pub because: Vec<String>,
    /// The same, in parts.
    pub limbs: Vec<LimbAnswer>,
    /// The reasons for control that the list states.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// Citation of the text.
    pub cite: String,
    /// How well it is known.
    pub evidence: Evidence,
}

/// One test of a provision, its fact beside its limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LimbAnswer {
    /// The list's own letter.
    pub label: String,
    /// The condition in words.
    pub condition: String,
    /// The fact's value; null when missing.
    pub value: Option<String>,
    /// met, not_met, open.
    pub result: String,
    /// Whose fact it is.
    pub source: Option<String>,
}

/// A provision that a note takes away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Excluded {
    /// The provision.
    pub entry: String,
    /// The note.
    pub by: String,
    /// The other head it leads to; null: out of the list.
    pub to: Option<String>,
}

/// A provision that is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Open {
    /// The provision.
    pub entry: String,
    /// Its title.
    pub title: String,
    /// Where it was agreed.
    pub agreed_in: AgreedInSet,
    /// Every fact that still matters.
    pub missing: Vec<String>,
    /// The smallest sets of facts that could settle it.
    pub settle: Vec<Vec<String>>,
    /// Its tests, met and open.
    pub limbs: Vec<LimbAnswer>,
    /// Reasons for control it would bring.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// Why a stated fact does not settle it (another measuring basis).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
}

/// A claimed entry, checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Claim {
    /// The entry as claimed.
    pub entry: String,
    /// borne_out, not_borne_out, open, not_checkable, unknown_entry.
    pub result: String,
}

/// One law.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LawAnswer {
    /// The pack, or the State's code where no pack holds its law.
    pub law: String,
    /// What it is called.
    pub title: String,
    /// Whose act imposes it.
    pub imposed_by: ImposedBy,
    /// By which links it reaches the deal.
    pub hook: Vec<HookKind>,
    /// The strongest of its items.
    pub outcome: Outcome,
    /// The weaker end where it is open.
    pub best: Option<Outcome>,
    /// The stronger end where it is open.
    pub worst: Option<Outcome>,
    /// What decided, in a few words.
    pub decided_by: String,
    /// Per item.
    pub by_item: Vec<ItemOutcome>,
    /// Requirements that fire.
    pub requirements: Vec<RequirementAnswer>,
    /// Authorisations considered.
    pub authorisations: Vec<AuthorisationAnswer>,
    /// Prohibitions that fire.
    pub prohibitions: Vec<RequirementAnswer>,
    /// Duties.
    pub duties: Vec<DutyAnswer>,
    /// Every fact that still matters.
    pub missing: Vec<String>,
    /// What was checked: rules by id.
    pub checked: Vec<String>,
    /// Parts of the law that the pack does not hold and that may bite here.
    pub gaps: Vec<GapAnswer>,
    /// Rules that would have fired but are stayed, not yet or no more in force.
    pub dormant: Vec<Dormant>,
    /// One row a position, where States differ.
    pub contested: Vec<PositionAnswer>,
    /// The day after which events are unknown to the pack; null without a pack.
    pub known_as_of: Option<Day>,
}

/// The outcome for one item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ItemOutcome {
    /// The item, from 0.
    pub item: usize,
    /// Its outcome under this law.
    pub outcome: Outcome,
    /// The weaker end where it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub best: Option<Outcome>,
    /// The stronger end where it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worst: Option<Outcome>,
}

/// A requirement or prohibition that fires, surely or perhaps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RequirementAnswer {
    /// Its name.
    pub id: String,
    /// What it asks for, as an outcome.
    pub effect: Outcome,
    /// The rule.
    pub rule: String,
    /// The item, from 0.
    pub item: usize,
    /// true, or unknown where a fact is missing.
    pub fires: String,
    /// Where States differ: the positions for which it fires, as `dispute:position`; empty: it fires for every one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub positions: Vec<String>,
    /// In our own words.
    pub says: String,
    /// On whose mandate.
    pub mandate: Mandate,
    /// The entry through which it fires; null where it does not rest on one.
    pub entry: Option<String>,
    /// All entries through which it fires, that one first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<String>,
    /// The authorisation that cancels it.
    pub cancelled_by: Option<String>,
    /// How applications are judged.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub policy: String,
    /// Who may exempt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exemption: Option<String>,
    /// How well the rule is known.
    pub evidence: Evidence,
    /// Since when it is in force.
    pub in_force: String,
}

/// An authorisation that was considered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuthorisationAnswer {
    /// Its name.
    pub id: String,
    /// The item, from 0.
    pub item: usize,
    /// applies, open, refused, not_encoded.
    pub status: String,
    /// What refused it or keeps it open.
    pub by: Vec<String>,
    /// Where it stands.
    pub cite: String,
    /// Its conditions of use.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub duties: Vec<String>,
}

/// Something to do besides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DutyAnswer {
    /// What.
    pub duty: String,
    /// The rule that asks for it.
    pub rule: String,
    /// Where it stands.
    pub cite: String,
}

/// A part of the law that is not in the pack and may bite here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GapAnswer {
    /// Its id.
    pub id: String,
    /// In our own words.
    pub says: String,
    /// Where it stands.
    pub cite: String,
    /// The strongest outcome it could give.
    pub worst: Outcome,
}

/// A rule that would have fired but is not in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dormant {
    /// The rule.
    pub rule: String,
    /// stayed, not_yet, lapsed.
    pub status: String,
    /// In our own words.
    pub says: String,
    /// Since or until when, by which act.
    pub when: String,
}

/// A missing fact as a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Question {
    /// The fact, as `missing` names it.
    pub fact: String,
    /// The question.
    pub ask: String,
    /// Who asks it: entries and rules.
    pub asked_by: Vec<String>,
}

/// A change that would alter the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Flip {
    /// The change.
    pub change: String,
    /// What would follow.
    pub then: String,
}
