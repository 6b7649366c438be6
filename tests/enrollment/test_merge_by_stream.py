"""Each stream's part in a merge or a parting, told once and again."""

from __future__ import annotations

from typing import Final, Literal

from msgspec.structs import replace

from services.enrollment.domain import events as did
from services.enrollment.domain.fact import Fact
from services.enrollment.domain.members.person_commands import Merge, MergePersons, Unmerge, UnmergePersons
from services.enrollment.domain.members.person_events import PersonsMerged, PersonsUnmerged
from tests.enrollment.book import (
    FATHER,
    STRANGER,
)
from tests.enrollment.zhang import HOUSEHOLD, ILL, REGISTERED, TODAY, asked, given, raised, refused

MERGES: Final = f"records {ILL.reference}"
PAIR: Final = Merge(FATHER, STRANGER, HOUSEHOLD)
PARTED: Final = Unmerge(FATHER, STRANGER, HOUSEHOLD, (STRANGER,))
JOINED: Final = PersonsMerged(keep=FATHER, duplicate=STRANGER, home=HOUSEHOLD, on=TODAY, by="officer", reason_sha256="why")
APART: Final = PersonsUnmerged(keep=FATHER, duplicate=STRANGER, home=HOUSEHOLD, on=TODAY, by="officer", reason_sha256="why")


def merges(part: Literal["person", "left", "home"], *handed: Fact, refusal: str | None = None) -> MergePersons:
    return MergePersons(
        **asked("officer", TODAY, MERGES),
        source="/county",
        merge=replace(PAIR, refusal=refusal),
        part=part,
        reason_sha256="why",
        handed=handed,
    )


def parts(refusal: str | None = None) -> UnmergePersons:
    return UnmergePersons(
        **asked("officer"), source="/county", unmerge=replace(PARTED, refusal=refusal), part="person", reason_sha256="why"
    )


def test_the_duplicate_is_merged_once() -> None:
    given().when(merges("person")).then(JOINED)
    given(JOINED).when(merges("person")).then()


def test_a_refused_merge_changes_nothing() -> None:
    given().when(merges("person", refusal="persons.one-died")).then(refused("persons.one-died", MERGES))


def test_what_the_household_takes_in_it_takes_in_once() -> None:
    brought = replace(ILL, named=STRANGER)
    history = (*REGISTERED, JOINED, did.FactRecorded(fact=brought), *raised(brought))
    given(*REGISTERED).when(merges("home", brought)).then(*history[1:])
    given(*history).when(merges("home", brought)).then()


def test_a_household_that_nothing_concerns_says_nothing() -> None:
    given(*REGISTERED).when(merges("home"), merges("left")).then()


def test_the_duplicate_is_parted_once() -> None:
    given(JOINED).when(parts()).then(APART)
    given(JOINED, APART).when(parts()).then()
    given(JOINED, APART).when(parts("persons.not-merged")).then()
