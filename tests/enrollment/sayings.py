"""Everything that can be said to enrollment about the few people of the book, as strategies: facts, commands, publications."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from hypothesis import strategies as st

from schemas import enrollment as ask
from schemas import facts as say
from schemas.assistance import MeasureDelivered
from schemas.message import Message
from tests.enrollment.book import CHILD, FATHER, MOTHER, NUMBER_OF, SON, STRANGER, WANG, WIFE, ZHANG, named, registers
from tests.enrollment.zhang import VILLAGE, income

PEOPLE: Final = (FATHER, MOTHER, SON, WIFE, CHILD, STRANGER)
VILLAGES: Final = (VILLAGE, "370323001002", "370304001001")
RISKS: Final = ("illness", "disability", "education", "natural_disaster", "accident", "unstable_work", "housing", "drinking_water", "other")
STEPS: Final = (None, "authorisation", "verification", "comparison", "review", "notice", "township", "county")
GUARANTEES: Final = ("food", "clothing", "education", "medical", "housing", "water")
STAGES: Final = ("preschool", "primary", "junior", "senior", "vocational", "university")
BENEFITS: Final = ("subsistence-allowance", "destitute-support", "disability-subsidy", "temporary-relief")
# In fen, on both sides of what the packs call much.
BILLS: Final = (0, 49_999, 50_000, 499_999, 500_000, 1_999_999, 2_000_000)
FEES: Final = (1_000_000, 1_000_001)
WAGES: Final = (0, 300_000, 1_199_999, 1_200_000, 1_800_000, 4_000_000)
person, people = st.sampled_from(PEOPLE), st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3, unique=True)
late = st.sampled_from([0, 0, 1, 9, 40, 200])
outcome = st.sampled_from(["approved", "approved", "rejected", "returned"])
homes = st.sampled_from([ZHANG, WANG])


def fact(kind: type[say.Fact], on: date, someone: UUID, /, **said: Any) -> say.Fact:  # noqa: ANN401 - fields of a message
    return kind(valid_on=on, person=named(someone), **said)


def earned(wage: int, transfer: int, until: date) -> dict[str, Any]:
    figures = income(wage, until, transfer_fen=transfer)
    return {name: getattr(figures, name) for name in figures.__struct_fields__} | {"window_from": until - timedelta(days=364)}


def a_bill(on: date, someone: UUID, fen: int, kind: str) -> Message:
    amounts = {"out_of_pocket_fen": fen, "within_policy_fen": 0, "reimbursed_fen": 0}
    return fact(say.MedicalExpenseReported, on, someone, period=f"{on:%Y-%m}", kind=kind, **amounts)


class Fact(NamedTuple):
    """What a department says, so many days after it was so."""

    name: str
    someone: UUID
    other: UUID
    yes: bool
    number: int
    late: int

    def message(self, today: date) -> Message:
        on = today - timedelta(days=self.late)
        return FACTS[self.name](on, self.someone, self.other, self.yes, self.number)


FACTS: Final[dict[str, Callable[[date, UUID, UUID, bool, int], Message]]] = {
    "bill": lambda on, one, _, yes, n: a_bill(on, one, BILLS[n], "inpatient" if yes else "outpatient_chronic_special"),
    "illness": lambda on, one, *_: fact(say.SeriousIllnessConfirmed, on, one, disease_code="C50"),
    "fee": lambda on, one, _, yes, n: fact(
        say.SchoolFeeReported, on, one, school_year="2020-2021", stage=STAGES[n % 6], fee_after_aid_fen=FEES[yes]
    ),
    "dropout": lambda on, one, _, _yes, n: fact(say.SchoolDropoutReported, on, one, stage=STAGES[n % 6]),
    "back at school": lambda on, one, *_: fact(say.SchoolReturned, on, one),
    "disability": lambda on, one, _, _yes, n: fact(
        say.DisabilityCertified, on, one, category=n % 3 + 1, level=n % 4 + 1, certificate_no=NUMBER_OF[one] + "11"
    ),
    "house": lambda on, one, _, _yes, n: fact(say.HouseGraded, on, one, grade="ABCD"[n % 4]),
    "water": lambda on, one, _, yes, n: (
        fact(say.WaterTested, on, one, safe=yes) if n % 2 else say.WaterTested(valid_on=on, village_code=VILLAGES[n % 3], safe=yes)
    ),
    "disaster": lambda on, one, *_: fact(say.DisasterAffected, on, one, kind="flood", loss_fen=1),
    "work": lambda on, one, _, yes, _n: fact(say.EmploymentChanged, on, one, employed=yes),
    "benefit": lambda on, one, _, yes, n: fact(say.BenefitChanged, on, one, benefit=BENEFITS[n % 4], granted=yes, monthly_fen=100),
    "asset": lambda on, one, *_: fact(say.AssetReported, on, one, kind="vehicle", count=1),
    "income": lambda on, one, _, yes, n: fact(say.IncomeDeclared, on, one, **earned(WAGES[n % 6], 100 * yes, on)),
    "death": lambda on, one, *_: fact(say.PersonDied, on, one),
    "birth": lambda on, _, two, *__: fact(say.PersonBorn, on, CHILD, mother_id_number=NUMBER_OF[two]),
    "marriage": lambda on, one, two, *_: fact(say.MarriageRegistered, on, one, spouse=named(two)),
    "divorce": lambda on, one, two, *_: fact(say.DivorceRegistered, on, one, spouse=named(two)),
    "split": lambda on, one, two, yes, _: fact(say.HouseholdSplit, on, one, leaving=(named(two), named(SON)) if yes else (named(two),)),
    "merge": lambda on, one, _, yes, _n: fact(say.HouseholdMerged, on, one, with_household_id=ZHANG if yes else WANG),
    "move": lambda on, one, _, _yes, n: fact(say.HouseholdMoved, on, one, to_village_code=VILLAGES[n % 3]),
    "head": lambda on, one, *_: fact(say.HeadChanged, on, one),
    "correction": lambda on, one, two, *_: fact(say.IdentityCorrected, on, one, old_id_number=NUMBER_OF[one], new_id_number=NUMBER_OF[two]),
}


class Act(NamedTuple):
    """Who does what to a household and how; the number makes every text another one."""

    name: str
    how: str
    by: str
    number: int
    back: str | None = None

    def message(self) -> Message:
        return COMMANDS[self.name](self.how, self.back, self.number)


class Visit(NamedTuple):
    """What two visitors found: an income or none, and one guarantee unmet or none."""

    how: str
    by: str
    number: int
    wage: int | None
    unmet: str = ""
    back: str | None = None

    def message(self, today: date) -> Message:
        said = {"visitors": ("a", "b"), "findings": f"seen {self.number}", "outcome": self.how, "return_to": self.back}
        met = {name: name != self.unmet for name in GUARANTEES}
        found = earned(self.wage, 0, today) if self.wage is not None else None
        return ask.RecordVerification.model_validate({**said, "income": found, "guarantees": met})


def register(household: UUID, members: list[UUID], village: str) -> Message:
    return registers(household, *members, village=village)


# What somebody may ask at any time, by the name of the command; the number makes every text another one.
COMMANDS: Final[dict[str, Callable[[str, str | None, int], Message]]] = {
    "sign-authorisation": lambda _, __, n: ask.SignAuthorisation(document=f"signed {n}"),
    "record-comparison": lambda how, back, n: ask.RecordComparison(outcome=how, return_to=back, items=(f"car {n}",)),
    "record-review": lambda how, back, n: ask.RecordReview.model_validate(
        {"outcome": how, "return_to": back, "attendees": [*"abc"], "for": 2 * (how != "rejected"), "against": 1, "minutes": f"said {n}"}
    ),
    "post-notice": lambda *_: ask.PostNotice(),
    "close-notice": lambda *_: ask.CloseNotice(),
    "raise-objection": lambda _, __, n: ask.RaiseObjection(grounds=f"no {n}"),
    "decide-at-township": lambda how, back, n: ask.DecideAtTownship(outcome=how, return_to=back, reason=f"why {n}"),
    "decide-at-county": lambda how, back, n: ask.DecideAtCounty(outcome=how, return_to=back, reason=f"why {n}"),
    "dismiss-clue": lambda _, __, n: ask.DismissClue(reason=f"false alarm {n}"),
    "start-emergency-help": lambda _, __, n: ask.StartEmergencyHelp(reason=f"soon {n}"),
    "withdraw": lambda _, __, n: ask.Withdraw(reason=f"no more {n}"),
    "propose-exit": lambda how, _, n: ask.ProposeExit(method="natural" if how == "returned" else "help", reason=f"well {n}"),
    "file-appeal": lambda _, __, n: ask.FileAppeal(decision_event_id=UUID(int=1 + n % 5), grounds=f"no {n}"),
    "decide-appeal": lambda how, _, n: ask.DecideAppeal(outcome=how, reason=f"why {n}"),
    "void": lambda _, __, n: ask.Void(reason=f"concealed {n}"),
    "report-screening": lambda _, __, n: ask.ReportScreening(risks=(RISKS[n % 9], RISKS[n * 7 % 9]), findings=f"seen {n}"),
}


def applies(someone: UUID, risks: list[str], number: int) -> Message:
    return ask.Apply(applicant=named(someone), risks=tuple(risks), difficulty=f"hard {number}")


def delivered(household: UUID, number: int) -> Message:
    return MeasureDelivered(household_id=household, measure_id=UUID(int=number), on=date(2021, 1, 5))


def publishes(pack: str | None, yuan: int, begins: date) -> Message:
    same: dict[str, Any] = {"area": "370323", "valid_from": begins, "document": "file"}
    return ask.PublishPack(pack=pack, **same) if pack else ask.PublishLine(fen_per_person_year=yuan * 100, **same)


ACTORS: Final = ("clerk", "visitor:li", "town:sun", "town:gao", "officer:zhou", "officer:wang", "")
actor, number = st.sampled_from(ACTORS), st.integers(0, 10_000)
facts = st.builds(Fact, st.sampled_from(sorted(FACTS)), person, person, st.booleans(), st.integers(0, 6), late)
acts = st.builds(Act, st.sampled_from(sorted(COMMANDS)), outcome, actor, number, st.sampled_from(STEPS))
wages, unmet = st.sampled_from([None, *WAGES]), st.sampled_from(["", "", "", *GUARANTEES])
visits = st.builds(Visit, outcome, actor, number, wages, unmet, st.sampled_from(STEPS))
