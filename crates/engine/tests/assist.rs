//! Assistance over the project's own data: every state of every procedure is reached, clocks run right over weekends and holidays, offers meet
//! requests as a plain search says, gaps become topics by the longest prefix.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first thing that is not as it should be"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::OnceLock;
use std::time::Instant;

use comity_engine::procedure::{Hindrance, stand, steps_from, try_step};
use comity_engine::r1540::assist::{
    Desk, Gate, Kept, ageing, counted, due, figures, placed, propose, read_words,
};
use comity_engine::r1540::assist_topics::{Sources, ids, view};
use comity_model::assistance::{
    Ageing, Assistance, Counted, Course, Covers, LinkKind, Offer, Request, RequestDate, Step, UNSPECIFIED,
    Who,
};
use comity_model::date::{DateValue, Day, Period};
use comity_model::lawbook::Lawbook;
use comity_model::r1540::CellValue;
use comity_model::{Evidence, Truth};

fn book() -> &'static Lawbook {
    static BOOK: OnceLock<Lawbook> = OnceLock::new();
    BOOK.get_or_init(|| {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
        comity_pack::compile::lawbook(&data, &[]).unwrap_or_else(|faults| panic!("{faults:#?}"))
    })
}

fn all() -> &'static Assistance {
    book().assistance()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn step(id: &str, on: &str) -> Step {
    let mut details = BTreeMap::new();
    if ["offer", "accept"].contains(&id) {
        details.insert("provider".to_owned(), "org:TEST".to_owned());
    }
    Step {
        transition: id.into(),
        on: day(on),
        actor: "a".into(),
        reason: "r".into(),
        details,
        recorded: "t".into(),
    }
}

fn course(procedure: &str, opened: &str, steps: &[(&str, &str)]) -> Course {
    Course {
        request: "x".into(),
        procedure: procedure.into(),
        opened: day(opened),
        steps: steps.iter().map(|(id, on)| step(id, on)).collect(),
    }
}

/// The state of a course on a day.
#[track_caller]
fn state(course: &Course, on: &str) -> (String, String) {
    let procedure = all().procedure(&course.procedure).unwrap();
    let calendar = all().calendar_of(&procedure.body).unwrap();
    let found = stand(procedure, calendar, course, day(on)).unwrap_or_else(|e| panic!("{e}"));
    (found.state.id.clone(), found.since.to_string())
}

#[track_caller]
fn hindered(course: &Course, id: &str, on: &str) -> Vec<Hindrance> {
    let procedure = all().procedure(&course.procedure).unwrap();
    let calendar = all().calendar_of(&procedure.body).unwrap();
    try_step(procedure, calendar, course, &step(id, on)).unwrap_or_else(|e| panic!("{e}"))
}

/// A request of 2024 that goes the whole way: the holidays of that year are known.
const WHOLE: [(&str, &str); 10] = [
    ("authenticate", "2024-03-20"),
    // A Thursday before a holiday on a Friday: five working days end on the Friday after.
    ("acknowledge", "2024-03-28"),
    ("circulate", "2024-04-06"),
    // Five working days from a Saturday, over a holiday on a Wednesday: they end on the Monday of the second week.
    ("publish", "2024-04-16"),
    ("offer", "2024-05-02"),
    ("offer", "2024-05-03"),
    ("accept", "2024-06-03"),
    ("start", "2024-07-01"),
    ("feedback-requester", "2024-11-01"),
    ("feedback-provider", "2024-11-04"),
];

