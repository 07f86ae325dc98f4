-- Where the last plan and the last apply can be watched; an older version kept the later of the two.
ALTER TABLE instances ADD COLUMN plan_run_url TEXT;
ALTER TABLE instances ADD COLUMN apply_run_url TEXT;
UPDATE instances SET plan_run_url = run_url WHERE last_command = 'plan';
UPDATE instances SET apply_run_url = run_url WHERE last_command = 'apply';
ALTER TABLE instances DROP COLUMN run_url;

-- When the last report says that it was run, by the clock of who sent it: by which the same report is known again.
ALTER TABLE instances ADD COLUMN last_run_said INTEGER;
