//! The words of the answer: labels of laws, outcomes with their ink, mandates, and long lists made short.

use comity_model::answer::{FirstWord, LawAnswer, PositionAnswer};
use comity_model::mandate::{AgreedInSet, Evidence, Ground, ImposedBy};
use comity_model::rule::Outcome;

use super::page::Ink;

/// A law as its row names it: who imposes the duty, in one form for every State.
pub fn law(law: &LawAnswer) -> String {
    let code = law.law.to_uppercase();
    match law.imposed_by {
        ImposedBy::Un => "Security Council".to_owned(),
        ImposedBy::Treaty => format!("Treaty ({code})"),
        ImposedBy::Union => format!("Union ({code})"),
        ImposedBy::National if law.known_as_of.is_none() && on_the_route(law) => format!("Transit ({code})"),
        ImposedBy::National => format!("National ({code})"),
        ImposedBy::Coordinated => format!("Coordinated ({code})"),
        ImposedBy::Own => format!("Own ({code})"),
    }
}

fn on_the_route(law: &LawAnswer) -> bool {
    law.title.ends_with("(on the route)")
}

/// Why a law without a pack is a row at all: what stands in brackets after its title.
pub fn why_not_held(law: &LawAnswer) -> Option<&str> {
    if law.known_as_of.is_some() || on_the_route(law) {
        return None;
    }
    let (_, why) = law.title.rsplit_once(" (")?;
    why.strip_suffix(')')
}

/// An outcome: capitals for a burden or what is not judged.
pub fn outcome(outcome: Outcome) -> String {
    match outcome {
        Outcome::LicencePresumptionOfDenial => "LICENCE REQUIRED, DENIAL PRESUMED".to_owned(),
        Outcome::Prohibited
        | Outcome::LicenceRequired
        | Outcome::NotifyAndWait
        | Outcome::Undetermined
        | Outcome::NotJudged
        | Outcome::Contested => outcome.text().to_uppercase(),
        Outcome::AuthorisedGenerally
        | Outcome::DutyOnly
        | Outcome::NoRequirementFound
        | Outcome::OutOfScope => outcome.text(),
    }
}

/// The ink of an outcome: that of the first word it leads to.
pub fn ink(outcome: Outcome) -> Ink {
    first_word_ink(FirstWord::of(outcome))
}

/// The ink of a first word.
pub fn first_word_ink(word: FirstWord) -> Ink {
    match word {
        FirstWord::Stop => Ink::Stop,
        FirstWord::Hold => Ink::Hold,
        FirstWord::Ask => Ink::Ask,
        FirstWord::Do => Ink::Do,
        FirstWord::Noted => Ink::Plain,
    }
}

/// Both ends of what is open.
pub fn ends(best: Option<Outcome>, worst: Option<Outcome>) -> Option<String> {
    let (best, worst) = best.zip(worst)?;
    (best != worst).then(|| format!("{} .. {}", outcome(best), outcome(worst)))
}

/// Where content was agreed, in one form for all: `NSG (regime)`; an empty set is the author's own decision.
pub fn agreed(set: &AgreedInSet) -> String {
    if set.is_empty() {
        return "own decision".to_owned();
    }
    let one = |a: &comity_model::mandate::AgreedIn| {
        if a.name.is_empty() { a.forum.word().to_owned() } else { format!("{} ({})", a.name, a.forum.word()) }
    };
    set.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// The grounds that the author states.
pub fn grounds(grounds: &[Ground]) -> String {
    if grounds.is_empty() {
        return "not established".to_owned();
    }
    grounds.iter().map(|g| g.word().replace('_', " ")).collect::<Vec<_>>().join(", ")
}

/// How well a thing is known, told only where its text was not read.
pub fn known(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Memory => "from memory, text not read",
        Evidence::Secondary => "from a secondary source",
        Evidence::Read => "text read",
    }
}

/// Where States differ and a rule of this effect fires by some of the positions only: by which.
pub fn only_by(law: &LawAnswer, effect: Outcome) -> Option<String> {
    // INVARIANT: a position whose outcome is weaker than the effect cannot be one by which the rule fires unrelieved.
    let reaches = |p: &&PositionAnswer| p.outcome.max(p.worst) >= Some(effect);
    let mut all: Vec<(&str, &str)> = Vec::new();
    let mut by: Vec<&str> = Vec::new();
    for position in &law.contested {
        let key = (position.position.as_str(), position.claim.as_str());
        if !all.contains(&key) {
            all.push(key);
        }
        if reaches(&position) && !by.contains(&key.0) {
            by.push(key.0);
        }
    }
    let mut names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    names.dedup();
    if names.len() < all.len() {
        // Several disputes: their positions share names.
        return law.contested.iter().any(|p| !reaches(&p)).then(|| "not by every position".to_owned());
    }
    (by.len() < all.len() && !by.is_empty()).then(|| format!("by position {} only", by.join(", ")))
}

