"""The promises of the one path every message takes."""
