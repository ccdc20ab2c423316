//! Fetching editions from their publishers. The only traffic of Comity: nothing of a question ever leaves the computer.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::net::{IpAddr, TcpStream, ToSocketAddrs};
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use comity_model::list_source::{ListForm, ListSources, SourceFile};
use comity_model::listing::{DateFrom, ListId, Precision};
use ureq::http::Uri;
use ureq::{Agent as Client, Proxy};

use crate::error::RegisterError;
use crate::input::FILE_LIMIT;
use crate::intake::{self, Arrival, OuterDate, Route};
use crate::progress::Progress;
use crate::shelf::{Shelf, Staging, safe_name};
use crate::store::{Account, Validator};
use crate::update::{Offer, UpdateOptions, UpdateResult, UpdateWord};

/// How long a connection may take before the network counts as absent.
const CONNECT: Duration = Duration::from_millis(2500);
/// How long an answer, or the next piece of one, may take.
const ANSWER: Duration = Duration::from_secs(20);
/// How long one file may take in all.
const WHOLE: Duration = Duration::from_secs(600);
/// Pauses before the second and third try.
const PAUSES: [Duration; 2] = [Duration::from_millis(300), Duration::from_millis(900)];

/// Fetches the lists of the table of sources from their publishers and adds what is new to the register below `data`. Lists that need a registration are
/// fetched only when they are asked for by id. Each list stands alone: one that fails does not stop the others.
///
/// # Errors
/// When no publisher can be reached at all, an id asked for is not in the table, or the register cannot be written.
pub fn update_over_http(
    data: &Path,
    sources: &ListSources,
    options: UpdateOptions<'_>,
    progress: &mut dyn Progress,
) -> Result<Vec<UpdateResult>, RegisterError> {
    let mut chosen = options.chosen(sources)?;
    chosen.retain(|offer| !offer.needs_registration || offer.by_id);
    let shelf = Shelf::open(data)?;
    let mut results = intake::refresh(&shelf, &options, progress)?;
    results.extend(intake::release(&shelf, &options)?);
    let addresses =
        chosen.iter().filter_map(fetched_form).flat_map(|form| &form.files).map(|f| f.address.as_str());
    let client = client(addresses.clone().all(is_loopback));
    let hosts = hosts(addresses, client.config().proxy());
    let reached = reachable(&hosts);
    if !hosts.is_empty() && reached.is_empty() && results.is_empty() {
        let mut names: Vec<_> = hosts.iter().map(|(host, _)| host.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        return Err(RegisterError::NoNetwork { hosts: names.join(", ") });
    }
    for offer in &chosen {
        let Some(form) = fetched_form(offer) else {
            let message = "its publisher offers no fixed address; read it with `--from DIR`";
            results.push(UpdateResult::new(offer.id, UpdateWord::NotRead, message));
            continue;
        };
        let via_proxy = client.config().proxy().is_some();
        let away = form
            .files
            .iter()
            .filter_map(|f| host_of(&f.address))
            .find(|h| !via_proxy && !reached.contains(h));
        if let Some((host, _)) = away {
            let message =
                format!("{host} cannot be reached; try again later, or read the list with `--from DIR`");
            results.push(UpdateResult::new(offer.id, UpdateWord::Failed, message));
            continue;
        }
        let fetch = Fetch { shelf: &shelf, client: &client, offer, form, options };
        results.extend(fetch.run(progress)?);
    }
    Ok(results)
}

/// The form that is fetched: the first whose files all have addresses.
fn fetched_form<'s>(offer: &Offer<'s>) -> Option<&'s ListForm> {
    offer.forms.iter().find(|form| form.files.iter().all(|f| !f.address.is_empty()))
}

/// The name of a fetched file: that of the table, or where that is a pattern, the end of its address.
fn fetched_name(file: &SourceFile) -> String {
    let end = file.address.rsplit('/').next().unwrap_or_default();
    let end = end.split(['?', '#']).next().unwrap_or_default();
    safe_name(if file.name.contains('*') && !end.is_empty() { end } else { &file.name })
}

