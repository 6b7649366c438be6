"""Who answers for a household, followed message by message without any database."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

import pytest
from msgspec.structs import replace

from pipeline.envelope import Envelope
from schemas.assistance import CadreAnswers, CadreAssigned, CadreReleased, MeasureAccepted, MeasureProposed
from schemas.enrollment import (
    ClueClosed,
    ClueRaised,
    ExitProposed,
    HouseholdEnrolled,
    HouseholdExited,
    HouseholdMoved,
    HouseholdRegistered,
)
from schemas.message import Message
from schemas.notifications import RegisterRecipient, RetireRecipient
from services.notifications.domain.commands import Notice
from services.notifications.identify.directory import Directory, Found
from services.notifications.identify.notices import to_notice
from services.notifications.identify.waiting import Waiting
from services.notifications.names import post_of
from tests.messages import TODAY, envelope
from tests.notifications.letters import ADDRESS, ALONE, CADRE, CLUE, HOUSEHOLD, PILOT, VILLAGE, WHO_ANSWERS, WORKER

ID: Final = {"household_id": HOUSEHOLD}
CASE: Final = {**ID, "case_id": UUID(int=400), "episode": 1}
NEXT_VILLAGE = "370323001002"
DUE = date(2021, 1, 8)
MEASURE: Final = {
    "measure_id": UUID(int=7),
    "plan_id": UUID(int=8),
    "kind": "health",
    "department": "health",
    "answers": ("illness",),
    "base": False,
}
WAITS: Final = Waiting(HOUSEHOLD, "", CLUE, WHO_ANSWERS)
ENROLLED: Final = {"type": "t", "risks": ("illness",), "pack": "p", "line_fen": 1, "decision_event_id": UUID(int=9)}


def clue(event: str = "event 1", household: UUID = HOUSEHOLD) -> Envelope:
    said = {"household_id": household, "clue_id": UUID(int=3), "risk": "illness", "fact_source": "/d", "fact_id": "1", "due": DUE}
    return envelope(ClueRaised.model_validate(said), event)


def registered(village: str = VILLAGE) -> Envelope:
    return envelope(HouseholdRegistered(**ID, village_code=village, category="never_registered", member_count=2))


def paired(cadre: UUID = CADRE) -> Envelope:
    return envelope(CadreAnswers(**ID, cadre_id=cadre, on=TODAY))


def recipient(identity: UUID, role: str = "paired-cadre", area: str = VILLAGE) -> Envelope:
    said = {"recipient_id": identity, "role": role, "area": area, "channels": [{"kind": "email", "address": ADDRESS}]}
    return envelope(RegisterRecipient.model_validate(said))


def directory(*, village: str | None = VILLAGE, cadre: UUID | None = CADRE, known: tuple[UUID, ...] = (CADRE,)) -> Directory:
    """A household in a village, paired with a cadre, and those who can be reached."""
    made = Directory(ALONE)
    made.village_of |= {HOUSEHOLD: village} if village else {}
    made.cadre_of |= {HOUSEHOLD: cadre} if cadre else {}
    for one in known:
        made.enter(one, post_of("paired-cadre" if one == CADRE else "grid-worker", VILLAGE))
    return made


def find(book: Directory, *envelopes: Envelope) -> Found:
    """What is found for the last of a batch."""
    return [book.find(one) for one in envelopes][-1]


@pytest.mark.parametrize(
    ("message", "kind", "due", "about"),
    [
        (clue().data, "clue-raised", DUE, ()),
        (HouseholdEnrolled.model_validate({**CASE, **ENROLLED}), "household-enrolled", None, (UUID(int=400),)),
        (MeasureProposed.model_validate({**ID, **MEASURE, "due": DUE}), "measure-proposed", DUE, (UUID(int=7),)),
        (ExitProposed.model_validate({**CASE, "method": "help", "due": DUE}), "exit-proposed", DUE, (UUID(int=400),)),
        (HouseholdExited.model_validate({**CASE, "method": "help"}), "household-exited", None, ()),
    ],
)
def test_somebody_hears_of_every_clue_enrollment_measure_and_exit(
    message: Message, kind: str, due: date | None, about: tuple[UUID, ...]
) -> None:
    told = to_notice(envelope(message, "event 1"), PILOT)
    assert told is not None
    acts = kind in {"clue-raised", "measure-proposed", "exit-proposed"}
    assert Notice(event="event 1", kind=kind, household=HOUSEHOLD, due=due, escalates=acts, about=about) == told.notice


@pytest.mark.parametrize(
    "message",
    [
        ClueClosed(**ID, clue_id=UUID(int=3), reason="dismissed"),
        MeasureAccepted(**ID, measure_id=UUID(int=7), on=TODAY),
        HouseholdEnrolled.model_validate({**CASE, **ENROLLED, "taken_over": {"since": "2019-05-01"}}),
        MeasureProposed.model_validate({**ID, **MEASURE, "due": DUE, "taken_over": True}),
        registered().data,
        recipient(CADRE).data,
    ],
)
def test_nobody_hears_of_anything_else(message: Message) -> None:
    assert to_notice(envelope(message), PILOT) is None


def test_the_paired_cadre_is_told() -> None:
    assert Found(told=((CLUE, CADRE),)) == find(directory(), clue())


def test_without_a_cadre_the_grid_worker_of_the_village_is_told() -> None:
    book = directory(cadre=None, known=(WORKER,))
    book.enter(UUID(int=1), post_of("grid-worker", NEXT_VILLAGE))
    assert Found(told=((CLUE, WORKER),)) == find(book, clue())


def test_of_two_grid_workers_the_one_who_came_last_is_told() -> None:
    successor = recipient(UUID(int=1), "grid-worker")
    assert Found(told=((CLUE, UUID(int=1)),)) == find(directory(cadre=None, known=(WORKER,)), successor, clue())


def test_who_registers_again_for_what_he_has_comes_not_after_his_successor() -> None:
    successor, again = recipient(UUID(int=1), "grid-worker"), recipient(WORKER, "grid-worker")
    assert Found(told=((CLUE, UUID(int=1)),)) == find(directory(cadre=None, known=(WORKER,)), successor, again, clue())


def test_when_he_retires_the_one_before_him_is_told_again() -> None:
    successor, retired = recipient(UUID(int=1), "grid-worker"), envelope(RetireRecipient(recipient_id=UUID(int=1)))
    assert Found(told=((CLUE, WORKER),)) == find(directory(cadre=None, known=(WORKER,)), successor, retired, clue())


def test_a_household_whose_cadre_has_retired_is_as_one_without() -> None:
    retired = envelope(RetireRecipient(recipient_id=CADRE))
    assert Found(told=((CLUE, WORKER),)) == find(directory(known=(CADRE, WORKER)), retired, clue())
    assert Found(waiting=(WAITS,)) == find(directory(), retired, clue())


def test_a_cadre_we_cannot_reach_yet_is_waited_for_whatever_the_grid_worker_could_do() -> None:
    assert Found(waiting=(WAITS,)) == find(directory(known=(WORKER,)), clue())


def test_a_household_nobody_answers_for_waits() -> None:
    assert Found(waiting=(WAITS,)) == find(Directory(ALONE), clue())


def test_what_waits_is_told_once_to_the_cadre_when_he_is_paired() -> None:
    book = directory(village=None, cadre=None)
    assert Found(told=((CLUE, CADRE),), over=(WAITS,)) == find(book, clue(), paired())
    assert Found() == find(book, paired())


def test_what_waits_is_told_to_the_cadre_when_he_is_registered() -> None:
    assert Found(told=((CLUE, CADRE),), over=(WAITS,)) == find(Directory(ALONE), clue(), paired(), recipient(CADRE))


def test_a_recipient_with_others_than_email_alone_is_found_with_his_channels() -> None:
    ways = [{"kind": "wecom", "user": "zhang"}, {"kind": "email", "address": ADDRESS}]
    said = {"recipient_id": CADRE, "role": "paired-cadre", "area": VILLAGE, "channels": ways}
    registered_now = envelope(RegisterRecipient.model_validate(said))
    expected = Found(told=((CLUE, CADRE),), over=(WAITS,), channels={CADRE: ("wecom", "email")})
    assert expected == find(Directory(ALONE), clue(), paired(), registered_now)
    assert Found(told=((CLUE, CADRE),)) == find(Directory(ALONE), paired(), registered_now, recipient(CADRE), clue())


def test_what_waits_is_told_to_the_grid_worker_when_he_is_registered() -> None:
    book = directory(cadre=None, known=())
    assert Found(told=((CLUE, WORKER),), over=(WAITS,)) == find(book, clue(), recipient(WORKER, "grid-worker"))


def test_what_waits_is_told_when_the_household_is_located() -> None:
    book = directory(village=None, cadre=None, known=(WORKER,))
    assert Found(told=((CLUE, WORKER),), over=(WAITS,)) == find(book, clue(), registered())


def test_everything_that_waits_is_told_in_its_order() -> None:
    second, book = replace(CLUE, event="event 2"), directory(village=None, cadre=None)
    book.keep(WAITS)
    found = find(book, clue("event 2"), paired())
    assert ((CLUE, CADRE), (second, CADRE)) == found.told


def test_what_waits_for_another_household_waits_on() -> None:
    assert Found() == find(directory(village=None, cadre=None), clue(household=UUID(int=9)), paired())


@pytest.mark.parametrize(("role", "area"), [("grid-worker", NEXT_VILLAGE), ("first-secretary", VILLAGE), ("town-officer", VILLAGE)])
def test_who_does_not_answer_for_the_village_is_not_told(role: str, area: str) -> None:
    assert Found() == find(directory(cadre=None, known=()), clue(), recipient(WORKER, role, area))


def test_after_a_new_pairing_the_successor_is_told() -> None:
    assert Found(told=((CLUE, WORKER),)) == find(directory(known=(CADRE, WORKER)), paired(WORKER), clue())


def test_when_the_cadre_is_released_the_grid_worker_is_told_and_what_waited_for_the_cadre_too() -> None:
    released = envelope(CadreAnswers(**ID, on=TODAY))
    assert Found(told=((CLUE, WORKER),)) == find(directory(known=(CADRE, WORKER)), released, clue())
    assert Found(told=((CLUE, WORKER),), over=(WAITS,)) == find(directory(known=(WORKER,)), clue(), released)


def test_what_is_arranged_for_another_day_changes_nobody_who_is_told_today() -> None:
    arranged = [
        envelope(CadreAssigned(**ID, cadre_id=WORKER, from_day=date(2021, 6, 1))),
        envelope(CadreReleased(**ID, cadre_id=CADRE, on=date(2021, 6, 1), reason="left")),
    ]
    assert Found(told=((CLUE, CADRE),)) == find(directory(known=(CADRE, WORKER)), *arranged, clue())


def test_a_grid_worker_who_moved_answers_for_his_new_village_only() -> None:
    moved = recipient(WORKER, "grid-worker", NEXT_VILLAGE)
    assert Found(waiting=(WAITS,)) == find(directory(cadre=None, known=(WORKER,)), moved, clue())


def test_after_a_move_the_grid_worker_of_the_new_village_is_told() -> None:
    book = directory(cadre=None, known=(WORKER,))
    book.enter(UUID(int=1), post_of("grid-worker", NEXT_VILLAGE))
    moved = envelope(HouseholdMoved(**ID, village_code=NEXT_VILLAGE, on=TODAY))
    assert Found(told=((CLUE, UUID(int=1)),)) == find(book, moved, clue())
