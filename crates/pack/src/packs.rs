//! `data/packs/PACK/` → a [`Pack`]: head, hooks, gaps, tables, rules. The form stands in `data/README.md`.

use std::collections::{BTreeMap, BTreeSet};

use comity_model::control::ClassTree;
use comity_model::date::{Day, Period};
use comity_model::expr::{Expr, ItemSet, Owner, Test};
use comity_model::fact::FactDef;
use comity_model::mandate::{Evidence, ImposedBy};
use comity_model::place::StateCode;
use comity_model::rule::{
    Dispute, Effect, Gap, Hook, HookKind, Miss, Outcome, Pack, PackSource, Position, Relief, Table,
};
use comity_model::unit::UnitTable;

use crate::fault::Fault;
use crate::language::{self, Vocabulary, nearest};
use crate::rules::read_rule;
use crate::source::{Node, NodeKind, Reader, Source};
use crate::table::Csv;

/// The files of one pack.
pub struct Files {
    /// `pack.toml`.
    pub head: Source,
    /// `rules/*.toml`, sorted by name.
    pub rules: Vec<Source>,
    /// `tables/*.csv`: name of the file below the pack, and its text.
    pub tables: BTreeMap<String, Source>,
}

/// What a pack's conditions may speak of, besides its own tables.
pub struct Context<'a> {
    /// Units.
    pub units: &'a UnitTable,
    /// Facts of items.
    pub item_facts: &'a BTreeMap<String, FactDef>,
    /// Classes.
    pub classes: &'a ClassTree,
    /// Disputes.
    pub disputes: &'a [Dispute],
    /// Ids of control lists.
    pub lists: &'a BTreeSet<String>,
    /// Ids of treaties and regimes.
    pub treaties: &'a BTreeSet<String>,
}

/// Reads `disputes.toml`.
pub fn disputes(source: &Source, faults: &mut Vec<Fault>) -> Vec<Dispute> {
    let mut disputes: Vec<Dispute> = Vec::new();
    let Some(root) = source.toml(faults) else { return disputes };
    let Some(mut root) = Reader::new(source, "", &root, faults) else { return disputes };
    for mut row in root.tables("dispute", faults) {
        let (id, title) = (row.required("id", faults), row.required("title", faults));
        row.texts("about", faults);
        let mut positions = Vec::new();
        for mut position in row.tables("position", faults) {
            let id = position.required("id", faults);
            let holders: Vec<String> =
                position.texts("holders", faults).into_iter().map(str::to_owned).collect();
            if !holders.is_sorted() {
                faults.push(position.fault(
                    "holders",
                    "holders out of order",
                    "alphabetical order",
                    "sort them",
                ));
            }
            let claim = position.required("claim", faults);
            let source = position.required("source", faults);
            position.optional_truth("in_force", faults);
            position.scalar("from", faults);
            let as_of = position.scalar("as_of", faults).unwrap_or("").to_owned();
            position.text("evidence", faults);
            position.finish(faults);
            if let (Some(id), Some(claim), Some(source)) = (id, claim, source) {
                positions.push(Position {
                    id: id.to_owned(),
                    holders,
                    claim: claim.to_owned(),
                    source: source.to_owned(),
                    as_of,
                });
            }
        }
        if positions.len() < 2 {
            faults.push(row.fault(
                "position",
                "a dispute with fewer than two positions",
                "at least two",
                "add the other position with its holders and source",
            ));
        }
        if let (Some(id), Some(title)) = (id, title) {
            if disputes.iter().any(|d| d.id == id) {
                faults.push(row.fault(
                    "id",
                    format!("dispute `{id}` a second time"),
                    "each once",
                    "remove one",
                ));
            }
            disputes.push(Dispute { id: id.to_owned(), title: title.to_owned(), positions });
        }
        row.finish(faults);
    }
    root.finish(faults);
    disputes
}

