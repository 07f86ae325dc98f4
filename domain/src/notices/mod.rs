//! Notices: who is told of a change of trust, in the app and by mail.
//!
//! They are made from events, in the transaction in which the event is written: [`tell`] is the one place, and one table
//! says whom an event concerns. A notice is like a letter: what somebody was told stays theirs, whatever becomes of their
//! role later. Who did it is not told, except about their own account: that may have been somebody in their name.
//!
//! A mail about notices is a row of the outbox that names a person; what it says is taken when it is claimed, each notice
//! into one mail at most, so nothing is told twice after a kill.

mod queries;
mod rules;
mod service;
mod tell;
mod told;

pub(crate) use queries::{forget, sweep};
pub use service::{NoticePage, list, read, read_all, set_mail};
pub(crate) use tell::tell;
pub(crate) use told::{Told, to_be_mailed};
