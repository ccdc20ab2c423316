//! What an update is asked for, and what it answers, a line an edition.

use std::fmt;
use std::path::Path;

use comity_model::Day;
use comity_model::list_source::{ListBundle, ListForm, ListSource, ListSources};
use comity_model::listing::ListId;
use serde::{Deserialize, Serialize};

use crate::error::{Notice, RegisterError};
use crate::formats::StateOf;
use crate::intake;
use crate::shelf::Shelf;

/// What became of an edition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UpdateWord {
    /// It was added.
    Added,
    /// It was already there.
    Unchanged,
    /// It is damaged, or older than what is there, and was refused whole.
    Refused,
    /// It has so many entries fewer that a user must take it.
    HeldBack,
    /// It could not be fetched or stored.
    Failed,
    /// It is of a kind that is not read; no fault.
    NotRead,
}

impl UpdateWord {
    /// The word as the contract spells it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Unchanged => "unchanged",
            Self::Refused => "refused",
            Self::HeldBack => "held_back",
            Self::Failed => "failed",
            Self::NotRead => "not_read",
        }
    }
}

impl fmt::Display for UpdateWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// What became of one edition, or of a folder that is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateResult {
    /// The list; for what belongs to none, the folder.
    pub list: String,
    /// The edition's date, where it was read.
    pub edition: Option<Day>,
    /// Its entries, where they were counted.
    pub entries: Option<u32>,
    /// What became of it.
    pub result: UpdateWord,
    /// Why, and what to do; for what was added, where it came from and what was noticed.
    pub message: String,
    /// Suspicious values, the first thousand.
    #[serde(skip)]
    pub notices: Vec<Notice>,
}

impl UpdateResult {
    pub(crate) fn new(list: impl fmt::Display, result: UpdateWord, message: impl Into<String>) -> Self {
        Self {
            list: list.to_string(),
            edition: None,
            entries: None,
            result,
            message: message.into(),
            notices: Vec::new(),
        }
    }
}

/// A user's decision to take an edition that has many entries fewer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accept {
    /// The list.
    pub list: ListId,
    /// Why; kept with the edition.
    pub reason: String,
}

/// What an update is asked for.
#[derive(Clone, Copy)]
pub struct UpdateOptions<'a> {
    /// The day of the update.
    pub today: Day,
    /// Only these lists or bundles; empty: all. A publisher's id takes all that it publishes.
    pub only: &'a [String],
    /// An edition held back that is to be taken.
    pub accept: Option<&'a Accept>,
    /// Finds the codes of States.
    pub state_of: StateOf<'a>,
}

/// A publication to look for: a list by itself, or a bundle with those of its lists that are wanted.
#[derive(Clone)]
pub(crate) struct Offer<'s> {
    /// The id of the list or bundle.
    pub(crate) id: &'s ListId,
    pub(crate) forms: &'s [ListForm],
    pub(crate) needs_registration: bool,
    /// Whether it was asked for by its own id, not only by its publisher's.
    pub(crate) by_id: bool,
    /// Whether all that the publication gives is wanted.
    pub(crate) whole: bool,
    /// The lists that come of it, with the reader's word for each; of a list by itself the one row with an empty word.
    pub(crate) gives: Vec<Given<'s>>,
}

/// A list that comes of an offer.
#[derive(Clone, Copy)]
pub(crate) struct Given<'s> {
    pub(crate) key: &'s str,
    pub(crate) source: &'s ListSource,
    /// Taken only while the register has no edition from the list's own forms.
    pub(crate) fallback: bool,
}

impl<'s> Offer<'s> {
    pub(crate) fn list(source: &'s ListSource, by_id: bool) -> Self {
        let gives = vec![Given { key: "", source, fallback: false }];
        let needs_registration = source.needs_registration;
        Self { id: &source.id, forms: &source.forms, needs_registration, by_id, whole: true, gives }
    }

    fn bundle(
        bundle: &'s ListBundle,
        sources: &'s ListSources,
        by_id: bool,
        wanted: impl Fn(&str) -> bool,
    ) -> Self {
        let gives = bundle.gives.iter().filter(|g| wanted(g.list.as_str()));
        let gives = gives.filter_map(|g| {
            let source = sources.list(g.list.as_str())?;
            Some(Given { key: &g.key, source, fallback: g.fallback })
        });
        let needs_registration = bundle.needs_registration;
        let gives: Vec<_> = gives.collect();
        let whole = gives.len() == bundle.gives.len();
        Self { id: &bundle.id, forms: &bundle.forms, needs_registration, by_id, whole, gives }
    }

    /// Whether it is a list by itself.
    pub(crate) fn single(&self) -> bool {
        matches!(self.gives.as_slice(), [only] if only.key.is_empty())
    }
}

impl UpdateOptions<'_> {
    /// What the table of sources offers of that which is asked for: lists first, then bundles.
    pub(crate) fn chosen<'s>(&self, sources: &'s ListSources) -> Result<Vec<Offer<'s>>, RegisterError> {
        let asked: Vec<&str> = self.only.iter().map(String::as_str).collect();
        let accepted = self.accept.map(|a| a.list.as_str());
        let ids = || sources.lists.iter().map(|l| &l.id).chain(sources.bundles.iter().map(|b| &b.id));
        for id in asked.iter().copied().chain(accepted) {
            if !ids().any(|known| known.as_str() == id || known.publisher() == id) {
                let known = ids().map(ListId::as_str).collect::<Vec<_>>().join(", ");
                return Err(RegisterError::UnknownList { seen: id.to_owned(), known });
            }
        }
        let by_id = |id: &ListId| asked.contains(&id.as_str());
        let wanted = |id: &ListId| asked.is_empty() || by_id(id) || asked.contains(&id.publisher());
        let lists = sources.lists.iter().filter(|l| wanted(&l.id) && !l.forms.is_empty());
        let mut offers: Vec<_> = lists.map(|list| Offer::list(list, by_id(&list.id))).collect();
        for bundle in &sources.bundles {
            let whole = wanted(&bundle.id);
            let offer =
                Offer::bundle(bundle, sources, by_id(&bundle.id), |list| whole || asked.contains(&list));
            if !offer.gives.is_empty() {
                offers.push(offer);
            }
        }
        Ok(offers)
    }
}

/// Takes the editions of one list that were held back, as `options.accept` says, and does nothing else: nothing is fetched, nothing else is read.
///
/// # Errors
/// When the list is not in the table of sources, or the register cannot be written.
pub fn accept_held(
    data: &Path,
    sources: &ListSources,
    options: UpdateOptions<'_>,
) -> Result<Vec<UpdateResult>, RegisterError> {
    options.chosen(sources)?;
    let shelf = Shelf::open(data)?;
    let mut results = intake::release(&shelf, &options)?;
    if let (true, Some(accept)) = (results.is_empty(), options.accept) {
        let newest = shelf.account(&accept.list)?.editions.pop().map(|e| e.meta);
        let mut result =
            UpdateResult::new(&accept.list, UpdateWord::Unchanged, "no edition of it is held back");
        (result.edition, result.entries) =
            (newest.as_ref().map(|m| m.date), newest.as_ref().map(|m| m.entries));
        results.push(result);
    }
    Ok(results)
}
