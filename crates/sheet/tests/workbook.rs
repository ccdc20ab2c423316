//! Cells as a workbook holds them: values, dates, texts in runs, blank cells.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

use comity_sheet::sample::{self, Cell};
use comity_sheet::{Book, DateSystem, Limits, Row, Value};

fn open(bytes: Vec<u8>) -> Book {
    Book::open(bytes, Limits::default()).unwrap_or_else(|fault| panic!("{fault}"))
}

/// A workbook of one sheet with these cells in row 1 on, as XML; `edit` changes other parts.
fn with_rows(rows: &str, edit: impl Fn(&str, String) -> String) -> Vec<u8> {
    let parts: Vec<(String, String)> = sample::parts(&[("S", vec![vec!["one".into(), "two".into()]])])
        .into_iter()
        .map(|(path, text)| {
            let text = if path == "xl/worksheets/sheet1.xml" {
                format!(
                    "<worksheet><dimension ref=\"A1:XFD1048576\"/><sheetData>{rows}</sheetData></worksheet>"
                )
            } else {
                text
            };
            let text = edit(&path, text);
            (path, text)
        })
        .collect();
    sample::archive(&parts)
}

fn cells(rows: &str) -> Vec<Row> {
    open(with_rows(rows, |_, text| text)).rows("S").unwrap()
}

#[test]
fn values_keep_their_kind_and_words() {
    let row = vec![
        Cell::Text("  Example\nTrading & <Co>  ".into()),
        Cell::Number("667".into()),
        Cell::Blank,
        Cell::Number("0.1".into()),
        Cell::Date(13633),
        Cell::Formula("ROW()-1".into(), "17".into()),
    ];
    let book = open(sample::workbook(&[("First", vec![vec![], row]), ("第二", vec![vec!["a".into()]])]));
    assert_eq!(book.sheets(), ["First", "第二"]);
    assert_eq!(book.date_system(), DateSystem::From1900);
    let rows = book.rows("First").unwrap();
    assert_eq!(rows.len(), 1);
    let row = &rows[0];
    assert_eq!(row.number, 2);
    let columns: Vec<u32> = row.cells.iter().map(|(column, _)| *column).collect();
    assert_eq!(columns, [0, 1, 3, 4, 5]);
    assert_eq!(row.get(0), Some(&Value::Text("  Example\nTrading & <Co>  ".into())));
    assert_eq!(row.text(1), "667");
    assert_eq!(row.text(2), "");
    assert_eq!(row.text(3), "0.1");
    let Some(Value::Date { day, serial }) = row.get(4) else { panic!("{:?}", row.get(4)) };
    assert_eq!((day.as_str(), serial.as_str()), ("1937-04-28", "13633"));
    assert_eq!(row.text(5), "17");
    assert_eq!(book.rows("第二").unwrap()[0].text(0), "a");
    let fault = book.rows("Third").unwrap_err();
    assert_eq!(
        fault.to_string(),
        "sheet or part `Third`: no sheet of this name (there are: First, 第二); name one of them, or fetch the file again if it should be there"
    );
}

#[test]
fn every_type_of_cell_is_read() {
    let rows = cells(
        r##"<row><c t="b"><v>1</v></c><c t="e"><v>#REF!</v></c><c t="str"><f>A1&amp;"x"</f><v>a&amp;b</v></c>
        <c t="inlineStr"><is><r><rPr><b/></rPr><t>Exa</t></r><r><t>mple</t></r><rPh sb="0" eb="1"><t>READING</t></rPh></is></c>
        <c t="d"><v>2025-09-28</v></c><c><v>1.50E2</v></c><c t="s"><v>1</v></c><c><f>1/0</f></c><c t="s"><v></v></c></row>"##,
    );
    let texts: Vec<String> = rows[0].cells.iter().map(|(_, value)| value.to_string()).collect();
    assert_eq!(texts, ["TRUE", "#REF!", "a&b", "Example", "2025-09-28", "150", "two"]);
    assert_eq!(rows[0].get(1), Some(&Value::Fault("#REF!".into())));
    assert_eq!(rows[0].number, 1);
}

