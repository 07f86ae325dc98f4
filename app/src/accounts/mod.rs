//! People: the first account, signing in, their own page.

mod account;
mod device;
pub mod forms;
mod preferences;
mod setup;
mod sign_in;

pub use account::account;
pub(crate) use setup::FirstSteps;
pub use setup::setup;
pub use sign_in::sign_in;
