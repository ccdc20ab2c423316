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
        source.refers_to = Some(ORIGIN.parse().unwrap());
        basics.sources.lists.push(source);
        let row = |key: &str, agreed: &str| ListMandate {
            field: MandateField::Programme,
            key: key.into(),
            period: Period::default(),
            imposed_by: None,
            agreed_in: agreed.split('|').filter(|a| !a.is_empty()).map(|a| a.parse().unwrap()).collect(),
            instrument: format!("Ordinance {key}"),
            ground: Vec::new(),
            status: RowStatus::InForce,
            dispute: None,
            evidence: Evidence::Read,
            source: "invented".into(),
        };
        basics.mandates.insert(COPY.into(), vec![row("COUNCIL", "un:1718"), row("OWN", "")]);
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
    let mut builder = EditionBuilder::new();
    for listing in listings {
        builder.add(listing, comity_names::fold).unwrap();
    }
    let meta = EditionMeta {
        list: list.parse().unwrap(),
        date: "2026-01-15".parse().unwrap(),
        precision: Precision::Day,
        date_from: DateFrom::Inside,
        digest: "00".repeat(32),
        entries: 0,
        fetched: "2026-01-15".parse().unwrap(),
        source: "a test".into(),
        format: "test".into(),
        accepted: None,
        reduced: None,
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
        Edition { meta: view.meta().unwrap(), view, next: None, later: false, stale: false, refused: None }
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
        let edition = Edition { meta, view, next: None, later, stale: false, refused: None };
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
