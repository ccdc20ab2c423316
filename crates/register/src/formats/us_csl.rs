//! What the forms of the Consolidated Screening List and of its parts have in common: a row, the party it speaks of, and the listing made of all
//! rows of one party.
//!
//! **Ids.** The parts of the Treasury number their entries; the number is the id, and a number that comes twice refuses the file. The others have no number:
//! the id is the first 16 digits of the SHA-256 of the name (see [`super::us_csl_names`]), blanks collapsed, in small letters. Notices, dates and addresses are
//! no part of it, because editions amend them and the forms do not all hold them.
//!
//! **Merging.** All rows of one name are one party, with the addresses of all; rows that order the same for the same time are one measure with the notices of
//! all, others are measures of their own. On the Entity List a name may stand for several parties: rows of one name whose States of address do not meet are
//! entries of their own, and the codes of the States follow the digest.

use std::collections::{BTreeMap, BTreeSet};

use comity_model::DateValue;
use comity_model::listing::{
    Address, DetailKind, Identifier, IdentifierKind, ListId, ListedName, Listing, ListingId, NameKind,
    NameQuality, PartyKind, Programme, SourceValue, StateLink, StateRelation,
};
use sha2::{Digest, Sha256};

use super::text::{collapsed, looks_damaged, names_in, says_no_state};
use super::us_csl_names::{self as plain, Plain};
use super::{Context, Reading, Sink, dates, identifiers, us_csl_terms as terms};
use crate::error::Refusal;
use crate::store::hex;

/// So many rows are kept until all are there; the lists of 2026 have 6256.
const KEPT_MAX: u64 = 200_000;

pub(crate) const AGAIN: &str = "fetch the file again from its publisher";

/// A part of the publication, a list by itself.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// The word by which its publisher and the table of sources call it.
    pub(crate) key: &'static str,
    /// Whether its entries have numbers of their own.
    numbered: bool,
    /// Whether rows of one name are apart where their States do not meet.
    by_state: bool,
    /// The code of its one programme; empty where the rows name programmes.
    code: &'static str,
}

const fn treasury(key: &'static str) -> Part {
    Part { key, numbered: true, by_state: false, code: "" }
}

const fn named(key: &'static str, code: &'static str) -> Part {
    Part { key, numbered: false, by_state: false, code }
}

const PARTS: [Part; 13] = [
    treasury("SDN"),
    treasury("SSI"),
    treasury("PLC"),
    treasury("CAP"),
    treasury("CMIC"),
    treasury("NS-MBS"),
    treasury("FSE"),
    Part { by_state: true, ..named("EL", "EL") },
    named("DPL", "DPL"),
    named("UVL", "UVL"),
    named("MEU", "MEU"),
    named("DTC", "DTC"),
    named("ISN", ""),
];

/// The part that a source names: `Entity List (EL) - Bureau of ...`.
pub(crate) fn part(source: &str) -> Option<&'static Part> {
    let (_, after) = source.split_once('(')?;
    let (key, _) = after.split_once(')')?;
    let key = key.strip_suffix(" List").unwrap_or(key);
    PARTS.iter().find(|part| part.key == key)
}

/// The part with a key.
pub(crate) fn part_of(key: &str) -> Option<&'static Part> {
    PARTS.iter().find(|part| part.key == key)
}

/// An address as a form gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PlainAddress {
    pub(crate) text: String,
    pub(crate) state: String,
}

/// An identifier as a form gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PlainId {
    pub(crate) label: String,
    pub(crate) number: String,
    pub(crate) state: String,
}

