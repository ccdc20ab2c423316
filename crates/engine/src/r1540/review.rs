//! Tables of review over groups of States. The main type is [`Table`].
//!
//! A table counts States per field, never fields per State. The denominator is the States with a matrix less those to which the field does not
//! apply. A count from 1 to 4 points at States: it is told with their names or withheld, and where one withheld number could be computed from
//! the others a second one is withheld with it.

use std::collections::BTreeMap;

use comity_model::place::StateCode;
use comity_model::r1540::{CellValue, Edition, Life, R1540};
use comity_model::{DateValue, Day};

use super::cells::{Shown, shown};

/// Counts below this one point at States.
pub const SMALL: u32 = 5;

/// What is counted of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Count {
    /// States with the mark for a measure.
    X,
    /// States with references that are not plain or not complete.
    Open,
    /// States without information.
    Blank,
    /// States whose sources differ.
    Conflicting,
    /// States to which the field does not apply.
    Na,
    /// States without a matrix.
    NoMatrix,
}

impl Count {
    /// All of them, in the order of the columns.
    pub const ALL: [Self; 6] =
        [Self::X, Self::Open, Self::Blank, Self::Conflicting, Self::Na, Self::NoMatrix];

    /// The name of the column in CSV and JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::X => "x",
            Self::Open => "open",
            Self::Blank => "blank",
            Self::Conflicting => "conflicting",
            Self::Na => "na",
            Self::NoMatrix => "no_matrix",
        }
    }

    fn of(shown: Option<Shown>) -> Self {
        match shown {
            None => Self::NoMatrix,
            Some(Shown::Conflicting) => Self::Conflicting,
            Some(Shown::One(CellValue::X)) => Self::X,
            Some(Shown::One(CellValue::Open)) => Self::Open,
            Some(Shown::One(CellValue::Na)) => Self::Na,
            Some(Shown::One(CellValue::Blank)) => Self::Blank,
        }
    }
}

/// A group of States.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its States, in the order of their codes.
    pub states: Vec<StateCode>,
}

/// What is done with counts that point at States.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Small {
    /// They are told with the States' names.
    Names,
    /// They are withheld.
    Withhold,
}

/// The edition of a State that stands for a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    /// The State.
    pub state: StateCode,
    /// The date of its matrix.
    pub date: DateValue,
    /// The name of the edition.
    pub edition: String,
    /// Its digest.
    pub digest: String,
    /// Its life.
    pub life: Life,
}

/// An edition with its digest, read once for all tables.
pub struct Read {
    used: Used,
    until: Option<Day>,
    shown: Vec<Shown>,
}

impl Read {
    /// Reads an edition; none where it may not enter a table: a part of a matrix, or one that is not published, unless its State asks for its own.
    #[must_use]
    pub fn new(catalogue: &R1540, edition: &Edition, digest: &str, own: &[StateCode]) -> Option<Self> {
        let enters = edition.life == Life::Published || own.contains(&edition.state);
        (enters && !edition.is_part).then(|| Self {
            used: Used {
                state: edition.state,
                date: edition.date.clone(),
                edition: edition.name.clone(),
                digest: digest.to_owned(),
                life: edition.life,
            },
            until: edition.date.latest(),
            shown: shown(catalogue, edition),
        })
    }
}

/// The counts of one field in one group and year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Number of the field in the catalogue.
    pub field: usize,
    /// The counts, in the order of [`Count::ALL`].
    pub counts: [u32; 6],
    /// States with a matrix, less those to which the field does not apply.
    pub denominator: u32,
    /// The States of each count that points at them, where names are told.
    pub names: BTreeMap<Count, Vec<StateCode>>,
    /// The counts that are withheld.
    pub withheld: Vec<Count>,
}

impl Line {
    /// A count; none where it is withheld.
    #[must_use]
    pub fn count(&self, count: Count) -> Option<u32> {
        let at = Count::ALL.iter().position(|c| *c == count)?;
        self.counts.get(at).copied().filter(|_| !self.withheld.contains(&count))
    }

    /// The denominator; none where it would tell a withheld count.
    #[must_use]
    pub fn told_denominator(&self) -> Option<u32> {
        let tells = |c: &Count| matches!(c, Count::Na | Count::NoMatrix);
        (!self.withheld.iter().any(tells)).then_some(self.denominator)
    }
}

