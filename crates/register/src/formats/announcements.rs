//! `announcements`: party lists that their authority keeps by announcements, not as one file. The unit is the announcement; a party of two announcements of one list is one
//! listing with two programmes. Later notices suspend, resume or stop the measures of an announcement: they become changes of its programme.
//!
//! The files are announcements in our own form, YAML or JSON, one a file; the form stands in `data/README.md`. `cn-announcements` reads
//! beside it a form in which the announcements of one State are published, with the texts of the announcements to check them by
//! ([`super::announcements_cn`]).
//!
//! The code of a programme is the announcement's year and number, `2026-11`. The native id of a party is a digest of its names, see
//! [`Row::native`]; it does not hang on the announcement.

use std::collections::BTreeMap;

use comity_model::listing::{
    Change, ChangeKind, ListId, Listing, ListingId, Programme, SourceValue, same_party_key,
};
use comity_model::{DateValue, Day};

use super::record::{self, Place};
use super::text::{collapsed, digest_id};
use super::tree::{self, Node, Value};
use super::{Context, Reading, Sink, SourceInput, announcements_cn, dates};
use crate::error::Refusal;

/// The largest file.
const FILE_MAX: u64 = 4 << 20;
/// The most files of one set.
const FILES_MAX: usize = 10_000;

/// One announcement that lists parties.
pub(crate) struct Announcement {
    pub(crate) file: String,
    pub(crate) line: u64,
    /// The bundle's word for the list.
    pub(crate) list: String,
    /// Year and number.
    pub(crate) code: String,
    pub(crate) published: Day,
    pub(crate) rows: Vec<Row>,
}

/// A party of an announcement.
pub(crate) struct Row {
    /// The native id: as the form gives it, else a digest of the names by which the announcement leads the party.
    pub(crate) native: String,
    /// What the announcement says of the party, its own programme included. The id's list is a placeholder.
    pub(crate) listing: Listing,
}

/// A notice on an earlier announcement.
pub(crate) struct Modification {
    pub(crate) file: String,
    pub(crate) line: u64,
    pub(crate) list: String,
    /// Year and number of the announcement meant.
    pub(crate) code: String,
    /// Its date, where the notice gives it.
    pub(crate) target_date: Option<Day>,
    pub(crate) published: Day,
    pub(crate) change: Change,
}

/// A whole set.
#[derive(Default)]
pub(crate) struct Set {
    pub(crate) announcements: Vec<Announcement>,
    pub(crate) modifications: Vec<Modification>,
}

/// A file of a set as text.
pub(crate) struct Text {
    pub(crate) name: String,
    pub(crate) text: String,
}

/// Reads announcements in our own form; see [`super::read`].
///
/// # Errors
/// The first fault found.
pub fn read(files: Vec<SourceInput<'_>>, context: Context<'_>, sink: Sink<'_>) -> Result<Reading, Refusal> {
    let mut reading = Reading::default();
    let mut set = Set::default();
    for file in texts(files, context)? {
        if let Some(tree) = parsed(&file)? {
            own(&tree, &file.name, context, &mut set)?;
        } else {
            reading.notice(&file.name, 0, "", "neither .yml, .yaml nor .json; not read");
        }
    }
    give(set, context, reading, sink)
}

/// Reads announcements in our own form and in the published one, with their texts; see [`super::read`].
///
/// # Errors
/// The first fault found.
pub fn read_cn(
    files: Vec<SourceInput<'_>>,
    context: Context<'_>,
    sink: Sink<'_>,
) -> Result<Reading, Refusal> {
    let mut reading = Reading::default();
    let mut set = Set::default();
    let (mut trees, mut references) = (Vec::new(), Vec::new());
    for file in texts(files, context)? {
        match parsed(&file)? {
            Some(tree) => trees.push((file.name, tree)),
            None => references.push(announcements_cn::Reference::new(file)),
        }
    }
    let published = announcements_cn::Published::new(&trees, &references);
    for (name, tree) in &trees {
        if is_own(tree) {
            own(tree, name, context, &mut set)?;
        } else {
            published.read(name, tree, context, &mut reading, &mut set)?;
        }
    }
    give(set, context, reading, sink)
}

