"""Scripted people: an event in, valid messages out, always the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

import orjson
import pytest

from county.actors import Actors, Seen
from county.outgoing import source_of
from county.pace import is_answered_late
from county.visits import leaving
from schemas.topics import ALLOWED

if TYPE_CHECKING:
    from county.outgoing import Outgoing
    from tests.county.sample import County

NOON = datetime(2020, 12, 20, 4, tzinfo=UTC)


@pytest.fixture
def actors(county: County) -> Actors:
    """The people of the whole county."""
    return Actors(county.people, county.season.sheet)


def seen(service: str, name: str, **data: object) -> Seen:
    return Seen(f"suishi.{service}.event.{name}.v1", f"event-{name}", None, NOON, data, "correlation-1")


def enrolled(county: County) -> UUID:
    return min(county.expectation.enrolled)


def checked(record: Outgoing) -> dict[str, Any]:
    """The data of a message that its topic's schema accepts, with its actor."""
    headers = {name: (value or b"").decode() for name, value in record.headers}
    ALLOWED[record.topic][headers["ce_type"]].model_validate_json(record.value)
    assert headers["ce_correlationid"] == "correlation-1"
    assert datetime.fromisoformat(headers["ce_time"]).date() == NOON.date()
    return {
        **orjson.loads(record.value),
        "name": headers["ce_type"].split(".")[3],
        "by": headers["ce_authid"],
        "subject": headers["ce_subject"],
    }


def only(records: list[Outgoing]) -> dict[str, Any]:
    (record,) = records
    return checked(record)


def test_the_clerk_registers_the_household_behind_a_waiting_fact(county: County, actors: Actors) -> None:
    """With all its members; the same message for each of its facts."""
    country = {household.id for household in county.people.country}
    (source, identity), household = next((k, v) for k, v in county.season.sheet.behind.items() if v in country)
    unmatched = seen("enrollment", "fact-unmatched", person_id=None, fact_source=source, fact_id=identity)
    answer = only(actors.react(unmatched))
    assert (answer["name"], answer["household_id"], answer["subject"]) == ("register-household", str(household), str(household))
    assert len(answer["members"]) == len(county.people.by_id[household].members)
    again = Seen(unmatched.type, "another-event", None, NOON, unmatched.data, "correlation-2")
    assert actors.react(unmatched)[0].id == actors.react(again)[0].id


def test_the_clerk_leaves_alone_who_is_registered_or_unknown(county: County, actors: Actors) -> None:
    """A registered household needs no second registration."""
    registered = {household.id for household in county.people.registered}
    source, identity = next(k for k, v in county.season.sheet.behind.items() if v in registered)
    assert actors.react(seen("enrollment", "fact-unmatched", fact_source=source, fact_id=identity)) == []
    assert actors.react(seen("enrollment", "fact-unmatched", fact_source=source_of("water"), fact_id="nobody")) == []


def test_visitors_report_what_the_sheet_says_of_every_house(county: County, actors: Actors) -> None:
    """Each visit is a valid message: dismissed, confirmed or not confirmed."""
    names = set[str]()
    for household in county.season.sheet.findings:
        for event in ("clue-raised", "step-completed"):
            about = {"household_id": str(household), "step": "authorisation", "evaluation": {"outcome": "unknown"}}
            names |= {
                f"{answer['name']} {answer.get('outcome')}" for answer in map(checked, actors.react(seen("enrollment", event, **about)))
            }
    assert names == {"dismiss-clue None", "sign-authorisation None", "record-verification approved", "record-verification rejected"}


def test_who_is_late_goes_when_he_is_told_so(county: County, actors: Actors) -> None:
    """One household in twenty; the others are visited at once."""
    late, prompt = (next(one for one in sorted(county.expectation.enrolled) if (one.int % 20 == 0) == so) for so in (True, False))
    assert [] == actors.react(seen("enrollment", "clue-raised", household_id=str(late)))
    told = seen("enrollment", "deadline-breached", household_id=str(late), kind="verify")
    assert "sign-authorisation" == only(actors.react(told))["name"]
    assert "sign-authorisation" == only(actors.react(seen("enrollment", "clue-raised", household_id=str(prompt))))["name"]
    assert [] == actors.react(seen("enrollment", "deadline-breached", household_id=str(late), kind="first-measure"))


