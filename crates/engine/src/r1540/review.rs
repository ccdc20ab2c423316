//! Tables of review over groups of States. The main type is [`Table`].
//!
//! A table counts States per field, never fields per State. The denominator is the States with a matrix less those to which the field does not
//! apply. A count from 1 to 4 points at States: it is told with their names or withheld with as much else as keeps it from being computed
//! ([`hide`]). Which States have a matrix is public, for the editions are listed: those counts are always told.

use std::collections::{BTreeMap, BTreeSet};

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

    /// What a State with a matrix can show.
    pub const SHOWN: [Self; 5] = [Self::X, Self::Open, Self::Blank, Self::Conflicting, Self::Na];

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

/// What of a row of counts is withheld.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hidden {
    /// Nothing.
    Nothing,
    /// These cells, by their places in the row.
    Cells(Vec<usize>),
    /// The row as a whole, with one mark.
    Row,
}

/// What is withheld of a row of counts whose sum is public.
///
/// A cell is small from 1 to 4. Without a small cell, or in a row of zeros, nothing is withheld. A sum under 5 hides the whole row. Else let `t` be
/// the larger of the largest small cell and the second smallest of the values above zero (each value taken once). Hidden are the cells from 1 to
/// `t`; where there is no second value, or no cell lies above `t`, the whole row.
///
/// No hidden cell can be computed from what is told, by a reader who knows this rule and the sum, for another row that is told in the same way
/// gives it another value:
/// - cells hidden: exchange the values of any two of them. The cells above `t` stay, so do `t` and the set of the hidden ones, and the row is told
///   as before. The hidden ones have at least two values, so each can have another one.
/// - row hidden, sum under 5: every row of that sum is hidden; a cell can be zero, or the sum.
/// - row hidden, sum `m` of 5 or more: for any two cells and `a` from 1 to 4, the row with `a` in the one, `m - a` in the other and zero elsewhere is
///   hidden whole. So each cell can be 0, 1 and 2.
///
/// This holds for one row by itself. Tables of groups that overlap, or of several years, may tell more when they are laid side by side.
#[must_use]
pub fn hide(row: &[u32]) -> Hidden {
    let sum = row.iter().fold(0u32, |sum, n| sum.saturating_add(*n));
    let mut values: Vec<u32> = row.iter().copied().filter(|n| *n > 0).collect();
    values.sort_unstable();
    let Some(small) = values.iter().rev().find(|n| **n < SMALL).copied() else { return Hidden::Nothing };
    if sum < SMALL {
        return Hidden::Row;
    }
    values.dedup();
    let Some(second) = values.get(1) else { return Hidden::Row };
    let upto = small.max(*second);
    if values.last() <= Some(&upto) {
        return Hidden::Row;
    }
    Hidden::Cells(row.iter().enumerate().filter(|(_, n)| (1..=upto).contains(*n)).map(|(at, _)| at).collect())
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
    /// Whether all that the States with a matrix show is withheld.
    #[must_use]
    pub fn is_row_withheld(&self) -> bool {
        self.withheld.len() == Count::SHOWN.len()
    }

    /// A count; none where it is withheld.
    #[must_use]
    pub fn count(&self, count: Count) -> Option<u32> {
        let at = Count::ALL.iter().position(|c| *c == count)?;
        self.counts.get(at).copied().filter(|_| !self.withheld.contains(&count))
    }

    /// The denominator; none where it would tell a withheld count.
    #[must_use]
    pub fn told_denominator(&self) -> Option<u32> {
        (!self.withheld.contains(&Count::Na)).then_some(self.denominator)
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
        withheld = match hide(&Count::SHOWN.map(number)) {
            Hidden::Nothing => Vec::new(),
            Hidden::Cells(places) => Count::SHOWN
                .iter()
                .enumerate()
                .filter(|(at, _)| places.contains(at))
                .map(|(_, c)| *c)
                .collect(),
            Hidden::Row => Count::SHOWN.to_vec(),
        };
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

/// What is told of a field of a cohort.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moves<'l> {
    /// All is withheld, the moves that there are too.
    Withheld,
    /// The number of the unchanged, and of each move; none where it is withheld.
    Told {
        /// How many States show the same.
        unchanged: Option<u32>,
        /// The moves, each with its States.
        moves: Vec<(Count, Count, Option<u32>, &'l [StateCode])>,
    },
}

impl CohortLine {
    /// What is told: everything, or what [`hide`] leaves of the row of the unchanged and all possible moves.
    #[must_use]
    pub fn told(&self, small: Small) -> Moves<'_> {
        let row: Vec<u32> = std::iter::once(self.unchanged)
            .chain(self.moves.values().map(|states| number(states.len())))
            .chain([0])
            .collect();
        let hidden = match small {
            Small::Names => Hidden::Nothing,
            Small::Withhold => hide(&row),
        };
        let told = |at: usize, n: u32| match &hidden {
            Hidden::Cells(places) => (!places.contains(&at)).then_some(n),
            Hidden::Nothing | Hidden::Row => Some(n),
        };
        if hidden == Hidden::Row {
            return Moves::Withheld;
        }
        let moves = self.moves.iter().zip(1..).map(|(((from, to), states), at)| {
            (*from, *to, told(at, number(states.len())), states.as_slice())
        });
        Moves::Told { unchanged: told(0, self.unchanged), moves: moves.collect() }
    }
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
    /// What the data here know of it.
    pub known: Known,
}

/// What the data here know of a published figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// How many the data here hold surely by that date, and at most, where a date is a span or two dates are given.
    Held {
        /// Surely by that date.
        surely: u32,
        /// At most by that date.
        at_most: u32,
    },
    /// States without a report: the data here cannot tell, for they know the dates of only so many States.
    Unknown {
        /// Of how many States a date is known.
        known_for: u32,
    },
    /// Nothing comparable is counted here.
    NotCounted,
}

