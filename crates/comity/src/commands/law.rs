//! `comity law show | list | check`: the packs.

use std::path::Path;

use comity_model::lawbook::Lawbook;
use comity_model::rule::{Effect, Pack, Rule};
use comity_pack::language::nearest;
use serde_json::{Value, json};

use crate::cli::{Global, LawCommand, Output};
use crate::fail::Failure;
use crate::world;

pub fn run(global: &Global, command: &LawCommand) -> Result<Output, Failure> {
    match command {
        LawCommand::Check { dir } => check(global, dir),
        LawCommand::Show { rule } => {
            let book = world::lawbook(&global.packs)?;
            show(global, &book, rule)
        }
        LawCommand::List { pack } => {
            let book = world::lawbook(&global.packs)?;
            list(global, &book, pack.as_deref())
        }
    }
}

/// Reports every fault in a folder of data, or of packs.
fn check(global: &Global, dir: &Path) -> Result<Output, Failure> {
    if !dir.is_dir() {
        return Err(Failure::input(
            dir.display().to_string(),
            "no such folder",
            "a folder of data, or of packs",
            "correct the name",
        ));
    }
    let whole = dir.join("units.toml").is_file();
    let counts = if whole {
        let mut faults = Vec::new();
        let compiled = comity_pack::compile::compile(dir, &global.packs, &mut faults);
        if !faults.is_empty() {
            return Err(faults.into());
        }
        compiled.counts
    } else {
        let book = world::embedded()?;
        let mut dirs = vec![dir.to_owned()];
        dirs.extend(global.packs.iter().cloned());
        let with = comity_pack::compile::with_packs(&book, &dirs)?;
        let more = |count: fn(&Pack) -> usize| {
            with.packs().iter().filter(|p| book.pack(&p.id).is_none()).map(count).sum::<usize>()
        };
        vec![("packs", more(|_| 1)), ("rules", more(|p| p.rules.len())), ("gaps", more(|p| p.gaps.len()))]
    };
    if global.json {
        let map: serde_json::Map<String, Value> =
            counts.iter().map(|(k, n)| ((*k).to_owned(), json!(n))).collect();
        return Ok(Output::text(format!("{:#}\n", json!({ "faults": [], "counts": map }))));
    }
    let mut text = format!("{}: no fault\n", dir.display());
    for (what, count) in counts {
        text.push_str(&format!("{count:>8}  {what}\n"));
    }
    Ok(Output::text(text))
}

fn effect(rule: &Rule) -> String {
    match &rule.effect {
        Effect::RequireLicence(name) => format!("requires a licence: {name}"),
        Effect::RequireTransferLicence(name) => format!("requires a licence for a transfer: {name}"),
        Effect::PresumptionOfDenial(name) => format!("requires a licence, denial presumed: {name}"),
        Effect::NotifyAndWait(name) => format!("requires notice and waiting: {name}"),
        Effect::Prohibit(name) => format!("prohibits: {name}"),
        Effect::Authorise { name, cancels } => format!("authorises {name}; cancels {}", cancels.join(", ")),
        Effect::Restrict(names) => format!("removes {}", names.join(", ")),
        Effect::Duty(name) => format!("duty: {name}"),
        Effect::OtherAuthority(name) => format!("another authority is competent: {name}"),
    }
}

