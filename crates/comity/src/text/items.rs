//! What was found for the items: provisions that name them with each fact beside its limit, claims that the facts do not bear out,
//! provisions that a note takes away.

use comity_model::answer::{
    Answer, Excluded, ItemAnswer, LimbAnswer, ListAnswer, Matched, RequirementAnswer,
};
use comity_model::mandate::Evidence;

use super::page::{Cell, Ink, Page, WIDTH};
use super::table::Group;
use super::words;

/// So many different groups of items are told in full.
pub const GROUPS_MAX: usize = 4;
/// So many characters of a condition are told.
const CONDITION_MAX: usize = 160;

/// A provision as one or several lists have it in the same words.
pub struct Shared<'a, T> {
    /// The lists.
    pub lists: Vec<&'a str>,
    /// What they have.
    pub one: &'a T,
}

/// Gathers what the lists of an item have, merging what is alike.
pub fn shared<'a, T>(
    item: &'a ItemAnswer,
    of: impl Fn(&'a ListAnswer) -> &'a [T],
    same: impl Fn(&T, &T) -> bool,
) -> Vec<Shared<'a, T>> {
    let mut found: Vec<Shared<'a, T>> = Vec::new();
    for (list, on) in &item.lists {
        for one in of(on) {
            match found.iter_mut().find(|s| !s.lists.contains(&list.as_str()) && same(s.one, one)) {
                Some(other) => other.lists.push(list),
                None => found.push(Shared { lists: vec![list], one }),
            }
        }
    }
    found
}

/// A rule that surely or perhaps fires on an item through an entry, and the law it belongs to.
struct Fired<'a> {
    law: String,
    rule: &'a RequirementAnswer,
    list: &'a str,
    code: &'a str,
}

impl Fired<'_> {
    fn is_sure(&self) -> bool {
        self.rule.fires == "true"
    }
}

/// Rules of all laws that fire on this item through an entry, prohibitions first.
fn fired(answer: &Answer, item: usize) -> Vec<Fired<'_>> {
    let mut found = Vec::new();
    for law in &answer.laws {
        for rule in law.prohibitions.iter().chain(&law.requirements).filter(|r| r.item == item) {
            if let Some((list, code)) = rule.entry.as_deref().and_then(|e| e.split_once(':')) {
                let only =
                    words::only_by(law, rule.effect).map_or(String::new(), |only| format!(" ({only})"));
                found.push(Fired { law: format!("{}{only}", words::law(law)), rule, list, code });
            }
        }
    }
    found
}

/// `WHY`: the provisions of a group of items through which a duty follows and those beside them on the same list; then in a line each
/// provision on a list through which none does.
pub fn why(page: &mut Page, answer: &Answer, group: &Group, groups: &[Group]) {
    let Some(item) = answer.items.get(group.first()) else { return };
    let label = group.label(groups);
    let fired = fired(answer, group.first());
    let same = |a: &Matched, b: &Matched| a.entry == b.entry && a.limbs == b.limbs;
    let mut beside = Vec::new();
    for shared in shared(item, |on| &on.matched, same) {
        let on_list = |f: &&Fired<'_>| shared.lists.contains(&f.list);
        let meant: Vec<&Fired<'_>> =
            fired.iter().filter(on_list).filter(|f| f.code == shared.one.entry).collect();
        let sure: Vec<&Fired<'_>> = meant.iter().copied().filter(|f| f.is_sure()).collect();
        // A rule names one entry; the others of its list are told in full too, for they may bear the same duty.
        let main = fired.iter().filter(on_list).find(|f| f.is_sure());
        match main {
            Some(main) => matched(page, &shared, &sure, main.code, label.as_deref()),
            None => beside.push((shared, !meant.is_empty())),
        }
    }
    if !beside.is_empty() {
        let label = label.as_ref().map_or(String::new(), |l| format!("{l}, "));
        page.heading("NAMED TOO", &format!("{label}no duty found through it on these facts"));
    }
    for (shared, open) in beside {
        let reasons = reasons(&shared.one.reasons).map_or(String::new(), |r| format!("; {r}"));
        let open = if open { "; whether a duty follows is open" } else { "" };
        let agreed = words::agreed(&shared.one.agreed_in);
        let told = format!("on {}, agreed in: {agreed}{reasons}{open}", shared.lists.join(", "));
        page.under(2, (&shared.one.entry, 16, Ink::Plain), &told, Ink::Plain);
    }
    out(page, item, label.as_deref());
}

/// `CLAIMED`: what the facts do not bear out.
pub fn claimed(page: &mut Page, items: &[ItemAnswer]) {
    let mut told: Vec<(String, Vec<usize>)> = Vec::new();
    for (place, item) in items.iter().enumerate() {
        for (list, on) in &item.lists {
            for claim in on.claims.iter().filter(|c| c.result != "borne_out") {
                let words = format!("{} on {list}: {}", claim.entry, claim.result.replace('_', " "));
                match told.iter_mut().find(|(other, _)| *other == words) {
                    Some((_, places)) => places.push(place),
                    None => told.push((words, vec![place])),
                }
            }
        }
    }
    let told: Vec<String> = told
        .into_iter()
        .map(
            |(claim, places)| {
                if items.len() > 1 { format!("{}: {claim}", words::items(&places)) } else { claim }
            },
        )
        .collect();
    if !told.is_empty() {
        page.heading("CLAIMED", &told.join("; "));
    }
}

