//! `comity r1540 review`: tables over groups of States as text, JSON, CSV and SVG. Each says the editions it used, its date and the disclaimer, and is
//! the same in every byte when it is asked again. States are counted per field, never fields per State.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use comity_engine::r1540::place::{Cells, Places, column};
use comity_engine::r1540::review::{
    self, Cohort, Count, Group, Known, Line, Moves, Read, SMALL, Small, Table, Used,
};
use comity_model::Day;
use comity_model::lawbook::Lawbook;
use comity_model::place::StateCode;
use comity_model::r1540::{CellValue, R1540};
use comity_model::standing::{UnStatus, fold};
use comity_pack::Fault;
use serde_json::{Value, json};

use super::edition::write;
use super::edition::{damage, damage_json, with_damage};
use super::import::{read_bytes, utf8};
use super::store::{Damage, Store};
use super::{Review, SmallCounts, day, json_output, state_named};
use crate::cli::{self, Global, Output};
use crate::fail::Failure;
use crate::text::page::{Ink, Page};
use crate::world;

/// What stands where a count is withheld.
const WITHHELD: &str = "withheld";

/// Runs the review.
///
/// # Errors
/// When a group, year or file cannot be read.
pub fn run(global: &Global, book: &Lawbook, options: &Review) -> Result<Output, Failure> {
    let catalogue = book.r1540();
    let day = day(global);
    if options.ladder {
        return ladder(global, book, options);
    }
    let groups = groups(book, &options.by)?;
    let fields: Vec<usize> = catalogue
        .fields
        .iter()
        .enumerate()
        .filter(|(_, f)| {
            options.fields.is_empty() || options.fields.iter().any(|p| f.id.starts_with(p.as_str()))
        })
        .map(|(at, _)| at)
        .collect();
    if fields.is_empty() {
        return Err(Failure::input(
            "--fields",
            options.fields.join(","),
            "the beginning of the id of some field",
            "see `comity r1540 fields`",
        ));
    }
    let own: Vec<StateCode> = match &options.own {
        Some(text) => vec![state_named(book, text)?.code],
        None => Vec::new(),
    };
    let (editions, damaged) = editions(global, book, &own)?;
    let small = match options.small {
        SmallCounts::Names => Small::Names,
        SmallCounts::Withhold => Small::Withhold,
    };
    let found = match &options.years {
        Some(text) => {
            let years = years(text)?;
            Found::Cohorts(groups.iter().map(|g| review::cohort(&editions, g, years, &fields)).collect())
        }
        None => {
            let year = options.year.unwrap_or_else(|| day.year());
            Found::Tables(groups.iter().map(|g| review::table(&editions, g, year, &fields, small)).collect())
        }
    };
    let told = Told { catalogue, day, own: &own, damaged: &damaged, small, is_cross: options.cross };
    if let Some(path) = &options.compare {
        let Found::Tables(_) = &found else { return Ok(Output::default()) };
        let mut out = compare(global, book, &told, &editions, path)?;
        if !global.json {
            out.text.push_str(&damage_text(&damaged));
        }
        return Ok(with_damage(out, &damaged));
    }
    let mut written = Vec::new();
    if let Some(path) = &options.csv {
        let text = told.csv(&found).map_err(|e| Failure::data("review", e, "report this"))?;
        write(path, text.as_bytes())?;
        written.push(path.display().to_string());
    }
    if let Some(path) = &options.svg {
        write(path, told.svg(&found).as_bytes())?;
        written.push(path.display().to_string());
    }
    if global.json {
        let mut value = told.json(&found);
        if let Value::Object(all) = &mut value {
            all.insert("written".to_owned(), json!(written));
            all.insert("damaged".to_owned(), json!(damage_json(&damaged)));
        }
        return Ok(with_damage(json_output(book, value), &damaged));
    }
    let mut text = if written.is_empty() {
        told.text(&found)
    } else {
        format!("written: {}\n{}\n", written.join(", "), catalogue.disclaimer)
    };
    text.push_str(&damage_text(&damaged));
    Ok(with_damage(Output::text(text), &damaged))
}

fn damage_text(damaged: &[Damage]) -> String {
    if damaged.is_empty() {
        return String::new();
    }
    let mut page = Page::new(cli::colour());
    damage(&mut page, damaged);
    page.finish()
}

/// The editions that may enter a table, of all States.
fn editions(global: &Global, book: &Lawbook, own: &[StateCode]) -> Result<(Vec<Read>, Vec<Damage>), Failure> {
    let catalogue = book.r1540();
    let store = Store::open(&world::data_dir(global.data.as_deref())?, catalogue)?;
    let (kept, damaged) = store.readable(&store.states(), false);
    let found = kept.iter().filter_map(|k| Read::new(catalogue, &k.edition, &k.digest, own)).collect();
    Ok((found, damaged))
}

