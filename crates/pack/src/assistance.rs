//! Reads what `data/r1540` holds on assistance (topics, aliases, regions, requests, offers, calendars, procedures, links of emerging
//! technologies), and the users' own requests, offers and tags in the same form. The form of each file stands in its head.
//!
//! Every reference is checked: fields of the matrix, entries of control lists, rules of packs, topics, regions, States, figures.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use comity_model::assistance::{
    Alias, Assistance, Calendar, Comparison, Covers, Link, LinkKind, Offer, Procedure, ProcedureState,
    Region, Request, RequestDate, Timer, Topic, Transition, UNSPECIFIED, Who,
};
use comity_model::control::ControlList;
use comity_model::r1540::R1540;
use comity_model::rule::Pack;
use comity_model::standing::{States, fold};
use comity_model::{DateValue, Day, Evidence, Period, StateCode};

use crate::fault::Fault;
use crate::language::nearest;
use crate::r1540::Files;
use crate::source::{Node, NodeKind, Reader, Source};
use crate::table::{Csv, Row};

/// What references are checked against.
#[derive(Clone, Copy)]
pub struct Against<'a> {
    /// States.
    pub states: &'a States,
    /// Fields and figures.
    pub r1540: &'a R1540,
    /// Control lists.
    pub controls: &'a [ControlList],
    /// Packs.
    pub packs: &'a [Pack],
}

/// The columns of a table of links, of ours and of users.
pub const LINK_COLUMNS: [&str; 6] = ["topic", "kind", "ref", "reason", "evidence", "source"];

/// Columns that hold a set.
const SETS: [&str; 6] = ["topics", "fields", "kinds", "languages", "regions", "weapons"];

/// Reads the folder. Without faults the catalogue is whole.
pub fn load(files: Files<'_>, against: &Against<'_>, faults: &mut Vec<Fault>) -> Assistance {
    let mut all = Assistance::default();
    if let Some(source) = files("topics.csv", faults) {
        all.topics = topics(&source, against, faults);
    }
    if let Some(source) = files("assist-aliases.csv", faults) {
        all.aliases = aliases(&source, &all, faults);
    }
    if let Some(source) = files("assist-regions.csv", faults) {
        all.regions = regions(&source, against, faults);
    }
    let names = Names { against, regions: &all.regions, state_of: &|_| None };
    let mut entries = Entries::default();
    for file in ["assist-requests.csv", "assist-offers.csv"] {
        if let Some(source) = files(file, faults)
            && let Some(root) = csv_node(&source, faults)
        {
            let read = read_entries(&source, &root, &names, true, faults);
            entries.requests.extend(read.requests);
            entries.offers.extend(read.offers);
        }
    }
    (all.requests, all.offers) = (entries.requests, entries.offers);
    if let Some(source) = files("assist-calendars.toml", faults) {
        all.calendars = calendars(&source, faults);
    }
    if let Some(source) = files("procedures.toml", faults) {
        (all.procedures, all.request_procedure) = procedures(&source, &all.calendars, faults);
    }
    if let Some(source) = files("assist-figures.csv", faults) {
        all.comparisons = comparisons(&source, against, faults);
    }
    if let Some(source) = files("emerging.csv", faults) {
        all.links = links(&source, &all, against, faults);
    }
    all
}

fn topics(source: &Source, against: &Against<'_>, faults: &mut Vec<Fault>) -> Vec<Topic> {
    let columns = ["topic", "parent", "prefix", "emerging", "title", "evidence", "source"];
    let Some(csv) = Csv::read(&source.file, source.text(), &columns, faults) else { return Vec::new() };
    let ids: BTreeSet<&str> = csv.rows().map(|row| row.get("topic")).collect();
    let mut found: Vec<Topic> = Vec::new();
    for row in csv.rows() {
        let Some([id, title, told]) = filled(&row, ["topic", "title", "source"], faults) else { continue };
        if found.iter().any(|t| t.id == id) {
            faults.push(row.fault(format!("topic `{id}` a second time"), "each topic once", "remove one"));
            continue;
        }
        let parent = Some(row.get("parent")).filter(|p| !p.is_empty());
        if let Some(parent) = parent.filter(|p| *p == id || !ids.contains(p)) {
            faults.push(row.fault(
                format!("parent `{parent}`"),
                "another topic of the file",
                nearest(parent, ids.iter().copied()),
            ));
        }
        let prefix = row.get("prefix").to_owned();
        if !prefix.is_empty() && !against.r1540.fields.iter().any(|f| f.id.starts_with(&prefix)) {
            faults.push(row.fault(
                format!("prefix `{prefix}`"),
                "the beginning of the id of a field of the matrix",
                "correct it, or leave it empty",
            ));
        }
        let is_emerging = match row.get("emerging") {
            "" => false,
            "yes" => true,
            other => {
                faults.push(row.fault(format!("emerging `{other}`"), "yes or nothing", "correct it"));
                false
            }
        };
        let Some(evidence) = evidence(&row, faults) else { continue };
        let parent = parent.map(str::to_owned);
        found.push(Topic { id, parent, prefix, is_emerging, title, evidence, source: told });
    }
    // A chain of parents ends.
    for topic in &found {
        let mut at = topic;
        for _ in 0..=found.len() {
            match at.parent.as_deref().and_then(|p| found.iter().find(|t| t.id == p)) {
                Some(above) if above.id == topic.id => {
                    let fault = format!("topic `{}` is its own wider topic", topic.id);
                    faults.push(Fault::new(&source.file, 0, fault, "parents that end", "correct a parent"));
                    break;
                }
                Some(above) => at = above,
                None => break,
            }
        }
    }
    found.sort_by(|a, b| a.id.cmp(&b.id));
    found
}

