"""Who is told of what: the routes of the pilot's pack, posts that people take and leave, and what waits for them."""

from __future__ import annotations

from datetime import date
from typing import Any, Final
from uuid import UUID

import pytest
from msgspec.structs import replace
from pydantic import ValidationError

from pipeline.envelope import Envelope
from schemas.assistance import CadreMissing, CaregiverOverAge, MeasureProposed, ReferralOverdue, ReferralSent
from schemas.enrollment import (
    ClueRaised,
    DeadlineBreached,
    DeadlineEscalated,
    EmergencyHelpStarted,
    ExitProposed,
    HouseholdEnrolled,
    HouseholdExited,
    HouseholdRegistered,
    LinePublished,
)
from schemas.message import Message
from schemas.notifications import EscalateNotification, RegisterRecipient
from schemas.problems import problems
from services.notifications.domain.commands import Notice, Target
from services.notifications.domain.policy import Addressee, Policy, Route
from services.notifications.domain.routing import Subject, route_of, targets_of
from services.notifications.identify.directory import Directory, Found
from services.notifications.identify.waiting import Waiting
from services.notifications.names import post_of, waiting_id
from tests.messages import envelope
from tests.notifications.letters import ADDRESS, CADRE, CLUE, HOUSEHOLD, PILOT, VILLAGE, WORKER

TOWN, COUNTY = VILLAGE[:9], VILLAGE[:6]
ID: Final = {"household_id": HOUSEHOLD}
CASE: Final = {**ID, "case_id": UUID(int=400), "episode": 1}
ENROLLED: Final = {"type": "t", "risks": ("illness",), "pack": "p", "line_fen": 1, "decision_event_id": UUID(int=9)}
MEASURE: Final = {"measure_id": UUID(int=7), "plan_id": UUID(int=8), "kind": "health", "answers": ("illness",), "base": False}
REFERRAL: Final = {"referral_id": UUID(int=6), "measure_id": UUID(int=7), "department": "health"}
DUE = date(2021, 1, 8)
SECRETARY, TOWN_OFFICER, COUNTY_OFFICER, CIVIL_AFFAIRS, HEALTH = (UUID(int=number) for number in (801, 802, 803, 804, 805))
POSTS: Final = {
    CADRE: post_of("paired-cadre", VILLAGE),
    WORKER: post_of("grid-worker", VILLAGE),
    SECRETARY: post_of("first-secretary", VILLAGE),
    TOWN_OFFICER: post_of("town-officer", TOWN),
    COUNTY_OFFICER: post_of("county-officer", COUNTY),
    CIVIL_AFFAIRS: post_of("department-desk", COUNTY, "civil-affairs"),
    HEALTH: post_of("department-desk", COUNTY, "health"),
}
AT_THE_TOWN: Final = Target(role="town-officer", level="town")
CLUE_SAID: Final = {"clue_id": UUID(int=3), "risk": "illness", "fact_source": "/d", "fact_id": "1", "due": DUE}


def everybody(village: str | None = VILLAGE, but: tuple[UUID, ...] = ()) -> Directory:
    """A paired household, and somebody on every post."""
    book = Directory(PILOT, cadre_of={HOUSEHOLD: CADRE}, village_of={HOUSEHOLD: village} if village else {})
    for one, post in POSTS.items():
        if one not in but:
            book.enter(one, post)
    return book


def said(model: type[Message], **fields: Any) -> Envelope:  # noqa: ANN401 - the fields of a message
    return envelope(model.model_validate({**ID, **fields}), "event 1")


def registered(identity: UUID, role: str, area: str, department: str | None = None) -> Envelope:
    channels = [{"kind": "email", "address": ADDRESS}]
    fields = {"recipient_id": identity, "role": role, "area": area, "channels": channels, "department": department}
    return envelope(RegisterRecipient.model_validate(fields), f"{identity} {area}")


CLUE_RAISED: Final = said(ClueRaised, **CLUE_SAID)
BREACHED: Final = said(DeadlineBreached, kind="verify", due=DUE)
LATE: Final = Notice(event="event 1", kind="deadline-breached", household=HOUSEHOLD, due=DUE, urgency="urgent", escalates=True)
LATE_FOR_THE_TOWN: Final = replace(LATE, level="town")


