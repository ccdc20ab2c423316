//! The stored form of one edition of a party list: bytes that are searched where they lie, without decoding.
//!
//! [`EditionBuilder`] writes them, [`EditionView`] reads them. The register puts them into a file and maps it; the engine is handed the view and
//! opens no file. Names enter in folded form (tokens parted by single blanks, see the crate `names`); this module compares tokens and knows
//! nothing of scripts.
//!
//! Form (all numbers little-endian): an 80-byte head with magic, shape version, version of the name analysis, total length, digest of the
//! source and five counts; a table of `SECTIONS` offsets and lengths; the sections. A view checks head and table only, so opening takes the
//! same time for any size. Everything read later is checked when it is read: a damaged file gives a fault, never a panic and never an empty result.

mod view;
mod write;

pub use view::{EditionView, NameView};
pub use write::EditionBuilder;

use crate::listing::Listing;

/// One listing in the compact form in which records hold it.
///
/// # Errors
/// When it cannot be written.
pub fn to_record(listing: &Listing) -> Result<Vec<u8>, EditionFault> {
    postcard::to_stdvec(listing).map_err(|_| EditionFault::Damaged { place: "a record to write" })
}

/// The listing of a record.
///
/// # Errors
/// When the bytes are no record.
pub fn from_record(bytes: &[u8]) -> Result<Listing, EditionFault> {
    postcard::from_bytes(bytes).map_err(|_| EditionFault::Damaged { place: "a record" })
}

/// The version of this form. An edition of another version is made again from its source.
pub const SHAPE_VERSION: u32 = 2;

/// The first eight bytes.
const MAGIC: [u8; 8] = *b"COMITYED";
/// The length of the head before the table of sections, bytes.
const HEAD: usize = 80;

/// The sections, in their order in the file.
#[derive(Clone, Copy)]
#[repr(usize)]
enum Section {
    /// [`crate::listing::EditionMeta`], postcard.
    Meta,
    /// Where each record begins, and the end of the last.
    RecordStarts,
    /// [`crate::listing::Listing`], one postcard record each.
    Records,
    /// Kind of party, one byte a listing.
    Kinds,
    /// Where each native id begins in the text, and the end of the last.
    NativeStarts,
    /// Native ids.
    NativeText,
    /// Listings in the order of their same-party keys.
    NativeOrder,
    /// The first name of each listing, and the number of names.
    FirstNames,
    /// The listing of each name.
    NameOwners,
    /// Kind and quality of each name, one byte.
    NameFlags,
    /// Where each folded name begins.
    NameStarts,
    /// Folded names.
    NameText,
    /// Where the postings of each token begin.
    PostingStarts,
    /// Names that hold the token.
    Postings,
    /// Pairs of (hash of a token or of the token less one letter, token), sorted.
    Keys,
    /// Where each identifier key begins.
    IdentifierStarts,
    /// Identifier keys, sorted.
    IdentifierText,
    /// The listing of each identifier.
    IdentifierOwners,
}

/// How many sections there are.
const SECTIONS: usize = Section::IdentifierOwners as usize + 1;

/// Why an edition cannot be read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditionFault {
    /// The bytes are no edition.
    #[error("no stored edition: the file does not begin with its mark; run `update` again to make it anew")]
    NoEdition,
    /// The bytes were written by another version.
    #[error(
        "stored edition of form {seen}, this program reads form {expected}; run `update` to make it anew from its source"
    )]
    OtherVersion {
        /// Shape and name-analysis version found.
        seen: String,
        /// Those expected.
        expected: String,
    },
    /// The bytes are damaged.
    #[error(
        "stored edition damaged in {place}; run `register verify`, then `update` to make it anew from its source"
    )]
    Damaged {
        /// What could not be read.
        place: &'static str,
    },
    /// More than the form can hold.
    #[error("too large for a stored edition: {place} beyond 4 GiB")]
    TooLarge {
        /// What grew too large.
        place: &'static str,
    },
}

/// A hash of letters.
type Hash32 = u32;

/// FNV-1a over the characters; a collision costs one comparison and hides nothing.
fn hash(chars: impl Iterator<Item = char>) -> Hash32 {
    let mut state = 0x811c_9dc5_u32;
    for c in chars {
        for byte in u32::from(c).to_le_bytes() {
            state = (state ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        }
    }
    state
}

/// Hashes of a token and, from three letters on, of the token less any one letter. Two tokens that differ by one letter more, less or other, or by
/// two neighbours exchanged, share a key.
fn keys(token: &str) -> Vec<Hash32> {
    let chars: Vec<char> = token.chars().take(TOKEN_LIMIT).collect();
    let mut keys = vec![hash(token.chars())];
    if chars.len() >= 3 {
        for skip in 0..chars.len() {
            keys.push(hash(chars.iter().enumerate().filter(|(i, _)| *i != skip).map(|(_, c)| *c)));
        }
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Letters of a token that enter its keys; longer tokens are found by exact agreement, or by their other tokens.
const TOKEN_LIMIT: usize = 64;

/// A name without its blanks, if it has more than one token and is not too long: finds names whose blanks were set otherwise.
fn joined(folded: &str) -> Option<String> {
    (folded.contains(' ') && folded.len() <= 4 * TOKEN_LIMIT).then(|| folded.replace(' ', ""))
}

#[cfg(test)]
mod tests;
