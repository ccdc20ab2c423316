//! The decision of one law as an answer tells it: outcome, requirements with their mandates, authorisations and what refused them, duties,
//! missing facts by name, dormant rules, positions.

use std::collections::BTreeSet;

use comity_model::answer::{
    AuthorisationAnswer, Dormant, DutyAnswer, GapAnswer, ItemOutcome, LawAnswer, MeasureAnswer, PartyStatus,
    PositionAnswer, RequirementAnswer,
};
use comity_model::expr::{Expr, FactRef, Knows, Owner, Test, Where};
use comity_model::listing::MeasureStatus;
use comity_model::mandate::{AgreedInSet, Evidence, ImposedBy, Mandate};
use comity_model::place::StateCode;
use comity_model::rule::{Effect, Outcome, Pack, Rule};
use comity_model::truth::Truth;

use crate::classify::{At, Frame, Judge, agreed_in, path_under};
use crate::decide::{Chosen, Court, Decided, Evidenced, Force, hook_kinds};
use crate::describe;

/// One law on the whole deal.
#[must_use]
pub fn law(frame: Frame<'_>, evidence: Evidenced<'_>, pack: &Pack) -> LawAnswer {
    let items: Vec<Option<usize>> = if frame.deal.items.is_empty() {
        vec![None]
    } else {
        (0..frame.deal.items.len()).map(Some).collect()
    };
    let alike = first_alike(frame);
    let disputes: BTreeSet<String> = items
        .iter()
        .filter(|i| is_first(&alike, **i))
        .flat_map(|item| Court::new(frame, evidence, pack, *item, Chosen::new()).disputes())
        .collect();
    let choices = positions(frame, &disputes);
    let mut decided: Vec<Vec<Decided>> = Vec::new();
    for chosen in &choices {
        let mut row: Vec<Decided> = Vec::new();
        for item in &items {
            let first = item.and_then(|i| alike.get(i).copied()).filter(|f| Some(*f) != *item);
            let known = first.and_then(|f| row.get(f).cloned());
            row.push(
                known.unwrap_or_else(|| Court::new(frame, evidence, pack, *item, chosen.clone()).decide()),
            );
        }
        decided.push(row);
    }
    let mut law = LawAnswer {
        law: pack.id.clone(),
        title: pack.title.clone(),
        imposed_by: pack.authority,
        hook: Vec::new(),
        outcome: Outcome::OutOfScope,
        best: None,
        worst: None,
        decided_by: String::new(),
        by_item: Vec::new(),
        requirements: Vec::new(),
        authorisations: Vec::new(),
        prohibitions: Vec::new(),
        duties: Vec::new(),
        missing: Vec::new(),
        checked: pack.rules.iter().map(|r| r.id.clone()).collect(),
        gaps: Vec::new(),
        dormant: Vec::new(),
        contested: Vec::new(),
        known_as_of: Some(pack.known_as_of),
    };
    let Some(first) = decided.first() else { return law };
    for (index, item) in items.iter().enumerate() {
        let by_position: Vec<&Decided> = decided.iter().filter_map(|row| row.get(index)).collect();
        let Some(one) = by_position.first() else { continue };
        let differ = by_position.iter().any(|d| (d.best, d.worst) != (one.best, one.worst));
        let best = by_position.iter().map(|d| d.best).min().unwrap_or(one.best);
        let worst = by_position.iter().map(|d| d.worst).max().unwrap_or(one.worst);
        let outcome = if differ { Outcome::Contested } else { one.outcome };
        let open = best != worst;
        law.by_item.push(ItemOutcome {
            item: item.unwrap_or(0),
            outcome,
            best: open.then_some(best),
            worst: open.then_some(worst),
        });
    }
    law.outcome = law.by_item.iter().map(|i| i.outcome).max().unwrap_or(Outcome::OutOfScope);
    if law.by_item.iter().any(|i| i.best.is_some()) {
        law.best = law.by_item.iter().map(|i| i.best.unwrap_or(i.outcome)).max();
        law.worst = law.by_item.iter().map(|i| i.worst.unwrap_or(i.outcome)).max();
    }
    if let Some(hooks) = first.first().map(|d| &d.hooks) {
        let any: Vec<Truth> = (0..hooks.len())
            .map(|h| Truth::any(first.iter().map(|d| d.hooks.get(h).copied().unwrap_or(Truth::Unknown))))
            .collect();
        law.hook = hook_kinds(pack, &any);
    }
    for (choice, row) in choices.iter().zip(&decided) {
        for (item, one) in items.iter().zip(row) {
            let court = Court::new(frame, evidence, pack, *item, choice.clone());
            let told = (std::mem::take(&mut law.requirements), std::mem::take(&mut law.prohibitions));
            tell(frame, evidence, pack, &court, *item, one, is_first(&alike, *item), &mut law);
            let held: Vec<String> =
                choice.iter().map(|(dispute, position)| format!("{dispute}:{position}")).collect();
            let requirements = std::mem::replace(&mut law.requirements, told.0);
            let prohibitions = std::mem::replace(&mut law.prohibitions, told.1);
            add(&mut law.requirements, requirements, &held);
            add(&mut law.prohibitions, prohibitions, &held);
        }
    }
    for answer in law.requirements.iter_mut().chain(&mut law.prohibitions) {
        let all: BTreeSet<String> = choices
            .iter()
            .flat_map(|c| c.iter().map(|(dispute, position)| format!("{dispute}:{position}")))
            .collect();
        if answer.positions.len() == all.len() {
            answer.positions.clear();
        }
    }
    if decided.len() > 1 && law.by_item.iter().any(|i| i.outcome == Outcome::Contested) {
        law.contested = contested(frame, &choices, &decided);
    }
    law.authorisations.sort_by(|a, b| (a.item, &a.id).cmp(&(b.item, &b.id)));
    law.authorisations.dedup();
    law.missing.sort();
    law.missing.dedup();
    law.duties.sort_by(|a, b| (&a.rule, &a.duty).cmp(&(&b.rule, &b.duty)));
    law.duties.dedup();
    law.decided_by = decided_by(frame, evidence, pack, &law);
    law
}