@pytest.mark.parametrize(
    ("message", "told", "urgency"),
    [
        (CLUE_RAISED, [CADRE, SECRETARY], "normal"),
        (said(HouseholdEnrolled, **CASE, **ENROLLED), [CADRE, TOWN_OFFICER, CIVIL_AFFAIRS], "normal"),
        (said(HouseholdExited, **CASE, method="help"), [CADRE, TOWN_OFFICER, CIVIL_AFFAIRS], "normal"),
        (said(MeasureProposed, **MEASURE, department="health", due=DUE), [CADRE], "normal"),
        (said(ReferralSent, **REFERRAL, kind="health", answers=("illness",), due=DUE), [HEALTH], "normal"),
        (said(ReferralOverdue, **REFERRAL, due=DUE, level="county"), [COUNTY_OFFICER], "urgent"),
        (said(ExitProposed, **CASE, method="help", due=DUE), [CADRE, COUNTY_OFFICER], "normal"),
        (said(CadreMissing, on=DUE), [TOWN_OFFICER], "normal"),
        (
            said(CaregiverOverAge, person_id=CADRE, caregiver_id=CADRE, on=DUE, group=(CADRE, WORKER)),
            [CADRE, WORKER, TOWN_OFFICER],
            "normal",
        ),
        (BREACHED, [TOWN_OFFICER], "urgent"),
        (said(DeadlineBreached, kind="exit-decision", due=DUE), [COUNTY_OFFICER], "urgent"),
        (said(DeadlineBreached, kind="whole-entry", due=DUE), [], "urgent"),
        (said(DeadlineEscalated, kind="whole-entry", level=1, to="township"), [TOWN_OFFICER], "urgent"),
        (said(DeadlineEscalated, kind="whole-entry", level=2, to="county"), [COUNTY_OFFICER], "urgent"),
        (said(EmergencyHelpStarted, case_id=UUID(int=400)), [CADRE, TOWN_OFFICER], "urgent"),
    ],
    ids=lambda one: one.data.TYPE.split(".")[3] if isinstance(one, Envelope) else "",
)
def test_an_event_is_told_to_those_whom_the_pack_names(message: Envelope, told: list[UUID], urgency: str) -> None:
    found = everybody().find(message)
    assert (told, [urgency] * len(told)) == ([recipient for _, recipient in found.told], [notice.urgency for notice, _ in found.told])
    assert (found.waiting, found.announced) == ((), ())


def test_a_line_is_told_to_every_paired_cadre_of_its_area() -> None:
    line = {
        "area": TOWN,
        "valid_from": "2021-02-01",
        "takes_effect": "2021-02-01",
        "fen_per_person_year": 600_000,
        "document_sha256": "0" * 64,
    }
    found = everybody().find(envelope(LinePublished.model_validate(line), "event 1"))
    notice = Notice(event="event 1", kind="line-published", household=None, area=TOWN)
    assert Found(announced=((notice, Target(role="paired-cadre", level="county")),)) == found


@pytest.mark.parametrize(
    ("on", "of", "told"),
    [
        (date(2019, 12, 31), "", None),
        (date(2020, 1, 1), "", "town-officer"),
        (date(2020, 12, 31), "health", "grid-worker"),
        (date(2020, 12, 31), "housing", "town-officer"),
        (date(2021, 1, 1), "health", "county-officer"),
    ],
)
def test_the_newest_route_counts_and_of_one_day_the_narrower(on: date, of: str, told: str | None) -> None:
    routes = (
        Route(kind="measure-proposed", valid_from=date(2020, 1, 1), to=(Addressee(role="town-officer", level="town"),)),
        Route(kind="measure-proposed", valid_from=date(2020, 1, 1), of=("health",), to=(Addressee(role="grid-worker", level="village"),)),
        Route(kind="measure-proposed", valid_from=date(2021, 1, 1), to=(Addressee(role="county-officer", level="county"),)),
    )
    found = route_of(Subject("measure-proposed", on, of), PILOT.model_copy(update={"routes": routes}))
    assert told == (found.to[0].role if found else None)


def test_a_route_may_name_its_desks_and_a_group_is_whom_the_event_names() -> None:
    desks = Addressee(role="department-desk", level="county", departments=("health", "housing"))
    route = Route(kind="x", valid_from=date(2020, 1, 1), to=(desks, Addressee(role="care-group", level="village")))
    one, many = targets_of(route, Subject("x", DUE, department="education", people=(CADRE, WORKER)))
    assert (["health", "housing", "", ""], [None, None, CADRE, WORKER]) == ([t.department for t in one], [t.person for t in one])
    assert many == ()


def test_whoever_is_told_for_two_reasons_is_told_once() -> None:
    book = everybody()
    book.cadre_of[HOUSEHOLD] = SECRETARY
    assert Found(told=((CLUE, SECRETARY),)) == book.find(CLUE_RAISED)


def test_what_has_no_recipient_on_a_post_waits_for_whoever_takes_it_and_is_told_once() -> None:
    book, post = everybody(but=(TOWN_OFFICER,)), POSTS[TOWN_OFFICER]
    waits = Waiting(waiting_id("event 1", post), post, LATE, AT_THE_TOWN)
    assert Found(waiting=(waits,)) == book.find(BREACHED)
    assert Found() == book.find(registered(UUID(int=1), "town-officer", "370323009"))
    assert Found(told=((LATE_FOR_THE_TOWN, UUID(int=2)),), over=(waits,)) == book.find(registered(UUID(int=2), "town-officer", TOWN))
    assert Found() == book.find(registered(UUID(int=3), "town-officer", TOWN))


