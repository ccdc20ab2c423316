//! How far treaties reach, their life, groups, and what is known of a supply, over the States of the lawbook; spec/states-and-1540.md, sections
//! 10, 11 and 13.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::OnceLock;

use comity_engine::standing::{
    Agreement, Engaged, Handover, Joined, Named, Received, Safeguards, SafeguardsFault, Told, before_treaty,
    changes, count, curve, curve_days, due_returns, if_joined, reached, resolve, safeguards, status,
};
use comity_model::standing::{Coverage, GroupKind, MaterialKind, States, StatusWord, TreatyRef, fold};
use comity_model::{DateValue, Day, StateCode, Truth};

fn states() -> &'static States {
    static STATES: OnceLock<States> = OnceLock::new();
    STATES.get_or_init(|| {
        let mut faults = Vec::new();
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/states");
        let states = comity_pack::states::load(&dir, &mut faults);
        assert!(faults.is_empty(), "{faults:#?}");
        states
    })
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn code(text: &str) -> StateCode {
    text.parse().unwrap()
}

fn treaty(id: &str) -> TreatyRef {
    states().treaty_ref(id).unwrap_or_else(|| panic!("no {id}"))
}

fn all_treaties() -> impl Iterator<Item = TreatyRef> {
    (0..u16::try_from(states().treaties.len()).unwrap()).map(TreatyRef)
}

#[test]
fn who_joined_and_who_left_between_two_days() {
    let found = changes(states(), treaty("CTBT"), day("2023-11-02"), day("2026-08-22"));
    let of = |way| found.iter().filter(|c| c.joined == way).map(|c| c.state.to_string()).collect::<Vec<_>>();
    assert_eq!(
        (of(Joined::In), of(Joined::Out), of(Joined::Other)),
        (vec!["PG".into(), "TO".into()], vec!["RU".into()], vec![])
    );
    let ru = found.iter().find(|c| c.state == code("RU")).unwrap();
    assert_eq!((ru.from, ru.to, ru.events.len()), (StatusWord::Party, StatusWord::Signatory, 1));
    // What only became unknown is neither.
    let found = changes(states(), treaty("CWC"), day("2024-01-01"), day("2024-01-02"));
    assert!(
        !found.is_empty() && found.iter().all(|c| c.joined == Joined::Other && c.to == StatusWord::Unknown)
    );
    // A disputed status is no departure.
    let found = changes(states(), treaty("NPT"), day("2003-01-09"), day("2003-01-10"));
    assert_eq!(found.iter().map(|c| (c.state, c.joined)).collect::<Vec<_>>(), [(code("KP"), Joined::Other)]);
    for id in ["NPT", "BWC", "CTBT", "TPNW"] {
        // Joining and leaving explain the difference of the counts of two days on which nothing is unknown.
        let (from, to) = (day("1999-06-01"), day("2026-08-22"));
        let found = changes(states(), treaty(id), from, to);
        let net = |way| found.iter().filter(|c| c.joined == way).count();
        let parties = |on| count(states(), treaty(id), on, None).of(StatusWord::Party);
        let contested = usize::from(id == "NPT");
        assert_eq!(parties(from) + net(Joined::In) - net(Joined::Out), parties(to) + contested, "{id}");
    }
}

#[test]
fn the_curve_is_the_slow_count_of_every_day_on_which_it_changes() {
    let until = day("2026-11-21");
    for id in ["NPT", "CTBT", "CPPNM", "HCOC", "CSA", "AP", "PSI", "TPNW"] {
        let at = treaty(id);
        let points = curve(states(), at, until);
        assert!(points.is_sorted_by(|a, b| a.day < b.day), "{id}");
        let days = curve_days(states(), at, until);
        let first = days[0];
        for day in
            days.into_iter().flat_map(|d| [d.previous(), d, d.next()]).filter(|d| *d >= first && *d <= until)
        {
            let slow = count(states(), at, day, None);
            let point = points.iter().rfind(|p| p.day <= day).unwrap();
            assert_eq!((point.full, &point.by_status), (slow.full, &slow.by_status), "{id} on {day}");
        }
    }
    // It goes down where a ratification was taken back.
    let points = curve(states(), treaty("CTBT"), until);
    let at = points.iter().position(|p| p.day == day("2023-11-03")).unwrap();
    assert_eq!((points[at - 1].full, points[at].full), (178, 177));
    assert!(curve(states(), treaty("SQP"), until).iter().all(|p| p.full == 0));
}

