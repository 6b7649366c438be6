-- What departments answered to referrals that nobody has sent: after a restore an answer may be read before what asks for it.
CREATE TABLE {schema}.unmatched_answers (
    referral uuid NOT NULL, department text NOT NULL, command text NOT NULL, outcome text NOT NULL, answered_on date NOT NULL,
    PRIMARY KEY (referral, department)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.unmatched_answers TO suishi_{schema};
GRANT SELECT ON {schema}.unmatched_answers TO suishi_auditor;
