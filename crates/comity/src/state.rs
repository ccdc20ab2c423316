//! `comity state show`, `state treaty` and `state standing`: what the engine answers on States, as text of 80 columns and as JSON.
//!
//! Each function is pure and gives both forms of the same facts. Every fact stands beside its source; what comes from memory says so.

use std::fmt::Write as _;

use comity_engine::standing::{
    self, BASIS_DEFAULT, Count, Named, StandingEntry, StatusAnswer, count, participation, resolve,
    resolve_treaty, status,
};
use comity_model::standing::{
    Basis, Coverage, LastKnown, LocalName, Slot, SourceRef, State, States, Status, StatusEvent, StatusWord,
    Territory, Treaty, TreatyKind, TreatyRef, UnStatus, WhyUnknown,
};
use comity_model::{DateValue, Day, Evidence, StateCode, Truth};
use serde_json::{Value, json};

/// Width of the text.
const WIDTH: usize = 80;

/// The text and the JSON of one answer.
pub type Rendered = (String, Value);

/// A question that cannot be answered as put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The argument at fault.
    pub place: String,
    /// What was seen and what was expected.
    pub message: String,
    /// What to do.
    pub remedy: String,
}

/// Which part of `state treaty` is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct TreatyOptions {
    /// Only States that are not fully in.
    pub outside: bool,
    /// Also what changed since this day.
    pub since: Option<Day>,
}

/// `comity state show ISO`: one State with its names and its status in everything the data hold.
///
/// # Errors
/// When the text names no State or several.
pub fn show(states: &States, text: &str, day: Day) -> Result<Rendered, Problem> {
    match resolve(states, text) {
        Named::State(state) => Ok(show_state(states, state, day)),
        Named::Territory(territory) => Ok(show_territory(territory, day)),
        Named::Ambiguous(codes) => Err(ambiguous(states, text, &codes)),
        Named::Unknown(codes) => Err(unknown(states, text, &codes)),
    }
}

fn show_state(states: &States, state: &State, day: Day) -> Rendered {
    let mut notes = Sources::default();
    let mut out = title(&format!("{} ({}, {}, {})", state.name, state.code, state.iso3, state.m49), day);
    if !state.formal_name.is_empty() {
        line(&mut out, "", &state.formal_name);
    }
    let mut membership = match (state.un_status, state.admission_year) {
        (UnStatus::Member, Some(year)) => format!("United Nations: member since {year}"),
        (UnStatus::Member, None) => "United Nations: member".to_owned(),
        (UnStatus::Observer, _) => "United Nations: observer".to_owned(),
        (UnStatus::NonMember, _) => "United Nations: not a member; makes treaties".to_owned(),
    };
    if !state.group.is_empty() {
        let _ = write!(membership, ", regional group {}", state.group);
    }
    line(&mut out, "", &membership);
    line(&mut out, "", &state.note);
    show_names(&mut out, &state.names, &state.aliases);

    let answers = |kinds: &[TreatyKind]| -> Vec<StatusAnswer<'_>> {
        states
            .treaties
            .iter()
            .zip(0..)
            .filter(|(t, _)| kinds.contains(&t.kind))
            .map(|(_, at)| status(states, state.code, TreatyRef(at), day))
            .collect()
    };
    let joined =
        answers(&[TreatyKind::Treaty, TreatyKind::Agreement, TreatyKind::Organisation, TreatyKind::Annex]);
    let parts = answers(&[TreatyKind::Regime, TreatyKind::Arrangement]);
    for (heading, answers) in [
        ("Treaties, agreements and memberships", &joined),
        ("Regimes and arrangements (no treaties)", &parts),
    ] {
        let _ = write!(out, "\n{heading}\n");
        out.push_str(&head("treaty", 20));
        for answer in answers {
            row(&mut out, states, answer, treaty_id(states, answer.treaty), 20, "", &mut notes);
        }
    }
    notes.print(&mut out, states);

    let names: serde_json::Map<String, Value> =
        state.names.iter().map(|n| (n.language.clone(), json!(n.text))).collect();
    let json = json!({
        "as_of": day.to_string(),
        "state": state.code.as_str(),
        "iso3": state.iso3,
        "m49": state.m49,
        "name": state.name,
        "formal_name": or_null(&state.formal_name),
        "names": names,
        "aliases": state.aliases,
        "un_status": state.un_status.word(),
        "admission_year": state.admission_year,
        "group": or_null(&state.group),
        "note": or_null(&state.note),
        "treaties": joined.iter().map(|a| answer_json(states, a, true)).collect::<Vec<_>>(),
        "participation": parts.iter().map(|a| answer_json(states, a, true)).collect::<Vec<_>>(),
        "sources": notes.json(states),
    });
    (out, json)
}

