"""Signed checkpoints of the logs: what is sealed, by whom, and where the copies are."""
