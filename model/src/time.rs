//! Moments: UTC microseconds, the precision that both databases keep.

use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;
use std::time::Duration;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment in UTC as microseconds since 1970. Written as RFC 3339 with a `Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "diesel", derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow))]
#[cfg_attr(feature = "diesel", diesel(sql_type = crate::sql::UtcTs))]
pub struct Ts(i64);

const MICROS: i64 = 1_000_000;

impl Ts {
    /// From microseconds since the Unix epoch.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// From whole seconds since the Unix epoch; saturates at the ends.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(MICROS))
    }

    /// Microseconds since the Unix epoch.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded down.
    #[must_use]
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(MICROS)
    }

    /// How long after `earlier` this is; nothing when it is not after it.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// The moment as RFC 3339 to the second, the form the API and `datetime` attributes use.
    #[must_use]
    pub fn to_rfc3339_seconds(self) -> String {
        Self::from_seconds(self.as_seconds()).to_string()
    }
}

impl Add<Duration> for Ts {
    type Output = Self;
    fn add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)))
    }
}

impl Sub<Duration> for Ts {
    type Output = Self;
    fn sub(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)))
    }
}

impl fmt::Display for Ts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(timestamp) => timestamp.fmt(f),
            // Outside the years −9999 to 9999 there is no RFC 3339; the number still says which moment.
            Err(_) => write!(f, "{}µs", self.0),
        }
    }
}

impl FromStr for Ts {
    type Err = jiff::Error;
    fn from_str(text: &str) -> Result<Self, jiff::Error> {
        text.parse::<jiff::Timestamp>().map(|timestamp| Self(timestamp.as_microsecond()))
    }
}

impl Serialize for Ts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Ts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_written_and_read_as_rfc_3339() {
        let at = Ts::from_micros(1_763_724_600_123_456);
        assert_eq!(at.to_string(), "2025-11-21T11:30:00.123456Z");
        assert_eq!(at.to_rfc3339_seconds(), "2025-11-21T11:30:00Z");
        assert_eq!("2025-11-21T11:30:00.123456Z".parse::<Ts>().unwrap(), at);
        assert_eq!(serde_json::to_string(&at).unwrap(), "\"2025-11-21T11:30:00.123456Z\"");
    }

    #[test]
    fn durations_saturate_and_never_run_backwards() {
        let at = Ts::from_seconds(10);
        assert_eq!(at + Duration::from_secs(5), Ts::from_seconds(15));
        assert_eq!(at.since(Ts::from_seconds(4)), Duration::from_secs(6));
        assert_eq!(at.since(Ts::from_seconds(11)), Duration::ZERO);
        assert_eq!(Ts::from_micros(i64::MAX) + Duration::from_secs(1), Ts::from_micros(i64::MAX));
    }
}
