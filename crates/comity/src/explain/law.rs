//! The steps of the law: by which hooks each law reaches, which of its rules fire or are open, and why the answer says what it says on top.

use comity_engine::decide::{Chosen, Court, Decided, Evidenced, Force};
use comity_engine::describe;
use comity_model::expr::{Expr, Test};
use comity_model::rule::{Effect, Hook, Outcome, Pack, Rule};
use comity_model::truth::Truth;
use serde_json::{Value, json};

use super::{Case, Line, Step};
use crate::text::{Ink, words};

/// What a law said of one kind of item: the places of the items, the court and its decision.
struct Heard<'a> {
    places: Vec<usize>,
    court: Court<'a>,
    decided: Decided,
}

/// Every kind of item before one law, disputes left open: rules of every position are told.
fn hear<'a>(case: &'a Case<'_>, pack: &'a Pack) -> Vec<Heard<'a>> {
    let evidence = Evidenced { items: &case.classified, parties: &case.answer.parties, lists: &case.lists };
    case.kinds()
        .into_iter()
        .map(|(item, places)| {
            let court = Court::new(case.frame(), evidence, pack, item, Chosen::new());
            let decided = court.decide();
            Heard { places, court, decided }
        })
        .collect()
}

/// Truth values with the items they hold for; one row where all items agree.
fn by_truth<'h, 'a>(
    heard: &'h [Heard<'a>],
    of: impl Fn(&Heard<'a>) -> Truth,
) -> Vec<(Truth, &'h Heard<'a>, Vec<usize>)> {
    let mut found: Vec<(Truth, &Heard<'a>, Vec<usize>)> = Vec::new();
    for one in heard {
        let truth = of(one);
        match found.iter_mut().find(|(other, _, _)| *other == truth) {
            Some((_, _, places)) => places.extend(&one.places),
            None => found.push((truth, one, one.places.clone())),
        }
    }
    found
}

fn word(truth: Truth) -> &'static str {
    match truth {
        Truth::True => "true",
        Truth::Unknown => "unknown",
        Truth::False => "false",
    }
}

fn ink(truth: Truth) -> Ink {
    match truth {
        Truth::True => Ink::Strong,
        Truth::Unknown => Ink::Ask,
        Truth::False => Ink::Dim,
    }
}

/// The open tests of a condition in words, each once.
fn open_tests(case: &Case<'_>, court: &Court<'_>, when: &Expr) -> Vec<String> {
    let mut tests: Vec<&Test> = Vec::new();
    when.for_each_test(&mut |test| {
        if !tests.contains(&test) && court.test(test) == Truth::Unknown {
            tests.push(test);
        }
    });
    tests.into_iter().map(|test| describe::test(case.book, test, false)).collect()
}

/// By which links each law reaches the deal.
pub fn reach(case: &Case<'_>) -> Step {
    let mut lines = Vec::new();
    let mut found: Vec<Value> = Vec::new();
    for pack in case.book.packs() {
        lines.push(Line::new(2, pack.id.clone(), &pack.title).with(Ink::Strong));
        let heard = hear(case, pack);
        for (index, hook) in pack.hooks.iter().enumerate() {
            let results = by_truth(&heard, |h| h.decided.hooks.get(index).copied().unwrap_or(Truth::Unknown));
            let several = results.len() > 1;
            let mut told: Vec<Value> = Vec::new();
            for (truth, one, places) in results {
                let open = if truth == Truth::Unknown {
                    open_tests(case, &one.court, &hook.when)
                } else {
                    Vec::new()
                };
                lines.push(hook_line(case, hook, truth, &open, several.then_some(&places)));
                told.push(json!({ "items": places, "is": word(truth), "open": open }));
            }
            found.push(json!({
                "law": pack.id, "hook": hook.id, "kind": hook.kind, "cite": hook.cite, "says": hook.says, "when": hook.text, "in_words": describe::expr(case.book, &hook.when),
                "evidence": hook.evidence, "results": told,
            }));
        }
    }
    for law in case.answer.laws.iter().filter(|l| l.known_as_of.is_none()) {
        lines.push(Line::new(2, law.law.clone(), format!("{}: {}", law.title, law.decided_by)));
        found.push(json!({ "law": law.law, "title": law.title, "not_held": law.decided_by }));
    }
    Step { name: "reach", does: "by which links each law speaks", found: json!(found), lines }
}

fn hook_line(
    case: &Case<'_>,
    hook: &Hook,
    truth: Truth,
    open: &[String],
    places: Option<&Vec<usize>>,
) -> Line {
    let mut told = format!("{} ({}): {}", hook.id, hook.kind.word().replace('_', " "), hook.says);
    if let Some(places) = places {
        told = format!("{}: {told}", words::items(places));
    }
    if truth.is_true() {
        told.push_str(&format!("; {}", describe::expr(case.book, &hook.when)));
    }
    if !open.is_empty() {
        told.push_str(&format!("; open: {}", words::few(open, 4)));
    }
    if !truth.is_false() {
        told.push_str(&format!(" [{}; {}]", hook.cite, words::known(hook.evidence)));
    }
    Line::new(4, word(truth), told).with(ink(truth))
}

