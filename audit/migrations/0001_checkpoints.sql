-- What the sealer signed. A row covers the positions `first` to `size`: their leaves one after the other, and the tree's peaks at `size`.
CREATE TABLE {schema}.checkpoints (
    service text NOT NULL,
    first bigint NOT NULL CHECK (first > 0),
    size bigint NOT NULL CHECK (size >= first),
    leaves bytea NOT NULL CHECK (octet_length(leaves) = 32 * (size - first + 1)),
    peaks bytea NOT NULL,
    note text NOT NULL,
    sealed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (service, size),
    UNIQUE (service, first) -- two sealers cannot both go on from the same checkpoint
);

CREATE FUNCTION {schema}.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'checkpoints are append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {schema}.checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}.refuse_change();

GRANT USAGE ON SCHEMA {schema} TO suishi_sealer, suishi_auditor;
GRANT SELECT, INSERT ON {schema}.checkpoints TO suishi_sealer;
GRANT SELECT ON {schema}.checkpoints TO suishi_auditor;

GRANT USAGE ON SCHEMA enrollment, assistance, notifications TO suishi_sealer;
GRANT SELECT ON enrollment.stored_events, enrollment.log_head, assistance.stored_events, assistance.log_head,
    notifications.stored_events, notifications.log_head TO suishi_sealer;
