//! Time that this thread itself was running: what others do on the machine does not count.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// The CPU time of this thread until now.
fn now() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or_default())
}

/// Microseconds of CPU that one of `times` runs of `work` takes.
pub fn micros(times: u32, mut work: impl FnMut()) -> f64 {
    let began = now();
    for _ in 0..times {
        work();
    }
    (now() - began).as_secs_f64() * 1e6 / f64::from(times)
}
