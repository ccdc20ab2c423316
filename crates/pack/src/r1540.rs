//! Reads `data/r1540`: parts, rows and legend of the matrix, other wordings of labels, topics, and what is known of reports, plans, figures and
//! matrices. The form of each file stands in its head.

use std::collections::{BTreeMap, BTreeSet};

use comity_model::r1540::{
    ActionPlan, Alias, CellValue, Dimension, Edition, Entry, Fact, Field, Figure, LawCited, LegendRow, Life,
    LifeStep, Part, R1540, Report, ReportKind, Row, Topic, Weapon, field_id,
};
use comity_model::standing::{States, fold};
use comity_model::{DateValue, Evidence, StateCode};

use crate::fault::Fault;
use crate::language::nearest;
use crate::source::{Reader, Source};
use crate::table::{Csv, Row as Line};

/// How a file of the folder is read; a file that cannot be read is a fault.
pub type Files<'a> = &'a mut dyn FnMut(&str, &mut Vec<Fault>) -> Option<Source>;

/// The word for the zone treaty of a State.
const ZONE: &str = "zone";

/// What a figure can count.
const MEASURES: [&str; 6] =
    ["first_reports", "first_reports_missing", "plans", "plan_states", "matrix_table", "other"];

/// The columns of a table of aliases, of ours and of users.
pub const ALIAS_COLUMNS: [&str; 4] = ["part", "alias", "row", "source"];

/// Reads the folder. Without faults the catalogue is whole.
pub fn load(files: Files<'_>, states: &States, faults: &mut Vec<Fault>) -> R1540 {
    let mut load = Load { files, faults, all: R1540::default(), states };
    load.texts();
    load.parts();
    load.rows();
    load.legend();
    load.life();
    load.topics();
    load.reports();
    load.figures();
    load.editions();
    if let Some(source) = (load.files)("aliases.csv", load.faults) {
        load.all.aliases = aliases(&source, &load.all, load.faults);
    }
    load.all
}

/// Reads a table of aliases, ours or a user's.
pub fn aliases(source: &Source, catalogue: &R1540, faults: &mut Vec<Fault>) -> Vec<Alias> {
    let mut found: Vec<Alias> = Vec::new();
    let mut seen: BTreeMap<(String, String), usize> = BTreeMap::new();
    let Some(csv) = Csv::read(&source.file, source.text(), &ALIAS_COLUMNS, faults) else { return found };
    for line in csv.rows() {
        let (part, alias, row) = (line.get("part"), line.get("alias"), line.get("row"));
        if alias.is_empty() || line.get("source").is_empty() {
            faults.push(line.fault("an empty alias or source", "both", "complete the line"));
            continue;
        }
        if !part.is_empty() && !catalogue.parts.iter().any(|p| p.id == part) {
            faults.push(line.fault(
                format!("part `{part}`"),
                "a part of parts.csv, or nothing",
                "correct the part",
            ));
            continue;
        }
        let Some(of) = catalogue.rows.iter().find(|r| r.id == row) else {
            let near = nearest(row, catalogue.rows.iter().map(|r| r.id.as_str()));
            faults.push(line.fault(format!("row `{row}`"), "a row of rows.csv", near));
            continue;
        };
        if !part.is_empty() && catalogue.part_of(of).is_some_and(|p| p.id != part) {
            faults.push(line.fault(
                format!("row `{row}` in part `{part}`"),
                "the part in which the row stands",
                "correct one of the two",
            ));
            continue;
        }
        if let Some(first) = seen.insert((part.to_owned(), fold(alias)), line.line) {
            faults.push(line.fault(
                format!("the wording `{alias}` a second time (line {first})"),
                "one row for a wording in a part",
                "remove one of the two lines",
            ));
            continue;
        }
        found.push(Alias {
            part: part.into(),
            alias: alias.into(),
            row: row.into(),
            source: line.get("source").into(),
        });
    }
    found
}

struct Load<'a, 'f> {
    files: Files<'f>,
    faults: &'a mut Vec<Fault>,
    all: R1540,
    states: &'a States,
}

