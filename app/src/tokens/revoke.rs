//! The dialog in which a repository token is revoked.

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_model::token::RepositoryToken;
use stackyard_model::workspace::Workspace;
use stackyard_ui::{
    ConfirmFoot, Dialog, DialogBody, DialogWidth, Form, Hidden, RelativeTime,
};

use crate::paths;
use crate::tokens::forms::RevokeToken;

#[component]
pub(crate) fn RevokeDialog(workspace: Workspace, token: RepositoryToken) -> impl IntoView {
    let settings = paths::settings(&workspace);
    let close = format!("{settings}#{}", paths::revoke_token_id(&token.id));
    let cancel = close.clone();
    let used = match token.last_used_at {
        Some(at) => view! { "It was last used " <RelativeTime at class="text-ink" /> "." }.into_any(),
        None => "It was never used.".into_any(),
    };
    view! {
        <Dialog title=format!("Revoke {}", token.name) close width=DialogWidth::Confirm>
            <Form action=RevokeToken::url() back=format!("{settings}#tokens")>
                <Hidden name="workspace" value=workspace.slug />
                <Hidden name="token" value=token.id.to_string() />
                <DialogBody>
                    <p class="py-3 text-ink-muted">
                        "The next request of "
                        <span class="font-mono text-[12px] text-ink">{token.repository}</span>
                        " that uses this token is refused. A revoked token cannot be brought back. " {used}
                    </p>
                </DialogBody>
                <ConfirmFoot cancel submit="Revoke token" />
            </Form>
        </Dialog>
    }
    .into_any()
}
