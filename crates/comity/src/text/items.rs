//! What was found for the items: provisions that name them with each fact beside its limit, provisions a note takes away, what is open and
//! what would settle it, entries without executable form.

use comity_model::answer::{Answer, Excluded, ItemAnswer, LimbAnswer, ListAnswer, Matched, Open, RequirementAnswer};
use comity_model::mandate::Evidence;

use super::page::{Cell, Ink, Page, WIDTH};
use super::table::Group;
use super::words;

/// So many different groups of items are told in full.
pub const GROUPS_MAX: usize = 4;
/// So many open provisions are told in full, those with most tests met first.
const OPEN_MAX: usize = 3;
/// So many codes are named where a list is folded.
const CODES_MAX: usize = 6;

/// A provision as one or several lists have it in the same words.
struct Shared<'a, T> {
    lists: Vec<&'a str>,
    one: &'a T,
}

/// Gathers what the lists of an item have, merging what is alike.
fn shared<'a, T>(item: &'a ItemAnswer, of: impl Fn(&'a ListAnswer) -> &'a [T], same: impl Fn(&T, &T) -> bool) -> Vec<Shared<'a, T>> {
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

/// A rule that fires on an item, and the law it belongs to.
pub struct Fired<'a> {
    /// The law as its row names it.
    pub law: String,
    /// The requirement or prohibition.
    pub rule: &'a RequirementAnswer,
}

/// Rules of all laws that fire on this item, surely or perhaps, prohibitions first.
pub fn fired(answer: &Answer, item: usize) -> Vec<Fired<'_>> {
    let of_law = |law| {
        let answer: &comity_model::answer::LawAnswer = law;
        let rules = answer.prohibitions.iter().chain(&answer.requirements).filter(move |r| r.item == item);
        rules.map(|rule| Fired { law: words::law(answer), rule })
    };
    answer.laws.iter().flat_map(of_law).collect()
}

/// `WHY`: the provisions of a group of items through which a duty follows, then in a line those through which none does.
pub fn why(page: &mut Page, answer: &Answer, group: &Group, groups: &[Group]) {
    let Some(item) = answer.items.get(group.first()) else { return };
    let fired = fired(answer, group.first());
    let named = shared(item, |on| &on.matched, |a: &Matched, b: &Matched| a.entry == b.entry && a.limbs == b.limbs);
    let mut beside = Vec::new();
    for shared in &named {
        let meant = |f: &&Fired<'_>| {
            f.rule.entry.as_deref().and_then(|e| e.split_once(':')).is_some_and(|(list, code)| {
                shared.lists.contains(&list) && code == shared.one.entry
            })
        };
        let rules: Vec<&Fired<'_>> = fired.iter().filter(meant).collect();
        if rules.iter().any(|f| f.rule.fires == "true") {
            matched(page, shared, &rules, group.label(groups).as_deref());
        } else {
            beside.push((shared, !rules.is_empty()));
        }
    }
    if !beside.is_empty() {
        let label = group.label(groups).map_or(String::new(), |l| format!("{l}, "));
        page.heading("NAMED TOO", &format!("{label}no duty found through it on these facts"));
    }
    for (shared, open) in beside {
        let reasons = reasons(&shared.one.reasons).map_or(String::new(), |r| format!("; {r}"));
        let open = if open { "; whether a duty follows is open" } else { "" };
        let told = format!("on {}, agreed in: {}{reasons}{open}", shared.lists.join(", "), words::agreed(&shared.one.agreed_in));
        page.under(2, (&shared.one.entry, 16, Ink::Plain), &told, Ink::Plain);
    }
    out(page, item, group.label(groups).as_deref());
}

/// Claims that the facts do not bear out, and provisions that a note takes away.
fn out(page: &mut Page, item: &ItemAnswer, label: Option<&str>) {
    let label = label.map_or(String::new(), |l| format!("{l}, "));
    for (list, on) in &item.lists {
        for claim in on.claims.iter().filter(|c| c.result != "borne_out") {
            page.heading("CLAIMED", &format!("{label}{} on {list}: {}", claim.entry, claim.result.replace('_', " ")));
        }
    }
    let taken = shared(item, |on| &on.excluded, |a: &Excluded, b: &Excluded| a == b);
    for Shared { lists, one } in taken {
        let to = one.to.as_ref().map_or_else(|| "out of the list".to_owned(), |to| format!("look at {to}"));
        let note = one.by.trim_end_matches(['.', ' ']);
        page.heading(&format!("OUT {}", one.entry), &format!("{label}on {}, by {note}: {to}", lists.join(", ")));
    }
}

fn reasons(reasons: &[String]) -> Option<String> {
    (!reasons.is_empty()).then(|| format!("reasons for control: {}", reasons.join(", ")))
}

