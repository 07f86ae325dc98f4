//! The floor of a page: Leptos renders fifty rows of eight cells that one query reads, and nothing around them.

use std::path::Path;

use any_spawner::Executor;
use anyhow::Result;
use axum::Router;
use axum::routing::get;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use leptos::prelude::*;
use leptos_axum::render_app_async_with_context;
use stackyard_db::schema::repositories;
use stackyard_db::{Db, DbError, run};
use stackyard_model::Ts;

use crate::place::REPOSITORIES;

/// Serves until the process ends.
pub async fn serve(database: &Path) -> Result<()> {
    Executor::init_tokio()?;
    let db = super::open(database).await?;
    let render = render_app_async_with_context(move || provide_context(db.clone()), || view! { <Page /> });
    super::listen(Router::new().route("/", get(render))).await
}

type Row = (String, String, String, Option<i64>, Option<i64>, Option<Ts>, Ts);

async fn rows(db: &Db) -> Result<Vec<Row>, DbError> {
    let query = repositories::table.order(repositories::name_folded).select((
        repositories::id,
        repositories::host,
        repositories::name,
        repositories::remote_id,
        repositories::remote_owner_id,
        repositories::last_seen_at,
        repositories::created_at,
    ));
    let limit = i64::try_from(REPOSITORIES).unwrap_or(i64::MAX);
    let mut conn = db.read().await?;
    Ok(run!(&mut conn, |c| query.limit(limit).load(c).await)?)
}

#[component]
fn Page() -> impl IntoView {
    let db = use_context::<Db>();
    let table = Suspend::new(async move {
        let rows = match &db {
            Some(db) => rows(db).await.unwrap_or_default(),
            None => Vec::new(),
        };
        rows.into_iter().map(|row| view! { <Line row /> }).collect::<Vec<_>>()
    });
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <title>"Repositories"</title>
            </head>
            <body class="min-h-dvh bg-surface text-ink antialiased">
                <table class="w-full border-collapse text-left text-sm">
                    <tbody>{table}</tbody>
                </table>
            </body>
        </html>
    }
}

const CELL: &str =
    "px-4 py-2 align-middle whitespace-nowrap text-ink-muted border-b border-line group-hover:bg-hover";

#[component]
fn Line(row: Row) -> impl IntoView {
    let (id, host, name, remote, owner, seen, created) = row;
    let number = |number: Option<i64>| number.map_or_else(|| "–".to_owned(), |number| number.to_string());
    let href = format!("/repositories/{id}");
    view! {
        <tr class="group h-10">
            <td class=CELL>
                <a href=href class="font-medium text-ink underline-offset-2 hover:underline focus-visible:outline-2">
                    {name}
                </a>
            </td>
            <td class=CELL>{host}</td>
            <td class=CELL>{number(remote)}</td>
            <td class=CELL>{number(owner)}</td>
            <td class=CELL>{seen.map_or_else(|| "never".to_owned(), Ts::to_rfc3339_seconds)}</td>
            <td class=CELL>{created.to_rfc3339_seconds()}</td>
            <td class=CELL>{id}</td>
            <td class=CELL>
                <span class="inline-flex items-center rounded-full px-2 py-0.5 text-xs">"configured"</span>
            </td>
        </tr>
    }
}
