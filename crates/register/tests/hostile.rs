//! Damaged and hostile input: every reader gives a whole list or a refusal, and never panics.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests; a fault ends the test"
)]

mod common;

use comity_model::listing::Listing;
use comity_register::Refusal;
use common::read;
use proptest::prelude::*;

const LIST: &[u8] = include_bytes!("../../../examples/lists/un/2026-01-15/consolidated.xml");
const SDN: &[u8] = include_bytes!("../../../examples/lists/ofac/sdn-2026-01/sdn.csv");
const ALT: &[u8] = include_bytes!("../../../examples/lists/ofac/sdn-2026-01/alt.csv");
const ADD: &[u8] = include_bytes!("../../../examples/lists/ofac/sdn-2026-01/add.csv");
const COMMENTS: &[u8] = include_bytes!("../../../examples/lists/ofac/sdn-2026-01/sdn_comments.csv");

fn un(bytes: &[u8]) -> Result<Vec<Listing>, Refusal> {
    read("un-xml", &[("consolidated.xml", bytes)]).map(|(listings, _)| listings)
}

fn ofac(files: [&[u8]; 4]) -> Result<Vec<Listing>, Refusal> {
    let names = ["sdn.csv", "alt.csv", "add.csv", "sdn_comments.csv"];
    let files: Vec<_> = names.into_iter().zip(files).collect();
    read("ofac-csv", &files).map(|(listings, _)| listings)
}

#[test]
fn a_list_cut_at_any_byte_is_refused() {
    let whole = un(LIST).unwrap();
    let end = LIST.len() - LIST.iter().rev().take_while(|b| b.is_ascii_whitespace()).count();
    for cut in 0..LIST.len() {
        match un(&LIST[..cut]) {
            Err(refusal) => assert!(!refusal.finding.is_empty() && !refusal.remedy.is_empty()),
            Ok(listings) => assert!(cut >= end && listings == whole, "cut at {cut}"),
        }
    }
}

#[test]
fn a_set_cut_at_any_byte_is_refused_or_cut_between_rows() {
    let whole = ofac([SDN, ALT, ADD, COMMENTS]).unwrap();
    for cut in 0..SDN.len() {
        if let Ok(listings) = ofac([&SDN[..cut], ALT, ADD, COMMENTS]) {
            assert_eq!(listings, whole[..listings.len()], "cut at {cut}");
            assert!(
                listings.len() >= 3,
                "aliases and addresses name the entries that are gone: cut at {cut}"
            );
            let row_ends = SDN[cut..].first().is_none_or(|b| matches!(b, b'\r' | b'\n'))
                || SDN[..cut].ends_with(b"\n")
                || SDN[cut..] == [0x1a];
            assert!(row_ends || SDN[..cut].ends_with(b"\""), "cut at {cut}");
        }
    }
    for (file, which) in [(ALT, 1), (ADD, 2), (COMMENTS, 3)] {
        for cut in 0..file.len() {
            let mut files = [SDN, ALT, ADD, COMMENTS];
            files[which] = &file[..cut];
            if ofac(files).is_ok() {
                // What is left are whole rows; only the end of the last null mark may be gone, as in files of 2019.
                let from = file[..cut].iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
                let row = file[from..].split(|b| *b == b'\r').next().unwrap().trim_ascii_end();
                let left = file[from..cut].trim_ascii_end();
                let whole =
                    left.is_empty() || left == b"\x1a" || left == row || row.strip_suffix(b"-") == Some(left);
                assert!(whole, "file {which} cut at {cut}");
            }
        }
    }
}

#[test]
fn one_byte_turned_never_panics() {
    for (start, mask) in [0x01, 0x20, 0x80, 0xff].into_iter().enumerate() {
        for at in (start..LIST.len()).step_by(4) {
            let mut bytes = LIST.to_vec();
            bytes[at] ^= mask;
            let _ = un(&bytes);
        }
        for at in (start..SDN.len()).step_by(4) {
            let mut bytes = SDN.to_vec();
            bytes[at] ^= mask;
            let _ = ofac([&bytes, ALT, ADD, COMMENTS]);
        }
    }
}

