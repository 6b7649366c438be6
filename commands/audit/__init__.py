"""`./suishi audit`: whether the logs are whole, what happened to a household, and what a check of the register would object to."""

from commands.audit import check_proof, diff, explain, export, history, household, prove, quality, register, replay, verify, what_if

__all__ = [
    "check_proof",
    "diff",
    "explain",
    "export",
    "history",
    "household",
    "prove",
    "quality",
    "register",
    "replay",
    "verify",
    "what_if",
]
