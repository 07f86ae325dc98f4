-- Who has read the secret before, as long as it is still taken.
ALTER TABLE credentials ADD COLUMN old_made_by TEXT;

-- The mails that somebody waits for leave before thousands of invitations.
CREATE INDEX mails_due_kind ON mails (state, "kind", due_at, id);
