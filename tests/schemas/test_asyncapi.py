import json
from typing import Any

import pytest

from schemas.generate import HERE, TYPES
from schemas.topics import ALLOWED, CLOCK, COMMANDS, EVENTS, FOLLOWS, PARTITIONS, PERSONAL, SERVICES, dlq
from tests.schemas.test_generated import parts

DOCUMENT: dict[str, Any] = json.loads((HERE / "asyncapi.json").read_text(encoding="utf-8"))


def at(reference: str) -> Any:  # noqa: ANN401 - any part of a JSON document
    """What a reference inside the document points to."""
    node: Any = DOCUMENT
    for step in reference.removeprefix("#/").split("/"):
        node = node[step]
    return node


def test_it_is_asyncapi_3_with_the_parts_that_the_standard_knows() -> None:
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert set(DOCUMENT) == {"asyncapi", "info", "defaultContentType", "channels", "operations", "components"}
    assert {"title", "version"} <= set(DOCUMENT["info"])


def test_every_reference_leads_somewhere() -> None:
    references = {part["$ref"] for part in parts(DOCUMENT) if "$ref" in part}
    inside = {reference for reference in references if reference.startswith("#/")}
    assert all(isinstance(at(reference), dict) for reference in inside)
    assert all((HERE / reference).is_file() for reference in references - inside)


@pytest.mark.parametrize("topic", sorted(ALLOWED))
def test_a_channel_says_the_topic_its_partitions_and_all_that_it_may_carry(topic: str) -> None:
    channel = DOCUMENT["channels"][topic]
    assert channel["address"] == topic
    assert set(channel["messages"]) == set(ALLOWED[topic])
    assert channel["bindings"]["kafka"] == {"topic": topic, "partitions": PARTITIONS[topic], "bindingVersion": "0.5.0"}
    assert (channel["x-dead-letters"], channel["x-personal"]) == (dlq(topic), topic in PERSONAL)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_receives_what_it_follows(service: str) -> None:
    assert [topic for action, topic in acts(service) if action == "receive"] == list(FOLLOWS[service])


def test_assistance_reads_those_events_of_enrollment_that_change_something_in_it() -> None:
    operation = DOCUMENT["operations"][f"assistance.receive.{EVENTS['enrollment']}"]
    assert {at(message["$ref"])["$ref"].rpartition(".event.")[2] for message in operation["messages"]} == {
        "case-ended.v1",
        "household-enrolled.v1",
        "household-ended.v1",
        "household-exited.v1",
        "household-moved.v1",
        "household-registered.v1",
        "members-joined.v1",
        "referral-answered.v1",
        "members-left.v1",
        "persons-merged.v1",
        "persons-unmerged.v1",
        "risk-added.v1",
        "risk-resolved.v1",
    }


@pytest.mark.parametrize(
    ("service", "more"),
    [("enrollment", [CLOCK, COMMANDS["enrollment"]]), ("assistance", []), ("notifications", [COMMANDS["notifications"]])],
)
def test_a_service_sends_its_own_events_and_little_else(service: str, more: list[str]) -> None:
    assert [topic for action, topic in acts(service) if action == "send"] == [EVENTS[service], *more]


def acts(service: str) -> list[tuple[str, str]]:
    own = [operation for operation in DOCUMENT["operations"].values() if operation["tags"] == [{"name": service}]]
    return [(operation["action"], at(operation["channel"]["$ref"])["address"]) for operation in own]


@pytest.mark.parametrize("name", sorted(TYPES))
def test_a_message_refers_to_its_schema_and_carries_cloudevents_headers(name: str) -> None:
    message = DOCUMENT["components"]["messages"][name]
    assert message["name"] == name
    assert message["payload"]["schema"] == {"$ref": f"json/{name}.json"}
    (trait,) = (at(trait["$ref"]) for trait in message["traits"])
    assert {"ce_id", "ce_source", "ce_type", "ce_time", "ce_specversion"} == set(trait["headers"]["required"])
