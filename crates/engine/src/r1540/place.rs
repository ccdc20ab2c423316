//! Which field a row of a file means. The main type is [`Places`].
//!
//! The steps, in their order: the id; the label as it stands, within its part; the label folded (case, accents, punctuation and plural do not
//! matter); a wording of the alias tables; else the row has no place and is kept whole. Numbers of rows decide nothing.

use std::collections::BTreeMap;

use comity_model::r1540::{
    Alias, CellValue, Confidence, Dimension, Edition, Entry, Fact, Field, LawCited, Part, R1540, Row, Weapon,
    WhyUnplaced,
};
use comity_model::standing::fold;

/// By which step a row found its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The id of the field.
    Id,
    /// The label as it stands.
    Label,
    /// The label folded.
    Folded,
    /// A wording of an alias table.
    Alias,
}

impl Step {
    /// All steps, in their order.
    pub const ALL: [Self; 4] = [Self::Id, Self::Label, Self::Folded, Self::Alias];

    /// The word for text and JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Label => "label",
            Self::Folded => "folded label",
            Self::Alias => "alias",
        }
    }
}

/// A row of a file: its cells by the canonical names of their columns ([`COLUMNS`]); others are kept beside them.
pub type Cells = BTreeMap<String, String>;

/// The columns that are read.
pub const COLUMNS: [&str; 17] = [
    "field_id",
    "op",
    "label",
    "weapon",
    "dimension",
    "value",
    "detail",
    "law",
    "article",
    "law_date",
    "source",
    "source_date",
    "entry",
    "confidence",
    "by",
    "on",
    "kept",
];

/// Other heads of columns.
const HEADS: [(&str, &str); 20] = [
    ("id", "field_id"),
    ("field", "field_id"),
    ("part", "op"),
    ("paragraph", "op"),
    ("paragraphs", "op"),
    ("operative paragraph", "op"),
    ("row label", "label"),
    ("item", "label"),
    ("mark", "value"),
    ("status", "value"),
    ("text", "detail"),
    ("remark", "detail"),
    ("remarks", "detail"),
    ("date", "source_date"),
    ("document", "source"),
    ("source document", "source"),
    ("national law", "law"),
    ("entered by", "by"),
    ("entered on", "on"),
    ("law date", "law_date"),
];

/// The canonical name of a column; the head itself, trimmed, where it is none.
#[must_use]
pub fn column(head: &str) -> String {
    let key = fold(head);
    COLUMNS
        .iter()
        .copied()
        .find(|name| fold(name) == key)
        .or_else(|| HEADS.iter().find(|(h, _)| *h == key).map(|(_, name)| *name))
        .map_or_else(|| head.trim().to_owned(), str::to_owned)
}

/// A label folded, with its plurals undone.
#[must_use]
pub fn folded(label: &str) -> String {
    let singular = |word: &str| -> String {
        match word.strip_suffix("ies") {
            Some(stem) if stem.len() > 1 => format!("{stem}y"),
            _ => match word.strip_suffix('s') {
                Some(stem) if stem.len() > 2 && !stem.ends_with('s') => stem.to_owned(),
                _ => word.to_owned(),
            },
        }
    };
    fold(label).split(' ').map(singular).collect::<Vec<_>>().join(" ")
}

/// A row that found no field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoPlace {
    /// What kept it from its place.
    pub why: WhyUnplaced,
    /// What was found, for a reader.
    pub found: String,
    /// The nearest rows of the catalogue, best first; none where the row is known.
    pub near: Vec<String>,
}

/// The index by which rows find their fields.
pub struct Places<'c> {
    catalogue: &'c R1540,
    exact: BTreeMap<(u16, &'c str), Vec<u16>>,
    folded: BTreeMap<(u16, String), Vec<u16>>,
    aliases: BTreeMap<(Option<u16>, String), u16>,
    /// Label and id of each row, folded, for the nearest ones.
    keys: Vec<[String; 2]>,
}

