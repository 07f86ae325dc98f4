-- The log at size. Its sequence numbers follow the order in which transactions were committed and are given after that;
-- whatever narrows a page is one word, so that any choice of categories, actors and outcomes is read from one index.
ALTER TABLE events ADD COLUMN seq bigint;
ALTER TABLE events ADD COLUMN facets text COLLATE "C" NOT NULL DEFAULT '';
UPDATE events SET facets = category || '.' || actor_type || '.' || outcome;
ALTER TABLE events ALTER COLUMN facets DROP DEFAULT;
DROP INDEX events_workspace;
DROP INDEX events_outcome;
DROP INDEX events_category;
DROP INDEX events_repository;
DROP INDEX events_trace;
CREATE UNIQUE INDEX events_workspace ON events (workspace_id, id);
CREATE INDEX events_facets ON events (workspace_id, facets, id);
CREATE INDEX events_repository ON events (repository_id, facets, id);
CREATE INDEX events_trace ON events (trace_id) WHERE outcome = 'denied';
CREATE UNIQUE INDEX events_seq ON events (seq) WHERE seq IS NOT NULL;
CREATE INDEX events_open ON events (id) WHERE seq IS NULL;

-- How far what is made from the log has come.
CREATE TABLE log_marks (
    "name" text NOT NULL PRIMARY KEY,
    seq bigint NOT NULL
);

-- Events an hour, for the strip over the log.
CREATE TABLE event_counts (
    workspace_id text COLLATE "C" NOT NULL,
    "hour" timestamptz NOT NULL,
    facets text COLLATE "C" NOT NULL,
    "count" bigint NOT NULL,
    PRIMARY KEY (workspace_id, "hour", facets)
);

CREATE TABLE permission_matches (
    permission_id text COLLATE "C" NOT NULL PRIMARY KEY,
    "count" bigint NOT NULL,
    last_at timestamptz NOT NULL
);

-- The words of the log by the sequence numbers of events; what is split into words is done before.
CREATE TABLE event_words (
    seq bigint NOT NULL PRIMARY KEY,
    words text[] NOT NULL
);
CREATE INDEX event_words_words ON event_words USING gin (words) WITH (fastupdate = off);

-- Sessions are swept by their ids, which begin with the time that they were made.
DROP INDEX ci_sessions_expiry;
