//! `ofac-advanced-xml`: the lists of the Office of Foreign Assets Control in the advanced form (SDN_ADVANCED.XML), the standard of 2013 for sanctions lists.
//!
//! Everything is linked by number: words stand in reference sets, addresses and documents before the parties, relations and entries (programmes, days, legal
//! bases) behind them. So a party is parsed when it is met and kept in the compact form in which editions store it, until its entry has come; what is kept is a fraction
//! of the file. Sections must stand in the order of the schema. Namespaces are not looked at.
//!
//! Attributes that only link are not kept as values of the source; what they link to is.

use std::collections::HashMap;
use std::io::BufRead;

use comity_model::listing::{
    Address, Change, ChangeKind, DetailKind, Identifier, ListedName, Listing, ListingId, NameKind,
    NameQuality, PartyKind, Programme, SourceValue, StateLink, StateRelation, StateText,
};
use comity_model::{DateValue, edition};

use super::ofac_periods::{dated, english, point};
use super::ofac_terms::{self, Terms, clean_label, earliest, push_new};
use super::text::{self, collapsed, looks_damaged};
use super::xml::{Element, Step, XmlStream};
use super::{Context, Reading, Sink, SourceInput, dates};
use crate::error::Refusal;

const AGAIN: &str = "fetch the file again from its publisher";

/// The sections, in the order of the schema; the last may be missing.
const SECTIONS: [&str; 8] = [
    "DateOfIssue",
    "ReferenceValueSets",
    "Locations",
    "IDRegDocuments",
    "DistinctParties",
    "ProfileRelationships",
    "SanctionsEntries",
    "SanctionsEntryLinks",
];

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
    let root = match stream.step()? {
        Step::Open(root) if root.name == "Sanctions" => root,
        Step::Open(other) => {
            let finding = format!("root element `{}`, `Sanctions` expected", other.name);
            return Err(Refusal::new(&name, other.line, finding, "give the file SDN_ADVANCED.XML"));
        }
        Step::Close | Step::End => return Err(stream.refuse(1, "no XML element in the file")),
    };
    if root.attribute("DeltaBaseVersion").is_some() {
        return Err(Refusal::new(
            &name,
            root.line,
            "a file of changes (DeltaBaseVersion), the whole list expected",
            "give the whole file SDN_ADVANCED.XML",
        ));
    }
    let mut list = List::new(&name, context);
    let mut done = 0;
    loop {
        let open = match stream.step()? {
            Step::Open(open) => open,
            Step::Close => break,
            Step::End => {
                return Err(stream.refuse(stream.line(), "the file ends before its root element does"));
            }
        };
        let expected = SECTIONS.get(done).copied().unwrap_or("the end of the list");
        if open.name != expected {
            let finding = format!(
                "element `{}`, `{expected}` expected (the sections stand in a fixed order)",
                open.name
            );
            return Err(stream.refuse(open.line, finding));
        }
        done += 1;
        list.section(&mut stream, open)?;
    }
    if !matches!(stream.step()?, Step::End) {
        return Err(stream.refuse(stream.line(), "more after the root element"));
    }
    if let Some(missing) = SECTIONS.get(..SECTIONS.len() - 1).and_then(|s| s.get(done)) {
        return Err(stream.refuse(stream.line(), format!("no element `{missing}`")));
    }
    list.give(sink)
}

/// A word of a reference set.
struct Word {
    text: String,
    attributes: Vec<(String, String)>,
}

impl Word {
    fn attribute(&self, name: &str) -> &str {
        self.attributes.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

/// A place that features refer to.
struct Location {
    text: String,
    country: Option<StateText>,
    note: Option<String>,
    source: Vec<SourceValue>,
}

/// A document of an identity.
struct Document {
    identifier: Option<Identifier>,
    note: Option<String>,
    source: Vec<SourceValue>,
}

/// A party that waits for its entry.
struct Party {
    /// The listing without what entries and relations add, as editions store it.
    record: Box<[u8]>,
    terms: Terms,
    name: String,
    line: u64,
}

/// What entries and relations add to a party.
#[derive(Default)]
struct Added {
    entries: u32,
    programmes: Vec<Programme>,
    listed_on: Option<DateValue>,
    updated: Vec<DateValue>,
    related: Vec<String>,
    notes: Vec<String>,
    source: Vec<SourceValue>,
}

/// The list as far as it is read.
struct List<'a> {
    file: &'a str,
    context: Context<'a>,
    reading: Reading,
    /// Reference sets by the name of their values, each by id.
    words: HashMap<String, HashMap<String, Word>>,
    locations: HashMap<String, Location>,
    /// By the identity they belong to.
    documents: HashMap<String, Vec<Document>>,
    parties: Vec<Party>,
    natives: HashMap<String, usize>,
    /// The party of a profile.
    profiles: HashMap<String, usize>,
    added: HashMap<usize, Added>,
}

impl<'a> List<'a> {
    fn new(file: &'a str, context: Context<'a>) -> Self {
        Self {
            file,
            context,
            reading: Reading::default(),
            words: HashMap::new(),
            locations: HashMap::new(),
            documents: HashMap::new(),
            parties: Vec::new(),
            natives: HashMap::new(),
            profiles: HashMap::new(),
            added: HashMap::new(),
        }
    }

