//! The matrix of the Council's non-proliferation resolution of 2004, and what is known of reports on it: fields, legend, facts, editions.
//!
//! The main types are [`R1540`], the catalogue as the lawbook holds it, and [`Edition`], one State's matrix of one date. A cell holds all its
//! facts; where they differ it is conflicting and none is chosen. A mark says what a document shows, never how well a State does: no number
//! is computed of a State's marks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::date::{DateValue, Day};
use crate::mandate::{Evidence, words};
use crate::place::StateCode;

words! {
    /// The kind of weapon that a field is about.
    Weapon, "kind of weapon" {
        /// Nuclear.
        Nuclear = "N",
        /// Chemical.
        Chemical = "C",
        /// Biological.
        Biological = "B",
        /// The field is not parted by weapon.
        Any = "-",
    }
}

impl Weapon {
    /// For a reader.
    #[must_use]
    pub fn plain(self) -> &'static str {
        match self {
            Self::Nuclear => "nuclear",
            Self::Chemical => "chemical",
            Self::Biological => "biological",
            Self::Any => "",
        }
    }
}

words! {
    /// What a field asks of the row.
    Dimension, "dimension" {
        /// A commitment under a treaty, or a statement.
        Commitment = "commitment",
        /// The national legal framework.
        Legal = "legal framework",
        /// Enforcement, penalties and other measures.
        Enforcement = "enforcement",
        /// Information given.
        Information = "information",
    }
}

impl Dimension {
    /// The last letter of a field's id; none where the id has none.
    #[must_use]
    pub fn letter(self) -> Option<char> {
        match self {
            Self::Legal => Some('L'),
            Self::Enforcement => Some('E'),
            Self::Commitment | Self::Information => None,
        }
    }
}

words! {
    /// What a cell shows. `blank` is the word for a cell that shows nothing: no information, never *no*.
    CellValue, "value of a cell (write nothing, or `blank`, for no information)" {
        /// Steps were taken, or a specific reference was given; no finding of full implementation.
        X = "X",
        /// References that are not clearly relevant, or incomplete.
        Open = "?",
        /// The field does not apply to the State.
        Na = "NA",
        /// No information.
        Blank = "blank",
    }
}

impl CellValue {
    /// What a table shows; nothing for a blank.
    #[must_use]
    pub fn shown(self) -> &'static str {
        match self {
            Self::Blank => "",
            other => other.word(),
        }
    }

    /// Reads what a table shows: the words of the set in either case, nothing, `N/A`, or a dash for no information.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        match text.trim() {
            "" | "-" | "\u{2013}" | "\u{2014}" => Some(Self::Blank),
            "x" | "X" => Some(Self::X),
            "?" => Some(Self::Open),
            text if ["na", "n/a", "n.a."].contains(&text.to_lowercase().as_str()) => Some(Self::Na),
            text if text.eq_ignore_ascii_case("blank") => Some(Self::Blank),
            _ => None,
        }
    }
}

words! {
    /// Where an edition stands between drafting and publication.
    Life, "state of a matrix" {
        /// Prepared from reports and official sources.
        Drafted = "drafted",
        /// The draft that the Committee approved.
        CommitteeApprovedDraft = "committee-approved-draft",
        /// With the State for comment.
        WithState = "with-state",
        /// Agreed with the State.
        Agreed = "agreed",
        /// Published with the State's consent. Only these enter public tables.
        Published = "published",
        /// Agreed, and not to be published.
        NotPublished = "not-published",
    }
}

words! {
    /// How a fact came in. The order is that of standing: text that was drawn from a page never speaks against the other two.
    Entry, "way of entry (entered, table, drawn)" {
        /// A person entered it.
        Entered = "entered",
        /// A table named the field and the value.
        Table = "table",
        /// It was drawn from the text of a page.
        Drawn = "drawn",
    }
}

words! {
    /// How sure it is that drawn text was read rightly.
    Confidence, "confidence" {
        /// The text named the field by its id, or value and label stood alone on one line.
        High = "high",
        /// The label was found after folding, or by an alias.
        Medium = "medium",
        /// Value or column had to be inferred from the place on the line.
        Low = "low",
    }
}

words! {
    /// What kind of communication a State sent.
    ReportKind, "kind of report" {
        /// The first report.
        First = "first",
        /// Further information.
        Additional = "additional",
        /// A communication on reporting; that it is a report is inferred from its title.
        Communication = "communication",
    }
}

/// A part of the matrix: the paragraphs of the resolution that it follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its id: `P1`.
    pub id: String,
    /// The operative paragraphs.
    pub paragraphs: String,
    /// What it is about, in our words.
    pub title: String,
    /// The first piece of the ids of its fields.
    pub prefix: String,
}

