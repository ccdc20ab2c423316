//! `announcements` and `cn-announcements`: records field by field, changes of measures, checks against the texts, figures of the published files, damage.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test stops where it fails"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use comity_model::DateValue;
use comity_model::listing::{
    Change, ChangeKind, DetailKind, IdentifierKind, Listing, NameKind, NameQuality, PartyKind, StateRelation,
};
use comity_register::{Reading, Refusal, Register, Silent, UpdateOptions, update_from_dir};
use common::damage::{doubled, flipped, latin1, other_line_ends, truncated, utf16};

const CONTROL: &str = "sources/sanction-lists/import-export-control-list/209811.yml";
const KEYS: [&str; 4] = ["control", "watch", "uel", "counter"];

type Files = Vec<(String, Vec<u8>)>;

fn walk(base: &Path, below: &str, out: &mut Files) {
    let mut names: Vec<_> = std::fs::read_dir(base.join(below))
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    for name in names {
        let path = format!("{below}/{name}");
        if base.join(&path).is_dir() {
            walk(base, &path, out);
        } else {
            out.push((path.clone(), std::fs::read(base.join(&path)).unwrap()));
        }
    }
}

fn set(base: &Path) -> Files {
    let mut files = Vec::new();
    for top in ["sources", "reference-docs"] {
        walk(base, top, &mut files);
    }
    files
}

fn fixture() -> Files {
    set(&common::project().join("crates/register/tests/fixtures/announcements"))
}

fn whole(format: &str, files: &[(String, Vec<u8>)]) -> Result<(Vec<Listing>, Reading), Refusal> {
    let files: Vec<_> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    common::read_bundle(format, &KEYS, &files)
}

fn cn(files: &[(String, Vec<u8>)]) -> Result<(Vec<Listing>, Reading), Refusal> {
    whole("cn-announcements", files)
}

/// The fixture with one file changed.
fn with(name: &str, bytes: Vec<u8>) -> Files {
    let mut files = fixture();
    files.iter_mut().find(|(known, _)| known == name).unwrap().1 = bytes;
    files
}

fn changed(name: &str, from: &str, to: &str) -> Result<(Vec<Listing>, Reading), Refusal> {
    let files = fixture();
    let text = String::from_utf8(files.iter().find(|(known, _)| known == name).unwrap().1.clone()).unwrap();
    assert!(text.contains(from), "{from}");
    cn(&with(name, text.replacen(from, to, 1).into_bytes()))
}

fn day(text: &str) -> DateValue {
    DateValue::Day(common::day(text))
}

#[test]
fn a_published_announcement_field_by_field() {
    let (listings, reading) = cn(&fixture()).unwrap();
    assert_eq!((listings.len(), reading.date.unwrap().to_string().as_str()), (4, "2026-02-24"));
    let one = &listings[0];
    assert_eq!(
        (one.id.list.as_str(), one.id.native.len(), one.kind),
        ("own/control", 16, PartyKind::Organization)
    );
    let names: Vec<_> = one.names.iter().map(|n| (n.text.as_str(), n.kind, n.language.as_deref())).collect();
    assert_eq!(
        names,
        [
            ("样本造船株式会社", NameKind::Primary, Some("zh-Hans")),
            ("Sample Shipbuilding Co., Ltd.", NameKind::Alias, Some("en")),
        ]
    );
    let [programme] = one.programmes.as_slice() else { panic!() };
    assert_eq!(programme.code, "2026-11");
    assert_eq!(programme.text, "第11号 公布将3家样本国实体列入出口管制管控名单");
    assert_eq!(programme.basis, ["样本管制法 第四条、第五条", "样本管制条例"]);
    assert_eq!((programme.from.clone(), programme.until.clone()), (Some(day("2026-02-25")), None));
    assert_eq!(programme.effects.len(), 2);
    assert!(
        programme.effects[0].starts_with(
            "prohibit_export_dual_use_items, prohibit_transfer_provide_dual_use_items: 禁止出口"
        )
    );
    assert_eq!(programme.reach, ["禁止境外组织和个人将原产于本国的两用物项转移或提供给上述3家实体"]);
    assert!(programme.changes.is_empty());
    assert_eq!(one.listed_on, Some(day("2026-02-24")));
    let details: Vec<_> = one.details.iter().map(|d| (d.kind, d.text.as_str())).collect();
    assert_eq!(
        details,
        [
            (DetailKind::Reason, "为维护安全"),
            (DetailKind::Notice, "样本部 第11号 2026-02-24 https://example.invalid/2026/11.html"),
        ]
    );
    let has = |key: &str, value: &str| one.source.iter().any(|v| v.key == key && v.value == value);
    assert!(has("effective_time", "00:01") && has("name/en", "Sample Shipbuilding Co., Ltd."));
    assert!(has("announcement/publish_time", "09:00") && has("reason/en", "To safeguard security"));
    let person = &listings[2];
    assert_eq!(person.kind, PartyKind::Person);
    let details: Vec<_> = person.details.iter().map(|d| (d.kind, d.text.as_str())).collect();
    assert!(details.contains(&(DetailKind::Function, "President of Sample University")));
    assert!(details.contains(&(DetailKind::Gender, "female")));
}

