//! Whom a name means: a code, a name in any language of the data, an alias.

use std::collections::BTreeMap;

use comity_model::StateCode;
use comity_model::standing::{State, States, Territory, TreatyRef, fold};

/// Whom a text names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named<'s> {
    /// A State.
    State(&'s State),
    /// A territory with a code: never a party.
    Territory(&'s Territory),
    /// Several places could be meant; none is picked.
    Ambiguous(Vec<StateCode>),
    /// No place; the nearest ones, best first.
    Unknown(Vec<StateCode>),
}

/// The most places that are suggested for a text that names none.
const SUGGESTIONS_MAX: usize = 5;
/// From which likeness on a name is suggested.
const LIKENESS_MIN: f64 = 0.6;

/// Whom a code (ISO 3166-1 alpha-2 or alpha-3, or the three digits of M49), a name in any language of the data or an alias names; case, accents and punctuation do not matter. A name that the data say is
/// in use for several places names none of them.
#[must_use]
pub fn resolve<'s>(states: &'s States, text: &str) -> Named<'s> {
    let key = fold(text);
    let sharing = states.sharing(&key);
    if !sharing.is_empty() {
        return Named::Ambiguous(sharing.to_vec());
    }
    let mut exact: Vec<StateCode> = states.named(&key).iter().map(|n| n.code).collect();
    exact.dedup();
    if let [code] = exact.as_slice() {
        if let Some(state) = states.state(*code) {
            return Named::State(state);
        }
        if let Some(territory) = states.territory(*code) {
            return Named::Territory(territory);
        }
    }
    if exact.len() > 1 {
        return Named::Ambiguous(exact);
    }
    if key.len() == 3 && key.bytes().all(|b| b.is_ascii_digit()) {
        if let Some(state) = states.states.iter().find(|s| s.m49 == key) {
            return Named::State(state);
        }
        if let Some(territory) = states.territories.iter().find(|t| t.m49 == key) {
            return Named::Territory(territory);
        }
    }
    let mut holding = Vec::new();
    let words: Vec<&str> = key.split(' ').filter(|w| !w.is_empty()).collect();
    if !words.is_empty() {
        for name in &states.names {
            if !holding.contains(&name.code) && words.iter().all(|w| name.key.split(' ').any(|n| n == *w)) {
                holding.push(name.code);
            }
        }
    }
    holding.sort();
    if holding.len() > 1 {
        return Named::Ambiguous(holding);
    }
    Named::Unknown(nearest(states, &key, holding))
}

/// The treaty with this id, case apart; else the ids that are nearest, best first.
///
/// # Errors
/// The nearest ids, if there is no treaty of this id.
pub fn resolve_treaty<'s>(states: &'s States, text: &str) -> Result<TreatyRef, Vec<&'s str>> {
    if let Some(treaty) = states.treaty_ref(text.trim()) {
        return Ok(treaty);
    }
    let key = fold(text);
    let mut ranked: Vec<(f64, &str)> = states
        .treaties
        .iter()
        .map(|t| {
            let id = fold(&t.id);
            let title = fold(&t.title);
            let within = !key.is_empty() && (format!("{id} {title}").contains(&key));
            let likeness = strsim::normalized_damerau_levenshtein(&key, &id);
            (if within { 1.0 } else { likeness }, t.id.as_str())
        })
        .filter(|(likeness, _)| *likeness >= LIKENESS_MIN)
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    Err(ranked.into_iter().map(|(_, id)| id).take(SUGGESTIONS_MAX).collect())
}

fn nearest(states: &States, key: &str, first: Vec<StateCode>) -> Vec<StateCode> {
    let mut best: BTreeMap<StateCode, f64> = BTreeMap::new();
    // A text far longer than any name is like none, and not worth the time.
    let longest = states.names.iter().map(|n| n.key.len()).max().unwrap_or(0);
    if key.is_empty() || key.len() > 2 * longest {
        return first;
    }
    for name in &states.names {
        let likeness = strsim::normalized_damerau_levenshtein(key, &name.key);
        let entry = best.entry(name.code).or_insert(0.0);
        *entry = entry.max(likeness);
    }
    let mut ranked: Vec<(StateCode, f64)> = best
        .into_iter()
        .filter(|(code, likeness)| *likeness >= LIKENESS_MIN && !first.contains(code))
        .collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    first.into_iter().chain(ranked.into_iter().map(|(code, _)| code)).take(SUGGESTIONS_MAX).collect()
}
