CREATE TABLE deployments (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    repository_id text COLLATE "C" NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    instance_id text COLLATE "C" NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
    stack text COLLATE "C" NOT NULL,
    component text COLLATE "C" NOT NULL,
    environment text,
    environment_folded text COLLATE "C",
    commit_sha text,
    branch text,
    title text,
    message text,
    status text COLLATE "C" NOT NULL,
    source text NOT NULL,
    exit_code integer,
    -- By what the same request or report is known when it comes again.
    once text COLLATE "C",
    actor_type text NOT NULL,
    actor_id text COLLATE "C" NOT NULL,
    actor_name text NOT NULL,
    workflow text,
    run_url text,
    log_size bigint NOT NULL,
    log_breaks bigint NOT NULL,
    -- Whether the last line has no end yet.
    log_open boolean NOT NULL,
    log_forgotten_at timestamptz,
    created_at timestamptz NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    haystack text NOT NULL
);
CREATE UNIQUE INDEX deployments_once ON deployments (repository_id, once);
CREATE INDEX deployments_workspace ON deployments (workspace_id, id);
CREATE INDEX deployments_status ON deployments (workspace_id, status, id);
CREATE INDEX deployments_repository ON deployments (repository_id, id);
CREATE INDEX deployments_instance ON deployments (instance_id, id);
CREATE INDEX deployments_logs ON deployments (created_at) WHERE log_size > 0 AND log_forgotten_at IS NULL;

-- The log in chunks that follow each other without a gap.
CREATE TABLE deployment_logs (
    deployment_id text COLLATE "C" NOT NULL REFERENCES deployments (id) ON DELETE CASCADE,
    -- Bytes before it.
    start bigint NOT NULL,
    -- Line breaks before it.
    breaks bigint NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (deployment_id, start)
);
CREATE INDEX deployment_logs_lines ON deployment_logs (deployment_id, breaks, start);
