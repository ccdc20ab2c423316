//! `comity controls show | classes | facts`: the control lists, and which facts to give.

use comity_engine::classify::join;
use comity_model::control::{ControlList, Encoded, Entry, head, is_under};
use comity_model::fact::FactKind;
use comity_model::lawbook::Lawbook;
use comity_pack::language::nearest;
use serde_json::{Value, json};

use crate::cli::{ControlsCommand, Global, Output};
use crate::fail::Failure;
use crate::text::wrapped;
use crate::world;

pub fn run(global: &Global, command: &ControlsCommand) -> Result<Output, Failure> {
    let book = world::embedded()?;
    let day = global.as_of.unwrap_or_else(world::today);
    let value = match command {
        ControlsCommand::Show { list, entry } => {
            let (found, entry) = find(&book, list, entry)?;
            show(&book, found, entry, day)
        }
        ControlsCommand::Classes { text } => classes(&book, text.as_deref()),
        ControlsCommand::Facts { class } => facts(&book, class)?,
    };
    if global.json {
        return Ok(Output::text(format!("{value:#}\n")));
    }
    Ok(Output::text(match command {
        ControlsCommand::Show { .. } => show_text(&value),
        ControlsCommand::Classes { .. } => classes_text(&value),
        ControlsCommand::Facts { .. } => facts_text(&value),
    }))
}

fn find<'b>(
    book: &'b Lawbook,
    list: &str,
    code: &str,
) -> Result<(&'b ControlList, (&'b Entry, String)), Failure> {
    let ids: Vec<&str> = book.controls().iter().map(|l| l.id.as_str()).collect();
    let found = book.control(list).ok_or_else(|| {
        Failure::input(
            "controls show",
            format!("no control list `{list}`"),
            format!("one of {}", ids.join(", ")),
            "correct the list",
        )
    })?;
    let entry = found.entry(head(code)).ok_or_else(|| {
        let near = nearest(head(code), found.by_code.keys().map(String::as_str));
        Failure::input(
            "controls show",
            format!("list {list} has no entry `{}`", head(code)),
            "a code of the list",
            near,
        )
    })?;
    Ok((found, (entry, code.to_owned())))
}

fn show(
    book: &Lawbook,
    list: &ControlList,
    (entry, code): (&Entry, String),
    day: comity_model::Day,
) -> Value {
    let classes = |indexes: &[u32]| -> Vec<String> {
        indexes
            .iter()
            .filter_map(|i| book.basics().classes.classes.get(*i as usize))
            .map(|c| c.name.clone())
            .collect()
    };
    let version = entry.version_on(day);
    let encoded = match version.map(|v| v.encoded) {
        None | Some(Encoded::None) => "no",
        Some(Encoded::Part) => "part",
        Some(Encoded::Whole) => "whole",
    };
    let provisions: Vec<Value> = version
        .iter()
        .flat_map(|v| &v.provisions)
        .filter(|p| is_under(&join(&entry.code, &p.path), &code))
        .map(|p| {
            json!({
                "code": join(&entry.code, &p.path),
                "title": p.title,
                "when": p.limbs.iter().map(|l| if l.label.is_empty() { l.text.clone() } else { format!("{}: {}", l.label, l.text) }).collect::<Vec<_>>(),
                "agreed_in": p.agreed_in,
            })
        })
        .collect();
    let notes: Vec<Value> = version
        .iter()
        .flat_map(|v| &v.notes)
        .map(|n| json!({ "id": n.id, "scope": n.scope, "when": n.text, "to": n.to, "says": n.says }))
        .collect();
    let reasons: Vec<Value> = version
        .iter()
        .flat_map(|v| &v.reasons)
        .map(|r| json!({ "column": r.column, "scope": r.scope, "cite": r.cite }))
        .collect();
    json!({
        "as_of": day.to_string(),
        "list": list.id,
        "entry": entry.code,
        "title": entry.title,
        "edition": list.edition.to_string(),
        "agreed_in": entry.agreed_in,
        "encoded": encoded,
        "classes": classes(&entry.gate),
        "parts_of": classes(&entry.parts),
        "other_than": version.map(|v| v.other_than.clone()).unwrap_or_default(),
        "provisions": provisions,
        "notes": notes,
        "reasons": reasons,
        "source": version.map_or(list.source.clone(), |v| v.source.clone()),
        "evidence": version.map(|v| v.evidence),
    })
}

fn text_of<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or("")
}

fn list_of<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn words(value: &Value, key: &str) -> String {
    list_of(value, key).filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
}

