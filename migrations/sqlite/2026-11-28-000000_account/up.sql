-- The version of a person's picture; the picture itself stands apart, since every request reads the person.
ALTER TABLE users ADD COLUMN picture_version TEXT;
ALTER TABLE users ADD COLUMN notice_mail TEXT NOT NULL DEFAULT 'at_once';
-- Counted here because every request reads the person, and every page shows it.
ALTER TABLE users ADD COLUMN notices_unread INTEGER NOT NULL DEFAULT 0;

CREATE TABLE pictures (
    user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    "version" TEXT NOT NULL,
    "bytes" BLOB NOT NULL
) STRICT;

-- Links that went out by mail to a person's address. One of each purpose counts; a used one is gone.
CREATE TABLE account_links (
    secret_hash BLOB NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    purpose TEXT NOT NULL,
    email_folded TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX account_links_one ON account_links (user_id, purpose);
CREATE INDEX account_links_expiry ON account_links (expires_at);

-- Who is told of which event. The event says what happened.
CREATE TABLE notices (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    event_id TEXT NOT NULL,
    workspace_id TEXT,
    read_at INTEGER,
    -- When it is mailed: `at_once`, `daily` or `never`.
    mail TEXT NOT NULL,
    -- The mail that it went into.
    mail_id TEXT,
    PRIMARY KEY (user_id, event_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX notices_unread ON notices (user_id, event_id) WHERE read_at IS NULL;
CREATE INDEX notices_to_mail ON notices (user_id, mail) WHERE mail_id IS NULL;
CREATE INDEX notices_mailed ON notices (mail_id) WHERE mail_id IS NOT NULL;
CREATE INDEX notices_read ON notices (read_at) WHERE read_at IS NOT NULL;
