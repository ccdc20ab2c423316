//! What is known when nuclear material moves from one State to another: facts with their sources, texts, and readings in dispute. It judges nothing.
//!
//! Pure evaluation of the rules that the data hold; the main type is [`Safeguards`]. Which treaties, materials, undertakings and conditions
//! there are is data, the same for every pair of States.

use std::collections::BTreeMap;

use comity_model::number::Number;
use comity_model::standing::{
    Condition, EnrichmentLimit, Material, MaterialKind, MaterialUse, Memory, Peaceful, Reading,
    SafeguardsRules, Side, SourceRef, States, StatusWord, TreatyRef, Undertaking, WeaponClass,
};
use comity_model::{Day, StateCode, Truth};

use super::{StandingEntry, StatusAnswer, standing, status};
use comity_model::standing::{Basis, Slot};

/// What a user tells of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Whether it holds.
    pub holds: bool,
    /// From where the user has it; none: without a source, which settles nothing.
    pub source: Option<String>,
}

/// One supply, as asked.
#[derive(Clone, Debug)]
pub struct Handover<'a> {
    /// The State that supplies.
    pub supplier: StateCode,
    /// The State that receives.
    pub recipient: StateCode,
    /// The id of the material.
    pub material: &'a str,
    /// Enrichment in per cent, exact.
    pub enrichment: Option<Number>,
    /// The id of the use.
    pub purpose: &'a str,
    /// The day.
    pub day: Day,
    /// Conditions and facts that the user tells, by id.
    pub told: &'a BTreeMap<String, Told>,
}

/// Why a supply cannot be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SafeguardsFault {
    /// The data hold no rules for this.
    NoRules,
    /// No such material; the ids there are.
    Material(Vec<String>),
    /// No such use; the ids there are.
    Purpose(Vec<String>),
    /// No such condition or fact; the ids there are.
    Told(String, Vec<String>),
    /// An enrichment that is no share between 0 and 100 per cent.
    Enrichment,
    /// An enrichment of a material that has none.
    NotEnriched(String),
    /// An enrichment that makes another thing of the material; both by name.
    Contrary(String, String),
}

/// What the material is.
#[derive(Clone, Debug)]
pub struct MaterialAnswer<'s> {
    /// The material.
    pub material: &'s Material,
    /// What its enrichment makes of it.
    pub limit: Option<&'s EnrichmentLimit>,
    /// What it is in law; none where the enrichment is not told.
    pub kind: Option<MaterialKind>,
}

/// What one State is and has joined.
#[derive(Clone, Debug)]
pub struct SideAnswer<'s> {
    /// The State.
    pub state: StateCode,
    /// What the treaty makes of it.
    pub class: WeaponClass,
    /// Its status in the treaty.
    pub treaty: StatusAnswer<'s>,
    /// Its membership of the organisation.
    pub organisation: StatusAnswer<'s>,
    /// Its part in the regimes of suppliers.
    pub regimes: Vec<StatusAnswer<'s>>,
    /// Its zone.
    pub zone: Vec<StandingEntry<'s>>,
}

/// Which agreement on safeguards a State has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// A comprehensive agreement is in force.
    Comprehensive,
    /// A voluntary offer of a nuclear-weapon State.
    Voluntary,
    /// An agreement on named items, as the user tells with a source.
    ItemSpecific,
    /// The data say that none is in force.
    None,
    /// Not known.
    Unknown,
}

impl Agreement {
    /// The word for text and JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Comprehensive => "comprehensive",
            Self::Voluntary => "voluntary_offer",
            Self::ItemSpecific => "item_specific",
            Self::None => "none",
            Self::Unknown => "unknown",
        }
    }
}

/// Whether an undertaking speaks of the supply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engaged {
    /// Its terms are met.
    Yes,
    /// One of them is not.
    No,
    /// One of them is not known.
    Unknown,
    /// All other terms are met, and States differ on whether the use is within its words.
    Disputed,
}

