//! The forms of people.
#![allow(missing_docs, reason = "the server macro writes structs that cannot be documented")]

use leptos::prelude::*;
use stackyard_domain::accounts::{self, NewAccount, ProfileInput};
use stackyard_domain::sessions::{self, NewSession};
use stackyard_domain::{Actor, Ctx, Error, setup};
use stackyard_model::FieldErrors;
use stackyard_model::account::{Account, Theme};

use crate::context::Cookies;
use crate::error::AppError;
use crate::forms::{Done, Sent, finish, request, set_cookie};
use crate::paths;

/// Makes the first account and signs it in.
#[server(name = CompleteSetup, prefix = "/forms", endpoint = "setup")]
pub async fn complete_setup(
    #[server(default)] token: String,
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let sent = Sent::new("setup", &back).with("name", &name).with("email", &email);
    let result = setup::complete(&ctx, &token, NewAccount { name, email, password }).await;
    finish(&ctx, sent, result, |session| {
        keep_session(&session);
        Done::to(paths::START)
    })
    .await
}

/// Signs in and goes on to `next`.
#[server(name = SignIn, prefix = "/forms", endpoint = "sign-in")]
pub async fn sign_in(
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let sent = Sent::new("sign-in", &back).with("email", &email);
    let result = sessions::sign_in(&ctx, &email, &password).await;
    finish(&ctx, sent, result, |session| {
        keep_session(&session);
        Done::to(next)
    })
    .await
}

/// Signs out, and goes to sign in again before `next`.
#[server(name = SignOut, prefix = "/forms", endpoint = "sign-out")]
pub async fn sign_out(
    #[server(default)] next: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let result = sessions::sign_out(&ctx).await;
    // The next page is read by nobody in particular, and so is what is left for it.
    let ctx = ctx.with_actor(Actor::Anonymous);
    finish(&ctx, Sent::button(&back), result, |()| {
        if let Some(cookies) = use_context::<Cookies>() {
            set_cookie(&cookies.forget_session());
        }
        Done::to(paths::sign_in(&next)).saying("You are signed out.")
    })
    .await
}

/// Keeps a look: in this browser, and with the account of who is signed in.
#[server(name = SetTheme, prefix = "/forms", endpoint = "account/theme")]
pub async fn set_theme(
    #[server(default)] theme: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let result = choose_theme(&ctx, &theme).await;
    finish(&ctx, Sent::button(&back), result, |theme| {
        keep_theme(theme);
        Done::to(back)
    })
    .await
}

/// Changes the name.
#[server(name = UpdateProfile, prefix = "/forms", endpoint = "account/profile")]
pub async fn update_profile(
    #[server(default)] name: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let sent = Sent::new("account/profile", &back).with("name", &name);
    let result = match ctx.signed_in() {
        Ok(user) => accounts::update_profile(&ctx, ProfileInput { name, ..as_it_is(&user.account) }).await,
        Err(error) => Err(error),
    };
    finish(&ctx, sent, result, |()| Done::to(paths::ACCOUNT).saying("Your profile is saved.")).await
}

/// Changes time zone, theme and the workspace that opens after signing in.
#[server(name = UpdatePreferences, prefix = "/forms", endpoint = "account/preferences")]
pub async fn update_preferences(
    #[server(default)] time_zone: String,
    #[server(default)] theme: String,
    #[server(default)] default_workspace: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let sent = Sent::new("account/preferences", &back)
        .with("time_zone", &time_zone)
        .with("theme", &theme)
        .with("default_workspace", &default_workspace);
    let chosen = theme.parse::<Theme>();
    let result = match ctx.signed_in() {
        Ok(user) => {
            let input = ProfileInput { time_zone, theme, default_workspace, ..as_it_is(&user.account) };
            accounts::update_profile(&ctx, input).await
        }
        Err(error) => Err(error),
    };
    finish(&ctx, sent, result, |()| {
        if let Ok(theme) = chosen {
            keep_theme(theme);
        }
        Done::to(paths::ACCOUNT).saying("Your preferences are saved.")
    })
    .await
}

/// Changes the password; every other session ends.
#[server(name = ChangePassword, prefix = "/forms", endpoint = "account/password")]
pub async fn change_password(
    #[server(default)] current: String,
    #[server(default)] new: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let result = accounts::change_password(&ctx, &current, &new).await;
    finish(&ctx, Sent::new("account/password", &back), result, |session| {
        keep_session(&session);
        Done::to(paths::ACCOUNT).saying("Your password is changed. Every other session was signed out.")
    })
    .await
}

