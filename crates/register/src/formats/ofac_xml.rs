//! `ofac-xml`: the lists of the Office of Foreign Assets Control as XML (SDN.XML, CONSOLIDATED.XML), in the namespace of before 2024 and the one since.
//!
//! Elements are known by their local names; a namespace is looked at nowhere. The list of ids holds terms of the measures and facts of the party too: each is
//! routed by its type. The file tells how many entries it holds, and that is checked.

use std::collections::{BTreeSet, HashSet};

use comity_model::listing::{
    Address, DetailKind, Identifier, IdentifierKind, ListedName, Listing, ListingId, NameKind, NameQuality,
    PartyKind, Programme, SourceValue, StateLink, StateRelation,
};
use comity_model::{DateValue, Day};

use super::ofac_terms::{self, Terms, clean_label, push_new};
use super::text::{self, collapsed, looks_damaged, says_no_state};
use super::xml::{Element, Step, XmlStream};
use super::{Context, Reading, Sink, SourceInput, dates};
use crate::error::Refusal;

/// Elements of an entry that are understood; others are kept word for word and reported.
const KNOWN: &[&str] = &[
    "uid",
    "firstName",
    "lastName",
    "title",
    "sdnType",
    "remarks",
    "programList",
    "idList",
    "akaList",
    "addressList",
    "nationalityList",
    "citizenshipList",
    "dateOfBirthList",
    "placeOfBirthList",
    "vesselInfo",
];

const AGAIN: &str = "fetch the file again from its publisher";

/// Reads a list; see [`super::read`].
///
/// # Errors
/// The first fault found.
pub fn read(files: Vec<SourceInput<'_>>, context: Context<'_>, sink: Sink<'_>) -> Result<Reading, Refusal> {
    let Some(file) = files.into_iter().next() else {
        return Err(Refusal::new(context.list.as_str(), 0, "no file given", "give the XML file of the list"));
    };
    let name = file.name;
    let mut stream = XmlStream::new(file.bytes, &name);
    let mut reading = Reading::default();
    match stream.step()? {
        Step::Open(root) if root.name == "sdnList" => {}
        Step::Open(other) => {
            let finding = format!("root element `{}`, `sdnList` expected", other.name);
            return Err(Refusal::new(
                &name,
                other.line,
                finding,
                "give the file SDN.XML or CONSOLIDATED.XML",
            ));
        }
        Step::Close | Step::End => return Err(stream.refuse(1, "no XML element in the file")),
    }
    let mut head: Option<Head> = None;
    let mut seen = HashSet::new();
    loop {
        let open = match stream.step()? {
            Step::Open(open) => open,
            Step::Close => break,
            Step::End => {
                return Err(stream.refuse(stream.line(), "the file ends before its root element does"));
            }
        };
        match open.name.as_str() {
            // The publisher's own spelling.
            "publshInformation" if head.is_none() => {
                let element = stream.subtree(open)?;
                head = Some(Head::read(&element, &name)?);
            }
            "publshInformation" => {
                return Err(stream.refuse(open.line, "a second element `publshInformation`"));
            }
            "sdnEntry" => {
                let element = stream.subtree(open)?;
                let mut entry = Entry { element: &element, file: &name, context, reading: &mut reading };
                let listing = entry.listing()?;
                if !seen.insert(listing.id.native.clone()) {
                    let finding = format!("the uid `{}` a second time", listing.id.native);
                    return Err(stream.refuse(element.line, finding));
                }
                sink(listing)?;
                reading.entries += 1;
                stream.recycle(element);
            }
            other => {
                let finding = format!("element `{other}`, publshInformation or sdnEntry expected");
                return Err(stream.refuse(open.line, finding));
            }
        }
    }
    if !matches!(stream.step()?, Step::End) {
        return Err(stream.refuse(stream.line(), "more after the root element"));
    }
    let Some(head) = head else {
        return Err(stream.refuse(1, "no element `publshInformation`"));
    };
    match head.count {
        Some(count) if count != reading.entries => {
            return Err(stream.refuse(
                head.line,
                format!(
                    "Record_Count says {count} entries, {} are there (an excerpt, or cut)",
                    reading.entries
                ),
            ));
        }
        Some(_) => {}
        None => reading.notice(&name, head.line, "", "no Record_Count: nothing shows that the list is whole"),
    }
    reading.date = head.date;
    Ok(reading)
}

