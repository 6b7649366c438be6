"""Promises about every order of everything that can be asked of assistance."""

from __future__ import annotations

from datetime import date

from hypothesis import given as for_all
from hypothesis import strategies as st

from pipeline.decider import Event
from services.assistance.domain.commands import AnyCommand, Draft
from services.assistance.domain.events import AnyEvent, CommandRefused
from services.assistance.domain.referrals.referral_events import ReferralAnswered, ReferralOverdue, ReferralSent
from services.assistance.translate import to_message
from tests.assistance.helped import (
    BASE,
    CADRE,
    CASE,
    HEALTH,
    HOUSEHOLD,
    SUCCESSOR,
    TODAY,
    advance,
    answer,
    assign,
    check_plan,
    close,
    decline,
    draft,
    end,
    given,
    open_plan,
    reply,
    resolve,
    tell_day,
)
from tests.assistance.paired import check, come_back, end_household, found, leave, place, release, visit
from tests.assistance.paired import resolve as put_right
from tests.laws import any_event, law, repeating_adds_no_fact, replay_ends_where_the_steps_ended, through_the_log
from tests.messages import recorded

EVENTS = AnyEvent.__args__
risks = st.sampled_from(["illness", "housing", "a risk that the pack leaves out"])
plans = st.builds(lambda named, episode: open_plan(*named, episode=episode), st.lists(risks, max_size=3), st.integers(1, 3))
steps = st.sampled_from(["accepted", "started", "delivered"])
commands = st.one_of(
    st.builds(assign, st.sampled_from([CADRE, SUCCESSOR]), st.sampled_from([TODAY, date(2021, 1, 6)])),
    plans,
    st.builds(answer, risks),
    st.builds(advance, steps, st.sampled_from([BASE, HEALTH, CASE]), st.none()),
    st.builds(decline, st.sampled_from([BASE, HEALTH])),
    st.builds(end, st.sampled_from([BASE, HEALTH])),
    st.builds(draft, st.builds(Draft, st.just("finance"), st.just("civil-affairs"), st.tuples(risks))),
    st.builds(lambda risk: draft(unanswered=(risk,)), risks),
    st.builds(resolve, risks),
    st.builds(close),
    st.builds(reply, st.sampled_from(["accepted", "declined"]), st.sampled_from([None, "medical-insurance", "housing"])),
    st.builds(check_plan, st.sampled_from([TODAY, date(2021, 1, 11), date(2021, 3, 1)])),
    st.builds(place),
    st.builds(release, st.sampled_from([CADRE, SUCCESSOR])),
    st.builds(leave, st.sampled_from([TODAY, date(2021, 1, 6)])),
    st.builds(end_household),
    st.builds(come_back),
    st.builds(check),
    st.builds(tell_day, st.sampled_from([TODAY, date(2021, 1, 6)])),
    st.builds(visit, findings=st.sampled_from([(), (found(),)])),
    st.builds(put_right),
)


@law
@for_all(st.lists(commands, max_size=15))
def test_nothing_that_is_asked_twice_happens_twice(asked: list[AnyCommand]) -> None:
    repeating_adds_no_fact(given(), asked, refusals=(CommandRefused,))


@law
@for_all(st.lists(commands, max_size=15))
def test_replay_ends_where_the_steps_ended(asked: list[AnyCommand]) -> None:
    replay_ends_where_the_steps_ended(given(), asked, EVENTS)


@law
@for_all(any_event(EVENTS))
def test_every_event_comes_back_from_the_log_as_it_was(event: Event) -> None:
    assert [event] == through_the_log([event], EVENTS)


@law
@for_all(st.lists(commands, max_size=15))
def test_everything_that_happens_passes_the_door_out(asked: list[AnyCommand]) -> None:
    story = given().when(*asked)
    for event in (*story.history, *story.happened):
        to_message(recorded(event, HOUSEHOLD))


@law
@for_all(st.lists(commands, max_size=15))
def test_no_measure_is_ever_proposed_twice_in_a_plan(asked: list[AnyCommand]) -> None:
    story = given().when(*asked)
    measures = [event.measure for event in (*story.history, *story.happened) if event.TOPIC == "assistance.measure-proposed"]
    assert len(measures) == len(set(measures))


@law
@for_all(st.lists(commands, max_size=15))
def test_a_measure_is_referred_once_and_only_what_was_referred_is_answered_or_overdue(asked: list[AnyCommand]) -> None:
    story = given().when(*asked)
    told = [event for event in (*story.history, *story.happened) if isinstance(event, ReferralSent | ReferralAnswered | ReferralOverdue)]
    sent = [event.referral for event in told if isinstance(event, ReferralSent)]
    late = [event.referral for event in told if isinstance(event, ReferralOverdue)]
    assert (len(sent), len(late)) == (len(set(sent)), len(set(late)))
    assert {event.referral for event in told} == set(sent)