/// A row of any form; empty where it says nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    /// Line or number of the row, for messages.
    pub(crate) line: u64,
    pub(crate) number: String,
    pub(crate) kind: String,
    pub(crate) programmes: Vec<String>,
    pub(crate) name: String,
    /// The name as the list writes it, where `name` is another order of it; else empty.
    pub(crate) verbatim: String,
    pub(crate) title: String,
    pub(crate) addresses: Vec<PlainAddress>,
    /// Official notices, as one text.
    pub(crate) notice: String,
    pub(crate) from: Option<DateValue>,
    pub(crate) until: Option<DateValue>,
    pub(crate) listed_on: Option<DateValue>,
    pub(crate) updated: Option<DateValue>,
    pub(crate) standard_order: String,
    pub(crate) requirement: String,
    pub(crate) policy: String,
    /// What the measure orders, where the row says so apart from requirement and policy.
    pub(crate) effects: Vec<String>,
    pub(crate) call_sign: String,
    pub(crate) craft_type: String,
    pub(crate) tonnage: String,
    pub(crate) gross_tonnage: String,
    pub(crate) flag: String,
    pub(crate) owner: String,
    pub(crate) remarks: String,
    pub(crate) aliases: Vec<(NameKind, String)>,
    pub(crate) citizenships: Vec<String>,
    pub(crate) nationalities: Vec<String>,
    pub(crate) birth_dates: Vec<String>,
    pub(crate) birth_places: Vec<String>,
    pub(crate) ids: Vec<PlainId>,
    pub(crate) source: Vec<SourceValue>,
}

