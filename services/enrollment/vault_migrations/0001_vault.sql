-- Personal data outside the log: found by a keyed hash, encrypted under a key per person.
CREATE TABLE {schema}.persons (
    hash bytea PRIMARY KEY,
    person uuid NOT NULL UNIQUE DEFAULT uuidv7(),
    wrapped_key bytea NOT NULL,
    sealed bytea NOT NULL
);
CREATE TABLE {schema}.texts (sha256 text PRIMARY KEY, sealed bytea NOT NULL);
CREATE TABLE {schema}.reads (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, what text NOT NULL, by_whom text NOT NULL, purpose text NOT NULL,
    read_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
GRANT USAGE ON SCHEMA {schema} TO suishi_{schema};
GRANT SELECT, INSERT, UPDATE ON {schema}.persons TO suishi_{schema};
GRANT SELECT, INSERT ON {schema}.texts, {schema}.reads TO suishi_{schema};
