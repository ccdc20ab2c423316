//! Reads one `[[rule]]` of a pack.

use std::collections::BTreeSet;

use comity_model::date::Period;
use comity_model::expr::Expr;
use comity_model::mandate::{AgreedIn, Ground, ImposedBy};
use comity_model::rule::{Effect, EndOfStay, Pack, Rule, Stay};

use crate::fault::Fault;
use crate::language::Vocabulary;
use crate::packs::{Context, condition, dispute, evidence, hook_indexes, text_of};
use crate::source::Reader;

/// Reads a rule; its faults are told where they stand.
pub fn read_rule(
    mut row: Reader<'_>,
    pack: &Pack,
    declared: &BTreeSet<String>,
    context: &Context<'_>,
    vocabulary: &Vocabulary<'_>,
    faults: &mut Vec<Fault>,
) -> Option<Rule> {
    let place = row.place();
    let id = row.required("id", faults);
    let cite = row.required("cite", faults);
    let says = row.required("says", faults);
    let (mut agreed_in, mut agreed_in_entry, mut agreed_in_listing) = (BTreeSet::new(), false, false);
    match row.optional_texts("agreed_in", faults) {
        None => faults.push(row.fault(
            "agreed_in",
            "a rule without `agreed_in`",
            "a list; empty for an own decision",
            "add agreed_in = []",
        )),
        Some(words) => {
            for word in words {
                if word == "entry" {
                    agreed_in_entry = true;
                } else if word == "listing" {
                    agreed_in_listing = true;
                } else {
                    match word.parse::<AgreedIn>() {
                        Ok(value) => {
                            agreed_in.insert(value);
                        }
                        Err(error) => {
                            faults.push(row.fault("agreed_in", error.to_string(), "", "correct it"))
                        }
                    }
                }
            }
        }
    }
    let ground = row.parsed_list::<Ground>("ground", faults);
    if ground.is_empty() && !row.has("ground") {
        faults.push(row.fault(
            "ground",
            "a rule without ground",
            "the ground its author states",
            "add ground = [\"wmd_nonproliferation\"]",
        ));
    }
    let hooks = hook_indexes(&mut row, &pack.hooks, declared, faults);
    if hooks.is_empty() && !row.has("hook") {
        faults.push(row.fault(
            "hook",
            "a rule without hook",
            "a hook of pack.toml",
            "add hook = [\"export\"]",
        ));
    }
    let in_force = row.parsed::<Period>("in_force", faults);
    if in_force.is_none() && !row.has("in_force") {
        faults.push(row.fault(
            "in_force",
            "a rule without `in_force`",
            "from..to",
            "add in_force = \"2021-09-09..\"",
        ));
    }
    let imposed_by = row.parsed::<ImposedBy>("imposed_by", faults).unwrap_or(pack.authority);
    let mut stays = Vec::new();
    for mut stay in row.tables("stayed", faults) {
        let period = Period { from: stay.parsed("from", faults), to: stay.parsed("to", faults) };
        let by = stay.required("by", faults).unwrap_or("").to_owned();
        let end = match stay.text("end", faults) {
            Some("inclusive") | None => EndOfStay::Inclusive,
            Some("exclusive") => EndOfStay::Exclusive,
            Some("unclear") => EndOfStay::Unclear,
            Some(other) => {
                faults.push(stay.fault(
                    "end",
                    format!("end `{other}`"),
                    "inclusive, exclusive or unclear",
                    "correct it",
                ));
                EndOfStay::Unclear
            }
        };
        stay.finish(faults);
        if stays.iter().any(|s: &Stay| s.period.overlaps(&period)) {
            faults.push(row.fault(
                "stayed",
                "two stays at the same time",
                "periods that do not meet",
                "join them",
            ));
        }
        stays.push(Stay { period, by, end });
    }
    let dispute = dispute(&mut row, context, faults);
    let text = row.text("when", faults).unwrap_or("").to_owned();
    let when = condition(&row, &text, vocabulary, faults);
    let effect = read_effect(&mut row, faults);
    let evidence = evidence(&mut row, faults);
    let source = row.text("source", faults).unwrap_or("").to_owned();
    let binding = row.text("binding", faults).map(str::to_owned);
    if let Some(word) = &binding
        && !["decides", "calls_upon"].contains(&word.as_str())
    {
        faults.push(row.fault("binding", format!("binding `{word}`"), "decides or calls_upon", "correct it"));
    }
    row.text("binds", faults);
    let policy = row.text("policy", faults).unwrap_or("").to_owned();
    let duties = row.texts("duties", faults).into_iter().map(str::to_owned).collect();
    let exemption = row.node("exemption").map(text_of).filter(|t| !t.is_empty());
    let next = row.text("next", faults).map(str::to_owned);
    let quote = row.text("quote", faults).unwrap_or("").to_owned();
    if quote.split_whitespace().count() > 15 {
        faults.push(row.fault(
            "quote",
            "a quote of more than 15 words",
            "a short operative phrase",
            "shorten it",
        ));
    }
    row.text("note", faults);
    row.texts("positions", faults);
    let per_item = when.as_ref().is_some_and(Expr::mentions_item);
    row.finish(faults);
    Some(Rule {
        id: id?.to_owned(),
        cite: cite?.to_owned(),
        says: says?.to_owned(),
        agreed_in,
        agreed_in_entry,
        agreed_in_listing,
        ground,
        imposed_by,
        hooks,
        in_force: in_force?,
        stays,
        dispute,
        when: when?,
        text,
        effect: effect?,
        evidence,
        source,
        binding,
        policy,
        duties,
        exemption,
        next,
        quote,
        per_item,
        place,
    })
}

