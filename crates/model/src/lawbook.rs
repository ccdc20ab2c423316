//! The lawbook: all packs, control lists, States, treaties, units and sources of party lists, compiled and checked, stamped with a digest.
//!
//! Its stored form is a head, a table of sections and the sections. Opening it reads the head; a section is decoded when it is first asked
//! for. Several lawbooks can be open beside each other.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::assistance::Assistance;
use crate::control::{ClassTree, ControlList};
use crate::date::{Day, Period};
use crate::fact::FactDef;
use crate::list_source::ListSources;
use crate::mandate::{AgreedInSet, Evidence, Ground, ImposedBy};
use crate::r1540::R1540;
use crate::rule::{Dispute, Pack};
use crate::standing::States;
use crate::unit::UnitTable;

/// How entries of a party list show their mandates: one dated row (`data/lists/mandates/`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListMandate {
    /// What of a listing it looks at.
    pub field: MandateField,
    /// The value of that field; empty: any.
    pub key: String,
    /// When it holds.
    pub period: Period,
    /// Whose act the measure is, where it is not that of the list's authority.
    pub imposed_by: Option<ImposedBy>,
    /// Where the measure was agreed.
    pub agreed_in: AgreedInSet,
    /// The instrument; empty: the one that the listing itself names.
    pub instrument: String,
    /// The grounds; empty: not established.
    pub ground: Vec<Ground>,
    /// What its measures are on those days.
    pub status: RowStatus,
    /// The dispute on which its force depends, with the positions for which it is in force.
    pub dispute: Option<(String, Vec<String>)>,
    /// How well the row is known.
    pub evidence: Evidence,
    /// Where it stands.
    pub source: String,
}

/// What of a listing shows its mandate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MandateField {
    /// The letters before the first digit, blank or point of its native id, less the last one that tells persons from bodies.
    Prefix,
    /// Its programme.
    Programme,
    /// The entry that it names of the list it refers to: the key is the prefix of that entry's id.
    Reference,
    /// Any listing of the list.
    Any,
}

/// What the measures of a row are in its period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowStatus {
    /// In force.
    InForce,
    /// Ended.
    Removed,
    /// States differ.
    Contested,
}

/// What every question needs: units, facts, classes, disputes, party lists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basics {
    /// Units of measurement.
    pub units: UnitTable,
    /// Facts of items, by name.
    pub item_facts: BTreeMap<String, FactDef>,
    /// Facts of deals and parties that rules ask for, by name.
    pub deal_facts: BTreeMap<String, FactDef>,
    /// Classes of item.
    pub classes: ClassTree,
    /// Questions on which States differ.
    pub disputes: Vec<Dispute>,
    /// Sources of party lists.
    pub sources: ListSources,
    /// How listings show their mandates, by list.
    pub mandates: BTreeMap<String, Vec<ListMandate>>,
}

/// A compiled lawbook.
#[derive(Debug)]
pub struct Lawbook {
    digest: String,
    date: Day,
    bytes: Cow<'static, [u8]>,
    sections: [(usize, usize); SECTIONS],
    basics: OnceLock<Basics>,
    controls: OnceLock<Vec<ControlList>>,
    packs: OnceLock<Vec<Pack>>,
    states: OnceLock<States>,
    r1540: OnceLock<R1540>,
    assistance: OnceLock<Assistance>,
}

const MAGIC: &[u8; 8] = b"COMITYLB";
/// Rises with every change of the stored form.
const FORM: u32 = 2;
const SECTIONS: usize = 6;
const HEAD: usize = 8 + 4 + 4 + 32 + SECTIONS * 8;

/// Why a stored lawbook cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LawbookFault {
    /// The bytes are no lawbook.
    #[error("these bytes are no lawbook")]
    NoLawbook,
    /// Another form.
    #[error("the lawbook has form {seen}, this program reads form {FORM}; compile it again")]
    OtherForm {
        /// The form found.
        seen: u32,
    },
    /// Damaged.
    #[error("the lawbook is damaged in section {section}")]
    Damaged {
        /// Which section.
        section: &'static str,
    },
}

/// The parts of a lawbook, before they are stored.
#[derive(Debug, Default)]
pub struct Parts {
    /// Units, facts, classes, disputes, party lists.
    pub basics: Basics,
    /// Control lists, by id.
    pub controls: Vec<ControlList>,
    /// Packs, in the one order for all.
    pub packs: Vec<Pack>,
    /// States and treaties.
    pub states: States,
    /// The matrix of the resolution.
    pub r1540: R1540,
    /// Assistance: topics, requests, offers, procedures, tags.
    pub assistance: Assistance,
}

impl Parts {
    /// The stored form.
    ///
    /// # Errors
    /// When a part is too large for the form.
    pub fn store(&self, digest: [u8; 32], date: Day) -> Result<Vec<u8>, LawbookFault> {
        fn section<T: Serialize>(value: &T, section: &'static str) -> Result<Vec<u8>, LawbookFault> {
            postcard::to_stdvec(value).map_err(|_| LawbookFault::Damaged { section })
        }
        let sections = [
            section(&self.basics, "basics")?,
            section(&self.controls, "controls")?,
            section(&self.packs, "packs")?,
            section(&self.states, "states")?,
            section(&self.r1540, "r1540")?,
            section(&self.assistance, "assistance")?,
        ];
        let mut bytes = Vec::with_capacity(HEAD + sections.iter().map(Vec::len).sum::<usize>());
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&FORM.to_le_bytes());
        bytes.extend_from_slice(&date.number().to_le_bytes());
        bytes.extend_from_slice(&digest);
        let mut at = HEAD;
        for section in &sections {
            for number in [at, section.len()] {
                let number = u32::try_from(number).map_err(|_| LawbookFault::Damaged { section: "head" })?;
                bytes.extend_from_slice(&number.to_le_bytes());
            }
            at += section.len();
        }
        for section in sections {
            bytes.extend_from_slice(&section);
        }
        Ok(bytes)
    }
}

