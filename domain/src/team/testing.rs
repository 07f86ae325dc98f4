//! Teams for tests and measurements.

use stackyard_model::Role;
use stackyard_model::id::UserId;

use crate::accounts::{NewAccount, check_account, insert_user};
use crate::workspaces::{NewMember, insert_member};
use crate::{Ctx, Error, Here};

/// Most people of one transaction.
const SOME: usize = 250;

/// Makes `count` people, `Person 0` and so on, members of a workspace. Nobody can sign in as them.
///
/// # Errors
/// When the store fails.
pub async fn fill(ctx: &Ctx, here: &Here, count: usize) -> Result<(), Error> {
    let numbers: Vec<_> = (0..count).collect();
    for some in numbers.chunks(SOME) {
        let args = (ctx.clone(), here.clone(), some.to_vec());
        let written = ctx.deps().db.write(args, |conn, (ctx, here, some)| {
            Box::pin(async move {
                for number in some {
                    let new = NewAccount {
                        name: format!("Person {number}"),
                        email: format!("person-{number}@{}.example", here.id()),
                        password: "nobody knows this".to_owned(),
                    };
                    let user = check_account(&new)?.into_row(ctx, String::new());
                    let id: UserId = user.id.clone();
                    insert_user(conn, &user).await?;
                    insert_member(conn, &NewMember::joining(ctx, here.id(), &id, Role::Member)).await?;
                }
                Ok::<_, Error>(())
            })
        });
        written.await?;
    }
    Ok(())
}