/// Takes rows and gives listings: those with numbers at once, the others when all rows are there.
pub(crate) struct Parties<'a> {
    file: &'a str,
    context: Context<'a>,
    /// The part that a form holds alone; the list is then the one that is read.
    only: Option<&'static Part>,
    pub(crate) reading: Reading,
    numbers: BTreeSet<(&'static str, String)>,
    by_name: BTreeMap<(&'static str, String), Group>,
    /// Rows by the source that they name, of every list.
    pub(crate) rows: BTreeMap<String, u64>,
    strangers: BTreeMap<String, (u64, u64)>,
    /// Rows kept until all are there.
    kept: u64,
    /// What a row's number counts; empty where it is a line.
    counts: &'static str,
}

struct Group {
    part: &'static Part,
    order: usize,
    rows: Vec<Row>,
}

impl<'a> Parties<'a> {
    /// For a file of all parts.
    pub(crate) fn all(file: &'a str, context: Context<'a>) -> Self {
        Self {
            file,
            context,
            only: None,
            reading: Reading::default(),
            numbers: BTreeSet::new(),
            by_name: BTreeMap::new(),
            rows: BTreeMap::new(),
            strangers: BTreeMap::new(),
            kept: 0,
            counts: "",
        }
    }

    /// For a file of one part.
    pub(crate) fn only(file: &'a str, context: Context<'a>, key: &str) -> Self {
        Self { only: part_of(key), ..Self::all(file, context) }
    }

    /// For a file of all parts whose rows are not counted by lines, but as entries or results.
    pub(crate) fn counting(self, counts: &'static str) -> Self {
        Self { counts, ..self }
    }

    /// Where a row stands: its line, or in words.
    fn place(&self, number: u64, finding: String) -> (u64, String) {
        match (self.counts, number) {
            ("", _) | (_, 0) => (number, finding),
            (counts, number) => (0, format!("{counts} {number}: {finding}")),
        }
    }

    pub(crate) fn refuse(&self, line: u64, finding: impl Into<String>) -> Refusal {
        let (line, finding) = self.place(line, finding.into());
        Refusal::new(self.file, line, finding, AGAIN)
    }

    pub(crate) fn note(&mut self, line: u64, entry: &str, finding: impl Into<String>) {
        let (line, finding) = self.place(line, finding.into());
        self.reading.notice(self.file, line, entry, finding);
    }

    /// A date of the file, or a notice.
    pub(crate) fn date(
        &mut self,
        line: u64,
        column: &str,
        text: &str,
        read: fn(&str) -> Option<DateValue>,
    ) -> Option<DateValue> {
        if text.trim().is_empty() {
            return None;
        }
        let date = read(text);
        if date.is_none() {
            self.note(line, "", format!("{column} `{}` cannot be read", short(text)));
        }
        date
    }

    /// A date that cannot lie after the day of reading, nor before lists of this kind began.
    pub(crate) fn past_date(
        &mut self,
        line: u64,
        column: &str,
        text: &str,
        read: fn(&str) -> Option<DateValue>,
    ) -> Option<DateValue> {
        let date = self.date(line, column, text, read)?;
        if let Some(year) = dates::last_year(&date)
            && !(1900..=self.context.today.year()).contains(&year)
        {
            let when =
                if year < 1900 { "long before lists of this kind" } else { "after the day of reading" };
            self.note(line, "", format!("{column} `{}` lies {when}", short(text)));
        }
        Some(date)
    }

    fn list(&self, part: &Part) -> Option<&'a ListId> {
        if self.only.is_some() { Some(self.context.list) } else { self.context.list_for(part.key) }
    }

    /// Takes a row of the part that `source` names; a part that the table of sources does not hold is told at the end.
    pub(crate) fn take(&mut self, source: &str, row: Row, sink: Sink<'_>) -> Result<(), Refusal> {
        *self.rows.entry(source.to_owned()).or_default() += 1;
        let Some(part) = self.only.or_else(|| part(source)) else {
            self.strangers.entry(source.to_owned()).or_insert((row.line, 0)).1 += 1;
            return Ok(());
        };
        if let Some(list) = self.list(part) {
            *self.reading.rows.entry(list.clone()).or_default() += 1;
        }
        let plain = Plain::of(&row.name);
        if plain.name.is_empty() {
            return Err(self.refuse(row.line, "a row without a name"));
        }
        if part.numbered {
            let number = row.number.trim();
            if number.is_empty() || number.len() > 12 || !number.bytes().all(|b| b.is_ascii_digit()) {
                let finding = format!("`{}` where the number of an entry is expected", short(number));
                return Err(self.refuse(row.line, finding));
            }
            let number = number.to_owned();
            if !self.numbers.insert((part.key, number.clone())) {
                return Err(self.refuse(row.line, format!("the number `{number}` a second time")));
            }
            return match self.list(part) {
                Some(list) => self.give(part, list, number, vec![row], sink),
                None => Ok(()),
            };
        }
        if self.list(part).is_some() {
            self.kept += 1;
            if self.kept > KEPT_MAX {
                let finding = format!(
                    "more than {KEPT_MAX} rows of parties without numbers; the real lists have a few thousand"
                );
                return Err(self.refuse(row.line, finding));
            }
            let order = self.by_name.len();
            let key = (part.key, plain::key(&plain.name));
            self.by_name.entry(key).or_insert_with(|| Group { part, order, rows: Vec::new() }).rows.push(row);
        }
        Ok(())
    }

    /// Gives the parties that have no number, in the order in which they first came.
    pub(crate) fn finish(mut self, sink: Sink<'_>) -> Result<Reading, Refusal> {
        let mut groups: Vec<_> = std::mem::take(&mut self.by_name).into_iter().collect();
        groups.sort_by_key(|(_, group)| group.order);
        for ((_, key), Group { part, rows, .. }) in groups {
            let Some(list) = self.list(part) else { continue };
            let digest: String = hex(&Sha256::digest(key.as_bytes())).chars().take(16).collect();
            let mut parties = if part.by_state { by_state(rows) } else { vec![(BTreeSet::new(), rows)] };
            let alone = parties.len() == 1;
            for (states, rows) in parties.drain(..) {
                let codes: String =
                    states.iter().filter(|_| !alone).map(|s| format!("-{}", s.to_lowercase())).collect();
                self.give(part, list, format!("{digest}{codes}"), rows, sink)?;
            }
        }
        for (source, (line, count)) in std::mem::take(&mut self.strangers) {
            let finding = format!(
                "{count} rows of `{}`, a list that is not known here; none of them was taken",
                short(&source)
            );
            self.note(line, "", finding);
        }
        Ok(self.reading)
    }

    fn give(
        &mut self,
        part: &Part,
        list: &ListId,
        native: String,
        rows: Vec<Row>,
        sink: Sink<'_>,
    ) -> Result<(), Refusal> {
        let listing = self.listing(part, ListingId { list: list.clone(), native }, rows);
        self.reading.entries += 1;
        sink(listing)
    }

    fn listing(&mut self, part: &Part, id: ListingId, rows: Vec<Row>) -> Listing {
        let kind = self.kind(&id, &rows);
        let mut listing = Listing::new(id, kind);
        for row in rows {
            self.add(part, &mut listing, row);
        }
        listing.addresses.iter().filter_map(|a| a.state.clone()).for_each(|state| {
            push_new(&mut listing.states, StateLink { relation: StateRelation::Address, state });
        });
        listing
    }

    /// What kind of party it is: as the rows say; else by what its name and facts show.
    fn kind(&mut self, id: &ListingId, rows: &[Row]) -> PartyKind {
        for row in rows {
            match row.kind.trim() {
                "" => {}
                "Individual" => return PartyKind::Person,
                "Entity" => return PartyKind::Organization,
                "Vessel" => return PartyKind::Vessel,
                "Aircraft" => return PartyKind::Aircraft,
                other => {
                    let finding =
                        format!("type `{}` is none of Individual, Entity, Vessel, Aircraft", short(other));
                    self.note(row.line, &id.native, finding);
                }
            }
        }
        if rows.iter().any(|r| !r.birth_dates.is_empty()) {
            return PartyKind::Person;
        }
        rows.iter().map(|r| Plain::of(&r.name).kind).find(|k| *k != PartyKind::Unknown).unwrap_or(
            if rows.iter().flat_map(|r| &r.addresses).any(|a| plain::of_a_prisoner(&a.text)) {
                PartyKind::Person
            } else {
                PartyKind::Unknown
            },
        )
    }

    fn add(&mut self, part: &Part, listing: &mut Listing, row: Row) {
        let native = listing.id.native.clone();
        for value in &row.source {
            let odd = value.value.chars().any(|c| ('\u{80}'..='\u{9f}').contains(&c));
            if looks_damaged(&value.value) || odd {
                let finding =
                    format!("{} holds replacement or control characters, or a run of `?`", value.key);
                self.note(row.line, &native, finding);
            }
        }
        let plain = names(listing, &row);
        let context = self.context;
        for address in &row.addresses {
            let state = collapsed(&address.state);
            let state = (!state.is_empty()).then(|| context.state(&state));
            let text = collapsed(&address.text);
            if !text.is_empty() || state.is_some() {
                push_new(&mut listing.addresses, Address { text, state, note: None });
            }
        }
        for text in &row.birth_dates {
            let text = collapsed(text);
            match dates::iso(&text).or_else(|| dates::english(&text)) {
                Some(date) => {
                    if dates::last_year(&date).is_some_and(|year| year > context.today.year()) {
                        self.note(
                            row.line,
                            &native,
                            format!("date of birth `{text}` lies after the day of reading"),
                        );
                    }
                    push_new(&mut listing.birth_dates, date);
                }
                None => {
                    self.note(row.line, &native, format!("date of birth `{}` cannot be read", short(&text)))
                }
            }
        }
        states(listing, &row, context);
        let mut programmes = programmes(part, &row, &plain);
        if programmes.is_empty() {
            self.note(row.line, &native, "no programme");
            programmes.push(Programme::new(part.key, ""));
        }
        let mut facts = Facts { listing, programmes: &mut programmes, context };
        if !row.call_sign.trim().is_empty() {
            facts.identifier(IdentifierKind::CallSign, "call_sign", &row.call_sign, "");
        }
        for id in &row.ids {
            facts.take(id);
        }
        for programme in programmes {
            merge(&mut listing.programmes, programme);
        }
        details(listing, &row);
        if let Some(date) = row.listed_on {
            let earlier = listing.listed_on.as_ref().is_none_or(|known| date.earliest() < known.earliest());
            if earlier {
                listing.listed_on = Some(date);
            }
        }
        if let Some(day) = row.from.as_ref().and_then(DateValue::earliest).filter(|d| *d <= context.today) {
            self.reading.newest_entry = self.reading.newest_entry.max(Some(day));
        }
        if let Some(date) = row.updated {
            push_new(&mut listing.updated, date);
        }
        let remarks = collapsed(&row.remarks);
        for (at, _) in remarks.match_indices("(Linked To: ") {
            let after = remarks.get(at + "(Linked To: ".len()..).unwrap_or_default();
            let related = after.split(')').next().unwrap_or_default().trim().to_owned();
            if !related.is_empty() {
                push_new(&mut listing.related, related);
            }
        }
        if !remarks.is_empty() && !listing.remarks.split("; ").any(|known| known == remarks) {
            if !listing.remarks.is_empty() {
                listing.remarks.push_str("; ");
            }
            listing.remarks.push_str(&remarks);
        }
        listing.source.extend(row.source);
    }
}

