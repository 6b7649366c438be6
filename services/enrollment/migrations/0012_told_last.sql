-- When the fact was told that says where a household lives, and the one that says who heads it: what was told before changes neither.
ALTER TABLE {schema}.households
    ADD COLUMN moved_at timestamptz, ADD COLUMN moved_by uuid, ADD COLUMN headed_at timestamptz, ADD COLUMN headed_by uuid;
