//! `comity r1540 assist ...`: requests and offers, what meets what, the log of each request, what is due, how old each is, figures, proposals.
//!
//! Nothing is sent anywhere. What is kept lies in the data folder (`store`); this module asks the engine and prints.

mod print;
pub mod store;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use comity_engine::procedure;
use comity_engine::r1540::assist::{self as engine, Desk};
use comity_engine::r1540::cells::{Shown, cells};
use comity_model::assistance::{Course, Offer, Request, Step, Who};
use comity_model::date::{DateValue, Day};
use comity_model::lawbook::Lawbook;
use comity_model::r1540::{CellValue, Edition};
use comity_pack::Fault;
use comity_pack::assistance::{Against, Form, Names, entries};
use comity_pack::source::Source;

use super::edition::pick;
use super::state_named;
use crate::cli::{Global, Output};
use crate::commands::read_text;
use crate::fail::Failure;
use crate::world;
use store::{Added, Kept, KeptOffer, KeptRequest, Store};

/// Requests for assistance and offers.
#[derive(Debug, Subcommand)]
pub enum AssistCommand {
    /// Keep requests and offers of your own from a file (TOML, JSON or CSV)
    Add(Add),
    /// A request with its log, or an offer
    Show {
        /// Its id
        id: String,
    },
    /// Offers that meet a request, with the reasons; without one, for every open request
    Match {
        /// The request's id
        request: Option<String>,
    },
    /// Write a step of a request into its log
    Step(StepArgs),
    /// What falls due, the earliest first
    Due,
    /// Overdue, unanswered and stale requests by age
    Ageing,
    /// Figures of the log, beside published ones
    Figures,
    /// Topics that the gaps in a State's matrix suggest; nothing is sent
    Propose {
        /// Code, name or alias
        state: String,
        /// A date, the name of an edition, or the beginning of its digest (default: the latest on the day asked for)
        #[arg(long, value_name = "EDITION", conflicts_with = "cells")]
        edition: Option<String>,
        /// A table of cells (CSV with columns field and value) in place of an edition
        #[arg(long, value_name = "FILE")]
        cells: Option<PathBuf>,
    },
    /// Words of requests and offers that are no topics, and what they are read as
    Words,
    /// The procedures: states, steps, guards, timers, calendars
    Procedure {
        /// Its id
        id: Option<String>,
    },
}

/// Flags of `assist add`.
#[derive(Args, Debug)]
pub struct Add {
    /// The file; `-` reads TOML from standard input
    pub file: PathBuf,
    /// Who adds it
    #[arg(long, value_name = "NAME")]
    pub actor: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
}

/// Flags of `assist step`.
#[derive(Args, Debug)]
pub struct StepArgs {
    /// The request's id
    pub request: String,
    /// The step, as `assist procedure` names it
    pub step: String,
    /// Who takes it
    #[arg(long, value_name = "NAME")]
    pub actor: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// What the step asks for, such as provider=org:NAME (repeatable)
    #[arg(long, value_name = "WHAT=TEXT")]
    pub say: Vec<String>,
}

/// What a command works on.
struct Room<'b> {
    book: &'b Lawbook,
    day: Day,
    store: Store,
    kept: Kept,
}

/// Runs a command.
///
/// # Errors
/// Why it could not answer.
pub fn run(global: &Global, book: &Lawbook, command: &AssistCommand) -> Result<Output, Failure> {
    let store = Store::below(&world::data_dir(global.data.as_deref())?);
    let day = global.as_of.unwrap_or_else(world::today);
    let writes = matches!(command, AssistCommand::Add(_) | AssistCommand::Step(_));
    // What is read and then written is read under the lock.
    let held = if writes { Some(store.hold()?) } else { None };
    let kept = with_names(book, |names| store.load(names))?;
    let room = Room { book, day, store, kept };
    match (command, held) {
        (AssistCommand::Add(add), Some(held)) => room.add(global, add, &held),
        (AssistCommand::Step(step), Some(held)) => room.step(global, step, &held),
        (AssistCommand::Add(_) | AssistCommand::Step(_), None) => {
            Err(Failure::data("r1540/assist", "the folder is not held", "run the command again"))
        }
        (AssistCommand::Show { id }, _) => room.show(global, id),
        (AssistCommand::Match { request }, _) => room.matches(global, request.as_deref()),
        (AssistCommand::Due, _) => Ok(room.due(global)),
        (AssistCommand::Ageing, _) => Ok(room.ageing(global)),
        (AssistCommand::Figures, _) => Ok(room.figures(global)),
        (AssistCommand::Propose { state, edition, cells }, _) => {
            room.propose(global, state, edition.as_deref(), cells.as_ref())
        }
        (AssistCommand::Words, _) => Ok(print::words(global, book, &room.requests(), &room.offers())),
        (AssistCommand::Procedure { id }, _) => room.procedure(global, id.as_deref()),
    }
}

