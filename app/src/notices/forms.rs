//! The forms of notices.
#![allow(missing_docs, reason = "the server macro writes structs that cannot be documented")]

use leptos::prelude::*;
use stackyard_domain::{Error, notices};

use crate::error::AppError;
use crate::forms::{Done, Sent, finish, request};
use crate::paths;

/// Marks one notice as read.
#[server(name = ReadNotice, prefix = "/forms", endpoint = "notices/read")]
pub async fn read_notice(
    #[server(default)] event: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let result = match event.parse() {
        Ok(event) => notices::read(&ctx, &event).await,
        Err(_) => Err(Error::NotFound),
    };
    finish(&ctx, Sent::button(&back), result, |()| Done::to(back)).await
}

/// Marks all notices as read, up to the newest that was shown.
#[server(name = ReadAllNotices, prefix = "/forms", endpoint = "notices/read-all")]
pub async fn read_all_notices(
    #[server(default)] last: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let result = match last.parse() {
        Ok(last) => notices::read_all(&ctx, &last).await,
        Err(_) => Err(Error::NotFound),
    };
    finish(&ctx, Sent::button(&back), result, |()| Done::to(back)).await
}

/// Sets when notices come by mail.
#[server(name = UpdateNoticeMail, prefix = "/forms", endpoint = "account/notices")]
pub async fn update_notice_mail(
    #[server(default)] mail: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let sent = Sent::new("account/notices", &back).with("mail", &mail);
    let result = notices::set_mail(&ctx, &mail).await;
    finish(&ctx, sent, result, |()| Done::to(paths::ACCOUNT).saying("How notices come by mail is saved.")).await
}
