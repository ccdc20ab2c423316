//! `comity r1540 topics`: the vocabulary, and one topic seen from all sides. Links of emerging technologies are suggestions, no obligations.

use std::path::PathBuf;

use clap::Args;
use comity_engine::r1540::assist_topics::{self, Sources, Under, View};
use comity_model::assistance::{Link, Offer, Request};
use comity_model::date::Day;
use comity_model::lawbook::Lawbook;
use comity_model::r1540::{Edition, Field};
use comity_pack::assistance::tags;
use comity_pack::source::Source;
use serde_json::{Value, json};

use super::assist::{against, load};
use super::edition::{damage, damage_json, with_damage};
use super::store::{self, Damage, Kept, Store};
use super::{disclaimer, json_output};
use crate::cli::{self, Global, Output};
use crate::commands::read_text;
use crate::fail::Failure;
use crate::text::page::{Ink, Page};
use crate::world;

/// Flags of `topics`.
#[derive(Args, Debug)]
pub struct Topics {
    /// The topic; without one, the vocabulary
    pub topic: Option<String>,
    /// Tags of your own: a table (CSV) with topic, kind, ref, reason, evidence, source
    #[arg(long, value_name = "FILE")]
    pub tags: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// An unknown topic, or faults in the user's tags.
pub fn run(global: &Global, book: &Lawbook, options: &Topics) -> Result<Output, Failure> {
    let day = global.as_of.unwrap_or_else(world::today);
    let kept = load(global, book)?;
    let all = book.assistance();
    let mut links: Vec<Link> = all.links.clone();
    if let Some(path) = &options.tags {
        let source = Source::new(path.display().to_string(), read_text(path)?);
        let mut faults = Vec::new();
        let own = tags(&source, all, &against(book), &kept.ids(), &mut faults);
        if !faults.is_empty() {
            return Err(faults.into());
        }
        links.extend(own);
        links.sort();
        links.dedup_by(|a, b| (&a.topic, a.kind, &a.to) == (&b.topic, b.kind, &b.to));
    }
    let requests: Vec<&Request> = kept.requests.iter().map(|k| &k.request).chain(&all.requests).collect();
    let offers: Vec<&Offer> = kept.offers.iter().map(|k| &k.offer).chain(&all.offers).collect();
    let sources = Sources {
        all,
        r1540: book.r1540(),
        controls: book.controls(),
        packs: book.packs(),
        links: &links,
        requests: &requests,
        offers: &offers,
    };
    match &options.topic {
        None => Ok(vocabulary(global, book, &sources, day)),
        Some(id) => {
            let found = assist_topics::view(&sources, id, day).ok_or_else(|| {
                let near = super::assist::candidates(id, assist_topics::ids(&sources).into_iter());
                Failure::input(
                    id,
                    "no topic of this name",
                    "a topic of the vocabulary, or a tag of yours",
                    near,
                )
            })?;
            let store = Store::open(&world::data_dir(global.data.as_deref())?, book.r1540())?;
            let mut editions = Vec::new();
            let states = store.states();
            let (all, damaged) = store.readable(&states, false);
            for state in states {
                // Of several editions the newest of the day speaks; of several of one date each, by its name.
                let of: Vec<Kept> = all.iter().filter(|k| k.edition.state == state).cloned().collect();
                editions.extend(store::on(&of, day).into_iter().map(|kept| kept.edition.clone()));
            }
            Ok(with_damage(view(global, book, &found, &editions, &damaged, day), &damaged))
        }
    }
}

fn vocabulary(global: &Global, book: &Lawbook, sources: &Sources<'_>, day: Day) -> Output {
    let views: Vec<View<'_>> =
        assist_topics::ids(sources).iter().filter_map(|id| assist_topics::view(sources, id, day)).collect();
    let fields = |v: &View<'_>| v.own_fields.len() + v.fields.iter().map(|(_, f)| f.len()).sum::<usize>();
    if global.json {
        let rows: Vec<Value> = views
            .iter()
            .map(|v| {
                json!({
                    "topic": v.id,
                    "title": v.topic.map(|t| &t.title),
                    "parent": v.topic.and_then(|t| t.parent.as_ref()),
                    "prefix": v.topic.map(|t| &t.prefix),
                    "emerging": v.topic.map(|t| t.is_emerging),
                    "evidence": v.topic.map(|t| t.evidence),
                    "source": v.topic.map(|t| &t.source),
                    "fields": fields(v),
                    "entries": v.entries.len(),
                    "rules": v.rules.len(),
                    "requests": v.requests.len(),
                    "offers": v.offers.len(),
                })
            })
            .collect();
        return json_output(book, json!({ "as_of": day.to_string(), "topics": rows }));
    }
    let mut page = Page::new(cli::colour());
    page.title("topics of assistance and tags of emerging technologies", &format!("as of {day}"));
    disclaimer(&mut page, book);
    page.gap();
    let head = ["fields", "entries", "rules", "asked", "offered"];
    let mut cells: Vec<(&str, usize, Ink)> = vec![("topic", 22, Ink::Dim)];
    cells.extend(head.iter().map(|h| (*h, 9, Ink::Dim)));
    page.row(0, &cells);
    for v in &views {
        let numbers = [fields(v), v.entries.len(), v.rules.len(), v.requests.len(), v.offers.len()];
        let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        let mut cells: Vec<(&str, usize, Ink)> = vec![(v.id, 22, Ink::Plain)];
        cells.extend(numbers.iter().map(|n| (n.as_str(), 9, Ink::Plain)));
        page.row(0, &cells);
        let title = v.topic.map_or("a tag of yours", |t| t.title.as_str());
        page.text(2, title, Ink::Dim);
    }
    Output::text(page.finish())
}

fn under_json(under: &Under<'_>) -> Value {
    match under {
        Under::Word(word) => json!({ "word": word }),
        Under::Tag(link) => json!({ "tag": link.reason, "source": link.source }),
        Under::Narrower(topic) => json!({ "narrower": topic.id }),
    }
}

fn under_text(under: &Under<'_>, id: &str) -> String {
    match under {
        Under::Word(word) if word == id => String::new(),
        Under::Word(word) => format!(" (from `{word}`)"),
        Under::Tag(link) => format!(" (tagged: {}; {})", link.reason, link.source),
        Under::Narrower(topic) => format!(" (by its part {})", topic.id),
    }
}

/// Field ids folded to their rows: `ROW.N.L` and its like as `ROW`.
fn rows_of(book: &Lawbook, fields: &[&Field]) -> String {
    let mut rows: Vec<&str> = Vec::new();
    for field in fields {
        if let Some(row) = book.r1540().row_of(field)
            && !rows.contains(&row.id.as_str())
        {
            rows.push(&row.id);
        }
    }
    format!("{} ({} fields)", rows.join(", "), fields.len())
}

fn view(
    global: &Global,
    book: &Lawbook,
    v: &View<'_>,
    matrices: &[Edition],
    damaged: &[Damage],
    day: Day,
) -> Output {
    let link_json =
        |link: &Link| json!({ "reason": link.reason, "evidence": link.evidence, "source": link.source });
    let editions: Vec<(&str, String)> =
        book.controls().iter().map(|l| (l.id.as_str(), l.edition.to_string())).collect();
    // Facts in the fields that the topic touches, as the editions at hand show them, and those that the user tagged.
    let mut touched: Vec<&Field> = v.own_fields.clone();
    touched.extend(v.fields.iter().flat_map(|(_, f)| f));
    let facts: Vec<_> = matrices
        .iter()
        .flat_map(|e| e.facts.iter().map(move |f| (e, f)))
        .filter(|(e, f)| {
            let id = format!("{}:{}", e.state, f.field);
            touched.iter().any(|t| t.id == f.field) || v.facts.iter().any(|l| l.to == id)
        })
        .collect();
    if global.json {
        return json_output(
            book,
            json!({
                "as_of": day.to_string(),
                "topic": v.id,
                "title": v.topic.map(|t| &t.title),
                "parent": v.topic.and_then(|t| t.parent.as_ref()),
                "emerging": v.topic.map(|t| t.is_emerging),
                "evidence": v.topic.map(|t| t.evidence),
                "source": v.topic.map(|t| &t.source),
                "own_fields": v.own_fields.iter().map(|f| &f.id).collect::<Vec<_>>(),
                "fields": v.fields.iter().map(|(l, f)| json!({
                    "prefix": l.to, "fields": f.iter().map(|f| &f.id).collect::<Vec<_>>(), "link": link_json(l),
                })).collect::<Vec<_>>(),
                "entries": v.entries.iter().map(|e| json!({
                    "entry": e.link.to, "title": e.entry.title, "edition": e.list.edition.to_string(),
                    "agreed_in": e.entry.agreed_in, "executable": e.version.is_some(),
                    "form_from": e.version.and_then(|f| f.period.from).map(|d| d.to_string()),
                    "changes": e.changes.iter().map(ToString::to_string).collect::<Vec<_>>(), "link": link_json(e.link),
                })).collect::<Vec<_>>(),
                "rules": v.rules.iter().map(|(l, p, r)| json!({
                    "rule": r.id, "pack": p.id, "says": r.says, "link": link_json(l),
                })).collect::<Vec<_>>(),
                "nothing_in": v.nothing.iter().map(|l| json!({ "looked_at": l.to, "link": link_json(l) })).collect::<Vec<_>>(),
                "facts": facts.iter().map(|(e, f)| json!({
                    "state": e.state.as_str(), "field": f.field, "value": f.value.word(), "detail": f.detail,
                    "edition": e.name, "edition_date": e.date.to_string(), "life": e.life.word(), "source": f.source, "source_date": f.source_date,
                })).collect::<Vec<_>>(),
                "damaged": damage_json(damaged),
                "tagged_facts": v.facts.iter().map(|l| json!({ "fact": l.to, "link": link_json(l) })).collect::<Vec<_>>(),
                "requests": v.requests.iter().map(|(r, u)| json!({
                    "request": r.id, "requester": r.requester.to_string(), "date": r.date.to_string(), "under": under_json(u),
                })).collect::<Vec<_>>(),
                "offers": v.offers.iter().map(|(o, u)| json!({
                    "offer": o.id, "provider": o.provider.to_string(), "evidence": o.evidence, "under": under_json(u),
                })).collect::<Vec<_>>(),
                "lists": editions.iter().map(|(id, edition)| json!({ "list": id, "edition": edition })).collect::<Vec<_>>(),
            }),
        );
    }
    let mut page = Page::new(cli::colour());
    page.title(&format!("topic {}", v.id), &format!("as of {day}"));
    disclaimer(&mut page, book);
    if let Some(topic) = v.topic {
        page.text(0, &format!("{} ({} {})", topic.title, topic.evidence, topic.source), Ink::Plain);
    }
    let links = v.topic.is_none_or(|t| t.is_emerging);
    if links {
        page.text(0, "A tag; links are suggestions, each with its reason, and no obligations.", Ink::Dim);
    }
    page.heading(
        "FIELDS",
        if v.own_fields.is_empty() && v.fields.is_empty() { "none is linked" } else { "" },
    );
    if !v.own_fields.is_empty() {
        page.text(2, &rows_of(book, &v.own_fields), Ink::Plain);
    }
    for (link, fields) in &v.fields {
        page.under(
            2,
            (&link.to, 24, Ink::Plain),
            &format!("{} fields; {} ({})", fields.len(), link.reason, link.evidence),
            Ink::Plain,
        );
    }
    page.heading(
        "FACTS",
        &if facts.is_empty() { "none in the editions at hand".to_owned() } else { facts.len().to_string() },
    );
    for (edition, fact) in &facts {
        let lead = format!("{} {}", edition.state, fact.field);
        let source = match (fact.source.as_str(), fact.source_date.as_str()) {
            ("", "") => "no source named".to_owned(),
            (source, "") => format!("{source}, no date"),
            (source, date) => format!("{source}, {date}"),
        };
        let told = format!(
            "{} {} [{source}; in edition {} of {}, {}]",
            fact.value.shown(),
            fact.detail,
            edition.name,
            edition.date,
            edition.life
        );
        page.under(2, (&lead, 30, Ink::Plain), told.trim_start(), Ink::Plain);
    }
    for link in &v.facts {
        page.under(
            2,
            (&link.to, 30, Ink::Plain),
            &format!("tagged: {} ({}, {})", link.reason, link.evidence, link.source),
            Ink::Plain,
        );
    }
    if links || !v.entries.is_empty() {
        let lists: Vec<String> = editions.iter().map(|(id, edition)| format!("{id} of {edition}")).collect();
        page.heading("LIST ENTRIES", &format!("lists at hand: {}", lists.join(", ")));
        for e in &v.entries {
            let dates: Vec<String> = e.changes.iter().map(ToString::to_string).collect();
            let dates = match (e.version, dates.is_empty()) {
                (_, true) => format!("in the edition of {}; by title only", e.list.edition),
                (Some(_), false) => {
                    format!("in the edition of {}; forms from {}", e.list.edition, dates.join(", "))
                }
                (None, false) => format!("no form in force on the day; forms from {}", dates.join(", ")),
            };
            let told = format!("{}; {} ({}); {dates}", e.entry.title, e.link.reason, e.link.evidence);
            page.under(2, (&e.link.to, 12, Ink::Plain), &told, Ink::Plain);
        }
        page.heading("RULES", if v.rules.is_empty() { "none is linked" } else { "" });
        for (link, pack, rule) in &v.rules {
            let lead = format!("{} {}", pack.id, rule.id);
            page.under(
                2,
                (&lead, 26, Ink::Plain),
                &format!("{} ({})", link.reason, link.evidence),
                Ink::Plain,
            );
        }
    }
    for link in &v.nothing {
        let what = match link.to.split_once('@') {
            Some((list, edition)) => format!("no entry of list {list}, edition {edition}"),
            None => format!("no {} at hand", link.to),
        };
        page.heading("NOTHING", &what);
        page.text(2, &format!("{} ({}, {})", link.reason, link.evidence, link.source), Ink::Plain);
    }
    page.heading("REQUESTS", &v.requests.len().to_string());
    for (request, under) in &v.requests {
        let told = format!("{}, {}{}", request.requester, request.date, under_text(under, v.id));
        page.under(2, (&request.id, 24, Ink::Plain), &told, Ink::Plain);
    }
    page.heading("OFFERS", &v.offers.len().to_string());
    for (offer, under) in &v.offers {
        let told = format!("{} ({}){}", offer.provider, offer.evidence, under_text(under, v.id));
        page.under(2, (&offer.id, 24, Ink::Plain), &told, Ink::Plain);
    }
    damage(&mut page, damaged);
    Output::text(page.finish())
}
