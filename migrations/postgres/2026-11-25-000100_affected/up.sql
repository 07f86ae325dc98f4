CREATE TABLE affected_uploads (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    repository_id text COLLATE "C" NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    digest text COLLATE "C" NOT NULL,
    head_sha text COLLATE "C" NOT NULL,
    base_sha text COLLATE "C" NOT NULL,
    branch text COLLATE "C",
    "event" text,
    actor_type text NOT NULL,
    actor_id text COLLATE "C" NOT NULL,
    actor_name text NOT NULL,
    workflow text,
    run_url text,
    changed integer NOT NULL,
    downstream integer NOT NULL,
    edges integer NOT NULL,
    cycles integer NOT NULL,
    layers integer NOT NULL,
    created_at timestamptz NOT NULL,
    haystack text NOT NULL
);
-- The same body of the same run is the same upload.
CREATE UNIQUE INDEX affected_uploads_once ON affected_uploads (repository_id, digest, actor_id);
CREATE INDEX affected_uploads_workspace ON affected_uploads (workspace_id, id);
CREATE INDEX affected_uploads_repository ON affected_uploads (repository_id, id);
CREATE INDEX affected_uploads_branch ON affected_uploads (repository_id, branch, id);
CREATE INDEX affected_uploads_age ON affected_uploads (created_at);

CREATE TABLE affected_graphs (
    upload_id text COLLATE "C" NOT NULL PRIMARY KEY REFERENCES affected_uploads (id) ON DELETE CASCADE,
    content text NOT NULL
);

-- What is asked of uploads whose pieces are missing, without reading the pieces.
CREATE INDEX upload_chunks_batches ON upload_chunks (repository_id, "kind", batch_id, total, created_at);
