"""Messages once published stay in Kafka and in departments' archives: what parsed then must parse for ever, to the same values."""

import json
from pathlib import Path

import pytest

from schemas.generate import TYPES

GOLDEN = Path(__file__).parent / "golden"
FILES = sorted(GOLDEN.glob("*.json"))


def test_every_type_has_its_old_message() -> None:
    assert {file.stem for file in FILES} == set(TYPES)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_old_message_parses_and_nothing_of_it_is_lost(file: Path) -> None:
    message = TYPES[file.stem].model_validate_json(file.read_bytes())
    assert json.loads(message.model_dump_json(exclude_none=True)) == json.loads(file.read_bytes())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_newer_sender_may_add_fields(file: Path) -> None:
    old = json.loads(file.read_bytes())
    newer = json.dumps({**old, "added_later": {"any": ["thing"]}})
    assert TYPES[file.stem].model_validate_json(newer) == TYPES[file.stem].model_validate_json(file.read_bytes())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_printed_message_shows_nothing_personal(file: Path) -> None:
    printed = repr(TYPES[file.stem].model_validate_json(file.read_bytes()))
    secrets = ("370399", "古丽", "㵘", "王五", "小张", "李一", "纺织厂", "cadre@example.org", "T370000001", "老人", "慢性病")
    assert [secret for secret in secrets if secret in printed] == []
