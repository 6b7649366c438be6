-- As before, without what the recipient acknowledged by another channel.
CREATE OR REPLACE VIEW {schema}.unacknowledged_by_town AS
    SELECT left(coalesce(a.village_code, o.area), 9) AS town, o.urgency, count(*) AS notifications, min(o.told_at) AS oldest
    FROM {schema}.outbox o LEFT JOIN {schema}.answerable a USING (household)
    WHERE o.escalates AND o.state IN ('sent', 'unknown', 'failed') AND NOT EXISTS (
        SELECT FROM {schema}.outbox same WHERE same.event = o.event AND same.recipient = o.recipient AND same.state = 'acknowledged')
    GROUP BY 1, 2;
