//! Procedures: which state a course has reached on a day, which clocks run beside it, and whether a step can be taken.
//!
//! States, transitions, guards and timers are data; nothing here knows a body or a step by name. A state is never stored: [`stand`] computes it
//! from the log. What time does by itself is computed with it, and shows in the moves as taken by the clock.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use comity_model::assistance::{
    Calendar, Course, Length, Procedure, ProcedureState, Step, Timer, Transition,
};
use comity_model::date::Day;

/// The most moves that time makes on one day before a procedure counts as going in a circle.
const CLOCK_MOVES_MAX: usize = 100;

/// Whether a day is a working day of a body.
#[must_use]
pub fn is_working(calendar: &Calendar, day: Day) -> bool {
    is_weekday(calendar, day) && calendar.holidays.binary_search(&day).is_err()
}

/// Day of the week: Monday is 1, Sunday 7.
fn weekday(day: Day) -> u8 {
    // Day number 0 was a Thursday.
    u8::try_from((i64::from(day.number()) + 3).rem_euclid(7)).unwrap_or(0) + 1
}

fn is_weekday(calendar: &Calendar, day: Day) -> bool {
    !calendar.weekend.contains(&weekday(day))
}

/// Working days in a week without holidays.
fn weekdays(calendar: &Calendar) -> i64 {
    (1..=7).filter(|d| !calendar.weekend.contains(d)).count() as i64
}

/// The working day that is `count` working days after `from`; the day `from` itself is not counted. None when the calendar has no working day,
/// or ends before.
///
/// Weeks are taken at once; holidays among them are made up for.
#[must_use]
pub fn after_working_days(calendar: &Calendar, from: Day, count: u32) -> Option<Day> {
    let per_week = weekdays(calendar);
    if per_week == 0 {
        return None;
    }
    let (mut at, mut left) = (from, i64::from(count));
    while left > 0 {
        let begin = at;
        at = shifted(begin, (left / per_week) * 7)?;
        let mut rest = left % per_week;
        while rest > 0 {
            at = shifted(at, 1)?;
            rest -= i64::from(is_weekday(calendar, at));
        }
        while !is_weekday(calendar, at) && at > begin {
            at = shifted(at, -1)?;
        }
        left = holidays_on_weekdays(calendar, begin, at);
    }
    Some(at)
}

/// Working days after `from` up to and including `to`; none are counted backwards.
#[must_use]
pub fn working_days_between(calendar: &Calendar, from: Day, to: Day) -> i64 {
    let days = to.days_since(from);
    if days <= 0 {
        return 0;
    }
    let mut count = (days / 7) * weekdays(calendar);
    let first = i64::from(weekday(from));
    for step in 1..=days % 7 {
        let day = u8::try_from((first + step - 1).rem_euclid(7)).unwrap_or(0) + 1;
        count += i64::from(!calendar.weekend.contains(&day));
    }
    count - holidays_on_weekdays(calendar, from, to)
}

/// Holidays that fall on days of the working week, after `from` up to and including `to`.
fn holidays_on_weekdays(calendar: &Calendar, from: Day, to: Day) -> i64 {
    let begin = calendar.holidays.partition_point(|day| *day <= from);
    let among = calendar.holidays.iter().skip(begin).take_while(|day| **day <= to);
    among.filter(|day| is_weekday(calendar, **day)).count() as i64
}

/// Whether the holidays of every year between two days are known.
#[must_use]
pub fn holidays_known(calendar: &Calendar, from: Day, to: Day) -> bool {
    (from.year()..=to.year()).all(|year| calendar.years.binary_search(&year).is_ok())
}

fn shifted(day: Day, days: i64) -> Option<Day> {
    Day::from_number(i32::try_from(i64::from(day.number()) + days).ok()?)
}

/// The same day of a later month; a month that lacks the day gives its last.
fn after_months(day: Day, months: u64) -> Option<Day> {
    let total = i64::from(day.year()) * 12 + i64::from(day.month()) - 1 + i64::try_from(months).ok()?;
    let year = i16::try_from(total.div_euclid(12)).ok()?;
    let month = i8::try_from(total.rem_euclid(12)).ok()? + 1;
    (28..=day.day()).rev().find_map(|d| Day::new(year, month, d)).or_else(|| Day::new(year, month, day.day()))
}

