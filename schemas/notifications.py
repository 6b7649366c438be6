"""Commands that notifications takes and events that it publishes."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Final, Literal, Self, TypeAlias, cast
from uuid import UUID

from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from schemas.assistance import Department
from schemas.message import AreaCode, Instant, Message, Reference, Text, Value, Word, no_number, personal

Role = Literal["paired-cadre", "grid-worker", "first-secretary", "town-officer", "county-officer", "department-desk", "caregiver"]
Outcome = Literal["sent", "failed", "deferred", "released", "unknown"]
ADDRESS: Final = r"^[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+$"
WECOM_USER: Final = r"^[A-Za-z0-9][A-Za-z0-9_@.-]{0,63}$"
QUIET_HOURS: Final = r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$"
NAMED: Final = ("email", "wecom", "apprise")
OTHER: Final = "other"
KIND: Final = r"^[a-z][a-z0-9-]{0,30}$"
URL: Final = r"^[A-Za-z][A-Za-z0-9+.-]*://[!-~]+$"


class EmailChannel(Value):
    """A mailbox."""

    kind: Literal["email"]
    address: Annotated[str, Field(pattern=ADDRESS, max_length=200), personal]

    @property
    def to(self) -> str:
        return self.address


class WecomChannel(Value):
    """A member of the county's WeCom (企业微信), by his user id."""

    kind: Literal["wecom"]
    user: Annotated[str, Field(pattern=WECOM_USER), personal]

    @property
    def to(self) -> str:
        return self.user


class AppriseChannel(Value):
    """A place that the library apprise reaches, as a group of DingTalk or Feishu; its URL holds a token, so it is a secret."""

    kind: Literal["apprise"]
    url: Annotated[str, Field(pattern=URL, max_length=1000), personal]

    @property
    def to(self) -> str:
        return self.url


class OtherChannel(Value):
    """A way of a `kind` that the county added; notifications refuses one that it does not have, and what is no address of it."""

    kind: Annotated[str, Field(pattern=KIND, json_schema_extra={"not": {"enum": list(NAMED)}}), no_number]
    to: Annotated[Text, personal]


def _which(said: Any) -> str | None:  # noqa: ANN401 - a document or a channel
    """The tag of its class; what says neither a known kind nor where `to` is told which kinds there are."""
    if not isinstance(said, dict):
        return getattr(said, "kind", None) if not isinstance(said, OtherChannel) else OTHER
    kind = cast("dict[str, Any]", said).get("kind")
    return OTHER if kind is not None and kind not in NAMED and "to" in said else kind


Channel: TypeAlias = Annotated[
    Annotated[EmailChannel, Tag("email")]
    | Annotated[WecomChannel, Tag("wecom")]
    | Annotated[AppriseChannel, Tag("apprise")]
    | Annotated[OtherChannel, Tag(OTHER)],
    Discriminator(_which),
]
"""A way to reach a recipient; `to` is where."""


class RegisterRecipient(Message):
    """Somebody who is told of events in `area`, the village, town or county that he answers for; of each kind the first channel counts.

    Of those with the same role and area, whoever took it last is told, so that a successor only has to be registered; registered again
    with another area, a recipient moves there. The desk of a department names its `department`. In his `quiet_hours` (HH:MM-HH:MM, local
    time of Asia/Shanghai, also past midnight) nothing comes but what is urgent. With a `daily_digest` he gets what is not urgent once a
    day, at the hour of the pack, in one message of each channel.
    """

    TYPE: ClassVar = "suishi.notifications.command.register-recipient.v1"
    recipient_id: UUID
    role: Role
    area: AreaCode
    channels: Annotated[tuple[Channel, ...], Field(min_length=1, max_length=5)]
    quiet_hours: Annotated[str, Field(pattern=QUIET_HOURS)] | None = None
    daily_digest: bool | None = None
    department: Department | None = None

    @model_validator(mode="after")
    def _names_its_department(self) -> Self:
        if (self.role == "department-desk") != (self.department is not None):
            kind = "desk_without_department"
            raise PydanticCustomError(
                kind, "is a desk of no department, or of one and no desk; name the department of a department-desk only"
            )
        return self


class RetireRecipient(Message):
    """He leaves: whoever had the role in the area before him is told again, and a household that was his has no cadre.

    What is still queued for him is not sent; whoever has his post now is told, or who takes it.
    """

    TYPE: ClassVar = "suishi.notifications.command.retire-recipient.v1"
    recipient_id: UUID


class ContinueAnnouncement(Message):
    """What everybody of a role is told goes on to those whose ids come after `after`, the next hundreds."""

    TYPE: ClassVar = "suishi.notifications.command.continue-announcement.v1"
    announcement_id: UUID
    after: UUID | None = None


