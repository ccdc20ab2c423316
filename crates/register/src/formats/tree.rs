//! Trees of values from YAML and JSON of strangers: tables, lists and texts, each with its line. Numbers and truth values stay the texts that they are.
//!
//! Strict on purpose: one document a file, no key twice in a table, no tags, no directives, and limits on bytes, depth, nodes and on what aliases unfold to.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{BufRead, Read};

use comity_model::listing::SourceValue;
use granit_parser::{Event, Options, Parser, ScalarStyle};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::error::Refusal;

/// The deepest nesting.
const DEPTH_MAX: usize = 32;
/// The most nodes of one file, those that aliases unfold to included.
const NODES_MAX: usize = 200_000;
/// The most bytes of texts of one file, those that aliases unfold to included.
const TEXT_MAX: usize = 32 << 20;
/// The most keys of one table.
const KEYS_MAX: usize = 1000;

/// A value and the line where it begins, 0 where the form has no lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) line: u64,
    pub(crate) value: Value,
}

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// Nothing.
    Null,
    /// A text, or a number or truth value as it is written.
    Text(String),
    /// Values in order.
    List(Vec<Node>),
    /// Values by key, in order.
    Table(Vec<(String, Node)>),
}

impl Node {
    /// The value of a key of a table.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.rows().iter().find(|(known, _)| known == key).map(|(_, node)| node)
    }

    /// Keys and values of a table; none of anything else.
    pub(crate) fn rows(&self) -> &[(String, Node)] {
        match &self.value {
            Value::Table(rows) => rows,
            Value::Null | Value::Text(_) | Value::List(_) => &[],
        }
    }

    /// A text that is not blank.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) if !text.trim().is_empty() => Some(text),
            Value::Text(_) | Value::Null | Value::List(_) | Value::Table(_) => None,
        }
    }

    /// The text of a key, blanks at its ends cut off; empty if there is none.
    pub(crate) fn word(&self, key: &str) -> &str {
        self.get(key).and_then(Node::text).map_or("", str::trim)
    }

    /// The values of a list; a value by itself counts as a list of one, nothing as an empty one.
    pub(crate) fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            Value::Null => &[],
            Value::Text(_) | Value::Table(_) => std::slice::from_ref(self),
        }
    }

    /// What kind of value it is, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing",
            Value::Text(_) => "a text",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
        }
    }

    /// Every text below that is not blank, word for word, with its path.
    pub(crate) fn leaves(&self, path: &str, out: &mut Vec<SourceValue>) {
        let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}/{key}") };
        match &self.value {
            Value::Null => {}
            Value::Text(text) if text.trim().is_empty() => {}
            Value::Text(text) => out.push(SourceValue { key: path.to_owned(), value: text.clone() }),
            Value::List(items) => items.iter().for_each(|item| item.leaves(path, out)),
            Value::Table(rows) => rows.iter().for_each(|(key, node)| node.leaves(&below(key), out)),
        }
    }
}