fn aliases(source: &Source, all: &Assistance, faults: &mut Vec<Fault>) -> Vec<Alias> {
    let columns = ["word", "side", "topics", "kinds", "why", "evidence"];
    let Some(csv) = Csv::read(&source.file, source.text(), &columns, faults) else { return Vec::new() };
    let mut found: Vec<Alias> = Vec::new();
    for row in csv.rows() {
        let Some([word, why]) = filled(&row, ["word", "why"], faults) else { continue };
        if !["offer", "request", "both"].contains(&row.get("side")) {
            faults.push(row.fault(
                format!("side `{}`", row.get("side")),
                "offer, request or both",
                "correct it",
            ));
        }
        if all.topic(&word).is_some() || found.iter().any(|a| a.word == word) {
            faults.push(row.fault(
                format!("word `{word}` is a topic, or stands a second time"),
                "each word once, and no topic",
                "remove the line",
            ));
            continue;
        }
        let topics: Vec<String> = row.set("topics").map(str::to_owned).collect();
        for topic in topics.iter().filter(|t| all.topic(t).is_none()) {
            let near = nearest(topic, all.topics.iter().map(|t| t.id.as_str()));
            faults.push(row.fault(format!("topic `{topic}`"), "a topic of topics.csv", near));
        }
        let kinds = row.parsed_set("kinds", faults);
        let Some(evidence) = evidence(&row, faults) else { continue };
        found.push(Alias { word, topics, kinds, why, evidence });
    }
    found.sort_by(|a, b| a.word.cmp(&b.word));
    found
}

fn regions(source: &Source, against: &Against<'_>, faults: &mut Vec<Fault>) -> Vec<Region> {
    let columns = ["region", "covers", "within", "states", "title", "evidence", "source"];
    let Some(csv) = Csv::read(&source.file, source.text(), &columns, faults) else { return Vec::new() };
    let ids: BTreeSet<&str> = csv.rows().map(|row| row.get("region")).collect();
    let mut found: Vec<Region> = Vec::new();
    for row in csv.rows() {
        let Some([id, title, told]) = filled(&row, ["region", "title", "source"], faults) else { continue };
        if found.iter().any(|r| r.id == id) {
            faults.push(row.fault(format!("region `{id}` a second time"), "each region once", "remove one"));
            continue;
        }
        let named = row.get("states");
        let covers = match row.get("covers") {
            "everyone" => Covers::Everyone,
            "unnamed" => Covers::Unnamed,
            "group" => {
                if !against.states.states.iter().any(|s| s.group == named) {
                    let groups: BTreeSet<&str> =
                        against.states.states.iter().map(|s| s.group.as_str()).collect();
                    faults.push(row.fault(
                        format!("group `{named}`"),
                        "a regional group of states/states.csv",
                        nearest(named, groups.into_iter()),
                    ));
                }
                Covers::Group(named.to_owned())
            }
            "states" => {
                let mut states: Vec<StateCode> = row.parsed_set("states", faults);
                for code in states.iter().filter(|code| against.states.state(**code).is_none()) {
                    faults.push(row.fault(
                        format!("`{code}` as a State"),
                        "a State of states/states.csv",
                        "correct the code",
                    ));
                }
                states.sort();
                states.dedup();
                Covers::States(states)
            }
            other => {
                faults.push(row.fault(
                    format!("covers `{other}`"),
                    "everyone, group, states or unnamed",
                    "correct it",
                ));
                continue;
            }
        };
        let within = Some(row.get("within")).filter(|w| !w.is_empty());
        if let Some(within) = within.filter(|w| *w == id || !ids.contains(w)) {
            faults.push(row.fault(
                format!("within `{within}`"),
                "another region of the file",
                nearest(within, ids.iter().copied()),
            ));
        }
        let Some(evidence) = evidence(&row, faults) else { continue };
        let within = within.map(str::to_owned);
        found.push(Region { id, covers, within, title, evidence, source: told });
    }
    found.sort_by(|a, b| a.id.cmp(&b.id));
    found
}

/// How names in requests and offers are understood.
pub struct Names<'a> {
    /// What references are checked against.
    pub against: &'a Against<'a>,
    /// Regions.
    pub regions: &'a [Region],
    /// A State by a name or alias; the data give codes only.
    pub state_of: &'a dyn Fn(&str) -> Option<StateCode>,
}

/// Requests and offers of one file.
#[derive(Debug, Default)]
pub struct Entries {
    /// Requests; the id is empty where none was given.
    pub requests: Vec<Request>,
    /// Offers; the id is empty where none was given.
    pub offers: Vec<Offer>,
}

/// The form of a file by the end of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// TOML.
    Toml,
    /// JSON.
    Json,
    /// CSV.
    Csv,
}

impl Form {
    /// The form that a name ends with; none if it is another.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        match name.rsplit('.').next()?.to_ascii_lowercase().as_str() {
            "toml" => Some(Self::Toml),
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }
}

/// Reads requests and offers of a user: `[[request]]` and `[[offer]]` in TOML, `{"request": [...], "offer": [...]}` in JSON, a table with a
/// column `requester` or `provider` in CSV. A new request that lacks parts is a fault that names them; with `old = true` it is kept as it is.
pub fn entries(source: &Source, form: Form, names: &Names<'_>, faults: &mut Vec<Fault>) -> Entries {
    let root = match form {
        Form::Toml => source.toml(faults),
        Form::Json => source.json(faults),
        Form::Csv => csv_node(source, faults),
    };
    root.map_or_else(Entries::default, |root| read_entries(source, &root, names, false, faults))
}

