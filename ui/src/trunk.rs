//! The trunk of a decision trace: what is checked before any pattern.

use leptos::prelude::*;
use stackyard_model::trace::{BranchSource, Trace};

use crate::icon::{Glyph, Icon};
use crate::number::counted;

/// One thing that is checked before any pattern.
pub(crate) struct Check {
    passed: Option<bool>,
    strong: String,
    rest: String,
}

/// What is checked before any pattern. What comes after the first that fails is not reached.
pub(crate) fn checks(trace: &Trace) -> Vec<Check> {
    let claims = trace.seen.branch_source != BranchSource::None;
    let check =
        |passed, strong: &str, rest: &str| Check { passed, strong: strong.to_owned(), rest: rest.to_owned() };
    let mut checks = vec![
        if claims {
            check(Some(true), "Token", "verified, used once")
        } else {
            check(Some(true), "Repository token", "known")
        },
        Check { passed: Some(true), strong: "Repository".to_owned(), rest: trace.repository.clone() },
    ];
    if trace.total == 0 {
        checks.push(check(Some(false), "No permission", "here"));
        checks.push(check(None, "Of this kind", "not reached"));
        return checks;
    }
    checks.push(check(Some(true), &counted(i64::from(trace.total), "permission", "permissions"), "here"));
    checks.push(match (trace.wanted, trace.of_kind) {
        (Some(_), 0) => check(Some(false), "None of this kind", ""),
        (Some(_), count) if trace.is_granted() => {
            check(Some(true), &format!("{count} of this kind,"), "the first match decides")
        }
        (Some(_), count) => check(Some(true), &format!("{count} of this kind,"), "0 match"),
        (None, _) if trace.is_granted() => check(Some(true), "Any kind will do,", "the first match decides"),
        (None, _) => check(Some(true), "Any kind will do,", "0 match"),
    });
    checks
}

/// The trunk: what was checked, downwards, and on into the lanes when it `goes_on`.
#[component]
pub(crate) fn Trunk(checks: Vec<Check>, goes_on: bool) -> impl IntoView {
    let last = checks.len().saturating_sub(1);
    let stopped_at = checks.iter().position(|check| check.passed != Some(true));
    let rows = checks
        .into_iter()
        .enumerate()
        .map(|(index, check)| {
            let (icon, glyph, strong) = match check.passed {
                Some(true) => (Icon::SigOk, "w-4 h-4 text-ok", "font-medium text-ink"),
                Some(false) => (Icon::SigDeny, "w-4 h-4 text-danger", "font-semibold text-danger"),
                None => (Icon::SigUnknown, "w-4 h-4 text-ink-faint", ""),
            };
            let rail = if stopped_at.is_some_and(|stop| index + 1 >= stop) {
                "absolute top-[18px] -bottom-0.5 left-[7px] border-l-2 border-dashed border-control"
            } else {
                "absolute top-[18px] -bottom-0.5 left-[7px] border-l-2 border-ok"
            };
            view! {
                <li class="relative flex gap-2.5 pb-1.5">
                    {(index != last || goes_on).then(|| view! { <span class=rail aria-hidden="true"></span> })}
                    <span class="relative mt-0.5">
                        <Glyph icon class=glyph />
                    </span>
                    <p class="min-w-0 text-[12px] leading-5 wrap-words text-ink-muted">
                        <span class=strong>{check.strong}</span>
                        " "
                        {check.rest}
                    </p>
                </li>
            }
        })
        .collect::<Vec<_>>();
    view! {
        <ol class="flex flex-col max-lg:mb-3" aria-label="Checked first">
            {rows}
            {goes_on
                .then(|| {
                    view! {
                        <li class="relative min-h-2 grow max-lg:hidden" aria-hidden="true">
                            <span class="absolute top-0 bottom-0 left-[7px] border-l-2 border-ok"></span>
                        </li>
                    }
                })}
        </ol>
    }
}
