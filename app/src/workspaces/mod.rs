//! Workspaces: the list, making one, the overview, the settings.

pub mod forms;
mod list;
mod overview;
mod rollout;
mod settings;
mod start;
mod workspace_id;

pub use list::{home, list};
pub use overview::overview;
pub use settings::settings;
pub use start::start;