/// Adds what fires for one choice of positions; what fires for several is told once, with all of them.
fn add(into: &mut Vec<RequirementAnswer>, found: Vec<RequirementAnswer>, held: &[String]) {
    for mut answer in found {
        let same = |other: &&mut RequirementAnswer| {
            (other.item, &other.rule, &other.fires, &other.cancelled_by)
                == (answer.item, &answer.rule, &answer.fires, &answer.cancelled_by)
        };
        // Without positions each item is looked at once.
        let other = if held.is_empty() { None } else { into.iter_mut().find(same) };
        match other {
            Some(other) => {
                for position in held {
                    if !other.positions.contains(position) {
                        other.positions.push(position.clone());
                    }
                }
            }
            None => {
                answer.positions = held.to_vec();
                into.push(answer);
            }
        }
    }
}

/// For each item the first one of the deal that is like it in all but description, quantity and value.
fn first_alike(frame: Frame<'_>) -> Vec<usize> {
    let items = &frame.deal.items;
    (0..items.len())
        .map(|i| {
            (0..i).find(|j| items.get(*j).zip(items.get(i)).is_some_and(|(a, b)| alike(a, b))).unwrap_or(i)
        })
        .collect()
}

/// Whether two items get the same answer by every law: all but their words and numbers of pieces is equal.
#[must_use]
pub fn alike(a: &comity_model::deal::Item, b: &comity_model::deal::Item) -> bool {
    a.classes == b.classes
        && a.hs == b.hs
        && a.origin == b.origin
        && a.content == b.content
        && a.claimed == b.claimed
        && a.facts == b.facts
        && a.contains == b.contains
        && a.value == b.value
}

fn is_first(alike: &[usize], item: Option<usize>) -> bool {
    item.is_none_or(|i| alike.get(i).is_none_or(|first| *first == i))
}

