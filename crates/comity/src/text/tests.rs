//! Whole answers, made by hand: width, colour, first words, folding, positions, ages of lists.

use std::collections::BTreeMap;

use comity_model::answer::*;
use comity_model::listing::MeasureStatus;
use comity_model::mandate::{AgreedInSet, Evidence, Ground, ImposedBy, Mandate};
use comity_model::rule::Outcome;

use super::*;

fn mandate(by: ImposedBy) -> Mandate {
    Mandate {
        imposed_by: by,
        agreed_in: AgreedInSet::from(["regime:NSG".parse().unwrap()]),
        ground: vec![Ground::WmdNonproliferation],
        instrument: "Regulation XX/1 Art 3(1)".into(),
    }
}

fn law(id: &str, by: ImposedBy, outcomes: &[Outcome]) -> LawAnswer {
    LawAnswer {
        law: id.into(),
        title: format!("Law of {id}"),
        imposed_by: by,
        hook: Vec::new(),
        outcome: outcomes.iter().copied().max().unwrap(),
        best: None,
        worst: None,
        decided_by: "9A900; Regulation XX/1 Art 3(1)".into(),
        by_item: outcomes
            .iter()
            .enumerate()
            .map(|(item, outcome)| ItemOutcome { item, outcome: *outcome, best: None, worst: None })
            .collect(),
        requirements: Vec::new(),
        authorisations: Vec::new(),
        prohibitions: Vec::new(),
        duties: Vec::new(),
        missing: Vec::new(),
        checked: Vec::new(),
        gaps: Vec::new(),
        dormant: Vec::new(),
        contested: Vec::new(),
        known_as_of: Some("2026-11-01".parse().unwrap()),
    }
}

fn limb(label: &str, condition: &str, value: Option<&str>, result: &str) -> LimbAnswer {
    LimbAnswer {
        label: label.into(),
        condition: condition.into(),
        value: value.map(str::to_owned),
        result: result.into(),
        source: value.map(|_| "from you".to_owned()),
    }
}

fn matched() -> Matched {
    Matched {
        entry: "9A900".into(),
        title: "invented machines".into(),
        agreed_in: AgreedInSet::from(["regime:NSG".parse().unwrap()]),
        because: Vec::new(),
        limbs: vec![
            limb("a", "invented power 40 VA or more", Some("45 VA"), "met"),
            limb(
                "note",
                "a long note on what is not meant here, so long that it needs a second line",
                Some("no"),
                "no exit",
            ),
        ],
        reasons: vec!["XX1".into()],
        cite: "Annex".into(),
        evidence: Evidence::Read,
    }
}

fn item(index: usize, named: bool) -> ItemAnswer {
    let on = ListAnswer {
        edition: "2026-01-01".into(),
        matched: if named { vec![matched()] } else { Vec::new() },
        not_encoded: (0..9).map(|n| format!("9B00{n}")).collect(),
        ..ListAnswer::default()
    };
    ItemAnswer {
        item: index,
        description: format!("machine {index}"),
        lists: BTreeMap::from([("xx".to_owned(), on)]),
    }
}

fn requirement(item: usize, fires: &str) -> RequirementAnswer {
    RequirementAnswer {
        id: "XX-listed".into(),
        effect: Outcome::LicenceRequired,
        rule: "XX-3.1".into(),
        item,
        fires: fires.into(),
        says: "A listed item needs a licence.".into(),
        mandate: mandate(ImposedBy::Union),
        entry: Some("xx:9A900".into()),
        entries: vec!["xx:9A900".into()],
        positions: Vec::new(),
        cancelled_by: None,
        policy: String::new(),
        exemption: None,
        evidence: Evidence::Read,
        in_force: "..".into(),
    }
}

