DELETE FROM log_marks WHERE "name" = 'words';
DROP TABLE event_words;
CREATE TABLE event_words (
    seq bigint NOT NULL PRIMARY KEY,
    words text[] NOT NULL
);
CREATE INDEX event_words_words ON event_words USING gin (words) WITH (fastupdate = off);
