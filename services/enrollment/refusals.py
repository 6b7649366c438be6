"""Why a command or an application was refused, in words for the cadre who asked: Chinese first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from services.enrollment.domain.pack.explanations import Ask
from services.enrollment.person_refusals import PERSON_TEXTS
from services.enrollment.procedure_refusals import PROCEDURE_TEXTS

APPEAL: Final = "向乡镇（街道）或县巩固衔接办公室申诉。 Appeal to the township or the county office."
TEXTS: Final[dict[str, tuple[str, str]]] = {
    "household.unknown": (
        "该户尚未登记。 This household is not in the register.",
        "请先登记该户。 Register it first.",
    ),
    "household.registered-differently": (
        "该户已登记，内容不同。 The household is registered with other data.",
        "请用变更事实更正；劳动能力由入户核查更正。 Correct it by a change fact, who can work by a visit.",
    ),
    "person.in-another-household": (
        "成员已属于另一户。 A member belongs to another household.",
        "请核对身份证号或先办理分户。 Check the number or split first.",
    ),
    "person.named-twice": (
        "同一成员出现两次。 A member is named twice.",
        "请删除重复成员。 Remove the repetition.",
    ),
    "opening.unnamed": (
        "期初登记须由具名的人员办理。 An opening balance needs a named person who brings it in.",
        "请在 authid 填写导入人后重发。 Name in authid who brings it in.",
    ),
    "opening.in-the-future": (
        "纳入日期晚于导入日期。 The household would be enrolled after the day of the opening balance.",
        "请核对纳入日期。 Check since when it is enrolled.",
    ),
    "opening.too-many-risks": (
        "致贫风险多于政策包允许的项数。 The household has more risks than the policy pack lets it have.",
        "请保留主要的风险。 Keep the foremost ones.",
    ),
    "opening.overtaken": (
        "该户在本系统已有线索或个案，期初登记不再改动。 It has a clue or a case here, which an opening balance leaves as it is.",
        "请按程序办理。 Go on with the procedure.",
    ),
    "opening.taken-over-differently": (
        "该户已按另一份期初登记纳入。 The household was taken over with another type, risks, date or measures, which stand.",
        "请以核查、措施或县级决定更正。 Correct it by a visit, by its measures, or by a decision of the county.",
    ),
    "erasure.unnamed": (
        "删除个人信息须由具名的人员办理。 An erasure needs a named person.",
        "请在 authid 填写办理人后重发。 Name in authid who asks.",
    ),
    "erasure.unknown-person": (
        "保险库没有此人的信息，或已删除。 The vault holds nothing of this person, or no more.",
        "请核对人员编号。 Check the id of the person.",
    ),
    "erasure.in-register": (
        "此人仍是登记户的成员。 The person is a member of a registered household.",
        "成员离开登记册之后方可删除。 Ask again when he has left the register.",
    ),
    "erasure.too-early": (
        "法定保存期未满。 The time for which the law wants it kept is not over.",
        "期满后再申请。 Ask again when it is over.",
    ),
    "erasure.not-requested": (
        "尚无人申请删除此人的信息。 Nobody asked for this erasure.",
        "请先由一人申请，再由另一人确认。 Let one person request it and another confirm it.",
    ),
    "erasure.same-person": (
        "申请人不得自行确认。 Who requested the erasure may not confirm it.",
        "请由另一人确认。 Let another person confirm it.",
    ),
    "application.unnamed": (
        "申请和排查须由具名的人员上报。 An application or a screening needs a named person who reports it.",
        "请在 authid 填写上报人后重发。 Name in authid who reports.",
    ),
    "application.case-open": (
        "该户已有在办案卷。 The household has an open case.",
        "请在入户核查中一并核实。 Let the visit of the case look at it as well.",
    ),
    "application.enrolled": (
        "该户已纳入帮扶。 The household is enrolled already.",
        "请通过复核上报新的困难。 Report the new difficulty by a re-check visit.",
    ),
    "clue.dismissed": (
        "经核实，所报情况不需要帮扶。 What was reported was looked into and needs no help.",
        "情况变化时可再次申请。 Apply again when circumstances change.",
    ),
    "clue.not-confirmed": (
        "入户核查未证实所报情况。 The visit did not confirm what was reported.",
        "情况变化时可再次申请。 Apply again when circumstances change.",
    ),
    "clue.withdrawn": (
        "线索已按申请撤回，不再核查。 The clue was withdrawn and is looked into no further.",
        "如非本户意愿，可申诉；也可再次申请。 Appeal where the household did not want that, or apply again.",
    ),
    "decision.same-person": (
        "上报核查结果的人不得审定。 Who reported the visit may not decide.",
        "请由另一人审定。 Let another person decide.",
    ),
    "visit.unnamed": (
        "核查须由具名的人员上报。 A visit needs a named person who reports it.",
        "请在 authid 填写上报人后重发。 Name in authid who reports.",
    ),
    "decision.unnamed": (
        "审定须由具名的人员作出。 A decision needs a named person.",
        "请在 authid 填写审定人后重发。 Name in authid who decides.",
    ),
    "evaluation.false": (
        "按现有事实不符合纳入条件。 By the facts known the household does not qualify.",
        "请核对事实，或驳回。 Check the facts or reject.",
    ),
    "evaluation.unknown": (
        "条件尚不明确，需要核实。 A criterion is unknown and needs verification.",
        "请补充入户核查结果。 Complete the visit.",
    ),
    "publication.unnamed": (
        "发布须由具名的人员作出。 A publication needs a named person.",
        "请在 authid 填写发布人后重发。 Name in authid who publishes.",
    ),
    "line.in-the-past": (
        "标准线须自将来的日期起施行，已作出的决定不追溯。 A line begins on a day to come: what was decided before it stands.",
        "请填写今天以后的施行日期。 Name a first day after today.",
    ),
    "line.out-of-proportion": (
        "标准线不及现行标准的一半或超过其两倍，单位可能有误。 A line of less than half or more than twice the one in force is a slip.",
        "请以分填写：6,000 元为 600000。 Give it in fen: 6,000 yuan are 600000.",
    ),
    "pack.in-the-past": (
        "政策包须自将来的日期起施行。 A pack begins on a day to come.",
        "请填写今天以后的施行日期。 Name a first day after today.",
    ),
    "pack.unknown": (
        "本版本没有该政策包。 This release has no such policy pack.",
        "请核对名称，或先升级版本。 Check the name, or deploy the release that has it.",
    ),
    "type.not-in-pack": (
        "政策包没有该监测对象类别。 The policy pack has no such household type.",
        "请填写政策包中的类别。 Name a type of the pack.",
    ),
    "type.does-not-qualify": (
        "该户不符合所填监测对象类别的条件。 The household does not qualify as the type that was named.",
        "请填写符合条件的类别，或不填由系统判定。 Name a type that fits, or none to take the first that fits.",
    ),
    "risks.differ": (
        "所填致贫风险与事实和申报不一致。 The risks that were named are not those that facts and applications support.",
        "请照所列风险填写，不填则按所列风险，或先补充事实。 Name those that fit, or none to take them, or report the missing facts first.",
    ),
    "state.does-not-fit": (
        "该户当前状态不适用此操作。 The household is not in a state for this command.",
        "请查看该户当前状态。 Look at its present state.",
    ),
    "household.ended": (
        "该户已注销（整户死亡、迁出本县或并入他户）。 This household is no more: it died out, left the county or joined another one.",
        (
            "请按现户报送；迁回的以新编号登记，误报去世的先撤回。"
            " Report the present household; register who is back under a new id; withdraw a wrong death."
        ),
    ),
    "person.died": (
        "此人在该日之前已去世。 This person had died before that day.",
        "请核对人员和日期；如死亡有误，请民政部门撤回。 Check person and date; civil affairs withdraws a wrong death.",
    ),
    "person.not-a-member": (
        "有人不是该户现有成员。 Somebody is not a member of this household now.",
        "请核对身份证号和所在户。 Check the numbers and the household.",
    ),
    "split.nobody-stays": (
        "分户后原户无人。 Nobody would stay in the household that is split.",
        "整户迁移请报迁移。 Report a move if everybody goes.",
    ),
    "household.not-another": (
        "不能与本户合并。 A household cannot merge with itself.",
        "请核对户编号。 Check the household's number.",
    ),
    "change.not-reversible": (
        "撤回不能恢复户籍变动。 Withdrawing the fact does not undo the change of households.",
        (
            "请报相反的变动（分户、并户、迁移）；已注销的户以新编号登记。"
            " Report the opposite change; register a household that ended under a new id."
        ),
    ),
    "county.rejected": (
        "县级审定未通过。 The county did not approve.",
        "情况变化时可再次申请。 Apply again when circumstances change.",
    ),
    **PROCEDURE_TEXTS,
    **PERSON_TEXTS,
}


WHAT: Final[dict[str, tuple[str, str]]] = {
    "income": ("近十二个月家庭收入", "the income of twelve months"),
    "benefits": ("其他救助待遇享受情况", "which other assistance the members have"),
    "guarantees": ("保障核查情况", "what a visit finds of the guarantees"),
}
WHO: Final[dict[str, tuple[str, str]]] = {
    "visit": ("入户核查", "a visit"),
    "civil-affairs": ("民政", "civil affairs"),
    "human-resources": ("人社", "human resources"),
    "medical-insurance": ("医保", "medical insurance"),
    "education": ("教育", "education"),
}


def text_with(reason_code: str, asks: Iterable[Ask], supported: Iterable[str] = ()) -> str:
    """The text of a reason code, and what is missing and from whom, or which types, risks or roles would fit."""
    told, fitting = tuple(asks), tuple(supported)
    if not told:
        text = text_of(reason_code)[0]
        return f"{text} 符合的是：{'、'.join(fitting)}。 Those that fit: {', '.join(fitting)}." if fitting else text
    zh = "；".join(f"{WHAT[one.what][0]}（{'、'.join(WHO[who][0] for who in one.of)}）" for one in told)
    en = "; ".join(f"{WHAT[one.what][1]} ({', '.join(WHO[who][1] for who in one.of)})" for one in told)
    return f"条件尚不明确，缺：{zh}。 Unknown for want of {en}."


def text_of(reason_code: str) -> tuple[str, str]:
    """The text and the remedy of a reason code."""
    return TEXTS[reason_code]
