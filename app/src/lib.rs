//! Pages, islands and server functions, one folder a feature.
//!
//! Pages are made on the server alone; the browser's part of this crate is [`islands`] and those of the kit. A page
//! is an asynchronous function from a [`visit`](visit::Visit) to a [`page`](page::Page); a form's function calls one
//! service and ends in [`forms::finish`].
#![recursion_limit = "256"]

pub mod islands;

macro_rules! on_the_server {
    ($($module:ident)*) => { $(#[cfg(feature = "ssr")] pub mod $module;)* };
}
on_the_server! {
    access accounts activity affected context credentials deployments error forms groups help instances invitations jump locks notices page paths permissions refusals repositories routes team tokens uploads
    visit workspaces
}
#[cfg(feature = "ssr")]
mod frame;
#[cfg(feature = "ssr")]
mod trouble;

#[cfg(feature = "ssr")]
pub use context::{Assets, Cookies};
#[cfg(feature = "ssr")]
pub use routes::{App, Audience, FunctionInfo, PAGES, PageInfo, SERVER_FUNCTIONS};
