"""The rules of enrollment as sentences, its border, and its read models."""
