-- The read models of notifications; every row follows from the log and is rebuilt from it.
CREATE TABLE {schema}.recipients (recipient uuid PRIMARY KEY, role text NOT NULL, area text NOT NULL, address text NOT NULL);
CREATE INDEX recipients_area ON {schema}.recipients (area, role);
CREATE TABLE {schema}.answerable (household uuid PRIMARY KEY, village_code text, cadre uuid);
CREATE INDEX answerable_village ON {schema}.answerable (village_code);
CREATE INDEX answerable_cadre ON {schema}.answerable (cadre);
CREATE TABLE {schema}.awaiting (household uuid, event text, notice jsonb NOT NULL, position bigint NOT NULL, PRIMARY KEY (household, event));
CREATE TABLE {schema}.outbox (
    notification uuid PRIMARY KEY, recipient uuid NOT NULL, household uuid NOT NULL, kind text NOT NULL, due date,
    correlation text NOT NULL, state text NOT NULL, holder uuid, until timestamptz, position bigint NOT NULL
);
CREATE INDEX outbox_open ON {schema}.outbox (position) WHERE state IN ('queued', 'sending');

GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.recipients, {schema}.answerable, {schema}.awaiting, {schema}.outbox TO suishi_{schema};
GRANT SELECT ON {schema}.recipients, {schema}.answerable, {schema}.awaiting, {schema}.outbox TO suishi_auditor;
