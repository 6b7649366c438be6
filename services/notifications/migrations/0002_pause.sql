-- A letter that the mail server put off waits in the queue until then.
ALTER TABLE {schema}.outbox ADD COLUMN not_before timestamptz;