/// A row of the template, of which each pairing of weapon and dimension is a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its id, ours and stable: `OP2.FINANCE`.
    pub id: String,
    /// Number of its part in [`R1540::parts`].
    pub part: u16,
    /// Its place within the part, for reading only; the template's numbers differ between editions and decide nothing.
    pub order: u16,
    /// The group of rows it stands in.
    pub group: String,
    /// The label, in our words.
    pub label: String,
    /// The weapons it is parted by.
    pub weapons: Vec<Weapon>,
    /// The dimensions it is parted by.
    pub dimensions: Vec<Dimension>,
    /// The values a cell can show.
    pub values: Vec<CellValue>,
    /// Text that is given stands for the mark.
    pub takes_text: bool,
    /// The treaty whose status it speaks of: an id of the States' data, or `zone` for the zone treaty of the State.
    pub treaty: Option<String>,
    /// How well the row is known.
    pub evidence: Evidence,
    /// Where it was seen, or what it was reconstructed from.
    pub source: String,
}

/// One field of the matrix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Its id, ours and stable: `OP2.FINANCE.N.L`.
    pub id: String,
    /// Number of its row in [`R1540::rows`].
    pub row: u16,
    /// The weapon.
    pub weapon: Weapon,
    /// The dimension.
    pub dimension: Dimension,
}

/// What a mark means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegendRow {
    /// The mark.
    pub value: CellValue,
    /// What it means, in our words.
    pub says: String,
    /// Whether it counts as a measure.
    pub is_measure: bool,
    /// Whether it stands in the denominator of a table.
    pub in_denominator: bool,
    /// How well it is known.
    pub evidence: Evidence,
    /// Where it stands.
    pub source: String,
}

/// Another wording of a row's label, as editions of the template have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alias {
    /// The part in which it is read so; empty: any.
    pub part: String,
    /// The wording.
    pub alias: String,
    /// The id of the row.
    pub row: String,
    /// Where the wording was seen, or who added it.
    pub source: String,
}

/// A report that a State is known to have sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The State.
    pub state: StateCode,
    /// What kind it is.
    pub kind: ReportKind,
    /// Its date as the source has it.
    pub date: DateValue,
    /// How well it is known.
    pub evidence: Evidence,
    /// The source.
    pub source: String,
}

/// A voluntary national action plan that a State is known to have sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionPlan {
    /// The State.
    pub state: StateCode,
    /// The date by which it had been sent; the day itself where the source has it.
    pub by: DateValue,
    /// Whether `by` is only a bound.
    pub is_bound: bool,
    /// How well it is known.
    pub evidence: Evidence,
    /// The source.
    pub source: String,
}

/// A figure that was published on a day, kept for comparison with what is counted here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// Its id: `R01`.
    pub id: String,
    /// What is counted: `first_reports`, `first_reports_missing`, `plans`, `plan_states`, or `other`.
    pub measure: String,
    /// The figure in words.
    pub title: String,
    /// The number; none where it was not obtained.
    pub number: Option<u32>,
    /// As of when.
    pub as_of: Option<DateValue>,
    /// The document.
    pub document: String,
    /// How well it is known; none where it was not obtained.
    pub evidence: Option<Evidence>,
}

/// A step in the life of a matrix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LifeStep {
    /// From where.
    pub from: Life,
    /// To where.
    pub to: Life,
    /// What happens.
    pub event: String,
    /// What must hold; empty: nothing.
    pub guard: String,
}

/// A topic of assistance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// Its id.
    pub id: String,
    /// The beginning of the ids of the fields it is about; empty: none. The longest that fits a field decides.
    pub prefix: String,
    /// What it is, in our words.
    pub title: String,
}

/// A national law as a fact cites it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LawCited {
    /// Its title.
    pub title: String,
    /// The article or section.
    pub article: String,
    /// Its date, as cited.
    pub date: String,
}

impl LawCited {
    /// Whether nothing is cited.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.title.is_empty() && self.article.is_empty() && self.date.is_empty()
    }
}

/// What one source shows in one cell.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Fact {
    /// The id of the field.
    pub field: String,
    /// The value.
    pub value: CellValue,
    /// The text of the cell.
    pub detail: String,
    /// The law it cites.
    pub law: LawCited,
    /// The document it was taken from.
    pub source: String,
    /// That document's date, as given there.
    pub source_date: String,
    /// How it came in.
    pub entry: Entry,
    /// How sure a drawn fact is; none for others.
    pub confidence: Option<Confidence>,
    /// Who entered it.
    pub by: String,
    /// When it was entered.
    pub on: Option<Day>,
}

/// A row of an imported file whose field is not known, or whose value is none: kept whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unplaced {
    /// Its line in the file it came from.
    pub line: u32,
    /// Its columns, with their heads.
    pub cells: BTreeMap<String, String>,
    /// Why it has no place.
    pub why: WhyUnplaced,
}

words! {
    /// Why a row has no place in the matrix.
    WhyUnplaced, "reason" {
        /// No field has that id, label or alias.
        Unmapped = "unmapped",
        /// The value is none of the legend, or none that the field can show.
        IllegalValue = "illegal_value",
    }
}

