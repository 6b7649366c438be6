-- An offset counts in the cluster that gave it out: one whose disks were lost comes back with another id and counts anew.
ALTER TABLE {schema}.consumed_offsets ADD COLUMN cluster text NOT NULL DEFAULT '';
