//! `data/controls/`: classes, and per list its head, its entries and what is executable of them.

use std::collections::{BTreeMap, BTreeSet};

use comity_model::control::{
    Class, ClassTree, ControlList, Encoded, Entry, EntryVersion, ItemKind, Limb, Note, Provision, Reason,
    head,
};
use comity_model::date::{Day, Period};
use comity_model::expr::{Expr, Owner, Test};
use comity_model::fact::FactDef;
use comity_model::mandate::{AgreedIn, Evidence};
use comity_model::unit::UnitTable;

use crate::fault::Fault;
use crate::language::{self, Vocabulary, nearest, split_label};
use crate::source::{Reader, Source};
use crate::table::Csv;

/// Reads `classes.csv`.
pub fn classes(file: &str, text: &str, faults: &mut Vec<Fault>) -> ClassTree {
    let mut tree = ClassTree::default();
    let Some(csv) = Csv::read(file, text, &["class", "parent", "kind", "title"], faults) else { return tree };
    let mut parents: Vec<(usize, Vec<&str>)> = Vec::new();
    for row in csv.rows() {
        let (name, title) = (row.get("class"), row.get("title"));
        if name.is_empty() || title.is_empty() {
            faults.push(row.fault("a class without name or title", "both", "fill the cells"));
            continue;
        }
        let Some(kind) = kind(row.get("kind")) else {
            faults.push(row.fault(
                format!("kind `{}`", row.get("kind")),
                "goods, software or technology",
                "correct it",
            ));
            continue;
        };
        let index = u32::try_from(tree.classes.len()).unwrap_or(u32::MAX);
        if tree.by_name.insert(name.to_owned(), index).is_some() {
            faults.push(row.fault(format!("class `{name}` a second time"), "each class once", "remove one"));
        }
        tree.classes.push(Class {
            name: name.to_owned(),
            title: title.to_owned(),
            kind,
            parents: Vec::new(),
            above: Vec::new(),
        });
        parents.push((row.line, row.set("parent").collect()));
    }
    for (index, (line, names)) in parents.iter().enumerate() {
        for name in names {
            match tree.by_name.get(*name).copied() {
                Some(parent) => {
                    if let Some(class) = tree.classes.get_mut(index) {
                        class.parents.push(parent);
                    }
                }
                None => faults.push(Fault::new(
                    file,
                    *line,
                    format!("parent `{name}`"),
                    "a class of this file",
                    nearest(name, tree.by_name.keys().map(String::as_str)),
                )),
            }
        }
    }
    for index in 0..tree.classes.len() {
        let mut above = BTreeSet::from([u32::try_from(index).unwrap_or(u32::MAX)]);
        let mut open = tree.classes.get(index).map(|c| c.parents.clone()).unwrap_or_default();
        let mut circle = false;
        while let Some(next) = open.pop() {
            circle |= next as usize == index;
            if above.insert(next) {
                open.extend(
                    tree.classes.get(next as usize).into_iter().flat_map(|c| c.parents.iter().copied()),
                );
            }
        }
        if circle {
            let (line, name) = (
                parents.get(index).map_or(0, |p| p.0),
                tree.classes.get(index).map_or("", |c| c.name.as_str()),
            );
            faults.push(Fault::new(
                file,
                line,
                format!("class `{name}` lies above itself"),
                "a tree",
                "break the circle of parents",
            ));
        }
        if let Some(class) = tree.classes.get_mut(index) {
            class.above = above.into_iter().collect();
        }
    }
    tree
}

fn kind(word: &str) -> Option<ItemKind> {
    match word {
        "goods" => Some(ItemKind::Goods),
        "software" => Some(ItemKind::Software),
        "technology" => Some(ItemKind::Technology),
        _ => None,
    }
}

/// The gate of a number that the list keeps but does not use: it names nothing.
const NAMES_NOTHING: &str = "-";

/// What conditions of a control list may speak of.
pub struct Context<'a> {
    /// Units.
    pub units: &'a UnitTable,
    /// Facts of items.
    pub facts: &'a BTreeMap<String, FactDef>,
    /// Classes.
    pub classes: &'a ClassTree,
    /// Ids of treaties and regimes.
    pub treaties: &'a BTreeSet<String>,
}

