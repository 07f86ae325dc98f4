-- When a status or a piece of the log came last; none for what was recorded by an older version.
ALTER TABLE deployments ADD COLUMN heard_at INTEGER;