fn show_territory(territory: &Territory, day: Day) -> Rendered {
    let heading = format!("{} ({}, {}, {})", territory.name, territory.code, territory.iso3, territory.m49);
    let mut out = title(&heading, day);
    line(
        &mut out,
        "",
        "A territory with a code of its own: a destination. It is no State in the data and is never shown as a party; for treaties, ask for the State responsible.",
    );
    show_names(&mut out, &territory.names, &territory.aliases);
    let names: serde_json::Map<String, Value> =
        territory.names.iter().map(|n| (n.language.clone(), json!(n.text))).collect();
    let json = json!({
        "as_of": day.to_string(),
        "territory": territory.code.as_str(),
        "state": null,
        "iso3": territory.iso3,
        "m49": territory.m49,
        "name": territory.name,
        "names": names,
        "aliases": territory.aliases,
    });
    (out, json)
}

fn show_names(out: &mut String, names: &[LocalName], aliases: &[String]) {
    if !names.is_empty() {
        out.push('\n');
    }
    for name in names {
        let _ = writeln!(out, "  {:8} {}", name.language, name.text);
    }
    if !aliases.is_empty() {
        line(out, "  also     ", &aliases.join("; "));
    }
}

/// `comity state treaty ID`: how many States have which status, then each State.
///
/// # Errors
/// When there is no such treaty.
pub fn treaty(states: &States, id: &str, day: Day, options: TreatyOptions) -> Result<Rendered, Problem> {
    let at = find_treaty(states, id)?;
    let no_treaty = || no_treaty(id, &[]);
    let treaty = states.treaty(at).ok_or_else(no_treaty)?;
    let counted = count(states, at, day, None);
    let mut notes = Sources::default();

    let mut out = title(&treaty.id, day);
    line(&mut out, "", &treaty.title);
    line(&mut out, "", &coverage(treaty));
    let coverage_refs = notes.refs(&treaty.sources);
    if !coverage_refs.is_empty() {
        line(&mut out, "", &format!("Sources of the table: {coverage_refs}"));
    }
    out.push('\n');
    let contested = codes(counted.contested_counted.iter().copied());
    let mut numbers = vec![(plural(counted.full_word).to_owned(), counted.full.to_string())];
    if !counted.contested_counted.is_empty() {
        numbers.push((
            String::new(),
            format!("({contested} is contested; counted here as published totals do)"),
        ));
    }
    for (word, n) in &counted.by_status {
        if *word != counted.full_word {
            numbers.push((plural(*word).to_owned(), n.to_string()));
        }
    }
    if counted.signed > 0 {
        numbers.push(("signed by then".to_owned(), format!("{}, whatever they did after", counted.signed)));
    }
    for (label, number) in numbers {
        let _ = writeln!(out, "  {label:16} {number}");
    }
    let annexes: Vec<(&Treaty, Count<'_>)> = states
        .treaties
        .iter()
        .zip(0..)
        .filter(|(t, _)| t.kind == TreatyKind::Annex && t.of.as_deref() == Some(treaty.id.as_str()))
        .map(|(t, annex)| (t, count(states, at, day, Some(TreatyRef(annex)))))
        .collect();
    for (annex, of_annex) in &annexes {
        let outside = codes(missing(of_annex));
        let mark = annex.sources.iter().filter_map(|s| states.source(*s)).find_map(|s| s.memory.mark());
        let said = format!(
            "{} {}: {} {} of {}; not: {}{}",
            annex.id,
            notes.refs(&annex.sources),
            of_annex.full,
            plural(of_annex.full_word),
            of_annex.answers.len(),
            if outside.is_empty() { "none" } else { outside.as_str() },
            mark.map_or(String::new(), |m| format!(" (the list is {m})")),
        );
        line(&mut out, "  ", &said);
    }
    let changes = options.since.map(|since| changes(states, at, since, &counted));
    if let (Some(since), Some(changes)) = (options.since, &changes) {
        let _ = write!(out, "\nChanged since {since}: {}\n", changes.len());
        for (code, from, to) in changes {
            line(
                &mut out,
                "  ",
                &format!("{code}  {} to {}  {}", from.plain(), to.plain(), states.name(*code).unwrap_or("")),
            );
        }
    }
    out.push_str(if options.outside { "\nStates that are not fully in\n" } else { "\nStates\n" });
    out.push_str(&head("", 4));
    let listed: Vec<&StatusAnswer<'_>> =
        counted.answers.iter().filter(|a| !options.outside || !a.word().is_in()).collect();
    for answer in &listed {
        let name = states.name(answer.state).unwrap_or("");
        row(&mut out, states, answer, answer.state.as_str(), 4, name, &mut notes);
    }
    notes.print(&mut out, states);

    let by_status: serde_json::Map<String, Value> =
        counted.by_status.iter().map(|(word, n)| (word.word().to_owned(), json!(n))).collect();
    let json = json!({
        "treaty": treaty.id,
        "as_of": day.to_string(),
        "data_as_of": date(&treaty.as_of),
        "parties": counted.full,
        "signatories": counted.of(StatusWord::Signatory),
        "none": counted.of(StatusWord::None),
        "unknown": counted.of(StatusWord::Unknown),
        "contested": counted.of(StatusWord::Contested),
        "counted_as": counted.full_word.word(),
        "contested_counted": counted.contested_counted.iter().map(StateCode::as_str).collect::<Vec<_>>(),
        "signed": counted.signed,
        "by_status": by_status,
        "title": treaty.title,
        "kind": treaty.kind.word(),
        "coverage": treaty.coverage.word(),
        "note": or_null(&treaty.note),
        "annexes": annexes.iter().map(|(annex, c)| json!({
            "annex": annex.id,
            "states": c.answers.len(),
            "parties": c.full,
            "not_party": missing(c).map(|s| s.to_string()).collect::<Vec<_>>(),
            "source": titles(states, &annex.sources),
        })).collect::<Vec<_>>(),
        "since": options.since.map(|d| d.to_string()),
        "changes": changes.map(|changes| changes.iter().map(|(code, from, to)| json!({
            "state": code.as_str(), "from": from.word(), "to": to.word(),
        })).collect::<Vec<_>>()),
        "states": listed.iter().map(|a| answer_json(states, a, false)).collect::<Vec<_>>(),
        "sources": notes.json(states),
    });
    Ok((out, json))
}

/// The States of a count that are not fully in, the contested ones that totals count left out.
fn missing<'a>(count: &'a Count<'_>) -> impl Iterator<Item = StateCode> + 'a {
    count
        .answers
        .iter()
        .filter(|a| a.word() != count.full_word && !count.contested_counted.contains(&a.state))
        .map(|a| a.state)
}

fn changes(
    states: &States,
    treaty: TreatyRef,
    since: Day,
    now: &Count<'_>,
) -> Vec<(StateCode, StatusWord, StatusWord)> {
    now.answers
        .iter()
        .map(|a| (a.state, status(states, a.state, treaty, since).word(), a.word()))
        .filter(|(_, from, to)| from != to)
        .collect()
}

/// `comity state standing ISO...`: the standing of States side by side, and whether each two are twins. The basis is the id of one of the
/// data's bases, or ids of treaties joined by commas; none: the default.
///
/// # Errors
/// When a text names no State or several, or the basis names no treaty.
pub fn standing(
    states: &States,
    texts: &[String],
    day: Day,
    basis: Option<&str>,
) -> Result<Rendered, Problem> {
    let basis = find_basis(states, basis.unwrap_or(BASIS_DEFAULT))?;
    let mut chosen: Vec<&State> = Vec::new();
    for text in texts {
        match resolve(states, text) {
            Named::State(state) if chosen.iter().any(|s| s.code == state.code) => {}
            Named::State(state) => chosen.push(state),
            Named::Territory(territory) => {
                return Err(Problem {
                    place: text.clone(),
                    message: format!(
                        "{} ({}) is a territory with a code; only States have a standing",
                        territory.name, territory.code
                    ),
                    remedy: "ask for the State responsible".to_owned(),
                });
            }
            Named::Ambiguous(codes) => return Err(ambiguous(states, text, &codes)),
            Named::Unknown(codes) => return Err(unknown(states, text, &codes)),
        }
    }
    let mut notes = Sources::default();
    let mut out = title(&format!("Standing: {}", basis.title), day);
    let mut rows = Vec::new();
    for state in &chosen {
        let _ = write!(out, "\n{} ({})\n", state.name, state.code);
        out.push_str(&head("treaty", 20));
        let vector = standing::standing(states, state.code, day, &basis);
        for entry in &vector {
            entry_row(&mut out, states, entry, &mut notes);
        }
        let parts = participation(states, state.code, day);
        out.push_str("  takes part in (no treaties)\n");
        for entry in &parts {
            entry_row(&mut out, states, entry, &mut notes);
        }
        rows.push((
            state.code,
            json!({
                "state": state.code.as_str(),
                "name": state.name,
                "vector": vector.iter().map(|e| entry_json(states, e)).collect::<Vec<_>>(),
                "participation": parts.iter().map(|e| entry_json(states, e)).collect::<Vec<_>>(),
            }),
        ));
    }
    let mut pairs = Vec::new();
    for (at, a) in chosen.iter().enumerate() {
        for b in chosen.iter().skip(at + 1) {
            pairs.push((a.code, b.code, standing::twins(states, a.code, b.code, day, &basis)));
        }
    }
    if !pairs.is_empty() {
        out.push_str("\nTwins (equal in every status of the basis, not in dates)\n");
        for (a, b, twins) in &pairs {
            let word = match twins {
                Truth::True => "yes",
                Truth::False => "no",
                Truth::Unknown => "unknown: a status of one of them is",
            };
            let _ = writeln!(out, "  {a} {b}  {word}");
        }
    }
    notes.print(&mut out, states);
    let json = json!({
        "as_of": day.to_string(),
        "basis": basis.slots.iter().map(|s| slot_name(states, *s)).collect::<Vec<_>>(),
        "states": rows.into_iter().map(|(_, row)| row).collect::<Vec<_>>(),
        "twins": pairs.iter().map(|(a, b, twins)| json!({
            "states": [a.as_str(), b.as_str()],
            "twins": match twins { Truth::True => Some(true), Truth::False => Some(false), Truth::Unknown => None },
        })).collect::<Vec<_>>(),
        "sources": notes.json(states),
    });
    Ok((out, json))
}

fn find_treaty(states: &States, id: &str) -> Result<TreatyRef, Problem> {
    resolve_treaty(states, id).map_err(|near| no_treaty(id, &near))
}

fn no_treaty(id: &str, near: &[&str]) -> Problem {
    Problem {
        place: id.to_owned(),
        message: format!("`{id}` is the id of no treaty or regime of the data"),
        remedy: if near.is_empty() {
            "the ids stand in data/states/treaties.toml".to_owned()
        } else {
            format!("did you mean {}?", near.join(", "))
        },
    }
}

fn find_basis(states: &States, text: &str) -> Result<Basis, Problem> {
    if let Some(basis) = states.basis(text) {
        return Ok(basis.clone());
    }
    let ids: Vec<&str> = text.split(',').map(str::trim).filter(|id| !id.is_empty()).collect();
    if ids.is_empty() {
        return Err(Problem {
            place: "--basis".to_owned(),
            message: "the basis is empty".to_owned(),
            remedy: format!("give ids of treaties joined by commas, or one of: {}", basis_ids(states)),
        });
    }
    let mut slots = Vec::new();
    for id in &ids {
        slots.push(if *id == "zone" {
            Slot::Zone
        } else {
            let mut problem =
                |p: Problem| Problem { remedy: format!("{}; bases: {}", p.remedy, basis_ids(states)), ..p };
            Slot::Treaty(find_treaty(states, id).map_err(&mut problem)?)
        });
    }
    let title = slots.iter().map(|s| slot_name(states, *s)).collect::<Vec<_>>().join(", ");
    Ok(Basis { id: text.to_owned(), title, slots })
}

fn basis_ids(states: &States) -> String {
    states.bases.iter().map(|b| b.id.as_str()).collect::<Vec<_>>().join(", ")
}

fn slot_name(states: &States, slot: Slot) -> &str {
    match slot {
        Slot::Treaty(treaty) => treaty_id(states, treaty),
        Slot::Zone => "zone",
    }
}

fn ambiguous(states: &States, text: &str, codes: &[StateCode]) -> Problem {
    Problem {
        place: text.to_owned(),
        message: format!("`{text}` may mean {}", named(states, codes)),
        remedy: "give the code of the one that is meant".to_owned(),
    }
}

fn unknown(states: &States, text: &str, near: &[StateCode]) -> Problem {
    Problem {
        place: text.to_owned(),
        message: format!("`{text}` is no code, name or alias of a State"),
        remedy: if near.is_empty() {
            "give the ISO 3166-1 code, or the name in a language of the United Nations".to_owned()
        } else {
            format!("did you mean {}?", named(states, near))
        },
    }
}

fn named(states: &States, codes: &[StateCode]) -> String {
    let each = codes.iter().map(|code| format!("{} ({code})", states.name(*code).unwrap_or("?")));
    each.collect::<Vec<_>>().join(", ")
}

/// The sources that an answer cites, numbered as they come.
#[derive(Default)]
struct Sources(Vec<SourceRef>);

impl Sources {
    /// `[1] [3]` for these sources.
    fn refs(&mut self, sources: &[SourceRef]) -> String {
        let mut refs = Vec::new();
        for source in sources {
            let at = self.0.iter().position(|s| s == source).unwrap_or_else(|| {
                self.0.push(*source);
                self.0.len() - 1
            });
            refs.push(format!("[{}]", at + 1));
        }
        refs.join(" ")
    }

    fn print(&self, out: &mut String, states: &States) {
        if self.0.is_empty() {
            return;
        }
        out.push_str("\nSources\n");
        for (at, source) in self.0.iter().enumerate() {
            let Some(source) = states.source(*source) else { continue };
            let evidence = match source.evidence {
                Evidence::Read => "read",
                Evidence::Secondary => "secondary",
                Evidence::Memory => "memory",
            };
            line(
                out,
                &format!("  {:4} ", format!("[{}]", at + 1)),
                &format!("{}; {evidence}; {}", source.title, source.terms),
            );
        }
    }

    fn json(&self, states: &States) -> Vec<Value> {
        self.0
            .iter()
            .filter_map(|s| states.source(*s))
            .map(|s| json!({"id": s.id, "title": s.title, "terms": s.terms, "evidence": s.evidence.word(), "memory": s.memory.mark()}))
            .collect()
    }
}

fn title(text: &str, day: Day) -> String {
    let right = format!("as of {day}");
    let mut out = String::new();
    if text.chars().count() + 2 + right.len() <= WIDTH {
        let pad = WIDTH - right.len();
        let _ = writeln!(out, "{text:pad$}{right}");
    } else {
        line(&mut out, "", text);
        let _ = writeln!(out, "{right}");
    }
    out
}

fn head(first: &str, width: usize) -> String {
    format!("  {first:width$}{:15} {:10} {:11} {}\n", "status", "since", "as known on", "source")
}

/// One status as a row, with what has to be said about it below.
fn row(
    out: &mut String,
    states: &States,
    answer: &StatusAnswer<'_>,
    first: &str,
    width: usize,
    last: &str,
    notes: &mut Sources,
) {
    let since = match &answer.since {
        DateValue::Unknown if answer.word().is_in() => "not known".to_owned(),
        DateValue::Unknown => "-".to_owned(),
        since => since.to_string(),
    };
    let refs = notes.refs(&answer.sources);
    let word = answer.word().plain();
    let start = format!("  {first:width$}{word:15} {since:10} {:11} ", answer.as_of);
    let tail = if last.is_empty() { refs } else { format!("{refs:8} {last}") };
    line(out, &start, &tail);
    for remark in remarks(states, answer) {
        line(out, &format!("  {:width$}", ""), &remark);
    }
}

fn remarks(states: &States, answer: &StatusAnswer<'_>) -> Vec<String> {
    let mut out = Vec::new();
    if let Status::Unknown { why, last_known } = &answer.status {
        out.push(why_text(*why, last_known.as_ref()));
    }
    if let Status::Contested { positions } = &answer.status {
        for p in positions {
            let holders = p.holders.join(", ");
            out.push(format!("position `{}` ({}), held by {holders}: {}", p.id, p.status.plain(), p.says));
        }
    }
    if answer.events.iter().any(|e| e.kind.takes_back()) {
        let history = answer.events.iter().map(|e| format!("{} {}", e.kind.word().replace('_', " "), e.date));
        out.push(format!("history: {}", history.collect::<Vec<_>>().join(", ")));
    }
    out.extend(answer.memory.mark().map(str::to_owned));
    out.extend(
        answer.events.iter().map(|e| states.note(e.note)).filter(|n| !n.is_empty()).map(str::to_owned),
    );
    out
}

fn why_text(why: WhyUnknown, last_known: Option<&LastKnown>) -> String {
    match last_known {
        Some(last) => format!("{}; known: {}, {}", why.says(), last.status.plain(), last.as_of),
        None => why.says().to_owned(),
    }
}

fn entry_row(out: &mut String, states: &States, entry: &StandingEntry<'_>, notes: &mut Sources) {
    match &entry.answer {
        Some(answer) => row(out, states, answer, treaty_id(states, answer.treaty), 20, "", notes),
        None => {
            let _ = writeln!(
                out,
                "  {:20}{:15} no zone treaty of the data names it",
                slot_name(states, entry.slot),
                entry.word.plain()
            );
        }
    }
}

fn treaty_id(states: &States, treaty: TreatyRef) -> &str {
    states.treaty(treaty).map_or("?", |t| t.id.as_str())
}

fn coverage(treaty: &Treaty) -> String {
    let what = match treaty.coverage {
        Coverage::Complete => format!("Data complete to {}.", treaty.as_of),
        Coverage::Partial if treaty.as_of == DateValue::Unknown => "No data.".to_owned(),
        Coverage::Partial => {
            format!("Data partial, as of {}: a State without a row is unknown.", treaty.as_of)
        }
    };
    if treaty.note.is_empty() { what } else { format!("{what} Note: {}.", treaty.note) }
}

fn plural(word: StatusWord) -> &'static str {
    match word {
        StatusWord::Party => "parties",
        StatusWord::Signatory => "signatories",
        StatusWord::InForce => "in force",
        StatusWord::NotInForce => "not in force",
        StatusWord::Participant => "participants",
        StatusWord::Member => "members",
        StatusWord::Subscriber => "subscribers",
        StatusWord::NotSubscriber => "not subscribers",
        StatusWord::Endorser => "endorsers",
        StatusWord::Listed => "listed",
        StatusWord::None => "none",
        StatusWord::Unknown => "unknown",
        StatusWord::Contested => "contested",
    }
}