/// What the file says of itself.
struct Head {
    date: Option<Day>,
    count: Option<u64>,
    line: u64,
}

impl Head {
    fn read(element: &Element, file: &str) -> Result<Self, Refusal> {
        let refuse = |finding: String| Refusal::new(file, element.line, finding, AGAIN);
        let (date, count) = (element.value("Publish_Date"), element.value("Record_Count"));
        let date = match date.as_str() {
            "" => None,
            text => Some(american_day(text).ok_or_else(|| {
                refuse(format!("Publish_Date is `{text}`, a day like 02/27/2026 expected"))
            })?),
        };
        let count = match count.as_str() {
            "" => None,
            text => Some(
                text.parse().map_err(|_| refuse(format!("Record_Count is `{text}`, a number expected")))?,
            ),
        };
        Ok(Self { date, count, line: element.line })
    }
}

/// `MM/DD/YYYY`.
fn american_day(text: &str) -> Option<Day> {
    let mut parts = text.split('/');
    let (month, day, year) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = |part: &str, len: usize| part.len() <= len && part.bytes().all(|b| b.is_ascii_digit());
    if parts.next().is_some() || !digits(month, 2) || !digits(day, 2) || year.len() != 4 || !digits(year, 4) {
        return None;
    }
    Day::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// One sdnEntry on its way to a listing.
struct Entry<'a, 'c> {
    element: &'a Element,
    file: &'a str,
    context: Context<'c>,
    reading: &'a mut Reading,
}

impl Entry<'_, '_> {
    fn listing(&mut self) -> Result<Listing, Refusal> {
        let (element, context) = (self.element, self.context);
        let native = element.value("uid");
        if native.is_empty() || native.len() > 12 || !native.bytes().all(|b| b.is_ascii_digit()) {
            let seen: String = native.chars().take(40).collect();
            return Err(self.refuse(format!("an entry with the uid `{seen}`, a number expected")));
        }
        let kind = match element.value("sdnType").as_str() {
            "Individual" => PartyKind::Person,
            "Entity" => PartyKind::Organization,
            "Vessel" => PartyKind::Vessel,
            "Aircraft" => PartyKind::Aircraft,
            other => {
                self.notice(
                    &native,
                    format!("sdnType `{other}` is none of Individual, Entity, Vessel, Aircraft"),
                );
                PartyKind::Unknown
            }
        };
        let mut listing =
            Listing::new(ListingId { list: context.list.clone(), native: native.clone() }, kind);
        let Some(primary) = full_name(element, kind, NameKind::Primary, NameQuality::Good) else {
            return Err(self.refuse(format!("entry `{native}` without a name")));
        };
        listing.names.push(primary);
        self.aliases(&native, &mut listing);
        for code in element.values("programList", "program") {
            push_new(&mut listing.programmes, Programme::new(code, ""));
        }
        if listing.programmes.is_empty() {
            self.notice(&native, "no program".into());
        }
        listing.birth_dates = self.birth_dates(&native);
        for item in items(element, "placeOfBirthList", "placeOfBirthItem") {
            let text = item.value("placeOfBirth");
            if !text.is_empty() {
                push_new(&mut listing.birth_places, Address { text, state: None, note: None });
            }
        }
        listing.addresses = self.addresses();
        listing.remarks = element.value("remarks");
        listing.related = ofac_terms::linked_to(&listing.remarks);
        let function = if kind == PartyKind::Person { DetailKind::Function } else { DetailKind::Title };
        listing.detail(function, element.value("title"));
        self.vessel(&mut listing);
        self.states(&mut listing);
        let terms = self.ids(&native, &mut listing);
        terms.enter(&mut listing, context);
        listing.source = self.source(&native);
        Ok(listing)
    }

    fn refuse(&self, finding: impl Into<String>) -> Refusal {
        Refusal::new(self.file, self.element.line, finding, AGAIN)
    }

    fn notice(&mut self, native: &str, finding: String) {
        self.reading.notice(self.file, self.element.line, native, finding);
    }

    fn aliases(&mut self, native: &str, listing: &mut Listing) {
        for alias in items(self.element, "akaList", "aka") {
            let kind = match alias.value("type").as_str() {
                "a.k.a." | "n.k.a." => NameKind::Alias,
                "f.k.a." => NameKind::Former,
                other => {
                    let finding = format!("type `{other}` of an alias is none of a.k.a., f.k.a., n.k.a.");
                    self.notice(native, finding);
                    NameKind::Alias
                }
            };
            let quality = match alias.value("category").as_str() {
                "strong" => NameQuality::Good,
                "weak" => NameQuality::Low,
                other => {
                    self.notice(native, format!("category `{other}` of an alias is none of strong, weak"));
                    NameQuality::Good
                }
            };
            match full_name(alias, listing.kind, kind, quality) {
                Some(name) => listing.names.push(name),
                None => self.notice(native, "an alias without a name".into()),
            }
        }
    }

    fn birth_dates(&mut self, native: &str) -> Vec<DateValue> {
        let mut found = Vec::new();
        for item in items(self.element, "dateOfBirthList", "dateOfBirthItem") {
            let text = item.value("dateOfBirth");
            match dates::english(&text) {
                Some(date) => {
                    if dates::last_year(&date).is_some_and(|y| y > self.context.today.year()) {
                        self.notice(native, format!("dateOfBirth `{text}` lies after the day of reading"));
                    }
                    push_new(&mut found, date);
                }
                None if text.is_empty() => {}
                None => self.notice(native, format!("dateOfBirth `{text}` cannot be read")),
            }
        }
        found
    }

    fn addresses(&self) -> Vec<Address> {
        let mut found = Vec::new();
        for address in items(self.element, "addressList", "address") {
            let streets = ["address1", "address2", "address3"].map(|part| address.value(part));
            let [city, province, code] =
                ["city", "stateOrProvince", "postalCode"].map(|part| address.value(part));
            let text = address_text(streets.into_iter(), [&city, &province], &code);
            let country = Some(address.value("country")).filter(|c| !c.is_empty());
            let region = Some(address.value("region")).filter(|r| !r.is_empty());
            if !text.is_empty() || country.is_some() || region.is_some() {
                found.push(Address { text, state: country.map(|c| self.context.state(&c)), note: region });
            }
        }
        found
    }

    fn vessel(&self, listing: &mut Listing) {
        let Some(vessel) = self.element.all("vesselInfo").next() else { return };
        let sign = vessel.value("callSign");
        if !sign.is_empty() {
            listing.identifiers.push(Identifier {
                kind: IdentifierKind::CallSign,
                value: sign,
                label: "callSign".into(),
                state: None,
            });
        }
        for (part, kind) in [
            ("vesselType", DetailKind::CraftType),
            ("tonnage", DetailKind::Tonnage),
            ("grossRegisteredTonnage", DetailKind::GrossTonnage),
            ("vesselOwner", DetailKind::CraftOwner),
        ] {
            listing.detail(kind, vessel.value(part));
        }
        let owner = vessel.value("vesselOwner");
        if !owner.is_empty() {
            push_new(&mut listing.related, owner);
        }
    }

    fn states(&self, listing: &mut Listing) {
        let element = self.element;
        let mut names = Vec::new();
        for (relation, list, item) in [
            (StateRelation::Nationality, "nationalityList", "nationality"),
            (StateRelation::Citizenship, "citizenshipList", "citizenship"),
        ] {
            names.extend(items(element, list, item).map(|i| (relation, i.value("country"))));
        }
        let flag = element.all("vesselInfo").map(|v| v.value("vesselFlag"));
        names.extend(flag.filter(|f| !says_no_state(f)).map(|f| (StateRelation::Flag, f)));
        for (relation, name) in names.into_iter().filter(|(_, name)| !name.is_empty()) {
            push_new(&mut listing.states, StateLink { relation, state: self.context.state(&name) });
        }
        for place in &listing.birth_places {
            // `Town, Province, State`: only a part that is a State is taken for one.
            let state = self.context.state(place.text.rsplit(", ").next().unwrap_or(&place.text));
            if state.code.is_some() {
                push_new(&mut listing.states, StateLink { relation: StateRelation::Birth, state });
            }
        }
        for state in listing.addresses.iter().filter_map(|a| a.state.clone()) {
            push_new(&mut listing.states, StateLink { relation: StateRelation::Address, state });
        }
    }

    /// Identifiers into the listing; the terms and facts that stand among them.
    fn ids(&mut self, native: &str, listing: &mut Listing) -> Terms {
        let mut terms = Terms::default();
        for id in items(self.element, "idList", "id") {
            let (label, value) = (id.value("idType"), id.value("idNumber"));
            if value.is_empty() {
                self.notice(native, format!("id `{label}` without a value"));
            } else if !terms.take(&label, &value) {
                let country = Some(id.value("idCountry")).filter(|c| !c.is_empty());
                let label = clean_label(&label);
                let found = ofac_terms::identifier(&label, &value, country.as_deref(), self.context);
                if ofac_terms::identifies(&found) {
                    push_new(&mut listing.identifiers, found);
                } else {
                    listing.detail(DetailKind::Note, format!("{label}: {value}"));
                }
            }
        }
        for term in std::mem::take(&mut terms.unread) {
            self.notice(native, format!("`{term}` cannot be read"));
        }
        terms
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

fn items<'a>(element: &'a Element, list: &'a str, item: &'a str) -> impl Iterator<Item = &'a Element> {
    element.all(list).flat_map(move |l| l.all(item))
}

/// Streets, then `city, province code`, as the form of comma-separated files writes it.
pub(super) fn address_text(streets: impl Iterator<Item = String>, places: [&str; 2], code: &str) -> String {
    let mut parts: Vec<String> = streets.filter(|p| !p.is_empty()).collect();
    let places: Vec<&str> = places.into_iter().filter(|p| !p.is_empty()).collect();
    let town = [places.join(", "), code.to_owned()].into_iter().filter(|p| !p.is_empty());
    let town = town.collect::<Vec<_>>().join(" ");
    if !town.is_empty() {
        parts.push(town);
    }
    parts.join(", ")
}

/// `firstName lastName`; a whole name that stands in `lastName` alone as [`ofac_terms::name`] reads it.
fn full_name(
    element: &Element,
    party: PartyKind,
    kind: NameKind,
    quality: NameQuality,
) -> Option<ListedName> {
    let (first, last) = (element.raw("firstName"), element.raw("lastName"));
    if first.trim().is_empty() {
        return ofac_terms::name(last, party, kind, quality);
    }
    let mut name = text::name(&format!("{first} {last}"), kind, quality)?;
    if collapsed(first) == first && collapsed(last) == last {
        name.verbatim = None;
    }
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_month_first() {
        assert_eq!(american_day("03/28/2025").unwrap().to_string(), "2025-03-28");
        for text in ["", "28/03/2025", "2025-03-28", "3/28/25", "03/28/2025/1", "é/28/2025", "+3/28/2025"] {
            assert_eq!(american_day(text), None, "{text}");
        }
    }
}