fn answer(laws: Vec<LawAnswer>, items: Vec<ItemAnswer>) -> Answer {
    let outcome = laws.iter().map(|l| l.outcome).max().unwrap();
    Answer {
        id: None,
        as_of: "2026-11-21".parse().unwrap(),
        lawbook: LawbookStamp { digest: "0123456789abcdef".into(), date: "2026-11-14".parse().unwrap() },
        register: vec![EditionStamp {
            list: "xx/list".into(),
            edition: "2026-02-27".into(),
            digest: "aa".into(),
            stale: true,
            age_days: 267,
            refused: None,
        }],
        lists_missing: vec!["yy/list".into()],
        outcome,
        best: None,
        worst: None,
        first_word: FirstWord::of(outcome),
        summary: vec!["1 law speaks.".into(), "1 list is old.".into()],
        deal: "12 x invented machine with a name long enough to go on, XTS 84000, export XA > XB > XC, civil: \"water\"".into(),
        parties: Vec::new(),
        items,
        laws,
        questions: Vec::new(),
        would_change: Vec::new(),
        next: Vec::new(),
        notices: Vec::new(),
    }
}

fn full() -> Answer {
    let mut union = law("xx", ImposedBy::Union, &[Outcome::LicenceRequired]);
    union.requirements = vec![requirement(0, "true")];
    union.gaps = vec![GapAnswer {
        id: "G".into(),
        says: "Something else.".into(),
        cite: "Art 9".into(),
        worst: Outcome::Prohibited,
    }];
    union.duties = vec![DutyAnswer {
        duty: "records:5y-from-end-of-year".into(),
        rule: "XX-27".into(),
        cite: "Art 27".into(),
    }];
    union.dormant = vec![Dormant {
        rule: "XX-9".into(),
        status: "stayed".into(),
        says: "Slept.".into(),
        when: "until 2027-01-01".into(),
    }];
    let refused = |id: &str| AuthorisationAnswer {
        id: id.into(),
        item: 0,
        status: "refused".into(),
        by: vec![format!("destination not among {id}")],
        cite: "Annex II".into(),
        duties: Vec::new(),
    };
    union.authorisations = vec![refused("GA001"), refused("GA002"), refused("GA003")];
    let council = law("un", ImposedBy::Un, &[Outcome::NoRequirementFound]);
    let mut route = law("xb", ImposedBy::National, &[Outcome::NotJudged]);
    route.title = "Second State (on the route)".into();
    route.known_as_of = None;
    let mut answer = answer(vec![council, union, route], vec![item(0, true)]);
    answer.parties = vec![PartyAnswer {
        role: "end-user".into(),
        name: "Nobody Trading".into(),
        status: PartyStatus::Hit,
        hits: vec![Hit {
            id: "xx/list/17".into(),
            name: "NOBODY TRADING COMPANY WITH A VERY LONG NAME THAT GOES ON AND ON".into(),
            score: Score::new(0.93),
            status: PartyStatus::Hit,
            evidence: vec!["State XC agrees".into()],
            measures: vec![MeasureAnswer {
                programmes: vec!["P".into()],
                ..MeasureAnswer::new(
                    "xx/list",
                    mandate(ImposedBy::National),
                    MeasureStatus::InForce,
                    Evidence::Memory,
                )
            }],
            same_party: Vec::new(),
        }],
    }];
    answer.questions = (0..9)
        .map(|n| Question {
            fact: format!("item[0].fact_{n}"),
            ask: "How much is it, told with every limit lifted that a user could lift?".into(),
            asked_by: vec![],
        })
        .collect();
    answer.would_change = vec![Flip {
        change: "invented power less than 40 VA".into(),
        then: "xx: no requirement found".into(),
    }];
    answer.next = vec![
        "Stop the shipment; ask the authority".into(),
        format!("Answer {}: {}", answer.questions[0].fact, answer.questions[0].ask),
    ];
    answer
}

/// No line is wider than a page.
fn narrow(text: &str) {
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{} letters: {line}", line.chars().count());
        assert_eq!(line, line.trim_end(), "space at the end of a line");
    }
}

