//! The table of sources of party lists: which lists there are, who publishes them, in which forms, and where.
//!
//! A [`ListSource`] is one list. Its publisher offers it in one [`ListForm`] or several. Where one file holds several lists, a [`ListBundle`] tells which. All of it
//! is data; no list is named here.

use serde::{Deserialize, Serialize};

use crate::listing::ListId;
use crate::mandate::ImposedBy;

/// One file of a form, and where its publisher offers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceFile {
    /// Its name in a folder; small and capital letters are the same. It may hold one `*`; then exactly one file of the folder must fit. `name/**` stands for
    /// all files below the folder `name`, in the order of their paths; there may be none.
    pub name: String,
    /// The publisher's address; empty if it can only be read from a folder.
    #[serde(default)]
    pub address: String,
}

/// A form in which a publisher offers a list or a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListForm {
    /// The format, by the name of its reader in the register.
    pub format: String,
    /// Folders below a named directory in which editions lie, one a folder: `name/pattern-*`. The folder's name may hold the edition's date.
    #[serde(default)]
    pub folders: Vec<String>,
    /// Its files, in the order that the format asks for.
    #[serde(rename = "file")]
    pub files: Vec<SourceFile>,
}

/// One row of the table of sources: a list, and how it is fetched and read. Adding a list in a known format needs such a row and no code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListSource {
    /// The list.
    pub id: ListId,
    /// Its title.
    pub title: String,
    /// Who publishes it.
    pub publisher: String,
    /// Whose act its measures are.
    pub authority: ImposedBy,
    /// The list whose entries it names where it carries out their measures; none if it names none.
    #[serde(default)]
    pub refers_to: Option<ListId>,
    /// After how many days without a new or confirmed edition the list is stale.
    pub stale_after_days: u32,
    /// A new edition with more than this share of entries fewer than the one before is held back, per cent.
    pub shrink_limit_percent: u8,
    /// Whether its publisher asks for a registration; such a list is never fetched unasked.
    #[serde(default)]
    pub needs_registration: bool,
    /// The forms in which it is offered: the first whose files all have addresses is fetched; in a folder, the first whose files are all there is read. Empty: it
    /// comes in a bundle only.
    #[serde(rename = "form", default)]
    pub forms: Vec<ListForm>,
    /// Where the facts of this row stand.
    pub source: String,
}

/// A list that a bundle holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundledList {
    /// How the reader of the bundle calls it.
    pub key: String,
    /// The list, a row of its own.
    pub list: ListId,
    /// Its rows are taken only while the register has no edition from the list's own forms.
    #[serde(default)]
    pub fallback: bool,
}

/// A publication that holds several lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListBundle {
    /// Its id, of the form of a list's, and none of theirs.
    pub id: ListId,
    /// Its title.
    pub title: String,
    /// Who publishes it.
    pub publisher: String,
    /// Whether its publisher asks for a registration; such a bundle is never fetched unasked.
    #[serde(default)]
    pub needs_registration: bool,
    /// The lists that it holds.
    #[serde(rename = "gives")]
    pub gives: Vec<BundledList>,
    /// The forms in which it is offered, as those of a list.
    #[serde(rename = "form")]
    pub forms: Vec<ListForm>,
    /// Where the facts of this row stand.
    pub source: String,
}

/// The table of sources as its file holds it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListSources {
    /// The lists.
    #[serde(rename = "list", default)]
    pub lists: Vec<ListSource>,
    /// The bundles.
    #[serde(rename = "bundle", default)]
    pub bundles: Vec<ListBundle>,
}

impl ListSources {
    /// Whether a list is one that this machine is expected to have: in the table, and fetched without being asked for.
    #[must_use]
    pub fn expected(&self, id: &str) -> bool {
        let bundled = |b: &&ListBundle| b.gives.iter().any(|g| g.list.as_str() == id);
        self.list(id).is_some_and(|l| !l.needs_registration)
            && self.bundles.iter().find(bundled).is_none_or(|b| !b.needs_registration)
    }

    /// The row of a list.
    #[must_use]
    pub fn list(&self, id: &str) -> Option<&ListSource> {
        self.lists.iter().find(|l| l.id.as_str() == id)
    }
}
