-- The days that were told; the last one is today for the rules, whatever the machine's clock says.
CREATE TABLE {schema}.told_days (day date PRIMARY KEY);

GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.told_days TO suishi_{schema};
GRANT SELECT ON {schema}.told_days TO suishi_auditor;
