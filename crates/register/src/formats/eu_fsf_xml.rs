//! `eu-fsf-xml`: the consolidated list of financial sanctions of the European Union, XML form 1.1. All data stand in attributes.

use std::collections::BTreeSet;

use comity_model::listing::SourceValue;

use super::eu_fsf::{Entity, Maker, Part, generated};
use super::xml::{Element, Step, XmlStream};
use super::{Context, Reading, Sink, SourceInput};
use crate::error::Refusal;

/// Elements of an entity that are understood; others are kept word for word and reported.
const KNOWN: &[&str] = &[
    "remark",
    "additionalInformation",
    "regulation",
    "subjectType",
    "nameAlias",
    "citizenship",
    "birthdate",
    "address",
    "identification",
];

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
    let root = match stream.step()? {
        Step::Open(root) if root.name == "export" => root,
        Step::Open(other) => {
            let finding = format!("root element `{}`, `export` expected", other.name);
            return Err(Refusal::new(file, other.line, finding, "give the XML file (form 1.1) of the list"));
        }
        Step::Close | Step::End => return Err(stream.refuse(1, "no XML element in the file")),
    };
    let stamp = root.attribute("generationDate");
    reading.date = Some(stamp.and_then(generated).ok_or_else(|| {
        let seen = stamp.unwrap_or("nothing");
        stream.refuse(
            root.line,
            format!("generationDate is `{seen}`, a time like 2026-02-27T14:39:54.511+01:00 expected"),
        )
    })?);
    let mut maker = Maker { file, context, reading: &mut reading, seen: BTreeSet::new() };
    let mut entries = 0;
    loop {
        let open = match stream.step()? {
            Step::Open(open) if open.name == "sanctionEntity" => open,
            Step::Open(other) => {
                let finding = format!("element `{}`, `sanctionEntity` expected", other.name);
                return Err(stream.refuse(other.line, finding));
            }
            Step::Close => break,
            Step::End => {
                return Err(stream.refuse(stream.line(), "the file ends before its root element does"));
            }
        };
        let element = stream.subtree(open)?;
        let strange: BTreeSet<&str> =
            element.children.iter().map(|c| c.name.as_str()).filter(|n| !KNOWN.contains(n)).collect();
        let listing = maker.listing(&entity(&element))?;
        for name in strange {
            let finding = format!("element `{name}` is not known here; kept as it stands");
            maker.reading.notice(file, element.line, &listing.id.native, finding);
        }
        sink(listing)?;
        entries += 1;
    }
    if !matches!(stream.step()?, Step::End) {
        return Err(stream.refuse(stream.line(), "more after the root element"));
    }
    reading.entries = entries;
    Ok(reading)
}

fn entity(element: &Element) -> Entity {
    let parts = |name: &str| -> Vec<Part> { element.all(name).map(part).collect() };
    let mut source = Vec::new();
    element.values_below("", &mut |path, value| {
        source.push(SourceValue { key: path.to_owned(), value: value.to_owned() });
    });
    Entity {
        line: element.line,
        own: part(element),
        subject: parts("subjectType").into_iter().next().unwrap_or_default(),
        regulations: parts("regulation"),
        names: parts("nameAlias"),
        citizenships: parts("citizenship"),
        births: parts("birthdate"),
        addresses: parts("address"),
        identifications: parts("identification"),
        source,
    }
}

fn part(element: &Element) -> Part {
    let mut values = element.attributes.clone();
    values.extend(element.all("publicationUrl").map(|e| (e.name.clone(), e.text.clone())));
    let pair = |e: &Element| {
        let of = |name| e.attribute(name).unwrap_or_default().to_owned();
        (of("key"), of("value"))
    };
    Part {
        values,
        remarks: element.all("remark").map(|e| e.text.clone()).collect(),
        contacts: element.all("contactInfo").map(pair).collect(),
    }
}
