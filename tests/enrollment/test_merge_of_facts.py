"""Which facts and members go along when two entries are joined or parted, stream by stream."""

from __future__ import annotations

from typing import Final, Literal
from uuid import UUID

from msgspec.structs import replace

from pipeline.decider import Event
from services.enrollment.domain import events as did
from services.enrollment.domain.commands import Member
from services.enrollment.domain.fact import Fact, Series
from services.enrollment.domain.household.stages import ClueOpen
from services.enrollment.domain.household.state import Household
from services.enrollment.domain.members.change_events import HeadChanged, MembersLeft
from services.enrollment.domain.members.one_person import about_kept
from services.enrollment.domain.members.person_commands import Merge, MergePersons, Unmerge, UnmergePersons
from services.enrollment.domain.members.person_events import PersonsMerged, PersonsUnmerged
from tests.enrollment.zhang import FATHER, HOUSEHOLD, MEMBERS, MOTHER, REGISTERED, TODAY, asked, fact, given, hospital, raised

STRANGER, NEIGHBOURS, CAUSE = UUID(int=6), UUID(int=200), UUID(int=77)
HERS: Final = fact("hers", person=MOTHER)
OF_BOTH: Final = (*REGISTERED, did.FactRecorded(fact=fact("his")), did.FactRecorded(fact=HERS))


def gone(reason: Literal["died", "duplicate"]) -> MembersLeft:
    """The mother is a member no more."""
    return MembersLeft(members=MEMBERS[1:], on=TODAY, reason=reason, fact=CAUSE)


def merges(merge: Merge, part: Literal["left", "home"]) -> MergePersons:
    return MergePersons(**asked("officer"), source="/county", merge=merge, part=part, reason_sha256="why")


def parts(
    part: Literal["home", "back"], *handed: Fact, back: UUID | None = HOUSEHOLD, home: UUID = HOUSEHOLD, who: UUID = MOTHER
) -> UnmergePersons:
    """The mother is somebody else after all."""
    apart = Unmerge(FATHER, who, home, (who,), back)
    return UnmergePersons(**asked("officer"), source="/county", unmerge=apart, part=part, reason_sha256="why", handed=handed)


def kinds(*events: Event) -> list[str]:
    return [event.TOPIC.removeprefix("enrollment.") for event in events]


def test_a_duplicate_takes_along_what_was_said_of_him_and_of_nobody_else() -> None:
    merged, left = given(*OF_BOTH).when(merges(Merge(STRANGER, MOTHER, NEIGHBOURS, HOUSEHOLD), "left")).happened
    assert isinstance(merged, PersonsMerged)
    assert (about_kept(HERS, MOTHER, STRANGER),) == merged.facts
    assert isinstance(left, MembersLeft)
    assert left.to == NEIGHBOURS


def test_a_duplicate_in_the_same_household_goes_to_no_other_one() -> None:
    _, left = given(*OF_BOTH).when(merges(Merge(FATHER, MOTHER, HOUSEHOLD, HOUSEHOLD), "home")).happened
    assert isinstance(left, MembersLeft)
    assert left.to is None


def test_of_a_duplicate_who_left_before_only_the_facts_are_joined() -> None:
    story = given(*OF_BOTH, gone("died"))
    assert ["persons-merged"] == kinds(*story.when(merges(Merge(STRANGER, MOTHER, NEIGHBOURS, HOUSEHOLD), "left")).happened)
    story = given(*OF_BOTH, gone("died"))
    assert ["persons-merged"] == kinds(*story.when(merges(Merge(FATHER, MOTHER, HOUSEHOLD), "home")).happened)


def test_where_nothing_waits_and_nobody_comes_back_a_parting_says_nothing() -> None:
    given().when(parts("home")).then()
    given(*REGISTERED).when(parts("home", back=None), parts("back", home=NEIGHBOURS), parts("back", home=NEIGHBOURS, who=STRANGER)).then()


def test_the_household_that_gets_facts_back_says_so_though_nobody_comes_back() -> None:
    told = given(*REGISTERED, gone("died")).when(parts("back", HERS, home=NEIGHBOURS)).happened
    assert ["persons-unmerged", "fact-recorded"] == kinds(*told)


def test_who_left_as_a_duplicate_comes_back_to_where_the_parting_says() -> None:
    here = given(*REGISTERED, gone("duplicate")).when(parts("home")).happened
    assert ["persons-unmerged", "members-joined"] == kinds(*here)
    given(*REGISTERED, gone("duplicate")).when(parts("home", back=NEIGHBOURS)).then()


def test_a_fact_that_stays_is_told_again_of_whom_it_was_said_and_one_that_goes_is_not() -> None:
    history = (*REGISTERED, gone("duplicate"), did.FactRecorded(fact=about_kept(HERS, MOTHER, FATHER)))
    apart, _, again = given(*history).when(parts("home")).happened
    assert isinstance(apart, PersonsUnmerged)
    assert ((HERS,), did.FactRecorded(fact=HERS)) == (apart.facts, again)
    assert ["persons-unmerged"] == kinds(*given(*history).when(parts("home", back=NEIGHBOURS)).happened)


CHILDREN: Final = (Member(person=STRANGER, relation="son"), Member(person=CAUSE, relation="daughter"))
FIVE: Final = replace(REGISTERED[0], members=(*MEMBERS, *CHILDREN))
HEAD_GONE: Final = MembersLeft(members=MEMBERS[:1], on=TODAY, reason="duplicate", fact=CAUSE)


def test_a_head_who_comes_back_heads_the_household_again_in_the_place_of_who_heads_it_now() -> None:
    told = given(FIVE, HEAD_GONE, HeadChanged(person=MOTHER, on=TODAY)).when(parts("home", who=FATHER)).happened
    assert HeadChanged(person=FATHER, on=TODAY, before=(MOTHER,)) == told[-1]
    assert ["persons-unmerged", "members-joined"] == kinds(*given(FIVE, HEAD_GONE).when(parts("home", who=FATHER)).happened)


def test_an_open_clue_follows_its_fact_to_whom_it_is_about() -> None:
    bill = replace(hospital(2_500_000), person=MOTHER)
    merged = PersonsMerged(keep=FATHER, duplicate=MOTHER, home=HOUSEHOLD, on=TODAY)
    apart = PersonsUnmerged(keep=FATHER, duplicate=MOTHER, home=HOUSEHOLD, on=TODAY, back=HOUSEHOLD, facts=(bill,))
    history = (*REGISTERED, did.FactRecorded(fact=bill), *raised(bill))
    assert {(FATHER, "inpatient:2021")} == sources(*history, merged)
    assert {(MOTHER, "inpatient:2021")} == sources(*history, merged, apart)


def sources(*history: did.AnyEvent) -> frozenset[Series]:
    state = given(*history).state
    assert isinstance(state, Household)
    assert isinstance(state.stage, ClueOpen)
    return state.stage.sources


def test_two_benefits_of_one_person_are_a_conflict_once_it_is_known_that_he_is_one() -> None:
    his, hers = (
        fact(name, person=person, name="benefit-changed", series=f"benefit:{name}", benefit=name, present=False)
        for name, person in (("destitute-support", FATHER), ("margin-support", MOTHER))
    )
    history = (*REGISTERED, did.FactRecorded(fact=his), did.FactRecorded(fact=hers), gone("died"))
    told = given(*history).when(merges(Merge(FATHER, MOTHER, HOUSEHOLD), "home")).happened
    assert ["persons-merged", "benefit-conflict-detected"] == kinds(*told)
