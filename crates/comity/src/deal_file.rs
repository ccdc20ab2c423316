//! Reads a deal from TOML or JSON: the only place where the outside form of a deal is known. All faults are reported at once, each with its
//! place, what was expected and what to do. What is not known to the lawbook is refused with a suggestion, never ignored.

use std::collections::{BTreeMap, BTreeSet};

use comity_engine::classify::SPECIALLY_DESIGNED_FOR;
use comity_engine::decide::INFORMED_BY_AUTHORITY;
use comity_engine::standing::{Named, resolve};
use comity_model::date::{DateValue, Day};
use comity_model::deal::{
    Activity, ContentPart, Deal, EndUse, Item, Judgement, Knowledge, KnowledgeLevel, Leg, Licence, Money,
    Owner, Party, PartyIdentifier, PartyKind, Role, Stop, UseClass,
};
use comity_model::fact::{Fact, FactDef, FactKind, FactSource, FactValue, Facts};
use comity_model::lawbook::Lawbook;
use comity_model::number::Number;
use comity_model::place::{Place, StateCode};
use comity_pack::Fault;
use comity_pack::language::nearest;
use comity_pack::source::{Node, NodeKind, Reader, Source};

/// The largest deal that is read, in bytes.
pub const BYTES_MAX: u64 = 16 << 20;
/// The most items and parties of one deal.
const ROWS_MAX: usize = 100_000;
/// Items may contain items this deep.
const DEPTH_MAX: usize = 12;

/// Reads a deal. JSON is taken for what begins with `{`, TOML for the rest.
///
/// # Errors
/// All faults found.
pub fn read(name: &str, text: &str, book: &Lawbook) -> Result<Deal, Vec<Fault>> {
    let source = Source::new(name, text);
    let mut faults = Vec::new();
    if text.trim().is_empty() {
        faults.push(Fault::new(name, 0, "the file is empty", "a deal", "see examples/ for one"));
        return Err(faults);
    }
    let json = text.trim_start_matches('\u{feff}').trim_start().starts_with('{');
    let root = if json { source.json(&mut faults) } else { source.toml(&mut faults) };
    let deal = root.and_then(|root| from_node(&source, &root, book, &mut faults));
    match deal {
        Some(deal) if faults.is_empty() => Ok(deal),
        _ => {
            faults.sort();
            faults.dedup();
            Err(faults)
        }
    }
}

/// Makes a deal of a table that was read already.
pub fn from_node(source: &Source, root: &Node, book: &Lawbook, faults: &mut Vec<Fault>) -> Option<Deal> {
    let mut reader = Reader::new(source, "", root, faults)?;
    let reading = Reading { book };
    let id = reader.scalar("id", faults).map(str::to_owned);
    let date = reader.parsed::<Day>("date", faults);
    let activity = match reader.parsed::<Activity>("activity", faults) {
        Some(activity) => activity,
        None => {
            if reader.node("activity").is_none() {
                faults.push(reader.fault(
                    "activity",
                    "the deal does not say what is done",
                    "activity",
                    "add activity = \"export\"",
                ));
            }
            Activity::Export
        }
    };
    let from = reading.place(&mut reader, "from", "from_region", faults);
    let to = reading.place(&mut reader, "to", "to_region", faults);
    let mut legs: Vec<Leg> = Vec::new();
    for text in reader.texts("via", faults) {
        if let Some(state) = reading.state(&reader, "via", text, faults) {
            legs.push(Leg { place: state.into(), site: None, stop: None, carrier: None, vessel: None });
        }
    }
    for key in ["route", "legs"] {
        for mut leg in reader.tables(key, faults) {
            let state =
                leg.required("state", faults).and_then(|text| reading.state(&leg, "state", text, faults));
            let region = leg.text("region", faults).map(str::to_owned);
            let site = leg.text("place", faults).map(str::to_owned);
            let stop = leg.parsed::<Stop>("stop", faults);
            let carrier = leg.text("carrier", faults).map(str::to_owned);
            let vessel = leg.text("vessel", faults).map(str::to_owned);
            leg.finish(faults);
            if let Some(state) = state {
                legs.push(Leg { place: Place { state, region }, site, stop, carrier, vessel });
            }
        }
    }
    let parties: Vec<Party> =
        reader.tables("party", faults).into_iter().filter_map(|p| reading.party(p, faults)).collect();
    let mut items: Vec<Item> =
        reader.tables("item", faults).into_iter().filter_map(|i| reading.item(i, 0, faults)).collect();
    if parties.len() > ROWS_MAX || items.len() > ROWS_MAX {
        faults.push(reader.fault(
            "item",
            "too many rows",
            format!("at most {ROWS_MAX} items and parties"),
            "split the deal",
        ));
        items.truncate(ROWS_MAX);
    }
    let facts = match reader.tables("facts", faults).pop() {
        Some(facts) => reading.facts(facts, Kind::Deal, faults),
        None => Facts::new(),
    };
    let end_use = match reader.tables("end_use", faults).pop() {
        Some(table) => reading.end_use(table, faults),
        None => EndUse::default(),
    };
    let licences =
        reader.tables("licence", faults).into_iter().filter_map(|l| read_licence(l, faults)).collect();
    reader.finish(faults);
    for item in &mut items {
        comity_engine::facts::complete(item, &book.basics().item_facts);
    }
    Some(Deal { id, date, activity, from, to, legs, parties, items, end_use, licences, facts })
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Deal,
    Item,
}

