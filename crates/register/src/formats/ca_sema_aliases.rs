//! The aliases of `ca-sema-xml`: one free text, in which names are joined by `;`, `,`, `/`, `or`, `and`, by labels of languages (`Russian: ...`) and by line
//! breaks.
//!
//! The text is parted where that is surely meant, and left whole where a comma belongs to a name (a legal form, a list inside of a name). What a parting leaves as a
//! single word of a person's name is marked weak. The whole text stays in the source values.

use comity_model::listing::{ListedName, NameKind, NameQuality, PartyKind};

use super::text;

/// Legal forms that stand behind a comma and belong to the name before it.
const FORMS: &[&str] = &[
    "ltd", "limited", "inc", "llc", "llp", "lp", "jsc", "pjsc", "ojsc", "cjsc", "co", "corp", "gmbh", "ag",
    "sa", "srl", "spa", "bv", "nv", "pte", "plc", "fze", "fzco", "fzc", "dmcc", "oao", "ooo", "zao", "pao",
    "ao", "оао", "ооо", "зао", "пао", "ао", "нао", "мк", "ак", "кб", "нко", "сао", "тк", "гк", "фгуп", "муп",
    "гуп", "тд", "одо", "нпо",
];

/// The names that a text of aliases holds.
pub(crate) fn aliases(raw: &str, kind: PartyKind) -> Vec<ListedName> {
    let mut found: Vec<ListedName> = Vec::new();
    for (language, piece, parted) in pieces(raw) {
        let (piece, former) = without_marks(&piece);
        let single = piece.split_whitespace().count() < 2;
        let quality =
            if parted && single && kind == PartyKind::Person { NameQuality::Low } else { NameQuality::Good };
        let name_kind = if former { NameKind::Former } else { NameKind::Alias };
        let Some(mut name) = text::name(piece, name_kind, quality) else { continue };
        if name.kind == NameKind::Alias && name.script.as_deref().is_some_and(|s| s != "Latn") {
            name.kind = NameKind::OriginalScript;
        }
        name.language = language;
        if !name.text.chars().any(char::is_alphanumeric) || found.iter().any(|n| n.text == name.text) {
            continue;
        }
        found.push(name);
    }
    found
}

/// Pieces with their language, and whether they come of a parting.
fn pieces(raw: &str) -> Vec<(Option<String>, String, bool)> {
    let mut found = Vec::new();
    let by_label = labelled(raw);
    let labelled = by_label.len() > 1;
    for (language, text) in by_label {
        let lines = by_script(&text);
        let parts: Vec<String> = lines
            .iter()
            .flat_map(|line| line.split([';', '،']))
            .flat_map(commas)
            .flat_map(|part| words(&part))
            .flat_map(|part| slashes(&part))
            .filter(|part| !part.trim().is_empty())
            .collect();
        let parted = labelled || parts.len() > 1;
        found.extend(parts.into_iter().map(|part| (language.clone(), part, parted)));
    }
    found
}

/// Parts a text before each label: a word in Latin letters that begins with a capital, a colon, and a text in another script behind it.
fn labelled(raw: &str) -> Vec<(Option<String>, String)> {
    let mut found = Vec::new();
    let (mut language, mut rest, mut from) = (None, raw, 0);
    while let Some(at) = rest.get(from..).and_then(|tail| tail.find(':')).map(|at| at + from) {
        let before = rest.get(..at).unwrap_or_default().trim_end();
        let after = rest.get(at + 1..).unwrap_or_default();
        let start = before
            .rfind(|c: char| !c.is_ascii_alphabetic())
            .map_or(0, |p| p + before.get(p..).and_then(|t| t.chars().next()).map_or(1, char::len_utf8));
        let word = before.get(start..).unwrap_or_default();
        let names_language = word.len() > 3 && word.starts_with(|c: char| c.is_ascii_uppercase());
        let foreign = after.split([',', ';', ':']).next().is_some_and(other_script);
        if names_language && foreign {
            let lead = before.get(..start).unwrap_or_default().trim_end().trim_end_matches([',', ';']);
            found.push((language.take(), lead.to_owned()));
            language = Some(word.to_owned());
            rest = after;
            from = 0;
        } else {
            from = at + 1;
        }
    }
    found.push((language, rest.to_owned()));
    found.retain(|(_, text)| !text.trim().is_empty());
    found
}

fn other_script(text: &str) -> bool {
    comity_names::script(text).is_some_and(|s| s != "Latn")
}

/// A line break wraps a long name, unless the script changes there.
fn by_script(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        match found.last_mut() {
            Some(last) if comity_names::script(last) == comity_names::script(line) => {
                last.push(' ');
                last.push_str(line);
            }
            _ => found.push(line.to_owned()),
        }
    }
    found
}

