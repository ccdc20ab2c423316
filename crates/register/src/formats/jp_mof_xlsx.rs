//! `jp-mof-xlsx`: the persons and bodies whose assets are frozen, one sheet a measure, each with columns of its own.
//!
//! The heads stand below titles and notes. Rows of parties that were taken off stay, without a name: they are counted, not told. `1(#47)` in the column of
//! numbers is the row `#47` of another sheet: one party under two measures, which is one listing with two programmes. The id is the number of the sheet and that
//! of the notice; the sheets keep theirs, repealed ones stay as empty ones and new ones come last. The programme is the name of the sheet without its number.

use std::collections::{BTreeMap, BTreeSet};

use comity_model::listing::{
    Address, DetailKind, Identifier, IdentifierKind, Listing, ListingId, NameKind, NameQuality, PartyKind,
    Programme, StateLink, StateRelation,
};
use comity_model::{DateValue, Day};
use comity_sheet::{Book, DateSystem, Row, Value};

use super::jp_mof_cells::{aliases, is_unknown, names, numbers, parted};
use super::text::{collapsed, looks_damaged};
use super::workbook::{self, AGAIN, lettered, narrow};
use super::{Context, Reading, Sink, SourceInput, dates, free_dates, identifiers};
use crate::error::Refusal;

/// So many rows of titles and notes may stand above the heads.
const ABOVE_MAX: usize = 10;
/// What every measure of this list orders, in its words; taken where the workbook says them.
const EFFECT: &str = "資産凍結等の措置";

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Notice,
    Number,
    Japanese,
    English,
    Alias,
    WeakAlias,
    Former,
    Title,
    Function,
    Birth,
    BirthPlace,
    Nationality,
    Passport,
    NationalId,
    Phone,
    Place,
    Reference,
    ListedByOther,
    Reason,
    Remarks,
}

/// The heads, without blanks and line breaks, and what stands below them.
const HEADS: [(&str, Holds); 46] = [
    ("告示日付", Holds::Notice),
    ("告示番号", Holds::Number),
    ("日本語表記", Holds::Japanese),
    ("英語表記", Holds::English),
    ("別名", Holds::Alias),
    ("別称", Holds::Alias),
    ("別名・別称", Holds::Alias),
    ("別称・別名", Holds::Alias),
    ("別称・旧称", Holds::Alias),
    ("確定可能な別名", Holds::Alias),
    ("確定に十分でない別名", Holds::WeakAlias),
    ("旧称", Holds::Former),
    ("旧称・以前の呼称", Holds::Former),
    ("過去の別名", Holds::Former),
    ("以前の別名", Holds::Former),
    ("称号", Holds::Title),
    ("役職", Holds::Function),
    ("肩書", Holds::Function),
    ("肩書等", Holds::Function),
    ("生年月日", Holds::Birth),
    ("生年月日・出生地", Holds::Birth),
    ("出生地", Holds::BirthPlace),
    ("出生地・出身地", Holds::BirthPlace),
    ("国籍", Holds::Nationality),
    ("旅券番号", Holds::Passport),
    ("ID番号", Holds::NationalId),
    ("身分登録番号", Holds::NationalId),
    ("身分証番号", Holds::NationalId),
    ("電話", Holds::Phone),
    ("電話番号", Holds::Phone),
    ("FAX", Holds::Phone),
    ("住所", Holds::Place),
    ("住所等", Holds::Place),
    ("所在地", Holds::Place),
    ("住所・所在地", Holds::Place),
    ("活動地域・住所", Holds::Place),
    ("所在地・住所登録された事務所の住所", Holds::Place),
    ("国連参照番号", Holds::Reference),
    ("リスト掲載日", Holds::ListedByOther),
    ("国連制裁員会による指定日", Holds::ListedByOther),
    ("国連制裁委員会による指定日", Holds::ListedByOther),
    ("決議1483上の根拠", Holds::Reason),
    ("指定の根拠", Holds::Reason),
    ("その他の情報", Holds::Remarks),
    ("詳細", Holds::Remarks),
    ("備考", Holds::Remarks),
];

