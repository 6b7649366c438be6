-- What the county published for an area: its standard lines and its packs, each from a first day.
CREATE TABLE {schema}.lines (
    area text, valid_from date, fen_per_person bigint NOT NULL, takes_effect date NOT NULL, position bigint NOT NULL,
    PRIMARY KEY (area, valid_from)
);
CREATE TABLE {schema}.packs (area text, valid_from date, pack text NOT NULL, position bigint NOT NULL, PRIMARY KEY (area, valid_from));

GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.lines, {schema}.packs TO suishi_{schema};
GRANT SELECT ON {schema}.lines, {schema}.packs TO suishi_auditor;
