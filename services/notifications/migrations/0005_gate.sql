-- When a recipient wants to be told, what goes up unacknowledged, and how long all of it takes.
ALTER TABLE {schema}.recipients ADD COLUMN quiet text NOT NULL DEFAULT '';
ALTER TABLE {schema}.outbox
    ADD COLUMN event text NOT NULL DEFAULT '', ADD COLUMN urgency text NOT NULL DEFAULT 'normal',
    ADD COLUMN level text NOT NULL DEFAULT 'village',
    ADD COLUMN escalates boolean NOT NULL DEFAULT false, ADD COLUMN escalated boolean NOT NULL DEFAULT false,
    ADD COLUMN happened_at timestamptz, ADD COLUMN queued_at timestamptz, ADD COLUMN sent_at timestamptz, ADD COLUMN told_at timestamptz;
UPDATE {schema}.outbox o SET event = e.state->'notice'->>'event', happened_at = e.occurred_at, queued_at = e.recorded_at,
    urgency = coalesce(e.state->'notice'->>'urgency', 'normal'), level = coalesce(e.state->'notice'->>'level', 'village'),
    escalates = coalesce((e.state->'notice'->>'escalates')::boolean, false)
FROM {schema}.events e WHERE e.topic = 'notifications.notification-queued' AND e.stream = o.notification;
UPDATE {schema}.outbox o SET sent_at = e.recorded_at
FROM {schema}.events e WHERE e.topic = 'notifications.notification-sent' AND e.stream = o.notification;
CREATE INDEX outbox_same ON {schema}.outbox (event, recipient);
CREATE INDEX outbox_unacknowledged ON {schema}.outbox (told_at) WHERE escalates AND NOT escalated AND state IN ('sent', 'unknown', 'failed');

CREATE VIEW {schema}.outbox_by_state AS
    SELECT channel, urgency, state, count(*) AS notifications FROM {schema}.outbox GROUP BY channel, urgency, state;
-- Those that ask for an answer; a household whose village nobody knows has the town ''.
CREATE VIEW {schema}.unacknowledged_by_town AS
    SELECT left(coalesce(a.village_code, o.area), 9) AS town, o.urgency, count(*) AS notifications, min(o.told_at) AS oldest
    FROM {schema}.outbox o LEFT JOIN {schema}.answerable a USING (household)
    WHERE o.escalates AND o.state IN ('sent', 'unknown', 'failed') GROUP BY 1, 2;
-- In seconds, by local day and channel: from the event to the letter, and of it what was spent from the intent on.
CREATE VIEW {schema}.delivery_latency AS
    SELECT (sent_at AT TIME ZONE 'Asia/Shanghai')::date AS day, channel, urgency, count(*) AS notifications,
        percentile_cont(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY extract(epoch FROM sent_at - happened_at)) AS event_to_sent,
        percentile_cont(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY extract(epoch FROM sent_at - queued_at)) AS intent_to_sent
    FROM {schema}.outbox WHERE sent_at IS NOT NULL GROUP BY 1, 2, 3;

GRANT SELECT ON {schema}.outbox_by_state, {schema}.unacknowledged_by_town, {schema}.delivery_latency TO suishi_{schema}, suishi_auditor;