fn show(global: &Global, book: &Lawbook, id: &str) -> Result<Output, Failure> {
    let rules = || book.packs().iter().flat_map(|p| p.rules.iter().map(move |r| (p, r)));
    let Some((pack, rule)) = rules().find(|(_, r)| r.id == id) else {
        let near = nearest(id, rules().map(|(_, r)| r.id.as_str()));
        return Err(Failure::input(
            "law show",
            format!("no rule `{id}`"),
            "a rule of `comity law list PACK`",
            near,
        ));
    };
    let hooks: Vec<String> = rule
        .hooks
        .iter()
        .filter_map(|h| pack.hooks.get(usize::from(*h)))
        .map(|h| format!("{} ({}): {}", h.id, h.kind, h.says))
        .collect();
    let agreed: Vec<String> = rule
        .agreed_in
        .iter()
        .map(ToString::to_string)
        .chain(rule.agreed_in_entry.then(|| "as the matched entry".to_owned()))
        .collect();
    let grounds: Vec<&str> = rule.ground.iter().map(|g| g.word()).collect();
    let value = json!({
        "as_of": book.date().to_string(),
        "pack": pack.id,
        "rule": rule.id,
        "cite": rule.cite,
        "says": rule.says,
        "effect": effect(rule),
        "imposed_by": rule.imposed_by,
        "agreed_in": agreed,
        "ground": grounds,
        "hooks": hooks,
        "in_force": rule.in_force.to_string(),
        "stays": rule.stays.iter().map(|s| format!("{} by {}", s.period, s.by)).collect::<Vec<_>>(),
        "dispute": rule.dispute.as_ref().map(|(d, p)| format!("{d}: in force for {}", p.join(", "))),
        "when": rule.text,
        "policy": rule.policy,
        "duties": rule.duties,
        "exemption": rule.exemption,
        "evidence": rule.evidence,
        "source": rule.source,
        "place": rule.place.rsplit("data/").next().unwrap_or(&rule.place),
    });
    if global.json {
        return Ok(Output::text(format!("{value:#}\n")));
    }
    let mut text = format!("{}  {}\n\n", rule.id, rule.cite);
    if let Value::Object(map) = &value {
        for (key, field) in map.iter().filter(|(k, _)| !["as_of", "rule", "cite"].contains(&k.as_str())) {
            let shown = match field {
                Value::String(s) => s.clone(),
                Value::Array(list) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; "),
                Value::Null => String::new(),
                other => other.to_string(),
            };
            if !shown.is_empty() {
                text.push_str(&crate::text::wrapped(&format!("{:<12}", key.replace('_', " ")), &shown));
            }
        }
    }
    Ok(Output::text(text))
}

fn list(global: &Global, book: &Lawbook, pack: Option<&str>) -> Result<Output, Failure> {
    let Some(id) = pack else {
        let rows: Vec<Value> = book
            .packs()
            .iter()
            .map(|p| json!({ "pack": p.id, "title": p.title, "imposed_by": p.authority, "known_as_of": p.known_as_of.to_string(), "rules": p.rules.len(), "gaps": p.gaps.len() }))
            .collect();
        if global.json {
            return Ok(Output::text(format!(
                "{:#}\n",
                json!({ "as_of": book.date().to_string(), "packs": rows })
            )));
        }
        let mut text =
            format!("{:<8} {:<38} {:<11} {:>6} {:>6}\n", "PACK", "TITLE", "KNOWN TO", "RULES", "GAPS");
        for p in book.packs() {
            text.push_str(&format!(
                "{:<8} {:<38} {:<11} {:>6} {:>6}\n",
                p.id,
                p.title,
                p.known_as_of.to_string(),
                p.rules.len(),
                p.gaps.len()
            ));
        }
        return Ok(Output::text(text));
    };
    let Some(pack) = book.pack(id) else {
        let near = nearest(id, book.packs().iter().map(|p| p.id.as_str()));
        return Err(Failure::input(
            "law list",
            format!("no pack `{id}`"),
            "a pack of `comity law list`",
            near,
        ));
    };
    if global.json {
        let rules: Vec<Value> = pack
            .rules
            .iter()
            .map(|r| json!({ "rule": r.id, "cite": r.cite, "effect": effect(r), "in_force": r.in_force.to_string(), "evidence": r.evidence, "says": r.says }))
            .collect();
        let gaps: Vec<Value> = pack
            .gaps
            .iter()
            .map(|g| json!({ "gap": g.id, "cite": g.cite, "says": g.says, "worst": g.worst }))
            .collect();
        return Ok(Output::text(format!(
            "{:#}\n",
            json!({ "as_of": book.date().to_string(), "pack": pack.id, "rules": rules, "not_held": gaps })
        )));
    }
    let mut text = format!("{}  {}, known to {}\n\n", pack.id, pack.title, pack.known_as_of);
    for rule in &pack.rules {
        text.push_str(&crate::text::wrapped(&format!("{:<18} {} ", rule.id, rule.evidence), &rule.says));
    }
    if !pack.gaps.is_empty() {
        text.push_str("\nnot held by this pack:\n");
        for gap in &pack.gaps {
            text.push_str(&crate::text::wrapped(&format!("{:<20} ", gap.id), &gap.says));
        }
    }
    Ok(Output::text(text))
}
