-- Recipients by role and area, the newest last; what waits for whom; and what everybody of a role is told.
ALTER TABLE {schema}.recipients
    ADD COLUMN department text NOT NULL DEFAULT '', ADD COLUMN retired boolean NOT NULL DEFAULT false,
    ADD COLUMN since bigint NOT NULL DEFAULT 0;
UPDATE {schema}.recipients r SET since = taken.position FROM (
    SELECT stream, max(position) AS position FROM (
        SELECT stream, position, row(state->>'role', state->>'area') AS place,
            lag(row(state->>'role', state->>'area')) OVER (PARTITION BY stream ORDER BY version) AS before
        FROM {schema}.events WHERE topic = 'notifications.recipient-registered'
    ) told WHERE place IS DISTINCT FROM before GROUP BY stream
) taken WHERE r.recipient = taken.stream;
ALTER TABLE {schema}.recipients ALTER COLUMN since DROP DEFAULT;
CREATE INDEX recipients_role ON {schema}.recipients (role, recipient);

ALTER TABLE {schema}.awaiting RENAME COLUMN household TO stream;
ALTER TABLE {schema}.awaiting ADD COLUMN post text NOT NULL DEFAULT '', ADD COLUMN target jsonb, DROP CONSTRAINT awaiting_pkey;
ALTER TABLE {schema}.awaiting ADD PRIMARY KEY (stream, event, post);
CREATE INDEX awaiting_post ON {schema}.awaiting (post);

CREATE TABLE {schema}.announcements (
    announcement uuid PRIMARY KEY, notice jsonb NOT NULL, role text NOT NULL, area text NOT NULL, department text NOT NULL,
    after uuid, ended boolean NOT NULL, position bigint NOT NULL
);
CREATE INDEX announcements_open ON {schema}.announcements (position) WHERE NOT ended;

ALTER TABLE {schema}.outbox ALTER COLUMN household DROP NOT NULL;
ALTER TABLE {schema}.outbox ADD COLUMN area text NOT NULL DEFAULT '';

GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.announcements TO suishi_{schema};
GRANT SELECT ON {schema}.announcements TO suishi_auditor;
