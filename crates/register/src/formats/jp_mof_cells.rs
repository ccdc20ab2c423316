//! Cells of the Japanese list of frozen assets: names in two scripts, aliases in the many ways in which people type them, numbers of documents.

use comity_model::listing::{ListedName, NameKind, NameQuality};

use super::text;
use super::workbook::{bracket_at_end, lettered, narrow};

/// Whether a text says that nothing is known.
pub(crate) fn is_unknown(text: &str) -> bool {
    let text = narrow(text);
    let text = text.trim().trim_end_matches(['。', '.']);
    matches!(text, "" | "不明" | "なし" | "無し" | "-" | "N/A")
}

fn is_japanese(text: &str) -> bool {
    text.chars().any(|c| matches!(u32::from(c), 0x3040..=0x30ff | 0x3400..=0x9fff | 0xf900..=0xfaff))
}

/// Pieces parted at these signs, brackets kept together.
pub(crate) fn parted(text: &str, signs: &[char]) -> Vec<String> {
    let mut depth = 0_usize;
    let mut pieces = vec![String::new()];
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && signs.contains(&c) {
            pieces.push(String::new());
        } else if let Some(last) = pieces.last_mut() {
            last.push(c);
        }
    }
    pieces.retain(|piece| !piece.trim().is_empty());
    pieces
}

/// The name of a cell, with what it holds in its own script: `EXAMPLE (original script: ...)`.
pub(crate) fn names(cell: &str, into: &mut Vec<ListedName>) {
    if is_unknown(cell) {
        return;
    }
    let plain = narrow(cell);
    let small = plain.to_lowercase();
    let found = small.find("(original script").filter(|_| small.len() == plain.len());
    let (name, own) = match found.and_then(|at| plain.split_at_checked(at)) {
        Some((name, rest)) => (name, rest.split_once(':').map(|(_, own)| own.trim().trim_end_matches(')'))),
        None => (plain.as_str(), None),
    };
    // Japanese of full width stays as it stands.
    let name = if own.is_none() && is_japanese(cell) { cell } else { name };
    if let Some(mut name) = text::name(name, NameKind::Primary, NameQuality::Good) {
        name.verbatim = (name.text != cell).then(|| cell.to_owned());
        into.push(name);
    }
    let own = own.filter(|own| !is_unknown(own));
    into.extend(own.and_then(|own| text::name(own, NameKind::OriginalScript, NameQuality::Good)));
}

const ALIAS: char = '\u{1}';
const FORMER: char = '\u{2}';

/// What parts aliases by words, longest first.
const LABELS: [(&str, char); 20] = [
    ("(別称、", ALIAS),
    ("(別称:", ALIAS),
    ("(別称)", ALIAS),
    ("(別名、", ALIAS),
    ("(別名)", ALIAS),
    ("(旧称、", FORMER),
    ("(旧称:", FORMER),
    ("(旧称)", FORMER),
    ("別称、", ALIAS),
    ("旧称、", FORMER),
    ("(a.k.a.:", ALIAS),
    ("(f.k.a.:", FORMER),
    ("(a.k.a.", ALIAS),
    ("(f.k.a.", FORMER),
    ("(a.k.a:", ALIAS),
    ("(f.k.a:", FORMER),
    ("a.k.a.:", ALIAS),
    ("f.k.a.:", FORMER),
    ("a.k.a.", ALIAS),
    ("f.k.a.", FORMER),
];

