//! Terms of measures as the parts of the Consolidated Screening List write them: licence requirements and policies, notices, dates.

use comity_model::{DateValue, Day};

use super::text::collapsed;
use super::us_csl::push_new;

/// A hand-typed text in one form: blanks collapsed, no full stop at its end.
pub(crate) fn normal(text: &str) -> String {
    let text = collapsed(text);
    text.strip_suffix('.').map_or(text.clone(), |t| t.trim_end().to_owned())
}

/// What a licence requirement says of its reach: the items, the provisions on items made abroad, the marks of footnotes, and reach anywhere in the world.
pub(crate) fn reach(requirement: &str) -> Vec<String> {
    let text = normal(requirement);
    let low = text.to_ascii_lowercase();
    let mut found = Vec::new();
    if let (Some(start), Some(at)) =
        (low.find("all items").or(low.find("any item")), low.find("subject to the ear"))
        && start < at
    {
        let end = at + "subject to the EAR".len();
        found.extend(text.get(start..end).map(str::to_owned));
    }
    // Provisions that reach items made abroad stand in brackets, or behind `see`.
    if let Some(start) = ["(see", ", see"].iter().filter_map(|mark| low.find(mark)).min() {
        let clause = text.get(start..).unwrap_or_default().trim_start_matches([',', ' ']);
        let end = clause.find("of the EAR").map_or(clause.len(), |at| at + "of the EAR".len());
        let end = end
            + clause.get(end..).map_or(0, |rest| {
                rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, ')' | '.' | ' ')))
                    .unwrap_or(rest.len())
            });
        let clause = clause.get(..end).unwrap_or(clause).trim_end_matches([' ', '.']);
        if ["734.9", "734.4(a)(9)"].iter().any(|section| clause.contains(section)) {
            found.push(clause.to_owned());
        }
    }
    for digit in footnotes(&text) {
        push_new(&mut found, format!("footnote {digit}"));
    }
    for sentence in text.split(". ").flat_map(|s| s.split(") ")).filter(|s| s.contains("worldwide")) {
        found.push(sentence.trim().to_owned());
    }
    found
}

/// The marks of footnotes, which lost their raised form: one digit behind a bracket or behind `EAR`, that begins no section and no number.
fn footnotes(text: &str) -> Vec<char> {
    let mut found = Vec::new();
    let chars: Vec<char> = text.chars().collect();
    for (at, window) in chars.windows(2).enumerate() {
        let [before, _] = window else { continue };
        let behind_ear = *before == 'R' && at >= 2 && chars.get(at - 2..=at) == Some(&['E', 'A', 'R']);
        if *before != ')' && !behind_ear {
            continue;
        }
        let mut rest = chars.get(at + 1..).unwrap_or_default().iter().peekable();
        rest.next_if(|c| **c == ',');
        rest.next_if(|c| **c == ' ');
        let Some(digit) = rest.next().filter(|c| ('1'..='9').contains(*c)) else { continue };
        if rest.next().is_none_or(|c| matches!(c, ' ' | ',' | '.' | ')' | ';')) {
            push_new(&mut found, *digit);
        }
    }
    found.sort_unstable();
    found
}

/// Official notices, apart: `80 F.R. 1 5/28/15, 81 FR 2; 82 F.R. 3` are three. Text without such a citation is one.
pub(crate) fn notices(text: &str) -> Vec<String> {
    let text = collapsed(text);
    let mut starts: Vec<usize> = Vec::new();
    for (at, _) in text.match_indices('F') {
        let rest = text.get(at..).unwrap_or_default();
        if !(rest.starts_with("F.R.") || rest.starts_with("FR ") || rest.starts_with("F.R ")) {
            continue;
        }
        let volume = text.get(..at).unwrap_or_default().trim_end();
        let digits = volume.bytes().rev().take_while(u8::is_ascii_digit).count();
        if (1..=3).contains(&digits) {
            starts.push(volume.len() - digits);
        }
    }
    if starts.first().is_none_or(|first| *first > 0) {
        starts.insert(0, 0);
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let pieces = starts.iter().zip(ends).filter_map(|(start, end)| text.get(*start..end));
    let mut found = Vec::new();
    for piece in pieces.map(|p| p.trim_matches([' ', ',', ';'])).filter(|p| !p.is_empty()) {
        push_new(&mut found, piece.to_owned());
    }
    found
}

/// `6/28/2016`, `06/28/2016`: month, day, year.
pub(crate) fn american(text: &str) -> Option<DateValue> {
    let mut parts = text.trim().split('/');
    let (month, day, year) = (parts.next()?, parts.next()?, parts.next()?);
    let number = |t: &str, longest: usize| t.len() <= longest && t.bytes().all(|b| b.is_ascii_digit());
    if parts.next().is_some() || !number(month, 2) || !number(day, 2) || year.len() != 4 || !number(year, 4) {
        return None;
    }
    Day::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).map(DateValue::Day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notices_are_told_apart() {
        assert_eq!(
            notices("67 F.R. 56530 9/4/02 67 F.R. 10890 3/11/02, 71 F.R.38843 7/10/06; 81 FR 64694"),
            ["67 F.R. 56530 9/4/02", "67 F.R. 10890 3/11/02", "71 F.R.38843 7/10/06", "81 FR 64694"]
        );
        assert_eq!(notices("Vol. 83, No. 91, 05/10/2018"), ["Vol. 83, No. 91, 05/10/2018"]);
        assert_eq!(
            notices("see F.R. 5; 76 FR No. 197 (10/12/2011)"),
            ["see F.R. 5", "76 FR No. 197 (10/12/2011)"]
        );
        assert!(notices(" ").is_empty());
    }

    #[test]
    fn reach_is_told_in_the_words_of_the_list() {
        assert_eq!(
            reach(
                "For all items subject to the EAR. (See §§ 734.9(g),3 746.8(a)(3), and 744.21(b) of the EAR)"
            ),
            [
                "all items subject to the EAR",
                "(See §§ 734.9(g),3 746.8(a)(3), and 744.21(b) of the EAR)",
                "footnote 3"
            ]
        );
        assert_eq!(
            reach("For all items subject to the EAR, see §§ 734.9(e)1 and 744.11 of the EAR2"),
            [
                "all items subject to the EAR",
                "see §§ 734.9(e)1 and 744.11 of the EAR2",
                "footnote 1",
                "footnote 2"
            ]
        );
        assert_eq!(
            reach("For All Items Subject to the EAR (See §734.9(e)(2), and §744.11 of the EAR)4."),
            ["All Items Subject to the EAR", "(See §734.9(e)(2), and §744.11 of the EAR)4", "footnote 4"]
        );
        assert_eq!(
            reach("For all items subject to the EAR (See §744.2 (d) of the EAR)"),
            ["all items subject to the EAR"]
        );
        assert_eq!(reach("For items on the CCL and EAR99 items listed in a supplement"), [""; 0]);
        assert_eq!(reach(""), [""; 0]);
    }

    #[test]
    fn american_dates() {
        assert_eq!(american(" 06/29/2056 ").unwrap().to_string(), "2056-06-29");
        assert_eq!(american("1/2/1990").unwrap().to_string(), "1990-01-02");
        for text in ["", "2/30/2000", "13/1/2000", "1/1/00", "1/1/2000/1", "a/b/cccc", "+1/1/2000"] {
            assert_eq!(american(text), None, "{text}");
        }
    }
}
