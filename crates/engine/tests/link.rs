//! Links between lists: references, slips, inferred links, own decisions that stay beside. All parties and the copying list are invented.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests; a fault ends the test"
)]

use std::path::Path;
use std::sync::OnceLock;

use comity_engine::link::{Linked, Origin, survey};
use comity_engine::screen::{Edition, Profile, Shelf, screen_party};
use comity_model::Day;
use comity_model::date::Period;
use comity_model::deal::{Judgement, Party, Role};
use comity_model::edition::{EditionBuilder, EditionView};
use comity_model::lawbook::{Lawbook, ListMandate, MandateField, Parts, RowStatus};
use comity_model::list_source::ListSource;
use comity_model::listing::{
    DateFrom, EditionMeta, ListedName, Listing, MeasureLink, NameKind, NameQuality, PartyKind, Precision,
    Programme,
};
use comity_model::mandate::{AgreedInSet, Evidence, ImposedBy};

const ORIGIN: &str = "un/sc";
const COPY: &str = "xx/list";
/// Another list of the publisher of the copy.
const SISTER: &str = "xx/sister";

fn day() -> Day {
    "2026-03-01".parse().unwrap()
}

/// The real lawbook with one more list, which carries out measures of the Council under its programme `COUNCIL` and has an own one, `OWN`.
fn book() -> &'static Lawbook {
    static BOOK: OnceLock<Lawbook> = OnceLock::new();
    BOOK.get_or_init(|| {
        let mut faults = Vec::new();
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
        let compiled = comity_pack::compile::compile(&data, &[], &mut faults);
        assert!(faults.is_empty(), "{faults:?}");
        let real = Lawbook::open(compiled.bytes.unwrap()).unwrap();
        let mut basics = real.basics().clone();
        let mut source: ListSource = basics.sources.list(ORIGIN).unwrap().clone();
        (source.id, source.authority, source.title) =
            (COPY.parse().unwrap(), ImposedBy::National, "An invented list".into());
        source.publisher = "An invented office".into();
        source.refers_to = Some(ORIGIN.parse().unwrap());
        basics.sources.lists.push(source.clone());
        (source.id, source.refers_to) = (SISTER.parse().unwrap(), None);
        basics.sources.lists.push(source);
        let row = |key: &str, agreed: &str| ListMandate {
            field: MandateField::Programme,
            key: key.into(),
            period: Period::default(),
            imposed_by: None,
            agreed_in: agreed.split('|').filter(|a| !a.is_empty()).map(|a| a.parse().unwrap()).collect(),
            instrument: format!("Ordinance {key}"),
            ground: Vec::new(),
            status: InForce,
            dispute: None,
            evidence: Read,
            source: "invented".into(),
        };
        let dated = |key: &str, from: &str, to: &str, status, evidence| ListMandate {
            period: Period { from: from.parse().ok(), to: to.parse().ok() },
            status,
            evidence,
            ..row(key, "")
        };
        use Evidence::{Memory, Read};
        use RowStatus::{InForce, Removed};
        let rows = vec![
            row("COUNCIL", "un:1718"),
            row("RETURN", "un:1737"),
            row("OWN", ""),
            dated("BEGAN", "2026-02-15", "", InForce, Read),
            dated("CHANGED", "", "2026-02-14", InForce, Read),
            dated("CHANGED", "2026-02-15", "", InForce, Read),
            dated("ENDED", "", "2026-02-15", InForce, Read),
            dated("ENDED", "2026-02-16", "", Removed, Read),
            dated("LAPSED", "2020-01-01", "2026-02-15", InForce, Memory),
            dated("LAPSED", "2026-02-16", "", Removed, Memory),
        ];
        basics.mandates.insert(COPY.into(), rows);
        let parts = Parts { basics, ..Parts::default() };
        Lawbook::open(parts.store([0; 32], real.date()).unwrap()).unwrap()
    })
}

fn listing(list: &str, native: &str, kind: PartyKind, names: &[&str]) -> Listing {
    let mut listing = Listing::new(format!("{list}/{native}").parse().unwrap(), kind);
    listing.names = names
        .iter()
        .enumerate()
        .map(|(n, text)| ListedName {
            text: (*text).to_owned(),
            kind: if n == 0 { NameKind::Primary } else { NameKind::Alias },
            quality: NameQuality::Good,
            script: None,
            language: None,
            verbatim: None,
        })
        .collect();
    listing
}

