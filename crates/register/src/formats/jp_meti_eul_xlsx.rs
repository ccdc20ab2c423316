//! `jp-meti-eul-xlsx`: a list of end users of concern, one sheet, one row an end user.
//!
//! The running number is a formula over the row and no id; the id is a digest of State and name. What is feared of the end user stands in two columns, in two
//! languages: it is told as concerns, each one word of `nuclear`, `biological`, `chemical`, `missile`, `conventional`.

use std::collections::BTreeSet;

use comity_model::listing::{
    DetailKind, ListedName, Listing, ListingId, NameKind, NameQuality, PartyKind, StateLink, StateRelation,
};
use comity_sheet::Row;

use super::text::{self, collapsed, looks_damaged};
use super::workbook::{self, AGAIN, bracket_at_end};
use super::{Context, Reading, Sink, SourceInput};
use crate::error::Refusal;

/// The heads of the columns, by the line that is in English.
const HEADS: [&str; 6] = [
    "No.",
    "Country or Region",
    "Company or Organization",
    "Also Known As",
    "Type of WMD",
    "Conventional Weapons",
];

/// What a concern is called in the list: in Japanese, by letters, and our word for it.
const CONCERNS: [(&str, &str, &str); 5] = [
    ("核", "n", "nuclear"),
    ("生物", "b", "biological"),
    ("化学", "c", "chemical"),
    ("ミサイル", "m", "missile"),
    ("通常兵器", "cw", "conventional"),
];

/// Reads the workbook, see [`super::read`].
///
/// # Errors
/// The first fault found.
pub fn read(files: Vec<SourceInput<'_>>, context: Context<'_>, sink: Sink<'_>) -> Result<Reading, Refusal> {
    let Some(input) = files.into_iter().next() else {
        return Err(Refusal::new(context.list.as_str(), 0, "no file", "give the workbook"));
    };
    let (file, book) = workbook::open(input)?;
    let sheet = workbook::only_sheet(&file, &book)?;
    let rows = workbook::rows(&file, &book, sheet)?;
    let Some((head, rows)) = rows.split_first() else {
        return Err(Refusal::new(&file, 0, "an empty sheet", AGAIN));
    };
    let columns = workbook::columns(&file, head, HEADS)?;
    let mut reading = Reading::default();
    let mut seen = BTreeSet::new();
    for row in rows {
        let listing = listing(&file, row, &columns, context, &mut reading)?;
        if !seen.insert(listing.id.native.clone()) {
            let finding = format!("`{}` of the same State a second time", listing.primary_name());
            return Err(Refusal::new(&file, row.number.into(), finding, AGAIN));
        }
        sink(listing)?;
        reading.entries += 1;
    }
    Ok(reading)
}

fn listing(
    file: &str,
    row: &Row,
    &[_, state, name, aliases, wmd, conventional]: &[u32; 6],
    context: Context<'_>,
    reading: &mut Reading,
) -> Result<Listing, Refusal> {
    let line = u64::from(row.number);
    let (state, name) = (row.text(state), row.text(name));
    for (what, text) in [("State", &state), ("name", &name)] {
        if text.trim().is_empty() {
            return Err(Refusal::new(file, line, format!("an end user without a {what}"), AGAIN));
        }
    }
    // In Japanese, and below in English; the English one decides.
    let english = state.lines().map(str::trim).rfind(|text| !text.is_empty()).unwrap_or_default();
    let native = workbook::digest(&[english, &name]);
    let mut listing = Listing::new(
        ListingId { list: context.list.clone(), native: native.clone() },
        PartyKind::Organization,
    );
    let mut note = |finding: String| reading.notice(file, line, &native, finding);
    let mut of_state = context.state(english);
    if of_state.code.is_none() {
        of_state.code = state.lines().find_map(|text| (context.state_of)(text.trim()));
    }
    of_state.text = collapsed(&state);
    listing.states.push(StateLink { relation: StateRelation::Address, state: of_state });
    names(&name, NameKind::Primary, &mut listing.names);
    for alias in parted(&row.text(aliases)) {
        names(&alias, NameKind::Alias, &mut listing.names);
    }
    let mut concerns = BTreeSet::new();
    for (column, of_weapons) in [(wmd, false), (conventional, true)] {
        let text = row.text(column);
        match self::concerns(&text) {
            Some(found) => {
                if found.iter().any(|at| (*at == 4) != of_weapons) {
                    note(format!("`{}` in the column of other concerns", collapsed(&text)));
                }
                concerns.extend(found);
            }
            None => note(format!("concern `{}`: Japanese and letters do not say the same", collapsed(&text))),
        }
    }
    if concerns.is_empty() {
        note("no concern".to_owned());
    }
    for (_, _, word) in concerns.iter().filter_map(|at| CONCERNS.get(*at)) {
        listing.detail(DetailKind::Concern, *word);
    }
    let head = |column: u32| {
        let at = [0, 1, 2, 3, 4, 5].into_iter().find(|at| *at == column as usize);
        at.and_then(|at| HEADS.get(at)).map_or_else(|| comity_sheet::column_name(column), |h| (*h).to_owned())
    };
    workbook::source(row, head, &mut listing.source);
    for value in listing.source.iter().filter(|v| looks_damaged(&v.value)) {
        note(format!("{} holds a run of `?`", value.key));
    }
    Ok(listing)
}

