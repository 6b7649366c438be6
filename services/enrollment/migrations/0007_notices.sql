-- The household type that a notice tells; on an older one those that the category may lead to.
ALTER TABLE {schema}.notices ADD COLUMN type text;