#[test]
fn two_announcements_of_a_party_are_one_listing_and_notices_change_them() {
    let (listings, _) = cn(&fixture()).unwrap();
    let one = &listings[3];
    assert_eq!((one.id.list.as_str(), one.primary_name()), ("own/uel", "样本公司"));
    let codes: Vec<_> = one.programmes.iter().map(|p| p.code.as_str()).collect();
    assert_eq!(codes, ["2025-5", "2025-7"]);
    let by = "2025-11-05 就调整不可靠实体清单措施答记者问";
    let stopped = Change { kind: ChangeKind::Stopped, on: day("2025-11-10"), until: None, by: by.to_owned() };
    assert_eq!(one.programmes[0].changes, [stopped]);
    let suspended = Change {
        kind: ChangeKind::Suspended,
        on: day("2025-11-10"),
        until: Some(day("2026-11-10")),
        by: format!("{by} 继续暂停"),
    };
    assert_eq!(one.programmes[1].changes, [suspended]);
    assert_eq!(one.listed_on, Some(day("2025-04-05")));
    assert_eq!(one.updated, [day("2025-11-05"), day("2025-04-07")]);
    let reasons: Vec<_> =
        one.details.iter().filter(|d| d.kind == DetailKind::Reason).map(|d| d.text.as_str()).collect();
    assert_eq!(reasons, ["原因5", "原因7"]);
}

#[test]
fn the_announcement_decides_and_what_differs_is_reported() {
    let (_, reading) = cn(&fixture()).unwrap();
    let found: Vec<_> = reading.notices.iter().map(|n| n.finding.as_str()).collect();
    let expected = [
        "sanction_list says `counter`, the announcement `control`; the announcement decides",
        "the name `Sampel University` does not stand in reference-docs/209811.md; nearest there: `2. 样本大学（Sample University）`",
        "it dates the announcement 2025-04-04, which is of 2025-04-05",
        "a notice on the announcement 2025-9 of the list `uel`, which is not here; nothing is changed",
    ];
    for wanted in expected {
        assert!(found.contains(&wanted), "{wanted}\n{found:#?}");
    }
    assert_eq!(found.iter().filter(|f| f.starts_with("no text of this announcement")).count(), 2);
    assert_eq!(found.len(), expected.len() + 2, "{found:#?}");
}

#[test]
fn a_file_with_fewer_parties_than_the_annex_is_refused() {
    let files = fixture();
    let text = String::from_utf8(files.iter().find(|(n, _)| n == CONTROL).unwrap().1.clone()).unwrap();
    let cut = text.split("    - name:\n        zh-Hans: 样·例").next().unwrap();
    let refusal = cn(&with(CONTROL, cut.as_bytes().to_vec())).unwrap_err();
    assert!(
        refusal.finding.contains("has 3 parties, the file 2") && refusal.finding.contains("3. 样·例"),
        "{refusal}"
    );
    assert_eq!((refusal.file.as_str(), refusal.line), (CONTROL, 4));
}