    fn refuse(&self, line: u64, finding: impl Into<String>) -> Refusal {
        Refusal::new(self.file, line, finding, AGAIN)
    }

    fn notice(&mut self, line: u64, entry: &str, finding: String) {
        self.reading.notice(self.file, line, entry, finding);
    }

    fn section<R: BufRead>(&mut self, stream: &mut XmlStream<'_, R>, open: Element) -> Result<(), Refusal> {
        match open.name.as_str() {
            "DateOfIssue" => {
                let date = stream.subtree(open)?;
                let day = point(&date).and_then(|d| d.earliest());
                let day = day.ok_or_else(|| self.refuse(date.line, "DateOfIssue is no day"))?;
                self.reading.date = Some(day);
                Ok(())
            }
            "ReferenceValueSets" => each(stream, None, |stream, open| {
                each(stream, None, |stream, open| {
                    let value = stream.subtree(open)?;
                    self.word(value)
                })
                .map_err(|fault| Refusal {
                    finding: format!("{} (in {})", fault.finding, open.name),
                    ..fault
                })
            }),
            "Locations" => each(stream, Some("Location"), |stream, open| {
                let element = stream.subtree(open)?;
                let id = self.id(&element, "ID")?;
                let location = self.location(&element);
                self.once(&element, self.locations.contains_key(&id), &id)?;
                self.locations.insert(id, location);
                stream.recycle(element);
                Ok(())
            }),
            "IDRegDocuments" => each(stream, Some("IDRegDocument"), |stream, open| {
                let element = stream.subtree(open)?;
                let identity = self.id(&element, "IdentityID")?;
                let document = self.document(&element);
                self.documents.entry(identity).or_default().push(document);
                stream.recycle(element);
                Ok(())
            }),
            "DistinctParties" => {
                each(stream, Some("DistinctParty"), |stream, open| {
                    let element = stream.subtree(open)?;
                    self.party(&element)?;
                    stream.recycle(element);
                    Ok(())
                })?;
                // Nothing behind the parties refers to a place.
                self.locations = HashMap::new();
                Ok(())
            }
            "ProfileRelationships" => each(stream, Some("ProfileRelationship"), |stream, open| {
                let element = stream.subtree(open)?;
                self.relation(&element)?;
                stream.recycle(element);
                Ok(())
            }),
            "SanctionsEntries" => each(stream, Some("SanctionsEntry"), |stream, open| {
                let element = stream.subtree(open)?;
                self.entry(&element)?;
                stream.recycle(element);
                Ok(())
            }),
            _ => each(stream, None, |stream, open| {
                let element = stream.subtree(open)?;
                self.notice(element.line, "", format!("a {} is not read; see the file", element.name));
                Ok(())
            }),
        }
    }

    /// An attribute that must be there.
    fn id(&self, element: &Element, name: &str) -> Result<String, Refusal> {
        let id = element.attribute(name).map(str::trim).filter(|id| !id.is_empty() && id.len() <= 20);
        let refuse = || self.refuse(element.line, format!("a {} without its {name}", element.name));
        id.map(str::to_owned).ok_or_else(refuse)
    }

    fn once(&self, element: &Element, known: bool, id: &str) -> Result<(), Refusal> {
        if known {
            Err(self.refuse(element.line, format!("the {} `{id}` a second time", element.name)))
        } else {
            Ok(())
        }
    }

    fn word(&mut self, value: Element) -> Result<(), Refusal> {
        let id = self.id(&value, "ID")?;
        let known = self.words.get(&value.name).is_some_and(|set| set.contains_key(&id));
        self.once(&value, known, &id)?;
        let Element { name, attributes, text, .. } = value;
        let word = Word { text: collapsed(&text), attributes };
        self.words.entry(name).or_default().insert(id, word);
        Ok(())
    }

    fn find(&self, set: &str, id: Option<&str>) -> Option<&Word> {
        self.words.get(set)?.get(id?)
    }

    /// The word that an attribute stands for; with a notice, and the number itself, where the set does not hold it.
    fn meant(&mut self, element: &Element, attribute: &str, set: &str, entry: &str) -> String {
        let Some(id) = element.attribute(attribute) else { return String::new() };
        if let Some(word) = self.find(set, Some(id)) {
            return word.text.clone();
        }
        let id = id.to_owned();
        self.notice(element.line, entry, format!("{attribute} `{id}` stands for no {set} of the file"));
        id
    }

    fn country(&mut self, element: &Element, attribute: &str) -> Option<StateText> {
        let text = self.meant(element, attribute, "Country", "");
        (!text.is_empty()).then(|| self.context.state(&text))
    }

