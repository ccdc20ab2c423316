//! `own-csv`: a table of the user's own with a mapping of its columns. The mapping is the second file, so that an edition can always be read again from what was
//! kept.
//!
//! A line of the mapping is `field = "Column"` or `field = ["Column", "Other column"]`; `#` begins a comment. The fields are `id`, `name` (required), `alias`, `weak_alias`,
//! `former_name`, `schema`, `state`, `nationality`, `citizenship`, `flag`, `birth_date`, `birth_place`, `address`, `function`, `programme`, `listed_on`,
//! `remarks`, and every kind of identifier (`passport`, `imo`, `lei` ...). `separator = ";"` parts several values in one cell, `delimiter = ";"` the cells of a row; without it
//! the head line tells. An empty mapping takes columns that are named as the fields.
//!
//! Without an `id` column the native id is a digest of name, date of birth and State.

use std::io::Read;

use comity_model::listing::{
    Address, DetailKind, Identifier, IdentifierKind, Listing, ListingId, NameKind, NameQuality, PartyKind,
    Programme, SourceValue, StateLink, StateRelation,
};

use super::own::{REMEDY, Taken, lines};
use super::record::party_kind;
use super::text::{self, collapsed, digest_id};
use super::{Context, Reading, Sink, SourceInput, dates};
use crate::error::Refusal;

/// Fields beside the kinds of identifiers.
const FIELDS: &[&str] = &[
    "id",
    "name",
    "alias",
    "weak_alias",
    "former_name",
    "schema",
    "state",
    "nationality",
    "citizenship",
    "flag",
    "birth_date",
    "birth_place",
    "address",
    "function",
    "programme",
    "listed_on",
    "remarks",
];

/// The largest mapping.
const MAPPING_MAX: u64 = 64 << 10;

/// How columns become fields.
struct Mapping {
    /// Field and column, in order.
    pairs: Vec<(String, String)>,
    separator: char,
    delimiter: Option<char>,
}

/// Reads a table and its mapping; see [`super::read`].
///
/// # Errors
/// The first fault found.
pub fn read(files: Vec<SourceInput<'_>>, context: Context<'_>, sink: Sink<'_>) -> Result<Reading, Refusal> {
    let mut files = files.into_iter();
    let (Some(table), Some(mapping)) = (files.next(), files.next()) else {
        return Err(Refusal::new(
            context.list.as_str(),
            0,
            "no mapping given",
            "give the table and its mapping",
        ));
    };
    let mapping = Mapping::read(mapping)?;
    let mut taken = Taken::new(&table.name, sink);
    let file = table.name.clone();
    let mut head: Option<(char, Vec<String>)> = None;
    let mut open: Option<(u64, String)> = None;
    lines(table.bytes, &table.name, |number, line| {
        let (start, row) = match open.take() {
            Some((start, mut row)) => {
                row.push('\n');
                row.push_str(line);
                (start, row)
            }
            None => (number, line.to_owned()),
        };
        if row.matches('"').count() % 2 == 1 {
            if row.len() > 1 << 20 {
                return Err(Refusal::new(&file, start, "a quotation mark that is never closed", REMEDY));
            }
            open = Some((start, row));
            return Ok(());
        }
        match &head {
            None => {
                let delimiter = mapping.delimiter.unwrap_or_else(|| delimiter_of(&row));
                let columns = cells(&row, delimiter, &file, start)?;
                mapping.check(&columns, &file, start)?;
                head = Some((delimiter, columns));
                Ok(())
            }
            Some((delimiter, columns)) => {
                let cells = cells(&row, *delimiter, &file, start)?;
                if cells.len() != columns.len() {
                    let finding = format!("{} cells, the head line has {}", cells.len(), columns.len());
                    return Err(Refusal::new(&file, start, finding, REMEDY));
                }
                let listing = mapping.listing(columns, &cells, context, &file, start)?;
                taken.give(listing, start)
            }
        }
    })?;
    match open {
        Some((start, _)) => {
            Err(Refusal::new(&file, start, "the file ends inside of a quoted cell (cut short)", REMEDY))
        }
        None => Ok(taken.reading),
    }
}

