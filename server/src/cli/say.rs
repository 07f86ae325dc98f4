//! What is said to the person at the terminal, apart from the log.

use std::io::Write as _;

/// A line on standard output, for people and scripts.
pub fn line(text: &str) {
    // Whoever closed the pipe does not want to read on.
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// The one line that says why the program stops.
pub fn failure(text: &str) {
    let _ = writeln!(std::io::stderr(), "stackyard: {}", text.replace('\n', " "));
}