def test_whom_a_disaster_struck_is_helped_before_anything_is_decided(county: County, actors: Actors) -> None:
    late, prompt = (next(one for one in sorted(county.expectation.enrolled) if (one.int % 20 == 0) == so) for so in (True, False))
    answered = [
        [checked(answer)["name"] for answer in actors.react(seen("enrollment", "clue-raised", household_id=str(one), risk=risk))]
        for one, risk in ((prompt, "natural_disaster"), (late, "natural_disaster"), (prompt, "illness"))
    ]
    assert answered == [["start-emergency-help", "sign-authorisation"], ["start-emergency-help"], ["sign-authorisation"]]


def test_a_house_that_nobody_prepared_has_nothing_wrong(county: County, actors: Actors) -> None:
    """The clue is dismissed."""
    calm = next(household.id for household in county.people.registered if household.id not in county.season.sheet.findings)
    assert only(actors.react(seen("enrollment", "clue-raised", household_id=str(calm))))["name"] == "dismiss-clue"


@pytest.mark.parametrize(
    ("step", "answers"),
    [
        ("comparison", ("record-review", "village")),
        ("notice", ("decide-at-township", "town")),
        ("township", ("decide-at-county", "officer")),
    ],
)
@pytest.mark.parametrize("found", [("true", "approved"), ("false", "rejected")])
def test_whoever_decides_decides_what_the_evaluation_says(
    county: County, actors: Actors, step: str, answers: tuple[str, str], found: tuple[str, str]
) -> None:
    """Review, township and county; each of them another person."""
    done = seen("enrollment", "step-completed", household_id=str(enrolled(county)), step=step, evaluation={"outcome": found[0]})
    answer = only(actors.react(done))
    assert (answer["name"], answer["by"].split(":")[0], answer["outcome"]) == (*answers, found[1])


@pytest.mark.parametrize(("step", "name"), [("verification", "record-comparison"), ("review", "post-notice")])
def test_a_step_that_decides_nothing_follows_the_one_before_it(county: County, actors: Actors, step: str, name: str) -> None:
    done = seen("enrollment", "step-completed", household_id=str(enrolled(county)), step=step, evaluation={"outcome": "unknown"})
    assert name == only(actors.react(done))["name"]


def test_the_village_closes_a_notice_that_has_hung_long_enough(county: County, actors: Actors) -> None:
    assert "close-notice" == only(actors.react(seen("enrollment", "notice-ended", household_id=str(enrolled(county)))))["name"]


@pytest.mark.parametrize(
    ("step", "outcome"), [("comparison", "unknown"), ("notice", "unknown"), ("township", "unknown"), ("recheck", "true")]
)
def test_nobody_decides_where_something_is_unknown(county: County, actors: Actors, step: str, outcome: str) -> None:
    """Unknown is never false; a recheck needs no decision."""
    household = str(enrolled(county))
    assert [] == actors.react(seen("enrollment", "step-completed", household_id=household, step=step, evaluation={"outcome": outcome}))


def test_the_officer_lets_a_recovered_household_go(county: County, actors: Actors) -> None:
    """An exit is proposed by the machine and decided by a person."""
    answer = only(actors.react(seen("enrollment", "exit-proposed", household_id=str(enrolled(county)))))
    assert (answer["name"], answer["outcome"]) == ("decide-at-county", "approved")


