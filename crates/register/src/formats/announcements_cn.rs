//! The published form of `cn-announcements`: YAML files of announcements (`announcement` with `sanction_details`), of notices that change them (`announcement` with
//! `measure_modifications`), of legal instruments and of organisations; and the texts of the announcements as plain files.
//!
//! What an announcement says decides over what its YAML says: which list it is about is taken from its title and text, and every name and every row
//! of the annex is checked against the text. A name that is not in the text is reported with the nearest line of it; an annex with more parties than the YAML refuses the
//! set. Extraterritorial clauses are taken from the text.
//!
//! Quirks that are borne: a misspelt folder, `.yaml` beside `.yml`, a wrong `sanction_list`, ids of instruments that are spelt in two ways.

use comity_model::listing::{
    Change, ChangeKind, DetailKind, Listing, ListingId, NameKind, NameQuality, PartyKind, Programme,
};
use comity_model::{DateValue, Day};

use super::announcements::{Announcement, Modification, Row, Set, Text, day};
use super::text::{self, collapsed, digest_id};
use super::tree::{Node, Value};
use super::{Context, Reading};
use crate::error::Refusal;

/// The lists by their names in the announcements, with the words of the bundle.
const LISTS: &[(&str, &str)] = &[
    ("出口管制管控名单", "control"),
    ("关注名单", "watch"),
    ("不可靠实体清单", "uel"),
    ("反制裁清单", "counter"),
    ("反制清单", "counter"),
];

/// Words that name a list where its own name does not stand.
const DECISIONS: &[(&str, &str)] = &[("采取反制裁措施的决定", "counter"), ("采取反制措施的决定", "counter")];

/// How a clause begins that binds acts abroad.
const ABROAD: &[&str] =
    &["境外组织", "境外的组织", "境外个人", "境外的个人", "外国组织", "任何国家和地区的组织"];

/// Keys of the form.
const HEAD: &[&str] = &[
    "title",
    "url",
    "publish_date",
    "publish_time",
    "authority",
    "publisher",
    "type",
    "document_id",
    "signatory",
    "signatory_title",
    "content",
    "lang",
];
const ENTITY: &[&str] = &[
    "name",
    "type",
    "effective_date",
    "effective_time",
    "sanction_list",
    "reason",
    "measures",
    "title",
    "gender",
];

const REMEDY: &str = "correct the file by the text of the announcement, or fetch it again";

/// The text of an announcement as its authority published it, with its address on the first line.
pub(crate) struct Reference {
    name: String,
    address: String,
    folded: String,
    text: String,
}

impl Reference {
    pub(crate) fn new(file: Text) -> Self {
        let address = file.text.lines().next().unwrap_or_default().trim().to_owned();
        Self { name: file.name, address, folded: folded(&file.text), text: file.text }
    }
}

/// What the files of a set say of each other.
pub(crate) struct Published<'a> {
    references: &'a [Reference],
    /// Titles of legal instruments by id without its first part.
    instruments: Vec<(String, String)>,
    /// Names of organisations by id.
    organisations: Vec<(String, String)>,
}

impl<'a> Published<'a> {
    pub(crate) fn new(trees: &[(String, Node)], references: &'a [Reference]) -> Self {
        let mut instruments = Vec::new();
        let mut organisations = Vec::new();
        for (name, tree) in trees {
            if is_instrument(tree) {
                let stem = stem(name);
                instruments.push((stem.to_owned(), tree.word("title").to_owned()));
            }
            for row in tree.get("organizations").map_or(&[][..], Node::items) {
                let name = row.get("name").map_or("", |n| n.word("zh-Hans"));
                organisations.push((row.word("id").to_owned(), name.to_owned()));
            }
        }
        Self { references, instruments, organisations }
    }

