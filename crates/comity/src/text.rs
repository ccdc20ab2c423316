//! The human answer.

use comity_model::answer::Answer;

/// The answer as text of 80 columns.
#[must_use]
pub fn render(answer: &Answer, name: &str, colour: bool) -> String {
    let _ = colour;
    format!("{name}: {:?}\n", answer.outcome)
}

/// Items as classified, on every list.
#[must_use]
pub fn items(items: &[comity_model::answer::ItemAnswer], day: comity_model::Day, colour: bool) -> String {
    let _ = (day, colour);
    format!("{items:?}")
}

/// Names as screened.
#[must_use]
pub fn screened(found: &[comity_model::answer::PartyAnswer], stamps: &[comity_model::answer::EditionStamp], day: comity_model::Day, colour: bool) -> String {
    let _ = (stamps, day, colour);
    format!("{found:?}")
}

/// A text after a lead, wrapped to 80 columns under itself.
#[must_use]
pub fn wrapped(lead: &str, text: &str) -> String {
    let indent = " ".repeat(lead.trim_start_matches('\n').chars().count());
    let mut out = lead.to_owned();
    let mut width = indent.len();
    for (i, word) in text.split_whitespace().enumerate() {
        let length = word.chars().count();
        if i > 0 && width + 1 + length > 80 {
            out.push('\n');
            out.push_str(&indent);
            width = indent.len();
        } else if i > 0 {
            out.push(' ');
            width += 1;
        }
        out.push_str(word);
        width += length;
    }
    out.push('\n');
    out
}

