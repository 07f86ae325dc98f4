//! Uploads in pieces: which of them are missing.

use leptos::prelude::*;
use stackyard_model::repository::RepositoryName;
use stackyard_model::upload::{IncompleteUpload, UploadKind};
use stackyard_ui::{Code, Glyph, Icon, RelativeTime, thousands};

use crate::repositories::name_of;

/// Uploads of which pieces are missing.
#[component]
pub(crate) fn Coming(
    /// All that are not complete.
    uploads: Vec<IncompleteUpload>,
    /// Which of them are shown.
    kind: UploadKind,
    repositories: Vec<RepositoryName>,
) -> impl IntoView {
    let uploads: Vec<_> = uploads.into_iter().filter(|upload| upload.kind == kind).collect();
    if uploads.is_empty() {
        return ().into_any();
    }
    let rows = uploads
        .into_iter()
        .map(|upload| {
            let pieces = format!("{} of {} pieces", thousands(upload.have), thousands(i64::from(upload.total)));
            view! {
                <li class="flex flex-wrap items-center gap-x-3 gap-y-0.5 border-b border-line px-4 py-2 last:border-b-0 md:px-6">
                    <Glyph icon=Icon::SigQueue class="w-4 h-4 text-ink-faint" />
                    <Code
                        text=name_of(&repositories, &upload.repository_id)
                        class="font-mono text-[12px] font-medium wrap-words"
                    />
                    <span class="grow text-ink-muted">{pieces} " are here"</span>
                    <span class="text-[12px] text-ink-muted">
                        "since " <RelativeTime at=upload.since />
                    </span>
                </li>
            }
        })
        .collect::<Vec<_>>();
    view! {
        <section aria-labelledby="coming" class="border-b border-line bg-surface-sunken">
            <h2 id="coming" class="px-4 pt-2.5 text-[12px] leading-4 font-medium md:px-6">
                "Not complete yet"
            </h2>
            <p class="px-4 text-[12px] leading-5 text-ink-muted md:px-6">
                "These are uploaded in several pieces. What is not complete after an hour is forgotten."
            </p>
            <ul>{rows}</ul>
        </section>
    }
    .into_any()
}
