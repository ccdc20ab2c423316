//! `us-isn-csv` and `us-ddtc-csv`: the parties under nonproliferation sanctions and the debarred parties, as files of their own.

use comity_model::listing::NameKind;

use super::headed::{Headed, UNENDED};
use super::rows::Rows;
use super::text::collapsed;
use super::us_csl::{Parties, PlainAddress, Row, short};
use super::us_csl_names::{self as plain, Plain};
use super::{Context, Reading, Sink, SourceInput, us_csl_terms as terms};
use crate::error::Refusal;

const ISN: [&str; 9] = [
    "Source List",
    "Programs",
    "Name",
    "Alternative Names",
    "Country",
    "Federal Register Notice",
    "Effective Date",
    "Remarks/Notes",
    "Web Link",
];

const DDTC: [&str; 6] = [
    "Debarred Party Full Name and Alias",
    "Date of Birth",
    "Notice",
    "Notice Date",
    "Corrected Notice",
    "Corrected Notice Date",
];

/// Reads the file of parties under nonproliferation sanctions; see [`super::read`].
///
/// # Errors
/// The first fault found.
pub fn read_isn(
    files: Vec<SourceInput<'_>>,
    context: Context<'_>,
    sink: Sink<'_>,
) -> Result<Reading, Refusal> {
    table(files, context, sink, "ISN", &ISN, |cell, line, parties| {
        let source = cell("Source List");
        let source = source.trim();
        if source != "ISN" {
            parties.note(line, "", format!("Source List `{}` is not ISN", short(source)));
        }
        let remarks = cell("Remarks/Notes");
        // What has ended of a measure while the rest goes on stands in the remarks.
        let effects = if remarks.contains("sanctions remain") { vec![remarks.clone()] } else { Vec::new() };
        Row {
            programmes: cell("Programs").split(';').map(collapsed).filter(|p| !p.is_empty()).collect(),
            name: cell("Name"),
            aliases: aliases(&cell("Alternative Names")),
            addresses: vec![PlainAddress { text: String::new(), state: cell("Country") }],
            notice: cell("Federal Register Notice"),
            from: parties.past_date(line, "Effective Date", &cell("Effective Date"), terms::american),
            effects,
            remarks,
            ..Row::default()
        }
    })
}

/// Reads the file of debarred parties; see [`super::read`].
///
/// # Errors
/// The first fault found.
pub fn read_ddtc(
    files: Vec<SourceInput<'_>>,
    context: Context<'_>,
    sink: Sink<'_>,
) -> Result<Reading, Refusal> {
    table(files, context, sink, "DTC", &DDTC, |cell, line, parties| {
        let [name, birth, notice, day, corrected, corrected_day] = DDTC.map(cell);
        let taken = Plain::of(&name);
        let turned = plain::person(&taken.name);
        let notices = [notice.trim(), corrected.trim()];
        let notices: Vec<&str> = notices.into_iter().filter(|n| !n.is_empty()).collect();
        parties.past_date(line, "Corrected Notice Date", &corrected_day, terms::american);
        // `November, 1981`
        let birth = birth.replace(',', " ");
        Row {
            kind: if turned.is_some() { "Individual".to_owned() } else { String::new() },
            name: turned.unwrap_or(taken.name),
            verbatim: name,
            aliases: taken.aliases,
            birth_dates: Some(birth).filter(|b| !b.trim().is_empty()).into_iter().collect(),
            notice: notices.join("; "),
            listed_on: parties.past_date(line, "Notice Date", &day, terms::american),
            ..Row::default()
        }
    })
}

/// Reads a table of one part: `row` makes a row from the cells; line and source are added.
fn table(
    files: Vec<SourceInput<'_>>,
    context: Context<'_>,
    sink: Sink<'_>,
    key: &str,
    columns: &[&str],
    row: impl Fn(&dyn Fn(&str) -> String, u64, &mut Parties<'_>) -> Row,
) -> Result<Reading, Refusal> {
    let Some(file) = files.into_iter().next() else {
        return Err(Refusal::new(context.list.as_str(), 0, "no file", "give the file"));
    };
    let mut rows = Headed::new(Rows::text(file.bytes, &file.name, ','), columns)?;
    let mut parties = Parties::only(&file.name, context, key);
    let others: Vec<&str> = rows.others(columns).collect();
    if !others.is_empty() {
        parties.note(1, "", format!("columns that are not known: {}", others.join(", ")));
    }
    while let Some(cells) = rows.next()? {
        let cell = |column: &str| rows.cell(&cells, column).to_owned();
        let made =
            Row { line: cells.line, source: rows.source(&cells), ..row(&cell, cells.line, &mut parties) };
        parties.take(key, made, sink)?;
        if cells.unended {
            parties.note(cells.line, "", UNENDED);
        }
    }
    parties.finish(sink)
}

/// Names parted by commas; a mark before a name tells a former one, and a form of a firm behind a comma belongs to the name before it.
fn aliases(cell: &str) -> Vec<(NameKind, String)> {
    let mut found: Vec<(NameKind, String)> = Vec::new();
    for piece in cell.split(',').map(str::trim).filter(|p| !p.is_empty()) {
        let piece = piece.strip_prefix("and ").unwrap_or(piece);
        let piece = piece.strip_prefix("the ").unwrap_or(piece);
        if plain::is_form(piece)
            && let Some((_, name)) = found.last_mut()
        {
            name.push_str(", ");
            name.push_str(piece);
            continue;
        }
        let former = ["F.K.A. ", "f.k.a. "].iter().find_map(|mark| piece.strip_prefix(mark));
        found.push(match former {
            Some(name) => (NameKind::Former, name.trim().to_owned()),
            None => (NameKind::Alias, piece.to_owned()),
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_are_told_apart() {
        let alias = |name: &str| (NameKind::Alias, name.to_owned());
        assert_eq!(
            aliases("RVO, F.K.A. Old Ridge,  Ridge Works, Inc., and the Vale Company"),
            [
                alias("RVO"),
                (NameKind::Former, "Old Ridge".into()),
                alias("Ridge Works, Inc."),
                alias("Vale Company")
            ]
        );
        assert!(aliases("").is_empty());
    }
}
