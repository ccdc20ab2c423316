//! The first two steps: the deal as understood, each fact with its source and base value; then the law and the lists that were opened.

use comity_engine::facts::View;
use comity_model::deal::{Deal, Item, Party};
use comity_model::fact::{Fact, FactDef, FactSource, FactValue, Facts};
use comity_model::unit::{Extent, Quantity};
use serde_json::{Value, json};

use super::{Case, Line, Step};
use crate::text::words;

/// The deal as understood.
pub fn read(case: &Case<'_>) -> Step {
    let deal = case.deal;
    let mut lines = vec![Line::new(2, "deal", &case.answer.deal), Line::new(2, "as of", day_words(case))];
    let mut facts: Vec<Value> = Vec::new();
    for (number, leg) in deal.legs.iter().enumerate() {
        let parts = [
            Some(leg.place.to_string()),
            leg.site.clone(),
            leg.stop.map(|s| s.to_string()),
            leg.carrier.clone(),
            leg.vessel.clone(),
        ];
        lines.push(Line::new(2, format!("leg {}", number + 1), joined(parts)));
    }
    for party in &deal.parties {
        lines.push(Line::new(2, party.role.to_string(), party_words(party)));
        let place = format!("{}: ", party.role);
        told(case, &case.book.basics().deal_facts, &party.facts, &place, &mut facts, &mut lines);
    }
    for (first, places) in case.kinds() {
        let Some(item) = first.and_then(|i| deal.items.get(i)) else { continue };
        let label = words::items(&places);
        lines.push(Line::new(2, label.clone(), item_words(item)));
        let before = facts.len();
        told(case, &case.book.basics().item_facts, &item.facts, "", &mut facts, &mut lines);
        for fact in facts.iter_mut().skip(before) {
            if let Value::Object(map) = fact {
                map.insert("items".to_owned(), json!(places));
            }
        }
    }
    lines.push(Line::new(2, "end use", end_use(deal)));
    told(case, &case.book.basics().deal_facts, &deal.facts, "facts.", &mut facts, &mut lines);
    for licence in &deal.licences {
        let parts = [
            licence.law.clone(),
            (!licence.meets.is_empty()).then(|| format!("meets {}", licence.meets.join(", "))),
            licence.until.map(|day| format!("until {day}")),
            licence.balance.clone(),
        ];
        lines.push(Line::new(2, format!("licence {}", licence.id), joined(parts)));
    }
    Step {
        name: "read",
        does: "the deal as understood",
        found: json!({ "deal": deal, "facts": facts }),
        lines,
    }
}

fn day_words(case: &Case<'_>) -> String {
    match case.deal.date {
        Some(date) if date == case.day => format!("{}, the date of the deal", case.day),
        Some(date) => format!("{}; the deal is dated {date}", case.day),
        None => format!("{}; the deal has no date", case.day),
    }
}

fn joined(parts: impl IntoIterator<Item = Option<String>>) -> String {
    parts.into_iter().flatten().filter(|p| !p.is_empty()).collect::<Vec<_>>().join("; ")
}

fn party_words(party: &Party) -> String {
    let owners: Vec<String> = party
        .owners
        .iter()
        .map(|o| {
            format!(
                "{} {}",
                o.name,
                o.percent.as_ref().map_or("share not known".to_owned(), |p| format!("{p} %"))
            )
        })
        .collect();
    let judged = |word: &str, list: &[comity_model::deal::Judgement]| {
        let one = |j: &comity_model::deal::Judgement| {
            format!("{}{}", j.listing, j.why.as_ref().map_or(String::new(), |w| format!(" ({w})")))
        };
        (!list.is_empty()).then(|| format!("{word} {}", list.iter().map(one).collect::<Vec<_>>().join(", ")))
    };
    joined([
        Some(format!("\"{}\"", party.name)),
        party.state.map(|s| format!("State {s}")),
        party.nationality.map(|s| format!("nationality {s}")),
        party.kind.map(|k| k.to_string()),
        party.birth_date.as_ref().map(|d| format!("born {d}")),
        party.address.clone(),
        (!party.identifiers.is_empty()).then(|| {
            party.identifiers.iter().map(|i| format!("{} {}", i.kind, i.value)).collect::<Vec<_>>().join(", ")
        }),
        (!owners.is_empty()).then(|| format!("owners: {}", owners.join(", "))),
        judged("stated to be", &party.same_as),
        judged("stated not to be", &party.not_same_as),
    ])
}

fn item_words(item: &Item) -> String {
    let content = item.content.as_ref().map(|parts| {
        let parts: Vec<String> = parts.iter().map(|p| format!("{} {} %", p.state, p.percent)).collect();
        format!("content: {}", if parts.is_empty() { "none".to_owned() } else { parts.join(", ") })
    });
    let claimed: Vec<String> = item.claimed.iter().map(|(list, code)| format!("{list}:{code}")).collect();
    joined([
        Some(item.description.clone()),
        Some(if item.classes.is_empty() {
            "class not stated".to_owned()
        } else {
            format!("class {}", item.classes.join(", "))
        }),
        item.hs.as_ref().map(|hs| format!("tariff code {hs}")),
        item.quantity.as_ref().map(|q| format!("quantity {q}")),
        item.value.as_ref().map(|v| format!("{} {}", v.currency, v.amount)),
        item.origin.map(|s| format!("origin {s}")),
        content,
        (!claimed.is_empty()).then(|| format!("claimed {}", claimed.join(", "))),
        item.contains.as_ref().map(|parts| format!("contains {} parts", parts.len())),
    ])
}