/// Every rule that fires or is open, with its mandate and source; then dormant rules and gaps.
pub fn decide(case: &Case<'_>) -> Step {
    let mut lines = Vec::new();
    let mut found: Vec<Value> = Vec::new();
    for law in &case.answer.laws {
        let ends = words::ends(law.best, law.worst).map_or(String::new(), |ends| format!(", {ends}"));
        lines.push(
            Line::new(
                2,
                words::law(law),
                format!("{}{ends}: {}", words::outcome(law.outcome), law.decided_by),
            )
            .with(Ink::Strong),
        );
        let mut rules: Vec<Value> = Vec::new();
        if let Some(pack) = case.book.pack(&law.law) {
            let heard = hear(case, pack);
            let mut told = 0;
            for (index, rule) in pack.rules.iter().enumerate() {
                let results =
                    by_truth(&heard, |h| h.decided.rules.get(index).copied().unwrap_or(Truth::Unknown));
                let several = results.len() > 1;
                told += usize::from(results.iter().any(|(truth, _, _)| !truth.is_false()));
                for (truth, one, places) in results.into_iter().filter(|(truth, _, _)| !truth.is_false()) {
                    rules.push(rule_lines(case, rule, truth, one, several.then_some(&places), &mut lines));
                }
            }
            let silent = pack.rules.len().saturating_sub(told);
            lines.push(Line::new(
                4,
                "",
                format!(
                    "{} looked at, {silent} do not fire",
                    words::count(pack.rules.len(), "rule", "rules")
                ),
            ));
        }
        for one in &law.authorisations {
            let item =
                if case.deal.items.len() > 1 { format!("item {}: ", one.item + 1) } else { String::new() };
            let first = case.kinds().iter().any(|(first, _)| first.unwrap_or(0) == one.item);
            if first {
                let told = format!("{item}{} [{}]", one.by.join("; "), one.cite);
                lines.push(Line::new(4, format!("{} {}", one.status.replace('_', " "), one.id), told));
            }
        }
        for rule in &law.dormant {
            lines.push(Line::new(
                4,
                format!("dormant {}", rule.rule),
                format!("{} ({}): {}", rule.status.replace('_', " "), rule.when, rule.says),
            ));
        }
        for gap in &law.gaps {
            let told = format!(
                "not held by this lawbook, up to {}: {} [{}]",
                words::outcome(gap.worst).to_lowercase(),
                gap.says,
                gap.cite
            );
            lines.push(Line::new(4, format!("gap {}", gap.id), told));
        }
        for position in &law.contested {
            let outcome = position.outcome.map_or(String::new(), words::outcome);
            let told =
                format!("{outcome}; {}: {} [{}]", words::holders(position), position.claim, position.source);
            lines.push(Line::new(4, format!("position {}", position.position), told));
        }
        if !law.missing.is_empty() {
            lines.push(Line::new(
                4,
                "still matters",
                words::facts(&law.missing.join(", "), case.deal.items.len() > 1),
            ));
        }
        found.push(json!({
            "law": law.law, "outcome": law.outcome, "best": law.best, "worst": law.worst, "rules": rules, "authorisations": law.authorisations,
            "dormant": law.dormant, "gaps": law.gaps, "contested": law.contested, "missing": law.missing,
        }));
    }
    Step { name: "decide", does: "every rule that fires or is open, law by law", found: json!(found), lines }
}

