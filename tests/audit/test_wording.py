"""What an event says, for a person to read: amounts in yuan, dates, and the sentence of a reason code in two languages."""

import json
import re
from pathlib import Path
from typing import Any, Final

import pytest

from audit import chinese
from audit.wording import criteria, sentence, told
from commands.audit.changes import way
from local.language import speak
from local.services import ROOT

GOLDEN: Final = sorted((ROOT / "tests" / "golden").glob("*/*.json"))
FACT: dict[str, Any] = {
    "name": "medical-expense-reported",
    "series": "inpatient:2021",
    "amount_fen": 2350005,
    "valid_on": "2021-01-04",
    "id": "x",
}

INCOME: Final = {
    "window_from": "2020-01-01",
    "window_to": "2020-12-31",
    "wage_fen": 300_000,
    "business_fen": 0,
    "business_cost_fen": 0,
    "property_fen": 0,
    "transfer_fen": 0,
    "payouts_fen": 40_000,
    "within_policy_out_of_pocket_fen": 50_000,
}


@pytest.mark.parametrize(
    ("state", "zh", "en"),
    [
        (
            {"fact": FACT},
            "医疗支出，住院:2021，23,500.05元，自2021-01-04起",
            "medical-expense-reported, inpatient:2021, 23,500.05 yuan, from 2021-01-04",
        ),
        (
            {"fact": {"name": "water-tested", "series": "water", "signal": "water", "present": True, "valid_on": "2021-01-25"}},
            "饮水检测，饮水，不安全，自2021-01-25起",
            "water-tested, water, unsafe, from 2021-01-25",
        ),
        (
            {"fact": {"name": "house-graded", "series": "house", "kind": "A", "signal": "house", "present": False}},
            "住房鉴定，住房，A，安全",
            "house-graded, house, A, safe",
        ),
        (
            {"fact": {"name": "income-declared", "series": "income", "income": INCOME, "valid_on": "2021-02-06"}},
            "收入申报，收入，纯收入3,000.00元，参考收入2,900.00元，收入期间2020-01-01/2020-12-31，自2021-02-06起",
            (
                "income-declared, income, net income 3,000.00 yuan, reference income 2,900.00 yuan, "
                "earned 2020-01-01/2020-12-31, from 2021-02-06"
            ),
        ),
        ({"kind": "verify", "due": "2021-01-07"}, "核查，截至2021-01-07（含当日）", "verify, due 2021-01-07"),
        ({"left": 3}, "余3天", "3 days left"),
        ({"level": 1}, "1级", "level 1"),
        ({"level": "county"}, "县级", "level county"),
        ({"until": "2021-02-01"}, "至2021-02-01", "until 2021-02-01"),
        ({"until": "2021-01-05T04:01:00.000005Z"}, "至2021-01-05 12:01:00+08:00", "until 2021-01-05 12:01:00+08:00"),
        ({"fits": ["register-household"]}, "现可办理：登记户", "what fits now: register-household"),
        (
            {"kind": "verify", "due": "2021-01-08", "on": "2021-01-06", "reason": "withdrawn"},
            "核查，2021-01-06，截至2021-01-08（含当日）",
            "verify, on 2021-01-06, due 2021-01-08",
        ),
        ({"tally": {"attendees": 12, "in_favour": 11, "against": 0}}, "到会12人，赞成11，反对0", "12 attended, 11 for, 0 against"),
        (
            {"line": {"fen_per_person": 600000, "valid_from": "2021-01-01"}},
            "标准线6,000.00元，自2021-01-01起",
            "line 6,000.00 yuan, from 2021-01-01",
        ),
        (
            {"higher": {"benefit": "destitute-support", "layer": "destitute"}, "lower": "margin-support", "end_on": "2021-02-01"},
            "高层级待遇特困供养，低层级待遇低保边缘，低层级待遇应自2021-02-01起停止",
            "higher: destitute-support, lower: margin-support, the lower one should end on 2021-02-01",
        ),
        ({"evaluation": {"outcome": "true", "line_fen": 600000}}, "评估结果：符合，标准线6,000.00元", "evaluated true, line 6,000.00 yuan"),
        ({"evaluation": {"outcome": "unknown"}}, "评估结果：待核实", "evaluated unknown"),
        (
            {"department": "housing", "outcome": "declined", "on": "2021-01-07"},
            "谢绝，2021-01-07，住建",
            "declined, on 2021-01-07, housing",
        ),
        (
            {"referral": "32ea376a", "measure": "694a006a", "department": "housing", "kind": "housing", "answers": [], "due": "2021-01-23"},
            "住房，转介32ea376a，措施694a006a，住建，截至2021-01-23（含当日）",
            "housing, referral 32ea376a, measure 694a006a, housing, due 2021-01-23",
        ),
        ({"risk": "illness", "on": "2021-02-01", "open": True}, "2021-02-01，风险再现", "on 2021-02-01, there again"),
        ({"undone": ["review", "notice"]}, "重做民主评议、公示", "to be done again: review, notice"),
        ({"case": "694a006a", "sha256": "ab", "due": None, "risks": []}, "", ""),
    ],
)
def test_an_event_is_told_by_its_values_and_by_the_ids_that_a_command_names(state: dict[str, Any], zh: str, en: str) -> None:
    words = list(told(state, ""))
    assert (zh, en) == ("，".join(one for one, _ in words), ", ".join(one for _, one in words))


