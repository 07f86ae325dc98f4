//! Totals: a label, a number of 20 px, a note.

use leptos::prelude::*;

/// A row of totals with hairlines between.
#[component]
pub fn Totals(children: Children) -> impl IntoView {
    view! {
        <section aria-label="Totals" class="grid grid-cols-2 border-b border-line lg:max-2xl:grid-cols-3 2xl:grid-cols-6">
            {children()}
        </section>
    }
}

/// One total. Its children are the note under it, which leads to the rows that were counted.
#[component]
pub fn Total(
    /// What was counted.
    #[prop(into)]
    label: String,
    /// How many.
    count: i64,
    /// Where counting stopped: more than that are written with a plus.
    #[prop(optional)]
    up_to: Option<i64>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="flex min-w-0 items-start gap-3 border-line px-4 py-3.5 max-lg:nth-[n+3]:border-t lg:max-2xl:nth-[n+4]:border-t md:px-6 max-lg:even:border-l lg:max-2xl:nth-[3n+2]:border-l lg:max-2xl:nth-[3n]:border-l 2xl:not-first:border-l">
            <dl class="min-w-0 grow">
                <dt class="text-[12px] leading-4 text-ink-muted">{label}</dt>
                <dd class="mt-1 text-[20px] leading-7 font-semibold tracking-[-0.01em]">{up_to.map_or_else(|| thousands(count), |most| up_to_most(count, most))}</dd>
                {children.map(|note| view! { <dd class="text-[12px] leading-4 text-ink-faint">{note()}</dd> })}
            </dl>
        </div>
    }
}

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
        for (count, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"), (-1000, "−1,000")] {
            assert_eq!(thousands(count), text);
        }
        assert_eq!(counted(1, "lock", "locks"), "1 lock");
        assert_eq!(counted(0, "lock", "locks"), "0 locks");
        assert_eq!(up_to_most(10_000, 10_000), "10,000");
        assert_eq!(up_to_most(10_001, 10_000), "10,000+");
    }
}
