//! The answer to a deal, made of its steps: reach, screen, classify, decide. Each step is public and gives a plain value.

use std::collections::{BTreeMap, BTreeSet};

use comity_model::answer::{Answer, FirstWord, ItemAnswer, LawAnswer, LawbookStamp, PartyStatus, Question};
use comity_model::date::Day;
use comity_model::deal::{Deal, Item, Role};
use comity_model::edition::EditionFault;
use comity_model::fact::FactSource;
use comity_model::lawbook::Lawbook;
use comity_model::listing::MeasureStatus;
use comity_model::mandate::{Evidence, ImposedBy};
use comity_model::place::StateCode;
use comity_model::rule::Outcome;

use crate::classify::{self, Classified, Frame, SPECIALLY_DESIGNED_FOR};
use crate::decide::{Chosen, Court, Evidenced};
use crate::flip;
use crate::items;
use crate::laws;
use crate::screen::{self, Profile, Shelf};

/// Judges a deal.
///
/// # Errors
/// When an edition of a party list is damaged.
pub fn answer(
    book: &Lawbook,
    deal: &Deal,
    shelf: &Shelf<'_>,
    day: Day,
    profile: &Profile,
) -> Result<Answer, EditionFault> {
    let frame = Frame { book, deal, day };
    let parties = screen::screen(book, deal, shelf, day, profile)?;
    let classified = classify_all(frame);
    let lists: BTreeSet<String> = shelf.covering().map(|e| e.meta.list.to_string()).collect();
    let evidence = Evidenced { items: &classified, parties: &parties, lists: &lists };
    let laws = judge(frame, evidence);
    let item_answers: Vec<ItemAnswer> = deal
        .items
        .iter()
        .zip(&classified)
        .enumerate()
        .map(|(i, (item, c))| items::item(frame, i, item, c))
        .collect();
    let outcome = laws.iter().map(|l| l.outcome).max().unwrap_or(Outcome::Undetermined);
    let open = laws.iter().any(|l| l.best.is_some() || l.outcome == Outcome::NotJudged);
    let best =
        laws.iter().filter(|l| l.outcome != Outcome::NotJudged).map(|l| l.best.unwrap_or(l.outcome)).max();
    let worst =
        laws.iter().filter(|l| l.outcome != Outcome::NotJudged).map(|l| l.worst.unwrap_or(l.outcome)).max();
    let stamps = shelf.stamps(day, &parties);
    let lists_missing = lists_missing(frame, evidence);
    let questions = questions(frame, &laws, &item_answers);
    let mut answer = Answer {
        id: deal.id.clone(),
        as_of: day,
        lawbook: LawbookStamp { digest: book.digest().to_owned(), date: book.date() },
        register: stamps,
        lists_missing,
        outcome,
        best: open.then_some(best).flatten(),
        worst: open.then_some(worst).flatten(),
        first_word: FirstWord::of(outcome),
        summary: Vec::new(),
        deal: deal_line(deal),
        parties: parties.clone(),
        items: item_answers,
        laws,
        questions,
        would_change: flip::flips(frame, evidence),
        next: Vec::new(),
        notices: Vec::new(),
    };
    answer.summary = summary(&answer);
    answer.next = next(frame, &answer);
    answer.notices = notices(frame, &answer);
    Ok(answer)
}

/// Classifies every item; items that are alike are classified once.
#[must_use]
pub fn classify_all(frame: Frame<'_>) -> Vec<Classified> {
    let mut done: Vec<Classified> = Vec::with_capacity(frame.deal.items.len());
    for (i, item) in frame.deal.items.iter().enumerate() {
        let same = frame.deal.items.iter().take(i).position(|other| laws::alike(other, item));
        let classified = same.and_then(|j| done.get(j).cloned());
        done.push(classified.unwrap_or_else(|| classify::classify(frame, item)));
    }
    done
}

/// Every law: the packs in their one order, then the States on the way whose law no pack holds.
#[must_use]
pub fn judge(frame: Frame<'_>, evidence: Evidenced<'_>) -> Vec<LawAnswer> {
    let mut answers: Vec<LawAnswer> =
        frame.book.packs().iter().map(|pack| laws::law(frame, evidence, pack)).collect();
    for (state, why) in unheld_laws(frame) {
        answers.push(laws::not_judged(frame, state, why));
    }
    answers.sort_by(|a, b| (a.imposed_by, &a.law).cmp(&(b.imposed_by, &b.law)));
    answers
}

