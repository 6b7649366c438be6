"""What a free text leaves in the log."""

from __future__ import annotations

from hashlib import sha256


def text_digest(text: str) -> str:
    """SHA-256 of its UTF-8, in hexadecimal."""
    return sha256(text.encode()).hexdigest()
