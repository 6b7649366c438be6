"""Settings from the environment (SUISHI_*), the same for every service, and structured logs without personal data."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeAlias

import orjson
import structlog
from pydantic import Field, FilePath, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from pipeline.kafka import Connection

Address: TypeAlias = Annotated[str, Field(pattern=r"^.+:\d+$")]
SECRETS: Final = ("kafka_password", "database", "vault_key")


class Settings(BaseSettings):
    """`database` is a DSN, `kafka` bootstrap servers, `http` and `smtp` are host:port; `kafka_ca` is a PEM file and switches TLS on.

    `mail_from` is the address that e-mails are from; a mail server may want one that it knows. `divisions` is a CSV file of villages.
    `seal_key` and `seal_public` are PEM files, to `checkpoints` the sealer appends; `seal_hash` makes the leaves of a log that is not
    sealed yet.
    """

    model_config = SettingsConfigDict(env_prefix="SUISHI_")

    kafka: str
    kafka_user: str = ""
    kafka_password: SecretStr = SecretStr("")
    kafka_ca: FilePath | None = None
    database: SecretStr = SecretStr("")
    http: Address = "127.0.0.1:0"
    vault_key: SecretStr = SecretStr("")
    smtp: Address = "127.0.0.1:25"
    mail_from: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")] = "suishi@county.invalid"
    clock: Literal["system", "external"] = "system"
    pack: str = "example-pilot"
    divisions: FilePath | None = None
    seal_key: FilePath | None = None
    seal_public: FilePath | None = None
    checkpoints: Path | None = None
    seal_hash: Literal["sha256", "sm3"] = "sha256"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    def dsn(self, service: str) -> str:
        """The service's own DSN where one is set, else the owner's; ends the process when neither is."""
        own = f"SUISHI_DATABASE_{service.upper()}"
        return secret(own) or self.database.get_secret_value() or sys.exit(f"{own}: set it, or SUISHI_DATABASE")

    @property
    def connection(self) -> Connection:
        """How this process comes to Kafka."""
        return Connection(self.kafka, self.kafka_user, self.kafka_password.get_secret_value(), self.kafka_ca)


def secret(name: str) -> str:
    """A variable of the environment, or what is in the file that `<name>_FILE` names; empty when neither is set. Raises OSError."""
    file = os.environ.get(f"{name}_FILE")
    return Path(file).read_text(encoding="utf-8").strip() if file else os.environ.get(name, "")


def settings() -> Settings:
    """From the environment; ends the process with one sentence per wrong variable, and with no value of it."""
    try:
        kept: dict[str, Any] = {name: value for name in SECRETS if (value := secret(f"SUISHI_{name.upper()}"))}
        return Settings(**kept)
    except OSError as error:
        sys.exit(f"{error.filename}: {error.strerror}")
    except ValidationError as error:
        sys.exit("\n".join(wrong_ones(error)))


def wrong_ones(error: ValidationError) -> list[str]:
    """A sentence for each wrong variable, with no value of it."""
    return [f"SUISHI_{str(one['loc'][0]).upper()}: {one['msg']}" for one in error.errors(include_input=False)]


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
