"""Proofs that the logs are whole and that everything shown follows from them; reads, and never writes to what it audits."""
