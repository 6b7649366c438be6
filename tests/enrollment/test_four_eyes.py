"""One person in two roles is one person: the four eyes of the packs as they are shipped."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import pytest

from services.enrollment import packs
from services.enrollment.domain import DECIDER
from services.enrollment.domain.actors import is_one_of, person_behind
from services.enrollment.domain.commands import AnyCommand
from tests.enrollment import test_leaving, zhang
from tests.enrollment.national import (
    ILL,
    JANUARY,
    answer,
    appeal,
    authorise,
    compare,
    county,
    given,
    kinds,
    post,
    propose,
    review,
    take_down,
    township,
    visit,
    void,
    withdraw,
)
from tests.enrollment.zhang import REGISTERED, morning, record, refused
from tests.specification import Specification

SHIPPED: Final = ("example-pilot", "example-national-2021")
TO_THE_NOTICE: Final = (
    record(ILL),
    authorise(),
    visit(by="visitor:zhou"),
    compare(on=JANUARY[6]),
    review(on=JANUARY[7]),
    post(on=JANUARY[7]),
    take_down(on=JANUARY[13]),
)
TO_THE_COUNTY: Final = (*TO_THE_NOTICE, township(on=JANUARY[14], by="town:sun"))
HELPED: Final = (*TO_THE_COUNTY, county(on=JANUARY[15], by="officer:wang", type=None), zhang.delivered())
LATER, A_WEEK_ON = date(2021, 8, 2), date(2021, 8, 9)
OUT: Final = (
    visit(on=LATER, by="visitor:li", income=zhang.income(4_000_000, LATER)),
    review(on=LATER, name="second"),
    post(on=LATER),
    take_down(on=date(2021, 8, 8)),
)


def under(pack: str, *commands: AnyCommand) -> Specification[Any, Any, Any]:
    story = Specification(DECIDER, packs.load_all(pack)).given(*REGISTERED)
    return story.when(*commands)


@pytest.mark.parametrize("pack", SHIPPED)
@pytest.mark.parametrize("town", ["town:zhou", "town: Zhou "])
def test_who_visited_does_not_decide_at_the_township(pack: str, town: str) -> None:
    story = under(pack, *TO_THE_NOTICE)
    story.when(township(on=JANUARY[14], by=town)).then(refused("decision.same-person", "township"))
    assert "step-completed" in kinds(*story.when(township(on=JANUARY[14], by="town:sun")).happened)


@pytest.mark.parametrize("pack", SHIPPED)
@pytest.mark.parametrize("officer", ["officer:zhou", "officer:ZHOU", "officer:sun"])
def test_who_visited_or_decided_at_the_township_does_not_decide_at_the_county(pack: str, officer: str) -> None:
    story = under(pack, *TO_THE_COUNTY)
    story.when(county(on=JANUARY[15], by=officer)).then(refused("decision.same-person", "decision"))
    assert "household-enrolled" in kinds(*story.when(county(on=JANUARY[15], by="officer:wang", type=None)).happened)


@pytest.mark.parametrize("pack", SHIPPED)
def test_who_decided_at_the_township_does_not_visit_again(pack: str) -> None:
    story = under(pack, *TO_THE_COUNTY)
    story.when(visit(on=JANUARY[15], by="visitor:sun")).then(refused("decision.same-person", "visit"))


def test_who_visited_last_or_proposed_an_exit_does_not_decide_on_it() -> None:
    seen = visit(on=LATER, by="visitor:li", income=zhang.income(4_000_000, LATER))
    story = under("example-pilot", *HELPED, seen, withdraw(LATER), propose(LATER, by="town:sun"))
    assert "exit-proposed" in kinds(*story.happened)
    for by in ("officer:sun", "officer:li"):
        story.when(county(on=LATER, by=by)).then(refused("decision.same-person", "decision"))
    assert "household-exited" in kinds(*story.when(county(on=LATER, by="officer:wang")).happened)


def test_who_proposed_an_exit_does_not_decide_on_it_at_the_township_nor_at_the_county() -> None:
    """The whole way out of the national pack; Sun proposed and Gao decided at the township."""
    to_the_township = (propose(LATER, by="town:sun"), *OUT)
    story = given(*test_leaving.WAITED).when(morning(LATER), withdraw(on=LATER), *to_the_township)
    story.when(township(on=A_WEEK_ON, by="town:SUN")).then(refused("decision.same-person", "township"))
    at_county = story.when(township(on=A_WEEK_ON, by="town:gao"))
    for by in ("officer:sun", "officer:gao", "officer:li"):
        at_county.when(county(on=A_WEEK_ON, by=by)).then(refused("decision.same-person", "decision"))
    assert "household-exited" in kinds(*at_county.when(county(on=A_WEEK_ON, by="officer:wang")).happened)


@pytest.mark.parametrize("pack", SHIPPED)
def test_who_took_the_decision_does_not_decide_the_appeal_against_it_in_another_role(pack: str) -> None:
    story = under(pack, *TO_THE_COUNTY, county("rejected", on=JANUARY[15], by="officer:wang"), appeal(on=JANUARY[16]))
    for by in ("officer:Zhou", "officer:WANG"):
        story.when(answer(by=by, on=JANUARY[17])).then(refused("decision.same-person", "answer", "decide-appeal"))
    assert "appeal-decided" in kinds(*story.when(answer(by="officer:li", on=JANUARY[17])).happened)


@pytest.mark.parametrize("pack", SHIPPED)
def test_a_villager_decides_no_appeal_and_voids_no_enrolment(pack: str) -> None:
    helped = under(pack, *TO_THE_COUNTY, county(on=JANUARY[15], by="officer:wang", type=None), zhang.delivered())
    helped.when(void(JANUARY[18], by="villager:qian")).then(refused("actor.wrong-role", "voiding", supported="officer"))
    assert "case-ended" in kinds(*helped.when(void(JANUARY[18], by="officer:wang")).happened)
    appealed = under(pack, *TO_THE_COUNTY, appeal(on=JANUARY[15], by="villager:qian"))
    appealed.when(answer(by="villager:wu", on=JANUARY[17])).then(refused("actor.wrong-role", "answer", supported="officer"))
    assert "appeal-decided" in kinds(*appealed.when(answer(by="officer:wang", on=JANUARY[17])).happened)


@pytest.mark.parametrize("pack", SHIPPED)
@pytest.mark.parametrize("officer", ["officer:", "officer:  "])
def test_a_role_alone_is_nobody(pack: str, officer: str) -> None:
    under(pack, *TO_THE_COUNTY).when(county(on=JANUARY[15], by=officer)).then(refused("decision.unnamed", "decision"))


@pytest.mark.parametrize(
    ("actor", "person"),
    [("officer:zhou", "zhou"), ("zhou", "zhou"), (" Zhou", "zhou"), ("town: ZHOU ", "zhou"), ("town:a:b", "a:b"), ("town:", ""), ("", "")],
)
def test_a_person_is_what_stands_behind_the_colon(actor: str, person: str) -> None:
    assert person == person_behind(actor)


def test_nobody_in_particular_is_nobody_else() -> None:
    assert not is_one_of("", ("",))
    assert not is_one_of("town:", ("officer:",))
    assert is_one_of("town:zhou", ("officer:li", "ZHOU"))


@pytest.mark.parametrize("visitor", ["visitor:sun", "visitor:hu"])
def test_whoever_made_any_of_the_visits_does_not_approve_at_the_township(visitor: str) -> None:
    """Another one repeated the visit; both looked, and neither decides."""
    visits = (record(ILL), authorise(), visit(by="visitor:sun"), visit(by="visitor:hu", on=JANUARY[6], findings_sha256="again"))
    to_the_notice = (*visits, compare(on=JANUARY[6]), review(on=JANUARY[7]), post(on=JANUARY[7]), take_down(on=JANUARY[13]))
    story = under("example-national-2021", *to_the_notice)
    story.when(township(on=JANUARY[14], by=visitor.replace("visitor", "town"))).then(refused("decision.same-person", "township"))
    assert ["step-completed"] == kinds(*story.when(township(on=JANUARY[14], by="town:ma")).happened)
