//! `ca-sema-xml`: the Canadian consolidated list of autonomous sanctions, as XML.
//!
//! `Country` names the regulations under which an entry stands, never a nationality: it is the programme. The list has no ids; the key of an entry is
//! (Country, Schedule, Item), and its native id is a digest of these three ([`text::digest_id`]). A new edition may renumber, so an id
//! may pass to another party. Aliases are free text: how they are parted stands in [`super::ca_sema_aliases`].

use std::collections::BTreeSet;
use std::io::BufRead;

use comity_model::listing::{
    DetailKind, Identifier, IdentifierKind, ListedName, Listing, ListingId, NameKind, NameQuality, PartyKind,
    Programme, SourceValue,
};
use comity_model::{DateValue, Day};

use super::ca_sema_aliases::aliases;
use super::text::{self, collapsed, looks_damaged};
use super::xml::{Element, Step, XmlStream};
use super::{Context, Reading, Sink, SourceInput, dates};
use crate::error::Refusal;

/// Elements of a record that are understood; others are kept word for word and reported.
const KNOWN: &[&str] = &[
    "Country",
    "LastName",
    "GivenName",
    "EntityOrShip",
    "TitleOrShip",
    "ShipIMONumber",
    "Aliases",
    "DateOfBirthOrShipBuildDate",
    "Schedule",
    "Item",
    "DateOfListing",
];

/// Reads a list; see [`super::read`].
///
/// # Errors
/// The first fault found.
pub fn read(files: Vec<SourceInput<'_>>, context: Context<'_>, sink: Sink<'_>) -> Result<Reading, Refusal> {
    let Some(file) = files.into_iter().next() else {
        return Err(Refusal::new(context.list.as_str(), 0, "no file given", "give the XML file of the list"));
    };
    read_one(file.bytes, &file.name, context, sink)
}

fn read_one(
    input: impl BufRead,
    file: &str,
    context: Context<'_>,
    sink: Sink<'_>,
) -> Result<Reading, Refusal> {
    let mut stream = XmlStream::new(input, file);
    let mut reading = Reading::default();
    match stream.step()? {
        Step::Open(root) if root.name == "data-set" => {}
        Step::Open(other) => {
            let finding = format!("root element `{}`, `data-set` expected", other.name);
            return Err(Refusal::new(file, other.line, finding, "give the XML file of the list"));
        }
        Step::Close | Step::End => return Err(stream.refuse(1, "no XML element in the file")),
    }
    let mut seen = BTreeSet::new();
    loop {
        let open = match stream.step()? {
            Step::Open(open) if open.name == "record" => open,
            Step::Open(other) => {
                return Err(stream.refuse(other.line, format!("element `{}`, `record` expected", other.name)));
            }
            Step::Close => break,
            Step::End => {
                return Err(stream.refuse(stream.line(), "the file ends before its root element does"));
            }
        };
        let element = stream.subtree(open)?;
        let listing = Record { element: &element, file, context, reading: &mut reading }.listing()?;
        if !seen.insert(listing.id.native.clone()) {
            let key = ["Country", "Schedule", "Item"].map(|part| element.value(part));
            return Err(stream.refuse(
                element.line,
                format!("Country, Schedule and Item `{}` a second time", key.join("`, `")),
            ));
        }
        sink(listing)?;
        reading.entries += 1;
    }
    match stream.step()? {
        Step::End => Ok(reading),
        Step::Open(_) | Step::Close => Err(stream.refuse(stream.line(), "more after the root element")),
    }
}

/// One record on its way to a listing.
struct Record<'a, 'c> {
    element: &'a Element,
    file: &'a str,
    context: Context<'c>,
    reading: &'a mut Reading,
}

