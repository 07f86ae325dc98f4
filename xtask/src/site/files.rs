//! The files of the site: hashed names, compressed copies, and a folder in which nothing is rewritten that has
//! not changed (the server embeds it, and would be linked again).

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use super::{FOLDER, Kind};
use crate::host::Host;

const BROTLI_QUALITY: i32 = 11;
/// 2²² bytes: what every browser accepts, and more than any of our files.
const BROTLI_WINDOW: i32 = 22;

/// What `dist/site` will hold, by path inside it.
pub struct Site {
    kind: Kind,
    files: BTreeMap<String, Vec<u8>>,
    sizes: BTreeMap<String, usize>,
}

impl Site {
    pub fn new(kind: Kind) -> Self {
        Self { kind, files: BTreeMap::new(), sizes: BTreeMap::new() }
    }

    /// A file whose name changes with its content.
    pub fn add(&mut self, path: String, content: Vec<u8>) {
        self.files.insert(path, content);
    }

    pub fn set_manifest(&mut self, content: Vec<u8>) {
        self.files.insert("manifest.json".into(), content);
    }

    /// The brotli size in bytes of each file that a page refers to.
    pub fn sizes(&self) -> &BTreeMap<String, usize> {
        &self.sizes
    }

    /// Adds the brotli and gzip copies of everything below `pkg/`. A quick build has none, since making them takes
    /// longer than all the rest.
    pub fn compress(&mut self, host: &Host) -> Result<()> {
        if self.kind == Kind::Quick {
            return Ok(());
        }
        let mut copies = BTreeMap::new();
        for (path, content) in self.files.iter().filter(|(path, _)| path.starts_with("pkg/")) {
            let there = |path: &str| fs::read(host.path(FOLDER).join(path)).ok();
            let (brotli_path, gzip_path) = (format!("{path}.br"), format!("{path}.gz"));
            // The name stands for the content, so a copy that is there is right.
            let brotli_copy = there(&brotli_path).map_or_else(|| brotli(content), Ok)?;
            let gzip_copy = there(&gzip_path).map_or_else(|| gzip(content), Ok)?;
            self.sizes.insert(path.clone(), brotli_copy.len());
            copies.insert(brotli_path, brotli_copy);
            copies.insert(gzip_path, gzip_copy);
        }
        self.files.append(&mut copies);
        Ok(())
    }

    /// Makes `dist/site` hold exactly this.
    pub fn write(&self, host: &Host) -> Result<()> {
        let folder = host.path(FOLDER);
        fs::create_dir_all(folder.join("pkg"))?;
        for (path, content) in &self.files {
            let path = folder.join(path);
            if fs::read(&path).is_ok_and(|there| there == *content) {
                continue;
            }
            // A name that stands for its content must never be seen half-written.
            let readable = fs::Permissions::from_mode(0o644);
            let mut file = tempfile::Builder::new().permissions(readable).tempfile_in(&folder)?;
            file.write_all(content)?;
            file.persist(&path).with_context(|| format!("{} cannot be written", path.display()))?;
        }
        self.remove_others(&folder, "")?;
        self.remove_others(&folder.join("pkg"), "pkg/")
    }

    fn remove_others(&self, folder: &Path, prefix: &str) -> Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_file() && !self.files.contains_key(&path) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}

/// Sixteen hexadecimal digits that stand for the content.
pub fn hash(parts: &[&[u8]]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: BROTLI_QUALITY,
        lgwin: BROTLI_WINDOW,
        size_hint: content.len(),
        ..Default::default()
    };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &*content, &mut packed, &parameters)?;
    Ok(packed)
}

fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn a_name_changes_with_the_content_alone() {
        assert_eq!(hash(&[b"glue", b"wasm"]), hash(&[b"glue", b"wasm"]));
        assert_ne!(hash(&[b"glue", b"wasm"]), hash(&[b"glue", b"wasn"]));
        assert_eq!(hash(&[b"glue"]).len(), 16);
    }

    #[test]
    fn compressed_copies_unpack_to_the_original_and_are_reproducible() {
        let original = b"one sheet, hairlines, columns that line up ".repeat(40);
        let (brotli_copy, gzip_copy) = (brotli(&original).unwrap(), gzip(&original).unwrap());
        assert_eq!(brotli_copy, brotli(&original).unwrap());
        assert_eq!(gzip_copy, gzip(&original).unwrap());

        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut &*brotli_copy, &mut unpacked).unwrap();
        assert_eq!(unpacked, original);
        unpacked.clear();
        flate2::read::GzDecoder::new(&*gzip_copy).read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, original);
    }
}