#[test]
fn a_whole_answer_is_80_columns_and_plain() {
    let text = render(
        &full(),
        "a-file-with-a-name-that-is-far-too-long-for-the-first-line-of-a-page-of-80-columns.toml",
        false,
    );
    narrow(&text);
    assert!(!text.contains('\u{1b}'));
    for part in [
        "HOLD   1 law speaks. 1 list is old.",
        "LAW               OUTCOME               DECIDED BY",
        "Security Council  no requirement found",
        "Union (XX)        LICENCE REQUIRED      9A900; Regulation XX/1 Art 3(1)",
        "Transit (XB)      NOT JUDGED",
        "WHY 9A900   entry agreed in: NSG (regime)   duty imposed by: Union (XX)",
        "45 VA",
        "NOT ENCODED",
        "9 entries: 9B000, 9B001, 9B002, 9B003, 9B004, 9B005 and 3 more",
        "PARTIES   1 screened, 1 hit",
        "imposed by: National (XX); agreed in: NSG (regime)",
        "GENERAL AUTHORISATIONS   Union (XX): 3 tried, 0 fit",
        "GA001-GA003  destination not among those it names",
        "records: 5y from end of year",
        "GAPS   not held by this lawbook",
        "XX-9            stayed (until 2027-01-01): Slept.",
        "WHAT WOULD CHANGE IT",
        "Q1  fact_0: How much is it",
        "and 2 more",
        "2 Answer Q1",
        "xx/list 2026-02-27 OLD; not loaded: yy/list",
        "lawbook   01234567 of 2026-11-14; say --explain",
        "An aid to decision. It is no licence, and no authority is bound by it.",
    ] {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }
    assert!(text.starts_with("comity check a-file"));
    assert!(text.lines().next().unwrap().ends_with("as of 2026-11-21"));
    assert!(
        text.lines().nth(2).unwrap().contains("old"),
        "ages of lists stand in the second line that speaks"
    );
}

#[test]
fn the_answer_says_nothing_that_the_json_does_not_hold() {
    let answer = full();
    let json = serde_json::to_value(&answer).unwrap().to_string();
    for word in render(&answer, "x", false)
        .split_whitespace()
        .filter(|w| w.contains("XX-") || w.contains("9A") || w.contains("/list"))
    {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        assert!(json.contains(word), "{word}");
    }
}

#[test]
fn sections_without_content_do_not_appear() {
    let mut bare = item(0, false);
    bare.lists.values_mut().for_each(|on| on.not_encoded.clear());
    let text = render(
        &answer(vec![law("un", ImposedBy::Un, &[Outcome::NoRequirementFound])], vec![bare]),
        "x",
        false,
    );
    for heading in [
        "WHY",
        "OPEN",
        "NAMED",
        "CLAIMED",
        "NOT ENCODED",
        "PARTIES",
        "GENERAL",
        "DUTIES",
        "GAPS",
        "DORMANT",
        "WHAT WOULD",
        "QUESTIONS",
        "NEXT",
        "NOTE\n",
    ] {
        assert!(!text.contains(heading), "{heading} in\n{text}");
    }
    assert!(text.contains("NOTED  1 law speaks."));
}

#[test]
fn every_first_word_stands_at_the_start_and_no_word_comforts() {
    for (outcome, word) in [
        (Outcome::Prohibited, "STOP   "),
        (Outcome::LicencePresumptionOfDenial, "HOLD   "),
        (Outcome::NotifyAndWait, "HOLD   "),
        (Outcome::Contested, "ASK    "),
        (Outcome::AuthorisedGenerally, "DO     "),
        (Outcome::OutOfScope, "NOTED  "),
    ] {
        let text = render(
            &answer(vec![law("xx", ImposedBy::National, &[outcome])], vec![item(0, false)]),
            "x",
            false,
        );
        assert!(text.lines().nth(2).unwrap().starts_with(word), "{text}");
        for comfort in ["allowed", "permitted", " free", "safe", "clear"] {
            assert!(!text.to_lowercase().contains(comfort), "{comfort} in\n{text}");
        }
    }
}

#[test]
fn colour_adds_nothing_but_colour() {
    let (plain, coloured) = (render(&full(), "x", false), render(&full(), "x", true));
    assert!(coloured.contains("\u{1b}[1;33mHOLD\u{1b}[0m"));
    let mut bare = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        bare.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    bare.push_str(rest);
    assert_eq!(bare, plain);
}