impl<'c> Places<'c> {
    /// An index over the catalogue and further aliases, which go before its own.
    #[must_use]
    pub fn new(catalogue: &'c R1540, more: &[Alias]) -> Self {
        let mut exact: BTreeMap<_, Vec<u16>> = BTreeMap::new();
        let mut by_fold: BTreeMap<_, Vec<u16>> = BTreeMap::new();
        let mut by_id = BTreeMap::new();
        for (row, at) in catalogue.rows.iter().zip(0..) {
            exact.entry((row.part, row.label.as_str())).or_default().push(at);
            by_fold.entry((row.part, folded(&row.label))).or_default().push(at);
            by_id.insert(row.id.as_str(), at);
        }
        let mut aliases = BTreeMap::new();
        for alias in more.iter().chain(&catalogue.aliases) {
            let part = catalogue.parts.iter().zip(0..).find(|(p, _)| p.id == alias.part).map(|(_, at)| at);
            if let Some(row) = by_id.get(alias.row.as_str()) {
                aliases.entry((part, folded(&alias.alias))).or_insert(*row);
            }
        }
        let keys = catalogue.rows.iter().map(|r| [folded(&r.label), fold(&r.id)]).collect();
        Self { catalogue, exact, folded: by_fold, aliases, keys }
    }

    /// The parts that a text may name: by id, by prefix, by paragraphs with or without what stands beside them, or by one paragraph of several.
    #[must_use]
    pub fn parts(&self, text: &str) -> Vec<u16> {
        let plain = |text: &str| {
            let key = fold(text).replace(' ', "");
            key.strip_prefix("op").map_or(key.clone(), str::to_owned)
        };
        let wanted = plain(text);
        let parts = || self.catalogue.parts.iter().zip(0..);
        let first = |part: &Part| plain(part.paragraphs.split(" (").next().unwrap_or_default());
        let named = |part: &Part| {
            [&part.id, &part.prefix, &part.paragraphs].iter().any(|name| plain(name) == wanted)
                || first(part) == wanted
        };
        if let Some((_, at)) = parts().find(|(p, _)| named(p)) {
            return vec![at];
        }
        let within = |part: &Part| {
            let key = first(part);
            !wanted.is_empty()
                && wanted.starts_with(|c: char| c.is_ascii_digit())
                && wanted.chars().all(|c| key.contains(c))
        };
        parts().filter(|(p, _)| within(p)).map(|(_, at)| at).collect()
    }

    /// The field that a row means, and the step that found it.
    ///
    /// # Errors
    /// When there is none, with the nearest rows.
    pub fn locate(&self, cells: &Cells) -> Result<(&'c Field, Step), NoPlace> {
        let get = |name: &str| cells.get(name).map_or("", |c| c.trim());
        let id = get("field_id");
        if let Some(field) = self.catalogue.field(id).or_else(|| self.catalogue.field(&id.to_uppercase())) {
            return Ok((field, Step::Id));
        }
        let label = get("label");
        let op = get("op");
        let named = self.parts(op);
        let no = |found: String, near: Vec<String>| NoPlace { why: WhyUnplaced::Unmapped, found, near };
        if label.is_empty() {
            let found = if id.is_empty() { "no id and no label".to_owned() } else { format!("id `{id}`") };
            return Err(no(found, self.near(id, &named)));
        }
        if named.is_empty() && !op.is_empty() {
            return Err(no(format!("part `{op}`"), self.near(label, &[])));
        }
        let parts: Vec<u16> =
            if named.is_empty() { (0..).take(self.catalogue.parts.len()).collect() } else { named.clone() };
        let key = folded(label);
        let of = |table: &dyn Fn(u16) -> Vec<u16>| parts.iter().flat_map(|p| table(*p)).collect::<Vec<u16>>();
        let steps: [(Step, Vec<u16>); 3] = [
            (Step::Label, of(&|p| self.exact.get(&(p, label)).cloned().unwrap_or_default())),
            (Step::Folded, of(&|p| self.folded.get(&(p, key.clone())).cloned().unwrap_or_default())),
            (Step::Alias, {
                let mut rows =
                    of(&|p| self.aliases.get(&(Some(p), key.clone())).copied().into_iter().collect());
                rows.extend(self.aliases.get(&(None, key.clone())));
                rows.sort_unstable();
                rows.dedup();
                rows.retain(|r| {
                    self.catalogue.rows.get(usize::from(*r)).is_some_and(|r| parts.contains(&r.part))
                });
                rows
            }),
        ];
        for (step, rows) in steps {
            if rows.is_empty() {
                continue;
            }
            let fields = self.fields_of(&rows, get("weapon"), get("dimension"));
            return match fields.as_slice() {
                [field] => Ok((field, step)),
                [] => Err(no(
                    format!(
                        "label `{label}` with weapon `{}` and dimension `{}`",
                        get("weapon"),
                        get("dimension")
                    ),
                    self.ids(&rows),
                )),
                _ => Err(no(
                    format!(
                        "label `{label}`, which without part, weapon or dimension means {} fields",
                        fields.len()
                    ),
                    self.ids(&rows),
                )),
            };
        }
        Err(no(format!("label `{label}`"), self.near(label, &named)))
    }