/// The groups that a word means; else those of a file with one State a line.
fn groups(book: &Lawbook, text: &str) -> Result<Vec<Group>, Failure> {
    let states = &book.states().states;
    let members = || states.iter().filter(|s| s.un_status == UnStatus::Member);
    let mut regions: Vec<&str> = members().map(|s| s.group.as_str()).filter(|g| !g.is_empty()).collect();
    regions.sort_unstable();
    regions.dedup();
    let of = |name: &str| Group {
        name: name.to_owned(),
        states: members().filter(|s| s.group == name).map(|s| s.code).collect(),
    };
    let key = fold(text);
    match key.as_str() {
        "all" | "all members" => {
            return Ok(vec![Group {
                name: "all members".to_owned(),
                states: members().map(|s| s.code).collect(),
            }]);
        }
        "regions" | "region" => return Ok(regions.into_iter().map(of).collect()),
        "none" | "no regional group" => {
            let states = states.iter().filter(|s| s.group.is_empty()).map(|s| s.code).collect();
            return Ok(vec![Group { name: "no regional group".to_owned(), states }]);
        }
        _ => {}
    }
    let near: Vec<&str> = regions
        .iter()
        .copied()
        .filter(|r| fold(r) == key || (key.len() > 3 && fold(r).starts_with(&key)))
        .collect();
    if let [region] = near.as_slice() {
        return Ok(vec![of(region)]);
    }
    let path = Path::new(text);
    if !path.is_file() {
        return Err(Failure::input(
            "--by",
            format!("no group `{text}`, and no file of that name"),
            format!("all, regions, none, {}, or a file with one State a line", regions.join(", ")),
            "correct the group",
        ));
    }
    let content = utf8(text, read_bytes(path)?)?;
    let (mut found, mut faults) = (Vec::new(), Vec::new());
    for (at, line) in content.lines().enumerate() {
        let name = line.split('#').next().unwrap_or_default().trim();
        if name.is_empty() {
            continue;
        }
        match state_named(book, name) {
            Ok(state) => found.push(state.code),
            Err(Failure::Faults(of)) => {
                faults.extend(of.into_iter().map(|f| Fault {
                    file: text.to_owned(),
                    line: at + 1,
                    found: format!("`{name}`: {}", f.found),
                    ..f
                }));
            }
            Err(other) => return Err(other),
        }
    }
    found.sort_unstable();
    found.dedup();
    if faults.is_empty() && found.is_empty() {
        faults.push(Fault::new(text, 0, "no State", "one State a line", "name the States of the group"));
    }
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let name = path.file_stem().map_or_else(|| text.to_owned(), |n| n.to_string_lossy().into_owned());
    Ok(vec![Group { name, states: found }])
}

fn years(text: &str) -> Result<(i16, i16), Failure> {
    let pair =
        text.split_once("..").and_then(|(a, b)| Some((a.trim().parse().ok()?, b.trim().parse().ok()?)));
    pair.filter(|(a, b)| a < b).ok_or_else(|| {
        Failure::input(
            "--years",
            format!("`{text}`"),
            "two years in their order, such as 2014..2016",
            "correct the years",
        )
    })
}

/// A bar of a drawing: its name, the shade and number of each part, and the number that fills it.
type Bar<'t> = (&'t str, Vec<(usize, u32)>, u32);

enum Found {
    Tables(Vec<Table>),
    Cohorts(Vec<Cohort>),
}

/// How tables are told.
struct Told<'a> {
    catalogue: &'a R1540,
    day: Day,
    own: &'a [StateCode],
    damaged: &'a [Damage],
    small: Small,
    is_cross: bool,
}

/// What stands in place of a table over very few matrices.
fn few() -> String {
    format!("\u{2026} withheld: fewer than {SMALL} States with a matrix; the States themselves are below")
}

fn number(count: Option<u32>) -> String {
    count.map_or_else(|| WITHHELD.to_owned(), |n| n.to_string())
}

fn codes(states: &[StateCode]) -> String {
    states.iter().map(StateCode::as_str).collect::<Vec<_>>().join(" ")
}

