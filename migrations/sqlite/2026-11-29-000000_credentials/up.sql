-- Access tokens and API keys: what scripts and services come with.
CREATE TABLE credentials (
    id TEXT NOT NULL PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    -- Words with a space between them.
    scopes TEXT NOT NULL,
    secret_hash BLOB NOT NULL,
    -- The last four characters of the secret.
    hint TEXT NOT NULL,
    -- The secret before, as long as it is still taken.
    old_secret_hash BLOB,
    old_until INTEGER,
    active INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    -- The person's id, where a person made it.
    made_by TEXT,
    created_at INTEGER NOT NULL,
    rotated_at INTEGER,
    -- How long a secret lasts; none: for ever.
    days INTEGER,
    expires_at INTEGER,
    -- When it was said that it will expire, and that it has.
    warned_at INTEGER,
    expiry_told_at INTEGER,
    last_used_at INTEGER,
    last_used_from TEXT,
    revoked_at INTEGER
) STRICT;
CREATE UNIQUE INDEX credentials_secret ON credentials (secret_hash);
CREATE UNIQUE INDEX credentials_old_secret ON credentials (old_secret_hash) WHERE old_secret_hash IS NOT NULL;
CREATE INDEX credentials_workspace ON credentials (workspace_id, kind, id);
CREATE INDEX credentials_expiry ON credentials (expires_at) WHERE expires_at IS NOT NULL AND revoked_at IS NULL;
CREATE INDEX credentials_revoked ON credentials (revoked_at) WHERE revoked_at IS NOT NULL;
