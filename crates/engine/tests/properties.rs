//! Properties of classification over many random items on the real lists: more facts never swap an answer; with all facts given the three-valued
//! judge agrees with a plain two-valued one written apart from it; the facts named as missing are enough to settle what is open.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::OnceLock;

use comity_engine::classify::{At, Frame, Judge, OnList, join};
use comity_model::control::{ControlList, Encoded, Entry, EntryVersion, Provision, head, is_under};
use comity_model::date::Day;
use comity_model::deal::{Activity, Deal, EndUse, Item};
use comity_model::expr::{Expr, Quantifier, Test};
use comity_model::fact::{Fact, FactDef, FactKind, FactValue, Facts};
use comity_model::lawbook::Lawbook;
use comity_model::number::Number;
use comity_model::truth::Truth;
use comity_model::unit::{Extent, Quantity};

fn book() -> &'static Lawbook {
    static BOOK: OnceLock<Lawbook> = OnceLock::new();
    BOOK.get_or_init(|| {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
        comity_pack::compile::lawbook(&data, &[])
            .unwrap_or_else(|faults| panic!("{} faults in data/", faults.len()))
    })
}

/// A small generator of numbers (SplitMix64), so that a failing case comes back with its seed.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }
}

/// What the conditions of an entry, and of the entries that it refers to, ask for.
#[derive(Default)]
struct Asked {
    limits: BTreeMap<String, BTreeSet<Number>>,
    words: BTreeMap<String, BTreeSet<String>>,
    facts: BTreeSet<String>,
    basis: BTreeMap<String, BTreeSet<String>>,
}

fn look(list: &ControlList, entry: &Entry, day: Day, seen: &mut BTreeSet<String>, asked: &mut Asked) {
    if !seen.insert(entry.code.clone()) {
        return;
    }
    let Some(version) = entry.version_on(day) else { return };
    let mut further: Vec<String> = version.other_than.clone();
    let conditions = version
        .provisions
        .iter()
        .flat_map(|p| p.limbs.iter().map(|l| &l.when))
        .chain(version.notes.iter().map(|n| &n.when));
    for condition in conditions {
        condition.for_each_test(&mut |test| match test {
            Test::Holds(fact) => {
                asked.facts.insert(fact.name.clone());
            }
            Test::Limit { fact, limit, basis, .. } => {
                asked.facts.insert(fact.name.clone());
                asked.limits.entry(fact.name.clone()).or_default().insert(limit.value.clone());
                asked.basis.entry(fact.name.clone()).or_default().extend(basis.clone());
            }
            Test::Words { fact, words } => {
                asked.facts.insert(fact.name.clone());
                asked.words.entry(fact.name.clone()).or_default().extend(words.iter().cloned());
            }
            Test::Rows { list, .. } => {
                asked.facts.insert(list.clone());
            }
            Test::Entry(code) => further.push(code.clone()),
            _ => {}
        });
    }
    for code in further {
        if let Some(other) = list.entry(head(&code)) {
            look(list, other, day, seen, asked);
        }
    }
}

fn value(def: &FactDef, asked: &Asked, dice: &mut Dice, depth: usize) -> Option<Fact> {
    let value = match def.kind {
        FactKind::Truth => FactValue::Truth(dice.below(2) == 1),
        FactKind::Quantity => {
            let limits: Vec<Number> = asked.limits.get(&def.name).into_iter().flatten().cloned().collect();
            let near = dice.pick(&limits).cloned().unwrap_or_else(Number::one);
            let step: Number = "1e-9".parse().ok()?;
            let value = match dice.below(4) {
                0 => near.clone(),
                1 => &near + &(&near * &step),
                2 => &near - &(&near * &step),
                _ => &near * &Number::from(2),
            };
            FactValue::Quantity(Quantity {
                extent: Extent::point(value),
                dimension: def.dimension?,
                text: "random".into(),
            })
        }
        FactKind::Word | FactKind::Words => {
            let mut words: Vec<String> = asked.words.get(&def.name).into_iter().flatten().cloned().collect();
            words.extend(def.values.iter().take(3).cloned());
            words.push("something_else".into());
            FactValue::Words(vec![dice.pick(&words)?.clone()])
        }
        FactKind::List => {
            if depth > 1 {
                return None;
            }
            let rows = (0..1 + dice.below(2))
                .map(|_| {
                    let keys = def.values.iter().filter_map(|k| book().basics().item_facts.get(k));
                    keys.filter_map(|k| value(k, asked, dice, depth + 1).map(|f| (k.name.clone(), f)))
                        .collect()
                })
                .collect();
            FactValue::Rows(rows)
        }
        FactKind::Text => return None,
    };
    let bases: Vec<String> = asked.basis.get(&def.name).into_iter().flatten().cloned().collect();
    Some(Fact { value, source: comity_model::fact::FactSource::Stated, basis: dice.pick(&bases).cloned() })
}

