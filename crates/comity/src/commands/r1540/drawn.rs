//! Rows from text that was drawn from a page: best effort, and each row says how sure it is. What carries a mark and cannot be read is kept
//! whole; nothing is guessed where the columns are not known.

use comity_engine::r1540::place::{Cells, folded};
use comity_model::r1540::{CellValue, Confidence, Dimension, R1540, Weapon};

use super::file::{Head, Rows};

/// A word that stands for a mark: in capitals, but for the cross and the abbreviation with a stroke.
fn mark(word: &str) -> Option<CellValue> {
    let is_written_so = word.contains('/') || word.len() == 1 || !word.contains(char::is_lowercase);
    CellValue::read(word).filter(|value| is_written_so && *value != CellValue::Blank)
}

/// A word with the column, in characters, where it begins.
type Word<'t> = (usize, &'t str);

fn words(line: &str) -> Vec<Word<'_>> {
    let mut found = Vec::new();
    let mut start = None;
    let mut column = 0;
    for (at, c) in line.char_indices() {
        match (c.is_whitespace(), start) {
            (false, None) => start = Some((column, at)),
            (true, Some((col, from))) => {
                found.push((col, line.get(from..at).unwrap_or_default()));
                start = None;
            }
            _ => {}
        }
        column += if c == '\t' { 8 } else { 1 };
    }
    if let Some((col, from)) = start {
        found.push((col, line.get(from..).unwrap_or_default()));
    }
    found
}

