//! Makes sure that the folder to embed is there, and that the crate is built again when its content changes.

fn main() -> std::io::Result<()> {
    const SITE: &str = "../dist/site";
    std::fs::create_dir_all(SITE)?;
    println!("cargo::rerun-if-changed={SITE}");
    Ok(())
}
