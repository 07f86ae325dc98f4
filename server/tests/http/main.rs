//! The server as its clients see it: through the router, without a socket. One binary, since linking is what takes
//! the time.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers stop a test as tests do"
)]

mod access;
mod access_requests;
mod account;
mod account_mail;
mod affected;
mod attacks;
mod bad_input;
mod credentials;
mod deployment_pages;
mod deployments;
mod door;
mod endings;
mod envelope;
mod erasing;
mod exchange;
mod export;
mod flash;
mod form_input;
mod giving;
mod groups;
mod held;
mod identity;
mod instance_pages;
mod instances;
mod instances_at_size;
mod invitations;
mod jobs;
mod jump;
mod lending;
mod limits;
mod live;
mod lock_rules;
mod locks;
mod log;
mod log_at_size;
mod mail;
mod mailing;
mod manage;
mod manage_lists;
mod manage_once;
mod manage_rights;
mod matrix;
mod notices;
mod operating;
mod overview;
mod permissions;
mod pictures;
mod program;
mod recorded;
mod recordings;
mod replicas;
mod running;
mod sealing;
mod secrets;
mod sign_in;
mod stopping;
mod support;
mod team;
mod trouble;
mod withheld;
mod workspaces;
