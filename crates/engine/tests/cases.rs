//! The cases of the packs (`data/packs/*/cases/*.jsonl`): every rule has a hit, a miss and an edge, each with the outcome that its law gives.
//!
//! A case states a deal in short; `"rest": "none"` makes every fact that it does not state false or empty. The entry that an item falls under is
//! given, with its reasons for control, so that a case tests the law and not the classification.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at the first thing that is not as it should be"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use comity_engine::classify::{At, Classified, Frame, NotEncoded, OnList};
use comity_engine::decide::{Chosen, Court, Evidenced};
use comity_engine::laws::law;
use comity_model::answer::{Hit, LawAnswer, MeasureAnswer, PartyAnswer, PartyStatus, Score};
use comity_model::control::{ControlList, Encoded, Entry, EntryVersion, ItemKind, Provision, Reason, head};
use comity_model::date::{Day, Period};
use comity_model::deal::{
    Activity, ContentPart, Deal, EndUse, Item, Knowledge, KnowledgeLevel, Leg, Party, Role, UseClass,
};
use comity_model::fact::{Fact, FactKind, FactValue, Facts};
use comity_model::lawbook::{Lawbook, Parts};
use comity_model::listing::MeasureStatus;
use comity_model::mandate::{Evidence, ImposedBy, Mandate};
use comity_model::place::Place;
use comity_model::rule::{Effect, Outcome};
use comity_model::truth::Truth;
use serde_json::Value;

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data")
}

fn book() -> &'static Lawbook {
    static BOOK: OnceLock<Lawbook> = OnceLock::new();
    BOOK.get_or_init(|| {
        comity_pack::compile::lawbook(&data(), &[])
            .unwrap_or_else(|faults| panic!("{} faults in data/", faults.len()))
    })
}

struct Case {
    place: String,
    pack: String,
    json: Value,
}

fn cases() -> Vec<Case> {
    let mut found = Vec::new();
    for pack in fs::read_dir(data().join("packs")).unwrap().map(|e| e.unwrap().path()) {
        let Ok(files) = fs::read_dir(pack.join("cases")) else { continue };
        for file in files.map(|e| e.unwrap().path()) {
            for (n, line) in
                fs::read_to_string(&file).unwrap().lines().enumerate().filter(|(_, l)| !l.trim().is_empty())
            {
                let pack = pack.file_name().unwrap().to_string_lossy().into_owned();
                let place = format!("{pack}/cases/{}:{}", file.file_name().unwrap().to_string_lossy(), n + 1);
                let json = serde_json::from_str(line).unwrap_or_else(|e| panic!("{place}: {e}"));
                found.push(Case { place, pack, json });
            }
        }
    }
    found.sort_by(|a, b| a.place.cmp(&b.place));
    found
}

fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(list)) => list.iter().map(|v| v.as_str().unwrap().to_owned()).collect(),
        Some(Value::String(text)) => vec![text.clone()],
        _ => Vec::new(),
    }
}

/// A lawbook whose control lists hold just the entry of the case, with the reasons and agreement that the case gives.
fn book_for(item: Option<&Value>) -> Made {
    static MADE: OnceLock<Mutex<BTreeMap<String, Made>>> = OnceLock::new();
    let key = ["entry", "agreed_in", "reason"]
        .map(|k| item.and_then(|i| i.get(k)).map_or(String::new(), Value::to_string))
        .join(" ");
    let made = MADE.get_or_init(Mutex::default);
    if let Some(known) = made.lock().unwrap().get(&key) {
        return known.clone();
    }
    let fresh = make_book(item);
    made.lock().unwrap().insert(key, fresh.clone());
    fresh
}

type Made = (Arc<Lawbook>, Option<(usize, String)>);