#[test]
fn every_dated_event_counts_from_its_day_and_not_the_day_before() {
    let mut tried = 0;
    for e in &states().events {
        let DateValue::Day(on) = e.date else { continue };
        let has = |day| status(states(), e.state, e.treaty, day).events.contains(&e);
        assert!(!has(on.previous()) && has(on) && has(on.next()), "{e:?}");
        tried += 1;
    }
    assert!(tried > 4000, "{tried}");
}

#[test]
fn histories_that_go_back_are_right_on_the_days_around_each_event() {
    let mut gone_back = BTreeSet::new();
    for at in all_treaties() {
        for state in &states().states {
            let events = states().events_of(at, state.code);
            if !events.iter().any(|e| e.kind.takes_back()) {
                continue;
            }
            gone_back.insert((states().treaty(at).unwrap().id.as_str(), state.code.to_string()));
            for e in events.iter().filter(|e| e.kind.takes_back()) {
                let DateValue::Day(on) = e.date else { panic!("{e:?}") };
                let before = status(states(), state.code, at, on.previous()).word();
                let after = status(states(), state.code, at, on).word();
                assert_eq!(before, StatusWord::Party, "{e:?}");
                assert!(
                    matches!(after, StatusWord::None | StatusWord::Signatory | StatusWord::Contested),
                    "{e:?}"
                );
                assert_eq!(after, status(states(), state.code, at, on.next()).word());
            }
        }
    }
    assert!(
        gone_back.contains(&("CTBT", "RU".into())) && gone_back.contains(&("NPT", "KP".into())),
        "{gone_back:?}"
    );
}

#[test]
fn a_day_before_a_treaty_is_told_apart_from_staying_outside() {
    let opened = before_treaty(states(), treaty("NPT"), day("1968-06-30")).unwrap().opened;
    assert_eq!(opened, day("1968-07-01"));
    assert_eq!(before_treaty(states(), treaty("NPT"), opened), None);
    // What has no signature in the data says nothing.
    assert_eq!(before_treaty(states(), treaty("NSG"), day("1900-01-01")), None);
    for at in all_treaties() {
        let t = states().treaty(at).unwrap();
        if let (Some(opened), Coverage::Complete) = (t.opened, t.coverage) {
            let c = count(states(), at, opened.previous(), None);
            assert_eq!(c.full + c.of(StatusWord::Signatory), 0, "{}", t.id);
        }
    }
}

#[test]
fn what_would_change_if_states_joined() {
    let on = day("2026-08-22");
    let counted = count(states(), treaty("CTBT"), on, None);
    let found = if_joined(states(), &counted, &[code("FR"), code("IN"), code("US")]);
    assert_eq!((found.before, found.after, found.full_vector), (179, 181, Some((173, 174))));
    assert_eq!(found.already, [code("FR")]);
    assert_eq!(found.joining, [(code("IN"), StatusWord::None), (code("US"), StatusWord::Signatory)]);
    let (before, after) = &found.milestones[0];
    assert_eq!((before.inside, after.inside, after.needed, after.met), (35, 37, 44, false));
    // All nine that are missing would meet it.
    let nine = before.missing.clone();
    let all = if_joined(states(), &counted, &nine);
    assert!(all.milestones[0].1.met && all.after == 188);
    // After the data nobody is known to be outside: that is said.
    let later = count(states(), treaty("CTBT"), day("2026-11-21"), None);
    let found = if_joined(states(), &later, &[code("IN")]);
    assert_eq!(
        (found.open, found.joining.len(), found.after),
        (vec![(code("IN"), StatusWord::Unknown)], 0, 180)
    );
    assert_eq!(if_joined(states(), &count(states(), treaty("ATT"), on, None), &[]).full_vector, None);
}