#[test]
fn forty_alike_items_fold_and_the_one_that_differs_does_not() {
    let mut outcomes = vec![Outcome::LicenceRequired; 40];
    outcomes.push(Outcome::NoRequirementFound);
    let mut union = law("xx", ImposedBy::Union, &outcomes);
    union.requirements = (0..40).map(|n| requirement(n, "true")).collect();
    let mut items: Vec<ItemAnswer> = (0..40).map(|n| item(n, true)).collect();
    items.push(item(40, false));
    let text = render(&answer(vec![union], items), "x", false);
    narrow(&text);
    assert!(text.contains("items 2-40: as item 1"), "{text}");
    assert!(text.contains("items 1-40: 9A900; Regulation"), "{text}");
    assert!(text.contains("no requirement found  item 41"), "{text}");
    assert_eq!(text.matches("WHY 9A900   items 1-40").count(), 1, "{text}");
    assert_eq!(text.matches("NOT ENCODED").count(), 1, "{text}");
    assert!(text.lines().count() < 40, "{text}");
}

#[test]
fn a_contested_law_has_a_row_for_each_position() {
    let mut council = law("un", ImposedBy::Un, &[Outcome::Contested]);
    council.best = Some(Outcome::NoRequirementFound);
    council.worst = Some(Outcome::Prohibited);
    council.decided_by = "positions of States differ".into();
    let position = |id: &str, holders: &[&str], outcome| PositionAnswer {
        position: id.into(),
        holders: holders.iter().map(|h| (*h).to_owned()).collect(),
        claim: format!("What {id} holds."),
        outcome: Some(outcome),
        best: None,
        worst: None,
        source: String::new(),
    };
    council.contested = vec![
        position("A", &["XA", "XB"], Outcome::Prohibited),
        position("B", &["XC"], Outcome::NoRequirementFound),
        position("B", &["XC"], Outcome::NoRequirementFound),
    ];
    let text = render(&answer(vec![council], vec![item(0, false)]), "x", false);
    assert!(
        text.contains("Security Council  CONTESTED             no requirement found .. PROHIBITED;"),
        "{text}"
    );
    assert!(text.contains("\n  position A      PROHIBITED            XA, XB\n"), "{text}");
    assert_eq!(text.matches("\n  position B      no requirement found  XC\n").count(), 1, "{text}");
    assert!(text.contains("  position B  What B holds."), "{text}");
}

#[test]
fn an_open_provision_shows_what_is_met_and_what_would_settle_it() {
    let open = Open {
        entry: "9A901.a".into(),
        title: "invented pumps".into(),
        agreed_in: AgreedInSet::new(),
        missing: vec!["flow".into(), "seal".into()],
        settle: vec![vec!["flow".into()], vec!["seal".into()]],
        limbs: vec![limb("a", "flow 3 l/s or more", None, "open"), limb("b", "steel", Some("steel"), "met")],
        reasons: Vec::new(),
        remarks: Vec::new(),
    };
    let on = |edition: &str| ListAnswer {
        edition: edition.into(),
        undetermined: vec![open.clone()],
        ..ListAnswer::default()
    };
    let lists = BTreeMap::from([("xx".to_owned(), on("2026-01-01")), ("yy".to_owned(), on("2025-01-01"))]);
    let text = items(
        &[ItemAnswer { item: 0, description: "pump".into(), lists }],
        "2026-11-21".parse().unwrap(),
        false,
    );
    narrow(&text);
    assert!(text.contains("OPEN 9A901.a   on xx, yy   entry agreed in: own decision"), "{text}");
    assert!(text.contains("missing  flow, seal"), "{text}");
    assert!(text.contains("settle   flow, or seal"), "{text}");
    assert_eq!(text.matches("OPEN 9A901.a").count(), 1);
}

#[test]
fn names_are_told_with_lists_and_ages() {
    let found = full().parties;
    let text = screened(&found, &full().register, "2026-11-21".parse().unwrap(), false);
    narrow(&text);
    assert!(text.contains("HIT            \"Nobody Trading\""), "{text}");
    assert!(text.contains("lists  xx/list 2026-02-27 OLD"), "{text}");
    let none = [PartyAnswer {
        role: "end-user".into(),
        name: "Other".into(),
        status: PartyStatus::NoHit,
        hits: Vec::new(),
    }];
    assert!(screened(&none, &[], "2026-11-21".parse().unwrap(), false).contains("no hit         \"Other\""));
}

#[test]
fn wrapped_text_stands_under_itself() {
    let text = wrapped("\nlead  ", &"word ".repeat(40));
    narrow(&text);
    assert!(text.starts_with("\nlead  word word"));
    assert!(text.lines().nth(2).unwrap().starts_with("      word"));
}
