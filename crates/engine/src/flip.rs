//! What would change the answer: single changes of technical facts, of content, and of legal facts. Destinations, routes, parties, end uses,
//! values and splits are never changed here; that would be a recipe for evasion.

use comity_model::answer::Flip;
use comity_model::deal::{Deal, Item};
use comity_model::expr::{Expr, Owner, Test};
use comity_model::fact::{Fact, FactValue};
use comity_model::number::Number;
use comity_model::rule::Outcome;
use comity_model::unit::{Extent, Op, Quantity};

use crate::classify::{At, Classified, Frame, OnList, classify};
use crate::decide::{Chosen, Court, Evidenced};
use crate::describe;
use crate::laws::alike;

/// So many different items of a deal are looked at.
const ITEMS_MAX: usize = 3;
/// So many changes are told.
const FLIPS_MAX: usize = 8;

/// Single changes of facts that alter the outcome of a law, in the order of items, lists and provisions.
#[must_use]
pub fn flips(frame: Frame<'_>, evidence: Evidenced<'_>) -> Vec<Flip> {
    let mut found: Vec<Flip> = Vec::new();
    let before: Vec<Vec<Outcome>> = outcomes(frame, evidence);
    let items = &frame.deal.items;
    let first_of_kind = |index: usize| {
        items.get(index).is_some_and(|item| !items.iter().take(index).any(|other| alike(other, item)))
    };
    let looked_at = items.iter().zip(evidence.items).enumerate().filter(|(index, _)| first_of_kind(*index));
    for (index, (item, classified)) in looked_at.take(ITEMS_MAX) {
        for (list, on) in frame.book.controls().iter().zip(&classified.lists) {
            for test in tests_of(list, on) {
                let Some((changed, words)) = change(frame, item, test) else { continue };
                if let Some(flip) = judge(frame, evidence, index, changed, words, &before)
                    && !found.iter().any(|f| f.change == flip.change)
                {
                    found.push(flip);
                }
                if found.len() >= FLIPS_MAX {
                    return found;
                }
            }
        }
        for flip in content(frame, evidence, index, item, &before) {
            if found.len() < FLIPS_MAX && !found.contains(&flip) {
                found.push(flip);
            }
        }
    }
    found
}

fn outcomes(frame: Frame<'_>, evidence: Evidenced<'_>) -> Vec<Vec<Outcome>> {
    frame
        .book
        .packs()
        .iter()
        .map(|pack| {
            (0..frame.deal.items.len())
                .map(|i| Court::new(frame, evidence, pack, Some(i), Chosen::new()).decide().outcome)
                .collect()
        })
        .collect()
}

/// The tests on facts of the item in provisions that name it and in the notes on them, each once.
fn tests_of<'l>(list: &'l comity_model::control::ControlList, on: &OnList) -> Vec<&'l Test> {
    let mut tests: Vec<&'l Test> = Vec::new();
    let all = on.matched.iter().chain(on.excluded.iter().map(|(at, _)| at));
    for at in all {
        let At { entry, version, provision, .. } = at;
        let Some(version) = list.entries.get(*entry).and_then(|e| e.versions.get((*version)?)) else {
            continue;
        };
        let Some(provision) = version.provisions.get(*provision) else { continue };
        let conditions = provision.limbs.iter().map(|l| &l.when);
        let notes = version
            .notes
            .iter()
            .filter(|n| n.scope.iter().any(|s| crate::classify::path_under(&provision.path, s)));
        for condition in conditions.chain(notes.map(|n| &n.when)) {
            collect(condition, &mut tests);
        }
    }
    tests
}

fn collect<'e>(expr: &'e Expr, into: &mut Vec<&'e Test>) {
    match expr {
        Expr::Const(_) => {}
        Expr::All(parts) | Expr::Any(parts) => parts.iter().for_each(|p| collect(p, into)),
        Expr::Not(inner) => collect(inner, into),
        Expr::Test(test @ (Test::Limit { fact, .. } | Test::Holds(fact))) if fact.owner == Owner::Item => {
            if !into.contains(&test) {
                into.push(test);
            }
        }
        Expr::Test(_) => {}
    }
}

/// The item with one fact changed so that the test comes out the other way, and the change in words. Judgements are not changed.
fn change(frame: Frame<'_>, item: &Item, test: &Test) -> Option<(Item, String)> {
    let defs = &frame.book.basics().item_facts;
    match test {
        Test::Holds(fact) => {
            let def = defs.get(&fact.name)?;
            if def.judged {
                return None;
            }
            let FactValue::Truth(now) = item.facts.get(&fact.name)?.value else { return None };
            let mut changed = item.clone();
            changed.facts.insert(fact.name.clone(), Fact::stated(FactValue::Truth(!now)));
            Some((changed, describe::test(frame.book, test, now)))
        }
        Test::Limit { fact, op, limit, .. } => {
            let def = defs.get(&fact.name)?;
            let given = item.facts.get(&fact.name);
            if given.is_none() && def.derived.is_none() {
                return None;
            }
            let view = crate::facts::View::new(defs, &item.facts);
            let FactValue::Quantity(quantity) = &view.get(&fact.name)?.value else { return None };
            let now = op.holds(quantity.extent.exact()?, &limit.value);
            let value = other_side(*op, &limit.value, now);
            let mut changed = item.clone();
            let fact_value = FactValue::Quantity(Quantity {
                extent: Extent::point(value),
                dimension: def.dimension?,
                text: describe::test(frame.book, test, now),
            });
            let basis = given.and_then(|g| g.basis.clone());
            let source = comity_model::fact::FactSource::Stated;
            changed.facts.insert(fact.name.clone(), Fact { value: fact_value, source, basis });
            Some((changed, describe::test(frame.book, test, now)))
        }
        _ => None,
    }
}

