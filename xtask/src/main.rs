//! `cargo xtask`: what a developer and the continuous checks do besides building and testing, in the same way.

#[path = "../../crates/register/tests/common/advanced.rs"]
#[allow(
    clippy::indexing_slicing,
    reason = "a generator of invented lists, shared with the tests; a fault ends it"
)]
mod advanced;
mod figures;
mod licences;
mod memory;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use comity_pack::compile::compile;

const HELP: &str = "\
Usage: cargo xtask COMMAND

  check-data [DIR]           report every fault of a folder of data (default: data), compile it twice, compare
  figures [--write|--check]  print what the lawbook covers; write it into README.md, or compare with what stands there
  licences                   compare the licence of every crate that is built in with the accepted ones
  damage                     the tests of the readers of party lists with all damaged copies, not a tenth of them
  memory [PROGRAM]           import an invented list of 120 MB in a process of its own and tell its peak of memory (default: a release build)
  bless                      refresh the snapshots of the tests and the figures; then read the difference line by line
  help                       this text
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args.as_slice() {
        [] | ["help" | "--help" | "-h"] | [_, "--help" | "-h"] => {
            say(HELP);
            Ok(())
        }
        ["check-data"] => check_data(&root().join("data")),
        ["check-data", dir] => check_data(Path::new(dir)),
        ["figures"] => figures::table(&root()).map(|table| say(&table)),
        ["figures", "--write"] => figures::write(&root()),
        ["figures", "--check"] => figures::check(&root()),
        ["licences"] => licences::check(&root()),
        ["damage"] => damage(),
        ["memory"] => {
            build_program().and_then(|program| memory::measure(&root(), &program)).map(|told| say(&told))
        }
        ["memory", program] => memory::measure(&root(), Path::new(program)).map(|told| say(&told)),
        ["bless"] => bless(),
        _ => Err(format!("`{}` is no command of xtask\n\n{HELP}", args.join(" "))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            warn(&message);
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "a tool for developers tells them what it found")]
fn say(text: &str) {
    println!("{}", text.trim_end());
}

#[expect(clippy::print_stderr, reason = "a tool for developers tells them what is wrong")]
fn warn(text: &str) {
    eprintln!("{}", text.trim_end());
}

/// The root of the project.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_default()
}

fn check_data(dir: &Path) -> Result<(), String> {
    let mut faults = Vec::new();
    let first = compile(dir, &[], &mut faults);
    if !faults.is_empty() {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        return Err(format!("{}\n{} faults in {}", lines.join("\n"), faults.len(), dir.display()));
    }
    if first.bytes != compile(dir, &[], &mut faults).bytes {
        return Err(format!(
            "{}: compiled twice, the lawbook differs: something depends on chance",
            dir.display()
        ));
    }
    let bytes = first.bytes.map_or(0, |bytes| bytes.len());
    say(&format!(
        "{}: {} files, no fault, a lawbook of {} kB, the same twice",
        dir.display(),
        first.files.len(),
        bytes / 1000
    ));
    Ok(())
}

fn bless() -> Result<(), String> {
    let tests = cargo(&["test", "--package", "comity"]).env("COMITY_BLESS", "1").status();
    if !tests.map_err(|e| format!("cargo: {e}"))?.success() {
        return Err("the tests fail for another reason than their snapshots".to_owned());
    }
    figures::write(&root())?;
    say("read the difference line by line: git diff");
    Ok(())
}

fn damage() -> Result<(), String> {
    let tests = cargo(&["test", "--package", "comity-register"]).env("COMITY_DAMAGE", "full").status();
    match tests.map_err(|e| format!("cargo: {e}"))?.success() {
        true => Ok(()),
        false => Err("a reader does not stand what was done to its files".to_owned()),
    }
}

/// Builds the program for release; where it lies.
fn build_program() -> Result<PathBuf, String> {
    let built = cargo(&["build", "--release", "--package", "comity"]).status();
    if !built.map_err(|e| format!("cargo: {e}"))?.success() {
        return Err("the program cannot be built".to_owned());
    }
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    Ok(target.join("release").join(format!("comity{}", std::env::consts::EXE_SUFFIX)))
}

/// The cargo that runs this.
fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(args).current_dir(root());
    command
}
