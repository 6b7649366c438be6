"""A pack is data: a wrong value is named by its file and key before any household is decided by it."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from services.enrollment import packs
from services.policy_pack import WrongPack

EXAMPLE = (Path(packs.__file__).parent / "example-pilot.toml").read_text(encoding="utf-8")


@pytest.fixture
def changed(tmp_path: Path) -> Callable[..., Any]:
    """Loads the example pack with one text replaced by another."""

    def load(old: str, new: str) -> Any:  # noqa: ANN401 - a policy, if it loads
        assert old in EXAMPLE
        (tmp_path / "changed.toml").write_text(EXAMPLE.replace(old, new, 1), encoding="utf-8")
        return packs.load(str(tmp_path / "changed"))

    return load


def test_a_pack_is_known_by_the_digest_of_its_file() -> None:
    assert sha256(EXAMPLE.encode()).hexdigest() == packs.load("example-pilot").digest


def test_yuan_become_fen() -> None:
    pilot = packs.load("example-pilot")
    assert {"lifted_receiving": 500_000, "lifted_not_receiving": 500_000, "never_registered": 2_000_000} == pilot.signals[
        "inpatient"
    ].threshold_fen
    assert [500_000, 600_000] == [line.fen_per_person for line in pilot.lines]


def test_another_number_of_the_law_is_another_policy(changed: Callable[..., Any]) -> None:
    assert changed("yuan_per_person = 6000", "yuan_per_person = 8800").lines[1].fen_per_person == 880_000


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("yuan_per_person = 5000", 'yuan_per_person = "5000"', "changed.toml: lines.0.yuan_per_person: Input should be a valid integer"),
        ("yuan_per_person = 5000", "yuan_per_person = 5000.5", "changed.toml: lines.0.yuan_per_person: Input should be a valid integer"),
        (
            "yuan_per_person = 5000",
            "yuan_per_person = -1",
            "changed.toml: lines.0.yuan_per_person: Input should be greater than or equal to 0",
        ),
        ("yuan_per_person = 5000", "", "changed.toml: lines.0.yuan_per_person: Field required"),
        ("valid_from = 2021-01-01", 'valid_from = "soon"', "changed.toml: lines.1.valid_from: Input should be a valid date"),
        ('test = "above"', 'test = "over"', "changed.toml: signals.school-fee.test: Input should be 'presence', 'at-least' or 'above'"),
        (
            "never_registered = 20000",
            "never_registered = true",
            "changed.toml: signals.inpatient.threshold_yuan.never_registered: Input should be a valid integer",
        ),
        (", never_registered = 20000", "", "changed.toml: signals.inpatient: lacks threshold_yuan for never_registered"),
        ('risk = "illness"\n', "", "changed.toml: signals.inpatient.risk: Field required"),
        ("verify = 3", "", "changed.toml: deadlines: lacks verify"),
        ("verify = 3", 'verify = "soon"', "changed.toml: deadlines.verify: Input should be a valid integer"),
        ("verify = 3", "verify = -1", "changed.toml: deadlines.verify: Input should be greater than or equal to 0"),
        ("exit_blocked_without_labour = true", "", "changed.toml: exit_blocked_without_labour: Field required"),
        ("[deadlines]", "[[deadlines]]", "changed.toml: deadlines: Input should be a valid"),
        ("[deadlines]", "[deadlines", "changed.toml: is no TOML"),
    ],
)
def test_a_wrong_value_is_named_by_file_and_key(changed: Callable[..., Any], old: str, new: str, problem: str) -> None:
    with pytest.raises(WrongPack) as wrong:
        changed(old, new)
    assert str(wrong.value).startswith(problem)


def test_a_pack_without_a_line_is_no_pack(changed: Callable[..., Any]) -> None:
    lines = EXAMPLE[EXAMPLE.index("[[lines]]") : EXAMPLE.index("[deadlines]")]
    with pytest.raises(WrongPack, match=r"changed.toml: lines: "):
        changed(lines, "lines = []\n")
