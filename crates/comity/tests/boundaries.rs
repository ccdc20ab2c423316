//! Every quantity limit of every encoded provision of every control list, tried just below, at, and just above.
//!
//! No case is written by hand. For each limit an item is built that meets all else the provision asks for, so that the limit alone decides:
//! its limb must then come out as the operator says, and the provision be matched or not with it. What could not be built is counted and
//! told; the figures have floors that only rise.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test stops where it fails"
)]

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use comity::world;
use comity_engine::classify::{Frame, Judge, SPECIALLY_DESIGNED_FOR, day_compare, join, path_under};
use comity_model::Day;
use comity_model::control::{ControlList, Entry, EntryVersion, Provision, head, is_under};
use comity_model::deal::{Activity, Deal, EndUse, Item};
use comity_model::expr::{Expr, Owner, Quantifier, Test};
use comity_model::fact::{Fact, FactDef, FactKind, FactValue, Facts};
use comity_model::lawbook::Lawbook;
use comity_model::number::Number;
use comity_model::place::{Place, StateCode};
use comity_model::truth::Truth;
use comity_model::unit::{Extent, Op, Quantity};

/// Limits that were reached, of those that there are. They may only rise.
const LIMITS_REACHED_MIN: usize = 1_474;
/// Limits of which also the provision was matched on one side and not on the other.
const PROVISIONS_TURNED_MIN: usize = 1_468;

/// Whose fact: the item's, or that of a row of one of its lists.
type Scope = Option<(String, usize)>;

/// What is asked of one fact so far.
#[derive(Clone, Debug)]
enum Asked {
    Quantity {
        low: Option<(Number, bool)>,
        high: Option<(Number, bool)>,
        basis: Option<String>,
    },
    /// The limit under trial: other tests of the same fact must come out alike below, at and above it.
    OnTrial {
        values: [Number; 3],
        basis: Option<String>,
    },
    Truth(bool),
    Words {
        one_of: Vec<Vec<String>>,
        never: BTreeSet<String>,
    },
}

/// An item in the making.
#[derive(Clone, Debug, Default)]
struct Sketch {
    facts: BTreeMap<(Scope, String), Asked>,
    rows: BTreeMap<String, usize>,
    classes: BTreeSet<String>,
    never_classes: BTreeSet<String>,
    /// Whether the destination is party to a treaty; none: of no matter.
    party: Option<bool>,
    contains: bool,
}

/// Something that must come out true or false.
#[derive(Clone, Debug)]
struct Goal<'a> {
    expr: &'a Expr,
    wanted: bool,
    scope: Scope,
}

/// Where a limit stands: what else must hold so that it alone decides, in which scope, and whether it counts the other way round.
struct Isolated<'a> {
    goals: Vec<Goal<'a>>,
    scope: Scope,
    turned: bool,
    rows: Vec<(String, usize)>,
}

struct Builder<'a> {
    book: &'a Lawbook,
    list: &'a ControlList,
    day: Day,
    /// What codes mean, put together once.
    codes: RefCell<BTreeMap<(String, usize), &'static Expr>>,
}

/// Keeps a condition that is put together here as long as the test lasts.
fn keep(expr: Expr) -> &'static Expr {
    Box::leak(Box::new(expr))
}

