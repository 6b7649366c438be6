"""Settings from the environment (SUISHI_*), the same for every service, and structured logs without personal data."""

from __future__ import annotations

import logging
import os
import sys

import orjson
import structlog
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """`database` is a DSN, `kafka` bootstrap servers, `http` host:port of the health page."""

    model_config = SettingsConfigDict(env_prefix="SUISHI_")

    kafka: str
    database: SecretStr
    http: str = "127.0.0.1:0"
    vault_key: SecretStr = SecretStr("")
    smtp: str = "127.0.0.1:25"
    clock: str = "system"
    pack: str = "example-pilot"
    log_level: str = "INFO"

    def dsn(self, service: str) -> str:
        """The service's own DSN where one is set, else the owner's."""
        return os.environ.get(f"SUISHI_DATABASE_{service.upper()}") or self.database.get_secret_value()


def log_as_json(service: str, level: str) -> None:
    """One JSON object per line on standard error; values are ids, counts and reasons only."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=orjson.dumps),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
