//! The words that every part of Stackyard shares: ids, times, roles, actions, permission kinds, patterns,
//! decision traces, events, and what pages and the API say to each other.
//!
//! Nothing here does I/O and all of it compiles to WebAssembly, so that the browser, the server and the
//! command line agree on one meaning. With the feature `diesel`, ids and times are column types.

pub mod access;
pub mod account;
pub mod activity;
pub mod affected;
pub mod ansi;
pub mod credential;
pub mod deployment;
pub mod field;
pub mod id;
pub mod instance;
pub mod invitation;
pub mod lock;
pub mod mail;
pub mod notice;
pub mod number;
pub mod palette;
pub mod permission;
pub mod quote;
pub mod refusal;
pub mod repository;
pub mod role;
pub mod sentence;
#[cfg(feature = "diesel")]
pub mod sql;
pub mod team;
pub mod text;
pub mod time;
pub mod token;
pub mod trace;
pub mod upload;
pub mod workspace;

pub use field::{FieldError, FieldErrors};
pub use permission::{Dimension, PatternKind, PermissionKind};
pub use refusal::Refusal;
pub use role::{Action, MemberStatus, Role};
pub use time::Ts;
