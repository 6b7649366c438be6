"""A part of the logs in a file for somebody else: by days, with its own hash and the signed checkpoint that it belongs to."""
