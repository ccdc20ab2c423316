//! Lists of the user's own: each form field by field, bad lines, editions by import.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test stops where it fails"
)]

mod common;

use std::path::{Path, PathBuf};

use comity_model::listing::{
    DateFrom, IdentifierKind, ListId, Listing, NameKind, NameQuality, PartyKind, StateRelation,
};
use comity_register::{
    ImportOptions, Refusal, Register, RegisterError, Silent, UpdateResult, UpdateWord, import_file,
    update_from_dir,
};
use common::damage::{doubled, flipped, latin1, other_line_ends, truncated, utf16};

const JSONL: &str = r#"{"id": "1", "schema": "Company", "names": ["Beispiel Pumpen GmbH", {"text": "Beispiel", "quality": "low"}], "states": ["Exampland"], "identifiers": ["registration:HRB 9999"], "desk": {"officer": "A", "level": 3}}
{"id": "2", "schema": "Person", "names": ["Maria Muster"], "birth_dates": ["1971", "1972-03-04"], "states": ["XA", "XB"]}

{"id": 3, "names": "Sample Star", "schema": "Vessel", "identifiers": [{"type": "imo", "value": "9990011", "state": "XA"}]}
"#;

const FTM: &str = r#"{"id": "ex-1", "schema": "Person", "caption": "Maria Muster", "properties": {"weakAlias": ["MM"], "name": ["Maria Muster", "Maria M. Muster"], "alias": ["M. Exempel"], "previousName": ["Maria Vorher"], "birthDate": ["1971-03"], "nationality": ["xa"], "country": ["xb"], "idNumber": ["ID 1"], "passportNumber": ["P 2"], "position": ["director"], "topics": ["sanction"], "notes": ["seen"]}, "datasets": ["example_list"], "target": true}
{"id": "ex-2", "schema": "Vessel", "properties": {"name": ["Sample Star"], "imoNumber": ["9990011"], "mmsi": ["990000011"], "flag": ["xa"], "type": ["tanker"]}}
{"id": "ex-3", "schema": "Ownership", "properties": {"owner": ["ex-1"], "asset": ["ex-2"]}}
"#;

const CSV: &str = "Key;Full name;AKA;Born;Country;Passport;Desk\n\
K-1;\"Muster; Maria\";Maria M.;1971-03-02;Exampland;P 2;north\n\
K-2;Beispiel Pumpen GmbH;Beispiel; ;;;\n\
K-3;\"Two\nlines\";;1980;;;\n";
const MAP: &str = "id = \"Key\"\nname = \"Full name\"\nalias = [\"AKA\"]\nbirth_date = \"Born\"\n# the rest\nstate = \"Country\"\npassport = \"Passport\"\n";

fn read(format: &str, files: &[(&str, &str)]) -> Result<(Vec<Listing>, comity_register::Reading), Refusal> {
    let files: Vec<_> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    common::read(format, &files)
}

fn names(listing: &Listing) -> Vec<(&str, NameKind, NameQuality)> {
    listing.names.iter().map(|n| (n.text.as_str(), n.kind, n.quality)).collect()
}

#[test]
fn a_party_a_line() {
    let (listings, reading) = read("own-jsonl", &[("l.jsonl", JSONL)]).unwrap();
    assert_eq!((listings.len(), reading.date, reading.notices_total), (3, None, 0));
    let one = &listings[0];
    assert_eq!((one.id.to_string().as_str(), one.kind), ("own/test/1", PartyKind::Organization));
    assert_eq!(
        names(one),
        [
            ("Beispiel Pumpen GmbH", NameKind::Primary, NameQuality::Good),
            ("Beispiel", NameKind::Alias, NameQuality::Low)
        ]
    );
    assert_eq!(
        (one.states[0].relation, one.states[0].state.text.as_str()),
        (StateRelation::Address, "Exampland")
    );
    let source: Vec<_> = one.source.iter().map(|v| format!("{}={}", v.key, v.value)).collect();
    assert!(source.contains(&"desk/officer=A".to_owned()) && source.contains(&"desk/level=3".to_owned()));
    let two: Vec<_> = listings[1].birth_dates.iter().map(ToString::to_string).collect();
    assert_eq!(
        (two.join(" "), listings[1].states[1].relation),
        ("1971 1972-03-04".to_owned(), StateRelation::Nationality)
    );
    let ship = &listings[2];
    assert_eq!(
        (ship.id.native.as_str(), ship.kind, ship.primary_name()),
        ("3", PartyKind::Vessel, "Sample Star")
    );
    assert_eq!(
        (ship.identifiers[0].kind, ship.identifiers[0].value.as_str()),
        (IdentifierKind::Imo, "9990011")
    );
}