#[test]
fn every_state_of_every_procedure_is_reached() {
    let mut reached: BTreeSet<(String, String)> = BTreeSet::new();
    let mut drive = |course: &Course, days: &[&str]| {
        for on in days {
            reached.insert((course.procedure.clone(), state(course, on).0));
        }
    };
    let of_requests = all().request_procedure.as_str();
    let mut steps = WHOLE.to_vec();
    steps.push(("close", "2024-11-05"));
    let days: Vec<&str> = std::iter::once("2024-03-19").chain(steps.iter().map(|(_, on)| *on)).collect();
    drive(&course(of_requests, "2024-03-19", &steps), &days);
    drive(&course(of_requests, "2024-03-19", &WHOLE[..3]), &["2025-04-07"]);
    let silence = |steps: &[(&str, &str)]| course("un.silence", "2024-03-28", steps);
    drive(&silence(&[]), &["2024-03-28", "2024-04-06"]);
    drive(&silence(&[("object", "2024-04-04")]), &["2024-04-04"]);
    drive(
        &silence(&[("ask-time", "2024-04-01"), ("lift-hold", "2024-04-02")]),
        &["2024-04-01", "2024-04-02"],
    );
    drive(
        &silence(&[("ask-time", "2024-04-01"), ("declare-pending", "2024-05-02"), ("resolve", "2024-06-02")]),
        &["2024-05-02", "2024-06-02"],
    );
    let wanted: BTreeSet<(String, String)> =
        all().procedures.iter().flat_map(|p| p.states.iter().map(|s| (p.id.clone(), s.id.clone()))).collect();
    assert_eq!(reached, wanted);
}

#[test]
fn time_to_object_is_counted_in_working_days() {
    let of_requests = all().request_procedure.as_str();
    let before = course(of_requests, "2024-03-19", &WHOLE[..2]);
    // 28 March is a Thursday, 29 March a holiday; 1 to 4 April and 5 April make five.
    let end = hindered(&before, "circulate", "2024-04-05");
    let procedure = all().procedure(of_requests).unwrap();
    let calendar = all().calendar_of(&procedure.body).unwrap();
    let found = stand(procedure, calendar, &before, day("2024-03-28")).unwrap();
    let timer = found.timers.iter().find(|t| t.timer.anew).unwrap();
    assert_eq!(timer.ends, Some(day("2024-04-05")));
    assert!(!timer.weekends_only);
    assert_eq!(end, [Hindrance::StillRuns { timer: timer.timer.id.clone(), until: Some(day("2024-04-05")) }]);
    assert!(hindered(&before, "circulate", "2024-04-06").is_empty());
    // In a year whose holidays are not known the clock says so.
    let later =
        course(of_requests, "2026-03-30", &[("authenticate", "2026-03-31"), ("acknowledge", "2026-04-01")]);
    let found = stand(procedure, calendar, &later, day("2026-04-02")).unwrap();
    let timer = found.timers.iter().find(|t| t.timer.anew).unwrap();
    assert_eq!((timer.ends, timer.weekends_only), (Some(day("2026-04-08")), true));
}

/// The log, to take parts of.
fn whole() -> Vec<(&'static str, &'static str)> {
    WHOLE.to_vec()
}

#[test]
fn an_objection_stands_in_the_way_until_it_is_taken_back() {
    let of_requests = all().request_procedure.as_str();
    let steps = [&WHOLE[..2], &[("object", "2024-04-01")]].concat();
    let objected = course(of_requests, "2024-03-19", &steps);
    assert_eq!(hindered(&objected, "circulate", "2024-04-08"), [Hindrance::Stands("objection".into())]);
    let lifted = [&steps[..], &[("lift-objection", "2024-04-09")]].concat();
    assert!(hindered(&course(of_requests, "2024-03-19", &lifted), "circulate", "2024-04-09").is_empty());
    // Too late to object.
    let silent = course(of_requests, "2024-03-19", &WHOLE[..2]);
    let late = hindered(&silent, "object", "2024-04-08");
    assert!(matches!(late.as_slice(), [Hindrance::NoLongerRuns { ended: Some(_), .. }]), "{late:?}");
}

#[test]
fn closing_needs_feedback_from_both_sides() {
    let of_requests = all().request_procedure.as_str();
    let steps = whole();
    for missing in ["feedback-requester", "feedback-provider"] {
        let some: Vec<_> = steps.iter().copied().filter(|(id, _)| *id != missing).collect();
        let found = hindered(&course(of_requests, "2024-03-19", &some), "close", "2024-11-05");
        assert!(matches!(found.as_slice(), [Hindrance::Lacks(_)]), "{missing}: {found:?}");
    }
    assert!(hindered(&course(of_requests, "2024-03-19", &steps), "close", "2024-11-05").is_empty());
}