/// The rows of a CSV file as tables under `request` or `offer`; each cell knows the line it stands in.
fn csv_node(source: &Source, faults: &mut Vec<Fault>) -> Option<Node> {
    let csv = Csv::read(&source.file, source.text(), &[], faults)?;
    let has = |column: &str| csv.columns().iter().any(|c| c == column);
    let kind = match (has("requester"), has("provider")) {
        (true, false) => "request",
        (false, true) => "offer",
        _ => {
            faults.push(Fault::new(
                &source.file,
                1,
                "a head line that tells neither requests nor offers",
                "a column `requester`, or a column `provider`",
                "name the columns as `comity r1540 assist` documents them",
            ));
            return None;
        }
    };
    let starts: Vec<usize> =
        std::iter::once(0).chain(source.text().match_indices('\n').map(|(at, _)| at + 1)).collect();
    let rows = csv.rows().map(|row| {
        let at = starts.get(row.line.saturating_sub(1)).copied();
        let cells = csv.columns().iter().filter(|column| !row.get(column).is_empty()).map(|column| {
            let text = |text: &str| Node { at, kind: NodeKind::Text(text.to_owned()) };
            let node = if SETS.contains(&column.as_str()) {
                Node { at, kind: NodeKind::List(row.set(column).map(text).collect()) }
            } else if column == "old" && ["yes", "no", "true", "false"].contains(&row.get(column)) {
                Node { at, kind: NodeKind::Truth(["yes", "true"].contains(&row.get(column))) }
            } else {
                text(row.get(column))
            };
            (column.clone(), at, node)
        });
        Node { at, kind: NodeKind::Table(cells.collect()) }
    });
    let list = Node { at: None, kind: NodeKind::List(rows.collect()) };
    Some(Node { at: None, kind: NodeKind::Table(vec![(kind.to_owned(), None, list)]) })
}

fn read_entries(
    source: &Source,
    root: &Node,
    names: &Names<'_>,
    all_old: bool,
    faults: &mut Vec<Fault>,
) -> Entries {
    let mut found = Entries::default();
    let Some(mut reader) = Reader::new(source, "", root, faults) else { return found };
    let mut seen = BTreeSet::new();
    let mut once = |at: Option<usize>, id: &str, faults: &mut Vec<Fault>| {
        if !id.is_empty() && !seen.insert(id.to_owned()) {
            faults.push(source.fault(at, format!("id `{id}` a second time"), "each id once", "change one"));
        }
    };
    // What an exported file tells its reader.
    for key in ["disclaimer", "note"] {
        let _ = reader.text(key, faults);
    }
    for table in reader.tables("request", faults) {
        let at = table.at();
        if let Some(read) = request(table, names, all_old, faults) {
            once(at, &read.id, faults);
            found.requests.push(read);
        }
    }
    for table in reader.tables("offer", faults) {
        let at = table.at();
        if let Some(read) = offer(table, names, faults) {
            once(at, &read.id, faults);
            found.offers.push(read);
        }
    }
    if found.requests.is_empty() && found.offers.is_empty() && faults.is_empty() {
        faults.push(Fault::new(
            &source.file,
            0,
            "neither a request nor an offer",
            "[[request]] or [[offer]], or rows of a table",
            "add what is to be kept",
        ));
    }
    reader.finish(faults);
    found
}

/// Reads one request.
pub fn request(
    mut reader: Reader<'_>,
    names: &Names<'_>,
    is_old: bool,
    faults: &mut Vec<Fault>,
) -> Option<Request> {
    let before = faults.len();
    let is_old = reader.truth("old", faults) || is_old;
    let id = own_id(&mut reader, faults);
    let requester = who(&mut reader, "requester", names, faults);
    let date: Option<RequestDate> = reader.parsed("date", faults);
    if date.is_none() && !reader.has("date") {
        faults.push(reader.fault("date", "the request has no date", "a date", "add date = \"2026-11-21\""));
    }
    let mut topics = words(&mut reader, faults);
    if topics.is_empty() && is_old {
        topics.push(UNSPECIFIED.to_owned());
    }
    let fields: Vec<String> = reader.texts("fields", faults).into_iter().map(str::to_owned).collect();
    for field in fields.iter().filter(|f| names.against.r1540.field(f).is_none()) {
        let all = &names.against.r1540.fields;
        let of_row = format!("{field}.");
        let below: Vec<&str> = all.iter().map(|f| f.id.as_str()).filter(|f| f.starts_with(&of_row)).collect();
        let remedy = if below.is_empty() {
            nearest(field, all.iter().map(|f| f.id.as_str()))
        } else {
            format!("this is a row; name its fields: {}", below.join(", "))
        };
        let expected = "the id of a field of the matrix";
        faults.push(reader.fault("fields", format!("field `{field}`"), expected, remedy));
    }
    let kinds = reader.parsed_list("kinds", faults);
    let languages = languages(&mut reader, faults);
    let region = match reader.text("region", faults).filter(|t| !t.is_empty()) {
        Some(text) => region_named(&reader, "region", text, names, faults).unwrap_or_default(),
        None => String::new(),
    };
    let request = Request {
        id,
        requester: requester.clone().unwrap_or(Who::Other(String::new())),
        date: date.clone().unwrap_or(RequestDate { date: DateValue::Unknown, is_bound: false }),
        topics,
        fields,
        kinds,
        languages,
        region,
        weapons: reader.parsed_list("weapons", faults),
        contact: text(&mut reader, "contact", faults),
        done_when: text(&mut reader, "done_when", faults),
        summary: text(&mut reader, "summary", faults),
        is_old,
        evidence: own_evidence(&mut reader, faults),
        source: text(&mut reader, "source", faults),
    };
    // A draft may say what it lacks; what counts is what is there.
    let _ = reader.texts("missing", faults);
    let missing = request.missing();
    if !is_old && !missing.is_empty() {
        faults.push(reader.fault(
            "request",
            format!("the request lacks {}", missing.join(", ")),
            "every part of a new request",
            "add them; one that was made before requests were kept here says old = true",
        ));
    }
    if !is_old && date.as_ref().is_some_and(|d| d.is_bound || !matches!(d.date, DateValue::Day(_))) {
        faults.push(reader.fault(
            "date",
            "a date that is no day",
            "the day of a new request",
            "give the day",
        ));
    }
    reader.finish(faults);
    (requester.is_some() && faults.len() == before).then_some(request)
}

