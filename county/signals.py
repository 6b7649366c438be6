"""How the oracle reads one message: acceptable or not, which series it belongs to, and whether it crosses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from pydantic import ValidationError

from county.figures import Signals
from county.outgoing import Outgoing
from schemas import facts
from schemas.message import Message
from schemas.topics import ALLOWED

COMPULSORY: Final = frozenset({"primary", "junior"})
LIVED_ON: Final = frozenset({"subsistence-allowance", "destitute-support", "disability-subsidy"})  # to lose one of these is a signal
GRADES: Final = "ABCD"
MILDEST: Final = 5  # one above the mildest level of a disability, which is 4
REQUIRED: Final = frozenset({"ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time"})


@dataclass(frozen=True, slots=True)
class Heard:
    """An acceptable message."""

    source: str
    id: str
    time: datetime
    message: Message


@dataclass(frozen=True, slots=True)
class Signal:
    """`order` ranks the facts of one series: the greatest is the one that holds.

    What was looked at is looked at again when it is as bad as `again`; `grave` is fen of a bill, or a rank.
    """

    series: str
    order: tuple[str, datetime, str, str]
    crosses: bool
    grave: int = 0
    again: int = 0

    def is_worse(self, looked_at: Signal) -> bool:
        return self.crosses and looked_at.again > 0 and self.grave >= looked_at.again


def hear(record: Outgoing, played: date) -> Heard | None:
    """The message of a record, or None if it must be refused."""
    headers: dict[str, str] = {}
    for name, value in record.headers:
        if value is None:
            return None
        headers[name] = value.decode(errors="replace")
    message_class = ALLOWED[record.topic].get(headers.get("ce_type", ""))
    if message_class is None or not headers.keys() >= REQUIRED or "\ufffd" in "".join(headers.values()):
        return None
    time = datetime.fromisoformat(headers["ce_time"])
    if time > datetime.combine(played + timedelta(days=2), datetime.min.time(), UTC) or b"\\u0000" in record.value:
        return None
    try:
        return Heard(headers["ce_source"], headers["ce_id"], time, message_class.model_validate_json(record.value))
    except ValidationError:
        return None


def signal(heard: Heard, category: str, law: Signals) -> Signal | None:
    """What the message says about a risk of the household, if anything."""
    match heard.message:
        case facts.MedicalExpenseReported(kind="inpatient", period=month, out_of_pocket_fen=fen):
            named = (f"inpatient {month[:4]}", month, fen >= law.inpatient_fen(category))
        case facts.MedicalExpenseReported(period=month, out_of_pocket_fen=fen):
            named = (f"outpatient {month}", month, fen >= law.outpatient_fen)
        case facts.SchoolFeeReported(school_year=year, fee_after_aid_fen=fen):
            named = (f"school fee {year}", "", fen > law.school_fee_fen)
        case facts.SeriousIllnessConfirmed(disease_code=code):
            named = (f"illness {code}", "", True)
        case facts.DisabilityCertified(category=kind):
            named = (f"disability {kind}", "", True)
        case facts.DisasterAffected(kind=kind, valid_on=day):
            named = (f"disaster {kind} {day}", "", True)
        case _:
            named = _state(heard.message)
    if named is None:
        return None
    series, period, crosses = named
    return Signal(series, (period, heard.time, heard.source, heard.id), crosses, *_gravity(heard.message))


def _gravity(message: Message) -> tuple[int, int]:
    """How bad it is, and how bad it has to get to be looked at again: a bill twice as much, a house or a disability one rank."""
    match message:
        case facts.MedicalExpenseReported(kind="inpatient", out_of_pocket_fen=fen):
            return fen, 2 * fen
        case facts.HouseGraded(grade=grade):
            return GRADES.index(grade), GRADES.index(grade) + 1
        case facts.DisabilityCertified(level=level):
            return MILDEST - level, MILDEST - level + 1
        case _:
            return 0, 0


def _state(message: Message) -> tuple[str, str, bool] | None:
    """Facts that hold until the opposite is said."""
    match message:
        case facts.SchoolDropoutReported(stage=stage):
            series, crosses = "dropout", stage in COMPULSORY
        case facts.SchoolReturned():
            series, crosses = "dropout", False
        case facts.HouseGraded(grade=grade):
            series, crosses = "house", grade in {"C", "D"}
        case facts.WaterTested(safe=safe):
            series, crosses = "water", not safe
        case facts.EmploymentChanged(employed=employed):
            series, crosses = "employment", not employed
        case facts.BenefitChanged(benefit=benefit, granted=granted):
            series, crosses = f"benefit {benefit}", not granted and benefit in LIVED_ON
        case _:
            return None
    return series, "", crosses
