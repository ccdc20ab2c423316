//! How alike two folded names are.

/// Similarity of two folded names, from 0 (nothing alike) to 1 (equal). It is the same whichever name comes first.
///
/// - equal: 1; the same tokens in another order: 0.98; the same letters with blanks set otherwise: 0.97;
/// - else tokens are paired, the most alike first. A pair counts its letters times its likeness (one less the share of letters to insert, delete, change or
///   exchange with a neighbour), and nothing below 0.6. Tokens without a partner count nothing, so that every missing token costs its length;
/// - a token of four letters or more that is the beginning of another counts as its short form, 0.8;
/// - if both names hold tokens with digits and these differ, the result is halved: number 15 is not number 16.
///
/// ```
/// use comity_names::similarity;
/// assert_eq!(similarity("example ridge", "example ridge"), 1.0);
/// assert_eq!(similarity("example ridge", "ridge example"), 0.98);
/// assert!(similarity("example rigde", "example ridge") > 0.9);
/// assert!(similarity("plant 15", "plant 16") < 0.5);
/// assert!(similarity("example ridge trading corp", "example ridge trading corporation") > 0.9);
/// assert!(similarity("alex", "alexander") < 0.85);
/// ```
#[must_use]
pub fn similarity(a: &str, b: &str) -> f64 {
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    if a == b {
        return 1.0;
    }
    let (left, right) = (Tokens::of(a), Tokens::of(b));
    if left.sorted() == right.sorted() {
        return 0.98;
    }
    if a.chars().filter(|c| *c != ' ').eq(b.chars().filter(|c| *c != ' ')) {
        return 0.97;
    }
    let score = aligned(&left, &right);
    let (n, m) = (left.numbers(), right.numbers());
    if !n.is_empty() && !m.is_empty() && n != m { score * 0.5 } else { score }
}

/// Names with more pairs of tokens than this are compared by equal tokens only, so that no input costs more than it is worth.
const PAIRS_LIMIT: usize = 4096;
/// Tokens longer than this are alike only when equal.
const LETTERS_LIMIT: usize = 64;
/// Below this likeness two tokens are different tokens.
const LIKENESS_MIN: f64 = 0.6;

/// A token that is the beginning of another is taken for its short form, such as "corp" of "corporation", from this length on.
const SHORTENED_MIN: usize = 4;
/// How alike a word and its short form are: less than a typing error in a long word, so that a short form alone is no hit.
const SHORTENED: f64 = 0.8;

struct Tokens<'a>(Vec<(&'a str, Vec<char>)>);

impl<'a> Tokens<'a> {
    fn of(folded: &'a str) -> Self {
        Self(crate::tokens(folded).map(|t| (t, t.chars().collect())).collect())
    }

    fn sorted(&self) -> Vec<&'a str> {
        let mut all: Vec<_> = self.0.iter().map(|(t, _)| *t).collect();
        all.sort_unstable();
        all
    }

    fn numbers(&self) -> Vec<&'a str> {
        let mut all: Vec<_> = self.sorted();
        all.retain(|t| t.chars().any(char::is_numeric));
        all
    }

    fn letters(&self) -> usize {
        self.0.iter().map(|(_, chars)| chars.len()).sum()
    }
}

struct Pair<'a> {
    likeness: f64,
    letters: usize,
    texts: (&'a str, &'a str),
    left: usize,
    right: usize,
}

fn aligned(left: &Tokens<'_>, right: &Tokens<'_>) -> f64 {
    let exact_only = left.0.len().saturating_mul(right.0.len()) > PAIRS_LIMIT;
    let mut pairs = Vec::new();
    for (i, (a, a_chars)) in left.0.iter().enumerate() {
        for (j, (b, b_chars)) in right.0.iter().enumerate() {
            let likeness = if a == b {
                1.0
            } else if exact_only {
                0.0
            } else {
                likeness(a_chars, b_chars)
            };
            if likeness >= LIKENESS_MIN {
                let letters = a_chars.len() + b_chars.len();
                pairs.push(Pair { likeness, letters, texts: (a.min(b), a.max(b)), left: i, right: j });
            }
        }
    }
    // The texts break ties, so that the pairing does not depend on which name comes first.
    pairs.sort_by(|x, y| {
        y.likeness.total_cmp(&x.likeness).then(y.letters.cmp(&x.letters)).then(x.texts.cmp(&y.texts))
    });
    let mut left_taken = vec![false; left.0.len()];
    let mut right_taken = vec![false; right.0.len()];
    let mut sum = 0.0;
    for pair in pairs {
        let (Some(l), Some(r)) = (left_taken.get_mut(pair.left), right_taken.get_mut(pair.right)) else {
            continue;
        };
        if !*l && !*r {
            (*l, *r) = (true, true);
            sum += pair.likeness * pair.letters as f64;
        }
    }
    sum / (left.letters() + right.letters()) as f64
}

