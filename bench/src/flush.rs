//! What a flush costs on this machine: `fdatasync` of 4 KiB, in the folder of the databases.

use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::time::Instant;

use anyhow::Result;

/// Bytes of one write.
const BLOCK: usize = 4096;
/// Writes until the file is written from its beginning again.
const BLOCKS: u64 = 1024;

/// A file of settled size, as the log of a database is after a while.
pub struct Flush {
    file: File,
    written: u64,
}

impl Flush {
    /// Makes the file.
    pub fn new(folder: &Path) -> Result<Self> {
        let mut file = File::create(folder.join("flush"))?;
        for _ in 0..BLOCKS {
            file.write_all(&[1; BLOCK])?;
        }
        file.sync_all()?;
        Ok(Self { file, written: 0 })
    }

    /// Milliseconds of `times` flushes.
    pub fn measure(&mut self, times: usize) -> Result<Vec<f64>> {
        let mut took = Vec::with_capacity(times);
        for _ in 0..times {
            let block = self.written % BLOCKS;
            self.file.seek(SeekFrom::Start(block * BLOCK as u64))?;
            let began = Instant::now();
            self.file.write_all(&[2; BLOCK])?;
            self.file.sync_data()?;
            took.push(began.elapsed().as_secs_f64() * 1e3);
            self.written += 1;
        }
        Ok(took)
    }
}