impl Told<'_> {
    fn field(&self, at: usize) -> (&str, &str, &str, &str) {
        let Some(field) = self.catalogue.fields.get(at) else { return ("", "", "", "") };
        let label = self.catalogue.row_of(field).map_or("", |r| r.label.as_str());
        (&field.id, label, field.weapon.word(), field.dimension.word())
    }

    /// What stands on every table besides its numbers.
    fn remarks(&self) -> Vec<String> {
        let mut remarks = vec![self.catalogue.disclaimer.clone(), self.catalogue.reconstructed.clone()];
        remarks.push("Only X counts as a measure. Blank is no information. The denominator is the States with a matrix, less those to which the field does not apply.".to_owned());
        remarks.push(match self.small {
            Small::Withhold => format!("A count from 1 to {} is withheld with as many others as keep it from being computed from its row; so is all of a group with fewer than {SMALL} matrices. Who has a matrix is public.", SMALL - 1),
            Small::Names => format!("Counts under {SMALL} stand with the names of the States."),
        });
        if !self.own.is_empty() {
            remarks.push(format!("With drafts of {}: for its own eyes, no public table.", codes(self.own)));
        }
        if !self.damaged.is_empty() {
            let states: Vec<StateCode> = self.damaged.iter().map(|d| d.state).collect();
            remarks
                .push(format!("Not counted, since an edition of theirs cannot be read: {}.", codes(&states)));
        }
        remarks
    }

    fn used(used: &[Used]) -> String {
        if used.is_empty() {
            return "none".to_owned();
        }
        used.iter()
            .map(|u| {
                format!("{} {} {} ({})", u.state, u.date, u.edition, u.digest.get(..8).unwrap_or_default())
            })
            .collect::<Vec<_>>()
            .join("; ")
    }

    fn text(&self, found: &Found) -> String {
        let mut page = Page::new(cli::colour());
        page.title(&format!("{}: review", self.catalogue.title), &self.day.to_string());
        for remark in self.remarks() {
            page.text(0, &remark, Ink::Dim);
        }
        match found {
            Found::Tables(tables) => {
                for table in tables {
                    page.heading(
                        &format!("{}, end of {}", table.group.name, table.year),
                        &format!("{} States, {} with a matrix", table.group.states.len(), table.used.len()),
                    );
                    match (self.is_few(table), self.is_cross) {
                        (true, _) => page.text(1, &few(), Ink::Plain),
                        (false, true) => self.cross(&mut page, table),
                        (false, false) => self.lines(&mut page, table),
                    }
                    page.under(1, ("Editions", 10, Ink::Dim), &Self::used(&table.used), Ink::Dim);
                }
            }
            Found::Cohorts(cohorts) => {
                for cohort in cohorts {
                    self.cohort(&mut page, cohort);
                }
            }
        }
        page.finish()
    }

    /// Whether a table is withheld whole: so few matrices that every row would be.
    fn is_few(&self, table: &Table) -> bool {
        self.small == Small::Withhold && (1..SMALL as usize).contains(&table.used.len())
    }

    fn lines(&self, page: &mut Page, table: &Table) {
        let head = ["field", "X", "?", "blank", "differ", CellValue::Na.word(), "none", "of"];
        let row = |page: &mut Page, cells: [&str; 8], ink: Ink| {
            let widths = [34, 6, 6, 7, 8, 6, 6, 6];
            let dots = |c| if c == WITHHELD { "\u{2026}" } else { c };
            let all: Vec<_> = cells.into_iter().zip(widths).map(|(c, width)| (dots(c), width, ink)).collect();
            page.row(1, &all);
        };
        row(page, head, Ink::Strong);
        for line in &table.lines {
            let (id, ..) = self.field(line.field);
            if line.is_row_withheld() {
                let none = format!("\u{2026} (none: {})", number(line.count(Count::NoMatrix)));
                page.row(1, &[(id, 34, Ink::Plain), (&none, 45, Ink::Plain)]);
                continue;
            }
            let told: Vec<String> = Count::ALL.iter().map(|c| number(line.count(*c))).collect();
            let of = number(line.told_denominator());
            if let [x, open, blank, differ, na, none] = told.as_slice() {
                row(page, [id, x, open, blank, differ, na, none, &of], Ink::Plain);
            }
            for (count, states) in &line.names {
                page.text(6, &format!("{}: {}", count.word(), codes(states)), Ink::Dim);
            }
        }
        if table.lines.iter().any(|l| !l.withheld.is_empty()) {
            page.text(1, "\u{2026}  withheld", Ink::Dim);
        }
    }

    /// A row a label, a column a weapon and dimension: States with X of the denominator.
    fn cross(&self, page: &mut Page, table: &Table) {
        let columns = ["N.L", "N.E", "C.L", "C.E", "B.L", "B.E"];
        let mut head = vec![("States with X, of those it applies to", 32, Ink::Strong)];
        head.extend(columns.iter().map(|c| (*c, 8, Ink::Strong)));
        page.row(1, &head);
        for (row, by_column) in self.crossed(table) {
            let told: Vec<String> = columns
                .iter()
                .map(|column| {
                    match by_column.get(*column).map(|l| (l.count(Count::X), l.told_denominator())) {
                        None => String::new(),
                        Some((x, of)) => {
                            let short =
                                |n: Option<u32>| n.map_or_else(|| "\u{2026}".to_owned(), |n| n.to_string());
                            format!("{}/{}", short(x), short(of))
                        }
                    }
                })
                .collect();
            let mut cells = vec![(row, 32, Ink::Plain)];
            cells.extend(told.iter().map(|t| (t.as_str(), 8, Ink::Plain)));
            page.row(1, &cells);
            for (column, line) in &by_column {
                for (count, states) in &line.names {
                    page.text(6, &format!("{column} {}: {}", count.word(), codes(states)), Ink::Dim);
                }
            }
        }
    }

    fn crossed<'t>(&self, table: &'t Table) -> Vec<(&str, BTreeMap<String, &'t Line>)> {
        let mut rows: Vec<(&str, BTreeMap<String, &Line>)> = Vec::new();
        let mut last = None;
        for line in &table.lines {
            let Some(field) = self.catalogue.fields.get(line.field) else { continue };
            let Some(row) = self.catalogue.row_of(field) else { continue };
            let Some(letter) = field.dimension.letter() else { continue };
            if last != Some(field.row) {
                last = Some(field.row);
                rows.push((&row.id, BTreeMap::new()));
            }
            if let Some((_, columns)) = rows.last_mut() {
                columns.insert(format!("{}.{letter}", field.weapon), line);
            }
        }
        rows
    }

    fn cohort(&self, page: &mut Page, cohort: &Cohort) {
        let (a, b) = cohort.years;
        page.heading(
            &format!("{}, {a} to {b}", cohort.group.name),
            &format!("{} of {} States have a matrix in both", cohort.states.len(), cohort.group.states.len()),
        );
        if self.small == Small::Withhold && (1..SMALL as usize).contains(&cohort.states.len()) {
            page.text(1, &few(), Ink::Plain);
        } else {
            for line in &cohort.lines {
                let (id, ..) = self.field(line.field);
                let told = match line.told(self.small) {
                    Moves::Withheld => WITHHELD.to_owned(),
                    Moves::Told { moves, .. } if moves.is_empty() => continue,
                    Moves::Told { moves, .. } => moves
                        .iter()
                        .map(|(from, to, n, states)| {
                            format!("{} to {}: {}", from.word(), to.word(), self.moved(*n, states))
                        })
                        .collect::<Vec<_>>()
                        .join("; "),
                };
                page.row(1, &[(id, 28, Ink::Plain), (&told, 51, Ink::Plain)]);
            }
            let same = cohort.lines.iter().filter(|l| l.moves.is_empty()).count();
            page.text(
                1,
                &format!(
                    "{same} of {} fields show the same in every State of the cohort.",
                    cohort.lines.len()
                ),
                Ink::Plain,
            );
        }
        page.under(1, (&format!("Editions {a}"), 15, Ink::Dim), &Self::used(&cohort.used.0), Ink::Dim);
        page.under(1, (&format!("Editions {b}"), 15, Ink::Dim), &Self::used(&cohort.used.1), Ink::Dim);
    }

    fn moved(&self, n: Option<u32>, states: &[StateCode]) -> String {
        match n {
            None => WITHHELD.to_owned(),
            Some(n) if n < SMALL && self.small == Small::Names => format!("{n} ({})", codes(states)),
            Some(n) => n.to_string(),
        }
    }

    fn json(&self, found: &Found) -> Value {
        let used = |used: &[Used]| -> Vec<Value> {
            used.iter()
                .map(|u| json!({ "state": u.state.as_str(), "date": u.date.to_string(), "edition": u.edition, "life": u.life.word(), "digest": u.digest }))
                .collect()
        };
        let mut value = json!({ "as_of": self.day.to_string(), "remarks": self.remarks() });
        let (key, rows): (&str, Vec<Value>) = match found {
            Found::Tables(tables) => (
                "tables",
                tables
                    .iter()
                    .map(|t| {
                        let lines: Vec<Value> = t
                            .lines
                            .iter()
                            .map(|l| {
                                let (id, label, weapon, dimension) = self.field(l.field);
                                let mut line = json!({ "field": id, "label": label, "weapon": weapon, "dimension": dimension });
                                if let Value::Object(all) = &mut line {
                                    for count in Count::ALL {
                                        all.insert(count.word().to_owned(), json!(l.count(count)));
                                    }
                                    all.insert("denominator".to_owned(), json!(l.told_denominator()));
                                    all.insert("withheld".to_owned(), json!(l.withheld.iter().map(|c| c.word()).collect::<Vec<_>>()));
                                    let names: serde_json::Map<String, Value> = l
                                        .names
                                        .iter()
                                        .map(|(c, s)| (c.word().to_owned(), json!(s.iter().map(StateCode::as_str).collect::<Vec<_>>())))
                                        .collect();
                                    all.insert("names".to_owned(), Value::Object(names));
                                }
                                line
                            })
                            .collect();
                        json!({ "group": t.group.name, "n": t.group.states.len(), "year": t.year, "with_matrix": t.used.len(), "fields": lines, "editions": used(&t.used) })
                    })
                    .collect(),
            ),
            Found::Cohorts(cohorts) => (
                "cohorts",
                cohorts
                    .iter()
                    .map(|c| {
                        let lines: Vec<Value> = c
                            .lines
                            .iter()
                            .map(|l| {
                                let (id, label, ..) = self.field(l.field);
                                let told = l.told(self.small);
                                let (unchanged, moves) = match &told {
                                    Moves::Withheld => (None, &[][..]),
                                    Moves::Told { unchanged, moves } => (*unchanged, moves.as_slice()),
                                };
                                let moves: Vec<Value> = moves
                                    .iter()
                                    .map(|(from, to, n, states)| {
                                        let named = self.small == Small::Names && states.len() < SMALL as usize;
                                        let names = named
                                            .then(|| states.iter().map(StateCode::as_str).collect::<Vec<_>>());
                                        json!({ "from": from.word(), "to": to.word(), "n": n, "states": names })
                                    })
                                    .collect();
                                json!({ "field": id, "label": label, "withheld": told == Moves::Withheld, "unchanged": unchanged, "moves": moves })
                            })
                            .collect();
                        json!({ "group": c.group.name, "n": c.group.states.len(), "years": [c.years.0, c.years.1], "cohort": c.states.len(), "fields": lines, "editions": { "from": used(&c.used.0), "to": used(&c.used.1) } })
                    })
                    .collect(),
            ),
        };
        if let Value::Object(all) = &mut value {
            all.insert(key.to_owned(), json!(rows));
        }
        value
    }

    fn csv(&self, found: &Found) -> Result<String, String> {
        let mut out = String::new();
        for remark in self.remarks() {
            let _ = writeln!(out, "# {remark}");
        }
        let _ = writeln!(out, "# As of {}", self.day);
        let mut writer = csv::WriterBuilder::new()
            .flexible(true)
            .terminator(csv::Terminator::Any(b'\n'))
            .from_writer(Vec::new());
        let mut put = |row: &[String]| writer.write_record(row).map_err(|e| e.to_string());
        let texts = |row: &[&str]| -> Vec<String> { row.iter().map(|t| (*t).to_owned()).collect() };
        match found {
            Found::Tables(tables) => {
                for t in tables {
                    let _ = writeln!(out, "# Editions, {} {}: {}", t.group.name, t.year, Self::used(&t.used));
                }
                let mut head =
                    texts(&["group", "year", "n", "with_matrix", "field_id", "label", "weapon", "dimension"]);
                head.extend(Count::ALL.iter().map(|c| c.word().to_owned()));
                head.extend(texts(&["denominator", "names"]));
                put(&head)?;
                for t in tables {
                    for l in &t.lines {
                        let (id, label, weapon, dimension) = self.field(l.field);
                        let mut row = vec![
                            t.group.name.clone(),
                            t.year.to_string(),
                            t.group.states.len().to_string(),
                            t.used.len().to_string(),
                        ];
                        row.extend(texts(&[id, label, weapon, dimension]));
                        row.extend(Count::ALL.iter().map(|c| number(l.count(*c))));
                        row.push(number(l.told_denominator()));
                        row.push(
                            l.names
                                .iter()
                                .map(|(c, s)| format!("{}: {}", c.word(), codes(s)))
                                .collect::<Vec<_>>()
                                .join("; "),
                        );
                        put(&row)?;
                    }
                }
            }
            Found::Cohorts(cohorts) => {
                for c in cohorts {
                    let _ = writeln!(
                        out,
                        "# Editions, {} {}: {}",
                        c.group.name,
                        c.years.0,
                        Self::used(&c.used.0)
                    );
                    let _ = writeln!(
                        out,
                        "# Editions, {} {}: {}",
                        c.group.name,
                        c.years.1,
                        Self::used(&c.used.1)
                    );
                }
                put(&texts(&[
                    "group",
                    "from_year",
                    "to_year",
                    "cohort",
                    "field_id",
                    "label",
                    "from",
                    "to",
                    "states",
                ]))?;
                for c in cohorts {
                    for l in &c.lines {
                        let (id, label, ..) = self.field(l.field);
                        let rows = match l.told(self.small) {
                            Moves::Withheld => vec![("", "", WITHHELD.to_owned())],
                            Moves::Told { moves, .. } => moves
                                .iter()
                                .map(|(from, to, n, states)| (from.word(), to.word(), self.moved(*n, states)))
                                .collect(),
                        };
                        for (from, to, states) in rows {
                            let mut row = vec![
                                c.group.name.clone(),
                                c.years.0.to_string(),
                                c.years.1.to_string(),
                                c.states.len().to_string(),
                            ];
                            row.extend(texts(&[id, label, from, to]));
                            row.push(states);
                            put(&row)?;
                        }
                    }
                }
            }
        }
        let bytes = writer.into_inner().map_err(|e| e.to_string())?;
        out.push_str(&String::from_utf8(bytes).map_err(|e| e.to_string())?);
        Ok(out)
    }

    /// Bars, one a field: what is counted side by side, in greys and one blue; no grade, no colour of praise or blame.
    fn svg(&self, found: &Found) -> String {
        const BAR: usize = 420;
        const LEFT: usize = 230;
        let mut body = String::new();
        let mut y = 30;
        let text = |body: &mut String, x: usize, y: usize, weight: &str, said: &str| {
            let _ =
                writeln!(body, r#"<text x="{x}" y="{y}" font-weight="{weight}">{}</text>"#, escaped(said));
        };
        text(&mut body, 10, y, "bold", &format!("{}: review, as of {}", self.catalogue.title, self.day));
        for remark in self.remarks() {
            for line in crate::text::page::wrap(&remark, 110) {
                y += 15;
                text(&mut body, 10, y, "normal", &line);
            }
        }
        let shades = [
            ("X", "#1f4e79"),
            ("?", "#7fa6c9"),
            ("blank", "#e4e4e4"),
            ("sources differ", "#8c8c8c"),
            (CellValue::Na.word(), "#c9c9c9"),
            ("no matrix", "#ffffff"),
            (WITHHELD, "url(#w)"),
        ];
        y += 22;
        for (at, (name, shade)) in shades.iter().enumerate() {
            let x = 10 + at * 100;
            let _ = writeln!(
                body,
                r##"<rect x="{x}" y="{}" width="10" height="10" fill="{shade}" stroke="#555"/>"##,
                y - 9
            );
            text(&mut body, x + 15, y, "normal", name);
        }
        let block = |body: &mut String, y: &mut usize, title: &str, rows: Vec<Bar<'_>>| {
            *y += 26;
            text(body, 10, *y, "bold", title);
            for (name, parts, all) in rows {
                *y += 14;
                text(body, 10, *y, "normal", name);
                let mut x = LEFT;
                for (shade, n) in parts {
                    let width = (n as usize * BAR).checked_div(all as usize).unwrap_or(0);
                    let fill = shades.get(shade).map_or("#fff", |(_, f)| f);
                    let _ = writeln!(
                        body,
                        r##"<rect x="{x}" y="{}" width="{width}" height="10" fill="{fill}" stroke="#555" stroke-width="0.4"/>"##,
                        *y - 9
                    );
                    x += width;
                }
            }
        };
        let mut editions = Vec::new();
        match found {
            Found::Tables(tables) => {
                for t in tables {
                    let n = u32::try_from(t.group.states.len()).unwrap_or(0);
                    let rows = t
                        .lines
                        .iter()
                        .map(|l| {
                            let mut parts: Vec<(usize, u32)> = Count::ALL
                                .iter()
                                .enumerate()
                                .filter_map(|(at, c)| Some((at, l.count(*c)?)))
                                .collect();
                            let rest = n.saturating_sub(parts.iter().map(|(_, n)| n).sum());
                            if rest > 0 {
                                parts.push((6, rest));
                            }
                            (self.field(l.field).0, parts, n)
                        })
                        .collect();
                    block(
                        &mut body,
                        &mut y,
                        &format!("{}, end of {}, {n} States", t.group.name, t.year),
                        rows,
                    );
                    editions.push(format!("{} {}: {}", t.group.name, t.year, Self::used(&t.used)));
                }
            }
            Found::Cohorts(cohorts) => {
                for c in cohorts {
                    let n = u32::try_from(c.states.len()).unwrap_or(0);
                    // None where a move of the sum is withheld.
                    let gained = |l: &review::CohortLine, to_x: bool| -> Option<u32> {
                        let Moves::Told { moves, .. } = l.told(self.small) else { return None };
                        let is = |from: Count, to: Count| (if to_x { to } else { from }) == Count::X;
                        moves.iter().filter(|(from, to, ..)| is(*from, *to)).map(|(_, _, n, _)| *n).sum()
                    };
                    let rows = c
                        .lines
                        .iter()
                        .map(|l| {
                            let parts = match (gained(l, true), gained(l, false)) {
                                (Some(to), Some(from)) => vec![(0, to), (1, from)],
                                _ => vec![(6, n)],
                            };
                            (self.field(l.field).0, parts, n)
                        })
                        .collect();
                    let title = format!(
                        "{}, {} to {}, {n} States in both: dark, to X; light, from X",
                        c.group.name, c.years.0, c.years.1
                    );
                    block(&mut body, &mut y, &title, rows);
                    editions.push(format!("{} {}: {}", c.group.name, c.years.0, Self::used(&c.used.0)));
                    editions.push(format!("{} {}: {}", c.group.name, c.years.1, Self::used(&c.used.1)));
                }
            }
        }
        y += 20;
        for line in editions.iter().flat_map(|e| crate::text::page::wrap(&format!("Editions, {e}"), 110)) {
            y += 13;
            text(&mut body, 10, y, "normal", &line);
        }
        let height = y + 20;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"720\" height=\"{height}\" viewBox=\"0 0 720 {height}\" font-family=\"sans-serif\" font-size=\"11\">\n<defs><pattern id=\"w\" width=\"4\" height=\"4\" patternUnits=\"userSpaceOnUse\"><path d=\"M0 4L4 0\" stroke=\"#999\"/></pattern></defs>\n<rect width=\"720\" height=\"{height}\" fill=\"#fff\"/>\n{body}</svg>\n"
        )
    }
}

