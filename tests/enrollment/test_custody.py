"""What the vault holds is erased by two persons after the time of the law, and whoever reads it is told of in the log."""

from __future__ import annotations

from datetime import date
from typing import Any, Final
from uuid import UUID

import pytest

from pipeline.text_digest import text_digest
from schemas import enrollment as say
from services.enrollment.domain import events
from services.enrollment.domain.erasure import custody_commands as ask
from services.enrollment.domain.erasure import custody_events as did
from services.enrollment.translate import Found, to_commands, to_message
from services.enrollment.translate.custody import Kept, custody_stream
from tests.enrollment.zhang import asked, given
from tests.messages import envelope, recorded

PERSON: Final = UUID("018f0000-0000-7000-8000-000000000011")
GONE: Final = date(2011, 1, 5)
LAST_DAY: Final = date(2021, 1, 5)
DAY: Final = date(2021, 1, 6)
REQUESTED: Final = did.ErasureRequested(person=PERSON, by="officer:zhou", reason_sha256="why")
DUPLICATE: Final = UUID("018f0000-0000-7000-8000-000000000012")
ERASED: Final = did.PersonErased(person=PERSON, by="officer:wu", requested_by="officer:zhou")
ERASED_TOGETHER: Final = did.PersonErased(person=PERSON, by="officer:wu", requested_by="officer:zhou", also=(DUPLICATE,))


def request(by: str = "officer:zhou", on: date = DAY, **other: Any) -> ask.RequestErasure:  # noqa: ANN401 - fields of the command
    known: dict[str, Any] = {"person": PERSON, "in_register": False, "last": GONE, "reason_sha256": "why"}
    return ask.RequestErasure(**asked(by, on), **{**known, **other})


def confirm(by: str = "officer:wu", on: date = DAY, **other: Any) -> ask.ConfirmErasure:  # noqa: ANN401 - fields of the command
    known: dict[str, Any] = {"person": PERSON, "in_register": False, "last": GONE}
    return ask.ConfirmErasure(**asked(by, on), **{**known, **other})


def refused(code: str, until: date | None = None) -> events.CommandRefused:
    return events.CommandRefused(command="message", reason_code=code, until=until, person=PERSON)


def test_one_asks_and_another_confirms() -> None:
    given().when(request()).then(REQUESTED)
    given(REQUESTED).when(confirm()).then(ERASED)


def test_a_reading_in_between_changes_nothing() -> None:
    given(REQUESTED, did.DataRead(what=str(PERSON), purpose="a complaint")).when(confirm()).then(ERASED)


def test_all_who_are_one_with_him_are_erased_with_him_and_the_event_says_which() -> None:
    given(REQUESTED).when(confirm(also=(DUPLICATE,))).then(ERASED_TOGETHER)


@pytest.mark.parametrize("by", ["officer:zhou", "auditor:zhou", "officer: Zhou", "zhou"])
def test_nobody_confirms_what_he_asked_for(by: str) -> None:
    """Whatever role he acts in."""
    given(REQUESTED).when(confirm(by=by)).then(refused("erasure.same-person"))
    given(REQUESTED).when(request(by=by)).then()


def test_nobody_confirms_what_nobody_asked_for() -> None:
    given().when(confirm()).then(refused("erasure.not-requested"))


@pytest.mark.parametrize("by", ["", "officer:", " "])
def test_nobody_asks_or_confirms_without_his_name(by: str) -> None:
    given().when(request(by=by)).then(refused("erasure.unnamed"))
    given(REQUESTED).when(confirm(by=by)).then(refused("erasure.unnamed"))


@pytest.mark.parametrize("history", [(REQUESTED,), (REQUESTED, ERASED)])
def test_asking_again_changes_nothing(history: tuple[events.AnyEvent, ...]) -> None:
    given(*history).when(request()).then()


def test_who_is_erased_need_not_be_asked_for_by_another() -> None:
    given(REQUESTED, ERASED).when(request(by="officer:li")).then()


def test_confirming_again_changes_nothing() -> None:
    given(REQUESTED, ERASED).when(confirm()).then()
    given(REQUESTED, ERASED).when(confirm(by="officer:zhou")).then()


def test_before_the_time_of_the_law_is_over_it_is_refused_with_the_last_day() -> None:
    given().when(request(on=LAST_DAY)).then(refused("erasure.too-early", LAST_DAY))
    given().when(request(on=DAY)).then(REQUESTED)


def test_whoever_came_back_between_the_request_and_its_confirmation_is_not_erased() -> None:
    given(REQUESTED).when(confirm(in_register=True)).then(refused("erasure.in-register"))
    given(REQUESTED).when(confirm(last=date(2021, 1, 2))).then(refused("erasure.too-early", date(2031, 1, 2)))


def test_a_member_of_a_registered_household_is_not_erased() -> None:
    given().when(request(in_register=True)).then(refused("erasure.in-register"))


def test_whom_the_vault_does_not_know_cannot_be_erased() -> None:
    given().when(request(last=None)).then(refused("erasure.unknown-person"))


def test_every_reading_is_an_event() -> None:
    reads = ask.RecordReading(**asked("auditor", DAY), what=str(PERSON), purpose="a complaint")
    given().when(reads).then(did.DataRead(what=str(PERSON), purpose="a complaint"))


# --- The border ---


def test_messages_ask_in_a_stream_that_is_not_the_persons_own() -> None:
    found = Found(kept=Kept(in_register=True, last=GONE, also=(DUPLICATE,)))
    told = [
        say.RequestErasure(person_id=PERSON, reason="本人申请删除"),
        say.ConfirmErasure(person_id=PERSON),
        say.RecordReading(what=str(PERSON), purpose="p"),
    ]
    routed = [to_commands(envelope(one), found)[0] for one in told]
    assert {custody_stream(str(PERSON))} == {stream for stream, _ in routed}
    assert PERSON != custody_stream(str(PERSON))
    first, second, third = (command for _, command in routed)
    assert isinstance(first, ask.RequestErasure)
    assert (text_digest("本人申请删除"), True, GONE) == (first.reason_sha256, first.in_register, first.last)
    assert isinstance(second, ask.ConfirmErasure)
    assert (DUPLICATE,) == second.also
    assert isinstance(third, ask.RecordReading)


def test_others_hear_of_an_erasure_and_of_no_reading() -> None:
    stream = custody_stream(str(PERSON))
    told = [to_message(recorded(one, stream)) for one in (REQUESTED, ERASED, did.DataRead(what="w", purpose="p"))]
    assert [say.ErasureRequested(person_id=PERSON), say.PersonErased(person_id=PERSON), None] == [one and one.data for one in told]
    together = to_message(recorded(ERASED_TOGETHER, stream))
    assert together is not None
    assert say.PersonErased(person_id=PERSON, also_person_ids=(DUPLICATE,)) == together.data
    early = to_message(recorded(refused("erasure.too-early", LAST_DAY), stream))
    assert early is not None
    assert isinstance(early.data, say.CommandRefused)
    assert (LAST_DAY, True) == (early.data.until, early.data.text.endswith("截至 2021-01-05。 Until 2021-01-05."))
