"""What enrollment would answer to a sheet today, by its own rules and on its own register; it keeps nothing of it, nor does the vault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple
from uuid import UUID, uuid4

import asyncpg

from commands.register_sheet import wording
from commands.register_sheet.cells import Fault, Said
from commands.register_sheet.delivery import WHOLE, refused_as, refused_of, unplaced_as
from commands.register_sheet.messages import Sent
from pipeline.decider import Event
from pipeline.handler import Handler
from pipeline.kernel import register
from pipeline.postgres import Log, PostgresStore, connect
from pipeline.projection import projection
from pipeline.store import Commit, NewEvent, Recorded, SetAside
from services.enrollment import views
from services.enrollment.domain.events import AnyEvent, CommandRefused
from services.enrollment.domain.members.change_events import VillageUnknown
from services.enrollment.domain.policies import Policies
from services.enrollment.identify import Identify
from services.enrollment.main import rules
from services.enrollment.vault import Identity, Vault
from services.enrollment.vault_keys import Keys

AT_ONCE: Final = 2_000


class Answer(NamedTuple):
    """How many households are there `before`, and how many would be `refused` or set aside.

    `faults` say what is to be mended, with villages that nobody knows.
    """

    before: int
    refused: int
    faults: list[Fault]


class Databases(NamedTuple):
    """The DSNs with which the register is read and the vault, which need not be open to the same login."""

    register: str
    vault: str


class _Unkept(PostgresStore):
    """Gathers what would have been kept: a batch with a message that cannot be handled comes in several commits."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], log: Log) -> None:
        super().__init__(pool, log)
        self.events, self.set_aside = list[NewEvent](), list[SetAside]()

    async def commit(self, commit: Commit) -> list[Recorded]:
        self.events += commit.events
        self.set_aside += commit.set_aside
        return []


class _Glanced(Vault):
    """Whoever is not in it gets an id for the moment."""

    async def persons(self, identities: Sequence[Identity]) -> dict[tuple[str, str], UUID]:
        hashes = {(one.id_type, one.number): self._hash(one) for one in identities}
        strangers = {digest: uuid4() for digest in hashes.values()}
        found = strangers | await self._find(list(strangers))
        return {named: found[digest] for named, digest in hashes.items()}

    async def complete(self, person: UUID, details: Mapping[str, object]) -> None:
        pass


async def ask(where: Databases, messages: Sequence[Sent], policies: Policies, keys: Keys) -> Answer:
    """Raises `NoVaultKey` with another vault's key."""
    register(AnyEvent.__args__)
    owner = await asyncpg.connect(_read_only(where.register))
    log, persons = await connect(_read_only(where.register), "enrollment", size=2), await connect(_read_only(where.vault), "vault", size=2)
    try:
        store, vault = _Unkept(log, Log("enrollment", projection(views.statements))), _Glanced(persons, keys)
        await vault.check()
        known = await store.seen([one.envelope.digest for one in messages])
        fresh, before = list[Sent](), list[Sent]()
        for one in messages:
            (before if one.envelope.digest in known else fresh).append(one)
        handler = Handler(rules(policies, Identify(log, vault, policies)), store)
        earlier = list((await refused_of(owner, before)).values())
        for start in range(0, len(fresh), AT_ONCE):
            some = [one.envelope for one in fresh[start : start + AT_ONCE]]
            await handler.handle([one.record for one in some], some)
        faults = [*earlier, *_faults(store, fresh)]
        return Answer(len(before) - len(earlier), sum(one.holds_back for one in faults), faults)
    finally:
        await owner.close()
        await log.close()
        await persons.close()


def _read_only(dsn: str) -> str:
    return f"{dsn}{'&' if '?' in dsn else '?'}default_transaction_read_only=on"


def _faults(store: _Unkept, asked: Sequence[Sent]) -> list[Fault]:
    row_of, row_at = {one.envelope.id: one.rows[0] for one in asked}, {one.envelope.record: one.rows[0] for one in asked}
    answered = (_fault(row_of[new.metadata.causation], new.event) for new in store.events)
    unanswered = [Fault(row_at[one.record], WHOLE, wording.UNANSWERED, wording.REPORT) for one in store.set_aside]
    return [*(fault for fault in answered if fault is not None), *unanswered]


def _fault(row: int, event: Event) -> Fault | None:
    match event:
        case CommandRefused(reason_code=code, supported=supported):
            return refused_as(row, code, supported)
        case VillageUnknown(reason=reason, merged_into=other):
            mend = Said(f"请改为 {other}", f"write {other}") if other else wording.CHECK
            return unplaced_as(row, reason, Said(f"仍可导入；{mend.zh}", f"the household comes in all the same: {mend.en}"))
        case _:
            return None
