"""Assistance decides how an enrolled household is helped: the 1+N plan, the paired cadre, care by quota.

In: its own commands and enrollment's events. Out: `suishi.assistance.events.v1`.
Read on: `domain` (the rules), `identify`, `translate` (the border), `views` (read models).
"""