/// Reads a file of at most `limit` bytes as UTF-8 text without control characters.
pub(crate) fn text_of(mut bytes: impl BufRead, file: &str, limit: u64) -> Result<String, Refusal> {
    let refuse = |line, finding: String, remedy: &str| Err(Refusal::new(file, line, finding, remedy));
    let mut raw = Vec::new();
    if let Err(error) = bytes.by_ref().take(limit + 1).read_to_end(&mut raw) {
        return refuse(0, format!("it cannot be read: {error}"), "see that the file is there and whole");
    }
    if raw.len() as u64 > limit {
        return refuse(
            0,
            format!("more than {} MB in one file", limit >> 20),
            "see whether it is the right file",
        );
    }
    let line_at = |at: usize, raw: &[u8]| raw.iter().take(at).filter(|b| **b == b'\n').count() as u64 + 1;
    let text = match String::from_utf8(raw) {
        Ok(text) => text,
        Err(error) => {
            let line = line_at(error.utf8_error().valid_up_to(), error.as_bytes());
            return refuse(
                line,
                "bytes that are no UTF-8 (another encoding, or damaged)".to_owned(),
                "save it as UTF-8",
            );
        }
    };
    let strange = |c: char| {
        (c.is_control() && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}')
    };
    if let Some(at) = text.find(strange) {
        let line = line_at(at, text.as_bytes());
        return refuse(line, "a control character".to_owned(), "take it out, or fetch the file again");
    }
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// Reads one YAML document.
pub(crate) fn yaml(text: &str, file: &str) -> Result<Node, Refusal> {
    let mut options = Options::default();
    options.disallow_directives = true;
    options.flow_nesting_limit = DEPTH_MAX;
    options.block_nesting_limit = DEPTH_MAX;
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut builder = Builder::new(file);
    loop {
        let (event, line) = match parser.next_event() {
            Some(Ok((event, span))) => (event, span.start.line() as u64),
            Some(Err(error)) => {
                let line = error.marker().line() as u64;
                return Err(builder.refuse(line, format!("no well-formed YAML: {}", error.info())));
            }
            None => return Err(builder.refuse(0, "no well-formed YAML: it ends before its end")),
        };
        if matches!(event, Event::StreamEnd) {
            break;
        }
        builder.event(event, line)?;
    }
    match builder.root.take() {
        Some(root) => Ok(root),
        None => Err(builder.refuse(0, "an empty file")),
    }
}

/// Nodes and bytes of a tree.
#[derive(Clone, Copy, Default)]
struct Size {
    nodes: usize,
    bytes: usize,
}

impl Size {
    fn of(node: &Node) -> Self {
        let mut size = Self { nodes: 1, bytes: 0 };
        match &node.value {
            Value::Null => {}
            Value::Text(text) => size.bytes += text.len(),
            Value::List(items) => items.iter().for_each(|n| size.add(Self::of(n))),
            Value::Table(rows) => rows.iter().for_each(|(key, n)| {
                size.bytes += key.len();
                size.add(Self::of(n));
            }),
        }
        size
    }

    fn add(&mut self, other: Self) {
        self.nodes += other.nodes;
        self.bytes += other.bytes;
    }
}

/// A list or table that is open.
struct Open {
    node: Node,
    /// The key whose value comes next, in a table.
    key: Option<String>,
    anchor: usize,
}

struct Builder<'f> {
    file: &'f str,
    open: Vec<Open>,
    root: Option<Node>,
    anchors: BTreeMap<usize, (Node, Size)>,
    size: Size,
    documents: usize,
}

impl<'f> Builder<'f> {
    fn new(file: &'f str) -> Self {
        Self {
            file,
            open: Vec::new(),
            root: None,
            anchors: BTreeMap::new(),
            size: Size::default(),
            documents: 0,
        }
    }

    fn refuse(&self, line: u64, finding: impl Into<String>) -> Refusal {
        Refusal::new(self.file, line, finding, "correct the file, or fetch it again from where it came")
    }

