"""Lets the roles of the database come by themselves, each with a password of its own."""

from __future__ import annotations

import secrets
from base64 import b64encode
from collections.abc import Mapping
from hashlib import pbkdf2_hmac, sha256
from hmac import digest
from typing import Final

import asyncpg

ITERATIONS: Final = 4096
LOGIN: Final = "ALTER ROLE {role} LOGIN PASSWORD '{verifier}'"


async def let_in(dsn: str, passwords: Mapping[str, str]) -> None:
    """As the owner, by role; the server is told what a password proves and never the password, which its log could show."""
    connection = await asyncpg.connect(dsn)
    try:
        for role, password in passwords.items():
            await connection.execute(LOGIN.format(role=role, verifier=verifier(password, secrets.token_bytes(16))))
    finally:
        await connection.close()


def verifier(password: str, salt: bytes) -> str:
    """What PostgreSQL keeps of a password (RFC 5803); an ASCII one, which SASLprep would leave as it is."""
    salted = pbkdf2_hmac("sha256", password.encode("ascii"), salt, ITERATIONS)
    stored = sha256(digest(salted, b"Client Key", "sha256")).digest()
    keys = b64encode(stored).decode() + ":" + b64encode(digest(salted, b"Server Key", "sha256")).decode()
    return f"SCRAM-SHA-256${ITERATIONS}:{b64encode(salt).decode()}${keys}"