#[test]
fn entities_of_follow_the_money_in_lines_and_as_an_array() {
    let array = format!("[{}]", FTM.trim().replace('\n', ","));
    for text in [FTM, &array] {
        let (listings, reading) = read("own-ftm", &[("l.json", text)]).unwrap();
        assert_eq!(listings.len(), 2);
        let one = &listings[0];
        assert_eq!((one.id.native.as_str(), one.kind), ("ex-1", PartyKind::Person));
        let good = NameQuality::Good;
        assert_eq!(
            names(one),
            [
                ("Maria Muster", NameKind::Primary, good),
                ("MM", NameKind::Alias, NameQuality::Low),
                ("Maria M. Muster", NameKind::Alias, good),
                ("M. Exempel", NameKind::Alias, good),
                ("Maria Vorher", NameKind::Former, good),
            ]
        );
        assert_eq!(one.birth_dates[0].to_string(), "1971-03");
        let states: Vec<_> = one.states.iter().map(|s| (s.relation, s.state.text.as_str())).collect();
        assert_eq!(states, [(StateRelation::Nationality, "xa"), (StateRelation::Address, "xb")]);
        let ids: Vec<_> =
            one.identifiers.iter().map(|i| (i.kind, i.value.as_str(), i.label.as_str())).collect();
        assert_eq!(
            ids,
            [
                (IdentifierKind::NationalId, "ID 1", "idNumber"),
                (IdentifierKind::Passport, "P 2", "passportNumber")
            ]
        );
        assert_eq!((one.details[0].text.as_str(), one.remarks.as_str()), ("director", "seen"));
        assert!(one.source.iter().any(|v| v.key == "datasets" && v.value == "example_list"));
        assert_eq!(listings[1].identifiers[1].kind, IdentifierKind::Mmsi);
        assert_eq!(listings[1].states[0].relation, StateRelation::Flag);
        let found: Vec<_> = reading.notices.iter().map(|n| n.finding.as_str()).collect();
        assert_eq!(found, ["1 entities of the schema Ownership, which is no party; not taken"]);
    }
}

#[test]
fn a_table_with_its_mapping() {
    let (listings, _) = read("own-csv", &[("l.csv", CSV), ("mapping.toml", MAP)]).unwrap();
    assert_eq!(listings.len(), 3);
    let one = &listings[0];
    assert_eq!((one.id.native.as_str(), one.kind), ("K-1", PartyKind::Unknown));
    assert_eq!(
        names(one),
        [
            ("Muster; Maria", NameKind::Primary, NameQuality::Good),
            ("Maria M.", NameKind::Alias, NameQuality::Good)
        ]
    );
    assert_eq!(
        (one.birth_dates[0].to_string().as_str(), one.states[0].state.text.as_str()),
        ("1971-03-02", "Exampland")
    );
    assert_eq!(
        (one.identifiers[0].kind, one.identifiers[0].label.as_str()),
        (IdentifierKind::Passport, "Passport")
    );
    assert!(one.source.iter().any(|v| v.key == "Desk" && v.value == "north"));
    assert_eq!(listings[2].primary_name(), "Two lines");
    // Columns that are named as the fields need no mapping; without an id it is a digest.
    let plain = "name,schema,imo\nSample Star,vessel,9990011\n";
    let (listings, _) = read("own-csv", &[("l.csv", plain), ("mapping.toml", "")]).unwrap();
    assert_eq!((listings[0].id.native.len(), listings[0].kind), (16, PartyKind::Vessel));
}

