//! `ch-seco-xml`: the list of sanctioned persons, bodies and objects of Switzerland.
//!
//! A target names the sets of measures under which it stands; a set belongs to a programme, and the programme says from where it comes (UN, EU). The programme's
//! code is its key and the set's name (`North Korea: annex 1`), because only both together tell the mandate. Names are put together by the order of their
//! parts. Targets that were taken off stay in the file: their latest modification decides. Places are a table of their own, and may stand behind the targets.

use std::collections::{BTreeMap, BTreeSet};

use comity_model::listing::{
    Address, Change, ChangeKind, DetailKind, Identifier, IdentifierKind, ListedName, Listing, ListingId,
    NameKind, NameQuality, PartyKind, Programme, SourceValue, StateRelation, StateText, same_party_key,
};
use comity_model::{DateValue, Day};

use super::eu_fsf::push_state;
use super::text::{self, collapsed, legible, looks_damaged};
use super::uk::names_a_reference;
use super::xml::{Element, Step, XmlStream};
use super::{Context, Reading, Sink, SourceInput, dates, identifiers};
use crate::error::Refusal;

/// So many spellings are made of one name at most.
const SPELLINGS_MAX: usize = 16;
/// Languages in the order in which a text is chosen.
const LANGUAGES: [&str; 4] = ["eng", "ger", "fre", "ita"];

/// Elements that may stand in the body of a target.
const KNOWN: &[&str] = &["identity", "justification", "relation", "other-information", "generic-attribute"];
/// Elements that may stand in an identity.
const KNOWN_OF_IDENTITY: &[&str] =
    &["name", "day-month-year", "place-of-birth", "nationality", "address", "identification-document"];

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
        Step::Open(root) if root.name == "swiss-sanctions-list" => root,
        Step::Open(other) => {
            let finding = format!("root element `{}`, `swiss-sanctions-list` expected", other.name);
            return Err(Refusal::new(file, other.line, finding, "give the XML file of the list"));
        }
        Step::Close | Step::End => return Err(stream.refuse(1, "no XML element in the file")),
    };
    let stamp = root.attribute("date");
    reading.date = Some(stamp.and_then(dates::iso_day).ok_or_else(|| {
        let seen = stamp.unwrap_or("nothing");
        stream.refuse(root.line, format!("date is `{seen}`, a day like 2026-02-27 expected"))
    })?);
    match root.attribute("list-type").unwrap_or_default() {
        "full" | "whole-list" => {}
        other => {
            reading.reduced =
                Some(format!("its list-type is `{other}`: what was changed, not the whole list"));
        }
    }
    let mut tables = Tables::default();
    let mut targets: Vec<Target> = Vec::new();
    let mut seen = BTreeSet::new();
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
            "sanctions-program" => tables.programme(&element),
            "place" => tables.place(&element),
            "target" => {
                let target = Reader { file, context, reading: &mut reading, element: &element }.target()?;
                let native = &target.listing.id.native;
                if !seen.insert(same_party_key(native)) {
                    return Err(stream.refuse(element.line, format!("the target `{native}` a second time")));
                }
                targets.push(target);
            }
            other => {
                return Err(stream.refuse(
                    element.line,
                    format!("element `{other}`, sanctions-program, target or place expected"),
                ));
            }
        }
    }
    if !matches!(stream.step()?, Step::End) {
        return Err(stream.refuse(stream.line(), "more after the root element"));
    }
    tables.names =
        targets.iter().map(|t| (t.listing.id.native.clone(), t.listing.primary_name().to_owned())).collect();
    for target in targets {
        sink(target.complete(&tables, file, context, &mut reading))?;
        reading.entries += 1;
    }
    Ok(reading)
}

/// A text in several languages: the first of those that are asked for, else the first there is.
fn in_english(elements: &[&Element]) -> String {
    let of = |language: &str| elements.iter().find(|e| e.attribute("lang") == Some(language));
    let chosen = LANGUAGES.iter().find_map(|l| of(l)).or(elements.first());
    chosen.map(|e| collapsed(&e.text)).unwrap_or_default()
}