impl<'a> Builder<'a> {
    fn defs(&self) -> &'a BTreeMap<String, FactDef> {
        &self.book.basics().item_facts
    }

    /// Where a name is read: in the row if the list has such a key, else at the item.
    fn place(&self, scope: &Scope, name: &str) -> Scope {
        scope
            .clone()
            .filter(|(list, _)| self.defs().get(list).is_some_and(|d| d.values.iter().any(|v| v == name)))
    }

    /// The path to `target` below `expr`: what lies beside it is set so that the whole is the target, or its contrary.
    fn isolate(&self, expr: &'a Expr, target: &'a Test, scope: &Scope) -> Option<Isolated<'a>> {
        let beside = |parts: &'a [Expr], wanted: bool| -> Option<Isolated<'a>> {
            parts.iter().enumerate().find_map(|(i, part)| {
                let mut inner = self.isolate(part, target, scope)?;
                let others = parts.iter().enumerate().filter(|(n, _)| *n != i);
                inner.goals.extend(others.map(|(_, expr)| Goal { expr, wanted, scope: scope.clone() }));
                Some(inner)
            })
        };
        match expr {
            Expr::Const(_) => None,
            Expr::All(parts) => beside(parts, true),
            Expr::Any(parts) => beside(parts, false),
            Expr::Not(inner) => self.isolate(inner, target, scope).map(|mut found| {
                found.turned = !found.turned;
                found
            }),
            Expr::Test(test) if std::ptr::eq(test, target) => {
                Some(Isolated { goals: Vec::new(), scope: scope.clone(), turned: false, rows: Vec::new() })
            }
            Expr::Test(Test::Rows { list, quantifier, inner }) if scope.is_none() => {
                let (met_beside, turned) = match quantifier {
                    Quantifier::Some | Quantifier::Every => (0, false),
                    Quantifier::None => (0, true),
                    Quantifier::Count(Op::Ge | Op::Eq, n) => ((*n as usize).checked_sub(1)?, false),
                    Quantifier::Count(Op::Gt, n) => (*n as usize, false),
                    Quantifier::Count(Op::Lt, n) => ((*n as usize).checked_sub(1)?, true),
                    Quantifier::Count(Op::Le, n) => (*n as usize, true),
                };
                let at = |row: usize| Some((list.clone(), row));
                let mut found = self.isolate(inner, target, &at(met_beside))?;
                found.goals.extend((0..met_beside).map(|row| Goal {
                    expr: inner,
                    wanted: true,
                    scope: at(row),
                }));
                found.rows.push((list.clone(), met_beside + 1));
                found.turned ^= turned;
                Some(found)
            }
            Expr::Test(_) => None,
        }
    }

    /// All ways, up to a budget, of meeting the goals from a sketch.
    fn meet(
        &self,
        goals: &[Goal<'a>],
        sketch: Sketch,
        budget: &mut usize,
        done: &mut dyn FnMut(&Sketch) -> bool,
    ) -> bool {
        // What leaves no choice comes first.
        let Some(next) =
            goals.iter().position(|g| !branches(g)).or(if goals.is_empty() { None } else { Some(0) })
        else {
            *budget = budget.saturating_sub(COMPLETE);
            return done(&sketch);
        };
        *budget = budget.saturating_sub(1);
        if *budget == 0 {
            return true;
        }
        let goal = &goals[next];
        let rest: Vec<Goal<'a>> =
            goals.iter().enumerate().filter(|(n, _)| *n != next).map(|(_, g)| g.clone()).collect();
        let rest = rest.as_slice();
        let with = |expr: &'a Expr, wanted: bool| Goal { expr, wanted, scope: goal.scope.clone() };
        match (goal.expr, goal.wanted) {
            (Expr::Const(value), wanted) => *value == wanted && self.meet(rest, sketch, budget, done),
            (Expr::Not(inner), wanted) => {
                let mut goals = vec![with(inner, !wanted)];
                goals.extend_from_slice(rest);
                self.meet(&goals, sketch, budget, done)
            }
            (Expr::All(parts), true) | (Expr::Any(parts), false) => {
                let mut goals: Vec<Goal<'a>> = parts.iter().map(|p| with(p, goal.wanted)).collect();
                goals.extend_from_slice(rest);
                self.meet(&goals, sketch, budget, done)
            }
            (Expr::Any(parts), true) if parts.iter().any(|p| self.is_already(p, &sketch)) => {
                self.meet(rest, sketch, budget, done)
            }
            (Expr::Any(parts), true) | (Expr::All(parts), false) => parts.iter().any(|part| {
                let mut goals = vec![with(part, goal.wanted)];
                goals.extend_from_slice(rest);
                self.meet(&goals, sketch.clone(), budget, done)
            }),
            (Expr::Test(test), wanted) => self.test(test, wanted, &goal.scope, rest, sketch, budget, done),
        }
    }

    /// Whether a class that the item has meets the test already.
    fn is_already(&self, expr: &Expr, sketch: &Sketch) -> bool {
        let tree = &self.book.basics().classes;
        let Expr::Test(Test::Class(name)) = expr else { return false };
        let Some((wanted, _)) = tree.get(name) else { return false };
        sketch.classes.iter().any(|c| tree.get(c).is_some_and(|(c, _)| tree.is_a(c, wanted)))
    }

    #[allow(clippy::too_many_arguments, reason = "the state of a search")]
    fn test(
        &self,
        test: &'a Test,
        wanted: bool,
        scope: &Scope,
        rest: &[Goal<'a>],
        mut sketch: Sketch,
        budget: &mut usize,
        done: &mut dyn FnMut(&Sketch) -> bool,
    ) -> bool {
        match test {
            Test::Holds(fact) if fact.owner == Owner::Item => {
                let key = (self.place(scope, &fact.name), fact.name.clone());
                match sketch.facts.get(&key) {
                    Some(Asked::Truth(was)) if *was == wanted => {}
                    Some(_) => return false,
                    None => {
                        sketch.facts.insert(key, Asked::Truth(wanted));
                    }
                }
            }
            Test::Limit { fact, basis, op, limit } if fact.owner == Owner::Item => {
                let Some(def) = self.defs().get(&fact.name) else { return false };
                let basis =
                    basis.clone().or_else(|| def.basis.first().filter(|_| def.basis.len() == 1).cloned());
                let key = (self.place(scope, &fact.name), fact.name.clone());
                let (mut low, mut high) = (None, None);
                match sketch.facts.get(&key) {
                    Some(Asked::OnTrial { values, basis: own }) => {
                        if (own.is_some() && basis.is_some() && *own != basis)
                            || values.iter().any(|v| op.holds(v, &limit.value) != wanted)
                        {
                            return false;
                        }
                        return self.meet(rest, sketch, budget, done);
                    }
                    Some(Asked::Quantity { low: l, high: h, basis: own }) => {
                        if *own != basis {
                            return false;
                        }
                        (low, high) = (l.clone(), h.clone());
                    }
                    Some(_) => return false,
                    None => {}
                }
                let at = limit.value.clone();
                match (op, wanted) {
                    (Op::Gt, true) | (Op::Le, false) => raise(&mut low, at, false),
                    (Op::Ge, true) | (Op::Lt, false) => raise(&mut low, at, true),
                    (Op::Lt, true) | (Op::Ge, false) => lower(&mut high, at, false),
                    (Op::Le, true) | (Op::Gt, false) => lower(&mut high, at, true),
                    (Op::Eq, true) => {
                        raise(&mut low, at.clone(), true);
                        lower(&mut high, at, true);
                    }
                    (Op::Eq, false) => raise(&mut low, at, false),
                }
                if inside(&low, &high).is_none() {
                    return false;
                }
                sketch.facts.insert(key, Asked::Quantity { low, high, basis });
            }
            Test::Words { fact, words } if fact.owner == Owner::Item => {
                let key = (self.place(scope, &fact.name), fact.name.clone());
                let (mut one_of, mut never) = match sketch.facts.get(&key) {
                    Some(Asked::Words { one_of, never }) => (one_of.clone(), never.clone()),
                    Some(_) => return false,
                    None => (Vec::new(), BTreeSet::new()),
                };
                if wanted {
                    one_of.push(words.clone())
                } else {
                    never.extend(words.iter().cloned())
                }
                if self.spell(&fact.name, &one_of, &never).is_none() {
                    return false;
                }
                sketch.facts.insert(key, Asked::Words { one_of, never });
            }
            Test::Rows { list, quantifier, inner } if scope.is_none() => {
                // A row of its own for what must hold; no row at all where none may.
                let there = sketch.rows.get(list).copied().unwrap_or(0);
                let every_row =
                    |from: usize, to: usize, wanted: bool| (from..to).map(move |row| (row, wanted));
                let (total, rows): (usize, Vec<(usize, bool)>) = match (quantifier, wanted) {
                    (Quantifier::Some, true) | (Quantifier::None, false) => {
                        // First a row that is there already, then one more.
                        for row in 0..there {
                            let mut goals =
                                vec![Goal { expr: inner, wanted: true, scope: Some((list.clone(), row)) }];
                            goals.extend_from_slice(rest);
                            if self.meet(&goals, sketch.clone(), budget, done) {
                                return true;
                            }
                        }
                        (there + 1, vec![(there, true)])
                    }
                    (Quantifier::Some, false) | (Quantifier::None, true) => {
                        (there, every_row(0, there, false).collect())
                    }
                    (Quantifier::Every, true) => (there.max(1), every_row(0, there.max(1), true).collect()),
                    (Quantifier::Every, false) => (there + 1, vec![(there, false)]),
                    (Quantifier::Count(Op::Ge | Op::Eq, n), true) => {
                        let total = there.max(*n as usize);
                        (total, every_row(0, *n as usize, true).collect())
                    }
                    (Quantifier::Count(Op::Ge, n), false) if there < *n as usize => (there, Vec::new()),
                    (Quantifier::Count(Op::Ge, _), false) => (there, every_row(0, there, false).collect()),
                    (Quantifier::Count(..), _) => return false,
                };
                sketch.rows.insert(list.clone(), total);
                let mut goals: Vec<Goal<'a>> = rows
                    .into_iter()
                    .map(|(row, wanted)| Goal { expr: inner, wanted, scope: Some((list.clone(), row)) })
                    .collect();
                goals.extend_from_slice(rest);
                return self.meet(&goals, sketch, budget, done);
            }
            Test::Class(name) => {
                if wanted && self.is_already(&Expr::Test(test.clone()), &sketch) {
                    return self.meet(rest, sketch, budget, done);
                }
                if wanted {
                    sketch.classes.insert(name.clone());
                } else {
                    sketch.never_classes.insert(name.clone());
                }
                let tree = &self.book.basics().classes;
                let clash = sketch.classes.iter().any(|c| {
                    sketch.never_classes.iter().any(|n| match (tree.get(c), tree.get(n)) {
                        (Some((c, _)), Some((n, _))) => tree.is_a(c, n),
                        _ => true,
                    })
                });
                if clash {
                    return false;
                }
            }
            Test::Entry(code) => {
                let mut goals = vec![Goal { expr: self.code(code, 2), wanted, scope: None }];
                goals.extend_from_slice(rest);
                return self.meet(&goals, sketch, budget, done);
            }
            Test::Contains(_) => {
                if wanted || sketch.contains {
                    return false;
                }
            }
            Test::Standing { words, .. } => {
                let party = wanted == words.iter().any(|w| w == "party");
                if sketch.party.is_some_and(|p| p != party) {
                    return false;
                }
                sketch.party = Some(party);
            }
            Test::Date(op, day) => {
                if day_compare(self.day, *op, *day).is_true() != wanted {
                    return false;
                }
            }
            _ => return false,
        }
        self.meet(rest, sketch, budget, done)
    }

    /// What it means that an item is under a code, put together from the provisions there.
    fn code(&self, code: &str, depth: usize) -> &'static Expr {
        if let Some(known) = self.codes.borrow().get(&(code.to_owned(), depth)) {
            return known;
        }
        let never = || keep(Expr::Const(false));
        let Some(entry) = self.list.entry(head(code)) else { return never() };
        let Some(version) = entry.version_on(self.day) else { return never() };
        let below: Vec<&Provision> = version
            .provisions
            .iter()
            .filter(|p| {
                p.period.contains(self.day)
                    && (is_under(&join(&entry.code, &p.path), code)
                        || is_under(code, &join(&entry.code, &p.path)))
            })
            .collect();
        let any = below.into_iter().map(|p| {
            let mut all: Vec<Expr> = vec![self.gate(entry, p)];
            all.extend(p.limbs.iter().map(|l| l.when.clone()));
            all.extend(notes(version, p, self.day).map(|n| Expr::Not(Box::new(n.clone()))));
            if depth > 0 {
                all.extend(
                    version.other_than.iter().map(|c| Expr::Not(Box::new(self.code(c, depth - 1).clone()))),
                );
            }
            Expr::All(all)
        });
        let made = keep(Expr::Any(any.collect()));
        self.codes.borrow_mut().insert((code.to_owned(), depth), made);
        made
    }

    /// Whether the item is one that the provision can name.
    fn gate(&self, entry: &Entry, provision: &Provision) -> Expr {
        let tree = &self.book.basics().classes;
        let names = |of: &[u32]| -> Vec<String> {
            of.iter().filter_map(|i| tree.classes.get(*i as usize)).map(|c| c.name.clone()).collect()
        };
        if provision.parts {
            let fact =
                comity_model::expr::FactRef { owner: Owner::Item, name: SPECIALLY_DESIGNED_FOR.into() };
            Expr::Test(Test::Words { fact, words: names(&entry.parts) })
        } else {
            Expr::Any(names(&entry.gate).into_iter().map(|n| Expr::Test(Test::Class(n))).collect())
        }
    }

    /// Words for a fact: some of each set, none of the forbidden.
    fn spell(&self, name: &str, one_of: &[Vec<String>], never: &BTreeSet<String>) -> Option<Vec<String>> {
        let def = self.defs().get(name)?;
        if def.kind == FactKind::Word {
            let mut able: Vec<String> = match one_of.first() {
                Some(first) => first.clone(),
                None if def.values.is_empty() => vec!["something_else".into()],
                None => def.values.clone(),
            };
            able.retain(|w| !never.contains(w) && one_of.iter().all(|set| set.contains(w)));
            return able.first().map(|w| vec![w.clone()]);
        }
        let mut words: Vec<String> = Vec::new();
        for set in one_of {
            if !set.iter().any(|w| words.contains(w)) {
                words.push(set.iter().find(|w| !never.contains(*w))?.clone());
            }
        }
        Some(words)
    }

    /// The class itself, or, where something below it is ruled out, one below it that leaves no doubt.
    fn below(&self, class: &str, never: &BTreeSet<String>) -> Option<String> {
        let tree = &self.book.basics().classes;
        let (class, _) = tree.get(class)?;
        let never: Vec<u32> = never.iter().filter_map(|n| tree.get(n)).map(|(n, _)| n).collect();
        let clean = |c: u32| never.iter().all(|n| !tree.is_a(c, *n) && !tree.is_a(*n, c));
        let all = 0..u32::try_from(tree.classes.len()).unwrap();
        std::iter::once(class)
            .chain(all.filter(|c| tree.is_a(*c, class)))
            .find(|c| clean(*c))
            .map(|c| tree.classes[c as usize].name.clone())
    }

    /// The classes to begin with: those that the conditions speak of, then the others of the gate.
    fn beginnings(&self, entry: &Entry, provision: &Provision) -> Vec<Option<String>> {
        let tree = &self.book.basics().classes;
        if provision.parts {
            return vec![None];
        }
        let gate: Vec<&comity_model::control::Class> =
            entry.gate.iter().filter_map(|i| tree.classes.get(*i as usize)).collect();
        let mut names: Vec<String> = Vec::new();
        for limb in &provision.limbs {
            limb.when.for_each_test(&mut |test| {
                if let Test::Class(name) = test
                    && let Some((class, _)) = tree.get(name)
                    && entry.gate.iter().any(|g| tree.is_a(class, *g))
                    && !names.contains(name)
                {
                    names.push(name.clone());
                }
            });
        }
        for class in gate {
            if !names.contains(&class.name) {
                names.push(class.name.clone());
            }
        }
        names.into_iter().take(8).map(Some).collect()
    }

    fn fact(&self, name: &str, asked: &Asked) -> Option<Fact> {
        let def = self.defs().get(name)?;
        let quantity = |value: Number, basis: &Option<String>| -> Option<Fact> {
            let quantity = Quantity {
                text: format!("{value}"),
                extent: Extent::point(value),
                dimension: def.dimension?,
            };
            Some(Fact {
                basis: basis.clone().or_else(|| def.basis.first().cloned()),
                ..Fact::stated(FactValue::Quantity(quantity))
            })
        };
        match asked {
            Asked::Quantity { low, high, basis } => quantity(inside(low, high)?, basis),
            Asked::OnTrial { values, basis } => quantity(values[1].clone(), basis),
            Asked::Truth(value) => Some(Fact::stated(FactValue::Truth(*value))),
            Asked::Words { one_of, never } => {
                Some(Fact::stated(FactValue::Words(self.spell(name, one_of, never)?)))
            }
        }
    }

    fn item(&self, sketch: &Sketch) -> Option<Item> {
        let mut facts = Facts::new();
        for (list, count) in &sketch.rows {
            let mut rows = vec![Facts::new(); *count];
            for ((scope, name), asked) in &sketch.facts {
                if let Some((of, row)) = scope
                    && of == list
                {
                    rows.get_mut(*row)?.insert(name.clone(), self.fact(name, asked)?);
                }
            }
            facts.insert(list.clone(), Fact::stated(FactValue::Rows(rows)));
        }
        for ((scope, name), asked) in &sketch.facts {
            if scope.is_none() {
                facts.insert(name.clone(), self.fact(name, asked)?);
            }
        }
        let none = || Fact::stated(FactValue::Words(vec!["none".into()]));
        facts.entry(SPECIALLY_DESIGNED_FOR.into()).or_insert_with(none);
        Some(Item {
            description: String::new(),
            classes: sketch
                .classes
                .iter()
                .map(|c| self.below(c, &sketch.never_classes))
                .collect::<Option<_>>()?,
            hs: None,
            quantity: None,
            value: None,
            origin: None,
            content: None,
            claimed: Vec::new(),
            facts,
            contains: Some(Vec::new()),
        })
    }
}

