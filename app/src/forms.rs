//! How a form ends: with a redirect after success, with its values and errors on the page that it came from after
//! a failure, and with a status and JSON for callers that do not take HTML.

use std::time::Duration;

use http::header::{ACCEPT, LOCATION, REFERRER_POLICY, RETRY_AFTER, SET_COOKIE};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use stackyard_domain::flash::{self, Flash};
use stackyard_domain::{Ctx, Error, Secret};
use stackyard_model::FieldErrors;

use crate::context::{self, Cookies};
use crate::error::{AppError, status};
use crate::paths;

/// The query parameter that carries a flash's key.
pub const FLASH: &str = "flash";
/// Its value when the flash itself is in a cookie.
pub(crate) const IN_COOKIE: &str = "cookie";

/// A form as it was sent: its name, what was typed except secrets, and the page that it came from.
#[derive(Debug, Clone)]
pub struct Sent {
    form: &'static str,
    values: Vec<(String, String)>,
    back: String,
}

impl Sent {
    /// The form `form`, sent from the page `back`.
    #[must_use]
    pub fn new(form: &'static str, back: &str) -> Self {
        Self { form, values: Vec::new(), back: paths::checked(back).unwrap_or("/").to_owned() }
    }

    /// A form that is only a button, on the page `back`: why it did nothing is said at the top of the page.
    #[must_use]
    pub fn button(back: &str) -> Self {
        Self::new("", back)
    }

    /// Keeps what was typed into `field`, to show it again. Never a password or another secret.
    #[must_use]
    pub fn with(mut self, field: &str, value: &str) -> Self {
        self.values.push((field.to_owned(), value.to_owned()));
        self
    }
}

/// Where a form leads when it went well.
#[derive(Debug)]
pub struct Done {
    to: String,
    notice: Option<String>,
    secret: Option<String>,
}

impl Done {
    /// To a path of this site; to the start when it is not one.
    #[must_use]
    pub fn to(path: impl Into<String>) -> Self {
        let path = path.into();
        Self { to: paths::checked(&path).unwrap_or("/").to_owned(), notice: None, secret: None }
    }

    /// Says there what was done.
    #[must_use]
    pub fn saying(self, notice: impl Into<String>) -> Self {
        Self { notice: Some(notice.into()), ..self }
    }

    /// Shows a new secret there, once.
    #[must_use]
    pub fn showing(self, secret: &Secret) -> Self {
        self.showing_text(secret.expose())
    }

    /// Shows a text that has new secrets in it there, once.
    #[must_use]
    pub fn showing_text(self, text: impl Into<String>) -> Self {
        Self { secret: Some(text.into()), ..self }
    }
}

/// Ends a form: answers the request whose function calls it.
///
/// # Errors
/// The failure as data, when the caller takes no HTML.
pub async fn finish<T>(
    ctx: &Ctx,
    sent: Sent,
    result: Result<T, Error>,
    done: impl FnOnce(T) -> Done,
) -> Result<(), AppError> {
    let to = match result {
        Ok(value) => succeed(ctx, sent.form, done(value)).await,
        Err(error) if takes_html() => fail(ctx, sent, &error).await,
        Err(error) => Err(error),
    };
    match to {
        Ok(to) => {
            redirect(&to);
            Ok(())
        }
        Err(error) => Err(refuse(ctx, &error)),
    }
}

/// The request that a form's function answers.
///
/// # Errors
/// A failure of ours, when the server did not provide one.
pub fn request() -> Result<Ctx, AppError> {
    context::ctx().map_err(|error| AppError::of(&error, ""))
}

/// Answers a failure with its status and JSON; what was wrong here goes to the log.
pub fn refuse(ctx: &Ctx, error: &Error) -> AppError {
    log(ctx, error);
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(status(error));
        if let Error::Throttled { retry_after } = error {
            response.insert_header(RETRY_AFTER, HeaderValue::from(retry_after.as_secs().max(1)));
        }
    }
    AppError::of(error, &ctx.request.trace_id)
}

/// Sets a cookie with the answer.
pub fn set_cookie(header: &str) {
    if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(header)) {
        response.append_header(SET_COOKIE, value);
    }
}

