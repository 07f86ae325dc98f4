//! What the server gives to pages and forms: the request's [`Ctx`], the names of the built files, the cookies.

use std::time::Duration;

use http::request::Parts;
use leptos::config::LeptosOptions;
use leptos::prelude::use_context;
use stackyard_domain::{Ctx, Error};
use stackyard_model::account::Theme;

/// The request that is being answered.
///
/// # Errors
/// [`Error::Internal`] when the server did not provide one.
pub fn ctx() -> Result<Ctx, Error> {
    use_context::<Ctx>().ok_or_else(|| Error::Internal("no request in the context".to_owned()))
}

/// The files of the build, as addresses of this site.
#[derive(Debug, Clone)]
pub struct Assets {
    /// The style sheet.
    pub css: String,
    /// The script that runs before the first paint: the theme and the browser's time zone.
    pub theme: String,
    /// Where the islands' code is: its `output_name`, `site_pkg_dir` and no more is read.
    pub leptos: LeptosOptions,
}

/// How the cookies of this server are written (rules §12).
#[derive(Debug, Clone)]
pub struct Cookies {
    /// The name of the session's cookie.
    pub session: String,
    /// Whether people come over https.
    pub secure: bool,
}

/// The cookie that holds the browser's look, so that the page is painted right at once.
pub const THEME_COOKIE: &str = "theme";
/// The cookie that holds the browser's time zone.
pub const ZONE_COOKIE: &str = "tz";

const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

impl Cookies {
    /// The header that keeps a session in the browser, by its secret.
    #[must_use]
    pub fn keep_session(&self, secret: &str, max_age: Duration) -> String {
        self.write(&self.session, secret, max_age, true)
    }

    /// The header that forgets the session.
    #[must_use]
    pub fn forget_session(&self) -> String {
        self.write(&self.session, "", Duration::ZERO, true)
    }

    /// The header that keeps a look in the browser; what the system says needs no cookie.
    #[must_use]
    pub fn keep_theme(&self, theme: Theme) -> String {
        let max_age = if theme == Theme::System { Duration::ZERO } else { YEAR };
        self.write(THEME_COOKIE, theme.as_str(), max_age, false)
    }

    fn write(&self, name: &str, value: &str, max_age: Duration, http_only: bool) -> String {
        let secure = if self.secure { "; Secure" } else { "" };
        let http_only = if http_only { "; HttpOnly" } else { "" };
        format!("{name}={value}; Path=/; Max-Age={}; SameSite=Lax{http_only}{secure}", max_age.as_secs())
    }
}

/// The value of a cookie of the request.
#[must_use]
pub fn cookie(parts: &Parts, name: &str) -> Option<String> {
    parts
        .headers
        .get_all(http::header::COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_theme_is_kept_for_scripts_and_forgotten_for_the_system() {
        let cookies = Cookies { session: "__Host-stackyard".to_owned(), secure: true };
        assert_eq!(
            cookies.keep_theme(Theme::Dark),
            "theme=dark; Path=/; Max-Age=31536000; SameSite=Lax; Secure"
        );
        assert!(cookies.keep_theme(Theme::System).contains("Max-Age=0"));
        let plain = Cookies { session: "stackyard_3000".to_owned(), secure: false };
        assert_eq!(plain.forget_session(), "stackyard_3000=; Path=/; Max-Age=0; SameSite=Lax; HttpOnly");
    }

    #[test]
    fn cookies_are_found_among_others() {
        let request = http::Request::builder().header("cookie", "a=1; theme=dark; tz=Europe%2FLisbon");
        let (parts, ()) = request.body(()).unwrap().into_parts();
        assert_eq!(cookie(&parts, "theme").as_deref(), Some("dark"));
        assert_eq!(cookie(&parts, "tz").as_deref(), Some("Europe%2FLisbon"));
        assert_eq!(cookie(&parts, "them"), None);
    }
}