#[test]
fn what_hinders_a_step_is_told() {
    let of_requests = all().request_procedure.as_str();
    let fresh = course(of_requests, "2024-03-19", &[]);
    assert!(matches!(hindered(&fresh, "close", "2024-03-20")[..], [Hindrance::OtherState { .. }]));
    assert!(matches!(hindered(&fresh, "dance", "2024-03-20")[..], [Hindrance::NoTransition { .. }]));
    assert!(matches!(hindered(&fresh, "no-offer", "2024-03-20")[..], [Hindrance::ByClock]));
    let two = course(of_requests, "2024-03-19", &WHOLE[..2]);
    assert!(matches!(hindered(&two, "object", "2024-03-20")[..], [Hindrance::TooEarly { .. }]));
    let before_offer = course(of_requests, "2024-03-19", &whole()[..4]);
    let mut silent = step("offer", "2024-05-02");
    silent.details.clear();
    let procedure = all().procedure(of_requests).unwrap();
    let calendar = all().calendar_of(&procedure.body).unwrap();
    let found = try_step(procedure, calendar, &before_offer, &silent).unwrap();
    assert_eq!(found, [Hindrance::Unstated("provider".into())]);
    let open = steps_from(procedure, calendar, &before_offer, day("2024-05-02")).unwrap();
    assert_eq!(open.iter().map(|(t, _)| t.id.as_str()).collect::<Vec<_>>(), ["offer"]);
    // Only what was offered can be taken; the way it is written does not count.
    let offered = course(of_requests, "2024-03-19", &whole()[..5]);
    let mut other = step("accept", "2024-06-03");
    other.details.insert("provider".into(), "org:OTHER".into());
    let found = try_step(procedure, calendar, &offered, &other).unwrap();
    let [Hindrance::NotAmong { what, said, known }] = &found[..] else { panic!("{found:?}") };
    assert_eq!(
        (what.as_str(), said.as_str(), known.as_slice()),
        ("provider", "org:OTHER", &["org:TEST".to_owned()][..])
    );
    other.details.insert("provider".into(), " ORG:test ".into());
    assert_eq!(try_step(procedure, calendar, &offered, &other).unwrap(), []);
    // A log that skips a guard is not followed.
    let forged = course(of_requests, "2024-03-19", &[("close", "2024-03-20")]);
    assert!(stand(procedure, calendar, &forged, day("2024-03-21")).is_err());
    assert!(stand(procedure, calendar, &fresh, day("2024-03-18")).is_err());
}

#[test]
fn without_an_offer_a_request_goes_stale_and_comes_back_with_one() {
    let of_requests = all().request_procedure.as_str();
    let silent = course(of_requests, "2024-03-19", &whole()[..4]);
    assert_eq!(state(&silent, "2025-04-06").0, "published", "the last day of the year still counts");
    assert_eq!(state(&silent, "2025-04-07"), ("stale".to_owned(), "2025-04-07".to_owned()));
    assert_eq!(state(&silent, "2030-01-01").1, "2025-04-07");
    let late = [&whole()[..4], &[("offer", "2026-01-05")]].concat();
    assert_eq!(state(&course(of_requests, "2024-03-19", &late), "2026-01-05").0, "offers");
}

fn request(id: &str, requester: &str, topics: &[&str]) -> Request {
    Request {
        id: id.into(),
        requester: requester.parse().unwrap(),
        date: RequestDate { date: DateValue::Day(day("2024-03-19")), is_bound: false },
        topics: topics.iter().map(|t| (*t).to_owned()).collect(),
        fields: Vec::new(),
        kinds: Vec::new(),
        languages: Vec::new(),
        region: String::new(),
        weapons: Vec::new(),
        contact: String::new(),
        done_when: String::new(),
        summary: String::new(),
        is_old: false,
        evidence: Evidence::Read,
        source: String::new(),
    }
}

