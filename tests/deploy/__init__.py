"""The container files, held against the code without Docker."""
