//! One row a law, side by side and never merged; a row more for each group of items that comes out otherwise, and for each position where
//! States differ.

use comity_model::answer::{Answer, ItemAnswer, ItemOutcome, LawAnswer, RequirementAnswer};
use comity_model::rule::Outcome;

use super::page::{Cell, Ink, Page, WIDTH};
use super::words;

const LAW: usize = 18;
const OUTCOME: usize = 22;
/// So many characters of a chain of citations are told, by whole members.
const CITED_MAX: usize = 70;
/// So many kinds of link that do not reach are named.
const LINKS_MAX: usize = 4;
/// So many entries are named that brought the outcome of a row.
const CODES_MAX: usize = 3;

/// Items that came out alike, by their places in the deal.
pub struct Group {
    /// The places, in order; at least one.
    pub items: Vec<usize>,
}

impl Group {
    /// The item that stands for the group.
    pub fn first(&self) -> usize {
        self.items.first().copied().unwrap_or(0)
    }

    /// `items 1-40`, where there are several groups to tell apart.
    pub fn label(&self, of: &[Self]) -> Option<String> {
        (of.len() > 1).then(|| words::items(&self.items))
    }
}

/// Items by what was found for them: the same provisions on every list, the same outcome by every law.
pub fn groups(items: &[ItemAnswer], laws: &[LawAnswer]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (place, item) in items.iter().enumerate() {
        let alike = |group: &&mut Group| {
            items.get(group.first()).is_some_and(|other| other.lists == item.lists)
                && laws.iter().all(|law| {
                    let end = |i: usize| law.by_item.get(i).map(|o| (o.outcome, o.best, o.worst));
                    end(group.first()) == end(place)
                })
        };
        match groups.iter_mut().find(alike) {
            Some(group) => group.items.push(place),
            None => groups.push(Group { items: vec![place] }),
        }
    }
    groups
}

/// The table of laws, and the fold of items that are alike.
pub fn laws(page: &mut Page, answer: &Answer, groups: &[Group]) {
    page.gap();
    row(page, 0, "LAW", ("OUTCOME", Ink::Strong), "DECIDED BY", Ink::Strong);
    let several = answer.items.len() > 1;
    for law in &answer.laws {
        let label = words::law(law);
        let split = by_outcome(law);
        if split.len() < 2 {
            let end = ItemOutcome { item: 0, outcome: law.outcome, best: law.best, worst: law.worst };
            let all: Vec<usize> = law.by_item.iter().map(|o| o.item).collect();
            let decided = decided_by(law, &end, &own_words(law, &end, &all), several);
            row(
                page,
                0,
                &label,
                (&words::outcome(law.outcome), words::ink(law.outcome)),
                &decided,
                Ink::Plain,
            );
        }
        for (i, (end, items)) in split.iter().enumerate().filter(|_| split.len() > 1) {
            let own = own_words(law, end, items);
            let decided = format!("{}: {}", words::items(items), decided_by(law, end, &own, several));
            let label = if i == 0 { label.as_str() } else { "" };
            row(
                page,
                0,
                label,
                (&words::outcome(end.outcome), words::ink(end.outcome)),
                &decided,
                Ink::Plain,
            );
        }
        positions(page, law);
    }
    for group in groups.iter().filter(|g| g.items.len() > 1) {
        let rest: Vec<usize> = group.items.iter().skip(1).copied().collect();
        page.text(0, &format!("{}: as item {}", words::items(&rest), group.first() + 1), Ink::Dim);
    }
}