/// A mapping given as `field=Column,field=Column` as the text of a mapping file.
///
/// # Errors
/// A pair without `=`.
pub(crate) fn mapping_of_pairs(pairs: &str) -> Result<String, Refusal> {
    let mut text = String::new();
    for pair in pairs.split(',').filter(|p| !p.trim().is_empty()) {
        let Some((field, column)) = pair.split_once('=') else {
            let finding = format!("`{pair}` in the mapping");
            return Err(Refusal::new(
                "--map",
                0,
                finding,
                "write name=Column,alias=Other column, or name a file with the mapping",
            ));
        };
        let column = column.trim().replace('\\', "\\\\").replace('"', "\\\"");
        text.push_str(&format!("{} = \"{column}\"\n", field.trim()));
    }
    Ok(text)
}

impl Mapping {
    fn read(file: SourceInput<'_>) -> Result<Self, Refusal> {
        let mut text = String::new();
        let refuse =
            |line, finding: String, remedy: &str| Err(Refusal::new(&file.name, line, finding, remedy));
        if file.bytes.take(MAPPING_MAX + 1).read_to_string(&mut text).is_err()
            || text.len() as u64 > MAPPING_MAX
        {
            return refuse(
                0,
                "no mapping in UTF-8 of at most 64 KB".to_owned(),
                "write lines such as name = \"Full name\"",
            );
        }
        let mut mapping = Self { pairs: Vec::new(), separator: ';', delimiter: None };
        for (index, line) in text.lines().enumerate() {
            let number = index as u64 + 1;
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let parsed =
                line.split_once('=').and_then(|(key, value)| Some((key.trim(), values(value.trim())?)));
            let Some((key, values)) = parsed else {
                return refuse(
                    number,
                    format!("`{line}` is no line of a mapping"),
                    "write name = \"Column\" or alias = [\"One\", \"Two\"]",
                );
            };
            let sign = || match values.as_slice() {
                [one] => one
                    .chars()
                    .next()
                    .filter(|c| one.chars().nth(1).is_none() && !c.is_alphanumeric() && *c != '"'),
                _ => None,
            };
            match (key, sign()) {
                ("separator", Some(c)) => mapping.separator = c,
                ("delimiter", Some(c)) => mapping.delimiter = Some(c),
                ("separator" | "delimiter", None) => {
                    return refuse(number, format!("{key} is not one sign"), "write ; or | or , or a tab");
                }
                (field, _) => {
                    let field = field.replace('-', "_");
                    if !FIELDS.contains(&field.as_str()) && field.parse::<IdentifierKind>().is_err() {
                        let ids: Vec<_> = IdentifierKind::ALL.iter().map(|k| k.word()).collect();
                        let remedy = format!("use one of: {}, {}", FIELDS.join(", "), ids.join(", "));
                        return refuse(number, format!("the field `{field}` is not known"), &remedy);
                    }
                    if matches!(field.as_str(), "id" | "schema")
                        && (values.len() > 1 || mapping.pairs.iter().any(|(f, _)| *f == field))
                    {
                        return refuse(
                            number,
                            format!("more than one column for `{field}`"),
                            "map one column",
                        );
                    }
                    mapping.pairs.extend(values.into_iter().map(|column| (field.clone(), column)));
                }
            }
        }
        Ok(mapping)
    }

