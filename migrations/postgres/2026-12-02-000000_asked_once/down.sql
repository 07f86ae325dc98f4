-- The words are made again as they were.
TRUNCATE event_words;
DELETE FROM log_marks WHERE "name" = 'words';
ALTER TABLE deployments DROP COLUMN asked;
