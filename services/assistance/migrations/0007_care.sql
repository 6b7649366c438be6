-- Special-group care; `due` is the Sunday of the next week to be held against its quota.
CREATE TABLE {schema}.care_files (
    stream uuid PRIMARY KEY, person uuid NOT NULL, household uuid NOT NULL, category text NOT NULL, since date NOT NULL,
    due date, ended_on date, ended_by text
);
CREATE INDEX care_files_household ON {schema}.care_files (household);
CREATE INDEX care_files_due ON {schema}.care_files (due) WHERE due IS NOT NULL;
CREATE TABLE {schema}.care_plans (
    stream uuid, counts_from date, person uuid NOT NULL, care_dependency text NOT NULL, from_day date NOT NULL, required int NOT NULL,
    caregivers uuid[] NOT NULL, ages_unknown uuid[] NOT NULL, tasks text[] NOT NULL, times int[] NOT NULL, PRIMARY KEY (stream, counts_from)
);
CREATE TABLE {schema}.care_visits (
    stream uuid, visit uuid, person uuid NOT NULL, on_day date NOT NULL, week date NOT NULL, caregiver uuid, tasks text[] NOT NULL,
    PRIMARY KEY (stream, visit)
);
-- `told` is met, missed, or corrected (missed before); NULL while nobody judged the week.
CREATE TABLE {schema}.care_weeks (
    stream uuid, week date, person uuid NOT NULL, done int NOT NULL, required int NOT NULL, tasks_done int NOT NULL,
    tasks_required int NOT NULL, told text, PRIMARY KEY (stream, week)
);
CREATE TABLE {schema}.care_absences (
    stream uuid, caregiver uuid, from_day date, person uuid NOT NULL, to_day date NOT NULL, covered boolean NOT NULL, replacement uuid,
    age_unknown boolean NOT NULL, PRIMARY KEY (stream, caregiver, from_day)
);
-- How often each quantified task was done in each week that a plan covers.
CREATE VIEW {schema}.care_tasks AS
    SELECT w.stream, w.person, w.week, t.task, t.times AS required,
        (SELECT count(*) FROM {schema}.care_visits v, unnest(v.tasks) AS made
            WHERE v.stream = w.stream AND v.week = w.week AND made = t.task) AS done
    FROM {schema}.care_weeks w
    CROSS JOIN LATERAL (SELECT * FROM {schema}.care_plans p WHERE p.stream = w.stream AND p.counts_from <= w.week
        ORDER BY p.counts_from DESC LIMIT 1) AS plan
    CROSS JOIN LATERAL unnest(plan.tasks, plan.times) AS t (task, times)
    WHERE w.required > 0;

GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.care_files, {schema}.care_plans, {schema}.care_visits, {schema}.care_weeks,
    {schema}.care_absences TO suishi_{schema};
GRANT SELECT ON {schema}.care_files, {schema}.care_plans, {schema}.care_visits, {schema}.care_weeks, {schema}.care_absences,
    {schema}.care_tasks TO suishi_auditor;
GRANT SELECT ON {schema}.care_tasks TO suishi_{schema};
