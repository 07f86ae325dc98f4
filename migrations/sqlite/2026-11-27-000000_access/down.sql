DROP TABLE access_requests;
DROP TABLE grants;
DROP TABLE invitation_groups;
DROP TABLE group_members;
DROP TABLE "groups";
ALTER TABLE members DROP COLUMN lent_until;
ALTER TABLE members DROP COLUMN lent_role;
ALTER TABLE workspaces DROP COLUMN members_see_all;
