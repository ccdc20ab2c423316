//! One file a command. A command reads what it needs, asks the engine, and gives back text or JSON; nothing here judges.

mod check;
mod classify;
mod controls;
mod law;
mod lines;
pub mod r1540;
mod register;
mod screen;
mod state;
mod update;

use std::io::Read;
use std::path::Path;

use crate::cli::{Cli, Command, Output};
use crate::deal_file::BYTES_MAX;
use crate::fail::Failure;

/// Runs a command.
///
/// # Errors
/// Why it could not answer.
pub fn run(cli: Cli) -> Result<Output, Failure> {
    let global = cli.global;
    match cli.command {
        Command::Check(options) => check::run(&global, &options),
        Command::Screen(options) => screen::run(&global, &options),
        Command::Classify(options) => classify::run(&global, &options),
        Command::Update(options) => update::run(&global, &options),
        Command::Register(command) => register::run(&global, &command),
        Command::Controls(command) => controls::run(&global, &command),
        Command::Law(command) => law::run(&global, &command),
        Command::State(command) => state::run(&global, &command),
        Command::R1540(command) => r1540::run(&global, &command),
    }
}

/// Reads a file of the user's as text; `-` is standard input.
fn read_text(path: &Path) -> Result<String, Failure> {
    let name = path.display().to_string();
    let fault =
        |found: String, expected: String, remedy: &str| Failure::input(name.clone(), found, expected, remedy);
    let mut bytes = Vec::new();
    let too_large = || {
        fault(
            format!("more than {} MB", BYTES_MAX >> 20),
            format!("at most {} MB", BYTES_MAX >> 20),
            "split it, or use --batch",
        )
    };
    if path == Path::new("-") {
        std::io::stdin().lock().take(BYTES_MAX + 1).read_to_end(&mut bytes).map_err(|e| {
            fault(format!("standard input cannot be read: {e}"), String::new(), "check the pipe")
        })?;
    } else {
        let file = std::fs::File::open(path).map_err(|e| {
            fault(format!("cannot be read: {e}"), "a file".into(), "check the name and the rights on it")
        })?;
        file.take(BYTES_MAX + 1).read_to_end(&mut bytes).map_err(|e| {
            fault(format!("cannot be read: {e}"), "a file".into(), "check the name and the rights on it")
        })?;
    }
    if bytes.len() as u64 > BYTES_MAX {
        return Err(too_large());
    }
    String::from_utf8(bytes).map_err(|e| {
        let line =
            e.as_bytes().iter().take(e.utf8_error().valid_up_to()).filter(|b| **b == b'\n').count() + 1;
        Failure::Faults(vec![comity_pack::Fault::new(
            &name,
            line,
            "bytes that are not UTF-8",
            "text in UTF-8",
            "save the file as UTF-8",
        )])
    })
}
