//! What stands after the reasons: open rules, what this lawbook does not hold, dormant rules, what would change the answer, questions, next
//! steps, notices, and the foot with lists and lawbook.

use comity_model::answer::{Answer, Flip, LawAnswer, RequirementAnswer};
use comity_model::rule::Outcome;

use super::page::{Ink, Page, WIDTH};
use super::table::Group;
use super::{parties, words};

/// So many rules of a law are named in a line.
const RULES_MAX: usize = 4;
/// So many gaps of a law are told.
const GAPS_MAX: usize = 2;
/// So many questions are told.
const QUESTIONS_MAX: usize = 7;
/// So many notices are told.
const NOTICES_MAX: usize = 5;

/// Rules that would fire if open facts came out so, by what they would bring.
pub fn open_rules(page: &mut Page, answer: &Answer) {
    let mut begun = false;
    for law in answer.laws.iter().filter(|l| l.by_item.iter().any(|i| i.best != i.worst)) {
        let all: Vec<&RequirementAnswer> = law.prohibitions.iter().chain(&law.requirements).collect();
        let sure = |rule: &str| all.iter().any(|r| r.rule == rule && r.fires == "true");
        let mut by_effect: Vec<(Outcome, Vec<&str>)> = Vec::new();
        for rule in all.iter().filter(|r| r.fires != "true" && !sure(&r.rule)) {
            match by_effect.iter_mut().find(|(effect, _)| *effect == rule.effect) {
                Some((_, rules)) if rules.contains(&rule.rule.as_str()) => {}
                Some((_, rules)) => rules.push(&rule.rule),
                None => by_effect.push((rule.effect, vec![&rule.rule])),
            }
        }
        by_effect.sort_by_key(|(effect, _)| std::cmp::Reverse(*effect));
        for (i, (effect, rules)) in by_effect.iter().enumerate() {
            if !begun {
                page.heading("OPEN RULES", "they would fire if the open facts came out so");
                begun = true;
            }
            let name = if i == 0 { words::law(law) } else { String::new() };
            let told =
                format!("{}: {}", words::outcome(*effect).to_lowercase(), words::few(rules, RULES_MAX));
            page.under(2, (&name, 18, Ink::Plain), &told, Ink::Plain);
        }
    }
}

/// Parts of the law that no pack holds and that may bite here.
pub fn gaps(page: &mut Page, answer: &Answer) {
    let concerned: Vec<&LawAnswer> = answer.laws.iter().filter(|l| !l.gaps.is_empty()).collect();
    if concerned.is_empty() {
        return;
    }
    page.heading("GAPS", "not held by this lawbook, and they may bite here");
    for law in concerned {
        let mut gaps: Vec<_> = law.gaps.iter().collect();
        // Those on which the outcome hangs come first.
        gaps.sort_by_key(|g| (!law.missing.contains(&format!("gap:{}", g.id)), std::cmp::Reverse(g.worst)));
        for (i, gap) in gaps.iter().take(GAPS_MAX).enumerate() {
            let name = if i == 0 { words::law(law) } else { String::new() };
            let told = format!("up to {}: {}", words::outcome(gap.worst).to_lowercase(), gap.says);
            page.under(2, (&name, 18, Ink::Plain), &told, Ink::Plain);
        }
        if let Some(more) = gaps.len().checked_sub(GAPS_MAX).filter(|n| *n > 0) {
            page.text(20, &format!("and {more} more"), Ink::Dim);
        }
    }
}

/// Rules that would have fired but are not in force.
pub fn dormant(page: &mut Page, answer: &Answer) {
    if answer.laws.iter().all(|l| l.dormant.is_empty()) {
        return;
    }
    page.heading("DORMANT", "would have fired, but not in force on this day");
    for rule in answer.laws.iter().flat_map(|l| &l.dormant) {
        let width = rule.rule.chars().count().clamp(14, 26) + 2;
        let told = format!("{} ({}): {}", rule.status.replace('_', " "), rule.when, rule.says);
        page.under(2, (&rule.rule, width, Ink::Dim), &told, Ink::Plain);
    }
}

