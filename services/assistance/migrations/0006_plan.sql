-- Who answers for a base item: the role that the pack names.
ALTER TABLE {schema}.measures ADD COLUMN owner text;
