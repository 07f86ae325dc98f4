//! Backups of PostgreSQL, which its own program makes best: consistent, in parallel with all that goes on.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use percent_encoding::percent_decode_str;

use super::{BackupError, file_error, folder, name_it, temporary};

/// What pg_dump's own format begins with.
pub(super) const MARK: &[u8; 5] = b"PGDMP";

/// Runs `pg_dump` into the new file `target`, readable for its owner alone, and flushes it. Gives its length in bytes.
///
/// # Errors
/// One of [`BackupError`]; there is then no file of that name.
pub fn dump(url: &str, target: &Path) -> Result<u64, BackupError> {
    if target.symlink_metadata().is_ok() {
        return Err(BackupError::Exists(target.to_owned()));
    }
    let copy = temporary(folder(target))?;
    let (url, password) = without_password(url);
    let mut command = Command::new("pg_dump");
    command.args(["--format=custom", "--no-password", "--file"]).arg(copy.path()).arg("--dbname").arg(url);
    if let Some(password) = password {
        // What is in a program's arguments everybody on the machine can read.
        command.env("PGPASSWORD", password);
    }
    let done = command.stdin(Stdio::null()).output().map_err(|error| {
        BackupError::Dump(match error.kind() {
            io::ErrorKind::NotFound => {
                "pg_dump is not there: install PostgreSQL's programs, of the server's version or newer"
                    .to_owned()
            }
            _ => format!("pg_dump cannot be run: {error}"),
        })
    })?;
    if !done.status.success() {
        let said = String::from_utf8_lossy(&done.stderr);
        let said: Vec<_> = said.split_whitespace().collect();
        return Err(BackupError::Dump(said.join(" ").trim_end_matches('.').to_owned()));
    }
    copy.as_file().sync_all().map_err(file_error(target))?;
    let length = copy.as_file().metadata().map_err(file_error(target))?.len();
    name_it(copy, target, BackupError::Exists(target.to_owned()))?;
    Ok(length)
}

/// An address without its password, and that.
fn without_password(url: &str) -> (String, Option<String>) {
    let parted = || {
        let (scheme, rest) = url.split_once("://")?;
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(end)?;
        let (who, hosts) = authority.rsplit_once('@')?;
        let (user, password) = who.split_once(':')?;
        let password = percent_decode_str(password).decode_utf8().ok()?.into_owned();
        Some((format!("{scheme}://{user}@{hosts}{path}"), Some(password)))
    };
    parted().unwrap_or_else(|| (url.to_owned(), None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_taken_out_of_an_address() {
        for (url, without, password) in [
            (
                "postgres://me:p%40ss@db:5432/x?sslmode=require",
                "postgres://me@db:5432/x?sslmode=require",
                Some("p@ss"),
            ),
            ("postgres://me:a@one,two:5433/x", "postgres://me@one,two:5433/x", Some("a")),
            ("postgres://me@db/x", "postgres://me@db/x", None),
            ("postgres://db/x?user=a:b@c", "postgres://db/x?user=a:b@c", None),
            ("postgres:///x", "postgres:///x", None),
        ] {
            let (found, secret) = without_password(url);
            assert_eq!((found.as_str(), secret.as_deref()), (without, password), "{url}");
        }
    }
}
