//! Workbooks that are damaged, or made to do harm: each is refused whole, and nothing panics.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

use comity_sheet::sample::{self, Cell};
use comity_sheet::{Book, Limits, Row, SheetFault};

type Sheets = Vec<(String, Vec<Row>)>;

/// All cells of a workbook, or its first fault.
fn all(bytes: Vec<u8>, limits: Limits) -> Result<Sheets, SheetFault> {
    let book = Book::open(bytes, limits)?;
    book.sheets().iter().map(|sheet| Ok((sheet.clone(), book.rows(sheet)?))).collect()
}

fn fault(bytes: Vec<u8>) -> SheetFault {
    all(bytes, Limits::default()).map(|sheets| format!("{sheets:?}")).unwrap_err()
}

#[track_caller]
fn refused(bytes: Vec<u8>, expected: &str) {
    let fault = fault(bytes).to_string();
    assert!(fault.contains(expected), "`{fault}` does not say `{expected}`");
}

fn parts() -> Vec<(String, String)> {
    let rows = (0..40)
        .map(|n| {
            vec![Cell::from(n), format!("Example Trading {n}").as_str().into(), Cell::Date(40_000), "".into()]
        })
        .collect();
    sample::parts(&[("List", rows), ("Notes", vec![vec!["a note".into()]])])
}

fn workbook() -> Vec<u8> {
    sample::archive(&parts())
}

/// The workbook with one part changed, or added.
fn with(path: &str, change: impl FnOnce(&str) -> String) -> Vec<u8> {
    let mut parts = parts();
    match parts.iter_mut().find(|(known, _)| known == path) {
        Some((_, text)) => *text = change(text),
        None => parts.push((path.to_owned(), change(""))),
    }
    sample::archive(&parts)
}

fn sheet(rows: &str) -> Vec<u8> {
    with("xl/worksheets/sheet1.xml", |_| format!("<worksheet><sheetData>{rows}</sheetData></worksheet>"))
}

#[test]
fn the_sound_workbook_is_read() {
    let sheets = all(workbook(), Limits::default()).unwrap();
    assert_eq!(sheets.iter().map(|(_, rows)| rows.len()).collect::<Vec<_>>(), [40, 1]);
    assert_eq!(sheets[0].1[39].text(1), "Example Trading 39");
}

#[test]
fn bombs_are_refused_while_they_unpack() {
    let nothing = " ".repeat(100 << 20);
    refused(with("xl/media/bomb.bin", |_| nothing.clone()), "times larger than packed");
    refused(with("xl/worksheets/sheet2.xml", |_| nothing.clone()), "times larger than packed");
    let wide = Limits { ratio_max: u64::MAX, ..Limits::default() };
    let fault = all(with("xl/media/bomb.bin", |_| nothing), wide).unwrap_err();
    assert!(fault.to_string().contains("more than 64 MB after unpacking"), "{fault}");
    // Many members, each within its limit.
    let many: Vec<(String, String)> = (0..40).map(|n| (format!("m{n}.bin"), "a b".repeat(100_000))).collect();
    let small = Limits { total_bytes_max: 4 << 20, ..Limits::default() };
    let fault = all(sample::archive(&many), small).unwrap_err();
    assert_eq!((fault.sheet.as_str(), fault.finding.as_str()), ("", "more than 4 MB after unpacking"));
    let few = Limits { members_max: 39, ..Limits::default() };
    let fault = all(sample::archive(&many), few).unwrap_err();
    assert_eq!(fault.finding, "40 members, at most 39 expected");
}

/// A header may declare any size; what counts is what comes out.
#[test]
fn declared_sizes_are_not_believed() {
    let mut bytes = with("xl/media/bomb.bin", |_| " ".repeat(8 << 20));
    let declared = u32::to_le_bytes(8 << 20);
    let places: Vec<usize> =
        bytes.windows(4).enumerate().filter(|(_, w)| *w == declared).map(|(at, _)| at).collect();
    assert!(places.len() >= 2, "local and central header");
    for at in places {
        bytes[at..at + 4].copy_from_slice(&100_u32.to_le_bytes());
    }
    let fault = fault(bytes);
    assert_eq!(fault.sheet, "xl/media/bomb.bin");
}

