-- What was answered to a request of a credential that had an `Idempotency-Key`, for a day.
CREATE TABLE idempotency_keys (
    credential_id TEXT NOT NULL REFERENCES credentials (id) ON DELETE CASCADE,
    key_digest TEXT NOT NULL,
    -- Of method, address and body.
    request_digest TEXT NOT NULL,
    -- None as long as the request goes on.
    status INTEGER,
    answer TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (credential_id, key_digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
