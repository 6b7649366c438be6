"""Who belongs to a household from a day on, and who is one with whom."""