fn make_book(item: Option<&Value>) -> Made {
    let real = book();
    let entry = item.and_then(|i| i.get("entry")).and_then(Value::as_str).filter(|e| *e != "unknown");
    let mut placed = None;
    let controls = real
        .controls()
        .iter()
        .enumerate()
        .map(|(index, list)| {
            let mut short = ControlList { entries: Vec::new(), by_code: BTreeMap::new(), ..list.clone() };
            if let Some((id, code)) = entry.and_then(|e| e.split_once(':'))
                && id == list.id
            {
                let agreed: BTreeSet<_> = match item.and_then(|i| i.get("agreed_in")) {
                    Some(set) => texts(Some(set)).iter().map(|t| t.parse().unwrap()).collect(),
                    None => list.entry(head(code)).map(|e| e.agreed_in.clone()).unwrap_or_default(),
                };
                let path = code.split_once('.').map_or("", |(_, path)| path).to_owned();
                let reasons = texts(item.and_then(|i| i.get("reason")));
                let version = EntryVersion {
                    period: Period::ALWAYS,
                    encoded: Encoded::Whole,
                    source: String::new(),
                    evidence: Evidence::Read,
                    other_than: Vec::new(),
                    provisions: vec![Provision {
                        path,
                        ordinal: 0,
                        title: String::new(),
                        period: Period::ALWAYS,
                        parts: false,
                        limbs: Vec::new(),
                        agreed_in: None,
                        cite: String::new(),
                        text_hash: None,
                    }],
                    notes: Vec::new(),
                    reasons: reasons
                        .into_iter()
                        .map(|column| Reason {
                            column,
                            scope: vec![String::new()],
                            when: None,
                            cite: String::new(),
                        })
                        .collect(),
                };
                short.by_code.insert(head(code).to_owned(), 0);
                short.entries.push(Entry {
                    code: head(code).to_owned(),
                    title: String::new(),
                    kind: ItemKind::Goods,
                    gate: Vec::new(),
                    parts: Vec::new(),
                    agreed_in: agreed,
                    versions: vec![version],
                });
                placed = Some((index, code.to_owned()));
            }
            short
        })
        .collect();
    // A list that no reader knows yet, or that its publisher gives out on request only, counts here as one that is not loaded.
    let mut basics = real.basics().clone();
    basics.sources.lists.iter_mut().for_each(|s| s.needs_registration = false);
    for list in all_lists(real) {
        if let Some(source) = basics
            .sources
            .lists
            .first()
            .filter(|_| !basics.sources.lists.iter().any(|s| s.id.as_str() == list))
        {
            let mut source = source.clone();
            source.id = list.parse().unwrap();
            basics.sources.lists.push(source);
        }
    }
    let parts = Parts {
        basics,
        controls,
        packs: real.packs().to_vec(),
        states: real.states().clone(),
        ..Parts::default()
    };
    (Arc::new(Lawbook::open(parts.store([0; 32], real.date()).unwrap()).unwrap()), placed)
}

fn fact(book: &Lawbook, name: &str, value: &Value) -> Option<Fact> {
    let def = book.basics().deal_facts.get(name).unwrap_or_else(|| panic!("fact `{name}` is not declared"));
    let value = match (def.kind, value) {
        (_, Value::String(text)) if text == "unknown" => return None,
        (FactKind::Truth, Value::Bool(truth)) => FactValue::Truth(*truth),
        (FactKind::Word | FactKind::Words, value) => FactValue::Words(texts(Some(value))),
        (FactKind::Quantity, value) => {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            FactValue::Quantity(book.basics().units.parse(&text, def.dimension).unwrap())
        }
        (kind, value) => panic!("fact `{name}` of kind {kind:?} is {value}"),
    };
    Some(Fact::stated(value))
}

/// Every fact that the case leaves out: false or empty.
fn nothing_else(book: &Lawbook, facts: &mut Facts, unknown: &BTreeSet<&str>) {
    for def in book.basics().deal_facts.values() {
        let value = match def.kind {
            FactKind::Truth => FactValue::Truth(false),
            FactKind::Word | FactKind::Words => FactValue::Words(Vec::new()),
            FactKind::Quantity | FactKind::List | FactKind::Text => continue,
        };
        if !unknown.contains(def.name.as_str()) {
            facts.entry(def.name.clone()).or_insert_with(|| Fact::stated(value));
        }
    }
}

