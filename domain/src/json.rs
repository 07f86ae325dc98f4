//! What is stored as JSON text. That it cannot be written or read is a bug, or somebody else's hand in the database.

use std::io::Write;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Error;

/// A value as it is stored.
pub(crate) fn text(value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Internal(error.to_string()))
}

/// Writes a value as it would be stored.
pub(crate) fn write(to: impl Write, value: &impl Serialize) -> Result<(), Error> {
    serde_json::to_writer(to, value).map_err(|error| Error::Internal(error.to_string()))
}

/// A stored value.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| Error::Internal(error.to_string()))
}
