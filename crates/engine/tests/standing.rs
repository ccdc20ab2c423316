//! Status on a day, counts, standing and names over the States of the lawbook; figures and rules of spec/states-and-1540.md, sections 3, 4 and 13.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

use std::path::Path;
use std::sync::OnceLock;

use comity_engine::standing::{
    self, BASIS_DEFAULT, Named, Precision, StatusAnswer, count, participation, resolve, resolve_treaty,
    twins, vector, vectors,
};
use comity_model::standing::{
    EventKind, Memory, NameKey, States, Status, StatusWord, TreatyRef, WhyUnknown, fold,
};
use comity_model::{DateValue, Day, Evidence, StateCode, Truth};

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

fn status(state: &str, id: &str, on: &str) -> StatusAnswer<'static> {
    standing::status(states(), code(state), treaty(id), day(on))
}

fn word(state: &str, id: &str, on: &str) -> StatusWord {
    status(state, id, on).word()
}

fn full(id: &str, on: &str) -> usize {
    count(states(), treaty(id), day(on), None).full
}

fn with(id: &str, on: &str, word: StatusWord) -> String {
    let count = count(states(), treaty(id), day(on), None);
    let mut codes: Vec<&str> = count.with(word).map(|c| states().state(c).unwrap().iso3.as_str()).collect();
    codes.sort_unstable();
    codes.join(" ")
}

#[test]
fn parties_on_the_days_of_section_3() {
    for (id, on, parties) in [
        ("NPT", "1970-03-05", 45),
        ("NPT", "1995-05-11", 178),
        ("NPT", "2024-01-01", 191),
        ("NPT", "2026-08-22", 191),
        ("CWC", "2004-04-28", 162),
        ("CWC", "2016-04-24", 192),
        ("CWC", "2024-01-01", 193),
        ("BWC", "1975-03-26", 43),
        ("BWC", "2004-04-28", 150),
        ("BWC", "2006-02-28", 153),
        ("BWC", "2024-01-01", 185),
        ("BWC", "2026-08-22", 189),
        ("CTBT", "2001-11-11", 85),
        ("CTBT", "2004-04-28", 112),
        ("CTBT", "2023-11-02", 178),
        ("CTBT", "2023-11-03", 177),
        ("CTBT", "2024-01-23", 177),
        ("CTBT", "2026-08-22", 179),
        ("TPNW", "2021-01-22", 52),
        ("TPNW", "2024-01-30", 70),
        ("TPNW", "2026-08-22", 75),
        ("PTBT", "2024-01-01", 125),
        ("CPPNM", "1987-02-08", 18),
        ("CPPNM", "2004-04-28", 98),
        ("CPPNM", "2021-10-20", 163),
        ("ICSANT", "2007-07-07", 23),
        ("ICSANT", "2018-07-10", 113),
        ("GP1925", "2018-07-10", 140),
        ("ATT", "2018-07-10", 96),
        ("UNTOC", "2015-03-14", 178),
        ("AP", "2011-06-30", 109),
        ("CSA", "2024-12-31", 184),
        ("NSG", "2024-12-31", 48),
        ("MTCR", "2024-12-31", 35),
        ("AG", "2024-12-31", 42),
        ("WA", "2024-12-31", 42),
        ("ZC", "2024-12-31", 39),
        ("HCOC", "2024-03-11", 14),
        ("PSI", "2024-12-31", 22),
    ] {
        assert_eq!(full(id, on), parties, "{id} on {on}");
    }
}

#[test]
fn signatures_of_the_test_ban_treaty() {
    for (on, signed) in [
        ("2001-11-11", 161),
        ("2004-04-28", 171),
        ("2023-11-02", 187),
        ("2023-11-03", 187),
        ("2024-01-23", 187),
        ("2026-08-22", 188),
    ] {
        assert_eq!(count(states(), treaty("CTBT"), day(on), None).signed, signed, "{on}");
    }
}

