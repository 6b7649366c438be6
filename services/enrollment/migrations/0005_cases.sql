-- Every case with how far it is, and every public notice. What was written before them would be missing in them.
DO $$ BEGIN
    IF EXISTS (SELECT FROM {schema}.stored_events WHERE topic = 'enrollment.case-opened' OR topic LIKE 'enrollment.deadline-%') THEN
        RAISE EXCEPTION 'the cases of {schema} were written by a release that kept no list of them; go back to it, or start anew (./suishi reset) and let everybody send again';
    END IF;
END $$;
-- `way` is in, enrolled, out, and at the end rejected, exited or ended; `done` are the steps of the present way, in order.
CREATE TABLE {schema}.cases (
    case_id uuid PRIMARY KEY, household uuid NOT NULL, episode int NOT NULL, pack text NOT NULL, opened_on date NOT NULL,
    way text NOT NULL, done text[] NOT NULL, changed_on date NOT NULL
);
CREATE INDEX cases_household ON {schema}.cases (household);
-- `until` is the last day on which it must hang; no name is here, the page is made when somebody prints it.
CREATE TABLE {schema}.notices (
    case_id uuid, position bigint, household uuid NOT NULL, kind text NOT NULL, posted_on date NOT NULL, until date NOT NULL,
    taken_down_on date, why text, PRIMARY KEY (case_id, position)
);
CREATE INDEX notices_hanging ON {schema}.notices (until) WHERE taken_down_on IS NULL;
-- A deadline is running, paused (with the days that are left and without a date) or escalated (what is late went up to `level`);
-- a minimum is a time that has to pass first.
ALTER TABLE {schema}.deadlines ALTER COLUMN due DROP NOT NULL;
ALTER TABLE {schema}.deadlines ADD COLUMN state text NOT NULL, ADD COLUMN days_left int, ADD COLUMN level int;
-- The worklist: every household that somebody has to do something for, with all that is due.
CREATE VIEW {schema}.open_cases AS
    SELECT h.household, h.village_code, left(h.village_code, 9) AS town_code, h.stage, c.case_id, c.episode, c.pack, c.way, c.done, due.deadlines
    FROM {schema}.households h
    LEFT JOIN {schema}.cases c ON c.household = h.household AND c.way IN ('in', 'enrolled', 'out')
    LEFT JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_object('kind', d.kind, 'state', d.state, 'due', d.due, 'days_left', d.days_left, 'level', d.level)
                         ORDER BY d.due, d.kind) AS deadlines
        FROM {schema}.deadlines d WHERE d.stream = h.household
    ) AS due ON true
    WHERE h.stage IN ('clue', 'case', 'exit-proposed') OR due.deadlines IS NOT NULL;

GRANT SELECT, INSERT, UPDATE ON {schema}.cases, {schema}.notices TO suishi_{schema};
GRANT SELECT ON {schema}.open_cases TO suishi_{schema};
GRANT SELECT ON {schema}.cases, {schema}.notices, {schema}.open_cases TO suishi_auditor;