/// States whose own law may speak here and that no pack holds, with the reason.
#[must_use]
pub fn unheld_laws(frame: Frame<'_>) -> Vec<(StateCode, &'static str)> {
    let deal = frame.deal;
    let held = |state: StateCode| frame.book.packs().iter().any(|p| p.state == Some(state));
    let mut found: BTreeMap<StateCode, &'static str> = BTreeMap::new();
    let mut add = |state: Option<StateCode>, why: &'static str| {
        if let Some(state) = state.filter(|s| !held(*s)) {
            found.entry(state).or_insert(why);
        }
    };
    add(deal.from.as_ref().map(|p| p.state), "the item leaves from there");
    for party in deal.parties.iter().filter(|p| matches!(p.role, Role::Exporter | Role::Broker)) {
        add(party.nationality, "nationality of who acts");
        add(party.state, "who acts is there");
    }
    for leg in &deal.legs {
        add(Some(leg.place.state), "on the route");
    }
    for item in &deal.items {
        add(item.origin, "origin of an item");
        for part in item.content.iter().flatten() {
            add(Some(part.state), "origin of content");
        }
    }
    found.into_iter().collect()
}

/// Party lists that rules ask for and that are not on this machine, or that this lawbook cannot read.
fn lists_missing(frame: Frame<'_>, evidence: Evidenced<'_>) -> Vec<String> {
    let mut missing: BTreeSet<String> = BTreeSet::new();
    for source in &frame.book.basics().sources.lists {
        if !evidence.lists.contains(source.id.as_str()) {
            missing.insert(source.id.to_string());
        }
    }
    for pack in frame.book.packs() {
        missing.extend(Court::new(frame, evidence, pack, None, Chosen::new()).lists_not_covered());
    }
    missing.into_iter().collect()
}

/// The deal in a line.
#[must_use]
pub fn deal_line(deal: &Deal) -> String {
    let mut parts = Vec::new();
    match deal.items.as_slice() {
        [] => parts.push("no item named".to_owned()),
        [item] => parts.push(item_line(item)),
        [first, ..] => parts.push(format!("{} items, first: {}", deal.items.len(), item_line(first))),
    }
    if let [item] = deal.items.as_slice()
        && let Some(value) = &item.value
    {
        parts.push(format!("{} {}", value.currency, value.amount));
    }
    let mut route: Vec<String> = vec![deal.from.as_ref().map_or("?".to_owned(), ToString::to_string)];
    route.extend(deal.legs.iter().map(|leg| leg.place.to_string()));
    route.push(deal.to.as_ref().map_or("?".to_owned(), ToString::to_string));
    parts.push(format!("{} {}", deal.activity, route.join(" > ")));
    if let Some(purpose) = &deal.end_use.purpose {
        parts.push(purpose.iter().map(|p| p.word().replace('_', " ")).collect::<Vec<_>>().join("/"));
    }
    let mut line = parts.join(", ");
    if let Some(text) = &deal.end_use.text {
        line.push_str(&format!(": \"{text}\""));
    }
    line
}

fn item_line(item: &Item) -> String {
    match &item.quantity {
        Some(quantity) => format!("{quantity} x {}", item.description),
        None => item.description.clone(),
    }
}

/// The counts behind the first word.
fn summary(answer: &Answer) -> Vec<String> {
    let count = |outcome: Outcome| answer.laws.iter().filter(|l| l.outcome == outcome).count();
    let laws = |n: usize| if n == 1 { "1 law".to_owned() } else { format!("{n} laws") };
    let verb = |n: usize, one: &str, many: &str| if n == 1 { one.to_owned() } else { many.to_owned() };
    let mut lines = Vec::new();
    let mut say = |outcome: Outcome, one: &str, many: &str| {
        let n = count(outcome);
        if n > 0 {
            lines.push(format!("{} {}.", laws(n), verb(n, one, many)));
        }
    };
    say(Outcome::Prohibited, "prohibits it", "prohibit it");
    say(
        Outcome::LicencePresumptionOfDenial,
        "requires a licence and presumes denial",
        "require a licence and presume denial",
    );
    say(Outcome::LicenceRequired, "requires a licence", "require a licence");
    say(Outcome::NotifyAndWait, "requires notice and waiting", "require notice and waiting");
    say(Outcome::Undetermined, "is undetermined", "are undetermined");
    say(Outcome::Contested, "is contested between States", "are contested between States");
    say(Outcome::NotJudged, "could not be judged", "could not be judged");
    say(
        Outcome::AuthorisedGenerally,
        "is met by a general authorisation, under its conditions",
        "are met by general authorisations, under their conditions",
    );
    say(Outcome::DutyOnly, "asks for duties", "ask for duties");
    let stale = answer.register.iter().filter(|e| e.stale).count();
    if answer.register.is_empty() && !answer.parties.is_empty() {
        lines.push("No party was screened: there is no list on this machine.".to_owned());
    } else if stale > 0 {
        lines.push(format!("{stale} {} old.", verb(stale, "list is", "lists are")));
    }
    if lines.is_empty() {
        lines.push("No requirement was found by the laws and lists named.".to_owned());
    }
    lines
}

