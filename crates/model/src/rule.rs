//! Packs: the law of one jurisdiction as data. Hooks say why a law reaches a deal; rules create requirements, prohibitions,
//! authorisations, restrictions and duties; gaps name what the pack does not hold.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::date::{Day, Period};
use crate::expr::Expr;
use crate::mandate::{AgreedInSet, Evidence, Ground, ImposedBy, words};
use crate::place::StateCode;

words! {
    /// Why a law reaches a deal.
    HookKind, "hook" {
        /// It happens on the territory.
        Territory = "territory",
        /// Who acts is a national or resident.
        Nationality = "nationality",
        /// The item comes from there.
        Origin = "origin",
        /// The item has content from there.
        Content = "content",
        /// The item is the direct product of technology from there.
        DirectProduct = "direct_product",
        /// It passes through.
        Transit = "transit",
        /// It is arranged from there.
        Brokering = "brokering",
        /// Assistance is given from there.
        TechnicalAssistance = "technical_assistance",
        /// It is released to a foreign person there.
        Deemed = "deemed",
        /// A party is under a measure of that law.
        Party = "party",
    }
}

words! {
    /// What a law answers for a deal. The order is that of the burden.
    Outcome, "outcome" {
        /// No hook reaches the deal.
        OutOfScope = "out_of_scope",
        /// Nothing was found among what was checked.
        NoRequirementFound = "no_requirement_found",
        /// Something must be declared, reported or kept.
        DutyOnly = "duty_only",
        /// A general authorisation covers it, under its conditions.
        AuthorisedGenerally = "authorised_generally",
        /// States differ on a rule that decides.
        Contested = "contested",
        /// Another authority is competent, or no pack holds this law.
        NotJudged = "not_judged",
        /// Facts are missing.
        Undetermined = "undetermined",
        /// Tell the authority and wait for its decision.
        NotifyAndWait = "notify_and_wait",
        /// A licence is needed.
        LicenceRequired = "licence_required",
        /// A licence is needed and its denial presumed.
        LicencePresumptionOfDenial = "licence_presumption_of_denial",
        /// It is forbidden.
        Prohibited = "prohibited",
    }
}

impl Outcome {
    /// In words for people.
    #[must_use]
    pub fn text(self) -> String {
        self.word().replace('_', " ")
    }
}

/// The law of one jurisdiction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pack {
    /// Its id: that of a body, or a State's code in small letters.
    pub id: String,
    /// Whose acts it holds.
    pub authority: ImposedBy,
    /// Its title.
    pub title: String,
    /// For a national pack: its State.
    pub state: Option<StateCode>,
    /// Events after this day are unknown to it.
    pub known_as_of: Day,
    /// Its control list.
    pub list: Option<String>,
    /// The territory of the jurisdiction, by State and period.
    pub area: Vec<(StateCode, Period)>,
    /// Names of the licensing authorities, by State.
    pub licensing: BTreeMap<StateCode, String>,
    /// Texts that it rests on.
    pub sources: Vec<PackSource>,
    /// Why it reaches a deal.
    pub hooks: Vec<Hook>,
    /// What it does not hold.
    pub gaps: Vec<Gap>,
    /// Authorisations known, not yet executable.
    pub reliefs: Vec<Relief>,
    /// Its rules.
    pub rules: Vec<Rule>,
    /// Its tables.
    pub tables: BTreeMap<String, Table>,
}

/// A text on which a pack rests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackSource {
    /// Short id.
    pub id: String,
    /// Title.
    pub title: String,
    /// State of the text.
    pub as_of: String,
    /// Public address; may be empty.
    pub address: String,
}

/// Why a law reaches a deal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hook {
    /// Its id in the pack.
    pub id: String,
    /// What kind of link.
    pub kind: HookKind,
    /// When it links.
    pub when: Expr,
    /// The condition as written.
    pub text: String,
    /// Where it stands.
    pub cite: String,
    /// In our own words.
    pub says: String,
    /// How well it is known.
    pub evidence: Evidence,
}

/// A part of the law that no rule here holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Its id.
    pub id: String,
    /// Where the missing part stands.
    pub cite: String,
    /// In our own words.
    pub says: String,
    /// Where it may bite.
    pub when: Expr,
    /// The strongest outcome that it could give.
    pub worst: Outcome,
    /// Indexes of the hooks by which it would reach; empty: any of the pack.
    pub hooks: Vec<u16>,
    /// The dispute on which its force depends, with the positions for which it is in force.
    pub dispute: Option<(String, Vec<String>)>,
}

