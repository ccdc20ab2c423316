//! Mapping a file into memory, read-only: the one crate that holds the call that needs `unsafe`, and nothing else.

use std::fs::File;
use std::io;
use std::ops::Deref;
use std::path::Path;

/// A file's bytes, mapped read-only.
///
/// INVARIANT: Comity never changes a file that it maps. It writes a new one beside it and renames, so a mapping keeps the bytes it was opened with.
#[derive(Debug)]
pub struct Mapped(Option<memmap2::Mmap>);

impl Mapped {
    /// Maps a whole file. An empty file maps to no bytes.
    ///
    /// # Errors
    /// When the file cannot be opened or mapped.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        if file.metadata()?.len() == 0 {
            return Ok(Self(None));
        }
        #[expect(
            unsafe_code,
            reason = "mapping is unsafe because another program may change the file meanwhile; Comity's files are never changed in place, \
                      and every reader checks what it reads, so changed bytes can at worst give a fault"
        )]
        // SAFETY: the mapping is read-only, and by the invariant above the file keeps its bytes and length.
        let map = unsafe { memmap2::Mmap::map(&file)? };
        Ok(Self(Some(map)))
    }
}

impl Deref for Mapped {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        self.0.as_deref().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_maps_to_its_bytes() {
        let path = std::env::temp_dir().join(format!("comity-map-{}", std::process::id()));
        std::fs::write(&path, b"bytes").unwrap();
        assert_eq!(&*Mapped::open(&path).unwrap(), b"bytes");
        std::fs::write(&path, b"").unwrap();
        assert!(Mapped::open(&path).unwrap().is_empty());
        std::fs::remove_file(&path).unwrap();
        assert!(Mapped::open(&path).is_err());
    }
}
