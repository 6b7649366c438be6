"""A pack is data: a wrong value is named by its file and key before any household is decided by it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.enrollment import packs
from services.policy_pack import WrongPack

EXAMPLE = (Path(packs.__file__).parent / "example-pilot.toml").read_text(encoding="utf-8")
NAMES = ["example-national-2021", "example-pilot"]
NO_INTEGER = "Input should be a valid integer"


@pytest.fixture
def changed(tmp_path: Path) -> Callable[..., Any]:
    """Loads the example pack with one text replaced by another."""

    def load(old: str, new: str) -> Any:  # noqa: ANN401 - a policy, if it loads
        assert old in EXAMPLE
        (tmp_path / "changed.toml").write_text(EXAMPLE.replace(old, new, 1), encoding="utf-8")
        return packs.load(str(tmp_path / "changed"))

    return load


@pytest.mark.parametrize("name", NAMES)
def test_a_pack_loaded_twice_has_the_same_digest(name: str) -> None:
    assert packs.load(name).digest == packs.load(name).digest


def test_every_pack_of_the_release_is_there_by_the_name_of_its_file() -> None:
    assert {name: name for name in NAMES} == {name: pack.name for name, pack in packs.load_all("example-pilot").packs.items()}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("yuan_per_person = 6000", "yuan_per_person   =   6_000 # six thousand"),
        ('name = "example-pilot"', "name = 'example-pilot'\n\n# a remark"),
        ('days = 3\nunit = "calendar-days"\n', 'unit = "calendar-days"\ndays = 3\n'),
    ],
)
def test_the_layout_of_a_pack_makes_no_difference_to_its_digest(changed: Callable[..., Any], old: str, new: str) -> None:
    assert packs.load("example-pilot").digest == changed(old, new).digest


@pytest.mark.parametrize(("old", "new"), [("verified = false", "verified = true"), ("6000", "6001"), ("our own example", "a rule")])
def test_any_other_value_makes_another_digest(changed: Callable[..., Any], old: str, new: str) -> None:
    assert packs.load("example-pilot").digest != changed(old, new).digest


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
        ("yuan_per_person = 5000", 'yuan_per_person = "5000"', f"lines.0.yuan_per_person: {NO_INTEGER}"),
        ("yuan_per_person = 5000", "yuan_per_person = 5000.5", f"lines.0.yuan_per_person: {NO_INTEGER}"),
        ("yuan_per_person = 5000", "yuan_per_person = -1", "lines.0.yuan_per_person: Input should be greater than or equal to 0"),
        ("yuan_per_person = 5000", "", "lines.0.yuan_per_person: Field required"),
        ("valid_from = 2021-01-01", 'valid_from = "soon"', "lines.1.valid_from: Input should be a valid date"),
        ('test = "above"', 'test = "over"', "signals.school-fee.test: Input should be 'presence', 'at-least' or 'above'"),
        ("never_registered = 20000", "never_registered = true", f"signals.inpatient.threshold_yuan.never_registered: {NO_INTEGER}"),
        (", never_registered = 20000", "", "signals.inpatient: lacks threshold_yuan for never_registered"),
        ('risk = "illness"\n', "", "signals.inpatient.risk: Field required"),
        ("again_at_percent = 200", "again_at_percent = 100", "signals.inpatient.again_at_percent: Input should be greater than 100"),
        (
            'ranks = ["4", "3"',
            'ranks = ["5", "3"',
            "signals.disability: ranks name a kind twice, or one that is not among its kinds: 5",
        ),
        ('ranks = ["C", "D"]', 'ranks = ["D", "D"]', "signals.house: ranks name a kind twice, or one that is not among its kinds: D, D"),
        ("[deadlines.verify]", "[deadlines.look]", "deadlines: lacks verify"),
        ("days = 3", 'days = "soon"', f"deadlines.verify.days: {NO_INTEGER}"),
        ("days = 3", "days = -1", "deadlines.verify.days: Input should be greater than or equal to 0"),
        ('"calendar-days"', '"weeks"', "deadlines.verify.unit: Input should be 'calendar-days' or 'working-days'"),
        ("days = 3", "days = 3\nhours = 2", "deadlines.verify.hours: Extra inputs are not permitted"),
        ('name = "example-pilot"', 'name = "example-pilot"\nspeed = 2', "speed: Extra inputs are not permitted"),
        ("blocked_without_labour = true", "", "exit.blocked_without_labour: Field required"),
        ("verified = false", "", "household_types.0.verified: Field required"),
        ("verified = false", 'verified = "no"', "household_types.0.verified: Input should be a valid boolean"),
        ('source = "our own example"', 'source = ""', "deadlines.exit-decision.source: String should have at least 1 character"),
        ('kind = "guarantee-unmet"', 'kind = "mood"', "criteria.guarantees.unmet: Input tag 'mood' found using 'kind' does not match"),
        ('"risk.present", {', '"risk.absent", {', ": criteria lacks what immediate-assistance asks for risk.absent"),
        ("[exit]", "[[exit]]", "exit: Input should be a valid"),
        ('    { step = "authorisation" },\n', "", "procedure: entry lets verification wait for authorisation, which is not before it"),
        ('    { step = "county", after = ["township"] },\n', "", "procedure: entry does not end with county"),
        ("exit = [{ step", 'exit = [{ step = "county" }, { step', "procedure: exit names county twice"),
        (
            "exit = [{ step",
            'exit = [{ step = "notice" }, { step',
            "procedure: exit has a notice that does not wait for a review",
        ),
        ('["proposal", "county"]', '["proposal", "nobody"]', "procedure.four_eyes.3.1: Input should be"),
        ("[deadlines.compare]", "[deadlines.tea]", "deadlines: knows no tea; there are: "),
        ("stale_after_months = 12", "stale_after_months = 0", "income.stale_after_months: Input should be greater than or equal to 1"),
        ("stale_after_months = 12", "stale_after_months = 1.5", f"income.stale_after_months: {NO_INTEGER}"),
        ("window_days_least = 365", "window_days_least = 367", "income: has a window_days_least above its window_days_most"),
        ("window_days_most = 366", "", "income.window_days_most: Field required"),
        ('name = "margin"', 'name = "destitute"', "layers: names destitute twice"),
        (
            'benefits = ["margin-support"]',
            'benefits = ["margin-support", "destitute-support"]',
            "layers: has destitute-support in destitute and in margin",
        ),
        ('benefits = ["margin-support"]', "benefits = []", "layers.2.benefits: Tuple should have at least 1 item"),
        ('benefits = ["margin-support"]', "", "layers.2.benefits: Field required"),
        ('name = "margin"', 'name = "The margin"', "layers.2.name: String should match pattern"),
        ("[exit]", "[exit", "is no TOML"),
    ],
)
def test_a_wrong_value_is_named_by_file_and_key(changed: Callable[..., Any], old: str, new: str, problem: str) -> None:
    with pytest.raises(WrongPack) as wrong:
        changed(old, new)
    assert str(wrong.value).startswith(f"changed.toml: {problem}")


IN_NO_LAYER = """
[criteria."layers.none-above"]
kind = "in-no-layer"
layers = ["{layer}"]
asks = ["civil-affairs"]
source = "a test"
verified = false

