//! The tables of `data/states` besides histories: groups, names in use for several places, life, returns, milestones, safeguards. Each broken line
//! is refused with file, line and what was expected.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

use std::fs;
use std::path::{Path, PathBuf};

use comity_pack::states::load;

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/states")
}

/// The messages after a text of a file was put in place of another.
fn replaced(file: &str, from: &str, to: &str) -> Vec<String> {
    static COPIES: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    let n = COPIES.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("states-more-{n}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(dir.join("treaties")).unwrap();
    for folder in ["", "treaties"] {
        for entry in fs::read_dir(data().join(folder)).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_file() {
                fs::copy(entry.path(), dir.join(folder).join(entry.file_name())).unwrap();
            }
        }
    }
    let text = fs::read_to_string(dir.join(file)).unwrap();
    assert!(text.contains(from), "{file} has no `{from}`");
    fs::write(dir.join(file), text.replacen(from, to, 1)).unwrap();
    let mut faults = Vec::new();
    load(&dir, &mut faults);
    fs::remove_dir_all(&dir).unwrap();
    faults.iter().map(ToString::to_string).collect()
}

#[track_caller]
fn refused(file: &str, from: &str, to: &str, said: &str) {
    let seen = replaced(file, from, to);
    assert!(seen.iter().any(|f| f.contains(said)), "{from} -> {to}: {seen:#?}");
    assert!(seen.iter().all(|f| f.contains(".csv") || f.contains(".toml")), "{seen:#?}");
}

#[test]
fn groups_and_their_members() {
    refused("groups.csv", "LDC,category", "LDC,club", "groups.csv:7: `club` is no kind of group");
    refused("groups.csv", "2026-05,45", "2026-05,44", "members = 44, where group-members.csv has 45");
    refused(
        "groups.csv",
        "M49-015,subregion,Northern Africa,M49-002",
        "M49-015,subregion,Northern Africa,M49-999",
        "within `M49-999`",
    );
    refused("groups.csv", "AFRICAN,regional", "AFRICA,regional", "group `AFRICAN` of");
    refused("group-members.csv", "LDC,AF", "LDC,XX", "group-members.csv:3: XX, which is in no table");
    refused("group-members.csv", "LDC,AF", "LDX,AF", "group-members.csv:3: group `LDX`");
    refused("group-members.csv", "LDC,AF\n", "LDC,AF\nLDC,AF\n", "AF in `LDC` a second time");
    refused("group-members.csv", "M49-002,DZ", "M49-009,DZ", "members = 60, where group-members.csv has 59");
}

#[test]
fn names_in_use_for_several_places() {
    refused(
        "shared-names.csv",
        "Corea,KP|KR",
        "Corea,KP",
        "`Corea` with 1 codes; expected a name and the codes of two places or more",
    );
    refused("shared-names.csv", "Corea,KP|KR", "Ecuador,KP|KR", "`Ecuador`, which is also a name of EC");
    refused("shared-names.csv", "Corea,KP|KR\n", "Corea,KP|KR\nCOREA,KP|KR\n", "`COREA` a second time");
    refused("shared-names.csv", "Corea,KP|KR", "Corea,KP|XX", "XX, which is in no table");
}

#[test]
fn the_life_of_treaties() {
    refused(
        "life.csv",
        "BWC,opened,1972-04-10",
        "BWX,opened,1972-04-10",
        "`BWX`; expected an id of treaties.toml or instruments.csv",
    );
    refused("life.csv", "BWC,opened", "BWC,begun", "`begun` is no kind of happening");
    refused("life.csv", "1972-04-10", "1972-04-31", "`1972-04-31` as from");
    refused(
        "life.csv",
        "1986-09-08,1986-09-26",
        "1986-09-08,1985-09-26",
        "a last day that is not before the first",
    );
    refused(
        "life.csv",
        "opened for signature,,,,nti-bwc",
        "opened for signature,,adopted,,nti-bwc",
        "an outcome for conferences and reviews, and only for them",
    );
    refused(
        "life.csv",
        "Geneva,adopted,,bwc-conferences",
        "Geneva,agreed,,bwc-conferences",
        "`agreed` is no outcome",
    );
    refused(
        "life.csv",
        "opened for signature,,,,nti-bwc",
        "opened for signature,,,,nti-bw",
        "source `nti-bw`",
    );
    refused("instruments.csv", "1540|", "NPT|", "`NPT`, which names something already");
    refused("returns.csv", ",04-15,", ",04-31,", "`04-31` as due");
    refused("returns.csv", ",04-15,", ",+9000000,", "`+9000000` as due");
    refused("returns.csv", ",04-15,1991,", ",04-15,91,", "`91` as first");
    refused("returned.csv", "BWC,CBM,2018,,78", "BWC,CBM,2018,FR,78", "a State or a number, one of the two");
    refused("returned.csv", "BWC,CBM,2018,,78", "BWC,CBM,2018,HK,", "HK, which is in territories.csv");
    refused(
        "milestones.csv",
        "ATT,entry-into-force,\"entry into force, 90 days after the fiftieth ratification\",50",
        "ATT,entry-into-force,\"entry into force, 90 days after the fiftieth ratification\",0",
        "a number above 0, or an annex",
    );
    refused("milestones.csv", "22,,GB|RU|US", "22,,GB|RU|XX", "XX, which is in no table");
}

