//! `un-xml`: the Consolidated List of the Security Council, as XML.
//!
//! The published schema rejects every real file, so nothing here depends on the order of elements; names are joined in the order in which the list numbers
//! them; empty aliases are placeholders; old entries hold several aliases in one, parted by `;`.

use std::collections::BTreeSet;
use std::io::BufRead;

use comity_model::DateValue;
use comity_model::listing::{
    Address, DetailKind, Identifier, IdentifierKind, ListedName, Listing, ListingId, NameKind, NameQuality,
    PartyKind, Programme, SourceValue, StateLink, StateRelation, same_party_key,
};

use super::text::{self, collapsed, looks_damaged};
use super::xml::{Element, Step, XmlStream};
use super::{Context, Reading, Sink, SourceInput, dates, identifiers};
use crate::error::Refusal;

/// Elements of an entry that are understood; others are kept word for word and reported.
const KNOWN: &[&str] = &[
    "DATAID",
    "VERSIONNUM",
    "FIRST_NAME",
    "SECOND_NAME",
    "THIRD_NAME",
    "FOURTH_NAME",
    "UN_LIST_TYPE",
    "REFERENCE_NUMBER",
    "LISTED_ON",
    "SUBMITTED_ON",
    "SUBMITTED_BY",
    "GENDER",
    "COMMENTS1",
    "NAME_ORIGINAL_SCRIPT",
    "NATIONALITY",
    "NATIONALITY2",
    "TITLE",
    "DESIGNATION",
    "LIST_TYPE",
    "LAST_DAY_UPDATED",
    "INDIVIDUAL_ALIAS",
    "ENTITY_ALIAS",
    "INDIVIDUAL_ADDRESS",
    "ENTITY_ADDRESS",
    "INDIVIDUAL_DATE_OF_BIRTH",
    "INDIVIDUAL_PLACE_OF_BIRTH",
    "INDIVIDUAL_DOCUMENT",
    "SORT_KEY",
    "SORT_KEY_LAST_MOD",
    "DELISTED_ON",
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
    let root = match stream.step()? {
        Step::Open(root) if root.name == "CONSOLIDATED_LIST" => root,
        Step::Open(other) => {
            let finding = format!("root element `{}`, `CONSOLIDATED_LIST` expected", other.name);
            return Err(Refusal::new(
                file,
                other.line,
                finding,
                "give the XML file of the Consolidated List",
            ));
        }
        Step::Close | Step::End => return Err(stream.refuse(1, "no XML element in the file")),
    };
    let generated = root.attribute("dateGenerated");
    let date = generated.and_then(dates::iso_day);
    reading.date = Some(date.ok_or_else(|| {
        let seen = generated.unwrap_or("nothing");
        stream.refuse(
            root.line,
            format!("dateGenerated is `{seen}`, a time like 2026-02-27T00:00:09Z expected"),
        )
    })?);
    let mut seen = BTreeSet::new();
    let mut sections: Vec<String> = Vec::new();
    loop {
        let section = match stream.step()? {
            Step::Open(section) => section,
            Step::Close => break,
            Step::End => {
                return Err(stream.refuse(stream.line(), "the file ends before its root element does"));
            }
        };
        let (entry, kind) = match section.name.as_str() {
            "INDIVIDUALS" => ("INDIVIDUAL", PartyKind::Person),
            "ENTITIES" => ("ENTITY", PartyKind::Organization),
            other => {
                let finding = format!("element `{other}`, INDIVIDUALS or ENTITIES expected");
                return Err(stream.refuse(section.line, finding));
            }
        };
        if sections.contains(&section.name) {
            return Err(stream.refuse(section.line, format!("a second element `{}`", section.name)));
        }
        sections.push(section.name);
        loop {
            let open = match stream.step()? {
                Step::Open(open) if open.name == entry => open,
                Step::Open(other) => {
                    let finding = format!("element `{}`, `{entry}` expected", other.name);
                    return Err(stream.refuse(other.line, finding));
                }
                Step::Close => break,
                Step::End => return Err(stream.refuse(stream.line(), "the file ends inside of a section")),
            };
            let element = stream.subtree(open)?;
            let listing = Entry { element: &element, file, context, reading: &mut reading }.listing(kind)?;
            if !seen.insert(same_party_key(&listing.id.native)) {
                let finding = format!("the reference number `{}` a second time", listing.id.native);
                return Err(stream.refuse(element.line, finding));
            }
            sink(listing)?;
            reading.entries += 1;
            stream.recycle(element);
        }
    }
    match stream.step()? {
        Step::End => {}
        Step::Open(_) | Step::Close => {
            return Err(stream.refuse(stream.line(), "more after the root element"));
        }
    }
    for expected in ["INDIVIDUALS", "ENTITIES"] {
        if !sections.iter().any(|s| s == expected) {
            return Err(stream.refuse(root.line, format!("no element `{expected}`")));
        }
    }
    Ok(reading)
}