#[test]
fn faults_of_the_published_form_are_refused_with_file_and_line() {
    for (from, to, line, finding) in [
        ("publish_date: '2026-02-24'", "publish_date: '24 Feb 2026'", 4, "is no day"),
        ("  document_id: 第11号\n", "", 4, "no `document_id`"),
        ("effective_date: '2026-02-25'\n      effective_time", "effective_time", 30, "no `effective_date`"),
        ("zh-Hans: 样本大学\n", "zh-Hans: ''\n", 52, "without `zh-Hans`"),
        ("sanction_details:", "sanction_detials:", 3, "neither an announcement"),
        ("reason: *reason", "reason: *raison", 57, "no well-formed YAML"),
        ("      type: individual", "      type: individual\n      type: individual", 64, "a second time"),
    ] {
        let refusal = changed(CONTROL, from, to).unwrap_err();
        assert!(refusal.finding.contains(finding), "{to}: {refusal}");
        assert_eq!((refusal.file.as_str(), refusal.line), (CONTROL, line), "{to}: {refusal}");
    }
    let updates = "sources/sanction-updates/20981105.yml";
    for (from, to, finding) in [
        ("action: suspend", "action: pause", "suspend, resume or stop expected"),
        ("until_date: '2026-11-10'", "until_date: '2025-11-09'", "lies before"),
        ("target_announcement_id: 〔2025〕7号", "target_announcement_id: 七号", "has no number"),
    ] {
        let refusal = changed(updates, from, to).unwrap_err();
        assert!(refusal.finding.contains(finding), "{to}: {refusal}");
    }
    let mut twice = fixture();
    let copy = twice.iter().find(|(n, _)| n == CONTROL).unwrap().1.clone();
    twice.push(("sources/again.yml".to_owned(), copy));
    assert!(cn(&twice).unwrap_err().finding.contains("a second time"));
}

#[test]
fn lists_that_are_not_wanted_are_left_out() {
    let files = fixture();
    let files: Vec<_> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let (listings, reading) = common::read_bundle("cn-announcements", &["uel"], &files).unwrap();
    assert_eq!((listings.len(), reading.entries, listings[0].id.list.as_str()), (1, 1, "own/uel"));
}

fn own(names: &[&str]) -> Files {
    let base = common::project().join("crates/register/tests/fixtures/announcements");
    names.iter().map(|name| ((*name).to_owned(), std::fs::read(base.join(name)).unwrap())).collect()
}

#[test]
fn our_own_form_serves_any_state() {
    for format in ["announcements", "cn-announcements"] {
        let (listings, reading) = whole(format, &own(&["own-form.yml", "own-form.json"])).unwrap();
        assert_eq!((listings.len(), reading.notices_total), (2, 0), "{:?}", reading.notices);
        assert_eq!(reading.date.unwrap().to_string(), "2026-06-01");
        let one = &listings[0];
        assert_eq!((one.kind, one.id.native.len()), (PartyKind::Organization, 16));
        let names: Vec<_> = one.names.iter().map(|n| (n.text.as_str(), n.kind, n.quality)).collect();
        assert_eq!(
            names,
            [
                ("Beispiel Pumpen GmbH", NameKind::Primary, NameQuality::Good),
                ("Beispiel Pumps", NameKind::Alias, NameQuality::Low)
            ]
        );
        assert_eq!(
            (one.states[0].relation, one.states[0].state.text.as_str()),
            (StateRelation::Address, "Exampland")
        );
        let ids: Vec<_> = one.identifiers.iter().map(|i| (i.kind, i.value.as_str())).collect();
        assert_eq!(ids, [(IdentifierKind::Registration, "HRB 9999"), (IdentifierKind::Lei, "9999EXAMPLE")]);
        let programme = &one.programmes[0];
        assert_eq!((programme.code.as_str(), programme.from.clone()), ("2026-4", Some(day("2026-03-15"))));
        assert_eq!(programme.basis, ["Trade Control Act, section 9", "Order 4 of 2026"]);
        assert_eq!(programme.effects, ["no export of listed goods"]);
        assert_eq!(programme.reach, ["persons abroad shall not pass on goods made in Samplonia"]);
        let change = Change {
            kind: ChangeKind::Suspended,
            on: day("2026-06-02"),
            until: Some(day("2026-12-31")),
            by: "2026-9 Notice 9".to_owned(),
        };
        assert_eq!(programme.changes, [change]);
        let two = &listings[1];
        assert_eq!((two.id.native.as_str(), two.kind), ("S-17", PartyKind::Person));
        assert_eq!(two.programmes[0].effects, ["no export of anything"]);
        assert_eq!(two.programmes[0].until, Some(day("2027-03-14")));
        assert_eq!(
            two.birth_dates.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["1971", "1972-03-04"]
        );
    }
}