fn show_text(v: &Value) -> String {
    let mut text = format!("{}:{}  {}\n\n", text_of(v, "list"), text_of(v, "entry"), text_of(v, "title"));
    let agreed = words(v, "agreed_in");
    let mut row = |name: &str, value: String| {
        if !value.is_empty() {
            text.push_str(&wrapped(&format!("{name:<13}"), &value));
        }
    };
    row("edition", text_of(v, "edition").to_owned());
    row("agreed in", if agreed.is_empty() { "own decision".to_owned() } else { agreed });
    row("executable", text_of(v, "encoded").to_owned());
    row("names", words(v, "classes"));
    row("parts of", words(v, "parts_of"));
    row("other than", words(v, "other_than"));
    row("source", text_of(v, "source").to_owned());
    for provision in list_of(v, "provisions") {
        text.push_str(&format!("\n{}  {}\n", text_of(provision, "code"), text_of(provision, "title")));
        for when in list_of(provision, "when").filter_map(Value::as_str) {
            text.push_str(&wrapped("  ", when));
        }
    }
    for note in list_of(v, "notes") {
        let to = note.get("to").and_then(Value::as_str).map_or("out".to_owned(), |to| format!("to {to}"));
        text.push_str(&wrapped(&format!("\nnote {} ({to}) ", text_of(note, "id")), text_of(note, "says")));
        text.push_str(&wrapped("  ", text_of(note, "when")));
    }
    let reasons: Vec<String> = list_of(v, "reasons").map(|r| text_of(r, "column").to_owned()).collect();
    if !reasons.is_empty() {
        text.push_str(&format!("\nreasons for control: {}\n", reasons.join(", ")));
    }
    text
}

fn classes(book: &Lawbook, text: Option<&str>) -> Value {
    let tree = &book.basics().classes;
    let wanted = text.map(str::to_lowercase);
    let found: Vec<Value> = tree
        .by_name
        .values()
        .filter_map(|i| tree.classes.get(*i as usize))
        .filter(|c| {
            wanted
                .as_ref()
                .is_none_or(|w| c.name.contains(w.as_str()) || c.title.to_lowercase().contains(w.as_str()))
        })
        .map(|c| {
            let parents: Vec<&str> = c
                .parents
                .iter()
                .filter_map(|p| tree.classes.get(*p as usize))
                .map(|p| p.name.as_str())
                .collect();
            json!({ "class": c.name, "title": c.title, "kind": c.kind, "parents": parents })
        })
        .collect();
    json!({ "as_of": book.date().to_string(), "classes": found })
}

fn classes_text(v: &Value) -> String {
    let rows: Vec<(&str, &str, String)> = list_of(v, "classes")
        .map(|c| (text_of(c, "class"), text_of(c, "title"), words(c, "parents")))
        .collect();
    let width = rows.iter().map(|(name, _, _)| name.len()).max().unwrap_or(0).min(38);
    let mut text = String::new();
    for (name, title, parents) in &rows {
        let above = if parents.is_empty() { String::new() } else { format!(" < {parents}") };
        text.push_str(&format!("{name:<width$}  {title}{above}\n"));
    }
    if rows.is_empty() {
        text.push_str("no class has that text\n");
    }
    text
}

fn facts(book: &Lawbook, class: &str) -> Result<Value, Failure> {
    let tree = &book.basics().classes;
    let Some((index, found)) = tree.get(class) else {
        let near = nearest(class, tree.by_name.keys().map(String::as_str));
        return Err(Failure::input(
            "controls facts",
            format!("no class `{class}`"),
            "a class of `comity controls classes`",
            near,
        ));
    };
    let rows: Vec<Value> = book
        .basics()
        .item_facts
        .values()
        .filter(|f| {
            f.classes.iter().any(|c| {
                tree.get(c).is_some_and(|(above, _)| tree.is_a(index, above) || tree.is_a(above, index))
            })
        })
        .map(|f| {
            let kind = match f.kind {
                FactKind::Quantity => "quantity",
                FactKind::Truth => "truth",
                FactKind::Word => "word",
                FactKind::Words => "words",
                FactKind::List => "list",
                FactKind::Text => "text",
            };
            json!({
                "fact": f.name, "kind": kind, "unit": f.unit, "title": f.title, "ask": f.ask,
                "values": f.values, "basis": f.basis, "judged": f.judged,
            })
        })
        .collect();
    Ok(json!({ "as_of": book.date().to_string(), "class": class, "title": found.title, "facts": rows }))
}

fn facts_text(v: &Value) -> String {
    let mut text = format!("{}  {}\n\n", text_of(v, "class"), text_of(v, "title"));
    let mut any = false;
    for fact in list_of(v, "facts") {
        any = true;
        let kind = match (text_of(fact, "kind"), text_of(fact, "unit")) {
            ("quantity", unit) => unit.to_owned(),
            ("truth", _) => "true/false".to_owned(),
            (kind, _) => kind.to_owned(),
        };
        let judged = if fact.get("judged") == Some(&json!(true)) { " (judged)" } else { "" };
        text.push_str(&format!("{}  [{kind}]{judged}\n", text_of(fact, "fact")));
        text.push_str(&wrapped("  ", text_of(fact, "ask")));
        for key in ["values", "basis"] {
            let list = words(fact, key);
            if !list.is_empty() {
                text.push_str(&wrapped(&format!("  {key}: "), &list));
            }
        }
    }
    if !any {
        text.push_str("no fact is asked of this class\n");
    }
    text
}
