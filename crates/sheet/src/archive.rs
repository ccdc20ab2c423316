//! The ZIP archive around a workbook: which members it has, and their bytes, within limits.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::sync::Arc;

use zip::ZipArchive;

use crate::fault::SheetFault;

/// How much of a stranger's file is read. Counted are the bytes that really come out, never those that a header declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most members of the archive.
    pub members_max: usize,
    /// The largest member, bytes after unpacking.
    pub member_bytes_max: u64,
    /// All members together, bytes after unpacking.
    pub total_bytes_max: u64,
    /// How many times larger than packed a member may be, once it is larger than [`Limits::ratio_from_bytes`].
    pub ratio_max: u64,
    /// Smaller members may have any ratio, bytes after unpacking.
    pub ratio_from_bytes: u64,
    /// The most texts that the sheets share.
    pub strings_max: usize,
    /// The most cells of one sheet that are not empty.
    pub cells_max: usize,
    /// All texts of one sheet together, bytes. A shared text counts as often as it is used.
    pub text_bytes_max: usize,
}

impl Default for Limits {
    /// Several times what the largest official workbook known asks for (243 members, 9.6 MB unpacked, a ratio of 20).
    fn default() -> Self {
        Self {
            members_max: 4096,
            member_bytes_max: 64 << 20,
            total_bytes_max: 256 << 20,
            ratio_max: 200,
            ratio_from_bytes: 1 << 20,
            strings_max: 1_000_000,
            cells_max: 4_000_000,
            text_bytes_max: 256 << 20,
        }
    }
}

/// The members of an archive that has been looked through once.
#[derive(Clone, Debug)]
pub(crate) struct Archive {
    zip: ZipArchive<Cursor<Arc<[u8]>>>,
    /// Members by path in small letters; the format takes small and capital letters for the same.
    paths: BTreeMap<String, usize>,
    limits: Limits,
}

impl Archive {
    /// Unpacks every member once, so that nothing read later can be damaged or too large.
    pub(crate) fn open(bytes: Vec<u8>, limits: Limits) -> Result<Self, SheetFault> {
        if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
            return Err(SheetFault::new("", "a workbook of the old binary form, or one under a password")
                .but("save it as XLSX without a password, or fetch the XLSX form"));
        }
        if !bytes.starts_with(b"PK\x03\x04") {
            return Err(SheetFault::new("", "no ZIP archive: an XLSX workbook begins with PK"));
        }
        let bytes: Arc<[u8]> = bytes.into();
        let zip = ZipArchive::new(Cursor::new(Arc::clone(&bytes))).map_err(|e| {
            SheetFault::new("", format!("the list of members cannot be read: {e} (cut short?)"))
        })?;
        let end = bytes.len().checked_sub(22 + zip.comment().len()).and_then(|at| bytes.get(at..));
        if zip.offset() != 0 || !end.is_some_and(|end| end.starts_with(b"PK\x05\x06")) {
            return Err(SheetFault::new("", "bytes before or after the archive (doubled file?)"));
        }
        if zip.has_duplicate_names() {
            return Err(SheetFault::new("", "two members of the same path"));
        }
        if zip.len() > limits.members_max {
            let finding = format!("{} members, at most {} expected", zip.len(), limits.members_max);
            return Err(SheetFault::new("", finding));
        }
        let mut archive = Self { zip, paths: BTreeMap::new(), limits };
        let mut total = 0_u64;
        for index in 0..archive.zip.len() {
            let Some((path, bytes)) = unpack(&mut archive.zip, index, limits)? else { continue };
            total = total.saturating_add(bytes.len() as u64);
            if total > limits.total_bytes_max {
                let finding = format!("more than {} MB after unpacking", limits.total_bytes_max >> 20);
                return Err(SheetFault::new("", finding));
            }
            let key = path.to_ascii_lowercase();
            if key.ends_with(".xml") || key.ends_with(".rels") || key.ends_with(".vml") {
                text(&path, &bytes)?;
            }
            if archive.paths.insert(key, index).is_some() {
                return Err(SheetFault::new(&path, "two members of the same path but for capital letters"));
            }
        }
        Ok(archive)
    }

    /// The text of an XML part; none if the archive has no such member.
    pub(crate) fn part(&self, path: &str) -> Result<Option<String>, SheetFault> {
        let Some(index) = self.paths.get(&path.to_ascii_lowercase()) else { return Ok(None) };
        let bytes =
            unpack(&mut self.zip.clone(), *index, self.limits)?.map(|(_, bytes)| bytes).unwrap_or_default();
        text(path, &bytes)?;
        // Checked as UTF-8 just above.
        Ok(String::from_utf8(bytes).ok())
    }

    /// A part that has to be there.
    pub(crate) fn needed(&self, path: &str) -> Result<String, SheetFault> {
        self.part(path)?
            .ok_or_else(|| SheetFault::new(path, "the archive has no such part (no workbook, or damaged)"))
    }
}

