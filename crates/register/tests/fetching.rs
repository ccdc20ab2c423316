//! Fetching from a small server on this computer.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests; a fault ends the test"
)]

mod common;

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use comity_model::list_source::{ListSources, SourceFile};
use comity_model::listing::ListId;
use comity_register::{
    Accept, Register, RegisterError, Silent, UpdateOptions, UpdateResult, update_over_http,
};
use common::{accepting, day, lines, no_state, options, sources};

const LIST: &str = include_str!("../../../examples/lists/un/2026-01-15/consolidated.xml");
const SDN: &str = include_str!("../../../examples/lists/ofac/sdn-2026-01/sdn.csv");
const ALT: &str = include_str!("../../../examples/lists/ofac/sdn-2026-01/alt.csv");
const ADD: &str = include_str!("../../../examples/lists/ofac/sdn-2026-01/add.csv");
const COMMENTS: &str = include_str!("../../../examples/lists/ofac/sdn-2026-01/sdn_comments.csv");

/// One page: its answers in turn, the last one for ever.
#[derive(Clone, Default)]
struct Page {
    answers: Vec<Vec<u8>>,
    asked: Vec<String>,
}

#[derive(Clone, Default)]
struct Server {
    pages: Arc<Mutex<HashMap<String, Page>>>,
    address: String,
}

fn ok(body: &str, headers: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n{body}", body.len())
        .into_bytes()
}

fn status(line: &str) -> Vec<u8> {
    format!("HTTP/1.1 {line}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").into_bytes()
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let server = Self { pages: Arc::default(), address };
        let pages = server.pages.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { continue };
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut request = String::new();
                while reader.read_line(&mut request).is_ok_and(|n| n > 2) {}
                let Some(path) = request.split(' ').nth(1) else { continue };
                let mut pages = pages.lock().unwrap();
                let page = pages.entry(path.to_owned()).or_default();
                let answer = page.answers.get(page.asked.len()).or(page.answers.last()).cloned();
                page.asked.push(request.to_lowercase());
                drop(pages);
                let _ = stream.write_all(&answer.unwrap_or_else(|| status("404 Not Found")));
            }
        });
        server
    }

    fn serve(&self, path: &str, answers: &[Vec<u8>]) {
        self.pages
            .lock()
            .unwrap()
            .insert(path.to_owned(), Page { answers: answers.to_vec(), asked: Vec::new() });
    }

    fn asked(&self, path: &str) -> Vec<String> {
        self.pages.lock().unwrap().get(path).map(|p| p.asked.clone()).unwrap_or_default()
    }

    /// The table of sources with this server's addresses.
    fn sources(&self) -> ListSources {
        let mut all = sources();
        all.lists.retain(|s| ["un/sc", "us/ofac-sdn"].contains(&s.id.as_str()));
        all.bundles.clear();
        for file in all.lists.iter_mut().flat_map(|s| &mut s.forms).flat_map(|f| &mut f.files) {
            file.address = format!("{}/{}", self.address, file.name);
        }
        all
    }

    fn serve_examples(&self) {
        self.serve("/consolidated.xml", &[ok(LIST, "ETag: \"one\"\r\n")]);
        for (name, body) in
            [("sdn.csv", SDN), ("alt.csv", ALT), ("add.csv", ADD), ("sdn_comments.csv", COMMENTS)]
        {
            self.serve(&format!("/{name}"), &[ok(body, "Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT\r\n")]);
        }
    }

    fn update(&self, data: &Path, options: UpdateOptions<'_>) -> Vec<UpdateResult> {
        update_over_http(data, &self.sources(), options, &mut Silent).unwrap()
    }
}

fn un() -> ListId {
    "un/sc".parse().unwrap()
}

