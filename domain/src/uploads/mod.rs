//! What uploads of every kind share: the repository that they name, the names that can be kept, and coming in several
//! pieces (rules §7).

mod chunks;
mod names;
mod queries;
mod repository;
mod service;

pub use chunks::Batch;
pub(crate) use chunks::{Arrival, NewPiece, check, empty, keep, pieces, sweep, take};
pub(crate) use names::{NAME_MAX, is_name, listed, place, unusable};
pub use repository::NamedRepository;
pub use service::incomplete;