/// Path and bytes of a member; none for a folder.
fn unpack(
    zip: &mut ZipArchive<Cursor<Arc<[u8]>>>,
    index: usize,
    limits: Limits,
) -> Result<Option<(String, Vec<u8>)>, SheetFault> {
    let mut member = zip
        .by_index(index)
        .map_err(|e| SheetFault::new(&format!("member {}", index + 1), format!("cannot be unpacked: {e}")))?;
    let path = member.name().map(|name| name.into_owned()).unwrap_or_default();
    if !is_inside(&path) {
        let shown: String = path.chars().take(80).collect();
        return Err(SheetFault::new(&shown, "a path that leads out of the archive, or none"));
    }
    if member.is_dir() {
        return Ok(None);
    }
    let packed = member.compressed_size();
    let mut bytes = Vec::new();
    let mut chunk = vec![0; 64 << 10];
    loop {
        let n = match member.read(&mut chunk) {
            Ok(0) => break,
            Ok(n) => n,
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(SheetFault::new(&path, format!("cannot be unpacked: {e}"))),
        };
        bytes.extend_from_slice(chunk.get(..n).unwrap_or_default());
        let size = bytes.len() as u64;
        if size > limits.member_bytes_max {
            let finding = format!("more than {} MB after unpacking", limits.member_bytes_max >> 20);
            return Err(SheetFault::new(&path, finding));
        }
        if size > limits.ratio_from_bytes && size / limits.ratio_max.max(1) > packed {
            let finding = format!("more than {} times larger than packed (a ZIP bomb?)", limits.ratio_max);
            return Err(SheetFault::new(&path, finding));
        }
    }
    Ok(Some((path, bytes)))
}

/// Whether a path stays in the archive under every system's rules.
fn is_inside(path: &str) -> bool {
    !path.is_empty()
        && !path.starts_with('/')
        && !path.contains(['\\', ':', '\0'])
        && path.split('/').all(|part| part != ".." && part != ".")
}

/// Refuses what is no UTF-8 text, or declares a document type or entities.
fn text(path: &str, bytes: &[u8]) -> Result<(), SheetFault> {
    let text = std::str::from_utf8(bytes)
        .map_err(|e| SheetFault::new(path, format!("no UTF-8 text from byte {} on", e.valid_up_to())))?;
    for mark in ["<!DOCTYPE", "<!ENTITY"] {
        if text.contains(mark) {
            let finding = format!("{mark}: document types and entities are never read");
            return Err(SheetFault::new(path, finding));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside() {
        for path in ["xl/workbook.xml", "[Content_Types].xml", "a..b/c", "xl/"] {
            assert!(is_inside(path), "{path}");
        }
        for path in ["", "/xl/a", "../a", "xl/../../a", "xl\\a", "C:a", "a\0b", "xl/./a", "file://a"] {
            assert!(!is_inside(path), "{path}");
        }
    }
}
