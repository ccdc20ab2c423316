//! Reading structured text with its places: TOML and JSON become [`Node`]s that know where they stand, and a [`Reader`] takes a table's
//! keys one by one and reports what is missing, wrong or unknown. The same reader serves the data and the deals of users.

use std::collections::BTreeSet;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use toml::de::{DeTable, DeValue};

use crate::fault::Fault;
use crate::language::nearest;

/// A value with the place where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Byte offset in the file; none where the format does not tell (JSON).
    pub at: Option<usize>,
    /// The value.
    pub kind: NodeKind,
}

/// What stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// A text.
    Text(String),
    /// A number, as written.
    Number(String),
    /// A date or time, as written.
    Date(String),
    /// true or false.
    Truth(bool),
    /// JSON's null.
    Null,
    /// A list.
    List(Vec<Node>),
    /// A table; keys in their order, each with its place.
    Table(Vec<(String, Option<usize>, Node)>),
}

impl NodeKind {
    /// What it is, for messages.
    #[must_use]
    pub fn what(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Number(_) => "a number",
            Self::Date(_) => "a date",
            Self::Truth(_) => "true or false",
            Self::Null => "null",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
        }
    }
}

/// A file that was read, with the faults found in it.
#[derive(Debug)]
pub struct Source {
    /// Its name for messages.
    pub file: String,
    /// Byte offset at which each line begins.
    lines: Vec<usize>,
    text: String,
}

impl Source {
    /// A file's text, ready to tell places in it.
    #[must_use]
    pub fn new(file: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { file: file.into(), lines, text }
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Line and column, from 1, of a byte offset.
    #[must_use]
    pub fn place(&self, at: usize) -> (usize, usize) {
        let line = self.lines.partition_point(|start| *start <= at).max(1);
        let start = self.lines.get(line - 1).copied().unwrap_or(0);
        let column = self.text.get(start..at).map_or(1, |before| before.chars().count() + 1);
        (line, column)
    }

    /// A fault at a byte offset.
    #[must_use]
    pub fn fault(
        &self,
        at: Option<usize>,
        found: impl Into<String>,
        expected: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Fault {
        match at {
            Some(at) => {
                let (line, column) = self.place(at);
                Fault::new(&self.file, line, found, expected, remedy).at_column(column)
            }
            None => Fault::new(&self.file, 0, found, expected, remedy),
        }
    }

    /// Reads TOML.
    pub fn toml(&self, faults: &mut Vec<Fault>) -> Option<Node> {
        let (table, errors) = DeTable::parse_recoverable(&self.text);
        for error in &errors {
            let at = error.span().map(|s| s.start);
            faults.push(self.fault(
                at,
                format!("this is not TOML: {}", error.message().replace('\n', ", ")),
                "",
                "correct the line; texts stand in double quotes, dates and numbers do not need them",
            ));
        }
        if !errors.is_empty() {
            return None;
        }
        let at = table.span().start;
        Some(Node { at: Some(at), kind: table_kind(table.get_ref()) })
    }

    /// Reads JSON.
    pub fn json(&self, faults: &mut Vec<Fault>) -> Option<Node> {
        let read = serde_json::from_str::<OnceEach>(&self.text)
            .and_then(|_| serde_json::from_str::<Value>(&self.text));
        match read {
            Ok(value) => Some(json_node(value)),
            Err(error) => {
                faults.push(
                    Fault::new(
                        &self.file,
                        error.line(),
                        format!("this is not JSON: {error}"),
                        "",
                        "correct the JSON; keys and texts stand in double quotes",
                    )
                    .at_column(error.column()),
                );
                None
            }
        }
    }
}

fn table_kind(table: &DeTable<'_>) -> NodeKind {
    let mut rows: Vec<_> = table
        .iter()
        .map(|(key, value)| {
            (
                key.get_ref().to_string(),
                Some(key.span().start),
                toml_node(value.span().start, value.get_ref()),
            )
        })
        .collect();
    rows.sort_by_key(|(_, at, _)| *at);
    NodeKind::Table(rows)
}

fn toml_node(at: usize, value: &DeValue<'_>) -> Node {
    let kind = match value {
        DeValue::String(text) => NodeKind::Text(text.to_string()),
        DeValue::Integer(number) => NodeKind::Number(integer_text(number.as_str(), number.radix())),
        DeValue::Float(number) => NodeKind::Number(number.as_str().to_owned()),
        DeValue::Boolean(truth) => NodeKind::Truth(*truth),
        DeValue::Datetime(date) => NodeKind::Date(date.to_string()),
        DeValue::Array(list) => {
            NodeKind::List(list.iter().map(|v| toml_node(v.span().start, v.get_ref())).collect())
        }
        DeValue::Table(table) => table_kind(table),
    };
    Node { at: Some(at), kind }
}

fn integer_text(text: &str, radix: u32) -> String {
    if radix == 10 {
        return text.to_owned();
    }
    i128::from_str_radix(text, radix).map_or_else(|_| text.to_owned(), |n| n.to_string())
}

/// Any JSON whose tables name each key once. A reader that takes the last of two would answer for another deal than the one that was read.
struct OnceEach;

impl<'de> Deserialize<'de> for OnceEach {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OnceEachVisitor)
    }
}