/// Every combination of positions in the disputes; one empty choice if there is none.
fn positions<'a>(frame: Frame<'a>, disputes: &BTreeSet<String>) -> Vec<Chosen<'a>> {
    let mut choices: Vec<Chosen<'a>> = vec![Chosen::new()];
    for dispute in disputes.iter().filter_map(|id| frame.book.dispute(id)) {
        choices = choices
            .iter()
            .flat_map(|choice| {
                dispute.positions.iter().map(|position| {
                    let mut choice = choice.clone();
                    choice.insert(&dispute.id, &position.id);
                    choice
                })
            })
            .collect();
    }
    choices
}

fn contested(frame: Frame<'_>, choices: &[Chosen<'_>], decided: &[Vec<Decided>]) -> Vec<PositionAnswer> {
    let mut rows = Vec::new();
    for (choice, row) in choices.iter().zip(decided) {
        let outcome = row.iter().map(|d| d.outcome).max();
        let open = row.iter().any(|d| d.best != d.worst);
        let best = row.iter().map(|d| d.best).max().filter(|_| open);
        let worst = row.iter().map(|d| d.worst).max().filter(|_| open);
        for (dispute, position) in choice {
            let Some(found) =
                frame.book.dispute(dispute).and_then(|d| d.positions.iter().find(|p| p.id == *position))
            else {
                continue;
            };
            rows.push(PositionAnswer {
                position: found.id.clone(),
                holders: found.holders.clone(),
                claim: found.claim.clone(),
                outcome,
                best,
                worst,
                source: found.source.clone(),
            });
        }
    }
    rows
}

fn fires(truth: Truth) -> String {
    if truth.is_true() { "true" } else { "unknown" }.to_owned()
}