/// One INDIVIDUAL or ENTITY on its way to a listing.
struct Entry<'a, 'c> {
    element: &'a Element,
    file: &'a str,
    context: Context<'c>,
    reading: &'a mut Reading,
}

impl Entry<'_, '_> {
    fn listing(&mut self, kind: PartyKind) -> Result<Listing, Refusal> {
        let element = self.element;
        let native = element.value("REFERENCE_NUMBER");
        if native.is_empty() {
            return Err(self.refuse("an entry without REFERENCE_NUMBER"));
        }
        let (names, alias_births) = self.names(&native)?;
        let mut birth_dates = self.birth_dates(&native);
        for date in alias_births {
            if !birth_dates.contains(&date) {
                birth_dates.push(date);
            }
        }
        let birth_places: Vec<_> = self.addresses("INDIVIDUAL_PLACE_OF_BIRTH");
        let mut addresses = self.addresses("INDIVIDUAL_ADDRESS");
        addresses.extend(self.addresses("ENTITY_ADDRESS"));
        let mut states = Vec::new();
        for name in
            element.values("NATIONALITY", "VALUE").into_iter().chain(element.values("NATIONALITY2", "VALUE"))
        {
            if text::says_no_state(&name) {
                continue;
            }
            states.push(StateLink { relation: StateRelation::Nationality, state: self.context.state(&name) });
        }
        for (relation, places) in
            [(StateRelation::Birth, &birth_places), (StateRelation::Address, &addresses)]
        {
            for state in places.iter().filter_map(|a| a.state.clone()) {
                let link = StateLink { relation, state };
                if !states.contains(&link) {
                    states.push(link);
                }
            }
        }
        let remarks = element.value("COMMENTS1");
        let mut listing = Listing {
            names,
            birth_dates,
            birth_places,
            identifiers: self.identifiers(&remarks),
            states,
            addresses,
            programmes: vec![self.programme(&native)],
            listed_on: self.date("LISTED_ON", &native, &element.value("LISTED_ON")),
            updated: self.updated(&native),
            remarks,
            source: self.source(&native),
            ..Listing::new(ListingId { list: self.context.list.clone(), native }, kind)
        };
        for (part, detail) in [
            ("TITLE", DetailKind::Title),
            ("DESIGNATION", DetailKind::Function),
            ("GENDER", DetailKind::Gender),
        ] {
            let texts = element.values(part, "VALUE").into_iter().chain([element.value(part)]);
            texts.for_each(|text| listing.detail(detail, text));
        }
        Ok(listing)
    }

    fn refuse(&self, finding: impl Into<String>) -> Refusal {
        Refusal::new(self.file, self.element.line, finding, "fetch the file again from its publisher")
    }

    fn notice(&mut self, native: &str, finding: String) {
        self.reading.notice(self.file, self.element.line, native, finding);
    }

