//! Times as people read them, worked out on the server: no flicker, no script.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use leptos::prelude::*;
use stackyard_model::Ts;

use crate::written::Opening;

/// The zone that times are shown in.
#[derive(Debug, Clone)]
pub struct Zone {
    zone: TimeZone,
    known: bool,
}

impl Zone {
    /// Nobody said which: UTC, and written so.
    #[must_use]
    pub const fn unknown() -> Self {
        Self { zone: TimeZone::UTC, known: false }
    }

    /// An IANA zone. None when there is none of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let zone = TimeZone::get(name).ok()?;
        // Somebody who chose UTC wants it named like somebody who chose nothing.
        let known = !name.eq_ignore_ascii_case("utc") && !name.eq_ignore_ascii_case("etc/utc");
        Some(Self { zone, known })
    }
}

/// When and where a page is read. The application gives one to every page as context.
#[derive(Debug, Clone)]
pub struct Now {
    /// The moment of the request.
    pub at: Ts,
    /// The reader's zone.
    pub zone: Zone,
}

impl Default for Now {
    fn default() -> Self {
        Self { at: Ts::default(), zone: Zone::unknown() }
    }
}

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

impl Now {
    /// The one of the page under construction.
    #[must_use]
    pub fn here() -> Self {
        use_context().unwrap_or_default()
    }

    /// `4 min ago`, `yesterday`, `6 days ago`, then the date; `in 3 days` for what is to come.
    #[must_use]
    pub fn relative(&self, at: Ts) -> String {
        let seconds = self.at.as_seconds() - at.as_seconds();
        let words = |amount: i64, unit: &str| {
            if seconds < 0 { format!("in {amount} {unit}") } else { format!("{amount} {unit} ago") }
        };
        match seconds.abs() {
            0..MINUTE if seconds < 0 => "in less than a minute".to_owned(),
            0..MINUTE => "just now".to_owned(),
            far @ MINUTE..HOUR => words(far / MINUTE, "min"),
            far @ HOUR..DAY => words(far / HOUR, "h"),
            _ => self.relative_day(at),
        }
    }

    fn relative_day(&self, at: Ts) -> String {
        let (Some(today), Some(day)) = (self.date(self.at), self.date(at)) else {
            return self.exact(at);
        };
        match day.duration_until(today).as_hours() / 24 {
            1 => "yesterday".to_owned(),
            -1 => "tomorrow".to_owned(),
            days @ 2..7 => format!("{days} days ago"),
            days @ -90..=-2 => format!("in {} days", -days),
            _ if day.year() == today.year() => day.strftime("%-d %b").to_string(),
            _ => day.strftime("%-d %b %Y").to_string(),
        }
    }

    /// The exact time, always UTC: `2025-11-18 14:31:07 UTC`.
    #[must_use]
    pub fn exact(&self, at: Ts) -> String {
        match Timestamp::from_second(at.as_seconds()) {
            Ok(moment) => moment.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
            Err(_) => at.to_string(),
        }
    }

    /// The time of day, `14:31`, with seconds when they are wanted; ends in `UTC` while the zone is unknown.
    #[must_use]
    pub fn clock(&self, at: Ts, seconds: bool) -> String {
        let format = match (seconds, self.zone.known) {
            (false, true) => "%H:%M",
            (true, true) => "%H:%M:%S",
            (false, false) => "%H:%M UTC",
            (true, false) => "%H:%M:%S UTC",
        };
        match Timestamp::from_second(at.as_seconds()) {
            Ok(moment) => moment.to_zoned(self.zone.zone.clone()).strftime(format).to_string(),
            Err(_) => at.to_string(),
        }
    }

    /// The day, for headings: `Tuesday 18 November`, with the year when it is another one.
    #[must_use]
    pub fn day(&self, at: Ts) -> String {
        let Some(day) = self.date(at) else { return self.exact(at) };
        let same_year = self.date(self.at).is_some_and(|today| today.year() == day.year());
        day.strftime(if same_year { "%A %-d %B" } else { "%A %-d %B %Y" }).to_string()
    }

    /// `Today`, `Yesterday`, else the day.
    #[must_use]
    pub fn day_word(&self, at: Ts) -> String {
        match (self.date(self.at), self.date(at)) {
            (Some(today), Some(day)) if today == day => "Today".to_owned(),
            (Some(today), Some(day)) if today.yesterday().is_ok_and(|yesterday| yesterday == day) => {
                "Yesterday".to_owned()
            }
            _ => self.day(at),
        }
    }

    /// When a day, written as `2025-11-18`, begins in the reader's zone; for the day after it with `after`.
    #[must_use]
    pub fn day_begins(&self, day: &str, after: bool) -> Option<Ts> {
        let day: Date = day.parse().ok()?;
        let day = if after { day.tomorrow().ok()? } else { day };
        let begins = day.to_zoned(self.zone.zone.clone()).ok()?;
        Some(Ts::from_seconds(begins.timestamp().as_second()))
    }