#[test]
fn the_44_states_whose_ratification_is_needed() {
    let annex = treaty("CTBT-ANNEX2");
    for (on, parties) in [("2001-11-11", 31), ("2023-11-02", 36), ("2023-11-03", 35), ("2026-08-22", 35)] {
        let c = count(states(), treaty("CTBT"), day(on), Some(annex));
        assert_eq!((c.full, c.answers.len()), (parties, 44), "{on}");
    }
    let c = count(states(), treaty("CTBT"), day("2026-08-22"), Some(annex));
    let mut outside: Vec<&str> = c
        .answers
        .iter()
        .filter(|a| a.word() != StatusWord::Party)
        .map(|a| states().state(a.state).unwrap().iso3.as_str())
        .collect();
    outside.sort_unstable();
    assert_eq!(outside.join(" "), "CHN EGY IND IRN ISR PAK PRK RUS USA");
}

#[test]
fn who_stands_outside() {
    assert_eq!(with("NPT", "2026-08-22", StatusWord::None), "COK IND ISR NIU PAK SSD");
    assert_eq!(with("CWC", "2024-01-01", StatusWord::Signatory), "ISR");
    assert_eq!(with("CWC", "2024-01-01", StatusWord::None), "EGY PRK SSD");
    assert_eq!(with("BWC", "2026-08-22", StatusWord::Signatory), "EGY HTI SOM SYR");
    assert_eq!(with("BWC", "2026-08-22", StatusWord::None), "DJI ERI ISR TCD");
    assert_eq!(with("CSA", "2024-12-31", StatusWord::NotInForce), "GIN GNQ SOM SSD");
    assert!(
        word("CK", "CSA", "2024-12-31") == StatusWord::InForce
            && word("NU", "CSA", "2024-12-31") == StatusWord::InForce
    );
}

#[test]
fn every_count_adds_up_to_all_states() {
    for at in 0..u16::try_from(states().treaties.len()).unwrap() {
        for on in ["1960-01-01", "2011-06-30", "2024-06-30", "2026-11-21"] {
            let c = count(states(), TreatyRef(at), day(on), None);
            assert_eq!(c.by_status.values().sum::<usize>(), states().states.len());
        }
    }
}

#[test]
fn a_ratification_taken_back() {
    for (on, expected) in [
        ("1996-09-23", StatusWord::None),
        ("1996-09-24", StatusWord::Signatory),
        ("1999-01-01", StatusWord::Signatory),
        ("2000-06-29", StatusWord::Signatory),
        ("2000-06-30", StatusWord::Party),
        ("2023-11-02", StatusWord::Party),
        ("2023-11-03", StatusWord::Signatory),
        ("2023-11-04", StatusWord::Signatory),
        ("2026-08-22", StatusWord::Signatory),
    ] {
        assert_eq!(word("RU", "CTBT", on), expected, "{on}");
    }
    let now = status("RU", "CTBT", "2026-08-22");
    assert_eq!(now.status, Status::Signatory { since: day("2023-11-03").into() });
    assert_eq!(now.events.len(), 3);
}

#[test]
fn a_disputed_withdrawal_is_contested_with_both_positions_and_counted_as_totals_do() {
    assert_eq!(word("KP", "NPT", "1985-12-11"), StatusWord::None);
    assert_eq!(word("KP", "NPT", "2003-01-09"), StatusWord::Party);
    for on in ["2003-01-10", "2026-08-22", "2026-11-21"] {
        let answer = status("KP", "NPT", on);
        let Status::Contested { positions } = &answer.status else { panic!("{:?}", answer.status) };
        assert_eq!(
            positions.iter().map(|p| p.status).collect::<Vec<_>>(),
            [StatusWord::Party, StatusWord::None]
        );
        assert_eq!(positions.iter().filter(|p| p.counted).count(), 1);
    }
    let c = count(states(), treaty("NPT"), day("2026-08-22"), None);
    assert_eq!((c.of(StatusWord::Party), c.of(StatusWord::Contested), c.full), (190, 1, 191));
    assert_eq!(c.contested_counted, [code("KP")]);
}