/// Reads the facts that a pack declares. Any pack may ask for them, so they are read before the rules of any.
pub fn declared_facts(
    files: &Files,
    context: &Context<'_>,
    deal_facts: &mut BTreeMap<String, FactDef>,
    faults: &mut Vec<Fault>,
) {
    // Faults of the file itself are reported when the pack is loaded.
    let Some(root) = files.head.toml(&mut Vec::new()) else { return };
    let Some(mut head) = Reader::new(&files.head, "", &root, &mut Vec::new()) else { return };
    for row in head.tables("fact", faults) {
        crate::facts::add(row, context.units, context.classes, deal_facts, faults);
    }
}

/// Reads a pack.
pub fn load(
    files: &Files,
    context: &Context<'_>,
    deal_facts: &BTreeMap<String, FactDef>,
    faults: &mut Vec<Fault>,
) -> Option<Pack> {
    let root = files.head.toml(faults)?;
    let mut head = Reader::new(&files.head, "", &root, faults)?;
    head.node("fact");
    let mut pack = pack_head(&mut head, faults);
    let mut table_columns = BTreeMap::new();
    let mut table_keys = BTreeMap::new();
    for row in head.tables("table", faults) {
        if let Some((name, table)) = read_table(row, files, faults) {
            table_columns.insert(name.clone(), table.columns.clone());
            table_keys.insert(name.clone(), table.rows.keys().cloned().collect::<Vec<_>>());
            pack.tables.insert(name, table);
        }
    }
    if let Some(source) = files.tables.get("tables/area.csv") {
        pack.area = read_area(source, faults);
    }
    let groups = read_groups(&mut head, faults);
    let list = pack.list.clone();
    let vocabulary = Vocabulary {
        units: context.units,
        item_facts: context.item_facts,
        deal_facts,
        classes: context.classes,
        groups: &groups,
        tables: &table_columns,
        table_keys: &table_keys,
        bare: Owner::Deal,
        list: list.as_deref(),
    };
    let mut declared = BTreeSet::new();
    for mut row in head.tables("hook", &mut Vec::new()) {
        declared.extend(row.text("id", &mut Vec::new()).map(str::to_owned));
    }
    for row in head.tables("hook", faults) {
        if let Some(hook) = read_hook(row, &vocabulary, faults) {
            if pack.hooks.iter().any(|h| h.id == hook.id) {
                faults.push(head.fault(
                    "hook",
                    format!("hook `{}` a second time", hook.id),
                    "each once",
                    "rename one",
                ));
            }
            pack.hooks.push(hook);
        }
    }
    if declared.is_empty() {
        faults.push(head.fault(
            "hook",
            "a pack without hooks",
            "at least one [[hook]]",
            "say by which link the law reaches a deal",
        ));
    }
    for row in head.tables("gap", faults) {
        pack.gaps.extend(read_gap(row, &pack.hooks, &declared, context, &vocabulary, faults));
    }
    for row in head.tables("authorisation", faults) {
        pack.reliefs.extend(read_relief(row, &vocabulary, faults));
    }
    head.finish(faults);
    let mut ids = BTreeSet::new();
    for source in &files.rules {
        let Some(root) = source.toml(faults) else { continue };
        let Some(mut root) = Reader::new(source, "", &root, faults) else { continue };
        for mut row in root.tables("rule", &mut Vec::new()) {
            if let Some(id) = row.text("id", &mut Vec::new())
                && !ids.insert(id.to_owned())
            {
                faults.push(row.fault(
                    "id",
                    format!("rule `{id}` a second time"),
                    "each id once in a pack",
                    "rename one",
                ));
            }
        }
        for row in root.tables("rule", faults) {
            if let Some(rule) = read_rule(row, &pack, &declared, context, &vocabulary, faults) {
                pack.rules.push(rule);
            }
        }
        root.finish(faults);
    }
    check_effects(&pack, &files.head, faults);
    check_names(&pack, context, &files.head, faults);
    // Nothing may depend on the order of files.
    pack.rules.sort_by(|a, b| a.id.cmp(&b.id));
    Some(pack)
}

