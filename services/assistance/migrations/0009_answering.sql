-- Who was told to answer for each household, and from which day on; NULL where nobody does.
-- Of a log from before that, it is told on the first day that begins.
CREATE TABLE {schema}.answering (household uuid PRIMARY KEY, cadre uuid, since date NOT NULL);

GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.answering TO suishi_{schema};
GRANT SELECT ON {schema}.answering TO suishi_auditor;