struct Reading<'b> {
    book: &'b Lawbook,
}

impl Reading<'_> {
    /// A State by code, name or alias.
    fn state(
        &self,
        reader: &Reader<'_>,
        key: &str,
        text: &str,
        faults: &mut Vec<Fault>,
    ) -> Option<StateCode> {
        let found = match resolve(self.book.states(), text) {
            Named::State(state) => return Some(state.code),
            Named::Territory(territory) => return Some(territory.code),
            other => other,
        };
        let (expected, remedy) = match found {
            Named::Ambiguous(codes) => (
                "a name of one State".to_owned(),
                format!(
                    "say which: {}",
                    codes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
                ),
            ),
            Named::Unknown(near) if !near.is_empty() => (
                "a State or territory: code, name or alias".to_owned(),
                format!(
                    "did you mean {}?",
                    near.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
                ),
            ),
            _ => (
                "a State or territory: code, name or alias".to_owned(),
                "comity state show lists them".to_owned(),
            ),
        };
        faults.push(reader.fault(key, format!("`{text}` is no known State"), expected, remedy));
        None
    }

    fn place(
        &self,
        reader: &mut Reader<'_>,
        key: &'static str,
        region_key: &'static str,
        faults: &mut Vec<Fault>,
    ) -> Option<Place> {
        let region = reader.text(region_key, faults).map(str::to_owned);
        let text = reader.text(key, faults)?;
        let state = self.state(reader, key, text, faults)?;
        Some(Place { state, region })
    }

    fn optional_state(
        &self,
        reader: &mut Reader<'_>,
        key: &'static str,
        faults: &mut Vec<Fault>,
    ) -> Option<StateCode> {
        let text = reader.text(key, faults)?;
        self.state(reader, key, text, faults)
    }

    fn party(&self, reader: Reader<'_>, faults: &mut Vec<Fault>) -> Option<Party> {
        self.party_as(reader, None, faults)
    }

    fn party_as(
        &self,
        mut reader: Reader<'_>,
        default: Option<Role>,
        faults: &mut Vec<Fault>,
    ) -> Option<Party> {
        let role = reader.parsed::<Role>("role", faults).or(default);
        if role.is_none() && reader.node("role").is_none() {
            faults.push(reader.fault(
                "role",
                "a party without a role",
                "exporter, consignee, end-user, intermediary, carrier, broker or bank",
                "add role = \"end-user\"",
            ));
        }
        let name = reader.required("name", faults).map(str::to_owned);
        let state = self.optional_state(&mut reader, "state", faults);
        let kind = reader.scalar("type", faults).and_then(|text| match text {
            "Person" => Some(PartyKind::Person),
            "Company" | "Organization" | "LegalEntity" | "PublicBody" => Some(PartyKind::Organization),
            "Vessel" => Some(PartyKind::Vessel),
            "Airplane" => Some(PartyKind::Aircraft),
            other => match other.parse() {
                Ok(kind) => Some(kind),
                Err(error) => {
                    faults.push(reader.fault("type", PartyKindFault(error).to_string(), "", "correct it"));
                    None
                }
            },
        });
        let birth_date = reader.parsed::<DateValue>("birth_date", faults);
        let address = reader.text("address", faults).map(str::to_owned);
        let nationality = self.optional_state(&mut reader, "nationality", faults);
        let identifiers = self.identifiers(&mut reader, faults);
        let mut owners = Vec::new();
        for mut owner in reader.tables("owners", faults) {
            let name = owner.required("name", faults).map(str::to_owned);
            let state = self.optional_state(&mut owner, "state", faults);
            let percent = percent(&mut owner, "percent", faults);
            let direct = owner.optional_truth("direct", faults);
            owner.finish(faults);
            owners.extend(name.map(|name| Owner { name, state, percent, direct }));
        }
        let why = reader.text("why", faults).map(str::to_owned);
        let judgements =
            |reader: &mut Reader<'_>, key: &'static str, faults: &mut Vec<Fault>| -> Vec<Judgement> {
                reader
                    .texts(key, faults)
                    .into_iter()
                    .map(|listing| Judgement { listing: listing.to_owned(), why: why.clone() })
                    .collect()
            };
        let same_as = judgements(&mut reader, "same_as", faults);
        let not_same_as = judgements(&mut reader, "not_same_as", faults);
        if let Some(both) = same_as.iter().find(|a| not_same_as.iter().any(|b| b.listing == a.listing)) {
            faults.push(reader.fault(
                "same_as",
                format!("`{}` stands in same_as and in not_same_as", both.listing),
                "one of the two",
                "remove the wrong one",
            ));
        }
        let facts = match reader.tables("facts", faults).pop() {
            Some(facts) => self.facts(facts, Kind::Deal, faults),
            None => Facts::new(),
        };
        reader.finish(faults);
        Some(Party {
            role: role?,
            name: name?,
            state,
            kind,
            birth_date,
            identifiers,
            address,
            nationality,
            owners,
            same_as,
            not_same_as,
            facts,
        })
    }

    fn identifiers(&self, reader: &mut Reader<'_>, faults: &mut Vec<Fault>) -> Vec<PartyIdentifier> {
        let mut found = Vec::new();
        let Some(node) = reader.node("identifiers") else { return found };
        let NodeKind::List(list) = &node.kind else {
            faults.push(reader.fault(
                "identifiers",
                format!("`identifiers` is {}", node.kind.what()),
                "a list",
                "write [\"imo:9999999\"]",
            ));
            return found;
        };
        for (i, entry) in list.iter().enumerate() {
            match &entry.kind {
                NodeKind::Text(text) => match text.split_once(':') {
                    Some((kind, value)) if !kind.is_empty() && !value.trim().is_empty() => {
                        found.push(PartyIdentifier {
                            kind: kind.to_owned(),
                            value: value.trim().to_owned(),
                            state: None,
                        });
                    }
                    _ => faults.push(reader.fault(
                        "identifiers",
                        format!("identifier `{text}`"),
                        "TYPE:value",
                        "write \"passport:X123\"",
                    )),
                },
                _ => {
                    if let Some(mut row) = Reader::new(
                        reader.source(),
                        format!("{}[{i}]", reader.path_of("identifiers")),
                        entry,
                        faults,
                    ) {
                        let kind = row.required("type", faults).map(str::to_owned);
                        let value = row.scalar("value", faults).map(str::to_owned);
                        let state = self.optional_state(&mut row, "state", faults);
                        row.finish(faults);
                        if let (Some(kind), Some(value)) = (kind, value) {
                            found.push(PartyIdentifier { kind, value, state });
                        }
                    }
                }
            }
        }
        found
    }

    /// An item. Public so that `classify` reads the same form.
    fn item(&self, mut reader: Reader<'_>, depth: usize, faults: &mut Vec<Fault>) -> Option<Item> {
        if depth > DEPTH_MAX {
            faults.push(reader.fault(
                "contains",
                "items contain items too deep",
                format!("at most {DEPTH_MAX} levels"),
                "flatten the bill of materials",
            ));
            return None;
        }
        let description = reader.text("description", faults).unwrap_or("").to_owned();
        let classes: Vec<String> = reader.texts("class", faults).into_iter().map(str::to_owned).collect();
        for class in &classes {
            let tree = &self.book.basics().classes;
            if tree.get(class).is_none() {
                faults.push(reader.fault(
                    "class",
                    format!("`{class}` is no class of item"),
                    "a class of `comity controls classes`",
                    nearest(class, tree.by_name.keys().map(String::as_str)),
                ));
            }
        }
        let hs = reader
            .scalar("hs", faults)
            .map(|text| text.chars().filter(char::is_ascii_digit).collect::<String>());
        if let Some(digits) = &hs
            && !(2..=10).contains(&digits.len())
        {
            faults.push(reader.fault(
                "hs",
                "a tariff code of a wrong length",
                "two to ten digits, such as 8504.40",
                "correct it",
            ));
        }
        let quantity = reader.parsed::<Number>("quantity", faults);
        let value = reader.tables("value", faults).pop().and_then(|m| money(m, faults));
        let origin = self.optional_state(&mut reader, "origin", faults);
        let content = reader.node("content").is_some().then(|| self.content(&mut reader, faults));
        let mut claimed = Vec::new();
        for text in reader.texts("claimed", faults) {
            match text.split_once(':') {
                Some((list, code)) if self.book.control(list).is_some() => {
                    let head = comity_model::control::head(code);
                    if let Some(known) = self.book.control(list)
                        && known.entry(head).is_none()
                    {
                        faults.push(reader.fault(
                            "claimed",
                            format!("`{text}`: list {list} has no entry {head}"),
                            "an entry of the list",
                            nearest(head, known.by_code.keys().map(String::as_str)),
                        ));
                    }
                    claimed.push((list.to_owned(), code.to_owned()));
                }
                _ => faults.push(reader.fault(
                    "claimed",
                    format!("`{text}`"),
                    format!(
                        "LIST:CODE with one of the lists {}",
                        self.book.controls().iter().map(|l| l.id.as_str()).collect::<Vec<_>>().join(", ")
                    ),
                    "write \"eu:3A225\"",
                )),
            }
        }
        let mut facts = match reader.tables("facts", faults).pop() {
            Some(table) => self.facts(table, Kind::Item, faults),
            None => Facts::new(),
        };
        let cas: Vec<&str> = reader.texts("cas", faults);
        for number in &cas {
            if !cas_is_valid(number) {
                faults.push(reader.fault(
                    "cas",
                    format!("`{number}` is no CAS number"),
                    "digits with a right check digit, such as 7664-39-3",
                    "correct it",
                ));
            }
        }
        if !cas.is_empty() {
            let words = FactValue::Words(cas.iter().map(|c| (*c).to_owned()).collect());
            match facts.get("cas") {
                Some(other) if other.value != words => faults.push(reader.fault(
                    "cas",
                    "`cas` of the item and `facts.cas` differ",
                    "the same, or one of them",
                    "remove the wrong one",
                )),
                _ => {
                    facts.insert("cas".to_owned(), Fact::stated(words));
                }
            }
        }
        let contains = reader.node("contains").is_some().then(|| {
            reader
                .tables("contains", faults)
                .into_iter()
                .filter_map(|part| self.item(part, depth + 1, faults))
                .collect()
        });
        reader.finish(faults);
        Some(Item { description, classes, hs, quantity, value, origin, content, claimed, facts, contains })
    }

    fn content(&self, reader: &mut Reader<'_>, faults: &mut Vec<Fault>) -> Vec<ContentPart> {
        let mut parts = Vec::new();
        let mut sum = Number::zero();
        for mut row in reader.tables("content", faults) {
            let state =
                row.required("state", faults).and_then(|text| self.state(&row, "state", text, faults));
            let share = percent(&mut row, "percent", faults);
            if share.is_none() && row.node("percent").is_none() {
                faults.push(row.fault(
                    "percent",
                    "content without its share",
                    "percent of the value",
                    "add percent = 12.0",
                ));
            }
            let entry = row.text("entry", faults).map(str::to_owned);
            let class = row.text("class", faults).map(str::to_owned);
            let kind = row.text("kind", faults).map(str::to_owned);
            let value = row.tables("value", faults).pop().and_then(|m| money(m, faults));
            row.finish(faults);
            if let (Some(state), Some(percent)) = (state, share) {
                sum = &sum + &percent;
                parts.push(ContentPart { state, percent, entry, class, kind, value });
            }
        }
        if sum > Number::from(100) {
            faults.push(reader.fault(
                "content",
                format!("content of {sum} % in all"),
                "at most 100 %",
                "correct the shares",
            ));
        }
        parts
    }

    fn facts(&self, mut reader: Reader<'_>, kind: Kind, faults: &mut Vec<Fault>) -> Facts {
        let defs = match kind {
            Kind::Deal => &self.book.basics().deal_facts,
            Kind::Item => &self.book.basics().item_facts,
        };
        let mut facts = Facts::new();
        for (name, _, node) in reader.all() {
            if kind == Kind::Deal && name == INFORMED_BY_AUTHORITY {
                match node.kind {
                    NodeKind::Truth(truth) => {
                        facts.insert(name.clone(), Fact::stated(FactValue::Truth(truth)));
                    }
                    _ => faults.push(reader.fault(
                        name,
                        format!("`{name}` is {}", node.kind.what()),
                        "true or false",
                        "correct it",
                    )),
                }
                continue;
            }
            let Some(def) = defs.get(name) else {
                let known = defs
                    .keys()
                    .map(String::as_str)
                    .chain((kind == Kind::Deal).then_some(INFORMED_BY_AUTHORITY));
                let hint = match nearest(name, known) {
                    hint if hint.starts_with("did") => hint,
                    _ => "`comity controls facts CLASS` lists the facts of a class".to_owned(),
                };
                faults.push(reader.fault(
                    name,
                    format!("unknown fact `{}`", reader.path_of(name)),
                    "a fact that the lawbook knows",
                    hint,
                ));
                continue;
            };
            if let Some(fact) = self.fact(&reader, name, node, def, defs, faults) {
                facts.insert(name.clone(), fact);
            }
        }
        facts
    }

    fn fact(
        &self,
        reader: &Reader<'_>,
        name: &str,
        node: &Node,
        def: &FactDef,
        defs: &BTreeMap<String, FactDef>,
        faults: &mut Vec<Fault>,
    ) -> Option<Fact> {
        if matches!(node.kind, NodeKind::Null)
            || matches!(&node.kind, NodeKind::Text(t) if t == "unknown" && !def.values.contains(t))
        {
            return None;
        }
        if let NodeKind::Table(_) = &node.kind {
            let mut table = Reader::new(reader.source(), reader.path_of(name), node, faults)?;
            let value = table.node("value");
            let basis = table.text("basis", faults).map(str::to_owned);
            let by = table.text("by", faults).map(str::to_owned);
            let on = table.parsed::<DateValue>("on", faults);
            let why = table.text("why", faults).map(str::to_owned);
            if let Some(basis) = &basis
                && !def.basis.contains(basis)
            {
                let (expected, remedy) = if def.basis.is_empty() {
                    ("no basis: this fact has none".to_owned(), "remove it".to_owned())
                } else {
                    (
                        format!("one of {}", def.basis.join("; ")),
                        nearest(basis, def.basis.iter().map(String::as_str)),
                    )
                };
                faults.push(table.fault("basis", format!("basis \"{basis}\""), expected, remedy));
            }
            if value.is_none() {
                faults.push(table.fault(
                    "value",
                    format!("`{name}` has no value"),
                    "value",
                    format!("{name} = {{ value = .. }}"),
                ));
            }
            table.finish(faults);
            let value = self.value(reader, name, value?, def, defs, faults)?;
            let judged = def.judged || by.is_some() || on.is_some() || why.is_some();
            let source = if judged { FactSource::Judged { by, on, why } } else { FactSource::Stated };
            return Some(Fact { value, source, basis });
        }
        let value = self.value(reader, name, node, def, defs, faults)?;
        let source = if def.judged || name == SPECIALLY_DESIGNED_FOR {
            FactSource::Judged { by: None, on: None, why: None }
        } else {
            FactSource::Stated
        };
        Some(Fact { value, source, basis: None })
    }

    fn value(
        &self,
        reader: &Reader<'_>,
        name: &str,
        node: &Node,
        def: &FactDef,
        defs: &BTreeMap<String, FactDef>,
        faults: &mut Vec<Fault>,
    ) -> Option<FactValue> {
        let wrong = |expected: String, remedy: &str| {
            reader.fault(
                name,
                format!("`{}` is {}", reader.path_of(name), node.kind.what()),
                expected,
                remedy.to_owned(),
            )
        };
        match (def.kind, &node.kind) {
            (FactKind::Quantity, NodeKind::Text(text) | NodeKind::Number(text)) => {
                match self.book.basics().units.parse(text, def.dimension) {
                    Ok(quantity) => Some(FactValue::Quantity(quantity)),
                    Err(error) => {
                        let unit = def.unit.as_deref().unwrap_or("1");
                        faults.push(reader.fault(
                            name,
                            format!("`{}`: {error}", reader.path_of(name)),
                            "",
                            if unit == "1" {
                                "write a bare number".to_owned()
                            } else {
                                format!("write for example \"10 {unit}\"")
                            },
                        ));
                        None
                    }
                }
            }
            (FactKind::Quantity, _) => {
                faults.push(wrong(
                    format!("a quantity in {}", def.unit.as_deref().unwrap_or("1")),
                    "write the number with its unit in quotes",
                ));
                None
            }
            (FactKind::Truth, NodeKind::Truth(truth)) => Some(FactValue::Truth(*truth)),
            (FactKind::Truth, _) => {
                faults.push(wrong("true or false".into(), "leave it out if it is not known"));
                None
            }
            (FactKind::Word | FactKind::Words, NodeKind::Text(text)) => {
                self.words(reader, name, vec![text.as_str()], def, faults)
            }
            (FactKind::Words | FactKind::Word, NodeKind::List(list)) => {
                let mut words = Vec::new();
                for entry in list {
                    match &entry.kind {
                        NodeKind::Text(text) => words.push(text.as_str()),
                        _ => faults.push(wrong("a list of words".into(), "put each word in double quotes")),
                    }
                }
                if def.kind == FactKind::Word && words.len() != 1 {
                    faults.push(wrong("one word".into(), "this fact has a single value"));
                    return None;
                }
                self.words(reader, name, words, def, faults)
            }
            (FactKind::Word | FactKind::Words, _) => {
                faults.push(wrong("a word, or a list of words".into(), "put it in double quotes"));
                None
            }
            (FactKind::List, NodeKind::List(list)) => {
                let mut rows = Vec::new();
                for (i, entry) in list.iter().enumerate() {
                    let path = format!("{}[{i}]", reader.path_of(name));
                    let mut row = Reader::new(reader.source(), path, entry, faults)?;
                    let mut facts = Facts::new();
                    for (key, _, node) in row.all() {
                        match defs.get(key) {
                            Some(inner) if def.values.is_empty() || def.values.contains(key) => {
                                facts.extend(
                                    self.fact(&row, key, node, inner, defs, faults).map(|f| (key.clone(), f)),
                                );
                            }
                            _ => {
                                let hint = nearest(key, def.values.iter().map(String::as_str));
                                faults.push(row.fault(
                                    key,
                                    format!("unknown key `{}`", row.path_of(key)),
                                    format!("one of {}", def.values.join(", ")),
                                    hint,
                                ));
                            }
                        }
                    }
                    rows.push(facts);
                }
                Some(FactValue::Rows(rows))
            }
            (FactKind::List, _) => {
                faults.push(wrong("a list of tables".into(), "write [{ .. }, { .. }]"));
                None
            }
            (FactKind::Text, NodeKind::Text(text)) => Some(FactValue::Text(text.clone())),
            (FactKind::Text, _) => {
                faults.push(wrong("a text".into(), "put it in double quotes"));
                None
            }
        }
    }

    fn words(
        &self,
        reader: &Reader<'_>,
        name: &str,
        words: Vec<&str>,
        def: &FactDef,
        faults: &mut Vec<Fault>,
    ) -> Option<FactValue> {
        let classes = &self.book.basics().classes;
        for word in &words {
            if !def.values.is_empty() && !def.values.iter().any(|v| v == word) {
                faults.push(reader.fault(
                    name,
                    format!("`{}`: `{word}`", reader.path_of(name)),
                    format!("one of {}", def.values.join(", ")),
                    nearest(word, def.values.iter().map(String::as_str)),
                ));
                return None;
            }
            if name == SPECIALLY_DESIGNED_FOR && *word != "none" && classes.get(word).is_none() {
                faults.push(reader.fault(
                    name,
                    format!("`{word}` is no class of item"),
                    "a class of `comity controls classes`, or none",
                    nearest(word, classes.by_name.keys().map(String::as_str)),
                ));
                return None;
            }
        }
        Some(FactValue::Words(words.into_iter().map(str::to_owned).collect()))
    }

    fn end_use(&self, mut reader: Reader<'_>, faults: &mut Vec<Fault>) -> EndUse {
        let text = reader.text("text", faults).map(str::to_owned);
        let set = |reader: &mut Reader<'_>,
                   key: &'static str,
                   faults: &mut Vec<Fault>|
         -> Option<BTreeSet<UseClass>> {
            reader.node(key)?;
            Some(reader.parsed_list::<UseClass>(key, faults).into_iter().collect())
        };
        let purpose = set(&mut reader, "purpose", faults).filter(|p| !p.is_empty());
        let informed = set(&mut reader, "informed", faults);
        let knowledge = match reader.node("knowledge").map(|n| &n.kind) {
            None => None,
            Some(NodeKind::Text(word)) => match word.parse::<KnowledgeLevel>() {
                Ok(level) => Some(Knowledge::Every(level)),
                Err(error) => {
                    faults.push(reader.fault("knowledge", error.to_string(), "", "correct it"));
                    None
                }
            },
            Some(NodeKind::Table(_)) => {
                let mut levels = BTreeMap::new();
                if let Some(mut table) = reader.tables("knowledge", faults).pop() {
                    for (key, _, node) in table.all() {
                        let level = match &node.kind {
                            NodeKind::Text(word) => word.parse::<KnowledgeLevel>().map_err(|e| e.to_string()),
                            other => Err(format!("`{key}` is {}", other.what())),
                        };
                        match (key.parse::<UseClass>(), level) {
                            (Ok(class), Ok(level)) => {
                                levels.insert(class, level);
                            }
                            (Err(error), _) => {
                                faults.push(table.fault(key, error.to_string(), "", "correct it"))
                            }
                            (_, Err(error)) => {
                                faults.push(table.fault(key, error, "a level of knowledge", "correct it"))
                            }
                        }
                    }
                }
                Some(Knowledge::ByUse(levels))
            }
            Some(other) => {
                faults.push(reader.fault(
                    "knowledge",
                    format!("`knowledge` is {}", other.what()),
                    "a level, or a table of levels by use",
                    "write knowledge = \"none\"",
                ));
                None
            }
        };
        reader.finish(faults);
        EndUse { text, purpose, knowledge, informed }
    }
}

