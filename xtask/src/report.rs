//! One line a stage, with its seconds.

use std::time::Instant;

use anyhow::Result;

/// Does `work` and prints how long it took.
pub fn stage<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let begun = Instant::now();
    let done = work()?;
    line(name, begun, "");
    Ok(done)
}

/// The line of a stage that has ended, with a remark.
pub fn line(name: &str, begun: Instant, remark: &str) {
    println!("{name:>12} {:>7.1} s  {remark}", begun.elapsed().as_secs_f64());
}

/// A number of bytes for people.
pub fn kilobytes(bytes: usize) -> String {
    format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100)
}
