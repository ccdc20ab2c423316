//! Ways to damage a file, for every reader alike: a reader gives a whole list or a refusal that says where, and never panics.

use comity_model::listing::Listing;
use comity_register::Refusal;

/// How many cases a test runs of `full`: all with `COMITY_DAMAGE=full` (`cargo xtask damage`), else a tenth, at least 20.
pub fn cases(full: usize) -> usize {
    let all = std::env::var("COMITY_DAMAGE").is_ok_and(|v| v == "full");
    if all { full } else { (full / 10).max(20).min(full) }
}

/// What came of many damaged copies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// How many were read all the same.
    pub read: usize,
    /// How many were refused.
    pub refused: usize,
}

impl Outcome {
    fn count(&mut self, result: &Result<Vec<Listing>, Refusal>) {
        match result {
            Ok(listings) => {
                assert!(listings.iter().all(|l| !l.names.is_empty() && !l.id.native.is_empty()));
                self.read += 1;
            }
            Err(refusal) => {
                assert!(
                    !refusal.file.is_empty() && !refusal.finding.is_empty() && !refusal.remedy.is_empty()
                );
                self.refused += 1;
            }
        }
    }
}

/// The file cut at `cuts` places, evenly spread. `cut` hears each place with what was read there, to tell what it may be.
pub fn truncated(
    bytes: &[u8],
    cuts: usize,
    read: impl Fn(&[u8]) -> Result<Vec<Listing>, Refusal>,
    mut cut: impl FnMut(usize, &[Listing]),
) -> Outcome {
    let mut outcome = Outcome::default();
    let step = (bytes.len() / cuts.max(1)).max(1);
    for at in (0..bytes.len()).step_by(step) {
        let result = read(&bytes[..at]);
        outcome.count(&result);
        if let Ok(listings) = &result {
            cut(at, listings);
        }
    }
    outcome
}

/// `cases` copies with one byte turned, by a fixed seed.
pub fn flipped(bytes: &[u8], cases: usize, read: impl Fn(&[u8]) -> Result<Vec<Listing>, Refusal>) -> Outcome {
    let mut outcome = Outcome::default();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut copy = bytes.to_vec();
    for _ in 0..cases {
        // xorshift64*
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        let random = state.wrapping_mul(0x2545_f491_4f6c_dd1d);
        let at = (random >> 16) as usize % bytes.len();
        let mask = (random as u8).max(1);
        copy[at] ^= mask;
        outcome.count(&read(&copy));
        copy[at] ^= mask;
    }
    outcome
}

/// Line ends of the other kind.
pub fn other_line_ends(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() * 2);
    let windows = bytes.windows(2).any(|w| w == b"\r\n");
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'\r' if windows && bytes.get(at + 1) == Some(&b'\n') => {}
            b'\n' if !windows => out.extend(b"\r\n"),
            other => out.push(*other),
        }
    }
    out
}

/// The file behind itself.
pub fn doubled(bytes: &[u8]) -> Vec<u8> {
    [bytes, bytes].concat()
}

/// UTF-8 as UTF-16 with a byte-order mark.
pub fn utf16(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

/// UTF-8 as Latin-1, `?` for what that lacks.
pub fn latin1(bytes: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(bytes).chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect()
}