#[test]
fn milestones_and_the_day_on_which_they_were_met() {
    let at = |id: &str, on: &str| {
        let milestone = states().milestones_of(treaty(id)).next().unwrap();
        let found = reached(states(), milestone, day(on), &[]);
        (found.met, found.since.map(|d| d.to_string()), found.inside)
    };
    assert_eq!(at("CTBT", "2026-08-22"), (false, None, 35));
    assert_eq!(at("CTBT", "2023-11-02"), (false, None, 36));
    assert_eq!(at("NPT", "1970-03-04"), (false, None, 36));
    let (met, since, _) = at("NPT", "2026-08-22");
    assert_eq!((met, since.as_deref()), (true, Some("1970-03-05")));
    let (met, since, inside) = at("BWC", "1975-03-26");
    assert_eq!((met, since.as_deref(), inside), (true, Some("1975-03-26"), 43));
    assert_eq!(at("TPNW", "2026-08-22").1.as_deref(), Some("2020-10-24"));
    // Every one that is met is met from its day on, and not the day before.
    for milestone in &states().milestones {
        if let Some(since) = reached(states(), milestone, day("2026-08-22"), &[]).since {
            assert!(!reached(states(), milestone, since.previous(), &[]).met, "{}", milestone.id);
        }
    }
}

#[test]
fn groups_have_the_numbers_of_their_sources() {
    let size = |kind, id: &str| {
        let group = states().groups.iter().find(|g| g.kind == kind && g.id == id).unwrap();
        (group.members.len(), group.members.iter().filter(|c| states().state(**c).is_some()).count())
    };
    for (id, n) in [("AFRICAN", 54), ("ASIA-PACIFIC", 54), ("EEG", 23), ("GRULAC", 33), ("WEOG", 29)] {
        assert_eq!(size(GroupKind::Regional, id), (n, n));
    }
    let ungrouped = states()
        .states
        .iter()
        .filter(|s| states().groups_of(s.code).all(|g| g.kind != GroupKind::Regional))
        .count();
    assert_eq!(ungrouped, 4);
    assert_eq!(size(GroupKind::Category, "LLDC"), (32, 32));
    assert_eq!(size(GroupKind::Category, "SIDS").0, 53);
    assert_eq!(size(GroupKind::Category, "LDC"), (45, 45));
    for state in &states().states {
        let of = |kind| states().groups_of(state.code).filter(|g| g.kind == kind).collect::<Vec<_>>();
        let (regions, parts) = (of(GroupKind::Region), of(GroupKind::Subregion));
        assert_eq!((regions.len(), parts.len()), (1, 1), "{}", state.code);
        assert_eq!(parts[0].within, regions[0].id, "{}", state.code);
    }
}

#[test]
fn yearly_returns_fall_due_and_are_unknown_where_the_data_say_nothing() {
    let due = |on: &str| {
        let (rule, last, next, received) = due_returns(states(), "BWC", Some(code("FR")), day(on)).remove(0);
        (rule.id.clone(), last.map(|d| d.day.to_string()), next.map(|d| d.day.to_string()), received)
    };
    let (id, last, next, received) = due("2026-04-14");
    assert_eq!(
        (id.as_str(), last.as_deref(), next.as_deref()),
        ("CBM", Some("2025-04-15"), Some("2026-04-15"))
    );
    assert_eq!(received, Received::Unknown);
    assert_eq!(due("2026-04-15").1.as_deref(), Some("2026-04-15"));
    assert_eq!(due("1980-01-01").1, None);
    let of = |id: &str| {
        due_returns(states(), "CWC", None, day("2026-11-21")).into_iter().find(|r| r.0.id == id).unwrap()
    };
    assert_eq!(of("ART-VI-PAST").1.unwrap().day, day("2026-03-31"));
    assert_eq!(of("ART-VI-ANTICIPATED-23").1.unwrap().day, day("2026-11-02"));
    assert_eq!(of("ART-VI-ANTICIPATED-23").1.unwrap().year, 2027);
    assert!(due_returns(states(), "NPT", None, day("2026-11-21")).is_empty());
}

