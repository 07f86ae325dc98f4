-- Access tokens and API keys: what scripts and services come with.
CREATE TABLE credentials (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    kind text COLLATE "C" NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    -- Words with a space between them.
    scopes text NOT NULL,
    secret_hash bytea NOT NULL,
    -- The last four characters of the secret.
    hint text NOT NULL,
    -- The secret before, as long as it is still taken.
    old_secret_hash bytea,
    old_until timestamptz,
    active boolean NOT NULL,
    created_by text NOT NULL,
    -- The person's id, where a person made it.
    made_by text COLLATE "C",
    created_at timestamptz NOT NULL,
    rotated_at timestamptz,
    -- How long a secret lasts; none: for ever.
    days integer,
    expires_at timestamptz,
    -- When it was said that it will expire, and that it has.
    warned_at timestamptz,
    expiry_told_at timestamptz,
    last_used_at timestamptz,
    last_used_from text,
    revoked_at timestamptz
);
CREATE UNIQUE INDEX credentials_secret ON credentials (secret_hash);
CREATE UNIQUE INDEX credentials_old_secret ON credentials (old_secret_hash) WHERE old_secret_hash IS NOT NULL;
CREATE INDEX credentials_workspace ON credentials (workspace_id, kind, id);
CREATE INDEX credentials_expiry ON credentials (expires_at) WHERE expires_at IS NOT NULL AND revoked_at IS NULL;
CREATE INDEX credentials_revoked ON credentials (revoked_at) WHERE revoked_at IS NOT NULL;
