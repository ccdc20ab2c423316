//! XML from strangers, in a stream: no document type, no entities beyond the five predefined ones, nothing fetched, and limits on depth, attributes, text and nodes.

use std::io::BufRead;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::text::collapsed;
use crate::error::Refusal;
use crate::input::{Counted, LIMIT_MARK};

/// The deepest nesting of elements.
const DEPTH_MAX: usize = 32;
/// The most attributes of one element.
const ATTRIBUTES_MAX: usize = 64;
/// The most elements below one entry.
const NODES_MAX: usize = 20_000;
/// The longest text of one entry in all, bytes.
const ENTRY_BYTES_MAX: usize = 8 << 20;

/// One element with all that is below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Element {
    /// Its local name.
    pub(crate) name: String,
    /// Its attributes.
    pub(crate) attributes: Vec<(String, String)>,
    /// Its own text, word for word.
    pub(crate) text: String,
    /// Elements directly below.
    pub(crate) children: Vec<Element>,
    /// The line where it begins.
    pub(crate) line: u64,
}

impl Element {
    /// The value of an attribute.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The elements directly below with this name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |c| c.name == name)
    }

    /// The text of the first element below with this name, blanks collapsed; empty if there is none.
    pub(crate) fn value(&self, name: &str) -> String {
        collapsed(self.raw(name))
    }

    /// The text of the first element below with this name, word for word; empty if there is none.
    pub(crate) fn raw(&self, name: &str) -> &str {
        self.children.iter().find(|c| c.name == name).map_or("", |c| c.text.as_str())
    }

    /// The texts of all elements `name` below, or of the elements `VALUE` below these; blanks collapsed, empty ones left out.
    pub(crate) fn values(&self, name: &str, inner: &str) -> Vec<String> {
        let inner = self.all(name).flat_map(|c| c.all(inner));
        inner.map(|c| collapsed(&c.text)).filter(|t| !t.is_empty()).collect()
    }

    /// The elements at a path below: `["a", "b"]` gives every `b` directly below an `a` directly below this one.
    pub(crate) fn at<'a>(&'a self, path: &'a [&'a str]) -> Vec<&'a Element> {
        let mut found = vec![self];
        for name in path {
            found = found.into_iter().flat_map(|e| e.all(name)).collect();
        }
        found
    }

    /// Every value below that is not blank, attributes (`path@name`) and texts, word for word, with its path; this element's own attributes first.
    pub(crate) fn values_below(&self, path: &str, each: &mut impl FnMut(&str, &str)) {
        for (name, value) in self.attributes.iter().filter(|(_, v)| !v.trim().is_empty()) {
            each(&format!("{path}@{name}"), value);
        }
        for child in &self.children {
            let path = if path.is_empty() { child.name.clone() } else { format!("{path}/{}", child.name) };
            if !child.text.trim().is_empty() {
                each(&path, &child.text);
            }
            child.values_below(&path, each);
        }
    }

    /// Every text below that is not blank, word for word, with its path.
    pub(crate) fn leaves(&self, path: &str, each: &mut impl FnMut(&str, &str)) {
        self.leaves_below(&mut path.to_owned(), each);
    }

    fn leaves_below(&self, path: &mut String, each: &mut impl FnMut(&str, &str)) {
        let end = path.len();
        for child in &self.children {
            if end > 0 {
                path.push('/');
            }
            path.push_str(&child.name);
            if !child.text.trim().is_empty() {
                each(path, &child.text);
            }
            child.leaves_below(path, each);
            path.truncate(end);
        }
    }
}

/// What comes next in the stream.
pub(crate) enum Step {
    /// An element begins.
    Open(Element),
    /// The element that was open ends.
    Close,
    /// The end of a whole document.
    End,
}

/// Room of elements that are no longer needed.
#[derive(Default)]
struct Spare {
    texts: Vec<String>,
    lists: Vec<Vec<(String, String)>>,
    children: Vec<Vec<Element>>,
}

