"""What an event says, for a person to read: amounts in yuan, dates, and the sentence of a reason code in two languages."""

from typing import Any

import pytest

from audit.wording import sentence, told

FACT: dict[str, Any] = {
    "name": "medical-expense-reported",
    "series": "inpatient:2021",
    "amount_fen": 2350005,
    "valid_on": "2021-01-04",
    "id": "x",
}


@pytest.mark.parametrize(
    ("state", "chinese", "english"),
    [
        (
            {"fact": FACT},
            "medical-expense-reported，inpatient:2021，23,500.05元，自2021-01-04起",
            "medical-expense-reported, inpatient:2021, 23,500.05 yuan, from 2021-01-04",
        ),
        ({"kind": "verify", "due": "2021-01-07"}, "2021-01-07前", "due 2021-01-07"),
        ({"left": 3}, "余3天", "3 days left"),
        ({"tally": {"attendees": 12, "in_favour": 11, "against": 0}}, "到会12人，赞成11，反对0", "12 attended, 11 for, 0 against"),
        (
            {"line": {"fen_per_person": 600000, "valid_from": "2021-01-01"}},
            "标准线6,000.00元，自2021-01-01起",
            "line 6,000.00 yuan, from 2021-01-01",
        ),
        (
            {"higher": {"benefit": "destitute-support", "layer": "destitute"}, "lower": "margin-support", "end_on": "2021-02-01"},
            "高层级待遇destitute-support，低层级待遇margin-support，低层级待遇应自2021-02-01起停止",
            "higher: destitute-support, lower: margin-support, the lower one should end on 2021-02-01",
        ),
        ({"undone": ["review", "notice"]}, "重做review, notice", "to be done again: review, notice"),
        ({"case": "694a006a", "sha256": "ab", "due": None, "risks": []}, "", ""),
    ],
)
def test_an_event_is_told_by_its_values_and_not_by_its_ids(state: dict[str, Any], chinese: str, english: str) -> None:
    words = list(told(state, ""))
    assert (chinese, english) == ("，".join(zh for zh, _ in words), ", ".join(en for _, en in words))


def test_what_was_told_already_is_not_told_twice() -> None:
    assert [("自2021-01-04起", "from 2021-01-04")] == list(told({"type": "marginal", "valid_on": "2021-01-04"}, "marginal"))


def test_a_refusal_is_told_in_the_words_that_its_sender_got() -> None:
    asks = [{"what": "income", "of": ["visit", "civil-affairs"]}]
    assert "公示期未满。 The notice has not hung long enough." == sentence("enrollment", {"reason_code": "notice.too-early"})
    assert (
        "条件尚不明确，缺：近十二个月家庭收入（入户核查、民政）。 Unknown for want of the income of twelve months (a visit, civil affairs)."
        == sentence("enrollment", {"reason_code": "evaluation.unknown", "asks": asks})
    )
    assert "没有这项帮扶措施。 There is no such open measure." == sentence("assistance", {"reason_code": "measure.not-open"})


def test_a_code_of_a_newer_release_or_of_no_refusal_has_no_sentence() -> None:
    assert ["", "", ""] == [
        sentence("enrollment", {"reason_code": "later.release"}),
        sentence("assistance", {"reason_code": "later.release"}),
        sentence("notifications", {}),
    ]
