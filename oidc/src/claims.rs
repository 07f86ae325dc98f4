//! What a token says, once its signature holds.

use std::time::Duration;

use stackyard_model::Ts;

use crate::config::{IssuerConfig, IssuerKind};
use crate::error::TokenError;
use crate::json::{Object, Value};

/// How far an issuer's clock and this one may be apart (rules §5).
pub const LEEWAY: Duration = Duration::from_secs(60);
/// Longest time between a token's `iat` and `exp` (rules §5).
pub const LIFETIME_MAX: Duration = Duration::from_secs(3600);

/// Longest `jti`, in bytes: it is kept until the token expires.
const JTI_MAX: usize = 256;
/// The last second of the year 9999, the last that RFC 3339 can write.
const SECONDS_MAX: i64 = 253_402_300_799;

/// A token whose signature, issuer, audience and times are right. Whether it was used before is not known here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedToken {
    /// What the issuer is.
    pub kind: IssuerKind,
    /// The issuer's exact `iss`.
    pub issuer: String,
    /// The host that the issuer speaks for; with the repository's id it says which repository (rules §1).
    pub host: String,
    /// The accepted audience that the token was requested for.
    pub audience: String,
    /// The token's own id, unique for its issuer.
    pub jti: String,
    /// When it was issued.
    pub issued_at: Ts,
    /// When it expires; accepted for [`LEEWAY`] longer.
    pub expires_at: Ts,
    /// What it says about the workflow's run.
    pub claims: GitHubClaims,
}

impl VerifiedToken {
    /// The moment from which this token is refused as expired. Its `(issuer, jti)` must be remembered until then:
    /// forgotten earlier, it could be used again.
    #[must_use]
    pub fn usable_until(&self) -> Ts {
        self.expires_at + LEEWAY
    }
}

/// GitHub's claims about a run, as the token has them. An optional claim that is empty is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GitHubClaims {
    /// The subject, for the log only: its form varies and can be customised, so nothing is read from it.
    pub sub: String,
    /// `owner/name`.
    pub repository: String,
    /// The repository's number on its host.
    pub repository_id: i64,
    /// The owner's name.
    pub repository_owner: String,
    /// The owner's number on the host.
    pub repository_owner_id: i64,
    /// `owner/name/.github/workflows/file@ref`, of the workflow that runs.
    pub workflow_ref: String,
    /// The same of the reusable workflow that the job is in, when there is one.
    pub job_workflow_ref: Option<String>,
    /// The claim `ref`: `refs/heads/…`, `refs/tags/…`, `refs/pull/…`.
    pub git_ref: String,
    /// `branch` or `tag`.
    pub ref_type: String,
    /// The branch that a pull request comes from; else empty.
    pub head_ref: String,
    /// The branch that a pull request goes to; else empty.
    pub base_ref: String,
    /// The job's environment.
    pub environment: Option<String>,
    /// What started the run.
    pub event_name: String,
    /// Who started it.
    pub actor: String,
    /// Their number on the host.
    pub actor_id: Option<String>,
    /// The run's number on the host.
    pub run_id: String,
    /// The run's number in its workflow.
    pub run_number: Option<String>,
    /// Which attempt of the run, from 1.
    pub run_attempt: String,
    /// The commit.
    pub sha: String,
    /// The workflow's display name.
    pub workflow: Option<String>,
    /// `public`, `private` or `internal`.
    pub repository_visibility: Option<String>,
    /// `github-hosted` or `self-hosted`.
    pub runner_environment: Option<String>,
}

/// Reads and checks the claims of a token that `issuer` signed.
pub(crate) fn check(
    claims: &Object<'_>,
    issuer: &IssuerConfig,
    now: Ts,
) -> Result<VerifiedToken, TokenError> {
    claims.check_texts()?;
    let claims = Claims(claims);
    let audience = claims.text("aud")?;
    if !issuer.audiences.iter().any(|accepted| accepted == audience) {
        return Err(TokenError::Audience {
            audience: audience.to_owned(),
            accepted: issuer.audiences.clone(),
        });
    }
    let (issued_at, expires_at) = claims.times(now)?;
    let jti = claims.text("jti")?;
    if jti.is_empty() || jti.len() > JTI_MAX {
        return Err(invalid("jti", "a string of 1 to 256 bytes"));
    }
    Ok(VerifiedToken {
        kind: issuer.kind,
        issuer: issuer.url.clone(),
        host: issuer.host.clone(),
        audience: audience.to_owned(),
        jti: jti.to_owned(),
        issued_at,
        expires_at,
        claims: claims.github()?,
    })
}

