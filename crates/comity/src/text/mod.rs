//! The human answer: 80 columns, readable without colour, the same form for every deal and flag. Sections without content do not appear, and
//! long lists fold. Nothing stands here that the JSON does not hold.

mod after;
mod items;
mod open;
pub mod page;
pub(crate) mod parties;
mod relief;
pub(crate) mod table;
mod why;
pub(crate) mod words;

#[cfg(test)]
mod tests;

use comity_model::answer::{Answer, EditionStamp, ItemAnswer, ListAnswer, PartyAnswer};
use comity_model::date::Day;

pub(crate) use page::{Ink, Page, WIDTH};
use table::Group;

/// The answer as text of 80 columns.
#[must_use]
pub fn render(answer: &Answer, name: &str, colour: bool) -> String {
    let mut page = Page::new(colour);
    page.title(&format!("comity check {name}"), &format!("as of {}", answer.as_of));
    page.gap();
    let word = answer.first_word;
    page.under(0, (word.word(), 7, words::first_word_ink(word)), &answer.summary.join(" "), Ink::Plain);
    page.text(7, &answer.deal, Ink::Plain);
    let groups = table::groups(&answer.items, &answer.laws);
    table::laws(&mut page, answer, &groups);
    table::claims(&mut page, answer);
    let (told, rest) = told_in_full(answer, &groups);
    for group in &told {
        items::why(&mut page, answer, group, &groups);
    }
    items::claimed(&mut page, &answer.items);
    why::rules(&mut page, answer);
    parties::section(&mut page, answer);
    for group in &told {
        if let Some(item) = answer.items.get(group.first()) {
            open::provisions(&mut page, item, group.label(&groups).as_deref());
        }
    }
    open::not_encoded(&mut page, &answer.items);
    if !rest.is_empty() {
        page.heading("MORE", &format!("{}: each its own reasons; say --json", words::items(&rest)));
    }
    after::open_rules(&mut page, answer);
    relief::authorisations(&mut page, answer, &groups);
    relief::duties(&mut page, answer);
    after::gaps(&mut page, answer);
    after::dormant(&mut page, answer);
    after::change(&mut page, answer, &groups);
    after::questions(&mut page, answer);
    after::next(&mut page, answer);
    after::notices(&mut page, answer);
    after::foot(&mut page, answer);
    page.finish()
}

/// The groups of items whose reasons are told, those with the strongest outcome before others, in the order of the deal; then the items of
/// the other groups that have reasons.
fn told_in_full<'a>(answer: &Answer, groups: &'a [Group]) -> (Vec<&'a Group>, Vec<usize>) {
    let of = |group: &Group| answer.items.get(group.first());
    let has = |group: &&'a Group| {
        let found =
            |on: &ListAnswer| (on.matched.len(), on.excluded.len(), on.undetermined.len()) != (0, 0, 0);
        of(group).is_some_and(|item| item.lists.values().any(found))
    };
    let mut ranked: Vec<&Group> = groups.iter().filter(has).collect();
    ranked.sort_by_key(|group| {
        let strongest =
            answer.laws.iter().filter_map(|l| l.by_item.get(group.first())).map(|o| o.outcome).max();
        let named = of(group).is_some_and(|item| item.lists.values().any(|on| !on.matched.is_empty()));
        std::cmp::Reverse((strongest, named))
    });
    let rest = ranked.split_off(ranked.len().min(items::GROUPS_MAX));
    ranked.sort_by_key(|group| group.first());
    let mut places: Vec<usize> = rest.iter().flat_map(|g| g.items.iter().copied()).collect();
    places.sort_unstable();
    (ranked, places)
}

/// Items as classified, on every list.
#[must_use]
pub fn items(items: &[ItemAnswer], day: Day, colour: bool) -> String {
    let mut page = Page::new(colour);
    page.title("comity classify", &format!("as of {day}"));
    let groups = table::groups(items, &[]);
    for group in &groups {
        let Some(item) = items.get(group.first()) else { continue };
        let label = words::items(&group.items).to_uppercase();
        page.heading(&label, &item.description);
        for (list, on) in &item.lists {
            let named: Vec<&str> = on.matched.iter().map(|m| m.entry.as_str()).collect();
            let is_settled = on.undetermined.is_empty() && on.not_encoded.is_empty();
            let mut told = match (named.is_empty(), is_settled) {
                (false, _) => words::few(&named, 8),
                (true, true) => "no entry names it".to_owned(),
                (true, false) => "no entry surely names it".to_owned(),
            };
            let open = [(on.undetermined.len(), "open"), (on.not_encoded.len(), "without executable form")];
            for (n, word) in open.into_iter().filter(|(n, _)| *n > 0) {
                told.push_str(&format!("; {n} {word}"));
            }
            let lead = format!("{list} {}", on.edition);
            page.under(2, (&lead, lead.chars().count() + 2, Ink::Plain), &told, Ink::Plain);
        }
        items::classified(&mut page, item);
        open::provisions(&mut page, item, None);
    }
    items::claimed(&mut page, items);
    open::not_encoded(&mut page, items);
    page.gap();
    after::aid(&mut page);
    page.finish()
}

/// Names as screened.
#[must_use]
pub fn screened(found: &[PartyAnswer], stamps: &[EditionStamp], day: Day, colour: bool) -> String {
    let mut page = Page::new(colour);
    page.title("comity screen", &format!("as of {day}"));
    parties::screened(&mut page, found);
    page.gap();
    page.under(0, ("lists", 7, Ink::Dim), &parties::lists(stamps, &[]), Ink::Dim);
    for stamp in stamps {
        if let Some(why) = &stamp.refused {
            page.text(0, &format!("{}: a later file was not taken: {why}", stamp.list), Ink::Dim);
        }
    }
    after::aid(&mut page);
    page.finish()
}

/// A text after a lead, wrapped to 80 columns under itself.
#[must_use]
pub fn wrapped(lead: &str, text: &str) -> String {
    let shown = lead.trim_start_matches('\n');
    let width = shown.chars().count();
    let mut out = lead.to_owned();
    let lines = page::wrap(text, WIDTH.saturating_sub(width).max(20));
    for (i, line) in lines.iter().enumerate() {
        if i > 0 {
            out.push('\n');
            out.push_str(&" ".repeat(width));
        }
        out.push_str(line);
    }
    out.push('\n');
    out
}
