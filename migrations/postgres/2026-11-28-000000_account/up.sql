-- The version of a person's picture; the picture itself stands apart, since every request reads the person.
ALTER TABLE users ADD COLUMN picture_version text;
ALTER TABLE users ADD COLUMN notice_mail text COLLATE "C" NOT NULL DEFAULT 'at_once';
-- Counted here because every request reads the person, and every page shows it.
ALTER TABLE users ADD COLUMN notices_unread integer NOT NULL DEFAULT 0;

CREATE TABLE pictures (
    user_id text COLLATE "C" NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    "version" text NOT NULL,
    "bytes" bytea NOT NULL
);

-- Links that went out by mail to a person's address. One of each purpose counts; a used one is gone.
CREATE TABLE account_links (
    secret_hash bytea NOT NULL PRIMARY KEY,
    user_id text COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    purpose text COLLATE "C" NOT NULL,
    email_folded text COLLATE "C" NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX account_links_one ON account_links (user_id, purpose);
CREATE INDEX account_links_expiry ON account_links (expires_at);

-- Who is told of which event. The event says what happened.
CREATE TABLE notices (
    user_id text COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    event_id text COLLATE "C" NOT NULL,
    workspace_id text COLLATE "C",
    read_at timestamptz,
    -- When it is mailed: `at_once`, `daily` or `never`.
    mail text COLLATE "C" NOT NULL,
    -- The mail that it went into.
    mail_id text COLLATE "C",
    PRIMARY KEY (user_id, event_id)
);
CREATE INDEX notices_unread ON notices (user_id, event_id) WHERE read_at IS NULL;
CREATE INDEX notices_to_mail ON notices (user_id, mail) WHERE mail_id IS NULL;
CREATE INDEX notices_mailed ON notices (mail_id) WHERE mail_id IS NOT NULL;
CREATE INDEX notices_read ON notices (read_at) WHERE read_at IS NOT NULL;