/// The last day of `rounds` lengths that begin after `from`.
#[must_use]
pub fn end_of(calendar: &Calendar, from: Day, length: Length, rounds: u32) -> Option<Day> {
    match length {
        Length::WorkingDays(n) => after_working_days(calendar, from, n.checked_mul(rounds)?),
        Length::Days(n) => shifted(from, i64::from(n) * i64::from(rounds)),
        Length::Months(n) => after_months(from, u64::from(n) * u64::from(rounds)),
        Length::Years(n) => after_months(from, 12 * u64::from(n) * u64::from(rounds)),
    }
}

/// A clock that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running<'p> {
    /// The timer.
    pub timer: &'p Timer,
    /// The day from which it is counted.
    pub started: Day,
    /// The last day that still belongs to it; of one that begins again, of the present round. None: somebody sets it.
    pub ends: Option<Day>,
    /// The last day lies before the day asked for.
    pub ran_out: bool,
    /// Working days were counted over a year whose holidays are not known.
    pub weekends_only: bool,
}

/// A move that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move<'p> {
    /// The transition.
    pub transition: &'p Transition,
    /// When.
    pub on: Day,
    /// The state it led to.
    pub to: &'p ProcedureState,
    /// The number of the step in the log; none: the clock made it.
    pub step: Option<usize>,
}

/// Where a course stands on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stand<'p> {
    /// The state.
    pub state: &'p ProcedureState,
    /// Since when.
    pub since: Day,
    /// The marks that stand.
    pub marks: BTreeSet<&'p str>,
    /// What led there.
    pub moves: Vec<Move<'p>>,
    /// The clocks that run, in the order of the procedure.
    pub timers: Vec<Running<'p>>,
}

/// Why a step cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hindrance {
    /// The procedure has no such transition.
    NoTransition {
        /// Those that it has.
        known: Vec<String>,
    },
    /// It does not lead from the present state.
    OtherState {
        /// The present state.
        state: String,
        /// Those from which it leads.
        from: Vec<String>,
    },
    /// Only time takes it.
    ByClock,
    /// A timer must run out first.
    StillRuns {
        /// The timer.
        timer: String,
        /// Its last day; none: somebody sets it.
        until: Option<Day>,
    },
    /// A timer has run out, or does not run.
    NoLongerRuns {
        /// The timer.
        timer: String,
        /// Its last day, if it has run.
        ended: Option<Day>,
    },
    /// A mark is missing.
    Lacks(String),
    /// A mark stands in the way.
    Stands(String),
    /// The actor did not state something.
    Unstated(String),
    /// What the actor states is not what an earlier step stated.
    NotAmong {
        /// What is stated.
        what: String,
        /// The text.
        said: String,
        /// What the earlier steps stated.
        known: Vec<String>,
    },
    /// The day lies before the last step.
    TooEarly {
        /// The day of the last step.
        last: Day,
    },
}

impl fmt::Display for Hindrance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoTransition { known } => {
                write!(f, "the procedure has no such step (it has {})", known.join(", "))
            }
            Self::OtherState { state, from } => {
                write!(f, "the request is in state {state}; this step leads from {}", from.join(", "))
            }
            Self::ByClock => f.write_str("time takes this step, nobody else"),
            Self::StillRuns { timer, until: Some(day) } => write!(f, "`{timer}` runs until the end of {day}"),
            Self::StillRuns { timer, until: None } => {
                write!(f, "`{timer}` does not run out by itself: somebody sets its end")
            }
            Self::NoLongerRuns { timer, ended: Some(day) } => write!(f, "`{timer}` ended with {day}"),
            Self::NoLongerRuns { timer, ended: None } => write!(f, "`{timer}` does not run"),
            Self::Lacks(mark) => write!(f, "{mark} is missing"),
            Self::Stands(mark) => write!(f, "{mark} stands in the way"),
            Self::Unstated(what) => write!(f, "{what} is not stated"),
            Self::NotAmong { what, said, known } => {
                write!(f, "{what} `{said}` is none of those in the log: {}", known.join(", "))
            }
            Self::TooEarly { last } => write!(f, "the last step was on {last}"),
        }
    }
}