#[test]
fn a_bad_line_refuses_the_whole_file_with_its_line_and_remedy() {
    for (bad, finding, remedy) in [
        ("{\"id\": \"9\"}", "without `names`", "the leading name"),
        ("{\"names\": [\"A\"]}", "without `id`", "give each party an id"),
        (
            "{\"id\": \"9\", \"names\": [\"A\"], \"schema\": \"Firm\"}",
            "no kind of party",
            "person, organization",
        ),
        (
            "{\"id\": \"1\", \"names\": [\"A\"]}",
            "the id `1` a second time (first in line 1)",
            "an id of its own",
        ),
        ("{\"id\": \"9\", \"names\": [\"A\"], \"birth_dates\": [\"yesterday\"]}", "is no date", "1955..1958"),
        (
            "{\"id\": \"9\", \"names\": [\"A\"], \"identifiers\": [\"9999\"]}",
            "without its type",
            "imo:9999999",
        ),
        ("{\"id\": \"9\", \"names\": [\"A\"], \"names\": [\"B\"]}", "a second time", "correct the line"),
        ("{\"id\": \"9\", \"names\": [{\"txt\": \"A\"}]}", "the key `txt`", "use text"),
        ("{\"id\": \"9\", \"names\": [\"A\"}", "no well-formed JSON", "correct the line"),
        ("plain", "no well-formed JSON", "correct the line"),
        ("[1]", "a list where a party is expected", "write a party"),
    ] {
        let refusal = read("own-jsonl", &[("l.jsonl", &format!("{JSONL}{bad}\n"))]).unwrap_err();
        assert_eq!(refusal.line, 5, "{bad}: {refusal}");
        assert!(refusal.finding.contains(finding) && refusal.remedy.contains(remedy), "{bad}: {refusal}");
        assert!(refusal.remedy.contains("nothing of"), "{refusal}");
    }
    for (bad, finding) in [
        ("{\"id\": \"9\", \"properties\": {\"name\": [\"A\"]}}", "without `schema`"),
        ("{\"schema\": \"Person\", \"properties\": {\"name\": [\"A\"]}}", "without `id`"),
        ("{\"id\": \"9\", \"schema\": \"Person\", \"properties\": {}}", "has no name"),
        (
            "{\"id\": \"9\", \"schema\": \"Person\", \"properties\": {\"name\": [\"A\"], \"birthDate\": [\"long ago\"]}}",
            "is no date",
        ),
        ("{\"id\": \"ex-1\", \"schema\": \"Person\", \"properties\": {\"name\": [\"A\"]}}", "a second time"),
    ] {
        let refusal = read("own-ftm", &[("l.json", &format!("{FTM}{bad}\n"))]).unwrap_err();
        assert!(refusal.line == 4 && refusal.finding.contains(finding), "{bad}: {refusal}");
    }
    for (row, finding) in [
        ("K-4;A", "2 cells, the head line has 7"),
        (";A;;;;;", "a row without id"),
        ("K-4;;B;;;;", "a row without name"),
        ("K-4;A;;1 March;;;", "birth_date `1 March` is no date"),
        ("K-1;A;;;;;", "the id `K-1` a second time"),
        ("K-4;A\"B;;;;;\"", "inside of a cell that is not quoted"),
        ("K-4;\"A;;;;;", "inside of a quoted cell"),
    ] {
        let refusal =
            read("own-csv", &[("l.csv", &format!("{CSV}{row}\n")), ("mapping.toml", MAP)]).unwrap_err();
        assert!(refusal.line == 6 && refusal.finding.contains(finding), "{row}: {refusal}");
    }
    for (map, finding) in [
        ("name = \"Nome\"", "no column `Nome`"),
        ("id = \"Key\"", "no column for `name`"),
        ("nome = \"Full name\"", "the field `nome` is not known"),
        ("name = Full name", "is no line of a mapping"),
        ("delimiter = \"ab\"", "not one sign"),
        ("id = [\"Key\", \"AKA\"]", "more than one column"),
    ] {
        let refusal = read("own-csv", &[("l.csv", CSV), ("mapping.toml", map)]).unwrap_err();
        assert!(refusal.finding.contains(finding) && !refusal.remedy.is_empty(), "{map}: {refusal}");
    }
    let refusal = read("own-csv", &[("l.csv", "a,a\n1,2\n"), ("mapping.toml", "")]).unwrap_err();
    assert!(refusal.finding.contains("`a` twice"), "{refusal}");
}