fn escaped(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).fold(String::new(), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
        out
    })
}

/// Published figures on first reports and plans, beside what the data here know. A difference is printed, never tuned away.
fn ladder(global: &Global, book: &Lawbook, options: &Review) -> Result<Output, Failure> {
    let catalogue = book.r1540();
    let day = day(global);
    let rungs = review::ladder(catalogue);
    let held = |r: &review::Rung| match r.known {
        Known::Held { surely, at_most } => Some((surely, at_most)),
        Known::Unknown { .. } | Known::NotCounted => None,
    };
    let known_for = |r: &review::Rung| match r.known {
        Known::Unknown { known_for } => Some(known_for),
        Known::Held { .. } | Known::NotCounted => None,
    };
    let rows: Vec<Value> = rungs
        .iter()
        .filter_map(|r| {
            let f = catalogue.figures.get(r.figure)?;
            Some(json!({
                "figure": f.id,
                "measure": f.measure,
                "title": f.title,
                "published": f.number,
                "as_of": f.as_of.as_ref().map(ToString::to_string),
                "document": f.document,
                "evidence": f.evidence,
                "known_here": held(r).map(|(sure, most)| json!({ "surely": sure, "at_most": most })),
                "unknown_here": known_for(r).map(|n| json!({ "known_for": n })),
            }))
        })
        .collect();
    let remark = "The data here hold few reports by State; what is known here is far from whole, and says nothing of the figures.";
    if let Some(path) = &options.csv {
        let mut out = format!("# {}\n# {remark}\n# As of {day}\n", catalogue.disclaimer);
        let mut writer =
            csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
        let fault = |e: String| Failure::data("review", e, "report this");
        writer
            .write_record([
                "figure",
                "measure",
                "title",
                "published",
                "as_of",
                "document",
                "evidence",
                "known_surely",
                "known_at_most",
                "unknown_here_known_for",
            ])
            .map_err(|e| fault(e.to_string()))?;
        for r in &rungs {
            let Some(f) = catalogue.figures.get(r.figure) else { continue };
            let known = |of: fn((u32, u32)) -> u32| held(r).map(|k| of(k).to_string()).unwrap_or_default();
            let row = [
                f.id.clone(),
                f.measure.clone(),
                f.title.clone(),
                f.number.map_or_else(|| "not obtained".to_owned(), |n| n.to_string()),
                f.as_of.as_ref().map(ToString::to_string).unwrap_or_default(),
                f.document.clone(),
                f.evidence.map(|e| e.to_string()).unwrap_or_default(),
                known(|k| k.0),
                known(|k| k.1),
                known_for(r).map(|n| n.to_string()).unwrap_or_default(),
            ];
            writer.write_record(&row).map_err(|e| fault(e.to_string()))?;
        }
        let bytes = writer.into_inner().map_err(|e| fault(e.to_string()))?;
        out.push_str(&String::from_utf8(bytes).map_err(|e| fault(e.to_string()))?);
        write(path, out.as_bytes())?;
    }
    if global.json {
        return Ok(json_output(book, json!({ "as_of": day.to_string(), "note": remark, "figures": rows })));
    }
    let mut page = Page::new(cli::colour());
    page.title(&format!("{}: published figures", catalogue.title), &day.to_string());
    super::disclaimer(&mut page, book);
    page.text(0, remark, Ink::Dim);
    page.gap();
    page.row(
        1,
        &[
            ("published", 12, Ink::Strong),
            ("as of", 12, Ink::Strong),
            ("known here", 14, Ink::Strong),
            ("figure", 41, Ink::Strong),
        ],
    );
    for r in &rungs {
        let Some(f) = catalogue.figures.get(r.figure) else { continue };
        let published = f.number.map_or_else(|| "missing".to_owned(), |n| n.to_string());
        let known = match r.known {
            Known::NotCounted => String::new(),
            Known::Unknown { known_for: 1 } => "unknown here (known for 1 State)".to_owned(),
            Known::Unknown { known_for } => format!("unknown here (known for {known_for} States)"),
            Known::Held { surely: a, at_most: b } if a == b => a.to_string(),
            Known::Held { surely: a, at_most: b } => format!("{a} to {b}"),
        };
        let as_of = f.as_of.as_ref().map(ToString::to_string).unwrap_or_default();
        let memory = f.evidence.map_or_else(|| "not obtained".to_owned(), |e| e.to_string());
        let told = format!("{}; {} ({memory}) [{}]", f.title, f.document, f.id);
        page.row(
            1,
            &[
                (&published, 12, Ink::Plain),
                (&as_of, 12, Ink::Plain),
                (&known, 14, Ink::Plain),
                (&told, 41, Ink::Plain),
            ],
        );
    }
    Ok(Output::text(page.finish()))
}