    /// Takes one file into the set.
    pub(crate) fn read(
        &self,
        file: &str,
        tree: &Node,
        context: Context<'_>,
        reading: &mut Reading,
        set: &mut Set,
    ) -> Result<(), Refusal> {
        let one = One { published: self, file, tree, context };
        match (tree.get("announcement"), tree.get("sanction_details"), tree.get("measure_modifications")) {
            (Some(head), Some(details), None) => {
                set.announcements.push(one.announcement(head, details, reading)?)
            }
            (Some(head), None, Some(details)) => one.modifications(head, details, reading, set)?,
            (None, None, None)
                if is_instrument(tree)
                    || tree.get("organizations").is_some()
                    || tree.get("document_types").is_some() => {}
            _ => {
                return Err(Refusal::new(
                    file,
                    tree.line,
                    "neither an announcement with sanction_details or measure_modifications, nor a legal instrument, organizations or document_types",
                    REMEDY,
                ));
            }
        }
        Ok(())
    }

    /// A legal instrument by its id, with the articles that are named; and whether its title is known.
    fn instrument(&self, row: &Node) -> (String, bool) {
        let id = row.word("id");
        let stem = id.rsplit('/').next().unwrap_or(id);
        // `mofcom-dual-use-...` and `sc-dual-use-...` are one instrument: the first part names who made it, and not always the same.
        let tail = |s: &str| s.split_once('-').map_or(String::new(), |(_, tail)| tail.to_owned());
        let exact = self.instruments.iter().find(|(known, _)| known == stem);
        let near =
            || self.instruments.iter().find(|(known, _)| !tail(stem).is_empty() && tail(known) == tail(stem));
        let known = exact.or_else(near).map(|(_, title)| title.as_str());
        let name = known.or(Some(row.word("law")).filter(|l| !l.is_empty())).unwrap_or(id);
        let articles: Vec<&str> =
            row.get("articles").map_or(&[][..], Node::items).iter().filter_map(Node::text).collect();
        let text =
            if articles.is_empty() { name.to_owned() } else { format!("{name} {}", articles.join("、")) };
        (text, name != id)
    }

    fn organisation<'s>(&'s self, id: &'s str) -> &'s str {
        self.organisations
            .iter()
            .find(|(known, name)| known == id && !name.is_empty())
            .map_or(id, |(_, name)| name)
    }
}

fn is_instrument(tree: &Node) -> bool {
    tree.get("title").is_some() && tree.get("content").is_some() && tree.get("announcement").is_none()
}

fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// One file on its way into the set.
struct One<'p, 'a, 'c> {
    published: &'p Published<'a>,
    file: &'p str,
    tree: &'p Node,
    context: Context<'c>,
}

