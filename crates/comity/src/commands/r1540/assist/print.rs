//! What `assist` prints: the same facts as text of 80 columns and as JSON.

use comity_engine::procedure::{self, Running};
use comity_engine::r1540::assist::{
    Aged, CRITERIA, Due, Figures, Gate, Matched, Met, Placed, Proposal, Share, SharedTopic, Spread,
    Suggestion, counted, is_unspecified, read_words, rules_of,
};
use comity_model::assistance::{Ageing, Calendar, Offer, Procedure, Request};
use comity_model::date::Day;
use comity_model::lawbook::Lawbook;
use comity_model::r1540::CellValue;
use comity_model::{Evidence, Truth};
use serde_json::{Value, json};

use super::super::{disclaimer, json_output};
use super::name_of;
use super::store::{Added, KeptOffer, KeptRequest, offer_json, request_json, step_json};
use crate::cli::{self, Global, Output};
use crate::text::page::{Ink, Page};

/// What is said where no fact is at hand.
const NOT_STATED: &str = "not stated";

fn page(book: &Lawbook, asked: &str, day: Day) -> Page {
    let mut page = Page::new(cli::colour());
    page.title(asked, &format!("as of {day}"));
    disclaimer(&mut page, book);
    page
}

fn line(page: &mut Page, lead: &str, text: &str) {
    page.under(2, (lead, 14, Ink::Dim), text, Ink::Plain);
}

fn listed<T: ToString>(words: &[T]) -> String {
    if words.is_empty() {
        NOT_STATED.to_owned()
    } else {
        words.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }
}

fn or_not(text: &str) -> &str {
    if text.is_empty() { NOT_STATED } else { text }
}

fn plural(n: i64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

fn days(n: i64) -> String {
    plural(n, "day", "days")
}

fn mark(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Memory => " (M: from memory, a lead to check)",
        Evidence::Secondary => " (S: secondary source)",
        Evidence::Read => "",
    }
}

/// What was added.
pub fn added(
    global: &Global,
    book: &Lawbook,
    day: Day,
    requests: &[KeptRequest],
    offers: &[KeptOffer],
) -> Output {
    let readings = requests.iter().map(|k| (&k.request.id, &k.request.topics));
    let readings: Vec<_> = readings
        .chain(offers.iter().map(|k| (&k.offer.id, &k.offer.topics)))
        .map(|(id, words)| (id, read_words(book.assistance(), words)))
        .collect();
    let unmapped: Vec<(&str, &str)> =
        readings.iter().flat_map(|(id, r)| r.unmapped.iter().map(|w| (id.as_str(), w.as_str()))).collect();
    if global.json {
        return json_output(
            book,
            json!({
                "as_of": day.to_string(),
                "requests": requests.iter().map(|k| json!({ "id": k.request.id, "opened": k.course.opened.to_string(), "missing": k.request.missing() })).collect::<Vec<_>>(),
                "offers": offers.iter().map(|k| json!({ "id": k.offer.id })).collect::<Vec<_>>(),
                "unmapped": unmapped.iter().map(|(id, word)| json!({ "id": id, "word": word })).collect::<Vec<_>>(),
            }),
        );
    }
    let mut page = page(book, "comity r1540 assist add", day);
    for kept in requests {
        let missing = kept.request.missing();
        let told =
            if missing.is_empty() { String::new() } else { format!("; old, lacks {}", missing.join(", ")) };
        page.gap();
        page.text(
            0,
            &format!("request {} kept, its log begins {}{told}", kept.request.id, kept.course.opened),
            Ink::Plain,
        );
    }
    for kept in offers {
        page.gap();
        page.text(0, &format!("offer {} kept", kept.offer.id), Ink::Plain);
    }
    for (id, word) in unmapped {
        page.text(
            2,
            &format!(
                "{id}: `{word}` is no topic and has no reading; kept as it stands, matched with nothing"
            ),
            Ink::Ask,
        );
    }
    Output::text(page.finish())
}

/// An offer.
pub fn offer(global: &Global, book: &Lawbook, day: Day, offer: &Offer, added: Option<&Added>) -> Output {
    if global.json {
        return json_output(
            book,
            json!({
                "as_of": day.to_string(),
                "offer": offer_json(offer),
                "added": added.map(added_json),
            }),
        );
    }
    let mut page = page(book, &format!("offer {}", offer.id), day);
    page.gap();
    line(&mut page, "provider", &name_of(book, &offer.provider));
    line(&mut page, "topics", &listed(&offer.topics));
    line(&mut page, "kinds", &listed(&offer.kinds));
    line(&mut page, "languages", &listed(&offer.languages));
    let regions: Vec<&str> = offer
        .regions
        .iter()
        .map(|r| book.assistance().region(r).map_or(r.as_str(), |region| region.title.as_str()))
        .collect();
    line(&mut page, "regions", &listed(&regions));
    line(&mut page, "stands", &period(offer));
    line(&mut page, "conditions", or_not(&offer.conditions));
    line(&mut page, "contact", or_not(&offer.contact));
    line(&mut page, "source", &format!("{}{}", or_not(&offer.source), mark(offer.evidence)));
    told_added(&mut page, added);
    Output::text(page.finish())
}

