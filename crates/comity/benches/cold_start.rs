//! How long a user waits: the whole program from its start to its last byte, on one deal, with an empty and with a loaded register.
//!
//! The loaded register is made before the clock starts: from `examples/lists`, and from the official files beside the project where they are
//! (`../shared/lists`, or `lists` of the folder that `COMITY_SHARED` names).
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that fails is to end, and one that is skipped says so"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use divan::Bencher;
use tempfile::TempDir;

fn main() {
    divan::main();
}

static EMPTY: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().unwrap());
static EXAMPLE: LazyLock<TempDir> = LazyLock::new(|| loaded(&project().join("examples/lists")));
static OFFICIAL: LazyLock<Option<TempDir>> = LazyLock::new(|| {
    let shared = std::env::var_os("COMITY_SHARED").map_or_else(|| project().join("../shared"), PathBuf::from);
    let lists = shared.join("lists");
    lists.is_dir().then(|| loaded(&lists))
});

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn comity(data: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_comity"));
    command.args(["--offline", "--data"]).arg(data.path()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// A register with the lists of a folder. A list that is refused (exit 3) is none of this benchmark's business.
fn loaded(lists: &Path) -> TempDir {
    let data = tempfile::tempdir().unwrap();
    comity(&data).args(["update", "--from"]).arg(lists).status().unwrap();
    assert!(data.path().join("register").is_dir(), "nothing was read from {}", lists.display());
    data
}

fn check(bencher: Bencher, data: &TempDir, flags: &[&str]) {
    let deal = project().join("examples/pump-drive.toml");
    bencher.bench(|| {
        let status = comity(data).arg("check").args(flags).arg(&deal).status().unwrap();
        assert!(status.success());
    });
}

#[divan::bench(sample_count = 50, sample_size = 1)]
fn version_only(bencher: Bencher) {
    bencher.bench(|| comity(&EMPTY).arg("--version").status().unwrap());
}

#[divan::bench(sample_count = 50, sample_size = 1)]
fn check_with_empty_register(bencher: Bencher) {
    check(bencher, &EMPTY, &[]);
}

#[divan::bench(sample_count = 50, sample_size = 1)]
fn check_with_example_lists(bencher: Bencher) {
    check(bencher, &EXAMPLE, &[]);
}

#[divan::bench(sample_count = 50, sample_size = 1)]
fn check_with_official_lists(bencher: Bencher) {
    match &*OFFICIAL {
        Some(data) => check(bencher, data, &[]),
        None => println!("skipped: there are no official lists beside the project"),
    }
}

#[divan::bench(sample_count = 50, sample_size = 1)]
fn check_json_explained(bencher: Bencher) {
    check(bencher, &EXAMPLE, &["--json", "--explain"]);
}

#[divan::bench(sample_count = 50, sample_size = 1)]
fn screen_one_name(bencher: Bencher) {
    bencher.bench(|| {
        let status = comity(&EXAMPLE).args(["screen", "Example Ridge Trading"]).status().unwrap();
        assert!(status.success());
    });
}
