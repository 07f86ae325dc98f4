//! Durations in words.

/// `48s`, `3m 42s`, `1h 19m`, `3h 02m`, `6d 04h`: the two largest parts.
#[must_use]
pub fn duration_words(seconds: u64) -> String {
    let (days, hours, minutes, rest) =
        (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    if days > 0 {
        format!("{days}d {hours:02}h")
    } else if hours > 0 {
        format!("{hours}h {minutes:02}m")
    } else if minutes > 0 {
        format!("{minutes}m {rest:02}s")
    } else {
        format!("{rest}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_their_two_largest_parts() {
        for (seconds, words) in [
            (0, "0s"),
            (48, "48s"),
            (108, "1m 48s"),
            (185, "3m 05s"),
            (3_599, "59m 59s"),
            (4_740, "1h 19m"),
            (10_920, "3h 02m"),
            (86_400, "1d 00h"),
            (604_800, "7d 00h"),
        ] {
            assert_eq!(duration_words(seconds), words);
        }
    }
}
