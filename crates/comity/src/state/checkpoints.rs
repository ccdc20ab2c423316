//! `comity state universality --checkpoints FILE`: published totals beside ours; a difference is printed with its stated reason.

use std::path::Path;

use comity_engine::standing::{Count, count};
use comity_model::standing::{States, StatusWord};
use comity_model::{DateValue, Day};
use comity_pack::Fault;
use comity_pack::table::Csv;
use serde_json::json;

use super::Rendered;
use super::page::{line, title};
use super::unverified;

/// A column that a table may have besides: what its author computed.
const COMPUTED: &str = "computed_from_treaties_csv";
const COLUMNS: [&str; 6] = ["treaty", "as_of", "published", "what", "agree", "source"];

/// Compares a table of published totals (`treaty,as_of,published,what,agree,source`) with the data.
///
/// # Errors
/// Every fault of the file, with its line.
pub fn checkpoints(states: &States, file: &Path, text: &str, today: Day) -> Result<Rendered, Vec<Fault>> {
    let mut faults = Vec::new();
    let name = file.display().to_string();
    let csv = Csv::read(&name, text.trim_start_matches('\u{feff}'), &COLUMNS, &mut faults);
    let mut rows = Vec::new();
    for row in csv.iter().flat_map(Csv::rows) {
        let treaty = states.treaty_ref(row.get("treaty")).filter(|_| !row.get("treaty").is_empty());
        if treaty.is_none() {
            let found = format!("treaty `{}`", row.get("treaty"));
            let remedy = "correct the id; `comity state universality` shows the ids";
            faults.push(row.fault(found, "the id of a treaty or regime of the data", remedy));
        }
        let day = row.get("as_of").parse::<DateValue>().ok().and_then(|d| d.latest());
        if day.is_none() {
            let found = format!("`{}` as as_of", row.get("as_of"));
            faults.push(row.fault(found, "a day, month or year", "correct the date"));
        }
        let published = row.get("published").parse::<usize>().ok();
        if published.is_none() {
            let found = format!("`{}` as published", row.get("published"));
            faults.push(row.fault(found, "a number", "correct the number"));
        }
        let (Some(treaty), Some(day), Some(published)) = (treaty, day, published) else { continue };
        // The list of an annex counts in the treaty that it belongs to.
        let of = states.treaty(treaty).and_then(|t| t.of.as_deref()).and_then(|of| states.treaty_ref(of));
        let annexed = row.get("what").starts_with("Annex");
        let counted: Count<'_> = match of.filter(|_| annexed) {
            Some(of) => count(states, of, day, Some(treaty)),
            None => count(states, treaty, day, None),
        };
        let what = row.get("what");
        let ours = match what {
            "signatories" => counted.signed,
            "no agreement in force" => counted.of(StatusWord::NotInForce),
            what if what.ends_with("not party") => counted.answers.len() - counted.full,
            _ => counted.full,
        };
        let cells = ["treaty", "as_of", "what", "agree", "source", COMPUTED].map(|c| row.get(c).to_owned());
        rows.push((cells, published, ours, unverified::facts(&counted)));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let equal = rows.iter().filter(|(_, published, ours, _)| published == ours).count();
    let findings =
        rows.iter().filter(|(cells, published, ours, _)| published != ours && unreasoned(cells)).count();
    let mut out = title("Published totals and ours", today);
    let top = out.len();
    line(&mut out, "", &format!("agree: {equal} of {}", rows.len()));
    let stated = rows.len() - equal - findings;
    line(&mut out, "", &format!("differ with the reason that the table states: {stated}"));
    line(&mut out, "", &format!("differ without a stated reason: {findings}"));
    out.push_str("\n  treaty        day         published  ours\n");
    let mut json = Vec::new();
    for (cells, published, ours, facts) in &rows {
        let [treaty, as_of, what, agree, source, computed] = cells;
        let same = published == ours;
        // A table may say in words why it has no number of its own.
        let words = if computed.is_empty() || computed.parse::<usize>().is_ok() {
            String::new()
        } else {
            format!("; the table says: {computed}")
        };
        let finding = !same && unreasoned(cells);
        let mut said = if same {
            format!("{what}: agree")
        } else if finding {
            format!("{what}: FINDING: differ, where the table has `{agree}` and states no reason{words}")
        } else {
            format!("{what}: differ; stated: {agree}{words}")
        };
        if *facts > 0 {
            said = format!("{said} {}", unverified::MARK);
        }
        line(&mut out, &format!("  {treaty:12}  {as_of:10}  {published:>9} {ours:>5}  "), &said);
        json.push(json!({
            "treaty": treaty, "as_of": as_of, "what": what, "published": published, "ours": ours,
            "agrees": same, "finding": finding,
            "reason": if same || finding { None } else { Some(format!("{agree}{words}")) }, "source": source,
            "unverified": (*facts > 0).then_some(*facts),
        }));
    }
    let facts = rows.iter().map(|(.., facts)| facts).sum();
    unverified::head(&mut out, top, facts);
    let mut json =
        json!({ "agree": equal, "differ_with_reason": stated, "findings": findings, "rows": json });
    unverified::put(&mut json, "unverified", unverified::page_json(facts));
    Ok((out, json))
}

/// Whether the table gives no reason for a difference: it says yes, or no and nothing besides.
fn unreasoned([_, _, _, agree, _, computed]: &[String; 6]) -> bool {
    let agree = agree.trim().to_lowercase();
    let said_yes = agree.split(|c: char| !c.is_alphanumeric()).next() == Some("yes");
    let bare = matches!(agree.as_str(), "" | "no" | "n/a" | "na");
    said_yes || (bare && (computed.is_empty() || computed.parse::<usize>().is_ok()))
}
