//! Who may reach what: roles on repositories, effective access, requests for access.

mod ask;
mod deciding;
mod effective;
pub mod forms;
mod reasons;
mod repository;
mod requests;

pub use deciding::decide;
pub use effective::member;
pub use repository::repository;
pub use requests::requests;