/// What the targets refer to.
#[derive(Default)]
struct Tables {
    /// The sets of measures, by id.
    sets: BTreeMap<String, Set>,
    /// The places, by id.
    places: BTreeMap<String, Element>,
    /// The names of the targets, by id.
    names: BTreeMap<String, String>,
}

/// A set of measures, with its programme.
struct Set {
    name: String,
    key: String,
    programme: String,
    origin: String,
}

impl Tables {
    /// A programme may stand several times, with other sets.
    fn programme(&mut self, element: &Element) {
        let all =
            |name: &str| -> Vec<&Element> { element.children.iter().filter(|c| c.name == name).collect() };
        let sets = all("sanctions-set");
        let ids: BTreeSet<&str> = sets.iter().filter_map(|s| s.attribute("ssid")).collect();
        for id in ids {
            let of_id: Vec<&Element> =
                sets.iter().copied().filter(|s| s.attribute("ssid") == Some(id)).collect();
            let set = Set {
                name: in_english(&of_id),
                key: in_english(&all("program-key")),
                programme: in_english(&all("program-name")),
                origin: element.value("origin"),
            };
            self.sets.insert(id.to_owned(), set);
        }
    }

    fn place(&mut self, element: &Element) {
        if let Some(id) = element.attribute("ssid") {
            self.places.insert(id.to_owned(), element.clone());
        }
    }
}

/// A place to be looked up: its id, what the target adds to it, and whether it is one of birth.
struct Place {
    id: Option<String>,
    own: Element,
    birth: bool,
}

/// A target whose places, sets and relations are still to be looked up.
struct Target {
    listing: Listing,
    line: u64,
    sets: Vec<String>,
    from: Option<DateValue>,
    removed: Option<DateValue>,
    places: Vec<Place>,
    relations: Vec<(String, String, String)>,
}

/// A target on its way out of its element.
struct Reader<'a, 'e, 'c> {
    file: &'a str,
    context: Context<'c>,
    reading: &'e mut Reading,
    element: &'e Element,
}

