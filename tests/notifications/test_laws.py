"""Promises about every order of everything that can be asked of notifications."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from hypothesis import given as for_all
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.decider import Event
from services.notifications.domain.commands import AnyCommand
from services.notifications.domain.events import AnyEvent, CommandRefused
from services.notifications.translate import to_message
from tests.laws import any_event, law, repeating_adds_no_fact, replay_ends_where_the_steps_ended, through_the_log
from tests.messages import recorded
from tests.notifications.letters import (
    CADRE,
    CLUE,
    HOLDER,
    NOON,
    NOTIFICATION,
    QUEUED,
    SUCCESSOR,
    UNTIL,
    URGENT,
    WORKER,
    acknowledge,
    announce,
    begin,
    end_matter,
    escalate,
    escalate_notice,
    given,
    go_on,
    locate,
    outcome,
    pair,
    queue,
    recipient,
    resume_matter,
    retire,
    stop_waiting,
    wait,
    withdraw,
)

EVENTS = AnyEvent.__args__
AFTER = NOON + timedelta(days=1)
holders = st.sampled_from([HOLDER, SUCCESSOR])
ends = st.sampled_from([UNTIL, AFTER])
villages = st.sampled_from(["370323001001", "370323001002"])
notices = st.sampled_from([CLUE, replace(CLUE, event="event 2")])
deliveries = st.one_of(
    st.builds(queue, st.one_of(notices, st.just(URGENT)), st.sampled_from([CADRE, WORKER])),
    st.builds(begin, holders, ends, at=st.sampled_from([NOON, AFTER]), daily=st.booleans(), digest=st.sampled_from([None, NOTIFICATION])),
    st.builds(outcome, st.sampled_from(["sent", "failed", "deferred", "released", "unknown"]), holders, st.one_of(st.none(), ends)),
    st.builds(acknowledge, named=st.booleans(), others=st.booleans()),
    st.builds(withdraw, retired=st.booleans(), ended=st.booleans()),
    st.builds(escalate, st.sampled_from([0, 4, 48]), st.sampled_from([None, NOON]), to=st.sampled_from(["", "town"])),
)
people = st.sampled_from([None, CADRE, WORKER])
commands = st.one_of(
    deliveries,
    st.builds(retire),
    st.builds(announce),
    st.builds(go_on, people, people),
    st.builds(recipient, st.sampled_from(["paired-cadre", "grid-worker"]), villages),
    st.builds(locate, villages),
    st.builds(pair, st.sampled_from([None, CADRE, WORKER])),
    st.builds(wait, notices),
    st.builds(escalate_notice, st.sampled_from([0, 48]), st.sampled_from([None, CLUE]), to=st.sampled_from(["", "town"])),
    st.builds(stop_waiting, st.sampled_from(["event 1", "event 2"])),
    st.builds(end_matter),
    st.builds(resume_matter),
)
sequences = st.one_of(st.lists(commands, max_size=15), st.lists(deliveries, max_size=25))


@law
@for_all(sequences)
def test_nothing_that_is_asked_twice_happens_twice(asked: list[AnyCommand]) -> None:
    repeating_adds_no_fact(given(), asked, refusals=(CommandRefused,))


@law
@for_all(sequences)
def test_replay_ends_where_the_steps_ended(asked: list[AnyCommand]) -> None:
    replay_ends_where_the_steps_ended(given(), asked, EVENTS)


@law
@for_all(any_event(EVENTS))
def test_every_event_comes_back_from_the_log_as_it_was(event: Event) -> None:
    assert [event] == through_the_log([event], EVENTS)


@law
@for_all(sequences)
def test_everything_that_happens_passes_the_door_out(asked: list[AnyCommand]) -> None:
    story = given().when(*asked)
    for event in (*story.history, *story.happened):
        to_message(recorded(event, NOTIFICATION))


@law
@for_all(st.lists(deliveries, max_size=40))
def test_a_letter_is_never_leased_more_often_than_the_pack_allows_and_not_after_it_was_sent(asked: list[AnyCommand]) -> None:
    story = given(*QUEUED).when(*asked)
    topics = [event.TOPIC.removeprefix("notifications.") for event in (*story.history, *story.happened)]
    assert topics.count("delivery-begun") - topics.count("delivery-released") - topics.count("delivery-deferred") <= 5
    assert topics.count("delivery-deferred") <= 9
    if "notification-sent" in topics:
        assert "delivery-begun" not in topics[topics.index("notification-sent") :]


@law
@for_all(st.lists(st.tuples(st.booleans(), st.sampled_from(["released", "sent", "unknown"])), min_size=2, max_size=8), st.randoms())
def test_however_late_and_often_the_answers_come_a_letter_that_may_not_be_repeated_leaves_once(
    leases: list[tuple[bool, str]], random: Random
) -> None:
    """Under each lease it is sent or given back, nobody may have heard of either when it ends, and earlier answers come again."""
    history, answers, left = list[Event](QUEUED), list[AnyCommand](), 0
    for number, (again, became) in enumerate(leases):
        until = UNTIL + timedelta(minutes=number)
        begun = given(*history).when(begin(until=until)).happened
        if begun:
            left += became != "released"
            answers.append(outcome(became, until=until))
        history += begun
        for answer in random.sample(answers, len(answers)) if again else answers[-1:]:
            history += given(*history).when(answer).happened
    assert left <= 1