/// Adds what one court found on one item to the answer of the law.
#[expect(clippy::too_many_arguments, reason = "the parts of one finding, used once")]
fn tell(
    frame: Frame<'_>,
    evidence: Evidenced<'_>,
    pack: &Pack,
    court: &Court<'_>,
    item: Option<usize>,
    one: &Decided,
    first_of_kind: bool,
    law: &mut LawAnswer,
) {
    let fired = || pack.rules.iter().zip(one.rules.iter().copied()).filter(|(_, truth)| !truth.is_false());
    let restricted = |name: &str| -> Vec<(&Rule, Truth)> {
        fired().filter(|(rule, _)| matches!(&rule.effect, Effect::Restrict(names) if names.iter().any(|n| n == name))).collect()
    };
    let index = item.unwrap_or(0);
    let mut wanted: BTreeSet<&str> = BTreeSet::new();
    for (rule, truth) in fired() {
        let (effect, name) = match &rule.effect {
            Effect::RequireLicence(name) | Effect::RequireTransferLicence(name) => {
                (Outcome::LicenceRequired, name)
            }
            Effect::PresumptionOfDenial(name) => (Outcome::LicencePresumptionOfDenial, name),
            Effect::NotifyAndWait(name) => (Outcome::NotifyAndWait, name),
            Effect::Prohibit(name) => (Outcome::Prohibited, name),
            Effect::OtherAuthority(name) => (Outcome::NotJudged, name),
            Effect::Duty(duty) => {
                if truth.is_true() {
                    law.duties.push(DutyAnswer {
                        duty: duty.clone(),
                        rule: rule.id.clone(),
                        cite: rule.cite.clone(),
                    });
                }
                continue;
            }
            Effect::Authorise { .. } | Effect::Restrict(_) => continue,
        };
        let at = item.map_or_else(Vec::new, |i| entries_for(frame, evidence, pack, rule, i));
        let cancelled_by = (effect != Outcome::Prohibited)
            .then(|| {
                fired().find_map(|(other, truth)| match &other.effect {
                    Effect::Authorise { name: id, cancels }
                        if truth.is_true() && cancels.contains(name) && restricted(id).is_empty() =>
                    {
                        Some(id.clone())
                    }
                    _ => None,
                })
            })
            .flatten()
            .or_else(|| {
                let held = frame
                    .deal
                    .licences
                    .iter()
                    .find(|l| l.meets.contains(name) && l.until.is_some_and(|u| frame.day <= u));
                held.filter(|_| effect != Outcome::Prohibited).map(|l| format!("licence {}", l.id))
            });
        let mut agreed: AgreedInSet = rule.agreed_in.clone();
        if rule.agreed_in_entry {
            agreed.extend(at.iter().flat_map(|(_, entry_agreed)| entry_agreed.iter().cloned()));
        }
        let mut ground = rule.ground.clone();
        if rule.agreed_in_listing {
            let measures = measures_for(evidence, rule);
            agreed.extend(measures.iter().flat_map(|m| m.mandate.agreed_in.iter().cloned()));
            let listed: BTreeSet<_> =
                measures.iter().flat_map(|m| m.mandate.ground.iter().copied()).collect();
            if !listed.is_empty() {
                ground = listed.into_iter().collect();
            }
        }
        let answer = RequirementAnswer {
            id: name.clone(),
            effect,
            rule: rule.id.clone(),
            item: index,
            fires: fires(truth),
            positions: Vec::new(),
            says: rule.says.clone(),
            mandate: Mandate {
                imposed_by: rule.imposed_by,
                agreed_in: agreed,
                ground,
                instrument: rule.cite.clone(),
            },
            entry: at.first().map(|(code, _)| code.clone()),
            entries: at.into_iter().map(|(code, _)| code).collect(),
            cancelled_by,
            policy: rule.policy.clone(),
            exemption: rule.exemption.clone(),
            evidence: rule.evidence,
            in_force: rule.in_force.to_string(),
        };
        wanted.insert(name);
        if truth.is_true() {
            for duty in &rule.duties {
                law.duties.push(DutyAnswer {
                    duty: duty.clone(),
                    rule: rule.id.clone(),
                    cite: rule.cite.clone(),
                });
            }
        }
        let into = if effect == Outcome::Prohibited { &mut law.prohibitions } else { &mut law.requirements };
        if !into.contains(&answer) {
            into.push(answer);
        }
    }
    for (rule, truth) in pack.rules.iter().zip(one.rules.iter().copied()) {
        let Effect::Authorise { name, cancels } = &rule.effect else { continue };
        if !cancels.iter().any(|c| wanted.contains(c.as_str())) {
            continue;
        }
        let mut by: Vec<String> = Vec::new();
        let status = match truth {
            Truth::False => {
                by.extend(refusals(frame, court, rule));
                "refused"
            }
            _ => {
                let restrictions = restricted(name);
                by.extend(restrictions.iter().map(|(r, t)| {
                    let open = if t.is_true() { "" } else { " (open)" };
                    format!("{}{open}: {}", r.id, r.says)
                }));
                match (truth, restrictions.iter().any(|(_, t)| t.is_true()), restrictions.is_empty()) {
                    (_, true, _) => "refused",
                    (Truth::True, false, true) => "applies",
                    _ => {
                        by.extend(open_parts(frame, court, &rule.when));
                        "open"
                    }
                }
            }
        };
        if status == "applies" {
            for duty in &rule.duties {
                law.duties.push(DutyAnswer {
                    duty: duty.clone(),
                    rule: rule.id.clone(),
                    cite: rule.cite.clone(),
                });
            }
        }
        let duties = if status == "refused" { Vec::new() } else { rule.duties.clone() };
        law.authorisations.push(AuthorisationAnswer {
            id: name.clone(),
            item: index,
            status: status.to_owned(),
            by,
            cite: rule.cite.clone(),
            duties,
        });
    }
    if !wanted.is_empty() {
        for relief in &pack.reliefs {
            let concerned =
                relief.cancels.is_empty() || relief.cancels.iter().any(|c| wanted.contains(c.as_str()));
            if concerned && !court.truth(&relief.when).is_false() {
                law.authorisations.push(AuthorisationAnswer {
                    id: relief.id.clone(),
                    item: index,
                    status: "not_encoded".to_owned(),
                    by: vec![relief.says.clone()],
                    cite: relief.cite.clone(),
                    duties: Vec::new(),
                });
            }
        }
    }
    for (gap, truth) in pack.gaps.iter().zip(&one.gaps) {
        if !truth.is_false() && !law.gaps.iter().any(|g| g.id == gap.id) {
            law.gaps.push(GapAnswer {
                id: gap.id.clone(),
                says: gap.says.clone(),
                cite: gap.cite.clone(),
                worst: gap.worst,
            });
            if truth.is_true() && gap.worst > one.best {
                law.missing.push(format!("gap:{}", gap.id));
            }
        }
    }
    if first_of_kind {
        dormant(pack, court, law);
        if one.best != one.worst {
            for test in court.decisive_tests() {
                names_of(frame, evidence, pack, court, test, item, &mut law.missing);
            }
            for (rule, _) in pack.rules.iter().zip(&one.rules).filter(|(_, truth)| **truth == Truth::Unknown)
            {
                if let Force::Unconfirmed(why) = court.force(rule) {
                    law.missing.push(format!("legal:{}: {why}", rule.id));
                }
                if rule.evidence == Evidence::Memory {
                    law.missing.push(format!("text:{}", rule.id));
                }
            }
        }
    }
}

