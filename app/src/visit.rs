//! One visit of a page: whose request it is, where it leads, what came back with it.

use std::time::Duration;

use http::request::Parts;
use leptos::prelude::*;
use leptos_router::params::ParamsMap;
use stackyard_domain::access::{self, Entered};
use stackyard_domain::flash::{self, Flash};
use stackyard_domain::{Ctx, Error, Here, accounts};
use stackyard_model::account::{Account, Theme};
use stackyard_model::id::UserId;
use stackyard_model::workspace::{Membership, Workspace};
use stackyard_ui::{Faces, Now, Zone};

use crate::context::{Cookies, THEME_COOKIE, ZONE_COOKIE, cookie, ctx};
use crate::forms::{FLASH, FormState, IN_COOKIE, flash_cookie, flash_cookie_name, set_cookie};
use crate::page::Stop;
use crate::paths;

/// A request for a page.
#[derive(Clone)]
pub struct Visit {
    /// The request as services know it.
    pub ctx: Ctx,
    path: String,
    query: Vec<(String, String)>,
    params: ParamsMap,
    theme: Option<Theme>,
    zone: Option<String>,
    /// A flash of before the sign-in, from its cookie.
    sealed: Option<String>,
    flash: std::sync::Arc<Option<Flash>>,
}

impl Visit {
    /// The request that is being answered.
    ///
    /// # Errors
    /// [`Error::Internal`] outside a request.
    pub(crate) fn begin() -> Result<Self, Error> {
        let ctx = ctx()?;
        let parts =
            use_context::<Parts>().ok_or_else(|| Error::Internal("no request in the context".to_owned()))?;
        let query = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
        let params = use_context::<ArcMemo<ParamsMap>>().map(|params| params.get_untracked());
        Ok(Self {
            ctx,
            path: parts.uri.path().to_owned(),
            query,
            params: params.unwrap_or_default(),
            theme: cookie(&parts, THEME_COOKIE).and_then(|word| word.parse().ok()),
            zone: cookie(&parts, ZONE_COOKIE),
            sealed: use_context::<Cookies>().and_then(|cookies| cookie(&parts, &flash_cookie_name(&cookies))),
            flash: std::sync::Arc::default(),
        })
    }

    /// Takes what a form left for this page; it is there once.
    pub(crate) async fn with_flash(self) -> Result<Self, Error> {
        let key = self.query(FLASH);
        if key.is_empty() {
            return Ok(self);
        }
        let flash = match &self.sealed {
            Some(sealed) if key == IN_COOKIE => {
                if let Some(cookies) = use_context::<Cookies>() {
                    set_cookie(&flash_cookie(&cookies, "", Duration::ZERO));
                }
                flash::unseal(&self.ctx, sealed, &self.path).await?
            }
            _ => flash::take(&self.ctx, &key).await?,
        };
        Ok(Self { flash: flash.into(), ..self })
    }

    /// A part of the path, such as `slug`. Empty when the path has no such part.
    #[must_use]
    pub fn param(&self, name: &str) -> String {
        self.params.get(name).unwrap_or_default()
    }

    /// A part of the path that is an id.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is not one.
    pub fn id<T: std::str::FromStr>(&self, name: &str) -> Result<T, Error> {
        self.param(name).parse().map_err(|_| Error::NotFound)
    }

