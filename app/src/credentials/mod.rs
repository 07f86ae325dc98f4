//! Access tokens and API keys, in the settings of a workspace.

mod dialogs;
pub mod forms;
mod scopes;
mod section;

use stackyard_model::credential::CredentialKind;
use stackyard_model::workspace::Workspace;

pub(crate) use dialogs::dialog;
pub(crate) use section::Credentials;

use crate::paths;

/// The part of the settings where a kind is listed.
pub(crate) const fn part(kind: CredentialKind) -> &'static str {
    match kind {
        CredentialKind::AccessToken => "access-tokens",
        CredentialKind::ApiKey => "api-keys",
    }
}

/// Where a kind is listed.
fn listed(workspace: &Workspace, kind: CredentialKind) -> String {
    format!("{}#{}", paths::settings(workspace), part(kind))
}

/// A kind in the middle of a sentence.
const fn named(kind: CredentialKind) -> &'static str {
    match kind {
        CredentialKind::AccessToken => "access token",
        CredentialKind::ApiKey => "API key",
    }
}