/// The measures of listings through which a rule on listed parties fires.
fn measures_for<'e>(evidence: Evidenced<'e>, rule: &Rule) -> Vec<&'e MeasureAnswer> {
    let mut lists: Vec<&String> = Vec::new();
    rule.when.for_each_test(&mut |test| {
        if let Test::PartyOn { lists: asked, .. } = test {
            lists.extend(asked);
        }
    });
    let hits = evidence.parties.iter().flat_map(|p| &p.hits);
    let binding = |m: &&MeasureAnswer| {
        lists.contains(&&m.list)
            && [MeasureStatus::InForce, MeasureStatus::Contested, MeasureStatus::Unconfirmed]
                .iter()
                .any(|s| s.word() == m.status)
    };
    hits.flat_map(|h| &h.measures).filter(binding).collect()
}

/// The entries through which a rule fires on an item: for rules on the pack's list, the provisions matched (with the reason asked for), or
/// else the first that is open.
fn entries_for(
    frame: Frame<'_>,
    evidence: Evidenced<'_>,
    pack: &Pack,
    rule: &Rule,
    item: usize,
) -> Vec<(String, AgreedInSet)> {
    if !rule.per_item {
        return Vec::new();
    }
    let mut reason: Option<&str> = None;
    let mut agreed: Option<&[comity_model::mandate::AgreedIn]> = None;
    let mut listed = false;
    rule.when.for_each_test(&mut |test| match test {
        Test::Reason(column) => reason = Some(column),
        Test::AgreedIn(set) => agreed = Some(set),
        Test::Under(_) => listed = true,
        _ => {}
    });
    if reason.is_none() && agreed.is_none() && !listed {
        return Vec::new();
    }
    let (Some(classified), Some(the_item)) = (evidence.items.get(item), frame.deal.items.get(item)) else {
        return Vec::new();
    };
    let (mut matched, mut open) = (Vec::new(), Vec::new());
    for (list, on) in frame.book.controls().iter().zip(&classified.lists) {
        if agreed.is_none() && pack.list.as_ref().is_some_and(|own| *own != list.id) {
            continue;
        }
        let judge = Judge::new(frame, list, the_item);
        let states_reason = |at: &At| {
            let Some(column) = reason else { return true };
            let Some(version) = list.entries.get(at.entry).and_then(|e| e.versions.get(at.version?)) else {
                return false;
            };
            let path = version.provisions.get(at.provision).map_or("", |p| p.path.as_str());
            version.reasons.iter().any(|r| {
                r.column == column
                    && r.scope.iter().any(|s| path_under(path, s))
                    && !judge.reason_holds(r.when.as_ref()).is_false()
            })
        };
        let was_agreed = |at: &At| {
            agreed.is_none_or(|set| agreed_in(list, at).is_some_and(|a| set.iter().any(|x| a.contains(x))))
        };
        let told =
            |at: &At| (format!("{}:{}", list.id, at.code), agreed_in(list, at).cloned().unwrap_or_default());
        matched.extend(on.matched.iter().filter(|at| states_reason(at) && was_agreed(at)).map(told));
        open.extend(on.open.iter().find(|at| states_reason(at) && was_agreed(at)).map(told));
    }
    if matched.is_empty() {
        open.truncate(1)
    } else {
        open.clear()
    }
    matched.extend(open);
    matched
}