/// One State's matrix of one date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    /// The State.
    pub state: StateCode,
    /// The date of the matrix, as exactly as it is known.
    pub date: DateValue,
    /// The name of the edition: a document symbol, or the user's word.
    pub name: String,
    /// Where it stands.
    pub life: Life,
    /// Only a part of it is known; what is not there says nothing, and it enters no table.
    pub is_part: bool,
    /// All facts, by field.
    pub facts: Vec<Fact>,
    /// Rows without a place.
    pub unplaced: Vec<Unplaced>,
}

/// What the lawbook holds on the resolution.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct R1540 {
    /// What the matrix is called, with the resolution.
    pub title: String,
    /// What every view, export and table carries.
    pub disclaimer: String,
    /// What is said of fields that are reconstructed.
    pub reconstructed: String,
    /// What a report in another language says of the outline's own words, with `{language}` for that language.
    pub own_words: String,
    /// Parts, in their order.
    pub parts: Vec<Part>,
    /// Rows, by part and order.
    pub rows: Vec<Row>,
    /// Fields: of each row every weapon, of each weapon every dimension.
    pub fields: Vec<Field>,
    /// Field numbers by id.
    pub by_id: BTreeMap<String, u16>,
    /// The legend.
    pub legend: Vec<LegendRow>,
    /// Other wordings of labels.
    pub aliases: Vec<Alias>,
    /// Steps in the life of a matrix.
    pub life: Vec<LifeStep>,
    /// Topics of assistance.
    pub topics: Vec<Topic>,
    /// Reports known.
    pub reports: Vec<Report>,
    /// Action plans known.
    pub plans: Vec<ActionPlan>,
    /// Figures published.
    pub figures: Vec<Figure>,
    /// Matrices, or parts of them, that the data hold.
    pub editions: Vec<Edition>,
}

impl R1540 {
    /// The field of that id.
    #[must_use]
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.by_id.get(id).and_then(|at| self.fields.get(usize::from(*at)))
    }

    /// The row of a field.
    #[must_use]
    pub fn row_of(&self, field: &Field) -> Option<&Row> {
        self.rows.get(usize::from(field.row))
    }

    /// The part of a row.
    #[must_use]
    pub fn part_of(&self, row: &Row) -> Option<&Part> {
        self.parts.get(usize::from(row.part))
    }

    /// The topics of a field: those whose prefix is the longest that its id begins with.
    #[must_use]
    pub fn topics_of(&self, field: &str) -> Vec<&Topic> {
        let fits = |topic: &&Topic| !topic.prefix.is_empty() && field.starts_with(&topic.prefix);
        let longest = self.topics.iter().filter(fits).map(|t| t.prefix.len()).max();
        self.topics.iter().filter(fits).filter(|t| Some(t.prefix.len()) == longest).collect()
    }
}

/// The id of a field of a row.
#[must_use]
pub fn field_id(row: &str, weapon: Weapon, dimension: Dimension) -> String {
    match (weapon, dimension.letter()) {
        (Weapon::Any, _) | (_, None) => row.to_owned(),
        (weapon, Some(letter)) => format!("{row}.{weapon}.{letter}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_is_read_from_nothing_and_from_dashes_and_is_never_a_word() {
        for text in ["", " ", "-", "\u{2014}", "blank", "Blank"] {
            assert_eq!(CellValue::read(text), Some(CellValue::Blank), "{text:?}");
        }
        for (text, value) in [("x", CellValue::X), ("N/A", CellValue::Na), (" ? ", CellValue::Open)] {
            assert_eq!(CellValue::read(text), Some(value));
        }
        for text in ["no", "yes", "XX", "0", "1"] {
            assert_eq!(CellValue::read(text), None, "{text}");
        }
        assert_eq!(CellValue::Blank.shown(), "");
    }

    #[test]
    fn the_longest_prefix_gives_the_topics() {
        let topic =
            |id: &str, prefix: &str| Topic { id: id.into(), prefix: prefix.into(), title: String::new() };
        let catalogue = R1540 {
            topics: vec![topic("a", "ROW"), topic("b", "ROW.LONG"), topic("c", ""), topic("d", "ROW.LONG")],
            ..R1540::default()
        };
        let ids = |field| catalogue.topics_of(field).iter().map(|t| t.id.as_str()).collect::<Vec<_>>();
        assert_eq!(ids("ROW.LONG.N.L"), ["b", "d"]);
        assert_eq!(ids("ROW.SHORT"), ["a"]);
        assert!(ids("OTHER").is_empty());
    }

    #[test]
    fn ids_say_weapon_and_dimension_where_there_are_any() {
        assert_eq!(field_id("R", Weapon::Nuclear, Dimension::Legal), "R.N.L");
        assert_eq!(field_id("R", Weapon::Any, Dimension::Commitment), "R");
    }
}