    /// The day that begins at this moment, or that ends then with `before`, as `2025-11-18`; none for any other time of day.
    #[must_use]
    pub fn whole_day(&self, at: Ts, before: bool) -> Option<String> {
        let day = self.date(at)?;
        let begins = day.to_zoned(self.zone.zone.clone()).ok()?;
        let day = if before { day.yesterday().ok()? } else { day };
        (begins.timestamp().as_second() == at.as_seconds()).then(|| day.to_string())
    }

    fn date(&self, at: Ts) -> Option<Date> {
        let moment = Timestamp::from_second(at.as_seconds()).ok()?;
        Some(moment.to_zoned(self.zone.zone.clone()).date())
    }
}

/// A moment relative to now, with the exact one in its title.
#[component]
pub fn RelativeTime(
    /// The moment.
    at: Ts,
    /// Its colour.
    #[prop(optional, default = "text-ink-muted")]
    class: &'static str,
) -> impl IntoView {
    let now = Now::here();
    moment(&now, at, class).text(&now.relative(at), "</time>")
}

/// A time of day, with the exact moment in its title.
#[component]
pub fn ClockTime(
    /// The moment.
    at: Ts,
    /// With seconds.
    #[prop(optional)]
    seconds: bool,
    /// Its colour and size.
    #[prop(optional, default = "text-ink")]
    class: &'static str,
) -> impl IntoView {
    let now = Now::here();
    moment(&now, at, class).text(&now.clock(at, seconds), "</time>")
}

fn moment(now: &Now, at: Ts, class: &'static str) -> Opening {
    let class = (!class.is_empty()).then_some(class);
    Opening::new("<time")
        .maybe("class", class)
        .with("datetime", &at.to_rfc3339_seconds())
        .with("title", &now.exact(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::render;
    use leptos::context::Provider;

    fn now(zone: &str) -> Now {
        Now { at: "2025-11-18T14:42:11Z".parse().unwrap(), zone: Zone::named(zone).unwrap() }
    }

    #[test]
    fn times_are_relative_until_a_week_has_gone() {
        let now = now("Europe/Berlin");
        for (at, words) in [
            ("2025-11-18T14:42:11Z", "just now"),
            ("2025-11-18T14:41:12Z", "just now"),
            ("2025-11-18T14:41:11Z", "1 min ago"),
            ("2025-11-18T14:38:10Z", "4 min ago"),
            ("2025-11-18T13:42:12Z", "59 min ago"),
            ("2025-11-18T13:42:11Z", "1 h ago"),
            ("2025-11-17T14:42:12Z", "23 h ago"),
            ("2025-11-17T14:42:11Z", "yesterday"),
            ("2025-11-16T23:30:00Z", "yesterday"),
            ("2025-11-16T22:30:00Z", "2 days ago"),
            ("2025-11-12T10:00:00Z", "6 days ago"),
            ("2025-11-11T10:00:00Z", "11 Nov"),
            ("2024-12-31T23:30:00Z", "1 Jan"),
            ("2024-12-31T10:00:00Z", "31 Dec 2024"),
            ("2025-11-18T14:42:40Z", "in less than a minute"),
            ("2025-11-18T15:08:25Z", "in 26 min"),
            ("2025-11-19T20:00:00Z", "tomorrow"),
            ("2026-01-18T00:00:00Z", "in 61 days"),
            ("2027-01-18T12:00:00Z", "18 Jan 2027"),
        ] {
            assert_eq!(now.relative(at.parse().unwrap()), words, "{at}");
        }
    }

    #[test]
    fn times_of_day_are_in_the_readers_zone_or_say_utc() {
        let at = "2025-11-18T23:31:07Z".parse().unwrap();
        assert_eq!(now("Asia/Kathmandu").clock(at, true), "05:16:07");
        assert_eq!(now("Asia/Kathmandu").day(at), "Wednesday 19 November");
        assert_eq!(now("UTC").clock(at, false), "23:31 UTC");
        let unknown = Now { zone: Zone::unknown(), ..now("UTC") };
        assert_eq!(unknown.clock(at, true), "23:31:07 UTC");
        assert_eq!((unknown.day_word(at), now("Europe/Berlin").day_word(at)), ("Today".into(), "Wednesday 19 November".into()));
        assert!(Zone::named("Europe/Nowhere").is_none() && Zone::named("../../etc/passwd").is_none());
    }

    #[test]
    fn a_time_carries_its_exact_moment() {
        let at: Ts = "2025-11-18T14:31:07.123456Z".parse().unwrap();
        let html = render(|| view! { <Provider value=now("Europe/Berlin")><RelativeTime at /></Provider> });
        assert!(html.contains("datetime=\"2025-11-18T14:31:07Z\""), "{html}");
        assert!(html.contains("title=\"2025-11-18 14:31:07 UTC\"") && html.contains("11 min ago"), "{html}");
    }

    #[test]
    fn moments_out_of_range_do_not_fail() {
        let now = now("Europe/Berlin");
        for at in [Ts::from_micros(i64::MIN), Ts::from_micros(i64::MAX)] {
            assert!(!now.relative(at).is_empty() && !now.clock(at, true).is_empty() && !now.day(at).is_empty());
        }
    }
}