fn pack_head(head: &mut Reader<'_>, faults: &mut Vec<Fault>) -> Pack {
    let id = head.required("id", faults).unwrap_or("").to_owned();
    if !id.is_empty() && !id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
        faults.push(head.fault(
            "id",
            format!("pack id `{id}`"),
            "small letters",
            "use the State's code in small letters, or the body's",
        ));
    }
    let authority = head.parsed::<ImposedBy>("authority", faults);
    if authority == Some(ImposedBy::Own) {
        faults.push(head.fault(
            "authority",
            "a pack of the authority `own`",
            "un, treaty, union, national or coordinated",
            "say whose law it is",
        ));
    }
    if authority.is_none() && !head.has("authority") {
        faults.push(head.fault(
            "authority",
            "a pack without authority",
            "un, treaty, union, national or coordinated",
            "add authority = \"national\"",
        ));
    }
    let title = head.required("title", faults).unwrap_or("").to_owned();
    head.scalar("order", faults);
    head.text("language", faults);
    head.text("note", faults);
    head.texts("covers", faults);
    let state =
        head.text("state", faults).filter(|s| !s.is_empty()).and_then(|s| match s.parse::<StateCode>() {
            Ok(code) => Some(code),
            Err(error) => {
                faults.push(head.fault("state", error.to_string(), "", "use the code"));
                None
            }
        });
    let area =
        head.parsed_list::<StateCode>("area", faults).into_iter().map(|s| (s, Period::ALWAYS)).collect();
    let known_as_of = head.parsed::<Day>("known_as_of", faults);
    if known_as_of.is_none() && !head.has("known_as_of") {
        faults.push(head.fault(
            "known_as_of",
            "a pack without `known_as_of`",
            "the day to which its authors know the law",
            "add known_as_of = \"2026-11-21\"",
        ));
    }
    let list = head.text("list", faults).filter(|l| !l.is_empty()).map(str::to_owned);
    let mut licensing = BTreeMap::new();
    for mut row in head.tables("licensing", faults) {
        for (key, _, node) in row.all() {
            if let (Ok(state), NodeKind::Text(name)) = (key.parse(), &node.kind) {
                licensing.insert(state, name.clone());
            } else {
                faults.push(row.fault(
                    "licensing",
                    format!("licensing `{key}`"),
                    "CODE = \"name of the authority\"",
                    "correct it",
                ));
            }
        }
    }
    let mut sources = Vec::new();
    for mut row in head.tables("source", faults) {
        let (id, title) = (row.required("id", faults), row.required("title", faults));
        let as_of = row.scalar("as_of", faults).unwrap_or("").to_owned();
        let address = row.text("address", faults).unwrap_or("").to_owned();
        row.text("digest", faults);
        row.text("evidence", faults);
        row.finish(faults);
        if let (Some(id), Some(title)) = (id, title) {
            sources.push(PackSource { id: id.to_owned(), title: title.to_owned(), as_of, address });
        }
    }
    if sources.is_empty() {
        faults.push(head.fault(
            "source",
            "a pack without sources",
            "at least one [[source]]",
            "name the texts it rests on",
        ));
    }
    Pack {
        id,
        authority: authority.unwrap_or(ImposedBy::National),
        title,
        state,
        known_as_of: known_as_of.unwrap_or_default(),
        list,
        area,
        licensing,
        sources,
        hooks: Vec::new(),
        gaps: Vec::new(),
        reliefs: Vec::new(),
        rules: Vec::new(),
        tables: BTreeMap::new(),
    }
}

