//! What is open for the items: provisions that could name them, what would settle each, and entries without executable form.

use comity_model::answer::{ItemAnswer, Open};

use super::items::{GROUPS_MAX, Shared, limbs, reasons, shared};
use super::page::{Ink, Page};
use super::words;

/// So many open provisions are told in full, those with most tests met first.
const OPEN_MAX: usize = 3;
/// So many codes are named where a list is folded.
const CODES_MAX: usize = 6;

/// `OPEN`: provisions that could name the item, those nearest to it in full, the rest in numbers; then entries without executable form.
pub fn provisions(page: &mut Page, item: &ItemAnswer, label: Option<&str>) {
    let same = |a: &Open, b: &Open| {
        (&a.entry, &a.limbs, &a.missing, &a.settle) == (&b.entry, &b.limbs, &b.missing, &b.settle)
    };
    let mut all = shared(item, |on| &on.undetermined, same);
    let met = |open: &Open| open.limbs.iter().filter(|l| l.result == "met" && l.value.is_some()).count();
    all.sort_by_key(|s| {
        (std::cmp::Reverse(met(s.one)), s.one.missing.len(), std::cmp::Reverse(s.lists.len()))
    });
    let near = all.iter().take_while(|s| met(s.one) > 0).count();
    let full = if near == 0 && all.len() > OPEN_MAX { 0 } else { near.max(all.len().min(1)).min(OPEN_MAX) };
    for (i, shared) in all.iter().take(full).enumerate() {
        let before = all
            .iter()
            .take(i)
            .find(|s| (&s.one.entry, &s.one.missing) == (&shared.one.entry, &shared.one.missing));
        one_open(page, shared, before, label);
    }
    let rest = all.get(full..).unwrap_or_default();
    if !rest.is_empty() {
        page.heading(if full > 0 { "OPEN TOO" } else { "OPEN" }, label.unwrap_or(""));
        for list in item.lists.keys() {
            let mut on: Vec<&str> = rest
                .iter()
                .filter(|s| s.lists.contains(&list.as_str()))
                .map(|s| s.one.entry.as_str())
                .collect();
            on.sort_unstable();
            if !on.is_empty() {
                let mut heads: Vec<&str> = on.iter().map(|c| c.split('.').next().unwrap_or(c)).collect();
                heads.dedup();
                let told = format!(
                    "{}: {}",
                    words::count(on.len(), "provision", "provisions"),
                    words::few(&heads, CODES_MAX)
                );
                page.under(2, (list, list.chars().count() + 2, Ink::Plain), &told, Ink::Plain);
            }
        }
    }
}

/// An open provision in full; where another list has it with the same facts missing, only what differs.
fn one_open(
    page: &mut Page,
    shared: &Shared<'_, Open>,
    before: Option<&Shared<'_, Open>>,
    label: Option<&str>,
) {
    let one = shared.one;
    let on = format!("on {}", shared.lists.join(", "));
    let agreed = format!("entry agreed in: {}", words::agreed(&one.agreed_in));
    let told: Vec<String> = label.map(str::to_owned).into_iter().chain([on, agreed]).collect();
    page.spread(&format!("OPEN {}", one.entry), &told);
    if let Some(before) = before {
        let mut common: Vec<&str> =
            one.limbs.iter().filter(|l| before.one.limbs.contains(l)).map(|l| l.label.as_str()).collect();
        common.dedup();
        let mut about: Vec<String> = reasons(&one.reasons).into_iter().collect();
        if !common.is_empty() {
            about.insert(0, format!("{} as on {}", common.join(", "), before.lists.join(", ")));
        }
        page.text(2, &about.join("; "), Ink::Plain);
        return limbs(page, &one.limbs, |l| l.result != "not met" && !before.one.limbs.contains(l));
    }
    let about: Vec<String> = std::iter::once(one.title.clone()).chain(reasons(&one.reasons)).collect();
    page.text(2, &about.join("; "), Ink::Plain);
    limbs(page, &one.limbs, |l| l.result != "not met");
    if !one.missing.is_empty() {
        page.under(2, ("missing", 9, Ink::Plain), &words::few(&one.missing, 8), Ink::Plain);
    }
    if !one.settle.is_empty() && one.settle.iter().any(|set| set != &one.missing) {
        let sets: Vec<String> = one.settle.iter().map(|set| set.join(" with ")).collect();
        let more = sets.len().saturating_sub(6);
        let mut told = sets.iter().take(6).cloned().collect::<Vec<_>>().join(", or ");
        if more > 0 {
            told.push_str(&format!(", or one of {more} more"));
        }
        page.under(2, ("settle", 9, Ink::Plain), &told, Ink::Plain);
    }
    for remark in &one.remarks {
        page.under(2, ("basis", 9, Ink::Plain), remark, Ink::Dim);
    }
}

/// A list, and its entries without executable form.
type Folded<'a> = (&'a str, &'a [String]);

/// `NOT ENCODED`: entries without executable form that do not rule an item out, folded.
pub fn not_encoded(page: &mut Page, items: &[ItemAnswer]) {
    let mut told: Vec<(Vec<Folded<'_>>, Vec<usize>)> = Vec::new();
    for (place, item) in items.iter().enumerate() {
        let lists = item.lists.iter().filter(|(_, on)| !on.not_encoded.is_empty());
        let of_item: Vec<Folded<'_>> =
            lists.map(|(list, on)| (list.as_str(), on.not_encoded.as_slice())).collect();
        match told.iter_mut().find(|(other, _)| *other == of_item) {
            Some((_, places)) => places.push(place),
            None => told.push((of_item, vec![place])),
        }
    }
    told.retain(|(lists, _)| !lists.is_empty());
    for (lists, places) in told.iter().take(GROUPS_MAX) {
        let label =
            if places.len() < items.len() { format!("{}: ", words::items(places)) } else { String::new() };
        page.heading("NOT ENCODED", &format!("{label}no executable form, so not ruled out"));
        for (list, codes) in lists {
            let told = format!(
                "{}: {}",
                words::count(codes.len(), "entry", "entries"),
                words::few(codes, CODES_MAX)
            );
            page.under(2, (list, list.chars().count() + 2, Ink::Plain), &told, Ink::Plain);
        }
    }
}
