//! Texts as lists write them.

use comity_model::listing::{ListedName, NameKind, NameQuality};
use sha2::{Digest, Sha256};

/// Runs of blanks and line breaks turned into single blanks, none at the ends.
pub(crate) fn collapsed(text: &str) -> String {
    if is_collapsed(text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Whether a text is surely collapsed: seen from its bytes, so only for ASCII text.
fn is_collapsed(text: &str) -> bool {
    let mut after_blank = true;
    for byte in text.bytes() {
        match byte {
            b' ' if after_blank => return false,
            b' ' => after_blank = true,
            0x21..=0x7e => after_blank = false,
            _ => return false,
        }
    }
    !after_blank || text.is_empty()
}

/// A name for display: blanks collapsed, quotation marks around the whole taken off; with what the list wrote where that differs.
pub(crate) fn name(verbatim: &str, kind: NameKind, quality: NameQuality) -> Option<ListedName> {
    let text = unquoted(&collapsed(verbatim)).to_owned();
    if text.is_empty() {
        return None;
    }
    let script = comity_names::script(&text).map(str::to_owned);
    let verbatim = (text != verbatim).then(|| verbatim.to_owned());
    Some(ListedName { text, kind, quality, script, language: None, verbatim })
}

/// Without a pair of quotation marks around the whole.
pub(crate) fn unquoted(text: &str) -> &str {
    for (open, close) in [('"', '"'), ('\'', '\''), ('“', '”'), ('‘', '’')] {
        let inner = text.strip_prefix(open).and_then(|t| t.strip_suffix(close));
        if let Some(inner) = inner.filter(|t| !t.contains(open) && !t.contains(close)) {
            return inner.trim();
        }
    }
    text
}

/// Whether a value shows damage on its way: replacement characters, or question marks in a row.
pub(crate) fn looks_damaged(text: &str) -> bool {
    // Single characters are found fast; few values hold one.
    (text.contains('?') && text.contains("???")) || (!text.is_ascii() && text.contains('\u{fffd}'))
}

/// Whether a name says anything: damage on the way may have left nothing but question marks.
pub(crate) fn legible(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

/// A native id for an entry of a list that has none: the first sixteen hexadecimal digits of the SHA-256 of its key fields, one a line, in small letters and with
/// blanks collapsed.
pub(crate) fn digest_id(fields: &[&str]) -> String {
    let lines: Vec<String> = fields.iter().map(|f| collapsed(f).to_lowercase()).collect();
    let digest = Sha256::digest(lines.join("\n").as_bytes());
    digest.iter().take(8).map(|b| format!("{b:02x}")).collect()
}

/// Whether a text stands where a State is expected and names none: `None Identified`, `unknown`.
pub(crate) fn says_no_state(text: &str) -> bool {
    let text = collapsed(text).to_lowercase();
    matches!(
        text.as_str(),
        "" | "-"
            | "na"
            | "n/a"
            | "nil"
            | "none"
            | "none identified"
            | "not known"
            | "unknown"
            | "not available"
    )
}

/// The words by which lists say that another name follows. What holds a sign counts wherever it stands; the bare ones only between names.
const LABELS: [(&str, NameKind); 20] = [
    ("also known as", NameKind::Alias),
    ("now known as", NameKind::Alias),
    ("formerly known as", NameKind::Former),
    ("previously known as", NameKind::Former),
    ("a.k.a.", NameKind::Alias),
    ("a.k.a", NameKind::Alias),
    ("a/k/a", NameKind::Alias),
    ("n.k.a.", NameKind::Alias),
    ("n.k.a", NameKind::Alias),
    ("n/k/a", NameKind::Alias),
    ("f.k.a.", NameKind::Former),
    ("f.k.a", NameKind::Former),
    ("f/k/a", NameKind::Former),
    ("aka", NameKind::Alias),
    ("nka", NameKind::Alias),
    ("fka", NameKind::Former),
    ("a. k. a.", NameKind::Alias),
    ("f. k. a.", NameKind::Former),
    ("n. k. a.", NameKind::Alias),
    ("formerly:", NameKind::Former),
];

/// A label found in a text: where it begins and ends, and what follows it.
struct Label {
    start: usize,
    end: usize,
    kind: NameKind,
}

/// The first label at or behind a place.
fn label(text: &str, from: usize) -> Option<Label> {
    let low = text.to_ascii_lowercase();
    let mut first: Option<Label> = None;
    for (word, kind) in LABELS {
        let mut at = from;
        while let Some(start) = low.get(at..).and_then(|rest| rest.find(word)).map(|found| at + found) {
            let end = start + word.len();
            at = end;
            let before = low.get(..start).and_then(|t| t.chars().next_back());
            let after = low.get(end..).and_then(|t| t.chars().next());
            let apart = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
            if !apart(before) || (!apart(after) && !word.ends_with(['.', ':'])) {
                continue;
            }
            // `Aka` may be a name, and a name may begin with it.
            if word.len() == 3 && !bare_label(text, start, end) {
                continue;
            }
            let better = first.as_ref().is_none_or(|l| (start, l.end) < (l.start, end));
            if better {
                first = Some(Label { start, end, kind });
            }
            break;
        }
    }
    first
}

/// Whether the bare word at this place is a label: behind a sign that parts, or written all small or all large between two names.
fn bare_label(text: &str, start: usize, end: usize) -> bool {
    let (before, word, after) =
        (text.get(..start).unwrap_or_default(), text.get(start..end).unwrap_or_default(), text.get(end..));
    let sign = before.trim_end().ends_with(['(', '[', ';', ',', '-']);
    let one_case = word.chars().all(char::is_lowercase) || word.chars().all(char::is_uppercase);
    let follows = after.is_some_and(|t| t.starts_with([' ', ':', '-', '.', ',']) && legible(t));
    follows && (sign || (one_case && legible(before)))
}

/// The names that stand in one field: the name itself (no kind), and those that explicit labels (`a.k.a.`, `formerly known as`), or a `;` between two whole
/// names, put beside it. What is not surely a further name stays where it stands.
pub(crate) fn names_in(text: &str) -> Vec<(Option<NameKind>, String)> {
    /// A longer field is no list of names.
    const LONGEST: usize = 4096;
    // Where nothing is parted, nothing is changed.
    if text.len() > LONGEST || (!text.contains(';') && label(text, 0).is_none()) {
        return vec![(None, text.to_owned())];
    }
    let mut main = String::new();
    let mut others = Vec::new();
    let mut at = 0;
    while let Some(found) = label(text, at) {
        let before = text.get(at..found.start).unwrap_or_default();
        let kept = before.trim_end();
        let open = kept.chars().next_back().filter(|c| matches!(c, '(' | '['));
        if open.is_none() && at == 0 && !legible(before) && found.end - found.start == 3 {
            break;
        }
        let kept = if open.is_some() { kept.strip_suffix(['(', '[']).unwrap_or(kept) } else { kept };
        join(&mut main, without_joint(kept));
        // In a bracket to its end; else to the end of the text.
        let rest = text.get(found.end..).unwrap_or_default();
        let length = open.map_or(rest.len(), |open| closing(rest, open));
        labelled(rest.get(..length).unwrap_or_default(), found.kind, &mut others);
        at = (found.end + length + usize::from(open.is_some())).min(text.len());
        if open.is_none() {
            break;
        }
    }
    join(&mut main, text.get(at..).unwrap_or_default());
    let mut names = Vec::new();
    for (index, name) in by_semicolon(&main).into_iter().enumerate() {
        names.push(((index > 0).then_some(NameKind::Alias), name));
    }
    names.extend(others.into_iter().map(|(kind, name)| (Some(kind), name)));
    names
}

fn join(main: &mut String, piece: &str) {
    let piece = piece.trim();
    if !main.is_empty() && !piece.is_empty() && !piece.starts_with([',', ';', '.', ')']) {
        main.push(' ');
    }
    main.push_str(piece);
}

/// Where a bracket that is open at the beginning of a text closes; its end, if it never does.
fn closing(text: &str, open: char) -> usize {
    let close = if open == '(' { ')' } else { ']' };
    let mut depth = 1_u32;
    for (at, c) in text.char_indices() {
        if c == open {
            depth += 1;
        } else if c == close {
            depth -= 1;
            if depth == 0 {
                return at;
            }
        }
    }
    text.len()
}

/// The names behind a label, up to the end; further labels among them begin names of their own kind.
fn labelled(text: &str, kind: NameKind, into: &mut Vec<(NameKind, String)>) {
    let (mut kind, mut at) = (kind, 0);
    loop {
        let next = label(text, at);
        let end = next.as_ref().map_or(text.len(), |l| l.start);
        let piece = text.get(at..end).unwrap_or_default();
        let piece = if next.is_some() { without_joint(piece) } else { piece };
        into.extend(by_semicolon(piece).into_iter().map(|name| (kind, name)));
        let Some(next) = next else { return };
        (kind, at) = (next.kind, next.end);
    }
}

/// Without what joins a name to the label behind it.
fn without_joint(text: &str) -> &str {
    let mut text = text;
    loop {
        let cut = text.trim_end().trim_end_matches([',', ';', ':', '-', '(', '[']).trim_end();
        let cut = [" and", " or", " also"].iter().find_map(|w| cut.strip_suffix(w)).unwrap_or(cut);
        if cut.len() == text.len() {
            return text;
        }
        text = cut;
    }
}

/// Parts at `;` where each side is a name by itself, of three or more signs with a letter among them; else the whole.
fn by_semicolon(text: &str) -> Vec<String> {
    let bare = |t: &str| {
        t.trim()
            .trim_start_matches([',', ';', ':', '-'])
            .trim_end_matches([',', ';', ':', '-'])
            .trim()
            .to_owned()
    };
    let whole = |t: &str| t.chars().count() >= 3 && t.chars().any(char::is_alphabetic);
    let pieces: Vec<String> =
        outside_of_brackets(text).iter().map(|t| bare(t)).filter(|t| !t.is_empty()).collect();
    let form = |t: &str| super::us_csl_names::is_form(t);
    if pieces.len() > 1 && pieces.iter().all(|p| whole(p) && !form(p)) {
        return pieces
            .into_iter()
            .map(|p| p.strip_prefix("and ").map_or(p.clone(), |rest| rest.trim().to_owned()))
            .collect();
    }
    Some(bare(text)).filter(|t| legible(t)).into_iter().collect()
}

/// The pieces between the `;` that stand outside of brackets.
fn outside_of_brackets(text: &str) -> Vec<String> {
    let mut depth = 0_u32;
    let mut pieces = vec![String::new()];
    for c in text.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if c == ';' && depth == 0 {
            pieces.push(String::new());
        } else if let Some(last) = pieces.last_mut() {
            last.push(c);
        }
    }
    pieces
}

/// The first sign of a text that no name holds: a control character, or one that turns the direction of writing and so hides what stands there.
pub(crate) fn hidden_sign(text: &str) -> Option<char> {
    text.chars().find(|c| c.is_control() || matches!(u32::from(*c), 0x202a..=0x202e | 0x2066..=0x2069))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn further_names_in_a_field_stand_behind_labels() {
        for (text, expected) in [
            ("Ridge Works", "Ridge Works"),
            ("Ridge Works (RW)", "Ridge Works (RW)"),
            ("Ridge Works (also known as Vale Works)", "Ridge Works | alias Vale Works"),
            ("Mira Vale [also known as: Mirra Vale]", "Mira Vale | alias Mirra Vale"),
            (
                "Ridge Ltd [aka Vale Ltd, aka Hill Works] (XA Entity)",
                "Ridge Ltd (XA Entity) | alias Vale Ltd | alias Hill Works",
            ),
            ("Ridge; a.k.a. Vale; a.k.a Hill Works", "Ridge | alias Vale | alias Hill Works"),
            ("Ridge OOO (f.k.a., Ridge Vale OOO)", "Ridge OOO | former Ridge Vale OOO"),
            (
                "Ridge Vale (a.k.a., Academy of Ridges (AR)'s 9 Institute)",
                "Ridge Vale | alias Academy of Ridges (AR)'s 9 Institute",
            ),
            ("MIRA VALE -AKA- MIRRA VALE", "MIRA VALE | alias MIRRA VALE"),
            ("MIRA VALE- AKA- MIRRA VALE", "MIRA VALE | alias MIRRA VALE"),
            ("MIRA VALE A/K/A MIRRA HILL", "MIRA VALE | alias MIRRA HILL"),
            ("PEARL (A.K.A. MIRA HILL) VALE", "PEARL VALE | alias MIRA HILL"),
            ("Roger) Roger (a/k/a Vale Hill", "Roger) Roger | alias Vale Hill"),
            ("KOLO (AKA: HILL, VALE)", "KOLO | alias HILL, VALE"),
            ("Vale, Mira (a.k.a. M. Vale; Mira Hill)", "Vale, Mira | alias M. Vale | alias Mira Hill"),
            ("Ridge Ltd., a.k.a. Vale Ltd. (Ridge-Hill)", "Ridge Ltd. | alias Vale Ltd. (Ridge-Hill)"),
            ("F.K.A. Ridge Office (RO)", "former Ridge Office (RO)"),
            ("AKA INTEGRAL SERVICES, S. DE R.L.", "AKA INTEGRAL SERVICES, S. DE R.L."),
            ("Aka Traders", "Aka Traders"),
            ("Bako Aka Traders", "Bako Aka Traders"),
            ("Kafka Institute", "Kafka Institute"),
            ("Ridge OAO;OJSC Vale", "Ridge OAO | alias OJSC Vale"),
            ("Ridge Works;", "Ridge Works"),
            ("Ridge 9; 9A", "Ridge 9; 9A"),
            ("Ridge; Inc.", "Ridge; Inc."),
            ("Ridge (Vale; Hill)", "Ridge (Vale; Hill)"),
            ("Example Űbung a.k.a. Ключ", "Example Űbung | alias Ключ"),
            ("", ""),
            ("(aka", "(aka"),
            ("a.k.a.", ""),
        ] {
            let told: Vec<String> = names_in(text)
                .into_iter()
                .map(|(kind, name)| kind.map_or(name.clone(), |k| format!("{k} {name}")))
                .collect();
            assert_eq!(told.join(" | "), expected, "{text}");
        }
    }

    #[test]
    fn words_that_name_no_state() {
        for text in ["None Identified", "na", "NA", " - ", "none", "Unknown"] {
            assert!(says_no_state(text), "{text}");
        }
        assert!(!says_no_state("Panama") && !says_no_state("Namibia"));
    }

    #[test]
    fn signs_that_hide_are_found() {
        assert_eq!(hidden_sign("Example\u{202e}gninraeL"), Some('\u{202e}'));
        assert_eq!(hidden_sign("Example\u{7}"), Some('\u{7}'));
        assert_eq!(hidden_sign("Übung مثال 例"), None);
    }

    #[test]
    fn ids_by_digest_do_not_hang_on_blanks_and_letters() {
        assert_eq!(digest_id(&["A  b", "1"]), digest_id(&[" a B ", "1"]));
        assert_ne!(digest_id(&["a", "b"]), digest_id(&["ab", ""]));
        assert_eq!(digest_id(&["a"]), "ca978112ca1bbdca");
    }

    #[test]
    fn quotation_marks_around_the_whole_go() {
        assert_eq!(unquoted("\"ERTC\""), "ERTC");
        assert_eq!(unquoted("“ERTC”"), "ERTC");
        assert_eq!(unquoted("\"A\" and \"B\""), "\"A\" and \"B\"");
        assert_eq!(unquoted("O'Example"), "O'Example");
        for (text, expected) in [
            (" a\n   b ", "a b"),
            ("a b", "a b"),
            ("a  b", "a b"),
            ("a ", "a"),
            (" a", "a"),
            (" ", ""),
            ("", ""),
            ("a\u{a0}é", "a é"),
            ("a\u{1f}b", "a\u{1f}b"),
        ] {
            assert_eq!(collapsed(text), expected, "{text:?}");
        }
    }
}
