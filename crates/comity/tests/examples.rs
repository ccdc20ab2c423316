//! Every example deal is run through the real program, and what it states in its comments must come out: with the invented lists of
//! `examples/lists`, and with an empty register.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use comity::world::{self, Editions};
use comity_engine::answer::answer;
use comity_engine::screen::Profile;
use comity_model::answer::Answer;
use comity_model::fact::FactKind;
use comity_model::lawbook::Lawbook;
use comity_register::Register;
use common::{When, comity, differences, empty, examples, expectations, listed, repo, words};
use serde_json::Value;

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

fn check(path: &Path, data: &Path) -> common::Run {
    comity(data).arg("--json").arg("check").arg(path).run().with_status(0)
}

#[test]
fn every_example_comes_out_as_it_says() {
    let mut faults = Vec::new();
    for path in examples() {
        let text = std::fs::read_to_string(&path).unwrap();
        let all = expectations(&text).unwrap_or_else(|e| panic!("{}: {e}", name(&path)));
        for (when, data) in [(When::Listed, listed()), (When::Empty, empty())] {
            let expected: Vec<_> = all.iter().filter(|e| e.when == when).cloned().collect();
            assert!(!expected.is_empty(), "{} has no expectation {when:?}", name(&path));
            let answer = check(&path, data).json();
            faults.extend(
                differences(&answer, &expected).into_iter().map(|f| format!("{} {when:?}: {f}", name(&path))),
            );
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(examples().len() >= 12, "examples only grow in number");
}

#[test]
fn an_expectation_that_does_not_hold_is_seen() {
    let answer = check(&repo("examples/pump-drive.toml"), listed()).json();
    let of = |text: &str| differences(&answer, &expectations(text).unwrap());
    let right = std::fs::read_to_string(repo("examples/pump-drive.toml")).unwrap();
    let right: String =
        right.lines().filter(|l| l.starts_with("# expect:")).map(|l| format!("{l}\n")).collect();
    assert_eq!(of(&right), Vec::<String>::new());
    for (from, to) in [
        ("eu = licence_required", "eu = prohibited"),
        ("1.eu.matched = 3A225", "1.eu.matched = none"),
        ("1.eu.matched = 3A225", "1.eu.matched = 3A225, 3A226"),
        ("eu.authorised = none", "eu.authorised = EU001"),
        ("end-user = no_hit", "end-user = hit"),
        ("us.hook = none", "us.hook = content"),
        ("us.hook = none", "us.whatever = none"),
        ("us = out_of_scope", "cn = out_of_scope"),
    ] {
        assert!(right.contains(from));
        assert!(!of(&right.replace(from, to)).is_empty(), "`{to}` went unseen");
    }
    assert!(
        !of("# expect: outcome = licence_required").is_empty(),
        "laws of which the example says nothing went unseen"
    );
    assert!(expectations("# expect: outcome licence_required").is_err());
    assert!(expectations("# expects: outcome = licence_required").is_err());
}

#[test]
fn the_same_command_twice_gives_the_same_bytes() {
    let other = tempfile::TempDir::new().unwrap();
    comity(other.path()).args(["update", "--from", "examples/lists"]).run().with_status(0);
    let modes: &[&[&str]] = &[&["--json"], &[], &["--explain"], &["--json", "--explain"]];
    for path in examples() {
        let all = ["pump-drive.toml", "listed-trader.toml"].contains(&name(&path).as_str());
        for flags in if all { modes } else { &modes[..1] } {
            let run = |data: &Path| comity(data).arg("check").args(*flags).arg(&path).run().with_status(0);
            let (first, second) = (run(listed()), run(other.path()));
            assert_eq!(first.stdout, second.stdout, "{} {flags:?}", name(&path));
            assert!(!first.stdout.is_empty());
        }
    }
}

#[test]
fn an_answer_holds_for_the_day_that_was_asked() {
    let path = repo("examples/pump-drive.toml");
    let of = |day: &str| {
        comity(listed()).args(["--json", "--as-of", day, "check"]).arg(&path).run().with_status(0).json()
    };
    let own = check(&path, listed()).json();
    assert_eq!(own["as_of"], "2026-11-21", "the deal's own day");
    assert_eq!(of("2026-11-21"), own);
    let later = of("2026-12-31");
    assert_eq!(later["as_of"], "2026-12-31");
    assert_eq!(later["outcome"], "licence_required");
    // Before the Regulation of 2021 its pack holds nothing: open, never free.
    let before = of("2021-09-08");
    let law = |answer: &Value, law: &str| {
        answer["laws"].as_array().unwrap().iter().find(|l| l["law"] == law).unwrap().clone()
    };
    assert_eq!(law(&before, "eu")["outcome"], "undetermined");
    assert!(words(&law(&before, "eu"), "missing/*").contains(&"gap:EU-before-2021".to_owned()));
    // Before the first edition on this machine no party was screened.
    assert_eq!(before["parties"][0]["status"], "not_screened");
    assert_eq!(before["register"].as_array().unwrap().len(), 0);
    assert_eq!(law(&before, "un")["outcome"], "undetermined");
}

#[test]
fn an_empty_register_never_looks_like_a_clean_result() {
    for path in examples() {
        let run = check(&path, empty());
        let answer = run.json();
        assert_eq!(
            set_of(&answer, "parties/*/status"),
            BTreeSet::from(["not_screened".to_owned()]),
            "{}",
            name(&path)
        );
        let un = answer["laws"].as_array().unwrap().iter().find(|l| l["law"] == "un").unwrap();
        assert!(
            ["undetermined", "prohibited"].contains(&un["outcome"].as_str().unwrap()),
            "{}: un is {}",
            name(&path),
            un["outcome"]
        );
        assert_eq!(un["worst"].as_str().unwrap_or("prohibited"), "prohibited");
        assert!(answer["lists_missing"].as_array().unwrap().contains(&Value::from("un/sc")));
        assert!(run.stderr.contains("no party was screened"), "{}: {}", name(&path), run.stderr);
        let text = comity(empty()).arg("check").arg(&path).run().with_status(0);
        assert!(text.stderr.contains("no party was screened"));
        for word in ["allowed", "permitted", "is free", "safe", "all clear"] {
            assert!(
                !text.stdout.to_lowercase().contains(word),
                "{} says `{word}`:\n{}",
                name(&path),
                text.stdout
            );
        }
    }
}

fn set_of(value: &Value, path: &str) -> BTreeSet<String> {
    words(value, path).into_iter().collect()
}

/// An answer as far as it decides: outcomes and ends of the laws, and the four sets of each list.
#[derive(Debug, PartialEq)]
struct Decided {
    laws: BTreeMap<String, String>,
    lists: BTreeMap<(usize, String), String>,
}

fn decided(answer: &Answer) -> Decided {
    Decided {
        laws: answer
            .laws
            .iter()
            .map(|l| (l.law.clone(), format!("{:?} {:?} {:?} {:?}", l.outcome, l.best, l.worst, l.by_item)))
            .collect(),
        lists: answer
            .items
            .iter()
            .flat_map(|i| i.lists.iter().map(move |(list, on)| ((i.item, list.clone()), on)))
            .map(|(key, on)| {
                let matched: Vec<_> = on.matched.iter().map(|m| &m.entry).collect();
                let excluded: Vec<_> = on.excluded.iter().map(|m| &m.entry).collect();
                let open: Vec<_> = on.undetermined.iter().map(|m| &m.entry).collect();
                (key, format!("{matched:?} {excluded:?} {open:?} {:?}", on.not_encoded))
            })
            .collect(),
    }
}

fn missing(answer: &Answer) -> BTreeSet<String> {
    let of_laws = answer.laws.iter().flat_map(|l| l.missing.iter().cloned());
    let of_items = answer.items.iter().flat_map(|i| {
        i.lists
            .values()
            .flat_map(|on| &on.undetermined)
            .flat_map(|u| &u.missing)
            .map(|fact| format!("item[{}].{fact}", i.item))
    });
    of_laws.chain(of_items).collect()
}

/// The program without its command line.
struct World {
    book: Lawbook,
    editions: Editions,
}

impl World {
    fn new() -> Self {
        let book = world::embedded().unwrap();
        let register = Register::open(listed()).unwrap();
        let editions = Editions::open(&register, &book, "2026-11-21".parse().unwrap()).unwrap();
        Self { book, editions }
    }

    fn answer(&self, what: &str, text: &str) -> Answer {
        let deal = comity::deal_file::read(what, text, &self.book)
            .unwrap_or_else(|f| panic!("{what}: {f:?}\n{text}"));
        let shelf = self.editions.shelf().unwrap();
        answer(&self.book, &deal, &shelf, "2026-11-21".parse().unwrap(), &Profile::default()).unwrap()
    }

    /// Values to try for a fact, as a deal would write them.
    fn trials(&self, fact: &str) -> Vec<String> {
        let leaf = fact.rsplit('.').next().unwrap();
        match leaf {
            "knowledge" => {
                return ["none", "suspect", "should_know", "know"].map(|w| format!("\"{w}\"")).into();
            }
            "purpose" => {
                return ["civil", "military", "nuclear_explosive"].map(|w| format!("\"{w}\"")).into();
            }
            "to_region" => return vec!["\"PK-SD\"".into()],
            "specially_designed_for" => {
                return ["none", "gas_centrifuge", "valve"].map(|w| format!("\"{w}\"")).into();
            }
            _ => {}
        }
        let basics = self.book.basics();
        let Some(def) = basics.item_facts.get(leaf).or_else(|| basics.deal_facts.get(leaf)) else {
            return Vec::new();
        };
        match def.kind {
            FactKind::Truth => vec!["true".into(), "false".into()],
            FactKind::Quantity => {
                let unit =
                    def.unit.as_deref().filter(|u| *u != "1").map_or(String::new(), |u| format!(" {u}"));
                ["0", "1", "1000000"].map(|n| format!("\"{n}{unit}\"")).into()
            }
            FactKind::Word | FactKind::Words if def.values.is_empty() => {
                vec!["\"none\"".into(), "\"2B350.a\"".into()]
            }
            FactKind::Word | FactKind::Words => {
                let none = (def.kind == FactKind::Words).then(|| "[]".to_owned());
                none.into_iter().chain(def.values.iter().map(|v| format!("\"{v}\""))).collect()
            }
            FactKind::List => vec!["[]".into()],
            FactKind::Text => Vec::new(),
        }
    }
}

/// The deal with one fact more; none: the name is not that of a fact that a deal could state on a line of its own.
fn give(text: &str, fact: &str, value: &str) -> Option<String> {
    if fact.contains(':') {
        return None;
    }
    let after = |mark: &str, nth: usize, line: String| {
        let at = text.match_indices(mark).nth(nth)?.0 + mark.len();
        Some(format!("{}{line}{}", &text[..at], &text[at..]))
    };
    if let Some(rest) = fact.strip_prefix("item[") {
        let (number, leaf) = rest.split_once("].")?;
        if leaf.contains('.') || ["class", "hs", "content", "contains", "origin", "value"].contains(&leaf) {
            return None;
        }
        return after("\n[item.facts]\n", number.parse().ok()?, format!("{leaf} = {value}\n"));
    }
    match fact.split_once('.') {
        Some(("facts", leaf)) => after("\n[facts]\n", 0, format!("{leaf} = {value}\n")),
        Some(("end_use", leaf)) => after("\n[end_use]\n", 0, format!("{leaf} = {value}\n")),
        Some((role, leaf)) => {
            let line = format!("facts = {{ {leaf} = {value} }}\n");
            after(&format!("\nrole = \"{role}\"\n"), 0, line.clone()).or_else(|| {
                Some(format!("{text}\n[[party]]\nrole = \"{role}\"\nname = \"Example Party\"\n{line}"))
            })
        }
        None if fact == "to_region" => {
            after("\nactivity = \"export\"\n", 0, format!("to_region = {value}\n"))
        }
        None => None,
    }
}

/// A deal with one fact more: its name, what was decided and missing before, the fact, its value, the text.
type Gift = (String, Decided, BTreeSet<String>, String, String, String);

/// What the issue asks: giving any one of the named facts changes the answer or narrows the list of those that are missing.
#[test]
fn giving_any_one_missing_fact_changes_the_answer_or_narrows_the_list() {
    let mut gifts = Vec::new();
    let mut not_stated = BTreeSet::new();
    let world = World::new();
    for path in examples() {
        let text = std::fs::read_to_string(&path).unwrap();
        let before = world.answer(&name(&path), &text);
        let were_missing = missing(&before);
        for fact in &were_missing {
            let mut values = world.trials(fact);
            if were_missing.len() > 10 && values.len() > 2 {
                // A wide open deal: the first value and the last, for the sake of time.
                values.drain(1..values.len() - 1);
            }
            let texts: Vec<_> =
                values.into_iter().filter_map(|v| give(&text, fact, &v).map(|more| (v, more))).collect();
            if texts.is_empty() {
                not_stated.insert(fact.clone());
            }
            for (value, more) in texts {
                gifts.push((name(&path), decided(&before), were_missing.clone(), fact.clone(), value, more));
            }
        }
    }
    let try_all = |some: &[Gift]| {
        let world = World::new();
        let mut faults = Vec::new();
        for (example, before, were_missing, fact, value, more) in some {
            let after = world.answer(&format!("{example} with {fact} = {value}"), more);
            let now_missing = missing(&after);
            let narrowed = now_missing.is_subset(were_missing) && now_missing.len() < were_missing.len();
            if *before == decided(&after) && !narrowed {
                let new: Vec<_> = now_missing.difference(were_missing).collect();
                faults.push(format!(
                    "{example}: {fact} = {value} changes nothing, and now {new:?} are missing too"
                ));
            }
        }
        faults
    };
    let (first, second) = gifts.split_at(gifts.len() / 2);
    let faults: Vec<String> = std::thread::scope(|scope| {
        let other = scope.spawn(|| try_all(second));
        let mut faults = try_all(first);
        faults.extend(other.join().unwrap());
        faults
    });
    println!(
        "{} values of missing facts were given; not facts of a line of their own: {not_stated:?}",
        gifts.len()
    );
    assert!(faults.is_empty(), "{} of {}:\n{faults:#?}", faults.len(), gifts.len());
    assert!(gifts.len() >= 60, "only {} tried", gifts.len());
    let kinds = ["law:", "not_encoded:", "gap:", "text:", "legal:", "screen:"];
    assert!(
        not_stated.iter().all(|n| kinds.iter().any(|k| n.starts_with(k)) || n == "item[0].content"),
        "{not_stated:?}"
    );
}

/// The free zone alone could refuse both reliefs; whether they apply at all matters just as much, and is named beside it.
#[test]
fn what_matters_only_together_with_other_facts_is_named_too() {
    let world = World::new();
    let text = std::fs::read_to_string(repo("examples/nickel-valve.toml")).unwrap();
    let open = text.replace("repair_return = false\n", "").replace("exhibition_or_fair = false\n", "");
    assert_eq!(open.lines().count() + 2, text.lines().count());
    let first = missing(&world.answer("nickel-valve, open", &open));
    assert!(first.contains("consignee.free_zone"));
    let more = give(&open, "consignee.free_zone", "false").unwrap();
    let second = missing(&world.answer("nickel-valve, no free zone", &more));
    assert!(first.contains("facts.repair_return") && first.contains("facts.exhibition_or_fair"), "{first:?}");
    let new: Vec<&String> = second.difference(&first).collect();
    assert!(new.is_empty(), "giving a fact brought up {new:?}, which had mattered before: {first:?}");
}

/// Taking one fact away either changes nothing that was decided, or its name is among what is missing.
#[test]
fn a_fact_taken_away_is_missing_by_its_name_or_did_not_matter() {
    let world = World::new();
    let (mut taken, mut mattered, mut faults) = (0, 0, Vec::new());
    for path in examples() {
        let text = std::fs::read_to_string(&path).unwrap();
        let before = world.answer(&name(&path), &text);
        if missing(&before).len() > 10 {
            continue; // a deal that is wide open already tells nothing here
        }
        let lines: Vec<&str> = text.lines().collect();
        let (mut item, mut section) = (0usize, String::new());
        for (i, line) in lines.iter().enumerate() {
            if line.starts_with('[') {
                item += usize::from(*line == "[[item]]");
                section = (*line).to_owned();
            }
            let Some((fact, value)) = line.split_once(" = ") else { continue };
            let full = match section.as_str() {
                "[item.facts]" => format!("item[{}].{fact}", item - 1),
                "[facts]" => format!("facts.{fact}"),
                "[end_use]" if fact != "text" => format!("end_use.{fact}"),
                _ => continue,
            };
            if value == "[" || fact.starts_with(' ') {
                continue;
            }
            let less: Vec<&str> =
                lines.iter().enumerate().filter(|(n, _)| *n != i).map(|(_, l)| *l).collect();
            let after =
                world.answer(&format!("{} without {full}", name(&path)), &format!("{}\n", less.join("\n")));
            taken += 1;
            if decided(&before) == decided(&after) {
                continue;
            }
            mattered += 1;
            let names = missing(&after);
            // Being told by the authority may be stated in two places.
            let known_as = match full.as_str() {
                "facts.informed_by_authority" => "end_use.informed".to_owned(),
                other => other.to_owned(),
            };
            if !names.contains(&known_as) {
                faults.push(format!(
                    "{}: without {full} the answer changed, and what is missing is {names:?}",
                    name(&path)
                ));
            }
        }
    }
    println!("{taken} facts taken away, {mattered} mattered");
    assert!(faults.is_empty(), "{} of {mattered}:\n{}", faults.len(), faults.join("\n"));
    assert!(mattered >= 40, "only {mattered}");
}

/// Whole answers, compared to the letter. `COMITY_BLESS=1` writes them anew; the difference is then read line by line.
#[test]
fn whole_texts_are_as_they_were() {
    let day = "2026-11-21";
    let mut faults = Vec::new();
    for example in ["pump-drive", "pump-drive-missing", "listed-trader", "forty-items"] {
        let run = comity(listed())
            .args(["--as-of", day, "check"])
            .arg(format!("examples/{example}.toml"))
            .run()
            .with_status(0);
        for line in run.stdout.lines() {
            if line.chars().count() > 80 {
                faults.push(format!("{example}: more than 80 columns: {line}"));
            }
        }
        let path = repo(&format!("crates/comity/tests/snapshots/{example}.txt"));
        // The digest of the lawbook is another with every change of the data; that it is there is tested elsewhere.
        let digest = check(&repo(&format!("examples/{example}.toml")), listed()).json()["lawbook"]["digest"]
            .as_str()
            .unwrap()
            .to_owned();
        let text = blank(&run.stdout, &digest);
        if std::env::var_os("COMITY_BLESS").is_some() {
            std::fs::write(&path, &text).unwrap();
            continue;
        }
        let was = std::fs::read_to_string(&path).unwrap_or_default();
        if let Some((n, (a, b))) =
            was.lines().chain([""]).zip(text.lines().chain([""])).enumerate().find(|(_, (a, b))| a != b)
        {
            faults.push(format!("{example}, line {}:\n  was {a}\n  is  {b}", n + 1));
        } else if was != text {
            faults.push(format!("{example}: of another length"));
        }
    }
    assert!(faults.is_empty(), "{}\n(COMITY_BLESS=1 writes the texts anew)", faults.join("\n"));
}

/// The text with the lawbook's digest, whole or shortened, replaced by as many dots.
fn blank(text: &str, digest: &str) -> String {
    let mut text = text.to_owned();
    for length in (6..=digest.len()).rev() {
        text = text.replace(&digest[..length], &".".repeat(length));
    }
    text
}
