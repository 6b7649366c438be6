"""Special-group care: the care file of a person, the plan of who cannot look after himself, visits, and the quota of each week.

A person's file is a stream of its own, so that daily visits do not make the household's stream grow.
Read on: `care_commands`, `care_events`, `care_file` (what is known) and its `evolution`; the rules are `filing`, `planning`, `visiting`
and `judging`, brought together in `rules`.
"""
