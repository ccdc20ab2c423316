//! Definitions of facts: `data/controls/facts.toml` for items, `[[fact]]` of a pack for deals and parties.

use std::collections::BTreeMap;

use comity_model::control::ClassTree;
use comity_model::fact::{FactDef, FactKind, RowValue};
use comity_model::unit::UnitTable;

use crate::fault::Fault;
use crate::formula::parse_formula;
use crate::language::nearest;
use crate::source::{Reader, Source};

/// Reads a file of `[[fact]]` tables.
pub fn load(
    source: &Source,
    units: &UnitTable,
    classes: &ClassTree,
    faults: &mut Vec<Fault>,
) -> BTreeMap<String, FactDef> {
    let mut facts = BTreeMap::new();
    let Some(root) = source.toml(faults) else { return facts };
    let Some(mut root) = Reader::new(source, "", &root, faults) else { return facts };
    for row in root.tables("fact", faults) {
        add(row, units, classes, &mut facts, faults);
    }
    root.finish(faults);
    check_derived(source, &facts, faults);
    facts
}

/// Reads one `[[fact]]` and adds it.
pub fn add(
    mut row: Reader<'_>,
    units: &UnitTable,
    classes: &ClassTree,
    facts: &mut BTreeMap<String, FactDef>,
    faults: &mut Vec<Fault>,
) {
    let name = row.required("name", faults);
    let kind = row.required("kind", faults).and_then(|word| match word {
        "quantity" => Some(FactKind::Quantity),
        "truth" => Some(FactKind::Truth),
        "word" => Some(FactKind::Word),
        "words" => Some(FactKind::Words),
        "list" => Some(FactKind::List),
        "text" => Some(FactKind::Text),
        other => {
            faults.push(row.fault(
                "kind",
                format!("kind `{other}`"),
                "quantity, truth, word, words, list or text",
                "correct it",
            ));
            None
        }
    });
    let unit = row.text("unit", faults).filter(|u| !u.is_empty());
    let title = row.required("title", faults);
    let ask = row.required("ask", faults);
    let class_names = row.texts("classes", faults);
    let judged = row.truth("judged", faults);
    let values: Vec<String> = row.texts("values", faults).into_iter().map(str::to_owned).collect();
    let basis: Vec<String> = row.texts("basis", faults).into_iter().map(str::to_owned).collect();
    let derived = row.text("derived", faults).filter(|f| !f.is_empty());
    let source = row.text("source", faults).unwrap_or("").to_owned();
    for class in &class_names {
        if classes.get(class).is_none() {
            faults.push(row.fault(
                "classes",
                format!("class `{class}`"),
                "a class of controls/classes.csv",
                nearest(class, classes.by_name.keys().map(String::as_str)),
            ));
        }
    }
    let dimension = match (kind, unit) {
        (Some(FactKind::Quantity), unit) => {
            let unit = unit.unwrap_or("1");
            let found = units.unit(unit);
            if found.is_none() {
                faults.push(row.fault(
                    "unit",
                    format!("unit `{unit}`"),
                    "a unit of units.toml",
                    "add it there, or correct it",
                ));
            }
            found.map(|u| u.dimension)
        }
        (Some(_), Some(unit)) => {
            faults.push(row.fault(
                "unit",
                format!("a unit `{unit}` on a fact that is no quantity"),
                "no unit",
                "remove it, or change the kind",
            ));
            None
        }
        _ => None,
    };
    let formula =
        derived.filter(|text| !text.starts_with('[')).and_then(|text| match parse_formula(text, units) {
            Ok(formula) => Some(formula),
            Err(error) => {
                faults.push(row.fault("derived", error.found, error.expected, error.remedy));
                None
            }
        });
    if let (Some(name), Some(kind), Some(title), Some(ask)) = (name, kind, title, ask) {
        if !name.starts_with(|c: char| c.is_ascii_lowercase())
            || !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        {
            faults.push(row.fault(
                "name",
                format!("fact name `{name}`"),
                "small letters, digits and underscores",
                "rename it",
            ));
        }
        let def = FactDef {
            name: name.to_owned(),
            kind,
            unit: (kind == FactKind::Quantity).then(|| unit.unwrap_or("1").to_owned()),
            dimension,
            scale: (kind == FactKind::Quantity)
                .then(|| units.unit(unit.unwrap_or("1")))
                .flatten()
                .map(|u| (u.factor.clone(), u.offset.clone())),
            title: title.to_owned(),
            ask: ask.to_owned(),
            classes: class_names.into_iter().map(str::to_owned).collect(),
            judged,
            values,
            basis,
            derived: formula,
            row: derived
                .filter(|text| text.starts_with('['))
                .map(|text| row_of(text, units))
                .transpose()
                .unwrap_or_else(|found| {
                    faults.push(row.fault(
                        "derived",
                        found,
                        "[{ key = fact, key = 100 % }]",
                        "correct the row",
                    ));
                    None
                })
                .unwrap_or_default(),
            source,
        };
        match facts.get(name) {
            // Packs may ask for the same fact; it must then be the same question of the same kind.
            Some(other)
                if other.kind != def.kind
                    || other.dimension != def.dimension
                    || other.values != def.values =>
            {
                faults.push(row.fault(
                    "name",
                    format!("fact `{name}` a second time, of another kind or with other values"),
                    "one definition",
                    "make the two alike, or rename one",
                ));
            }
            Some(_) => {}
            None => {
                facts.insert(name.to_owned(), def);
            }
        }
    }
    row.finish(faults);
}