/// The missing facts as questions, the most decisive first: those that most laws ask for.
fn questions(frame: Frame<'_>, laws: &[LawAnswer], items: &[ItemAnswer]) -> Vec<Question> {
    let mut asked: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for law in laws {
        for fact in &law.missing {
            asked.entry(fact.clone()).or_default().push(law.law.clone());
        }
    }
    for item in items {
        for (list, on) in &item.lists {
            for open in &on.undetermined {
                for fact in &open.missing {
                    let by = asked.entry(format!("item[{}].{fact}", item.item)).or_default();
                    let code = format!("{list}:{}", open.entry);
                    if !by.contains(&code) {
                        by.push(code);
                    }
                }
            }
        }
    }
    let basics = frame.book.basics();
    let mut questions: Vec<Question> = asked
        .into_iter()
        .filter_map(|(fact, asked_by)| {
            let leaf = fact.rsplit('.').next().unwrap_or(&fact);
            let def = basics.item_facts.get(leaf).or_else(|| basics.deal_facts.get(leaf));
            let ask = match (def, fact.as_str()) {
                (Some(def), _) => {
                    let unit = def.unit.as_deref().filter(|u| *u != "1").map_or(String::new(), |u| format!(" (in {u})"));
                    format!("{}{unit}", def.ask)
                }
                (None, "end_use.purpose") => "What is the item for? Name one or more of the twelve classes of end use.".to_owned(),
                (None, "end_use.knowledge") => "What do you know of a use of concern: none, suspect, should_know or know?".to_owned(),
                (None, "end_use.informed") => "Has the authority informed you that the items may be for a use of concern? (facts.informed_by_authority = false if not)".to_owned(),
                (None, "to") => "What is the ultimate destination?".to_owned(),
                (None, "from") => "Where does the item leave from?".to_owned(),
                (None, "party") => "Who takes part: consignee, end-user, others?".to_owned(),
                (None, _) if leaf == "class" => "What kind of thing is it? (comity controls classes)".to_owned(),
                (None, _) if leaf == "origin" => "What is the origin of the item?".to_owned(),
                (None, _) if leaf == "hs" => "What is its tariff code?".to_owned(),
                (None, _) if leaf == "content" => "Which share of the value has which origin?".to_owned(),
                (None, _) if leaf == "contains" => "What does it contain? Give the parts, or an empty list.".to_owned(),
                (None, _) if leaf == SPECIALLY_DESIGNED_FOR => "Is it specially designed for something? Name its class, or none.".to_owned(),
                (None, other) if other.starts_with("same_as:") => {
                    let id = other.trim_start_matches("same_as:");
                    format!("Is the party the listed one, {id}? Say same_as or not_same_as, with why.")
                }
                _ => return None,
            };
            Some(Question { fact, ask, asked_by })
        })
        .collect();
    let judged = |q: &Question| {
        let leaf = q.fact.rsplit('.').next().unwrap_or(&q.fact);
        leaf == SPECIALLY_DESIGNED_FOR || basics.item_facts.get(leaf).is_some_and(|d| d.judged)
    };
    questions.sort_by_key(|q| (judged(q), usize::MAX - q.asked_by.len(), q.fact.clone()));
    questions
}

