//! Why a request was not done, in a word; whoever speaks a protocol has its own number for each.

use serde::{Deserialize, Serialize};

use crate::role::words;

words! {
    /// What stood against a refused request.
    Refusal {
        /// What was sent cannot be used: a token, a key, a body.
        Unusable = "unusable", "Not usable";
        /// The credential is unknown, has expired or was revoked.
        UnknownCredential = "unknown_credential", "Credential unknown";
        /// It is seen, but not allowed.
        NotAllowed = "not_allowed", "Not allowed";
        /// What it names is not there, or may not be known.
        NotFound = "not_found", "Not found";
        /// Somebody else has what was wanted.
        Conflict = "conflict", "Conflict";
    }
}
