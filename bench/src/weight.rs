//! What a first visit is sent: wasm, scripts and styles as brotli packs them.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use crate::report::Figure;

/// Adds up the packed files of the built site.
pub fn measure(site: &Path) -> Result<Figure> {
    let folder = site.join("pkg");
    let mut bytes = 0;
    for entry in fs::read_dir(&folder).with_context(|| format!("{} is not there", folder.display()))? {
        let entry = entry?;
        if entry.path().extension().is_some_and(|ending| ending == "br") {
            bytes += entry.metadata()?.len();
        }
    }
    ensure!(bytes > 0, "{} holds no packed files", folder.display());
    #[expect(clippy::cast_precision_loss, reason = "kilobytes")]
    let kilobytes = bytes as f64 / 1e3;
    Ok(Figure::budget("first visit: wasm, scripts, styles", "kB", kilobytes, 120.0))
}