impl One<'_, '_, '_> {
    fn refuse(&self, node: &Node, finding: impl Into<String>) -> Refusal {
        Refusal::new(self.file, node.line, finding, REMEDY)
    }

    fn notice(&self, reading: &mut Reading, line: u64, entry: &str, finding: impl Into<String>) {
        reading.notice(self.file, line, entry, finding);
    }

    fn required<'n>(&self, node: &'n Node, key: &str) -> Result<&'n str, Refusal> {
        match node.word(key) {
            "" => Err(self.refuse(node, format!("no `{key}`"))),
            text => Ok(text),
        }
    }

    fn day(&self, node: &Node, key: &str) -> Result<Day, Refusal> {
        let text = self.required(node, key)?;
        day(text).ok_or_else(|| self.refuse(node, format!("{key} `{text}` is no day like 2026-02-24")))
    }

    fn announcement(
        &self,
        head: &Node,
        details: &Node,
        reading: &mut Reading,
    ) -> Result<Announcement, Refusal> {
        let published = self.day(head, "publish_date")?;
        let title = title(head).ok_or_else(|| self.refuse(head, "no `title`"))?;
        let document = self.required(head, "document_id")?;
        let content = self.required(head, "content")?;
        let code = code(document, published.year()).unwrap_or_else(|| published.to_string());
        let entities = details.get("entities").map_or(&[][..], Node::items);
        if entities.is_empty() {
            return Err(self.refuse(details, "an announcement without entities"));
        }
        self.strange(head, HEAD, &code, reading);
        let reference = self.reference(head.word("url"), &title);
        if reference.is_none() {
            self.notice(
                reading,
                head.line,
                &code,
                "no text of this announcement is here; names are checked against its `content` only",
            );
        }
        let text = reference.map_or(content, |r| r.text.as_str());
        let list = self.list(&title, content, entities, &code, reading)?;
        self.check_number(document, &title, reference, &code, reading);
        let mut basis = Vec::new();
        for row in details.get("instruments").map_or(&[][..], Node::items) {
            let (told, known) = self.published.instrument(row);
            if !known {
                self.notice(
                    reading,
                    row.line,
                    &code,
                    format!("the instrument `{told}` is not among the files; its id stands for it"),
                );
            }
            basis.push(told);
        }
        let authority = self.published.organisation(head.word("authority"));
        let about = format!("{authority} {document} {published} {}", head.word("url"));
        let mut shared = Vec::new();
        head.leaves("announcement", &mut shared);
        details.get("instruments").iter().for_each(|n| n.leaves("instruments", &mut shared));
        let base = Programme { basis, ..Programme::new(code.clone(), format!("{document} {title}")) };
        let mut rows: Vec<Row> = Vec::new();
        for entity in entities {
            self.strange(entity, ENTITY, &code, reading);
            let mut row = self.row(entity, &base, text, reading)?;
            row.listing.detail(DetailKind::Notice, about.trim());
            let own = std::mem::take(&mut row.listing.source);
            row.listing.source = shared.iter().cloned().chain(own).collect();
            self.twins(&rows, &row, entity, reading);
            rows.push(row);
        }
        self.check_names(&rows, entities, reference, content, reading);
        self.check_annex(&rows, head, text, &code, reading)?;
        let opens = |row: &Row| {
            row.listing.programmes.iter().flat_map(|p| &p.effects).any(|e| e.starts_with("investigation"))
        };
        if rows.iter().any(opens) {
            self.notice(
                reading,
                head.line,
                &code,
                "the announcement opens an investigation and lists nobody yet; see its effects",
            );
        }
        Ok(Announcement { file: self.file.to_owned(), line: head.line, list, code, published, rows })
    }

    /// Which list an announcement is about: what its title says, else its text; where that leaves a choice, what its rows say.
    fn list(
        &self,
        title: &str,
        content: &str,
        entities: &[Node],
        code: &str,
        reading: &mut Reading,
    ) -> Result<String, Refusal> {
        let mut told = named(title);
        if told.is_empty() {
            told = named(content);
        }
        let mut stated: Vec<&str> = Vec::new();
        for entity in entities {
            let word = entity.word("sanction_list");
            let known = LISTS.iter().find(|(name, _)| *name == word).map(|(_, key)| *key);
            match known {
                Some(key) if !stated.contains(&key) => stated.push(key),
                Some(_) => {}
                None => self.notice(
                    reading,
                    entity.line,
                    code,
                    format!("sanction_list `{word}` is not known here"),
                ),
            }
        }
        match (told.as_slice(), stated.as_slice()) {
            ([], [one]) => Ok((*one).to_owned()),
            ([one], [other]) if one != other => {
                let finding = format!(
                    "sanction_list says `{other}`, the announcement `{one}`; the announcement decides"
                );
                self.notice(reading, self.tree.line, code, finding);
                Ok((*one).to_owned())
            }
            ([one], [] | [_]) => Ok((*one).to_owned()),
            (several, [one]) if several.contains(one) => Ok((*one).to_owned()),
            _ => Err(self.refuse(
                self.tree,
                format!(
                    "the announcement names the lists {}, its rows {}; one list an announcement is expected",
                    told.join(", "),
                    stated.join(", ")
                ),
            )),
        }
    }

    /// The text of an announcement: by its address, else by its title where only one text has it.
    fn reference(&self, url: &str, title: &str) -> Option<&Reference> {
        let by_address = self.published.references.iter().find(|r| !url.is_empty() && r.address == url);
        by_address.or_else(|| {
            let title = folded(title);
            let mut fitting = self.published.references.iter().filter(|r| r.folded.contains(&title));
            let same_stem = |r: &&Reference| stem(&r.name) == stem(self.file);
            let found: Vec<_> = fitting.by_ref().collect();
            match found.as_slice() {
                [only] => Some(*only),
                several => several.iter().copied().find(same_stem),
            }
        })
    }

    /// Whether the text of the announcement has its number.
    fn check_number(
        &self,
        document: &str,
        title: &str,
        reference: Option<&Reference>,
        code: &str,
        reading: &mut Reading,
    ) {
        let Some(reference) = reference else { return };
        let number = code.split('-').nth(1).unwrap_or_default();
        let has = reference.folded.contains(&folded(document))
            || reference.folded.contains(&format!("第{number}号"));
        if !has {
            let finding = format!("document_id `{document}` does not stand in {}", reference.name);
            self.notice(reading, self.tree.line, code, finding);
        }
        if !reference.folded.contains(&folded(title)) {
            self.notice(
                reading,
                self.tree.line,
                code,
                format!("the title does not stand in {}", reference.name),
            );
        }
    }

    fn row(
        &self,
        entity: &Node,
        base: &Programme,
        text: &str,
        reading: &mut Reading,
    ) -> Result<Row, Refusal> {
        let name = entity.get("name").ok_or_else(|| self.refuse(entity, "an entity without `name`"))?;
        let (chinese, english) = (name.word("zh-Hans"), name.word("en"));
        if chinese.is_empty() {
            return Err(self.refuse(name, "a name without `zh-Hans`"));
        }
        let kind = match entity.word("type") {
            "organization" => PartyKind::Organization,
            "individual" => PartyKind::Person,
            other => {
                self.notice(
                    reading,
                    entity.line,
                    &base.code,
                    format!("type `{other}` is neither organization nor individual"),
                );
                PartyKind::Unknown
            }
        };
        let native = digest_id(&[&folded(chinese), &folded(english)]);
        let mut listing =
            Listing::new(ListingId { list: self.context.list.clone(), native: native.clone() }, kind);
        for (key, raw) in name.rows() {
            let name_kind = if key == "zh-Hans" { NameKind::Primary } else { NameKind::Alias };
            let Some(mut made) = raw.text().and_then(|raw| text::name(raw, name_kind, NameQuality::Good))
            else {
                continue;
            };
            made.language = Some(key.clone());
            listing.names.push(made);
        }
        listing.names.sort_by_key(|n| n.kind);
        let from = self.day(entity, "effective_date")?;
        let mut programme = Programme { from: Some(DateValue::Day(from)), ..base.clone() };
        let measures = entity.get("measures").map_or(&[][..], Node::items);
        if measures.is_empty() {
            return Err(self.refuse(entity, format!("`{chinese}` without measures")));
        }
        for measure in measures {
            let types: Vec<&str> =
                measure.get("type").map_or(&[][..], Node::items).iter().filter_map(Node::text).collect();
            let words = measure.word("zh-Hans");
            programme.effects.push(collapsed(&format!("{}: {words}", types.join(", "))));
            for clause in abroad(words) {
                if !programme.reach.contains(&clause) {
                    programme.reach.push(clause);
                }
            }
        }
        for clause in abroad(text) {
            if !programme.reach.contains(&clause) {
                let finding = format!("the announcement has the clause `{clause}`, the measures have it not");
                self.notice(reading, entity.line, &base.code, finding);
                programme.reach.push(clause);
            }
        }
        listing.programmes = vec![programme];
        for reason in entity.get("reason").map_or(&[][..], Node::items) {
            listing.detail(DetailKind::Reason, collapsed(reason.word("zh-Hans")));
        }
        for (_, title) in entity.get("title").map_or(&[][..], Node::rows) {
            listing.detail(DetailKind::Function, collapsed(title.text().unwrap_or_default()));
        }
        listing.detail(DetailKind::Gender, entity.word("gender"));
        entity.leaves("", &mut listing.source);
        Ok(Row { native, listing })
    }

    /// Two rows that share one of their names and not the other are two parties, and are reported.
    fn twins(&self, rows: &[Row], row: &Row, entity: &Node, reading: &mut Reading) {
        let shares = |other: &&Row| {
            other.native != row.native
                && other
                    .listing
                    .names
                    .iter()
                    .any(|n| row.listing.names.iter().any(|m| folded(&n.text) == folded(&m.text)))
        };
        if let Some(other) = rows.iter().find(shares) {
            let finding = format!(
                "`{}` has one name in common with another row (`{}`); kept as two parties",
                row.listing.primary_name(),
                other.native
            );
            self.notice(reading, entity.line, &row.native, finding);
        }
    }

    /// Every name stands in the text; else it is reported with the nearest line.
    fn check_names(
        &self,
        rows: &[Row],
        entities: &[Node],
        reference: Option<&Reference>,
        content: &str,
        reading: &mut Reading,
    ) {
        let (whole, text) = match reference {
            Some(reference) => (reference.folded.clone(), reference.text.as_str()),
            None => (folded(content), content),
        };
        for (row, entity) in rows.iter().zip(entities) {
            for name in &row.listing.names {
                let wanted = folded(&name.text);
                if whole.contains(&wanted) {
                    continue;
                }
                let others: Vec<String> =
                    row.listing.names.iter().map(|n| folded(&n.text)).filter(|n| *n != wanted).collect();
                let line = nearest(text, &wanted, &others);
                let place = reference.map_or("its content", |r| r.name.as_str());
                let finding =
                    format!("the name `{}` does not stand in {place}; nearest there: `{line}`", name.text);
                self.notice(reading, entity.line, &row.native, finding);
            }
        }
    }

    /// Every row of the annex has its party; an annex with more rows than there are parties refuses the set.
    fn check_annex(
        &self,
        rows: &[Row],
        head: &Node,
        text: &str,
        code: &str,
        reading: &mut Reading,
    ) -> Result<(), Refusal> {
        let listed = annex(text);
        let has = |line: &&str| {
            let line = folded(line);
            rows.iter().any(|row| row.listing.names.iter().any(|n| line.contains(&folded(&n.text))))
        };
        let lost: Vec<&str> = listed.iter().copied().filter(|line| !has(line)).collect();
        let Some(first) = lost.first() else { return Ok(()) };
        if listed.len() > rows.len() {
            let finding = format!(
                "the annex of the announcement {code} has {} parties, the file {}; the first that is not in it: `{}` (cut short?)",
                listed.len(),
                rows.len(),
                shortened(first)
            );
            return Err(self.refuse(head, finding));
        }
        for line in lost {
            self.notice(
                reading,
                head.line,
                code,
                format!("no name of the file stands in the row `{}` of the annex", shortened(line)),
            );
        }
        Ok(())
    }

    /// Keys that are not known are kept and reported.
    fn strange(&self, node: &Node, known: &[&str], code: &str, reading: &mut Reading) {
        for (key, value) in node.rows().iter().filter(|(key, _)| !known.contains(&key.as_str())) {
            self.notice(
                reading,
                value.line,
                code,
                format!("the key `{key}` is not known here; kept as it stands"),
            );
        }
    }

    fn modifications(
        &self,
        head: &Node,
        details: &Node,
        reading: &mut Reading,
        set: &mut Set,
    ) -> Result<(), Refusal> {
        let published = self.day(head, "publish_date")?;
        let title = title(head).ok_or_else(|| self.refuse(head, "no `title`"))?;
        let content = self.required(head, "content")?;
        let mut told = named(&title);
        if told.is_empty() {
            told = named(content);
        }
        let [list] = told.as_slice() else {
            let finding = format!("the notice names the lists `{}`, one expected", told.join(", "));
            return Err(self.refuse(head, finding));
        };
        let rows = details.get("modifications").map_or(&[][..], Node::items);
        if rows.is_empty() {
            return Err(self.refuse(details, "a notice without modifications"));
        }
        let reference = self.reference(head.word("url"), &title);
        let text = reference.map_or_else(|| folded(content), |r| r.folded.clone());
        for row in rows {
            let target = self.required(row, "target_announcement_id")?;
            let target_date = match row.word("target_announcement_date") {
                "" => None,
                _ => Some(self.day(row, "target_announcement_date")?),
            };
            let year = target_date.unwrap_or(published).year();
            let code = code(target, year).ok_or_else(|| {
                self.refuse(row, format!("target_announcement_id `{target}` has no number"))
            })?;
            let number = code.split('-').nth(1).unwrap_or_default();
            if !text.contains(&format!("{number}号")) {
                self.notice(
                    reading,
                    row.line,
                    &code,
                    format!("the text of the notice does not name `{target}`"),
                );
            }
            let kind = match self.required(row, "action")? {
                "suspend" => ChangeKind::Suspended,
                "resume" => ChangeKind::Resumed,
                "stop" => ChangeKind::Stopped,
                other => {
                    return Err(
                        self.refuse(row, format!("action `{other}`, suspend, resume or stop expected"))
                    );
                }
            };
            let on = self.day(row, "effective_date")?;
            let until = match row.word("until_date") {
                "" => None,
                _ => Some(self.day(row, "until_date")?),
            };
            if until.is_some_and(|until| until < on) {
                return Err(self.refuse(row, "until_date lies before effective_date"));
            }
            let notes = row.word("notes");
            let by = [published.to_string().as_str(), title.as_str(), notes].join(" ");
            set.modifications.push(Modification {
                file: self.file.to_owned(),
                line: row.line,
                list: (*list).to_owned(),
                code,
                target_date,
                published,
                change: Change {
                    kind,
                    on: DateValue::Day(on),
                    until: until.map(DateValue::Day),
                    by: collapsed(&by),
                },
            });
        }
        Ok(())
    }
}

