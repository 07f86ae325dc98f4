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

/// A column of a CSV file: its name, and what it says of an event.
type Column = (&'static str, fn(&Event) -> String);

/// The columns. What people or workflows named is never a formula; the rest are words and ids of our own.
const COLUMNS: [Column; 24] = [
    ("id", |event| event.id.to_string()),
    ("at", |event| event.at.to_string()),
    ("actor_type", |event| event.actor_type.to_string()),
    ("actor_id", |event| harmless(&event.actor_id)),
    ("actor_name", |event| harmless(&event.actor_name)),
    ("category", |event| event.category.to_string()),
    ("action", |event| harmless(&event.action)),
    ("outcome", |event| event.outcome.to_string()),
    ("target_type", |event| harmless(&event.target_type)),
    ("target_id", |event| harmless(&event.target_id)),
    ("target_name", |event| harmless(&event.target_name)),
    ("repository_id", |event| event.repository_id.as_ref().map(ToString::to_string).unwrap_or_default()),
    ("repository", |event| maybe(event.repository.as_deref())),
    ("kind", |event| event.kind.map(|kind| kind.as_str().to_owned()).unwrap_or_default()),
    ("workflow", |event| maybe(event.workflow.as_deref())),
    ("branch", |event| maybe(event.branch.as_deref())),
    ("environment", |event| maybe(event.environment.as_deref())),
    ("event", |event| maybe(event.event.as_deref())),
    ("run", |event| maybe(event.details.run.as_ref().map(|run| run.run_id.as_str()))),
    ("permission_id", |event| event.permission_id.as_ref().map(ToString::to_string).unwrap_or_default()),
    ("note", |event| maybe(event.details.note.as_deref())),
    ("trace_id", |event| harmless(&event.trace_id)),
    ("address", |event| maybe(event.address.as_deref())),
    ("user_agent", |event| maybe(event.user_agent.as_deref())),
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
        Format::Csv => Some(written(csv::Writer::from_writer(Vec::new()), |file| {
            file.write_record(COLUMNS.map(|(name, _)| name))
        })),
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
                events.iter().try_for_each(|event| file.write_record(COLUMNS.map(|(_, of)| of(event))))
            })?,
            Format::JsonLines => lines(&events)?,
        };
        Ok(Some((piece, (ctx, export))))
    });
    futures::StreamExt::chain(stream::iter(head), rest)
}

pub(super) fn written(
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

fn maybe(text: Option<&str>) -> String {
    text.map(harmless).unwrap_or_default()
}

/// A text that no spreadsheet takes for a formula (OWASP, CSV injection), neither whole nor cut where another one than ours
/// separates values, as those do that write fractions with a comma.
pub(super) fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 1);
    let mut begins = true;
    for c in text.chars() {
        if begins && matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r') {
            out.push('\'');
        }
        begins = matches!(c, ';' | '|' | '\t' | '\r' | '\n') || (begins && matches!(c, ' ' | '"'));
        out.push(c);
    }
    out
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
            ("\t=1", "'\t'=1"),
            ("a;=1+1", "a;'=1+1"),
            ("a; \"=1", "a; \"'=1"),
            ("a|@b", "a|'@b"),
            ("a, b-c = d; e-f", "a, b-c = d; e-f"),
            ("", ""),
        ] {
            assert_eq!(harmless(text), written);
        }
    }
}
