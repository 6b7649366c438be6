-- Every reading becomes an event of the log; until then it waits. Of a reading nothing but that can change.
ALTER TABLE {schema}.reads ADD COLUMN told_at timestamptz;
CREATE INDEX reads_untold ON {schema}.reads (id) WHERE told_at IS NULL;
GRANT UPDATE (told_at) ON {schema}.reads TO suishi_{schema};
-- Whoever is erased keeps his id and loses his key, what was known of him and the digest that found him.
ALTER TABLE {schema}.persons ADD COLUMN erased_at timestamptz;
