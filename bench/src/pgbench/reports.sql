-- What a report of a plan writes. Every client has instances of its own.
\set some random(1000000000000000, 9999999999999999)
BEGIN;
UPDATE instances
SET status = 'in_sync', last_command = 'plan', last_exit_code = 0, last_run_at = clock_timestamp(),
    last_run_said = clock_timestamp(), planned_at = clock_timestamp(),
    plan_run_url = 'https://github.com/acme/infra/actions/runs/1234567890'
WHERE repository_id = :repository AND stack = 'stack-' || :client_id AND component = 'component-00';
INSERT INTO events (
    id, workspace_id, "at", actor_type, actor_id, actor_name, category, "action", outcome, target_type, target_id,
    target_name, repository_id, repository, "kind", workflow, branch, "event", address, user_agent, trace_id,
    permission_id, permission_version, details, haystack, facets
) VALUES (
    'evt_' || lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000000)::bigint), 24, '0') || 'c' || :client_id,
    :workspace, clock_timestamp(), 'run', :repository || '/1234567890/1', 'Run 1234567890', 'instance',
    'drift_status_updated', 'ok', 'instance', 'inst_00000000000000000000000000' || lpad(:client_id::text, 2, '0'),
    'stack-' || :client_id || '/component-00', :repository, 'acme/infra', 'ws_instances_update', 'deploy.yaml', 'main',
    'push', '127.0.0.1', 'atmos-bench', '01JD' || :some::text, 'perm_1234567890123456789012345678', 1,
    '{"note":"plan with exit code 0: In sync, as before","run":' || :run::text || '}',
    'run 1234567890 instance drift_status_updated stack-' || :client_id || '/component-00 acme/infra instances update '
        || 'deploy.yaml main push plan with exit code 0: in sync, as before 1234567890 01jd' || :some::text
        || ' inst_00000000000000000000000000' || lpad(:client_id::text, 2, '0'),
    'instance.run.ok'
);
COMMIT;