/// The title in its own language, whether it is a text or a list of texts by language.
fn title(head: &Node) -> Option<String> {
    let node = head.get("title")?;
    match &node.value {
        Value::Text(_) => node.text().map(collapsed),
        _ => node.items().iter().find_map(|item| item.get("zh-Hans").and_then(Node::text)).map(collapsed),
    }
}

/// The lists that a text names, in the bundle's words.
fn named(text: &str) -> Vec<&'static str> {
    let text = folded(text);
    let mut found: Vec<&'static str> = Vec::new();
    for (name, key) in LISTS.iter().chain(DECISIONS) {
        if text.contains(name) && !found.contains(key) {
            found.push(key);
        }
    }
    found
}

/// Year and number of a document: `2026年第11号`, `〔2025〕7号`; the number alone takes the year given.
fn code(document: &str, year: i16) -> Option<String> {
    let folded = folded(document);
    let numbers: Vec<&str> = folded.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty()).collect();
    let plain = |n: &str| n.trim_start_matches('0').to_owned();
    match numbers.as_slice() {
        [number] if number.len() <= 4 && folded.contains('号') => Some(format!("{year}-{}", plain(number))),
        [year, number] if year.len() == 4 && number.len() <= 4 => Some(format!("{year}-{}", plain(number))),
        _ => None,
    }
}