class Acknowledge(Message):
    """The recipient has seen it, by whichever of his channels; a daily digest, by its own id, with all that is in it."""

    TYPE: ClassVar = "suishi.notifications.command.acknowledge.v1"
    notification_id: UUID


class EscalateNotification(Message):
    """The hours are over in which it was to be acknowledged: the next level up is told, once."""

    TYPE: ClassVar = "suishi.notifications.command.escalate-notification.v1"
    notification_id: UUID


class EscalateNotice(Message):
    """Nobody came in time for whom a notice waits: the next level up is told, once; it goes on waiting at `waiting_id` for its `post`."""

    TYPE: ClassVar = "suishi.notifications.command.escalate-notice.v1"
    waiting_id: UUID
    event_id: Reference
    post: Reference = ""


class WithdrawNotification(Message):
    """Its recipient retired while it was queued, and his successor is told in his place; or left its channel, and is told by another.

    Or what it is about has ended, and nobody is told.
    """

    TYPE: ClassVar = "suishi.notifications.command.withdraw-notification.v1"
    notification_id: UUID


class BeginDelivery(Message):
    """The lease: only `holder` may send, and only until `until`."""

    TYPE: ClassVar = "suishi.notifications.command.begin-delivery.v1"
    notification_id: UUID
    holder: UUID
    until: Instant


class RecordDelivery(Message):
    """What became of a delivery that `holder` leased `until` then: `deferred` asks for another try later, `released` was not tried.

    Without `until` it is taken for the lease that the holder has.
    """

    TYPE: ClassVar = "suishi.notifications.command.record-delivery.v1"
    notification_id: UUID
    holder: UUID
    outcome: Outcome
    detail: Word
    until: Instant | None = None


class BeginDigest(Message):
    """One lease for all that a recipient is sent in one message: only `holder` may send it, and only until `until`."""

    TYPE: ClassVar = "suishi.notifications.command.begin-digest.v1"
    digest_id: UUID
    notification_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=1000)]
    holder: UUID
    until: Instant


class RecordDigest(Message):
    """What became of a digest that `holder` leased `until` then became of all that is in it."""

    TYPE: ClassVar = "suishi.notifications.command.record-digest.v1"
    digest_id: UUID
    notification_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=1000)]
    holder: UUID
    outcome: Outcome
    detail: Word
    until: Instant | None = None


class NotificationEvent(Message):
    notification_id: UUID
    recipient_id: UUID


class NotificationQueued(NotificationEvent):
    """A recipient shall be told of an event through a channel; without a household it concerns an area as a whole."""

    TYPE: ClassVar = "suishi.notifications.event.notification-queued.v1"
    household_id: UUID | None = None
    kind: Text
    event_id: Reference
    channel: Text


class NotificationSent(NotificationEvent):
    """The channel took the notification."""

    TYPE: ClassVar = "suishi.notifications.event.notification-sent.v1"


class NotificationFailed(NotificationEvent):
    """The notification cannot be delivered."""

    TYPE: ClassVar = "suishi.notifications.event.notification-failed.v1"


class NotificationUnknown(NotificationEvent):
    """Nobody knows whether the notification was delivered."""

    TYPE: ClassVar = "suishi.notifications.event.notification-unknown.v1"


class NotificationWithdrawn(NotificationEvent):
    """The notification is not sent, for the `reason`: recipient-retired, whoever has the post now is told; channel-changed, he by another.

    With recipient-replaced the household moved or was paired anew, and whoever answers for it now is told.
    Such a one may come to be sent after all, when its recipient is back or has the channel again. With matter-ended nobody is told: the
    measure, referral, case or household that it is about has ended.
    """

    TYPE: ClassVar = "suishi.notifications.event.notification-withdrawn.v1"
    reason: Text


class NotificationAcknowledged(NotificationEvent):
    """The recipient has seen the notification."""

    TYPE: ClassVar = "suishi.notifications.event.notification-acknowledged.v1"


class NotificationEscalated(NotificationEvent):
    """The recipient did not acknowledge it in time: who answers at the level `to`, town or county, hears of it."""

    TYPE: ClassVar = "suishi.notifications.event.notification-escalated.v1"
    to: Text


class CommandRefused(Message):
    """Notifications did not do what a command asked: `text` says why, `remedy` what to do, Chinese first.

    It names the notification or the recipient that the command was about.
    """

    TYPE: ClassVar = "suishi.notifications.event.command-refused.v1"
    command_id: Reference
    reason_code: Text
    text: Text
    remedy: Text | None = None
    notification_id: UUID | None = None
    recipient_id: UUID | None = None