impl Engaged {
    /// The word for text and JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown => "unknown",
            Self::Disputed => "disputed",
        }
    }
}

/// An undertaking and whether it speaks of the supply.
#[derive(Clone, Debug)]
pub struct UndertakingAnswer<'s> {
    /// The undertaking.
    pub undertaking: &'s Undertaking,
    /// Whether it speaks of the supply.
    pub engaged: Engaged,
    /// Why, each term with its value: in the order of status, class, material, purpose.
    pub terms: Vec<(&'static str, Truth)>,
    /// The status that it rests on.
    pub status: StatusAnswer<'s>,
}

/// A condition as the user tells it.
#[derive(Clone, Debug)]
pub struct ConditionAnswer<'s> {
    /// The condition.
    pub condition: &'s Condition,
    /// Met, not met, or not known; what is told without a source is not known.
    pub met: Truth,
    /// What was told.
    pub told: Option<Told>,
}

/// All that is known of a supply.
#[derive(Clone, Debug)]
pub struct Safeguards<'s> {
    /// The day.
    pub day: Day,
    /// The rules that were asked.
    pub rules: &'s SafeguardsRules,
    /// The material.
    pub material: MaterialAnswer<'s>,
    /// The use.
    pub purpose: &'s MaterialUse,
    /// The State that supplies.
    pub supplier: SideAnswer<'s>,
    /// The State that receives.
    pub recipient: SideAnswer<'s>,
    /// Which agreement the recipient has.
    pub agreement: Agreement,
    /// Its status in the comprehensive agreement.
    pub comprehensive: StatusAnswer<'s>,
    /// Its voluntary offer.
    pub voluntary: StatusAnswer<'s>,
    /// Its additional protocol.
    pub protocol: StatusAnswer<'s>,
    /// Facts on the agreement that the user tells.
    pub agreement_facts: Vec<ConditionAnswer<'s>>,
    /// The undertakings.
    pub undertakings: Vec<UndertakingAnswer<'s>>,
    /// The conditions for leaving material outside of safeguards; empty where the use does not ask them.
    pub conditions: Vec<ConditionAnswer<'s>>,
    /// Readings in dispute; empty where the use raises none.
    pub readings: Vec<&'s Reading>,
}

/// Puts together what is known of a supply on a day.
///
/// # Errors
/// When the material, the use or a told fact is none of the data, or the enrichment is impossible.
pub fn safeguards<'s>(states: &'s States, asked: &Handover<'_>) -> Result<Safeguards<'s>, SafeguardsFault> {
    let rules = states.safeguards.as_ref().ok_or(SafeguardsFault::NoRules)?;
    let material = find_material(rules, asked)?;
    let purpose = rules
        .uses
        .iter()
        .find(|u| u.id == asked.purpose)
        .ok_or_else(|| SafeguardsFault::Purpose(rules.uses.iter().map(|u| u.id.clone()).collect()))?;
    let known = || rules.conditions.iter().chain(&rules.agreement_facts);
    if let Some(name) = asked.told.keys().find(|name| !known().any(|c| c.id == **name)) {
        return Err(SafeguardsFault::Told(name.clone(), known().map(|c| c.id.clone()).collect()));
    }

    let day = asked.day;
    let of = |state: StateCode, treaty: TreatyRef| status(states, state, treaty, day);
    let supplier = side(states, rules, asked.supplier, day);
    let recipient = side(states, rules, asked.recipient, day);
    let comprehensive = of(asked.recipient, rules.comprehensive);
    let voluntary = of(asked.recipient, rules.voluntary);
    let agreement_facts = answers(&rules.agreement_facts, asked.told);
    let item_specific = agreement_facts.iter().any(|f| f.met == Truth::True);
    let agreement = agreement(&recipient, &comprehensive, &voluntary, item_specific);
    let undertakings = rules
        .undertakings
        .iter()
        .map(|u| undertaking(u, &supplier, &recipient, &material, purpose, states, day))
        .collect();
    let disputed = purpose.peaceful == Peaceful::Disputed;
    Ok(Safeguards {
        day,
        rules,
        material,
        purpose,
        agreement,
        comprehensive,
        voluntary,
        protocol: of(asked.recipient, rules.protocol),
        agreement_facts,
        undertakings,
        conditions: if purpose.conditions { answers(&rules.conditions, asked.told) } else { Vec::new() },
        readings: rules.readings.iter().filter(|_| disputed || purpose.conditions).collect(),
        supplier,
        recipient,
    })
}

