"""The sample county: people who never lived in real villages, an illustrative season, scripted actors and an independent oracle.

- `figures`: how large everything is, at full scale or in proportion (county-370323.toml)
- `divisions`, `people`, `households`, `population`: who lives where, and who answers for whom
- `outgoing`, `opening`: messages as Kafka records; those that fill the register before the season
- `contents`, `hardships`, `chronicle`: what departments can say, what befalls households, the book in which it is written
- `plots`, `found`, `spared`, `planting`: the stories, and which household lives which
- `everyday`, `disturbances`, `season`: everybody else, what goes wrong on the way, and the ninety days as records
- `sheet`: what a visit to each house would find, and who is behind a fact
- `actors`: clerks, visitors, officers and desks; a message in, messages out
- `signals`, `oracle`: who must be enrolled, computed from the season and the sheet by rules of its own
"""