fn matched(page: &mut Page, shared: &Shared<'_, Matched>, rules: &[&Fired<'_>], label: Option<&str>) {
    let one = shared.one;
    let mut by: Vec<&str> = rules.iter().filter(|f| f.rule.fires == "true").map(|f| f.law.as_str()).collect();
    by.dedup();
    let agreed = format!("entry agreed in: {}", words::agreed(&one.agreed_in));
    let by = format!("duty imposed by: {}", by.join(", "));
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
    for fired in rules.iter().filter(|f| f.rule.fires == "true") {
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

/// The tests of a provision: label, condition, value, result, whose fact.
fn limbs(page: &mut Page, limbs: &[LimbAnswer], shown: impl Fn(&LimbAnswer) -> bool) {
    let rows: Vec<&LimbAnswer> = limbs.iter().filter(|l| shown(l)).collect();
    let longest = |of: &dyn Fn(&LimbAnswer) -> usize, most: usize| {
        rows.iter().map(|l| of(l)).max().unwrap_or(0).min(most) + 2
    };
    let length = |text: &Option<String>| text.as_ref().map_or(0, |t| t.chars().count());
    let label = longest(&|l| l.label.chars().count(), 6);
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
            (&limb.condition, wanted, Ink::Plain),
            (limb.value.as_deref().unwrap_or(""), value, Ink::Plain),
            (&limb.result, 9, ink),
            (limb.source.as_deref().unwrap_or(""), source, Ink::Dim),
        ];
        page.row(2, &cells);
    }
}

/// `OPEN`: provisions that could name the item, those nearest to it in full, the rest in numbers; then entries without executable form.
pub fn open(page: &mut Page, item: &ItemAnswer, label: Option<&str>) {
    let same = |a: &Open, b: &Open| (&a.entry, &a.limbs, &a.missing, &a.settle) == (&b.entry, &b.limbs, &b.missing, &b.settle);
    let mut all = shared(item, |on| &on.undetermined, same);
    let met = |open: &Open| open.limbs.iter().filter(|l| l.result == "met" && l.value.is_some()).count();
    all.sort_by_key(|s| (std::cmp::Reverse(met(s.one)), s.one.missing.len(), std::cmp::Reverse(s.lists.len())));
    let near = all.iter().take_while(|s| met(s.one) > 0).count();
    let full = if near == 0 && all.len() > OPEN_MAX { 0 } else { near.max(all.len().min(1)).min(OPEN_MAX) };
    for shared in all.iter().take(full) {
        one_open(page, shared, label);
    }
    let rest = all.get(full..).unwrap_or_default();
    if !rest.is_empty() {
        page.heading(if full > 0 { "OPEN TOO" } else { "OPEN" }, label.unwrap_or(""));
        for list in item.lists.keys() {
            let on: Vec<&str> =
                rest.iter().filter(|s| s.lists.contains(&list.as_str())).map(|s| s.one.entry.as_str()).collect();
            if !on.is_empty() {
                let mut heads: Vec<&str> = on.iter().map(|c| c.split('.').next().unwrap_or(c)).collect();
                heads.dedup();
                let told = format!("{}: {}", words::count(on.len(), "provision", "provisions"), words::few(&heads, CODES_MAX));
                page.under(2, (list, list.chars().count() + 2, Ink::Plain), &told, Ink::Plain);
            }
        }
    }
    not_encoded(page, item, label);
}

fn one_open(page: &mut Page, shared: &Shared<'_, Open>, label: Option<&str>) {
    let one = shared.one;
    let on = format!("on {}", shared.lists.join(", "));
    let agreed = format!("entry agreed in: {}", words::agreed(&one.agreed_in));
    let told: Vec<String> = label.map(str::to_owned).into_iter().chain([on, agreed]).collect();
    page.spread(&format!("OPEN {}", one.entry), &told);
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

fn not_encoded(page: &mut Page, item: &ItemAnswer, label: Option<&str>) {
    if item.lists.values().all(|on| on.not_encoded.is_empty()) {
        return;
    }
    let label = label.map_or(String::new(), |l| format!("{l}: "));
    page.heading("NOT ENCODED", &format!("{label}no executable form, so not ruled out"));
    for (list, on) in item.lists.iter().filter(|(_, on)| !on.not_encoded.is_empty()) {
        let told = format!("{}: {}", words::count(on.not_encoded.len(), "entry", "entries"), words::few(&on.not_encoded, CODES_MAX));
        page.under(2, (list, list.chars().count() + 2, Ink::Plain), &told, Ink::Plain);
    }
}

/// `MATCHED`: for a classification alone, every provision that names the item, with its tests.
pub fn classified(page: &mut Page, item: &ItemAnswer) {
    let named = shared(item, |on| &on.matched, |a: &Matched, b: &Matched| a.entry == b.entry && a.limbs == b.limbs);
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
