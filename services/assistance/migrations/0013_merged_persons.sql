-- Who was found to be whom: a file of care follows the way to whoever is kept.
CREATE TABLE {schema}.merged_persons (person uuid PRIMARY KEY, into_person uuid NOT NULL);
INSERT INTO {schema}.merged_persons
    SELECT (said ->> 'person')::uuid, (said ->> 'into')::uuid FROM (
        SELECT DISTINCT ON (originator_id) topic, convert_from(state, 'UTF8')::jsonb AS said FROM {schema}.stored_events
        WHERE topic IN ('assistance.care-person-merged', 'assistance.care-person-unmerged')
        ORDER BY originator_id, originator_version DESC) AS last
    WHERE topic = 'assistance.care-person-merged';

GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.merged_persons TO suishi_{schema};
GRANT SELECT ON {schema}.merged_persons TO suishi_auditor;
