//! `comity check`: read → open → reach → screen → classify → decide → answer.

use std::io::{IsTerminal, Write};
use std::path::Path;

use comity_engine::answer::answer;
use comity_engine::screen::{Profile, Shelf};
use comity_model::answer::Answer;
use comity_model::date::Day;
use comity_model::deal::Deal;
use comity_model::lawbook::Lawbook;
use comity_model::rule::Outcome;
use comity_register::Register;
use serde_json::Value;

use super::{lines, read_text, update};
use crate::cli::{Check, Global, Output, colour};
use crate::fail::Failure;
use crate::world::{self, Editions};
use crate::{deal_file, explain, text};

pub fn run(global: &Global, options: &Check) -> Result<Output, Failure> {
    let book = world::lawbook(&global.packs)?;
    let data = world::data_dir(global.data.as_deref())?;
    if let Some(file) = &options.batch {
        return batch(global, options, &book, &data, file);
    }
    let Some(path) = &options.deal else {
        return Err(Failure::input("check", "no deal", "a file, or - for standard input", "see examples/"));
    };
    let source = read_text(path)?;
    let name = path.file_name().map_or_else(|| "deal".to_owned(), |n| n.to_string_lossy().into_owned());
    let deal = deal_file::read(&path.display().to_string(), &source, &book)?;
    let day = global.as_of.or(deal.date).unwrap_or_else(world::today);
    let mut register = Register::open(&data)?;
    if register.is_empty() && !deal.parties.is_empty() && !global.is_offline() {
        update::first(&book, &data)?;
        register = Register::open(&data)?;
    }
    let editions = Editions::open(&register, &book, day)?;
    let shelf = editions.shelf()?;
    let found = judge(&book, &deal, &shelf, day)?;
    warn_empty(&found);
    let text = if global.json {
        if options.explain {
            format!("{:#}\n", explain::json(&book, &deal, &shelf, day, &found))
        } else {
            format!("{:#}\n", value(&found))
        }
    } else {
        let mut text = text::render(&found, &name, colour());
        if options.explain {
            text.push_str(&explain::text(&book, &deal, &found, colour()));
        }
        text
    };
    Ok(Output { text, status: if options.exit_status { status(found.outcome) } else { 0 } })
}

/// A party was to be screened and there was nothing to screen it against: never a silence.
fn warn_empty(found: &Answer) {
    if found.register.is_empty() && !found.parties.is_empty() {
        let _ = writeln!(
            std::io::stderr(),
            "warning: no party was screened: the register is empty; `comity update` fetches the lists"
        );
    }
}

fn judge(book: &Lawbook, deal: &Deal, shelf: &Shelf<'_>, day: Day) -> Result<Answer, Failure> {
    answer(book, deal, shelf, day, &Profile::default()).map_err(|e| {
        Failure::data("register", e.to_string(), "run `comity register verify`, then `comity update`")
    })
}

fn value(answer: &Answer) -> Value {
    serde_json::to_value(answer).unwrap_or(Value::Null)
}

/// The exit status that an outcome stands for.
fn status(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::LicenceRequired | Outcome::LicencePresumptionOfDenial | Outcome::NotifyAndWait => 10,
        Outcome::Prohibited => 20,
        Outcome::Undetermined | Outcome::NotJudged | Outcome::Contested => 30,
        Outcome::OutOfScope
        | Outcome::NoRequirementFound
        | Outcome::DutyOnly
        | Outcome::AuthorisedGenerally => 0,
    }
}

fn batch(
    global: &Global,
    options: &Check,
    book: &Lawbook,
    data: &Path,
    file: &Path,
) -> Result<Output, Failure> {
    let register = Register::open(data)?;
    if register.is_empty() && std::io::stderr().is_terminal() {
        let _ = writeln!(std::io::stderr(), "warning: no party can be screened: the register is empty");
    }
    // Most lines of a batch ask for one day: its editions stay open from line to line.
    let mut open: Option<(Day, Editions)> = None;
    let name = file.display().to_string();
    let mut data_fault = None;
    let output = lines::run(file, options.out.as_ref(), options.exit_status, |number, line| {
        let deal = deal_file::read(&name, line, book).map_err(|mut faults| {
            faults.iter_mut().for_each(|f| f.line = number);
            faults
        })?;
        let day = global.as_of.or(deal.date).unwrap_or_else(world::today);
        if open.as_ref().is_none_or(|(d, _)| *d != day) {
            match Editions::open(&register, book, day) {
                Ok(editions) => open = Some((day, editions)),
                Err(failure) => {
                    let fault =
                        comity_pack::Fault::new(&name, number, failure.to_string().trim_end(), "", "");
                    data_fault.get_or_insert(failure);
                    return Err(vec![fault]);
                }
            }
        }
        let judged = open
            .as_ref()
            .map(|(_, editions)| editions.shelf().and_then(|shelf| judge(book, &deal, &shelf, day)));
        match judged {
            Some(Ok(found)) => Ok(Some((value(&found), status(found.outcome)))),
            Some(Err(failure)) => {
                let fault = comity_pack::Fault::new(&name, number, failure.to_string().trim_end(), "", "");
                data_fault.get_or_insert(failure);
                Err(vec![fault])
            }
            None => Err(Vec::new()),
        }
    })?;
    match data_fault {
        Some(failure) => Err(failure),
        None => Ok(output),
    }
}