/// Keeps the address of the page, which has a secret in it, from every other one. Of the page's origin it says as much
/// as its forms need to be let in where a browser has no other way to say whence they come, which is on plain HTTP.
pub(crate) fn tell_no_path() {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.insert_header(REFERRER_POLICY, HeaderValue::from_static("strict-origin"));
    }
}

/// Sends the browser to a path of this site, by GET.
pub fn redirect(to: &str) {
    send(StatusCode::SEE_OTHER, to);
}

/// Sends the browser to the path's new place, for good.
pub fn moved(to: &str) {
    send(StatusCode::PERMANENT_REDIRECT, to);
}

fn send(status: StatusCode, to: &str) {
    let to = paths::checked(to).unwrap_or("/");
    if let (Some(response), Ok(to)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(to)) {
        response.insert_header(LOCATION, to);
        response.set_status(status);
    }
}

pub(crate) fn log(ctx: &Ctx, error: &Error) {
    ctx.request.not_done(error);
    if error.is_internal() {
        tracing::error!(trace_id = ctx.request.trace_id, error = ?error, "a service failed");
    }
}

async fn succeed(ctx: &Ctx, form: &str, done: Done) -> Result<String, Error> {
    if done.notice.is_none() && done.secret.is_none() {
        return Ok(done.to);
    }
    let flash = Flash {
        form: form.to_owned(),
        values: Vec::new(),
        errors: FieldErrors::default(),
        notice: done.notice,
        secret: done.secret,
    };
    keep(ctx, &flash, &done.to).await
}

/// Back to the form with what was typed; through the sign-in, when the session ended meanwhile.
async fn fail(ctx: &Ctx, sent: Sent, error: &Error) -> Result<String, Error> {
    log(ctx, error);
    let errors = match error {
        Error::Invalid(errors) => errors.clone(),
        Error::Db(_) | Error::Internal(_) => {
            FieldErrors::one("", format!("{} ({})", error.user_message(), ctx.request.trace_id))
        }
        _ => FieldErrors::one("", sentence(&error.user_message())),
    };
    let flash = Flash { form: sent.form.to_owned(), values: sent.values, errors, notice: None, secret: None };
    let back = keep(ctx, &flash, &sent.back).await?;
    Ok(if matches!(error, Error::Unauthenticated) { paths::sign_in(&back) } else { back })
}

