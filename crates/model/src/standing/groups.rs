//! Groups of States and territories: the groups of the United Nations, regions, and categories of development. A group says nothing on any
//! treaty; it only orders tables.

use serde::{Deserialize, Serialize};

use super::{SourceRef, States};
use crate::date::DateValue;
use crate::mandate::words;
use crate::place::StateCode;

words! {
    /// What a group is.
    GroupKind, "kind of group" {
        /// A regional group of the United Nations; a State is in one at most.
        Regional = "regional",
        /// A region of the statistical table of the United Nations; a place is in one at most.
        Region = "region",
        /// A part of a region; a place is in one at most.
        Subregion = "subregion",
        /// A category of development; a place may be in several.
        Category = "category",
    }
}

/// A group of States and territories.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its id, capital letters, digits and hyphens.
    pub id: String,
    /// What it is.
    pub kind: GroupKind,
    /// For a reader.
    pub title: String,
    /// The group that it is a part of; empty: none.
    pub within: String,
    /// Where the members come from.
    pub source: SourceRef,
    /// The date of that source.
    pub as_of: DateValue,
    /// States and territories, by code.
    pub members: Vec<StateCode>,
}

impl States {
    /// A group by its id; case does not matter.
    #[must_use]
    pub fn group(&self, id: &str) -> Option<&Group> {
        self.groups.iter().find(|g| g.id.eq_ignore_ascii_case(id))
    }

    /// The groups in which a State or territory is, in the order of the data.
    pub fn groups_of(&self, code: StateCode) -> impl Iterator<Item = &Group> {
        self.groups.iter().filter(move |g| g.members.binary_search(&code).is_ok())
    }
}