fn texts(files: Vec<SourceInput<'_>>, context: Context<'_>) -> Result<Vec<Text>, Refusal> {
    if files.len() > FILES_MAX {
        let finding = format!("{} files, at most {FILES_MAX} expected", files.len());
        return Err(Refusal::new(context.list.as_str(), 0, finding, "give one folder of announcements"));
    }
    let mut found = Vec::new();
    for file in files {
        let text = tree::text_of(file.bytes, &file.name, FILE_MAX)?;
        found.push(Text { name: file.name, text });
    }
    Ok(found)
}

/// The tree of a file that is YAML or JSON by its name.
fn parsed(file: &Text) -> Result<Option<Node>, Refusal> {
    let name = file.name.to_lowercase();
    if name.ends_with(".yml") || name.ends_with(".yaml") {
        tree::yaml(&file.text, &file.name).map(Some)
    } else if name.ends_with(".json") {
        tree::json(&file.text, &file.name, 1).map(Some)
    } else {
        Ok(None)
    }
}

fn is_own(tree: &Node) -> bool {
    tree.get("parties").is_some() || tree.get("changes").is_some()
}

/// An announcement in our own form.
fn own(tree: &Node, file: &str, context: Context<'_>, set: &mut Set) -> Result<(), Refusal> {
    let place = Place { file, context };
    known(tree, &["announcement", "parties", "changes"], place)?;
    let Some(head) = tree.get("announcement") else {
        return Err(place.refuse(tree, "no `announcement`", "give its list, id, date and title"));
    };
    known(
        head,
        &[
            "list",
            "id",
            "date",
            "title",
            "authority",
            "address",
            "basis",
            "from",
            "until",
            "effects",
            "reach",
            "reason",
            "text",
        ],
        place,
    )?;
    let required = |key: &str| match head.get(key) {
        Some(node) => place.text(node, key),
        None => Err(place.refuse(head, format!("an announcement without `{key}`"), "add it")),
    };
    let (list, code) = (required("list")?.to_owned(), required("id")?.to_owned());
    let date = required("date")?;
    let published = date.parse::<Day>().map_err(|_| {
        place.refuse(head, format!("date `{date}` is no day"), "write the day of publication as 2026-02-24")
    })?;
    let title = required("title")?.to_owned();
    let base = programme(head, &code, &title, published, place)?;
    let reason = place.texts(head.get("reason"), "a reason")?;
    let notice = [head.word("authority"), head.word("address")].join(" ").trim().to_owned();
    let mut head_source = Vec::new();
    head.leaves("announcement", &mut head_source);
    let mut rows = Vec::new();
    let placeholder = context.list;
    for party in tree.get("parties").map_or(&[][..], Node::items) {
        let extra = ["from", "until", "effects", "reach", "reason"];
        let keys: Vec<&str> = record::KEYS.iter().chain(&extra).copied().collect();
        known(party, &keys, place)?;
        let mut listing = record::read(party, placeholder, place, Some(|name| digest_id(&[name])))?;
        let mut own = base.clone();
        for (key, values) in [("effects", &mut own.effects), ("reach", &mut own.reach)] {
            let texts = place.texts(party.get(key), key)?;
            if !texts.is_empty() {
                *values = texts;
            }
        }
        for (key, value) in [("from", &mut own.from), ("until", &mut own.until)] {
            if let Some(node) = party.get(key) {
                *value = Some(place.date(node, key)?);
            }
        }
        listing.programmes = vec![own];
        let reasons = place.texts(party.get("reason"), "a reason")?;
        for text in if reasons.is_empty() { &reason } else { &reasons } {
            listing.detail(comity_model::listing::DetailKind::Reason, collapsed(text));
        }
        listing.detail(comity_model::listing::DetailKind::Notice, notice.clone());
        listing.source = head_source.iter().cloned().chain(std::mem::take(&mut listing.source)).collect();
        rows.push(Row { native: listing.id.native.clone(), listing });
    }
    let mut changed = false;
    for item in tree.get("changes").map_or(&[][..], Node::items) {
        known(item, &["list", "announcement", "date", "kind", "on", "until", "by"], place)?;
        let word = |key: &str| match item.get(key) {
            Some(node) => place.text(node, key),
            None => Err(place.refuse(item, format!("a change without `{key}`"), "add it")),
        };
        let kind: ChangeKind =
            word("kind")?.parse().map_err(|e| place.refuse(item, format!("{e}"), "correct the kind"))?;
        let date = |key: &str| item.get(key).map(|node| place.date(node, key)).transpose();
        let by = item.word("by");
        set.modifications.push(Modification {
            file: file.to_owned(),
            line: item.line,
            list: Some(item.word("list")).filter(|l| !l.is_empty()).unwrap_or(&list).to_owned(),
            code: word("announcement")?.to_owned(),
            target_date: item.word("date").parse().ok(),
            published,
            change: Change {
                kind,
                on: date("on")?.unwrap_or(DateValue::Unknown),
                until: date("until")?,
                by: if by.is_empty() { format!("{code} {title}") } else { by.to_owned() },
            },
        });
        changed = true;
    }
    if rows.is_empty() && !changed {
        return Err(place.refuse(
            tree,
            "an announcement without parties and changes",
            "give what it lists or changes",
        ));
    }
    if !rows.is_empty() {
        let file = file.to_owned();
        set.announcements.push(Announcement { file, line: head.line, list, code, published, rows });
    }
    Ok(())
}

