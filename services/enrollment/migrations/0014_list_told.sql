-- When a report was told: a full list ends what was told before it. Reports of before this release are read from the log.
ALTER TABLE {schema}.feeds ADD COLUMN told_at timestamptz;
UPDATE {schema}.feeds f SET told_at = last.told_at FROM (
    SELECT DISTINCT ON (stream, state->>'period') stream, state->>'period' AS period, (state->>'at')::timestamptz AS told_at
    FROM {schema}.events WHERE topic = 'enrollment.feed-delivered' ORDER BY stream, state->>'period', position DESC
) AS last WHERE (last.stream, last.period) = (f.stream, f.period);
