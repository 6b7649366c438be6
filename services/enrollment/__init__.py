"""Enrollment decides who is taken in and let out (随时进、即时出).

In: every department's facts, its own commands, the clock, and assistance's events (a delivered measure allows an exit).
Out: the register's events on `suishi.enrollment.events.v1`.
Read on: `domain` (the rules), `identify` (whose stream a message concerns), `translate` (the border), `views` (read models).
"""
