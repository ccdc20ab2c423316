//! Reading untrusted bytes: lines are counted, and every length has a limit.

use std::io::{self, BufRead, Read};

/// The largest source file, bytes after unpacking. The largest official file known has about 125 MB.
pub(crate) const FILE_LIMIT: u64 = 512 << 20;
/// The longest single tag, text or row, bytes.
pub(crate) const PIECE_LIMIT: u64 = 1 << 20;

/// Marks an error of [`Counted`] that is a limit, not a failure of the disk.
pub(crate) const LIMIT_MARK: &str = "limit: ";

/// How much is read at once, bytes.
const READ_AT_ONCE: usize = 64 << 10;

/// Counts lines and bytes, and ends with an error beyond the limits.
///
/// It reads into a buffer of its own, so that a reader of many small pieces asks the file seldom and lines are counted in long runs.
pub(crate) struct Counted<R> {
    inner: R,
    buffer: Box<[u8]>,
    /// What is read and not yet consumed lies from `at` to `end`.
    at: usize,
    end: usize,
    /// The line of the byte at `counted`.
    line: u64,
    counted: usize,
    /// Where the piece began, and its line if that lies in an earlier buffer.
    mark: usize,
    mark_line: Option<u64>,
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
        let buffer = vec![0; READ_AT_ONCE].into_boxed_slice();
        let (at, end, counted, mark, bytes, piece) = (0, 0, 0, 0, 0, 0);
        Self {
            inner,
            buffer,
            at,
            end,
            line: 1,
            counted,
            mark,
            mark_line: None,
            bytes,
            piece,
            file_limit,
            piece_limit,
        }
    }

    /// The line of the next byte, from 1.
    pub(crate) fn line(&self) -> u64 {
        self.line + self.breaks(self.counted, self.at)
    }

    /// A new piece (tag, text, row) begins.
    pub(crate) fn begin_piece(&mut self) {
        self.piece = 0;
        self.mark = self.at;
        self.mark_line = None;
    }

    /// The line where the piece began.
    pub(crate) fn piece_line(&self) -> u64 {
        self.mark_line.unwrap_or_else(|| self.line + self.breaks(self.counted, self.mark))
    }

    /// The line where the piece began; what is counted for it is not counted again.
    pub(crate) fn count_to_piece(&mut self) -> u64 {
        if let Some(line) = self.mark_line {
            return line;
        }
        self.line = self.piece_line();
        self.counted = self.mark;
        self.line
    }

    /// Line ends between two places of the buffer.
    fn breaks(&self, from: usize, to: usize) -> u64 {
        let bytes = self.buffer.get(from..to).unwrap_or_default();
        bytes.iter().filter(|b| **b == b'\n').count() as u64
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
        if self.at == self.end {
            self.mark_line = Some(self.piece_line());
            self.line = self.line();
            (self.at, self.end, self.counted, self.mark) = (0, 0, 0, 0);
            self.end = self.inner.read(&mut self.buffer)?;
        }
        Ok(self.buffer.get(self.at..self.end).unwrap_or_default())
    }

    fn consume(&mut self, n: usize) {
        let n = n.min(self.end - self.at);
        self.at += n;
        self.bytes = self.bytes.saturating_add(n as u64);
        self.piece = self.piece.saturating_add(n as u64);
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
        // Lines of pieces that begin in one buffer and end in another.
        let text = format!("{}\n", "x".repeat(999)).repeat(300);
        let mut input = Counted::with_limits(text.as_bytes(), 1 << 30, 1 << 30);
        let mut row = Vec::new();
        for line in 1..=300 {
            input.begin_piece();
            row.clear();
            input.read_until(b'\n', &mut row).unwrap();
            assert_eq!((row.len(), input.piece_line(), input.line()), (1000, line, line + 1));
            if line % 3 == 0 {
                assert_eq!(
                    (input.count_to_piece(), input.piece_line(), input.line()),
                    (line, line, line + 1)
                );
            }
        }
        let long = vec![b'x'; 1 << 20];
        let mut input = Counted::with_limits(io::BufReader::with_capacity(64, &long[..]), 1 << 19, 1 << 30);
        assert!(io::copy(&mut input, &mut io::sink()).unwrap_err().to_string().starts_with(LIMIT_MARK));
        let mut input = Counted::with_limits(io::BufReader::with_capacity(64, &long[..]), 1 << 30, 1 << 19);
        assert!(io::copy(&mut input, &mut io::sink()).unwrap_err().to_string().starts_with(LIMIT_MARK));
    }
}
