-- Who wants one message a day, for which of them a letter was held back (`digest_at`), and with which it left (`digest`).
ALTER TABLE {schema}.recipients ADD COLUMN daily boolean NOT NULL DEFAULT false;
ALTER TABLE {schema}.outbox ADD COLUMN digest_at timestamptz, ADD COLUMN digest uuid;
DROP INDEX {schema}.outbox_open;
CREATE INDEX outbox_queued ON {schema}.outbox (channel, position) WHERE state = 'queued' AND digest_at IS NULL;
CREATE INDEX outbox_held ON {schema}.outbox (channel, digest_at) WHERE state = 'queued' AND digest_at IS NOT NULL;
CREATE INDEX outbox_sending ON {schema}.outbox (channel, position) WHERE state = 'sending';
CREATE INDEX outbox_digest ON {schema}.outbox (digest) WHERE digest IS NOT NULL;