/// Rows of one name, apart where their States of address do not meet; each with its States.
fn by_state(rows: Vec<Row>) -> Vec<(BTreeSet<String>, Vec<Row>)> {
    let mut parties: Vec<(BTreeSet<String>, Vec<Row>)> = Vec::new();
    for row in rows {
        let states: BTreeSet<String> =
            row.addresses.iter().map(|a| collapsed(&a.state)).filter(|s| !s.is_empty()).collect();
        let meets =
            |other: &BTreeSet<String>| !other.is_disjoint(&states) || (other.is_empty() && states.is_empty());
        // A row may join parties that were apart so far.
        let (mut joined, apart): (Vec<_>, Vec<_>) = parties.into_iter().partition(|(s, _)| meets(s));
        let mut party = if joined.is_empty() { (BTreeSet::new(), Vec::new()) } else { joined.remove(0) };
        for (states, rows) in joined {
            party.0.extend(states);
            party.1.extend(rows);
        }
        party.0.extend(states);
        party.1.push(row);
        parties = apart;
        parties.push(party);
    }
    parties.sort_by_key(|(_, rows)| rows.first().map(|r| r.line));
    parties
}

/// Adds the names of a row; gives its name taken apart.
fn names(listing: &mut Listing, row: &Row) -> Plain {
    let plain = Plain::of(&row.name);
    let person = listing.kind == PartyKind::Person;
    let mut add = |kind: NameKind, raw: &str, verbatim: &str| {
        let Some(mut name) = super::text::name(raw, kind, NameQuality::Good) else { return };
        if person && let Some(turned) = plain::turned(&name.text) {
            name.text = turned;
        }
        name.verbatim = (name.text != verbatim).then(|| verbatim.to_owned());
        if !listing.names.iter().any(|known: &ListedName| known.text == name.text) {
            listing.names.push(name);
        }
    };
    let verbatim = if row.verbatim.is_empty() { &row.name } else { &row.verbatim };
    add(NameKind::Primary, &plain.name, verbatim);
    for (kind, alias) in &plain.aliases {
        add(*kind, alias, verbatim);
    }
    for (kind, alias) in &row.aliases {
        for (told, name) in names_in(&collapsed(alias)) {
            add(told.filter(|_| *kind == NameKind::Alias).unwrap_or(*kind), &name, alias);
        }
    }
    plain
}

