//! `data/lists/`: the table of sources of party lists, and how their fields show mandates.

use std::collections::BTreeMap;

use comity_model::date::Period;
use comity_model::lawbook::{ListMandate, MandateField, RowStatus};
use comity_model::list_source::{ListForm, ListSource, ListSources};
use comity_model::mandate::{AgreedIn, Evidence, Ground, ImposedBy};
use comity_model::rule::Dispute;

use crate::fault::Fault;
use crate::source::Source;
use crate::table::Csv;

/// Reads `sources.toml`: lists and bundles, sorted by id.
pub fn sources(source: &Source, faults: &mut Vec<Fault>) -> ListSources {
    let mut table = match toml::from_str::<ListSources>(source.text()) {
        Ok(table) => table,
        Err(error) => {
            faults.push(source.fault(
                error.span().map(|s| s.start),
                error.message().replace('\n', ", "),
                "",
                "correct the row; the other rows show the form",
            ));
            return ListSources::default();
        }
    };
    table.lists.sort_by(|a, b| a.id.cmp(&b.id));
    table.bundles.sort_by(|a, b| a.id.cmp(&b.id));
    let mut fault = |seen: String, expected: &str, remedy: &str| {
        faults.push(Fault::new(&source.file, 0, seen, expected.to_owned(), remedy.to_owned()));
    };
    let mut ids: Vec<&str> = table.lists.iter().map(|l| l.id.as_str()).collect();
    ids.extend(table.bundles.iter().map(|b| b.id.as_str()));
    ids.sort_unstable();
    for pair in ids.windows(2) {
        if let [a, b] = pair
            && a == b
        {
            fault(format!("list or bundle `{a}` a second time"), "each id once", "remove one");
        }
    }
    for list in &table.lists {
        forms(list.id.as_str(), &list.forms, &mut fault);
        if list.authority == ImposedBy::Own || list.id.publisher() == "own" {
            fault(
                format!("`{}` is a list of the user's own", list.id),
                "a list of somebody else",
                "import it instead",
            );
        }
        if let Some(other) = &list.refers_to
            && table.list(other.as_str()).is_none()
        {
            fault(format!("`{}` refers to `{other}`", list.id), "a list of this table", "correct it");
        }
        let bundled = table.bundles.iter().flat_map(|b| &b.gives).any(|g| g.list == list.id);
        if list.forms.is_empty() && !bundled {
            fault(format!("`{}` has no form and is in no bundle", list.id), "a form", "add it");
        }
    }
    for bundle in &table.bundles {
        forms(bundle.id.as_str(), &bundle.forms, &mut fault);
        for given in &bundle.gives {
            if table.list(given.list.as_str()).is_none() {
                let seen = format!("the bundle `{}` gives `{}`", bundle.id, given.list);
                fault(seen, "a list of this table", "add its row");
            }
        }
    }
    table
}

/// Every form has files, and folders to read them from or addresses to fetch them from.
fn forms(id: &str, forms: &[ListForm], fault: &mut dyn FnMut(String, &str, &str)) {
    for form in forms {
        let fetched = form.files.iter().all(|f| !f.address.is_empty());
        if form.files.is_empty() || (form.folders.is_empty() && !fetched) {
            fault(
                format!("the form `{}` of `{id}` can be read from nowhere", form.format),
                "files, and folders or addresses",
                "add them",
            );
        }
        for folder in form.folders.iter().filter(|f| !f.contains('/') || f.matches('*').count() > 1) {
            fault(
                format!("folder `{folder}` of `{id}`"),
                "directory/pattern with at most one `*`",
                "correct it",
            );
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
                "reference" => MandateField::Reference,
                "any" => MandateField::Any,
                other => {
                    faults.push(row.fault(
                        format!("field `{other}`"),
                        "prefix, programme, reference or any",
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
                // The column may be missing: then every measure is an act of the list's authority.
                imposed_by: row.parsed::<ImposedBy>("imposed_by", faults),
                agreed_in: row.parsed_set::<AgreedIn>("agreed_in", faults).into_iter().collect(),
                // Without an instrument the list's own word for the programme stands for it; of a reference, the act that the listing names.
                instrument: match (row.get("instrument"), field) {
                    ("", MandateField::Reference) => String::new(),
                    ("", _) => row.get("key").to_owned(),
                    (instrument, _) => instrument.to_owned(),
                },
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
