//! Effective access as files: `…/team/members/{member}/effective/export` and `…/repositories/{repo}/access/export`.

use axum::extract::{Extension, Path};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, header};
use stackyard_domain::{Ctx, Error, access};
use stackyard_model::access::Because;

use super::export::{harmless, written};
use crate::failure::Failure;

/// What one member can reach, a repository a line.
pub async fn member(
    Extension(ctx): Extension<Ctx>,
    Path((slug, member)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let here = access::enter_anyhow(&ctx, &slug).await?;
    let id = member.parse().map_err(|_| Error::NotFound)?;
    let (member, reached) = access::reached_by(&ctx, &here, &id).await?;
    let lines = reached.iter().map(|one| {
        let [because, until] = reasons(&one.because);
        [
            member.id.to_string(),
            harmless(&member.name),
            harmless(&member.email),
            one.repository_id.to_string(),
            harmless(&one.repository),
            one.comes_to.to_string(),
            because,
            until,
        ]
    });
    file(&ctx, "access-of-member", lines)
}

/// Who can reach one repository, a person a line.
pub async fn repository(
    Extension(ctx): Extension<Ctx>,
    Path((slug, repository)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let here = access::enter_anyhow(&ctx, &slug).await?;
    let id = repository.parse().map_err(|_| Error::NotFound)?;
    let reaching = access::reaching(&ctx, &here, &id).await?;
    let repository = stackyard_domain::repositories::get(&ctx, &here, &id).await?;
    let lines = reaching.iter().map(|one| {
        let [because, until] = reasons(&one.because);
        [
            one.member.id.to_string(),
            harmless(&one.member.name),
            harmless(&one.member.email),
            repository.id.to_string(),
            harmless(&repository.name),
            one.comes_to.to_string(),
            because,
            until,
        ]
    });
    file(&ctx, "access-to-repository", lines)
}

/// The columns of both files.
const COLUMNS: [&str; 8] =
    ["member_id", "name", "email", "repository_id", "repository", "can", "because", "ends"];

/// The reasons, and when each ends, each joined by semicolons.
fn reasons(because: &[Because]) -> [String; 2] {
    let labels: Vec<_> = because.iter().map(Because::label).collect();
    let ends: Vec<_> =
        because.iter().filter_map(Because::until).map(|until| until.to_rfc3339_seconds()).collect();
    [harmless(&labels.join("; ")), ends.join("; ")]
}

fn file(ctx: &Ctx, name: &str, lines: impl Iterator<Item = [String; 8]>) -> Result<Response, Failure> {
    let bytes = written(csv::Writer::from_writer(Vec::new()), |file| {
        file.write_record(COLUMNS)?;
        lines.into_iter().try_for_each(|line| file.write_record(line))
    });
    let bytes = bytes.map_err(|error| Error::Internal(error.to_string()))?;
    let day = ctx.now().to_rfc3339_seconds();
    let day = day.split('T').next().unwrap_or_default();
    let name = format!("attachment; filename=\"{name}-{day}.csv\"");
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present")),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&name).map_err(|error| Error::Internal(error.to_string()))?,
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, bytes).into_response())
}
