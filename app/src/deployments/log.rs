//! The log of a deployment: a window of lines, the ways to others, a search.

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_domain::deployments as service;
use stackyard_domain::{Ctx, Error, Here};
use stackyard_model::Ts;
use stackyard_model::ansi;
use stackyard_model::deployment::{Deployment, LogLine, LogMatches, LogWindow};
use stackyard_model::id::DeploymentId;
use stackyard_model::workspace::Workspace;
use stackyard_ui::{
    ButtonKind, ButtonSize, LinkButton, LogBox, LogLines, LogSource, RelativeTime, SearchForm, SearchInput, SubmitButton,
    TextLink, counted, thousands,
};

use super::forms::{FindInLog, ReadLog};
use crate::paths;

/// Lines of a window.
const LINES: u32 = 1_000;
/// Lines before one that was searched for.
const BEFORE: u64 = 20;
/// Lines that a search lists.
const FOUND: u32 = 50;
/// Letters of a listed line.
const LETTERS: usize = 160;

/// What is shown of a log.
pub(super) struct Shown {
    window: LogWindow,
    /// The first line that was wanted.
    from: u64,
    /// Whether it was chosen, or is where the last window begins.
    chosen: bool,
    q: String,
    found: Vec<LogLine>,
    more: bool,
    forgotten: Option<Ts>,
}

/// Reads a window that begins at the line `from`, or the last one, and the lines in which `q` stands.
///
/// # Errors
/// As [`service::log_lines`].
pub(super) async fn read(
    ctx: &Ctx,
    here: &Here,
    deployment: &Deployment,
    from: Option<u64>,
    q: String,
) -> Result<Shown, Error> {
    let all = u64::try_from(deployment.log_lines).unwrap_or(0);
    let chosen = from.is_some();
    let from = from.unwrap_or_else(|| last(all)).max(1);
    let window = service::log_lines(ctx, here, &deployment.id, from, LINES).await?;
    let LogMatches { lines, more } = if q.trim().is_empty() {
        LogMatches::default()
    } else {
        service::find_in_log(ctx, here, &deployment.id, &q, FOUND).await?
    };
    let mut found = Vec::with_capacity(lines.len());
    for number in lines {
        let inside = window.lines.iter().find(|line| line.number == number).cloned();
        match inside {
            Some(line) => found.push(line),
            None => found.extend(service::log_lines(ctx, here, &deployment.id, number, 1).await?.lines),
        }
    }
    Ok(Shown { window, from, chosen, q, found, more, forgotten: deployment.log_forgotten_at })
}

/// Where the last window begins.
fn last(all: u64) -> u64 {
    all.saturating_sub(u64::from(LINES)) + 1
}

/// The log under the facts of its deployment. A script shows the whole of it in a box; without one there is a window of
/// its lines, and ways to others.
#[component]
pub(super) fn Log(shown: Shown, workspace: Workspace, id: DeploymentId) -> impl IntoView {
    if let Some(at) = shown.forgotten {
        return view! {
            <p class="px-4 py-6 text-ink-muted md:px-6">
                "The log was deleted " <RelativeTime at />", because it was too old. Its run may still have it."
            </p>
        }
        .into_any();
    }
    let path = paths::deployment(&workspace, &id);
    let (total, done) = (shown.window.total, shown.window.done);
    let source = LogSource {
        url: ReadLog::url().to_owned(),
        find: FindInLog::url().to_owned(),
        workspace: workspace.slug.clone(),
        deployment: id.to_string(),
        from: if shown.chosen { shown.from } else { 0 },
        q: shown.q.clone(),
    };
    let made = if total > 0 {
        view! { <Lines shown path /> }.into_any()
    } else if done {
        view! {
            <p class="px-4 py-6 text-ink-muted md:px-6">
                "There is no log. A workflow that records its deployment step by step can send one."
            </p>
        }
        .into_any()
    } else {
        view! {
            <p class="flex flex-wrap items-center gap-3 px-4 py-6 text-ink-muted md:px-6">
                "Nothing has been logged yet." <Refresh path />
            </p>
        }
        .into_any()
    };
    // Where nothing can come any more, nothing is followed.
    let log = if total > 0 || !done { view! { <LogBox source>{made}</LogBox> }.into_any() } else { made };
    view! {
        <section aria-labelledby="log">
            <h2 id="log" class="sr-only">
                "Log"
            </h2>
            {log}
        </section>
    }
    .into_any()
}