/// A rule as a line, and the same as JSON.
fn rule_lines(
    case: &Case<'_>,
    rule: &Rule,
    truth: Truth,
    one: &Heard<'_>,
    places: Option<&Vec<usize>>,
    lines: &mut Vec<Line>,
) -> Value {
    let open = if truth == Truth::Unknown { open_tests(case, &one.court, &rule.when) } else { Vec::new() };
    let force = force(&one.court.force(rule));
    let agreed = match (rule.agreed_in.is_empty(), rule.agreed_in_entry) {
        (true, true) => "as the entry".to_owned(),
        (_, false) => words::agreed(&rule.agreed_in),
        (false, true) => format!("{}, and as the entry", words::agreed(&rule.agreed_in)),
    };
    let lead = format!("{} {}", if truth.is_true() { "fires" } else { "open" }, rule.id);
    let item = places.map_or(String::new(), |p| format!("{}: ", words::items(p)));
    lines.push(Line::new(4, lead, format!("{item}{}: {}", effect(rule), rule.says)).with(ink(truth)));
    let mandate = format!(
        "imposed by {}; agreed in {agreed}; ground {}; {}; in force {}{}; {}; source: {}",
        rule.imposed_by,
        words::grounds(&rule.ground),
        rule.cite,
        rule.in_force,
        force.as_ref().map_or(String::new(), |f| format!(" ({f})")),
        words::known(rule.evidence),
        rule.source,
    );
    lines.push(Line::new(8, "", mandate));
    if let Some((dispute, positions)) = &rule.dispute {
        lines.push(Line::new(
            8,
            "",
            format!("contested, {dispute}: in force for position {}", positions.join(", ")),
        ));
    }
    if !open.is_empty() {
        lines.push(Line::new(8, "open", open.join("; ")));
    }
    for (name, text) in
        [("policy", Some(&rule.policy)), ("exemption", rule.exemption.as_ref()), ("quote", Some(&rule.quote))]
    {
        if let Some(text) = text.filter(|t| !t.is_empty()) {
            lines.push(Line::new(8, name, text));
        }
    }
    json!({
        "rule": rule.id, "items": one_or_all(places, one), "fires": word(truth), "effect": effect(rule), "says": rule.says, "cite": rule.cite,
        "imposed_by": rule.imposed_by, "agreed_in": rule.agreed_in, "agreed_in_entry": rule.agreed_in_entry, "ground": rule.ground,
        "in_force": rule.in_force.to_string(), "force": force, "evidence": rule.evidence, "source": rule.source, "when": rule.text, "open": open,
        "policy": rule.policy, "exemption": rule.exemption, "quote": rule.quote, "duties": rule.duties,
        "dispute": rule.dispute.as_ref().map(|(id, positions)| json!({ "id": id, "in_force_for": positions })),
    })
}

fn one_or_all(places: Option<&Vec<usize>>, one: &Heard<'_>) -> Value {
    places.map_or_else(|| if one.places.is_empty() { Value::Null } else { json!("all") }, |p| json!(p))
}

fn effect(rule: &Rule) -> String {
    match &rule.effect {
        Effect::RequireLicence(name) => format!("requires a licence, {name}"),
        Effect::RequireTransferLicence(name) => format!("requires a licence for a transfer, {name}"),
        Effect::PresumptionOfDenial(name) => format!("requires a licence and presumes denial, {name}"),
        Effect::NotifyAndWait(name) => format!("requires notice and waiting, {name}"),
        Effect::Prohibit(name) => format!("prohibits, {name}"),
        Effect::Authorise { name, cancels } => format!("authorises {name}, meets {}", cancels.join(", ")),
        Effect::Restrict(names) => format!("removes {}", words::few(names, 6)),
        Effect::Duty(name) => format!("duty, {}", words::duty(name)),
        Effect::OtherAuthority(name) => format!("another authority is competent, {name}"),
    }
}

/// Why a rule is not, or not surely, in force.
fn force(force: &Force) -> Option<String> {
    match force {
        Force::InForce => None,
        Force::NotYet(day) => Some(format!("not before {day}")),
        Force::Lapsed(day) => Some(format!("ended {day}")),
        Force::Stayed(until, by) => {
            Some(until.map_or(format!("stayed by {by}"), |day| format!("stayed until {day} by {by}")))
        }
        Force::Unconfirmed(why) => Some(format!("not confirmed: {why}")),
        Force::NotHere => Some("not for this position".to_owned()),
    }
}

/// The order in which the word on top is found.
const ORDER: [Outcome; 11] = [
    Outcome::Prohibited,
    Outcome::LicencePresumptionOfDenial,
    Outcome::LicenceRequired,
    Outcome::NotifyAndWait,
    Outcome::Undetermined,
    Outcome::NotJudged,
    Outcome::Contested,
    Outcome::AuthorisedGenerally,
    Outcome::DutyOnly,
    Outcome::NoRequirementFound,
    Outcome::OutOfScope,
];

/// Why the answer says on top what it says: the first outcome in the fixed order that any law gives.
pub fn answer(case: &Case<'_>) -> Step {
    let answer = case.answer;
    let mut lines = Vec::new();
    for outcome in ORDER {
        let laws: Vec<String> = answer.laws.iter().filter(|l| l.outcome == outcome).map(words::law).collect();
        if !laws.is_empty() {
            lines.push(Line::new(2, words::outcome(outcome), laws.join(", ")).with(words::ink(outcome)));
        }
    }
    let told = format!(
        "{} ({}), the first in this order that any law gives; laws are never merged, the word on top is a signal for scripts",
        answer.outcome.word(),
        answer.first_word.word(),
    );
    lines.push(Line::new(2, "on top", told));
    Step { name: "answer", does: "the order of the outcomes", found: json!(answer), lines }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_told_is_the_order_of_the_outcomes() {
        assert_eq!(ORDER.len(), Outcome::ALL.len());
        assert!(ORDER.windows(2).all(|pair| pair[0] > pair[1]));
    }
}
