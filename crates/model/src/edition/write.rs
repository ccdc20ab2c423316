//! Writing an edition.

use std::collections::BTreeMap;

use super::{EditionFault, HEAD, MAGIC, SECTIONS, SHAPE_VERSION, joined, keys};
use crate::listing::{EditionMeta, Listing, identifier_key, same_party_key};

/// Collects the listings of an edition and writes its stored form.
#[derive(Debug, Default)]
pub struct EditionBuilder {
    records: Packed,
    kinds: Vec<u8>,
    natives: Packed,
    native_keys: Vec<(String, u32)>,
    first_names: Vec<u32>,
    name_owners: Vec<u32>,
    name_flags: Vec<u8>,
    names: Packed,
    tokens: BTreeMap<String, Vec<u32>>,
    identifiers: Vec<(String, u32)>,
}

/// Texts or records one after the other, with the place where each begins.
#[derive(Debug, Default)]
struct Packed {
    starts: Vec<u32>,
    bytes: Vec<u8>,
}

impl Packed {
    fn push(&mut self, bytes: &[u8], place: &'static str) -> Result<(), EditionFault> {
        self.starts.push(number(self.bytes.len(), place)?);
        self.bytes.extend_from_slice(bytes);
        number(self.bytes.len(), place).map(|_| ())
    }

    /// The starts, and the end of the last.
    fn bounds(&self, place: &'static str) -> Result<Vec<u8>, EditionFault> {
        let end = number(self.bytes.len(), place)?;
        Ok(numbers(self.starts.iter().copied().chain([end])))
    }
}

impl EditionBuilder {
    /// A builder without listings.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many listings were added.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kinds.len()
    }

    /// Whether none was added.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// Adds a listing. `folded` gives the folded form of a name, its tokens parted by single blanks.
    ///
    /// # Errors
    /// When a part grows beyond 4 GiB.
    pub fn add(&mut self, listing: &Listing, folded: impl Fn(&str) -> String) -> Result<(), EditionFault> {
        let index = number(self.kinds.len(), "listings")?;
        let record = super::to_record(listing)?;
        self.records.push(&record, "records")?;
        self.kinds.push(listing.kind as u8);
        self.natives.push(listing.id.native.as_bytes(), "ids")?;
        self.native_keys.push((same_party_key(&listing.id.native), index));
        self.first_names.push(number(self.name_owners.len(), "names")?);
        for name in &listing.names {
            let text = folded(&name.text);
            let at = number(self.name_owners.len(), "names")?;
            self.names.push(text.as_bytes(), "names")?;
            self.name_owners.push(index);
            self.name_flags.push(name.kind as u8 | (name.quality as u8) << 4);
            for token in text.split(' ').filter(|t| !t.is_empty()).map(str::to_owned).chain(joined(&text)) {
                let postings = self.tokens.entry(token).or_default();
                if postings.last() != Some(&at) {
                    postings.push(at);
                }
            }
        }
        for identifier in &listing.identifiers {
            let key = identifier_key(&identifier.value);
            if !key.is_empty() {
                self.identifiers.push((key, index));
            }
        }
        Ok(())
    }

    /// The stored form. `digest` is the SHA-256 of the source, `names_version` the version of the name analysis that folded the names.
    /// The `entries` of the meta are set to the number of listings added.
    ///
    /// # Errors
    /// When a part grows beyond 4 GiB.
    pub fn finish(
        mut self,
        mut meta: EditionMeta,
        digest: [u8; 32],
        names_version: u32,
    ) -> Result<Vec<u8>, EditionFault> {
        meta.entries = number(self.len(), "listings")?;
        let meta =
            postcard::to_stdvec(&meta).map_err(|_| EditionFault::Damaged { place: "the meta to write" })?;
        self.native_keys.sort_unstable();
        self.identifiers.sort_unstable();
        self.identifiers.dedup();
        let mut posting_starts = Vec::new();
        let mut postings = Vec::new();
        let mut key_table = Vec::new();
        for (index, (token, names)) in self.tokens.iter().enumerate() {
            let index = number(index, "tokens")?;
            posting_starts.push(number(postings.len(), "postings")?);
            postings.extend_from_slice(names);
            key_table.extend(keys(token).into_iter().map(|key| (key, index)));
        }
        posting_starts.push(number(postings.len(), "postings")?);
        key_table.sort_unstable();
        let mut identifier_text = Packed::default();
        for (key, _) in &self.identifiers {
            identifier_text.push(key.as_bytes(), "identifiers")?;
        }
        let name_count = number(self.name_owners.len(), "names")?;
        let counts = [
            self.kinds.len(),
            self.name_owners.len(),
            self.tokens.len(),
            key_table.len(),
            self.identifiers.len(),
        ];
        let sections: [Vec<u8>; SECTIONS] = [
            meta,
            self.records.bounds("records")?,
            self.records.bytes,
            self.kinds,
            self.natives.bounds("ids")?,
            self.natives.bytes,
            numbers(self.native_keys.iter().map(|(_, index)| *index)),
            numbers(self.first_names.iter().copied().chain([name_count])),
            numbers(self.name_owners.iter().copied()),
            self.name_flags,
            self.names.bounds("names")?,
            self.names.bytes,
            numbers(posting_starts.into_iter()),
            numbers(postings.into_iter()),
            numbers(key_table.into_iter().flat_map(|(key, token)| [key, token])),
            identifier_text.bounds("identifiers")?,
            identifier_text.bytes,
            numbers(self.identifiers.iter().map(|(_, index)| *index)),
        ];
        assemble(digest, names_version, &counts, &sections)
    }
}

fn assemble(
    digest: [u8; 32],
    names_version: u32,
    counts: &[usize; 5],
    sections: &[Vec<u8>; SECTIONS],
) -> Result<Vec<u8>, EditionFault> {
    let mut table = Vec::with_capacity(SECTIONS * 16);
    let mut at = HEAD + SECTIONS * 16;
    for section in sections {
        table.extend_from_slice(&(at as u64).to_le_bytes());
        table.extend_from_slice(&(section.len() as u64).to_le_bytes());
        at += section.len();
    }
    let mut out = Vec::with_capacity(at);
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&SHAPE_VERSION.to_le_bytes());
    out.extend_from_slice(&names_version.to_le_bytes());
    out.extend_from_slice(&(at as u64).to_le_bytes());
    out.extend_from_slice(&digest);
    for count in counts {
        out.extend_from_slice(&number(*count, "counts")?.to_le_bytes());
    }
    out.resize(HEAD, 0);
    out.extend_from_slice(&table);
    for section in sections {
        out.extend_from_slice(section);
    }
    Ok(out)
}

fn number(n: usize, place: &'static str) -> Result<u32, EditionFault> {
    u32::try_from(n).map_err(|_| EditionFault::TooLarge { place })
}

fn numbers(values: impl Iterator<Item = u32>) -> Vec<u8> {
    values.flat_map(u32::to_le_bytes).collect()
}