#[test]
fn a_partial_table_never_says_none() {
    let kenya = status("KE", "HCOC", "2024-03-11");
    assert_eq!(kenya.status, Status::Unknown { why: WhyUnknown::NoRecord, last_known: None });
    for id in ["CPPNM-A", "IAEA", "HCOC", "PSI", "SQP", "NWFZ-CANWFZ-P"] {
        for on in ["1960-01-01", "2014-12-31", "2026-11-21"] {
            assert_eq!(count(states(), treaty(id), day(on), None).of(StatusWord::None), 0, "{id} on {on}");
        }
    }
    // A dated subscription says nothing of the days before it.
    assert_eq!(word("IN", "HCOC", "2016-05-31"), StatusWord::Unknown);
    assert_eq!(word("IN", "HCOC", "2016-06-01"), StatusWord::Subscriber);
}

#[test]
fn a_negative_holds_only_as_far_as_its_source() {
    assert_eq!(word("NA", "HCOC", "2008-12-31"), StatusWord::NotSubscriber);
    assert_eq!(word("NA", "HCOC", "2008-12-01"), StatusWord::NotSubscriber);
    let later = status("NA", "HCOC", "2009-01-01");
    let Status::Unknown { why, last_known: Some(last) } = later.status else { panic!("{:?}", later.status) };
    assert_eq!(
        (why, last.status, last.as_of.to_string()),
        (WhyUnknown::AfterData, StatusWord::NotSubscriber, "2008-12".into())
    );
    let earlier = status("NA", "HCOC", "2008-11-30");
    assert!(matches!(earlier.status, Status::Unknown { why: WhyUnknown::BeforeData, .. }));
    assert_eq!(word("SO", "CSA", "2025-01-01"), StatusWord::Unknown);
}

#[test]
fn none_turns_unknown_after_the_data_and_a_positive_carries_on_marked() {
    assert_eq!(word("TD", "BWC", "2026-08-22"), StatusWord::None);
    assert_eq!(word("TD", "BWC", "2026-08-23"), StatusWord::Unknown);
    assert_eq!(word("AD", "AP", "2011-06-30"), StatusWord::None);
    assert_eq!(word("AD", "AP", "2024-01-01"), StatusWord::Unknown);
    assert_eq!(status("FR", "NPT", "2026-08-22").as_known_on, None);
    let later = status("FR", "NPT", "2026-11-21");
    assert_eq!((later.word(), later.as_known_on), (StatusWord::Party, Some(day("2026-08-22").into())));
    assert_eq!(word("EG", "CWC", "2024-01-02"), StatusWord::Unknown);
}

#[test]
fn an_undated_fact_holds_from_the_day_its_source_saw_it() {
    let before = status("CZ", "CPPNM", "2021-10-19");
    let Status::Unknown { why, last_known: Some(known) } = before.status else {
        panic!("{:?}", before.status)
    };
    assert_eq!((why, known.status), (WhyUnknown::Undated, StatusWord::Party));
    let on = status("CZ", "CPPNM", "2021-10-20");
    assert_eq!(on.status, Status::Party { since: DateValue::Unknown });
    assert_eq!(on.precision, Precision::None);
    assert_eq!(word("HT", "CPPNM", "2021-10-20"), StatusWord::Unknown);
    assert_eq!(word("HT", "CPPNM", "2024-12-31"), StatusWord::Signatory);
}

