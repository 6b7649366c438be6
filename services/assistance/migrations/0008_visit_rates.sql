-- The same months as before, by joins of whole tables: a look for each row took minutes where the tables had just been filled.
CREATE OR REPLACE VIEW {schema}.paired_months AS
    SELECT dated.month, dated.cadre, dated.household, coalesce(place.village_code, h.village_code) AS village_code,
        seen.household IS NOT NULL AS visited
    FROM (
        SELECT p.household, p.cadre, p.from_day, m.month::date AS month, least(p.to_day, (m.month + interval '1 month')::date - 1) AS last_day
        FROM {schema}.paired p, (SELECT max(on_day) AS day FROM {schema}.visits) AS latest,
            generate_series(date_trunc('month', p.from_day::timestamp), least(p.to_day, latest.day)::timestamp, interval '1 month') AS m (month)
        WHERE p.from_day <= latest.day
    ) AS dated
    LEFT JOIN (
        SELECT DISTINCT p.household, p.from_day, date_trunc('month', v.on_day::timestamp)::date AS month
        FROM {schema}.paired p JOIN {schema}.visits v ON v.household = p.household AND v.cadre = p.cadre
        WHERE v.on_day >= p.from_day AND (p.to_day IS NULL OR v.on_day <= p.to_day)
    ) AS seen ON seen.household = dated.household AND seen.from_day = dated.from_day AND seen.month = dated.month
    LEFT JOIN {schema}.households h ON h.household = dated.household
    LEFT JOIN (
        SELECT household, village_code, from_day, lead(from_day) OVER (PARTITION BY household ORDER BY from_day) AS next_day
        FROM {schema}.places
    ) AS place ON place.household = dated.household AND place.from_day <= dated.last_day
        AND (place.next_day IS NULL OR place.next_day > dated.last_day);
