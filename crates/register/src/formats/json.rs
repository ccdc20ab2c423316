//! JSON from strangers: keys keep their order and stand once, depth and lengths have limits.

use std::cell::Cell;
use std::fmt;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::error::Refusal;
use crate::input::{Counted, LIMIT_MARK};

const AGAIN: &str = "fetch the file again from its publisher";

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Json {
    /// `null`.
    Null,
    /// Text, or a number or truth value as text.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// An object, in its order.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// The text; none if it is none.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null | Self::List(_) | Self::Object(_) => None,
        }
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(pairs) => pairs.iter().find(|(k, _)| k == key).map(|(_, v)| v),
            Self::Null | Self::Text(_) | Self::List(_) => None,
        }
    }

    /// What is in a list; a single value is a list of one, `null` an empty one.
    pub(crate) fn items(&self) -> &[Self] {
        match self {
            Self::Null => &[],
            Self::List(items) => items,
            Self::Text(_) | Self::Object(_) => std::slice::from_ref(self),
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_any(Values)
    }
}

struct Values;

impl<'de> Visitor<'de> for Values {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Text(value.to_string()))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Text(value.to_string()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Text(value.to_string()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Json, E> {
        Ok(Json::Text(value.to_string()))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<Json, E> {
        Ok(Json::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut found = Vec::new();
        while let Some(item) = items.next_element()? {
            found.push(item);
        }
        Ok(Json::List(found))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut pairs: A) -> Result<Json, A::Error> {
        let mut found: Vec<(String, Json)> = Vec::new();
        while let Some(key) = pairs.next_key::<String>()? {
            if found.iter().any(|(known, _)| *known == key) {
                return Err(de::Error::custom(format!("the key `{}` twice in one object", clip(&key))));
            }
            found.push((key, pairs.next_value()?));
        }
        Ok(Json::Object(found))
    }
}

fn clip(text: &str) -> String {
    text.chars().take(40).collect()
}

/// Hears the top of a file: its items one by one, and everything beside them.
pub(crate) trait Hearer {
    /// An item of the streamed list, with its number from 1.
    fn item(&mut self, number: u64, item: Json) -> Result<(), Refusal>;
    /// A key beside the streamed list.
    fn beside(&mut self, key: &str, value: Json) -> Result<(), Refusal>;
}

/// Reads an object of which the list under `key` is streamed; the rest must fit into memory.
///
/// # Errors
/// The first fault, of the file or of the hearer; a file without the list.
pub(crate) fn stream<R: BufRead>(
    input: R,
    file: &str,
    key: &str,
    limits: (u64, u64),
    hearer: &mut dyn Hearer,
) -> Result<(), Refusal> {
    let fresh = Rc::new(Cell::new(false));
    let pieces = Pieces { input: Counted::with_limits(input, limits.0, limits.1), fresh: Rc::clone(&fresh) };
    let mut top = Top { key, hearer, fresh, refusal: None, found: false };
    let mut reader = serde_json::Deserializer::from_reader(BufReader::new(pieces));
    let read = (&mut top).deserialize(&mut reader).and_then(|()| reader.end());
    match (top.refusal, read) {
        (Some(refusal), _) => Err(refusal),
        (None, Err(error)) => {
            let text = error.to_string();
            let text = text.split(" at line ").next().unwrap_or_default();
            let finding = match text.strip_prefix(LIMIT_MARK) {
                Some(limit) => limit.to_owned(),
                None if error.is_eof() => "the file is cut short".to_owned(),
                None if error.is_io() => format!("the file cannot be read: {text}"),
                None => text.to_owned(),
            };
            let line = u64::try_from(error.line()).unwrap_or_default();
            Err(Refusal::new(file, line, finding, AGAIN))
        }
        (None, Ok(())) if !top.found => {
            Err(Refusal::new(file, 0, format!("no list `{key}` in the file"), AGAIN))
        }
        (None, Ok(())) => Ok(()),
    }
}

/// Bytes whose limit for one piece counts anew with every item.
struct Pieces<R> {
    input: Counted<R>,
    fresh: Rc<Cell<bool>>,
}

impl<R: BufRead> Read for Pieces<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.fresh.replace(false) {
            self.input.begin_piece();
        }
        self.input.read(out)
    }
}

struct Top<'h> {
    key: &'h str,
    hearer: &'h mut dyn Hearer,
    fresh: Rc<Cell<bool>>,
    refusal: Option<Refusal>,
    found: bool,
}

