//! The register on disk, as it is read.
//!
//! ```text
//! DATA/register/
//! ├─ lock                        held while anything is changed
//! └─ PUBLISHER/LIST/
//!    ├─ editions.json            the account: editions, attempts, days of confirmation
//!    ├─ 2026-01-15-0123abcd/     one edition: date and first digits of its digest
//!    │  ├─ parties.bin           its searchable form (`comity_model::edition`)
//!    │  └─ source/NAME.gz        its source files, as they came
//!    └─ held/...                 editions held back until a user takes them
//! ```
//!
//! Opening reads the accounts and nothing else; an edition is mapped when it is asked for. Editions are never changed or removed, so a register
//! that is open keeps giving the same answers while another process updates it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use comity_map::Mapped;
use comity_model::Day;
use comity_model::edition::{EditionFault, EditionView};
use comity_model::listing::{EditionMeta, ListId};
use serde::{Deserialize, Serialize};

use crate::error::RegisterError;
use crate::update::UpdateWord;

pub(crate) const ACCOUNT: &str = "editions.json";
pub(crate) const PARTIES: &str = "parties.bin";
pub(crate) const SOURCE: &str = "source";
/// The form of the account; another number is another program's.
pub(crate) const ACCOUNT_FORM: u32 = 1;

/// One try at a new edition that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// The day of the try.
    pub day: Day,
    /// `refused` or `held_back`.
    pub result: UpdateWord,
    /// The date of the edition, where it was read.
    pub edition: Option<Day>,
    /// SHA-256 of the source.
    pub digest: String,
    /// Where it came from.
    pub source: String,
    /// Why it was not taken, and what to do.
    pub message: String,
}

/// An edition on the shelf.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Shelved {
    pub(crate) meta: EditionMeta,
    /// Its folder, below the list's.
    pub(crate) folder: String,
    /// SHA-256 of `parties.bin`.
    pub(crate) index_digest: String,
    /// The source files, in the order of the format, by the names under which they came.
    pub(crate) files: Vec<String>,
    /// The reader's word for the list, where the source is a bundle; else empty.
    #[serde(default)]
    pub(crate) key: String,
    /// How many suspicious values its reader saw.
    pub(crate) notices: u64,
    /// What it holds, counted when it was read; none in accounts of earlier versions.
    #[serde(default)]
    pub(crate) totals: Option<Totals>,
}

/// What an edition holds in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Totals {
    /// Names of all its parties.
    pub(crate) names: u64,
    /// Addresses of all its parties.
    pub(crate) addresses: u64,
    /// Rows of its files that speak of the list, where a party may have several.
    pub(crate) rows: Option<u64>,
}

impl Totals {
    pub(crate) fn count(&mut self, listing: &comity_model::listing::Listing) {
        self.names += listing.names.len() as u64;
        self.addresses += listing.addresses.len() as u64;
    }
}

/// What a publisher said of a file when it was fetched, for asking only for what is new.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Validator {
    pub(crate) address: String,
    pub(crate) etag: Option<String>,
    pub(crate) last_modified: Option<String>,
}

/// Everything known of one list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) form: u32,
    pub(crate) list: ListId,
    /// Sorted by date; of one date, in the order of their coming.
    pub(crate) editions: Vec<Shelved>,
    pub(crate) held: Vec<Shelved>,
    /// The last attempt that was not taken, while no later one was.
    pub(crate) open: Option<Attempt>,
    /// Earlier ones, the newest last.
    pub(crate) attempts: Vec<Attempt>,
    /// The last day on which the publisher showed the newest edition.
    pub(crate) confirmed: Option<Day>,
    /// The digest to which the validators belong.
    pub(crate) validated: Option<String>,
    pub(crate) validators: Vec<Validator>,
}

impl Account {
    pub(crate) fn new(list: &ListId) -> Self {
        Self {
            form: ACCOUNT_FORM,
            list: list.clone(),
            editions: Vec::new(),
            held: Vec::new(),
            open: None,
            attempts: Vec::new(),
            confirmed: None,
            validated: None,
            validators: Vec::new(),
        }
    }