/// A table for one group and one year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The group.
    pub group: Group,
    /// The year: the latest edition on or before its last day counts.
    pub year: i16,
    /// A line a field.
    pub lines: Vec<Line>,
    /// The editions used, by State.
    pub used: Vec<Used>,
}

/// The edition of each State that stands for a year: of one date the last that was read.
#[must_use]
pub fn standing_for(editions: &[Read], year: i16) -> BTreeMap<StateCode, &Read> {
    let Some(end) = Day::new(year, 12, 31) else { return BTreeMap::new() };
    let mut latest: BTreeMap<StateCode, &Read> = BTreeMap::new();
    for read in editions.iter().filter(|r| r.until.is_some_and(|d| d <= end)) {
        let slot = latest.entry(read.used.state).or_insert(read);
        if slot.until <= read.until {
            *slot = read;
        }
    }
    latest
}

/// The table of a group in a year, over the fields given by their numbers.
#[must_use]
pub fn table(editions: &[Read], group: &Group, year: i16, fields: &[usize], small: Small) -> Table {
    let latest = standing_for(editions, year);
    let members: Vec<(StateCode, Option<&Read>)> =
        group.states.iter().map(|s| (*s, latest.get(s).copied())).collect();
    let lines = fields
        .iter()
        .map(|field| {
            let of = |read: Option<&Read>| Count::of(read.and_then(|r| r.shown.get(*field)).copied());
            line(*field, members.iter().map(|(state, read)| (*state, of(*read))), small)
        })
        .collect();
    let used = members.iter().filter_map(|(_, r)| r.map(|r| r.used.clone())).collect();
    Table { group: group.clone(), year, lines, used }
}

fn line(field: usize, states: impl Iterator<Item = (StateCode, Count)>, small: Small) -> Line {
    let mut counts = [0u32; 6];
    let mut names: BTreeMap<Count, Vec<StateCode>> = BTreeMap::new();
    for (state, count) in states {
        if let Some(slot) = Count::ALL.iter().position(|c| *c == count).and_then(|at| counts.get_mut(at)) {
            *slot += 1;
        }
        let list = names.entry(count).or_default();
        if list.len() < SMALL as usize {
            list.push(state);
        }
    }
    let number = |count: Count| -> u32 {
        Count::ALL.iter().zip(&counts).find(|(c, _)| **c == count).map_or(0, |(_, n)| *n)
    };
    let all: u32 = counts.iter().sum();
    let denominator = all - number(Count::NoMatrix) - number(Count::Na);
    names.retain(|count, _| (1..SMALL).contains(&number(*count)));
    let mut withheld: Vec<Count> = Vec::new();
    if small == Small::Withhold {
        withheld = names.keys().copied().collect();
        if withheld.len() == 1 {
            let next = Count::ALL
                .iter()
                .filter(|c| !withheld.contains(c) && number(**c) > 0)
                .min_by_key(|c| number(**c));
            withheld.extend(next);
            withheld.sort();
        }
        names.clear();
    }
    Line { field, counts, denominator, names, withheld }
}

/// How a field changed between two years in the States that have a matrix in both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CohortLine {
    /// Number of the field in the catalogue.
    pub field: usize,
    /// States by what they showed before and after, where it changed.
    pub moves: BTreeMap<(Count, Count), Vec<StateCode>>,
    /// How many States show the same.
    pub unchanged: u32,
}

/// The change of a cohort.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cohort {
    /// The group.
    pub group: Group,
    /// The years.
    pub years: (i16, i16),
    /// The States with a matrix in both years.
    pub states: Vec<StateCode>,
    /// A line a field.
    pub lines: Vec<CohortLine>,
    /// The editions used, of the first year and of the second.
    pub used: (Vec<Used>, Vec<Used>),
}

/// Compares two years over the States that have a matrix in both.
#[must_use]
pub fn cohort(editions: &[Read], group: &Group, years: (i16, i16), fields: &[usize]) -> Cohort {
    let (before, after) = (standing_for(editions, years.0), standing_for(editions, years.1));
    let both: Vec<(StateCode, &Read, &Read)> =
        group.states.iter().filter_map(|s| Some((*s, *before.get(s)?, *after.get(s)?))).collect();
    let lines = fields
        .iter()
        .map(|field| {
            let mut line = CohortLine { field: *field, moves: BTreeMap::new(), unchanged: 0 };
            for (state, a, b) in &both {
                let of = |read: &Read| Count::of(read.shown.get(*field).copied());
                if of(a) == of(b) {
                    line.unchanged += 1;
                } else {
                    line.moves.entry((of(a), of(b))).or_default().push(*state);
                }
            }
            line
        })
        .collect();
    Cohort {
        group: group.clone(),
        years,
        states: both.iter().map(|(s, _, _)| *s).collect(),
        lines,
        used: (
            both.iter().map(|(_, a, _)| a.used.clone()).collect(),
            both.iter().map(|(_, _, b)| b.used.clone()).collect(),
        ),
    }
}