impl Top<'_> {
    /// Keeps what the hearer refuses; the reader only has to stop.
    fn heard<E: de::Error>(&mut self, result: Result<(), Refusal>) -> Result<(), E> {
        self.fresh.set(true);
        result.map_err(|refusal| {
            self.refusal = Some(refusal);
            E::custom("refused")
        })
    }
}

impl<'de> DeserializeSeed<'de> for &mut Top<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<(), D::Error> {
        d.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for &mut Top<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with a list `{}`", self.key)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut pairs: A) -> Result<(), A::Error> {
        let mut known: Vec<String> = Vec::new();
        while let Some(key) = pairs.next_key::<String>()? {
            if known.contains(&key) {
                return Err(de::Error::custom(format!("the key `{}` twice in one object", clip(&key))));
            }
            if key == self.key {
                self.found = true;
                pairs.next_value_seed(Items(&mut *self))?;
            } else {
                let value = pairs.next_value()?;
                let result = self.hearer.beside(&key, value);
                self.heard(result)?;
            }
            known.push(key);
        }
        Ok(())
    }
}

struct Items<'t, 'h>(&'t mut Top<'h>);

impl<'de> DeserializeSeed<'de> for Items<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<(), D::Error> {
        d.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Items<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list under `{}`", self.0.key)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let mut number = 0;
        while let Some(item) = items.next_element()? {
            number += 1;
            let result = self.0.hearer.item(number, item);
            self.0.heard(result)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Heard(Vec<String>);

    impl Hearer for Heard {
        fn item(&mut self, number: u64, item: Json) -> Result<(), Refusal> {
            self.0.push(format!("{number} {:?}", item.get("a").and_then(Json::text)));
            Ok(())
        }
        fn beside(&mut self, key: &str, value: Json) -> Result<(), Refusal> {
            self.0.push(format!("{key} {}", value.items().len()));
            Ok(())
        }
    }

    fn read(text: &str) -> Result<Vec<String>, Refusal> {
        let mut heard = Heard::default();
        stream(text.as_bytes(), "t.json", "results", (1 << 20, 1 << 16), &mut heard)?;
        Ok(heard.0)
    }

    #[test]
    fn items_are_heard_one_by_one() {
        let text = r#"{"total":2,"results":[{"a":"x"},{"a":null}],"b":[1,2.5,true]}"#;
        assert_eq!(read(text).unwrap(), ["total 1", "1 Some(\"x\")", "2 None", "b 3"]);
    }

    #[test]
    fn what_is_no_such_object_is_refused() {
        let deep = format!("{{\"results\":{}", "[".repeat(100_000));
        let many = format!("{{\"results\":[{}1]}}", "{\"a\":\"x\"},".repeat(200_000));
        let long = format!("{{\"results\":[\"{}\"]}}", "x".repeat(200_000));
        for (text, finding) in [
            ("", "cut short"),
            ("{\"results\":[1", "cut short"),
            ("{}", "no list `results`"),
            ("[]", "object with a list"),
            ("{\"results\":{}}", "a list under"),
            ("{\"results\":[]}{", "trailing"),
            ("{\"results\":[],\"results\":[]}", "twice"),
            ("{\"results\":[{\"a\":1,\"a\":2}]}", "twice"),
            (deep.as_str(), "recursion limit"),
            (long.as_str(), "more than 64 KB"),
            (many.as_str(), "more than 1 MB"),
        ] {
            let refusal = read(text).unwrap_err();
            assert!(refusal.finding.contains(finding), "{}: {refusal}", clip(text));
        }
    }
}