/// Reads one list: its `list.toml`, its `entries.csv` and its files of executable entries.
pub fn list(
    head_source: &Source,
    entries: (&str, &str),
    files: &[Source],
    context: &Context<'_>,
    faults: &mut Vec<Fault>,
) -> Option<ControlList> {
    let mut list = list_head(head_source, faults)?;
    read_entries(entries.0, entries.1, context, &mut list, faults);
    let none = BTreeMap::new();
    let (no_tables, no_keys) = (BTreeMap::new(), BTreeMap::new());
    let id = list.id.clone();
    let vocabulary = Vocabulary {
        units: context.units,
        item_facts: context.facts,
        deal_facts: &none,
        classes: context.classes,
        groups: &BTreeMap::new(),
        tables: &no_tables,
        table_keys: &no_keys,
        bare: Owner::Item,
        list: Some(&id),
    };
    for source in files {
        read_file(source, &vocabulary, &mut list, faults);
    }
    check_references(head_source, &list, context, faults);
    Some(list)
}

fn list_head(source: &Source, faults: &mut Vec<Fault>) -> Option<ControlList> {
    let root = source.toml(faults)?;
    let mut reader = Reader::new(source, "", &root, faults)?;
    let id = reader.required("id", faults);
    let title = reader.required("title", faults);
    let publisher = reader.required("publisher", faults);
    let edition = reader.parsed::<Day>("edition", faults);
    if edition.is_none() {
        faults.push(reader.fault(
            "edition",
            "a list without edition",
            "the day of its text",
            "add edition = \"2025-11-15\"",
        ));
    }
    let cited = reader.required("source", faults);
    reader.text("date", faults);
    reader.text("in_force", faults);
    reader.text("evidence", faults);
    reader.text("address", faults);
    reader.texts("note", faults);
    for mut row in reader.tables("origin", faults) {
        row.scalar("digit", faults);
        row.scalar("category", faults);
        row.parsed_list::<AgreedIn>("agreed_in", faults);
        row.text("note", faults);
        row.finish(faults);
    }
    reader.finish(faults);
    Some(ControlList {
        id: id?.to_owned(),
        title: title?.to_owned(),
        publisher: publisher?.to_owned(),
        edition: edition?,
        source: cited?.to_owned(),
        entries: Vec::new(),
        by_code: BTreeMap::new(),
    })
}

fn read_entries(
    file: &str,
    text: &str,
    context: &Context<'_>,
    list: &mut ControlList,
    faults: &mut Vec<Fault>,
) {
    let Some(csv) = Csv::read(file, text, &["code", "title", "kind", "gate", "parts", "agreed_in"], faults)
    else {
        return;
    };
    for row in csv.rows() {
        let (code, title) = (row.get("code"), row.get("title"));
        let Some(kind) = kind(row.get("kind")) else {
            faults.push(row.fault(
                format!("kind `{}`", row.get("kind")),
                "goods, software or technology",
                "correct it",
            ));
            continue;
        };
        if code.is_empty() || title.is_empty() {
            faults.push(row.fault("an entry without code or title", "both", "fill the cells"));
            continue;
        }
        let mut indexes = |column: &str| -> Vec<u32> {
            let mut found = Vec::new();
            for name in row.set(column).filter(|name| *name != NAMES_NOTHING) {
                match context.classes.get(name) {
                    Some((index, _)) => found.push(index),
                    None => faults.push(row.fault(
                        format!("class `{name}` in `{column}`"),
                        "a class of classes.csv",
                        nearest(name, context.classes.by_name.keys().map(String::as_str)),
                    )),
                }
            }
            found
        };
        let (gate, parts) = (indexes("gate"), indexes("parts"));
        if gate.is_empty() && parts.is_empty() && row.get("gate") != NAMES_NOTHING {
            faults.push(row.fault(
                format!("`{code}` has neither gate nor parts"),
                "at least one class",
                "say which kinds of thing it can name; `-` for a number that is not used",
            ));
        }
        let agreed_in = row.parsed_set::<AgreedIn>("agreed_in", faults).into_iter().collect();
        let index = u32::try_from(list.entries.len()).unwrap_or(u32::MAX);
        if list.by_code.insert(code.to_owned(), index).is_some() {
            faults.push(row.fault(format!("entry `{code}` a second time"), "each entry once", "remove one"));
        }
        list.entries.push(Entry {
            code: code.to_owned(),
            title: title.to_owned(),
            kind,
            gate,
            parts,
            agreed_in,
            versions: Vec::new(),
        });
    }
}

