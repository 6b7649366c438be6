"""Finds the running system for commands that only talk to it, and says in one sentence when it cannot be reached."""

from collections.abc import Generator
from contextlib import contextmanager

import asyncpg
from aiokafka.errors import KafkaError

from commands.system import folder, masked
from local.language import say
from local.problem import Problem
from local.services import settings
from local.stack import Servers, Stack, named_by_environment, named_kafka, named_secret
from pipeline.kafka import Connection
from pipeline.store import OUTAGES

PATIENCE_S = 5


def database() -> str:
    """The DSN of `SUISHI_DATABASE`, else the local owner's."""
    return named_secret("SUISHI_DATABASE") or _local().database


def vault_database() -> str:
    """The DSN with which the vault is read: `SUISHI_DATABASE_VAULT`, else that of `database`."""
    return named_secret("SUISHI_DATABASE_VAULT") or database()


def kafka() -> Connection:
    """What `SUISHI_KAFKA` and its companions name, else the local system's with its administrator."""
    return named_kafka() or _local().kafka


def both() -> Stack:
    """Database and Kafka of one and the same system."""
    return named_by_environment() or _local()


def vault_key() -> str:
    """The master secret in hexadecimal: `SUISHI_VAULT_KEY`, else the local system's; empty when there is none."""
    if named_secret("SUISHI_DATABASE"):
        return named_secret("SUISHI_VAULT_KEY")
    return settings(_local(), folder())["SUISHI_VAULT_KEY"]


def runs() -> bool:
    """A system is named by the environment, or the local one was started."""
    return bool(named_secret("SUISHI_DATABASE")) or _started(Servers(folder()))


def _started(servers: Servers) -> bool:
    return servers.postgres.program.pid is not None and servers.kafka.program.pid is not None


def _local() -> Stack:
    servers = Servers(folder())
    if not _started(servers):
        zh = "系统未运行；请先执行 ./suishi up，或设置 SUISHI_KAFKA 与 SUISHI_DATABASE。"
        raise Problem(say(zh, "nothing runs here; start it with ./suishi up, or set SUISHI_KAFKA and SUISHI_DATABASE."))
    return servers.stack()


async def answers(dsn: str) -> None:
    """Returns when the database does; raises what asyncpg and the network raise."""
    connection = await asyncpg.connect(dsn, timeout=PATIENCE_S)
    await connection.close()


@contextmanager
def from_database(dsn: str) -> Generator[None]:
    """What the database answers instead of data, as a Problem."""
    place = masked(dsn)
    try:
        yield
    except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError) as error:
        zh = f"数据库 {place} 中没有本系统的日志；请先执行 ./suishi up。"
        raise Problem(say(zh, f"the database {place} holds no logs of ours; run ./suishi up first.")) from error
    except asyncpg.InsufficientPrivilegeError as error:
        raise Problem(say(f"数据库 {place} 拒绝访问：{error}", f"the database {place} refuses: {error}")) from error
    except (*OUTAGES, asyncpg.PostgresError, ValueError) as error:
        why = str(error) or type(error).__name__
        raise Problem(say(f"无法使用数据库 {place}：{why}", f"the database {place} cannot be used: {why}")) from error


@contextmanager
def from_kafka(kafka: Connection) -> Generator[None]:
    """What Kafka answers instead of taking a message, as a Problem."""
    try:
        yield
    except (OSError, KafkaError) as error:
        why = str(error) or type(error).__name__
        raise Problem(say(f"无法使用 Kafka {kafka}：{why}", f"Kafka at {kafka} cannot be used: {why}")) from error
