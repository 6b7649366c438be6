"""What a message says in words: it goes to the vault, and its digest into the log; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import orjson

from pipeline.text_digest import text_digest
from schemas import enrollment as words
from schemas.facts import FactWithdrawn, ReferralAnswered
from schemas.message import Message

# The fields that say it, by type: every message of a batch is asked.
FIELDS: Final[Mapping[type[Message], tuple[str, ...]]] = {
    words.Apply: ("difficulty",),
    words.ReportScreening: ("findings",),
    words.DismissClue: ("reason",),
    words.SignAuthorisation: ("document",),
    words.RecordVerification: ("visitors", "findings"),
    words.RecordComparison: ("items",),
    words.RecordReview: ("attendees", "minutes"),
    words.RaiseObjection: ("grounds",),
    words.DecideAtTownship: ("reason",),
    words.DecideAtCounty: ("reason",),
    words.StartEmergencyHelp: ("reason",),
    words.Withdraw: ("reason",),
    words.ProposeExit: ("reason",),
    words.FileAppeal: ("grounds",),
    words.DecideAppeal: ("reason",),
    words.Void: ("reason",),
    words.MergePersons: ("reason",),
    words.UnmergePersons: ("reason",),
    words.RequestErasure: ("reason",),
    words.PublishLine: ("document",),
    words.PublishPack: ("document",),
    FactWithdrawn: ("reason",),
    ReferralAnswered: ("reason",),
}


def free_text(data: Message) -> str | None:
    """As the vault keeps it: what is more than one text is a JSON document. None where it says nothing in words."""
    names = FIELDS.get(type(data))
    if names is None:
        return None
    texts = {name: getattr(data, name) for name in names}
    said = texts if len(names) > 1 else texts[names[0]]
    return said if isinstance(said, str) else orjson.dumps(said).decode()


def digest_of_text(data: Message) -> str:
    """SHA-256, hexadecimal, of what it says in words; "" where it says nothing."""
    text = free_text(data)
    return text_digest(text) if text is not None else ""
