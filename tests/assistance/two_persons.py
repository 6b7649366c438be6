"""Two entries for one person (or more), each with his care file, and what enrollment tells of them; 2021-01-04 is a Monday."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from pipeline.decider import Event
from schemas.assistance import care as words
from schemas.enrollment import MembersLeft, PersonsMerged, PersonsUnmerged
from schemas.message import Message
from services.assistance.domain import DECIDER, hand_over
from services.assistance.domain.care import care_events as did
from services.assistance.domain.care.care_file import CareFile, care_stream
from services.assistance.domain.state import State
from services.assistance.identify import Found
from services.assistance.identify.one_person import ways
from services.assistance.translate import to_commands
from tests.assistance.cared import (
    ANNA,
    ELSEWHERE,
    PERSON,
)
from tests.assistance.helped import HOUSEHOLD, PILOT
from tests.messages import envelope

KEPT: Final = UUID(int=650)
THIRD, FOURTH, FIFTH = date(2021, 1, 25), date(2021, 2, 1), date(2021, 2, 8)
MERGED: Final = PersonsMerged(
    keep_person_id=KEPT, duplicate_person_id=PERSON, on=date(2021, 1, 13), reason="decided", household_id=ELSEWHERE
)
UNMERGED: Final = PersonsUnmerged(keep_person_id=KEPT, duplicate_person_id=PERSON, on=date(2021, 1, 27), household_id=HOUSEHOLD)
LEFT: Final = MembersLeft(household_id=HOUSEHOLD, person_ids=(PERSON,), on=date(2021, 1, 13), reason="duplicate", to_household_id=ELSEWHERE)


@dataclass
class Two:
    """The duplicate's care file and that of the person who is kept, told messages in the name of their days."""

    streams: dict[UUID, list[Event]] = field(default_factory=lambda: defaultdict(list))
    persons: tuple[UUID, ...] = (PERSON, KEPT)
    links: dict[UUID, UUID] = field(default_factory=dict[UUID, UUID])
    happened: list[tuple[UUID, list[Event]]] = field(default_factory=list[tuple[UUID, list[Event]]])

    def begin(self, person: UUID, history: Iterable[Event]) -> Two:
        self.streams[care_stream(person)] += [_of(person, event) for event in history]
        return self

    def tell(self, message: Message, on: date) -> list[Event]:
        due = {care_stream(person): (person, HOUSEHOLD) for person in self.persons}
        said = envelope(message, subject=HOUSEHOLD, time=datetime.combine(on, time(4), UTC))
        (way,) = ways([said], self.links)
        events: list[Event] = []
        for stream, command in to_commands(said, Found(HOUSEHOLD, care=due, way=way)):
            if stream in due:
                decided = list(DECIDER.decide(hand_over(command, events), self.state(stream), PILOT))
                self.streams[stream] += decided
                self.happened.append((stream, decided))
                events += decided
        match message:
            case PersonsMerged():
                self.links[message.duplicate_person_id] = message.keep_person_id
            case PersonsUnmerged():
                self.links.pop(message.duplicate_person_id, None)
            case _:
                pass
        return events

    def merge(self) -> list[Event]:
        return self.tell(MERGED, MERGED.on)

    def part(self) -> list[Event]:
        return self.tell(UNMERGED, UNMERGED.on)

    def state(self, stream: UUID) -> State:
        return DECIDER.fold(self.streams[stream], DECIDER.initial)

    def file(self, person: UUID) -> CareFile | None:
        return self.state(care_stream(person)).care

    def open_files(self) -> set[UUID]:
        return {person for person in self.persons if (care := self.file(person)) is not None and care.ended is None}


def _of(person: UUID, event: Event) -> Event:
    return replace(event, person=person) if isinstance(event, did.CareEvent) else event


def kinds(events: Iterable[Event]) -> list[str]:
    return [event.TOPIC.removeprefix("assistance.care-") for event in events]


def visited(number: int, on: date, person: UUID = PERSON) -> words.RecordCareVisit:
    return words.RecordCareVisit(person=person, visit_id=UUID(int=number), on=on, caregiver=ANNA)


def told(two: Two, person: UUID) -> list[date]:
    judged = (did.CareQuotaMet, did.CareQuotaMissed)
    return [event.week for event in two.streams[care_stream(person)] if isinstance(event, judged)]
