//! The register on disk, as it is written: staged beside, synced, renamed into place, and entered into the account last.
//!
//! INVARIANT: whatever is in the account is whole on disk. A process that dies leaves a staging folder that the next update clears, or an edition that no account
//! names, which is put in its place again. Only the entering is done under the lock; reading and fetching is not.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use comity_map::Mapped;
use comity_model::edition::{EditionFault, EditionView};
use comity_model::listing::ListId;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use crate::error::RegisterError;
use crate::formats::SourceInput;
use crate::input::FILE_LIMIT;
use crate::store::{
    ACCOUNT, Account, PARTIES, SOURCE, Shelved, Totals, edition_fault, folders, hex, list_folder, root,
};

/// The prefix of staging folders.
const STAGING: &str = ".new-";
/// Locked by the process that fills a staging folder.
const ALIVE: &str = "alive";
/// Editions held back.
pub(crate) const HELD: &str = "held";

/// The writing side of a register.
pub(crate) struct Shelf {
    root: PathBuf,
}

/// The lock of a register; it ends with the value, or with the process.
pub(crate) struct Guard(#[expect(dead_code, reason = "held for its lock")] File);

impl Shelf {
    pub(crate) fn open(data: &Path) -> Result<Self, RegisterError> {
        let root = root(data);
        fs::create_dir_all(&root).map_err(RegisterError::disk("create", &root))?;
        let shelf = Self { root };
        shelf.clear()?;
        Ok(shelf)
    }

    pub(crate) fn folder(&self, list: &ListId) -> PathBuf {
        list_folder(&self.root, list)
    }

    pub(crate) fn account(&self, list: &ListId) -> Result<Account, RegisterError> {
        Account::read(&self.folder(list), list)
    }

    pub(crate) fn lists(&self) -> Result<Vec<ListId>, RegisterError> {
        let mut lists = Vec::new();
        for publisher in folders(&self.root)? {
            for list in folders(&self.root.join(&publisher))? {
                lists.extend(format!("{publisher}/{list}").parse::<ListId>());
            }
        }
        Ok(lists)
    }

    /// Waits for the lock.
    pub(crate) fn lock(&self) -> Result<Guard, RegisterError> {
        let path = self.root.join("lock");
        let open = File::options().create(true).truncate(false).write(true).open(&path);
        let file = open.map_err(RegisterError::disk("open", &path))?;
        file.lock().map_err(RegisterError::disk("lock", &path))?;
        Ok(Guard(file))
    }

    /// Changes the account of a list under the lock, beginning from what is on disk now.
    pub(crate) fn change<T>(
        &self,
        list: &ListId,
        change: impl FnOnce(&mut Account) -> Result<T, RegisterError>,
    ) -> Result<T, RegisterError> {
        let _guard = self.lock()?;
        let mut account = self.account(list)?;
        let before = account.clone();
        let result = change(&mut account)?;
        if account != before {
            let folder = self.folder(list);
            fs::create_dir_all(&folder).map_err(RegisterError::disk("create", &folder))?;
            let path = folder.join(ACCOUNT);
            let json = serde_json::to_vec_pretty(&account)
                .map_err(|e| RegisterError::Account { path: path.clone(), finding: e.to_string() })?;
            write_synced(&path, &json)?;
        }
        Ok(result)
    }

    /// A new staging folder for a list.
    pub(crate) fn stage(&self, list: &ListId) -> Result<Staging, RegisterError> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = self.folder(list).join(format!("{STAGING}{}-{number}", std::process::id()));
        let source = path.join(SOURCE);
        if path.exists() {
            fs::remove_dir_all(&path).map_err(RegisterError::disk("remove", &path))?;
        }
        fs::create_dir_all(&source).map_err(RegisterError::disk("create", &source))?;
        let alive = path.join(ALIVE);
        let file = File::create(&alive).map_err(RegisterError::disk("create", &alive))?;
        file.lock().map_err(RegisterError::disk("lock", &alive))?;
        Ok(Staging { path, alive: Some(file) })
    }

    /// Clears staging folders whose process is gone.
    fn clear(&self) -> Result<(), RegisterError> {
        let _guard = self.lock()?;
        for list in self.lists()? {
            let folder = self.folder(&list);
            for name in folders(&folder)?.into_iter().filter(|n| n.starts_with(STAGING)) {
                let path = folder.join(name);
                let alone = match File::open(path.join(ALIVE)) {
                    Ok(file) => file.try_lock().is_ok(),
                    // Made a moment ago, or already half cleared: leave what is younger than a day.
                    Err(_) => fs::metadata(&path)
                        .and_then(|m| m.modified())
                        .is_ok_and(|t| t.elapsed().is_ok_and(|age| age.as_secs() > 86_400)),
                };
                if alone {
                    let _ = fs::remove_dir_all(&path);
                }
            }
        }
        Ok(())
    }

    /// Moves a staged edition to its place; the caller enters it into the account and holds the lock.
    pub(crate) fn place(&self, staging: Staging, list: &ListId, folder: &str) -> Result<(), RegisterError> {
        let target = self.folder(list).join(folder);
        let parent = target.parent().map_or_else(|| self.root.clone(), Path::to_path_buf);
        fs::create_dir_all(&parent).map_err(RegisterError::disk("create", &parent))?;
        // An edition that no account names: a process died between renaming and entering.
        if target.exists() {
            fs::remove_dir_all(&target).map_err(RegisterError::disk("remove", &target))?;
        }
        let path = staging.sealed()?;
        fs::rename(&path, &target).map_err(RegisterError::disk("rename", &path))?;
        sync_folder(&parent)
    }

    /// Moves an edition that was held back to its place among the others; the caller holds the lock.
    pub(crate) fn release(&self, list: &ListId, from: &str, to: &str) -> Result<(), RegisterError> {
        let (from, to) = (self.folder(list).join(from), self.folder(list).join(to));
        if to.exists() {
            fs::remove_dir_all(&to).map_err(RegisterError::disk("remove", &to))?;
        }
        fs::rename(&from, &to).map_err(RegisterError::disk("rename", &from))?;
        sync_folder(&self.folder(list))
    }
}