#[test]
fn lists_are_fetched_once_and_then_asked_for_news_only() {
    let (server, data) = (Server::start(), tempfile::tempdir().unwrap());
    server.serve_examples();
    let results = server.update(data.path(), options("2026-01-20"));
    assert_eq!(lines(&results), ["un/sc 2026-01-15 8 added", "us/ofac-sdn 2026-01-20 4 added"]);
    assert!(results[1].message.contains("no date inside, dated by the day of the fetch"));
    server.serve("/consolidated.xml", &[status("304 Not Modified")]);
    for name in ["sdn.csv", "alt.csv", "add.csv", "sdn_comments.csv"] {
        server.serve(&format!("/{name}"), &[status("304 Not Modified")]);
    }
    let results = server.update(data.path(), options("2026-02-20"));
    assert_eq!(lines(&results), ["un/sc 2026-01-15 8 unchanged", "us/ofac-sdn 2026-01-20 4 unchanged"]);
    assert!(server.asked("/consolidated.xml")[0].contains("if-none-match: \"one\""));
    assert!(server.asked("/sdn.csv")[0].contains("if-modified-since: thu, 01 jan 2026"));
    let register = Register::open(data.path()).unwrap();
    assert_eq!(register.stale(&un(), day("2026-02-25"), 7), Some(false), "confirmed on 2026-02-20");
    assert_eq!(register.stale(&un(), day("2026-02-28"), 7), Some(true));
    // One file of the set is new: the set is fetched whole.
    let newer = SDN.replace("RIDGE RUNNER", "RIDGE WALKER");
    server.serve_examples();
    server.serve("/sdn.csv", &[ok(&newer, "")]);
    server.serve("/alt.csv", &[status("304 Not Modified"), ok(ALT, "")]);
    let results = server.update(data.path(), options("2026-02-21"));
    assert_eq!(lines(&results)[1], "us/ofac-sdn 2026-02-21 4 added");
    assert_eq!(server.asked("/alt.csv").len(), 2);
}

#[test]
fn the_same_bytes_again_are_unchanged_and_confirmed() {
    let (server, data) = (Server::start(), tempfile::tempdir().unwrap());
    server.serve_examples();
    server.update(data.path(), options("2026-01-20"));
    let results = server.update(data.path(), options("2026-01-25"));
    assert_eq!(lines(&results), ["un/sc 2026-01-15 8 unchanged", "us/ofac-sdn 2026-01-20 4 unchanged"]);
    assert_eq!(Register::open(data.path()).unwrap().status()[0].confirmed, Some(day("2026-01-25")));
}

#[test]
fn a_passing_fault_is_tried_again_and_a_lasting_one_stops_its_list_only() {
    let (server, data) = (Server::start(), tempfile::tempdir().unwrap());
    server.serve_examples();
    let busy = status("503 Service Unavailable");
    server.serve("/consolidated.xml", &[busy.clone(), busy, ok(LIST, "")]);
    server.serve("/add.csv", &[status("404 Not Found")]);
    let results = server.update(data.path(), options("2026-01-20"));
    assert_eq!(lines(&results), ["un/sc 2026-01-15 8 added", "us/ofac-sdn - - failed"]);
    assert_eq!((server.asked("/consolidated.xml").len(), server.asked("/add.csv").len()), (3, 1));
    assert!(
        results[1].message.contains("status 404") && results[1].message.contains("add.csv"),
        "{}",
        results[1].message
    );
    assert_eq!(Register::open(data.path()).unwrap().lists().count(), 1);
}

#[test]
fn a_broken_connection_never_leaves_half_a_list() {
    let (server, data) = (Server::start(), tempfile::tempdir().unwrap());
    server.serve_examples();
    let whole = ok(LIST, "");
    server.serve("/consolidated.xml", &[whole[..whole.len() / 2].to_vec()]);
    let results = server.update(data.path(), options("2026-01-20"));
    assert_eq!(lines(&results), ["un/sc - - failed", "us/ofac-sdn 2026-01-20 4 added"]);
    assert_eq!(server.asked("/consolidated.xml").len(), 3);
    // A server that names no length: the file ends too early, and the reader sees it.
    let headless = format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}", &LIST[..LIST.len() / 2]);
    server.serve("/consolidated.xml", &[headless.into_bytes()]);
    let results = server.update(data.path(), options("2026-01-20"));
    assert_eq!(lines(&results)[0], "un/sc - - refused");
    assert!(results[0].message.contains("cut short"), "{}", results[0].message);
    assert_eq!(Register::open(data.path()).unwrap().lists().count(), 1);
}

