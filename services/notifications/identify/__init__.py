"""Who must be told? A look for the whole batch at the register of recipients, then memory.

`directory` follows a batch message by message, `letters` are the notifications that it names, `notices` says what of a message there is
to tell, `waiting` what nobody can be told yet, `upwards` what goes up and to whom.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg
from msgspec import json
from msgspec.structs import replace

from pipeline.envelope import Envelope
from schemas.assistance import CadreAnswers
from schemas.enrollment import HouseholdEvent, HouseholdMoved, HouseholdRegistered
from schemas.notifications import ContinueAnnouncement, RegisterRecipient, RetireRecipient
from services.notifications.address_book import enter
from services.notifications.domain.commands import Notice, Target
from services.notifications.domain.policy import Policy
from services.notifications.identify.directory import DIGITS, Directory, Found
from services.notifications.identify.letters import read
from services.notifications.identify.waiting import AS_BEFORE, Waiting, personal
from services.notifications.names import USUAL, post_of

__all__ = ["Directory", "Found", "Identify"]

HOUSEHOLDS: Final = "SELECT household, village_code, cadre FROM answerable WHERE household = ANY($1::uuid[])"
AWAITING_FOR: Final = """
SELECT stream FROM awaiting JOIN answerable ON stream = household WHERE cadre = ANY($1::uuid[]) OR village_code = ANY($2)"""
AWAITING: Final = """
SELECT stream, post, notice::text, target::text FROM awaiting WHERE stream = ANY($1::uuid[]) OR (post = ANY($2) AND post <> '')
ORDER BY position"""
# Cadres are found by their pairing: there may be thousands in an area.
RECIPIENTS: Final = """
SELECT recipient, role, area, department, retired FROM recipients
WHERE recipient = ANY($1::uuid[]) OR (area = ANY($2) AND role <> 'paired-cadre') ORDER BY since"""
CHANNELS: Final = """
SELECT recipient, ARRAY(SELECT jsonb_object_keys(contacts) ORDER BY 1) FROM recipients
WHERE recipient = ANY($1::uuid[]) AND contacts - $2::text <> '{}'"""
NEXT: Final = """
SELECT a.notice::text, array(
    SELECT recipient FROM recipients r
    WHERE r.role = a.role AND starts_with(r.area, a.area) AND r.department = a.department AND NOT r.retired
    AND ($2::uuid IS NULL OR recipient > $2) ORDER BY recipient LIMIT $3
) FROM announcements a WHERE a.announcement = $1"""


class Identify:
    """The queries of notifications, each for a whole batch."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], policy: Policy) -> None:
        self._pool, self._policy = pool, policy

    async def __call__(self, envelopes: Sequence[Envelope]) -> list[Found]:
        directory = await self._directory([envelope.data for envelope in envelopes])
        contacts = iter(await enter(self._pool, [e.data for e in envelopes if isinstance(e.data, RegisterRecipient)]))
        found = [(envelope, directory.find(envelope)) for envelope in envelopes]
        return [replace(f, contacts=next(contacts)) if isinstance(e.data, RegisterRecipient) else f for e, f in found]

    async def _directory(self, said: Sequence[Any]) -> Directory:
        letters = await read(self._pool, said, self._policy)
        directory = Directory(self._policy, letters=letters)
        await directory.upwards.look_up(self._pool, {notice.event for notice in letters.notices})
        registered = [one for one in said if isinstance(one, RegisterRecipient)]
        households = [one.household_id for one in said if isinstance(one, HouseholdEvent)]
        households += [notice.household for notice in letters.notices if notice.household is not None]
        if registered:
            found = await self._pool.fetch(AWAITING_FOR, [r.recipient_id for r in registered], [r.area for r in registered])
            households += [row[0] for row in found]
        for household, village, cadre in await self._pool.fetch(HOUSEHOLDS, households) if households else ():
            directory.village_of |= {household: village} if village is not None else {}
            directory.cadre_of |= {household: cadre} if cadre is not None else {}
        await self._enter_recipients(directory, said)
        await self._keep_waiting(directory, households, registered)
        for one in said:
            if isinstance(one, ContinueAnnouncement):
                await self._look_ahead(directory, one.announcement_id, one.after)
        following = [recipient for part in directory.next_of.values() for _, recipient in part]
        known = [*directory.post_by, *following, *(recipient for recipient, _ in letters.stayed.values())]
        for recipient, channels in await self._pool.fetch(CHANNELS, known, USUAL) if known else ():
            directory.channels[recipient] = tuple(channels)
        return directory

    async def _enter_recipients(self, directory: Directory, said: Sequence[Any]) -> None:
        people = [*directory.cadre_of.values()]
        people += [one.cadre_id for one in said if isinstance(one, CadreAnswers) and one.cadre_id is not None]
        people += [one.recipient_id for one in said if isinstance(one, RegisterRecipient | RetireRecipient)]
        people += [person for one in said for person in getattr(one, "group", ())]
        places = {
            *directory.village_of.values(),
            *(one.village_code for one in said if isinstance(one, HouseholdRegistered | HouseholdMoved)),
        }
        places |= {str(getattr(one, "area", "")) for one in said}
        places |= {notice.area for notice in directory.letters.notices}
        areas = {place[:digits] for place in places for digits in DIGITS.values()}
        wanted = bool(people or areas - {""})
        for recipient, role, area, department, retired in await self._pool.fetch(RECIPIENTS, people, list(areas)) if wanted else ():
            directory.enter(recipient, "" if retired else post_of(role, area, department))

    async def _keep_waiting(self, directory: Directory, households: Sequence[UUID], registered: Sequence[RegisterRecipient]) -> None:
        posts = [post for r in registered for post in (post_of(r.role, r.area, r.department or ""), personal(r.recipient_id))]
        for stream, post, notice, target in await self._pool.fetch(AWAITING, households, posts) if households or posts else ():
            wanted = json.decode(target, type=Target) if target is not None else AS_BEFORE
            directory.keep(Waiting(stream, post, json.decode(notice, type=Notice), wanted))

    async def _look_ahead(self, directory: Directory, announcement: UUID, after: UUID | None) -> None:
        for notice, recipients in await self._pool.fetch(NEXT, announcement, after, self._policy.announced_at_once):
            directory.next_of[announcement, after] = [(json.decode(notice, type=Notice), recipient) for recipient in recipients]