fn item(class: &str) -> Item {
    Item {
        description: String::new(),
        classes: vec![class.to_owned()],
        hs: None,
        quantity: None,
        value: None,
        origin: None,
        content: None,
        claimed: Vec::new(),
        facts: Facts::new(),
        contains: Some(Vec::new()),
    }
}

fn deal() -> Deal {
    Deal {
        id: None,
        date: None,
        activity: Activity::Export,
        from: None,
        to: Some(comity_model::Place::from("CH".parse::<comity_model::StateCode>().unwrap())),
        legs: Vec::new(),
        parties: Vec::new(),
        items: Vec::new(),
        end_use: EndUse::default(),
        licences: Vec::new(),
        facts: Facts::new(),
    }
}

/// Runs `check` on random items for every executable entry of every list. `share` of ten facts is given.
fn for_random_items(
    per_entry: u64,
    share: usize,
    mut check: impl FnMut(Frame<'_>, &ControlList, &Entry, &Item, &Asked, &mut Dice),
) -> usize {
    let (deal, day) = (deal(), book().date());
    let frame = Frame { book: book(), deal: &deal, day };
    let mut tried = 0;
    for list in book().controls() {
        for (e, entry) in list.entries.iter().enumerate() {
            if entry.version_on(day).is_none() {
                continue;
            }
            let mut asked = Asked::default();
            look(list, entry, day, &mut BTreeSet::new(), &mut asked);
            for round in 0..per_entry {
                let mut dice = Dice(e as u64 * 1_000_003 + round * 7_919 + list.id.len() as u64);
                let gate: Vec<&str> = entry
                    .gate
                    .iter()
                    .filter_map(|c| book().basics().classes.classes.get(*c as usize))
                    .map(|c| c.name.as_str())
                    .collect();
                let Some(class) = dice.pick(&gate) else { continue };
                let mut item = item(class);
                item.facts.insert(
                    "specially_designed_for".into(),
                    Fact::stated(FactValue::Words(vec!["none".into()])),
                );
                for name in &asked.facts {
                    if name != "specially_designed_for"
                        && dice.below(10) < share
                        && let Some(def) = book().basics().item_facts.get(name)
                        && let Some(fact) = value(def, &asked, &mut dice, 0)
                    {
                        item.facts.insert(name.clone(), fact);
                    }
                }
                tried += 1;
                check(frame, list, entry, &item, &asked, &mut dice);
            }
        }
    }
    tried
}

fn status(on: &OnList, entry: usize, provision: usize) -> &'static str {
    let here = |a: &At| a.entry == entry && a.provision == provision;
    if on.matched.iter().any(here) {
        "matched"
    } else if on.excluded.iter().any(|(a, _)| here(a)) {
        "excluded"
    } else if on.open.iter().any(here) {
        "open"
    } else {
        "not met"
    }
}

#[test]
fn more_facts_only_settle_what_was_open() {
    let tried = for_random_items(25, 6, |frame, list, entry, item, asked, dice| {
        let before = Judge::new(frame, list, item).list();
        let missing: Vec<&String> = asked.facts.iter().filter(|f| !item.facts.contains_key(*f)).collect();
        let Some(name) = dice.pick(&missing) else { return };
        let Some(fact) = book().basics().item_facts.get(*name).and_then(|d| value(d, asked, dice, 0)) else {
            return;
        };
        // A stated value takes the place of a computed one: that is another fact, not one more.
        if book().basics().item_facts.get(*name).is_some_and(|d| d.derived.is_some() || !d.row.is_empty()) {
            return;
        }
        let mut more = item.clone();
        more.facts.insert((*name).clone(), fact);
        let after = Judge::new(frame, list, &more).list();
        let Some(version) = entry.version_on(frame.day) else { return };
        let index = list.by_code[&entry.code] as usize;
        for (p, provision) in version.provisions.iter().enumerate() {
            let code = join(&entry.code, &provision.path);
            let (was, is) = (status(&before, index, p), status(&after, index, p));
            // What a note releases is not met, whether its other limbs are known or not. Of provisions met one below the other only the
            // deepest is told.
            let out = |s: &str| s == "excluded" || s == "not met";
            let deeper = after.matched.iter().any(|a| a.code != code && is_under(&a.code, &code));
            let stays = was == is || (out(was) && out(is)) || (was == "matched" && deeper);
            assert!(
                stays || was == "open",
                "{}:{code} went from {was} to {is} by giving {name}\n{:?}",
                list.id,
                more.facts
            );
        }
    });
    assert!(tried > 1_500, "only {tried} items tried");
}