/// The parts of an authorisation's condition that are false.
fn refusals(frame: Frame<'_>, court: &Court<'_>, rule: &Rule) -> Vec<String> {
    match court.force(rule) {
        Force::InForce | Force::Unconfirmed(_) => {}
        Force::NotYet(day) => return vec![format!("not in force before {day}")],
        Force::Lapsed(day) => return vec![format!("ended on {day}")],
        Force::Stayed(_, by) => return vec![format!("stayed by {by}")],
        Force::NotHere => return vec!["not in force for this position".to_owned()],
    }
    let parts = conjuncts(&rule.when);
    let found: Vec<String> =
        parts.iter().filter(|part| court.truth(part).is_false()).map(|part| contrary(frame, part)).collect();
    if found.is_empty() { vec!["it is not for this kind of act".to_owned()] } else { found }
}

fn open_parts(frame: Frame<'_>, court: &Court<'_>, when: &Expr) -> Vec<String> {
    let parts = conjuncts(when);
    parts
        .iter()
        .filter(|p| court.truth(p) == Truth::Unknown)
        .map(|p| format!("open: {}", describe::expr(frame.book, p)))
        .collect()
}

fn conjuncts(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::All(parts) => parts.iter().flat_map(conjuncts).collect(),
        other => vec![other],
    }
}

fn contrary(frame: Frame<'_>, part: &Expr) -> String {
    match part {
        Expr::Test(test) => describe::test(frame.book, test, true),
        Expr::Not(inner) => describe::expr(frame.book, inner),
        other => format!("not met: {}", describe::expr(frame.book, other)),
    }
}

/// Rules that would have fired but are not in force.
fn dormant(pack: &Pack, court: &Court<'_>, law: &mut LawAnswer) {
    for rule in &pack.rules {
        let (status, when) = match court.force(rule) {
            Force::NotYet(day) => ("not_yet", format!("from {day}")),
            Force::Lapsed(day) => ("lapsed", format!("to {day}")),
            Force::Stayed(until, by) => {
                ("stayed", until.map_or(format!("by {by}"), |until| format!("until {until}, by {by}")))
            }
            Force::InForce | Force::Unconfirmed(_) | Force::NotHere => continue,
        };
        let burden = !matches!(rule.effect, Effect::Authorise { .. } | Effect::Restrict(_) | Effect::Duty(_));
        let reaches = rule
            .hooks
            .iter()
            .any(|h| pack.hooks.get(usize::from(*h)).is_some_and(|h| court.truth(&h.when).is_true()));
        if burden
            && reaches
            && court.truth(&rule.when).is_true()
            && !law.dormant.iter().any(|d| d.rule == rule.id)
        {
            law.dormant.push(Dormant {
                rule: rule.id.clone(),
                status: status.to_owned(),
                says: rule.says.clone(),
                when,
            });
        }
    }
}

