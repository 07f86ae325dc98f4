CREATE TABLE users (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    email text NOT NULL,
    email_folded text COLLATE "C" NOT NULL UNIQUE,
    email_verified boolean NOT NULL,
    "name" text NOT NULL,
    password_hash text,
    time_zone text,
    theme text NOT NULL,
    default_workspace_id text COLLATE "C",
    created_at timestamptz NOT NULL,
    disabled_at timestamptz
);

CREATE TABLE sessions (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    secret_hash bytea NOT NULL UNIQUE,
    user_id text COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    address text,
    user_agent text
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE setup_links (
    secret_hash bytea NOT NULL PRIMARY KEY,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE TABLE workspaces (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    "name" text NOT NULL,
    slug text COLLATE "C" NOT NULL UNIQUE,
    description text NOT NULL,
    logo_version text,
    own_audience_only boolean NOT NULL,
    created_at timestamptz NOT NULL,
    deleted_at timestamptz
);

CREATE TABLE former_slugs (
    slug text COLLATE "C" NOT NULL PRIMARY KEY,
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    "until" timestamptz NOT NULL
);

CREATE TABLE logos (
    workspace_id text COLLATE "C" NOT NULL PRIMARY KEY REFERENCES workspaces (id) ON DELETE CASCADE,
    "version" text NOT NULL,
    content_type text NOT NULL,
    "bytes" bytea NOT NULL
);

CREATE TABLE members (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    user_id text COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    "role" text NOT NULL,
    status text NOT NULL,
    joined_at timestamptz NOT NULL,
    last_active_at timestamptz
);
CREATE UNIQUE INDEX members_once ON members (workspace_id, user_id);
CREATE UNIQUE INDEX members_one_owner ON members (workspace_id) WHERE "role" = 'owner';
CREATE INDEX members_user ON members (user_id);

CREATE TABLE repositories (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    "host" text COLLATE "C" NOT NULL,
    remote_id bigint,
    remote_owner_id bigint,
    "name" text NOT NULL,
    name_folded text COLLATE "C" NOT NULL,
    held_name text,
    held_owner_id bigint,
    held_since timestamptz,
    last_seen_at timestamptz,
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX repositories_by_id ON repositories (workspace_id, "host", remote_id);
CREATE UNIQUE INDEX repositories_by_name ON repositories (workspace_id, name_folded, "host");
CREATE INDEX repositories_by_owner ON repositories (workspace_id, "host", remote_owner_id);

CREATE TABLE permissions (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    workspace_id text COLLATE "C" NOT NULL,
    repository_id text COLLATE "C" NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    "kind" text NOT NULL,
    workflow text NOT NULL,
    branch text NOT NULL,
    environment text NOT NULL,
    events text NOT NULL,
    "version" integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX permissions_repository ON permissions (repository_id, kind);
CREATE INDEX permissions_workspace ON permissions (workspace_id, repository_id);

CREATE TABLE repository_tokens (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    repository_id text COLLATE "C" NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    "name" text NOT NULL,
    secret_hash bytea NOT NULL UNIQUE,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz
);
CREATE INDEX repository_tokens_workspace ON repository_tokens (workspace_id);

CREATE TABLE ci_sessions (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    secret_hash bytea NOT NULL UNIQUE,
    workspace_id text COLLATE "C" NOT NULL,
    repository_id text COLLATE "C" NOT NULL,
    issuer text NOT NULL,
    audience text NOT NULL,
    workflow text NOT NULL,
    branch text NOT NULL,
    branch_source text NOT NULL,
    environment text,
    "event" text NOT NULL,
    run text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX ci_sessions_expiry ON ci_sessions (expires_at);

CREATE TABLE used_tokens (
    issuer text COLLATE "C" NOT NULL,
    jti text COLLATE "C" NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (issuer, jti)
);
CREATE INDEX used_tokens_expiry ON used_tokens (expires_at);

CREATE TABLE locks (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    repository_id text COLLATE "C" NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    "key" text NOT NULL,
    "path" text COLLATE "C" NOT NULL,
    holder_type text NOT NULL,
    holder_id text COLLATE "C" NOT NULL,
    holder_name text NOT NULL,
    workflow text,
    run_url text,
    message text NOT NULL,
    fence bigint NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_how text,
    ended_by text,
    ended_reason text,
    haystack text NOT NULL
);
CREATE UNIQUE INDEX locks_one_holder ON locks (repository_id, "path") WHERE ended_at IS NULL;
CREATE INDEX locks_workspace ON locks (workspace_id, ended_at);
CREATE INDEX locks_held ON locks (workspace_id, expires_at, id) WHERE ended_at IS NULL;
CREATE INDEX locks_key ON locks (repository_id, "path", fence);

CREATE TABLE lock_fences (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    repository text COLLATE "C" NOT NULL,
    "path" text COLLATE "C" NOT NULL,
    "last" bigint NOT NULL,
    PRIMARY KEY (workspace_id, repository, "path")
);

CREATE TABLE instances (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    repository_id text COLLATE "C" NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    stack text COLLATE "C" NOT NULL,
    component text COLLATE "C" NOT NULL,
    component_type text NOT NULL,
    pro text,
    described text COLLATE "C" NOT NULL,
    enabled boolean NOT NULL,
    drift_enabled boolean NOT NULL,
    status text COLLATE "C" NOT NULL,
    last_command text,
    last_exit_code integer,
    last_run_at timestamptz,
    planned_at timestamptz,
    applied_at timestamptz,
    run_url text,
    absent_since timestamptz,
    created_at timestamptz NOT NULL,
    haystack text NOT NULL
);
CREATE UNIQUE INDEX instances_once ON instances (repository_id, stack, component);
CREATE INDEX instances_workspace ON instances (workspace_id, stack, component, id);
CREATE INDEX instances_status ON instances (workspace_id, status);

CREATE TABLE upload_chunks (
    repository_id text COLLATE "C" NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    "kind" text COLLATE "C" NOT NULL,
    batch_id text COLLATE "C" NOT NULL,
    "index" integer NOT NULL,
    total integer NOT NULL,
    digest text COLLATE "C" NOT NULL,
    size bigint NOT NULL,
    content text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (repository_id, "kind", batch_id, "index")
);
CREATE INDEX upload_chunks_age ON upload_chunks (created_at);

CREATE TABLE events (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    workspace_id text COLLATE "C",
    "at" timestamptz NOT NULL,
    actor_type text NOT NULL,
    actor_id text COLLATE "C" NOT NULL,
    actor_name text NOT NULL,
    category text NOT NULL,
    "action" text NOT NULL,
    outcome text NOT NULL,
    target_type text NOT NULL,
    target_id text COLLATE "C" NOT NULL,
    target_name text NOT NULL,
    repository_id text COLLATE "C",
    repository text,
    "kind" text,
    workflow text,
    branch text,
    environment text,
    "event" text,
    address text,
    user_agent text,
    trace_id text COLLATE "C" NOT NULL,
    permission_id text COLLATE "C",
    permission_version integer,
    trace_digest text COLLATE "C",
    details text NOT NULL,
    haystack text NOT NULL
);
CREATE INDEX events_workspace ON events (workspace_id, id);
-- The last two make counting need nothing but the index.
CREATE INDEX events_outcome ON events (workspace_id, outcome, id, actor_type, category);
CREATE INDEX events_category ON events (workspace_id, category, id);
CREATE INDEX events_repository ON events (repository_id, id);
CREATE INDEX events_trace ON events (trace_id);

CREATE TABLE traces (
    workspace_id text COLLATE "C" NOT NULL,
    digest text COLLATE "C" NOT NULL,
    content text NOT NULL,
    PRIMARY KEY (workspace_id, digest)
);

CREATE TABLE denials (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    fingerprint text COLLATE "C" NOT NULL,
    event_id text COLLATE "C" NOT NULL,
    "count" bigint NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, fingerprint)
);
CREATE INDEX denials_first ON denials (first_at);

CREATE TABLE flashes (
    secret_hash bytea NOT NULL PRIMARY KEY,
    session_id text COLLATE "C" NOT NULL,
    content bytea NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX flashes_expiry ON flashes (expires_at);

CREATE TABLE throttles (
    "key" text COLLATE "C" NOT NULL PRIMARY KEY,
    "count" integer NOT NULL,
    since timestamptz NOT NULL
);

CREATE TABLE server_keys (
    "name" text COLLATE "C" NOT NULL PRIMARY KEY,
    "key" bytea NOT NULL
);

CREATE TABLE leases (
    "name" text COLLATE "C" NOT NULL PRIMARY KEY,
    holder text NOT NULL,
    "until" timestamptz NOT NULL
);
