"""Ours, the limit of the machine and the peers, measured in one run on the same facts; only the ratios mean something.

Read on: `ground` (what every side finds), `ours`, `limit`, `naive` (from facts on Kafka to events on Kafka), `append` and `replay`
(the log alone), `latency` (one fact at a time), `comparison` (who runs when).
"""