/// Reads one offer.
pub fn offer(mut reader: Reader<'_>, names: &Names<'_>, faults: &mut Vec<Fault>) -> Option<Offer> {
    let before = faults.len();
    let id = own_id(&mut reader, faults);
    let provider = who(&mut reader, "provider", names, faults);
    let topics = words(&mut reader, faults);
    if topics.is_empty() {
        faults.push(reader.fault(
            "topics",
            "the offer names no topic",
            "one topic or more",
            "add topics = [\"...\"]",
        ));
    }
    let mut regions = Vec::new();
    for text in reader.texts("regions", faults) {
        match text.parse::<StateCode>().ok().or_else(|| (names.state_of)(text)) {
            Some(code) if names.against.states.state(code).is_some() => regions.push(code.to_string()),
            _ => regions.extend(region_named(&reader, "regions", text, names, faults)),
        }
    }
    let period = Period { from: day(&mut reader, "from", faults), to: day(&mut reader, "to", faults) };
    if let (Some(from), Some(to)) = (period.from, period.to)
        && to < from
    {
        faults.push(reader.fault(
            "to",
            format!("{to} before {from}"),
            "an end after its begin",
            "correct one",
        ));
    }
    let offer = Offer {
        id,
        provider: provider.clone()?,
        topics,
        kinds: reader.parsed_list("kinds", faults),
        languages: languages(&mut reader, faults),
        regions,
        weapons: reader.parsed_list("weapons", faults),
        period,
        conditions: text(&mut reader, "conditions", faults),
        contact: text(&mut reader, "contact", faults),
        evidence: own_evidence(&mut reader, faults),
        source: text(&mut reader, "source", faults),
    };
    reader.finish(faults);
    (faults.len() == before).then_some(offer)
}

fn day(reader: &mut Reader<'_>, key: &'static str, faults: &mut Vec<Fault>) -> Option<Day> {
    if reader.text(key, &mut Vec::new()).is_some_and(str::is_empty) {
        return None;
    }
    reader.parsed(key, faults)
}

fn text(reader: &mut Reader<'_>, key: &'static str, faults: &mut Vec<Fault>) -> String {
    reader.text(key, faults).unwrap_or_default().trim().to_owned()
}

/// The id, which is also the name of a file: small letters, digits, points, hyphens, underscores.
fn own_id(reader: &mut Reader<'_>, faults: &mut Vec<Fault>) -> String {
    let id = text(reader, "id", faults);
    if !id.is_empty() && !is_id(&id) {
        faults.push(reader.fault(
            "id",
            format!("id `{id}`"),
            "up to 64 small letters, digits, points, hyphens, underscores, a letter or digit first",
            "change it",
        ));
    }
    id
}

/// Whether a text can be the id of a request or an offer.
#[must_use]
pub fn is_id(id: &str) -> bool {
    (1..=64).contains(&id.len())
        && id.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'_'))
}

fn who(
    reader: &mut Reader<'_>,
    key: &'static str,
    names: &Names<'_>,
    faults: &mut Vec<Fault>,
) -> Option<Who> {
    let said = reader.required(key, faults)?;
    let known = |who: Who| match who.state() {
        Some(code) if names.against.states.state(code).is_none() => None,
        _ => Some(who),
    };
    let found = Who::from_str(said).ok().and_then(known);
    let found = found.or_else(|| (names.state_of)(said).map(Who::State).and_then(known));
    if found.is_none() {
        faults.push(reader.fault(
            key,
            format!("`{said}` names nobody"),
            "a State, org:NAME or other:NAME",
            "correct it",
        ));
    }
    found
}

/// Words for topics: small letters, with hyphens.
fn words(reader: &mut Reader<'_>, faults: &mut Vec<Fault>) -> Vec<String> {
    let plain = |word: &str| word.trim().to_lowercase().split_whitespace().collect::<Vec<_>>().join("-");
    let mut found: Vec<String> =
        reader.texts("topics", faults).into_iter().map(plain).filter(|w| !w.is_empty()).collect();
    let mut seen = BTreeSet::new();
    found.retain(|word| seen.insert(word.clone()));
    found
}

fn languages(reader: &mut Reader<'_>, faults: &mut Vec<Fault>) -> Vec<String> {
    let mut found = Vec::new();
    for text in reader.texts("languages", faults) {
        if (2..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase()) {
            found.push(text.to_owned());
        } else {
            faults.push(reader.fault(
                "languages",
                format!("language `{text}`"),
                "a code of two or three small letters (ISO 639)",
                "write fr for French",
            ));
        }
    }
    found
}

fn region_named(
    reader: &Reader<'_>,
    key: &'static str,
    text: &str,
    names: &Names<'_>,
    faults: &mut Vec<Fault>,
) -> Option<String> {
    let key_of = fold(text);
    let found =
        names.regions.iter().find(|r| r.id == text || fold(&r.id) == key_of || fold(&r.title) == key_of);
    if found.is_none() {
        let near = nearest(text, names.regions.iter().map(|r| r.id.as_str()));
        faults.push(reader.fault(key, format!("region `{text}`"), "a region of assist-regions.csv", near));
    }
    found.map(|r| r.id.clone())
}

