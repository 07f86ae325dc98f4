//! `…/activity/export`: the log as a file, for those who keep it elsewhere. It is sent while it is read, so that neither its
//! length nor a slow reader costs memory.

use std::io;

use axum::body::{Body, Bytes};
use axum::extract::{Extension, Path, RawQuery};
use axum::response::{IntoResponse as _, Response};
use futures::stream;
use http::{HeaderValue, header};
use stackyard_app::activity::filter_of;
use stackyard_domain::activity::{self, Export};
use stackyard_domain::{Ctx, Error, access};
use stackyard_model::activity::Event;

use crate::failure::{Failure, chain};

/// How the events are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    /// A line each, quoted as RFC 4180 says.
    Csv,
    /// An object a line, with all that is known.
    JsonLines,
}

/// The columns of a CSV file.
const COLUMNS: [&str; 24] = [
    "id",
    "at",
    "actor_type",
    "actor_id",
    "actor_name",
    "category",
    "action",
    "outcome",
    "target_type",
    "target_id",
    "target_name",
    "repository_id",
    "repository",
    "kind",
    "workflow",
    "branch",
    "environment",
    "event",
    "run",
    "permission_id",
    "note",
    "trace_id",
    "address",
    "user_agent",
];

/// Gives away the events that the address chooses, oldest first: `?format=csv` or `jsonl`, and what the page takes.
pub async fn activity(
    Extension(ctx): Extension<Ctx>,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let query = query.unwrap_or_default();
    let value = |name: &str| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find(|(found, _)| found == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    let format = if value("format") == "jsonl" { Format::JsonLines } else { Format::Csv };
    let here = access::enter_anyhow(&ctx, &slug).await?;
    let export = activity::export(&ctx, &here, filter_of(value)).await?;
    let (kind, ending) = match format {
        Format::Csv => ("text/csv; charset=utf-8; header=present", "csv"),
        Format::JsonLines => ("application/jsonl; charset=utf-8", "jsonl"),
    };
    // A slug and digits: nothing that a header would have to quote.
    let day = ctx.now().to_rfc3339_seconds();
    let day = day.split('T').next().unwrap_or_default();
    let name = format!("attachment; filename=\"activity-{}-{day}.{ending}\"", here.workspace().slug);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&name).map_err(|error| Error::Internal(error.to_string()))?,
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, Body::from_stream(pieces(ctx, export, format))).into_response())
}

/// The file, some thousand events at a time.
fn pieces(ctx: Ctx, export: Export, format: Format) -> impl futures::Stream<Item = io::Result<Bytes>> {
    let head = match format {
        Format::Csv => Some(written(csv::Writer::from_writer(Vec::new()), |file| file.write_record(COLUMNS))),
        Format::JsonLines => None,
    };
    let rest = stream::try_unfold((ctx, export), move |(ctx, mut export)| async move {
        let events = export.next(&ctx).await.map_err(|error| {
            tracing::warn!(cause = chain(&error), "an export broke");
            // Cut short, so that nobody takes it for the whole.
            io::Error::other("the store failed")
        })?;
        let Some(events) = events else { return Ok(None) };
        let piece = match format {
            Format::Csv => written(csv::Writer::from_writer(Vec::new()), |file| {
                events.iter().try_for_each(|event| file.write_record(record(event)))
            })?,
            Format::JsonLines => lines(&events)?,
        };
        Ok(Some((piece, (ctx, export))))
    });
    futures::StreamExt::chain(stream::iter(head), rest)
}

fn written(
    mut file: csv::Writer<Vec<u8>>,
    write: impl FnOnce(&mut csv::Writer<Vec<u8>>) -> csv::Result<()>,
) -> io::Result<Bytes> {
    write(&mut file)?;
    file.into_inner().map(Bytes::from).map_err(|error| io::Error::other(error.to_string()))
}

fn lines(events: &[Event]) -> io::Result<Bytes> {
    let mut out = Vec::new();
    for event in events {
        serde_json::to_writer(&mut out, event)?;
        out.push(b'\n');
    }
    Ok(out.into())
}

fn record(event: &Event) -> [String; 24] {
    let text = |text: &str| harmless(text);
    let maybe = |text: &Option<String>| text.as_deref().map(harmless).unwrap_or_default();
    let id = |id: Option<&dyn std::fmt::Display>| id.map(ToString::to_string).unwrap_or_default();
    [
        event.id.to_string(),
        event.at.to_string(),
        event.actor_type.to_string(),
        text(&event.actor_id),
        text(&event.actor_name),
        event.category.to_string(),
        text(&event.action),
        event.outcome.to_string(),
        text(&event.target_type),
        text(&event.target_id),
        text(&event.target_name),
        id(event.repository_id.as_ref().map(|id| id as _)),
        maybe(&event.repository),
        event.kind.map(|kind| kind.as_str().to_owned()).unwrap_or_default(),
        maybe(&event.workflow),
        maybe(&event.branch),
        maybe(&event.environment),
        maybe(&event.event),
        event.details.run.as_ref().map(|run| harmless(&run.run_id)).unwrap_or_default(),
        id(event.permission_id.as_ref().map(|id| id as _)),
        maybe(&event.details.note),
        text(&event.trace_id),
        maybe(&event.address),
        maybe(&event.user_agent),
    ]
}

/// A text that no spreadsheet takes for a formula (OWASP, CSV injection).
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_a_formula() {
        for (text, written) in [
            ("main", "main"),
            ("=HYPERLINK(\"https://evil.example\")", "'=HYPERLINK(\"https://evil.example\")"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-1+1", "'-1+1"),
            ("\t=1", "'\t=1"),
            ("", ""),
        ] {
            assert_eq!(harmless(text), written);
        }
    }
}
