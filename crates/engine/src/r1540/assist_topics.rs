//! One topic seen from all sides: fields of the matrix, facts, requests, offers, entries of control lists with their dates, rules, and what was
//! looked at and touches nothing. All of it are suggestions with a reason.

use std::collections::{BTreeMap, BTreeSet};

use comity_model::assistance::{Assistance, Link, LinkKind, Offer, Request, Topic};
use comity_model::control::{ControlList, Entry, EntryVersion};
use comity_model::date::Day;
use comity_model::r1540::{Field, R1540};
use comity_model::rule::{Pack, Rule};

use super::assist::read_words;

/// What a view is made of.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// Topics, links, what is known.
    pub all: &'a Assistance,
    /// The matrix.
    pub r1540: &'a R1540,
    /// Control lists.
    pub controls: &'a [ControlList],
    /// Packs.
    pub packs: &'a [Pack],
    /// Links of the data and the user's tags.
    pub links: &'a [Link],
    /// Requests, those of the user too.
    pub requests: &'a [&'a Request],
    /// Offers, those of the user too.
    pub offers: &'a [&'a Offer],
}

/// An entry of a control list that a topic touches.
#[derive(Clone, Debug)]
pub struct EntryTouched<'a> {
    /// The link.
    pub link: &'a Link,
    /// The list.
    pub list: &'a ControlList,
    /// The entry.
    pub entry: &'a Entry,
    /// Its executable form on the day; none: the data hold the entry by title only, or no form of that day.
    pub version: Option<&'a EntryVersion>,
    /// Days on which an executable form of it begins, as the data have them.
    pub changes: Vec<Day>,
}

/// How a request or an offer comes under a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Under<'a> {
    /// By a word of its own that is the topic, or is read as it.
    Word(String),
    /// By a tag of the user.
    Tag(&'a Link),
    /// By a narrower topic.
    Narrower(&'a Topic),
}

/// One topic.
#[derive(Clone, Debug)]
pub struct View<'a> {
    /// The id; a tag of the user's own has no more than that.
    pub id: &'a str,
    /// The topic, where the vocabulary has it.
    pub topic: Option<&'a Topic>,
    /// Its own fields, by its prefix: those for which no other topic has a longer one.
    pub own_fields: Vec<&'a Field>,
    /// Fields that links touch, with the link.
    pub fields: Vec<(&'a Link, Vec<&'a Field>)>,
    /// Entries, by list and code.
    pub entries: Vec<EntryTouched<'a>>,
    /// Rules, with the pack.
    pub rules: Vec<(&'a Link, &'a Pack, &'a Rule)>,
    /// What was looked at and touches nothing.
    pub nothing: Vec<&'a Link>,
    /// Facts that the user tagged.
    pub facts: Vec<&'a Link>,
    /// Requests.
    pub requests: Vec<(&'a Request, Under<'a>)>,
    /// Offers that stand on the day, or do not say when.
    pub offers: Vec<(&'a Offer, Under<'a>)>,
}

/// The ids of all topics and of the user's own tags, in the order of the alphabet.
#[must_use]
pub fn ids<'a>(sources: &Sources<'a>) -> Vec<&'a str> {
    let tags = sources.links.iter().map(|l| l.topic.as_str());
    let all: BTreeSet<&str> = sources.all.topics.iter().map(|t| t.id.as_str()).chain(tags).collect();
    all.into_iter().collect()
}

/// The view of a topic on a day; none if neither vocabulary nor tags have it.
#[must_use]
pub fn view<'a>(sources: &Sources<'a>, id: &str, day: Day) -> Option<View<'a>> {
    let id = ids(sources).into_iter().find(|known| *known == id)?;
    let topic = sources.all.topic(id);
    let links = || sources.links.iter().filter(|l| l.topic == id);
    let of_kind = |kind: LinkKind| links().filter(move |l| l.kind == kind);
    let fields_of = |prefix: &str| -> Vec<&'a Field> {
        sources.r1540.fields.iter().filter(|f| !prefix.is_empty() && f.id.starts_with(prefix)).collect()
    };
    let mut own_fields = topic.map(|t| fields_of(&t.prefix)).unwrap_or_default();
    if let Some(topic) = topic {
        let taken = |field: &Field| {
            let longer = |t: &Topic| t.prefix.len() > topic.prefix.len() && field.id.starts_with(&t.prefix);
            sources.all.topics.iter().any(longer)
        };
        own_fields.retain(|f| !taken(f));
    }
    let entries = of_kind(LinkKind::Entry).filter_map(|link| {
        let (list, code) = link.to.split_once(':')?;
        let list = sources.controls.iter().find(|l| l.id == list)?;
        let entry = list.entry(code)?;
        let mut changes: Vec<Day> = entry.versions.iter().filter_map(|v| v.period.from).collect();
        changes.sort();
        changes.dedup();
        Some(EntryTouched { link, list, entry, version: entry.version_on(day), changes })
    });
    let rules = of_kind(LinkKind::Rule).filter_map(|link| {
        let in_pack = |pack: &'a Pack| Some((link, pack, pack.rules.iter().find(|r| r.id == link.to)?));
        sources.packs.iter().find_map(in_pack)
    });
    let under = |words: &[String], kind: LinkKind, own: &str| -> Option<Under<'a>> {
        let reading = read_words(sources.all, words);
        if let Some((_, word)) = reading.topics.iter().find(|(t, _)| t.id == id) {
            return Some(Under::Word(word.clone()));
        }
        if let Some(link) = of_kind(kind).find(|l| l.to == own) {
            return Some(Under::Tag(link));
        }
        let narrower = reading.topics.iter().find(|(t, _)| t.parent.as_deref() == Some(id));
        narrower.map(|(t, _)| Under::Narrower(t))
    };
    let requests = sources.requests.iter();
    let requests = requests.filter_map(|r| Some((*r, under(&r.topics, LinkKind::Request, &r.id)?)));
    let offers = sources.offers.iter().filter(|o| o.period.contains(day));
    let offers = offers.filter_map(|o| Some((*o, under(&o.topics, LinkKind::Offer, &o.id)?)));
    Some(View {
        id,
        topic,
        own_fields,
        fields: of_kind(LinkKind::Field).map(|l| (l, fields_of(&l.to))).collect(),
        entries: entries.collect(),
        rules: rules.collect(),
        nothing: of_kind(LinkKind::None).collect(),
        facts: of_kind(LinkKind::Fact).collect(),
        requests: requests.collect(),
        offers: offers.collect(),
    })
}

/// Entries by the day on which a form of them begins, over all topics of a view: the list changes in the order of days.
#[must_use]
pub fn changes<'a>(view: &'a View<'_>) -> BTreeMap<Day, Vec<&'a EntryTouched<'a>>> {
    let mut found: BTreeMap<Day, Vec<&EntryTouched<'_>>> = BTreeMap::new();
    for entry in &view.entries {
        for day in &entry.changes {
            found.entry(*day).or_default().push(entry);
        }
    }
    found
}
