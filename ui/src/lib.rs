//! placeholder
#[cfg(feature = "ssr")]
pub mod icon;
