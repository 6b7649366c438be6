"""A log is kept for good: what any release stored is read by all later ones, to the same values.

A golden file is the state of one row as it was written, `<service>/<topic>.json`. It is never edited: a changed class gets the next
`class_version`, a way to read the old one, and its own file `<topic>.v<n>.json` beside the old.
"""

import json
from pathlib import Path
from typing import Final

import pytest

from pipeline.decider import Event
from pipeline.facts_lost import FactsLost
from pipeline.kernel import StructMapper, register
from services.assistance.domain.events import AnyEvent as OfAssistance
from services.enrollment.domain.events import AnyEvent as OfEnrollment
from services.notifications.domain.events import AnyEvent as OfNotifications
from tests.golden import assistance, enrollment, notifications

HERE: Final = Path(__file__).parent
STORED: Final[dict[str, tuple[type[Event], ...]]] = {
    "enrollment": OfEnrollment.__args__,
    "assistance": OfAssistance.__args__,
    "notifications": OfNotifications.__args__,
    "pipeline": (FactsLost,),
}
LOST: Final = FactsLost(topic="suishi.facts.health.v1", partition=3, from_offset=5, to_offset=9)
EXPECTED: Final[dict[str, dict[str, Event]]] = {
    "enrollment": enrollment.EXPECTED,
    "assistance": assistance.EXPECTED,
    "notifications": notifications.EXPECTED,
    "pipeline": {"facts-lost": LOST},
}
ALL: Final = [(owner, name) for owner, events in EXPECTED.items() for name in events]


@pytest.fixture(scope="module", autouse=True)
def _known() -> None:
    for events in STORED.values():
        register(events)


@pytest.mark.parametrize("owner", STORED)
def test_every_stored_event_has_a_golden_state_of_its_present_version(owner: str) -> None:
    """Add the file and what it means to `tests/golden`."""
    wanted = {f"{event.TOPIC}{written(event)}.json" for event in STORED[owner]}
    assert wanted - {file.name for file in (HERE / owner).glob("*.json")} == set()


def written(event: type[Event]) -> str:
    version = getattr(event, "class_version", 1)
    return "" if version == 1 else f".v{version}"


def test_every_golden_state_has_its_meaning_told() -> None:
    files = {(file.parent.name, file.stem) for file in HERE.glob("*/*.json")}
    assert files == {(owner, f"{owner}.{name}") for owner, name in ALL}


@pytest.mark.parametrize(("owner", "name"), ALL)
def test_a_state_that_was_stored_long_ago_means_what_it_meant(owner: str, name: str) -> None:
    event, _, _ = name.partition(".v")
    topic = f"{owner}.{event}"
    state = (HERE / owner / f"{owner}.{name}.json").read_bytes()
    assert EXPECTED[owner][name] == StructMapper().to_event(topic, state)


@pytest.mark.parametrize(("owner", "name"), [one for one in ALL if ".v" not in one[1]])
def test_no_field_that_was_stored_is_passed_over(owner: str, name: str) -> None:
    """A class that lost or renamed a field would read the state all the same, without what it said."""
    stored = json.loads((HERE / owner / f"{owner}.{name}.json").read_bytes())
    assert stored.keys() <= set(EXPECTED[owner][name].__struct_fields__)
