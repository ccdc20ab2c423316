//! Reads `data/states`: States and territories with their names, treaties and regimes, the dated events between them, disputed positions, groups,
//! the life of treaties, and what is asked when nuclear material moves.
//!
//! [`load`] reads a whole folder and reports every fault it finds, with file and line. Whatever is at fault is left out of the result, so
//! that reading goes on; a collection with faults is for further checking only and is never to be used for an answer.

mod groups;
mod history;
mod life;
mod places;
mod read;
mod safeguards;
mod treaties;
mod unverified;

use std::collections::BTreeMap;
use std::path::Path;

use comity_model::StateCode;
use comity_model::standing::{States, StatusEvent, TreatyRef};

use crate::fault::Fault;

pub use unverified::{Beside, with_unverified};

const STATES: &str = "states.csv";
const TERRITORIES: &str = "territories.csv";
const SOURCES: &str = "sources.csv";
const TREATIES: &str = "treaties.toml";
const POSITIONS: &str = "positions.csv";
const SHARED_NAMES: &str = "shared-names.csv";
const GROUPS: &str = "groups.csv";
const GROUP_MEMBERS: &str = "group-members.csv";
const INSTRUMENTS: &str = "instruments.csv";
const LIFE: &str = "life.csv";
const RETURNS: &str = "returns.csv";
const RETURNED: &str = "returned.csv";
const MILESTONES: &str = "milestones.csv";
const SAFEGUARDS: &str = "safeguards.toml";

/// Reads the folder `dir` (`data/states`). All faults go to `faults`; without any, the collection is whole.
pub fn load(dir: &Path, faults: &mut Vec<Fault>) -> States {
    let states = States { notes: vec![String::new()], ..States::default() };
    let mut load = Load { dir, faults, states, lines: BTreeMap::new(), events: Vec::new() };
    load.read_sources();
    load.read_states();
    load.read_territories();
    load.read_names();
    load.read_shared_names();
    load.read_groups();
    let files = load.read_treaties();
    load.read_positions();
    load.check_histories(&files);
    load.read_life();
    load.read_safeguards();
    load.states.events = load.events.into_iter().map(|(event, _)| event).collect();
    load.states
}

/// A treaty and its file, for messages.
struct TreatyFile {
    treaty: TreatyRef,
    file: String,
}

struct Load<'a> {
    dir: &'a Path,
    faults: &'a mut Vec<Fault>,
    states: States,
    /// Where each State and territory stands in its table.
    lines: BTreeMap<StateCode, usize>,
    /// Events with their lines.
    events: Vec<(StatusEvent, usize)>,
}