/// Reads the workbook, see [`super::read`].
///
/// # Errors
/// The first fault found.
pub fn read(files: Vec<SourceInput<'_>>, context: Context<'_>, sink: Sink<'_>) -> Result<Reading, Refusal> {
    let Some(input) = files.into_iter().next() else {
        return Err(Refusal::new(context.list.as_str(), 0, "no file", "give the workbook"));
    };
    let (file, book) = workbook::open(input)?;
    let mut reading = Reading::default();
    let mut entries = Vec::new();
    let mut effect = false;
    for name in book.sheets() {
        let rows = workbook::rows(&file, &book, name)?;
        effect |= rows.iter().take(ABOVE_MAX).flat_map(|r| &r.cells).any(|(_, v)| v.text().contains(EFFECT));
        if let Some(sheet) = Sheet::new(&file, name, &rows, &book, &mut reading)? {
            sheet.entries(context, &mut entries, &mut reading)?;
        }
    }
    for mut listing in joined(&file, entries, &mut reading) {
        if effect {
            listing.programmes.iter_mut().for_each(|p| p.effects.push(EFFECT.to_owned()));
        }
        for day in listing.listed_on.iter().chain(&listing.updated).filter_map(DateValue::latest) {
            if day <= context.today {
                reading.newest_entry = reading.newest_entry.max(Some(day));
            }
        }
        sink(listing)?;
        reading.entries += 1;
    }
    Ok(reading)
}

/// A row with a party, and what its number says of other rows.
struct Entry {
    line: u64,
    number: u32,
    /// The mark before its number.
    mark: Option<char>,
    /// Mark and number of the same party in another sheet.
    other: Option<(char, u32)>,
    listing: Listing,
}

/// A sheet with parties.
struct Sheet<'a> {
    file: &'a str,
    /// Its number in its name.
    number: u32,
    name: &'a str,
    /// Its name without its number.
    code: String,
    /// What stands above the heads.
    title: String,
    heads: BTreeMap<u32, (String, Option<Holds>)>,
    rows: &'a [Row],
    system: DateSystem,
    kind: PartyKind,
}

impl<'a> Sheet<'a> {
    /// Finds the heads; none for the index of sheets and for repealed measures.
    fn new(
        file: &'a str,
        name: &'a str,
        rows: &'a [Row],
        book: &Book,
        reading: &mut Reading,
    ) -> Result<Option<Self>, Refusal> {
        let refuse = |line: u32, finding: String| Refusal::new(file, line.into(), finding, AGAIN);
        let plain = narrow(name);
        let digits: String = plain.chars().take_while(char::is_ascii_digit).collect();
        let (Ok(number), Some(rest)) =
            (digits.parse(), plain.strip_prefix(&digits).and_then(|rest| rest.strip_prefix('.')))
        else {
            // The index has no number and no heads.
            return match head_row(rows) {
                None => Ok(None),
                Some(at) => {
                    Err(refuse(at.number, format!("sheet `{name}` has heads, but no number in its name")))
                }
            };
        };
        let Some(head) = head_row(rows) else {
            let repealed = plain.contains("解除")
                || rows.iter().flat_map(|r| &r.cells).any(|(_, v)| v.text().contains("告示廃止"));
            return if repealed {
                reading.notice(file, 0, "", format!("sheet `{name}`: a repealed measure, without parties"));
                Ok(None)
            } else {
                Err(refuse(0, format!("sheet `{name}`: no row with the heads 告示日付 and 告示番号")))
            };
        };
        let mut heads = BTreeMap::new();
        for (column, value) in &head.cells {
            let text = collapsed(&value.text());
            let bare: String = narrow(&text).chars().filter(|c| !c.is_whitespace()).collect();
            let holds = HEADS.iter().find(|(known, _)| *known == bare).map(|(_, holds)| *holds);
            if holds.is_none() {
                let finding =
                    format!("sheet `{name}`: a column `{text}` that is not known; it is kept as remarks");
                reading.notice(file, head.number.into(), "", finding);
            }
            heads.insert(*column, (text, holds));
        }
        for needed in [Holds::Notice, Holds::Number, Holds::Japanese, Holds::English] {
            if heads.values().filter(|(_, holds)| *holds == Some(needed)).count() != 1 {
                let words = HEADS.iter().find(|(_, holds)| *holds == needed).map_or("", |(word, _)| word);
                return Err(refuse(head.number, format!("sheet `{name}`: not one column `{words}`")));
            }
        }
        let above = rows.iter().take_while(|row| row.number < head.number).flat_map(|row| &row.cells);
        let title =
            collapsed(&above.map(|(_, value)| value.text().into_owned()).collect::<Vec<_>>().join(" "));
        let code: String = rest.chars().filter(|c| !c.is_whitespace()).collect();
        let kind = kind_of(&code).or_else(|| kind_of(&title)).unwrap_or(PartyKind::Unknown);
        let rows = rows.iter().position(|row| row.number > head.number).and_then(|at| rows.get(at..));
        let system = book.date_system();
        Ok(Some(Self {
            file,
            number,
            name,
            code,
            title,
            heads,
            rows: rows.unwrap_or_default(),
            system,
            kind,
        }))
    }

