-- Home visits and what they found.
CREATE TABLE {schema}.visits (
    household uuid, visit uuid, cadre uuid NOT NULL, on_day date NOT NULL, unmet text[] NOT NULL, PRIMARY KEY (household, visit)
);
CREATE INDEX visits_day ON {schema}.visits (on_day);
CREATE TABLE {schema}.findings (
    household uuid, finding uuid, visit uuid NOT NULL, kind text NOT NULL, risk text, found_on date NOT NULL, resolved_on date,
    PRIMARY KEY (household, finding)
);
-- What nobody put right yet, and for how many days: until the local date of the last event of this log.
CREATE VIEW {schema}.open_findings AS
    SELECT left(h.village_code, 9) AS town_code, h.village_code, f.household, f.finding, f.kind, f.risk, f.found_on,
        greatest(0, (SELECT valid_on FROM {schema}.stored_events ORDER BY notification_id DESC LIMIT 1) - f.found_on) AS days
    FROM {schema}.findings f LEFT JOIN {schema}.households h USING (household) WHERE f.resolved_on IS NULL;
-- Each month in which a cadre answered for a household, and whether he visited it while he did. The months end with the latest visit
-- that is known; the village is where the household lived on the last of those days.
CREATE VIEW {schema}.paired_months AS
    SELECT dated.month, dated.cadre, dated.household, coalesce(place.village_code, h.village_code) AS village_code,
        EXISTS (
            SELECT FROM {schema}.visits v
            WHERE v.household = dated.household AND v.cadre = dated.cadre AND v.on_day BETWEEN dated.first_day AND dated.last_day
        ) AS visited
    FROM (
        SELECT p.household, p.cadre, m.month::date AS month, greatest(p.from_day, m.month::date) AS first_day,
            least(p.to_day, (m.month + interval '1 month')::date - 1) AS last_day
        FROM {schema}.paired p, (SELECT max(on_day) AS day FROM {schema}.visits) AS latest,
            generate_series(date_trunc('month', p.from_day::timestamp), least(p.to_day, latest.day)::timestamp, interval '1 month') AS m (month)
        WHERE p.from_day <= latest.day
    ) AS dated
    LEFT JOIN {schema}.households h USING (household)
    LEFT JOIN LATERAL (
        SELECT village_code FROM {schema}.places
        WHERE household = dated.household AND from_day <= dated.last_day ORDER BY from_day DESC LIMIT 1
    ) AS place ON true;
-- Visited households of those that were paired, in each month: of a cadre, a village, a town and the county. Whoever was paired with two
-- cadres in a month counts for each of them, and once for his village.
CREATE VIEW {schema}.visit_rates AS
    SELECT month, CASE WHEN grouping(cadre) = 0 THEN 'cadre' WHEN grouping(village_code) = 0 THEN 'village'
            WHEN grouping(left(village_code, 9)) = 0 THEN 'town' ELSE 'county' END AS level,
        coalesce(cadre::text, village_code, left(village_code, 9), left(min(village_code), 6)) AS name,
        count(DISTINCT household) AS paired, count(DISTINCT household) FILTER (WHERE visited) AS visited
    FROM {schema}.paired_months
    GROUP BY GROUPING SETS ((month, cadre), (month, village_code), (month, left(village_code, 9)), (month));

GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.visits, {schema}.findings TO suishi_{schema};
GRANT SELECT ON {schema}.open_findings, {schema}.paired_months, {schema}.visit_rates TO suishi_{schema};
GRANT SELECT ON {schema}.visits, {schema}.findings, {schema}.open_findings, {schema}.paired_months, {schema}.visit_rates TO suishi_auditor;
