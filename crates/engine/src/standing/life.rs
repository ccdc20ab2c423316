//! The life of a treaty on a day: which returns fall due and what is known to have come in, and how far its milestones are.

use std::collections::BTreeSet;

use comity_model::standing::{Memory, Milestone, Return, Returned, SourceRef, States, StatusWord};
use comity_model::{Day, Evidence, StateCode};

use super::universality::{inside, is_full};
use super::{curve, full_word, status};

/// One return for one year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The year that it covers.
    pub year: i16,
    /// The day on which it is due.
    pub day: Day,
}

/// The return that was due last, on or before a day; none before the first.
#[must_use]
pub fn last_due(rule: &Return, day: Day) -> Option<Due> {
    around(rule, day).filter(|due| due.day <= day).last()
}

/// The return that is due next, after a day.
#[must_use]
pub fn next_due(rule: &Return, day: Day) -> Option<Due> {
    around(rule, day).find(|due| due.day > day)
}

fn around(rule: &Return, day: Day) -> impl Iterator<Item = Due> + '_ {
    // A return is due less than two years from the year that it covers; and none is before the first.
    let from = day.year().saturating_sub(3).max(rule.first);
    (from..from.saturating_add(6)).filter_map(|year| Some(Due { year, day: rule.due.day(year)? }))
}

/// Whether a State has made a return.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received<'s> {
    /// It has, by this line.
    Yes(&'s Returned),
    /// The data say nothing of it.
    Unknown,
}

/// The returns of a treaty that were due last and are due next on a day, and whether a State made the last one so far as the data tell.
#[must_use]
pub fn due_returns<'s>(
    states: &'s States,
    id: &str,
    state: Option<StateCode>,
    day: Day,
) -> Vec<(&'s Return, Option<Due>, Option<Due>, Received<'s>)> {
    let mut out = Vec::new();
    for rule in states.returns_of(id) {
        let last = last_due(rule, day);
        let made = |r: &&Returned| {
            r.what == rule.id
                && state.is_some()
                && r.state == state
                && last.is_some_and(|due| {
                    r.date.earliest().zip(r.date.latest()).is_some_and(|(first, end)| {
                        first <= due.day && end <= day && end.days_since(due.day).abs() < 366
                    })
                })
        };
        let received = states.returned_of(id).find(made).map_or(Received::Unknown, Received::Yes);
        out.push((rule, last, next_due(rule, day), received));
    }
    out
}

/// How far a milestone is on a day.
#[derive(Clone, Debug)]
pub struct Reached<'s> {
    /// The milestone.
    pub milestone: &'s Milestone,
    /// How many of those that count are in.
    pub inside: usize,
    /// How many must be.
    pub needed: usize,
    /// The named States that are not in.
    pub missing: Vec<StateCode>,
    /// Those of which it is not known.
    pub unknown: Vec<StateCode>,
    /// Whether all of it is met.
    pub met: bool,
    /// The first day of the data on which it was met and stayed so; none if it is not met, or if States are taken as joining.
    pub since: Option<Day>,
    /// The weakest mark of what was used.
    pub evidence: Option<Evidence>,
    /// Whether memory was used.
    pub memory: Memory,
}

/// How far a milestone is on a day, if `joining` were parties besides.
#[must_use]
pub fn reached<'s>(
    states: &'s States,
    milestone: &'s Milestone,
    day: Day,
    joining: &[StateCode],
) -> Reached<'s> {
    let mut found = measure(states, milestone, day, joining);
    if found.met && joining.is_empty() {
        // Back from the day over the days on which counts changed, as long as it was met.
        let named = named(states, milestone, day);
        let full = full_word(states, milestone.treaty);
        for point in curve(states, milestone.treaty, day).iter().rev() {
            let all_in =
                named.iter().all(|c| is_full(&status(states, *c, milestone.treaty, point.day), full));
            if !all_in || milestone.parties.is_some_and(|n| point.full < usize::from(n)) {
                break;
            }
            found.since = Some(point.day);
        }
    }
    found
}

/// The States that the milestone names, by itself or in its annex.
fn named(states: &States, milestone: &Milestone, day: Day) -> BTreeSet<StateCode> {
    let listed = |code: &StateCode| {
        milestone.annex.is_some_and(|annex| status(states, *code, annex, day).word() == StatusWord::Listed)
    };
    let annexed = states.states.iter().map(|s| s.code).filter(listed);
    annexed.chain(milestone.with.iter().copied()).collect()
}

fn measure<'s>(states: &'s States, milestone: &'s Milestone, day: Day, joining: &[StateCode]) -> Reached<'s> {
    let (within, open, touched) = inside(states, milestone.treaty, day, joining);
    let named = named(states, milestone, day);
    let missing: Vec<StateCode> = named.iter().copied().filter(|code| !within.contains(code)).collect();
    let unknown: Vec<StateCode> = named.iter().copied().filter(|code| open.contains(code)).collect();
    let (count, needed) = match milestone.parties {
        Some(n) => (within.len(), usize::from(n)),
        None => (named.len() - missing.len(), named.len()),
    };
    let mut sources: Vec<SourceRef> = milestone.sources.clone();
    if let Some(annex) = milestone.annex.and_then(|a| states.treaty(a)) {
        sources.extend(annex.sources.iter().copied());
    }
    // A number of parties rests on all States, an annex on those that it names.
    let unverified = touched.iter().any(|code| milestone.parties.is_some() || named.contains(code));
    let marks = || sources.iter().filter_map(|s| states.source(*s));
    Reached {
        milestone,
        inside: count,
        needed,
        met: missing.is_empty() && needed > 0 && count >= needed,
        missing,
        unknown,
        since: None,
        evidence: marks().map(|s| s.evidence).min(),
        memory: if unverified {
            Memory::Unverified
        } else {
            marks().map(|s| s.memory).max().unwrap_or(Memory::No)
        },
    }
}