fn read_effect(row: &mut Reader<'_>, faults: &mut Vec<Fault>) -> Option<Effect> {
    let mut tables = row.tables("effect", faults);
    let Some(mut effect) = tables.pop() else {
        faults.push(row.fault(
            "effect",
            "a rule without effect",
            "effect = { require_licence = \"NAME\" }",
            "say what it does",
        ));
        return None;
    };
    let mut effects = Vec::new();
    let name = |effect: &mut Reader<'_>, key: &'static str, faults: &mut Vec<Fault>| {
        effect.text(key, faults).map(str::to_owned)
    };
    effects.extend(name(&mut effect, "require_licence", faults).map(Effect::RequireLicence));
    effects.extend(name(&mut effect, "require_transfer_licence", faults).map(Effect::RequireTransferLicence));
    effects.extend(name(&mut effect, "presumption_of_denial", faults).map(Effect::PresumptionOfDenial));
    effects.extend(name(&mut effect, "notify_and_wait", faults).map(Effect::NotifyAndWait));
    effects.extend(name(&mut effect, "prohibit", faults).map(Effect::Prohibit));
    effects.extend(name(&mut effect, "duty", faults).map(Effect::Duty));
    effects.extend(name(&mut effect, "other_authority", faults).map(Effect::OtherAuthority));
    let cancels = effect
        .optional_texts("cancels", faults)
        .map(|t| t.into_iter().map(str::to_owned).collect::<Vec<_>>());
    if let Some(name) = name(&mut effect, "authorise", faults) {
        if cancels.as_ref().is_none_or(Vec::is_empty) {
            faults.push(effect.fault(
                "cancels",
                format!("authorisation `{name}` cancels nothing"),
                "cancels = [\"NAME\"]",
                "name the requirements that it cancels",
            ));
        }
        effects.push(Effect::Authorise { name, cancels: cancels.unwrap_or_default() });
    }
    if let Some(names) = effect.optional_texts("restrict", faults) {
        effects.push(Effect::Restrict(names.into_iter().map(str::to_owned).collect()));
    }
    effect.finish(faults);
    if effects.len() != 1 {
        faults.push(row.fault(
            "effect",
            format!("{} effects in one rule", effects.len()),
            "exactly one",
            "write one rule for each",
        ));
    }
    effects.pop()
}