/// Every party list that a rule of the packs asks for.
fn all_lists(book: &Lawbook) -> BTreeSet<String> {
    let mut lists: BTreeSet<String> = book.basics().sources.lists.iter().map(|s| s.id.to_string()).collect();
    for rule in book.packs().iter().flat_map(|p| &p.rules) {
        rule.when.for_each_test(&mut |test| {
            if let comity_model::expr::Test::PartyOn { lists: asked, .. } = test {
                lists.extend(asked.iter().cloned());
            }
        });
    }
    lists
}

struct World {
    book: Arc<Lawbook>,
    deal: Deal,
    day: Day,
    classified: Vec<Classified>,
    parties: Vec<PartyAnswer>,
    lists: BTreeSet<String>,
}

const KNOWN: [&str; 17] = [
    "from",
    "to",
    "to_region",
    "via",
    "activity",
    "date",
    "item",
    "party_on",
    "program",
    "use",
    "informed",
    "aware",
    "should_know",
    "suspects",
    "rest",
    "exporter.state",
    "broker.state",
];

fn world(case: &Case) -> World {
    let facts = case.json.get("facts").and_then(Value::as_object).unwrap();
    let text = |key: &str| facts.get(key).and_then(Value::as_str);
    let item_json = facts.get("item");
    let (book, placed) = book_for(item_json);
    let rest = text("rest") == Some("none");
    let unknown: BTreeSet<&str> = facts
        .iter()
        .filter(|(_, v)| v.as_str() == Some("unknown"))
        .map(|(k, _)| k.rsplit('.').next().unwrap())
        .collect();
    let place = |key: &str| text(key).map(|code| Place { state: code.parse().unwrap(), region: None });
    let mut to = place("to");
    if let Some(to) = &mut to {
        let stated = text("to_region").map(str::to_owned).or(rest.then(|| "elsewhere".to_owned()));
        to.region = stated.filter(|region| region != "unknown");
    }
    let state = |key: &str| text(key).map(|c| c.parse().unwrap());
    let mut parties: Vec<Party> = Vec::new();
    for role in [Role::Exporter, Role::Consignee, Role::EndUser, Role::Broker] {
        let stated = state(&format!("{role}.state"));
        let own = match role {
            Role::Exporter => state("from"),
            Role::Broker if stated.is_none() => continue,
            Role::Broker => None,
            _ => state("to"),
        };
        let mut party_facts = Facts::new();
        for (key, value) in
            facts.iter().filter(|(k, _)| k.starts_with(&format!("{role}.")) && !k.ends_with(".state"))
        {
            let name = key.rsplit('.').next().unwrap();
            party_facts.extend(fact(&book, name, value).map(|f| (name.to_owned(), f)));
        }
        if rest {
            nothing_else(&book, &mut party_facts, &unknown);
        }
        parties.push(Party {
            state: stated.or(own),
            facts: party_facts,
            ..Party::named(role, "Example Party")
        });
    }
    let of_item = |key: &str| item_json.and_then(|i| i.get(key));
    let item = Item {
        description: String::new(),
        classes: Vec::new(),
        hs: of_item("hs").and_then(Value::as_str).map(|h| h.replace('.', "")).or(rest.then(|| "00".into())),
        quantity: None,
        value: None,
        origin: of_item("origin")
            .and_then(Value::as_str)
            .map(|c| c.parse().unwrap())
            .or(rest.then(|| "XX".parse().unwrap())),
        content: match of_item("content") {
            // The cases speak of controlled content: a part under the entry of the item itself.
            Some(Value::Object(shares)) if shares.values().all(Value::is_number) => Some(
                shares
                    .iter()
                    .map(|(state, share)| ContentPart {
                        state: state.parse().unwrap(),
                        percent: share.to_string().parse().unwrap(),
                        entry: of_item("entry").and_then(Value::as_str).map(str::to_owned),
                        class: None,
                        kind: None,
                        value: None,
                    })
                    .collect(),
            ),
            Some(_) => None,
            None => rest.then(Vec::new),
        },
        claimed: Vec::new(),
        facts: Facts::new(),
        contains: None,
    };
    let mut deal_facts = Facts::new();
    for (key, value) in facts.iter().filter(|(k, _)| !KNOWN.contains(&k.as_str()) && !k.contains('.')) {
        deal_facts.extend(fact(&book, key, value).map(|f| (key.clone(), f)));
    }
    if rest {
        nothing_else(&book, &mut deal_facts, &unknown);
    }
    let classes = |key: &str| -> BTreeSet<UseClass> {
        texts(facts.get(key)).iter().filter(|u| *u != "unknown").map(|u| u.parse().unwrap()).collect()
    };
    let mut levels: BTreeMap<UseClass, KnowledgeLevel> = BTreeMap::new();
    if rest {
        levels.extend(UseClass::ALL.iter().map(|u| (*u, KnowledgeLevel::None)));
    }
    for (key, level) in [
        ("suspects", KnowledgeLevel::Suspect),
        ("should_know", KnowledgeLevel::ShouldKnow),
        ("aware", KnowledgeLevel::Know),
    ] {
        levels.extend(classes(key).into_iter().map(|u| (u, level)));
    }
    if ["suspects", "should_know", "aware"].iter().any(|key| text(key) == Some("unknown")) {
        levels.clear();
    }
    let stated_or_rest = |key: &str| {
        (facts.contains_key(key) || rest).then(|| classes(key)).filter(|_| text(key) != Some("unknown"))
    };
    let day: Day = text("date").unwrap().parse().unwrap();
    let deal = Deal {
        id: None,
        date: Some(day),
        activity: text("activity").map_or(Activity::Export, |a| a.parse().unwrap()),
        from: place("from"),
        to,
        legs: texts(facts.get("via"))
            .iter()
            .map(|c| Leg {
                place: Place { state: c.parse().unwrap(), region: None },
                site: None,
                stop: None,
                carrier: None,
                vessel: None,
            })
            .collect(),
        parties,
        items: vec![item],
        end_use: EndUse {
            text: None,
            purpose: stated_or_rest("use"),
            knowledge: (!levels.is_empty()).then_some(Knowledge::ByUse(levels)),
            informed: stated_or_rest("informed"),
        },
        licences: Vec::new(),
        facts: deal_facts,
    };
    let classified = Classified {
        lists: (0..book.controls().len())
            .map(|list| OnList {
                matched: placed
                    .iter()
                    .filter(|(at, _)| *at == list)
                    .map(|(_, code)| At { entry: 0, version: Some(0), provision: 0, code: code.clone() })
                    .collect(),
                // An item that is not classified yet may fall under any entry.
                not_encoded: if of_item("entry").and_then(Value::as_str) == Some("unknown") {
                    vec![NotEncoded { entry: 0, by_parts: false, by_class: true }]
                } else {
                    Vec::new()
                },
                ..OnList::default()
            })
            .collect(),
    };
    let asked = texts(facts.get("party_on"));
    let mut lists = all_lists(&book);
    let mut hits = Vec::new();
    for list in &asked {
        if let Some(missing) = list.strip_suffix('?') {
            lists.remove(missing);
            continue;
        }
        let programmes = texts(facts.get("program").and_then(|p| p.get(list)));
        hits.push(Hit {
            id: format!("{list}/1"),
            name: "Example Party".into(),
            score: Score::new(1.0),
            status: PartyStatus::Hit,
            evidence: Vec::new(),
            measures: vec![MeasureAnswer {
                programmes,
                ..MeasureAnswer::new(
                    list,
                    Mandate {
                        imposed_by: ImposedBy::Un,
                        agreed_in: BTreeSet::new(),
                        ground: Vec::new(),
                        instrument: String::new(),
                    },
                    MeasureStatus::InForce,
                    Evidence::Read,
                )
            }],
            same_party: Vec::new(),
        });
    }
    let status = if hits.is_empty() { PartyStatus::NoHit } else { PartyStatus::Hit };
    let answers = deal
        .parties
        .iter()
        .enumerate()
        .map(|(i, p)| PartyAnswer {
            role: p.role.to_string(),
            name: p.name.clone(),
            status,
            hits: if i == 0 { hits.clone() } else { Vec::new() },
        })
        .collect();
    World { book, deal, day, classified: vec![classified], parties: answers, lists }
}

