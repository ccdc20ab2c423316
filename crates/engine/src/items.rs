//! The classification of items as an answer tells it: provisions with their facts beside their limits, what is open and what would settle it.

use std::collections::BTreeMap;

use comity_model::answer::{Claim, Excluded, ItemAnswer, LimbAnswer, ListAnswer, Matched, Open};
use comity_model::control::{ControlList, Encoded, EntryVersion, Provision, is_under};
use comity_model::deal::Item;
use comity_model::expr::{Expr, Owner, Test};
use comity_model::mandate::Evidence;
use comity_model::truth::Truth;

use crate::classify::{At, Classified, Frame, Judge, OnList, agreed_in, path_under};
use crate::describe;

/// One item on every list.
#[must_use]
pub fn item(frame: Frame<'_>, index: usize, item: &Item, classified: &Classified) -> ItemAnswer {
    let lists: BTreeMap<String, ListAnswer> = frame
        .book
        .controls()
        .iter()
        .zip(&classified.lists)
        .map(|(list, on)| (list.id.clone(), on_list(frame, list, item, on)))
        .collect();
    ItemAnswer { item: index, description: item.description.clone(), lists }
}

fn on_list(frame: Frame<'_>, list: &ControlList, item: &Item, on: &OnList) -> ListAnswer {
    let judge = Judge::new(frame, list, item);
    let code = |entry: usize| list.entries.get(entry).map_or("", |e| e.code.as_str());
    ListAnswer {
        edition: list.edition.to_string(),
        matched: on.matched.iter().map(|at| matched(frame, list, &judge, at)).collect(),
        excluded: on.excluded.iter().map(|(at, note)| excluded(list, at, *note)).collect(),
        undetermined: on.open.iter().map(|at| open(frame, list, &judge, at)).collect(),
        not_encoded: on.not_encoded.iter().map(|n| code(n.entry).to_owned()).collect(),
        claims: claims(list, item, on),
    }
}

fn parts<'l>(list: &'l ControlList, at: &At) -> Option<(&'l EntryVersion, &'l Provision)> {
    let version = list.entries.get(at.entry)?.versions.get(at.version?)?;
    Some((version, version.provisions.get(at.provision)?))
}

fn title(list: &ControlList, at: &At) -> String {
    let entry = list.entries.get(at.entry);
    let own = parts(list, at).map(|(_, p)| p.title.as_str()).filter(|t| !t.is_empty());
    own.or(entry.map(|e| e.title.as_str())).unwrap_or("").to_owned()
}

fn matched(frame: Frame<'_>, list: &ControlList, judge: &Judge<'_>, at: &At) -> Matched {
    let agreed = agreed_in(list, at).cloned().unwrap_or_default();
    let Some((version, provision)) = parts(list, at) else {
        return Matched {
            entry: at.code.clone(),
            title: title(list, at),
            agreed_in: agreed,
            because: vec!["claimed by the deal; this entry has no executable form to check it".to_owned()],
            limbs: Vec::new(),
            reasons: Vec::new(),
            cite: list.source.clone(),
            evidence: Evidence::Secondary,
        };
    };
    let limbs = limbs(frame, list, judge, at);
    let because = limbs
        .iter()
        .filter(|l| l.result == "met" || l.label == "note")
        .map(|l| match (&l.value, &l.source) {
            (Some(value), Some(source)) => format!("{}: {value} ({source})", l.condition),
            _ => l.condition.clone(),
        })
        .collect();
    Matched {
        entry: at.code.clone(),
        title: title(list, at),
        agreed_in: agreed,
        because,
        limbs,
        reasons: reasons(version, provision, judge, Truth::True),
        cite: version.source.clone(),
        evidence: version.evidence,
    }
}

fn reasons(version: &EntryVersion, provision: &Provision, judge: &Judge<'_>, at_least: Truth) -> Vec<String> {
    let mut columns: Vec<String> = version
        .reasons
        .iter()
        .filter(|r| r.scope.iter().any(|scope| path_under(&provision.path, scope)))
        .filter(|r| judge.reason_holds(r.when.as_ref()) >= at_least)
        .map(|r| r.column.clone())
        .collect();
    columns.sort();
    columns.dedup();
    columns
}

fn excluded(list: &ControlList, at: &At, note: usize) -> Excluded {
    let note = parts(list, at).and_then(|(version, _)| version.notes.get(note));
    let by = note.map_or_else(String::new, |n| format!("note {}: {}", n.id, n.says));
    Excluded { entry: at.code.clone(), by, to: note.and_then(|n| n.to.clone()) }
}

fn open(frame: Frame<'_>, list: &ControlList, judge: &Judge<'_>, at: &At) -> Open {
    let facts = judge.open_facts(at);
    let reasons = parts(list, at).map_or_else(Vec::new, |(v, p)| reasons(v, p, judge, Truth::Unknown));
    Open {
        entry: at.code.clone(),
        title: title(list, at),
        agreed_in: agreed_in(list, at).cloned().unwrap_or_default(),
        missing: facts.missing,
        settle: facts.settle,
        limbs: limbs(frame, list, judge, at),
        reasons,
        remarks: remarks(list, judge, at),
    }
}