/// The plain evaluator: two values, every fact given. None where a fact is not there after all.
struct Plain<'a> {
    frame: Frame<'a>,
    list: &'a ControlList,
    item: &'a Item,
}

impl Plain<'_> {
    fn fact(&self, name: &str, row: Option<&Facts>) -> Option<Fact> {
        row.and_then(|r| r.get(name)).or_else(|| self.item.facts.get(name)).cloned()
    }

    fn expr(&self, expr: &Expr, row: Option<&Facts>) -> Option<bool> {
        match expr {
            Expr::Const(value) => Some(*value),
            Expr::All(parts) => parts.iter().try_fold(true, |all, p| Some(all & self.expr(p, row)?)),
            Expr::Any(parts) => parts.iter().try_fold(false, |any, p| Some(any | self.expr(p, row)?)),
            Expr::Not(inner) => Some(!self.expr(inner, row)?),
            Expr::Test(test) => self.test(test, row),
        }
    }

    fn test(&self, test: &Test, row: Option<&Facts>) -> Option<bool> {
        match test {
            Test::Holds(fact) => match self.fact(&fact.name, row)?.value {
                FactValue::Truth(truth) => Some(truth),
                _ => None,
            },
            Test::Limit { fact, basis, op, limit } => {
                let given = self.fact(&fact.name, row)?;
                if book().basics().item_facts.get(&fact.name)?.basis.len() > 1 && given.basis != *basis {
                    return None;
                }
                let FactValue::Quantity(quantity) = given.value else { return None };
                Some(op.holds(quantity.extent.exact()?, &limit.value))
            }
            Test::Words { fact, words } => match self.fact(&fact.name, row)?.value {
                FactValue::Words(given) => Some(given.iter().any(|w| words.contains(w))),
                _ => None,
            },
            Test::Rows { list, quantifier, inner } => {
                let FactValue::Rows(rows) = self.fact(list, row)?.value else { return None };
                let met: Option<Vec<bool>> = rows.iter().map(|r| self.expr(inner, Some(r))).collect();
                let (yes, all) = (met.as_ref()?.iter().filter(|m| **m).count(), rows.len());
                Some(match quantifier {
                    Quantifier::Some => yes > 0,
                    Quantifier::Every => yes == all && all > 0,
                    Quantifier::None => yes == 0,
                    Quantifier::Count(op, n) => {
                        op.holds(&Number::from(yes as i64), &Number::from(i64::from(*n)))
                    }
                })
            }
            Test::Class(name) => {
                let tree = &book().basics().classes;
                let (wanted, _) = tree.get(name)?;
                let own = tree.get(self.item.classes.first()?)?.0;
                if tree.is_a(own, wanted) { Some(true) } else { (!tree.is_a(wanted, own)).then_some(false) }
            }
            Test::Entry(code) => self.code(code),
            Test::Contains(_) => Some(false),
            Test::Standing { treaty, words, .. } => {
                let state = self.frame.deal.to.as_ref()?.state;
                match comity_engine::classify::has_standing(book(), state, treaty, words, self.frame.day) {
                    Truth::True => Some(true),
                    Truth::False => Some(false),
                    Truth::Unknown => None,
                }
            }
            _ => None,
        }
    }

    fn class_fits(&self, entry: &Entry) -> Option<bool> {
        let tree = &book().basics().classes;
        let own = tree.get(self.item.classes.first()?)?.0;
        if entry.gate.iter().any(|g| tree.is_a(own, *g)) {
            return Some(true);
        }
        (!entry.gate.iter().any(|g| tree.is_a(*g, own))).then_some(false)
    }

    fn provision(&self, entry: &Entry, version: &EntryVersion, provision: &Provision) -> Option<bool> {
        if !provision.period.contains(self.frame.day) || provision.parts {
            // The items tried are specially designed for nothing.
            return Some(false);
        }
        if !self.class_fits(entry)? {
            return Some(false);
        }
        for limb in &provision.limbs {
            if !self.expr(&limb.when, None)? {
                return Some(false);
            }
        }
        for code in &version.other_than {
            if self.code(code)? {
                return Some(false);
            }
        }
        for note in version.notes.iter().filter(|n| n.period.contains(self.frame.day)) {
            let scoped = note.scope.iter().any(|s| s.is_empty() || is_under(&provision.path, s));
            if scoped && self.expr(&note.when, None)? {
                return Some(false);
            }
        }
        Some(true)
    }

    fn code(&self, code: &str) -> Option<bool> {
        let entry = self.list.entry(head(code))?;
        if !self.class_fits(entry)? {
            return Some(false);
        }
        let version = entry.version_on(self.frame.day)?;
        if version.encoded != Encoded::Whole && code == entry.code {
            return None;
        }
        let below: Vec<&Provision> =
            version.provisions.iter().filter(|p| is_under(&join(&entry.code, &p.path), code)).collect();
        let meant: Vec<&Provision> = if below.is_empty() {
            version.provisions.iter().filter(|p| is_under(code, &join(&entry.code, &p.path))).collect()
        } else {
            below
        };
        meant.into_iter().try_fold(false, |any, p| Some(any | self.provision(entry, version, p)?))
    }
}