    fn location(&mut self, element: &Element) -> Location {
        let mut streets = Vec::new();
        let (mut city, mut province, mut code) = (String::new(), String::new(), String::new());
        let (mut notes, mut source) = (Vec::new(), Vec::new());
        for part in element.all("LocationPart") {
            let kind = self.meant(part, "LocPartTypeID", "LocPartType", "");
            for value in part.all("LocationPartValue") {
                let raw = value.raw("Value");
                let text = collapsed(raw);
                if text.is_empty() {
                    continue;
                }
                source.push(SourceValue { key: format!("Location/{kind}"), value: raw.to_owned() });
                match kind.to_ascii_uppercase().as_str() {
                    "CITY" if city.is_empty() => city = text,
                    "STATE/PROVINCE" if province.is_empty() => province = text,
                    "POSTAL CODE" if code.is_empty() => code = text,
                    "REGION" => push_new(&mut notes, format!("Region: {text}")),
                    _ => streets.push(text),
                }
            }
        }
        for area in element.all("LocationAreaCode") {
            let area = self.meant(area, "AreaCodeID", "AreaCode", "");
            source.push(SourceValue { key: "Location/AreaCode".into(), value: area });
        }
        let countries: Vec<StateText> =
            element.all("LocationCountry").filter_map(|c| self.country(c, "CountryID")).collect();
        source.extend(
            countries.iter().map(|c| SourceValue { key: "Location/Country".into(), value: c.text.clone() }),
        );
        let mut countries = countries.into_iter();
        let country = countries.next();
        notes.extend(countries.map(|c| c.text));
        let comment = element.value("Comment");
        if !comment.is_empty() {
            source.push(SourceValue { key: "Location/Comment".into(), value: element.raw("Comment").into() });
            notes.push(comment);
        }
        let text = super::ofac_xml::address_text(streets.into_iter(), [&city, &province], &code);
        Location { text, country, note: (!notes.is_empty()).then(|| notes.join("; ")), source }
    }

    fn document(&mut self, element: &Element) -> Document {
        let label = clean_label(&self.meant(element, "IDRegDocTypeID", "IDRegDocType", ""));
        let number = element.value("IDRegistrationNo");
        let state = self.country(element, "IssuedBy-CountryID");
        let validity = self.meant(element, "ValidityID", "Validity", "");
        let mut source = vec![SourceValue { key: "IDRegDocument/Type".into(), value: label.clone() }];
        for part in ["IDRegistrationNo", "IssuingAuthority", "Comment"] {
            let raw = element.raw(part);
            if !raw.trim().is_empty() {
                source.push(SourceValue { key: format!("IDRegDocument/{part}"), value: raw.to_owned() });
            }
        }
        if let Some(state) = &state {
            source.push(SourceValue { key: "IDRegDocument/IssuedBy".into(), value: state.text.clone() });
        }
        for date in element.all("DocumentDate") {
            let kind = self.meant(date, "IDRegDocDateTypeID", "IDRegDocDateType", "");
            let key = format!("IDRegDocument/{kind}");
            date.children.iter().for_each(|period| values(period, &key, &mut source));
        }
        if !validity.is_empty() {
            source.push(SourceValue { key: "IDRegDocument/Validity".into(), value: validity.clone() });
        }
        let identifier = (!number.is_empty()).then(|| {
            let found = ofac_terms::identifier(&label, &number, None, self.context);
            Identifier { state, ..found }
        });
        let doubtful = !validity.is_empty() && !validity.eq_ignore_ascii_case("valid");
        let note = doubtful.then(|| format!("{label} {number}: {validity}"));
        Document { identifier, note, source }
    }

    fn party(&mut self, element: &Element) -> Result<(), Refusal> {
        let native = self.id(element, "FixedRef")?;
        if element.attribute("DeltaAction").is_some() {
            return Err(
                self.refuse(element.line, "a change of a party (DeltaAction), the whole list expected")
            );
        }
        self.once(element, self.natives.contains_key(&native), &native)?;
        let index = self.parties.len();
        let list = self.context.list.clone();
        let mut listing = Listing::new(ListingId { list, native: native.clone() }, PartyKind::Unknown);
        let mut terms = Terms::default();
        values(element, "", &mut listing.source);
        for comment in element.all("Comment") {
            push_text(&mut listing.remarks, &collapsed(&comment.text));
        }
        for (at, profile) in element.all("Profile").enumerate() {
            let id = self.id(profile, "ID")?;
            self.once(profile, self.profiles.contains_key(&id), &id)?;
            self.profiles.insert(id, index);
            if at == 0 {
                listing.kind = self.kind(profile, &native);
            }
            self.profile(profile, &mut listing, &mut terms)?;
        }
        // The name under which the list leads the party goes first, Latin letters before others.
        listing.names.sort_by_key(|n| n.kind != NameKind::Primary);
        let Some(name) = listing.names.first().map(|n| n.text.clone()) else {
            return Err(self.refuse(element.line, format!("party `{native}` without a name")));
        };
        for value in listing.source.iter().filter(|v| looks_damaged(&v.value)) {
            let finding = format!("{} holds replacement characters or a run of `?`", value.key);
            self.reading.notice(self.file, element.line, &native, finding);
        }
        for term in std::mem::take(&mut terms.unread) {
            self.notice(element.line, &native, format!("`{term}` cannot be read"));
        }
        let record = edition::to_record(&listing)
            .map_err(|fault| self.refuse(element.line, format!("party `{native}`: {fault}")))?;
        self.natives.insert(native, index);
        let record = record.into_boxed_slice();
        self.parties.push(Party { record, terms, name, line: element.line });
        Ok(())
    }