fn likeness(a: &[char], b: &[char]) -> f64 {
    let longer = a.len().max(b.len());
    if longer > LETTERS_LIMIT || a.iter().chain(b).any(|c| c.is_numeric()) {
        return 0.0;
    }
    let shorter = a.len().min(b.len());
    if shorter >= SHORTENED_MIN && a.iter().zip(b).take(shorter).all(|(x, y)| x == y) {
        return SHORTENED;
    }
    // Too different in length to reach the least likeness.
    if (longer - shorter) as f64 > (1.0 - LIKENESS_MIN) * longer as f64 {
        return 0.0;
    }
    1.0 - distance(a, b) as f64 / longer as f64
}

/// Damerau-Levenshtein distance (optimal string alignment): letters to insert, delete, change, or exchange with a neighbour.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut a_before = None;
    for (i, ca) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        let mut b_before = None;
        for (j, cb) in b.iter().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX / 2);
            let mut best = at(&last, j) + usize::from(ca != cb);
            best = best.min(at(&last, j + 1) + 1).min(at(&row, j) + 1);
            if a_before == Some(cb) && b_before == Some(ca) && j > 0 {
                best = best.min(at(&before, j - 1) + 1);
            }
            row.push(best);
            b_before = Some(cb);
        }
        before = std::mem::replace(&mut last, row);
        a_before = Some(ca);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn distances_are_those_of_the_books() {
        for (a, b, n) in [
            ("", "", 0),
            ("", "abc", 3),
            ("kitten", "sitting", 3),
            ("ab", "ba", 1),
            ("abcd", "acbd", 1),
            ("ca", "abc", 3),
            ("ridge", "ridge", 0),
        ] {
            assert_eq!(distance(&chars(a), &chars(b)), n, "{a} {b}");
            assert_eq!(distance(&chars(b), &chars(a)), n, "{b} {a}");
        }
    }

    #[test]
    fn the_steps_of_the_scale() {
        assert_eq!(similarity("example ridge", "example ridge"), 1.0);
        assert_eq!(similarity("example ridge trading", "trading example ridge"), 0.98);
        assert_eq!(similarity("example ridge", "exampleridge"), 0.97);
        assert_eq!(similarity("example", ""), 0.0);
        assert_eq!(similarity("", ""), 0.0);
        assert_eq!(similarity("example ridge", "wholly other"), 0.0);
    }

    #[test]
    fn one_typo_costs_its_share_of_letters() {
        // 7+5+7 letters; one of seven letters is another: 2 of 38 letter places are lost.
        let score = similarity("example ridge tradinx", "example ridge trading");
        assert!((score - 36.0 / 38.0).abs() < 1e-12, "{score}");
    }

    #[test]
    fn a_missing_token_costs_its_length() {
        let short = similarity("example ridge trading", "example ridge trading co");
        let long = similarity("example ridge trading", "example ridge trading corporation");
        assert!((short - 38.0 / 40.0).abs() < 1e-12 && (long - 38.0 / 49.0).abs() < 1e-12);
    }

    #[test]
    fn other_numbers_are_other_parties() {
        assert!(similarity("example plant number 15", "example plant number 16") < 0.5);
        assert!(similarity("example plant 1500", "example plant 1501") < 0.5);
        assert!(similarity("example plant 15", "example plant") > 0.8);
        assert_eq!(similarity("plant 15 north", "north plant 15"), 0.98);
    }

    #[test]
    fn two_equal_tokens_are_not_one() {
        assert!(similarity("ridge ridge", "ridge") < 0.7);
    }

    #[test]
    fn very_long_names_end_quickly() {
        let long = |c: &str| (0..20_000).map(|i| format!("{c}{i} ")).collect::<String>();
        assert!(similarity(long("a").trim(), "a b") < 0.1);
        assert!(similarity(&"x".repeat(100_000), &"y".repeat(100_000)) < 0.1);
    }

    proptest! {
        #[test]
        fn it_lies_between_0_and_1_and_has_no_direction(a in "[a-e0-2 ]{0,24}", b in "[a-e0-2 ]{0,24}") {
            let (a, b) = (crate::fold(&a), crate::fold(&b));
            let score = similarity(&a, &b);
            prop_assert!((0.0..=1.0).contains(&score));
            prop_assert!((score - similarity(&b, &a)).abs() < 1e-12);
            prop_assert_eq!(score == 1.0, a == b && !a.is_empty());
        }
    }
}