#[test]
fn a_year_leaves_that_year_unknown() {
    // In force in 2024; the source saw it at the end of that year.
    assert_eq!(word("TL", "CSA", "2023-12-31"), StatusWord::None);
    assert!(matches!(
        status("TL", "CSA", "2024-01-01").status,
        Status::Unknown { why: WhyUnknown::ImpreciseDate, .. }
    ));
    assert_eq!(word("TL", "CSA", "2024-12-30"), StatusWord::Unknown);
    let end = status("TL", "CSA", "2024-12-31");
    assert_eq!(
        (end.word(), end.precision, end.since.to_string()),
        (StatusWord::InForce, Precision::Year, "2024".into())
    );
    assert_eq!(word("MG", "PSI", "2024-06-30"), StatusWord::Unknown);
    assert_eq!(word("MG", "PSI", "2025-01-01"), StatusWord::Endorser);
    // Between the end of the complete table and the year of the later row nothing is known.
    assert_eq!(word("TL", "AP", "2015-01-01"), StatusWord::Unknown);
}

#[test]
fn memory_stays_marked() {
    for (state, id, evidence, memory) in [
        ("FR", "MTCR", Evidence::Memory, Memory::Only),
        ("KP", "MTCR", Evidence::Memory, Memory::Only),
        ("IN", "AG", Evidence::Memory, Memory::Only),
        ("FR", "AG", Evidence::Secondary, Memory::Confirmed),
        ("FR", "NSG", Evidence::Secondary, Memory::Confirmed),
        ("NZ", "ZC", Evidence::Memory, Memory::Only),
        ("CN", "NWFZ-CANWFZ-P", Evidence::Memory, Memory::Only),
        ("FR", "NPT", Evidence::Read, Memory::No),
        ("KE", "WA", Evidence::Secondary, Memory::No),
    ] {
        let answer = status(state, id, "2024-12-31");
        assert_eq!((answer.evidence, answer.memory), (Some(evidence), memory), "{state} {id}");
        assert!(!answer.sources.is_empty());
    }
}

#[test]
fn every_answer_names_a_source_unless_there_are_no_data() {
    for at in 0..u16::try_from(states().treaties.len()).unwrap() {
        let no_data = states().treaties[usize::from(at)].id == "SQP";
        for answer in count(states(), TreatyRef(at), day("2024-06-30"), None).answers {
            assert_eq!(answer.sources.is_empty(), no_data);
        }
    }
}

#[test]
fn thirteen_vectors_and_173_full_parties() {
    let on = day("2026-08-22");
    let groups = vectors(states(), on, states().basis(BASIS_DEFAULT).unwrap());
    assert_eq!(groups.len(), 13);
    assert_eq!(groups.values().map(Vec::len).sum::<usize>(), 197);
    let full = &groups[&vec![StatusWord::Party; 4]];
    assert_eq!(full.len(), 173);
    let takes_part = |c: &StateCode| {
        ["NSG", "MTCR", "AG", "WA"]
            .iter()
            .any(|id| standing::status(states(), *c, treaty(id), on).word() == StatusWord::Participant)
    };
    assert_eq!(full.iter().filter(|c| takes_part(c)).count(), 45);
    let outside: Vec<&str> = states()
        .states
        .iter()
        .filter(|s| takes_part(&s.code) && !full.contains(&s.code))
        .map(|s| s.code.as_str())
        .collect();
    assert_eq!(outside, ["CN", "IN", "RU", "US"]);
}

#[test]
fn twins_are_equal_in_status_and_unknown_where_a_status_is() {
    let (on, basis) = (day("2026-08-22"), states().basis(BASIS_DEFAULT).unwrap());
    let twin = |a, b| twins(states(), code(a), code(b), on, basis);
    assert_eq!(twin("FR", "KE"), Truth::True);
    assert_eq!(twin("IN", "PK"), Truth::True);
    assert_eq!(twin("FR", "IN"), Truth::False);
    assert_eq!(twin("FR", "EG"), Truth::Unknown);
    assert_eq!(twin("EG", "EG"), Truth::Unknown);
}

#[test]
fn the_wide_basis_takes_the_zone_of_the_state() {
    let basis = states().basis("wide").unwrap();
    let zone = |c: &str| standing::standing(states(), code(c), day("2026-08-22"), basis).pop().unwrap();
    let kenya = zone("KE");
    assert_eq!(states().treaty(kenya.treaty.unwrap()).unwrap().id, "NWFZ-PELINDABA");
    assert_eq!((zone("FR").treaty, zone("FR").word), (None, StatusWord::None));
    assert_eq!(vector(states(), code("FR"), day("2026-08-22"), basis).len(), 10);
}