fn under(mut listing: Listing, code: &str) -> Listing {
    listing.programmes = vec![Programme::new(code, "")];
    listing
}

fn naming(mut listing: Listing, reference: &str) -> Listing {
    listing.references = vec![reference.to_owned()];
    listing
}

fn born(mut listing: Listing, date: &str) -> Listing {
    listing.birth_dates = vec![date.parse().unwrap()];
    listing
}

fn origin_list() -> Vec<Listing> {
    use PartyKind::{Organization, Person};
    vec![
        under(
            listing(ORIGIN, "KPe.901", Organization, &["EXAMPLE RIDGE TRADING CORPORATION", "Ridge Traders"]),
            "KP",
        ),
        born(under(listing(ORIGIN, "KPi.902", Person, &["RAMO TISULVO"]), "KP"), "1960-02-03"),
        born(under(listing(ORIGIN, "KPi.903", Person, &["KENSUL MORA VOUX"]), "KP"), "1971"),
        under(listing(ORIGIN, "KPi.904", Person, &["SULVORNA DET"]), "KP"),
        under(listing(ORIGIN, "KPi.905", Person, &["SULVORNA DET"]), "KP"),
        under(listing(ORIGIN, "QDe.906", Organization, &["OTHER COMMITTEE BODY"]), "QD"),
    ]
}

fn copy_list() -> Vec<Listing> {
    use PartyKind::{Organization, Person};
    vec![
        // A reference that holds, under a name of another kind.
        naming(
            under(listing(COPY, "1", Organization, &["Example Ridge Trading Corp"]), "COUNCIL"),
            "KPe.901",
        ),
        // The right entry, the wrong case.
        naming(under(listing(COPY, "2", Person, &["Ramo Tisulvo"]), "COUNCIL"), "kpi.902"),
        // The wrong entry: names and date are those of another.
        born(naming(under(listing(COPY, "3", Person, &["Kensul Mora Voux"]), "COUNCIL"), "KPi.902"), "1971"),
        // No reference; the programme says where it was agreed.
        born(under(listing(COPY, "4", Person, &["Mora Voux Kensul"]), "COUNCIL"), "1971"),
        // Two entries of the origin fit alike.
        under(listing(COPY, "5", Person, &["Sulvorna Det"]), "COUNCIL"),
        // An own decision on a party that the origin lists too.
        under(listing(COPY, "6", Organization, &["Example Ridge Trading Corporation"]), "OWN"),
        // A reference to nothing.
        naming(under(listing(COPY, "7", Organization, &["Nobody Knows This Body"]), "COUNCIL"), "KPe.999"),
        // Agreed elsewhere than the entry of the same name: the name alone ties nothing.
        under(listing(COPY, "8", Organization, &["Other Committee Body"]), "COUNCIL"),
        // A date of birth that speaks against it.
        born(under(listing(COPY, "9", Person, &["Ramo Tisulvo"]), "COUNCIL"), "1999"),
    ]
}

fn edition(list: &str, listings: &[Listing]) -> Vec<u8> {
    edition_of(list, "2026-01-15", None, listings)
}

fn edition_of(list: &str, date: &str, reduced: Option<&str>, listings: &[Listing]) -> Vec<u8> {
    let mut builder = EditionBuilder::new();
    for listing in listings {
        builder.add(listing, comity_names::fold).unwrap();
    }
    let meta = EditionMeta {
        list: list.parse().unwrap(),
        date: date.parse().unwrap(),
        precision: Precision::Day,
        date_from: DateFrom::Inside,
        digest: "00".repeat(32),
        entries: 0,
        fetched: date.parse().unwrap(),
        source: "a test".into(),
        format: "test".into(),
        accepted: None,
        reduced: reduced.map(str::to_owned),
    };
    builder.finish(meta, [0; 32], comity_names::VERSION).unwrap()
}

fn stored() -> &'static [Vec<u8>; 2] {
    static STORED: OnceLock<[Vec<u8>; 2]> = OnceLock::new();
    STORED.get_or_init(|| [edition(ORIGIN, &origin_list()), edition(COPY, &copy_list())])
}