/// Reads `[{ cas = cas, fraction = 100 % }]`: the one row that a list stands for.
fn row_of(text: &str, units: &UnitTable) -> Result<Vec<(String, RowValue)>, String> {
    let inner = text
        .trim()
        .strip_prefix("[{")
        .and_then(|t| t.strip_suffix("}]"))
        .ok_or_else(|| format!("`{text}`"))?;
    inner
        .split(',')
        .map(|pair| {
            let (key, value) = pair.split_once('=').ok_or_else(|| format!("`{}`", pair.trim()))?;
            let value = value.trim();
            let value = if value.starts_with(|c: char| c.is_ascii_digit()) {
                RowValue::Quantity(units.parse(value, None).map_err(|e| e.to_string())?)
            } else {
                RowValue::Fact(value.to_owned())
            };
            Ok((key.trim().to_owned(), value))
        })
        .collect()
}

/// Formulas may use declared quantities only, and no formula may lead back to itself.
fn check_derived(source: &Source, facts: &BTreeMap<String, FactDef>, faults: &mut Vec<Fault>) {
    for (name, def) in facts {
        let Some(formula) = &def.derived else { continue };
        let mut open: Vec<&str> = formula.facts();
        let mut seen: Vec<&str> = Vec::new();
        while let Some(next) = open.pop() {
            if next == name {
                faults.push(Fault::new(
                    &source.file,
                    0,
                    format!("the formula of `{name}` leads back to itself"),
                    "formulas without a circle",
                    "break the circle",
                ));
                break;
            }
            match facts.get(next) {
                Some(used) if used.kind == FactKind::Quantity => {
                    if !seen.contains(&next) {
                        seen.push(next);
                        open.extend(used.derived.iter().flat_map(|f| f.facts()));
                    }
                }
                Some(_) => faults.push(Fault::new(
                    &source.file,
                    0,
                    format!("the formula of `{name}` uses `{next}`, which is no quantity"),
                    "quantities",
                    "correct the formula",
                )),
                None => faults.push(Fault::new(
                    &source.file,
                    0,
                    format!("the formula of `{name}` uses `{next}`"),
                    "a declared fact",
                    nearest(next, facts.keys().map(String::as_str)),
                )),
            }
        }
    }
}
