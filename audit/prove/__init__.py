"""Proofs that one file and a public key are enough to check: an event is sealed, and a tree is the beginning of a later one."""
