-- Who answers for a base item: the role that the pack names. When it was told that a measure had not begun in time.
ALTER TABLE {schema}.measures ADD COLUMN owner text, ADD COLUMN delivered_on date, ADD COLUMN overdue_on date;
UPDATE {schema}.measures m SET delivered_on = told.day FROM (
    SELECT DISTINCT ON (measure) (said ->> 'measure')::uuid AS measure, (said ->> 'on')::date AS day FROM (
        SELECT notification_id, convert_from(state, 'UTF8')::jsonb AS said
        FROM {schema}.stored_events WHERE topic = 'assistance.measure-delivered'
    ) AS delivered
    ORDER BY measure, notification_id DESC
) AS told WHERE m.measure = told.measure;
CREATE INDEX measures_due ON {schema}.measures (due) WHERE state IN ('proposed', 'accepted') AND overdue_on IS NULL;
-- Risks of a plan that are no more.
CREATE TABLE {schema}.resolved_risks (plan uuid, risk text, household uuid NOT NULL, resolved_on date NOT NULL, PRIMARY KEY (plan, risk));
-- Risks of open plans that nothing answers: no measure that goes on or reached the household, and no reason why there is none.
CREATE OR REPLACE VIEW {schema}.unanswered AS
    SELECT DISTINCT m.household, p.plan, risk
    FROM {schema}.plans p JOIN {schema}.measures m USING (plan, household), unnest(m.answers) AS risk
    WHERE p.closed_on IS NULL
    AND NOT EXISTS (
        SELECT FROM {schema}.measures o WHERE o.plan = p.plan AND risk = ANY(o.answers)
        AND (o.state NOT IN ('declined', 'ended') OR o.delivered_on IS NOT NULL))
    AND NOT EXISTS (SELECT FROM {schema}.reasons r WHERE r.plan = p.plan AND r.risk = risk)
    AND NOT EXISTS (SELECT FROM {schema}.resolved_risks s WHERE s.plan = p.plan AND s.risk = risk);
-- What is late: an answer, or a measure that has not begun.
CREATE VIEW {schema}.late AS
    SELECT household, measure, department, 'answer' AS waits_for, due, overdue_on FROM {schema}.outstanding_referrals WHERE overdue_on IS NOT NULL
    UNION ALL SELECT household, measure, department, 'start', due, overdue_on FROM {schema}.measures
    WHERE state IN ('proposed', 'accepted') AND overdue_on IS NOT NULL;
-- How far each department came with what it was asked for.
CREATE VIEW {schema}.measures_by_department AS
    SELECT department, kind, state, count(*) AS measures, count(*) FILTER (WHERE base) AS bases, sum(amount_fen) AS amount_fen
    FROM {schema}.measures GROUP BY department, kind, state;

GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.resolved_risks TO suishi_{schema};
GRANT SELECT ON {schema}.late, {schema}.measures_by_department TO suishi_{schema};
GRANT SELECT ON {schema}.resolved_risks, {schema}.late, {schema}.measures_by_department TO suishi_auditor;