/// Provisions that a note takes away.
fn out(page: &mut Page, item: &ItemAnswer, label: Option<&str>) {
    let label = label.map_or(String::new(), |l| format!("{l}, "));
    let taken = shared(item, |on| &on.excluded, |a: &Excluded, b: &Excluded| a == b);
    for Shared { lists, one } in taken {
        let to = one.to.as_ref().map_or_else(|| "out of the list".to_owned(), |to| format!("look at {to}"));
        let note = one.by.trim_end_matches(['.', ' ']);
        page.heading(
            &format!("OUT {}", one.entry),
            &format!("{label}on {}, by {note}: {to}", lists.join(", ")),
        );
    }
}

/// The reasons for control that a list states.
pub fn reasons(reasons: &[String]) -> Option<String> {
    (!reasons.is_empty()).then(|| format!("reasons for control: {}", reasons.join(", ")))
}

fn matched(
    page: &mut Page,
    shared: &Shared<'_, Matched>,
    rules: &[&Fired<'_>],
    main: &str,
    label: Option<&str>,
) {
    let one = shared.one;
    let mut by: Vec<&str> = rules.iter().map(|f| f.law.as_str()).collect();
    by.dedup();
    let agreed = format!("entry agreed in: {}", words::agreed(&one.agreed_in));
    let by = if by.is_empty() {
        format!("named beside {main}")
    } else {
        format!("duty imposed by: {}", by.join(", "))
    };
    let told: Vec<String> = label.map(str::to_owned).into_iter().chain([agreed, by]).collect();
    page.spread(&format!("WHY {}", one.entry), &told);
    let mut about = vec![format!("{} (list {})", one.title, shared.lists.join(", "))];
    about.extend(reasons(&one.reasons));
    if one.evidence != Evidence::Read {
        about.push(words::known(one.evidence).to_owned());
    }
    page.text(2, &about.join("; "), Ink::Plain);
    limbs(page, &one.limbs, |_| true);
    if one.limbs.is_empty() {
        one.because.iter().for_each(|b| page.text(2, b, Ink::Plain));
    }
    for fired in rules {
        rule(page, fired.rule);
    }
}

/// A rule that fires through an entry: its name, then what it does.
fn rule(page: &mut Page, rule: &RequirementAnswer) {
    let width = (rule.rule.chars().count() + 2).clamp(6, 24);
    page.under(2, (&rule.rule, width, Ink::Dim), &effect_words(rule), Ink::Plain);
}

/// What a rule does, in our own words, what meets it, and who may exempt.
pub fn effect(page: &mut Page, rule: &RequirementAnswer) {
    page.text(2, &effect_words(rule), Ink::Plain);
}

fn effect_words(rule: &RequirementAnswer) -> String {
    let mut told = format!("{}: {}", words::outcome(rule.effect).to_lowercase(), rule.says);
    if let Some(by) = &rule.cancelled_by {
        told.push_str(&format!(" Met by {by}."));
    }
    if let Some(exemption) = &rule.exemption {
        told.push_str(&format!(" Exemption {exemption}."));
    }
    told
}

/// A long condition cut at a word; `--explain` and the JSON hold it whole.
fn cut(condition: &str) -> String {
    if condition.chars().count() <= CONDITION_MAX {
        return condition.to_owned();
    }
    let kept: String = condition.chars().take(CONDITION_MAX).collect();
    let whole = kept.rsplit_once(' ').map_or(kept.as_str(), |(whole, _)| whole);
    format!("{} ...", whole.trim_end_matches([',', ' ']))
}

/// The tests of a provision: label, condition, value, result, whose fact.
pub fn limbs(page: &mut Page, limbs: &[LimbAnswer], shown: impl Fn(&LimbAnswer) -> bool) {
    let rows: Vec<&LimbAnswer> = limbs.iter().filter(|l| shown(l)).collect();
    let longest = |of: &dyn Fn(&LimbAnswer) -> usize, most: usize| {
        rows.iter().map(|l| of(l)).max().unwrap_or(0).min(most) + 2
    };
    let length = |text: &Option<String>| text.as_ref().map_or(0, |t| t.chars().count());
    let label = longest(&|l| l.label.chars().count(), 8);
    let value = longest(&|l| length(&l.value), 16);
    let source = longest(&|l| length(&l.source), 16);
    let condition = WIDTH.saturating_sub(2 + label + value + 9 + source);
    let wanted = longest(&|l| l.condition.chars().count(), 60).min(condition);
    let mut before = "";
    for limb in rows {
        let ink = match limb.result.as_str() {
            "open" => Ink::Ask,
            _ => Ink::Plain,
        };
        let name = if limb.label == before { "" } else { limb.label.as_str() };
        before = &limb.label;
        let cells: [Cell<'_>; 5] = [
            (name, label, Ink::Plain),
            (&cut(&limb.condition), wanted, Ink::Plain),
            (limb.value.as_deref().unwrap_or(""), value, Ink::Plain),
            (&limb.result, 9, ink),
            (limb.source.as_deref().unwrap_or(""), source, Ink::Dim),
        ];
        page.row(2, &cells);
    }
}

/// `MATCHED`: for a classification alone, every provision that names the item, with its tests.
pub fn classified(page: &mut Page, item: &ItemAnswer) {
    let named =
        shared(item, |on| &on.matched, |a: &Matched, b: &Matched| a.entry == b.entry && a.limbs == b.limbs);
    for shared in named {
        let one = shared.one;
        let agreed = format!("entry agreed in: {}", words::agreed(&one.agreed_in));
        page.spread(&format!("NAMED {}", one.entry), &[format!("on {}", shared.lists.join(", ")), agreed]);
        let about: Vec<String> = std::iter::once(one.title.clone()).chain(reasons(&one.reasons)).collect();
        page.text(2, &about.join("; "), Ink::Plain);
        limbs(page, &one.limbs, |_| true);
        if one.limbs.is_empty() {
            one.because.iter().for_each(|b| page.text(2, b, Ink::Plain));
        }
    }
    out(page, item, None);
}
