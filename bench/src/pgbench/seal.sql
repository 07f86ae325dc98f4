-- What an event writes besides, a batch at a time as the server does it: its number, and the words it is found by, each as
-- it stands and by its parts. One client at a time. No colon stands before what pgbench would take for a name.
BEGIN;
SELECT pg_try_advisory_xact_lock(7)::int AS mine \gset
\if :mine
WITH open AS (
    SELECT id, row_number() OVER (ORDER BY id) + (SELECT coalesce(max(seq), 0) FROM events WHERE seq IS NOT NULL) AS number
    FROM (SELECT id FROM events WHERE seq IS NULL ORDER BY id LIMIT 1000) AS next
),
sealed AS (
    UPDATE events SET seq = open.number FROM open WHERE events.id = open.id RETURNING events.seq, workspace_id, haystack
)
INSERT INTO event_words (word, seq)
SELECT DISTINCT hashtextextended(workspace_id || ':' || word, 0), seq
FROM sealed, LATERAL (
    SELECT string_to_table(haystack, ' ') AS word UNION ALL SELECT regexp_split_to_table(haystack, '[ ,/._:-]+')
) AS words;
\endif
COMMIT;