#[test]
fn faults_of_our_own_form_are_refused_with_their_remedy() {
    let text = String::from_utf8(own(&["own-form.yml"])[0].1.clone()).unwrap();
    for (from, to, finding, remedy) in [
        (
            "  effects: [\"no export of listed",
            "  efects: [\"no export of listed",
            "the key `efects` is not known",
            "use one of",
        ),
        ("  date: 2026-03-01", "  date: 1 March", "is no day", "2026-02-24"),
        ("  id: \"2026-4\"\n", "", "an announcement without `id`", "add it"),
        ("schema: Company", "schema: Firm", "is no kind of party", "organization"),
        ("\"registration:HRB 9999\"", "\"HRB 9999\"", "without its type", "imo:9999999"),
        ("{type: lei", "{type: lay", "`lay`", "or other"),
        ("\"1971\"", "\"71\"", "is no date", "1955..1958"),
        ("names: [\"Maria Muster\"]", "names: []", "without `names`", "the leading name"),
        ("parties:", "partys:", "the key `partys` is not known", "parties"),
    ] {
        assert!(text.contains(from), "{from}");
        let files = vec![("own-form.yml".to_owned(), text.replacen(from, to, 1).into_bytes())];
        let refusal = whole("announcements", &files).unwrap_err();
        assert!(refusal.finding.contains(finding) && refusal.remedy.contains(remedy), "{to}: {refusal}");
        assert_eq!(refusal.file, "own-form.yml");
    }
}

#[test]
fn damage_never_gives_half_a_list() {
    let files = fixture();
    let bytes = files.iter().find(|(n, _)| n == CONTROL).unwrap().1.clone();
    let all = cn(&files).unwrap().0.len();
    let read = |bytes: &[u8]| cn(&with(CONTROL, bytes.to_vec())).map(|(listings, _)| listings);
    let outcome = truncated(&bytes, 2000, read, |at, listings| {
        assert_eq!(listings.len(), all, "cut at {at}");
    });
    assert!(outcome.refused > 1500, "{outcome:?}");
    let outcome = flipped(&bytes, 10_000, read);
    assert_eq!(outcome.read + outcome.refused, 10_000);
    assert_eq!(read(&other_line_ends(&bytes)).unwrap().len(), all);
    for broken in [doubled(&bytes), utf16(&bytes), latin1(&bytes), [&bytes[..], b"\x1a"].concat(), Vec::new()]
    {
        assert!(read(&broken).is_err());
    }
    for name in ["sources/sanction-updates/20981105.yml", "reference-docs/209811.md"] {
        let bytes = files.iter().find(|(n, _)| n == name).unwrap().1.clone();
        let read = |bytes: &[u8]| cn(&with(name, bytes.to_vec())).map(|(listings, _)| listings);
        flipped(&bytes, 1000, read);
        truncated(&bytes, 500, read, |_, listings| assert_eq!(listings.len(), all));
    }
}

fn published() -> Option<Files> {
    let folder = common::shared_lists()?.join("cn/mofcom-mfa-announcements");
    folder.is_dir().then(|| set(&folder))
}

fn of<'l>(listings: &'l [Listing], list: &str) -> Vec<&'l Listing> {
    listings.iter().filter(|l| l.id.list.as_str() == format!("own/{list}")).collect()
}

#[test]
fn the_published_files_give_their_figures() {
    let Some(files) = published() else { return println!("no published announcements on this machine") };
    let (listings, reading) = cn(&files).unwrap();
    assert_eq!(reading.date.unwrap().to_string(), "2026-02-24");
    let figures = |list: &str| {
        let found = of(&listings, list);
        let rows: usize = found.iter().map(|l| l.programmes.len()).sum();
        let codes: BTreeSet<&str> =
            found.iter().flat_map(|l| &l.programmes).map(|p| p.code.as_str()).collect();
        (found.len(), rows, codes.len())
    };
    // Parties, rows of announcements, announcements. Two parties of the unreliable entity list stand in two announcements each.
    assert_eq!(figures("control"), (102, 102, 7));
    assert_eq!(figures("uel"), (81, 83, 14));
    assert_eq!(figures("counter"), (138, 138, 17));
    assert_eq!(figures("watch"), (0, 0, 0));
    let persons = of(&listings, "counter").iter().filter(|l| l.kind == PartyKind::Person).count();
    assert_eq!(persons, 59);
    let finding = "sanction_list says `counter`, the announcement `control`; the announcement decides";
    let wrong: Vec<_> = reading.notices.iter().filter(|n| n.finding == finding).collect();
    assert_eq!((wrong.len(), wrong[0].entry.as_str()), (1, "2025-1"));
    println!("{} notices", reading.notices_total);
    for notice in &reading.notices {
        println!(
            "  {}, line {} ({}): {}",
            notice.file.rsplit('/').next().unwrap(),
            notice.line,
            notice.entry,
            notice.finding
        );
    }
}