    fn entries(
        &self,
        context: Context<'_>,
        into: &mut Vec<Entry>,
        reading: &mut Reading,
    ) -> Result<(), Refusal> {
        let mut deleted = 0;
        let mut seen = BTreeSet::new();
        let mut last_has_party = false;
        for row in self.rows {
            let line = u64::from(row.number);
            let refuse = |finding: String| {
                Refusal::new(self.file, line, format!("sheet `{}`: {finding}", self.name), AGAIN)
            };
            let notice = narrow(&self.text(row, Holds::Notice));
            let number = narrow(&self.text(row, Holds::Number));
            if notice.trim().is_empty() && number.trim().is_empty() {
                // The text of the row above goes on.
                let Some(last) = into.last_mut().filter(|_| last_has_party) else {
                    return Err(refuse("a row without date and number that follows no party".to_owned()));
                };
                for (column, value) in &row.cells {
                    let holds = self.heads.get(column).and_then(|(_, holds)| *holds);
                    if !matches!(holds, Some(Holds::Remarks | Holds::Reason) | None) {
                        return Err(refuse("a row without date and number that is no text alone".to_owned()));
                    }
                    add_text(&mut last.listing.remarks, &value.text());
                }
                workbook::source(row, |column| self.head(column), &mut last.listing.source);
                continue;
            }
            let Some((own, mark, other)) = numbered(&number) else {
                return Err(refuse(format!(
                    "`{}` where the number of a notice is expected",
                    collapsed(&number)
                )));
            };
            if !seen.insert(own) {
                return Err(refuse(format!("the number {own} a second time")));
            }
            if notice.contains("削除") {
                if [Holds::Japanese, Holds::English]
                    .iter()
                    .any(|holds| !self.text(row, *holds).trim().is_empty())
                {
                    return Err(refuse(format!("number {own} is marked as deleted, but has a name")));
                }
                deleted += 1;
                last_has_party = false;
                continue;
            }
            let says_more = row.cells.iter().any(|(column, value)| {
                let holds = self.heads.get(column).and_then(|(_, holds)| *holds);
                !matches!(holds, Some(Holds::Notice | Holds::Number)) && !value.text().trim().is_empty()
            });
            if !says_more {
                // Seen once: a row of a party taken off, without the word that says so.
                let finding = format!(
                    "sheet `{}`: number {own} has a date alone: no party, and not marked as deleted",
                    self.name
                );
                reading.notice(self.file, line, &format!("{}-{own}", self.number), finding);
                last_has_party = false;
                continue;
            }
            last_has_party = true;
            let listing = self.listing(row, own, context, reading)?;
            into.push(Entry { line, number: own, mark, other, listing });
        }
        if deleted > 0 {
            let finding = format!(
                "sheet `{}`: {deleted} rows of parties that were taken off, without names",
                self.name
            );
            reading.notice(self.file, 0, "", finding);
        }
        Ok(())
    }

