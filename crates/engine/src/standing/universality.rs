//! How far a treaty reaches: who joined and who left between two days, the counts over time, what would change if States joined.

use std::collections::{BTreeMap, BTreeSet};

use comity_model::standing::{Coverage, Slot, States, Status, StatusEvent, StatusWord, TreatyRef};
use comity_model::{Day, StateCode};

use super::life::{Reached, reached};
use super::{BASIS_DEFAULT, Count, StatusAnswer, count, full_word, standing, status};

/// A status that differs between two days.
#[derive(Clone, Debug)]
pub struct Change<'s> {
    /// The State.
    pub state: StateCode,
    /// The word on the first day.
    pub from: StatusWord,
    /// The word on the second day.
    pub to: StatusWord,
    /// Whether it came in, went out, or neither.
    pub joined: Joined,
    /// The dated events after the first day and up to the second.
    pub events: Vec<&'s StatusEvent>,
    /// Whether unverified facts take part in the status of either day.
    pub unverified: bool,
}

/// Which way a change goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Joined {
    /// Fully in on the second day, and known not to be on the first.
    In,
    /// Fully in on the first day, and known not to be on the second.
    Out,
    /// Neither, or one of the two is not known.
    Other,
}

impl Joined {
    /// The word for text and JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::In => "joined",
            Self::Out => "left",
            Self::Other => "other",
        }
    }
}

/// What changed between two days, by code. A change from or to unknown says only what became known, not what happened.
#[must_use]
pub fn changes(states: &States, treaty: TreatyRef, from: Day, to: Day) -> Vec<Change<'_>> {
    let full = full_word(states, treaty);
    // Neither unknown nor contested tells whether a State was in.
    let settled = |word: StatusWord| !matches!(word, StatusWord::Unknown | StatusWord::Contested);
    let mut out = Vec::new();
    for state in &states.states {
        let (first, second) =
            (status(states, state.code, treaty, from), status(states, state.code, treaty, to));
        let (before, after) = (first.word(), second.word());
        if before == after {
            continue;
        }
        let joined = match (before == full, after == full) {
            (false, true) if settled(before) => Joined::In,
            (true, false) if settled(after) => Joined::Out,
            _ => Joined::Other,
        };
        let between = |e: &&StatusEvent| {
            e.date.latest().is_some_and(|last| last > from)
                && e.date.earliest().is_some_and(|first| first <= to)
        };
        let events = states.events_of(treaty, state.code).iter().filter(between).collect();
        let unverified = first.unverified(states).chain(second.unverified(states)).next().is_some();
        out.push(Change { state: state.code, from: before, to: after, joined, events, unverified });
    }
    out
}

/// How a day stands to the beginning of a treaty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Before {
    /// Day of the first signature in the data.
    pub opened: Day,
}

/// Whether the day lies before the treaty was opened, so far as the data tell.
#[must_use]
pub fn before_treaty(states: &States, treaty: TreatyRef, day: Day) -> Option<Before> {
    let opened = states.treaty(treaty)?.opened?;
    (day < opened).then_some(Before { opened })
}

/// The counts from one day on until the next point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// The first day with these counts.
    pub day: Day,
    /// Fully in, the contested ones that published totals count included.
    pub full: usize,
    /// How many States have each status.
    pub by_status: BTreeMap<StatusWord, usize>,
    /// In how many of these statuses unverified facts take part.
    pub unverified: usize,
}

impl Point {
    /// How many States have this status.
    #[must_use]
    pub fn of(&self, word: StatusWord) -> usize {
        self.by_status.get(&word).copied().unwrap_or(0)
    }
}

/// Every day up to `until` on which the status of a State may change, in order.
#[must_use]
pub fn curve_days(states: &States, treaty: TreatyRef, until: Day) -> Vec<Day> {
    let mut days = BTreeSet::new();
    for state in &states.states {
        days.extend(days_of(states, treaty, state.code, until));
    }
    days.into_iter().collect()
}

/// The days on which the status of one State may change: the edges of what its events and the table vouch for.
fn days_of(states: &States, treaty: TreatyRef, state: StateCode, until: Day) -> BTreeSet<Day> {
    let mut days = BTreeSet::new();
    let mut edge = |day: Option<Day>| days.extend(day.filter(|d| *d <= until));
    if let Some(t) = states.treaty(treaty) {
        edge(t.opened);
        if t.coverage == Coverage::Complete && !t.closed {
            edge(t.as_of.latest().map(Day::next));
        }
    }
    for event in states.events_of(treaty, state) {
        for date in [&event.date, &event.as_of] {
            edge(date.earliest());
            edge(date.latest());
            edge(date.latest().map(Day::next));
        }
    }
    for position in states.positions_of(treaty, state) {
        edge(Some(position.from));
    }
    days
}