#[test]
fn shared_texts_in_runs_lose_their_readings_only() {
    let bytes = with_rows(r#"<row r="3"><c r="C3" t="s"><v>0</v></c></row>"#, |path, text| {
        match path {
        "xl/sharedStrings.xml" => "<sst count=\"9999999999\" uniqueCount=\"9999999999\"><si><r><t xml:space=\"preserve\">資産 </t></r><r><t>凍結_x000D_&#10;措置</t></r><rPh sb=\"0\" eb=\"2\"><t>シサン</t></rPh><phoneticPr fontId=\"7\"/></si></sst>".into(),
        _ => text,
    }
    });
    let rows = open(bytes).rows("S").unwrap();
    assert_eq!((rows[0].number, rows[0].text(2).as_ref()), (3, "資産 凍結\r\n措置"));
}

#[test]
fn dates_follow_the_system_of_the_workbook() {
    let row = r#"<row><c s="1"><v>43890.75</v></c><c s="1"><v>-3</v></c><c s="1"><v>60</v></c><c s="9"><v>43890</v></c></row>"#;
    let text =
        |bytes| open(bytes).rows("S").unwrap()[0].cells.iter().map(|c| c.1.to_string()).collect::<Vec<_>>();
    assert_eq!(text(with_rows(row, |_, text| text)), ["2020-02-29", "-3", "60", "43890"]);
    let from_1904 = with_rows(row, |path, text| match path {
        "xl/workbook.xml" => text.replace("<sheets>", "<workbookPr date1904=\"1\"/><sheets>"),
        _ => text,
    });
    assert_eq!(open(from_1904.clone()).date_system(), DateSystem::From1904);
    assert_eq!(text(from_1904), ["2024-03-01", "-3", "1904-03-01", "43890"]);
}

/// What a sheet declares of its size, 255 columns of blank cells and a hundred thousand blank rows: nothing of it is kept.
#[test]
fn blank_cells_and_declared_sizes_cost_nothing() {
    let mut rows = String::from(r#"<row r="1" spans="1:255"><c r="A1" t="s"><v>0</v></c>"#);
    for column in 1..255 {
        rows.push_str(&format!(r#"<c r="{}" s="1"/>"#, comity_sheet::cell_name(1, column)));
    }
    rows.push_str("</row>");
    for row in 2..100_000 {
        rows.push_str(&format!(r#"<row r="{row}" ht="12"><c r="A{row}" s="1"/><c r="IU{row}"/></row>"#));
    }
    rows.push_str(r#"<row r="1048576"><c r="XFD1048576" t="s"><v>1</v></c></row>"#);
    let rows = cells(&rows);
    let places: Vec<_> = rows.iter().map(|row| (row.number, row.cells.len(), row.cells[0].0)).collect();
    assert_eq!(places, [(1, 1, 0), (1_048_576, 1, 16_383)]);
    assert_eq!(rows[1].text(16_383), "two");
}

#[test]
fn sheets_without_cells_are_left_out() {
    let bytes = with_rows("", |path, text| {
        match path {
        "xl/workbook.xml" => text.replace(
            "</sheets>",
            "<sheet name=\"Chart\" sheetId=\"7\" r:id=\"rIdC\"/><sheet name=\"Hidden\" sheetId=\"8\" state=\"hidden\" r:id=\"rIdH\"/></sheets>",
        ),
        "xl/_rels/workbook.xml.rels" => text.replace(
            "</Relationships>",
            "<Relationship Id=\"rIdC\" Type=\"x/chartsheet\" Target=\"chartsheets/sheet1.xml\"/><Relationship Id=\"rIdH\" Type=\"x/worksheet\" Target=\"/xl/worksheets/sheet1.xml\"/><Relationship Id=\"rIdE\" Type=\"x/externalLink\" Target=\"file:///secret\" TargetMode=\"External\"/></Relationships>",
        ),
        _ => text,
    }
    });
    let book = open(bytes);
    assert_eq!(book.sheets(), ["S", "Hidden"]);
    assert_eq!(book.rows("Hidden").unwrap(), []);
}