fn find_material<'s>(
    rules: &'s SafeguardsRules,
    asked: &Handover<'_>,
) -> Result<MaterialAnswer<'s>, SafeguardsFault> {
    let material =
        rules.materials.iter().find(|m| m.id == asked.material).ok_or_else(|| {
            SafeguardsFault::Material(rules.materials.iter().map(|m| m.id.clone()).collect())
        })?;
    let Some(share) = &asked.enrichment else {
        return Ok(MaterialAnswer { material, limit: None, kind: material.kind });
    };
    if share.is_negative() || *share > Number::from(100) {
        return Err(SafeguardsFault::Enrichment);
    }
    // Only a material whose kind is open, or that is special fissionable by its enrichment, has limits.
    let enriched =
        material.kind.is_none() || rules.materials.iter().any(|m| m.kind.is_none() && names(material, m));
    if !enriched {
        return Err(SafeguardsFault::NotEnriched(material.id.clone()));
    }
    let limit = rules.enrichment.iter().rfind(|limit| limit.from <= *share);
    if let (Some(kind), Some(limit)) = (material.kind, limit)
        && kind != limit.kind
    {
        return Err(SafeguardsFault::Contrary(material.title.clone(), limit.title.clone()));
    }
    let kind = material.kind.or_else(|| limit.map(|l| l.kind));
    Ok(MaterialAnswer { material, limit, kind })
}

/// Whether the id of a material ends with that of another: a kind of it.
fn names(kind: &Material, of: &Material) -> bool {
    kind.id.strip_suffix(of.id.as_str()).is_some_and(|rest| rest.ends_with('-'))
}

fn side<'s>(states: &'s States, rules: &SafeguardsRules, state: StateCode, day: Day) -> SideAnswer<'s> {
    let class = if rules.weapon_states.contains(&state) {
        WeaponClass::NuclearWeapon
    } else {
        WeaponClass::NonNuclearWeapon
    };
    let zone = Basis { id: String::new(), title: String::new(), slots: vec![Slot::Zone] };
    SideAnswer {
        state,
        class,
        treaty: status(states, state, rules.treaty, day),
        organisation: status(states, state, rules.organisation, day),
        regimes: rules.regimes.iter().map(|r| status(states, state, *r, day)).collect(),
        zone: standing(states, state, day, &zone),
    }
}

/// Which agreement there is; each word rests on a settled status only.
fn agreement(
    recipient: &SideAnswer<'_>,
    comprehensive: &StatusAnswer<'_>,
    voluntary: &StatusAnswer<'_>,
    item_specific: bool,
) -> Agreement {
    let offered = voluntary.is(StatusWord::InForce);
    if comprehensive.is(StatusWord::InForce) == Truth::True {
        Agreement::Comprehensive
    } else if recipient.class == WeaponClass::NuclearWeapon && offered == Truth::True {
        Agreement::Voluntary
    } else if item_specific {
        Agreement::ItemSpecific
    } else if comprehensive.word() == StatusWord::NotInForce && comprehensive.memory.settles() {
        Agreement::None
    } else {
        // Without a row there may still be an agreement on named items.
        Agreement::Unknown
    }
}

