//! `data/lists/`: the table of sources of party lists, and how their fields show mandates.

use std::collections::BTreeMap;

use comity_model::date::Period;
use comity_model::lawbook::{ListMandate, MandateField, RowStatus};
use comity_model::listing::{ListSource, ListSources};
use comity_model::mandate::{AgreedIn, Evidence, Ground};
use comity_model::rule::Dispute;

use crate::fault::Fault;
use crate::source::Source;
use crate::table::Csv;

/// Reads `sources.toml`.
pub fn sources(source: &Source, faults: &mut Vec<Fault>) -> Vec<ListSource> {
    match toml::from_str::<ListSources>(source.text()) {
        Ok(table) => {
            let mut lists = table.lists;
            lists.sort_by(|a, b| a.id.cmp(&b.id));
            for pair in lists.windows(2) {
                if let [a, b] = pair
                    && a.id == b.id
                {
                    faults.push(Fault::new(
                        &source.file,
                        0,
                        format!("list `{}` a second time", a.id),
                        "each list once",
                        "remove one",
                    ));
                }
            }
            lists
        }
        Err(error) => {
            faults.push(source.fault(
                error.span().map(|s| s.start),
                error.message().replace('\n', ", "),
                "",
                "correct the row; the other rows show the form",
            ));
            Vec::new()
        }
    }
}

/// Reads `mandates/*.csv`: rows by list, the more special field first.
pub fn mandates(
    files: &[Source],
    lists: &[ListSource],
    disputes: &[Dispute],
    faults: &mut Vec<Fault>,
) -> BTreeMap<String, Vec<ListMandate>> {
    let mut found: BTreeMap<String, Vec<ListMandate>> = BTreeMap::new();
    for source in files {
        let columns = [
            "list",
            "field",
            "key",
            "from",
            "to",
            "agreed_in",
            "instrument",
            "ground",
            "status",
            "dispute",
            "in_force_for",
            "evidence",
            "source",
        ];
        let Some(csv) = Csv::read(&source.file, source.text(), &columns, faults) else { continue };
        for row in csv.rows() {
            let list = row.get("list");
            if !lists.iter().any(|l| l.id.as_str() == list) {
                faults.push(row.fault(format!("list `{list}`"), "a list of sources.toml", "correct it"));
            }
            let field = match row.get("field") {
                "prefix" => MandateField::Prefix,
                "programme" => MandateField::Programme,
                "any" => MandateField::Any,
                other => {
                    faults.push(row.fault(
                        format!("field `{other}`"),
                        "prefix, programme or any",
                        "correct it",
                    ));
                    continue;
                }
            };
            let status = match row.get("status") {
                "in_force" => RowStatus::InForce,
                "removed" => RowStatus::Removed,
                "contested" => RowStatus::Contested,
                other => {
                    faults.push(row.fault(
                        format!("status `{other}`"),
                        "in_force, removed or contested",
                        "correct it",
                    ));
                    continue;
                }
            };
            let dispute = row.get("dispute");
            let positions: Vec<String> = row.set("in_force_for").map(str::to_owned).collect();
            match disputes.iter().find(|d| d.id == dispute) {
                None if dispute.is_empty() && status != RowStatus::Contested => {}
                None => faults.push(row.fault(
                    format!("dispute `{dispute}`"),
                    "a dispute of disputes.toml for a contested row",
                    "name it",
                )),
                Some(d) => {
                    if positions.is_empty()
                        || !positions.iter().all(|p| d.positions.iter().any(|q| q.id == *p))
                    {
                        faults.push(row.fault(
                            format!("in_force_for `{}`", positions.join("|")),
                            "positions of the dispute",
                            "name those for which the measures are in force",
                        ));
                    }
                }
            }
            let Some(evidence) = row.parsed::<Evidence>("evidence", faults) else {
                faults.push(row.fault("no evidence mark", "R, S or M", "add it"));
                continue;
            };
            if row.get("source").is_empty() {
                faults.push(row.fault("a row without source", "where it stands", "add the source"));
            }
            let mandate = ListMandate {
                field,
                key: row.get("key").to_owned(),
                period: Period { from: row.parsed("from", faults), to: row.parsed("to", faults) },
                agreed_in: row.parsed_set::<AgreedIn>("agreed_in", faults).into_iter().collect(),
                // Without an instrument the list's own word for the programme stands for it.
                instrument: Some(row.get("instrument"))
                    .filter(|i| !i.is_empty())
                    .unwrap_or(row.get("key"))
                    .to_owned(),
                ground: row.parsed_set::<Ground>("ground", faults),
                status,
                dispute: (!dispute.is_empty()).then(|| (dispute.to_owned(), positions)),
                evidence,
                source: row.get("source").to_owned(),
            };
            let rows = found.entry(list.to_owned()).or_default();
            if rows.iter().any(|r| {
                r.field == mandate.field && r.key == mandate.key && r.period.overlaps(&mandate.period)
            }) {
                faults.push(row.fault(
                    format!("a second row for `{}` on the same days", mandate.key),
                    "periods that do not meet",
                    "end the older row",
                ));
            }
            rows.push(mandate);
        }
    }
    for rows in found.values_mut() {
        rows.sort_by_key(|row| (row.field == MandateField::Any, row.key.clone(), row.period));
    }
    found
}
