//! Makes every `fdatasync` of a program take as long as on a slower disk, when it is loaded before the C library
//! (`LD_PRELOAD`). A limit that was set for one disk can be held on a machine with a faster one.
#![allow(unsafe_code, reason = "a function of the C library is stood in for")]

use std::ffi::c_int;
use std::time::{Duration, Instant};

/// How long a flush takes at least, in microseconds.
const VARIABLE: &str = "STACKYARD_FLUSH_MICROSECONDS";
/// As exact as a sleep is; what is left is waited for awake.
const SLEPT: Duration = Duration::from_micros(80);

/// As `fdatasync` of the C library, but not done before the time is over.
///
/// # Safety
/// As for the function that it stands in for: any number may be given, one that is no open file is told by -1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fdatasync(file: c_int) -> c_int {
    let begun = Instant::now();
    // SAFETY: the kernel checks the number; no memory is passed.
    let result = unsafe { libc::syscall(libc::SYS_fdatasync, file) };
    let least = std::env::var(VARIABLE).ok().and_then(|text| text.parse().ok()).map(Duration::from_micros);
    let left = least.unwrap_or_default().saturating_sub(begun.elapsed());
    std::thread::sleep(left.saturating_sub(SLEPT));
    while least.is_some_and(|least| begun.elapsed() < least) {
        std::hint::spin_loop();
    }
    // What fails is -1, with the reason where the C library keeps it.
    c_int::try_from(result).unwrap_or(-1)
}