#[test]
fn ages_dues_and_figures_follow_the_log() {
    let of_requests = all().request_procedure.as_str();
    let steps = whole();
    let done = [&steps[..], &[("close", "2024-11-05")]].concat();
    let logs = [
        ("a", course(of_requests, "2024-03-19", &done)),
        ("b", course(of_requests, "2024-03-19", &steps[..3])),
        ("c", course(of_requests, "2024-03-20", &[])),
        ("d", course(of_requests, "2026-01-01", &[])),
    ];
    let requests: Vec<Request> = logs.iter().map(|(id, _)| request(id, "AL", &["border"])).collect();
    let kept: Vec<Kept<'_>> =
        requests.iter().zip(&logs).map(|(request, (_, course))| Kept { request, course }).collect();
    let on = day("2025-01-10");
    let found = placed(all(), &kept, on);
    assert_eq!(found.len(), 3, "a request of a later day is not there yet");
    let aged = ageing(&kept, &found, on);
    let shown: Vec<(&str, i64, Option<Ageing>, usize)> =
        aged.iter().map(|a| (a.request.id.as_str(), a.days, a.stand.state.shows, a.overdue.len())).collect();
    // c waits since it came in; b since it was circulated, and its time to object is over.
    assert_eq!(shown, [("c", 296, None, 0), ("b", 279, Some(Ageing::Unanswered), 1)]);
    let stale = day("2025-04-07");
    let found_stale = placed(all(), &kept, stale);
    let aged = ageing(&kept, &found_stale, stale);
    assert!(aged.iter().any(|a| a.request.id == "b" && a.stand.state.shows == Some(Ageing::Stale)));
    let coming: Vec<(String, &str)> =
        due(&found).iter().map(|d| (d.on.to_string(), d.request.id.as_str())).collect();
    assert!(coming.is_sorted() && coming.contains(&("2025-04-06".to_owned(), "b")), "{coming:?}");
    let briefing = ("2025-01-20".to_owned(), "c");
    assert!(coming.contains(&briefing), "two months again and again from 2024-03-20: {coming:?}");
    let f = figures(all(), &kept, on);
    assert_eq!((f.logged, f.before_providers, f.offers, f.unreadable), (3, 2, 2, 0));
    assert_eq!((f.answered.n, f.answered.of), (1, 2));
    assert_eq!((f.matched.n, f.matched.of, f.completed.n, f.completed.of), (1, 1, 1, 1));
    assert_eq!((&f.to_first_offer.days, &f.from_providers_to_offer.days), (&vec![44], &vec![26]));
    assert_eq!(f.to_first_offer.median_doubled(), Some(88));
    assert_eq!(counted(all(), &f, Counted::Requests), 20);
    assert_eq!(counted(all(), &f, Counted::ProvidersStates), 3);
    assert_eq!(counted(all(), &f, Counted::ProvidersOrganisations), 12);
    assert_eq!(counted(all(), &f, Counted::OffersInReply), 2);
}

#[test]
fn every_word_of_the_public_record_has_a_row() {
    let words = |entries: &mut dyn Iterator<Item = &'static Vec<String>>| -> BTreeSet<&str> {
        entries.flatten().map(String::as_str).filter(|w| all().topic(w).is_none()).collect()
    };
    let offered = words(&mut all().offers.iter().map(|o| &o.topics));
    let asked = words(&mut all().requests.iter().map(|r| &r.topics));
    assert_eq!((offered.len(), asked.len()), (23, 8));
    let known: BTreeSet<&str> = all().aliases.iter().map(|a| a.word.as_str()).collect();
    let both: BTreeSet<&str> = offered.union(&asked).copied().collect();
    assert_eq!(both, known, "each word has a row, and no row is idle");
    let reading =
        read_words(all(), &["customs".into(), "enforcement".into(), "moon".into(), "border".into()]);
    assert_eq!(
        reading.topics.iter().map(|(t, w)| (t.id.as_str(), w.as_str())).collect::<Vec<_>>(),
        [("border", "customs")]
    );
    assert_eq!(reading.without_counterpart.len(), 1);
    assert_eq!(reading.unmapped, ["moon"]);
}

fn desk() -> Desk<'static> {
    Desk::new(all(), book().states(), book().r1540(), &all().offers)
}

fn known(id: &str) -> &'static Request {
    all().requests.iter().find(|r| r.id == id).unwrap()
}