fn codes(codes: impl Iterator<Item = StateCode>) -> String {
    codes.map(|c| c.to_string()).collect::<Vec<_>>().join(" ")
}

/// Writes words after a lead, broken at the width; further lines are indented as far as the lead.
fn line(out: &mut String, lead: &str, text: &str) {
    if text.is_empty() {
        if !lead.trim().is_empty() {
            out.push_str(lead.trim_end());
            out.push('\n');
        }
        return;
    }
    let indent = lead.chars().count();
    let mut at = indent;
    out.push_str(lead);
    let mut first = true;
    for word in text.split(' ') {
        let width = word.chars().map(|c| if c >= '\u{2e80}' { 2 } else { 1 }).sum::<usize>();
        if !first && at + 1 + width > WIDTH {
            while out.ends_with(' ') {
                out.pop();
            }
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent));
            at = indent;
        } else if !first {
            out.push(' ');
            at += 1;
        }
        out.push_str(word);
        at += width;
        first = false;
    }
    out.push('\n');
}

fn or_null(text: &str) -> Option<&str> {
    Some(text).filter(|t| !t.is_empty())
}

fn date(value: &DateValue) -> Option<String> {
    Some(value).filter(|v| **v != DateValue::Unknown).map(ToString::to_string)
}

fn titles(states: &States, sources: &[SourceRef]) -> Option<String> {
    let all: Vec<&str> = sources.iter().filter_map(|s| states.source(*s)).map(|s| s.title.as_str()).collect();
    Some(all.join("; ")).filter(|t| !t.is_empty())
}

