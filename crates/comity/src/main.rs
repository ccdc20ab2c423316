//! The program: reads the command line, runs one command, prints its result, sets the exit status.

use std::process::ExitCode;

fn main() -> ExitCode {
    comity::cli::run(std::env::args_os())
}