fn read_groups(head: &mut Reader<'_>, faults: &mut Vec<Fault>) -> BTreeMap<String, Vec<String>> {
    let mut groups = BTreeMap::new();
    for mut row in head.tables("groups", faults) {
        for (key, _, node) in row.all() {
            match &node.kind {
                NodeKind::List(words) => {
                    let words = words
                        .iter()
                        .filter_map(|w| if let NodeKind::Text(t) = &w.kind { Some(t.clone()) } else { None });
                    groups.insert(key.clone(), words.collect());
                }
                _ => faults.push(row.fault(
                    "groups",
                    format!("group `{key}` is {}", node.kind.what()),
                    "a list of words",
                    "correct it",
                )),
            }
        }
    }
    groups
}

fn read_area(source: &Source, faults: &mut Vec<Fault>) -> Vec<(StateCode, Period)> {
    let mut area = Vec::new();
    let Some(csv) = Csv::read(&source.file, source.text(), &["state", "from", "to"], faults) else {
        return area;
    };
    for row in csv.rows() {
        let Some(state) = row.parsed::<StateCode>("state", faults) else { continue };
        area.push((state, Period { from: row.parsed("from", faults), to: row.parsed("to", faults) }));
    }
    area.sort();
    area
}

fn read_table(mut row: Reader<'_>, files: &Files, faults: &mut Vec<Fault>) -> Option<(String, Table)> {
    let name = row.required("name", faults);
    let file = row.required("file", faults);
    let key = row.required("key", faults).unwrap_or("");
    let columns: Vec<String> = row.texts("columns", faults).into_iter().map(str::to_owned).collect();
    let miss = match row.text("miss", faults) {
        Some("false") => Miss::False,
        Some("unknown" | "pointer") | None => Miss::Unknown,
        Some(other) => {
            faults.push(row.fault("miss", format!("miss = `{other}`"), "false or unknown", "correct it"));
            Miss::Unknown
        }
    };
    let pointers: Vec<String> = row.texts("pointer", faults).into_iter().map(str::to_owned).collect();
    row.text("pointer_gap", faults);
    row.text("note", faults);
    let mut inherit = BTreeMap::new();
    for mut pairs in row.tables("inherit", faults) {
        for (from, _, node) in pairs.all() {
            if let NodeKind::Text(to) = &node.kind {
                inherit.insert(from.clone(), to.clone());
            }
        }
    }
    let source_text = row.text("source", faults).unwrap_or("").to_owned();
    let table = file.and_then(|file| {
        let Some(source) = files.tables.get(file) else {
            faults.push(row.fault(
                "file",
                format!("file `{file}` is not there"),
                "a file below the pack",
                "add it, or correct the name",
            ));
            return None;
        };
        if columns.len() > 64 {
            faults.push(row.fault(
                "columns",
                format!("{} columns", columns.len()),
                "at most 64",
                "split the table",
            ));
            return None;
        }
        let required: Vec<&str> = std::iter::once(key).chain(columns.iter().map(String::as_str)).collect();
        let csv = Csv::read(&source.file, source.text(), &required, faults)?;
        let mut rows: BTreeMap<String, Vec<(Period, u64)>> = BTreeMap::new();
        for row in csv.rows() {
            let name = row.get(key);
            if name.is_empty() {
                faults.push(row.fault("a row without key", format!("column `{key}`"), "fill the cell"));
                continue;
            }
            let marks = columns
                .iter()
                .enumerate()
                .filter(|(_, c)| !row.get(c).is_empty())
                .fold(0, |bits, (i, _)| bits | (1u64 << i));
            // A table whose own columns are `from` and `to` speaks of something else than the life of its rows.
            let dated = !columns.iter().any(|c| c == "from" || c == "to");
            let period = if dated {
                Period { from: row.parsed("from", faults), to: row.parsed("to", faults) }
            } else {
                Period::ALWAYS
            };
            rows.entry(name.to_owned()).or_default().push((period, marks));
        }
        for (from, to) in &inherit {
            if !rows.contains_key(to) {
                faults.push(row.fault(
                    "inherit",
                    format!("`{from}` inherits from `{to}`"),
                    "a key of the table",
                    "correct it",
                ));
            }
        }
        Some(Table { columns, rows, miss, inherit, pointers, source: source_text })
    });
    row.finish(faults);
    Some((name?.to_owned(), table?))
}