/// The ladder of first reports and action plans: each published figure with what the data here know.
#[must_use]
pub fn ladder(catalogue: &R1540) -> Vec<Rung> {
    use comity_model::r1540::ReportKind;
    let held = |(surely, at_most)| Known::Held { surely, at_most };
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
                ("first_reports", Some(day)) => held(first(day)),
                // That no report of a State is known here does not say that it sent none.
                ("first_reports_missing", _) => {
                    let first = catalogue.reports.iter().filter(|r| r.kind == ReportKind::First);
                    let states: BTreeSet<StateCode> = first.map(|r| r.state).collect();
                    Known::Unknown { known_for: number(states.len()) }
                }
                ("plans" | "plan_states", Some(day)) => held(plans(day)),
                _ => Known::NotCounted,
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
    fn a_small_count_takes_the_next_with_it_and_leaves_the_rest() {
        let line = of(&[(Count::X, 20), (Count::Open, 3), (Count::Blank, 9)], Small::Withhold);
        assert_eq!(line.withheld, [Count::Open, Count::Blank]);
        assert_eq!(
            (line.count(Count::X), line.count(Count::Open), line.count(Count::Conflicting)),
            (Some(20), None, Some(0))
        );
        assert_eq!(line.told_denominator(), Some(32));
    }

    #[test]
    fn who_has_a_matrix_is_public_and_a_withheld_count_is_not_told_by_the_denominator() {
        let line =
            of(&[(Count::X, 20), (Count::Na, 2), (Count::Open, 6), (Count::NoMatrix, 4)], Small::Withhold);
        assert_eq!(line.withheld, [Count::Open, Count::Na]);
        assert_eq!((line.denominator, line.told_denominator()), (26, None));
        assert_eq!(line.count(Count::NoMatrix), Some(4));
        let line = of(&[(Count::X, 20), (Count::NoMatrix, 1)], Small::Withhold);
        assert!(line.withheld.is_empty(), "nothing of it points at what a State shows: {line:?}");
    }

    #[test]
    fn a_group_with_few_matrices_is_withheld_as_a_row() {
        for n in 1..SMALL {
            let line = of(&[(Count::X, u8::try_from(n).unwrap()), (Count::NoMatrix, 50)], Small::Withhold);
            assert!(line.is_row_withheld(), "{line:?}");
            assert_eq!((line.count(Count::NoMatrix), line.told_denominator()), (Some(50), None));
        }
        assert!(of(&[(Count::NoMatrix, 3)], Small::Withhold).withheld.is_empty());
    }

    /// A row as it is printed: a number, or a mark.
    fn printed(row: &[u32]) -> Vec<Option<u32>> {
        let hidden = hide(row);
        let shows = |at: usize| match &hidden {
            Hidden::Nothing => true,
            Hidden::Cells(places) => !places.contains(&at),
            Hidden::Row => false,
        };
        row.iter().enumerate().map(|(at, n)| shows(at).then_some(*n)).collect()
    }

    /// Every row of so many cells with that sum.
    fn rows(cells: usize, sum: u32) -> Vec<Vec<u32>> {
        if cells == 1 {
            return vec![vec![sum]];
        }
        let longer = |first: u32| {
            rows(cells - 1, sum - first).into_iter().map(move |rest| [vec![first], rest].concat())
        };
        (0..=sum).flat_map(longer).collect()
    }

    #[test]
    fn no_withheld_count_can_be_computed_from_what_is_printed() {
        // All tables of a field that print the same are held together: also a reader who knows the rule cannot tell them apart. Exhaustive.
        let mut looked_at = 0usize;
        for sum in 0..=24 {
            let mut alike: BTreeMap<Vec<Option<u32>>, Vec<BTreeSet<u32>>> = BTreeMap::new();
            for row in rows(Count::SHOWN.len(), sum) {
                let told = printed(&row);
                let small = |n: &u32| (1..SMALL).contains(n);
                assert!(
                    row.iter().zip(&told).all(|(n, t)| !small(n) || t.is_none()),
                    "a small count is told: {row:?}"
                );
                assert!(
                    row.iter().any(small) || told.iter().all(Option::is_some),
                    "hidden for nothing: {row:?}"
                );
                let values = alike.entry(told).or_insert_with(|| vec![BTreeSet::new(); row.len()]);
                for (set, n) in values.iter_mut().zip(&row) {
                    set.insert(*n);
                }
                looked_at += 1;
            }
            for (told, values) in &alike {
                for (cell, possible) in told.iter().zip(values) {
                    assert!(cell.is_some() || possible.len() >= 2, "{told:?} of {sum}: {values:?}");
                }
            }
        }
        assert_eq!(looked_at, 118_755);
    }

    #[test]
    fn moves_of_a_cohort_are_withheld_by_the_same_rule() {
        let codes = |from: u8, n: u8| -> Vec<StateCode> {
            (0..n).map(|i| std::str::from_utf8(&[from, b'A' + i]).unwrap().parse().unwrap()).collect()
        };
        let moves = BTreeMap::from([
            ((Count::Open, Count::X), codes(b'A', 2)),
            ((Count::Blank, Count::X), codes(b'B', 7)),
        ]);
        let line = CohortLine { field: 0, moves, unchanged: 30 };
        let Moves::Told { unchanged, moves } = line.told(Small::Withhold) else { panic!("{line:?}") };
        assert_eq!(unchanged, Some(30));
        assert!(moves.iter().all(|(_, _, n, _)| n.is_none()), "{moves:?}");
        // With the unchanged as the only other number both would tell each other: all is withheld, the move too.
        let one = CohortLine { moves: [((Count::Open, Count::X), codes(b'A', 2))].into(), ..line.clone() };
        assert_eq!(one.told(Small::Withhold), Moves::Withheld);
        let few = CohortLine { moves: BTreeMap::new(), unchanged: 3, ..line.clone() };
        assert_eq!(few.told(Small::Withhold), Moves::Withheld);
        let still = CohortLine { moves: BTreeMap::new(), unchanged: 30, ..line };
        assert_eq!(still.told(Small::Withhold), Moves::Told { unchanged: Some(30), moves: vec![] });
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