/// A value at the limit, or just beyond it, on the other side of the comparison.
fn other_side(op: Op, limit: &Number, now: bool) -> Number {
    let step = Number::one();
    match (op, now) {
        (Op::Gt, true) | (Op::Lt, true) | (Op::Ge, false) | (Op::Le, false) | (Op::Eq, false) => {
            limit.clone()
        }
        (Op::Ge, true) | (Op::Lt, false) => limit - &step,
        (Op::Le, true) | (Op::Gt, false) | (Op::Eq, true) => limit + &step,
    }
}

fn judge(
    frame: Frame<'_>,
    evidence: Evidenced<'_>,
    index: usize,
    changed: Item,
    words: String,
    before: &[Vec<Outcome>],
) -> Option<Flip> {
    let mut deal: Deal = frame.deal.clone();
    *deal.items.get_mut(index)? = changed;
    let changed_frame = Frame { book: frame.book, deal: &deal, day: frame.day };
    let mut items: Vec<Classified> = evidence.items.to_vec();
    *items.get_mut(index)? = classify(changed_frame, deal.items.get(index)?);
    let before_items = evidence.items;
    let evidence = Evidenced { items: &items, parties: evidence.parties, lists: evidence.lists };
    let mut then = moved(frame, evidence.items.get(index)?, before_items.get(index)?);
    let entries = then.len();
    for (pack, before) in frame.book.packs().iter().zip(before) {
        let after = Court::new(changed_frame, evidence, pack, Some(index), Chosen::new()).decide().outcome;
        if before.get(index).is_some_and(|b| *b != after) {
            then.push(format!("{}: {}", pack.id, after.text()));
        }
    }
    let which = if frame.deal.items.len() > 1 { format!("item {}: ", index + 1) } else { String::new() };
    (then.len() > entries).then(|| Flip { change: format!("{which}{words}"), then: then.join("; ") })
}

/// The provisions that no longer name the item, and those that do now.
fn moved(frame: Frame<'_>, after: &Classified, before: &Classified) -> Vec<String> {
    let mut told = Vec::new();
    for ((list, after), before) in frame.book.controls().iter().zip(&after.lists).zip(&before.lists) {
        let codes = |on: &OnList| -> Vec<String> { on.matched.iter().map(|at| at.code.clone()).collect() };
        let (now, then) = (codes(after), codes(before));
        told.extend(then.iter().filter(|c| !now.contains(c)).map(|c| format!("not under {}:{c}", list.id)));
        told.extend(now.iter().filter(|c| !then.contains(c)).map(|c| format!("under {}:{c}", list.id)));
    }
    told
}

/// Content beyond the ceiling of a law whose reach hangs on it.
fn content(
    frame: Frame<'_>,
    evidence: Evidenced<'_>,
    index: usize,
    item: &Item,
    before: &[Vec<Outcome>],
) -> Vec<Flip> {
    let mut found = Vec::new();
    let Some(parts) = &item.content else { return found };
    for pack in frame.book.packs() {
        let court = Court::new(frame, evidence, pack, Some(index), Chosen::new());
        let reach: Vec<&Test> = pack
            .hooks
            .iter()
            .flat_map(|hook| {
                let mut tests = Vec::new();
                contents(&hook.when, &mut tests);
                tests
            })
            .collect();
        for test in reach {
            let Test::Content { state, limit, .. } = test else { continue };
            if !court.test(test).is_false() {
                continue;
            }
            let mut changed = item.clone();
            let hundred = Number::from(100);
            let over = &(&limit.value * &hundred) + &Number::one();
            let mut more = parts.clone();
            match more.iter_mut().find(|part| part.state == *state) {
                Some(part) => part.percent = over,
                None => continue,
            }
            changed.content = Some(more);
            let words = format!("controlled {}", describe::test(frame.book, test, false));
            found.extend(judge(frame, evidence, index, changed, words, before));
        }
    }
    found
}

fn contents<'e>(expr: &'e Expr, into: &mut Vec<&'e Test>) {
    match expr {
        Expr::Const(_) => {}
        Expr::All(parts) | Expr::Any(parts) => parts.iter().for_each(|p| contents(p, into)),
        Expr::Not(inner) => contents(inner, into),
        Expr::Test(test) => {
            if matches!(test, Test::Content { .. }) {
                into.push(test);
            }
        }
    }
}