/// A folder in which an edition is put together; removed again unless it is placed.
pub(crate) struct Staging {
    path: PathBuf,
    alive: Option<File>,
}

impl Staging {
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Copies a source file, compressed; returns its SHA-256. `read` hears the bytes as they pass.
    pub(crate) fn keep(
        &self,
        index: usize,
        name: &str,
        mut input: impl Read,
        mut read: impl FnMut(u64),
    ) -> Result<Kept, RegisterError> {
        let path = self.path.join(SOURCE).join(stored_name(index, name));
        let file = File::create(&path).map_err(RegisterError::disk("create", &path))?;
        let mut out = GzEncoder::new(BufWriter::new(file), Compression::fast());
        let mut hasher = Sha256::new();
        let mut buffer = vec![0; 64 << 10];
        let mut total = 0_u64;
        loop {
            let n = match input.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Ok(Kept::Unreadable(error.to_string())),
            };
            total += n as u64;
            if total > FILE_LIMIT {
                return Ok(Kept::TooLarge);
            }
            let bytes = buffer.get(..n).unwrap_or_default();
            hasher.update(bytes);
            out.write_all(bytes).map_err(RegisterError::disk("write", &path))?;
            read(n as u64);
        }
        let file = out.finish().and_then(|w| w.into_inner().map_err(io::IntoInnerError::into_error));
        let file = file.map_err(RegisterError::disk("write", &path))?;
        file.sync_all().map_err(RegisterError::disk("write", &path))?;
        Ok(Kept::Digest(hasher.finalize().into()))
    }

    /// Opens the kept source files for reading, in their order.
    pub(crate) fn inputs(&self, names: &[String]) -> Result<Vec<SourceInput<'static>>, RegisterError> {
        inputs(&self.path, names)
    }

    /// Takes over the source files of another staging folder: the same bytes on disk where the system can, a copy where it cannot.
    pub(crate) fn share(&self, other: &Self, names: &[String]) -> Result<(), RegisterError> {
        for (index, name) in names.iter().enumerate() {
            let name = stored_name(index, name);
            let (from, to) = (other.path.join(SOURCE).join(&name), self.path.join(SOURCE).join(&name));
            if fs::hard_link(&from, &to).is_err() {
                fs::copy(&from, &to).map_err(RegisterError::disk("copy", &from))?;
                File::open(&to).and_then(|f| f.sync_all()).map_err(RegisterError::disk("write", &to))?;
            }
        }
        Ok(())
    }

    pub(crate) fn write_index(&self, bytes: &[u8]) -> Result<(), RegisterError> {
        write_synced(&self.path.join(PARTIES), bytes)
    }

    /// Ends the filling: only the edition itself is left, synced.
    fn sealed(mut self) -> Result<PathBuf, RegisterError> {
        drop(self.alive.take());
        let alive = self.path.join(ALIVE);
        fs::remove_file(&alive).map_err(RegisterError::disk("remove", &alive))?;
        sync_folder(&self.path.join(SOURCE))?;
        sync_folder(&self.path)?;
        Ok(std::mem::take(&mut self.path))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            drop(self.alive.take());
            // What cannot be removed now is cleared by the next update.
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

/// A file name from the table of sources as a safe name on disk.
pub(crate) fn safe_name(name: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '_' };
    let name: String = name.chars().map(safe).collect();
    format!("{}{}", if name.starts_with('.') { "_" } else { "" }, name)
}