/// Why stated values do not settle an open provision.
fn remarks(list: &ControlList, judge: &Judge<'_>, at: &At) -> Vec<String> {
    let mut found = Vec::new();
    let Some((_, provision)) = parts(list, at) else { return found };
    let view = judge.view();
    for limb in &provision.limbs {
        limb.when.for_each_test(&mut |test| {
            if let Test::Limit { fact, basis, op, limit } = test
                && fact.owner == Owner::Item
                && let Some(remark) = view.compare(&fact.name, basis.as_deref(), *op, &limit.value).remark
                && !found.contains(&remark)
            {
                found.push(remark);
            }
        });
    }
    found
}

/// Every test of a provision and of the notes on it, its fact beside its limit.
fn limbs(frame: Frame<'_>, list: &ControlList, judge: &Judge<'_>, at: &At) -> Vec<LimbAnswer> {
    let Some((version, provision)) = parts(list, at) else { return Vec::new() };
    let mut rows = Vec::new();
    for limb in &provision.limbs {
        flatten(&limb.when, &mut |expr, negated| rows.push(row(frame, judge, &limb.label, expr, negated)));
    }
    for code in &version.other_than {
        let truth = judge.code(code);
        rows.push(LimbAnswer {
            label: "-".to_owned(),
            condition: format!("other than {code}"),
            value: None,
            result: result(!truth),
            source: None,
        });
    }
    for note in version.notes.iter().filter(|n| n.period.contains(frame.day)) {
        if note.scope.iter().any(|scope| path_under(&provision.path, scope)) {
            let truth = judge.holds(&note.when);
            let (value, source) = only_fact(judge, &note.when);
            rows.push(LimbAnswer {
                label: "note".to_owned(),
                condition: note.says.clone(),
                value,
                result: match truth {
                    Truth::True => "exit".to_owned(),
                    Truth::False => "no exit".to_owned(),
                    Truth::Unknown => "open".to_owned(),
                },
                source,
            });
        }
    }
    rows
}

/// Calls `visit` on the parts of a conjunction, each with whether its contrary is meant.
fn flatten(expr: &Expr, visit: &mut impl FnMut(&Expr, bool)) {
    match expr {
        Expr::All(parts) => parts.iter().for_each(|p| flatten(p, visit)),
        Expr::Not(inner) if matches!(**inner, Expr::Test(_)) => visit(inner, true),
        other => visit(other, false),
    }
}

fn row(frame: Frame<'_>, judge: &Judge<'_>, label: &str, expr: &Expr, negated: bool) -> LimbAnswer {
    let truth = if negated { !judge.holds(expr) } else { judge.holds(expr) };
    let condition = match expr {
        Expr::Test(test) => describe::test(frame.book, test, negated),
        other => describe::expr(frame.book, other),
    };
    let (value, source) = only_fact(judge, expr);
    LimbAnswer { label: label.to_owned(), condition, value, result: result(truth), source }
}

fn result(truth: Truth) -> String {
    match truth {
        Truth::True => "met",
        Truth::False => "not met",
        Truth::Unknown => "open",
    }
    .to_owned()
}

/// The value and source of the fact that a condition rests on, if it is a single one.
fn only_fact(judge: &Judge<'_>, expr: &Expr) -> (Option<String>, Option<String>) {
    let mut names: Vec<&str> = Vec::new();
    expr.for_each_test(&mut |test| match test {
        Test::Holds(fact) | Test::Limit { fact, .. } | Test::Words { fact, .. }
            if !names.contains(&fact.name.as_str()) =>
        {
            names.push(&fact.name);
        }
        Test::Rows { list, .. } if !names.contains(&list.as_str()) => names.push(list),
        _ => {}
    });
    let view = judge.view();
    match names.as_slice() {
        [first, ..] => match view.get(first) {
            Some(fact) if names.len() == 1 || matches!(expr, Expr::Test(Test::Rows { .. })) => {
                (Some(fact.value.text()), Some(fact.source.text()))
            }
            _ => (None, None),
        },
        [] => (None, None),
    }
}

fn claims(list: &ControlList, item: &Item, on: &OnList) -> Vec<Claim> {
    let of_list = item.claimed.iter().filter(|(id, _)| *id == list.id);
    of_list
        .map(|(_, code)| {
            let meant = |at: &At| is_under(&at.code, code) || is_under(code, &at.code);
            let head = comity_model::control::head(code);
            let result = match list.entry(head) {
                None => "unknown_entry",
                Some(_) if on.matched.iter().any(|at| meant(at) && at.version.is_none()) => "not_checkable",
                Some(_) if on.matched.iter().any(meant) => "borne_out",
                Some(_) if on.open.iter().any(meant) => "open",
                Some(entry) if entry.versions.iter().all(|v| v.encoded != Encoded::Whole) => "not_checkable",
                Some(_) => "not_borne_out",
            };
            Claim { entry: code.clone(), result: result.to_owned() }
        })
        .collect()
}
