-- Since when a notice waits for its recipient, so that it goes up when nobody comes.
ALTER TABLE {schema}.awaiting ADD COLUMN since timestamptz;
UPDATE {schema}.awaiting a SET since = e.recorded_at FROM {schema}.events e WHERE e.position = a.position;
CREATE INDEX awaiting_going_up ON {schema}.awaiting (since) WHERE (notice->>'escalates')::boolean;
