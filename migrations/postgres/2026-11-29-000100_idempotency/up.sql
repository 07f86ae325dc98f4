-- What was answered to a request of a credential that had an `Idempotency-Key`, for a day.
CREATE TABLE idempotency_keys (
    credential_id text COLLATE "C" NOT NULL REFERENCES credentials (id) ON DELETE CASCADE,
    key_digest text COLLATE "C" NOT NULL,
    -- Of method, address and body.
    request_digest text COLLATE "C" NOT NULL,
    -- None as long as the request goes on.
    status integer,
    answer text,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (credential_id, key_digest)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