/// A log that does not fit its procedure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CourseFault {
    /// It begins after the day asked for.
    NotYet {
        /// Its first day.
        opened: Day,
    },
    /// A step could not have been taken.
    Step {
        /// Its number, from 1.
        number: usize,
        /// Why.
        why: Vec<Hindrance>,
    },
    /// The procedure names a state that it has not, or its clocks go in a circle.
    Procedure(String),
}

impl fmt::Display for CourseFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotYet { opened } => write!(f, "it begins on {opened}, after the day asked for"),
            Self::Step { number, why } => {
                let why: Vec<String> = why.iter().map(ToString::to_string).collect();
                write!(f, "step {number} of the log could not be taken: {}", why.join("; "))
            }
            Self::Procedure(what) => write!(f, "the procedure is at fault: {what}"),
        }
    }
}

/// A course while it is replayed.
struct Replay<'p> {
    procedure: &'p Procedure,
    calendar: &'p Calendar,
    state: &'p ProcedureState,
    since: Day,
    marks: BTreeSet<&'p str>,
    moves: Vec<Move<'p>>,
    /// What was stated, by step and by what it is.
    stated: BTreeMap<(&'p str, &'p str), Vec<String>>,
    started: BTreeMap<&'p str, Day>,
}

/// Where a course stands at the end of a day. Steps after that day are not looked at.
///
/// # Errors
/// When the course begins later, or a step does not fit the procedure.
pub fn stand<'p>(
    procedure: &'p Procedure,
    calendar: &'p Calendar,
    course: &Course,
    day: Day,
) -> Result<Stand<'p>, CourseFault> {
    let replay = Replay::to(procedure, calendar, course, day)?;
    let timers = replay.timers(day);
    Ok(Stand { state: replay.state, since: replay.since, marks: replay.marks, moves: replay.moves, timers })
}

/// Whether a step can be taken after those of the course; what hinders it, if anything does.
///
/// # Errors
/// When the course itself does not fit.
pub fn try_step(
    procedure: &Procedure,
    calendar: &Calendar,
    course: &Course,
    step: &Step,
) -> Result<Vec<Hindrance>, CourseFault> {
    if let Some(last) = course.steps.last().map(|s| s.on).filter(|last| *last > step.on) {
        return Ok(vec![Hindrance::TooEarly { last }]);
    }
    let replay = Replay::to(procedure, calendar, course, step.on)?;
    Ok(replay.hindrances(step))
}

/// The steps that lead from where a course stands, each with what hinders it on that day. What an actor is to state is not counted.
///
/// # Errors
/// When the course itself does not fit.
pub fn steps_from<'p>(
    procedure: &'p Procedure,
    calendar: &'p Calendar,
    course: &Course,
    day: Day,
) -> Result<Vec<(&'p Transition, Vec<Hindrance>)>, CourseFault> {
    let replay = Replay::to(procedure, calendar, course, day)?;
    let from_here = procedure.transitions.iter().filter(|t| !t.by_clock && t.from.contains(&replay.state.id));
    Ok(from_here.map(|t| (t, replay.guards(t, day))).collect())
}

impl<'p> Replay<'p> {
    fn to(
        procedure: &'p Procedure,
        calendar: &'p Calendar,
        course: &Course,
        day: Day,
    ) -> Result<Self, CourseFault> {
        if course.opened > day {
            return Err(CourseFault::NotYet { opened: course.opened });
        }
        let state = procedure
            .state(&procedure.initial)
            .ok_or_else(|| CourseFault::Procedure(format!("no state `{}`", procedure.initial)))?;
        let mut replay = Self {
            procedure,
            calendar,
            state,
            since: course.opened,
            marks: BTreeSet::new(),
            moves: Vec::new(),
            stated: BTreeMap::new(),
            started: BTreeMap::new(),
        };
        replay.start_timers(course.opened);
        let mut last = course.opened;
        for (index, step) in course.steps.iter().enumerate() {
            if step.on > day {
                break;
            }
            let fault = |why| CourseFault::Step { number: index + 1, why };
            if step.on < last {
                return Err(fault(vec![Hindrance::TooEarly { last }]));
            }
            last = step.on;
            replay.run_clock(step.on)?;
            let why = replay.hindrances(step);
            if !why.is_empty() {
                return Err(fault(why));
            }
            if let Some(transition) = procedure.transition(&step.transition) {
                for what in &transition.asks {
                    let said = step.details.get(what).cloned();
                    replay.stated.entry((&transition.id, what)).or_default().extend(said);
                }
                replay.take(transition, step.on, Some(index))?;
            }
        }
        replay.run_clock(day)?;
        Ok(replay)
    }