/// How well an entry is known; one that does not say is the user's own.
fn own_evidence(reader: &mut Reader<'_>, faults: &mut Vec<Fault>) -> Evidence {
    reader.parsed("evidence", faults).unwrap_or(Evidence::Read)
}

fn calendars(source: &Source, faults: &mut Vec<Fault>) -> Vec<Calendar> {
    let Some(root) = source.toml(faults) else { return Vec::new() };
    let Some(mut reader) = Reader::new(source, "", &root, faults) else { return Vec::new() };
    let mut found: Vec<Calendar> = Vec::new();
    for mut table in reader.tables("calendar", faults) {
        let mut calendar = Calendar {
            id: table.required("id", faults).unwrap_or_default().to_owned(),
            title: table.required("title", faults).unwrap_or_default().to_owned(),
            bodies: table.texts("bodies", faults).into_iter().map(str::to_owned).collect(),
            weekend: numbers(&mut table, "weekend", faults),
            years: numbers(&mut table, "years", faults),
            holidays: Vec::new(),
            sources: BTreeMap::new(),
            evidence: table.parsed("evidence", faults).unwrap_or(Evidence::Memory),
            source: table.required("source", faults).unwrap_or_default().to_owned(),
            note: text(&mut table, "note", faults),
        };
        if let Some(wrong) = calendar.weekend.iter().find(|d| !(1..=7).contains(*d)) {
            faults.push(table.fault(
                "weekend",
                format!("day {wrong}"),
                "1 (Monday) to 7 (Sunday)",
                "correct it",
            ));
        }
        if (1..=7).all(|d| calendar.weekend.contains(&d)) {
            faults.push(table.fault(
                "weekend",
                "a week without a working day",
                "at most six days",
                "correct it",
            ));
        }
        for mut year in table.tables("holidays", faults) {
            let number: Option<i16> = year.parsed("year", faults);
            let days: Vec<Day> = year.parsed_list("days", faults);
            let told = year.required("source", faults).unwrap_or_default().to_owned();
            if let Some(day) = days.iter().find(|day| Some(day.year()) != number) {
                faults.push(year.fault(
                    "days",
                    format!("{day}"),
                    "days of the year stated",
                    "correct the day",
                ));
            }
            if let Some(number) = number
                && (calendar.sources.insert(number, told).is_some() || !calendar.years.contains(&number))
            {
                year_twice(&year, number, faults);
            }
            calendar.holidays.extend(days);
            year.finish(faults);
        }
        for year in calendar.years.iter().filter(|year| !calendar.sources.contains_key(year)) {
            faults.push(table.fault(
                "years",
                format!("no holidays for {year}"),
                "a [[calendar.holidays]] for each year that counts as known",
                "add it, or take the year out",
            ));
        }
        calendar.years.sort_unstable();
        calendar.holidays.sort();
        let taken = |body: &String| found.iter().any(|c| c.bodies.contains(body));
        if found.iter().any(|c| c.id == calendar.id) || calendar.bodies.iter().any(taken) {
            faults.push(table.fault(
                "id",
                format!("calendar `{}`, or one of its bodies, a second time", calendar.id),
                "each once",
                "remove one",
            ));
        }
        table.finish(faults);
        found.push(calendar);
    }
    reader.finish(faults);
    found
}

fn year_twice(at: &Reader<'_>, number: i16, faults: &mut Vec<Fault>) {
    faults.push(at.fault(
        "year",
        format!("holidays of {number}"),
        "each year of `years` once",
        "correct `years`, or join the two",
    ));
}

fn numbers<T: FromStr>(reader: &mut Reader<'_>, key: &'static str, faults: &mut Vec<Fault>) -> Vec<T> {
    let Some(node) = reader.node(key) else { return Vec::new() };
    let NodeKind::List(list) = &node.kind else {
        faults.push(reader.fault(key, node.kind.what(), "a list of numbers", "correct it"));
        return Vec::new();
    };
    let mut found = Vec::new();
    for entry in list {
        match &entry.kind {
            NodeKind::Number(text) if text.parse::<T>().is_ok() => found.extend(text.parse::<T>().ok()),
            other => {
                faults.push(reader.fault(
                    key,
                    format!("in `{key}`: {}", other.what()),
                    "a small number",
                    "correct it",
                ));
            }
        }
    }
    found
}

fn owned(texts: Vec<&str>) -> Vec<String> {
    texts.into_iter().map(str::to_owned).collect()
}