#[test]
fn suggestions_give_their_reasons() {
    let found = desk().matched(known("am-2008-04-04"), day("2026-11-21"));
    // Detection equipment, protection of a nuclear plant; the requester lies in no region but the global one.
    let shown: Vec<(&str, usize)> = found.suggestions.iter().map(|s| (s.offer.id.as_str(), s.met)).collect();
    assert!(shown.is_sorted_by_key(|(_, met)| std::cmp::Reverse(*met)), "{shown:?}");
    let iaea = found.suggestions.iter().find(|s| s.offer.id == "iaea").unwrap();
    assert_eq!(iaea.topics.iter().map(|t| t.asked.id.as_str()).collect::<Vec<_>>(), ["physical-protection"]);
    assert_eq!(iaea.topics_not_met.iter().map(|t| t.id.as_str()).collect::<Vec<_>>(), ["border-detection"]);
    assert_eq!(iaea.region.truth, Truth::True);
    assert!(iaea.weapon.is_met() && !iaea.language.is_met() && iaea.validity_not_stated);
    let wco = found.suggestions.iter().find(|s| s.offer.id == "wco").unwrap();
    assert_eq!(
        (wco.topics[0].asked.id.as_str(), wco.topics[0].offered.id.as_str()),
        ("border-detection", "border")
    );
    // An offer that does not say whom it covers stays, told as unknown, and meets one criterion less.
    let open = found.suggestions.iter().find(|s| s.offer.id == "us").unwrap();
    assert_eq!(open.region.truth, Truth::Unknown);
    // An offer for the Americas is out.
    assert!(!shown.iter().any(|(id, _)| *id == "oas-cicte"));
}

#[test]
fn what_emptied_the_list_is_told() {
    let on = day("2026-11-21");
    let unspecified = desk().matched(known("az-before-2011"), on);
    assert_eq!((unspecified.emptied_by, unspecified.left[0].1), (Some(Gate::Topic), 15));
    let regional = desk().matched(known("caricom-before-2011"), on);
    assert!(
        regional.suggestions.iter().any(|s| s.offer.id == "oas-cicte"),
        "the Americas hold the Caribbean"
    );
    let mut offers: Vec<Offer> =
        all().offers.iter().filter(|o| ["oas-cicte", "au"].contains(&o.id.as_str())).cloned().collect();
    let far = request("x", "AM", &["border"]);
    let of = |offers: &[Offer], on| {
        Desk::new(all(), book().states(), book().r1540(), offers).matched(&far, on).emptied_by
    };
    assert_eq!(of(&offers, on), Some(Gate::Region));
    for offer in &mut offers {
        offer.period = Period { from: None, to: Some(day("2020-12-31")) };
    }
    assert_eq!(of(&offers, on), Some(Gate::Valid));
    assert_eq!(of(&offers, day("2020-12-31")), Some(Gate::Region));
}

/// Numbers that look random and are the same each time.
fn numbers(mut state: u64) -> impl FnMut(usize) -> usize {
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    }
}

/// Requests and offers that nobody made.
fn invented(requests: usize, offers: usize) -> (Vec<Request>, Vec<Offer>) {
    let mut number = numbers(1540);
    let states = &book().states().states;
    let mut words: Vec<String> = all().topics.iter().map(|t| t.id.clone()).collect();
    words.extend(all().aliases.iter().map(|a| a.word.clone()));
    words.extend(["moonlight".to_owned(), UNSPECIFIED.to_owned()]);
    let languages = ["ar", "en", "es", "fr", "ru", "zh"];
    let some = |number: &mut dyn FnMut(usize) -> usize| -> Vec<String> {
        (0..=number(3)).map(|_| words[number(words.len())].clone()).collect()
    };
    let requests = (0..requests)
        .map(|i| {
            let mut r = request(&format!("r{i}"), states[number(states.len())].code.as_str(), &[]);
            if number(10) == 0 {
                r.requester = Who::Organisation(format!("O{i}"));
                r.region = all().regions[number(all().regions.len())].id.clone();
            }
            r.topics = some(&mut number);
            r.languages = vec![languages[number(6)].to_owned()];
            r
        })
        .collect();
    let offers = (0..offers)
        .map(|i| {
            let mut o = all().offers[number(all().offers.len())].clone();
            o.id = format!("o{i}");
            o.provider = Who::State(states[number(states.len())].code);
            o.topics = some(&mut number);
            o.languages = vec![languages[number(6)].to_owned()];
            o.regions =
                (0..number(3)).map(|_| all().regions[number(all().regions.len())].id.clone()).collect();
            let from = Day::from_number(20_000 + i32::try_from(number(900)).unwrap());
            o.period = Period { from: from.filter(|_| number(2) == 0), to: None };
            o
        })
        .collect();
    (requests, offers)
}

