//! The world as a command finds it: the lawbook, the register on this machine, the day, colour. Read once, then handed on as values.

use std::env;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use comity_engine::screen::{Edition as OnShelf, Shelf};
use comity_engine::standing::{Named, resolve};
use comity_model::date::Day;
use comity_model::lawbook::Lawbook;
use comity_model::listing::EditionMeta;
use comity_model::place::StateCode;
use comity_register::{Edition, Register};

use crate::fail::Failure;

static LAWBOOK: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/lawbook.bin"));

/// The lawbook that the program carries.
///
/// # Errors
/// When it is damaged, which a right build cannot give.
pub fn embedded() -> Result<Lawbook, Failure> {
    Lawbook::open(LAWBOOK)
        .map_err(|e| Failure::data("embedded lawbook", e.to_string(), "build the program again"))
}

/// The lawbook of a question: the embedded one, with further packs.
///
/// # Errors
/// Faults in the further packs.
pub fn lawbook(packs: &[PathBuf]) -> Result<Lawbook, Failure> {
    let book = embedded()?;
    if packs.is_empty() { Ok(book) } else { Ok(comity_pack::compile::with_packs(&book, packs)?) }
}

/// Today, by the clock of this machine (UTC).
#[must_use]
pub fn today() -> Day {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
    i32::try_from(seconds / 86_400).ok().and_then(Day::from_number).unwrap_or_default()
}

/// Where the register lives: `--data`, else `COMITY_DATA`, else the user's data directory.
///
/// # Errors
/// When none of these is set.
pub fn data_dir(option: Option<&Path>) -> Result<PathBuf, Failure> {
    if let Some(dir) = option {
        return Ok(dir.to_owned());
    }
    let set = |name: &str| env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    set("XDG_DATA_HOME")
        .map(|dir| dir.join("comity"))
        .or_else(|| {
            if cfg!(windows) {
                set("LOCALAPPDATA").map(|dir| dir.join("comity"))
            } else if cfg!(target_os = "macos") {
                set("HOME").map(|home| home.join("Library/Application Support/comity"))
            } else {
                set("HOME").map(|home| home.join(".local/share/comity"))
            }
        })
        .ok_or_else(|| {
            Failure::input(
                "--data",
                "no data directory is known",
                "",
                "name one with --data DIR or COMITY_DATA",
            )
        })
}

/// The editions that answer on a day, opened.
pub struct Editions {
    editions: Vec<Opened>,
}

/// One edition of a day, opened; the parts as [`OnShelf`] has them.
struct Opened {
    edition: Edition,
    next: Option<Edition>,
    whole: Option<Edition>,
    later: bool,
    stale: bool,
    refused: Option<String>,
}

impl Editions {
    /// Opens the editions of a register for a day.
    ///
    /// # Errors
    /// When an edition is damaged.
    pub fn open(register: &Register, book: &Lawbook, day: Day) -> Result<Self, Failure> {
        let mut editions = Vec::new();
        let status = register.status();
        for list in register.lists() {
            let after = register.next_edition_after(list, day);
            let (meta, next, later) = match register.edition_on(list, day) {
                Some(meta) => (meta, after, false),
                // What a list dates itself is known of days before the first edition at hand.
                None => match after {
                    Some(first) => (first, None, true),
                    None => continue,
                },
            };
            let next = next.map(|m| register.load(m)).transpose()?;
            let source = book.basics().sources.lists.iter().find(|s| s.id == *list);
            let limit = source.map_or(STALE_AFTER_DAYS, |s| s.stale_after_days);
            let stale = register.stale(list, day, limit).unwrap_or(false);
            let attempt = status.iter().find(|s| s.list == *list).and_then(|s| s.refused.as_ref());
            let refused = attempt.map(|a| format!("{} on {}: {}", a.result, a.day, a.message));
            let whole = whole_before(register, meta).map(|m| register.load(m)).transpose()?;
            let edition = register.load(meta)?;
            editions.push(Opened { edition, next, whole, later, stale, refused });
        }
        Ok(Self { editions })
    }

    /// The shelf that the engine reads from.
    ///
    /// # Errors
    /// When an edition is damaged.
    pub fn shelf<'s>(&'s self) -> Result<Shelf<'s>, Failure> {
        let mut shelf = Shelf::default();
        for Opened { edition, next, whole, later, stale, refused } in &self.editions {
            let fault = |e: &Edition, f| {
                Failure::data(e.meta.list.to_string(), format!("{f}"), "run `comity update` again")
            };
            let view = edition.view().map_err(|f| fault(edition, f))?;
            let beside = |other: &'s Option<Edition>| match other {
                Some(other) => {
                    let view = other.view().map_err(|f| fault(other, f))?;
                    Ok::<_, Failure>(Some((other.meta.clone(), view)))
                }
                None => Ok(None),
            };
            let (next, whole) = (beside(next)?, beside(whole)?);
            shelf.editions.push(OnShelf {
                meta: edition.meta.clone(),
                view,
                next,
                whole,
                later: *later,
                stale: *stale,
                refused: refused.clone(),
            });
        }
        Ok(shelf)
    }
}

/// The last edition before one that leaves parts out which itself leaves out none.
#[must_use]
pub fn whole_before<'r>(register: &'r Register, meta: &'r EditionMeta) -> Option<&'r EditionMeta> {
    meta.reduced.as_ref()?;
    register.editions(&meta.list).rev().find(|m| m.date < meta.date && m.reduced.is_none())
}

/// Lists that have no limit of their own, such as the user's.
const STALE_AFTER_DAYS: u32 = 365;

/// Finds the code of a State by a name or alias, for the readers of party lists.
#[must_use]
pub fn state_of(book: &Lawbook, text: &str) -> Option<StateCode> {
    match resolve(book.states(), text) {
        Named::State(state) => Some(state.code),
        Named::Territory(territory) => Some(territory.code),
        Named::Ambiguous(_) | Named::Unknown(_) => None,
    }
}
