-- The numbers of a repository that was renamed stood only in its locks until the next one was taken.
INSERT INTO lock_fences (workspace_id, repository, "path", "last")
SELECT repositories.workspace_id, repositories.host || '/' || repositories.name_folded, locks."path", max(locks.fence)
FROM locks JOIN repositories ON repositories.id = locks.repository_id
WHERE true
GROUP BY repositories.workspace_id, repositories.host, repositories.name_folded, locks."path"
ON CONFLICT (workspace_id, repository, "path") DO UPDATE SET "last" = greatest(lock_fences."last", excluded."last");
