//! `comity state universality`: how far treaties reach on a day, who stands outside, what changed, what would change, the counts over time.

use std::fmt::Write as _;

use comity_engine::standing::{
    Before, Change, Count, IfJoined, Joined, Named, Point, before_treaty, changes, count, curve, if_joined,
    reached, resolve,
};
use comity_model::standing::{GroupKind, States, StatusWord, Treaty, TreatyKind, TreatyRef};
use comity_model::{Day, StateCode};
use serde_json::{Value, json};

use super::Rendered;
use super::find::{Problem, ambiguous, find_treaty, no_treaty, unknown};
use super::life::{milestone_json, milestone_text};
use super::page::{Sources, date, head_line, line, plural, title};
use super::plot::{Series, plot};
use super::treaty::{absent, before_text, count_words};
use super::unverified;

/// What is asked besides the counts.
#[derive(Clone, Debug, Default)]
pub struct UniversalityOptions {
    /// Ids of treaties; none: a table of all.
    pub treaties: Vec<String>,
    /// What changed between these days.
    pub between: Option<(Day, Day)>,
    /// What would change if these States joined.
    pub joining: Vec<String>,
    /// Who stands outside by the groups of this kind; none: by the alphabet.
    pub by: Option<GroupKind>,
    /// The counts over time.
    pub curve: bool,
}

/// Those outside, by status, in this order.
const OUTSIDE: [StatusWord; 5] = [
    StatusWord::Signatory,
    StatusWord::None,
    StatusWord::NotInForce,
    StatusWord::Contested,
    StatusWord::Unknown,
];

/// `comity state universality`.
///
/// # Errors
/// When a text names no treaty or State, or the days of `between` are not in order.
pub fn universality(states: &States, day: Day, options: &UniversalityOptions) -> Result<Rendered, Problem> {
    let joining = find_states(states, &options.joining)?;
    if let Some((from, to)) = options.between
        && to < from
    {
        return Err(Problem {
            place: "--between".to_owned(),
            message: format!("{to} lies before {from}"),
            remedy: "give the earlier day first".to_owned(),
        });
    }
    let mut chosen = Vec::new();
    for id in &options.treaties {
        let at = find_treaty(states, id)?;
        if !chosen.contains(&at) {
            chosen.push(at);
        }
    }
    if chosen.is_empty() {
        if options.between.is_some() || options.curve || !joining.is_empty() || options.by.is_some() {
            return Err(Problem {
                place: "TREATY".to_owned(),
                message: "no treaty is named".to_owned(),
                remedy: "name the treaty that is meant; without one there is the table of all".to_owned(),
            });
        }
        return Ok(table(states, day));
    }
    let mut notes = Sources::default();
    let mut out = title("Universality", day);
    let (top, mut facts) = (out.len(), 0);
    let mut all = Vec::new();
    for at in chosen {
        let treaty = states.treaty(at).ok_or_else(|| no_treaty("", &[]))?;
        let (json, of) = one(&mut out, states, treaty, at, day, options, &joining, &mut notes);
        facts += of;
        all.push(json);
    }
    notes.print(&mut out, states);
    unverified::head(&mut out, top, facts);
    let mut json = json!({ "as_of": day.to_string(), "treaties": all, "sources": notes.json(states) });
    unverified::put(&mut json, "unverified", unverified::page_json(facts));
    Ok((out, json))
}