fn states(listing: &mut Listing, row: &Row, context: Context<'_>) {
    let mut link = |relation, text: &str| {
        if !text.trim().is_empty() {
            push_new(&mut listing.states, StateLink { relation, state: context.state(text) });
        }
    };
    row.nationalities.iter().for_each(|n| link(StateRelation::Nationality, n));
    row.citizenships.iter().for_each(|n| link(StateRelation::Citizenship, n));
    if !says_no_state(&row.flag) {
        link(StateRelation::Flag, &row.flag);
    }
    for place in &row.birth_places {
        let text = collapsed(place);
        if text.is_empty() {
            continue;
        }
        // `Town, Province, State`: only a part that is a State is taken for one.
        let state = context.state(text.rsplit(", ").next().unwrap_or(&text));
        if state.code.is_some() {
            push_new(&mut listing.states, StateLink { relation: StateRelation::Birth, state });
        }
        push_new(&mut listing.birth_places, Address { text, state: None, note: None });
    }
}

/// The programmes of a row, each a measure.
fn programmes(part: &Part, row: &Row, plain: &Plain) -> Vec<Programme> {
    let mut codes: Vec<String> = Vec::new();
    if !part.code.is_empty() {
        codes.push(part.code.to_owned());
    }
    for code in row.programmes.iter().map(|c| collapsed(c)).filter(|c| !c.is_empty()) {
        push_new(&mut codes, code);
    }
    // Requirement and policy stay two, even where a slip of the list makes them one text.
    let own = [&row.requirement, &row.policy].map(|text| terms::normal(text));
    let effects = own.into_iter().chain(row.effects.iter().map(|e| collapsed(e)));
    let effects: Vec<String> = effects.filter(|e| !e.is_empty()).collect();
    let mut reach = terms::reach(&row.requirement);
    reach.extend(plain.reach.iter().cloned());
    codes
        .into_iter()
        .map(|code| Programme {
            basis: terms::notices(&row.notice),
            from: row.from.clone(),
            until: row.until.clone(),
            effects: effects.clone(),
            reach: reach.clone(),
            ..Programme::new(code, "")
        })
        .collect()
}