    /// The account in a list's folder; a new one if there is none.
    pub(crate) fn read(folder: &Path, list: &ListId) -> Result<Self, RegisterError> {
        let path = folder.join(ACCOUNT);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::new(list)),
            Err(error) => return Err(RegisterError::disk("read", &path)(error)),
        };
        let damaged = |finding: String| RegisterError::Account { path: path.clone(), finding };
        let account: Self = serde_json::from_slice(&bytes).map_err(|e| damaged(e.to_string()))?;
        if account.form != ACCOUNT_FORM {
            return Err(damaged(format!("form {}, {ACCOUNT_FORM} expected", account.form)));
        }
        if account.list != *list {
            return Err(damaged(format!("account of `{}`, `{list}` expected", account.list)));
        }
        Ok(account)
    }
}

/// All editions of all party lists on this machine.
#[derive(Debug)]
pub struct Register {
    root: PathBuf,
    accounts: BTreeMap<ListId, Account>,
}

/// One edition, mapped into memory.
#[derive(Debug)]
pub struct Edition {
    /// List, date, digest and origin.
    pub meta: EditionMeta,
    bytes: Mapped,
}

impl Edition {
    /// The searchable form.
    ///
    /// # Errors
    /// When the file is damaged or was written by another version.
    pub fn view(&self) -> Result<EditionView<'_>, EditionFault> {
        EditionView::open(&self.bytes, comity_names::VERSION)
    }
}

/// How a list stands on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListStatus {
    /// The list.
    pub list: ListId,
    /// Its newest edition.
    pub newest: Option<EditionMeta>,
    /// How many editions there are.
    pub editions: usize,
    /// The last day on which the publisher showed the newest edition.
    pub confirmed: Option<Day>,
    /// The last attempt at a newer one, if it was refused or held back.
    pub refused: Option<Attempt>,
    /// Editions held back until a user takes them.
    pub held: Vec<EditionMeta>,
}

impl Register {
    /// Opens the register below a data folder. A folder without one is an empty register.
    ///
    /// # Errors
    /// When an account cannot be read or is damaged.
    pub fn open(data: &Path) -> Result<Self, RegisterError> {
        let root = root(data);
        let mut accounts = BTreeMap::new();
        for publisher in folders(&root)? {
            for list in folders(&root.join(&publisher))? {
                let Ok(id) = format!("{publisher}/{list}").parse::<ListId>() else { continue };
                let account = Account::read(&root.join(&publisher).join(&list), &id)?;
                accounts.insert(id, account);
            }
        }
        Ok(Self { root, accounts })
    }

