"""The rules of notifications as sentences, its border, and its read models."""