impl Record<'_, '_> {
    fn listing(&mut self) -> Result<Listing, Refusal> {
        let element = self.element;
        for known in KNOWN {
            if element.all(known).nth(1).is_some() {
                return Err(self.refuse(format!("a second element `{known}` in one record")));
            }
        }
        let [country, schedule, item] = ["Country", "Schedule", "Item"].map(|part| element.value(part));
        for (name, value) in [("Country", &country), ("Item", &item)] {
            if value.is_empty() {
                return Err(self.refuse(format!("a record without {name}")));
            }
        }
        let native = text::digest_id(&[&country, &schedule, &item]);
        let [last, given, body] = ["LastName", "GivenName", "EntityOrShip"].map(|part| element.value(part));
        let [title, imo] = ["TitleOrShip", "ShipIMONumber"].map(|part| element.value(part));
        let person = !(last.is_empty() && given.is_empty());
        if person != body.is_empty() {
            return Err(self.refuse(if person {
                "a record with the names of a person and of a body".to_owned()
            } else {
                format!("record {country}, {schedule}, {item} without a name")
            }));
        }
        let kind = match (person, imo.is_empty() && title.is_empty()) {
            (true, _) => PartyKind::Person,
            (false, true) => PartyKind::Organization,
            (false, false) => PartyKind::Vessel,
        };
        let whole = if person { format!("{given} {last}") } else { body };
        let (main, others) = parted(&whole);
        let Some(mut primary) = text::name(&main, NameKind::Primary, NameQuality::Good) else {
            return Err(self.refuse(format!("record {country}, {schedule}, {item} without a name")));
        };
        primary.verbatim = (primary.text != collapsed(&whole)).then(|| whole.clone());
        let mut names = vec![primary];
        for (kind, other) in others {
            if let Some(name) = text::name(&other, kind, NameQuality::Good)
                && !names.iter().any(|n| n.text == name.text)
            {
                names.push(ListedName { verbatim: Some(whole.clone()), ..name });
            }
        }
        if let Some(raw) = element.all("Aliases").next() {
            for alias in aliases(&raw.text, kind) {
                if !names.iter().any(|n| n.text == alias.text) {
                    names.push(alias);
                }
            }
        }
        let mut listing = Listing {
            names,
            programmes: vec![programme(&country, &schedule, &item)],
            listed_on: self.listed(&native)?.map(DateValue::Day),
            source: self.source(&native),
            ..Listing::new(ListingId { list: self.context.list.clone(), native: native.clone() }, kind)
        };
        self.date_of_birth_or_build(&mut listing, kind, &native);
        match kind {
            PartyKind::Person => listing.detail(DetailKind::Title, title),
            PartyKind::Vessel => listing.detail(DetailKind::CraftType, title),
            PartyKind::Organization | PartyKind::Aircraft | PartyKind::Unknown => {}
        }
        if !imo.is_empty() {
            if imo.len() != 7 || !imo.bytes().all(|b| b.is_ascii_digit()) {
                self.notice(&native, format!("ShipIMONumber `{imo}` has not seven digits"));
            }
            let label = "ShipIMONumber".to_owned();
            listing.identifiers.push(Identifier {
                kind: IdentifierKind::Imo,
                value: imo,
                label,
                state: None,
            });
        }
        Ok(listing)
    }

    fn refuse(&self, finding: impl Into<String>) -> Refusal {
        Refusal::new(self.file, self.element.line, finding, "fetch the file again from its publisher")
    }

    fn notice(&mut self, native: &str, finding: String) {
        self.reading.notice(self.file, self.element.line, native, finding);
    }

    /// The day of listing; it also dates an edition that has no other date.
    fn listed(&mut self, native: &str) -> Result<Option<Day>, Refusal> {
        let text = self.element.value("DateOfListing");
        if text.is_empty() {
            self.notice(native, "no DateOfListing".to_owned());
            return Ok(None);
        }
        let Some(day) = dates::iso_day(&text) else {
            return Err(self.refuse(format!("DateOfListing `{text}` is no day like 2025-03-20")));
        };
        if day > self.context.today {
            self.notice(native, format!("DateOfListing `{text}` lies after the day of reading"));
        } else {
            self.reading.newest_entry = self.reading.newest_entry.max(Some(day));
        }
        Ok(Some(day))
    }

