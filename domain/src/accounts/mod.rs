//! People: who they are, their password, how they like the pages.

mod password;
mod queries;
mod service;

pub(crate) use password::{hash_password, verify_password};
pub(crate) use queries::{
    UserRow, count as count_users, find as find_user, find_by_email, insert as insert_user, set_verified,
};
pub(crate) use service::check as check_account;
pub use service::{
    NewAccount, ProfileInput, by_email, change_password, create, disable, enable, prepare, set_password,
    set_theme, update_profile,
};
