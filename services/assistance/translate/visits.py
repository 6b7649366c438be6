"""The border of home visits: what a visitor tells becomes commands, what is public of it; pure."""

from __future__ import annotations

from typing import Any, Final, assert_never

from pipeline.text_digest import text_digest
from pipeline.uuid5 import uuid5
from schemas import assistance as words
from schemas.assistance.visits import VisitFinding
from services.assistance.domain.visits import visit_commands as commands
from services.assistance.domain.visits import visit_events as events

TEXTS: Final = {
    "visit.in-the-future": "走访日期晚于上报日期。 The visit is dated after the day on which it was reported.",
    "visit.household-ended": "该户自{limit}起已无成员。 Nobody is a member of the household since {limit}.",
    "visit.item-unknown": "清单项目不在政策包中。 The policy pack has no such item of the checklist.",
    "visit.kind-unknown": "问题类别不在政策包中。 The policy pack has no such kind of finding.",
    "visit.told-differently": "同一走访编号已有不同内容的记录。 A visit with this id was recorded with other contents.",
    "visit.finding-told-before": "该问题编号已由另一次走访上报。 Another visit told a finding with this id.",
    "finding.unknown": "没有走访上报过该问题。 No visit told such a finding.",
}
REMEDIES: Final = {
    "visit.in-the-future": "请核对走访日期后重新上报。 Correct the date of the visit and send it again.",
    "visit.household-ended": "请核对户编号与走访日期。 Check the id of the household and the date of the visit.",
    "visit.item-unknown": "请按政策包的清单填写。 Use the items of the policy pack.",
    "visit.kind-unknown": "请使用政策包列出的问题类别。 Use a kind that the policy pack lists.",
    "visit.told-differently": "另一次走访请使用新的编号。 Give another visit an id of its own.",
    "visit.finding-told-before": "新问题请使用新的编号。 Give a new finding an id of its own.",
    "finding.unknown": "请先上报走访，再上报整改。 Send the visit first, then what was put right.",
}


def to_command(data: words.RecordVisit | words.ResolveFinding, asked: dict[str, Any]) -> commands.AnyVisitCommand:
    """`asked` are the fields of every command; a finding without an id gets one by its place in the visit."""
    match data:
        case words.RecordVisit(visit_id=visit, cadre=cadre, on=day, checklist=checklist, findings=findings):
            return commands.RecordVisit(
                **asked,
                visit=visit,
                cadre=cadre,
                day=day,
                met=frozenset(item for item, met in checklist.items() if met),
                unmet=frozenset(item for item, met in checklist.items() if not met),
                findings=tuple(
                    events.Finding(one.finding_id or uuid5(visit, f"finding {number}"), one.kind, text_digest(one.text), one.risk)
                    for number, one in enumerate(findings)
                ),
            )
        case words.ResolveFinding(finding_id=finding, evidence=evidence):
            return commands.ResolveFinding(**asked, finding=finding, evidence_sha256=text_digest(evidence))
        case _:
            assert_never(data)


def of_visits(event: events.VisitEvent, same: dict[str, Any]) -> words.VisitRecorded | words.FindingResolved:
    match event:
        case events.VisitRecorded(visit=visit, cadre=cadre, on=on, paired=paired, findings=findings):
            found = tuple(VisitFinding(finding_id=one.finding, kind=one.kind, risk=one.risk) for one in findings)
            return words.VisitRecorded(**same, visit_id=visit, cadre_id=cadre, on=on, paired=paired, findings=found or None)
        case events.FindingResolved(finding=finding, on=on):
            return words.FindingResolved(**same, finding_id=finding, on=on)
        case _:
            assert_never(event)