/// The plain search: every rule of the specification, one after the other, with nothing made ready.
fn plain(request: &Request, offers: &[Offer], on: Day) -> BTreeSet<String> {
    let topics = |words: &[String]| -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for word in words {
            if all().topics.iter().any(|t| t.id == *word) {
                found.insert(word.clone());
            }
            for alias in all().aliases.iter().filter(|a| a.word == *word) {
                found.extend(alias.topics.iter().cloned());
            }
        }
        found
    };
    let parent = |id: &str| all().topics.iter().find(|t| t.id == id).and_then(|t| t.parent.clone());
    let covers = |id: &str, code: comity_model::StateCode| -> Option<bool> {
        match &all().regions.iter().find(|r| r.id == id).unwrap().covers {
            Covers::Everyone => Some(true),
            Covers::Unnamed => None,
            Covers::Group(group) => Some(book().states().state(code).unwrap().group == *group),
            Covers::States(list) => Some(list.contains(&code)),
        }
    };
    let everybody: Vec<comity_model::StateCode> = book().states().states.iter().map(|s| s.code).collect();
    let mut found = BTreeSet::new();
    for offer in offers {
        let asked = topics(&request.topics);
        let offered = topics(&offer.topics);
        let meets = asked.iter().any(|a| {
            offered.iter().any(|o| a == o || parent(a).as_ref() == Some(o) || parent(o).as_ref() == Some(a))
        });
        let stands =
            offer.period.from.is_none_or(|from| from <= on) && offer.period.to.is_none_or(|to| on <= to);
        let one = |region: &String| -> Option<bool> {
            if let Who::State(code) = request.requester {
                return covers(region, code);
            }
            let all_of: Vec<(Option<bool>, Option<bool>)> =
                everybody.iter().map(|c| (covers(&request.region, *c), covers(region, *c))).collect();
            if matches!(all().region(region).unwrap().covers, Covers::Everyone) {
                return Some(true);
            }
            if all_of.iter().any(|(a, b)| a.is_none() || b.is_none()) {
                return None;
            }
            Some(all_of.iter().all(|(a, b)| *a != Some(true) || *b == Some(true)))
        };
        let reaches = offer.regions.is_empty() || offer.regions.iter().any(|r| one(r) != Some(false));
        if meets && stands && reaches {
            found.insert(offer.id.clone());
        }
    }
    found
}

#[test]
fn the_desk_finds_what_a_plain_search_finds() {
    let (requests, offers) = invented(150, 60);
    let desk = Desk::new(all(), book().states(), book().r1540(), &offers);
    let (mut found, mut none) = (0, 0);
    for request in &requests {
        for on in ["2024-12-01", "2026-11-21"].map(day) {
            let matched = desk.matched(request, on);
            let ids: BTreeSet<String> = matched.suggestions.iter().map(|s| s.offer.id.clone()).collect();
            assert_eq!(ids, plain(request, &offers, on), "{request:?}");
            assert_eq!(matched.emptied_by.is_some(), ids.is_empty());
            assert!(matched.suggestions.iter().all(|s| !s.topics.is_empty() && s.met >= 1));
            assert!(matched.suggestions.is_sorted_by(|a, b| a.met >= b.met));
            if ids.is_empty() { none += 1 } else { found += 1 }
        }
    }
    assert!(found > 50 && none > 5, "{found} with offers, {none} without");
}