    fn listing(
        &self,
        row: &Row,
        number: u32,
        context: Context<'_>,
        reading: &mut Reading,
    ) -> Result<Listing, Refusal> {
        let line = u64::from(row.number);
        let native = format!("{}-{number}", self.number);
        let mut listing =
            Listing::new(ListingId { list: context.list.clone(), native: native.clone() }, self.kind);
        let mut findings = Vec::new();
        let mut named = |cell: &str, language: &str| {
            let from = listing.names.len();
            names(cell, &mut listing.names);
            for name in listing.names.iter_mut().skip(from).filter(|n| n.kind == NameKind::Primary) {
                name.language = Some(language.to_owned());
            }
        };
        named(&self.text(row, Holds::English), "英語");
        named(&self.text(row, Holds::Japanese), "日本語");
        if listing.names.is_empty() {
            let finding = format!("sheet `{}`: number {number} without a name", self.name);
            return Err(Refusal::new(self.file, line, finding, AGAIN));
        }
        let (listed, updated) = self.notice_days(row, &mut findings);
        let mut personal = false;
        for (column, value) in &row.cells {
            let Some((head, holds)) = self.heads.get(column) else {
                findings.push(format!(
                    "a value in column {}, which has no head",
                    comity_sheet::column_name(*column)
                ));
                add_text(&mut listing.remarks, &value.text());
                continue;
            };
            let text = value.text();
            personal |= matches!(holds, Some(Holds::Birth | Holds::BirthPlace | Holds::Passport))
                && !text.trim().is_empty();
            if is_unknown(&text) {
                continue;
            }
            match holds {
                Some(Holds::Notice | Holds::Number | Holds::Japanese | Holds::English) => {}
                Some(Holds::Alias) => aliases(&text, NameKind::Alias, NameQuality::Good, &mut listing.names),
                Some(Holds::WeakAlias) => {
                    aliases(&text, NameKind::Alias, NameQuality::Low, &mut listing.names)
                }
                Some(Holds::Former) => {
                    aliases(&text, NameKind::Former, NameQuality::Good, &mut listing.names)
                }
                Some(Holds::Title) => known(&text).for_each(|t| listing.detail(DetailKind::Title, t)),
                Some(Holds::Function) => known(&text).for_each(|t| listing.detail(DetailKind::Function, t)),
                Some(Holds::Birth) => {
                    let found = self.birth_dates(value);
                    if found.is_empty() {
                        findings
                            .push(format!("{head} `{}` holds no date that can be read", collapsed(&text)));
                    }
                    for date in found {
                        if dates::last_year(&date).is_some_and(|year| year > context.today.year()) {
                            findings.push(format!("{head} of {date} lies after the day of reading"));
                        }
                        push(date, &mut listing.birth_dates);
                    }
                    // The place stands behind the day: word for word in the source, not taken apart.
                    if head.contains("出生地") {
                        listing.detail(DetailKind::Note, format!("{head}: {}", collapsed(&text)));
                    }
                }
                Some(Holds::BirthPlace) => {
                    for place in places(&text, context) {
                        link(StateRelation::Birth, &place, &mut listing.states);
                        push(place, &mut listing.birth_places);
                    }
                }
                Some(Holds::Place) => {
                    for place in places(&text, context) {
                        link(StateRelation::Address, &place, &mut listing.states);
                        push(place, &mut listing.addresses);
                    }
                }
                Some(Holds::Nationality) => {
                    for text in known(&text).flat_map(|t| parted(&t, &['、', ';', '\n'])) {
                        let state = nationality(&text, context);
                        push(StateLink { relation: StateRelation::Nationality, state }, &mut listing.states);
                    }
                }
                Some(Holds::Passport) => {
                    identifiers_of(&text, IdentifierKind::Passport, head, &mut listing.identifiers)
                }
                Some(Holds::NationalId) => {
                    identifiers_of(&text, IdentifierKind::NationalId, head, &mut listing.identifiers)
                }
                Some(Holds::Phone) => {
                    for number in parted(&narrow(&text), &['、', ';', '\n']) {
                        let value = collapsed(&number);
                        let label = head.clone();
                        push(
                            Identifier { kind: IdentifierKind::Phone, value, label, state: None },
                            &mut listing.identifiers,
                        );
                    }
                }
                Some(Holds::Reference) => {
                    let text = narrow(&text);
                    let references = text.split(|c: char| c.is_whitespace() || matches!(c, '、' | ',' | ';'));
                    for reference in references.filter(|reference| !reference.is_empty()) {
                        push(reference.to_owned(), &mut listing.references);
                    }
                }
                Some(Holds::ListedByOther) => {
                    listing.detail(DetailKind::Note, format!("{head}: {}", self.shown(value)))
                }
                Some(Holds::Reason) => listing.detail(DetailKind::Reason, collapsed(&text)),
                Some(Holds::Remarks) => add_text(&mut listing.remarks, &text),
                None => add_text(&mut listing.remarks, &format!("{head}: {}", collapsed(&text))),
            }
        }
        if listing.kind == PartyKind::Unknown {
            listing.kind = self.kind_of_row(personal, &listing);
        }
        // Numbers of ships and banks stand in free texts.
        let remarks = narrow(&listing.remarks);
        for number in identifiers::imo_numbers(&remarks) {
            let label = "IMO".to_owned();
            push(
                Identifier { kind: IdentifierKind::Imo, value: number, label, state: None },
                &mut listing.identifiers,
            );
        }
        for value in bank_codes(&remarks) {
            let label = "SWIFT/BIC".to_owned();
            push(
                Identifier { kind: IdentifierKind::Bic, value, label, state: None },
                &mut listing.identifiers,
            );
        }
        listing.programmes =
            vec![Programme { from: listed.clone(), ..Programme::new(self.code.clone(), self.title.clone()) }];
        (listing.listed_on, listing.updated) = (listed, updated);
        workbook::source(row, |column| self.head(column), &mut listing.source);
        if listing.source.iter().any(|v| looks_damaged(&v.value)) {
            findings.push("a run of `?` or a replacement character".to_owned());
        }
        for finding in findings {
            reading.notice(self.file, line, &native, format!("sheet `{}`: {finding}", self.name));
        }
        Ok(listing)
    }

