"""The rules of assistance as sentences, its border, and its read models."""
