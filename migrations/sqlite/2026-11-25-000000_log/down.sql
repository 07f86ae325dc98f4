CREATE INDEX ci_sessions_expiry ON ci_sessions (expires_at);
DROP TABLE event_words;
DROP TABLE permission_matches;
DROP TABLE event_counts;
DROP TABLE log_marks;
CREATE TABLE events_by_id (
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
INSERT INTO events_by_id
SELECT
    id, workspace_id, "at", actor_type, actor_id, actor_name, category, "action", outcome, target_type, target_id,
    target_name, repository_id, repository, "kind", workflow, branch, environment, "event", address, user_agent,
    trace_id, permission_id, permission_version, trace_digest, details, haystack
FROM events;
DROP TABLE events;
ALTER TABLE events_by_id RENAME TO events;
CREATE INDEX events_workspace ON events (workspace_id, id);
CREATE INDEX events_outcome ON events (workspace_id, outcome, id, actor_type, category);
CREATE INDEX events_category ON events (workspace_id, category, id);
CREATE INDEX events_repository ON events (repository_id, id);
CREATE INDEX events_trace ON events (trace_id);
