-- The newest events of a word are one short walk along this key, however frequent or rare the word is. A word is eight bytes
-- of its digest. They are made again from the log, from its beginning, by the sealer.
DROP TABLE event_words;
CREATE TABLE event_words (
    word bigint NOT NULL,
    seq bigint NOT NULL,
    PRIMARY KEY (word, seq)
);
