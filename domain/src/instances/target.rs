//! Which instance is meant: clients send only what stands behind a component's last slash (rules §7).

use stackyard_db::Conn;
use stackyard_model::Refusal;
use stackyard_model::id::RepositoryId;
use stackyard_model::quote::code;

use super::queries::{self, InstanceRow};
use crate::{Error, Refused};

/// The instance of that very name, else the one of the stack whose name ends so. The inner error is a refusal.
pub(crate) async fn find(
    conn: &mut Conn,
    repository: &RepositoryId,
    stack: &str,
    component: &str,
) -> Result<Result<InstanceRow, Error>, Error> {
    let gone = match queries::named(conn, repository, stack, component).await? {
        Some(row) if row.absent_since.is_none() => return Ok(Ok(row)),
        gone => gone,
    };
    let ending = format!("/{component}");
    let of_stack = queries::of_stack(conn, repository, stack).await?;
    let mut alike: Vec<_> = of_stack.into_iter().filter(|row| row.component.ends_with(&ending)).collect();
    // What the inventory does not have any more is meant only when nothing else can be.
    if gone.is_some() || alike.iter().any(|row| row.absent_since.is_none()) {
        alike.retain(|row| row.absent_since.is_none());
    }
    if alike.is_empty()
        && let Some(gone) = gone
    {
        return Ok(Ok(gone));
    }
    if alike.len() > 1 {
        return Ok(Err(ambiguous(stack, component, &alike)));
    }
    Ok(alike.pop().ok_or_else(|| not_there(stack, component)))
}

fn ambiguous(stack: &str, component: &str, alike: &[InstanceRow]) -> Error {
    let names: Vec<_> = alike.iter().take(20).map(|row| format!("- {}", code(&row.component))).collect();
    let message = format!(
        "Several instances of {} are called {}:\n\n{}\n\n",
        code(stack),
        code(component),
        names.join("\n")
    );
    Error::conflict("AmbiguousInstance", message)
}

fn not_there(stack: &str, component: &str) -> Error {
    let message = format!(
        "There is no instance {} in the stack {}. Upload the inventory first: `atmos list instances --upload`.",
        code(component),
        code(stack)
    );
    Error::Refused(Refused::new(Refusal::NotFound, "InstanceNotFound", message))
}
