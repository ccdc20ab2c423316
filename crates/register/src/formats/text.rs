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

#[cfg(test)]
mod tests {
    use super::*;

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
