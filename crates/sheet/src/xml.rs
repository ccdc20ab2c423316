//! The XML of a part, event by event: no document type, no entities beyond the five predefined ones, names without their namespaces.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::fault::SheetFault;

/// The deepest nesting of elements.
const DEPTH_MAX: usize = 64;

/// What comes next.
pub(crate) enum Step<'a> {
    /// An element begins.
    Open(Element<'a>),
    /// The innermost open element ends.
    Close,
    /// Text, references put in.
    Text(Cow<'a, str>),
    /// The end of a whole document.
    End,
}

/// The beginning of an element.
pub(crate) struct Element<'a> {
    start: BytesStart<'a>,
}

impl Element<'_> {
    /// Its name without a namespace.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.start.local_name().as_ref() == name
    }

    /// Its name without a namespace.
    pub(crate) fn name(&self) -> String {
        self.start.local_name().as_ref().to_owned()
    }
}

/// A part that is read.
pub(crate) struct Xml<'a> {
    reader: Reader<&'a [u8]>,
    part: &'a str,
    depth: usize,
    roots: usize,
}

impl<'a> Xml<'a> {
    /// Reads a text; `part` is its name in faults.
    pub(crate) fn new(text: &'a str, part: &'a str) -> Self {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.check_end_names = true;
        config.expand_empty_elements = true;
        Self { reader, part, depth: 0, roots: 0 }
    }

    pub(crate) fn fault(&self, finding: impl Into<String>) -> SheetFault {
        SheetFault::new(self.part, finding)
    }

    /// How many elements are open.
    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    /// The next step.
    pub(crate) fn step(&mut self) -> Result<Step<'a>, SheetFault> {
        loop {
            let event = self.reader.read_event().map_err(|e| self.fault(format!("ill-formed XML: {e}")))?;
            match event {
                Event::Start(start) => {
                    self.roots += usize::from(self.depth == 0);
                    self.depth += 1;
                    if self.roots > 1 || self.depth > DEPTH_MAX {
                        return Err(self.fault(format!("a second document, or more than {DEPTH_MAX} levels")));
                    }
                    return Ok(Step::Open(Element { start }));
                }
                Event::End(_) | Event::Empty(_) => {
                    let Some(depth) = self.depth.checked_sub(1) else {
                        return Err(self.fault("an end tag without a beginning"));
                    };
                    self.depth = depth;
                    return Ok(Step::Close);
                }
                Event::Text(text) => return self.text(text.xml10_content().into_owned()),
                Event::CData(text) => return self.text(text.xml10_content().into_owned()),
                Event::GeneralRef(reference) => {
                    let c = self.character(&reference.into_inner())?;
                    return self.text(c.to_string());
                }
                Event::DocType(_) => return Err(self.fault("a document type (DOCTYPE), which is never read")),
                Event::Decl(declaration) => {
                    let encoding = declaration.encoding().transpose();
                    let encoding = encoding.map_err(|e| self.fault(format!("ill-formed XML: {e}")))?;
                    if let Some(seen) = encoding.filter(|seen| !seen.eq_ignore_ascii_case("utf-8")) {
                        return Err(self.fault(format!("encoding `{seen}` declared, UTF-8 expected")));
                    }
                }
                Event::Comment(_) | Event::PI(_) => {}
                Event::Eof if self.depth > 0 => {
                    return Err(self.fault("ends before its last end tag (cut short)"));
                }
                Event::Eof if self.roots == 0 => return Err(self.fault("no XML element")),
                Event::Eof => return Ok(Step::End),
            }
        }
    }

    /// Leaves out all that is below the element just opened, and its end.
    pub(crate) fn skip(&mut self) -> Result<(), SheetFault> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            self.step()?;
        }
        Ok(())
    }

    /// All text below the element just opened, up to its end.
    pub(crate) fn inner_text(&mut self) -> Result<String, SheetFault> {
        let outside = self.depth.saturating_sub(1);
        let mut all = String::new();
        while self.depth > outside {
            if let Step::Text(text) = self.step()? {
                all.push_str(&text);
            }
        }
        Ok(all)
    }

    /// The values of these attributes, by their names without namespaces.
    pub(crate) fn attributes<const N: usize>(
        &self,
        element: &Element<'_>,
        names: [&str; N],
    ) -> Result<[Option<String>; N], SheetFault> {
        let mut values = [const { None }; N];
        for attribute in element.start.attributes() {
            let attribute = attribute.map_err(|e| self.fault(format!("ill-formed attribute: {e}")))?;
            let local = attribute.key.local_name();
            if let Some(at) = names.iter().position(|name| *name == local.as_ref())
                && let Some(slot) = values.get_mut(at)
            {
                *slot = Some(self.unescaped(&attribute.value)?);
            }
        }
        Ok(values)
    }

    fn text(&self, text: String) -> Result<Step<'a>, SheetFault> {
        if text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}')) {
            return Err(self.fault("a control character in a text"));
        }
        Ok(Step::Text(Cow::Owned(text)))
    }

    fn unescaped(&self, raw: &str) -> Result<String, SheetFault> {
        let mut out = String::new();
        let mut rest = raw;
        while let Some((before, after)) = rest.split_once('&') {
            let (name, after) =
                after.split_once(';').ok_or_else(|| self.fault("an `&` without its `;` in an attribute"))?;
            out.push_str(before);
            out.push(self.character(name)?);
            rest = after;
        }
        out.push_str(rest);
        Ok(out)
    }

    /// The character of a reference: one of the five predefined ones, or by number.
    fn character(&self, name: &str) -> Result<char, SheetFault> {
        let number = |digits: &str, base| u32::from_str_radix(digits, base).ok().and_then(char::from_u32);
        let c = match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => name.strip_prefix('#').and_then(|digits| match digits.strip_prefix('x') {
                Some(hex) => number(hex, 16),
                None => number(digits, 10),
            }),
        };
        c.ok_or_else(|| {
            let seen: String = name.chars().take(40).collect();
            self.fault(format!("the entity `&{seen};`; only the five predefined ones are read"))
        })
    }
}