    fn kind(&mut self, profile: &Element, native: &str) -> PartyKind {
        let sub = self.find("PartySubType", profile.attribute("PartySubTypeID"));
        let sub_text = sub.map(|s| s.text.clone()).unwrap_or_default();
        let of = sub.and_then(|s| self.find("PartyType", Some(s.attribute("PartyTypeID"))));
        let of = of.map(|t| t.text.clone()).unwrap_or_default();
        match (sub_text.as_str(), of.as_str()) {
            ("Vessel", _) => PartyKind::Vessel,
            ("Aircraft", _) => PartyKind::Aircraft,
            (_, "Individual") => PartyKind::Person,
            (_, "Entity") => PartyKind::Organization,
            _ => {
                let finding = format!("PartySubType `{sub_text}` of PartyType `{of}` is none that is known");
                self.notice(profile.line, native, finding);
                PartyKind::Unknown
            }
        }
    }

    fn profile(
        &mut self,
        profile: &Element,
        listing: &mut Listing,
        terms: &mut Terms,
    ) -> Result<(), Refusal> {
        for comment in profile.all("Comment") {
            push_text(&mut listing.remarks, &collapsed(&comment.text));
        }
        listing.related.extend(ofac_terms::linked_to(&listing.remarks));
        for identity in profile.all("Identity") {
            self.names(identity, listing);
            let id = self.id(identity, "ID")?;
            for document in self.documents.remove(&id).into_iter().flatten() {
                if let Some(found) = document.identifier
                    && !terms.take(&found.label, &found.value)
                {
                    push_new(&mut listing.identifiers, found);
                }
                listing.detail(DetailKind::Note, document.note.unwrap_or_default());
                listing.source.extend(document.source);
            }
        }
        for feature in profile.all("Feature") {
            self.feature(feature, listing, terms);
        }
        for reference in profile.all("ExternalReference") {
            let kind = self.meant(reference, "ExRefTypeID", "ExRefType", &listing.id.native.clone());
            let parts =
                [reference.value("ExRefValue"), reference.value("DirectURL"), reference.value("Comment")];
            let parts: Vec<String> = parts.into_iter().filter(|p| !p.is_empty()).collect();
            if !parts.is_empty() {
                listing.detail(DetailKind::Note, format!("{kind}: {}", parts.join(" ")));
            }
        }
        Ok(())
    }

    /// The names of an identity: each alias, in each script that documents it.
    fn names(&mut self, identity: &Element, listing: &mut Listing) {
        let native = listing.id.native.clone();
        // What each group of name parts is, and where it stands among the groups.
        let mut groups: HashMap<&str, (String, usize)> = HashMap::new();
        let all = identity.all("NamePartGroups").flat_map(|g| g.all("MasterNamePartGroup"));
        for (at, group) in all.flat_map(|m| m.all("NamePartGroup")).enumerate() {
            let kind = self.meant(group, "NamePartTypeID", "NamePartType", &native);
            groups.insert(group.attribute("ID").unwrap_or_default(), (kind, at));
        }
        let own = identity.attribute("Primary") == Some("true");
        let assumed = identity.attribute("False") == Some("true");
        for alias in identity.all("Alias") {
            let word = self.meant(alias, "AliasTypeID", "AliasType", &native);
            let primary = own && alias.attribute("Primary") == Some("true");
            let kind = match word.as_str() {
                _ if primary => NameKind::Primary,
                "F.K.A." => NameKind::Former,
                "Name" | "A.K.A." | "N.K.A." => NameKind::Alias,
                other => {
                    let finding = format!("AliasType `{other}` is none of Name, A.K.A., F.K.A., N.K.A.");
                    self.notice(alias.line, &native, finding);
                    NameKind::Alias
                }
            };
            let low = assumed || alias.attribute("LowQuality") == Some("true");
            let quality = if low { NameQuality::Low } else { NameQuality::Good };
            for documented in alias.all("DocumentedName") {
                match self.name(documented, &groups, kind, quality, &native) {
                    Some(name) => push_new(&mut listing.names, name),
                    None => self.notice(documented.line, &native, "a name without parts".into()),
                }
            }
        }
    }

