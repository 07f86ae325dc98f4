-- What taking and releasing a lock writes, in its two transactions. Every client has a key of its own.
\set some random(1000000000000000, 9999999999999999)
BEGIN;
INSERT INTO lock_fences (workspace_id, repository, "path", "last")
VALUES (:workspace, 'github.com/acme/infra', 'bench/floor-' || :client_id, 1)
ON CONFLICT (workspace_id, repository, "path") DO UPDATE SET "last" = lock_fences."last" + 1
RETURNING "last" AS fence \gset
INSERT INTO locks (
    id, workspace_id, repository_id, "key", "path", holder_type, holder_id, holder_name, workflow, run_url, message, fence,
    created_at, expires_at, haystack
) VALUES (
    'lock_' || lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000000)::bigint), 24, '0') || 'c' || :client_id,
    :workspace, :repository, 'acme/infra/bench/floor-' || :client_id, 'bench/floor-' || :client_id, 'run',
    :repository || '/1234567890/1', 'Run 1234567890', 'deploy.yaml',
    'https://github.com/acme/infra/actions/runs/1234567890', 'bench', :fence::bigint, clock_timestamp(),
    clock_timestamp() + interval '600 seconds', 'acme/infra/bench/floor-' || :client_id || ' run 1234567890 bench'
);
INSERT INTO events (
    id, workspace_id, "at", actor_type, actor_id, actor_name, category, "action", outcome, target_type, target_id,
    target_name, repository_id, repository, "kind", workflow, branch, "event", address, user_agent, trace_id,
    permission_id, permission_version, details, haystack, facets
) VALUES (
    'evt_' || lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000000)::bigint), 24, '0') || 'c' || :client_id,
    :workspace, clock_timestamp(), 'run', :repository || '/1234567890/1', 'Run 1234567890', 'lock', 'created', 'ok',
    'lock', 'lock_000000000000' || :some::text, 'acme/infra/bench/floor-' || :client_id,
    :repository, 'acme/infra', 'ws_locks_create', 'deploy.yaml', 'main', 'push', '127.0.0.1', 'atmos-bench',
    '01JD' || :some::text, 'perm_1234567890123456789012345678', 1,
    '{"note":"bench","run":' || :run::text || '}',
    'run 1234567890 lock created acme/infra/bench/floor-' || :client_id || ' acme/infra locks create '
        || 'deploy.yaml main push bench 1234567890 01jd' || :some::text
        || ' lock_000000000000' || :some::text,
    'lock.run.ok'
);
COMMIT;
\set some random(1000000000000000, 9999999999999999)
BEGIN;
UPDATE locks SET ended_at = clock_timestamp(), ended_how = 'released', ended_by = 'Run 1234567890'
WHERE repository_id = :repository AND "path" = 'bench/floor-' || :client_id AND ended_at IS NULL;
INSERT INTO events (
    id, workspace_id, "at", actor_type, actor_id, actor_name, category, "action", outcome, target_type, target_id,
    target_name, repository_id, repository, "kind", workflow, branch, "event", address, user_agent, trace_id,
    permission_id, permission_version, details, haystack, facets
) VALUES (
    'evt_' || lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000000)::bigint), 24, '0') || 'c' || :client_id,
    :workspace, clock_timestamp(), 'run', :repository || '/1234567890/1', 'Run 1234567890', 'lock', 'deleted', 'ok',
    'lock', 'lock_000000000000' || :some::text, 'acme/infra/bench/floor-' || :client_id,
    :repository, 'acme/infra', 'ws_locks_delete', 'deploy.yaml', 'main', 'push', '127.0.0.1', 'atmos-bench',
    '01JD' || :some::text, 'perm_1234567890123456789012345678', 1,
    '{"run":' || :run::text || '}',
    'run 1234567890 lock deleted acme/infra/bench/floor-' || :client_id || ' acme/infra locks delete '
        || 'deploy.yaml main push 1234567890 01jd' || :some::text
        || ' lock_000000000000' || :some::text,
    'lock.run.ok'
);
COMMIT;