pub(crate) fn condition(
    row: &Reader<'_>,
    text: &str,
    vocabulary: &Vocabulary<'_>,
    faults: &mut Vec<Fault>,
) -> Option<Expr> {
    match language::parse(text, vocabulary) {
        Ok(expr) => Some(expr),
        Err(error) => {
            faults.push(row.fault(
                "when",
                format!("in the condition `{text}` at character {}: {}", error.at + 1, error.found),
                error.expected,
                error.remedy,
            ));
            None
        }
    }
}

pub(crate) fn evidence(row: &mut Reader<'_>, faults: &mut Vec<Fault>) -> Evidence {
    row.parsed::<Evidence>("evidence", faults).unwrap_or_else(|| {
        if !row.has("evidence") {
            faults.push(row.fault(
                "evidence",
                "no evidence mark",
                "R, S or M",
                "add evidence = \"R\" if the text was read",
            ));
        }
        Evidence::Memory
    })
}

fn read_hook(mut row: Reader<'_>, vocabulary: &Vocabulary<'_>, faults: &mut Vec<Fault>) -> Option<Hook> {
    let id = row.required("id", faults);
    let kind = row.parsed::<HookKind>("kind", faults);
    if kind.is_none() && !row.has("kind") {
        faults.push(row.fault(
            "kind",
            "a hook without kind",
            "a word of the closed set",
            "add kind = \"territory\"",
        ));
    }
    let text = row.text("when", faults).unwrap_or("").to_owned();
    let when = condition(&row, &text, vocabulary, faults);
    let cite = row.required("cite", faults).unwrap_or("").to_owned();
    let says = row.required("says", faults).unwrap_or("").to_owned();
    let evidence = evidence(&mut row, faults);
    row.text("source", faults);
    row.finish(faults);
    Some(Hook { id: id?.to_owned(), kind: kind?, when: when?, text, cite, says, evidence })
}

/// A hook that is declared but at fault is reported where it stands, not at every rule that names it.
pub(crate) fn hook_indexes(
    row: &mut Reader<'_>,
    hooks: &[Hook],
    declared: &BTreeSet<String>,
    faults: &mut Vec<Fault>,
) -> Vec<u16> {
    let mut indexes = Vec::new();
    for name in row.texts("hook", faults) {
        match hooks.iter().position(|h| h.id == name).and_then(|i| u16::try_from(i).ok()) {
            Some(index) => indexes.push(index),
            None if declared.contains(name) => {}
            None => faults.push(row.fault(
                "hook",
                format!("hook `{name}`"),
                "a [[hook]] of pack.toml",
                nearest(name, hooks.iter().map(|h| h.id.as_str())),
            )),
        }
    }
    indexes
}

pub(crate) fn dispute(
    row: &mut Reader<'_>,
    context: &Context<'_>,
    faults: &mut Vec<Fault>,
) -> Option<(String, Vec<String>)> {
    let id = row.text("dispute", faults);
    let positions: Vec<String> = row.texts("in_force_for", faults).into_iter().map(str::to_owned).collect();
    let id = id.filter(|id| !id.is_empty())?;
    let Some(found) = context.disputes.iter().find(|d| d.id == id) else {
        faults.push(row.fault(
            "dispute",
            format!("dispute `{id}`"),
            "a dispute of disputes.toml",
            nearest(id, context.disputes.iter().map(|d| d.id.as_str())),
        ));
        return None;
    };
    for position in &positions {
        if !found.positions.iter().any(|p| p.id == *position) {
            faults.push(row.fault(
                "in_force_for",
                format!("position `{position}`"),
                format!("a position of dispute `{id}`"),
                "correct it",
            ));
        }
    }
    if positions.is_empty() {
        faults.push(row.fault(
            "in_force_for",
            "a disputed rule that is in force for no position",
            "in_force_for = [\"A\"]",
            "name the positions for which it is in force",
        ));
    }
    Some((id.to_owned(), positions))
}