struct PartyKindFault(comity_model::mandate::UnknownWord);

impl std::fmt::Display for PartyKindFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

fn percent(reader: &mut Reader<'_>, key: &'static str, faults: &mut Vec<Fault>) -> Option<Number> {
    let value = reader.parsed::<Number>(key, faults)?;
    if value.is_negative() || value > Number::from(100) {
        faults.push(reader.fault(key, format!("{value} per cent"), "a share from 0 to 100", "correct it"));
        return None;
    }
    Some(value)
}

fn money(mut reader: Reader<'_>, faults: &mut Vec<Fault>) -> Option<Money> {
    let amount = reader.parsed::<Number>("amount", faults);
    if amount.is_none() && reader.node("amount").is_none() {
        faults.push(reader.fault("amount", "money without amount", "amount", "add amount = 1000"));
    }
    let right = |code: &str| code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase());
    let mut currency = reader.required("currency", faults);
    if let Some(wrong) = currency.filter(|code| !right(code)) {
        faults.push(reader.fault(
            "currency",
            format!("currency `{wrong}`"),
            "three capital letters (ISO 4217)",
            "correct it",
        ));
        currency = None;
    }
    let currency = currency.map(str::to_owned);
    reader.finish(faults);
    Some(Money { amount: amount?, currency: currency? })
}

