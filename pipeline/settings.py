"""Settings from the environment (SUISHI_*), the same for every service, and structured logs without personal data."""

from __future__ import annotations

import logging
import os
import sys
from typing import Annotated, Literal, TypeAlias

import orjson
import structlog
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

Address: TypeAlias = Annotated[str, Field(pattern=r"^.+:\d+$")]


class Settings(BaseSettings):
    """`database` is a DSN, `kafka` bootstrap servers, `http` and `smtp` are host:port."""

    model_config = SettingsConfigDict(env_prefix="SUISHI_")

    kafka: str
    database: SecretStr
    http: Address = "127.0.0.1:0"
    vault_key: SecretStr = SecretStr("")
    smtp: Address = "127.0.0.1:25"
    clock: Literal["system", "external"] = "system"
    pack: str = "example-pilot"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    def dsn(self, service: str) -> str:
        """The service's own DSN where one is set, else the owner's."""
        return os.environ.get(f"SUISHI_DATABASE_{service.upper()}") or self.database.get_secret_value()


def settings() -> Settings:
    """From the environment; ends the process with one sentence per wrong variable, and with no value of it."""
    try:
        return Settings()  # pyright: ignore[reportCallIssue] - filled from the environment
    except ValidationError as error:
        wrong = (f"SUISHI_{str(one['loc'][0]).upper()}: {one['msg']}" for one in error.errors(include_input=False))
        sys.exit("\n".join(wrong))


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