#[test]
fn names_resolve_in_every_form_and_misspelt_ones_are_suggested() {
    let all = states()
        .states
        .iter()
        .map(|s| (s.code, &s.name, &s.names, &s.aliases))
        .chain(states().territories.iter().map(|t| (t.code, &t.name, &t.names, &t.aliases)));
    let (mut forms, mut near, mut misspelt) = (0, 0, 0);
    for (code, name, names, aliases) in all {
        assert!(names.iter().filter(|n| n.language != "zh-Hant").count() == 5, "{code} lacks a language");
        for text in std::iter::once(name).chain(names.iter().map(|n| &n.text)).chain(aliases) {
            for form in
                [text.clone(), text.to_uppercase(), text.to_lowercase(), fold(text), format!("  {text}. ")]
            {
                let found = match resolve(states(), &form) {
                    Named::State(s) => vec![s.code],
                    Named::Territory(t) => vec![t.code],
                    Named::Ambiguous(codes) => {
                        assert!(!states().sharing(&fold(&form)).is_empty(), "`{form}` of {code}: {codes:?}");
                        codes
                    }
                    Named::Unknown(codes) => panic!("`{form}` of {code}: {codes:?}"),
                };
                assert!(found.contains(&code), "`{form}` of {code}: {found:?}");
                forms += 1;
            }
        }
        // One letter left out in the middle.
        let letters: Vec<char> = name.chars().collect();
        if letters.len() >= 6 {
            let middle = letters.len() / 2;
            let text: String =
                letters.iter().enumerate().filter(|(at, _)| *at != middle).map(|(_, c)| c).collect();
            misspelt += 1;
            match resolve(states(), &text) {
                Named::Unknown(codes) | Named::Ambiguous(codes) => near += usize::from(codes.contains(&code)),
                Named::State(s) => near += usize::from(s.code == code),
                Named::Territory(t) => near += usize::from(t.code == code),
            }
        }
    }
    println!("{forms} forms resolve; {near} of {misspelt} names with a letter left out are suggested");
    assert!(forms > 9_000, "{forms}");
    assert!(near * 100 >= misspelt * 97, "{near} of {misspelt}");
    for (text, first) in
        [("Germny", "DE"), ("Kazakstan", "KZ"), ("Phillipines", "PH"), ("Columbia", "CO"), ("Камерунн", "CM")]
    {
        let Named::Unknown(codes) = resolve(states(), text) else { panic!("{text}") };
        assert_eq!(codes.first(), Some(&code(first)), "{text}: {codes:?}");
    }
}

#[test]
fn names_in_use_for_two_states_pick_neither() {
    for (text, both) in [
        ("Конго", ["CD", "CG"]),
        ("刚果", ["CD", "CG"]),
        ("corée", ["KP", "KR"]),
        ("Корея", ["KP", "KR"]),
        ("كوريا", ["KP", "KR"]),
    ] {
        assert_eq!(resolve(states(), text), Named::Ambiguous(both.map(code).to_vec()), "{text}");
    }
    for (text, one) in [
        ("Republic of the Congo", "CG"),
        ("CONGO", "CG"),
        ("Korea", "KR"),
        ("DR Congo", "CD"),
        ("CG", "CG"),
        ("South Korea", "KR"),
        ("DPRK", "KP"),
    ] {
        assert!(matches!(resolve(states(), text), Named::State(s) if s.code == code(one)), "{text}");
    }
    // No key of the table of names points to two places.
    assert!(states().names.windows(2).all(|w| w[0].key != w[1].key));
}

fn ask<'s>(
    supplier: &str,
    recipient: &str,
    material: &str,
    percent: Option<&str>,
    purpose: &str,
    told: &BTreeMap<String, Told>,
) -> Result<Safeguards<'s>, SafeguardsFault> {
    let asked = Handover {
        supplier: code(supplier),
        recipient: code(recipient),
        material,
        enrichment: percent.map(|p| p.parse().unwrap()),
        purpose,
        day: day("2024-12-31"),
        told,
    };
    safeguards(states(), &asked)
}

fn engaged(found: &Safeguards<'_>, id: &str) -> Engaged {
    found.undertakings.iter().find(|u| u.undertaking.id == id).unwrap().engaged
}

#[test]
fn which_undertakings_speak_of_a_supply() {
    let none = BTreeMap::new();
    let id = "supply-under-safeguards";
    let of =
        |s: &str, r: &str, purpose: &str| engaged(&ask(s, r, "plutonium", None, purpose, &none).unwrap(), id);
    assert_eq!(of("FR", "JP", "power"), Engaged::Yes);
    assert_eq!(of("FR", "CN", "power"), Engaged::No, "a nuclear-weapon State receives");
    assert_eq!(of("IN", "JP", "power"), Engaged::No, "the supplier is outside");
    assert_eq!(of("KP", "JP", "power"), Engaged::Unknown, "contested");
    assert_eq!(of("FR", "JP", "unknown"), Engaged::Unknown);
    assert_eq!(of("FR", "JP", "naval-propulsion"), Engaged::Disputed);
    assert_eq!(of("IN", "JP", "naval-propulsion"), Engaged::No);
    // The kind of uranium hangs on its enrichment.
    let uranium = ask("FR", "JP", "uranium", None, "power", &none).unwrap();
    assert_eq!((uranium.material.kind, engaged(&uranium, id)), (None, Engaged::Unknown));
    let high = ask("FR", "JP", "uranium", Some("20"), "power", &none).unwrap();
    assert_eq!(high.material.kind, Some(MaterialKind::SpecialFissionable));
    assert_eq!(high.material.limit.unwrap().title, "high-enriched uranium");
    let low = ask("FR", "JP", "uranium", Some("19.99"), "power", &none).unwrap();
    assert_eq!(low.material.limit.unwrap().title, "low-enriched uranium");
    assert_eq!(engaged(&ask("FR", "JP", "other", None, "power", &none).unwrap(), id), Engaged::No);
    // Only a use that raises the question shows conditions and readings.
    assert!(high.conditions.is_empty() && high.readings.is_empty());
    assert!(!ask("FR", "JP", "uranium", Some("93"), "naval-propulsion", &none).unwrap().readings.is_empty());
}