/// Reads procedures and checks that they can run: states exist and can be reached, timers run where guards ask for them, marks are made.
fn procedures(source: &Source, calendars: &[Calendar], faults: &mut Vec<Fault>) -> (Vec<Procedure>, String) {
    let Some(root) = source.toml(faults) else { return Default::default() };
    let Some(mut reader) = Reader::new(source, "", &root, faults) else { return Default::default() };
    let mut found: Vec<Procedure> = Vec::new();
    for mut table in reader.tables("procedure", faults) {
        let mut procedure = Procedure {
            id: table.required("id", faults).unwrap_or_default().to_owned(),
            title: table.required("title", faults).unwrap_or_default().to_owned(),
            body: table.required("body", faults).unwrap_or_default().to_owned(),
            initial: table.required("initial", faults).unwrap_or_default().to_owned(),
            states: Vec::new(),
            timers: Vec::new(),
            transitions: Vec::new(),
            evidence: table.parsed("evidence", faults).unwrap_or(Evidence::Memory),
            source: table.required("source", faults).unwrap_or_default().to_owned(),
            note: text(&mut table, "note", faults),
        };
        if found.iter().any(|p| p.id == procedure.id) {
            faults.push(table.fault(
                "id",
                format!("procedure `{}` a second time", procedure.id),
                "each once",
                "remove one",
            ));
        }
        if !calendars.iter().any(|c| c.bodies.contains(&procedure.body)) {
            faults.push(table.fault(
                "body",
                format!("body `{}` keeps no calendar", procedure.body),
                "a body of assist-calendars.toml",
                "add it to a calendar",
            ));
        }
        for mut state in table.tables("state", faults) {
            let shows = state.parsed("shows", faults);
            let read = ProcedureState {
                id: state.required("id", faults).unwrap_or_default().to_owned(),
                says: state.required("says", faults).unwrap_or_default().to_owned(),
                waits: text(&mut state, "waits", faults),
                ends: state.truth("ends", faults),
                shows,
            };
            if procedure.state(&read.id).is_some() {
                faults.push(state.fault(
                    "id",
                    format!("state `{}` a second time", read.id),
                    "each once",
                    "remove one",
                ));
            }
            state.finish(faults);
            procedure.states.push(read);
        }
        let states: Vec<String> = procedure.states.iter().map(|s| s.id.clone()).collect();
        let is_state = |at: &Reader<'_>, key: &'static str, id: &str, faults: &mut Vec<Fault>| {
            if !states.iter().any(|s| s == id) {
                let near = nearest(id, states.iter().map(String::as_str));
                faults.push(at.fault(key, format!("state `{id}`"), "a state of the procedure", near));
            }
        };
        is_state(&table, "initial", &procedure.initial, faults);
        for mut timer in table.tables("timer", faults) {
            let length = timer.text("length", faults).unwrap_or_default().to_owned();
            let parsed = if length.is_empty() { None } else { length.parse().ok() };
            if !length.is_empty() && parsed.is_none() {
                faults.push(timer.fault(
                    "length",
                    format!("length `{length}`"),
                    "P5WD, P30D, P2M or P1Y",
                    "correct it",
                ));
            }
            let read = Timer {
                id: timer.required("id", faults).unwrap_or_default().to_owned(),
                runs_in: owned(timer.texts("runs_in", faults)),
                anew: timer.truth("anew", faults),
                length: parsed,
                every: timer.truth("every", faults),
                falls_due: timer.required("falls_due", faults).unwrap_or_default().to_owned(),
                says: text(&mut timer, "says", faults),
                source: timer.required("source", faults).unwrap_or_default().to_owned(),
                own: text(&mut timer, "own", faults),
            };
            for state in &read.runs_in {
                is_state(&timer, "runs_in", state, faults);
            }
            timer.finish(faults);
            procedure.timers.push(read);
        }
        for mut step in table.tables("transition", faults) {
            let by = step.required("by", faults).unwrap_or_default();
            if !["actor", "clock"].contains(&by) {
                faults.push(step.fault("by", format!("by `{by}`"), "actor or clock", "correct it"));
            }
            let to = step.required("to", faults).unwrap_or_default();
            let read = Transition {
                id: step.required("id", faults).unwrap_or_default().to_owned(),
                from: owned(step.texts("from", faults)),
                to: (to != "=").then(|| to.to_owned()),
                event: step.required("event", faults).unwrap_or_default().to_owned(),
                by_clock: by == "clock",
                after: owned(step.texts("after", faults)),
                before: owned(step.texts("before", faults)),
                needs: owned(step.texts("needs", faults)),
                unless: owned(step.texts("unless", faults)),
                marks: owned(step.texts("marks", faults)),
                lifts: owned(step.texts("lifts", faults)),
                asks: owned(step.texts("asks", faults)),
                among: owned(step.texts("among", faults)),
                counts: step.parsed("counts", faults),
                own: text(&mut step, "own", faults),
            };
            for state in read.from.iter().chain(&read.to) {
                is_state(&step, "from", state, faults);
            }
            for id in read.after.iter().chain(&read.before) {
                match procedure.timers.iter().find(|t| t.id == *id) {
                    None => {
                        let near = nearest(id, procedure.timers.iter().map(|t| t.id.as_str()));
                        faults.push(step.fault(
                            "after",
                            format!("timer `{id}`"),
                            "a timer of the procedure",
                            near,
                        ));
                    }
                    Some(timer) => {
                        for state in read.from.iter().filter(|s| !timer.runs_in.contains(s)) {
                            faults.push(step.fault(
                                "after",
                                format!("timer `{id}` does not run in `{state}`"),
                                "a timer that runs where the step begins",
                                "add the state to `runs_in`",
                            ));
                        }
                        if read.by_clock && (timer.length.is_none() || timer.every) {
                            faults.push(step.fault(
                                "after",
                                format!("timer `{id}` never runs out, so time never takes the step"),
                                "a timer with a length that does not begin again",
                                "give the step to an actor",
                            ));
                        }
                    }
                }
            }
            if read.by_clock && (read.after.is_empty() || read.to.is_none()) {
                faults.push(step.fault(
                    "by",
                    "a step of the clock without a timer or a new state",
                    "`after` and a `to` that is another state",
                    "add them",
                ));
            }
            if procedure.transition(&read.id).is_some() {
                faults.push(step.fault(
                    "id",
                    format!("step `{}` a second time", read.id),
                    "each once",
                    "remove one",
                ));
            }
            step.finish(faults);
            procedure.transitions.push(read);
        }
        let made: BTreeSet<&String> = procedure.transitions.iter().flat_map(|t| &t.marks).collect();
        for step in &procedure.transitions {
            for mark in step.needs.iter().chain(&step.unless).chain(&step.lifts).filter(|m| !made.contains(m))
            {
                faults.push(table.fault(
                    "transition",
                    format!(
                        "no step of `{}` makes the mark `{mark}` that `{}` asks for",
                        procedure.id, step.id
                    ),
                    "a mark that some step makes",
                    "correct the mark",
                ));
            }
        }
        for step in &procedure.transitions {
            for other in &step.among {
                let asks = procedure.transition(other).map(|t| &t.asks);
                let lacks = |asks: &Vec<String>| step.asks.iter().any(|a| !asks.contains(a));
                if step.asks.is_empty() || asks.is_none_or(lacks) {
                    faults.push(table.fault(
                        "transition",
                        format!("`{}` of `{}` is to state what `{other}` stated", step.id, procedure.id),
                        "a step of the procedure that asks for all that this one asks for",
                        nearest(other, procedure.transitions.iter().map(|t| t.id.as_str())),
                    ));
                }
            }
        }
        reach(&table, &procedure, faults);
        table.finish(faults);
        found.push(procedure);
    }
    let of_requests = reader.required("requests", faults).unwrap_or_default().to_owned();
    if !found.iter().any(|p| p.id == of_requests) {
        let near = nearest(&of_requests, found.iter().map(|p| p.id.as_str()));
        faults.push(reader.fault(
            "requests",
            format!("procedure `{of_requests}`"),
            "a procedure of the file",
            near,
        ));
    }
    reader.finish(faults);
    found.sort_by(|a, b| a.id.cmp(&b.id));
    (found, of_requests)
}