fn answer_json(states: &States, answer: &StatusAnswer<'_>, history: bool) -> Value {
    let (why, last_known) = match &answer.status {
        Status::Unknown { why, last_known } => (Some(*why), last_known.as_ref()),
        _ => (None, None),
    };
    let mut json = json!({
        "state": answer.state.as_str(),
        "treaty": treaty_id(states, answer.treaty),
        "status": answer.word().word(),
        "since": date(&answer.since),
        "precision": answer.precision.word(),
        "data_as_of": date(&answer.as_of),
        "as_known_on": answer.as_known_on.as_ref().and_then(date),
        "why": why.map(WhyUnknown::word),
        "last_known": last_known.map(|l| json!({"status": l.status.word(), "as_of": date(&l.as_of)})),
        "source": titles(states, &answer.sources),
        "evidence": answer.evidence.map(Evidence::word),
        "memory": answer.memory.mark(),
    });
    if let Some(map) = json.as_object_mut() {
        if let Status::Contested { positions } = &answer.status {
            let positions: Vec<Value> = positions
                .iter()
                .map(|p| {
                    json!({
                        "position": p.id, "status": p.status.word(), "counted": p.counted, "holders": p.holders,
                        "says": p.says, "as_of": date(&p.as_of), "source": titles(states, &[p.source]),
                    })
                })
                .collect();
            map.insert("positions".to_owned(), json!(positions));
        }
        let noted: Vec<&str> =
            answer.events.iter().map(|e| states.note(e.note)).filter(|n| !n.is_empty()).collect();
        if !noted.is_empty() {
            map.insert("notes".to_owned(), json!(noted));
        }
        if history {
            map.insert(
                "events".to_owned(),
                json!(answer.events.iter().map(|e| event_json(states, e)).collect::<Vec<_>>()),
            );
        }
    }
    json
}

fn event_json(states: &States, event: &StatusEvent) -> Value {
    json!({
        "event": event.kind.word(),
        "date": date(&event.date),
        "as_of": date(&event.as_of),
        "source": titles(states, &[event.source]),
        "note": or_null(states.note(event.note)),
    })
}

fn entry_json(states: &States, entry: &StandingEntry<'_>) -> Value {
    let slot = slot_name(states, entry.slot);
    let Some(answer) = &entry.answer else {
        return json!({
            "slot": slot, "treaty": null, "status": entry.word.word(), "since": null, "source": null,
            "note": "no zone treaty of the data names it",
        });
    };
    let mut json = answer_json(states, answer, false);
    if let Some(map) = json.as_object_mut() {
        map.remove("state");
        map.insert("slot".to_owned(), json!(slot));
    }
    json
}
