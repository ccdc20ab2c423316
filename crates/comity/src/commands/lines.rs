//! Batches: a file with one question a line, answered line by line in order. A bad line becomes an error line and the rest goes on.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use comity_pack::Fault;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use crate::cli::Output;
use crate::fail::{BAD_INPUT, Failure};

/// The longest line that is read, in bytes.
const LINE_MAX: usize = 4 << 20;

/// What one line came to: its answer and the exit status that it stands for; none for a head line, which has no answer.
pub type Answered = Result<Option<(Value, u8)>, Vec<Fault>>;

/// Answers every line of `file` with `answer`, to `out` or standard output. The exit status is 2 if a line was bad; else, where `signal` is
/// set, the first of 20, 30, 10, 0 that any line has.
///
/// # Errors
/// When the file cannot be read or the output not written.
pub fn run(
    file: &Path,
    out: Option<&PathBuf>,
    signal: bool,
    mut answer: impl FnMut(usize, &str) -> Answered,
) -> Result<Output, Failure> {
    let name = file.display().to_string();
    let unreadable = |e: io::Error| {
        Failure::input(
            name.clone(),
            format!("cannot be read: {e}"),
            "a file",
            "check the name and the rights on it",
        )
    };
    let (mut reader, total): (Box<dyn BufRead>, u64) = if file == Path::new("-") {
        (Box::new(BufReader::new(io::stdin())), 0)
    } else {
        let opened = File::open(file).map_err(unreadable)?;
        let total = opened.metadata().map_or(0, |m| m.len());
        (Box::new(BufReader::with_capacity(1 << 20, opened)), total)
    };
    let target = out.map_or("standard output".to_owned(), |p| p.display().to_string());
    let unwritable = |e: io::Error| {
        Failure::data(target.clone(), format!("cannot be written: {e}"), "check the place and its free space")
    };
    let mut writer: Box<dyn Write> = match out {
        Some(path) => Box::new(BufWriter::new(File::create(path).map_err(unwritable)?)),
        None => Box::new(BufWriter::new(io::stdout().lock())),
    };
    let bar = bar(total);
    let mut bytes = Vec::new();
    let mut number = 0;
    let (mut bad, mut statuses) = (false, [false; 4]);
    loop {
        bytes.clear();
        let read = read_line(&mut reader, &mut bytes).map_err(unreadable)?;
        if read == 0 {
            break;
        }
        bar.inc(read as u64);
        number += 1;
        let line = match std::str::from_utf8(&bytes) {
            _ if bytes.len() > LINE_MAX => Err(Fault::new(
                &name,
                number,
                "a line that is too long",
                format!("at most {} MB", LINE_MAX >> 20),
                "split it",
            )),
            Ok(text) => Ok(text.trim()),
            Err(_) => Err(Fault::new(
                &name,
                number,
                "bytes that are not UTF-8",
                "text in UTF-8",
                "save the file as UTF-8",
            )),
        };
        let value = match line {
            Ok("") => continue,
            Ok(text) => match answer(number, text) {
                Ok(None) => continue,
                Ok(Some((value, status))) => {
                    let slot = match status {
                        20 => 0,
                        30 => 1,
                        10 => 2,
                        _ => 3,
                    };
                    if let Some(seen) = statuses.get_mut(slot) {
                        *seen = true;
                    }
                    value
                }
                Err(faults) => {
                    bad = true;
                    error_line(text, number, &faults)
                }
            },
            Err(fault) => {
                bad = true;
                error_line("", number, &[fault])
            }
        };
        writeln!(writer, "{value}").map_err(unwritable)?;
    }
    writer.flush().map_err(unwritable)?;
    bar.finish_and_clear();
    let signalled =
        [20, 30, 10, 0].into_iter().zip(statuses).find(|(_, seen)| *seen).map_or(0, |(status, _)| status);
    let status = if bad {
        BAD_INPUT
    } else if signal {
        signalled
    } else {
        0
    };
    Ok(Output { text: String::new(), status })
}

/// Reads to the end of the line, keeping at most one byte more than [`LINE_MAX`].
fn read_line(reader: &mut impl BufRead, into: &mut Vec<u8>) -> io::Result<usize> {
    let mut read = 0;
    loop {
        let available = reader.fill_buf()?;
        if available.is_empty() {
            return Ok(read);
        }
        let end = available.iter().position(|b| *b == b'\n').map(|at| at + 1);
        let taken = end.unwrap_or(available.len());
        let room = (LINE_MAX + 1).saturating_sub(into.len());
        into.extend(available.iter().take(taken.min(room)));
        reader.consume(taken);
        read += taken;
        if end.is_some() {
            return Ok(read);
        }
    }
}

fn error_line(text: &str, number: usize, faults: &[Fault]) -> Value {
    let id = serde_json::from_str::<Value>(text).ok().and_then(|v| v.get("id").cloned());
    let message = faults.iter().map(|f| {
        let mut message = f.found.clone();
        for (lead, part) in [("; expected ", &f.expected), ("; ", &f.remedy)] {
            if !part.is_empty() {
                message.push_str(lead);
                message.push_str(part);
            }
        }
        message
    });
    json!({ "id": id, "error": { "place": format!("line {number}"), "message": message.collect::<Vec<_>>().join(" | ") } })
}

fn bar(total: u64) -> ProgressBar {
    if total == 0 || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} {elapsed} left {eta}");
    let bar = ProgressBar::new(total);
    if let Ok(style) = style { bar.with_style(style) } else { bar }
}