fn undertaking<'s>(
    undertaking: &'s Undertaking,
    supplier: &SideAnswer<'s>,
    recipient: &SideAnswer<'s>,
    material: &MaterialAnswer<'_>,
    purpose: &MaterialUse,
    states: &'s States,
    day: Day,
) -> UndertakingAnswer<'s> {
    let own = match undertaking.side {
        Side::Supplier => supplier,
        Side::Recipient => recipient,
    };
    let answer = status(states, own.state, undertaking.by, day);
    let bound = if undertaking.binds {
        answer.is(StatusWord::Party)
    } else {
        answer.is(StatusWord::Participant).or(answer.is(StatusWord::Member))
    };
    let class = undertaking.of.is_none_or(|c| c == own.class)
        && undertaking.recipient.is_none_or(|c| c == recipient.class);
    let kind = match material.kind {
        _ if undertaking.kinds.is_empty() => Truth::True,
        Some(kind) => Truth::from(undertaking.kinds.contains(&kind)),
        None => Truth::Unknown,
    };
    let mut terms = vec![("status", bound), ("class", Truth::from(class)), ("material", kind)];
    let mut disputed = false;
    if undertaking.peaceful_only {
        let peaceful = match purpose.peaceful {
            Peaceful::Yes => Truth::True,
            Peaceful::Unknown => Truth::Unknown,
            Peaceful::Disputed => {
                disputed = true;
                Truth::Unknown
            }
        };
        terms.push(("purpose", peaceful));
    }
    let others = terms.iter().filter(|(name, _)| !(disputed && *name == "purpose"));
    let engaged = match others.fold(Truth::True, |all, (_, term)| all.and(*term)) {
        Truth::True if disputed => Engaged::Disputed,
        Truth::True => Engaged::Yes,
        Truth::False => Engaged::No,
        Truth::Unknown => Engaged::Unknown,
    };
    UndertakingAnswer { undertaking, engaged, terms, status: answer }
}

fn answers<'s>(conditions: &'s [Condition], told: &BTreeMap<String, Told>) -> Vec<ConditionAnswer<'s>> {
    conditions
        .iter()
        .map(|condition| {
            let told = told.get(&condition.id).cloned();
            let met = match &told {
                Some(told) if told.source.is_some() => Truth::from(told.holds),
                _ => Truth::Unknown,
            };
            ConditionAnswer { condition, met, told }
        })
        .collect()
}

impl Safeguards<'_> {
    /// The conditions that are not known, for the list of what to find out.
    pub fn open(&self) -> impl Iterator<Item = &ConditionAnswer<'_>> {
        self.conditions.iter().filter(|c| c.met == Truth::Unknown)
    }

    /// Every source that the texts cite, each once, in the order of first use; those of statuses stand with them.
    #[must_use]
    pub fn sources(&self) -> Vec<SourceRef> {
        let mut out: Vec<SourceRef> = Vec::new();
        let cited = [self.rules.weapon_source, self.material.material.source]
            .into_iter()
            .chain(self.material.limit.map(|l| l.source))
            .chain(self.undertakings.iter().map(|u| u.undertaking.source))
            .chain(self.agreement_facts.iter().chain(&self.conditions).map(|c| c.condition.source))
            .chain(self.readings.iter().map(|r| r.source));
        for source in cited {
            if !out.contains(&source) {
                out.push(source);
            }
        }
        out
    }

    /// Whether anything rests on memory alone or on unverified facts.
    #[must_use]
    pub fn memory(&self, states: &States) -> Memory {
        let texts = self.sources().into_iter().filter_map(|s| states.source(s)).map(|s| s.memory);
        let sides = [&self.supplier, &self.recipient]
            .into_iter()
            .flat_map(|s| [&s.treaty, &s.organisation].into_iter().chain(&s.regimes))
            .chain([&self.comprehensive, &self.voluntary, &self.protocol])
            .map(|a| a.memory);
        texts.chain(sides).max().unwrap_or(Memory::No)
    }
}