/// At most seven next steps, each a verb with its provision or reason.
fn next(frame: Frame<'_>, answer: &Answer) -> Vec<String> {
    let mut steps: Vec<String> = Vec::new();
    let mut add = |step: String| {
        if steps.len() < 7 && !steps.contains(&step) {
            steps.push(step);
        }
    };
    let mut ranked: Vec<&LawAnswer> = answer.laws.iter().collect();
    ranked.sort_by(|a, b| b.outcome.cmp(&a.outcome).then_with(|| a.imposed_by.cmp(&b.imposed_by)));
    let mut by_law = 0;
    for law in
        ranked.iter().filter(|l| l.outcome > Outcome::NoRequirementFound && l.outcome != Outcome::NotJudged)
    {
        let Some(pack) = frame.book.pack(&law.law) else { continue };
        let authority = authority(frame, pack);
        let mut rules: Vec<(&str, Outcome)> = law
            .prohibitions
            .iter()
            .chain(&law.requirements)
            .filter(|r| r.fires == "true" && r.cancelled_by.is_none())
            .map(|r| (r.rule.as_str(), r.effect))
            .collect();
        rules.sort_by_key(|(_, effect)| std::cmp::Reverse(*effect));
        let applied = law.authorisations.iter().filter(|a| a.status == "applies");
        let names: Vec<&str> = rules.iter().map(|(r, _)| *r).chain(applied.map(|a| a.id.as_str())).collect();
        for name in names {
            let rule = pack.rules.iter().find(|r| r.id == name);
            if let Some(step) = rule.and_then(|r| r.next.as_ref().map(|n| (n, &r.cite)))
                && by_law < 3
            {
                by_law += 1;
                add(format!("{} ({})", step.0.replace("{authority}", &authority), step.1));
            } else if let Some(rule) = rule
                && by_law < 3
            {
                let verb = match rules.iter().find(|(r, _)| *r == name).map(|(_, effect)| *effect) {
                    Some(Outcome::Prohibited) => "Stop; the act is prohibited".to_owned(),
                    Some(Outcome::NotifyAndWait) => format!("Notify {authority} and wait for its decision"),
                    Some(_) => format!("Stop the shipment; ask {authority} for a licence"),
                    None => continue,
                };
                by_law += 1;
                add(format!("{verb} ({})", rule.cite));
            }
        }
    }
    for party in &answer.parties {
        for hit in party.hits.iter().filter(|h| h.status == PartyStatus::Possible) {
            add(format!(
                "Compare \"{}\" with {} ({}), then say same_as or not_same_as",
                party.name, hit.name, hit.id
            ));
        }
    }
    for question in answer.questions.iter().take(3) {
        add(format!("Answer {}: {}", question.fact, question.ask));
    }
    for law in answer.laws.iter().filter(|l| l.outcome == Outcome::NotJudged && l.known_as_of.is_none()) {
        add(format!("Ask for the rules of {} (not judged here)", law.law.to_uppercase()));
    }
    if answer.register.is_empty() && !answer.parties.is_empty() {
        add("Load the party lists: comity update (no party was screened)".to_owned());
    }
    let stale: Vec<&str> = answer.register.iter().filter(|e| e.stale).map(|e| e.list.as_str()).collect();
    if !stale.is_empty() {
        let ages: Vec<i64> = answer.register.iter().filter(|e| e.stale).map(|e| e.age_days).collect();
        add(if stale.len() <= NAMED_MAX {
            let ages: Vec<String> = ages.iter().map(i64::to_string).collect();
            format!("Refresh: comity update --only {} ({} days old)", stale.join(","), ages.join(", "))
        } else {
            let (least, most) = (ages.iter().min(), ages.iter().max());
            let ages = least.zip(most).map_or(String::new(), |(a, b)| format!(", {a} to {b} days old"));
            format!("Refresh: comity update ({} lists{ages})", stale.len())
        });
    }
    if answer.outcome > Outcome::NoRequirementFound {
        add("File this answer with the papers of the deal".to_owned());
    }
    steps
}

/// So many old lists are named in a step; of more, their number.
const NAMED_MAX: usize = 4;

fn authority(frame: Frame<'_>, pack: &comity_model::rule::Pack) -> String {
    let from = frame.deal.from.as_ref().map(|p| p.state);
    from.and_then(|state| pack.licensing.get(&state).cloned()).unwrap_or_else(|| match from {
        Some(state) if pack.authority != ImposedBy::National => format!("the licensing authority of {state}"),
        _ => "the licensing authority".to_owned(),
    })
}

/// What the reader should know of the data behind the answer.
fn notices(frame: Frame<'_>, answer: &Answer) -> Vec<String> {
    let mut notices = Vec::new();
    for law in &answer.laws {
        for rule in
            law.requirements.iter().chain(&law.prohibitions).filter(|r| r.evidence == Evidence::Memory)
        {
            let note = format!("{}: its text was not read (memory); it settles nothing", rule.rule);
            if !notices.contains(&note) {
                notices.push(note);
            }
        }
    }
    for hit in answer.parties.iter().flat_map(|p| &p.hits) {
        for measure in &hit.measures {
            let memory = measure.evidence == Evidence::Memory;
            if memory && measure.status != MeasureStatus::Removed.word() {
                notices.push(format!("{}: the mandate of this listing rests on memory", hit.id));
            }
        }
    }
    for (i, item) in frame.deal.items.iter().enumerate() {
        for (name, fact) in &item.facts {
            let judged = frame.book.basics().item_facts.get(name).is_some_and(|d| d.judged);
            let signed = matches!(&fact.source, FactSource::Judged { by: Some(_), on: Some(_), .. });
            if judged && !signed {
                notices.push(format!("item {}: {name} is a judgement; say by whom, when and why", i + 1));
            }
        }
    }
    for party in &frame.deal.parties {
        for judged in &party.not_same_as {
            let why = judged.why.as_ref().map_or("no reason given".to_owned(), Clone::clone);
            notices.push(format!("\"{}\" is said not to be {}: {why}", party.name, judged.listing));
        }
    }
    for stamp in &answer.register {
        if let Some(why) = &stamp.refused {
            notices.push(format!("{}: a later file was not taken: {why}", stamp.list));
        }
    }
    notices.dedup();
    notices
}
