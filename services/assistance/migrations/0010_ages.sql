-- When the next caregiver of a plan reaches the limit of age, where that is known and not told, and visits by somebody outside the group.
ALTER TABLE {schema}.care_files ADD COLUMN limit_on date;
CREATE INDEX care_files_limit ON {schema}.care_files (limit_on) WHERE limit_on IS NOT NULL;
ALTER TABLE {schema}.care_visits ADD COLUMN outside boolean NOT NULL DEFAULT false;