#[test]
fn with_all_facts_given_the_judge_agrees_with_a_plain_evaluator() {
    let mut compared = 0usize;
    let tried = for_random_items(40, 10, |frame, list, entry, item, _, _| {
        let on = Judge::new(frame, list, item).list();
        let plain = Plain { frame, list, item };
        let Some(version) = entry.version_on(frame.day) else { return };
        let index = list.by_code[&entry.code] as usize;
        for (p, provision) in version.provisions.iter().enumerate() {
            let code = join(&entry.code, &provision.path);
            if let Some(met) = plain.provision(entry, version, provision) {
                compared += 1;
                // Of provisions met one below the other only the deepest is told.
                let own = status(&on, index, p) == "matched";
                let deeper = on.matched.iter().any(|a| a.code != code && is_under(&a.code, &code));
                let agrees = if met { own || deeper } else { !own };
                assert!(
                    agrees,
                    "{}:{code}: plainly {met}, judged {}\n{:?}",
                    list.id,
                    status(&on, index, p),
                    item.facts
                );
            }
        }
    });
    assert!(tried > 2_500 && compared > 20_000, "{tried} items, {compared} provisions compared");
}

#[test]
fn the_facts_named_as_missing_are_enough() {
    let (mut open, mut settled) = (0usize, 0usize);
    for_random_items(15, 5, |frame, list, entry, item, asked, dice| {
        let judge = Judge::new(frame, list, item);
        let on = judge.list();
        for at in on
            .open
            .iter()
            .filter(|at| list.entries.get(at.entry).is_some_and(|e| e.code == entry.code))
            .take(3)
        {
            let facts = judge.open_facts(at);
            assert!(!facts.missing.is_empty(), "{}:{} is open and names no fact", list.id, at.code);
            for set in &facts.settle {
                assert!(!set.is_empty(), "{}:{}: an empty set cannot settle it", list.id, at.code);
            }
            // Facts of rows, classes and entries without executable form cannot be given here.
            let plain = |name: &String| book().basics().item_facts.contains_key(name);
            if !facts.missing.iter().all(plain) {
                continue;
            }
            open += 1;
            let mut more = item.clone();
            for name in &facts.missing {
                let def = &book().basics().item_facts[name];
                more.facts.extend(value(def, asked, dice, 0).map(|f| (name.clone(), f)));
            }
            let after = Judge::new(frame, list, &more).list();
            if status(&after, at.entry, at.provision) != "open" {
                settled += 1;
            } else {
                let left = after
                    .open
                    .iter()
                    .find(|a| a.entry == at.entry && a.provision == at.provision)
                    .map(|a| Judge::new(frame, list, &more).open_facts(a));
                // What stays open may only hang on rows that were made with too few keys, or on a basis that was not given.
                let left = left.unwrap_or_default();
                assert!(
                    left.missing
                        .iter()
                        .all(|m| m.contains('[') || more.facts.contains_key(m) || !facts.missing.contains(m)),
                    "{}:{}: gave {:?}, still open on {:?}",
                    list.id,
                    at.code,
                    facts.missing,
                    left.missing
                );
            }
        }
    });
    println!("{open} open provisions, {settled} settled by the facts they named");
    assert!(open > 300 && settled * 100 > open * 90, "{settled} of {open}");
}
