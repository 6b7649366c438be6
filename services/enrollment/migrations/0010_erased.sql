-- Whose key the vault destroys, and destroys again after a backup from before was restored.
CREATE TABLE {schema}.erased (person uuid PRIMARY KEY, on_day date NOT NULL);

GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.erased TO suishi_{schema};
GRANT SELECT ON {schema}.erased TO suishi_auditor;