/// Two columns: the change, and what would follow.
pub fn change(page: &mut Page, answer: &Answer, groups: &[Group]) {
    // What is said of an item goes for those that are folded into it.
    let folded = |flip: &&Flip| {
        let item = flip
            .change
            .strip_prefix("item ")
            .and_then(|c| c.split_once(": "))
            .and_then(|(n, _)| n.parse::<usize>().ok());
        item.is_some_and(|n| !groups.iter().any(|g| g.first() + 1 == n))
    };
    let flips: Vec<&Flip> = answer.would_change.iter().filter(|f| !folded(f)).collect();
    if flips.is_empty() {
        return;
    }
    page.gap();
    const CHANGE: usize = 46;
    page.row(0, &[("WHAT WOULD CHANGE IT", CHANGE, Ink::Strong), ("then", WIDTH - CHANGE, Ink::Plain)]);
    // Changes with the same result stand together.
    let mut before = "";
    for flip in flips {
        let then = if flip.then == before { "the same" } else { flip.then.as_str() };
        before = &flip.then;
        page.row(2, &[(&flip.change, CHANGE - 2, Ink::Plain), (then, WIDTH - CHANGE, Ink::Plain)]);
    }
}

/// Missing facts as questions, the most decisive first.
pub fn questions(page: &mut Page, answer: &Answer) {
    if answer.questions.is_empty() {
        return;
    }
    let several = answer.items.len() > 1;
    page.heading("QUESTIONS", "the most decisive first");
    for (i, question) in answer.questions.iter().take(QUESTIONS_MAX).enumerate() {
        let told = format!("{}: {}", words::facts(&question.fact, several), question.ask);
        page.under(2, (&format!("Q{}", i + 1), 4, Ink::Ask), &told, Ink::Plain);
    }
    if let Some(more) = answer.questions.len().checked_sub(QUESTIONS_MAX).filter(|n| *n > 0) {
        page.text(6, &format!("and {more} more"), Ink::Dim);
    }
}

/// The next steps, numbered. A step that only repeats a question above points to it.
pub fn next(page: &mut Page, answer: &Answer) {
    if answer.next.is_empty() {
        return;
    }
    let several = answer.items.len() > 1;
    let mut steps: Vec<String> = Vec::new();
    let mut answers: Option<usize> = None;
    for step in &answer.next {
        let asked = answer
            .questions
            .iter()
            .take(QUESTIONS_MAX)
            .position(|q| *step == format!("Answer {}: {}", q.fact, q.ask));
        match (asked, answers.and_then(|at| steps.get_mut(at))) {
            (Some(q), Some(first)) => first.push_str(&format!(", Q{}", q + 1)),
            (Some(q), None) => {
                answers = Some(steps.len());
                steps.push(format!("Answer Q{}", q + 1));
            }
            (None, _) => steps.push(words::facts(step, several)),
        }
    }
    page.heading("NEXT", "");
    for (i, step) in steps.iter().enumerate() {
        page.under(2, (&(i + 1).to_string(), 2, Ink::Plain), step, Ink::Plain);
    }
}

/// What the reader should know of the data.
pub fn notices(page: &mut Page, answer: &Answer) {
    if answer.notices.is_empty() {
        return;
    }
    page.heading("NOTE", "");
    for notice in answer.notices.iter().take(NOTICES_MAX) {
        page.text(2, notice, Ink::Dim);
    }
    if let Some(more) = answer.notices.len().checked_sub(NOTICES_MAX).filter(|n| *n > 0) {
        page.text(2, &format!("and {more} more"), Ink::Dim);
    }
}

/// Lists, law, lawbook, and what this paper is.
pub fn foot(page: &mut Page, answer: &Answer) {
    page.gap();
    page.under(
        0,
        ("lists", 10, Ink::Dim),
        &parties::lists(&answer.register, &answer.lists_missing),
        Ink::Dim,
    );
    let known: Vec<String> =
        answer.laws.iter().filter_map(|l| l.known_as_of.map(|day| format!("{} {day}", l.law))).collect();
    if !known.is_empty() {
        page.under(0, ("law", 10, Ink::Dim), &format!("known to: {}", known.join(", ")), Ink::Dim);
    }
    if let Some(item) = answer.items.first() {
        page.under(0, ("controls", 10, Ink::Dim), &controls(item), Ink::Dim);
    }
    let digest: String = answer.lawbook.digest.chars().take(8).collect();
    let told = format!("{digest} of {}; say --explain for all rules, notes and sources", answer.lawbook.date);
    page.under(0, ("lawbook", 10, Ink::Dim), &told, Ink::Dim);
    aid(page);
}

/// The editions of the control lists.
pub fn controls(item: &comity_model::answer::ItemAnswer) -> String {
    item.lists.iter().map(|(list, on)| format!("{list} {}", on.edition)).collect::<Vec<_>>().join(", ")
}

/// The last line of every paper.
pub fn aid(page: &mut Page) {
    page.text(0, "An aid to decision. It is no licence, and no authority is bound by it.", Ink::Dim);
}
