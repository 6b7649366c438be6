"""Notifications decides who must know what: one intent per event, recipient and channel, until its outcome is known.

In: its own commands, enrollment's and assistance's events. Out: `suishi.notifications.events.v1` and what leaves by `channels`.
Read on: `domain` (the rules), `identify` (who answers for a household), `translate` (the border), `views`, `deliver` (the only effect).
"""