#[test]
fn the_questions_of_safeguards() {
    let file = "safeguards.toml";
    refused(file, "treaty = \"NPT\"", "treaty = \"NPX\"", "treaty `NPX`");
    refused(file, "[\"CN\", \"FR\"", "[\"HK\", \"FR\"", "HK, which is in territories.csv");
    refused(file, "kind = \"source\"", "kind = \"sauce\"", "`sauce` is no kind of material");
    refused(file, "from = \"20\"", "from = \"0.5\"", "limits that rise");
    refused(file, "from = \"20\"", "from = \"twenty\"", "safeguards.toml:");
    refused(file, "id = \"thorium\"", "id = \"plutonium\"", "`plutonium` a second time");
    refused(
        file,
        "holders = [\"AU\", \"GB\", \"US\"]",
        "holders = [\"US\", \"AU\", \"GB\"]",
        "alphabetical order",
    );
    refused(file, "peaceful = \"yes\"", "peacefull = \"yes\"", "unknown field `peacefull`");
    refused(file, "side = \"supplier\"", "side = \"broker\"", "`broker` is no side");
    refused(file, "source = \"npt-text\"", "source = \"npt\"", "source `npt`");
}

#[test]
fn every_table_is_sorted_as_its_head_says() {
    for (file, by) in [
        ("groups.csv", vec![1, 0]),
        ("group-members.csv", vec![0, 1]),
        ("life.csv", vec![0, 2]),
        ("returns.csv", vec![0, 1]),
        ("returned.csv", vec![0, 1, 2]),
        ("milestones.csv", vec![0, 1]),
        ("instruments.csv", vec![0]),
    ] {
        let text = fs::read_to_string(data().join(file)).unwrap();
        assert!(!text.contains('\r'), "{file}");
        let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
        let keys: Vec<Vec<String>> = reader
            .records()
            .map(|r| r.unwrap())
            .map(|r| by.iter().map(|at| r[*at].to_owned()).collect())
            .collect();
        assert!(keys.is_sorted(), "{file}: {:?}", keys.windows(2).find(|w| w[0] > w[1]));
    }
}

#[test]
fn every_fact_of_these_tables_has_a_source_and_memory_is_marked() {
    let mut faults = Vec::new();
    let states = load(&data(), &mut faults);
    assert!(faults.is_empty(), "{faults:#?}");
    let mut cited: Vec<_> = states.groups.iter().map(|g| g.source).collect();
    for sources in states
        .life
        .iter()
        .map(|e| &e.sources)
        .chain(states.returns.iter().map(|r| &r.sources))
        .chain(states.returned.iter().map(|r| &r.sources))
        .chain(states.milestones.iter().map(|m| &m.sources))
    {
        assert!(!sources.is_empty());
        cited.extend(sources);
    }
    let rules = states.safeguards.as_ref().unwrap();
    cited.extend(states.instruments.iter().map(|i| i.source));
    cited.extend(rules.readings.iter().map(|r| r.source));
    cited.extend(rules.conditions.iter().chain(&rules.agreement_facts).map(|c| c.source));
    cited.extend(rules.undertakings.iter().map(|u| u.source));
    cited.extend(rules.materials.iter().map(|m| m.source));
    cited.extend(rules.enrichment.iter().map(|e| e.source));
    cited.push(rules.weapon_source);
    cited.extend(states.events.iter().map(|e| e.source));
    cited.extend(states.positions.iter().map(|p| p.source));
    cited.extend(states.treaties.iter().flat_map(|t| t.sources.iter().copied()));
    let unused: Vec<&str> = (0..)
        .zip(&states.sources)
        .filter(|(at, _)| !cited.iter().any(|c| c.0 == *at))
        .map(|(_, s)| s.id.as_str())
        .collect();
    assert_eq!(unused, Vec::<&str>::new(), "sources that no fact names");
    // Holders stand only where the reading has a source of its own.
    for r in rules.readings.iter().filter(|r| !r.holders.is_empty()) {
        assert!(states.source(r.source).unwrap().memory.settles(), "{}", r.claim);
    }
}

#[test]
fn a_word_that_is_no_status_is_refused_in_a_condition() {
    use comity_pack::language::{Vocabulary, parse};
    use std::collections::BTreeMap;
    let book = comity_pack::compile::lawbook(&data().join(".."), &[])
        .unwrap_or_else(|f| panic!("{} faults", f.len()));
    let (groups, tables, keys) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let basics = book.basics();
    let vocabulary = Vocabulary {
        units: &basics.units,
        item_facts: &basics.item_facts,
        deal_facts: &basics.deal_facts,
        classes: &basics.classes,
        groups: &groups,
        tables: &tables,
        table_keys: &keys,
        bare: comity_model::expr::Owner::Deal,
        list: None,
    };
    assert!(parse("standing(to, CWC) == party", &vocabulary).is_ok());
    assert!(parse("standing(to, CWC) in [signatory, none]", &vocabulary).is_ok());
    let fault = parse("standing(to, CWC) == partey", &vocabulary).unwrap_err();
    assert_eq!((fault.found.as_str(), fault.remedy.contains("party")), ("`partey` as a status", true));
}