/// Steps that a whole item costs of the budget of a search; each other step costs one.
const COMPLETE: usize = 40;
/// The budget of a search.
const BUDGET: usize = 6_000;

/// Whether a goal can be met in more ways than one.
fn branches(goal: &Goal<'_>) -> bool {
    match (goal.expr, goal.wanted) {
        (Expr::Any(parts), true) | (Expr::All(parts), false) => parts.len() > 1,
        (Expr::Not(inner), wanted) => branches(&Goal { expr: inner, wanted: !wanted, scope: None }),
        (Expr::Test(Test::Rows { .. } | Test::Entry(_)), _) => true,
        _ => false,
    }
}

fn notes<'v>(
    version: &'v EntryVersion,
    provision: &'v Provision,
    day: Day,
) -> impl Iterator<Item = &'v Expr> {
    version
        .notes
        .iter()
        .filter(move |n| n.period.contains(day) && n.scope.iter().any(|s| path_under(&provision.path, s)))
        .map(|n| &n.when)
}

fn raise(low: &mut Option<(Number, bool)>, to: Number, closed: bool) {
    match low {
        Some((at, _)) if *at > to => {}
        Some((at, was)) if *at == to => *was &= closed,
        _ => *low = Some((to, closed)),
    }
}

fn lower(high: &mut Option<(Number, bool)>, to: Number, closed: bool) {
    match high {
        Some((at, _)) if *at < to => {}
        Some((at, was)) if *at == to => *was &= closed,
        _ => *high = Some((to, closed)),
    }
}

