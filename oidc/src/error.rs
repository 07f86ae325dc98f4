//! Why a token was refused, in words for the author of the workflow.

use stackyard_model::{Ts, quote};

/// Why a token was refused. `Display` says what is wrong and what to do; it never holds the token, and values from
/// it are quoted safely (rules §4).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Longer than [`TOKEN_MAX`](crate::TOKEN_MAX).
    #[error("The token is longer than 16 KiB. Send the OIDC token of the job itself.")]
    TooLarge,
    /// Not three parts of base64url holding a JSON object, header and claims.
    #[error("The {part} cannot be read. Send the OIDC token exactly as the job received it.")]
    Malformed {
        /// Which part.
        part: Part,
    },
    /// Nested deeper than any forge's tokens are.
    #[error("The {part} is nested too deeply. Send the OIDC token exactly as the job received it.")]
    TooDeep {
        /// Which part.
        part: Part,
    },
    /// One name twice in one object: readers would disagree about its value.
    #[error("The {part} has {} twice, so its meaning is not certain. Send the OIDC token exactly as the job received it.", quote::code(.name))]
    Duplicate {
        /// Which part.
        part: Part,
        /// The name.
        name: String,
    },
    /// `alg` is not RS256 or ES256 (also `none`, and HMAC with the public key).
    #[error("The token says that it is signed with {}; only RS256 and ES256 are accepted.", quote::code(.0))]
    Algorithm(String),
    /// `typ` is there and not JWT.
    #[error("The token's type is {}, not JWT. Send an OIDC token, not another kind of token.", quote::code(.0))]
    Type(String),
    /// A header that names or carries a key of the token's own choice.
    #[error("The token brings its own key ({}). Only keys that a trusted issuer publishes are used.", quote::code(.0))]
    OwnKey(String),
    /// `crit`: extensions that must be understood, and are not.
    #[error("The token's header demands extensions (`crit`) that this server does not know.")]
    Critical,
    /// `kid` is missing.
    #[error("The token's header has no `kid`, so its key cannot be found. Send a token of a trusted issuer.")]
    KeyIdMissing,
    /// `iss` is not one of the operator's.
    #[error("The token's issuer {} is not trusted by this server. Its operator can add it.", quote::code(.0))]
    UnknownIssuer(String),
    /// The issuer does not publish this key.
    #[error("The issuer {} publishes no key {}. Run the job again for a new token.", quote::code(.issuer), quote::code(.kid))]
    UnknownKey {
        /// The trusted issuer.
        issuer: String,
        /// The key that the token names.
        kid: String,
    },
    /// The key that `kid` names is of another type than `alg`.
    #[error("The token's algorithm does not fit the key {} that it names.", quote::code(.kid))]
    KeyMismatch {
        /// The key that the token names.
        kid: String,
    },
    /// The signature does not hold.
    #[error("The token's signature is not valid. Send the OIDC token exactly as the job received it.")]
    Signature,
    /// A claim that must be there is not. A person's sign-in token ends here: it has no repository.
    #[error("The token has no claim {}. Send the OIDC token of a workflow's job, not another kind of token.", quote::code(.0))]
    ClaimMissing(String),
    /// A claim has the wrong type or form.
    #[error("The token's claim {} must be {wanted}.", quote::code(.name))]
    ClaimInvalid {
        /// The claim.
        name: String,
        /// What it must be.
        wanted: &'static str,
    },
    /// A claim holds a control character, such as a line break.
    #[error("The token's claim {} holds a control character, such as a line break. Rename what it comes from.", quote::code(.0))]
    ControlCharacter(String),
    /// A claim is longer than 1,024 bytes.
    #[error("The token's claim {} is longer than 1,024 bytes. Shorten what it comes from.", quote::code(.0))]
    ClaimTooLong(String),
    /// `aud` is not one of the issuer's audiences.
    #[error("The token was requested for the audience {}; this server accepts {}. Request it for one of these.", quote::code(.audience), list(.accepted))]
    Audience {
        /// The token's.
        audience: String,
        /// The operator's.
        accepted: Vec<String>,
    },
    /// `exp` is past.
    #[error("The token expired at {}. Request a new one in the step that uses it.", .0.to_rfc3339_seconds())]
    Expired(Ts),
    /// `nbf` or `iat` is still to come.
    #[error("The token becomes valid at {}, which is still to come. The issuer's clock and this server's differ.", .0.to_rfc3339_seconds())]
    NotYet(Ts),
    /// `exp − iat` is over an hour, or negative.
    #[error("The token's lifetime must be between nothing and one hour; it is {0} seconds.")]
    Lifetime(i64),
    /// The issuer's keys cannot be fetched: not the token's fault (503).
    #[error("The keys of {} cannot be fetched at the moment. Try again in a minute.", quote::code(.0))]
    Unavailable(String),
}

