//! What an older version left in the store that is written otherwise by now.

use stackyard_db::Conn;
use stackyard_model::text::{fold, fold_address};

use super::queries;
use crate::{Ctx, Error, invitations};

/// Folds the names, and composes the addresses, that an older version left as they were; as the operator when the server
/// starts.
///
/// # Errors
/// When the store fails.
pub async fn prepare(ctx: &Ctx) -> Result<(), Error> {
    ctx.operator_only()?;
    ctx.deps()
        .db
        .write((), |conn, ()| {
            Box::pin(async move {
                for (id, name) in queries::unfolded(conn).await? {
                    queries::set_folded(conn, &id, &fold(&name)).await?;
                }
                compose(conn).await?;
                invitations::compose(conn).await
            })
        })
        .await
}

/// Addresses were compared letter by letter once, `ë` in one character or in two.
async fn compose(conn: &mut Conn) -> Result<(), Error> {
    for (id, email, before) in queries::with_foreign_letters(conn).await? {
        let folded = fold_address(&email);
        if folded == before {
            continue;
        }
        if queries::has_address(conn, &folded).await? {
            tracing::warn!(
                %id,
                "another account has the same address, composed: this one cannot sign in any more. Let the other in where it was \
                 (`stackyard admin add-member`) and disable it by its id (`stackyard admin disable-user --email {id}`)"
            );
            continue;
        }
        queries::set_address_folded(conn, &id, &folded).await?;
    }
    Ok(())
}
