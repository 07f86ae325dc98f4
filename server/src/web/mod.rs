//! What browsers are sent: pages and forms of `app`, files, logos.

pub mod assets;
pub mod health;
pub mod logo;
pub mod pages;
pub mod plain;
pub mod well_known;
