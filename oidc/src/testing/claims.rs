use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Map, Value, json};
use stackyard_model::Ts;

static ISSUED: AtomicU64 = AtomicU64::new(1);

/// The claims of a token to be, as GitHub fills them.
#[derive(Debug, Clone)]
pub struct TestClaims {
    claims: Map<String, Value>,
    no_issuer: bool,
}

impl TestClaims {
    /// A push to `main` of `acme/infra` (id 74, owner 65) running `deploy.yaml`, issued at `now` for the `atmos` CLI.
    /// Every call has another `jti`; `iss` is added by the issuer that signs.
    #[must_use]
    pub fn github(now: Ts) -> Self {
        let issued = now.as_seconds();
        let claims = json!({
            "jti": format!("test-{issued}-{}", ISSUED.fetch_add(1, Ordering::Relaxed)),
            "sub": "repo:acme/infra:ref:refs/heads/main",
            "aud": "atmos-pro.com",
            "ref": "refs/heads/main",
            "sha": "3f2c1d0e9b8a7654321fedcba0987654321fedcb",
            "repository": "acme/infra",
            "repository_owner": "acme",
            "repository_owner_id": "65",
            "run_id": "17000000001",
            "run_number": "10",
            "run_attempt": "1",
            "repository_visibility": "private",
            "repository_id": "74",
            "actor_id": "12",
            "actor": "octocat",
            "workflow": "Deploy",
            "head_ref": "",
            "base_ref": "",
            "event_name": "push",
            "ref_protected": "true",
            "ref_type": "branch",
            "workflow_ref": "acme/infra/.github/workflows/deploy.yaml@refs/heads/main",
            "workflow_sha": "3f2c1d0e9b8a7654321fedcba0987654321fedcb",
            "job_workflow_ref": "acme/infra/.github/workflows/deploy.yaml@refs/heads/main",
            "job_workflow_sha": "3f2c1d0e9b8a7654321fedcba0987654321fedcb",
            "runner_environment": "github-hosted",
            "check_run_id": "52000000001",
            "enterprise": "acme-corp",
            "enterprise_id": "9",
            // GitHub backdates by ten minutes and lets a token live for five.
            "nbf": issued - 600,
            "exp": issued + 300,
            "iat": issued,
        });
        let Value::Object(claims) = claims else { unreachable!("an object was written") };
        Self { claims, no_issuer: false }
    }

    /// Sets one claim, of any type.
    #[must_use]
    pub fn set(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }

    /// Leaves one claim out, also `iss`.
    #[must_use]
    pub fn remove(mut self, name: &str) -> Self {
        self.no_issuer |= name == "iss";
        self.claims.remove(name);
        self
    }

    /// The subject in the form with numbers, the default of repositories made since July 2026.
    #[must_use]
    pub fn immutable_sub(self) -> Self {
        self.set("sub", "repo:acme@65/infra@74:ref:refs/heads/main")
    }

    /// A job with an environment.
    #[must_use]
    pub fn environment(self, name: &str) -> Self {
        let sub = format!("repo:acme/infra:environment:{name}");
        self.set("environment", name).set("sub", sub)
    }

    /// Another repository: `owner/name` and both numbers.
    #[must_use]
    pub fn repository(self, name: &str, id: i64, owner_id: i64) -> Self {
        let owner = name.split('/').next().unwrap_or_default().to_owned();
        let workflow = format!("{name}/.github/workflows/deploy.yaml@refs/heads/main");
        self.set("repository", name)
            .set("repository_id", id.to_string())
            .set("repository_owner", owner)
            .set("repository_owner_id", owner_id.to_string())
            .set("workflow_ref", workflow.clone())
            .set("job_workflow_ref", workflow)
            .set("sub", format!("repo:{name}:ref:refs/heads/main"))
    }

    /// Another workflow file of the same repository and ref.
    #[must_use]
    pub fn workflow_file(self, file: &str) -> Self {
        let repository = self.text("repository");
        let git_ref = self.text("ref");
        let workflow = format!("{repository}/.github/workflows/{file}@{git_ref}");
        self.set("workflow_ref", workflow.clone()).set("job_workflow_ref", workflow)
    }

    /// A push to another branch.
    #[must_use]
    pub fn branch(self, name: &str) -> Self {
        self.set("ref", format!("refs/heads/{name}")).set("ref_type", "branch")
    }

    /// A push of a tag.
    #[must_use]
    pub fn tag(self, name: &str) -> Self {
        self.set("ref", format!("refs/tags/{name}")).set("ref_type", "tag")
    }

    /// A pull request between two branches of the repository.
    #[must_use]
    pub fn pull_request(self, number: u32, head: &str, base: &str) -> Self {
        self.set("event_name", "pull_request")
            .set("ref", format!("refs/pull/{number}/merge"))
            .set("head_ref", head)
            .set("base_ref", base)
            .set("sub", "repo:acme/infra:pull_request")
    }

    /// The claims as JSON for a token of `issuer`.
    pub(super) fn json(&self, issuer: &str) -> String {
        let mut claims = self.claims.clone();
        if !self.no_issuer {
            claims.entry("iss").or_insert_with(|| issuer.into());
        }
        Value::Object(claims).to_string()
    }

    fn text(&self, name: &str) -> String {
        self.claims.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    }
}