    /// The first value of a kind in a row, as text.
    fn text(&self, row: &Row, holds: Holds) -> String {
        let column =
            self.heads.iter().find(|(_, (_, known))| *known == Some(holds)).map(|(column, _)| *column);
        column.map(|column| row.text(column).into_owned()).unwrap_or_default()
    }

    fn head(&self, column: u32) -> String {
        self.heads.get(&column).map_or_else(|| comity_sheet::column_name(column), |(head, _)| head.clone())
    }

    /// The day of the notice, and those of its revisions: `2009.7.24`, below it `2022.8.3改訂`.
    fn notice_days(&self, row: &Row, findings: &mut Vec<String>) -> (Option<DateValue>, Vec<DateValue>) {
        let (mut listed, mut updated) = (None, Vec::new());
        let text = narrow(&self.text(row, Holds::Notice));
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let revised = line.strip_suffix("改訂");
            match (dotted(revised.unwrap_or(line)).or_else(|| line.parse().ok()), revised) {
                (Some(day), None) if listed.is_none() => listed = Some(DateValue::Day(day)),
                (Some(day), Some(_)) => push(DateValue::Day(day), &mut updated),
                _ => findings.push(format!("`{line}` where the day of a notice or revision is expected")),
            }
        }
        (listed, updated)
    }

    /// Dates of birth: a day, the number of a day that is not shown as one, a year, or a text with several.
    fn birth_dates(&self, value: &Value) -> Vec<DateValue> {
        let day = |text: String| text.parse().ok().map(DateValue::Day);
        match value {
            Value::Number(number) => match number.integer() {
                Some(year @ 1800..=2199) => {
                    i16::try_from(year).ok().map(DateValue::Year).into_iter().collect()
                }
                _ => number.floor().and_then(|n| self.system.day(n)).and_then(day).into_iter().collect(),
            },
            Value::Date { day: text, .. } => day(text.clone()).into_iter().collect(),
            value => {
                let text = value.text();
                let found = free_dates::japanese(&text);
                if found.is_empty() { free_dates::english(&text) } else { found }
            }
        }
    }

    /// A value for reading: the number of a day as the day.
    fn shown(&self, value: &Value) -> String {
        match value {
            Value::Number(number) => number
                .floor()
                .filter(|n| *n > 3000)
                .and_then(|n| self.system.day(n))
                .unwrap_or_else(|| number.as_str().to_owned()),
            value => collapsed(&value.text()),
        }
    }

    /// Where neither the sheet nor its title says it: by the reference, else by whether anything stands where only persons have something.
    fn kind_of_row(&self, personal: bool, listing: &Listing) -> PartyKind {
        let letter =
            listing.references.first().and_then(|r| r.split_once('.')).and_then(|(p, _)| p.chars().last());
        let asks = |wanted: Holds| self.heads.values().any(|(_, holds)| *holds == Some(wanted));
        match letter {
            Some('i') => PartyKind::Person,
            Some('e') => PartyKind::Organization,
            _ if personal => PartyKind::Person,
            _ if asks(Holds::Birth) => PartyKind::Organization,
            _ => PartyKind::Unknown,
        }
    }
}

/// The row that holds the heads, within the first few.
fn head_row(rows: &[Row]) -> Option<&Row> {
    let has = |row: &Row, word: &str| row.cells.iter().any(|(_, value)| narrow(&value.text()).trim() == word);
    rows.iter().take(ABOVE_MAX).find(|row| has(row, "告示日付") && has(row, "告示番号"))
}