fn end_use(deal: &Deal) -> String {
    let end = &deal.end_use;
    let list = |set: &std::collections::BTreeSet<comity_model::deal::UseClass>| {
        set.iter().map(|u| u.word().replace('_', " ")).collect::<Vec<_>>().join(", ")
    };
    let purpose = end.purpose.as_ref().map_or("not stated".to_owned(), list);
    let knowledge = match &end.knowledge {
        None => "not stated".to_owned(),
        Some(comity_model::deal::Knowledge::Every(level)) => level.word().replace('_', " "),
        Some(comity_model::deal::Knowledge::ByUse(map)) => map
            .iter()
            .map(|(u, k)| format!("{} {}", u.word().replace('_', " "), k.word().replace('_', " ")))
            .collect::<Vec<_>>()
            .join(", "),
    };
    let informed = end
        .informed
        .as_ref()
        .map_or("not stated".to_owned(), |set| if set.is_empty() { "of none".to_owned() } else { list(set) });
    joined([
        end.text.as_ref().map(|t| format!("\"{t}\"")),
        Some(format!("purpose: {purpose}")),
        Some(format!("knowledge: {knowledge}")),
        Some(format!("informed: {informed}")),
    ])
}

/// Every fact with its value, base value and source; stated ones first, then those that follow by a formula.
fn told(
    case: &Case<'_>,
    defs: &std::collections::BTreeMap<String, FactDef>,
    facts: &Facts,
    place: &str,
    found: &mut Vec<Value>,
    lines: &mut Vec<Line>,
) {
    let view = View::new(defs, facts);
    let derived = defs.iter().filter(|(name, def)| def.derived.is_some() && !facts.contains_key(*name));
    let derived: Vec<(String, Fact)> =
        derived.filter_map(|(name, _)| Some((name.clone(), view.get(name)?.into_owned()))).collect();
    let stated = facts.iter().map(|(name, fact)| (name.clone(), fact.clone()));
    for (name, fact) in stated.chain(derived) {
        let base = match &fact.value {
            FactValue::Quantity(quantity) => base(case, quantity),
            _ => None,
        };
        let why = match &fact.source {
            FactSource::Judged { why, .. } => why.clone(),
            FactSource::Stated | FactSource::Derived(_) => None,
        };
        let value = Some(fact.value.text()).filter(|v| !v.is_empty()).unwrap_or_else(|| "none".to_owned());
        let parts = [
            Some(value.clone()),
            base.as_ref().filter(|b| **b != value).map(|b| format!("= {b}")),
            fact.basis.as_ref().map(|b| format!("basis {b}")),
            Some(fact.source.text()),
            why.clone(),
        ];
        lines.push(Line::new(4, format!("{place}{name}"), joined(parts)));
        found.push(json!({
            "fact": format!("{place}{name}"), "value": value, "base": base, "basis": fact.basis, "source": fact.source.text(), "why": why,
        }));
    }
}

/// A quantity in the base unit of its dimension.
fn base(case: &Case<'_>, quantity: &Quantity) -> Option<String> {
    let unit = &case.book.basics().units.dimension(quantity.dimension)?.base;
    let unit = if unit == "1" { String::new() } else { format!(" {unit}") };
    Some(format!("{}{unit}", extent(&quantity.extent)))
}

fn extent(extent: &Extent) -> String {
    if let Some(value) = extent.exact() {
        return value.to_string();
    }
    let low =
        extent.low.as_ref().map(|end| format!("{} {}", if end.closed { "from" } else { "above" }, end.value));
    let high =
        extent.high.as_ref().map(|end| format!("{} {}", if end.closed { "to" } else { "below" }, end.value));
    [low, high].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// The lawbook, its packs and control lists, and the editions of party lists.
pub fn open(case: &Case<'_>) -> Step {
    let answer = case.answer;
    let mut lines =
        vec![Line::new(2, "lawbook", format!("{}, kept to {}", case.book.digest(), case.book.date()))];
    let mut packs: Vec<Value> = Vec::new();
    for pack in case.book.packs() {
        let told = format!(
            "{}, known to {}: {}, {} not held",
            pack.title,
            pack.known_as_of,
            words::count(pack.rules.len(), "rule", "rules"),
            words::count(pack.gaps.len(), "part", "parts"),
        );
        lines.push(Line::new(2, format!("law {}", pack.id), told));
        packs.push(json!({
            "law": pack.id, "title": pack.title, "known_as_of": pack.known_as_of.to_string(), "rules": pack.rules.len(), "gaps": pack.gaps.len(),
            "sources": pack.sources.iter().map(|s| json!({ "id": s.id, "title": s.title, "as_of": s.as_of, "address": s.address })).collect::<Vec<_>>(),
        }));
    }
    let mut controls: Vec<Value> = Vec::new();
    for list in case.book.controls() {
        lines.push(Line::new(
            2,
            format!("controls {}", list.id),
            format!("{}: {} entries; {}", list.edition, list.entries.len(), list.source),
        ));
        controls.push(json!({ "list": list.id, "edition": list.edition.to_string(), "entries": list.entries.len(), "source": list.source }));
    }
    for stamp in &answer.register {
        let old = if stamp.stale { ", OLD" } else { "" };
        let digest: String = stamp.digest.chars().take(16).collect();
        let told = format!("{}, {} days old{old}, digest {digest}...", stamp.edition, stamp.age_days);
        lines.push(Line::new(2, stamp.list.clone(), told));
    }
    if !answer.lists_missing.is_empty() {
        lines.push(Line::new(2, "not loaded", answer.lists_missing.join(", ")));
    }
    let found = json!({
        "lawbook": answer.lawbook, "laws": packs, "controls": controls, "register": answer.register, "lists_missing": answer.lists_missing,
    });
    Step { name: "open", does: "the law and the lists used", found, lines }
}
