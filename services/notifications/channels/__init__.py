"""The ways out, found by their files: how its server is spoken to, and what its answers mean. `outlet.py` says what such a file has."""