fn shelf() -> Shelf<'static> {
    let open = |bytes: &'static Vec<u8>| {
        let view = EditionView::open(bytes, comity_names::VERSION).unwrap();
        Edition {
            meta: view.meta().unwrap(),
            view,
            next: None,
            later: false,
            stale: false,
            refused: None,
            whole: None,
        }
    };
    Shelf { editions: stored().iter().map(open).collect() }
}

fn agreed() -> AgreedInSet {
    ["un:1718".parse().unwrap()].into()
}

fn linked(native: &str) -> Linked {
    let shelf = shelf();
    let listing = copy_list().into_iter().find(|l| l.id.native == native).unwrap();
    let own = listing.programmes.iter().any(|p| p.code == "OWN");
    let agreed = if own { AgreedInSet::new() } else { agreed() };
    Origin::of(book(), COPY, &shelf, day()).unwrap().find(&listing, &agreed).unwrap()
}

#[track_caller]
fn to(native: &str) -> (String, MeasureLink, Option<String>) {
    match linked(native) {
        Linked::To(link) => (link.origin.id.native, link.link, link.slip),
        other => panic!("{native}: {other:?}"),
    }
}

#[test]
fn a_reference_that_holds_is_followed() {
    assert_eq!(to("1"), ("KPe.901".into(), MeasureLink::Reference, None));
}

#[test]
fn a_slip_is_reported_and_not_inherited() {
    let (native, link, slip) = to("2");
    assert_eq!((native.as_str(), link), ("KPi.902", MeasureLink::Reference));
    assert_eq!(slip.as_deref(), Some("it names kpi.902, the entry is KPi.902"));
    let (native, link, slip) = to("3");
    assert_eq!((native.as_str(), link), ("KPi.903", MeasureLink::Inferred));
    assert_eq!(
        slip.as_deref(),
        Some("it names KPi.902, whose names differ; names and dates are those of KPi.903")
    );
    assert_eq!(linked("7"), Linked::Missing("KPe.999".into()));
}

#[test]
fn without_a_reference_the_link_is_inferred_or_left_open() {
    let (native, link, slip) = to("4");
    assert_eq!((native.as_str(), link, slip), ("KPi.903", MeasureLink::Inferred, None));
    let both = Linked::Ambiguous(vec!["un/sc/KPi.904".into(), "un/sc/KPi.905".into()]);
    assert_eq!(linked("5"), both);
    assert_eq!(linked("6"), Linked::No, "an own decision carries nothing out");
    assert_eq!(linked("8"), Linked::No, "agreed under another resolution");
    assert_eq!(linked("9"), Linked::No, "the dates of birth differ");
}

#[test]
fn the_survey_counts_what_was_found_and_names_the_rest() {
    let found = survey(book(), &shelf(), day(), ORIGIN, Some("KP")).unwrap().unwrap();
    assert_eq!((found.entries.len(), found.lists.len()), (5, 1));
    let list = &found.lists[0];
    let ids = |of: &[(comity_model::listing::ListingId, String)]| -> Vec<String> {
        of.iter().map(|(id, _)| id.native.clone()).collect()
    };
    let links: Vec<&str> = list.links.iter().map(|(id, _)| id.native.as_str()).collect();
    assert_eq!(links, ["1", "2", "3", "4"]);
    assert_eq!(ids(&list.open), ["5", "8", "9"]);
    assert_eq!(survey(book(), &shelf(), day(), "un/none", None).unwrap(), None);
}

fn screened(name: &str, change: impl Fn(&mut Party)) -> Vec<comity_model::answer::Hit> {
    let mut party = Party::named(Role::EndUser, name);
    change(&mut party);
    screen_party(book(), &party, &shelf(), day(), &Profile::default()).unwrap().hits
}

