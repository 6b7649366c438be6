-- What a measure is worth and how long it goes on, and the plan before a plan.
ALTER TABLE {schema}.measures ADD COLUMN amount_fen bigint, ADD COLUMN from_day date, ADD COLUMN to_day date;
ALTER TABLE {schema}.plans ADD COLUMN before uuid;
-- Why a risk of a plan has no measure; the reason itself is outside the log.
CREATE TABLE {schema}.reasons (plan uuid, risk text, household uuid NOT NULL, told_on date NOT NULL, PRIMARY KEY (plan, risk));
-- What goes on though its household has left.
CREATE VIEW {schema}.running_on AS
    SELECT m.household, m.measure, m.kind, m.department, m.state, m.to_day, p.closed_on
    FROM {schema}.measures m JOIN {schema}.plans p USING (plan, household)
    WHERE p.closed_on IS NOT NULL AND m.state IN ('started', 'delivered');
-- Risks of open plans that neither a measure nor a reason answers.
CREATE VIEW {schema}.unanswered AS
    SELECT DISTINCT m.household, p.plan, risk
    FROM {schema}.plans p JOIN {schema}.measures m USING (plan, household), unnest(m.answers) AS risk
    WHERE p.closed_on IS NULL AND m.state = 'declined'
    AND NOT EXISTS (SELECT FROM {schema}.measures o WHERE o.plan = p.plan AND risk = ANY(o.answers) AND o.state NOT IN ('declined', 'ended'))
    AND NOT EXISTS (SELECT FROM {schema}.reasons r WHERE r.plan = p.plan AND r.risk = risk);

GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.reasons TO suishi_{schema};
GRANT SELECT ON {schema}.reasons, {schema}.running_on, {schema}.unanswered TO suishi_auditor;
GRANT SELECT ON {schema}.running_on, {schema}.unanswered TO suishi_{schema};