/// A value well inside.
fn inside(low: &Option<(Number, bool)>, high: &Option<(Number, bool)>) -> Option<Number> {
    let two = Number::from(2);
    match (low, high) {
        (None, None) => Some(Number::one()),
        (Some((low, _)), None) if low.is_negative() => low.checked_div(&two),
        (Some((low, _)), None) => Some(&(low * &two) + &Number::one()),
        (None, Some((high, _))) if high.is_negative() => Some(high * &two),
        (None, Some((high, closed))) if high.is_zero() => {
            Some(if *closed { Number::zero() } else { &Number::zero() - &Number::one() })
        }
        (None, Some((high, _))) => high.checked_div(&two),
        (Some((low, a)), Some((high, b))) if low == high => (*a && *b).then(|| low.clone()),
        (Some((low, _)), Some((high, _))) if low < high => (low + high).checked_div(&two),
        _ => None,
    }
}

/// The quantity limits on facts of the item in a condition, also those inside of rows.
fn limits<'e>(expr: &'e Expr, into: &mut Vec<&'e Test>) {
    expr.for_each_test(&mut |test| {
        if let Test::Limit { fact, .. } = test
            && fact.owner == Owner::Item
        {
            into.push(test);
        }
    });
}

fn deal(to: &str, day: Day) -> Deal {
    Deal {
        id: None,
        date: Some(day),
        activity: Activity::Export,
        from: None,
        to: Some(Place::from(to.parse::<StateCode>().unwrap())),
        legs: Vec::new(),
        parties: Vec::new(),
        items: Vec::new(),
        end_use: EndUse::default(),
        licences: Vec::new(),
        facts: Facts::new(),
    }
}

