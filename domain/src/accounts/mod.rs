//! People: who they are, their password, how they like the pages, the links that are mailed to them.

mod erase;
mod links;
mod password;
mod pictures;
mod prepare;
mod proof;
mod queries;
mod reset;
mod service;

pub use erase::erase;
pub(crate) use links::{LinkMail, sweep};
pub use password::Passwords;
pub(crate) use password::{hash_password, verify_password};
pub use pictures::{picture, pictures_of, remove_picture, set_picture};
pub use prepare::prepare;
pub use proof::{Proof, ask_proof, look_at_proof, prove};
pub(crate) use proof::{mail as proof_mail, prove_address};
pub(crate) use queries::{
    UserRow, count as count_users, find as find_user, find_by_email, insert as insert_user,
};
pub(crate) use reset::mail as reset_mail;
pub use reset::{forgot_password, look_at_reset, reset_password};
pub(crate) use service::check as check_account;
pub use service::{
    NewAccount, ProfileInput, change_password, create, disable, enable, named, set_password, set_theme,
    update_profile,
};