    fn name(
        &mut self,
        documented: &Element,
        groups: &HashMap<&str, (String, usize)>,
        kind: NameKind,
        quality: NameQuality,
        native: &str,
    ) -> Option<ListedName> {
        let mut parts: Vec<(u8, usize, String)> = Vec::new();
        let mut raw = String::new();
        let mut script = None;
        for part in documented.all("DocumentedNamePart") {
            let Some(value) = part.all("NamePartValue").next() else { continue };
            if value.text.trim().is_empty() {
                continue;
            }
            let id = value.attribute("ScriptID");
            match self.find("Script", id) {
                Some(word) if word.attribute("ScriptCode").len() == 4 => {
                    script.get_or_insert_with(|| word.attribute("ScriptCode").to_owned());
                }
                Some(_) => {}
                None => {
                    let finding =
                        format!("ScriptID `{}` stands for no Script of the file", id.unwrap_or_default());
                    self.notice(value.line, native, finding);
                }
            }
            push_text(&mut raw, value.text.trim());
            let (kind, at) = match groups.get(value.attribute("NamePartGroupID").unwrap_or_default()) {
                Some((kind, at)) => (kind.as_str(), *at),
                None => ("", usize::MAX),
            };
            let affix = |name: &str| part.attribute(name).unwrap_or_default();
            let text = [affix("LeadingChars"), value.text.trim(), affix("TrailingChars")].concat();
            parts.push((place_in_name(kind), at, text));
        }
        let script = script.or_else(|| comity_names::script(&raw).map(str::to_owned));
        let eastern = matches!(script.as_deref(), Some("Hani" | "Hans" | "Hant" | "Hang" | "Kore" | "Jpan"));
        if eastern {
            // The family's name comes first there.
            parts.iter_mut().filter(|p| p.0 == FAMILY).for_each(|p| p.0 = 0);
        }
        parts.sort_by_key(|(place, at, _)| (*place, *at));
        let close = matches!(script.as_deref(), Some("Hani" | "Hans" | "Hant" | "Jpan"));
        let mut whole = String::new();
        for (_, _, part) in &parts {
            if !whole.is_empty() && !close && !whole.ends_with(['-', '\'']) {
                whole.push(' ');
            }
            whole.push_str(part);
        }
        let kind = match (kind, script.as_deref()) {
            (NameKind::Primary, Some(other)) if other != "Latn" => NameKind::OriginalScript,
            (kind, _) => kind,
        };
        let mut name = text::name(&whole, kind, quality)?;
        name.verbatim = (name.text != raw).then_some(raw);
        name.script = script.or(name.script);
        Some(name)
    }

    fn feature(&mut self, feature: &Element, listing: &mut Listing, terms: &mut Terms) {
        let native = listing.id.native.clone();
        let label = clean_label(&self.meant(feature, "FeatureTypeID", "FeatureType", &native));
        let lower = label.to_ascii_lowercase();
        for version in feature.all("FeatureVersion") {
            let (mut said, mut source) = (Vec::new(), Vec::new());
            for detail in version.all("VersionDetail") {
                let word = self.meant(detail, "DetailReferenceID", "DetailReference", &native);
                for raw in [&detail.text, &word].into_iter().filter(|t| !t.trim().is_empty()) {
                    source.push(SourceValue { key: label.clone(), value: raw.clone() });
                    said.push(collapsed(raw));
                }
            }
            values(version, &label, &mut source);
            let mut found = Vec::new();
            for period in version.all("DatePeriod") {
                if let Some(date) = self.period(period, &native) {
                    push_new(&mut found, date);
                }
            }
            let mut places = Vec::new();
            for at in version.all("VersionLocation") {
                let id = at.attribute("LocationID").unwrap_or_default();
                match self.locations.get(id) {
                    Some(location) => {
                        source.extend(location.source.iter().cloned());
                        places.push((
                            Address {
                                text: location.text.clone(),
                                state: location.country.clone(),
                                note: location.note.clone(),
                            },
                            location.country.clone(),
                        ));
                    }
                    None => {
                        let finding = format!("LocationID `{id}` stands for no Location of the file");
                        self.notice(at.line, &native, finding);
                    }
                }
            }
            listing.source.append(&mut source);
            let comment = version.value("Comment");
            self.fact(&label, &lower, Fact { said, dates: found, places, comment }, listing, terms);
        }
    }

