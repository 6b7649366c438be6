-- Membership as dated intervals; what was registered before had no end, and its relations are in the log.
ALTER TABLE {schema}.members
    ADD COLUMN relation text NOT NULL DEFAULT '', ADD COLUMN since date, ADD COLUMN until date, ADD COLUMN reason text,
    ADD COLUMN position bigint NOT NULL DEFAULT 0;
UPDATE {schema}.members m SET relation = told.relation, position = told.position
FROM (
    SELECT e.originator_id AS household, (member ->> 'person')::uuid AS person, member ->> 'relation' AS relation, e.notification_id AS position
    FROM {schema}.stored_events e, jsonb_array_elements(convert_from(e.state, 'UTF8')::jsonb -> 'members') AS member
    WHERE e.topic = 'enrollment.household-registered'
) AS told
WHERE m.household = told.household AND m.person = told.person;
ALTER TABLE {schema}.members ALTER COLUMN relation DROP DEFAULT, ALTER COLUMN position DROP DEFAULT;
ALTER TABLE {schema}.members DROP CONSTRAINT members_pkey, ADD PRIMARY KEY (person, position);