impl Reader<'_, '_, '_> {
    fn target(mut self) -> Result<Target, Refusal> {
        let element = self.element;
        let again = "fetch the file again from its publisher";
        let native = collapsed(element.attribute("ssid").unwrap_or_default());
        if native.is_empty() || native.len() > 32 {
            return Err(Refusal::new(self.file, element.line, "a target without its id (ssid)", again));
        }
        let bodies = ["individual", "entity", "object"];
        let Some(body) = element.children.iter().find(|c| bodies.contains(&c.name.as_str())) else {
            let finding = format!("target `{native}` without individual, entity or object");
            return Err(Refusal::new(self.file, element.line, finding, again));
        };
        let kind = match (body.name.as_str(), body.attribute("object-type").unwrap_or_default()) {
            ("individual", _) => PartyKind::Person,
            ("entity", _) => PartyKind::Organization,
            (_, "vessel") => PartyKind::Vessel,
            (_, "aircraft") => PartyKind::Aircraft,
            (_, other) => {
                self.notice(&native, format!("object-type `{other}` is none of vessel, aircraft"));
                PartyKind::Unknown
            }
        };
        let id = ListingId { list: self.context.list.clone(), native: native.clone() };
        let mut listing = Listing::new(id, kind);
        listing.detail(DetailKind::Gender, body.attribute("sex").unwrap_or_default());
        let mut places = Vec::new();
        for identity in body.all("identity") {
            self.identity(identity, &mut listing, &mut places);
        }
        if listing.names.is_empty() {
            let finding = format!("target `{native}` without a name");
            return Err(Refusal::new(self.file, element.line, finding, again));
        }
        if let Some(primary) = listing.names.iter().position(|n| n.kind == NameKind::Primary) {
            let primary = listing.names.remove(primary);
            listing.names.insert(0, primary);
        } else {
            self.notice(&native, "no primary name".to_owned());
        }
        for text in body.all("justification").map(|e| collapsed(&e.text)) {
            listing.detail(DetailKind::Reason, text);
        }
        self.other_information(body, &mut listing);
        let (from, removed) = self.modifications(&native, &mut listing);
        self.foreign_identifiers(&mut listing);
        self.source(&native, body, &mut listing);
        let text = |e: &Element, name: &str| collapsed(e.attribute(name).unwrap_or_default());
        Ok(Target {
            line: element.line,
            sets: self.sets(),
            from,
            removed,
            places,
            relations: body
                .all("relation")
                .map(|e| (text(e, "relation-type"), text(e, "target-id"), e.value("remark")))
                .collect(),
            listing,
        })
    }

    fn notice(&mut self, native: &str, finding: String) {
        self.reading.notice(self.file, self.element.line, native, finding);
    }

    /// The ids of the sets: elements, or an attribute in older files.
    fn sets(&self) -> Vec<String> {
        let mut found: Vec<String> =
            self.element.all("sanctions-set-id").map(|e| collapsed(&e.text)).collect();
        found.extend(self.element.attribute("sanctions-set-id").map(collapsed));
        found.retain(|id| !id.is_empty());
        found
    }

    /// One identity of a target: a target may have several, each with its own names and dates.
    fn identity(&mut self, identity: &Element, listing: &mut Listing, places: &mut Vec<Place>) {
        let native = listing.id.native.clone();
        let main = identity.attribute("main").is_none_or(|m| m == "true");
        for name in identity.all("name") {
            for name in self.names(&native, name, main, listing) {
                if !listing.names.contains(&name) {
                    listing.names.push(name);
                }
            }
        }
        for birth in identity.all("day-month-year") {
            self.day_month_year(birth, listing);
        }
        for country in identity.all("nationality").flat_map(|e| e.all("country")) {
            if let Some(state) = country_of(country, self.context) {
                push_state(&mut listing.states, StateRelation::Nationality, &state);
            }
        }
        for (name, birth) in [("place-of-birth", true), ("address", false)] {
            for own in identity.all(name) {
                let id = own.attribute("place-id").map(collapsed);
                places.push(Place { id, own: own.clone(), birth });
            }
        }
        for document in identity.all("identification-document") {
            let value = document.value("number");
            if !legible(&value) {
                continue;
            }
            let label = collapsed(document.attribute("document-type").unwrap_or_default());
            let kind = match identifiers::kind_of(&label.replace('-', " ")) {
                IdentifierKind::Other if label.contains("id") => IdentifierKind::NationalId,
                kind => kind,
            };
            let state = document.all("issuer").next().and_then(|e| country_of(e, self.context));
            let identifier = Identifier { kind, value, label, state };
            if !listing.identifiers.contains(&identifier) {
                listing.identifiers.push(identifier);
            }
        }
        for strange in identity.children.iter().filter(|c| !KNOWN_OF_IDENTITY.contains(&c.name.as_str())) {
            let finding =
                format!("element `{}` of an identity is not known here; kept as it stands", strange.name);
            self.notice(&native, finding);
        }
    }

    /// The names that one element makes: its parts in their order, and the same with other spellings.
    fn names(
        &mut self,
        native: &str,
        element: &Element,
        main: bool,
        listing: &mut Listing,
    ) -> Vec<ListedName> {
        let kind = match (element.attribute("name-type").unwrap_or_default(), main) {
            ("primary-name", true) => NameKind::Primary,
            ("primary-name", false) | ("alias", _) => NameKind::Alias,
            ("formerly-known-as", _) => NameKind::Former,
            (other, _) => {
                self.notice(
                    native,
                    format!("name-type `{other}` is none of primary-name, alias, formerly-known-as"),
                );
                NameKind::Alias
            }
        };
        let quality = match element.attribute("quality").unwrap_or_default() {
            "good" | "" => NameQuality::Good,
            "low" => NameQuality::Low,
            other => {
                self.notice(native, format!("quality `{other}` of a name is none of good, low"));
                NameQuality::Good
            }
        };
        let mut parts: Vec<(u32, &Element)> = Vec::new();
        for part in element.all("name-part") {
            let order = part.attribute("order").unwrap_or_default();
            let order = order.trim().parse().unwrap_or_else(|_| {
                self.notice(native, format!("the order `{order}` of a part of a name is no number"));
                u32::MAX
            });
            if part.attribute("name-part-type") == Some("title") {
                let title = part.value("value");
                if !listing.details.iter().any(|d| d.kind == DetailKind::Title && d.text == title) {
                    listing.detail(DetailKind::Title, title);
                }
            } else {
                parts.push((order, part));
            }
        }
        parts.sort_by_key(|(order, _)| *order);
        let parts: Vec<&Element> = parts.into_iter().map(|(_, part)| part).collect();
        let values: Vec<&str> = parts.iter().filter_map(|p| value(p)).collect();
        let whole = values.join(" ");
        if !legible(&whole) {
            self.notice(native, "a name without a name".to_owned());
            return Vec::new();
        }
        let mut names: Vec<ListedName> = text::name(&whole, kind, quality).into_iter().collect();
        if let Some(name) = names.first_mut() {
            name.language = element.attribute("lang").map(collapsed).filter(|l| !l.is_empty());
            if name.text == collapsed(&whole) {
                name.verbatim = None;
            }
        }
        let variants = parts.iter().flat_map(|p| p.all("spelling-variant"));
        let cultures: BTreeSet<(&str, &str)> = variants.map(culture).collect();
        for culture in cultures {
            for (spelt, whole) in spellings(&parts, culture) {
                let latin = comity_names::script(&spelt).is_none_or(|s| s == "Latn");
                let kind = match (latin, kind) {
                    (false, _) => NameKind::OriginalScript,
                    (true, NameKind::Primary) => NameKind::Alias,
                    (true, kind) => kind,
                };
                // A surname alone, because the other parts are not spelt in that script, identifies nobody.
                let quality = if whole { quality } else { NameQuality::Low };
                if let Some(mut name) = text::name(&spelt, kind, quality).filter(|n| legible(&n.text)) {
                    name.language = Some(culture.0.to_owned()).filter(|l| !l.is_empty());
                    name.verbatim = None;
                    names.push(name);
                }
            }
        }
        names
    }

    /// A date of birth, founding or building. Only the usual calendar is read; another one is told as it stands.
    fn day_month_year(&mut self, element: &Element, listing: &mut Listing) {
        let native = listing.id.native.clone();
        let [day, month, year, calendar] = ["day", "month", "year", "calendar"]
            .map(|name| collapsed(element.attribute(name).unwrap_or_default()));
        let told = [&year, &month, &day].map(String::as_str).join(" ").trim().to_owned();
        if told.is_empty() {
            return;
        }
        if !matches!(calendar.as_str(), "Gregorian" | "gregorian" | "") {
            let words = [("day", &day), ("month", &month), ("year", &year)];
            let told: Vec<String> =
                words.iter().filter(|(_, v)| !v.is_empty()).map(|(name, v)| format!("{name} {v}")).collect();
            listing.detail(DetailKind::Note, format!("date in the calendar {calendar}: {}", told.join(", ")));
            return;
        }
        let y = year.parse::<i16>().ok().filter(|y| (1..=9999).contains(y));
        let (m, d) = (month.parse::<i8>().ok(), day.parse::<i8>().ok());
        let date = match (y, m, d) {
            (Some(y), Some(m), Some(d)) => Day::new(y, m, d).map(DateValue::Day),
            (Some(y), Some(m), None) if day.is_empty() => {
                Day::new(y, m, 1).map(|_| DateValue::Month { year: y, month: m })
            }
            (Some(y), None, _) if month.is_empty() => Some(DateValue::Year(y)),
            _ => None,
        };
        let Some(mut date) = date else {
            self.notice(&native, format!("date `{told}` is no date"));
            return;
        };
        if dates::last_year(&date).is_some_and(|y| y > self.context.today.year()) {
            self.notice(&native, format!("date {date} lies after the day of reading"));
        }
        if element.attribute("quality") == Some("low") {
            date = DateValue::About(Box::new(date));
        }
        match listing.kind {
            PartyKind::Person => {
                if !listing.birth_dates.contains(&date) {
                    listing.birth_dates.push(date);
                }
            }
            PartyKind::Vessel | PartyKind::Aircraft => listing.detail(DetailKind::Built, date.to_string()),
            PartyKind::Organization | PartyKind::Unknown => {
                listing.detail(DetailKind::Founded, date.to_string());
            }
        }
    }

    /// Further texts: `IMO Number: 9990011` is an identifier, the rest are remarks.
    fn other_information(&self, body: &Element, listing: &mut Listing) {
        let mut texts = Vec::new();
        for text in body.all("other-information").map(|e| collapsed(&e.text)).filter(|t| !t.is_empty()) {
            let told = text.split_once(':').map(|(label, value)| (label.trim(), value.trim()));
            if let Some((label, value)) = told
                && label.len() <= 60
                && value.len() <= 60
                && value.chars().any(|c| c.is_alphanumeric())
            {
                let bare = value.trim_end_matches('.');
                let kind = match identifiers::kind_of(label) {
                    IdentifierKind::Other if label.eq_ignore_ascii_case("imo") => IdentifierKind::Imo,
                    IdentifierKind::Other if label.to_lowercase().starts_with("tel") => IdentifierKind::Phone,
                    IdentifierKind::Other if label.to_lowercase().contains("e-mail") => IdentifierKind::Email,
                    kind => kind,
                };
                let number = bare.chars().any(|c| c.is_ascii_digit());
                let plausible = match kind {
                    IdentifierKind::Other => false,
                    IdentifierKind::Bic => matches!(bare.len(), 8 | 11),
                    IdentifierKind::Imo => bare.len() == 7 && number,
                    IdentifierKind::Email => bare.contains('@'),
                    IdentifierKind::Website => bare.contains('.'),
                    _ => number,
                };
                if plausible {
                    let value = bare.to_owned();
                    let label = label.to_owned();
                    listing.identifiers.push(Identifier { kind, value, label, state: None });
                }
            }
            texts.push(text);
        }
        for attribute in body.all("generic-attribute").chain(self.element.all("generic-attribute")) {
            let name = collapsed(attribute.attribute("name").unwrap_or_default());
            listing.detail(DetailKind::Note, format!("{name}: {}", collapsed(&attribute.text)));
        }
        listing.remarks = texts.join(" ");
    }

    /// Since when the target is listed, and since when it is not any more. The latest modification decides; of those of one day the one that the file has as
    /// the later one, and where no order can be seen, the last.
    fn modifications(
        &mut self,
        native: &str,
        listing: &mut Listing,
    ) -> (Option<DateValue>, Option<DateValue>) {
        let mut found: Vec<(String, Option<Day>)> = Vec::new();
        for element in self.element.all("modification") {
            let kind = collapsed(element.attribute("modification-type").unwrap_or_default());
            if !matches!(kind.as_str(), "listed" | "amended" | "de-listed") {
                self.notice(
                    native,
                    format!("modification-type `{kind}` is none of listed, amended, de-listed"),
                );
            }
            let mut days = ["effective-date", "publication-date", "enactment-date"]
                .into_iter()
                .filter_map(|name| element.attribute(name))
                .filter_map(dates::iso_day);
            found.push((kind, days.next()));
        }
        if found.is_empty() {
            self.notice(native, "no modification: whether the target is listed is not told".to_owned());
        }
        let dated: Vec<Day> = found.iter().filter_map(|(_, day)| *day).collect();
        let newest_first = dated.first().zip(dated.last()).is_some_and(|(first, last)| first > last);
        if newest_first {
            found.reverse();
        }
        // A stable sort: of one day the later one in the file's own order stays behind the other.
        found.sort_by_key(|(_, day)| *day);
        let day = |day: &Option<Day>| day.map(DateValue::Day);
        let listed: Vec<Option<DateValue>> =
            found.iter().filter(|(kind, _)| kind == "listed").map(|(_, d)| day(d)).collect();
        listing.listed_on = listed.first().cloned().flatten();
        listing.updated =
            found.iter().filter(|(kind, _)| kind != "listed").filter_map(|(_, d)| day(d)).collect();
        let removed = found.last().filter(|(kind, _)| kind == "de-listed");
        let removed = removed.map(|(_, d)| day(d).unwrap_or(DateValue::Unknown));
        (listed.last().cloned().flatten(), removed)
    }

    /// The number under which the origin's own list has the target: a UN reference, or something else that is told.
    fn foreign_identifiers(&self, listing: &mut Listing) {
        for text in self.element.all("foreign-identifier").map(|e| collapsed(&e.text)) {
            if names_a_reference(&text) {
                if !listing.references.contains(&text) {
                    listing.references.push(text);
                }
            } else if !text.is_empty() {
                listing.detail(DetailKind::Note, format!("foreign identifier: {text}"));
            }
        }
    }

    fn source(&mut self, native: &str, body: &Element, listing: &mut Listing) {
        let mut damaged = Vec::new();
        let mut values = Vec::new();
        self.element.values_below("", &mut |path, value| {
            if looks_damaged(value) {
                damaged.push(path.to_owned());
            }
            values.push(SourceValue { key: path.to_owned(), value: value.to_owned() });
        });
        listing.source = values;
        for path in damaged {
            self.notice(native, format!("{path} holds replacement characters or a run of `?`"));
        }
        for strange in body.children.iter().filter(|c| !KNOWN.contains(&c.name.as_str())) {
            let finding = format!("element `{}` is not known here; kept as it stands", strange.name);
            self.notice(native, finding);
        }
    }
}

