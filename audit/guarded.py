"""A log is the table that the migrations made: whoever reads it sees all of it, and nobody changes it."""

from __future__ import annotations

from typing import Final

import asyncpg

from local.language import say

# The table's name, then what is so of it that nothing of ours ever does.
FOUND: Final = """
SELECT c.relname::text AS name, c.relkind <> 'r' OR c.relrowsecurity OR c.relhasrules
        OR EXISTS (SELECT FROM pg_inherits i WHERE i.inhparent = c.oid) AS shown_otherwise,
    c.relname <> 'log_head' AND NOT EXISTS (
        SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'append_only' AND t.tgenabled IN ('O', 'A')) AS unguarded,
    (SELECT string_agg(DISTINCT CASE rights.grantee WHEN 0 THEN 'PUBLIC' ELSE rights.grantee::regrole::text END, ', ') FROM (
        SELECT (aclexplode(c.relacl)).* UNION ALL
        SELECT (aclexplode(a.attacl)).* FROM pg_attribute a WHERE a.attrelid = c.oid
    ) AS rights WHERE c.relname <> 'log_head' AND rights.grantee <> c.relowner
        AND rights.privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER')) AS may_change,
    c.relname = 'stored_events' AND (SELECT count(*) FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid) < 2
        AS may_be_doubled
FROM pg_class c WHERE c.oid IN (to_regclass($1 || '.stored_events'), to_regclass($1 || '.log_head'), to_regclass('audit.checkpoints'))
ORDER BY name"""
HEADS: Final = "SELECT count(*) FROM {schema}.log_head"


async def shown_otherwise(connection: asyncpg.Connection, service: str) -> str | None:
    """The first of its tables of which a reader may be shown less, or something else, said as `unguarded` does."""
    found: list[asyncpg.Record] = await connection.fetch(FOUND, service)
    return next((_shown_otherwise(_table(one["name"], service)) for one in found if one["shown_otherwise"]), None)


async def unguarded(connection: asyncpg.Connection, service: str) -> str | None:
    """The first thing that is not so any more, said to whoever audits; None where all is as it was made."""
    for name, otherwise, open_, may_change, may_be_doubled in await connection.fetch(FOUND, service):
        table = _table(name, service)
        if otherwise:
            return _shown_otherwise(table)
        if open_:
            zh = f"{table} 上防止修改的触发器已被去除或停用"
            return say(zh, f"the trigger that keeps {table} from being changed was taken off or switched off")
        if may_change:
            return say(f"{may_change} 获得了修改 {table} 的权限", f"{may_change} was given the right to change {table}")
        if may_be_doubled:
            zh = f"{table} 的唯一键已被去除：同一位置可能有多条事件"
            return say(zh, f"a unique key of {table} was taken away: a position may hold several events")
    heads: int = await connection.fetchval(HEADS.format(schema=service))
    zh = f"{service}.log_head 有 {heads} 行，应为一行"
    return None if heads == 1 else say(zh, f"{service}.log_head has {heads} rows and not one")


def _table(name: str, service: str) -> str:
    return name if name == "checkpoints" else f"{service}.{name}"


def _shown_otherwise(table: str) -> str:
    zh = f"{table} 上有行级安全策略、规则、子表，或已换成视图：读到的可能不是全部"
    return say(zh, f"{table} has row security, rules or child tables, or is a view: what is read of it may not be all")