/// Adds a measure; one that orders the same for the same time takes its notices.
fn merge(known: &mut Vec<Programme>, new: Programme) {
    let same = |p: &&mut Programme| {
        p.code == new.code
            && p.from == new.from
            && p.until == new.until
            && p.effects == new.effects
            && p.reach == new.reach
    };
    match known.iter_mut().find(same) {
        Some(programme) => {
            for basis in new.basis {
                push_new(&mut programme.basis, basis);
            }
        }
        None => known.push(new),
    }
}

fn details(listing: &mut Listing, row: &Row) {
    let person = listing.kind == PartyKind::Person;
    let order = collapsed(&row.standard_order);
    let order = if order.is_empty() { order } else { format!("standard order: {order}") };
    for (kind, text) in [
        (if person { DetailKind::Function } else { DetailKind::Title }, &row.title),
        (DetailKind::LicenceRequirement, &row.requirement),
        (DetailKind::LicencePolicy, &row.policy),
        (DetailKind::Notice, &row.notice),
        (DetailKind::Note, &order),
        (DetailKind::CraftType, &row.craft_type),
        (DetailKind::Tonnage, &row.tonnage),
        (DetailKind::GrossTonnage, &row.gross_tonnage),
        (DetailKind::CraftOwner, &row.owner),
    ] {
        let text = collapsed(text);
        if !listing.details.iter().any(|d| d.kind == kind && d.text == text) {
            listing.detail(kind, text);
        }
    }
    let owner = collapsed(&row.owner);
    if !owner.is_empty() {
        push_new(&mut listing.related, owner);
    }
}

/// What the column of identifiers holds: identifiers, and much else.
struct Facts<'l, 'c> {
    listing: &'l mut Listing,
    programmes: &'l mut Vec<Programme>,
    context: Context<'c>,
}