fn read_licence(mut reader: Reader<'_>, faults: &mut Vec<Fault>) -> Option<Licence> {
    let id = reader.required("id", faults).map(str::to_owned);
    let law = reader.text("law", faults).map(str::to_owned);
    let meets = reader.texts("meets", faults).into_iter().map(str::to_owned).collect();
    let until = reader.parsed::<Day>("until", faults);
    let balance = reader.scalar("balance", faults).map(str::to_owned);
    reader.finish(faults);
    Some(Licence { id: id?, law, meets, until, balance })
}

/// Whether a CAS number has the right form and check digit.
#[must_use]
pub fn cas_is_valid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [first, second, check] = parts.as_slice() else { return false };
    if !(2..=7).contains(&first.len()) || second.len() != 2 || check.len() != 1 {
        return false;
    }
    let digits: Option<Vec<u32>> = first.chars().chain(second.chars()).map(|c| c.to_digit(10)).collect();
    let (Some(digits), Ok(check)) = (digits, check.parse::<u32>()) else { return false };
    let sum: u32 = digits.iter().rev().zip(1u32..).map(|(d, weight)| d * weight).sum();
    sum % 10 == check
}

/// Reads one item of a classification file or line.
pub fn item(reader: Reader<'_>, book: &Lawbook, faults: &mut Vec<Fault>) -> Option<Item> {
    let mut item = Reading { book }.item(reader, 0, faults)?;
    comity_engine::facts::complete(&mut item, &book.basics().item_facts);
    Some(item)
}

/// Reads one party of a screening line: the keys of a party of a deal; the role may be left out.
pub fn party_line(reader: Reader<'_>, book: &Lawbook, faults: &mut Vec<Fault>) -> Option<Party> {
    Reading { book }.party_as(reader, Some(Role::EndUser), faults)
}

/// A State by code, name or alias, for readers of other forms.
pub fn state(
    reader: &Reader<'_>,
    key: &str,
    text: &str,
    book: &Lawbook,
    faults: &mut Vec<Fault>,
) -> Option<StateCode> {
    Reading { book }.state(reader, key, text, faults)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_of_cas_numbers_are_checked() {
        assert!(cas_is_valid("7664-39-3") && cas_is_valid("75-44-5"));
        assert!(
            !cas_is_valid("7664-39-4")
                && !cas_is_valid("7664393")
                && !cas_is_valid("a-b-c")
                && !cas_is_valid("")
        );
    }
}