/// Persons or bodies, where a text names one of them alone.
fn kind_of(text: &str) -> Option<PartyKind> {
    match (text.contains("個人"), text.contains("団体") || text.contains("銀行")) {
        (true, false) => Some(PartyKind::Person),
        (false, true) => Some(PartyKind::Organization),
        _ => None,
    }
}

/// Its own number, the mark before it, and mark and number of the same party elsewhere.
type Numbered = (u32, Option<char>, Option<(char, u32)>);

/// `47`, `#47`, `1(#47)`: the number, the mark before it, and mark and number of the same party elsewhere.
fn numbered(text: &str) -> Option<Numbered> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let marked = |text: &str| {
        let mark = text.chars().next().filter(|c| matches!(c, '*' | '#'));
        let digits = if mark.is_some() { text.get(1..)? } else { text };
        let fits = !digits.is_empty() && digits.len() <= 6 && digits.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| digits.parse().ok()).flatten().map(|number: u32| (mark, number))
    };
    match text.split_once('(') {
        None => marked(&text).map(|(mark, number)| (number, mark, None)),
        Some((own, other)) => {
            let ((None, own), (Some(mark), other)) = (marked(own)?, marked(other.strip_suffix(')')?)?) else {
                return None;
            };
            Some((own, None, Some((mark, other))))
        }
    }
}

/// Listings, those joined that the list calls the same party.
fn joined(file: &str, entries: Vec<Entry>, reading: &mut Reading) -> Vec<Listing> {
    let name = |entry: &Entry| workbook::key(entry.listing.primary_name());
    let mut into: Vec<Option<usize>> = Vec::with_capacity(entries.len());
    for entry in &entries {
        let target = entry.other.and_then(|(mark, number)| {
            let mut fitting: Vec<usize> = entries
                .iter()
                .enumerate()
                .filter(|(_, other)| other.mark == Some(mark) && other.number == number)
                .map(|(at, _)| at)
                .collect();
            if fitting.len() > 1 {
                let wanted = name(entry);
                fitting.retain(|at| entries.get(*at).is_some_and(|other| name(other) == wanted));
            }
            let [only] = fitting.as_slice() else {
                let finding = format!("`{mark}{number}` names no row, or more than one, in another sheet");
                reading.notice(file, entry.line, &entry.listing.id.native, finding);
                return None;
            };
            Some(*only)
        });
        into.push(target);
    }
    let mut listings: Vec<Option<Listing>> = Vec::with_capacity(entries.len());
    let mut to_join = Vec::new();
    for (entry, target) in entries.into_iter().zip(&into) {
        match target {
            Some(target) => {
                to_join.push((*target, entry.listing));
                listings.push(None);
            }
            None => listings.push(Some(entry.listing)),
        }
    }
    for (target, listing) in to_join {
        if let Some(Some(into)) = listings.get_mut(target) {
            join(listing, into);
        }
    }
    listings.into_iter().flatten().collect()
}

/// One party under a further measure: what the other row adds.
fn join(from: Listing, into: &mut Listing) {
    for name in from.names {
        if !into.names.iter().any(|known| known.text == name.text) {
            let kind = if name.kind == NameKind::Primary { NameKind::Alias } else { name.kind };
            into.names.push(comity_model::listing::ListedName { kind, ..name });
        }
    }
    from.birth_dates.into_iter().for_each(|item| push(item, &mut into.birth_dates));
    from.birth_places.into_iter().for_each(|item| push(item, &mut into.birth_places));
    from.identifiers.into_iter().for_each(|item| push(item, &mut into.identifiers));
    from.states.into_iter().for_each(|item| push(item, &mut into.states));
    from.addresses.into_iter().for_each(|item| push(item, &mut into.addresses));
    from.references.into_iter().for_each(|item| push(item, &mut into.references));
    from.details.into_iter().for_each(|item| push(item, &mut into.details));
    from.updated.into_iter().for_each(|item| push(item, &mut into.updated));
    into.programmes.extend(from.programmes);
    into.detail(DetailKind::Note, format!("also {} of this list", from.id.native));
    if into.kind == PartyKind::Unknown {
        into.kind = from.kind;
    }
    let earliest = |date: &Option<DateValue>| date.as_ref().and_then(DateValue::earliest);
    if earliest(&from.listed_on).is_some_and(|day| earliest(&into.listed_on).is_none_or(|known| day < known))
    {
        into.listed_on = from.listed_on;
    }
    add_text(&mut into.remarks, &from.remarks);
    into.source.extend(from.source);
}