    fn fact(&mut self, label: &str, lower: &str, fact: Fact, listing: &mut Listing, terms: &mut Terms) {
        let Fact { said, dates: found, places, comment } = fact;
        let person = listing.kind == PartyKind::Person;
        let relation = match lower {
            "nationality country" | "nationality" => Some(StateRelation::Nationality),
            "citizenship country" | "citizenship" => Some(StateRelation::Citizenship),
            "vessel flag" | "flag" => Some(StateRelation::Flag),
            _ => None,
        };
        if let Some(relation) = relation {
            let stated = places.into_iter().filter_map(|(_, country)| country);
            let stated = stated.chain(said.iter().map(|s| self.context.state(s)));
            stated.for_each(|state| push_new(&mut listing.states, StateLink { relation, state }));
            listing.detail(DetailKind::Note, noted(label, &comment));
            return;
        }
        match lower {
            "birthdate" | "date of birth" => {
                for date in found {
                    if dates::last_year(&date).is_some_and(|y| y > self.context.today.year()) {
                        let native = listing.id.native.clone();
                        self.notice(0, &native, format!("Birthdate {date} lies after the day of reading"));
                    }
                    push_new(&mut listing.birth_dates, date);
                }
            }
            "place of birth" => {
                let from_text = said.into_iter().map(|text| Address { text, state: None, note: None });
                for place in from_text.chain(places.into_iter().map(|(address, _)| address)) {
                    let named = self.context.state(place.text.rsplit(", ").next().unwrap_or(&place.text));
                    let state = place.state.clone().or(Some(named).filter(|s| s.code.is_some()));
                    if let Some(state) = state {
                        push_new(&mut listing.states, StateLink { relation: StateRelation::Birth, state });
                    }
                    push_new(&mut listing.birth_places, place);
                }
            }
            "location" => {
                for (address, country) in places {
                    push_new(&mut listing.addresses, address);
                    if let Some(state) = country {
                        push_new(&mut listing.states, StateLink { relation: StateRelation::Address, state });
                    }
                }
            }
            _ => {
                let kind = match lower {
                    "title" if person => Some(DetailKind::Function),
                    "title" => Some(DetailKind::Title),
                    "vessel type" => Some(DetailKind::CraftType),
                    "vessel tonnage" | "tonnage" => Some(DetailKind::Tonnage),
                    "vessel gross registered tonnage" | "vessel gross tonnage" => {
                        Some(DetailKind::GrossTonnage)
                    }
                    "vessel owner" => Some(DetailKind::CraftOwner),
                    _ => None,
                };
                let dates = found.iter().map(english);
                let countries = places.into_iter().filter_map(|(address, country)| {
                    let text = [address.text, country.map(|c| c.text).unwrap_or_default()];
                    let text: Vec<String> = text.into_iter().filter(|t| !t.is_empty()).collect();
                    (!text.is_empty()).then(|| text.join(", "))
                });
                for value in said.into_iter().chain(dates).chain(countries) {
                    self.value(label, &value, kind, listing, terms);
                }
            }
        }
        listing.detail(DetailKind::Note, noted(label, &comment));
    }

    /// A value of a feature: a detail, a term, an identifier, or a note.
    fn value(
        &self,
        label: &str,
        value: &str,
        kind: Option<DetailKind>,
        listing: &mut Listing,
        terms: &mut Terms,
    ) {
        if let Some(kind) = kind {
            if kind == DetailKind::CraftOwner {
                push_new(&mut listing.related, value.to_owned());
            }
            listing.detail(kind, value);
        } else if !terms.take(label, value) {
            let found = ofac_terms::identifier(label, value, None, self.context);
            if ofac_terms::identifies(&found) {
                push_new(&mut listing.identifiers, found);
            } else {
                listing.detail(DetailKind::Note, noted(label, value));
            }
        }
    }

    /// A period of the common calendar as a date; none, with a notice, where it is none.
    fn period(&mut self, element: &Element, native: &str) -> Option<DateValue> {
        let calendar = self.find("CalendarType", element.attribute("CalendarTypeID"));
        if let Some(other) = calendar.map(|c| c.text.clone()).filter(|c| !c.is_empty() && c != "Gregorian") {
            self.notice(element.line, native, format!("a date of the calendar `{other}` is not understood"));
            return None;
        }
        element.all("Start").chain(element.all("End")).next()?;
        let date = dated(element);
        if date.is_none() {
            self.notice(element.line, native, "a DatePeriod that is no date".into());
        }
        date
    }

    fn relation(&mut self, element: &Element) -> Result<(), Refusal> {
        let (from, to) = (self.id(element, "From-ProfileID")?, self.id(element, "To-ProfileID")?);
        let kind = self.meant(element, "RelationTypeID", "RelationType", &from);
        let former = element.attribute("Former") == Some("true");
        let ends = (self.profiles.get(&from).copied(), self.profiles.get(&to).copied());
        let (Some(party), Some(name)) =
            (ends.0, ends.1.and_then(|i| self.parties.get(i)).map(|p| p.name.clone()))
        else {
            self.notice(
                element.line,
                &from,
                format!("`{kind}` ties the profiles {from} and {to}, not both of which are there"),
            );
            return Ok(());
        };
        let added = self.added.entry(party).or_default();
        let kind = kind.trim_end_matches(':').trim();
        let words = if former { format!("{kind} (former)") } else { kind.to_owned() };
        added.notes.push(format!("{words}: {name}"));
        added.source.push(SourceValue { key: "ProfileRelationship/RelationType".into(), value: words });
        added.source.push(SourceValue { key: "ProfileRelationship/To-ProfileID".into(), value: to });
        values(element, "ProfileRelationship", &mut added.source);
        push_new(&mut added.related, name);
        Ok(())
    }

