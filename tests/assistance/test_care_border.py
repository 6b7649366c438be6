"""The border of care: what each message asks of whose file, and what of each event is public."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import pytest
from msgspec.structs import replace
from pydantic import ValidationError

from pipeline.decider import Event
from schemas import enrollment as heard
from schemas.assistance import care as words
from schemas.clock import DayStarted
from schemas.message import Message
from services.assistance.domain.care import care_commands as ask
from services.assistance.domain.care import care_events as did
from services.assistance.domain.care.care_commands import AnyCareCommand
from services.assistance.identify import Found
from services.assistance.translate import TOLD_DAYS, care, text_of, to_commands, to_message
from tests.assistance.cared import (
    ANNA,
    BEN,
    DORA,
    ELSEWHERE,
    FILE,
    MONDAY,
    NEXT,
    OVER,
    PARTLY,
    PERSON,
    asked,
    corrected,
    met,
    missed,
    refused,
    seen,
    week,
)
from tests.assistance.helped import HOUSEHOLD, TODAY, tell_day
from tests.messages import envelope, recorded

STREAM: Final = care.care_stream(PERSON)
NEED: Final = "喜欢听收音机"
DIGEST: Final = sha256(NEED.encode()).hexdigest()
VISIT: Final = UUID(int=1)
BIRTH: Final = date(1980, 5, 1)
ABOUT: Final[dict[str, Any]] = {"household_id": HOUSEHOLD, "person_id": PERSON}
PUBLIC_WEEK: Final[dict[str, Any]] = {**ABOUT, "week": MONDAY, "done": 2, "required": 3, "tasks_done": 0, "tasks_required": 3}
ASKED: Final[list[tuple[Message, AnyCareCommand]]] = [
    (words.OpenCareFile(person=PERSON, category="other"), ask.OpenCareFile(**asked(TODAY), category="other")),
    (
        words.SetCarePlan(
            person=PERSON,
            care_dependency="partial",
            caregivers=(words.Caregiver(caregiver_id=ANNA, birth=BIRTH), words.Caregiver(caregiver_id=BEN, from_day=NEXT)),
            quantified_tasks=(words.QuantifiedTask(task="laundry", times=2),),
            flexible_needs=(NEED,),
            from_day=MONDAY,
        ),
        ask.SetCarePlan(
            **asked(TODAY),
            care_dependency="partial",
            caregivers=(ask.Candidate(ANNA, BIRTH), ask.Candidate(BEN, None, NEXT)),
            tasks=(did.Task("laundry", 2),),
            flexible_needs=(DIGEST,),
            from_day=MONDAY,
        ),
    ),
    (
        words.RecordCareVisit(person=PERSON, visit_id=VISIT, on=MONDAY, tasks=("laundry",), caregiver=ANNA),
        ask.RecordCareVisit(**asked(TODAY), visit=VISIT, visited=MONDAY, tasks=("laundry",), caregiver=ANNA),
    ),
    (
        words.RecordAbsence(
            person=PERSON, caregiver=ANNA, from_day=MONDAY, to_day=NEXT, replacement=words.Caregiver(caregiver_id=DORA, birth=BIRTH)
        ),
        ask.RecordAbsence(**asked(TODAY), caregiver=ANNA, from_day=MONDAY, to_day=NEXT, replacement=ask.Candidate(DORA, BIRTH)),
    ),
    (words.EndCare(person=PERSON, reason=NEED), ask.EndCare(**asked(TODAY), reason_sha256=DIGEST)),
    (
        heard.MembersLeft(household_id=HOUSEHOLD, person_ids=(PERSON,), on=MONDAY, reason="married", to_household_id=ELSEWHERE),
        ask.FollowPerson(**asked(TODAY), left=MONDAY, reason="married", to=ELSEWHERE),
    ),
]
WEEKS: Final[dict[str, Any]] = {"uncounted_from": MONDAY, "counts_from": date(2021, 1, 18)}
SAID: Final[list[tuple[Event, Message]]] = [
    (FILE, words.CareFileSet(**ABOUT, category="severe_illness", on=MONDAY)),
    (
        PARTLY[1],
        words.CarePlanSet(
            **ABOUT,
            care_dependency="partial",
            from_day=MONDAY,
            counts_from=MONDAY,
            required=3,
            caregivers=tuple(words.PlannedCaregiver(caregiver_id=one, from_day=MONDAY) for one in (ANNA, BEN)),
            quantified_tasks=(words.PlannedTask(task="laundry", times=2), words.PlannedTask(task="bathing", times=1)),
        ),
    ),
    (
        did.CaregiverAbsent(
            person=PERSON,
            household=HOUSEHOLD,
            caregiver=ANNA,
            from_day=MONDAY,
            to_day=NEXT,
            covered=True,
            replacement=DORA,
            age_unknown=True,
        ),
        words.CaregiverAbsent(
            **ABOUT, caregiver_id=ANNA, from_day=MONDAY, to_day=NEXT, covered=True, replacement_id=DORA, age_unknown=True
        ),
    ),
    (
        seen(1, TODAY, week(MONDAY, 2), "laundry"),
        words.CareVisitRecorded(**PUBLIC_WEEK, visit_id=VISIT, on=TODAY, tasks=("laundry",), caregiver_id=ANNA),
    ),
    (met(MONDAY, 3), words.CareQuotaMet(**{**PUBLIC_WEEK, "done": 3})),
    (missed(MONDAY, 2), words.CareQuotaMissed(**PUBLIC_WEEK, group=(ANNA, BEN))),
    (corrected(MONDAY, 3), words.CareQuotaCorrected(**{**PUBLIC_WEEK, "done": 3})),
    (
        did.CaregiverOverAge(person=PERSON, household=HOUSEHOLD, caregiver=ANNA, on=MONDAY, group=(ANNA, BEN), next_on=NEXT),
        words.CaregiverOverAge(**ABOUT, caregiver_id=ANNA, on=MONDAY, group=(ANNA, BEN)),
    ),
    (OVER, words.CareEnded(**ABOUT, on=date(2021, 1, 13), reason="decided")),
    (
        did.CareResumed(person=PERSON, household=HOUSEHOLD, **WEEKS, category="severe_illness", on=NEXT, planned=True),
        words.CareResumed(**ABOUT, **WEEKS, category="severe_illness", on=NEXT),
    ),
]


@pytest.mark.parametrize(("message", "command"), ASKED, ids=lambda one: getattr(one, "TYPE", ""))
def test_a_message_asks_the_file_of_its_person(message: Message, command: AnyCareCommand) -> None:
    assert [(STREAM, command)] == list(to_commands(envelope(message, subject=HOUSEHOLD), Found(HOUSEHOLD)))


@pytest.mark.parametrize("reason", ["withdrawn", "born", "married", "merged", "unmerged"])
def test_only_a_death_that_was_none_asks_a_file_to_go_on(reason: Any) -> None:  # noqa: ANN401 - of those that the message may give
    joined = heard.MembersJoined(household_id=HOUSEHOLD, person_ids=(PERSON,), on=MONDAY, reason=reason)
    of_care = [one for stream, one in to_commands(envelope(joined), Found(HOUSEHOLD)) if stream == STREAM]
    assert of_care == ([ask.ResumeCare(**asked(TODAY))] if reason == "withdrawn" else [])


def test_a_day_asks_the_files_that_have_a_week_to_judge() -> None:
    due = Found(None, care={STREAM: (PERSON, HOUSEHOLD)})
    asks = list(to_commands(envelope(DayStarted(date=NEXT)), due))
    assert [(STREAM, ask.JudgeWeeks(**asked(NEXT))), (TOLD_DAYS, tell_day(NEXT))] == asks


@pytest.mark.parametrize(("event", "expected"), SAID, ids=lambda one: getattr(one, "TOPIC", ""))
def test_an_event_goes_out_with_its_household(event: Event, expected: Message) -> None:
    told = to_message(recorded(event, STREAM))
    assert told is not None
    assert (expected, HOUSEHOLD) == (told.data, told.key)


def test_no_event_is_forgotten() -> None:
    assert set(did.AnyCareEvent.__args__) == {type(event) for event, _ in SAID}


def test_an_age_that_nobody_knows_is_public() -> None:
    (_, plan) = PARTLY
    assert isinstance(plan, did.CarePlanSet)
    told = to_message(recorded(replace(plan, ages_unknown=(BEN,)), STREAM))
    assert told is not None
    assert (BEN,) == getattr(told.data, "ages_unknown", None)


def test_a_refusal_says_whose_file_why_and_what_to_do() -> None:
    told = to_message(recorded(refused("care.group-size", "2-3"), STREAM))
    assert told is not None
    assert told.key == HOUSEHOLD
    assert {
        **{name: str(value) for name, value in ABOUT.items()},
        "command_id": "message",
        "reason_code": "care.group-size",
        "text": "管护人员数量不符，应为2-3人。 The number of caregivers is wrong; it is to be 2-3.",
        "remedy": "请调整管护小组。 Name as many. 再发须用新的消息编号（id）。 Send it again under a new message id.",
    } == told.data.model_dump(mode="json", exclude_none=True)


def test_every_refusal_has_its_sentence_and_its_remedy() -> None:
    assert {
        "care.no-file",
        "care.category-unknown",
        "care.ended",
        "care.no-plan",
        "care.plan-too-early",
        "care.group-size",
        "care.age-limit",
        "care.caregiver-unknown",
        "care.replacement-in-group",
        "care.visit-in-future",
        "care.before-plan",
        "care.visit-too-late",
        "care.visit-id-used",
        "care.person-merged",
        "care.visit-differs",
    } == set(care.TEXTS)
    assert all("{" not in text_of(code, "x") and remedy for code, (_, remedy) in care.TEXTS.items())


def test_a_birth_and_a_free_text_go_nowhere() -> None:
    plan = ASKED[1][0]
    (_, command) = to_commands(envelope(plan, subject=HOUSEHOLD), Found(HOUSEHOLD))[0]
    public = [told.data.model_dump_json() for event, _ in SAID if (told := to_message(recorded(event, STREAM))) is not None]
    assert NEED not in repr(command)
    assert "1980" not in "".join(public)
    assert "1980" not in repr(plan)
    assert NEED not in repr(plan)


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("caregivers", [{"caregiver_id": str(ANNA)}] * 2, "names a caregiver or a task twice"),
        ("quantified_tasks", [{"task": "laundry", "times": 1}] * 2, "names a caregiver or a task twice"),
        ("quantified_tasks", [{"task": "王五的衣服", "times": 1}], "pattern"),
        ("quantified_tasks", [{"task": "laundry", "times": 0}], "greater than or equal to 1"),
        ("caregivers", [], "at least 1 item"),
    ],
)
def test_a_plan_is_refused_at_the_door(field: str, value: object, problem: str) -> None:
    said = {"person": str(PERSON), "care_dependency": "partial", "caregivers": [{"caregiver_id": str(ANNA)}], field: value}
    with pytest.raises(ValidationError, match=problem):
        words.SetCarePlan.model_validate(said)


@pytest.mark.parametrize(("days", "is_taken"), [(-1, False), (0, True), (366, True), (367, False)])
def test_an_absence_has_a_length(days: int, is_taken: bool) -> None:  # noqa: FBT001
    said = {"person": PERSON, "caregiver": ANNA, "from_day": MONDAY, "to_day": MONDAY + timedelta(days=days)}
    if is_taken:
        assert said["to_day"] == words.RecordAbsence.model_validate(said).to_day
    else:
        with pytest.raises(ValidationError, match="ends before it begins, or lasts longer than 366 days"):
            words.RecordAbsence.model_validate(said)
