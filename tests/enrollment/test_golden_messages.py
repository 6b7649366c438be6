"""Every message that enrollment follows, with all that it may hold: which of them ask something, and that nothing personal goes with it."""

from __future__ import annotations

from typing import Final

import pytest
from msgspec import json

from schemas import topics
from schemas.generate import TYPES
from services.enrollment.domain.members.person_commands import Merge, Unmerge
from services.enrollment.translate import Found, to_commands
from services.enrollment.translate.free_text import free_text
from tests.enrollment.zhang import FATHER, HOUSEHOLD, MOTHER
from tests.messages import envelope
from tests.schemas.test_golden import FILES
from tests.schemas.test_topics import own_personal_fields

FOLLOWED: Final = sorted({kind for topic in topics.FOLLOWS["enrollment"] for kind in topics.ALLOWED[topic]})
MERGE, UNMERGE = Merge(FATHER, MOTHER, HOUSEHOLD), Unmerge(FATHER, MOTHER, HOUSEHOLD)
EVERYTHING: Final = Found((HOUSEHOLD,), person=FATHER, members=(FATHER, MOTHER), merge=MERGE, unmerge=UNMERGE)
PEOPLE: Final = ("370399", "T370000001", "1968-03-15", "古丽", "㵘", "王五", "小张", "李一", "赵二", "纺织厂")
# Numbers and names of documents are kept as the persons and the facts that they are about.
NUMBERS: Final = {"certificate_no", "employer", "father_id_number", "mother_id_number", "old_id_number", "new_id_number"}
SECRETS: Final = (*PEOPLE, "老人", "漏雨", "慢性病", "不属实", "符合条件", "另一人")


def asked(kind: str) -> str:
    """All that the golden message of a type asks, as it would be written."""
    (file,) = [file for file in FILES if file.stem == kind]
    routed = to_commands(envelope(TYPES[kind].model_validate_json(file.read_bytes())), EVERYTHING)
    return "".join(json.encode(command).decode() for _, command in routed)


def test_it_is_known_which_messages_ask_nothing() -> None:
    silent = {kind for kind in FOLLOWED if not asked(kind)}
    heard = {f"suishi.assistance.event.{name}.v1" for name in ("measure-started", "measure-delivered", "visit-recorded")}
    own = {kind for kind in FOLLOWED if kind.startswith("suishi.assistance.event.")} - heard
    assert own == silent


@pytest.mark.parametrize("kind", [kind for kind in FOLLOWED if own_personal_fields(TYPES[kind]) - NUMBERS])
def test_what_a_message_says_in_words_is_kept_in_the_vault(kind: str) -> None:
    """All of it: who was there as well as what he said."""
    (file,) = [file for file in FILES if file.stem == kind]
    message = TYPES[kind].model_validate_json(file.read_bytes())
    kept = (free_text(message) or "").replace("\\n", "\n")
    said = [getattr(message, name) for name in own_personal_fields(TYPES[kind]) - NUMBERS]
    texts = [text for one in said for text in ([one] if isinstance(one, str) else one)]
    assert texts != []
    assert [text for text in texts if text not in kept] == []


@pytest.mark.parametrize("kind", FOLLOWED)
def test_nothing_personal_and_no_free_text_passes_the_door(kind: str) -> None:
    written = asked(kind)
    assert [secret for secret in SECRETS if secret in written] == []
