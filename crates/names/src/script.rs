//! The script of a text.

/// The script of a text by ISO 15924 code: that of most of its letters; none if it has no letter of a script known here.
///
/// ```
/// assert_eq!(comity_names::script("Example 7"), Some("Latn"));
/// assert_eq!(comity_names::script("مثال"), Some("Arab"));
/// assert_eq!(comity_names::script("17"), None);
/// ```
#[must_use]
pub fn script(text: &str) -> Option<&'static str> {
    if text.is_ascii() {
        return text.bytes().any(|b| b.is_ascii_alphabetic()).then_some("Latn");
    }
    let mut counts: Vec<(&'static str, usize)> = Vec::new();
    for code in text.chars().filter_map(of) {
        match counts.iter_mut().find(|(known, _)| *known == code) {
            Some((_, count)) => *count += 1,
            None => counts.push((code, 1)),
        }
    }
    let has = |wanted| counts.iter().any(|(code, _)| *code == wanted);
    if has("Hira") || has("Kana") {
        return Some("Jpan");
    }
    counts.iter().rev().max_by_key(|(_, count)| *count).map(|(code, _)| *code)
}

/// The script of one letter, by its block.
pub(crate) fn of(c: char) -> Option<&'static str> {
    if !c.is_alphabetic() {
        return None;
    }
    Some(match u32::from(c) {
        0x41..=0x24f
        | 0x250..=0x2af
        | 0x1d00..=0x1d7f
        | 0x1e00..=0x1eff
        | 0x2c60..=0x2c7f
        | 0xa720..=0xa7ff
        | 0xfb00..=0xfb06
        | 0xff21..=0xff5a => "Latn",
        0x370..=0x3ff | 0x1f00..=0x1fff => "Grek",
        0x400..=0x52f | 0x1c80..=0x1c8f | 0x2de0..=0x2dff | 0xa640..=0xa69f => "Cyrl",
        0x530..=0x58f | 0xfb13..=0xfb17 => "Armn",
        0x590..=0x5ff | 0xfb1d..=0xfb4f => "Hebr",
        0x600..=0x6ff | 0x750..=0x77f | 0x870..=0x8ff | 0xfb50..=0xfdff | 0xfe70..=0xfeff => "Arab",
        0x700..=0x74f => "Syrc",
        0x780..=0x7bf => "Thaa",
        0x900..=0x97f | 0xa8e0..=0xa8ff => "Deva",
        0x980..=0x9ff => "Beng",
        0xa00..=0xa7f => "Guru",
        0xa80..=0xaff => "Gujr",
        0xb00..=0xb7f => "Orya",
        0xb80..=0xbff => "Taml",
        0xc00..=0xc7f => "Telu",
        0xc80..=0xcff => "Knda",
        0xd00..=0xd7f => "Mlym",
        0xd80..=0xdff => "Sinh",
        0xe00..=0xe7f => "Thai",
        0xe80..=0xeff => "Laoo",
        0xf00..=0xfff => "Tibt",
        0x1000..=0x109f => "Mymr",
        0x10a0..=0x10ff | 0x1c90..=0x1cbf | 0x2d00..=0x2d2f => "Geor",
        0x1200..=0x139f | 0x2d80..=0x2ddf => "Ethi",
        0x1780..=0x17ff => "Khmr",
        0x1800..=0x18af => "Mong",
        0x1100..=0x11ff | 0x3130..=0x318f | 0xa960..=0xa97f | 0xac00..=0xd7ff | 0xffa1..=0xffdc => "Hang",
        0x3040..=0x309f => "Hira",
        0x30a0..=0x30ff | 0x31f0..=0x31ff | 0xff66..=0xff9d => "Kana",
        0x2e80..=0x2fdf
        | 0x3005..=0x3007
        | 0x3400..=0x4dbf
        | 0x4e00..=0x9fff
        | 0xf900..=0xfaff
        | 0x2_0000..=0x3_ffff => "Hani",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_letters_decide() {
        for (text, code) in [
            ("пример Co", "Cyrl"),
            ("示例公司", "Hani"),
            ("例の会社", "Jpan"),
            ("예시", "Hang"),
            ("उदाहरण", "Deva"),
            ("ምሳሌ", "Ethi"),
            ("दA", "Deva"),
        ] {
            assert_eq!(script(text), Some(code), "{text}");
        }
        assert_eq!(script(" 12 - "), None);
    }
}
