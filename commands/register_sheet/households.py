"""Rows become households as the register knows them, or faults that say what to mend; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError

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
MISSING: Final = Said("缺失", "is missing")
FILL_IN: Final = Said("请填写", "fill it in")
NO_HEAD: Final = Said("本户没有户主", "names no head in this household")
TWO_HEADS: Final = Said("本户有两名户主", "names a second head of this household")
ONE_HEAD: Final = Said("请在一名成员处填“户主”", "write 户主 for one member")
OTHER_HEAD: Final = Said("与上方户主行的姓名不符", "is not the name of the head above")
OTHER_VALUE: Final = Said("与本户其他行不一致", "differs from another row of the household")
MAKE_SAME: Final = Said("请统一填写", "make them the same")
FUTURE: Final = Said("晚于今天", "lies in the future")
UNNAMED: Final = Said("填有邮箱而无干部", "is missing beside an address")


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
    people = [_tried(faults, _member, row) for row in members]
    head = next((row for row in members if row.text("relation") in HEAD), members[0])
    data = _tried(faults, _registration, shared, today)
    household = _tried(faults, _paired, shared, today, seen)
    if faults or data is None or household is None:
        return None, faults
    data["members"] = people
    faults += _at_the_door(data, members)
    number = members[0].text("number")
    key = f"number {number}" if number else f"head {head.text('id_type')} {identity(head)}"
    cadre, from_day, address = household
    return Household(key, tuple(row.number for row in members), data, cadre, from_day, address), faults


def _tried(faults: list[Fault], step: Any, *given: Any) -> Any:  # noqa: ANN401 - passes on what the step takes and gives
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
                faults.append(row.fault(name, OTHER_VALUE, MAKE_SAME))
            elif written:
                cells.setdefault(name, row.cells[name])
    return Row(members[0].number, cells), faults


def _heads(members: Sequence[Row]) -> Iterator[Fault]:
    heads = [row for row in members if row.text("relation") in HEAD]
    if not heads:
        yield members[0].fault("relation", NO_HEAD, ONE_HEAD)
    for row in heads[1:]:
        yield row.fault("relation", TWO_HEADS, ONE_HEAD)
    for row in members:
        named = row.text("head")
        if not named and not row.text("number"):
            yield row.fault("head", MISSING, Said("无户编号时请填写户主姓名", "write the name of the head where there is no 户编号"))
        elif named and heads and named != heads[0].text("name"):
            yield row.fault("head", OTHER_HEAD, Said("请核对该成员属于哪一户", "check to which household this member belongs"))


def _documents(members: Sequence[Row], seen: _Seen) -> Iterator[Fault]:
    """A disability card begins with the number of the person."""
    for row in members:
        written = row.text("id_number").upper()
        number = written[:RESIDENT_LENGTH] if row.text("id_type") in {"", "居民身份证", "残疾人证"} else written
        before = seen.documents.setdefault(number, row.number) if number else row.number
        if before != row.number:
            problem = Said(f"与第 {before} 行相同", f"is the same as on row {before}")
            yield row.fault("id_number", problem, Said("每人只填一行", "write each person once"))


def _member(row: Row) -> dict[str, Any]:
    for name in ("name", "id_number", "relation"):
        if not row.text(name):
            raise Wrong(row.fault(name, MISSING, FILL_IN))
    said = {
        "id_type": word(row, "id_type", DOCUMENTS) or "resident",
        "id_number": identity(row),
        "name": row.text("name"),
        "relation": row.text("relation"),
        "birth": day(row, "birth"),
        "health": row.text("health") or None,
        "labour_capacity": word(row, "labour_capacity", LABOUR),
    }
    return {name: value for name, value in said.items() if value is not None}


def _registration(shared: Row, today: date) -> dict[str, Any]:
    for name in ("village_code", "category"):
        if not shared.text(name):
            raise Wrong(shared.fault(name, MISSING, FILL_IN))
    category = word(shared, "category", CATEGORIES)
    return {"village_code": shared.text("village_code"), "category": category, "opening": _opening(shared, today)}


def _opening(shared: Row, today: date) -> dict[str, Any]:
    kind, risks, since = word(shared, "type", TYPES), several(shared, "risks", RISKS), day(shared, "since")
    delivered, started = several(shared, "delivered", MEASURES), several(shared, "started", MEASURES)
    if not (kind or risks or since or delivered or started):
        return {}
    for name, value in (("type", kind), ("risks", risks), ("since", since)):
        if not value:
            raise Wrong(shared.fault(name, MISSING, Said("已纳入的户请填写；未纳入的户请清空相关各列", "an enrolled household needs it")))
    if since is not None and since > today:
        raise Wrong(shared.fault("since", FUTURE, Said("请核对", "check it")))
    for name, steps in (("delivered", delivered), ("started", started)):
        if set(steps) - {"base", *risks} or (name == "started" and set(started) & set(delivered)):
            problem = Said("措施重复，或不对应本户的致贫风险", "has a measure twice, or one that answers none of the risks")
            raise Wrong(
                shared.fault(name, problem, Said("写兜底或本户的致贫风险，每项一次", "write 兜底 or a risk of the household, once"))
            )
    measures = [*({"answers": one, "step": "delivered"} for one in delivered), *({"answers": one, "step": "started"} for one in started)]
    return {"enrolled": {"type": kind, "risks": list(risks), "since": since, "measures": measures}}


def _paired(shared: Row, today: date, seen: _Seen) -> tuple[str, date | None, str]:
    """The cadre, since when, and his address."""
    cadre, address = shared.text("cadre"), shared.text("address")
    from_day = day(shared, "from_day") or day(shared, "since")
    if not cadre:
        if address:
            raise Wrong(shared.fault("cadre", UNNAMED, FILL_IN))
        return "", None, ""
    if from_day is None:
        raise Wrong(shared.fault("from_day", MISSING, FILL_IN))
    if from_day > today:
        raise Wrong(shared.fault("from_day", FUTURE, Said("请核对", "check it")))
    if address and seen.addresses.setdefault(cadre, address) != address:
        raise Wrong(shared.fault("address", Said("与该干部在上方的邮箱不同", "differs from this cadre's above"), MAKE_SAME))
    try:
        EmailChannel(kind="email", address=address or "nobody@county.invalid")
    except ValidationError as error:
        raise Wrong(shared.fault("address", *_said(error)[0][1:])) from None
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
