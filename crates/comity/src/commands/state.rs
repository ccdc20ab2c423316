//! `comity state show | treaty | standing`.

use crate::cli::{Global, Output, StateCommand};
use crate::fail::Failure;
use crate::state::{self, TreatyOptions};
use crate::world;

pub fn run(global: &Global, command: &StateCommand) -> Result<Output, Failure> {
    let book = world::embedded()?;
    let states = book.states();
    let day = global.as_of.unwrap_or_else(world::today);
    let (text, value) = match command {
        StateCommand::Show { state } => state::show(states, state, day)?,
        StateCommand::Treaty { id, outside, since } => {
            state::treaty(states, id, day, TreatyOptions { outside: *outside, since: *since })?
        }
        StateCommand::Standing { states: names, basis } => {
            state::standing(states, names, day, basis.as_deref())?
        }
    };
    Ok(Output::text(if global.json { format!("{value:#}\n") } else { text }))
}
