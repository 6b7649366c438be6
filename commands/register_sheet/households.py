"""Rows become households as the register knows them, or faults that say what to mend; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError

from commands.register_sheet import wording
from commands.register_sheet.cells import Fault, Row, Said, Wrong, day, identity, several, word
from commands.register_sheet.columns import BY_NAME, CATEGORIES, COLUMNS, DOCUMENTS, EXAMPLE, LABOUR, MEASURES, NAME_OF, RISKS, TYPES
from schemas.enrollment import RegisterHousehold
from schemas.identity import RESIDENT_LENGTH
from schemas.notifications import EmailChannel
from schemas.problems import problems
from services.enrollment.domain.household.stays import HEAD

NOBODY: Final = UUID(int=0)
MOST_MEMBERS: Final = 50  # as the message holds
OF_HOUSEHOLD: Final = tuple(column.field for column in COLUMNS if column.of == "household")
ENROLLED: Final = ("type", "risks", "since", "delivered", "started")


@dataclass(frozen=True)
class Household:
    """`data` is the registration without an id; `key` finds the household again in the next sheet; `rows` are those of its members."""

    key: str
    rows: tuple[int, ...]
    data: dict[str, Any]
    cadre: str = ""
    from_day: date | None = None
    address: str = ""

    @property
    def enrolled(self) -> bool:
        return "enrolled" in self.data["opening"]


@dataclass
class Reading:
    """What a sheet says: the households that can be brought in, and what is wrong with the others; `groups` are the rows of each."""

    rows: int = 0
    households: list[Household] = field(default_factory=list[Household])
    groups: list[tuple[int, ...]] = field(default_factory=list[tuple[int, ...]])
    faults: list[Fault] = field(default_factory=list[Fault])

    @property
    def addresses(self) -> dict[str, str]:
        """Of every cadre who has one."""
        return {one.cadre: one.address for one in self.households if one.address}


@dataclass
class _Seen:
    """Where in the sheet each document and each cadre's address was first."""

    documents: dict[str, int] = field(default_factory=dict[str, int])
    addresses: dict[str, str] = field(default_factory=dict[str, str])


def read_households(rows: Iterable[Row], today: date) -> Reading:
    """Whoever is wrong holds back his household and no other."""
    reading, seen = Reading(), _Seen()
    for members in _grouped(rows, reading):
        household, faults = _household(members, today, seen)
        reading.groups.append(tuple(row.number for row in members))
        if household is not None and not faults:
            reading.households.append(household)
        reading.faults += faults
    reading.faults.sort(key=lambda fault: (fault.row, list(BY_NAME).index(fault.column)))
    return reading


def _grouped(rows: Iterable[Row], reading: Reading) -> Iterator[Sequence[Row]]:
    """By number wherever they stand; without a number from one head to the next."""
    numbered, alone = dict[str, list[Row]](), list[list[Row]]()
    for row in rows:
        number = row.text("number")
        if number.startswith(EXAMPLE):
            continue
        reading.rows += 1
        if number:
            numbered.setdefault(number, []).append(row)
        elif row.text("relation") in HEAD or not alone:
            alone.append([row])
        else:
            alone[-1].append(row)
    yield from sorted([*numbered.values(), *alone], key=lambda members: members[0].number)


def _household(members: Sequence[Row], today: date, seen: _Seen) -> tuple[Household | None, list[Fault]]:
    shared, faults = _shared(members)
    faults += [*_heads(members), *_documents(members, seen)]
    people = [_member(row, faults) for row in members]
    head = next((row for row in members if row.text("relation") in HEAD), members[0])
    since = _past(shared, "since", today, faults)
    data = {**_registration(shared, since, faults), "members": people}
    cadre, from_day, address = _paired(shared, _past(shared, "from_day", today, faults) or since, seen, faults)
    told = {(fault.row, fault.column) for fault in faults}
    faults += [fault for fault in _at_the_door(data, members) if (fault.row, fault.column) not in told]
    if faults:
        return None, faults
    number = members[0].text("number")
    key = f"number {number}" if number else f"head {head.text('id_type')} {identity(head)}"
    return Household(key, tuple(row.number for row in members), data, cadre, from_day, address), faults


def _tried(faults: list[Fault], step: Any, *given: Any) -> Any:  # noqa: ANN401 - passes on what the step takes and gives
    """None where it is wrong, so that everything else on the row is looked at as well."""
    try:
        return step(*given)
    except Wrong as wrong:
        faults.append(wrong.fault)
        return None


def _shared(members: Sequence[Row]) -> tuple[Row, list[Fault]]:
    """The columns of the household, each from the first row where it stands; the row is that of the household itself."""
    cells, faults = dict[str, object](), list[Fault]()
    first: dict[str, str] = {}
    for row in members:
        for name in OF_HOUSEHOLD:
            written = row.text(name)
            if written and first.setdefault(name, written) != written:
                faults.append(row.fault(name, wording.OTHER_VALUE, wording.MAKE_SAME))
            elif written:
                cells.setdefault(name, row.cells[name])
    return Row(members[0].number, cells), faults