    fn ids(&self, rows: &[u16]) -> Vec<String> {
        rows.iter().filter_map(|at| self.catalogue.rows.get(usize::from(*at))).map(|r| r.id.clone()).collect()
    }

    fn fields_of(&self, rows: &[u16], weapon: &str, dimension: &str) -> Vec<&'c Field> {
        let weapon = read_weapon(weapon);
        let dimension = read_dimension(dimension);
        self.catalogue
            .fields
            .iter()
            .filter(|f| rows.contains(&f.row))
            .filter(|f| f.weapon == Weapon::Any || weapon.is_none_or(|w| w == Some(f.weapon)))
            .filter(|f| f.dimension.letter().is_none() || dimension.is_none_or(|d| d == Some(f.dimension)))
            .collect()
    }

    /// The rows whose labels or ids are nearest to a text, best first, at most three.
    fn near(&self, text: &str, parts: &[u16]) -> Vec<String> {
        let key = folded(text);
        let words: Vec<&str> = key.split(' ').filter(|w| w.len() > 3).collect();
        let length = key.chars().count();
        let mut ranked: Vec<(usize, &str)> = Vec::new();
        for (row, keys) in self.catalogue.rows.iter().zip(&self.keys) {
            if !parts.is_empty() && !parts.contains(&row.part) {
                continue;
            }
            let [label, _] = keys;
            let shared = words.iter().filter(|w| label.split(' ').any(|l| l == **w)).count();
            // A like text, or one that shares words, is worth showing; texts of unlike length are not like.
            let like = |name: &String| {
                let other = name.chars().count();
                let far = length.max(other);
                (length.abs_diff(other) * 2 <= far)
                    .then(|| strsim::levenshtein(&key, name))
                    .filter(|steps| steps * 2 <= far)
            };
            match keys.iter().filter_map(like).min() {
                None if shared == 0 => {}
                steps => {
                    let steps = steps.unwrap_or(length.max(label.chars().count()));
                    ranked.push((steps.saturating_sub(shared * 8), &row.id));
                }
            }
        }
        ranked.sort_unstable();
        ranked.into_iter().take(3).map(|(_, id)| id.to_owned()).collect()
    }

    /// The fact that a row states, and by which step it found its field.
    ///
    /// # Errors
    /// When the row has no field, or its value is none that the field can show.
    pub fn fact(&self, cells: &Cells) -> Result<(Fact, Step), NoPlace> {
        let get = |name: &str| cells.get(name).map_or("", |c| c.trim()).to_owned();
        let (field, step) = self.locate(cells)?;
        let row: Option<&Row> = self.catalogue.row_of(field);
        let illegal = |found: String| NoPlace { why: WhyUnplaced::IllegalValue, found, near: Vec::new() };
        let mut detail = get("detail");
        let written = get("value");
        let value = match CellValue::read(&written) {
            Some(CellValue::Blank) if row.is_some_and(|r| r.takes_text) && !detail.is_empty() => CellValue::X,
            Some(value) => value,
            None if row.is_some_and(|r| r.takes_text) => {
                detail = if detail.is_empty() { written.clone() } else { format!("{written}; {detail}") };
                CellValue::X
            }
            None => return Err(illegal(format!("value `{written}` in {}", field.id))),
        };
        if row.is_some_and(|r| !r.values.contains(&value)) {
            return Err(illegal(format!("value `{value}`, which {} cannot show", field.id)));
        }
        let entry = match get("entry").as_str() {
            "" => Entry::Table,
            word => word.parse().map_err(|_| illegal(format!("entry `{word}`")))?,
        };
        let confidence: Option<Confidence> = match get("confidence").as_str() {
            "" => None,
            word => Some(word.parse().map_err(|_| illegal(format!("confidence `{word}`")))?),
        };
        let on = match get("on").as_str() {
            "" => None,
            day => Some(day.parse().map_err(|_| illegal(format!("`{day}` as the day of entry")))?),
        };
        let law = LawCited { title: get("law"), article: get("article"), date: get("law_date") };
        let fact = Fact {
            field: field.id.clone(),
            value,
            detail,
            law,
            source: get("source"),
            source_date: get("source_date"),
            entry,
            confidence,
            by: get("by"),
            on,
        };
        Ok((fact, step))
    }

    /// An edition whose unmapped rows are tried again; the ids of the fields that this found.
    #[must_use]
    pub fn retried(&self, edition: &Edition) -> (Edition, Vec<String>) {
        let mut found = Vec::new();
        let mut again = Edition { unplaced: Vec::new(), ..edition.clone() };
        for row in &edition.unplaced {
            match (row.why, self.fact(&row.cells)) {
                (WhyUnplaced::Unmapped, Ok((fact, _))) => {
                    found.push(fact.field.clone());
                    again.facts.push(fact);
                }
                (WhyUnplaced::Unmapped, Err(NoPlace { why: WhyUnplaced::IllegalValue, .. })) => {
                    let mut row = row.clone();
                    row.why = WhyUnplaced::IllegalValue;
                    again.unplaced.push(row);
                }
                _ => again.unplaced.push(row.clone()),
            }
        }
        self.order(&mut again);
        (again, found)
    }

    /// Puts the facts in the order of the catalogue, equal ones once; gives the fields of facts that stood more than once.
    pub fn order(&self, edition: &mut Edition) -> Vec<String> {
        let number = |fact: &Fact| self.catalogue.by_id.get(&fact.field).copied().unwrap_or(u16::MAX);
        // Each number is looked up once: a review orders hundreds of matrices.
        let mut facts: Vec<(u16, Fact)> =
            std::mem::take(&mut edition.facts).into_iter().map(|f| (number(&f), f)).collect();
        facts.sort();
        edition.facts = facts.into_iter().map(|(_, fact)| fact).collect();
        let twice: Vec<String> = edition
            .facts
            .windows(2)
            .filter_map(|pair| match pair {
                [a, b] if a == b => Some(a.field.clone()),
                _ => None,
            })
            .collect();
        edition.facts.dedup();
        edition.unplaced.sort();
        edition.unplaced.dedup();
        twice
    }
}

