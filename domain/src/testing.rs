//! For tests of every crate: a clock that is set by hand, and randomness with a seed.

use parking_lot::Mutex;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use stackyard_model::Ts;
use std::time::Duration;

use crate::{Clock, Random};

/// A clock that stands still until it is told.
#[derive(Debug)]
pub struct ManualClock(Mutex<Ts>);

impl ManualClock {
    /// A clock that shows `at`.
    #[must_use]
    pub fn at(at: Ts) -> Self {
        Self(Mutex::new(at))
    }

    /// Moves it forward.
    pub fn advance(&self, by: Duration) {
        let mut now = self.0.lock();
        *now = *now + by;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Ts {
        *self.0.lock()
    }

    fn follows_database(&self) -> bool {
        false
    }
}

/// The same bytes for the same seed.
pub struct SeededRandom(Mutex<StdRng>);

impl SeededRandom {
    /// From a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().fill_bytes(bytes);
    }
}
