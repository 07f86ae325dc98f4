//! Locks: advisory leases on a key, with a holder, a message, an end and a fencing number (rules §8).

mod api;
mod queries;
mod rules;
mod service;

pub use api::{LockData, TakeRequest, api_release, api_take};
pub use service::{Locks, TakeInput, force_release, get, history, list, page, release, take};
pub(crate) use service::{count_held, end_expired};