/// What is kept in a data folder.
///
/// # Errors
/// When a file of it is damaged.
pub fn load(global: &Global, book: &Lawbook) -> Result<Kept, Failure> {
    let store = Store::below(&world::data_dir(global.data.as_deref())?);
    with_names(book, |names| store.load(names))
}

/// What references are checked against.
pub fn against(book: &Lawbook) -> Against<'_> {
    Against { states: book.states(), r1540: book.r1540(), controls: book.controls(), packs: book.packs() }
}

fn with_names<T>(book: &Lawbook, take: impl FnOnce(&Names<'_>) -> T) -> T {
    let against = against(book);
    let state_of = |text: &str| world::state_of(book, text);
    take(&Names { against: &against, regions: &book.assistance().regions, state_of: &state_of })
}

/// The most candidates that a remedy lists.
const CANDIDATES_MAX: usize = 8;

/// A remedy for a name that is not known: those that share a word with it, or the beginning of one, the nearest first; else the nearest by letters.
pub fn candidates<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> String {
    let words = |text: &str| -> Vec<String> {
        let lower = text.to_lowercase();
        lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect()
    };
    // Letters that two words do not share; none where they have little in common.
    let apart = |a: &str, b: &str| -> Option<usize> {
        let (short, long) =
            (a.chars().count().min(b.chars().count()), a.chars().count().max(b.chars().count()));
        let begins = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count();
        let holds = short > 2 && (a.contains(b) || b.contains(a));
        (a == b || holds || (begins > 2 && 2 * begins > short))
            .then_some(long - if holds { short } else { begins })
    };
    let asked = words(word);
    let known: Vec<&str> = known.collect();
    let mut found: Vec<(std::cmp::Reverse<usize>, usize, &str)> = known
        .iter()
        .filter_map(|name| {
            let of = words(name);
            let met: Vec<usize> =
                asked.iter().filter_map(|a| of.iter().filter_map(|b| apart(a, b)).min()).collect();
            (!met.is_empty()).then(|| (std::cmp::Reverse(met.len()), met.iter().sum(), *name))
        })
        .collect();
    if found.is_empty() {
        return comity_pack::language::nearest(word, known.into_iter());
    }
    found.sort_unstable();
    found.dedup();
    let names: Vec<&str> = found.into_iter().take(CANDIDATES_MAX).map(|(_, _, name)| name).collect();
    format!("one of these may be meant: {}", names.join(", "))
}

/// A name as an actor: not empty, on one line.
fn stated(flag: &str, text: &str) -> Result<String, Failure> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return Err(Failure::input(
            flag,
            "an empty text",
            "who acts, and why",
            format!("say it with {flag}"),
        ));
    }
    Ok(text)
}

impl<'b> Room<'b> {
    fn requests(&self) -> Vec<&Request> {
        let own = self.kept.requests.iter().map(|k| &k.request);
        own.chain(&self.book.assistance().requests).collect()
    }

    fn offers(&self) -> Vec<&Offer> {
        self.kept.offers.iter().map(|k| &k.offer).chain(&self.book.assistance().offers).collect()
    }