    /// What time does by itself up to a day, in the order of days.
    fn run_clock(&mut self, day: Day) -> Result<(), CourseFault> {
        for _ in 0..CLOCK_MOVES_MAX {
            let next = self
                .procedure
                .transitions
                .iter()
                .filter(|t| t.by_clock && t.from.contains(&self.state.id))
                .filter_map(|t| Some((self.moment(t)?, t)))
                .filter(|(on, _)| *on <= day)
                .min_by_key(|(on, _)| *on);
            let Some((on, transition)) = next else { return Ok(()) };
            self.take(transition, on, None)?;
        }
        Err(CourseFault::Procedure("its clocks go in a circle".into()))
    }

    /// The first day on which time takes a step: the day after the last of its timers ended.
    fn moment(&self, transition: &Transition) -> Option<Day> {
        let mut moment = self.moves.last().map_or(self.since, |last| last.on);
        for id in &transition.after {
            let timer = self.procedure.timers.iter().find(|t| t.id == *id)?;
            let started = *self.started.get(id.as_str())?;
            moment = moment.max(end_of(self.calendar, started, timer.length?, 1)?.next());
        }
        self.guards(transition, moment).is_empty().then_some(moment)
    }

    fn take(&mut self, transition: &'p Transition, on: Day, step: Option<usize>) -> Result<(), CourseFault> {
        for mark in &transition.lifts {
            self.marks.remove(mark.as_str());
        }
        self.marks.extend(transition.marks.iter().map(String::as_str));
        if let Some(to) = &transition.to {
            self.state =
                self.procedure.state(to).ok_or_else(|| CourseFault::Procedure(format!("no state `{to}`")))?;
            self.since = on;
            self.start_timers(on);
        }
        self.moves.push(Move { transition, on, to: self.state, step });
        Ok(())
    }

    fn start_timers(&mut self, on: Day) {
        for timer in &self.procedure.timers {
            if !timer.runs_in.contains(&self.state.id) {
                self.started.remove(timer.id.as_str());
            } else if timer.anew {
                self.started.insert(&timer.id, on);
            } else {
                self.started.entry(&timer.id).or_insert(on);
            }
        }
    }

    fn hindrances(&self, step: &Step) -> Vec<Hindrance> {
        let Some(transition) = self.procedure.transition(&step.transition) else {
            let known = self.procedure.transitions.iter().filter(|t| !t.by_clock);
            return vec![Hindrance::NoTransition { known: known.map(|t| t.id.clone()).collect() }];
        };
        if transition.by_clock {
            return vec![Hindrance::ByClock];
        }
        let mut found = self.guards(transition, step.on);
        let unstated = |what: &&String| step.details.get(*what).is_none_or(|text| text.trim().is_empty());
        found.extend(transition.asks.iter().filter(unstated).cloned().map(Hindrance::Unstated));
        for what in transition.asks.iter().filter(|w| !transition.among.is_empty() && !unstated(w)) {
            let said = step.details.get(what).map_or("", String::as_str);
            let before =
                transition.among.iter().filter_map(|id| self.stated.get(&(id.as_str(), what.as_str())));
            let known: Vec<String> = before.flatten().cloned().collect();
            let plain = |text: &str| text.trim().to_lowercase();
            if !known.iter().any(|k| plain(k) == plain(said)) {
                found.push(Hindrance::NotAmong { what: what.clone(), said: said.to_owned(), known });
            }
        }
        found
    }