#[test]
fn agreements_and_conditions_are_settled_by_sources_only() {
    let none = BTreeMap::new();
    let agreement = |r: &str, told: &BTreeMap<String, Told>| {
        ask("FR", r, "plutonium", None, "power", told).unwrap().agreement
    };
    assert_eq!(agreement("JP", &none), Agreement::Comprehensive);
    assert_eq!(agreement("GN", &none), Agreement::None);
    assert_eq!(agreement("IN", &none), Agreement::Unknown);
    assert_eq!(ask("US", "CN", "plutonium", None, "power", &none).unwrap().agreement, Agreement::Voluntary);
    let told = |holds, source: Option<&str>| {
        BTreeMap::from([(
            "item_specific_agreement".to_owned(),
            Told { holds, source: source.map(str::to_owned) },
        )])
    };
    assert_eq!(agreement("IN", &told(true, Some("INFCIRC/754"))), Agreement::ItemSpecific);
    assert_eq!(agreement("IN", &told(true, None)), Agreement::Unknown, "without a source nothing is settled");
    assert_eq!(agreement("IN", &told(false, Some("a page"))), Agreement::Unknown);

    let facts = BTreeMap::from([
        ("state_notice".to_owned(), Told { holds: true, source: Some("a note".into()) }),
        ("arrangement_agreed".to_owned(), Told { holds: false, source: Some("a report".into()) }),
        ("no_explosive_use".to_owned(), Told { holds: true, source: None }),
    ]);
    let found = ask("US", "AU", "uranium", Some("93"), "naval-propulsion", &facts).unwrap();
    let met: Vec<Truth> = found.conditions.iter().map(|c| c.met).collect();
    assert_eq!(
        met,
        [Truth::True, Truth::Unknown, Truth::Unknown, Truth::Unknown, Truth::Unknown, Truth::False]
    );
    assert_eq!(found.open().count(), 4);
}

#[test]
fn impossible_questions_are_refused() {
    let none = BTreeMap::new();
    let fault = |material: &str, percent, purpose: &str| {
        ask("FR", "JP", material, percent, purpose, &none).unwrap_err()
    };
    assert!(matches!(fault("gold", None, "power"), SafeguardsFault::Material(ids) if ids.len() > 5));
    assert!(matches!(fault("plutonium", None, "war"), SafeguardsFault::Purpose(_)));
    assert_eq!(fault("uranium", Some("101"), "power"), SafeguardsFault::Enrichment);
    assert_eq!(fault("uranium", Some("-1"), "power"), SafeguardsFault::Enrichment);
    assert_eq!(fault("plutonium", Some("5"), "power"), SafeguardsFault::NotEnriched("plutonium".into()));
    assert!(matches!(fault("natural-uranium", Some("93"), "power"), SafeguardsFault::Contrary(..)));
    let told = BTreeMap::from([("nonsense".to_owned(), Told { holds: true, source: None })]);
    assert!(matches!(ask("FR", "JP", "plutonium", None, "power", &told), Err(SafeguardsFault::Told(..))));
}

