//! Rules that fire without an entry of a list: prohibitions by party or destination, catch-alls.

use comity_model::answer::{Answer, RequirementAnswer};
use comity_model::mandate::Evidence;

use super::page::{Ink, Page};
use super::{items, words};

/// So many rules are told in full.
const RULES_MAX: usize = 6;

/// `WHY`: each rule once, the strongest first, with the items it concerns where it is not all of them.
pub fn rules(page: &mut Page, answer: &Answer) {
    let mut found: Vec<(String, &RequirementAnswer, Vec<usize>)> = Vec::new();
    for law in &answer.laws {
        let label = words::law(law);
        let fired = law
            .prohibitions
            .iter()
            .chain(&law.requirements)
            .filter(|r| r.fires == "true" && r.entry.is_none());
        for rule in fired {
            match found.iter_mut().find(|(by, other, _)| by.starts_with(&label) && other.rule == rule.rule) {
                Some((_, _, items)) if items.contains(&rule.item) => {}
                Some((_, _, items)) => items.push(rule.item),
                None => {
                    let only = words::only_by(law, rule.effect);
                    found.push((
                        only.map_or(label.clone(), |only| format!("{label} ({only})")),
                        rule,
                        vec![rule.item],
                    ));
                }
            }
        }
    }
    found.sort_by_key(|(_, rule, _)| std::cmp::Reverse(rule.effect));
    for (law, rule, concerned) in found.iter().take(RULES_MAX) {
        let mandate = &rule.mandate;
        let mut told: Vec<String> = Vec::new();
        if concerned.len() < answer.items.len() {
            told.push(words::items(concerned));
        }
        told.push(format!("imposed by: {law}"));
        told.push(format!("agreed in: {}", words::agreed(&mandate.agreed_in)));
        page.spread(&format!("WHY {}", rule.rule), &told);
        let mut about = format!("ground: {}; {}", words::grounds(&mandate.ground), mandate.instrument);
        if rule.evidence == Evidence::Memory {
            about.push_str(&format!("; {}", words::known(rule.evidence)));
        }
        page.text(2, &about, Ink::Dim);
        items::effect(page, rule);
    }
    let rest: Vec<&str> = found.iter().skip(RULES_MAX).map(|(_, rule, _)| rule.rule.as_str()).collect();
    if !rest.is_empty() {
        page.heading("WHY ALSO", &words::few(&rest, 8));
    }
}
