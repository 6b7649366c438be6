-- The households whose village code the county's division table does not have, or not any more: the worklist of who keeps the register.
CREATE TABLE {schema}.unplaced (household uuid PRIMARY KEY, village_code text NOT NULL, reason text NOT NULL, merged_into text);

GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.unplaced TO suishi_{schema};
GRANT SELECT ON {schema}.unplaced TO suishi_auditor;