struct OnceEachVisitor;

impl<'de> Visitor<'de> for OnceEachVisitor {
    type Value = OnceEach;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<OnceEach, E> {
        Ok(OnceEach)
    }

    fn visit_i64<E>(self, _: i64) -> Result<OnceEach, E> {
        Ok(OnceEach)
    }

    fn visit_u64<E>(self, _: u64) -> Result<OnceEach, E> {
        Ok(OnceEach)
    }

    fn visit_f64<E>(self, _: f64) -> Result<OnceEach, E> {
        Ok(OnceEach)
    }

    fn visit_str<E>(self, _: &str) -> Result<OnceEach, E> {
        Ok(OnceEach)
    }

    fn visit_unit<E>(self) -> Result<OnceEach, E> {
        Ok(OnceEach)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<OnceEach, A::Error> {
        while list.next_element::<OnceEach>()?.is_some() {}
        Ok(OnceEach)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<OnceEach, A::Error> {
        let mut seen = BTreeSet::new();
        while let Some(key) = table.next_key::<String>()? {
            if seen.contains(&key) {
                return Err(de::Error::custom(format_args!("the key `{key}` stands twice in one table")));
            }
            table.next_value::<OnceEach>()?;
            seen.insert(key);
        }
        Ok(OnceEach)
    }
}

fn json_node(value: Value) -> Node {
    let kind = match value {
        Value::Null => NodeKind::Null,
        Value::Bool(truth) => NodeKind::Truth(truth),
        Value::Number(number) => NodeKind::Number(number.to_string()),
        Value::String(text) => NodeKind::Text(text),
        Value::Array(list) => NodeKind::List(list.into_iter().map(json_node).collect()),
        Value::Object(map) => {
            NodeKind::Table(map.into_iter().map(|(key, value)| (key, None, json_node(value))).collect())
        }
    };
    Node { at: None, kind }
}

/// Takes a table's keys one by one. When it is finished, keys that nobody took are reported.
pub struct Reader<'a> {
    source: &'a Source,
    /// Where in the document: `item[0].facts`; empty at the top.
    path: String,
    at: Option<usize>,
    rows: &'a [(String, Option<usize>, Node)],
    taken: Vec<bool>,
    asked: Vec<&'static str>,
}

impl<'a> Reader<'a> {
    /// A reader of the table at `node`; a fault if it is no table.
    pub fn new(
        source: &'a Source,
        path: impl Into<String>,
        node: &'a Node,
        faults: &mut Vec<Fault>,
    ) -> Option<Self> {
        let path = path.into();
        match &node.kind {
            NodeKind::Table(rows) => Some(Self {
                source,
                path,
                at: node.at,
                rows,
                taken: vec![false; rows.len()],
                asked: Vec::new(),
            }),
            other => {
                let name = if path.is_empty() { "the file".to_owned() } else { format!("`{path}`") };
                faults.push(source.fault(
                    node.at,
                    format!("{name} is {}", other.what()),
                    "a table of keys and values",
                    "write key = value pairs",
                ));
                None
            }
        }
    }

    /// The source it reads from.
    #[must_use]
    pub fn source(&self) -> &'a Source {
        self.source
    }

    /// Where the table begins.
    #[must_use]
    pub fn at(&self) -> Option<usize> {
        self.at
    }

    /// `file:line` of the table.
    #[must_use]
    pub fn place(&self) -> String {
        match self.at {
            Some(at) => format!("{}:{}", self.source.file, self.source.place(at).0),
            None => self.source.file.clone(),
        }
    }

