"""The rules of data quality with their words: what is wrong, and what somebody has to do about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from audit.quality import rules
from audit.quality.rules import Seen


class Text(NamedTuple):
    """The same in both languages."""

    zh: str
    en: str


class Rule(NamedTuple):
    """`finds` is true where something is wrong: `what` it is, and what somebody has `to_do`."""

    id: str
    what: Text
    to_do: Text
    finds: Callable[[Seen], bool]


class NotJudged(NamedTuple):
    """A rule that our logs cannot answer, and why."""

    id: str
    what: Text
    why: Text


RULES: Final = (
    Rule(
        "no-measure",
        Text("纳入已满规定期限，尚无帮扶措施", "enrolled for longer than it may be without a measure"),
        Text("请责任部门落实并开始一项措施（start-measure）", "let a department start a measure (start-measure)"),
        rules.no_measure,
    ),
    Rule(
        "risk-unanswered",
        Text("有风险没有对应的帮扶措施", "a risk has no measure that answers it"),
        Text("核对帮扶方案，补上对应措施", "look at the plan and add the measure that is missing"),
        rules.risk_unanswered,
    ),
    Rule(
        "destitute-unsupported",
        Text("有特困人员，方案中没有特困供养", "somebody is destitute, and nothing in the plan supports him"),
        Text("请民政部门补上供养措施", "let civil affairs add the support to the plan"),
        rules.destitute_unsupported,
    ),
    Rule(
        "labour-not-flagged",
        Text("无人能劳动且享受低保或特困，未标为整户无劳动力", "nobody is known to be able to work, yet it is not without labour"),
        Text("入户核实每位成员的劳动能力", "visit, and find out who of the household can work"),
        rules.labour_not_flagged,
    ),
    Rule(
        "work-without-labour",
        Text("整户无劳动力，风险却为就业不稳定", "the risk is unstable work, though nobody can work"),
        Text("核实成员的劳动能力，或请人社部门更正事实", "find out who can work, or let human resources correct its fact"),
        rules.work_without_labour,
    ),
    Rule(
        "transfer-income-zero",
        Text("享受低保或残疾补贴，转移性收入却为零", "gets an allowance or a disability subsidy, but its transfer income is 0"),
        Text("核对收入，重新申报或入户核查", "check the income, and declare it or visit again"),
        rules.transfer_income_zero,
    ),
    Rule(
        "other-without-remark",
        Text("风险为“其他”而无说明", "the risk is “other”, and nobody said which"),
        Text("入户核实并写明是何风险", "visit, and write down which risk it is"),
        rules.other_without_remark,
    ),
    Rule(
        "too-many-risks",
        Text("风险项数超过表格所能容纳", "has more risks than the form holds"),
        Text("核对风险，保留主要的", "look at the risks, and keep the main ones"),
        rules.too_many_risks,
    ),
    Rule(
        "water-not-watched",
        Text("饮水不安全，未纳入监测", "its water is unsafe, and nobody watches the household"),
        Text("安排入户核查，或请水利部门更正事实", "visit the household, or let the water department correct its fact"),
        rules.water_not_watched,
    ),
    Rule(
        "exit-too-soon",
        Text("纳入后未满规定期限即以帮扶消除", "left by help sooner after its enrolment than it should"),
        Text("复核该次退出；不当的，重新纳入", "review the exit; where it was wrong, take the household in again"),
        rules.exit_too_soon,
    ),
    Rule(
        "exit-without-measure",
        Text("以帮扶消除，却没有任何措施", "left by help, but no measure was ever delivered"),
        Text("补记措施，或改为自然消除", "record the measure, or correct how it left"),
        rules.exit_without_measure,
    ),
    Rule(
        "exit-below-line",
        Text("以帮扶消除时收入低于当年标准", "left by help, with an income below that year's line"),
        Text("复核收入；仍低于标准的，重新纳入", "check the income; where it is still below, take the household in again"),
        rules.exit_below_line,
    ),
    Rule(
        "exit-values-missing",
        Text("消除时缺少收入或核查结果", "left, and its income or its guarantees were not known"),
        Text("入户补记收入与“两不愁三保障”", "visit, and record income and guarantees"),
        rules.exit_values_missing,
    ),
    Rule(
        "exit-in-danger",
        Text("消除时仍有辍学或危房", "left while a child was out of school or the house unsafe"),
        Text("复核该次退出，安排入户核查", "review the exit, and visit the household"),
        rules.exit_in_danger,
    ),
)

NOT_JUDGED: Final = (
    NotJudged(
        "identity-number",
        Text("证件号码应为18位（残疾证20或22位）且校验正确", "numbers have 18 characters (disability cards 20 or 22) and their digit"),
        Text(
            "每条消息入门时即行校验，错号一律拒收；号码只在保险库中，核验人员无权读取",
            "the door checks every message and refuses wrong ones; numbers lie in the vault, which the auditor may not read",
        ),
    ),
    NotJudged(
        "exit-without-contact",
        Text("消除时无联系人和电话", "left without a contact and a telephone number"),
        Text("没有消息会告知联系人或电话", "no message tells a contact or a telephone number"),
    ),
    NotJudged(
        "post-too-old",
        Text("超龄人员在公益性岗位", "somebody is too old for the public-welfare post that he holds"),
        Text("没有消息会告知谁在公益性岗位；年龄只在保险库中", "no message tells who holds a post, and ages lie in the vault"),
    ),
)