/// The name of a kept source file on disk: its own where that is short and plain, else its number with the plain end of its name.
fn stored_name(index: usize, name: &str) -> String {
    const LONG: usize = 100;
    let safe = safe_name(name);
    if safe == name && safe.len() <= LONG {
        return format!("{name}.gz");
    }
    let tail: String = safe.chars().rev().take(LONG / 2).collect::<Vec<_>>().into_iter().rev().collect();
    format!("{index:04}-{tail}.gz")
}

/// What became of a source file.
pub(crate) enum Kept {
    /// Its SHA-256.
    Digest([u8; 32]),
    /// It is longer than the limit.
    TooLarge,
    /// Reading it failed.
    Unreadable(String),
}

/// The digest of an edition: of its one file, or of the lines that `sha256sum` prints for its files.
pub(crate) fn digest_of_set(files: &[(String, [u8; 32])]) -> [u8; 32] {
    if let [(_, only)] = files {
        return *only;
    }
    let lines: String = files.iter().map(|(name, digest)| format!("{}  {name}\n", hex(digest))).collect();
    Sha256::digest(lines.as_bytes()).into()
}

/// Opens the kept source files of an edition's folder, in their order.
pub(crate) fn inputs(folder: &Path, names: &[String]) -> Result<Vec<SourceInput<'static>>, RegisterError> {
    let open = |(index, name): (usize, &String)| {
        Ok(SourceInput { name: name.clone(), bytes: Box::new(reopen(folder, index, name)?) })
    };
    names.iter().enumerate().map(open).collect()
}

fn reopen(
    folder: &Path,
    index: usize,
    name: &str,
) -> Result<BufReader<GzDecoder<BufReader<File>>>, RegisterError> {
    let path = folder.join(SOURCE).join(stored_name(index, name));
    let file = File::open(&path).map_err(RegisterError::disk("read", &path))?;
    Ok(BufReader::with_capacity(64 << 10, GzDecoder::new(BufReader::new(file))))
}

/// Whether the index of an edition can be read by this program and is byte for byte what was written.
pub(crate) fn index_is_whole(folder: &Path, shelved: &Shelved) -> bool {
    Mapped::open(&folder.join(PARTIES)).is_ok_and(|bytes| {
        EditionView::open(&bytes, comity_names::VERSION).is_ok()
            && hex(&Sha256::digest(&*bytes)) == shelved.index_digest
    })
}

/// What an edition holds in all: as it was counted, or where it was not, from its index; none where that cannot be read.
pub(crate) fn totals(folder: &Path, shelved: &Shelved) -> Option<Totals> {
    if shelved.totals.is_some() {
        return shelved.totals;
    }
    let bytes = Mapped::open(&folder.join(PARTIES)).ok()?;
    let view = EditionView::open(&bytes, comity_names::VERSION).ok()?;
    let mut totals = Totals::default();
    for index in view.indexes() {
        totals.count(&view.listing(index).ok()?);
    }
    Some(totals)
}

/// Reads all files of an edition and compares digests.
pub(crate) fn verify(folder: &Path, shelved: &Shelved) -> Result<(), RegisterError> {
    let damaged = |place| edition_fault(&shelved.meta, EditionFault::Damaged { place });
    let path = folder.join(PARTIES);
    let index = Mapped::open(&path).map_err(RegisterError::disk("read", &path))?;
    if hex(&Sha256::digest(&*index)) != shelved.index_digest {
        return Err(damaged("parties.bin (its digest has changed)"));
    }
    let mut digests = Vec::new();
    for (index, name) in shelved.files.iter().enumerate() {
        let mut hasher = Sha256::new();
        let mut input = reopen(folder, index, name)?.take(FILE_LIMIT + 1);
        let mut buffer = vec![0; 64 << 10];
        loop {
            match input.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => hasher.update(buffer.get(..n).unwrap_or_default()),
                Err(_) => return Err(damaged("its source (it cannot be unpacked)")),
            }
        }
        digests.push((name.clone(), hasher.finalize().into()));
    }
    if hex(&digest_of_set(&digests)) != shelved.meta.digest {
        return Err(damaged("its source (its digest has changed)"));
    }
    Ok(())
}

/// Writes a file beside its place, syncs it and renames it.
pub(crate) fn write_synced(path: &Path, bytes: &[u8]) -> Result<(), RegisterError> {
    let beside = path.with_extension(format!("tmp{}", std::process::id()));
    let mut file = File::create(&beside).map_err(RegisterError::disk("create", &beside))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(RegisterError::disk("write", &beside))?;
    drop(file);
    fs::rename(&beside, path).map_err(RegisterError::disk("rename", &beside))?;
    path.parent().map_or(Ok(()), sync_folder)
}

/// Makes the names in a folder lasting. Where folders cannot be opened as files, the system does that itself.
fn sync_folder(path: &Path) -> Result<(), RegisterError> {
    if cfg!(unix) {
        File::open(path).and_then(|f| f.sync_all()).map_err(RegisterError::disk("sync", path))?;
    }
    Ok(())
}
