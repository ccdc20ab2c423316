//! `comity state show | treaty | standing | universality | safeguards`.

use std::fs;
use std::path::Path;

use comity_model::Day;
use comity_model::lawbook::Lawbook;
use comity_model::standing::States;
use comity_pack::states::Beside;
use serde_json::Value;

use crate::cli::{Global, Output, SafeguardsArgs, StateCommand, Universality, Unverified};
use crate::fail::Failure;
use crate::state::{self, Rendered, SafeguardsOptions, TreatyOptions, UniversalityOptions};
use crate::world;

pub fn run(global: &Global, command: &StateCommand) -> Result<Output, Failure> {
    let book = world::embedded()?;
    let day = global.as_of.unwrap_or_else(world::today);
    let own = match command {
        StateCommand::Show { unverified, .. }
        | StateCommand::Treaty { unverified, .. }
        | StateCommand::Standing { unverified, .. }
        | StateCommand::Universality(Universality { unverified, .. })
        | StateCommand::Safeguards(SafeguardsArgs { unverified, .. }) => beside(&book, unverified)?,
    };
    let states = own.as_ref().map_or_else(|| book.states(), |own| &own.states);
    let (mut text, mut value) = match command {
        StateCommand::Show { state, .. } => state::show(states, state, day)?,
        StateCommand::Treaty { id, outside, since, .. } => {
            state::treaty(states, id, day, TreatyOptions { outside: *outside, since: *since })?
        }
        StateCommand::Standing { states: names, basis, .. } => {
            state::standing(states, names, day, basis.as_deref())?
        }
        StateCommand::Universality(asked) => universality(states, day, asked)?,
        StateCommand::Safeguards(asked) => safeguards(&book, states, day, asked)?,
    };
    if let Some(own) = own.as_ref().filter(|own| !own.not_taken.is_empty()) {
        state::say_not_taken(&own.not_taken, &mut text, &mut value);
    }
    Ok(Output::text(if global.json { format!("{value:#}\n") } else { text }))
}

/// The States with a user's unverified facts, if a file is named.
fn beside(book: &Lawbook, unverified: &Unverified) -> Result<Option<Beside>, Failure> {
    let Some(file) = &unverified.with_unverified else { return Ok(None) };
    Ok(Some(comity_pack::states::with_unverified(book.states(), file)?))
}

fn universality(states: &States, day: Day, asked: &Universality) -> Result<Rendered, Failure> {
    if let Some(file) = &asked.checkpoints {
        return Ok(state::checkpoints(states, file, &read(file)?, day)?);
    }
    let options = UniversalityOptions {
        treaties: asked.treaties.clone(),
        between: match asked.between.as_deref() {
            Some([from, to]) => Some((*from, *to)),
            _ => None,
        },
        joining: asked.joining.clone(),
        by: asked.by,
        curve: asked.curve,
    };
    let (mut text, mut value) = state::universality(states, day, &options)?;
    let named = if asked.treaties.is_empty() && (asked.csv.is_some() || asked.svg.is_some()) {
        return Err(Failure::input(
            "--csv, --svg",
            "no treaty is named",
            "the treaties whose counts are written",
            "name one or more",
        ));
    } else {
        &asked.treaties
    };
    if let Some(file) = &asked.csv {
        write(file, &state::curve_csv(states, named, day)?, "csv", &mut text, &mut value)?;
    }
    if let Some(file) = &asked.svg {
        write(file, &state::curve_svg(states, named, day)?, "svg", &mut text, &mut value)?;
    }
    Ok((text, value))
}

fn write(
    file: &Path,
    content: &str,
    what: &str,
    text: &mut String,
    value: &mut Value,
) -> Result<(), Failure> {
    fs::write(file, content).map_err(|error| {
        Failure::input(
            file.display().to_string(),
            format!("cannot be written ({error})"),
            "a file in a folder that exists",
            "choose another place",
        )
    })?;
    text.push_str(&format!("\nWritten: {}\n", file.display()));
    if let Some(map) = value.as_object_mut() {
        map.insert(format!("{what}_file"), Value::String(file.display().to_string()));
    }
    Ok(())
}

fn safeguards(
    book: &Lawbook,
    states: &States,
    day: Day,
    asked: &SafeguardsArgs,
) -> Result<Rendered, Failure> {
    if let Some(quantity) = &asked.quantity {
        let units = &book.basics().units;
        let mass = units.dimension_named("mass");
        units.parse(quantity, mass).map_err(|fault| {
            Failure::input(
                "--quantity",
                fault.to_string(),
                "a mass, such as \"12 kg\"",
                "correct the quantity",
            )
        })?;
    }
    let file = match &asked.facts {
        Some(path) => state::read_facts(&path.display().to_string(), &read(path)?)?,
        None => Default::default(),
    };
    let options = SafeguardsOptions {
        material: asked.material.clone(),
        enrichment: asked.enrichment.clone(),
        quantity: asked.quantity.clone(),
        purpose: asked.purpose.clone(),
        facts: asked.fact.clone(),
        file,
    };
    Ok(state::safeguards(states, &asked.supplier, &asked.recipient, day, &options)?)
}

fn read(file: &Path) -> Result<String, Failure> {
    fs::read_to_string(file).map_err(|error| {
        Failure::input(
            file.display().to_string(),
            format!("cannot be read ({error})"),
            "a text file in UTF-8",
            "check the path",
        )
    })
}