fn row(page: &mut Page, indent: usize, law: &str, (outcome, ink): (&str, Ink), decided: &str, head: Ink) {
    let cells: [Cell<'_>; 3] =
        [(law, LAW - indent, head), (outcome, OUTCOME, ink), (decided, WIDTH - LAW - OUTCOME, head)];
    page.row(indent, &cells);
}

/// Items by their outcome under one law, the strongest first.
fn by_outcome(law: &LawAnswer) -> Vec<(ItemOutcome, Vec<usize>)> {
    let mut found: Vec<(ItemOutcome, Vec<usize>)> = Vec::new();
    for one in &law.by_item {
        let end = |o: &ItemOutcome| (o.outcome, o.best, o.worst);
        match found.iter_mut().find(|(other, _)| end(other) == end(one)) {
            Some((_, items)) => items.push(one.item),
            None => found.push((one.clone(), vec![one.item])),
        }
    }
    found.sort_by_key(|(end, _)| std::cmp::Reverse((end.outcome, end.worst)));
    found
}

fn decided_by(law: &LawAnswer, end: &ItemOutcome, own: &str, several: bool) -> String {
    let mut parts: Vec<String> = words::ends(end.best, end.worst).into_iter().collect();
    if !own.is_empty() {
        let own = cited(&words::facts(own, several));
        parts.push(if end.outcome == Outcome::OutOfScope { links(&own) } else { own });
    }
    if let Some(why) = words::why_not_held(law) {
        parts.push(why.to_owned());
    }
    parts.join("; ")
}

/// A long list of links that do not reach, made short.
fn links(own: &str) -> String {
    let kinds: Vec<&str> = own.split(", ").collect();
    words::few(&kinds, LINKS_MAX)
}

/// A chain of citations cut to about two lines; `WHY` and the JSON hold it whole.
fn cited(own: &str) -> String {
    let mut kept = String::new();
    for (i, part) in own.split("; ").enumerate() {
        if i > 0 && kept.chars().count() + part.chars().count() > CITED_MAX {
            return format!("{kept} ...");
        }
        if i > 0 {
            kept.push_str("; ");
        }
        kept.push_str(part);
    }
    kept
}

/// What decided for these items of several; where the deal has one, the law's own words.
fn own_words(law: &LawAnswer, end: &ItemOutcome, items: &[usize]) -> String {
    let fired = |r: &&RequirementAnswer| r.fires == "true" && items.contains(&r.item);
    match end.outcome {
        Outcome::Undetermined if end.outcome != law.outcome => {
            let first = items.first().copied().unwrap_or(0);
            let of_item = format!("item[{first}].");
            let own: Vec<&String> =
                law.missing.iter().filter(|m| !m.starts_with("item[") || m.starts_with(&of_item)).collect();
            match own.iter().find(|m| m.starts_with(&of_item)).or(own.first()) {
                Some(open) if own.len() > 1 => format!("open: {open} and {} more", own.len() - 1),
                Some(open) => format!("open: {open}"),
                None => "open".to_owned(),
            }
        }
        Outcome::AuthorisedGenerally => {
            let mut by: Vec<&str> =
                law.requirements.iter().filter(fired).filter_map(|r| r.cancelled_by.as_deref()).collect();
            by.sort_unstable();
            by.dedup();
            words::few(&by, 2)
        }
        Outcome::Prohibited
        | Outcome::LicencePresumptionOfDenial
        | Outcome::LicenceRequired
        | Outcome::NotifyAndWait
            if items.len() > 1 || end.outcome != law.outcome =>
        {
            let rules = law.prohibitions.iter().chain(&law.requirements);
            let (mut codes, mut instruments): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
            for rule in rules.filter(fired).filter(|r| r.effect == end.outcome && r.cancelled_by.is_none()) {
                let code = rule.entry.as_deref().map(|e| e.split_once(':').map_or(e, |(_, code)| code));
                codes.extend(code.filter(|c| !codes.contains(c)));
                let instrument = rule.mandate.instrument.as_str();
                if !instruments.contains(&instrument) {
                    instruments.push(instrument);
                }
            }
            let told = [words::few(&codes, CODES_MAX), words::few(&instruments, 1)];
            told.into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join("; ")
        }
        Outcome::NoRequirementFound if end.outcome != law.outcome => "no rule fires".to_owned(),
        Outcome::OutOfScope if end.outcome != law.outcome => "no link".to_owned(),
        _ => law.decided_by.clone(),
    }
}

/// One row a position, each once, with its holders in alphabetical order.
fn positions(page: &mut Page, law: &LawAnswer) {
    for (i, position) in law.contested.iter().enumerate() {
        if law.contested.iter().take(i).any(|p| p == position) {
            continue;
        }
        let label = format!("position {}", position.position);
        let (outcome, ink) = position
            .outcome
            .map_or_else(|| (String::new(), Ink::Plain), |o| (words::outcome(o), words::ink(o)));
        let mut told = words::holders(position);
        if let Some(ends) = words::ends(position.best, position.worst) {
            told.push_str(&format!("; {ends}"));
        }
        row(page, 2, &label, (&outcome, ink), &told, Ink::Plain);
    }
}

/// What each position holds, once for all laws.
pub fn claims(page: &mut Page, answer: &Answer) {
    let mut told: Vec<&comity_model::answer::PositionAnswer> = Vec::new();
    for position in answer.laws.iter().flat_map(|l| &l.contested) {
        if !told.iter().any(|p| (&p.position, &p.claim) == (&position.position, &position.claim)) {
            told.push(position);
        }
    }
    if told.is_empty() {
        return;
    }
    page.heading("CONTESTED", "States differ; each position is judged for itself");
    for position in told {
        let lead = format!("position {}", position.position);
        page.under(2, (&lead, lead.chars().count() + 2, Ink::Plain), &position.claim, Ink::Plain);
    }
}
