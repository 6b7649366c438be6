-- The relay's rows carry the epoch of the writer, so that one that is over can neither move the checkpoint nor mark a dead letter.
ALTER TABLE {schema}.relay_checkpoint ADD COLUMN epoch bigint NOT NULL DEFAULT 0;
UPDATE {schema}.relay_checkpoint SET epoch = (SELECT epoch FROM {schema}.log_head);
