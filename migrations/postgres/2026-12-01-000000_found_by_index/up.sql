-- By kind first: with the state first SQLite took this one for what one thing's mails are found by.
DROP INDEX mails_due_kind;
CREATE INDEX mails_due_kind ON mails ("kind", state, due_at, id);

-- An address's invitations of a workspace, of whatever state.
CREATE INDEX invitations_address ON invitations (workspace_id, email_folded);
