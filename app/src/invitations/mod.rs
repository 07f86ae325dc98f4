//! Invitations: making them, and the page that a link leads to.

mod dialog;
pub mod forms;
mod invite;
mod rows;
mod waiting;

pub(crate) use dialog::InviteDialog;
pub use invite::invite;
pub(crate) use rows::{Invitations, RevokeDialog};
pub(crate) use waiting::Waiting;