/// Just below, at, and just above.
fn around(limit: &Number) -> [Number; 3] {
    let million = Number::from(1_000_000);
    let step = limit
        .checked_div(&million)
        .filter(|s| !s.is_zero())
        .unwrap_or_else(|| Number::one().checked_div(&million).unwrap());
    let step = if step.is_negative() { &Number::zero() - &step } else { step };
    [limit - &step, limit.clone(), limit + &step]
}

#[derive(Default)]
struct Count {
    provisions: usize,
    limits: usize,
    reached: usize,
    turned: usize,
    not_built: Vec<String>,
    not_turned: Vec<String>,
    faults: Vec<String>,
}

#[test]
fn every_limit_decides_as_its_operator_says() {
    // The search goes down one step a condition: some entries hold hundreds.
    std::thread::Builder::new().stack_size(1 << 30).spawn(try_every_limit).unwrap().join().unwrap();
}

fn try_every_limit() {
    let book = world::embedded().unwrap();
    let day: Day = "2026-11-21".parse().unwrap();
    let mut count = Count::default();
    for list in book.controls() {
        let builder = Builder { book: &book, list, day, codes: RefCell::default() };
        for (e, entry) in list.entries.iter().enumerate() {
            let Some(version) = entry.version_on(day) else { continue };
            for (p, provision) in
                version.provisions.iter().enumerate().filter(|(_, p)| p.period.contains(day))
            {
                let mut found = Vec::new();
                provision.limbs.iter().enumerate().for_each(|(l, limb)| {
                    let mut tests = Vec::new();
                    limits(&limb.when, &mut tests);
                    found.extend(tests.into_iter().map(|t| (l, t)));
                });
                count.provisions += usize::from(!found.is_empty());
                for (l, target) in found {
                    count.limits += 1;
                    one_limit(&builder, (e, entry), version, (p, provision), l, target, &mut count);
                }
            }
        }
    }
    println!(
        "{} limits in {} provisions: {} decided alone, {} of them turned their provision",
        count.limits, count.provisions, count.reached, count.turned
    );
    println!("no item could be built for {}: {:#?}", count.not_built.len(), count.not_built);
    println!(
        "the limb was decided, the provision could not be met besides, for {}: {:#?}",
        count.not_turned.len(),
        count.not_turned
    );
    assert!(count.faults.is_empty(), "{} faults:\n{}", count.faults.len(), count.faults.join("\n"));
    assert!(count.reached >= LIMITS_REACHED_MIN, "{} of {LIMITS_REACHED_MIN}", count.reached);
    assert!(count.turned >= PROVISIONS_TURNED_MIN, "{} of {PROVISIONS_TURNED_MIN}", count.turned);
}

