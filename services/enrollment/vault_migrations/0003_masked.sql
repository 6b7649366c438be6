-- What may be shown of a person's name: family name and mask, nothing of a minor's. Written with the ciphertext, and gone with it.
ALTER TABLE {schema}.persons ADD COLUMN masked text;
CREATE INDEX persons_unmasked ON {schema}.persons (person) WHERE masked IS NULL AND erased_at IS NULL;

-- How a household is called in a letter: by its head, else by whoever was registered with it first; nothing more of the vault is lent.
CREATE VIEW {schema}.household_heads WITH (security_barrier) AS
    SELECT household, masked FROM (
        SELECT DISTINCT ON (m.household) m.household, p.masked
        FROM enrollment.members m LEFT JOIN {schema}.persons p USING (person) WHERE m.until IS NULL
        ORDER BY m.household, (m.relation IN ('head', '户主')) DESC, m.position, m.person
    ) AS heads WHERE masked IS NOT NULL;
GRANT USAGE ON SCHEMA {schema} TO suishi_notifications;
GRANT SELECT ON {schema}.household_heads TO suishi_notifications;
