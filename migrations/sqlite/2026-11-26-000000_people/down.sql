DROP TABLE ownership_offers;
DROP TABLE mails;
DROP TABLE invitation_links;
DROP TABLE invitations;
ALTER TABLE repository_tokens DROP COLUMN made_by;
DROP INDEX members_seen;
ALTER TABLE members DROP COLUMN seen_at;
ALTER TABLE users DROP COLUMN name_folded;