/// The claim `iss` before anything is believed: only good for looking up which issuer to ask.
pub(crate) fn unverified_issuer<'a>(claims: &'a Object<'_>) -> Result<&'a str, TokenError> {
    Claims(claims).text("iss")
}

struct Claims<'a, 'b>(&'a Object<'b>);

impl<'a, 'b> Claims<'a, 'b> {
    fn times(&self, now: Ts) -> Result<(Ts, Ts), TokenError> {
        let (expires, issued, not_before) =
            (self.seconds("exp")?, self.seconds("iat")?, self.seconds("nbf")?);
        let lifetime = expires - issued;
        if !u64::try_from(lifetime).is_ok_and(|seconds| seconds <= LIFETIME_MAX.as_secs()) {
            return Err(TokenError::Lifetime(lifetime));
        }
        let expires_at = Ts::from_seconds(expires);
        if now >= expires_at + LEEWAY {
            return Err(TokenError::Expired(expires_at));
        }
        let valid_from = Ts::from_seconds(issued.max(not_before));
        if valid_from > now + LEEWAY {
            return Err(TokenError::NotYet(valid_from));
        }
        Ok((Ts::from_seconds(issued), expires_at))
    }

    fn github(&self) -> Result<GitHubClaims, TokenError> {
        Ok(GitHubClaims {
            repository: self.filled("repository")?,
            repository_id: self.id("repository_id")?,
            repository_owner: self.filled("repository_owner")?,
            repository_owner_id: self.id("repository_owner_id")?,
            workflow_ref: self.filled("workflow_ref")?,
            job_workflow_ref: self.optional("job_workflow_ref")?,
            git_ref: self.filled("ref")?,
            ref_type: self.filled("ref_type")?,
            head_ref: self.text("head_ref")?.to_owned(),
            base_ref: self.text("base_ref")?.to_owned(),
            environment: self.optional("environment")?,
            event_name: self.filled("event_name")?,
            actor: self.filled("actor")?,
            actor_id: self.optional("actor_id")?,
            run_id: self.digits("run_id")?.to_owned(),
            run_number: self.optional("run_number")?,
            run_attempt: self.digits("run_attempt")?.to_owned(),
            sha: self.filled("sha")?,
            workflow: self.optional("workflow")?,
            repository_visibility: self.optional("repository_visibility")?,
            runner_environment: self.optional("runner_environment")?,
            sub: self.filled("sub")?,
        })
    }

    fn value(&self, name: &'static str) -> Result<&'a Value<'b>, TokenError> {
        self.0.get(name).ok_or_else(|| TokenError::ClaimMissing(name.to_owned()))
    }

    fn text(&self, name: &'static str) -> Result<&'a str, TokenError> {
        match self.value(name)? {
            Value::Text(text) => Ok(text),
            _ => Err(invalid(name, "a single string")),
        }
    }

    fn filled(&self, name: &'static str) -> Result<String, TokenError> {
        match self.text(name)? {
            "" => Err(invalid(name, "a string that is not empty")),
            text => Ok(text.to_owned()),
        }
    }

    fn optional(&self, name: &'static str) -> Result<Option<String>, TokenError> {
        if self.0.get(name).is_none() {
            return Ok(None);
        }
        let text = self.text(name)?;
        Ok((!text.is_empty()).then(|| text.to_owned()))
    }

    fn digits(&self, name: &'static str) -> Result<&'a str, TokenError> {
        let text = self.text(name)?;
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(invalid(name, "a string of digits"));
        }
        Ok(text)
    }

    fn id(&self, name: &'static str) -> Result<i64, TokenError> {
        self.digits(name)?.parse().map_err(|_| invalid(name, "a string of digits below 2^63"))
    }

    fn seconds(&self, name: &'static str) -> Result<i64, TokenError> {
        match self.value(name)? {
            Value::Integer(seconds) if (0..=SECONDS_MAX).contains(seconds) => Ok(*seconds),
            _ => Err(invalid(name, "a whole number of seconds since 1970")),
        }
    }
}

fn invalid(name: &str, wanted: &'static str) -> TokenError {
    TokenError::ClaimInvalid { name: name.to_owned(), wanted }
}
