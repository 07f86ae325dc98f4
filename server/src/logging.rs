//! The log: one line a request and one for each thing that an operator must know. To standard error, since what
//! is said to the person at the terminal goes to standard output.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::layer;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::LogFormat;

/// Starts logging for the whole process.
///
/// # Errors
/// A sentence, when the filter cannot be read.
pub fn start(format: LogFormat, filter: &str) -> Result<(), String> {
    let filter = EnvFilter::try_new(filter)
        .map_err(|error| format!("The setting log is {filter:?}, which is not a filter: {error}."))?;
    let registry = tracing_subscriber::registry().with(filter);
    let started = match format {
        LogFormat::Text => {
            let layer = layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
            registry.with(layer.with_target(false)).try_init()
        }
        LogFormat::Json => {
            let layer = layer().json().with_writer(std::io::stderr).flatten_event(true);
            registry.with(layer.with_current_span(true).with_span_list(false)).try_init()
        }
    };
    started.map_err(|error| format!("Logging cannot be started: {error}."))?;
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, cause = panic.payload_as_str().unwrap_or_default(), "panic");
    }));
    Ok(())
}