    fn courses(&self) -> Vec<engine::Kept<'_>> {
        self.kept.requests.iter().map(|k| engine::Kept { request: &k.request, course: &k.course }).collect()
    }

    fn request(&self, id: &str) -> Result<&Request, Failure> {
        let all = self.requests();
        all.iter().find(|r| r.id == id).copied().ok_or_else(|| {
            let near = candidates(id, all.iter().map(|r| r.id.as_str()));
            Failure::input(id, "no request of this id", "one that is known or kept here", near)
        })
    }

    fn add(&self, global: &Global, add: &Add, held: &store::Held) -> Result<Output, Failure> {
        let (actor, reason) = (stated("--actor", &add.actor)?, stated("--reason", &add.reason)?);
        let name = add.file.display().to_string();
        let form = if name == "-" { Some(Form::Toml) } else { Form::of(&name) };
        let form = form.ok_or_else(|| {
            Failure::input(
                &name,
                "a file of another form",
                "TOML, JSON or CSV, by the end of its name",
                "rename it",
            )
        })?;
        let source = Source::new(&name, read_text(&add.file)?);
        let mut faults = Vec::new();
        let found = with_names(self.book, |names| entries(&source, form, names, &mut faults));
        let mut taken = self.kept.ids();
        taken.extend(self.book.assistance().requests.iter().map(|r| r.id.clone()));
        taken.extend(self.book.assistance().offers.iter().map(|o| o.id.clone()));
        let added = Added { actor, reason, recorded: store::now() };
        let (mut requests, mut offers) = (Vec::new(), Vec::new());
        for mut request in found.requests {
            let date = match &request.date.date {
                DateValue::Day(day) if !request.date.is_bound => Some(*day),
                _ => None,
            };
            if let Some(date) = date.filter(|date| *date > self.day) {
                faults.push(Fault::new(
                    &name,
                    0,
                    format!("a request of {date}"),
                    format!("a day up to {}", self.day),
                    "correct the date, or ask as of a later day",
                ));
            }
            let wish = format!("{}-{}", request.requester.name(), request.date);
            own_id(&mut request.id, &wish, &name, &mut taken, &mut faults);
            let course = Course {
                request: request.id.clone(),
                procedure: self.book.assistance().request_procedure.clone(),
                opened: date.unwrap_or(self.day),
                steps: Vec::new(),
            };
            requests.push(KeptRequest { request, course, added: added.clone() });
        }
        for mut offer in found.offers {
            let wish = format!("{}-offer", offer.provider.name());
            own_id(&mut offer.id, &wish, &name, &mut taken, &mut faults);
            offers.push(KeptOffer { offer, added: added.clone() });
        }
        if !faults.is_empty() {
            return Err(faults.into());
        }
        self.store.write(held, &requests, &offers)?;
        Ok(print::added(global, self.book, self.day, &requests, &offers))
    }

    fn step(&self, global: &Global, args: &StepArgs, held: &store::Held) -> Result<Output, Failure> {
        let (actor, reason) = (stated("--actor", &args.actor)?, stated("--reason", &args.reason)?);
        let Some(kept) = self.kept.request(&args.request) else {
            self.request(&args.request)?;
            return Err(Failure::input(
                &args.request,
                "this request is known from the public record and has no log here",
                "a request of your own",
                "add it with `comity r1540 assist add`, with old = true and an id of its own",
            ));
        };
        let mut details = BTreeMap::new();
        for said in &args.say {
            let Some((what, text)) =
                said.split_once('=').filter(|(w, t)| !w.is_empty() && !t.trim().is_empty())
            else {
                return Err(Failure::input(
                    "--say",
                    format!("`{said}`"),
                    "WHAT=TEXT",
                    "write provider=org:NAME",
                ));
            };
            details.insert(what.to_owned(), text.trim().to_owned());
        }
        let place = format!("{} {}", args.request, args.step);
        let fault = |e: &procedure::CourseFault| {
            Failure::data(&args.request, e.to_string(), "the log does not fit the procedure at hand")
        };
        let (rules, calendar) =
            engine::rules_of(self.book.assistance(), &kept.course).map_err(|e| fault(&e))?;
        if let Some(transition) = rules.transition(&args.step)
            && let Some(unasked) = details.keys().find(|what| !transition.asks.contains(what))
        {
            let asks =
                if transition.asks.is_empty() { "nothing".to_owned() } else { transition.asks.join(", ") };
            return Err(Failure::input(
                "--say",
                format!("`{unasked}`"),
                format!("what the step asks for: {asks}"),
                "leave it out",
            ));
        }
        if self.day < kept.course.opened {
            return Err(Failure::input(
                &place,
                format!("a step on {}", self.day),
                format!("a day from {} on", kept.course.opened),
                "say --as-of",
            ));
        }
        let step = Step {
            transition: args.step.clone(),
            on: self.day,
            actor,
            reason,
            details,
            recorded: store::now(),
        };
        let why = procedure::try_step(rules, calendar, &kept.course, &step).map_err(|e| fault(&e))?;
        if !why.is_empty() {
            let open = procedure::steps_from(rules, calendar, &kept.course, self.day).unwrap_or_default();
            let open: Vec<&str> =
                open.iter().filter(|(_, w)| w.is_empty()).map(|(t, _)| t.id.as_str()).collect();
            let remedy = if open.is_empty() {
                "no step can be taken on this day; `assist show` tells what is waited for".to_owned()
            } else {
                format!("on this day these can be taken: {}", open.join(", "))
            };
            let faults =
                why.iter().map(|w| Fault::new(&place, 0, w.to_string(), String::new(), remedy.clone()));
            return Err(faults.collect::<Vec<_>>().into());
        }
        let mut kept = kept.clone();
        kept.course.steps.push(step);
        self.store.write(held, std::slice::from_ref(&kept), &[])?;
        Ok(print::request(global, self.book, self.day, &kept.request, Some(&kept)))
    }

    fn show(&self, global: &Global, id: &str) -> Result<Output, Failure> {
        if let Some(offer) = self.offers().into_iter().find(|o| o.id == id) {
            let added = self.kept.offers.iter().find(|k| k.offer.id == id).map(|k| &k.added);
            return Ok(print::offer(global, self.book, self.day, offer, added));
        }
        let request = self.request(id)?;
        Ok(print::request(global, self.book, self.day, request, self.kept.request(id)))
    }

    fn matches(&self, global: &Global, id: Option<&str>) -> Result<Output, Failure> {
        let book = self.book;
        let chosen: Vec<&Request> = match id {
            Some(id) => vec![self.request(id)?],
            None => {
                let courses = self.courses();
                let ended: BTreeSet<&str> = engine::placed(book.assistance(), &courses, self.day)
                    .iter()
                    .filter(|p| p.stand.as_ref().is_ok_and(|s| s.state.ends))
                    .map(|p| p.request.id.as_str())
                    .collect();
                let mut open = self.requests();
                open.retain(|r| !ended.contains(r.id.as_str()));
                open.retain(|r| {
                    r.date.date.earliest().is_none_or(|from| r.date.is_bound || from <= self.day)
                });
                open
            }
        };
        let offers = self.offers();
        let desk = Desk::new(book.assistance(), book.states(), book.r1540(), offers);
        let found: Vec<_> = chosen.iter().map(|r| (*r, desk.matched(r, self.day))).collect();
        Ok(print::matched(global, book, self.day, &found, id.is_some()))
    }

    fn due(&self, global: &Global) -> Output {
        let courses = self.courses();
        let placed = engine::placed(self.book.assistance(), &courses, self.day);
        print::due(global, self.book, self.day, &engine::due(&placed), &placed)
    }

    fn ageing(&self, global: &Global) -> Output {
        let courses = self.courses();
        let placed = engine::placed(self.book.assistance(), &courses, self.day);
        let aged = engine::ageing(&courses, &placed, self.day);
        print::ageing(global, self.book, self.day, &aged, &placed)
    }

    fn figures(&self, global: &Global) -> Output {
        let figures = engine::figures(self.book.assistance(), &self.courses(), self.day);
        print::figures(global, self.book, self.day, &figures)
    }

    fn propose(
        &self,
        global: &Global,
        text: &str,
        edition: Option<&str>,
        cells: Option<&PathBuf>,
    ) -> Result<Output, Failure> {
        let (state, from, cells) = match cells {
            Some(path) => {
                let state = state_named(self.book, text)?;
                (state, path.display().to_string(), self.cells_of_file(path)?)
            }
            None => {
                let (state, kept, _) = pick(global, self.book, text, edition, false)?;
                let part = if kept.edition.is_part { ", of which only a part is known" } else { "" };
                (state, format!("edition {}{part}", kept.label()), self.cells_of(&kept.edition))
            }
        };
        let pairs = cells.iter().map(|(field, value)| (field.as_str(), *value));
        let (proposals, without) = engine::propose(&self.book.assistance().topics, pairs);
        Ok(print::proposals(global, self.book, self.day, &state.name, &from, &proposals, &without))
    }

    /// The cells of an edition, in the order of the matrix. Of an edition of which only a part is known, only the cells that it shows; a cell
    /// whose facts differ is no gap.
    fn cells_of(&self, edition: &Edition) -> Vec<(String, CellValue)> {
        let shown = cells(edition);
        let value = |field: &str| match shown.get(field).map(|cell| cell.shown) {
            Some(Shown::One(value)) => Some(value),
            Some(Shown::Conflicting) => None,
            None => (!edition.is_part).then_some(CellValue::Blank),
        };
        let fields = self.book.r1540().fields.iter();
        fields.filter_map(|f| Some((f.id.clone(), value(&f.id)?))).collect()
    }

    fn cells_of_file(&self, path: &Path) -> Result<Vec<(String, CellValue)>, Failure> {
        let name = path.display().to_string();
        let text = read_text(path)?;
        let mut faults = Vec::new();
        let mut cells = Vec::new();
        if let Some(csv) = comity_pack::table::Csv::read(&name, &text, &["field", "value"], &mut faults) {
            let mut seen = BTreeSet::new();
            for row in csv.rows() {
                let (field, value) = (row.get("field"), CellValue::read(row.get("value")));
                if self.book.r1540().field(field).is_none() {
                    let near = comity_pack::language::nearest(
                        field,
                        self.book.r1540().fields.iter().map(|f| f.id.as_str()),
                    );
                    faults.push(row.fault(format!("field `{field}`"), "the id of a field", near));
                } else if !seen.insert(field) {
                    faults.push(row.fault(
                        format!("field `{field}` a second time"),
                        "each field once",
                        "remove one",
                    ));
                }
                match value {
                    Some(value) => cells.push((field.to_owned(), value)),
                    None => faults.push(row.fault(
                        format!("value `{}`", row.get("value")),
                        "a mark of the legend, or nothing",
                        "correct it",
                    )),
                }
            }
        }
        if faults.is_empty() { Ok(cells) } else { Err(faults.into()) }
    }

    fn procedure(&self, global: &Global, id: Option<&str>) -> Result<Output, Failure> {
        let all = self.book.assistance();
        let id = id.unwrap_or(&all.request_procedure);
        let found = all.procedure(id).ok_or_else(|| {
            let known: Vec<&str> = all.procedures.iter().map(|p| p.id.as_str()).collect();
            Failure::input(id, "no procedure of this id", known.join(", "), "choose one of them")
        })?;
        Ok(print::procedure(global, self.book, found))
    }
}

/// Gives an id where none was given, and sees to it that none comes twice.
fn own_id(id: &mut String, wish: &str, file: &str, taken: &mut BTreeSet<String>, faults: &mut Vec<Fault>) {
    if id.is_empty() {
        let plain: String = comity_model::standing::fold(wish)
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .take(50)
            .collect();
        let plain = plain.trim_matches('-');
        let plain = if plain.is_empty() { "request" } else { plain };
        let mut free = plain.to_owned();
        let mut number = 2;
        while taken.contains(&free) {
            free = format!("{plain}-{number}");
            number += 1;
        }
        *id = free;
    } else if taken.contains(id.as_str()) {
        faults.push(Fault::new(file, 0, format!("id `{id}` is taken"), "an id of its own", "change it"));
    }
    taken.insert(id.clone());
}

/// Who, with the name of a State in full.
fn name_of(book: &Lawbook, who: &Who) -> String {
    match who {
        Who::State(code) => book.states().name(*code).unwrap_or(code.as_str()).to_owned(),
        Who::Organisation(name) | Who::Other(name) => name.clone(),
    }
}
