//! What the browser is sent: wasm, its glue, styles and the theme script, under names that change with their
//! content, ready compressed. Written into `dist/site`, which the server embeds.

mod files;
mod styles;
mod wasm;

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};
use serde::Serialize;

use crate::host::Host;
use crate::report::{kilobytes, line, stage};
use crate::tools;

pub use files::Site;
pub use styles::classes_without_rule;

/// The folder that the server embeds.
const FOLDER: &str = "dist/site";

/// Where views are written.
const SOURCES: [&str; 2] = ["app/src", "ui/src"];

/// How the browser's part is built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// As sent to people: size first.
    Small,
    /// As fast to build as possible, and reloading itself when the server was built again.
    Quick,
}

/// Which files a page refers to. The server reads it as `manifest.json`.
#[derive(Serialize)]
struct Manifest {
    /// Leptos' `output_name`, hash included: `pkg/<name>.js` and `pkg/<name>_bg.wasm`.
    output_name: String,
    /// The style sheet, below `pkg/`.
    css: String,
    /// The script that applies the theme before the first paint, below `pkg/`.
    theme: String,
}

/// Builds everything that the browser is sent, and writes nothing yet.
pub fn prepare(host: &Host, kind: Kind) -> Result<Site> {
    stage("wasm", || wasm::compile(host, kind))?;
    let begun = Instant::now();
    let sources = sources(host)?;
    let scripts = wasm::bind(host, kind)?;
    wasm::check_islands(&sources, &scripts.glue)?;
    let css = styles::sheet(host, &sources)?;
    let mut theme = read(host.path("style/theme.js"))?;
    if kind == Kind::Quick {
        // A new name at every build, which is how an open page notices.
        theme.push_str(&read(host.path("style/reload.js"))?);
        theme.push_str(&format!(
            "// {:?}\n",
            fs::metadata(host.target("debug/stackyard")).and_then(|m| m.modified())
        ));
    }

    let mut site = Site::new(kind);
    let output_name = format!("stackyard-{}", files::hash(&[scripts.glue.as_bytes(), &scripts.wasm]));
    site.add(format!("pkg/{output_name}.js"), scripts.glue.into_bytes());
    site.add(format!("pkg/{output_name}_bg.wasm"), scripts.wasm);
    let css_name = format!("stackyard-{}.css", files::hash(&[css.as_bytes()]));
    site.add(format!("pkg/{css_name}"), css.into_bytes());
    let theme_name = format!("theme-{}.js", files::hash(&[theme.as_bytes()]));
    site.add(format!("pkg/{theme_name}"), theme.into_bytes());
    let manifest = Manifest { output_name, css: css_name, theme: theme_name };
    site.set_manifest(serde_json::to_vec_pretty(&manifest)?);
    site.compress(host)?;
    line("site", begun, &format!("{} compressed", kilobytes(site.sizes().values().sum())));
    Ok(site)
}

/// All views in one string: given apart to the maker of the styles, the order of its rules would follow the files.
fn sources(host: &Host) -> Result<String> {
    let mut all = String::new();
    for folder in SOURCES {
        for path in tools::files_below(&host.path(folder), "rs")? {
            all.push_str(&read(path)?);
            all.push('\n');
        }
    }
    Ok(all)
}

fn read(path: PathBuf) -> Result<String> {
    fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))
}