def test_who_somebody_is_to_the_head_is_told_in_one_language_whichever_it_was_written_in() -> None:
    members = {"members": [{"relation": "head", "person": "a"}, {"relation": "户主", "person": "b"}, {"relation": "堂兄", "person": "c"}]}
    assert [("成员户主 a、户主 b、堂兄 c", "members head a, head b, 堂兄 c")] == list(told(members, ""))


def test_what_was_told_already_is_not_told_twice() -> None:
    assert [("自2021-01-04起", "from 2021-01-04")] == list(told({"type": "marginal", "valid_on": "2021-01-04"}, "marginal"))


def test_a_refusal_is_told_in_the_words_that_its_sender_got() -> None:
    asks = [{"what": "income", "of": ["visit", "civil-affairs"]}]
    early = "公示期未满。 The notice has not hung long enough. 请在公示期满后结束公示。 Close it when its period is over."
    again = "再发须用新的消息编号（id）。 Send it again under a new message id."
    assert f"{early} {again}" == sentence("enrollment.command-refused", {"reason_code": "notice.too-early"})
    assert (
        "条件尚不明确，缺：近十二个月家庭收入（入户核查、民政）。 Unknown for want of the income of twelve months (a visit, civil affairs)."
        " 请补充入户核查结果。 Complete the visit. "
        f"{again}" == sentence("enrollment.command-refused", {"reason_code": "evaluation.unknown", "asks": asks})
    )
    role = (
        "您的岗位不得办理此步骤。 Your role may not do this step. 符合的是：officer。 Those that fit: officer."
        " 请由政策包规定的岗位办理。 Let somebody do it whose role the policy pack names."
    )
    assert f"{role} {again}" == sentence("enrollment.command-refused", {"reason_code": "actor.wrong-role", "supported": ["officer"]})
    unknown = "没有这条通知。 There is no such notification. 请核对通知编号。 Check the id of the notification."
    assert f"{unknown} {again}" == sentence("notifications.command-refused", {"reason_code": "notification.unknown"})
    declined = (
        "该措施未提出或已结束。 There is no such open measure."
        f" 请核对措施编号和该户的方案。 Check the id of the measure and the household's plan. {again}"
    )
    assert declined == sentence("assistance.command-refused", {"reason_code": "measure.not-open"})


def test_a_decision_that_refuses_a_household_asks_for_no_new_message() -> None:
    no = "县级审定未通过。 The county did not approve. 情况变化时可再次申请。 Apply again when circumstances change."
    assert no == sentence("enrollment.enrollment-rejected", {"reason_code": "county.rejected"})


def test_a_code_of_a_newer_release_or_of_no_refusal_has_no_sentence() -> None:
    assert ["", "", "", ""] == [
        sentence("enrollment.command-refused", {"reason_code": "later.release"}),
        sentence("assistance.command-refused", {"reason_code": "later.release"}),
        sentence("notifications.notification-sent", {}),
        sentence("notifications.command-refused", {"reason_code": "later.release"}),
    ]


