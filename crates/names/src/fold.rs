//! The folded form of a name.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// The form in which names are compared: compatibility forms unified (NFKC), capital letters made small, accents taken off Latin letters, other scripts
/// kept as they are, apostrophes, invisible and direction characters dropped, all other punctuation turned into blanks, and tokens parted by single blanks.
///
/// ```
/// assert_eq!(comity_names::fold("  Société  d'Exemple (S.A.) "), "societe dexemple s a");
/// assert_eq!(comity_names::fold("ＥＸＡＭＰＬＥ Straße"), "example strasse");
/// ```
#[must_use]
pub fn fold(name: &str) -> String {
    let once = fold_once(name);
    // A few rare letters change again when folded again; the second pass settles them, so that folding a folded name changes nothing.
    if once.is_ascii() { once } else { fold_once(&once) }
}

fn fold_once(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut base_is_latin = false;
    let mut blank = false;
    for c in name.nfkc().flat_map(char::to_lowercase).nfkd() {
        if is_dropped(c) {
            continue;
        }
        if is_combining_mark(c) {
            if !base_is_latin && !out.is_empty() && !blank {
                out.push(c);
            }
            continue;
        }
        if !c.is_alphanumeric() {
            blank = !out.is_empty();
            base_is_latin = false;
            continue;
        }
        if std::mem::take(&mut blank) {
            out.push(' ');
        }
        base_is_latin = is_latin(c);
        match spelled(c) {
            Some(text) => out.push_str(text),
            None => out.push(c),
        }
    }
    out.nfc().collect()
}

/// The tokens of a folded name.
///
/// ```
/// let name = comity_names::fold("Example-Ridge, Ltd.");
/// assert_eq!(comity_names::tokens(&name).collect::<Vec<_>>(), ["example", "ridge", "ltd"]);
/// ```
pub fn tokens(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(' ').filter(|token| !token.is_empty())
}

/// Characters that vanish: apostrophes in their many forms, and what cannot be seen.
fn is_dropped(c: char) -> bool {
    matches!(c,
        '\'' | '`' | '´' | '‘' | '’' | '‛' | 'ʹ'..='ʿ' | 'ˈ' | 'ˊ' | 'ˋ' | '′' | '＇'
        | '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}

fn is_latin(c: char) -> bool {
    let mut first = None;
    decompose_canonical(c, |part| first = first.or(Some(part)));
    crate::script::of(first.unwrap_or(c)) == Some("Latn")
}

/// Latin letters that have no decomposition, in the letters usually written for them.
fn spelled(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' | 'ƚ' => "l",
        'đ' | 'ð' | 'ɖ' => "d",
        'þ' => "th",
        'ħ' => "h",
        'ı' | 'ɨ' => "i",
        'ŋ' => "n",
        'ŧ' => "t",
        'ĸ' => "k",
        'ə' | 'ǝ' => "e",
        'ɓ' => "b",
        'ɗ' => "d",
        'ƙ' => "k",
        'ƴ' => "y",
        'ʼ' => "",
        'ς' => "σ",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn punctuation_parts_tokens_and_apostrophes_do_not() {
        assert_eq!(fold("EXAMPLE-RIDGE CO., LTD."), "example ridge co ltd");
        assert_eq!(fold("O'Example al-Qarya’t"), "oexample al qaryat");
        assert_eq!(fold(" \t\"ERTC\"\n"), "ertc");
        assert_eq!(fold("--- ... "), "");
    }

    #[test]
    fn accents_leave_latin_letters_only() {
        assert_eq!(fold("Łódź Ærø İzmir Ñandú Żółć"), "lodz aero izmir nandu zolc");
        assert_eq!(fold("Йод Ёлка"), "йод ёлка");
        assert_eq!(fold("Ελλάδος"), "ελλάδοσ");
        assert_eq!(fold("हिन्दी"), "हिन्दी");
        assert_eq!(fold("예시 무역"), "예시 무역");
        assert_eq!(fold("例の会社（株）"), "例の会社 株");
    }

    #[test]
    fn invisible_and_direction_characters_vanish() {
        assert_eq!(fold("exa\u{200b}mple\u{202e} \u{feff}ridge\u{00ad}s"), "example ridges");
    }

    #[test]
    fn wide_and_ligature_forms_are_unified() {
        assert_eq!(fold("Ｅｘａｍｐｌｅ ﬁne ①"), "example fine 1");
        assert_eq!(fold("ﻣﺜﺎﻝ"), fold("مثال"));
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(name in "\\PC{0,40}") {
            let once = fold(&name);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn a_folded_name_is_tokens_parted_by_single_blanks(name in any::<String>()) {
            let folded = fold(&name);
            prop_assert_eq!(tokens(&folded).collect::<Vec<_>>().join(" "), folded);
        }

        #[test]
        fn capital_letters_do_not_count(name in "[a-zA-Zà-öÀ-Ö ]{0,30}") {
            prop_assert_eq!(fold(&name.to_uppercase()), fold(&name.to_lowercase()));
        }
    }
}