    /// The pairs that hold for a table: those of the mapping, else columns that are named as fields.
    fn pairs_of<'c>(&'c self, columns: &'c [String]) -> Vec<(&'c str, usize)> {
        let at = |column: &str| columns.iter().position(|c| c == column);
        if self.pairs.is_empty() {
            let known = |c: &str| FIELDS.contains(&c) || c.parse::<IdentifierKind>().is_ok();
            return columns
                .iter()
                .enumerate()
                .filter(|(_, c)| known(c))
                .map(|(i, c)| (c.as_str(), i))
                .collect();
        }
        self.pairs.iter().filter_map(|(field, column)| Some((field.as_str(), at(column)?))).collect()
    }

    fn check(&self, columns: &[String], file: &str, line: u64) -> Result<(), Refusal> {
        let told = || format!("the columns are: {}", columns.join(", "));
        if let Some((index, column)) =
            columns.iter().enumerate().find(|(i, c)| columns.iter().take(*i).any(|d| d == *c))
        {
            return Err(Refusal::new(
                file,
                line,
                format!("the column `{column}` twice (column {})", index + 1),
                "give each column its own name",
            ));
        }
        if let Some((field, column)) = self.pairs.iter().find(|(_, column)| !columns.contains(column)) {
            let finding = format!("no column `{column}`, which the mapping takes for `{field}`");
            return Err(Refusal::new(file, line, finding, told()));
        }
        if !self.pairs_of(columns).iter().any(|(field, _)| *field == "name") {
            let remedy = format!("map one: --map name=Column; {}", told());
            return Err(Refusal::new(file, line, "no column for `name`", remedy));
        }
        Ok(())
    }

    fn listing(
        &self,
        columns: &[String],
        cells: &[String],
        context: Context<'_>,
        file: &str,
        line: u64,
    ) -> Result<Listing, Refusal> {
        let refuse = |finding: String, remedy: &str| {
            Err(Refusal::new(file, line, finding, format!("{remedy}; nothing of the file was taken")))
        };
        let pairs = self.pairs_of(columns);
        let cell = |field: &str| -> &str {
            let at = pairs.iter().find(|(known, _)| *known == field).map(|(_, at)| *at);
            at.and_then(|at| cells.get(at)).map_or("", |c| c.trim())
        };
        let kind = match cell("schema") {
            "" => PartyKind::Unknown,
            word => match party_kind(word) {
                Some(kind) => kind,
                None => {
                    return refuse(
                        format!("schema `{word}` is no kind of party"),
                        "use person, organization, vessel, aircraft or unknown",
                    );
                }
            },
        };
        let native = match cell("id") {
            "" if pairs.iter().any(|(field, _)| *field == "id") => {
                return refuse("a row without id".to_owned(), "fill its cell");
            }
            "" => digest_id(&[cell("name"), cell("birth_date"), cell("state")]),
            id => id.to_owned(),
        };
        let mut listing = Listing::new(ListingId { list: context.list.clone(), native }, kind);
        let relation = match kind {
            PartyKind::Person => StateRelation::Nationality,
            PartyKind::Vessel => StateRelation::Flag,
            PartyKind::Organization | PartyKind::Aircraft | PartyKind::Unknown => StateRelation::Address,
        };
        for (field, at) in &pairs {
            let raw = cells.get(*at).map_or("", |c| c.trim());
            // A name may hold the sign that parts values; only further names are parted.
            let whole = matches!(*field, "name" | "id" | "schema" | "remarks" | "address" | "birth_place");
            let parts: Vec<&str> = if whole { vec![raw] } else { raw.split(self.separator).collect() };
            for value in parts.into_iter().map(collapsed).filter(|v| !v.is_empty()) {
                let mut state =
                    |relation| listing.states.push(StateLink { relation, state: context.state(&value) });
                match *field {
                    "id" | "schema" => {}
                    "name" | "alias" | "weak_alias" | "former_name" => {
                        let (kind, quality) = match *field {
                            "name" if listing.names.iter().all(|n| n.kind != NameKind::Primary) => {
                                (NameKind::Primary, NameQuality::Good)
                            }
                            "weak_alias" => (NameKind::Alias, NameQuality::Low),
                            "former_name" => (NameKind::Former, NameQuality::Good),
                            _ => (NameKind::Alias, NameQuality::Good),
                        };
                        if let Some(name) = text::name(&value, kind, quality)
                            && !listing.names.iter().any(|n| n.text == name.text)
                        {
                            listing.names.push(name);
                        }
                    }
                    "state" => state(relation),
                    "nationality" => state(StateRelation::Nationality),
                    "citizenship" => state(StateRelation::Citizenship),
                    "flag" => state(StateRelation::Flag),
                    "birth_date" | "listed_on" => {
                        let Some(date) = dates::iso(&value).or_else(|| value.parse().ok()) else {
                            return refuse(
                                format!("{field} `{value}` is no date"),
                                "write 1971-03-02, 1971-03 or 1971",
                            );
                        };
                        if *field == "birth_date" {
                            listing.birth_dates.push(date);
                        } else {
                            listing.listed_on = Some(date);
                        }
                    }
                    "birth_place" => {
                        listing.birth_places.push(Address { text: value, state: None, note: None })
                    }
                    "address" => listing.addresses.push(Address { text: value, state: None, note: None }),
                    "function" => listing.detail(DetailKind::Function, value),
                    "programme" => listing.programmes.push(Programme::new(value, "")),
                    "remarks" => listing.remarks = value,
                    other => {
                        let kind = other.parse().unwrap_or(IdentifierKind::Other);
                        let label = columns.get(*at).cloned().unwrap_or_default();
                        listing.identifiers.push(Identifier { kind, value, label, state: None });
                    }
                }
            }
        }
        listing.names.sort_by_key(|n| n.kind != NameKind::Primary);
        if listing.names.first().is_none_or(|n| n.kind != NameKind::Primary) {
            return refuse("a row without name".to_owned(), "fill its cell or remove the row");
        }
        let filled = columns.iter().zip(cells).filter(|(_, value)| !value.trim().is_empty());
        listing.source =
            filled.map(|(key, value)| SourceValue { key: key.clone(), value: value.clone() }).collect();
        Ok(listing)
    }
}

