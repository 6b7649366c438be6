"""What the schemas allow, and what lies right beside it, is taken or refused; nothing else can come of it."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.envelope import Envelope
from schemas.generate import HERE
from tests.fuzz.allowed import allowed
from tests.fuzz.judge import NAMES, attributes, binary, golden, judged, structured

VALID: Final = {name: allowed(json.loads((HERE / "json" / f"{name}.json").read_text(encoding="utf-8"))) for name in NAMES}
EXAMPLES: Final = 5 * settings().max_examples
SLOW: Final = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
odd = st.sampled_from(["", "2021-01-05", "370399196001010016", "\0", "\ud800", "1.0", "2021-01-05T04:00:00"])
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | odd
anything = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=6)


@settings(max_examples=EXAMPLES, suppress_health_check=SLOW)
@given(name=st.sampled_from(NAMES), data=st.data())
def test_what_a_schema_allows_is_taken_or_refused_with_a_reason(name: str, data: st.DataObject) -> None:
    said = data.draw(VALID[name])
    judged(binary(name, json.dumps(said).encode()))
    judged(structured(name, {**attributes(name), "data": said}))


@pytest.mark.parametrize("name", NAMES)
def test_a_valid_message_is_taken(name: str) -> None:
    assert isinstance(judged(binary(name, json.dumps(golden(name)).encode())), Envelope)
    assert isinstance(judged(structured(name, {**attributes(name), "data": golden(name)})), Envelope)


@st.composite
def spoiled(draw: st.DrawFn, value: Any) -> Any:  # noqa: ANN401 - JSON
    """A message with something else in a place of it."""
    if isinstance(value, dict) and value and draw(st.integers(0, 3)):
        key = draw(st.sampled_from(sorted(value)))
        rest = {name: part for name, part in value.items() if name != key}
        return rest if draw(st.integers(0, 3)) == 0 else {**rest, key: draw(spoiled(value[key]))}
    if isinstance(value, list) and value and draw(st.booleans()):
        return [*value, draw(spoiled(value[0]))]
    return draw(anything)


@settings(max_examples=EXAMPLES, suppress_health_check=SLOW)
@given(name=st.sampled_from(NAMES), data=st.data())
def test_a_valid_message_with_something_else_in_it_is_taken_or_refused(name: str, data: st.DataObject) -> None:
    event = data.draw(spoiled({**attributes(name), "data": golden(name)}))
    judged(structured(name, json.dumps(event).encode()))
    judged(binary(name, json.dumps(event.get("data") if isinstance(event, dict) else event).encode()))


@settings(max_examples=EXAMPLES, suppress_health_check=SLOW)
@given(name=st.sampled_from(NAMES), data=st.data())
def test_a_valid_message_with_broken_bytes_is_taken_or_refused(name: str, data: st.DataObject) -> None:
    mode = data.draw(st.booleans())
    value = bytearray(json.dumps({**attributes(name), "data": golden(name)} if mode else golden(name)).encode())
    for place in data.draw(st.lists(st.integers(0, len(value) - 1), min_size=1, max_size=4)):
        value[place : place + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=3))
    judged(structured(name, bytes(value)) if mode else binary(name, bytes(value)))
