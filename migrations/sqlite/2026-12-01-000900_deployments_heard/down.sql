ALTER TABLE deployments DROP COLUMN heard_at;