fn read_file(source: &Source, vocabulary: &Vocabulary<'_>, list: &mut ControlList, faults: &mut Vec<Fault>) {
    let Some(root) = source.toml(faults) else { return };
    let Some(mut root) = Reader::new(source, "", &root, faults) else { return };
    let (mut cited, mut evidence) = (String::new(), Evidence::Memory);
    for mut row in root.tables("file", faults) {
        if let Some(of) = row.required("list", faults)
            && of != list.id
        {
            faults.push(row.fault(
                "list",
                format!("list `{of}`"),
                format!("`{}`, the list of this folder", list.id),
                "move the file, or correct it",
            ));
        }
        row.required("source", faults).unwrap_or("").clone_into(&mut cited);
        match row.parsed::<Evidence>("evidence", faults) {
            Some(mark) => evidence = mark,
            None => faults.push(row.fault(
                "evidence",
                "a file without evidence mark",
                "R, S or M",
                "add evidence = \"R\"",
            )),
        }
        row.text("note", faults);
        row.finish(faults);
    }
    for row in root.tables("entry", faults) {
        read_entry(row, &cited, evidence, vocabulary, list, faults);
    }
    root.finish(faults);
}

fn read_entry(
    mut row: Reader<'_>,
    cited: &str,
    evidence: Evidence,
    vocabulary: &Vocabulary<'_>,
    list: &mut ControlList,
    faults: &mut Vec<Fault>,
) {
    let code = row.required("code", faults);
    row.text("title", faults);
    let period = period(&mut row, faults);
    let encoded = match row.required("encoded", faults) {
        Some("whole") => Encoded::Whole,
        Some("part") => Encoded::Part,
        Some(other) => {
            faults.push(row.fault("encoded", format!("encoded = `{other}`"), "whole or part", "correct it"));
            Encoded::Part
        }
        None => Encoded::Part,
    };
    let agreed_in = row
        .optional_texts("agreed_in", faults)
        .is_some()
        .then(|| row.parsed_list::<AgreedIn>("agreed_in", faults));
    let other_than: Vec<String> = row.texts("other_than", faults).into_iter().map(str::to_owned).collect();
    let own_source = row.text("source", faults).unwrap_or(cited).to_owned();
    let evidence = row.parsed::<Evidence>("evidence", faults).unwrap_or(evidence);
    row.text("note_text", faults);
    let provisions: Vec<Provision> = row
        .tables("provision", faults)
        .into_iter()
        .filter_map(|p| read_provision(p, vocabulary, faults))
        .collect();
    let notes: Vec<Note> =
        row.tables("note", faults).into_iter().filter_map(|n| read_note(n, vocabulary, faults)).collect();
    let reasons: Vec<Reason> =
        row.tables("reason", faults).into_iter().filter_map(|r| read_reason(r, vocabulary, faults)).collect();
    if let Some(code) = code {
        let near = nearest(code, list.by_code.keys().map(String::as_str));
        match list.by_code.get(code).and_then(|i| list.entries.get_mut(*i as usize)) {
            None => faults.push(row.fault("code", format!("entry `{code}`"), "a code of entries.csv", near)),
            Some(entry) => {
                if let Some(agreed_in) = agreed_in {
                    let agreed_in = agreed_in.into_iter().collect();
                    if agreed_in != entry.agreed_in && provisions.iter().all(|p| p.agreed_in.is_none()) {
                        let show = |set: &BTreeSet<AgreedIn>| {
                            set.iter().map(ToString::to_string).collect::<Vec<_>>().join("|")
                        };
                        faults.push(row.fault(
                            "agreed_in",
                            format!(
                                "`{code}` agreed in `{}` here and `{}` in entries.csv",
                                show(&agreed_in),
                                show(&entry.agreed_in)
                            ),
                            "the same in both",
                            "correct the wrong one",
                        ));
                    }
                }
                if provisions.is_empty() {
                    faults.push(row.fault(
                        "provision",
                        format!("`{code}` has no provision"),
                        "at least one",
                        "add [[entry.provision]], or leave the entry out",
                    ));
                }
                if let Some(other) = entry.versions.iter().find(|v| v.period.overlaps(&period)) {
                    faults.push(row.fault(
                        "from",
                        format!("two forms of `{code}` at the same time ({period} and {})", other.period),
                        "periods that do not meet",
                        "end the older one with `to`",
                    ));
                }
                check_paths(&row, code, &provisions, &notes, &reasons, faults);
                entry.versions.push(EntryVersion {
                    period,
                    encoded,
                    source: own_source,
                    evidence,
                    other_than,
                    provisions,
                    notes,
                    reasons,
                });
            }
        }
    }
    row.finish(faults);
}