def test_the_town_pairs_a_new_household_with_a_cadre_of_its_own_once(county: County, actors: Actors) -> None:
    """Not again on re-entry, and not where somebody is paired already."""
    household = county.people.by_id[enrolled(county)]
    answer = only(actors.react(seen("enrollment", "household-enrolled", household_id=str(household.id), episode=1)))
    cadre = next(cadre for cadre in county.people.cadres if str(cadre.id) == answer["cadre_id"])
    assert (answer["name"], cadre.area) == ("assign-cadre", household.village.town_code)
    paired = next(one for one in county.people.registered if one.cadre is not None)
    assert actors.react(seen("enrollment", "household-enrolled", household_id=str(household.id), episode=2)) == []
    assert actors.react(seen("enrollment", "household-enrolled", household_id=str(paired.id), episode=1)) == []


def test_a_town_without_a_cadre_finds_one_who_stays_and_he_visits_the_same_day(county: County, actors: Actors) -> None:
    """The next one is of the same town; whom the register pairs is no newcomer."""
    household = next(one for one in county.people.registered if one.cadre in leaving(county.people))
    answer = only(actors.react(seen("assistance", "cadre-missing", household_id=str(household.id), on="2020-12-20")))
    cadre = next(cadre for cadre in county.people.cadres if str(cadre.id) == answer["cadre_id"])
    assert (answer["name"], answer["from_day"], cadre.area) == ("assign-cadre", "2020-12-20", household.village.town_code)
    assert cadre.id not in leaving(county.people)
    paired = {"household_id": str(household.id), "from_day": "2020-12-20"}
    visit = only(actors.react(seen("assistance", "cadre-assigned", cadre_id=str(cadre.id), **paired)))
    assert (visit["name"], visit["cadre"], visit["on"], visit["by"]) == ("record-visit", str(cadre.id), "2020-12-20", f"cadre:{cadre.id}")
    assert actors.react(seen("assistance", "cadre-assigned", cadre_id=str(household.cadre), **paired)) == []


def referral(name: str, household: UUID, *answers: str) -> Seen:
    asked = {"referral_id": str(household), "measure_id": str(household), "department": "water"}
    event = seen("assistance", name, household_id=str(household), answers=answers, **asked)
    return replace(event, id=str(uuid5(household, name)))


def test_a_department_takes_on_what_it_is_asked_for_by_its_own_topic(county: County, actors: Actors) -> None:
    """Twice the same message, if it is asked twice."""
    household = next(one for one in sorted(county.expectation.enrolled) if not is_answered_late(one))
    asked = referral("referral-sent", household, "drinking_water")
    (answer,) = actors.react(asked)
    said = ALLOWED[answer.topic]["suishi.fact.referral-answered.v1"].model_validate_json(answer.value)
    assert (answer.topic, "accepted", household) == ("suishi.facts.water.v1", said.outcome, said.referral_id)
    assert actors.react(asked) == [answer]


def test_some_departments_are_silent_until_they_are_told_so_but_never_about_the_base_item(county: County, actors: Actors) -> None:
    """Whoever is late answers on the day on which the county hears of it."""
    household = min(county.expectation.answered_late)
    assert [] == actors.react(referral("referral-sent", household, "drinking_water"))
    assert 1 == len(actors.react(referral("referral-sent", household)))
    assert 1 == len(actors.react(referral("referral-overdue", household, "drinking_water")))


@pytest.mark.parametrize(("event", "answer"), [("accepted", "start-measure"), ("started", "deliver-measure")])
def test_desks_take_a_measure_step_by_step(county: County, actors: Actors, event: str, answer: str) -> None:
    """What the department accepted, its desk in the town carries out."""
    household = enrolled(county)
    said = only(
        actors.react(seen("assistance", f"measure-{event}", household_id=str(household), measure_id=str(household), department="water"))
    )
    assert (said["name"], said["measure_id"]) == (answer, str(household))
    assert said["by"] == f"desk:{county.people.by_id[household].village.town_code}"


def test_nobody_answers_what_concerns_nobody(actors: Actors) -> None:
    """A delivered measure ends the chain."""
    assert actors.react(seen("assistance", "measure-delivered", household_id="", measure_id="")) == []
