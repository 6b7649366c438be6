"""A household whose village code nobody knows is in the register and is told; nobody is missed because of a code."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from services.division_table import WrongDivisions, read
from services.divisions import Divisions, Village
from services.enrollment.domain import DECIDER
from services.enrollment.domain import events as did
from services.enrollment.domain.clocks.deadline_events import DeadlineStarted
from services.enrollment.domain.members.change_events import HouseholdMoved, VillageKnown, VillageUnknown
from tests.enrollment.villages import DIVISIONS, FEBRUARY, LAST_DAY, LOST, MERGED, NEW, NOWHERE, OLD, registered
from tests.enrollment.zhang import ILL, POLICIES, REGISTERED, TODAY, fact, morning, move, record, register
from tests.specification import Specification

given = Specification(DECIDER, replace(POLICIES, divisions=DIVISIONS)).given
MOVED = fact("moves", name="household-moved", series="household-moved")


def test_a_household_of_a_village_that_nobody_knows_is_registered_and_told() -> None:
    given().when(register(village_code=NOWHERE)).then(registered(NOWHERE), LOST)


def test_a_household_of_a_known_village_is_registered_and_nothing_else_is_told() -> None:
    given().when(register()).then(*REGISTERED)


def test_without_a_table_no_village_is_unknown() -> None:
    Specification(DECIDER, POLICIES).when(register(village_code=NOWHERE)).then(registered(NOWHERE))


def test_a_registration_that_is_refused_or_repeated_tells_nothing_of_a_village() -> None:
    refused = did.CommandRefused(command="message", reason_code="person.in-another-household")
    given().when(register(village_code=NOWHERE, elsewhere=frozenset({UUID(int=1)}))).then(refused)
    given().when(register(village_code=NOWHERE), register(village_code=NOWHERE)).then()


def test_its_facts_count_as_everybodys() -> None:
    happened = given(registered(NOWHERE), LOST).when(record(ILL)).happened
    assert [did.FactRecorded, did.ClueRaised, DeadlineStarted] == [type(event) for event in happened]


def test_a_village_is_in_the_table_to_its_last_day() -> None:
    given().when(register(village_code=OLD, on=LAST_DAY)).then(registered(OLD))
    given().when(register(village_code=OLD, on=FEBRUARY)).then(registered(OLD), MERGED)


def test_a_move_to_a_village_that_nobody_knows_is_taken_and_told() -> None:
    given(*REGISTERED).when(move(NOWHERE)).then(
        did.FactRecorded(fact=MOVED, settles="village"), HouseholdMoved(village_code=NOWHERE, on=TODAY, category="never_registered"), LOST
    )


def test_a_move_to_a_known_village_puts_it_right() -> None:
    moved = HouseholdMoved(village_code=NEW, on=TODAY, category="never_registered")
    settled = did.FactRecorded(fact=MOVED, settles="village")
    given(registered(NOWHERE), LOST).when(move(NEW)).then(settled, moved, VillageKnown(village_code=NEW))


def test_a_household_that_ends_is_told_no_more() -> None:
    happened = given(registered(NOWHERE), LOST).when(move("370304001001")).happened
    assert not any(isinstance(event, VillageUnknown | VillageKnown) for event in happened)


def test_only_a_registration_a_change_and_a_day_ask_for_the_village() -> None:
    """It was registered before there was a table."""
    happened = given(registered(NOWHERE)).when(record(ILL)).happened
    assert not any(isinstance(event, VillageUnknown) for event in happened)
    given(registered(NOWHERE)).when(morning(TODAY)).then(LOST)


def test_a_day_tells_once_of_a_village_that_is_no_more() -> None:
    given(registered(OLD)).when(morning(LAST_DAY)).then()
    given(registered(OLD)).when(morning(FEBRUARY)).then(MERGED)
    given(registered(OLD)).when(morning(FEBRUARY), morning(FEBRUARY + timedelta(days=1))).then()


def test_a_table_that_was_mended_puts_it_right_on_the_next_day() -> None:
    mended = Divisions({**DIVISIONS.villages, NOWHERE: Village(NOWHERE, "新村", "历山街道")})
    story = Specification(DECIDER, replace(POLICIES, divisions=mended)).given(registered(NOWHERE), LOST)
    story.when(morning(TODAY)).then(VillageKnown(village_code=NOWHERE))
    story.when(morning(TODAY), morning(FEBRUARY)).then()


# --- The table ---

HEAD = "town,village_code,village,valid_until,merged_into"


def table(folder: Path, *lines: str, head: str = HEAD) -> Path:
    (folder / "villages.csv").write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return folder / "villages.csv"


def test_a_village_is_named_with_its_town_and_one_that_the_table_does_not_have_by_its_code() -> None:
    assert ["历山街道历山居委会", NOWHERE] == [DIVISIONS.name(code) for code in (NEW, NOWHERE)]


def test_a_table_may_say_until_when_a_code_was_in_force_and_what_took_it_in(tmp_path: Path) -> None:
    lines = (f"历山街道,{OLD},胜利山居委会,2021-01-31,{NEW}", f"历山街道,{NEW},历山居委会,,")
    assert DIVISIONS == read(table(tmp_path, *lines))
    assert DIVISIONS.villages[NEW] == read(table(tmp_path, lines[1][:-2], head=HEAD.removesuffix(",valid_until,merged_into"))).villages[NEW]


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ((f"历山街道,{NEW},,,",), "line 2: village: String should have at least 1 character"),
        (("历山街道,37032300100,历山居委会,,",), "line 2: village_code: String should match pattern"),
        ((f"历山街道,{NEW},历山居委会,soon,",), "line 2: valid_until: Input should be a valid date"),
        ((f"历山街道,{NEW},历山居委会,,{OLD}",), f"line 2: merged_into: {OLD} is not in the table"),
        ((f"历山街道,{NEW},历山居委会,,", f"历山街道,{NEW},历山居委会,,"), f"line 3: village_code: {NEW} is there twice"),
        ((), "has no villages"),
    ],
)
def test_a_wrong_table_is_named_by_line_and_column(tmp_path: Path, lines: tuple[str, ...], problem: str) -> None:
    with pytest.raises(WrongDivisions) as wrong:
        read(table(tmp_path, *lines))
    assert str(wrong.value).startswith(f"villages.csv: {problem}")


def test_a_table_without_a_column_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(WrongDivisions, match=r"villages.csv: line 2: village_code: Field required"):
        read(table(tmp_path, "历山街道,历山居委会", head="town,village"))


def test_a_table_that_is_not_there_or_no_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(WrongDivisions, match=r"nowhere.csv: cannot be read as CSV in UTF-8"):
        read(tmp_path / "nowhere.csv")
    (tmp_path / "gbk.csv").write_bytes(b"town,village" + "历山".encode("gbk"))
    with pytest.raises(WrongDivisions, match=r"gbk.csv: cannot be read as CSV in UTF-8"):
        read(tmp_path / "gbk.csv")