/// The value of a part of a name; in some files it is the text of the part itself.
fn value(part: &Element) -> Option<&str> {
    let value = part.all("value").next().map_or(part.text.as_str(), |e| e.text.as_str()).trim();
    (!value.is_empty()).then_some(value)
}

fn culture(variant: &Element) -> (&str, &str) {
    (variant.attribute("lang").unwrap_or_default(), variant.attribute("script").unwrap_or_default())
}

/// The name as it is spelt in one language and script: parts without such a spelling keep theirs where the script is the same, else are left out, and the name is then
/// not whole.
fn spellings(parts: &[&Element], of: (&str, &str)) -> Vec<(String, bool)> {
    let latin = matches!(of.1, "" | "LATN" | "Latn");
    let mut found: Vec<(Vec<&str>, bool)> = vec![(Vec::new(), true)];
    for part in parts {
        let variants: Vec<&str> = part
            .all("spelling-variant")
            .filter(|v| culture(v) == of)
            .map(|v| v.text.trim())
            .filter(|t| !t.is_empty())
            .collect();
        if variants.is_empty() {
            for (spelt, whole) in &mut found {
                match value(part) {
                    Some(value) if latin => spelt.push(value),
                    Some(_) => *whole = false,
                    None => {}
                }
            }
            continue;
        }
        let mut next = Vec::new();
        for (spelt, whole) in &found {
            for variant in &variants {
                if next.len() < SPELLINGS_MAX {
                    let mut spelt = spelt.clone();
                    spelt.push(variant);
                    next.push((spelt, *whole));
                }
            }
        }
        found = next;
    }
    found
        .into_iter()
        .map(|(spelt, whole)| (spelt.join(" "), whole))
        .filter(|(spelt, _)| !spelt.is_empty())
        .collect()
}

