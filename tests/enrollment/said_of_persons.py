"""What is public of who belongs to which household, where it lives, and what its members have."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from pipeline.decider import Event
from schemas import enrollment as words
from schemas.message import Message
from services.enrollment.domain.commands import Member
from services.enrollment.domain.judging.layer_events import BenefitConflictDetected, BenefitConflictEnded, Held
from services.enrollment.domain.members import change_events as changed
from services.enrollment.domain.members.person_events import PersonsMerged, PersonsUnmerged
from tests.enrollment.zhang import (
    CLUE,
    FATHER,
    HOUSEHOLD,
    ILL,
    MEMBERS,
    MOTHER,
    VILLAGE,
)
from tests.messages import TODAY

ID: Final = {"household_id": HOUSEHOLD}
NAMED: Final = {"fact": "inpatient", "fact_source": "/department", "fact_id": "ill", "valid_on": TODAY}
DUE = date(2021, 1, 8)
OTHER: Final = UUID(int=200)
OF_PERSONS: Final[list[tuple[Event, Message | None]]] = [
    (
        changed.MembersJoined(members=(Member(person=FATHER, relation="spouse"),), on=DUE, reason="married", fact=ILL.id, origin=OTHER),
        words.MembersJoined(**ID, person_ids=(FATHER,), on=DUE, reason="married", from_household_id=OTHER),
    ),
    (
        changed.MembersJoined(members=(), on=DUE, reason="married", fact=ILL.id, village_code=VILLAGE, category="never_registered"),
        words.MembersJoined(**ID, person_ids=(), on=DUE, reason="married", village_code=VILLAGE, category="never_registered"),
    ),
    (
        changed.HouseholdMoved(village_code=VILLAGE, on=DUE, category="never_registered"),
        words.HouseholdMoved(**ID, village_code=VILLAGE, on=DUE, category="never_registered"),
    ),
    (
        changed.MembersLeft(members=MEMBERS, on=DUE, reason="split", fact=ILL.id, to=OTHER, facts=(ILL,), pending=True),
        words.MembersLeft(**ID, person_ids=(FATHER, MOTHER), on=DUE, reason="split", to_household_id=OTHER),
    ),
    (
        changed.MembershipRedated(person=FATHER, reason="died", on=DUE, instead_of=TODAY, fact=ILL.id),
        words.MembershipRedated(**ID, person_id=FATHER, reason="died", on=DUE, instead_of=TODAY),
    ),
    (changed.HouseholdMoved(village_code=VILLAGE, on=DUE), words.HouseholdMoved(**ID, village_code=VILLAGE, on=DUE)),
    (
        PersonsMerged(keep=FATHER, duplicate=HOUSEHOLD, home=UUID(int=9), on=DUE, by="officer"),
        words.PersonsMerged(keep_person_id=FATHER, duplicate_person_id=HOUSEHOLD, on=DUE, reason="decided", household_id=UUID(int=9)),
    ),
    (
        PersonsMerged(keep=FATHER, duplicate=HOUSEHOLD, home=UUID(int=9), on=DUE, fact=UUID(int=8)),
        words.PersonsMerged(
            keep_person_id=FATHER, duplicate_person_id=HOUSEHOLD, on=DUE, reason="number-corrected", household_id=UUID(int=9)
        ),
    ),
    (
        PersonsUnmerged(keep=FATHER, duplicate=HOUSEHOLD, home=UUID(int=9), on=DUE),
        words.PersonsUnmerged(keep_person_id=FATHER, duplicate_person_id=HOUSEHOLD, on=DUE),
    ),
    (PersonsMerged(keep=FATHER, duplicate=MOTHER, home=HOUSEHOLD, on=DUE), None),
    (PersonsUnmerged(keep=FATHER, duplicate=MOTHER, home=HOUSEHOLD, on=DUE), None),
    (changed.HeadChanged(person=MOTHER, on=DUE, before=(FATHER,)), words.HeadChanged(**ID, person_id=MOTHER, on=DUE)),
    (
        changed.HouseholdEnded(reason="dissolved", on=DUE, into=OTHER),
        words.HouseholdEnded(**ID, reason="dissolved", on=DUE, into_household_id=OTHER),
    ),
    (
        changed.FactDoubted(fact=ILL, reason_code="person.died"),
        words.FactDoubted(
            **ID,
            person_id=FATHER,
            **NAMED,
            reason_code="person.died",
            text="此人在该日之前已去世。 This person had died before that day.",
            remedy="请核对人员和日期；如死亡有误，请民政部门撤回。 Check person and date; civil affairs withdraws a wrong death.",
        ),
    ),
    (
        changed.VillageUnknown(village_code="370323001099", reason="unknown"),
        words.VillageUnknown(**ID, village_code="370323001099", reason="unknown"),
    ),
    (
        changed.VillageUnknown(village_code="370323001099", reason="abolished", merged_into="370323001001"),
        words.VillageUnknown(**ID, village_code="370323001099", reason="abolished", merged_into="370323001001"),
    ),
    (changed.VillageKnown(village_code="370323001001"), words.VillageKnown(**ID, village_code="370323001001")),
    (
        BenefitConflictDetected(
            person=MOTHER,
            higher=Held("destitute-support", "destitute", ILL.id, "/civil-affairs", "B-7"),
            lower=Held("subsistence-allowance", "subsistence-allowance", CLUE, "/civil-affairs", "B-8"),
            end_on=DUE,
        ),
        words.BenefitConflictDetected(
            **ID,
            person_id=MOTHER,
            higher=words.HeldBenefit(benefit="destitute-support", layer="destitute", fact_source="/civil-affairs", fact_id="B-7"),
            lower=words.HeldBenefit(
                benefit="subsistence-allowance", layer="subsistence-allowance", fact_source="/civil-affairs", fact_id="B-8"
            ),
            suggested_end=DUE,
        ),
    ),
    (
        BenefitConflictEnded(person=None, higher="destitute-support", lower="margin-support"),
        words.BenefitConflictEnded(**ID, higher="destitute-support", lower="margin-support"),
    ),
]
