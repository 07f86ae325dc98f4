//! What a request to the management API says in its path and behind its `?`.

use std::str::FromStr;

use axum::extract::{FromRequestParts, Path};
use http::request::Parts;
use serde::de::DeserializeOwned;
use stackyard_model::quote::code;

use crate::failure::Failure;

/// Entries of a page when nothing else is said.
const LIMIT: u32 = 50;
/// Most entries of a page.
const LIMIT_MAX: u32 = 200;

/// The ids of the path. What is no id is one of nothing: 404, as for a thing that is not there.
pub struct Ids<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Ids<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let path = Path::<T>::from_request_parts(parts, state).await;
        path.map(|Path(ids)| Self(ids)).map_err(|_| Failure::not_found())
    }
}

/// The parameters of the address.
pub struct Params(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        match pairs.iter().find(|(name, value)| name.contains('\0') || value.contains('\0')) {
            Some(_) => Err(Failure::bad_request("The address holds the character U+0000.")),
            None => Ok(Self(pairs)),
        }
    }
}

impl Params {
    /// A parameter that is not empty.
    pub fn text(&self, wanted: &str) -> Option<&str> {
        let found = self.0.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The same as what it has to be.
    pub fn read<T: FromStr>(&self, wanted: &str, what: &str) -> Result<Option<T>, Failure> {
        let Some(text) = self.text(wanted) else { return Ok(None) };
        let wrong = |_| Failure::bad_request(format!("`{wanted}` is {}, which is not {what}.", code(text)));
        text.parse().map(Some).map_err(wrong)
    }

    /// Whether something is to be done besides; it is, unless the parameter says otherwise.
    pub fn unless_not(&self, wanted: &str) -> Result<bool, Failure> {
        Ok(self.read(wanted, "`true` or `false`")?.unwrap_or(true))
    }

    /// How many entries a page shall have.
    pub fn limit(&self) -> Result<u32, Failure> {
        let limit = self.read("limit", "a number")?.unwrap_or(LIMIT);
        if (1..=LIMIT_MAX).contains(&limit) {
            return Ok(limit);
        }
        Err(Failure::bad_request(format!("`limit` is from 1 to {LIMIT_MAX}.")))
    }

    /// The id behind which a page begins.
    pub fn after<T: FromStr>(&self) -> Result<Option<T>, Failure> {
        self.read("cursor", "the `nextCursor` of such a list")
    }

    /// The same where the service reads it.
    pub fn cursor(&self) -> &str {
        self.text("cursor").unwrap_or_default()
    }
}
