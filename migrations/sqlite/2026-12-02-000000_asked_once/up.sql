-- What was sent with an idempotency key: the same request is the same deployment, and another one is refused.
ALTER TABLE deployments ADD COLUMN asked TEXT;

-- The words of events that not everybody finds stand apart. They are made again from the log, from its beginning, by the
-- sealer.
INSERT INTO event_words (event_words) VALUES ('delete-all');
DELETE FROM log_marks WHERE "name" = 'words';
