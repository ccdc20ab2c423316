//! What is left of a condition when all known facts are put in, and which of the missing ones could still decide it.
//!
//! A residue is a formula over open facts. Each open fact ranges over the few values that its tests can tell apart (just below, at and
//! between the limits; each word that is asked for and another one; yes and no), so whether a fact matters, and which smallest sets of
//! facts could settle the question, is found by trying all of them, not by guessing from the form of the condition.

use std::collections::{BTreeMap, BTreeSet};

use comity_model::number::Number;
use comity_model::truth::Truth;
use comity_model::unit::{Extent, Op};

/// What is left of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Residue {
    /// Settled.
    Known(bool),
    /// All of these.
    All(Vec<Residue>),
    /// Any of these.
    Any(Vec<Residue>),
    /// Not this.
    Not(Box<Residue>),
    /// An open test.
    Open(Box<OpenTest>),
}

/// A test on a fact that is not known, or not known well enough.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OpenTest {
    /// A quantity against a limit; what is known of it restricts the values tried.
    Limit {
        /// The fact.
        fact: String,
        /// The comparison.
        op: Op,
        /// The limit in base units.
        limit: Number,
    },
    /// A truth fact.
    Holds(String),
    /// A word fact.
    Words {
        /// The fact.
        fact: String,
        /// The words asked for.
        words: Vec<String>,
    },
    /// Anything else that is open: its name, and what tells it from other tests of the same name.
    Other {
        /// The name under which it is missing.
        name: String,
        /// The test.
        test: String,
    },
}

impl OpenTest {
    fn name(&self) -> &str {
        match self {
            Self::Limit { fact, .. } | Self::Words { fact, .. } | Self::Holds(fact) => fact,
            Self::Other { name, .. } => name,
        }
    }
}