fn read_gap(
    mut row: Reader<'_>,
    hooks: &[Hook],
    declared: &BTreeSet<String>,
    context: &Context<'_>,
    vocabulary: &Vocabulary<'_>,
    faults: &mut Vec<Fault>,
) -> Option<Gap> {
    let id = row.required("id", faults);
    let cite = row.required("cite", faults).unwrap_or("").to_owned();
    let says = row.required("says", faults).unwrap_or("").to_owned();
    let text = row.text("when", faults).unwrap_or("");
    let when = condition(&row, text, vocabulary, faults);
    let worst = row.parsed::<Outcome>("worst", faults);
    if worst.is_none() && !row.has("worst") {
        faults.push(row.fault(
            "worst",
            "a gap without `worst`",
            "an outcome",
            "say the strongest outcome the missing part could give",
        ));
    }
    let hooks = hook_indexes(&mut row, hooks, declared, faults);
    let dispute = dispute(&mut row, context, faults);
    row.text("evidence", faults);
    row.text("source", faults);
    row.finish(faults);
    Some(Gap { id: id?.to_owned(), cite, says, when: when?, worst: worst?, hooks, dispute })
}

fn read_relief(mut row: Reader<'_>, vocabulary: &Vocabulary<'_>, faults: &mut Vec<Fault>) -> Option<Relief> {
    let id = row.required("id", faults);
    let cite = row.text("cite", faults).unwrap_or("").to_owned();
    let says = row.required("says", faults).unwrap_or("").to_owned();
    let cancels = row.texts("cancels", faults).into_iter().map(str::to_owned).collect();
    if let Some(status) = row.text("status", faults)
        && status != "not_encoded"
    {
        faults.push(row.fault(
            "status",
            format!("status `{status}`"),
            "not_encoded",
            "an executable authorisation is a [[rule]]",
        ));
    }
    let text = row.text("when", faults).unwrap_or("");
    let when = condition(&row, text, vocabulary, faults);
    row.texts("agreed_in", faults);
    row.text("evidence", faults);
    row.text("source", faults);
    row.text("next", faults);
    row.finish(faults);
    Some(Relief { id: id?.to_owned(), cite, says, cancels, when: when? })
}

pub(crate) fn text_of(node: &Node) -> String {
    match &node.kind {
        NodeKind::Text(text) | NodeKind::Number(text) | NodeKind::Date(text) => text.clone(),
        NodeKind::Truth(truth) => truth.to_string(),
        NodeKind::Null => String::new(),
        NodeKind::List(list) => list.iter().map(text_of).collect::<Vec<_>>().join(", "),
        NodeKind::Table(rows) => rows
            .iter()
            .map(|(key, _, node)| match &node.kind {
                NodeKind::Truth(true) => key.replace('_', " "),
                NodeKind::Truth(false) => format!("not {}", key.replace('_', " ")),
                _ => format!("{}: {}", key.replace('_', " "), text_of(node)),
            })
            .collect::<Vec<_>>()
            .join("; "),
    }
}