    fn event(&mut self, event: Event<'_>, line: u64) -> Result<(), Refusal> {
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(self.refuse(line, "a second document in one file (doubled file?)"));
                }
                Ok(())
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.no_tag(tag.is_some(), line)?;
                let null = style == ScalarStyle::Plain
                    && matches!(text.as_ref(), "" | "~" | "null" | "Null" | "NULL");
                let value = if null { Value::Null } else { Value::Text(text.into_owned()) };
                self.put(Node { line, value }, anchor)
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.no_tag(tag.is_some(), line)?;
                self.begin(Node { line, value: Value::List(Vec::new()) }, anchor)
            }
            Event::MappingStart(_, anchor, tag) => {
                self.no_tag(tag.is_some(), line)?;
                self.begin(Node { line, value: Value::Table(Vec::new()) }, anchor)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(open) = self.open.pop() else {
                    return Err(self.refuse(line, "an end without a beginning"));
                };
                self.put(open.node, open.anchor)
            }
            Event::Alias(anchor) => {
                let Some((node, size)) = self.anchors.get(&anchor) else {
                    return Err(self.refuse(line, "an alias inside of what it stands for"));
                };
                let (node, size) = (node, *size);
                self.size.add(size);
                if self.size.nodes > NODES_MAX || self.size.bytes > TEXT_MAX {
                    return Err(self.refuse(
                        line,
                        format!("more than {NODES_MAX} values in one file, aliases unfolded"),
                    ));
                }
                let node = node.clone();
                self.attach(node)
            }
            Event::UnresolvedAlias(name) => Err(self.refuse(line, format!("the alias `{name}` of nothing"))),
            Event::StreamStart | Event::StreamEnd | Event::DocumentEnd | Event::Anchor(..) => Ok(()),
            // What a later parser may add: comments and the like, which hold no values.
            _ => Ok(()),
        }
    }

    fn no_tag(&self, tagged: bool, line: u64) -> Result<(), Refusal> {
        if tagged { Err(self.refuse(line, "a tag (`!...`); plain values are expected")) } else { Ok(()) }
    }

    fn begin(&mut self, node: Node, anchor: usize) -> Result<(), Refusal> {
        if self.open.len() >= DEPTH_MAX {
            return Err(self.refuse(node.line, format!("nested more than {DEPTH_MAX} deep")));
        }
        self.open.push(Open { node, key: None, anchor });
        Ok(())
    }

    /// A node that is complete: counted, remembered under its anchor, put where it belongs.
    fn put(&mut self, node: Node, anchor: usize) -> Result<(), Refusal> {
        self.size.nodes += 1;
        if let Value::Text(text) = &node.value {
            self.size.bytes += text.len();
        }
        if anchor > 0 {
            let size = Size::of(&node);
            self.size.add(size);
            self.anchors.insert(anchor, (node.clone(), size));
        }
        if self.size.nodes > NODES_MAX || self.size.bytes > TEXT_MAX {
            return Err(
                self.refuse(node.line, format!("more than {NODES_MAX} values in one file, aliases unfolded"))
            );
        }
        self.attach(node)
    }

    fn attach(&mut self, node: Node) -> Result<(), Refusal> {
        let line = node.line;
        let finding = match self.open.last_mut() {
            None => {
                self.root = Some(node);
                return Ok(());
            }
            Some(open) => match (&mut open.node.value, open.key.take()) {
                (Value::List(items), _) => {
                    items.push(node);
                    return Ok(());
                }
                (Value::Table(rows), Some(key)) => {
                    rows.push((key, node));
                    return Ok(());
                }
                (Value::Table(rows), None) => match node.value {
                    Value::Text(key) if rows.iter().any(|(known, _)| *known == key) => {
                        format!("the key `{key}` a second time in one table")
                    }
                    Value::Text(_) if rows.len() >= KEYS_MAX => {
                        format!("more than {KEYS_MAX} keys in one table")
                    }
                    Value::Text(key) => {
                        open.key = Some(key);
                        return Ok(());
                    }
                    Value::Null | Value::List(_) | Value::Table(_) => "a key that is no text".to_owned(),
                },
                (Value::Null | Value::Text(_), _) => "a value inside of a text".to_owned(),
            },
        };
        Err(self.refuse(line, finding))
    }
}

/// Reads one JSON value. `line` is where the text begins in its file.
pub(crate) fn json(text: &str, file: &str, line: u64) -> Result<Node, Refusal> {
    let refuse = |at: u64, finding: String| {
        Refusal::new(file, at, finding, "correct the file, or fetch it again from where it came")
    };
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = Json::deserialize(&mut reader).and_then(|tree| reader.end().map(|()| tree));
    match read {
        Ok(Json(mut node)) => {
            number(&mut node, line);
            Ok(node)
        }
        Err(error) => {
            let at = line + (error.line() as u64).saturating_sub(1);
            let told = error.to_string();
            let told = told.split(" at line ").next().unwrap_or(&told).to_owned();
            Err(refuse(at, format!("no well-formed JSON: {told}, column {}", error.column())))
        }
    }
}

/// JSON is read without places; all values get the line of the whole.
fn number(node: &mut Node, line: u64) {
    node.line = line;
    match &mut node.value {
        Value::Null | Value::Text(_) => {}
        Value::List(items) => items.iter_mut().for_each(|n| number(n, line)),
        Value::Table(rows) => rows.iter_mut().for_each(|(_, n)| number(n, line)),
    }
}

struct Json(Node);

