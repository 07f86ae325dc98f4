//! Which repository a request says that it is of.

use stackyard_db::Conn;
use stackyard_model::quote::code;
use stackyard_model::text::fold;

use crate::Error;
use crate::ci::Gatekeeper;
use crate::repositories::RepositoryRow;

/// How a request names the repository that it is of; all empty for a checkout without a remote.
#[derive(Debug, Clone, Default)]
pub struct NamedRepository {
    /// The host, such as `github.com`; none where requests do not say it.
    pub host: Option<String>,
    /// Whether an address of it was given.
    pub has_url: bool,
    /// The owner, with the groups of a group.
    pub owner: String,
    /// The name.
    pub name: String,
}

impl NamedRepository {
    /// Whether it is `repository`, or says nothing at all.
    fn fits(&self, repository: &RepositoryRow) -> bool {
        let host = self.host.as_deref();
        if host.is_none_or(str::is_empty) && self.owner.is_empty() && self.name.is_empty() && !self.has_url {
            return true;
        }
        host.is_none_or(|host| fold(host) == fold(&repository.host))
            && fold(&format!("{}/{}", self.owner, self.name)) == repository.name_folded
    }

    /// Refuses the request of a session of another repository; the log has it then.
    pub(crate) async fn refuse_others(
        &self,
        conn: &mut Conn,
        gate: &Gatekeeper,
        repository: &RepositoryRow,
    ) -> Result<Option<Error>, Error> {
        if self.fits(repository) {
            return Ok(None);
        }
        let named = format!("{}/{}", self.owner, self.name);
        let message = format!(
            "This session is for {} at {}, and the request names {} at {}. With several git remotes the client may \
             choose another than you expect.",
            code(&repository.name),
            code(&repository.host),
            code(&named),
            code(self.host.as_deref().unwrap_or(&repository.host))
        );
        Ok(Some(gate.refuse(conn, Some(repository), "RepositoryMismatch", message).await?))
    }
}
