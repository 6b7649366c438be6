-- The read models of assistance; every row follows from the log and is rebuilt from it.
CREATE TABLE {schema}.plans (
    plan uuid PRIMARY KEY, household uuid NOT NULL, episode int NOT NULL, opened_on date NOT NULL, closed_on date
);
CREATE INDEX plans_household ON {schema}.plans (household);
CREATE TABLE {schema}.measures (
    measure uuid PRIMARY KEY, household uuid NOT NULL, plan uuid NOT NULL, kind text NOT NULL, department text NOT NULL,
    answers text[] NOT NULL, base boolean NOT NULL, state text NOT NULL, due date NOT NULL, changed_on date NOT NULL
);
CREATE INDEX measures_household ON {schema}.measures (household);
CREATE TABLE {schema}.pairings (household uuid PRIMARY KEY, cadre uuid NOT NULL, from_day date NOT NULL);

GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.plans, {schema}.measures, {schema}.pairings TO suishi_{schema};
GRANT SELECT ON {schema}.plans, {schema}.measures, {schema}.pairings TO suishi_auditor;
