-- Which events have gone up from which level, and who was told of an event at which level, or is waited for there.
CREATE TABLE {schema}.gone_up (event text, level text, PRIMARY KEY (event, level));
INSERT INTO {schema}.gone_up SELECT DISTINCT event, level FROM {schema}.outbox WHERE escalated;
CREATE INDEX awaiting_event ON {schema}.awaiting (event);
CREATE VIEW {schema}.heard AS
    SELECT o.event, o.level, r.role, o.state = 'acknowledged' AS seen
    FROM {schema}.outbox o JOIN {schema}.recipients r USING (recipient) WHERE o.state <> 'withdrawn'
    UNION ALL SELECT event, target->>'level', target->>'role', false FROM {schema}.awaiting WHERE target IS NOT NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.gone_up TO suishi_{schema};
GRANT SELECT ON {schema}.gone_up TO suishi_auditor;
GRANT SELECT ON {schema}.heard TO suishi_{schema}, suishi_auditor;
