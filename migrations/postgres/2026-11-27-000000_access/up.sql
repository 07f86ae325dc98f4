-- Whether members and viewers see every repository, or only those granted to them.
ALTER TABLE workspaces ADD COLUMN members_see_all boolean NOT NULL DEFAULT true;

-- A role that an access request gave for a time. It counts until then, and the other one afterwards.
ALTER TABLE members ADD COLUMN lent_role text COLLATE "C";
ALTER TABLE members ADD COLUMN lent_until timestamptz;

CREATE TABLE groups (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    name text NOT NULL,
    name_folded text COLLATE "C" NOT NULL,
    description text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX groups_name ON groups (workspace_id, name_folded);

CREATE TABLE group_members (
    group_id text COLLATE "C" NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    member_id text COLLATE "C" NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    added_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, member_id)
);
CREATE INDEX group_members_member ON group_members (member_id);

-- The groups that somebody lands in who joins by an invitation.
CREATE TABLE invitation_groups (
    invitation_id text COLLATE "C" NOT NULL REFERENCES invitations (id) ON DELETE CASCADE,
    group_id text COLLATE "C" NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    PRIMARY KEY (invitation_id, group_id)
);
CREATE INDEX invitation_groups_group ON invitation_groups (group_id);

-- A role on one thing, to one member or one group.
CREATE TABLE grants (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    resource_type text COLLATE "C" NOT NULL,
    resource_id text COLLATE "C" NOT NULL,
    member_id text COLLATE "C" REFERENCES members (id) ON DELETE CASCADE,
    group_id text COLLATE "C" REFERENCES groups (id) ON DELETE CASCADE,
    role text COLLATE "C" NOT NULL,
    -- None: for good.
    expires_at timestamptz,
    granted_by_name text NOT NULL,
    created_at timestamptz NOT NULL,
    CHECK ((member_id IS NULL) <> (group_id IS NULL))
);
-- One for good to each; those for a time stand beside it.
CREATE UNIQUE INDEX grants_member ON grants (member_id, resource_type, resource_id) WHERE expires_at IS NULL;
CREATE UNIQUE INDEX grants_group ON grants (group_id, resource_type, resource_id) WHERE expires_at IS NULL;
CREATE INDEX grants_to_member ON grants (member_id);
CREATE INDEX grants_to_group ON grants (group_id);
CREATE INDEX grants_resource ON grants (workspace_id, resource_type, resource_id);
CREATE INDEX grants_expiry ON grants (expires_at) WHERE expires_at IS NOT NULL;

-- What a member asks for: a role in the workspace, or one on a thing.
CREATE TABLE access_requests (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    member_id text COLLATE "C" NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    -- What it is about, folded: 'role', or the kind of thing and its name.
    subject text COLLATE "C" NOT NULL,
    -- The workspace role that is asked for; none when it is one on a thing.
    role text COLLATE "C",
    resource_type text COLLATE "C",
    -- As it was typed: whether there is such a thing is not told to who asks, but found out by who decides.
    resource_name text,
    resource_role text COLLATE "C",
    reason text NOT NULL,
    state text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    decided_at timestamptz,
    decided_by_name text,
    note text,
    -- Until when what was approved holds; none: for good.
    expires_at timestamptz,
    -- The grant for a time that was made of it.
    grant_id text COLLATE "C",
    CHECK ((role IS NULL) = (resource_type IS NOT NULL)),
    CHECK ((resource_type IS NULL) = (resource_name IS NULL)),
    CHECK ((resource_type IS NULL) = (resource_role IS NULL))
);
CREATE INDEX access_requests_workspace ON access_requests (workspace_id, state, id);
CREATE INDEX access_requests_member ON access_requests (member_id, id);
CREATE INDEX access_requests_expiry ON access_requests (expires_at) WHERE state = 'approved';
-- One that waits about each thing.
CREATE UNIQUE INDEX access_requests_one_pending ON access_requests (member_id, subject) WHERE state = 'pending';