    /// All names, and the dates of birth that stand with aliases.
    fn names(&mut self, native: &str) -> Result<(Vec<ListedName>, Vec<DateValue>), Refusal> {
        let element = self.element;
        let parts = ["FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME"];
        let raw: Vec<&str> =
            parts.iter().filter_map(|p| element.all(p).next().map(|c| c.text.as_str())).collect();
        let whole = raw.join(" ");
        let Some(mut primary) = text::name(&whole, NameKind::Primary, NameQuality::Good) else {
            return Err(self.refuse(format!("entry `{native}` without a name")));
        };
        if primary.text == collapsed(&whole) && raw.iter().all(|r| r.trim() == *r || r.trim().is_empty()) {
            primary.verbatim = None;
        }
        let mut names = vec![primary];
        let mut births = Vec::new();
        for original in element.all("NAME_ORIGINAL_SCRIPT") {
            for piece in original.text.split(';') {
                let (piece, language) = with_language(piece);
                if let Some(mut name) = text::name(piece, NameKind::OriginalScript, NameQuality::Good) {
                    name.language = language;
                    names.push(name);
                }
            }
        }
        for alias in element.all("INDIVIDUAL_ALIAS").chain(element.all("ENTITY_ALIAS")) {
            let quality_text = alias.value("QUALITY");
            let (kind, quality) = match quality_text.as_str() {
                "Good" | "a.k.a." | "" => (NameKind::Alias, NameQuality::Good),
                "Low" => (NameKind::Alias, NameQuality::Low),
                "f.k.a." => (NameKind::Former, NameQuality::Good),
                other => {
                    self.notice(
                        native,
                        format!("QUALITY `{other}` of an alias is none of Good, Low, a.k.a., f.k.a."),
                    );
                    (NameKind::Alias, NameQuality::Good)
                }
            };
            let Some(raw) = alias.all("ALIAS_NAME").next().map(|n| n.text.as_str()) else { continue };
            for piece in pieces(raw) {
                names.extend(text::name(&piece, kind, quality));
            }
            let birth = alias.value("DATE_OF_BIRTH");
            births.extend(self.date("DATE_OF_BIRTH of an alias", native, &birth));
        }
        Ok((names, births))
    }

    fn birth_dates(&mut self, native: &str) -> Vec<DateValue> {
        let mut found = Vec::new();
        for birth in self.element.all("INDIVIDUAL_DATE_OF_BIRTH") {
            let kind = birth.value("TYPE_OF_DATE");
            let exact = [birth.value("DATE"), birth.value("YEAR")].into_iter().find(|t| !t.is_empty());
            let (from, to) = (birth.value("FROM_YEAR"), birth.value("TO_YEAR"));
            let date = if let Some(text) = exact {
                self.date("date of birth", native, &text)
            } else if !from.is_empty() || !to.is_empty() {
                match (self.date("FROM_YEAR", native, &from), self.date("TO_YEAR", native, &to)) {
                    (Some(from), Some(to)) => Some(DateValue::Between(Box::new(from), Box::new(to))),
                    (Some(one), None) | (None, Some(one)) => Some(DateValue::About(Box::new(one))),
                    (None, None) => None,
                }
            } else {
                // EXACT or APPROXIMATELY with nothing behind it: said, but not known. An empty element says nothing.
                (!kind.is_empty()).then_some(DateValue::Unknown)
            };
            let date = match (kind.as_str(), date) {
                (
                    "APPROXIMATELY",
                    Some(date @ (DateValue::Day(_) | DateValue::Month { .. } | DateValue::Year(_))),
                ) => Some(DateValue::About(Box::new(date))),
                ("EXACT" | "APPROXIMATELY" | "BETWEEN" | "", date) => date,
                (other, date) => {
                    self.notice(
                        native,
                        format!("TYPE_OF_DATE `{other}` is none of EXACT, APPROXIMATELY, BETWEEN"),
                    );
                    date.map(|date| DateValue::About(Box::new(date)))
                }
            };
            if let Some(date) = date.filter(|d| !found.contains(d)) {
                found.push(date);
            }
        }
        found
    }

    /// A date of the list; none, with a notice, where it is no date; with a notice where it lies after today.
    fn date(&mut self, what: &str, native: &str, text: &str) -> Option<DateValue> {
        if text.is_empty() {
            return None;
        }
        let date = dates::iso(text);
        match date.as_ref().map(dates::last_year) {
            None => self.notice(native, format!("{what} `{text}` is no date")),
            Some(Some(year)) if year > self.context.today.year() => {
                self.notice(native, format!("{what} `{text}` lies after the day of reading"));
            }
            Some(_) => {}
        }
        date
    }

    fn updated(&mut self, native: &str) -> Vec<DateValue> {
        let texts = self.element.values("LAST_DAY_UPDATED", "VALUE");
        texts.iter().filter_map(|text| self.date("LAST_DAY_UPDATED", native, text)).collect()
    }

    fn addresses(&self, name: &str) -> Vec<Address> {
        let mut found = Vec::new();
        for address in self.element.all(name) {
            let parts = ["STREET", "CITY", "STATE_PROVINCE", "ZIP_CODE"].map(|part| address.value(part));
            let text: Vec<&str> = parts.iter().map(String::as_str).filter(|p| !p.is_empty()).collect();
            let (country, note) = (address.value("COUNTRY"), address.value("NOTE"));
            if !text.is_empty() || !country.is_empty() || !note.is_empty() {
                found.push(Address {
                    text: text.join(", "),
                    state: (!country.is_empty()).then(|| self.context.state(&country)),
                    note: (!note.is_empty()).then_some(note),
                });
            }
        }
        found
    }

