//! `comity state treaty`: how many States have which status in a treaty, then each State.

use std::fmt::Write as _;

use comity_engine::standing::{Before, Count, StatusAnswer, before_treaty, count, status};
use comity_model::standing::{Coverage, States, StatusWord, Treaty, TreatyKind, TreatyRef};
use comity_model::{DateValue, Day, StateCode};
use serde_json::{Value, json};

use super::Rendered;
use super::find::{Problem, find_treaty, no_treaty};
use super::life::{instrument, life};
use super::page::{Sources, codes, date, head, line, or_null, plural, title, titles};
use super::rows::{answer_json, row};
use super::unverified;

/// Which part of `state treaty` is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct TreatyOptions {
    /// Only States that are not fully in.
    pub outside: bool,
    /// Also what changed since this day.
    pub since: Option<Day>,
}

/// `comity state treaty ID`: how many States have which status, then each State.
///
/// # Errors
/// When there is no such treaty, or `since` lies after the day.
pub fn treaty(states: &States, id: &str, day: Day, options: TreatyOptions) -> Result<Rendered, Problem> {
    if let Some(since) = options.since.filter(|since| *since > day) {
        return Err(Problem {
            place: "--since".to_owned(),
            message: format!("{since} lies after {day}, the day of the answer"),
            remedy: "give a day of --since that is not after the day of --as-of".to_owned(),
        });
    }
    if let Some(answer) = instrument(states, id, day) {
        return Ok(answer);
    }
    let at = find_treaty(states, id)?;
    let no_treaty = || no_treaty(id, &[]);
    let treaty = states.treaty(at).ok_or_else(no_treaty)?;
    let counted = count(states, at, day, None);
    let mut notes = Sources::default();

    let mut out = title(&treaty.id, day);
    let top = out.len();
    line(&mut out, "", &treaty.title);
    line(&mut out, "", &coverage(treaty));
    let coverage_refs = notes.refs(&treaty.sources);
    if !coverage_refs.is_empty() {
        line(&mut out, "", &format!("Sources of the table: {coverage_refs}"));
    }
    if let Some(before) = before_treaty(states, at, day) {
        line(&mut out, "", &before_text(&treaty.id, day, before));
    }
    out.push('\n');
    let contested = codes(counted.contested_counted.iter().copied());
    let mut numbers = vec![(
        plural(counted.full_word).to_owned(),
        format!("{}{}", counted.full, unverified::beside_count(&counted)),
    )];
    if !counted.contested_counted.is_empty() {
        numbers.push((
            String::new(),
            format!("({contested} is contested; counted here as published totals do)"),
        ));
    }
    for (word, n) in &counted.by_status {
        if *word != counted.full_word {
            numbers.push((absent(treaty, *word).to_owned(), n.to_string()));
        }
    }
    if counted.signed > 0 {
        numbers.push(("signed by then".to_owned(), format!("{}, whatever they did after", counted.signed)));
    }
    for (label, number) in numbers {
        let _ = writeln!(out, "  {label:16} {number}");
    }
    unverified::below_count(&mut out, &format!("  {:16} ", ""), &counted);
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
            "{} {}: {} {} of {}{}; not: {}{}",
            annex.id,
            notes.refs(&annex.sources),
            of_annex.full,
            plural(of_annex.full_word),
            of_annex.answers.len(),
            if of_annex.unverified.is_empty() { String::new() } else { format!(" {}", unverified::MARK) },
            if outside.is_empty() { "none" } else { outside.as_str() },
            mark.map_or(String::new(), |m| format!(" (the list is {m})")),
        );
        line(&mut out, "  ", &said);
    }
    let changes = options.since.map(|since| changes(states, at, since, &counted));
    if let (Some(since), Some(changes)) = (options.since, &changes) {
        let _ = write!(out, "\nChanged since {since}: {}\n", changes.len());
        for (code, from, to, touched) in changes {
            line(
                &mut out,
                "  ",
                &format!(
                    "{code}  {} to {}  {}{}",
                    from.plain(),
                    to.plain(),
                    states.name(*code).unwrap_or(""),
                    if *touched { format!(" {}", unverified::MARK) } else { String::new() }
                ),
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
    let life = life(&mut out, states, &treaty.id, day, &mut notes);
    notes.print(&mut out, states);
    unverified::head(&mut out, top, unverified::facts(&counted));

    let by_status: serde_json::Map<String, Value> =
        counted.by_status.iter().map(|(word, n)| (word.word().to_owned(), json!(n))).collect();
    let mut json = json!({
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
            "unverified": unverified::count_json(c),
        })).collect::<Vec<_>>(),
        "since": options.since.map(|d| d.to_string()),
        "changes": changes.map(|changes| changes.iter().map(|(code, from, to, touched)| json!({
            "state": code.as_str(), "from": from.word(), "to": to.word(), "unverified": touched,
        })).collect::<Vec<_>>()),
        "before_treaty": before_treaty(states, at, day).map(|b| b.opened.to_string()),
        "life": life,
        "states": listed.iter().map(|a| answer_json(states, a, false)).collect::<Vec<_>>(),
        "sources": notes.json(states),
    });
    unverified::put(&mut json, "unverified", unverified::count_json(&counted));
    count_words(&mut json, treaty);
    Ok((out, json))
}

/// The word for the States with a status: of a list that its text fixes, those outside are not listed.
pub(super) fn absent(treaty: &Treaty, word: StatusWord) -> &'static str {
    if treaty.closed && word == StatusWord::None { "not listed" } else { plural(word) }
}

/// A list has no parties: its JSON counts those listed and those not.
pub(super) fn count_words(json: &mut Value, treaty: &Treaty) {
    if let Some(map) = json.as_object_mut().filter(|_| treaty.kind == TreatyKind::Annex) {
        for (from, to) in [("parties", "listed"), ("none", "not_listed")] {
            if let Some(n) = map.remove(from) {
                map.insert(to.to_owned(), n);
            }
        }
    }
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
) -> Vec<(StateCode, StatusWord, StatusWord, bool)> {
    now.answers
        .iter()
        .map(|a| {
            let then = status(states, a.state, treaty, since);
            let touched = a.unverified(states).chain(then.unverified(states)).next().is_some();
            (a.state, then.word(), a.word(), touched)
        })
        .filter(|(_, from, to, _)| from != to)
        .collect()
}

/// Said plainly: on that day there was no such treaty.
pub(super) fn before_text(id: &str, day: Day, before: Before) -> String {
    format!(
        "On {day} there was nothing to join yet: the first signature of {id} in the data is of {}.",
        before.opened
    )
}

fn coverage(treaty: &Treaty) -> String {
    let what = match treaty.coverage {
        Coverage::Complete if treaty.closed => {
            "The text itself fixes the list: who is not listed is outside it on every day.".to_owned()
        }
        Coverage::Complete => format!("Data complete to {}.", treaty.as_of),
        Coverage::Partial if treaty.as_of == DateValue::Unknown => "No data.".to_owned(),
        Coverage::Partial => {
            format!("Data partial, as of {}: a State without a row is unknown.", treaty.as_of)
        }
    };
    if treaty.note.is_empty() { what } else { format!("{what} Note: {}.", treaty.note) }
}
