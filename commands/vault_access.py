"""What a command needs to read in the vault, a key and a login, and who has them."""

from collections.abc import Generator
from contextlib import contextmanager

import asyncpg

from commands.reach import vault_key
from commands.system import masked
from local.language import say
from local.problem import Problem
from pipeline.store import OUTAGES
from services.enrollment.vault_keys import Keys, NoVaultKey


def opening_key() -> str:
    """The master secret in hexadecimal; raises Problem where there is none."""
    key = vault_key()
    try:
        Keys.from_text(key)
    except NoVaultKey as error:
        zh = "缺少保险库密钥：请把 SUISHI_VAULT_KEY 设为写入该保险库时所用的 64 位十六进制数（另生成的打不开）。"
        zh_where = "本地系统的由 ./suishi up 显示，容器部署的在 .secrets/vault-key，其余向密钥保管人领取。"
        en = "the key of the vault is missing: set SUISHI_VAULT_KEY to the 64 hexadecimal digits with which it was written (a new key opens"
        en_where = "nothing). ./suishi up shows a local system's, .secrets/vault-key holds the containers', else ask whoever keeps the key."
        raise Problem(say(zh + zh_where, f"{en} {en_where}")) from error
    return key


@contextmanager
def from_database_of_vault(dsn: str) -> Generator[None]:
    """A database that is away or is another one, as a Problem which names it and where it is set."""
    place = masked(dsn)
    try:
        yield
    except (*OUTAGES, asyncpg.PostgresError, ValueError) as error:
        why = str(error) or type(error).__name__
        zh = f"无法使用保险库所在的数据库 {place}：{why}。请核对 SUISHI_DATABASE_VAULT（未设置时为 SUISHI_DATABASE），或待其恢复后重试。"
        en = f"the vault's database {place} cannot be used: {why}. Check SUISHI_DATABASE_VAULT (SUISHI_DATABASE where that is not set),"
        raise Problem(say(zh, f"{en} or try again when it is back.")) from error


@contextmanager
def from_vault() -> Generator[None]:
    """A vault that stays closed to this key or this login, as a Problem."""
    try:
        yield
    except NoVaultKey as error:
        zh = "保险库无法打开：SUISHI_VAULT_KEY 不是写入它时所用的密钥，或其中有一行被换过；请向密钥保管人核对。"
        raise Problem(say(zh, f"the vault stays closed: {error}.")) from error
    except asyncpg.InsufficientPrivilegeError as error:
        if "suishi_vault" not in str(error):
            raise
        zh = "该数据库登录不得进入保险库：请用 SUISHI_DATABASE_VAULT 指明可作为 suishi_vault 登录的 DSN，向数据库管理员领取。"
        en = "this login may not enter the vault: name in SUISHI_DATABASE_VAULT the DSN of one that may act as suishi_vault,"
        raise Problem(say(zh, f"{en} which whoever runs the database gives out.")) from error


@contextmanager
def from_vault_at(dsn: str) -> Generator[None]:
    """Whatever the vault or its database answers instead, as a Problem."""
    with from_database_of_vault(dsn), from_vault():
        yield