    /// A query parameter; empty when it is missing.
    #[must_use]
    pub fn query(&self, name: &str) -> String {
        self.query.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone()).unwrap_or_default()
    }

    /// Whether a query parameter is there, with a value or without.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.query.iter().any(|(found, _)| found == name)
    }

    /// The path without its query.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// This page's address, to come back to.
    #[must_use]
    pub fn here(&self) -> String {
        let kept: Vec<_> = self
            .query
            .iter()
            .filter(|(name, _)| name != FLASH)
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        paths::with_params(&self.path, &kept)
    }

    /// The address with everything after it, for somebody who has to sign in first. A flash that was not taken
    /// yet goes along.
    pub(crate) fn address(&self) -> String {
        let all: Vec<_> = self.query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        paths::with_params(&self.path, &all)
    }

    /// The state of a form of this page.
    #[must_use]
    pub fn form(&self, form: &str) -> FormState {
        FormState::of(self.flash.as_ref().as_ref(), form, None)
    }

    /// The state of one of several forms of the same name: of the one whose field `field` holds `value`.
    #[must_use]
    pub fn form_of(&self, form: &str, field: &str, value: &str) -> FormState {
        FormState::of(self.flash.as_ref().as_ref(), form, Some((field, value)))
    }

    /// What was done by the form before.
    #[must_use]
    pub(crate) fn notice(&self) -> Option<String> {
        self.flash.as_ref().as_ref().and_then(|flash| flash.notice.clone())
    }

    /// Why a button did nothing.
    #[must_use]
    pub(crate) fn refusal(&self) -> Option<String> {
        let flash = self.flash.as_ref().as_ref().filter(|flash| flash.form.is_empty())?;
        flash.errors.0.first().map(|error| error.message.clone())
    }

    /// A new secret, shown this once.
    #[must_use]
    pub fn secret(&self) -> Option<String> {
        self.flash.as_ref().as_ref().and_then(|flash| flash.secret.clone())
    }

    /// The person, when somebody is signed in.
    #[must_use]
    pub fn person(&self) -> Option<&Account> {
        self.ctx.signed_in().ok().map(|user| &user.account)
    }

    /// The person.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when nobody is signed in.
    pub fn account(&self) -> Result<&Account, Error> {
        Ok(&self.ctx.signed_in()?.account)
    }

    /// The look: this browser's own choice before the account's.
    #[must_use]
    pub(crate) fn theme(&self) -> Theme {
        self.theme.or_else(|| self.person().map(|person| person.theme)).unwrap_or(Theme::System)
    }

    /// When and in which zone the page is read: the account's, else the browser's, else UTC (design §4).
    #[must_use]
    pub fn now(&self) -> Now {
        let chosen = self.person().and_then(|person| person.time_zone.as_deref()).and_then(Zone::named);
        let browser = || {
            let (name, _) = form_urlencoded::parse(self.zone.as_deref()?.as_bytes()).next()?;
            Zone::named(&name)
        };
        Now { at: self.ctx.now(), zone: chosen.or_else(browser).unwrap_or_else(Zone::unknown) }
    }

    /// The pictures of those of these people who have one, for their tiles; what is no person's id is passed over.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn faces<'a>(&self, people: impl Iterator<Item = &'a str>) -> Result<Faces, Error> {
        let mut ids: Vec<UserId> = people.filter_map(|id| id.parse().ok()).collect();
        ids.sort_unstable();
        ids.dedup();
        let versions = accounts::pictures_of(&self.ctx, &ids).await?;
        Ok(versions.iter().map(|(id, version)| (id.to_string(), paths::picture(id, version))).collect())
    }

    /// The same of one of several forms of this page that make secrets.
    #[must_use]
    pub fn secret_of(&self, form: &str) -> Option<String> {
        self.secret().filter(|_| self.flash.as_ref().as_ref().is_some_and(|flash| flash.form == form))
    }

    /// Comes into the workspace of the path.
    ///
    /// # Errors
    /// As [`access::enter`]; and [`Stop::Moved`] when the path names it by its id or a former slug.
    pub async fn workspace(&self) -> Result<Inside, Stop> {
        let given = self.param("slug");
        match access::enter_among_mine(&self.ctx, &given).await? {
            (Entered::Here(here), memberships) => Ok(Inside { here, memberships }),
            (Entered::Moved { slug }, _) => {
                let old = format!("{}/{given}", paths::WORKSPACES);
                let new = format!("{}/{slug}", paths::WORKSPACES);
                Err(Stop::Moved(self.address().replacen(&old, &new, 1)))
            }
        }
    }
}

/// A workspace that the person is in, and the others that they could switch to.
#[derive(Clone)]
pub struct Inside {
    /// The proof.
    pub here: Here,
    /// All workspaces of the person.
    pub memberships: Vec<Membership>,
}

impl Inside {
    /// The workspace.
    #[must_use]
    pub fn workspace(&self) -> &Workspace {
        self.here.workspace()
    }
}
