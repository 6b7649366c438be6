-- A report counts a fact once, however often it was corrected. As what, facts of before this release say in the log.
ALTER TABLE {schema}.facts ADD COLUMN counted_as text;
UPDATE {schema}.facts f SET counted_as = concat_ws(' ',
    coalesce(said ->> 'named', said ->> 'person', CASE said ->> 'whole_village' WHEN 'true' THEN said ->> 'village_code' END, f.stream::text),
    said ->> 'name', said ->> 'series')
FROM {schema}.stored_events e, LATERAL (SELECT convert_from(e.state, 'UTF8')::jsonb -> 'fact' AS said) AS told
WHERE e.notification_id = f.position AND e.topic IN ('enrollment.fact-recorded', 'enrollment.fact-unmatched', 'enrollment.fact-doubted');
