-- Whom the vault tells apart and the register knows to be one: each duplicate, who is kept in his place, and the correction that said so.
CREATE TABLE {schema}.merged_persons (duplicate uuid PRIMARY KEY, keep uuid NOT NULL, fact uuid);
CREATE INDEX merged_persons_keep ON {schema}.merged_persons (keep);
CREATE INDEX merged_persons_fact ON {schema}.merged_persons (fact) WHERE fact IS NOT NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.merged_persons TO suishi_{schema};
GRANT SELECT ON {schema}.merged_persons TO suishi_auditor;
