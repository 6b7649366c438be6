-- When each fact was told, so that everybody sees who has been silent.
ALTER TABLE {schema}.facts ADD COLUMN told_at timestamptz;
UPDATE {schema}.facts f SET told_at = (convert_from(e.state, 'UTF8')::jsonb -> 'fact' ->> 'time')::timestamptz
FROM {schema}.stored_events e WHERE e.notification_id = f.position AND e.topic IN ('enrollment.fact-recorded', 'enrollment.fact-unmatched', 'enrollment.fact-doubted');
-- A fact that is with several households is one; what a department took back counts no more.
CREATE VIEW {schema}.sources AS
    SELECT department, count(DISTINCT fact) AS facts, max(told_at) AS last_told_at
    FROM {schema}.facts WHERE department <> '' AND NOT withdrawn GROUP BY department;
GRANT SELECT ON {schema}.sources TO suishi_{schema}, suishi_auditor;
