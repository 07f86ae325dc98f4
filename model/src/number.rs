//! Numbers as people read them.

/// A number with a comma between thousands.
#[must_use]
pub fn thousands(count: i64) -> String {
    let digits = count.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + 8);
    if count < 0 {
        out.push('−');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number of which no more than `most` were counted: `10,000+` for more.
#[must_use]
pub fn up_to_most(count: i64, most: i64) -> String {
    if count > most { format!("{}+", thousands(most)) } else { thousands(count) }
}

/// `1 permission`, `1,284 permissions`.
#[must_use]
pub fn counted(count: i64, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{} {many}", thousands(count)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_have_commas() {
        for (count, text) in
            [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"), (-1000, "−1,000")]
        {
            assert_eq!(thousands(count), text);
        }
        assert_eq!(counted(1, "lock", "locks"), "1 lock");
        assert_eq!(counted(0, "lock", "locks"), "0 locks");
        assert_eq!(up_to_most(10_000, 10_000), "10,000");
        assert_eq!(up_to_most(10_001, 10_000), "10,000+");
    }
}