[exit]"""


def test_a_criterion_about_a_layer_that_the_pack_does_not_have_is_told(changed: Callable[..., Any]) -> None:
    with pytest.raises(WrongPack, match=r"changed.toml: : layers lacks what layers.none-above asks for nobility"):
        changed("[exit]", IN_NO_LAYER.format(layer="nobility"))


EXIT_TO_REVIEW = EXAMPLE[EXAMPLE.index("[exit]") : EXAMPLE.index('    { step = "notice"')]
UNCOMPARED = EXIT_TO_REVIEW[: EXIT_TO_REVIEW.index('    { step = "comparison"')] + '    { step = "review", after = ["verification"] },\n'


def test_a_pack_that_asks_for_no_layer_may_go_without_a_comparison(changed: Callable[..., Any]) -> None:
    assert "comparison" not in [rule.step for rule in changed(EXIT_TO_REVIEW, UNCOMPARED).procedure.entry]


def test_a_criterion_about_layers_needs_a_comparison(changed: Callable[..., Any]) -> None:
    with pytest.raises(WrongPack, match=r"changed.toml: : procedure: entry has no comparison, which layers.none-above needs"):
        changed(EXIT_TO_REVIEW, UNCOMPARED.replace("[exit]", IN_NO_LAYER.format(layer="destitute")))


def test_a_pack_without_its_layers_is_no_pack(changed: Callable[..., Any]) -> None:
    layers = EXAMPLE[EXAMPLE.index("[[layers]]") : EXAMPLE.index("[exit]")]
    with pytest.raises(WrongPack, match=r"changed.toml: layers: Field required"):
        changed(layers, "")


def test_a_pack_without_a_line_for_every_village_is_no_pack(changed: Callable[..., Any]) -> None:
    lines = EXAMPLE[EXAMPLE.index("[[lines]]") : EXAMPLE.index("[exit]")]
    with pytest.raises(WrongPack, match=r"changed.toml: lines: lacks one without an area, for every village$"):
        changed(lines, lines.replace("[[lines]]", '[[lines]]\narea = "370323"'))


def test_all_that_is_wrong_is_told_at_once(changed: Callable[..., Any]) -> None:
    with pytest.raises(WrongPack) as wrong:
        changed("days = 3", "days = 1.5\nhours = 2")
    fraction = "deadlines.verify.days: Input should be a valid integer"
    assert f"changed.toml: {fraction}; deadlines.verify.hours: Extra inputs are not permitted" == str(wrong.value)
