-- The log at size. Its key is the order in which transactions were committed; whatever narrows a page is one word, so
-- that any choice of categories, actors and outcomes is read from one index.
CREATE TABLE events_in_order (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
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
    haystack TEXT NOT NULL,
    facets TEXT NOT NULL
) STRICT;
INSERT INTO events_in_order
SELECT
    NULL, id, workspace_id, "at", actor_type, actor_id, actor_name, category, "action", outcome, target_type, target_id,
    target_name, repository_id, repository, "kind", workflow, branch, environment, "event", address, user_agent,
    trace_id, permission_id, permission_version, trace_digest, details, haystack,
    category || '.' || actor_type || '.' || outcome
FROM events ORDER BY id;
DROP TABLE events;
ALTER TABLE events_in_order RENAME TO events;
CREATE UNIQUE INDEX events_workspace ON events (workspace_id, id);
CREATE INDEX events_facets ON events (workspace_id, facets, id);
CREATE INDEX events_repository ON events (repository_id, facets, id);
CREATE INDEX events_trace ON events (trace_id) WHERE outcome = 'denied';

-- How far what is made from the log has come.
CREATE TABLE log_marks (
    "name" TEXT NOT NULL PRIMARY KEY,
    seq INTEGER NOT NULL
) STRICT;

-- Events an hour, for the strip over the log.
CREATE TABLE event_counts (
    workspace_id TEXT NOT NULL,
    "hour" INTEGER NOT NULL,
    facets TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, "hour", facets)
) STRICT, WITHOUT ROWID;

CREATE TABLE permission_matches (
    permission_id TEXT NOT NULL PRIMARY KEY,
    "count" INTEGER NOT NULL,
    last_at INTEGER NOT NULL
) STRICT;

-- The words of the log by the sequence numbers of events; what is split into words is done before.
CREATE VIRTUAL TABLE event_words USING fts5 (
    words, content = '', detail = none, tokenize = "unicode61 remove_diacritics 0 tokenchars '-_./:@+#'"
);

-- Sessions are swept by their ids, which begin with the time that they were made.
DROP INDEX ci_sessions_expiry;