    /// What hinders a transition on a day, what its actor states apart.
    fn guards(&self, transition: &Transition, day: Day) -> Vec<Hindrance> {
        if !transition.from.contains(&self.state.id) {
            let from = transition.from.clone();
            return vec![Hindrance::OtherState { state: self.state.id.clone(), from }];
        }
        let end = |id: &str| -> Option<Option<Day>> {
            let started = *self.started.get(id)?;
            let timer = self.procedure.timers.iter().find(|t| t.id == id)?;
            Some(timer.length.and_then(|length| end_of(self.calendar, started, length, 1)))
        };
        let mut found = Vec::new();
        for id in &transition.after {
            match end(id) {
                Some(Some(last)) if day > last => {}
                Some(until) => found.push(Hindrance::StillRuns { timer: id.clone(), until }),
                None => found.push(Hindrance::NoLongerRuns { timer: id.clone(), ended: None }),
            }
        }
        for id in &transition.before {
            match end(id) {
                Some(Some(last)) if day > last => {
                    found.push(Hindrance::NoLongerRuns { timer: id.clone(), ended: Some(last) });
                }
                Some(_) => {}
                None => found.push(Hindrance::NoLongerRuns { timer: id.clone(), ended: None }),
            }
        }
        let stands = |mark: &&String| self.marks.contains(mark.as_str());
        found.extend(transition.needs.iter().filter(|m| !stands(m)).cloned().map(Hindrance::Lacks));
        found.extend(transition.unless.iter().filter(stands).cloned().map(Hindrance::Stands));
        found
    }