/// An authorisation that is known and not yet executable: relief to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relief {
    /// Its id.
    pub id: String,
    /// Where it stands.
    pub cite: String,
    /// In our own words.
    pub says: String,
    /// Requirements it could cancel; empty: any of the pack.
    pub cancels: Vec<String>,
    /// Where it may fit at all.
    pub when: Expr,
}

/// What a rule does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Effect {
    /// A licence is needed, under this name.
    RequireLicence(String),
    /// A licence for a transfer inside of the union is needed.
    RequireTransferLicence(String),
    /// A licence is needed, and its denial presumed.
    PresumptionOfDenial(String),
    /// The authority must be told, and decides.
    NotifyAndWait(String),
    /// It is forbidden.
    Prohibit(String),
    /// A general authorisation cancels the named requirements.
    Authorise {
        /// Its name.
        name: String,
        /// Requirements that it cancels.
        cancels: Vec<String>,
    },
    /// Removes authorisations.
    Restrict(Vec<String>),
    /// Something must be done besides.
    Duty(String),
    /// Another authority is competent.
    OtherAuthority(String),
}

/// A stay of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stay {
    /// First and last day.
    pub period: Period,
    /// The act that stays it.
    pub by: String,
    /// Whether the last day is surely included.
    pub end: EndOfStay,
}

/// How the last day of a stay counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndOfStay {
    /// The last day is stayed.
    Inclusive,
    /// The last day is not stayed.
    Exclusive,
    /// The text does not tell: that day is unconfirmed.
    Unclear,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// Where it stands.
    pub cite: String,
    /// In our own words.
    pub says: String,
    /// Where its content was agreed.
    pub agreed_in: AgreedInSet,
    /// The content was agreed where the matched entry's was.
    pub agreed_in_entry: bool,
    /// The content was agreed where the measure of the listing was, which also tells the ground.
    pub agreed_in_listing: bool,
    /// The grounds its author states, the main one first.
    pub ground: Vec<Ground>,
    /// Whose act it is.
    pub imposed_by: ImposedBy,
    /// Indexes of the hooks by which it reaches.
    pub hooks: Vec<u16>,
    /// When it is in force.
    pub in_force: Period,
    /// When it is stayed.
    pub stays: Vec<Stay>,
    /// The dispute on which its force depends, with the positions for which it is in force.
    pub dispute: Option<(String, Vec<String>)>,
    /// When it fires.
    pub when: Expr,
    /// The condition as written.
    pub text: String,
    /// What it does.
    pub effect: Effect,
    /// How well it is known.
    pub evidence: Evidence,
    /// Where the fact was taken from.
    pub source: String,
    /// Whether a paragraph of the Council decides or calls upon.
    pub binding: Option<String>,
    /// How applications are judged.
    pub policy: String,
    /// Duties that come with it.
    pub duties: Vec<String>,
    /// Who may exempt, and how.
    pub exemption: Option<String>,
    /// The next step for the user, a verb first.
    pub next: Option<String>,
    /// A short operative phrase in the original language.
    pub quote: String,
    /// Whether it depends on the item.
    pub per_item: bool,
    /// File and line where it stands in the data.
    pub place: String,
}

/// A table of a pack: rows by key, marks by column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its columns.
    pub columns: Vec<String>,
    /// Marks by key, one bit a column; where a row is dated, so are its marks.
    pub rows: BTreeMap<String, Vec<(Period, u64)>>,
    /// What a key without a row means.
    pub miss: Miss,
    /// Keys that take the row of another.
    pub inherit: BTreeMap<String, String>,
    /// Keys whose cells mean nothing: they point to another part of the law.
    pub pointers: Vec<String>,
    /// Where it was taken from.
    pub source: String,
}

/// What a key without a row means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Miss {
    /// Not marked.
    False,
    /// Not known.
    Unknown,
}

/// A question on which States differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// Its id.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// The positions, at least two.
    pub positions: Vec<Position>,
}

/// One position in a dispute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Its id in the dispute.
    pub id: String,
    /// Who holds it, in alphabetical order.
    pub holders: Vec<String>,
    /// What they hold, in our own neutral words.
    pub claim: String,
    /// Where that is to be read.
    pub source: String,
    /// As of when.
    pub as_of: String,
}
