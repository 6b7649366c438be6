"""Ours, the limit of the machine and the peers, measured in one run on the same facts; only the ratios mean something.

Read on: `ground` (what every side finds), `ours`, `limit`, `naive` (from facts on Kafka to events on Kafka), `append`, `replay` and
`rebuild` (the log alone), `latency` (one fact at a time) and `hops` (a steady load), `comparison` (who runs when). `growth` asks how all
this holds in `filled` databases, `counties` for two counties at once, and `province` reckons with what they find.
"""