impl Spare {
    /// So many of each are kept; an ordinary entry needs fewer.
    const MOST: usize = 4096;
    /// Longer room is given back, so that one hostile entry does not hold it to the end.
    const LONGEST: usize = 512;

    fn text(&mut self, text: &str) -> String {
        let mut room = self.texts.pop().unwrap_or_default();
        room.push_str(text);
        room
    }

    fn keep(&mut self, mut text: String) {
        if text.capacity() > 0 && text.capacity() <= Self::LONGEST && self.texts.len() < Self::MOST {
            text.clear();
            self.texts.push(text);
        }
    }

    fn take(&mut self, element: Element) {
        let Element { name, mut attributes, text, mut children, .. } = element;
        self.keep(name);
        self.keep(text);
        for (name, value) in attributes.drain(..) {
            self.keep(name);
            self.keep(value);
        }
        // No deeper than elements may be nested.
        children.drain(..).for_each(|child| self.take(child));
        if attributes.capacity() > 0 && self.lists.len() < Self::MOST {
            self.lists.push(attributes);
        }
        if (1..=Self::LONGEST).contains(&children.capacity()) && self.children.len() < Self::MOST {
            self.children.push(children);
        }
    }
}

/// A stream of elements.
pub(crate) struct XmlStream<'f, R> {
    reader: Reader<Counted<R>>,
    file: &'f str,
    buffer: Vec<u8>,
    spare: Spare,
    /// The text before the next tag; kept for its room.
    between: String,
    depth: usize,
    roots: usize,
    /// An empty element `<a/>` was opened and its end is still to be told.
    pending_close: bool,
}

const AGAIN: &str = "fetch the file again from its publisher";

impl<'f, R: BufRead> XmlStream<'f, R> {
    pub(crate) fn new(input: R, file: &'f str) -> Self {
        let mut reader = Reader::from_reader(Counted::new(input));
        reader.config_mut().check_end_names = true;
        Self {
            reader,
            file,
            buffer: Vec::new(),
            spare: Spare::default(),
            between: String::new(),
            depth: 0,
            roots: 0,
            pending_close: false,
        }
    }

    /// The line where the tag or text at hand began.
    fn began(&self) -> u64 {
        self.reader.get_ref().piece_line()
    }

    /// Takes back an element that is no longer needed; its room serves the next ones.
    pub(crate) fn recycle(&mut self, element: Element) {
        self.spare.take(element);
    }

    /// The line reached.
    pub(crate) fn line(&self) -> u64 {
        self.reader.get_ref().line()
    }

    pub(crate) fn refuse(&self, line: u64, finding: impl Into<String>) -> Refusal {
        Refusal::new(self.file, line, finding, AGAIN)
    }

    /// The next beginning or end of an element. Text between them must be blank.
    pub(crate) fn step(&mut self) -> Result<Step, Refusal> {
        let (text, step) = self.between()?;
        let blank = blank(&text);
        let seen = (!blank).then(|| text.trim().chars().take(40).collect::<String>());
        self.between = text;
        match seen {
            None => Ok(step),
            Some(seen) => {
                Err(self.refuse(self.line(), format!("text `{seen}` where only elements are expected")))
            }
        }
    }

    /// How many elements the rest of the document has; everything is checked and nothing kept.
    pub(crate) fn count(mut self) -> Result<u64, Refusal> {
        let mut elements = 0;
        loop {
            let (text, step) = self.between()?;
            self.between = text;
            match step {
                Step::Open(element) => {
                    elements += 1;
                    self.recycle(element);
                }
                Step::Close => {}
                Step::End => return Ok(elements),
            }
        }
    }

    /// The next step, and the text before it; the text's room is to be given back.
    fn between(&mut self) -> Result<(String, Step), Refusal> {
        let mut text = std::mem::take(&mut self.between);
        text.clear();
        let step = self.step_with_text(&mut text)?;
        Ok((text, step))
    }