#[test]
fn names_that_hide_signs_are_refused() {
    for (sign, told) in [("\\u202e", "U+202E"), ("\\u0007", "U+0007"), ("\\u2066", "U+2066")] {
        let text = format!(
            "{{\"id\": \"1\", \"names\": [\"Example\"]}}\n{{\"id\": \"2\", \"names\": [\"Ridge {sign}Works\"]}}\n"
        );
        let refusal = read("own-jsonl", &[("mine.jsonl", &text)]).unwrap_err();
        assert!(refusal.line == 2 && refusal.finding.contains(told), "{refusal}");
        assert!(refusal.remedy.contains("remove it"), "{refusal}");
    }
}

#[test]
fn damage_never_panics() {
    for (format, text, map) in
        [("own-jsonl", JSONL, None), ("own-ftm", FTM, None), ("own-csv", CSV, Some(MAP))]
    {
        let whole = |bytes: &[u8]| {
            let mut files = vec![("file", bytes)];
            files.extend(map.map(|map| ("mapping.toml", map.as_bytes())));
            common::read(format, &files).map(|(listings, _)| listings)
        };
        let all = whole(text.as_bytes()).unwrap();
        // A file of lines that is cut between two of them is a shorter list; never a changed one.
        truncated(text.as_bytes(), 2000, whole, |at, listings| {
            let last = listings.len() - 1;
            assert_eq!(listings[..last], all[..last], "{format} cut at {at}");
        });
        let outcome = flipped(text.as_bytes(), 10_000, whole);
        assert_eq!(outcome.read + outcome.refused, 10_000);
        assert_eq!(whole(&other_line_ends(text.as_bytes())).unwrap().len(), all.len());
        for broken in [doubled(text.as_bytes()), utf16(text.as_bytes()), Vec::new()] {
            assert!(whole(&broken).is_err(), "{format}");
        }
        let marked = text.replace("Maria", "Märia");
        assert!(whole(&latin1(marked.as_bytes())).is_err(), "{format}");
    }
    let mut long = b"{\"id\": \"".to_vec();
    long.resize(8 << 20, b'x');
    assert!(common::read("own-jsonl", &[("l", &long)]).unwrap_err().finding.contains("KB in one"));
}

fn list() -> ListId {
    "own/watch".parse().unwrap()
}

fn options(today: &str) -> ImportOptions<'static> {
    ImportOptions {
        today: common::day(today),
        date: None,
        format: None,
        map: None,
        state_of: &common::no_state,
    }
}

fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn import(data: &Path, file: &Path, options: ImportOptions<'_>) -> Result<UpdateResult, RegisterError> {
    import_file(data, &list(), file, options, &mut Silent)
}