/// Paths are unique; notes and reasons point at provisions that exist.
fn check_paths(
    row: &Reader<'_>,
    code: &str,
    provisions: &[Provision],
    notes: &[Note],
    reasons: &[Reason],
    faults: &mut Vec<Fault>,
) {
    for (i, provision) in provisions.iter().enumerate() {
        if provisions.iter().take(i).any(|p| {
            p.path == provision.path && p.ordinal == provision.ordinal && p.period.overlaps(&provision.period)
        }) {
            faults.push(row.fault(
                "provision",
                format!("`{code}` has `{}` twice", provision.path),
                "each path once, or with its own `ordinal`",
                "give the second an ordinal",
            ));
        }
    }
    let reached = |scope: &str| provisions.iter().any(|p| under(&p.path, scope) || under(scope, &p.path));
    for (what, id, scope) in notes
        .iter()
        .map(|n| ("note", &n.id, &n.scope))
        .chain(reasons.iter().map(|r| ("reason", &r.column, &r.scope)))
    {
        for path in scope {
            if what == "note" && !reached(path) {
                faults.push(row.fault(
                    what,
                    format!("{what} `{id}` of `{code}` speaks of `{path}`"),
                    "a path of a provision",
                    "correct the scope",
                ));
            }
        }
    }
}