    /// The element just opened, with all that is below it, up to its end.
    pub(crate) fn subtree(&mut self, open: Element) -> Result<Element, Refusal> {
        let line = open.line;
        let mut stack = vec![open];
        let (mut nodes, mut bytes) = (1_usize, 0_usize);
        loop {
            let (text, step) = self.between()?;
            bytes += text.len();
            if let Some(top) = stack.last_mut() {
                // Blanks in front of a first element below are the layout of the file, not a text.
                let layout = top.text.is_empty() && matches!(step, Step::Open(_)) && blank(&text);
                if !layout {
                    top.text.push_str(&text);
                }
            }
            self.between = text;
            match step {
                Step::Open(element) => {
                    nodes += 1;
                    stack.push(element);
                }
                Step::Close => {
                    let Some(done) = stack.pop() else { break };
                    match stack.last_mut() {
                        Some(parent) => parent.children.push(done),
                        None => return Ok(done),
                    }
                }
                Step::End => break,
            }
            if nodes > NODES_MAX || bytes > ENTRY_BYTES_MAX {
                return Err(self.refuse(
                    line,
                    format!("one entry with more than {NODES_MAX} elements or {} MB", ENTRY_BYTES_MAX >> 20),
                ));
            }
        }
        Err(self.refuse(self.line(), "the file ends inside of an entry (cut short?)"))
    }

    fn step_with_text(&mut self, text: &mut String) -> Result<Step, Refusal> {
        if std::mem::take(&mut self.pending_close) {
            self.depth -= 1;
            return Ok(Step::Close);
        }
        loop {
            self.buffer.clear();
            self.reader.get_mut().begin_piece();
            let mut buffer = std::mem::take(&mut self.buffer);
            let step = match self.reader.read_event_into(&mut buffer) {
                Ok(event) => self.event(event, text)?,
                Err(error) => return Err(self.fault(&error)),
            };
            self.buffer = buffer;
            if let Some(step) = step {
                return Ok(step);
            }
        }
    }

    fn event(&mut self, event: Event<'_>, text: &mut String) -> Result<Option<Step>, Refusal> {
        match event {
            Event::Start(start) => self.open(&start).map(Some),
            Event::Empty(start) => {
                self.pending_close = true;
                self.open(&start).map(Some)
            }
            Event::End(_) => {
                let Some(depth) = self.depth.checked_sub(1) else {
                    return Err(self.refuse(self.began(), "an end tag without a beginning"));
                };
                self.depth = depth;
                Ok(Some(Step::Close))
            }
            Event::Text(piece) => self.text(&piece.xml10_content(), text).map(|()| None),
            Event::CData(piece) => self.text(&piece.xml10_content(), text).map(|()| None),
            Event::GeneralRef(reference) => {
                let name = reference.into_inner();
                let c = self.character(&name)?;
                self.text(c.encode_utf8(&mut [0; 4]), text).map(|()| None)
            }
            Event::Decl(declaration) => {
                let encoding = declaration
                    .encoding()
                    .transpose()
                    .map_err(|e| self.refuse(self.began(), format!("ill-formed XML: {e}")))?;
                match encoding {
                    Some(seen) if !seen.eq_ignore_ascii_case("utf-8") => {
                        Err(self.refuse(self.began(), format!("encoding `{seen}` declared, UTF-8 expected")))
                    }
                    _ => Ok(None),
                }
            }
            Event::DocType(_) => Err(self.refuse(
                self.began(),
                "a document type (DOCTYPE); entities and outside definitions are never read",
            )),
            Event::Comment(_) | Event::PI(_) => Ok(None),
            Event::Eof if self.depth > 0 => {
                Err(self.refuse(self.began(), "the file ends before its last end tag (cut short)"))
            }
            Event::Eof if self.roots == 0 => Err(self.refuse(self.began(), "no XML element in the file")),
            Event::Eof => Ok(Some(Step::End)),
        }
    }