def test_what_comes_before_its_household_is_located_waits_with_it_and_then_for_the_post() -> None:
    book, post = everybody(village=None, but=(TOWN_OFFICER,)), POSTS[TOWN_OFFICER]
    with_household = Waiting(HOUSEHOLD, "town-officer/town/", LATE, AT_THE_TOWN)
    assert Found(waiting=(with_household,)) == book.find(BREACHED)
    located = said(HouseholdRegistered, village_code=VILLAGE, category="never_registered", member_count=2)
    for_the_post = Waiting(waiting_id("event 1", post), post, LATE, AT_THE_TOWN)
    assert Found(waiting=(for_the_post,), over=(with_household,)) == book.find(located)
    assert Found(told=((LATE_FOR_THE_TOWN, TOWN_OFFICER),), over=(for_the_post,)) == book.find(
        registered(TOWN_OFFICER, "town-officer", TOWN)
    )


def test_a_desk_is_told_of_its_own_department_only() -> None:
    book = everybody(but=(HEALTH,))
    assert () == book.find(said(ReferralSent, **REFERRAL, kind="health", answers=("illness",), due=DUE)).told
    assert Found() == book.find(registered(UUID(int=1), "department-desk", COUNTY, "education"))
    assert [UUID(int=2)] == [one for _, one in book.find(registered(UUID(int=2), "department-desk", COUNTY, "health")).told]


def test_one_of_a_care_group_who_is_not_known_yet_is_waited_for_by_himself() -> None:
    book = everybody(but=(WORKER,))
    notice = Notice(event="event 1", kind="care-quota-missed", household=HOUSEHOLD)
    group = [(notice, Target(role="care-group", level="village", person=one)) for one in (CADRE, WORKER)]
    found = book.place((), group)
    assert [CADRE] == [recipient for _, recipient in found.told]
    assert [f"person/{WORKER}"] == [waiting.post for waiting in found.waiting]
    assert Found() == book.find(registered(UUID(int=1), "caregiver", VILLAGE))
    assert [WORKER] == [recipient for _, recipient in book.find(registered(WORKER, "caregiver", VILLAGE)).told]


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (
            {"routes": [{"kind": "unheard-of", "valid_from": "2020-01-01", "to": [{"role": "grid-worker", "level": "village"}]}]},
            "unheard-of",
        ),
        (
            {
                "routes": [
                    {"kind": "clue-raised", "valid_from": "2020-01-01", "to": [{"role": "x", "level": "village"}]},
                ]
            },
            "routes.0.to.0.role",
        ),
        (
            {
                "routes": [
                    {
                        "kind": "clue-raised",
                        "valid_from": "2020-01-01",
                        "to": [{"role": "town-officer", "level": "town", "instead": "grid-worker"}],
                    }
                ]
            },
            "only a paired cadre has a substitute",
        ),
    ],
)
def test_a_pack_that_would_tell_nobody_is_refused(wrong: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        Policy.model_validate({**PILOT.model_dump(), **wrong})


@pytest.mark.parametrize(("role", "department"), [("department-desk", None), ("town-officer", "health")])
def test_a_desk_is_the_desk_of_a_department_and_nobody_else_is(role: str, department: str | None) -> None:
    with pytest.raises(ValidationError, match="name the department of a department-desk only"):
        registered(WORKER, role, COUNTY, department)


def test_what_nobody_acknowledged_is_told_to_the_next_level_up() -> None:
    book = everybody()
    book.letters.notice_of = {UUID(int=1): CLUE, UUID(int=2): replace(CLUE, level="town"), UUID(int=3): replace(CLUE, level="county")}
    found = [book.find(envelope(EscalateNotification(notification_id=UUID(int=number)))) for number in (1, 2, 3, 4)]
    assert [found.told for found in found] == [
        ((replace(CLUE, level="town"), TOWN_OFFICER),),
        ((replace(CLUE, level="county"), COUNTY_OFFICER),),
        (),
        (),
    ]


def test_a_pack_that_sends_something_up_to_where_it_came_from_is_refused() -> None:
    aside = {"hours": {"urgent": 4, "normal": 48}, "to": {"town": {"role": "first-secretary", "level": "village"}}}
    with pytest.raises(ValidationError, match=r"to\.town: name an officer of a higher level"):
        Policy.model_validate({**PILOT.model_dump(), "escalation": aside})


@pytest.mark.parametrize("hours", ["22-7", "24:00-07:00", "22:00-07:60", "22:00", "at night"])
def test_quiet_hours_that_are_no_hours_are_refused_at_the_door(hours: str) -> None:
    channels = [{"kind": "email", "address": ADDRESS}]
    said = {"recipient_id": CADRE, "role": "paired-cadre", "area": VILLAGE, "channels": channels, "quiet_hours": hours}
    with pytest.raises(ValidationError) as refused:
        RegisterRecipient.model_validate(said)
    assert [("quiet_hours", "are no hours of a day", "write them as HH:MM-HH:MM, for instance 22:00-07:00")] == problems(refused.value)