impl TokenError {
    /// A stable name of the reason, for metrics and logs.
    #[must_use]
    pub const fn tag(&self) -> &'static str {
        match self {
            Self::TooLarge => "TokenTooLarge",
            Self::Malformed { .. } => "TokenMalformed",
            Self::TooDeep { .. } => "TokenTooDeep",
            Self::Duplicate { .. } => "TokenDuplicateName",
            Self::Algorithm(_) => "TokenAlgorithm",
            Self::Type(_) => "TokenType",
            Self::OwnKey(_) => "TokenOwnKey",
            Self::Critical => "TokenCritical",
            Self::KeyIdMissing => "TokenKeyIdMissing",
            Self::UnknownIssuer(_) => "TokenUnknownIssuer",
            Self::UnknownKey { .. } => "TokenUnknownKey",
            Self::KeyMismatch { .. } => "TokenKeyMismatch",
            Self::Signature => "TokenSignature",
            Self::ClaimMissing(_) => "TokenClaimMissing",
            Self::ClaimInvalid { .. } => "TokenClaimInvalid",
            Self::ControlCharacter(_) => "TokenControlCharacter",
            Self::ClaimTooLong(_) => "TokenClaimTooLong",
            Self::Audience { .. } => "TokenAudience",
            Self::Expired(_) => "TokenExpired",
            Self::NotYet(_) => "TokenNotYetValid",
            Self::Lifetime(_) => "TokenLifetime",
            Self::Unavailable(_) => "IssuerUnavailable",
        }
    }
}

/// The two parts of a token that hold JSON, and the third.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The three parts together.
    Token,
    /// The first.
    Header,
    /// The second.
    Claims,
    /// The third.
    Signature,
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Token => "token",
            Self::Header => "token's header",
            Self::Claims => "token's payload",
            Self::Signature => "token's signature",
        })
    }
}

fn list(values: &[String]) -> String {
    values.iter().map(|value| quote::code(value)).collect::<Vec<_>>().join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted_so_that_no_runner_acts_on_them() {
        let nasty = "x\n::set-output name=a::b##[error]`";
        for error in [
            TokenError::UnknownIssuer(nasty.to_owned()),
            TokenError::Algorithm(nasty.to_owned()),
            TokenError::Type(nasty.to_owned()),
            TokenError::OwnKey(nasty.to_owned()),
            TokenError::ClaimMissing(nasty.to_owned()),
            TokenError::ControlCharacter(nasty.to_owned()),
            TokenError::ClaimTooLong(nasty.repeat(100)),
            TokenError::UnknownKey { issuer: "https://issuer.example".to_owned(), kid: nasty.to_owned() },
            TokenError::Audience { audience: nasty.to_owned(), accepted: vec!["atmos-pro.com".to_owned()] },
            TokenError::Duplicate { part: Part::Claims, name: nasty.to_owned() },
        ] {
            let text = error.to_string();
            assert!(!text.contains("::") && !text.contains("##[") && !text.contains('\n'), "{text}");
            assert!(text.chars().count() < 500, "{text}");
        }
    }

    #[test]
    fn the_accepted_audiences_are_named() {
        let error = TokenError::Audience {
            audience: "https://github.com/acme".to_owned(),
            accepted: vec!["atmos-pro.com".to_owned(), "https://stackyard.example".to_owned()],
        };
        assert_eq!(
            error.to_string(),
            "The token was requested for the audience `https://github.com/acme`; this server accepts `atmos-pro.com` or `https://stackyard.example`. Request it for one of these."
        );
    }
}