#[test]
fn one_long_text_cannot_be_multiplied() {
    let cells: String =
        (1..=9000).map(|row| format!("<row><c r=\"A{row}\" t=\"s\"><v>0</v></c></row>")).collect();
    let parts: Vec<(String, String)> = parts()
        .into_iter()
        .map(|(path, text)| match path.as_str() {
            "xl/sharedStrings.xml" => (path, format!("<sst><si><t>{}</t></si></sst>", "x".repeat(64 << 10))),
            "xl/worksheets/sheet1.xml" => {
                (path, format!("<worksheet><sheetData>{cells}</sheetData></worksheet>"))
            }
            _ => (path, text),
        })
        .collect();
    let fault = fault(sample::archive(&parts));
    assert_eq!((fault.sheet.as_str(), fault.cell.as_str()), ("List", "A4097"));
    let few = Limits { cells_max: 10, ..Limits::default() };
    assert_eq!(all(workbook(), few).unwrap_err().cell, "B4");
    let few = Limits { strings_max: 3, ..Limits::default() };
    assert!(all(workbook(), few).unwrap_err().finding.contains("more than 3 shared texts"));
}

#[test]
fn paths_that_lead_out_are_refused() {
    for path in
        ["../evil.xml", "/etc/evil", "xl/../../evil", "C:\\evil", "xl\\evil.xml", "http://example.org/a"]
    {
        refused(with(path, |_| "x".into()), "a path that leads out of the archive");
    }
    refused(with("XL/Workbook.xml", |_| "<workbook/>".into()), "but for capital letters");
    for target in ["../../../etc/passwd", "file:///etc/passwd", "https://example.org/sheet.xml"] {
        let bytes = with("xl/_rels/workbook.xml.rels", |text| text.replace("worksheets/sheet2.xml", target));
        refused(bytes, "the worksheet lies outside of the archive");
    }
    let bytes = with("xl/_rels/workbook.xml.rels", |text| {
        text.replace(
            "Target=\"worksheets/sheet2.xml\"",
            "TargetMode=\"External\" Target=\"worksheets/sheet2.xml\"",
        )
    });
    refused(bytes, "the worksheet lies outside of the archive");
}

#[test]
fn document_types_and_entities_are_refused_in_every_part() {
    let laughs = "<!DOCTYPE a [<!ENTITY b \"ha\"><!ENTITY c \"&b;&b;\">]>";
    for (path, _) in parts() {
        if path.ends_with(".xml") || path.ends_with(".rels") {
            refused(with(&path, |text| format!("{laughs}{text}")), "DOCTYPE");
        }
    }
    refused(with("docProps/app.xml", |_| format!("{laughs}<a/>")), "DOCTYPE");
    refused(sheet("<row><c t=\"str\"><v>&c;</v></c></row>"), "only the five predefined ones");
}

#[test]
fn values_that_lead_nowhere_are_refused_with_their_cell() {
    for (cell, finding) in [
        ("<c r=\"B2\" t=\"s\"><v>4096</v></c>", "names none of the 41 shared texts"),
        ("<c r=\"B2\" t=\"s\"><v>-1</v></c>", "names none of the 41 shared texts"),
        ("<c r=\"B2\" t=\"s\"><v>x</v></c>", "names none of the 41 shared texts"),
        ("<c r=\"B2\" t=\"s\"><v>99999999999999999999999</v></c>", "names none of the 41 shared texts"),
        ("<c r=\"B2\" t=\"b\"><v>2</v></c>", "no truth value"),
        ("<c r=\"B2\"><v>twelve</v></c>", "no number"),
        ("<c r=\"B2\"><v>NaN</v></c>", "no number"),
        ("<c r=\"B2\" s=\"x\"><v>1</v></c>", "no style"),
        ("<c r=\"B2\" t=\"magic\"><v>1</v></c>", "no type of cell"),
    ] {
        let fault = fault(sheet(&format!("<row r=\"2\">{cell}</row>")));
        assert_eq!((fault.sheet.as_str(), fault.cell.as_str()), ("List", "B2"), "{cell}");
        assert!(fault.finding.contains(finding), "{cell}: {fault}");
    }
}