#[test]
fn an_import_is_an_edition_and_a_bad_file_is_none() {
    let (data, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = write(from.path(), "list.jsonl", JSONL);
    let result = import(data.path(), &first, options("2026-03-01")).unwrap();
    assert_eq!(
        (result.result, result.entries, result.list.as_str()),
        (UpdateWord::Added, Some(3), "own/watch")
    );
    assert!(result.message.contains("dated by the day of the import"), "{}", result.message);
    let bad = write(from.path(), "bad.jsonl", &format!("{JSONL}{{\"id\": \"9\"}}\n"));
    let before = Register::open(data.path()).unwrap().status();
    let error = import(data.path(), &bad, options("2026-03-02")).unwrap_err();
    assert!(matches!(&error, RegisterError::Refused(r) if r.line == 5), "{error}");
    assert_eq!(Register::open(data.path()).unwrap().status(), before, "nothing of a bad file is taken");
    // A shorter list, dated by the user, is taken as it is; the same bytes as before come back as an edition of their own.
    let shorter = write(from.path(), "short.jsonl", JSONL.lines().next().unwrap());
    let dated = ImportOptions { date: Some(common::day("2026-04-01")), ..options("2026-05-01") };
    let result = import(data.path(), &shorter, dated).unwrap();
    assert_eq!((result.result, result.entries), (UpdateWord::Added, Some(1)));
    assert_eq!(import(data.path(), &shorter, options("2026-05-02")).unwrap().result, UpdateWord::Unchanged);
    assert_eq!(import(data.path(), &first, options("2026-06-01")).unwrap().result, UpdateWord::Added);
    let register = Register::open(data.path()).unwrap();
    let editions: Vec<_> =
        register.editions(&list()).map(|m| (m.date.to_string(), m.entries, m.date_from)).collect();
    assert_eq!(
        editions,
        [
            ("2026-03-01".to_owned(), 3, DateFrom::Fetch),
            ("2026-04-01".to_owned(), 1, DateFrom::User),
            ("2026-06-01".to_owned(), 3, DateFrom::Fetch)
        ]
    );
    assert!(register.verify().unwrap().1.is_empty());
    let error =
        import_file(data.path(), &"un/sc".parse().unwrap(), &first, options("2026-06-01"), &mut Silent);
    assert!(error.unwrap_err().to_string().contains("not a list of the user's own"));
    let gone = import(data.path(), &from.path().join("none.jsonl"), options("2026-06-01")).unwrap_err();
    assert!(gone.to_string().contains("cannot be read"), "{gone}");
}

#[test]
fn the_form_is_told_by_the_file_and_a_table_is_read_again_with_its_mapping() {
    let (data, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let format = |file: &Path, options| {
        import(data.path(), file, options).unwrap();
        let register = Register::open(data.path()).unwrap();
        register.editions(&list()).next_back().unwrap().format.clone()
    };
    assert_eq!(format(&write(from.path(), "a.json", FTM), options("2026-03-01")), "own-ftm");
    let array = format!("[{}]", FTM.trim().replace('\n', ","));
    assert_eq!(format(&write(from.path(), "b.json", &array), options("2026-03-02")), "own-ftm");
    assert_eq!(format(&write(from.path(), "c.json", JSONL), options("2026-03-03")), "own-jsonl");
    let table = write(from.path(), "d.csv", CSV);
    let map = "id=Key,name=Full name,alias=AKA,birth_date=Born";
    assert_eq!(format(&table, ImportOptions { map: Some(map), ..options("2026-03-04") }), "own-csv");
    assert_eq!(format(&table, ImportOptions { map: Some(MAP), ..options("2026-03-05") }), "own-csv");
    let error = import(data.path(), &table, ImportOptions { format: Some("xls"), ..options("2026-03-06") })
        .unwrap_err();
    assert!(error.to_string().contains("use jsonl, ftm or csv"), "{error}");
    // An index that is lost is made again from what was kept, the mapping included.
    let folder = data.path().join("register/own/watch");
    let editions: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.join("parties.bin").is_file())
        .collect();
    assert_eq!(editions.len(), 5);
    editions.iter().for_each(|e| std::fs::remove_file(e.join("parties.bin")).unwrap());
    let lists = common::project().join("examples/lists");
    update_from_dir(data.path(), &lists, &common::sources(), common::options("2026-03-07"), &mut Silent)
        .unwrap();
    let register = Register::open(data.path()).unwrap();
    for meta in register.editions(&list()) {
        let edition = register.load(meta).unwrap();
        assert_eq!(edition.view().unwrap().len(), meta.entries as usize, "{}", meta.date);
    }
}
