"""What the sealer says: how far the log of a service is sealed."""

from __future__ import annotations

from typing import ClassVar

from schemas.message import LongText, Message, Offset, Reference


class CheckpointSigned(Message):
    """The first `size` events of the service's log have the root that `note` says: a signed note of C2SP with its signatures."""

    TYPE: ClassVar = "suishi.audit.event.checkpoint-signed.v1"
    service: Reference
    size: Offset
    note: LongText
