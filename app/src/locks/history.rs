//! The history of one key: a stop a grant, newest first.

use leptos::prelude::*;
use stackyard_model::lock::{Lock, LockEnd};
use stackyard_ui::{
    ClockTime, Code, CopyButton, Glyph, Icon, Now, Panel, State, duration_words,
};

use super::row::split_key;

#[component]
pub(super) fn History(grants: Vec<Lock>, close: String) -> impl IntoView {
    let key = grants.first().map(|lock| lock.key.clone()).unwrap_or_default();
    let (repository, rest) = split_key(&key);
    let last = grants.len().saturating_sub(1);
    let stops = grants
        .into_iter()
        .enumerate()
        .map(|(index, lock)| view! { <Stop lock last=index == last /> })
        .collect::<Vec<_>>();
    view! {
        <Panel id="history" title="History of one key" close>
            <p class="flex items-start gap-2 px-4 py-3 max-xl:md:px-6">
                <span class="min-w-0 grow font-mono text-[12px] leading-5 wrap-words">
                    <span class="text-ink-muted">{repository}</span>
                    <Code text=rest class="font-medium" />
                </span>
                <CopyButton
                    text=key
                    label="Copy the key".to_owned()
                    words=String::new()
                    attached=false
                />
            </p>
            <ol class="border-t border-line px-4 py-4 max-xl:md:px-6" aria-label="Grants, newest first">
                {stops}
            </ol>
        </Panel>
    }
    .into_any()
}

#[component]
fn Stop(lock: Lock, last: bool) -> impl IntoView {
    let now = Now::here();
    let held_for = |until| duration_words(until);
    let (state, track, word, said) = match &lock.ended {
        None => {
            let left = duration_words(lock.expires_at.since(now.at).as_secs());
            (
                (Icon::SigRun, "w-4 h-4 text-accent turn"),
                "absolute top-[18px] -bottom-0.5 left-[7px] border-l-2 border-dashed border-accent",
                "Held",
                format!("{}, {left} left.", lock.holder_name),
            )
        }
        Some(ended) => {
            let after = held_for(ended.at.since(lock.created_at).as_secs());
            let by = ended.by.clone().filter(|by| *by != lock.holder_name);
            let state = match ended.how {
                LockEnd::Released => State::Released,
                LockEnd::Expired => State::Expired,
                LockEnd::Forced => State::Forced,
            };
            let track = if ended.how == LockEnd::Released {
                "absolute top-[18px] -bottom-0.5 left-[7px] border-l-2 border-ok"
            } else {
                "absolute top-[18px] -bottom-0.5 left-[7px] border-l-2 border-dashed border-control"
            };
            let mut said = format!("{}, after {after}", lock.holder_name);
            if let Some(by) = by {
                said.push_str(&format!(", by {by}"));
            }
            match &ended.reason {
                Some(reason) => said.push_str(&format!(": “{reason}”")),
                None => said.push('.'),
            }
            ((state.icon(), state.class()), track, state.word(), said)
        }
    };
    let (icon, class) = state;
    view! {
        <li class="relative flex gap-2.5 pb-4">
            {(!last).then(|| view! { <span class=track aria-hidden="true"></span> })}
            <span class="relative mt-0.5">
                <Glyph icon class />
            </span>
            <div class="min-w-0 grow">
                <p class="flex items-baseline gap-2">
                    <span class="font-mono text-[12px] font-medium">{lock.fence}</span>
                    <span class="min-w-0 grow">{word}</span>
                    <ClockTime at=lock.created_at class="text-[12px] text-ink-faint" />
                </p>
                <p class="text-[12px] leading-[18px] text-ink-muted wrap-words">{said}</p>
            </div>
        </li>
    }
    .into_any()
}
