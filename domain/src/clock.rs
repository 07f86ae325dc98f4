//! Time, passed in.

use stackyard_model::Ts;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now, in whole microseconds.
    fn now(&self) -> Ts;

    /// Whether a database server's own clock goes before this one where replicas have to agree. Clocks of tests
    /// say no.
    fn follows_database(&self) -> bool {
        true
    }
}

/// The machine's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the machine is asked for the time")]
    fn now(&self) -> Ts {
        Ts::from_micros(jiff::Timestamp::now().as_microsecond())
    }
}
