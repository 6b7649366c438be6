-- The register's read models; every row follows from the log and is rebuilt from it.
CREATE TABLE {schema}.households (
    household uuid PRIMARY KEY, village_code text NOT NULL, category text NOT NULL, member_count int NOT NULL,
    stage text NOT NULL, episode int NOT NULL, type text, since date, changed_at timestamptz NOT NULL
);
CREATE INDEX households_village ON {schema}.households (village_code);
CREATE TABLE {schema}.members (person uuid PRIMARY KEY, household uuid NOT NULL);
CREATE INDEX members_household ON {schema}.members (household);
-- Where each fact is, so that its department can take it back.
CREATE TABLE {schema}.facts (
    fact uuid, stream uuid, position bigint NOT NULL, waiting jsonb, withdrawn boolean NOT NULL, PRIMARY KEY (fact, stream)
);
CREATE INDEX facts_waiting ON {schema}.facts (stream) WHERE waiting IS NOT NULL;
CREATE TABLE {schema}.deadlines (stream uuid, kind text, due date NOT NULL, PRIMARY KEY (stream, kind));
CREATE INDEX deadlines_due ON {schema}.deadlines (due);

GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.households, {schema}.members, {schema}.facts, {schema}.deadlines TO suishi_{schema};
GRANT SELECT ON {schema}.households, {schema}.members, {schema}.facts, {schema}.deadlines TO suishi_auditor;
