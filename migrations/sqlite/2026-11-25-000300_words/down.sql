DELETE FROM log_marks WHERE "name" = 'words';