/// Who holds a position.
pub fn holders(position: &PositionAnswer) -> String {
    if position.holders.is_empty() { "holders not known".to_owned() } else { position.holders.join(", ") }
}

/// A duty as data writes it (`records:5y-from-end-of-year`), for people.
pub fn duty(duty: &str) -> String {
    if duty.contains(' ') { duty.to_owned() } else { duty.replace(':', ": ").replace(['-', '_'], " ") }
}

/// `item[3].power` as people count: `power of item 4`, or only `power` where there is one item.
pub fn facts(text: &str, several: bool) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("item[") {
        let number = after.split_once("].").and_then(|(n, name)| Some((n.parse::<usize>().ok()?, name)));
        let Some((index, tail)) = number else {
            out.push_str(before);
            out.push_str("item[");
            rest = after;
            continue;
        };
        let end = tail.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(tail.len());
        let (name, tail) = tail.split_at(end);
        out.push_str(before);
        out.push_str(name);
        if several {
            out.push_str(&format!(" of item {}", index + 1));
        }
        rest = tail;
    }
    out.push_str(rest);
    named(&out)
}

/// What is missing besides facts, for people: `screen:LIST`, `not_encoded:LIST`, `gap:ID`, `text:RULE`, `legal:RULE`, `same_as:ID`.
fn named(text: &str) -> String {
    let one = |word: &str| match word.split_once(':') {
        Some(("screen", list)) => format!("screening against {list}"),
        Some(("not_encoded", list)) => format!("entries of {list} without executable form"),
        Some(("gap", id)) => format!("gap {id}"),
        Some(("text", rule)) => format!("text of {rule}"),
        Some(("legal", rule)) => format!("force of {rule}"),
        Some(("same_as", id)) => format!("whether a party is {id}"),
        _ => word.to_owned(),
    };
    text.split(' ').map(one).collect::<Vec<_>>().join(" ")
}

/// The first few of a list, and how many more there are.
pub fn few<S: AsRef<str>>(list: &[S], most: usize) -> String {
    let shown: Vec<&str> = list.iter().take(most).map(AsRef::as_ref).collect();
    let more = list.len().saturating_sub(most);
    if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
}

/// Numbers from 0 as people count, runs as a range: `1-40, 43`.
pub fn numbers(indexes: &[usize]) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for index in indexes {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == *index => *last = *index,
            _ => runs.push((*index, *index)),
        }
    }
    let one =
        |(a, b): &(usize, usize)| if a == b { format!("{}", a + 1) } else { format!("{}-{}", a + 1, b + 1) };
    runs.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// `item 3` or `items 1-40, 43`.
pub fn items(indexes: &[usize]) -> String {
    let word = if indexes.len() == 1 { "item" } else { "items" };
    format!("{word} {}", numbers(indexes))
}

/// Names that differ only in a number and follow each other, as a range: `GA001-GA004`.
pub fn runs(names: &[&str]) -> String {
    let parts = |name: &str| -> Option<(String, u32, usize)> {
        let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
        let digits = name.get(stem.len()..)?;
        Some((stem.to_owned(), digits.parse().ok()?, digits.len()))
    };
    let follows = |a: &str, b: &str| match (parts(a), parts(b)) {
        (Some((s, m, l)), Some((t, n, k))) => s == t && l == k && m.checked_add(1) == Some(n),
        _ => false,
    };
    let mut found: Vec<(&str, &str)> = Vec::new();
    for name in names {
        match found.last_mut() {
            Some((_, last)) if follows(last, name) => *last = name,
            _ => found.push((name, name)),
        }
    }
    let one = |(a, b): &(&str, &str)| if a == b { (*a).to_owned() } else { format!("{a}-{b}") };
    found.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// `1 entry`, `4 entries`.
pub fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_counted_as_people_count() {
        assert_eq!(facts("open: item[41].power and 2 more", true), "open: power of item 42 and 2 more");
        assert_eq!(facts("open: item[0].power", false), "open: power");
        assert_eq!(facts("item[x].power", false), "item[x].power");
        assert_eq!(facts("open: screen:un/sc and 2 more", false), "open: screening against un/sc and 2 more");
    }

    #[test]
    fn runs_are_ranges() {
        assert_eq!(numbers(&[0, 1, 2, 5]), "1-3, 6");
        assert_eq!(runs(&["GA001", "GA002", "GA003", "GA007", "XY"]), "GA001-GA003, GA007, XY");
    }

    #[test]
    fn duties_are_words() {
        assert_eq!(duty("records:5y-from-end-of-year"), "records: 5y from end of year");
        assert_eq!(duty("Keep papers for 5 years."), "Keep papers for 5 years.");
    }
}