#[test]
fn participation_is_a_vector_of_its_own() {
    let parts = participation(states(), code("FR"), day("2024-12-31"));
    let words: Vec<&str> = parts.iter().map(|e| e.word.word()).collect();
    assert_eq!(
        words,
        ["participant", "participant", "participant", "participant", "participant", "subscriber", "endorser"]
    );
}

#[test]
fn names_in_all_languages_case_and_accents_apart() {
    for text in
        ["FR", "fr", "FRA", "france", "FRANCE", "法国", "Франция", "Francia", "فرنسا", "French Republic"]
    {
        let Named::State(state) = resolve(states(), text) else { panic!("{text}") };
        assert_eq!(state.code, code("FR"), "{text}");
    }
    for text in ["Cote d'Ivoire", "CÔTE D’IVOIRE", "ivory coast"] {
        let Named::State(state) = resolve(states(), text) else { panic!("{text}") };
        assert_eq!(state.code, code("CI"), "{text}");
    }
    assert!(matches!(resolve(states(), "hong kong"), Named::Territory(t) if t.code == code("HK")));
}

#[test]
fn an_ambiguous_name_picks_none_and_an_unknown_one_suggests() {
    assert_eq!(resolve(states(), "Virgin Islands"), Named::Ambiguous(vec![code("VG"), code("VI")]));
    let Named::Ambiguous(all) = resolve(states(), "Saint") else { panic!() };
    assert!(all.len() > 3);
    for (text, meant) in [("Frnace", "FR"), ("Pakistn", "PK"), ("Kazakstan", "KZ"), ("Switserland", "CH")] {
        let Named::Unknown(near) = resolve(states(), text) else { panic!("{text}") };
        assert_eq!(near.first(), Some(&code(meant)), "{text}");
    }
    assert_eq!(resolve(states(), ""), Named::Unknown(vec![]));
    assert_eq!(resolve(states(), &"x".repeat(1 << 20)), Named::Unknown(vec![]));
    assert_eq!(resolve(states(), "\u{301}\u{0}--"), Named::Unknown(vec![]));
}

#[test]
fn treaties_by_id_in_any_case_else_suggestions() {
    assert_eq!(resolve_treaty(states(), "npt"), Ok(treaty("NPT")));
    assert_eq!(resolve_treaty(states(), "CTTB").unwrap_err(), ["CTBT"]);
    assert!(resolve_treaty(states(), "tlatelolco").unwrap_err().contains(&"NWFZ-TLATELOLCO"));
}

#[test]
fn the_other_codes_are_never_parties() {
    for t in &states().territories {
        assert!(states().state(t.code).is_none());
        assert!(states().events.iter().all(|e| e.state != t.code));
    }
    assert_eq!((states().states.len(), states().territories.len()), (197, 52));
}

#[test]
fn a_code_that_is_no_state_is_unknown_everywhere() {
    for at in (0..u16::try_from(states().treaties.len()).unwrap()).map(TreatyRef) {
        for other in ["HK", "XX"] {
            let answer = standing::status(states(), code(other), at, day("2020-01-01"));
            assert_eq!(answer.status, Status::Unknown { why: WhyUnknown::NoState, last_known: None });
        }
    }
}

