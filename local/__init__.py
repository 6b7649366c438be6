"""A real PostgreSQL and a real Kafka on this machine, without Docker: for the demo, the tests and everyday development."""
