-- A cadre who answers ends that one is missing, also where he was assigned before it was told.
UPDATE {schema}.households h SET missing_on = NULL
WHERE missing_on IS NOT NULL AND EXISTS (
    SELECT FROM {schema}.stored_events answers
    WHERE answers.originator_id = h.household AND answers.topic = 'assistance.cadre-answers'
    AND convert_from(answers.state, 'UTF8')::jsonb ->> 'cadre' IS NOT NULL
    AND NOT EXISTS (
        SELECT FROM {schema}.stored_events missing
        WHERE missing.originator_id = h.household AND missing.topic = 'assistance.cadre-missing'
        AND missing.notification_id > answers.notification_id));
