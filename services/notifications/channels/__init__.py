"""The ways out, a file for each kind of channel in `schemas.notifications`: how its server is spoken to, and what its answers mean."""
