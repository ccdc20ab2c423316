//! Reading an edition where it lies.

use std::ops::Range;

use super::{EditionFault, HEAD, MAGIC, SECTIONS, SHAPE_VERSION, Section, joined, keys};
use crate::listing::{
    EditionMeta, Listing, NameKind, NameQuality, PartyKind, identifier_key, same_party_key,
};

/// One edition, read from its stored bytes on demand.
#[derive(Clone, Copy, Debug)]
pub struct EditionView<'a> {
    bytes: &'a [u8],
    sections: [(usize, usize); SECTIONS],
    names_version: u32,
    counts: [usize; 5],
}

/// One name in folded form, read without decoding its listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameView<'a> {
    /// The folded name.
    pub folded: &'a str,
    /// What it is to the party.
    pub kind: NameKind,
    /// How far the list trusts it.
    pub quality: NameQuality,
}

impl<'a> EditionView<'a> {
    /// Opens the stored form. `names_version` is the version of the name analysis that will fold the questions.
    ///
    /// # Errors
    /// When the bytes are no edition, of another version, or shorter than their head says.
    pub fn open(bytes: &'a [u8], names_version: u32) -> Result<Self, EditionFault> {
        let view = Self::open_any(bytes)?;
        if view.names_version != names_version {
            return Err(EditionFault::OtherVersion {
                seen: format!("{SHAPE_VERSION}.{}", view.names_version),
                expected: format!("{SHAPE_VERSION}.{names_version}"),
            });
        }
        Ok(view)
    }

    /// Opens the stored form whatever the version of its name analysis.
    ///
    /// # Errors
    /// As [`EditionView::open`], but for that version.
    pub fn open_any(bytes: &'a [u8]) -> Result<Self, EditionFault> {
        if !bytes.starts_with(&MAGIC) {
            return Err(EditionFault::NoEdition);
        }
        let damaged = EditionFault::Damaged { place: "its head" };
        let head = |at| u32_at(bytes, at).ok_or(damaged.clone());
        let shape = head(8)?;
        let names_version = head(12)?;
        if shape != SHAPE_VERSION {
            return Err(EditionFault::OtherVersion {
                seen: shape.to_string(),
                expected: SHAPE_VERSION.to_string(),
            });
        }
        if u64_at(bytes, 16) != Some(bytes.len() as u64) {
            return Err(EditionFault::Damaged { place: "its length" });
        }
        let mut counts = [0; 5];
        for (i, count) in counts.iter_mut().enumerate() {
            *count = head(56 + 4 * i)? as usize;
        }
        let mut sections = [(0, 0); SECTIONS];
        for (i, slot) in sections.iter_mut().enumerate() {
            let number = |at| u64_at(bytes, at).and_then(|n| usize::try_from(n).ok()).ok_or(damaged.clone());
            let (start, len) = (number(HEAD + 16 * i)?, number(HEAD + 16 * i + 8)?);
            let end = start.checked_add(len).filter(|end| *end <= bytes.len()).ok_or(damaged.clone())?;
            *slot = (start, end);
        }
        let view = Self { bytes, sections, names_version, counts };
        let [listings, names, tokens, keys, identifiers] = counts;
        let sized = [
            (Section::RecordStarts, 4 * (listings + 1)),
            (Section::Kinds, listings),
            (Section::NativeStarts, 4 * (listings + 1)),
            (Section::NativeOrder, 4 * listings),
            (Section::FirstNames, 4 * (listings + 1)),
            (Section::NameOwners, 4 * names),
            (Section::NameFlags, names),
            (Section::NameStarts, 4 * (names + 1)),
            (Section::PostingStarts, 4 * (tokens + 1)),
            (Section::Keys, 8 * keys),
            (Section::IdentifierStarts, 4 * (identifiers + 1)),
            (Section::IdentifierOwners, 4 * identifiers),
        ];
        if sized.iter().any(|(section, len)| view.section(*section).len() != *len) {
            return Err(EditionFault::Damaged { place: "its table of sections" });
        }
        Ok(view)
    }

    /// The numbers of all listings, in the order of the list.
    #[must_use]
    pub fn indexes(&self) -> Range<u32> {
        0..u32::try_from(self.len()).unwrap_or(u32::MAX)
    }

    /// How many listings it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.counts.first().copied().unwrap_or(0)
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many names it holds.
    #[must_use]
    pub fn name_count(&self) -> usize {
        self.counts.get(1).copied().unwrap_or(0)
    }

    /// The SHA-256 of the source it was made from.
    #[must_use]
    pub fn source_digest(&self) -> [u8; 32] {
        self.bytes.get(24..56).and_then(|b| b.try_into().ok()).unwrap_or([0; 32])
    }

    /// The version of the name analysis that folded its names.
    #[must_use]
    pub fn names_version(&self) -> u32 {
        self.names_version
    }

