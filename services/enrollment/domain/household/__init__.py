"""What is known of a household, and where it stands."""