#[test]
fn other_encodings_are_refused() {
    let text = std::str::from_utf8(LIST).unwrap();
    for bytes in [
        text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>(),
        text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
        text.replace("UTF-8", "windows-1256").into_bytes(),
        text.replace("SAMPLE", "S\u{0}MPLE").into_bytes(),
        [&LIST[..2000], b"\xe9", &LIST[2000..]].concat(),
    ] {
        assert!(un(&bytes).is_err());
    }
    assert!(un(&[b"\xef\xbb\xbf", LIST].concat()).is_ok(), "a mark of UTF-8 in front does no harm");
    let wide: Vec<u8> = std::str::from_utf8(SDN).unwrap().encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(ofac([&wide, ALT, ADD, COMMENTS]).is_err());
}

#[test]
fn doubled_swapped_and_empty_files_are_refused() {
    assert!(un(&[LIST, LIST].concat()).unwrap_err().finding.contains("doubled"));
    assert!(un(b"").is_err());
    assert!(ofac([b"", b"", b"", b""]).unwrap_err().finding.contains("no entries"));
    assert!(ofac([SDN, ADD, ALT, COMMENTS]).is_err());
    assert!(read("no-such", &[("x", b"")]).unwrap_err().finding.contains("no reader"));
    assert!(read("ofac-csv", &[("sdn.csv", SDN)]).unwrap_err().finding.contains("1 files given"));
}

#[test]
fn a_long_text_without_end_costs_no_memory() {
    let mut long =
        b"<CONSOLIDATED_LIST dateGenerated=\"2026-01-15T00:00:00Z\"><INDIVIDUALS><INDIVIDUAL><DATAID>"
            .to_vec();
    long.resize(long.len() + (64 << 20), b'x');
    let refusal = un(&long).unwrap_err();
    assert!(refusal.finding.contains("KB in one tag"), "{refusal}");
    let mut open = b"1,\"".to_vec();
    open.resize(open.len() + (64 << 20), b'x');
    assert!(ofac([&open, ALT, ADD, COMMENTS]).unwrap_err().finding.contains("KB in one tag"));
    let lines = [b"1,\"".to_vec(), b"x\n".repeat(8 << 20)].concat();
    assert!(ofac([&lines, ALT, ADD, COMMENTS]).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = un(&bytes);
        let _ = ofac([&bytes, ALT, ADD, COMMENTS]);
        let _ = ofac([SDN, &bytes, ADD, COMMENTS]);
        let _ = ofac([SDN, ALT, ADD, &bytes]);
    }

    #[test]
    fn pieces_of_the_formats_in_any_order_never_panic(
        pieces in proptest::collection::vec(
            prop_oneof![
                Just("<INDIVIDUALS>"), Just("</INDIVIDUALS>"), Just("<ENTITIES>"), Just("</ENTITIES>"), Just("<ENTITY>"), Just("</ENTITY>"),
                Just("<REFERENCE_NUMBER>KPe.901</REFERENCE_NUMBER>"), Just("<FIRST_NAME>A</FIRST_NAME>"), Just("&amp;"), Just("&x;"), Just("<![CDATA["),
                Just("]]>"), Just("<!--"), Just("-->"), Just("<?x?>"), Just("<a b='"), Just("'/>"), Just(";("), Just("é"), Just("\n"), Just("\u{1a}"),
                Just("1,\"A\",-0- ,"), Just("-0- "), Just("\""), Just("\r\n"), Just("; DOB 1 Jan 19"), Just("a.k.a. '"),
            ],
            0..40,
        ),
    ) {
        let text = pieces.concat();
        let _ = un(format!("<CONSOLIDATED_LIST dateGenerated=\"2026-01-15\">{text}</CONSOLIDATED_LIST>").as_bytes());
        let _ = ofac([text.as_bytes(), ALT, ADD, COMMENTS]);
        let row = format!("1,\"A\",-0- ,\"X\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,\"{}\"\n", text.replace(['"', '\n', '\r', '\u{1a}', 'é'], ""));
        prop_assert!(ofac([row.as_bytes(), b"1,1,\"aka\",\"B\",-0- \n", b"1,1,\"Road\",\"Town\",-0- ,-0- \n", b""]).is_ok());
    }
}
