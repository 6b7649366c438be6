-- Where each household is, and since when; `missing_on` is the day on which it was told that nobody answers for it.
-- Households that were registered before this release are placed when they move or end: their registration was read without it.
CREATE TABLE {schema}.households (
    household uuid PRIMARY KEY, village_code text NOT NULL, category text NOT NULL, missing_on date, ended_on date
);
CREATE TABLE {schema}.places (household uuid, from_day date, village_code text NOT NULL, category text NOT NULL, PRIMARY KEY (household, from_day));
-- Every pairing, not only the latest; what the log told before is all there.
DELETE FROM {schema}.pairings;
ALTER TABLE {schema}.pairings DROP CONSTRAINT pairings_pkey, ADD COLUMN until date, ADD PRIMARY KEY (household, from_day);
INSERT INTO {schema}.pairings (household, cadre, from_day)
    SELECT DISTINCT ON (originator_id, told ->> 'from_day') originator_id, (told ->> 'cadre')::uuid, (told ->> 'from_day')::date
    FROM (
        SELECT originator_id, notification_id, convert_from(state, 'UTF8')::jsonb AS told
        FROM {schema}.stored_events WHERE topic = 'assistance.cadre-assigned'
    ) AS assigned
    ORDER BY originator_id, told ->> 'from_day', notification_id DESC;
CREATE INDEX pairings_cadre ON {schema}.pairings (cadre);
-- On every day at most one cadre answers: the next pairing ends the one before it.
CREATE VIEW {schema}.paired AS
    SELECT household, cadre, from_day, to_day FROM (
        SELECT household, cadre, from_day, least(until, lead(from_day) OVER (PARTITION BY household ORDER BY from_day) - 1) AS to_day
        FROM {schema}.pairings
    ) AS dated
    WHERE to_day IS NULL OR to_day >= from_day;
-- Who must have a paired cadre and has none, since it was told.
CREATE VIEW {schema}.unpaired AS
    SELECT household, left(village_code, 9) AS town_code, village_code, category, missing_on
    FROM {schema}.households WHERE missing_on IS NOT NULL AND ended_on IS NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.households, {schema}.places TO suishi_{schema};
GRANT SELECT ON {schema}.paired, {schema}.unpaired TO suishi_{schema};
GRANT SELECT ON {schema}.households, {schema}.places, {schema}.paired, {schema}.unpaired TO suishi_auditor;
