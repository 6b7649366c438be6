"""What merging and parting asks of which file, in every state of it, and what of it is public."""

from __future__ import annotations

from typing import Final, get_args

import pytest

from pipeline.decider import Event
from schemas.assistance import care as words
from schemas.message import Message
from services.assistance.domain.care import merge_commands as ask
from services.assistance.domain.care import merge_events as merge
from services.assistance.domain.care.care_file import care_stream
from services.assistance.domain.care.merge_commands import AnyPersonCommand
from services.assistance.identify import Found
from services.assistance.translate import to_commands, to_message
from tests.assistance.cared import (
    ANNA,
    BEN,
    ELSEWHERE,
    MONDAY,
    NEXT,
    OPENED,
    OVER,
    PARTLY,
    PERSON,
    planned,
)
from tests.assistance.helped import HOUSEHOLD, TODAY, given
from tests.assistance.two_persons import KEPT, MERGED, UNMERGED
from tests.messages import envelope, recorded

HANDED: Final = merge.Carried(household=HOUSEHOLD, category="severe_illness", plans=(planned(ANNA, BEN),), began=MONDAY)
MINE: Final = {"id": "message", "on": NEXT, "person": PERSON}
HAVING: Final = {
    "nothing": (),
    "a file": OPENED,
    "a plan": PARTLY,
    "ended": (*PARTLY, OVER),
    "merged": (merge.PersonMerged(PERSON, KEPT, NEXT),),
}
MARK, TAKEN = "care-person-merged", "care-file-taken-over"
OVER_NOW: Final = "care-ended care-person-merged"
PAIRS: list[tuple[str, AnyPersonCommand, tuple[str, ...]]] = [
    ("merge", ask.MergePerson(**MINE, into=KEPT), (MARK, OVER_NOW, f"care-quota-missed {OVER_NOW}", MARK, "")),
    ("take over", ask.TakeFileOver(**MINE, origin=KEPT, carried=HANDED), (TAKEN, TAKEN, "", TAKEN, TAKEN)),
    ("take nothing over", ask.TakeFileOver(**MINE, origin=KEPT), ("",) * 5),
    ("give back", ask.GiveFileBack(**MINE, to=KEPT), ("",) * 5),
    ("unmerge", ask.UnmergePerson(**MINE, kept=KEPT), ("", "", "", "", "care-person-unmerged")),
]
TABLE = [
    pytest.param(history, command, expected, id=f"{name}: {state}")
    for name, command, row in PAIRS
    for (state, history), expected in zip(HAVING.items(), row, strict=True)
]


@pytest.mark.parametrize(("history", "command", "expected"), TABLE)
def test_of_every_command_in_every_state_it_is_known_what_follows(
    history: tuple[Event, ...], command: AnyPersonCommand, expected: str
) -> None:
    happened = given(*history).when(command).happened
    assert expected.split() == [event.TOPIC.removeprefix("assistance.") for event in happened]


def test_no_command_is_forgotten() -> None:
    assert set(get_args(AnyPersonCommand)) == {type(command) for _, command, _ in PAIRS}


def test_who_hands_something_on_is_asked_first() -> None:
    his, others = {"id": "message", "on": TODAY, "person": PERSON}, {"id": "message", "on": TODAY, "person": KEPT}
    assert [
        (care_stream(PERSON), ask.MergePerson(**his, into=KEPT)),
        (care_stream(KEPT), ask.TakeFileOver(**others, household=ELSEWHERE, origin=PERSON)),
    ] == to_commands(envelope(MERGED), Found(None))
    assert [
        (care_stream(KEPT), ask.GiveFileBack(**others, to=PERSON)),
        (care_stream(PERSON), ask.UnmergePerson(**his, household=HOUSEHOLD, kept=KEPT)),
    ] == to_commands(envelope(UNMERGED), Found(None))


TAKEN_OVER: Final = merge.CareFileTakenOver(person=PERSON, household=HOUSEHOLD, origin=KEPT, on=NEXT, carried=HANDED)
SAID: list[tuple[Event, Message | None]] = [
    (merge.PersonMerged(person=PERSON, into=KEPT, on=NEXT), None),
    (merge.PersonUnmerged(person=PERSON, kept=KEPT, on=NEXT), None),
    (merge.CareFileGivenBack(person=PERSON, to=KEPT, on=NEXT, carried=HANDED), None),
    (
        TAKEN_OVER,
        words.CareFileSet(household_id=HOUSEHOLD, person_id=PERSON, category="severe_illness", on=NEXT, from_person_id=KEPT),
    ),
]


@pytest.mark.parametrize(("event", "expected"), SAID, ids=lambda one: getattr(one, "TOPIC", ""))
def test_whose_file_it_was_goes_out_and_the_rest_stays_here(event: Event, expected: Message | None) -> None:
    told = to_message(recorded(event, care_stream(PERSON)))
    assert (expected, HOUSEHOLD) == (told.data, told.key) if told is not None else expected is None
