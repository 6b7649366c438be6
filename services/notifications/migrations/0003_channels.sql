-- A recipient is reached by several channels; where, is in a book beside the log, so that no event holds an address or a token.
-- A recipient of before keeps the address that his event holds until he is registered again.
ALTER TABLE {schema}.recipients ADD COLUMN contacts jsonb NOT NULL DEFAULT '{}';
ALTER TABLE {schema}.outbox ADD COLUMN channel text NOT NULL DEFAULT 'email';
CREATE TABLE {schema}.address_book (
    entry uuid PRIMARY KEY DEFAULT gen_random_uuid(), kind text NOT NULL, address text NOT NULL, UNIQUE (kind, address)
);
DROP INDEX {schema}.outbox_open;
CREATE INDEX outbox_open ON {schema}.outbox (channel, position) WHERE state IN ('queued', 'sending');

GRANT SELECT, INSERT ON {schema}.address_book TO suishi_{schema};