    /// The path of a key in the document.
    #[must_use]
    pub fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// A fault at a key, or at the table if the key is not there.
    #[must_use]
    pub fn fault(
        &self,
        key: &str,
        found: impl Into<String>,
        expected: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Fault {
        let at = self.rows.iter().find(|(k, _, _)| k == key).map_or(self.at, |(_, at, node)| node.at.or(*at));
        let found = found.into();
        let found = if at.is_none() { format!("at `{}`: {found}", self.path_of(key)) } else { found };
        self.source.fault(at, found, expected, remedy)
    }

    /// Whether a key is there, with whatever value.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.rows.iter().any(|(k, _, _)| k == key)
    }

    /// The value of a key.
    pub fn node(&mut self, key: &'static str) -> Option<&'a Node> {
        self.asked.push(key);
        let index = self.rows.iter().position(|(k, _, _)| k == key)?;
        if let Some(taken) = self.taken.get_mut(index) {
            *taken = true;
        }
        self.rows.get(index).map(|(_, _, node)| node).filter(|node| node.kind != NodeKind::Null)
    }

    /// All keys and values, taken at once: for tables whose keys are free.
    pub fn all(&mut self) -> &'a [(String, Option<usize>, Node)] {
        self.taken.fill(true);
        self.rows
    }

    fn wrong(&self, key: &str, node: &Node, expected: &str) -> Fault {
        self.fault(
            key,
            format!("`{}` is {}", self.path_of(key), node.kind.what()),
            expected,
            "correct the value",
        )
    }