    /// One element for two things: of a person the birth, of a ship the building.
    fn date_of_birth_or_build(&mut self, listing: &mut Listing, kind: PartyKind, native: &str) {
        let text = self.element.value("DateOfBirthOrShipBuildDate");
        if text.is_empty() {
            return;
        }
        if kind != PartyKind::Person {
            listing.detail(DetailKind::Built, text);
            return;
        }
        let found = births(&text);
        if found.is_empty() {
            self.notice(native, format!("DateOfBirthOrShipBuildDate `{text}` is no date; kept as a note"));
            listing.detail(DetailKind::Note, format!("date of birth: {text}"));
        }
        for date in found {
            if dates::last_year(&date).is_some_and(|year| year > self.context.today.year()) {
                self.notice(native, format!("date of birth `{text}` lies after the day of reading"));
            }
            listing.birth_dates.push(date);
        }
    }

    fn source(&mut self, native: &str) -> Vec<SourceValue> {
        let mut values = Vec::new();
        let mut damaged = Vec::new();
        self.element.leaves("", &mut |path, text| {
            if looks_damaged(text) {
                damaged.push(path.to_owned());
            }
            values.push(SourceValue { key: path.to_owned(), value: text.to_owned() });
        });
        for path in damaged {
            self.notice(native, format!("{path} holds replacement characters or a run of `?`"));
        }
        let strange: BTreeSet<&str> =
            self.element.children.iter().map(|c| c.name.as_str()).filter(|n| !KNOWN.contains(n)).collect();
        for name in strange {
            self.notice(native, format!("element `{name}` is not known here; kept as it stands"));
        }
        values
    }
}

/// The name of a field, and the others that stand with it.
fn parted(whole: &str) -> (String, Vec<(NameKind, String)>) {
    let mut names = text::names_in(&collapsed(whole)).into_iter();
    match names.next() {
        Some((None, main)) => {
            (main, names.map(|(kind, name)| (kind.unwrap_or(NameKind::Alias), name)).collect())
        }
        _ => (whole.to_owned(), Vec::new()),
    }
}

/// The regulations by the English half of their name, and where in them the entry stands.
fn programme(country: &str, schedule: &str, item: &str) -> Programme {
    let code = country.split(" / ").next().unwrap_or(country).trim();
    let place = match schedule {
        "" => format!("item {item}"),
        schedule => format!("Schedule {schedule}, item {item}"),
    };
    Programme { basis: vec![place], ..Programme::new(code, country) }
}

/// The dates that a text gives as alternatives; none if any part is no date.
fn births(text: &str) -> Vec<DateValue> {
    let mut found = Vec::new();
    for part in text.replace(" OR ", " or ").split(" or ") {
        let years = part.trim().split_once('-').filter(|(a, b)| a.len() == 4 && b.len() == 4);
        let date = match years {
            Some((first, last)) => dates::iso(first)
                .zip(dates::iso(last))
                .map(|(first, last)| DateValue::Between(Box::new(first), Box::new(last))),
            None => dates::iso(part),
        };
        match date {
            Some(date) => found.push(date),
            None => return Vec::new(),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_birth_keep_alternatives_and_ranges() {
        let text = |t: &str| births(t).iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ");
        assert_eq!(text("1972"), "1972");
        assert_eq!(text(" 1965-04-29 "), "1965-04-29");
        assert_eq!(text("1965-04"), "1965-04");
        assert_eq!(text("1955-1956"), "1955..1956");
        assert_eq!(text("1956 or 1957"), "1956 | 1957");
        assert_eq!(text("1970-01-02 OR 1971-02-03"), "1970-01-02 | 1971-02-03");
        assert_eq!(text("Sep-72"), "");
        assert_eq!(text("1972 or so"), "");
    }
}
