//! One refusal on a page of its own, for who follows its link.

mod through;
mod why;

pub use why::why;
