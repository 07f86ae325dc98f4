ALTER TABLE instances DROP COLUMN last_run_said;
ALTER TABLE instances ADD COLUMN run_url text;
UPDATE instances SET run_url = CASE last_command WHEN 'apply' THEN apply_run_url ELSE plan_run_url END;
ALTER TABLE instances DROP COLUMN apply_run_url;
ALTER TABLE instances DROP COLUMN plan_run_url;