fn period(offer: &Offer) -> String {
    match (offer.period.from, offer.period.to) {
        (None, None) => "from when to when is not stated".to_owned(),
        (from, to) => {
            let end = |d: Option<Day>| d.map_or(NOT_STATED.to_owned(), |d| d.to_string());
            format!("from {} to {}", end(from), end(to))
        }
    }
}

fn added_json(added: &Added) -> Value {
    json!({ "actor": added.actor, "reason": added.reason, "recorded": added.recorded })
}

fn told_added(page: &mut Page, added: Option<&Added>) {
    match added {
        Some(added) => {
            line(page, "kept", &format!("by {} at {}: {}", added.actor, added.recorded, added.reason))
        }
        None => line(page, "kept", "in the data of the program (public record)"),
    }
}

/// A request with its log.
pub fn request(
    global: &Global,
    book: &Lawbook,
    day: Day,
    request: &Request,
    kept: Option<&KeptRequest>,
) -> Output {
    let rules = kept.map(|k| rules_of(book.assistance(), &k.course).map(|rules| (k, rules)));
    let (mut stand, mut steps, mut fault) = (None, Vec::new(), None);
    match &rules {
        Some(Ok((kept, (rules, calendar)))) => {
            match procedure::stand(rules, calendar, &kept.course, day) {
                Ok(found) => stand = Some((found, *calendar)),
                Err(e) => fault = Some(e.to_string()),
            }
            steps = procedure::steps_from(rules, calendar, &kept.course, day).unwrap_or_default();
        }
        Some(Err(e)) => fault = Some(e.to_string()),
        None => {}
    }
    if global.json {
        return json_output(
            book,
            json!({
                "as_of": day.to_string(),
                "request": request_json(request),
                "missing": request.missing(),
                "added": kept.map(|k| added_json(&k.added)),
                "opened": kept.map(|k| k.course.opened.to_string()),
                "state": stand.as_ref().map(|(s, _)| &s.state.id),
                "since": stand.as_ref().map(|(s, _)| s.since.to_string()),
                "marks": stand.as_ref().map(|(s, _)| s.marks.iter().collect::<Vec<_>>()),
                "moves": stand.as_ref().map(|(s, _)| s.moves.iter().map(|m| json!({
                    "step": m.transition.id, "on": m.on.to_string(), "to": m.to.id,
                    "by": if m.step.is_none() { "clock" } else { "actor" },
                })).collect::<Vec<_>>()),
                "log": kept.map(|k| k.course.steps.iter().map(step_json).collect::<Vec<_>>()),
                "timers": stand.as_ref().map(|(s, c)| s.timers.iter().map(|t| timer_json(t, c, day)).collect::<Vec<_>>()),
                "next": steps.iter().map(|(t, why)| json!({
                    "step": t.id, "event": t.event, "asks": t.asks,
                    "hindered_by": why.iter().map(ToString::to_string).collect::<Vec<_>>(),
                })).collect::<Vec<_>>(),
                "fault": fault,
            }),
        );
    }
    let mut page = page(book, &format!("request {}", request.id), day);
    page.gap();
    line(&mut page, "requester", &name_of(book, &request.requester));
    line(&mut page, "made", &request.date.to_string());
    line(&mut page, "topics", &listed(&request.topics));
    if !request.summary.is_empty() {
        line(&mut page, "asks", &request.summary);
    }
    line(&mut page, "fields", &listed(&request.fields));
    line(&mut page, "kinds", &listed(&request.kinds));
    line(&mut page, "languages", &listed(&request.languages));
    line(&mut page, "region", or_not(&request.region));
    line(&mut page, "done when", or_not(&request.done_when));
    line(&mut page, "contact", or_not(&request.contact));
    line(&mut page, "source", &format!("{}{}", or_not(&request.source), mark(request.evidence)));
    let missing = request.missing();
    if !missing.is_empty() {
        line(&mut page, "lacks", &format!("{} (an old request; kept as it stands)", missing.join(", ")));
    }
    told_added(&mut page, kept.map(|k| &k.added));
    if let Some(fault) = fault {
        page.heading("LOG", &fault);
    }
    let Some((stand, calendar)) = stand else {
        if kept.is_none() {
            page.heading("LOG", "no step of it is on record here; where it stands is not known");
        }
        return Output::text(page.finish());
    };
    let told = format!("{} since {} ({})", stand.state.id, stand.since, days(day.days_since(stand.since)));
    page.heading("STATE", &told);
    page.text(2, &stand.state.says, Ink::Plain);
    if !stand.state.waits.is_empty() {
        line(&mut page, "waits for", &stand.state.waits);
    }
    if let Some(kept) = kept {
        page.heading("LOG", "");
        page.row(
            2,
            &[
                (&kept.course.opened.to_string(), 12, Ink::Plain),
                ("received", 20, Ink::Plain),
                ("", 44, Ink::Plain),
            ],
        );
        for made in &stand.moves {
            let step = made.step.and_then(|at| kept.course.steps.get(at));
            let mut told = match step {
                Some(step) => format!("{}: {}", step.actor, step.reason),
                None => format!("the clock: {}", made.transition.event),
            };
            for (what, text) in step.iter().flat_map(|s| &s.details) {
                told.push_str(&format!("; {what} {text}"));
            }
            let on = made.on.to_string();
            page.row(
                2,
                &[(&on, 12, Ink::Plain), (&made.transition.id, 20, Ink::Plain), (&told, 46, Ink::Plain)],
            );
        }
    }
    page.heading("CLOCKS", "");
    if stand.timers.is_empty() {
        page.text(2, "none runs", Ink::Plain);
    }
    for running in &stand.timers {
        page.under(2, (&running.timer.id, 22, Ink::Plain), &timer_text(running, calendar, day), Ink::Plain);
    }
    page.heading("STEPS", "from here");
    if steps.is_empty() {
        page.text(2, "none: the procedure ends here", Ink::Plain);
    }
    for (transition, why) in steps {
        let mut told = transition.event.clone();
        if !transition.asks.is_empty() {
            told.push_str(&format!("; asks for {}", transition.asks.join(", ")));
        }
        for hindrance in why {
            told.push_str(&format!("; not yet: {hindrance}"));
        }
        page.under(2, (&transition.id, 22, Ink::Plain), &told, Ink::Plain);
    }
    Output::text(page.finish())
}

