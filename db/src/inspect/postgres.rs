//! Looking at PostgreSQL.

use diesel::sql_types::{BigInt, Text};
use diesel::{NullableExpressionMethods as _, QueryDsl as _, QueryableByName};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl as _};
use stackyard_model::Ts;

use super::{__diesel_schema_migrations, Migrations};
use crate::functions::StoreClock;
use crate::{DbError, migrate};

/// What a PostgreSQL server says of itself and of the database.
#[derive(Debug, Clone)]
pub struct PostgresFacts {
    /// The server's version.
    pub version: String,
    /// The database's migrations.
    pub migrations: Migrations,
    /// `on` or better, or what is acknowledged may be lost.
    pub synchronous_commit: String,
    /// Whether it flushes at all.
    pub fsync: String,
    /// Connections that it takes from everybody together.
    pub max_connections: u32,
    /// Its clock.
    pub clock: Ts,
}

/// Looks at a PostgreSQL database.
///
/// # Errors
/// When the server does not answer.
pub async fn postgres(url: &str) -> Result<PostgresFacts, DbError> {
    let mut conn =
        AsyncPgConnection::establish(url).await.map_err(|error| DbError::Connect(error.to_string()))?;
    let show = "SELECT current_setting('server_version') AS version, \
                current_setting('synchronous_commit') AS synchronous_commit, current_setting('fsync') AS fsync, \
                current_setting('max_connections')::bigint AS max_connections, \
                CASE WHEN to_regclass('__diesel_schema_migrations') IS NULL THEN 0 ELSE 1 END::bigint AS migrated";
    // Settings are reached by functions that the DSL does not have.
    let settings: PostgresSettings = diesel::sql_query(show).get_result(&mut conn).await?;
    let applied = if settings.migrated == 0 {
        Vec::new()
    } else {
        __diesel_schema_migrations::table.select(__diesel_schema_migrations::version).load(&mut conn).await?
    };
    let clock = diesel::select(StoreClock.assume_not_null()).get_result(&mut conn).await?;
    Ok(PostgresFacts {
        version: settings.version,
        migrations: Migrations::compare::<diesel::pg::Pg>(applied, migrate::POSTGRES)?,
        synchronous_commit: settings.synchronous_commit,
        fsync: settings.fsync,
        max_connections: u32::try_from(settings.max_connections).unwrap_or(u32::MAX),
        clock,
    })
}

#[derive(QueryableByName)]
struct PostgresSettings {
    #[diesel(sql_type = Text)]
    version: String,
    #[diesel(sql_type = Text)]
    synchronous_commit: String,
    #[diesel(sql_type = Text)]
    fsync: String,
    #[diesel(sql_type = BigInt)]
    max_connections: i64,
    #[diesel(sql_type = BigInt)]
    migrated: i64,
}