/// The names under which a test's missing facts are told.
fn names_of(
    frame: Frame<'_>,
    evidence: Evidenced<'_>,
    pack: &Pack,
    court: &Court<'_>,
    test: &Test,
    item: Option<usize>,
    into: &mut Vec<String>,
) {
    let deal = frame.deal;
    let of_item = |name: &str| format!("item[{}].{name}", item.unwrap_or(0));
    let mut push = |name: String| {
        if !into.contains(&name) {
            into.push(name);
        }
    };
    match test {
        Test::Holds(fact) | Test::Limit { fact, .. } | Test::Words { fact, .. } => {
            push(fact_name(fact, item))
        }
        Test::Rows { list, .. } => push(of_item(list)),
        Test::Class(_) => push(of_item("class")),
        Test::Contains(_) => push(of_item("contains")),
        Test::Hs(_) => push(of_item("hs")),
        Test::Content { .. } => push(of_item("content")),
        Test::Value { .. } => push(of_item("value")),
        Test::Activity(_) | Test::Date(..) => {}
        Test::Place { of, .. }
        | Test::Cell { row: of, .. }
        | Test::Standing { of, .. }
        | Test::SamePlace(of, _) => {
            let known = match of {
                Where::From => deal.from.as_ref().map(|p| p.state),
                Where::To => deal.to.as_ref().map(|p| p.state),
                Where::Origin => item.and_then(|i| deal.items.get(i)).and_then(|i| i.origin),
                Where::Via | Where::Party(_) | Where::Actor => None,
            };
            match (known, test) {
                (Some(state), Test::Cell { table, .. }) => push(format!("table:{}:{table}:{state}", pack.id)),
                (Some(state), Test::Standing { treaty, .. }) => push(format!("standing:{state}:{treaty}")),
                (Some(state), Test::Place { .. }) => push(format!("table:{}:{state}", pack.id)),
                _ => push(match of {
                    Where::From => "from".to_owned(),
                    Where::To => "to".to_owned(),
                    Where::Via => "via".to_owned(),
                    Where::Origin => of_item("origin"),
                    Where::Party(role) => format!("{role}.state"),
                    Where::Actor => "exporter.nationality".to_owned(),
                }),
            }
        }
        Test::Region { .. } => push("to_region".to_owned()),
        Test::Use(_) => push("end_use.purpose".to_owned()),
        Test::Knowledge { level: Knows::Informed, .. } => push("end_use.informed".to_owned()),
        Test::Knowledge { .. } => push("end_use.knowledge".to_owned()),
        Test::PartyOn { lists, .. } => {
            for list in lists.iter().filter(|list| court.test(&party_on(list)) == Truth::Unknown) {
                let found: Vec<String> = evidence
                    .parties
                    .iter()
                    .flat_map(|p| &p.hits)
                    .filter(|h| h.measures.iter().any(|m| m.list == *list))
                    .map(|h| h.id.clone())
                    .collect();
                if !evidence.lists.contains(list)
                    || evidence.parties.iter().any(|p| p.status == PartyStatus::NotScreened)
                {
                    push(format!("screen:{list}"));
                } else if deal.parties.is_empty() {
                    push("party".to_owned());
                } else {
                    found.into_iter().for_each(|id| push(format!("same_as:{id}")));
                }
            }
        }
        Test::Under(_) | Test::Reason(_) | Test::AgreedIn(_) | Test::Entry(_) => {
            let Some((i, classified)) = item.and_then(|i| Some((i, evidence.items.get(i)?))) else {
                push("item".to_owned());
                return;
            };
            let Some(the_item) = deal.items.get(i) else { return };
            for (list, on) in frame.book.controls().iter().zip(&classified.lists) {
                let asked =
                    matches!(test, Test::AgreedIn(_)) || pack.list.as_ref().is_none_or(|own| *own == list.id);
                if !asked {
                    continue;
                }
                let judge = Judge::new(frame, list, the_item);
                for at in &on.open {
                    for name in judge.open_facts(at).missing {
                        push(of_item(&name));
                    }
                }
                if on.not_encoded.iter().any(|n| n.by_parts) {
                    push(of_item(crate::classify::SPECIALLY_DESIGNED_FOR));
                }
                if on.not_encoded.iter().any(|n| n.by_class) {
                    push(of_item("class"));
                }
                if on.not_encoded.iter().any(|n| !n.by_parts && !n.by_class) {
                    push(format!("not_encoded:{}", list.id));
                }
            }
        }
    }
}

fn party_on(list: &str) -> Test {
    Test::PartyOn { lists: vec![list.to_owned()], programmes: Vec::new(), roles: Vec::new() }
}

/// A fact as a deal would state it.
fn fact_name(fact: &FactRef, item: Option<usize>) -> String {
    match fact.owner {
        Owner::Item => format!("item[{}].{}", item.unwrap_or(0), fact.name),
        Owner::Deal => format!("facts.{}", fact.name),
        Owner::Party(role) => format!("{role}.{}", fact.name),
    }
}

