"""What is said about the Zhangs and their neighbours, the Wangs, and what became of them."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from pipeline.decider import Event
from pipeline.uuid5 import uuid5
from schemas import facts as say
from schemas.enrollment import DecideAtCounty, MergePersons, RecordVerification, UnmergePersons
from services.enrollment.domain import events as did
from services.enrollment.domain.members import change_events as changed
from services.enrollment.translate.facts import fact_id
from tests.enrollment.book import (
    CHILD,
    FATHER,
    MOTHER,
    NUMBER_OF,
    SON,
    WANG,
    WIFE,
    ZHANG,
    Book,
    named,
    registers,
)
from tests.enrollment.zhang import TODAY, income
from tests.messages import TOPIC

LATER, NEXT_VILLAGE, NEXT_COUNTY = date(2021, 2, 1), "370323001002", "370304001001"


def home(*members: UUID) -> Book:
    """The Zhang household is registered, and nobody else."""
    book = Book()
    book.tell(registers(ZHANG, *(members or (FATHER, MOTHER, SON))))
    return book


def neighbours(*more: UUID) -> Book:
    book = home()
    book.tell(registers(WANG, WIFE, *more))
    return book


def bill(person: UUID = SON, fen: int = 2_500_000, on: date = TODAY) -> say.MedicalExpenseReported:
    said: dict[str, Any] = {"out_of_pocket_fen": fen, "within_policy_fen": 0, "reimbursed_fen": 0}
    return say.MedicalExpenseReported(valid_on=on, person=named(person), period="2021-01", kind="inpatient", **said)


def earns(wage_fen: int, household: UUID = ZHANG, until: date = date(2020, 12, 31), on: date = TODAY) -> say.IncomeDeclared:
    return say.IncomeDeclared.model_validate({"valid_on": on, "household_id": household, **_income(wage_fen, until)})


def _income(wage_fen: int, until: date) -> dict[str, Any]:
    earned = income(wage_fen, until)
    return {name: getattr(earned, name) for name in earned.__struct_fields__}


def visited(book: Book, wage_fen: int = 300_000, household: UUID = ZHANG, on: date = TODAY) -> None:
    met = dict.fromkeys(("food", "clothing", "education", "medical", "housing", "water"), True)
    earned = _income(wage_fen, date(2020, 12, 31))
    said = {"visitors": ("a", "b"), "findings": "属实", "income": earned, "guarantees": met, "outcome": "approved"}
    book.tell(RecordVerification.model_validate(said), subject=household, on=on)


def decided(book: Book, household: UUID = ZHANG, on: date = TODAY) -> None:
    book.tell(DecideAtCounty(outcome="approved", reason="符合条件"), subject=household, actor="officer", on=on)


def died(person: UUID, on: date = LATER) -> say.PersonDied:
    return say.PersonDied(valid_on=on, person=named(person))


def split(*leaving: UUID, on: date = LATER, by: UUID = FATHER) -> say.HouseholdSplit:
    return say.HouseholdSplit(valid_on=on, person=named(by), leaving=tuple(named(one) for one in leaving))


def married(person: UUID, spouse: UUID, on: date = LATER) -> say.MarriageRegistered:
    return say.MarriageRegistered(valid_on=on, person=named(person), spouse=named(spouse))


def merged(other: UUID = WANG, on: date = LATER) -> say.HouseholdMerged:
    return say.HouseholdMerged(valid_on=on, person=named(FATHER), with_household_id=other)


def moved(village: str, on: date = LATER) -> say.HouseholdMoved:
    return say.HouseholdMoved(valid_on=on, person=named(FATHER), to_village_code=village)


def one_person(keep: UUID, duplicate: UUID) -> MergePersons:
    return MergePersons(keep=named(keep), duplicate=named(duplicate), reason="同一人两条记录")


def two_persons(keep: UUID, duplicate: UUID) -> UnmergePersons:
    return UnmergePersons(keep=named(keep), duplicate=named(duplicate), reason="误合并")


def corrected(old: UUID, new: UUID, on: date = TODAY, person: UUID | None = None) -> say.IdentityCorrected:
    """The department names the person by the number that was wrong."""
    return say.IdentityCorrected(valid_on=on, person=named(person or old), old_id_number=NUMBER_OF[old], new_id_number=NUMBER_OF[new])


def message_fact(number: int) -> UUID:
    return fact_id(TOPIC, "/department", f"message {number}")


def new_home(number: int) -> UUID:
    return uuid5(message_fact(number), "household")


def code_of(happened: list[tuple[UUID, Event]]) -> str:
    """The reason code of the last event."""
    *_, (_, last) = happened
    assert isinstance(last, did.CommandRefused | changed.FactDoubted)
    return last.reason_code


def persons_of_facts(book: Book, household: UUID) -> list[UUID | None]:
    return [fact.person for fact in book.household(household).facts.values()]


def stage(book: Book, household: UUID) -> type:
    return type(book.household(household).stage)


def born(child: UUID = CHILD, mother: UUID | None = MOTHER, father: UUID | None = None, on: date = LATER) -> say.PersonBorn:
    numbers = {"mother_id_number": mother and NUMBER_OF[mother], "father_id_number": father and NUMBER_OF[father]}
    return say.PersonBorn(valid_on=on, person=named(child), **numbers)
