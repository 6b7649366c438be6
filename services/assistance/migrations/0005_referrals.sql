-- Whom the plans asked, by when, and what became of it. A measure that ended before anybody answered has its referral withdrawn.
CREATE TABLE {schema}.referrals (
    referral uuid PRIMARY KEY, household uuid NOT NULL, measure uuid NOT NULL, department text NOT NULL, kind text NOT NULL,
    answers text[] NOT NULL, sent_on date NOT NULL, due date NOT NULL,
    outcome text, answered_on date, overdue_on date, level text, withdrawn_on date
);
CREATE INDEX referrals_due ON {schema}.referrals (due) WHERE outcome IS NULL AND withdrawn_on IS NULL;
-- What each department has still to answer.
CREATE VIEW {schema}.outstanding_referrals AS
    SELECT department, referral, household, measure, kind, answers, sent_on, due, overdue_on, level
    FROM {schema}.referrals WHERE outcome IS NULL AND withdrawn_on IS NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.referrals TO suishi_{schema};
GRANT SELECT ON {schema}.outstanding_referrals TO suishi_{schema};
GRANT SELECT ON {schema}.referrals, {schema}.outstanding_referrals TO suishi_auditor;