/// Whether a path is, or lies below, another; the empty path is above all.
fn under(path: &str, above: &str) -> bool {
    above.is_empty() || path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn period(row: &mut Reader<'_>, faults: &mut Vec<Fault>) -> Period {
    let period = Period { from: row.parsed::<Day>("from", faults), to: row.parsed::<Day>("to", faults) };
    if let (Some(from), Some(to)) = (period.from, period.to)
        && to < from
    {
        faults.push(row.fault(
            "to",
            format!("from {from} to {to}"),
            "a period whose first day comes first",
            "exchange the days",
        ));
    }
    period
}

fn condition(
    row: &Reader<'_>,
    key: &'static str,
    text: &str,
    vocabulary: &Vocabulary<'_>,
    faults: &mut Vec<Fault>,
) -> Option<Expr> {
    match language::parse(text, vocabulary) {
        Ok(expr) => Some(expr),
        Err(error) => {
            let expected = if error.expected.is_empty() { String::new() } else { error.expected.clone() };
            faults.push(row.fault(
                key,
                format!("in the condition `{text}` at character {}: {}", error.at + 1, error.found),
                expected,
                error.remedy,
            ));
            None
        }
    }
}

fn read_provision(
    mut row: Reader<'_>,
    vocabulary: &Vocabulary<'_>,
    faults: &mut Vec<Fault>,
) -> Option<Provision> {
    let path = row.text("path", faults).unwrap_or("").to_owned();
    let title = row.text("title", faults).unwrap_or("").to_owned();
    let period = period(&mut row, faults);
    let parts = row.truth("parts", faults);
    let ordinal = row.parsed::<u16>("ordinal", faults).unwrap_or(0);
    let cite = row.text("cite", faults).unwrap_or("").to_owned();
    row.text("source", faults);
    let text_hash = row.text("text_hash", faults).map(str::to_owned);
    let agreed_in = row
        .optional_texts("agreed_in", faults)
        .is_some()
        .then(|| row.parsed_list::<AgreedIn>("agreed_in", faults).into_iter().collect());
    let mut limbs = Vec::new();
    let mut whole = true;
    for text in row.texts("when", faults) {
        let (label, condition_text) = split_label(text);
        match condition(&row, "when", condition_text, vocabulary, faults) {
            Some(when) => limbs.push(Limb { label: label.to_owned(), when, text: condition_text.to_owned() }),
            None => whole = false,
        }
    }
    row.finish(faults);
    whole.then_some(Provision { path, ordinal, title, period, parts, limbs, agreed_in, cite, text_hash })
}

fn read_note(mut row: Reader<'_>, vocabulary: &Vocabulary<'_>, faults: &mut Vec<Fault>) -> Option<Note> {
    let id = row.scalar("id", faults).unwrap_or("").to_owned();
    let mut scope: Vec<String> = row.texts("scope", faults).into_iter().map(str::to_owned).collect();
    if scope.is_empty() {
        scope.push(String::new());
    }
    let text = row.required("when", faults);
    // `to` is a code in a note; its period is `from` and `until`.
    let period = Period { from: row.parsed::<Day>("from", faults), to: row.parsed::<Day>("until", faults) };
    let effect = row.required("effect", faults);
    let to = row.text("to", faults).map(str::to_owned);
    let says = row.required("says", faults);
    row.text("cite", faults);
    row.text("source", faults);
    match (effect, &to) {
        (Some("out"), None) | (Some("to"), Some(_)) | (None, _) => {}
        (Some("to"), None) => faults.push(row.fault(
            "effect",
            "effect \"to\" without its target",
            "to = \"CODE\"",
            "name the head it leads to",
        )),
        (Some(other), _) => faults.push(row.fault(
            "effect",
            format!("effect `{other}`"),
            "out, or to with `to = \"CODE\"`",
            "correct it",
        )),
    }
    let when = text.and_then(|text| condition(&row, "when", text, vocabulary, faults));
    row.finish(faults);
    Some(Note { id, scope, when: when?, text: text?.to_owned(), to, says: says?.to_owned(), period })
}

fn read_reason(mut row: Reader<'_>, vocabulary: &Vocabulary<'_>, faults: &mut Vec<Fault>) -> Option<Reason> {
    let column = row.required("column", faults);
    let mut scope: Vec<String> = row.texts("scope", faults).into_iter().map(str::to_owned).collect();
    if scope.is_empty() {
        scope.push(String::new());
    }
    let when_text = row.text("when", faults).filter(|t| !t.is_empty());
    let when = when_text.map(|text| condition(&row, "when", text, vocabulary, faults));
    let cite = row.text("cite", faults).unwrap_or("").to_owned();
    row.text("note", faults);
    row.finish(faults);
    match when {
        Some(None) => None,
        when => Some(Reason { column: column?.to_owned(), scope, when: when.flatten(), cite }),
    }
}

/// Codes that conditions name exist; nothing is defined through itself; treaties are known.
fn check_references(
    head_source: &Source,
    list: &ControlList,
    context: &Context<'_>,
    faults: &mut Vec<Fault>,
) {
    let mut uses: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for entry in &list.entries {
        for version in &entry.versions {
            let mut named: Vec<String> = version.other_than.clone();
            let mut treaties: Vec<String> = Vec::new();
            let mut visit = |test: &Test| match test {
                Test::Entry(code) => named.push(code.clone()),
                Test::Standing { treaty, .. } => treaties.push(treaty.clone()),
                _ => {}
            };
            for provision in &version.provisions {
                provision.limbs.iter().for_each(|limb| limb.when.for_each_test(&mut visit));
            }
            version.notes.iter().for_each(|note| note.when.for_each_test(&mut visit));
            for treaty in treaties {
                if !context.treaties.is_empty() && !context.treaties.contains(&treaty) {
                    faults.push(Fault::new(
                        &head_source.file,
                        0,
                        format!("`{}` asks for treaty `{treaty}`", entry.code),
                        "a treaty of states/treaties.toml",
                        nearest(&treaty, context.treaties.iter().map(String::as_str)),
                    ));
                }
            }
            for code in named {
                if !list.by_code.contains_key(head(&code)) {
                    faults.push(Fault::new(
                        &head_source.file,
                        0,
                        format!("`{}` refers to `{code}`", entry.code),
                        "an entry of the list",
                        nearest(head(&code), list.by_code.keys().map(String::as_str)),
                    ));
                }
                uses.entry(&entry.code).or_default().insert(head(&code).to_owned());
            }
        }
    }
    for start in uses.keys() {
        let mut open: Vec<&str> = uses.get(start).into_iter().flatten().map(String::as_str).collect();
        let mut seen = BTreeSet::new();
        while let Some(next) = open.pop() {
            if next == *start {
                faults.push(Fault::new(
                    &head_source.file,
                    0,
                    format!("`{start}` is defined through itself"),
                    "references without a circle",
                    "break the circle of `other_than`, `entry` and `contains`",
                ));
                break;
            }
            if seen.insert(next) {
                open.extend(uses.get(next).into_iter().flatten().map(String::as_str));
            }
        }
    }
}