/// Aliases: one a line, each behind a dot; a line without a dot goes on with the one before.
fn parted(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for line in text.lines() {
        match (line.trim_start().strip_prefix('・'), found.last_mut()) {
            (Some(alias), _) => found.push(alias.to_owned()),
            (None, Some(last)) => {
                last.push('\n');
                last.push_str(line);
            }
            (None, None) => found.push(line.to_owned()),
        }
    }
    found.retain(|alias| !alias.trim().is_empty());
    found
}

/// A name, the same name in another script in brackets or on a line of its own behind it, and a short form in brackets behind it.
fn names(verbatim: &str, kind: NameKind, into: &mut Vec<ListedName>) {
    let mut pieces = Vec::new();
    let mut rest = verbatim.to_owned();
    loop {
        let outside_latin = |text: &str| comity_names::script(text).is_some_and(|script| script != "Latn");
        if let Some((outside, inside)) = bracket_at_end(&rest)
            && (is_short_form(&inside) || outside_latin(&inside) != outside_latin(&outside))
        {
            let kind = if outside_latin(&inside) { NameKind::OriginalScript } else { NameKind::Alias };
            pieces.push((kind, inside));
            rest = outside;
            continue;
        }
        // A line break within a name is a break of the line only, unless the script changes there.
        if let Some((first, last)) = rest.trim_end().rsplit_once('\n')
            && outside_latin(last)
            && !outside_latin(first)
            && !first.trim().is_empty()
        {
            pieces.push((NameKind::OriginalScript, last.trim().to_owned()));
            rest = first.to_owned();
            continue;
        }
        break;
    }
    let first = text::name(&rest, kind, NameQuality::Good)
        .map(|name| ListedName { verbatim: (name.text != verbatim).then(|| verbatim.to_owned()), ..name });
    let others = pieces.iter().rev().filter_map(|(kind, piece)| text::name(piece, *kind, NameQuality::Good));
    for name in first.into_iter().chain(others) {
        if !into.iter().any(|known| known.text == name.text) {
            into.push(name);
        }
    }
}

/// `UTN`, `A.B.C.`: capital letters and digits, no blanks.
fn is_short_form(text: &str) -> bool {
    text.len() <= 12
        && text.chars().filter(char::is_ascii_uppercase).count() >= 2
        && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '&'))
}

/// The places in [`CONCERNS`] of what a cell names; none if its Japanese words and its letters differ, or if it holds anything else.
fn concerns(text: &str) -> Option<BTreeSet<usize>> {
    let text = workbook::narrow(text);
    let mut words = BTreeSet::new();
    let mut letters = BTreeSet::new();
    for piece in text.split(|c: char| c.is_whitespace() || matches!(c, '、' | ',' | '・' | '/')) {
        // Without a break between them: the word, then the letter.
        let cut = piece.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(piece.len());
        let (word, letter) = piece.split_at_checked(cut)?;
        if !word.is_empty() {
            words.insert(CONCERNS.iter().position(|(known, _, _)| *known == word)?);
        }
        if !letter.is_empty() {
            let letter = letter.to_ascii_lowercase();
            letters.insert(CONCERNS.iter().position(|(_, known, _)| *known == letter)?);
        }
    }
    (words == letters).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn concerns_are_one_word_each() {
        let told =
            |text| concerns(text).map(|found| found.iter().map(|at| CONCERNS[*at].2).collect::<Vec<_>>());
        for (text, words) in [
            ("生物、化学、ミサイル、核\nB,C,M,N", vec!["nuclear", "biological", "chemical", "missile"]),
            ("ミサイル、核\nM、N", vec!["nuclear", "missile"]),
            ("核\nＮ", vec!["nuclear"]),
            ("核\nN ", vec!["nuclear"]),
            ("ミサイルM", vec!["missile"]),
            ("通常兵器\nCW", vec!["conventional"]),
            ("", vec![]),
        ] {
            assert_eq!(told(text), Some(words), "{text}");
        }
        for text in ["核\nM", "核", "N", "核、放射\nN,R", "核 N?"] {
            assert_eq!(told(text), None, "{text}");
        }
    }

    #[test]
    fn names_in_brackets_are_names() {
        let told = |text| {
            let mut found = Vec::new();
            names(text, NameKind::Primary, &mut found);
            found.iter().map(|n| format!("{}={}", n.kind, n.text)).collect::<Vec<_>>()
        };
        assert_eq!(told("Example FZE （EXF）"), ["primary=Example FZE", "alias=EXF"]);
        assert_eq!(told("Example Ltd\n(例有限公司)"), ["primary=Example Ltd", "original-script=例有限公司"]);
        assert_eq!(told("Example\n例有限公司"), ["primary=Example", "original-script=例有限公司"]);
        assert_eq!(told("Example (Pvt) Ltd"), ["primary=Example (Pvt) Ltd"]);
        assert_eq!(told("Example Works (Private)"), ["primary=Example Works (Private)"]);
        assert_eq!(told("Example\nWorks"), ["primary=Example Works"]);
        assert_eq!(parted("・a\n(b)\n・c "), ["a\n(b)", "c "]);
    }
}