/// The weapon that a cell names: none where it names nothing, `Some(None)` where what it names is no weapon.
fn read_weapon(text: &str) -> Option<Option<Weapon>> {
    let key = fold(text);
    if key.is_empty() {
        return None;
    }
    let letter = match key.as_str() {
        "n" | "nw" | "nuclear" | "nuclear weapon" | "nuclear weapons" => Weapon::Nuclear,
        "c" | "cw" | "chemical" | "chemical weapon" | "chemical weapons" => Weapon::Chemical,
        "b" | "bw" | "biological" | "biological weapon" | "biological weapons" => Weapon::Biological,
        _ => return Some(None),
    };
    Some(Some(letter))
}

/// The dimension that a cell names, in the same way.
fn read_dimension(text: &str) -> Option<Option<Dimension>> {
    let key = fold(text);
    if key.is_empty() {
        return None;
    }
    Some(if key == "l" || key.contains("legal") {
        Some(Dimension::Legal)
    } else if key == "e" || key.contains("enforcement") {
        Some(Dimension::Enforcement)
    } else {
        Dimension::ALL.iter().copied().find(|d| d.word() == key)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_of_columns_are_read_in_any_case() {
        assert_eq!(column("Field_ID"), "field_id");
        assert_eq!(column(" Operative paragraph "), "op");
        assert_eq!(column("date"), "source_date");
        assert_eq!(column("Colour"), "Colour");
    }

    #[test]
    fn plurals_are_undone_and_short_words_kept() {
        assert_eq!(folded("Control Lists: Other"), "control list other");
        assert_eq!(folded("agencies and authorities"), "agency and authority");
        assert_eq!(folded("process"), "process");
        assert_eq!(folded("gas"), "gas");
    }
}