/// The values of a line of a mapping: a quoted text, or several in square brackets.
fn values(text: &str) -> Option<Vec<String>> {
    let (inner, list) = match text.strip_prefix('[') {
        Some(rest) => (rest.strip_suffix(']')?, true),
        None => (text, false),
    };
    let mut found = Vec::new();
    let mut rest = inner.trim();
    while let Some(after) = rest.strip_prefix('"') {
        let (mut value, mut escaped, mut end) = (String::new(), false, None);
        for (at, c) in after.char_indices() {
            match (escaped, c) {
                (true, 't') => value.push('\t'),
                (true, '"' | '\\') => value.push(c),
                (true, _) => return None,
                (false, '\\') => {}
                (false, '"') => {
                    end = Some(at);
                    break;
                }
                (false, other) => value.push(other),
            }
            escaped = !escaped && c == '\\';
        }
        found.push(value);
        rest = after.get(end? + 1..)?.trim();
        match rest.strip_prefix(',') {
            Some(next) if list => rest = next.trim(),
            _ => break,
        }
    }
    (rest.is_empty() && !found.is_empty() && (list || found.len() == 1)).then_some(found)
}

/// The sign that parts the head line into most cells.
fn delimiter_of(head: &str) -> char {
    let count = |sign: char| head.matches(sign).count();
    [',', ';', '\t'].into_iter().rev().max_by_key(|sign| count(*sign)).unwrap_or(',')
}

/// The cells of a row, read strictly.
fn cells(row: &str, delimiter: char, file: &str, line: u64) -> Result<Vec<String>, Refusal> {
    let refuse = |finding: &str| Err(Refusal::new(file, line, finding, REMEDY));
    let mut found = Vec::new();
    let mut rest = row;
    loop {
        let after = if let Some(mut inner) = rest.strip_prefix('"') {
            let mut cell = String::new();
            loop {
                let Some((before, next)) = inner.split_once('"') else {
                    return refuse("a quoted cell without its end");
                };
                cell.push_str(before);
                match next.strip_prefix('"') {
                    Some(more) => {
                        cell.push('"');
                        inner = more;
                    }
                    None => {
                        inner = next;
                        break;
                    }
                }
            }
            found.push(cell);
            inner
        } else {
            let end = rest.find(delimiter).unwrap_or(rest.len());
            let (cell, after) = rest.split_at(end);
            if cell.contains('"') {
                return refuse("a quotation mark inside of a cell that is not quoted");
            }
            found.push(cell.to_owned());
            after
        };
        match after.strip_prefix(delimiter) {
            Some(next) => rest = next,
            None if after.is_empty() => break,
            None => return refuse("text between the end of a quoted cell and the next"),
        }
    }
    if found.iter().any(|c| c.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r'))) {
        return refuse("a control character");
    }
    Ok(found)
}

/// Whether the first line of a file looks like a table: for the choice of a format.
pub(crate) fn looks_like_csv(name: &str) -> bool {
    let name = name.to_lowercase();
    [".csv", ".tsv", ".txt"].iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mappings_are_read_strictly() {
        assert_eq!(values("\"A\""), Some(vec!["A".to_owned()]));
        assert_eq!(values("[\"A\", \"B \\\" \\\\\"]"), Some(vec!["A".to_owned(), "B \" \\".to_owned()]));
        for bad in ["A", "\"A", "\"A\" \"B\"", "[\"A\"", "[]", "\"a\\x\"", "[\"A\" \"B\"]"] {
            assert_eq!(values(bad), None, "{bad}");
        }
        assert_eq!(
            mapping_of_pairs("name=Full \"name\", alias=A").unwrap(),
            "name = \"Full \\\"name\\\"\"\nalias = \"A\"\n"
        );
        assert!(mapping_of_pairs("name").is_err());
    }

    #[test]
    fn rows_are_parted_strictly() {
        let row = |text: &str| cells(text, ';', "t", 1);
        assert_eq!(row("a;\"b;\"\"c\"\"\nd\";").unwrap(), ["a", "b;\"c\"\nd", ""]);
        assert!(row("a\"b").is_err() && row("\"a\"b").is_err() && row("\"a").is_err());
        assert_eq!(
            (delimiter_of("a;b;c,d"), delimiter_of("a,b"), delimiter_of("a\tb"), delimiter_of("a")),
            (';', ',', '\t', ',')
        );
    }
}
