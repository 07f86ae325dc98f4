DROP TABLE notices;
DROP TABLE account_links;
DROP TABLE pictures;
ALTER TABLE users DROP COLUMN notices_unread;
ALTER TABLE users DROP COLUMN notice_mail;
ALTER TABLE users DROP COLUMN picture_version;
