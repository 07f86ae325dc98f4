CREATE TABLE affected_uploads (
    id TEXT NOT NULL PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    repository_id TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    digest TEXT NOT NULL,
    head_sha TEXT NOT NULL,
    base_sha TEXT NOT NULL,
    branch TEXT,
    "event" TEXT,
    actor_type TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    workflow TEXT,
    run_url TEXT,
    changed INTEGER NOT NULL,
    downstream INTEGER NOT NULL,
    edges INTEGER NOT NULL,
    cycles INTEGER NOT NULL,
    layers INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    haystack TEXT NOT NULL
) STRICT;
-- The same body of the same run is the same upload.
CREATE UNIQUE INDEX affected_uploads_once ON affected_uploads (repository_id, digest, actor_id);
CREATE INDEX affected_uploads_workspace ON affected_uploads (workspace_id, id);
CREATE INDEX affected_uploads_repository ON affected_uploads (repository_id, id);
CREATE INDEX affected_uploads_branch ON affected_uploads (repository_id, branch, id);
CREATE INDEX affected_uploads_age ON affected_uploads (created_at);

CREATE TABLE affected_graphs (
    upload_id TEXT NOT NULL PRIMARY KEY REFERENCES affected_uploads (id) ON DELETE CASCADE,
    content TEXT NOT NULL
) STRICT;

-- What is asked of uploads whose pieces are missing, without reading the pieces.
CREATE INDEX upload_chunks_batches ON upload_chunks (repository_id, "kind", batch_id, total, created_at);