@pytest.mark.parametrize("file", GOLDEN, ids=lambda file: file.stem)
def test_every_event_that_any_log_holds_can_be_told(file: Path) -> None:
    state = json.loads(file.read_text())
    words = [*told(state, ""), *criteria(state, {}), (sentence(file.stem, state),) * 2]
    assert all("{" not in zh + en for zh, en in words)


OTHERS: Final = {"example-national-", "example-pilot", "laundry", "income-below-line", "risk"}


@pytest.mark.parametrize("file", GOLDEN, ids=lambda file: file.stem)
def test_in_chinese_every_code_of_ours_has_a_chinese_word(file: Path) -> None:
    """Packs and their tasks have names of their own, and so did the criteria of an early release."""
    state = json.loads(file.read_text())
    said = " ".join(zh for zh, _ in [*told(state, ""), *criteria(state, {})])
    left = set(re.findall(r"[A-Za-z][a-z_-]{2,}", said)) - OTHERS
    assert left == set()


@pytest.mark.parametrize("file", GOLDEN, ids=lambda file: file.stem)
def test_every_event_has_a_chinese_name(file: Path) -> None:
    topic = ".".join(file.stem.split(".")[:2])
    service, _, name = topic.partition(".")
    if service != "pipeline":
        assert re.fullmatch(rf"[\u4e00-\u9fff]+ {name}", chinese.event(topic))


def test_one_act_has_one_chinese_word_wherever_it_is_told() -> None:
    """The channel has taken what was sent, and nobody knows yet whether it arrived."""
    names = [chinese.event(one) for one in ("enrollment.household-exited", "enrollment.exit-proposed", "notifications.notification-sent")]
    assert ["退出 household-exited", "拟退出 exit-proposed", "通知发出 notification-sent"] == names
    speak("zh")
    assert ["纳入", "退出"] == [way("entered"), way("left")]
    speak("en")


@pytest.mark.parametrize("said", ["时限", "轮次", "控制线"])
def test_what_the_glossary_calls_by_another_word_is_called_so_nowhere(said: str) -> None:
    """A deadline is 期限, an episode 次, and there is one standard line, 标准线."""
    files = [file for folder in ("audit", "commands") for kind in ("*.py", "*.toml") for file in (ROOT / folder).rglob(kind)]
    assert [] == [file.name for file in files if said in file.read_text(encoding="utf-8")]


def test_a_code_means_what_its_field_says_and_one_that_nobody_knows_is_told_as_it_is() -> None:
    assert ("住房", "因住房", "住建") == tuple(chinese.word("housing", field) for field in ("", "risk", "department"))
    assert ("灾害:洪涝:2021-01-05", "ours") == (chinese.word("disaster:flood:2021-01-05"), chinese.word("ours"))
    assert "later" == chinese.event("enrollment.later")


FACTS = ["visit", "declared", "of another household"]


def test_an_evaluation_is_told_line_by_line() -> None:
    judged = {
        "criteria": [
            {"id": "income.net-below-line", "result": "true", "value": 600000, "threshold": 1200000, "asks": None, "facts": FACTS},
            {"id": "income.reference-below-line", "result": "false", "value": 1200000, "threshold": 600000, "asks": None},
            {"id": "guarantees.unmet", "result": "unknown", "value": None, "threshold": 1, "asks": {"what": "guarantees", "of": ["visit"]}},
        ]
    }
    assert list(criteria({"evaluation": judged}, {"visit": 12, "declared": 4})) == [
        (
            "纯收入低于标准线：是 (6,000.00 / 12,000.00)，据enrollment 4, 12",
            "income.net-below-line true (6,000.00 / 12,000.00), from enrollment 4, 12",
        ),
        (
            "参考收入低于标准线：否 (12,000.00 / 6,000.00)",
            "income.reference-below-line false (12,000.00 / 6,000.00)",
        ),
        ("保障未达标：不明，缺保障核查情况（入户核查）", "guarantees.unmet unknown, lacks guarantees (visit)"),
    ]


def test_what_was_so_before_this_log_is_told_to_be_so() -> None:
    enrolled = {"episode": 1, "taken_over": {"since": "2019-05-01", "help": []}}
    assert [("期初登记", "opening balance")] == list(told({"opening": True}, ""))
    assert [("自2019-05-01起", "since 2019-05-01"), ("第1次", "episode 1")] == list(told(enrolled, ""))