/// The counts over time up to a day: one point for each day on which they change, the first on the first day of the data.
#[must_use]
pub fn curve(states: &States, treaty: TreatyRef, until: Day) -> Vec<Point> {
    let full = full_word(states, treaty);
    let Some(first) = curve_days(states, treaty, until).first().copied() else { return Vec::new() };
    // Each State brings its own changes; the counts follow from adding them up in order.
    let mut steps: BTreeMap<Day, Vec<(StatusWord, bool, bool, isize)>> = BTreeMap::new();
    for state in &states.states {
        let mut before: Option<(StatusWord, bool, bool)> = None;
        let mut days = days_of(states, treaty, state.code, until);
        days.insert(first);
        for day in days {
            let answer = status(states, state.code, treaty, day);
            let touched = answer.unverified(states).next().is_some();
            let now = (answer.word(), is_full(&answer, full), touched);
            if before == Some(now) {
                continue;
            }
            let at = steps.entry(day).or_default();
            at.extend(before.map(|(word, is, touched)| (word, is, touched, -1)));
            at.push((now.0, now.1, now.2, 1));
            before = Some(now);
        }
    }
    let mut points: Vec<Point> = Vec::new();
    let (mut by_status, mut inside, mut unverified) =
        (BTreeMap::<StatusWord, isize>::new(), 0_isize, 0_isize);
    for (day, changes) in steps {
        for (word, is, touched, by) in changes {
            *by_status.entry(word).or_default() += by;
            inside += if is { by } else { 0 };
            unverified += if touched { by } else { 0 };
        }
        let counts: BTreeMap<StatusWord, usize> = by_status
            .iter()
            .filter_map(|(word, n)| usize::try_from(*n).ok().filter(|n| *n > 0).map(|n| (*word, n)))
            .collect();
        let whole = |n: isize| usize::try_from(n).unwrap_or(0);
        let point = Point { day, full: whole(inside), by_status: counts, unverified: whole(unverified) };
        let parts = |p: &Point| (p.full, p.by_status.clone(), p.unverified);
        if points.last().is_none_or(|last| parts(last) != parts(&point)) {
            points.push(point);
        }
    }
    points
}

/// Whether published totals count the State as fully in.
pub(super) fn is_full(answer: &StatusAnswer<'_>, full: StatusWord) -> bool {
    match &answer.status {
        Status::Contested { positions } => positions.iter().any(|p| p.counted && p.status == full),
        status => status.word() == full,
    }
}

/// What would change in a count if States joined.
#[derive(Clone, Debug)]
pub struct IfJoined<'s> {
    /// The States that would come in, with what they are on the day.
    pub joining: Vec<(StateCode, StatusWord)>,
    /// Those asked for that are in already.
    pub already: Vec<StateCode>,
    /// Those asked for whose status is not known or contested: they may be in already.
    pub open: Vec<(StateCode, StatusWord)>,
    /// How many are fully in on the day.
    pub before: usize,
    /// How many would be; an open one counts as coming in.
    pub after: usize,
    /// How many States have the full word in every treaty of the basis that holds this one, before and after; none if no basis does.
    pub full_vector: Option<(usize, usize)>,
    /// Whether unverified facts take part in that number.
    pub full_vector_unverified: bool,
    /// The milestones of the treaty, before and after.
    pub milestones: Vec<(Reached<'s>, Reached<'s>)>,
}

/// What would change in the counts of a treaty on a day if these States joined it.
#[must_use]
pub fn if_joined<'s>(states: &'s States, counted: &Count<'s>, joining: &[StateCode]) -> IfJoined<'s> {
    let (mut fresh, mut already, mut open) = (Vec::new(), Vec::new(), Vec::new());
    for answer in counted.answers.iter().filter(|a| joining.contains(&a.state)) {
        let word = answer.word();
        if is_full(answer, counted.full_word) {
            already.push(answer.state);
        } else if matches!(word, StatusWord::Unknown | StatusWord::Contested) {
            open.push((answer.state, word));
        } else {
            fresh.push((answer.state, word));
        }
    }
    let milestones = states
        .milestones_of(counted.treaty)
        .map(|m| (reached(states, m, counted.day, &[]), reached(states, m, counted.day, joining)))
        .collect();
    let basis = states.basis(BASIS_DEFAULT).filter(|b| b.slots.contains(&Slot::Treaty(counted.treaty)));
    let mut full_vector_unverified = false;
    let full_vector = basis.map(|basis| {
        let (mut before, mut after) = (0, 0);
        for state in &states.states {
            let vector = standing(states, state.code, counted.day, basis);
            full_vector_unverified |= vector.iter().any(|e| e.unverified(states) > 0);
            let missing: Vec<Slot> =
                vector.iter().filter(|e| e.word != StatusWord::Party).map(|e| e.slot).collect();
            before += usize::from(missing.is_empty());
            let joins = joining.contains(&state.code) && missing == [Slot::Treaty(counted.treaty)];
            after += usize::from(missing.is_empty() || joins);
        }
        (before, after)
    });
    IfJoined {
        before: counted.full,
        after: counted.full + fresh.len() + open.len(),
        full_vector,
        full_vector_unverified,
        joining: fresh,
        already,
        open,
        milestones,
    }
}

/// The same count with some States taken as parties, for milestones: who is in, of whom it is not known, and whom unverified facts touch.
pub(super) fn inside(
    states: &States,
    treaty: TreatyRef,
    day: Day,
    joining: &[StateCode],
) -> (BTreeSet<StateCode>, Vec<StateCode>, Vec<StateCode>) {
    let counted = count(states, treaty, day, None);
    let touched = counted.unverified.iter().map(|t| t.state).collect();
    let mut within: BTreeSet<StateCode> = joining.iter().copied().collect();
    let mut open = Vec::new();
    for answer in &counted.answers {
        if is_full(answer, counted.full_word) {
            within.insert(answer.state);
        } else if answer.word() == StatusWord::Unknown && !joining.contains(&answer.state) {
            open.push(answer.state);
        }
    }
    (within, open, touched)
}