/// What an announcement in our own form orders of all its parties.
fn programme(
    head: &Node,
    code: &str,
    title: &str,
    published: Day,
    place: Place<'_, '_>,
) -> Result<Programme, Refusal> {
    let date = |key: &str| head.get(key).map(|node| place.date(node, key)).transpose();
    Ok(Programme {
        code: code.to_owned(),
        text: collapsed(title),
        basis: place.texts(head.get("basis"), "a basis")?,
        from: Some(date("from")?.unwrap_or(DateValue::Day(published))),
        until: date("until")?,
        changes: Vec::new(),
        effects: place.texts(head.get("effects"), "an effect")?,
        reach: place.texts(head.get("reach"), "a clause of reach")?,
    })
}

/// Our own form has no other keys than these: a misspelt one would be lost.
fn known(node: &Node, keys: &[&str], place: Place<'_, '_>) -> Result<(), Refusal> {
    if !matches!(node.value, Value::Table(_)) {
        return Err(place.refuse(
            node,
            format!("{} where a table is expected", node.kind()),
            "write keys and values",
        ));
    }
    match node.rows().iter().find(|(key, _)| !keys.contains(&key.as_str())) {
        Some((key, value)) => Err(place.refuse(
            value,
            format!("the key `{key}` is not known here"),
            &format!("use one of: {}", keys.join(", ")),
        )),
        None => Ok(()),
    }
}

/// Joins the announcements of a set into listings and gives them, list by list, in the order of their first announcement.
fn give(
    mut set: Set,
    context: Context<'_>,
    mut reading: Reading,
    sink: Sink<'_>,
) -> Result<Reading, Refusal> {
    set.announcements.sort_by(|a, b| {
        (a.published, &a.list, &a.code, &a.file).cmp(&(b.published, &b.list, &b.code, &b.file))
    });
    set.modifications.sort_by_key(|m| (m.change.on.earliest(), m.published));
    for pair in 0..set.announcements.len() {
        let (Some(one), Some(rest)) = (set.announcements.get(pair), set.announcements.get(pair + 1..)) else {
            break;
        };
        if let Some(other) = rest.iter().find(|o| o.list == one.list && o.code == one.code) {
            return Err(Refusal::new(
                &other.file,
                other.line,
                format!(
                    "the announcement {} of the list `{}` a second time (first: {})",
                    one.code, one.list, one.file
                ),
                "keep one of the two files",
            ));
        }
    }
    modify(&mut set, &mut reading);
    let dates =
        set.announcements.iter().map(|a| a.published).chain(set.modifications.iter().map(|m| m.published));
    reading.date = dates.max();
    let mut listings: Vec<(ListId, Listing)> = Vec::new();
    let mut places: BTreeMap<(String, String), usize> = BTreeMap::new();
    for announcement in set.announcements {
        if announcement.published > context.today {
            let finding = format!("its date {} lies after the day of reading", announcement.published);
            reading.notice(&announcement.file, announcement.line, &announcement.code, finding);
        }
        let Some(list) = list_of(&announcement, context)? else { continue };
        *reading.rows.entry(list.clone()).or_default() += announcement.rows.len() as u64;
        for row in announcement.rows {
            let key = (list.to_string(), same_party_key(&row.native));
            match places.get(&key).and_then(|at| listings.get_mut(*at)) {
                Some((_, known)) => {
                    if known
                        .programmes
                        .iter()
                        .any(|p| row.listing.programmes.iter().any(|q| p.code == q.code))
                    {
                        return Err(Refusal::new(
                            &announcement.file,
                            announcement.line,
                            format!("the party `{}` twice in one announcement", row.listing.primary_name()),
                            "keep one of the two rows",
                        ));
                    }
                    join(known, row.listing, announcement.published);
                }
                None => {
                    let mut listing = row.listing;
                    listing.id = ListingId { list: list.clone(), native: row.native };
                    listing.listed_on = Some(DateValue::Day(announcement.published));
                    places.insert(key, listings.len());
                    listings.push((list.clone(), listing));
                }
            }
        }
    }
    listings.sort_by(|(a, _), (b, _)| a.cmp(b));
    for (_, listing) in listings {
        sink(listing)?;
        reading.entries += 1;
    }
    Ok(reading)
}