    fn timers(&self, day: Day) -> Vec<Running<'p>> {
        let running = self.procedure.timers.iter().filter_map(|timer| {
            let started = *self.started.get(timer.id.as_str())?;
            let ends = timer.length.and_then(|length| {
                let first = end_of(self.calendar, started, length, 1)?;
                if timer.every { self.round_end(started, length, day) } else { Some(first) }
            });
            let counts_work = matches!(timer.length, Some(Length::WorkingDays(_)));
            Some(Running {
                timer,
                started,
                ends,
                ran_out: ends.is_some_and(|last| day > last),
                weekends_only: counts_work
                    && ends.is_some_and(|last| !holidays_known(self.calendar, started, last)),
            })
        });
        running.collect()
    }

    /// The end of the round in which a day lies.
    fn round_end(&self, started: Day, length: Length, day: Day) -> Option<Day> {
        let end = |round: u32| end_of(self.calendar, started, length, round);
        // The first round whose end is not before the day: doubled, then halved.
        let mut high = 1;
        while end(high).is_some_and(|last| last < day) {
            high = u32::checked_mul(high, 2)?;
        }
        let mut low = high / 2;
        while low + 1 < high {
            let middle = low + (high - low) / 2;
            if end(middle).is_some_and(|last| last < day) { low = middle } else { high = middle }
        }
        end(high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use comity_model::mandate::Evidence;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn calendar() -> Calendar {
        Calendar {
            id: "test".into(),
            title: String::new(),
            bodies: vec!["b".into()],
            weekend: vec![6, 7],
            years: vec![2026],
            // A Thursday, a Friday, a Saturday, and the Monday after it.
            holidays: ["2026-01-01", "2026-04-03", "2026-07-04", "2026-07-06"].map(day).to_vec(),
            sources: BTreeMap::new(),
            evidence: Evidence::Read,
            source: String::new(),
            note: String::new(),
        }
    }

    #[test]
    fn days_of_the_week_are_those_of_the_calendar_on_the_wall() {
        for (text, number) in [("2026-11-21", 6), ("2026-11-22", 7), ("2026-11-23", 1), ("1969-12-31", 3)] {
            assert_eq!(weekday(day(text)), number, "{text}");
        }
    }

    #[test]
    fn working_days_go_over_weekends_and_holidays() {
        let calendar = calendar();
        for (from, count, to) in [
            ("2026-03-02", 5, "2026-03-09"), // Monday to Monday
            ("2026-03-06", 1, "2026-03-09"), // Friday to Monday
            ("2026-03-07", 1, "2026-03-09"), // Saturday to Monday
            ("2026-03-07", 5, "2026-03-13"),
            ("2026-03-30", 5, "2026-04-07"), // over a holiday on a Friday
            ("2026-07-02", 2, "2026-07-07"), // over a Saturday and a Monday that are holidays
            ("2025-12-31", 1, "2026-01-02"),
            ("2026-03-02", 0, "2026-03-02"),
        ] {
            assert_eq!(after_working_days(&calendar, day(from), count), Some(day(to)), "{from} + {count}");
        }
        assert_eq!(working_days_between(&calendar, day("2026-03-30"), day("2026-04-07")), 5);
        assert_eq!(working_days_between(&calendar, day("2026-04-07"), day("2026-03-30")), 0);
        assert!(holidays_known(&calendar, day("2026-01-02"), day("2026-12-31")));
        assert!(!holidays_known(&calendar, day("2026-12-30"), day("2027-01-04")));
    }

    #[test]
    fn a_calendar_without_working_days_gives_no_day() {
        let never = Calendar { weekend: (1..=7).collect(), ..calendar() };
        assert_eq!(after_working_days(&never, day("2026-03-02"), 1), None);
        assert_eq!(working_days_between(&never, day("2026-03-02"), day("2027-03-02")), 0);
    }

    /// Numbers that look random and are the same each time.
    fn numbers(mut state: u64) -> impl FnMut(u64) -> u64 {
        move |below| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        }
    }

    /// The slow count: day by day.
    fn slow_after(calendar: &Calendar, from: Day, count: u32) -> Day {
        let (mut at, mut left) = (from, count);
        while left > 0 {
            at = at.next();
            let at_weekend = calendar.weekend.contains(&weekday(at));
            left -= u32::from(!at_weekend && !calendar.holidays.contains(&at));
        }
        at
    }

    #[test]
    fn the_fast_count_is_the_slow_count_on_random_calendars() {
        let mut number = numbers(7);
        for round in 0..3000 {
            let mut weekend: Vec<u8> = (1..=7).filter(|_| number(4) == 0).collect();
            if weekend.len() == 7 {
                weekend.pop();
            }
            let base = i32::try_from(number(40_000)).unwrap() - 5000;
            let mut holidays: Vec<Day> = (0..number(60))
                .filter_map(|_| Day::from_number(base + i32::try_from(number(200)).unwrap()))
                .collect();
            holidays.sort();
            holidays.dedup();
            let calendar = Calendar { weekend, holidays, ..calendar() };
            let from = Day::from_number(base + i32::try_from(number(100)).unwrap()).unwrap();
            let count = u32::try_from(number(120)).unwrap();
            let fast = after_working_days(&calendar, from, count).unwrap();
            let slow = slow_after(&calendar, from, count);
            assert_eq!(fast, slow, "round {round}: {from} + {count} on {calendar:?}");
            let to = Day::from_number(from.number() + i32::try_from(number(150)).unwrap()).unwrap();
            let (mut at, mut slow) = (from, 0);
            while at < to {
                at = at.next();
                slow += i64::from(is_working(&calendar, at));
            }
            assert_eq!(working_days_between(&calendar, from, to), slow, "round {round}: {from}..{to}");
        }
    }

    #[test]
    fn months_end_where_the_month_ends() {
        let calendar = calendar();
        for (from, length, rounds, to) in [
            ("2024-01-31", Length::Months(1), 1, "2024-02-29"),
            ("2024-01-31", Length::Months(1), 2, "2024-03-31"),
            ("2024-02-29", Length::Years(1), 1, "2025-02-28"),
            ("2024-12-31", Length::Months(2), 1, "2025-02-28"),
            ("2026-03-15", Length::Years(1), 1, "2027-03-15"),
            ("2026-03-05", Length::Days(30), 2, "2026-05-04"),
        ] {
            assert_eq!(end_of(&calendar, day(from), length, rounds), Some(day(to)), "{from} {length}");
        }
        assert_eq!(end_of(&calendar, day("2026-01-01"), Length::Years(9999), 9), None);
    }
}