    fn open(&mut self, start: &BytesStart<'_>) -> Result<Step, Refusal> {
        let line = self.reader.get_mut().count_to_piece();
        if self.depth == 0 {
            self.roots += 1;
            if self.roots > 1 {
                return Err(self.refuse(line, "a second document after the end of the first (doubled file?)"));
            }
        }
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.refuse(line, format!("elements nested more than {DEPTH_MAX} deep")));
        }
        let mut attributes = self.spare.lists.pop().unwrap_or_default();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|e| self.refuse(line, format!("ill-formed attribute: {e}")))?;
            let value = match attribute.value.contains('&') {
                true => self.unescaped(&attribute.value)?,
                false => self.spare.text(&attribute.value),
            };
            let name = self.spare.text(local(attribute.key.as_ref()));
            attributes.push((name, value));
            if attributes.len() > ATTRIBUTES_MAX {
                return Err(
                    self.refuse(line, format!("more than {ATTRIBUTES_MAX} attributes in one element"))
                );
            }
        }
        let name = self.spare.text(local(start.name().as_ref()));
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        if name.is_empty()
            || !name.bytes().all(plain)
                && name.chars().any(|c| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '\u{b7}')))
        {
            return Err(self
                .refuse(line, "an element without a proper name (another encoding than UTF-8, or damaged)"));
        }
        let text = self.spare.texts.pop().unwrap_or_default();
        let children = self.spare.children.pop().unwrap_or_default();
        Ok(Step::Open(Element { name, attributes, text, children, line }))
    }

    fn text(&self, piece: &str, text: &mut String) -> Result<(), Refusal> {
        // Control characters are these bytes, or begin with 0xC2; few texts hold one, so characters are looked at only where one may be.
        let suspicious = piece
            .bytes()
            .any(|b| (b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r')) || b == 0x7f || b == 0xc2);
        if suspicious && piece.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}'))
        {
            return Err(self.refuse(self.began(), "a control character in a text"));
        }
        if self.depth == 0 && !piece.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').is_empty() {
            return Err(self.refuse(self.began(), "text outside of the root element"));
        }
        if self.depth > 0 {
            text.push_str(piece);
        }
        Ok(())
    }

    fn unescaped(&self, raw: &str) -> Result<String, Refusal> {
        let mut out = String::new();
        let mut rest = raw;
        while let Some((before, after)) = rest.split_once('&') {
            let Some((name, after)) = after.split_once(';') else {
                return Err(self.refuse(self.began(), "an `&` without its `;` in an attribute"));
            };
            out.push_str(before);
            out.push(self.character(name)?);
            rest = after;
        }
        out.push_str(rest);
        Ok(out)
    }

    /// The character of a reference: one of the five predefined ones, or by number.
    fn character(&self, name: &str) -> Result<char, Refusal> {
        let number = |digits: &str, base| u32::from_str_radix(digits, base).ok().and_then(char::from_u32);
        let c = match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => match name.strip_prefix('#') {
                Some(digits) => match digits.strip_prefix('x') {
                    Some(hex) => number(hex, 16),
                    None => number(digits, 10),
                },
                None => {
                    let seen: String = name.chars().take(40).collect();
                    return Err(self.refuse(
                        self.began(),
                        format!("the entity `&{seen};`; only the five predefined ones are read"),
                    ));
                }
            },
        };
        c.filter(|c| *c != '\0')
            .ok_or_else(|| self.refuse(self.began(), "a character reference that names no character"))
    }

    fn fault(&self, error: &quick_xml::Error) -> Refusal {
        let line = self.line();
        match error {
            quick_xml::Error::Io(io) => {
                let text = io.to_string();
                match text.strip_prefix(LIMIT_MARK) {
                    Some(limit) => self.refuse(line, limit.to_owned()),
                    None => self.refuse(line, format!("the file cannot be read: {text}")),
                }
            }
            quick_xml::Error::Encoding(_) => {
                self.refuse(line, "bytes that are no UTF-8 (another encoding, or damaged on the way)")
            }
            other => self.refuse(line, format!("ill-formed XML: {other}")),
        }
    }
}

