CREATE TABLE deployments (
    id TEXT NOT NULL PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    repository_id TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    instance_id TEXT NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
    stack TEXT NOT NULL,
    component TEXT NOT NULL,
    environment TEXT,
    environment_folded TEXT,
    commit_sha TEXT,
    branch TEXT,
    title TEXT,
    message TEXT,
    status TEXT NOT NULL,
    source TEXT NOT NULL,
    exit_code INTEGER,
    -- By what the same request or report is known when it comes again.
    once TEXT,
    actor_type TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    workflow TEXT,
    run_url TEXT,
    log_size INTEGER NOT NULL,
    log_breaks INTEGER NOT NULL,
    -- Whether the last line has no end yet.
    log_open INTEGER NOT NULL,
    log_forgotten_at INTEGER,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER,
    haystack TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX deployments_once ON deployments (repository_id, once);
CREATE INDEX deployments_workspace ON deployments (workspace_id, id);
CREATE INDEX deployments_status ON deployments (workspace_id, status, id);
CREATE INDEX deployments_repository ON deployments (repository_id, id);
CREATE INDEX deployments_instance ON deployments (instance_id, id);
CREATE INDEX deployments_logs ON deployments (created_at) WHERE log_size > 0 AND log_forgotten_at IS NULL;

-- The log in chunks that follow each other without a gap.
CREATE TABLE deployment_logs (
    deployment_id TEXT NOT NULL REFERENCES deployments (id) ON DELETE CASCADE,
    -- Bytes before it.
    start INTEGER NOT NULL,
    -- Line breaks before it.
    breaks INTEGER NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (deployment_id, start)
) STRICT;
CREATE INDEX deployment_logs_lines ON deployment_logs (deployment_id, breaks, start);