/// A line of heads: where the columns of weapons stand, in their order.
fn weapon_heads(words: &[Word<'_>]) -> Option<Vec<(usize, Weapon)>> {
    let weapon = |word: &str| match word.strip_suffix('W').unwrap_or(word) {
        "N" | "Nuclear" => Some(Weapon::Nuclear),
        "C" | "Chemical" => Some(Weapon::Chemical),
        "B" | "Biological" => Some(Weapon::Biological),
        _ => None,
    };
    let heads: Vec<(usize, Weapon)> = words.iter().filter_map(|(at, w)| Some((*at, weapon(w)?))).collect();
    (heads.len() >= 3 && heads.len() * 2 >= words.len()).then_some(heads)
}

/// The paragraph that a heading names, in a form that the catalogue reads.
fn heading(line: &str) -> Option<String> {
    let lower = line.trim().to_lowercase();
    // The id of a field begins like a heading.
    let first = lower.split_whitespace().next()?;
    if first.split_once('.').is_some_and(|(_, rest)| rest.starts_with(char::is_alphabetic)) {
        return None;
    }
    let rest = ["operative paragraph", "op"].iter().find_map(|p| lower.strip_prefix(p))?;
    let rest = rest.trim_start_matches(['s', ' ', '.', ':']);
    if !rest.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let letters = |c: char| rest.split(|x: char| !x.is_alphanumeric()).any(|w| w.chars().eq([c]));
    Some(match rest.chars().next() {
        Some('3') if letters('c') || letters('d') || rest.starts_with("3c") => "3(c),(d)".to_owned(),
        Some('3') => "3(a),(b)".to_owned(),
        Some('6' | '7' | '8') => "6, 7, 8(d)".to_owned(),
        Some(first) => first.to_string(),
        None => return None,
    })
}

/// The label that a line begins with: the longest of the catalogue, and how many words of the line it takes.
struct Labels {
    rows: Vec<(String, usize)>,
}

impl Labels {
    fn new(catalogue: &R1540) -> Self {
        let labels = catalogue.rows.iter().map(|r| r.label.as_str());
        let aliases = catalogue.aliases.iter().map(|a| a.alias.as_str());
        let mut rows: Vec<(String, usize)> =
            labels.chain(aliases).map(folded).map(|key| (key.clone(), key.len())).collect();
        rows.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        rows.dedup();
        Self { rows }
    }

    /// How many of the words the label takes.
    fn taken(&self, words: &[Word<'_>]) -> Option<usize> {
        let text: Vec<String> = words.iter().map(|(_, w)| folded(w)).collect();
        self.rows.iter().find_map(|(label, _)| {
            let mut read = String::new();
            for (at, word) in text.iter().enumerate() {
                if !word.is_empty() {
                    if !read.is_empty() {
                        read.push(' ');
                    }
                    read.push_str(word);
                }
                if read == *label {
                    return Some(at + 1);
                }
                if !label.starts_with(read.as_str()) {
                    return None;
                }
            }
            None
        })
    }
}

/// Reads drawn text. Lines without a mark are passed over and counted.
pub fn read(catalogue: &R1540, text: &str) -> (Rows, usize) {
    let mut out = Rows { head: Head::default(), ..Rows::default() };
    let labels = Labels::new(catalogue);
    let mut part = String::new();
    let mut heads: Option<Vec<(usize, Weapon)>> = None;
    let mut passed = 0;
    for (number, line) in text.lines().enumerate() {
        let line_number = u32::try_from(number + 1).unwrap_or(u32::MAX);
        if let Some(op) = heading(line) {
            part = op;
            heads = None;
            continue;
        }
        let all = words(line);
        if let Some(found) = weapon_heads(&all) {
            heads = Some(found);
            continue;
        }
        if !all.iter().any(|(_, w)| mark(w).is_some()) {
            passed += usize::from(!all.is_empty());
            continue;
        }
        let mut put = |cells: &[(&str, &str)], confidence: Confidence| {
            let mut row: Cells = cells.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
            row.insert("entry".to_owned(), "drawn".to_owned());
            row.insert("confidence".to_owned(), confidence.word().to_owned());
            out.rows.push((line_number, row));
        };
        let rest_of = |words: &[Word<'_>]| words.iter().map(|(_, w)| *w).collect::<Vec<_>>().join(" ");
        // The number of the row is the template's and decides nothing.
        let body = match all.split_first() {
            Some(((_, first), rest)) if first.trim_end_matches(['.', ')']).parse::<u32>().is_ok() => rest,
            _ => all.as_slice(),
        };
        if let Some(((_, id), rest)) = body.split_first()
            && catalogue.field(id).is_some()
            && let Some(((_, value), detail)) = rest.split_first()
            && mark(value).is_some()
        {
            put(&[("field_id", id), ("value", value), ("detail", &rest_of(detail))], Confidence::High);
            continue;
        }
        let Some((label, rest)) = labels.taken(body).and_then(|n| body.split_at_checked(n)) else {
            // Kept whole: the label up to the first mark, the line beside it.
            let label: Vec<Word<'_>> = body.iter().take_while(|(_, w)| mark(w).is_none()).copied().collect();
            put(
                &[("op", &part), ("label", &rest_of(&label)), ("text of the line", line.trim())],
                Confidence::Low,
            );
            continue;
        };
        let label = rest_of(label);
        let leading = rest.iter().take_while(|(_, w)| mark(w).is_some()).count();
        let marks: Vec<Word<'_>> = rest.iter().filter(|(_, w)| mark(w).is_some()).copied().collect();
        let (op, label) = (("op", part.as_str()), ("label", label.as_str()));
        // A row with one field: the mark stands behind the label, and the rest is text.
        if leading == 1 && marks.len() == 1 && heads.is_none() {
            let detail = rest.get(1..).map(rest_of).unwrap_or_default();
            let value = marks.first().map_or("", |(_, w)| w);
            let sure = if detail.is_empty() { Confidence::High } else { Confidence::Medium };
            put(&[op, label, ("value", value), ("detail", &detail)], sure);
            continue;
        }
        // A row with a column for each weapon: the place on the line decides, and only where it does so beyond doubt.
        let columns: Vec<(usize, Weapon, Dimension)> = heads
            .iter()
            .flatten()
            .enumerate()
            .map(|(i, (at, weapon))| {
                (*at, *weapon, if i < 3 { Dimension::Legal } else { Dimension::Enforcement })
            })
            .collect();
        let mut placed = Vec::new();
        for (at, word) in &marks {
            let mut near: Vec<_> = columns.iter().map(|(col, w, d)| (col.abs_diff(*at), *w, *d)).collect();
            near.sort_unstable();
            let second = near.get(1).map_or(usize::MAX, |(far, ..)| *far);
            match near.first() {
                Some((off, weapon, dimension)) if *off <= 3 && second > off + 1 => {
                    let sure = if *off <= 1 { Confidence::Medium } else { Confidence::Low };
                    placed.push((*weapon, *dimension, *word, sure));
                }
                _ => break,
            }
        }
        let mut seen: Vec<(Weapon, Dimension)> = placed.iter().map(|(w, d, _, _)| (*w, *d)).collect();
        seen.sort_unstable();
        seen.dedup();
        if !marks.is_empty() && placed.len() == marks.len() && seen.len() == marks.len() {
            for (weapon, dimension, value, sure) in placed {
                put(
                    &[
                        op,
                        label,
                        ("weapon", weapon.word()),
                        ("dimension", dimension.word()),
                        ("value", value),
                    ],
                    sure,
                );
            }
        } else {
            put(
                &[op, label, ("weapon", "columns not known"), ("text of the line", line.trim())],
                Confidence::Low,
            );
        }
    }
    (out, passed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_name_paragraphs() {
        for (line, op) in [
            ("OP 2 - prohibitions", Some("2")),
            ("Operative paragraph 3 (c) and (d)", Some("3(c),(d)")),
            ("Operative paragraphs 3 (a) and (b): account for", Some("3(a),(b)")),
            ("OP 6, 7 and 8 (d)", Some("6, 7, 8(d)")),
            ("open question", None),
            ("operator 3", None),
            ("OP2.USE.N.E NA", None),
        ] {
            assert_eq!(heading(line).as_deref(), op, "{line}");
        }
    }

    #[test]
    fn columns_are_counted_in_characters() {
        assert_eq!(words("é x  ?"), [(0, "é"), (2, "x"), (5, "?")]);
        assert!(weapon_heads(&words("   N   C   B   N   C   B")).is_some());
        assert!(weapon_heads(&words("N and C are letters of a long line with B")).is_none());
    }
}