/// `cancels` and `restrict` point at something.
fn check_effects(pack: &Pack, head: &Source, faults: &mut Vec<Fault>) {
    let mut requirements = BTreeSet::new();
    let mut authorisations: BTreeSet<&str> = pack.reliefs.iter().map(|r| r.id.as_str()).collect();
    for rule in &pack.rules {
        match &rule.effect {
            Effect::RequireLicence(n)
            | Effect::RequireTransferLicence(n)
            | Effect::PresumptionOfDenial(n)
            | Effect::NotifyAndWait(n) => {
                requirements.insert(n.as_str());
            }
            Effect::Authorise { name, .. } => {
                authorisations.insert(name);
            }
            Effect::Prohibit(_) | Effect::Restrict(_) | Effect::Duty(_) | Effect::OtherAuthority(_) => {}
        }
    }
    let mut report = |place: &str, what: &str, name: &str, known: &BTreeSet<&str>| {
        let (file, line) = place.rsplit_once(':').map_or((place, 0), |(f, l)| (f, l.parse().unwrap_or(0)));
        faults.push(Fault::new(
            file,
            line,
            format!("{what} `{name}`, which no rule of the pack makes"),
            format!("one of {}", known.iter().copied().collect::<Vec<_>>().join(", ")),
            nearest(name, known.iter().copied()),
        ));
    };
    for rule in &pack.rules {
        match &rule.effect {
            Effect::Authorise { cancels, .. } => {
                cancels
                    .iter()
                    .filter(|n| !requirements.contains(n.as_str()))
                    .for_each(|n| report(&rule.place, "cancels", n, &requirements));
            }
            Effect::Restrict(names) => {
                names
                    .iter()
                    .filter(|n| !authorisations.contains(n.as_str()))
                    .for_each(|n| report(&rule.place, "restricts", n, &authorisations));
            }
            _ => {}
        }
    }
    for relief in &pack.reliefs {
        relief
            .cancels
            .iter()
            .filter(|n| !requirements.contains(n.as_str()))
            .for_each(|n| report(&head.file, "cancels", n, &requirements));
    }
}

/// Control lists and treaties that conditions name exist; a rule on the pack's own list needs one.
fn check_names(pack: &Pack, context: &Context<'_>, head: &Source, faults: &mut Vec<Fault>) {
    let conditions = (pack.hooks.iter().map(|h| (&h.id, &h.when)))
        .chain(pack.gaps.iter().map(|g| (&g.id, &g.when)))
        .chain(pack.reliefs.iter().map(|r| (&r.id, &r.when)))
        .chain(pack.rules.iter().map(|r| (&r.id, &r.when)));
    for (id, when) in conditions {
        when.for_each_test(&mut |test| match test {
            Test::Under(ItemSet::Table { list, table, .. }) if list.is_empty() => {
                let keys = pack.tables.get(table).into_iter().flat_map(|t| t.rows.keys());
                for key in keys
                    .filter(|key| !key.split_once(':').is_some_and(|(list, _)| context.lists.contains(list)))
                {
                    faults.push(Fault::new(
                        &head.file,
                        0,
                        format!("`{id}` speaks of `{key}` of table `{table}`"),
                        "a code with its list, in a pack that has no list",
                        "write `list:code` in the table",
                    ));
                }
            }
            Test::Under(set) => {
                let list = match set {
                    ItemSet::List(list)
                    | ItemSet::Code { list, .. }
                    | ItemSet::Table { list, .. }
                    | ItemSet::Category { list, .. } => list,
                };
                if !context.lists.contains(list) {
                    let found = if list.is_empty() {
                        "codes without a list, in a pack that has none".to_owned()
                    } else {
                        format!("control list `{list}`")
                    };
                    faults.push(Fault::new(
                        &head.file,
                        0,
                        format!("`{id}` speaks of {found}"),
                        format!("one of {}", context.lists.iter().cloned().collect::<Vec<_>>().join(", ")),
                        "write `list:code`, or name the pack's list",
                    ));
                }
            }
            Test::Reason(_) if pack.list.is_none() => {
                faults.push(Fault::new(
                    &head.file,
                    0,
                    format!("`{id}` asks for a reason for control"),
                    "a pack with a control list",
                    "add list = \"...\"",
                ));
            }
            Test::Standing { treaty, .. }
                if !context.treaties.is_empty() && !context.treaties.contains(treaty) =>
            {
                faults.push(Fault::new(
                    &head.file,
                    0,
                    format!("`{id}` asks for treaty `{treaty}`"),
                    "a treaty of states/treaties.toml",
                    nearest(treaty, context.treaties.iter().map(String::as_str)),
                ));
            }
            _ => {}
        });
    }
}
