//! Keys and times to live. Pure (rules §8).

use std::time::Duration;

use stackyard_model::Refusal;
use stackyard_model::quote::{code, is_control};
use stackyard_model::text::fold;

use crate::{Error, Refused};

/// Time to live when none is given: the CLI's own default.
pub(super) const TTL_DEFAULT: Duration = Duration::from_secs(30);
/// Longest time to live.
pub(super) const TTL_MAX: Duration = Duration::from_secs(7 * 24 * 3600);
/// Longest key, in bytes.
const KEY_MAX: usize = 1024;
/// Longest message, in characters.
pub(super) const MESSAGE_MAX: usize = 1000;

/// A key in its two parts: the repository that authorises, and what is opaque after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    /// `owner/name` as sent.
    pub(super) repository: String,
    /// `stack/component`, not to be split: both may contain slashes.
    pub(super) path: String,
}

/// Reads a key, knowing which repository it has to be of: an owner may have slashes (subgroups), so only the
/// repository's own name tells where it ends.
pub(super) fn key(text: &str, repository: &str) -> Result<Key, Error> {
    if text.starts_with("//") {
        let message = "The key has no repository, because the checkout has no git remote. Add one with \
                       `git remote add origin …`, then lock again.";
        return Err(bad("NoGitRemote", message));
    }
    if text.len() > KEY_MAX || text.chars().any(is_control) {
        return Err(bad("BadLockKey", "A lock key has at most 1,024 bytes and no control characters."));
    }
    let wanted = format!("{}/", fold(repository));
    let length = repository.len() + 1;
    let (head, path) = match text.split_at_checked(length) {
        Some((head, path)) if fold(head) == wanted => (head, path),
        _ => {
            // Of another repository, as far as can be told: two parts before the rest.
            let mut parts = text.splitn(3, '/');
            return match (parts.next(), parts.next(), parts.next()) {
                (Some(owner), Some(name), Some(path)) if !owner.is_empty() && !name.is_empty() => {
                    Ok(Key { repository: format!("{owner}/{name}"), path: path.to_owned() })
                }
                _ => Err(bad("BadLockKey", "A lock key is written as `owner/repo/stack/component`.")),
            };
        }
    };
    if path.split('/').count() < 2 || path.split('/').any(str::is_empty) {
        return Err(bad("BadLockKey", "A lock key is written as `owner/repo/stack/component`."));
    }
    Ok(Key { repository: head.trim_end_matches('/').to_owned(), path: path.to_owned() })
}

/// Reads a time to live in seconds: 0 means the default.
pub(super) fn ttl(seconds: i64) -> Result<Duration, Error> {
    match u64::try_from(seconds) {
        Err(_) => {
            Err(bad("BadTtl", "A lock cannot end before it begins: `ttl` is a number of seconds, 0 or more."))
        }
        Ok(0) => Ok(TTL_DEFAULT),
        Ok(seconds) if Duration::from_secs(seconds) > TTL_MAX => {
            let message =
                format!("A lock lasts at most 7 days; `ttl` is {} seconds.", code(&seconds.to_string()));
            Err(bad("BadTtl", message))
        }
        Ok(seconds) => Ok(Duration::from_secs(seconds)),
    }
}

/// Checks a message.
pub(super) fn message(text: &str) -> Result<String, Error> {
    if text.chars().count() > MESSAGE_MAX {
        return Err(bad("BadLockMessage", format!("A lock's message has at most {MESSAGE_MAX} characters.")));
    }
    Ok(text.chars().filter(|c| !is_control(*c)).collect())
}

pub(super) fn bad(tag: &'static str, message: impl Into<String>) -> Error {
    Error::Refused(Refused::new(Refusal::Unusable, tag, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_of_a_key_is_compared_without_case_and_echoed_as_sent() {
        let key = key("Acme/Infra/dev/eks/cluster", "acme/infra").unwrap();
        assert_eq!((key.repository.as_str(), key.path.as_str()), ("Acme/Infra", "dev/eks/cluster"));
        let nested = super::key("acme/platform/infra/dev/vpc", "acme/platform/infra").unwrap();
        assert_eq!(nested.path, "dev/vpc");
    }

    #[test]
    fn a_key_of_another_repository_is_told_apart() {
        assert_eq!(key("evil/infra/dev/vpc", "acme/infra").unwrap().repository, "evil/infra");
        assert_eq!(key("acme/infra2/dev/vpc", "acme/infra").unwrap().repository, "acme/infra2");
    }

    #[test]
    fn broken_keys_are_refused() {
        for bad in [
            "//dev/vpc",
            "",
            "acme",
            "acme/infra",
            "acme/infra/",
            "acme/infra/dev",
            "acme/infra/dev/",
            "acme/infra//vpc",
            "acme/infra/de\u{0}v/vpc",
        ] {
            assert!(key(bad, "acme/infra").is_err(), "{bad}");
        }
        assert!(key(&format!("acme/infra/dev/{}", "x".repeat(2000)), "acme/infra").is_err());
    }

    #[test]
    fn the_time_to_live_is_bounded() {
        assert_eq!(ttl(0).unwrap(), Duration::from_secs(30));
        assert_eq!(ttl(604_800).unwrap(), TTL_MAX);
        assert!(ttl(-1).is_err() && ttl(604_801).is_err() && ttl(i64::MIN).is_err());
    }
}
