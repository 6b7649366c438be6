-- As before, each risk for itself: a reason for one risk answered all others of its plan, and so did a risk that was no more.
CREATE OR REPLACE VIEW {schema}.unanswered AS
    SELECT DISTINCT m.household, p.plan, asked.risk
    FROM {schema}.plans p JOIN {schema}.measures m USING (plan, household), unnest(m.answers) AS asked (risk)
    WHERE p.closed_on IS NULL
    AND NOT EXISTS (
        SELECT FROM {schema}.measures o WHERE o.plan = p.plan AND asked.risk = ANY(o.answers)
        AND (o.state NOT IN ('declined', 'ended') OR o.delivered_on IS NOT NULL))
    AND NOT EXISTS (SELECT FROM {schema}.reasons r WHERE r.plan = p.plan AND r.risk = asked.risk)
    AND NOT EXISTS (SELECT FROM {schema}.resolved_risks s WHERE s.plan = p.plan AND s.risk = asked.risk);
