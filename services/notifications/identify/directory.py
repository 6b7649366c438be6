"""Who answers for what: by pairing, else by role and area, so that a change of person needs no change of rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from pipeline.envelope import Envelope
from pipeline.value import Value
from schemas.assistance import CadreAnswers
from schemas.enrollment import HouseholdMoved, HouseholdRegistered
from schemas.notifications import (
    Acknowledge,
    BeginDelivery,
    BeginDigest,
    ContinueAnnouncement,
    EscalateNotice,
    EscalateNotification,
    RegisterRecipient,
    RetireRecipient,
    WithdrawNotification,
)
from services.notifications.address_book import kinds
from services.notifications.domain.commands import Contact, Notice, Target
from services.notifications.domain.policy import Policy
from services.notifications.domain.routing import successor
from services.notifications.identify.letters import Letters
from services.notifications.identify.notices import to_notice
from services.notifications.identify.upwards import Upwards
from services.notifications.identify.waiting import PAIRED, Waiting, at_level, personal, wait_at, wait_with
from services.notifications.matters import ended, resumed
from services.notifications.names import USUAL, post_of

ALONE: Final = (USUAL,)
DIGITS: Final = {"village": 12, "town": 9, "county": 6}


class Found(Value, frozen=True):
    """Who is told of what, what begins to wait and whose waiting is over, and what everybody of a role is told.

    `through` is the last of an announcement's next recipients, None where there are none any more. `channels` are those of the recipients
    who have others than the usual one alone, `contacts` those of a new recipient. `quiet` are the quiet hours of a notification's
    recipient, who may want a `daily` digest, have `retired`, been `replaced` or `moved` to other channels, `same` what else he was told of
    the same event, or what is in the digest. `queued_at` is since when a notification that may go up is in the outbox, or a notice is
    `awaited` that nobody came for. `up` is the level that either may go up to, empty for none. `ended` are the notifications that are about
    something that has ended.
    """

    told: tuple[tuple[Notice, UUID], ...] = ()
    waiting: tuple[Waiting, ...] = ()
    over: tuple[Waiting, ...] = ()
    announced: tuple[tuple[Notice, Target], ...] = ()
    through: UUID | None = None
    channels: dict[UUID, tuple[str, ...]] = {}  # noqa: RUF012 - msgspec gives each its own
    contacts: tuple[Contact, ...] = ()
    quiet: str | None = None
    daily: bool = False
    same: tuple[UUID, ...] = ()
    retired: bool = False
    replaced: bool = False
    moved: bool = False
    queued_at: datetime | None = None
    up: str = ""
    awaited: Notice | None = None
    ended: tuple[UUID, ...] = ()


@dataclass
class Directory:
    """The part of the register of recipients that one batch touches; it follows the batch message by message.

    `post_by` tells the post of whoever was registered, an empty one of whoever retired; `holders` are those registered for a post, the
    newest last. `waiting` is by household, or by post. `next_of` are the recipients that an announcement comes to next.
    """

    policy: Policy
    village_of: dict[UUID, str] = field(default_factory=dict[UUID, str])
    cadre_of: dict[UUID, UUID] = field(default_factory=dict[UUID, UUID])
    post_by: dict[UUID, str] = field(default_factory=dict[UUID, str])
    holders: dict[str, dict[UUID, None]] = field(default_factory=dict[str, dict[UUID, None]])
    channels: dict[UUID, tuple[str, ...]] = field(default_factory=dict[UUID, tuple[str, ...]])
    waiting: dict[UUID | str, list[Waiting]] = field(default_factory=dict["UUID | str", list[Waiting]])
    next_of: dict[tuple[UUID, UUID | None], list[tuple[Notice, UUID]]] = field(
        default_factory=dict["tuple[UUID, UUID | None]", "list[tuple[Notice, UUID]]"]
    )

    letters: Letters = field(default_factory=Letters)
    upwards: Upwards = field(init=False)

    def __post_init__(self) -> None:
        self.upwards = Upwards(self.policy)

    def find(self, envelope: Envelope) -> Found:
        self._end(envelope)
        found = self._find(envelope)
        told = {recipient: self.channels.get(recipient, ALONE) for _, recipient in found.told}
        reached = {recipient: channels for recipient, channels in told.items() if channels != ALONE}
        return replace(found, channels=reached) if reached else found

    def _end(self, envelope: Envelope) -> None:
        """What waits about it is over from here on, in this batch too."""
        if (matter := ended(envelope.data)) is not None:
            self.letters.ended.add(matter)
        if (matter := resumed(envelope.data)) is not None:
            self.letters.ended.discard(matter)

    def _find(self, envelope: Envelope) -> Found:
        match envelope.data:
            case (
                HouseholdRegistered(household_id=household, village_code=village)
                | HouseholdMoved(household_id=household, village_code=village)
            ):
                self.village_of[household] = village
                return self.place(self._taken([household]))
            case CadreAnswers(household_id=household, cadre_id=cadre):
                self.cadre_of.pop(household, None)
                self.cadre_of |= {household: cadre} if cadre is not None else {}
                return self.place(self._taken([household]))
            case RegisterRecipient(recipient_id=recipient, role=role, area=area, department=department):
                self.channels[recipient] = kinds(envelope.data)
                self.letters.wish_of[recipient] = (envelope.data.quiet_hours or "", bool(envelope.data.daily_digest))
                post = post_of(role, area, department or "")
                self.enter(recipient, post)
                return self._hand_over([post, personal(recipient)], recipient)
            case RetireRecipient(recipient_id=recipient):
                self.enter(recipient, "")
                self.letters.wish_of.pop(recipient, None)
                return Found()
            case ContinueAnnouncement(announcement_id=announcement, after=after):
                next_ones = self.next_of.get((announcement, after), ())
                return Found(told=tuple(next_ones), through=max((recipient for _, recipient in next_ones), default=None))
            case BeginDelivery(notification_id=notification):
                return self._wish([notification])
            case BeginDigest(notification_ids=notifications):
                return self._wish(notifications)
            case Acknowledge(notification_id=notification):
                return Found(same=tuple(self.letters.same_as.get(notification, ())))
            case EscalateNotification(notification_id=notification):
                return replace(self._go_up(self.letters.notice_of.get(notification)), queued_at=self.letters.queued_at.get(notification))
            case EscalateNotice(waiting_id=stream, event_id=event, post=post):
                notice, since = self.letters.unclaimed.get((stream, event, post), (None, None))
                return replace(self._go_up(notice), awaited=notice, queued_at=since)
            case WithdrawNotification(notification_id=notification):
                return self._succeed(notification)
            case _:
                return self._announce(envelope)

    def _wish(self, notifications: Sequence[UUID]) -> Found:
        """None is known where not all are of one recipient."""
        recipients = {self.letters.recipient_of.get(notification) for notification in notifications}
        recipient = recipients.pop() if len(recipients) == 1 else None
        quiet, daily = self.letters.wish_of.get(recipient, (None, False)) if recipient is not None else (None, False)
        return Found(quiet=quiet, daily=daily, ended=self.letters.over(notifications))

    def _go_up(self, notice: Notice | None) -> Found:
        """Nowhere where it is over."""
        goes = notice is not None and self.letters.ended.isdisjoint(notice.matters)
        higher = self.upwards.next_above(notice) if notice is not None and goes else None
        return replace(self.place((), [(notice, higher)]), up=higher.level) if notice is not None and higher is not None else Found()

    def _succeed(self, notification: UUID) -> Found:
        """To his successor, or by his other channels; nothing where he came back, or has this one again. To nobody what is over."""
        if over := self.letters.over([notification]):
            return Found(ended=over)
        if notification in self.letters.stayed:
            return self._follow(notification)
        recipient, role, department = self.letters.left.get(notification, (None, "", ""))
        notice = self.letters.notice_of.get(notification)
        replaced = notification in self.letters.replaced
        if notice is None or recipient is None or (self.post_by.get(recipient) and not replaced):
            return Found()
        target = successor(role, department, notice, self.policy)
        return replace(self.place((), [(notice, target)] if target is not None else ()), retired=not replaced, replaced=replaced)

    def _follow(self, notification: UUID) -> Found:
        (recipient, channel), notice = self.letters.stayed[notification], self.letters.notice_of.get(notification)
        if notice is None or self.post_by.get(recipient) == "" or channel in self.channels.get(recipient, ALONE):
            return Found()
        return Found(told=((notice, recipient),), moved=True)

    def enter(self, recipient: UUID, post: str) -> None:
        """He has this post from now on, and no other one; an empty one for whoever retires."""
        before = self.post_by.get(recipient)
        if before == post:
            return
        self.holders.get(before or "", {}).pop(recipient, None)
        self.post_by[recipient] = post
        if post:
            self.holders.setdefault(post, {})[recipient] = None

    def _hand_over(self, posts: Sequence[str], recipient: UUID) -> Found:
        """All that waits for what he took is his, and households that nobody answered for may have somebody now."""
        his, rest = self._taken(posts), self.place(self._taken([at for at in self.waiting if isinstance(at, UUID)]))
        return Found((*((at_level(one.notice, one.target), recipient) for one in his), *rest.told), rest.waiting, (*his, *rest.over))

    def _announce(self, envelope: Envelope) -> Found:
        told = to_notice(envelope, self.policy)
        if told is None:
            return Found()
        found = self.place((), [(told.notice, target) for target in told.one])
        return Found(found.told, found.waiting, announced=tuple((told.notice, target) for target in told.many))

    def place(self, waited: Sequence[Waiting], asked: Iterable[tuple[Notice, Target]] = ()) -> Found:
        """Each goes to whoever answers now, waits where it waited, or waits where somebody can be found for it later."""
        told, waiting, over = dict[tuple[Notice, UUID], None](), list[Waiting](), list[Waiting]()
        for before, notice, target in [*((one, one.notice, one.target) for one in waited), *((None, *new) for new in asked)]:
            place = self._answers(notice, target)
            if isinstance(place, UUID):
                told[at_level(notice, target), place] = None
            elif before is None or place.stream != before.stream:
                self.keep(place)
                waiting.append(place)
            else:
                self.keep(before)
                continue
            over += [before] if before is not None else []
        return Found(tuple(told), tuple(waiting), tuple(over))

    def _answers(self, notice: Notice, target: Target) -> UUID | Waiting:
        """A cadre who is paired and not known yet is waited for; one who has retired is as none."""
        if target.person is not None:
            return target.person if self.post_by.get(target.person) else wait_at(personal(target.person), notice, target)
        role, household = target.role, notice.household
        cadre = self.cadre_of.get(household) if role == PAIRED and household is not None else None
        if household is not None and cadre is not None and self.post_by.get(cadre) != "":
            return cadre if cadre in self.post_by else wait_with(household, notice, target)
        post, area = self._post(notice, target)
        holder = next(reversed(self.holders.get(post, {})), None) if area else None
        if holder is not None:
            return holder
        stays = household is not None and (role == PAIRED or not area)
        return wait_with(household, notice, target) if household is not None and stays else wait_at(post, notice, target)

    def _post(self, notice: Notice, target: Target) -> tuple[str, str]:
        """The post, and its area, which is empty as long as nobody knows where the household lives."""
        area = notice.area if notice.household is None else self.village_of.get(notice.household, "")
        area = area[: DIGITS[target.level]]
        return post_of(target.instead if target.role == PAIRED else target.role, area, target.department), area

    def keep(self, waiting: Waiting) -> None:
        """It waits, with its household or for a post."""
        at = waiting.notice.household if waiting.stream == waiting.notice.household else waiting.post
        self.waiting.setdefault(at or waiting.post, []).append(waiting)

    def _taken(self, at: Sequence[UUID | str]) -> list[Waiting]:
        return [waiting for one in at for waiting in self.waiting.pop(one, [])]