/// Asks for a link to set a new password.
#[server(name = ForgotPassword, prefix = "/forms", endpoint = "forgot")]
pub async fn forgot_password(
    #[server(default)] email: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let sent = Sent::new("forgot", &back).with("email", &email);
    let result = accounts::forgot_password(&ctx, &email).await;
    finish(&ctx, sent, result, |()| {
        Done::to(paths::FORGOT).saying("If there is an account with this address, a mail with a link is on its way.")
    })
    .await
}

/// Sets a new password by a mailed link.
#[server(name = ResetPassword, prefix = "/forms", endpoint = "reset")]
pub async fn reset_password(
    #[server(default)] link: String,
    #[server(default)] new: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    // Whoever is signed in here is signed out by it, so what comes next is for nobody in particular.
    let ctx = request()?.with_actor(Actor::Anonymous);
    let result = accounts::reset_password(&ctx, &link, &new).await;
    finish(&ctx, Sent::new("reset", &back), result, |()| {
        if let Some(cookies) = use_context::<Cookies>() {
            set_cookie(&cookies.forget_session());
        }
        Done::to(paths::SIGN_IN).saying("Your new password is set, and every browser was signed out.")
    })
    .await
}

/// Mails a link that proves one's own address.
#[server(name = AskProof, prefix = "/forms", endpoint = "account/ask-proof")]
pub async fn ask_proof(#[server(default)] back: String) -> Result<(), AppError> {
    let ctx = request()?;
    let result = accounts::ask_proof(&ctx).await;
    finish(&ctx, Sent::button(&back), result, |()| {
        Done::to(back).saying("A mail with a link is on its way to you. Open the link here, where you are signed in.")
    })
    .await
}

/// Proves one's own address by a mailed link.
#[server(name = ProveAddress, prefix = "/forms", endpoint = "account/prove")]
pub async fn prove_address(
    #[server(default)] link: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let result = accounts::prove(&ctx, &link).await;
    finish(&ctx, Sent::new("verify", &back), result, |()| {
        Done::to(paths::ACCOUNT).saying("Your address is confirmed.")
    })
    .await
}

/// Takes one's own picture away.
#[server(name = RemovePicture, prefix = "/forms", endpoint = "account/remove-picture")]
pub async fn remove_picture(#[server(default)] back: String) -> Result<(), AppError> {
    let ctx = request()?;
    let result = accounts::remove_picture(&ctx).await;
    finish(&ctx, Sent::button(&back), result, |()| Done::to(back).saying("Your picture is removed.")).await
}

/// Signs out another browser.
#[server(name = RevokeSession, prefix = "/forms", endpoint = "account/sessions/revoke")]
pub async fn revoke_session(
    #[server(default)] session: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let result = match session.parse() {
        Ok(session) => sessions::revoke(&ctx, &session).await,
        Err(_) => Err(Error::NotFound),
    };
    finish(&ctx, Sent::button(&back), result, |()| Done::to(back).saying("That browser is signed out.")).await
}

/// Signs out every other browser.
#[server(name = RevokeOtherSessions, prefix = "/forms", endpoint = "account/sessions/revoke-others")]
pub async fn revoke_other_sessions(#[server(default)] back: String) -> Result<(), AppError> {
    let ctx = request()?;
    let result = sessions::revoke_others(&ctx).await;
    finish(&ctx, Sent::button(&back), result, |_| {
        Done::to(back).saying("Every other session was signed out.")
    })
    .await
}

async fn choose_theme(ctx: &Ctx, word: &str) -> Result<Theme, Error> {
    let theme = word.parse::<Theme>().map_err(|_| {
        Error::Invalid(FieldErrors::one("theme", "There is no such theme. Choose system, light or dark."))
    })?;
    if ctx.signed_in().is_ok() {
        accounts::set_theme(ctx, theme).await?;
    }
    Ok(theme)
}

/// The profile as it is, for forms that change a part of it.
fn as_it_is(account: &Account) -> ProfileInput {
    ProfileInput {
        name: account.name.clone(),
        time_zone: account.time_zone.clone().unwrap_or_default(),
        theme: account.theme.as_str().to_owned(),
        default_workspace: account.default_workspace.as_ref().map(ToString::to_string).unwrap_or_default(),
    }
}

pub(crate) fn keep_session(session: &NewSession) {
    if let Some(cookies) = use_context::<Cookies>() {
        set_cookie(&cookies.keep_session(session.cookie.expose(), session.max_age));
    }
}

fn keep_theme(theme: Theme) {
    if let Some(cookies) = use_context::<Cookies>() {
        set_cookie(&cookies.keep_theme(theme));
    }
}
