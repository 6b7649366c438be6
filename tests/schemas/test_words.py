"""A word that goes into events is a word: whoever puts somebody's number into it is told so, and not what he wrote."""

from __future__ import annotations

from typing import Any, Final

import pytest
from pydantic import ValidationError

from schemas.enrollment import RegisterHousehold
from schemas.facts import BenefitChanged
from schemas.problems import Lang, problems

ZHANG: Final = "370399196804122021"
BENEFIT: Final = {
    "valid_on": "2021-01-05",
    "household_id": "658d38e1-a2e1-5a9c-b208-643f63d96c74",
    "benefit": "subsistence-allowance",
    "granted": True,
    "monthly_fen": 30_000,
}


def registered(relation: str) -> dict[str, Any]:
    member = {"id_number": "37039919680412202X", "name": "王秀兰", "relation": relation}
    home = {"household_id": "658d38e1-a2e1-5a9c-b208-643f63d96c74", "village_code": "370323001001", "category": "never_registered"}
    return {**home, "members": [member]}


def wrong(kind: Any, data: dict[str, Any], lang: Lang = "en") -> list[tuple[str, str, str]]:  # noqa: ANN401 - a message
    with pytest.raises(ValidationError) as refused:
        kind.model_validate(data)
    return [(one.field, one.problem, one.remedy) for one in problems(refused.value, lang)]


@pytest.mark.parametrize(
    "number", [ZHANG, "13800138000", "138 0013 8000", "１３８００１３８０００", "370399 19680412 202X", "6222021234567890123"]
)
def test_a_number_of_somebody_is_no_word(number: str) -> None:
    refused = wrong(BenefitChanged, {**BENEFIT, "benefit": f"张三-{number}"})
    problem = "holds a number that may be an identity number, a telephone or an account"
    assert [("benefit", problem, "write the word or code alone; whom it is about is said elsewhere")] == refused


def test_whoever_reads_chinese_is_told_in_chinese() -> None:
    refused = wrong(BenefitChanged, {**BENEFIT, "benefit": ZHANG}, "zh")
    assert [("benefit", "含有疑似身份证号、电话或账号的号码", "只写词语或代码；涉及何人另有字段填写")] == refused


@pytest.mark.parametrize("word", ["低保", "I21.9", "DRG-2021-0705-001", "2021-01-05 12:00:00", "flood-20210705-001"])
def test_a_code_of_another_list_is_a_word(word: str) -> None:
    assert word == BenefitChanged.model_validate({**BENEFIT, "benefit": word}).benefit


@pytest.mark.parametrize("relation", ["head", "户主", "长子", "外孙女（随母）", "brother-in-law", "02", "311"])
def test_a_relation_is_a_word_or_a_short_code(relation: str) -> None:
    assert relation == RegisterHousehold.model_validate(registered(relation)).members[0].relation


@pytest.mark.parametrize("relation", [f"李四 {ZHANG} 13800138000"[:20], "李四1380013", "李四１３", "1380", "son\n"])
def test_a_relation_holds_nothing_else(relation: str) -> None:
    remedy = "write a word without digits, for instance spouse, or a code of 1 to 3 digits"
    assert ("members.0.relation", "is not a relation to the head", remedy) in wrong(RegisterHousehold, registered(relation))


def test_a_relation_is_no_story() -> None:
    assert ("members.0.relation", "is too long", "use at most 20 characters") in wrong(RegisterHousehold, registered("子" * 21))