#[test]
fn one_measure_is_shown_once_with_what_carries_it_out() {
    let hits = screened("Example Ridge Trading Corporation", |_| {});
    let ids: Vec<&str> = hits.iter().map(|h| h.id.as_str()).collect();
    assert_eq!(ids, ["un/sc/KPe.901", "xx/list/6"]);
    let council = &hits[0].measures;
    assert_eq!((council.len(), council[0].list.as_str(), council[0].link.as_str()), (2, ORIGIN, "own"));
    let copy = &council[1];
    assert_eq!(
        (copy.list.as_str(), copy.link.as_str(), copy.listing.as_deref()),
        (COPY, "reference", Some("xx/list/1"))
    );
    assert_eq!(copy.mandate.imposed_by, ImposedBy::National);
    assert_eq!(copy.mandate.agreed_in, agreed());
    // The own decision keeps its mandate; that the party is likely the same is told.
    assert_eq!(hits[1].measures[0].link, "own");
    assert!(hits[1].measures[0].mandate.agreed_in.is_empty());
    assert_eq!(hits[1].same_party[0].id, "un/sc/KPe.901");
    assert_eq!(hits[1].same_party[0].link, "inferred");
}

#[test]
fn a_copy_found_by_its_own_spelling_leads_to_the_entry_of_the_origin() {
    let hits = screened("Mora Voux Kensul", |_| {});
    assert_eq!(hits[0].id, "un/sc/KPi.903");
    let inferred: Vec<_> = hits[0].measures.iter().filter(|m| m.link == "inferred").collect();
    assert_eq!(inferred.len(), 2, "{inferred:?}");
    assert!(inferred.iter().all(|m| m.link_score.is_some() && !m.link_evidence.is_empty()));
}

#[test]
fn who_is_said_not_to_be_the_party_of_the_origin_is_not_put_under_it() {
    let hits = screened("Example Ridge Trading Corporation", |party| {
        party.not_same_as =
            vec![Judgement { listing: "un/sc/KPe.901".into(), why: Some("another seat".into()) }];
    });
    let ids: Vec<&str> = hits.iter().map(|h| h.id.as_str()).collect();
    assert_eq!(ids, ["xx/list/6", "xx/list/1"]);
}

#[test]
fn an_edition_dated_after_the_day_tells_only_what_it_dates_itself() {
    let mut dated = listing(COPY, "21", PartyKind::Organization, &["Dated Order Works"]);
    dated.programmes = vec![Programme {
        from: Some("2015-03-01".parse().unwrap()),
        until: Some("2020-02-28".parse().unwrap()),
        ..Programme::new("OWN", "")
    }];
    let undated = under(listing(COPY, "22", PartyKind::Organization, &["Bravo Foundry Nameless"]), "OWN");
    let bytes = edition(COPY, &[dated, undated]);
    let found = |name: &str, day: &str| {
        let view = EditionView::open(&bytes, comity_names::VERSION).unwrap();
        let meta = view.meta().unwrap();
        let day: Day = day.parse().unwrap();
        let later = meta.date > day;
        let edition = Edition { meta, view, next: None, later, stale: false, refused: None, whole: None };
        let shelf = Shelf { editions: vec![edition] };
        assert_eq!(shelf.has(COPY), !later);
        let answer =
            screen_party(book(), &Party::named(Role::EndUser, name), &shelf, day, &Profile::default())
                .unwrap();
        let first = answer.hits.first().map(|h| h.measures[0].status.clone());
        (answer.status, first)
    };
    use comity_model::answer::PartyStatus::{Hit, NoHit, NotScreened};
    assert_eq!(found("Dated Order Works", "2015-02-28"), (NotScreened, None));
    assert_eq!(found("Dated Order Works", "2015-03-01"), (Hit, Some("in_force".into())));
    assert_eq!(found("Dated Order Works", "2020-02-28"), (Hit, Some("in_force".into())));
    assert_eq!(found("Dated Order Works", "2020-02-29"), (Hit, Some("expired".into())));
    assert_eq!(found("Bravo Foundry Nameless", "2015-03-01"), (NotScreened, None), "nothing dates it");
    assert_eq!(found("Bravo Foundry Nameless", "2026-02-01").0, Hit);
    assert_eq!(found("Nobody At All", "2026-02-01"), (NoHit, None));
}

fn opened(bytes: &[u8]) -> Edition<'_> {
    let view = EditionView::open(bytes, comity_names::VERSION).unwrap();
    let meta = view.meta().unwrap();
    Edition { meta, view, next: None, whole: None, later: false, stale: false, refused: None }
}

/// An edition with the one after it.
fn followed<'a>(bytes: &'a [u8], next: &'a [u8]) -> Edition<'a> {
    let next = opened(next);
    Edition { next: Some((next.meta, next.view)), ..opened(bytes) }
}