fn find_states(states: &States, texts: &[String]) -> Result<Vec<StateCode>, Problem> {
    let mut found = Vec::new();
    for text in texts {
        if text.trim().is_empty() {
            return Err(Problem {
                place: "--if".to_owned(),
                message: "no State is named".to_owned(),
                remedy: "name the States that would join, with a comma between two".to_owned(),
            });
        }
        match resolve(states, text) {
            Named::State(state) => found.push(state.code),
            Named::Territory(territory) => {
                return Err(Problem {
                    place: text.clone(),
                    message: format!(
                        "{} ({}) is a territory with a code; only States join treaties",
                        territory.name, territory.code
                    ),
                    remedy: "name the State responsible".to_owned(),
                });
            }
            Named::Ambiguous(codes) => return Err(ambiguous(states, text, &codes)),
            Named::Unknown(codes) => return Err(unknown(states, text, &codes)),
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// One line a treaty, all that are binding or agreements; then regimes and arrangements apart.
fn table(states: &States, day: Day) -> Rendered {
    let mut notes = Sources::default();
    let mut out = title("Universality", day);
    let (top, mut facts) = (out.len(), 0);
    let mut rows = Vec::new();
    for (heading, kinds) in [
        (
            "Treaties, agreements and memberships",
            [TreatyKind::Treaty, TreatyKind::Agreement, TreatyKind::Organisation],
        ),
        (
            "Regimes and arrangements (no treaties)",
            [TreatyKind::Regime, TreatyKind::Arrangement, TreatyKind::Arrangement],
        ),
    ] {
        let _ = write!(out, "\n{heading}\n");
        out.push_str(&head_line(&format!(
            "  {:20} {:>4} {:>6} {:>7} {:>7} {:>9}  {}",
            "treaty", "in", "signed", "outside", "unknown", "contested", "data to"
        )));
        for (treaty, at) in states.treaties.iter().zip(0..).filter(|(t, _)| kinds.contains(&t.kind)) {
            let c = count(states, TreatyRef(at), day, None);
            let outside =
                c.of(StatusWord::None) + c.of(StatusWord::NotInForce) + c.of(StatusWord::NotSubscriber);
            let refs = notes.refs(&treaty.sources);
            line(
                &mut out,
                &format!(
                    "  {:20} {:>4} {:>6} {:>7} {:>7} {:>9}  ",
                    treaty.id,
                    c.full,
                    c.of(StatusWord::Signatory),
                    outside,
                    c.of(StatusWord::Unknown),
                    c.of(StatusWord::Contested)
                ),
                format!("{} {refs}{}", treaty.as_of, unverified::beside_count(&c)).trim_end(),
            );
            facts += unverified::facts(&c);
            rows.push(counts_json(treaty, &c));
        }
    }
    out.push('\n');
    line(
        &mut out,
        "",
        "in: party, in force, member or taking part; a contested State stands in it where published totals count it so. signed: signatory, not party. outside: none or said not to be. unknown is never one of these. The treaty of a zone is open to the States of the zone; all others stand outside of it.",
    );
    notes.print(&mut out, states);
    unverified::head(&mut out, top, facts);
    let mut json = json!({ "as_of": day.to_string(), "table": rows, "sources": notes.json(states) });
    unverified::put(&mut json, "unverified", unverified::page_json(facts));
    (out, json)
}

fn counts_json(treaty: &Treaty, counted: &Count<'_>) -> Value {
    let by_status: serde_json::Map<String, Value> =
        counted.by_status.iter().map(|(word, n)| (word.word().to_owned(), json!(n))).collect();
    let mut json = json!({
        "treaty": treaty.id,
        "title": treaty.title,
        "kind": treaty.kind.word(),
        "as_of": counted.day.to_string(),
        "data_as_of": date(&treaty.as_of),
        "coverage": treaty.coverage.word(),
        "parties": counted.full,
        "counted_as": counted.full_word.word(),
        "signatories": counted.of(StatusWord::Signatory),
        "none": counted.of(StatusWord::None),
        "unknown": counted.of(StatusWord::Unknown),
        "contested": counted.of(StatusWord::Contested),
        "contested_counted": texts(counted.contested_counted.iter().copied()),
        "by_status": by_status,
    });
    unverified::put(&mut json, "unverified", unverified::count_json(counted));
    count_words(&mut json, treaty);
    json
}

fn texts(codes: impl Iterator<Item = StateCode>) -> Vec<String> {
    codes.map(|c| c.to_string()).collect()
}

/// Names in the order of the alphabet.
fn names(states: &States, codes: impl Iterator<Item = StateCode>) -> String {
    let mut names: Vec<String> = codes.map(|c| format!("{} ({c})", states.name(c).unwrap_or("?"))).collect();
    names.sort();
    if names.is_empty() { "none".to_owned() } else { names.join("; ") }
}

#[expect(clippy::too_many_arguments, reason = "one page of one treaty, with what all pages share")]
fn one(
    out: &mut String,
    states: &States,
    treaty: &Treaty,
    at: TreatyRef,
    day: Day,
    options: &UniversalityOptions,
    joining: &[StateCode],
    notes: &mut Sources,
) -> (Value, usize) {
    let counted = count(states, at, day, None);
    out.push('\n');
    let refs = notes.refs(&treaty.sources);
    line(out, "", format!("{}: {} {refs}", treaty.id, treaty.title).trim_end());
    line(out, "  ", &format!("data to {}, {}", treaty.as_of, treaty.coverage.word()));
    if treaty.zone {
        line(out, "  ", "open to the States of the zone; all others stand outside of it");
    }
    let before = before_treaty(states, at, day);
    if let Some(before) = before {
        line(out, "  ", &before_text(&treaty.id, day, before));
    }
    let beside = unverified::beside_count(&counted);
    let _ = writeln!(out, "  {:16} {}{beside}", plural(counted.full_word), counted.full);
    if !counted.contested_counted.is_empty() {
        let contested = names(states, counted.contested_counted.iter().copied());
        line(
            out,
            &format!("  {:16} ", ""),
            &format!("{contested}: contested, counted here as published totals do"),
        );
    }
    for (word, n) in counted.by_status.iter().filter(|(word, _)| **word != counted.full_word) {
        let _ = writeln!(out, "  {:16} {n}", absent(treaty, *word));
    }
    unverified::below_count(out, &format!("  {:16} ", ""), &counted);
    outside(out, states, &counted, options.by);
    let milestones: Vec<_> = states.milestones_of(at).map(|m| reached(states, m, day, &[])).collect();
    if !milestones.is_empty() {
        out.push_str("  Milestones of the text\n");
        for m in &milestones {
            line(out, "    ", &milestone_text(states, m, notes));
        }
    }
    let changed = options.between.map(|(from, to)| (from, to, changes(states, at, from, to)));
    if let Some((from, to, changed)) = &changed {
        changes_text(out, states, *from, *to, changed);
    }
    let joined = (!joining.is_empty()).then(|| if_joined(states, &counted, joining));
    if let Some(joined) = &joined {
        joined_text(out, states, joined, notes);
    }
    let points = if options.curve { curve(states, at, day) } else { Vec::new() };
    if options.curve {
        curve_text(out, &counted, &points);
    }
    let mut json = counts_json(treaty, &counted);
    if let Some(map) = json.as_object_mut() {
        map.insert("before_treaty".to_owned(), json!(before.map(|b: Before| b.opened.to_string())));
        map.insert("outside".to_owned(), outside_json(states, &counted, options.by));
        map.insert("milestones".to_owned(), milestones.iter().map(|m| milestone_json(states, m)).collect());
        if let Some((from, to, changed)) = &changed {
            map.insert("changes".to_owned(), changes_json(*from, *to, changed));
        }
        if let Some(joined) = &joined {
            map.insert("if_joined".to_owned(), joined_json(states, joined));
        }
        if options.curve {
            map.insert("curve".to_owned(), points.iter().map(point_json).collect());
        }
    }
    // A day of the past or another treaty may be touched where this count is not.
    let elsewhere = changed.as_ref().is_some_and(|(.., changed)| changed.iter().any(|c| c.unverified))
        || points.iter().any(|p| p.unverified > 0)
        || joined.as_ref().is_some_and(|j| j.full_vector_unverified);
    let facts = match unverified::facts(&counted) {
        0 if elsewhere => states.events.iter().filter(|e| states.is_unverified(e)).count(),
        n => n,
    };
    (json, facts)
}

fn outside(out: &mut String, states: &States, counted: &Count<'_>, by: Option<GroupKind>) {
    out.push_str("  Not party, by the alphabet\n");
    let Some(kind) = by else {
        for word in OUTSIDE.into_iter().filter(|w| counted.of(*w) > 0) {
            line(out, &format!("    {:12} ", word.plain()), &names(states, counted.with(word)));
        }
        return;
    };
    out.truncate(out.len() - "  Not party, by the alphabet\n".len());
    let _ = writeln!(out, "  Not party, by group ({kind})");
    for (title, members) in grouped(states, kind) {
        let of = |word| counted.with(word).filter(|c| members.contains(c)).collect::<Vec<_>>();
        let inside = members.len() - OUTSIDE.iter().map(|w| of(*w).len()).sum::<usize>();
        line(out, "    ", &format!("{title}: {} States, {inside} in", members.len()));
        for word in OUTSIDE {
            let codes = of(word);
            if !codes.is_empty() {
                line(out, &format!("      {:12} ", word.plain()), &names(states, codes.into_iter()));
            }
        }
    }
}

/// The States of each group of a kind, and those in none of them.
fn grouped(states: &States, kind: GroupKind) -> Vec<(String, Vec<StateCode>)> {
    let mut out = Vec::new();
    let mut rest: Vec<StateCode> = states.states.iter().map(|s| s.code).collect();
    for group in states.groups.iter().filter(|g| g.kind == kind) {
        let members: Vec<StateCode> =
            group.members.iter().copied().filter(|c| states.state(*c).is_some()).collect();
        rest.retain(|c| !members.contains(c));
        out.push((group.title.clone(), members));
    }
    if !rest.is_empty() {
        out.push(("in no such group".to_owned(), rest));
    }
    out
}

fn outside_json(states: &States, counted: &Count<'_>, by: Option<GroupKind>) -> Value {
    let lists = |of: &dyn Fn(&StateCode) -> bool| -> Value {
        OUTSIDE
            .into_iter()
            .map(|word| (word.word().to_owned(), json!(texts(counted.with(word).filter(|c| of(c))))))
            .collect::<serde_json::Map<String, Value>>()
            .into()
    };
    match by {
        None => lists(&|_| true),
        Some(kind) => grouped(states, kind)
            .into_iter()
            .map(|(title, members)| {
                json!({ "group": title, "states": members.len(), "outside": lists(&|c| members.contains(c)) })
            })
            .collect(),
    }
}

fn changes_text(out: &mut String, states: &States, from: Day, to: Day, changed: &[Change<'_>]) {
    let _ = writeln!(out, "  Changes from {from} to {to}");
    for (joined, heading) in
        [(Joined::In, "joined"), (Joined::Out, "left"), (Joined::Other, "other changes of what is known")]
    {
        let those: Vec<&Change<'_>> = changed.iter().filter(|c| c.joined == joined).collect();
        let _ = writeln!(out, "    {heading}: {}", those.len());
        for change in those {
            let events: Vec<String> = change
                .events
                .iter()
                .map(|e| format!("{} {}", e.kind.word().replace('_', " "), e.date))
                .collect();
            let said = format!(
                "{}: {} to {}{}{}",
                states.name(change.state).unwrap_or("?"),
                change.from.plain(),
                change.to.plain(),
                if events.is_empty() { String::new() } else { format!(" ({})", events.join(", ")) },
                if change.unverified { format!(" {}", unverified::MARK) } else { String::new() }
            );
            line(out, &format!("      {}  ", change.state), &said);
        }
    }
}

fn changes_json(from: Day, to: Day, changed: &[Change<'_>]) -> Value {
    let of = |joined: Joined| texts(changed.iter().filter(|c| c.joined == joined).map(|c| c.state));
    json!({
        "from": from.to_string(),
        "to": to.to_string(),
        "joined": of(Joined::In),
        "left": of(Joined::Out),
        "all": changed.iter().map(|c| json!({
            "state": c.state.as_str(), "from": c.from.word(), "to": c.to.word(), "way": c.joined.word(),
            "unverified": c.unverified,
            "events": c.events.iter().map(|e| json!({"event": e.kind.word(), "date": date(&e.date)})).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
    })
}

fn joined_text(out: &mut String, states: &States, joined: &IfJoined<'_>, notes: &mut Sources) {
    let asked = joined.joining.iter().chain(&joined.open).map(|(code, _)| *code);
    line(out, "  ", &format!("If these joined: {}", names(states, asked)));
    line(out, "    ", &format!("{} of {} today become {}", joined.before, states.states.len(), joined.after));
    if !joined.open.is_empty() {
        let open = names(states, joined.open.iter().map(|(code, _)| *code));
        line(out, "    ", &format!("not known or contested today, and perhaps in already: {open}"));
    }
    if !joined.already.is_empty() {
        line(out, "    ", &format!("in already: {}", names(states, joined.already.iter().copied())));
    }
    if let Some((before, after)) = joined.full_vector {
        line(
            out,
            "    ",
            &format!(
                "States party to all treaties of the default standing: {before} become {after}{}",
                if joined.full_vector_unverified { format!(" {}", unverified::MARK) } else { String::new() }
            ),
        );
    }
    for (_, after) in &joined.milestones {
        line(out, "    ", &milestone_text(states, after, notes));
    }
}

fn joined_json(states: &States, joined: &IfJoined<'_>) -> Value {
    let pairs = |pairs: &[(StateCode, StatusWord)]| {
        pairs.iter().map(|(c, w)| json!({"state": c.as_str(), "status": w.word()})).collect::<Vec<_>>()
    };
    json!({
        "joining": pairs(&joined.joining),
        "already": texts(joined.already.iter().copied()),
        "not_known_today": pairs(&joined.open),
        "before": joined.before,
        "after": joined.after,
        "all_of_default_standing": joined.full_vector.map(|(before, after)| {
            let mut both = json!({ "before": before, "after": after });
            if joined.full_vector_unverified {
                unverified::put(&mut both, "unverified", json!(true));
            }
            both
        }),
        "milestones": joined.milestones.iter().map(|(before, after)| json!({
            "before": milestone_json(states, before), "after": milestone_json(states, after),
        })).collect::<Vec<_>>(),
    })
}

fn curve_text(out: &mut String, counted: &Count<'_>, points: &[Point]) {
    let _ = writeln!(out, "  Over time, at the end of each year and on {}", counted.day);
    out.push_str(&head_line(&format!(
        "    {:10} {:>7} {:>11} {:>5} {:>7} {:>9}",
        "day",
        plural(counted.full_word),
        "signatories",
        "none",
        "unknown",
        "contested"
    )));
    let (Some(first), last) = (points.first(), counted.day) else {
        out.push_str("    the data have no dated event\n");
        return;
    };
    let mut days: Vec<Day> =
        (first.day.year()..last.year()).filter_map(|year| Day::new(year, 12, 31)).collect();
    days.push(last);
    for day in days {
        let Some(point) = points.iter().rfind(|p| p.day <= day) else { continue };
        let _ = writeln!(
            out,
            "    {day} {:>7} {:>11} {:>5} {:>7} {:>9}{}",
            point.full,
            point.of(StatusWord::Signatory),
            point.of(StatusWord::None),
            point.of(StatusWord::Unknown),
            point.of(StatusWord::Contested),
            if point.unverified > 0 { " unverified" } else { "" }
        );
    }
    if points.iter().any(|p| p.unverified > 0) {
        line(out, "    ", "unverified: facts of the file that was named take part in the line");
    }
}

fn point_json(point: &Point) -> Value {
    let mut json = json!({
        "from": point.day.to_string(),
        "parties": point.full,
        "signatories": point.of(StatusWord::Signatory),
        "none": point.of(StatusWord::None),
        "unknown": point.of(StatusWord::Unknown),
        "contested": point.of(StatusWord::Contested),
    });
    if point.unverified > 0 {
        unverified::put(&mut json, "unverified", json!(point.unverified));
    }
    json
}

/// The counts over time as CSV: one line for each treaty and day on which they change. With a file of unverified facts a last column has in
/// how many statuses they take part.
///
/// # Errors
/// When an id names no treaty.
pub fn curve_csv(states: &States, ids: &[String], day: Day) -> Result<String, Problem> {
    let marked = states.events.iter().any(|e| states.is_unverified(e));
    let mut out = String::from("treaty,from,parties,signatories,none,unknown,contested");
    out.push_str(if marked { ",unverified\n" } else { "\n" });
    for id in ids {
        let at = find_treaty(states, id)?;
        for p in curve(states, at, day) {
            let touched = if marked { format!(",{}", p.unverified) } else { String::new() };
            let _ = writeln!(
                out,
                "{},{},{},{},{},{},{}{touched}",
                states.treaty(at).map_or("", |t| t.id.as_str()),
                p.day,
                p.full,
                p.of(StatusWord::Signatory),
                p.of(StatusWord::None),
                p.of(StatusWord::Unknown),
                p.of(StatusWord::Contested)
            );
        }
    }
    Ok(out)
}

/// The counts over time as a picture (SVG): one treaty with its parties, signatories and unknown; several with their parties.
///
/// # Errors
/// When an id names no treaty, or a treaty has no dated event up to the day.
pub fn curve_svg(states: &States, ids: &[String], day: Day) -> Result<String, Problem> {
    let mut found = Vec::new();
    for id in ids {
        let at = find_treaty(states, id)?;
        let treaty = states.treaty(at).ok_or_else(|| no_treaty(id, &[]))?;
        let points = curve(states, at, day);
        if points.is_empty() {
            return Err(Problem {
                place: id.clone(),
                message: format!("{} has no dated event up to {day}", treaty.id),
                remedy: "choose a later day with --as-of".to_owned(),
            });
        }
        found.push((treaty, count(states, at, day, None).full_word, points));
    }
    let mut series = Vec::new();
    let several = found.len() > 1;
    for (treaty, word, points) in &found {
        let of = |n: &dyn Fn(&Point) -> usize| points.iter().map(|p| (p.day, n(p))).collect::<Vec<_>>();
        let label = if several { treaty.id.clone() } else { plural(*word).to_owned() };
        series.push(Series { label, points: of(&|p| p.full) });
        if !several {
            let signatories = of(&|p| p.of(StatusWord::Signatory));
            if signatories.iter().any(|(_, n)| *n > 0) {
                series.push(Series { label: "signatories".to_owned(), points: signatories });
            }
            series.push(Series { label: "unknown".to_owned(), points: of(&|p| p.of(StatusWord::Unknown)) });
        }
    }
    let ids: Vec<&str> = found.iter().map(|(t, ..)| t.id.as_str()).collect();
    let heading = format!("{}: States over time, to {day}", ids.join(", "));
    let mut below: Vec<String> =
        found.iter().map(|(t, ..)| format!("{}: data to {}, {}", t.id, t.as_of, t.coverage.word())).collect();
    if found.iter().any(|(.., points)| points.iter().any(|p| p.unverified > 0)) {
        below.push("unverified facts take part".to_owned());
    }
    Ok(plot(&heading, &below.join("; "), "year", "number of States", &series, day, states.states.len()))
}
