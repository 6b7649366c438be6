-- The log of one service and all that moves in the same transaction. {schema} is the service's name.

CREATE TABLE {schema}.log_head (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    position bigint NOT NULL,
    epoch bigint NOT NULL,
    recorded_at timestamptz NOT NULL
);
INSERT INTO {schema}.log_head (position, epoch, recorded_at) VALUES (0, 0, clock_timestamp());

-- The first five columns are the eventsourcing library's row, so that its own classes read this log.
CREATE TABLE {schema}.stored_events (
    originator_id uuid NOT NULL,
    originator_version bigint NOT NULL,
    topic text NOT NULL,
    state bytea NOT NULL,
    notification_id bigint NOT NULL UNIQUE,
    event_id uuid NOT NULL,
    correlation text NOT NULL,
    causation text NOT NULL,
    actor text NOT NULL,
    source text NOT NULL,
    schema_version int NOT NULL,
    valid_on date NOT NULL,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    pack_hash bytea NOT NULL,
    PRIMARY KEY (originator_id, originator_version)
);

CREATE FUNCTION {schema}.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log of {schema} is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {schema}.stored_events
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}.refuse_change();

CREATE VIEW {schema}.events AS
SELECT notification_id AS position, originator_id AS stream, originator_version AS version, topic,
       convert_from(state, 'UTF8')::jsonb AS state, event_id, correlation, causation, actor, source,
       valid_on, occurred_at, recorded_at
FROM {schema}.stored_events;

CREATE TABLE {schema}.inbox (
    digest bytea PRIMARY KEY,
    content bytea NOT NULL,
    recorded_at timestamptz NOT NULL
);

CREATE TABLE {schema}.consumed_offsets (
    topic text, partition int, next_offset bigint NOT NULL, PRIMARY KEY (topic, partition)
);
-- How far the events of another service were taken in, by its log position.
CREATE TABLE {schema}.cursors (
    topic text, partition int, position bigint NOT NULL, PRIMARY KEY (topic, partition)
);
CREATE TABLE {schema}.relay_checkpoint (
    one boolean PRIMARY KEY DEFAULT true CHECK (one), position bigint NOT NULL
);
INSERT INTO {schema}.relay_checkpoint (position) VALUES (0);
CREATE TABLE {schema}.relay_ends (
    topic text, partition int, next_offset bigint NOT NULL, PRIMARY KEY (topic, partition)
);

-- Refused (stream is null) and parked (its household waits) records; bytes are sealed where the topic is personal.
CREATE TABLE {schema}.set_aside (
    id uuid PRIMARY KEY,
    sequence bigint GENERATED ALWAYS AS IDENTITY,
    stream uuid,
    topic text NOT NULL,
    partition int NOT NULL,
    record_offset bigint NOT NULL,
    record_timestamp bigint NOT NULL,
    record bytea NOT NULL,
    sealed boolean NOT NULL,
    reason text NOT NULL,
    field text NOT NULL,
    problem text NOT NULL,
    remedy text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    published boolean NOT NULL DEFAULT false,
    redriven_at timestamptz
);
CREATE INDEX set_aside_parked ON {schema}.set_aside (stream) WHERE stream IS NOT NULL AND redriven_at IS NULL;
CREATE INDEX set_aside_unpublished ON {schema}.set_aside (sequence) WHERE NOT published;

GRANT USAGE ON SCHEMA {schema} TO suishi_{schema}, suishi_auditor;
GRANT SELECT, INSERT ON {schema}.stored_events, {schema}.inbox TO suishi_{schema};
GRANT SELECT, UPDATE ON {schema}.log_head, {schema}.relay_checkpoint TO suishi_{schema};
GRANT SELECT, INSERT, UPDATE ON {schema}.consumed_offsets, {schema}.cursors, {schema}.relay_ends, {schema}.set_aside TO suishi_{schema};
GRANT SELECT ON {schema}.events TO suishi_{schema};
GRANT SELECT ON {schema}.log_head, {schema}.stored_events, {schema}.events, {schema}.relay_checkpoint, {schema}.consumed_offsets,
    {schema}.cursors TO suishi_auditor;