fn screened_on(shelf: &Shelf<'_>, name: &str, day: &str) -> Vec<comity_model::answer::Hit> {
    let party = Party::named(Role::EndUser, name);
    screen_party(book(), &party, shelf, day.parse().unwrap(), &Profile::default()).unwrap().hits
}

#[test]
fn a_row_that_begins_or_ends_a_mandate_dates_the_change_between_two_editions() {
    let body = |code: &str, native: &str| {
        under(listing(COPY, native, PartyKind::Organization, &["Quarvo Foundry Works"]), code)
    };
    let none = [listing(COPY, "99", PartyKind::Organization, &["Somebody Else"])];
    let later = |code: &str, day: &str| {
        let (before, after) =
            (edition(COPY, &none), edition_of(COPY, "2026-03-15", None, &[body(code, "31")]));
        let shelf = Shelf { editions: vec![followed(&before, &after)] };
        let hits = screened_on(&shelf, "Quarvo Foundry Works", day);
        hits.first().map(|h| h.measures[0].status.clone())
    };
    assert_eq!(later("BEGAN", "2026-02-14"), None, "it had not begun");
    assert_eq!(later("BEGAN", "2026-02-15").as_deref(), Some("in_force"));
    // One row in place of another says nothing of a party; nor does a row without a day.
    assert_eq!(later("CHANGED", "2026-02-14").as_deref(), Some("unconfirmed"));
    assert_eq!(later("CHANGED", "2026-02-15").as_deref(), Some("unconfirmed"));
    assert_eq!(later("OWN", "2026-02-15").as_deref(), Some("unconfirmed"));
    let earlier = |code: &str, day: &str| {
        let (before, after) =
            (edition(COPY, &[body(code, "31")]), edition_of(COPY, "2026-03-15", None, &none));
        let shelf = Shelf { editions: vec![followed(&before, &after)] };
        let hits = screened_on(&shelf, "Quarvo Foundry Works", day);
        hits.first().map(|h| (h.measures[0].status.clone(), h.measures[0].from.clone()))
    };
    let is = |status: &str, from: Option<&str>| Some((status.to_owned(), from.map(str::to_owned)));
    assert_eq!(earlier("ENDED", "2026-02-15"), is("in_force", None));
    assert_eq!(earlier("ENDED", "2026-02-16"), None, "removed by a source that was read");
    // Memory dates nothing, and the days of its `removed` are not those of the measure.
    assert_eq!(earlier("LAPSED", "2026-02-15"), is("unconfirmed", Some("2020-01-01")));
    assert_eq!(earlier("LAPSED", "2026-02-16"), is("unconfirmed", None));
}

#[test]
fn a_term_that_a_reduced_edition_leaves_out_is_taken_from_the_whole_one() {
    let order = |native: &str, name: &str, until: Option<&str>| {
        let mut order = listing(COPY, native, PartyKind::Organization, &[name]);
        let until = until.map(|u| u.parse().unwrap());
        order.programmes = vec![Programme { until, ..Programme::new("OWN", "") }];
        order
    };
    let names = ["Tulvane Ironworks", "Marbeck Opticals", "Ossington Pumps"];
    let whole = [
        order("41", names[0], Some("2022-09-18")),
        order("42", names[1], Some("2026-06-30")),
        order("43", names[2], None),
    ];
    let reduced: Vec<Listing> =
        ["41", "42", "43"].iter().zip(names).map(|(native, name)| order(native, name, None)).collect();
    let whole = edition_of(COPY, "2022-09-07", None, &whole);
    let reduced = edition_of(COPY, "2026-01-15", Some("terms"), &reduced);
    let of = |name: &str, day: &str| {
        let older = opened(&whole);
        let edition = Edition { whole: Some((older.meta, older.view)), ..opened(&reduced) };
        let shelf = Shelf { editions: vec![edition] };
        let measure = screened_on(&shelf, name, day)[0].measures[0].clone();
        (measure.status, measure.until, measure.note.unwrap_or_default())
    };
    let (status, until, note) = of(names[0], "2026-03-01");
    assert_eq!((status.as_str(), until), ("unconfirmed", None));
    assert_eq!(
        note,
        "the edition of 2022-09-07 says that it ran out on 2022-09-18; that of 2026-01-15, which leaves out terms, still holds it"
    );
    let (status, until, note) = of(names[1], "2026-06-30");
    assert_eq!((status.as_str(), until.as_deref()), ("in_force", Some("2026-06-30")));
    assert_eq!(note, "its term stands in the edition of 2022-09-07; that of 2026-01-15 leaves out terms");
    assert_eq!(of(names[1], "2026-07-01").0, "expired");
    assert_eq!(of(names[2], "2026-03-01"), ("in_force".into(), None, String::new()));
}