    fn entry(&mut self, element: &Element) -> Result<(), Refusal> {
        let profile = self.id(element, "ProfileID")?;
        let Some(party) = self.profiles.get(&profile).copied() else {
            let finding = format!("an entry for the profile `{profile}`, which no party of the file has");
            return Err(self.refuse(element.line, finding));
        };
        if element.attribute("EntryDeltaFlag").is_some() || element.attribute("DeltaAction").is_some() {
            return Err(self.refuse(element.line, "a change of an entry, the whole list expected"));
        }
        let mut source = Vec::new();
        let list = self.meant(element, "ListID", "List", &profile);
        source.push(SourceValue { key: "SanctionsEntry/List".into(), value: list.clone() });
        values(element, "SanctionsEntry", &mut source);
        let (mut programmes, mut effects): (Vec<Programme>, Vec<String>) = (Vec::new(), Vec::new());
        for measure in element.all("SanctionsMeasure") {
            let kind = self.meant(measure, "SanctionsTypeID", "SanctionsType", &profile);
            let comment = measure.value("Comment");
            let (mut from, mut until) = (None, None);
            for period in measure.all("DatePeriod") {
                from = self.bound(period, "Start", &profile);
                until = self.bound(period, "End", &profile);
            }
            if kind.eq_ignore_ascii_case("program") || kind == "1" {
                if comment.is_empty() {
                    self.notice(
                        measure.line,
                        &profile,
                        "a measure of the type Program without its code".into(),
                    );
                } else if !programmes.iter().any(|p| p.code == comment) {
                    programmes.push(Programme { from, until, ..Programme::new(comment, "") });
                }
            } else {
                let parts = [kind, comment].into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>();
                push_new(&mut effects, parts.join(": "));
            }
        }
        if programmes.is_empty() {
            self.notice(element.line, &profile, "an entry without a programme".into());
        }
        for programme in &mut programmes {
            programme.effects.clone_from(&effects);
        }
        let mut added = self.added.remove(&party).unwrap_or_default();
        self.events(element, &profile, &mut programmes, &mut added, &mut source);
        added.entries += 1;
        for programme in programmes {
            match added.programmes.iter_mut().find(|p| p.code == programme.code) {
                None => added.programmes.push(programme),
                Some(known) => {
                    programme.basis.into_iter().for_each(|b| push_new(&mut known.basis, b));
                    programme.effects.into_iter().for_each(|e| push_new(&mut known.effects, e));
                    programme.from.iter().for_each(|f| earliest(&mut known.from, f));
                    known.changes.extend(programme.changes);
                }
            }
        }
        push_new(&mut added.notes, noted("List", &list));
        for part in ["Comment", "LimitationsToListing"] {
            added.notes.push(noted(part, &element.value(part)));
        }
        for info in element.all("SupportingInfo") {
            let kind = self.meant(info, "SupInfoTypeID", "SupInfoType", &profile);
            let text = [info.value("Text"), info.value("DirectURL")];
            let text: Vec<String> = text.into_iter().filter(|t| !t.is_empty()).collect();
            added.notes.push(noted(&kind, &text.join(" ")));
        }
        added.source.append(&mut source);
        self.added.insert(party, added);
        Ok(())
    }

    /// The events of an entry: when it was made, what was done to it later, and on which legal basis.
    fn events(
        &mut self,
        element: &Element,
        profile: &str,
        programmes: &mut [Programme],
        added: &mut Added,
        source: &mut Vec<SourceValue>,
    ) {
        let mut days = Vec::new();
        for event in element.all("EntryEvent") {
            let kind = self.meant(event, "EntryEventTypeID", "EntryEventType", profile);
            let date = event.all("Date").next().and_then(point);
            if date.is_none() {
                self.notice(event.line, profile, format!("the date of the event `{kind}` is no day"));
            }
            let lower = kind.to_ascii_lowercase();
            source.push(SourceValue { key: "SanctionsEntry/EntryEventType".into(), value: kind.clone() });
            if ["delist", "remov", "delet"].iter().any(|word| lower.contains(word)) {
                let on = date.clone().unwrap_or(DateValue::Unknown);
                let change = Change { kind: ChangeKind::Removed, on, until: None, by: kind };
                programmes.iter_mut().for_each(|p| p.changes.push(change.clone()));
            } else {
                days.extend(date);
            }
            let Some(id) = event.attribute("LegalBasisID") else { continue };
            let Some(basis) = self.find("LegalBasis", Some(id)) else {
                self.notice(
                    event.line,
                    profile,
                    format!("LegalBasisID `{id}` stands for no LegalBasis of the file"),
                );
                continue;
            };
            let short = basis.attribute("LegalBasisShortRef");
            let text = if basis.text.is_empty() { collapsed(short) } else { basis.text.clone() };
            let of = self.find("SanctionsProgram", Some(basis.attribute("SanctionsProgramID")));
            let of = of.map(|p| p.text.clone()).unwrap_or_default();
            source.push(SourceValue { key: "SanctionsEntry/LegalBasis".into(), value: text.clone() });
            if text.is_empty() || text.eq_ignore_ascii_case("unknown") {
                continue;
            }
            let any = programmes.iter().any(|p| p.code == of);
            for programme in programmes.iter_mut().filter(|p| !any || p.code == of) {
                push_new(&mut programme.basis, text.clone());
            }
        }
        days.sort_by_key(DateValue::earliest);
        let mut days = days.into_iter();
        if let Some(first) = days.next() {
            earliest(&mut added.listed_on, &first);
        }
        days.for_each(|day| push_new(&mut added.updated, day));
    }