/// A message that is also told to the CLI, where it is Markdown with a list, as one line.
fn sentence(message: &str) -> String {
    let lines = message.lines().map(|line| line.trim().trim_start_matches("- ").replace('`', ""));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// Keeps a flash for the page at `path`: in the store for whoever is signed in, else in a signed cookie (rules §12).
async fn keep(ctx: &Ctx, flash: &Flash, path: &str) -> Result<String, Error> {
    if ctx.signed_in().is_ok() {
        let key = flash::put(ctx, flash).await?;
        return Ok(paths::with_query(path, FLASH, key.expose()));
    }
    if let Some(cookies) = use_context::<Cookies>() {
        let page = path.split(['?', '#']).next().unwrap_or_default();
        set_cookie(&flash_cookie(&cookies, &flash::seal(ctx, flash, page).await?, flash::LIFETIME));
    }
    Ok(paths::with_query(path, FLASH, IN_COOKIE))
}

/// The name of the cookie that holds a flash.
pub(crate) fn flash_cookie_name(cookies: &Cookies) -> String {
    format!("{}_flash", cookies.session)
}

/// The header that keeps a flash in the browser, or forgets it.
pub(crate) fn flash_cookie(cookies: &Cookies, sealed: &str, max_age: Duration) -> String {
    let secure = if cookies.secure { "; Secure" } else { "" };
    let (name, seconds) = (flash_cookie_name(cookies), max_age.as_secs());
    format!("{name}={sealed}; Path=/; Max-Age={seconds}; SameSite=Lax; HttpOnly{secure}")
}

fn takes_html() -> bool {
    use_context::<Parts>().is_some_and(|parts| {
        parts
            .headers
            .get(ACCEPT)
            .and_then(|accept| accept.to_str().ok())
            .is_some_and(|accept| accept.contains("text/html"))
    })
}

/// What the page shows of a form that came back, or of one that has not been sent.
#[derive(Debug, Clone, Default)]
pub struct FormState {
    values: Vec<(String, String)>,
    /// What is wrong, each at its field.
    pub errors: FieldErrors,
    came_back: bool,
}

impl FormState {
    /// The state of `form` after `flash`; when the page has several of that name, of the one whose `key` field
    /// holds the value.
    #[must_use]
    pub fn of(flash: Option<&Flash>, form: &str, key: Option<(&str, &str)>) -> Self {
        let meant = flash.filter(|flash| {
            flash.form == form
                && key.is_none_or(|(field, value)| {
                    flash.values.iter().any(|(name, kept)| name == field && kept == value)
                })
        });
        meant.map_or_else(Self::default, |flash| Self {
            values: flash.values.clone(),
            errors: flash.errors.clone(),
            came_back: !flash.errors.is_empty(),
        })
    }

    /// What the field holds: what was typed, else `otherwise`.
    #[must_use]
    pub fn value(&self, field: &str, otherwise: &str) -> String {
        let typed = self.values.iter().find(|(name, _)| name == field).map(|(_, value)| value.as_str());
        typed.filter(|_| self.came_back).unwrap_or(otherwise).to_owned()
    }

    /// Whether the field is ticked: as it was sent, else `otherwise`.
    #[must_use]
    pub fn ticked(&self, field: &str, otherwise: bool) -> bool {
        if self.came_back { ticked(&self.value(field, "")) } else { otherwise }
    }

    /// Whether the form was sent and came back.
    #[must_use]
    pub const fn came_back(&self) -> bool {
        self.came_back
    }
}

/// Whether a checkbox was ticked, by what it sent.
#[must_use]
pub fn ticked(sent: &str) -> bool {
    sent == "true"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flash(form: &str, errors: FieldErrors) -> Flash {
        Flash {
            form: form.to_owned(),
            values: vec![
                ("repository".to_owned(), "repo_1".to_owned()),
                ("name".to_owned(), "ab".to_owned()),
                ("loud".to_owned(), "true".to_owned()),
            ],
            errors,
            notice: None,
            secret: None,
        }
    }

    #[test]
    fn a_form_goes_back_only_to_a_page_of_this_site() {
        assert_eq!(Sent::new("x", "/account#profile").back, "/account#profile");
        for bad in ["//evil.example", "/\\evil.example", "https://evil.example/", "/a\r\nb", ""] {
            assert_eq!(Sent::new("x", bad).back, "/", "{bad:?}");
            assert_eq!(Done::to(bad).to, "/", "{bad:?}");
        }
    }

    #[test]
    fn what_was_typed_comes_back_with_its_errors() {
        let flash = flash("workspaces/create", FieldErrors::one("name", "A name has 3 to 255 characters."));
        let state = FormState::of(Some(&flash), "workspaces/create", None);
        assert!(state.came_back());
        assert_eq!(state.value("name", "Acme"), "ab");
        assert_eq!(state.value("slug", "acme"), "acme");
        assert!(state.ticked("loud", false) && !state.ticked("quiet", true));
        assert_eq!(state.errors.at("name").map(|error| error.field.as_str()), Some("name"));
    }

    #[test]
    fn what_the_cli_prints_as_a_list_is_one_line_here() {
        let told = "`acme/infra/dev/vpc` is locked.\n\n- held by `Ida`\n- until `14:07`\n\n";
        assert_eq!(sentence(told), "acme/infra/dev/vpc is locked. · held by Ida · until 14:07");
        assert_eq!(sentence("Sign in first."), "Sign in first.");
    }

    #[test]
    fn another_form_of_the_page_knows_nothing_of_it() {
        let flash = flash("repositories/remove", FieldErrors::one("typed", "Type the name."));
        assert!(!FormState::of(Some(&flash), "repositories/add", None).came_back());
        assert!(
            !FormState::of(Some(&flash), "repositories/remove", Some(("repository", "repo_2"))).came_back()
        );
        assert!(
            FormState::of(Some(&flash), "repositories/remove", Some(("repository", "repo_1"))).came_back()
        );
        assert_eq!(FormState::of(None, "repositories/add", None).value("name", "x"), "x");
    }
}
