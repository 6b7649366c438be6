"""Clues: what raises one, what joins it, what ends it."""