def _heads(members: Sequence[Row]) -> Iterator[Fault]:
    heads = [row for row in members if row.text("relation") in HEAD]
    if not heads:
        yield members[0].fault("relation", wording.NO_HEAD, wording.ONE_HEAD)
    for row in heads[1:]:
        yield row.fault("relation", wording.TWO_HEADS, wording.ONE_HEAD)
    for row in members:
        named = row.text("head")
        if not named and not row.text("number"):
            yield row.fault("head", wording.MISSING, wording.NAME_HEAD)
        elif named and heads and row is heads[0] and named != row.text("name"):
            yield row.fault("head", wording.ITS_OWN_HEAD, wording.SAME_NAME)
        elif named and heads and named != heads[0].text("name"):
            yield row.fault("head", wording.OTHER_HEAD, Said("请核对该成员属于哪一户", "check to which household this member belongs"))


def _documents(members: Sequence[Row], seen: _Seen) -> Iterator[Fault]:
    """A disability card begins with the number of the person."""
    for row in members:
        written = row.text("id_number").upper()
        number = written[:RESIDENT_LENGTH] if row.text("id_type") in {"", "居民身份证", "残疾人证"} else written
        before = seen.documents.setdefault(number, row.number) if number else row.number
        if before != row.number:
            problem = Said(f"与第 {before} 行相同", f"is the same as on row {before}")
            yield row.fault("id_number", problem, Said("每人只填一行", "write each person once"))


def _missing(row: Row, *fields: str) -> list[Fault]:
    return [row.fault(name, wording.MISSING, wording.FILL_IN) for name in fields if not row.text(name)]


def _member(row: Row, faults: list[Fault]) -> dict[str, Any]:
    faults += _missing(row, "name", "id_number", "relation")
    said = {
        "id_type": _tried(faults, word, row, "id_type", DOCUMENTS) or "resident",
        "id_number": _tried(faults, identity, row),
        "name": row.text("name"),
        "relation": row.text("relation"),
        "birth": _tried(faults, day, row, "birth"),
        "health": row.text("health") or None,
        "labour_capacity": _tried(faults, word, row, "labour_capacity", LABOUR),
    }
    return {name: value for name, value in said.items() if value is not None}


def _past(row: Row, field: str, today: date, faults: list[Fault]) -> date | None:
    found = _tried(faults, day, row, field)
    faults += [row.fault(field, wording.FUTURE, wording.CHECK)] if found is not None and found > today else []
    return found


def _registration(shared: Row, since: date | None, faults: list[Fault]) -> dict[str, Any]:
    faults += _missing(shared, "village_code", "category")
    category = _tried(faults, word, shared, "category", CATEGORIES)
    return {"village_code": shared.text("village_code"), "category": category, "opening": _opening(shared, since, faults)}


def _opening(shared: Row, since: date | None, faults: list[Fault]) -> dict[str, Any]:
    if not any(shared.text(name) for name in ENROLLED):
        return {}
    faults += [shared.fault(name, wording.MISSING, wording.ENROLLED_NEEDS) for name in ("type", "risks", "since") if not shared.text(name)]
    kind, risks = _tried(faults, word, shared, "type", TYPES), _tried(faults, several, shared, "risks", RISKS)
    delivered, started = (_tried(faults, several, shared, name, MEASURES) for name in ("delivered", "started"))
    for name, steps in (("delivered", delivered), ("started", started)):
        twice = name == "started" and set(started or ()) & set(delivered or ())
        if twice or (risks is not None and set(steps or ()) - {"base", *risks}):
            faults.append(shared.fault(name, wording.NO_ANSWER, wording.EACH_ONCE))
    measures = [{"answers": one, "step": "delivered"} for one in delivered or ()]
    measures += [{"answers": one, "step": "started"} for one in started or ()]
    enrolled = {"type": kind, "risks": list(risks or ()), "since": since, "measures": measures}
    return {"enrolled": enrolled} if None not in {kind, risks, since, delivered, started} else {}


def _paired(shared: Row, from_day: date | None, seen: _Seen, faults: list[Fault]) -> tuple[str, date | None, str]:
    """The cadre, since when, and his address."""
    cadre, address = shared.text("cadre"), shared.text("address")
    try:
        EmailChannel(kind="email", address=address or "nobody@county.invalid")
    except ValidationError as error:
        faults.append(shared.fault("address", *_said(error)[0][1:]))
    if not cadre:
        faults += [shared.fault("cadre", wording.UNNAMED, wording.FILL_IN)] if address else []
        return "", None, ""
    if not shared.text("from_day") and not shared.text("since"):
        faults.append(shared.fault("from_day", wording.MISSING, wording.FILL_IN))
    if address and seen.addresses.setdefault(cadre, address) != address:
        faults.append(shared.fault("address", wording.OTHER_ADDRESS, wording.MAKE_SAME))
    return cadre, from_day, address


def _at_the_door(data: dict[str, Any], members: Sequence[Row]) -> Iterator[Fault]:
    """What the service would refuse, on the row and in the column where it stands."""
    try:
        RegisterHousehold.model_validate({**data, "household_id": NOBODY})
    except ValidationError as error:
        for path, problem, remedy in _said(error):
            parts = path.split(".")
            if parts == ["members"] and len(members) <= MOST_MEMBERS:
                continue  # the members that are wrong are named themselves
            named = [part for part in parts if part in NAME_OF]
            row = members[int(parts[1])] if parts[0] == "members" and len(parts) > 1 else members[0]
            yield row.fault(named[-1] if named else "relation", problem, remedy)


def _said(error: ValidationError) -> list[tuple[str, Said, Said]]:
    both = zip(problems(error, "zh"), problems(error, "en"), strict=True)
    return [(zh.field, Said(zh.problem, en.problem), Said(zh.remedy, en.remedy)) for zh, en in both]
