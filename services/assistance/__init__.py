"""Assistance decides how an enrolled household is helped: the 1+N plan, its measures, and the paired cadre.

In: its own commands, enrollment's events and the clock. Out: `suishi.assistance.events.v1`.
Read on: `domain` (the rules), `identify`, `translate` (the border), `views` (read models).
"""
