//! Telling the door how far a long task is; the door draws the bars.

/// Hears how far an update is.
pub trait Progress {
    /// A file begins; `total` is its length in bytes where it is known.
    fn begin(&mut self, list: &str, file: &str, total: Option<u64>) {
        let _ = (list, file, total);
    }

    /// So many further bytes were read.
    fn advance(&mut self, bytes: u64) {
        let _ = bytes;
    }

    /// The file is done, or was given up.
    fn end(&mut self) {}

    /// Something worth a line: a retry, a wait.
    fn note(&mut self, list: &str, text: &str) {
        let _ = (list, text);
    }
}

/// Hears nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {}
