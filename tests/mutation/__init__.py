"""What the tests would notice, if a line that keeps something safe were gone."""
