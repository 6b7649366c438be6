"""What a policy pack says, and how its values are read."""