/// The list of an announcement; none if it is not wanted. A list by itself takes announcements of one list only.
fn list_of<'c>(announcement: &Announcement, context: Context<'c>) -> Result<Option<&'c ListId>, Refusal> {
    if !context.bundle.is_empty() {
        return Ok(context.list_for(&announcement.list));
    }
    let short = context.list.as_str().split('/').nth(1).unwrap_or_default();
    if announcement.list == short || announcement.list == context.list.as_str() {
        return Ok(Some(context.list));
    }
    Err(Refusal::new(
        &announcement.file,
        announcement.line,
        format!("an announcement of the list `{}`, `{short}` expected", announcement.list),
        "give each list its own folder, or make it a bundle in the table of sources",
    ))
}

/// A further announcement of a party that is known.
fn join(known: &mut Listing, more: Listing, published: Day) {
    for name in more.names {
        if !known.names.iter().any(|n| n.text == name.text) {
            known.names.push(name);
        }
    }
    fn add<T: PartialEq>(to: &mut Vec<T>, from: Vec<T>) {
        for item in from {
            if !to.contains(&item) {
                to.push(item);
            }
        }
    }
    add(&mut known.details, more.details);
    add(&mut known.states, more.states);
    add(&mut known.birth_dates, more.birth_dates);
    add(&mut known.identifiers, more.identifiers);
    add(&mut known.addresses, more.addresses);
    known.programmes.extend(more.programmes);
    known.updated.push(DateValue::Day(published));
    known.source.extend(more.source);
    if known.remarks.is_empty() {
        known.remarks = more.remarks;
    }
}

/// Puts the changes where they belong. A notice on an announcement that is not here changes nothing and is reported.
fn modify(set: &mut Set, reading: &mut Reading) {
    for modification in &set.modifications {
        let mut found = false;
        for announcement in &mut set.announcements {
            if announcement.list != modification.list || announcement.code != modification.code {
                continue;
            }
            found = true;
            if modification.target_date.is_some_and(|date| date != announcement.published) {
                reading.notice(
                    &modification.file,
                    modification.line,
                    &modification.code,
                    format!(
                        "it dates the announcement {}, which is of {}",
                        modification.target_date.map_or(String::new(), |d| d.to_string()),
                        announcement.published
                    ),
                );
            }
            for row in &mut announcement.rows {
                for programme in &mut row.listing.programmes {
                    programme.changes.push(modification.change.clone());
                }
                row.listing.updated.push(DateValue::Day(modification.published));
                row.listing.source.push(SourceValue {
                    key: format!("modification of {}", modification.code),
                    value: modification.change.by.clone(),
                });
            }
        }
        if !found {
            reading.notice(
                &modification.file,
                modification.line,
                &modification.code,
                format!(
                    "a notice on the announcement {} of the list `{}`, which is not here; nothing is changed",
                    modification.code, modification.list
                ),
            );
        }
    }
}

/// A day in a published form.
pub(crate) fn day(text: &str) -> Option<Day> {
    dates::iso_day(text)
}