fn timer_json(running: &Running<'_>, calendar: &Calendar, day: Day) -> Value {
    json!({
        "timer": running.timer.id,
        "falls_due": running.timer.falls_due,
        "length": running.timer.length.map(|l| l.to_string()),
        "started": running.started.to_string(),
        "ends": running.ends.map(|d| d.to_string()),
        "days_left": running.ends.map(|d| d.days_since(day)),
        "working_days_left": running.ends.filter(|end| *end >= day)
            .map(|end| procedure::working_days_between(calendar, day, end)),
        "ran_out": running.ran_out,
        "weekends_only": running.weekends_only,
        "calendar": calendar.id,
    })
}

fn timer_text(running: &Running<'_>, calendar: &Calendar, day: Day) -> String {
    let mut told = match (running.ends, running.timer.length) {
        (Some(end), Some(length)) if running.ran_out => {
            format!(
                "{}: {end} ({length} from {}), {} ago",
                running.timer.falls_due,
                running.started,
                days(day.days_since(end))
            )
        }
        (Some(end), Some(length)) => {
            let left = procedure::working_days_between(calendar, day, end);
            format!(
                "{}: {end} ({length}{} from {}), in {}, {} of them working",
                running.timer.falls_due,
                if running.timer.every { ", again and again," } else { "" },
                running.started,
                days(end.days_since(day)),
                left,
            )
        }
        _ => format!("{}: {}", running.timer.falls_due, or_not(&running.timer.says)),
    };
    if running.weekends_only {
        told.push_str("; holidays of these days are not known, only weekends were left out");
    }
    told
}

fn met_json(met: &Met) -> Value {
    match met {
        Met::Yes(common) => json!({ "met": "yes", "common": common }),
        Met::No => json!({ "met": "no", "common": [] }),
        Met::NotStated => json!({ "met": "not_stated", "common": [] }),
    }
}

fn how(shared: &SharedTopic<'_>) -> &'static str {
    if shared.asked.id == shared.offered.id {
        "same"
    } else if shared.asked.parent.as_ref() == Some(&shared.offered.id) {
        "wider"
    } else {
        "narrower"
    }
}

fn truth(truth: Truth) -> &'static str {
    match truth {
        Truth::True => "yes",
        Truth::False => "no",
        Truth::Unknown => "unknown",
    }
}