impl Facts<'_, '_> {
    fn take(&mut self, id: &PlainId) {
        let (label, number) = (collapsed(&id.label), collapsed(&id.number));
        let words = format!("{label} {number}").trim().to_owned();
        if number.is_empty() {
            return self.listing.detail(DetailKind::Note, words);
        }
        let begins = |start: &str| label.starts_with(start);
        if begins("Secondary sanctions risk")
            || begins("Additional Sanctions Information")
            || begins("Transactions Prohibited")
        {
            self.programmes.iter_mut().for_each(|p| push_new(&mut p.reach, words.clone()));
        } else if let Some(order) = label.strip_suffix("Directive Determination -") {
            self.directive(order, &words);
        } else if label == "Gender" {
            self.listing.detail(DetailKind::Gender, number);
        } else if begins("Former Vessel Flag") {
            self.state(StateRelation::FormerFlag, &number);
        } else if begins("Other Vessel Flag") {
            self.state(StateRelation::Flag, &number);
        } else if begins("Vessel Year of Build") || begins("Aircraft Manufacture Date") {
            self.listing.detail(DetailKind::Built, number);
        } else if begins("Organization Established Date") {
            self.listing.detail(DetailKind::Founded, number);
        } else if begins("Aircraft Model") || begins("Other Vessel Type") {
            self.listing.detail(DetailKind::CraftType, number);
        } else if begins("Listing Date") || begins("Effective Date") {
            self.dated(&label, &number, &words);
        } else {
            self.typed(&label, &number, &id.state, words);
        }
    }

    /// A directive belongs to the programmes of its order; to all, if none names the order.
    fn directive(&mut self, order: &str, words: &str) {
        let digits: String = order.chars().filter(char::is_ascii_digit).collect();
        let of_order = |p: &Programme| !digits.is_empty() && p.code.ends_with(&format!("EO{digits}"));
        let any = self.programmes.iter().any(of_order);
        for programme in self.programmes.iter_mut().filter(|p| !any || of_order(p)) {
            push_new(&mut programme.effects, words.to_owned());
        }
    }

    /// `Effective Date (CODE)`: since when the measures of the programmes with this code bind.
    fn dated(&mut self, label: &str, number: &str, words: &str) {
        let date = dates::iso(number).or_else(|| terms::american(number)).or_else(|| dates::english(number));
        let code =
            label.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(code, _)| code);
        match date {
            Some(date) if label.starts_with("Listing Date") => self.listing.listed_on = Some(date),
            Some(date) if !code.is_empty() => {
                for programme in self.programmes.iter_mut().filter(|p| p.code.starts_with(code)) {
                    programme.from.get_or_insert(date.clone());
                }
            }
            _ => {}
        }
        self.listing.detail(DetailKind::Note, words);
    }

    fn state(&mut self, relation: StateRelation, text: &str) {
        let state = self.context.state(text);
        push_new(&mut self.listing.states, StateLink { relation, state });
    }

    fn typed(&mut self, label: &str, number: &str, state: &str, words: String) {
        let (number, label) = match number.strip_prefix("IMO ") {
            Some(imo) => (imo.trim(), "IMO Number"),
            None => (number, label),
        };
        let kind = match label {
            "Legal Entity Number" if number.len() == 20 => IdentifierKind::Lei,
            label => identifiers::kind_of(label),
        };
        let lettered = matches!(kind, IdentifierKind::Website | IdentifierKind::Email | IdentifierKind::Bic);
        let plausible = number.len() <= 120 && (lettered || number.bytes().any(|b| b.is_ascii_digit()));
        if label.is_empty() || !plausible || label.starts_with("Purchase/Sales") {
            self.listing.detail(DetailKind::Note, words);
        } else {
            self.identifier(kind, label, number, state);
        }
    }

    fn identifier(&mut self, kind: IdentifierKind, label: &str, value: &str, state: &str) {
        let state = (!state.trim().is_empty()).then(|| self.context.state(state));
        let identifier = Identifier { kind, value: collapsed(value), label: label.to_owned(), state };
        push_new(&mut self.listing.identifiers, identifier);
    }
}

pub(crate) fn push_new<T: PartialEq>(values: &mut Vec<T>, value: T) {
    if !values.contains(&value) {
        values.push(value);
    }
}

/// The beginning of a value, for messages.
pub(crate) fn short(text: &str) -> String {
    text.chars().take(60).collect()
}