/// What decided, in a few words.
fn decided_by(frame: Frame<'_>, evidence: Evidenced<'_>, pack: &Pack, law: &LawAnswer) -> String {
    let strongest = |list: &[RequirementAnswer]| -> Option<String> {
        let found =
            list.iter().filter(|r| r.fires == "true" && r.cancelled_by.is_none()).max_by_key(|r| r.effect)?;
        let codes: Vec<&str> = found
            .entries
            .iter()
            .take(2)
            .map(|e| e.split_once(':').map_or(e.as_str(), |(_, code)| code))
            .collect();
        let entry = if codes.is_empty() { String::new() } else { format!("{}; ", codes.join(", ")) };
        Some(format!("{entry}{}", found.mandate.instrument))
    };
    match law.outcome {
        Outcome::Prohibited => strongest(&law.prohibitions).unwrap_or_default(),
        Outcome::LicenceRequired
        | Outcome::LicencePresumptionOfDenial
        | Outcome::NotifyAndWait
        | Outcome::NotJudged => strongest(&law.requirements).unwrap_or_default(),
        Outcome::AuthorisedGenerally => {
            let names: BTreeSet<&str> =
                law.requirements.iter().filter_map(|r| r.cancelled_by.as_deref()).collect();
            names.into_iter().collect::<Vec<_>>().join(", ")
        }
        Outcome::DutyOnly => law.duties.first().map_or_else(String::new, |d| d.cite.clone()),
        Outcome::Undetermined => {
            let count = law.missing.len();
            match (law.missing.first(), count) {
                (Some(one), 1) => format!("open: {one}"),
                (Some(one), n) => format!("open: {one} and {} more", n - 1),
                _ => "open".to_owned(),
            }
        }
        Outcome::Contested => "positions of States differ".to_owned(),
        Outcome::NoRequirementFound => no_requirement(frame, evidence, pack),
        Outcome::OutOfScope => out_of_scope(pack),
    }
}

fn no_requirement(frame: Frame<'_>, evidence: Evidenced<'_>, pack: &Pack) -> String {
    let mut parts = vec![format!("{} rules looked at, none fires", pack.rules.len())];
    if pack.authority == ImposedBy::Un {
        let parties = frame.deal.parties.len();
        let hits: usize = evidence.parties.iter().filter(|p| p.status >= PartyStatus::Possible).count();
        parts.push(format!("{parties} {}, {hits} hits", if parties == 1 { "party" } else { "parties" }));
    }
    parts.join("; ")
}

fn out_of_scope(pack: &Pack) -> String {
    let kinds: BTreeSet<_> = pack.hooks.iter().map(|h| h.kind).collect();
    let kinds: Vec<String> = kinds.into_iter().map(|k| k.word().replace('_', " ")).collect();
    format!("no link by {}", kinds.join(", "))
}

/// A law that no pack holds: named, never counted as no burden.
#[must_use]
pub fn not_judged(frame: Frame<'_>, state: StateCode, why: &str) -> LawAnswer {
    let name = frame.book.states().name(state).unwrap_or("").to_owned();
    let items = frame.deal.items.len().max(1);
    LawAnswer {
        law: state.lower(),
        title: format!("{name} ({why})"),
        imposed_by: ImposedBy::National,
        hook: Vec::new(),
        outcome: Outcome::NotJudged,
        best: None,
        worst: None,
        decided_by: format!("this lawbook holds no law of {state}"),
        by_item: (0..items)
            .map(|item| ItemOutcome { item, outcome: Outcome::NotJudged, best: None, worst: None })
            .collect(),
        requirements: Vec::new(),
        authorisations: Vec::new(),
        prohibitions: Vec::new(),
        duties: Vec::new(),
        missing: vec![format!("law:{}", state.lower())],
        checked: Vec::new(),
        gaps: Vec::new(),
        dormant: Vec::new(),
        contested: Vec::new(),
        known_as_of: None,
    }
}
