-- What was not done in time stays in the worklist with the day that was missed, until it is done or nobody has to do it any more.
ALTER TABLE {schema}.deadlines ADD COLUMN missed date;
INSERT INTO {schema}.deadlines (stream, kind, state, missed)
SELECT stream, kind, 'breached', due FROM (
    SELECT DISTINCT ON (e.originator_id, told.said ->> 'kind') e.originator_id AS stream, told.said ->> 'kind' AS kind, e.topic,
        (told.said ->> 'due')::date AS due
    FROM {schema}.stored_events e, LATERAL (SELECT convert_from(e.state, 'UTF8')::jsonb AS said) AS told
    WHERE e.topic LIKE 'enrollment.deadline-%' OR e.topic IN ('enrollment.escalation-ended')
    ORDER BY e.originator_id, told.said ->> 'kind', e.notification_id DESC
) AS last WHERE topic = 'enrollment.deadline-breached';
UPDATE {schema}.deadlines d SET missed = (
    SELECT (told.said ->> 'due')::date
    FROM {schema}.stored_events e, LATERAL (SELECT convert_from(e.state, 'UTF8')::jsonb AS said) AS told
    WHERE e.originator_id = d.stream AND e.topic = 'enrollment.deadline-breached' AND told.said ->> 'kind' = d.kind
    ORDER BY e.originator_version DESC LIMIT 1
) WHERE d.state = 'escalated';

DROP VIEW {schema}.open_cases;
CREATE VIEW {schema}.open_cases AS
    SELECT h.household, h.village_code, left(h.village_code, 9) AS town_code, h.stage, c.case_id, c.episode, c.pack, c.way, c.done, due.deadlines
    FROM {schema}.households h
    LEFT JOIN {schema}.cases c ON c.household = h.household AND c.way IN ('in', 'enrolled', 'out')
    LEFT JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_object('kind', d.kind, 'state', d.state, 'due', d.due, 'days_left', d.days_left, 'level', d.level,
                                            'missed', d.missed) ORDER BY coalesce(d.missed, d.due), d.kind) AS deadlines
        FROM {schema}.deadlines d WHERE d.stream = h.household
    ) AS due ON true
    WHERE h.stage IN ('clue', 'case', 'exit-proposed') OR due.deadlines IS NOT NULL;
GRANT SELECT ON {schema}.open_cases TO suishi_{schema}, suishi_auditor;