impl Residue {
    /// The conjunction.
    #[must_use]
    pub fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut open = Vec::new();
        for part in parts {
            match part {
                Self::Known(true) => {}
                Self::Known(false) => return Self::Known(false),
                Self::All(inner) => open.extend(inner),
                other => open.push(other),
            }
        }
        match open.len() {
            0 => Self::Known(true),
            1 => open.remove(0),
            _ => Self::All(open),
        }
    }

    /// The disjunction.
    #[must_use]
    pub fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut open = Vec::new();
        for part in parts {
            match part {
                Self::Known(false) => {}
                Self::Known(true) => return Self::Known(true),
                Self::Any(inner) => open.extend(inner),
                other => open.push(other),
            }
        }
        match open.len() {
            0 => Self::Known(false),
            1 => open.remove(0),
            _ => Self::Any(open),
        }
    }

    /// The negation.
    #[must_use]
    pub fn negate(self) -> Self {
        match self {
            Self::Known(value) => Self::Known(!value),
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    /// A settled truth value, or an open test of that name.
    #[must_use]
    pub fn of(truth: Truth, open: impl FnOnce() -> OpenTest) -> Self {
        match truth {
            Truth::True => Self::Known(true),
            Truth::False => Self::Known(false),
            Truth::Unknown => Self::Open(Box::new(open())),
        }
    }

    fn tests<'a>(&'a self, into: &mut BTreeSet<&'a OpenTest>) {
        match self {
            Self::Known(_) => {}
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|p| p.tests(into)),
            Self::Not(inner) => inner.tests(into),
            Self::Open(test) => {
                into.insert(test);
            }
        }
    }

    fn eval(&self, of: &impl Fn(&OpenTest) -> Truth) -> Truth {
        match self {
            Self::Known(value) => (*value).into(),
            Self::All(parts) => Truth::all(parts.iter().map(|p| p.eval(of))),
            Self::Any(parts) => Truth::any(parts.iter().map(|p| p.eval(of))),
            Self::Not(inner) => !inner.eval(of),
            Self::Open(test) => of(test),
        }
    }

    fn variables(&self, known: &impl Fn(&str) -> Option<Extent>) -> Vec<Variable<'_>> {
        let mut tests = BTreeSet::new();
        self.tests(&mut tests);
        let mut variables: BTreeMap<String, Vec<&OpenTest>> = BTreeMap::new();
        for test in tests {
            let key = match test {
                OpenTest::Other { name, test } => format!("{name}\u{0}{test}"),
                other => other.name().to_owned(),
            };
            variables.entry(key).or_default().push(test);
        }
        variables.into_values().map(|tests| Variable::new(tests, known)).collect()
    }

    /// The value, if it comes out alike whatever the open facts are (limits that meet without a gap, for instance). None if it hangs on
    /// them, or if there are too many to try.
    #[must_use]
    pub fn settled(&self, known: &impl Fn(&str) -> Option<Extent>) -> Option<bool> {
        if let Self::Known(value) = self {
            return Some(*value);
        }
        let variables = self.variables(known);
        let size = table_size(&variables).filter(|size| *size <= SETTLED_MAX)?;
        if !variables.iter().all(|v| v.exact) {
            return None;
        }
        let table = self.table(&variables, size);
        let first = table.first().copied()?;
        table.iter().all(|value| *value == first).then_some(first)
    }

    /// Which facts still matter, and the smallest sets that could settle it. `known` tells what is known of a quantity, `judged` which
    /// facts a person must judge: these come last.
    #[must_use]
    pub fn open_facts(
        &self,
        known: &impl Fn(&str) -> Option<Extent>,
        judged: &impl Fn(&str) -> bool,
    ) -> OpenFacts {
        let variables = self.variables(known);
        let size = table_size(&variables);
        let name = |i: usize| variables.get(i).map_or("", |v| v.name);
        let all_of_them = || ((0..variables.len()).collect(), self.by_single_facts(&variables));
        let (relevant, settling) = match size.map(|size| self.by_table(&variables, size)) {
            // Nothing mattered among the values tried, and these were not all values: everything may matter.
            Some((relevant, _)) if relevant.is_empty() => all_of_them(),
            Some(found) => found,
            None => all_of_them(),
        };
        let order = |names: &mut Vec<String>| {
            names.sort_by_key(|n| (judged(n), n.clone()));
            names.dedup();
        };
        let mut missing: Vec<String> = relevant.iter().map(|i| name(*i).to_owned()).collect();
        order(&mut missing);
        let mut settle: Vec<Vec<String>> = settling
            .iter()
            .map(|set| {
                let mut names: Vec<String> = set.iter().map(|i| name(*i).to_owned()).collect();
                order(&mut names);
                names
            })
            .collect();
        settle.sort_by_key(|set| (set.iter().any(|n| judged(n)), set.clone()));
        settle.dedup();
        OpenFacts { missing, settle }
    }

    /// The result for every combination of values.
    fn table(&self, variables: &[Variable<'_>], size: usize) -> Vec<bool> {
        let strides = strides(variables);
        let result = |row: usize| {
            self.eval(&|test| {
                let mut found = variables
                    .iter()
                    .enumerate()
                    .map(|(i, v)| v.truth(test, digit(variables, &strides, row, i)));
                found.find_map(|truth| truth).unwrap_or(Truth::Unknown)
            })
            .is_true()
        };
        (0..size).map(result).collect()
    }

    /// All combinations of values: exact.
    fn by_table(&self, variables: &[Variable<'_>], size: usize) -> (Vec<usize>, Vec<Vec<usize>>) {
        let strides = strides(variables);
        let digit = |row: usize, i: usize| digit(variables, &strides, row, i);
        let table = self.table(variables, size);
        let at = |row: usize| table.get(row).copied().unwrap_or(false);
        let relevant: Vec<usize> = (0..variables.len())
            .filter(|i| {
                let (stride, count) =
                    (strides.get(*i).copied().unwrap_or(1), variables.get(*i).map_or(1, |v| v.values.len()));
                (0..size).any(|row| {
                    let base = row - digit(row, *i) * stride;
                    (1..count).any(|d| at(base) != at(base + d * stride))
                })
            })
            .collect();
        // A set settles the question if some values of it leave the same result whatever the others are.
        let settles = |set: &[usize]| {
            let mut seen: BTreeMap<Vec<usize>, (bool, bool)> = BTreeMap::new();
            for row in 0..size {
                let key: Vec<usize> = set.iter().map(|i| digit(row, *i)).collect();
                let entry = seen.entry(key).or_insert((false, false));
                if at(row) { entry.0 = true } else { entry.1 = true }
            }
            seen.values().any(|(yes, no)| yes != no)
        };
        for count in 1..=relevant.len().min(3) {
            let found: Vec<Vec<usize>> =
                subsets(&relevant, count).into_iter().filter(|set| settles(set)).collect();
            if !found.is_empty() {
                return (relevant, found);
            }
        }
        let all = if relevant.is_empty() { Vec::new() } else { vec![relevant.clone()] };
        (relevant, all)
    }

    /// Too many combinations: each fact alone, by three-valued logic; what one fact alone cannot settle is left to all together.
    fn by_single_facts(&self, variables: &[Variable<'_>]) -> Vec<Vec<usize>> {
        let alone: Vec<Vec<usize>> = (0..variables.len())
            .filter(|i| {
                variables.get(*i).is_some_and(|v| {
                    (0..v.values.len()).any(|value| {
                        self.eval(&|test| v.truth(test, value).unwrap_or(Truth::Unknown)).is_known()
                    })
                })
            })
            .map(|i| vec![i])
            .collect();
        if alone.is_empty() { vec![(0..variables.len()).collect()] } else { alone }
    }
}

/// Words of a fact are tried in every combination up to this number of words.
const SUBSETS_MAX: usize = 4;
/// Beyond so many combinations of values, facts are tried one by one.
const TABLE_MAX: usize = 4_096;
/// Whether a residue is settled by its parts together is looked for up to so many combinations.
const SETTLED_MAX: usize = 256;

fn table_size(variables: &[Variable<'_>]) -> Option<usize> {
    variables.iter().try_fold(1usize, |n, v| n.checked_mul(v.values.len())).filter(|n| *n <= TABLE_MAX)
}

fn strides(variables: &[Variable<'_>]) -> Vec<usize> {
    let before = variables.iter().scan(1usize, |stride, v| {
        let here = *stride;
        *stride *= v.values.len();
        Some(here)
    });
    before.collect()
}

/// Which value the variable of that number has in a row of the table.
fn digit(variables: &[Variable<'_>], strides: &[usize], row: usize, i: usize) -> usize {
    let (stride, count) =
        (strides.get(i).copied().unwrap_or(1), variables.get(i).map_or(1, |v| v.values.len()));
    row / stride % count
}

fn subsets(of: &[usize], count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let mut found = Vec::new();
    for (i, first) in of.iter().enumerate() {
        for rest in subsets(of.get(i + 1..).unwrap_or(&[]), count - 1) {
            let mut set = vec![*first];
            set.extend(rest);
            found.push(set);
        }
    }
    found
}

/// The facts that a question still hangs on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenFacts {
    /// Every fact that matters.
    pub missing: Vec<String>,
    /// The smallest sets that could settle it, those without a judgement first.
    pub settle: Vec<Vec<String>>,
}

/// An open fact with the values that its tests can tell apart.
struct Variable<'a> {
    name: &'a str,
    tests: Vec<&'a OpenTest>,
    values: Vec<Value>,
    /// Every value that the tests can tell apart is among `values`.
    exact: bool,
}

enum Value {
    Number(Number),
    Truth(bool),
    Words(Vec<String>),
}

impl<'a> Variable<'a> {
    fn new(tests: Vec<&'a OpenTest>, known: &impl Fn(&str) -> Option<Extent>) -> Self {
        let name = tests.first().map_or("", |t| t.name());
        let mut exact = true;
        let mut limits: Vec<Number> = Vec::new();
        let mut words: Vec<String> = Vec::new();
        for test in &tests {
            match test {
                OpenTest::Limit { limit, .. } => limits.push(limit.clone()),
                OpenTest::Words { words: asked, .. } => words.extend(asked.iter().cloned()),
                OpenTest::Holds(_) | OpenTest::Other { .. } => {}
            }
        }
        let values = if !limits.is_empty() {
            limits.sort();
            limits.dedup();
            let mut values = Vec::new();
            let one = Number::one();
            for (i, limit) in limits.iter().enumerate() {
                values.push(match i.checked_sub(1).and_then(|before| limits.get(before)) {
                    Some(before) => middle(before, limit),
                    None => limit - &one,
                });
                values.push(limit.clone());
            }
            if let Some(last) = limits.last() {
                values.push(last + &one);
            }
            let extent = known(name);
            let fits = |value: &Number| {
                extent.as_ref().is_none_or(|e| {
                    let above =
                        e.low.as_ref().is_none_or(|l| l.value < *value || (l.closed && l.value == *value));
                    let below =
                        e.high.as_ref().is_none_or(|h| h.value > *value || (h.closed && h.value == *value));
                    above && below
                })
            };
            let mut fitting: Vec<Value> =
                values.iter().filter(|v| fits(v)).cloned().map(Value::Number).collect();
            // A narrow extent may lie between two tried values: its ends stand for it.
            if let Some(e) = &extent {
                for end in [&e.low, &e.high].into_iter().flatten().filter(|end| end.closed) {
                    fitting.push(Value::Number(end.value.clone()));
                }
            }
            if fitting.is_empty() { values.into_iter().map(Value::Number).collect() } else { fitting }
        } else if !words.is_empty() {
            words.sort();
            words.dedup();
            exact = words.len() <= SUBSETS_MAX;
            if exact {
                (0..1usize << words.len())
                    .map(|set| {
                        let chosen = words.iter().enumerate().filter(|(i, _)| set >> i & 1 == 1);
                        Value::Words(chosen.map(|(_, w)| w.clone()).collect())
                    })
                    .collect()
            } else {
                let mut values: Vec<Value> = vec![Value::Words(Vec::new())];
                values.extend(words.iter().map(|w| Value::Words(vec![w.clone()])));
                values.push(Value::Words(words));
                values
            }
        } else {
            vec![Value::Truth(false), Value::Truth(true)]
        };
        Self { name, tests, values, exact }
    }

    /// The truth of a test when the fact has its value of that number; none if the test is not on this fact.
    fn truth(&self, test: &OpenTest, value: usize) -> Option<Truth> {
        if !self.tests.contains(&test) {
            return None;
        }
        let value = self.values.get(value)?;
        let truth = match (test, value) {
            (OpenTest::Limit { op, limit, .. }, Value::Number(number)) => op.holds(number, limit),
            (OpenTest::Words { words, .. }, Value::Words(given)) => given.iter().any(|w| words.contains(w)),
            (OpenTest::Holds(_) | OpenTest::Other { .. }, Value::Truth(truth)) => *truth,
            _ => return Some(Truth::Unknown),
        };
        Some(truth.into())
    }
}

fn middle(a: &Number, b: &Number) -> Number {
    let two = Number::from(2);
    (a + b).checked_div(&two).unwrap_or_else(|| a.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(fact: &str, op: Op, value: i64) -> Residue {
        Residue::Open(Box::new(OpenTest::Limit { fact: fact.into(), op, limit: value.into() }))
    }

    fn holds(fact: &str) -> Residue {
        Residue::Open(Box::new(OpenTest::Holds(fact.into())))
    }

    fn open(residue: &Residue) -> OpenFacts {
        residue.open_facts(&|_| None, &|name| name.starts_with("judged"))
    }

    #[test]
    fn in_a_conjunction_every_fact_can_settle_it() {
        let r =
            Residue::all([limit("power", Op::Ge, 40), holds("locked").negate(), holds("judged_made_for")]);
        let facts = open(&r);
        assert_eq!(facts.missing, ["locked", "power", "judged_made_for"]);
        assert_eq!(facts.settle, [vec!["locked"], vec!["power"], vec!["judged_made_for"]]);
    }

    #[test]
    fn a_fact_whose_values_all_lead_to_the_same_end_does_not_matter() {
        // x >= 5 or x < 5: whatever x is, it holds; only y matters, and alone settles nothing more.
        let covered = Residue::Any(vec![limit("x", Op::Ge, 5), limit("x", Op::Lt, 5)]);
        let facts = open(&Residue::All(vec![covered, holds("y")]));
        assert_eq!(facts.missing, ["y"]);
        assert_eq!(facts.settle, [vec!["y"]]);
    }

    #[test]
    fn limits_that_meet_without_a_gap_settle_it() {
        let covered = Residue::Any(vec![limit("x", Op::Ge, 5), limit("x", Op::Lt, 5)]);
        assert_eq!(covered.settled(&|_| None), Some(true));
        let gap = Residue::Any(vec![limit("x", Op::Gt, 5), limit("x", Op::Lt, 5)]);
        assert_eq!(gap.settled(&|_| None), None);
        let words = |list: &[&str]| {
            let words = list.iter().map(|w| (*w).to_owned()).collect();
            Residue::Open(Box::new(OpenTest::Words { fact: "w".into(), words }))
        };
        let two_of_three = Residue::All(vec![words(&["a"]), words(&["b"]), words(&["c"]).negate()]);
        assert_eq!(two_of_three.settled(&|_| None), None);
    }

    #[test]
    fn an_exclusive_choice_needs_both_facts() {
        let xor = Residue::Any(vec![
            Residue::All(vec![holds("a"), holds("b").negate()]),
            Residue::All(vec![holds("a").negate(), holds("b")]),
        ]);
        let facts = open(&xor);
        assert_eq!(facts.missing, ["a", "b"]);
        assert_eq!(facts.settle, [vec!["a", "b"]]);
    }

    #[test]
    fn what_is_known_of_a_quantity_narrows_the_values_tried() {
        // x is known to be 8 or more: the first band is out of reach and only the second limit matters.
        let bands = Residue::Any(vec![
            Residue::all([limit("x", Op::Lt, 8), holds("a")]),
            Residue::all([limit("x", Op::Ge, 10), holds("b")]),
        ]);
        let known = |name: &str| {
            (name == "x").then(|| Extent {
                low: Some(comity_model::unit::End { value: 8.into(), closed: true }),
                high: None,
            })
        };
        assert_eq!(bands.open_facts(&known, &|_| false).missing, ["b", "x"]);
    }
}
