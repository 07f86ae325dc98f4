CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    email_folded TEXT NOT NULL UNIQUE,
    email_verified INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    password_hash TEXT,
    time_zone TEXT,
    theme TEXT NOT NULL,
    default_workspace_id TEXT,
    created_at INTEGER NOT NULL,
    disabled_at INTEGER
) STRICT;

CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    secret_hash BLOB NOT NULL UNIQUE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    address TEXT,
    user_agent TEXT
) STRICT;
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE setup_links (
    secret_hash BLOB NOT NULL PRIMARY KEY,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE workspaces (
    id TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    slug TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    logo_version TEXT,
    own_audience_only INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    deleted_at INTEGER
) STRICT;

CREATE TABLE former_slugs (
    slug TEXT NOT NULL PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    "until" INTEGER NOT NULL
) STRICT;

CREATE TABLE logos (
    workspace_id TEXT NOT NULL PRIMARY KEY REFERENCES workspaces (id) ON DELETE CASCADE,
    "version" TEXT NOT NULL,
    content_type TEXT NOT NULL,
    "bytes" BLOB NOT NULL
) STRICT;

CREATE TABLE members (
    id TEXT NOT NULL PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    "role" TEXT NOT NULL,
    status TEXT NOT NULL,
    joined_at INTEGER NOT NULL,
    last_active_at INTEGER
) STRICT;
CREATE UNIQUE INDEX members_once ON members (workspace_id, user_id);
CREATE UNIQUE INDEX members_one_owner ON members (workspace_id) WHERE "role" = 'owner';
CREATE INDEX members_user ON members (user_id);

CREATE TABLE repositories (
    id TEXT NOT NULL PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    "host" TEXT NOT NULL,
    remote_id INTEGER,
    remote_owner_id INTEGER,
    "name" TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    held_name TEXT,
    held_owner_id INTEGER,
    held_since INTEGER,
    last_seen_at INTEGER,
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX repositories_by_id ON repositories (workspace_id, "host", remote_id);
CREATE UNIQUE INDEX repositories_by_name ON repositories (workspace_id, name_folded, "host");
CREATE INDEX repositories_by_owner ON repositories (workspace_id, "host", remote_owner_id);

CREATE TABLE permissions (
    id TEXT NOT NULL PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    repository_id TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    "kind" TEXT NOT NULL,
    workflow TEXT NOT NULL,
    branch TEXT NOT NULL,
    environment TEXT NOT NULL,
    events TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX permissions_repository ON permissions (repository_id, kind);
CREATE INDEX permissions_workspace ON permissions (workspace_id, repository_id);

CREATE TABLE repository_tokens (
    id TEXT NOT NULL PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    repository_id TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    "name" TEXT NOT NULL,
    secret_hash BLOB NOT NULL UNIQUE,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    last_used_at INTEGER,
    revoked_at INTEGER
) STRICT;
CREATE INDEX repository_tokens_workspace ON repository_tokens (workspace_id);

CREATE TABLE ci_sessions (
    id TEXT NOT NULL PRIMARY KEY,
    secret_hash BLOB NOT NULL UNIQUE,
    workspace_id TEXT NOT NULL,
    repository_id TEXT NOT NULL,
    issuer TEXT NOT NULL,
    audience TEXT NOT NULL,
    workflow TEXT NOT NULL,
    branch TEXT NOT NULL,
    branch_source TEXT NOT NULL,
    environment TEXT,
    "event" TEXT NOT NULL,
    run TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX ci_sessions_expiry ON ci_sessions (expires_at);

CREATE TABLE used_tokens (
    issuer TEXT NOT NULL,
    jti TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (issuer, jti)
) STRICT, WITHOUT ROWID;
CREATE INDEX used_tokens_expiry ON used_tokens (expires_at);

CREATE TABLE locks (
    id TEXT NOT NULL PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    repository_id TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    "key" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    holder_type TEXT NOT NULL,
    holder_id TEXT NOT NULL,
    holder_name TEXT NOT NULL,
    workflow TEXT,
    run_url TEXT,
    message TEXT NOT NULL,
    fence INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at INTEGER,
    ended_how TEXT,
    ended_by TEXT,
    ended_reason TEXT,
    haystack TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX locks_one_holder ON locks (repository_id, "path") WHERE ended_at IS NULL;
CREATE INDEX locks_workspace ON locks (workspace_id, ended_at);
CREATE INDEX locks_held ON locks (workspace_id, expires_at, id) WHERE ended_at IS NULL;
CREATE INDEX locks_key ON locks (repository_id, "path", fence);

CREATE TABLE lock_fences (
    workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    repository TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "last" INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, repository, "path")
) STRICT;

CREATE TABLE instances (
    id TEXT NOT NULL PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    repository_id TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    stack TEXT NOT NULL,
    component TEXT NOT NULL,
    component_type TEXT NOT NULL,
    pro TEXT,
    described TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    drift_enabled INTEGER NOT NULL,
    status TEXT NOT NULL,
    last_command TEXT,
    last_exit_code INTEGER,
    last_run_at INTEGER,
    planned_at INTEGER,
    applied_at INTEGER,
    run_url TEXT,
    absent_since INTEGER,
    created_at INTEGER NOT NULL,
    haystack TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX instances_once ON instances (repository_id, stack, component);
CREATE INDEX instances_workspace ON instances (workspace_id, stack, component, id);
CREATE INDEX instances_status ON instances (workspace_id, status);

CREATE TABLE upload_chunks (
    repository_id TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    "kind" TEXT NOT NULL,
    batch_id TEXT NOT NULL,
    "index" INTEGER NOT NULL,
    total INTEGER NOT NULL,
    digest TEXT NOT NULL,
    size INTEGER NOT NULL,
    content TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (repository_id, "kind", batch_id, "index")
) STRICT;
CREATE INDEX upload_chunks_age ON upload_chunks (created_at);

CREATE TABLE events (
    id TEXT NOT NULL PRIMARY KEY,
    workspace_id TEXT,
    "at" INTEGER NOT NULL,
    actor_type TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    category TEXT NOT NULL,
    "action" TEXT NOT NULL,
    outcome TEXT NOT NULL,
    target_type TEXT NOT NULL,
    target_id TEXT NOT NULL,
    target_name TEXT NOT NULL,
    repository_id TEXT,
    repository TEXT,
    "kind" TEXT,
    workflow TEXT,
    branch TEXT,
    environment TEXT,
    "event" TEXT,
    address TEXT,
    user_agent TEXT,
    trace_id TEXT NOT NULL,
    permission_id TEXT,
    permission_version INTEGER,
    trace_digest TEXT,
    details TEXT NOT NULL,
    haystack TEXT NOT NULL
) STRICT;
CREATE INDEX events_workspace ON events (workspace_id, id);
-- The last two make counting need nothing but the index.
CREATE INDEX events_outcome ON events (workspace_id, outcome, id, actor_type, category);
CREATE INDEX events_category ON events (workspace_id, category, id);
CREATE INDEX events_repository ON events (repository_id, id);
CREATE INDEX events_trace ON events (trace_id);

CREATE TABLE traces (
    workspace_id TEXT NOT NULL,
    digest TEXT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (workspace_id, digest)
) STRICT;

CREATE TABLE denials (
    workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    fingerprint TEXT NOT NULL,
    event_id TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, fingerprint)
) STRICT;
CREATE INDEX denials_first ON denials (first_at);

CREATE TABLE flashes (
    secret_hash BLOB NOT NULL PRIMARY KEY,
    session_id TEXT NOT NULL,
    content BLOB NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX flashes_expiry ON flashes (expires_at);

CREATE TABLE throttles (
    "key" TEXT NOT NULL PRIMARY KEY,
    "count" INTEGER NOT NULL,
    since INTEGER NOT NULL
) STRICT;

CREATE TABLE server_keys (
    "name" TEXT NOT NULL PRIMARY KEY,
    "key" BLOB NOT NULL
) STRICT;

CREATE TABLE leases (
    "name" TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    "until" INTEGER NOT NULL
) STRICT;