impl Lawbook {
    /// Opens a stored lawbook. Only the head is read.
    ///
    /// # Errors
    /// When the bytes are no lawbook, or one of another form.
    pub fn open(bytes: impl Into<Cow<'static, [u8]>>) -> Result<Self, LawbookFault> {
        let bytes = bytes.into();
        let number = |at: usize| -> Result<u32, LawbookFault> {
            let four =
                bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).ok_or(LawbookFault::NoLawbook)?;
            Ok(u32::from_le_bytes(four))
        };
        if bytes.get(..8) != Some(MAGIC) {
            return Err(LawbookFault::NoLawbook);
        }
        let seen = number(8)?;
        if seen != FORM {
            return Err(LawbookFault::OtherForm { seen });
        }
        let date =
            Day::from_number(number(12)?.cast_signed()).ok_or(LawbookFault::Damaged { section: "head" })?;
        let digest = bytes
            .get(16..48)
            .ok_or(LawbookFault::NoLawbook)?
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let mut sections = [(0, 0); SECTIONS];
        for (index, section) in sections.iter_mut().enumerate() {
            let (at, length) = (number(48 + index * 8)? as usize, number(52 + index * 8)? as usize);
            if at.checked_add(length).is_none_or(|end| end > bytes.len()) {
                return Err(LawbookFault::Damaged { section: "head" });
            }
            *section = (at, length);
        }
        Ok(Self {
            digest,
            date,
            bytes,
            sections,
            basics: OnceLock::new(),
            controls: OnceLock::new(),
            packs: OnceLock::new(),
            states: OnceLock::new(),
            r1540: OnceLock::new(),
            assistance: OnceLock::new(),
        })
    }

    /// Decodes every section, so that later questions cannot meet damage.
    ///
    /// # Errors
    /// When a section is damaged.
    pub fn verify(&self) -> Result<(), LawbookFault> {
        self.decode::<Basics>(0, "basics")?;
        self.decode::<Vec<ControlList>>(1, "controls")?;
        self.decode::<Vec<Pack>>(2, "packs")?;
        self.decode::<States>(3, "states")?;
        self.decode::<R1540>(4, "r1540")?;
        self.decode::<Assistance>(5, "assistance").map(|_| ())
    }

    fn decode<T: DeserializeOwned>(&self, index: usize, section: &'static str) -> Result<T, LawbookFault> {
        let damaged = LawbookFault::Damaged { section };
        let (at, length) = *self.sections.get(index).ok_or(damaged.clone())?;
        let bytes = self.bytes.get(at..at + length).ok_or(damaged.clone())?;
        postcard::from_bytes(bytes).map_err(|_| damaged)
    }

    /// Digest of the data it was compiled from, in hexadecimal digits.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The day to which its authors kept it.
    #[must_use]
    pub fn date(&self) -> Day {
        self.date
    }

    /// Units, facts, classes, disputes, party lists. Empty when the section is damaged, which [`Lawbook::verify`] tells.
    #[must_use]
    pub fn basics(&self) -> &Basics {
        self.basics.get_or_init(|| self.decode(0, "basics").unwrap_or_default())
    }

    /// The control lists.
    #[must_use]
    pub fn controls(&self) -> &[ControlList] {
        self.controls.get_or_init(|| self.decode(1, "controls").unwrap_or_default())
    }

    /// The control list of that id.
    #[must_use]
    pub fn control(&self, id: &str) -> Option<&ControlList> {
        self.controls().iter().find(|list| list.id == id)
    }

    /// The packs, in the one order for all: Council, treaties, unions, then States by code.
    #[must_use]
    pub fn packs(&self) -> &[Pack] {
        self.packs.get_or_init(|| self.decode(2, "packs").unwrap_or_default())
    }

    /// The pack of that id.
    #[must_use]
    pub fn pack(&self, id: &str) -> Option<&Pack> {
        self.packs().iter().find(|pack| pack.id == id)
    }

    /// States and treaties.
    #[must_use]
    pub fn states(&self) -> &States {
        self.states.get_or_init(|| self.decode(3, "states").unwrap_or_default())
    }

    /// The matrix of the resolution: fields, legend, what is known.
    #[must_use]
    pub fn r1540(&self) -> &R1540 {
        self.r1540.get_or_init(|| self.decode(4, "r1540").unwrap_or_default())
    }

    /// Assistance: topics, requests, offers, procedures, calendars, tags of emerging technologies.
    #[must_use]
    pub fn assistance(&self) -> &Assistance {
        self.assistance.get_or_init(|| self.decode(5, "assistance").unwrap_or_default())
    }

    /// The dispute of that id.
    #[must_use]
    pub fn dispute(&self, id: &str) -> Option<&Dispute> {
        self.basics().disputes.iter().find(|dispute| dispute.id == id)
    }
}
