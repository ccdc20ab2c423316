//! Three lists of invented parties, read from a folder and screened: whose measures they are, where they were agreed, on what they rest.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod common;

use common::{comity, root};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A register with the three lists.
fn register() -> TempDir {
    let from = TempDir::new().unwrap();
    let fixtures = root().join("crates/register/tests/fixtures");
    for (fixture, folder, name) in [
        ("eu-fsf.xml", "eu/2026-10-01", "fsf.xml"),
        ("uk-list.csv", "uk/2026-10-08", "UK-Sanctions-List.csv"),
        ("seco.xml", "ch-seco/2026-09-28", "seco.xml"),
    ] {
        let folder = from.path().join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::copy(fixtures.join(fixture), folder.join(name)).unwrap();
    }
    let data = TempDir::new().unwrap();
    let run =
        comity(data.path()).args(["update", "--json", "--from"]).arg(from.path()).run().calm().with_status(0);
    let results = run.json();
    let added: Vec<String> = results["lists"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|r| r["result"] == "added")
        .map(|r| {
            format!("{} {} {}", r["list"].as_str().unwrap(), r["edition"].as_str().unwrap(), r["entries"])
        })
        .collect();
    assert_eq!(added, ["ch/seco 2026-09-28 3", "eu/fsf 2026-10-01 3", "gb/sanctions 2026-10-08 4"]);
    data
}

/// The measures of a listing, found by a name.
fn measures(data: &TempDir, name: &str, id: &str) -> Vec<Value> {
    let run = comity(data.path())
        .args(["screen", name, "--json", "--as-of", "2026-11-21"])
        .run()
        .calm()
        .with_status(0);
    let hits = run.json()["queries"][0]["hits"].as_array().unwrap().clone();
    let hit = hits.iter().find(|h| h["id"] == id).unwrap();
    assert_eq!(hit["status"], "hit", "{hit}");
    hit["measures"].as_array().unwrap().clone()
}

#[test]
fn a_reference_tells_the_mandate_and_the_programme_does_not() {
    let data = register();
    for (name, id, imposed_by, agreed_in, link, instrument) in [
        (
            "Ri Test Sample",
            "eu/fsf/900001",
            "union",
            json!(["un:1718"]),
            "reference",
            "Regulation (EU) 2017/1509 Annexes XIII and XIV",
        ),
        ("North Ridge Trial Company", "eu/fsf/900002", "union", json!([]), "own", "2025/9002 (OJ L902)"),
        (
            "Sam Ibn Example",
            "gb/sanctions/INU9001",
            "national",
            json!(["un:1737"]),
            "reference",
            "The Iran (Sanctions) (Nuclear) (EU Exit) Regulations 2019",
        ),
        (
            "Northern Example Plant",
            "gb/sanctions/RUS9002",
            "national",
            json!([]),
            "own",
            "The Russia (Sanctions) (EU Exit) Regulations 2019",
        ),
        (
            "Example Star 8",
            "gb/sanctions/DPR9003",
            "national",
            json!(["un:1718"]),
            "own",
            "The Democratic People's Republic of Korea (Sanctions) (EU Exit) Regulations 2019",
        ),
        (
            "Example Front",
            "gb/sanctions/AQD9004",
            "national",
            json!(["un:1267"]),
            "reference",
            "The ISIL (Da'esh) and Al-Qaida (United Nations Sanctions) (EU Exit) Regulations 2019",
        ),
    ] {
        let found = measures(&data, name, id);
        assert_eq!(found.len(), 1, "{id}: one measure, not one for each way to tell it");
        let mandate = &found[0]["mandate"];
        assert_eq!(mandate["imposed_by"], imposed_by, "{id}");
        assert_eq!(mandate["agreed_in"], agreed_in, "{id}");
        assert_eq!((&found[0]["link"], &mandate["instrument"]), (&json!(link), &json!(instrument)), "{id}");
        assert_eq!(found[0]["status"], "in_force", "{id}");
    }
    let iran = measures(&data, "Sam Ibn Example", "gb/sanctions/INU9001");
    assert_eq!(
        iran[0]["positions"].as_array().unwrap().len(),
        2,
        "the dispute on the Council's measures is shown"
    );
    let seco = measures(&data, "Ri Sample Jr", "ch/seco/9100");
    assert_eq!((seco.len(), &seco[0]["mandate"]["agreed_in"]), (1, &json!(["un:1718"])));
    let instrument = seco[0]["mandate"]["instrument"].as_str().unwrap();
    assert!(instrument.contains("annex 1") && instrument.contains("(origin: UN)"), "{instrument}");
}