/// A published figure beside what the data here know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rung {
    /// Number of the figure in the catalogue.
    pub figure: usize,
    /// How many the data here know surely by that date, and at most; none where nothing comparable is counted here.
    pub known: Option<(u32, u32)>,
}

/// The ladder of first reports and action plans: each published figure with what the data here know.
#[must_use]
pub fn ladder(catalogue: &R1540, members: u32) -> Vec<Rung> {
    use comity_model::r1540::ReportKind;
    catalogue
        .figures
        .iter()
        .enumerate()
        .map(|(at, figure)| {
            let day = figure.as_of.as_ref().and_then(DateValue::latest);
            let first = |day: Day| {
                // A State whose sources give two dates is sure from the later one, and possible from the earlier one.
                let mut dates: BTreeMap<StateCode, (Option<Day>, Option<Day>)> = BTreeMap::new();
                for report in catalogue.reports.iter().filter(|r| r.kind == ReportKind::First) {
                    let slot =
                        dates.entry(report.state).or_insert((report.date.earliest(), report.date.latest()));
                    *slot = (slot.0.min(report.date.earliest()), slot.1.max(report.date.latest()));
                }
                let sure = dates.values().filter(|(_, late)| late.is_some_and(|d| d <= day)).count();
                let most = dates.values().filter(|(early, _)| early.is_some_and(|d| d <= day)).count();
                (number(sure), number(most))
            };
            let plans = |day: Day| {
                let by = |p: &&comity_model::r1540::ActionPlan| p.by.latest().is_some_and(|d| d <= day);
                let early = |p: &&comity_model::r1540::ActionPlan| {
                    p.is_bound || p.by.earliest().is_some_and(|d| d <= day)
                };
                (
                    number(catalogue.plans.iter().filter(by).count()),
                    number(catalogue.plans.iter().filter(early).count()),
                )
            };
            let known = match (figure.measure.as_str(), day) {
                ("first_reports", Some(day)) => Some(first(day)),
                ("first_reports_missing", Some(day)) => {
                    let (sure, most) = first(day);
                    Some((members.saturating_sub(most), members.saturating_sub(sure)))
                }
                ("plans" | "plan_states", Some(day)) => Some(plans(day)),
                _ => None,
            };
            Rung { figure: at, known }
        })
        .collect()
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(counts: &[(Count, u8)], small: Small) -> Line {
        let mut letters = (b'A'..=b'Z').flat_map(|a| (b'A'..=b'Z').map(move |b| [a, b]));
        let mut states = Vec::new();
        for (count, n) in counts {
            for _ in 0..*n {
                let code = letters.next().unwrap();
                states.push((std::str::from_utf8(&code).unwrap().parse().unwrap(), *count));
            }
        }
        line(0, states.into_iter(), small)
    }

    #[test]
    fn a_single_small_count_takes_a_second_with_it() {
        let line = of(&[(Count::X, 20), (Count::Open, 3), (Count::Blank, 9)], Small::Withhold);
        assert_eq!(line.withheld, [Count::Open, Count::Blank]);
        assert_eq!(
            (line.count(Count::X), line.count(Count::Open), line.count(Count::Na)),
            (Some(20), None, Some(0))
        );
        assert_eq!(line.told_denominator(), Some(32));
    }

    #[test]
    fn a_withheld_count_is_not_told_by_the_denominator() {
        let line = of(&[(Count::X, 20), (Count::Na, 2), (Count::NoMatrix, 4)], Small::Withhold);
        assert_eq!(line.withheld, [Count::Na, Count::NoMatrix]);
        assert_eq!((line.denominator, line.told_denominator()), (20, None));
    }

    #[test]
    fn names_stand_beside_small_counts_only() {
        let line = of(&[(Count::X, 5), (Count::Na, 4)], Small::Names);
        assert_eq!(line.names.keys().collect::<Vec<_>>(), [&Count::Na]);
        assert_eq!(line.names[&Count::Na].len(), 4);
        assert!(line.withheld.is_empty());
        assert_eq!(line.denominator, 5);
    }
}