/// A proxy is taken from the environment, but never for this computer itself.
fn client(local: bool) -> Client {
    Client::config_builder()
        .proxy(if local { None } else { Proxy::try_from_env() })
        .user_agent(concat!("comity/", env!("CARGO_PKG_VERSION")))
        .http_status_as_error(false)
        .max_redirects(5)
        .timeout_resolve(Some(CONNECT))
        .timeout_connect(Some(CONNECT))
        .timeout_recv_response(Some(ANSWER))
        .timeout_per_read(Some(ANSWER))
        .timeout_global(Some(WHOLE))
        .build()
        .new_agent()
}

type Host = (String, u16);

fn host_of(address: &str) -> Option<Host> {
    let uri: Uri = address.parse().ok()?;
    let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("http") { 80 } else { 443 });
    Some((uri.host()?.trim_matches(['[', ']']).to_owned(), port))
}

fn is_loopback(address: &str) -> bool {
    host_of(address)
        .is_some_and(|(host, _)| host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback()))
}

/// The computers to reach: those of the publishers, or the proxy that stands before them.
fn hosts<'a>(addresses: impl Iterator<Item = &'a str>, proxy: Option<&Proxy>) -> Vec<Host> {
    let addresses = addresses.filter(|address| !address.is_empty());
    let mut hosts: Vec<Host> = match proxy {
        Some(proxy) => addresses.map(|_| (proxy.host().to_owned(), proxy.port())).collect(),
        None => addresses.filter_map(host_of).collect(),
    };
    hosts.sort();
    hosts.dedup();
    hosts
}

/// Those that a connection can be made to within the time; all at once, so that no network is known soon.
fn reachable(hosts: &[Host]) -> Vec<Host> {
    let (send, receive) = mpsc::channel();
    for host in hosts {
        let (send, host) = (send.clone(), host.clone());
        thread::spawn(move || {
            let addresses = (host.0.as_str(), host.1).to_socket_addrs();
            let mut addresses = addresses.into_iter().flatten().take(4);
            let reached = addresses.any(|a| TcpStream::connect_timeout(&a, CONNECT / 2).is_ok());
            // Nobody listens any more once the time is over.
            let _ = send.send((host, reached));
        });
    }
    drop(send);
    let end = Instant::now() + CONNECT;
    let mut reached = Vec::new();
    while let Ok((host, ok)) = receive.recv_timeout(end.saturating_duration_since(Instant::now())) {
        if ok {
            reached.push(host);
        }
    }
    reached
}

/// The fetching of one list.
struct Fetch<'a> {
    shelf: &'a Shelf,
    client: &'a Client,
    offer: &'a Offer<'a>,
    form: &'a ListForm,
    options: UpdateOptions<'a>,
}

/// One file's answer.
enum Answer {
    /// New bytes are in the staging folder.
    File(Validator),
    /// The publisher says that nothing changed.
    Same,
}

/// Why a try failed, and whether another may do.
struct Trouble {
    message: String,
    again: bool,
}