#[test]
fn an_older_edition_is_refused_when_fetched() {
    let (server, data) = (Server::start(), tempfile::tempdir().unwrap());
    server.serve_examples();
    server.update(data.path(), options("2026-01-20"));
    server.serve("/consolidated.xml", &[ok(&LIST.replace("2026-01-15T", "2025-12-01T"), "")]);
    let results = server.update(data.path(), options("2026-01-21"));
    assert_eq!(lines(&results)[0], "un/sc 2025-12-01 8 refused");
    assert!(results[0].message.contains("older than the newest edition on disk (2026-01-15)"));
    assert_eq!(Register::open(data.path()).unwrap().editions(&un()).count(), 1);
}

#[test]
fn a_large_fall_is_held_back_and_taken_without_another_fetch() {
    let (server, data) = (Server::start(), tempfile::tempdir().unwrap());
    server.serve_examples();
    server.update(data.path(), options("2026-01-20"));
    let start = LIST.find("    <ENTITY>").unwrap();
    let end = LIST.find("  </ENTITIES>").unwrap();
    let fewer = format!("{}{}", &LIST[..start], &LIST[end..]).replace("2026-01-15T", "2026-01-16T");
    server.serve("/consolidated.xml", &[ok(&fewer, "ETag: \"two\"\r\n")]);
    let results = server.update(data.path(), options("2026-01-21"));
    assert_eq!(lines(&results)[0], "un/sc 2026-01-16 4 held_back");
    let results = server.update(data.path(), options("2026-01-22"));
    assert_eq!(lines(&results)[0], "un/sc 2026-01-16 4 held_back", "no validator hides what was held back");
    let accept = Accept { list: un(), reason: "all entities were removed".into() };
    let mut sources = server.sources();
    for file in sources.lists.iter_mut().flat_map(|s| &mut s.forms).flat_map(|f| &mut f.files) {
        file.address = "http://127.0.0.1:9/".into();
    }
    let results =
        update_over_http(data.path(), &sources, accepting("2026-01-22", &accept), &mut Silent).unwrap();
    assert_eq!(lines(&results)[0], "un/sc 2026-01-16 4 added");
}

#[test]
fn no_network_is_said_within_three_seconds() {
    let data = tempfile::tempdir().unwrap();
    // A closed port, a computer that does not answer (an address for documentation), and a name that does not exist.
    for address in ["http://127.0.0.1:9/", "http://192.0.2.1/", "http://nowhere.invalid/"] {
        let mut sources = sources();
        for file in sources.lists.iter_mut().flat_map(|s| &mut s.forms).flat_map(|f| &mut f.files) {
            file.address = format!("{address}{}", file.name);
        }
        let begin = Instant::now();
        let result = update_over_http(data.path(), &sources, options("2026-01-20"), &mut Silent);
        let elapsed = begin.elapsed();
        if std::env::vars().any(|(key, _)| key.to_lowercase().ends_with("_proxy"))
            && !address.contains("127.0.0.1")
        {
            println!("skipped: {address} lies behind the proxy of this machine");
            continue;
        }
        let error = result.unwrap_err();
        assert!(elapsed < Duration::from_secs(3), "{address}: {elapsed:?}");
        assert!(
            matches!(error, RegisterError::NoNetwork { .. }) && error.to_string().contains("--from DIR"),
            "{error}"
        );
    }
    assert!(Register::open(data.path()).unwrap().is_empty());
}

#[test]
fn lists_without_address_or_with_registration_are_left_alone() {
    let (server, data) = (Server::start(), tempfile::tempdir().unwrap());
    server.serve_examples();
    let mut sources = server.sources();
    sources.lists[0].forms[0].files =
        vec![SourceFile { name: "consolidated.xml".into(), address: String::new() }];
    sources.lists[1].needs_registration = true;
    let results = update_over_http(data.path(), &sources, options("2026-01-20"), &mut Silent).unwrap();
    assert_eq!(lines(&results), ["un/sc - - not_read"]);
    let only = ["us/ofac-sdn".to_owned()];
    let asked = UpdateOptions { today: day("2026-01-20"), only: &only, accept: None, state_of: &no_state };
    let results = update_over_http(data.path(), &sources, asked, &mut Silent).unwrap();
    assert_eq!(lines(&results), ["us/ofac-sdn 2026-01-20 4 added"]);
}
