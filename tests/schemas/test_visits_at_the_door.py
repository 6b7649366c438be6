"""What a home visit and a pairing may say at the door, and the words for whoever said it wrongly."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

import pytest
from pydantic import ValidationError

from schemas.assistance import AssignCadre, RecordVisit
from schemas.problems import Lang, problems

SOMEBODY: Final = str(UUID(int=1))
VISIT: Final[dict[str, Any]] = {"visit_id": SOMEBODY, "cadre": SOMEBODY, "on": "2021-01-05", "checklist": {"food": True, "water": False}}
SEEN: Final = {"kind": "other", "text": "屋顶漏雨", "finding_id": SOMEBODY}


def wrong(kind: Any, data: dict[str, Any], lang: Lang = "en") -> list[tuple[str, str, str]]:  # noqa: ANN401 - a message
    with pytest.raises(ValidationError) as refused:
        kind.model_validate(data)
    return [(one.field, one.problem, one.remedy) for one in problems(refused.value, lang)]


def test_an_item_of_the_checklist_is_so_or_not() -> None:
    assert {"food": True, "water": False} == dict(RecordVisit.model_validate(VISIT).checklist)
    told = [("checklist.water", "is neither true nor false", "send true or false without quotes")]
    assert told == wrong(RecordVisit, {**VISIT, "checklist": {"water": "yes"}})


@pytest.mark.parametrize("item", ["王五家", "Food", "", "a" * 41])
def test_what_is_no_item_of_a_checklist_is_refused_without_being_repeated(item: str) -> None:
    told = [("checklist", "has an item that is none of a checklist", "name the items as the policy pack does")]
    assert told == wrong(RecordVisit, {**VISIT, "checklist": {item: "yes"}})


def test_a_checklist_is_an_object() -> None:
    assert ["checklist"] == [field for field, _, _ in wrong(RecordVisit, {**VISIT, "checklist": ["food"]})]


def test_a_visit_tells_each_finding_once() -> None:
    assert [("message", "同一问题重复上报", "每个问题使用各自的编号，或不填编号")] == wrong(
        RecordVisit, {**VISIT, "findings": [SEEN, SEEN]}, "zh"
    )
    unnamed = {"kind": "other", "text": "屋顶漏雨"}
    assert len(RecordVisit.model_validate({**VISIT, "findings": [SEEN, unnamed, unnamed]}).findings) == 3


def test_a_pairing_ends_on_its_first_day_or_later() -> None:
    pairing = {"cadre_id": SOMEBODY, "from_day": "2021-01-05"}
    assert AssignCadre.model_validate({**pairing, "until": "2021-01-05"}).until == AssignCadre.model_validate(pairing).from_day
    told = [("message", "ends before it begins", "set until to from_day or a later day, or leave it out")]
    assert told == wrong(AssignCadre, {**pairing, "until": "2021-01-04"})
