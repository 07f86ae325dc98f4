-- What people are searched and sorted by; written anew by the program, which folds more letters than SQLite.
ALTER TABLE users ADD COLUMN name_folded TEXT NOT NULL DEFAULT '';

-- When somebody was last here, else when they joined: what the team is sorted by.
ALTER TABLE members ADD COLUMN seen_at INTEGER NOT NULL DEFAULT 0;
UPDATE members SET seen_at = coalesce(last_active_at, joined_at);
CREATE INDEX members_seen ON members (workspace_id, seen_at, id);

-- The person's id, where a person made it.
ALTER TABLE repository_tokens ADD COLUMN made_by TEXT;

CREATE TABLE invitations (
    id TEXT NOT NULL PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    email TEXT NOT NULL,
    email_folded TEXT NOT NULL,
    "role" TEXT NOT NULL,
    state TEXT NOT NULL,
    -- How the link travels that counts now, or that will be made when its mail is sent.
    way TEXT NOT NULL,
    -- The link that counts now; none before the mail is sent.
    link_hash BLOB,
    days INTEGER NOT NULL,
    invited_by TEXT NOT NULL,
    invited_by_name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    sent_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    decided_at INTEGER,
    decided_by TEXT,
    decided_by_name TEXT
) STRICT;
-- One that waits for each address.
CREATE UNIQUE INDEX invitations_one_waiting ON invitations (workspace_id, email_folded) WHERE state = 'waiting';
CREATE INDEX invitations_workspace ON invitations (workspace_id, state, id);
CREATE INDEX invitations_email ON invitations (email_folded, state);
CREATE INDEX invitations_inviter ON invitations (workspace_id, invited_by);

-- Every link that was ever made, so that an old one can say what became of it.
CREATE TABLE invitation_links (
    secret_hash BLOB NOT NULL PRIMARY KEY,
    invitation_id TEXT NOT NULL REFERENCES invitations (id) ON DELETE CASCADE,
    way TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX invitation_links_invitation ON invitation_links (invitation_id);

-- What is to be mailed. What it says is made when it is sent, so that no secret waits here.
CREATE TABLE mails (
    id TEXT NOT NULL PRIMARY KEY,
    workspace_id TEXT REFERENCES workspaces (id) ON DELETE CASCADE,
    "kind" TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    claimed_at INTEGER,
    ended_at INTEGER,
    note TEXT,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX mails_due ON mails (state, due_at, id);
CREATE INDEX mails_subject ON mails (subject_id, id);
CREATE INDEX mails_workspace ON mails (workspace_id, state);

-- Ownership that its owner offered and nobody took yet.
CREATE TABLE ownership_offers (
    workspace_id TEXT NOT NULL PRIMARY KEY REFERENCES workspaces (id) ON DELETE CASCADE,
    from_member TEXT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    to_member TEXT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