#[test]
fn suspensions_and_stops_of_the_published_notices() {
    let Some(files) = published() else { return println!("no published announcements on this machine") };
    let (listings, _) = cn(&files).unwrap();
    let mut seen: BTreeMap<&str, (usize, Vec<String>)> = BTreeMap::new();
    for listing in &listings {
        for programme in listing.programmes.iter().filter(|p| !p.changes.is_empty()) {
            assert_eq!(listing.id.list.as_str(), "own/uel");
            let told: Vec<_> = programme
                .changes
                .iter()
                .map(|c| {
                    format!(
                        "{} {} {}",
                        c.kind,
                        c.on,
                        c.until.as_ref().map_or("-".to_owned(), ToString::to_string)
                    )
                })
                .collect();
            let row = seen.entry(programme.code.as_str()).or_insert((0, told.clone()));
            assert_eq!(row.1, told);
            row.0 += 1;
        }
    }
    let seen: Vec<_> = seen.iter().map(|(code, (n, told))| (*code, *n, told.join("; "))).collect();
    assert_eq!(
        seen,
        [
            ("2025-5", 10, "stopped 2025-11-10 -".to_owned()),
            ("2025-6", 1, "stopped 2025-11-10 -".to_owned()),
            ("2025-7", 11, "suspended 2025-05-14 2025-08-12; suspended 2025-08-12 2025-11-10; suspended 2025-11-10 2026-11-10".to_owned()),
            ("2025-8", 6, "suspended 2025-05-14 -; stopped 2025-08-12 -".to_owned()),
        ]
    );
}

#[test]
fn the_clause_on_acts_abroad_is_in_one_announcement() {
    let Some(files) = published() else { return println!("no published announcements on this machine") };
    let (listings, _) = cn(&files).unwrap();
    let mut with = BTreeMap::new();
    for programme in listings.iter().flat_map(|l| &l.programmes).filter(|p| !p.reach.is_empty()) {
        assert_eq!(programme.reach.len(), 1);
        *with.entry(programme.code.as_str()).or_insert(0) += 1;
    }
    assert_eq!(with, BTreeMap::from([("2026-11", 20)]));
    let late: Vec<_> = listings.iter().flat_map(|l| &l.programmes).filter(|p| p.code == "2025-22").collect();
    assert!(
        late.len() == 12 && late.iter().all(|p| p.from == Some(day("2025-04-10"))),
        "in force the day after it was published"
    );
}

#[test]
fn a_record_of_the_published_files_beside_a_naive_reading() {
    let Some(files) = published() else { return println!("no published announcements on this machine") };
    let (listings, _) = cn(&files).unwrap();
    let mut compared = 0;
    for (name, bytes) in
        files.iter().filter(|(n, _)| n.contains("import-export-control-list") && n.ends_with(".yml"))
    {
        let text = std::str::from_utf8(bytes).unwrap();
        let value = |line: &str, key: &str| {
            line.trim()
                .trim_start_matches("- ")
                .strip_prefix(key)
                .map(|v| v.trim().trim_matches(['\'', '"']).to_owned())
        };
        let published = text.lines().find_map(|l| value(l, "publish_date:")).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for (at, _) in lines.iter().enumerate().filter(|(_, l)| l.trim() == "- name:") {
            let chinese = lines[at + 1..at + 3].iter().find_map(|l| value(l, "zh-Hans:")).unwrap();
            let english = lines[at + 1..at + 3].iter().find_map(|l| value(l, "en:")).unwrap();
            let effective = lines[at..].iter().find_map(|l| value(l, "effective_date:")).unwrap();
            let one = of(&listings, "control")
                .into_iter()
                .find(|l| l.names.iter().any(|n| n.text == chinese))
                .unwrap_or_else(|| panic!("{name}: {chinese}"));
            assert!(one.names.iter().any(|n| n.text == english), "{name}: {english}");
            assert_eq!(one.programmes[0].from.as_ref().unwrap().to_string(), effective);
            assert_eq!(one.listed_on.as_ref().unwrap().to_string(), published);
            compared += 1;
        }
    }
    assert_eq!(compared, 102);
}

