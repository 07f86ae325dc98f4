DROP INDEX invitations_address;
DROP INDEX mails_due_kind;
CREATE INDEX mails_due_kind ON mails (state, "kind", due_at, id);
