-- Cadres who left, and on which days: a pairing from before such a day that is told later ends with it.
-- Of who left in a log from before this, it is known once `release-cadre` says it again.
CREATE TABLE {schema}.left_cadres (cadre uuid, on_day date, PRIMARY KEY (cadre, on_day));

GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.left_cadres TO suishi_{schema};
GRANT SELECT ON {schema}.left_cadres TO suishi_auditor;
