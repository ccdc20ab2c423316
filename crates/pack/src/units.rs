//! `data/units.toml` → the table of units.

use comity_model::number::Number;
use comity_model::unit::{Dimension, Unit, UnitTable};

use crate::fault::Fault;
use crate::source::{Reader, Source};

/// Reads the table of units.
pub fn load(source: &Source, faults: &mut Vec<Fault>) -> UnitTable {
    let mut table = UnitTable::default();
    let Some(root) = source.toml(faults) else { return table };
    let Some(mut root) = Reader::new(source, "", &root, faults) else { return table };
    for mut row in root.tables("dimension", faults) {
        let (name, base) = (row.required("name", faults), row.required("base", faults));
        row.text("note", faults);
        row.text("source", faults);
        if let (Some(name), Some(base)) = (name, base) {
            if table.dimension_named(name).is_some() {
                faults.push(row.fault(
                    "name",
                    format!("dimension `{name}` a second time"),
                    "each dimension once",
                    "remove one",
                ));
            } else {
                table.add_dimension(Dimension { name: name.to_owned(), base: base.to_owned() });
            }
        }
        row.finish(faults);
    }
    for mut row in root.tables("unit", faults) {
        let symbol = row.required("symbol", faults);
        let also: Vec<String> = row.texts("also", faults).into_iter().map(str::to_owned).collect();
        let dimension = row.required("dimension", faults);
        let factor = row.parsed::<Number>("factor", faults);
        let offset = row.parsed::<Number>("offset", faults).unwrap_or_else(Number::zero);
        row.optional_truth("exact", faults);
        row.text("note", faults);
        row.text("source", faults);
        if let (Some(symbol), Some(name), Some(factor)) = (symbol, dimension, factor) {
            match table.dimension_named(name) {
                Some(_) if factor.is_zero() || factor.is_negative() => {
                    faults.push(row.fault(
                        "factor",
                        format!("factor of `{symbol}` is {factor}"),
                        "a number above zero",
                        "correct it",
                    ));
                }
                Some(dimension) => {
                    let unit = Unit { symbol: symbol.to_owned(), dimension, factor, offset };
                    for taken in table.add_unit(unit, &also) {
                        faults.push(row.fault(
                            "symbol",
                            format!("`{taken}` is already another unit"),
                            "each spelling once",
                            "remove one of the two",
                        ));
                    }
                }
                None => faults.push(row.fault(
                    "dimension",
                    format!("dimension `{name}`"),
                    "a dimension of this file",
                    "declare it above",
                )),
            }
        }
        row.finish(faults);
    }
    root.finish(faults);
    table
}
