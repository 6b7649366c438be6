-- What letters are about, and which of it has ended: then what still waits about it is not sent. A letter of before is about its household.
CREATE TABLE {schema}.ended_matters (matter uuid PRIMARY KEY);
ALTER TABLE {schema}.outbox ADD COLUMN about uuid[] NOT NULL DEFAULT '{}';
UPDATE {schema}.outbox SET about = ARRAY[household] WHERE household IS NOT NULL AND kind <> 'household-exited';
ALTER TABLE {schema}.awaiting ADD COLUMN about uuid[] NOT NULL DEFAULT '{}';
UPDATE {schema}.awaiting SET notice = '{"about": []}'::jsonb || notice,
    about = CASE WHEN notice->>'household' IS NULL OR notice->>'kind' = 'household-exited' THEN '{}'
        ELSE ARRAY[(notice->>'household')::uuid] END;
UPDATE {schema}.announcements SET notice = '{"about": []}'::jsonb || notice;

GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.ended_matters TO suishi_{schema};
GRANT SELECT ON {schema}.ended_matters TO suishi_auditor;