/// The counts that a published table can have.
const PUBLISHED: [Count; 6] = Count::ALL;

/// Faults of the cells of a table: one that comes again is told once, with how often it stands there.
#[derive(Default)]
struct Repeated {
    found: Vec<(usize, String, &'static str, &'static str, usize)>,
}

impl Repeated {
    fn add(&mut self, line: u32, found: String, expected: &'static str, remedy: &'static str) {
        match self.found.iter_mut().find(|(_, f, ..)| *f == found) {
            Some((.., times)) => *times += 1,
            None => self.found.push((line as usize, found, expected, remedy, 1)),
        }
    }

    fn told(self, name: &str) -> impl Iterator<Item = Fault> {
        self.found.into_iter().map(move |(line, found, expected, remedy, times)| {
            let found = if times == 1 { found } else { format!("{found} (in {times} cells, here first)") };
            Fault::new(name, line, found, expected, remedy)
        })
    }
}

/// A published table beside ours.
fn compare(
    global: &Global,
    book: &Lawbook,
    told: &Told<'_>,
    editions: &[Read],
    path: &Path,
) -> Result<Output, Failure> {
    let catalogue = book.r1540();
    let name = path.display().to_string();
    let bytes = read_bytes(path)?;
    let mut faults = Vec::new();
    let rows = if super::file::Kind::of(path, &bytes) == super::file::Kind::Xlsx {
        let sheet = super::table::sheet(&name, bytes, None, &mut faults);
        by_heads(sheet)
    } else {
        raw_csv(&name, &utf8(&name, bytes)?, &mut faults)
    };
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let places = Places::new(catalogue, &[]);
    let mut tables: BTreeMap<(String, i16), Option<Table>> = BTreeMap::new();
    let (mut out, mut unmapped) = (Vec::new(), Vec::new());
    let mut wrong = Repeated::default();
    for (line, cells) in rows {
        let get = |key: &str| cells.get(key).map_or("", |c| c.trim());
        let field = match places.locate(&cells) {
            Ok((field, _)) => field,
            Err(no) => {
                unmapped.push(json!({ "line": line, "found": no.found, "near": no.near, "cells": cells }));
                continue;
            }
        };
        let Ok(year) = get("year").parse::<i16>() else {
            wrong.add(line, format!("year `{}`", get("year")), "a year", "correct the cell");
            continue;
        };
        let group = if get("group").is_empty() { "all" } else { get("group") };
        let table = tables.entry((group.to_owned(), year)).or_insert_with(|| {
            let all: Vec<usize> = (0..catalogue.fields.len()).collect();
            match groups(book, group).ok()?.as_slice() {
                [one] => Some(review::table(editions, one, year, &all, told.small)),
                _ => None,
            }
        });
        let Some(table) = table else {
            wrong.add(
                line,
                format!("group `{group}`"),
                "all members, a regional group, no regional group, or a file with one State a line",
                "correct the cell, or name the file of the group",
            );
            continue;
        };
        let at = catalogue.by_id.get(&field.id).map_or(usize::MAX, |at| usize::from(*at));
        let ours = table.lines.iter().find(|l| l.field == at);
        for count in PUBLISHED {
            let cell = get(count.word());
            if cell.is_empty() {
                continue;
            }
            let published = cell.parse::<u32>().ok();
            if published.is_none() && cell != WITHHELD {
                let expected = "a number of States, or `withheld`";
                wrong.add(line, format!("`{cell}` as {}", count.word()), expected, "correct the cell");
                continue;
            }
            let names = ours.and_then(|l| l.names.get(&count));
            let names = names.map(|s| s.iter().map(StateCode::as_str).collect::<Vec<_>>());
            let ours = ours.and_then(|l| l.count(count));
            let difference = ours.zip(published).map(|(o, p)| i64::from(o) - i64::from(p));
            out.push(json!({
                "line": line, "field": field.id, "group": group, "year": year, "count": count.word(),
                "published": published, "ours": ours, "difference": difference, "names": names,
            }));
        }
    }
    faults.extend(wrong.told(&name));
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let used: BTreeMap<String, String> = tables
        .iter()
        .filter_map(|((g, y), t)| Some((format!("{g} {y}"), Told::used(&t.as_ref()?.used))))
        .collect();
    if global.json {
        return Ok(json_output(
            book,
            json!({ "as_of": told.day.to_string(), "remarks": told.remarks(), "file": name, "rows": out, "unmapped": unmapped, "editions": used }),
        ));
    }
    let mut page = Page::new(cli::colour());
    page.title(&format!("{name} beside ours"), &told.day.to_string());
    for remark in told.remarks() {
        page.text(0, &remark, Ink::Dim);
    }
    page.gap();
    let heads = [("field", 28), ("group", 13), ("year", 6), ("count", 13), ("published", 11), ("ours", 8)];
    page.row(0, &heads.map(|(h, w)| (h, w, Ink::Strong)));
    let difference = |row: &Value| row.get("difference").and_then(Value::as_i64);
    for row in &out {
        let text = |key: &str| match row.get(key) {
            Some(Value::String(s)) => s.clone(),
            Some(Value::Null) | None => "\u{2026}".to_owned(),
            Some(other) => other.to_string(),
        };
        let ink = if difference(row).is_some_and(|d| d != 0) { Ink::Ask } else { Ink::Plain };
        let cells =
            [text("field"), text("group"), text("year"), text("count"), text("published"), text("ours")];
        let shown: Vec<_> = cells.iter().zip(heads).map(|(c, (_, w))| (c.as_str(), w, ink)).collect();
        page.row(0, &shown);
        if let Some(names) = row.get("names").and_then(Value::as_array) {
            let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
            page.text(6, &names.join(" "), Ink::Dim);
        }
    }
    let differing = out.iter().filter(|r| difference(r).is_some_and(|d| d != 0)).count();
    let withheld = out.iter().filter(|r| difference(r).is_none()).count();
    page.gap();
    page.text(
        0,
        &format!(
            "{differing} of {} numbers differ; {withheld} cannot be compared, for one side withholds them; unmapped rows: {}",
            out.len(),
            unmapped.len()
        ),
        Ink::Plain,
    );
    for row in &unmapped {
        page.text(
            2,
            &format!(
                "line {}: {}",
                row.get("line").unwrap_or(&Value::Null),
                row.get("found").and_then(Value::as_str).unwrap_or_default()
            ),
            Ink::Plain,
        );
    }
    for (table, used) in &used {
        page.under(0, (&format!("Editions, {table}"), 28, Ink::Dim), used, Ink::Dim);
    }
    Ok(Output::text(page.finish()))
}

