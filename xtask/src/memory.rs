//! `cargo xtask memory`: how much memory the import of the largest known form of a list takes. The list is invented, as large as the real one, and read by the program
//! itself in a process of its own.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use crate::advanced;

/// As large as the real file is said to be, bytes.
const BYTES: u64 = 120_000_000;
/// The most that the import may take, bytes.
const LIMIT: u64 = 300 << 20;

/// Counts what is written.
struct Count(u64);

impl Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes the list, imports it with `program`, and tells size, time and peak.
pub(crate) fn measure(root: &Path, program: &Path) -> Result<String, String> {
    let folder = Folder::new().map_err(|e| format!("no folder for the trial: {e}"))?;
    let list = folder.0.join("lists/ofac/sdn-2026-01-15");
    let file = list.join("sdn_advanced.xml");
    let disk = |e: io::Error| format!("{}: {e}", file.display());
    fs::create_dir_all(&list).map_err(disk)?;
    let mut count = Count(0);
    advanced::write(&mut count, 600, true).map_err(disk)?;
    let parties = usize::try_from(BYTES * 600 / count.0).unwrap_or(600);
    let mut out = BufWriter::new(File::create(&file).map_err(disk)?);
    advanced::write(&mut out, parties, true).and_then(|()| out.flush()).map_err(disk)?;
    drop(out);
    let bytes = fs::metadata(&file).map_err(disk)?.len();
    let begun = Instant::now();
    let mut child = Command::new(program)
        .args(["update", "--only", "us/ofac-sdn", "--offline", "--from"])
        .arg(folder.0.join("lists"))
        .arg("--data")
        .arg(folder.0.join("data"))
        .current_dir(root)
        .spawn()
        .map_err(|e| format!("{}: {e}", program.display()))?;
    let (status, peak) = watch(&mut child).map_err(|e| format!("the import: {e}"))?;
    let seconds = begun.elapsed().as_secs_f64();
    if !status.success() {
        return Err(format!("the import failed: {status}"));
    }
    let Some(peak) = peak else {
        return Ok(format!(
            "{bytes} bytes, {parties} parties: {seconds:.1} s; this system does not tell the peak of a process"
        ));
    };
    let told = format!(
        "{} MB, {parties} parties: {seconds:.1} s ({:.0} MB/s, with keeping, folding and storing), peak {} MB of {} MB",
        bytes / 1_000_000,
        bytes as f64 / 1e6 / seconds,
        peak >> 20,
        LIMIT >> 20
    );
    if peak > LIMIT { Err(format!("{told}: too much")) } else { Ok(told) }
}

/// Waits for a process and keeps the last high-water mark of its memory that the system told.
fn watch(child: &mut Child) -> io::Result<(ExitStatus, Option<u64>)> {
    let status_file = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut peak = None;
    loop {
        if let Ok(text) = fs::read_to_string(&status_file) {
            let mark = text.lines().find_map(|l| l.strip_prefix("VmHWM:"));
            let kilobytes = mark.and_then(|m| m.trim().trim_end_matches("kB").trim().parse::<u64>().ok());
            peak = peak.max(kilobytes.map(|k| k << 10));
        }
        if let Some(status) = child.try_wait()? {
            return Ok((status, peak));
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// A folder for one trial, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> io::Result<Self> {
        let path = std::env::temp_dir().join(format!("comity-memory-{}", std::process::id()));
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