/// States that no step leads to, ends that go on, and states in which a request would stay for ever without anybody waiting.
fn reach(table: &Reader<'_>, procedure: &Procedure, faults: &mut Vec<Fault>) {
    let mut reached = BTreeSet::from([procedure.initial.as_str()]);
    loop {
        let next: Vec<&str> = procedure
            .transitions
            .iter()
            .filter(|t| t.from.iter().any(|s| reached.contains(s.as_str())))
            .filter_map(|t| t.to.as_deref())
            .filter(|to| !reached.contains(to))
            .collect();
        if next.is_empty() {
            break;
        }
        reached.extend(next);
    }
    for state in &procedure.states {
        let goes_on = procedure.transitions.iter().any(|t| t.from.contains(&state.id));
        let wrong = if !reached.contains(state.id.as_str()) {
            "no step leads to it"
        } else if state.ends && goes_on {
            "it ends, and a step leads on"
        } else if !state.ends && !goes_on {
            "it does not end, and no step leads on"
        } else {
            continue;
        };
        faults.push(table.fault(
            "state",
            format!("state `{}` of `{}`: {wrong}", state.id, procedure.id),
            "states that are reached, and that end or go on",
            "correct the state or its steps",
        ));
    }
}

fn comparisons(source: &Source, against: &Against<'_>, faults: &mut Vec<Fault>) -> Vec<Comparison> {
    let Some(csv) = Csv::read(&source.file, source.text(), &["figure", "counts", "differs"], faults) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for row in csv.rows() {
        let Some([figure, differs]) = filled(&row, ["figure", "differs"], faults) else { continue };
        if !against.r1540.figures.iter().any(|f| f.id == figure) {
            let near = nearest(&figure, against.r1540.figures.iter().map(|f| f.id.as_str()));
            faults.push(row.fault(format!("figure `{figure}`"), "a figure of figures.csv", near));
        }
        if let Some(counts) = row.parsed("counts", faults) {
            found.push(Comparison { figure, counts, differs });
        }
    }
    found
}

/// Reads links of emerging technologies; every reference is checked.
pub fn links(source: &Source, all: &Assistance, against: &Against<'_>, faults: &mut Vec<Fault>) -> Vec<Link> {
    read_links(source, all, against, &BTreeSet::new(), false, faults)
}

/// Reads a user's tags: the same table, which may also tag requests, offers and facts (`STATE:FIELD`), and may name topics of the user's own
/// that begin with `own:`. `known` are the ids of the user's requests and offers.
pub fn tags(
    source: &Source,
    all: &Assistance,
    against: &Against<'_>,
    known: &BTreeSet<String>,
    faults: &mut Vec<Fault>,
) -> Vec<Link> {
    read_links(source, all, against, known, true, faults)
}

fn read_links(
    source: &Source,
    all: &Assistance,
    against: &Against<'_>,
    known: &BTreeSet<String>,
    is_own: bool,
    faults: &mut Vec<Fault>,
) -> Vec<Link> {
    let Some(csv) = Csv::read(&source.file, source.text(), &LINK_COLUMNS, faults) else { return Vec::new() };
    let mut found: Vec<Link> = Vec::new();
    let mut lines = Vec::new();
    for row in csv.rows() {
        let Some([topic, to, reason, told]) = filled(&row, ["topic", "ref", "reason", "source"], faults)
        else {
            continue;
        };
        let named = all.topic(&topic).is_some_and(|t| t.is_emerging || is_own);
        let own = is_own && topic.strip_prefix("own:").is_some_and(|rest| !rest.is_empty());
        if !named && !own {
            let tags = all.topics.iter().filter(|t| t.is_emerging || is_own).map(|t| t.id.as_str());
            let near = nearest(&topic, tags);
            faults.push(row.fault(format!("topic `{topic}`"), "a tag of topics.csv", near));
        }
        let Some(evidence) = evidence(&row, faults) else { continue };
        let kind: Option<LinkKind> = row.parsed("kind", faults);
        let Some(kind) = kind else {
            if row.get("kind").is_empty() {
                faults.push(row.fault("no kind", "field, entry, rule or none", "add it"));
            }
            continue;
        };
        check_reference(&row, kind, &to, all, against, known, is_own, faults);
        if found.iter().any(|l| (&l.topic, l.kind, &l.to) == (&topic, kind, &to)) {
            faults.push(row.fault(format!("`{to}` a second time for `{topic}`"), "each once", "remove one"));
            continue;
        }
        found.push(Link { topic, kind, to, reason, evidence, source: told });
        lines.push(row);
    }
    // Who says that nothing is there has nothing there.
    for (link, row) in found.iter().zip(&lines).filter(|(l, _)| l.kind == LinkKind::None) {
        let list = link.to.split_once('@').map(|(list, _)| format!("{list}:"));
        let against_it = found.iter().find(|other| {
            other.topic == link.topic
                && match (&list, other.kind) {
                    (Some(list), LinkKind::Entry) => other.to.starts_with(list.as_str()),
                    (None, LinkKind::Field) => link.to == "fields",
                    (None, LinkKind::Rule) => link.to == "rules",
                    _ => false,
                }
        });
        if let Some(other) = against_it {
            faults.push(row.fault(
                format!("`none` for {} beside a link to `{}`", link.to, other.to),
                "one of the two",
                "remove the line",
            ));
        }
    }
    found.sort();
    found
}