/// Rows of CSV by the names of their columns.
fn raw_csv(name: &str, text: &str, faults: &mut Vec<Fault>) -> Vec<(u32, Cells)> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) => {
                let line = record.position().map_or(0, |p| u32::try_from(p.line()).unwrap_or(0));
                rows.push((line, record.iter().map(str::to_owned).collect()));
            }
            Err(error) => {
                let line = error.position().map_or(0, |p| usize::try_from(p.line()).unwrap_or(0));
                faults.push(Fault::new(
                    name,
                    line,
                    format!("a row that cannot be read: {error}"),
                    "CSV in UTF-8",
                    "correct the row",
                ));
            }
        }
    }
    let width = rows.first().map_or(0, |(_, r): &(u32, Vec<String>)| r.len());
    for (line, row) in &rows {
        if row.len() != width {
            faults.push(Fault::new(
                name,
                *line as usize,
                format!("{} cells", row.len()),
                format!("{width} as in the head line"),
                "correct the row; if it is the last one, the file may be cut short",
            ));
        }
    }
    by_heads(rows)
}

fn by_heads(rows: Vec<(u32, Vec<String>)>) -> Vec<(u32, Cells)> {
    let mut rows = rows.into_iter().skip_while(|(_, r)| r.iter().all(|c| c.trim().is_empty()));
    let heads: Vec<String> =
        rows.next().map(|(_, r)| r.iter().map(|h| column(h)).collect()).unwrap_or_default();
    rows.filter(|(_, r)| r.iter().any(|c| !c.trim().is_empty()))
        .map(|(line, r)| {
            (line, heads.iter().cloned().zip(r.into_iter().map(|c| c.trim().to_owned())).collect())
        })
        .collect()
}
