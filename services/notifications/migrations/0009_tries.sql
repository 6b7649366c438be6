-- After how many tries a letter was given up; 0 where it was not, or where an older log does not say it.
ALTER TABLE {schema}.outbox ADD COLUMN tries int NOT NULL DEFAULT 0;