    /// List, date, digest and origin.
    ///
    /// # Errors
    /// When the bytes are damaged.
    pub fn meta(&self) -> Result<EditionMeta, EditionFault> {
        postcard::from_bytes(self.section(Section::Meta))
            .map_err(|_| EditionFault::Damaged { place: "its meta" })
    }

    /// Decodes one listing; `index` counts from 0.
    ///
    /// # Errors
    /// When there is no such listing or its record is damaged.
    pub fn listing(&self, index: u32) -> Result<Listing, EditionFault> {
        let bytes = self.packed(Section::RecordStarts, Section::Records, index as usize, "a record")?;
        super::from_record(bytes)
    }

    /// What kind of party a listing speaks of, without decoding it.
    ///
    /// # Errors
    /// When there is no such listing or the byte is no kind.
    pub fn kind(&self, index: u32) -> Result<PartyKind, EditionFault> {
        let byte = self.section(Section::Kinds).get(index as usize).copied();
        byte.and_then(|b| PartyKind::ALL.get(usize::from(b)).copied())
            .ok_or(EditionFault::Damaged { place: "a kind of party" })
    }

    /// The publisher's id of a listing, without decoding it.
    ///
    /// # Errors
    /// When there is no such listing or the bytes are damaged.
    pub fn native_id(&self, index: u32) -> Result<&'a str, EditionFault> {
        self.text(Section::NativeStarts, Section::NativeText, index as usize, "an id")
    }

    /// The listing with this native id, blanks and capital letters not counting. The first one where a list uses an id twice.
    ///
    /// # Errors
    /// When the bytes are damaged.
    pub fn by_native_id(&self, native: &str) -> Result<Option<u32>, EditionFault> {
        let key = same_party_key(native);
        let order = self.section(Section::NativeOrder);
        let at = self.first_not_less(self.len(), |at| {
            let index = element(order, at).ok_or(EditionFault::Damaged { place: "the order of ids" })?;
            Ok(same_party_key(self.native_id(index)?) < key)
        })?;
        match element(order, at) {
            Some(index) if same_party_key(self.native_id(index)?) == key => Ok(Some(index)),
            _ => Ok(None),
        }
    }

    /// The folded names of a listing, in its order.
    ///
    /// # Errors
    /// When there is no such listing or the bytes are damaged.
    pub fn names(&self, index: u32) -> Result<Vec<NameView<'a>>, EditionFault> {
        let first = self.section(Section::FirstNames);
        let damaged = EditionFault::Damaged { place: "the names of a listing" };
        let (Some(from), Some(to)) = (element(first, index as usize), element(first, index as usize + 1))
        else {
            return Err(damaged);
        };
        (from..to).map(|at| self.name(at)).collect()
    }

    fn name(&self, at: u32) -> Result<NameView<'a>, EditionFault> {
        let damaged = EditionFault::Damaged { place: "a name" };
        let folded = self.text(Section::NameStarts, Section::NameText, at as usize, "a name")?;
        let flags = *self.section(Section::NameFlags).get(at as usize).ok_or(damaged.clone())?;
        let kind = *NameKind::ALL.get(usize::from(flags & 15)).ok_or(damaged.clone())?;
        let quality = *NameQuality::ALL.get(usize::from(flags >> 4)).ok_or(damaged)?;
        Ok(NameView { folded, kind, quality })
    }

    /// The listings that may bear a name, best covered first. `folded` is the name as the crate `names` folds it.
    ///
    /// It never misses a listing with a name that is equal, has the same tokens in another order or the blanks set otherwise, or differs by one
    /// letter more, less, other or exchanged with its neighbour (in a token of at least three letters, on either side). Of other names it gives those that
    /// share at least half of the letters of the shorter of the two names. Scoring is left to the caller.
    ///
    /// # Errors
    /// When the bytes are damaged.
    pub fn candidates(&self, folded: &str) -> Result<Vec<u32>, EditionFault> {
        let mut covered = vec![0_u32; self.name_count()];
        let mut seen = vec![0_u32; self.name_count()];
        let question: u32 = letters(folded);
        let mut touched = Vec::new();
        let tokens = folded.split(' ').filter(|t| !t.is_empty());
        let whole = joined(folded);
        let probes = tokens.map(|t| (t, letters(t))).chain(whole.as_deref().map(|w| (w, question)));
        for (round, (token, weight)) in (1_u32..).zip(probes) {
            for matched in self.tokens_near(token)? {
                for name in self.postings(matched)? {
                    let damaged = EditionFault::Damaged { place: "the postings" };
                    let last = seen.get_mut(name as usize).ok_or(damaged.clone())?;
                    if std::mem::replace(last, round) != round {
                        let sum = covered.get_mut(name as usize).ok_or(damaged)?;
                        if *sum == 0 {
                            touched.push(name);
                        }
                        *sum = sum.saturating_add(weight);
                    }
                }
            }
        }
        let owners = self.section(Section::NameOwners);
        let mut found = Vec::new();
        for name in touched {
            let sum = covered.get(name as usize).copied().unwrap_or(0);
            let text = self.text(Section::NameStarts, Section::NameText, name as usize, "a name")?;
            let shorter = question.min(letters(text));
            if 2 * sum >= shorter {
                let owner =
                    element(owners, name as usize).ok_or(EditionFault::Damaged { place: "the names" })?;
                found.push((owner, sum));
            }
        }
        found.sort_unstable_by_key(|(owner, sum)| (*owner, std::cmp::Reverse(*sum)));
        found.dedup_by_key(|(owner, _)| *owner);
        found.sort_by_key(|(owner, sum)| (std::cmp::Reverse(*sum), *owner));
        Ok(found.into_iter().map(|(owner, _)| owner).collect())
    }

    /// Tokens that are equal to this one or share a key with it.
    fn tokens_near(&self, token: &str) -> Result<Vec<u32>, EditionFault> {
        let table = self.section(Section::Keys);
        let count = table.len() / 8;
        let damaged = EditionFault::Damaged { place: "the keys of tokens" };
        let mut found = Vec::new();
        for key in keys(token) {
            let from =
                self.first_not_less(count, |at| Ok(element(table, 2 * at).ok_or(damaged.clone())? < key))?;
            let pairs = (from..count).map(|at| (element(table, 2 * at), element(table, 2 * at + 1)));
            for (hash, index) in pairs {
                let (Some(hash), Some(index)) = (hash, index) else { return Err(damaged) };
                if hash != key {
                    break;
                }
                found.push(index);
            }
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    fn postings(&self, token: u32) -> Result<impl Iterator<Item = u32> + use<'a>, EditionFault> {
        let damaged = EditionFault::Damaged { place: "the postings" };
        let starts = self.section(Section::PostingStarts);
        let (Some(from), Some(to)) = (element(starts, token as usize), element(starts, token as usize + 1))
        else {
            return Err(damaged);
        };
        let range = 4 * from as usize..4 * to as usize;
        let bytes = self.section(Section::Postings).get(range).ok_or(damaged)?;
        Ok(bytes.as_chunks::<4>().0.iter().map(|b| u32::from_le_bytes(*b)))
    }

    /// The listings with this identifier, whatever its type; letters and digits count, blanks, hyphens and small letters do not.
    ///
    /// # Errors
    /// When the bytes are damaged.
    pub fn by_identifier(&self, value: &str) -> Result<Vec<u32>, EditionFault> {
        let key = identifier_key(value);
        let owners = self.section(Section::IdentifierOwners);
        let count = owners.len() / 4;
        if key.is_empty() {
            return Ok(Vec::new());
        }
        let text = |at| self.text(Section::IdentifierStarts, Section::IdentifierText, at, "the identifiers");
        let mut at = self.first_not_less(count, |at| Ok(text(at)? < key.as_str()))?;
        let mut found = Vec::new();
        while at < count && text(at)? == key {
            found.push(element(owners, at).ok_or(EditionFault::Damaged { place: "the identifiers" })?);
            at += 1;
        }
        Ok(found)
    }

    /// The first place in `0..count` that is not less, by binary search.
    fn first_not_less(
        &self,
        count: usize,
        less: impl Fn(usize) -> Result<bool, EditionFault>,
    ) -> Result<usize, EditionFault> {
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = low + (high - low) / 2;
            if less(middle)? { low = middle + 1 } else { high = middle }
        }
        Ok(low)
    }

    fn section(&self, section: Section) -> &'a [u8] {
        let range =
            self.sections.get(section as usize).map(|(start, end)| Range { start: *start, end: *end });
        range.and_then(|range| self.bytes.get(range)).unwrap_or_default()
    }

    fn packed(
        &self,
        starts: Section,
        bytes: Section,
        index: usize,
        place: &'static str,
    ) -> Result<&'a [u8], EditionFault> {
        let starts = self.section(starts);
        let (from, to) = (element(starts, index), element(starts, index.saturating_add(1)));
        let (Some(from), Some(to)) = (from, to) else { return Err(EditionFault::Damaged { place }) };
        self.section(bytes).get(from as usize..to as usize).ok_or(EditionFault::Damaged { place })
    }

    fn text(
        &self,
        starts: Section,
        bytes: Section,
        index: usize,
        place: &'static str,
    ) -> Result<&'a str, EditionFault> {
        std::str::from_utf8(self.packed(starts, bytes, index, place)?)
            .map_err(|_| EditionFault::Damaged { place })
    }
}

/// Letters of a name without its blanks.
fn letters(text: &str) -> u32 {
    u32::try_from(text.chars().filter(|c| *c != ' ').count()).unwrap_or(u32::MAX / 4)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at.checked_add(8)?)?.try_into().ok()?))
}

/// Number `index` of a section of numbers.
fn element(section: &[u8], index: usize) -> Option<u32> {
    u32_at(section, index.checked_mul(4)?)
}