fn told(answer: &LawAnswer) -> String {
    match answer.outcome {
        Outcome::Undetermined => format!(
            "undetermined:{}..{}",
            answer.best.map_or("", Outcome::word),
            answer.worst.map_or("", Outcome::word)
        ),
        Outcome::Contested => {
            let positions: Vec<String> = answer
                .contested
                .iter()
                .map(|p| match (p.best, p.worst) {
                    (Some(best), Some(worst)) => format!("{}=undetermined:{best}..{worst}", p.position),
                    _ => format!("{}={}", p.position, p.outcome.map_or("", Outcome::word)),
                })
                .collect();
            format!("contested:{}", positions.join(";"))
        }
        other => other.word().to_owned(),
    }
}

#[test]
fn every_case_of_every_pack_comes_out_as_it_says() {
    let mut failures = Vec::new();
    let mut by_kind: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    let cases = cases();
    for case in &cases {
        let world = world(case);
        let frame = Frame { book: &world.book, deal: &world.deal, day: world.day };
        let evidence = Evidenced { items: &world.classified, parties: &world.parties, lists: &world.lists };
        let pack = world.book.pack(&case.pack).unwrap();
        let field = |key: &str| {
            case.json.get(key).and_then(Value::as_str).unwrap_or_else(|| panic!("{}: no {key}", case.place))
        };
        let (rule, kind, expect, why) = (field("rule"), field("kind"), field("expect"), field("why"));
        let index = pack
            .rules
            .iter()
            .position(|r| r.id == rule)
            .unwrap_or_else(|| panic!("{}: no rule {rule}", case.place));
        by_kind.entry((case.pack.clone(), rule.to_owned())).or_default().insert(kind.to_owned());
        let answer = law(frame, evidence, pack);
        let got = told(&answer);
        if got != expect {
            failures.push(format!(
                "{} {rule} ({kind}, {why}): expected {expect}, got {got}; open {:?}",
                case.place, answer.missing
            ));
        }
        let court = Court::new(frame, evidence, pack, Some(0), Chosen::new());
        let fires = court.decide().rules.get(index).copied().unwrap();
        let wrong = match kind {
            "hit" => fires.is_false(),
            "miss" => fires != Truth::False,
            _ => false,
        };
        if wrong {
            failures.push(format!("{} {rule}: a {kind}, and the rule came out {fires:?}", case.place));
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {} cases fail:\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n")
    );
    for pack in book().packs() {
        for rule in &pack.rules {
            let kinds = by_kind.get(&(pack.id.clone(), rule.id.clone())).cloned().unwrap_or_default();
            for kind in ["hit", "miss", "edge"] {
                assert!(kinds.contains(kind), "rule {} of pack {} has no {kind}", rule.id, pack.id);
            }
        }
    }
    println!("{} cases hold", cases.len());
}

/// A burden that no case tells apart would be a rule that could be dropped unseen.
#[test]
fn every_requirement_is_the_reason_of_some_expected_outcome() {
    let book = book();
    let names: BTreeSet<&str> = book
        .packs()
        .iter()
        .flat_map(|p| &p.rules)
        .filter(|r| !matches!(r.effect, Effect::Authorise { .. } | Effect::Restrict(_) | Effect::Duty(_)))
        .map(|r| r.id.as_str())
        .collect();
    let hit: BTreeSet<String> = cases()
        .iter()
        .filter(|c| c.json["kind"] == "hit")
        .map(|c| c.json["rule"].as_str().unwrap().to_owned())
        .collect();
    let without: Vec<&&str> = names.iter().filter(|n| !hit.contains(**n)).collect();
    assert!(without.is_empty(), "no hit for {without:?}");
}
