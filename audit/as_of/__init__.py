"""What was so on one day, as far as it was known at one instant: a household, and the whole register."""
