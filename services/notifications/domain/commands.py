"""What notifications is asked to do; time and ids arrive with the command."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, Literal, TypeAlias
from uuid import UUID

from pipeline.value import Value

# Kinds of notices.
TELL_OF_AN_END: Final = frozenset({"measure-ended", "referral-answered", "household-exited", "case-ended", "household-ended"})


class Notice(Value, frozen=True):
    """What there is to say; `event` is the id of the message that says it, `due` the last day to act.

    `household` is None where it concerns an `area` (a prefix of village codes) as a whole. `level` is that of whoever is told; where it
    `escalates`, the next level hears of it when it is not acknowledged. `about` are the measure, referral or case that it is about.
    """

    event: str
    kind: str
    household: UUID | None
    due: date | None = None
    urgency: Literal["urgent", "normal"] = "normal"
    area: str = ""
    level: str = "village"
    escalates: bool = False
    about: tuple[UUID, ...] = ()

    @property
    def matters(self) -> tuple[UUID, ...]:
        """When one of them ends, nobody need be told any more; what tells of an end outlives its household."""
        if self.household is None or self.kind in TELL_OF_AN_END:
            return self.about
        return (*self.about, self.household)


class Target(Value, frozen=True):
    """Whoever has `role`, or `instead` of a cadre that the household has not, in its village, town or county; else one `person`."""

    role: str
    level: str
    department: str = ""
    instead: str = ""
    person: UUID | None = None


class Contact(Value, frozen=True):
    """A way to reach a recipient: the kind of channel, and the entry of the address book that says where."""

    kind: str
    entry: UUID


class Command(Value, frozen=True, kw_only=True):
    """`id` names the message that asked, `at` the UTC instant of asking."""

    id: str
    at: datetime


class RegisterRecipient(Command, frozen=True, kw_only=True):
    role: str
    area: str
    contacts: tuple[Contact, ...]
    department: str = ""
    quiet: str = ""
    daily: bool = False


class RetireRecipient(Command, frozen=True, kw_only=True):
    pass


class LocateHousehold(Command, frozen=True, kw_only=True):
    village_code: str


class PairHousehold(Command, frozen=True, kw_only=True):
    """`cadre` answers for it from now on; None: nobody does."""

    cadre: UUID | None


class Await(Command, frozen=True, kw_only=True):
    """Nobody is known yet for `target`; `post` tells apart what waits of one event in one stream.

    Nothing where it hangs on something that was to be passed on and was not.
    """

    notice: Notice
    target: Target
    post: str
    if_passed_on: bool = False


class StopAwaiting(Command, frozen=True, kw_only=True):
    event: str
    post: str


class EscalateNotice(Command, frozen=True, kw_only=True):
    """A `notice` may have waited for its `post` for too long, `since` then; neither is known where it waits no more.

    `to` is the level that hears of it; empty where it has gone up already, or nobody above it is left to be told.
    """

    event: str
    post: str
    notice: Notice | None = None
    since: datetime | None = None
    to: str = ""


class EndMatter(Command, frozen=True, kw_only=True):
    """What letters are about is over: a measure, a referral, a case or a household."""


class ResumeMatter(Command, frozen=True, kw_only=True):
    """Somebody lives in the household, or the case goes on; it may have ended before."""


class Announce(Command, frozen=True, kw_only=True):
    """Everybody of the target's role is to be told, however many they are."""

    notice: Notice
    target: Target


class ContinueAnnouncement(Command, frozen=True, kw_only=True):
    """Those up to `through` are told, who come behind `after` in the order of their ids; None: there is nobody any more."""

    after: UUID | None
    through: UUID | None


class Queue(Command, frozen=True, kw_only=True):
    """Nothing where it hangs on something that was to be passed on and was not."""

    notice: Notice
    recipient: UUID
    channel: str
    if_passed_on: bool = False


class BeginDelivery(Command, frozen=True, kw_only=True):
    """`quiet` are the recipient's quiet hours, None where nobody knows what he wants: then nothing is begun.

    `daily` says that he wants what is not urgent once a day, `digest` which one it is to leave with. Nothing is begun either where what it
    is about has `ended`.
    """

    holder: UUID
    until: datetime
    quiet: str | None
    daily: bool = False
    digest: UUID | None = None
    ended: bool = False


class RecordDelivery(Command, frozen=True, kw_only=True):
    """It answers the lease of `holder` that ends at `until`; an older message does not say which one."""

    holder: UUID
    outcome: Literal["sent", "failed", "deferred", "released", "unknown"]
    until: datetime | None = None


class Acknowledge(Command, frozen=True, kw_only=True):
    """Where the message `named` it, whoever sent it is told that it does not fit; it may stand for `others` too, as a digest does."""

    named: bool = True
    others: bool = False


class Escalate(Command, frozen=True, kw_only=True):
    """It may have been unacknowledged for too long, or be queued still since `queued_at`, where that is known.

    `to` is the level that hears of it; empty where it has gone up already, or nobody above it is left to be told.
    """

    queued_at: datetime | None = None
    to: str = ""


class Withdraw(Command, frozen=True, kw_only=True):
    """Nothing where its recipient has neither `retired` nor been `replaced` in the household's matters nor `moved` to other channels.

    Unless what it is about has `ended`.
    """

    retired: bool
    replaced: bool = False
    moved: bool = False
    ended: bool = False


AnyCommand: TypeAlias = (
    RegisterRecipient
    | RetireRecipient
    | LocateHousehold
    | PairHousehold
    | Await
    | StopAwaiting
    | EscalateNotice
    | EndMatter
    | ResumeMatter
    | Announce
    | ContinueAnnouncement
    | Queue
    | BeginDelivery
    | RecordDelivery
    | Acknowledge
    | Escalate
    | Withdraw
)
