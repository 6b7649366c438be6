-- By which login of the database somebody reads, and when, the database writes itself; the vault's role can say neither.
ALTER TABLE {schema}.reads ADD COLUMN login text;
ALTER TABLE {schema}.reads ALTER COLUMN login SET DEFAULT session_user;
REVOKE INSERT ON {schema}.reads FROM suishi_{schema};
GRANT INSERT (what, by_whom, purpose) ON {schema}.reads TO suishi_{schema};
