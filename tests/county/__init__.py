"""The sample county: its figures, its season, its people and its oracle."""
