//! The stored form of an edition: what is written is found again, and damage is told.

use super::*;
use crate::listing::*;

fn listing(native: &str, names: &[&str], identifiers: &[&str]) -> Listing {
    let name = |(i, text): (usize, &&str)| ListedName {
        text: (*text).to_owned(),
        kind: if i == 0 { NameKind::Primary } else { NameKind::Alias },
        quality: if i == 2 { NameQuality::Low } else { NameQuality::Good },
        script: None,
        language: None,
        verbatim: None,
    };
    let identifier = |value: &&str| Identifier {
        kind: IdentifierKind::Other,
        value: (*value).to_owned(),
        label: "number".into(),
        state: None,
    };
    Listing {
        names: names.iter().enumerate().map(name).collect(),
        birth_dates: vec!["1955..1958".parse().unwrap()],
        identifiers: identifiers.iter().map(identifier).collect(),
        ..Listing::new(format!("own/test/{native}").parse().unwrap(), PartyKind::Organization)
    }
}

fn meta() -> EditionMeta {
    EditionMeta {
        list: "own/test".parse().unwrap(),
        date: "2026-01-15".parse().unwrap(),
        precision: Precision::Day,
        date_from: DateFrom::Inside,
        digest: "00".repeat(32),
        entries: 0,
        fetched: "2026-01-16".parse().unwrap(),
        source: "a test".into(),
        format: "test".into(),
        accepted: None,
        reduced: None,
    }
}

fn edition(listings: &[Listing]) -> Vec<u8> {
    let mut builder = EditionBuilder::new();
    for listing in listings {
        builder.add(listing, str::to_lowercase).unwrap();
    }
    builder.finish(meta(), [7; 32], 1).unwrap()
}

fn sample() -> Vec<Listing> {
    vec![
        listing("A.3", &["Example Ridge Trading Corporation", "ERTC", "Ridge"], &["AB-12 3"]),
        listing("a.1", &["Invented Harbour Shipping", "Harbour"], &["AB123", "77"]),
        listing("A.2", &["Sample Valley Metals"], &[]),
    ]
}

#[test]
fn what_is_written_is_read_again() {
    let listings = sample();
    let bytes = edition(&listings);
    let view = EditionView::open(&bytes, 1).unwrap();
    assert_eq!((view.len(), view.name_count()), (3, 6));
    assert_eq!(view.meta().unwrap(), EditionMeta { entries: 3, ..meta() });
    assert_eq!(view.source_digest(), [7; 32]);
    for (i, expected) in (0..).zip(&listings) {
        assert_eq!(&view.listing(i).unwrap(), expected);
        assert_eq!(view.native_id(i).unwrap(), expected.id.native);
        assert_eq!(view.by_native_id(&expected.id.native.to_uppercase()).unwrap(), Some(i));
        assert_eq!(view.kind(i).unwrap(), PartyKind::Organization);
    }
    assert!(view.listing(3).is_err());
    assert_eq!(view.by_native_id("A.4").unwrap(), None);
    let names = view.names(0).unwrap();
    assert_eq!(names.len(), 3);
    assert_eq!((names[2].folded, names[2].quality), ("ridge", NameQuality::Low));
}

#[test]
fn identifiers_find_all_their_listings() {
    let bytes = edition(&sample());
    let view = EditionView::open(&bytes, 1).unwrap();
    assert_eq!(view.by_identifier("ab 123").unwrap(), [0, 1]);
    assert_eq!(view.by_identifier("77").unwrap(), [1]);
    assert!(view.by_identifier("7").unwrap().is_empty());
    assert!(view.by_identifier(" - ").unwrap().is_empty());
}

#[test]
fn equal_reordered_and_mistyped_names_are_candidates() {
    let bytes = edition(&sample());
    let view = EditionView::open(&bytes, 1).unwrap();
    for question in [
        "example ridge trading corporation",
        "corporation trading ridge example",
        "exampleridge tradingcorporation",
        "example rigde trading corporation",
        "example ridge tradingcorporation",
        "exmple ridge trading corporation",
        "ertcc",
        "erc",
    ] {
        assert_eq!(view.candidates(question).unwrap().first(), Some(&0), "{question}");
    }
    assert!(view.candidates("").unwrap().is_empty());
    assert!(view.candidates("nothing alike").unwrap().is_empty());
}

#[test]
fn every_single_typo_in_every_name_is_a_candidate() {
    let listings = sample();
    let bytes = edition(&listings);
    let view = EditionView::open(&bytes, 1).unwrap();
    for (index, listing) in (0..).zip(&listings) {
        for name in &listing.names {
            let chars: Vec<char> = name.text.to_lowercase().chars().collect();
            for at in 0..chars.len() {
                let mut less = chars.clone();
                less.remove(at);
                let mut more = chars.clone();
                more.insert(at, 'q');
                let mut other = chars.clone();
                other[at] = 'q';
                let mut swapped = chars.clone();
                swapped.swap(at, (at + 1).min(chars.len() - 1));
                for typo in [less, more, other, swapped] {
                    let typo: String =
                        typo.into_iter().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
                    assert!(view.candidates(&typo).unwrap().contains(&index), "{typo} for {}", name.text);
                }
            }
        }
    }
}

#[test]
fn damaged_bytes_give_faults_and_no_panic() {
    let bytes = edition(&sample());
    for cut in 0..bytes.len() {
        assert!(EditionView::open(&bytes[..cut], 1).is_err(), "cut at {cut}");
    }
    assert!(matches!(EditionView::open(&bytes, 2), Err(EditionFault::OtherVersion { .. })));
    for at in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[at] ^= 0x55;
        let Ok(view) = EditionView::open(&flipped, 1) else { continue };
        let _ = view.meta();
        let _ = view.candidates("example ridge trading corporation");
        let _ = view.by_identifier("AB123");
        let _ = view.by_native_id("A.2");
        for i in 0..4 {
            let _ = (view.listing(i), view.names(i), view.kind(i), view.native_id(i));
        }
    }
}

#[test]
fn an_edition_may_be_empty() {
    let bytes = edition(&[]);
    let view = EditionView::open(&bytes, 1).unwrap();
    assert!(view.is_empty() && view.candidates("a b c").unwrap().is_empty());
}
