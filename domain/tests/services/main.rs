//! Services against a store, called as the server calls them.

#![expect(clippy::unwrap_used, reason = "helpers of tests stop the test as tests do")]

mod affected;
mod deployments;
mod scene;