fn push<T: PartialEq>(item: T, into: &mut Vec<T>) {
    if !into.contains(&item) {
        into.push(item);
    }
}

fn add_text(into: &mut String, text: &str) {
    let text = collapsed(text);
    if !text.is_empty() && !into.contains(&text) {
        if !into.is_empty() {
            into.push(' ');
        }
        into.push_str(&text);
    }
}

/// The items of a cell, without those that say that nothing is known, blanks collapsed.
fn known(text: &str) -> impl Iterator<Item = String> {
    lettered(text)
        .into_iter()
        .map(|item| collapsed(&item).trim_matches(['、', ',', ';']).trim().to_owned())
        .filter(|item| !is_unknown(item))
}

/// `2009.7.24`.
fn dotted(text: &str) -> Option<Day> {
    let mut parts = text.trim().split('.');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 || !text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return None;
    }
    Day::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// The places of a cell, one an item or line; what stands behind the last comma is the State if it is one.
fn places(text: &str, context: Context<'_>) -> Vec<Address> {
    let lines = lettered(text).into_iter().flat_map(|item| parted(&item, &['\n', ';']));
    let places = lines.map(|line| collapsed(&line).trim_matches(['、', ',', ';']).trim().to_owned());
    places
        .filter(|text| !is_unknown(text))
        .map(|text| {
            let (before, last) = text.rsplit_once(',').unwrap_or(("", &text));
            let state = context.state(last);
            match state.code {
                Some(_) => Address { text: before.trim().to_owned(), state: Some(state), note: None },
                None => Address { text, state: None, note: None },
            }
        })
        .collect()
}

fn link(relation: StateRelation, place: &Address, states: &mut Vec<StateLink>) {
    if let Some(state) = &place.state {
        push(StateLink { relation, state: state.clone() }, states);
    }
}

/// A nationality in Japanese, perhaps with the English name behind it.
fn nationality(text: &str, context: Context<'_>) -> comity_model::listing::StateText {
    let mut state = context.state(text);
    if state.code.is_none() {
        let latin: String =
            text.chars().filter(|c| c.is_ascii_alphabetic() || matches!(c, ' ' | '\'' | '-')).collect();
        state.code =
            Some(latin.trim()).filter(|latin| !latin.is_empty()).and_then(|latin| (context.state_of)(latin));
    }
    state
}

fn identifiers_of(text: &str, kind: IdentifierKind, head: &str, into: &mut Vec<Identifier>) {
    for value in numbers(text) {
        push(Identifier { kind, value, label: head.to_owned(), state: None }, into);
    }
}

/// The codes behind each mention of SWIFT.
fn bank_codes(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, word) in text.match_indices("SWIFT") {
        let after = text.get(at + word.len()..).unwrap_or_default().trim_start_matches("/BIC");
        let after =
            after.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | 'コ' | 'ー' | 'ド'));
        let code: String = after.chars().take_while(char::is_ascii_alphanumeric).collect();
        if matches!(code.len(), 8 | 11) {
            push(code, &mut found);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_tell_of_other_sheets() {
        assert_eq!(numbered("47"), Some((47, None, None)));
        assert_eq!(numbered(" #47 "), Some((47, Some('#'), None)));
        assert_eq!(numbered("1(#47)"), Some((1, None, Some(('#', 47)))));
        assert_eq!(numbered("12(*186)"), Some((12, None, Some(('*', 186)))));
        for text in ["", "a", "1(47)", "*1(#2)", "1(#47", "#", "1.5", "12345678"] {
            assert_eq!(numbered(text), None, "{text}");
        }
    }

    #[test]
    fn days_of_notices_have_points() {
        assert_eq!(dotted("2009.7.24").unwrap().to_string(), "2009-07-24");
        for text in ["200812.19", "2009.7", "2009.7.24.1", "2009.13.1", "09.7.24", "２００９.7.24"] {
            assert_eq!(dotted(text), None, "{text}");
        }
    }

    #[test]
    fn bank_codes_stand_behind_their_word() {
        assert_eq!(
            bank_codes("SWIFT/BIC:EXAMXX2A SWIFT: EXAMXX2AXXX SWIFT:none"),
            ["EXAMXX2A", "EXAMXX2AXXX"]
        );
    }
}
