-- What people are searched and sorted by; empty until the program, which folds letters its own way, has written it.
ALTER TABLE users ADD COLUMN name_folded text COLLATE "C" NOT NULL DEFAULT '';

-- When somebody was last here, else when they joined: what the team is sorted by.
ALTER TABLE members ADD COLUMN seen_at timestamptz NOT NULL DEFAULT '1970-01-01T00:00:00Z';
UPDATE members SET seen_at = coalesce(last_active_at, joined_at);
CREATE INDEX members_seen ON members (workspace_id, seen_at, id);

-- The person's id, where a person made it.
ALTER TABLE repository_tokens ADD COLUMN made_by text COLLATE "C";

CREATE TABLE invitations (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    email text NOT NULL,
    email_folded text COLLATE "C" NOT NULL,
    role text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL,
    -- How the link travels that counts now, or that will be made when its mail is sent.
    way text COLLATE "C" NOT NULL,
    -- The link that counts now; none before the mail is sent.
    link_hash bytea,
    days integer NOT NULL,
    invited_by text COLLATE "C" NOT NULL,
    invited_by_name text NOT NULL,
    created_at timestamptz NOT NULL,
    sent_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    decided_at timestamptz,
    decided_by text COLLATE "C",
    decided_by_name text
);
-- One that waits for each address.
CREATE UNIQUE INDEX invitations_one_waiting ON invitations (workspace_id, email_folded) WHERE state = 'waiting';
CREATE INDEX invitations_workspace ON invitations (workspace_id, state, id);
CREATE INDEX invitations_email ON invitations (email_folded, state);
CREATE INDEX invitations_inviter ON invitations (workspace_id, invited_by);

-- Every link that was ever made, so that an old one can say what became of it.
CREATE TABLE invitation_links (
    secret_hash bytea NOT NULL PRIMARY KEY,
    invitation_id text COLLATE "C" NOT NULL REFERENCES invitations (id) ON DELETE CASCADE,
    way text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX invitation_links_invitation ON invitation_links (invitation_id);

-- What is to be mailed. What it says is made when it is sent, so that no secret waits here.
CREATE TABLE mails (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    workspace_id text COLLATE "C" REFERENCES workspaces (id) ON DELETE CASCADE,
    kind text COLLATE "C" NOT NULL,
    subject_id text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL,
    attempts integer NOT NULL,
    due_at timestamptz NOT NULL,
    claimed_at timestamptz,
    ended_at timestamptz,
    note text,
    created_at timestamptz NOT NULL
);
CREATE INDEX mails_due ON mails (state, due_at, id);
CREATE INDEX mails_subject ON mails (subject_id, id);
CREATE INDEX mails_workspace ON mails (workspace_id, state);

-- Ownership that its owner offered and nobody took yet.
CREATE TABLE ownership_offers (
    workspace_id text COLLATE "C" NOT NULL PRIMARY KEY REFERENCES workspaces (id) ON DELETE CASCADE,
    from_member text COLLATE "C" NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    to_member text COLLATE "C" NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
