//! What browsers are sent: pages and forms of `app`, files, logos, streams of what changes.

pub mod access_export;
pub mod assets;
pub mod export;
pub mod health;
pub mod live;
pub mod logo;
pub mod pages;
pub mod picture;
pub mod plain;
pub mod upload;
pub mod well_known;
