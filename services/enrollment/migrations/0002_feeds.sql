-- Which feed a fact came by, so that a department's count can be compared; which village an unmatched one names.
ALTER TABLE {schema}.facts ADD COLUMN department text NOT NULL DEFAULT '';
ALTER TABLE {schema}.facts ADD COLUMN period text NOT NULL DEFAULT '';
ALTER TABLE {schema}.facts ADD COLUMN village_code text;
CREATE INDEX facts_delivered ON {schema}.facts (department, period) WHERE department <> '';
-- Every report and every delay, by the stream of its feed.
CREATE TABLE {schema}.feeds (
    stream uuid, period text, department text NOT NULL, count int, whole boolean, received int, due date, overdue boolean NOT NULL,
    PRIMARY KEY (stream, period)
);
-- What was told of benefits, from which follows who still has which when a list of all of them comes.
CREATE TABLE {schema}.benefits (
    fact uuid, stream uuid, person uuid, series text NOT NULL, department text NOT NULL, period text NOT NULL,
    told_at timestamptz NOT NULL, source text NOT NULL, reference text NOT NULL, granted boolean NOT NULL, said jsonb NOT NULL,
    PRIMARY KEY (fact, stream)
);
CREATE INDEX benefits_granted ON {schema}.benefits (department, period) WHERE granted;
CREATE INDEX benefits_stream ON {schema}.benefits (stream);
-- The worklist: facts about somebody whom no household has, by town; where the department names none, by department.
CREATE VIEW {schema}.unmatched AS
    SELECT coalesce(left(village_code, 9), '') AS town_code, department, village_code, stream, fact, position, waiting ->> 'name' AS name,
        waiting ->> 'source' AS fact_source, waiting ->> 'reference' AS fact_id, (waiting ->> 'valid_on')::date AS valid_on
    FROM {schema}.facts
    WHERE waiting IS NOT NULL AND (waiting ->> 'person' IS NOT NULL OR village_code IS NULL);

GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.feeds, {schema}.benefits TO suishi_{schema};
GRANT SELECT ON {schema}.feeds, {schema}.benefits, {schema}.unmatched TO suishi_auditor;
GRANT SELECT ON {schema}.unmatched TO suishi_{schema};