#[test]
fn cells_out_of_their_place_are_refused() {
    for rows in [
        "<row r=\"2\"><c r=\"B3\"><v>1</v></c></row>",
        "<row r=\"2\"><c r=\"B2\"><v>1</v></c><c r=\"A2\"><v>1</v></c></row>",
        "<row r=\"2\"><c r=\"B2\"><v>1</v></c><c r=\"B2\"><v>1</v></c></row>",
        "<row r=\"2\"><c r=\"XFD2\"><v>1</v></c><c><v>1</v></c></row>",
        "<row r=\"2\"><c r=\"XFE2\"><v>1</v></c></row>",
        "<row r=\"2\"><c r=\"\"><v>1</v></c></row>",
        "<row r=\"2\"/><row r=\"1\"/>",
        "<row r=\"2\"/><row r=\"2\"/>",
        "<row r=\"0\"/>",
        "<row r=\"4294967297\"/>",
        "<row r=\"1048576\"/><row/>",
    ] {
        let fault = fault(sheet(rows));
        assert!(fault.sheet == "List" && fault.finding.contains("row"), "{rows}: {fault}");
    }
    refused(with("xl/worksheets/sheet1.xml", |_| "<worksheet/>".into()), "without `sheetData`");
    refused(with("xl/worksheets/sheet1.xml", |_| "<html/>".into()), "where a worksheet is expected");
    refused(with("xl/worksheets/sheet1.xml", |t| t.repeat(2)), "a second document");
    refused(with("xl/worksheets/sheet1.xml", |_| "<a>".repeat(1000)), "a worksheet is expected");
    refused(with("xl/workbook.xml", |_| "<workbook/>".into()), "a workbook without sheets");
}

#[test]
fn other_encodings_are_refused() {
    let mut latin: Vec<(String, Vec<u8>)> = parts().into_iter().map(|(p, t)| (p, t.into_bytes())).collect();
    for (path, bytes) in &mut latin {
        if path == "xl/sharedStrings.xml" {
            let at = bytes.windows(7).position(|w| w == b"Trading").unwrap();
            bytes[at] = 0xe9;
        }
    }
    refused(sample::archive(&latin), "no UTF-8 text");
    let mut utf16 = latin.clone();
    for (_, bytes) in &mut utf16 {
        *bytes = String::from_utf8_lossy(bytes).encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.splice(0..0, [0xff, 0xfe]);
    }
    refused(sample::archive(&utf16), "no UTF-8 text");
    let declared = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>";
    refused(with("xl/sharedStrings.xml", |text| format!("{declared}{text}")), "UTF-8 expected");
}

#[test]
fn what_is_no_workbook_is_refused() {
    refused(Vec::new(), "no ZIP archive");
    refused(b"<html>Access denied</html>".to_vec(), "no ZIP archive");
    refused(vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], "under a password");
    refused(sample::archive(&[("a.txt".to_owned(), "a")]), "no such part");
    refused(workbook().repeat(2), "doubled file");
    let mut ended = workbook();
    ended.push(0x1a);
    refused(ended, "after the archive");
}

/// Cut anywhere: refused.
#[test]
fn cut_archives_are_refused() {
    let whole = workbook();
    for length in 0..whole.len() {
        assert!(all(whole[..length].to_vec(), Limits::default()).is_err(), "cut at {length}");
    }
}

/// One byte changed: refused, or read as the same cells. The check sums of the archive see to it.
#[test]
fn a_changed_byte_never_changes_a_cell_in_silence() {
    let whole = workbook();
    let sound = all(whole.clone(), Limits::default()).unwrap();
    let (mut state, mut refused) = (0x9e37_79b9_u32, 0);
    for _ in 0..4000 {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        let mut bytes = whole.clone();
        let at = state as usize % bytes.len();
        bytes[at] ^= 1 << (state >> 29);
        match all(bytes, Limits::default()) {
            Err(_) => refused += 1,
            Ok(sheets) => assert_eq!(sheets, sound, "byte {at}"),
        }
    }
    assert!(refused > 2000, "{refused} of 4000 refused");
}

/// The seeds of the fuzz target: those named `ok_*` are read, all others refused.
#[test]
fn seeds_are_read_or_refused() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/xlsx");
    let mut seeds = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let read = all(std::fs::read(&path).unwrap(), Limits::default());
        assert_eq!(read.is_ok(), name.starts_with("ok_"), "{name}: {read:?}");
        seeds += 1;
    }
    assert!(seeds >= 8, "{seeds} seeds");
}
