"""Who answers for a household, followed message by message without any database."""

from __future__ import annotations

from datetime import date
from typing import Any, Final
from uuid import UUID

import pytest
from msgspec.structs import replace

from pipeline.envelope import Envelope
from schemas.assistance import CadreAssigned, MeasureAccepted, MeasureProposed
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
from schemas.notifications import RegisterRecipient
from services.notifications.domain.commands import Notice
from services.notifications.identify import Directory, Found, to_notice
from tests.messages import TODAY, envelope
from tests.notifications.letters import ADDRESS, CADRE, CLUE, HOUSEHOLD, VILLAGE, WORKER

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
ENROLLED: Final = {"type": "t", "risks": ("illness",), "pack": "p", "line_fen": 1, "decision_event_id": UUID(int=9)}


def clue(event: str = "event 1", household: UUID = HOUSEHOLD) -> Envelope:
    said = {"household_id": household, "clue_id": UUID(int=3), "risk": "illness", "fact_source": "/d", "fact_id": "1", "due": DUE}
    return envelope(ClueRaised.model_validate(said), event)


def registered(village: str = VILLAGE) -> Envelope:
    return envelope(HouseholdRegistered(**ID, village_code=village, category="never_registered", member_count=2))


def paired(cadre: UUID = CADRE) -> Envelope:
    return envelope(CadreAssigned(**ID, cadre_id=cadre, from_day=TODAY))


def recipient(identity: UUID, role: str = "paired-cadre", area: str = VILLAGE) -> Envelope:
    said = {"recipient_id": identity, "role": role, "area": area, "channels": [{"kind": "email", "address": ADDRESS}]}
    return envelope(RegisterRecipient.model_validate(said))


def known(**other: Any) -> Directory:  # noqa: ANN401 - the fields of a directory
    """The household is paired with a cadre we can reach."""
    return Directory(**{"village_of": {HOUSEHOLD: VILLAGE}, "cadre_of": {HOUSEHOLD: CADRE}, "recipients": {CADRE}, **other})


def find(directory: Directory, *envelopes: Envelope) -> Found:
    """What is found for the last of a batch."""
    return [directory.find(one) for one in envelopes][-1]


@pytest.mark.parametrize(
    ("message", "kind", "due"),
    [
        (clue().data, "clue-raised", DUE),
        (HouseholdEnrolled.model_validate({**CASE, **ENROLLED}), "household-enrolled", None),
        (MeasureProposed.model_validate({**ID, **MEASURE, "due": DUE}), "measure-proposed", DUE),
        (ExitProposed.model_validate({**CASE, "method": "help", "due": DUE}), "exit-proposed", DUE),
        (HouseholdExited.model_validate({**CASE, "method": "help"}), "household-exited", None),
    ],
)
def test_a_cadre_hears_of_every_clue_enrollment_measure_and_exit(message: Message, kind: str, due: date | None) -> None:
    assert Notice(event="event 1", kind=kind, household=HOUSEHOLD, due=due) == to_notice(envelope(message, "event 1"))


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
def test_a_cadre_hears_of_nothing_else(message: Message) -> None:
    assert to_notice(envelope(message)) is None


def test_the_paired_cadre_is_told() -> None:
    assert Found(CLUE, CADRE) == find(known(), clue())


def test_without_a_cadre_the_grid_worker_of_the_village_is_told() -> None:
    directory = Directory(village_of={HOUSEHOLD: VILLAGE}, grid_workers={VILLAGE: {WORKER}, NEXT_VILLAGE: {UUID(int=1)}})
    assert Found(CLUE, WORKER) == find(directory, clue())


def test_of_two_grid_workers_the_one_with_the_smaller_id_is_told() -> None:
    directory = Directory(village_of={HOUSEHOLD: VILLAGE}, grid_workers={VILLAGE: {WORKER, UUID(int=1)}})
    assert Found(CLUE, UUID(int=1)) == find(directory, clue())