    /// One end of the term of a measure, where the list gives it.
    fn bound(&mut self, period: &Element, end: &str, profile: &str) -> Option<DateValue> {
        let boundary = period.all(end).next()?;
        let points: Vec<_> =
            boundary.children.iter().filter(|c| c.name == "From" || c.name == "To").collect();
        let date = if end == "Start" { points.first() } else { points.last() };
        let date = date.and_then(|p| point(p));
        if date.is_none() {
            self.notice(boundary.line, profile, format!("{end} of the term of a measure is no day"));
        }
        date
    }

    /// Gives all parties, with what entries and relations add.
    fn give(mut self, sink: Sink<'_>) -> Result<Reading, Refusal> {
        for identity in self.documents.keys().take(Reading::NOTICES_MAX) {
            let finding = format!("documents of the identity `{identity}`, which no party has");
            self.reading.notice(self.file, 0, "", finding);
        }
        for (index, party) in std::mem::take(&mut self.parties).into_iter().enumerate() {
            let mut listing = edition::from_record(&party.record)
                .map_err(|fault| self.refuse(party.line, fault.to_string()))?;
            drop(party.record);
            let added = self.added.remove(&index).unwrap_or_default();
            if added.entries == 0 {
                let native = listing.id.native.clone();
                self.notice(
                    party.line,
                    &native,
                    "a party without a SanctionsEntry: no programme is told".into(),
                );
            }
            listing.programmes = added.programmes;
            listing.listed_on = added.listed_on;
            listing.updated = added.updated;
            added.related.into_iter().for_each(|name| push_new(&mut listing.related, name));
            added.notes.into_iter().for_each(|note| listing.detail(DetailKind::Note, note));
            listing.source.extend(added.source);
            party.terms.enter(&mut listing, self.context);
            sink(listing)?;
            self.reading.entries += 1;
        }
        Ok(self.reading)
    }
}

/// What one version of a feature says.
struct Fact {
    said: Vec<String>,
    dates: Vec<DateValue>,
    places: Vec<(Address, Option<StateText>)>,
    comment: String,
}

/// Each element directly below the one that is open, up to its end; `name` is the only one that may stand there.
fn each<R: BufRead>(
    stream: &mut XmlStream<'_, R>,
    name: Option<&str>,
    mut take: impl FnMut(&mut XmlStream<'_, R>, Element) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    loop {
        match stream.step()? {
            Step::Open(open) => match name {
                Some(expected) if open.name != expected => {
                    let finding = format!("element `{}`, `{expected}` expected", open.name);
                    return Err(stream.refuse(open.line, finding));
                }
                _ => take(stream, open)?,
            },
            Step::Close => return Ok(()),
            Step::End => return Err(stream.refuse(stream.line(), "the file ends inside of a section")),
        }
    }
}

/// Elements that only hold others; they are left out of the keys of source values.
const FRAMES: &[&str] = &[
    "DistinctParty",
    "Profile",
    "Identity",
    "DocumentedName",
    "DocumentedNamePart",
    "FeatureVersion",
    "DatePeriod",
    "EntryEvent",
    "VersionDetail",
];
/// Attributes that are values, not links.
const VALUES: &[&str] =
    &["Primary", "LowQuality", "False", "Former", "Approximate", "LeadingChars", "TrailingChars"];

/// Every text below, and every attribute that is a value and not its usual `false`, word for word. Features are left to their own words.
fn values(element: &Element, path: &str, out: &mut Vec<SourceValue>) {
    for (name, value) in &element.attributes {
        if VALUES.contains(&name.as_str()) && value != "false" && !value.is_empty() {
            let at = if path.is_empty() { element.name.as_str() } else { path };
            out.push(SourceValue { key: format!("{at}@{name}"), value: value.clone() });
        }
    }
    for child in element.children.iter().filter(|c| c.name != "Feature" && c.name != "VersionDetail") {
        let framed = FRAMES.contains(&child.name.as_str());
        let below = match (framed, path) {
            (true, path) => path.to_owned(),
            (false, "") => child.name.clone(),
            (false, path) => format!("{path}/{}", child.name),
        };
        if !child.text.trim().is_empty() {
            out.push(SourceValue { key: below.clone(), value: child.text.clone() });
        }
        values(child, &below, out);
    }
}

fn push_text(text: &mut String, more: &str) {
    if !more.is_empty() {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(more);
    }
}

/// `label: text`; nothing without a text.
fn noted(label: &str, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{label}: {text}") }
}

/// Where the family's name stands in natural order.
const FAMILY: u8 = 4;

/// Where a part stands in the natural order of a name.
fn place_in_name(kind: &str) -> u8 {
    match kind.to_ascii_lowercase().as_str() {
        "first name" => 1,
        "middle name" => 2,
        "patronymic" => 3,
        "matronymic" => 5,
        "maiden name" => 6,
        "nickname" => 7,
        _ => FAMILY,
    }
}
