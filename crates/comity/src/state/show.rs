//! `comity state show`: one State or territory, with its names and its status in everything the data hold.

use std::fmt::Write as _;

use comity_engine::standing::{Named, StatusAnswer, resolve, status};
use comity_model::standing::{
    Group, GroupKind, LocalName, SourceRef, State, States, StatusWord, Territory, TreatyKind, TreatyRef,
    UnStatus,
};
use comity_model::{Day, StateCode};
use serde_json::{Value, json};

use super::Rendered;
use super::find::{Problem, ambiguous, unknown};
use super::life::owed;
use super::page::{Sources, date, head, line, or_null, title, titles};
use super::rows::{answer_json, row, treaty_id};
use super::unverified;

/// `comity state show ISO`: one State with its names and its status in everything the data hold.
///
/// # Errors
/// When the text names no State or several.
pub fn show(states: &States, text: &str, day: Day) -> Result<Rendered, Problem> {
    match resolve(states, text) {
        Named::State(state) => Ok(show_state(states, state, day)),
        Named::Territory(territory) => Ok(show_territory(states, territory, day)),
        Named::Ambiguous(codes) => Err(ambiguous(states, text, &codes)),
        Named::Unknown(codes) => Err(unknown(states, text, &codes)),
    }
}

fn show_state(states: &States, state: &State, day: Day) -> Rendered {
    let mut notes = Sources::default();
    let mut out = title(&format!("{} ({}, {}, {})", state.name, state.code, state.iso3, state.m49), day);
    let top = out.len();
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
    let groups = show_groups(&mut out, states, state.code, &mut notes);
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
    let party = |t| status(states, state.code, t, day).word() == StatusWord::Party;
    let owed = owed(&mut out, states, state.code, day, party, &mut notes);
    notes.print(&mut out, states);
    let facts = joined.iter().chain(&parts).map(|a| a.unverified(states).count()).sum();
    unverified::head(&mut out, top, facts);

    let names: serde_json::Map<String, Value> =
        state.names.iter().map(|n| (n.language.clone(), json!(n.text))).collect();
    let mut json = json!({
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
        "groups": groups,
        "note": or_null(&state.note),
        "treaties": joined.iter().map(|a| answer_json(states, a, true)).collect::<Vec<_>>(),
        "participation": parts.iter().map(|a| answer_json(states, a, true)).collect::<Vec<_>>(),
        "returns": owed,
        "sources": notes.json(states),
    });
    unverified::put(&mut json, "unverified", unverified::page_json(facts));
    (out, json)
}

/// The groups in which a place is, but that of the United Nations, which stands above.
fn show_groups(out: &mut String, states: &States, code: StateCode, notes: &mut Sources) -> Vec<Value> {
    let groups: Vec<&Group> = states.groups_of(code).filter(|g| g.kind != GroupKind::Regional).collect();
    let title = |kind| groups.iter().filter(move |g| g.kind == kind).map(|g| g.title.as_str());
    let said: Vec<String> = [
        ("region", title(GroupKind::Region).collect::<Vec<_>>()),
        ("part", title(GroupKind::Subregion).collect()),
        ("among the", title(GroupKind::Category).collect()),
    ]
    .into_iter()
    .filter(|(_, titles)| !titles.is_empty())
    .map(|(what, titles)| format!("{what} {}", titles.join(", ")))
    .collect();
    if !said.is_empty() {
        let mut sources: Vec<SourceRef> = groups.iter().map(|g| g.source).collect();
        sources.dedup();
        line(out, "", &format!("Statistics: {} {}", said.join("; "), notes.refs(&sources)));
    }
    states
        .groups_of(code)
        .map(|g| {
            json!({
                "group": g.id, "kind": g.kind.word(), "title": g.title, "within": or_null(&g.within),
                "as_of": date(&g.as_of), "source": titles(states, &[g.source]),
            })
        })
        .collect()
}

fn show_territory(states: &States, territory: &Territory, day: Day) -> Rendered {
    let mut notes = Sources::default();
    let heading = format!("{} ({}, {}, {})", territory.name, territory.code, territory.iso3, territory.m49);
    let mut out = title(&heading, day);
    line(
        &mut out,
        "",
        "A territory with a code of its own: a destination. It is no State in the data and is never shown as a party; for treaties, ask for the State responsible.",
    );
    let groups = show_groups(&mut out, states, territory.code, &mut notes);
    show_names(&mut out, &territory.names, &territory.aliases);
    notes.print(&mut out, states);
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
        "groups": groups,
        "sources": notes.json(states),
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
