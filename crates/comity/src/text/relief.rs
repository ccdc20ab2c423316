//! General authorisations where a requirement fires, and duties.

use std::collections::BTreeMap;

use comity_model::answer::{Answer, AuthorisationAnswer, DutyAnswer, LawAnswer};
use comity_model::rule::Outcome;

use super::page::{Ink, Page, WIDTH};
use super::table::Group;
use super::words;

/// The widest column of names.
const NAMES_MAX: usize = 22;
/// So many reliefs without executable form are named.
const RELIEFS_MAX: usize = 12;

/// The section, once a law in which a requirement surely fires.
pub fn authorisations(page: &mut Page, answer: &Answer, groups: &[Group]) {
    for law in &answer.laws {
        // Items for which the same was found share one block, though other laws tell them apart.
        let mut told: Vec<(Vec<&AuthorisationAnswer>, Vec<usize>)> = Vec::new();
        for group in groups {
            let first = group.first();
            let fires = law.requirements.iter().any(|r| r.item == first && r.fires == "true");
            // What is prohibited is not relieved by an authorisation.
            let prohibited = law.by_item.get(first).is_some_and(|o| o.outcome == Outcome::Prohibited);
            if !fires || prohibited {
                continue;
            }
            let of_item: Vec<&AuthorisationAnswer> =
                law.authorisations.iter().filter(|a| a.item == first).collect();
            match told.iter_mut().find(|(other, _)| alike(other, &of_item)) {
                Some((_, items)) => items.extend(&group.items),
                None => told.push((of_item, group.items.clone())),
            }
        }
        let several = answer.items.len() > 1;
        for (found, mut items) in told.into_iter().filter(|(found, _)| !found.is_empty()) {
            items.sort_unstable();
            let whole = items.len() >= answer.items.len();
            block(page, law, &found, (several && !whole).then(|| words::items(&items)).as_deref());
        }
    }
}

fn alike(a: &[&AuthorisationAnswer], b: &[&AuthorisationAnswer]) -> bool {
    let key = |x: &&AuthorisationAnswer| (x.id.clone(), x.status.clone(), x.by.clone());
    a.iter().map(key).eq(b.iter().map(key))
}

fn block(page: &mut Page, law: &LawAnswer, found: &[&AuthorisationAnswer], label: Option<&str>) {
    let of = |status: &str| -> Vec<&AuthorisationAnswer> {
        found.iter().copied().filter(|a| a.status == status).collect()
    };
    let (applies, open, refused, other) = (of("applies"), of("open"), of("refused"), of("not_encoded"));
    let tried = applies.len() + open.len() + refused.len();
    let label = label.map_or(String::new(), |l| format!(", {l}"));
    let mut told = format!("{}{label}: {tried} tried, {} fit", words::law(law), applies.len());
    if !open.is_empty() {
        told.push_str(&format!(", {} open", open.len()));
    }
    page.heading("GENERAL AUTHORISATIONS", &told);
    let refused: Vec<(String, String)> =
        by_reason(&refused).into_iter().map(|(reason, ids)| (words::runs(&ids), reason)).collect();
    let names =
        applies.iter().chain(&open).map(|a| a.id.as_str()).chain(refused.iter().map(|(ids, _)| ids.as_str()));
    let width = names.map(|n| n.chars().count() + 2).max().unwrap_or(0).min(NAMES_MAX);
    for one in &applies {
        let told = format!("fits, under its conditions ({})", one.cite);
        page.under(2, (&one.id, width, Ink::Do), &told, Ink::Plain);
        for duty in &one.duties {
            page.under(4, ("-", 3, Ink::Plain), &words::duty(duty), Ink::Plain);
        }
    }
    for one in &open {
        let by: Vec<String> =
            one.by.iter().map(|b| b.strip_prefix("open: ").unwrap_or(b).replace(" (open):", ":")).collect();
        page.under(2, (&one.id, width, Ink::Ask), &format!("open: {}", words::few(&by, 6)), Ink::Plain);
    }
    for (ids, reason) in &refused {
        page.under(2, (ids, width, Ink::Plain), reason, Ink::Plain);
    }
    if !other.is_empty() {
        let ids: Vec<&str> = other.iter().map(|a| a.id.as_str()).collect();
        page.text(
            2,
            &format!("also to look at, not in executable form: {}", words::few(&ids, RELIEFS_MAX)),
            Ink::Dim,
        );
    }
}

/// Refused authorisations by the reason that most of them share; an authorisation with several reasons stands under one.
fn by_reason<'a>(refused: &[&'a AuthorisationAnswer]) -> Vec<(String, Vec<&'a str>)> {
    let reasons = |one: &AuthorisationAnswer| -> Vec<String> {
        one.by.iter().map(|b| without_name(b, &one.id)).collect()
    };
    let mut shared: BTreeMap<String, usize> = BTreeMap::new();
    for reason in refused.iter().flat_map(|one| reasons(one)) {
        *shared.entry(reason).or_default() += 1;
    }
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    for one in refused {
        let best = reasons(one)
            .into_iter()
            .rev()
            .max_by_key(|r| shared.get(r).copied().unwrap_or(0))
            .unwrap_or_default();
        match groups.iter_mut().find(|(reason, _)| *reason == best) {
            Some((_, ids)) => ids.push(&one.id),
            None => groups.push((best, vec![&one.id])),
        }
    }
    groups
}

/// A reason without the name of the authorisation itself, so that like reasons are alike.
fn without_name(reason: &str, id: &str) -> String {
    let mut words: Vec<&str> = Vec::new();
    for word in reason.split(' ') {
        if word.eq_ignore_ascii_case(id) && words.last() == Some(&"among") {
            words.push("those it names");
        } else {
            words.push(word);
        }
    }
    words.join(" ")
}

/// Duties, each with where it stands.
pub fn duties(page: &mut Page, answer: &Answer) {
    let mut told: Vec<(String, &str)> = Vec::new();
    // Those of an authorisation that fits stand under it.
    let of_relief = |law: &LawAnswer, duty: &DutyAnswer| {
        let mut fits = law.authorisations.iter().filter(|a| a.status == "applies");
        fits.any(|a| a.cite == duty.cite && a.duties.contains(&duty.duty))
    };
    for duty in answer.laws.iter().flat_map(|l| l.duties.iter().filter(|d| !of_relief(l, d))) {
        let row = (words::duty(&duty.duty), duty.cite.as_str());
        if !told.contains(&row) {
            told.push(row);
        }
    }
    if told.is_empty() {
        return;
    }
    page.heading("DUTIES", "");
    for (duty, cite) in told {
        page.row(2, &[(&duty, 42, Ink::Do), (cite, WIDTH - 44, Ink::Dim)]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(id: &str, by: &[&str]) -> AuthorisationAnswer {
        AuthorisationAnswer {
            id: id.into(),
            item: 0,
            status: "refused".into(),
            by: by.iter().map(|b| (*b).to_owned()).collect(),
            cite: String::new(),
            duties: Vec::new(),
        }
    }

    #[test]
    fn refused_ones_stand_under_the_reason_that_most_share() {
        let list = [
            refused("GA001", &["destination not among GA001"]),
            refused("GA002", &["not among ga002", "destination not among GA002"]),
            refused("GA003", &["ended on 2020-01-01"]),
        ];
        let groups = by_reason(&list.iter().collect::<Vec<_>>());
        assert_eq!(groups.len(), 2);
        assert_eq!(groups[0], ("destination not among those it names".to_owned(), vec!["GA001", "GA002"]));
    }
}