    /// Whether no list has an edition.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.accounts.values().all(|a| a.editions.is_empty())
    }

    /// The lists that have an edition, by id.
    pub fn lists(&self) -> impl Iterator<Item = &ListId> {
        self.accounts.values().filter(|a| !a.editions.is_empty()).map(|a| &a.list)
    }

    /// All editions of a list, oldest first.
    pub fn editions<'a>(&'a self, list: &'a ListId) -> impl DoubleEndedIterator<Item = &'a EditionMeta> {
        self.accounts.get(list).into_iter().flat_map(|a| a.editions.iter().map(|e| &e.meta))
    }

    /// The edition that answers on a day: the last one dated on or before it.
    #[must_use]
    pub fn edition_on(&self, list: &ListId, day: Day) -> Option<&EditionMeta> {
        self.accounts.get(list)?.editions.iter().rev().map(|e| &e.meta).find(|m| m.date <= day)
    }

    /// The first edition dated after a day.
    #[must_use]
    pub fn next_edition_after(&self, list: &ListId, day: Day) -> Option<&EditionMeta> {
        self.accounts.get(list)?.editions.iter().map(|e| &e.meta).find(|m| m.date > day)
    }

    /// Whether the edition that answers on a day is stale then: neither dated nor confirmed by its publisher within `stale_after_days` before it.
    /// None if no edition answers.
    #[must_use]
    pub fn stale(&self, list: &ListId, day: Day, stale_after_days: u32) -> Option<bool> {
        let account = self.accounts.get(list)?;
        let meta = self.edition_on(list, day)?;
        let newest = account.editions.last().is_some_and(|e| e.meta == *meta);
        let confirmed = account.confirmed.filter(|_| newest).map_or(meta.date, |c| c.min(day).max(meta.date));
        Some(day.days_since(confirmed) > i64::from(stale_after_days))
    }

    /// Maps an edition into memory.
    ///
    /// # Errors
    /// When its file cannot be mapped, is damaged, of another version, or not of this edition.
    pub fn load(&self, meta: &EditionMeta) -> Result<Edition, RegisterError> {
        let shelved = self
            .accounts
            .get(&meta.list)
            .and_then(|a| {
                a.editions.iter().find(|e| e.meta.digest == meta.digest && e.meta.date == meta.date)
            })
            .ok_or_else(|| edition_fault(meta, EditionFault::NoEdition))?;
        let path = list_folder(&self.root, &meta.list).join(&shelved.folder).join(PARTIES);
        let bytes = Mapped::open(&path).map_err(RegisterError::disk("read", &path))?;
        let edition = Edition { meta: shelved.meta.clone(), bytes };
        let view = edition.view().map_err(|fault| edition_fault(meta, fault))?;
        if hex(&view.source_digest()) != meta.digest {
            return Err(edition_fault(meta, EditionFault::Damaged { place: "its digest" }));
        }
        Ok(edition)
    }

    /// How many rows of the source speak of an edition's list; none where the form has one row a party, or the edition is of an earlier version.
    #[must_use]
    pub fn rows(&self, meta: &EditionMeta) -> Option<u64> {
        let account = self.accounts.get(&meta.list)?;
        let shelved = account.editions.iter().find(|e| e.meta == *meta)?;
        shelved.totals?.rows
    }

    /// How each list stands, by id.
    #[must_use]
    pub fn status(&self) -> Vec<ListStatus> {
        let status = |account: &Account| ListStatus {
            list: account.list.clone(),
            newest: account.editions.last().map(|e| e.meta.clone()),
            editions: account.editions.len(),
            confirmed: account.confirmed,
            refused: account.open.clone(),
            held: account.held.iter().map(|e| e.meta.clone()).collect(),
        };
        self.accounts.values().map(status).collect()
    }

    /// Reads every file of every edition again and compares digests. Returns what was found damaged, and how many editions were read.
    ///
    /// # Errors
    /// When the disk fails otherwise than by a missing file.
    pub fn verify(&self) -> Result<(usize, Vec<RegisterError>), RegisterError> {
        let (mut read, mut faults) = (0, Vec::new());
        for account in self.accounts.values() {
            for shelved in &account.editions {
                read += 1;
                let folder = list_folder(&self.root, &account.list).join(&shelved.folder);
                if let Err(fault) = crate::shelf::verify(&folder, shelved) {
                    faults.push(fault);
                }
            }
        }
        Ok((read, faults))
    }
}

pub(crate) fn edition_fault(meta: &EditionMeta, fault: EditionFault) -> RegisterError {
    RegisterError::Edition { list: meta.list.to_string(), date: meta.date.to_string(), fault }
}

/// The register's folder in a data folder.
pub(crate) fn root(data: &Path) -> PathBuf {
    data.join("register")
}

/// The folder of a list. An id of a list is a safe path by its form.
pub(crate) fn list_folder(root: &Path, list: &ListId) -> PathBuf {
    root.join(list.as_str())
}

/// The names of the folders in a folder, sorted; none if it is not there.
pub(crate) fn folders(path: &Path) -> Result<Vec<String>, RegisterError> {
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(RegisterError::disk("read", path)(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(RegisterError::disk("read", path))?;
        if entry.path().is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// Bytes as small hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