/// The registry is somebody else's transformation, newer than the files: for comparison only.
#[test]
fn a_registry_of_others_differs_only_where_that_is_known() {
    let Some(files) = published() else { return println!("no published announcements on this machine") };
    let path = common::shared_lists().unwrap().join("cn/registry-2026-07/cn.json");
    let Ok(bytes) = std::fs::read(path) else { return println!("no registry on this machine") };
    let rows: Vec<serde_json::Value> = serde_json::from_slice(&bytes).unwrap();
    let (listings, _) = cn(&files).unwrap();
    let plain = |t: &str| -> String {
        t.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let mut totals = BTreeMap::new();
    let mut differences = BTreeMap::new();
    for (key, list) in [
        ("cn-export-control-watchlist", "control"),
        ("cn-unreliable-entity-list", "uel"),
        ("cn-attention-list", "watch"),
    ] {
        let names = |row: &serde_json::Value| -> Vec<String> {
            let aliases = row["aliases"].as_array().into_iter().flatten();
            std::iter::once(&row["entity_name"])
                .chain(aliases)
                .filter_map(|n| n.as_str())
                .map(plain)
                .collect()
        };
        let theirs: Vec<_> = rows.iter().filter(|r| r["list_id"] == key).collect();
        let ours: Vec<Vec<String>> =
            of(&listings, list).iter().map(|l| l.names.iter().map(|n| plain(&n.text)).collect()).collect();
        let missing: Vec<_> =
            theirs.iter().filter(|r| !ours.iter().any(|o| o.iter().any(|n| names(r).contains(n)))).collect();
        let until = |r: &&&&serde_json::Value| r["date_added"].as_str().unwrap() <= "2026-02-24";
        let early = missing.iter().filter(until).count();
        let extra =
            ours.iter().filter(|o| !theirs.iter().any(|r| names(r).iter().any(|n| o.contains(n)))).count();
        println!(
            "{list}: registry {}, ours {}; {} of theirs not in ours ({early} of them dated until 2026-02-24), {extra} of ours not in theirs",
            theirs.len(),
            ours.len(),
            missing.len()
        );
        for row in missing.iter().filter(until) {
            println!("  {} {}", row["date_added"], row["entity_name"]);
        }
        totals.insert(list, theirs.len());
        differences.insert(list, (missing.len(), early, extra));
    }
    assert_eq!(totals, BTreeMap::from([("control", 139), ("uel", 61), ("watch", 40)]));
    // Announcements after 2026-02-24 and the watch list are not in the files.
    assert_eq!(differences["control"].0, 37);
    assert_eq!(differences["watch"], (40, 20, 0));
}

#[test]
fn the_bundle_gives_its_lists() {
    let Some(lists) = common::shared_lists() else { return println!("no official lists on this machine") };
    if !lists.join("cn/mofcom-mfa-announcements").is_dir() {
        return println!("no published announcements on this machine");
    }
    let data = tempfile::tempdir().unwrap();
    let only = ["cn/announcements".to_owned()];
    let options = UpdateOptions { only: &only, ..common::options("2026-11-21") };
    let results = update_from_dir(data.path(), &lists, &common::sources(), options, &mut Silent).unwrap();
    let told = common::lines(&results);
    for line in
        ["cn/control 2026-02-24 102 added", "cn/uel 2026-02-24 81 added", "cn/counter 2026-02-24 138 added"]
    {
        assert!(told.iter().any(|t| t == line), "{told:#?}");
    }
    assert!(told.iter().all(|t| t.ends_with("added") || t.ends_with("not_read")), "{told:#?}");
    let register = Register::open(data.path()).unwrap();
    assert!(register.verify().unwrap().1.is_empty());
    assert!(register.lists().all(|l| l.as_str() != "cn/watch"), "no file of it is here");
}