#[test]
fn ten_thousand_requests_are_matched_at_once() {
    let (requests, offers) = invented(10_000, 200);
    let started = Instant::now();
    let desk = Desk::new(all(), book().states(), book().r1540(), &offers);
    let suggestions: usize =
        requests.iter().map(|r| desk.matched(r, day("2026-11-21")).suggestions.len()).sum();
    println!("{suggestions} suggestions for 10000 requests and 200 offers in {:?}", started.elapsed());
    assert!(suggestions > 10_000);
}

#[test]
fn gaps_become_topics_by_the_longest_prefix() {
    let fields = &book().r1540().fields;
    let cells: Vec<(&str, CellValue)> = fields
        .iter()
        .enumerate()
        .map(|(i, f)| {
            (f.id.as_str(), [CellValue::Blank, CellValue::X, CellValue::Open, CellValue::Na][i % 4])
        })
        .collect();
    let (proposals, without) = propose(&all().topics, cells.iter().copied());
    assert!(proposals.is_sorted_by_key(|p| &p.topic.id) && proposals.len() > 5);
    let told: BTreeSet<&str> =
        proposals.iter().flat_map(|p| &p.fields).chain(&without).map(|(field, _)| *field).collect();
    let gaps: BTreeSet<&str> = cells
        .iter()
        .filter(|(_, v)| matches!(v, CellValue::Blank | CellValue::Open))
        .map(|(f, _)| *f)
        .collect();
    assert_eq!(told, gaps, "each gap once, nothing else");
    for p in &proposals {
        for (field, _) in &p.fields {
            // The matrix's own reading of the same file says the same.
            let of_matrix: Vec<&str> =
                book().r1540().topics_of(field).iter().map(|t| t.id.as_str()).collect();
            assert_eq!(of_matrix, [p.topic.id.as_str()], "{field}");
        }
    }
    let one = |field: &str| {
        let (found, _) = propose(&all().topics, [(field, CellValue::Blank)]);
        found.first().map(|p| p.topic.id.clone())
    };
    assert_eq!(one("OP3CD.BORDER-TECH.N.L").as_deref(), Some("border-detection"));
    assert_eq!(one("OP3CD.BORDER.N.L").as_deref(), Some("border"));
    assert_eq!(one("OP2.FINANCE.B.E").as_deref(), Some("finance"));
    assert_eq!(one("OP2.USE.B.E").as_deref(), Some("legislation"));
    assert_eq!(one("OP1.NPT"), None);
}

#[test]
fn every_topic_has_a_view_and_every_tag_says_what_it_touches() {
    let requests: Vec<&Request> = all().requests.iter().collect();
    let offers: Vec<&Offer> = all().offers.iter().collect();
    let sources = Sources {
        all: all(),
        r1540: book().r1540(),
        controls: book().controls(),
        packs: book().packs(),
        links: &all().links,
        requests: &requests,
        offers: &offers,
    };
    let on = day("2026-11-21");
    let mut links = 0;
    for id in ids(&sources) {
        let v = view(&sources, id, on).unwrap();
        links += v.fields.len() + v.entries.len() + v.rules.len() + v.nothing.len() + v.facts.len();
        if !v.topic.unwrap().is_emerging {
            continue;
        }
        // Fields, rules and each control list are either touched or said to hold nothing.
        let nothing = |what: &str| v.nothing.iter().any(|l| l.to == what);
        assert!(!v.fields.is_empty() || nothing("fields"), "{id}: fields");
        assert!(!v.rules.is_empty() || nothing("rules"), "{id}: rules");
        for list in book().controls() {
            let said = nothing(&format!("{}@{}", list.id, list.edition));
            assert!(v.entries.iter().any(|e| e.list.id == list.id) || said, "{id}: {}", list.id);
        }
    }
    assert_eq!(links, all().links.len(), "every link is told");
    assert!(view(&sources, "emerging:none", on).is_none());
    let border = view(&sources, "border", on).unwrap();
    assert!(border.requests.iter().any(|(r, _)| r.id == "am-2008-04-04"), "by its part");
    assert!(border.own_fields.iter().all(|f| !f.id.contains("BORDER-TECH")));
    assert!(all().links.iter().all(|l| l.kind != LinkKind::Request));
}