#[expect(clippy::too_many_arguments, reason = "one row, and all that it is checked against")]
fn check_reference(
    row: &Row<'_>,
    kind: LinkKind,
    to: &str,
    all: &Assistance,
    against: &Against<'_>,
    known: &BTreeSet<String>,
    is_own: bool,
    faults: &mut Vec<Fault>,
) {
    let lists = || against.controls.iter().map(|l| l.id.as_str());
    match kind {
        LinkKind::Field => {
            if !against.r1540.fields.iter().any(|f| f.id.starts_with(to)) {
                let near = nearest(to, against.r1540.rows.iter().map(|r| r.id.as_str()));
                faults.push(row.fault(format!("field `{to}`"), "the beginning of the id of a field", near));
            }
        }
        LinkKind::Entry => {
            let Some((list, code)) = to.split_once(':') else {
                faults.push(row.fault(format!("entry `{to}`"), "LIST:CODE", "name the list before the code"));
                return;
            };
            match against.controls.iter().find(|l| l.id == list) {
                None => {
                    faults.push(row.fault(
                        format!("list `{list}`"),
                        "a control list",
                        nearest(list, lists()),
                    ));
                }
                Some(on) if on.entry(code).is_none() => {
                    let near = nearest(code, on.entries.iter().map(|e| e.code.as_str()));
                    let expected = format!("an entry of list {list}, edition {}", on.edition);
                    faults.push(row.fault(format!("entry `{to}`"), expected, near));
                }
                Some(_) => {}
            }
        }
        LinkKind::Rule => {
            let rules = || against.packs.iter().flat_map(|p| &p.rules).map(|r| r.id.as_str());
            if !rules().any(|id| id == to) {
                faults.push(row.fault(format!("rule `{to}`"), "a rule of a pack", nearest(to, rules())));
            }
        }
        LinkKind::None => match to.split_once('@') {
            None if ["fields", "rules"].contains(&to) => {}
            None => {
                faults.push(row.fault(
                    format!("`{to}`"),
                    "fields, rules or LIST@EDITION",
                    "say what was looked at",
                ));
            }
            Some((list, edition)) => match against.controls.iter().find(|l| l.id == list) {
                None => {
                    faults.push(row.fault(
                        format!("list `{list}`"),
                        "a control list",
                        nearest(list, lists()),
                    ));
                }
                Some(on) if on.edition.to_string() != edition => {
                    faults.push(row.fault(
                        format!(
                            "list {list} was looked at in edition {edition}, the data hold {}",
                            on.edition
                        ),
                        "the edition at hand",
                        "look through the list again, then name its edition",
                    ));
                }
                Some(_) => {}
            },
        },
        LinkKind::Request | LinkKind::Offer | LinkKind::Fact if !is_own => {
            faults.push(row.fault(
                format!("kind `{kind}`"),
                "field, entry, rule or none",
                "tags on requests, offers and facts stand in a file of the user",
            ));
        }
        LinkKind::Request => {
            if !known.contains(to) && !all.requests.iter().any(|r| r.id == to) {
                let near = nearest(to, all.requests.iter().map(|r| r.id.as_str()));
                faults.push(row.fault(
                    format!("request `{to}`"),
                    "a request that is known or kept here",
                    near,
                ));
            }
        }
        LinkKind::Offer => {
            if !known.contains(to) && !all.offers.iter().any(|o| o.id == to) {
                let near = nearest(to, all.offers.iter().map(|o| o.id.as_str()));
                faults.push(row.fault(format!("offer `{to}`"), "an offer that is known or kept here", near));
            }
        }
        LinkKind::Fact => {
            let parted = to.split_once(':').and_then(|(state, field)| Some((state.parse().ok()?, field)));
            let is_known = |(state, field): (StateCode, &str)| {
                against.states.state(state).is_some() && against.r1540.field(field).is_some()
            };
            if !parted.is_some_and(is_known) {
                faults.push(row.fault(
                    format!("fact `{to}`"),
                    "STATE:FIELD, with the code of a State and the id of a field",
                    "correct it",
                ));
            }
        }
    }
}

fn filled<const N: usize>(row: &Row<'_>, columns: [&str; N], faults: &mut Vec<Fault>) -> Option<[String; N]> {
    let empty: Vec<&str> = columns.iter().copied().filter(|c| row.get(c).is_empty()).collect();
    if !empty.is_empty() {
        faults.push(row.fault(
            format!("nothing in {}", empty.join(", ")),
            "a text in each",
            "complete the line",
        ));
        return None;
    }
    Some(columns.map(|c| row.get(c).to_owned()))
}

fn evidence(row: &Row<'_>, faults: &mut Vec<Fault>) -> Option<Evidence> {
    let found = row.parsed("evidence", faults);
    if row.get("evidence").is_empty() {
        faults.push(row.fault("no evidence", "R, S or M", "say how well it is known"));
    }
    found
}
