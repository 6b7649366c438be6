-- On which local date its last clue, case or enrolment was over: a line that rises looks at such a household again.
-- What was over before this release is read from the log.
ALTER TABLE {schema}.households ADD COLUMN closed_on date;
UPDATE {schema}.households h SET closed_on = last.valid_on FROM (
    SELECT DISTINCT ON (originator_id) originator_id, valid_on FROM {schema}.stored_events
    WHERE topic IN ('enrollment.clue-closed', 'enrollment.enrollment-rejected', 'enrollment.household-exited', 'enrollment.case-ended')
    ORDER BY originator_id, originator_version DESC
) AS last WHERE last.originator_id = h.household;