fn suggestion_json(book: &Lawbook, s: &Suggestion<'_>) -> Value {
    json!({
        "offer": s.offer.id,
        "provider": s.offer.provider.to_string(),
        "name": name_of(book, &s.offer.provider),
        "met": s.met,
        "of": CRITERIA,
        "topics": s.topics.iter().map(|t| json!({
            "asked": t.asked.id, "offered": t.offered.id, "how": how(t), "word": t.word,
        })).collect::<Vec<_>>(),
        "topics_not_met": s.topics_not_met.iter().map(|t| &t.id).collect::<Vec<_>>(),
        "region": { "covers": truth(s.region.truth), "by": s.region.by,
            "evidence": s.region.region.map(|r| r.evidence) },
        "language": met_json(&s.language),
        "weapon": met_json(&s.weapon),
        "kind": met_json(&s.kind),
        "validity_not_stated": s.validity_not_stated,
        "conditions": s.offer.conditions,
        "contact": s.offer.contact,
        "evidence": s.offer.evidence,
        "source": s.offer.source,
    })
}

/// Why no offer is left, in words.
fn why_none(matched: &Matched<'_>, request: &Request) -> String {
    let before = |gate: Gate| {
        let at = matched.left.iter().position(|(g, _)| *g == gate).unwrap_or(0);
        at.checked_sub(1).and_then(|i| matched.left.get(i)).map_or(matched.offers, |(_, n)| *n)
    };
    match matched.emptied_by {
        Some(Gate::Valid) => {
            format!("emptied by validity: none of {} offers stands on the day", matched.offers)
        }
        Some(Gate::Topic) if is_unspecified(request) => "emptied by topic: the request names none".to_owned(),
        Some(Gate::Topic) if matched.reading.topics.is_empty() => {
            format!(
                "emptied by topic: none of the request's words ({}) is read as a topic",
                request.topics.join(", ")
            )
        }
        Some(Gate::Topic) => format!(
            "emptied by topic: none of {} offers that stand on the day is on {}",
            before(Gate::Topic),
            matched.reading.topics.iter().map(|(t, _)| t.id.as_str()).collect::<Vec<_>>().join(", "),
        ),
        Some(Gate::Region) => {
            format!(
                "emptied by region: none of {} offers on its topics covers the requester",
                before(Gate::Region)
            )
        }
        None => String::new(),
    }
}