/// Parts at commas outside of quotation marks and brackets, unless what follows goes on with the name: a legal form, a small letter, `or` and `and`.
fn commas(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for piece in outside(text, ',') {
        let lead = piece.trim_start();
        let word: String =
            lead.chars().take_while(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        let form = FORMS.contains(&word.as_str());
        let goes_on = form || lead.starts_with(char::is_lowercase);
        match found.last_mut() {
            Some(last) if goes_on => {
                last.push(',');
                last.push_str(&piece);
            }
            _ => found.push(piece),
        }
    }
    found
}

/// Parts a text at a character that stands outside of quotation marks and brackets. A mark that is never closed parts nothing off.
fn outside(text: &str, at: char) -> Vec<String> {
    let balanced = |open: char, close: char| {
        text.chars().filter(|c| *c == open).count() == text.chars().filter(|c| *c == close).count()
    };
    let even = text.chars().filter(|c| *c == '"').count() % 2 == 0;
    let (brackets, angles, curly) = (balanced('(', ')'), balanced('«', '»'), balanced('“', '”'));
    let (mut found, mut piece, mut depth, mut quoted) = (Vec::new(), String::new(), 0_u32, false);
    for c in text.chars() {
        match c {
            '"' if even => quoted = !quoted,
            '(' if brackets => depth += 1,
            '«' if angles => depth += 1,
            '“' if curly => depth += 1,
            ')' if brackets => depth = depth.saturating_sub(1),
            '»' if angles => depth = depth.saturating_sub(1),
            '”' if curly => depth = depth.saturating_sub(1),
            _ => {}
        }
        if c == at && depth == 0 && !quoted {
            found.push(std::mem::take(&mut piece));
        } else {
            piece.push(c);
        }
    }
    found.push(piece);
    found
}

/// Parts at `or`; at `and` only where a side is in another script than Latin, because bodies have it in their names.
fn words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for piece in text.split(" or ") {
        let sides: Vec<&str> = piece.split(" and ").collect();
        if sides.len() > 1 && sides.iter().any(|side| other_script(side)) {
            found.extend(sides.into_iter().map(str::to_owned));
        } else {
            found.push(piece.to_owned());
        }
    }
    found
}

/// Parts at a slash between words of four letters or more, or with blanks around it.
fn slashes(text: &str) -> Vec<String> {
    let long = |side: &str| side.trim().chars().filter(|c| c.is_alphabetic()).count() >= 4;
    let sides: Vec<&str> = text.split('/').collect();
    if sides.len() > 1 && sides.iter().all(|side| long(side)) {
        sides.into_iter().map(str::to_owned).collect()
    } else {
        vec![text.to_owned()]
    }
}

/// Without words that only say that an alias follows; and whether one says that it is a former name.
fn without_marks(piece: &str) -> (&str, bool) {
    let mut piece = piece.trim();
    let mut former = false;
    for (mark, says_former) in [
        ("also known as ", false),
        ("also ", false),
        ("or ", false),
        ("and ", false),
        ("formerly known as ", true),
        ("formerly ", true),
    ] {
        let head = piece.get(..mark.len()).filter(|h| h.eq_ignore_ascii_case(mark));
        if head.is_some() {
            piece = piece.get(mark.len()..).unwrap_or_default().trim();
            former |= says_former;
        }
    }
    let opens = piece.matches('(').count();
    let closes = piece.matches(')').count();
    if opens > closes {
        piece = piece.strip_prefix('(').unwrap_or(piece);
    } else if closes > opens {
        piece = piece.strip_suffix(')').unwrap_or(piece);
    }
    (piece.trim(), former)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(raw: &str, kind: PartyKind) -> Vec<String> {
        let show = |n: &ListedName| {
            let weak = if n.quality == NameQuality::Low { " (weak)" } else { "" };
            let language = n.language.as_ref().map_or(String::new(), |l| format!(" [{l}]"));
            format!("{}{language}{weak}", n.text)
        };
        aliases(raw, kind).iter().map(show).collect()
    }

    #[test]
    fn separators_labels_and_wraps_are_told_apart() {
        let body = |raw: &str| of(raw, PartyKind::Organization);
        let person = |raw: &str| of(raw, PartyKind::Person);
        assert_eq!(body("ABC, ABD, Example Metal Company"), ["ABC", "ABD", "Example Metal Company"]);
        assert_eq!(
            body("Пример, АО; Акционерное Общество \"Пример\""),
            ["Пример, АО", "Акционерное Общество \"Пример\""]
        );
        assert_eq!(
            body("Example Trading Co., Ltd., Sample Trading"),
            ["Example Trading Co., Ltd.", "Sample Trading"]
        );
        assert_eq!(
            body("Министерство примеров, образцов и проб"),
            ["Министерство примеров, образцов и проб"]
        );
        assert_eq!(
            body("Акционерное общество\n«Пример\nобразец»"),
            ["Акционерное общество «Пример образец»"]
        );
        assert_eq!(body("First Example\nПервый Пример"), ["First Example", "Первый Пример"]);
        assert_eq!(body("Example for Mining and Animals"), ["Example for Mining and Animals"]);
        assert_eq!(
            body("ПРИМЕР ОАО and Пример открытое общество"),
            ["ПРИМЕР ОАО", "Пример открытое общество"]
        );
        assert_eq!(body("R&D A/S"), ["R&D A/S"]);
        assert_eq!(body("EXAM/SAMPLE"), ["EXAM", "SAMPLE"]);
        assert_eq!(body("Завод образцов: ЛМЗ"), ["Завод образцов: ЛМЗ"]);
        assert_eq!(
            person("Anna Sample, Belarusian: Ганна Прыклад, Russian: Анна Пример or Анна Образец"),
            ["Anna Sample", "Ганна Прыклад [Belarusian]", "Анна Пример [Russian]", "Анна Образец [Russian]"]
        );
        assert_eq!(
            person("Sample Trading Co     Arabic: مثال"),
            ["Sample Trading Co", "مثال [Arabic] (weak)"]
        );
        assert_eq!(person("Ivan Vasilyevich or Vasilievich"), ["Ivan Vasilyevich", "Vasilievich (weak)"]);
        assert_eq!(person("SAMPLE"), ["SAMPLE"]);
        assert_eq!(person("Роман ОБРАЗЕЦ / Роман ПРИМЕР"), ["Роман ОБРАЗЕЦ", "Роман ПРИМЕР"]);
        assert_eq!(person("(Роман ОБРАЗЕЦ"), ["Роман ОБРАЗЕЦ"]);
        assert_eq!(person("also Anna Sample; ; -"), ["Anna Sample"]);
        assert_eq!(person(" \n "), [""; 0]);
    }
}