/// Whether a text is nothing but blanks.
fn blank(text: &str) -> bool {
    text.bytes().all(|b| matches!(b, b' ' | b'\n' | b'\t' | b'\r')) || text.trim().is_empty()
}

/// The name without its namespace prefix.
fn local(name: &str) -> &str {
    let colon = name.bytes().rposition(|b| b == b':');
    colon.and_then(|at| name.get(at + 1..)).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &str) -> Result<Element, Refusal> {
        let mut stream = XmlStream::new(text.as_bytes(), "test.xml");
        let Step::Open(open) = stream.step()? else { return Err(stream.refuse(0, "no element")) };
        let tree = stream.subtree(open)?;
        match stream.step()? {
            Step::End => Ok(tree),
            _ => Err(stream.refuse(0, "more")),
        }
    }

    #[test]
    fn texts_entities_and_attributes_are_read() {
        let tree = whole("\u{feff}<?xml version='1.0' encoding='utf-8'?>\n<a x:b='1 &amp; 2'>t&#x41;&lt;<![CDATA[<&]]><b/><c>d</c></a>\n").unwrap();
        assert_eq!(tree.attribute("b"), Some("1 & 2"));
        assert_eq!(tree.text, "tA<<&");
        assert_eq!((tree.children.len(), tree.value("c").as_str(), tree.line), (2, "d", 2));
    }

    #[test]
    fn hostile_and_broken_input_is_refused_by_name() {
        let bomb = "<!DOCTYPE l [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><l>&b;</l>";
        for (text, finding) in [
            (bomb, "DOCTYPE"),
            ("<a>&b;</a>", "the entity `&b;`"),
            ("<a b='&c;'/>", "the entity `&c;`"),
            ("<a><b></a>", "ill-formed XML"),
            ("<a><b>", "cut short"),
            ("<a", "ill-formed XML"),
            ("", "no XML element"),
            ("plain", "text outside"),
            ("<a/><a/>", "doubled file"),
            ("<a>\u{1}</a>", "control character"),
            ("<a>&#0;</a>", "character reference"),
            ("<?xml version='1.0' encoding='ISO-8859-1'?><a/>", "UTF-8 expected"),
            ("<a b='1' b='2'/>", "ill-formed attribute"),
        ] {
            let refusal = whole(text).unwrap_err();
            assert!(refusal.finding.contains(finding), "{text}: {refusal}");
        }
        let deep = "<a>".repeat(40) + &"</a>".repeat(40);
        assert!(whole(&deep).unwrap_err().finding.contains("deep"));
        let wide = format!("<a>{}</a>", "<b/>".repeat(NODES_MAX + 1));
        assert!(whole(&wide).unwrap_err().finding.contains("one entry"));
        let long = format!("<a>{}</a>", "x".repeat(2 << 20));
        let mut stream = XmlStream::new(std::io::BufReader::new(long.as_bytes()), "test.xml");
        let Ok(Step::Open(open)) = stream.step() else { panic!() };
        assert!(stream.subtree(open).unwrap_err().finding.contains("more than 1024 KB"));
    }

    #[test]
    fn wrong_encodings_are_refused_with_their_line() {
        let latin = b"<a>\n\n<b>caf\xe9</b></a>";
        let mut stream = XmlStream::new(&latin[..], "test.xml");
        let Ok(Step::Open(open)) = stream.step() else { panic!() };
        let refusal = stream.subtree(open).unwrap_err();
        assert_eq!((refusal.line, refusal.finding.contains("no UTF-8")), (3, true), "{refusal}");
        let wide: Vec<u8> = "<a>b</a>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut stream = XmlStream::new(&wide[..], "test.xml");
        let result = stream.step();
        assert!(result.is_err());
    }
}