def test_a_cadre_we_cannot_reach_yet_is_waited_for_whatever_the_grid_worker_could_do() -> None:
    assert Found(CLUE, None) == find(known(recipients=set(), grid_workers={VILLAGE: {WORKER}}), clue())


def test_a_household_nobody_answers_for_waits() -> None:
    assert Found(CLUE, None) == find(Directory(), clue())


def test_what_waits_is_told_once_to_the_cadre_when_he_is_paired() -> None:
    directory = Directory(recipients={CADRE})
    assert Found(addressed=((CLUE, CADRE),)) == find(directory, clue(), paired())
    assert Found() == find(directory, paired())


def test_what_waits_is_told_to_the_cadre_when_he_is_registered() -> None:
    assert Found(addressed=((CLUE, CADRE),)) == find(Directory(), clue(), paired(), recipient(CADRE))


def test_a_recipient_with_others_than_email_alone_is_found_with_his_channels() -> None:
    ways = [{"kind": "wecom", "user": "zhang"}, {"kind": "email", "address": ADDRESS}]
    said = {"recipient_id": CADRE, "role": "paired-cadre", "area": VILLAGE, "channels": ways}
    registered_now = envelope(RegisterRecipient.model_validate(said))
    expected = Found(addressed=((CLUE, CADRE),), channels={CADRE: ("wecom", "email")})
    assert expected == find(Directory(), clue(), paired(), registered_now)
    assert Found(CLUE, CADRE) == find(Directory(), paired(), registered_now, recipient(CADRE), clue())


def test_what_waits_is_told_to_the_grid_worker_when_he_is_registered() -> None:
    directory = Directory(village_of={HOUSEHOLD: VILLAGE})
    assert Found(addressed=((CLUE, WORKER),)) == find(directory, clue(), recipient(WORKER, "grid-worker"))


def test_what_waits_is_told_when_the_household_is_located() -> None:
    assert Found(addressed=((CLUE, WORKER),)) == find(Directory(grid_workers={VILLAGE: {WORKER}}), clue(), registered())


def test_everything_that_waits_is_told_in_its_order() -> None:
    second = replace(CLUE, event="event 2")
    found = find(Directory(recipients={CADRE}, awaiting={HOUSEHOLD: [CLUE]}), clue("event 2"), paired())
    assert Found(addressed=((CLUE, CADRE), (second, CADRE))) == found


def test_what_waits_for_another_household_waits_on() -> None:
    assert Found() == find(Directory(recipients={CADRE}), clue(household=UUID(int=9)), paired())


@pytest.mark.parametrize(("role", "area"), [("grid-worker", NEXT_VILLAGE), ("first-secretary", VILLAGE), ("town-officer", VILLAGE)])
def test_who_does_not_answer_for_the_village_is_not_told(role: str, area: str) -> None:
    assert Found() == find(Directory(village_of={HOUSEHOLD: VILLAGE}), clue(), recipient(WORKER, role, area))


def test_after_a_new_pairing_the_successor_is_told() -> None:
    assert Found(CLUE, WORKER) == find(known(recipients={CADRE, WORKER}), paired(WORKER), clue())


def test_a_grid_worker_who_moved_answers_for_his_new_village_only() -> None:
    directory = Directory(village_of={HOUSEHOLD: VILLAGE}, grid_workers={VILLAGE: {WORKER}})
    assert Found(CLUE, None) == find(directory, recipient(WORKER, "grid-worker", NEXT_VILLAGE), clue())


def test_after_a_move_the_grid_worker_of_the_new_village_is_told() -> None:
    directory = Directory(village_of={HOUSEHOLD: VILLAGE}, grid_workers={VILLAGE: {WORKER}, NEXT_VILLAGE: {UUID(int=1)}})
    moved = envelope(HouseholdMoved(**ID, village_code=NEXT_VILLAGE, on=TODAY))
    assert Found(CLUE, UUID(int=1)) == find(directory, moved, clue())