    /// An optional text.
    pub fn text(&mut self, key: &'static str, faults: &mut Vec<Fault>) -> Option<&'a str> {
        let node = self.node(key)?;
        match &node.kind {
            NodeKind::Text(text) => Some(text),
            _ => {
                faults.push(self.wrong(key, node, "a text in double quotes"));
                None
            }
        }
    }

    /// A text that must be there and not be empty.
    pub fn required(&mut self, key: &'static str, faults: &mut Vec<Fault>) -> Option<&'a str> {
        let before = faults.len();
        match self.text(key, faults) {
            Some(text) if !text.trim().is_empty() => Some(text),
            found => {
                if faults.len() == before {
                    let what = if found.is_some() { "is empty" } else { "is missing" };
                    faults.push(self.fault(
                        key,
                        format!("`{}` {what}", self.path_of(key)),
                        "a text",
                        format!("add {key} = \"...\""),
                    ));
                }
                None
            }
        }
    }

    /// A truth value; false if it is not there.
    pub fn truth(&mut self, key: &'static str, faults: &mut Vec<Fault>) -> bool {
        self.optional_truth(key, faults).unwrap_or(false)
    }

    /// A truth value.
    pub fn optional_truth(&mut self, key: &'static str, faults: &mut Vec<Fault>) -> Option<bool> {
        let node = self.node(key)?;
        match &node.kind {
            NodeKind::Truth(truth) => Some(*truth),
            _ => {
                faults.push(self.wrong(key, node, "true or false"));
                None
            }
        }
    }

    /// A text, number or date, as written.
    pub fn scalar(&mut self, key: &'static str, faults: &mut Vec<Fault>) -> Option<&'a str> {
        let node = self.node(key)?;
        match &node.kind {
            NodeKind::Text(text) | NodeKind::Number(text) | NodeKind::Date(text) => Some(text),
            _ => {
                faults.push(self.wrong(key, node, "a text, number or date"));
                None
            }
        }
    }

    /// A scalar that is parsed into a type.
    pub fn parsed<T: std::str::FromStr>(&mut self, key: &'static str, faults: &mut Vec<Fault>) -> Option<T>
    where
        T::Err: std::fmt::Display,
    {
        let text = self.scalar(key, faults)?;
        match text.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                faults.push(self.fault(key, T::Err::to_string(&error), "", "correct the value"));
                None
            }
        }
    }

    /// A list of texts; one text counts as a list of one.
    pub fn texts(&mut self, key: &'static str, faults: &mut Vec<Fault>) -> Vec<&'a str> {
        self.optional_texts(key, faults).unwrap_or_default()
    }

    /// A list of texts, or none if the key is not there.
    pub fn optional_texts(&mut self, key: &'static str, faults: &mut Vec<Fault>) -> Option<Vec<&'a str>> {
        let node = self.node(key)?;
        let mut texts = Vec::new();
        match &node.kind {
            NodeKind::Text(text) => texts.push(text.as_str()),
            NodeKind::List(list) => {
                for entry in list {
                    match &entry.kind {
                        NodeKind::Text(text) => texts.push(text.as_str()),
                        _ => faults.push(self.source.fault(
                            entry.at,
                            format!("in `{}`: {}", self.path_of(key), entry.kind.what()),
                            "a text in double quotes",
                            "correct the value",
                        )),
                    }
                }
            }
            _ => faults.push(self.wrong(key, node, "a text, or a list of texts")),
        }
        Some(texts)
    }

    /// A list of texts, each parsed.
    pub fn parsed_list<T: std::str::FromStr>(&mut self, key: &'static str, faults: &mut Vec<Fault>) -> Vec<T>
    where
        T::Err: std::fmt::Display,
    {
        let mut values = Vec::new();
        for text in self.texts(key, faults) {
            match text.parse() {
                Ok(value) => values.push(value),
                Err(error) => {
                    faults.push(self.fault(key, T::Err::to_string(&error), "", "correct the value"))
                }
            }
        }
        values
    }

    /// The tables of a list; one table counts as a list of one.
    pub fn tables(&mut self, key: &'static str, faults: &mut Vec<Fault>) -> Vec<Reader<'a>> {
        let Some(node) = self.node(key) else { return Vec::new() };
        let path = self.path_of(key);
        match &node.kind {
            NodeKind::Table(_) => Reader::new(self.source, path, node, faults).into_iter().collect(),
            NodeKind::List(list) => list
                .iter()
                .enumerate()
                .filter_map(|(i, entry)| Reader::new(self.source, format!("{path}[{i}]"), entry, faults))
                .collect(),
            _ => {
                faults.push(self.wrong(key, node, "a table, or a list of tables"));
                Vec::new()
            }
        }
    }

    /// Reports the keys that nobody took, each with the nearest known one.
    pub fn finish(self, faults: &mut Vec<Fault>) {
        for ((key, at, node), taken) in self.rows.iter().zip(&self.taken) {
            if !taken {
                let found = format!("unknown key `{}`", self.path_of(key));
                let remedy = match nearest(key, self.asked.iter().copied()) {
                    hint if hint.starts_with("did") => hint,
                    _ => "remove it, or correct its name".to_owned(),
                };
                let expected = format!("one of {}", {
                    let mut known = self.asked.clone();
                    known.sort_unstable();
                    known.dedup();
                    known.join(", ")
                });
                faults.push(self.source.fault(at.or(node.at), found, expected, remedy));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_point_into_the_file() {
        let source = Source::new("deal.toml", "date = 2026-11-21\n\n[[item]]\npowr = \"45 VA\"\n");
        let mut faults = Vec::new();
        let root = source.toml(&mut faults).unwrap();
        let mut reader = Reader::new(&source, "", &root, &mut faults).unwrap();
        assert_eq!(
            reader.parsed::<comity_model::Day>("date", &mut faults).unwrap().to_string(),
            "2026-11-21"
        );
        for mut item in reader.tables("item", &mut faults) {
            item.text("power", &mut faults);
            item.finish(&mut faults);
        }
        reader.finish(&mut faults);
        assert_eq!(
            faults.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["deal.toml:4:1: unknown key `item[0].powr`; expected one of power; did you mean `power`?"]
        );
    }

    #[test]
    fn numbers_stay_as_written() {
        let source = Source::new("x.toml", "a = 0.10\nb = 1_000\nc = 0xff");
        let root = source.toml(&mut Vec::new()).unwrap();
        let NodeKind::Table(rows) = root.kind else { panic!() };
        let texts: Vec<_> = rows.iter().map(|(_, _, n)| n.kind.clone()).collect();
        assert_eq!(
            texts,
            [
                NodeKind::Number("0.10".into()),
                NodeKind::Number("1000".into()),
                NodeKind::Number("255".into())
            ]
        );
    }

    #[test]
    fn broken_files_are_faults_with_a_place() {
        let mut faults = Vec::new();
        assert!(Source::new("x.toml", "a = \nb = 2").toml(&mut faults).is_none());
        assert_eq!(faults.first().unwrap().line, 1);
        assert!(Source::new("x.json", "{\"a\": }").json(&mut faults).is_none());
        assert!(Source::new("x.json", "{\"a\": {\"b\": 1.50, \"b\": 2}}").json(&mut faults).is_none());
        assert!(faults.last().unwrap().found.contains("`b` stands twice"));
        assert!(
            Source::new("x.json", "{\"a\": [1e5, null, true, \"x\", -3, {\"b\": 0.1}]}")
                .json(&mut faults)
                .is_some()
        );
    }
}