/// A window of the lines.
#[component]
fn Lines(shown: Shown, path: String) -> impl IntoView {
    let Shown { window, from, q, found, more, .. } = shown;
    let at = |from: u64| paths::with_params(&path, &[("from", &from.to_string()), ("q", &q)]);
    let first = window.lines.first().map_or(from, |line| line.number);
    let end = window.lines.last().map_or(from, |line| line.number);
    let earlier = (first > 1).then(|| at(first.saturating_sub(u64::from(LINES)).max(1)));
    let later = (end < window.total).then(|| at(end + 1));
    let newest = (end < window.total).then(|| at(last(window.total)));
    let size = kilobytes(window.size);
    let where_ = format!("Lines {} to {} of {}, {size}", number(first), number(end), number(window.total));
    let link = |href: Option<String>, words: &'static str| {
        href.map(|href| {
            view! {
                <LinkButton href size=ButtonSize::Small>
                    {words}
                </LinkButton>
            }
        })
    };
    let numbers = found.iter().map(|line| line.number).collect();
    let matches = (!q.trim().is_empty()).then(|| {
        view! { <Matches found more path=path.clone() q=q.clone() /> }
    });
    let done = window.done;
    view! {
        <div class="flex flex-wrap items-center gap-3 border-b border-line px-4 py-2.5 md:px-6">
            <SearchForm action=path.clone() class="flex flex-wrap items-center gap-2 max-md:w-full">
                <SearchInput
                    name="q"
                    label="Search the log"
                    value=q.clone()
                    placeholder="Search the log"
                    small=true
                    class="relative w-64 max-md:grow"
                />
                <SubmitButton kind=ButtonKind::Plain size=ButtonSize::Small>
                    "Search"
                </SubmitButton>
            </SearchForm>
            <span class="grow max-md:hidden"></span>
            <span class="text-[12px] text-ink-muted">{where_}</span>
            {link(earlier.clone(), "Earlier")}
            {link(later.clone(), "Later")}
            {link(newest, "Last lines")}
        </div>
        {matches}
        <LogLines lines=window.lines found=numbers />
        <div class="flex flex-wrap items-center gap-3 border-t border-line px-4 py-2.5 text-[12px] text-ink-muted md:px-6">
            {(!done)
                .then(|| {
                    view! {
                        <span>"It is not done yet: more lines may come."</span>
                        <Refresh path=path.clone() />
                    }
                })}
            <span class="grow"></span>
            {link(earlier, "Earlier")}
            {link(later, "Later")}
        </div>
    }
    .into_any()
}

/// Loads the page again, at the last lines.
#[component]
fn Refresh(path: String) -> impl IntoView {
    view! {
        <LinkButton href=path size=ButtonSize::Small>
            "Refresh"
        </LinkButton>
    }
}

/// The lines that were searched for, each with the way to it.
#[component]
fn Matches(found: Vec<LogLine>, more: bool, path: String, q: String) -> impl IntoView {
    let count = i64::try_from(found.len()).unwrap_or(i64::MAX);
    let many = match (count, more) {
        (0, _) => format!("No line has “{}”.", ansi::plain(&q)),
        (count, false) => format!("{} “{}”", counted(count, "line has", "lines have"), ansi::plain(&q)),
        (count, true) => format!("The first {} lines that have “{}”", thousands(count), ansi::plain(&q)),
    };
    let rows = found
        .into_iter()
        .map(|line| {
            let from = line.number.saturating_sub(BEFORE).max(1).to_string();
            let href = paths::with_params(&path, &[("from", &from), ("q", &q)]);
            let href = format!("{href}#L{}", line.number);
            let text: String = ansi::plain(&line.text).trim().chars().take(LETTERS).collect();
            view! {
                <li class="flex gap-3 py-0.5">
                    <TextLink href class="shrink-0">{format!("Line {}", number(line.number))}</TextLink>
                    <span class="min-w-0 truncate font-mono text-ink-muted">{text}</span>
                </li>
            }
        })
        .collect::<Vec<_>>();
    view! {
        <div class="border-b border-line px-4 py-2.5 text-[12px] leading-5 md:px-6" role="status">
            <p class="flex flex-wrap gap-3">
                <span class="wrap-words">{many}</span>
                <TextLink href=path.clone()>"Clear the search"</TextLink>
            </p>
            <ul class="mt-1 max-h-56 overflow-y-auto">{rows}</ul>
        </div>
    }
    .into_any()
}

fn number(line: u64) -> String {
    thousands(i64::try_from(line).unwrap_or(i64::MAX))
}

/// `61 kB`, `4.2 MB`.
fn kilobytes(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_window_ends_at_the_last_line() {
        for (all, from) in [(0, 1), (1, 1), (1_000, 1), (1_001, 2), (20_000, 19_001)] {
            assert_eq!(last(all), from);
        }
    }

    #[test]
    fn sizes_are_short() {
        for (bytes, words) in [(5, "5 bytes"), (61_000, "61 kB"), (4_250_000, "4.2 MB")] {
            assert_eq!(kilobytes(bytes), words);
        }
    }
}
