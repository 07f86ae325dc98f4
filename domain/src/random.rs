//! Randomness, passed in.

use rand::TryRng as _;

/// Gives random bytes.
pub trait Random: Send + Sync {
    /// Fills `bytes` so that nobody can guess them.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        // Secrets without randomness would be worse than none: without a generator nothing may go on.
        while rand::rngs::SysRng.try_fill_bytes(bytes).is_err() {
            std::thread::yield_now();
        }
    }
}

/// Random bytes of a fixed number.
pub(crate) fn bytes<const N: usize>(random: &dyn Random) -> [u8; N] {
    let mut bytes = [0; N];
    random.fill(&mut bytes);
    bytes
}
