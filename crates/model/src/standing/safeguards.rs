//! What is asked when nuclear material moves between two States, as data: which treaties are meant, kinds of material and use, undertakings of
//! supply, conditions to be filled in, and readings that States dispute.

use serde::{Deserialize, Serialize};

use super::{SourceRef, TreatyRef};
use crate::mandate::words;
use crate::number::Number;
use crate::place::StateCode;

words! {
    /// What a material is in law.
    MaterialKind, "kind of material" {
        /// Source material.
        Source = "source",
        /// Special fissionable material.
        SpecialFissionable = "special_fissionable",
        /// Equipment or material for processing, use or production of special fissionable material.
        Equipment = "equipment",
        /// None of these.
        Other = "other",
    }
}

words! {
    /// Whether a use is peaceful in the sense of the undertakings.
    Peaceful, "kind of use" {
        /// A peaceful use.
        Yes = "yes",
        /// States differ on whether the words cover it.
        Disputed = "disputed",
        /// Not told.
        Unknown = "unknown",
    }
}

words! {
    /// Whose duty something is.
    Side, "side" {
        /// The State that supplies.
        Supplier = "supplier",
        /// The State that receives.
        Recipient = "recipient",
    }
}

words! {
    /// What the recipient is under the treaty.
    WeaponClass, "class of State" {
        /// A nuclear-weapon State, as the treaty defines it.
        NuclearWeapon = "nuclear_weapon",
        /// Any other State.
        NonNuclearWeapon = "non_nuclear_weapon",
    }
}

/// A kind of material that may move.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Material {
    /// Its id.
    pub id: String,
    /// For a reader.
    pub title: String,
    /// What it is in law; none where that depends on the enrichment.
    pub kind: Option<MaterialKind>,
    /// Where that stands.
    pub cite: String,
    /// The source.
    pub source: SourceRef,
}

/// A limit of enrichment and what material is called from there on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrichmentLimit {
    /// From this share of the isotope on, in per cent.
    pub from: Number,
    /// What it is called.
    pub title: String,
    /// What it is in law.
    pub kind: MaterialKind,
    /// Where that stands.
    pub cite: String,
    /// The source.
    pub source: SourceRef,
}

/// A use of the material.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaterialUse {
    /// Its id.
    pub id: String,
    /// For a reader.
    pub title: String,
    /// Whether it is peaceful.
    pub peaceful: Peaceful,
    /// Whether the conditions for leaving material outside of safeguards are asked.
    pub conditions: bool,
}

/// An undertaking that supply of the material may engage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undertaking {
    /// Its id.
    pub id: String,
    /// For a reader.
    pub title: String,
    /// What it asks, in our words.
    pub says: String,
    /// Where it stands.
    pub cite: String,
    /// Whose undertaking it is.
    pub side: Side,
    /// The treaty to which that side must be party, or the regime in which it must take part.
    pub by: TreatyRef,
    /// What that side must be for the undertaking to be its own; none: anything.
    pub of: Option<WeaponClass>,
    /// What the recipient must be; none: anything.
    pub recipient: Option<WeaponClass>,
    /// What the material must be; empty: anything.
    pub kinds: Vec<MaterialKind>,
    /// Whether it speaks of peaceful purposes only.
    pub peaceful_only: bool,
    /// Whether it binds in law.
    pub binds: bool,
    /// The source.
    pub source: SourceRef,
}

/// A condition that is met, not met or unknown, as the user tells with a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// Its id, the name under which the fact is told.
    pub id: String,
    /// What must hold, in our words.
    pub says: String,
    /// Where it stands.
    pub cite: String,
    /// The source.
    pub source: SourceRef,
}

/// One reading of a text on which States differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The question.
    pub question: String,
    /// Its id under that question.
    pub id: String,
    /// What it holds, in our words.
    pub claim: String,
    /// Who holds it, in alphabetical order; empty: not established in the data.
    pub holders: Vec<String>,
    /// The source.
    pub source: SourceRef,
}

/// Which treaties and tables the questions of safeguards are asked of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SafeguardsRules {
    /// The treaty that ties supply to safeguards.
    pub treaty: TreatyRef,
    /// The comprehensive agreement.
    pub comprehensive: TreatyRef,
    /// The voluntary offer of a nuclear-weapon State.
    pub voluntary: TreatyRef,
    /// The additional protocol.
    pub protocol: TreatyRef,
    /// The organisation that applies safeguards.
    pub organisation: TreatyRef,
    /// Regimes of suppliers.
    pub regimes: Vec<TreatyRef>,
    /// The nuclear-weapon States, as the treaty defines them.
    pub weapon_states: Vec<StateCode>,
    /// Where the definition stands.
    pub weapon_cite: String,
    /// The source of the list.
    pub weapon_source: SourceRef,
    /// Kinds of material.
    pub materials: Vec<Material>,
    /// Limits of enrichment, the lowest first.
    pub enrichment: Vec<EnrichmentLimit>,
    /// Uses.
    pub uses: Vec<MaterialUse>,
    /// Undertakings of supply.
    pub undertakings: Vec<Undertaking>,
    /// Facts on the recipient's agreement that no table holds.
    pub agreement_facts: Vec<Condition>,
    /// Conditions for leaving material outside of safeguards.
    pub conditions: Vec<Condition>,
    /// Readings in dispute.
    pub readings: Vec<Reading>,
}
