-- How far the words of the log have come is a mark of its own; here they are as they were.
INSERT INTO log_marks ("name", seq) SELECT 'words', seq FROM log_marks WHERE "name" = 'sealed';
