-- The words are made again as they were.
INSERT INTO event_words (event_words) VALUES ('delete-all');
DELETE FROM log_marks WHERE "name" = 'words';
ALTER TABLE deployments DROP COLUMN asked;