/// Under this key a number comes as it is written, when the reader of JSON keeps numbers so.
const AS_WRITTEN: &str = "$serde_json::private::Number";

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor).map(|value| Self(Node { line: 0, value }))
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Text(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Text(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Text(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Text(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Json(node)) = seq.next_element()? {
            items.push(node);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut rows: Vec<(String, Node)> = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            if key == AS_WRITTEN {
                return map.next_value::<String>().map(Value::Text);
            }
            if rows.iter().any(|(known, _)| *known == key) {
                return Err(serde::de::Error::custom(format!("the key `{key}` a second time in one table")));
            }
            if rows.len() >= KEYS_MAX {
                return Err(serde::de::Error::custom(format!("more than {KEYS_MAX} keys in one table")));
            }
            let Json(node) = map.next_value()?;
            rows.push((key, node));
        }
        Ok(Value::Table(rows))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(node: &Node) -> String {
        match &node.value {
            Value::Null => "-".to_owned(),
            Value::Text(text) => text.clone(),
            Value::List(items) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", ")),
            Value::Table(rows) => {
                let rows: Vec<_> = rows.iter().map(|(k, n)| format!("{k}: {}", shown(n))).collect();
                format!("{{{}}}", rows.join(", "))
            }
        }
    }

    #[test]
    fn yaml_and_json_give_the_same_tree() {
        let text = "# head\n---\na: &x\n  - '1'\n  - 2 # two\nb: *x\nc: |\n  line\n  line\nd: ~\ne: {f: \"g\\u00e9\"}\n";
        let tree = yaml(text, "t.yml").unwrap();
        assert_eq!(shown(&tree), "{a: [1, 2], b: [1, 2], c: line\nline\n, d: -, e: {f: gé}}");
        assert_eq!(tree.get("e").unwrap().line, 11);
        let same = json(
            "{\"a\":[\"1\",2],\"b\":[1,2],\"c\":\"line\\nline\\n\",\"d\":null,\"e\":{\"f\":\"g\\u00e9\"}}",
            "t.json",
            5,
        )
        .unwrap();
        assert_eq!(shown(&same), shown(&tree));
        assert_eq!((same.line, shown(&json("1.50", "t.json", 1).unwrap())), (5, "1.50".to_owned()));
    }

    #[test]
    fn what_is_not_plain_is_refused_with_its_line() {
        for (text, line, finding) in [
            ("a: 1\na: 2\n", 2, "the key `a` a second time"),
            ("a: 1\n---\na: 1\n", 2, "second document"),
            ("a: !!binary x\n", 1, "a tag"),
            ("%YAML 1.2\n---\na: 1\n", 1, "no well-formed YAML"),
            ("a: *b\n", 1, "no well-formed YAML"),
            ("a: &b\n  - *b\n", 2, "an alias inside of what it stands for"),
            ("a: [1\n", 1, "no well-formed YAML"),
            ("a: \"x\n", 2, "no well-formed YAML"),
            ("? [a]\n: b\n", 1, "a key that is no text"),
            ("", 0, "an empty file"),
        ] {
            let refusal = yaml(text, "t.yml").unwrap_err();
            assert!(refusal.finding.contains(finding), "{text:?}: {refusal}");
            assert_eq!(refusal.line, line, "{text:?}: {refusal}");
        }
        assert!(yaml(&"[".repeat(100_000), "t.yml").is_err());
        assert!(yaml(&"- ".repeat(100_000), "t.yml").is_err());
        assert!(json(&"[".repeat(100_000), "t.json", 1).is_err());
        assert!(
            json("{\"a\":1,\"a\":2}", "t.json", 3)
                .unwrap_err()
                .to_string()
                .contains("line 3: no well-formed JSON: the key `a` a second time")
        );
        assert!(json("{\"a\":1} x", "t.json", 1).is_err());
    }

    #[test]
    fn aliases_do_not_unfold_without_end() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for n in 1..9 {
            let row = vec![format!("*a{}", n - 1); 10].join(", ");
            bomb.push_str(&format!("a{n}: &a{n} [{row}]\n"));
        }
        assert!(yaml(&bomb, "t.yml").unwrap_err().finding.contains("aliases unfolded"));
    }

    #[test]
    fn texts_of_other_encodings_are_refused() {
        assert_eq!(text_of(&b"a\nb\xe9"[..], "t", 100).unwrap_err().line, 2);
        assert_eq!(text_of(&b"a\n\nb\0"[..], "t", 100).unwrap_err().line, 3);
        assert!(text_of(&b"aaaa"[..], "t", 3).unwrap_err().finding.contains("more than"));
        assert_eq!(text_of("\u{feff}a".as_bytes(), "t", 100).unwrap(), "a");
    }
}