fn one_limit<'a>(
    builder: &Builder<'a>,
    (e, entry): (usize, &'a Entry),
    version: &'a EntryVersion,
    (p, provision): (usize, &'a Provision),
    l: usize,
    target: &'a Test,
    count: &mut Count,
) {
    let Test::Limit { fact, basis, op, limit } = target else { return };
    let limb = &provision.limbs[l];
    let what = format!(
        "{}:{} {} {} {} {}",
        builder.list.id,
        join(&entry.code, &provision.path),
        limb.label,
        fact.name,
        op.sign(),
        limit.text
    );
    let Some(isolated) = builder.isolate(&limb.when, target, &None) else {
        count.not_built.push(format!("{what}: no path to it"));
        return;
    };
    let def = builder.defs().get(&fact.name).unwrap();
    let basis = basis.clone().or_else(|| def.basis.first().filter(|_| def.basis.len() == 1).cloned());
    let values = around(&limit.value);
    let mut sketch = Sketch::default();
    let place = builder.place(&isolated.scope, &fact.name);
    sketch.facts.insert((place.clone(), fact.name.clone()), Asked::OnTrial { values: values.clone(), basis });
    for (list, rows) in &isolated.rows {
        sketch.rows.insert(list.clone(), *rows);
    }
    let goal = |expr: &'a Expr, wanted: bool| Goal { expr, wanted, scope: None };
    let mut limb_goals = isolated.goals.clone();
    limb_goals.extend(
        provision.limbs.iter().enumerate().filter(|(n, _)| *n != l).map(|(_, limb)| goal(&limb.when, true)),
    );
    if provision.parts {
        limb_goals.push(goal(keep(builder.gate(entry, provision)), true));
    }
    let mut all_goals = limb_goals.clone();
    all_goals.extend(version.other_than.iter().map(|code| goal(builder.code(code, 1), false)));
    all_goals.extend(notes(version, provision, builder.day).map(|note| goal(note, false)));

    let mut limb_tried = false;
    let mut turned = false;
    let mut first_fault = None;
    let beginnings = builder.beginnings(entry, provision);
    for (goals, class) in
        [&all_goals, &limb_goals].into_iter().flat_map(|g| beginnings.iter().map(move |c| (g, c)))
    {
        let mut budget = BUDGET;
        let mut sketch = sketch.clone();
        sketch.classes.extend(class.clone());
        builder.meet(goals, sketch, &mut budget, &mut |sketch| {
            let Some(item) = builder.item(sketch) else { return false };
            let to = if sketch.party == Some(false) { "EG" } else { "BR" };
            let of = deal(to, builder.day);
            let frame = Frame { book: builder.book, deal: &of, day: builder.day };
            let others = Judge::new(frame, builder.list, &item);
            let met = |n: usize| others.holds(&provision.limbs[n].when).is_true();
            if (0..provision.limbs.len()).any(|n| n != l && !met(n)) {
                return false;
            }
            let mut outcomes = Vec::new();
            for value in &values {
                let mut item = item.clone();
                set(&mut item, &place, &fact.name, value);
                let wanted = op.holds(value, &limit.value) != isolated.turned;
                let truth = Judge::new(frame, builder.list, &item).holds(&limb.when);
                if truth == Truth::Unknown {
                    return false; // the sketch lacks something: not this way
                }
                if truth != Truth::from(wanted) {
                    first_fault.get_or_insert_with(|| {
                        format!(
                            "{what}: at {value} the limb is {truth:?}, not {wanted}; facts {:?}",
                            item.facts
                        )
                    });
                    return false;
                }
                let judge = Judge::new(frame, builder.list, &item);
                if wanted && !judge.code(&join(&entry.code, &provision.path)).is_true() {
                    outcomes.push((true, false, false, false));
                    continue;
                }
                let on = judge.list();
                let here =
                    on.matched.iter().any(|at| at.entry == e && at.version.is_some() && at.provision == p);
                let deeper = on
                    .matched
                    .iter()
                    .any(|at| at.entry == e && is_under(&at.code, &join(&entry.code, &provision.path)));
                let other = on
                    .open
                    .iter()
                    .chain(on.excluded.iter().map(|(at, _)| at))
                    .any(|at| at.entry == e && at.provision == p);
                outcomes.push((wanted, here, deeper, other));
            }
            limb_tried = true;
            if outcomes.iter().any(|(wanted, here, ..)| !wanted && *here) {
                first_fault.get_or_insert_with(|| format!("{what}: matched where its limb is not met"));
            }
            turned = outcomes.iter().all(
                |(wanted, here, deeper, other)| if *wanted { *here || *deeper } else { !here && !other },
            );
            turned
        });
        if turned || (limb_tried && std::ptr::eq(goals, &raw const limb_goals)) {
            break;
        }
    }
    if limb_tried {
        count.reached += 1;
        if turned { count.turned += 1 } else { count.not_turned.push(what) }
    } else if let Some(fault) = first_fault {
        count.faults.push(fault);
    } else {
        count.not_built.push(what);
    }
}

/// Puts a value into the fact under trial.
fn set(item: &mut Item, place: &Scope, name: &str, value: &Number) {
    let facts = match place {
        None => &mut item.facts,
        Some((list, row)) => match &mut item.facts.get_mut(list).unwrap().value {
            FactValue::Rows(rows) => &mut rows[*row],
            _ => return,
        },
    };
    if let Some(Fact { value: FactValue::Quantity(quantity), .. }) = facts.get_mut(name) {
        quantity.extent = Extent::point(value.clone());
        quantity.text = value.to_string();
    }
}