/// Offers that meet requests.
pub fn matched(
    global: &Global,
    book: &Lawbook,
    day: Day,
    found: &[(&Request, Matched<'_>)],
    is_one: bool,
) -> Output {
    if global.json {
        let requests: Vec<Value> = found
            .iter()
            .map(|(request, m)| {
                json!({
                    "request": request.id,
                    "requester": request.requester.to_string(),
                    "date": request.date.to_string(),
                    "topics": m.reading.topics.iter().map(|(t, word)| json!({ "topic": t.id, "word": word })).collect::<Vec<_>>(),
                    "without_counterpart": m.reading.without_counterpart.iter().map(|a| &a.word).collect::<Vec<_>>(),
                    "unmapped": m.reading.unmapped,
                    "offers": m.offers,
                    "left": m.left.iter().map(|(gate, n)| json!({ "after": gate.word(), "offers": n })).collect::<Vec<_>>(),
                    "emptied_by": m.emptied_by.map(Gate::word),
                    "why_none": m.emptied_by.map(|_| why_none(m, request)),
                    "suggestions": m.suggestions.iter().map(|s| suggestion_json(book, s)).collect::<Vec<_>>(),
                })
            })
            .collect();
        return json_output(book, json!({ "as_of": day.to_string(), "requests": requests }));
    }
    let asked = match found {
        [(request, _)] if is_one => format!("offers for {}", request.id),
        _ => format!("offers for {} requests", found.len()),
    };
    let mut page = page(book, &asked, day);
    page.text(0, "Suggestions, each with its reasons. Order: criteria met, then alphabet.", Ink::Dim);
    for (request, matched) in found {
        let told = format!("{}, {}", name_of(book, &request.requester), request.date);
        page.heading(&request.id, &told);
        let topics: Vec<String> = matched
            .reading
            .topics
            .iter()
            .map(|(t, word)| if t.id == *word { t.id.clone() } else { format!("{} (from `{word}`)", t.id) })
            .collect();
        line(&mut page, "topics", &if topics.is_empty() { "none".to_owned() } else { topics.join(", ") });
        let lost = matched.reading.without_counterpart.iter().map(|a| a.word.as_str());
        let lost: Vec<&str> = lost.chain(matched.reading.unmapped.iter().map(String::as_str)).collect();
        if !lost.is_empty() && !is_unspecified(request) {
            line(&mut page, "kept as words", &lost.join(", "));
        }
        if matched.suggestions.is_empty() {
            line(&mut page, "no offer", &why_none(matched, request));
        }
        for s in &matched.suggestions {
            suggestion(&mut page, book, s);
        }
    }
    Output::text(page.finish())
}

fn suggestion(page: &mut Page, book: &Lawbook, s: &Suggestion<'_>) {
    let head = format!("{} of {CRITERIA}", s.met);
    let name = format!("{} [{}]{}", name_of(book, &s.offer.provider), s.offer.id, mark(s.offer.evidence));
    page.row(2, &[(&head, 8, Ink::Strong), (&name, 70, Ink::Strong)]);
    let mut met: Vec<String> = Vec::new();
    let (mut not, mut open): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for t in &s.topics {
        met.push(match how(t) {
            "same" => format!("topic {}", t.asked.id),
            "wider" => format!("topic {} under the wider {}", t.asked.id, t.offered.id),
            _ => format!("topic {} by its part {}", t.asked.id, t.offered.id),
        });
    }
    not.extend(s.topics_not_met.iter().map(|t| format!("topic {}", t.id)));
    let region = s.region.region.map_or(s.region.by, |r| r.title.as_str());
    match s.region.truth {
        Truth::True => {
            let from_memory = s.region.region.is_some_and(|r| r.evidence == Evidence::Memory);
            met.push(format!(
                "region {region}{}",
                if from_memory { " (composition from memory)" } else { "" }
            ));
        }
        _ if region.is_empty() => open.push("region (the offer names none)".to_owned()),
        _ => open.push(format!("region ({region})")),
    }
    for (what, found) in [("language", &s.language), ("weapon type", &s.weapon), ("kind of help", &s.kind)] {
        match found {
            Met::Yes(common) => met.push(format!("{what} {}", common.join(", "))),
            Met::No => not.push(what.to_owned()),
            Met::NotStated => open.push(what.to_owned()),
        }
    }
    if s.validity_not_stated {
        open.push("from when to when it stands".to_owned());
    }
    for (lead, texts) in [("meets", met), ("does not meet", not), ("not stated", open)] {
        if !texts.is_empty() {
            page.under(10, (lead, 15, Ink::Dim), &texts.join("; "), Ink::Plain);
        }
    }
    page.under(10, ("source", 15, Ink::Dim), or_not(&s.offer.source), Ink::Dim);
}

fn unreadable(placed: &[Placed<'_>]) -> Vec<(String, String)> {
    let faults =
        placed.iter().filter_map(|p| Some((p.request.id.clone(), p.stand.as_ref().err()?.to_string())));
    faults.collect()
}

fn tell_unreadable(page: &mut Page, placed: &[Placed<'_>]) {
    for (id, fault) in unreadable(placed) {
        page.heading(&id, &format!("its log cannot be followed: {fault}"));
    }
}

/// What falls due.
pub fn due(global: &Global, book: &Lawbook, day: Day, due: &[Due<'_>], placed: &[Placed<'_>]) -> Output {
    let calendar = |d: &Due<'_>| -> Option<&Calendar> {
        let all = book.assistance();
        let in_it = |p: &&Procedure| p.timers.iter().any(|t| std::ptr::eq(t, d.running.timer));
        all.procedures.iter().find(in_it).and_then(|p| all.calendar_of(&p.body))
    };
    if global.json {
        let rows: Vec<Value> = due
            .iter()
            .filter_map(|d| {
                let mut row = timer_json(&d.running, calendar(d)?, day);
                if let Value::Object(row) = &mut row {
                    row.insert("request".into(), json!(d.request.id));
                    row.insert("state".into(), json!(d.state));
                }
                Some(row)
            })
            .collect();
        return json_output(
            book,
            json!({ "as_of": day.to_string(), "due": rows, "unreadable": unreadable(placed) }),
        );
    }
    let mut page = page(book, "what falls due", day);
    page.gap();
    if due.is_empty() {
        page.text(0, "No clock runs: no request is kept here, or none is open.", Ink::Plain);
    }
    for d in due {
        let Some(calendar) = calendar(d) else { continue };
        let on = d.on.to_string();
        let told = format!("{} ({}): {}", d.request.id, d.state, timer_text(&d.running, calendar, day));
        let ink = if d.running.ran_out { Ink::Hold } else { Ink::Plain };
        page.row(0, &[(&on, 12, ink), (&told, 68, Ink::Plain)]);
    }
    tell_unreadable(&mut page, placed);
    Output::text(page.finish())
}

/// Requests by age.
pub fn ageing(global: &Global, book: &Lawbook, day: Day, aged: &[Aged<'_>], placed: &[Placed<'_>]) -> Output {
    let is = |wanted: Ageing| move |a: &&Aged<'_>| a.stand.state.shows == Some(wanted);
    let overdue: Vec<&Aged<'_>> = aged.iter().filter(|a| !a.overdue.is_empty()).collect();
    let unanswered: Vec<&Aged<'_>> = aged.iter().filter(is(Ageing::Unanswered)).collect();
    let stale: Vec<&Aged<'_>> = aged.iter().filter(is(Ageing::Stale)).collect();
    let rest: Vec<&Aged<'_>> =
        aged.iter().filter(|a| a.overdue.is_empty() && a.stand.state.shows.is_none()).collect();
    let known: Vec<&Request> = book.assistance().requests.iter().collect();
    if global.json {
        let rows = |list: &[&Aged<'_>]| -> Vec<Value> {
            list.iter()
                .map(|a| {
                    json!({
                        "request": a.request.id,
                        "requester": a.request.requester.to_string(),
                        "state": a.stand.state.id,
                        "since": a.stand.since.to_string(),
                        "days": a.days,
                        "days_open": a.days_open,
                        "waits_for": a.stand.state.waits,
                        "overdue": a.overdue.iter().map(|t| json!({
                            "timer": t.timer.id, "falls_due": t.timer.falls_due, "ended": t.ends.map(|d| d.to_string()),
                        })).collect::<Vec<_>>(),
                    })
                })
                .collect()
        };
        return json_output(
            book,
            json!({
                "as_of": day.to_string(),
                "overdue": rows(&overdue),
                "unanswered": rows(&unanswered),
                "stale": rows(&stale),
                "other_open": rows(&rest),
                "no_log": known.iter().map(|r| json!({ "request": r.id, "requester": r.requester.to_string(), "date": r.date.to_string() })).collect::<Vec<_>>(),
                "unreadable": unreadable(placed),
            }),
        );
    }
    let mut page = page(book, "requests by age", day);
    let told = |n: usize| if n == 0 { "none".to_owned() } else { n.to_string() };
    for (heading, list) in
        [("OVERDUE", overdue), ("UNANSWERED", unanswered), ("STALE", stale), ("OTHER OPEN", rest)]
    {
        page.heading(heading, &told(list.len()));
        for a in list {
            let age = days(a.days);
            let mut text = format!(
                "{} since {}, open {}; waits for {}",
                a.stand.state.id,
                a.stand.since,
                days(a.days_open),
                or_not(&a.stand.state.waits)
            );
            for t in &a.overdue {
                let on = t.ends.map_or(String::new(), |d| d.to_string());
                text.push_str(&format!("; {} on {on}", t.timer.falls_due));
            }
            page.row(2, &[(&a.request.id, 24, Ink::Plain), (&age, 12, Ink::Plain), (&text, 42, Ink::Plain)]);
        }
    }
    page.heading(
        "NO LOG HERE",
        &format!("{} requests of the public record; where they stand is not known", known.len()),
    );
    let ids: Vec<&str> = known.iter().map(|r| r.id.as_str()).collect();
    page.text(2, &ids.join(", "), Ink::Dim);
    tell_unreadable(&mut page, placed);
    Output::text(page.finish())
}

fn share(share: Share) -> String {
    if share.of == 0 { "no request to count".to_owned() } else { format!("{} of {}", share.n, share.of) }
}

fn spread(spread: &Spread) -> String {
    let (Some(first), Some(last), Some(twice)) =
        (spread.days.first(), spread.days.last(), spread.median_doubled())
    else {
        return "no offer to count".to_owned();
    };
    let median = if twice % 2 == 0 { (twice / 2).to_string() } else { format!("{}.5", twice / 2) };
    format!("n {}; least {first}, median {median}, most {last} days", spread.days.len())
}

fn spread_json(spread: &Spread) -> Value {
    let twice = spread.median_doubled();
    let median = twice.map(|t| if t % 2 == 0 { json!(t / 2) } else { json!(format!("{}.5", t / 2)) });
    json!({ "n": spread.days.len(), "least": spread.days.first(), "median": median, "most": spread.days.last() })
}

/// Figures of the log beside published ones.
pub fn figures(global: &Global, book: &Lawbook, day: Day, figures: &Figures) -> Output {
    let all = book.assistance();
    let pairs: Vec<_> = all
        .comparisons
        .iter()
        .filter_map(|c| {
            let figure = book.r1540().figures.iter().find(|f| f.id == c.figure)?;
            Some((c, figure, counted(all, figures, c.counts)))
        })
        .collect();
    if global.json {
        let share = |s: Share| json!({ "n": s.n, "of": s.of });
        return json_output(
            book,
            json!({
                "as_of": day.to_string(),
                "log": {
                    "requests": figures.logged,
                    "unreadable": figures.unreadable,
                    "before_providers": figures.before_providers,
                    "offers": figures.offers,
                    "answered": share(figures.answered),
                    "matched": share(figures.matched),
                    "completed": share(figures.completed),
                    "days_from_receipt_to_first_offer": spread_json(&figures.to_first_offer),
                    "days_from_providers_to_first_offer": spread_json(&figures.from_providers_to_offer),
                },
                "published": pairs.iter().map(|(c, f, ours)| json!({
                    "figure": f.id, "title": f.title, "published": f.number,
                    "as_of": f.as_of.as_ref().map(ToString::to_string), "document": f.document,
                    "ours": ours, "counts": c.counts, "differs": c.differs, "evidence": f.evidence,
                })).collect::<Vec<_>>(),
            }),
        );
    }
    let mut page = page(book, "figures of assistance", day);
    page.text(0, "All requests of the log together; no figure is made of a State.", Ink::Dim);
    page.heading("LOG", "of this computer");
    let mut row = |lead: &str, text: &str| page.under(2, (lead, 36, Ink::Plain), text, Ink::Plain);
    row("requests", &figures.logged.to_string());
    if figures.unreadable > 0 {
        row("  of which cannot be followed", &figures.unreadable.to_string());
    }
    row("put before providers", &figures.before_providers.to_string());
    row("offers", &figures.offers.to_string());
    row("answered, of those before providers", &share(figures.answered));
    row("matched, of those with an offer", &share(figures.matched));
    row("completed, of those matched", &share(figures.completed));
    row("from receipt to the first offer", &spread(&figures.to_first_offer));
    row("from providers to the first offer", &spread(&figures.from_providers_to_offer));
    page.heading("PUBLISHED", "beside what is counted here");
    for (comparison, figure, ours) in pairs {
        let as_of = figure.as_of.as_ref().map_or(String::new(), |d| format!(", {d}"));
        let published = figure.number.map_or(NOT_STATED.to_owned(), |n| n.to_string());
        page.under(
            2,
            (&figure.id, 5, Ink::Plain),
            &format!(
                "{}: {published} published ({}{as_of}); {ours} here: {}",
                figure.title, figure.document, comparison.differs
            ),
            Ink::Plain,
        );
    }
    Output::text(page.finish())
}

/// Topics that gaps suggest.
pub fn proposals(
    global: &Global,
    book: &Lawbook,
    day: Day,
    state: &str,
    from: &str,
    proposals: &[Proposal<'_>],
    without: &[(&str, CellValue)],
) -> Output {
    let cells = |list: &[(&str, CellValue)]| -> Vec<Value> {
        list.iter().map(|(field, value)| json!({ "field": field, "value": value.word() })).collect()
    };
    if global.json {
        return json_output(
            book,
            json!({
                "as_of": day.to_string(),
                "state": state,
                "from": from,
                "proposals": proposals.iter().map(|p| json!({
                    "topic": p.topic.id, "title": p.topic.title, "prefix": p.topic.prefix, "cells": cells(&p.fields),
                })).collect::<Vec<_>>(),
                "without_topic": cells(without),
            }),
        );
    }
    let mut page = page(book, &format!("topics that gaps suggest: {state}"), day);
    page.text(
        0,
        &format!(
            "From {from}. The State chooses; nothing is sent. A blank says that no information is at hand."
        ),
        Ink::Dim,
    );
    if proposals.is_empty() {
        page.gap();
        page.text(0, "No blank or open cell belongs to a topic.", Ink::Plain);
    }
    for p in proposals {
        page.heading(&p.topic.id, &p.topic.title);
        cell_rows(&mut page, &p.fields);
    }
    if !without.is_empty() {
        page.heading("NO TOPIC", "fields for which the vocabulary has none");
        cell_rows(&mut page, without);
    }
    Output::text(page.finish())
}

fn cell_rows(page: &mut Page, cells: &[(&str, CellValue)]) {
    let of = |wanted: CellValue| -> String {
        cells.iter().filter(|(_, v)| *v == wanted).map(|(f, _)| *f).collect::<Vec<_>>().join(", ")
    };
    for (value, lead) in [(CellValue::Open, "open (?)"), (CellValue::Blank, "blank")] {
        let fields = of(value);
        if !fields.is_empty() {
            line(page, lead, &fields);
        }
    }
}

/// Words that are no topics.
pub fn words(global: &Global, book: &Lawbook, requests: &[&Request], offers: &[&Offer]) -> Output {
    let all = book.assistance();
    let mut unmapped: Vec<(String, &str)> = Vec::new();
    let entries = requests.iter().map(|r| (&r.topics, r.id.as_str()));
    for (words, id) in entries.chain(offers.iter().map(|o| (&o.topics, o.id.as_str()))) {
        unmapped.extend(read_words(all, words).unmapped.into_iter().map(|w| (w, id)));
    }
    unmapped.sort();
    if global.json {
        return json_output(
            book,
            json!({
                "words": all.aliases.iter().map(|a| json!({
                    "word": a.word, "topics": a.topics, "kinds": a.kinds, "why": a.why, "evidence": a.evidence,
                })).collect::<Vec<_>>(),
                "unmapped": unmapped.iter().map(|(word, id)| json!({ "word": word, "in": id })).collect::<Vec<_>>(),
            }),
        );
    }
    let mut page = Page::new(cli::colour());
    page.title("words that are no topics", "");
    disclaimer(&mut page, book);
    page.heading("READ AS", "our own reading, each with its reason");
    for alias in &all.aliases {
        let to: Vec<&str> =
            alias.topics.iter().map(String::as_str).chain(alias.kinds.iter().map(|k| k.word())).collect();
        let to = if to.is_empty() { "nothing".to_owned() } else { to.join(", ") };
        page.row(2, &[(&alias.word, 30, Ink::Plain), (&to, 24, Ink::Plain), (&alias.why, 24, Ink::Dim)]);
    }
    page.heading("NO READING", if unmapped.is_empty() { "none" } else { "kept as they stand" });
    for (word, id) in &unmapped {
        page.row(2, &[(word, 30, Ink::Ask), (id, 48, Ink::Plain)]);
    }
    Output::text(page.finish())
}

/// A procedure.
pub fn procedure(global: &Global, book: &Lawbook, found: &Procedure) -> Output {
    let calendar = book.assistance().calendar_of(&found.body);
    let calendar_json = calendar.map(|c| {
        json!({ "id": c.id, "title": c.title, "weekend": c.weekend, "years_with_holidays": c.years,
            "holidays": c.holidays.iter().map(ToString::to_string).collect::<Vec<_>>(), "sources": c.sources,
            "source": c.source, "evidence": c.evidence })
    });
    if global.json {
        return json_output(
            book,
            json!({
                "procedure": found.id, "title": found.title, "body": found.body, "initial": found.initial,
                "evidence": found.evidence, "source": found.source, "note": found.note,
                "states": found.states.iter().map(|s| json!({ "state": s.id, "says": s.says, "waits_for": s.waits, "ends": s.ends })).collect::<Vec<_>>(),
                "steps": found.transitions.iter().map(|t| json!({
                    "step": t.id, "from": t.from, "to": t.to, "event": t.event, "by": if t.by_clock { "clock" } else { "actor" },
                    "after": t.after, "before": t.before, "needs": t.needs, "unless": t.unless, "marks": t.marks,
                    "lifts": t.lifts, "asks": t.asks, "own": t.own,
                })).collect::<Vec<_>>(),
                "timers": found.timers.iter().map(|t| json!({
                    "timer": t.id, "runs_in": t.runs_in, "length": t.length.map(|l| l.to_string()), "every": t.every,
                    "falls_due": t.falls_due, "says": t.says, "source": t.source, "own": t.own,
                })).collect::<Vec<_>>(),
                "calendar": calendar_json,
            }),
        );
    }
    let mut page = Page::new(cli::colour());
    page.title(&format!("{}: {}", found.id, found.title), "");
    disclaimer(&mut page, book);
    page.text(0, &format!("Source: {}{}. {}", found.source, mark(found.evidence), found.note), Ink::Dim);
    page.heading("STATES", "");
    for state in &found.states {
        let waits =
            if state.ends { "the end".to_owned() } else { format!("waits for {}", or_not(&state.waits)) };
        page.under(2, (&state.id, 22, Ink::Plain), &format!("{}; {waits}", state.says), Ink::Plain);
    }
    page.heading("STEPS", "");
    for step in &found.transitions {
        let to = step.to.as_deref().unwrap_or("the same");
        let mut told = format!("{} -> {to}: {}", step.from.join(" | "), step.event);
        if step.by_clock {
            told.push_str("; time takes it");
        }
        for (lead, list) in [
            ("after", &step.after),
            ("while runs", &step.before),
            ("needs", &step.needs),
            ("not while there is", &step.unless),
            ("asks for", &step.asks),
        ] {
            if !list.is_empty() {
                told.push_str(&format!("; {lead} {}", list.join(", ")));
            }
        }
        if !step.own.is_empty() {
            told.push_str(&format!(" [ours: {}]", step.own));
        }
        page.under(2, (&step.id, 22, Ink::Plain), &told, Ink::Plain);
    }
    page.heading("CLOCKS", "");
    for timer in &found.timers {
        let length = timer.length.map_or(timer.says.clone(), |l| l.to_string());
        let every = if timer.every { ", again and again" } else { "" };
        let own = if timer.own.is_empty() { String::new() } else { format!(" [ours: {}]", timer.own) };
        let told = format!("{length}{every}: {}; source: {}{own}", timer.falls_due, timer.source);
        page.under(2, (&timer.id, 22, Ink::Plain), &told, Ink::Plain);
    }
    if let Some(calendar) = calendar {
        let years: Vec<String> = calendar.years.iter().map(ToString::to_string).collect();
        page.heading("CALENDAR", &calendar.title);
        page.text(2, &format!("Holidays are known for {}; in other years only weekends are left out, and each deadline says so. {}", years.join(", "), calendar.note), Ink::Plain);
        for (year, source) in &calendar.sources {
            page.under(2, (&year.to_string(), 6, Ink::Dim), source, Ink::Dim);
        }
    }
    Output::text(page.finish())
}