#[test]
fn a_copy_leads_to_an_entry_of_the_next_edition_that_stands_already() {
    let name = "DORVANE MACHINE INSTITUTE";
    let entry = under(listing(ORIGIN, "IRe.901", PartyKind::Organization, &[name]), "IR");
    let copies = [
        naming(
            under(listing(COPY, "51", PartyKind::Organization, &["Dorvane Machine Institute"]), "RETURN"),
            "IRe.901",
        ),
        under(listing(COPY, "52", PartyKind::Organization, &["Dorvane Machine Institute"]), "RETURN"),
    ];
    let before = edition_of(ORIGIN, "2025-04-19", None, &origin_list());
    let after = edition_of(ORIGIN, "2026-02-27", None, &[entry]);
    let copy = edition_of(COPY, "2025-04-01", None, &copies);
    let shelf = Shelf { editions: vec![followed(&before, &after), opened(&copy)] };
    let to = |native: &str, day: &str| {
        let listing = copies.iter().find(|l| l.id.native == native).unwrap();
        let origin = Origin::of(book(), COPY, &shelf, day.parse().unwrap()).unwrap();
        match origin.find(listing, &["un:1737".parse().unwrap()].into()).unwrap() {
            Linked::To(link) => Some((link.origin.id.native, link.link)),
            _ => None,
        }
    };
    assert_eq!(to("51", "2025-12-01"), Some(("IRe.901".into(), MeasureLink::Reference)));
    assert_eq!(to("52", "2025-12-01"), Some(("IRe.901".into(), MeasureLink::Inferred)));
    assert_eq!((to("51", "2025-09-27"), to("52", "2025-09-27")), (None, None), "nothing stands there yet");
    let hits = screened_on(&shelf, name, "2025-12-01");
    assert_eq!(hits.iter().map(|h| h.id.as_str()).collect::<Vec<_>>(), ["un/sc/IRe.901"]);
    let listings: Vec<_> = hits[0].measures.iter().map(|m| m.listing.as_deref()).collect();
    assert_eq!(listings, [None, Some("xx/list/51"), Some("xx/list/52")]);
    let found = survey(book(), &shelf, "2025-12-01".parse().unwrap(), ORIGIN, Some("IR")).unwrap().unwrap();
    assert_eq!((found.entries.len(), found.lists[0].links.len()), (1, 2));
    let ids = |day| screened_on(&shelf, name, day).into_iter().map(|h| h.id).collect::<Vec<_>>();
    assert_eq!(ids("2025-09-27"), ["xx/list/51", "xx/list/52"]);
}

#[test]
fn one_number_of_one_publisher_is_one_party() {
    let body = |list: &str, native: &str| {
        under(listing(list, native, PartyKind::Organization, &["Velmora Finance House"]), "OWN")
    };
    let (copy, sister) =
        (edition(COPY, &[body(COPY, "617")]), edition(SISTER, &[body(SISTER, "617"), body(SISTER, "618")]));
    let shelf = Shelf { editions: vec![opened(&copy), opened(&sister)] };
    let hits = screened_on(&shelf, "Velmora Finance House", "2026-03-01");
    let told = |id: &str| -> Vec<(String, String, f64)> {
        let hit = hits.iter().find(|h| h.id == id).unwrap();
        hit.same_party.iter().map(|l| (l.id.clone(), l.link.clone(), l.score.get())).collect()
    };
    assert_eq!(told("xx/list/617"), [("xx/sister/617".into(), "reference".into(), 1.0)]);
    assert_eq!(told("xx/sister/617"), [("xx/list/617".into(), "reference".into(), 1.0)]);
    assert_eq!(told("xx/sister/618"), []);
}