impl Fetch<'_> {
    /// The list with whose account the publisher's validators are kept.
    fn anchor(&self) -> &ListId {
        let own = self.offer.gives.iter().find(|g| !g.fallback).or(self.offer.gives.first());
        own.map_or(self.offer.id, |g| &g.source.id)
    }

    fn failed(&self, message: impl Into<String>) -> Vec<UpdateResult> {
        vec![UpdateResult::new(self.offer.id, UpdateWord::Failed, message)]
    }

    fn run(&self, progress: &mut dyn Progress) -> Result<Vec<UpdateResult>, RegisterError> {
        let account = self.shelf.account(self.anchor())?;
        // Validators count only while the edition they belong to is on the shelf.
        let known =
            account.validated.as_ref().and_then(|d| account.editions.iter().find(|e| e.meta.digest == *d));
        let downloads = self.shelf.stage(self.anchor())?;
        let mut answers = Vec::new();
        for file in &self.form.files {
            let validator = known.and_then(|_| account.validators.iter().find(|v| v.address == file.address));
            match self.file(&downloads, file, validator, progress)? {
                Ok(answer) => answers.push(answer),
                Err(message) => return Ok(self.failed(message)),
            }
        }
        if let Some(edition) = known.filter(|_| answers.iter().all(|a| matches!(a, Answer::Same))) {
            let digest = &edition.meta.digest;
            let mut results = Vec::new();
            for given in &self.offer.gives {
                let list = &given.source.id;
                let account = self.shelf.account(list)?;
                let Some(same) = account.editions.iter().find(|e| e.meta.digest == *digest) else { continue };
                intake::confirm(self.shelf, list, digest, true, &self.options)?;
                let mut result = UpdateResult::new(
                    list,
                    UpdateWord::Unchanged,
                    "its publisher says that it has not changed",
                );
                (result.edition, result.entries) = (Some(same.meta.date), Some(same.meta.entries));
                results.push(result);
            }
            return Ok(results);
        }
        // A set is taken whole: what the publisher called unchanged is fetched too.
        let mut validators = Vec::new();
        for (file, answer) in self.form.files.iter().zip(answers) {
            match answer {
                Answer::File(validator) => validators.push(validator),
                Answer::Same => match self.file(&downloads, file, None, progress)? {
                    Ok(Answer::File(validator)) => validators.push(validator),
                    Ok(Answer::Same) => {
                        let message = format!(
                            "{}: `not modified` without having been asked; try again later",
                            file.address
                        );
                        return Ok(self.failed(message));
                    }
                    Err(message) => return Ok(self.failed(message)),
                },
            }
        }
        self.take(&downloads, validators, progress)
    }

    fn take(
        &self,
        downloads: &Staging,
        validators: Vec<Validator>,
        progress: &mut dyn Progress,
    ) -> Result<Vec<UpdateResult>, RegisterError> {
        let mut files: Vec<(String, Box<dyn Read>)> = Vec::new();
        for file in &self.form.files {
            let name = fetched_name(file);
            let path = downloads.path().join(&name);
            let open = File::open(&path).map_err(RegisterError::disk("read", &path))?;
            files.push((name, Box::new(BufReader::new(open))));
        }
        let origin = self.form.files.first().map(|f| f.address.clone()).unwrap_or_default();
        let outer = OuterDate { date: self.options.today, precision: Precision::Day, from: DateFrom::Fetch };
        let arrival = Arrival { offer: self.offer, format: &self.form.format, files, origin, outer };
        let mut silent = crate::progress::Silent;
        let intake = intake::prepare(self.shelf, arrival, &self.options, &mut silent)?;
        let mut results = intake.results;
        for prepared in intake.prepared {
            results.push(intake::decide(self.shelf, prepared, Route::Fetch, &self.options)?);
        }
        // What was refused or held back is asked for again the next time, whatever its validators say.
        let taken = |r: &UpdateResult| matches!(r.result, UpdateWord::Added | UpdateWord::Unchanged);
        if !results.is_empty() && results.iter().all(taken) {
            self.shelf.change(self.anchor(), |account: &mut Account| {
                (account.validated, account.validators) = (Some(intake.digest), validators);
                Ok(())
            })?;
        }
        for result in &results {
            progress.note(&result.list, result.result.word());
        }
        Ok(results)
    }

    /// Fetches one file into the staging folder, with retries.
    fn file(
        &self,
        downloads: &Staging,
        file: &SourceFile,
        validator: Option<&Validator>,
        progress: &mut dyn Progress,
    ) -> Result<Result<Answer, String>, RegisterError> {
        let (name, address) = (fetched_name(file), file.address.as_str());
        let path = downloads.path().join(&name);
        let mut pauses = PAUSES.iter();
        loop {
            let tried = self.attempt(&path, &name, address, validator, progress)?;
            progress.end();
            match tried {
                Ok(answer) => return Ok(Ok(answer)),
                Err(trouble) => match pauses.next().filter(|_| trouble.again) {
                    Some(pause) => {
                        progress.note(
                            self.offer.id.as_str(),
                            &format!("{address}: {}; trying again", trouble.message),
                        );
                        thread::sleep(*pause);
                    }
                    None => return Ok(Err(format!("{address}: {}", trouble.message))),
                },
            }
        }
    }

    fn attempt(
        &self,
        path: &Path,
        name: &str,
        address: &str,
        validator: Option<&Validator>,
        progress: &mut dyn Progress,
    ) -> Result<Result<Answer, Trouble>, RegisterError> {
        // An address that begins with https stays with https through all redirects.
        let secure = address.starts_with("https://");
        let mut request = self.client.get(address).config().https_only(secure).build();
        if let Some(validator) = validator {
            if let Some(etag) = &validator.etag {
                request = request.header("If-None-Match", etag);
            }
            if let Some(modified) = &validator.last_modified {
                request = request.header("If-Modified-Since", modified);
            }
        }
        let mut response = match request.call() {
            Ok(response) => response,
            Err(error) => return Ok(Err(trouble(&error))),
        };
        let status = response.status().as_u16();
        match status {
            200 => {}
            304 => return Ok(Ok(Answer::Same)),
            _ => {
                let message = format!(
                    "the publisher answers with status {status}; try again later, or see whether the address has changed"
                );
                return Ok(Err(Trouble { message, again: status >= 500 || status == 429 }));
            }
        }
        let header = |key: &str| response.headers().get(key).and_then(|v| v.to_str().ok()).map(str::to_owned);
        let validator = Validator {
            address: address.to_owned(),
            etag: header("etag"),
            last_modified: header("last-modified"),
        };
        let encoded = header("content-encoding").is_some();
        let total = response.body().content_length().filter(|_| !encoded);
        if total.is_some_and(|n| n > FILE_LIMIT) {
            return Ok(Err(too_large()));
        }
        progress.begin(self.offer.id.as_str(), name, total);
        let mut body = response.body_mut().with_config().limit(FILE_LIMIT + 1).reader();
        let mut file = File::create(path).map_err(RegisterError::disk("create", path))?;
        let mut buffer = vec![0; 64 << 10];
        let mut read = 0_u64;
        loop {
            match body.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => {
                    read += n as u64;
                    if read > FILE_LIMIT {
                        let _ = fs::remove_file(path);
                        return Ok(Err(too_large()));
                    }
                    file.write_all(buffer.get(..n).unwrap_or_default())
                        .map_err(RegisterError::disk("write", path))?;
                    progress.advance(n as u64);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let message =
                        format!("the connection broke after {read} bytes ({error}); try again later");
                    return Ok(Err(Trouble { message, again: true }));
                }
            }
        }
        if total.is_some_and(|n| n != read) {
            let message = format!("{read} bytes came of {} announced; try again later", total.unwrap_or(0));
            return Ok(Err(Trouble { message, again: true }));
        }
        Ok(Ok(Answer::File(validator)))
    }
}

fn too_large() -> Trouble {
    Trouble {
        message: format!("more than {} MB; a list of this size is not known", FILE_LIMIT >> 20),
        again: false,
    }
}

fn trouble(error: &ureq::Error) -> Trouble {
    let again = matches!(
        error,
        ureq::Error::Timeout(_)
            | ureq::Error::Io(_)
            | ureq::Error::ConnectionFailed
            | ureq::Error::HostNotFound
    );
    Trouble {
        message: format!("{error}; see that the network works, or read the list with `--from DIR`"),
        again,
    }
}