/// The form in which texts are compared: no blanks, wide and typographic signs as plain ones, small letters.
fn folded(text: &str) -> String {
    let plain = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '‘' | '’' | '′' | 'ʼ' => '\'',
        '“' | '”' => '"',
        '–' | '—' | '‐' | '‑' => '-',
        other => other,
    };
    text.chars().filter(|c| !c.is_whitespace()).map(plain).flat_map(char::to_lowercase).collect()
}

/// Clauses of a text that bind acts abroad, word for word.
fn abroad(text: &str) -> Vec<String> {
    let clauses = text.split(['，', '；', '。', '\n', ';']).map(str::trim);
    let binds = |c: &&str| {
        c.starts_with("禁止") && ABROAD.iter().any(|w| c.trim_start_matches("禁止").starts_with(w))
    };
    clauses.filter(binds).map(str::to_owned).collect()
}

/// The rows of the annex of a text: lines behind the last line that says so, each with a number before it.
fn annex(text: &str) -> Vec<&str> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let Some(start) = lines.iter().rposition(|l| l.starts_with("附件") || l.starts_with("附：")) else {
        return Vec::new();
    };
    let below = lines.get(start + 1..).unwrap_or_default();
    let (mut heads, mut rows) = (Vec::new(), Vec::new());
    // A number with nothing behind it numbers nobody.
    for line in below.iter().filter(|l| l.chars().filter(|c| c.is_alphabetic()).nth(1).is_some()) {
        let digits = line.trim_start_matches(|c: char| c.is_ascii_digit());
        let chinese = line.trim_start_matches(|c: char| "一二三四五六七八九十".contains(c));
        let bracket = line.strip_prefix(['（', '(']).map(|l| {
            l.trim_start_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c))
        });
        let by_digits = digits.len() < line.len() && digits.starts_with(['.', '．', '、']);
        if by_digits || bracket.is_some_and(|b| b.starts_with(['）', ')'])) {
            rows.push(*line);
        } else if chinese.len() < line.len() && chinese.starts_with('、') {
            heads.push(*line);
        }
    }
    // `一、` numbers parties, or the parts in which they stand.
    if rows.is_empty() { heads } else { rows }
}