/// The State that an element names by code (`iso-code`, `code`) and text.
fn country_of(element: &Element, context: Context<'_>) -> Option<StateText> {
    let text = collapsed(&element.text);
    let code = ["iso-code", "code"].into_iter().find_map(|name| element.attribute(name)).unwrap_or_default();
    match code.parse() {
        Ok(code) => {
            let code = Some(code);
            Some(StateText {
                code,
                text: if text.is_empty() { code.map_or(text, |c| c.to_string()) } else { text },
            })
        }
        Err(_) => Some(text).filter(|t| !t.is_empty()).map(|t| context.state(&t)),
    }
}

impl Target {
    /// The listing with its places, sets and relations.
    fn complete(self, tables: &Tables, file: &str, context: Context<'_>, reading: &mut Reading) -> Listing {
        let Self { mut listing, line, sets, from, removed, places, relations } = self;
        let native = listing.id.native.clone();
        let mut notice = |finding: String| reading.notice(file, line, &native, finding);
        let changes: Vec<Change> = removed
            .into_iter()
            .map(|on| Change { kind: ChangeKind::Removed, on, until: None, by: String::new() })
            .collect();
        if sets.is_empty() {
            notice("no set of measures".to_owned());
        }
        for id in sets {
            let programme = match tables.sets.get(&id) {
                Some(set) => {
                    let origin = if set.origin.is_empty() {
                        String::new()
                    } else {
                        format!(" (origin: {})", set.origin)
                    };
                    Programme {
                        basis: vec![format!("{}{origin}: {}", set.programme, set.name)],
                        effects: vec![set.name.clone()],
                        ..Programme::new(
                            format!("{}: {}", set.key, set.name),
                            format!("{}{origin}", set.programme),
                        )
                    }
                }
                None => {
                    notice(format!("the set of measures `{id}` is not in the file"));
                    Programme::new(format!("set {id}"), "")
                }
            };
            let programme = Programme { from: from.clone(), changes: changes.clone(), ..programme };
            if !listing.programmes.contains(&programme) {
                listing.programmes.push(programme);
            }
        }
        for place in places {
            let found = place.id.as_ref().and_then(|id| tables.places.get(id));
            if let (Some(id), None) = (&place.id, found) {
                notice(format!("the place `{id}` is not in the file"));
            }
            add_place(&place, found, context, &mut listing);
        }
        for (kind, id, remark) in relations {
            let name = tables.names.get(&id).map_or_else(|| id.clone(), |name| format!("{name} ({id})"));
            let text =
                [kind, name, remark].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" ");
            listing.related.push(text);
        }
        listing
    }
}

/// Adds a place: what the target says of it comes before what the table says.
fn add_place(place: &Place, table: Option<&Element>, context: Context<'_>, listing: &mut Listing) {
    let mut parts: Vec<String> = Vec::new();
    for name in ["c-o", "address-details", "p-o-box", "zip-code", "location", "area"] {
        let own = place.own.value(name);
        let text = if own.is_empty() { table.map(|t| t.value(name)).unwrap_or_default() } else { own };
        if legible(&text) {
            parts.push(text);
        }
    }
    let country = |element: &Element| element.all("country").next().and_then(|e| country_of(e, context));
    let state = country(&place.own).or_else(|| table.and_then(country));
    let note = Some(place.own.value("remarks")).filter(|n| !n.is_empty());
    if parts.is_empty() && state.is_none() && note.is_none() {
        return;
    }
    let relation = if place.birth { StateRelation::Birth } else { StateRelation::Address };
    if let Some(state) = &state {
        push_state(&mut listing.states, relation, state);
    }
    let address = Address { text: parts.join(", "), state, note };
    let into = if place.birth { &mut listing.birth_places } else { &mut listing.addresses };
    if !into.contains(&address) {
        into.push(address);
    }
}
