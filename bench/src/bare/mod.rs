//! The floors: servers that do one thing and nothing around it, on the same libraries.

mod event;
pub mod exchange;
pub mod page;
pub mod writes;

use std::path::Path;

use anyhow::Result;
use axum::Router;
use axum::serve::ListenerExt as _;
use stackyard_db::{Db, SqliteOptions};
use tokio::net::TcpListener;

async fn open(database: &Path) -> Result<Db> {
    Ok(Db::sqlite(SqliteOptions::new(database)).await?)
}

/// Listens on a free port of this machine, says which, and answers until the process ends.
async fn listen(router: Router) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    let listener = listener.tap_io(|stream| {
        // Without it the measured times would be those of a timer, which is seen at once.
        let _ = stream.set_nodelay(true);
    });
    Ok(axum::serve(listener, router).await?)
}
