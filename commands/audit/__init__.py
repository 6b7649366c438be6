"""`./suishi audit`: whether the logs are whole, what happened to a household, and what a check of the register would object to."""

from commands.audit import history, quality, verify

__all__ = ["history", "quality", "verify"]