    /// Documents, and the numbers of ships and banks that stand in the free text.
    fn identifiers(&self, remarks: &str) -> Vec<Identifier> {
        let mut found = Vec::new();
        for document in self.element.all("INDIVIDUAL_DOCUMENT") {
            let value = document.value("NUMBER");
            if value.is_empty() {
                continue;
            }
            let label = [document.value("TYPE_OF_DOCUMENT"), document.value("TYPE_OF_DOCUMENT2")].join(" ");
            let label = label.trim().to_owned();
            let state = ["ISSUING_COUNTRY", "COUNTRY_OF_ISSUE"].map(|part| document.value(part));
            let state = state.into_iter().find(|s| !s.is_empty()).map(|s| self.context.state(&s));
            found.push(Identifier { kind: identifiers::kind_of(&label), value, label, state });
        }
        let in_text = |kind, value, label: &str| Identifier { kind, value, label: label.into(), state: None };
        for value in identifiers::imo_numbers(remarks) {
            found.push(in_text(IdentifierKind::Imo, value, "IMO in COMMENTS1"));
        }
        if let Some((_, after)) = remarks.split_once("SWIFT: ") {
            let value: String = after.chars().take_while(char::is_ascii_alphanumeric).collect();
            if matches!(value.len(), 8 | 11) {
                found.push(in_text(IdentifierKind::Bic, value, "SWIFT in COMMENTS1"));
            }
        }
        found
    }

    /// The prefix of the reference number (`KP` of `KPe.001`) names the committee; dated data say under which resolution.
    fn programme(&mut self, native: &str) -> Programme {
        let text = self.element.value("UN_LIST_TYPE");
        let code = match native.as_bytes() {
            [a, b, b'i' | b'e', b'.', rest @ ..]
                if a.is_ascii_uppercase()
                    && b.is_ascii_uppercase()
                    && rest.iter().all(u8::is_ascii_digit) =>
            {
                native.chars().take(2).collect()
            }
            _ => {
                self.notice(native, "a reference number not of the form KPe.001".into());
                text.clone()
            }
        };
        Programme::new(code, text)
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
        let strange: BTreeSet<&str> = self
            .element
            .children
            .iter()
            .map(|c| c.name.as_str())
            .filter(|name| !KNOWN.contains(name))
            .collect();
        for name in strange {
            self.notice(native, format!("element `{name}` is not known here; kept as it stands"));
        }
        values
    }
}

/// The names of an alias: parted at `;`, and where a bracket opens that does not close again before it, also there.
fn pieces(raw: &str) -> Vec<String> {
    if !raw.contains(';') {
        return vec![raw.to_owned()];
    }
    let mut found = Vec::new();
    for piece in raw.split(';') {
        let mut open = Vec::new();
        let mut piece = piece.to_owned();
        let mut stray_close = None;
        for (at, c) in piece.char_indices() {
            match c {
                '(' => open.push(at),
                ')' if open.pop().is_none() => stray_close = Some(at),
                _ => {}
            }
        }
        if let Some(at) = stray_close {
            piece.remove(at);
        }
        match open.first() {
            Some(at) if piece.is_char_boundary(*at) => {
                let (before, after) = piece.split_at(*at);
                found.push(before.to_owned());
                found.push(after.trim_start_matches('(').to_owned());
            }
            _ => found.push(piece),
        }
    }
    found
}

/// `NAME (Language)`: the language in Latin letters behind a name in another script.
fn with_language(piece: &str) -> (&str, Option<String>) {
    let trimmed = piece.trim_end();
    let parted = trimmed.strip_suffix(')').and_then(|t| t.rsplit_once('('));
    match parted {
        Some((name, language))
            if language.chars().all(|c| c.is_ascii_alphabetic())
                && comity_names::script(name).is_some_and(|s| s != "Latn") =>
        {
            (name, Some(language.to_owned()))
        }
        _ => (piece, None),
    }
}

#[cfg(test)]
#[path = "un_xml_tests.rs"]
mod tests;
