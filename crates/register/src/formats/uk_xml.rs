//! `uk-xml`: the sanctions list of the United Kingdom as XML, one element a designation. No schema is published beside it: order is not relied upon, and elements that
//! are not known are kept and told.

use std::collections::BTreeSet;

use comity_model::listing::SourceValue;

use super::text::collapsed;
use super::uk::{KINDS, Maker, Record};
use super::xml::{Element, Step, XmlStream};
use super::{Context, Reading, Sink, SourceInput, dates};
use crate::error::Refusal;

/// The element that says what is imposed by one truth value each.
const INDICATORS: &str = "SanctionsImposedIndicators";

/// Reads a list; see [`super::read`].
///
/// # Errors
/// The first fault found.
pub fn read(files: Vec<SourceInput<'_>>, context: Context<'_>, sink: Sink<'_>) -> Result<Reading, Refusal> {
    let Some(input) = files.into_iter().next() else {
        return Err(Refusal::new(context.list.as_str(), 0, "no file given", "give the XML file of the list"));
    };
    let file = input.name.as_str();
    let mut stream = XmlStream::new(input.bytes, file);
    let mut reading = Reading::default();
    match stream.step()? {
        Step::Open(root) if root.name == "Designations" => {}
        Step::Open(other) => {
            let finding = format!("root element `{}`, `Designations` expected", other.name);
            return Err(Refusal::new(file, other.line, finding, "give the XML file of the list"));
        }
        Step::Close | Step::End => return Err(stream.refuse(1, "no XML element in the file")),
    }
    let mut maker = Maker { file, context, reading: &mut reading, seen: BTreeSet::new() };
    let (mut entries, mut date) = (0, None);
    loop {
        let open = match stream.step()? {
            Step::Open(open) => open,
            Step::Close => break,
            Step::End => {
                return Err(stream.refuse(stream.line(), "the file ends before its root element does"));
            }
        };
        let element = stream.subtree(open)?;
        match element.name.as_str() {
            "DateGenerated" => {
                let stamp = collapsed(&element.text);
                let day = dates::day_first(&stamp).or_else(|| dates::iso_day(&stamp));
                let day = day.ok_or_else(|| {
                    let finding = format!("DateGenerated is `{stamp}`, a day like 20/08/2026 expected");
                    stream.refuse(element.line, finding)
                })?;
                date = Some(day);
            }
            "Designation" => {
                let record = record(&element);
                let listing = maker.listing(&record, &record.first("id"))?;
                for name in strange(&element) {
                    let finding = format!("element `{name}` is not known here; kept as it stands");
                    maker.reading.notice(file, element.line, &listing.id.native, finding);
                }
                sink(listing)?;
                entries += 1;
            }
            other => {
                let finding = format!("element `{other}`, `Designation` expected");
                return Err(stream.refuse(element.line, finding));
            }
        }
    }
    if !matches!(stream.step()?, Step::End) {
        return Err(stream.refuse(stream.line(), "more after the root element"));
    }
    reading.entries = entries;
    reading.date = date;
    Ok(reading)
}

fn record(element: &Element) -> Record {
    let mut record = Record::at(element.line);
    for kind in KINDS {
        for part in element.at(kind.path) {
            let texts = match kind.below {
                [] => vec![part.text.clone()],
                below => below
                    .iter()
                    .map(|name| part.all(name).next().map_or("", |e| &e.text).to_owned())
                    .collect(),
            };
            record.add(kind.name, texts);
        }
    }
    // What is imposed stands in words; where it does not, each truth value names it.
    if record.first("imposed").is_empty() {
        let named = element.at(&[INDICATORS]).into_iter().flat_map(|e| &e.children);
        let imposed = named.filter(|e| e.text.trim().eq_ignore_ascii_case("true"));
        let imposed: Vec<&str> = imposed.map(|e| e.name.as_str()).collect();
        record.add("imposed", vec![imposed.join("|")]);
    }
    element.values_below("", &mut |path, value| {
        record.source.push(SourceValue { key: path.to_owned(), value: value.to_owned() });
    });
    record
}

/// Elements directly below that are not known here.
fn strange(element: &Element) -> BTreeSet<String> {
    let known: BTreeSet<&str> = KINDS.iter().filter_map(|k| k.path.first().copied()).collect();
    let names = element.children.iter().map(|c| c.name.as_str());
    names.filter(|n| !known.contains(n) && *n != INDICATORS).map(str::to_owned).collect()
}