#[test]
fn a_condition_of_a_rule_is_settled_only_by_what_is_known() {
    let is = |state, id, on, word| status(state, id, on).is(word);
    assert_eq!(is("FR", "CWC", "2026-11-21", StatusWord::Party), Truth::True);
    assert_eq!(is("FR", "CWC", "2026-11-21", StatusWord::None), Truth::False);
    assert_eq!(is("EG", "CWC", "2024-01-01", StatusWord::Party), Truth::False);
    assert_eq!(is("EG", "CWC", "2026-11-21", StatusWord::Party), Truth::Unknown);
    // Signed; whether it became a party after the data is not known.
    assert_eq!(is("IL", "CWC", "2024-01-01", StatusWord::Party), Truth::False);
    assert_eq!(is("IL", "CWC", "2026-11-21", StatusWord::Party), Truth::Unknown);
    assert_eq!(is("KP", "NPT", "2026-08-22", StatusWord::Party), Truth::Unknown);
    assert_eq!(is("KP", "NPT", "2026-08-22", StatusWord::Signatory), Truth::False);
    assert_eq!(is("FR", "MTCR", "2024-12-31", StatusWord::Participant), Truth::Unknown);
    assert_eq!(is("FR", "NSG", "2024-12-31", StatusWord::Participant), Truth::True);
}

/// Swaps the codes of two States through the whole collection.
fn renamed(a: StateCode, b: StateCode) -> States {
    let mut out = states().clone();
    let swap = |c: &mut StateCode| {
        if *c == a {
            *c = b;
        } else if *c == b {
            *c = a;
        }
    };
    out.states.iter_mut().for_each(|s| swap(&mut s.code));
    out.events.iter_mut().for_each(|e| swap(&mut e.state));
    out.positions.iter_mut().for_each(|p| swap(&mut p.state));
    out.names.iter_mut().for_each(|n: &mut NameKey| swap(&mut n.code));
    for treaty in &mut out.treaties {
        treaty.left_out.iter_mut().for_each(swap);
        treaty.left_out.sort();
    }
    out.states.sort_by_key(|s| s.code);
    out.positions.sort_by_key(|p| (p.treaty, p.state));
    out.events.sort_by_key(|e| (e.treaty, e.state));
    out
}

#[test]
fn renaming_two_states_changes_nothing_but_the_names() {
    for (a, b) in [("FR", "KE"), ("IN", "PK"), ("KP", "FR"), ("RU", "NP")] {
        let (a, b) = (code(a), code(b));
        let other = renamed(a, b);
        for at in (0..u16::try_from(states().treaties.len()).unwrap()).map(TreatyRef) {
            for on in ["1999-01-01", "2003-01-10", "2023-11-03", "2026-11-21"].map(day) {
                for (here, there) in [(a, b), (b, a)] {
                    let (x, y) =
                        (standing::status(states(), here, at, on), standing::status(&other, there, at, on));
                    assert_eq!(
                        (x.word(), x.since, x.as_of, x.sources),
                        (y.word(), y.since, y.as_of, y.sources)
                    );
                }
            }
        }
    }
}

#[test]
fn the_day_before_of_and_after_each_dated_event() {
    for event in &states().events {
        let (DateValue::Day(on), at) = (&event.date, event.treaty) else { continue };
        let word = |d| standing::status(states(), event.state, at, d).word();
        match event.kind {
            kind if kind.binds() => {
                assert_eq!(word(*on), StatusWord::Party);
                assert_eq!(word(on.next()), StatusWord::Party);
                assert!(matches!(word(on.previous()), StatusWord::None | StatusWord::Signatory));
            }
            // Some States sign and are bound on one day.
            EventKind::Signature => {
                assert!(matches!(word(*on), StatusWord::Signatory | StatusWord::Party));
                assert_eq!(word(on.previous()), StatusWord::None);
            }
            EventKind::WithdrawalOfRatification => {
                assert_eq!((word(on.previous()), word(*on)), (StatusWord::Party, StatusWord::Signatory));
            }
            EventKind::AnnouncedWithdrawal => {
                assert_eq!((word(on.previous()), word(*on)), (StatusWord::Party, StatusWord::Contested));
            }
            _ => assert!(word(*on).is_in()),
        }
    }
}

#[test]
fn folding_is_stable() {
    for name in &states().names {
        assert_eq!(fold(&name.key), name.key);
        assert_eq!(fold(&name.key.to_uppercase()), fold(&name.key.to_uppercase().to_lowercase()));
    }
}
