DROP INDEX mails_due_kind;
ALTER TABLE credentials DROP COLUMN old_made_by;
