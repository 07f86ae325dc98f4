//! How often a credential comes.

use std::collections::HashMap;
use std::time::Duration;

use parking_lot::Mutex;
use stackyard_model::Ts;
use stackyard_model::credential::CredentialId;

use crate::Error;

/// Most requests of a credential in a window: far more than a script needs, far less than what would be felt.
const REQUESTS: u32 = 1_000;
/// How long a window is.
const WINDOW: Duration = Duration::from_secs(60);
/// Credentials that are remembered before those are forgotten whose window is over.
const REMEMBERED: usize = 1_000;

/// The requests of each credential in its window. Each replica counts its own: a write to the store for each read would
/// cost more than what is to be prevented.
#[derive(Default)]
pub(crate) struct Rates(Mutex<HashMap<CredentialId, (u32, Ts)>>);

impl Rates {
    /// Counts a request.
    ///
    /// # Errors
    /// [`Error::Throttled`] when it is one too many.
    pub(super) fn count(&self, id: &CredentialId, now: Ts) -> Result<(), Error> {
        let mut windows = self.0.lock();
        if windows.len() >= REMEMBERED {
            windows.retain(|_, (_, since)| now.since(*since) < WINDOW);
        }
        let (count, since) = windows.entry(id.clone()).or_insert((0, now));
        if now.since(*since) >= WINDOW {
            (*count, *since) = (0, now);
        }
        *count += 1;
        if *count <= REQUESTS {
            return Ok(());
        }
        Err(Error::Throttled { retry_after: WINDOW.saturating_sub(now.since(*since)) })
    }
}

#[cfg(test)]
mod tests {
    use stackyard_model::credential::CredentialKind;
    use stackyard_model::id::RANDOM_LENGTH;

    use super::*;

    #[test]
    fn each_credential_has_its_own_window_and_is_told_when_the_next_begins() {
        let (rates, begin) = (Rates::default(), Ts::from_seconds(1_795_000_000));
        let id = |byte| CredentialId::mint(CredentialKind::ApiKey, begin, [byte; RANDOM_LENGTH]);
        for _ in 0..REQUESTS {
            assert!(rates.count(&id(1), begin).is_ok());
        }
        let late = begin + Duration::from_secs(20);
        match rates.count(&id(1), late) {
            Err(Error::Throttled { retry_after }) => assert_eq!(retry_after, Duration::from_secs(40)),
            other => panic!("{other:?}"),
        }
        assert!(rates.count(&id(2), late).is_ok(), "another one");
        assert!(rates.count(&id(1), begin + WINDOW).is_ok(), "the next window");
    }

    #[test]
    fn what_is_remembered_is_bounded_by_what_comes_within_a_window() {
        let (rates, begin) = (Rates::default(), Ts::from_seconds(1_795_000_000));
        for n in 0..3 * REMEMBERED {
            let at = begin + Duration::from_secs(u64::try_from(n).unwrap());
            let id = CredentialId::mint(CredentialKind::ApiKey, at, [7; RANDOM_LENGTH]);
            rates.count(&id, at).unwrap();
        }
        assert!(rates.0.lock().len() <= REMEMBERED);
    }
}
