//! Content hashes: the names of the site's files, and the stamps that tell whether a step has to be repeated.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest as _, Sha256};

/// A hash over a sequence of pieces. Each is preceded by its length, so that moving a byte from one piece to the next
/// changes the result.
#[derive(Default)]
pub struct Digest(Sha256);

impl Digest {
    /// Adds one piece.
    pub fn piece(mut self, bytes: impl AsRef<[u8]>) -> Self {
        let bytes = bytes.as_ref();
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }

    /// Adds the content of a file.
    pub fn file(self, path: &Path) -> Result<Self> {
        Ok(self.piece(read(path)?))
    }

    /// Adds the relative names and contents of all files below a directory; one that does not exist counts as empty.
    pub fn tree(mut self, directory: &Path) -> Result<Self> {
        for path in files_below(directory)? {
            let name = path.strip_prefix(directory)?.to_string_lossy().into_owned();
            self = self.piece(name).file(&path)?;
        }
        Ok(self)
    }

    /// The first 64 bits as 16 hexadecimal digits: enough to tell the versions of a file apart.
    pub fn finish(self) -> String {
        self.0.finalize().iter().take(8).fold(String::with_capacity(16), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

/// The name under which a file may be cached for ever: `app.js` becomes `app.<hash>.js`.
pub fn hashed_name(stem: &str, extension: &str, content: &[u8]) -> String {
    format!("{stem}.{}.{extension}", Digest::default().piece(content).finish())
}

/// Does `work` unless `stamp` says that it was done for the same `key`. Returns whether it was done now.
///
/// The stamp is removed first and written last: an interrupted step is repeated.
pub fn unless_done(stamp: &Path, key: &str, work: impl FnOnce() -> Result<()>) -> Result<bool> {
    if fs::read_to_string(stamp).is_ok_and(|done| done == key) {
        return Ok(false);
    }
    if stamp.exists() {
        fs::remove_file(stamp).with_context(|| format!("cannot remove {}", stamp.display()))?;
    }
    work()?;
    fs::write(stamp, key).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(true)
}

/// All files below a directory, sorted; none if the directory does not exist.
pub fn files_below(directory: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if !directory.exists() {
        return Ok(found);
    }
    let mut open = vec![directory.to_owned()];
    while let Some(directory) = open.pop() {
        let entries =
            fs::read_dir(&directory).with_context(|| format!("cannot list {}", directory.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The content of a file, with its name in the error.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("xtask-{}-{name}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_name_follows_the_content() {
        let name = hashed_name("app", "js", b"one");
        assert_eq!(name, hashed_name("app", "js", b"one"));
        assert_ne!(name, hashed_name("app", "js", b"two"));
        let hash = name.strip_prefix("app.").unwrap().strip_suffix(".js").unwrap();
        assert_eq!(hash.len(), 16);
        assert!(hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
    }

    #[test]
    fn pieces_do_not_run_together() {
        let first = Digest::default().piece("ab").piece("c").finish();
        assert_ne!(first, Digest::default().piece("a").piece("bc").finish());
    }

    #[test]
    fn a_tree_changes_with_names_and_contents() {
        let scratch = Scratch::new("tree");
        let hash = || Digest::default().tree(&scratch.0).unwrap().finish();
        let empty = hash();
        fs::write(scratch.0.join("a"), "1").unwrap();
        let with_a = hash();
        fs::rename(scratch.0.join("a"), scratch.0.join("b")).unwrap();
        let with_b = hash();
        assert_ne!(empty, with_a);
        assert_ne!(with_a, with_b);
        assert_eq!(empty, Digest::default().tree(&scratch.0.join("missing")).unwrap().finish());
    }

    #[test]
    fn a_step_is_repeated_only_for_another_key_or_after_a_failure() {
        let scratch = Scratch::new("stamp");
        let stamp = scratch.0.join("stamp");
        assert!(unless_done(&stamp, "1", || Ok(())).unwrap());
        assert!(!unless_done(&stamp, "1", || panic!("done already")).unwrap());
        assert!(unless_done(&stamp, "2", || anyhow::bail!("broken")).is_err());
        assert!(unless_done(&stamp, "1", || Ok(())).unwrap());
    }
}
