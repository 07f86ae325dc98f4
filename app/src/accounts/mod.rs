//! People: the first account, signing in, their own page.

mod account;
mod device;
mod forgot;
pub mod forms;
mod preferences;
mod profile;
mod sessions;
mod setup;
mod sign_in;
mod verify;
mod whose_password;
mod workspaces;

pub use account::account;
pub use forgot::{forgot, reset};
pub(crate) use setup::FirstSteps;
pub use setup::setup;
pub use sign_in::sign_in;
pub use verify::verify;