impl Load<'_, '_> {
    /// The rows of a table, each handed to `take`, which gives the key that must not come twice.
    fn each(
        &mut self,
        file: &str,
        columns: &[&str],
        mut take: impl FnMut(&mut R1540, &Line<'_>, &States, &mut Vec<Fault>) -> Option<String>,
    ) {
        let Some(source) = (self.files)(file, self.faults) else { return };
        let Some(csv) = Csv::read(&source.file, source.text(), columns, self.faults) else { return };
        let mut seen = BTreeSet::new();
        for line in csv.rows() {
            if let Some(key) = take(&mut self.all, &line, self.states, self.faults)
                && !seen.insert(key.clone())
            {
                self.faults.push(line.fault(
                    format!("`{key}` a second time"),
                    "one line for each",
                    "remove one of the two lines",
                ));
            }
        }
    }

    fn texts(&mut self) {
        let Some(source) = (self.files)("texts.toml", self.faults) else { return };
        let Some(root) = source.toml(self.faults) else { return };
        let Some(mut reader) = Reader::new(&source, "", &root, self.faults) else { return };
        self.all.title = reader.required("title", self.faults).unwrap_or_default().to_owned();
        self.all.disclaimer = reader.required("disclaimer", self.faults).unwrap_or_default().to_owned();
        self.all.reconstructed = reader.required("reconstructed", self.faults).unwrap_or_default().to_owned();
        self.all.own_words = reader.required("own_words", self.faults).unwrap_or_default().to_owned();
        reader.finish(self.faults);
    }

    fn parts(&mut self) {
        self.each("parts.csv", &["part", "prefix", "paragraphs", "title"], |all, line, _, faults| {
            let [id, prefix, paragraphs, title] =
                filled(line, ["part", "prefix", "paragraphs", "title"], faults)?;
            let key = id.clone();
            all.parts.push(Part { id, prefix, paragraphs, title });
            Some(key)
        });
    }

    fn rows(&mut self) {
        let columns = [
            "row",
            "part",
            "order",
            "group",
            "label",
            "weapons",
            "dimensions",
            "values",
            "treaty",
            "evidence",
            "source",
        ];
        self.each("rows.csv", &columns, |all, line, states, faults| {
            let [id, part, group, label, source] =
                filled(line, ["row", "part", "group", "label", "source"], faults)?;
            let Some(at) = all.parts.iter().position(|p| p.id == part) else {
                faults.push(line.fault(format!("part `{part}`"), "a part of parts.csv", "correct the part"));
                return None;
            };
            if all.parts.get(at).is_some_and(|p| !id.starts_with(&format!("{}.", p.prefix))) {
                faults.push(line.fault(
                    format!("row `{id}` in part `{part}`"),
                    "an id that begins as the part says",
                    "correct the id or the part",
                ));
            }
            let weapons: Vec<Weapon> = line.parsed_set("weapons", faults);
            let dimensions: Vec<Dimension> = line.parsed_set("dimensions", faults);
            let takes_text = line.set("values").any(|v| v == "text");
            let mut values: Vec<CellValue> = Vec::new();
            for word in line.set("values").filter(|v| *v != "text") {
                match word.parse() {
                    Ok(value) => values.push(value),
                    Err(error) => faults.push(line.fault(format!("{error}"), "", "correct the set")),
                }
            }
            if weapons.is_empty() || dimensions.is_empty() || values.is_empty() {
                faults.push(line.fault(
                    "no weapon, dimension or value",
                    "each of the three",
                    "complete the line",
                ));
            }
            let treaty = Some(line.get("treaty")).filter(|t| !t.is_empty()).map(str::to_owned);
            if let Some(treaty) = treaty.as_deref().filter(|t| *t != ZONE && states.treaty_ref(t).is_none()) {
                let near = nearest(treaty, states.treaties.iter().map(|t| t.id.as_str()));
                faults.push(line.fault(
                    format!("treaty `{treaty}`"),
                    "an id of states/treaties.toml, or `zone`",
                    near,
                ));
            }
            let evidence = evidence(line, faults)?;
            let number = u16::try_from(all.rows.len()).unwrap_or(u16::MAX);
            for weapon in &weapons {
                for dimension in &dimensions {
                    let field = field_id(&id, *weapon, *dimension);
                    let at = u16::try_from(all.fields.len()).unwrap_or(u16::MAX);
                    if all.by_id.insert(field.clone(), at).is_some() {
                        faults.push(line.fault(
                            format!("field `{field}` a second time"),
                            "each field once",
                            "rename the row",
                        ));
                    }
                    all.fields.push(Field { id: field, row: number, weapon: *weapon, dimension: *dimension });
                }
            }
            all.rows.push(Row {
                id: id.clone(),
                part: u16::try_from(at).unwrap_or(u16::MAX),
                order: line.parsed("order", faults).unwrap_or(0),
                group,
                label,
                weapons,
                dimensions,
                values,
                takes_text,
                treaty,
                evidence,
                source,
            });
            Some(id)
        });
        let mut labels: BTreeMap<(String, u16, Weapon, Dimension), &str> = BTreeMap::new();
        for field in &self.all.fields {
            let Some(row) = self.all.row_of(field) else { continue };
            let key = (fold(&row.label), row.part, field.weapon, field.dimension);
            if let Some(other) = labels.insert(key, &field.id) {
                self.faults.push(Fault::new(
                    "r1540/rows.csv",
                    0,
                    format!("fields `{other}` and `{}` with one label", field.id),
                    "a label that is one field in its part, weapon and dimension",
                    "reword one label",
                ));
            }
        }
    }

    fn legend(&mut self) {
        let columns = ["value", "says", "measure", "denominator", "evidence", "source"];
        self.each("legend.csv", &columns, |all, line, _, faults| {
            let [value, says, source] = filled(line, ["value", "says", "source"], faults)?;
            let value = match value.parse::<CellValue>() {
                Ok(value) => value,
                Err(error) => {
                    faults.push(line.fault(format!("{error}"), "", "correct the mark"));
                    return None;
                }
            };
            let evidence = evidence(line, faults)?;
            all.legend.push(LegendRow {
                value,
                says,
                is_measure: truth(line, "measure", faults),
                in_denominator: truth(line, "denominator", faults),
                evidence,
                source,
            });
            Some(value.word().to_owned())
        });
        for value in CellValue::ALL {
            if !self.all.legend.iter().any(|l| l.value == *value) {
                self.faults.push(Fault::new(
                    "r1540/legend.csv",
                    0,
                    format!("no line for the mark `{value}`"),
                    "each mark of a cell",
                    "add its line",
                ));
            }
        }
    }

    fn life(&mut self) {
        self.each("life.csv", &["from", "to", "event", "guard"], |all, line, _, faults| {
            let from: Life = line.parsed("from", faults)?;
            let to: Life = line.parsed("to", faults)?;
            let [event] = filled(line, ["event"], faults)?;
            all.life.push(LifeStep { from, to, event, guard: line.get("guard").into() });
            Some(format!("{from} to {to}"))
        });
    }

    fn topics(&mut self) {
        self.each("topics.csv", &["topic", "prefix", "title"], |all, line, _, faults| {
            let [id, title] = filled(line, ["topic", "title"], faults)?;
            let prefix = line.get("prefix").to_owned();
            if !prefix.is_empty() && !all.fields.iter().any(|f| f.id.starts_with(&prefix)) {
                faults.push(line.fault(
                    format!("prefix `{prefix}`"),
                    "the beginning of the id of some field",
                    "correct the prefix",
                ));
            }
            let key = id.clone();
            all.topics.push(Topic { id, prefix, title });
            Some(key)
        });
    }

    fn reports(&mut self) {
        self.each(
            "reports.csv",
            &["state", "kind", "date", "evidence", "source"],
            |all, line, states, faults| {
                let state = state(line, states, faults)?;
                let kind: ReportKind = line.parsed("kind", faults)?;
                let date = date(line, "date", faults)?;
                let [source] = filled(line, ["source"], faults)?;
                let key = format!("{state} {kind} {date} {source}");
                all.reports.push(Report { state, kind, date, evidence: evidence(line, faults)?, source });
                Some(key)
            },
        );
        self.each(
            "plans.csv",
            &["state", "by", "bound", "evidence", "source"],
            |all, line, states, faults| {
                let state = state(line, states, faults)?;
                let by = date(line, "by", faults)?;
                let [source] = filled(line, ["source"], faults)?;
                let is_bound = truth(line, "bound", faults);
                let key = format!("{state} {by} {source}");
                all.plans.push(ActionPlan { state, by, is_bound, evidence: evidence(line, faults)?, source });
                Some(key)
            },
        );
    }

    fn figures(&mut self) {
        let columns = ["id", "measure", "title", "number", "as_of", "document", "evidence"];
        self.each("figures.csv", &columns, |all, line, _, faults| {
            let [id, measure, title, document] =
                filled(line, ["id", "measure", "title", "document"], faults)?;
            if !MEASURES.contains(&measure.as_str()) {
                let near = nearest(&measure, MEASURES.into_iter());
                faults.push(line.fault(format!("measure `{measure}`"), MEASURES.join(", "), near));
            }
            let number: Option<u32> = line.parsed("number", faults);
            let as_of = if line.get("as_of").is_empty() { None } else { date(line, "as_of", faults) };
            let evidence: Option<Evidence> = line.parsed("evidence", faults);
            if number.is_some() != evidence.is_some() || number.is_some() != as_of.is_some() {
                faults.push(line.fault(
                    "a number, date or evidence without the others",
                    "all three, or none for a figure that was not obtained",
                    "complete the line",
                ));
            }
            let key = id.clone();
            all.figures.push(Figure { id, measure, title, number, as_of, document, evidence });
            Some(key)
        });
    }

    fn editions(&mut self) {
        let columns = [
            "state",
            "date",
            "edition",
            "life",
            "part",
            "field",
            "value",
            "detail",
            "law",
            "article",
            "law_date",
            "source",
            "source_date",
            "evidence",
        ];
        self.each("matrices.csv", &columns, |all, line, states, faults| {
            let state = state(line, states, faults)?;
            let date = date(line, "date", faults)?;
            let life: Life = line.parsed("life", faults)?;
            let [name, field, value, source] = filled(line, ["edition", "field", "value", "source"], faults)?;
            let Ok(value) = value.parse::<CellValue>() else {
                faults.push(line.fault(format!("value `{value}`"), "X, ?, NA or blank", "correct the value"));
                return None;
            };
            let Some(row) = all.field(&field).and_then(|f| all.row_of(f)) else {
                let near = nearest(&field, all.fields.iter().map(|f| f.id.as_str()));
                faults.push(line.fault(format!("field `{field}`"), "a field of rows.csv", near));
                return None;
            };
            if !row.values.contains(&value) {
                faults.push(line.fault(
                    format!("value `{value}` in `{field}`"),
                    "a value that the row can show",
                    "correct the value",
                ));
            }
            let evidence = evidence(line, faults)?;
            let fact = Fact {
                field: field.clone(),
                value,
                detail: line.get("detail").into(),
                law: LawCited {
                    title: line.get("law").into(),
                    article: line.get("article").into(),
                    date: line.get("law_date").into(),
                },
                source: if evidence == Evidence::Memory { format!("{source} (from memory)") } else { source },
                source_date: line.get("source_date").into(),
                entry: Entry::Table,
                confidence: None,
                by: String::new(),
                on: None,
            };
            let is_part = truth(line, "part", faults);
            let key = format!("{state} {date} {name} {field} {} {}", fact.value, fact.source);
            match all.editions.iter_mut().find(|e| (e.state, &e.date, &e.name) == (state, &date, &name)) {
                Some(edition) if edition.life != life || edition.is_part != is_part => {
                    faults.push(line.fault(
                        format!("edition `{name}` with another life or part"),
                        "the same in all its lines",
                        "correct the line",
                    ));
                }
                Some(edition) => edition.facts.push(fact),
                None => all.editions.push(Edition {
                    state,
                    date,
                    name,
                    life,
                    is_part,
                    facts: vec![fact],
                    unplaced: Vec::new(),
                }),
            }
            Some(key)
        });
    }
}

/// Cells that must not be empty.
fn filled<const N: usize>(
    line: &Line<'_>,
    columns: [&str; N],
    faults: &mut Vec<Fault>,
) -> Option<[String; N]> {
    let empty: Vec<&str> = columns.iter().copied().filter(|c| line.get(c).is_empty()).collect();
    if !empty.is_empty() {
        faults.push(line.fault(
            format!("nothing in {}", empty.join(", ")),
            "a text in each",
            "complete the line",
        ));
        return None;
    }
    Some(columns.map(|c| line.get(c).to_owned()))
}

fn truth(line: &Line<'_>, column: &str, faults: &mut Vec<Fault>) -> bool {
    match line.get(column) {
        "yes" => true,
        "no" => false,
        other => {
            faults.push(line.fault(format!("`{other}` as {column}"), "yes or no", "correct the cell"));
            false
        }
    }
}

fn evidence(line: &Line<'_>, faults: &mut Vec<Fault>) -> Option<Evidence> {
    let found = line.parsed("evidence", faults);
    if line.get("evidence").is_empty() {
        faults.push(line.fault("no evidence", "R, S or M", "say how well it is known"));
    }
    found
}

fn date(line: &Line<'_>, column: &str, faults: &mut Vec<Fault>) -> Option<DateValue> {
    let found: Option<DateValue> = line.parsed(column, faults);
    if line.get(column).is_empty() {
        faults.push(line.fault(
            format!("no {column}"),
            "a date",
            "give the date as exactly as the source does",
        ));
    }
    found
}

fn state(line: &Line<'_>, states: &States, faults: &mut Vec<Fault>) -> Option<StateCode> {
    let code: Option<StateCode> = line.parsed("state", faults);
    if code.is_none_or(|code| states.state(code).is_none()) {
        faults.push(line.fault(
            format!("`{}` as a State", line.get("state")),
            "a State of states/states.csv",
            "correct the code",
        ));
        return None;
    }
    code
}
