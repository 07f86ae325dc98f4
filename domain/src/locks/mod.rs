//! Locks: advisory leases on a key, with a holder, a message, an end and a fencing number (rules §8).

mod api;
mod queries;
mod rules;
mod service;

pub use api::{LockData, TakeRequest, api_release, api_take};
pub(crate) use queries::{carry_fences, end_expired};
pub use service::{
    HeldCounts, Holders, LockFilter, Locks, TakeInput, force_release, get, history, page, release, soonest,
    take,
};
pub(crate) use service::{count_held, force_in, held_by, held_on};