/// The line of a text that has another name of the party, else the one that shares most pairs of letters with the name.
fn nearest(text: &str, wanted: &str, others: &[String]) -> String {
    let pairs = |t: &str| -> Vec<(char, char)> { t.chars().zip(t.chars().skip(1)).collect() };
    let sought = pairs(wanted);
    let mut best: (usize, &str) = (0, "");
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty()) {
        let plain = folded(line);
        if others.iter().any(|other| plain.contains(other)) {
            return shortened(line);
        }
        let there = pairs(&plain);
        let shared = sought.iter().filter(|p| there.contains(p)).count();
        if shared > best.0 {
            best = (shared, line);
        }
    }
    shortened(best.1)
}

fn shortened(line: &str) -> String {
    const MOST: usize = 100;
    let mut cut: String = line.chars().take(MOST).collect();
    if line.chars().nth(MOST).is_some() {
        cut.push('…');
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_documents_become_codes() {
        for (document, year, expected) in [
            ("2026年第11号", 2026, Some("2026-11")),
            ("〔2025〕7号", 2026, Some("2025-7")),
            ("〔２０２５〕１０号", 2026, Some("2025-10")),
            ("第4号", 2022, Some("2022-4")),
            ("第 04 号", 2022, Some("2022-4")),
            ("2025-11-05-17-00", 2025, None),
            ("", 2025, None),
        ] {
            assert_eq!(code(document, year).as_deref(), expected, "{document}");
        }
    }

    #[test]
    fn lists_are_told_by_their_names() {
        assert_eq!(named("公布将28家实体列入出口管制管控名单"), ["control"]);
        assert_eq!(named("关于对某公司采取反制措施的决定"), ["counter"]);
        assert_eq!(named("不 可 靠 实 体 清 单 工作机制公告"), ["uel"]);
        assert_eq!(named("something else"), [""; 0]);
    }

    #[test]
    fn clauses_that_bind_abroad_are_found() {
        let text = "一、禁止出口经营者向上述实体出口两用物项，禁止境外组织和个人将原产于某国的物项转移给上述实体；正在开展的应当停止。禁止我国境内的组织与其交易";
        assert_eq!(abroad(text), ["禁止境外组织和个人将原产于某国的物项转移给上述实体"]);
    }

    #[test]
    fn annexes_are_read_by_their_numbers() {
        assert_eq!(annex("附件：名单\n1. AA\n附件\n名单\n1. B（b）\n2．CC\n3.\nend"), ["1. B（b）", "2．CC"]);
        assert_eq!(
            annex("附件\n一、企业\n（一）AA\n（十二）BB\n二、人员\n（一）CC"),
            ["（一）AA", "（十二）BB", "（一）CC"]
        );
        assert_eq!(annex("附件\n一、A，男\n二、BB"), ["一、A，男", "二、BB"]);
        assert!(annex("1. A\n2. B").is_empty());
    }
}