/// All that is known of a supply but for names, dates and sources.
fn shape(found: &Safeguards<'_>) -> String {
    let side = |s: &comity_engine::standing::SideAnswer<'_>| {
        let words: Vec<_> = s.regimes.iter().map(|a| a.word()).collect();
        format!("{:?} {} {} {words:?} {:?}", s.class, s.treaty.word(), s.organisation.word(), s.zone[0].word)
    };
    let undertakings: Vec<_> =
        found.undertakings.iter().map(|u| (&u.undertaking.id, u.engaged, &u.terms)).collect();
    let conditions: Vec<_> = found.conditions.iter().map(|c| (&c.condition.id, c.met)).collect();
    let readings: Vec<_> = found.readings.iter().map(|r| (&r.question, &r.id, &r.holders)).collect();
    format!(
        "{}|{}|{:?} {} {} {}|{undertakings:?}|{conditions:?}|{readings:?}|{:?}",
        side(&found.supplier),
        side(&found.recipient),
        found.agreement,
        found.comprehensive.word(),
        found.voluntary.word(),
        found.protocol.word(),
        found.material.kind
    )
}

#[test]
fn pairs_of_equal_standing_get_equal_answers() {
    let rules = states().safeguards.as_ref().unwrap();
    let on = day("2024-12-31");
    let tables: Vec<TreatyRef> =
        [rules.treaty, rules.comprehensive, rules.voluntary, rules.protocol, rules.organisation]
            .into_iter()
            .chain(rules.regimes.iter().copied())
            .collect();
    let zone = comity_model::standing::Basis {
        id: String::new(),
        title: String::new(),
        slots: vec![comity_model::standing::Slot::Zone],
    };
    // What a State brings into the question: its vector, whether it rests on memory, and what the treaty makes of it.
    let vector = |c: StateCode| -> String {
        let words: Vec<_> = tables
            .iter()
            .map(|t| {
                let answer = status(states(), c, *t, on);
                (answer.word(), answer.memory.settles(), answer.as_known_on.is_some())
            })
            .collect();
        let zone = comity_engine::standing::vector(states(), c, on, &zone);
        format!("{words:?} {zone:?} {}", rules.weapon_states.contains(&c))
    };
    let vectors: Vec<(StateCode, String)> =
        states().states.iter().map(|s| (s.code, vector(s.code))).collect();
    let distinct: BTreeSet<&String> = vectors.iter().map(|(_, v)| v).collect();
    let told = BTreeMap::new();
    let mut shapes: BTreeMap<(&String, &String), String> = BTreeMap::new();
    let mut equal = 0;
    for (supplier, a) in &vectors {
        for (recipient, b) in vectors.iter().filter(|(c, _)| c != supplier) {
            let asked = Handover {
                supplier: *supplier,
                recipient: *recipient,
                material: "uranium",
                enrichment: Some("93".parse().unwrap()),
                purpose: "naval-propulsion",
                day: on,
                told: &told,
            };
            let found = shape(&safeguards(states(), &asked).unwrap());
            match shapes.get(&(a, b)) {
                Some(first) => {
                    assert_eq!(first, &found, "{supplier} to {recipient}");
                    equal += 1;
                }
                None => {
                    shapes.insert((a, b), found);
                }
            }
        }
    }
    println!("{equal} pairs equal to another of the same vectors, {} vectors", distinct.len());
    assert_eq!(equal + shapes.len(), 197 * 196);
    assert!(equal > 30_000, "{equal}");
}

#[test]
fn conditions_of_packs_ask_standing_on_the_day_and_are_settled_only_by_what_is_known() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
    let book = comity_pack::compile::lawbook(&data, &[]).unwrap_or_else(|f| panic!("{} faults", f.len()));
    let has = |state: &str, id: &str, words: &[&str], on: &str| {
        let words: Vec<String> = words.iter().map(|w| (*w).to_owned()).collect();
        comity_engine::classify::has_standing(&book, code(state), id, &words, day(on))
    };
    assert_eq!(has("FR", "CWC", &["party"], "2024-01-01"), Truth::True);
    assert_eq!(has("EG", "CWC", &["party"], "2024-01-01"), Truth::False);
    assert_eq!(has("IL", "CWC", &["party", "signatory"], "2024-01-01"), Truth::True);
    assert_eq!(has("EG", "CWC", &["party"], "2026-11-21"), Truth::Unknown, "after the data");
    assert_eq!(has("KP", "NPT", &["party"], "2026-08-22"), Truth::Unknown, "contested");
    assert_eq!(has("RU", "CTBT", &["party"], "2023-11-02"), Truth::True);
    assert_eq!(has("RU", "CTBT", &["party"], "2023-11-03"), Truth::False);
    assert_eq!(has("FR", "MTCR", &["participant"], "2024-12-31"), Truth::Unknown, "memory settles nothing");
}
