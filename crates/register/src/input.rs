//! Reading untrusted bytes: lines are counted, and every length has a limit.

use std::io::{self, BufRead, Read};

/// The largest source file, bytes after unpacking. The largest official file known has about 125 MB.
pub(crate) const FILE_LIMIT: u64 = 512 << 20;
/// The longest single tag, text or row, bytes.
pub(crate) const PIECE_LIMIT: u64 = 1 << 20;

/// Marks an error of [`Counted`] that is a limit, not a failure of the disk.
pub(crate) const LIMIT_MARK: &str = "limit: ";

/// Counts lines and bytes, and ends with an error beyond the limits.
pub(crate) struct Counted<R> {
    inner: R,
    line: u64,
    bytes: u64,
    piece: u64,
    file_limit: u64,
    piece_limit: u64,
}

impl<R: BufRead> Counted<R> {
    pub(crate) fn new(inner: R) -> Self {
        Self::with_limits(inner, FILE_LIMIT, PIECE_LIMIT)
    }

    pub(crate) fn with_limits(inner: R, file_limit: u64, piece_limit: u64) -> Self {
        Self { inner, line: 1, bytes: 0, piece: 0, file_limit, piece_limit }
    }

    /// The line of the next byte, from 1.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// A new piece (tag, text, row) begins.
    pub(crate) fn begin_piece(&mut self) {
        self.piece = 0;
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.bytes > self.file_limit {
            return Err(io::Error::other(format!(
                "{LIMIT_MARK}more than {} MB in one file",
                self.file_limit >> 20
            )));
        }
        if self.piece > self.piece_limit {
            return Err(io::Error::other(format!(
                "{LIMIT_MARK}more than {} KB in one tag, text or row",
                self.piece_limit >> 10
            )));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, n: usize) {
        if let Ok(buffer) = self.inner.fill_buf() {
            let consumed = buffer.get(..n).unwrap_or(buffer);
            self.line += consumed.iter().filter(|b| **b == b'\n').count() as u64;
        }
        self.bytes = self.bytes.saturating_add(n as u64);
        self.piece = self.piece.saturating_add(n as u64);
        self.inner.consume(n);
    }
}

impl<R: BufRead> Read for Counted<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut buffer = self.fill_buf()?;
        let n = buffer.read(out)?;
        self.consume(n);
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_and_limits_hold() {
        let mut input = Counted::with_limits(&b"a\nb\n\nc"[..], 100, 100);
        io::copy(&mut input, &mut io::sink()).unwrap();
        assert_eq!(input.line(), 4);
        let long = vec![b'x'; 1 << 20];
        let mut input = Counted::with_limits(io::BufReader::with_capacity(64, &long[..]), 1 << 19, 1 << 30);
        assert!(io::copy(&mut input, &mut io::sink()).unwrap_err().to_string().starts_with(LIMIT_MARK));
        let mut input = Counted::with_limits(io::BufReader::with_capacity(64, &long[..]), 1 << 30, 1 << 19);
        assert!(io::copy(&mut input, &mut io::sink()).unwrap_err().to_string().starts_with(LIMIT_MARK));
    }
}