/// The aliases of a cell. Words in it tell former names from others; else they are of `kind`.
pub(crate) fn aliases(cell: &str, kind: NameKind, quality: NameQuality, into: &mut Vec<ListedName>) {
    if is_unknown(cell) {
        return;
    }
    let mut plain = narrow(cell);
    for (label, mark) in LABELS {
        plain = plain.replace(label, &mark.to_string());
    }
    for number in 1..=9 {
        plain = plain.replace(&format!("(別名{number})"), &ALIAS.to_string());
    }
    let mut of = kind;
    let mut rest = plain.as_str();
    loop {
        let end = rest.find([ALIAS, FORMER]).unwrap_or(rest.len());
        let (segment, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        segment_names(segment, of, quality, into);
        let mut chars = after.chars();
        match chars.next() {
            Some(FORMER) => of = NameKind::Former,
            Some(_) => of = kind,
            None => return,
        }
        rest = chars.as_str();
    }
}

fn segment_names(segment: &str, kind: NameKind, quality: NameQuality, into: &mut Vec<ListedName>) {
    for item in lettered(segment) {
        // How many names the Japanese line before had: the line below it in Latin letters parts by commas where it has as many.
        let mut japanese = 0;
        for line in parted(&item, &['\n']) {
            let pieces = if is_japanese(&line) {
                let pieces = parted(&line, &[';', '、']);
                japanese = pieces.len();
                pieces
            } else {
                let pieces = parted(&line, &[';']);
                let by_commas = parted(&line, &[',']);
                if pieces.len() == 1 && japanese > 1 && by_commas.len() == japanese {
                    by_commas
                } else {
                    pieces
                }
            };
            for piece in pieces {
                piece_names(&piece, kind, quality, into);
            }
        }
    }
}

fn piece_names(piece: &str, kind: NameKind, quality: NameQuality, into: &mut Vec<ListedName>) {
    let piece =
        balanced(piece.trim_matches(|c: char| c.is_whitespace() || matches!(c, '、' | ',' | ';' | ':')));
    let both = bracket_at_end(&piece).filter(|(outside, inside)| is_japanese(outside) != is_japanese(inside));
    let texts = match both {
        Some((outside, inside)) => vec![outside, inside],
        None => vec![piece],
    };
    for text in texts {
        let bare = text.strip_prefix('「').and_then(|t| t.strip_suffix('」')).unwrap_or(&text);
        if is_unknown(bare) {
            continue;
        }
        if let Some(name) = text::name(bare, kind, quality)
            && name.text.chars().any(char::is_alphanumeric)
            && !into.iter().any(|known| known.text == name.text)
        {
            into.push(ListedName { verbatim: None, ..name });
        }
    }
}

/// Without a bracket at an end whose other half was taken off with a label.
fn balanced(text: &str) -> String {
    let mut text = text.trim();
    loop {
        let (open, close) = (text.matches('(').count(), text.matches(')').count());
        let cut = match open.cmp(&close) {
            std::cmp::Ordering::Less => text.strip_suffix(')'),
            std::cmp::Ordering::Greater => text.strip_prefix('('),
            std::cmp::Ordering::Equal => None,
        };
        match cut {
            Some(cut) => text = cut.trim(),
            None => return text.to_owned(),
        }
    }
}

/// The numbers of documents in a cell: runs of Latin letters and digits outside of brackets that are no dates.
pub(crate) fn numbers(cell: &str) -> Vec<String> {
    let mut found = Vec::new();
    for item in lettered(cell) {
        let mut outside = String::new();
        let mut depth = 0_usize;
        for c in item.chars() {
            match c {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                c if depth == 0 => outside.push(c),
                _ => {}
            }
        }
        let mut run = String::new();
        for c in outside.chars().chain(['、']) {
            if c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '/' | '.') {
                run.push(c);
                continue;
            }
            let number = run.trim_matches([' ', '-', '/', '.']);
            let digits = number.chars().filter(char::is_ascii_digit).count();
            if digits >= 3 && !matches!(c, '年' | '月' | '日') && !found.iter().any(|known| known == number)
            {
                found.push(number.to_owned());
            }
            run.clear();
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(cell: &str) -> String {
        let mut found = Vec::new();
        aliases(cell, NameKind::Alias, NameQuality::Good, &mut found);
        let kind = |n: &ListedName| if n.kind == NameKind::Former { "f:" } else { "" };
        found.iter().map(|n| format!("{}{}", kind(n), n.text)).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn aliases_are_parted_however_they_are_typed() {
        for (cell, names) in [
            (
                "(a)アレイ・レイ(b)アレイ\n (a.k.a.: (a)Arei Rei (b) Arei)",
                "アレイ・レイ | アレイ | Arei Rei | Arei",
            ),
            ("（a）アレイ（Arei）、\n（b）レイ（Rei\n Example）", "アレイ | Arei | レイ | Rei Example"),
            ("アレイ社; レイ社\nArei Co., Ltd.; Rei", "アレイ社 | レイ社 | Arei Co., Ltd. | Rei"),
            ("アレイ、レイ\nArei, Rei", "アレイ | レイ | Arei | Rei"),
            (
                "（別称、アレイ社、「レイ」）\n(a.k.a. Arei JSC; a.k.a. “Rei”)",
                "アレイ社 | レイ | Arei JSC | Rei",
            ),
            (
                "（別称）アレイ\nArei\n（旧称）レイ、レン\nRei, Ren",
                "アレイ | Arei | f:レイ | f:レン | f:Rei | f:Ren",
            ),
            ("アレイ\n(f.k.a.: Arei (AR))", "アレイ | f:Arei (AR)"),
            ("Arei REI", "Arei REI"),
            ("不明", ""),
            ("(a)不明 (b)Ａｒｅｉ", "Arei"),
        ] {
            assert_eq!(told(cell), names, "{cell}");
        }
    }

    #[test]
    fn numbers_of_documents_stand_among_words_and_dates() {
        for (cell, expected) in [
            ("918320780", vec!["918320780"]),
            ("ある国旅券 D 000763 （1997年1月9日発行）", vec!["D 000763"]),
            ("(a)ある国旅券番号　K048787　\n(b)旅券 K-348486", vec!["K048787", "K-348486"]),
            ("D00002264、2013年6月11日発行（注）", vec!["D00002264"]),
            ("４５６６８２ （１９９０年発行）", vec!["456682"]),
            ("不明", vec![]),
        ] {
            assert_eq!(numbers(cell), expected, "{cell}");
        }
    }

    #[test]
    fn names_in_their_own_script_stand_in_brackets() {
        let mut found = Vec::new();
        names("EXAMPLE ONE \n（original script：مثال）", &mut found);
        let told: Vec<_> = found.iter().map(|n| format!("{}={}", n.kind, n.text)).collect();
        assert_eq!(told, ["primary=EXAMPLE ONE", "original-script=مثال"]);
    }
}
